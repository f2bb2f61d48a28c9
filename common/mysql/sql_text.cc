#include "common/mysql/sql_text.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/status/status.h"

namespace kam::mysql {
namespace {

constexpr int kYearMin = 1;
constexpr int kYearMax = 9999;
constexpr size_t kFractionDigits = 6;

bool IsWordCharacter(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Length of the well-formed UTF-8 sequence at the start of `text`; 0 when it is not well-formed.
size_t Utf8SequenceLength(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  size_t length = 0;
  unsigned char second_min = 0x80, second_max = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) second_min = 0xA0;  // No over-long forms.
    if (lead == 0xED) second_max = 0x9F;  // No surrogates.
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) second_min = 0x90;
    if (lead == 0xF4) second_max = 0x8F;
  } else {
    return 0;
  }
  if (text.size() < length || byte(1) < second_min || byte(1) > second_max) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

absl::StatusOr<std::string> Literal(const Value& value) {
  if (value.is_null()) return std::string("NULL");
  if (const auto* integer = std::get_if<int64_t>(&value.variant())) return absl::StrCat(*integer);
  if (const auto* time = std::get_if<absl::Time>(&value.variant())) {
    ASSIGN_OR_RETURN(const std::string text, FormatDateTime(*time));
    return absl::StrCat("'", text, "'");
  }
  const std::string& text = value.text();
  if (text.empty()) return std::string("''");
  return absl::StrCat(IsUtf8(text) ? "_utf8mb4 x'" : "x'", absl::BytesToHexString(text), "'");
}

}  // namespace

size_t SkipQuoted(absl::string_view sql, size_t at) {
  const char quote = at < sql.size() ? sql[at] : '\0';
  if (quote != '\'' && quote != '"' && quote != '`') return at;
  for (size_t i = at + 1; i < sql.size(); ++i) {
    if (sql[i] == '\\' && quote != '`') {
      ++i;
    } else if (sql[i] == quote) {
      if (i + 1 == sql.size() || sql[i + 1] != quote) return i + 1;
      ++i;  // A doubled quote stands for itself.
    }
  }
  return sql.size();
}

size_t SkipComment(absl::string_view sql, size_t at) {
  const absl::string_view rest = sql.substr(at);
  const bool dashes = rest.size() >= 2 && rest.substr(0, 2) == "--" &&
                      (rest.size() == 2 || absl::ascii_isspace(static_cast<unsigned char>(rest[2])));
  if (dashes || rest.substr(0, 1) == "#") {
    const size_t end = rest.find('\n');
    return end == absl::string_view::npos ? sql.size() : at + end + 1;
  }
  if (rest.substr(0, 2) == "/*") {
    const size_t end = rest.find("*/", 2);
    return end == absl::string_view::npos ? sql.size() : at + end + 2;
  }
  return at;
}

std::string Word(absl::string_view sql, size_t index) {
  for (size_t i = 0; i < sql.size();) {
    size_t next = SkipComment(sql, i);
    if (next == i) next = SkipQuoted(sql, i);
    if (next != i) {
      i = next;
    } else if (IsWordCharacter(sql[i])) {
      size_t end = i;
      while (end < sql.size() && IsWordCharacter(sql[end])) ++end;
      if (index == 0) return absl::AsciiStrToUpper(sql.substr(i, end - i));
      --index;
      i = end;
    } else {
      ++i;
    }
  }
  return "";
}

StatementKind Classify(absl::string_view sql) {
  const std::string first = Word(sql, 0);
  if (first == "COMMIT" || first == "BEGIN" || first == "START" || first == "XA") return StatementKind::kControl;
  if (first == "ROLLBACK") return Word(sql, 1) == "TO" ? StatementKind::kData : StatementKind::kControl;
  if (first == "SET" && Word(sql, 1) == "AUTOCOMMIT") return StatementKind::kControl;
  if (first == "SET" && (Word(sql, 1) == "SESSION" || Word(sql, 1) == "LOCAL") && Word(sql, 2) == "AUTOCOMMIT") {
    return StatementKind::kControl;
  }
  for (const char* word : {"CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "GRANT", "REVOKE", "LOCK", "UNLOCK",
                           "ANALYZE", "OPTIMIZE", "REPAIR", "FLUSH", "KILL"}) {
    if (first == word) return StatementKind::kDefinition;
  }
  return StatementKind::kData;
}

bool IsDataChange(absl::string_view sql) {
  const std::string first = Word(sql, 0);
  return first == "INSERT" || first == "UPDATE" || first == "DELETE" || first == "REPLACE" || first == "WITH";
}

absl::StatusOr<std::string> WithLiterals(absl::string_view sql, Params params) {
  std::string out;
  out.reserve(sql.size());
  size_t used = 0;
  for (size_t i = 0; i < sql.size();) {
    size_t next = SkipComment(sql, i);
    if (next == i) next = SkipQuoted(sql, i);
    if (next != i) {
      out.append(sql.data() + i, next - i);
      i = next;
      continue;
    }
    if (sql[i] == '?') {
      if (used == params.size()) {
        return Internal(absl::StrCat("the statement has more parameters than the ", params.size(), " given"));
      }
      ASSIGN_OR_RETURN(const std::string literal, Literal(params[used++]));
      out += literal;
    } else {
      out += sql[i];
    }
    ++i;
  }
  if (used != params.size()) {
    return Internal(absl::StrCat("the statement has ", used, " parameters, ", params.size(), " were given"));
  }
  return out;
}

absl::StatusOr<std::string> FormatDateTime(absl::Time time) {
  const absl::CivilSecond civil = absl::ToCivilSecond(time, absl::UTCTimeZone());
  if (civil.year() < kYearMin || civil.year() > kYearMax) {
    return Internal(absl::StrCat("a time outside the years ", kYearMin, " to ", kYearMax, " cannot be stored"));
  }
  const int64_t micros = absl::ToUnixMicros(time) - absl::ToUnixSeconds(time) * 1'000'000;
  std::string text = "0000-00-00 00:00:00.000000";
  const auto put = [&text](int64_t number, size_t last_digit) {
    for (size_t at = last_digit; number > 0; --at, number /= 10) text[at] = static_cast<char>('0' + number % 10);
  };
  put(civil.year(), 3);
  put(civil.month(), 6);
  put(civil.day(), 9);
  put(civil.hour(), 12);
  put(civil.minute(), 15);
  put(civil.second(), 18);
  put(micros, 25);
  return text;
}

absl::StatusOr<absl::Time> ParseDateTime(absl::string_view text) {
  constexpr absl::string_view kShape = "0000-00-00 00:00:00";
  const auto bad = [] { return Internal("a DATETIME cell is not in the form YYYY-MM-DD HH:MM:SS[.ffffff]"); };
  if (text.size() < kShape.size() || text.size() > kShape.size() + 1 + kFractionDigits) return bad();
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(text[i]));
    if (i < kShape.size() ? (kShape[i] == '0' ? !digit : text[i] != kShape[i])
                          : (i == kShape.size() ? text[i] != '.' : !digit)) {
      return bad();
    }
  }
  const auto number = [&](size_t from, size_t length) {
    int value = 0;
    for (size_t i = from; i < from + length; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  const absl::CivilSecond civil(number(0, 4), number(5, 2), number(8, 2), number(11, 2), number(14, 2), number(17, 2));
  if (civil.year() != number(0, 4) || civil.month() != number(5, 2) || civil.day() != number(8, 2)) return bad();
  int64_t micros = 0;
  for (size_t i = 0; i < kFractionDigits; ++i) {
    const size_t at = kShape.size() + 1 + i;
    micros = micros * 10 + (at < text.size() ? text[at] - '0' : 0);
  }
  return absl::FromCivil(civil, absl::UTCTimeZone()) + absl::Microseconds(micros);
}

}  // namespace kam::mysql

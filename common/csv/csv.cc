#include "common/csv/csv.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::csv {
namespace {

constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr char kGuard = '\'';

absl::Status CheckDelimiter(char delimiter) {
  if (delimiter == '\t' || (absl::ascii_isprint(static_cast<unsigned char>(delimiter)) && delimiter != '"')) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kInvalidArgument, "CSV_OPTIONS_INVALID",
               absl::StrCat("delimiter with code ", static_cast<unsigned char>(delimiter),
                            " is not allowed: it must be printable ASCII other than a double quote, or a tab"));
}

// What a first byte of UTF-8 says about the bytes after it, by RFC 3629: no overlong forms, no surrogates, nothing
// beyond U+10FFFF.
struct Lead {
  size_t more = 0;
  unsigned char next_min = 0x80;
  unsigned char next_max = 0xbf;
  bool valid = true;
};

Lead LeadOf(unsigned char byte) {
  if (byte < 0x80) return {};
  if (byte >= 0xc2 && byte <= 0xdf) return {1};
  if (byte == 0xe0) return {2, 0xa0, 0xbf};
  if (byte == 0xed) return {2, 0x80, 0x9f};
  if (byte >= 0xe1 && byte <= 0xef) return {2};
  if (byte == 0xf0) return {3, 0x90, 0xbf};
  if (byte >= 0xf1 && byte <= 0xf3) return {3};
  if (byte == 0xf4) return {3, 0x80, 0x8f};
  return {0, 0, 0, false};
}

bool IsCsvText(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const Lead lead = LeadOf(static_cast<unsigned char>(text[i]));
    if (!lead.valid || text[i] == '\0' || text.size() - i <= lead.more) return false;
    for (size_t k = 1; k <= lead.more; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if (next < (k == 1 ? lead.next_min : 0x80) || next > (k == 1 ? lead.next_max : 0xbf)) return false;
    }
    i += lead.more + 1;
  }
  return true;
}

// An optional sign, digits, optionally a point and digits.
bool IsPlainNumber(absl::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const size_t point = std::min(text.find('.'), text.size());
  const absl::string_view integer = text.substr(0, point);
  const absl::string_view fraction = point == text.size() ? "0" : text.substr(point + 1);
  const auto digits = [](absl::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(),
                                        [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  };
  return digits(integer) && digits(fraction);
}

// Would a spreadsheet run it? Apostrophes before it are looked through, so that guarding can be undone.
bool IsFormula(absl::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kGuard), text.size()));
  if (text.empty()) return false;
  const bool starts = absl::string_view("=+-@\t\r\n").find(text.front()) != absl::string_view::npos;
  const auto starts_with = [text](absl::string_view sign) { return absl::StartsWith(text, sign); };
  const bool starts_wide =
      starts_with("\uff1d") || starts_with("\uff0b") || starts_with("\uff0d") || starts_with("\uff20");
  return (starts || starts_wide) && !IsPlainNumber(text);
}

bool IsGuarded(absl::string_view text) { return !text.empty() && text.front() == kGuard && IsFormula(text); }

}  // namespace

absl::StatusOr<Reader> Reader::Create(const ReaderOptions& options) {
  RETURN_IF_ERROR(CheckDelimiter(options.delimiter));
  return Reader(options);
}

absl::Status Reader::Malformed(absl::string_view rule, absl::string_view message) const {
  return MalformedAt(rule, message, line_, column_);
}

absl::Status Reader::MalformedAt(absl::string_view rule, absl::string_view message, int64_t line,
                                 int64_t column) const {
  return Error(absl::StatusCode::kInvalidArgument, "CSV_MALFORMED",
               absl::StrCat("line ", line, ", column ", column, ": ", message),
               {{"line", absl::StrCat(line)}, {"column", absl::StrCat(column)}, {"rule", std::string(rule)}});
}

absl::Status Reader::LimitExceeded(absl::string_view what, size_t limit) const {
  return Error(absl::StatusCode::kInvalidArgument, "CSV_LIMIT_EXCEEDED",
               absl::StrCat("line ", line_, ", column ", column_, ": more than ", limit, " ", what),
               {{"line", absl::StrCat(line_)}, {"column", absl::StrCat(column_)}, {"limit", absl::StrCat(limit)}});
}

absl::Status Reader::Feed(absl::string_view bytes, EachRecord each) {
  for (size_t i = 0; i < bytes.size() && status_.ok(); ++i) status_ = Byte(static_cast<unsigned char>(bytes[i]), each);
  return status_;
}

absl::Status Reader::Finish(EachRecord each) {
  if (!status_.ok()) return status_;
  if (character_needs_ > 0) {
    status_ = Malformed("utf-8", "the text ends inside a character");
  } else if (state_ == State::kQuoted) {
    status_ = MalformedAt("quote", "the quoted field that starts here is not closed", field_.line, field_.column);
  } else if (state_ == State::kCarriageReturn) {
    status_ = Malformed("line-end", "a carriage return must be followed by a line feed");
  } else if (!line_is_empty_) {
    if (state_ == State::kFieldStart) StartField();
    status_ = EndRecord(each);
  }
  return status_;
}

absl::Status Reader::Byte(unsigned char byte, EachRecord each) {
  if (character_needs_ == 0) {
    const Lead lead = LeadOf(byte);
    if (!lead.valid) return Malformed("utf-8", "not valid UTF-8");
    if (byte == 0) return Malformed("nul", "a NUL character is not allowed");
    character_size_ = 0;
    character_needs_ = lead.more;
    next_min_ = lead.next_min;
    next_max_ = lead.next_max;
  } else {
    if (byte < next_min_ || byte > next_max_) return Malformed("utf-8", "not valid UTF-8");
    next_min_ = 0x80;
    next_max_ = 0xbf;
    --character_needs_;
  }
  character_[character_size_++] = byte;
  return character_needs_ == 0 ? Character(each) : absl::OkStatus();
}

absl::Status Reader::Character(EachRecord each) {
  const absl::string_view text(reinterpret_cast<const char*>(character_), character_size_);
  const bool at_start = at_start_;
  at_start_ = false;
  if (at_start && text == kByteOrderMark) return absl::OkStatus();
  const char c = text.size() == 1 ? text[0] : '\x80';  // stands for any character without a meaning in CSV
  if (state_ == State::kQuoted) {
    if (c == '"') {
      state_ = State::kQuoteInQuoted;
    } else {
      RETURN_IF_ERROR(Append(text));
    }
  } else {
    RETURN_IF_ERROR(OutsideQuotes(c, text, each));
  }
  if (c == '\n') {
    ++line_;
    column_ = 1;
  } else {
    ++column_;
  }
  return absl::OkStatus();
}

absl::Status Reader::OutsideQuotes(char c, absl::string_view text, EachRecord each) {
  if (state_ == State::kCarriageReturn && c != '\n') {
    return Malformed("line-end", "a carriage return must be followed by a line feed");
  }
  if (state_ == State::kFieldStart) StartField();
  if (c == '\r') {
    state_ = State::kCarriageReturn;
    return absl::OkStatus();
  }
  if (c == '\n') {
    state_ = State::kFieldStart;
    return line_is_empty_ ? absl::OkStatus() : EndRecord(each);
  }
  line_is_empty_ = false;
  if (c == options_.delimiter) {
    state_ = State::kFieldStart;
    return EndField();
  }
  if (c == '"' && state_ == State::kFieldStart) {
    field_.quoted = true;
    state_ = State::kQuoted;
    return absl::OkStatus();
  }
  if (state_ == State::kQuoteInQuoted) {
    if (c != '"') return Malformed("quote", "after a closing quote only a delimiter or a line end may follow");
    state_ = State::kQuoted;
    return Append(text);
  }
  if (c == '"') return Malformed("quote", "a field that holds a quote must be quoted");
  state_ = State::kUnquoted;
  return Append(text);
}

void Reader::StartField() { field_ = {buffer_.size(), buffer_.size(), false, line_, column_}; }

absl::Status Reader::Append(absl::string_view text) {
  buffer_.append(text.data(), text.size());
  if (buffer_.size() - field_.begin > options_.field_bytes_max) {
    return LimitExceeded("bytes in a field", options_.field_bytes_max);
  }
  if (buffer_.size() > options_.record_bytes_max) return LimitExceeded("bytes in a record", options_.record_bytes_max);
  return absl::OkStatus();
}

absl::Status Reader::EndField() {
  if (bounds_.size() == options_.columns_max) return LimitExceeded("fields in a record", options_.columns_max);
  field_.end = buffer_.size();
  bounds_.push_back(field_);
  return absl::OkStatus();
}

absl::Status Reader::EndRecord(EachRecord each) {
  RETURN_IF_ERROR(EndField());
  if (records_ == 0) columns_ = bounds_.size();
  const int64_t line = bounds_.front().line;
  if (options_.equal_columns && bounds_.size() != columns_) {
    return MalformedAt("columns",
                       absl::StrCat("the record has ", bounds_.size(), " fields, the first record has ", columns_),
                       line, bounds_.front().column);
  }
  fields_.clear();
  for (const FieldBounds& bounds : bounds_) {
    absl::string_view text = absl::string_view(buffer_).substr(bounds.begin, bounds.end - bounds.begin);
    if (options_.unguard_formulas && IsGuarded(text)) text.remove_prefix(1);
    fields_.push_back({text, bounds.quoted, bounds.line, bounds.column});
  }
  RETURN_IF_ERROR(each({++records_, line, fields_}));
  buffer_.clear();
  bounds_.clear();
  line_is_empty_ = true;
  return absl::OkStatus();
}

absl::StatusOr<Writer> Writer::Create(const WriterOptions& options) {
  RETURN_IF_ERROR(CheckDelimiter(options.delimiter));
  return Writer(options);
}

template <typename Text>
absl::Status Writer::WriteFields(absl::Span<const Text> fields, std::string* out) {
  const auto invalid = [](absl::string_view what) {
    return Error(absl::StatusCode::kInvalidArgument, "CSV_TEXT_INVALID", what);
  };
  if (fields.empty()) return invalid("a record must have at least one field");
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!IsCsvText(fields[i])) return invalid(absl::StrCat("field ", i + 1, " is not valid UTF-8 without NUL"));
  }
  if (first_ && options_.byte_order_mark) absl::StrAppend(out, kByteOrderMark);
  first_ = false;
  for (size_t i = 0; i < fields.size(); ++i) {
    const absl::string_view text = fields[i];
    if (i > 0) out->push_back(options_.delimiter);
    const bool guard = options_.guard_formulas && IsFormula(text);
    // A record of one empty field would be an empty line, and a leading byte order mark would be taken for the file's.
    const bool quote = options_.quote_all || (text.empty() && fields.size() == 1) || options_.delimiter == kGuard ||
                       absl::StartsWith(text, kByteOrderMark) || text.find(options_.delimiter) != text.npos ||
                       text.find_first_of("\"\r\n") != text.npos;
    if (quote) out->push_back('"');
    if (guard) out->push_back(kGuard);
    for (char c : text) {
      if (c == '"') out->push_back('"');
      out->push_back(c);
    }
    if (quote) out->push_back('"');
  }
  absl::StrAppend(out, options_.crlf ? "\r\n" : "\n");
  return absl::OkStatus();
}

absl::Status Writer::Write(absl::Span<const absl::string_view> fields, std::string* out) {
  return WriteFields(fields, out);
}

absl::Status Writer::Write(absl::Span<const std::string> fields, std::string* out) { return WriteFields(fields, out); }

}  // namespace kam::csv

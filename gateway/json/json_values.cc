#include "gateway/json/json_values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "gateway/json/json_types.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kam::gateway {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int64_t kSecondsMin = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kSecondsMax = 253402300799;  // 9999-12-31T23:59:59Z
constexpr int64_t kDurationSecondsMax = 315576000000;
constexpr int kSecondDigitsMax = 9;
constexpr int kSecondsPerDay = 86400;
constexpr int64_t kExponentMax = 1000000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

struct NumberParts {
  bool negative = false;
  absl::string_view whole, fraction;
  int64_t exponent = 0;
};

// Splits by the grammar of JSON numbers.
bool SplitNumber(absl::string_view text, NumberParts* parts) {
  size_t at = 0;
  const auto digits = [&] {
    const size_t from = at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    return text.substr(from, at - from);
  };
  if (at < text.size() && text[at] == '-') {
    parts->negative = true;
    ++at;
  }
  parts->whole = digits();
  if (parts->whole.empty() || (parts->whole.size() > 1 && parts->whole[0] == '0')) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    parts->fraction = digits();
    if (parts->fraction.empty()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool negative = false;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
    const absl::string_view exponent = digits();
    if (exponent.empty()) return false;
    for (const char c : exponent) {
      if (parts->exponent < kExponentMax) parts->exponent = parts->exponent * 10 + (c - '0');
    }
    if (negative) parts->exponent = -parts->exponent;
  }
  return at == text.size();
}

// Sign and magnitude of a whole number.
ValueCode ParseWhole(absl::string_view text, bool* negative, uint64_t* magnitude) {
  constexpr size_t kSafeDigits = 19;
  // Plain digits, the usual case.
  size_t at = 0;
  *negative = !text.empty() && text[0] == '-';
  if (*negative) at = 1;
  const size_t digits = text.size() - at;
  if (digits > 0 && digits <= kSafeDigits && (text[at] != '0' || digits == 1)) {
    uint64_t value = 0;
    while (at < text.size() && IsDigit(text[at])) value = value * 10 + static_cast<uint64_t>(text[at++] - '0');
    if (at == text.size()) {
      *magnitude = value;
      return ValueCode::kOk;
    }
  }
  NumberParts parts;
  if (!SplitNumber(text, &parts)) return ValueCode::kWrongType;
  std::string significant = absl::StrCat(parts.whole, parts.fraction);
  int64_t exponent = parts.exponent - static_cast<int64_t>(parts.fraction.size());
  while (!significant.empty() && significant.back() == '0') {
    significant.pop_back();
    ++exponent;
  }
  const size_t first = significant.find_first_not_of('0');
  *magnitude = 0;
  if (first == std::string::npos) return ValueCode::kOk;
  significant.erase(0, first);
  if (exponent < 0) return ValueCode::kWrongType;
  if (static_cast<int64_t>(significant.size()) + exponent > 20) return ValueCode::kOutOfRange;
  significant.append(static_cast<size_t>(exponent), '0');
  const std::from_chars_result result =
      std::from_chars(significant.data(), significant.data() + significant.size(), *magnitude);
  return result.ec == std::errc() ? ValueCode::kOk : ValueCode::kOutOfRange;
}

template <typename Float>
ValueCode ParseReal(absl::string_view text, bool named, Float* value) {
  if (named) {
    if (text == "NaN") {
      *value = std::numeric_limits<Float>::quiet_NaN();
      return ValueCode::kOk;
    }
    if (text == "Infinity" || text == "-Infinity") {
      *value = text[0] == '-' ? -std::numeric_limits<Float>::infinity() : std::numeric_limits<Float>::infinity();
      return ValueCode::kOk;
    }
  }
  NumberParts parts;
  if (!SplitNumber(text, &parts)) return ValueCode::kWrongType;
  const absl::from_chars_result result = absl::from_chars(text.data(), text.data() + text.size(), *value);
  // Out of range with a small value is underflow, which rounds to the nearest number there is.
  if (result.ec == std::errc::result_out_of_range && std::abs(*value) > 1) return ValueCode::kOutOfRange;
  return ValueCode::kOk;
}

// Reads exactly `count` digits.
bool TakeDigits(absl::string_view* text, size_t count, int* value) {
  if (text->size() < count) return false;
  *value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!IsDigit((*text)[i])) return false;
    *value = *value * 10 + ((*text)[i] - '0');
  }
  text->remove_prefix(count);
  return true;
}

bool TakeChar(absl::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

// Reads ".5" into nanoseconds, when there is a dot.
bool TakeFraction(absl::string_view* text, int32_t* nanos) {
  *nanos = 0;
  if (!TakeChar(text, '.')) return true;
  int digits = 0;
  while (!text->empty() && IsDigit(text->front())) {
    if (++digits > kSecondDigitsMax) return false;
    *nanos = *nanos * 10 + (text->front() - '0');
    text->remove_prefix(1);
  }
  if (digits == 0) return false;
  for (; digits < kSecondDigitsMax; ++digits) *nanos *= 10;
  return true;
}

// 3, 6 or 9 digits, none when zero.
void AppendFraction(int32_t nanos, std::string* out) {
  if (nanos == 0) return;
  if (nanos % 1000000 == 0) {
    absl::StrAppend(out, ".", absl::Dec(nanos / 1000000, absl::kZeroPad3));
  } else if (nanos % 1000 == 0) {
    absl::StrAppend(out, ".", absl::Dec(nanos / 1000, absl::kZeroPad6));
  } else {
    absl::StrAppend(out, ".", absl::Dec(nanos, absl::kZeroPad9));
  }
}

constexpr std::array<int8_t, 256> Base64Values() {
  std::array<int8_t, 256> values{};
  for (int8_t& value : values) value = -1;
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < 64; ++i) values[static_cast<size_t>(kAlphabet[i])] = static_cast<int8_t>(i);
  values['-'] = 62;
  values['_'] = 63;
  return values;
}
constexpr std::array<int8_t, 256> kBase64Values = Base64Values();

}  // namespace

ValueCode ParseInt64(absl::string_view text, int64_t* value) {
  bool negative = false;
  uint64_t magnitude = 0;
  const ValueCode code = ParseWhole(text, &negative, &magnitude);
  if (code != ValueCode::kOk) return code;
  constexpr uint64_t kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (magnitude > kMax + (negative ? 1 : 0)) return ValueCode::kOutOfRange;
  *value = static_cast<int64_t>(negative ? ~magnitude + 1 : magnitude);
  return ValueCode::kOk;
}

ValueCode ParseUint64(absl::string_view text, uint64_t* value) {
  bool negative = false;
  const ValueCode code = ParseWhole(text, &negative, value);
  if (code != ValueCode::kOk) return code;
  return negative && *value != 0 ? ValueCode::kOutOfRange : ValueCode::kOk;
}

ValueCode ParseInt32(absl::string_view text, int32_t* value) {
  int64_t wide = 0;
  const ValueCode code = ParseInt64(text, &wide);
  if (code != ValueCode::kOk) return code;
  if (wide < std::numeric_limits<int32_t>::min() || wide > std::numeric_limits<int32_t>::max()) {
    return ValueCode::kOutOfRange;
  }
  *value = static_cast<int32_t>(wide);
  return ValueCode::kOk;
}

ValueCode ParseUint32(absl::string_view text, uint32_t* value) {
  uint64_t wide = 0;
  const ValueCode code = ParseUint64(text, &wide);
  if (code != ValueCode::kOk) return code;
  if (wide > std::numeric_limits<uint32_t>::max()) return ValueCode::kOutOfRange;
  *value = static_cast<uint32_t>(wide);
  return ValueCode::kOk;
}

ValueCode ParseDouble(absl::string_view text, bool named, double* value) { return ParseReal(text, named, value); }
ValueCode ParseFloat(absl::string_view text, bool named, float* value) { return ParseReal(text, named, value); }

ValueCode ParseBase64(absl::string_view text, std::string* bytes) {
  size_t padding = 0;
  while (padding < 2 && !text.empty() && text.back() == '=') {
    text.remove_suffix(1);
    ++padding;
  }
  const size_t rest = text.size() % 4;
  if (rest == 1 || (padding > 0 && rest + padding != 4)) return ValueCode::kWrongType;
  if (text.find_first_of("+/") != absl::string_view::npos && text.find_first_of("-_") != absl::string_view::npos) {
    return ValueCode::kWrongType;
  }
  bytes->clear();
  bytes->reserve(text.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : text) {
    const int8_t value = kBase64Values[static_cast<unsigned char>(c)];
    if (value < 0) return ValueCode::kWrongType;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      bytes->push_back(static_cast<char>((bits >> bit_count) & 0xFF));
    }
  }
  return (bits & ((1u << bit_count) - 1)) == 0 ? ValueCode::kOk : ValueCode::kWrongType;
}

void AppendBase64(absl::string_view bytes, std::string* out) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto byte = [&bytes](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])); };
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    const char quad[] = {kAlphabet[bits >> 18], kAlphabet[(bits >> 12) & 63], kAlphabet[(bits >> 6) & 63],
                         kAlphabet[bits & 63]};
    out->append(quad, sizeof(quad));
  }
  if (bytes.size() - i == 1) {
    const uint32_t bits = byte(i) << 16;
    const char quad[] = {kAlphabet[bits >> 18], kAlphabet[(bits >> 12) & 63], '=', '='};
    out->append(quad, sizeof(quad));
  } else if (bytes.size() - i == 2) {
    const uint32_t bits = byte(i) << 16 | byte(i + 1) << 8;
    const char quad[] = {kAlphabet[bits >> 18], kAlphabet[(bits >> 12) & 63], kAlphabet[(bits >> 6) & 63], '='};
    out->append(quad, sizeof(quad));
  }
}

ValueCode ParseTimestamp(absl::string_view text, int64_t* seconds, int32_t* nanos) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!TakeDigits(&text, 4, &year) || !TakeChar(&text, '-') || !TakeDigits(&text, 2, &month) || !TakeChar(&text, '-') ||
      !TakeDigits(&text, 2, &day) || !TakeChar(&text, 'T') || !TakeDigits(&text, 2, &hour) || !TakeChar(&text, ':') ||
      !TakeDigits(&text, 2, &minute) || !TakeChar(&text, ':') || !TakeDigits(&text, 2, &second) ||
      !TakeFraction(&text, nanos)) {
    return ValueCode::kWrongType;
  }
  int offset = 0;
  if (!TakeChar(&text, 'Z')) {
    const bool east = TakeChar(&text, '+');
    if (!east && !TakeChar(&text, '-')) return ValueCode::kWrongType;
    int hours = 0, minutes = 0;
    if (!TakeDigits(&text, 2, &hours) || !TakeChar(&text, ':') || !TakeDigits(&text, 2, &minutes) || hours > 23 ||
        minutes > 59) {
      return ValueCode::kWrongType;
    }
    offset = (hours * 60 + minutes) * 60 * (east ? 1 : -1);
  }
  const absl::CivilDay date(year, month, day);
  if (!text.empty() || hour > 23 || minute > 59 || second > 59 || date.month() != month || date.day() != day) {
    return ValueCode::kWrongType;
  }
  *seconds = (date - absl::CivilDay(1970, 1, 1)) * kSecondsPerDay + (hour * 60 + minute) * 60 + second - offset;
  return *seconds < kSecondsMin || *seconds > kSecondsMax ? ValueCode::kOutOfRange : ValueCode::kOk;
}

bool AppendTimestamp(int64_t seconds, int32_t nanos, std::string* out) {
  if (seconds < kSecondsMin || seconds > kSecondsMax || nanos < 0 || nanos > 999999999) return false;
  int64_t days = seconds / kSecondsPerDay;
  int64_t rest = seconds % kSecondsPerDay;
  if (rest < 0) {
    rest += kSecondsPerDay;
    --days;
  }
  const absl::CivilDay date = absl::CivilDay(1970, 1, 1) + days;
  char text[20];
  const auto put = [&text](int at, int width, int64_t value) {
    for (int i = at + width - 1; i >= at; --i, value /= 10) text[i] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, date.year());
  text[4] = text[7] = '-';
  put(5, 2, date.month());
  put(8, 2, date.day());
  text[10] = 'T';
  put(11, 2, rest / 3600);
  text[13] = text[16] = ':';
  put(14, 2, rest / 60 % 60);
  put(17, 2, rest % 60);
  out->append(text, 19);
  AppendFraction(nanos, out);
  out->push_back('Z');
  return true;
}

ValueCode ParseDuration(absl::string_view text, int64_t* seconds, int32_t* nanos) {
  const bool negative = TakeChar(&text, '-');
  size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  if (digits == 0) return ValueCode::kWrongType;
  *seconds = 0;
  for (const char c : text.substr(0, digits)) {
    if (*seconds <= kDurationSecondsMax) *seconds = *seconds * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  if (!TakeFraction(&text, nanos) || text != "s") return ValueCode::kWrongType;
  if (*seconds > kDurationSecondsMax || (*seconds == kDurationSecondsMax && *nanos > 0)) return ValueCode::kOutOfRange;
  if (negative) {
    *seconds = -*seconds;
    *nanos = -*nanos;
  }
  return ValueCode::kOk;
}

bool AppendDuration(int64_t seconds, int32_t nanos, std::string* out) {
  if (seconds < -kDurationSecondsMax || seconds > kDurationSecondsMax || nanos < -999999999 || nanos > 999999999 ||
      (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) {
    return false;
  }
  if (seconds < 0 || nanos < 0) out->push_back('-');
  absl::StrAppend(out, std::abs(seconds));
  AppendFraction(std::abs(nanos), out);
  out->push_back('s');
  return true;
}

ValueCode ParseFieldMask(absl::string_view text, std::vector<std::string>* paths) {
  if (text.empty()) return ValueCode::kOk;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    std::string path;
    bool start = true;  // Of a name between dots.
    for (size_t i = 0; i < part.size(); ++i) {
      const char c = part[i];
      if (c == '.') {
        if (start) return ValueCode::kWrongType;
        start = true;
        path.push_back('.');
        continue;
      }
      if (c == '*' && part.size() == 1) {
        path.push_back('*');
      } else if (absl::ascii_isupper(static_cast<unsigned char>(c))) {
        if (start) return ValueCode::kWrongType;
        path.push_back('_');
        path.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
      } else if (absl::ascii_islower(static_cast<unsigned char>(c)) || (!start && (IsDigit(c) || c == '_'))) {
        path.push_back(c);
      } else {
        return ValueCode::kWrongType;
      }
      start = false;
    }
    if (start) return ValueCode::kWrongType;
    paths->push_back(std::move(path));
  }
  return ValueCode::kOk;
}

bool AppendCamelPath(absl::string_view snake_path, std::string* out) {
  bool upper = false;
  for (const char c : snake_path) {
    if (upper) {
      if (!absl::ascii_islower(static_cast<unsigned char>(c))) return false;
      out->push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
      upper = false;
    } else if (c == '_') {
      upper = true;
    } else if (absl::ascii_isupper(static_cast<unsigned char>(c))) {
      return false;
    } else {
      out->push_back(c);
    }
  }
  return !upper;
}

bool IsUtf8(absl::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const unsigned char* const end = at + text.size();
  while (at < end) {
    while (end - at >= 8) {
      uint64_t word;
      __builtin_memcpy(&word, at, sizeof(word));
      if ((word & 0x8080808080808080u) != 0) break;
      at += 8;
    }
    if (at == end) break;
    const unsigned char lead = *at;
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const auto next = [&](int i, unsigned char low, unsigned char high) {
      return end - at > i && at[i] >= low && at[i] <= high;
    };
    if (lead >= 0xC2 && lead <= 0xDF) {
      if (!next(1, 0x80, 0xBF)) return false;
      at += 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      const unsigned char low = lead == 0xE0 ? 0xA0 : 0x80, high = lead == 0xED ? 0x9F : 0xBF;
      if (!next(1, low, high) || !next(2, 0x80, 0xBF)) return false;
      at += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      const unsigned char low = lead == 0xF0 ? 0x90 : 0x80, high = lead == 0xF4 ? 0x8F : 0xBF;
      if (!next(1, low, high) || !next(2, 0x80, 0xBF) || !next(3, 0x80, 0xBF)) return false;
      at += 4;
    } else {
      return false;
    }
  }
  return true;
}

bool HasTextForm(const FieldDescriptor* field) {
  if (field->is_map()) return false;
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return true;
  switch (WellKnownOf(field->message_type())) {
    case WellKnown::kTimestamp:
    case WellKnown::kDuration:
    case WellKnown::kFieldMask:
    case WellKnown::kWrapper:
      return true;
    default:
      return false;
  }
}

std::string ExpectedForm(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_INT32:
      return "an integer from -2147483648 to 2147483647";
    case FieldDescriptor::CPPTYPE_UINT32:
      return "an integer from 0 to 4294967295";
    case FieldDescriptor::CPPTYPE_INT64:
      return "an integer from -9223372036854775808 to 9223372036854775807";
    case FieldDescriptor::CPPTYPE_UINT64:
      return "an integer from 0 to 18446744073709551615";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return "a number of double precision";
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "a number of single precision";
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat("the name or number of a value of ", field->enum_type()->full_name());
    case FieldDescriptor::CPPTYPE_STRING:
      return field->type() == FieldDescriptor::TYPE_BYTES ? "bytes in base64" : "a string";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  switch (WellKnownOf(field->message_type())) {
    case WellKnown::kTimestamp:
      return "an RFC 3339 time of the years 0001 to 9999, for example 2026-01-31T08:00:00Z";
    case WellKnown::kDuration:
      return "seconds with an s, for example 3.5s, at most 315576000000s";
    case WellKnown::kFieldMask:
      return "field paths separated by commas";
    case WellKnown::kWrapper:
      return ExpectedForm(field->message_type()->field(0));
    case WellKnown::kListValue:
      return "an array";
    case WellKnown::kValue:
      return "a JSON value";
    default:
      return "an object";
  }
}

ValueCode SetFieldFromText(absl::string_view text, const FieldDescriptor* field, Message* message) {
  const Reflection* reflection = message->GetReflection();
  const bool add = field->is_repeated();
  ValueCode code = ValueCode::kOk;
  const auto put = [&](auto parse, auto value, auto set, auto append) {
    code = parse(text, &value);
    if (code == ValueCode::kOk) (reflection->*(add ? append : set))(message, field, value);
    return code;
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(ParseInt32, int32_t{0}, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(ParseUint32, uint32_t{0}, &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put(ParseInt64, int64_t{0}, &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(ParseUint64, uint64_t{0}, &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put([](absl::string_view t, double* v) { return ParseDouble(t, true, v); }, 0.0, &Reflection::SetDouble,
                 &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put([](absl::string_view t, float* v) { return ParseFloat(t, true, v); }, 0.0f, &Reflection::SetFloat,
                 &Reflection::AddFloat);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return ValueCode::kWrongType;
      add ? reflection->AddBool(message, field, text == "true") : reflection->SetBool(message, field, text == "true");
      return ValueCode::kOk;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = field->enum_type()->FindValueByName(std::string(text));
      if (value == nullptr) {
        int32_t number = 0;
        if (ParseInt32(text, &number) != ValueCode::kOk) return ValueCode::kWrongType;
        value = field->enum_type()->FindValueByNumber(number);
        if (value == nullptr) return ValueCode::kOutOfRange;
      }
      add ? reflection->AddEnum(message, field, value) : reflection->SetEnum(message, field, value);
      return ValueCode::kOk;
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string value(text);
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        code = ParseBase64(text, &value);
        if (code != ValueCode::kOk) return code;
      } else if (!IsUtf8(text)) {
        return ValueCode::kWrongType;
      }
      add ? reflection->AddString(message, field, std::move(value))
          : reflection->SetString(message, field, std::move(value));
      return ValueCode::kOk;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  const WellKnown known = WellKnownOf(field->message_type());
  if (field->is_map() || !HasTextForm(field)) return ValueCode::kWrongType;
  Message* child = add ? reflection->AddMessage(message, field) : reflection->MutableMessage(message, field);
  const Reflection* child_reflection = child->GetReflection();
  const auto* type = child->GetDescriptor();
  if (known == WellKnown::kWrapper) return SetFieldFromText(text, type->field(0), child);
  if (known == WellKnown::kFieldMask) {
    std::vector<std::string> paths;
    code = ParseFieldMask(text, &paths);
    for (std::string& path : paths) {
      child_reflection->AddString(child, type->FindFieldByNumber(1), std::move(path));
    }
    return code;
  }
  int64_t seconds = 0;
  int32_t nanos = 0;
  code =
      known == WellKnown::kTimestamp ? ParseTimestamp(text, &seconds, &nanos) : ParseDuration(text, &seconds, &nanos);
  child_reflection->SetInt64(child, type->FindFieldByNumber(1), seconds);
  child_reflection->SetInt32(child, type->FindFieldByNumber(2), nanos);
  return code;
}

}  // namespace kam::gateway

#include "gateway/json/json_values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kam::gateway {
namespace {

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

constexpr char kBase64Alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The six bits that a character stands for; -1 for one of neither alphabet.
constexpr std::array<int8_t, 256> Base64Values() {
  std::array<int8_t, 256> values{};
  for (int8_t& value : values) value = -1;
  for (int i = 0; i < 64; ++i) values[static_cast<size_t>(kBase64Alphabet[i])] = static_cast<int8_t>(i);
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
  const auto byte = [&bytes](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])); };
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    const char quad[] = {kBase64Alphabet[bits >> 18], kBase64Alphabet[(bits >> 12) & 63],
                         kBase64Alphabet[(bits >> 6) & 63], kBase64Alphabet[bits & 63]};
    out->append(quad, sizeof(quad));
  }
  if (bytes.size() - i == 1) {
    const uint32_t bits = byte(i) << 16;
    const char quad[] = {kBase64Alphabet[bits >> 18], kBase64Alphabet[(bits >> 12) & 63], '=', '='};
    out->append(quad, sizeof(quad));
  } else if (bytes.size() - i == 2) {
    const uint32_t bits = byte(i) << 16 | byte(i + 1) << 8;
    const char quad[] = {kBase64Alphabet[bits >> 18], kBase64Alphabet[(bits >> 12) & 63],
                         kBase64Alphabet[(bits >> 6) & 63], '='};
    out->append(quad, sizeof(quad));
  }
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

}  // namespace kam::gateway

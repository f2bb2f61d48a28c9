#include "gateway/json/json_string.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "gateway/json/json_values.h"

namespace kam::gateway {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";

// 0: as it is. 1: needs an escape. 2: start of something that is not ASCII.
constexpr std::array<uint8_t, 256> CharClasses() {
  std::array<uint8_t, 256> classes{};
  for (size_t i = 0; i < 0x20; ++i) classes[i] = 1;
  classes['"'] = classes['\\'] = classes[0x7F] = 1;
  for (size_t i = 0x80; i < 256; ++i) classes[i] = 2;
  return classes;
}
constexpr std::array<uint8_t, 256> kCharClasses = CharClasses();

// Bytes of the well-formed UTF-8 character at the start of `text`; 0 when there is none.
size_t CharLength(absl::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  return text.size() >= length && IsUtf8(text.substr(0, length)) ? length : 0;
}

void AppendEscape(char c, std::string* out) {
  switch (c) {
    case '"':
      out->append("\\\"");
      return;
    case '\\':
      out->append("\\\\");
      return;
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    case '\b':
      out->append("\\b");
      return;
    case '\f':
      out->append("\\f");
      return;
    default: {
      constexpr char kHex[] = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      const char escape[] = {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
      out->append(escape, sizeof(escape));
    }
  }
}

}  // namespace

void AppendJsonString(absl::string_view text, std::string* out) {
  out->push_back('"');
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* done = at;
  while (at < end) {
    const uint8_t kind = kCharClasses[static_cast<unsigned char>(*at)];
    if (kind == 0) {
      ++at;
      continue;
    }
    if (kind == 2) {
      const size_t length = CharLength(absl::string_view(at, static_cast<size_t>(end - at)));
      if (length > 0) {
        at += length;
        continue;
      }
    }
    out->append(done, static_cast<size_t>(at - done));
    if (kind == 1) {
      AppendEscape(*at, out);
    } else {
      out->append(kReplacement);
    }
    done = ++at;
  }
  out->append(done, static_cast<size_t>(end - done));
  out->push_back('"');
}

}  // namespace kam::gateway

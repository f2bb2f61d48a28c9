// The tokens of a JSON text, checked for grammar, encoding and depth. Internal to gateway/json.
#ifndef KAM_GATEWAY_JSON_JSON_TAPE_H_
#define KAM_GATEWAY_JSON_JSON_TAPE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kam::gateway {

struct JsonToken {
  enum class Kind : uint8_t { kNull, kFalse, kTrue, kNumber, kString, kKey, kObject, kArray, kEnd };
  Kind kind;
  // Bytes of a number, string or key; of an object or array: index of the token after its end.
  uint32_t length;
  const char* text;

  absl::string_view view() const { return {text, length}; }
};

// The tokens of one text. Strings point into a copy of the text that is decoded in place.
class JsonTape {
 public:
  // `field_prefix` starts the field path of errors.
  absl::Status Read(absl::string_view json, int depth_max, absl::string_view field_prefix);
  const JsonToken& operator[](size_t i) const { return tokens_[i]; }
  // Index of the token after the value that starts at `i`.
  size_t After(size_t i) const {
    const JsonToken& token = tokens_[i];
    return token.kind == JsonToken::Kind::kObject || token.kind == JsonToken::Kind::kArray ? token.length : i + 1;
  }

 private:
  absl::Status Failure(absl::string_view field_prefix, absl::string_view reason, absl::string_view message,
                       size_t offset) const;

  std::string buffer_;
  std::vector<JsonToken> tokens_;
};

// One step of a JSON pointer, escaped.
std::string PointerStep(absl::string_view member);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_JSON_TAPE_H_

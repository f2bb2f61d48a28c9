// What filters, orders and masks share.
#ifndef KAM_COMMON_RESOURCE_FILTER_UTIL_H_
#define KAM_COMMON_RESOURCE_FILTER_UTIL_H_

#include <string>

#include "absl/strings/string_view.h"
#include "common/auth/principal.h"
#include "common/resource/type.h"

namespace kam::resource {

// What an error message repeats of the input, in bytes.
inline constexpr size_t kShownBytesMax = 60;

// Length of the UTF-8 character that begins at `at`; 0 when it is not well formed (overlong, surrogate, cut off).
size_t Utf8Length(absl::string_view text, size_t at);

// `text` for a message: cut at a character boundary, bytes that are not UTF-8 as question marks.
std::string Shown(absl::string_view text);

// Whether `reader` may see or use a field of these rules.
inline bool Permitted(const kam::api::Field& rules, const auth::Principal& reader) {
  return rules.sensitive().empty() || reader.Holds(rules.sensitive());
}

// The parameter that a column of this kind is compared with. MySQL compares a DECIMAL column with a text
// as floating point, which loses digits beyond the 15th, so the text is made a DECIMAL first.
inline absl::string_view Placeholder(Kind kind) {
  return kind == Kind::kDecimal || kind == Kind::kMoney ? "CAST(? AS DECIMAL(65,30))" : "?";
}

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_FILTER_UTIL_H_

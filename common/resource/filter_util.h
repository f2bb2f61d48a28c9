// What filters, orders and masks share.
#ifndef KAM_COMMON_RESOURCE_FILTER_UTIL_H_
#define KAM_COMMON_RESOURCE_FILTER_UTIL_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/auth/principal.h"
#include "common/resource/type.h"

namespace kam::resource {

// What an error message repeats of the input, in bytes.
inline constexpr size_t kShownBytesMax = 60;

// `text`, cut at a character boundary.
inline std::string Shown(absl::string_view text) {
  if (text.size() <= kShownBytesMax) return std::string(text);
  size_t end = kShownBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

// Whether `reader` may see or use a field of these rules.
inline bool Permitted(const kam::api::Field& rules, const auth::Principal& reader) {
  return rules.sensitive().empty() || reader.Holds(rules.sensitive());
}

// The parameter that a column of this kind is compared with. A DECIMAL column compared with a text would be compared
// as floating point, which loses digits beyond the 15th: the text is made a DECIMAL first.
inline absl::string_view Placeholder(Kind kind) {
  return kind == Kind::kDecimal || kind == Kind::kMoney ? "CAST(? AS DECIMAL(65,30))" : "?";
}

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_FILTER_UTIL_H_

// Digests.
#ifndef KAM_COMMON_ID_DIGEST_H_
#define KAM_COMMON_ID_DIGEST_H_

#include <string>

#include "absl/strings/string_view.h"

namespace kam {

// SHA-256 as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view bytes);

}  // namespace kam

#endif  // KAM_COMMON_ID_DIGEST_H_

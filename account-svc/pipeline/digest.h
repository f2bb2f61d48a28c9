// Hash of a content that was submitted, so that nobody shows another one later.
#ifndef KAM_ACCOUNT_SVC_PIPELINE_DIGEST_H_
#define KAM_ACCOUNT_SVC_PIPELINE_DIGEST_H_

#include <string>

#include "absl/strings/string_view.h"

namespace kam::account {

// SHA-256 in hexadecimal.
std::string Sha256(absl::string_view text);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PIPELINE_DIGEST_H_

// kamctl keys: the secrets a new installation needs, made once and kept.
#ifndef KAM_GATEWAY_KAMCTL_KEYS_H_
#define KAM_GATEWAY_KAMCTL_KEYS_H_

#include <string>

#include "absl/status/status.h"

namespace kam::ctl {

// Makes what is missing in `directory`: {program}.key and internal.jwks for every program, page_token.key, and a
// password {schema}.password for every database user. Files are readable by their owner only.
absl::Status MakeKeys(const std::string& directory);

}  // namespace kam::ctl

#endif  // KAM_GATEWAY_KAMCTL_KEYS_H_

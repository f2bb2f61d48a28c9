// Turns the bearer token of an incoming call into the caller.
#ifndef KAM_COMMON_AUTH_AUTHENTICATOR_H_
#define KAM_COMMON_AUTH_AUTHENTICATOR_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"

namespace kam::auth {

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  virtual absl::StatusOr<Principal> Authenticate(absl::string_view bearer, absl::Time now) = 0;
};

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_AUTHENTICATOR_H_

// Turns the bearer token of an incoming call into the caller.
#ifndef KAM_COMMON_AUTH_AUTHENTICATOR_H_
#define KAM_COMMON_AUTH_AUTHENTICATOR_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"

namespace kam::auth {

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  virtual absl::StatusOr<Principal> Authenticate(absl::string_view bearer, absl::Time now) = 0;
  // The same; an authenticator that keeps principals need not copy them.
  virtual absl::StatusOr<std::shared_ptr<const Principal>> AuthenticateShared(absl::string_view bearer,
                                                                              absl::Time now) {
    absl::StatusOr<Principal> principal = Authenticate(bearer, now);
    if (!principal.ok()) return std::move(principal).status();
    return std::make_shared<const Principal>(*std::move(principal));
  }
};

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_AUTHENTICATOR_H_

// A development identity provider: tokens for employees without passwords. For the embedded default and for tests;
// it exists only where an option enables it.
#ifndef KAM_COMMON_AUTH_DEV_ISSUER_H_
#define KAM_COMMON_AUTH_DEV_ISSUER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/jwt.h"

namespace kam::auth {

class DevIssuer {
 public:
  struct Options {
    bool enabled = false;
    std::string directory = {};  // Holds the key (mode 0600) and the JWKS; made (mode 0700) when it is not there.
    std::string issuer = "kam-dev";
    std::string audience = "kam";
    absl::Duration lifetime = absl::Hours(12);
  };

  // FAILED_PRECONDITION DEV_ISSUER_DISABLED unless enabled.
  static absl::StatusOr<std::unique_ptr<DevIssuer>> Create(const Options& options);

  // A token whose subject is `login`: external id or resource name of an employee, at most 256 bytes.
  absl::StatusOr<std::string> Mint(absl::string_view login, absl::Time now) const;

  // Where a verifier finds the public key, and what it must ask of a token.
  std::string jwks_file() const;
  VerifyPolicy policy() const;

 private:
  DevIssuer(const Options& options, KeyPtr key) : options_(options), key_(std::move(key)) {}

  const Options options_;
  const KeyPtr key_;
};

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_DEV_ISSUER_H_

// Signed tokens (JWS compact serialisation, RFC 7515, 7519) under the rules of RFC 8725.
#ifndef KAM_COMMON_AUTH_JWT_H_
#define KAM_COMMON_AUTH_JWT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/claims.h"
#include "common/auth/jwks.h"

namespace kam::auth {

inline constexpr std::size_t kMaxTokenBytes = 64 * 1024;
inline constexpr std::size_t kMaxTokenHeaderBytes = 4 * 1024;

// Where the keys of an issuer come from. Thread-safe.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // UNAUTHENTICATED TOKEN_KEY_UNKNOWN when the issuer has no such key; UNAVAILABLE KEYS_UNAVAILABLE with RetryInfo
  // when its keys cannot be read now.
  virtual absl::StatusOr<KeyPtr> Find(absl::string_view kid, absl::Time now) = 0;
  // OK when there are keys, and in force; takes up new ones as Find does, and so may wait. UNAVAILABLE
  // KEYS_UNAVAILABLE.
  virtual absl::Status Check(absl::Time now) = 0;
};

struct VerifyPolicy {
  // The "iss" claim must be this ...
  std::string issuer;
  // ... or, when set, the part of the signing key's kid before '#'. Exactly one of the two must be given.
  bool issuer_names_key = false;
  // The "aud" claim must contain this.
  std::string audience;
  // What may sign; on top, the algorithm must fit the key.
  std::vector<Algorithm> algorithms;
  // Required "typ" header, compared without case and without "application/"; empty: not compared.
  std::string type;
  absl::Duration clock_skew = absl::Seconds(30);
  // From "iat", or from now when the token has none, to "exp".
  absl::Duration max_lifetime = absl::Hours(24);
};

struct VerifiedToken {
  Claims claims;
  std::string kid;
  std::string issuer;
  absl::Time valid_from = absl::InfinitePast();  // The later of "iat" and "nbf".
  absl::Time expiry;
};

// UNAUTHENTICATED with reason TOKEN_MALFORMED (metadata "rule"), TOKEN_ALGORITHM_REFUSED, TOKEN_KEY_UNKNOWN,
// TOKEN_SIGNATURE_INVALID, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, TOKEN_LIFETIME_REFUSED, TOKEN_ISSUER_REFUSED or
// TOKEN_AUDIENCE_REFUSED; UNAVAILABLE from the key source; INTERNAL when the policy names no issuer, audience or
// algorithm. The token must have "kid" and "exp".
absl::StatusOr<VerifiedToken> Verify(absl::string_view compact, KeySource& keys, const VerifyPolicy& policy,
                                     absl::Time now);

// A compact token signed with a private key; header: alg, kid and, unless empty, typ.
absl::StatusOr<std::string> Sign(const Claims& claims, const Key& key, Algorithm algorithm, absl::string_view type);

// A random token id (128 bits).
std::string NewTokenId();

// Keys that never change.
class FixedKeySource : public KeySource {
 public:
  explicit FixedKeySource(KeySet keys) : keys_(std::move(keys)) {}
  absl::StatusOr<KeyPtr> Find(absl::string_view kid, absl::Time now) override;
  absl::Status Check(absl::Time) override { return absl::OkStatus(); }

 private:
  const KeySet keys_;
};

// The answer of a key source that does not know the key.
absl::Status UnknownKey(absl::string_view kid);

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_JWT_H_

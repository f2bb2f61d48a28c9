// The token that carries the caller from the gateway to the services, and from service to service: short-lived,
// signed with ES256, verified against one JWKS that holds a public key of every program. See
// docs/adr/0005-internal-token.md.
#ifndef KAM_COMMON_AUTH_INTERNAL_TOKEN_H_
#define KAM_COMMON_AUTH_INTERNAL_TOKEN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/authenticator.h"
#include "common/auth/jwt.h"
#include "common/auth/key_file.h"
#include "common/auth/principal.h"

namespace kam::auth {

inline constexpr char kInternalAudience[] = "kam-internal";
inline constexpr char kInternalType[] = "kam+jwt";
// The token is one metadata entry of a call whose metadata may have 64 KiB in all; the rest is left for the others.
inline constexpr std::size_t kMaxInternalTokenBytes = 60 * 1024;
inline constexpr std::size_t kMaxTeam = 1000;  // Employee ids.
inline constexpr absl::Duration kMaxInternalLifetime = absl::Minutes(10);

// Mints internal tokens. Thread-safe. The key file is read again when it changed, so a rotated key needs no restart.
class InternalIssuer {
 public:
  struct Options {
    std::string program = {};   // "gateway", "account-svc", ...
    std::string key_file = {};  // Private JWK with kid "<program>#<n>".
    absl::Duration lifetime = absl::Seconds(60);
    absl::Duration recheck = absl::Seconds(1);  // Of the key file.
  };

  // Errors of LoadPrivateKey; FAILED_PRECONDITION KEY_OF_ANOTHER_PROGRAM; INVALID_ARGUMENT for a lifetime that is not
  // between one second and kMaxInternalLifetime.
  static absl::StatusOr<std::unique_ptr<InternalIssuer>> Create(const Options& options, absl::Time now);

  // A token for somebody: an employee, or a client of the gateway; only the gateway's are accepted. Not for programs.
  // INVALID_ARGUMENT names the field of the principal that does not fit a token (ids and permissions without blanks,
  // at most kMaxTeam in the team); FAILED_PRECONDITION TOKEN_TOO_LARGE above kMaxInternalTokenBytes.
  absl::StatusOr<std::string> Mint(const Principal& principal, absl::Time now);

  // A token by which this program speaks for itself. The same one is given out for half of its life.
  absl::StatusOr<std::string> MintForSelf(absl::Time now);

 private:
  explicit InternalIssuer(const Options& options) : options_(options), watch_(options.key_file, options.recheck) {}
  absl::Status Load();
  KeyPtr CurrentKey(absl::Time now);
  absl::StatusOr<std::string> SignClaims(Claims claims, absl::Time now);

  const Options options_;
  std::mutex mutex_;  // Guards what follows.
  FileWatch watch_;
  KeyPtr key_;
  std::string own_token_;
  absl::Time own_token_at_ = absl::InfinitePast();
};

// Verifies internal tokens. Thread-safe.
//
// Who may say what: a token's "iss" must be the program of the key that signed it. The programs in `speakers` may
// speak for anybody but programs, with the grants in the token. Every program may speak for itself: subject
// "programs/<iss>", grants from `program_permissions`, whatever the token says.
class InternalAuthenticator : public Authenticator {
 public:
  struct Options {
    // Exactly one of these: the JWKS of all programs as a file, or keys from elsewhere.
    std::string jwks_file = {};
    std::shared_ptr<KeySource> keys = {};
    std::vector<std::string> speakers = {"gateway"};
    // Program -> permissions it holds, over all rows.
    std::map<std::string, std::vector<std::string>> program_permissions = {};
    absl::Duration clock_skew = absl::Seconds(30);
    // Verified tokens kept, so that a token used again costs a hash instead of a signature check. Zero: none.
    std::size_t cache_entries = 10000;
    std::size_t cache_bytes = 16 * 1024 * 1024;
  };
  struct Stats {
    uint64_t cache_hits = 0, verified = 0, refused = 0;
    std::size_t cached = 0, cached_bytes = 0;
  };

  static absl::StatusOr<std::unique_ptr<InternalAuthenticator>> Create(const Options& options);

  // Errors of Verify, and UNAUTHENTICATED with TOKEN_SUBJECT_REFUSED when the issuer may not speak for the subject.
  absl::StatusOr<Principal> Authenticate(absl::string_view bearer, absl::Time now) override;
  absl::StatusOr<std::shared_ptr<const Principal>> AuthenticateShared(absl::string_view bearer,
                                                                      absl::Time now) override;

  Stats stats() const;

 private:
  using Digest = std::array<unsigned char, 32>;  // SHA-256 of the token.
  struct Entry {
    Digest digest;
    std::shared_ptr<const Principal> principal;
    absl::Time valid_from, expiry;
    std::size_t bytes = 0;
  };

  explicit InternalAuthenticator(const Options& options);
  absl::StatusOr<std::shared_ptr<const Principal>> ToPrincipal(const VerifiedToken& token) const;
  std::shared_ptr<const Principal> Cached(const Digest& digest, absl::Time now);
  void Remember(Entry entry);
  void Drop(std::list<Entry>::iterator entry);

  const Options options_;
  const std::shared_ptr<KeySource> keys_;
  VerifyPolicy policy_;

  mutable std::mutex mutex_;  // Guards what follows.
  std::list<Entry> entries_;  // Last used first.
  absl::flat_hash_map<Digest, std::list<Entry>::iterator> index_;
  Stats stats_;
};

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_INTERNAL_TOKEN_H_

// Keys of signed tokens: JSON Web Keys (RFC 7517) and sets of them. Only what the suite accepts exists here: RSA of
// 2048 to 8192 bits, EC on P-256 and P-384, for signatures.
#ifndef KAM_COMMON_AUTH_JWKS_H_
#define KAM_COMMON_AUTH_JWKS_H_

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct _cjose_jwk_int;

namespace kam::auth {

inline constexpr std::size_t kMaxJwksBytes = 64 * 1024;
inline constexpr std::size_t kMaxJwksKeys = 100;
inline constexpr std::size_t kMaxKidBytes = 256;
inline constexpr std::size_t kMinRsaBits = 2048;
inline constexpr std::size_t kMaxRsaBits = 8192;

// Signature algorithms of JWA (RFC 7518); each fits exactly one key type.
enum class Algorithm { kRs256, kPs256, kEs256, kEs384 };
const char* AlgorithmName(Algorithm algorithm);  // "RS256", ...
std::optional<Algorithm> ParseAlgorithm(absl::string_view name);

enum class KeyType { kRsa, kP256, kP384 };
bool Fits(Algorithm algorithm, KeyType type);

// One key, immutable, usable by several threads at once.
class Key {
 public:
  // From a JWK. INVALID_ARGUMENT with reason KEY_UNUSABLE and metadata "rule" when it is not a key accepted here.
  static absl::StatusOr<std::shared_ptr<const Key>> ParsePublic(absl::string_view jwk);
  static absl::StatusOr<std::shared_ptr<const Key>> ParsePrivate(absl::string_view jwk);

  const std::string& kid() const { return kid_; }
  KeyType type() const { return type_; }
  bool is_private() const { return is_private_; }
  // Bytes of a signature made with this key.
  std::size_t signature_bytes() const { return signature_bytes_; }
  // Whether the key may be used with the algorithm: the type fits, and its "alg" member, when present, agrees.
  bool Allows(Algorithm algorithm) const;
  // The JWK of the public half.
  std::string PublicJwk() const;
  const _cjose_jwk_int* native() const { return jwk_.get(); }

 private:
  Key() = default;
  static absl::StatusOr<std::shared_ptr<const Key>> Parse(absl::string_view jwk, bool is_private);

  std::shared_ptr<_cjose_jwk_int> jwk_;
  std::string kid_;
  KeyType type_ = KeyType::kRsa;
  std::optional<Algorithm> only_;
  bool is_private_ = false;
  std::size_t signature_bytes_ = 0;
};
using KeyPtr = std::shared_ptr<const Key>;

// Public keys by key id.
class KeySet {
 public:
  // From a JWKS. Keys that are not accepted here (other types, too short, for encryption, without kid, with a private
  // half) are left out and named in ignored(). INVALID_ARGUMENT with reason JWKS_INVALID when the text is not a JWKS,
  // exceeds a limit, or a kid occurs twice.
  static absl::StatusOr<KeySet> Parse(absl::string_view jwks);

  KeyPtr Find(absl::string_view kid) const;  // nullptr when unknown.
  std::size_t size() const { return keys_.size(); }
  std::vector<std::string> kids() const;
  // One line for each key left out: its index, its kid and the rule.
  const std::vector<std::string>& ignored() const { return ignored_; }

 private:
  std::map<std::string, KeyPtr, std::less<>> keys_;
  std::vector<std::string> ignored_;
};

// A new P-256 key as a private JWK.
absl::StatusOr<std::string> GenerateEcKey(absl::string_view kid);

// The JWKS with the public half of `jwk` added; `jwks` may be empty text for a new set. A member with the same kid and
// the same key is kept once; ALREADY_EXISTS (reason KEY_ID_TAKEN) when the kid belongs to another key.
absl::StatusOr<std::string> AddToJwks(absl::string_view jwks, absl::string_view jwk);

// The JWKS without the key `kid`; NOT_FOUND (reason TOKEN_KEY_UNKNOWN) when it is not there.
absl::StatusOr<std::string> RemoveFromJwks(absl::string_view jwks, absl::string_view kid);

// `text` made safe and short for a message or a log line: at most 64 bytes, other than printable ASCII escaped.
std::string Printable(absl::string_view text);

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_JWKS_H_

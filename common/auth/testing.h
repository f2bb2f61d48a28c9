// Helpers of the tests of this folder.
#ifndef KAM_COMMON_AUTH_TESTING_H_
#define KAM_COMMON_AUTH_TESTING_H_

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/auth/claims.h"
#include "common/auth/jwks.h"
#include "common/auth/jwt.h"

namespace kam::auth {

// 2026-11-21T08:00:00Z
inline const absl::Time kNoon = absl::FromUnixSeconds(1795248000);

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_((std::filesystem::temp_directory_path() / "kam-auth-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline KeyPtr NewKey(const std::string& kid) { return Key::ParsePrivate(GenerateEcKey(kid).value()).value(); }

inline KeySet SetOf(const std::vector<KeyPtr>& keys) {
  std::string jwks;
  for (const KeyPtr& key : keys) jwks = AddToJwks(jwks, key->PublicJwk()).value();
  return KeySet::Parse(jwks).value();
}

inline std::string Base64(absl::string_view text) { return absl::WebSafeBase64Escape(text); }

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_TESTING_H_

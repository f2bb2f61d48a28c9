#include "common/auth/dev_issuer.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/auth/key_file.h"
#include "common/status/status.h"

namespace kam::auth {
namespace {

constexpr char kProgram[] = "dev";
constexpr char kKeyFile[] = "/dev-issuer.jwk";
constexpr char kJwksFile[] = "/dev-issuer.jwks.json";
constexpr std::size_t kMaxLoginBytes = 256;
constexpr mode_t kDirectoryMode = 0700;

}  // namespace

absl::StatusOr<std::unique_ptr<DevIssuer>> DevIssuer::Create(const Options& options) {
  if (!options.enabled) {
    return Error(absl::StatusCode::kFailedPrecondition, "DEV_ISSUER_DISABLED",
                 "the development issuer is not enabled: it gives a token to whoever asks");
  }
  if (options.directory.empty()) return InvalidField("directory", "DIRECTORY_MISSING", "a directory is needed");
  if (::mkdir(options.directory.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
    const std::string cause = std::generic_category().message(errno);
    return Error(absl::StatusCode::kUnavailable, "FILE_UNWRITABLE",
                 absl::StrCat("the directory cannot be made: ", options.directory, ": ", cause),
                 {{"file", options.directory}, {"error", cause}});
  }
  ASSIGN_OR_RETURN(KeyPtr key, LoadOrCreateKey(kProgram, options.directory + kKeyFile, options.directory + kJwksFile));
  return std::unique_ptr<DevIssuer>(new DevIssuer(options, std::move(key)));
}

absl::StatusOr<std::string> DevIssuer::Mint(absl::string_view login, absl::Time now) const {
  const bool printable = std::none_of(login.begin(), login.end(),
                                      [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); });
  if (login.empty() || login.size() > kMaxLoginBytes || !printable) {
    return InvalidField("login", "LOGIN_INVALID",
                        absl::StrCat("a login has 1 to ", kMaxLoginBytes, " bytes and no control characters"),
                        {{"bytes", absl::StrCat(login.size())}, {"limit", absl::StrCat(kMaxLoginBytes)}});
  }
  Claims claims;
  if (!claims.Set("sub", login)) return InvalidField("login", "LOGIN_INVALID", "the login is not UTF-8");
  const int64_t issued = absl::ToUnixSeconds(now);
  claims.Set("iss", absl::string_view(options_.issuer));
  claims.Set("aud", absl::string_view(options_.audience));
  claims.Set("iat", issued);
  claims.Set("exp", issued + absl::ToInt64Seconds(options_.lifetime));
  claims.Set("jti", absl::string_view(NewTokenId()));
  return Sign(claims, *key_, Algorithm::kEs256, "JWT");
}

std::string DevIssuer::jwks_file() const { return options_.directory + kJwksFile; }

VerifyPolicy DevIssuer::policy() const {
  VerifyPolicy policy;
  policy.issuer = options_.issuer;
  policy.audience = options_.audience;
  policy.algorithms = {Algorithm::kEs256};
  policy.max_lifetime = options_.lifetime;
  return policy;
}

}  // namespace kam::auth

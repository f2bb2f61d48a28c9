#include "gateway/kamctl/keys.h"

#include <sys/stat.h>

#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/auth/key_file.h"
#include "common/id/id.h"
#include "common/status/status.h"

namespace kam::ctl {
namespace {

constexpr size_t kSecretBytes = 32;

bool Exists(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0;
}

// 32 random bytes as hexadecimal text: fits a password as well as a key of at least 32 bytes.
absl::Status MakeSecret(const std::string& path) {
  if (Exists(path)) return absl::OkStatus();
  unsigned char bytes[kSecretBytes];
  RETURN_IF_ERROR(SystemRandom(absl::MakeSpan(bytes)));
  const mode_t before = umask(077);
  std::ofstream out(path);
  umask(before);
  out << absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes), sizeof bytes)) << "\n";
  out.close();
  if (out.good()) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "FILE_UNWRITABLE", absl::StrCat(path, " cannot be written"),
               {{"file", path}});
}

}  // namespace

absl::Status MakeKeys(const std::string& directory) {
  mkdir(directory.c_str(), 0700);
  for (const char* program : {"gateway", "account-svc", "contract-svc", "aftersales-svc"}) {
    RETURN_IF_ERROR(auth::LoadOrCreateKey(program, absl::StrCat(directory, "/", program, ".key"),
                                          absl::StrCat(directory, "/internal.jwks"))
                        .status());
  }
  RETURN_IF_ERROR(MakeSecret(absl::StrCat(directory, "/page_token.key")));
  for (const char* user : {"kam_account", "kam_contract", "kam_aftersales", "kam_gateway", "kam_migrator"}) {
    RETURN_IF_ERROR(MakeSecret(absl::StrCat(directory, "/", user, ".password")));
  }
  return absl::OkStatus();
}

}  // namespace kam::ctl

#include "gateway/kamctl/keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

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
  const std::string text =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes), sizeof bytes)) + "\n";
  // Written beside and renamed: whoever is killed in between leaves no half secret that would be taken for a whole one.
  const std::string draft = path + ".new";
  unlink(draft.c_str());
  const int file = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
    if (close(file) == 0 && written && rename(draft.c_str(), path.c_str()) == 0) return absl::OkStatus();
    unlink(draft.c_str());
  }
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
  for (const char* user : {"kam_account", "kam_contract", "kam_aftersales", "kam_migrator"}) {
    RETURN_IF_ERROR(MakeSecret(absl::StrCat(directory, "/", user, ".password")));
  }
  return absl::OkStatus();
}

}  // namespace kam::ctl

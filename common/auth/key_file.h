// Files that hold keys: read whole, written at once, watched for change.
#ifndef KAM_COMMON_AUTH_KEY_FILE_H_
#define KAM_COMMON_AUTH_KEY_FILE_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/jwks.h"

namespace kam::auth {

inline constexpr mode_t kPrivateFileMode = 0600;
inline constexpr mode_t kPublicFileMode = 0644;
inline constexpr std::size_t kMaxKeyFileBytes = 16 * 1024;

// NOT_FOUND (reason FILE_NOT_FOUND), UNAVAILABLE (FILE_UNREADABLE) or INVALID_ARGUMENT (FILE_TOO_LARGE).
absl::StatusOr<std::string> ReadSmallFile(const std::string& path, std::size_t max_bytes);

// Replaces the file in one step: a reader sees the old text or the new one, also after a crash.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view text, mode_t mode);

// The private key of a file holding one JWK. FAILED_PRECONDITION (KEY_FILE_EXPOSED) when users outside the file's
// owner and group may read or write it.
absl::StatusOr<KeyPtr> LoadPrivateKey(const std::string& path);

// The key of `program` in `key_file`, made when there is none, with its public half in `jwks_file`. The kid is
// "<program>#<n>", n being one more than any in the set. Several programs may do this at the same time.
absl::StatusOr<KeyPtr> LoadOrCreateKey(absl::string_view program, const std::string& key_file,
                                       const std::string& jwks_file);

// Puts a new key for `program` into `key_file`; the old one stays in `jwks_file` so that tokens in flight remain good
// (take it out with RemoveFromJwks once they have expired).
absl::StatusOr<KeyPtr> RotateKey(absl::string_view program, const std::string& key_file, const std::string& jwks_file);

// The part of a kid before '#'; empty when there is no '#'.
absl::string_view ProgramOfKid(absl::string_view kid);

// Tells when a file was replaced or changed, looking at most once an interval. Not thread-safe.
class FileWatch {
 public:
  FileWatch(std::string path, absl::Duration interval) : path_(std::move(path)), interval_(interval) {}
  // Whether the file must be read (again): true at first, later when its identity, size or time of change differs
  // from the last time. A missing file is no change.
  bool Changed(absl::Time now);
  // Forgets what was seen, so that the next look finds a change: for a reader that failed.
  void Forget() { seen_.reset(); }
  const std::string& path() const { return path_; }

 private:
  struct Identity {
    uint64_t device = 0, inode = 0;
    int64_t size = 0, seconds = 0, nanos = 0;
    bool operator==(const Identity&) const = default;
  };
  std::string path_;
  absl::Duration interval_;
  std::optional<absl::Time> looked_at_;
  std::optional<Identity> seen_;
};

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_KEY_FILE_H_

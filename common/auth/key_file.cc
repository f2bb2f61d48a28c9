#include "common/auth/key_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/auth/jwt.h"
#include "common/status/status.h"

namespace kam::auth {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::string ErrnoText(int code) { return std::generic_category().message(code); }

absl::Status FileError(absl::StatusCode code, absl::string_view reason, absl::string_view what, const std::string& path,
                       int error) {
  return Error(code, reason, absl::StrCat(what, ": ", path, ": ", ErrnoText(error)),
               {{"file", path}, {"error", ErrnoText(error)}});
}

bool WriteAll(int fd, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Holds the lock file beside a key set until it goes out of scope.
absl::StatusOr<std::unique_ptr<Descriptor>> LockBeside(const std::string& path) {
  const std::string lock_path = path + ".lock";
  auto lock = std::make_unique<Descriptor>(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kPrivateFileMode));
  if (!lock->ok()) {
    return FileError(absl::StatusCode::kUnavailable, "FILE_UNWRITABLE", "the lock file cannot be opened", lock_path,
                     errno);
  }
  while (::flock(lock->get(), LOCK_EX) != 0) {
    if (errno != EINTR) {
      return FileError(absl::StatusCode::kUnavailable, "FILE_UNWRITABLE", "the lock cannot be had", lock_path, errno);
    }
  }
  return lock;
}

absl::StatusOr<std::string> ReadOrEmpty(const std::string& path, std::size_t max_bytes) {
  absl::StatusOr<std::string> text = ReadSmallFile(path, max_bytes);
  if (absl::IsNotFound(text.status())) return std::string();
  return text;
}

absl::StatusOr<KeyPtr> CreateKey(absl::string_view program, const std::string& key_file, const std::string& jwks_file) {
  if (program.empty() || program.find('#') != absl::string_view::npos) {
    return InvalidField("program", "PROGRAM_INVALID", "the name of a program is not empty and has no '#'");
  }
  ASSIGN_OR_RETURN(const std::string jwks, ReadOrEmpty(jwks_file, kMaxJwksBytes));
  uint32_t number = 0;
  if (!jwks.empty()) {
    ASSIGN_OR_RETURN(const KeySet set, KeySet::Parse(jwks));
    for (const std::string& kid : set.kids()) {
      uint32_t n = 0;
      if (ProgramOfKid(kid) == program && absl::SimpleAtoi(kid.substr(program.size() + 1), &n)) {
        number = std::max(number, n);
      }
    }
  }
  ASSIGN_OR_RETURN(const std::string jwk, GenerateEcKey(absl::StrCat(program, "#", number + 1)));
  ASSIGN_OR_RETURN(const std::string merged, AddToJwks(jwks, jwk));
  // Published before it is used: nobody shall meet a token of a key that cannot be found.
  RETURN_IF_ERROR(WriteFileAtomically(jwks_file, merged, kPublicFileMode));
  RETURN_IF_ERROR(WriteFileAtomically(key_file, jwk, kPrivateFileMode));
  return Key::ParsePrivate(jwk);
}

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path, std::size_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) {
    if (errno == ENOENT) {
      return FileError(absl::StatusCode::kNotFound, "FILE_NOT_FOUND", "the file is not there", path, errno);
    }
    return FileError(absl::StatusCode::kUnavailable, "FILE_UNREADABLE", "the file cannot be read", path, errno);
  }
  std::string text(max_bytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return FileError(absl::StatusCode::kUnavailable, "FILE_UNREADABLE", "the file cannot be read", path, errno);
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > max_bytes) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
                 absl::StrCat("the file ", path, " has more than ", max_bytes, " bytes"),
                 {{"file", path}, {"limit", absl::StrCat(max_bytes)}});
  }
  text.resize(size);
  return text;
}

absl::Status WriteFileAtomically(const std::string& path, absl::string_view text, mode_t mode) {
  std::string temporary = path + ".XXXXXX";
  const int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) {
    return FileError(absl::StatusCode::kUnavailable, "FILE_UNWRITABLE", "the file cannot be written", path, errno);
  }
  bool done = false;
  {
    const Descriptor file(fd);
    done = ::fchmod(fd, mode) == 0 && WriteAll(fd, text) && ::fsync(fd) == 0;
  }
  done = done && ::rename(temporary.c_str(), path.c_str()) == 0;
  if (!done) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return FileError(absl::StatusCode::kUnavailable, "FILE_UNWRITABLE", "the file cannot be written", path, error);
  }
  const Descriptor directory(::open(DirectoryOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.ok()) ::fsync(directory.get());
  return absl::OkStatus();
}

absl::StatusOr<KeyPtr> LoadPrivateKey(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & S_IRWXO) != 0) {
    return Error(absl::StatusCode::kFailedPrecondition, "KEY_FILE_EXPOSED",
                 absl::StrCat("the private key in ", path, " is open to everyone: take the rights of others away"),
                 {{"file", path}, {"mode", absl::StrCat(absl::Hex(info.st_mode & 07))}});
  }
  ASSIGN_OR_RETURN(const std::string jwk, ReadSmallFile(path, kMaxKeyFileBytes));
  return Key::ParsePrivate(jwk);
}

absl::StatusOr<KeyPtr> LoadOrCreateKey(absl::string_view program, const std::string& key_file,
                                       const std::string& jwks_file) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Descriptor> lock, LockBeside(jwks_file));
  absl::StatusOr<KeyPtr> key = LoadPrivateKey(key_file);
  if (absl::IsNotFound(key.status())) return CreateKey(program, key_file, jwks_file);
  RETURN_IF_ERROR(key.status());
  if (ProgramOfKid((*key)->kid()) != program) {
    return Error(absl::StatusCode::kFailedPrecondition, "KEY_OF_ANOTHER_PROGRAM",
                 absl::StrCat("the key in ", key_file, " belongs to another program"),
                 {{"file", key_file}, {"kid", Printable((*key)->kid())}, {"program", std::string(program)}});
  }
  ASSIGN_OR_RETURN(const std::string jwks, ReadOrEmpty(jwks_file, kMaxJwksBytes));
  ASSIGN_OR_RETURN(const std::string merged, AddToJwks(jwks, (*key)->PublicJwk()));
  if (merged != jwks) RETURN_IF_ERROR(WriteFileAtomically(jwks_file, merged, kPublicFileMode));
  return key;
}

absl::StatusOr<KeyPtr> RotateKey(absl::string_view program, const std::string& key_file, const std::string& jwks_file) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Descriptor> lock, LockBeside(jwks_file));
  return CreateKey(program, key_file, jwks_file);
}

absl::string_view ProgramOfKid(absl::string_view kid) {
  const std::size_t mark = kid.find('#');
  return mark == absl::string_view::npos ? absl::string_view() : kid.substr(0, mark);
}

bool FileWatch::Changed(absl::Time now) {
  // The clock may be set back; that must not stop the watch.
  if (looked_at_.has_value() && absl::AbsDuration(now - *looked_at_) < interval_) return false;
  looked_at_ = now;
  struct stat info {};
  if (::stat(path_.c_str(), &info) != 0) return false;
  Identity identity;
  identity.device = static_cast<uint64_t>(info.st_dev);
  identity.inode = static_cast<uint64_t>(info.st_ino);
  identity.size = info.st_size;
  identity.seconds = info.st_mtim.tv_sec;
  identity.nanos = info.st_mtim.tv_nsec;
  if (seen_ == identity) return false;
  seen_ = identity;
  return true;
}

}  // namespace kam::auth

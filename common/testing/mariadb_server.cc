#include "common/testing/mariadb_server.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/mysql/mysql.h"
#include "common/status/status.h"

namespace kam::testing {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kStartTimeout = absl::Seconds(60);
constexpr absl::Duration kStopTimeout = absl::Seconds(60);
constexpr absl::Duration kPollEvery = absl::Milliseconds(20);

absl::Status Failed(absl::string_view what) { return absl::InternalError(what); }
absl::Status SystemFailed(absl::string_view what) { return Failed(absl::StrCat(what, ": ", std::strerror(errno))); }

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return std::string(absl::StripAsciiWhitespace(text.str()));
}

absl::Status WriteFile(const fs::path& path, absl::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text << '\n';
  file.close();
  return file ? absl::OkStatus() : SystemFailed(absl::StrCat("cannot write ", path.string()));
}

// Looks in PATH and in /usr/sbin, which is not in everybody's PATH.
absl::StatusOr<std::string> FindProgram(absl::string_view name) {
  const char* path = getenv("PATH");
  const std::string folders = absl::StrCat(path == nullptr ? "/usr/bin" : path, ":/usr/sbin");
  for (const absl::string_view folder : absl::StrSplit(folders, ':', absl::SkipEmpty())) {
    const std::string candidate = absl::StrCat(folder, "/", name);
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return Failed(absl::StrCat(name, " is not installed (Debian: mariadb-server-core, mariadb-client-core)"));
}

// Starts a program with its output appended to `log`. Its own session: it outlives this process and its terminal.
absl::StatusOr<pid_t> Spawn(std::vector<std::string> command, const std::string& log) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  const auto cleanup = absl::MakeCleanup([&] {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  });
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t pid = 0;
  errno = posix_spawn(&pid, command[0].c_str(), &actions, &attributes, arguments.data(), environ);
  if (errno != 0) return SystemFailed(absl::StrCat("cannot start ", command[0]));
  return pid;
}

std::string LogTail(const std::string& log) {
  constexpr size_t kTailBytes = 2000;
  const std::string text = ReadFile(log);
  return text.size() <= kTailBytes ? text : text.substr(text.size() - kTailBytes);
}

// The server's process when it runs, 0 otherwise. A number taken over by another program is not it; neither is a
// zombie, which stays where nobody reaps orphans.
pid_t RunningPid(const fs::path& directory) {
  pid_t pid = 0;
  if (!absl::SimpleAtoi(ReadFile(directory / "pid"), &pid) || pid <= 0) return 0;
  const std::string stat = ReadFile(absl::StrCat("/proc/", pid, "/stat"));
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 2 >= stat.size() || stat[name_end + 2] == 'Z') return 0;
  const std::string command_line = ReadFile(absl::StrCat("/proc/", pid, "/cmdline"));
  return absl::StrContains(command_line, absl::StrCat("--datadir=", (directory / "data").string())) ? pid : 0;
}

bool Answers(const std::string& socket) {
  mysql::Options options;
  options.socket = socket;
  options.user = "root";
  options.schema = "mysql";
  options.pool_size_max = 1;
  return mysql::Database::Open(options)
      ->Run(absl::Now() + absl::Seconds(5),
            [](mysql::Connection& connection) { return connection.Query("SELECT 1").status(); })
      .ok();
}

// Held while the server is started or stopped, so that two callers do not do it at once.
absl::StatusOr<int> LockDirectory(const fs::path& directory) {
  const int file = open((directory / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return SystemFailed("cannot open the lock file");
  if (flock(file, LOCK_EX) != 0) {
    close(file);
    return SystemFailed("cannot lock the folder");
  }
  return file;
}

absl::Status Install(const fs::path& directory) {
  ASSIGN_OR_RETURN(const std::string program, FindProgram("mariadb-install-db"));
  const fs::path data = directory / "data";
  const fs::path fresh = directory / "data.new";
  std::error_code ignored;
  fs::remove_all(fresh, ignored);
  fs::create_directories(directory / "tmp", ignored);
  std::vector<std::string> command = {program,
                                      "--no-defaults",
                                      absl::StrCat("--datadir=", fresh.string()),
                                      absl::StrCat("--tmpdir=", (directory / "tmp").string()),
                                      "--auth-root-authentication-method=normal",
                                      "--skip-test-db",
                                      "--skip-name-resolve"};
  if (geteuid() == 0) command.push_back("--user=root");
  const std::string log = (directory / "install.log").string();
  ASSIGN_OR_RETURN(const pid_t pid, Spawn(std::move(command), log));
  int result = 0;
  while (waitpid(pid, &result, 0) < 0 && errno == EINTR) {
  }
  if (result != 0) return Failed(absl::StrCat("mariadb-install-db failed:\n", LogTail(log)));
  // The name appears only when the folder is complete.
  std::error_code error;
  fs::rename(fresh, data, error);
  return error ? Failed(absl::StrCat("cannot rename the data folder: ", error.message())) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> MariadbSocket(absl::string_view directory) {
  std::string socket = ReadFile(fs::path(std::string(directory)) / "socket");
  if (socket.empty()) return absl::NotFoundError(absl::StrCat("no test MariaDB was started in ", directory));
  return socket;
}

absl::Status StartMariadb(absl::string_view directory_text, const MariadbOptions& options) {
  std::error_code error;
  const fs::path directory = fs::absolute(std::string(directory_text), error);
  fs::create_directories(directory, error);
  if (error) return Failed(absl::StrCat("cannot create ", directory.string(), ": ", error.message()));
  ASSIGN_OR_RETURN(const int lock, LockDirectory(directory));
  const auto unlock = absl::MakeCleanup([lock] { close(lock); });

  pid_t started = 0;
  if (RunningPid(directory) == 0) {
    if (!fs::exists(directory / "data")) RETURN_IF_ERROR(Install(directory));
    fs::create_directories(directory / "tmp", error);
    ASSIGN_OR_RETURN(const std::string program, FindProgram("mariadbd"));
    // A socket path may have at most 107 bytes, and build folders lie deep.
    std::string folder = "/tmp/kam-mariadb-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) return SystemFailed("cannot make a folder for the socket");
    const std::string socket = absl::StrCat(folder, "/s");
    std::vector<std::string> command = {
        program,
        "--no-defaults",
        absl::StrCat("--datadir=", (directory / "data").string()),
        // Its own: a server that starts removes the temporary tables it finds, also those of another.
        absl::StrCat("--tmpdir=", (directory / "tmp").string()),
        absl::StrCat("--socket=", socket),
        absl::StrCat("--pid-file=", (directory / "mariadbd.pid").string()),
        "--skip-name-resolve",
        "--performance-schema=OFF",
        "--max-connections=500",
        "--max-allowed-packet=64M",
        "--innodb-buffer-pool-size=128M",
        "--innodb-log-file-size=64M",
        "--innodb-flush-log-at-trx-commit=1",
        "--innodb-fast-shutdown=1",
    };
    if (!options.networking) command.push_back("--skip-networking");
    command.insert(command.end(), options.arguments.begin(), options.arguments.end());
    if (geteuid() == 0) command.push_back("--user=root");
    ASSIGN_OR_RETURN(started, Spawn(std::move(command), (directory / "log").string()));
    RETURN_IF_ERROR(WriteFile(directory / "pid", absl::StrCat(started)));
    RETURN_IF_ERROR(WriteFile(directory / "socket", socket));
  }
  ASSIGN_OR_RETURN(const std::string socket, MariadbSocket(directory.string()));
  const absl::Time limit = absl::Now() + kStartTimeout;
  while (!Answers(socket)) {
    // Of a child the kernel says whether it has ended; its command line is empty for a moment while it is executed.
    if (started != 0 ? waitpid(started, nullptr, WNOHANG) != 0 : RunningPid(directory) == 0) {
      return Failed(absl::StrCat("mariadbd ended while starting:\n", LogTail((directory / "log").string())));
    }
    if (absl::Now() > limit) return Failed("mariadbd does not answer");
    absl::SleepFor(kPollEvery);
  }
  return absl::OkStatus();
}

absl::Status StopMariadb(absl::string_view directory_text) {
  std::error_code error;
  const fs::path directory = fs::absolute(std::string(directory_text), error);
  if (!fs::exists(directory / "pid", error)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int lock, LockDirectory(directory));
  const auto unlock = absl::MakeCleanup([lock] { close(lock); });
  const absl::Time limit = absl::Now() + kStopTimeout;
  if (const pid_t pid = RunningPid(directory); pid != 0 && kill(pid, SIGTERM) != 0) return SystemFailed("cannot stop");
  while (const pid_t pid = RunningPid(directory)) {
    waitpid(pid, nullptr, WNOHANG);
    if (absl::Now() > limit) {
      kill(pid, SIGKILL);
      return Failed("mariadbd did not stop in time and was killed");
    }
    absl::SleepFor(kPollEvery);
  }
  const absl::StatusOr<std::string> socket = MariadbSocket(directory.string());
  if (socket.ok() && absl::StartsWith(*socket, "/tmp/kam-mariadb-")) {
    fs::remove_all(fs::path(*socket).parent_path(), error);
  }
  fs::remove(directory / "socket", error);
  fs::remove(directory / "pid", error);
  return absl::OkStatus();
}

}  // namespace kam::testing

#include "tests/e2e/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace kam::e2e {
namespace {

constexpr int kCannotExecute = 127;
constexpr int kSignalled = 128;
constexpr absl::Duration kPollEvery = absl::Milliseconds(3);

}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Start(const std::vector<std::string>& command,
                                                        const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const pid_t parent = getpid();
  // Between fork and exec only calls that are safe in a process with threads.
  const pid_t pid = out < 0 || in < 0 ? -1 : fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(kCannotExecute);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(kCannotExecute);
  }
  const int error = errno;
  if (out >= 0) close(out);
  if (in >= 0) close(in);
  if (pid < 0) return absl::InternalError(absl::StrCat("cannot start ", command[0], ": ", strerror(error)));
  return std::unique_ptr<Process>(new Process(pid));
}

Process::~Process() {
  if (running()) Kill();
}

bool Process::running() {
  if (!ended_ && waitpid(pid_, &status_, WNOHANG) == pid_) ended_ = true;
  return !ended_;
}

void Process::Signal(int signal) {
  if (running()) kill(pid_, signal);
}

int Process::Wait() {
  while (!ended_) {
    if (waitpid(pid_, &status_, 0) == pid_) ended_ = true;
  }
  return WIFSIGNALED(status_) ? kSignalled + WTERMSIG(status_) : WEXITSTATUS(status_);
}

absl::StatusOr<int> RunProgram(const std::vector<std::string>& command, const std::string& log) {
  auto process = Process::Start(command, log);
  if (!process.ok()) return process.status();
  return (*process)->Wait();
}

uint16_t FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const auto close_fd = absl::MakeCleanup([fd] { close(fd); });
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    return 0;
  }
  return ntohs(address.sin_port);
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  return content.str();
}

std::string LogTail(const std::string& path) {
  constexpr size_t kTailBytes = 4000;
  const std::string text = ReadFile(path);
  return absl::StrCat(path, ":\n", text.size() <= kTailBytes ? text : text.substr(text.size() - kTailBytes));
}

void PollPause() { absl::SleepFor(kPollEvery); }
absl::Time PollNow() { return absl::Now(); }

}  // namespace kam::e2e

// Programs under test, as processes of their own.
#ifndef KAM_TESTS_E2E_PROCESS_H_
#define KAM_TESTS_E2E_PROCESS_H_

#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kam::e2e {

// One running process. Ends with the thread that started it (the test's main thread, normally), so that nothing is left
// behind by a test that was itself killed.
class Process {
 public:
  // `command`: path of the program, then its arguments. Both outputs are appended to `log`.
  static absl::StatusOr<std::unique_ptr<Process>> Start(const std::vector<std::string>& command,
                                                        const std::string& log);
  ~Process();  // Kills it when it still runs.
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  void Signal(int signal);
  // Waits for the end. The exit status; 128 + the signal when one ended it.
  int Wait();
  // SIGKILL, and waits for the end.
  void Kill() {
    Signal(SIGKILL);
    Wait();
  }

 private:
  explicit Process(pid_t pid) : pid_(pid) {}

  const pid_t pid_;
  bool ended_ = false;
  int status_ = 0;
};

// Starts, and waits for the end.
absl::StatusOr<int> RunProgram(const std::vector<std::string>& command, const std::string& log);

// Polls `condition` until it holds; false when it does not within `limit`.
template <typename Condition>
bool WaitFor(absl::Duration limit, Condition condition);

// A port of loopback that was free a moment ago; 0 when there is none.
uint16_t FreePort();

// The whole file; empty when there is none.
std::string ReadFile(const std::string& path);
// The end of a log, for messages of failed tests.
std::string LogTail(const std::string& path);

// ---- implementation

void PollPause();
absl::Time PollNow();

template <typename Condition>
bool WaitFor(absl::Duration limit, Condition condition) {
  for (const absl::Time end = PollNow() + limit; !condition();) {
    if (PollNow() > end) return false;
    PollPause();
  }
  return true;
}

}  // namespace kam::e2e

#endif  // KAM_TESTS_E2E_PROCESS_H_

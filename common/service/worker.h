// A thread that repeats something until it is stopped.
#ifndef KAM_COMMON_SERVICE_WORKER_H_
#define KAM_COMMON_SERVICE_WORKER_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace kam::service {

class Worker {
 public:
  // Runs `work` every `interval`; after an error, which is logged when it differs from the one before, after a growing
  // pause of at most a minute.
  Worker(std::string name, absl::Duration interval, std::function<absl::Status()> work);
  ~Worker() { Stop(); }
  // Waits for the run in progress.
  void Stop();

 private:
  void Loop();

  const std::string name_;
  const absl::Duration interval_;
  const std::function<absl::Status()> work_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool stop_ = false;  // Under mutex_.
  std::thread thread_;
};

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_WORKER_H_

// Is this program able to serve? Named checks, polled on a thread of their own.
#ifndef KAM_COMMON_SERVER_READINESS_H_
#define KAM_COMMON_SERVER_READINESS_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace kam::server {

class Readiness {
 public:
  struct Options {
    absl::Duration interval = absl::Seconds(5);                 // While everything is well.
    absl::Duration failing_interval = absl::Milliseconds(250);  // While something fails.
    absl::Duration stale_after = absl::Seconds(30);             // A round that takes longer counts as failed.
  };
  // kRequired: the program cannot serve while the check fails. kAdvisory: it serves, but not all of what it should.
  enum class Weight { kRequired, kAdvisory };
  struct Result {
    std::string check;
    Weight weight = Weight::kRequired;
    bool passed = false;
    std::string reason;  // Of the error.
  };
  struct State {
    bool ready = false;
    std::string failing;          // First required check that fails; "starting", "draining" or "stale" without one.
    std::string reason;           // Reason of its error.
    std::vector<Result> results;  // Of every check, in the order added; empty before the first round has ended.

    // Some advisory check fails.
    bool degraded() const;
  };

  Readiness() : Readiness(Options()) {}
  explicit Readiness(Options options) : options_(options) {}
  ~Readiness() { Stop(); }

  // Before Start. A check may block, for a time it bounds itself; it must not throw. Every round runs them all.
  void Add(std::string name, std::function<absl::Status()> check, Weight weight = Weight::kRequired);

  // Before Start; also bounds the interval used while something fails.
  void set_interval(absl::Duration interval);

  // The first round runs at once. `on_change` is called, on the polling thread or that of SetDraining, whenever
  // readiness turns; changes are logged.
  void Start(std::function<void(bool ready)> on_change);
  void Stop();

  // Not ready from here on, whatever the checks say.
  void SetDraining();

  State state() const;
  // Was it ready at least once?
  bool was_ready() const;

 private:
  struct Check {
    std::string name;
    Weight weight;
    std::function<absl::Status()> run;
  };

  void Poll();
  void Publish(State state);

  Options options_;
  std::vector<Check> checks_;
  std::function<void(bool)> on_change_;
  std::mutex publish_mutex_;  // One change at a time is told.
  mutable std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stop_ = false, draining_ = false, was_ready_ = false;
  State state_{false, "starting", "", {}};
  absl::Time round_started_ = absl::InfinitePast();
  bool in_round_ = false;
  std::thread thread_;
};

}  // namespace kam::server

#endif  // KAM_COMMON_SERVER_READINESS_H_

// What every program of the suite does besides its own work: configuration, log, signals, admin port, readiness,
// start and orderly end. A main.cc then reads:
//
//   int main(int argc, char** argv) {
//     kam::server::Program program("account-svc", argc, argv);
//     auto database = mysql::Database::Open(...);
//     program.AddCheck("database", [&] { return Ping(*database); });
//     rpc::Registry registry;  ...
//     program.Serve(registry, authenticator);
//     return program.Run();
//   }
//
// Flags of every program: --listen, --admin_listen, --config, --ready_file, --log_level, --threads,
// --queue_length_max, --drain_delay, --shutdown_grace, --readiness_interval, --tls_certificate_file, --tls_key_file,
// --tls_roots_file.
//
// SIGTERM or SIGINT: not ready at once; after --drain_delay (time for balancers to notice) the listeners stop, calls
// in progress get --shutdown_grace; exit status 0. A second signal, or one before Run, ends the process with status 1.
#ifndef KAM_COMMON_SERVER_PROGRAM_H_
#define KAM_COMMON_SERVER_PROGRAM_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/server.h"
#include "common/server/readiness.h"

namespace prometheus {
class Registry;
}

namespace kam::server {

class Program {
 public:
  // Loads the configuration (see config.h) and logs it; exits with status 2 when it is bad. First thing in main, while
  // there is one thread: threads started later leave signals to this one.
  Program(absl::string_view service, int argc, char** argv);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Shown at /metrics.
  const std::shared_ptr<prometheus::Registry>& metrics() const { return metrics_; }
  // From the flags.
  rpc::ServerOptions server_options() const;
  rpc::TlsFiles tls_files() const;

  // A condition of readiness, polled for as long as the program runs (see Readiness::Add).
  void AddCheck(std::string name, std::function<absl::Status()> check,
                Readiness::Weight weight = Readiness::Weight::kRequired);

  // Something that listens. Started by Run in the order added, stopped in the opposite order.
  struct Listener {
    std::string name;                                // "grpc": the ready file has a line "grpc_port=...".
    std::function<absl::StatusOr<int>()> start;      // The port.
    std::function<void(bool ready)> on_readiness;    // May be empty.
    std::function<void(absl::Duration grace)> stop;  // Returns when nothing runs any more.
  };
  void AddListener(Listener listener);

  // The usual gRPC listener. Both arguments outlive Run.
  void Serve(const rpc::Registry& registry, auth::Authenticator& authenticator) {
    Serve(registry, authenticator, server_options());
  }
  void Serve(const rpc::Registry& registry, auth::Authenticator& authenticator, rpc::ServerOptions options);

  // Called whenever somebody reads /metrics, before they are collected; must not block.
  void OnScrape(std::function<void()> show);

  // Work to do after the listeners have stopped, last added first: end of schedulers, relays.
  void OnStop(std::function<void()> stop);

  // Serves until a signal comes; the exit status for main. The ready file, when asked for, appears complete once the
  // program is ready for the first time: "grpc_port=..", one line a listener, and "admin_port=..".
  int Run();

 private:
  void AwaitSignals();
  int StopAll(size_t listeners_started, int status);
  void WriteReadyFile();

  const std::string service_;
  std::shared_ptr<prometheus::Registry> metrics_;
  Readiness readiness_;
  std::vector<Listener> listeners_;
  std::vector<std::function<void()>> stops_;
  std::vector<std::function<void()>> scrapes_;
  std::map<std::string, int> ports_;
  bool ready_file_written_ = false;

  std::mutex mutex_;
  std::condition_variable signalled_;
  bool running_ = false, signal_ = false, ended_ = false;
  std::thread signal_thread_;
};

}  // namespace kam::server

#endif  // KAM_COMMON_SERVER_PROGRAM_H_

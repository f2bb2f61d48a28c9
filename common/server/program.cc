#include "common/server/program.h"

#include <fcntl.h>
#include <prometheus/registry.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/rpc/library_logs.h"
#include "common/server/admin_server.h"
#include "common/server/config.h"
#include "common/status/status.h"

ABSL_FLAG(std::string, config, "", "File of \"flag = value\" lines; environment and command line override it.");
ABSL_FLAG(std::string, listen, "127.0.0.1:0", "Address of the gRPC port; port 0: the system chooses.");
ABSL_FLAG(std::string, admin_listen, "127.0.0.1:0", "Address of the admin port (/livez, /readyz, /metrics).");
ABSL_FLAG(std::string, ready_file, "", "Written once the program is ready: lines \"grpc_port=..\", \"admin_port=..\".");
ABSL_FLAG(std::string, log_level, "info", "Least level logged: debug, info, warning or error.");
ABSL_FLAG(int, threads, 16, "Calls handled at a time.");
ABSL_FLAG(int, queue_length_max, 256, "Calls that may wait for a thread.");
ABSL_FLAG(absl::Duration, drain_delay, absl::ZeroDuration(), "Time between not ready and the end of listening.");
ABSL_FLAG(absl::Duration, shutdown_grace, absl::Seconds(15), "Time that calls in progress get to end.");
ABSL_FLAG(absl::Duration, readiness_interval, absl::Seconds(5), "Time between two rounds of readiness checks.");
ABSL_FLAG(std::string, tls_certificate_file, "", "PEM chain of this program; with it come mutual TLS.");
ABSL_FLAG(std::string, tls_key_file, "", "PEM private key of this program.");
ABSL_FLAG(std::string, tls_roots_file, "", "PEM roots that callers and backends must chain to.");

namespace kam::server {
namespace {

constexpr int kExitBadConfig = 2;
constexpr int kExitFailed = 1;
constexpr absl::Duration kPhaseMax = absl::Minutes(10);
constexpr absl::Duration kReadinessIntervalMin = absl::Milliseconds(10);

sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

[[noreturn]] void ExitOnBadConfig(const absl::Status& status) {
  log::Error("bad configuration", {{"error", std::string(status.message())}, {"reason", Reason(status)}});
  std::exit(kExitBadConfig);
}

absl::Status CheckPhase(const char* name, absl::Duration value, absl::Duration least = absl::ZeroDuration()) {
  if (value >= least && value <= kPhaseMax) return absl::OkStatus();
  const std::string text = absl::FormatDuration(value), from = absl::FormatDuration(least),
                    to = absl::FormatDuration(kPhaseMax);
  return InvalidField(name, "OUT_OF_RANGE", absl::StrCat(text, " is not in [", from, ", ", to, "]"),
                      {{"value", text}, {"least", from}, {"most", to}});
}

// Replaces `path` in one step, so that a reader never sees half of it.
absl::Status WriteWhole(const std::string& path, const std::string& text) {
  const std::string temporary = absl::StrCat(path, ".", getpid());
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  bool ok = fd >= 0;
  if (ok) {
    ok = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ok = close(fd) == 0 && ok;
    ok = ok && rename(temporary.c_str(), path.c_str()) == 0;
  }
  if (ok) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "READY_FILE_UNWRITABLE",
               absl::StrCat("ready_file: cannot write ", path, ": ", std::strerror(errno)), {{"path", path}});
}

}  // namespace

Program::Program(absl::string_view service, int argc, char** argv)
    : service_(service), metrics_(std::make_shared<prometheus::Registry>()) {
  const sigset_t signals = EndSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  log::Configure(service_, log::Level::kInfo);
  rpc::RouteLibraryLogs();
  if (absl::Status status = LoadConfig(argc, argv); !status.ok()) ExitOnBadConfig(status);
  log::Level level;
  if (!log::ParseLevel(absl::GetFlag(FLAGS_log_level), &level)) {
    ExitOnBadConfig(InvalidField("log_level", "FIELD_INVALID", "is none of debug, info, warning, error"));
  }
  for (const auto& status :
       {CheckPhase("drain_delay", absl::GetFlag(FLAGS_drain_delay)),
        CheckPhase("shutdown_grace", absl::GetFlag(FLAGS_shutdown_grace)),
        CheckPhase("readiness_interval", absl::GetFlag(FLAGS_readiness_interval), kReadinessIntervalMin)}) {
    if (!status.ok()) ExitOnBadConfig(status);
  }
  const Settings settings = EffectiveConfig();
  std::vector<log::Field> fields;
  for (const auto& [name, value] : settings) fields.emplace_back(name, value);
  log::Log(log::Level::kInfo, "configuration", fields);
  log::Configure(service_, level);
  // The file of an earlier run says nothing about this one.
  if (const std::string path = absl::GetFlag(FLAGS_ready_file); !path.empty()) unlink(path.c_str());
  signal_thread_ = std::thread([this] { AwaitSignals(); });
}

Program::~Program() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
  }
  pthread_kill(signal_thread_.native_handle(), SIGTERM);
  signal_thread_.join();
}

rpc::TlsFiles Program::tls_files() const {
  return {absl::GetFlag(FLAGS_tls_certificate_file), absl::GetFlag(FLAGS_tls_key_file),
          absl::GetFlag(FLAGS_tls_roots_file)};
}

rpc::ServerOptions Program::server_options() const {
  rpc::ServerOptions options;
  options.address = absl::GetFlag(FLAGS_listen);
  options.tls = tls_files();
  options.threads = absl::GetFlag(FLAGS_threads);
  options.queue_length_max = absl::GetFlag(FLAGS_queue_length_max);
  return options;
}

void Program::AddCheck(std::string name, std::function<absl::Status()> check, Readiness::Weight weight) {
  readiness_.Add(std::move(name), std::move(check), weight);
}

void Program::AddListener(Listener listener) { listeners_.push_back(std::move(listener)); }

void Program::OnScrape(std::function<void()> show) { scrapes_.push_back(std::move(show)); }

void Program::OnStop(std::function<void()> stop) { stops_.push_back(std::move(stop)); }

void Program::Serve(const rpc::Registry& registry, auth::Authenticator& authenticator, rpc::ServerOptions options) {
  auto server = std::make_shared<std::unique_ptr<rpc::Server>>();
  Listener listener;
  listener.name = "grpc";
  listener.start = [this, server, &registry, &authenticator, options]() -> absl::StatusOr<int> {
    ASSIGN_OR_RETURN(*server, rpc::Server::Start(options, registry, authenticator, metrics_));
    return (*server)->port();
  };
  listener.on_readiness = [server](bool ready) { (*server)->SetServing(ready); };
  listener.stop = [server](absl::Duration grace) { (*server)->Shutdown(grace); };
  AddListener(std::move(listener));
}

int Program::Run() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    running_ = true;
  }
  size_t started = 0;
  for (const Listener& listener : listeners_) {
    absl::StatusOr<int> port = listener.start();
    if (!port.ok()) {
      log::Error("cannot start", {{"listener", listener.name},
                                  {"error", std::string(port.status().message())},
                                  {"reason", Reason(port.status())}});
      return StopAll(started, kExitFailed);
    }
    ++started;
    ports_[listener.name] = *port;
  }
  AdminOptions admin_options;
  admin_options.address = absl::GetFlag(FLAGS_admin_listen);
  admin_options.on_scrape = [this] {
    for (const auto& show : scrapes_) show();
  };
  absl::StatusOr<std::unique_ptr<AdminServer>> admin = AdminServer::Start(admin_options, readiness_, metrics_);
  if (!admin.ok()) {
    log::Error("cannot start", {{"listener", "admin"}, {"error", std::string(admin.status().message())}});
    return StopAll(started, kExitFailed);
  }
  ports_["admin"] = (*admin)->port();
  readiness_.set_interval(absl::GetFlag(FLAGS_readiness_interval));
  readiness_.Start([this](bool ready) {
    for (const Listener& listener : listeners_) {
      if (listener.on_readiness) listener.on_readiness(ready);
    }
    if (ready) WriteReadyFile();
  });
  {
    std::unique_lock<std::mutex> lock(mutex_);
    signalled_.wait(lock, [this] { return signal_; });
  }
  readiness_.SetDraining();
  if (const absl::Duration delay = absl::GetFlag(FLAGS_drain_delay); delay > absl::ZeroDuration()) {
    log::Info("draining", {{"drain_delay", absl::FormatDuration(delay)}});
    absl::SleepFor(delay);
  }
  return StopAll(started, 0);
}

int Program::StopAll(size_t listeners_started, int status) {
  const absl::Duration grace = absl::GetFlag(FLAGS_shutdown_grace);
  for (size_t i = listeners_started; i > 0; --i) listeners_[i - 1].stop(grace);
  for (size_t i = stops_.size(); i > 0; --i) stops_[i - 1]();
  readiness_.Stop();
  log::Info("stopped", {{"status", status}});
  return status;
}

void Program::WriteReadyFile() {
  if (ready_file_written_) return;
  ready_file_written_ = true;
  std::string text;
  std::vector<std::string> names;
  for (const auto& [name, port] : ports_) absl::StrAppend(&text, name, "_port=", port, "\n");
  if (const std::string path = absl::GetFlag(FLAGS_ready_file); !path.empty()) {
    if (absl::Status status = WriteWhole(path, text); !status.ok()) {
      log::Error("no ready file", {{"error", std::string(status.message())}});
    }
  }
  for (const auto& [name, port] : ports_) names.push_back(absl::StrCat(name, "_port"));
  std::vector<log::Field> fields;
  size_t i = 0;
  for (const auto& [name, port] : ports_) fields.emplace_back(names[i++], port);
  log::Log(log::Level::kInfo, "serving", fields);
}

void Program::AwaitSignals() {
  const sigset_t signals = EndSignals();
  for (;;) {
    int number = 0;
    if (sigwait(&signals, &number) != 0) continue;
    std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) return;
    if (!running_ || signal_) {
      log::Error("ends at once", {{"signal", number}, {"second", signal_}});
      _exit(kExitFailed);
    }
    log::Info("ends in order", {{"signal", number}});
    signal_ = true;
    signalled_.notify_all();
  }
}

}  // namespace kam::server

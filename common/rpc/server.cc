// Start and end of a server; what it does with a call is in unary_reactor.cc.
#include "common/rpc/server.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/rpc/server_core.h"
#include "common/rpc/transport.h"
#include "common/status/status.h"

namespace kam::rpc {
namespace {

constexpr int kKeepaliveMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int kPingIntervalMinMs = 10'000;

absl::Status CheckOptions(const ServerOptions& o) {
  struct Range {
    const char* name;
    int64_t value, least, most;
  };
  constexpr int64_t kMostMs = int64_t{24} * 3600 * 1000;
  const Range ranges[] = {
      {"threads", o.threads, 1, 1024},
      {"queue_length_max", o.queue_length_max, 0, 100'000},
      {"bulk_threads_max", o.bulk_threads_max, 0, o.threads},
      {"bulk_queue_length_max", o.bulk_queue_length_max, 0, o.queue_length_max},
      {"calls_max", o.calls_max, 1, 1'000'000},
      {"queue_bytes_max", o.queue_bytes_max, 1, int64_t{1} << 40},
      {"receive_bytes_max", o.receive_bytes_max, 1, 1 << 30},
      {"send_bytes_max", o.send_bytes_max, 1, 1 << 30},
      {"metadata_bytes_max", o.metadata_bytes_max, 4096, 1 << 20},
      {"streams_per_connection_max", o.streams_per_connection_max, 1, 100'000},
      {"connection_age", absl::ToInt64Milliseconds(o.connection_age), 1, kMostMs},
      {"connection_age_grace", absl::ToInt64Milliseconds(o.connection_age_grace), 1, kMostMs},
      {"default_deadline", absl::ToInt64Milliseconds(o.default_deadline), 1, kMostMs},
      {"deadline_max", absl::ToInt64Milliseconds(o.deadline_max), 1, kMostMs},
      {"deadline_min", absl::ToInt64Milliseconds(o.deadline_min), 0, kMostMs},
      {"watchdog", absl::ToInt64Milliseconds(o.watchdog), 1, kMostMs},
  };
  for (const Range& range : ranges) {
    if (range.value >= range.least && range.value <= range.most) continue;
    return InvalidField(range.name, "OUT_OF_RANGE",
                        absl::StrCat(range.value, " is not in [", range.least, ", ", range.most, "]"),
                        {{"value", absl::StrCat(range.value)},
                         {"least", absl::StrCat(range.least)},
                         {"most", absl::StrCat(range.most)}});
  }
  return absl::OkStatus();
}

ServerOptions WithShares(ServerOptions options) {
  if (options.bulk_threads_max == 0) options.bulk_threads_max = std::max(1, options.threads / 4);
  if (options.bulk_queue_length_max == 0) options.bulk_queue_length_max = options.queue_length_max / 8;
  return options;
}

// Ends the process when its scope takes longer than `limit`.
class Watchdog {
 public:
  explicit Watchdog(absl::Duration limit)
      : thread_([this, limit] {
          std::unique_lock<std::mutex> lock(mutex_);
          if (done_changed_.wait_for(lock, absl::ToChronoMilliseconds(limit), [this] { return done_; })) return;
          log::Error("shutdown does not end: some handler hangs; the process ends",
                     {{"waited", absl::FormatDuration(limit)}});
          _exit(1);
        }) {}
  ~Watchdog() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      done_ = true;
    }
    done_changed_.notify_all();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_changed_;
  bool done_ = false;
  std::thread thread_;
};

class ServerImpl final : public Server {
 public:
  ServerImpl(ServerOptions options, const Registry& registry, auth::Authenticator& authenticator,
             std::shared_ptr<prometheus::Registry> metrics)
      : core_(std::move(options), registry, authenticator, std::move(metrics)) {}
  ~ServerImpl() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Listen() {
    const ServerOptions& options = core_.options();
    ASSIGN_OR_RETURN(std::shared_ptr<grpc::ServerCredentials> credentials, MakeServerCredentials(options.tls));
    grpc::ServerBuilder builder;
    builder.AddListeningPort(options.address, credentials, &port_);
    builder.RegisterCallbackGenericService(&core_);
    SetLimits({.receive_bytes_max = options.receive_bytes_max,
               .send_bytes_max = options.send_bytes_max,
               .metadata_bytes_max = options.metadata_bytes_max,
               .streams_per_connection_max = options.streams_per_connection_max},
              &builder);
    // gRPC spreads the age by +-10 % itself.
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                               static_cast<int>(absl::ToInt64Milliseconds(options.connection_age)));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                               static_cast<int>(absl::ToInt64Milliseconds(options.connection_age_grace)));
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kPingIntervalMinMs);
    server_ = builder.BuildAndStart();
    return server_ == nullptr || port_ == 0 ? ListenFailed(options.address) : absl::OkStatus();
  }

  int port() const override { return port_; }
  void SetServing(bool serving) override { core_.SetServing(serving); }

  void Shutdown(absl::Duration grace) override {
    std::lock_guard<std::mutex> lock(shutdown_mutex_);
    if (server_ == nullptr) return;
    core_.SetServing(false);
    Watchdog watchdog(grace + core_.options().watchdog);
    server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
    core_.executor().Drain();
    server_.reset();
    core_.PublishLoad();
  }

 private:
  ServerCore core_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::mutex shutdown_mutex_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options, const Registry& registry,
                                                      auth::Authenticator& authenticator,
                                                      std::shared_ptr<prometheus::Registry> metrics) {
  RETURN_IF_ERROR(CheckOptions(options));
  auto server =
      std::make_unique<ServerImpl>(WithShares(std::move(options)), registry, authenticator, std::move(metrics));
  RETURN_IF_ERROR(server->Listen());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace kam::rpc

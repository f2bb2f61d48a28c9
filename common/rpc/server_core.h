// What all calls of a server share: its methods, its limits and counts, and the watch over calls that overrun. Internal
// to common/rpc; see server.h.
#ifndef KAM_COMMON_RPC_SERVER_CORE_H_
#define KAM_COMMON_RPC_SERVER_CORE_H_

#include <google/protobuf/message.h>
#include <grpcpp/generic/async_generic_service.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/auth/authenticator.h"
#include "common/rpc/call.h"
#include "common/rpc/executor.h"
#include "common/rpc/server.h"
#include "common/rpc/server_metrics.h"

namespace kam::rpc {

class UnaryReactor;

// gRPC asks it for a reactor for every call that comes in. Thread-safe. `registry` and `authenticator` outlive it.
class ServerCore final : public grpc::CallbackGenericService {
 public:
  ServerCore(ServerOptions options, const Registry& registry, auth::Authenticator& authenticator,
             std::shared_ptr<prometheus::Registry> metrics);
  ~ServerCore() override;

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

  struct Target {
    const Registry::Entry* entry = nullptr;
    const google::protobuf::Message* request = nullptr;  // Prototypes.
    const google::protobuf::Message* response = nullptr;
    ServerMetrics::Method* metrics = nullptr;
    bool bulk = false;
  };
  // Null entry when nobody handles the method.
  const Target& Find(absl::string_view full_method) const;

  absl::Time AuthenticationTime() const { return options_.clock == nullptr ? absl::Now() : options_.clock->Now(); }

  void SetServing(bool serving) { serving_ = serving; }
  bool serving() const { return serving_; }
  bool HasService(const std::string& name) const { return name.empty() || services_.contains(name); }

  // Counts a call in; false when there are too many.
  bool Enter() { return calls_.fetch_add(1) < options_.calls_max; }
  void Leave() { calls_.fetch_sub(1); }
  bool TakeBytes(int64_t bytes) {
    if (bytes_.fetch_add(bytes) + bytes <= options_.queue_bytes_max) return true;
    bytes_.fetch_sub(bytes);
    return false;
  }
  void GiveBytes(int64_t bytes) { bytes_.fetch_sub(bytes); }
  int64_t calls() const { return calls_; }

  // Cancels `reactor` when it is still there long after `deadline`.
  void Watch(absl::Time deadline, UnaryReactor* reactor);
  void Unwatch(absl::Time deadline, UnaryReactor* reactor);

  bool MayLogOverload();
  void PublishLoad();

  const ServerOptions& options() const { return options_; }
  auth::Authenticator& authenticator() { return authenticator_; }
  Executor& executor() { return executor_; }
  ServerMetrics& metrics() { return metrics_; }

 private:
  void CancelOverdue();

  const ServerOptions options_;
  auth::Authenticator& authenticator_;
  ServerMetrics metrics_;
  absl::flat_hash_map<std::string, Target> targets_;
  Target unknown_;
  std::set<std::string> services_;
  std::atomic<bool> serving_ = false;
  std::atomic<int64_t> calls_ = 0;
  std::atomic<int64_t> bytes_ = 0;

  std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stop_ = false;
  std::set<std::pair<absl::Time, UnaryReactor*>> watched_;
  int64_t overload_second_ = 0;
  int overload_lines_ = 0;

  Executor executor_;
  std::thread overdue_;
};

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_SERVER_CORE_H_

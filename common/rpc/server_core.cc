#include "common/rpc/server_core.h"

#include <utility>

#include "common/rpc/health_reactor.h"
#include "common/rpc/unary_reactor.h"

namespace kam::rpc {
namespace {

constexpr char kHealthCheck[] = "grpc.health.v1.Health/Check";
// A call without a usable deadline of its own is cancelled this long after the one it was given.
constexpr absl::Duration kOverdueCancel = absl::Seconds(10);
constexpr absl::Duration kOverdueScan = absl::Seconds(1);
// Lines a second for calls refused by admission control; the metrics count them all.
constexpr int kOverloadLinesPerSecondMax = 20;

}  // namespace

ServerCore::ServerCore(ServerOptions options, const Registry& registry, auth::Authenticator& authenticator,
                       std::shared_ptr<prometheus::Registry> metrics)
    : options_(std::move(options)),
      authenticator_(authenticator),
      metrics_(std::move(metrics), options_.threads, options_.queue_length_max),
      executor_({.threads = options_.threads,
                 .queue_length_max = options_.queue_length_max,
                 .bulk_threads_max = options_.bulk_threads_max,
                 .bulk_queue_length_max = options_.bulk_queue_length_max}) {
  google::protobuf::MessageFactory* factory = google::protobuf::MessageFactory::generated_factory();
  for (const auto& [name, entry] : registry.entries()) {
    Target target;
    target.entry = &entry;
    target.request = factory->GetPrototype(entry.method->input_type());
    target.response = factory->GetPrototype(entry.method->output_type());
    target.metrics = metrics_.ForMethod(name);
    target.bulk = entry.rules->rate_class() == kam::api::RATE_CLASS_BULK;
    targets_.emplace(name, target);
    services_.insert(entry.method->service()->full_name());
  }
  unknown_.metrics = metrics_.ForMethod("other");
  overdue_ = std::thread([this] { CancelOverdue(); });
}

ServerCore::~ServerCore() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  stop_changed_.notify_all();
  overdue_.join();
}

grpc::ServerGenericBidiReactor* ServerCore::CreateReactor(grpc::GenericCallbackServerContext* context) {
  absl::string_view method = context->method();
  if (!method.empty() && method.front() == '/') method.remove_prefix(1);
  if (method == kHealthCheck) return new HealthReactor(this);
  return new UnaryReactor(this, context, method);
}

const ServerCore::Target& ServerCore::Find(absl::string_view full_method) const {
  const auto it = targets_.find(full_method);
  return it == targets_.end() ? unknown_ : it->second;
}

void ServerCore::Watch(absl::Time deadline, UnaryReactor* reactor) {
  std::lock_guard<std::mutex> lock(mutex_);
  watched_.emplace(deadline, reactor);
}

void ServerCore::Unwatch(absl::Time deadline, UnaryReactor* reactor) {
  std::lock_guard<std::mutex> lock(mutex_);
  watched_.erase({deadline, reactor});
}

void ServerCore::CancelOverdue() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    stop_changed_.wait_for(lock, absl::ToChronoMilliseconds(kOverdueScan));
    const absl::Time limit = absl::Now() - kOverdueCancel;
    // A reactor leaves the set, under the lock, before it is deleted.
    for (const auto& [deadline, reactor] : watched_) {
      if (deadline > limit) break;
      reactor->Cancel();
    }
    PublishLoad();
  }
}

bool ServerCore::MayLogOverload() {
  const int64_t second = absl::ToUnixSeconds(absl::Now());
  std::lock_guard<std::mutex> lock(mutex_);
  if (second != overload_second_) {
    overload_second_ = second;
    overload_lines_ = 0;
  }
  return ++overload_lines_ <= kOverloadLinesPerSecondMax;
}

void ServerCore::PublishLoad() {
  const Executor::Stats stats = executor_.stats();
  metrics_.SetLoad(stats.queued, stats.running);
  metrics_.SetInFlight(calls_);
}

}  // namespace kam::rpc

#include "gateway/native.h"

#include <grpcpp/alarm.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/rpc/transport.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"
#include "gateway/byte_budget.h"

namespace kam::gateway {
namespace {

constexpr absl::Duration kRetryAfter = absl::Milliseconds(200);

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::string out;
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return out;
  out.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return out;
}

// The same bytes, without a copy.
grpc::ByteBuffer ToBuffer(std::string bytes) {
  auto* held = new std::string(std::move(bytes));
  const grpc::Slice slice(
      held->data(), held->size(), [](void* string) { delete static_cast<std::string*>(string); }, held);
  return grpc::ByteBuffer(&slice, 1);
}

class Core final : public grpc::CallbackGenericService {
 public:
  Core(const NativeOptions& core_options, const Targets& core_targets, Access& core_access,
       prometheus::Registry& registry)
      : options(core_options),
        targets(core_targets),
        access(core_access),
        handled(prometheus::BuildCounter()
                    .Name("gateway_native_calls_total")
                    .Help("Native gRPC calls answered, by method and code.")
                    .Register(registry)),
        budget_(core_options.in_flight_bytes_max, core_options.caller_bytes_max),
        bytes_(prometheus::BuildGauge()
                   .Name("gateway_native_bytes_in_flight")
                   .Help("Bytes of requests and answers of native gRPC calls held now.")
                   .Register(registry)
                   .Add({})) {}
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

  // Room for a message that `caller` sends or gets; `anyway`: it cannot be refused. See ByteBudget.
  absl::Status Take(const std::string& caller, int64_t bytes, bool anyway) {
    if (anyway) {
      budget_.TakeAnyway(caller, bytes);
    } else {
      RETURN_IF_ERROR(budget_.Take(caller, bytes));
    }
    bytes_.Increment(static_cast<double>(bytes));
    return absl::OkStatus();
  }
  void Give(const std::string& caller, int64_t bytes) {
    budget_.Give(caller, bytes);
    bytes_.Decrement(static_cast<double>(bytes));
  }

  const NativeOptions options;
  const Targets& targets;
  Access& access;
  prometheus::Family<prometheus::Counter>& handled;
  std::atomic<int> calls = 0;

 private:
  ByteBudget budget_;
  prometheus::Gauge& bytes_;
};

// Ends a call when its time is over.
class TimeLimit {
 public:
  TimeLimit(absl::Duration time, grpc::ServerContextBase* context) : shared_(std::make_shared<Shared>()) {
    shared_->context = context;
    alarm_.Set(absl::ToChronoTime(absl::Now() + time), [shared = shared_](bool expired) {
      const std::lock_guard<std::recursive_mutex> lock(shared->mutex);
      if (expired && shared->context != nullptr) shared->context->TryCancel();
    });
  }
  // The alarm may still run after this; it then finds no call.
  ~TimeLimit() {
    const std::lock_guard<std::recursive_mutex> lock(shared_->mutex);
    shared_->context = nullptr;
  }

 private:
  struct Shared {
    // TryCancel may end the call, and this object with it, before it returns.
    std::recursive_mutex mutex;
    grpc::ServerContextBase* context = nullptr;  // Under mutex.
  };
  const std::shared_ptr<Shared> shared_;
  grpc::Alarm alarm_;
};

// One call. gRPC calls OnDone only after Finish, which every path below reaches once; until then callbacks of other
// threads may use the object.
class ProxyReactor final : public grpc::ServerGenericBidiReactor {
 public:
  ProxyReactor(Core* core, grpc::GenericCallbackServerContext* context) : core_(core), context_(context) {
    std::string method = context->method();
    if (!method.empty() && method.front() == '/') method.erase(0, 1);
    target_ = core->targets.Find(method);
    const auto parent = rpc::SingleValue(*context, "traceparent");
    traceparent_ = parent.has_value() && rpc::IsTraceparent(*parent) ? std::string(*parent) : rpc::NewTraceparent();
    // gRPC itself ends a call at the deadline its caller gave.
    if (absl::FromChrono(context->deadline()) > start_ + core->options.call_time_max) {
      limit_.emplace(core->options.call_time_max, context);
    }
    Begin(++core->calls <= core->options.calls_max);
  }

 private:
  void Begin(bool room) {
    if (!room) {
      return End(RetryLater(absl::StatusCode::kResourceExhausted, "OVERLOADED", "too many calls at a time", kRetryAfter,
                            {{"limit", "calls_max"}, {"value", absl::StrCat(core_->options.calls_max)}}));
    }
    if (target_ == nullptr) {
      // Internal methods too: whether they exist is nobody's business.
      return End(Error(absl::StatusCode::kUnimplemented, "METHOD_UNKNOWN", "no such method"));
    }
    const auto header = rpc::SingleValue(*context_, "authorization");
    const std::string authorization(header.value_or(""));
    core_->access.Admit(header.has_value() ? &authorization : nullptr, traceparent_, *target_,
                        [this](absl::StatusOr<SessionPtr> session) {
                          if (!session.ok()) return End(session.status());
                          session_ = *std::move(session);
                          StartRead(&request_);
                        });
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      return End(Error(absl::StatusCode::kInvalidArgument, "REQUEST_MALFORMED", "the call has no request message"));
    }
    request_bytes_ = static_cast<int64_t>(request_.Length());
    if (absl::Status status = core_->Take(caller(), request_bytes_, /*anyway=*/false); !status.ok()) return End(status);
    taken_ = request_bytes_;
    std::string payload = ToString(request_);
    request_.Clear();
    const absl::Time deadline = std::min(absl::FromChrono(context_->deadline()), absl::Now() + kCallTimeoutMax);
    auto cancel =
        target_->client->CallRaw(target_->full_name, std::move(payload), BackendMetadata(*session_, traceparent_),
                                 deadline, [this](rpc::RawAnswer answer) { Answered(std::move(answer)); });
    const std::lock_guard<std::mutex> lock(mutex_);
    cancel_ = std::move(cancel);
    // Cancelled or answered before the function was known.
    if (cancelled_ && !answered_) cancel_();
  }

  void OnCancel() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
    if (cancel_ != nullptr && !answered_) cancel_();
  }

  void Answered(rpc::RawAnswer answer) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      answered_ = true;
    }
    code_ = static_cast<absl::StatusCode>(answer.code);
    if (answer.code != 0) {
      return Finish(grpc::Status(static_cast<grpc::StatusCode>(answer.code), answer.message, answer.details));
    }
    response_bytes_ = static_cast<int64_t>(answer.payload.size());
    // The request is gone, its answer is here instead.
    core_->Give(caller(), std::exchange(taken_, 0));
    if (absl::Status status = core_->Take(caller(), response_bytes_, /*anyway=*/!target_->reads); !status.ok()) {
      response_bytes_ = 0;
      return End(status);
    }
    taken_ = response_bytes_;
    response_ = ToBuffer(std::move(answer.payload));
    StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
  }

  void End(const absl::Status& status) {
    code_ = status.code();
    Finish(rpc::ToGrpcStatus(rpc::Public(status, rpc::NewCorrelationId())));
  }

  void OnDone() override {
    const std::string method = target_ == nullptr ? "other" : target_->full_name;
    core_->handled.Add({{"grpc_method", method}, {"grpc_status", std::string(rpc::CodeName(code_))}}).Increment();
    log::LogCall({.method = method,
                  .code = rpc::CodeName(code_),
                  .reason = {},
                  .detail = {},
                  .correlation_id = {},
                  .subject = session_ == nullptr ? absl::string_view() : session_->principal.subject,
                  .peer = {},
                  .traceparent = traceparent_,
                  .duration = absl::Now() - start_,
                  .queued = absl::ZeroDuration(),
                  .request_bytes = request_bytes_,
                  .response_bytes = response_bytes_});
    if (taken_ > 0) core_->Give(caller(), taken_);
    --core_->calls;
    delete this;
  }

  // Whose share of the bytes is used. Once there is a session.
  const std::string& caller() const { return session_->principal.subject; }

  Core* const core_;
  grpc::GenericCallbackServerContext* const context_;
  const absl::Time start_ = absl::Now();
  const Target* target_ = nullptr;
  std::string traceparent_;
  SessionPtr session_;
  std::optional<TimeLimit> limit_;
  int64_t request_bytes_ = 0, response_bytes_ = 0;
  int64_t taken_ = 0;  // Of the budget, now.
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  absl::StatusCode code_ = absl::StatusCode::kOk;
  std::mutex mutex_;
  std::function<void()> cancel_;
  bool cancelled_ = false;
  bool answered_ = false;
};

grpc::ServerGenericBidiReactor* Core::CreateReactor(grpc::GenericCallbackServerContext* context) {
  return new ProxyReactor(this, context);
}

class NativeServerImpl final : public NativeServer {
 public:
  NativeServerImpl(const NativeOptions& options, const Targets& targets, Access& access,
                   std::shared_ptr<prometheus::Registry> metrics)
      : metrics_(std::move(metrics)), core_(options, targets, access, *metrics_) {}
  ~NativeServerImpl() override { Stop(absl::ZeroDuration()); }

  absl::Status Listen() {
    const NativeOptions& options = core_.options;
    ASSIGN_OR_RETURN(std::shared_ptr<grpc::ServerCredentials> credentials, rpc::MakeServerCredentials(options.tls));
    grpc::ServerBuilder builder;
    builder.AddListeningPort(options.address, credentials, &port_);
    builder.RegisterCallbackGenericService(&core_);
    rpc::SetLimits({.receive_bytes_max = options.receive_bytes_max,
                    .send_bytes_max = options.send_bytes_max,
                    .metadata_bytes_max = options.metadata_bytes_max,
                    .streams_per_connection_max = options.streams_per_connection_max},
                   &builder);
    grpc::ResourceQuota quota("native");
    quota.Resize(static_cast<size_t>(options.transport_bytes_max));
    builder.SetResourceQuota(quota);
    server_ = builder.BuildAndStart();
    return server_ == nullptr || port_ == 0 ? rpc::ListenFailed(options.address) : absl::OkStatus();
  }

  int port() const override { return port_; }

  void Stop(absl::Duration grace) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (server_ == nullptr) return;
    server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
    server_.reset();
  }

 private:
  const std::shared_ptr<prometheus::Registry> metrics_;
  Core core_;
  int port_ = 0;
  std::mutex mutex_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<NativeServer>> NativeServer::Start(const NativeOptions& options, const Targets& targets,
                                                                  Access& access,
                                                                  std::shared_ptr<prometheus::Registry> metrics) {
  auto server = std::make_unique<NativeServerImpl>(options, targets, access, std::move(metrics));
  RETURN_IF_ERROR(server->Listen());
  return std::unique_ptr<NativeServer>(std::move(server));
}

}  // namespace kam::gateway

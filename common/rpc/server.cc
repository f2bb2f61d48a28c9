#include "common/rpc/server.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/message.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/rpc/executor.h"
#include "common/rpc/server_metrics.h"
#include "common/rpc/transport.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"
#include "grpc/health/v1/health.pb.h"

namespace kam::rpc {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr char kHealthCheck[] = "grpc.health.v1.Health/Check";
constexpr char kBearer[] = "Bearer ";
// Taken off the caller's deadline, so that the cause of a time-out can still be told.
constexpr absl::Duration kReplyMargin = absl::Milliseconds(5);
// A call without a usable deadline of its own is cancelled this long after the one it was given.
constexpr absl::Duration kOverdueCancel = absl::Seconds(10);
constexpr absl::Duration kOverdueScan = absl::Seconds(1);
// Lines a second for calls refused by admission control; the metrics count them all.
constexpr int kOverloadLinesPerSecondMax = 20;
constexpr int kKeepaliveMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int kPingIntervalMinMs = 10'000;

absl::Duration Since(SteadyTime start) { return absl::FromChrono(std::chrono::steady_clock::now() - start); }

grpc::Status ToGrpc(const absl::Status& public_status) {
  const WireStatus wire = ToWire(public_status);
  return grpc::Status(static_cast<grpc::StatusCode>(wire.code), wire.message, wire.details);
}

absl::Status Overloaded(absl::string_view limit, int64_t value, absl::Duration retry_after) {
  return RetryLater(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                    absl::StrCat("the server is overloaded: ", limit, " of ", value, " is reached"), retry_after,
                    {{"limit", std::string(limit)}, {"value", absl::StrCat(value)}});
}

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

class UnaryReactor;

// What all calls of a server share.
class Core final : public grpc::CallbackGenericService {
 public:
  Core(ServerOptions options, const Registry& registry, auth::Authenticator& authenticator,
       std::shared_ptr<prometheus::Registry> metrics);
  ~Core() override;

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

// One call. Lives until gRPC calls OnDone, which it does only after Finish: every path below ends in End() once.
// Headers and body are handled on gRPC threads, which never wait; Run() is on an executor thread.
class UnaryReactor final : public grpc::ServerGenericBidiReactor {
 public:
  UnaryReactor(Core* core, grpc::GenericCallbackServerContext* context, absl::string_view method)
      : core_(core), context_(context), method_(method), target_(core->Find(method)) {
    const bool room = core_->Enter();
    core_->metrics().Started(target_.metrics);
    if (absl::Status status = Admit(room); !status.ok()) {
      End(status);
    } else {
      StartRead(&request_);
    }
  }

  void Cancel() { context_->TryCancel(); }

 private:
  void OnReadDone(bool ok) override;
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override;

  absl::Status Admit(bool room);
  absl::Status Authenticate();
  absl::Status Enqueue();
  void Run();
  absl::Status Handle();
  void End(const absl::Status& status);
  void Record(const absl::Status& status, const std::string& correlation_id);

  Core* const core_;
  grpc::GenericCallbackServerContext* const context_;
  const std::string method_;
  const Core::Target& target_;
  const SteadyTime started_ = std::chrono::steady_clock::now();
  SteadyTime queued_at_{};
  absl::Duration queued_ = absl::ZeroDuration();
  std::string traceparent_;
  std::optional<Call> call_;  // Once the caller is known.
  std::atomic<bool> cancelled_ = false;
  bool watched_ = false;
  grpc::ByteBuffer request_, response_;
  int64_t request_bytes_ = 0, response_bytes_ = 0;
};

absl::Status UnaryReactor::Admit(bool room) {
  const std::optional<absl::string_view> traceparent = SingleValue(*context_, "traceparent");
  traceparent_ = traceparent.has_value() && IsTraceparent(*traceparent) ? std::string(*traceparent) : NewTraceparent();
  if (target_.entry == nullptr) {
    return Error(absl::StatusCode::kUnimplemented, "METHOD_UNKNOWN", absl::StrCat("no such method: ", method_),
                 {{"method", method_}});
  }
  const ServerOptions& options = core_->options();
  // Before the token: to verify one costs more than to refuse.
  if (!room) return Overloaded("calls_max", options.calls_max, core_->executor().RetryAfter());
  RETURN_IF_ERROR(Authenticate());
  call_->method = target_.entry->method;
  call_->rules = target_.entry->rules;
  call_->cancelled = &cancelled_;
  call_->traceparent = traceparent_;
  const std::string& permission = call_->rules->permission();
  if (permission.empty() || !call_->principal.Holds(permission)) {
    return Error(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                 absl::StrCat("needs permission ", permission), {{"permission", permission}});
  }
  if (core_->executor().IsFull(target_.bulk)) {
    return Overloaded(target_.bulk ? "bulk_queue_length_max" : "queue_length_max",
                      target_.bulk ? options.bulk_queue_length_max : options.queue_length_max,
                      core_->executor().RetryAfter());
  }
  const absl::Time now = absl::Now();
  const bool has_deadline = context_->deadline() != std::chrono::system_clock::time_point::max();
  const absl::Time asked = has_deadline ? absl::FromChrono(context_->deadline()) : now + options.default_deadline;
  const absl::Time deadline = std::min(asked, now + options.deadline_max);
  if (deadline - now < options.deadline_min) {
    return Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_TOO_SHORT",
                 absl::StrCat("the deadline leaves less than ", absl::FormatDuration(options.deadline_min)),
                 {{"deadlineMin", absl::FormatDuration(options.deadline_min)}});
  }
  call_->deadline = deadline - kReplyMargin;
  if (!has_deadline || deadline < asked) {
    watched_ = true;
    core_->Watch(call_->deadline, this);
  }
  return absl::OkStatus();
}

absl::Status UnaryReactor::Authenticate() {
  const std::optional<absl::string_view> header = SingleValue(*context_, "authorization");
  constexpr size_t kPrefix = sizeof(kBearer) - 1;
  if (!header.has_value() || !absl::StartsWithIgnoreCase(*header, kBearer) || header->size() == kPrefix) {
    return Error(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING",
                 "metadata must hold exactly one \"authorization: Bearer <token>\"");
  }
  ASSIGN_OR_RETURN(auto principal,
                   core_->authenticator().AuthenticateShared(header->substr(kPrefix), core_->AuthenticationTime()));
  call_.emplace(std::move(principal));
  return absl::OkStatus();
}

void UnaryReactor::OnReadDone(bool ok) {
  if (!ok) {
    // gRPC itself answers RESOURCE_EXHAUSTED when the body is too large; what is sent here then goes nowhere.
    if (cancelled_ || context_->IsCancelled()) {
      End(Error(absl::StatusCode::kCancelled, "CALL_CANCELLED", "the caller went away before the body was there"));
    } else {
      End(Error(absl::StatusCode::kInvalidArgument, "REQUEST_MISSING", "the call has no request message"));
    }
    return;
  }
  request_bytes_ = static_cast<int64_t>(request_.Length());
  if (absl::Status status = Enqueue(); !status.ok()) End(status);
}

absl::Status UnaryReactor::Enqueue() {
  const ServerOptions& options = core_->options();
  if (!core_->TakeBytes(request_bytes_)) {
    return Overloaded("queue_bytes_max", options.queue_bytes_max, core_->executor().RetryAfter());
  }
  queued_at_ = std::chrono::steady_clock::now();
  if (!core_->executor().TrySubmit(target_.bulk, [this] { Run(); })) {
    core_->GiveBytes(request_bytes_);
    return Overloaded(target_.bulk ? "bulk_queue_length_max" : "queue_length_max",
                      target_.bulk ? options.bulk_queue_length_max : options.queue_length_max,
                      core_->executor().RetryAfter());
  }
  // From here on the call belongs to the executor: it may already have ended.
  return absl::OkStatus();
}

void UnaryReactor::Run() {
  queued_ = Since(queued_at_);
  core_->metrics().Waited(queued_);
  absl::Status status;
  if (cancelled_) {
    status = Error(absl::StatusCode::kCancelled, "CALL_CANCELLED", "the caller went away while the call was queued");
  } else if (absl::Now() >= call_->deadline) {
    status = Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXPIRED", "the time ran out in the queue");
  } else {
    status = Handle();
  }
  core_->GiveBytes(request_bytes_);
  End(status);
}

absl::Status UnaryReactor::Handle() {
  google::protobuf::Arena arena;
  google::protobuf::Message* request = target_.request->New(&arena);
  if (!grpc::SerializationTraits<google::protobuf::Message>::Deserialize(&request_, request).ok()) {
    return Error(absl::StatusCode::kInvalidArgument, "REQUEST_MALFORMED",
                 absl::StrCat("the body is not a ", request->GetDescriptor()->full_name()),
                 {{"message", request->GetDescriptor()->full_name()}});
  }
  std::unique_ptr<google::protobuf::Message> response(target_.response->New());
  try {
    RETURN_IF_ERROR(target_.entry->handler(*call_, *request, response.get()));
  } catch (const std::exception& e) {
    return Internal(absl::StrCat("exception in handler: ", e.what()));
  } catch (...) {
    return Internal("unknown exception in handler");
  }
  const size_t size = response->ByteSizeLong();
  if (size > static_cast<size_t>(core_->options().send_bytes_max)) {
    return Error(absl::StatusCode::kResourceExhausted, "RESPONSE_TOO_LARGE",
                 absl::StrCat("the answer has ", size, " bytes; at most ", core_->options().send_bytes_max,
                              " are sent: ask for less"),
                 {{"value", absl::StrCat(size)}, {"limit", absl::StrCat(core_->options().send_bytes_max)}});
  }
  response_bytes_ = static_cast<int64_t>(size);
  bool own_buffer = false;
  if (!grpc::SerializationTraits<google::protobuf::Message>::Serialize(*response, &response_, &own_buffer).ok()) {
    return Internal("the answer cannot be serialised");
  }
  return absl::OkStatus();
}

void UnaryReactor::End(const absl::Status& status) {
  std::string correlation_id = IsHidden(status.code()) ? NewCorrelationId() : std::string();
  Record(status, correlation_id);
  // This object may be gone as soon as the call is finished: nothing follows.
  if (status.ok()) {
    StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
  } else {
    Finish(ToGrpc(Public(status, correlation_id)));
  }
}

void UnaryReactor::Record(const absl::Status& status, const std::string& correlation_id) {
  const absl::Duration duration = Since(started_);
  core_->metrics().Ended(target_.metrics, status.code(), duration);
  const std::string reason = Reason(status);
  if (reason == "OVERLOADED") {
    core_->metrics().Rejected(MetadataValue(status, "limit"));
    if (!core_->MayLogOverload()) return;
  }
  const std::string peer = context_->peer();
  log::CallRecord record;
  record.method = method_;
  record.code = CodeName(status.code());
  record.reason = reason;
  if (IsHidden(status.code())) record.detail = status.message();
  record.correlation_id = correlation_id;
  if (call_.has_value()) record.subject = call_->principal.subject;
  record.peer = peer;
  record.traceparent = traceparent_;
  record.duration = duration;
  record.queued = queued_;
  record.request_bytes = request_bytes_;
  record.response_bytes = response_bytes_;
  log::LogCall(record);
}

void UnaryReactor::OnDone() {
  if (watched_) core_->Unwatch(call_->deadline, this);
  core_->Leave();
  delete this;
}

// Health/Check: answered at once on the gRPC thread, also when the queue is full.
class HealthReactor final : public grpc::ServerGenericBidiReactor {
 public:
  explicit HealthReactor(const Core* core) : core_(core) { StartRead(&request_); }

 private:
  void OnReadDone(bool ok) override {
    grpc::health::v1::HealthCheckRequest request;
    if (!ok || !grpc::SerializationTraits<google::protobuf::Message>::Deserialize(&request_, &request).ok()) {
      Finish(ToGrpc(Error(absl::StatusCode::kInvalidArgument, "REQUEST_MALFORMED", "not a HealthCheckRequest")));
      return;
    }
    if (!core_->HasService(request.service())) {
      Finish(ToGrpc(Error(absl::StatusCode::kNotFound, "SERVICE_UNKNOWN", "no such service")));
      return;
    }
    grpc::health::v1::HealthCheckResponse response;
    response.set_status(core_->serving() ? grpc::health::v1::HealthCheckResponse::SERVING
                                         : grpc::health::v1::HealthCheckResponse::NOT_SERVING);
    bool own_buffer = false;
    grpc::SerializationTraits<google::protobuf::Message>::Serialize(response, &response_, &own_buffer);
    StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
  }
  void OnDone() override { delete this; }

  const Core* const core_;
  grpc::ByteBuffer request_, response_;
};

Core::Core(ServerOptions options, const Registry& registry, auth::Authenticator& authenticator,
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

Core::~Core() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  stop_changed_.notify_all();
  overdue_.join();
}

grpc::ServerGenericBidiReactor* Core::CreateReactor(grpc::GenericCallbackServerContext* context) {
  absl::string_view method = context->method();
  if (!method.empty() && method.front() == '/') method.remove_prefix(1);
  if (method == kHealthCheck) return new HealthReactor(this);
  return new UnaryReactor(this, context, method);
}

const Core::Target& Core::Find(absl::string_view full_method) const {
  const auto it = targets_.find(full_method);
  return it == targets_.end() ? unknown_ : it->second;
}

void Core::Watch(absl::Time deadline, UnaryReactor* reactor) {
  std::lock_guard<std::mutex> lock(mutex_);
  watched_.emplace(deadline, reactor);
}

void Core::Unwatch(absl::Time deadline, UnaryReactor* reactor) {
  std::lock_guard<std::mutex> lock(mutex_);
  watched_.erase({deadline, reactor});
}

void Core::CancelOverdue() {
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

bool Core::MayLogOverload() {
  const int64_t second = absl::ToUnixSeconds(absl::Now());
  std::lock_guard<std::mutex> lock(mutex_);
  if (second != overload_second_) {
    overload_second_ = second;
    overload_lines_ = 0;
  }
  return ++overload_lines_ <= kOverloadLinesPerSecondMax;
}

void Core::PublishLoad() {
  const Executor::Stats stats = executor_.stats();
  metrics_.SetLoad(stats.queued, stats.running);
  metrics_.SetInFlight(calls_);
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
  Core core_;
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

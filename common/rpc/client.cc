#include "common/rpc/client.h"

#include <google/protobuf/message.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/channel_arguments.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"

namespace kam::rpc {
namespace {

constexpr int kKeepaliveMs = 60'000;
constexpr int kKeepaliveTimeoutMs = 20'000;
constexpr int kConnectTimeoutMs = 5'000;
constexpr int kReconnectInitialMs = 100;
constexpr int kReconnectMaxMs = 5'000;
constexpr int kAttemptsMax = 5;  // gRPC's own limit.

std::string ServiceConfig(int attempts_max) {
  const std::string retry =
      attempts_max < 2 ? ""
                       : absl::StrCat(R"(,"methodConfig":[{"name":[{}],"retryPolicy":{"maxAttempts":)", attempts_max,
                                      R"(,"initialBackoff":"0.05s","maxBackoff":"1s","backoffMultiplier":2,)"
                                      R"("retryableStatusCodes":["UNAVAILABLE"]}}],)"
                                      R"("retryThrottling":{"maxTokens":100,"tokenRatio":0.1})");
  return absl::StrCat(R"({"loadBalancingConfig":[{"round_robin":{}}])", retry, "}");
}

// The completion queue of callbacks is one for the process and goes away with the last channel that used it, which
// races with late callbacks (grpc#32584). One channel that is never destroyed, and never connects, keeps it.
std::atomic<std::shared_ptr<grpc::Channel>*> kept_channel = nullptr;
std::once_flag keep_once;

void KeepCallbackQueue() {
  std::call_once(keep_once, [] {
    auto* channel = new std::shared_ptr<grpc::Channel>(
        grpc::CreateChannel("unix:/nonexistent/kam", grpc::InsecureChannelCredentials()));
    struct Probe {
      grpc::ClientContext context;
      grpc::ByteBuffer request, response;
    };
    auto* probe = new Probe;
    const grpc::Slice nothing("");
    probe->request = grpc::ByteBuffer(&nothing, 1);
    probe->context.TryCancel();
    auto stub = std::make_shared<grpc::GenericStub>(*channel);
    stub->UnaryCall(&probe->context, "/kam.Keep/Alive", {}, &probe->request, &probe->response,
                    [probe, stub](const grpc::Status&) { delete probe; });
    kept_channel = channel;
  });
}

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::string out;
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return out;
  out.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return out;
}

std::chrono::system_clock::time_point GrpcDeadline(absl::Time deadline) {
  return absl::ToChronoTime(deadline == absl::InfiniteFuture() ? absl::Now() + Client::kDefaultTimeout : deadline);
}

// One call in flight: lives until gRPC has run its callback and nobody holds the cancel function.
struct Flight {
  std::string method;  // With the leading slash.
  RawMetadata metadata;
  std::chrono::system_clock::time_point deadline;
  std::function<void(const grpc::Status&)> done;
  grpc::ByteBuffer request, response;
  int repeats_left = 0;

  std::mutex mutex;
  bool cancelled = false;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;  // One an attempt, the current one last.

  void Cancel() {
    std::lock_guard<std::mutex> lock(mutex);
    cancelled = true;
    if (!contexts.empty()) contexts.back()->TryCancel();
  }
  grpc::ClientContext* NewContext() {
    auto context = std::make_unique<grpc::ClientContext>();
    for (const auto& [key, value] : metadata) context->AddMetadata(key, value);
    context->set_deadline(deadline);
    std::lock_guard<std::mutex> lock(mutex);
    if (cancelled) context->TryCancel();
    contexts.push_back(std::move(context));
    return contexts.back().get();
  }
  // A server that shuts down answers calls that arrive after its GOAWAY was sent with a bare CANCELLED instead of
  // UNAVAILABLE, so gRPC does not retry them.
  bool WasDroppedByServer(const grpc::Status& status) {
    if (status.error_code() != grpc::StatusCode::CANCELLED || !status.error_details().empty()) return false;
    std::lock_guard<std::mutex> lock(mutex);
    return !cancelled;
  }
};

class ClientImpl final : public Client {
 public:
  ClientImpl(std::shared_ptr<grpc::Channel> channel, int repeats_max)
      : stub_(std::move(channel)), repeats_max_(repeats_max) {}

  ~ClientImpl() override {
    std::unique_lock<std::mutex> lock(mutex_);
    for (const std::shared_ptr<Flight>& flight : flights_) flight->Cancel();
    flights_changed_.wait(lock, [this] { return flights_.empty(); });
  }

  absl::Status Call(absl::string_view full_method, const google::protobuf::Message& request,
                    google::protobuf::Message* response, const CallOptions& options) override {
    auto flight = std::make_shared<Flight>();
    bool own_buffer = false;
    if (!grpc::SerializationTraits<google::protobuf::Message>::Serialize(request, &flight->request, &own_buffer).ok()) {
      return Internal("the request cannot be serialised");
    }
    if (!options.bearer.empty())
      flight->metadata.emplace_back("authorization", absl::StrCat("Bearer ", options.bearer));
    flight->metadata.emplace_back("traceparent", ChildTraceparent(options.traceparent));

    struct Wait {
      std::mutex mutex;
      std::condition_variable changed;
      bool done = false;
      grpc::Status status;
    };
    auto wait = std::make_shared<Wait>();
    flight->done = [wait](const grpc::Status& status) {
      std::lock_guard<std::mutex> lock(wait->mutex);
      wait->status = status;
      wait->done = true;
      wait->changed.notify_one();
    };
    Begin(full_method, options.deadline, flight);
    std::unique_lock<std::mutex> lock(wait->mutex);
    wait->changed.wait(lock, [&wait] { return wait->done; });
    if (!wait->status.ok()) return FromGrpc(full_method, wait->status);
    if (!grpc::SerializationTraits<google::protobuf::Message>::Deserialize(&flight->response, response).ok()) {
      return Internal(absl::StrCat("the answer of ", full_method, " cannot be parsed"));
    }
    return absl::OkStatus();
  }

  std::function<void()> CallRaw(absl::string_view full_method, std::string payload, const RawMetadata& metadata,
                                absl::Time deadline, std::function<void(RawAnswer)> done) override {
    auto flight = std::make_shared<Flight>();
    const grpc::Slice slice(payload);
    flight->request = grpc::ByteBuffer(&slice, 1);
    flight->metadata = metadata;
    // The flight owns this function, so the function must not own the flight.
    flight->done = [raw = flight.get(), done = std::move(done),
                    method = std::string(full_method)](const grpc::Status& status) {
      RawAnswer answer;
      if (status.ok()) {
        answer.payload = ToString(raw->response);
      } else {
        WireStatus wire = ToWire(FromGrpc(method, status));
        answer.code = wire.code;
        answer.message = std::move(wire.message);
        answer.details = std::move(wire.details);
      }
      done(std::move(answer));
    };
    Begin(full_method, deadline, flight);
    return [flight] { flight->Cancel(); };
  }

 private:
  static absl::Status FromGrpc(absl::string_view full_method, const grpc::Status& status) {
    const auto code = static_cast<absl::StatusCode>(status.error_code());
    if (!status.error_details().empty()) {
      return FromRpcStatusBytes(code, status.error_message(), status.error_details());
    }
    // Not an answer of the suite: the transport speaks.
    const Metadata metadata = {{"method", std::string(full_method)}};
    if (code == absl::StatusCode::kUnavailable) {
      return Error(code, "BACKEND_UNAVAILABLE", absl::StrCat(full_method, " cannot be reached"), metadata);
    }
    if (code == absl::StatusCode::kDeadlineExceeded) {
      return Error(code, "BACKEND_TIMEOUT", absl::StrCat(full_method, " did not answer in time"), metadata);
    }
    if (code == absl::StatusCode::kResourceExhausted) {
      // The limits of gRPC itself: message or metadata too large.
      return Error(code, "TRANSPORT_LIMIT", status.error_message(), metadata);
    }
    return Error(code, CodeName(code), status.error_message(), metadata);
  }

  void Begin(absl::string_view full_method, absl::Time deadline, const std::shared_ptr<Flight>& flight) {
    flight->method = absl::StrCat("/", full_method);
    flight->deadline = GrpcDeadline(deadline);
    flight->repeats_left = repeats_max_;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      flights_.insert(flight);
    }
    Attempt(flight);
  }

  void Attempt(const std::shared_ptr<Flight>& flight) {
    grpc::ClientContext* context = flight->NewContext();
    stub_.UnaryCall(context, flight->method, {}, &flight->request, &flight->response,
                    [this, flight](grpc::Status status) { Ended(flight, std::move(status)); });
  }

  void Ended(const std::shared_ptr<Flight>& flight, grpc::Status status) {
    if (flight->WasDroppedByServer(status)) {
      if (flight->repeats_left-- > 0) {
        Attempt(flight);
        return;
      }
      status = grpc::Status(grpc::StatusCode::UNAVAILABLE, status.error_message());
    }
    flight->done(status);
    std::lock_guard<std::mutex> lock(mutex_);
    flights_.erase(flight);
    if (flights_.empty()) flights_changed_.notify_all();
  }

  grpc::GenericStub stub_;
  const int repeats_max_;
  std::mutex mutex_;
  std::condition_variable flights_changed_;
  std::set<std::shared_ptr<Flight>> flights_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> Client::Create(ClientOptions options) {
  if (options.target.empty()) return InvalidField("target", "FIELD_REQUIRED", "must be set");
  if (options.attempts_max < 1 || options.attempts_max > kAttemptsMax) {
    return InvalidField("attempts_max", "OUT_OF_RANGE",
                        absl::StrCat(options.attempts_max, " is not in [1, ", kAttemptsMax, "]"));
  }
  ASSIGN_OR_RETURN(std::shared_ptr<grpc::ChannelCredentials> credentials, MakeChannelCredentials(options.tls));
  KeepCallbackQueue();
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(ServiceConfig(options.attempts_max));
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetMaxReceiveMessageSize(options.receive_bytes_max);
  arguments.SetMaxSendMessageSize(options.send_bytes_max);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, options.metadata_bytes_max);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectInitialMs);
  // In spite of its name this is the time one attempt may take.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Every client has connections of its own, so that one service's load does not queue behind another's.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return std::unique_ptr<Client>(std::make_unique<ClientImpl>(
      grpc::CreateCustomChannel(options.target, credentials, arguments), options.attempts_max - 1));
}

}  // namespace kam::rpc

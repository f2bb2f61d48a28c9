#include "gateway/gateway.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/rpc/executor.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"
#include "gateway/http/problem.h"
#include "gateway/json/json.h"
#include "gateway/openapi/openapi.h"
#include "gateway/transcode/bind.h"
#include "gateway/transcode/router.h"
#include "kam/api/method.pb.h"

namespace kam::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using http::HttpRequest;
using http::HttpResponse;

constexpr char kJsonContentType[] = "application/json";
constexpr char kTimeoutHeader[] = "x-request-timeout";
// Bodies and answers above this size are read and printed off the I/O and gRPC threads.
constexpr size_t kInlineBytesMax = size_t{64} << 10;
constexpr int kHeavyThreads = 2;
constexpr int kHeavyQueueMax = 64;

// Seconds; finest where most calls are.
const prometheus::Histogram::BucketBoundaries& DurationBuckets() {
  static const prometheus::Histogram::BucketBoundaries kBuckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                                   0.25,  0.5,    1,     2.5,  5,     10,   30};
  return kBuckets;
}

// "application/json", with or without parameters; charset may only be UTF-8.
bool IsJson(absl::string_view content_type) {
  const std::vector<absl::string_view> parts = absl::StrSplit(content_type, ';');
  if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts[0]), kJsonContentType)) return false;
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::string parameter = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts[i]));
    if (absl::StartsWith(parameter, "charset=") && parameter != "charset=utf-8" && parameter != "charset=\"utf-8\"") {
      return false;
    }
  }
  return true;
}

// Text that may stand between the quotes of an entity tag.
bool IsEntityTagText(absl::string_view text) {
  return !text.empty() && absl::c_all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '"'; });
}

bool MatchesEntityTag(absl::string_view if_none_match, absl::string_view tag) {
  for (absl::string_view item : absl::StrSplit(if_none_match, ',')) {
    item = absl::StripAsciiWhitespace(item);
    absl::ConsumePrefix(&item, "W/");
    if (item == "*" || item == tag) return true;
  }
  return false;
}

// The string field of the name, or nullptr.
const FieldDescriptor* StringField(const google::protobuf::Descriptor* type, const char* name) {
  const FieldDescriptor* field = type->FindFieldByName(name);
  const bool fits = field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
  return fits ? field : nullptr;
}

// A random UUID, version 4.
std::string NewRequestId() {
  std::string hex = rpc::NewCorrelationId() + rpc::NewCorrelationId();
  hex[12] = '4';
  hex[16] = '8';
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                      hex.substr(20));
}

// One request on its way. Touched by one thread at a time.
struct Exchange {
  HttpRequest request;
  http::Done done;
  absl::Time start = absl::Now();
  absl::Time deadline;
  std::string traceparent;
  RouteMatch match;
  const Target* target = nullptr;
  SessionPtr session;
  // For the access line.
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string reason;

  std::string trace_id() const { return traceparent.substr(3, 32); }
};
using ExchangePtr = std::shared_ptr<Exchange>;

class GatewayImpl final : public Gateway {
 public:
  GatewayImpl(GatewayOptions options, const Targets& targets, Access& access, std::unique_ptr<Router> router,
              std::shared_ptr<prometheus::Registry> metrics)
      : options_(std::move(options)),
        targets_(targets),
        access_(access),
        router_(std::move(router)),
        metrics_(std::move(metrics)),
        durations_(prometheus::BuildHistogram()
                       .Name("http_server_request_duration_seconds")
                       .Help("Time from the end of a request to its answer, by method, route template and status.")
                       .Register(*metrics_)),
        refused_(prometheus::BuildCounter()
                     .Name("http_server_requests_refused_total")
                     .Help("Requests refused by the HTTP edge before they were routed, by status and reason.")
                     .Register(*metrics_)),
        heavy_(rpc::Executor::Options{.threads = kHeavyThreads,
                                      .queue_length_max = kHeavyQueueMax,
                                      .bulk_threads_max = 1,
                                      .bulk_queue_length_max = 1}) {}

  // Every exchange ends, at the latest by the deadline of its call.
  ~GatewayImpl() override {
    std::unique_lock<std::mutex> lock(mutex_);
    idle_.wait(lock, [this] { return in_flight_ == 0; });
  }

  void Handle(HttpRequest request, http::Done done) override;
  void CountRefused(int status, absl::string_view reason) override {
    refused_.Add({{"status", absl::StrCat(status)}, {"reason", std::string(reason)}}).Increment();
  }

 private:
  bool ServeOwn(const ExchangePtr& exchange);
  void Bind(const ExchangePtr& exchange);
  absl::Status MakeRequest(Exchange& exchange, std::string* payload);
  void Answered(const ExchangePtr& exchange, rpc::RawAnswer answer);
  absl::Status MakeResponse(const Exchange& exchange, const std::string& payload, HttpResponse* response);
  void Fail(const ExchangePtr& exchange, const absl::Status& status);
  void Respond(const ExchangePtr& exchange, HttpResponse response);

  const GatewayOptions options_;
  const Targets& targets_;
  Access& access_;
  const std::unique_ptr<Router> router_;
  const JsonCodec codec_;
  const std::shared_ptr<prometheus::Registry> metrics_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Family<prometheus::Counter>& refused_;
  std::mutex mutex_;
  std::condition_variable idle_;
  int64_t in_flight_ = 0;
  rpc::Executor heavy_;  // Last: its threads use what is above.
};

void GatewayImpl::Handle(HttpRequest request, http::Done done) {
  auto exchange = std::make_shared<Exchange>();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++in_flight_;
  }
  exchange->request = std::move(request);
  exchange->done = std::move(done);
  const std::string* parent = exchange->request.Header("traceparent");
  exchange->traceparent = parent != nullptr && rpc::IsTraceparent(*parent) ? *parent : rpc::NewTraceparent();
  if (ServeOwn(exchange)) return;

  const HttpRequest& in = exchange->request;
  absl::StatusOr<RouteMatch> match = router_->Match(in.method, in.path);
  if (!match.ok()) {
    const std::string allow = MetadataValue(match.status(), "allow");
    if (allow.empty()) return Fail(exchange, match.status());
    exchange->code = match.status().code();
    exchange->reason = Reason(match.status());
    HttpResponse response;
    if (in.method == "OPTIONS") {
      response.status = 204;
    } else {
      response =
          http::ProtocolProblem(405, exchange->reason, absl::StrCat("methods here are ", allow), exchange->trace_id());
    }
    response.headers.emplace_back("Allow", allow);
    return Respond(exchange, std::move(response));
  }
  exchange->match = *std::move(match);
  exchange->target = targets_.Find(absl::StripPrefix(exchange->match.route->grpc_path, "/"));
  if (exchange->target == nullptr) return Fail(exchange, Internal("a route without a target"));

  access_.Admit(in.Header("authorization"), exchange->traceparent, *exchange->target,
                [this, exchange](absl::StatusOr<SessionPtr> session) {
                  if (!session.ok()) return Fail(exchange, session.status());
                  exchange->session = *std::move(session);
                  if (exchange->request.body.size() <= kInlineBytesMax) return Bind(exchange);
                  if (!heavy_.TrySubmit(false, [this, exchange] { Bind(exchange); })) {
                    Fail(exchange, RetryLater(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                                              "too many large requests at a time", heavy_.RetryAfter()));
                  }
                });
}

// What the gateway answers by itself.
bool GatewayImpl::ServeOwn(const ExchangePtr& exchange) {
  const HttpRequest& in = exchange->request;
  HttpResponse response;
  if (in.path == "/healthz") {
    response.body = "{\"status\":\"ok\"}";
  } else if (in.path == "/openapi.json") {
    response.body = options_.openapi_json;
  } else {
    return false;
  }
  response.headers.emplace_back("Content-Type", kJsonContentType);
  if (in.method != "GET" && in.method != "HEAD") {
    response = http::ProtocolProblem(405, "METHOD_NOT_ALLOWED", "methods here are GET, HEAD", exchange->trace_id());
    response.headers.emplace_back("Allow", "GET, HEAD");
  }
  Respond(exchange, std::move(response));
  return true;
}

void GatewayImpl::Bind(const ExchangePtr& exchange) {
  std::string payload;
  if (const absl::Status status = MakeRequest(*exchange, &payload); !status.ok()) return Fail(exchange, status);
  exchange->target->client->CallRaw(
      exchange->target->full_name, std::move(payload), BackendMetadata(*exchange->session, exchange->traceparent),
      exchange->deadline, [this, exchange](rpc::RawAnswer answer) {
        if (answer.payload.size() <= kInlineBytesMax) return Answered(exchange, std::move(answer));
        auto shared = std::make_shared<rpc::RawAnswer>(std::move(answer));
        if (!heavy_.TrySubmit(false, [this, exchange, shared] { Answered(exchange, std::move(*shared)); })) {
          // The work is done already: throwing it away would cost more than printing it here.
          Answered(exchange, std::move(*shared));
        }
      });
}

absl::Status GatewayImpl::MakeRequest(Exchange& exchange, std::string* payload) {
  const HttpRequest& in = exchange.request;
  absl::Duration timeout = kCallTimeoutMax;
  if (const std::string* text = in.Header(kTimeoutHeader); text != nullptr) {
    double seconds = 0;
    if (!absl::SimpleAtod(*text, &seconds) || !(seconds > 0) || seconds > 1e6) {
      return Error(absl::StatusCode::kInvalidArgument, "TIMEOUT_INVALID",
                   absl::StrCat(kTimeoutHeader, " must be a positive number of seconds"), {{"header", kTimeoutHeader}});
    }
    timeout = std::min(timeout, absl::Seconds(seconds));
  }
  exchange.deadline = exchange.start + timeout;
  if (!in.body.empty()) {
    const std::string* type = in.Header("content-type");
    if (type == nullptr || !IsJson(*type)) {
      return Error(absl::StatusCode::kInvalidArgument, "CONTENT_TYPE_UNSUPPORTED",
                   "the body must be application/json in UTF-8", {{"header", "content-type"}});
    }
  }
  const std::unique_ptr<Message> message(
      MessageFactory::generated_factory()->GetPrototype(exchange.target->method->input_type())->New());
  HttpInput input;
  input.query = in.query;
  input.body = in.body;
  input.header = [&in](absl::string_view name) -> std::optional<absl::string_view> {
    const std::string* value = in.Header(name);
    if (value == nullptr) return std::nullopt;
    return absl::string_view(*value);
  };
  RETURN_IF_ERROR(BindRequest(codec_, exchange.match, input, BindOptions(), message.get()));
  // The connection to the backend tries again what could not be delivered; a write must not be done twice by that.
  if (const FieldDescriptor* field = StringField(message->GetDescriptor(), "request_id");
      field != nullptr && in.method != "GET" && in.method != "HEAD" &&
      message->GetReflection()->GetString(*message, field).empty()) {
    message->GetReflection()->SetString(message.get(), field, NewRequestId());
  }
  if (!message->SerializeToString(payload)) return Internal("the request cannot be serialised");
  return absl::OkStatus();
}

void GatewayImpl::Answered(const ExchangePtr& exchange, rpc::RawAnswer answer) {
  const auto code = static_cast<absl::StatusCode>(answer.code);
  if (code != absl::StatusCode::kOk) {
    return Fail(exchange, FromRpcStatusBytes(code, answer.message, answer.details));
  }
  HttpResponse response;
  if (const absl::Status status = MakeResponse(*exchange, answer.payload, &response); !status.ok()) {
    return Fail(exchange, status);
  }
  Respond(exchange, std::move(response));
}

absl::Status GatewayImpl::MakeResponse(const Exchange& exchange, const std::string& payload, HttpResponse* response) {
  const google::protobuf::Descriptor* type = exchange.target->method->output_type();
  const std::unique_ptr<Message> message(MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!message->ParseFromString(payload)) {
    return Internal(absl::StrCat("the answer of ", exchange.target->full_name, " cannot be parsed"));
  }
  const Route& route = *exchange.match.route;
  if (const FieldDescriptor* field = StringField(type, "etag"); field != nullptr && route.response_field == nullptr) {
    std::string tag = message->GetReflection()->GetString(*message, field);
    if (IsEntityTagText(tag)) {
      tag = absl::StrCat("\"", tag, "\"");
      response->headers.emplace_back("ETag", tag);
      response->headers.emplace_back("Cache-Control", "private, no-cache");
      const HttpRequest& in = exchange.request;
      const std::string* known = in.Header("if-none-match");
      if (known != nullptr && (in.method == "GET" || in.method == "HEAD") && MatchesEntityTag(*known, tag)) {
        response->status = 304;
        return absl::OkStatus();
      }
    }
  }
  response->headers.emplace_back("Content-Type", kJsonContentType);
  return PrintResponse(codec_, route, *message, &response->body);
}

void GatewayImpl::Fail(const ExchangePtr& exchange, const absl::Status& status) {
  exchange->code = status.code();
  exchange->reason = Reason(status);
  http::ProblemContext context;
  context.trace_id = exchange->trace_id();
  context.if_match = exchange->request.Header("if-match") != nullptr;
  if (const Route* route = exchange->match.route; route != nullptr) {
    context.body_field = route->body == Route::Body::kAll     ? "*"
                         : route->body == Route::Body::kField ? std::string(route->body_field->name())
                                                              : "";
  }
  if (rpc::IsHidden(status.code())) {
    log::Error("internal error", {{"trace_id", context.trace_id},
                                  {"reason", exchange->reason},
                                  {"detail", absl::string_view(status.message().data(), status.message().size())}});
  }
  HttpResponse response = http::ProblemResponse(status, context);
  Respond(exchange, std::move(response));
}

void GatewayImpl::Respond(const ExchangePtr& exchange, HttpResponse response) {
  const HttpRequest& in = exchange->request;
  const absl::Duration duration = absl::Now() - exchange->start;
  const std::string trace_id = exchange->trace_id();
  // The template, never the path: paths name customers and have no end.
  const std::string route = exchange->match.route != nullptr                  ? exchange->match.route->path_text
                            : response.status == 200 || in.path == "/healthz" ? in.path
                                                                              : "other";
  durations_
      .Add({{"method", in.method}, {"route", route}, {"status", absl::StrCat(response.status)}}, DurationBuckets())
      .Observe(absl::ToDoubleSeconds(duration));
  log::Info("http",
            {{"http_method", in.method},
             {"route", route},
             {"status", response.status},
             {"method", exchange->target == nullptr ? absl::string_view() : exchange->target->full_name},
             {"code", rpc::CodeName(exchange->code)},
             {"reason", exchange->reason},
             {"subject", exchange->session == nullptr ? absl::string_view()
                                                      : absl::string_view(exchange->session->principal.subject)},
             {"peer", in.peer},
             {"trace_id", trace_id},
             {"duration_ms", absl::ToDoubleMilliseconds(duration)},
             {"request_bytes", in.body.size()},
             {"response_bytes", response.body.size()}});
  response.headers.emplace_back("X-Trace-Id", trace_id);
  exchange->done(std::move(response));
  const std::lock_guard<std::mutex> lock(mutex_);
  if (--in_flight_ == 0) idle_.notify_all();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Create(GatewayOptions options, const Targets& targets, Access& access,
                                                         std::shared_ptr<prometheus::Registry> metrics) {
  RouterOptions router_options;
  router_options.default_bindings = options.default_bindings;
  ASSIGN_OR_RETURN(std::unique_ptr<Router> router, Router::Build(targets.services(), router_options));
  if (options.openapi_json.empty()) options.openapi_json = GenerateOpenApi(*router);
  return std::unique_ptr<Gateway>(
      std::make_unique<GatewayImpl>(std::move(options), targets, access, std::move(router), std::move(metrics)));
}

}  // namespace kam::gateway

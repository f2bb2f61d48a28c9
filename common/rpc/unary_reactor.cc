#include "common/rpc/unary_reactor.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/message.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/rpc/transport.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"

namespace kam::rpc {
namespace {

constexpr char kBearer[] = "Bearer ";
// Taken off the caller's deadline, so that the cause of a time-out can still be told.
constexpr absl::Duration kReplyMargin = absl::Milliseconds(5);

absl::Duration Since(std::chrono::steady_clock::time_point start) {
  return absl::FromChrono(std::chrono::steady_clock::now() - start);
}

absl::Status Overloaded(absl::string_view limit, int64_t value, absl::Duration retry_after) {
  return RetryLater(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                    absl::StrCat("the server is overloaded: ", limit, " of ", value, " is reached"), retry_after,
                    {{"limit", std::string(limit)}, {"value", absl::StrCat(value)}});
}

}  // namespace

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
    Finish(ToGrpcStatus(Public(status, correlation_id)));
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

}  // namespace kam::rpc

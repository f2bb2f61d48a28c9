#include "common/status/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace kam {
namespace {

constexpr char kTypePrefix[] = "type.googleapis.com/";
constexpr size_t kViolationsMax = 50;

template <typename Detail>
std::string TypeUrl() {
  return absl::StrCat(kTypePrefix, Detail::descriptor()->full_name());
}

template <typename Detail>
void Attach(const Detail& detail, absl::Status* status) {
  status->SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

template <typename Detail>
bool Extract(const absl::Status& status, Detail* detail) {
  absl::optional<absl::Cord> payload = status.GetPayload(TypeUrl<Detail>());
  return payload.has_value() && detail->ParseFromString(std::string(*payload));
}

google::rpc::ErrorInfo MakeInfo(absl::string_view reason, const Metadata& metadata) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(kErrorDomain);
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = value;
  return info;
}

}  // namespace

absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                   const Metadata& metadata) {
  absl::Status status(code, message);
  Attach(MakeInfo(reason, metadata), &status);
  return status;
}

absl::Status InvalidField(absl::string_view field, absl::string_view reason, absl::string_view message,
                          const Metadata& metadata) {
  FieldViolations violations;
  violations.Add(field, reason, message, metadata);
  return violations.status();
}

absl::Status FailedPrecondition(absl::string_view reason, absl::string_view subject, absl::string_view message,
                                const Metadata& metadata) {
  Metadata with_subject = metadata;
  with_subject.emplace_back("resource", std::string(subject));
  absl::Status status = Error(absl::StatusCode::kFailedPrecondition, reason, message, with_subject);
  google::rpc::PreconditionFailure failure;
  google::rpc::PreconditionFailure::Violation* violation = failure.add_violations();
  violation->set_type(std::string(reason));
  violation->set_subject(std::string(subject));
  violation->set_description(std::string(message));
  Attach(failure, &status);
  return status;
}

absl::Status RetryLater(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                        absl::Duration retry_after, const Metadata& metadata) {
  absl::Status status = Error(code, reason, message, metadata);
  google::rpc::RetryInfo retry;
  const timespec delay = absl::ToTimespec(retry_after);
  retry.mutable_retry_delay()->set_seconds(delay.tv_sec);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay.tv_nsec));
  Attach(retry, &status);
  return status;
}

absl::Status NotFound(absl::string_view resource_name) {
  return Error(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
               absl::StrCat(resource_name, " does not exist or is not visible to you"),
               {{"resource", std::string(resource_name)}});
}

absl::Status Internal(absl::string_view message) { return Error(absl::StatusCode::kInternal, "INTERNAL", message); }

void FieldViolations::Add(absl::string_view field, absl::string_view reason, absl::string_view message,
                          const Metadata& metadata) {
  if (violations_.size() >= kViolationsMax) return;
  violations_.push_back({std::string(field), std::string(reason), std::string(message), metadata});
}

void FieldViolations::AddAll(absl::string_view prefix, const absl::Status& status) {
  if (status.ok()) return;
  google::rpc::BadRequest request;
  google::rpc::ErrorInfo info;
  Extract(status, &info);
  if (!Extract(status, &request)) {
    Add(prefix, info.reason(), std::string(status.message()));
    return;
  }
  const std::string dot = prefix.empty() ? "" : absl::StrCat(prefix, ".");
  bool first = true;
  for (const auto& violation : request.field_violations()) {
    Metadata metadata;
    if (first) {
      for (const auto& [key, value] : info.metadata()) {
        if (key != "field" && key != "violationReason") metadata.emplace_back(key, value);
      }
    }
    Add(absl::StrCat(dot, violation.field()), info.reason(), violation.description(), metadata);
    first = false;
  }
}

absl::Status FieldViolations::status() const {
  if (violations_.empty()) return absl::OkStatus();
  const Violation& first = violations_.front();
  Metadata metadata = first.metadata;
  metadata.emplace_back("field", first.field);
  std::string message = absl::StrCat(first.field, ": ", first.message);
  if (violations_.size() > 1) absl::StrAppend(&message, " (and ", violations_.size() - 1, " more)");
  absl::Status status = Error(absl::StatusCode::kInvalidArgument, first.reason, message, metadata);
  google::rpc::BadRequest request;
  for (const Violation& violation : violations_) {
    google::rpc::BadRequest::FieldViolation* out = request.add_field_violations();
    out->set_field(violation.field);
    out->set_description(violation.message);
  }
  Attach(request, &status);
  return status;
}

std::string Reason(const absl::Status& status) {
  if (status.ok()) return {};
  google::rpc::ErrorInfo info;
  return Extract(status, &info) ? info.reason() : std::string();
}

std::string MetadataValue(const absl::Status& status, absl::string_view key) {
  google::rpc::ErrorInfo info;
  if (!Extract(status, &info)) return {};
  const auto it = info.metadata().find(std::string(key));
  return it == info.metadata().end() ? std::string() : it->second;
}

absl::Duration RetryAfter(const absl::Status& status) {
  google::rpc::RetryInfo retry;
  if (!Extract(status, &retry)) return absl::ZeroDuration();
  return absl::Seconds(retry.retry_delay().seconds()) + absl::Nanoseconds(retry.retry_delay().nanos());
}

std::vector<std::string> ViolatedFields(const absl::Status& status) {
  google::rpc::BadRequest request;
  std::vector<std::string> fields;
  if (Extract(status, &request)) {
    for (const auto& violation : request.field_violations()) fields.push_back(violation.field());
  }
  return fields;
}

std::string ToRpcStatusBytes(const absl::Status& status) {
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(std::string(status.message()));
  status.ForEachPayload([&out](absl::string_view type_url, const absl::Cord& payload) {
    google::protobuf::Any* detail = out.add_details();
    detail->set_type_url(std::string(type_url));
    detail->set_value(std::string(payload));
  });
  return out.SerializeAsString();
}

absl::Status FromRpcStatusBytes(absl::StatusCode code, absl::string_view message, absl::string_view bytes) {
  absl::Status status(code, message);
  google::rpc::Status in;
  if (status.ok() || !in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return status;
  for (const google::protobuf::Any& detail : in.details()) {
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return status;
}

}  // namespace kam

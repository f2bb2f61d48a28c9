#include "gateway/http/problem.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "google/rpc/error_details.pb.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace kam::http {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// Sent with 429 and 503 when the error itself names no delay.
constexpr int64_t kRetryAfterSecondsDefault = 1;

void WriteString(Writer& writer, absl::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void WriteMember(Writer& writer, absl::string_view key, absl::string_view text) {
  writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  WriteString(writer, text);
}

template <typename Detail>
bool Extract(const absl::Status& status, Detail* detail) {
  const auto payload = status.GetPayload(absl::StrCat("type.googleapis.com/", Detail::descriptor()->full_name()));
  return payload.has_value() && detail->ParseFromString(std::string(*payload));
}

// "REQUEST_ID_REUSED" -> "Request id reused".
std::string Title(absl::string_view reason) {
  std::string title = absl::AsciiStrToLower(reason);
  std::replace(title.begin(), title.end(), '_', ' ');
  if (!title.empty()) title[0] = absl::ascii_toupper(static_cast<unsigned char>(title[0]));
  return title;
}

std::string LowerCamel(absl::string_view snake) {
  std::string camel;
  bool upper = false;
  for (const char c : snake) {
    if (c == '_') {
      upper = true;
    } else {
      camel.push_back(upper ? absl::ascii_toupper(static_cast<unsigned char>(c)) : c);
      upper = false;
    }
  }
  return camel;
}

// "lines[3].unit_price" -> "/lines/3/unitPrice", relative to the JSON body. False when the field was not in the body.
bool Pointer(absl::string_view field, absl::string_view body_field, std::string* pointer) {
  if (body_field.empty() || field.empty()) return false;
  if (body_field != "*") {
    if (!absl::ConsumePrefix(&field, body_field)) return false;
    if (!field.empty() && field.front() != '.' && field.front() != '[') return false;
    absl::ConsumePrefix(&field, ".");
  }
  pointer->clear();
  for (const absl::string_view part : absl::StrSplit(field, absl::ByAnyChar(".[]"), absl::SkipEmpty())) {
    absl::StrAppend(pointer, "/", LowerCamel(part));
  }
  return true;
}

std::string Body(int http_status, absl::string_view code, absl::string_view reason, absl::string_view detail,
                 const absl::Status* status, const ProblemContext& context) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  if (reason.empty()) {
    WriteMember(writer, "type", "about:blank");
    WriteMember(writer, "title", StatusPhrase(http_status));
  } else {
    WriteMember(writer, "type", absl::StrCat(kProblemTypePrefix, reason));
    WriteMember(writer, "title", Title(reason));
  }
  writer.Key("status");
  writer.Int(http_status);
  WriteMember(writer, "detail", detail);
  if (!code.empty()) WriteMember(writer, "code", code);
  if (!reason.empty()) {
    WriteMember(writer, "reason", reason);
    WriteMember(writer, "domain", kErrorDomain);
  }
  if (status != nullptr) {
    google::rpc::ErrorInfo info;
    if (Extract(*status, &info) && !info.metadata().empty()) {
      // Sorted, so that the same error gives the same text.
      std::vector<std::pair<std::string, std::string>> metadata(info.metadata().begin(), info.metadata().end());
      std::sort(metadata.begin(), metadata.end());
      writer.Key("metadata");
      writer.StartObject();
      for (const auto& [key, value] : metadata) WriteMember(writer, key, value);
      writer.EndObject();
    }
    if (google::rpc::BadRequest request; Extract(*status, &request)) {
      writer.Key("errors");
      writer.StartArray();
      // The JSON reader, which stops at the first error, knows its place exactly.
      const auto exact = info.metadata().find("pointer");
      for (const auto& violation : request.field_violations()) {
        writer.StartObject();
        WriteMember(writer, "field", violation.field());
        if (exact != info.metadata().end()) {
          WriteMember(writer, "pointer", exact->second);
        } else if (std::string pointer; Pointer(violation.field(), context.body_field, &pointer)) {
          WriteMember(writer, "pointer", pointer);
        }
        WriteMember(writer, "description", violation.description());
        writer.EndObject();
      }
      writer.EndArray();
    }
    if (google::rpc::PreconditionFailure failure; Extract(*status, &failure)) {
      writer.Key("violations");
      writer.StartArray();
      for (const auto& violation : failure.violations()) {
        writer.StartObject();
        WriteMember(writer, "type", violation.type());
        WriteMember(writer, "subject", violation.subject());
        WriteMember(writer, "description", violation.description());
        writer.EndObject();
      }
      writer.EndArray();
    }
  }
  if (!context.trace_id.empty()) WriteMember(writer, "traceId", context.trace_id);
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize());
}

}  // namespace

int HttpStatus(const absl::Status& status, bool if_match) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kCancelled:
      return 499;
    case absl::StatusCode::kInvalidArgument: {
      const std::string reason = Reason(status);
      return reason == "REQUEST_ID_REUSED" ? 422 : reason == "CONTENT_TYPE_UNSUPPORTED" ? 415 : 400;
    }
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
      return 409;
    case absl::StatusCode::kAborted:
      return if_match && Reason(status) == "ETAG_MISMATCH" ? 412 : 409;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

HttpResponse ProblemResponse(const absl::Status& status, const ProblemContext& context) {
  HttpResponse response;
  response.status = HttpStatus(status, context.if_match);
  const std::string code = absl::StatusCodeToString(status.code());
  // A broken invariant is for the log; what it says may name things the caller must not know.
  if (status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kUnknown ||
      status.code() == absl::StatusCode::kDataLoss) {
    response.body = Body(response.status, code, "INTERNAL", "internal error", nullptr, context);
  } else {
    response.body = Body(response.status, code, Reason(status),
                         absl::string_view(status.message().data(), status.message().size()), &status, context);
  }
  response.headers.emplace_back("Content-Type", kProblemContentType);
  if (response.status == 401) {
    response.headers.emplace_back("WWW-Authenticate", Reason(status) == "TOKEN_MISSING"
                                                          ? "Bearer realm=\"kam\""
                                                          : "Bearer realm=\"kam\", error=\"invalid_token\"");
  }
  if (const absl::Duration delay = RetryAfter(status);
      delay > absl::ZeroDuration() || response.status == 429 || response.status == 503) {
    const int64_t seconds = absl::ToInt64Seconds(absl::Ceil(delay, absl::Seconds(1)));
    response.headers.emplace_back("Retry-After", absl::StrCat(std::max(seconds, kRetryAfterSecondsDefault)));
  }
  return response;
}

HttpResponse ProtocolProblem(int http_status, absl::string_view reason, absl::string_view message,
                             absl::string_view trace_id) {
  HttpResponse response;
  response.status = http_status;
  ProblemContext context;
  context.trace_id = std::string(trace_id);
  response.body = Body(http_status, "", reason, message, nullptr, context);
  response.headers.emplace_back("Content-Type", kProblemContentType);
  if (http_status == 429 || http_status == 503) {
    response.headers.emplace_back("Retry-After", absl::StrCat(kRetryAfterSecondsDefault));
  }
  return response;
}

}  // namespace kam::http

#include "gateway/kamctl/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "google/rpc/error_details.pb.h"

namespace kam::ctl {
namespace {

constexpr int kTooMany = 429, kBadGateway = 502, kUnavailable = 503, kGatewayTimeout = 504, kUnauthorized = 401;
constexpr long kConnectTimeoutSeconds = 5;
constexpr long kTotalTimeoutSeconds = 60;
constexpr absl::Duration kPauseDefault = absl::Milliseconds(200);
constexpr absl::Duration kPauseMax = absl::Seconds(5);

size_t Take(char* data, size_t size, size_t count, void* out) {
  static_cast<std::string*>(out)->append(data, size * count);
  return size * count;
}

size_t TakeHeader(char* data, size_t size, size_t count, void* out) {
  const std::string line = absl::AsciiStrToLower(absl::string_view(data, size * count));
  int seconds = 0;
  if (absl::StartsWith(line, "retry-after:") &&
      absl::SimpleAtoi(absl::StripAsciiWhitespace(absl::string_view(line).substr(12)), &seconds)) {
    *static_cast<absl::Duration*>(out) = absl::Seconds(seconds);
  }
  return size * count;
}

absl::StatusCode CodeOf(const std::string& name, long http_status) {
  static const std::pair<const char*, absl::StatusCode> kCodes[] = {
      {"INVALID_ARGUMENT", absl::StatusCode::kInvalidArgument},
      {"FAILED_PRECONDITION", absl::StatusCode::kFailedPrecondition},
      {"OUT_OF_RANGE", absl::StatusCode::kOutOfRange},
      {"UNAUTHENTICATED", absl::StatusCode::kUnauthenticated},
      {"PERMISSION_DENIED", absl::StatusCode::kPermissionDenied},
      {"NOT_FOUND", absl::StatusCode::kNotFound},
      {"ALREADY_EXISTS", absl::StatusCode::kAlreadyExists},
      {"ABORTED", absl::StatusCode::kAborted},
      {"RESOURCE_EXHAUSTED", absl::StatusCode::kResourceExhausted},
      {"UNAVAILABLE", absl::StatusCode::kUnavailable},
      {"DEADLINE_EXCEEDED", absl::StatusCode::kDeadlineExceeded},
      {"UNIMPLEMENTED", absl::StatusCode::kUnimplemented},
  };
  for (const auto& [text, code] : kCodes) {
    if (name == text) return code;
  }
  if (http_status == kUnavailable || http_status == kBadGateway) return absl::StatusCode::kUnavailable;
  if (http_status == kGatewayTimeout) return absl::StatusCode::kDeadlineExceeded;
  return http_status == kUnauthorized ? absl::StatusCode::kUnauthenticated : absl::StatusCode::kInternal;
}

absl::Status FromProblem(long http_status, const std::string& body) {
  const Json problem = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!problem.is_object()) {
    return Error(CodeOf("", http_status), "HTTP_ERROR", absl::StrCat("HTTP status ", http_status));
  }
  Metadata metadata;
  if (problem.contains("metadata") && problem["metadata"].is_object()) {
    for (const auto& [key, value] : problem["metadata"].items()) {
      if (value.is_string()) metadata.emplace_back(key, value.get<std::string>());
    }
  }
  const absl::StatusCode code = CodeOf(TextOf(problem, "code"), http_status);
  const std::string reason = TextOf(problem, "reason"), detail = TextOf(problem, "detail");
  absl::Status status = Error(
      code, reason.empty() ? "HTTP_ERROR" : reason,
      !detail.empty() ? detail : absl::StrCat("HTTP status ", http_status, " ", TextOf(problem, "title")), metadata);
  if (const Json errors = ItemsOf(problem, "errors"); !errors.empty()) {
    google::rpc::BadRequest violations;
    for (const Json& error : errors) {
      const std::string description = TextOf(error, "description");
      auto* violation = violations.add_field_violations();
      violation->set_field(TextOf(error, "field"));
      violation->set_description(description.empty() ? TextOf(error, "detail") : description);
    }
    status.SetPayload("type.googleapis.com/google.rpc.BadRequest", absl::Cord(violations.SerializeAsString()));
  }
  return status;
}

}  // namespace

std::string UrlEncode(absl::string_view text) {
  std::unique_ptr<char, void (*)(void*)> escaped(curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())),
                                                 curl_free);
  return escaped == nullptr ? std::string() : std::string(escaped.get());
}

std::string TextOf(const Json& object, absl::string_view member) {
  if (!object.is_object()) return "";
  const auto found = object.find(std::string(member));
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Json MemberOf(const Json& object, absl::string_view member) {
  if (!object.is_object()) return Json();
  const auto found = object.find(std::string(member));
  return found != object.end() ? *found : Json();
}

Json ItemsOf(const Json& object, absl::string_view member) {
  Json items = MemberOf(object, member);
  return items.is_array() ? items : Json::array();
}

Gateway::Gateway(std::string url, std::string token) : url_(absl::StripSuffix(url, "/")), token_(std::move(token)) {}

bool Gateway::RenewToken() {
  if (token_source_ == nullptr) return false;
  absl::StatusOr<std::string> token = token_source_();
  if (!token.ok() || *token == token_) return false;
  token_ = *std::move(token);
  return true;
}

absl::StatusOr<Gateway::Answer> Gateway::Send(absl::string_view method, absl::string_view path, const std::string& body,
                                              absl::string_view key) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (curl == nullptr) return Internal("curl cannot be initialised");
  curl_slist* raw = nullptr;
  const auto add = [&raw](const std::string& header) { raw = curl_slist_append(raw, header.c_str()); };
  add(absl::StrCat("Authorization: Bearer ", token_));
  add("Content-Type: application/json");
  add("Expect:");
  if (!key.empty()) add(absl::StrCat("Idempotency-Key: ", key));
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(raw, curl_slist_free_all);
  Answer answer;
  const std::string url = absl::StrCat(url_, path);
  const std::string verb(method);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, verb.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, kConnectTimeoutSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kTotalTimeoutSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Take);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, TakeHeader);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &answer.retry_after);
  if (method != "GET") {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  }
  const CURLcode code = curl_easy_perform(curl.get());
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return Error(absl::StatusCode::kInvalidArgument, "GATEWAY_URL_INVALID",
                 absl::StrCat("\"", url_, "\" is no address of a gateway, like http://127.0.0.1:8080"),
                 {{"url", url_}});
  }
  if (code != CURLE_OK) {
    return Error(absl::StatusCode::kUnavailable, "GATEWAY_UNREACHABLE",
                 absl::StrCat("the gateway at ", url_, " does not answer: ", curl_easy_strerror(code)));
  }
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

absl::StatusOr<Json> Gateway::Call(absl::string_view method, absl::string_view path, const Json* body,
                                   absl::string_view key) {
  const std::string text = body == nullptr ? std::string() : body->dump();
  const absl::Time give_up = absl::Now() + patience_;
  absl::Duration pause = kPauseDefault;
  bool renewed = false;
  while (true) {
    const absl::StatusOr<Answer> answer = Send(method, path, text, key);
    if (answer.ok() && answer->status == kUnauthorized && !renewed && RenewToken()) {
      renewed = true;
      continue;
    }
    const bool again = !answer.ok() ? absl::IsUnavailable(answer.status())
                                    : answer->status == kTooMany || answer->status == kBadGateway ||
                                          answer->status == kUnavailable || answer->status == kGatewayTimeout;
    const bool repeatable = method == "GET" || !key.empty() || absl::StrContains(path, ":batchUpsert");
    if (again && repeatable && absl::Now() + pause < give_up) {
      absl::SleepFor(answer.ok() && answer->retry_after > pause ? std::min(answer->retry_after, kPauseMax) : pause);
      pause = std::min(pause * 2, kPauseMax);
      continue;
    }
    if (!answer.ok()) return answer.status();
    if (answer->status < 200 || answer->status > 299) return FromProblem(answer->status, answer->body);
    Json json = answer->body.empty() ? Json::object() : Json::parse(answer->body, nullptr, false);
    if (json.is_discarded()) return Internal("the gateway's answer is not JSON");
    return json;
  }
}

absl::StatusOr<Json> Gateway::ListAll(absl::string_view path, absl::string_view items) {
  Json all = Json::array();
  std::string token;
  do {
    const std::string separator = absl::StrContains(path, "?") ? "&" : "?";
    ASSIGN_OR_RETURN(const Json page,
                     Get(absl::StrCat(path, separator, "pageSize=200",
                                      token.empty() ? "" : absl::StrCat("&pageToken=", UrlEncode(token)))));
    for (const Json& item : ItemsOf(page, items)) all.push_back(item);
    token = TextOf(page, "nextPageToken");
  } while (!token.empty());
  return all;
}

}  // namespace kam::ctl

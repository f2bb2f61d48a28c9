#include "tests/e2e/http.h"

#include <curl/curl.h>

#include <cstdio>
#include <ostream>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace kam::e2e {
namespace {

constexpr long kTimeoutSeconds = 40;  // Longer than any timeout of the gateway.

size_t TakeBody(char* data, size_t size, size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

size_t TakeHeader(char* data, size_t size, size_t count, void* to) {
  const absl::string_view line(data, size * count);
  const size_t colon = line.find(':');
  if (colon != absl::string_view::npos) {
    auto& headers = *static_cast<std::map<std::string, std::string>*>(to);
    headers[absl::AsciiStrToLower(line.substr(0, colon))] =
        std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return size * count;
}

}  // namespace

std::string Answer::reason() const {
  const Json problem = json();
  return problem.is_object() ? problem.value("reason", "") : "";
}

std::vector<std::string> Answer::pointers() const {
  std::vector<std::string> pointers;
  const Json problem = json();
  if (!problem.is_object() || !problem.contains("errors")) return pointers;
  for (const Json& error : problem["errors"]) pointers.push_back(error.value("pointer", ""));
  return pointers;
}

std::ostream& operator<<(std::ostream& out, const Answer& answer) { return out << answer.status << " " << answer.body; }

struct Http::State {
  std::string url, token;
  CURL* curl = curl_easy_init();
  ~State() { curl_easy_cleanup(curl); }
};

Http::Http(std::string url, std::string token) : state_(std::make_unique<State>()) {
  state_->url = std::move(url);
  state_->token = std::move(token);
}
Http::~Http() = default;
Http::Http(Http&&) noexcept = default;
Http& Http::operator=(Http&&) noexcept = default;

Answer Http::Send(absl::string_view method, absl::string_view path, absl::string_view body, const Headers& headers) {
  Answer answer;
  CURL* const curl = state_->curl;
  curl_easy_reset(curl);
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  const auto add = [&](const std::string& name, const std::string& value) {
    list = curl_slist_append(list, absl::StrCat(name, ": ", value).c_str());
  };
  if (!state_->token.empty()) add("Authorization", absl::StrCat("Bearer ", state_->token));
  if (!body.empty()) add("Content-Type", "application/json");
  for (const auto& [name, value] : headers) add(name, value);
  const std::string url = absl::StrCat(state_->url, path), verb(method), payload(body);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, verb.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kTimeoutSeconds);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, TakeHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.headers);
  if (!payload.empty() || method == "POST" || method == "PATCH") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(payload.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, payload.c_str());
  }
  const CURLcode result = curl_easy_perform(curl);
  curl_slist_free_all(list);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = result == CURLE_OK ? static_cast<int>(status) : 0;
  return answer;
}

std::string NewRequestId() {
  absl::BitGen random;
  const uint64_t a = absl::Uniform<uint64_t>(random), b = absl::Uniform<uint64_t>(random);
  return absl::StrFormat("%08x-%04x-4%03x-a%03x-%012x", a >> 32, (a >> 16) & 0xffff, a & 0xfff, b >> 52,
                         b & 0xffffffffffff);
}

std::string UrlEncode(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      out += c;
    } else {
      absl::StrAppendFormat(&out, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace kam::e2e

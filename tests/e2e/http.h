// A plain HTTP client for tests: shows the answer as it came.
#ifndef KAM_TESTS_E2E_HTTP_H_
#define KAM_TESTS_E2E_HTTP_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace kam::e2e {

using Json = nlohmann::json;

struct Answer {
  int status = 0;                              // 0: no whole answer came.
  std::map<std::string, std::string> headers;  // Names in lower case.
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
  // The body; null when it is no JSON.
  Json json() const { return Json::parse(body, nullptr, false).is_discarded() ? Json() : Json::parse(body); }
  // "reason" of a problem document; empty when there is none.
  std::string reason() const;
  // JSON pointers of the "errors" of a problem document.
  std::vector<std::string> pointers() const;
};

std::ostream& operator<<(std::ostream& out, const Answer& answer);

// One person's connection. Used by one thread at a time.
class Http {
 public:
  // `url`: "http://127.0.0.1:8080". An empty token sends none.
  Http(std::string url, std::string token);
  ~Http();
  Http(Http&&) noexcept;
  Http& operator=(Http&&) noexcept;

  using Headers = std::vector<std::pair<std::string, std::string>>;
  // `body` is sent as application/json unless it is empty.
  Answer Send(absl::string_view method, absl::string_view path, absl::string_view body = "",
              const Headers& headers = {});
  Answer Get(absl::string_view path) { return Send("GET", path); }
  Answer Post(absl::string_view path, const Json& body, const Headers& headers = {}) {
    return Send("POST", path, body.dump(), headers);
  }
  Answer Patch(absl::string_view path, const Json& body, const Headers& headers = {}) {
    return Send("PATCH", path, body.dump(), headers);
  }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A random UUID, for Idempotency-Key.
std::string NewRequestId();

// Text as part of a query.
std::string UrlEncode(absl::string_view text);

}  // namespace kam::e2e

#endif  // KAM_TESTS_E2E_HTTP_H_

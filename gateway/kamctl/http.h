// The gateway as kamctl talks to it: JSON over HTTP with a bearer token.
#ifndef KAM_GATEWAY_KAMCTL_HTTP_H_
#define KAM_GATEWAY_KAMCTL_HTTP_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace kam::ctl {

using Json = nlohmann::ordered_json;

// A text member of a JSON value; empty when it is not there, or no text. What a server sends is not to be trusted.
std::string TextOf(const Json& object, absl::string_view member);
// A member of a JSON value; null when it is not there.
Json MemberOf(const Json& object, absl::string_view member);
// A list member; empty when it is not there, or no list.
Json ItemsOf(const Json& object, absl::string_view member);

// One person's (or program's) connection. Not thread-safe.
class Gateway {
 public:
  // `url`: "http://127.0.0.1:8080". GATEWAY_URL_INVALID from the calls when it is none.
  Gateway(std::string url, std::string token);

  // Sends one request. A problem+json answer becomes a Status with its code, reason, metadata and field violations.
  // 429, 502, 503 and 504, and a gateway that cannot be reached, are tried again for as long as `patience`, after the
  // time the answer asks for: reads, imports, and writes that carry an Idempotency-Key because `key` is not empty.
  absl::StatusOr<Json> Call(absl::string_view method, absl::string_view path, const Json* body = nullptr,
                            absl::string_view key = "");
  absl::StatusOr<Json> Get(absl::string_view path) { return Call("GET", path); }
  absl::StatusOr<Json> Post(absl::string_view path, const Json& body, absl::string_view key = "") {
    return Call("POST", path, &body, key);
  }

  // Every item of a list, page after page: "GET path?..." whose answer has the repeated field `items`.
  absl::StatusOr<Json> ListAll(absl::string_view path, absl::string_view items);

  void set_patience(absl::Duration patience) { patience_ = patience; }
  // Where a newer token comes from when the present one is refused; without one 401 is an answer like any other.
  void set_token_source(std::function<absl::StatusOr<std::string>()> source) { token_source_ = std::move(source); }

 private:
  struct Answer {
    long status = 0;
    std::string body;
    absl::Duration retry_after = absl::ZeroDuration();
  };
  // True when a newer token was found.
  bool RenewToken();
  absl::StatusOr<Answer> Send(absl::string_view method, absl::string_view path, const std::string& body,
                              absl::string_view key);

  const std::string url_;
  std::string token_;
  std::function<absl::StatusOr<std::string>()> token_source_;
  absl::Duration patience_ = absl::Seconds(60);
};

// Text as part of a URL query.
std::string UrlEncode(absl::string_view text);

}  // namespace kam::ctl

#endif  // KAM_GATEWAY_KAMCTL_HTTP_H_

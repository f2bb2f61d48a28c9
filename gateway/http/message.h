// One HTTP request and its answer, as the gateway sees them. No I/O here.
#ifndef KAM_GATEWAY_HTTP_MESSAGE_H_
#define KAM_GATEWAY_HTTP_MESSAGE_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace kam::http {

// Name and value, in the order of the message. Names of requests are lower case.
using Headers = std::vector<std::pair<std::string, std::string>>;

// First value of a header (`name` in lower case), or nullptr.
const std::string* FindHeader(const Headers& headers, absl::string_view name);

struct HttpRequest {
  // One of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS.
  std::string method;
  // Request target as sent: path and query, percent-encoded.
  std::string target;
  // Part of the target before "?", percent-encoded, starts with "/" (or is "*" for OPTIONS). Holds no dot segments.
  std::string path;
  // Part after "?", without it.
  std::string query;
  Headers headers;
  std::string body;
  // Address of the peer, "192.0.2.7:50123".
  std::string peer;
  // The connection is encrypted.
  bool tls = false;
  // Common name of the verified client certificate; empty when there is none.
  std::string client_cn;

  const std::string* Header(absl::string_view name) const { return FindHeader(headers, name); }
};

struct HttpResponse {
  int status = 200;
  // Content-Length, Connection, Date and the protective headers are added by the server.
  Headers headers;
  std::string body;
};

// Gives the answer to one request. The first call counts, from any thread; later ones are ignored.
using Done = std::function<void(HttpResponse)>;

// Answers requests. Called on an I/O thread: must not block. `done` must be called in the end.
using HttpHandler = std::function<void(HttpRequest request, Done done)>;

// Reason phrase of a status code, for example "Not Found".
absl::string_view StatusPhrase(int status);

}  // namespace kam::http

#endif  // KAM_GATEWAY_HTTP_MESSAGE_H_

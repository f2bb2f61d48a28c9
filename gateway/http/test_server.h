// An HTTP server without TLS that answers with what it saw or holds requests back, and the bytes of requests for it.
// For tests only; the client is in raw_client.h.
#ifndef KAM_GATEWAY_HTTP_TEST_SERVER_H_
#define KAM_GATEWAY_HTTP_TEST_SERVER_H_

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/server.h"

namespace kam::http {

// Answers with what it saw.
inline void Echo(HttpRequest request, Done done) {
  HttpResponse response;
  response.headers.emplace_back("Content-Type", "text/plain");
  response.body = absl::StrCat(request.method, " ", request.path, " ", request.query, " ", request.body);
  done(std::move(response));
}

inline ServerOptions PlainOptions() {
  ServerOptions options;
  options.plain = true;
  options.linger_timeout = absl::Milliseconds(200);
  return options;
}

inline std::unique_ptr<HttpServer> StartOrDie(ServerOptions options, HttpHandler handler) {
  absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Start(std::move(options), std::move(handler));
  if (!server.ok()) {
    ADD_FAILURE() << server.status();
    std::abort();
  }
  return *std::move(server);
}

// Holds requests back until the test lets them go.
class Gate {
 public:
  HttpHandler Handler() {
    return [this](HttpRequest, Done done) {
      const std::lock_guard<std::mutex> lock(mutex_);
      held_.push_back(std::move(done));
      changed_.notify_all();
    };
  }
  void WaitForHeld(size_t count) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return held_.size() >= count; });
  }
  void Release() {
    std::vector<Done> held;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      held.swap(held_);
    }
    for (const Done& done : held) done(HttpResponse());
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Done> held_;
};

// Requests with the header lines `lines`, each ended by CRLF.
inline std::string Get(absl::string_view lines, absl::string_view target = "/") {
  return absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: h\r\n", lines, "\r\n");
}
inline std::string Post(absl::string_view lines, absl::string_view body) {
  return absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\n", lines, "\r\n", body);
}

}  // namespace kam::http

#endif  // KAM_GATEWAY_HTTP_TEST_SERVER_H_

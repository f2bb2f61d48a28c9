// The admin port of a program: plain HTTP/1.1 for probes and scrapes, on one thread, inside the cluster only.
//
//   GET /livez     200 as long as the process answers; depends on nothing else
//   GET /readyz    200 "ready" or "ready, degraded", or 503 "not ready: <check> <reason>"; then a line for each check,
//                  "<check>: ok", "<check>: degraded <reason>" or "<check>: failed <reason>"
//   GET /startupz  200 once the program was ready for the first time
//   GET /metrics   Prometheus text format
#ifndef KAM_COMMON_SERVER_ADMIN_SERVER_H_
#define KAM_COMMON_SERVER_ADMIN_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/server/readiness.h"

namespace prometheus {
class Registry;
}

namespace kam::server {

struct AdminOptions {
  std::string address = "127.0.0.1:0";             // IPv4 or [IPv6] and port; port 0: the system chooses.
  int connections_max = 64;                        // Further ones are closed at once.
  int header_bytes_max = 8 << 10;                  // Answered with 431. Bodies are refused with 413.
  absl::Duration read_timeout = absl::Seconds(5);  // For one whole request, and for a connection that says nothing.
  absl::Duration write_timeout = absl::Seconds(10);
  std::function<void()> on_scrape = {};  // Called before the metrics are collected; must not block.
};

class AdminServer {
 public:
  // `readiness` outlives the server. Errors: INVALID_ARGUMENT, UNAVAILABLE LISTEN_FAILED.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(AdminOptions options, const Readiness& readiness,
                                                            std::shared_ptr<prometheus::Registry> metrics);
  virtual ~AdminServer() = default;  // Closes every connection.
  virtual int port() const = 0;
};

}  // namespace kam::server

#endif  // KAM_COMMON_SERVER_ADMIN_SERVER_H_

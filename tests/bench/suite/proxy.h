// Proxies of others, as floors of the REST row: each in a process of its own, in front of the same account-svc.
#ifndef KAM_TESTS_BENCH_SUITE_PROXY_H_
#define KAM_TESTS_BENCH_SUITE_PROXY_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "tests/e2e/process.h"

namespace kam::bench {

class Proxy {
 public:
  // nginx with grpc_pass and connections to the backend that stay open; `folder` gets its files.
  static absl::StatusOr<std::unique_ptr<Proxy>> StartNginx(const std::string& binary, const std::string& folder,
                                                           int backend_port);
  // The program that build_grpc_gateway.sh makes: HTTP/JSON to gRPC by the same google.api.http options.
  static absl::StatusOr<std::unique_ptr<Proxy>> StartGrpcGateway(const std::string& binary,
                                                                 const std::string& directory, int backend_port);
  uint16_t port() const { return port_; }
  pid_t pid() const { return process_->pid(); }

 private:
  Proxy(std::unique_ptr<e2e::Process> process, uint16_t port) : process_(std::move(process)), port_(port) {}

  const std::unique_ptr<e2e::Process> process_;  // Ends with this object.
  const uint16_t port_;
};

}  // namespace kam::bench

#endif  // KAM_TESTS_BENCH_SUITE_PROXY_H_

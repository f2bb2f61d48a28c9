// Native gRPC for callers from outside that speak it: the same door as HTTP, then the bytes go through unread.
//
// Compressed messages are refused (UNIMPLEMENTED): a small one may hold a huge one.
//
// Debian's gRPC has known holes: this port belongs inside the cluster or behind an L7 proxy, and is off by default.
#ifndef KAM_GATEWAY_NATIVE_H_
#define KAM_GATEWAY_NATIVE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/tls.h"
#include "gateway/access.h"
#include "gateway/targets.h"

namespace prometheus {
class Registry;
}

namespace kam::gateway {

struct NativeOptions {
  // "host:port"; port 0: any.
  std::string address = "127.0.0.1:0";
  rpc::TlsFiles tls;
  // Calls at a time. Over: RESOURCE_EXHAUSTED.
  int calls_max = 1024;
  int receive_bytes_max = 8 << 20;
  int send_bytes_max = 32 << 20;
  // Requests and answers held at a time, of all callers and of one. Over: RESOURCE_EXHAUSTED with RetryInfo. The answer
  // of a write is delivered all the same, because what it tells is done.
  int64_t in_flight_bytes_max = int64_t{256} << 20;
  int64_t caller_bytes_max = int64_t{64} << 20;
  // What the transport may hold of messages that are not there whole yet; gRPC resets streams to keep to it.
  int64_t transport_bytes_max = int64_t{256} << 20;
  // From the headers to the last byte of the answer, however slow the caller sends and reads.
  absl::Duration call_time_max = kCallTimeoutMax + absl::Seconds(5);
  int metadata_bytes_max = 16 << 10;
  int streams_per_connection_max = 256;
};

class NativeServer {
 public:
  // Serves at once. `targets` and `access` outlive the server.
  static absl::StatusOr<std::unique_ptr<NativeServer>> Start(const NativeOptions& options, const Targets& targets,
                                                             Access& access,
                                                             std::shared_ptr<prometheus::Registry> metrics);
  virtual ~NativeServer() = default;  // Stops with no grace if nobody did before.
  virtual int port() const = 0;
  // No new calls; those in progress get `grace` to end, then are cancelled.
  virtual void Stop(absl::Duration grace) = 0;
};

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_NATIVE_H_

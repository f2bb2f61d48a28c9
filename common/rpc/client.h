// Calls to other programs of the suite, by method name: no generated stubs.
#ifndef KAM_COMMON_RPC_CLIENT_H_
#define KAM_COMMON_RPC_CLIENT_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/tls.h"

namespace google::protobuf {
class Message;
}

namespace kam::rpc {

struct ClientOptions {
  // "dns:///contract-svc.kam.svc.cluster.local.:50051" (with the trailing dot) or "127.0.0.1:port". Every address a
  // name resolves to is used in turn.
  std::string target;
  TlsFiles tls;
  int receive_bytes_max = 32 << 20;
  int send_bytes_max = 8 << 20;
  int metadata_bytes_max = 64 << 10;
  int attempts_max = 4;  // In all; only UNAVAILABLE is tried again, never past the deadline. 1: no retry.
};

struct CallOptions {
  absl::Time deadline = absl::InfiniteFuture();  // The default below applies when none is set.
  std::string bearer = {};                       // Internal token, without "Bearer ".
  std::string traceparent = {};                  // Of the call served; a child of it is sent.
};

// The answer in the form of the wire.
struct RawAnswer {
  int code = 0;         // google.rpc.Code
  std::string message;  // Developer text of an error.
  std::string details;  // Serialised google.rpc.Status; may be empty.
  std::string payload;  // Serialised response; empty for an error.
};

// Keys in lower case; no "grpc-" keys.
using RawMetadata = std::vector<std::pair<std::string, std::string>>;

// Thread-safe. Connects at the first call, and again by itself after a loss.
class Client {
 public:
  static constexpr absl::Duration kDefaultTimeout = absl::Seconds(30);

  static absl::StatusOr<std::unique_ptr<Client>> Create(ClientOptions options);
  virtual ~Client() = default;  // Waits for calls in flight, which it cancels.

  // One unary call; waits for the answer. `full_method` is "package.Service/Method". The error has the details the
  // server sent (Reason(), MetadataValue(), RetryAfter() work on it); when the server could not be reached it is
  // UNAVAILABLE BACKEND_UNAVAILABLE, when it took too long DEADLINE_EXCEEDED BACKEND_TIMEOUT, when a message or the
  // metadata is above a limit RESOURCE_EXHAUSTED TRANSPORT_LIMIT. Never call this on a
  // gRPC thread or in `done` below.
  virtual absl::Status Call(absl::string_view full_method, const google::protobuf::Message& request,
                            google::protobuf::Message* response, const CallOptions& options) = 0;

  // The same with bytes, without waiting. `done` runs exactly once, on a gRPC thread: it must not block, so it only
  // hands the answer on. The function returned cancels the call; it may be called at any time, from any thread.
  virtual std::function<void()> CallRaw(absl::string_view full_method, std::string payload, const RawMetadata& metadata,
                                        absl::Time deadline, std::function<void(RawAnswer)> done) = 0;
};

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_CLIENT_H_

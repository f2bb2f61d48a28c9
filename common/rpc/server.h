// The RPC server of a program: every call goes through one wrapper.
//
// A call is answered with the first of these that applies, in this order:
//   UNIMPLEMENTED      METHOD_UNKNOWN        no handler for the method
//   UNAUTHENTICATED    TOKEN_MISSING, ...    metadata "authorization: Bearer <internal token>" missing or not valid
//   PERMISSION_DENIED  PERMISSION_DENIED     the caller holds the permission of the method at no level
//   RESOURCE_EXHAUSTED OVERLOADED            no room in the queue; RetryInfo says when
//   DEADLINE_EXCEEDED  DEADLINE_TOO_SHORT    less than deadline_min left on arrival
// until here the body was not read; then
//   RESOURCE_EXHAUSTED (no details)          body above receive_bytes_max: gRPC itself answers
//   DEADLINE_EXCEEDED  DEADLINE_EXPIRED      the time ran out in the queue: the handler was not run
//   INVALID_ARGUMENT   REQUEST_MALFORMED     the bytes are not the request message
//   the handler's own answer; an exception is INTERNAL.
// grpc.health.v1.Health/Check is answered without token and outside the queue.
#ifndef KAM_COMMON_RPC_SERVER_H_
#define KAM_COMMON_RPC_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/authenticator.h"
#include "common/rpc/call.h"
#include "common/rpc/tls.h"
#include "common/time/clock.h"

namespace prometheus {
class Registry;
}

namespace kam::rpc {

struct ServerOptions {
  std::string address = "127.0.0.1:0";  // Port 0: the system chooses.
  TlsFiles tls;
  int threads = 16;            // Handlers that run at a time; each may hold a database session.
  int queue_length_max = 256;  // Calls waiting for a thread.
  // Share of RATE_CLASS_BULK in the threads (0: a quarter, at least one) and in the queue (0: an eighth).
  int bulk_threads_max = 0;
  int bulk_queue_length_max = 0;
  int calls_max = 4096;                          // Calls between headers and end, bodies still arriving included.
  int64_t queue_bytes_max = int64_t{128} << 20;  // Bodies of calls waiting or running.
  int receive_bytes_max = 8 << 20;               // One request.
  int send_bytes_max = 32 << 20;                 // One response.
  int metadata_bytes_max = 64 << 10;
  int streams_per_connection_max = 1000;
  // Clients reconnect, and so find new servers, after this time +-10 %.
  absl::Duration connection_age = absl::Minutes(4);
  absl::Duration connection_age_grace = absl::Minutes(1);
  absl::Duration default_deadline = absl::Seconds(30);  // For calls that bring none.
  absl::Duration deadline_max = absl::Minutes(10);      // Longer ones are shortened.
  absl::Duration deadline_min = absl::Milliseconds(20);
  // Shutdown waits this long past its grace for handlers that do not end, then ends the process with status 1.
  absl::Duration watchdog = absl::Seconds(5);
  // Time given to the authenticator; the machine's clock when null.
  const Clock* clock = nullptr;
};

class Server {
 public:
  // Listens and serves; health is NOT_SERVING until SetServing(true). `registry` and `authenticator` outlive the
  // server. Errors: INVALID_ARGUMENT naming the option, UNAVAILABLE LISTEN_FAILED.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options, const Registry& registry,
                                                       auth::Authenticator& authenticator,
                                                       std::shared_ptr<prometheus::Registry> metrics);
  virtual ~Server() = default;  // Shuts down with no grace if nobody did before.

  virtual int port() const = 0;

  // Health of every service of the registry, and of "" (the whole server).
  virtual void SetServing(bool serving) = 0;

  // Health NOT_SERVING, no new calls; calls in progress and queued get `grace` to end, then are cancelled. Returns
  // when every handler has ended. Repeated calls do nothing.
  virtual void Shutdown(absl::Duration grace) = 0;
};

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_SERVER_H_

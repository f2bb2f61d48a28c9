// The other side of grpc.health.v1: does a program serve?
#ifndef KAM_COMMON_RPC_HEALTH_H_
#define KAM_COMMON_RPC_HEALTH_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/client.h"

namespace kam::rpc {

// Asks the program at `client`; waits at most `timeout`. UNAVAILABLE BACKEND_NOT_SERVING when it runs but is not ready,
// otherwise the error of the call.
absl::Status CheckServing(Client& client, absl::Duration timeout);

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_HEALTH_H_

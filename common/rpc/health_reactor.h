// Health/Check of a server. Internal to common/rpc; see server.h. (How a program asks another one: health.h.)
#ifndef KAM_COMMON_RPC_HEALTH_REACTOR_H_
#define KAM_COMMON_RPC_HEALTH_REACTOR_H_

#include <grpcpp/generic/async_generic_service.h>

#include "common/rpc/server_core.h"

namespace kam::rpc {

// Answered at once on the gRPC thread, also when the queue is full.
class HealthReactor final : public grpc::ServerGenericBidiReactor {
 public:
  explicit HealthReactor(const ServerCore* core) : core_(core) { StartRead(&request_); }

 private:
  void OnReadDone(bool ok) override;
  void OnDone() override { delete this; }

  const ServerCore* const core_;
  grpc::ByteBuffer request_, response_;
};

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_HEALTH_REACTOR_H_

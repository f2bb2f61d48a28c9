#include "common/rpc/health.h"

#include "absl/time/clock.h"
#include "common/status/status.h"
#include "grpc/health/v1/health.pb.h"

namespace kam::rpc {

absl::Status CheckServing(Client& client, absl::Duration timeout) {
  grpc::health::v1::HealthCheckRequest request;
  grpc::health::v1::HealthCheckResponse response;
  CallOptions options;
  options.deadline = absl::Now() + timeout;
  RETURN_IF_ERROR(client.Call("grpc.health.v1.Health/Check", request, &response, options));
  if (response.status() == grpc::health::v1::HealthCheckResponse::SERVING) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "BACKEND_NOT_SERVING", "the program runs, but is not ready to serve");
}

}  // namespace kam::rpc

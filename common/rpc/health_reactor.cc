#include "common/rpc/health_reactor.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include "common/rpc/transport.h"
#include "common/status/status.h"
#include "grpc/health/v1/health.pb.h"

namespace kam::rpc {

void HealthReactor::OnReadDone(bool ok) {
  grpc::health::v1::HealthCheckRequest request;
  if (!ok || !grpc::SerializationTraits<google::protobuf::Message>::Deserialize(&request_, &request).ok()) {
    Finish(ToGrpcStatus(Error(absl::StatusCode::kInvalidArgument, "REQUEST_MALFORMED", "not a HealthCheckRequest")));
    return;
  }
  if (!core_->HasService(request.service())) {
    Finish(ToGrpcStatus(Error(absl::StatusCode::kNotFound, "SERVICE_UNKNOWN", "no such service")));
    return;
  }
  grpc::health::v1::HealthCheckResponse response;
  response.set_status(core_->serving() ? grpc::health::v1::HealthCheckResponse::SERVING
                                       : grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  bool own_buffer = false;
  grpc::SerializationTraits<google::protobuf::Message>::Serialize(response, &response_, &own_buffer);
  StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
}

}  // namespace kam::rpc

#include "common/rpc/transport.h"

#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"

namespace kam::rpc {

void SetLimits(const TransportLimits& limits, grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(limits.receive_bytes_max);
  builder->SetMaxSendMessageSize(limits.send_bytes_max);
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, limits.metadata_bytes_max);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.streams_per_connection_max);
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

absl::Status ListenFailed(const std::string& address) {
  return Error(absl::StatusCode::kUnavailable, "LISTEN_FAILED", absl::StrCat("cannot listen on ", address),
               {{"address", address}});
}

std::optional<absl::string_view> SingleValue(const grpc::ServerContextBase& context, const char* key) {
  const auto range = context.client_metadata().equal_range(key);
  if (range.first == range.second || std::next(range.first) != range.second) return std::nullopt;
  return absl::string_view(range.first->second.data(), range.first->second.size());
}

grpc::Status ToGrpcStatus(const absl::Status& public_status) {
  const WireStatus wire = ToWire(public_status);
  return grpc::Status(static_cast<grpc::StatusCode>(wire.code), wire.message, wire.details);
}

}  // namespace kam::rpc

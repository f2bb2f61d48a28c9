// What every gRPC port of the suite has in common: limits, reading the metadata of a call, and its last word.
#ifndef KAM_COMMON_RPC_TRANSPORT_H_
#define KAM_COMMON_RPC_TRANSPORT_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace grpc {
class ServerBuilder;
class ServerContextBase;
class Status;
}  // namespace grpc

namespace kam::rpc {

struct TransportLimits {
  int receive_bytes_max = 0;  // One request.
  int send_bytes_max = 0;     // One response.
  int metadata_bytes_max = 0;
  int streams_per_connection_max = 0;
};

// Also refuses compressed messages, UNIMPLEMENTED: a small one may hold a huge one, which no limit sees. And the port
// is taken alone, not shared with another process.
void SetLimits(const TransportLimits& limits, grpc::ServerBuilder* builder);

// UNAVAILABLE LISTEN_FAILED.
absl::Status ListenFailed(const std::string& address);

// The one value of a metadata key; nullopt when it is absent or given twice. Valid as long as the context.
std::optional<absl::string_view> SingleValue(const grpc::ServerContextBase& context, const char* key);

// The status that ends a call with `public_status`, as Public of wire.h makes it.
grpc::Status ToGrpcStatus(const absl::Status& public_status);

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_TRANSPORT_H_

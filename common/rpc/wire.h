// The form in which an error leaves the process, and the trace context that travels with every call.
#ifndef KAM_COMMON_RPC_WIRE_H_
#define KAM_COMMON_RPC_WIRE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kam::rpc {

// Trailers are part of the metadata, which peers limit: a longer message is cut, and details that are too long are
// reduced to the ErrorInfo, then dropped.
inline constexpr size_t kMessageBytesMax = 2048;
inline constexpr size_t kDetailsBytesMax = 16 * 1024;

// Errors whose text is for the log only: INTERNAL, UNKNOWN, DATA_LOSS.
bool IsHidden(absl::StatusCode code);

// What the caller may see. A hidden error becomes "internal error" with reason INTERNAL and `correlation_id` in
// message and metadata; every other error keeps its text and has exactly one ErrorInfo afterwards (reason = name of
// the code when it had none).
absl::Status Public(const absl::Status& status, absl::string_view correlation_id);

struct WireStatus {
  int code = 0;
  std::string message;
  std::string details;  // Serialised google.rpc.Status (grpc-status-details-bin); empty for OK.
};
WireStatus ToWire(const absl::Status& public_status);

// Name of a canonical code: "OK", "INVALID_ARGUMENT", ...
absl::string_view CodeName(absl::StatusCode code);

// 16 random hexadecimal digits.
std::string NewCorrelationId();

// W3C Trace Context, version 00: "00-{32 hex}-{16 hex}-{2 hex}", ids not all zero, lower case.
bool IsTraceparent(absl::string_view text);
// A new root, not sampled.
std::string NewTraceparent();
// The same trace with a new span id; a new root when `parent` is not valid.
std::string ChildTraceparent(absl::string_view parent);

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_WIRE_H_

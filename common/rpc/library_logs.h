// Sends what gRPC and protobuf themselves log to the program's log.
#ifndef KAM_COMMON_RPC_LIBRARY_LOGS_H_
#define KAM_COMMON_RPC_LIBRARY_LOGS_H_

namespace kam::rpc {

// Call once at start-up. Below error level nothing is taken over.
void RouteLibraryLogs();

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_LIBRARY_LOGS_H_

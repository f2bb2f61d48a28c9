// Transport credentials from certificate files. Files are watched: a renewed certificate is taken up without a restart.
#ifndef KAM_COMMON_RPC_TLS_H_
#define KAM_COMMON_RPC_TLS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace grpc {
class ChannelCredentials;
class ServerCredentials;
}  // namespace grpc

namespace kam::rpc {

// PEM files. All three set: mutual TLS. All empty: plain text, for loopback and tests. Anything else is an error.
struct TlsFiles {
  std::string certificate;  // Own chain.
  std::string key;          // Own private key.
  std::string roots;        // Who may be on the other side.
  bool empty() const { return certificate.empty() && key.empty() && roots.empty(); }
};

// Errors: INVALID_ARGUMENT TLS_FILES_INCOMPLETE, TLS_FILE_UNREADABLE naming the file.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(const TlsFiles& files);
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(const TlsFiles& files);

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_TLS_H_

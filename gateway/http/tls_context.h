// Certificates of the HTTP server, and what is read from those of clients.
#ifndef KAM_GATEWAY_HTTP_TLS_CONTEXT_H_
#define KAM_GATEWAY_HTTP_TLS_CONTEXT_H_

// Asio 1.74 uses std::exchange without including its header, which <algorithm> brings.
#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/http/server.h"

namespace kam::http {

// FAILED_PRECONDITION TLS_FILE_UNUSABLE naming option and file.
absl::StatusOr<std::shared_ptr<boost::asio::ssl::context>> LoadTls(const TlsOptions& options);

// The common name of the verified client certificate; empty without one.
std::string ClientCommonName(SSL* ssl);

}  // namespace kam::http

#endif  // KAM_GATEWAY_HTTP_TLS_CONTEXT_H_

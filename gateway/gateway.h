// The request path of the HTTP edge: route, authenticate, authorise, transcode, call, answer.
//
// Answers besides those of the services:
//   404 ROUTE_NOT_FOUND, 405 METHOD_NOT_ALLOWED with Allow, 400 PATH_MALFORMED   before anything else
//   401 TOKEN_..., 403 LOGIN_UNKNOWN, 403 PERMISSION_DENIED                      before the request is read
//   415 CONTENT_TYPE_UNSUPPORTED, 400 TIMEOUT_INVALID, 400 of gateway/transcode
//   503 BACKEND_UNAVAILABLE with Retry-After, 504 BACKEND_TIMEOUT
#ifndef KAM_GATEWAY_GATEWAY_H_
#define KAM_GATEWAY_GATEWAY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/access.h"
#include "gateway/http/message.h"
#include "gateway/targets.h"

namespace prometheus {
class Registry;
}

namespace kam::gateway {

struct GatewayOptions {
  // Served at /openapi.json without a token; empty: made from the linked descriptors, which have no comments.
  std::string openapi_json;
  // Methods without an HTTP rule are served at POST /{package.Service}/{Method}.
  bool default_bindings = true;
};

class Gateway {
 public:
  // FAILED_PRECONDITION for mistakes in the HTTP rules of the targets. `targets` and `access` outlive the gateway.
  static absl::StatusOr<std::unique_ptr<Gateway>> Create(GatewayOptions options, const Targets& targets, Access& access,
                                                         std::shared_ptr<prometheus::Registry> metrics);
  virtual ~Gateway() = default;

  // Answers one request; never blocks. The gateway must outlive the answer.
  virtual void Handle(http::HttpRequest request, http::Done done) = 0;

  // For HttpServer::ServerOptions::on_refused: counts requests that never got here.
  virtual void CountRefused(int status, absl::string_view reason) = 0;
};

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_GATEWAY_H_

// The OpenAPI 3.1 description of the HTTP side of the gateway, from the same descriptors and routes that serve it.
#ifndef KAM_GATEWAY_OPENAPI_OPENAPI_H_
#define KAM_GATEWAY_OPENAPI_OPENAPI_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/router.h"

namespace kam::gateway {

struct OpenApiOptions {
  std::string title = "KAM suite";
  std::string version = "1.0.0";
  std::string description =
      "Key account management: accounts, contracts, orders, receivables, claims and service. "
      "Errors are problem documents (RFC 9457). Times are UTC, money is units and nanos, 64-bit integers are strings.";
  // Base of all paths.
  std::string server_url = "/";
};

// JSON text over the routes of `router`. Paths are expanded: {name=accounts/*} becomes accounts/{account}; schemas are
// named by the full name of their message or enum (".Patch" is added for bodies of which any part may be left out).
// Comments become descriptions where the descriptors hold source information.
std::string GenerateOpenApi(const Router& router, const OpenApiOptions& options = {});

// The same from a serialised FileDescriptorSet with imports, for all services of the packages kam.*. INVALID_ARGUMENT
// DESCRIPTOR_SET_INVALID when it cannot be read or is not complete; errors of Router::Build.
absl::StatusOr<std::string> GenerateOpenApiFromDescriptorSet(absl::string_view descriptor_set,
                                                             const OpenApiOptions& options = {});

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_OPENAPI_OPENAPI_H_

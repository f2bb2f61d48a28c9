// Settings of the gateway program, from its flags (see common/server/config.h for files and environment).
#ifndef KAM_GATEWAY_CONFIG_H_
#define KAM_GATEWAY_CONFIG_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/access.h"
#include "gateway/http/server.h"
#include "gateway/identity.h"
#include "gateway/native.h"

namespace kam::gateway {

struct GatewayConfig {
  http::ServerOptions http;
  // Native gRPC is served at --listen.
  bool native = false;
  // Limits only; address and certificates are those of the program.
  NativeOptions native_limits;
  // gRPC target of every program, by its name.
  std::map<std::string, std::string> backends;
  OutsideAuthenticator::Options outside;
  // Keys of the identity provider: exactly one of the two.
  std::string jwks_file;
  std::string jwks_url;
  std::string jwks_ca_file;
  Sessions::Options sessions;
  // Private key of the gateway. With the second the key is made when there is none, and made known there.
  std::string program_key_file;
  std::string program_jwks_file;
  // OpenAPI document to serve, with the comments of the protos; empty: one without comments is made.
  std::string openapi_file;
};

// INVALID_ARGUMENT naming every flag that cannot be.
absl::StatusOr<GatewayConfig> ConfigFromFlags();

// "account-svc=127.0.0.1:50051" each. INVALID_ARGUMENT BACKEND_INVALID, BACKEND_REPEATED.
absl::StatusOr<std::map<std::string, std::string>> ParseBackends(const std::vector<std::string>& texts);

// "127.0.0.1:8443", "[::1]:0". INVALID_ARGUMENT ADDRESS_INVALID on `flag`.
absl::StatusOr<std::pair<std::string, uint16_t>> ParseAddress(absl::string_view flag, absl::string_view text);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_CONFIG_H_

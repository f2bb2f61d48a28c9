#include "gateway/config.h"

#include <algorithm>
#include <optional>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/auth/jwks.h"
#include "common/status/status.h"

ABSL_FLAG(std::string, http_listen, "127.0.0.1:0", "Address of the HTTP port; port 0: the system chooses.");
ABSL_FLAG(bool, http_plain, false, "Serve HTTP without TLS: on loopback, or behind a TLS terminator.");
ABSL_FLAG(std::string, http_certificate_file, "", "PEM chain of the HTTP port; read again when it changes.");
ABSL_FLAG(std::string, http_key_file, "", "PEM private key of the HTTP port.");
ABSL_FLAG(std::string, http_client_ca_file, "", "PEM authorities of client certificates; empty: none is asked for.");
ABSL_FLAG(bool, http_client_certificate_required, false, "Refuse clients without a certificate.");
ABSL_FLAG(int, http_io_threads, 2, "Threads that do input and output.");
ABSL_FLAG(int, http_connections_max, 1024, "Open HTTP connections; further ones get 503.");
ABSL_FLAG(int, http_address_connections_max, 256,
          "The same of one address; behind a TLS terminator as many as of all.");
ABSL_FLAG(int, http_body_bytes_max, 8 << 20, "Longest request body, in bytes.");
ABSL_FLAG(int64_t, http_held_body_bytes_max, int64_t{256} << 20,
          "Bytes of request bodies held at a time over all connections; further ones get 503.");
ABSL_FLAG(int64_t, http_address_body_bytes_max, int64_t{64} << 20,
          "The same of one address; behind a TLS terminator as many as of all.");
ABSL_FLAG(bool, native, false, "Serve native gRPC at --listen too, for callers inside the cluster.");
ABSL_FLAG(int, native_calls_max, 1024, "Native gRPC calls at a time.");
ABSL_FLAG(int, native_message_bytes_max, 8 << 20, "Longest request of native gRPC, in bytes.");
ABSL_FLAG(int64_t, native_in_flight_bytes_max, int64_t{256} << 20,
          "Bytes of native gRPC requests and answers held at a time.");
ABSL_FLAG(int64_t, native_caller_bytes_max, int64_t{64} << 20, "The same, of one caller.");
ABSL_FLAG(int64_t, native_transport_bytes_max, int64_t{256} << 20,
          "Bytes held below native gRPC, of messages still on their way.");
ABSL_FLAG(std::vector<std::string>, backend, {}, "Programs behind the gateway: name=host:port, comma separated.");
ABSL_FLAG(std::string, jwks_file, "", "Public keys of the identity provider, as a file.");
ABSL_FLAG(std::string, jwks_url, "", "Public keys of the identity provider, at an https address.");
ABSL_FLAG(std::string, jwks_ca_file, "", "PEM authorities for --jwks_url; empty: the system's.");
ABSL_FLAG(std::string, issuer, "", "Issuer (\"iss\") of outside tokens.");
ABSL_FLAG(std::string, audience, "kam", "Audience (\"aud\") of outside tokens.");
ABSL_FLAG(std::vector<std::string>, jwt_algorithms, std::vector<std::string>({"RS256", "PS256", "ES256", "ES384"}),
          "What may sign outside tokens.");
ABSL_FLAG(std::string, jwt_type, "", "Required \"typ\" of outside tokens, for example at+jwt; empty: any.");
ABSL_FLAG(std::string, login_claim, "sub", "Claim of outside tokens that names the login.");
ABSL_FLAG(absl::Duration, principal_cache, absl::Seconds(10), "How long the rights of a person are remembered.");
ABSL_FLAG(absl::Duration, principal_stale, absl::Seconds(60),
          "How long a person known before goes on working while account-svc does not answer.");
ABSL_FLAG(std::string, program_key_file, "", "Private key (JWK) of the gateway, which signs internal tokens.");
ABSL_FLAG(std::string, program_jwks_file, "",
          "With this file the key is made when there is none, and its public half put here.");
ABSL_FLAG(std::string, openapi_file, "",
          "OpenAPI document served at /openapi.json; empty: one without comments is made.");

namespace kam::gateway {

absl::StatusOr<std::map<std::string, std::string>> ParseBackends(const std::vector<std::string>& texts) {
  std::map<std::string, std::string> backends;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return InvalidField("backend", "BACKEND_INVALID", absl::StrCat("\"", text, "\" is not name=host:port"),
                          {{"value", text}});
    }
    if (!backends.emplace(text.substr(0, equals), text.substr(equals + 1)).second) {
      return InvalidField("backend", "BACKEND_REPEATED", absl::StrCat(text.substr(0, equals), " is given twice"),
                          {{"value", text}});
    }
  }
  return backends;
}

absl::StatusOr<std::pair<std::string, uint16_t>> ParseAddress(absl::string_view flag, absl::string_view text) {
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  if (colon != absl::string_view::npos && colon > 0 && absl::SimpleAtoi(text.substr(colon + 1), &port) &&
      port <= 65535) {
    absl::string_view host = text.substr(0, colon);
    if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (!host.empty()) return std::make_pair(std::string(host), static_cast<uint16_t>(port));
  }
  return InvalidField(flag, "ADDRESS_INVALID", absl::StrCat("\"", text, "\" is not host:port"),
                      {{"value", std::string(text)}});
}

absl::StatusOr<GatewayConfig> ConfigFromFlags() {
  GatewayConfig config;
  FieldViolations violations;
  if (auto address = ParseAddress("http_listen", absl::GetFlag(FLAGS_http_listen)); address.ok()) {
    config.http.host = address->first;
    config.http.port = address->second;
  } else {
    violations.AddAll("", address.status());
  }
  config.http.plain = absl::GetFlag(FLAGS_http_plain);
  config.http.tls.certificate_file = absl::GetFlag(FLAGS_http_certificate_file);
  config.http.tls.key_file = absl::GetFlag(FLAGS_http_key_file);
  config.http.tls.client_ca_file = absl::GetFlag(FLAGS_http_client_ca_file);
  config.http.tls.require_client_certificate = absl::GetFlag(FLAGS_http_client_certificate_required);
  config.http.io_threads = absl::GetFlag(FLAGS_http_io_threads);
  config.http.connections = absl::GetFlag(FLAGS_http_connections_max);
  config.http.address_connections = absl::GetFlag(FLAGS_http_address_connections_max);
  if (const int bytes = absl::GetFlag(FLAGS_http_body_bytes_max); bytes > 0) {
    config.http.body_bytes = static_cast<size_t>(bytes);
  } else {
    violations.Add("http_body_bytes_max", "OPTION_OUT_OF_RANGE", "must be positive");
  }
  config.http.held_body_bytes = absl::GetFlag(FLAGS_http_held_body_bytes_max);
  config.http.address_body_bytes = absl::GetFlag(FLAGS_http_address_body_bytes_max);
  // The backend's own deadline answers first, with a better error.
  config.http.handler_timeout = kCallTimeoutMax + config.sessions.resolve_timeout + absl::Seconds(5);

  config.native = absl::GetFlag(FLAGS_native);
  NativeOptions& native = config.native_limits;
  native.calls_max = absl::GetFlag(FLAGS_native_calls_max);
  native.receive_bytes_max = absl::GetFlag(FLAGS_native_message_bytes_max);
  native.in_flight_bytes_max = absl::GetFlag(FLAGS_native_in_flight_bytes_max);
  native.caller_bytes_max = absl::GetFlag(FLAGS_native_caller_bytes_max);
  native.transport_bytes_max = absl::GetFlag(FLAGS_native_transport_bytes_max);
  const auto at_least = [&](const char* flag, int64_t value, int64_t least, const char* what) {
    if (value < least) {
      violations.Add(flag, "OPTION_OUT_OF_RANGE", absl::StrCat("must be at least ", least, what),
                     {{"value", absl::StrCat(value)}, {"least", absl::StrCat(least)}});
    }
  };
  at_least("http_connections_max", config.http.connections, 1, "");
  at_least("http_address_connections_max", config.http.address_connections, 1, "");
  // Otherwise a body that is small enough could never go through.
  at_least("http_held_body_bytes_max", config.http.held_body_bytes, config.http.address_body_bytes,
           ", http_address_body_bytes_max");
  at_least("http_address_body_bytes_max", config.http.address_body_bytes, static_cast<int64_t>(config.http.body_bytes),
           ", http_body_bytes_max");
  at_least("native_calls_max", native.calls_max, 1, "");
  at_least("native_message_bytes_max", native.receive_bytes_max, 1, "");
  // Otherwise a message that is small enough could never go through.
  at_least("native_caller_bytes_max", native.caller_bytes_max,
           std::max(native.receive_bytes_max, native.send_bytes_max), ", the longest message");
  at_least("native_in_flight_bytes_max", native.in_flight_bytes_max, native.caller_bytes_max,
           ", native_caller_bytes_max");
  at_least("native_transport_bytes_max", native.transport_bytes_max, native.receive_bytes_max,
           ", native_message_bytes_max");
  if (auto backends = ParseBackends(absl::GetFlag(FLAGS_backend)); backends.ok()) {
    config.backends = *std::move(backends);
    if (!config.backends.contains("account-svc")) {
      violations.Add("backend", "OPTION_MISSING", "account-svc must be among the backends: it knows who people are");
    }
  } else {
    violations.AddAll("", backends.status());
  }

  config.jwks_file = absl::GetFlag(FLAGS_jwks_file);
  config.jwks_url = absl::GetFlag(FLAGS_jwks_url);
  config.jwks_ca_file = absl::GetFlag(FLAGS_jwks_ca_file);
  if (config.jwks_file.empty() == config.jwks_url.empty()) {
    violations.Add("jwks_file", "OPTION_CONFLICT", "exactly one of jwks_file and jwks_url must be set");
  }
  config.outside.policy.issuer = absl::GetFlag(FLAGS_issuer);
  config.outside.policy.audience = absl::GetFlag(FLAGS_audience);
  config.outside.policy.type = absl::GetFlag(FLAGS_jwt_type);
  if (config.outside.policy.issuer.empty()) violations.Add("issuer", "OPTION_MISSING", "must be set");
  if (config.outside.policy.audience.empty()) violations.Add("audience", "OPTION_MISSING", "must be set");
  for (const std::string& name : absl::GetFlag(FLAGS_jwt_algorithms)) {
    const std::optional<auth::Algorithm> algorithm = auth::ParseAlgorithm(name);
    if (algorithm.has_value()) {
      config.outside.policy.algorithms.push_back(*algorithm);
    } else {
      violations.Add("jwt_algorithms", "OPTION_INVALID", absl::StrCat("\"", name, "\" is not known"));
    }
  }
  if (config.outside.policy.algorithms.empty()) violations.Add("jwt_algorithms", "OPTION_MISSING", "must be set");
  config.outside.login_claim = absl::GetFlag(FLAGS_login_claim);
  if (config.outside.login_claim.empty()) violations.Add("login_claim", "OPTION_MISSING", "must be set");

  config.sessions.principal_cache = absl::GetFlag(FLAGS_principal_cache);
  config.sessions.principal_stale = absl::GetFlag(FLAGS_principal_stale);
  if (config.sessions.principal_cache < absl::ZeroDuration() || config.sessions.principal_cache > absl::Minutes(5)) {
    violations.Add("principal_cache", "OPTION_OUT_OF_RANGE", "must be between 0 and 5m");
  }
  if (config.sessions.principal_stale < absl::ZeroDuration() || config.sessions.principal_stale > absl::Hours(1)) {
    violations.Add("principal_stale", "OPTION_OUT_OF_RANGE", "must be between 0 and 1h");
  }
  config.program_key_file = absl::GetFlag(FLAGS_program_key_file);
  config.program_jwks_file = absl::GetFlag(FLAGS_program_jwks_file);
  if (config.program_key_file.empty()) violations.Add("program_key_file", "OPTION_MISSING", "must be set");
  config.openapi_file = absl::GetFlag(FLAGS_openapi_file);
  RETURN_IF_ERROR(violations.status());
  return config;
}

}  // namespace kam::gateway

// The gateway: the one door of the suite. HTTP/JSON from outside, gRPC to the services inside.
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/internal_token.h"
#include "common/auth/key_file.h"
#include "common/auth/key_source.h"
#include "common/log/log.h"
#include "common/rpc/client.h"
#include "common/rpc/health.h"
#include "common/server/program.h"
#include "common/status/status.h"
#include "common/time/clock.h"
#include "gateway/access.h"
#include "gateway/config.h"
#include "gateway/gateway.h"
#include "gateway/http/server.h"
#include "gateway/identity.h"
#include "gateway/native.h"
#include "gateway/targets.h"

namespace kam::gateway {
namespace {

constexpr absl::Duration kHealthTimeout = absl::Seconds(1);
constexpr size_t kOpenApiBytesMax = size_t{16} << 20;

absl::StatusOr<std::shared_ptr<auth::KeySource>> OpenKeys(const GatewayConfig& config) {
  if (!config.jwks_file.empty()) {
    return std::shared_ptr<auth::KeySource>(std::make_shared<auth::FileKeySource>(config.jwks_file));
  }
  auth::HttpKeySource::Options options;
  options.url = config.jwks_url;
  options.ca_file = config.jwks_ca_file;
  ASSIGN_OR_RETURN(std::unique_ptr<auth::HttpKeySource> keys, auth::HttpKeySource::Create(options));
  return std::shared_ptr<auth::KeySource>(std::move(keys));
}

absl::StatusOr<std::unique_ptr<auth::InternalIssuer>> OpenIssuer(const GatewayConfig& config) {
  if (!config.program_jwks_file.empty()) {
    RETURN_IF_ERROR(auth::LoadOrCreateKey("gateway", config.program_key_file, config.program_jwks_file).status());
  }
  auth::InternalIssuer::Options options;
  options.program = "gateway";
  options.key_file = config.program_key_file;
  options.lifetime = config.sessions.token_lifetime;
  return auth::InternalIssuer::Create(options, absl::Now());
}

// Takes up a renewed certificate; looked at as often as readiness is. A pair that cannot be used leaves the old one in
// force and is logged: half of a renewal may be on disk.
void RenewCertificate(http::HttpServer& server, auth::FileWatch& watch) {
  if (!watch.Changed(absl::Now())) return;
  if (const absl::Status status = server.ReloadCertificates(); !status.ok()) {
    watch.Forget();
    log::Error("the new certificate cannot be used",
               {{"detail", absl::string_view(status.message().data(), status.message().size())}});
  }
}

absl::Status Run(server::Program& program, int* exit_status) {
  ASSIGN_OR_RETURN(const GatewayConfig config, ConfigFromFlags());
  // Tokens are about real time: the sandbox clock, which may run ahead, is not for them.
  const SystemClock clock;
  ASSIGN_OR_RETURN(std::shared_ptr<auth::KeySource> keys, OpenKeys(config));
  ASSIGN_OR_RETURN(const std::unique_ptr<auth::InternalIssuer> issuer, OpenIssuer(config));

  // Native calls are forwarded unread, perhaps without a request id: they are sent once, the caller decides on more.
  // The HTTP edge sees to it that every write has a request id, and so may repeat.
  Backends backends, native_backends;
  for (const auto& [name, target] : config.backends) {
    rpc::ClientOptions options;
    options.target = target;
    options.tls = program.tls_files();
    rpc::ClientOptions once = options;
    once.attempts_max = 1;
    ASSIGN_OR_RETURN(backends[name], rpc::Client::Create(std::move(options)));
    ASSIGN_OR_RETURN(native_backends[name], rpc::Client::Create(std::move(once)));
  }
  OutsideAuthenticator authenticator(config.outside, keys, &clock);
  Sessions sessions(config.sessions, backends.at("account-svc").get(), issuer.get(), &clock);
  ASSIGN_OR_RETURN(const Targets targets, Targets::FromPool(backends));
  ASSIGN_OR_RETURN(const Targets native_targets, Targets::FromPool(native_backends));
  Access access(&authenticator, &sessions);

  GatewayOptions options;
  if (!config.openapi_file.empty()) {
    ASSIGN_OR_RETURN(options.openapi_json, auth::ReadSmallFile(config.openapi_file, kOpenApiBytesMax));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Gateway> gateway,
                   Gateway::Create(std::move(options), targets, access, program.metrics()));
  log::Info("routes", {{"methods", targets.size()}, {"services", targets.services().size()}});

  std::mutex mutex;
  std::unique_ptr<http::HttpServer> http;
  http::ServerOptions http_options = config.http;
  http_options.on_refused = [&gateway](absl::string_view, int status, absl::string_view reason) {
    gateway->CountRefused(status, reason);
  };
  program.AddListener({.name = "http",
                       .start = [&]() -> absl::StatusOr<int> {
                         ASSIGN_OR_RETURN(auto started,
                                          http::HttpServer::Start(http_options, [&gateway](auto request, auto done) {
                                            gateway->Handle(std::move(request), std::move(done));
                                          }));
                         const std::lock_guard<std::mutex> lock(mutex);
                         http = std::move(started);
                         return http->port();
                       },
                       .on_readiness = nullptr,
                       .stop =
                           [&](absl::Duration grace) {
                             if (const absl::Status status = http->Stop(grace); !status.ok()) {
                               log::Warning("connections were cut off", {{"reason", Reason(status)}});
                             }
                           }});
  if (config.http.tls.enabled()) {
    auto watch = std::make_shared<auth::FileWatch>(config.http.tls.certificate_file, absl::ZeroDuration());
    // What is there now is what the listener starts with.
    watch->Changed(absl::Now());
    program.AddCheck("certificate", [&, watch] {
      const std::lock_guard<std::mutex> lock(mutex);
      if (http != nullptr) RenewCertificate(*http, *watch);
      return absl::OkStatus();
    });
  }

  // Without keys nobody gets in. Without a backend its own calls fail and the others go on.
  program.AddCheck("keys", [&] { return keys->Check(clock.Now()); });
  for (const auto& [name, client] : backends) {
    program.AddCheck(
        absl::StrCat("backend ", name), [&client = *client] { return rpc::CheckServing(client, kHealthTimeout); },
        server::Readiness::Weight::kAdvisory);
  }

  std::unique_ptr<NativeServer> native;
  if (config.native) {
    NativeOptions native_options = config.native_limits;
    native_options.address = program.server_options().address;
    native_options.tls = program.tls_files();
    program.AddListener({.name = "grpc",
                         .start = [&, native_options]() -> absl::StatusOr<int> {
                           ASSIGN_OR_RETURN(
                               native, NativeServer::Start(native_options, native_targets, access, program.metrics()));
                           return native->port();
                         },
                         .on_readiness = nullptr,
                         .stop = [&](absl::Duration grace) { native->Stop(grace); }});
  }

  *exit_status = program.Run();
  // From the edge inwards: each waits for what is under way in it.
  {
    const std::lock_guard<std::mutex> lock(mutex);
    http.reset();
  }
  native.reset();
  gateway.reset();
  backends.clear();
  return absl::OkStatus();
}

}  // namespace
}  // namespace kam::gateway

int main(int argc, char** argv) {
  kam::server::Program program("gateway", argc, argv);
  int exit_status = 0;
  if (const absl::Status status = kam::gateway::Run(program, &exit_status); !status.ok()) {
    kam::log::Error("cannot start", {{"reason", kam::Reason(status)}, {"detail", std::string(status.message())}});
    return 2;
  }
  return exit_status;
}

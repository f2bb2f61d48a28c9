#include "common/rpc/testing/echo_server.h"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/status/status.h"

namespace kam::rpc::testing {

absl::StatusOr<auth::Principal> TestAuthenticator::Authenticate(absl::string_view bearer, absl::Time) {
  auth::Principal principal;
  principal.subject = "employees/e1";
  principal.employee = "e1";
  if (bearer == "weak") return principal;
  if (bearer == "good") {
    principal.grants["echo.use"] = auth::Level::kTeam;
    return principal;
  }
  if (bearer == "expired") return Error(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED", "the token ran out");
  return Error(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID", "the token is not valid");
}

EchoServer::EchoServer(ServerOptions options, Behaviour behaviour)
    : metrics_(std::make_shared<prometheus::Registry>()) {
  if (!behaviour) {
    behaviour = [](Call&, const EchoRequest& request) -> absl::StatusOr<EchoResponse> {
      EchoResponse response;
      response.set_text(request.text());
      return response;
    };
  }
  registry_.Add<EchoRequest, EchoResponse>(kEcho, behaviour);
  registry_.Add<EchoRequest, EchoResponse>(kEchoBulk, behaviour);
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Start(std::move(options), registry_, authenticator_, metrics_);
  if (!server.ok()) log::Fatal("the test server does not start", {{"error", server.status().ToString()}});
  server_ = *std::move(server);
  server_->SetServing(true);
  client_ = NewClient();
}

std::unique_ptr<Client> EchoServer::NewClient(ClientOptions options) const {
  if (options.target.empty()) options.target = absl::StrCat("127.0.0.1:", server_->port());
  return Client::Create(std::move(options)).value();
}

std::string EchoServer::Metrics() const { return prometheus::TextSerializer().Serialize(metrics_->Collect()); }

absl::StatusOr<std::string> EchoServer::Echo(const std::string& text, CallOptions options, const char* method) {
  EchoRequest request;
  request.set_text(text);
  EchoResponse response;
  RETURN_IF_ERROR(client_->Call(method, request, &response, options));
  return response.text();
}

RawAnswer EchoServer::Raw(const char* method, std::string payload, const RawMetadata& metadata,
                          absl::Duration timeout) {
  std::promise<RawAnswer> answer;
  client_->CallRaw(method, std::move(payload), metadata, absl::Now() + timeout,
                   [&answer](RawAnswer a) { answer.set_value(std::move(a)); });
  return answer.get_future().get();
}

absl::Status ToStatus(const RawAnswer& answer) {
  return FromRpcStatusBytes(static_cast<absl::StatusCode>(answer.code), answer.message, answer.details);
}

}  // namespace kam::rpc::testing

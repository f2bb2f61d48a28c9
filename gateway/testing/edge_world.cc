#include "gateway/testing/edge_world.h"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <stdlib.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/key_file.h"
#include "common/auth/key_source.h"
#include "common/status/status.h"
#include "kam/organization/v1/directory_service.pb.h"

namespace kam::gateway {
namespace {

namespace pb = kam::testing::v1;

// Passes calls on and keeps what was sent beside them.
class RecordingClient : public rpc::Client {
 public:
  RecordingClient(std::unique_ptr<rpc::Client> inner, std::function<void(absl::string_view, rpc::RawMetadata)> record)
      : inner_(std::move(inner)), record_(std::move(record)) {}
  absl::Status Call(absl::string_view full_method, const google::protobuf::Message& request,
                    google::protobuf::Message* response, const rpc::CallOptions& options) override {
    return inner_->Call(full_method, request, response, options);
  }
  std::function<void()> CallRaw(absl::string_view full_method, std::string payload, const rpc::RawMetadata& metadata,
                                absl::Time deadline, std::function<void(rpc::RawAnswer)> done) override {
    record_(full_method, metadata);
    return inner_->CallRaw(full_method, std::move(payload), metadata, deadline, std::move(done));
  }

 private:
  const std::unique_ptr<rpc::Client> inner_;
  const std::function<void(absl::string_view, rpc::RawMetadata)> record_;
};

}  // namespace

EdgeWorld::EdgeWorld(WorldOptions options)
    : metrics_(std::make_shared<prometheus::Registry>()),
      grants_({{"client.read", "all"}, {"client.create", "own"}, {"client.archive", "team"}}) {
  std::string pattern = (std::filesystem::temp_directory_path() / "kam-edge-XXXXXX").string();
  directory_ = mkdtemp(pattern.data());

  auth::DevIssuer::Options idp;
  idp.enabled = true;
  idp.directory = directory_ + "/idp";
  identity_provider_ = auth::DevIssuer::Create(idp).value();

  const std::string programs = directory_ + "/programs.jwks";
  const std::string key_file = directory_ + "/gateway.jwk";
  auth::LoadOrCreateKey("gateway", key_file, programs).value();
  issuer_ = auth::InternalIssuer::Create({.program = "gateway", .key_file = key_file}, clock_.Now()).value();
  auth::InternalAuthenticator::Options inside;
  inside.jwks_file = programs;
  inside.program_permissions = {{"gateway", {"directory.resolve"}}};
  backend_authenticator_ = auth::InternalAuthenticator::Create(inside).value();

  AddHandlers();
  rpc::ServerOptions server;
  server.clock = &clock_;
  backend_ =
      rpc::Server::Start(server, handlers_, *backend_authenticator_, std::make_shared<prometheus::Registry>()).value();
  backend_->SetServing(true);
  const std::string target = absl::StrCat("127.0.0.1:", backend_->port());
  if (!options.backend) StopBackend();

  backends_["account-svc"] =
      std::make_unique<RecordingClient>(rpc::Client::Create({.target = target, .tls = {}, .attempts_max = 1}).value(),
                                        [this](absl::string_view method, rpc::RawMetadata metadata) {
                                          if (method == "kam.organization.v1.DirectoryService/ResolvePrincipal") return;
                                          const std::lock_guard<std::mutex> lock(mutex_);
                                          sent_metadata_.push_back(std::move(metadata));
                                        });
  OutsideAuthenticator::Options outside;
  outside.policy = identity_provider_->policy();
  authenticator_ = std::make_unique<OutsideAuthenticator>(
      outside, std::make_shared<auth::FileKeySource>(identity_provider_->jwks_file()), &clock_);
  sessions_ = std::make_unique<Sessions>(options.sessions, backends_["account-svc"].get(), issuer_.get(), &clock_);
  targets_ = std::make_unique<Targets>(Targets::FromPool(backends_).value());
  access_ = std::make_unique<Access>(authenticator_.get(), sessions_.get());
  GatewayOptions gateway;
  gateway.openapi_json = options.openapi_json;
  gateway_ = Gateway::Create(gateway, *targets_, *access_, metrics_).value();
  native_ = NativeServer::Start(options.native, *targets_, *access_, metrics_).value();
  options.http.plain = true;
  options.http.linger_timeout = absl::Milliseconds(200);
  http_ = http::HttpServer::Start(options.http, [this](http::HttpRequest request, http::Done done) {
            gateway_->Handle(std::move(request), std::move(done));
          }).value();
}

EdgeWorld::~EdgeWorld() {
  OpenGate();
  http_.reset();
  native_.reset();
  gateway_.reset();
  backends_.clear();
  sessions_.reset();
  authenticator_.reset();
  StopBackend();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void EdgeWorld::AddHandlers() {
  namespace org = kam::organization::v1;
  handlers_.Add<org::ResolvePrincipalRequest, org::ResolvedPrincipal>(
      "kam.organization.v1.DirectoryService/ResolvePrincipal",
      [this](rpc::Call&, const org::ResolvePrincipalRequest& request) -> absl::StatusOr<org::ResolvedPrincipal> {
        ++resolved_;
        if (request.login() == "nobody") return NotFound("logins/nobody");
        const std::lock_guard<std::mutex> lock(mutex_);
        org::ResolvedPrincipal answer;
        answer.set_employee("employees/" + request.login());
        answer.add_roles("KAM");
        answer.set_department_path("/d1/d7/");
        answer.add_regions("east");
        answer.add_team("e2");
        for (const auto& [permission, level] : grants_) {
          org::Grant* grant = answer.add_grants();
          grant->set_permission(permission);
          grant->set_level(level);
        }
        return answer;
      });
  handlers_.Add<pb::GetClientRequest, pb::Client>(
      "kam.testing.v1.ClientService/GetClient",
      [this](rpc::Call& call, const pb::GetClientRequest& request) -> absl::StatusOr<pb::Client> {
        std::unique_lock<std::mutex> lock(mutex_);
        seen_.push_back({call.principal, call.traceparent, call.deadline - absl::Now()});
        changed_.notify_all();
        changed_.wait(lock, [this] { return gate_open_; });
        if (!failure_.ok()) return failure_;
        if (request.name() == "clients/none") return NotFound(request.name());
        pb::Client client;
        client.set_name(request.name());
        client.set_legal_name("华东汽车 \"East\"");
        client.set_etag("v3");
        if (request.name() == "clients/large") client.set_legal_name(std::string(300000, 'x'));
        return client;
      });
  handlers_.Add<pb::CreateClientRequest, pb::Client>(
      "kam.testing.v1.ClientService/CreateClient",
      [this](rpc::Call&, const pb::CreateClientRequest& request) -> absl::StatusOr<pb::Client> {
        const std::lock_guard<std::mutex> lock(mutex_);
        created_ = request;
        if (request.client().legal_name().empty()) {
          FieldViolations violations;
          violations.Add("client.legal_name", "FIELD_REQUIRED", "must be set");
          return violations.status();
        }
        return request.client();
      });
  handlers_.Add<pb::ArchiveClientRequest, pb::Client>(
      "kam.testing.v1.ClientService/ArchiveClient",
      [](rpc::Call&, const pb::ArchiveClientRequest& request) -> absl::StatusOr<pb::Client> {
        if (request.etag() != "v3") return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH", "changed meanwhile");
        return pb::Client();
      });
  handlers_.Add<pb::ListClientsRequest, pb::ListClientsResponse>(
      "kam.testing.v1.ClientService/SyncClients",
      [](rpc::Call&, const pb::ListClientsRequest&) -> absl::StatusOr<pb::ListClientsResponse> {
        return pb::ListClientsResponse();
      });
}

std::vector<EdgeWorld::Seen> EdgeWorld::seen() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return seen_;
}

std::vector<rpc::RawMetadata> EdgeWorld::sent_metadata() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return sent_metadata_;
}

void EdgeWorld::CloseGate() {
  const std::lock_guard<std::mutex> lock(mutex_);
  gate_open_ = false;
}

void EdgeWorld::OpenGate() {
  const std::lock_guard<std::mutex> lock(mutex_);
  gate_open_ = true;
  changed_.notify_all();
}

void EdgeWorld::WaitForCalls(size_t count) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return seen_.size() >= count; });
}

void EdgeWorld::set_failure(absl::Status status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  failure_ = std::move(status);
}

void EdgeWorld::set_grants(std::map<std::string, std::string> grants) {
  const std::lock_guard<std::mutex> lock(mutex_);
  grants_ = std::move(grants);
}

pb::CreateClientRequest EdgeWorld::created() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return created_;
}

void EdgeWorld::StopBackend() {
  if (backend_ != nullptr) backend_->Shutdown(absl::ZeroDuration());
  backend_.reset();
}

std::string EdgeWorld::Token(absl::string_view login) { return TokenAt(login, clock_.Now()); }

std::string EdgeWorld::TokenAt(absl::string_view login, absl::Time now) {
  return identity_provider_->Mint(login, now).value();
}

std::string EdgeWorld::jwks_file() const { return identity_provider_->jwks_file(); }

std::string EdgeWorld::metrics() { return prometheus::TextSerializer().Serialize(metrics_->Collect()); }

http::RawResponse EdgeWorld::Ask(absl::string_view method, absl::string_view target, absl::string_view headers,
                                 absl::string_view body) {
  http::RawClient client(port());
  std::string request = absl::StrCat(method, " ", target, " HTTP/1.1\r\nHost: kam\r\nConnection: close\r\n", headers);
  if (!body.empty()) {
    if (headers.find("Content-Type") == absl::string_view::npos) request += "Content-Type: application/json\r\n";
    absl::StrAppend(&request, "Content-Length: ", body.size(), "\r\n");
  }
  absl::StrAppend(&request, "\r\n", body);
  client.Send(request);
  return client.Receive(method == "HEAD");
}

http::RawResponse EdgeWorld::AskAs(absl::string_view login, absl::string_view method, absl::string_view target,
                                   absl::string_view headers, absl::string_view body) {
  return Ask(method, target, absl::StrCat("Authorization: Bearer ", Token(login), "\r\n", headers), body);
}

}  // namespace kam::gateway

#include "tests/bench/suite/world.h"

#include <prometheus/registry.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <future>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "account-svc/account_svc.h"
#include "account-svc/bootstrap.h"
#include "account-svc/policy.h"
#include "account-svc/rights_loader.h"
#include "common/auth/dev_issuer.h"
#include "common/auth/internal_token.h"
#include "common/auth/key_file.h"
#include "common/auth/key_source.h"
#include "common/mysql/migrate.h"
#include "common/resource/guard.h"
#include "common/resource/runtime.h"
#include "common/resource/standard.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/echo.pb.h"
#include "common/status/status.h"
#include "common/testing/mariadb_server.h"
#include "common/time/clock.h"
#include "common/time/date.h"
#include "gateway/access.h"
#include "gateway/gateway.h"
#include "gateway/http/server.h"
#include "gateway/identity.h"
#include "gateway/targets.h"

namespace kam::bench {
namespace {

namespace fs = std::filesystem;

constexpr char kLogin[] = "bench";
constexpr char kRole[] = "ERP";  // Of the person that account::Bootstrap makes.
constexpr size_t kChannels = 4;
constexpr int kPoolSize = 20;  // As account-svc starts with.
constexpr absl::Duration kCallTimeout = absl::Seconds(30);
// So that a client keeps its connection through a cell.
constexpr int kRequestsPerConnection = 100'000'000;

class Running : public World {
 public:
  explicit Running(std::string directory) : directory_(std::move(directory)) {}
  ~Running() override {
    http_.reset();
    gateway_.reset();
    if (server_ != nullptr) server_->Shutdown(absl::Seconds(5));
    clients_ = {};
    backends_.clear();
    sessions_.reset();
    outside_.reset();
    server_.reset();
    raw_all_.reset();
    raw_writes_.reset();
    database_.reset();
    const absl::Status stopped = testing::StopMariadb(mariadb_directory());
    std::error_code ignored;
    if (stopped.ok()) fs::remove_all(directory_, ignored);
  }

  absl::Status Init() {
    std::error_code ignored;
    fs::create_directories(directory_, ignored);
    RETURN_IF_ERROR(StartDatabase());
    RETURN_IF_ERROR(StartService());
    return StartGateway();
  }

  Recorder& recorder() override { return *recorder_; }
  mysql::Database& raw_all() override { return *raw_all_; }
  mysql::Database& raw_writes() override { return *raw_writes_; }
  pid_t mariadb() const override { return mariadb_; }
  const std::string& bearer() const override { return bearer_; }
  int grpc_port() const override { return server_->port(); }
  uint16_t http_port() const override { return http_->port(); }
  const std::string& http_authorization() const override { return authorization_; }

  absl::Status RenewToken() override {
    auto answer = std::make_shared<std::promise<absl::StatusOr<gateway::SessionPtr>>>();
    sessions_->Resolve(
        kLogin, "", [answer](absl::StatusOr<gateway::SessionPtr> session) { answer->set_value(std::move(session)); });
    ASSIGN_OR_RETURN(const gateway::SessionPtr session, answer->get_future().get());
    bearer_ = session->token;
    return absl::OkStatus();
  }

  absl::Status Call(int client, absl::string_view method, const google::protobuf::Message& request,
                    google::protobuf::Message* response) override {
    rpc::CallOptions options;
    options.deadline = absl::Now() + kCallTimeout;
    options.bearer = bearer_;
    return clients_[static_cast<size_t>(client) % kChannels]->Call(method, request, response, options);
  }

 private:
  std::string mariadb_directory() const { return directory_ + "/mariadb"; }

  absl::StatusOr<std::unique_ptr<mysql::Database>> Open(mysql::Options options, const std::string& schema) {
    options.schema = "mysql";
    const auto server = mysql::Database::Open(options);
    RETURN_IF_ERROR(server->Run(absl::InfiniteFuture(), [&](mysql::Connection& connection) -> absl::Status {
      RETURN_IF_ERROR(connection.Execute(absl::StrCat("DROP DATABASE IF EXISTS ", schema)).status());
      return connection
          .Execute(absl::StrCat("CREATE DATABASE ", schema, " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"))
          .status();
    }));
    options.schema = schema;
    std::unique_ptr<mysql::Database> database = mysql::Database::Open(options);
    ASSIGN_OR_RETURN(std::vector<mysql::Migration> migrations, mysql::ReadMigrations("common/resource/schema"));
    ASSIGN_OR_RETURN(const std::vector<mysql::Migration> own, mysql::ReadMigrations("account-svc/schema"));
    migrations.insert(migrations.end(), own.begin(), own.end());
    RETURN_IF_ERROR(mysql::Migrate(*database, migrations, "bench").status());
    return database;
  }

  absl::Status StartDatabase() {
    RETURN_IF_ERROR(testing::StartMariadb(mariadb_directory()));
    std::ifstream(mariadb_directory() + "/pid") >> mariadb_;
    mysql::Options options;
    ASSIGN_OR_RETURN(options.socket, testing::MariadbSocket(mariadb_directory()));
    options.user = "root";
    options.pool_size_max = kPoolSize;
    ASSIGN_OR_RETURN(database_, Open(options, "bench_service"));
    recorder_ = std::make_unique<Recorder>(*database_);
    // The clients of the floors wait for a session as long as it takes, as calls wait in the queue of the service.
    options.acquire_timeout = kCallTimeout;
    ASSIGN_OR_RETURN(raw_all_, Open(options, "bench_raw_all"));
    ASSIGN_OR_RETURN(raw_writes_, Open(options, "bench_raw_writes"));
    return absl::OkStatus();
  }

  absl::Status StartService() {
    ASSIGN_OR_RETURN(account::Rights rights, account::ReadRights("account-svc/rights"));
    rights.rows.push_back({"account.create", kRole, "own"});
    rights.rows.push_back({"account.write", kRole, "own"});
    rights.rows.push_back({"echo.use", kRole, "all"});
    RETURN_IF_ERROR(account::LoadRights(*database_, clock_, rights).status());
    ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone("Asia/Shanghai"));
    RETURN_IF_ERROR(account::Bootstrap(*database_, clock_, zone, {account::Integrator(kLogin)}));

    const std::string programs = directory_ + "/programs.jwks";
    const std::string key_file = directory_ + "/gateway.jwk";
    RETURN_IF_ERROR(auth::LoadOrCreateKey("gateway", key_file, programs).status());
    ASSIGN_OR_RETURN(issuer_, auth::InternalIssuer::Create({.program = "gateway", .key_file = key_file}, absl::Now()));
    auth::InternalAuthenticator::Options inside;
    inside.jwks_file = programs;
    inside.program_permissions = {{"gateway", {"directory.resolve"}}};
    ASSIGN_OR_RETURN(authenticator_, auth::InternalAuthenticator::Create(inside));

    RETURN_IF_ERROR(policy_.Validate());
    account::FillCatalog(&catalog_);
    runtime_ = std::make_unique<resource::Runtime>(*recorder_, catalog_, clock_, std::string(32, 'k'), zone);
    account::RegisterAll(*runtime_, policy_, &handlers_, nullptr);
    handlers_.Add<rpc::testing::EchoRequest, rpc::testing::EchoResponse>(
        kNoOp, [](rpc::Call&, const rpc::testing::EchoRequest&) -> absl::StatusOr<rpc::testing::EchoResponse> {
          return rpc::testing::EchoResponse();
        });
    resource::GuardHandlers(*runtime_, &handlers_);
    ASSIGN_OR_RETURN(server_, rpc::Server::Start(rpc::ServerOptions(), handlers_, *authenticator_,
                                                 std::make_shared<prometheus::Registry>()));
    server_->SetServing(true);
    for (std::unique_ptr<rpc::Client>& client : clients_) {
      ASSIGN_OR_RETURN(client, Connect());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<rpc::Client>> Connect() const {
    rpc::ClientOptions options;
    options.target = absl::StrCat("127.0.0.1:", server_->port());
    return rpc::Client::Create(std::move(options));
  }

  absl::Status StartGateway() {
    auth::DevIssuer::Options identity_provider;
    identity_provider.enabled = true;
    identity_provider.directory = directory_ + "/issuer";
    ASSIGN_OR_RETURN(const std::unique_ptr<auth::DevIssuer> provider, auth::DevIssuer::Create(identity_provider));
    ASSIGN_OR_RETURN(const std::string token, provider->Mint(kLogin, absl::Now()));
    authorization_ = absl::StrCat("Authorization: Bearer ", token);

    ASSIGN_OR_RETURN(backends_["account-svc"], Connect());
    gateway::OutsideAuthenticator::Options outside;
    outside.policy = provider->policy();
    outside_ = std::make_unique<gateway::OutsideAuthenticator>(
        outside, std::make_shared<auth::FileKeySource>(provider->jwks_file()), &clock_);
    sessions_ = std::make_unique<gateway::Sessions>(gateway::Sessions::Options(), backends_["account-svc"].get(),
                                                    issuer_.get(), &clock_);
    ASSIGN_OR_RETURN(gateway::Targets targets, gateway::Targets::FromPool(backends_));
    targets_ = std::make_unique<gateway::Targets>(std::move(targets));
    access_ = std::make_unique<gateway::Access>(outside_.get(), sessions_.get());
    ASSIGN_OR_RETURN(gateway_, gateway::Gateway::Create(gateway::GatewayOptions(), *targets_, *access_,
                                                        std::make_shared<prometheus::Registry>()));
    http::ServerOptions options;
    options.plain = true;
    options.requests_per_connection = kRequestsPerConnection;
    ASSIGN_OR_RETURN(http_, http::HttpServer::Start(options, [this](http::HttpRequest request, http::Done done) {
                       gateway_->Handle(std::move(request), std::move(done));
                     }));
    return absl::OkStatus();
  }

  const std::string directory_;
  const SystemClock clock_;
  pid_t mariadb_ = 0;
  std::unique_ptr<mysql::Database> database_, raw_all_, raw_writes_;
  std::unique_ptr<Recorder> recorder_;

  const account::Policy policy_;
  resource::Catalog catalog_;
  std::unique_ptr<resource::Runtime> runtime_;
  rpc::Registry handlers_;
  std::unique_ptr<auth::InternalIssuer> issuer_;
  std::unique_ptr<auth::InternalAuthenticator> authenticator_;
  std::unique_ptr<rpc::Server> server_;
  std::array<std::unique_ptr<rpc::Client>, kChannels> clients_;
  std::string bearer_;

  std::string authorization_;
  gateway::Backends backends_;
  std::unique_ptr<gateway::OutsideAuthenticator> outside_;
  std::unique_ptr<gateway::Sessions> sessions_;
  std::unique_ptr<gateway::Targets> targets_;
  std::unique_ptr<gateway::Access> access_;
  std::unique_ptr<gateway::Gateway> gateway_;
  std::unique_ptr<http::HttpServer> http_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<World>> World::Start(const std::string& directory) {
  auto world = std::make_unique<Running>(directory);
  RETURN_IF_ERROR(world->Init());
  return std::unique_ptr<World>(std::move(world));
}

}  // namespace kam::bench

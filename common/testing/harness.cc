#include "common/testing/harness.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/auth/authenticator.h"
#include "common/csv/csv.h"
#include "common/log/log.h"
#include "common/mysql/migrate.h"
#include "common/resource/guard.h"
#include "common/resource/scope_members.h"
#include "common/resource/standard.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "prometheus/registry.h"

namespace kam::testing {
namespace {

constexpr char kRuntimeSchema[] = "common/resource/schema";
constexpr char kRights[] = "account-svc/rights";
// Fewer than the sessions of the pool: giving a number takes a second session.
constexpr int kThreads = 8;

struct Right {
  std::string permission;
  auth::Level level = auth::Level::kNone;
  std::vector<std::string> roles;
};

absl::StatusOr<std::vector<Right>> ReadRights() {
  std::vector<Right> rights;
  std::error_code error;
  for (std::filesystem::directory_iterator it(kRights, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != ".csv") continue;
    std::ifstream in(it->path(), std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    ASSIGN_OR_RETURN(csv::Reader reader, csv::Reader::Create({}));
    const auto each = [&](const csv::Record& record) -> absl::Status {
      if (record.number == 1 || record.fields.size() != 3) return absl::OkStatus();
      Right right;
      right.permission = std::string(record.fields[0].text);
      if (!auth::ParseLevel(record.fields[1].text, &right.level)) return Internal("a level of the rights is unknown");
      right.roles = absl::StrSplit(record.fields[2].text, ' ', absl::SkipEmpty());
      rights.push_back(std::move(right));
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(reader.Feed(content.str(), each));
    RETURN_IF_ERROR(reader.Finish(each));
  }
  return rights;
}

}  // namespace

// Bearer texts made up for one call each.
class Harness::Tokens : public auth::Authenticator {
 public:
  std::string Register(const auth::Principal& principal) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::string bearer = absl::StrCat("test-", ++last_);
    principals_.emplace(bearer, principal);
    return bearer;
  }
  void Forget(const std::string& bearer) {
    const std::lock_guard<std::mutex> lock(mutex_);
    principals_.erase(bearer);
  }
  absl::StatusOr<auth::Principal> Authenticate(absl::string_view bearer, absl::Time) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto it = principals_.find(std::string(bearer));
    if (it != principals_.end()) return it->second;
    return Error(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID", "no such test principal");
  }

 private:
  std::mutex mutex_;
  int64_t last_ = 0;                                   // Under mutex_.
  std::map<std::string, auth::Principal> principals_;  // Under mutex_.
};

Harness::Harness(absl::string_view schema_directory, const std::function<void(resource::Catalog*)>& fill,
                 const std::function<void(resource::Runtime&, rpc::Registry*)>& register_all)
    : tokens_(std::make_unique<Tokens>()) {
  const absl::Status status = Start(schema_directory, fill, register_all);
  EXPECT_TRUE(status.ok()) << status;
}

Harness::~Harness() {
  client_.reset();
  server_.reset();
}

absl::Status Harness::Start(absl::string_view schema_directory, const std::function<void(resource::Catalog*)>& fill,
                            const std::function<void(resource::Runtime&, rpc::Registry*)>& register_all) {
  log::Configure("test", log::Level::kWarning);  // Not a line for every call.
  fill(&catalog_);
  const std::string key(32, 'k');
  runtime_ =
      std::make_unique<resource::Runtime>(db_.database(), catalog_, clock_, key, LoadZone("Asia/Shanghai").value());
  ASSIGN_OR_RETURN(std::vector<mysql::Migration> migrations, mysql::ReadMigrations(kRuntimeSchema));
  ASSIGN_OR_RETURN(const std::vector<mysql::Migration> own, mysql::ReadMigrations(schema_directory));
  migrations.insert(migrations.end(), own.begin(), own.end());
  RETURN_IF_ERROR(mysql::Migrate(db_.database(), migrations, "test").status());
  RETURN_IF_ERROR(db_.database().Run(absl::InfiniteFuture(), [&](mysql::Connection& connection) {
    return runtime_->store().CheckSchema(connection);
  }));
  register_all(*runtime_, &registry_);
  resource::GuardHandlers(*runtime_, &registry_);
  rpc::ServerOptions options;
  options.threads = kThreads;
  ASSIGN_OR_RETURN(server_, rpc::Server::Start(options, registry_, *tokens_, std::make_shared<prometheus::Registry>()));
  rpc::ClientOptions client;
  client.target = absl::StrCat("127.0.0.1:", server_->port());
  ASSIGN_OR_RETURN(client_, rpc::Client::Create(client));
  return absl::OkStatus();
}

int Harness::port() const { return server_ == nullptr ? 0 : server_->port(); }

absl::Status Harness::CallMessage(const auth::Principal& principal, absl::string_view method,
                                  const google::protobuf::Message& request, google::protobuf::Message* response) {
  if (client_ == nullptr) return absl::UnavailableError("the service under test did not start");
  rpc::CallOptions options;
  options.bearer = tokens_->Register(principal);
  absl::Status status = client_->Call(method, request, response, options);
  tokens_->Forget(options.bearer);
  return status;
}

std::string Harness::NewId() {
  const absl::StatusOr<std::string> id = runtime_->NewId();
  EXPECT_TRUE(id.ok()) << id.status();
  return id.value_or("");
}

auth::Principal Harness::PrincipalFor(absl::string_view role, const std::string& employee,
                                      const std::string& department, const std::vector<std::string>& team,
                                      const std::vector<std::string>& regions) {
  static const absl::StatusOr<std::vector<Right>>* const rights = new absl::StatusOr<std::vector<Right>>(ReadRights());
  EXPECT_TRUE(rights->ok()) << rights->status();
  auth::Principal principal;
  principal.subject = absl::StrCat("employees/", employee);
  principal.employee = employee;
  principal.roles = absl::StrSplit(role, ' ', absl::SkipEmpty());
  principal.department = department;
  principal.team = team;
  principal.regions = regions;
  if (!rights->ok()) return principal;
  for (const Right& right : **rights) {
    for (const std::string& held : principal.roles) {
      if (std::find(right.roles.begin(), right.roles.end(), held) == right.roles.end()) continue;
      auth::Level& level = principal.grants[right.permission];
      level = std::max(level, right.level);
    }
  }
  return principal;
}

auth::Principal Harness::Program(const std::string& name, const std::vector<std::string>& permissions) {
  auth::Principal principal;
  principal.subject = absl::StrCat("programs/", name);
  for (const std::string& permission : permissions) principal.grants[permission] = auth::Level::kAll;
  return principal;
}

namespace {

mysql::Value TextOrNull(const std::string& text) { return text.empty() ? mysql::Value() : mysql::Value(text); }

}  // namespace

void Harness::AddEmployeeScope(const std::string& employee, const std::string& department_path,
                               const std::string& region) {
  const absl::Status status = db_.database().Run(absl::InfiniteFuture(), [&](mysql::Connection& connection) {
    return connection
        .Execute("INSERT INTO employee_scopes (employee, version, department_path, region) VALUES (?, 1, ?, ?)",
                 {employee, TextOrNull(department_path), TextOrNull(region)})
        .status();
  });
  EXPECT_TRUE(status.ok()) << status;
}

void Harness::AddAccountScope(const std::string& account, const std::string& owner, const std::string& creator,
                              const std::string& region, const std::string& legal_name, const std::string& state) {
  const absl::Status status =
      db_.database().Run(absl::InfiniteFuture(), [&](mysql::Connection& connection) -> absl::Status {
        RETURN_IF_ERROR(
            connection
                .Execute("INSERT INTO account_scopes (account, version, owner, creator, region, state, legal_name) "
                         "VALUES (?, 1, ?, ?, ?, ?, ?)",
                         {account, TextOrNull(owner), TextOrNull(creator), TextOrNull(region), state, legal_name})
                .status());
        return resource::WriteScopeMembers(connection, account, {owner, creator, {}});
      });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace kam::testing

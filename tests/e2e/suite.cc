#include "tests/e2e/suite.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/auth/dev_issuer.h"
#include "common/auth/internal_token.h"
#include "common/rpc/client.h"
#include "common/status/status.h"
#include "common/testing/mariadb_server.h"

namespace kam::e2e {
namespace {

// Long enough for a loaded machine; a start that takes longer has failed.
constexpr absl::Duration kStartTimeout = absl::Seconds(60);
constexpr absl::Duration kSqlTimeout = absl::Seconds(60);
constexpr char kIssuer[] = "kam-dev";
constexpr int kNobodysPort = 1;

bool IsService(const std::string& program) { return program != kGateway; }

absl::Status Execute(mysql::Database& database, absl::string_view sql) {
  return database.Run(absl::Now() + kSqlTimeout,
                      [&](mysql::Connection& connection) { return connection.Execute(sql).status(); });
}

absl::StatusOr<std::unique_ptr<auth::DevIssuer>> OpenIssuer(const std::string& secrets) {
  auth::DevIssuer::Options options;
  options.enabled = true;
  options.directory = secrets + "/issuer";
  options.issuer = kIssuer;
  return auth::DevIssuer::Create(options);
}

}  // namespace

Suite::Suite(Options options) : options_(std::move(options)) {
  folder_ = (std::filesystem::temp_directory_path() / "kam-suite-XXXXXX").string();
  if (mkdtemp(folder_.data()) == nullptr) ADD_FAILURE() << "cannot make a folder for the suite";
  secrets_ = folder_ + "/secrets";
  absl::BitGen random;
  prefix_ = absl::StrCat("kam_e_", getpid(), "_", absl::Hex(absl::Uniform<uint32_t>(random)));
}

Suite::~Suite() {
  programs_.clear();
  databases_.clear();
  if (options_.own_database) {
    admin_.reset();
    std::error_code ignored;
    if (!database_folder_.empty()) {
      EXPECT_TRUE(testing::StopMariadb(database_folder_).ok());
    }
    if (!socket_.empty()) std::filesystem::remove_all(std::filesystem::path(socket_).parent_path(), ignored);
  } else if (admin_ != nullptr) {
    for (const std::string& service : options_.services) {
      EXPECT_TRUE(Execute(*admin_, absl::StrCat("DROP DATABASE IF EXISTS `", SchemaOf(service), "`")).ok());
      EXPECT_TRUE(Execute(*admin_, absl::StrCat("DROP USER IF EXISTS '", SchemaOf(service), "'@'localhost'")).ok());
    }
    EXPECT_TRUE(Execute(*admin_, absl::StrCat("DROP USER IF EXISTS '", prefix_, "_migrator'@'localhost'")).ok());
  }
  std::error_code ignored;
  if (::testing::Test::HasFailure()) {
    std::fprintf(stderr, "logs of the suite are kept in %s\n", folder_.c_str());
  } else {
    std::filesystem::remove_all(folder_, ignored);
  }
}

std::string Suite::Binary(const std::string& name) { return KAM_BUILD_FOLDER "/bin/" + name; }

std::string Suite::log(const std::string& program) const { return absl::StrCat(folder_, "/", program, ".log"); }

std::string Suite::SchemaOf(const std::string& program) const {
  return absl::StrCat(prefix_, "_", absl::StripSuffix(program, "-svc"));
}

std::string Suite::PasswordFile(const std::string& program) const {
  return absl::StrCat(secrets_, "/kam_", absl::StripSuffix(program, "-svc"), ".password");
}

mysql::Options Suite::AdminOptions(const std::string& schema) const {
  mysql::Options options;
  options.socket = socket_;
  options.user = "root";
  options.schema = schema;
  options.pool_size_max = 4;
  options.acquire_timeout = kSqlTimeout;
  return options;
}

absl::Status Suite::Start() {
  ASSIGN_OR_RETURN(const int keys, RunProgram({Binary("kamctl"), "keys", "--directory=" + secrets_}, log("kamctl")));
  if (keys != 0) return absl::InternalError(absl::StrCat("kamctl keys failed: ", LogTail(log("kamctl"))));
  RETURN_IF_ERROR(OpenIssuer(secrets_).status());
  std::ofstream(folder_ + "/integrator.token") << Token(kIntegrator) << "\n";

  if (options_.own_database) {
    database_folder_ = folder_ + "/mariadb";
    RETURN_IF_ERROR(testing::StartMariadb(database_folder_));
  } else {
    const char* directory = getenv("KAM_TEST_MARIADB");
    if (directory == nullptr) {
      return absl::FailedPreconditionError(
          "the environment variable KAM_TEST_MARIADB is not set: run the test with ctest, or start the server with "
          "bin/test_mariadb start DIR and set KAM_TEST_MARIADB=DIR");
    }
    database_folder_ = directory;
  }
  ASSIGN_OR_RETURN(server_socket_, testing::MariadbSocket(database_folder_));
  socket_ = server_socket_;
  admin_ = mysql::Database::Open(AdminOptions("mysql"));
  RETURN_IF_ERROR(MakeSchemas());
  RETURN_IF_ERROR(MigrateAll());
  for (const std::string& service : options_.services) RETURN_IF_ERROR(Launch(service));
  return options_.gateway ? Launch(kGateway) : absl::OkStatus();
}

absl::Status Suite::MakeSchemas() {
  const auto password = [](const std::string& file) { return std::string(absl::StripAsciiWhitespace(ReadFile(file))); };
  const std::string migrator = prefix_ + "_migrator";
  RETURN_IF_ERROR(Execute(*admin_, absl::StrCat("CREATE USER '", migrator, "'@'localhost' IDENTIFIED BY '",
                                                password(secrets_ + "/kam_migrator.password"), "'")));
  for (const std::string& service : options_.services) {
    const std::string schema = SchemaOf(service);
    // In the name of a granted schema `_` stands for any character unless it is escaped.
    const std::string escaped = absl::StrReplaceAll(schema, {{"_", "\\_"}});
    RETURN_IF_ERROR(Execute(
        *admin_, absl::StrCat("CREATE DATABASE `", schema, "` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci")));
    RETURN_IF_ERROR(Execute(*admin_, absl::StrCat("CREATE USER '", schema, "'@'localhost' IDENTIFIED BY '",
                                                  password(PasswordFile(service)), "'")));
    // The service itself gets its rights from the migration.
    RETURN_IF_ERROR(Execute(
        *admin_, absl::StrCat("GRANT ALL ON `", escaped, "`.* TO '", migrator, "'@'localhost' WITH GRANT OPTION")));
    databases_[service] = mysql::Database::Open(AdminOptions(schema));
  }
  return absl::OkStatus();
}

std::vector<std::string> Suite::ServiceFlags(const std::string& program) const {
  return {absl::StrCat("--mysql_socket=", socket_),
          absl::StrCat("--mysql_schema=", SchemaOf(program)),
          "--source_directory=.",
          absl::StrCat("--internal_jwks_file=", secrets_, "/internal.jwks"),
          absl::StrCat("--internal_key_file=", secrets_, "/", program, ".key"),
          absl::StrCat("--page_token_key_file=", secrets_, "/page_token.key"),
          "--sandbox_clock"};
}

absl::Status Suite::MigrateAll() {
  std::map<std::string, std::unique_ptr<Process>> migrations;
  for (const std::string& service : options_.services) {
    std::vector<std::string> command = {Binary(service), "--migrate",
                                        absl::StrCat("--grant_to=", SchemaOf(service), "@localhost"),
                                        absl::StrCat("--mysql_user=", prefix_, "_migrator"),
                                        absl::StrCat("--mysql_password_file=", secrets_, "/kam_migrator.password")};
    for (std::string& flag : ServiceFlags(service)) command.push_back(std::move(flag));
    if (service == "account-svc") {
      command.push_back(absl::StrCat("--bootstrap_login=", kIntegrator));
      command.push_back(absl::StrCat("--bootstrap_administrators=", options_.administrators));
    }
    ASSIGN_OR_RETURN(migrations[service], Process::Start(command, log(service)));
  }
  for (auto& [service, migration] : migrations) {
    if (migration->Wait() != 0) {
      return absl::InternalError(absl::StrCat("migration of ", service, " failed: ", LogTail(log(service))));
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> Suite::ListenFlags(const std::string& program,
                                            const std::vector<std::string>& listeners) const {
  std::vector<std::string> flags;
  const auto it = programs_.find(program);
  for (const std::string& listener : listeners) {
    int port = 0;  // The first time the system chooses, unless it was chosen before; later it is the same again.
    if (const auto reserved = reserved_.find(program); listener == "grpc" && reserved != reserved_.end()) {
      port = reserved->second;
    }
    if (it != programs_.end()) {
      if (const auto known = it->second.ports.find(listener); known != it->second.ports.end()) port = known->second;
    }
    const std::string flag = listener == "grpc" ? "listen" : absl::StrCat(listener, "_listen");
    flags.push_back(absl::StrCat("--", flag, "=127.0.0.1:", port));
  }
  return flags;
}

int Suite::ReservePort(const std::string& program) {
  int& port = reserved_[program];
  if (port == 0) port = FreePort();
  return port;
}

absl::Status Suite::Launch(const std::string& name) {
  const std::string program = name.substr(0, name.find('#'));
  const std::string ready_file = absl::StrCat(folder_, "/", name, ".ready");
  std::error_code ignored;
  std::filesystem::remove(ready_file, ignored);
  std::vector<std::string> command = {Binary(program), "--ready_file=" + ready_file};
  std::vector<std::string> flags;
  if (IsService(program)) {
    flags = ServiceFlags(program);
    flags.push_back("--mysql_user=" + SchemaOf(program));
    flags.push_back("--mysql_password_file=" + PasswordFile(program));
    if (program != "account-svc") {
      flags.push_back(absl::StrCat("--account_svc=127.0.0.1:", port("account-svc", "grpc")));
      if (program == "aftersales-svc") {
        flags.push_back(absl::StrCat("--contract_svc=127.0.0.1:", ReservePort("contract-svc")));
      }
    } else {
      // It asks the others, which start after it: at addresses that are chosen now.
      for (const char* peer : {"contract", "aftersales"}) {
        flags.push_back(absl::StrCat("--", peer, "_svc=127.0.0.1:", ReservePort(absl::StrCat(peer, "-svc"))));
      }
    }
  } else {
    std::vector<std::string> backends;
    for (const char* service : kServices) {
      const bool started = programs_.count(service) != 0;
      backends.push_back(absl::StrCat(service, "=127.0.0.1:", started ? port(service, "grpc") : kNobodysPort));
    }
    flags = {absl::StrCat("--backend=", absl::StrJoin(backends, ",")),
             absl::StrCat("--program_key_file=", secrets_, "/gateway.key"),
             absl::StrCat("--program_jwks_file=", secrets_, "/internal.jwks"),
             absl::StrCat("--jwks_file=", secrets_, "/issuer/dev-issuer.jwks.json"),
             absl::StrCat("--issuer=", kIssuer),
             "--http_plain",
             "--native"};
    flags.insert(flags.end(), options_.gateway_flags.begin(), options_.gateway_flags.end());
  }
  command.insert(command.end(), flags.begin(), flags.end());
  const std::vector<std::string> listeners = IsService(program) ? std::vector<std::string>{"grpc", "admin"}
                                                                : std::vector<std::string>{"http", "grpc", "admin"};
  for (std::string& flag : ListenFlags(name, listeners)) command.push_back(std::move(flag));

  Program& entry = programs_[name];
  ASSIGN_OR_RETURN(entry.process, Process::Start(command, log(name)));
  const bool ready =
      WaitFor(kStartTimeout, [&] { return std::filesystem::exists(ready_file, ignored) || !entry.process->running(); });
  if (!ready || !entry.process->running()) {
    return absl::InternalError(absl::StrCat(name, " did not start: ", LogTail(log(name))));
  }
  for (const absl::string_view line : absl::StrSplit(ReadFile(ready_file), '\n', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits("_port=", 1));
    int port = 0;
    if (parts.size() == 2 && absl::SimpleAtoi(parts[1], &port)) entry.ports[parts[0]] = port;
  }
  return absl::OkStatus();
}

void Suite::Kill(const std::string& program) { programs_.at(program).process->Kill(); }

absl::Status Suite::Restart(const std::string& program) { return Launch(program); }

int Suite::Stop(const std::string& program) {
  programs_.at(program).process->Signal(SIGTERM);
  return programs_.at(program).process->Wait();
}

int Suite::Audit(const std::string& program) {
  WaitFor(absl::Seconds(30), [&] {
    return Get(program, "SELECT COUNT(change_id) FROM changes WHERE sequence IS NULL OR chain_link IS NULL")
               .integer() == 0;
  });
  std::vector<std::string> command = {Binary(program), "--audit", "--audit_anchors=" + log(program),
                                      "--mysql_user=" + SchemaOf(program),
                                      "--mysql_password_file=" + PasswordFile(program)};
  for (std::string& flag : ServiceFlags(program)) command.push_back(std::move(flag));
  const auto audit = Process::Start(command, folder_ + "/audit.jsonl");
  return audit.ok() ? (*audit)->Wait() : -1;
}

bool Suite::IsRunning(const std::string& program) { return programs_.at(program).process->running(); }

absl::Status Suite::KillDatabase() {
  if (!options_.own_database) return absl::FailedPreconditionError("the database belongs to all tests");
  int pid = 0;
  if (!absl::SimpleAtoi(ReadFile(database_folder_ + "/pid"), &pid) || kill(pid, SIGKILL) != 0) {
    return absl::InternalError("MariaDB does not run");
  }
  // The server was started in a session of its own; it is a child of this process until it is waited for.
  const bool gone = WaitFor(kStartTimeout, [&] {
    waitpid(pid, nullptr, WNOHANG);
    return kill(pid, 0) != 0;
  });
  return gone ? absl::OkStatus() : absl::InternalError("MariaDB does not end");
}

absl::Status Suite::RestartDatabase() {
  // The programs look for the new server where the first one was.
  RETURN_IF_ERROR(testing::StartMariadb(database_folder_));
  ASSIGN_OR_RETURN(const std::string now, testing::MariadbSocket(database_folder_));
  std::error_code error;
  if (server_socket_ != socket_) {
    std::filesystem::remove_all(std::filesystem::path(server_socket_).parent_path(), error);
  }
  server_socket_ = now;
  std::filesystem::remove(socket_, error);
  std::filesystem::create_symlink(now, socket_, error);
  return error ? absl::InternalError(error.message()) : absl::OkStatus();
}

std::string Suite::url() const { return absl::StrCat("http://127.0.0.1:", port(kGateway, "http")); }

int Suite::port(const std::string& program, const std::string& listener) const {
  return programs_.at(program).ports.at(listener);
}

std::vector<std::string> Suite::KamctlFlags() {
  return {"--gateway=" + url(), absl::StrCat("--token_file=", folder_, "/integrator.token")};
}

std::string Suite::Token(absl::string_view login, absl::Time at) {
  const auto issuer = OpenIssuer(secrets_);
  if (!issuer.ok()) {
    ADD_FAILURE() << issuer.status();
    return "";
  }
  const absl::StatusOr<std::string> token = (*issuer)->Mint(login, at);
  EXPECT_TRUE(token.ok()) << token.status();
  return token.value_or("");
}

std::string Suite::Token(absl::string_view login) { return Token(login, absl::Now()); }

absl::StatusOr<std::string> Suite::InternalToken(const auth::Principal& principal) {
  auth::InternalIssuer::Options options;
  options.program = kGateway;
  options.key_file = secrets_ + "/gateway.key";
  options.lifetime = auth::kMaxInternalLifetime;
  ASSIGN_OR_RETURN(const auto issuer, auth::InternalIssuer::Create(options, absl::Now()));
  return issuer->Mint(principal, absl::Now());
}

absl::StatusOr<std::unique_ptr<rpc::Client>> Suite::ClientOf(const std::string& program) {
  rpc::ClientOptions options;
  options.target = absl::StrCat("127.0.0.1:", port(program, "grpc"));
  return rpc::Client::Create(std::move(options));
}

mysql::Database& Suite::database(const std::string& program) { return *databases_.at(program); }

std::unique_ptr<mysql::Database> Suite::OpenAsItself(const std::string& program) const {
  mysql::Options options = AdminOptions(SchemaOf(program));
  options.user = SchemaOf(program);
  options.password_file = PasswordFile(program);
  return mysql::Database::Open(options);
}

mysql::Value Suite::Get(const std::string& program, absl::string_view sql) {
  mysql::Value value;
  const absl::Status status =
      database(program).Run(absl::Now() + kSqlTimeout, [&](mysql::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql));
        if (!rows.empty()) value = rows[0][0];
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status << "\n" << sql;
  return value;
}

std::string Suite::Logs() const {
  std::string all;
  for (const auto& [name, program] : programs_) absl::StrAppend(&all, LogTail(log(name)), "\n");
  return all;
}

}  // namespace kam::e2e

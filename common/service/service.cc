#include "common/service/service.h"

#include <iostream>
#include <iterator>
#include <memory>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "common/event/feed.h"
#include "common/log/log.h"
#include "common/mysql/grants.h"
#include "common/mysql/migrate.h"
#include "common/mysql/mysql.h"
#include "common/mysql/tls.h"
#include "common/resource/guard.h"
#include "common/resource/scope_members.h"
#include "common/resource/standard.h"
#include "common/server/config.h"
#include "common/server/program.h"
#include "common/service/audit_command.h"
#include "common/service/metrics.h"
#include "common/service/peer.h"
#include "common/service/sandbox_clock.h"
#include "common/service/scope_replica.h"
#include "common/service/worker.h"
#include "common/status/status.h"
#include "common/time/date.h"

ABSL_FLAG(std::string, mysql_socket, "", "Unix socket of the database; instead of host and port.");
ABSL_FLAG(std::string, mysql_host, "127.0.0.1", "Host of the database.");
ABSL_FLAG(int32_t, mysql_port, 3306, "Port of the database.");
ABSL_FLAG(std::string, mysql_user, "", "Database user of this service.");
ABSL_FLAG(std::string, mysql_password_file, "", "File with the password of the database user.");
ABSL_FLAG(
    std::string, mysql_ca_file, "",
    "PEM authorities of the database's certificate: sessions over TCP are then encrypted and the server verified.");
ABSL_FLAG(bool, mysql_plain, false, "Sessions to another machine in plain text: where the network between is trusted.");
ABSL_FLAG(std::string, mysql_schema, "", "Schema of this service.");
ABSL_FLAG(int32_t, mysql_pool_size, 20, "Most database sessions of this process.");
ABSL_FLAG(bool, migrate, false, "Bring the schema up to date, load reference data and end.");
ABSL_FLAG(std::string, grant_to, "",
          "With --migrate: user of the service, USER@HOST, who then gets the rights on every table.");
ABSL_FLAG(bool, audit, false, "Verify the audit trail of the schema, print what is wrong and end.");
ABSL_FLAG(std::string, audit_anchors, "",
          "With --audit: file with heads of the trail: a log, or what --audit printed.");
ABSL_FLAG(absl::Duration, audit_head_interval, absl::Minutes(1), "How often the head of the audit trail is logged.");
ABSL_FLAG(std::string, source_directory, ".", "Folder that holds common/resource/schema and the service's own folder.");
ABSL_FLAG(std::string, internal_jwks_file, "", "Public keys of the suite's programs (JWKS).");
ABSL_FLAG(std::string, internal_key_file, "", "Private key of this program (JWK), to speak for itself.");
ABSL_FLAG(std::string, page_token_key_file, "", "32 random bytes that seal page tokens, the same in every replica.");
ABSL_FLAG(std::string, account_svc, "", "Address of account-svc, for services that need it.");
ABSL_FLAG(std::string, contract_svc, "",
          "Address of contract-svc, for account-svc and aftersales-svc; empty: they do without.");
ABSL_FLAG(std::string, aftersales_svc, "", "Address of aftersales-svc, for account-svc; empty: it does without.");
ABSL_FLAG(std::string, time_zone, "Asia/Shanghai", "Where days, months and years of the business begin (IANA name).");
ABSL_FLAG(bool, sandbox_clock, false, "Let the sandbox move the clock. Never in production.");
ABSL_FLAG(absl::Duration, sandbox_clock_interval, absl::Milliseconds(200),
          "How often a program looks whether another replica has moved the sandbox clock.");

namespace kam::service {
namespace {

constexpr absl::Duration kNumberingInterval = absl::Milliseconds(100);
constexpr absl::Duration kDueInterval = absl::Seconds(1);
constexpr absl::Duration kRepairInterval = absl::Seconds(1);
constexpr absl::Duration kReplicaInterval = absl::Milliseconds(500);
constexpr absl::Duration kMeasureInterval = absl::Seconds(5);
constexpr absl::Duration kPurgeInterval = absl::Hours(1);
constexpr absl::Duration kRequestIdsKept = absl::Hours(24 * 30);
constexpr int kPurgedAtOnce = 1000;
constexpr size_t kPageKeyBytes = 32;
constexpr char kRuntimeSchema[] = "common/resource/schema";

mysql::Options DatabaseOptions() {
  mysql::Options options;
  options.socket = absl::GetFlag(FLAGS_mysql_socket);
  options.host = absl::GetFlag(FLAGS_mysql_host);
  options.port = absl::GetFlag(FLAGS_mysql_port);
  options.user = absl::GetFlag(FLAGS_mysql_user);
  options.password_file = absl::GetFlag(FLAGS_mysql_password_file);
  options.schema = absl::GetFlag(FLAGS_mysql_schema);
  options.pool_size_max = absl::GetFlag(FLAGS_mysql_pool_size);
  return options;
}

mysql::TlsOptions DatabaseTls() {
  mysql::TlsOptions tls;
  tls.ca_file = absl::GetFlag(FLAGS_mysql_ca_file);
  tls.plain = absl::GetFlag(FLAGS_mysql_plain);
  return tls;
}

absl::StatusOr<std::vector<mysql::Migration>> Migrations(const Parts& parts) {
  const std::string source = absl::GetFlag(FLAGS_source_directory);
  ASSIGN_OR_RETURN(std::vector<mysql::Migration> all, mysql::ReadMigrations(absl::StrCat(source, "/", kRuntimeSchema)));
  ASSIGN_OR_RETURN(std::vector<mysql::Migration> own,
                   mysql::ReadMigrations(absl::StrCat(source, "/", parts.schema_directory)));
  all.insert(all.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  return all;
}

absl::Status MigrateSchema(const Parts& parts, mysql::Database& database) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Migration> migrations, Migrations(parts));
  ASSIGN_OR_RETURN(const std::vector<int> applied, mysql::Migrate(database, migrations, parts.name));
  log::Info("schema is up to date",
            {{"applied", applied.size()}, {"version", migrations.empty() ? 0 : migrations.back().number}});
  if (const std::string user = absl::GetFlag(FLAGS_grant_to); !user.empty()) {
    RETURN_IF_ERROR(mysql::GrantTables(database, absl::GetFlag(FLAGS_mysql_schema), user));
  }
  if (!parts.load_reference_data) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone(absl::GetFlag(FLAGS_time_zone)));
  return parts.load_reference_data(database, absl::GetFlag(FLAGS_source_directory), zone);
}

absl::Status CheckSchema(const Parts& parts, mysql::Database& database, const resource::Runtime& runtime) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Migration> migrations, Migrations(parts));
  RETURN_IF_ERROR(mysql::CheckApplied(database, migrations));
  return database.Run(absl::Now() + absl::Seconds(10),
                      [&](mysql::Connection& connection) { return runtime.store().CheckSchema(connection); });
}

// A handler may hold one session and need a second for a moment (human numbers); the workers need some of their own.
absl::Status CheckPool(const server::Program& program) {
  constexpr int kSessionsOfWorkers = 4;
  const int needed = program.server_options().threads + kSessionsOfWorkers;
  if (absl::GetFlag(FLAGS_mysql_pool_size) >= needed) return absl::OkStatus();
  return InvalidField("mysql_pool_size", "POOL_TOO_SMALL",
                      absl::StrCat("must be at least ", needed, ", ", kSessionsOfWorkers, " more than --threads"),
                      {{"limit", absl::StrCat(needed)}});
}

absl::Status Ping(mysql::Database& database) {
  return database.Run(absl::Now() + absl::Seconds(2),
                      [](mysql::Connection& connection) { return connection.Query("SELECT 1").status(); });
}

absl::Status PurgeRequestIds(mysql::Database& database) {
  const absl::Time before = absl::Now() - kRequestIdsKept;
  for (int64_t removed = kPurgedAtOnce; removed == kPurgedAtOnce;) {
    RETURN_IF_ERROR(database.Run(absl::Now() + absl::Seconds(10), [&](mysql::Connection& connection) -> absl::Status {
      ASSIGN_OR_RETURN(removed, connection.Execute("DELETE FROM request_ids WHERE create_time < ? LIMIT ?",
                                                   {before, kPurgedAtOnce}));
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

absl::Status CheckInterval(const char* flag, absl::Duration interval, absl::Duration least, absl::Duration most) {
  if (interval >= least && interval <= most) return absl::OkStatus();
  return InvalidField(flag, "OUT_OF_RANGE",
                      absl::StrCat("must be from ", absl::FormatDuration(least), " to ", absl::FormatDuration(most)),
                      {{"value", absl::FormatDuration(interval)}});
}

// The exit status.
absl::StatusOr<int> Audit(const Parts& parts, mysql::Database& database) {
  constexpr int kFaultsFound = 1;
  resource::Catalog catalog;
  parts.fill_catalog(&catalog);
  ASSIGN_OR_RETURN(const bool sound, VerifyAuditTrail(database, catalog, absl::GetFlag(FLAGS_mysql_schema),
                                                      absl::GetFlag(FLAGS_audit_anchors), std::cout));
  return sound ? 0 : kFaultsFound;
}

// Another service that this program asks.
struct Link {
  std::unique_ptr<rpc::Client> client;
  std::unique_ptr<Peer> peer;
};

// `issuer` is made when this is the first of them.
absl::Status Connect(const Parts& parts, const server::Program& program, const char* name, const char* unavailable,
                     const std::string& address, std::unique_ptr<auth::InternalIssuer>* issuer, Link* link) {
  if (*issuer == nullptr) {
    auth::InternalIssuer::Options options;
    options.program = parts.name;
    options.key_file = absl::GetFlag(FLAGS_internal_key_file);
    ASSIGN_OR_RETURN(*issuer, auth::InternalIssuer::Create(options, absl::Now()));
  }
  rpc::ClientOptions options;
  options.target = address;
  options.tls = program.tls_files();
  ASSIGN_OR_RETURN(link->client, rpc::Client::Create(options));
  link->peer = std::make_unique<Peer>(name, unavailable, *link->client, **issuer);
  return absl::OkStatus();
}

absl::Status Serve(const Parts& parts, server::Program& program, mysql::Database& database, Metrics& metrics,
                   int* exit_status) {
  SystemClock clock;
  const bool sandbox = absl::GetFlag(FLAGS_sandbox_clock);
  RETURN_IF_ERROR(CheckInterval("sandbox_clock_interval", absl::GetFlag(FLAGS_sandbox_clock_interval),
                                absl::Milliseconds(1), absl::Minutes(1)));
  const absl::Duration head_interval = absl::GetFlag(FLAGS_audit_head_interval);
  RETURN_IF_ERROR(CheckInterval("audit_head_interval", head_interval, absl::Milliseconds(100), absl::Hours(24)));
  if (sandbox) RETURN_IF_ERROR(FollowSandboxClock(database, &clock));
  resource::Catalog catalog;
  parts.fill_catalog(&catalog);
  ASSIGN_OR_RETURN(const std::string page_key,
                   server::ReadSecretFile("page_token_key_file", absl::GetFlag(FLAGS_page_token_key_file)));
  if (page_key.size() < kPageKeyBytes) {
    return InvalidField("page_token_key_file", "KEY_TOO_SHORT", "must hold at least 32 bytes");
  }
  ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone(absl::GetFlag(FLAGS_time_zone)));
  resource::Runtime runtime(database, catalog, clock, page_key.substr(0, kPageKeyBytes), zone);
  RETURN_IF_ERROR(CheckPool(program));
  RETURN_IF_ERROR(CheckSchema(parts, database, runtime));

  auth::InternalAuthenticator::Options auth_options;
  auth_options.jwks_file = absl::GetFlag(FLAGS_internal_jwks_file);
  auth_options.program_permissions = parts.program_permissions;
  ASSIGN_OR_RETURN(auto authenticator, auth::InternalAuthenticator::Create(auth_options));
  schedule::Scheduler scheduler(runtime, parts.name);
  rpc::Registry registry;

  std::unique_ptr<auth::InternalIssuer> issuer;
  Link account_svc, contract_svc, aftersales_svc;
  std::unique_ptr<ScopeReplica> scopes;
  if (parts.replicates_scopes) {
    RETURN_IF_ERROR(Connect(parts, program, "account-svc", "ACCOUNT_SVC_UNAVAILABLE", absl::GetFlag(FLAGS_account_svc),
                            &issuer, &account_svc));
    scopes = std::make_unique<ScopeReplica>(database, *account_svc.peer);
  }
  if (parts.asks_about_business) {
    if (const std::string address = absl::GetFlag(FLAGS_contract_svc); !address.empty()) {
      RETURN_IF_ERROR(
          Connect(parts, program, "contract-svc", "CONTRACT_SVC_UNAVAILABLE", address, &issuer, &contract_svc));
    }
    if (const std::string address = absl::GetFlag(FLAGS_aftersales_svc); !address.empty()) {
      RETURN_IF_ERROR(
          Connect(parts, program, "aftersales-svc", "AFTERSALES_SVC_UNAVAILABLE", address, &issuer, &aftersales_svc));
    }
  }
  RETURN_IF_ERROR(parts.register_handlers(Context{runtime, registry, scheduler, scopes.get(), account_svc.peer.get(),
                                                  contract_svc.peer.get(), aftersales_svc.peer.get()}));
  event::RegisterFeed(runtime, parts.feed_method, &registry);
  RegisterSandboxClock(database, &clock, &scheduler, sandbox, parts.clock_method, &registry);
  const std::vector<absl::string_view> services(parts.rpc_services.begin(), parts.rpc_services.end());
  // The feed and clock files declare the services of all three programs; those of others are not this one's to serve.
  RETURN_IF_ERROR(registry.CheckComplete(parts.name, services));
  resource::GuardHandlers(runtime, &registry);

  AuditHeadPublisher audit_head(database, absl::GetFlag(FLAGS_mysql_schema));
  std::vector<std::unique_ptr<Worker>> workers;
  workers.push_back(std::make_unique<Worker>("number changes", kNumberingInterval, [&] {
    return event::NumberChanges(database, absl::Now() + absl::Seconds(10)).status();
  }));
  workers.push_back(
      std::make_unique<Worker>("publish audit head", head_interval, [&] { return audit_head.Publish(); }));
  workers.push_back(std::make_unique<Worker>("due items", kDueInterval, [&] {
    return scheduler.RunDue(clock.Now(), absl::Now() + absl::Seconds(30)).status();
  }));
  workers.push_back(
      std::make_unique<Worker>("purge request ids", kPurgeInterval, [&] { return PurgeRequestIds(database); }));
  workers.push_back(std::make_unique<Worker>("scope members", kRepairInterval, [&] {
    return resource::RepairScopeMembers(database, absl::Now() + absl::Seconds(30)).status();
  }));
  if (scopes != nullptr) {
    workers.push_back(std::make_unique<Worker>("account scopes", kReplicaInterval, [&] { return scopes->Follow(); }));
  }
  workers.push_back(
      std::make_unique<Worker>("measure", kMeasureInterval, [&] { return metrics.Measure(database, clock.Now()); }));
  if (sandbox) {
    workers.push_back(std::make_unique<Worker>("sandbox clock", absl::GetFlag(FLAGS_sandbox_clock_interval),
                                               [&] { return FollowSandboxClock(database, &clock); }));
  }
  program.OnScrape([&] { metrics.ShowPool(database.stats()); });
  program.OnStop([&workers] {
    for (const auto& worker : workers) worker->Stop();
  });
  program.AddCheck("database", [&database] { return Ping(database); });
  program.Serve(registry, *authenticator);
  *exit_status = program.Run();
  return absl::OkStatus();
}

}  // namespace

int Main(const Parts& parts, int argc, char** argv) {
  server::Program program(parts.name, argc, argv);
  mysql::Options options = DatabaseOptions();
  Metrics metrics(*program.metrics(), options.pool_size_max);
  options.on_acquired = [&metrics](absl::Duration waited) { metrics.Acquired(waited); };
  const mysql::TlsOptions tls = DatabaseTls();
  absl::Status status = mysql::CheckTls(options, tls);
  const std::unique_ptr<mysql::Database> database = mysql::OpenWithTls(std::move(options), tls);
  constexpr int kCannotStart = 1, kCannotLook = 2;
  int exit_status = 0;
  if (!status.ok()) {
    // Said below.
  } else if (absl::GetFlag(FLAGS_audit)) {
    const absl::StatusOr<int> audited = Audit(parts, *database);
    if (audited.ok()) return *audited;
    status = audited.status();
  } else if (absl::GetFlag(FLAGS_migrate)) {
    status = MigrateSchema(parts, *database);
  } else {
    status = Serve(parts, program, *database, metrics, &exit_status);
  }
  if (status.ok()) return exit_status;
  log::Error(absl::GetFlag(FLAGS_audit) ? "cannot look at the audit trail" : "cannot start",
             {{"reason", Reason(status)}, {"detail", std::string(status.message())}});
  return absl::GetFlag(FLAGS_audit) ? kCannotLook : kCannotStart;
}

}  // namespace kam::service

// The suite as it runs: account-svc, contract-svc, aftersales-svc and the gateway as processes, over schemas and
// database users of their own.
//
//   Suite suite({});
//   ASSERT_THAT(suite.Start(), IsOk());
//   Http somebody(suite.url(), suite.Token("anna"));
//   suite.Kill("contract-svc");  ...  suite.Restart("contract-svc");
#ifndef KAM_TESTS_E2E_SUITE_H_
#define KAM_TESTS_E2E_SUITE_H_

#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"
#include "common/mysql/mysql.h"
#include "tests/e2e/http.h"
#include "tests/e2e/process.h"

namespace kam::rpc {
class Client;
}

namespace kam::e2e {

// Login of the person that a new installation begins with; brings in everything else.
inline constexpr char kIntegrator[] = "integrator";
// The programs with a schema, in the order in which they start.
inline constexpr const char* kServices[] = {"account-svc", "contract-svc", "aftersales-svc"};
inline constexpr char kGateway[] = "gateway";

// Starting, stopping and killing are for one thread, which must outlive the programs: they end with it. The rest is
// thread-safe once Start has returned.
class Suite {
 public:
  struct Options {
    // A MariaDB of its own, which may be killed; otherwise that of KAM_TEST_MARIADB.
    bool own_database = false;
    // Those started; the gateway finds nobody at the address of the others.
    std::vector<std::string> services = {std::begin(kServices), std::end(kServices)};
    bool gateway = true;
    // People with roles that no import gives, as --bootstrap_administrators takes them.
    std::string administrators;
    std::vector<std::string> gateway_flags;
  };
  explicit Suite(Options options);
  ~Suite();  // Ends all programs, drops schemas and users.
  Suite(const Suite&) = delete;
  Suite& operator=(const Suite&) = delete;

  // Makes keys, schemas and users, migrates, starts every program, and returns when all are ready. The error has the
  // end of the log of what failed.
  absl::Status Start();

  // One more process of a service over the same schema; from here on a program by the name "{program}#2".
  absl::Status StartReplica(const std::string& program) { return Launch(program + "#2"); }
  // SIGKILL; returns when the process is gone.
  void Kill(const std::string& program);
  // Starts again at the same address and returns when it is ready.
  absl::Status Restart(const std::string& program);
  // The same for the database; only with own_database.
  absl::Status KillDatabase();
  absl::Status RestartDatabase();
  // SIGTERM; the exit status.
  int Stop(const std::string& program);
  bool IsRunning(const std::string& program);
  // Verifies the audit trail of a service with the heads in its log, once the trail has every change; the exit status.
  // What it prints is appended to folder()/audit.jsonl.
  int Audit(const std::string& program);

  // "http://127.0.0.1:port" of the gateway.
  std::string url() const;
  // Port of a listener ("grpc", "http", "admin") of a program.
  int port(const std::string& program, const std::string& listener) const;
  // Flags by which kamctl reaches this suite as the integrator.
  std::vector<std::string> KamctlFlags();

  // A token of the identity provider for a login, made at `at`, good for twelve hours.
  std::string Token(absl::string_view login, absl::Time at);
  std::string Token(absl::string_view login);
  // A token as the gateway mints it for its calls to the services.
  absl::StatusOr<std::string> InternalToken(const auth::Principal& principal);
  // gRPC to a service, past the gateway.
  absl::StatusOr<std::unique_ptr<rpc::Client>> ClientOf(const std::string& program);

  std::string SchemaOf(const std::string& program) const;
  // The schema of a service, as administrator.
  mysql::Database& database(const std::string& program);
  // The same as the user of the service itself, with the rights that a migration gives it.
  std::unique_ptr<mysql::Database> OpenAsItself(const std::string& program) const;
  // First cell of the first row; fails the test when the query does.
  mysql::Value Get(const std::string& program, absl::string_view sql);

  // Folder of the keys and passwords, as `kamctl keys` makes it; that of the issuer is in it.
  const std::string& secrets() const { return secrets_; }
  // A folder for files of the test; removed at the end.
  const std::string& folder() const { return folder_; }
  std::string log(const std::string& program) const;
  // Path of a program of this build.
  static std::string Binary(const std::string& name);
  // The ends of all logs, for the message of a test that fails.
  std::string Logs() const;

 private:
  struct Program {
    std::unique_ptr<Process> process;
    std::map<std::string, int> ports;  // By listener.
  };

  absl::Status MakeSchemas();
  absl::Status MigrateAll();
  absl::Status Launch(const std::string& name);
  // Where a service that has not started yet will listen.
  int ReservePort(const std::string& program);
  std::vector<std::string> ServiceFlags(const std::string& program) const;
  std::vector<std::string> ListenFlags(const std::string& program, const std::vector<std::string>& listeners) const;
  std::string PasswordFile(const std::string& program) const;
  mysql::Options AdminOptions(const std::string& schema) const;

  const Options options_;
  std::string folder_, secrets_, database_folder_, prefix_;
  // The socket as the programs know it, and the one of the server that runs now.
  std::string socket_, server_socket_;
  std::map<std::string, Program> programs_;
  std::map<std::string, int> reserved_;  // gRPC ports by program.
  std::unique_ptr<mysql::Database> admin_;
  std::map<std::string, std::unique_ptr<mysql::Database>> databases_;
};

}  // namespace kam::e2e

#endif  // KAM_TESTS_E2E_SUITE_H_

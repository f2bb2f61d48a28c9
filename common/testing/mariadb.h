// A schema of its own for every test, in the MariaDB that CTest's fixture "mariadb" runs.
#ifndef KAM_COMMON_TESTING_MARIADB_H_
#define KAM_COMMON_TESTING_MARIADB_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/mysql/mysql.h"

namespace kam::testing {

// Creates a schema (utf8mb4) with a unique name and a user who may touch only it, and drops both at the end. Without
// the environment variable KAM_TEST_MARIADB, or when the server does not answer, the running test fails, and every
// use of database() gives UNAVAILABLE.
class TempDatabase {
 public:
  // Applies the migrations of `migrations_directory` (from the source root) unless it is empty.
  explicit TempDatabase(absl::string_view migrations_directory = {});
  ~TempDatabase();
  TempDatabase(const TempDatabase&) = delete;
  TempDatabase& operator=(const TempDatabase&) = delete;

  // For Database::Open and for programs under test; has a password file.
  const mysql::Options& options() const { return options_; }
  const std::string& schema() const { return options_.schema; }
  // A pool on options().
  mysql::Database& database() { return *database_; }
  // The server as its administrator.
  mysql::Database& admin() { return *admin_; }

  // Runs one statement as the schema's user; fails the test when that fails.
  void Execute(absl::string_view sql);
  // First cell of the first row; NULL when there is none. Fails the test when the query fails.
  mysql::Value Get(absl::string_view sql);

  // Cuts every session of the schema's user. Returns how many there were.
  int KillSessions();
  // Cuts one session, by its CONNECTION_ID(), and returns when the server has let it go.
  void KillSession(int64_t connection_id);

 private:
  absl::Status Create(absl::string_view migrations_directory);

  mysql::Options options_;
  std::string folder_;  // Holds the password file.
  std::unique_ptr<mysql::Database> admin_;
  std::unique_ptr<mysql::Database> database_;
};

}  // namespace kam::testing

#endif  // KAM_COMMON_TESTING_MARIADB_H_

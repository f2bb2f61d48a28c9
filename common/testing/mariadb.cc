#include "common/testing/mariadb.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/mysql/migrate.h"
#include "common/status/status.h"
#include "common/testing/mariadb_server.h"

namespace kam::testing {
namespace {

// Long enough for a loaded machine; a test that waits longer hangs.
constexpr absl::Duration kStepTimeout = absl::Seconds(60);
constexpr absl::Duration kPollEvery = absl::Milliseconds(2);

absl::Time Deadline() { return absl::Now() + kStepTimeout; }

absl::Status Run(mysql::Database& database, absl::string_view sql) {
  return database.Run(Deadline(), [&](mysql::Connection& connection) { return connection.Execute(sql).status(); });
}

}  // namespace

TempDatabase::TempDatabase(absl::string_view migrations_directory) {
  absl::BitGen random;
  const std::string name = absl::StrCat("kam_t_", getpid(), "_", absl::Hex(absl::Uniform<uint32_t>(random)));
  options_.schema = name;
  options_.user = name;
  options_.socket = "/nonexistent/KAM_TEST_MARIADB-is-not-set";
  const char* directory = getenv("KAM_TEST_MARIADB");
  absl::Status status;
  if (directory == nullptr) {
    status = absl::FailedPreconditionError(
        "the environment variable KAM_TEST_MARIADB is not set: run the test with ctest, or start the server with "
        "bin/test_mariadb start DIR and set KAM_TEST_MARIADB=DIR");
  } else if (absl::StatusOr<std::string> socket = MariadbSocket(directory); socket.ok()) {
    options_.socket = *socket;
  } else {
    status = socket.status();
  }
  mysql::Options admin = options_;
  admin.user = "root";
  admin.schema = "mysql";
  admin.pool_size_max = 4;
  admin.acquire_timeout = kStepTimeout;
  admin_ = mysql::Database::Open(admin);
  if (status.ok()) status = Create(migrations_directory);
  if (!status.ok()) ADD_FAILURE() << "no test database: " << status;
  if (database_ == nullptr) database_ = mysql::Database::Open(options_);
}

absl::Status TempDatabase::Create(absl::string_view migrations_directory) {
  std::string folder = "/tmp/kam-test-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return absl::InternalError("cannot make a folder for the password file");
  folder_ = folder;
  absl::BitGen random;
  const std::string password =
      absl::StrCat(absl::Hex(absl::Uniform<uint64_t>(random)), absl::Hex(absl::Uniform<uint64_t>(random)));
  options_.password_file = absl::StrCat(folder_, "/password");
  std::ofstream(options_.password_file) << password << '\n';

  const std::string& name = options_.schema;
  RETURN_IF_ERROR(
      Run(*admin_, absl::StrCat("CREATE DATABASE `", name, "` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci")));
  RETURN_IF_ERROR(Run(*admin_, absl::StrCat("CREATE USER '", name, "'@'localhost' IDENTIFIED BY '", password, "'")));
  // In the name of a schema `_` stands for any character unless it is escaped.
  RETURN_IF_ERROR(Run(*admin_, absl::StrCat("GRANT ALL ON `", absl::StrReplaceAll(name, {{"_", "\\_"}}), "`.* TO '",
                                            name, "'@'localhost'")));
  database_ = mysql::Database::Open(options_);
  if (migrations_directory.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Migration> migrations, mysql::ReadMigrations(migrations_directory));
  return mysql::Migrate(*database_, migrations, "test").status();
}

TempDatabase::~TempDatabase() {
  database_.reset();
  if (!folder_.empty()) {
    KillSessions();  // Of programs under test; a schema in use would make DROP wait.
    const absl::Status schema = Run(*admin_, absl::StrCat("DROP DATABASE IF EXISTS `", options_.schema, "`"));
    EXPECT_TRUE(schema.ok()) << schema;
    const absl::Status user = Run(*admin_, absl::StrCat("DROP USER IF EXISTS '", options_.user, "'@'localhost'"));
    EXPECT_TRUE(user.ok()) << user;
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
}

void TempDatabase::Execute(absl::string_view sql) {
  const absl::Status status = Run(*database_, sql);
  EXPECT_TRUE(status.ok()) << status << "\n" << sql;
}

mysql::Value TempDatabase::Get(absl::string_view sql) {
  mysql::Value value;
  const absl::Status status = database_->Run(Deadline(), [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql));
    if (!rows.empty()) value = rows[0][0];
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status << "\n" << sql;
  return value;
}

int TempDatabase::KillSessions() {
  std::vector<mysql::Row> rows;
  const absl::Status status = admin_->Run(Deadline(), [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(rows,
                     connection.Query("SELECT id FROM information_schema.processlist WHERE user = ?", {options_.user}));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  for (const mysql::Row& row : rows) KillSession(row[0].integer());
  return static_cast<int>(rows.size());
}

void TempDatabase::KillSession(int64_t connection_id) {
  constexpr int kErrorNoSuchThread = 1094;
  const absl::Status status = admin_->Run(Deadline(), [&](mysql::Connection& connection) -> absl::Status {
    const absl::Status killed = connection.Execute(absl::StrCat("KILL CONNECTION ", connection_id)).status();
    if (!killed.ok() && MetadataValue(killed, "errno") != absl::StrCat(kErrorNoSuchThread)) return killed;
    const absl::Time limit = Deadline();
    for (;;) {
      ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                       connection.Query("SELECT 1 FROM information_schema.processlist WHERE id = ?", {connection_id}));
      if (rows.empty()) return absl::OkStatus();
      if (absl::Now() > limit) return absl::DeadlineExceededError("the killed session does not end");
      absl::SleepFor(kPollEvery);
    }
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace kam::testing

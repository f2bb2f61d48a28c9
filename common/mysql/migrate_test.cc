// The rules of the migration runner, against the real server.
#include "common/mysql/migrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/mysql/grants.h"
#include "common/status/status.h"
#include "common/testing/mariadb.h"

namespace kam::mysql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SplitStatementsTest, SplitsOutsideQuotesAndComments) {
  EXPECT_THAT(SplitStatements("CREATE TABLE a (x INT); -- first; still the comment\n"
                              "INSERT INTO a VALUES ('it''s; \\'; ok', \";\"); # end;\n"
                              "/* ; */ SELECT `;` ;;\n ; /*! SET x = 1 */; -- nothing\n"),
              ElementsAre("CREATE TABLE a (x INT)",
                          "-- first; still the comment\nINSERT INTO a VALUES ('it''s; \\'; ok', \";\")",
                          "# end;\n/* ; */ SELECT `;`", "/*! SET x = 1 */"));
  EXPECT_THAT(SplitStatements(""), IsEmpty());
  EXPECT_THAT(SplitStatements(" -- only\n/* comments; */ "), IsEmpty());
  EXPECT_THAT(SplitStatements("SELECT 5--3"), ElementsAre("SELECT 5--3"));
  EXPECT_THAT(SplitStatements("SELECT 'open; "), ElementsAre("SELECT 'open;"));
}

class ReadMigrationsTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_ + "/" + name) << text; }
  std::string folder_ = "/tmp/kam-test-XXXXXX";
};

TEST_F(ReadMigrationsTest, ReadsNumberedFilesInOrder) {
  Write("0002_more.sql", "B");
  Write("0001_base.sql", "A");
  Write("users.sql", "not a migration");
  Write("0001_base.md", "not a migration");
  const std::vector<Migration> migrations = ReadMigrations(folder_).value();
  ASSERT_EQ(migrations.size(), 2u);
  EXPECT_EQ(migrations[0].number, 1);
  EXPECT_EQ(migrations[0].name, "0001_base.sql");
  EXPECT_EQ(migrations[0].sql, "A");
  EXPECT_EQ(migrations[1].number, 2);
}

TEST_F(ReadMigrationsTest, RefusesGapsDoubleNumbersAndWrongNames) {
  EXPECT_EQ(Reason(ReadMigrations(folder_ + "/none").status()), "MIGRATIONS_INVALID");
  Write("0001_base.sql", "A");
  Write("0003_late.sql", "C");
  EXPECT_EQ(MetadataValue(ReadMigrations(folder_).status(), "name"), "0003_late.sql");
  Write("0002_mid.sql", "B");
  EXPECT_TRUE(ReadMigrations(folder_).ok());
  Write("0002_other.sql", "B");
  EXPECT_EQ(MetadataValue(ReadMigrations(folder_).status(), "name"), "0002_other.sql");
  std::filesystem::remove(folder_ + "/0002_other.sql");
  Write("4_short.sql", "D");
  EXPECT_EQ(MetadataValue(ReadMigrations(folder_).status(), "name"), "4_short.sql");
}

constexpr char kTable[] = " (id INT NOT NULL PRIMARY KEY) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n";

class MigrateTest : public ::testing::Test {
 protected:
  Database& db() { return temp_.database(); }
  static Migration Make(int number, std::string sql) {
    return {number, absl::StrCat("000", number, "_test.sql"), std::move(sql)};
  }
  int64_t Count(absl::string_view from) { return temp_.Get(absl::StrCat("SELECT COUNT(*) FROM ", from)).integer(); }

  testing::TempDatabase temp_;
};

TEST_F(MigrateTest, AppliesWhatIsMissingOnce) {
  std::vector<Migration> migrations = {Make(1, absl::StrCat("CREATE TABLE a", kTable, "INSERT INTO a VALUES (1);")),
                                       Make(2, absl::StrCat("CREATE TABLE b", kTable))};
  EXPECT_EQ(MetadataValue(CheckApplied(db(), migrations), "migration"), "0001_test.sql");
  EXPECT_THAT(Migrate(db(), migrations, "one").value(), ElementsAre(1, 2));
  EXPECT_TRUE(CheckApplied(db(), migrations).ok());
  EXPECT_THAT(Migrate(db(), migrations, "one").value(), IsEmpty());
  migrations.push_back(Make(3, "INSERT INTO b VALUES (1), (2); INSERT INTO b VALUES (3)"));
  EXPECT_EQ(Reason(CheckApplied(db(), migrations)), "SCHEMA_TOO_OLD");
  EXPECT_EQ(MetadataValue(CheckApplied(db(), migrations), "migration"), "0003_test.sql");
  EXPECT_THAT(Migrate(db(), migrations, "one").value(), ElementsAre(3));
  EXPECT_TRUE(CheckApplied(db(), migrations).ok());
  EXPECT_EQ(Count("a"), 1);
  EXPECT_EQ(Count("b"), 3);
  EXPECT_EQ(temp_.Get("SELECT sha256 FROM schema_migrations WHERE number = 3").text(),
            temp_.Get("SELECT SHA2('INSERT INTO b VALUES (1), (2); INSERT INTO b VALUES (3)', 256)").text());
  // A binary that knows fewer files runs on a newer schema.
  migrations.pop_back();
  EXPECT_THAT(Migrate(db(), migrations, "old").value(), IsEmpty());
  EXPECT_TRUE(CheckApplied(db(), migrations).ok());
}

// G-20: a release that adds a table gives it to the service as well, and the audit trail stays what it is.
TEST_F(MigrateTest, TheUserOfTheServiceGetsEveryTableThatIsThere) {
  const std::string user = absl::StrCat(temp_.schema().substr(0, 20), "_svc");
  const auto admin = [&](absl::string_view sql) {
    return temp_.admin().Run(absl::InfiniteFuture(),
                             [&](Connection& connection) { return connection.Execute(std::string(sql), {}).status(); });
  };
  const auto rights = [&](absl::string_view table) {
    std::string found;
    const absl::Status read = temp_.admin().Run(absl::InfiniteFuture(), [&](Connection& connection) -> absl::Status {
      ASSIGN_OR_RETURN(
          const std::vector<Row> rows,
          connection.Query("SELECT GROUP_CONCAT(privilege_type ORDER BY privilege_type) FROM "
                           "information_schema.table_privileges WHERE table_schema = ? AND table_name = ? "
                           "AND grantee = ?",
                           {temp_.schema(), std::string(table), absl::StrCat("'", user, "'@'localhost'")}));
      found = rows[0][0].is_null() ? "" : rows[0][0].text();
      return absl::OkStatus();
    });
    EXPECT_TRUE(read.ok()) << read;
    return found;
  };
  ASSERT_TRUE(admin(absl::StrCat("CREATE USER '", user, "'@'localhost'")).ok());
  // As in docs/operators.md; `_` in the name of a granted schema stands for any character unless it is escaped.
  ASSERT_TRUE(admin(absl::StrCat("GRANT ALL ON `", absl::StrReplaceAll(temp_.schema(), {{"_", "\\_"}}), "`.* TO '",
                                 temp_.options().user, "'@'localhost' WITH GRANT OPTION"))
                  .ok());
  std::vector<Migration> migrations = {
      Make(1, absl::StrCat("CREATE TABLE a", kTable)),
      Make(2, "CREATE TABLE changes (id INT NOT NULL PRIMARY KEY, sequence INT, chain_link INT) ENGINE=InnoDB;")};
  ASSERT_TRUE(Migrate(db(), migrations, "one").ok());
  const std::string grantee = absl::StrCat(user, "@localhost");
  ASSERT_TRUE(GrantTables(db(), temp_.schema(), grantee).ok());
  EXPECT_EQ(rights("a"), "DELETE,INSERT,SELECT,UPDATE");
  EXPECT_EQ(rights("changes"), "INSERT,SELECT") << "besides two columns";
  EXPECT_EQ(rights("schema_migrations"), "SELECT");
  EXPECT_EQ(rights("schema_migration_lease"), "SELECT");
  // An earlier release gave more.
  ASSERT_TRUE(admin(absl::StrCat("GRANT INSERT, UPDATE, DELETE ON `", temp_.schema(), "`.schema_migration_lease TO '",
                                 user, "'@'localhost'"))
                  .ok());
  migrations.push_back(Make(3, absl::StrCat("CREATE TABLE b", kTable)));
  ASSERT_TRUE(Migrate(db(), migrations, "one").ok());
  EXPECT_EQ(rights("b"), "");
  ASSERT_TRUE(GrantTables(db(), temp_.schema(), grantee).ok());
  EXPECT_EQ(rights("b"), "DELETE,INSERT,SELECT,UPDATE");
  EXPECT_EQ(rights("a"), "DELETE,INSERT,SELECT,UPDATE");
  EXPECT_EQ(rights("schema_migration_lease"), "SELECT");
  EXPECT_EQ(Reason(GrantTables(db(), temp_.schema(), "a'b@%")), "GRANT_USER_INVALID");
  EXPECT_EQ(Reason(GrantTables(db(), temp_.schema(), "kam_account")), "GRANT_USER_INVALID");
  EXPECT_TRUE(admin(absl::StrCat("DROP USER '", user, "'@'localhost'")).ok());
}

TEST_F(MigrateTest, RefusesAnAppliedFileThatWasChangedOrRenamed) {
  ASSERT_TRUE(Migrate(db(), {Make(1, absl::StrCat("CREATE TABLE a", kTable))}, "x").ok());
  const absl::Status changed = Migrate(db(), {Make(1, absl::StrCat("CREATE TABLE  a", kTable))}, "x").status();
  EXPECT_EQ(Reason(changed), "MIGRATION_CHANGED");
  EXPECT_EQ(MetadataValue(changed, "name"), "0001_test.sql");
  Migration renamed = Make(1, absl::StrCat("CREATE TABLE a", kTable));
  renamed.name = "0001_other.sql";
  EXPECT_EQ(Reason(Migrate(db(), {renamed}, "x").status()), "MIGRATION_CHANGED");
}

TEST_F(MigrateTest, ABrokenOffFileGoesOnWhereItStopped) {
  const std::string start = absl::StrCat("CREATE TABLE a", kTable, "INSERT INTO a VALUES (1);");
  const absl::Status broken =
      Migrate(db(), {Make(1, absl::StrCat(start, "INSERT INTO missing VALUES (1); CREATE TABLE c", kTable))}, "x")
          .status();
  EXPECT_THAT(std::string(broken.message()), HasSubstr("0001_test.sql, statement 3"));
  EXPECT_EQ(MetadataValue(broken, "errno"), "1146");
  // Begun is not applied.
  EXPECT_EQ(Reason(CheckApplied(db(), {Make(1, start)})), "SCHEMA_TOO_OLD");
  EXPECT_EQ(temp_.Get("SELECT statements_done FROM schema_migrations WHERE number = 1").integer(), 2);
  // What was done may not be changed; what failed may be mended.
  EXPECT_EQ(Reason(Migrate(db(), {Make(1, absl::StrCat("CREATE TABLE a2", kTable, "SELECT 1"))}, "x").status()),
            "MIGRATION_CHANGED");
  EXPECT_THAT(Migrate(db(), {Make(1, absl::StrCat(start, "CREATE TABLE missing", kTable))}, "x").value(),
              ElementsAre(1));
  EXPECT_EQ(Count("a"), 1);
  EXPECT_EQ(Count("missing"), 0);
}

TEST_F(MigrateTest, AStatementDoneButNotRecordedIsNotDoneTwice) {
  const std::vector<Migration> migrations = {
      Make(1, absl::StrCat("INSERT INTO seed VALUES (1); CREATE TABLE a", kTable, "INSERT INTO a VALUES (1);"))};
  EXPECT_FALSE(Migrate(db(), migrations, "x").ok());  // Makes the runner's tables; `seed` is missing.
  temp_.Execute(absl::StrCat("CREATE TABLE seed", kTable));
  // A runner that dies between the statement and its record leaves this behind.
  const std::vector<Migration> first = {Make(1, "INSERT INTO seed VALUES (1); SELEC broken")};
  EXPECT_FALSE(Migrate(db(), first, "x").ok());
  temp_.Execute(absl::StrCat("CREATE TABLE a", kTable));
  temp_.Execute("UPDATE schema_migrations SET statement_begun = 2 WHERE number = 1");
  EXPECT_THAT(Migrate(db(), migrations, "x").value(), ElementsAre(1));
  EXPECT_EQ(Count("a"), 1);
  EXPECT_EQ(Count("seed"), 1);
}

TEST_F(MigrateTest, ATableThatIsInTheWayIsAnErrorEveryTime) {
  temp_.Execute(absl::StrCat("CREATE TABLE a", kTable));
  const std::vector<Migration> migrations = {Make(1, absl::StrCat("CREATE TABLE a", kTable))};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(MetadataValue(Migrate(db(), migrations, "x").status(), "errno"), "1050");
  }
}

TEST_F(MigrateTest, TwoRunnersAtOnceApplyOnce) {
  std::vector<Migration> migrations;
  for (int i = 1; i <= 5; ++i) {
    migrations.push_back(Make(i, absl::StrCat("CREATE TABLE t", i, kTable, "INSERT INTO t", i, " VALUES (1)")));
  }
  constexpr int kRunners = 4;
  std::vector<absl::StatusOr<std::vector<int>>> results(kRunners, absl::UnknownError("not run"));
  std::vector<std::thread> runners;
  for (int i = 0; i < kRunners; ++i) {
    runners.emplace_back([&, i] {
      const std::unique_ptr<Database> own = Database::Open(temp_.options());
      results[static_cast<size_t>(i)] = Migrate(*own, migrations, "same name");
    });
  }
  for (std::thread& runner : runners) runner.join();
  size_t applied = 0;
  for (const auto& result : results) {
    ASSERT_TRUE(result.ok()) << result.status();
    applied += result->size();
  }
  EXPECT_EQ(applied, migrations.size());
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(Count(absl::StrCat("t", i)), 1);
}

TEST_F(MigrateTest, AnExpiredLeaseIsTakenOverAndALostOneStopsItsHolder) {
  ASSERT_TRUE(Migrate(db(), {}, "x").ok());
  temp_.Execute(
      "UPDATE schema_migration_lease SET holder = 'dead', expires = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE id = 1");
  EXPECT_THAT(Migrate(db(), {Make(1, absl::StrCat("CREATE TABLE a", kTable))}, "x").value(), ElementsAre(1));
  EXPECT_EQ(temp_.Get("SELECT holder FROM schema_migration_lease").text(), "");
  // The second file's first statement takes the lease away, as another runner would after an expiry.
  const absl::Status lost =
      Migrate(db(),
              {Make(1, absl::StrCat("CREATE TABLE a", kTable)),
               Make(2, absl::StrCat("UPDATE schema_migration_lease SET holder = 'other'; CREATE TABLE b", kTable))},
              "x")
          .status();
  EXPECT_EQ(Reason(lost), "MIGRATION_LEASE_LOST");
  EXPECT_EQ(temp_
                .Get("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND "
                     "table_name = 'b'")
                .integer(),
            0);
}

TEST_F(MigrateTest, WaitsForAnotherHolderToFinish) {
  ASSERT_TRUE(Migrate(db(), {}, "x").ok());
  temp_.Execute(
      "UPDATE schema_migration_lease SET holder = 'busy', expires = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR WHERE id = 1");
  absl::StatusOr<std::vector<int>> result = absl::UnknownError("not run");
  std::thread runner([&] { result = Migrate(db(), {Make(1, absl::StrCat("CREATE TABLE a", kTable))}, "x"); });
  // However far the runner has come, nothing may be applied while the other holds the lease.
  const std::string asked =
      "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'a'";
  for (int i = 0; i < 20; ++i) EXPECT_EQ(temp_.Get(asked).integer(), 0);
  temp_.Execute("UPDATE schema_migration_lease SET holder = '' WHERE id = 1");
  runner.join();
  EXPECT_THAT(result.value(), ElementsAre(1));
}

}  // namespace
}  // namespace kam::mysql

// The rules of Database and Connection, against the real server.
#include "common/mysql/mysql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "common/testing/mariadb.h"

namespace kam::mysql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

class MysqlTest : public ::testing::Test {
 protected:
  std::unique_ptr<Database> Open(Options options) { return Database::Open(std::move(options)); }
  Database& db() { return temp_.database(); }

  absl::StatusOr<std::vector<Row>> Query(absl::string_view sql, std::vector<Value> params = {}) {
    std::vector<Row> rows;
    const absl::Status status = db().Run(Soon(), [&](Connection& connection) -> absl::Status {
      ASSIGN_OR_RETURN(rows, connection.Query(sql, Params(params)));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return rows;
  }
  absl::StatusOr<int64_t> Execute(absl::string_view sql, std::vector<Value> params = {}) {
    int64_t changed = 0;
    const absl::Status status = db().Run(Soon(), [&](Connection& connection) -> absl::Status {
      ASSIGN_OR_RETURN(changed, connection.Execute(sql, Params(params)));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return changed;
  }

  testing::TempDatabase temp_;
};

TEST_F(MysqlTest, EveryTypeComesBackAsItWasStored) {
  temp_.Execute(
      "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, tiny TINYINT, flag BOOLEAN, big BIGINT, money DECIMAL(38,9), "
      "day DATE, at DATETIME(6), name VARCHAR(100), raw VARBINARY(300), fixed BINARY(16), note LONGTEXT, "
      "data LONGBLOB) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin");
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  const std::string id("\0\xff\xfe\x80'\"\\\0abcdefgh", 16);
  const Row full = {1,
                    -128,
                    true,
                    std::numeric_limits<int64_t>::min(),
                    "-12345678901234567890123456789.123456789",
                    "2024-02-29",
                    absl::FromUnixMicros(1709210096000001),
                    "大客户 ünïcödé 🚀 O'Neill \\ ?",
                    bytes,
                    id,
                    "note",
                    bytes};
  const Row empty = {2, Null(), Null(), Null(), Null(), Null(), Null(), Null(), Null(), Null(), Null(), Null()};
  const Row edges = {
      3,
      127,
      false,
      std::numeric_limits<int64_t>::max(),
      "0.000000000",
      "1000-01-01",
      absl::FromCivil(absl::CivilSecond(9999, 12, 31, 23, 59, 59), absl::UTCTimeZone()) + absl::Microseconds(999999),
      "",
      "",
      std::string(16, '\0'),
      "",
      ""};
  for (const Row& row : {full, empty, edges}) {
    ASSERT_EQ(Execute("INSERT INTO t (id, tiny, flag, big, money, day, at, name, raw, fixed, note, data) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      row)
                  .value(),
              1);
  }
  const std::string columns = "id, tiny, flag, big, money, day, at, name, raw, fixed, note, data";
  EXPECT_THAT(Query(absl::StrCat("SELECT ", columns, " FROM t ORDER BY id")).value(), ElementsAre(full, empty, edges));
  EXPECT_THAT(Query(absl::StrCat("SELECT ", columns, " FROM t WHERE fixed = ? AND raw = ? AND at = ? AND name = ?"),
                    {full[9], full[8], full[6], full[7]})
                  .value(),
              ElementsAre(full));

  // Scan speaks another protocol and must give the same cells, and take the same parameters.
  std::vector<Row> scanned;
  const std::vector<Value> params = {full[9], full[8], full[6], full[7], full[3]};
  ASSERT_TRUE(
      db().Run(Soon(),
               [&](Connection& connection) {
                 return connection.Scan(
                     absl::StrCat("SELECT ", columns,
                                  " FROM t WHERE (fixed = ? AND raw = ? AND at = ? AND name = ? AND big = ? /* ? */ "
                                  "AND '?' <> '') OR id > 1 ORDER BY id"),
                     Params(params), [&](const Row& row) {
                       scanned.push_back(row);
                       return absl::OkStatus();
                     });
               })
          .ok());
  EXPECT_THAT(scanned, ElementsAre(full, empty, edges));
}

TEST_F(MysqlTest, ExpressionsHaveTheTypesOfTheirColumns) {
  EXPECT_THAT(
      Query("SELECT COUNT(*), 1.50, CAST(5 AS UNSIGNED), 1.5e0, NULL, b'101', CAST('2024-01-02' AS DATE)").value(),
      ElementsAre(Row{1, "1.50", 5, "1.5", Null(), "\x05", "2024-01-02"}));
  EXPECT_EQ(Query("SELECT CAST(18446744073709551615 AS UNSIGNED)").status().code(), absl::StatusCode::kInternal);
}

TEST_F(MysqlTest, TimesKeepTheirMicrosecondsInUtc) {
  temp_.Execute("CREATE TABLE t (at DATETIME(6) NOT NULL PRIMARY KEY) ENGINE=InnoDB");
  for (const int64_t micros :
       {int64_t{0}, int64_t{-1}, int64_t{1}, int64_t{999999}, int64_t{-62135596800000000}, int64_t{1700000000123456}}) {
    const absl::Time time = absl::FromUnixMicros(micros);
    ASSERT_TRUE(Execute("INSERT INTO t (at) VALUES (?)", {time + absl::Nanoseconds(999)}).ok());
    EXPECT_EQ(Query("SELECT at FROM t WHERE at = ?", {time}).value(), std::vector<Row>{{time}}) << micros;
  }
  EXPECT_FALSE(Execute("INSERT INTO t (at) VALUES (?)", {absl::InfiniteFuture()}).ok());
  const absl::Time server = Query("SELECT UTC_TIMESTAMP(6)").value()[0][0].time();
  EXPECT_LT(absl::AbsDuration(server - absl::Now()), absl::Seconds(30));
  EXPECT_EQ(Query("SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())").value()[0][0].integer(), 0);
}

TEST_F(MysqlTest, LongTextAndBlobsAreNotCutAndLeaveNothingBehindInTheStatement) {
  temp_.Execute(
      "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, note LONGTEXT, data LONGBLOB) ENGINE=InnoDB DEFAULT "
      "CHARSET=utf8mb4");
  std::string text, data;
  while (text.size() < 1024 * 1024) text += "关键客户's \\ ";
  for (size_t i = 0; i < 1024 * 1024 + 7; ++i) data += static_cast<char>(i * 31 + i / 256);
  const std::vector<Row> rows = {{1, text, data},
                                 {2, "short", "s"},
                                 {3, text, Null()},
                                 {4, Null(), data},
                                 {5, "", ""},
                                 {6, data.substr(0, 0), data},
                                 {7, std::string(256 * 1024, 'x'), std::string(256 * 1024 + 1, '\0')}};
  ASSERT_TRUE(
      db().Run(Soon(),
               [&](Connection& connection) -> absl::Status {
                 for (const Row& row : rows) {
                   RETURN_IF_ERROR(
                       connection.Execute("INSERT INTO t (id, note, data) VALUES (?, ?, ?)", Params(row)).status());
                 }
                 for (const Row& row : rows) {
                   ASSIGN_OR_RETURN(const std::vector<Row> got,
                                    connection.Query("SELECT id, note, data FROM t WHERE id = ?", {row[0]}));
                   EXPECT_TRUE(got == std::vector<Row>{row}) << row[0].integer();
                 }
                 return absl::OkStatus();
               })
          .ok());
}

TEST_F(MysqlTest, StatementsAreBoundedPerSessionAndStillWorkAfterTheyWereLetGo) {
  Options options = temp_.options();
  options.statements_kept_max = 3;
  options.pool_size_max = 1;
  const std::unique_ptr<Database> database = Open(options);
  ASSERT_TRUE(database
                  ->Run(Soon(),
                        [&](Connection& connection) -> absl::Status {
                          const auto count = [&](const char* name) -> int64_t {
                            std::string sql = absl::StrCat("SHOW SESSION STATUS LIKE '", name, "'");
                            std::vector<Row> rows;
                            const absl::Status scan = connection.Scan(sql, {}, [&](const Row& row) {
                              rows.push_back(row);
                              return absl::OkStatus();
                            });
                            EXPECT_TRUE(scan.ok()) << scan;
                            return std::stoll(rows.at(0)[1].text());
                          };
                          const int64_t prepared = count("Com_stmt_prepare");
                          const int64_t closed = count("Com_stmt_close");
                          for (int i = 0; i < 50; ++i) {
                            ASSIGN_OR_RETURN(const auto rows, connection.Query("SELECT ?", {i}));
                            EXPECT_EQ(rows, std::vector<Row>{{i}});
                          }
                          EXPECT_EQ(count("Com_stmt_prepare") - prepared, 1);
                          for (int i = 0; i < 10; ++i) {
                            ASSIGN_OR_RETURN(const auto rows,
                                             connection.Query(absl::StrCat("SELECT ", i, " + ?"), {1}));
                            EXPECT_EQ(rows[0][0].integer(), i + 1);
                          }
                          EXPECT_EQ(count("Com_stmt_prepare") - prepared, 11);
                          EXPECT_EQ(count("Com_stmt_close") - closed, 8);
                          return connection.Query("SELECT ?", {"again"}).status();
                        })
                  .ok());
}

TEST_F(MysqlTest, AKeptStatementSurvivesAChangeOfItsTable) {
  temp_.Execute("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT) ENGINE=InnoDB");
  temp_.Execute("INSERT INTO t (id, v) VALUES (1, 5)");
  Options options = temp_.options();
  options.pool_size_max = 1;
  const std::unique_ptr<Database> database = Open(options);
  const absl::Status status = database->Run(Soon(), [&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const auto before, connection.Query("SELECT v FROM t WHERE id = ?", {1}));
    EXPECT_EQ(before[0][0], Value(5));
    temp_.Execute("ALTER TABLE t MODIFY v VARCHAR(20)");
    ASSIGN_OR_RETURN(const auto after, connection.Query("SELECT v FROM t WHERE id = ?", {1}));
    EXPECT_EQ(after[0][0], Value("5"));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(MysqlTest, ExecuteCountsRowsChangedNotRowsMatched) {
  temp_.Execute("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT NOT NULL) ENGINE=InnoDB");
  EXPECT_EQ(Execute("INSERT INTO t (id, v) VALUES (?, ?), (?, ?)", {1, 1, 2, 2}).value(), 2);
  EXPECT_EQ(Execute("UPDATE t SET v = ? WHERE id = ?", {7, 1}).value(), 1);
  EXPECT_EQ(Execute("UPDATE t SET v = ? WHERE id = ?", {7, 1}).value(), 0);
  EXPECT_EQ(Execute("UPDATE t SET v = ? WHERE id = ?", {7, 9}).value(), 0);
  EXPECT_EQ(Execute("DELETE FROM t").value(), 2);
}

TEST_F(MysqlTest, MisuseIsRefusedAndTheSessionStaysUsable) {
  const absl::Status status = db().Run(Soon(), [&](Connection& connection) -> absl::Status {
    for (const char* sql : {"START TRANSACTION", "/* x */ commit", "BEGIN", "ROLLBACK", "SET autocommit = 0",
                            "SET SESSION autocommit = 0"}) {
      EXPECT_EQ(connection.Execute(sql).status().code(), absl::StatusCode::kInternal) << sql;
    }
    EXPECT_EQ(connection.Query("SELECT ?").status().code(), absl::StatusCode::kInternal);
    EXPECT_EQ(connection.Query("SELECT 1", {1}).status().code(), absl::StatusCode::kInternal);
    EXPECT_EQ(connection.Execute("SELECT 1").status().code(), absl::StatusCode::kInternal);
    EXPECT_EQ(connection.Query("DO 1").status().code(), absl::StatusCode::kInternal);
    EXPECT_EQ(connection.Query("SELECT nothing FROM nowhere").status().code(), absl::StatusCode::kInternal);
    EXPECT_EQ(connection.Execute("SELEC 1; SELECT 2").status().code(), absl::StatusCode::kInternal);
    const absl::Status nested =
        connection.Scan("SELECT 1", {}, [&](const Row&) { return connection.Query("SELECT 2").status(); });
    EXPECT_EQ(nested.code(), absl::StatusCode::kInternal);
    return connection.Query("SELECT 1").status();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(
      db().RunInTransaction(
              Soon(), [](Connection& connection) { return connection.Execute("CREATE TABLE x (a INT)").status(); })
          .code(),
      absl::StatusCode::kInternal);
}

TEST_F(MysqlTest, AScanStopsAtTheFirstErrorOfItsCallback) {
  int rows = 0;
  const absl::Status status = db().Run(Soon(), [&](Connection& connection) -> absl::Status {
    const absl::Status scan = connection.Scan(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n", {},
        [&](const Row&) { return ++rows < 10 ? absl::OkStatus() : absl::CancelledError("enough"); });
    EXPECT_EQ(scan.code(), absl::StatusCode::kCancelled);
    return connection.Query("SELECT 1").status();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(rows, 10);
}

TEST_F(MysqlTest, ADuplicateKeyNamesItsIndexAndNotTheValue) {
  temp_.Execute(
      "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, phone VARCHAR(60), UNIQUE KEY t_phone (phone)) ENGINE=InnoDB");
  ASSERT_TRUE(Execute("INSERT INTO t (id, phone) VALUES (1, ?)", {"13800138000' for key 'x"}).ok());
  const absl::Status duplicate =
      Execute("INSERT INTO t (id, phone) VALUES (2, ?)", {"13800138000' for key 'x"}).status();
  std::string key;
  EXPECT_TRUE(IsDuplicateKey(duplicate, &key)) << duplicate;
  EXPECT_EQ(key, "t_phone");
  EXPECT_THAT(duplicate.ToString(), Not(HasSubstr("13800138000")));
  EXPECT_TRUE(IsDuplicateKey(Execute("INSERT INTO t (id) VALUES (1)").status(), &key));
  EXPECT_EQ(key, "PRIMARY");
  EXPECT_FALSE(IsDuplicateKey(absl::AlreadyExistsError("other")));
}

TEST_F(MysqlTest, ABrokenConstraintIsNamedWithoutTheValue) {
  temp_.Execute("CREATE TABLE parent (id INT NOT NULL PRIMARY KEY) ENGINE=InnoDB");
  temp_.Execute(
      "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, name VARCHAR(3) NOT NULL DEFAULT '', n TINYINT, at DATETIME(6), "
      "parent INT, CONSTRAINT t_n_positive CHECK (n > 0), CONSTRAINT t_parent FOREIGN KEY (parent) REFERENCES parent "
      "(id)) "
      "ENGINE=InnoDB");
  const auto violated = [&](absl::string_view sql, Value value) {
    const absl::Status status = Execute(sql, {value}).status();
    EXPECT_EQ(Reason(status), "CONSTRAINT_VIOLATED") << sql << " " << status;
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    if (!value.text().empty()) {
      EXPECT_THAT(status.ToString(), Not(HasSubstr(value.text())));
    }
    return absl::StrCat(MetadataValue(status, "constraint"), MetadataValue(status, "column"));
  };
  EXPECT_EQ(violated("INSERT INTO t (id, name) VALUES (1, ?)", "secret"), "name");
  EXPECT_EQ(violated("INSERT INTO t (id, name) VALUES (1, ?)", Null()), "name");
  EXPECT_EQ(violated("INSERT INTO t (id, n) VALUES (1, ?)", 1000), "n");
  EXPECT_EQ(violated("INSERT INTO t (id, n) VALUES (1, ?)", -1), "t_n_positive");
  EXPECT_EQ(violated("INSERT INTO t (id, parent) VALUES (1, ?)", 5), "t_parent");
  violated("INSERT INTO t (id, at) VALUES (1, ?)", "2024-02-30 secret");
  violated("INSERT INTO t (id, at) VALUES (1, ?)", "0000-00-00 00:00:00");
}

TEST_F(MysqlTest, SessionsRunStrictReadCommittedUtcUtf8) {
  const std::vector<Row> rows =
      Query(
          "SELECT @@tx_isolation, @@time_zone, @@character_set_client, @@character_set_connection, "
          "@@character_set_results, @@sql_mode, @@max_statement_time, @@autocommit")
          .value();
  EXPECT_EQ(rows[0][0].text(), "READ-COMMITTED");
  EXPECT_EQ(rows[0][1].text(), "+00:00");
  for (size_t i = 2; i < 5; ++i) EXPECT_EQ(rows[0][i].text(), "utf8mb4");
  for (const char* mode : {"STRICT_ALL_TABLES", "NO_ENGINE_SUBSTITUTION", "ERROR_FOR_DIVISION_BY_ZERO", "NO_ZERO_DATE",
                           "NO_ZERO_IN_DATE"}) {
    EXPECT_THAT(rows[0][5].text(), HasSubstr(mode));
  }
  EXPECT_EQ(rows[0][6].text(), "10");
  EXPECT_EQ(rows[0][7].integer(), 1);
}

TEST_F(MysqlTest, AWrongPasswordOrAMissingServerIsUnavailable) {
  Options wrong = temp_.options();
  wrong.password_file = "";
  EXPECT_EQ(Reason(Open(wrong)->Run(Soon(), [](Connection&) { return absl::OkStatus(); })), "DATABASE_UNAVAILABLE");
  wrong.password_file = "/nonexistent/password";
  EXPECT_EQ(Reason(Open(wrong)->Run(Soon(), [](Connection&) { return absl::OkStatus(); })), "DATABASE_UNAVAILABLE");
  Options nowhere = temp_.options();
  nowhere.socket = "/nonexistent/socket";
  const absl::Status status = Open(nowhere)->RunInTransaction(Soon(), [](Connection&) { return absl::OkStatus(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(status), "DATABASE_UNAVAILABLE");
  EXPECT_GT(RetryAfter(status), absl::ZeroDuration());
}

TEST_F(MysqlTest, TheUserOfASchemaMayNotTouchAnother) {
  testing::TempDatabase other;
  other.Execute("CREATE TABLE t (id INT NOT NULL PRIMARY KEY) ENGINE=InnoDB");
  EXPECT_FALSE(Query(absl::StrCat("SELECT id FROM ", other.schema(), ".t")).ok());
}

TEST_F(MysqlTest, AStatementThatTakesTooLongIsEndedAndTheSessionLivesOn) {
  Options options = temp_.options();
  options.statement_timeout = absl::Milliseconds(200);
  options.pool_size_max = 1;
  const std::unique_ptr<Database> database = Open(options);
  const absl::Status status = database->Run(
      Soon(), [](Connection& connection) { return connection.Query("SELECT SLEEP(30) FROM (SELECT 1) x").status(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_EQ(Reason(status), "STATEMENT_TIMEOUT");
  EXPECT_TRUE(database->Run(Soon(), [](Connection& c) { return c.Query("SELECT 1").status(); }).ok());
  EXPECT_EQ(database->stats().created, 1);
}

TEST_F(MysqlTest, AServerThatDoesNotAnswerInTimeIsUnavailableAndItsSessionIsClosed) {
  Options options = temp_.options();
  options.read_timeout = absl::Seconds(1);
  options.pool_size_max = 1;
  const std::unique_ptr<Database> database = Open(options);
  const absl::Status status =
      database->Run(Soon(), [](Connection& connection) { return connection.Query("SELECT SLEEP(5)").status(); });
  EXPECT_EQ(Reason(status), "DATABASE_UNAVAILABLE") << status;
  EXPECT_EQ(database->stats().closed, 1);
  EXPECT_TRUE(database->Run(Soon(), [](Connection& c) { return c.Query("SELECT 1").status(); }).ok());
}

TEST_F(MysqlTest, NothingStartsAfterTheDeadline) {
  const absl::Status past = db().Run(absl::Now() - absl::Seconds(1), [](Connection&) { return absl::OkStatus(); });
  EXPECT_EQ(past.code(), absl::StatusCode::kDeadlineExceeded);
  temp_.Execute("CREATE TABLE t (id INT NOT NULL PRIMARY KEY) ENGINE=InnoDB");
  const absl::Time deadline = absl::Now() + absl::Seconds(2);
  const absl::Status status = db().RunInTransaction(deadline, [&](Connection& connection) -> absl::Status {
    RETURN_IF_ERROR(connection.Execute("INSERT INTO t (id) VALUES (1)").status());
    while (absl::Now() < deadline) std::this_thread::yield();
    EXPECT_EQ(connection.Query("SELECT 1").status().code(), absl::StatusCode::kDeadlineExceeded);
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(temp_.Get("SELECT COUNT(*) FROM t").integer(), 0);
}

TEST_F(MysqlTest, AnExhaustedPoolAnswersWithinItsLimit) {
  Options options = temp_.options();
  options.pool_size_max = 2;
  options.acquire_timeout = absl::Milliseconds(100);
  const std::unique_ptr<Database> database = Open(options);
  const absl::Status status = database->Run(Soon(), [&](Connection&) {
    return database->Run(Soon(), [&](Connection&) -> absl::Status {
      EXPECT_EQ(database->stats().in_use, 2);
      const absl::Time start = absl::Now();
      const absl::Status busy = database->Run(Soon(), [](Connection&) { return absl::OkStatus(); });
      EXPECT_EQ(busy.code(), absl::StatusCode::kResourceExhausted);
      EXPECT_EQ(Reason(busy), "DATABASE_BUSY");
      EXPECT_GT(RetryAfter(busy), absl::ZeroDuration());
      EXPECT_GE(absl::Now() - start, absl::Milliseconds(100));
      EXPECT_LT(absl::Now() - start, absl::Seconds(10));
      return absl::OkStatus();
    });
  });
  EXPECT_TRUE(status.ok()) << status;
  const PoolStats stats = database->stats();
  EXPECT_EQ(stats.acquire_timeouts, 1);
  EXPECT_EQ(stats.in_use, 0);
  EXPECT_EQ(stats.idle, 2);
  EXPECT_EQ(stats.created, 2);
  EXPECT_EQ(stats.acquired, 2);
}

TEST_F(MysqlTest, WhoWaitsIsCountedAndTheWaitIsTold) {
  std::mutex mutex;
  std::vector<absl::Duration> waits;
  Options options = temp_.options();
  options.pool_size_max = 1;
  options.acquire_timeout = absl::Seconds(30);
  options.on_acquired = [&](absl::Duration waited) {
    const std::lock_guard<std::mutex> lock(mutex);
    waits.push_back(waited);
  };
  const std::unique_ptr<Database> database = Open(options);
  constexpr absl::Duration kHeld = absl::Milliseconds(20);
  std::thread second;
  ASSERT_TRUE(database
                  ->Run(Soon(),
                        [&](Connection&) {
                          second = std::thread([&] {
                            EXPECT_TRUE(database->Run(Soon(), [](Connection&) { return absl::OkStatus(); }).ok());
                          });
                          while (database->stats().waiting == 0) std::this_thread::yield();
                          const absl::Time waits_since = absl::Now();
                          while (absl::Now() - waits_since < kHeld) std::this_thread::yield();
                          return absl::OkStatus();
                        })
                  .ok());
  second.join();
  EXPECT_EQ(database->stats().waiting, 0);
  ASSERT_EQ(waits.size(), 2u);
  EXPECT_GE(waits[1], kHeld);
}

TEST_F(MysqlTest, AnOldSessionIsReplaced) {
  Options options = temp_.options();
  options.lifetime_max = absl::ZeroDuration();
  const std::unique_ptr<Database> database = Open(options);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(database->Run(Soon(), [](Connection& c) { return c.Query("SELECT 1").status(); }).ok());
  }
  EXPECT_EQ(database->stats().created, 3);
  EXPECT_EQ(database->stats().closed, 2);
}

}  // namespace
}  // namespace kam::mysql

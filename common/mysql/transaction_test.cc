// The rules of Database::RunInTransaction, against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/mysql/mysql.h"
#include "common/status/status.h"
#include "common/testing/mariadb.h"

namespace kam::mysql {
namespace {

absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

int64_t ConnectionId(Connection& connection) {
  const absl::StatusOr<std::vector<Row>> rows = connection.Query("SELECT CONNECTION_ID()");
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.ok() ? (*rows)[0][0].integer() : 0;
}

class TransactionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    temp_.Execute("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
    temp_.Execute("INSERT INTO t (id, v) VALUES (1, 0), (2, 0)");
  }
  Database& db() { return temp_.database(); }
  int64_t Cell(absl::string_view sql) { return temp_.Get(sql).integer(); }

  testing::TempDatabase temp_;
};

TEST_F(TransactionTest, WorkThatEndsWellIsStored) {
  EXPECT_TRUE(db().RunInTransaction(Soon(),
                                    [](Connection& connection) -> absl::Status {
                                      RETURN_IF_ERROR(connection.Execute("UPDATE t SET v = 1 WHERE id = 1").status());
                                      return connection.Execute("UPDATE t SET v = 2 WHERE id = 2").status();
                                    })
                  .ok());
  EXPECT_EQ(Cell("SELECT SUM(v) = 3 FROM t"), 1);
}

TEST_F(TransactionTest, AnErrorOfTheWorkRollsBackAndIsReturned) {
  const absl::Status refused = FailedPrecondition("NOT_SIGNED", "contracts/1", "not signed");
  EXPECT_EQ(db().RunInTransaction(Soon(),
                                  [&](Connection& connection) -> absl::Status {
                                    RETURN_IF_ERROR(connection.Execute("UPDATE t SET v = 1 WHERE id = 1").status());
                                    return refused;
                                  }),
            refused);
  EXPECT_EQ(Cell("SELECT v FROM t WHERE id = 1"), 0);
  EXPECT_EQ(db().stats().closed, 0);
}

TEST_F(TransactionTest, WorkThatThrowsLeavesNoOpenTransactionBehind) {
  Options options = temp_.options();
  options.pool_size_max = 1;
  const std::unique_ptr<Database> database = Database::Open(options);
  EXPECT_THROW(database
                   ->RunInTransaction(Soon(),
                                      [](Connection& connection) -> absl::Status {
                                        EXPECT_TRUE(connection.Execute("UPDATE t SET v = 1 WHERE id = 1").ok());
                                        throw std::runtime_error("a bug");
                                      })
                   .IgnoreError(),
               std::runtime_error);
  EXPECT_TRUE(
      database->Run(Soon(), [](Connection& c) { return c.Execute("UPDATE t SET v = 5 WHERE id = 2").status(); }).ok());
  EXPECT_EQ(Cell("SELECT v FROM t WHERE id = 1"), 0);
  EXPECT_EQ(Cell("SELECT v FROM t WHERE id = 2"), 5);
  EXPECT_EQ(database->stats().created, 1);
}

TEST_F(TransactionTest, ADeadlockIsRunAgainUntilBothAreDone) {
  std::barrier both_hold_one(2);
  std::atomic<int> runs = 0;
  const auto transfer = [&](int first, int second) {
    bool first_run = true;
    return db().RunInTransaction(Soon(), [&, first, second](Connection& connection) -> absl::Status {
      ++runs;
      RETURN_IF_ERROR(connection.Execute("UPDATE t SET v = v + 1 WHERE id = ?", {first}).status());
      if (std::exchange(first_run, false)) both_hold_one.arrive_and_wait();
      return connection.Execute("UPDATE t SET v = v + 1 WHERE id = ?", {second}).status();
    });
  };
  absl::Status forth, back;
  std::thread one([&] { forth = transfer(1, 2); });
  std::thread two([&] { back = transfer(2, 1); });
  one.join();
  two.join();
  EXPECT_TRUE(forth.ok()) << forth;
  EXPECT_TRUE(back.ok()) << back;
  EXPECT_GE(runs, 3);
  EXPECT_EQ(Cell("SELECT v FROM t WHERE id = 1"), 2);
  EXPECT_EQ(Cell("SELECT v FROM t WHERE id = 2"), 2);
  EXPECT_GE(db().stats().transaction_retries, 1);
}

TEST_F(TransactionTest, AConflictTheWorkSwallowsStillRollsBack) {
  std::barrier both_hold_one(2);
  const auto careless = [&](int first, int second) {
    bool first_run = true;
    return db().RunInTransaction(Soon(), [&, first, second](Connection& connection) -> absl::Status {
      RETURN_IF_ERROR(connection.Execute("UPDATE t SET v = v + 1 WHERE id = ?", {first}).status());
      if (std::exchange(first_run, false)) both_hold_one.arrive_and_wait();
      connection.Execute("UPDATE t SET v = v + 1 WHERE id = ?", {second}).IgnoreError();
      return absl::OkStatus();
    });
  };
  std::thread one([&] { EXPECT_TRUE(careless(1, 2).ok()); });
  std::thread two([&] { EXPECT_TRUE(careless(2, 1).ok()); });
  one.join();
  two.join();
  EXPECT_EQ(Cell("SELECT v FROM t WHERE id = 1"), 2);
  EXPECT_EQ(Cell("SELECT v FROM t WHERE id = 2"), 2);
}

TEST_F(TransactionTest, ALockWaitTimeoutIsRetriedAndThenReported) {
  Options options = temp_.options();
  options.statement_timeout = absl::Seconds(2);  // Lock waits end after half of it.
  const std::unique_ptr<Database> database = Database::Open(options);
  int runs = 0;
  const absl::Status holder = db().RunInTransaction(Soon(), [&](Connection& connection) -> absl::Status {
    RETURN_IF_ERROR(connection.Execute("UPDATE t SET v = 9 WHERE id = 1").status());
    const absl::Status waiter = database->RunInTransaction(Soon(), [&](Connection& other) {
      ++runs;
      return other.Execute("UPDATE t SET v = v + 1 WHERE id = 1").status();
    });
    EXPECT_EQ(waiter.code(), absl::StatusCode::kAborted) << waiter;
    EXPECT_EQ(Reason(waiter), "TRANSACTION_CONFLICT");
    return absl::OkStatus();
  });
  EXPECT_TRUE(holder.ok()) << holder;
  EXPECT_EQ(runs, 5);
  EXPECT_EQ(database->stats().transaction_retries, 4);
  EXPECT_EQ(Cell("SELECT v FROM t WHERE id = 1"), 9);
}

TEST_F(TransactionTest, AConflictIsNotRetriedPastTheDeadline) {
  Options options = temp_.options();
  options.statement_timeout = absl::Seconds(2);
  const std::unique_ptr<Database> database = Database::Open(options);
  int runs = 0;
  const absl::Status holder = db().RunInTransaction(Soon(), [&](Connection& connection) -> absl::Status {
    RETURN_IF_ERROR(connection.Execute("UPDATE t SET v = 9 WHERE id = 1").status());
    const absl::Status waiter =
        database->RunInTransaction(absl::Now() + absl::Milliseconds(700), [&](Connection& other) {
          ++runs;
          return other.Execute("UPDATE t SET v = v + 1 WHERE id = 1").status();
        });
    EXPECT_EQ(Reason(waiter), "TRANSACTION_CONFLICT") << waiter;
    return absl::OkStatus();
  });
  EXPECT_TRUE(holder.ok()) << holder;
  EXPECT_EQ(runs, 1);
}

TEST_F(TransactionTest, ASessionKilledDuringTheWorkIsUnavailableAndTheNextUseWorks) {
  const absl::Status status = db().RunInTransaction(Soon(), [&](Connection& connection) -> absl::Status {
    RETURN_IF_ERROR(connection.Execute("UPDATE t SET v = 1 WHERE id = 1").status());
    temp_.KillSession(ConnectionId(connection));
    return connection.Execute("UPDATE t SET v = 1 WHERE id = 2").status();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(Reason(status), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(db().stats().in_use, 0);
  EXPECT_EQ(Cell("SELECT COUNT(*) FROM t WHERE v = 0"), 2);
}

TEST_F(TransactionTest, ALossTheWorkSwallowsIsNotACommit) {
  const absl::Status status = db().RunInTransaction(Soon(), [&](Connection& connection) -> absl::Status {
    RETURN_IF_ERROR(connection.Execute("UPDATE t SET v = 1 WHERE id = 1").status());
    temp_.KillSession(ConnectionId(connection));
    connection.Execute("UPDATE t SET v = 1 WHERE id = 2").IgnoreError();
    return absl::OkStatus();
  });
  EXPECT_EQ(Reason(status), "DATABASE_UNAVAILABLE") << status;
  EXPECT_EQ(Cell("SELECT COUNT(*) FROM t WHERE v = 0"), 2);
}

TEST_F(TransactionTest, ASessionKilledBeforeCommitIsNeverReportedAsStored) {
  const absl::Status status = db().RunInTransaction(Soon(), [&](Connection& connection) -> absl::Status {
    RETURN_IF_ERROR(connection.Execute("INSERT INTO t (id, v) VALUES (3, 3)").status());
    temp_.KillSession(ConnectionId(connection));
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(Reason(status), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_GT(RetryAfter(status), absl::ZeroDuration());
  EXPECT_EQ(Cell("SELECT COUNT(*) FROM t WHERE id = 3"), 0);
}

TEST_F(TransactionTest, SessionsKilledWhileIdleAreReplacedUnseen) {
  Options options = temp_.options();
  options.pool_size_max = 3;
  const std::unique_ptr<Database> database = Database::Open(options);
  const auto nothing = [](Connection&) { return absl::OkStatus(); };
  ASSERT_TRUE(database
                  ->Run(Soon(),
                        [&](Connection&) {
                          return database->Run(Soon(), [&](Connection&) { return database->Run(Soon(), nothing); });
                        })
                  .ok());
  ASSERT_EQ(database->stats().idle, 3);
  EXPECT_GE(temp_.KillSessions(), 3);
  // START TRANSACTION meets the dead sessions; nothing has been done by then, so that it goes on with the next.
  const absl::Status status = database->RunInTransaction(Soon(), [](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t changed, connection.Execute("UPDATE t SET v = 4 WHERE id = 1"));
    EXPECT_EQ(changed, 1);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GE(database->stats().closed, 1);
}

TEST_F(TransactionTest, AStatementTimeoutInTheWorkRollsBackAndIsNotRetried) {
  Options options = temp_.options();
  options.statement_timeout = absl::Milliseconds(200);
  const std::unique_ptr<Database> database = Database::Open(options);
  int runs = 0;
  const absl::Status status = database->RunInTransaction(Soon(), [&](Connection& connection) -> absl::Status {
    ++runs;
    RETURN_IF_ERROR(connection.Execute("UPDATE t SET v = 1 WHERE id = 1").status());
    return connection.Query("SELECT SLEEP(30) FROM t").status();
  });
  EXPECT_EQ(Reason(status), "STATEMENT_TIMEOUT") << status;
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(Cell("SELECT v FROM t WHERE id = 1"), 0);
}

TEST_F(TransactionTest, SixteenThreadsLoseNoIncrement) {
  constexpr int kThreads = 16, kEach = 25;
  Options options = temp_.options();
  options.pool_size_max = 8;
  options.acquire_timeout = absl::Seconds(30);
  const std::unique_ptr<Database> database = Database::Open(options);
  std::atomic<int> done = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kEach; ++n) {
        const absl::Status status = database->RunInTransaction(Soon(), [](Connection& connection) -> absl::Status {
          ASSIGN_OR_RETURN(const auto rows, connection.Query("SELECT v FROM t WHERE id = ? FOR UPDATE", {1}));
          return connection.Execute("UPDATE t SET v = ? WHERE id = ?", {rows[0][0].integer() + 1, 1}).status();
        });
        EXPECT_TRUE(status.ok()) << status;
        if (status.ok()) ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, kThreads * kEach);
  EXPECT_EQ(Cell("SELECT v FROM t WHERE id = 1"), kThreads * kEach);
  const PoolStats stats = database->stats();
  EXPECT_LE(stats.created, 8);
  EXPECT_EQ(stats.in_use, 0);
  EXPECT_EQ(stats.acquired, kThreads * kEach);
}

TEST_F(TransactionTest, ReadsSeeOnlyWhatIsCommitted) {
  const absl::Status status = db().RunInTransaction(Soon(), [&](Connection& connection) -> absl::Status {
    RETURN_IF_ERROR(connection.Execute("UPDATE t SET v = 1 WHERE id = 1").status());
    EXPECT_EQ(Cell("SELECT v FROM t WHERE id = 1"), 0);
    // READ COMMITTED: a later commit of another session is seen inside the transaction.
    RETURN_IF_ERROR(connection.Query("SELECT v FROM t WHERE id = 2").status());
    temp_.Execute("UPDATE t SET v = 6 WHERE id = 2");
    ASSIGN_OR_RETURN(const auto rows, connection.Query("SELECT v FROM t WHERE id = 2"));
    EXPECT_EQ(rows[0][0].integer(), 6);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace kam::mysql

// Access to MySQL and MariaDB: the only place in the suite that includes the connector.
//
// Shape: Database (pool of sessions) -> Connection (one leased session) -> Query/Execute with `?` parameters.
// Writes go through Database::RunInTransaction, whose START TRANSACTION, COMMIT and ROLLBACK are SQL statements:
// the connector's own commit() reports success on a dead connection (docs/adr/0003-transactions-are-sql.md).
// Errors: absl::Status with reasons DUPLICATE_KEY (metadata "key"), TRANSACTION_CONFLICT, STATEMENT_TIMEOUT,
// DATABASE_UNAVAILABLE, DATABASE_BUSY (pool exhausted), CONSTRAINT_VIOLATED, COMMIT_OUTCOME_UNKNOWN, INTERNAL.
// Nothing throws. SQL text never appears in a message that may leave the service.
#ifndef KAM_COMMON_MYSQL_MYSQL_H_
#define KAM_COMMON_MYSQL_MYSQL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace kam::mysql {

struct Null {
  bool operator==(const Null&) const = default;
};

// A parameter or a cell. DECIMAL, DATE and text are strings; DATETIME(6) is absl::Time in UTC; BLOB is a string.
class Value {
 public:
  Value() = default;                             // NULL
  Value(Null) {}                                 // NOLINT(google-explicit-constructor): parameters are written in place
  Value(int64_t v) : v_(v) {}                    // NOLINT
  Value(int v) : v_(static_cast<int64_t>(v)) {}  // NOLINT
  Value(bool v) : v_(static_cast<int64_t>(v)) {}      // NOLINT
  Value(absl::string_view v) : v_(std::string(v)) {}  // NOLINT
  Value(std::string v) : v_(std::move(v)) {}          // NOLINT
  Value(const char* v) : v_(std::string(v)) {}        // NOLINT
  Value(absl::Time v) : v_(v) {}                      // NOLINT

  bool is_null() const { return std::holds_alternative<Null>(v_); }
  // The value; an empty default when NULL or of another kind.
  int64_t integer() const;
  const std::string& text() const;
  absl::Time time() const;
  const std::variant<Null, int64_t, std::string, absl::Time>& variant() const { return v_; }
  bool operator==(const Value&) const = default;

 private:
  std::variant<Null, int64_t, std::string, absl::Time> v_;
};

// One row of a result; cells in the order of the SELECT list.
using Row = std::vector<Value>;
using Params = absl::Span<const Value>;

// One leased session. Used by one thread at a time. Statements are prepared once a session and kept (bounded,
// least recently used goes first).
class Connection {
 public:
  virtual ~Connection() = default;
  // All rows of a SELECT. For pages and look-ups; use Scan for results without a bound.
  virtual absl::StatusOr<std::vector<Row>> Query(absl::string_view sql, Params params) = 0;
  // Calls `each` for every row; a non-OK status from it ends the scan and is returned.
  virtual absl::Status Scan(absl::string_view sql, Params params, absl::FunctionRef<absl::Status(const Row&)> each) = 0;
  // INSERT, UPDATE, DELETE, DDL: rows changed. An UPDATE that changes nothing reports 0, also when it matches.
  virtual absl::StatusOr<int64_t> Execute(absl::string_view sql, Params params) = 0;

  absl::StatusOr<std::vector<Row>> Query(absl::string_view sql, std::initializer_list<Value> params = {}) {
    return Query(sql, Params(params.begin(), params.size()));
  }
  absl::StatusOr<int64_t> Execute(absl::string_view sql, std::initializer_list<Value> params = {}) {
    return Execute(sql, Params(params.begin(), params.size()));
  }
};

// How to reach a schema. Times are limits, not goals.
struct Options {
  std::string host = "127.0.0.1";
  int port = 3306;
  std::string socket;  // Unix socket path; used instead of host and port when set.
  std::string user;
  std::string password_file;  // Read at every connect, so that a rotated password is taken up. Empty: no password.
  std::string schema;
  int pool_size_max = 16;
  absl::Duration connect_timeout = absl::Seconds(5);
  absl::Duration statement_timeout = absl::Seconds(10);  // Server side, per statement.
  absl::Duration read_timeout = absl::Seconds(15);       // Client side; must be longer.
  absl::Duration acquire_timeout = absl::Milliseconds(250);
  absl::Duration lifetime_max = absl::Minutes(20);
  int statements_kept_max = 200;  // Per session.
  // Told how long it took to lend a session, connecting included. Called by whoever asked for it; must not block.
  std::function<void(absl::Duration waited)> on_acquired = {};
};

// Counters for metrics; monotonic unless said otherwise.
struct PoolStats {
  int in_use = 0;   // Now.
  int idle = 0;     // Now.
  int waiting = 0;  // Calls that wait for a session, now.
  int64_t created = 0, closed = 0, acquired = 0, acquire_timeouts = 0, transaction_retries = 0;
};

// Bounded pool of sessions to one schema. Thread-safe. A session is reset (ROLLBACK) when it comes back and
// dropped when it was seen broken. Every session runs at READ COMMITTED, strict SQL mode, UTC, utf8mb4.
class Database {
 public:
  // Does not connect; the first use does.
  static std::unique_ptr<Database> Open(Options options);
  virtual ~Database() = default;

  // Runs `work` on a leased session outside a transaction (autocommit): reads and single statements.
  virtual absl::Status Run(absl::Time deadline, absl::FunctionRef<absl::Status(Connection&)> work) = 0;

  // Runs `work` in one transaction and commits. OK only when the COMMIT was acknowledged. A non-OK status from
  // `work` rolls back and is returned. Deadlock, lock wait timeout and write conflict (1213, 1205, 1020, 9007,
  // 8022, 1180), also when reported by COMMIT, roll back and run `work` again: at most 4 times, with jitter, never
  // past the deadline; so `work` must not have effects of its own. A session lost at COMMIT gives UNAVAILABLE
  // COMMIT_OUTCOME_UNKNOWN: the caller may repeat with the same request id.
  virtual absl::Status RunInTransaction(absl::Time deadline, absl::FunctionRef<absl::Status(Connection&)> work) = 0;

  virtual PoolStats stats() const = 0;
};

// True when the status is a duplicate key; `key` (may be null) gets the name of the index.
bool IsDuplicateKey(const absl::Status& status, std::string* key = nullptr);

}  // namespace kam::mysql

#endif  // KAM_COMMON_MYSQL_MYSQL_H_

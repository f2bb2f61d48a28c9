// A database that can write down the statements that pass through it, and say them again to another schema: the floor
// of an RPC is then made of exactly its own statements with its own values.
#ifndef KAM_TESTS_BENCH_SUITE_RECORDER_H_
#define KAM_TESTS_BENCH_SUITE_RECORDER_H_

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/mysql/mysql.h"

namespace kam::bench {

struct Statement {
  std::string sql;
  std::vector<mysql::Value> params;
  bool read = false;
};

// What one Run or RunInTransaction said, the last attempt when there were several, and only when it succeeded.
struct Unit {
  bool transaction = false;
  std::vector<Statement> statements;
};

class Recorder : public mysql::Database {
 public:
  // `inner` outlives this.
  explicit Recorder(mysql::Database& inner) : inner_(inner) {}

  void Start() { recording_ = true; }
  // Ends the recording; units in the order of their ends.
  std::vector<Unit> Take();

  absl::Status Run(absl::Time deadline, absl::FunctionRef<absl::Status(mysql::Connection&)> work) override;
  absl::Status RunInTransaction(absl::Time deadline, absl::FunctionRef<absl::Status(mysql::Connection&)> work) override;
  mysql::PoolStats stats() const override { return inner_.stats(); }

 private:
  absl::Status Pass(bool transaction, absl::Time deadline, absl::FunctionRef<absl::Status(mysql::Connection&)> work);

  mysql::Database& inner_;
  std::atomic<bool> recording_ = false;
  std::mutex mutex_;
  std::vector<Unit> units_;  // Under mutex_.
};

// Says a unit to `database`; the rows of results are read and thrown away.
absl::Status Replay(mysql::Database& database, const Unit& unit, bool writes_only);

}  // namespace kam::bench

#endif  // KAM_TESTS_BENCH_SUITE_RECORDER_H_

#include "tests/bench/suite/recorder.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/status/status.h"

namespace kam::bench {
namespace {

constexpr absl::Duration kReplayTimeout = absl::Seconds(30);

class RecordingConnection : public mysql::Connection {
 public:
  RecordingConnection(mysql::Connection& inner, Unit* unit) : inner_(inner), unit_(unit) {}

  absl::StatusOr<std::vector<mysql::Row>> Query(absl::string_view sql, mysql::Params params) override {
    Note(sql, params, /*read=*/true);
    return inner_.Query(sql, params);
  }
  absl::Status Scan(absl::string_view sql, mysql::Params params,
                    absl::FunctionRef<absl::Status(const mysql::Row&)> each) override {
    Note(sql, params, /*read=*/true);
    return inner_.Scan(sql, params, each);
  }
  absl::StatusOr<int64_t> Execute(absl::string_view sql, mysql::Params params) override {
    Note(sql, params, /*read=*/false);
    return inner_.Execute(sql, params);
  }

 private:
  void Note(absl::string_view sql, mysql::Params params, bool read) {
    unit_->statements.push_back({std::string(sql), std::vector<mysql::Value>(params.begin(), params.end()), read});
  }

  mysql::Connection& inner_;
  Unit* const unit_;
};

}  // namespace

std::vector<Unit> Recorder::Take() {
  recording_ = false;
  const std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(units_, {});
}

absl::Status Recorder::Run(absl::Time deadline, absl::FunctionRef<absl::Status(mysql::Connection&)> work) {
  return Pass(/*transaction=*/false, deadline, work);
}

absl::Status Recorder::RunInTransaction(absl::Time deadline, absl::FunctionRef<absl::Status(mysql::Connection&)> work) {
  return Pass(/*transaction=*/true, deadline, work);
}

absl::Status Recorder::Pass(bool transaction, absl::Time deadline,
                            absl::FunctionRef<absl::Status(mysql::Connection&)> work) {
  const auto pass = [&](absl::FunctionRef<absl::Status(mysql::Connection&)> inner_work) {
    return transaction ? inner_.RunInTransaction(deadline, inner_work) : inner_.Run(deadline, inner_work);
  };
  if (!recording_) return pass(work);
  Unit unit;
  unit.transaction = transaction;
  RETURN_IF_ERROR(pass([&](mysql::Connection& connection) -> absl::Status {
    unit.statements.clear();  // Of an attempt that was rolled back.
    RecordingConnection recording(connection, &unit);
    return work(recording);
  }));
  const std::lock_guard<std::mutex> lock(mutex_);
  units_.push_back(std::move(unit));
  return absl::OkStatus();
}

absl::Status Replay(mysql::Database& database, const Unit& unit, bool writes_only) {
  const auto say = [&](mysql::Connection& connection) -> absl::Status {
    for (const Statement& statement : unit.statements) {
      const mysql::Params params(statement.params);
      if (!statement.read) {
        RETURN_IF_ERROR(connection.Execute(statement.sql, params).status());
      } else if (!writes_only) {
        RETURN_IF_ERROR(connection.Query(statement.sql, params).status());
      }
    }
    return absl::OkStatus();
  };
  const absl::Time deadline = absl::Now() + kReplayTimeout;
  return unit.transaction ? database.RunInTransaction(deadline, say) : database.Run(deadline, say);
}

}  // namespace kam::bench

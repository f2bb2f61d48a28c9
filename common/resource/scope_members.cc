#include "common/resource/scope_members.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::resource {
namespace {

using mysql::Row;
using mysql::Value;

constexpr int kRepairedAtOnce = 200;
constexpr char kMaker[] = "MAKER";
constexpr char kCoOwner[] = "CO_OWNER";

std::vector<std::pair<std::string, const char*>> Members(const ScopeSeats& seats) {
  std::vector<std::pair<std::string, const char*>> members;
  const auto add = [&](const std::string& employee, const char* seat) {
    const bool known = std::any_of(members.begin(), members.end(), [&](const auto& m) { return m.first == employee; });
    if (!employee.empty() && !known) members.emplace_back(employee, seat);
  };
  add(seats.owner, kHolderSeat);
  for (const std::string& employee : seats.co_owners) add(employee, kCoOwner);
  if (seats.owner.empty()) add(seats.creator, kMaker);
  return members;
}

}  // namespace

absl::Status WriteScopeMembers(mysql::Connection& connection, const std::string& account, const ScopeSeats& seats) {
  RETURN_IF_ERROR(connection.Execute("DELETE FROM account_scope_members WHERE account = ?", {account}).status());
  std::string rows;
  std::vector<Value> params;
  for (const auto& [employee, seat] : Members(seats)) {
    absl::StrAppend(&rows, rows.empty() ? "" : ", ", "(?, ?, ?)");
    params.insert(params.end(), {Value(account), Value(employee), Value(seat)});
  }
  if (!rows.empty()) {
    RETURN_IF_ERROR(
        connection
            .Execute(absl::StrCat("INSERT INTO account_scope_members (account, employee, seat) VALUES ", rows),
                     mysql::Params(params))
            .status());
  }
  return connection.Execute("UPDATE account_scopes SET members_version = version WHERE account = ?", {account})
      .status();
}

absl::StatusOr<int64_t> RepairScopeMembers(mysql::Database& database, absl::Time deadline) {
  std::vector<std::string> behind;
  RETURN_IF_ERROR(database.Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    behind.clear();
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query(absl::StrCat("SELECT account FROM account_scopes WHERE members_behind = 1 LIMIT ",
                                                   kRepairedAtOnce)));
    for (const Row& row : rows) behind.push_back(row[0].text());
    return absl::OkStatus();
  }));
  for (const std::string& account : behind) {
    RETURN_IF_ERROR(database.RunInTransaction(deadline, [&](mysql::Connection& connection) -> absl::Status {
      ASSIGN_OR_RETURN(
          const std::vector<Row> rows,
          connection.Query("SELECT owner, creator FROM account_scopes WHERE account = ? FOR UPDATE", {account}));
      if (rows.empty()) return absl::OkStatus();
      ScopeSeats seats{rows[0][0].text(), rows[0][1].text(), {}};
      // A program of before knows co-owners only, and writes them as such.
      ASSIGN_OR_RETURN(const std::vector<Row> co_owners,
                       connection.Query("SELECT employee FROM account_scope_members WHERE account = ? AND seat = ?",
                                        {account, kCoOwner}));
      for (const Row& row : co_owners) seats.co_owners.push_back(row[0].text());
      return WriteScopeMembers(connection, account, seats);
    }));
  }
  return static_cast<int64_t>(behind.size());
}

}  // namespace kam::resource

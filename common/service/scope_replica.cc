#include "common/service/scope_replica.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/resource/names.h"
#include "common/resource/scope_members.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "kam/account/v1/account_scope_service.pb.h"
#include "kam/event/v1/feed.pb.h"
#include "kam/organization/v1/employee_scope_service.pb.h"

namespace kam::service {
namespace {

using mysql::Value;
using resource::IdOf;

constexpr int kNamesAtOnce = 500;
constexpr int kChangesAtOnce = 1000;
// The number rises when a replica learns more of what is there already: it reads the feed from its beginning then.
constexpr char kFeed[] = "account-svc/2";

Value IdOrNull(const std::string& name) { return name.empty() ? Value() : Value(IdOf(name)); }
Value TextOrNull(const std::string& text) { return text.empty() ? Value() : Value(text); }

// Calls `take` for the names in portions.
absl::Status InPortions(const std::vector<std::string>& names,
                        absl::FunctionRef<absl::Status(std::vector<std::string>)> take) {
  for (size_t begin = 0; begin < names.size(); begin += kNamesAtOnce) {
    const size_t end = std::min(names.size(), begin + kNamesAtOnce);
    RETURN_IF_ERROR(take({names.begin() + static_cast<long>(begin), names.begin() + static_cast<long>(end)}));
  }
  return absl::OkStatus();
}

template <typename Enum>
Value EnumOrNull(Enum value) {
  const auto* descriptor = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return descriptor == nullptr ? Value() : TextOrNull(resource::ShortEnumName(descriptor));
}

// Takes over what is said of an account unless something newer is there already.
absl::Status StoreAccount(mysql::Connection& connection, const kam::account::v1::AccountScope& scope) {
  const std::string id = IdOf(scope.account());
  RETURN_IF_ERROR(
      connection
          .Execute("INSERT INTO account_scopes (account, version, owner, creator, region, state, tier, legal_name, "
                   "parent, segment) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE "
                   "owner = IF(VALUES(version) >= version, VALUES(owner), owner), "
                   "region = IF(VALUES(version) >= version, VALUES(region), region), "
                   "state = IF(VALUES(version) >= version, VALUES(state), state), "
                   "tier = IF(VALUES(version) >= version, VALUES(tier), tier), "
                   "legal_name = IF(VALUES(version) >= version, VALUES(legal_name), legal_name), "
                   "parent = IF(VALUES(version) >= version, VALUES(parent), parent), "
                   "segment = IF(VALUES(version) >= version, VALUES(segment), segment), "
                   "version = GREATEST(VALUES(version), version)",
                   {id, scope.version(), IdOrNull(scope.owner()), IdOrNull(scope.creator()), TextOrNull(scope.region()),
                    EnumOrNull(scope.state()), EnumOrNull(scope.tier()), scope.legal_name(), IdOrNull(scope.parent()),
                    EnumOrNull(scope.segment())})
          .status());
  // The row is locked now, so that its members are of the same version.
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   connection.Query("SELECT version FROM account_scopes WHERE account = ?", {id}));
  if (rows.empty() || rows[0][0].integer() != scope.version()) return absl::OkStatus();
  resource::ScopeSeats seats{IdOf(scope.owner()), IdOf(scope.creator()), {}};
  for (const std::string& employee : scope.co_owners()) seats.co_owners.push_back(IdOf(employee));
  return resource::WriteScopeMembers(connection, id, seats);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ScopeReplica::Missing(const char* table, const char* column,
                                                               const std::vector<std::string>& names,
                                                               absl::Time deadline) {
  const std::set<std::string> wanted(names.begin(), names.end());
  std::vector<std::string> missing;
  RETURN_IF_ERROR(database_.Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    missing.clear();
    const std::string sql = absl::StrCat("SELECT 1 FROM ", table, " WHERE ", column, " = ?");
    for (const std::string& name : wanted) {
      if (name.empty()) continue;
      ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql, {IdOf(name)}));
      if (rows.empty()) missing.push_back(name);
    }
    return absl::OkStatus();
  }));
  return missing;
}

absl::Status ScopeReplica::EnsureAccounts(const std::vector<std::string>& names, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::vector<std::string> missing, Missing("account_scopes", "account", names, deadline));
  return FetchAccounts(missing, deadline);
}

absl::Status ScopeReplica::EnsureEmployees(const std::vector<std::string>& names, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::vector<std::string> missing, Missing("employee_scopes", "employee", names, deadline));
  return FetchEmployees(missing, deadline);
}

absl::Status ScopeReplica::FetchAccounts(const std::vector<std::string>& names, absl::Time deadline) {
  return InPortions(names, [&](const std::vector<std::string>& portion) -> absl::Status {
    kam::account::v1::BatchGetAccountScopesRequest request;
    for (const std::string& name : portion) request.add_names(name);
    kam::account::v1::BatchGetAccountScopesResponse response;
    RETURN_IF_ERROR(
        account_svc_.Ask("kam.account.v1.AccountScopeService/BatchGetAccountScopes", request, &response, deadline));
    std::vector<std::string> people;
    for (const auto& scope : response.scopes()) {
      people.push_back(scope.owner());
      people.push_back(scope.creator());
      people.insert(people.end(), scope.co_owners().begin(), scope.co_owners().end());
    }
    RETURN_IF_ERROR(EnsureEmployees(people, deadline));
    for (const auto& scope : response.scopes()) {
      RETURN_IF_ERROR(database_.RunInTransaction(
          deadline, [&](mysql::Connection& connection) { return StoreAccount(connection, scope); }));
    }
    // The whole group is known, up to its head.
    std::vector<std::string> above;
    for (const auto& scope : response.scopes()) above.push_back(scope.parent());
    return EnsureAccounts(above, deadline);
  });
}

absl::Status ScopeReplica::FetchEmployees(const std::vector<std::string>& names, absl::Time deadline) {
  return InPortions(names, [&](const std::vector<std::string>& portion) -> absl::Status {
    kam::organization::v1::BatchGetEmployeeScopesRequest request;
    for (const std::string& name : portion) request.add_names(name);
    kam::organization::v1::BatchGetEmployeeScopesResponse response;
    RETURN_IF_ERROR(account_svc_.Ask("kam.organization.v1.EmployeeScopeService/BatchGetEmployeeScopes", request,
                                     &response, deadline));
    return database_.Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
      for (const auto& scope : response.scopes()) {
        RETURN_IF_ERROR(
            connection
                .Execute(
                    "INSERT INTO employee_scopes (employee, version, department_path, region) VALUES (?, ?, ?, ?) ON "
                    "DUPLICATE KEY UPDATE "
                    "department_path = IF(VALUES(version) >= version, VALUES(department_path), department_path), "
                    "region = IF(VALUES(version) >= version, VALUES(region), region), "
                    "version = GREATEST(VALUES(version), version)",
                    {IdOf(scope.employee()), scope.version(), TextOrNull(scope.department_path()),
                     TextOrNull(scope.region())})
                .status());
      }
      return absl::OkStatus();
    });
  });
}

absl::StatusOr<std::map<std::string, std::vector<std::string>>> ScopeReplica::RolesOf(
    const std::vector<std::string>& names, absl::Time deadline) {
  std::map<std::string, std::vector<std::string>> roles;
  RETURN_IF_ERROR(InPortions(names, [&](const std::vector<std::string>& portion) -> absl::Status {
    kam::organization::v1::BatchGetEmployeeRolesRequest request;
    for (const std::string& name : portion) request.add_names(name);
    kam::organization::v1::BatchGetEmployeeRolesResponse response;
    RETURN_IF_ERROR(account_svc_.Ask("kam.organization.v1.EmployeeScopeService/BatchGetEmployeeRoles", request,
                                     &response, deadline));
    for (const auto& employee : response.employees()) {
      roles[employee.employee()].assign(employee.roles().begin(), employee.roles().end());
    }
    return absl::OkStatus();
  }));
  return roles;
}

absl::Status ScopeReplica::FetchKnownEmployees(absl::Time deadline) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(database_.Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    names.clear();
    return connection.Scan("SELECT employee FROM employee_scopes", {}, [&](const mysql::Row& row) -> absl::Status {
      names.push_back(absl::StrCat("employees/", row[0].text()));
      return absl::OkStatus();
    });
  }));
  return FetchEmployees(names, deadline);
}

absl::Status ScopeReplica::Follow() {
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  std::string cursor;
  RETURN_IF_ERROR(database_.Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     connection.Query("SELECT feed_cursor FROM feed_cursors WHERE feed = ?", {kFeed}));
    cursor = rows.empty() ? std::string() : rows[0][0].text();
    return absl::OkStatus();
  }));
  for (bool more = true; more && absl::Now() < deadline;) {
    kam::event::v1::ListChangesRequest request;
    request.set_cursor(cursor);
    request.set_page_size(kChangesAtOnce);
    for (const char* collection : {"accounts", "employees", "departments"}) request.add_collections(collection);
    kam::event::v1::ListChangesResponse response;
    RETURN_IF_ERROR(
        account_svc_.Ask("kam.event.v1.AccountFeedService/ListAccountChanges", request, &response, deadline));
    std::set<std::string> accounts, employees;
    bool departments = false;
    for (const auto& change : response.changes()) {
      const absl::string_view collection = absl::string_view(change.resource()).substr(0, change.resource().find('/'));
      if (collection == "accounts") accounts.insert(change.resource());
      if (collection == "employees") employees.insert(change.resource());
      departments = departments || collection == "departments";
    }
    RETURN_IF_ERROR(FetchEmployees({employees.begin(), employees.end()}, deadline));
    if (departments) RETURN_IF_ERROR(FetchKnownEmployees(deadline));
    RETURN_IF_ERROR(FetchAccounts({accounts.begin(), accounts.end()}, deadline));
    more = response.more();
    if (response.next_cursor() == cursor) return absl::OkStatus();
    cursor = response.next_cursor();
    // Written after the rows: after a crash the same changes are taken over once more, which changes nothing.
    RETURN_IF_ERROR(database_.Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
      return connection
          .Execute(
              "INSERT INTO feed_cursors (feed, feed_cursor) VALUES (?, ?) ON DUPLICATE KEY UPDATE feed_cursor = "
              "VALUES(feed_cursor)",
              {kFeed, cursor})
          .status();
    }));
  }
  return absl::OkStatus();
}

}  // namespace kam::service

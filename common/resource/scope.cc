#include "common/resource/scope.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/resource/names.h"
#include "common/resource/scope_members.h"
#include "common/resource/store.h"
#include "common/status/status.h"

namespace kam::resource {
namespace {

using auth::Level;
using mysql::Value;

// IN lists are padded to these sizes.
constexpr size_t kListSizes[] = {1, 8, 64, 256};

// Of more people than this the list would be longer than what it saves.
constexpr int kPeopleMax = 256;

// As a set that is worked through whole, or as something asked of one row after the other on a walk.
enum class Form { kSet, kWalk };

SqlCondition Reached(const Type& type, const auth::Principal& reader, Level level, Form form) {
  const kam::api::RowScope& scope = type.rules().scope();
  if (level == Level::kAll || scope.everyone()) return {};
  if (level == Level::kNone) return {"FALSE", {}};
  SqlCondition out;
  const auto add = [&out](const std::string& sql, const std::vector<Value>& params) {
    absl::StrAppend(&out.sql, out.sql.empty() ? "" : " OR ", sql);
    out.params.insert(out.params.end(), params.begin(), params.end());
  };
  std::vector<Value> people;
  std::string people_list;
  if (level == Level::kTeam) {
    std::vector<std::string> ids = reader.team;
    ids.push_back(reader.employee);
    people_list = InList(ids, &people);
  } else {
    people_list = "?";
    people.emplace_back(reader.employee);
  }
  std::vector<Value> regions;
  const std::string region_list = reader.regions.empty() ? "NULL" : InList(reader.regions, &regions);
  // Ids are base32 and '/', so the path needs no escaping in a LIKE pattern. No department: nothing is below it.
  const Value department = reader.department.empty() ? Value() : Value(absl::StrCat(reader.department, "%"));
  const std::string by_department = "SELECT e.employee FROM employee_scopes e WHERE e.department_path LIKE ?";
  const Value self(reader.employee);
  const bool by_people = level == Level::kOwn || level == Level::kTeam;

  // The own rows are part of every level.
  if (!scope.owner().empty()) {
    const std::string column = absl::StrCat("t.", type.FindField(scope.owner())->column);
    if (by_people) {
      add(absl::StrCat(column, " IN (", people_list, ")"), people);
    } else if (level == Level::kDepartment) {
      add(absl::StrCat(column, " IN (", by_department, ") OR ", column, " = ?"), {department, self});
    } else {
      std::vector<Value> params = regions;
      params.push_back(self);
      add(absl::StrCat(column, " IN (SELECT e.employee FROM employee_scopes e WHERE e.region IN (", region_list,
                       ")) OR ", column, " = ?"),
          params);
    }
  }
  if (!scope.account().empty()) {
    const std::string column =
        scope.account() == "name" ? "t.id" : absl::StrCat("t.", type.FindField(scope.account())->column);
    // Members are everyone with a seat: whoever owns the account, works it with the owner, or made it while it is free.
    const std::string member =
        absl::StrCat("EXISTS (SELECT 1 FROM account_scope_members m WHERE m.account = ", column, " AND ");
    const std::string in_department = absl::StrCat("(m.employee IN (", by_department, ") OR m.employee = ?)");
    if (form == Form::kWalk && column == "t.id" && (level == Level::kTeam || level == Level::kDepartment)) {
      // A value, as below: asked of the accounts that the walk meets, never of all of them.
      const bool team = level == Level::kTeam;
      add(absl::StrCat("(SELECT 1 FROM account_scope_members m WHERE m.account = t.id AND ",
                       team ? absl::StrCat("m.employee IN (", people_list, ")") : in_department, " LIMIT 1) = 1"),
          team ? people : std::vector<Value>{department, self});
    } else if (by_people) {
      // One range of an index: not a walk over all accounts.
      add(absl::StrCat(column, " IN (SELECT m.account FROM account_scope_members m WHERE m.employee IN (", people_list,
                       "))"),
          people);
    } else if (level == Level::kDepartment) {
      add(absl::StrCat(member, in_department, ")"), {department, self});
    } else {
      if (form == Form::kSet) {
        add(absl::StrCat("EXISTS (SELECT 1 FROM account_scopes s WHERE s.account = ", column, " AND s.region IN (",
                         region_list, "))"),
            regions);
      } else {
        // A value and no EXISTS: servers collect all accounts of the region, for every page, to answer an EXISTS.
        add(absl::StrCat("(SELECT s.region FROM account_scopes s WHERE s.account = ", column, ") IN (", region_list,
                         ")"),
            regions);
      }
      add(absl::StrCat(member, "m.employee = ?)"), {self});
    }
  }
  return out;
}

// Whether `select` has more than `max` rows: a look along an index that ends there.
absl::StatusOr<bool> HasMore(mysql::Connection& connection, const std::string& select, const std::vector<Value>& params,
                             int max) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   connection.Query(absl::StrCat(select, " LIMIT 1 OFFSET ", max), mysql::Params(params)));
  return !rows.empty();
}

// Everyone whose seats a reader at `level` shares: the reader, and the team or the department. Empty: too many.
absl::StatusOr<std::vector<std::string>> People(mysql::Connection& connection, const auth::Principal& reader,
                                                Level level) {
  std::vector<std::string> people;
  if (level == Level::kTeam) people = reader.team;
  if (level == Level::kDepartment && !reader.department.empty()) {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     connection.Query(absl::StrCat("SELECT e.employee FROM employee_scopes e WHERE e.department_path "
                                                   "LIKE ? LIMIT ",
                                                   kPeopleMax),
                                      {absl::StrCat(reader.department, "%")}));
    for (const mysql::Row& row : rows) people.push_back(row[0].text());
  }
  if (people.size() >= static_cast<size_t>(kPeopleMax)) return std::vector<std::string>();
  people.push_back(reader.employee);
  return people;
}

// The accounts that the people have a seat at, or that are in one of the regions.
struct Gathering {
  std::string select;  // Of their ids; empty: not to be gathered.
  std::vector<Value> params;
  std::string people_list;  // As in PageScope.
  std::vector<Value> people;
};

absl::StatusOr<Gathering> Gather(mysql::Connection& connection, const auth::Principal& reader, Level level,
                                 int gathered_max) {
  Gathering gathering;
  constexpr char kSeats[] = "SELECT m.account FROM account_scope_members m WHERE m.employee";
  if (level != Level::kRegion) {
    ASSIGN_OR_RETURN(const std::vector<std::string> people, People(connection, reader, level));
    if (people.empty()) return gathering;
    std::vector<Value> params;
    const std::string list = InList(people, &params);
    const std::string select = absl::StrCat(kSeats, " IN (", list, ")");
    ASSIGN_OR_RETURN(const bool more, HasMore(connection, select, params, gathered_max));
    if (!more) gathering = {select, params, list, params};
    return gathering;
  }
  std::vector<Value> params;
  const std::string region_list = reader.regions.empty() ? "NULL" : InList(reader.regions, &params);
  const std::string select =
      absl::StrCat("SELECT s.account FROM account_scopes s WHERE s.region IN (", region_list, ")");
  ASSIGN_OR_RETURN(const bool more, HasMore(connection, select, params, gathered_max));
  if (more) return gathering;
  params.emplace_back(reader.employee);
  return Gathering{absl::StrCat("SELECT x.account FROM (", select, " UNION ", kSeats, " = ?) x"), params, "", {}};
}

// What the index accounts_by_owner_age has of an account.
constexpr absl::string_view kIndexed[] = {"id",           "owner",  "create_time", "state",
                                          "archive_time", "region", "legal_name"};

// Whether `sql` reads no other column of the alias t. Values are parameters, so all text in it is ours.
bool ReadsIndexedOnly(absl::string_view sql) {
  const auto in_name = [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (size_t at = sql.find("t."); at != absl::string_view::npos; at = sql.find("t.", at + 1)) {
    if (at > 0 && in_name(sql[at - 1])) continue;
    size_t end = at + 2;
    while (end < sql.size() && in_name(sql[end])) ++end;
    const absl::string_view column = sql.substr(at + 2, end - at - 2);
    if (std::find(std::begin(kIndexed), std::end(kIndexed), column) == std::end(kIndexed)) return false;
  }
  return true;
}

bool ReadsIndexedOnly(const std::vector<SqlCondition>& asked, const std::vector<SortKey>& keys) {
  return std::all_of(asked.begin(), asked.end(), [](const SqlCondition& one) { return ReadsIndexedOnly(one.sql); }) &&
         std::all_of(keys.begin(), keys.end(), [](const SortKey& key) { return ReadsIndexedOnly(key.column); });
}

void Append(const std::vector<Value>& values, std::vector<Value>* params) {
  params->insert(params->end(), values.begin(), values.end());
}

// The ids of the first `limit` accounts of the people that are asked for. Of an open file the holder's seat is its
// owner's. A closed one has no owner; where it is part of another one, the seats are those of the whole, and
// account_scopes.owner is the holder. So the page is the first of these two, of which nearly all is in the first:
//   - the open files that the people own. By this very index: left to itself, a server walks all accounts in the order
//     of the list until it has met a page of those few, or looks up all that are in the state asked for.
//   - those they have another seat at, and the closed ones. UNION: an account may be here for two of the people.
SqlCondition PageOfPeople(const Type& type, const PageScope& scope, const std::vector<SqlCondition>& asked,
                          const std::vector<SortKey>& keys, int limit) {
  std::string columns, order;  // "t.a AS k0, t.id AS k1", "k0 DESC, k1 DESC".
  for (size_t i = 0; i < keys.size(); ++i) {
    const char* comma = i == 0 ? "" : ", ";
    absl::StrAppend(&columns, comma, keys[i].column, " AS k", i);
    absl::StrAppend(&order, comma, "k", i, keys[i].descending ? " DESC" : " ASC");
  }
  const std::string cut = absl::StrCat(" ORDER BY ", order, " LIMIT ", limit);
  const std::string& people = scope.people_list;
  SqlCondition page;
  std::vector<SqlCondition> owned = {{absl::StrCat("t.owner IN (", people, ") AND t.state <> 'CLOSED'"), scope.people}};
  owned.insert(owned.end(), asked.begin(), asked.end());
  page.sql = absl::StrCat("SELECT r.k", keys.size() - 1, " FROM ((SELECT ", columns, " FROM ", type.table(),
                          " t FORCE INDEX (accounts_by_owner_age)", WhereSql(owned, &page.params), cut, ")");
  Append(scope.people, &page.params);
  page.params.emplace_back(kHolderSeat);
  Append(scope.people, &page.params);
  absl::StrAppend(&page.sql, " UNION (SELECT ", columns,
                  " FROM (SELECT m.account FROM account_scope_members m WHERE m.employee IN (", people,
                  ") AND m.seat <> ? UNION SELECT s.account FROM account_scopes s WHERE s.owner IN (", people,
                  ") AND s.state = 'CLOSED') x JOIN ", type.table(), " t ON t.id = x.account",
                  WhereSql(asked, &page.params), cut, ")", cut, ") r");
  return page;
}

}  // namespace

std::string InList(const std::vector<std::string>& ids, std::vector<Value>* params) {
  size_t size = ids.size();
  for (const size_t candidate : kListSizes) {
    if (candidate >= ids.size()) {
      size = candidate;
      break;
    }
  }
  for (size_t i = 0; i < size; ++i) params->emplace_back(ids[std::min(i, ids.size() - 1)]);
  return Placeholders(size);
}

std::string WhereSql(const std::vector<SqlCondition>& where, std::vector<Value>* params) {
  std::string sql;
  for (const SqlCondition& condition : where) {
    if (condition.sql.empty()) continue;
    absl::StrAppend(&sql, sql.empty() ? " WHERE (" : " AND (", condition.sql, ")");
    params->insert(params->end(), condition.params.begin(), condition.params.end());
  }
  return sql;
}

SqlCondition ScopeCondition(const Type& type, const auth::Principal& reader, Level level) {
  return Reached(type, reader, level, Form::kSet);
}

absl::StatusOr<PageScope> ScopeOfPage(mysql::Connection& connection, const Type& type, const auth::Principal& reader,
                                      Level level, int gathered_max) {
  const kam::api::RowScope& scope = type.rules().scope();
  const bool by_sight = level == Level::kTeam || level == Level::kDepartment || level == Level::kRegion;
  // Of other things one account has any number.
  if (by_sight && !scope.everyone() && scope.owner().empty() && scope.account() == "name") {
    ASSIGN_OR_RETURN(const Gathering gathering, Gather(connection, reader, level, gathered_max));
    if (!gathering.select.empty()) {
      return PageScope{{absl::StrCat("t.id IN (", gathering.select, ")"), gathering.params},
                       true,
                       gathering.people_list,
                       gathering.people};
    }
  }
  return PageScope{Reached(type, reader, level, Form::kWalk), false, "", {}};
}

SqlCondition RowsOfPage(const Type& type, const PageScope& scope, const std::vector<SqlCondition>& asked,
                        const std::vector<SortKey>& keys, int limit) {
  SqlCondition page;
  // Where whole rows must be looked at, to gather the accounts first costs less.
  if (!scope.people.empty() && ReadsIndexedOnly(asked, keys)) {
    page = PageOfPeople(type, scope, asked, keys, limit);
  } else {
    std::vector<SqlCondition> where = {scope.reached};
    where.insert(where.end(), asked.begin(), asked.end());
    page.sql = absl::StrCat("SELECT p.id FROM (SELECT t.id FROM ", type.table(), " t", WhereSql(where, &page.params),
                            " ", OrderSql(keys), " LIMIT ", limit, ") p");
  }
  page.sql = absl::StrCat("t.id IN (", page.sql, ")");
  return page;
}

}  // namespace kam::resource

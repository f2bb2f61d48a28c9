// The forms of row scope that pages of a list are found by reach the very rows of the one that whole sets are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "account-svc/testing/account_fixture.h"
#include "common/resource/names.h"
#include "common/resource/scope.h"
#include "common/resource/store.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {
namespace {

using auth::Level;
using testing::IsOk;

using Ids = std::vector<std::string>;

constexpr int kPeople = 12;     // Four in each of /ps/1/, /ps/1/2/ and /ps/3/.
constexpr int kAccounts = 90;   // Every person but the last four owns some; some nobody owns, some are closed.
constexpr int kAlwaysWalk = 0;  // As when more are reached than are gathered.
constexpr int kGather = 1000;   // More than there are.
constexpr char kEast[] = "东区甲", kWest[] = "西区乙";

std::string Person(int number) { return absl::StrFormat("0pscpe%020d", number); }
std::string Account(int number) { return absl::StrFormat("0psaca%020d", number); }

class PageScopeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    testing::TempDatabase& db = World::Get().harness().db();
    static constexpr const char* kPaths[] = {"/ps/1/", "/ps/1/2/", "/ps/3/"};
    for (int n = 0; n < kPeople; ++n) {
      db.Execute(absl::StrCat("INSERT INTO employee_scopes (employee, version, department_path, region) VALUES ('",
                              Person(n), "', 1, '", kPaths[n % 3], "', '", n % 2 == 0 ? kEast : kWest, "')"));
      db.Execute(absl::StrCat(
          "INSERT INTO employees (id, version, create_time, update_time, creator, updater, "
          "display_name, login) VALUES ('",
          Person(n), "', 1, '2026-01-01', '2026-01-01', 'programs/test', 'programs/test', '甲', '", Person(n), "')"));
    }
    for (int n = 0; n < kAccounts; ++n) {
      const bool owned = n % 5 != 0;
      const std::string holder = Person(n % (kPeople - 4));
      const std::string region = n % 4 == 0 ? kEast : kWest;
      // A closed file has no owner of its own; as a part of another one it has a holder.
      const std::string state = n % 9 == 4 ? "CLOSED" : n % 3 == 0 ? "DRAFT" : "ACTIVE";
      const std::string owner = owned ? absl::StrCat("'", holder, "'") : "NULL";
      db.Execute(absl::StrCat(
          "INSERT INTO accounts (id, version, create_time, update_time, creator, updater, "
          "legal_name, region, opening_date, state, owner) VALUES ('",
          Account(n), "', 1, '2026-01-0", 1 + n % 7,
          "', '2026-01-08', 'programs/test', "
          "'programs/test', '页",
          n % 11, "', '", region, "', '2026-01-01', '", state, "', ", state == "CLOSED" ? "NULL" : owner, ")"));
      db.Execute(
          absl::StrCat("INSERT INTO account_scopes (account, version, owner, creator, region, state, legal_name, "
                       "members_version) VALUES ('",
                       Account(n), "', 1, ", owner, ", '", holder, "', '", region, "', '", state, "', '页', 1)"));
      db.Execute(absl::StrCat("INSERT INTO account_scope_members (account, employee, seat) VALUES ('", Account(n),
                              "', '", holder, "', '", owned ? "HOLDER" : "MAKER", "')"));
      // Two of one department at one account: it is there once.
      if (n % 7 != 0) continue;
      db.Execute(absl::StrCat("INSERT INTO account_scope_members (account, employee, seat) VALUES ('", Account(n),
                              "', '", Person((n + 3) % kPeople), "', 'CO_OWNER') ON DUPLICATE KEY UPDATE seat = seat"));
    }
  }
  // Other tests of this program count accounts.
  static void TearDownTestSuite() {
    testing::TempDatabase& db = World::Get().harness().db();
    db.Execute("DELETE FROM account_scope_members WHERE account LIKE '0psaca%'");
    db.Execute("DELETE FROM account_scopes WHERE account LIKE '0psaca%'");
    db.Execute("DELETE FROM accounts WHERE id LIKE '0psaca%'");
    db.Execute("DELETE FROM employees WHERE id LIKE '0pscpe%'");
    db.Execute("DELETE FROM employee_scopes WHERE employee LIKE '0pscpe%'");
  }

  const resource::Type& type() { return *World::Get().harness().runtime().catalog().Find(v1::Account::descriptor()); }
  std::vector<resource::SortKey> Order(const std::string& order_by) {
    return resource::CompileOrder(type(), order_by, auth::Principal()).value();
  }
  // Ids of the accounts of this test where the conditions hold, in the order of a list by name or the one given.
  absl::StatusOr<Ids> Read(const std::vector<resource::SqlCondition>& where, const std::string& order_by = kByName) {
    Ids ids;
    std::vector<mysql::Value> params;
    std::vector<resource::SqlCondition> all = where;
    all.push_back({"t.id LIKE '0psaca%'", {}});
    const std::string sql = absl::StrCat("SELECT t.id FROM accounts t", resource::WhereSql(all, &params), " ",
                                         resource::OrderSql(Order(order_by)));
    RETURN_IF_ERROR(World::Get().harness().db().database().Run(
        absl::InfiniteFuture(), [&](mysql::Connection& connection) -> absl::Status {
          ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
          ids.clear();
          for (const mysql::Row& row : rows) ids.push_back(row[0].text());
          return absl::OkStatus();
        }));
    return ids;
  }
  absl::StatusOr<resource::PageScope> Scope(const auth::Principal& reader, Level level, int gathered_max) {
    std::optional<resource::PageScope> scope;
    RETURN_IF_ERROR(World::Get().harness().db().database().Run(
        absl::InfiniteFuture(), [&](mysql::Connection& connection) -> absl::Status {
          ASSIGN_OR_RETURN(scope, resource::ScopeOfPage(connection, type(), reader, level, gathered_max));
          return absl::OkStatus();
        }));
    return *scope;
  }

  static constexpr char kByName[] = "legal_name";
};

auth::Principal Reader(int person, const std::string& department, const std::vector<std::string>& regions,
                       const std::vector<std::string>& team) {
  auth::Principal reader;
  reader.subject = absl::StrCat("employees/", Person(person));
  reader.employee = Person(person);
  reader.department = department;
  reader.regions = regions;
  reader.team = team;
  return reader;
}

// G-03
TEST_F(PageScopeTest, EveryFormReachesTheSameRows) {
  std::vector<std::string> crowd;  // More people than are named in a list.
  for (int n = 0; n < 300; ++n) crowd.push_back(Person(n));
  const std::vector<auth::Principal> readers = {
      Reader(0, "/ps/1/", {kEast}, {Person(1), Person(2)}),
      Reader(1, "/ps/1/2/", {kWest}, {Person(3)}),
      Reader(2, "/ps/3/", {kEast, kWest}, {}),
      Reader(3, "", {}, {Person(0)}),              // In no department, of no region: what is his own.
      Reader(50, "/ps/1/", {kEast}, {Person(4)}),  // Not known to row scope himself.
      Reader(51, "/ps/nothing/", {"无"}, {}),      // Reaches nothing.
      Reader(11, "/ps/", {kEast}, crowd),
  };
  size_t some = 0;
  for (const auth::Principal& reader : readers) {
    for (const Level level :
         {Level::kNone, Level::kOwn, Level::kTeam, Level::kDepartment, Level::kRegion, Level::kAll}) {
      SCOPED_TRACE(absl::StrCat(reader.employee, " ", auth::LevelName(level)));
      const auto expected = Read({resource::ScopeCondition(type(), reader, level)});
      ASSERT_THAT(expected, IsOk());
      if (!expected->empty() && expected->size() < kAccounts) ++some;
      for (const int gathered_max : {kAlwaysWalk, kGather}) {
        const auto scope = Scope(reader, level, gathered_max);
        ASSERT_THAT(scope, IsOk());
        const auto reached = Read({scope->reached});
        ASSERT_THAT(reached, IsOk());
        EXPECT_EQ(*reached, *expected) << gathered_max;
        // The same page by page: the first ten of all, and of a state those after some.
        const resource::SqlCondition active{"t.state = 'ACTIVE' AND t.legal_name > ?", {mysql::Value("页2")}};
        for (const resource::SqlCondition& asked : {resource::SqlCondition{}, active}) {
          for (const char* order_by : {kByName, "create_time desc", "region, legal_name desc", "update_time", ""}) {
            const auto rest = Read({resource::ScopeCondition(type(), reader, level), asked}, order_by);
            const auto page =
                Read({resource::RowsOfPage(type(), *scope, {asked, {"t.id LIKE '0psaca%'", {}}}, Order(order_by), 10)},
                     order_by);
            ASSERT_THAT(rest, IsOk());
            ASSERT_THAT(page, IsOk());
            EXPECT_EQ(*page, Ids(rest->begin(), rest->begin() + std::min<int>(10, static_cast<int>(rest->size()))))
                << order_by;
          }
        }
      }
    }
  }
  EXPECT_GT(some, 12u) << "neither nothing nor everything, or the test tells nothing";
}

// G-03
TEST_F(PageScopeTest, FewRowsAreGatheredAndManyAreMetOnTheWay) {
  const auth::Principal reader = Reader(0, "/ps/1/", {kEast}, {Person(1), Person(2)});
  const auto reached = Read({resource::ScopeCondition(type(), reader, Level::kDepartment)});
  ASSERT_THAT(reached, IsOk());
  for (const Level level : {Level::kTeam, Level::kDepartment, Level::kRegion}) {
    EXPECT_TRUE(Scope(reader, level, kGather)->gathered) << auth::LevelName(level);
    EXPECT_FALSE(Scope(reader, level, kAlwaysWalk)->gathered) << auth::LevelName(level);
    // Of a region accounts are reached by more than the seats of people.
    EXPECT_EQ(Scope(reader, level, kGather)->people.empty(), level == Level::kRegion) << auth::LevelName(level);
  }
  EXPECT_FALSE(Scope(reader, Level::kAll, kGather)->gathered);
  // Of a region with more accounts than are gathered, a seller's own ones are no reason to gather.
  EXPECT_FALSE(Scope(reader, Level::kRegion, 5)->gathered);
}

// G-03: a few statements serve readers of any number of people.
TEST_F(PageScopeTest, PeopleArePadded) {
  const auto text = [&](int team) {
    std::vector<std::string> people;
    for (int n = 0; n < team; ++n) people.push_back(Person(n));
    const auto scope = Scope(Reader(0, "/ps/1/", {}, people), Level::kTeam, kGather);
    EXPECT_THAT(scope, IsOk());
    return resource::RowsOfPage(type(), *scope, {}, Order(kByName), 10).sql;
  };
  EXPECT_EQ(text(8), text(40));
  EXPECT_NE(text(8), text(3));
}

// G-03: what the index by owner lacks is not read along it.
TEST_F(PageScopeTest, OtherOrdersAndFiltersAreGathered) {
  const auto scope = Scope(Reader(0, "/ps/1/", {}, {}), Level::kDepartment, kGather);
  ASSERT_THAT(scope, IsOk());
  const auto by_owner = [&](const std::string& filter, const std::string& order_by) {
    const auto asked = resource::CompileFilter(type(), filter, auth::Principal(), absl::UTCTimeZone());
    EXPECT_THAT(asked, IsOk());
    if (!asked.ok()) return false;
    return absl::StrContains(resource::RowsOfPage(type(), *scope, {*asked}, Order(order_by), 10).sql, "t.owner IN");
  };
  EXPECT_TRUE(by_owner("", ""));
  EXPECT_TRUE(by_owner("state = ACTIVE AND region = \"华东\"", "create_time desc"));
  EXPECT_TRUE(by_owner("legal_name = \"页*\"", "legal_name"));
  EXPECT_FALSE(by_owner("", "update_time"));
  EXPECT_FALSE(by_owner("number = \"KA1\"", "legal_name"));
}

// A-01, G-03: through the service, in several orders, whatever seat somebody is there by.
TEST_F(PageScopeTest, TheListsOfADepartmentAndOfATeamAreWhole) {
  World& world = World::Get();
  const auth::Principal head = world.harness().PrincipalFor("KAM", Person(0), "/ps/1/");
  auth::Principal leader = world.harness().PrincipalFor("KAM", Person(9));
  for (const int member : {0, 3, 10}) leader.team.push_back(Person(member));
  for (auto& [permission, level] : leader.grants) level = std::min(level, Level::kTeam);
  for (const auto& [reader, level] : {std::pair(head, Level::kDepartment), std::pair(leader, Level::kTeam)}) {
    const resource::SqlCondition scope = resource::ScopeCondition(type(), reader, level);
    // Every kind of seat matters here: some are reached by each alone, and some by two of the people.
    const auto seats = [&](const std::string& seat) {
      const auto found = Read(
          {scope,
           {absl::StrCat("EXISTS (SELECT 1 FROM account_scope_members m WHERE m.account = t.id AND ", seat, ")"), {}}});
      return found.ok() ? found->size() : 0;
    };
    EXPECT_GT(seats("m.seat = 'HOLDER' AND t.owner = m.employee"), 10u);
    EXPECT_GT(seats("m.seat = 'HOLDER' AND t.state = 'CLOSED'"), 0u);
    EXPECT_GT(seats("m.seat = 'CO_OWNER'"), 0u);
    EXPECT_GT(seats("m.seat = 'MAKER'"), 0u);
    for (const char* order_by : {"legal_name", "create_time desc", "", "region, create_time"}) {
      SCOPED_TRACE(absl::StrCat(auth::LevelName(level), " ", order_by));
      kam::api::ListRequest request;
      request.set_filter("legal_name = \"页*\"");
      request.set_order_by(order_by);
      request.set_page_size(7);
      request.set_show_total(true);
      Ids listed;
      for (;;) {
        const auto page =
            world.Call<v1::ListAccountsResponse>(reader, "kam.account.v1.AccountService/ListAccounts", request);
        ASSERT_THAT(page, IsOk());
        for (const v1::Account& account : page->accounts()) listed.push_back(resource::IdOf(account.name()));
        if (page->next_page_token().empty()) {
          EXPECT_EQ(page->total_size(), static_cast<int64_t>(listed.size()));
          break;
        }
        request.set_page_token(page->next_page_token());
      }
      const auto expected = Read({scope}, order_by);
      ASSERT_THAT(expected, IsOk());
      EXPECT_GT(listed.size(), 14u);
      EXPECT_EQ(listed, *expected);
    }
  }
  // Two of the people have a seat at one account.
  const auto twice =
      Read({{"(SELECT COUNT(*) FROM account_scope_members m JOIN employee_scopes e ON e.employee = "
             "m.employee WHERE m.account = t.id AND e.department_path LIKE '/ps/1/%') > 1",
             {}}});
  ASSERT_THAT(twice, IsOk());
  EXPECT_FALSE(twice->empty());
}

}  // namespace
}  // namespace kam::account

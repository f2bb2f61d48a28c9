// Keyset pages against the real database: pages must join to the whole list, in every order.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/resource/filter.h"
#include "common/resource/testing/random_widgets.h"
#include "common/status/status.h"
#include "common/testing/mariadb.h"
#include "gtest/gtest.h"

namespace kam::resource {
namespace {

using mysql::Value;

// Every row in pages of random size, each page continued with the token of the one before.
absl::StatusOr<std::vector<std::string>> InPages(mysql::Connection& connection, const std::vector<SortKey>& keys,
                                                 Chance* chance) {
  const PageTokens tokens(std::string(32, 'k'));
  const absl::Time now = At("2026-01-01T00:00:00Z");
  const std::string columns =
      absl::StrJoin(keys, ", ", [](std::string* out, const SortKey& key) { out->append(key.column); });
  std::vector<std::string> ids;
  std::string token;
  for (int pages = 0; pages <= kRows; ++pages) {
    SqlCondition after;
    if (!token.empty()) {
      ASSIGN_OR_RETURN(const std::vector<Value> last, tokens.Open(token, OrderSql(keys), now));
      after = AfterKeys(keys, last);
    }
    const int size = 1 + chance->Below(9);
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(absl::StrCat("SELECT ", columns, " FROM widgets t WHERE ",
                                      after.sql.empty() ? "1 = 1" : after.sql, " ", OrderSql(keys), " LIMIT ", size),
                         after.params));
    if (rows.empty()) return ids;
    for (const mysql::Row& row : rows) ids.push_back(row.back().text());
    token = tokens.Seal(rows.back(), OrderSql(keys), now);
  }
  return Internal("the pages never end");
}

TEST(KeysetDatabaseTest, PagesJoinToTheWholeListInEveryOrder) {
  kam::testing::TempDatabase temp("common/resource/schema");
  Chance chance(kSeed);
  StoreRandomWidgets(temp, &chance);
  ASSERT_FALSE(HasFailure());
  const std::vector<std::string> fields = {"title",       "state",        "account",     "start_date", "weight",
                                           "quantity",    "enabled",      "due_time",    "list_price", "number",
                                           "create_time", "archive_time", "address.city"};
  std::vector<std::string> orders = {""};
  for (const std::string& first : fields) {
    for (const char* one : {"", " desc"}) {
      orders.push_back(first + one);
      for (const std::string& second : fields) {
        if (second == first) continue;
        for (const char* two : {"", " desc"}) orders.push_back(absl::StrCat(first, one, ", ", second, two));
      }
    }
  }
  for (int i = 0; i < 100; ++i) {
    std::vector<std::string> some = fields;
    for (size_t k = some.size() - 1; k > 0; --k) {
      std::swap(some[k], some[static_cast<size_t>(chance.Below(static_cast<int>(k) + 1))]);
    }
    some.resize(static_cast<size_t>(kOrderFieldsMax));
    for (std::string& field : some) field += chance.OneIn(2) ? " desc" : "";
    orders.push_back(absl::StrJoin(some, ","));
  }
  const absl::Status status = temp.database().Run(absl::Now() + kTimeout, [&](mysql::Connection& connection) {
    for (const std::string& order : orders) {
      ASSIGN_OR_RETURN(const std::vector<SortKey> keys, CompileOrder(WidgetType(), order, Reader()));
      ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                       connection.Query(absl::StrCat("SELECT t.id FROM widgets t ", OrderSql(keys))));
      std::vector<std::string> whole;
      whole.reserve(rows.size());
      for (const mysql::Row& row : rows) whole.push_back(row[0].text());
      EXPECT_EQ(whole.size(), static_cast<size_t>(kRows));
      ASSIGN_OR_RETURN(const std::vector<std::string> pages, InPages(connection, keys, &chance));
      EXPECT_EQ(pages, whole) << order;
      if (HasFailure()) break;
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace kam::resource

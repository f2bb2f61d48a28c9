#include "common/auth/grants.h"

#include <string>

#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(LevelTest, EveryLevelHasANameThatReadsBack) {
  for (const Level level : {Level::kNone, Level::kOwn, Level::kTeam, Level::kDepartment, Level::kRegion, Level::kAll}) {
    Level read = level == Level::kNone ? Level::kAll : Level::kNone;
    EXPECT_TRUE(ParseLevel(LevelName(level), &read));
    EXPECT_EQ(read, level);
  }
  Level kept = Level::kTeam;
  for (const char* text : {"", "ALL", "all ", "everything"}) EXPECT_FALSE(ParseLevel(text, &kept)) << text;
  EXPECT_EQ(kept, Level::kTeam);
}

TEST(MergeGrantsTest, KeepsTheWidestLevelOfEachPermissionWhateverTheOrder) {
  const auto merged = MergeGrants({{"accounts.get", "own"},
                                   {"accounts.get", "region"},
                                   {"accounts.get", "team"},
                                   {"quotes.approve", "department"},
                                   {"claims.pay", "none"}});
  ASSERT_TRUE(merged.ok()) << merged.status();
  EXPECT_THAT(*merged,
              UnorderedElementsAre(Pair("accounts.get", Level::kRegion), Pair("quotes.approve", Level::kDepartment)));
}

TEST(MergeGrantsTest, NamesEveryBadRowAndGrantsNothing) {
  const auto merged = MergeGrants({{"accounts.get", "own"}, {"accounts get", "own"}, {"accounts.list", "wide"}});
  ASSERT_FALSE(merged.ok());
  EXPECT_THAT(ViolatedFields(merged.status()), ElementsAre("grants[1].permission", "grants[2].level"));
}

TEST(MergeGrantsTest, WideningNeverNarrows) {
  Grants grants = {{"a.get", Level::kTeam}, {"b.get", Level::kAll}};
  WidenGrants({{"a.get", Level::kRegion}, {"b.get", Level::kOwn}, {"c.get", Level::kNone}}, &grants);
  EXPECT_THAT(grants, UnorderedElementsAre(Pair("a.get", Level::kRegion), Pair("b.get", Level::kAll)));
}

TEST(PermissionTest, IsWordsJoinedByDots) {
  for (const char* good : {"accounts.get", "kam.account.v1.x", "price-lists.set_floor"}) {
    EXPECT_TRUE(IsPermission(good)) << good;
  }
  for (const char* bad : {"", "accounts", ".get", "accounts.", "a..b", "a b.c", "客户.get", "a.*"}) {
    EXPECT_FALSE(IsPermission(bad)) << bad;
  }
  EXPECT_TRUE(IsPermission("a." + std::string(kMaxPermissionBytes - 2, 'x')));
  EXPECT_FALSE(IsPermission("a." + std::string(kMaxPermissionBytes - 1, 'x')));
}

TEST(ReachTest, EachLevelAddsRowsAndLosesNone) {
  Principal principal;
  principal.employee = "e1";
  principal.team = {"e2"};
  principal.department = "/d1/d7/";
  principal.regions = {"east"};
  struct Row {
    const char *owner, *department, *region;
    Level needs;
  };
  const Row rows[] = {{"e1", "/d9/", "west", Level::kOwn},
                      {"e2", "/d9/", "west", Level::kTeam},
                      {"e3", "/d1/d7/d8/", "west", Level::kDepartment},
                      {"e3", "/d1/d77/", "east", Level::kRegion},
                      {"e3", "/d1/d77/", "west", Level::kAll},
                      {"", "", "", Level::kAll}};
  for (const Level level : {Level::kNone, Level::kOwn, Level::kTeam, Level::kDepartment, Level::kRegion, Level::kAll}) {
    const Reach reach = ReachOf(principal, level);
    for (const Row& row : rows) {
      EXPECT_EQ(reach.Covers(row.owner, row.department, row.region), level >= row.needs)
          << LevelName(level) << " " << row.owner << row.department << row.region;
    }
  }
}

TEST(ReachTest, AProgramWithoutPersonReachesNothingBelowAll) {
  EXPECT_FALSE(ReachOf(Principal(), Level::kRegion).Covers("", "", ""));
  EXPECT_FALSE(ReachOf(Principal(), Level::kRegion).Covers("e1", "/d1/", "east"));
  EXPECT_TRUE(ReachOf(Principal(), Level::kAll).Covers("e1", "/d1/", "east"));
}

}  // namespace
}  // namespace kam::auth

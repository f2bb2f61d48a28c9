// The service as a whole: every RPC has a handler, every permission a row in the rights, and the other way round.
#include "aftersales-svc/aftersales_svc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "aftersales-svc/testing/world.h"
#include "common/testing/matchers.h"
#include "common/testing/state_pairs.h"

namespace kam::aftersales {
namespace {

using ::kam::testing::IsOk;

// G-02
TEST(AftersalesSvcTest, EveryRpcHasAHandler) {
  testing::World& world = testing::World::Fresh();
  const std::vector<std::string> services = RpcServices();
  const std::vector<absl::string_view> names(services.begin(), services.end());
  EXPECT_THAT(world.harness().registry().CheckComplete("aftersales-svc", names), IsOk());
  std::set<std::string> registered;
  for (const auto& [name, entry] : world.harness().registry().entries()) {
    registered.insert(entry.method->service()->full_name());
  }
  EXPECT_EQ(registered, std::set<std::string>(services.begin(), services.end()));
}

// G-02, G-03, R.1, R.2
TEST(AftersalesSvcTest, TheRightsHoldExactlyThePermissionsOfTheRpcs) {
  std::set<std::string> used, listed;
  for (const auto& [name, entry] : testing::World::Fresh().harness().registry().entries()) {
    used.insert(entry.rules->permission());
  }
  std::ifstream file("account-svc/rights/aftersales.csv");
  std::string line;
  std::set<std::string> rows;
  ASSERT_TRUE(std::getline(file, line));
  EXPECT_EQ(line, "permission,level,roles");
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    ASSERT_EQ(cells.size(), 3u) << line;
    listed.insert(cells[0]);
    std::set<std::string> roles;
    for (const std::string& role : std::vector<std::string>(absl::StrSplit(cells[2], ' '))) {
      EXPECT_TRUE(roles.insert(role).second) << line << " names " << role << " twice";
      EXPECT_TRUE(rows.insert(cells[0] + " " + role).second) << role << " has " << cells[0] << " at two levels";
    }
  }
  EXPECT_EQ(listed, used);
}

// S-05, S-15, S-33, S-34
TEST(AftersalesSvcTest, EveryRecordWithStatesHasATableOfItsVerbs) {
  // Where a table is, it must name every verb of its record: see TryEveryVerbInEveryState.
  const std::set<std::string> tables = {"complaints",          "followUps",           "questionnaires",
                                        "satisfactionReviews", "satisfactionTargets", "warrantyClaims"};
  std::set<std::string> declared;
  for (const auto& [collection, machine] : kam::testing::Machines(testing::World::Fresh().harness().registry())) {
    declared.insert(collection);
  }
  EXPECT_EQ(declared, tables);
}

// R.2: GM and SD see all.
TEST(AftersalesSvcTest, TheHeadsSeeEverything) {
  testing::World& world = testing::World::Fresh();
  for (const char* permission : {"complaint.read", "complaint_clock.read", "claim.read", "part.read", "survey.read",
                                 "follow_up.read", "questionnaire.read", "complaint_policy.read"}) {
    for (const char* role : {"GM", "SD"}) {
      EXPECT_EQ(world.As(role).LevelFor(permission), auth::Level::kAll) << role << " " << permission;
    }
  }
}

}  // namespace
}  // namespace kam::aftersales

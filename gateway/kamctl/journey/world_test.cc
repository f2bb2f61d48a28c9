#include "gateway/kamctl/journey/world.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/kamctl/sandbox.h"
#include "gateway/kamctl/testing/fake_gateway.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::ctl::journey {
namespace {

using ::testing::HasSubstr;

class WorldTest : public ::testing::Test {
 protected:
  WorldTest() : server_([this](const FakeRequest&) { return answer_; }) {
    std::string pattern = absl::StrCat(::testing::TempDir(), "/world_XXXXXX");
    world_ = *World::Create(server_.url(), ::mkdtemp(pattern.data()), nullptr);
  }

  FakeAnswer answer_;
  FakeGateway server_;
  std::unique_ptr<World> world_;
};

TEST_F(WorldTest, AStepThatEndsInAnotherStateStopsTheJourney) {
  answer_ = {200, {{"name", "accounts/1"}, {"state", "ACCOUNT_STATE_DRAFT"}}};
  EXPECT_TRUE(world_->Do("anna", "opens", "/v1/accounts", Json::object(), "DRAFT").ok());
  const auto wrong = world_->Do("anna", "opens", "/v1/accounts", Json::object(), "VERIFIED");
  EXPECT_EQ(Reason(wrong.status()), "JOURNEY_STOPPED");
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("ACCOUNT_STATE_DRAFT instead of VERIFIED"));
  EXPECT_EQ(world_->steps(), 1);
}

TEST_F(WorldTest, ARefusalCountsOnlyWithItsReason) {
  answer_ = {403, {{"code", "PERMISSION_DENIED"}, {"reason", "SELF_GRANT"}, {"detail", "no"}}};
  EXPECT_TRUE(world_->Refused("anna", "gives herself", "/v1/grants", Json::object(), "SELF_GRANT").ok());
  const auto other = world_->Refused("anna", "gives herself", "/v1/grants", Json::object(), "OWNER_EXISTS");
  EXPECT_THAT(std::string(other.message()), HasSubstr("anna, gives herself: SELF_GRANT: no"));
  answer_ = {200, Json::object()};
  const auto allowed = world_->Refused("anna", "gives herself", "/v1/grants", Json::object(), "SELF_GRANT");
  EXPECT_THAT(std::string(allowed.message()), HasSubstr("should have been refused (SELF_GRANT)"));
  EXPECT_EQ(world_->refusals(), 1);
}

TEST_F(WorldTest, EveryWriteHasAUuidOfItsOwn) {
  answer_ = {200, Json::object()};
  ASSERT_TRUE(world_->Do("anna", "a", "/v1/a", Json::object()).ok());
  ASSERT_TRUE(world_->Do("anna", "b", "/v1/b", Json::object()).ok());
  const auto requests = server_.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_NE(requests[0].key, requests[1].key);
  EXPECT_THAT(requests[0].key, ::testing::MatchesRegex("[0-9a-f]+-[0-9a-f]+-4[0-9a-f]+-[89ab][0-9a-f]+-[0-9a-f]+"));
}

TEST_F(WorldTest, WhatIsInForceIsNotDoneAgain) {
  answer_ = {200, {{"clockPolicies", {{{"name", "clockPolicies/1"}}}}}};
  ASSERT_TRUE(world_->Ensure("anna", "limit", "clockPolicies", "kind = REPLY", Json::object()).ok());
  ASSERT_EQ(server_.requests().size(), 1u);
  EXPECT_EQ(server_.requests()[0].method, "GET");
}

TEST_F(WorldTest, WithoutClockTimeStandsStill) { EXPECT_EQ(Reason(world_->MoveOn(1, 9)), "JOURNEY_STOPPED"); }

TEST(SandboxClockTest, NamesTheServiceItDoesNotKnow) {
  EXPECT_EQ(Reason(SandboxClock::Create({}, "gateway.key").status()), "SERVICE_INVALID");
  EXPECT_EQ(Reason(SandboxClock::Create({"account-svc"}, "gateway.key").status()), "SERVICE_INVALID");
  EXPECT_EQ(Reason(SandboxClock::Create({"gateway=127.0.0.1:1"}, "gateway.key").status()), "SERVICE_INVALID");
}

}  // namespace
}  // namespace kam::ctl::journey

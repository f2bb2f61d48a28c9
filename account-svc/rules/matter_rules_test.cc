#include "account-svc/rules/matter_rules.h"

#include <gtest/gtest.h>

#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/important_matter.pb.h"
#include "kam/account/v1/important_matter_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);

// reported to a superior; past the line to the general manager only, by those who may.
TEST(MatterRules, IsReportedUpTheLine) {
  v1::ImportantMatter matter;
  matter.set_superior("employees/s");
  ReportingLines lines;
  lines.superiors = {"employees/q", "employees/s"};
  EXPECT_THAT(CheckReport(matter, lines, kNow), IsOk());
  matter.set_superior("employees/gm");
  EXPECT_THAT(CheckReport(matter, lines, kNow), HasReason("SUPERIOR_UNKNOWN"));
  lines.may_pass_the_line = true;
  EXPECT_THAT(CheckReport(matter, lines, kNow), HasReason("SUPERIOR_UNKNOWN"));
  lines.superior_is_general_manager = true;
  EXPECT_THAT(CheckReport(matter, lines, kNow), IsOk());
  lines.may_pass_the_line = false;
  EXPECT_THAT(CheckReport(matter, lines, kNow), HasReason("SUPERIOR_UNKNOWN"));
  matter.set_superior("employees/s");
  *matter.mutable_respond_by() = ToTimestamp(kNow);
  EXPECT_THAT(CheckReport(matter, lines, kNow), HasReason("TIME_IN_PAST"));
}

// the superior answers; after his silence the one above him may.
TEST(MatterRules, OnlyWhoWasAskedAnswers) {
  v1::ImportantMatter matter;
  matter.set_superior("employees/s");
  v1::RespondToImportantMatterRequest request;
  request.set_response("同意跟进");
  EXPECT_THAT(Respond(request, "employees/x", kNow, &matter), HasReason("RESPONDER_NOT_ASKED"));
  EXPECT_THAT(Respond(request, "", kNow, &matter), HasReason("RESPONDER_NOT_ASKED"));
  v1::ImportantMatter silent = matter;
  ASSERT_THAT(Respond(request, "employees/s", kNow, &matter), IsOk());
  EXPECT_EQ(matter.responder(), "employees/s");
  silent.set_escalated_to("employees/b");
  EXPECT_THAT(Respond(request, "employees/b", kNow, &silent), IsOk());
}

// superiors join the discussion.
TEST(MatterRules, ADiscussionHasASuperior) {
  v1::ImportantMatter matter;
  matter.set_superior("employees/s");
  matter.set_responder("employees/b");
  v1::DiscussImportantMatterRequest request;
  request.add_participants("employees/a");
  EXPECT_THAT(Discuss(request, "2026-01-05", &matter), HasReason("SUPERIOR_REQUIRED"));
  request.add_participants("employees/b");
  request.set_discussion_date("2026-01-06");
  EXPECT_THAT(Discuss(request, "2026-01-05", &matter), HasReason("DATE_IN_FUTURE"));
  request.clear_discussion_date();
  request.set_decision("派技术支持");
  ASSERT_THAT(Discuss(request, "2026-01-05", &matter), IsOk());
  EXPECT_EQ(matter.discussion_date(), "2026-01-05");
  EXPECT_EQ(matter.participants_size(), 2);
  EXPECT_EQ(matter.decision(), "派技术支持");
}

//
TEST(MatterRules, WhoReportedDoesNotApprove) {
  v1::ImportantMatter matter;
  matter.set_owner("employees/a");
  EXPECT_THAT(CheckNotReporter("employees/a", matter, "close it"), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckNotReporter("employees/s", matter, "close it"), IsOk());
  EXPECT_THAT(ApproveDecision("employees/a", kNow, &matter), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(ApproveDecision("employees/o", kNow, &matter), IsOk());
}

// sent back with a reason, taken back by whoever reported, put higher as long as there is somebody.
TEST(MatterRules, NoMatterIsStuck) {
  v1::ImportantMatter matter;
  matter.set_owner("employees/a");
  EXPECT_THAT(ReturnDecision("employees/a", "r", &matter), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(ReturnDecision("employees/o", "毛利不足", &matter), IsOk());
  EXPECT_EQ(matter.return_reason(), "毛利不足");
  EXPECT_THAT(Withdraw("employees/s", "r", &matter), HasReason("NOT_THE_REPORTER"));
  ASSERT_THAT(Withdraw("employees/a", "r", &matter), IsOk());
  EXPECT_EQ(matter.close_reason(), "r");
  EscalateMatter("", kNow, &matter);
  EXPECT_TRUE(matter.overdue());
  EXPECT_FALSE(matter.has_escalate_time());
  EscalateMatter("employees/b", kNow, &matter);
  EXPECT_EQ(matter.escalated_to(), "employees/b");
  EXPECT_TRUE(matter.has_escalate_time());
}

TEST(MatterRules, WhatWasAnsweredDoesNotChange) {
  v1::ImportantMatter matter;
  for (int state = 1; state <= v1::ImportantMatterState_MAX; ++state) {
    matter.set_state(static_cast<v1::ImportantMatterState>(state));
    EXPECT_EQ(CheckMatterUpdate(matter).ok(), state == v1::IMPORTANT_MATTER_STATE_REPORTED);
  }
}

}  // namespace
}  // namespace kam::account::rules

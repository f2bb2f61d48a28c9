#include "account-svc/rules/card_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/follow_up_sheet.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/lead_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::EqualsProto;
using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);  // Monday 2026-01-05T00:00Z.
const auto kWeekday = [](absl::CivilDay day) { return absl::GetWeekday(day) < absl::Weekday::saturday; };

CardTime At(absl::Time now) { return {now, absl::UTCTimeZone(), kWeekday}; }

v1::AddLeadFollowUpRequest Entry() {
  v1::AddLeadFollowUpRequest request;
  request.set_channel(v1::CHANNEL_PHONE);
  request.set_result("再联系");
  return request;
}

// A-20: entries are appended; level and next date of the lead follow; without a date it is that of the level.
TEST(CardRules, AFollowUpIsAppendedToTheCard) {
  v1::Lead lead;
  lead.set_intention_level(v1::INTENTION_LEVEL_B);
  v1::AddLeadFollowUpRequest request = Entry();
  request.set_next_date("2026-01-06");
  ASSERT_THAT(AddFollowUp(request, "employees/a", At(kNow), Policy(), &lead), IsOk());
  request.set_intention_level(v1::INTENTION_LEVEL_H);
  request.clear_next_date();
  request.set_corrects(1);
  ASSERT_THAT(AddFollowUp(request, "employees/b", At(kNow + absl::Hours(10)), Policy(), &lead), IsOk());
  EXPECT_THAT(lead, EqualsProto(R"pb(
                intention_level: INTENTION_LEVEL_H
                next_follow_up_date: "2026-01-07"
                card_open_time { seconds: 1767571200 }
                follow_ups {
                  contact_time { seconds: 1767571200 }
                  employee: "employees/a"
                  channel: CHANNEL_PHONE
                  result: "再联系"
                  intention_level: INTENTION_LEVEL_B
                  next_date: "2026-01-06"
                }
                follow_ups {
                  contact_time { seconds: 1767607200 }
                  employee: "employees/b"
                  channel: CHANNEL_PHONE
                  result: "再联系"
                  intention_level: INTENTION_LEVEL_H
                  next_date: "2026-01-07"
                  in_calling_window: true
                  corrects: 1
                })pb"));
  request.set_corrects(3);
  EXPECT_THAT(AddFollowUp(request, "employees/b", At(kNow), Policy(), &lead), HasReason("ENTRY_UNKNOWN"));
  EXPECT_EQ(lead.follow_ups_size(), 2);
}

// A-20: the level says by when a prospect is spoken to again; a free day moves it on.
TEST(CardRules, TheLevelLimitsTheNextDate) {
  const absl::CivilDay monday(2026, 1, 5);
  const Policy policy;
  EXPECT_EQ(LatestFollowUp(v1::INTENTION_LEVEL_H, monday, policy, kWeekday), monday + 2);
  EXPECT_EQ(LatestFollowUp(v1::INTENTION_LEVEL_A, monday, policy, kWeekday), monday + 4);
  EXPECT_EQ(LatestFollowUp(v1::INTENTION_LEVEL_B, monday, policy, kWeekday), monday + 7);
  EXPECT_EQ(LatestFollowUp(v1::INTENTION_LEVEL_C, monday, policy, kWeekday), monday + 15);
  EXPECT_EQ(LatestFollowUp(v1::INTENTION_LEVEL_N, monday, policy, kWeekday), monday + 30);
  EXPECT_EQ(LatestFollowUp(v1::INTENTION_LEVEL_UNSPECIFIED, monday, policy, kWeekday), monday + 30);
  EXPECT_EQ(LatestFollowUp(v1::INTENTION_LEVEL_H, monday + 4, policy, kWeekday), monday + 7);
  v1::Lead lead;
  v1::AddLeadFollowUpRequest request = Entry();
  request.set_intention_level(v1::INTENTION_LEVEL_H);
  request.set_next_date("2026-01-08");
  const absl::Status late = AddFollowUp(request, "employees/a", At(kNow), policy, &lead);
  EXPECT_THAT(late, HasReason("FOLLOW_UP_TOO_LATE"));
  EXPECT_EQ(MetadataValue(late, "limit"), "2026-01-07");
  request.set_next_date("2026-01-04");
  EXPECT_THAT(AddFollowUp(request, "employees/a", At(kNow), policy, &lead), HasReason("DATE_IN_PAST"));
  EXPECT_EQ(lead.follow_ups_size(), 0);
  request.set_next_date("2026-01-07");
  EXPECT_THAT(AddFollowUp(request, "employees/a", At(kNow), policy, &lead), IsOk());
}

// A-20: what was missed is counted in working days.
TEST(CardRules, MissedDaysAreCounted) {
  v1::Lead lead;
  lead.set_intention_level(v1::INTENTION_LEVEL_N);
  lead.set_next_follow_up_date("2026-01-08");
  ASSERT_THAT(AddFollowUp(Entry(), "employees/a", At(kNow + absl::Hours(24 * 7)), Policy(), &lead), IsOk());
  EXPECT_EQ(lead.follow_ups(0).days_late(), 2);  // Friday and Monday.
  lead.set_next_follow_up_date("2026-01-12");
  ASSERT_THAT(AddFollowUp(Entry(), "employees/a", At(kNow + absl::Hours(24 * 8)), Policy(), &lead), IsOk());
  EXPECT_EQ(lead.missed_days(), 3);
}

// A-20: a correction is no contact: what is overdue stays overdue, and is counted by the next one.
TEST(CardRules, ACorrectionLeavesWhatIsOverdue) {
  v1::Lead lead;
  lead.set_intention_level(v1::INTENTION_LEVEL_N);
  ASSERT_THAT(AddFollowUp(Entry(), "employees/a", At(kNow), Policy(), &lead), IsOk());
  lead.set_next_follow_up_date("2026-01-08");
  v1::AddLeadFollowUpRequest correction = Entry();
  correction.set_corrects(1);
  ASSERT_THAT(AddFollowUp(correction, "employees/a", At(kNow + absl::Hours(24 * 7)), Policy(), &lead), IsOk());
  EXPECT_EQ(lead.next_follow_up_date(), "2026-01-08");
  EXPECT_EQ(lead.missed_days(), 0);
  ASSERT_THAT(AddFollowUp(Entry(), "employees/a", At(kNow + absl::Hours(24 * 7)), Policy(), &lead), IsOk());
  EXPECT_EQ(lead.missed_days(), 2);
}

// F-11
TEST(CardRules, TheCallingWindowIsThatOfThePolicy) {
  const Policy policy;
  const auto at = [&](int hour, int minute) {
    return InCallingWindow(kNow + absl::Hours(hour) + absl::Minutes(minute), absl::UTCTimeZone(), policy);
  };
  EXPECT_FALSE(at(9, 29));
  EXPECT_TRUE(at(9, 30));
  EXPECT_TRUE(at(11, 29));
  EXPECT_FALSE(at(11, 30));
}

// F-10, F-11: six prospects, by 17:00; nothing is asked for on a free day.
TEST(CardRules, TheSheetIsCountedAgainstTheQuotaAndTheHour) {
  const Policy policy;
  const absl::CivilDay monday(2026, 1, 5);
  v1::FollowUpSheet sheet;
  for (int i = 0; i < 5; ++i) sheet.add_lines();
  HandIn(monday, true, At(kNow + absl::Hours(17)), policy, &sheet);
  EXPECT_FALSE(sheet.late());
  EXPECT_EQ(sheet.quota(), 6);
  EXPECT_FALSE(sheet.quota_met());
  sheet.add_lines();
  HandIn(monday, true, At(kNow + absl::Hours(17) + absl::Seconds(1)), policy, &sheet);
  EXPECT_TRUE(sheet.late());
  EXPECT_TRUE(sheet.quota_met());
  HandIn(monday, false, At(kNow), policy, &sheet);
  EXPECT_TRUE(sheet.late()) << "a sheet handed in again was late the first time";
  v1::FollowUpSheet free;
  HandIn(monday - 1, true, At(kNow), policy, &free);
  EXPECT_EQ(free.quota(), 0);
  EXPECT_TRUE(free.quota_met());
}

// A-20: the cards are signed by somebody else.
TEST(CardRules, NobodySignsHisOwnCards) {
  v1::FollowUpSheet sheet;
  sheet.set_owner("employees/a");
  EXPECT_THAT(CheckSigner("employees/a", sheet), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckSigner("employees/b", sheet), IsOk());
}

// A-20
TEST(CardRules, ASheetIsUnsignedWhenItsCardsChange) {
  v1::FollowUpSheet sheet;
  sheet.set_state(v1::FOLLOW_UP_SHEET_STATE_SIGNED);
  sheet.set_signer("employees/b");
  sheet.mutable_sign_time()->set_seconds(1);
  sheet.set_comment("好");
  Unsign(&sheet);
  EXPECT_EQ(sheet.state(), v1::FOLLOW_UP_SHEET_STATE_HANDED_IN);
  EXPECT_EQ(sheet.signer(), "");
  EXPECT_FALSE(sheet.has_sign_time());
  EXPECT_EQ(sheet.comment(), "");
}

}  // namespace
}  // namespace kam::account::rules

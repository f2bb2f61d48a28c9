#include "common/approval/notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/approval/rules.h"

namespace kam::approval {
namespace {

namespace pb = kam::approval::v1;
namespace og = kam::organization::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);  // 2026-01-05T00:00:00Z
constexpr char kSeller[] = "employees/0000000000000000000000sell";
constexpr char kManager[] = "employees/000000000000000000000mngr1";
constexpr char kDeputy[] = "employees/00000000000000000000depty1";

// Two steps: any sales manager, then one director in person.
pb::ApprovalRequest Opened() {
  pb::ApprovalRequest request;
  request.set_number("AP2026-000001");
  request.set_subject("quotes/00000000000000000000000001");
  request.set_subject_label("QT2026-000001");
  request.set_account("accounts/00000000000000000000000001");
  request.set_purpose("QUOTE_PRICE");
  request.set_requester(kSeller);
  request.set_content_hash("abc");
  request.add_steps()->set_number(1);
  request.mutable_steps(0)->set_roles("SM KAM");
  request.mutable_steps(0)->set_escalation_level(2);
  request.mutable_steps(0)->set_escalation_roles("GAM");
  request.add_steps()->set_number(2);
  request.mutable_steps(1)->set_employees(kManager);
  EXPECT_TRUE(Open(kNow, &request).ok());
  request.mutable_deadline()->set_seconds(absl::ToUnixSeconds(kNow + absl::Hours(72)));
  return request;
}

og::DeliverNoticesRequest Told(const pb::ApprovalRequest* before, const pb::ApprovalRequest& after,
                               const std::vector<pb::ApprovalDelegation>& lent = {}) {
  return NoticesOf(before, after, lent, absl::FixedTimeZone(8 * 3600));
}

pb::ApprovalDelegation Lent(const std::string& delegator, const std::string& role) {
  pb::ApprovalDelegation delegation;
  delegation.set_delegator(delegator);
  delegation.set_delegate(kDeputy);
  delegation.add_roles(role);
  return delegation;
}

// G-05, G-22: those who may decide the step that waits are told, as far as their right reaches; never whoever asks.
TEST(ApprovalNoticesTest, AStepThatBeginsToWaitIsToldToItsDeciders) {
  const pb::ApprovalRequest filed = Opened();
  const og::DeliverNoticesRequest told = Told(nullptr, filed);
  EXPECT_EQ(told.except(), kSeller);
  ASSERT_EQ(told.notices_size(), 1);
  const og::Notice& notice = told.notices(0);
  EXPECT_EQ(notice.audience(), og::NOTICE_AUDIENCE_HOLDERS);
  EXPECT_THAT(notice.roles(), ElementsAre("SM", "KAM"));
  EXPECT_EQ(notice.permission(), "approval.decide");
  EXPECT_EQ(notice.owner(), kSeller);
  EXPECT_EQ(notice.account(), filed.account());
  EXPECT_EQ(notice.kind(), og::NOTIFICATION_KIND_APPROVAL);
  EXPECT_THAT(notice.title(), HasSubstr("AP2026-000001 QT2026-000001"));
  EXPECT_EQ(notice.due_date(), "2026-01-08");

  pb::ApprovalRequest second = filed;
  ASSERT_TRUE(Approve({kDeputy, {"SM"}, {}}, "", "", kNow, &second).ok());
  const og::DeliverNoticesRequest next = Told(&filed, second);
  ASSERT_EQ(next.notices_size(), 1);
  EXPECT_EQ(next.notices(0).audience(), og::NOTICE_AUDIENCE_PERSON);
  EXPECT_EQ(next.notices(0).whom(), kManager);
  EXPECT_EQ(next.notices(0).permission(), "approval.decide");
  // A change that lets the same step wait on tells nobody again.
  EXPECT_THAT(Told(&second, second).notices(), IsEmpty());
}

// G-05: whoever takes the place of a decider is told as well; nobody takes that of the one who asks.
TEST(ApprovalNoticesTest, WhoStandsInForADeciderIsTold) {
  const pb::ApprovalRequest filed = Opened();
  const og::DeliverNoticesRequest told =
      Told(nullptr, filed, {Lent(kManager, "SM"), Lent(kManager, "FD"), Lent(kSeller, "SM")});
  ASSERT_EQ(told.notices_size(), 2);
  EXPECT_EQ(told.notices(1).audience(), og::NOTICE_AUDIENCE_PERSON);
  EXPECT_EQ(told.notices(1).whom(), kDeputy);
  EXPECT_EQ(told.notices(1).permission(), "approval.decide");
}

// G-05, G-22: whoever stands in for many is told once; who is asked himself is not told again.
TEST(ApprovalNoticesTest, ManyWhoLendTheirPlaceAreOneNoticeAPerson) {
  std::vector<pb::ApprovalDelegation> lent;
  for (int i = 0; i < 150; ++i) {
    lent.push_back(Lent(absl::StrCat("employees/lender", i), "SM"));
    lent.back().set_delegate(absl::StrCat("employees/deputy", i % 3));
  }
  const pb::ApprovalRequest filed = Opened();
  const og::DeliverNoticesRequest told = Told(nullptr, filed, lent);
  ASSERT_EQ(told.notices_size(), 4);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(told.notices(i + 1).whom(), absl::StrCat("employees/deputy", i));

  pb::ApprovalRequest second = filed;
  ASSERT_TRUE(Approve({kDeputy, {"SM"}, {}}, "", "", kNow, &second).ok());
  pb::ApprovalDelegation to_manager = Lent(kManager, "FD");
  to_manager.set_delegate(kManager);
  EXPECT_EQ(Told(&filed, second, {to_manager}).notices_size(), 1);
}

// G-05: whoever is lent a place is told which and for how long.
TEST(ApprovalNoticesTest, WhoIsLentAPlaceIsTold) {
  pb::ApprovalDelegation delegation = Lent(kManager, "SM");
  delegation.mutable_start_time()->set_seconds(absl::ToUnixSeconds(kNow));
  delegation.mutable_end_time()->set_seconds(absl::ToUnixSeconds(kNow + absl::Hours(24)));
  delegation.set_reason("he is ill");
  const og::DeliverNoticesRequest told = NoticesOf(delegation, absl::FixedTimeZone(8 * 3600));
  ASSERT_EQ(told.notices_size(), 1);
  EXPECT_EQ(told.notices(0).whom(), kDeputy);
  EXPECT_THAT(told.notices(0).title(), HasSubstr("SM, 2026-01-05 - 2026-01-06"));
  EXPECT_THAT(told.notices(0).title(), ::testing::Not(HasSubstr("ill")));
}

// G-05, G-22: when the time is over those above are told, and nobody mutes that.
TEST(ApprovalNoticesTest, AnEscalationIsToldToThoseAbove) {
  const pb::ApprovalRequest filed = Opened();
  pb::ApprovalRequest escalated = filed;
  const absl::Time late = kNow + absl::Hours(73);
  ASSERT_TRUE(Escalate(late, late + absl::Hours(72), &escalated));
  const og::DeliverNoticesRequest told = Told(&filed, escalated);
  ASSERT_EQ(told.notices_size(), 1);
  EXPECT_EQ(told.notices(0).kind(), og::NOTIFICATION_KIND_ESCALATION);
  EXPECT_THAT(told.notices(0).roles(), ElementsAre("GAM"));
  EXPECT_EQ(told.except(), kSeller);
}

// G-05, G-22: whoever asked learns how it ended, unless he ended it himself or saw it at once.
TEST(ApprovalNoticesTest, WhoeverAskedLearnsHowItEnded) {
  const pb::ApprovalRequest filed = Opened();
  pb::ApprovalRequest rejected = filed;
  ASSERT_TRUE(Reject({kDeputy, {"SM"}, {}}, "", "too low", kNow, &rejected).ok());
  const og::DeliverNoticesRequest told = Told(&filed, rejected);
  ASSERT_EQ(told.notices_size(), 1);
  EXPECT_EQ(told.notices(0).audience(), og::NOTICE_AUDIENCE_PERSON);
  EXPECT_EQ(told.notices(0).whom(), kSeller);
  EXPECT_EQ(told.notices(0).kind(), og::NOTIFICATION_KIND_DECISION);
  EXPECT_THAT(told.notices(0).title(), HasSubstr("Rejected: AP2026-000001"));
  EXPECT_THAT(told.notices(0).title(), ::testing::Not(HasSubstr("too low")));

  pb::ApprovalRequest expired = filed;
  ASSERT_TRUE(Expire(kNow + absl::Hours(73), &expired).ok());
  EXPECT_THAT(Told(&filed, expired).notices(0).title(), HasSubstr("Nobody decided in time"));
  pb::ApprovalRequest withdrawn = filed;
  ASSERT_TRUE(Withdraw(kSeller, kNow, &withdrawn).ok());
  EXPECT_THAT(Told(&filed, withdrawn).notices(), IsEmpty());
  EXPECT_THAT(Told(nullptr, rejected).notices(), IsEmpty());
}

}  // namespace
}  // namespace kam::approval

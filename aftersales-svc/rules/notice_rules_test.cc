#include "aftersales-svc/rules/notice_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "aftersales-svc/rules/proto_time.h"

namespace kam::aftersales::rules {
namespace {

namespace cv1 = ::kam::complaint::v1;
namespace og = ::kam::organization::v1;
namespace sv1 = ::kam::satisfaction::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kAnna[] = "employees/00000000000000000000000an1";
constexpr char kBert[] = "employees/00000000000000000000000be1";
const absl::TimeZone kZone = absl::FixedTimeZone(8 * 3600);

cv1::Complaint Assigned() {
  cv1::Complaint complaint;
  complaint.set_name("complaints/00000000000000000000000001");
  complaint.set_number("CP2026-000001");
  complaint.set_account("accounts/00000000000000000000000001");
  complaint.set_description("the customer's own words");
  complaint.set_state(cv1::COMPLAINT_STATE_ASSIGNED);
  complaint.set_handler(kAnna);
  return complaint;
}

// Titles by the person who is told.
std::map<std::string, std::string> ByPerson(const og::DeliverNoticesRequest& told) {
  std::map<std::string, std::string> titles;
  for (const og::Notice& notice : told.notices()) {
    if (notice.audience() == og::NOTICE_AUDIENCE_PERSON) titles[notice.whom()] = notice.title();
  }
  return titles;
}

// S-03, G-22
TEST(NoticeRulesTest, AComplaintIsToldToWhoeverGetsItAndWhoeverHadIt) {
  cv1::Complaint open = Assigned();
  open.clear_handler();
  const auto given = ByPerson(NoticesOf(&open, Assigned()));
  ASSERT_EQ(given.size(), 1u);
  EXPECT_THAT(given.at(kAnna), HasSubstr("assigned to you: CP2026-000001"));
  EXPECT_THAT(given.at(kAnna), ::testing::Not(HasSubstr("words")));
  cv1::Complaint moved = Assigned();
  moved.set_handler(kBert);
  const auto both = ByPerson(NoticesOf(std::vector<cv1::Complaint>{Assigned()}.data(), moved));
  EXPECT_THAT(both.at(kBert), HasSubstr("assigned to you"));
  EXPECT_THAT(both.at(kAnna), HasSubstr("to somebody else"));
  cv1::Complaint helped = Assigned();
  helped.add_co_handlers(kBert);
  const cv1::Complaint before = Assigned();
  EXPECT_THAT(ByPerson(NoticesOf(&before, helped)).at(kBert), HasSubstr("You help"));
  EXPECT_THAT(NoticesOf(&helped, helped).notices(), IsEmpty());
  cv1::Complaint reopened = before;
  reopened.set_reopen_count(1);
  EXPECT_THAT(ByPerson(NoticesOf(&before, reopened)).at(kAnna), HasSubstr("not settled"));
}

// S-02, S-03, G-22: whoever may assign it learns of a complaint that nobody handles yet.
TEST(NoticeRulesTest, ANewComplaintWithoutHandlerIsToldToThoseWhoAssign) {
  cv1::Complaint open = Assigned();
  open.clear_handler();
  const og::DeliverNoticesRequest told = NoticesOf(nullptr, open);
  ASSERT_EQ(told.notices_size(), 1);
  EXPECT_EQ(told.notices(0).audience(), og::NOTICE_AUDIENCE_HOLDERS);
  EXPECT_EQ(told.notices(0).permission(), "complaint.assign");
  EXPECT_EQ(told.notices(0).account(), open.account());
  EXPECT_EQ(told.notices(0).kind(), og::NOTIFICATION_KIND_TASK);
  EXPECT_THAT(told.notices(0).title(), HasSubstr("CP2026-000001"));
  EXPECT_THAT(NoticesOf(&open, open).notices(), IsEmpty()) << "once";
  const auto given = NoticesOf(nullptr, Assigned());
  ASSERT_EQ(given.notices_size(), 1);
  EXPECT_EQ(given.notices(0).whom(), kAnna);
}

// S-05, G-22: an escalation goes to those who hold the role and may read the complaint.
TEST(NoticeRulesTest, AnEscalationIsToldToTheRoleThatTakesOver) {
  const cv1::Complaint before = Assigned();
  cv1::Complaint escalated = before;
  escalated.set_escalation_level(1);
  escalated.set_escalated_role("ASS");
  const og::DeliverNoticesRequest told = NoticesOf(&before, escalated);
  ASSERT_EQ(told.notices_size(), 2);
  EXPECT_EQ(told.notices(0).kind(), og::NOTIFICATION_KIND_ESCALATION);
  EXPECT_EQ(told.notices(0).audience(), og::NOTICE_AUDIENCE_HOLDERS);
  EXPECT_THAT(told.notices(0).roles(), ElementsAre("ASS"));
  EXPECT_EQ(told.notices(0).permission(), "complaint.read");
  EXPECT_EQ(told.notices(0).owner(), kAnna);
  EXPECT_EQ(told.notices(0).account(), before.account());
  EXPECT_EQ(told.notices(1).whom(), kAnna);
  EXPECT_THAT(NoticesOf(&escalated, before).notices(), IsEmpty()) << "it fell";
}

// S-05, G-22
TEST(NoticeRulesTest, ALateClockIsToldOnceToHandlerAndSuperiorsOrToThoseWhoAssign) {
  cv1::ComplaintClock running;
  running.set_kind(cv1::CLOCK_KIND_SOLUTION);
  running.set_account("accounts/00000000000000000000000001");
  running.set_handler(kAnna);
  *running.mutable_due_time() = ToTimestamp(absl::FromUnixSeconds(1'767'571'200));
  cv1::ComplaintClock late = running;
  *late.mutable_breach_time() = running.due_time();
  EXPECT_THAT(NoticesOf(nullptr, running, Assigned(), kZone).notices(), IsEmpty());
  const og::DeliverNoticesRequest told = NoticesOf(&running, late, Assigned(), kZone);
  ASSERT_EQ(told.notices_size(), 2);
  EXPECT_EQ(told.notices(0).whom(), kAnna);
  EXPECT_EQ(told.notices(0).subject(), Assigned().name());
  EXPECT_EQ(told.notices(0).due_date(), "2026-01-05");
  EXPECT_THAT(told.notices(0).title(), HasSubstr("CP2026-000001"));
  EXPECT_EQ(told.notices(1).audience(), og::NOTICE_AUDIENCE_SUPERIORS);
  EXPECT_EQ(told.notices(1).whom(), kAnna);
  EXPECT_THAT(NoticesOf(&late, late, Assigned(), kZone).notices(), IsEmpty());
  late.clear_handler();
  const og::DeliverNoticesRequest nobodys = NoticesOf(&running, late, Assigned(), kZone);
  ASSERT_EQ(nobodys.notices_size(), 1);
  EXPECT_EQ(nobodys.notices(0).permission(), "complaint.assign");
  EXPECT_EQ(nobodys.notices(0).account(), late.account());
}

// S-34, G-22
TEST(NoticeRulesTest, AFollowUpIsToldWhenItIsMadeGivenOnAndLate) {
  sv1::FollowUp made;
  made.set_number("FU2026-000001");
  made.set_owner(kAnna);
  made.set_state(sv1::FOLLOW_UP_STATE_OPEN);
  *made.mutable_due_time() = ToTimestamp(absl::FromUnixSeconds(1'767'571'200));
  const og::DeliverNoticesRequest told = NoticesOf(nullptr, made, kZone);
  ASSERT_EQ(told.notices_size(), 1);
  EXPECT_EQ(told.notices(0).whom(), kAnna);
  EXPECT_EQ(told.notices(0).due_date(), "2026-01-05");
  sv1::FollowUp given = made;
  given.set_measure_owner(kBert);
  EXPECT_THAT(ByPerson(NoticesOf(&made, given, kZone)).at(kBert), HasSubstr("Measure"));
  sv1::FollowUp late = given;
  late.set_overdue(true);
  const og::DeliverNoticesRequest of_late = NoticesOf(&given, late, kZone);
  EXPECT_EQ(ByPerson(of_late).size(), 2u);
  ASSERT_EQ(of_late.notices_size(), 3);
  EXPECT_EQ(of_late.notices(2).audience(), og::NOTICE_AUDIENCE_SUPERIORS);
  sv1::FollowUp done = late;
  done.set_state(sv1::FOLLOW_UP_STATE_DONE);
  EXPECT_THAT(NoticesOf(&given, done, kZone).notices(), IsEmpty());
}

}  // namespace
}  // namespace kam::aftersales::rules

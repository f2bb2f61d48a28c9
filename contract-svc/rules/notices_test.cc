#include "contract-svc/rules/notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kam::contract::rules {
namespace {

namespace og = organization::v1;
namespace pb = pricing::v1;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// C-06, G-22: policies are shared on the day: everybody who may read them learns of it, once.
TEST(NoticesTest, APolicyIsSharedWhenItIsPublishedAndWhenItIsWithdrawn) {
  pb::SalesPolicy approved;
  approved.set_code("SPRING");
  approved.set_revision(2);
  approved.set_title("春季政策");
  approved.set_valid_from("2026-03-01");
  approved.set_state(pb::SALES_POLICY_STATE_APPROVED);
  pb::SalesPolicy published = approved;
  published.set_state(pb::SALES_POLICY_STATE_PUBLISHED);
  const og::DeliverNoticesRequest told = NoticesOf(&approved, published);
  ASSERT_EQ(told.notices_size(), 1);
  EXPECT_EQ(told.notices(0).audience(), og::NOTICE_AUDIENCE_HOLDERS);
  EXPECT_EQ(told.notices(0).permission(), "sales_policy.read");
  EXPECT_EQ(told.notices(0).kind(), og::NOTIFICATION_KIND_POLICY);
  EXPECT_THAT(told.notices(0).title(), HasSubstr("published: SPRING/2 春季政策, 2026-03-01"));
  EXPECT_THAT(NoticesOf(&published, published).notices(), IsEmpty());
  pb::SalesPolicy withdrawn = published;
  withdrawn.set_state(pb::SALES_POLICY_STATE_WITHDRAWN);
  ASSERT_EQ(NoticesOf(&published, withdrawn).notices_size(), 1);
  EXPECT_THAT(NoticesOf(&published, withdrawn).notices(0).title(), HasSubstr("withdrawn: SPRING/2"));
  pb::SalesPolicy revised = published;
  revised.set_state(pb::SALES_POLICY_STATE_REVISED);
  EXPECT_THAT(NoticesOf(&published, revised).notices(), IsEmpty()) << "the next one is told";
}

// C-01, G-22
TEST(NoticesTest, APriceBookIsToldWhenItIsReleased) {
  pb::PriceBook asked;
  asked.set_code("LIST");
  asked.set_revision(3);
  asked.set_effective_from("2026-02-01");
  asked.set_state(pb::PRICE_BOOK_STATE_IN_APPROVAL);
  pb::PriceBook released = asked;
  released.set_state(pb::PRICE_BOOK_STATE_RELEASED);
  EXPECT_THAT(NoticesOf(nullptr, asked).notices(), IsEmpty());
  const og::DeliverNoticesRequest told = NoticesOf(&asked, released);
  ASSERT_EQ(told.notices_size(), 1);
  EXPECT_EQ(told.notices(0).permission(), "price_book.read");
  EXPECT_THAT(told.notices(0).title(), HasSubstr("LIST/3, 2026-02-01"));
}

// C-16, G-22: those of the account and the drafter, as far as they may read it; nobody twice.
TEST(NoticesTest, ARenewalThatIsDueIsToldToThoseOfTheAccount) {
  v1::Contract active;
  active.set_number("CT2026-000001");
  active.set_account("accounts/00000000000000000000000001");
  active.set_drafter("employees/00000000000000000000000001");
  active.set_end_date("2026-03-31");
  v1::Contract due = active;
  due.set_renewal_status(v1::RENEWAL_STATUS_DUE);
  EXPECT_THAT(NoticesOf(nullptr, active).notices(), IsEmpty());
  const og::DeliverNoticesRequest told = NoticesOf(&active, due);
  ASSERT_EQ(told.notices_size(), 2);
  EXPECT_EQ(told.notices(0).audience(), og::NOTICE_AUDIENCE_ACCOUNT);
  EXPECT_EQ(told.notices(0).account(), active.account());
  EXPECT_EQ(told.notices(0).permission(), "contract.read");
  EXPECT_EQ(told.notices(0).due_date(), "2026-03-31");
  EXPECT_EQ(told.notices(1).whom(), active.drafter());
  EXPECT_THAT(NoticesOf(&due, due).notices(), IsEmpty());
  v1::Contract lapsed = due;
  lapsed.set_renewal_status(v1::RENEWAL_STATUS_LAPSED);
  EXPECT_THAT(NoticesOf(&due, lapsed).notices(0).title(), HasSubstr("without a word"));
  v1::Contract renewed = due;
  renewed.set_renewal_status(v1::RENEWAL_STATUS_RENEWED);
  EXPECT_THAT(NoticesOf(&due, renewed).notices(), IsEmpty());
}

// C-34, G-22
TEST(NoticesTest, AnAlarmIsToldToThoseWhoMayAcknowledgeIt) {
  receivable::v1::ReceivableAlarm open;
  open.set_number("RA2026-000001");
  open.set_account("accounts/00000000000000000000000001");
  open.set_state(receivable::v1::RECEIVABLE_ALARM_STATE_OPEN);
  const og::DeliverNoticesRequest told = NoticesOf(nullptr, open);
  ASSERT_EQ(told.notices_size(), 1);
  EXPECT_EQ(told.notices(0).permission(), "receivable_alarm.acknowledge");
  EXPECT_EQ(told.notices(0).account(), open.account());
  EXPECT_THAT(NoticesOf(&open, open).notices(), IsEmpty());
}

// C-33, G-22
TEST(NoticesTest, ABrokenPromiseIsToldToOwnerAndCollectors) {
  receivable::v1::ReceivableItem promised;
  promised.set_account("accounts/00000000000000000000000001");
  promised.set_promised_date("2026-02-05");
  receivable::v1::ReceivableItem broken = promised;
  broken.clear_promised_date();
  EXPECT_THAT(NoticesOf(&promised, broken).notices(), IsEmpty()) << "it was paid";
  broken.set_broken_promises(1);
  EXPECT_THAT(NoticesOf(nullptr, broken).notices(), IsEmpty());
  EXPECT_THAT(NoticesOf(&broken, broken).notices(), IsEmpty());
  const og::DeliverNoticesRequest told = NoticesOf(&promised, broken);
  ASSERT_EQ(told.notices_size(), 2);
  EXPECT_EQ(told.notices(0).audience(), og::NOTICE_AUDIENCE_ACCOUNT);
  EXPECT_EQ(told.notices(0).account(), promised.account());
  EXPECT_EQ(told.notices(0).permission(), "receivable.read");
  EXPECT_THAT(told.notices(0).title(), HasSubstr("not kept: 2026-02-05"));
  EXPECT_EQ(told.notices(0).due_date(), "2026-02-05");
  EXPECT_EQ(told.notices(1).audience(), og::NOTICE_AUDIENCE_HOLDERS);
  EXPECT_THAT(told.notices(1).roles(), ::testing::ElementsAre("CRC", "FEE"));
  EXPECT_EQ(told.notices(1).account(), promised.account());
  // Put off before its day: counted too, but nothing is broken yet.
  receivable::v1::ReceivableItem later = broken;
  later.set_promised_date("2026-02-25");
  const og::DeliverNoticesRequest put_off = NoticesOf(&promised, later);
  ASSERT_EQ(put_off.notices_size(), 2);
  EXPECT_THAT(put_off.notices(0).title(), HasSubstr("put off: 2026-02-05 - 2026-02-25"));
  EXPECT_EQ(put_off.notices(0).due_date(), "2026-02-25");
}

}  // namespace
}  // namespace kam::contract::rules

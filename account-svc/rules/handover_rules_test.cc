// who signs a hand-over, and what stands in its list.
#include "account-svc/rules/handover_rules.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'767'578'400);

v1::AccountHandover Handover(bool transferred) {
  v1::AccountHandover handover;
  handover.set_name("accountHandovers/1");
  handover.set_giver("employees/giver");
  handover.set_receiver("employees/receiver");
  handover.set_transferred(transferred);
  *handover.mutable_list_time() = ToTimestamp(kNow);
  return handover;
}

Signer Superior(const std::string& name, bool giver_has_left, bool receiver_has_left) {
  return {absl::StrCat("employees/", name), true, giver_has_left, receiver_has_left};
}

//
TEST(HandoverRulesTest, ASuperiorSignsForAReceiverWhoLeftAfterTheAccountHadBecomeHis) {
  v1::AccountHandover here = Handover(/*transferred=*/true);
  EXPECT_THAT(Sign(Superior("a", false, false), kNow, Policy(), &here), HasReason("HANDOVER_NOT_PARTY"));
  v1::AccountHandover waiting = Handover(/*transferred=*/false);
  EXPECT_THAT(Sign(Superior("a", false, true), kNow, Policy(), &waiting), HasReason("HANDOVER_NOT_PARTY"))
      << "who has left does not get the account any more";
  v1::AccountHandover moved = Handover(/*transferred=*/true);
  ASSERT_THAT(Sign(Superior("a", false, true), kNow, Policy(), &moved), IsOk());
  EXPECT_EQ(moved.receiver_signer(), "employees/a");
  EXPECT_TRUE(moved.has_receiver_sign_time());
  EXPECT_FALSE(moved.has_giver_sign_time());
  EXPECT_THAT(Sign(Superior("a", false, true), kNow, Policy(), &moved), HasReason("HANDOVER_SIGNED"));
}

// where both have left, two superiors sign.
TEST(HandoverRulesTest, NobodySignsForBothSides) {
  v1::AccountHandover handover = Handover(/*transferred=*/true);
  ASSERT_THAT(Sign(Superior("a", true, true), kNow, Policy(), &handover), IsOk());
  EXPECT_EQ(handover.giver_signer(), "employees/a");
  EXPECT_THAT(Sign(Superior("a", true, true), kNow, Policy(), &handover), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Sign(Superior("b", true, true), kNow, Policy(), &handover), IsOk());
  EXPECT_EQ(handover.receiver_signer(), "employees/b");

  // The receiver's side first, while the giver was still here.
  v1::AccountHandover other = Handover(/*transferred=*/true);
  ASSERT_THAT(Sign(Superior("a", false, true), kNow, Policy(), &other), IsOk());
  EXPECT_THAT(Sign(Superior("a", true, true), kNow, Policy(), &other), HasReason("SEPARATION_OF_DUTIES"));
  // A giver who is a superior himself has signed his own side.
  v1::AccountHandover own = Handover(/*transferred=*/true);
  ASSERT_THAT(Sign(Superior("giver", false, true), kNow, Policy(), &own), IsOk());
  EXPECT_EQ(own.giver_signer(), "employees/giver");
  EXPECT_THAT(Sign(Superior("giver", false, true), kNow, Policy(), &own), HasReason("SEPARATION_OF_DUTIES"));
}

// what is due first keeps its line; the rest is counted, by kind and currency.
TEST(HandoverRulesTest, WhatIsDueFirstKeepsItsLine) {
  v1::AccountHandover handover;
  const auto add = [&](const std::string& kind, const std::string& due, int units, const std::string& currency) {
    v1::HandoverItem* item = handover.add_items();
    item->set_kind(kind);
    item->set_resource(absl::StrCat(kind, handover.items_size()));
    item->set_due_date(due);
    if (units == 0) return;
    item->mutable_amount()->set_units(units);
    item->mutable_amount()->set_currency_code(currency);
  };
  add("LEAD", "", 0, "");
  add("ORDER", "2026-03-01", 10, "CNY");
  add("ORDER", "2026-02-01", 20, "CNY");
  add("ORDER", "2026-04-01", 40, "CNY");
  add("ORDER", "2026-05-01", 80, "EUR");
  google::type::Money more;
  more.set_units(5);
  more.set_currency_code("CNY");
  ASSERT_THAT(AddFurther("ORDER", 3, &more, &handover), IsOk());
  ASSERT_THAT(KeepMostUrgent(5, &handover), IsOk());
  EXPECT_EQ(handover.items_size(), 5) << "all of them fit";
  ASSERT_THAT(KeepMostUrgent(2, &handover), IsOk());
  ASSERT_EQ(handover.items_size(), 2);
  EXPECT_EQ(handover.items(0).resource(), "ORDER2");
  EXPECT_EQ(handover.items(1).resource(), "ORDER3");
  ASSERT_EQ(handover.further_items_size(), 3);
  EXPECT_EQ(handover.further_items(0).kind(), "ORDER");
  EXPECT_EQ(handover.further_items(0).item_count(), 4);
  EXPECT_EQ(handover.further_items(0).amount().units(), 45);
  EXPECT_EQ(handover.further_items(1).kind(), "LEAD");
  EXPECT_EQ(handover.further_items(1).item_count(), 1);
  EXPECT_FALSE(handover.further_items(1).has_amount());
  EXPECT_EQ(handover.further_items(2).amount().currency_code(), "EUR");
  EXPECT_EQ(handover.further_items(2).amount().units(), 80);
}

}  // namespace
}  // namespace kam::account::rules

#include "account-svc/rules/channel_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/channel_partner.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

// outlets stand below agents and dealers; over all pairs of kinds, none included.
TEST(ChannelPartnerTest, OutletsStandBelowAgentsAndDealers) {
  for (int kind = 1; kind <= 3; ++kind) {
    v1::ChannelPartner partner;
    partner.set_kind(static_cast<v1::ChannelPartnerKind>(kind));
    const bool outlet = kind == v1::CHANNEL_PARTNER_KIND_OUTLET;
    EXPECT_EQ(CheckPartner(nullptr, partner).ok(), !outlet);
    for (int above = 1; above <= 3; ++above) {
      v1::ChannelPartner parent;
      parent.set_kind(static_cast<v1::ChannelPartnerKind>(above));
      EXPECT_EQ(CheckPartner(&parent, partner).ok(), outlet && above != v1::CHANNEL_PARTNER_KIND_OUTLET);
    }
  }
}

// the channel is chosen with the superior.
TEST(ChannelPartnerTest, IsApprovedByAnotherWithItsAgreement) {
  v1::ChannelPartner partner;
  partner.set_creator("employees/a");
  partner.set_manager("employees/b");
  EXPECT_THAT(ApprovePartner("employees/a", absl::UnixEpoch(), &partner), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(ApprovePartner("employees/b", absl::UnixEpoch(), &partner), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(ApprovePartner("employees/c", absl::UnixEpoch(), &partner), HasReason("AGREEMENT_REQUIRED"));
  partner.set_agreement_number("XY-1");
  EXPECT_THAT(ApprovePartner("employees/c", absl::UnixEpoch(), &partner), IsOk());
  EXPECT_THAT(EndPartner(1, "违约", &partner), HasReason("INCIDENTS_OPEN"));
  EXPECT_THAT(EndPartner(0, "违约", &partner), IsOk());
}

//
TEST(ChannelInspectionTest, OfApprovedPartnersOnDaysThatHaveCome) {
  v1::ChannelPartner partner;
  for (int state = 1; state <= 3; ++state) {
    partner.set_state(static_cast<v1::ChannelPartnerState>(state));
    EXPECT_EQ(CheckInspection(partner, "2026-01-05", "2026-01-05", "d").ok(),
              state == v1::CHANNEL_PARTNER_STATE_APPROVED);
  }
  partner.set_state(v1::CHANNEL_PARTNER_STATE_APPROVED);
  EXPECT_THAT(CheckInspection(partner, "2026-01-06", "2026-01-05", "d"), HasReason("DATE_IN_FUTURE"));
  v1::ChannelEvaluation evaluation;
  evaluation.set_network_score(5);
  evaluation.set_delivery_score(4);
  evaluation.set_storage_score(3);
  evaluation.set_sales_score(1);
  ASSERT_THAT(CompleteEvaluation("employees/a", &evaluation), IsOk());
  EXPECT_EQ(evaluation.average(), "3.25");
}

// a price differs beyond the tolerance, up or down, exactly there; a broken policy is a violation by itself.
TEST(ResalePriceTest, AViolationBeginsBeyondTheTolerance) {
  Policy policy;
  policy.resale_tolerance_hundredths = 250;
  const auto check = [&](int64_t observed, const std::string& broken = "") {
    v1::ResalePriceCheck result;
    result.mutable_observed_price()->set_units(observed);
    result.mutable_observed_price()->set_currency_code("CNY");
    result.mutable_published_price()->set_units(10'000);
    result.mutable_published_price()->set_currency_code("CNY");
    result.set_policy_broken(broken);
    EXPECT_THAT(CompletePriceCheck("employees/a", policy, &result), IsOk());
    return result;
  };
  EXPECT_FALSE(check(9'750).violation());
  EXPECT_TRUE(check(9'749).violation());
  EXPECT_EQ(check(9'749).deviation_percent(), "-2.51");
  EXPECT_FALSE(check(10'250).violation());
  EXPECT_TRUE(check(10'251).violation());
  EXPECT_TRUE(check(10'000, "跨区销售").violation());
  v1::ResalePriceCheck wrong = check(10'000);
  wrong.mutable_observed_price()->set_currency_code("USD");
  EXPECT_THAT(CompletePriceCheck("employees/a", policy, &wrong), HasReason("CURRENCY_MISMATCH"));
  wrong.mutable_observed_price()->set_currency_code("CNY");
  wrong.mutable_published_price()->set_units(0);
  EXPECT_THAT(CompletePriceCheck("employees/a", policy, &wrong), HasReason("FIELD_OUT_OF_RANGE"));
}

// what was there, and came in, and is no longer there was sold.
TEST(StockCountTest, RealSalesAreWhatIsNoLongerThere) {
  v1::ChannelStockCount first;
  first.set_count_date("2026-01-01");
  first.set_quantity("10.5");
  ASSERT_THAT(CompleteCount(nullptr, "employees/a", &first), IsOk());
  EXPECT_EQ(first.sold(), "");
  v1::ChannelStockCount second;
  second.set_count_date("2026-01-01");
  second.set_quantity("4");
  second.set_received("2");
  EXPECT_THAT(CompleteCount(&first, "employees/a", &second), HasReason("COUNT_NOT_LATER"));
  second.set_count_date("2026-01-08");
  ASSERT_THAT(CompleteCount(&first, "employees/a", &second), IsOk());
  EXPECT_EQ(second.sold(), "8.5");
  EXPECT_EQ(second.previous_date(), "2026-01-01");
  second.set_quantity("12.5");
  EXPECT_THAT(CompleteCount(&first, "employees/a", &second), IsOk());
  second.set_quantity("12.5001");
  EXPECT_THAT(CompleteCount(&first, "employees/a", &second), HasReason("SOLD_NEGATIVE"));
}

//
TEST(ChannelIncidentTest, IsClosedByAnotherWithAReport) {
  v1::ChannelIncident incident;
  incident.set_answerer("employees/a");
  EXPECT_THAT(CloseIncident("employees/a", "报告", absl::UnixEpoch(), &incident), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CloseIncident("employees/b", "报告", absl::UnixEpoch(), &incident), IsOk());
  EXPECT_EQ(incident.report(), "报告");
}

}  // namespace
}  // namespace kam::account::rules

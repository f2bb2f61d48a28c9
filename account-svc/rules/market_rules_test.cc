#include "account-svc/rules/market_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/account_market.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

void SetMoney(int64_t units, const std::string& currency, google::type::Money* money) {
  money->set_units(units);
  money->set_currency_code(currency);
}

v1::MainSupplier* AddSupplier(const std::string& name, const std::string& share, v1::BusinessCondition* condition) {
  v1::MainSupplier* supplier = condition->add_suppliers();
  supplier->set_supplier(name);
  supplier->set_share_percent(share);
  return supplier;
}

// parts of all suppliers are at most the whole, to the last digit.
TEST(BusinessConditionTest, PartsOfSuppliersAreAtMostTheWhole) {
  v1::BusinessCondition condition;
  condition.set_as_of("2026-01-05");
  AddSupplier("甲", "60", &condition);
  AddSupplier("乙", "40", &condition);
  AddSupplier("丙", "", &condition);
  EXPECT_THAT(CompleteCondition("2026-01-05", &condition), IsOk());
  AddSupplier("丁", "0.0001", &condition);
  const auto refused = CompleteCondition("2026-01-05", &condition);
  EXPECT_THAT(refused, HasReason("SUPPLIER_SHARE_EXCEEDED"));
  EXPECT_EQ(MetadataValue(refused, "value"), "100.0001");
  EXPECT_EQ(MetadataValue(refused, "limit"), "100");
}

//
TEST(BusinessConditionTest, SuppliersAreNamedOnceWhateverTheirCase) {
  v1::BusinessCondition condition;
  condition.set_as_of("2026-01-05");
  AddSupplier("Bosch", "1", &condition);
  AddSupplier(" bosch ", "1", &condition);
  EXPECT_THAT(CompleteCondition("2026-01-05", &condition), NamesField("business_condition.suppliers[1].supplier"));
}

//
TEST(BusinessConditionTest, FiguresAreOfThePastAndInOneCurrency) {
  v1::BusinessCondition condition;
  condition.set_as_of("2026-01-06");
  EXPECT_THAT(CompleteCondition("2026-01-05", &condition), HasReason("DATE_IN_FUTURE"));
  condition.set_as_of("2026-01-05");
  SetMoney(300, "CNY", condition.mutable_assets());
  SetMoney(200, "CNY", condition.mutable_liabilities());
  ASSERT_THAT(CompleteCondition("2026-01-05", &condition), IsOk());
  EXPECT_EQ(condition.debt_ratio(), "66.6667");
  SetMoney(0, "CNY", condition.mutable_assets());
  ASSERT_THAT(CompleteCondition("2026-01-05", &condition), IsOk());
  EXPECT_EQ(condition.debt_ratio(), "");
  SetMoney(1, "USD", condition.mutable_profit());
  EXPECT_THAT(CompleteCondition("2026-01-05", &condition), HasReason("CURRENCY_MISMATCH"));
}

v1::SupplyShare Share(const std::string& demand, const std::string& ours) {
  v1::SupplyShare share;
  share.set_name("supplyShares/s");
  share.set_period(v1::SHARE_PERIOD_MONTH);
  share.set_period_start("2026-02-01");
  share.set_total_demand(demand);
  share.set_our_volume(ours);
  return share;
}

//
TEST(SupplyShareTest, PeriodsBeginWhereTheyBegin) {
  const Policy policy;
  const auto check = [&](v1::SharePeriod period, const std::string& start) {
    v1::SupplyShare share = Share("10", "1");
    share.set_period(period);
    share.set_period_start(start);
    return CompleteShare(nullptr, std::nullopt, policy, &share);
  };
  EXPECT_THAT(check(v1::SHARE_PERIOD_MONTH, "2026-02-02"), HasReason("PERIOD_START_INVALID"));
  for (int month = 1; month <= 12; ++month) {
    const std::string start = std::string("2026-") + (month < 10 ? "0" : "") + std::to_string(month) + "-01";
    EXPECT_THAT(check(v1::SHARE_PERIOD_MONTH, start), IsOk());
    EXPECT_EQ(check(v1::SHARE_PERIOD_QUARTER, start).ok(), month % 3 == 1) << start;
    EXPECT_EQ(check(v1::SHARE_PERIOD_YEAR, start).ok(), month == 1) << start;
  }
  EXPECT_EQ(*NextPeriod(v1::SHARE_PERIOD_MONTH, "2026-12-01"), "2027-01-01");
  EXPECT_EQ(*PreviousPeriod(v1::SHARE_PERIOD_QUARTER, "2026-01-01"), "2025-10-01");
  EXPECT_EQ(*PreviousPeriod(v1::SHARE_PERIOD_YEAR, "2026-01-01"), "2025-01-01");
}

//
TEST(SupplyShareTest, NobodyDeliversMoreThanIsNeeded) {
  const Policy policy;
  v1::SupplyShare share = Share("100", "40");
  v1::CompetitorVolume* other = share.add_competitors();
  other->set_competitor("对手");
  other->set_volume("60");
  ASSERT_THAT(CompleteShare(nullptr, std::nullopt, policy, &share), IsOk());
  EXPECT_EQ(share.share(), "40");
  EXPECT_EQ(share.competitors(0).share(), "60");
  EXPECT_EQ(share.trend(), v1::SHARE_TREND_FIRST);
  EXPECT_EQ(share.alert(), v1::SHARE_ALERT_STATE_NONE);
  other->set_volume("60.0001");
  EXPECT_THAT(CompleteShare(nullptr, std::nullopt, policy, &share), HasReason("DEMAND_EXCEEDED"));
  other->set_volume("1");
  v1::CompetitorVolume* again = share.add_competitors();
  again->set_competitor("对手 ");
  again->set_volume("1");
  EXPECT_THAT(CompleteShare(nullptr, std::nullopt, policy, &share), HasReason("COMPETITOR_REPEATED"));
  v1::SupplyShare none = Share("0", "0");
  EXPECT_THAT(CompleteShare(nullptr, std::nullopt, policy, &none), NamesField("supply_share.total_demand"));
}

// a fall beyond the tolerance opens an alert, exactly there.
TEST(SupplyShareTest, AFallingShareRaisesAnAlert) {
  Policy policy;
  policy.share_tolerance_hundredths = 150;
  const auto with = [&](const std::string& ours, const std::string& previous) {
    v1::SupplyShare share = Share("100", ours);
    EXPECT_THAT(CompleteShare(nullptr, previous, policy, &share), IsOk());
    return share;
  };
  EXPECT_EQ(with("38.5", "40").trend(), v1::SHARE_TREND_STEADY);
  EXPECT_EQ(with("38.4999", "40").trend(), v1::SHARE_TREND_FALLING);
  EXPECT_EQ(with("38.4999", "40").alert(), v1::SHARE_ALERT_STATE_OPEN);
  EXPECT_EQ(with("38.4999", "40").change_points(), "-1.5001");
  EXPECT_EQ(with("41.5", "40").trend(), v1::SHARE_TREND_STEADY);
  EXPECT_EQ(with("41.5001", "40").trend(), v1::SHARE_TREND_RISING);
  v1::SupplyShare target = Share("100", "30");
  target.set_target_share("30");
  ASSERT_THAT(CompleteShare(nullptr, std::nullopt, policy, &target), IsOk());
  EXPECT_FALSE(target.below_target());
  target.set_target_share("30.0001");
  ASSERT_THAT(CompleteShare(nullptr, std::nullopt, policy, &target), IsOk());
  EXPECT_TRUE(target.below_target());
}

// an answer holds for the fall it was given about; a deeper one asks again, a recovery closes it.
TEST(SupplyShareTest, AnAnswerHoldsForItsFall) {
  const Policy policy;
  v1::SupplyShare share = Share("100", "30");
  ASSERT_THAT(CompleteShare(nullptr, "40", policy, &share), IsOk());
  ASSERT_THAT(AnswerAlert("employees/a", "增加驻点", absl::UnixEpoch(), &share), IsOk());
  EXPECT_THAT(AnswerAlert("employees/a", "增加驻点", absl::UnixEpoch(), &share), HasReason("NO_OPEN_ALERT"));
  v1::SupplyShare same = share;
  ASSERT_THAT(CompleteShare(&share, "40", policy, &same), IsOk());
  EXPECT_EQ(same.alert(), v1::SHARE_ALERT_STATE_ANSWERED);
  v1::SupplyShare deeper = share;
  deeper.set_our_volume("20");
  ASSERT_THAT(CompleteShare(&share, "40", policy, &deeper), IsOk());
  EXPECT_EQ(deeper.alert(), v1::SHARE_ALERT_STATE_OPEN);
  v1::SupplyShare back = share;
  back.set_our_volume("40");
  ASSERT_THAT(CompleteShare(&share, "40", policy, &back), IsOk());
  EXPECT_EQ(back.alert(), v1::SHARE_ALERT_STATE_NONE);
}

}  // namespace
}  // namespace kam::account::rules

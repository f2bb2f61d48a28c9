#include "account-svc/rules/trade.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/account_evaluation.pb.h"

namespace kam::account::rules {
namespace {

using testing::IsOk;

TradeMonth Month(const std::string& month, int net, int costed, int cost, int due, int on_time,
                 const std::string& currency = "CNY") {
  TradeMonth made;
  made.month = month;
  made.currency = currency;
  made.net = Decimal::FromInt(net);
  made.costed = Decimal::FromInt(costed);
  made.cost = Decimal::FromInt(cost);
  made.due = Decimal::FromInt(due);
  made.on_time = Decimal::FromInt(on_time);
  return made;
}

//
TEST(TradeTest, TheYearOfADayIsTheTwelveWholeMonthsBefore) {
  const auto years = YearsBefore("2026-03-31");
  ASSERT_THAT(years, IsOk());
  EXPECT_EQ(years->first, "2024-03");
  EXPECT_EQ(years->year_first, "2025-03");
  EXPECT_EQ(years->year_latest, "2026-02");
}

// revenue, margin, growth and payment of the year; what does not belong to it, or is in another currency, is not
// counted, and the latter is named.
TEST(TradeTest, FiguresAreThoseOfTheYearInTheCurrencyOfTheModel) {
  const auto years = YearsBefore("2026-03-05");
  ASSERT_THAT(years, IsOk());
  const std::vector<TradeMonth> months = {
      Month("2024-02", 999, 999, 1, 999, 0),  // Before both years.
      Month("2024-03", 400, 0, 0, 50, 0),     // First month of the year before.
      Month("2025-02", 400, 0, 0, 50, 0),     // Its last month.
      Month("2025-03", 600, 500, 300, 200, 150), Month("2026-02", 400, 250, 150, 100, 75),
      Month("2026-03", 999, 999, 1, 999, 0),  // The month of the day itself.
      Month("2025-06", 70, 70, 1, 70, 0, "USD"), Month("2024-06", 70, 70, 1, 70, 0, "EUR"),
  };
  v1::AccountEvaluation evaluation;
  ASSERT_THAT(FillFigures(months, *years, "CNY", &evaluation), IsOk());
  EXPECT_EQ(evaluation.revenue().units(), 1000);
  EXPECT_EQ(evaluation.revenue().currency_code(), "CNY");
  EXPECT_EQ(evaluation.margin_percent(), "40");
  EXPECT_EQ(evaluation.costed_percent(), "75");
  EXPECT_EQ(evaluation.growth_percent(), "25");
  EXPECT_EQ(evaluation.on_time_percent(), "75");
  EXPECT_EQ(evaluation.currencies_left_out(), "USD");
  EXPECT_EQ(evaluation.figures_origin(), v1::FIGURES_ORIGIN_CONTRACTS);
  EXPECT_EQ(evaluation.figures_from_month(), "2025-03");
  EXPECT_EQ(evaluation.figures_until_month(), "2026-02");
}

// what cannot be measured is not nothing: a model that counts it says that it is missing.
TEST(TradeTest, WithoutTradeThereIsNoMarginGrowthOrPayment) {
  const auto years = YearsBefore("2026-03-05");
  ASSERT_THAT(years, IsOk());
  v1::AccountEvaluation evaluation;
  ASSERT_THAT(FillFigures({}, *years, "CNY", &evaluation), IsOk());
  EXPECT_EQ(evaluation.revenue().units(), 0);
  EXPECT_EQ(evaluation.revenue().currency_code(), "CNY");
  EXPECT_EQ(evaluation.margin_percent(), "");
  EXPECT_EQ(evaluation.growth_percent(), "");
  EXPECT_EQ(evaluation.on_time_percent(), "");
  EXPECT_EQ(evaluation.costed_percent(), "0");
  ASSERT_THAT(FillFigures({Month("2025-03", 1, 1, 99, 1, 1)}, *years, "CNY", &evaluation), IsOk());
  EXPECT_EQ(evaluation.margin_percent(), "-1000") << "as low as the field goes";
}

}  // namespace
}  // namespace kam::account::rules

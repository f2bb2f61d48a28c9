#include "aftersales-svc/rules/survey_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kam::aftersales::rules {
namespace {

// G29
TEST(SurveyRulesTest, G29ScalesOneToSevenAndOneToTenBecomeOneToFive) {
  const auto normalised = [](int value, int min, int max) { return Normalise(value, min, max).value().ToString(); };
  EXPECT_EQ(normalised(1, 1, 7), "1");
  EXPECT_EQ(normalised(4, 1, 7), "3");
  EXPECT_EQ(normalised(7, 1, 7), "5");
  EXPECT_EQ(normalised(2, 1, 7), "1.667");
  EXPECT_EQ(normalised(1, 1, 10), "1");
  EXPECT_EQ(normalised(10, 1, 10), "5");
  EXPECT_EQ(normalised(5, 1, 10), "2.778");
  EXPECT_EQ(normalised(0, 0, 100), "1");
  EXPECT_EQ(normalised(75, 0, 100), "4");
  for (int value = 1; value <= 5; ++value) EXPECT_EQ(normalised(value, 1, 5), std::to_string(value));
}

// S-33
TEST(SurveyRulesTest, NpsIsPromotersLessDetractorsInPercent) {
  EXPECT_EQ(Nps(0, 0, 0), "");
  EXPECT_EQ(Nps(3, 0, 3), "100.0");
  EXPECT_EQ(Nps(0, 3, 3), "-100.0");
  EXPECT_EQ(Nps(2, 1, 3), "33.3");
  EXPECT_EQ(Nps(1, 1, 4), "0.0");
}

// S-34
TEST(SurveyRulesTest, MeanAndTrendSayNothingWithoutData) {
  EXPECT_EQ(Mean(Decimal(), 0), "");
  EXPECT_EQ(Mean(Decimal::FromInt(10), 3), "3.33");
  EXPECT_EQ(Trend("3.50", ""), "");
  EXPECT_EQ(Trend("", "3.50"), "");
  EXPECT_EQ(Trend("3.50", "4.25"), "-0.75");
}

}  // namespace
}  // namespace kam::aftersales::rules

// Caps, targets and alarms of receivables as pure rules: C-32.
#include "contract-svc/rules/receivable_alarm.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/credit_policy.pb.h"
#include "kam/receivable/v1/receivable_alarm.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
namespace pb = receivable::v1;

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

pb::CreditPolicy Policy(const std::string& more = {}) {
  pb::CreditPolicy policy;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "dso_target_days: 30 receivables_cap { currency_code: 'CNY' units: 1000 } caps { region: 'EAST' cap { "
      "currency_code: 'CNY' units: 400 } dso_target_days: 20 } caps { account: 'accounts/a' cap { currency_code: 'CNY' "
      "units: 100 } }" +
          more,
      &policy));
  return policy;
}

// C-32
TEST(ReceivableAlarmTest, ACapIsOfARegionOrAnAccountAndOnceInACurrency) {
  EXPECT_THAT(CheckCaps(Policy()), IsOk());
  EXPECT_THAT(CheckCaps(Policy("caps { region: 'EAST' cap { currency_code: 'USD' units: 1 } }")), IsOk());
  EXPECT_THAT(CheckCaps(Policy("caps { region: 'EAST' cap { currency_code: 'CNY' units: 1 } }")),
              HasReason("CAP_SUBJECT_INVALID"));
  EXPECT_THAT(CheckCaps(Policy("caps { cap { currency_code: 'CNY' units: 1 } }")), HasReason("CAP_SUBJECT_INVALID"));
  EXPECT_THAT(CheckCaps(Policy("caps { region: 'B' account: 'accounts/b' cap { currency_code: 'CNY' units: 1 } }")),
              HasReason("CAP_SUBJECT_INVALID"));
}

// C-32: at the figure there is no alarm, beyond it there is one, of the subject that the figure is for.
TEST(ReceivableAlarmTest, WhatIsBeyondAFigureIsAlarmed) {
  const auto alarms = [&](const Owed& owed) { return *AlarmsOf(Policy(), {owed}, 30, "2026-01-31"); };
  EXPECT_TRUE(alarms({"", "", "CNY", D("0"), D("1000"), D("0")}).empty());
  const auto company = alarms({"", "", "CNY", D("0"), D("1000.01"), D("0")});
  ASSERT_EQ(company.size(), 1u);
  EXPECT_EQ(company[0].kind(), pb::RECEIVABLE_ALARM_KIND_CAP);
  EXPECT_EQ(company[0].check_date(), "2026-01-31");
  EXPECT_EQ(company[0].state(), pb::RECEIVABLE_ALARM_STATE_OPEN);
  EXPECT_TRUE(alarms({"", "", "USD", D("0"), D("5000"), D("0")}).empty()) << "a cap is of its currency";
  EXPECT_EQ(alarms({"EAST", "", "CNY", D("0"), D("401"), D("0")}).size(), 1u);
  EXPECT_TRUE(alarms({"WEST", "", "CNY", D("0"), D("5000"), D("0")}).empty());
  EXPECT_EQ(alarms({"", "accounts/a", "CNY", D("0"), D("101"), D("0")}).size(), 1u);
  // 300 of 300 sold in 30 days: 30 days. A region may have a target of its own.
  EXPECT_TRUE(alarms({"WEST", "", "CNY", D("300"), D("300"), D("300")}).empty());
  const auto slow = alarms({"EAST", "", "CNY", D("300"), D("300"), D("300")});
  ASSERT_EQ(slow.size(), 1u);
  EXPECT_EQ(slow[0].kind(), pb::RECEIVABLE_ALARM_KIND_TURNOVER);
  EXPECT_EQ(slow[0].turnover_days(), "30");
  EXPECT_EQ(slow[0].target_days(), 20);
}

// C-32: the worst payer is who buys nothing any more and owes as before.
TEST(ReceivableAlarmTest, SilenceIsBeyondEveryTarget) {
  const auto alarms = [&](const char* opening, const char* closing, const char* sales) {
    return *AlarmsOf(Policy(), {{"", "accounts/b", "CNY", D(opening), D(closing), D(sales)}}, 30, "2026-01-31");
  };
  for (const char* sales : {"0", "-50"}) {
    const auto silent = alarms("100", "100", sales);
    ASSERT_EQ(silent.size(), 1u) << sales;
    EXPECT_EQ(silent[0].kind(), pb::RECEIVABLE_ALARM_KIND_TURNOVER);
    EXPECT_EQ(silent[0].turnover_days(), "");
    EXPECT_EQ(silent[0].target_days(), 30);
    EXPECT_TRUE(alarms("100", "0", sales).empty()) << "nothing is owed any more";
    EXPECT_TRUE(alarms("0", "100", sales).empty()) << "brought from elsewhere in these days: no sales to measure by";
  }
  EXPECT_EQ(alarms("100", "100", "1").size(), 1u);
}

// C-32: an alarm lives on with new figures, answered or not, until it is within them.
TEST(ReceivableAlarmTest, AnAlarmFollowsTheFigures) {
  const auto at = [&](const char* owed) {
    return AlarmsOf(Policy(), {{"EAST", "", "CNY", D("0"), D(owed), D("0")}}, 30, "2026-02-01")->front();
  };
  pb::ReceivableAlarm alarm = at("401");
  alarm.set_state(pb::RECEIVABLE_ALARM_STATE_ACKNOWLEDGED);
  const pb::ReceivableAlarm more = at("500");
  EXPECT_EQ(KeyOf(alarm), KeyOf(more));
  Follow(&more, "2026-02-02", &alarm);
  EXPECT_EQ(alarm.receivables().units(), 500);
  EXPECT_EQ(alarm.state(), pb::RECEIVABLE_ALARM_STATE_ACKNOWLEDGED);
  Follow(nullptr, "2026-02-03", &alarm);
  EXPECT_EQ(alarm.state(), pb::RECEIVABLE_ALARM_STATE_CLEARED);
  EXPECT_EQ(alarm.check_date(), "2026-02-03");
}

}  // namespace
}  // namespace kam::contract::rules

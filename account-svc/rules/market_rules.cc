#include "account-svc/rules/market_rules.h"

#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/decimal.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/account_market.pb.h"

namespace kam::account::rules {
namespace {

using v1::BusinessCondition;
using v1::SupplyShare;

constexpr int kHundred = 100;
constexpr int kDigits = 4;

// Names are the same whatever their case and the blanks around them.
std::string Folded(absl::string_view name) { return absl::AsciiStrToLower(absl::StripAsciiWhitespace(name)); }

absl::StatusOr<Decimal> Percent(Decimal part, Decimal whole) {
  return MultiplyDivide(part, Decimal::FromInt(kHundred), whole, kDigits);
}

absl::Status CheckCurrencies(const BusinessCondition& condition) {
  std::string first;
  for (const auto& [has, money, field] :
       {std::tuple(condition.has_revenue(), &condition.revenue(), "revenue"),
        std::tuple(condition.has_profit(), &condition.profit(), "profit"),
        std::tuple(condition.has_assets(), &condition.assets(), "assets"),
        std::tuple(condition.has_liabilities(), &condition.liabilities(), "liabilities")}) {
    if (!has) continue;
    if (first.empty()) first = money->currency_code();
    if (first == money->currency_code()) continue;
    return InvalidField(absl::StrCat("business_condition.", field), "CURRENCY_MISMATCH",
                        absl::StrCat("is in ", money->currency_code(), ", the others in ", first),
                        {{"currency", money->currency_code()}, {"expected", first}});
  }
  return absl::OkStatus();
}

int MonthsOf(v1::SharePeriod period) {
  constexpr int kQuarter = 3;
  constexpr int kYear = 12;
  return period == v1::SHARE_PERIOD_YEAR ? kYear : period == v1::SHARE_PERIOD_QUARTER ? kQuarter : 1;
}

absl::Status CheckStart(const SupplyShare& share) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(share.period_start(), "supply_share.period_start"));
  if (day.day() == 1 && (day.month() - 1) % MonthsOf(share.period()) == 0) return absl::OkStatus();
  return InvalidField("supply_share.period_start", "PERIOD_START_INVALID",
                      "must be the first day of a month, a quarter or a year", {{"value", share.period_start()}});
}

v1::ShareTrend TrendOf(Decimal change, const Policy& policy) {
  // Points of a share have two digits in the policy.
  const Decimal tolerance = *Divide(Decimal::FromInt(policy.share_tolerance_hundredths), Decimal::FromInt(kHundred));
  if (change < -tolerance) return v1::SHARE_TREND_FALLING;
  if (change > tolerance) return v1::SHARE_TREND_RISING;
  return v1::SHARE_TREND_STEADY;
}

}  // namespace

absl::Status CompleteCondition(absl::string_view today, BusinessCondition* condition) {
  if (condition->as_of() > today) {
    return InvalidField("business_condition.as_of", "DATE_IN_FUTURE", "must not be after today",
                        {{"today", std::string(today)}});
  }
  RETURN_IF_ERROR(CheckCurrencies(*condition));
  std::set<std::string> seen;
  Decimal sum;
  for (int i = 0; i < condition->suppliers_size(); ++i) {
    const v1::MainSupplier& supplier = condition->suppliers(i);
    if (!seen.insert(Folded(supplier.supplier())).second) {
      return InvalidField(absl::StrCat("business_condition.suppliers[", i, "].supplier"), "SUPPLIER_REPEATED",
                          absl::StrCat(supplier.supplier(), " was named before"));
    }
    if (supplier.share_percent().empty()) continue;
    ASSIGN_OR_RETURN(const Decimal share, Decimal::Parse(supplier.share_percent(), "share_percent"));
    ASSIGN_OR_RETURN(sum, Add(sum, share));
  }
  if (sum > Decimal::FromInt(kHundred)) {
    return InvalidField("business_condition.suppliers", "SUPPLIER_SHARE_EXCEEDED",
                        absl::StrCat("the parts of all suppliers are ", sum.ToString(), " %, more than the whole"),
                        {{"value", sum.ToString()}, {"limit", absl::StrCat(kHundred)}});
  }
  condition->clear_debt_ratio();
  if (condition->has_assets() && condition->has_liabilities()) {
    ASSIGN_OR_RETURN(const Money assets, FromProto(condition->assets(), "business_condition.assets"));
    ASSIGN_OR_RETURN(const Money liabilities, FromProto(condition->liabilities(), "business_condition.liabilities"));
    if (!assets.amount().is_zero()) {
      ASSIGN_OR_RETURN(const Decimal ratio, Percent(liabilities.amount(), assets.amount()));
      condition->set_debt_ratio(ratio.ToString());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> NextPeriod(v1::SharePeriod period, absl::string_view start) {
  return AddMonths(start, MonthsOf(period));
}

absl::StatusOr<std::string> PreviousPeriod(v1::SharePeriod period, absl::string_view start) {
  return AddMonths(start, -MonthsOf(period));
}

absl::Status CompleteShare(const SupplyShare* before, const std::optional<std::string>& previous, const Policy& policy,
                           SupplyShare* share) {
  RETURN_IF_ERROR(CheckStart(*share));
  ASSIGN_OR_RETURN(const Decimal demand, Decimal::Parse(share->total_demand(), "supply_share.total_demand"));
  ASSIGN_OR_RETURN(const Decimal ours, Decimal::Parse(share->our_volume(), "supply_share.our_volume"));
  if (demand.sign() <= 0) {
    return InvalidField("supply_share.total_demand", "FIELD_OUT_OF_RANGE", "must be more than nothing",
                        {{"value", demand.ToString()}});
  }
  std::set<std::string> seen;
  Decimal delivered = ours;
  for (int i = 0; i < share->competitors_size(); ++i) {
    v1::CompetitorVolume* competitor = share->mutable_competitors(i);
    const std::string path = absl::StrCat("supply_share.competitors[", i, "]");
    if (!seen.insert(Folded(competitor->competitor())).second) {
      return InvalidField(absl::StrCat(path, ".competitor"), "COMPETITOR_REPEATED",
                          absl::StrCat(competitor->competitor(), " was named before"));
    }
    ASSIGN_OR_RETURN(const Decimal volume, Decimal::Parse(competitor->volume(), absl::StrCat(path, ".volume")));
    ASSIGN_OR_RETURN(delivered, Add(delivered, volume));
    if (delivered > demand) break;
    ASSIGN_OR_RETURN(const Decimal percent, Percent(volume, demand));
    competitor->set_share(percent.ToString());
  }
  if (delivered > demand) {
    return InvalidField("supply_share.total_demand", "DEMAND_EXCEEDED",
                        absl::StrCat("is ", demand.ToString(), "; together ", delivered.ToString(), " are delivered"),
                        {{"value", delivered.ToString()}, {"limit", demand.ToString()}});
  }
  ASSIGN_OR_RETURN(const Decimal percent, Percent(ours, demand));
  share->set_share(percent.ToString());
  share->set_below_target(false);
  if (!share->target_share().empty()) {
    ASSIGN_OR_RETURN(const Decimal target, Decimal::Parse(share->target_share(), "supply_share.target_share"));
    share->set_below_target(percent < target);
  }
  share->clear_previous_share();
  share->clear_change_points();
  share->set_trend(v1::SHARE_TREND_FIRST);
  if (previous.has_value()) {
    ASSIGN_OR_RETURN(const Decimal was, Decimal::Parse(*previous, "previous_share"));
    ASSIGN_OR_RETURN(const Decimal change, Subtract(percent, was));
    share->set_previous_share(was.ToString());
    share->set_change_points(change.ToString());
    share->set_trend(TrendOf(change, policy));
  }
  if (share->trend() != v1::SHARE_TREND_FALLING) {
    share->set_alert(v1::SHARE_ALERT_STATE_NONE);
    return absl::OkStatus();
  }
  // An answer holds for the fall that it was given about.
  const bool answered = before != nullptr && before->alert() == v1::SHARE_ALERT_STATE_ANSWERED &&
                        before->change_points() == share->change_points();
  share->set_alert(answered ? v1::SHARE_ALERT_STATE_ANSWERED : v1::SHARE_ALERT_STATE_OPEN);
  return absl::OkStatus();
}

absl::Status AnswerAlert(absl::string_view actor, absl::string_view measure, absl::Time now, SupplyShare* share) {
  if (share->alert() != v1::SHARE_ALERT_STATE_OPEN) {
    return FailedPrecondition("NO_OPEN_ALERT", share->name(), "the share has no alert that waits for an answer",
                              {{"alert", v1::ShareAlertState_Name(share->alert())}});
  }
  share->set_alert(v1::SHARE_ALERT_STATE_ANSWERED);
  share->set_measure(std::string(measure));
  share->set_answerer(std::string(actor));
  *share->mutable_answer_time() = ToTimestamp(now);
  return absl::OkStatus();
}

}  // namespace kam::account::rules

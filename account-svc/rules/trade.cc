#include "account-svc/rules/trade.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/money/money.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/account_evaluation.pb.h"

namespace kam::account::rules {
namespace {

constexpr int kHundred = 100;
constexpr int kDigits = 4;
constexpr int kMonthsOfYear = 12;
constexpr size_t kMonthLength = 7;  // Of "2026-01".
// The smallest margin that the field holds.
constexpr int kLeastMargin = -1000;

// `part` in per cent of `whole`; none when there is no whole.
absl::StatusOr<std::optional<Decimal>> PercentOf(Decimal part, Decimal whole) {
  if (whole.sign() <= 0) return std::optional<Decimal>();
  ASSIGN_OR_RETURN(const Decimal percent, MultiplyDivide(part, Decimal::FromInt(kHundred), whole, kDigits));
  return std::optional<Decimal>(percent);
}

absl::StatusOr<std::string> MonthsFrom(const std::string& day, int months) {
  ASSIGN_OR_RETURN(const std::string other, AddMonths(absl::StrCat(day.substr(0, kMonthLength), "-01"), months));
  return other.substr(0, kMonthLength);
}

}  // namespace

absl::StatusOr<YearsOfDay> YearsBefore(const std::string& as_of) {
  YearsOfDay years;
  ASSIGN_OR_RETURN(years.first, MonthsFrom(as_of, -2 * kMonthsOfYear));
  ASSIGN_OR_RETURN(years.year_first, MonthsFrom(as_of, -kMonthsOfYear));
  ASSIGN_OR_RETURN(years.year_latest, MonthsFrom(as_of, -1));
  return years;
}

absl::StatusOr<Decimal> SumOf(const std::vector<TradeMonth>& months, Decimal TradeMonth::*part,
                              absl::string_view currency, absl::string_view first, absl::string_view last) {
  Decimal sum;
  for (const TradeMonth& month : months) {
    if (month.currency != currency || month.month < first || month.month > last) continue;
    ASSIGN_OR_RETURN(sum, Add(sum, month.*part));
  }
  return sum;
}

absl::Status FillFigures(const std::vector<TradeMonth>& months, const YearsOfDay& years, const std::string& currency,
                         v1::AccountEvaluation* evaluation) {
  const auto of_year = [&](Decimal TradeMonth::*part) {
    return SumOf(months, part, currency, years.year_first, years.year_latest);
  };
  ASSIGN_OR_RETURN(const Decimal revenue, of_year(&TradeMonth::net));
  ASSIGN_OR_RETURN(const Decimal costed, of_year(&TradeMonth::costed));
  ASSIGN_OR_RETURN(const Decimal cost, of_year(&TradeMonth::cost));
  ASSIGN_OR_RETURN(const Decimal due, of_year(&TradeMonth::due));
  ASSIGN_OR_RETURN(const Decimal on_time, of_year(&TradeMonth::on_time));
  ASSIGN_OR_RETURN(const std::string last_month, MonthsFrom(absl::StrCat(years.year_first, "-01"), -1));
  ASSIGN_OR_RETURN(const Decimal before, SumOf(months, &TradeMonth::net, currency, years.first, last_month));

  ASSIGN_OR_RETURN(const Money money, Money::Parse(revenue.ToString(), currency));
  ToProto(money, evaluation->mutable_revenue());
  ASSIGN_OR_RETURN(const Decimal earned, Subtract(costed, cost));
  ASSIGN_OR_RETURN(const std::optional<Decimal> margin, PercentOf(earned, costed));
  evaluation->clear_margin_percent();
  if (margin.has_value()) {
    evaluation->set_margin_percent(std::max(*margin, Decimal::FromInt(kLeastMargin)).ToString());
  }
  ASSIGN_OR_RETURN(const std::optional<Decimal> covered, PercentOf(std::min(costed, revenue), revenue));
  evaluation->set_costed_percent(covered.value_or(Decimal()).ToString());
  ASSIGN_OR_RETURN(const Decimal grown, Subtract(revenue, before));
  ASSIGN_OR_RETURN(const std::optional<Decimal> growth, PercentOf(grown, before));
  evaluation->clear_growth_percent();
  if (growth.has_value()) evaluation->set_growth_percent(growth->ToString());
  ASSIGN_OR_RETURN(const std::optional<Decimal> paid, PercentOf(on_time, due));
  evaluation->clear_on_time_percent();
  if (paid.has_value()) evaluation->set_on_time_percent(paid->ToString());

  std::set<std::string> others;
  for (const TradeMonth& month : months) {
    if (month.currency != currency && month.month >= years.year_first && month.net.sign() > 0) {
      others.insert(month.currency);
    }
  }
  evaluation->set_currencies_left_out(absl::StrJoin(others, " "));
  evaluation->set_figures_origin(v1::FIGURES_ORIGIN_CONTRACTS);
  evaluation->set_figures_from_month(years.year_first);
  evaluation->set_figures_until_month(years.year_latest);
  return absl::OkStatus();
}

}  // namespace kam::account::rules

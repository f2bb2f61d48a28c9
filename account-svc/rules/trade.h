// What the months of trade with an account say of it, for its evaluation and its plans. Value in, value
// out.
#ifndef KAM_ACCOUNT_SVC_RULES_TRADE_H_
#define KAM_ACCOUNT_SVC_RULES_TRADE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace kam::account::v1 {
class AccountEvaluation;
}  // namespace kam::account::v1

namespace kam::account::rules {

// Trade of a month in one currency, as contract-svc keeps it.
struct TradeMonth {
  std::string month;  // "2026-01"
  std::string currency;
  Decimal ordered, invoiced, received;  // With tax.
  Decimal net;                          // Invoiced without tax.
  Decimal costed, cost;                 // Of `net`, the part whose purchase prices are known, and what it cost.
  Decimal due, on_time;                 // What fell due, and what of it was paid by its day.
};

// The months that an evaluation of a day looks at: the year is the twelve whole months before its month.
struct YearsOfDay {
  std::string first;        // First month of the year before the year.
  std::string year_first;   // First month of the year.
  std::string year_latest;  // Last month of the year.
};
absl::StatusOr<YearsOfDay> YearsBefore(const std::string& as_of);

// The sum of `part` over the months from `first` to `last` in `currency`.
absl::StatusOr<Decimal> SumOf(const std::vector<TradeMonth>& months, Decimal TradeMonth::*part,
                              absl::string_view currency, absl::string_view first, absl::string_view last);

// Sets what `months` tell in `currency`: revenue of the year without tax; its margin, growth and payment where there is
// something to measure them by; what the margin does not cover; currencies that are not counted.
absl::Status FillFigures(const std::vector<TradeMonth>& months, const YearsOfDay& years, const std::string& currency,
                         v1::AccountEvaluation* evaluation);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_TRADE_H_

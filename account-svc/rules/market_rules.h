// Rules of how a customer stands and of our part of what it needs. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_MARKET_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_MARKET_RULES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class BusinessCondition;
class SupplyShare;
enum SharePeriod : int;
}  // namespace kam::account::v1

namespace kam::account::rules {

// DATE_IN_FUTURE, CURRENCY_MISMATCH of its amounts, SUPPLIER_REPEATED, SUPPLIER_SHARE_EXCEEDED when the parts of all
// suppliers are more than the whole. Works out the debt ratio.
absl::Status CompleteCondition(absl::string_view today, v1::BusinessCondition* condition);

// First day of the period after the one that begins on `start`, and of the one before.
absl::StatusOr<std::string> NextPeriod(v1::SharePeriod period, absl::string_view start);
absl::StatusOr<std::string> PreviousPeriod(v1::SharePeriod period, absl::string_view start);

// PERIOD_START_INVALID, FIELD_OUT_OF_RANGE without demand, COMPETITOR_REPEATED, DEMAND_EXCEEDED when all together
// deliver more than is needed. Works out the shares and how ours stands against `previous`, that of the period before;
// a share that falls by more than the tolerance of the policy opens an alert. `before`: the record as it was stored, if
// it was.
absl::Status CompleteShare(const v1::SupplyShare* before, const std::optional<std::string>& previous,
                           const Policy& policy, v1::SupplyShare* share);
// NO_OPEN_ALERT.
absl::Status AnswerAlert(absl::string_view actor, absl::string_view measure, absl::Time now, v1::SupplyShare* share);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_MARKET_RULES_H_

// What the company wants of the size of its receivables and of the days they take, and the alarms about what is beyond
// it (C-32). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_RECEIVABLE_ALARM_H_
#define KAM_CONTRACT_SVC_RULES_RECEIVABLE_ALARM_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace kam::receivable::v1 {
class CreditPolicy;
class ReceivableAlarm;
}  // namespace kam::receivable::v1

namespace kam::contract::rules {

// A cap is of a region or of an account, and of one once in a currency: CAP_SUBJECT_INVALID naming the field.
absl::Status CheckCaps(const receivable::v1::CreditPolicy& policy);

// What the policy wants of an account, of a region, or, both empty, of the company.
struct Wanted {
  std::map<std::string, Decimal> caps;  // By currency.
  int target_days = 0;                  // 0: none.
};
absl::StatusOr<Wanted> WantedOf(const receivable::v1::CreditPolicy& policy, absl::string_view region,
                                absl::string_view account);

// What was owed at both ends of a period and invoiced in it, in one currency.
struct Owed {
  std::string region;   // Of this region, or
  std::string account;  // of this account; both empty: of all.
  std::string currency;
  Decimal opening;
  Decimal closing;
  Decimal sales;
};

// The alarms of these figures: more is owed than the cap; payment took more days than the target, or something was owed
// at both ends and nothing was sold, which has no number of days. `days`: length of the period, whose last day is
// `day`.
absl::StatusOr<std::vector<receivable::v1::ReceivableAlarm>> AlarmsOf(const receivable::v1::CreditPolicy& policy,
                                                                      const std::vector<Owed>& figures, int64_t days,
                                                                      absl::string_view day);

// Two alarms with the same key are about the same thing.
std::string KeyOf(const receivable::v1::ReceivableAlarm& alarm);

// `alarm` lives and is reckoned again: `now` has its new figures, or is null when it is within them again.
void Follow(const receivable::v1::ReceivableAlarm* now, absl::string_view day, receivable::v1::ReceivableAlarm* alarm);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_RECEIVABLE_ALARM_H_

// Refusals that rules of several areas share.
#ifndef KAM_ACCOUNT_SVC_RULES_COMMON_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_COMMON_RULES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::rules {

// PERMISSION_DENIED SEPARATION_OF_DUTIES: "the owner does not approve the plan; a superior may".
absl::Status SeparationOfDuties(absl::string_view who, absl::string_view what);
// TIME_IN_FUTURE on `field` when `at` is further ahead of `now` than the clocks may differ.
absl::Status NotInFuture(absl::string_view field, absl::Time at, absl::Time now, const Policy& policy);
// DATE_IN_FUTURE on `field` when the day `date` is after `today`.
absl::Status DateNotInFuture(absl::string_view field, absl::string_view date, absl::string_view today);
// `part` of `whole` in percent with two digits, rounded half up; empty when `whole` is 0.
std::string RateText(int64_t part, int64_t whole);
// `sum` over `count` with two digits, rounded half up; empty when `count` is 0.
std::string MeanText(int64_t sum, int64_t count);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_COMMON_RULES_H_

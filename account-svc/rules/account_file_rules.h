// Rules of how well account files are kept: freshness, checks, filing and accuracy rates. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_ACCOUNT_FILE_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_ACCOUNT_FILE_RULES_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class Account;
class AccountFileCheck;
class AccountFileTarget;
enum Tier : int;
}  // namespace kam::account::v1

namespace kam::account::rules {

// Days that a file of this tier may go without being changed or confirmed.
int AllowedDays(v1::Tier tier, const Policy& policy);

// FIELD_VALUE_UNKNOWN, FIELD_REPEATED, DUE_DATE_REQUIRED when a fault is found, DATE_IN_PAST; SEPARATION_OF_DUTIES when
// the checker owns the account, works it, or has changed the file last. Completes the check.
absl::Status CompleteCheck(const v1::Account& account, absl::string_view checker, absl::string_view today,
                           absl::Time now, v1::AccountFileCheck* check);

// Takes a check back. SEPARATION_OF_DUTIES: whoever it judges, or works the account now, does not.
absl::Status VoidCheck(const v1::Account& account, absl::string_view actor, absl::string_view reason, absl::Time now,
                       v1::AccountFileCheck* check);

// FILE_NOT_CORRECTED naming the faulty fields that are not in `changed`: top-level fields changed since the check.
absl::Status ResolveCheck(const std::set<std::string>& changed, absl::string_view actor, absl::string_view resolution,
                          absl::Time now, v1::AccountFileCheck* check);

// PERIOD_INVALID when the end is before the begin.
absl::Status CheckPeriod(absl::string_view from, absl::string_view to);

// What must be reached, and where: path of a department, empty for everybody else.
struct FileTarget {
  std::string department_path;
  std::string from_date, to_date;
  std::string filing_rate, accuracy_rate;
};
// TARGET_OVERLAP when another target of the same department holds on one of the days.
absl::Status CheckTarget(const v1::AccountFileTarget& target, const std::vector<v1::AccountFileTarget>& others);
// The target that holds on `day` for people of `department_path`: that of the nearest department above, or of all.
const FileTarget* TargetOf(const std::vector<FileTarget>& targets, absl::string_view department_path,
                           absl::string_view day);

// 100 x part / whole with four digits, half up; nothing of nothing.
absl::StatusOr<std::optional<std::string>> Percent(int64_t part, int64_t whole);
// Whether the decimal `rate` reaches the decimal `target`.
absl::StatusOr<bool> Reaches(const std::string& rate, const std::string& target);

// A file opened at `opened`: counts once its time to be handed in is over, or when it was handed in; is filed when
// that was in time.
struct Filing {
  bool counts = false;
  bool filed = false;
};
Filing FilingOf(absl::Time opened, std::optional<absl::Time> first_submitted, absl::Time now, const Policy& policy);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_ACCOUNT_FILE_RULES_H_

#include "account-svc/rules/account_file_rules.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "account-svc/rules/account_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/decimal.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_file.pb.h"

namespace kam::account::rules {
namespace {

using v1::AccountFileCheck;
using v1::AccountFileTarget;

bool IsFault(const v1::FileCheckItem& item) { return item.verdict() != v1::FILE_VERDICT_CORRECT; }

// Whoever is judged by a check does not make it.
absl::Status CheckIndependent(const v1::Account& account, absl::string_view checker) {
  const auto refuse = [](absl::string_view rule, absl::string_view what) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 absl::StrCat("whoever ", what, " does not check it; somebody else with account_file.check may"),
                 {{"rule", std::string(rule)}, {"permission", "account_file.check"}});
  };
  if (account.owner() == checker) return refuse("owner", "owns the account");
  if (std::find(account.co_owners().begin(), account.co_owners().end(), checker) != account.co_owners().end()) {
    return refuse("co_owner", "works the account");
  }
  if (account.updater() == checker) return refuse("updater", "has changed the file last");
  return absl::OkStatus();
}

}  // namespace

int AllowedDays(v1::Tier tier, const Policy& policy) {
  return policy.file_fresh_days[static_cast<size_t>(std::clamp<int>(tier, 0, kTiers - 1))];
}

absl::Status CompleteCheck(const v1::Account& account, absl::string_view checker, absl::string_view today,
                           absl::Time now, AccountFileCheck* check) {
  RETURN_IF_ERROR(CheckIndependent(account, checker));
  std::set<std::string> seen;
  int faults = 0;
  for (int i = 0; i < check->items_size(); ++i) {
    const v1::FileCheckItem& item = check->items(i);
    const std::string path = absl::StrCat("account_file_check.items[", i, "].field");
    if (!IsAccountField(item.field())) {
      return InvalidField(path, "FIELD_VALUE_UNKNOWN", absl::StrCat(item.field(), " is not a field of an account"));
    }
    if (!seen.insert(item.field()).second) {
      return InvalidField(path, "FIELD_REPEATED", absl::StrCat(item.field(), " was named before"));
    }
    if (IsFault(item)) ++faults;
  }
  if (faults > 0 && check->due_date().empty()) {
    return InvalidField("account_file_check.due_date", "DUE_DATE_REQUIRED",
                        "a day by which the faults are put right must be given");
  }
  if (faults > 0 && check->due_date() < today) {
    return InvalidField("account_file_check.due_date", "DATE_IN_PAST", "must not be before today",
                        {{"today", std::string(today)}});
  }
  check->set_responsible(account.owner());
  check->set_checker(std::string(checker));
  check->set_check_date(std::string(today));
  check->set_fields_checked(check->items_size());
  check->set_fields_wrong(faults);
  check->set_state(faults > 0 ? v1::FILE_CHECK_STATE_OPEN : v1::FILE_CHECK_STATE_RESOLVED);
  if (faults == 0) *check->mutable_resolve_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status ResolveCheck(const std::set<std::string>& changed, absl::string_view actor, absl::string_view resolution,
                          absl::Time now, AccountFileCheck* check) {
  std::vector<std::string> left;
  for (const v1::FileCheckItem& item : check->items()) {
    const std::vector<std::string> path = absl::StrSplit(item.field(), '.');
    if (IsFault(item) && changed.count(path.front()) == 0) left.push_back(item.field());
  }
  if (!left.empty()) {
    const std::string list = absl::StrJoin(left, ", ");
    return FailedPrecondition("FILE_NOT_CORRECTED", check->account(),
                              absl::StrCat("not changed since the check: ", list), {{"fields", list}});
  }
  check->set_resolution(std::string(resolution));
  check->set_resolver(std::string(actor));
  *check->mutable_resolve_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status VoidCheck(const v1::Account& account, absl::string_view actor, absl::string_view reason, absl::Time now,
                       AccountFileCheck* check) {
  const bool judged =
      check->responsible() == actor || account.owner() == actor ||
      std::find(account.co_owners().begin(), account.co_owners().end(), actor) != account.co_owners().end();
  if (judged) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "whoever is judged by a check, or works the account, does not take it back; somebody else with "
                 "account_file.check may",
                 {{"rule", "responsible"}, {"permission", "account_file.check"}});
  }
  check->set_void_reason(std::string(reason));
  check->set_voider(std::string(actor));
  *check->mutable_void_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckPeriod(absl::string_view from, absl::string_view to) {
  if (to >= from) return absl::OkStatus();
  return InvalidField("to_date", "PERIOD_INVALID", "must not be before the first day",
                      {{"from", std::string(from)}, {"to", std::string(to)}});
}

absl::Status CheckTarget(const AccountFileTarget& target, const std::vector<AccountFileTarget>& others) {
  RETURN_IF_ERROR(CheckPeriod(target.from_date(), target.to_date()));
  for (const AccountFileTarget& other : others) {
    if (other.name() == target.name() || other.department() != target.department()) continue;
    if (other.from_date() > target.to_date() || other.to_date() < target.from_date()) continue;
    return FailedPrecondition("TARGET_OVERLAP", other.name(),
                              absl::StrCat("another target holds from ", other.from_date(), " to ", other.to_date()),
                              {{"from", other.from_date()}, {"to", other.to_date()}});
  }
  return absl::OkStatus();
}

const FileTarget* TargetOf(const std::vector<FileTarget>& targets, absl::string_view department_path,
                           absl::string_view day) {
  const FileTarget* best = nullptr;
  for (const FileTarget& target : targets) {
    if (day < target.from_date || day > target.to_date) continue;
    if (!absl::StartsWith(department_path, target.department_path)) continue;
    if (best == nullptr || target.department_path.size() > best->department_path.size()) best = &target;
  }
  return best;
}

absl::StatusOr<std::optional<std::string>> Percent(int64_t part, int64_t whole) {
  constexpr int kHundred = 100;
  constexpr int kDigits = 4;
  if (whole == 0) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const Decimal a, Decimal::FromInt64(part));
  ASSIGN_OR_RETURN(const Decimal b, Decimal::FromInt64(whole));
  ASSIGN_OR_RETURN(const Decimal rate, MultiplyDivide(a, Decimal::FromInt(kHundred), b, kDigits));
  return std::optional<std::string>(rate.ToString());
}

absl::StatusOr<bool> Reaches(const std::string& rate, const std::string& target) {
  ASSIGN_OR_RETURN(const Decimal a, Decimal::Parse(rate, "rate"));
  ASSIGN_OR_RETURN(const Decimal b, Decimal::Parse(target, "target"));
  return a >= b;
}

Filing FilingOf(absl::Time opened, std::optional<absl::Time> first_submitted, absl::Time now, const Policy& policy) {
  const absl::Time limit = opened + absl::Hours(24) * policy.filing_days;
  Filing filing;
  filing.filed = first_submitted.has_value() && *first_submitted <= limit;
  filing.counts = first_submitted.has_value() || now > limit;
  return filing;
}

}  // namespace kam::account::rules

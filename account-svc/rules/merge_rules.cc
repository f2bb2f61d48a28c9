#include "account-svc/rules/merge_rules.h"

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"

namespace kam::account::rules {

using v1::Account;
using v1::AccountMerge;

absl::Status CheckMergeDecider(const AccountMerge& merge, absl::string_view actor) {
  if (merge.proposer() != actor) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
               "whoever proposes a merge does not decide about it",
               {{"rule", "proposer"}, {"permission", "account_merge.decide"}});
}

absl::Status CheckMergeable(const Account& account, const Account& duplicate) {
  if (account.name() == duplicate.name()) {
    return InvalidField("account_merge.duplicate", "MERGE_WITH_ITSELF",
                        "must be another account than the one that stays");
  }
  for (const Account* one : {&account, &duplicate}) {
    if (one->state() == v1::ACCOUNT_STATE_CLOSED) {
      return FailedPrecondition("ACCOUNT_CLOSED", one->name(), absl::StrCat(one->name(), " is closed"));
    }
  }
  if (account.owner().empty() && !duplicate.owner().empty()) {
    return FailedPrecondition("MERGE_OWNER_MISSING", account.name(),
                              "nobody owns the account that stays, but somebody owns the duplicate: assign the account "
                              "first, or merge it into the other",
                              {{"duplicate", duplicate.name()}});
  }
  return absl::OkStatus();
}

bool MergeTakes(const Account& account, const Account& duplicate) {
  if (!duplicate.owner().empty() && duplicate.owner() != account.owner()) return true;
  if (duplicate.tier() == v1::TIER_UNSPECIFIED) return false;
  // Tiers fall from the highest, which has the smallest number.
  return account.tier() == v1::TIER_UNSPECIFIED || account.tier() > duplicate.tier();
}

absl::Status CheckParts(int parts, int parts_max, const Account& account) {
  if (parts + 1 <= parts_max) return absl::OkStatus();
  return FailedPrecondition("MERGE_TOO_LARGE", account.name(),
                            absl::StrCat("more than ", parts_max, " files would be part of ", account.name()),
                            {{"limit", absl::StrCat(parts_max)}, {"collection", "accounts"}});
}

void Merge(absl::string_view actor, absl::string_view decision, absl::Time now, int undo_days, const Account& duplicate,
           AccountMerge* merge) {
  constexpr int kHoursOfDay = 24;
  merge->set_decider(std::string(actor));
  merge->set_decision(std::string(decision));
  *merge->mutable_decide_time() = ToTimestamp(now);
  *merge->mutable_undo_until() = ToTimestamp(now + absl::Hours(kHoursOfDay) * undo_days);
  merge->set_duplicate_state(duplicate.state());
  merge->set_duplicate_state_reason(duplicate.state_reason());
}

absl::Status UndoBlocked(const AccountMerge& merge, absl::string_view resource, absl::string_view why) {
  return FailedPrecondition("MERGE_UNDO_BLOCKED", merge.name(), absl::StrCat(resource, " ", why),
                            {{"resource", std::string(resource)}});
}

absl::Status CheckUndo(const AccountMerge& merge, const Account& account, const Account& duplicate, absl::Time now) {
  if (now > FromTimestamp(merge.undo_until())) {
    const std::string until =
        absl::FormatTime(absl::RFC3339_sec, FromTimestamp(merge.undo_until()), absl::UTCTimeZone());
    return FailedPrecondition("MERGE_UNDO_EXPIRED", merge.name(), absl::StrCat("could be undone until ", until),
                              {{"undoUntil", until}});
  }
  if (account.state() == v1::ACCOUNT_STATE_CLOSED) return UndoBlocked(merge, account.name(), "has been closed since");
  if (duplicate.state() != v1::ACCOUNT_STATE_CLOSED) {
    return UndoBlocked(merge, duplicate.name(), "is not where the merge has put it");
  }
  return absl::OkStatus();
}

}  // namespace kam::account::rules

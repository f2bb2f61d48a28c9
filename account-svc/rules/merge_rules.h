// Rules of merging two files of one firm. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_MERGE_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_MERGE_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_merge.pb.h"

namespace kam::account::rules {

// SEPARATION_OF_DUTIES when `actor` has proposed it.
absl::Status CheckMergeDecider(const v1::AccountMerge& merge, absl::string_view actor);

// Whether `duplicate` may become part of `account`: MERGE_WITH_ITSELF, ACCOUNT_CLOSED naming which, and
// MERGE_OWNER_MISSING when only the duplicate has an owner: he would lose it without anybody getting it.
absl::Status CheckMergeable(const v1::Account& account, const v1::Account& duplicate);

// Whether the merge takes the customer of the duplicate from its owner, or lowers it: what TransferOwner, CloseAccount
// and ConfirmAccountTier would otherwise do.
bool MergeTakes(const v1::Account& account, const v1::Account& duplicate);

// MERGE_TOO_LARGE: the account would be of more than `parts_max` files. `parts`: of both, without the duplicate.
absl::Status CheckParts(int parts, int parts_max, const v1::Account& account);

// The merge takes place: who, when, until when it may be undone, and how the duplicate was.
void Merge(absl::string_view actor, absl::string_view decision, absl::Time now, int undo_days,
           const v1::Account& duplicate, v1::AccountMerge* merge);

// MERGE_UNDO_EXPIRED after undo_until; MERGE_UNDO_BLOCKED when the account is closed or the duplicate is not.
absl::Status CheckUndo(const v1::AccountMerge& merge, const v1::Account& account, const v1::Account& duplicate,
                       absl::Time now);
// MERGE_UNDO_BLOCKED naming `resource` and why.
absl::Status UndoBlocked(const v1::AccountMerge& merge, absl::string_view resource, absl::string_view why);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_MERGE_RULES_H_

// Rules of back-ups of accounts: what their hashes say. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_SNAPSHOT_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_SNAPSHOT_RULES_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/rules/notification_rules.h"

namespace kam::account::v1 {
class AccountSnapshot;
}  // namespace kam::account::v1

namespace kam::account::rules {

// Hash over names, rows and hashes of the parts of a snapshot, in their order.
std::string HashOfSections(const v1::AccountSnapshot& snapshot);
// Parts whose content is not what was taken; "" when the list of parts itself is not.
std::vector<std::string> DamagedSections(const v1::AccountSnapshot& snapshot,
                                         const std::map<std::string, std::string>& contents);
// Remembers what the hashes say now.
void CheckSnapshot(const std::map<std::string, std::string>& contents, absl::Time now, v1::AccountSnapshot* snapshot);

// What those who answer for the archive are told of back-ups that were due and could not be taken: reasons, and how
// many accounts each has kept from it. Nothing when there are none.
std::vector<Notice> NoticesOfFailedSnapshots(const std::vector<std::pair<std::string, int64_t>>& failures,
                                             const std::string& today);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_SNAPSHOT_RULES_H_

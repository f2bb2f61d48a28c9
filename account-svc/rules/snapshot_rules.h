// Rules of back-ups of accounts: what their hashes say. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_SNAPSHOT_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_SNAPSHOT_RULES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

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

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_SNAPSHOT_RULES_H_

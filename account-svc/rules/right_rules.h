// What kind of right a permission is: its family, its mode, what limits it; and how a right comes to count (G-02;
// requirements R.1). Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_RIGHT_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_RIGHT_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kam/organization/v1/role_grant.pb.h"

namespace kam::account::rules {

// 人事权, 财务权, 业务权: by the noun of the permission.
organization::v1::RightFamily FamilyOf(absl::string_view permission);
// The nouns of a family, with the verb where only that is of it ("campaign.budget"); of 业务权 none: what is in no
// other family is business.
std::vector<absl::string_view> NounsOf(organization::v1::RightFamily family);
bool IsOfNoun(absl::string_view permission, absl::string_view noun);

// Decide, approve, review, draft, propose, veto, do, know: by its verb.
organization::v1::RightMode ModeOf(absl::string_view permission);

// The rule that limits the right beyond the rows it reaches, for the reader of the matrix: the rule itself is enforced
// where the right is used. Empty: nothing.
absl::string_view LimitOf(absl::string_view permission);

// Sets the three on a grant.
void Describe(organization::v1::RoleGrant* grant);

// ---- Two people decide on a right (G-02)
// The figure of a right that has one: LIMIT_NOT_FOR_PERMISSION, LIMIT_INVALID.
absl::Status CheckLimit(const organization::v1::RoleGrant& grant);
// A new grant (`before` null), or one whose level or figure is to change: what counted before goes on counting until it
// is approved.
void ProposeGrant(const organization::v1::RoleGrant* before, organization::v1::RoleGrant* after);
void ApproveGrant(const std::string& approver, absl::Time now, organization::v1::RoleGrant* grant);
void RejectGrant(const std::string& approver, const std::string& reason, organization::v1::RoleGrant* grant);
// It does not count any more, and may be approved again.
void WithdrawApproval(organization::v1::RoleGrant* grant);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_RIGHT_RULES_H_

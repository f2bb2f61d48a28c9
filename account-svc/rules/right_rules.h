// What kind of right a permission is: its family, its mode, its limit (G-02; requirements R.1). Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_RIGHT_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_RIGHT_RULES_H_

#include "absl/strings/string_view.h"
#include "kam/organization/v1/role_grant.pb.h"

namespace kam::account::rules {

// 人事权, 财务权, 业务权: by the noun of the permission.
organization::v1::RightFamily FamilyOf(absl::string_view permission);

// Decide, approve, review, draft, propose, veto, do, know: by its verb.
organization::v1::RightMode ModeOf(absl::string_view permission);

// What limits the right beyond the rows it reaches; empty: nothing.
absl::string_view LimitOf(absl::string_view permission);

// Sets the three on a grant.
void Describe(organization::v1::RoleGrant* grant);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_RIGHT_RULES_H_

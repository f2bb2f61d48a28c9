// The rights of all roles as delivered (account-svc/rights), for the authorisation matrix.
#ifndef KAM_TESTS_AUTHORIZATION_RIGHTS_H_
#define KAM_TESTS_AUTHORIZATION_RIGHTS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "common/auth/principal.h"

namespace kam::authorization {

// From the source root.
inline constexpr char kRightsDirectory[] = "account-svc/rights";

// Permission -> role -> level. A permission without roles, which only programs of the suite hold, has an empty map.
using Rights = std::map<std::string, std::map<std::string, auth::Level>>;

// Errors of account::ReadRights: unknown roles and levels, repeated rows.
absl::StatusOr<Rights> ReadAllRights();

// A person with one role.
auth::Principal PersonWithRole(const Rights& rights, const std::string& role);

}  // namespace kam::authorization

#endif  // KAM_TESTS_AUTHORIZATION_RIGHTS_H_

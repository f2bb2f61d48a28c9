// Rights as rows, for rules that ask what somebody else than the caller may do.
#ifndef KAM_ACCOUNT_SVC_TESTING_GRANTS_H_
#define KAM_ACCOUNT_SVC_TESTING_GRANTS_H_

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "account-svc/testing/account_fixture.h"

namespace kam::account {

// The role holds the permission over all rows; done twice it changes nothing.
inline void GrantRole(World& world, absl::string_view role, absl::string_view permission) {
  world.harness().db().Execute(absl::StrCat(
      "INSERT INTO role_grants (id, version, create_time, update_time, creator, updater, permission, role, level, "
      "origin) VALUES ('",
      world.harness().NewId(), "', 1, '2026-01-01', '2026-01-01', 'programs/test', 'programs/test', '", permission,
      "', '", role, "', 'ALL', 'SEED') ON DUPLICATE KEY UPDATE level = 'ALL'"));
}

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_TESTING_GRANTS_H_

// Authority that is given to a role or to a person, and only as far as the giver has it himself: what the authority
// over prices (authority.h) and the one over releases (release_authority.h) have in common. Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_GRANTEE_H_
#define KAM_CONTRACT_SVC_RULES_GRANTEE_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "common/status/status.h"

namespace kam::contract::rules {

// Whether what is given to `employee` or, where that is empty, to `role` is that of `person`: an Actor or a Decider.
template <typename Person>
bool IsGrantee(absl::string_view employee, absl::string_view role, const Person& person) {
  if (!employee.empty()) return employee == person.employee;
  return std::find(person.roles.begin(), person.roles.end(), role) != person.roles.end();
}

// SELF_GRANT when it is: nobody gives himself anything.
template <typename Person>
absl::Status CheckNotGrantee(absl::string_view employee, absl::string_view role, const Person& person) {
  if (!IsGrantee(employee, role, person)) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "SELF_GRANT", "nobody gives authority to himself or to his role",
               {{"grantee", std::string(employee.empty() ? role : employee)}});
}

// Some authority of `held` that is `own` lacks nothing; otherwise GRANT_EXCEEDS_OWN by the nearest one. `own`: whether
// it is the giver's and holds today. `lacks`: in which respects, by field, what is given goes beyond it.
template <typename Held, typename Own, typename Lacks>
absl::Status CheckCoveredByOwn(const Held& held, const Own& own, const Lacks& lacks) {
  std::vector<std::string> nearest = {"authority"};
  bool any = false;
  for (const auto& authority : held) {
    if (!own(authority)) continue;
    absl::StatusOr<std::vector<std::string>> beyond = lacks(authority);
    if (!beyond.ok()) return beyond.status();
    if (beyond->empty()) return absl::OkStatus();
    if (!any || beyond->size() < nearest.size()) nearest = *std::move(beyond);
    any = true;
  }
  const std::string exceeds = absl::StrJoin(nearest, ", ");
  return Error(absl::StatusCode::kPermissionDenied, "GRANT_EXCEEDS_OWN",
               "goes beyond the authority of the one who gives or takes it in: " + exceeds, {{"exceeds", exceeds}});
}

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_GRANTEE_H_

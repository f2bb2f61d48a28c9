// What the rules of work need to know of people: reporting lines, departments, who has left.
#ifndef KAM_ACCOUNT_SVC_WORK_PEOPLE_H_
#define KAM_ACCOUNT_SVC_WORK_PEOPLE_H_

#include <string>

#include "absl/status/statusor.h"
#include "account-svc/context.h"
#include "account-svc/people/line.h"

namespace kam::account {

// Whether `superior` is above `person`: IsAbove of people/line.h.
absl::StatusOr<bool> IsAbove(resource::UnitOfWork& work, const std::string& superior, const std::string& person,
                             const std::string& day);

// FAILED_PRECONDITION EMPLOYEE_LEFT when `person` does not work here on `day` any more; `field` names him.
absl::Status CheckStillHere(resource::UnitOfWork& work, const std::string& person, const std::string& day,
                            absl::string_view field);

// Name of the department somebody is in; empty: none.
absl::StatusOr<std::string> DepartmentOf(resource::UnitOfWork& work, const std::string& person);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_WORK_PEOPLE_H_

// What the rules of work need to know of people: reporting lines, departments, who has left.
#ifndef KAM_ACCOUNT_SVC_WORK_PEOPLE_H_
#define KAM_ACCOUNT_SVC_WORK_PEOPLE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "account-svc/context.h"
#include "account-svc/people/line.h"
#include "common/auth/principal.h"

namespace kam::account {

// Whether `superior` is above `person`: IsAbove of people/line.h.
absl::StatusOr<bool> IsAbove(resource::UnitOfWork& work, const std::string& superior, const std::string& person,
                             const std::string& day);

// FAILED_PRECONDITION EMPLOYEE_LEFT when `person` does not work here on `day` any more; `field` names him.
absl::Status CheckStillHere(resource::UnitOfWork& work, const std::string& person, const std::string& day,
                            absl::string_view field);

// Name of the department somebody is in; empty: none.
absl::StatusOr<std::string> DepartmentOf(resource::UnitOfWork& work, const std::string& person);

// PERIOD_INVALID naming `field` when a report would cover no day or more than a year.
absl::Status CheckReportPeriod(absl::string_view field, const std::string& first, const std::string& last);

struct PersonInService {
  std::string id, name, first, last;  // Days of the period in service.
};
// People of the department and below (empty: of the company) whom `level` reaches and who were in service on some day
// of the period, by name. INVALID_ARGUMENT TOO_MANY_PEOPLE.
absl::StatusOr<std::vector<PersonInService>> PeopleInService(mysql::Connection& connection,
                                                             const auth::Principal& reader, auth::Level level,
                                                             const std::string& department, const std::string& first,
                                                             const std::string& last);

struct DaysHeld {
  std::string first, last;
};
// On which days between `first` and `last` people hold one of `roles`, which is not empty, by id.
absl::StatusOr<std::map<std::string, std::vector<DaysHeld>>> DaysOfRoles(mysql::Connection& connection,
                                                                         const std::vector<std::string>& roles,
                                                                         const std::string& first,
                                                                         const std::string& last);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_WORK_PEOPLE_H_

// Rules of people and rights (G-01, G-02). Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_ORGANIZATION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_ORGANIZATION_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace kam::organization::v1 {
class Employee;
}  // namespace kam::organization::v1

namespace kam::account::rules {

// Role codes of the requirements, section 0, in their order.
absl::Span<const absl::string_view> RoleCodes();
bool IsRole(absl::string_view code);

// Whether a dated row holds on `day`; the last day counts. Dates are ISO text, an empty end is open.
bool HoldsOn(absl::string_view since, absl::string_view until, absl::string_view day);

// Dates, roles and reporting lines that contradict themselves: DATES_REVERSED, ROLE_UNKNOWN, ROLE_REPEATED,
// REPORTING_CYCLE (a person who reports to himself). All at once.
absl::Status CheckEmployee(const organization::v1::Employee& employee);

// A reporting line of somebody, by ids.
struct DatedLine {
  std::string employee, superior, since, until;  // `until` empty: open.
};
// A circle: from a person up to the same person, and the first day on which it is closed. No people: there is none.
struct ReportingCircle {
  std::vector<std::string> people;
  std::string day;
};
// The first day on which somebody would be above himself along lines that all run on that day. Lines that never run on
// one day do not make a circle.
ReportingCircle FindReportingCircle(const std::string& employee, const std::vector<DatedLine>& lines);

// With a leave date, roles end on it at the latest; those that would begin later are dropped. The reporting lines stay:
// whoever was above the person is above those below him, and finishes what he left behind.
void EndAtLeave(organization::v1::Employee* employee);

// SEPARATION_OF_DUTIES when `actor` changes what his own rights come from: login, roles, department, region, regions;
// or who decides about him and for how long he counts: superiors, hire_date, leave_date.
absl::Status CheckSelf(absl::string_view actor, const organization::v1::Employee& before,
                       const organization::v1::Employee& after);

// SEPARATION_OF_DUTIES when `actor`, who reaches his team with some right, makes himself the superior of somebody.
// `before` is null for a new person.
absl::Status CheckSuperiors(absl::string_view actor, const organization::v1::Employee* before,
                            const organization::v1::Employee& after);

// SEPARATION_OF_DUTIES when somebody who reaches `own` (a department path) with some right moves another department,
// from `before` to `after`, into it.
absl::Status CheckMove(absl::string_view own, absl::string_view before, absl::string_view after);

// Codes of the roles that give rights on `day`, each once; proposed ones do not.
std::vector<std::string> RolesOn(const organization::v1::Employee& employee, absl::string_view day);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_ORGANIZATION_RULES_H_

// The first people in an empty installation: whoever brings in all the others, and whoever administers rights.
#ifndef KAM_ACCOUNT_SVC_BOOTSTRAP_H_
#define KAM_ACCOUNT_SVC_BOOTSTRAP_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/mysql/mysql.h"
#include "common/time/clock.h"

namespace kam::account {

struct FirstPerson {
  std::string login;
  std::string role;
  // Identity in another system, so that an import finds the person; both or neither.
  std::string system, external_id;
};

// "LOGIN:ROLE" or "LOGIN:ROLE:SYSTEM:ID", comma separated. INVALID_ARGUMENT BOOTSTRAP_INVALID naming the entry.
absl::StatusOr<std::vector<FirstPerson>> ParseFirstPeople(absl::string_view text);

// In a schema without employees makes these people. Nobody has appointed them but those who run the suite: it is the
// one way to a privileged role without a second person. Nothing happens when there are employees already.
// `zone`: of the business.
absl::Status Bootstrap(mysql::Database& database, const Clock& clock, absl::TimeZone zone,
                       const std::vector<FirstPerson>& people);

// The first person of role ERP (another system, 系统集成), which may import.
FirstPerson Integrator(const std::string& login);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_BOOTSTRAP_H_

// The first person in an empty installation: whoever brings in all the others.
#ifndef KAM_ACCOUNT_SVC_BOOTSTRAP_H_
#define KAM_ACCOUNT_SVC_BOOTSTRAP_H_

#include <string>

#include "absl/status/status.h"
#include "common/mysql/mysql.h"
#include "common/time/clock.h"

namespace kam::account {

// In a schema without employees makes one with this login and the role ERP (another system, 系统集成), which may
// import. Nothing happens when there are employees already, or when `login` is empty. `zone`: of the business.
absl::Status Bootstrap(mysql::Database& database, const Clock& clock, absl::TimeZone zone, const std::string& login);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_BOOTSTRAP_H_

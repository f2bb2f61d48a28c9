// Replicas of account_scopes and employee_scopes in the schemas of the other services: read through when a row is
// missing, and kept current from account-svc's change feed. Row scope keeps working, on what was last known, while
// account-svc is away; only what was never seen is refused then.
#ifndef KAM_COMMON_SERVICE_SCOPE_REPLICA_H_
#define KAM_COMMON_SERVICE_SCOPE_REPLICA_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mysql/mysql.h"
#include "common/service/peer.h"

namespace kam::service {

class ScopeReplica {
 public:
  ScopeReplica(mysql::Database& database, Peer& account_svc) : database_(database), account_svc_(account_svc) {}

  // Makes sure the rows of these names are there, asking account-svc for the missing ones. Names that account-svc does
  // not know stay missing: the reference check of the runtime refuses them. UNAVAILABLE ACCOUNT_SVC_UNAVAILABLE when it
  // has to ask and cannot. Call before a transaction, never inside.
  absl::Status EnsureAccounts(const std::vector<std::string>& names, absl::Time deadline);
  absl::Status EnsureEmployees(const std::vector<std::string>& names, absl::Time deadline);

  // The roles that these employees hold today, by name; who is not in service is left out. Nothing of it is kept: it is
  // asked for where authority depends on it. UNAVAILABLE ACCOUNT_SVC_UNAVAILABLE.
  absl::StatusOr<std::map<std::string, std::vector<std::string>>> RolesOf(const std::vector<std::string>& names,
                                                                          absl::Time deadline);

  // Takes over the changes since the last call.
  absl::Status Follow();

 private:
  absl::StatusOr<std::vector<std::string>> Missing(const char* table, const char* column,
                                                   const std::vector<std::string>& names, absl::Time deadline);
  absl::Status FetchAccounts(const std::vector<std::string>& names, absl::Time deadline);
  absl::Status FetchEmployees(const std::vector<std::string>& names, absl::Time deadline);
  absl::Status FetchKnownEmployees(absl::Time deadline);

  mysql::Database& database_;
  Peer& account_svc_;
};

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_SCOPE_REPLICA_H_

// What is owed and was invoiced, summed over accounts (C-32).
#ifndef KAM_CONTRACT_SVC_RECEIVABLES_RECEIVABLE_FIGURES_H_
#define KAM_CONTRACT_SVC_RECEIVABLES_RECEIVABLE_FIGURES_H_

#include <string>
#include <vector>

#include "common/mysql/mysql.h"
#include "contract-svc/rules/receivable_alarm.h"

namespace kam::contract {

enum class OwedBy { kAll, kRegion, kAccount };

// Receivables at the start of `from` and the end of `to` (ISO days) and what was invoiced in between, by currency: the
// balances of now less what was posted since. `where`: " AND (...)" about t.account, with its parameters.
absl::StatusOr<std::vector<rules::Owed>> LoadOwed(mysql::Connection& connection, OwedBy by, const std::string& from,
                                                  const std::string& to, const std::string& where,
                                                  const std::vector<mysql::Value>& params);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_RECEIVABLES_RECEIVABLE_FIGURES_H_

// Accounts that became part of another one: where a closed file went, and what follows it.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_MERGES_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_MERGES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "account-svc/context.h"

namespace kam::account {

// Hooks and handlers of AccountMergeService.
void RegisterMerges(const Context& context, rpc::Registry* registry);

// Id of the account that `account` (an id) is part of now, through any number of merges; empty: it is part of none.
absl::StatusOr<std::string> MergedInto(mysql::Connection& connection, const std::string& account);

// Ids of the accounts that are part of `account` (an id), through any number of merges.
absl::StatusOr<std::vector<std::string>> PartsOfAccount(mysql::Connection& connection, const std::string& account);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_MERGES_H_

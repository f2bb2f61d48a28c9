// Accounts that became part of another one: where a closed file went, and what follows it.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_MERGES_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_MERGES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "account-svc/context.h"

namespace kam::account {

// Hooks and handlers of AccountMergeService.
void RegisterMerges(const Context& context, rpc::Registry* registry);

// Id of the account that `account` (an id) is part of now, through any number of merges; empty: it is part of none.
absl::StatusOr<std::string> MergedInto(mysql::Connection& connection, const std::string& account);

// Ids of the accounts that are part of each of `accounts` (ids), through any number of merges; those without are not in
// it.
absl::StatusOr<std::map<std::string, std::vector<std::string>>> PartsOfAccounts(
    mysql::Connection& connection, const std::vector<std::string>& accounts);
// The same of one account.
absl::StatusOr<std::vector<std::string>> PartsOfAccount(mysql::Connection& connection, const std::string& account);

// The same by names, outside a transaction: as Peers asks for it.
absl::StatusOr<std::map<std::string, std::vector<std::string>>> PartsByName(const resource::Runtime& runtime,
                                                                            const std::vector<std::string>& accounts,
                                                                            absl::Time deadline);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_MERGES_H_

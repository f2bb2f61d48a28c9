// What is known here of an account that somebody may want to claim: for the claim, and for every answer that
// says when it may be claimed.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_CLAIMABLE_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_CLAIMABLE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "account-svc/rules/ownership_rules.h"
#include "common/mysql/mysql.h"

namespace kam::account {

// Owner, protection or report, and last opportunity won. The asker, and orders, which contract-svc knows, are the
// caller's to fill in. `account`: id.
absl::StatusOr<rules::ClaimFacts> ClaimFactsOf(mysql::Connection& connection, const std::string& account,
                                               const Policy& policy);

// When somebody who does not reach the account may claim it at the earliest; orders, which are asked for at the claim
// only, may put it off.
absl::StatusOr<absl::Time> ClaimableAfter(mysql::Connection& connection, const std::string& account, absl::Time now,
                                          const Policy& policy);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_CLAIMABLE_H_

// The trade with an account, from contract-svc.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_TRADE_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_TRADE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "account-svc/context.h"
#include "account-svc/rules/trade.h"

namespace kam::account {

// The months from `from_month` to `until_month` of the account and of the files that are part of it. Before a
// transaction, never inside. UNAVAILABLE CONTRACT_SVC_UNAVAILABLE.
absl::StatusOr<std::vector<rules::TradeMonth>> AskTrade(const Context& context, const std::string& account,
                                                        const std::string& from_month, const std::string& until_month,
                                                        absl::Time deadline);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_TRADE_H_

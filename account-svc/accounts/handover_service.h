// Hand-overs of accounts.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_HANDOVER_SERVICE_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_HANDOVER_SERVICE_H_

#include <string>

#include "account-svc/context.h"
#include "account-svc/peers.h"

namespace kam::account {

void RegisterHandovers(const Context& context, rpc::Registry* registry);

// Opens the hand-over of an account that a superior has transferred just now: the two sign afterwards. `business` was
// asked before the transaction.
absl::Status OpenHandoverAfter(const Context& context, resource::UnitOfWork& work, const std::string& account,
                               const std::string& giver, const std::string& receiver, const std::string& reason,
                               const OpenBusiness& business);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_HANDOVER_SERVICE_H_

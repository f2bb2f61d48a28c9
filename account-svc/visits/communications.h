// Communication log, recordings, training of customers.
#ifndef KAM_ACCOUNT_SVC_VISITS_COMMUNICATIONS_H_
#define KAM_ACCOUNT_SVC_VISITS_COMMUNICATIONS_H_

#include "account-svc/context.h"
#include "common/rpc/call.h"

namespace kam::account {

void RegisterCommunications(const Context& context, rpc::Registry* registry);
void RegisterRecordings(const Context& context, rpc::Registry* registry);
void RegisterCustomerTrainings(const Context& context, rpc::Registry* registry);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VISITS_COMMUNICATIONS_H_

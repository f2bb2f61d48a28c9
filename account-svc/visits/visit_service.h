// Visit plans, visits and what falls due of them.
#ifndef KAM_ACCOUNT_SVC_VISITS_VISIT_SERVICE_H_
#define KAM_ACCOUNT_SVC_VISITS_VISIT_SERVICE_H_

#include <string>

#include "account-svc/context.h"
#include "common/rpc/call.h"
#include "kam/account/v1/account.pb.h"

namespace kam::account {

void RegisterVisitPlans(const Context& context, rpc::Registry* registry);
void RegisterVisits(const Context& context, rpc::Registry* registry);
// Proposals by frequency, completion rate and accounts that were not visited.
void RegisterVisitFrequency(const Context& context, rpc::Registry* registry);

// The tier as a column holds it; TIER_UNSPECIFIED for none.
v1::Tier TierOf(const std::string& column);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VISITS_VISIT_SERVICE_H_

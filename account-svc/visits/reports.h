// Reports of a period and questions that are passed on (A-29, A-31, P-13, P-21).
#ifndef KAM_ACCOUNT_SVC_VISITS_REPORTS_H_
#define KAM_ACCOUNT_SVC_VISITS_REPORTS_H_

#include "account-svc/context.h"
#include "common/rpc/call.h"

namespace kam::account {

void RegisterVisitReports(const Context& context, rpc::Registry* registry);
void RegisterWeeklyReports(const Context& context, rpc::Registry* registry);
void RegisterVisitProblems(const Context& context, rpc::Registry* registry);
void RegisterCustomerOpinions(const Context& context, rpc::Registry* registry);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VISITS_REPORTS_H_

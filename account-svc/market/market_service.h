// Market information, surveys, competitors, statements (A-33, A-34, G-04).
#ifndef KAM_ACCOUNT_SVC_MARKET_MARKET_SERVICE_H_
#define KAM_ACCOUNT_SVC_MARKET_MARKET_SERVICE_H_

#include "account-svc/context.h"
#include "common/rpc/call.h"

namespace kam::account {

void RegisterMarketRecords(const Context& context, rpc::Registry* registry);
void RegisterMarketSurveys(const Context& context, rpc::Registry* registry);
void RegisterCompetitors(const Context& context, rpc::Registry* registry);
void RegisterStatements(const Context& context, rpc::Registry* registry);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_MARKET_MARKET_SERVICE_H_

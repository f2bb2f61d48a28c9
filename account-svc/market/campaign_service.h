// Campaigns, invitations and information passed on.
#ifndef KAM_ACCOUNT_SVC_MARKET_CAMPAIGN_SERVICE_H_
#define KAM_ACCOUNT_SVC_MARKET_CAMPAIGN_SERVICE_H_

#include <string>

#include "account-svc/context.h"
#include "account-svc/rules/campaign_rules.h"
#include "common/rpc/call.h"

namespace kam::account {

void RegisterCampaigns(const Context& context, rpc::Registry* registry);
void RegisterCampaignGuests(const Context& context, rpc::Registry* registry);

// Guests of a campaign as they stand now.
absl::StatusOr<rules::GuestCounts> CountGuests(mysql::Connection& connection, const std::string& campaign);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_MARKET_CAMPAIGN_SERVICE_H_

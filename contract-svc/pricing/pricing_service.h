// kam.pricing.v1: products, price books, authority, quotes.
#ifndef KAM_CONTRACT_SVC_PRICING_PRICING_SERVICE_H_
#define KAM_CONTRACT_SVC_PRICING_PRICING_SERVICE_H_

#include "common/approval/engine.h"
#include "common/resource/type.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"
#include "contract-svc/context.h"

namespace kam::contract {

void FillPricingCatalog(resource::Catalog* catalog);
void RegisterProducts(const Context& context, rpc::Registry* registry);
void RegisterPriceBooks(const Context& context, rpc::Registry* registry);
void RegisterPurchasing(const Context& context, rpc::Registry* registry);
void RegisterPriceSimulations(const Context& context, rpc::Registry* registry);
void RegisterPriceSuggestions(const Context& context, rpc::Registry* registry);
void RegisterSalesPolicies(const Context& context, rpc::Registry* registry);
void RegisterPackageOffers(const Context& context, rpc::Registry* registry);
// `roles_of`: what givers of authority hold when it is confirmed; without it only what was given to them by name
// counts.
void RegisterAuthority(const Context& context, approval::RolesOf roles_of, rpc::Registry* registry);
void RegisterQuotes(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_PRICING_SERVICE_H_

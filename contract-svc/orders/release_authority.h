// Whether the caller may let goods go that are neither paid nor covered by credit (C-21, C-34).
#ifndef KAM_CONTRACT_SVC_ORDERS_RELEASE_AUTHORITY_H_
#define KAM_CONTRACT_SVC_ORDERS_RELEASE_AUTHORITY_H_

#include "absl/status/status.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract {

// What of `order` is not paid, and what went out to the customer by such decisions before and is not paid yet, lies
// within his authority. The customer's credit account is locked, so the sum stands still. RELEASE_BEYOND_AUTHORITY.
absl::Status CheckReleaseAuthority(const Context& context, resource::UnitOfWork& work, const order::v1::Order& order);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_RELEASE_AUTHORITY_H_

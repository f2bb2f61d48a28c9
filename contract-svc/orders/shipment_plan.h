// The planned shipment of a delivery follows it: it carries what the delivery does, and is not awaited when the
// delivery is cancelled (C-23).
#ifndef KAM_CONTRACT_SVC_ORDERS_SHIPMENT_PLAN_H_
#define KAM_CONTRACT_SVC_ORDERS_SHIPMENT_PLAN_H_

#include "absl/status/status.h"
#include "common/resource/runtime.h"
#include "kam/order/v1/delivery.pb.h"

namespace kam::contract {

// After a delivery was saved, which is locked.
absl::Status FollowDelivery(resource::UnitOfWork& work, const order::v1::Delivery& before,
                            const order::v1::Delivery& after);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_SHIPMENT_PLAN_H_

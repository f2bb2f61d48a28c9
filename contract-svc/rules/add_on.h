// Rules of services attached to a sale (C-27). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_ADD_ON_H_
#define KAM_CONTRACT_SVC_RULES_ADD_ON_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "kam/order/v1/add_on_service.pb.h"

namespace kam::order::v1 {
class Order;
}  // namespace kam::order::v1

namespace kam::contract::rules {

// PERIOD_INVALID when the last day is before the first.
absl::Status CheckFeePeriod(const order::v1::ServiceFee& fee);
// FEE_OVERLAP when both hold on one of the days: a service has one price on a day.
absl::Status CheckFeeAlone(const order::v1::ServiceFee& fee, const order::v1::ServiceFee& other);

// Fee and commission of a service by its standard, which holds on `today`. FEE_NOT_PUBLISHED, CURRENCY_MISMATCH,
// ORDER_OVER.
absl::Status PriceAddOn(const order::v1::ServiceFee& standard, const order::v1::Order& order, absl::string_view today,
                        order::v1::AddOnService* service);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_ADD_ON_H_

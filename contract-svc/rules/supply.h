// Rules of supply: quotas, ordering plans, orders at the manufacturer (C-20). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_SUPPLY_H_
#define KAM_CONTRACT_SVC_RULES_SUPPLY_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"
#include "kam/order/v1/supply.pb.h"

namespace kam::contract::rules {

// PERIOD_INVALID when it ends before it begins.
absl::Status CheckQuotaPeriod(const order::v1::Quota& quota);
// QUOTA_BELOW_USED: no smaller than what orders have taken.
absl::Status CheckQuotaQuantity(const order::v1::Quota& quota);
// The quota ends on `to_date`, earlier than it did. `last_counted`: the last order day that it counts, empty when it
// counts none; then it may also be withdrawn, by the day before its first. FIELD_OUT_OF_RANGE, QUOTA_IN_USE.
absl::Status EndQuota(absl::string_view to_date, absl::string_view last_counted, order::v1::Quota* quota);
// Takes `quantity` for an order. QUOTA_EXCEEDED with quota, left, quantity and who could allow it.
absl::Status TakeQuota(absl::string_view order, Decimal quantity, order::v1::Quota* quota);
// Gives it back.
absl::Status FreeQuota(Decimal quantity, order::v1::Quota* quota);

// Sets the last day. PERIOD_INVALID when the first day does not begin such a period; LINE_REPEATED.
absl::Status CheckPlan(order::v1::OrderingPlan* plan);

// A plan of the department of path `path` (ids from the top: "/d1/d7/") is written by whoever belongs to it or to one
// above it: `own` is a part of the path from its top. OUT_OF_SCOPE.
absl::Status CheckPlanReach(absl::string_view own, absl::string_view path);

// Works out the total. CURRENCY_MISMATCH, LINE_REPEATED.
absl::Status ComputeManufacturerOrder(order::v1::ManufacturerOrder* order);
// PRICE_MISSING: the manufacturer is not sent an order whose funds nobody knows.
absl::Status CheckPriced(const order::v1::ManufacturerOrder& order);
// Counts goods in stock by product; RECEIVED when all is there. MANUFACTURER_ORDER_NOT_OPEN, QUANTITY_NOT_OPEN.
absl::Status CountReceived(const std::map<std::string, Decimal>& received, order::v1::ManufacturerOrder* order);
// The manufacturer will not send the rest: what is missing is closed, the total is that of what came, and it is
// RECEIVED. GOODS_NOT_RECEIVED when nothing came: it is cancelled instead.
absl::Status CloseManufacturerOrder(order::v1::ManufacturerOrder* order);
// GOODS_RECEIVED: an order of which something came is not cancelled.
absl::Status CheckNothingReceived(const order::v1::ManufacturerOrder& order);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_SUPPLY_H_

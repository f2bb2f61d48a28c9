#include "contract-svc/rules/add_on.h"

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract::rules {

using order::v1::AddOnService;
using order::v1::Order;
using order::v1::ServiceFee;

absl::Status CheckFeePeriod(const ServiceFee& fee) {
  if (fee.to_date().empty() || fee.from_date() <= fee.to_date()) return absl::OkStatus();
  return InvalidField("service_fee.to_date", "PERIOD_INVALID", "is before from_date",
                      {{"fromDate", fee.from_date()}, {"toDate", fee.to_date()}});
}

absl::Status CheckFeeAlone(const ServiceFee& fee, const ServiceFee& other) {
  const bool before = !fee.to_date().empty() && fee.to_date() < other.from_date();
  const bool after = !other.to_date().empty() && other.to_date() < fee.from_date();
  if (before || after) return absl::OkStatus();
  return FailedPrecondition("FEE_OVERLAP", fee.name(),
                            absl::StrCat("standard ", other.number(), " of the same service holds on one of its days"),
                            {{"other", other.name()}, {"fromDate", other.from_date()}, {"toDate", other.to_date()}});
}

absl::Status PriceAddOn(const ServiceFee& standard, const Order& order, absl::string_view today,
                        AddOnService* service) {
  const bool holds = standard.state() == order::v1::SERVICE_FEE_STATE_PUBLISHED && standard.from_date() <= today &&
                     (standard.to_date().empty() || today <= standard.to_date());
  if (!holds) {
    return FailedPrecondition("FEE_NOT_PUBLISHED", standard.name(),
                              "services are sold by a published standard that holds today",
                              {{"state", order::v1::ServiceFeeState_Name(standard.state())},
                               {"fromDate", standard.from_date()},
                               {"toDate", standard.to_date()},
                               {"today", std::string(today)}});
  }
  if (order.state() == order::v1::ORDER_STATE_CANCELLED) {
    return FailedPrecondition("ORDER_OVER", order.name(), "the order was cancelled",
                              {{"state", order::v1::OrderState_Name(order.state())}});
  }
  ASSIGN_OR_RETURN(const Decimal one, AmountIn(standard.fee(), order.currency(), "add_on_service.fee_standard"));
  ASSIGN_OR_RETURN(const Decimal fee, LineAmount(one, Decimal::FromInt(service->quantity()), order.currency()));
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(order.currency(), "currency"));
  ASSIGN_OR_RETURN(const Decimal rate, QuantityOf(standard.commission_rate(), "commission_rate"));
  ASSIGN_OR_RETURN(const Money commission, PercentOf(Money(fee, currency), rate));
  SetAmount(fee, order.currency(), service->mutable_fee());
  SetAmount(commission.amount(), order.currency(), service->mutable_commission());
  service->set_account(order.account());
  service->set_kind(standard.kind());
  service->set_title(standard.title());
  service->set_supplier(standard.supplier());
  service->set_state(order::v1::ADD_ON_STATE_REQUESTED);
  return absl::OkStatus();
}

}  // namespace kam::contract::rules

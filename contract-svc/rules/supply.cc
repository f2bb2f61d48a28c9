#include "contract-svc/rules/supply.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/amounts.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"

namespace kam::contract::rules {
namespace {

using order::v1::ManufacturerOrder;
using order::v1::ManufacturerOrderLine;
using order::v1::OrderingPlan;
using order::v1::Quota;

constexpr char kQuotaPermission[] = "quota.write";

template <typename Lines>
absl::Status CheckProductsOnce(absl::string_view field, const Lines& lines) {
  std::set<std::string> seen;
  for (int i = 0; i < lines.size(); ++i) {
    if (seen.insert(lines[i].product()).second) continue;
    return InvalidField(absl::StrCat(field, "[", i, "].product"), "LINE_REPEATED", "stands twice",
                        {{"product", lines[i].product()}});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckQuotaPeriod(const Quota& quota) {
  if (quota.from_date() <= quota.to_date()) return absl::OkStatus();
  return InvalidField("quota.to_date", "PERIOD_INVALID", "is before from_date",
                      {{"fromDate", quota.from_date()}, {"toDate", quota.to_date()}});
}

absl::Status CheckQuotaQuantity(const Quota& quota) {
  ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(quota.quantity(), "quota.quantity"));
  ASSIGN_OR_RETURN(const Decimal used, QuantityOf(quota.used(), "used"));
  if (quantity >= used) return absl::OkStatus();
  return InvalidField("quota.quantity", "QUOTA_BELOW_USED",
                      absl::StrCat(used.ToString(), " of it are taken by orders already"),
                      {{"used", used.ToString()}, {"quantity", quantity.ToString()}});
}

absl::Status EndQuota(absl::string_view to_date, absl::string_view last_counted, Quota* quota) {
  ASSIGN_OR_RETURN(const std::string withdrawn, AddDays(quota->from_date(), -1));
  if (to_date >= quota->to_date() || to_date < withdrawn) {
    return InvalidField("to_date", "FIELD_OUT_OF_RANGE",
                        absl::StrCat("the quota ends before ", quota->to_date(), ", or is withdrawn with ", withdrawn),
                        {{"value", std::string(to_date)}, {"before", quota->to_date()}, {"notBefore", withdrawn}});
  }
  if (to_date < last_counted) {
    return FailedPrecondition(
        "QUOTA_IN_USE", quota->name(),
        absl::StrCat("an order of ", last_counted, " is counted in it; it may end on that day, or later"),
        {{"field", "to_date"}, {"value", std::string(to_date)}, {"notBefore", std::string(last_counted)}});
  }
  quota->set_to_date(std::string(to_date));
  return absl::OkStatus();
}

absl::Status TakeQuota(absl::string_view order, Decimal quantity, Quota* quota) {
  ASSIGN_OR_RETURN(const Decimal limit, QuantityOf(quota->quantity(), "quantity"));
  ASSIGN_OR_RETURN(const Decimal used, QuantityOf(quota->used(), "used"));
  ASSIGN_OR_RETURN(const Decimal left, Subtract(limit, used));
  if (quantity > left) {
    return FailedPrecondition(
        "QUOTA_EXCEEDED", order,
        absl::StrCat(quantity.ToString(), " of ", quota->product(), " are ordered; of the quota of ", limit.ToString(),
                     " from ", quota->from_date(), " to ", quota->to_date(), " ", left.ToString(),
                     " are left; holders of ", kQuotaPermission, " may raise it"),
        {{"quota", quota->name()},
         {"product", quota->product()},
         {"limit", limit.ToString()},
         {"left", left.ToString()},
         {"quantity", quantity.ToString()},
         {"overridableBy", kQuotaPermission}});
  }
  ASSIGN_OR_RETURN(const Decimal now, Add(used, quantity));
  quota->set_used(now.ToString());
  return absl::OkStatus();
}

absl::Status FreeQuota(Decimal quantity, Quota* quota) {
  ASSIGN_OR_RETURN(const Decimal used, QuantityOf(quota->used(), "used"));
  ASSIGN_OR_RETURN(const Decimal now, Subtract(used, quantity));
  if (now.sign() < 0) return Internal(absl::StrCat(quota->name(), " would be used with ", now.ToString()));
  quota->set_used(now.ToString());
  return absl::OkStatus();
}

absl::Status CheckPlan(OrderingPlan* plan) {
  RETURN_IF_ERROR(CheckProductsOnce("ordering_plan.lines", plan->lines()));
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(plan->start_date(), "ordering_plan.start_date"));
  const auto invalid = [&](absl::string_view what) {
    return InvalidField("ordering_plan.start_date", "PERIOD_INVALID", what, {{"startDate", plan->start_date()}});
  };
  absl::CivilDay last = first;
  if (plan->period() == order::v1::PLAN_PERIOD_MONTH) {
    if (first.day() != 1) return invalid("a plan of a month begins on its first day");
    last = absl::CivilDay(absl::CivilMonth(first) + 1) - 1;
  } else if (plan->period() == order::v1::PLAN_PERIOD_QUARTER) {
    if (first.day() != 1 || first.month() % 3 != 1) return invalid("a plan of a quarter begins on its first day");
    last = absl::CivilDay(absl::CivilMonth(first) + 3) - 1;
  } else if (plan->period() == order::v1::PLAN_PERIOD_YEAR) {
    if (first.day() != 1 || first.month() != 1) return invalid("a plan of a year begins on its first day");
    last = absl::CivilDay(absl::CivilYear(first) + 1) - 1;
  } else if (plan->period() == order::v1::PLAN_PERIOD_WEEK) {
    if (absl::GetWeekday(first) != absl::Weekday::monday) return invalid("a plan of a week begins on a Monday");
    last = first + 6;
  }
  plan->set_end_date(absl::FormatCivilTime(last));
  return absl::OkStatus();
}

absl::Status CheckPlanReach(absl::string_view own, absl::string_view path) {
  if (!own.empty() && absl::StartsWith(path, own)) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "OUT_OF_SCOPE",
               "your right reaches your department only, and this plan is of another one",
               {{"field", "ordering_plan.department"}, {"level", "department"}});
}

absl::Status ComputeManufacturerOrder(ManufacturerOrder* order) {
  RETURN_IF_ERROR(CheckProductsOnce("manufacturer_order.lines", order->lines()));
  Decimal total;
  for (int i = 0; i < order->lines_size(); ++i) {
    const ManufacturerOrderLine& line = order->lines(i);
    const std::string path = absl::StrCat("manufacturer_order.lines[", i, "]");
    ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(line.quantity(), path + ".quantity"));
    ASSIGN_OR_RETURN(const Decimal price, AmountIn(line.unit_price(), order->currency(), path + ".unit_price"));
    ASSIGN_OR_RETURN(const Decimal amount, LineAmount(price, quantity, order->currency()));
    ASSIGN_OR_RETURN(total, Add(total, amount));
  }
  SetAmount(total, order->currency(), order->mutable_total());
  return absl::OkStatus();
}

absl::Status CheckPriced(const ManufacturerOrder& order) {
  for (int i = 0; i < order.lines_size(); ++i) {
    if (order.lines(i).has_unit_price()) continue;
    return FailedPrecondition("PRICE_MISSING", order.name(),
                              absl::StrCat("line ", i + 1, " has no price: nobody knows the funds it needs"),
                              {{"field", absl::StrCat("manufacturer_order.lines[", i, "].unit_price")}});
  }
  return absl::OkStatus();
}

absl::Status CountReceived(const std::map<std::string, Decimal>& received, ManufacturerOrder* order) {
  if (order->state() != order::v1::MANUFACTURER_ORDER_STATE_CONFIRMED &&
      order->state() != order::v1::MANUFACTURER_ORDER_STATE_SHIPPED) {
    return FailedPrecondition(
        "MANUFACTURER_ORDER_NOT_OPEN", order->name(), "goods come for confirmed orders only",
        {{"state", order::v1::ManufacturerOrderState_Name(order->state())}, {"allowed", "CONFIRMED, SHIPPED"}});
  }
  std::map<std::string, Decimal> left = received;
  bool whole = true;
  for (ManufacturerOrderLine& line : *order->mutable_lines()) {
    ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(line.quantity(), "quantity"));
    ASSIGN_OR_RETURN(Decimal there, QuantityOf(line.received_quantity(), "received_quantity"));
    const auto found = left.find(line.product());
    if (found != left.end()) {
      ASSIGN_OR_RETURN(there, Add(there, found->second));
      left.erase(found);
    }
    if (there > quantity) {
      return FailedPrecondition(
          "QUANTITY_NOT_OPEN", order->name(),
          absl::StrCat(line.product(), ": ", quantity.ToString(), " ordered, ", there.ToString(), " would have come"),
          {{"product", line.product()}, {"ordered", quantity.ToString()}, {"quantity", there.ToString()}});
    }
    line.set_received_quantity(there.ToString());
    whole = whole && there == quantity;
  }
  if (!left.empty()) {
    return FailedPrecondition("QUANTITY_NOT_OPEN", order->name(), absl::StrCat(left.begin()->first, " was not ordered"),
                              {{"product", left.begin()->first}, {"ordered", "0"}});
  }
  if (whole) order->set_state(order::v1::MANUFACTURER_ORDER_STATE_RECEIVED);
  return absl::OkStatus();
}

absl::Status CloseManufacturerOrder(ManufacturerOrder* order) {
  Decimal total;
  bool any = false;
  for (ManufacturerOrderLine& line : *order->mutable_lines()) {
    ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(line.quantity(), "quantity"));
    ASSIGN_OR_RETURN(const Decimal there, QuantityOf(line.received_quantity(), "received_quantity"));
    ASSIGN_OR_RETURN(const Decimal missing, Subtract(quantity, there));
    if (!missing.is_zero()) line.set_closed_quantity(missing.ToString());
    any = any || !there.is_zero();
    ASSIGN_OR_RETURN(const Decimal price, AmountIn(line.unit_price(), order->currency(), "unit_price"));
    ASSIGN_OR_RETURN(const Decimal amount, LineAmount(price, there, order->currency()));
    ASSIGN_OR_RETURN(total, Add(total, amount));
  }
  if (!any) {
    return FailedPrecondition("GOODS_NOT_RECEIVED", order->name(), "nothing has come: cancel the order instead",
                              {{"state", order::v1::ManufacturerOrderState_Name(order->state())}});
  }
  SetAmount(total, order->currency(), order->mutable_total());
  return absl::OkStatus();
}

absl::Status CheckNothingReceived(const ManufacturerOrder& order) {
  for (const ManufacturerOrderLine& line : order.lines()) {
    ASSIGN_OR_RETURN(const Decimal there, QuantityOf(line.received_quantity(), "received_quantity"));
    if (there.is_zero()) continue;
    return FailedPrecondition("GOODS_RECEIVED", order.name(), absl::StrCat(there.ToString(), " have come already"),
                              {{"product", line.product()}, {"received", there.ToString()}});
  }
  return absl::OkStatus();
}

}  // namespace kam::contract::rules

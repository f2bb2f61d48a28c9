#include "contract-svc/rules/shipment.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "kam/order/v1/delivery.pb.h"

namespace kam::contract::rules {
namespace {

using order::v1::ArrivalCount;
using order::v1::Delivery;
using order::v1::LegEvent;
using order::v1::Shipment;
using order::v1::ShipmentException;
using order::v1::ShipmentLeg;
using order::v1::ShipmentLine;

// The last thing that happened to any leg.
absl::Time LastEvent(const Shipment& shipment) {
  absl::Time last = absl::InfinitePast();
  for (const ShipmentLeg& leg : shipment.legs()) {
    if (leg.has_departed_time()) last = std::max(last, TimeOf(leg.departed_time()));
    if (leg.has_arrived_time()) last = std::max(last, TimeOf(leg.arrived_time()));
  }
  return last;
}

absl::Status OutOfOrder(const Shipment& shipment, int number, absl::string_view what) {
  return FailedPrecondition("LEG_EVENT_OUT_OF_ORDER", shipment.name(), absl::StrCat("leg ", number, " ", what),
                            {{"leg", absl::StrCat(number)}});
}

}  // namespace

absl::Status LoadShipment(const Delivery& delivery, Shipment* shipment) {
  if (delivery.state() != order::v1::DELIVERY_STATE_PLANNED && delivery.state() != order::v1::DELIVERY_STATE_SHIPPED) {
    return FailedPrecondition("DELIVERY_NOT_OPEN", delivery.name(), "the delivery is over",
                              {{"state", order::v1::DeliveryState_Name(delivery.state())}});
  }
  shipment->set_account(delivery.account());
  shipment->set_order(delivery.order());
  shipment->clear_lines();
  for (const auto& line : delivery.lines()) {
    ShipmentLine* carried = shipment->add_lines();
    carried->set_line_number(line.line_number());
    carried->set_product(line.product());
    carried->set_quantity(line.quantity());
  }
  return absl::OkStatus();
}

absl::Status RecordLeg(int number, LegEvent event, absl::Time time, absl::Time now, Shipment* shipment) {
  if (number < 1 || number > shipment->legs_size()) {
    return InvalidField("leg", "LEG_UNKNOWN", absl::StrCat("the shipment has ", shipment->legs_size(), " legs"),
                        {{"legs", absl::StrCat(shipment->legs_size())}});
  }
  ShipmentLeg* leg = shipment->mutable_legs(number - 1);
  if (event == order::v1::LEG_EVENT_DEPARTED) {
    if (leg->has_departed_time()) return OutOfOrder(*shipment, number, "has left already");
    if (number > 1 && !shipment->legs(number - 2).has_arrived_time()) {
      return OutOfOrder(*shipment, number, "cannot leave before the leg before it has arrived");
    }
  } else {
    if (!leg->has_departed_time()) return OutOfOrder(*shipment, number, "has not left");
    if (leg->has_arrived_time()) return OutOfOrder(*shipment, number, "has arrived already");
  }
  if (time > now || time < LastEvent(*shipment)) {
    return InvalidField("time", "LEG_TIME_INVALID", "must lie between what happened last and now",
                        {{"leg", absl::StrCat(number)}});
  }
  SetTime(time, event == order::v1::LEG_EVENT_DEPARTED ? leg->mutable_departed_time() : leg->mutable_arrived_time());
  return absl::OkStatus();
}

absl::Status CountArrival(const order::v1::ArriveShipmentRequest& request, absl::string_view actor, absl::Time now,
                          Shipment* shipment) {
  std::map<int, std::pair<int, const ArrivalCount*>> counted;
  for (int i = 0; i < request.lines_size(); ++i) {
    if (!counted.emplace(request.lines(i).line_number(), std::pair(i, &request.lines(i))).second) {
      return InvalidField(absl::StrCat("lines[", i, "].line_number"), "LINE_NUMBER_REPEATED", "stands twice",
                          {{"line", absl::StrCat(request.lines(i).line_number())}});
    }
  }
  for (int i = 0; i < shipment->lines_size(); ++i) {
    ShipmentLine* line = shipment->mutable_lines(i);
    ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(line->quantity(), "quantity"));
    Decimal arrived = quantity, missing, damaged;
    const auto found = counted.find(line->line_number());
    if (found != counted.end()) {
      const auto [index, count] = found->second;
      const std::string path = absl::StrCat("lines[", index, "]");
      ASSIGN_OR_RETURN(arrived, QuantityOf(count->arrived_quantity(), path + ".arrived_quantity"));
      ASSIGN_OR_RETURN(missing, QuantityOf(count->short_quantity(), path + ".short_quantity"));
      ASSIGN_OR_RETURN(damaged, QuantityOf(count->damaged_quantity(), path + ".damaged_quantity"));
      ASSIGN_OR_RETURN(const Decimal both, Add(arrived, missing));
      ASSIGN_OR_RETURN(const Decimal sum, Add(both, damaged));
      if (sum != quantity) {
        return InvalidField(
            path, "QUANTITIES_CONTRADICT",
            absl::StrCat("line ", line->line_number(), ": arrived, short and damaged are ", sum.ToString(),
                         " together, ", quantity.ToString(), " have left"),
            {{"line", absl::StrCat(line->line_number())}, {"sum", sum.ToString()}, {"quantity", quantity.ToString()}});
      }
      counted.erase(found);
    }
    line->set_arrived_quantity(arrived.ToString());
    line->set_short_quantity(missing.ToString());
    line->set_damaged_quantity(damaged.ToString());
    const int number = line->line_number();
    if (!missing.is_zero()) {
      RETURN_IF_ERROR(AddException(order::v1::SHIPMENT_EXCEPTION_KIND_SHORTAGE, number, missing.ToString(),
                                   "short on arrival", actor, now, shipment));
    }
    if (!damaged.is_zero()) {
      RETURN_IF_ERROR(AddException(order::v1::SHIPMENT_EXCEPTION_KIND_DAMAGE, number, damaged.ToString(),
                                   "damaged on arrival", actor, now, shipment));
    }
  }
  if (!counted.empty()) {
    return InvalidField(absl::StrCat("lines[", counted.begin()->second.first, "].line_number"), "ORDER_LINE_UNKNOWN",
                        absl::StrCat("line ", counted.begin()->first, " is not part of this shipment"),
                        {{"line", absl::StrCat(counted.begin()->first)}});
  }
  SetTime(now, shipment->mutable_arrived_time());
  return absl::OkStatus();
}

absl::Status AddException(order::v1::ShipmentExceptionKind kind, int line_number, const std::string& quantity,
                          absl::string_view description, absl::string_view actor, absl::Time now, Shipment* shipment) {
  const bool known =
      line_number == 0 || std::any_of(shipment->lines().begin(), shipment->lines().end(),
                                      [&](const ShipmentLine& line) { return line.line_number() == line_number; });
  if (!known) {
    return InvalidField("line_number", "ORDER_LINE_UNKNOWN",
                        absl::StrCat("line ", line_number, " is not part of this shipment"),
                        {{"line", absl::StrCat(line_number)}});
  }
  ShipmentException* exception = shipment->add_exceptions();
  exception->set_kind(kind);
  exception->set_line_number(line_number);
  exception->set_quantity(quantity);
  exception->set_description(std::string(description));
  exception->set_reporter(std::string(actor));
  SetTime(now, exception->mutable_report_time());
  return absl::OkStatus();
}

absl::Status ResolveException(int number, absl::string_view resolution, absl::string_view actor, absl::Time now,
                              Shipment* shipment) {
  if (number < 1 || number > shipment->exceptions_size()) {
    return InvalidField("exception", "EXCEPTION_NOT_FOUND",
                        absl::StrCat("the shipment has ", shipment->exceptions_size(), " exceptions"),
                        {{"count", absl::StrCat(shipment->exceptions_size())}});
  }
  ShipmentException* exception = shipment->mutable_exceptions(number - 1);
  if (exception->resolved()) {
    return FailedPrecondition("EXCEPTION_RESOLVED", shipment->name(), "this exception is dealt with already",
                              {{"exception", absl::StrCat(number)}});
  }
  exception->set_resolved(true);
  exception->set_resolution(std::string(resolution));
  exception->set_resolver(std::string(actor));
  SetTime(now, exception->mutable_resolve_time());
  return absl::OkStatus();
}

absl::Status CheckNothingOpen(const Shipment& shipment) {
  const auto open = std::count_if(shipment.exceptions().begin(), shipment.exceptions().end(),
                                  [](const ShipmentException& exception) { return !exception.resolved(); });
  if (open == 0) return absl::OkStatus();
  return FailedPrecondition("EXCEPTIONS_OPEN", shipment.name(), absl::StrCat(open, " exceptions are not dealt with"),
                            {{"open", absl::StrCat(open)}});
}

void MarkLate(absl::string_view actor, absl::Time now, Shipment* shipment) {
  if (shipment->late()) return;
  shipment->set_late(true);
  ShipmentException* exception = shipment->add_exceptions();
  exception->set_kind(order::v1::SHIPMENT_EXCEPTION_KIND_DELAY);
  exception->set_description("not at its place at the expected time");
  exception->set_reporter(std::string(actor));
  SetTime(now, exception->mutable_report_time());
}

}  // namespace kam::contract::rules

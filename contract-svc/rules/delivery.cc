#include "contract-svc/rules/delivery.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/rules/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/checklist_template.pb.h"
#include "kam/order/v1/delivery.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/order/v1/shipment.pb.h"

namespace kam::contract::rules {
namespace {

using order::v1::ChecklistTemplate;
using order::v1::Delivery;
using order::v1::DeliveryCount;
using order::v1::DeliveryLine;
using order::v1::Order;
using order::v1::OrderLine;
using order::v1::Shipment;
using order::v1::ShipmentLine;

absl::Status SerialsIncomplete(int line, int serials, Decimal quantity) {
  return InvalidField(
      "delivery.serials", "SERIALS_INCOMPLETE",
      absl::StrCat("line ", line, " has ", serials, " serial numbers for ", quantity.ToString(), " pieces"),
      {{"line", absl::StrCat(line)}, {"serials", absl::StrCat(serials)}, {"quantity", quantity.ToString()}});
}

std::map<int, int> SerialsByLine(const Delivery& delivery) {
  std::map<int, int> serials;
  for (const auto& serial : delivery.serials()) ++serials[serial.line_number()];
  return serials;
}

absl::Status CheckSerialList(const Delivery& delivery) {
  std::set<std::string> serial_numbers;
  for (int i = 0; i < delivery.serials_size(); ++i) {
    const auto& serial = delivery.serials(i);
    if (!serial_numbers.insert(serial.serial_number()).second) {
      return InvalidField(absl::StrCat("delivery.serials[", i, "].serial_number"), "SERIAL_REPEATED",
                          "stands twice in the list", {{"serialNumber", serial.serial_number()}});
    }
    const bool known = std::any_of(delivery.lines().begin(), delivery.lines().end(), [&](const DeliveryLine& line) {
      return line.line_number() == serial.line_number();
    });
    if (!known) {
      return InvalidField("delivery.serials", "ORDER_LINE_UNKNOWN",
                          absl::StrCat("line ", serial.line_number(), " is not part of this delivery"),
                          {{"line", absl::StrCat(serial.line_number())}});
    }
  }
  return absl::OkStatus();
}

// Every step of `standard` is on the list of the delivery.
template <typename Steps>
absl::Status CheckSteps(absl::string_view field, const Steps& standard, const Delivery& delivery,
                        const std::string& name) {
  std::vector<std::string> missing;
  for (const auto& step : standard) {
    const bool there = std::any_of(delivery.checklist().begin(), delivery.checklist().end(),
                                   [&](const auto& item) { return item.title() == step.title(); });
    if (!there) missing.push_back(step.title());
  }
  if (missing.empty()) return absl::OkStatus();
  return InvalidField(field, "CHECKLIST_STEP_MISSING",
                      absl::StrCat("steps of the standard hand-over are left out: ", absl::StrJoin(missing, "; ")),
                      {{"template", name}, {"missing", absl::StrJoin(missing, "; ")}});
}

// What of a delivery line reached the customer in order; all of it in an acceptance of before there were counts.
absl::StatusOr<Decimal> AcceptedOf(const DeliveryLine& line) {
  return QuantityOf(line.accepted_quantity().empty() ? line.quantity() : line.accepted_quantity(), "accepted_quantity");
}

}  // namespace

absl::Status CheckDelivery(const Order& order, const LineQuantities& planned, Delivery* delivery) {
  std::set<int> seen;
  const std::map<int, int> serials = SerialsByLine(*delivery);
  RETURN_IF_ERROR(CheckSerialList(*delivery));
  for (int i = 0; i < delivery->lines_size(); ++i) {
    DeliveryLine* line = delivery->mutable_lines(i);
    const std::string path = absl::StrCat("delivery.lines[", i, "]");
    const OrderLine* ordered = nullptr;
    for (const OrderLine& candidate : order.lines()) {
      if (candidate.line_number() == line->line_number()) ordered = &candidate;
    }
    if (ordered == nullptr) {
      return InvalidField(path + ".line_number", "ORDER_LINE_UNKNOWN",
                          absl::StrCat("the order has no line ", line->line_number()),
                          {{"line", absl::StrCat(line->line_number())}});
    }
    if (!seen.insert(line->line_number()).second) {
      return InvalidField(path + ".line_number", "LINE_NUMBER_REPEATED", "stands twice",
                          {{"line", absl::StrCat(line->line_number())}});
    }
    line->set_product(ordered->product());
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(line->quantity(), path + ".quantity"));
    ASSIGN_OR_RETURN(const Decimal total, WantedQuantity(*ordered));
    const auto other = planned.find(line->line_number());
    const Decimal taken = other == planned.end() ? Decimal() : other->second;
    ASSIGN_OR_RETURN(const Decimal left, Subtract(total, taken));
    if (quantity > left) {
      return FailedPrecondition("QUANTITY_NOT_OPEN", order.name(),
                                absl::StrCat("line ", line->line_number(), ": ", total.ToString(), " ordered, ",
                                             taken.ToString(), " in other deliveries, ", quantity.ToString(), " asked"),
                                {{"field", path + ".quantity"},
                                 {"ordered", total.ToString()},
                                 {"planned", taken.ToString()},
                                 {"quantity", quantity.ToString()}});
    }
    const auto count = serials.find(line->line_number());
    if (count != serials.end() && quantity != Decimal::FromInt(count->second)) {
      return SerialsIncomplete(line->line_number(), count->second, quantity);
    }
  }
  if (delivery->proxy() && delivery->proxy_name().empty()) {
    return InvalidField("delivery.proxy_name", "PROXY_NAME_REQUIRED", "must say who is entrusted to take the goods");
  }
  return absl::OkStatus();
}

absl::Status CheckSchedule(const Delivery& delivery, const absl::TimeZone& zone) {
  const auto invalid = [&](absl::string_view field, absl::string_view what) {
    return InvalidField(absl::StrCat("delivery.", field), "SCHEDULE_INVALID", what,
                        {{"plannedDate", delivery.planned_date()}});
  };
  if (delivery.has_planned_start() != delivery.has_planned_end()) {
    return invalid(delivery.has_planned_start() ? "planned_end" : "planned_start",
                   "start and end of the hand-over are given together");
  }
  if (!delivery.has_planned_start()) return absl::OkStatus();
  const absl::Time start = TimeOf(delivery.planned_start()), end = TimeOf(delivery.planned_end());
  if (end <= start) return invalid("planned_end", "must be after planned_start");
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(delivery.planned_date(), "delivery.planned_date"));
  if (absl::ToCivilDay(start, zone) != day) return invalid("planned_start", "must be on the planned day");
  if (absl::ToCivilDay(end, zone) != day) return invalid("planned_end", "must be on the planned day");
  return absl::OkStatus();
}

absl::Status CheckChecklist(const ChecklistTemplate* standard, Delivery* delivery) {
  if (standard == nullptr) {
    if (delivery->checklist_size() > 0) return absl::OkStatus();
    return InvalidField("delivery.checklist", "FIELD_REQUIRED", "must be given: no template fits the product");
  }
  delivery->set_checklist_template(standard->name());
  if (delivery->checklist_size() == 0) {
    for (const auto& step : standard->steps()) delivery->add_checklist()->set_title(step.title());
    return absl::OkStatus();
  }
  return CheckSteps("delivery.checklist", standard->steps(), *delivery, standard->name());
}

absl::Status CheckStepsKept(const Delivery& planned, const Delivery& accepted) {
  return CheckSteps("checklist", planned.checklist(), accepted, planned.checklist_template());
}

absl::StatusOr<LineQuantities> LostOf(const Delivery& original) {
  LineQuantities lost;
  for (const DeliveryLine& line : original.lines()) {
    if (original.state() == order::v1::DELIVERY_STATE_REFUSED) {
      ASSIGN_OR_RETURN(lost[line.line_number()], QuantityOf(line.quantity(), "quantity"));
    } else if (original.state() == order::v1::DELIVERY_STATE_ACCEPTED) {
      ASSIGN_OR_RETURN(const Decimal missing, QuantityOf(line.short_quantity(), "short_quantity"));
      ASSIGN_OR_RETURN(const Decimal damaged, QuantityOf(line.damaged_quantity(), "damaged_quantity"));
      ASSIGN_OR_RETURN(lost[line.line_number()], Add(missing, damaged));
    }
  }
  return lost;
}

absl::StatusOr<LineQuantities> AcceptedOf(const Delivery& delivery) {
  LineQuantities accepted;
  if (delivery.state() != order::v1::DELIVERY_STATE_ACCEPTED) return accepted;
  for (const DeliveryLine& line : delivery.lines()) {
    ASSIGN_OR_RETURN(accepted[line.line_number()], AcceptedOf(line));
  }
  return accepted;
}

absl::Status CheckReshipment(const Delivery& original, const LineQuantities& reshipped, const Delivery& delivery) {
  if (original.order() != delivery.order()) {
    return InvalidField("delivery.reshipment_of", "RESHIPMENT_OF_OTHER_ORDER", "belongs to another order",
                        {{"order", original.order()}});
  }
  ASSIGN_OR_RETURN(const LineQuantities lost, LostOf(original));
  for (int i = 0; i < delivery.lines_size(); ++i) {
    const DeliveryLine& line = delivery.lines(i);
    ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(line.quantity(), "quantity"));
    const auto missing = lost.find(line.line_number());
    const auto before = reshipped.find(line.line_number());
    const Decimal loss = missing == lost.end() ? Decimal() : missing->second;
    const Decimal taken = before == reshipped.end() ? Decimal() : before->second;
    ASSIGN_OR_RETURN(const Decimal left, Subtract(loss, taken));
    if (quantity <= left) continue;
    return FailedPrecondition(
        "RESHIPMENT_EXCEEDS_LOSS", original.name(),
        absl::StrCat("line ", line.line_number(), ": ", loss.ToString(), " were short, damaged or refused, ",
                     taken.ToString(), " are re-shipped already, ", quantity.ToString(), " asked"),
        {{"field", absl::StrCat("delivery.lines[", i, "].quantity")},
         {"lost", loss.ToString()},
         {"reshipped", taken.ToString()},
         {"quantity", quantity.ToString()}});
  }
  return absl::OkStatus();
}

absl::Status CountAcceptance(const google::protobuf::RepeatedPtrField<DeliveryCount>& counts, const Shipment* arrived,
                             Delivery* delivery) {
  std::map<int, std::pair<int, const DeliveryCount*>> counted;
  for (int i = 0; i < counts.size(); ++i) {
    if (!counted.emplace(counts[i].line_number(), std::pair(i, &counts[i])).second) {
      return InvalidField(absl::StrCat("lines[", i, "].line_number"), "LINE_NUMBER_REPEATED", "stands twice",
                          {{"line", absl::StrCat(counts[i].line_number())}});
    }
  }
  Decimal accepted_total;
  for (DeliveryLine& line : *delivery->mutable_lines()) {
    ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(line.quantity(), "quantity"));
    Decimal accepted = quantity, missing, damaged;
    std::string path = "lines";
    const ShipmentLine* came = nullptr;
    if (arrived != nullptr) {
      for (const ShipmentLine& candidate : arrived->lines()) {
        if (candidate.line_number() == line.line_number()) came = &candidate;
      }
      if (came == nullptr) return Internal("the shipment does not carry the line of its delivery");
      ASSIGN_OR_RETURN(accepted, QuantityOf(came->arrived_quantity(), "arrived_quantity"));
      ASSIGN_OR_RETURN(missing, QuantityOf(came->short_quantity(), "short_quantity"));
      ASSIGN_OR_RETURN(damaged, QuantityOf(came->damaged_quantity(), "damaged_quantity"));
    }
    const Decimal came_in_order = accepted, short_on_arrival = missing;
    const auto found = counted.find(line.line_number());
    if (found != counted.end()) {
      const auto [index, count] = found->second;
      path = absl::StrCat("lines[", index, "]");
      ASSIGN_OR_RETURN(accepted, QuantityOf(count->accepted_quantity(), path + ".accepted_quantity"));
      ASSIGN_OR_RETURN(missing, QuantityOf(count->short_quantity(), path + ".short_quantity"));
      ASSIGN_OR_RETURN(damaged, QuantityOf(count->damaged_quantity(), path + ".damaged_quantity"));
      counted.erase(found);
    }
    ASSIGN_OR_RETURN(const Decimal both, Add(accepted, missing));
    ASSIGN_OR_RETURN(const Decimal sum, Add(both, damaged));
    if (sum != quantity) {
      return InvalidField(
          path, "QUANTITIES_CONTRADICT",
          absl::StrCat("line ", line.line_number(), ": accepted, short and damaged are ", sum.ToString(),
                       " together, delivered were ", quantity.ToString()),
          {{"line", absl::StrCat(line.line_number())}, {"sum", sum.ToString()}, {"quantity", quantity.ToString()}});
    }
    if (accepted > came_in_order || missing < short_on_arrival) {
      return InvalidField(path, "QUANTITY_NOT_ARRIVED",
                          absl::StrCat("line ", line.line_number(), ": ", came_in_order.ToString(),
                                       " arrived in order, ", short_on_arrival.ToString(), " did not arrive"),
                          {{"line", absl::StrCat(line.line_number())},
                           {"arrived", came_in_order.ToString()},
                           {"short", short_on_arrival.ToString()}});
    }
    line.set_accepted_quantity(accepted.ToString());
    line.set_short_quantity(missing.ToString());
    line.set_damaged_quantity(damaged.ToString());
    ASSIGN_OR_RETURN(accepted_total, Add(accepted_total, accepted));
  }
  if (!counted.empty()) {
    return InvalidField(absl::StrCat("lines[", counted.begin()->second.first, "].line_number"), "ORDER_LINE_UNKNOWN",
                        absl::StrCat("line ", counted.begin()->first, " is not part of this delivery"),
                        {{"line", absl::StrCat(counted.begin()->first)}});
  }
  if (accepted_total.is_zero()) {
    return InvalidField("lines", "NOTHING_ACCEPTED", "nothing was accepted: refuse the delivery instead");
  }
  return absl::OkStatus();
}

absl::Status CheckAcceptance(const Delivery& delivery) {
  if (delivery.signatory().empty() || delivery.signature_document().empty()) {
    return InvalidField("signatory", "SIGNATURE_REQUIRED", "goods are accepted by signature only");
  }
  if (delivery.proxy() && delivery.proxy_document().empty()) {
    return InvalidField("proxy_document", "PROXY_DOCUMENT_REQUIRED",
                        "whoever takes the goods for the customer shows that he is entrusted");
  }
  RETURN_IF_ERROR(CheckSerialList(delivery));
  const std::map<int, int> serials = SerialsByLine(delivery);
  for (const DeliveryLine& line : delivery.lines()) {
    const auto count = serials.find(line.line_number());
    if (count == serials.end()) continue;
    ASSIGN_OR_RETURN(const Decimal accepted, AcceptedOf(line));
    if (accepted != Decimal::FromInt(count->second)) {
      return SerialsIncomplete(line.line_number(), count->second, accepted);
    }
  }
  std::vector<std::string> open;
  for (const auto& item : delivery.checklist()) {
    if (!item.done()) open.push_back(item.title());
  }
  if (open.empty()) return absl::OkStatus();
  return FailedPrecondition("CHECKLIST_INCOMPLETE", delivery.name(),
                            absl::StrCat("steps of the hand-over are not done: ", absl::StrJoin(open, "; ")),
                            {{"open", absl::StrJoin(open, "; ")}});
}

absl::StatusOr<bool> CountDelivery(const Delivery& delivery, absl::string_view date, Order* order) {
  bool whole = true;
  for (OrderLine& line : *order->mutable_lines()) {
    ASSIGN_OR_RETURN(const Decimal quantity, WantedQuantity(line));
    ASSIGN_OR_RETURN(Decimal delivered, QuantityOf(line.delivered_quantity(), "delivered_quantity"));
    for (const DeliveryLine& part : delivery.lines()) {
      if (part.line_number() != line.line_number()) continue;
      ASSIGN_OR_RETURN(const Decimal more, AcceptedOf(part));
      ASSIGN_OR_RETURN(delivered, Add(delivered, more));
    }
    if (delivered > quantity) return Internal(absl::StrCat("line ", line.line_number(), " delivered beyond the order"));
    if (!delivered.is_zero()) line.set_delivered_quantity(delivered.ToString());
    whole = whole && delivered == quantity;
  }
  if (whole) order->set_delivered_date(std::string(date));
  return whole;
}

absl::StatusOr<Decimal> LineProgress::Open() const {
  Decimal open = ordered;
  for (const Decimal gone : {closed, planned, in_transit, accepted}) {
    ASSIGN_OR_RETURN(open, Subtract(open, gone));
  }
  return open;
}

absl::StatusOr<std::vector<LineProgress>> ProgressOf(const Order& order, const std::vector<Delivery>& deliveries) {
  std::vector<LineProgress> progress;
  for (const OrderLine& line : order.lines()) {
    LineProgress of;
    of.line_number = line.line_number();
    of.product = line.product();
    ASSIGN_OR_RETURN(of.ordered, QuantityOf(line.quantity(), "quantity"));
    ASSIGN_OR_RETURN(of.closed, QuantityOf(line.closed_quantity(), "closed_quantity"));
    ASSIGN_OR_RETURN(of.invoiced, QuantityOf(line.invoiced_quantity(), "invoiced_quantity"));
    for (const Delivery& delivery : deliveries) {
      if (delivery.state() == order::v1::DELIVERY_STATE_CANCELLED) continue;
      for (const DeliveryLine& part : delivery.lines()) {
        if (part.line_number() != of.line_number) continue;
        ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(part.quantity(), "quantity"));
        if (!delivery.reshipment_of().empty()) {
          ASSIGN_OR_RETURN(of.reshipped, Add(of.reshipped, quantity));
        }
        if (delivery.state() == order::v1::DELIVERY_STATE_ACCEPTED) {
          ASSIGN_OR_RETURN(const Decimal accepted, AcceptedOf(part));
          ASSIGN_OR_RETURN(const Decimal missing, QuantityOf(part.short_quantity(), "short_quantity"));
          ASSIGN_OR_RETURN(const Decimal damaged, QuantityOf(part.damaged_quantity(), "damaged_quantity"));
          ASSIGN_OR_RETURN(of.accepted, Add(of.accepted, accepted));
          ASSIGN_OR_RETURN(of.short_of, Add(of.short_of, missing));
          ASSIGN_OR_RETURN(of.damaged, Add(of.damaged, damaged));
          continue;
        }
        Decimal& sum = delivery.state() == order::v1::DELIVERY_STATE_PLANNED   ? of.planned
                       : delivery.state() == order::v1::DELIVERY_STATE_SHIPPED ? of.in_transit
                                                                               : of.refused;
        ASSIGN_OR_RETURN(sum, Add(sum, quantity));
      }
    }
    progress.push_back(std::move(of));
  }
  return progress;
}

}  // namespace kam::contract::rules

// Rules of deliveries: hand-over, counts at acceptance, re-shipment (C-22, C-23). Pure functions.
//
// Of every order line, at any time: what left = accepted + short + damaged + refused + on its way; what was lost
// (short, damaged, refused) is re-shipped at most once; accepted, and with it invoiced, never more than ordered.
#ifndef KAM_CONTRACT_SVC_RULES_DELIVERY_H_
#define KAM_CONTRACT_SVC_RULES_DELIVERY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/money/decimal.h"

namespace kam::order::v1 {
class ChecklistTemplate;
class Delivery;
class DeliveryCount;
class Order;
class Shipment;
}  // namespace kam::order::v1

namespace google::protobuf {
template <typename T>
class RepeatedPtrField;
}

namespace kam::contract::rules {

// Quantities by line number.
using LineQuantities = std::map<int, Decimal>;

// A delivery against what is ordered; `planned`: quantities of the other living deliveries by line.
// QUANTITY_NOT_OPEN, ORDER_LINE_UNKNOWN, LINE_NUMBER_REPEATED, SERIAL_REPEATED, SERIALS_INCOMPLETE,
// PROXY_NAME_REQUIRED. Sets the products of the lines.
absl::Status CheckDelivery(const order::v1::Order& order, const LineQuantities& planned, order::v1::Delivery* delivery);

// Start and end of the hand-over: both or none, on the planned day, the end after the start. SCHEDULE_INVALID.
absl::Status CheckSchedule(const order::v1::Delivery& delivery, const absl::TimeZone& zone);

// Takes the steps of the template when the delivery brings none; otherwise none of them may be missing:
// CHECKLIST_STEP_MISSING. Without a template the delivery brings its own: FIELD_REQUIRED.
absl::Status CheckChecklist(const order::v1::ChecklistTemplate* standard, order::v1::Delivery* delivery);

// The steps that were planned are all there at the acceptance, done or not: CHECKLIST_STEP_MISSING.
absl::Status CheckStepsKept(const order::v1::Delivery& planned, const order::v1::Delivery& accepted);

// What of `original` was lost, by line: short and damaged of an accepted delivery, everything of a refused one, nothing
// of others.
absl::StatusOr<LineQuantities> LostOf(const order::v1::Delivery& original);
// What of a delivery the customer accepted, by line; nothing before he did.
absl::StatusOr<LineQuantities> AcceptedOf(const order::v1::Delivery& delivery);

// A re-shipment replaces what was lost of the original, once. `reshipped`: quantities of the other re-shipments of the
// same original that were not cancelled. RESHIPMENT_OF_OTHER_ORDER, RESHIPMENT_EXCEEDS_LOSS.
absl::Status CheckReshipment(const order::v1::Delivery& original, const LineQuantities& reshipped,
                             const order::v1::Delivery& delivery);

// Writes what the customer accepts, line by line. `arrived`: the counted shipment of the delivery, null when it has
// none; lines that are not counted here are accepted as they arrived. ORDER_LINE_UNKNOWN, LINE_NUMBER_REPEATED,
// QUANTITIES_CONTRADICT, QUANTITY_NOT_ARRIVED, NOTHING_ACCEPTED.
absl::Status CountAcceptance(const google::protobuf::RepeatedPtrField<order::v1::DeliveryCount>& counts,
                             const order::v1::Shipment* arrived, order::v1::Delivery* delivery);

// Everything that a signed acceptance needs: SIGNATURE_REQUIRED, PROXY_DOCUMENT_REQUIRED, CHECKLIST_INCOMPLETE naming
// the open steps, SERIALS_INCOMPLETE.
absl::Status CheckAcceptance(const order::v1::Delivery& delivery);

// Counts what was accepted of a delivery. True when the whole order is delivered.
absl::StatusOr<bool> CountDelivery(const order::v1::Delivery& delivery, absl::string_view date,
                                   order::v1::Order* order);

// Where the goods of one order line are.
struct LineProgress {
  int line_number = 0;
  std::string product;
  Decimal ordered, closed, planned, in_transit, accepted, short_of, damaged, refused, reshipped, invoiced;

  // Ordered, and neither closed, nor accepted, nor on its way or planned.
  absl::StatusOr<Decimal> Open() const;
};
// Over all deliveries of the order.
absl::StatusOr<std::vector<LineProgress>> ProgressOf(const order::v1::Order& order,
                                                     const std::vector<order::v1::Delivery>& deliveries);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_DELIVERY_H_

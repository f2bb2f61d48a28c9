// Rules of shipments: legs in their order, counts on arrival, exceptions (C-23). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_SHIPMENT_H_
#define KAM_CONTRACT_SVC_RULES_SHIPMENT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kam/order/v1/shipment_service.pb.h"

namespace kam::order::v1 {
class Delivery;
}  // namespace kam::order::v1

namespace kam::contract::rules {

// Carries the goods of a delivery that has not been handed over: DELIVERY_NOT_OPEN.
absl::Status LoadShipment(const order::v1::Delivery& delivery, order::v1::Shipment* shipment);

// Leg `number` (from 1) has left or arrived at `time`. LEG_UNKNOWN, LEG_EVENT_OUT_OF_ORDER, LEG_TIME_INVALID (in the
// future, or before what happened last).
absl::Status RecordLeg(int number, order::v1::LegEvent event, absl::Time time, absl::Time now,
                       order::v1::Shipment* shipment);

// Counts the goods at their place; what is short or damaged becomes an exception reported by `actor`.
// LINE_NUMBER_REPEATED, ORDER_LINE_UNKNOWN, QUANTITIES_CONTRADICT.
absl::Status CountArrival(const order::v1::ArriveShipmentRequest& request, absl::string_view actor, absl::Time now,
                          order::v1::Shipment* shipment);

// ORDER_LINE_UNKNOWN.
absl::Status AddException(order::v1::ShipmentExceptionKind kind, int line_number, const std::string& quantity,
                          absl::string_view description, absl::string_view actor, absl::Time now,
                          order::v1::Shipment* shipment);

// Exception `number` (from 1). EXCEPTION_NOT_FOUND, EXCEPTION_RESOLVED.
absl::Status ResolveException(int number, absl::string_view resolution, absl::string_view actor, absl::Time now,
                              order::v1::Shipment* shipment);

// EXCEPTIONS_OPEN, naming how many.
absl::Status CheckNothingOpen(const order::v1::Shipment& shipment);

// The expected time has passed and it is not there: late, once, with an exception for those who coordinate.
void MarkLate(absl::string_view actor, absl::Time now, order::v1::Shipment* shipment);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_SHIPMENT_H_

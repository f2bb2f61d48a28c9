// Rules of customer training. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_CUSTOMER_TRAINING_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_CUSTOMER_TRAINING_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "kam/account/v1/customer_training.pb.h"

namespace kam::account::v1 {
class ConfirmDocumentDeliveryRequest;
class DocumentDelivery;
class EvaluateCustomerTrainingRequest;
class HoldCustomerTrainingRequest;
}  // namespace kam::account::v1

namespace kam::account::rules {

// PERIOD_INVALID; ATTENDEE_REQUIRED for an attendee who is neither a contact nor has a name.
absl::Status CheckTraining(const v1::CustomerTraining& training);
// TRAINING_NOT_PLANNED.
absl::Status CheckTrainingUpdate(const v1::CustomerTraining& before);
// PERIOD_NOT_BEGUN before its begin, MATERIAL_REQUIRED, ATTENDANCE_REQUIRED, ATTENDEE_UNKNOWN, ATTENDEE_REQUIRED;
// DATE_IN_FUTURE, DATE_TOO_EARLY for a day before that of its begin.
absl::Status HoldTraining(const v1::HoldCustomerTrainingRequest& request, absl::Time now, absl::TimeZone zone,
                          v1::CustomerTraining* training);
// FEEDBACK_REQUIRED without a score of somebody who was there, ATTENDEE_UNKNOWN. Sets the mean and the next day by
// usage.
absl::Status EvaluateTraining(const v1::EvaluateCustomerTrainingRequest& request, const Policy& policy,
                              v1::CustomerTraining* training);

// FIELD_OUT_OF_RANGE for a document that is sent on a day to come.
absl::Status CheckSent(const v1::DocumentDelivery& delivery, absl::string_view today);
// The customer has the document: whom it was sent to unless somebody else is named, today unless a day is given.
// FIELD_OUT_OF_RANGE for a day before it was sent or to come.
absl::Status ConfirmReceipt(const v1::ConfirmDocumentDeliveryRequest& request, absl::string_view actor,
                            absl::string_view today, v1::DocumentDelivery* delivery);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_CUSTOMER_TRAINING_RULES_H_

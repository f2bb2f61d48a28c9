#include "account-svc/rules/customer_training_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/customer_training_service.pb.h"
#include "kam/account/v1/document_delivery.pb.h"

namespace kam::account::rules {
namespace {

absl::Status AttendeeUnknown(const std::string& field, int number, int count) {
  return InvalidField(field, "ATTENDEE_UNKNOWN",
                      absl::StrCat("is ", number, "; the attendees who count here are some of 1 to ", count),
                      {{"value", absl::StrCat(number)}, {"limit", absl::StrCat(count)}});
}

}  // namespace

absl::Status CheckTraining(const v1::CustomerTraining& training) {
  if (FromTimestamp(training.planned_end()) <= FromTimestamp(training.planned_start())) {
    return InvalidField("customer_training.planned_end", "PERIOD_INVALID", "must be after the planned begin");
  }
  for (int i = 0; i < training.attendees_size(); ++i) {
    if (!training.attendees(i).contact().empty() || !training.attendees(i).attendee().empty()) continue;
    return InvalidField(absl::StrCat("customer_training.attendees[", i, "].attendee"), "ATTENDEE_REQUIRED",
                        "a contact or a name is needed");
  }
  return absl::OkStatus();
}

absl::Status CheckTrainingUpdate(const v1::CustomerTraining& before) {
  if (before.state() == v1::CUSTOMER_TRAINING_STATE_PLANNED) return absl::OkStatus();
  return FailedPrecondition("TRAINING_NOT_PLANNED", before.name(),
                            absl::StrCat("the training is ", v1::CustomerTrainingState_Name(before.state()),
                                         "; it changes while it is planned"),
                            {{"state", v1::CustomerTrainingState_Name(before.state())}});
}

absl::Status HoldTraining(const v1::HoldCustomerTrainingRequest& request, absl::Time now, absl::TimeZone zone,
                          v1::CustomerTraining* training) {
  if (now < FromTimestamp(training->planned_start())) {
    return FailedPrecondition("PERIOD_NOT_BEGUN", training->name(), "the training has not begun");
  }
  if (training->materials_size() == 0) {
    return FailedPrecondition("MATERIAL_REQUIRED", training->name(),
                              "a training has material in its version before it is held");
  }
  const std::string today = TodayText(now, zone);
  const std::string day = request.held_date().empty() ? today : request.held_date();
  RETURN_IF_ERROR(CheckNotLater(day, today, "held_date"));
  RETURN_IF_ERROR(CheckNotEarlier(day, TodayText(FromTimestamp(training->planned_start()), zone), "held_date",
                                  "the planned begin"));
  if (request.attended_size() == 0 && request.unexpected_size() == 0) {
    return InvalidField("attended", "ATTENDANCE_REQUIRED", "somebody was there, or the training is called off");
  }
  for (int i = 0; i < request.attended_size(); ++i) {
    const int number = request.attended(i);
    if (number < 1 || number > training->attendees_size()) {
      return AttendeeUnknown(absl::StrCat("attended[", i, "]"), number, training->attendees_size());
    }
    training->mutable_attendees(number - 1)->set_attended(true);
  }
  for (int i = 0; i < request.unexpected_size(); ++i) {
    const v1::TrainingAttendee& came = request.unexpected(i);
    if (came.contact().empty() && came.attendee().empty()) {
      return InvalidField(absl::StrCat("unexpected[", i, "].attendee"), "ATTENDEE_REQUIRED",
                          "a contact or a name is needed");
    }
    // Whoever is on the list already is there once.
    auto* all = training->mutable_attendees();
    const auto known = std::find_if(all->begin(), all->end(), [&](const v1::TrainingAttendee& at) {
      return !came.contact().empty() && at.contact() == came.contact();
    });
    if (known != all->end()) {
      known->set_attended(true);
      continue;
    }
    v1::TrainingAttendee& attendee = *training->add_attendees();
    attendee.set_contact(came.contact());
    attendee.set_attendee(came.attendee());
    attendee.set_attended(true);
  }
  training->set_held_date(day);
  return absl::OkStatus();
}

absl::Status EvaluateTraining(const v1::EvaluateCustomerTrainingRequest& request, const Policy& policy,
                              v1::CustomerTraining* training) {
  int sum = 0, scores = 0;
  for (int i = 0; i < request.feedback_size(); ++i) {
    const v1::AttendeeFeedback& said = request.feedback(i);
    if (said.attendee() < 1 || said.attendee() > training->attendees_size() ||
        !training->attendees(said.attendee() - 1).attended()) {
      return AttendeeUnknown(absl::StrCat("feedback[", i, "].attendee"), said.attendee(), training->attendees_size());
    }
    v1::TrainingAttendee& attendee = *training->mutable_attendees(said.attendee() - 1);
    attendee.set_score(said.score());
    attendee.set_feedback(said.feedback());
  }
  for (const v1::TrainingAttendee& attendee : training->attendees()) {
    if (attendee.score() == 0) continue;
    sum += attendee.score();
    ++scores;
  }
  if (scores == 0) {
    return InvalidField("feedback", "FEEDBACK_REQUIRED", "needs the score of somebody who was there");
  }
  training->set_average_score(MeanText(sum, scores));
  training->set_summary(request.summary());
  if (request.usage() != v1::PRODUCT_USAGE_UNSPECIFIED) training->set_usage(request.usage());
  const auto at = static_cast<size_t>(training->usage());
  ASSIGN_OR_RETURN(
      *training->mutable_next_due_date(),
      AddMonths(training->held_date(), policy.training_months[at < policy.training_months.size() ? at : 0]));
  return absl::OkStatus();
}

absl::Status CheckSent(const v1::DocumentDelivery& delivery, absl::string_view today) {
  if (delivery.sent_date() <= today) return absl::OkStatus();
  return InvalidField("document_delivery.sent_date", "FIELD_OUT_OF_RANGE",
                      absl::StrCat("is ", delivery.sent_date(), "; what was sent was sent until today, ", today),
                      {{"value", delivery.sent_date()}, {"limit", std::string(today)}});
}

absl::Status ConfirmReceipt(const v1::ConfirmDocumentDeliveryRequest& request, absl::string_view actor,
                            absl::string_view today, v1::DocumentDelivery* delivery) {
  const std::string day = request.receipt_date().empty() ? std::string(today) : request.receipt_date();
  if (day < delivery->sent_date() || day > today) {
    return InvalidField(
        "receipt_date", "FIELD_OUT_OF_RANGE",
        absl::StrCat("is ", day, "; must be from ", delivery->sent_date(), ", when it was sent, to today"),
        {{"value", day}, {"limit", delivery->sent_date()}});
  }
  delivery->set_receipt_date(day);
  delivery->set_receiver(request.receiver().empty() ? delivery->contact() : request.receiver());
  delivery->set_receipt(request.receipt());
  delivery->set_confirmer(std::string(actor));
  return absl::OkStatus();
}

}  // namespace kam::account::rules

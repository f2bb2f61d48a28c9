// Rules of delivery projects (C-26). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_PROJECT_H_
#define KAM_CONTRACT_SVC_RULES_PROJECT_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "kam/order/v1/delivery_project.pb.h"

namespace kam::contract::rules {

// PROJECT_DATES_CONTRADICT: a milestone outside of the project, or an end before the start.
absl::Status CheckProjectDates(const order::v1::DeliveryProject& project);
// The goals of both sides are known, and the milestones make up the whole: PROJECT_GOALS_MISSING, MILESTONE_WEIGHTS.
absl::Status CheckStart(const order::v1::DeliveryProject& project);
// What may change of a project that runs: who leads it, resources, risks, remark. PROJECT_FROZEN.
absl::Status CheckProjectUpdate(const order::v1::DeliveryProject& before, const order::v1::DeliveryProject& after);
// Milestone `number` (from 1). MILESTONE_UNKNOWN, MILESTONE_REACHED, FIELD_OUT_OF_RANGE (a day to come, or before the
// start).
absl::Status ReachMilestone(int number, absl::string_view done_date, absl::string_view document,
                            absl::string_view today, order::v1::DeliveryProject* project);
// It was not reached after all. MILESTONE_UNKNOWN, MILESTONE_NOT_REACHED.
absl::Status TakeBackMilestone(int number, order::v1::DeliveryProject* project);
// PROJECT_INCOMPLETE naming milestones and risks that are open.
absl::Status CheckComplete(const order::v1::DeliveryProject& project);
// PROJECT_NOT_RUNNING.
absl::Status CheckRunning(const order::v1::DeliveryProject& project);
// An approved change moves the end and the milestones that are not reached, or puts others in their place.
// PROJECT_DATES_CONTRADICT, MILESTONE_WEIGHTS.
absl::Status ApplyChange(const order::v1::ProjectChange& change, order::v1::DeliveryProject* project);
// Takes account, progress and open risks of the project. RECIPIENT_REQUIRED.
absl::Status FillReport(const order::v1::DeliveryProject& project, order::v1::ProjectReport* report);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_PROJECT_H_

#include "contract-svc/rules/project.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"

namespace kam::contract::rules {
namespace {

using order::v1::DeliveryProject;
using order::v1::ProjectChange;
using order::v1::ProjectMilestone;
using order::v1::ProjectReport;
using order::v1::ProjectRisk;

constexpr int kWhole = 100;

// The milestones make up the whole.
absl::Status CheckWeights(const DeliveryProject& project) {
  int sum = 0;
  for (const ProjectMilestone& milestone : project.milestones()) sum += milestone.weight();
  if (sum == kWhole) return absl::OkStatus();
  return FailedPrecondition("MILESTONE_WEIGHTS", project.name(),
                            absl::StrCat("the weights of the milestones add up to ", sum, ", not to ", kWhole),
                            {{"sum", absl::StrCat(sum)}, {"expected", absl::StrCat(kWhole)}});
}

absl::StatusOr<ProjectMilestone*> Milestone(int number, DeliveryProject* project) {
  if (number >= 1 && number <= project->milestones_size()) return project->mutable_milestones(number - 1);
  return InvalidField("milestone", "MILESTONE_UNKNOWN",
                      absl::StrCat("the project has ", project->milestones_size(), " milestones"),
                      {{"count", absl::StrCat(project->milestones_size())}});
}

int64_t OpenRisks(const DeliveryProject& project) {
  return std::count_if(project.risks().begin(), project.risks().end(),
                       [](const ProjectRisk& risk) { return !risk.closed(); });
}

}  // namespace

absl::Status CheckProjectDates(const DeliveryProject& project) {
  const auto contradict = [&](const std::string& field, absl::string_view what) {
    return InvalidField(absl::StrCat("delivery_project.", field), "PROJECT_DATES_CONTRADICT", what,
                        {{"startDate", project.start_date()}, {"dueDate", project.due_date()}});
  };
  if (project.due_date() < project.start_date()) return contradict("due_date", "is before start_date");
  for (int i = 0; i < project.milestones_size(); ++i) {
    const std::string& due = project.milestones(i).due_date();
    if (due >= project.start_date() && due <= project.due_date()) continue;
    return contradict(absl::StrCat("milestones[", i, "].due_date"), "lies outside of the project");
  }
  return absl::OkStatus();
}

absl::Status CheckStart(const DeliveryProject& project) {
  if (project.customer_goal().empty() || project.own_goal().empty()) {
    return FailedPrecondition(
        "PROJECT_GOALS_MISSING", project.name(), "the goals of both sides are written down before it starts",
        {{"field", project.customer_goal().empty() ? "delivery_project.customer_goal" : "delivery_project.own_goal"}});
  }
  return CheckWeights(project);
}

absl::Status CheckProjectUpdate(const DeliveryProject& before, const DeliveryProject& after) {
  if (before.state() == order::v1::DELIVERY_PROJECT_STATE_PLANNED) return CheckProjectDates(after);
  const auto frozen = [&](absl::string_view what) {
    return FailedPrecondition("PROJECT_FROZEN", before.name(), what,
                              {{"state", order::v1::DeliveryProjectState_Name(before.state())}});
  };
  if (before.state() != order::v1::DELIVERY_PROJECT_STATE_RUNNING) return frozen("the project is over");
  DeliveryProject rest = after;
  *rest.mutable_resources() = before.resources();
  *rest.mutable_risks() = before.risks();
  rest.set_remark(before.remark());
  rest.set_manager(before.manager());
  if (rest.SerializeAsString() == before.SerializeAsString()) return absl::OkStatus();
  return frozen("the plan of a running project changes by a change request");
}

absl::Status ReachMilestone(int number, absl::string_view done_date, absl::string_view document,
                            absl::string_view today, DeliveryProject* project) {
  ASSIGN_OR_RETURN(ProjectMilestone* const milestone, Milestone(number, project));
  if (!milestone->done_date().empty()) {
    return FailedPrecondition("MILESTONE_REACHED", project->name(), "this milestone is reached already",
                              {{"milestone", absl::StrCat(number)}, {"doneDate", milestone->done_date()}});
  }
  if (done_date > today || done_date < absl::string_view(project->start_date())) {
    return InvalidField("done_date", "FIELD_OUT_OF_RANGE", "must lie between the start of the project and today",
                        {{"startDate", project->start_date()}, {"today", std::string(today)}});
  }
  milestone->set_done_date(std::string(done_date));
  milestone->set_document(std::string(document));
  project->set_progress_percent(project->progress_percent() + milestone->weight());
  return absl::OkStatus();
}

absl::Status TakeBackMilestone(int number, DeliveryProject* project) {
  ASSIGN_OR_RETURN(ProjectMilestone* const milestone, Milestone(number, project));
  if (milestone->done_date().empty()) {
    return FailedPrecondition("MILESTONE_NOT_REACHED", project->name(), "this milestone is not reached",
                              {{"milestone", absl::StrCat(number)}});
  }
  milestone->clear_done_date();
  milestone->clear_document();
  project->set_progress_percent(project->progress_percent() - milestone->weight());
  return absl::OkStatus();
}

absl::Status CheckComplete(const DeliveryProject& project) {
  std::vector<std::string> open;
  for (const ProjectMilestone& milestone : project.milestones()) {
    if (milestone.done_date().empty()) open.push_back(milestone.title());
  }
  for (const ProjectRisk& risk : project.risks()) {
    if (!risk.closed()) open.push_back(risk.title());
  }
  if (open.empty()) return absl::OkStatus();
  return FailedPrecondition("PROJECT_INCOMPLETE", project.name(),
                            absl::StrCat("milestones or risks are open: ", absl::StrJoin(open, "; ")),
                            {{"open", absl::StrJoin(open, "; ")}});
}

absl::Status CheckRunning(const DeliveryProject& project) {
  if (project.state() == order::v1::DELIVERY_PROJECT_STATE_RUNNING) return absl::OkStatus();
  return FailedPrecondition("PROJECT_NOT_RUNNING", project.name(), "the project does not run",
                            {{"state", order::v1::DeliveryProjectState_Name(project.state())}, {"allowed", "RUNNING"}});
}

absl::Status ApplyChange(const ProjectChange& change, DeliveryProject* project) {
  if (change.shift_days() == 0 && change.milestones().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string due, AddDays(project->due_date(), change.shift_days()));
  // What was reached stays where it was, also when the end comes before it.
  DeliveryProject reached = *project, open = *project;
  reached.set_due_date(due);
  reached.clear_milestones();
  open.set_due_date(due);
  open.clear_milestones();
  for (const ProjectMilestone& milestone : project->milestones()) {
    *(milestone.done_date().empty() ? open : reached).add_milestones() = milestone;
  }
  if (change.milestones().empty()) {
    for (ProjectMilestone& milestone : *open.mutable_milestones()) {
      ASSIGN_OR_RETURN(const std::string moved, AddDays(milestone.due_date(), change.shift_days()));
      milestone.set_due_date(moved);
    }
  } else {
    *open.mutable_milestones() = change.milestones();
  }
  RETURN_IF_ERROR(CheckProjectDates(open));
  if (change.milestones().empty()) {
    // In their places, the reached ones between them.
    int next = 0;
    for (ProjectMilestone& milestone : *project->mutable_milestones()) {
      if (milestone.done_date().empty()) milestone = open.milestones(next++);
    }
    project->set_due_date(due);
    return absl::OkStatus();
  }
  reached.mutable_milestones()->MergeFrom(open.milestones());
  RETURN_IF_ERROR(CheckWeights(reached));
  *project = std::move(reached);
  return absl::OkStatus();
}

absl::Status FillReport(const DeliveryProject& project, ProjectReport* report) {
  RETURN_IF_ERROR(CheckRunning(project));
  if (report->kind() == order::v1::PROJECT_REPORT_KIND_CUSTOMER_REPORT && report->recipient().empty()) {
    return InvalidField("project_report.recipient", "RECIPIENT_REQUIRED", "a report to the customer names who got it");
  }
  report->set_account(project.account());
  report->set_progress_percent(project.progress_percent());
  report->set_open_risks(static_cast<int32_t>(OpenRisks(project)));
  return absl::OkStatus();
}

}  // namespace kam::contract::rules

// kam.order.v1.DeliveryProjectService (C-26).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "contract-svc/orders/order_parts.h"
#include "contract-svc/rules/project.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/delivery_project_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.order.v1.DeliveryProjectService";
constexpr char kDueInspection[] = "delivery_project.inspection";
// Monthly, when the project does not say otherwise (每月定期巡视).
constexpr int kInspectionDaysDefault = 31;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// When a running project that was looked at then is inspected again.
absl::Time NextInspection(const pb::DeliveryProject& project, absl::Time inspected) {
  const int days = project.inspection_days() > 0 ? project.inspection_days() : kInspectionDaysDefault;
  return inspected + absl::Hours(24) * days;
}

absl::Status WatchInspection(UnitOfWork& work, const pb::DeliveryProject& project, absl::Time inspected) {
  return schedule::Schedule(work, kDueInspection, project.name(), NextInspection(project, inspected));
}

// The contract that is carried out is one with the customer of the project.
absl::Status CheckContract(UnitOfWork& work, const pb::DeliveryProject& project) {
  if (project.contract().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT 1 FROM contracts c WHERE c.id = ? AND c.account = ?",
                                           {IdOf(project.contract()), IdOf(project.account())}));
  if (!rows.empty()) return absl::OkStatus();
  // Whether it is there for somebody else is not said.
  return InvalidField("delivery_project.contract", "REFERENCE_NOT_FOUND", "does not exist with this customer",
                      {{"reference", project.contract()}});
}

// The project a change or a report is about, locked and within the caller's reach.
absl::StatusOr<pb::DeliveryProject> LockProject(UnitOfWork& work, const std::string& project, absl::string_view field) {
  absl::StatusOr<pb::DeliveryProject> found = work.Load<pb::DeliveryProject>(project, work.level());
  if (absl::IsNotFound(found.status())) {
    return InvalidField(field, "REFERENCE_NOT_FOUND", "does not exist", {{"reference", project}});
  }
  return found;
}

absl::Status Report(const Context& context, UnitOfWork& work, pb::ProjectReport* report) {
  RETURN_IF_ERROR(Validate(work, *report));
  ASSIGN_OR_RETURN(const pb::DeliveryProject project, LockProject(work, report->project(), "project_report.project"));
  const std::string today = context.Today(work.now());
  if (report->report_date().empty()) report->set_report_date(today);
  if (report->report_date() > today) {
    return InvalidField("project_report.report_date", "FIELD_OUT_OF_RANGE", "must not be in the future",
                        {{"today", today}});
  }
  if (report->report_date() < project.start_date()) {
    return InvalidField("project_report.report_date", "FIELD_OUT_OF_RANGE", "is before the project began",
                        {{"startDate", project.start_date()}});
  }
  RETURN_IF_ERROR(rules::FillReport(project, report));
  report->set_reporter(work.actor().subject);
  if (report->kind() != pb::PROJECT_REPORT_KIND_INSPECTION) return absl::OkStatus();
  // An earlier one that is written down late changes nothing.
  if (report->report_date() < project.inspected_date()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::Time day_end, context.EndOf(report->report_date()));
  const absl::Time inspected = std::min(work.now(), day_end);
  Change<pb::DeliveryProject> change{project, project};
  change.after.set_inspected_date(report->report_date());
  change.after.set_inspection_overdue(NextInspection(project, inspected) <= work.now());
  RETURN_IF_ERROR(work.Save(std::move(change)).status());
  return WatchInspection(work, project, inspected);
}

void SetHooks(const Context& context) {
  resource::Hooks projects;
  projects.prepare = PrepareNames(context);
  projects.on_create =
      resource::OnCreate<pb::DeliveryProject>([](UnitOfWork& work, pb::DeliveryProject* project) -> absl::Status {
        RETURN_IF_ERROR(Validate(work, *project));
        project->set_state(pb::DELIVERY_PROJECT_STATE_PLANNED);
        RETURN_IF_ERROR(CheckContract(work, *project));
        return rules::CheckProjectDates(*project);
      });
  projects.on_update = resource::OnUpdate<pb::DeliveryProject>(
      [](UnitOfWork& work, const pb::DeliveryProject& before, pb::DeliveryProject* after) -> absl::Status {
        if (before.contract() != after->contract()) RETURN_IF_ERROR(CheckContract(work, *after));
        return rules::CheckProjectUpdate(before, *after);
      });
  context.runtime.SetHooks(pb::DeliveryProject::descriptor(), std::move(projects));

  resource::Hooks changes;
  changes.prepare = PrepareNames(context);
  changes.on_create = resource::OnCreate<pb::ProjectChange>([](UnitOfWork& work,
                                                               pb::ProjectChange* change) -> absl::Status {
    RETURN_IF_ERROR(Validate(work, *change));
    ASSIGN_OR_RETURN(const pb::DeliveryProject project, LockProject(work, change->project(), "project_change.project"));
    RETURN_IF_ERROR(rules::CheckRunning(project));
    // Nobody is asked to decide what could not be carried out.
    pb::DeliveryProject plan = project;
    RETURN_IF_ERROR(rules::ApplyChange(*change, &plan));
    change->set_account(project.account());
    change->set_requester(work.actor().subject);
    change->set_state(pb::PROJECT_CHANGE_STATE_PROPOSED);
    return absl::OkStatus();
  });
  context.runtime.SetHooks(pb::ProjectChange::descriptor(), std::move(changes));

  resource::Hooks reports;
  reports.prepare = PrepareNames(context);
  reports.on_create = resource::OnCreate<pb::ProjectReport>(
      [context](UnitOfWork& work, pb::ProjectReport* report) { return Report(context, work, report); });
  context.runtime.SetHooks(pb::ProjectReport::descriptor(), std::move(reports));
}

// Locks the project, then the change.
absl::StatusOr<pb::ProjectChange> Decide(const Context& context, rpc::Call& call,
                                         const pb::DecideProjectChangeRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::ProjectChange>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ProjectChange> {
        ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                         work.connection().Query("SELECT c.project FROM project_changes c WHERE c.id = ?",
                                                 {mysql::Value(IdOf(request.name()))}));
        if (rows.empty()) return NotFound(request.name());
        ASSIGN_OR_RETURN(const pb::DeliveryProject project,
                         work.Load<pb::DeliveryProject>(absl::StrCat("deliveryProjects/", rows[0][0].text())));
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::ProjectChange>(request));
        if (!request.approve()) RETURN_IF_ERROR(rules::CheckReason(request.reason()));
        RETURN_IF_ERROR(rules::CheckOtherPerson(change.before.name(), work.actor().subject, change.before.requester(),
                                                "asked for the change"));
        change.after.set_state(request.approve() ? pb::PROJECT_CHANGE_STATE_APPROVED
                                                 : pb::PROJECT_CHANGE_STATE_REJECTED);
        change.after.set_decider(work.actor().subject);
        change.after.set_decide_reason(request.reason());
        SetTime(work.now(), change.after.mutable_decide_time());
        if (request.approve()) {
          RETURN_IF_ERROR(rules::CheckRunning(project));
          Change<pb::DeliveryProject> plan{project, project};
          RETURN_IF_ERROR(rules::ApplyChange(change.before, &plan.after));
          RETURN_IF_ERROR(work.Save(std::move(plan)).status());
        }
        return work.Save(std::move(change));
      });
}

}  // namespace

void RegisterDeliveryProjects(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  SetHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<pb::DeliveryProject, pb::StartDeliveryProjectRequest>(
      context, Rpc("StartDeliveryProject"), registry,
      [](UnitOfWork& work, const auto&, pb::DeliveryProject* project) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckStart(*project));
        return WatchInspection(work, *project, work.now());
      });
  AddVerb<pb::DeliveryProject, pb::ReachMilestoneRequest>(
      context, Rpc("ReachMilestone"), registry,
      [context](UnitOfWork& work, const auto& request, pb::DeliveryProject* project) {
        const std::string today = context.Today(work.now());
        return rules::ReachMilestone(request.milestone(), request.done_date().empty() ? today : request.done_date(),
                                     request.document(), today, project);
      });
  AddVerb<pb::DeliveryProject, pb::TakeBackMilestoneRequest>(
      context, Rpc("TakeBackMilestone"), registry,
      [](UnitOfWork&, const auto& request, pb::DeliveryProject* project) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckReason(request.reason()));
        return rules::TakeBackMilestone(request.milestone(), project);
      });
  AddVerb<pb::DeliveryProject, pb::CompleteDeliveryProjectRequest>(
      context, Rpc("CompleteDeliveryProject"), registry,
      [context](UnitOfWork& work, const auto&, pb::DeliveryProject* project) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckComplete(*project));
        project->set_completed_date(context.Today(work.now()));
        return schedule::Cancel(work, kDueInspection, project->name());
      });
  AddVerb<pb::DeliveryProject, pb::CancelDeliveryProjectRequest>(
      context, Rpc("CancelDeliveryProject"), registry,
      [](UnitOfWork& work, const auto& request, pb::DeliveryProject* project) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckReason(request.reason()));
        project->set_cancel_reason(request.reason());
        return schedule::Cancel(work, kDueInspection, project->name());
      });
  registry->Add<pb::DecideProjectChangeRequest, pb::ProjectChange>(
      Rpc("DecideProjectChange"), [context](rpc::Call& call, const pb::DecideProjectChangeRequest& request) {
        return Decide(context, call, request);
      });
  scheduler->Handle(kDueInspection, Rpc("UpdateDeliveryProject"),
                    [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                      ASSIGN_OR_RETURN(const pb::DeliveryProject project,
                                       work.Load<pb::DeliveryProject>(item.resource));
                      Change<pb::DeliveryProject> change{project, project};
                      change.after.set_inspection_overdue(project.state() == pb::DELIVERY_PROJECT_STATE_RUNNING);
                      return work.Save(std::move(change)).status();
                    });
}

}  // namespace kam::contract

// Training and training files over RPC (G-14, P-52).
#include "absl/strings/str_cat.h"
#include "account-svc/rules/training_rules.h"
#include "account-svc/verb.h"
#include "account-svc/work/work_service.h"
#include "common/auth/grants.h"
#include "common/money/decimal.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/training_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using resource::UnitOfWork;

constexpr int kRowsMax = 1000;

// The file of a person is read by whoever the right reaches.
absl::Status CheckFileReach(const rpc::Call& call, mysql::Connection& connection, const std::string& employee) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query("SELECT department_path, region FROM employee_scopes WHERE employee = ?", {IdOf(employee)}));
  if (!rows.empty() &&
      auth::ReachOf(call.principal, call.level()).Covers(IdOf(employee), rows[0][0].text(), rows[0][1].text())) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kPermissionDenied, "OUT_OF_SCOPE",
               absl::StrCat("your right reaches ", auth::LevelName(call.level()), " only"),
               {{"level", std::string(auth::LevelName(call.level()))}});
}

absl::StatusOr<pb::GetTrainingFileResponse> GetFile(const Context& context, const rpc::Call& call,
                                                    const pb::GetTrainingFileRequest& request) {
  pb::GetTrainingFileResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    RETURN_IF_ERROR(CheckFileReach(call, connection, request.employee()));
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(
            absl::StrCat("SELECT t.id, t.title, t.kind, t.start_date, t.hours, a.attended, a.score, a.passed, "
                         "t.rating FROM training_sessions_attendees a JOIN training_sessions t ON t.id = "
                         "a.parent_id WHERE a.employee = ? AND t.state IN ('HELD', 'EVALUATED') ORDER BY "
                         "t.start_date DESC, t.id LIMIT ",
                         kRowsMax),
            {IdOf(request.employee())}));
    Decimal hours;
    for (const mysql::Row& row : rows) {
      pb::TrainingFileEntry* entry = response.add_entries();
      entry->set_session(NameOf("trainingSessions", row[0].text()));
      entry->set_title(row[1].text());
      if (const auto* kind = resource::FindEnumValue(pb::TrainingKind_descriptor(), row[2].text()); kind != nullptr) {
        entry->set_kind(static_cast<pb::TrainingKind>(kind->number()));
      }
      entry->set_start_date(row[3].text());
      ASSIGN_OR_RETURN(const Decimal length, Decimal::Parse(row[4].text()));
      entry->set_hours(length.ToString());
      entry->set_attended(row[5].integer() != 0);
      if (!row[6].is_null()) {
        ASSIGN_OR_RETURN(const Decimal score, Decimal::Parse(row[6].text()));
        entry->set_score(score.ToString());
      }
      entry->set_passed(row[7].integer() != 0);
      entry->set_rating(static_cast<int32_t>(row[8].integer()));
      if (entry->attended()) {
        ASSIGN_OR_RETURN(hours, Add(hours, length));
      }
    }
    response.set_hours(hours.ToString());
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<pb::ListUntrainedStaffResponse> ListUntrained(const Context& context, const rpc::Call& call) {
  const std::string today = context.Today(context.runtime.clock().Now());
  ASSIGN_OR_RETURN(const std::string since, AddDays(today, -context.policy.onboarding_watch_days));
  pb::ListUntrainedStaffResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(
            absl::StrCat(
                "SELECT e.id, e.hire_date FROM employees e WHERE e.hire_date >= ? AND e.hire_date <= ? AND "
                "e.archive_time IS NULL AND (e.leave_date IS NULL OR e.leave_date >= ?) AND NOT EXISTS (SELECT 1 "
                "FROM training_sessions_attendees a JOIN training_sessions t ON t.id = a.parent_id WHERE "
                "a.employee = e.id AND a.passed = 1 AND t.kind = 'ONBOARDING') ORDER BY e.hire_date, e.id LIMIT ",
                kRowsMax),
            {since, today, today}));
    for (const mysql::Row& row : rows) {
      pb::UntrainedEmployee* out = response.add_employees();
      out->set_employee(NameOf("employees", row[0].text()));
      out->set_hire_date(row[1].text());
      ASSIGN_OR_RETURN(*out->mutable_due_date(), AddDays(row[1].text(), context.policy.onboarding_days));
      out->set_overdue(today > out->due_date());
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::Status CheckDraft(UnitOfWork& work, const pb::TrainingSession& training) {
  RETURN_IF_ERROR(Validate(work, training));
  return rules::CheckTraining(training);
}

}  // namespace

void RegisterTraining(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::TrainingSession>([](UnitOfWork& work, pb::TrainingSession* training) {
    training->set_state(pb::TRAINING_STATE_PLANNED);
    return CheckDraft(work, *training);
  });
  hooks.on_update = resource::OnUpdate<pb::TrainingSession>(
      [](UnitOfWork& work, const pb::TrainingSession& before, pb::TrainingSession* after) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckTrainingUpdate(before));
        return CheckDraft(work, *after);
      });
  context.runtime.SetHooks(pb::TrainingSession::descriptor(), std::move(hooks));
  const std::string service = "kam.organization.v1.TrainingService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<pb::TrainingSession, pb::HoldTrainingRequest>(
      context, service + "/HoldTraining", registry,
      [context](UnitOfWork& work, const pb::HoldTrainingRequest& request, pb::TrainingSession* training) {
        return rules::HoldTraining(request.results(), work.actor().subject, context.Today(work.now()), training);
      });
  AddVerb<pb::TrainingSession, pb::EvaluateTrainingRequest>(
      context, service + "/EvaluateTraining", registry,
      [](UnitOfWork& work, const pb::EvaluateTrainingRequest& request, pb::TrainingSession* training) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::EvaluateTraining(actor, request.rating(), request.effect(), work.now(), training);
      });
  AddVerb<pb::TrainingSession, pb::CancelTrainingRequest>(
      context, service + "/CancelTraining", registry,
      [](UnitOfWork&, const pb::CancelTrainingRequest&, pb::TrainingSession*) { return absl::OkStatus(); });
  registry->Add<pb::GetTrainingFileRequest, pb::GetTrainingFileResponse>(
      service + "/GetTrainingFile", [context](rpc::Call& call, const pb::GetTrainingFileRequest& request) {
        return GetFile(context, call, request);
      });
  registry->Add<pb::ListUntrainedStaffRequest, pb::ListUntrainedStaffResponse>(
      service + "/ListUntrainedStaff",
      [context](rpc::Call& call, const pb::ListUntrainedStaffRequest&) { return ListUntrained(context, call); });
}

}  // namespace kam::account

// Training and training files over RPC (G-14, P-52).
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/training_rules.h"
#include "account-svc/rules/work_record_rules.h"
#include "account-svc/verb.h"
#include "account-svc/work/people.h"
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
constexpr char kPlanTraining[] = "training.write";
constexpr size_t kReportRowsMax = 100'000;  // People called in the period of one report.

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

absl::StatusOr<pb::TrainingReport> ReportTraining(const Context& context, const rpc::Call& call,
                                                  const pb::ReportTrainingRequest& request) {
  RETURN_IF_ERROR(CheckReportPeriod("end_date", request.start_date(), request.end_date()));
  std::vector<rules::TrainingRow> training;
  int staff = 0;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    training.clear();
    ASSIGN_OR_RETURN(const std::vector<PersonInService> people,
                     PeopleInService(connection, call.principal, call.level(), request.department(),
                                     request.start_date(), request.end_date()));
    staff = static_cast<int>(people.size());
    std::set<std::string> reached;
    for (const PersonInService& person : people) reached.insert(person.id);
    std::string sql =
        "SELECT t.id, t.title, t.kind, t.state, t.start_date, t.hours, t.rating, a.employee, a.attended, a.passed FROM "
        "training_sessions t JOIN training_sessions_attendees a ON a.parent_id = t.id WHERE t.state <> 'CANCELLED' AND "
        "t.start_date >= ? AND t.start_date <= ?";
    std::vector<mysql::Value> params = {request.start_date(), request.end_date()};
    if (request.kind() != pb::TRAINING_KIND_UNSPECIFIED) {
      absl::StrAppend(&sql, " AND t.kind = ?");
      params.emplace_back(resource::ShortEnumName(pb::TrainingKind_descriptor()->FindValueByNumber(request.kind())));
    }
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     connection.Query(absl::StrCat(sql, " ORDER BY t.id, a.position LIMIT ", kReportRowsMax + 1),
                                      mysql::Params(params)));
    if (rows.size() > kReportRowsMax) {
      return InvalidField("end_date", "TOO_MANY_PEOPLE",
                          absl::StrCat("more than ", kReportRowsMax, " people were called in the period; ask for less"),
                          {{"limit", absl::StrCat(kReportRowsMax)}});
    }
    for (const mysql::Row& row : rows) {
      if (reached.count(row[7].text()) == 0) continue;
      rules::TrainingRow entry;
      entry.session = row[0].text();
      entry.title = row[1].text();
      if (const auto* kind = resource::FindEnumValue(pb::TrainingKind_descriptor(), row[2].text()); kind != nullptr) {
        entry.kind = static_cast<pb::TrainingKind>(kind->number());
      }
      if (const auto* state = resource::FindEnumValue(pb::TrainingState_descriptor(), row[3].text());
          state != nullptr) {
        entry.state = static_cast<pb::TrainingState>(state->number());
      }
      entry.start_date = row[4].text();
      ASSIGN_OR_RETURN(entry.hours, Decimal::Parse(row[5].text()));
      entry.rating = static_cast<int>(row[6].integer());
      entry.employee = row[7].text();
      entry.attended = row[8].integer() != 0;
      entry.passed = row[9].integer() != 0;
      training.push_back(std::move(entry));
    }
    return absl::OkStatus();
  }));
  return rules::SumUpTraining(training, staff, context.Today(context.runtime.clock().Now()));
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
      [context](UnitOfWork& work, const pb::HoldTrainingRequest& request,
                resource::Change<pb::TrainingSession>* change) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckHolds(work.actor().subject,
                                          work.actor().LevelFor(kPlanTraining) != auth::Level::kNone, change->before));
        RETURN_IF_ERROR(rules::CheckCorrection(change->before.state() == pb::TRAINING_STATE_HELD, request.reason()));
        return rules::HoldTraining(request.results(), work.actor().subject, context.Today(work.now()), &change->after);
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
  registry->Add<pb::ReportTrainingRequest, pb::TrainingReport>(
      service + "/ReportTraining", [context](rpc::Call& call, const pb::ReportTrainingRequest& request) {
        return ReportTraining(context, call, request);
      });
}

}  // namespace kam::account

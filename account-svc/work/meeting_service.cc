// Meetings, their attendance and minutes over RPC (G-11).
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/work_record_rules.h"
#include "account-svc/verb.h"
#include "account-svc/work/people.h"
#include "account-svc/work/work_service.h"
#include "common/auth/grants.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/meeting_service.pb.h"
#include "kam/organization/v1/task.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Value;
using resource::UnitOfWork;

constexpr int kRowsMax = 1000;

absl::Status CreateMeeting(UnitOfWork& work, pb::Meeting* meeting) {
  if (meeting->chair().empty()) {
    ASSIGN_OR_RETURN(*meeting->mutable_chair(), Person(work));
  }
  meeting->set_state(pb::MEETING_STATE_PLANNED);
  RETURN_IF_ERROR(Validate(work, *meeting));
  return rules::CheckMeeting(*meeting);
}

absl::Status UpdateMeeting(UnitOfWork& work, const pb::Meeting& before, pb::Meeting* after) {
  if (after->chair().empty()) after->set_chair(before.chair());
  RETURN_IF_ERROR(Validate(work, *after));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(rules::CheckMeetingUpdate(actor, before, *after));
  return rules::CheckMeeting(*after);
}

// What was decided becomes tasks that the chair gives.
absl::Status Publish(const Context& context, UnitOfWork& work, const pb::PublishMinutesRequest& request,
                     resource::Change<pb::Meeting>* change) {
  pb::Meeting* meeting = &change->after;
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  if (change->before.state() == pb::MEETING_STATE_MINUTED) {
    RETURN_IF_ERROR(rules::CheckChair(actor, *meeting, /*minutes=*/true));
    RETURN_IF_ERROR(rules::CheckCorrection(/*recorded=*/true, request.reason()));
    RETURN_IF_ERROR(rules::CheckNoActions(request.actions()));
    rules::CorrectMinutes(request.minutes(), meeting);
    return absl::OkStatus();
  }
  // Whoever keeps the minutes writes what was said; work in the name of the chair is given by the chair (G-08).
  RETURN_IF_ERROR(rules::CheckChair(actor, *meeting, /*minutes=*/request.actions().empty()));
  const std::string today = context.Today(work.now());
  std::map<std::string, bool> below;
  for (const pb::MeetingDecision& decision : request.actions()) {
    ASSIGN_OR_RETURN(below[decision.responsible()], IsAbove(work, meeting->chair(), decision.responsible(), today));
  }
  RETURN_IF_ERROR(rules::Decide(request.actions(), below, today, meeting));
  for (pb::MeetingAction& action : *meeting->mutable_actions()) {
    RETURN_IF_ERROR(CheckStillHere(work, action.responsible(), today, "actions"));
    pb::Task task;
    task.set_title(action.action());
    task.set_assignee(action.responsible());
    task.set_assigner(meeting->chair());
    task.set_kind(pb::TASK_KIND_MEETING);
    task.set_priority(pb::TASK_PRIORITY_NORMAL);
    task.set_due_date(action.due_date());
    task.set_origin(meeting->name());
    task.set_state(pb::TASK_STATE_OPEN);
    ASSIGN_OR_RETURN(task, work.Insert(std::move(task)));
    action.set_task(task.name());
  }
  rules::SetMinutes(request.minutes(), work.now(), meeting);
  return absl::OkStatus();
}

absl::StatusOr<pb::ReportAttendanceResponse> Report(const Context& context, const rpc::Call& call,
                                                    const pb::ReportAttendanceRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay from, ParseDate(request.from_date(), "from_date"));
  ASSIGN_OR_RETURN(const absl::CivilDay to, ParseDate(request.to_date(), "to_date"));
  if (from > to) return InvalidField("to_date", "PERIOD_INVALID", "must not be before from_date");
  std::vector<Value> params = {absl::FromCivil(from, context.zone), absl::FromCivil(to + 1, context.zone)};
  std::string kind;
  if (request.kind() != pb::MEETING_KIND_UNSPECIFIED) {
    kind = " AND m.kind = ?";
    params.emplace_back(resource::ShortEnumName(pb::MeetingKind_descriptor()->FindValueByNumber(request.kind())));
  }
  const auth::Reach reach = auth::ReachOf(call.principal, call.level());
  pb::ReportAttendanceResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(
            absl::StrCat("SELECT a.employee, s.department_path, s.region, COUNT(m.id), COUNT(CASE WHEN a.attendance = "
                         "'PRESENT' THEN 1 END), "
                         "COUNT(CASE WHEN a.attendance = 'LATE' THEN 1 END), COUNT(CASE WHEN a.attendance = 'EXCUSED' "
                         "THEN 1 END), COUNT(CASE WHEN a.attendance = 'ABSENT' THEN 1 END) FROM meetings m JOIN "
                         "meetings_attendees a ON a.parent_id = m.id LEFT JOIN employee_scopes s ON s.employee = "
                         "a.employee WHERE m.state IN ('HELD', 'MINUTED') AND "
                         "m.start_time >= ? AND m.start_time < ?",
                         kind, " GROUP BY a.employee, s.department_path, s.region ORDER BY a.employee"),
            mysql::Params(params)));
    for (const mysql::Row& row : rows) {
      if (!reach.Covers(row[0].text(), row[1].text(), row[2].text())) continue;
      if (response.rows_size() == kRowsMax) break;
      pb::AttendanceRow* out = response.add_rows();
      out->set_employee(NameOf("employees", row[0].text()));
      out->set_called(static_cast<int32_t>(row[3].integer()));
      out->set_present(static_cast<int32_t>(row[4].integer()));
      out->set_late(static_cast<int32_t>(row[5].integer()));
      out->set_excused(static_cast<int32_t>(row[6].integer()));
      out->set_absent(static_cast<int32_t>(row[7].integer()));
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<pb::ReadMinutesResponse> ReadMinutes(const Context& context, const rpc::Call& call,
                                                    const pb::ReadMinutesRequest& request) {
  ASSIGN_OR_RETURN(const pb::Meeting meeting, context.runtime.Get<pb::Meeting>(call, request.name()));
  const std::string today = context.Today(context.runtime.clock().Now());
  pb::ReadMinutesResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const bool above, IsAbove(connection, call.principal.subject, meeting.chair(), today));
    return rules::CheckReadsMinutes(call.principal.subject, above, meeting);
  }));
  response.set_title(meeting.title());
  response.set_minutes(meeting.confidential() ? meeting.confidential_minutes() : meeting.minutes());
  return response;
}

}  // namespace

void RegisterMeetings(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::Meeting>(CreateMeeting);
  hooks.on_update = resource::OnUpdate<pb::Meeting>(UpdateMeeting);
  context.runtime.SetHooks(pb::Meeting::descriptor(), std::move(hooks));
  const std::string service = "kam.organization.v1.MeetingService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<pb::Meeting, pb::HoldMeetingRequest>(
      context, service + "/HoldMeeting", registry,
      [](UnitOfWork& work, const pb::HoldMeetingRequest& request,
         resource::Change<pb::Meeting>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckChair(actor, change->before, /*minutes=*/true));
        RETURN_IF_ERROR(rules::CheckCorrection(change->before.state() == pb::MEETING_STATE_HELD, request.reason()));
        return rules::Hold(request.attendees(), work.now(), &change->after);
      });
  AddVerb<pb::Meeting, pb::PublishMinutesRequest>(
      context, service + "/PublishMinutes", registry,
      [context](UnitOfWork& work, const pb::PublishMinutesRequest& request, resource::Change<pb::Meeting>* change) {
        return Publish(context, work, request, change);
      });
  AddVerb<pb::Meeting, pb::CancelMeetingRequest>(
      context, service + "/CancelMeeting", registry,
      [context](UnitOfWork& work, const pb::CancelMeetingRequest&, pb::Meeting* meeting) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        ASSIGN_OR_RETURN(const bool above, IsAbove(work, actor, meeting->chair(), context.Today(work.now())));
        return rules::CheckCancels(actor, above, *meeting);
      });
  registry->Add<pb::ReadMinutesRequest, pb::ReadMinutesResponse>(
      service + "/ReadMinutes", [context](rpc::Call& call, const pb::ReadMinutesRequest& request) {
        return ReadMinutes(context, call, request);
      });
  registry->Add<pb::ReportAttendanceRequest, pb::ReportAttendanceResponse>(
      service + "/ReportAttendance", [context](rpc::Call& call, const pb::ReportAttendanceRequest& request) {
        return Report(context, call, request);
      });
}

}  // namespace kam::account

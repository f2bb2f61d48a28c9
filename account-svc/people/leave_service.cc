// kam.organization.v1.LeaveRequestService (G-06, R-05).
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/people/attendance.h"
#include "account-svc/people/line.h"
#include "account-svc/people/people.h"
#include "account-svc/rules/leave_rules.h"
#include "account-svc/staff.h"
#include "account-svc/verb.h"
#include "account-svc/work/duty.h"
#include "account-svc/work/people.h"
#include "common/auth/grants.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/employee.pb.h"
#include "kam/organization/v1/leave_request_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using pb::LeaveRequest;
using resource::UnitOfWork;

constexpr char kService[] = "kam.organization.v1.LeaveRequestService";
constexpr char kDecide[] = "leave.approve";
constexpr char kDecideLong[] = "leave.approve.long";
constexpr int kLeavesMax = 1000;  // Of one person around some days.

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// Leaves of a person that may share a day with [first, last].
absl::StatusOr<std::vector<LeaveRequest>> LeavesOf(UnitOfWork& work, const std::string& employee,
                                                   const std::string& states, const std::string& first,
                                                   const std::string& last) {
  return work.Find<LeaveRequest>(
      {absl::StrCat("t.employee = ? AND t.state IN (", states, ") AND t.start_date <= ? AND t.end_date >= ?"),
       {IdOf(employee), last, first}},
      "ORDER BY t.start_date, t.id", kLeavesMax);
}

// Requests of the person around the leave that count towards it: open, granted or taken.
absl::StatusOr<std::vector<LeaveRequest>> OthersAround(const Context& context, UnitOfWork& work,
                                                       const LeaveRequest& leave) {
  ASSIGN_OR_RETURN(const std::string first, AddDays(leave.start_date(), -context.policy.leave_days_max));
  ASSIGN_OR_RETURN(const std::string last, AddDays(leave.end_date(), context.policy.leave_days_max));
  return LeavesOf(work, leave.employee(), "'SUBMITTED', 'APPROVED', 'RETURNED'", first, last);
}

// Locks whoever goes away and whoever stands in, before the requests: neither two requests of a person that make a long
// leave in one, nor two persons who stand in for each other, are decided at the same time.
absl::Status LockPeople(UnitOfWork& work, const std::string& employee, const std::string& deputy) {
  return work.connection()
      .Query("SELECT id FROM employees WHERE id IN (?, ?) ORDER BY id FOR UPDATE", {IdOf(employee), IdOf(deputy)})
      .status();
}

absl::Status LockPeopleOf(UnitOfWork& work, const std::string& name) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT employee, deputy FROM leave_requests WHERE id = ?", {IdOf(name)}));
  if (rows.empty()) return absl::OkStatus();  // Begin says so.
  return LockPeople(work, NameOf("employees", rows[0][0].text()), NameOf("employees", rows[0][1].text()));
}

absl::Status CheckNotNeeded(UnitOfWork& work, const LeaveRequest& leave) {
  ASSIGN_OR_RETURN(
      const std::vector<LeaveRequest> deputized,
      work.Find<LeaveRequest>(
          {"t.deputy = ? AND t.state IN ('APPROVED', 'RETURNED') AND t.start_date <= ? AND t.end_date >= ?",
           {IdOf(leave.employee()), leave.end_date(), leave.start_date()}},
          "ORDER BY t.start_date, t.id", kLeavesMax));
  return rules::CheckNotNeeded(leave, deputized);
}

absl::Status CheckDeputyIsThere(UnitOfWork& work, const LeaveRequest& leave) {
  if (leave.deputy().empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckStillHere(work, leave.deputy(), leave.end_date(), "leave_request.deputy"));
  ASSIGN_OR_RETURN(const std::vector<LeaveRequest> away,
                   LeavesOf(work, leave.deputy(), "'APPROVED', 'RETURNED'", leave.start_date(), leave.end_date()));
  return rules::CheckDeputy(leave, away);
}

// How many days the direct superiors of whoever goes away decide on by their roles; none: of the policy.
absl::StatusOr<std::optional<Decimal>> DirectLimit(const Context& context, UnitOfWork& work, const Line& line) {
  if (line.levels.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const std::vector<std::optional<Decimal>> limits,
                   LimitsOfPeople(work.connection(), line.levels[0], kDecide, context.Today(work.now())));
  return rules::WidestLimit(context.policy, limits);
}

absl::Status CreateLeave(const Context& context, UnitOfWork& work, LeaveRequest* leave) {
  if (leave->employee().empty()) {
    ASSIGN_OR_RETURN(*leave->mutable_employee(), Person(work));
  }
  RETURN_IF_ERROR(Validate(work, *leave));
  ASSIGN_OR_RETURN(const rules::WorkCalendar calendar, CalendarOf(context, work.connection()));
  RETURN_IF_ERROR(rules::FileLeave(calendar, context.policy, context.Today(work.now()), leave));
  // One request of a person after the other, so that two at a time cannot overlap.
  RETURN_IF_ERROR(LockPeople(work, leave->employee(), leave->deputy()));
  ASSIGN_OR_RETURN(const std::vector<LeaveRequest> others, OthersAround(context, work, *leave));
  RETURN_IF_ERROR(rules::CheckLeaveOverlap(*leave, others));
  ASSIGN_OR_RETURN(const Line line, LineAbove(work.connection(), IdOf(leave->employee()), context.Today(work.now())));
  ASSIGN_OR_RETURN(const std::optional<Decimal> limit, DirectLimit(context, work, line));
  RETURN_IF_ERROR(rules::SetLevel(calendar, context.policy, limit, others, leave).status());
  RETURN_IF_ERROR(CheckNotNeeded(work, *leave));
  return CheckDeputyIsThere(work, *leave);
}

absl::StatusOr<rules::LeaveDecider> DeciderOf(const Context& context, UnitOfWork& work, const Line& line) {
  rules::LeaveDecider decider;
  ASSIGN_OR_RETURN(decider.name, Person(work));
  const auth::Level level = work.actor().LevelFor(kDecideLong);
  decider.decides_long = level != auth::Level::kNone;
  decider.personnel = level == auth::Level::kAll;
  decider.distance = line.DistanceOf(work.actor().employee);
  std::vector<std::optional<Decimal>> limits;
  if (decider.distance > 0) {
    ASSIGN_OR_RETURN(limits, LimitsOf(work.connection(), work.actor().roles, kDecide));
  }
  // Whoever stands in for a superior decides as he would, up to his figure; the nearest counts.
  std::vector<std::string> superiors;
  ASSIGN_OR_RETURN(const std::vector<std::string> away,
                   StandsInFor(work.connection(), decider.name, context.Today(work.now())));
  for (const std::string& id : away) {
    const int distance = line.DistanceOf(id);
    if (distance > 0) superiors.push_back(id);
    if (distance > 0 && (decider.distance == 0 || distance < decider.distance)) decider.distance = distance;
  }
  ASSIGN_OR_RETURN(const std::vector<std::optional<Decimal>> of_superiors,
                   LimitsOfPeople(work.connection(), superiors, kDecide, context.Today(work.now())));
  limits.insert(limits.end(), of_superiors.begin(), of_superiors.end());
  decider.limit = rules::WidestLimit(context.policy, limits);
  decider.next_level = line.levels.size() > 1;
  for (size_t i = 1; i < line.levels.size(); ++i) {
    for (const std::string& id : line.levels[i]) decider.above_direct.push_back(NameOf("employees", id));
  }
  return decider;
}

template <typename Request>
absl::StatusOr<LeaveRequest> Decide(const Context& context, UnitOfWork& work, const Request& request) {
  RETURN_IF_ERROR(LockPeopleOf(work, request.name()));
  ASSIGN_OR_RETURN(auto change, work.Begin<LeaveRequest>(request));
  RETURN_IF_ERROR(resource::CheckRead(request.etag()));
  ASSIGN_OR_RETURN(const Line line,
                   LineAbove(work.connection(), IdOf(change.before.employee()), context.Today(work.now())));
  ASSIGN_OR_RETURN(const rules::LeaveDecider decider, DeciderOf(context, work, line));
  ASSIGN_OR_RETURN(const std::optional<Decimal> limit, DirectLimit(context, work, line));
  ASSIGN_OR_RETURN(const rules::WorkCalendar calendar, CalendarOf(context, work.connection()));
  ASSIGN_OR_RETURN(const std::vector<LeaveRequest> others, OthersAround(context, work, change.before));
  ASSIGN_OR_RETURN(const Decimal in_one, rules::SetLevel(calendar, context.policy, limit, others, &change.after));
  RETURN_IF_ERROR(rules::CheckLeaveDecision(decider, context.policy, change.after, in_one));
  if (change.after.state() == pb::LEAVE_STATE_APPROVED) {
    RETURN_IF_ERROR(CheckNotNeeded(work, change.before));
    RETURN_IF_ERROR(CheckDeputyIsThere(work, change.before));
  }
  rules::DecideLeave(decider.name, request.opinion(), work.now(), &change.after);
  if (change.after.state() == pb::LEAVE_STATE_APPROVED) RETURN_IF_ERROR(TellRosters(context, work, change.after));
  return work.Save(std::move(change));
}

// Whoever comes back into leave by it is away again: those who made a rota with him learn it as when it was granted.
absl::StatusOr<LeaveRequest> CorrectReturn(const Context& context, UnitOfWork& work,
                                           const pb::CorrectLeaveReturnRequest& request) {
  RETURN_IF_ERROR(LockPeopleOf(work, request.name()));
  ASSIGN_OR_RETURN(auto change, work.Begin<LeaveRequest>(request));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const rules::WorkCalendar calendar, CalendarOf(context, work.connection()));
  ASSIGN_OR_RETURN(const std::vector<LeaveRequest> around, OthersAround(context, work, change.before));
  RETURN_IF_ERROR(
      rules::CorrectReturn(calendar, context.Today(work.now()), actor, request.return_date(), around, &change.after));
  if (change.after.state() == pb::LEAVE_STATE_APPROVED) RETURN_IF_ERROR(TellRosters(context, work, change.after));
  return work.Save(std::move(change));
}

// ---- Attendance

absl::StatusOr<pb::StaffAttendanceReport> ReportStaffAttendance(const Context& context, rpc::Call& call,
                                                                const pb::ReportStaffAttendanceRequest& request) {
  RETURN_IF_ERROR(CheckReportPeriod("end_date", request.start_date(), request.end_date()));
  std::vector<PersonInService> people;
  std::map<std::string, std::vector<LeaveRequest>> leaves;
  rules::WorkCalendar calendar;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(calendar, CalendarOf(context, connection));
    ASSIGN_OR_RETURN(people, PeopleInService(connection, call.principal, call.level(), request.department(),
                                             request.start_date(), request.end_date()));
    ASSIGN_OR_RETURN(leaves, LeavesIn(connection, request.start_date(), request.end_date()));
    return absl::OkStatus();
  }));
  const std::string today = context.Today(context.runtime.clock().Now());
  pb::StaffAttendanceReport report;
  for (const PersonInService& person : people) {
    ASSIGN_OR_RETURN(const rules::Attendance count,
                     rules::CountAttendance(calendar, person.first, person.last, today, leaves[person.id]));
    pb::StaffAttendanceRow* row = report.add_rows();
    row->set_employee(NameOf("employees", person.id));
    row->set_display_name(person.name);
    row->set_working_days(count.working.ToFixed(1));
    row->set_leave_days(count.leave.ToFixed(1));
    row->set_overstayed_days(count.overstayed.ToFixed(1));
    row->set_unconfirmed_days(count.unconfirmed.ToFixed(1));
    row->set_present_days(count.present.ToFixed(1));
    for (const auto& [kind, days] : count.by_kind) {
      pb::LeaveDays* part = row->add_leave();
      part->set_kind(kind);
      part->set_days(days.ToFixed(1));
    }
  }
  return report;
}

}  // namespace

void RegisterLeave(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<LeaveRequest>(
      [context](UnitOfWork& work, LeaveRequest* leave) { return CreateLeave(context, work, leave); });
  context.runtime.SetHooks(LeaveRequest::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddWrite<LeaveRequest, pb::ApproveLeaveRequest>(
      context, Rpc("ApproveLeave"), registry,
      [context](UnitOfWork& work, const pb::ApproveLeaveRequest& request) { return Decide(context, work, request); });
  AddWrite<LeaveRequest, pb::RejectLeaveRequest>(
      context, Rpc("RejectLeave"), registry,
      [context](UnitOfWork& work, const pb::RejectLeaveRequest& request) { return Decide(context, work, request); });
  AddWrite<LeaveRequest, pb::WithdrawLeaveRequest>(
      context, Rpc("WithdrawLeave"), registry,
      [](UnitOfWork& work, const pb::WithdrawLeaveRequest& request) -> absl::StatusOr<LeaveRequest> {
        ASSIGN_OR_RETURN(auto change, work.Begin<LeaveRequest>(request));
        change.after.set_close_reason(request.reason());
        return work.Save(std::move(change));
      });
  AddWrite<LeaveRequest, pb::CancelLeaveRequest>(
      context, Rpc("CancelLeave"), registry,
      [context](UnitOfWork& work, const pb::CancelLeaveRequest& request) -> absl::StatusOr<LeaveRequest> {
        ASSIGN_OR_RETURN(auto change, work.Begin<LeaveRequest>(request));
        RETURN_IF_ERROR(rules::CheckCancelLeave(context.Today(work.now()), change.before));
        change.after.set_close_reason(request.reason());
        return work.Save(std::move(change));
      });
  AddWrite<LeaveRequest, pb::ReturnFromLeaveRequest>(
      context, Rpc("ReturnFromLeave"), registry,
      [context](UnitOfWork& work, const pb::ReturnFromLeaveRequest& request) -> absl::StatusOr<LeaveRequest> {
        ASSIGN_OR_RETURN(auto change, work.Begin<LeaveRequest>(request));
        ASSIGN_OR_RETURN(const rules::WorkCalendar calendar, CalendarOf(context, work.connection()));
        const std::string today = context.Today(work.now());
        const bool self = work.actor().subject == change.before.employee();
        ASSIGN_OR_RETURN(
            const std::vector<LeaveRequest> others,
            LeavesOf(work, change.before.employee(), "'APPROVED', 'RETURNED'", change.before.start_date(), today));
        RETURN_IF_ERROR(rules::ReturnFromLeave(calendar, today, request.return_date(), self, others, &change.after));
        return work.Save(std::move(change));
      });
  AddWrite<LeaveRequest, pb::CorrectLeaveReturnRequest>(
      context, Rpc("CorrectLeaveReturn"), registry,
      [context](UnitOfWork& work, const pb::CorrectLeaveReturnRequest& request) {
        return CorrectReturn(context, work, request);
      });
  registry->Add<pb::ReportStaffAttendanceRequest, pb::StaffAttendanceReport>(
      Rpc("ReportStaffAttendance"), [context](rpc::Call& call, const pb::ReportStaffAttendanceRequest& request) {
        return ReportStaffAttendance(context, call, request);
      });
}

}  // namespace kam::account

// Rotas of the reception desk and reports of gifts over RPC (G-10, F-12, G-20).
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/rules/duty_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/work/duty.h"
#include "account-svc/work/notification.h"
#include "account-svc/work/people.h"
#include "account-svc/work/work_service.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/duty_roster.pb.h"
#include "kam/organization/v1/gift_report.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;

constexpr int kLeavesMax = 1000;

// The people are locked, as where their leave is decided: nobody is put on a shift and sent on leave at the same time.
absl::Status CheckShift(const Context& context, UnitOfWork& work, const pb::DutyRoster& roster) {
  RETURN_IF_ERROR(Validate(work, roster));
  RETURN_IF_ERROR(rules::CheckRoster(context.policy, roster));
  std::vector<Value> ids;
  for (const pb::DutyPerson& person : roster.people()) ids.emplace_back(IdOf(person.employee()));
  const std::string list = resource::Placeholders(ids.size());
  RETURN_IF_ERROR(work.connection()
                      .Query(absl::StrCat("SELECT id FROM employees WHERE id IN (", list, ") ORDER BY id FOR UPDATE"),
                             mysql::Params(ids))
                      .status());
  const absl::Time start = FromTimestamp(roster.start_time()), end = FromTimestamp(roster.end_time());
  const std::string last = context.Today(end);
  for (const pb::DutyPerson& person : roster.people()) {
    RETURN_IF_ERROR(CheckStillHere(work, person.employee(), last, "duty_roster.people"));
  }
  std::vector<Value> params = ids;
  params.insert(params.end(), {Value(end), Value(start)});
  ASSIGN_OR_RETURN(const std::vector<pb::LeaveRequest> leaves,
                   work.Find<pb::LeaveRequest>({absl::StrCat("t.employee IN (", list,
                                                             ") AND t.state = 'APPROVED' AND t.away_start_time < ? AND "
                                                             "t.away_end_time > ?"),
                                                params},
                                               "ORDER BY t.start_date, t.id", kLeavesMax));
  RETURN_IF_ERROR(rules::CheckNobodyAway(leaves, roster));
  params = ids;
  params.insert(params.end(), {Value(IdOf(roster.name())), Value(end), Value(start)});
  ASSIGN_OR_RETURN(
      const std::vector<Row> taken,
      work.connection().Query(
          absl::StrCat("SELECT p.employee, r.id, r.place FROM duty_rosters r JOIN duty_rosters_people p ON p.parent_id "
                       "= r.id WHERE p.employee IN (",
                       list,
                       ") AND r.id <> ? AND r.archive_time IS NULL AND r.start_time < ? AND r.end_time > ? "
                       "ORDER BY r.start_time, r.id LIMIT 1"),
          mysql::Params(params)));
  if (taken.empty()) return absl::OkStatus();
  const std::string employee = NameOf("employees", taken[0][0].text()),
                    other = NameOf("dutyRosters", taken[0][1].text());
  return FailedPrecondition("ON_DUTY_ELSEWHERE", other,
                            absl::StrCat(employee, " is on duty at that time: ", taken[0][2].text()),
                            {{"employee", employee}, {"roster", other}});
}

// Whoever made a rota that the person is on in [from, to) is told; he may be the one from whose act it follows.
absl::Status TellMakers(const Context& context, UnitOfWork& work, const std::string& employee, absl::Time from,
                        absl::Time to, absl::string_view what) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query(
                       "SELECT r.id, r.number, r.creator FROM duty_rosters r JOIN duty_rosters_people p ON p.parent_id "
                       "= r.id WHERE p.employee = ? AND r.archive_time IS NULL AND r.start_time < ? AND r.end_time > ? "
                       "ORDER BY r.start_time, r.id",
                       {IdOf(employee), to, from}));
  for (const Row& row : rows) {
    rules::Notice notice;
    notice.whom = row[2].text();
    if (!absl::StartsWith(notice.whom, "employees/")) continue;
    notice.kind = pb::NOTIFICATION_KIND_APPOINTMENT;
    notice.title = absl::StrCat(what, row[1].text());
    notice.also_actor = true;
    RETURN_IF_ERROR(Deliver(context, work, {notice}, NameOf("dutyRosters", row[0].text())));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TellRosters(const Context& context, UnitOfWork& work, const pb::LeaveRequest& leave) {
  return TellMakers(context, work, leave.employee(), FromTimestamp(leave.away_start_time()),
                    FromTimestamp(leave.away_end_time()), "排班缺人 Somebody on a shift will be on leave: ");
}

absl::Status TellRostersOfLeaver(const Context& context, UnitOfWork& work, const pb::Employee* before,
                                 const pb::Employee& after) {
  if (after.leave_date().empty() || (before != nullptr && before->leave_date() == after.leave_date())) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const absl::CivilDay last, ParseDate(after.leave_date()));
  constexpr int kDaysAhead = 366;  // Nobody makes a rota for later.
  return TellMakers(context, work, after.name(), absl::FromCivil(last + 1, context.zone),
                    absl::FromCivil(last + kDaysAhead, context.zone), "排班缺人 Somebody on a shift will have left: ");
}

void RegisterDuties(const Context& context, rpc::Registry* registry) {
  resource::Hooks rosters;
  rosters.on_create = resource::OnCreate<pb::DutyRoster>(
      [context](UnitOfWork& work, pb::DutyRoster* roster) { return CheckShift(context, work, *roster); });
  rosters.on_update =
      resource::OnUpdate<pb::DutyRoster>([context](UnitOfWork& work, const pb::DutyRoster&, pb::DutyRoster* after) {
        return CheckShift(context, work, *after);
      });
  context.runtime.SetHooks(pb::DutyRoster::descriptor(), std::move(rosters));
  resource::Hooks gifts;
  gifts.on_create =
      resource::OnCreate<pb::GiftReport>([context](UnitOfWork& work, pb::GiftReport* report) -> absl::Status {
        ASSIGN_OR_RETURN(*report->mutable_employee(), Person(work));
        RETURN_IF_ERROR(Validate(work, *report));
        return rules::CheckGift(*report, context.Today(work.now()));
      });
  gifts.on_update = resource::OnUpdate<pb::GiftReport>(
      [context](UnitOfWork& work, const pb::GiftReport&, pb::GiftReport* after) -> absl::Status {
        RETURN_IF_ERROR(Validate(work, *after));
        return rules::CheckGift(*after, context.Today(work.now()));
      });
  context.runtime.SetHooks(pb::GiftReport::descriptor(), std::move(gifts));
  resource::RegisterStandardMethods(context.runtime, "kam.organization.v1.DutyRosterService", registry);
  resource::RegisterStandardMethods(context.runtime, "kam.organization.v1.GiftReportService", registry);
}

}  // namespace kam::account

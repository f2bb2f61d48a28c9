#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/complaint_service.h"
#include "aftersales-svc/rules/clock_rules.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/complaint/v1/business_calendar_service.pb.h"
#include "kam/complaint/v1/clock_policy_service.pb.h"
#include "kam/complaint/v1/complaint_class_rule_service.pb.h"
#include "kam/complaint/v1/complaint_clock_service.pb.h"
#include "kam/complaint/v1/escalation_rule_service.pb.h"

namespace kam::aftersales {
namespace {

namespace pb = ::kam::complaint::v1;
using mysql::Value;
using resource::UnitOfWork;

template <typename Enum>
std::string Short(Enum value) {
  return resource::ShortEnumName(google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value));
}

// The next version of its code.
absl::Status OnCreateCalendar(UnitOfWork& work, pb::BusinessCalendar* created) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT MAX(calendar_version) FROM business_calendars WHERE code = ?",
                                           {created->code()}));
  created->set_calendar_version(rows[0][0].is_null() ? 1 : static_cast<int32_t>(rows[0][0].integer()) + 1);
  return rules::ToCalendar(*created).status();
}

absl::Status CheckCalendarCode(UnitOfWork& work, const pb::ClockPolicy& policy) {
  ASSIGN_OR_RETURN(const auto found,
                   work.Find<pb::BusinessCalendar>(
                       {"t.code = ? AND t.archive_time IS NULL", {Value(policy.calendar_code())}}, "", 1));
  if (!found.empty()) return absl::OkStatus();
  return InvalidField("clock_policy.calendar_code", "CALENDAR_NOT_FOUND",
                      absl::StrCat("there is no business calendar ", policy.calendar_code()),
                      {{"calendarCode", policy.calendar_code()}});
}

absl::Status OnCreatePolicy(UnitOfWork& work, pb::ClockPolicy* created) {
  RETURN_IF_ERROR(CheckCalendarCode(work, *created));
  ASSIGN_OR_RETURN(const auto found, work.Find<pb::ClockPolicy>(
                                         {"t.complaint_class = ? AND t.kind = ? AND t.archive_time IS NULL",
                                          {Value(Short(created->complaint_class())), Value(Short(created->kind()))}},
                                         "", 1));
  if (found.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, "CLOCK_POLICY_EXISTS",
               "the class has a limit of this kind already; change or archive it", {{"policy", found[0].name()}});
}

absl::StatusOr<pb::ReadComplaintClockResponse> ReadClock(const Env& env, rpc::Call& call,
                                                         const pb::ReadComplaintClockRequest& request) {
  ASSIGN_OR_RETURN(const pb::ComplaintClock clock, env.runtime->Get<pb::ComplaintClock>(call, request.name()));
  // Calendars are everybody's to read.
  ASSIGN_OR_RETURN(const pb::BusinessCalendar stored, env.runtime->Get<pb::BusinessCalendar>(call, clock.calendar()));
  ASSIGN_OR_RETURN(const BusinessCalendar calendar, rules::ToCalendar(stored));
  const absl::Time as_of = request.has_as_of() ? FromTimestamp(request.as_of()) : env.runtime->clock().Now();
  const absl::Time start = FromTimestamp(clock.events(0).event_time());
  if (as_of < start) {
    return InvalidField("as_of", "BEFORE_START", absl::StrCat("the clock started at ", ShowTime(start)));
  }
  ASSIGN_OR_RETURN(const SlaReading reading, rules::Read(clock, calendar, as_of));
  pb::ReadComplaintClockResponse response;
  *response.mutable_as_of() = ToTimestamp(as_of);
  response.set_state(rules::ToClockState(reading.state));
  *response.mutable_due_time() = ToTimestamp(reading.due);
  response.set_elapsed_seconds(absl::ToInt64Seconds(reading.elapsed));
  response.set_held_seconds(absl::ToInt64Seconds(reading.held));
  response.set_remaining_seconds(absl::ToInt64Seconds(reading.remaining));
  if (reading.breached_at.has_value()) *response.mutable_breach_time() = ToTimestamp(*reading.breached_at);
  if (reading.satisfied_at.has_value()) *response.mutable_satisfied_time() = ToTimestamp(*reading.satisfied_at);
  response.set_pause_stale(reading.pause_stale);
  return response;
}

}  // namespace

void RegisterComplaintPolicies(const Env& env) {
  resource::Hooks calendar;
  calendar.on_create = resource::OnCreate<pb::BusinessCalendar>(OnCreateCalendar);
  env.runtime->SetHooks(pb::BusinessCalendar::descriptor(), std::move(calendar));
  resource::Hooks policy;
  policy.on_create = resource::OnCreate<pb::ClockPolicy>(OnCreatePolicy);
  policy.on_update = resource::OnUpdate<pb::ClockPolicy>(
      [](UnitOfWork& work, const pb::ClockPolicy&, pb::ClockPolicy* after) { return CheckCalendarCode(work, *after); });
  env.runtime->SetHooks(pb::ClockPolicy::descriptor(), std::move(policy));
  for (const char* service : {"ComplaintClassRuleService", "BusinessCalendarService", "ClockPolicyService",
                              "EscalationRuleService", "ComplaintClockService"}) {
    resource::RegisterStandardMethods(*env.runtime, absl::StrCat("kam.complaint.v1.", service), env.registry);
  }
  env.registry->Add<pb::ReadComplaintClockRequest, pb::ReadComplaintClockResponse>(
      "kam.complaint.v1.ComplaintClockService/ReadComplaintClock",
      [env](rpc::Call& call, const pb::ReadComplaintClockRequest& request) { return ReadClock(env, call, request); });
}

}  // namespace kam::aftersales

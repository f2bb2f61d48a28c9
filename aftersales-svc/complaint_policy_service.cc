#include <functional>
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

// The newest version of the code must be there, and open for long enough: otherwise no complaint could be registered.
absl::Status CheckCalendarCode(UnitOfWork& work, const pb::ClockPolicy& policy) {
  ASSIGN_OR_RETURN(const auto found, work.Find<pb::BusinessCalendar>(
                                         {"t.code = ? AND t.archive_time IS NULL", {Value(policy.calendar_code())}},
                                         "ORDER BY t.calendar_version DESC", 1));
  if (found.empty()) {
    return InvalidField("clock_policy.calendar_code", "CALENDAR_NOT_FOUND",
                        absl::StrCat("there is no business calendar ", policy.calendar_code()),
                        {{"calendarCode", policy.calendar_code()}});
  }
  ASSIGN_OR_RETURN(const BusinessCalendar calendar, rules::ToCalendar(found[0]));
  return calendar.AddBusiness(work.now(), absl::Minutes(policy.allotment_minutes())).status();
}

// One limit for a class and kind: which of two would hold?
absl::Status CheckOnlyPolicy(UnitOfWork& work, const pb::ClockPolicy& policy) {
  ASSIGN_OR_RETURN(const auto found,
                   work.Find<pb::ClockPolicy>({"t.complaint_class = ? AND t.kind = ? AND t.archive_time IS NULL",
                                               {Value(Short(policy.complaint_class())), Value(Short(policy.kind()))}},
                                              "", 1));
  if (found.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, "CLOCK_POLICY_EXISTS",
               "the class has a limit of this kind already; change or archive it", {{"policy", found[0].name()}});
}

absl::Status CheckPolicy(UnitOfWork& work, const pb::ClockPolicy& policy) {
  RETURN_IF_ERROR(CheckCalendarCode(work, policy));
  return CheckOnlyPolicy(work, policy);
}

// One role for a level of a ladder.
absl::Status CheckRung(UnitOfWork& work, const pb::EscalationRule& rung) {
  ASSIGN_OR_RETURN(
      const auto found,
      work.Find<pb::EscalationRule>({"t.complaint_class = ? AND t.kind = ? AND t.level = ? AND t.archive_time IS NULL",
                                     {Value(Short(rung.complaint_class())), Value(Short(rung.kind())),
                                      Value(static_cast<int64_t>(rung.level()))}},
                                    "ORDER BY t.id", 2));
  for (const pb::EscalationRule& other : found) {
    if (other.name() == rung.name()) continue;
    return Error(absl::StatusCode::kAlreadyExists, "ESCALATION_RULE_EXISTS",
                 absl::StrCat("the ladder has a rung of level ", rung.level(), " already; change or archive it"),
                 {{"rule", other.name()}, {"level", absl::StrCat(rung.level())}});
  }
  return absl::OkStatus();
}

// The last version of a code that limits count by stays: without it no complaint of the class could be registered.
absl::Status CheckCalendarUnused(UnitOfWork& work, const pb::BusinessCalendar& calendar) {
  ASSIGN_OR_RETURN(const auto versions,
                   work.Find<pb::BusinessCalendar>({"t.code = ? AND t.archive_time IS NULL", {Value(calendar.code())}},
                                                   "", 2, /*lock=*/true));
  if (versions.size() > 1) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto policies, work.Find<pb::ClockPolicy>({"t.calendar_code = ? AND t.archive_time IS NULL",
                                                                    {Value(calendar.code())}},
                                                                   "ORDER BY t.id", 1));
  if (policies.empty()) return absl::OkStatus();
  return FailedPrecondition(
      "CALENDAR_IN_USE", calendar.name(),
      absl::StrCat("it is the last version of ", calendar.code(), ", and ", policies[0].name(), " counts by it"),
      {{"policy", policies[0].name()}, {"calendarCode", calendar.code()}});
}

// A check of what is stored, as the hook before it is archived or restored.
template <typename T>
std::function<absl::Status(UnitOfWork&, const google::protobuf::Message&)> OnStored(absl::Status (*check)(UnitOfWork&,
                                                                                                          const T&)) {
  return [check](UnitOfWork& work, const google::protobuf::Message& stored) {
    return check(work, static_cast<const T&>(stored));
  };
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
  calendar.on_archive = OnStored<pb::BusinessCalendar>(CheckCalendarUnused);
  env.runtime->SetHooks(pb::BusinessCalendar::descriptor(), std::move(calendar));
  resource::Hooks policy;
  policy.on_create = resource::OnCreate<pb::ClockPolicy>(
      [](UnitOfWork& work, pb::ClockPolicy* created) { return CheckPolicy(work, *created); });
  policy.on_restore = OnStored<pb::ClockPolicy>(CheckPolicy);
  policy.on_update = resource::OnUpdate<pb::ClockPolicy>(
      [](UnitOfWork& work, const pb::ClockPolicy&, pb::ClockPolicy* after) { return CheckCalendarCode(work, *after); });
  env.runtime->SetHooks(pb::ClockPolicy::descriptor(), std::move(policy));
  resource::Hooks rung;
  rung.on_create = resource::OnCreate<pb::EscalationRule>(
      [](UnitOfWork& work, pb::EscalationRule* created) { return CheckRung(work, *created); });
  rung.on_update = resource::OnUpdate<pb::EscalationRule>(
      [](UnitOfWork& work, const pb::EscalationRule&, pb::EscalationRule* after) { return CheckRung(work, *after); });
  rung.on_restore = OnStored<pb::EscalationRule>(CheckRung);
  env.runtime->SetHooks(pb::EscalationRule::descriptor(), std::move(rung));
  for (const char* service : {"ComplaintClassRuleService", "BusinessCalendarService", "ClockPolicyService",
                              "EscalationRuleService", "ComplaintClockService"}) {
    resource::RegisterStandardMethods(*env.runtime, absl::StrCat("kam.complaint.v1.", service), env.registry);
  }
  env.registry->Add<pb::ReadComplaintClockRequest, pb::ReadComplaintClockResponse>(
      "kam.complaint.v1.ComplaintClockService/ReadComplaintClock",
      [env](rpc::Call& call, const pb::ReadComplaintClockRequest& request) { return ReadClock(env, call, request); });
}

}  // namespace kam::aftersales

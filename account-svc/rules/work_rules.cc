#include "account-svc/rules/work_rules.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/organization/v1/coordination.pb.h"
#include "kam/organization/v1/improvement_item.pb.h"
#include "kam/organization/v1/shared_resource.pb.h"
#include "kam/organization/v1/task.pb.h"

namespace kam::account::rules {
namespace {

std::string Text(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

absl::Status SeparationOfDuties(absl::string_view what, const std::string& who) {
  return Denied("SEPARATION_OF_DUTIES", what, absl::StrCat("anybody with the right but ", who));
}

absl::Status CheckTimeNotPast(absl::string_view field, absl::Time time, absl::Time now, const Policy& policy) {
  if (time >= now - policy.clock_tolerance) return absl::OkStatus();
  return InvalidField(field, "TIME_IN_PAST", absl::StrCat("is ", Text(time), "; it is ", Text(now), " now"),
                      {{"value", Text(time)}, {"now", Text(now)}});
}

bool IsCar(const organization::SharedResource& resource) {
  return resource.kind() == organization::SHARED_RESOURCE_KIND_VEHICLE ||
         resource.kind() == organization::SHARED_RESOURCE_KIND_DEMO_CAR;
}

absl::Status CheckCarMileage(int64_t mileage_km, int64_t least, const organization::SharedResource& resource) {
  if (!IsCar(resource)) return absl::OkStatus();
  if (mileage_km == 0) return InvalidField("mileage_km", "MILEAGE_REQUIRED", "must be given for a car");
  if (mileage_km >= least) return absl::OkStatus();
  return InvalidField("mileage_km", "MILEAGE_BACKWARDS", absl::StrCat("is ", mileage_km, "; it was ", least, " before"),
                      {{"value", absl::StrCat(mileage_km)}, {"least", absl::StrCat(least)}});
}

absl::Status CheckAnswerer(const std::string& actor, const organization::ImprovementItem& item) {
  if (actor != item.proposer()) return absl::OkStatus();
  return SeparationOfDuties("nobody answers what he brought in himself", item.proposer());
}

void SetAnswer(const std::string& actor, const std::string& answer, absl::Time now, const std::string& today,
               organization::ImprovementItem* item) {
  item->set_answer(answer);
  item->set_answerer(actor);
  *item->mutable_answer_time() = ToTimestamp(now);
  item->set_answered_late(today > item->answer_due_date());
}

}  // namespace

absl::Status CheckNotPast(absl::string_view field, const std::string& date, const std::string& today) {
  if (date >= today) return absl::OkStatus();
  return InvalidField(field, "DATE_IN_PAST", absl::StrCat("is ", date, "; today is ", today),
                      {{"value", date}, {"today", today}});
}

// ---- Tasks

absl::Status CheckAssign(const Actor& giver, const std::string& assignee) {
  if (giver.above || giver.name == assignee) return absl::OkStatus();
  return NotInLine(giver.name, assignee);
}

absl::Status CheckJudge(const Actor& judge, const organization::Task& task) {
  const bool own = judge.name == task.assignee();
  if (judge.above || (judge.all && !own)) return absl::OkStatus();
  if (own && task.assigner() == task.assignee()) return absl::OkStatus();
  return NotInLine(judge.name, task.assignee());
}

absl::Status CheckAssignee(const std::string& actor, const organization::Task& task) {
  if (actor == task.assignee()) return absl::OkStatus();
  return Denied("NOT_ASSIGNEE", absl::StrCat("the task is done by ", task.assignee()), task.assignee());
}

absl::Status CheckTaskUpdate(const Actor& actor, const organization::Task& before, const organization::Task& after,
                             const std::string& today) {
  if (before.state() != organization::TASK_STATE_OPEN && before.state() != organization::TASK_STATE_IN_PROGRESS) {
    return FailedPrecondition("TASK_CLOSED", before.name(),
                              absl::StrCat("the task is ", organization::TaskState_Name(before.state())),
                              {{"state", organization::TaskState_Name(before.state())}});
  }
  RETURN_IF_ERROR(CheckJudge(actor, before));
  return before.due_date() == after.due_date() ? absl::OkStatus()
                                               : CheckNotPast("task.due_date", after.due_date(), today);
}

// ---- Shared resources

absl::Status CheckBookingWindow(const organization::ResourceBooking& booking, absl::Time now, const Policy& policy) {
  const absl::Time start = FromTimestamp(booking.start_time()), end = FromTimestamp(booking.end_time());
  RETURN_IF_ERROR(CheckTimeNotPast("resource_booking.start_time", start, now, policy));
  if (end > start && end - start <= policy.booking_max) return absl::OkStatus();
  return InvalidField(
      "resource_booking.end_time", "BOOKING_WINDOW_INVALID",
      absl::StrCat("must be after the begin, at most ", absl::FormatDuration(policy.booking_max)),
      {{"value", absl::FormatDuration(end - start)}, {"limit", absl::FormatDuration(policy.booking_max)}});
}

absl::Status CheckUsable(const organization::SharedResource& resource) {
  if (resource.state() == organization::SHARED_RESOURCE_STATE_AVAILABLE && !resource.has_archive_time()) {
    return absl::OkStatus();
  }
  const std::string state =
      resource.has_archive_time() ? "archived" : organization::SharedResourceState_Name(resource.state());
  return FailedPrecondition("RESOURCE_UNAVAILABLE", resource.name(),
                            absl::StrCat(resource.display_name(), " cannot be used: ", state), {{"state", state}});
}

void SetFirstState(const organization::SharedResource& resource, organization::ResourceBooking* booking) {
  booking->set_state(resource.kind() == organization::SHARED_RESOURCE_KIND_VEHICLE
                         ? organization::RESOURCE_BOOKING_STATE_REQUESTED
                         : organization::RESOURCE_BOOKING_STATE_CONFIRMED);
}

absl::Status ChangeBooking(const organization::SharedResource& resource, const organization::ResourceBooking& before,
                           organization::ResourceBooking* after) {
  if (before.state() != organization::RESOURCE_BOOKING_STATE_REQUESTED &&
      before.state() != organization::RESOURCE_BOOKING_STATE_CONFIRMED) {
    const std::string state = organization::ResourceBookingState_Name(before.state());
    return FailedPrecondition("BOOKING_FROZEN", before.name(), absl::StrCat("the booking is ", state),
                              {{"state", state}});
  }
  const bool same = FromTimestamp(before.start_time()) == FromTimestamp(after->start_time()) &&
                    FromTimestamp(before.end_time()) == FromTimestamp(after->end_time()) &&
                    before.purpose() == after->purpose() && before.destination() == after->destination();
  if (same) return absl::OkStatus();
  SetFirstState(resource, after);
  if (after->state() == organization::RESOURCE_BOOKING_STATE_REQUESTED) {
    after->clear_dispatcher();
    after->clear_dispatch_time();
  }
  return absl::OkStatus();
}

absl::Status CheckDispatcher(const std::string& actor, const organization::ResourceBooking& booking) {
  if (actor != booking.user() && actor != booking.creator()) return absl::OkStatus();
  return SeparationOfDuties("nobody dispatches a car to himself, or one that he has booked for another", actor);
}

absl::Status CheckHandOutTime(absl::Time now, const organization::ResourceBooking& booking) {
  const absl::Time end = FromTimestamp(booking.end_time());
  if (now < end) return absl::OkStatus();
  return FailedPrecondition("BOOKING_OVER", booking.name(), absl::StrCat("it was booked until ", Text(end)),
                            {{"value", Text(now)}, {"limit", Text(end)}});
}

absl::Status HandOut(int64_t mileage_km, absl::Time now, const organization::SharedResource& resource,
                     organization::ResourceBooking* booking) {
  RETURN_IF_ERROR(CheckUsable(resource));
  RETURN_IF_ERROR(CheckCarMileage(mileage_km, resource.mileage_km(), resource));
  if (IsCar(resource)) booking->set_start_mileage_km(static_cast<int32_t>(mileage_km));
  *booking->mutable_handout_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status TakeBack(int64_t mileage_km, const std::string& note, absl::Time now,
                      organization::SharedResource* resource, organization::ResourceBooking* booking) {
  RETURN_IF_ERROR(CheckCarMileage(mileage_km, booking->start_mileage_km(), *resource));
  if (IsCar(*resource)) {
    booking->set_end_mileage_km(static_cast<int32_t>(mileage_km));
    resource->set_mileage_km(static_cast<int32_t>(mileage_km));
  }
  booking->set_return_note(note);
  *booking->mutable_return_time() = ToTimestamp(now);
  booking->set_late(now > FromTimestamp(booking->end_time()));
  return absl::OkStatus();
}

absl::Status CheckMileage(const organization::SharedResource& before, const organization::SharedResource& after,
                          bool out) {
  if (after.mileage_km() >= before.mileage_km()) return absl::OkStatus();
  if (after.mileage_reason().empty() || after.mileage_reason() == before.mileage_reason()) {
    return InvalidField("shared_resource.mileage_km", "MILEAGE_BACKWARDS",
                        absl::StrCat("is ", after.mileage_km(), "; it was ", before.mileage_km(),
                                     " before; what was mistyped is lowered with a reason"),
                        {{"value", absl::StrCat(after.mileage_km())}, {"least", absl::StrCat(before.mileage_km())}});
  }
  if (!out) return absl::OkStatus();
  return FailedPrecondition("RESOURCE_OUT", before.name(),
                            "somebody has it, with the mileage that he was given; correct it when it is back");
}

// ---- Improvement

void Submit(const std::string& actor, const std::string& answer_due_date, organization::ImprovementItem* item) {
  item->set_proposer(actor);
  item->set_answer_due_date(answer_due_date);
  item->set_state(organization::IMPROVEMENT_STATE_SUBMITTED);
}

absl::Status CheckImprovementUpdate(const std::string& actor, const organization::ImprovementItem& before) {
  if (before.state() != organization::IMPROVEMENT_STATE_SUBMITTED) {
    return FailedPrecondition("IMPROVEMENT_ANSWERED", before.name(), "it is answered already and stays as it was",
                              {{"state", organization::ImprovementState_Name(before.state())}});
  }
  if (actor == before.proposer()) return absl::OkStatus();
  return Denied("NOT_PROPOSER", absl::StrCat("it was brought in by ", before.proposer()), before.proposer());
}

absl::Status Plan(const std::string& actor, const Answer& answer, absl::Time now, const std::string& today,
                  organization::ImprovementItem* item) {
  RETURN_IF_ERROR(CheckAnswerer(actor, *item));
  RETURN_IF_ERROR(CheckNotPast("due_date", answer.due_date, today));
  if (item->kind() == organization::IMPROVEMENT_KIND_NONCONFORMITY && answer.cause.empty()) {
    return InvalidField("cause", "CAUSE_REQUIRED", "what was not as it must be is not mended without its cause");
  }
  SetAnswer(actor, answer.answer, now, today, item);
  item->set_cause(answer.cause);
  item->set_action(answer.action);
  item->set_owner(answer.owner);
  item->set_due_date(answer.due_date);
  item->set_rounds(1);
  return absl::OkStatus();
}

absl::Status Decline(const std::string& actor, const std::string& answer, absl::Time now, const std::string& today,
                     organization::ImprovementItem* item) {
  RETURN_IF_ERROR(CheckAnswerer(actor, *item));
  if (actor == item->owner()) return SeparationOfDuties("nobody drops what he is to do himself", item->owner());
  const bool was_late = item->answered_late();  // Of the first answer, where there was one.
  const bool answered = item->has_answer_time();
  SetAnswer(actor, answer, now, today, item);
  if (answered) item->set_answered_late(was_late);
  return absl::OkStatus();
}

absl::Status Reassign(const std::string& actor, const std::string& owner, const std::string& due_date,
                      const std::string& action, const std::string& today, organization::ImprovementItem* item) {
  RETURN_IF_ERROR(CheckAnswerer(actor, *item));
  if (actor == item->owner()) return SeparationOfDuties("nobody hands on what he is to do himself", item->owner());
  RETURN_IF_ERROR(CheckNotPast("due_date", due_date, today));
  item->set_owner(owner);
  item->set_due_date(due_date);
  if (!action.empty()) item->set_action(action);
  return absl::OkStatus();
}

absl::Status Complete(const std::string& actor, const std::string& result, const std::string& today,
                      organization::ImprovementItem* item) {
  if (actor != item->owner()) {
    return Denied("NOT_RESPONSIBLE", absl::StrCat("the action is that of ", item->owner()), item->owner());
  }
  item->set_result(result);
  item->set_done_date(today);
  return absl::OkStatus();
}

absl::Status CheckEffect(const std::string& actor, const CheckOfEffect& check, absl::Time now, const std::string& today,
                         organization::ImprovementItem* item) {
  if (actor == item->owner()) return SeparationOfDuties("nobody checks what he did himself", item->owner());
  item->set_effect(check.effect);
  item->set_checker(actor);
  *item->mutable_check_time() = ToTimestamp(now);
  if (check.effective) {
    item->set_state(organization::IMPROVEMENT_STATE_CLOSED);
    return absl::OkStatus();
  }
  if (check.action.empty()) {
    return InvalidField("action", "ACTION_REQUIRED", "what had no effect takes another action");
  }
  RETURN_IF_ERROR(CheckNotPast("due_date", check.due_date, today));
  item->set_action(check.action);
  item->set_due_date(check.due_date);
  item->set_rounds(item->rounds() + 1);
  item->set_state(organization::IMPROVEMENT_STATE_PLANNED);
  return absl::OkStatus();
}

// ---- Coordination

absl::Status Ask(const std::string& actor, const std::string& department, absl::Time now, const Policy& policy,
                 organization::CoordinationRequest* request) {
  if (department.empty()) {
    return FailedPrecondition("DEPARTMENT_REQUIRED", actor, "whoever asks another department is in one himself");
  }
  if (department == request->to_department()) {
    return InvalidField("coordination_request.to_department", "SAME_DEPARTMENT",
                        "is your own department: give a task instead", {{"department", department}});
  }
  request->set_requester(actor);
  request->set_from_department(department);
  request->set_state(organization::COORDINATION_STATE_OPEN);
  if (!request->has_answer_due_time()) {
    *request->mutable_answer_due_time() = ToTimestamp(now + policy.coordination_answer);
  }
  return CheckTimeNotPast("coordination_request.answer_due_time", FromTimestamp(request->answer_due_time()), now,
                          policy);
}

absl::Status CheckRequester(const std::string& actor, bool above, const organization::CoordinationRequest& request) {
  if (above || actor == request.requester()) return absl::OkStatus();
  return Denied("NOT_REQUESTER", absl::StrCat("it was asked by ", request.requester()), request.requester());
}

absl::Status CheckCloser(const std::string& actor, const organization::CoordinationRequest& request) {
  if (actor != request.answerer()) return absl::OkStatus();
  return SeparationOfDuties("nobody closes what he has answered himself", actor);
}

absl::Status AnswerRequest(const std::string& actor, const Addressed& addressed, const std::string& answer,
                           absl::Time now, organization::CoordinationRequest* request) {
  const bool addressee = actor == request->escalated_to() || actor == request->handler() || actor == addressed.head ||
                         (addressed.head.empty() && addressed.in_department);
  if (!addressee) {
    return Denied("NOT_ADDRESSED",
                  absl::StrCat(request->to_department(), " was asked; its head answers or names who does"),
                  addressed.head.empty() ? request->to_department() : addressed.head);
  }
  if (actor == request->requester()) return SeparationOfDuties("nobody answers his own request", actor);
  request->set_answer(answer);
  request->set_answerer(actor);
  *request->mutable_answer_time() = ToTimestamp(now);
  request->set_answered_late(request->escalation_level() > 0 || now > FromTimestamp(request->answer_due_time()));
  return absl::OkStatus();
}

absl::Status AssignHandler(const std::string& actor, const Addressed& addressed, const std::string& handler,
                           organization::CoordinationRequest* request) {
  if (actor != addressed.head && actor != request->escalated_to()) {
    return Denied("NOT_ADDRESSED", "the head of the department says who answers",
                  addressed.head.empty() ? request->to_department() : addressed.head);
  }
  if (!addressed.in_department) {
    return InvalidField("handler", "NOT_OF_DEPARTMENT",
                        absl::StrCat("does not work in ", request->to_department(), " or below it"),
                        {{"value", handler}, {"department", request->to_department()}});
  }
  request->set_handler(handler);
  return absl::OkStatus();
}

void Reopen(absl::Time now, const Policy& policy, organization::CoordinationRequest* request) {
  *request->mutable_answer_due_time() = ToTimestamp(now + policy.coordination_answer);
}

absl::Status Escalate(const std::string& head, absl::Time now, const Policy& policy,
                      organization::CoordinationRequest* request) {
  const absl::Time due = FromTimestamp(request->answer_due_time());
  if (now <= due) {
    return FailedPrecondition("ANSWER_NOT_DUE", request->name(),
                              absl::StrCat("there is time for the answer until ", Text(due)),
                              {{"answerDueTime", Text(due)}});
  }
  if (head.empty()) {
    return FailedPrecondition("NOBODY_ABOVE", request->name(), "no department above has a head who was not asked yet");
  }
  request->set_escalated_to(head);
  request->set_escalation_level(request->escalation_level() + 1);
  *request->mutable_escalate_time() = ToTimestamp(now);
  Reopen(now, policy, request);
  return absl::OkStatus();
}

absl::Status CheckGroup(const organization::WorkingGroup& group,
                        const std::map<std::string, std::string>& departments) {
  std::set<std::string> members, of_departments;
  for (int i = 0; i < group.members_size(); ++i) {
    const std::string& employee = group.members(i).employee();
    if (!members.insert(employee).second) {
      return InvalidField(absl::StrCat("working_group.members[", i, "]"), "MEMBER_REPEATED",
                          absl::StrCat(employee, " is in it already"), {{"employee", employee}});
    }
    if (const auto department = departments.find(employee); department != departments.end()) {
      of_departments.insert(department->second);
    }
  }
  if (members.count(group.leader()) == 0) {
    return InvalidField("working_group.leader", "LEADER_NOT_MEMBER", "must be one of the members");
  }
  if (of_departments.size() > 1) return absl::OkStatus();
  return InvalidField("working_group.members", "ONE_DEPARTMENT", "must be of two departments at least");
}

}  // namespace kam::account::rules

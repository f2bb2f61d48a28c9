#include "common/approval/rules.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/money/decimal.h"
#include "common/status/status.h"

namespace kam::approval {
namespace {

namespace pb = kam::approval::v1;

void SetTime(absl::Time time, google::protobuf::Timestamp* stamp) {
  // Whole microseconds, as the database keeps them.
  const int64_t micros = absl::ToUnixMicros(time);
  stamp->set_seconds(absl::ToUnixSeconds(time));
  stamp->set_nanos(static_cast<int32_t>((micros - absl::ToUnixSeconds(time) * 1'000'000) * 1000));
}

absl::Time TimeOf(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

std::vector<std::string> Split(const std::string& names) { return absl::StrSplit(names, ' ', absl::SkipEmpty()); }
std::vector<std::string> RolesOf(const pb::ApprovalStep& step) { return Split(step.roles()); }
std::vector<std::string> EmployeesOf(const pb::ApprovalStep& step) { return Split(step.employees()); }

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

pb::ApprovalStep* WaitingStep(pb::ApprovalRequest* request) {
  for (pb::ApprovalStep& step : *request->mutable_steps()) {
    if (step.state() == pb::APPROVAL_STEP_STATE_PENDING) return &step;
  }
  return nullptr;
}

// Shows what waits now; closes the request as approved when nothing does.
void Advance(absl::Time now, pb::ApprovalRequest* request) {
  request->clear_pending_roles();
  request->clear_pending_employees();
  const pb::ApprovalStep* waiting = WaitingStep(request);
  if (waiting == nullptr) {
    request->set_current_step(0);
    request->set_state(pb::APPROVAL_STATE_APPROVED);
    SetTime(now, request->mutable_close_time());
    return;
  }
  request->set_state(pb::APPROVAL_STATE_PENDING);
  request->set_current_step(waiting->number());
  for (const std::string& role : RolesOf(*waiting)) request->add_pending_roles(role);
  for (const std::string& employee : EmployeesOf(*waiting)) request->add_pending_employees(employee);
}

void Close(pb::ApprovalState state, absl::Time now, pb::ApprovalRequest* request) {
  for (pb::ApprovalStep& step : *request->mutable_steps()) {
    if (step.state() == pb::APPROVAL_STEP_STATE_PENDING) step.set_state(pb::APPROVAL_STEP_STATE_SKIPPED);
  }
  request->clear_pending_roles();
  request->clear_pending_employees();
  request->set_current_step(0);
  request->set_state(state);
  SetTime(now, request->mutable_close_time());
}

absl::Status CheckPending(const pb::ApprovalRequest& request) {
  if (request.state() == pb::APPROVAL_STATE_PENDING) return absl::OkStatus();
  return FailedPrecondition("STATE_NOT_ALLOWED", request.name(), "the request is decided or taken back already",
                            {{"state", pb::ApprovalState_Name(request.state())}, {"allowed", "PENDING"}});
}

// Whether this person or one of these roles is named.
bool Named(const std::vector<std::string>& employees, const std::vector<std::string>& named_roles,
           const std::string& employee, const std::vector<std::string>& roles) {
  return Contains(employees, employee) ||
         std::any_of(named_roles.begin(), named_roles.end(),
                     [&roles](const std::string& role) { return Contains(roles, role); });
}
bool Names(const pb::ApprovalStep& step, const std::string& employee, const std::vector<std::string>& roles) {
  return Named(EmployeesOf(step), RolesOf(step), employee, roles);
}

absl::Status RequesterMayNot(const pb::ApprovalRequest& request) {
  return Error(absl::StatusCode::kPermissionDenied, "REQUESTER_MAY_NOT_DECIDE",
               "whoever asks does not decide, neither in person nor through somebody who takes his place",
               {{"requester", request.requester()}});
}

absl::Status AlreadyDecided(const pb::ApprovalStep& other, const pb::ApprovalStep& step) {
  return Error(absl::StatusCode::kPermissionDenied, "ALREADY_DECIDED",
               absl::StrCat("step ", other.number(), " was decided by ", other.decider(), "; step ", step.number(),
                            " takes another person, or one who answers both in person"),
               {{"step", absl::StrCat(other.number())}, {"decider", other.decider()}});
}

// The step that waits, with its decider filled in.
absl::StatusOr<pb::ApprovalStep*> Claim(const Decider& decider, const std::string& content_hash, absl::Time now,
                                        pb::ApprovalRequest* request) {
  RETURN_IF_ERROR(CheckPending(*request));
  if (request->has_deadline() && now >= TimeOf(request->deadline())) {
    return FailedPrecondition("APPROVAL_EXPIRED", request->name(), "the time to decide is over; it must be asked again",
                              {{"deadline", absl::FormatTime(TimeOf(request->deadline()), absl::UTCTimeZone())}});
  }
  if (!content_hash.empty() && content_hash != request->content_hash()) {
    return FailedPrecondition("CONTENT_CHANGED", request->subject(),
                              "the request is about another content than the one you have seen",
                              {{"contentHash", request->content_hash()}, {"given", content_hash}});
  }
  pb::ApprovalStep* step = WaitingStep(request);
  if (step == nullptr) return Internal("a pending approval request has no step that waits");
  if (decider.employee == request->requester()) return RequesterMayNot(*request);
  bool in_the_place_of_the_requester = false;
  const std::string* named = &decider.employee;
  const std::vector<std::string>* named_roles = &decider.roles;
  if (Names(*step, decider.employee, decider.roles)) {
    // Two levels are two people. Whoever holds both posts answers both; whoever was lent one of them does not.
    for (const pb::ApprovalStep& other : request->steps()) {
      if (other.state() == pb::APPROVAL_STEP_STATE_APPROVED && other.decider() == decider.employee &&
          !other.on_behalf_of().empty()) {
        return AlreadyDecided(other, *step);
      }
    }
  } else {
    const Substitution* substitution = nullptr;
    for (const Substitution& candidate : decider.substitutions) {
      if (!Names(*step, candidate.delegator, candidate.roles)) continue;
      if (candidate.delegator == request->requester()) {
        in_the_place_of_the_requester = true;
      } else {
        substitution = &candidate;
        break;
      }
    }
    if (substitution == nullptr) {
      if (in_the_place_of_the_requester) return RequesterMayNot(*request);
      const std::string who = step->employees().empty() ? step->roles()
                              : step->roles().empty()   ? step->employees()
                                                        : absl::StrCat(step->roles(), " ", step->employees());
      return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_DECIDER",
                   absl::StrCat("step ", step->number(), " is decided by ", who),
                   {{"step", absl::StrCat(step->number())}, {"deciders", who}});
    }
    // Nor does whoever has answered one of them lend himself another.
    for (const pb::ApprovalStep& other : request->steps()) {
      if (other.state() != pb::APPROVAL_STEP_STATE_APPROVED) continue;
      if (other.decider() != decider.employee && other.on_behalf_of() != substitution->delegator &&
          other.decider() != substitution->delegator) {
        continue;
      }
      return AlreadyDecided(other, *step);
    }
    step->set_on_behalf_of(substitution->delegator);
    named = &substitution->delegator;
    named_roles = &substitution->roles;
  }
  // A step that was put to the level above is decided at that level by those of that level only.
  if (step->has_escalate_time() &&
      Named(Split(step->escalation_employees()), Split(step->escalation_roles()), *named, *named_roles)) {
    step->set_level(std::max(step->level(), step->escalation_level()));
  }
  step->set_decider(decider.employee);
  SetTime(now, step->mutable_decide_time());
  return step;
}

// True when `now` is at least as good as `then`. What cannot be read is worse.
bool NotWorse(const pb::TestedValue& then, const pb::TestedValue& now) {
  if (then.direction() != now.direction() || then.reason() != now.reason()) return false;
  const auto value = [](const pb::TestedValue& tested) {
    return Decimal::Parse(tested.confidential_value().empty() ? tested.value() : tested.confidential_value());
  };
  const absl::StatusOr<Decimal> before = value(then), after = value(now);
  if (!before.ok() || !after.ok()) return false;
  return now.direction() == pb::WORSE_DIRECTION_LOWER ? *before <= *after : *after <= *before;
}

// Those who were asked and those above them, each once. Where a step does not hold so many, those above are kept.
std::string Joined(std::vector<std::string> asked, const std::vector<std::string>& above) {
  asked.erase(
      std::remove_if(asked.begin(), asked.end(), [&above](const std::string& name) { return Contains(above, name); }),
      asked.end());
  asked.resize(std::min(asked.size(), kStepNamesMax - std::min(kStepNamesMax, above.size())));
  asked.insert(asked.end(), above.begin(), above.end());
  return StepNames(asked);
}

const pb::ApprovalStep* StepOf(const pb::ApprovalRequest& request, int number) {
  return number >= 1 && number <= request.steps_size() ? &request.steps(number - 1) : nullptr;
}

}  // namespace

std::string StepNames(const std::vector<std::string>& names) {
  return absl::StrJoin(names.begin(), names.begin() + static_cast<int64_t>(std::min(names.size(), kStepNamesMax)), " ");
}

Substitution Lent(const std::vector<std::string>& roles, const std::vector<std::string>& held) {
  Substitution substitution;
  std::copy_if(roles.begin(), roles.end(), std::back_inserter(substitution.roles),
               [&](const std::string& role) { return std::find(held.begin(), held.end(), role) != held.end(); });
  return substitution;
}

absl::Status Open(absl::Time now, pb::ApprovalRequest* request) {
  if (request->subject().empty() || request->requester().empty() || request->content_hash().empty() ||
      request->purpose().empty()) {
    return Internal("an approval request needs subject, requester, purpose and content hash");
  }
  if (request->steps_size() == 0) return Internal("STEPS_INVALID: an approval request has no steps");
  for (int i = 0; i < request->steps_size(); ++i) {
    pb::ApprovalStep& step = *request->mutable_steps(i);
    if (step.number() != i + 1) {
      return Internal(absl::StrCat("STEPS_INVALID: step ", i + 1, " has the number ", step.number()));
    }
    if (RolesOf(step).empty() && EmployeesOf(step).empty()) {
      return Error(absl::StatusCode::kFailedPrecondition, "STEP_WITHOUT_DECIDER",
                   absl::StrCat("nobody is named to decide step ", step.number()),
                   {{"step", absl::StrCat(step.number())}});
    }
    if (step.state() != pb::APPROVAL_STEP_STATE_CARRIED) step.set_state(pb::APPROVAL_STEP_STATE_PENDING);
  }
  for (const pb::TestedValue& tested : request->tested_values()) {
    const std::string& value = tested.confidential_value().empty() ? tested.value() : tested.confidential_value();
    if (StepOf(*request, tested.step_number()) == nullptr || tested.item().empty() || !Decimal::Parse(value).ok()) {
      return Internal(absl::StrCat("TESTED_VALUE_INVALID: ", tested.item()));
    }
  }
  Advance(now, request);
  return absl::OkStatus();
}

absl::Status Approve(const Decider& decider, const std::string& content_hash, const std::string& opinion,
                     absl::Time now, pb::ApprovalRequest* request) {
  ASSIGN_OR_RETURN(pb::ApprovalStep * step, Claim(decider, content_hash, now, request));
  step->set_state(pb::APPROVAL_STEP_STATE_APPROVED);
  step->set_opinion(opinion);
  Advance(now, request);
  return absl::OkStatus();
}

absl::Status Reject(const Decider& decider, const std::string& content_hash, const std::string& opinion, absl::Time now,
                    pb::ApprovalRequest* request) {
  ASSIGN_OR_RETURN(pb::ApprovalStep * step, Claim(decider, content_hash, now, request));
  if (opinion.empty()) return InvalidField("opinion", "OPINION_REQUIRED", "say why the request is rejected");
  step->set_state(pb::APPROVAL_STEP_STATE_REJECTED);
  step->set_opinion(opinion);
  Close(pb::APPROVAL_STATE_REJECTED, now, request);
  return absl::OkStatus();
}

absl::Status Withdraw(const std::string& employee, absl::Time now, pb::ApprovalRequest* request) {
  RETURN_IF_ERROR(CheckPending(*request));
  if (employee != request->requester()) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_REQUESTER", "only the one who asked takes it back",
                 {{"requester", request->requester()}});
  }
  Close(pb::APPROVAL_STATE_WITHDRAWN, now, request);
  return absl::OkStatus();
}

absl::Status Expire(absl::Time now, pb::ApprovalRequest* request) {
  RETURN_IF_ERROR(CheckPending(*request));
  if (now < TimeOf(request->deadline())) {
    return FailedPrecondition("APPROVAL_NOT_DUE", request->name(), "the time to decide is not over",
                              {{"deadline", absl::FormatTime(TimeOf(request->deadline()), absl::UTCTimeZone())}});
  }
  Close(pb::APPROVAL_STATE_EXPIRED, now, request);
  return absl::OkStatus();
}

bool Escalate(absl::Time now, absl::Time new_deadline, pb::ApprovalRequest* request) {
  if (request->state() != pb::APPROVAL_STATE_PENDING || now < TimeOf(request->deadline())) return false;
  pb::ApprovalStep* step = WaitingStep(request);
  if (step == nullptr || step->has_escalate_time() ||
      (step->escalation_roles().empty() && step->escalation_employees().empty())) {
    return false;
  }
  step->set_roles(Joined(RolesOf(*step), Split(step->escalation_roles())));
  step->set_employees(Joined(EmployeesOf(*step), Split(step->escalation_employees())));
  SetTime(now, step->mutable_escalate_time());
  SetTime(new_deadline, request->mutable_deadline());
  Advance(now, request);
  return true;
}

int CarryOver(const pb::ApprovalRequest& earlier, absl::Time not_before, pb::ApprovalRequest* request) {
  if (earlier.state() != pb::APPROVAL_STATE_APPROVED || earlier.purpose() != request->purpose()) return 0;
  int carried = 0;
  for (pb::ApprovalStep& step : *request->mutable_steps()) {
    const pb::ApprovalStep* source = nullptr;
    bool all = true;
    for (const pb::TestedValue& tested : request->tested_values()) {
      if (tested.step_number() != step.number()) continue;
      const auto answered = std::find_if(
          earlier.tested_values().begin(), earlier.tested_values().end(), [&](const pb::TestedValue& before) {
            const pb::ApprovalStep* by = StepOf(earlier, before.step_number());
            return by != nullptr && before.item() == tested.item() && by->level() >= step.level() &&
                   TimeOf(by->decide_time()) >= not_before && NotWorse(before, tested);
          });
      if (answered == earlier.tested_values().end()) {
        all = false;
        break;
      }
      const pb::ApprovalStep* by = StepOf(earlier, answered->step_number());
      // Who asks now may have decided then; his own decision does not help him.
      if (by->decider() == request->requester() || by->on_behalf_of() == request->requester()) all = false;
      if (source == nullptr) source = by;
    }
    if (!all || source == nullptr) continue;
    step.set_state(pb::APPROVAL_STEP_STATE_CARRIED);
    step.set_decider(source->decider());
    step.set_on_behalf_of(source->on_behalf_of());
    *step.mutable_decide_time() = source->decide_time();
    step.set_opinion(source->opinion());
    request->set_earlier(earlier.name());
    ++carried;
  }
  return carried;
}

}  // namespace kam::approval

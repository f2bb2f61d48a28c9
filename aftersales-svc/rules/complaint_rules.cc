#include "aftersales-svc/rules/complaint_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/proto_time.h"
#include "aftersales-svc/rules/refusal.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "kam/complaint/v1/complaint_class.pb.h"

namespace kam::aftersales::rules {
namespace {

constexpr char kBypassed[] = "went past us to a higher place";

absl::Status NotInFuture(absl::string_view field, absl::Time at, absl::Time now, const Policy& policy) {
  if (at <= now + policy.clock_tolerance) return absl::OkStatus();
  return InvalidField(field, "TIME_IN_FUTURE", absl::StrCat("is ", ShowTime(at), "; it is ", ShowTime(now), " now"),
                      {{"value", ShowTime(at)}, {"now", ShowTime(now)}});
}

absl::Status RecordKept(absl::string_view field, absl::string_view why) {
  return InvalidField(absl::StrCat("complaint.", field), "COMPLAINT_RECORD_KEPT", why);
}

bool AmountReaches(const cv1::Complaint& complaint, const google::type::Money& least) {
  if (!complaint.has_amount()) return false;
  const auto amount = FromProto(complaint.amount(), "complaint.amount");
  const auto limit = FromProto(least, "complaint_class_rule.amount_min");
  if (!amount.ok() || !limit.ok()) return false;
  const auto order = Compare(*amount, *limit);
  return order.ok() && *order >= 0;
}

bool Fits(const cv1::ComplaintClassRule& rule, const cv1::Complaint& complaint, absl::string_view tier) {
  if (rule.category() != cv1::COMPLAINT_CATEGORY_UNSPECIFIED && rule.category() != complaint.category()) return false;
  if (complaint.severity() < rule.severity_min()) return false;
  if (rule.has_amount_min() && !AmountReaches(complaint, rule.amount_min())) return false;
  return rule.tier().empty() || rule.tier() == tier;
}

void MarkBypassed(cv1::Complaint* complaint) {
  if (!complaint->bypassed() || complaint->overdue()) return;
  complaint->set_overdue(true);
  complaint->set_overdue_reason(kBypassed);
}

void AddEscalation(int level, absl::string_view role, absl::string_view actor, absl::string_view reason, absl::Time now,
                   cv1::Complaint* complaint) {
  cv1::ComplaintEscalation* escalation = complaint->add_escalations();
  escalation->set_level(level);
  *escalation->mutable_escalation_time() = ToTimestamp(now);
  escalation->set_role(std::string(role));
  escalation->set_actor(std::string(actor));
  escalation->set_reason(std::string(reason));
  complaint->set_escalation_level(level);
  // Back at a level: whoever had it there has it again.
  std::string waits_for(role);
  for (const cv1::ComplaintEscalation& earlier : complaint->escalations()) {
    if (role.empty() && earlier.level() == level && !earlier.role().empty()) waits_for = earlier.role();
  }
  complaint->set_escalated_role(level == 0 ? "" : waits_for);
}

}  // namespace

bool HasEnded(cv1::ComplaintState state) {
  return state == cv1::COMPLAINT_STATE_CLOSED || state == cv1::COMPLAINT_STATE_REJECTED ||
         state == cv1::COMPLAINT_STATE_DUPLICATE;
}

const cv1::ComplaintClassRule* DecidingRule(const cv1::Complaint& complaint, absl::string_view tier,
                                            const std::vector<cv1::ComplaintClassRule>& rules) {
  const cv1::ComplaintClassRule* found = nullptr;
  for (const cv1::ComplaintClassRule& rule : rules) {
    if (Fits(rule, complaint, tier) && (found == nullptr || rule.priority() > found->priority())) found = &rule;
  }
  return found;
}

absl::Status Register(absl::string_view tier, const std::vector<cv1::ComplaintClassRule>& rules, absl::Time now,
                      const Policy& policy, cv1::Complaint* complaint) {
  if (!complaint->has_receive_time()) *complaint->mutable_receive_time() = ToTimestamp(now);
  RETURN_IF_ERROR(NotInFuture("complaint.receive_time", FromTimestamp(complaint->receive_time()), now, policy));
  complaint->set_state(cv1::COMPLAINT_STATE_RECEIVED);
  const cv1::ComplaintClassRule* rule = DecidingRule(*complaint, tier, rules);
  complaint->set_complaint_class(rule == nullptr ? cv1::COMPLAINT_CLASS_ORDINARY : rule->complaint_class());
  if (rule != nullptr) complaint->set_class_rule(rule->name());
  MarkBypassed(complaint);
  return absl::OkStatus();
}

absl::Status CheckUpdate(const cv1::Complaint& before, absl::string_view actor, cv1::Complaint* after) {
  if (HasEnded(before.state())) {
    return FailedPrecondition("COMPLAINT_ENDED", before.name(), "the complaint has ended; reopen it first",
                              {{"state", cv1::ComplaintState_Name(before.state())}});
  }
  const bool being_taken_down = before.state() == cv1::COMPLAINT_STATE_RECEIVED && before.creator() == actor;
  if (before.description() != after->description() && !being_taken_down) {
    return RecordKept("description",
                      "is in the words of the customer: whoever took it down corrects it until it is accepted");
  }
  for (int i = 0; i < before.evidence_size(); ++i) {
    const std::string kept = before.evidence(i).SerializeAsString();
    const auto same = [&kept](const cv1::ComplaintEvidence& shown) { return shown.SerializeAsString() == kept; };
    if (std::none_of(after->evidence().begin(), after->evidence().end(), same)) {
      return RecordKept("evidence", absl::StrCat("keeps what was shown: ", before.evidence(i).title(), " is missing"));
    }
  }
  MarkBypassed(after);
  return absl::OkStatus();
}

bool RaiseClass(absl::string_view tier, const std::vector<cv1::ComplaintClassRule>& rules, cv1::Complaint* complaint) {
  const bool open =
      complaint->state() < cv1::COMPLAINT_STATE_EXECUTED || complaint->state() == cv1::COMPLAINT_STATE_REOPENED;
  if (!open || !complaint->class_reason().empty()) return false;
  const cv1::ComplaintClassRule* rule = DecidingRule(*complaint, tier, rules);
  if (rule == nullptr || rule->complaint_class() <= complaint->complaint_class()) return false;
  complaint->set_complaint_class(rule->complaint_class());
  complaint->set_class_rule(rule->name());
  return true;
}

absl::Status CheckWorker(const cv1::Complaint& complaint, const Worker& worker) {
  if (!worker.may_assign && !WorksOn(worker.actor, complaint)) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_HANDLER",
                 "only the handler, a helper or whoever may assign the complaint works on it",
                 {{"handler", complaint.handler()}});
  }
  return CheckMajor(complaint, worker.may_handle_major);
}

absl::Status CheckMajor(const cv1::Complaint& complaint, bool may_handle_major) {
  if (complaint.complaint_class() == cv1::COMPLAINT_CLASS_MAJOR && !may_handle_major) {
    return Error(
        absl::StatusCode::kPermissionDenied, "MAJOR_COMPLAINT_NOT_ALLOWED",
        "the complaint is major: whoever holds complaint.handle_major (sales, service or customer-relationship "
        "director, customer-service manager, service manager) works on it and ends it",
        {{"complaintClass", "MAJOR"}, {"permission", "complaint.handle_major"}});
  }
  return absl::OkStatus();
}

bool WorksOn(absl::string_view employee, const cv1::Complaint& complaint) {
  const auto& helpers = complaint.co_handlers();
  return complaint.handler() == employee || std::find(helpers.begin(), helpers.end(), employee) != helpers.end();
}

absl::Status CheckOtherThanWorkers(bool worked_on, absl::string_view what) {
  return worked_on ? SeparationOfDuties("works or worked on the complaint", what) : absl::OkStatus();
}

absl::Status GiveClass(cv1::ComplaintClass complaint_class, absl::string_view reason, bool worked_on,
                       cv1::Complaint* complaint) {
  if (complaint_class == complaint->complaint_class()) {
    return FailedPrecondition("CLASS_UNCHANGED", complaint->name(), "the complaint is of this class already",
                              {{"complaintClass", cv1::ComplaintClass_Name(complaint_class)}});
  }
  // A lighter class has longer limits.
  if (complaint_class < complaint->complaint_class()) {
    RETURN_IF_ERROR(CheckOtherThanWorkers(worked_on, "give it a lighter class"));
  }
  complaint->set_complaint_class(complaint_class);
  complaint->clear_class_rule();
  complaint->set_class_reason(std::string(reason));
  return absl::OkStatus();
}

absl::Status Assign(absl::string_view handler, const std::vector<std::string>& co_handlers, cv1::Complaint* complaint) {
  std::set<std::string> seen = {std::string(handler)};
  for (size_t i = 0; i < co_handlers.size(); ++i) {
    if (seen.insert(co_handlers[i]).second) continue;
    return InvalidField(absl::StrCat("co_handlers[", i, "]"), "HANDLER_REPEATED",
                        absl::StrCat(co_handlers[i], " works on it already"), {{"employee", co_handlers[i]}});
  }
  complaint->set_handler(std::string(handler));
  complaint->clear_co_handlers();
  for (const std::string& helper : co_handlers) complaint->add_co_handlers(helper);
  if (complaint->state() == cv1::COMPLAINT_STATE_ACCEPTED || complaint->state() == cv1::COMPLAINT_STATE_REOPENED) {
    complaint->set_state(cv1::COMPLAINT_STATE_ASSIGNED);
  }
  return absl::OkStatus();
}

absl::Status InvolveManufacturer(cv1::Complaint* complaint) {
  if (complaint->complaint_class() != cv1::COMPLAINT_CLASS_MAJOR) {
    return FailedPrecondition("COMPLAINT_NOT_MAJOR", complaint->name(),
                              "only major complaints are handled together with the manufacturer");
  }
  complaint->set_manufacturer_involved(true);
  return absl::OkStatus();
}

absl::Status Propose(absl::string_view solution, absl::Time now, cv1::Complaint* complaint) {
  cv1::ComplaintInvestigation* investigation = complaint->mutable_investigation();
  if (investigation->cause().empty() || investigation->responsible_party() == cv1::RESPONSIBLE_PARTY_UNSPECIFIED) {
    return FailedPrecondition("INVESTIGATION_REQUIRED", complaint->name(),
                              "cause and responsible party must be written down before a solution is proposed");
  }
  investigation->set_solution(std::string(solution));
  *investigation->mutable_finish_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status Reply(cv1::ContactChannel channel, absl::string_view content, std::optional<absl::Time> at,
                   absl::string_view actor, absl::Time now, const Policy& policy, cv1::Complaint* complaint) {
  const absl::Time when = at.value_or(now);
  RETURN_IF_ERROR(NotInFuture("reply_time", when, now, policy));
  if (when < FromTimestamp(complaint->receive_time())) {
    return InvalidField("reply_time", "REPLY_BEFORE_RECEIPT",
                        absl::StrCat("is ", ShowTime(when), "; the complaint came at ",
                                     ShowTime(FromTimestamp(complaint->receive_time()))));
  }
  cv1::ComplaintReply* reply = complaint->add_replies();
  reply->set_channel(channel);
  reply->set_content(std::string(content));
  *reply->mutable_reply_time() = ToTimestamp(when);
  reply->set_employee(std::string(actor));
  return absl::OkStatus();
}

namespace {

// When this round began: what was told before a reopening is not the result of what was done since.
absl::Time RoundStart(const cv1::Complaint& complaint) {
  return FromTimestamp(complaint.has_reopen_time() ? complaint.reopen_time() : complaint.receive_time());
}

absl::Status ReplyRequired(const cv1::Complaint& complaint, absl::Time since) {
  return FailedPrecondition("REPLY_REQUIRED", complaint.name(), "the customer must be told the result first",
                            {{"since", ShowTime(since)}});
}

absl::Time ResultSince(const cv1::Complaint& complaint) {
  if (!complaint.investigation().has_finish_time()) return RoundStart(complaint);
  return std::max(RoundStart(complaint), FromTimestamp(complaint.investigation().finish_time()));
}

}  // namespace

bool TellsResult(const cv1::Complaint& complaint, const cv1::ComplaintReply& reply) {
  const bool has_result =
      complaint.state() == cv1::COMPLAINT_STATE_PROPOSED || complaint.state() == cv1::COMPLAINT_STATE_AGREED ||
      complaint.state() == cv1::COMPLAINT_STATE_EXECUTED || complaint.state() == cv1::COMPLAINT_STATE_CONFIRMED;
  return has_result && FromTimestamp(reply.reply_time()) >= ResultSince(complaint);
}

bool WasToldResult(const cv1::Complaint& complaint) {
  return std::any_of(complaint.replies().begin(), complaint.replies().end(),
                     [&](const cv1::ComplaintReply& reply) { return TellsResult(complaint, reply); });
}

bool IsReached(cv1::ClockKind kind, const cv1::Complaint& complaint) {
  switch (kind) {
    case cv1::CLOCK_KIND_FIRST_RESPONSE:
      return complaint.state() != cv1::COMPLAINT_STATE_RECEIVED;
    case cv1::CLOCK_KIND_SOLUTION:
      return complaint.state() == cv1::COMPLAINT_STATE_EXECUTED || complaint.state() == cv1::COMPLAINT_STATE_CONFIRMED;
    case cv1::CLOCK_KIND_REPLY:
      return WasToldResult(complaint);
    default:
      return false;
  }
}

absl::Status CheckReplied(const cv1::Complaint& complaint) {
  const absl::Time since = RoundStart(complaint);
  for (const cv1::ComplaintReply& reply : complaint.replies()) {
    if (FromTimestamp(reply.reply_time()) >= since) return absl::OkStatus();
  }
  return ReplyRequired(complaint, since);
}

absl::Status Confirm(bool satisfied, int score, absl::string_view confirmed_by, absl::string_view remark,
                     bool worked_on, absl::Time now, const Policy& policy, cv1::Complaint* complaint) {
  if (satisfied && score > 0 && score < policy.satisfied_score_min) {
    return InvalidField("score", "SCORE_CONTRADICTS",
                        absl::StrCat("is ", score, "; whoever is satisfied gives at least ", policy.satisfied_score_min,
                                     ", otherwise the complaint goes on"),
                        {{"value", absl::StrCat(score)}, {"limit", absl::StrCat(policy.satisfied_score_min)}});
  }
  if (!WasToldResult(*complaint)) return ReplyRequired(*complaint, ResultSince(*complaint));
  RETURN_IF_ERROR(CheckOtherThanWorkers(worked_on, "call the customer back about it"));
  cv1::ComplaintConfirmation* confirmation = complaint->mutable_confirmation();
  confirmation->set_satisfied(satisfied);
  confirmation->set_score(score);
  confirmation->set_confirmed_by(std::string(confirmed_by));
  confirmation->set_remark(std::string(remark));
  *confirmation->mutable_confirm_time() = ToTimestamp(now);
  if (satisfied) {
    complaint->set_state(cv1::COMPLAINT_STATE_CONFIRMED);
  } else {
    Reopen("the customer is not satisfied with the solution", now, complaint);
  }
  return absl::OkStatus();
}

absl::Status CheckClose(const cv1::Complaint& complaint) {
  if (!WasToldResult(complaint)) return ReplyRequired(complaint, ResultSince(complaint));
  if (complaint.confirmation().satisfied()) return absl::OkStatus();
  return FailedPrecondition("CONFIRMATION_REQUIRED", complaint.name(),
                            "the customer must confirm the solution before the complaint is closed");
}

void Reopen(absl::string_view reason, absl::Time now, cv1::Complaint* complaint) {
  complaint->set_state(cv1::COMPLAINT_STATE_REOPENED);
  *complaint->mutable_reopen_time() = ToTimestamp(now);
  complaint->clear_duplicate_of();
  complaint->set_reopen_count(complaint->reopen_count() + 1);
  complaint->set_close_reason(std::string(reason));
  complaint->clear_close_time();
}

void ClearSuspicion(cv1::Complaint* complaint) {
  complaint->set_state(complaint->state_before_suspicion() == cv1::COMPLAINT_STATE_UNSPECIFIED
                           ? cv1::COMPLAINT_STATE_RECEIVED
                           : complaint->state_before_suspicion());
  complaint->clear_state_before_suspicion();
  complaint->clear_close_reason();  // It was the suspicion.
}

absl::Status CheckDuplicate(const cv1::Complaint& complaint, const cv1::Complaint& original) {
  const auto invalid = [](absl::string_view why) { return InvalidField("duplicate_of", "DUPLICATE_INVALID", why); };
  if (original.name() == complaint.name()) return invalid("is the complaint itself");
  if (original.account() != complaint.account()) return invalid("is a complaint of another account");
  if (original.state() == cv1::COMPLAINT_STATE_DUPLICATE) return invalid("is a duplicate itself; name its original");
  if (HasEnded(original.state())) return invalid("has ended; reopen it first");
  return absl::OkStatus();
}

absl::Status ExplainOverdue(absl::string_view explanation, cv1::Complaint* complaint) {
  if (!complaint->overdue()) {
    return FailedPrecondition("COMPLAINT_NOT_OVERDUE", complaint->name(), "the complaint is not overdue");
  }
  complaint->set_overdue_explanation(std::string(explanation));
  return absl::OkStatus();
}

absl::Status Escalate(int level, absl::string_view role, absl::string_view actor, absl::string_view reason,
                      absl::Time now, cv1::Complaint* complaint) {
  if (level <= complaint->escalation_level()) {
    return InvalidField("level", "ESCALATION_LEVEL_NOT_HIGHER",
                        absl::StrCat("is ", level, "; the complaint is at ", complaint->escalation_level(), " already"),
                        {{"value", absl::StrCat(level)}, {"current", absl::StrCat(complaint->escalation_level())}});
  }
  AddEscalation(level, role, actor, reason, now, complaint);
  return absl::OkStatus();
}

absl::Status Deescalate(int level, absl::string_view actor, bool worked_on, absl::string_view reason, absl::Time now,
                        cv1::Complaint* complaint) {
  RETURN_IF_ERROR(CheckOtherThanWorkers(worked_on, "lower its level"));
  if (level >= complaint->escalation_level()) {
    return InvalidField("level", "ESCALATION_LEVEL_NOT_LOWER",
                        absl::StrCat("is ", level, "; the complaint is at ", complaint->escalation_level()),
                        {{"value", absl::StrCat(level)}, {"current", absl::StrCat(complaint->escalation_level())}});
  }
  AddEscalation(level, "", actor, reason, now, complaint);
  return absl::OkStatus();
}

}  // namespace kam::aftersales::rules

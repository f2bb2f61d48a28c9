#include "aftersales-svc/complaint_service.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "aftersales-svc/clocks.h"
#include "aftersales-svc/rules/complaint_rules.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/complaint/v1/complaint.pb.h"
#include "kam/complaint/v1/complaint_class.pb.h"
#include "kam/complaint/v1/complaint_service.pb.h"

namespace kam::aftersales {
namespace {

namespace pb = ::kam::complaint::v1;
using resource::Change;
using resource::UnitOfWork;
using ComplaintChange = Change<pb::Complaint>;

constexpr char kService[] = "kam.complaint.v1.ComplaintService";
constexpr char kMajorPermission[] = "complaint.handle_major";
constexpr char kAssignPermission[] = "complaint.assign";
constexpr char kConfirmPermission[] = "complaint.confirm";
// Why the clocks of a suspected complaint stand still.
constexpr char kSuspicion[] = "suspected malicious";
constexpr int kClassRulesMax = 500;

std::string Method(absl::string_view verb) { return absl::StrCat(kService, "/", verb); }

absl::Status ApplyClocks(UnitOfWork& work, pb::ClockEventKind event, const std::set<int>& kinds,
                         absl::string_view reason, pb::Complaint* complaint) {
  ASSIGN_OR_RETURN(Clocks clocks, Clocks::Load(work, complaint->name()));
  RETURN_IF_ERROR(clocks.Apply(event, kinds, reason).status());
  return clocks.Save(complaint);
}

// The rungs above or below the level that a person set.
absl::Status ScheduleAnew(UnitOfWork& work, pb::Complaint* complaint) {
  ASSIGN_OR_RETURN(Clocks clocks, Clocks::Load(work, complaint->name()));
  return clocks.Save(complaint);
}

absl::Status CheckWorker(const UnitOfWork& work, const rpc::Call& call, const pb::Complaint& complaint) {
  return rules::CheckWorker(complaint, {work.actor().subject, call.principal.Holds(kAssignPermission),
                                        call.principal.Holds(kMajorPermission)});
}

absl::Status CheckMajor(const rpc::Call& call, const pb::Complaint& complaint) {
  return rules::CheckMajor(complaint, call.principal.Holds(kMajorPermission));
}

// Works on it, or has in any round: whoever only took it down, passed it on or replied has not.
absl::StatusOr<bool> WorkedOn(UnitOfWork& work, const pb::Complaint& complaint) {
  const std::string& actor = work.actor().subject;
  if (rules::WorksOn(actor, complaint) || complaint.investigation().investigator() == actor) return true;
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(
          "SELECT 1 FROM changes WHERE resource_id = ? AND actor = ? AND method IN (?, ?, ?, ?, ?, ?) LIMIT 1",
          {IdOf(complaint.name()), actor, Method("StartComplaintInvestigation"), Method("RecordComplaintInvestigation"),
           Method("ProposeComplaintSolution"), Method("AgreeComplaintSolution"), Method("DeclineComplaintSolution"),
           Method("ExecuteComplaintSolution")}));
  return !rows.empty();
}

// Of a major complaint by those who may handle one, and by nobody who works or worked on it.
absl::Status CheckSuperior(UnitOfWork& work, const rpc::Call& call, const pb::Complaint& complaint,
                           absl::string_view what) {
  RETURN_IF_ERROR(CheckMajor(call, complaint));
  ASSIGN_OR_RETURN(const bool worked_on, WorkedOn(work, complaint));
  return rules::CheckOtherThanWorkers(worked_on, what);
}

void End(absl::Time now, pb::Complaint* complaint) { *complaint->mutable_close_time() = ToTimestamp(now); }

absl::StatusOr<std::vector<pb::ComplaintClassRule>> ClassRules(UnitOfWork& work) {
  return work.Find<pb::ComplaintClassRule>({"t.archive_time IS NULL", {}}, "ORDER BY t.priority DESC, t.id",
                                           kClassRulesMax);
}

// What is over has no clocks, and what is under suspicion none that run.
bool HasClocks(const pb::Complaint& complaint) {
  return !rules::HasEnded(complaint.state()) && complaint.state() != pb::COMPLAINT_STATE_SUSPECTED_MALICIOUS;
}

absl::Status OnCreate(const Policy& policy, UnitOfWork& work, pb::Complaint* complaint) {
  const pb::Complaint given = *complaint;
  ASSIGN_OR_RETURN(const std::string tier, TierOf(work, complaint->account()));
  ASSIGN_OR_RETURN(const auto class_rules, ClassRules(work));
  RETURN_IF_ERROR(rules::Register(tier, class_rules, work.now(), policy, complaint));
  if (work.importing()) {
    // History keeps the state and class it had.
    if (given.state() != pb::COMPLAINT_STATE_UNSPECIFIED) complaint->set_state(given.state());
    if (given.complaint_class() != pb::COMPLAINT_CLASS_UNSPECIFIED) {
      complaint->set_complaint_class(given.complaint_class());
      complaint->clear_class_rule();
    }
  }
  if (!HasClocks(*complaint)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool has_clocks, HasClockPolicies(work, *complaint));
  if (has_clocks) complaint->set_sla_verdict(pb::SLA_VERDICT_PENDING);
  return absl::OkStatus();
}

absl::Status OnUpdate(UnitOfWork& work, const pb::Complaint& before, pb::Complaint* after) {
  RETURN_IF_ERROR(rules::CheckUpdate(before, work.actor().subject, after));
  ASSIGN_OR_RETURN(const std::string tier, TierOf(work, after->account()));
  ASSIGN_OR_RETURN(const auto class_rules, ClassRules(work));
  if (!rules::RaiseClass(tier, class_rules, after)) return absl::OkStatus();
  ASSIGN_OR_RETURN(Clocks clocks, Clocks::Load(work, after->name()));
  RETURN_IF_ERROR(clocks.ChangeClass(*after));
  return clocks.Save(after);
}

// The clocks of an imported complaint follow what the other system says became of it.
absl::Status FollowImport(UnitOfWork& work, const pb::Complaint& before, pb::Complaint* after) {
  ASSIGN_OR_RETURN(Clocks clocks, Clocks::Load(work, after->name()));
  if (clocks.empty()) return absl::OkStatus();
  if (after->handler() != before.handler()) clocks.SetHandler(after->handler());
  if (after->complaint_class() != before.complaint_class()) RETURN_IF_ERROR(clocks.ChangeClass(*after));
  if (rules::HasEnded(after->state())) {
    RETURN_IF_ERROR(clocks.Apply(pb::CLOCK_EVENT_KIND_CLOSE, {}, "").status());
  } else {
    std::set<int> reached;
    for (const pb::ClockKind kind : {pb::CLOCK_KIND_FIRST_RESPONSE, pb::CLOCK_KIND_SOLUTION, pb::CLOCK_KIND_REPLY}) {
      if (rules::IsReached(kind, *after) && !rules::IsReached(kind, before)) reached.insert(kind);
    }
    if (!reached.empty()) RETURN_IF_ERROR(clocks.Apply(pb::CLOCK_EVENT_KIND_SATISFY, reached, "").status());
  }
  return clocks.Save(after);
}

// Order and contract are of the account that complains (S-02).
absl::Status CheckReferences(const Env& env, const rpc::Call& call, const pb::Complaint& given) {
  if (given.order().empty() && given.contract().empty()) return absl::OkStatus();
  std::string account = given.account();
  if (!given.name().empty()) {
    const absl::StatusOr<pb::Complaint> before = env.runtime->Get<pb::Complaint>(call, given.name());
    if (absl::IsNotFound(before.status())) return absl::OkStatus();  // Refused with the update.
    RETURN_IF_ERROR(before.status());
    account = before->account();
  }
  return env.contract_side.CheckComplaint(given, account, call.deadline);
}

void SetHooks(const Env& env) {
  resource::Hooks hooks;
  hooks.prepare = [env](const rpc::Call& call,
                        const std::vector<const google::protobuf::Message*>& resources) -> absl::Status {
    RETURN_IF_ERROR(EnsureNamed(env, call, resources));
    // What another system brings is history: it says itself whose it is.
    if (absl::StartsWith(call.method->name(), "BatchUpsert")) return absl::OkStatus();
    for (const google::protobuf::Message* message : resources) {
      RETURN_IF_ERROR(CheckReferences(env, call, static_cast<const pb::Complaint&>(*message)));
    }
    return absl::OkStatus();
  };
  hooks.on_create = resource::OnCreate<pb::Complaint>(
      [policy = env.policy](UnitOfWork& work, pb::Complaint* created) { return OnCreate(policy, work, created); });
  hooks.on_update = resource::OnUpdate<pb::Complaint>(
      [](UnitOfWork& work, const pb::Complaint& before, pb::Complaint* after) -> absl::Status {
        return work.importing() ? FollowImport(work, before, after) : OnUpdate(work, before, after);
      });
  hooks.on_saved = resource::OnSaved<pb::Complaint>(
      [](UnitOfWork& work, const pb::Complaint* before, const pb::Complaint& after) -> absl::Status {
        if (before != nullptr || !HasClocks(after)) return absl::OkStatus();
        return StartClocks(work, after);
      });
  env.runtime->SetHooks(pb::Complaint::descriptor(), std::move(hooks));
}

// Intake, class, assignment.
void RegisterIntake(const Env& env) {
  AddVerb<pb::AcceptComplaintRequest, pb::Complaint>(
      env, Method("AcceptComplaint"),
      [](UnitOfWork& work, const rpc::Call&, const pb::AcceptComplaintRequest&, ComplaintChange* change) {
        return ApplyClocks(work, pb::CLOCK_EVENT_KIND_SATISFY, {pb::CLOCK_KIND_FIRST_RESPONSE}, "", &change->after);
      });
  AddVerb<pb::ClassifyComplaintRequest, pb::Complaint>(
      env, Method("ClassifyComplaint"),
      [](UnitOfWork& work, const rpc::Call&, const pb::ClassifyComplaintRequest& request,
         ComplaintChange* change) -> absl::Status {
        ASSIGN_OR_RETURN(const bool worked_on, WorkedOn(work, change->before));
        RETURN_IF_ERROR(rules::GiveClass(request.complaint_class(), request.reason(), worked_on, &change->after));
        ASSIGN_OR_RETURN(Clocks clocks, Clocks::Load(work, change->after.name()));
        RETURN_IF_ERROR(clocks.ChangeClass(change->after));
        return clocks.Save(&change->after);
      });
  AddVerb<pb::AssignComplaintRequest, pb::Complaint>(
      env, Method("AssignComplaint"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::AssignComplaintRequest& request,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckMajor(call, change->before));
        RETURN_IF_ERROR(rules::Assign(request.handler(), {request.co_handlers().begin(), request.co_handlers().end()},
                                      &change->after));
        ASSIGN_OR_RETURN(Clocks clocks, Clocks::Load(work, change->after.name()));
        clocks.SetHandler(request.handler());
        return clocks.Save(&change->after);
      });
  AddVerb<pb::InvolveManufacturerRequest, pb::Complaint>(
      env, Method("InvolveManufacturer"),
      [](UnitOfWork&, const rpc::Call&, const pb::InvolveManufacturerRequest&, ComplaintChange* change) {
        return rules::InvolveManufacturer(&change->after);
      });
  AddVerb<pb::MarkComplaintDuplicateRequest, pb::Complaint>(
      env, Method("MarkComplaintDuplicate"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::MarkComplaintDuplicateRequest& request,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckSuperior(work, call, change->before, "call it a duplicate"));
        if (request.duplicate_of() == change->before.name()) {
          return rules::CheckDuplicate(change->before, change->before);
        }
        // Locked: two complaints that are called duplicates of one another at the same time would both be gone.
        ASSIGN_OR_RETURN(const auto original,
                         work.Find<pb::Complaint>({"t.id = ?", {mysql::Value(IdOf(request.duplicate_of()))}}, "", 1,
                                                  /*lock=*/true));
        if (original.empty()) return NotFound(request.duplicate_of());
        RETURN_IF_ERROR(rules::CheckDuplicate(change->before, original[0]));
        change->after.set_duplicate_of(request.duplicate_of());
        End(work.now(), &change->after);
        ASSIGN_OR_RETURN(Clocks clocks, Clocks::Load(work, change->after.name()));
        // A clock that stands still at its close counts as missed; the original is what is measured.
        RETURN_IF_ERROR(clocks.Apply(pb::CLOCK_EVENT_KIND_RESUME, {}, "duplicate").status());
        RETURN_IF_ERROR(clocks.Apply(pb::CLOCK_EVENT_KIND_CLOSE, {}, "duplicate").status());
        return clocks.Save(&change->after);
      });
}

// Investigation and solution: by the handler or a helper, of a major complaint by those who may handle one.
void RegisterHandling(const Env& env) {
  AddVerb<pb::StartComplaintInvestigationRequest, pb::Complaint>(
      env, Method("StartComplaintInvestigation"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::StartComplaintInvestigationRequest&,
         ComplaintChange* change) { return CheckWorker(work, call, change->before); });
  AddVerb<pb::RecordComplaintInvestigationRequest, pb::Complaint>(
      env, Method("RecordComplaintInvestigation"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::RecordComplaintInvestigationRequest& request,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckWorker(work, call, change->before));
        ASSIGN_OR_RETURN(const std::string employee, ActingEmployee(work));
        pb::ComplaintInvestigation* investigation = change->after.mutable_investigation();
        investigation->set_cause(request.cause());
        investigation->set_responsible_party(request.responsible_party());
        investigation->set_finding(request.finding());
        investigation->set_investigator(employee);
        *investigation->mutable_finish_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
  AddVerb<pb::ProposeComplaintSolutionRequest, pb::Complaint>(
      env, Method("ProposeComplaintSolution"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::ProposeComplaintSolutionRequest& request,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckWorker(work, call, change->before));
        RETURN_IF_ERROR(rules::Propose(request.solution(), work.now(), &change->after));
        if (request.has_cost()) *change->after.mutable_investigation()->mutable_cost() = request.cost();
        return absl::OkStatus();
      });
  AddVerb<pb::AgreeComplaintSolutionRequest, pb::Complaint>(
      env, Method("AgreeComplaintSolution"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::AgreeComplaintSolutionRequest& request,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckWorker(work, call, change->before));
        change->after.set_agreed_by(request.agreed_by());
        return absl::OkStatus();
      });
  AddVerb<pb::DeclineComplaintSolutionRequest, pb::Complaint>(
      env, Method("DeclineComplaintSolution"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::DeclineComplaintSolutionRequest&, ComplaintChange* change) {
        change->after.clear_agreed_by();
        return CheckWorker(work, call, change->before);
      });
  AddVerb<pb::ExecuteComplaintSolutionRequest, pb::Complaint>(
      env, Method("ExecuteComplaintSolution"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::ExecuteComplaintSolutionRequest& request,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckWorker(work, call, change->before));
        if (request.has_cost()) *change->after.mutable_investigation()->mutable_cost() = request.cost();
        return ApplyClocks(work, pb::CLOCK_EVENT_KIND_SATISFY, {pb::CLOCK_KIND_SOLUTION}, "", &change->after);
      });
}

// What the customer is told and says, and the end.
void RegisterOutcome(const Env& env) {
  AddVerb<pb::ReplyToComplaintRequest, pb::Complaint>(
      env, Method("ReplyToComplaint"),
      [policy = env.policy](UnitOfWork& work, const rpc::Call& call, const pb::ReplyToComplaintRequest& request,
                            ComplaintChange* change) -> absl::Status {
        // Whoever calls customers back speaks for us as well.
        RETURN_IF_ERROR(call.principal.Holds(kConfirmPermission) ? CheckMajor(call, change->before)
                                                                 : CheckWorker(work, call, change->before));
        ASSIGN_OR_RETURN(const std::string employee, ActingEmployee(work));
        std::optional<absl::Time> at;
        if (request.has_reply_time()) at = FromTimestamp(request.reply_time());
        RETURN_IF_ERROR(
            rules::Reply(request.channel(), request.content(), at, employee, work.now(), policy, &change->after));
        if (!rules::TellsResult(change->after, *change->after.replies().rbegin())) return absl::OkStatus();
        return ApplyClocks(work, pb::CLOCK_EVENT_KIND_SATISFY, {pb::CLOCK_KIND_REPLY}, "", &change->after);
      });
  AddVerb<pb::ConfirmComplaintRequest, pb::Complaint>(
      env, Method("ConfirmComplaint"),
      [policy = env.policy](UnitOfWork& work, const rpc::Call&, const pb::ConfirmComplaintRequest& request,
                            ComplaintChange* change) -> absl::Status {
        ASSIGN_OR_RETURN(const bool worked_on, WorkedOn(work, change->before));
        RETURN_IF_ERROR(rules::Confirm(request.satisfied(), request.score(), request.confirmed_by(), request.remark(),
                                       worked_on, work.now(), policy, &change->after));
        if (request.satisfied()) return absl::OkStatus();
        return ApplyClocks(work, pb::CLOCK_EVENT_KIND_REOPEN, {pb::CLOCK_KIND_SOLUTION, pb::CLOCK_KIND_REPLY}, "",
                           &change->after);
      });
  AddVerb<pb::CloseComplaintRequest, pb::Complaint>(
      env, Method("CloseComplaint"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::CloseComplaintRequest&,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckMajor(call, change->before));
        RETURN_IF_ERROR(rules::CheckClose(change->before));
        End(work.now(), &change->after);
        return ApplyClocks(work, pb::CLOCK_EVENT_KIND_CLOSE, {}, "", &change->after);
      });
  AddVerb<pb::RejectComplaintRequest, pb::Complaint>(
      env, Method("RejectComplaint"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::RejectComplaintRequest& request,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckSuperior(work, call, change->before, "refuse it"));
        RETURN_IF_ERROR(rules::CheckReplied(change->before));
        change->after.set_close_reason(request.reason());
        change->after.clear_state_before_suspicion();
        End(work.now(), &change->after);
        ASSIGN_OR_RETURN(Clocks clocks, Clocks::Load(work, change->after.name()));
        // A suspicion that was right makes nobody late; the refusal, which was told, is the result.
        RETURN_IF_ERROR(clocks.ResumePausedFor(kSuspicion));
        RETURN_IF_ERROR(clocks.Apply(pb::CLOCK_EVENT_KIND_SATISFY, {pb::CLOCK_KIND_REPLY}, request.reason()).status());
        RETURN_IF_ERROR(clocks.Apply(pb::CLOCK_EVENT_KIND_CLOSE, {}, request.reason()).status());
        return clocks.Save(&change->after);
      });
  AddVerb<pb::ReopenComplaintRequest, pb::Complaint>(
      env, Method("ReopenComplaint"),
      [](UnitOfWork& work, const rpc::Call&, const pb::ReopenComplaintRequest& request, ComplaintChange* change) {
        rules::Reopen(request.reason(), work.now(), &change->after);
        return ApplyClocks(work, pb::CLOCK_EVENT_KIND_REOPEN, {pb::CLOCK_KIND_SOLUTION, pb::CLOCK_KIND_REPLY},
                           request.reason(), &change->after);
      });
  AddVerb<pb::SuspectComplaintRequest, pb::Complaint>(
      env, Method("SuspectComplaint"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::SuspectComplaintRequest& request,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckSuperior(work, call, change->before, "doubt it"));
        change->after.set_state_before_suspicion(change->before.state());
        change->after.set_close_reason(request.reason());
        return ApplyClocks(work, pb::CLOCK_EVENT_KIND_PAUSE, {}, kSuspicion, &change->after);
      });
  AddVerb<pb::ClearComplaintSuspicionRequest, pb::Complaint>(
      env, Method("ClearComplaintSuspicion"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::ClearComplaintSuspicionRequest&,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckMajor(call, change->before));
        rules::ClearSuspicion(&change->after);
        ASSIGN_OR_RETURN(Clocks clocks, Clocks::Load(work, change->after.name()));
        RETURN_IF_ERROR(clocks.ResumePausedFor(kSuspicion));
        // One that came under suspicion from another system has none yet.
        if (clocks.empty()) RETURN_IF_ERROR(clocks.ChangeClass(change->after));
        return clocks.Save(&change->after);
      });
}

void RegisterTime(const Env& env) {
  const auto clocks_verb = [](UnitOfWork& work, pb::ClockEventKind event, pb::ClockKind kind, const std::string& reason,
                              const char* refusal, const char* why, pb::Complaint* complaint) -> absl::Status {
    std::set<int> kinds;
    if (kind != pb::CLOCK_KIND_UNSPECIFIED) kinds.insert(kind);
    ASSIGN_OR_RETURN(Clocks clocks, Clocks::Load(work, complaint->name()));
    ASSIGN_OR_RETURN(const int changed, clocks.Apply(event, kinds, reason));
    if (changed == 0) return FailedPrecondition(refusal, complaint->name(), why);
    return clocks.Save(complaint);
  };
  AddVerb<pb::PauseComplaintClocksRequest, pb::Complaint>(
      env, Method("PauseComplaintClocks"),
      [clocks_verb](UnitOfWork& work, const rpc::Call& call, const pb::PauseComplaintClocksRequest& request,
                    ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckSuperior(work, call, change->before, "stop its clocks"));
        // It ends with the suspicion.
        if (request.reason() == kSuspicion) {
          return InvalidField("reason", "SUSPICION_IS_A_STATE", "doubt the complaint instead: SuspectComplaint");
        }
        return clocks_verb(work, pb::CLOCK_EVENT_KIND_PAUSE, request.kind(), request.reason(), "NO_CLOCK_RUNNING",
                           "no such clock of the complaint runs", &change->after);
      });
  AddVerb<pb::ResumeComplaintClocksRequest, pb::Complaint>(
      env, Method("ResumeComplaintClocks"),
      [clocks_verb](UnitOfWork& work, const rpc::Call& call, const pb::ResumeComplaintClocksRequest& request,
                    ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckMajor(call, change->before));
        return clocks_verb(work, pb::CLOCK_EVENT_KIND_RESUME, request.kind(), request.reason(), "NO_CLOCK_PAUSED",
                           "no such clock of the complaint is paused", &change->after);
      });
  AddVerb<pb::ExplainOverdueComplaintRequest, pb::Complaint>(
      env, Method("ExplainOverdueComplaint"),
      [](UnitOfWork& work, const rpc::Call& call, const pb::ExplainOverdueComplaintRequest& request,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckWorker(work, call, change->before));
        return rules::ExplainOverdue(request.explanation(), &change->after);
      });
  AddVerb<pb::EscalateComplaintRequest, pb::Complaint>(
      env, Method("EscalateComplaint"),
      [](UnitOfWork& work, const rpc::Call&, const pb::EscalateComplaintRequest& request,
         ComplaintChange* change) -> absl::Status {
        RETURN_IF_ERROR(rules::Escalate(request.level(), request.role(), work.actor().subject, request.reason(),
                                        work.now(), &change->after));
        return ScheduleAnew(work, &change->after);
      });
  AddVerb<pb::DeescalateComplaintRequest, pb::Complaint>(
      env, Method("DeescalateComplaint"),
      [](UnitOfWork& work, const rpc::Call&, const pb::DeescalateComplaintRequest& request,
         ComplaintChange* change) -> absl::Status {
        ASSIGN_OR_RETURN(const bool worked_on, WorkedOn(work, change->before));
        RETURN_IF_ERROR(rules::Deescalate(request.level(), work.actor().subject, worked_on, request.reason(),
                                          work.now(), &change->after));
        return ScheduleAnew(work, &change->after);
      });
}

}  // namespace

void RegisterComplaints(const Env& env) {
  SetHooks(env);
  resource::RegisterStandardMethods(*env.runtime, kService, env.registry);
  RegisterIntake(env);
  RegisterHandling(env);
  RegisterOutcome(env);
  RegisterTime(env);
  HandleClockDues(env.scheduler);
}

}  // namespace kam::aftersales

// Problems heard of on a visit that need help of the company.
#include "absl/strings/str_cat.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/verb.h"
#include "account-svc/visits/answer_clock.h"
#include "account-svc/visits/reports.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/account/v1/visit_problem_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::VisitProblem;

constexpr char kService[] = "kam.account.v1.VisitProblemService";
constexpr char kDueEscalation[] = "visit_problem.escalate";

bool Waits(const VisitProblem& problem) { return problem.state() == v1::VISIT_PROBLEM_STATE_OPEN; }

absl::Status AskHandler(const Context& context, UnitOfWork& work, VisitProblem* problem) {
  RETURN_IF_ERROR(CheckHandler(work, problem->department(), problem->handler(), "visit_problem.handler"));
  ASSIGN_OR_RETURN(const absl::Time due,
                   WorkingTimeAfter(context, work, work.now(), context.policy.problem_answer_time));
  rules::Ask(work.now(), due, problem);
  return absl::OkStatus();
}

absl::Status Create(const Context& context, UnitOfWork& work, VisitProblem* problem) {
  ASSIGN_OR_RETURN(*problem->mutable_raiser(), Person(work));
  problem->set_state(v1::VISIT_PROBLEM_STATE_OPEN);
  RETURN_IF_ERROR(Validate(work, *problem));
  // As far as the caller may see visits, he may raise what was heard on them.
  ASSIGN_OR_RETURN(const v1::Visit visit, work.Load<v1::Visit>(problem->visit(), work.actor().LevelFor("visit.read")));
  problem->set_account(visit.account());
  return AskHandler(context, work, problem);
}

absl::Status Update(const Context& context, UnitOfWork& work, const VisitProblem& before, VisitProblem* after) {
  if (!Waits(before)) {
    return FailedPrecondition(
        "PROBLEM_NOT_OPEN", before.name(),
        absl::StrCat("the problem is ", v1::VisitProblemState_Name(before.state()), "; it changes while it is open"),
        {{"state", v1::VisitProblemState_Name(before.state())}});
  }
  RETURN_IF_ERROR(Validate(work, *after));
  if (before.department() == after->department() && before.handler() == after->handler()) return absl::OkStatus();
  return AskHandler(context, work, after);
}

}  // namespace

void RegisterVisitProblems(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<VisitProblem>(
      [context](UnitOfWork& work, VisitProblem* problem) { return Create(context, work, problem); });
  hooks.on_update =
      resource::OnUpdate<VisitProblem>([context](UnitOfWork& work, const VisitProblem& before, VisitProblem* after) {
        return Update(context, work, before, after);
      });
  hooks.on_saved =
      resource::OnSaved<VisitProblem>([context](UnitOfWork& work, const VisitProblem*, const VisitProblem& after) {
        return ScheduleEscalation(context, work, kDueEscalation, Waits(after), after);
      });
  context.runtime.SetHooks(VisitProblem::descriptor(), std::move(hooks));
  const std::string service = kService;
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<VisitProblem, v1::AnswerVisitProblemRequest>(
      context, service + "/AnswerVisitProblem", registry,
      [](UnitOfWork& work, const v1::AnswerVisitProblemRequest& request, VisitProblem* problem) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::GiveAnswer(actor, request.answer(), work.now(), problem);
      });
  AddVerb<VisitProblem, v1::ReopenVisitProblemRequest>(
      context, service + "/ReopenVisitProblem", registry,
      [context](UnitOfWork& work, const v1::ReopenVisitProblemRequest& request, VisitProblem* problem) -> absl::Status {
        problem->set_close_reason(request.reason());
        if (!request.department().empty()) problem->set_department(request.department());
        if (!request.handler().empty()) problem->set_handler(request.handler());
        return AskHandler(context, work, problem);
      });
  AddVerb<VisitProblem, v1::CloseVisitProblemRequest>(
      context, service + "/CloseVisitProblem", registry,
      [](UnitOfWork& work, const v1::CloseVisitProblemRequest& request, VisitProblem* problem) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        if (actor == problem->answerer()) return rules::SeparationOfDuties("person who answered", "close the problem");
        problem->set_close_reason(request.reason());
        *problem->mutable_close_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(kDueEscalation, service + "/ReopenVisitProblem",
                            [context](UnitOfWork& work, const schedule::DueItem& item) {
                              return EscalateDue<VisitProblem>(context, work, item, Waits);
                            });
}

}  // namespace kam::account

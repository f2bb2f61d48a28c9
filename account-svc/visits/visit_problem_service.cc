// Problems heard of on a visit that need help of the company.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/opinion_rules.h"
#include "account-svc/staff.h"
#include "account-svc/verb.h"
#include "account-svc/visits/answer_clock.h"
#include "account-svc/visits/period_report.h"
#include "account-svc/visits/registers.h"
#include "account-svc/visits/reports.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/customer_opinion.pb.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/account/v1/visit_problem_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::VisitProblem;

constexpr char kService[] = "kam.account.v1.VisitProblemService";
constexpr char kDueEscalation[] = "visit_problem.escalate";

constexpr char kAnswer[] = "visit_problem.answer";

std::optional<Waiting> Waits(const VisitProblem& problem) {
  if (problem.state() != v1::VISIT_PROBLEM_STATE_OPEN) return std::nullopt;
  return Waiting{problem.handler(), problem.department(), kAnswer};
}

absl::Status AskHandler(const Context& context, UnitOfWork& work, VisitProblem* problem) {
  RETURN_IF_ERROR(
      CheckHandler(context, work, problem->department(), problem->handler(), kAnswer, "visit_problem.handler"));
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
  if (!Waits(before).has_value()) {
    return FailedPrecondition(
        "PROBLEM_NOT_OPEN", before.name(),
        absl::StrCat("the problem is ", v1::VisitProblemState_Name(before.state()), "; it changes while it is open"),
        {{"state", v1::VisitProblemState_Name(before.state())}});
  }
  RETURN_IF_ERROR(Validate(work, *after));
  if (before.department() == after->department() && before.handler() == after->handler()) return absl::OkStatus();
  return AskHandler(context, work, after);
}

// Whoever is asked answers, and does not hand the question back to the one who raised it.
absl::Status CheckNotAsked(UnitOfWork& work, const VisitProblem& problem, absl::string_view what) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  if (actor == problem.answerer()) return rules::SeparationOfDuties("person who answered", what);
  bool asked = actor == problem.handler() || actor == problem.escalated_to();
  if (!asked && problem.handler().empty() && actor != problem.raiser()) {
    ASSIGN_OR_RETURN(asked, WorksIn(work.connection(), actor, problem.department()));
  }
  return asked ? rules::SeparationOfDuties("person who is asked", what) : absl::OkStatus();
}

// It goes on as what the customer said, by the same words; here it is over.
absl::Status PassAsOpinion(const Context& context, UnitOfWork& work, const v1::PassProblemAsOpinionRequest& request,
                           VisitProblem* problem) {
  RETURN_IF_ERROR(CheckNotAsked(work, *problem, "pass the problem on"));
  RETURN_IF_ERROR(CheckAccountUsable(work, problem->account()));
  v1::CustomerOpinion opinion;
  opinion.set_account(problem->account());
  opinion.set_visit(problem->visit());
  opinion.set_subject(request.subject());
  opinion.set_subject_reference(request.subject_reference());
  opinion.set_opinion(problem->description());
  opinion.set_recorder(problem->raiser());
  opinion.set_opinion_date(context.Today(FromTimestamp(problem->create_time())));
  RETURN_IF_ERROR(AwaitRouting(context, work, &opinion));
  ASSIGN_OR_RETURN(const v1::CustomerOpinion made, work.Insert(std::move(opinion)));
  problem->set_customer_opinion(made.name());
  problem->set_close_reason(request.reason());
  *problem->mutable_close_time() = ToTimestamp(work.now());
  return absl::OkStatus();
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
        return ScheduleEscalation(context, work, kDueEscalation, Waits(after).has_value(), after);
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
  AddVerb<VisitProblem, v1::PassProblemAsOpinionRequest>(
      context, service + "/PassProblemAsOpinion", registry,
      [context](UnitOfWork& work, const v1::PassProblemAsOpinionRequest& request, VisitProblem* problem) {
        return PassAsOpinion(context, work, request, problem);
      });
  AddVerb<VisitProblem, v1::WithdrawVisitProblemRequest>(
      context, service + "/WithdrawVisitProblem", registry,
      [context](UnitOfWork& work, const v1::WithdrawVisitProblemRequest& request,
                VisitProblem* problem) -> absl::Status {
        RETURN_IF_ERROR(CheckNotAsked(work, *problem, "take the problem back"));
        ASSIGN_OR_RETURN(const bool superior, IsSuperiorOf(context, work, problem->raiser()));
        RETURN_IF_ERROR(rules::CheckProblemWithdrawal(work.actor().subject, superior, *problem));
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

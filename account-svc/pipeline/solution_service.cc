// kam.account.v1.SolutionService.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/solution_rules.h"
#include "account-svc/staff.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/solution_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::Solution;

constexpr char kService[] = "kam.account.v1.SolutionService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// The need is one of the same customer.
absl::Status CheckNeedOf(UnitOfWork& work, const Solution& solution) {
  if (solution.need().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT account, state FROM customer_needs WHERE id = ?", {IdOf(solution.need())}));
  if (rows.empty()) return absl::OkStatus();  // The runtime names the missing reference.
  if (NameOf("accounts", rows[0][0].text()) != solution.account()) {
    return InvalidField("solution.need", "NEED_OF_ANOTHER_ACCOUNT", "belongs to another account",
                        {{"value", solution.need()}, {"account", solution.account()}});
  }
  if (rows[0][1].text() != "WITHDRAWN") return absl::OkStatus();
  return InvalidField("solution.need", "NEED_WITHDRAWN", "was taken back", {{"value", solution.need()}});
}

absl::Status CheckSubject(UnitOfWork& work, const Solution& solution) {
  RETURN_IF_ERROR(CheckOpportunityOf(work, solution.account(), solution.opportunity(), "solution.opportunity"));
  return CheckNeedOf(work, solution);
}

absl::Status Request(UnitOfWork& work, Solution* solution) {
  ASSIGN_OR_RETURN(*solution->mutable_owner(), Person(work));
  solution->set_state(v1::SOLUTION_STATE_REQUESTED);
  RETURN_IF_ERROR(Validate(work, *solution));
  RETURN_IF_ERROR(CheckAccountUsable(work, solution->account()));
  return CheckSubject(work, *solution);
}

absl::StatusOr<v1::ReportSolutionsResponse> Report(const Context& context, const rpc::Call& call,
                                                   const v1::ReportSolutionsRequest& request,
                                                   mysql::Connection& connection) {
  ASSIGN_OR_RETURN(const auto instants, Instants(context, request.from_date(), request.to_date()));
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      QueryWithinReach(
          context, call, Solution::descriptor(), connection,
          "SELECT a.industry, COUNT(t.id), COUNT(CASE WHEN t.state = 'ACCEPTED' THEN 1 END), COUNT(CASE "
          "WHEN t.state = 'REJECTED' THEN 1 END), CAST(SUM(CASE WHEN t.evaluator IS NOT NULL THEN "
          "t.quality_score ELSE 0 END) AS SIGNED), COUNT(t.evaluator), COUNT(CASE WHEN t.success_case = 1 "
          "THEN 1 END), COUNT(CASE WHEN t.success_case = 1 AND n.need_kind = 'ACTUAL' THEN 1 END), COUNT(CASE "
          "WHEN t.success_case = 1 AND n.need_kind = 'LATENT' THEN 1 END), COUNT(CASE WHEN t.success_case = 1 "
          "AND n.need_kind = 'NEW' THEN 1 END), COUNT(CASE WHEN t.state = 'WITHDRAWN' THEN 1 END) FROM solutions t "
          "JOIN accounts a ON a.id = t.account LEFT JOIN "
          "customer_needs n ON n.id = t.need WHERE t.create_time >= ? AND t.create_time < ?",
          {mysql::Value(instants.first), mysql::Value(instants.second)}, "GROUP BY a.industry ORDER BY a.industry"));
  const auto whole = [](const mysql::Value& cell) { return static_cast<int32_t>(cell.integer()); };
  v1::ReportSolutionsResponse response;
  for (const mysql::Row& row : rows) {
    v1::SolutionReportRow* out = response.add_rows();
    out->set_industry(row[0].text());
    out->set_requested(whole(row[1]));
    out->set_accepted(whole(row[2]));
    out->set_rejected(whole(row[3]));
    out->set_accepted_percent(rules::RateText(out->accepted(), out->accepted() + out->rejected()));
    out->set_average_quality(rules::MeanText(row[4].integer(), row[5].integer()));
    out->set_success_cases(whole(row[6]));
    out->set_actual_needs(whole(row[7]));
    out->set_latent_needs(whole(row[8]));
    out->set_new_needs(whole(row[9]));
    out->set_withdrawn(whole(row[10]));
  }
  return response;
}

}  // namespace

void RegisterSolutions(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<Solution>(Request);
  hooks.on_update =
      resource::OnUpdate<Solution>([](UnitOfWork& work, const Solution& before, Solution* after) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckSolutionUpdate(before));
        return CheckSubject(work, *after);
      });
  context.runtime.SetHooks(Solution::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<Solution, v1::AssignSolutionRequest>(
      context, Rpc("AssignSolution"), registry,
      [context](UnitOfWork& work, const v1::AssignSolutionRequest& request, Solution* solution) -> absl::Status {
        const std::vector<std::string>& roles = context.policy.solution_roles;
        ASSIGN_OR_RETURN(const bool holds,
                         HoldsOneOf(work.connection(), request.author(), roles, context.Today(work.now())));
        if (!holds) {
          const std::string allowed = absl::StrJoin(roles, ", ");
          return InvalidField("author", "AUTHOR_INVALID",
                              absl::StrCat("holds none of the roles that write solutions: ", allowed),
                              {{"value", request.author()}, {"allowed", allowed}});
        }
        solution->set_author(request.author());
        return absl::OkStatus();
      });
  AddVerb<Solution, v1::DraftSolutionRequest>(
      context, Rpc("DraftSolution"), registry,
      [](UnitOfWork& work, const v1::DraftSolutionRequest& request, Solution* solution) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::AddVersion(request, actor, work.now(), solution);
      });
  AddVerb<Solution, v1::ReviewSolutionRequest>(
      context, Rpc("ReviewSolution"), registry,
      [](UnitOfWork& work, const v1::ReviewSolutionRequest& request, Solution* solution) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckReviewer(actor, *solution));
        solution->set_reviewer(actor);
        solution->set_reviewed_version(solution->versions_size());
        solution->set_review_comment(request.comment());
        return absl::OkStatus();
      });
  AddVerb<Solution, v1::ReturnSolutionRequest>(
      context, Rpc("ReturnSolution"), registry,
      [](UnitOfWork& work, const v1::ReturnSolutionRequest& request, Solution* solution) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckReviewer(actor, *solution));
        solution->set_reviewer(actor);
        solution->set_review_comment(request.reason());
        return absl::OkStatus();
      });
  AddVerb<Solution, v1::PresentSolutionRequest>(
      context, Rpc("PresentSolution"), registry,
      [context](UnitOfWork& work, const v1::PresentSolutionRequest& request, Solution* solution) -> absl::Status {
        RETURN_IF_ERROR(rules::Present(request, context.Today(work.now()), solution));
        if (solution->versions().empty()) return absl::OkStatus();
        const absl::Time written = FromTimestamp(solution->versions().rbegin()->write_time());
        return rules::CheckNotEarlier(solution->presented_date(), context.Today(written), "presented_date",
                                      "its last version");
      });
  AddVerb<Solution, v1::AcceptSolutionRequest>(
      context, Rpc("AcceptSolution"), registry,
      [context](UnitOfWork& work, const v1::AcceptSolutionRequest& request, Solution* solution) {
        solution->set_decision_date(context.Today(work.now()));
        solution->set_customer_person(request.customer_person());
        solution->set_acceptance_document(request.acceptance_document());
        return absl::OkStatus();
      });
  AddVerb<Solution, v1::RejectSolutionRequest>(
      context, Rpc("RejectSolution"), registry,
      [context](UnitOfWork& work, const v1::RejectSolutionRequest& request, Solution* solution) {
        solution->set_decision_date(context.Today(work.now()));
        solution->set_customer_person(request.customer_person());
        solution->set_reject_reason(request.reason());
        return absl::OkStatus();
      });
  AddVerb<Solution, v1::EvaluateSolutionRequest>(
      context, Rpc("EvaluateSolution"), registry,
      [context](UnitOfWork& work, const v1::EvaluateSolutionRequest& request, Solution* solution) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::EvaluateQuality(request, actor, context.policy, solution);
      });
  AddVerb<Solution, v1::MarkSuccessCaseRequest>(
      context, Rpc("MarkSuccessCase"), registry,
      [context](UnitOfWork&, const v1::MarkSuccessCaseRequest& request, Solution* solution) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckSuccessCase(*solution, context.policy));
        solution->set_success_case(true);
        solution->set_case_summary(request.case_summary());
        return absl::OkStatus();
      });
  AddVerb<Solution, v1::WithdrawSolutionRequest>(
      context, Rpc("WithdrawSolution"), registry,
      [](UnitOfWork&, const v1::WithdrawSolutionRequest& request, Solution* solution) {
        solution->set_withdraw_reason(request.reason());
        return absl::OkStatus();
      });
  AddReport<v1::ReportSolutionsRequest, v1::ReportSolutionsResponse>(
      context, Rpc("ReportSolutions"), registry,
      [context](const rpc::Call& call, const v1::ReportSolutionsRequest& request, mysql::Connection& connection) {
        return Report(context, call, request, connection);
      });
}

}  // namespace kam::account

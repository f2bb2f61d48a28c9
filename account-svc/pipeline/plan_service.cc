// kam.account.v1.AccountPlanService: plans whose goals measure themselves.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/trade.h"
#include "account-svc/pipeline/owner_change.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/plan_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/writers.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account_plan_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::AccountPlan;

constexpr char kService[] = "kam.account.v1.AccountPlanService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

constexpr size_t kMonthLength = 7;  // Of "2026-01".

// What contract-svc knows of the account in the months of the goals that it counts; nothing is asked where none is.
absl::StatusOr<std::vector<rules::TradeMonth>> AskTradeOf(const Context& context, const AccountPlan& plan,
                                                          absl::Time deadline) {
  std::string first, last;
  for (const v1::PlanGoal& goal : plan.goals()) {
    if (!rules::CountedByContracts(goal.metric())) continue;
    const rules::GoalDays days = rules::DaysOf(plan, goal);
    const std::string from = days.from.substr(0, kMonthLength), to = days.to.substr(0, kMonthLength);
    if (first.empty() || from < first) first = from;
    last = std::max(last, to);
  }
  if (first.empty()) return std::vector<rules::TradeMonth>();
  return AskTrade(context, plan.account(), first, last, deadline);
}

absl::StatusOr<Decimal> MeasureTrade(const std::vector<rules::TradeMonth>& trade, const v1::PlanGoal& goal,
                                     const rules::GoalDays& days) {
  const auto part = goal.metric() == v1::PLAN_METRIC_ORDERED_AMOUNT    ? &rules::TradeMonth::ordered
                    : goal.metric() == v1::PLAN_METRIC_INVOICED_AMOUNT ? &rules::TradeMonth::invoiced
                                                                       : &rules::TradeMonth::received;
  return rules::SumOf(trade, part, goal.currency(), days.from.substr(0, kMonthLength), days.to.substr(0, kMonthLength));
}

// What the records of the account say of a goal. Everything that counts lies in the days of the goal.
absl::StatusOr<Decimal> Measure(const Context& context, mysql::Connection& connection, const AccountPlan& plan,
                                const std::vector<rules::TradeMonth>& trade, const v1::PlanGoal& goal) {
  const rules::GoalDays days = rules::DaysOf(plan, goal);
  if (rules::CountedByContracts(goal.metric())) return MeasureTrade(trade, goal, days);
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(days.from, "goal.from_date"));
  ASSIGN_OR_RETURN(const absl::CivilDay last, ParseDate(days.to, "goal.to_date"));
  const Value from(absl::FromCivil(first, context.zone)), to(absl::FromCivil(last + 1, context.zone));
  const Value account(IdOf(plan.account()));
  const Value from_day(days.from), to_day(days.to);
  std::string sql;
  std::vector<Value> params = {account, from, to};
  switch (goal.metric()) {
    case v1::PLAN_METRIC_VISITS:
      sql =
          "SELECT COUNT(v.id) FROM visits v WHERE v.account = ? AND v.state = 'DONE' AND v.check_in_time >= ? AND "
          "v.check_in_time < ?";
      break;
    case v1::PLAN_METRIC_OPPORTUNITIES_OPENED:
      sql =
          "SELECT COUNT(o.id) FROM opportunities o WHERE o.account = ? AND o.archive_time IS NULL AND o.create_time "
          ">= ? AND o.create_time < ?";
      break;
    case v1::PLAN_METRIC_OPPORTUNITIES_WON:
      sql =
          "SELECT COUNT(o.id) FROM opportunities o WHERE o.account = ? AND o.state = 'WON' AND o.close_time >= ? AND "
          "o.close_time < ?";
      break;
    case v1::PLAN_METRIC_WON_AMOUNT:
      sql =
          "SELECT COALESCE(SUM(o.amount_amount), 0) FROM opportunities o WHERE o.account = ? AND o.state = 'WON' AND "
          "o.close_time >= ? AND o.close_time < ? AND o.amount_currency = ?";
      params.emplace_back(goal.currency());
      break;
    case v1::PLAN_METRIC_SOLUTIONS_ACCEPTED:
      sql =
          "SELECT COUNT(s.id) FROM solutions s WHERE s.account = ? AND s.state = 'ACCEPTED' AND s.decision_date >= ? "
          "AND s.decision_date <= ?";
      params = {account, from_day, to_day};
      break;
    case v1::PLAN_METRIC_NEEDS_TOLD:
      sql =
          "SELECT COUNT(n.id) FROM customer_needs n WHERE n.account = ? AND n.state = 'TOLD' AND n.told_date >= ? AND "
          "n.told_date <= ?";
      params = {account, from_day, to_day};
      break;
    case v1::PLAN_METRIC_CROSS_SELL_SOLD:
      sql =
          "SELECT COUNT(c.id) FROM cross_sell_offers c WHERE c.account = ? AND c.state = 'SOLD' AND c.close_date >= ? "
          "AND c.close_date <= ?";
      params = {account, from_day, to_day};
      break;
    case v1::PLAN_METRIC_SUPPLY_SHARE:
      sql =
          "SELECT s.share FROM supply_shares s WHERE s.account = ? AND s.product = ? AND s.period_start >= ? AND "
          "s.period_start <= ? AND s.share IS NOT NULL AND s.archive_time IS NULL ORDER BY s.period_start DESC, s.id "
          "DESC LIMIT 1";
      params = {account, Value(goal.product()), from_day, to_day};
      break;
    default:
      return Internal("a goal has an unknown metric");
  }
  ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
  if (rows.empty()) return Decimal();
  const Value& value = rows[0][0];
  if (goal.metric() == v1::PLAN_METRIC_WON_AMOUNT || goal.metric() == v1::PLAN_METRIC_SUPPLY_SHARE) {
    return Decimal::Parse(value.text(), "actual");
  }
  return Decimal::FromInt64(value.integer());
}

absl::StatusOr<std::vector<v1::GoalProgress>> MeasureAll(const Context& context, mysql::Connection& connection,
                                                         const AccountPlan& plan,
                                                         const std::vector<rules::TradeMonth>& trade,
                                                         const std::string& today) {
  std::vector<v1::GoalProgress> goals;
  for (const v1::PlanGoal& goal : plan.goals()) {
    ASSIGN_OR_RETURN(const Decimal actual, Measure(context, connection, plan, trade, goal));
    ASSIGN_OR_RETURN(v1::GoalProgress progress, rules::ProgressOf(goal, rules::DaysOf(plan, goal), actual, today));
    goals.push_back(std::move(progress));
  }
  return goals;
}

absl::StatusOr<v1::MeasureAccountPlanResponse> MeasurePlan(const Context& context, const rpc::Call& call,
                                                           const v1::MeasureAccountPlanRequest& request) {
  ASSIGN_OR_RETURN(const AccountPlan plan, context.runtime.Get<AccountPlan>(call, request.name()));
  const std::string today = context.Today(context.runtime.clock().Now());
  ASSIGN_OR_RETURN(const std::vector<rules::TradeMonth> trade, AskTradeOf(context, plan, call.deadline));
  std::vector<v1::GoalProgress> goals;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(goals, MeasureAll(context, connection, plan, trade, today));
    return absl::OkStatus();
  }));
  v1::MeasureAccountPlanResponse response;
  for (v1::GoalProgress& goal : goals) response.add_goals()->Swap(&goal);
  for (const v1::PlanAction& action : plan.actions()) {
    if (!action.done_date().empty()) {
      response.set_actions_done(response.actions_done() + 1);
    } else if (action.due_date() < today) {
      response.set_actions_overdue(response.actions_overdue() + 1);
    }
  }
  return response;
}

// An account has one plan that counts for any of its days. The account is locked, so that two that are approved at a
// time come one after the other.
absl::Status CheckOnlyPlan(UnitOfWork& work, const AccountPlan& plan) {
  RETURN_IF_ERROR(
      work.connection().Query("SELECT id FROM accounts WHERE id = ? FOR UPDATE", {IdOf(plan.account())}).status());
  ASSIGN_OR_RETURN(const std::vector<AccountPlan> found,
                   work.Find<AccountPlan>({"t.account = ? AND t.id <> ? AND t.state IN ('APPROVED', 'RUNNING') AND "
                                           "t.archive_time IS NULL AND t.from_date <= ? AND t.to_date >= ?",
                                           {Value(IdOf(plan.account())), Value(IdOf(plan.name())),
                                            Value(plan.to_date()), Value(plan.from_date())}},
                                          "ORDER BY t.from_date", 1));
  if (found.empty()) return absl::OkStatus();
  return FailedPrecondition("PLAN_OVERLAPS", plan.name(),
                            absl::StrCat("the account has a plan from ", found[0].from_date(), " to ",
                                         found[0].to_date(), ": ", found[0].display_name()),
                            {{"plan", found[0].name()}, {"account", plan.account()}});
}

// What the goals have come to is kept with the plan.
absl::Status LookBack(const Context& context, UnitOfWork& work, const std::string& conclusion,
                      const std::vector<rules::TradeMonth>& trade, AccountPlan* plan) {
  ASSIGN_OR_RETURN(*plan->mutable_reviewer(), Person(work));
  ASSIGN_OR_RETURN(const std::vector<v1::GoalProgress> goals,
                   MeasureAll(context, work.connection(), *plan, trade, context.Today(work.now())));
  const bool ended_early = !plan->agreed_to_date().empty();
  for (size_t i = 0; i < goals.size(); ++i) {
    v1::PlanGoal& goal = *plan->mutable_goals(static_cast<int>(i));
    // What was to begin after the end was not missed.
    if (ended_early && !rules::GoalEnded(*plan, goal)) continue;
    goal.set_actual(goals[i].actual());
    goal.set_percent(goals[i].percent());
  }
  *plan->mutable_review_time() = ToTimestamp(work.now());
  plan->set_conclusion(conclusion);
  return absl::OkStatus();
}

absl::Status Review(const Context& context, UnitOfWork& work, const v1::ReviewAccountPlanRequest& request,
                    const std::vector<rules::TradeMonth>& trade, AccountPlan* plan) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(rules::CheckPlanReviewer(actor, *plan));
  RETURN_IF_ERROR(rules::CheckPlanOver(context.Today(work.now()), *plan));
  return LookBack(context, work, request.conclusion(), trade, plan);
}

absl::Status End(const Context& context, UnitOfWork& work, const v1::EndAccountPlanRequest& request,
                 const std::vector<rules::TradeMonth>& trade, AccountPlan* plan) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  const std::string today = context.Today(work.now());
  RETURN_IF_ERROR(rules::EndAccountPlan(request.end_date().empty() ? today : request.end_date(), actor,
                                        request.reason(), work.now(), today, plan));
  return LookBack(context, work, request.conclusion(), trade, plan);
}

// Registers a verb that measures the goals for good.
template <typename Request, typename Rule>
void AddMeasuredVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  registry->Add<Request, AccountPlan>(
      method, [context, rule](rpc::Call& call, const Request& request) -> absl::StatusOr<AccountPlan> {
        // The goals of an agreed plan do not change: what is asked here is what is measured below.
        ASSIGN_OR_RETURN(const AccountPlan plan, context.runtime.Get<AccountPlan>(call, request.name()));
        ASSIGN_OR_RETURN(const std::vector<rules::TradeMonth> trade, AskTradeOf(context, plan, call.deadline));
        return context.runtime.Write<AccountPlan>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<AccountPlan> {
          ASSIGN_OR_RETURN(auto change, work.Begin<AccountPlan>(request));
          RETURN_IF_ERROR(rule(context, work, request, trade, &change.after));
          return work.Save(std::move(change));
        });
      });
}

}  // namespace

void RegisterAccountPlans(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<AccountPlan>([](UnitOfWork& work, AccountPlan* plan) -> absl::Status {
    RETURN_IF_ERROR(SetOwner(work, plan->mutable_owner()));
    plan->set_state(v1::ACCOUNT_PLAN_STATE_DRAFT);
    RETURN_IF_ERROR(Validate(work, *plan));
    RETURN_IF_ERROR(rules::CheckAccountPlan(*plan));
    return CheckAccountUsable(work, plan->account());
  });
  hooks.on_update = resource::OnUpdate<AccountPlan>(
      [](UnitOfWork& work, const AccountPlan& before, AccountPlan* after) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckAccountPlanUpdate(before));
        RETURN_IF_ERROR(SetOwner(work, after->mutable_owner()));
        RETURN_IF_ERROR(CheckOwnerChange(work, before.owner(), after->owner(), "account_plan.owner"));
        RETURN_IF_ERROR(Validate(work, *after));
        after->clear_return_reason();  // It was sent back to be changed.
        return rules::CheckAccountPlan(*after);
      });
  context.runtime.SetHooks(AccountPlan::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<AccountPlan, v1::ApproveAccountPlanRequest>(
      context, Rpc("ApproveAccountPlan"), registry,
      [](UnitOfWork& work, const v1::ApproveAccountPlanRequest& request, AccountPlan* plan) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(CheckNotWriter(work, kService, plan->name(), "approve the plan"));
        RETURN_IF_ERROR(rules::ApproveAccountPlan(actor, work.now(), plan));
        plan->clear_return_reason();
        return CheckOnlyPlan(work, *plan);
      });
  AddVerb<AccountPlan, v1::StartAccountPlanRequest>(
      context, Rpc("StartAccountPlan"), registry,
      [context](UnitOfWork& work, const v1::StartAccountPlanRequest&, AccountPlan* plan) {
        return rules::CheckPlanBegun(context.Today(work.now()), *plan);
      });
  AddVerb<AccountPlan, v1::CompletePlanActionRequest>(
      context, Rpc("CompletePlanAction"), registry,
      [context](UnitOfWork& work, const v1::CompletePlanActionRequest& request, AccountPlan* plan) -> absl::Status {
        RETURN_IF_ERROR(rules::CompleteAction(request, context.Today(work.now()), plan));
        return rules::CheckNotEarlier(plan->actions(request.action() - 1).done_date(), plan->from_date(), "done_date",
                                      "the first day of the plan");
      });
  AddVerb<AccountPlan, v1::ReopenPlanActionRequest>(
      context, Rpc("ReopenPlanAction"), registry,
      [](UnitOfWork&, const v1::ReopenPlanActionRequest& request, AccountPlan* plan) {
        return rules::ReopenAction(request, plan);
      });
  AddVerb<AccountPlan, v1::CompleteJointProjectRequest>(
      context, Rpc("CompleteJointProject"), registry,
      [context](UnitOfWork& work, const v1::CompleteJointProjectRequest& request, AccountPlan* plan) {
        return rules::CompleteProject(request, context.Today(work.now()), plan);
      });
  AddVerb<AccountPlan, v1::ReopenJointProjectRequest>(
      context, Rpc("ReopenJointProject"), registry,
      [](UnitOfWork&, const v1::ReopenJointProjectRequest& request, AccountPlan* plan) {
        return rules::ReopenProject(request, plan);
      });
  AddVerb<AccountPlan, v1::ReturnAccountPlanRequest>(
      context, Rpc("ReturnAccountPlan"), registry,
      [](UnitOfWork& work, const v1::ReturnAccountPlanRequest& request, AccountPlan* plan) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckPlanReviewer(actor, *plan));
        plan->set_return_reason(request.reason());
        return absl::OkStatus();
      });
  AddVerb<AccountPlan, v1::CancelAccountPlanRequest>(
      context, Rpc("CancelAccountPlan"), registry,
      [](UnitOfWork& work, const v1::CancelAccountPlanRequest& request,
         resource::Change<AccountPlan>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::CancelAccountPlan(change->before, actor, request.reason(), work.now(), &change->after);
      });
  AddMeasuredVerb<v1::ReviewAccountPlanRequest>(context, Rpc("ReviewAccountPlan"), registry, Review);
  AddMeasuredVerb<v1::EndAccountPlanRequest>(context, Rpc("EndAccountPlan"), registry, End);
  registry->Add<v1::MeasureAccountPlanRequest, v1::MeasureAccountPlanResponse>(
      Rpc("MeasureAccountPlan"), [context](rpc::Call& call, const v1::MeasureAccountPlanRequest& request) {
        return MeasurePlan(context, call, request);
      });
}

}  // namespace kam::account

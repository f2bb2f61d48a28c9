// Plans of visits: drawn up by two, signed, approved; plan against actual (A-28, reports P-51).
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/report.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/visit_plan_rules.h"
#include "account-svc/staff.h"
#include "account-svc/verb.h"
#include "account-svc/visits/visit_service.h"
#include "account-svc/writers.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/visit_plan_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::VisitPlan;

constexpr char kService[] = "kam.account.v1.VisitPlanService";
constexpr int kPlansInReportMax = 1000;

// Those who come along exist; the sales manager is one.
absl::Status CheckPeopleOf(const Context& context, UnitOfWork& work, const VisitPlan& plan) {
  for (int i = 0; i < plan.items_size(); ++i) {
    for (const std::string& companion : rules::CompanionsOf(plan.items(i))) {
      ASSIGN_OR_RETURN(const std::vector<Row> rows,
                       work.connection().Query("SELECT 1 FROM employees WHERE id = ?", {IdOf(companion)}));
      if (!rows.empty()) continue;
      return InvalidField(absl::StrCat("visit_plan.items[", i, "].companions"), "REFERENCE_NOT_FOUND",
                          absl::StrCat(companion, " does not exist"), {{"reference", companion}});
    }
  }
  if (plan.sales_manager().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool holds, HoldsOneOf(work.connection(), plan.sales_manager(),
                                                context.policy.joint_plan_roles, context.Today(work.now())));
  if (holds) return absl::OkStatus();
  const std::string roles = absl::StrJoin(context.policy.joint_plan_roles, ", ");
  return InvalidField("visit_plan.sales_manager", "NOT_A_SALES_MANAGER",
                      absl::StrCat(plan.sales_manager(), " holds none of the roles ", roles),
                      {{"employee", plan.sales_manager()}, {"roles", roles}});
}

absl::Status CreatePlan(const Context& context, UnitOfWork& work, VisitPlan* plan) {
  plan->set_state(v1::VISIT_PLAN_STATE_DRAFT);
  if (plan->owner().empty()) {
    ASSIGN_OR_RETURN(*plan->mutable_owner(), Person(work));
  }
  RETURN_IF_ERROR(Validate(work, *plan));
  RETURN_IF_ERROR(rules::CheckPlan(*plan));
  RETURN_IF_ERROR(CheckPeopleOf(context, work, *plan));
  for (const v1::VisitPlanItem& item : plan->items()) RETURN_IF_ERROR(CheckAccountUsable(work, item.account()));
  return absl::OkStatus();
}

absl::Status UpdatePlan(const Context& context, UnitOfWork& work, const VisitPlan& before, VisitPlan* after) {
  if (after->owner().empty()) after->set_owner(before.owner());
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CheckPlanUpdate(before));
  RETURN_IF_ERROR(rules::CheckPlan(*after));
  RETURN_IF_ERROR(CheckPeopleOf(context, work, *after));
  rules::DropStaleSignatures(before, after);
  std::set<std::string> known;
  for (const v1::VisitPlanItem& item : before.items()) known.insert(item.account());
  for (const v1::VisitPlanItem& item : after->items()) {
    if (known.insert(item.account()).second) RETURN_IF_ERROR(CheckAccountUsable(work, item.account()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, v1::Tier>> TiersOf(UnitOfWork& work, const VisitPlan& plan) {
  std::map<std::string, v1::Tier> tiers;
  for (const v1::VisitPlanItem& item : plan.items()) {
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     work.connection().Query("SELECT tier FROM accounts WHERE id = ?", {IdOf(item.account())}));
    if (!rows.empty()) tiers[item.account()] = TierOf(rows[0][0].text());
  }
  return tiers;
}

// Active accounts of those who are to visit.
absl::StatusOr<std::map<std::string, v1::Tier>> AccountsOf(UnitOfWork& work, const VisitPlan& plan) {
  std::set<std::string> people = {IdOf(plan.owner())};
  for (const v1::VisitPlanItem& item : plan.items()) people.insert(IdOf(item.visitor()));
  const std::vector<Value> params(people.begin(), people.end());
  std::map<std::string, v1::Tier> accounts;
  RETURN_IF_ERROR(work.connection().Scan(
      absl::StrCat(
          "SELECT a.id, a.tier FROM accounts a WHERE a.state = 'ACTIVE' AND a.archive_time IS NULL AND a.owner "
          "IN (",
          resource::Placeholders(people.size()), ")"),
      mysql::Params(params), [&](const Row& row) {
        accounts[NameOf("accounts", row[0].text())] = TierOf(row[1].text());
        return absl::OkStatus();
      }));
  return accounts;
}

// Plan against actual of one plan. Visits count by the plan they name; of a later plan they are not.
absl::Status FillProgress(const Context& context, mysql::Connection& connection, const VisitPlan& plan,
                          v1::VisitPlanProgress* progress) {
  progress->set_visit_plan(plan.name());
  std::map<std::string, v1::VisitPlanItemProgress> items;
  std::set<std::string> visitors;
  for (const v1::VisitPlanItem& item : plan.items()) {
    v1::VisitPlanItemProgress& row = items[item.account()];
    row.set_account(item.account());
    row.set_planned(row.planned() + item.visits());
    visitors.insert(IdOf(item.visitor()));
  }
  RETURN_IF_ERROR(
      connection.Scan("SELECT t.account, t.state, COUNT(t.id), SUM(CASE WHEN t.approver IS NULL THEN 1 ELSE 0 END) "
                      "FROM visits t WHERE t.visit_plan = ? AND t.archive_time IS NULL GROUP BY "
                      "t.account, t.state",
                      std::vector<Value>{Value(IdOf(plan.name()))}, [&](const Row& row) -> absl::Status {
                        v1::VisitPlanItemProgress& item = items[NameOf("accounts", row[0].text())];
                        const auto count = static_cast<int32_t>(row[2].integer());
                        const std::string& state = row[1].text();
                        if (state == "DONE") {
                          item.set_done(count);
                          progress->set_done_unapproved(progress->done_unapproved() + WholeOf(row[3]));
                        } else if (state == "MISSED") {
                          item.set_missed(count);
                        } else if (state != "CANCELLED") {
                          item.set_open(item.open() + count);
                        }
                        return absl::OkStatus();
                      }));
  for (auto& [account, item] : items) {
    item.set_account(account);
    item.set_completion_percent(rules::RateText(item.done(), item.planned()));
    progress->set_planned(progress->planned() + item.planned());
    // More than was planned with one account does not stand in for another that nobody went to.
    const int32_t of_plan = std::min(item.done(), item.planned());
    progress->set_done(progress->done() + of_plan);
    progress->set_unplanned(progress->unplanned() + item.done() - of_plan);
    progress->set_missed(progress->missed() + item.missed());
    *progress->add_items() = std::move(item);
  }
  progress->set_completion_percent(rules::RateText(progress->done(), progress->planned()));
  if (visitors.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string end, rules::PlanEnd(plan));
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(plan.start_date()));
  ASSIGN_OR_RETURN(const absl::CivilDay last, ParseDate(end));
  std::vector<Value> params = {Value(absl::FromCivil(first, context.zone)),
                               Value(absl::FromCivil(last + 1, context.zone))};
  for (const std::string& visitor : visitors) params.emplace_back(visitor);
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query(absl::StrCat("SELECT COUNT(t.id) FROM visits t WHERE t.state = 'DONE' AND t.visit_plan IS NULL "
                                    "AND t.archive_time IS NULL AND t.check_in_time >= ? AND t.check_in_time < ? AND "
                                    "t.visitor IN (",
                                    resource::Placeholders(visitors.size()), ")"),
                       mysql::Params(params)));
  progress->set_unplanned(progress->unplanned() + static_cast<int32_t>(rows[0][0].integer()));
  return absl::OkStatus();
}

absl::StatusOr<v1::VisitPlanProgress> Progress(const Context& context, rpc::Call& call,
                                               const v1::GetVisitPlanProgressRequest& request) {
  ASSIGN_OR_RETURN(const VisitPlan plan, context.runtime.Get<VisitPlan>(call, request.name()));
  v1::VisitPlanProgress progress;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) {
    progress.Clear();
    return FillProgress(context, connection, plan, &progress);
  }));
  return progress;
}

absl::StatusOr<v1::ReportVisitPlansResponse> Report(const Context& context, rpc::Call& call,
                                                    const v1::ReportVisitPlansRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(VisitPlan::descriptor());
  const std::string kind =
      resource::ShortEnumName(v1::VisitPlanPeriod_descriptor()->FindValueByNumber(request.period_kind()));
  const std::vector<resource::SqlCondition> where = {
      resource::ScopeCondition(type, call.principal, call.level()),
      {"t.period_kind = ? AND t.start_date = ? AND t.archive_time IS NULL",
       {Value(kind), Value(request.start_date())}}};
  v1::ReportVisitPlansResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(std::vector<resource::Record> records,
                     context.runtime.store().Select(connection, type, where, "ORDER BY t.id", kPlansInReportMax));
    for (const resource::Record& record : records) {
      v1::VisitPlanReportRow& row = *response.add_rows();
      VisitPlan& plan = *row.mutable_visit_plan();
      plan = static_cast<const VisitPlan&>(*record.message);
      RETURN_IF_ERROR(FillProgress(context, connection, plan, row.mutable_progress()));
      std::set<std::string> accounts;
      for (const v1::VisitPlanItem& item : plan.items()) accounts.insert(item.account());
      row.set_accounts(static_cast<int32_t>(accounts.size()));
      row.mutable_progress()->clear_items();
      plan.clear_items();
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

v1::Tier TierOf(const std::string& column) {
  const auto* value = resource::FindEnumValue(v1::Tier_descriptor(), column);
  return value == nullptr ? v1::TIER_UNSPECIFIED : static_cast<v1::Tier>(value->number());
}

void RegisterVisitPlans(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<VisitPlan>(
      [context](UnitOfWork& work, VisitPlan* plan) { return CreatePlan(context, work, plan); });
  hooks.on_update =
      resource::OnUpdate<VisitPlan>([context](UnitOfWork& work, const VisitPlan& before, VisitPlan* after) {
        return UpdatePlan(context, work, before, after);
      });
  hooks.on_archive = [](UnitOfWork&, const google::protobuf::Message& before) {
    return rules::CheckPlanArchive(static_cast<const VisitPlan&>(before));
  };
  context.runtime.SetHooks(VisitPlan::descriptor(), std::move(hooks));
  const std::string service = kService;
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<VisitPlan, v1::SignVisitPlanRequest>(
      context, service + "/SignVisitPlan", registry,
      [](UnitOfWork& work, const v1::SignVisitPlanRequest& request, VisitPlan* plan) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Sign(actor, work.now(), plan);
      });
  AddVerb<VisitPlan, v1::SubmitVisitPlanRequest>(
      context, service + "/SubmitVisitPlan", registry,
      [context](UnitOfWork& work, const v1::SubmitVisitPlanRequest&, VisitPlan* plan) -> absl::Status {
        ASSIGN_OR_RETURN(const auto tiers, TiersOf(work, *plan));
        ASSIGN_OR_RETURN(const auto others, AccountsOf(work, *plan));
        return rules::SubmitPlan(tiers, others, context.policy, plan);
      });
  AddVerb<VisitPlan, v1::ReturnVisitPlanRequest>(
      context, service + "/ReturnVisitPlan", registry,
      [](UnitOfWork&, const v1::ReturnVisitPlanRequest& request, VisitPlan* plan) {
        plan->set_return_reason(request.reason());
        // What comes back is signed again.
        plan->clear_owner_sign_time();
        plan->clear_manager_sign_time();
        return absl::OkStatus();
      });
  AddVerb<VisitPlan, v1::ApproveVisitPlanRequest>(
      context, service + "/ApproveVisitPlan", registry,
      [](UnitOfWork& work, const v1::ApproveVisitPlanRequest& request, VisitPlan* plan) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(CheckNotWriter(work, kService, plan->name(), "approve the plan"));
        return rules::ApprovePlan(actor, work.now(), plan);
      });
  AddVerb<VisitPlan, v1::CloseVisitPlanRequest>(
      context, service + "/CloseVisitPlan", registry,
      [](UnitOfWork&, const v1::CloseVisitPlanRequest&, VisitPlan*) { return absl::OkStatus(); });
  registry->Add<v1::GetVisitPlanProgressRequest, v1::VisitPlanProgress>(
      service + "/GetVisitPlanProgress", [context](rpc::Call& call, const v1::GetVisitPlanProgressRequest& request) {
        return Progress(context, call, request);
      });
  registry->Add<v1::ReportVisitPlansRequest, v1::ReportVisitPlansResponse>(
      service + "/ReportVisitPlans", [context](rpc::Call& call, const v1::ReportVisitPlansRequest& request) {
        return Report(context, call, request);
      });
}

}  // namespace kam::account

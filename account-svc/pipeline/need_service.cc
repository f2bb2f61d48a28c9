// kam.account.v1.CustomerNeedService: needs of customers and their monthly demand (A-13, P-22).
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/pipeline/owner_change.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/need_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/staff.h"
#include "account-svc/working_time.h"
#include "common/money/decimal.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/customer_need_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::Change;
using resource::UnitOfWork;
using v1::CustomerNeed;
using v1::MonthlyDemand;

constexpr char kService[] = "kam.account.v1.CustomerNeedService";
constexpr char kAnswer[] = "customer_need.answer";
constexpr char kRead[] = "customer_need.read";
constexpr int kRowsMax = 10'000;  // As (kam.api.field).max_items of ListMissingDemandsResponse.rows.
constexpr char kDueAnswer[] = "customer_need.answer";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::StatusOr<absl::Time> AnswerBy(const Context& context, UnitOfWork& work) {
  ASSIGN_OR_RETURN(const WorkingTime working, WorkingTime::Load(context, work.connection()));
  return working.After(work.now(), context.policy.need_answer);
}

absl::Status RouteTo(const Context& context, UnitOfWork& work, const std::string& department, CustomerNeed* need) {
  ASSIGN_OR_RETURN(const absl::Time by, AnswerBy(context, work));
  return rules::Route(department, work.now(), by, need);
}

// A need that a solution answers was none by mistake.
absl::Status CheckUnused(UnitOfWork& work, const CustomerNeed& need) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT id FROM solutions WHERE need = ? AND state <> 'WITHDRAWN' AND "
                                           "archive_time IS NULL ORDER BY id LIMIT 1",
                                           {IdOf(need.name())}));
  if (rows.empty()) return absl::OkStatus();
  const std::string solution = NameOf("solutions", rows[0][0].text());
  return FailedPrecondition("NEED_IN_USE", need.name(),
                            "a solution is written for it; that is withdrawn first, by who asked for it",
                            {{"solution", solution}});
}

absl::Status Record(const Context& context, UnitOfWork& work, CustomerNeed* need) {
  RETURN_IF_ERROR(SetOwner(work, need->mutable_owner()));
  need->set_state(v1::CUSTOMER_NEED_STATE_RECORDED);
  if (need->urgency() == v1::NEED_URGENCY_UNSPECIFIED) need->set_urgency(v1::NEED_URGENCY_NORMAL);
  RETURN_IF_ERROR(Validate(work, *need));
  RETURN_IF_ERROR(rules::CheckNeed(*need));
  RETURN_IF_ERROR(CheckAccountUsable(work, need->account()));
  // Who names the department has told it.
  if (!need->department().empty()) return RouteTo(context, work, need->department(), need);
  ASSIGN_OR_RETURN(const WorkingTime working, WorkingTime::Load(context, work.connection()));
  ASSIGN_OR_RETURN(const absl::Time by, working.After(work.now(), context.policy.need_route));
  *need->mutable_answer_by() = ToTimestamp(by);
  return absl::OkStatus();
}

absl::Status Watch(UnitOfWork& work, const CustomerNeed* before, const CustomerNeed& after) {
  // One that is overdue waits again once another department is asked.
  const bool waits =
      (after.state() == v1::CUSTOMER_NEED_STATE_RECORDED || after.state() == v1::CUSTOMER_NEED_STATE_ROUTED) &&
      (!after.overdue() || FromTimestamp(after.answer_by()) > work.now());
  if (!waits) return before == nullptr ? absl::OkStatus() : schedule::Cancel(work, kDueAnswer, after.name());
  return schedule::Schedule(work, kDueAnswer, after.name(), FromTimestamp(after.answer_by()));
}

// The time passed without an answer: it is before the head of the department asked, or before the superior of the one
// who recorded it while no department was.
absl::Status Escalate(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const CustomerNeed need, work.Load<CustomerNeed>(item.resource));
  if (FromTimestamp(need.answer_by()) > work.now() ||
      (need.state() != v1::CUSTOMER_NEED_STATE_RECORDED && need.state() != v1::CUSTOMER_NEED_STATE_ROUTED)) {
    return absl::OkStatus();
  }
  const std::string today = context.Today(work.now());
  std::string head;
  if (need.state() == v1::CUSTOMER_NEED_STATE_ROUTED) {
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     work.connection().Query("SELECT head FROM departments WHERE id = ?", {IdOf(need.department())}));
    if (!rows.empty() && !rows[0][0].is_null()) head = NameOf("employees", rows[0][0].text());
  }
  // Who may not answer is no help: then it is before the next above him who may.
  if (!head.empty()) {
    ASSIGN_OR_RETURN(const bool able, HoldsRight(work.connection(), head, kAnswer, today));
    if (!able) {
      ASSIGN_OR_RETURN(head, AbleAbove(work.connection(), head, kAnswer, today));
    }
  }
  if (head.empty()) {
    ASSIGN_OR_RETURN(head, AbleAbove(work.connection(), need.owner(), kRead, today));
  }
  Change<CustomerNeed> change{need, need};
  change.after.set_overdue(true);
  change.after.set_escalated_to(head);
  return work.Save(std::move(change)).status();
}

absl::Status Answer(UnitOfWork& work, const v1::AnswerCustomerNeedRequest& request, CustomerNeed* need) {
  RETURN_IF_ERROR(resource::CheckRead(request.etag()));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT department_path FROM employee_scopes WHERE employee = ?", {IdOf(actor)}));
  RETURN_IF_ERROR(rules::CheckAnswerer(rows.empty() ? "" : rows[0][0].text(), *need));
  need->set_answer(request.answer());
  need->set_answerer(actor);
  *need->mutable_answer_time() = ToTimestamp(work.now());
  return absl::OkStatus();
}

absl::Status ReportQuantity(UnitOfWork& work, MonthlyDemand* demand) {
  RETURN_IF_ERROR(SetOwner(work, demand->mutable_owner()));
  RETURN_IF_ERROR(Validate(work, *demand));
  RETURN_IF_ERROR(CheckAccountUsable(work, demand->account()));
  ASSIGN_OR_RETURN(
      const std::vector<MonthlyDemand> found,
      work.Find<MonthlyDemand>({"t.account = ? AND t.product = ? AND t.demand_month = ? AND t.archive_time IS NULL",
                                {Value(IdOf(demand->account())), Value(demand->product()), Value(demand->month())}},
                               "", 1));
  if (found.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, "DEMAND_REPORTED", "the quantity was reported; correct that one",
               {{"demand", found[0].name()}, {"month", demand->month()}});
}

struct Quantity {
  std::string quantity, unit;
};

absl::StatusOr<v1::ReportDemandResponse> ReportDemand(const Context& context, const rpc::Call& call,
                                                      const v1::ReportDemandRequest& request,
                                                      mysql::Connection& connection) {
  ASSIGN_OR_RETURN(const std::string before, AddMonths(request.month() + "-01", -1));
  const std::string previous = before.substr(0, request.month().size());
  std::map<std::pair<std::string, std::string>, std::pair<Quantity, Quantity>> table;  // By account and product.
  std::string sql =
      "SELECT t.account, t.product, t.demand_month, t.quantity, t.unit FROM monthly_demands t WHERE t.archive_time IS "
      "NULL AND t.demand_month IN (?, ?)";
  std::vector<Value> params = {Value(request.month()), Value(previous)};
  if (!request.region().empty()) {
    sql.append(" AND EXISTS (SELECT 1 FROM accounts a WHERE a.id = t.account AND a.region = ?)");
    params.emplace_back(request.region());
  }
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   QueryWithinReach(context, call, MonthlyDemand::descriptor(), connection, sql, params, ""));
  for (const Row& row : rows) {
    auto& both = table[{row[0].text(), row[1].text()}];
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(row[3].text(), "quantity"));
    (row[2].text() == previous ? both.second : both.first) = {quantity.ToString(), row[4].text()};
  }
  v1::ReportDemandResponse response;
  for (const auto& [key, both] : table) {
    const auto& [now, then] = both;
    v1::DemandRow* out = response.add_rows();
    out->set_account(NameOf("accounts", key.first));
    out->set_product(key.second);
    out->set_unit(now.unit.empty() ? then.unit : now.unit);
    out->set_quantity(now.quantity);
    if (!now.unit.empty() && now.unit != then.unit) continue;  // Quantities of two units are not compared.
    out->set_previous_quantity(then.quantity);
    if (now.quantity.empty() || then.quantity.empty()) continue;
    ASSIGN_OR_RETURN(const Decimal a, Decimal::Parse(now.quantity, "quantity"));
    ASSIGN_OR_RETURN(const Decimal b, Decimal::Parse(then.quantity, "quantity"));
    ASSIGN_OR_RETURN(const Decimal change, Subtract(a, b));
    out->set_change(change.ToString());
  }
  return response;
}

absl::StatusOr<v1::ListMissingDemandsResponse> MissingDemands(const Context& context, const rpc::Call& call,
                                                              const v1::ListMissingDemandsRequest& request,
                                                              mysql::Connection& connection) {
  v1::ListMissingDemandsResponse response;
  ASSIGN_OR_RETURN(*response.mutable_due_date(), rules::DemandDue(request.month(), context.policy));
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      QueryWithinReach(context, call, v1::Account::descriptor(), connection,
                       "SELECT t.id, t.owner FROM accounts t WHERE t.state = 'ACTIVE' AND t.archive_time IS NULL AND "
                       "NOT EXISTS (SELECT 1 FROM monthly_demands d WHERE d.account = t.id AND d.demand_month = ? AND "
                       "d.archive_time IS NULL)",
                       {Value(request.month())}, absl::StrCat("ORDER BY t.owner, t.id LIMIT ", kRowsMax)));
  for (const Row& row : rows) {
    v1::MissingDemandRow* out = response.add_rows();
    out->set_account(NameOf("accounts", row[0].text()));
    out->set_owner(NameOf("employees", row[1].text()));
  }
  return response;
}

// What was reported of a month that is over counts, and stays.
absl::Status CheckDemandOpen(const Context& context, UnitOfWork& work, const MonthlyDemand& demand) {
  if (work.importing()) return absl::OkStatus();
  return rules::CheckDemandOpen(demand.name(), demand.month(), context.Today(FromTimestamp(demand.create_time())),
                                context.Today(work.now()), context.policy);
}

}  // namespace

void RegisterCustomerNeeds(const Context& context, rpc::Registry* registry) {
  resource::Hooks needs;
  needs.on_create = resource::OnCreate<CustomerNeed>(
      [context](UnitOfWork& work, CustomerNeed* need) { return Record(context, work, need); });
  needs.on_update = resource::OnUpdate<CustomerNeed>(
      [](UnitOfWork& work, const CustomerNeed& before, CustomerNeed* after) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckNeedUpdate(before));
        RETURN_IF_ERROR(SetOwner(work, after->mutable_owner()));
        return CheckOwnerChange(work, before.owner(), after->owner(), "customer_need.owner");
      });
  needs.on_saved = resource::OnSaved<CustomerNeed>(Watch);
  context.runtime.SetHooks(CustomerNeed::descriptor(), std::move(needs));
  resource::Hooks demands;
  demands.on_create = resource::OnCreate<MonthlyDemand>(ReportQuantity);
  demands.on_update = resource::OnUpdate<MonthlyDemand>(
      [context](UnitOfWork& work, const MonthlyDemand& before, MonthlyDemand* after) -> absl::Status {
        RETURN_IF_ERROR(CheckDemandOpen(context, work, before));
        RETURN_IF_ERROR(SetOwner(work, after->mutable_owner()));
        return CheckOwnerChange(work, before.owner(), after->owner(), "monthly_demand.owner");
      });
  demands.on_archive = [context](UnitOfWork& work, const google::protobuf::Message& before) {
    return CheckDemandOpen(context, work, static_cast<const MonthlyDemand&>(before));
  };
  context.runtime.SetHooks(MonthlyDemand::descriptor(), std::move(demands));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<CustomerNeed, v1::RouteCustomerNeedRequest>(
      context, Rpc("RouteCustomerNeed"), registry,
      [context](UnitOfWork& work, const v1::RouteCustomerNeedRequest& request, CustomerNeed* need) {
        return RouteTo(context, work, request.department(), need);
      });
  AddVerb<CustomerNeed, v1::AnalyseCustomerNeedRequest>(
      context, Rpc("AnalyseCustomerNeed"), registry,
      [](UnitOfWork& work, const v1::AnalyseCustomerNeedRequest& request, CustomerNeed* need) -> absl::Status {
        ASSIGN_OR_RETURN(*need->mutable_analyst(), Person(work));
        need->set_analysis(request.analysis());
        return absl::OkStatus();
      });
  AddVerb<CustomerNeed, v1::AnswerCustomerNeedRequest>(context, Rpc("AnswerCustomerNeed"), registry, Answer);
  AddVerb<CustomerNeed, v1::TellCustomerRequest>(
      context, Rpc("TellCustomer"), registry,
      [context](UnitOfWork& work, const v1::TellCustomerRequest& request, CustomerNeed* need) -> absl::Status {
        RETURN_IF_ERROR(rules::Tell(request, context.Today(work.now()), need));
        return rules::CheckNotEarlier(need->told_date(), context.Today(FromTimestamp(need->answer_time())), "told_date",
                                      "the answer");
      });
  AddVerb<CustomerNeed, v1::ReturnNeedAnswerRequest>(
      context, Rpc("ReturnNeedAnswer"), registry,
      [context](UnitOfWork& work, const v1::ReturnNeedAnswerRequest& request, CustomerNeed* need) -> absl::Status {
        ASSIGN_OR_RETURN(const absl::Time by, AnswerBy(context, work));
        rules::ReturnAnswer(request.reason(), work.now(), by, need);
        return absl::OkStatus();
      });
  AddVerb<CustomerNeed, v1::WithdrawCustomerNeedRequest>(
      context, Rpc("WithdrawCustomerNeed"), registry,
      [](UnitOfWork& work, const v1::WithdrawCustomerNeedRequest& request, CustomerNeed* need) -> absl::Status {
        RETURN_IF_ERROR(CheckUnused(work, *need));
        need->set_withdraw_reason(request.reason());
        return absl::OkStatus();
      });
  AddReport<v1::ReportDemandRequest, v1::ReportDemandResponse>(
      context, Rpc("ReportDemand"), registry,
      [context](const rpc::Call& call, const v1::ReportDemandRequest& request, mysql::Connection& connection) {
        return ReportDemand(context, call, request, connection);
      });
  AddReport<v1::ListMissingDemandsRequest, v1::ListMissingDemandsResponse>(
      context, Rpc("ListMissingDemands"), registry,
      [context](const rpc::Call& call, const v1::ListMissingDemandsRequest& request, mysql::Connection& connection) {
        return MissingDemands(context, call, request, connection);
      });
  OnDue(context, kDueAnswer, Rpc("CreateCustomerNeed"),
        [context](UnitOfWork& work, const schedule::DueItem& item) { return Escalate(context, work, item); });
}

}  // namespace kam::account

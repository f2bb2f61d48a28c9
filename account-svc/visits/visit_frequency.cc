// How often accounts are visited: proposals by tier, accounts not visited in their interval, completion.
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/report_page.h"
#include "account-svc/report.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/visit_plan_rules.h"
#include "account-svc/visits/visit_service.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/account/v1/visit_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::SqlCondition;
using resource::UnitOfWork;
using v1::Visit;

constexpr char kPropose[] = "kam.account.v1.VisitService/ProposeDueVisits";
// One item, seeded by a migration, that puts itself down again for every day.
constexpr char kDuePropose[] = "visit.propose";
constexpr char kDueResource[] = "visits";

struct DueAccount {
  std::string id;
  std::string owner;
  v1::Tier tier = v1::TIER_UNSPECIFIED;
  bool visited = false;
  std::string base;  // Day of the last visit, or of the opening of the file.
  std::string due;
};

constexpr char kLastVisit[] =
    "(SELECT MAX(v.check_out_time) FROM visits v WHERE v.account = t.id AND v.state = 'DONE' AND v.archive_time IS "
    "NULL)";
constexpr char kNoOpenVisit[] =
    "NOT EXISTS (SELECT 1 FROM visits o WHERE o.account = t.id AND o.archive_time IS NULL AND o.state IN ('PROPOSED', "
    "'PLANNED', 'APPROVED', 'CHECKED_IN'))";

// Active accounts with an owner whose interval runs out on `day` or before, in the order of their ids.
absl::StatusOr<std::vector<DueAccount>> DueAccounts(const Context& context, mysql::Connection& connection,
                                                    const std::string& day, const std::vector<SqlCondition>& where,
                                                    int limit) {
  ASSIGN_OR_RETURN(const absl::CivilDay last, ParseDate(day));
  std::string sql = absl::StrCat("SELECT t.id, t.owner, t.tier, ", kLastVisit,
                                 ", t.create_time FROM accounts t WHERE t.state = 'ACTIVE' AND t.owner IS NOT NULL AND "
                                 "t.archive_time IS NULL AND COALESCE(",
                                 kLastVisit, ", t.create_time) < CASE t.tier");
  std::vector<Value> params;
  // Whose interval began before this instant is due.
  const auto begun_before = [&](v1::Tier tier) {
    return absl::FromCivil(last + 1 - rules::VisitIntervalDays(tier, context.policy), context.zone);
  };
  for (int i = 1; i < v1::Tier_descriptor()->value_count(); ++i) {
    const auto* tier = v1::Tier_descriptor()->value(i);
    sql += " WHEN ? THEN ?";
    params.emplace_back(resource::ShortEnumName(tier));
    params.emplace_back(begun_before(static_cast<v1::Tier>(tier->number())));
  }
  sql += " ELSE ? END";
  params.emplace_back(begun_before(v1::TIER_UNSPECIFIED));
  for (const SqlCondition& condition : where) AddCondition(condition, &sql, &params);
  absl::StrAppend(&sql, " ORDER BY t.id LIMIT ", limit);
  ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
  std::vector<DueAccount> found;
  for (const Row& row : rows) {
    DueAccount account;
    account.id = row[0].text();
    account.owner = row[1].text();
    account.tier = TierOf(row[2].text());
    account.visited = !row[3].is_null();
    account.base = context.Today(account.visited ? row[3].time() : row[4].time());
    ASSIGN_OR_RETURN(account.due, rules::VisitDueDate(account.base, account.tier, context.policy));
    found.push_back(std::move(account));
  }
  return found;
}

absl::StatusOr<v1::ProposeDueVisitsResponse> Propose(const Context& context, UnitOfWork& work,
                                                     const SqlCondition& scope, const std::string& until) {
  const int limit = context.policy.visit_proposals_max;
  v1::ProposeDueVisitsResponse response;
  ASSIGN_OR_RETURN(std::vector<DueAccount> due,
                   DueAccounts(context, work.connection(), until, {scope, {kNoOpenVisit, {}}}, limit + 1));
  response.set_more(due.size() > static_cast<size_t>(limit));
  if (due.size() > static_cast<size_t>(limit)) due.resize(static_cast<size_t>(limit));
  if (due.empty()) return response;
  // Who proposes for the same accounts at the same time waits here, and then sees these visits.
  SqlCondition chosen;
  for (const DueAccount& account : due) chosen.params.emplace_back(account.id);
  const std::string list = resource::Placeholders(due.size());
  chosen.sql = absl::StrCat("t.id IN (", list, ")");
  RETURN_IF_ERROR(work.connection()
                      .Query(absl::StrCat("SELECT account FROM account_scopes WHERE account IN (", list,
                                          ") ORDER BY account FOR UPDATE"),
                             mysql::Params(chosen.params))
                      .status());
  ASSIGN_OR_RETURN(due, DueAccounts(context, work.connection(), until, {chosen, {kNoOpenVisit, {}}}, limit));
  for (const DueAccount& account : due) {
    Visit visit;
    visit.set_account(NameOf("accounts", account.id));
    visit.set_visitor(NameOf("employees", account.owner));
    visit.set_purpose(context.policy.visit_proposal_purpose);
    visit.set_mode(v1::VISIT_MODE_ON_SITE);
    visit.set_state(v1::VISIT_STATE_PROPOSED);
    visit.set_origin(v1::VISIT_ORIGIN_FREQUENCY);
    visit.set_due_date(account.due);
    ASSIGN_OR_RETURN(const Visit made, work.Insert(std::move(visit)));
    response.add_visits(made.name());
  }
  return response;
}

absl::StatusOr<std::string> Horizon(const Context& context, absl::Time now) {
  return AddDays(context.Today(now), context.policy.visit_proposal_horizon_days);
}

// Every day; at once again while there is more than one transaction should do.
absl::Status ProposeDaily(const Context& context, UnitOfWork& work) {
  ASSIGN_OR_RETURN(const std::string until, Horizon(context, work.now()));
  ASSIGN_OR_RETURN(const v1::ProposeDueVisitsResponse response, Propose(context, work, {}, until));
  const absl::CivilDay tomorrow = absl::ToCivilDay(work.now(), context.zone) + 1;
  return schedule::Schedule(work, kDuePropose, kDueResource,
                            response.more() ? work.now() : absl::FromCivil(tomorrow, context.zone));
}

absl::StatusOr<v1::ListOverdueAccountsResponse> Overdue(const Context& context, rpc::Call& call,
                                                        const v1::ListOverdueAccountsRequest& request) {
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  const std::string today = context.Today(context.runtime.clock().Now());
  const resource::Type& type = *context.runtime.catalog().Find(v1::Account::descriptor());
  std::vector<SqlCondition> where = {resource::ScopeCondition(type, call.principal, call.level())};
  if (!page.last().empty()) where.push_back({"t.id > ?", page.last()});
  v1::ListOverdueAccountsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    // Due today is not overdue yet.
    ASSIGN_OR_RETURN(const std::string yesterday, AddDays(today, -1));
    ASSIGN_OR_RETURN(std::vector<DueAccount> due,
                     DueAccounts(context, connection, yesterday, where, static_cast<int>(page.size()) + 1));
    if (due.size() > page.size()) {
      due.resize(page.size());
      response.set_next_page_token(page.Next({Value(due.back().id)}));
    }
    for (const DueAccount& account : due) {
      v1::OverdueAccount& row = *response.add_rows();
      row.set_account(NameOf("accounts", account.id));
      row.set_owner(NameOf("employees", account.owner));
      row.set_tier(account.tier);
      row.set_interval_days(rules::VisitIntervalDays(account.tier, context.policy));
      if (account.visited) row.set_last_visit_date(account.base);
      row.set_due_date(account.due);
      ASSIGN_OR_RETURN(const int64_t days, DaysBetween(account.due, today));
      row.set_days_overdue(static_cast<int32_t>(days));
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListOpenFollowUpsResponse> OpenFollowUps(const Context& context, rpc::Call& call,
                                                            const v1::ListOpenFollowUpsRequest& request) {
  constexpr int kRowsMax = 1000;
  const resource::Type& type = *context.runtime.catalog().Find(Visit::descriptor());
  std::string sql =
      "SELECT t.id, t.account, f.action, f.responsible, f.due_date FROM visits t JOIN visits_follow_ups f ON "
      "f.parent_id "
      "= t.id WHERE f.done = 0 AND t.state = 'DONE' AND t.archive_time IS NULL";
  std::vector<Value> params;
  if (!request.until_date().empty()) AddCondition({"f.due_date <= ?", {Value(request.until_date())}}, &sql, &params);
  AddCondition(resource::ScopeCondition(type, call.principal, call.level()), &sql, &params);
  absl::StrAppend(&sql, " ORDER BY f.due_date, t.id, f.position LIMIT ", kRowsMax);
  const std::string today = context.Today(context.runtime.clock().Now());
  v1::ListOpenFollowUpsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) {
    response.Clear();
    return connection.Scan(sql, mysql::Params(params), [&](const Row& row) -> absl::Status {
      v1::OpenFollowUp& open = *response.add_rows();
      open.set_visit(NameOf("visits", row[0].text()));
      open.set_account(NameOf("accounts", row[1].text()));
      open.set_action(row[2].text());
      open.set_responsible(NameOf("employees", row[3].text()));
      open.set_due_date(row[4].text());
      if (open.due_date().empty()) return absl::OkStatus();
      ASSIGN_OR_RETURN(const int64_t days, DaysBetween(open.due_date(), today));
      open.set_days_overdue(static_cast<int32_t>(std::max<int64_t>(days, 0)));
      return absl::OkStatus();
    });
  }));
  return response;
}

void Finish(v1::VisitCompletion* row) {
  row->set_planned(row->done() + row->missed() + row->overdue() + row->open());
  row->set_completion_percent(rules::RateText(row->done(), row->done() + row->missed() + row->overdue()));
}

absl::StatusOr<v1::ReportVisitCompletionResponse> Completion(const Context& context, rpc::Call& call,
                                                             const v1::ReportVisitCompletionRequest& request) {
  ASSIGN_OR_RETURN(const Period period, ParsePeriod(request.from_date(), request.until_date(), context.zone));
  const resource::Type& type = *context.runtime.catalog().Find(Visit::descriptor());
  const SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  std::string sql =
      "SELECT t.visitor, t.state, SUM(CASE WHEN t.planned_end < ? THEN 1 ELSE 0 END), COUNT(t.id), SUM(CASE "
      "WHEN t.approver IS NULL THEN 1 ELSE 0 END) FROM visits t WHERE t.planned_start >= ? AND t.planned_start < ? AND "
      "t.archive_time IS NULL";
  std::vector<Value> params = {Value(context.runtime.clock().Now()), Value(period.from), Value(period.until)};
  AddCondition(scope, &sql, &params);
  sql += " GROUP BY t.visitor, t.state";
  std::map<std::string, v1::VisitCompletion> visitors;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    visitors.clear();
    return connection.Scan(sql, mysql::Params(params), [&](const Row& row) -> absl::Status {
      v1::VisitCompletion& person = visitors[row[0].text()];
      const std::string& state = row[1].text();
      const auto count = static_cast<int32_t>(row[3].integer());
      if (state == "DONE") {
        person.set_done(count);
        person.set_done_unapproved(WholeOf(row[4]));
      } else if (state == "MISSED") {
        person.set_missed(count);
      } else if (state == "CANCELLED") {
        person.set_cancelled(count);
      } else if (state == "CHECKED_IN") {
        person.set_open(person.open() + count);
      } else {
        const int32_t over = WholeOf(row[2]);
        person.set_overdue(person.overdue() + over);
        person.set_open(person.open() + count - over);
      }
      return absl::OkStatus();
    });
  }));
  v1::ReportVisitCompletionResponse response;
  v1::VisitCompletion& total = *response.mutable_total();
  for (auto& [visitor, row] : visitors) {
    row.set_visitor(NameOf("employees", visitor));
    total.set_done(total.done() + row.done());
    total.set_done_unapproved(total.done_unapproved() + row.done_unapproved());
    total.set_missed(total.missed() + row.missed());
    total.set_overdue(total.overdue() + row.overdue());
    total.set_open(total.open() + row.open());
    total.set_cancelled(total.cancelled() + row.cancelled());
    Finish(&row);
    *response.add_rows() = std::move(row);
  }
  Finish(&total);
  return response;
}

}  // namespace

void RegisterVisitFrequency(const Context& context, rpc::Registry* registry) {
  registry->Add<v1::ProposeDueVisitsRequest, v1::ProposeDueVisitsResponse>(
      kPropose, [context](rpc::Call& call, const v1::ProposeDueVisitsRequest& request) {
        return context.runtime.Write<v1::ProposeDueVisitsResponse>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<v1::ProposeDueVisitsResponse> {
              std::string until = request.until_date();
              if (until.empty()) {
                ASSIGN_OR_RETURN(until, Horizon(context, work.now()));
              }
              const resource::Type& type = *context.runtime.catalog().Find(v1::Account::descriptor());
              return Propose(context, work, resource::ScopeCondition(type, call.principal, call.level()), until);
            });
      });
  registry->Add<v1::ListOverdueAccountsRequest, v1::ListOverdueAccountsResponse>(
      "kam.account.v1.VisitService/ListOverdueAccounts",
      [context](rpc::Call& call, const v1::ListOverdueAccountsRequest& request) {
        return Overdue(context, call, request);
      });
  registry->Add<v1::ListOpenFollowUpsRequest, v1::ListOpenFollowUpsResponse>(
      "kam.account.v1.VisitService/ListOpenFollowUps",
      [context](rpc::Call& call, const v1::ListOpenFollowUpsRequest& request) {
        return OpenFollowUps(context, call, request);
      });
  registry->Add<v1::ReportVisitCompletionRequest, v1::ReportVisitCompletionResponse>(
      "kam.account.v1.VisitService/ReportVisitCompletion",
      [context](rpc::Call& call, const v1::ReportVisitCompletionRequest& request) {
        return Completion(context, call, request);
      });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(kDuePropose, kPropose, [context](UnitOfWork& work, const schedule::DueItem&) {
    return ProposeDaily(context, work);
  });
}

}  // namespace kam::account

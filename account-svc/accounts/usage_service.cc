// AccountUsageService: usage, dormancy and churn of accounts.
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/report_page.h"
#include "account-svc/peers.h"
#include "account-svc/rules/account_file_rules.h"
#include "account-svc/rules/usage_rules.h"
#include "common/money/money.h"
#include "common/money/money_proto.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_usage_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountUsage;

constexpr char kService[] = "kam.account.v1.AccountUsageService";
constexpr int kMonthsMax = 36;
constexpr int64_t kChunk = 500;  // Accounts looked at in one statement.

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// Columns over the account t from which its last activity is worked out, in the order of LastActivity.
constexpr char kActivityColumns[] =
    "t.opening_date, (SELECT MAX(v.check_out_time) FROM visits v WHERE v.account = t.id AND v.state = 'DONE'), (SELECT "
    "MAX(u.usage_month) FROM account_usages u WHERE u.account = t.id AND u.quantity > 0 AND u.archive_time IS NULL), "
    "(SELECT MAX(c.last_contact_date) FROM contacts c WHERE c.account = t.id), (SELECT "
    "MAX(COALESCE(o.close_time, o.stage_since, o.create_time)) FROM opportunities o WHERE o.account = t.id AND "
    "o.archive_time IS NULL)";

struct Activity {
  std::string day;
  v1::ActivityKind kind = v1::ACTIVITY_KIND_OPENING;
};

// The last of what happened, from kActivityColumns at `first` of a row.
absl::StatusOr<Activity> LastActivity(const Context& context, const Row& row, size_t first, const std::string& today) {
  Activity last = {row[first].text(), v1::ACTIVITY_KIND_OPENING};
  const auto later = [&](const std::string& day, v1::ActivityKind kind) {
    if (day >= last.day) last = {day, kind};
  };
  if (!row[first + 4].is_null()) later(context.Today(row[first + 4].time()), v1::ACTIVITY_KIND_OPPORTUNITY);
  if (!row[first + 3].is_null()) later(row[first + 3].text(), v1::ACTIVITY_KIND_CONTACT);
  if (!row[first + 2].is_null()) {
    // The last day of the month, unless that is still to come.
    ASSIGN_OR_RETURN(const std::string next, AddMonths(absl::StrCat(row[first + 2].text(), "-01"), 1));
    ASSIGN_OR_RETURN(const std::string end, AddDays(next, -1));
    later(std::min(end, today), v1::ACTIVITY_KIND_PURCHASE);
  }
  if (!row[first + 1].is_null()) later(context.Today(row[first + 1].time()), v1::ACTIVITY_KIND_VISIT);
  return last;
}

// Days of the last orders of accounts, by name; those without one are not in it. UNAVAILABLE.
absl::StatusOr<std::map<std::string, std::string>> LastOrders(const Context& context, const rpc::Call& call,
                                                              const std::vector<std::string>& accounts,
                                                              const std::string& today) {
  const std::string month = today.substr(0, 7);
  ASSIGN_OR_RETURN(const std::vector<business::v1::ContractFigures> figures,
                   context.peers->ContractFigures(accounts, month, month, Patience(context, call.deadline)));
  std::map<std::string, std::string> orders;
  for (const business::v1::ContractFigures& of_account : figures) {
    // An order of a day to come was made by today.
    if (!of_account.last_order_date().empty()) {
      orders[of_account.account()] = std::min(of_account.last_order_date(), today);
    }
  }
  return orders;
}

absl::Status CompleteUsage(const Context& context, UnitOfWork& work, const AccountUsage& usage) {
  RETURN_IF_ERROR(Validate(work, usage));
  RETURN_IF_ERROR(CheckAccountUsable(work, usage.account()));
  return rules::CheckUsageMonth(usage.month(), context.Today(work.now()));
}

struct Used {
  Decimal quantity;
  std::string amount, currency;
};
using Series = std::map<std::string, std::map<std::string, Used>>;  // By business and month.

absl::Status AddPoint(const std::string& business, const std::string& month,
                      const std::map<std::string, Used>& by_month, v1::AnalyzeAccountUsageResponse* response) {
  constexpr int kYear = 12;
  const auto quantity = [&](const std::string& of) {
    const auto it = by_month.find(of);
    return it == by_month.end() ? Decimal() : it->second.quantity;
  };
  v1::UsagePoint* point = response->add_points();
  point->set_business(business);
  point->set_month(month);
  point->set_quantity(quantity(month).ToString());
  if (const auto it = by_month.find(month); it != by_month.end() && !it->second.amount.empty()) {
    ASSIGN_OR_RETURN(const Money amount, Money::Parse(it->second.amount, it->second.currency));
    ToProto(amount, point->mutable_amount());
  }
  ASSIGN_OR_RETURN(const std::string last_month, rules::MonthBefore(month, 1));
  ASSIGN_OR_RETURN(const std::string last_year, rules::MonthBefore(month, kYear));
  ASSIGN_OR_RETURN(const auto change, rules::ChangePercent(quantity(month), quantity(last_month)));
  ASSIGN_OR_RETURN(const auto year_change, rules::ChangePercent(quantity(month), quantity(last_year)));
  point->set_change_percent(change.value_or(""));
  point->set_year_change_percent(year_change.value_or(""));
  return absl::OkStatus();
}

absl::StatusOr<v1::AnalyzeAccountUsageResponse> Analyze(const Context& context, rpc::Call& call,
                                                        const v1::AnalyzeAccountUsageRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<std::string> months,
                   rules::MonthsBetween(request.from_month(), request.to_month(), kMonthsMax));
  Account account;
  RETURN_IF_ERROR(context.runtime.GetMessage(call, *context.runtime.catalog().Find(Account::descriptor()),
                                             request.name(), &account));
  const std::string today = context.Today(context.runtime.clock().Now());
  v1::AnalyzeAccountUsageResponse response;
  Activity last;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    Series series;
    RETURN_IF_ERROR(connection.Scan(
        "SELECT u.business, u.usage_month, u.quantity, u.amount_amount, u.amount_currency FROM account_usages u WHERE "
        "u.account = ? AND u.archive_time IS NULL ORDER BY u.business, u.usage_month",
        {Value(IdOf(account.name()))}, [&](const Row& row) -> absl::Status {
          ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(row[2].text(), "quantity"));
          series[row[0].text()][row[1].text()] = {quantity, row[3].text(), row[4].text()};
          return absl::OkStatus();
        }));
    for (const auto& [business, by_month] : series) {
      for (const std::string& month : months) RETURN_IF_ERROR(AddPoint(business, month, by_month, &response));
    }
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query(absl::StrCat("SELECT ", kActivityColumns, " FROM accounts t WHERE t.id = ?"),
                                      {IdOf(account.name())}));
    ASSIGN_OR_RETURN(last, LastActivity(context, rows[0], 0, today));
    return absl::OkStatus();
  }));
  const auto orders = LastOrders(context, call, {account.name()}, today);
  if (absl::IsUnavailable(orders.status())) {
    response.set_orders_unknown(true);
  } else {
    RETURN_IF_ERROR(orders.status());
    const auto order = orders->find(account.name());
    if (order != orders->end() && order->second >= last.day) last = {order->second, v1::ACTIVITY_KIND_ORDER};
  }
  ASSIGN_OR_RETURN(const int64_t idle, DaysBetween(last.day, today));
  response.set_last_activity_date(last.day);
  response.set_last_activity(last.kind);
  response.set_idle_days(static_cast<int>(idle));
  response.set_dormancy(rules::DormancyOf(idle, context.policy));
  return response;
}

struct Quiet {
  Row row;
  Activity last;
  v1::DormancyClass dormancy = {};
  int64_t idle = 0;
};

void FillInactive(const Quiet& quiet, v1::InactiveAccount* account) {
  account->set_account(NameOf("accounts", quiet.row[0].text()));
  account->set_legal_name(quiet.row[1].text());
  account->set_owner(NameOf("employees", quiet.row[2].text()));
  if (const auto* state = resource::FindEnumValue(v1::AccountState_descriptor(), quiet.row[3].text())) {
    account->set_state(static_cast<v1::AccountState>(state->number()));
  }
  account->set_last_activity_date(quiet.last.day);
  account->set_last_activity(quiet.last.kind);
  account->set_idle_days(static_cast<int>(quiet.idle));
  account->set_dormancy(quiet.dormancy);
}

absl::Status Judge(const Context& context, const std::string& today, Quiet* quiet) {
  ASSIGN_OR_RETURN(quiet->idle, DaysBetween(quiet->last.day, today));
  quiet->dormancy = rules::DormancyOf(quiet->idle, context.policy);
  return absl::OkStatus();
}

// Lays the last orders over what is known here. False: contract-svc is away, and nothing of them is known.
absl::StatusOr<bool> AddOrders(const Context& context, const rpc::Call& call, const std::string& today,
                               std::vector<Quiet>* accounts) {
  if (accounts->empty()) return true;
  std::vector<std::string> names;
  for (const Quiet& quiet : *accounts) names.push_back(NameOf("accounts", quiet.row[0].text()));
  const auto orders = LastOrders(context, call, names, today);
  if (absl::IsUnavailable(orders.status())) return false;
  RETURN_IF_ERROR(orders.status());
  for (size_t i = 0; i < names.size(); ++i) {
    const auto order = orders->find(names[i]);
    if (order == orders->end() || order->second < (*accounts)[i].last.day) continue;
    (*accounts)[i].last = {order->second, v1::ACTIVITY_KIND_ORDER};
    RETURN_IF_ERROR(Judge(context, today, &(*accounts)[i]));
  }
  return true;
}

absl::StatusOr<v1::ListInactiveAccountsResponse> ListInactive(const Context& context, rpc::Call& call,
                                                              const v1::ListInactiveAccountsRequest& request) {
  constexpr size_t kFirst = 4;  // Columns before kActivityColumns.
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  const v1::DormancyClass least =
      request.dormancy() == v1::DORMANCY_CLASS_UNSPECIFIED ? v1::DORMANCY_CLASS_QUIET : request.dormancy();
  const std::string today = context.Today(context.runtime.clock().Now());
  std::vector<Value> scope_params;
  std::string sql = absl::StrCat(
      "SELECT t.id, t.legal_name, t.owner, t.state, ", kActivityColumns,
      " FROM accounts t WHERE t.archive_time IS NULL AND t.state IN ('VERIFIED', 'ACTIVE', 'DORMANT', 'LOST')",
      ScopeSql(context, call.principal, call.level(), Account::descriptor(), &scope_params));
  const auto only = [&](absl::string_view condition, std::string value) {
    absl::StrAppend(&sql, " AND ", condition);
    scope_params.emplace_back(std::move(value));
  };
  if (!request.region().empty()) only("t.region = ?", request.region());
  if (!request.owner().empty()) only("t.owner = ?", IdOf(request.owner()));
  if (request.segment() != v1::SEGMENT_UNSPECIFIED) {
    only("t.segment = ?", resource::ShortEnumName(v1::Segment_descriptor()->FindValueByNumber(request.segment())));
  }
  sql.append(" AND t.id > ? ORDER BY t.id LIMIT ?");
  v1::ListInactiveAccountsResponse response;
  std::string after = page.last().empty() ? "" : page.last()[0].text();
  // A page looks at so many accounts and no more: where few are quiet, it has fewer rows and a token.
  const int64_t rows_max = context.policy.inactive_rows_max;
  for (int64_t looked_at = 0; looked_at < rows_max; looked_at += kChunk) {
    const int64_t chunk = std::min(kChunk, rows_max - looked_at);
    std::vector<Row> rows;
    RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
      std::vector<Value> params = scope_params;
      params.insert(params.end(), {Value(after), Value(chunk)});
      ASSIGN_OR_RETURN(rows, connection.Query(sql, mysql::Params(params)));
      return absl::OkStatus();
    }));
    std::vector<Quiet> quiet;
    for (const Row& row : rows) {
      Quiet one{row, {}, {}, 0};
      ASSIGN_OR_RETURN(one.last, LastActivity(context, row, kFirst, today));
      RETURN_IF_ERROR(Judge(context, today, &one));
      if (one.dormancy >= least) quiet.push_back(std::move(one));
    }
    ASSIGN_OR_RETURN(const bool known, AddOrders(context, call, today, &quiet));
    if (!known) response.set_orders_unknown(true);
    for (const Quiet& one : quiet) {
      if (one.dormancy < least) continue;
      if (static_cast<size_t>(response.accounts_size()) == page.size()) {
        response.set_next_page_token(page.Next({Value(after)}));
        return response;
      }
      FillInactive(one, response.add_accounts());
      after = one.row[0].text();
    }
    if (rows.size() < static_cast<size_t>(chunk)) return response;
    after = rows.back()[0].text();
  }
  response.set_next_page_token(page.Next({Value(after)}));
  return response;
}

// The column that the rows of the churn report are by: that of the time, not of today. An owner is whoever owned the
// account when the period began, or first in it; its first two parameters are end and begin.
absl::string_view KeyColumn(v1::ChurnBy by) {
  switch (by) {
    case v1::CHURN_BY_SEGMENT:
      return "t.segment";
    case v1::CHURN_BY_REGION:
      return "t.region";
    case v1::CHURN_BY_OWNER:
      return "(SELECT o.employee FROM account_ownerships o WHERE o.account = t.id AND o.kind = 'OWNER' AND "
             "o.since_time "
             "< ? AND (o.until_time IS NULL OR o.until_time > ?) ORDER BY o.since_time, o.id LIMIT 1)";
    case v1::CHURN_BY_REASON:
      return "p.churn_reason";
    default:
      return "NULL";
  }
}

struct Tally {
  int active = 0;
  int lost = 0;
};

absl::StatusOr<v1::ReportChurnResponse> ReportChurn(const Context& context, rpc::Call& call,
                                                    const v1::ReportChurnRequest& request) {
  RETURN_IF_ERROR(rules::CheckPeriod(request.from_date(), request.to_date()));
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(request.from_date(), "from_date"));
  ASSIGN_OR_RETURN(const absl::CivilDay last, ParseDate(request.to_date(), "to_date"));
  const absl::Time begin = absl::FromCivil(first, context.zone);
  const absl::Time end = absl::FromCivil(last + 1, context.zone);
  std::vector<Value> params;
  if (request.by() == v1::CHURN_BY_OWNER) params = {end, begin};
  params.insert(params.end(), {Value(end), Value(begin)});
  const std::string sql =
      absl::StrCat("SELECT p.account, p.state, p.since_time, p.until_time, ", KeyColumn(request.by()),
                   " FROM account_state_spans p JOIN accounts t ON t.id = p.account WHERE p.since_time < ? AND "
                   "(p.until_time IS NULL "
                   "OR p.until_time > ?) AND NOT ",
                   ExcludedSql(), ScopeSql(context, call.principal, call.level(), Account::descriptor(), &params),
                   " ORDER BY p.account, p.span");
  v1::ReportChurnResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    std::map<std::string, Tally> tallies;
    Tally all;
    std::string account;
    std::string key;
    std::vector<rules::StateSpan> spans;
    const auto count = [&] {
      const rules::ChurnPart part = rules::ChurnOf(spans, begin, end);
      spans.clear();
      if (!part.active_at_start) return;
      ++all.active;
      if (request.by() != v1::CHURN_BY_REASON) ++tallies[key].active;
      if (part.lost) ++tallies[key].lost;
    };
    RETURN_IF_ERROR(connection.Scan(sql, mysql::Params(params), [&](const Row& row) {
      if (row[0].text() != account) count();
      account = row[0].text();
      key = request.by() == v1::CHURN_BY_OWNER ? NameOf("employees", row[4].text()) : row[4].text();
      spans.push_back(
          {row[1].text(), row[2].time(), row[3].is_null() ? std::nullopt : std::optional<absl::Time>(row[3].time())});
      return absl::OkStatus();
    }));
    count();
    auto it = tallies.begin();
    if (!page.last().empty()) it = tallies.upper_bound(page.last()[0].text());
    for (; it != tallies.end(); ++it) {
      if (static_cast<size_t>(response.rows_size()) == page.size()) {
        response.set_next_page_token(page.Next({Value(std::prev(it)->first)}));
        break;
      }
      v1::ChurnRow* row = response.add_rows();
      row->set_key(it->first);
      // A reason is that of a loss: it is measured against everybody who was there.
      row->set_active_at_start(request.by() == v1::CHURN_BY_REASON ? all.active : it->second.active);
      row->set_lost(it->second.lost);
      ASSIGN_OR_RETURN(const auto rate, rules::Percent(row->lost(), row->active_at_start()));
      row->set_churn_rate(rate.value_or(""));
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

absl::Status SaveStateSpan(UnitOfWork& work, const Account* before, const Account& after) {
  if (before != nullptr && before->state() == after.state()) return absl::OkStatus();
  const std::string id = IdOf(after.name());
  RETURN_IF_ERROR(work.connection()
                      .Execute("UPDATE account_state_spans SET until_time = ? WHERE account = ? AND until_time IS NULL",
                               {work.now(), id})
                      .status());
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT COALESCE(MAX(p.span), 0) FROM account_state_spans p WHERE p.account = ?", {id}));
  const auto state = resource::ShortEnumName(v1::AccountState_descriptor()->FindValueByNumber(after.state()));
  const auto reason = resource::ShortEnumName(v1::ChurnReason_descriptor()->FindValueByNumber(after.churn_reason()));
  return work.connection()
      .Execute(
          "INSERT INTO account_state_spans (account, span, since_time, state, churn_reason) VALUES (?, ?, ?, ?, ?)",
          {Value(id), Value(rows[0][0].integer() + 1), Value(work.now()), Value(state),
           reason.empty() ? Value() : Value(reason)})
      .status();
}

void RegisterUsage(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<AccountUsage>(
      [context](UnitOfWork& work, AccountUsage* usage) { return CompleteUsage(context, work, *usage); });
  hooks.on_update =
      resource::OnUpdate<AccountUsage>([context](UnitOfWork& work, const AccountUsage&, AccountUsage* usage) {
        return CompleteUsage(context, work, *usage);
      });
  context.runtime.SetHooks(AccountUsage::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<v1::AnalyzeAccountUsageRequest, v1::AnalyzeAccountUsageResponse>(
      Rpc("AnalyzeAccountUsage"), [context](rpc::Call& call, const v1::AnalyzeAccountUsageRequest& request) {
        return Analyze(context, call, request);
      });
  registry->Add<v1::ListInactiveAccountsRequest, v1::ListInactiveAccountsResponse>(
      Rpc("ListInactiveAccounts"), [context](rpc::Call& call, const v1::ListInactiveAccountsRequest& request) {
        return ListInactive(context, call, request);
      });
  registry->Add<v1::ReportChurnRequest, v1::ReportChurnResponse>(
      Rpc("ReportChurn"), [context](rpc::Call& call, const v1::ReportChurnRequest& request) {
        return ReportChurn(context, call, request);
      });
}

}  // namespace kam::account

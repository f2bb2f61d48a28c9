// kam.receivable.v1.ReceivableService (C-32).
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/receivables/receivable_figures.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/receivable_alarm.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = receivable::v1;
using mysql::Value;
using resource::SqlCondition;
using resource::UnitOfWork;
using rules::SetAmount;

constexpr char kService[] = "kam.receivable.v1.ReceivableService";
constexpr int kTrendMonthsMax = 36;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::StatusOr<int> PageSize(int asked) {
  if (asked < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  return asked == 0 ? resource::kPageSizeDefault : std::min(asked, resource::kPageSizeMax);
}

std::string Binding(const rpc::Call& call, const std::vector<std::string>& arguments) {
  return absl::StrCat(call.method->full_name(), "\n", call.principal.subject, "\n", auth::LevelName(call.level()), "\n",
                      absl::StrJoin(arguments, "\n"));
}

// " AND (...)" for the caller's rows of alias t, with its parameters appended.
std::string ScopeSql(const Context& context, const rpc::Call& call, std::vector<Value>* params) {
  const resource::Type& type = *context.runtime.catalog().Find(pb::ReceivableItem::descriptor());
  const SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  if (scope.sql.empty()) return {};
  params->insert(params->end(), scope.params.begin(), scope.params.end());
  return absl::StrCat(" AND (", scope.sql, ")");
}

absl::StatusOr<rules::AgeingBounds> BoundsOf(const pb::ListAgeingRequest& request, const pb::CreditPolicy& policy) {
  rules::AgeingBounds bounds = rules::kAgeingBoundsDefault;
  if (request.bounds_size() > 0) {
    if (request.bounds_size() != 3) {
      return InvalidField("bounds", "AGEING_BOUNDS_INVALID", "must be three numbers of days",
                          {{"count", absl::StrCat(request.bounds_size())}});
    }
    for (int i = 0; i < 3; ++i) bounds[static_cast<size_t>(i)] = request.bounds(i);
  } else {
    if (policy.bucket_1_days() > 0) bounds[0] = policy.bucket_1_days();
    if (policy.bucket_2_days() > 0) bounds[1] = policy.bucket_2_days();
    if (policy.bucket_3_days() > 0) bounds[2] = policy.bucket_3_days();
  }
  RETURN_IF_ERROR(rules::CheckBounds(bounds));
  return bounds;
}

// What was open at the end of `as_of`, one row an account, currency and bucket: the balances less what was posted
// later. `account_sql` restricts alias t further. Four parameters for the day, then those of the scope, twice.
struct AgeingQuery {
  std::string sql;
  std::vector<Value> params;
};

AgeingQuery MakeAgeing(const Context& context, const rpc::Call& call, const std::string& as_of,
                       const rules::AgeingBounds& bounds, const std::string& key_sql, const std::string& more_sql,
                       const std::vector<Value>& more) {
  AgeingQuery query;
  query.sql = absl::StrCat("SELECT ", key_sql, ", u.currency, CASE WHEN u.due_date >= ? THEN 0");
  query.params.emplace_back(as_of);
  for (size_t i = 0; i < bounds.size(); ++i) {
    absl::StrAppend(&query.sql, " WHEN DATEDIFF(?, u.due_date) <= ? THEN ", i + 1);
    query.params.emplace_back(as_of);
    query.params.emplace_back(bounds[i]);
  }
  absl::StrAppend(&query.sql,
                  " ELSE 4 END, SUM(u.amount) FROM (SELECT t.account AS account, t.currency AS currency, t.due_date AS "
                  "due_date, t.open_amount AS amount FROM receivable_balances t WHERE t.open_amount <> 0");
  absl::StrAppend(&query.sql, ScopeSql(context, call, &query.params), more_sql);
  query.params.insert(query.params.end(), more.begin(), more.end());
  absl::StrAppend(&query.sql,
                  " UNION ALL SELECT t.account, t.currency, t.due_date, -t.amount FROM receivable_entries t WHERE "
                  "t.entry_date > ?");
  query.params.emplace_back(as_of);
  absl::StrAppend(&query.sql, ScopeSql(context, call, &query.params), more_sql,
                  ") u GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
  query.params.insert(query.params.end(), more.begin(), more.end());
  return query;
}

absl::Status AddBucket(int bucket, Decimal amount, pb::AgeingRow* row) {
  google::type::Money* parts[] = {row->mutable_not_due(), row->mutable_bucket_1(), row->mutable_bucket_2(),
                                  row->mutable_bucket_3(), row->mutable_beyond()};
  for (google::type::Money* part : {parts[bucket], row->mutable_total()}) {
    ASSIGN_OR_RETURN(const Decimal before, rules::AmountIn(*part, row->currency(), "amount"));
    ASSIGN_OR_RETURN(const Decimal after, Add(before, amount));
    SetAmount(after, row->currency(), part);
  }
  return absl::OkStatus();
}

void StartRow(const std::string& account, const std::string& currency, pb::AgeingRow* row) {
  row->set_account(account);
  row->set_currency(currency);
  for (google::type::Money* part : {row->mutable_not_due(), row->mutable_bucket_1(), row->mutable_bucket_2(),
                                    row->mutable_bucket_3(), row->mutable_beyond(), row->mutable_total()}) {
    SetAmount(Decimal(), currency, part);
  }
}

absl::StatusOr<pb::ListAgeingResponse> ListAgeing(const Context& context, rpc::Call& call,
                                                  const pb::ListAgeingRequest& request) {
  ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  const absl::Time now = context.runtime.clock().Now();
  const std::string as_of = request.as_of().empty() ? context.Today(now) : request.as_of();
  std::string last;
  std::vector<std::string> arguments = {as_of, request.account(), absl::StrJoin(request.bounds(), ",")};
  const std::string binding = Binding(call, arguments);
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> values,
                     context.runtime.page_tokens().Open(request.page_token(), binding, now));
    if (values.size() != 1) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    last = values[0].text();
  }
  pb::ListAgeingResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const pb::CreditPolicy policy, CurrentPolicy(connection, context.runtime));
    ASSIGN_OR_RETURN(const rules::AgeingBounds bounds, BoundsOf(request, policy));
    response.set_as_of(as_of);
    for (const int bound : bounds) response.add_bounds(bound);
    std::string only;
    std::vector<Value> only_params;
    if (!request.account().empty()) {
      only = " AND t.account = ?";
      only_params.emplace_back(IdOf(request.account()));
    }
    const AgeingQuery totals = MakeAgeing(context, call, as_of, bounds, "''", only, only_params);
    ASSIGN_OR_RETURN(std::vector<mysql::Row> rows, connection.Query(totals.sql, mysql::Params(totals.params)));
    std::map<std::string, pb::AgeingRow*> by_currency;
    for (const mysql::Row& row : rows) {
      ASSIGN_OR_RETURN(const Decimal amount, Decimal::Parse(row[3].text(), "amount"));
      if (amount.is_zero()) continue;
      pb::AgeingRow*& total = by_currency[row[1].text()];
      if (total == nullptr) {
        total = response.add_totals();
        StartRow("", row[1].text(), total);
      }
      RETURN_IF_ERROR(AddBucket(static_cast<int>(row[2].integer()), amount, total));
    }
    // The accounts of the page: those that have postings, by id.
    std::vector<Value> params = {Value(last)};
    const std::string scope = ScopeSql(context, call, &params);
    params.insert(params.end(), only_params.begin(), only_params.end());
    params.emplace_back(page_size + 1);
    ASSIGN_OR_RETURN(rows, connection.Query(absl::StrCat("SELECT DISTINCT t.account FROM receivable_balances t WHERE "
                                                         "t.account > ?",
                                                         scope, only, " ORDER BY t.account LIMIT ?"),
                                            mysql::Params(params)));
    if (rows.empty()) return absl::OkStatus();
    const bool more = rows.size() > static_cast<size_t>(page_size);
    if (more) rows.resize(static_cast<size_t>(page_size));
    const std::string first_account = rows.front()[0].text(), last_account = rows.back()[0].text();
    if (more) response.set_next_page_token(context.runtime.page_tokens().Seal({Value(last_account)}, binding, now));
    only += " AND t.account BETWEEN ? AND ?";
    only_params.emplace_back(first_account);
    only_params.emplace_back(last_account);
    const AgeingQuery page = MakeAgeing(context, call, as_of, bounds, "u.account", only, only_params);
    ASSIGN_OR_RETURN(rows, connection.Query(page.sql, mysql::Params(page.params)));
    pb::AgeingRow* current = nullptr;
    for (const mysql::Row& row : rows) {
      ASSIGN_OR_RETURN(const Decimal amount, Decimal::Parse(row[3].text(), "amount"));
      if (amount.is_zero()) continue;
      const std::string account = absl::StrCat("accounts/", row[0].text());
      if (current == nullptr || current->account() != account || current->currency() != row[1].text()) {
        current = response.add_rows();
        StartRow(account, row[1].text(), current);
      }
      RETURN_IF_ERROR(AddBucket(static_cast<int>(row[2].integer()), amount, current));
    }
    return absl::OkStatus();
  }));
  return response;
}

// Rows of one period of `days`, with what the policy wants of it.
absl::Status AddTurnover(const std::vector<rules::Owed>& figures, const rules::Wanted& wanted, int64_t days,
                         const std::string& month, pb::GetTurnoverDaysResponse* response) {
  for (const rules::Owed& owed : figures) {
    ASSIGN_OR_RETURN(const Decimal both, Add(owed.opening, owed.closing));
    ASSIGN_OR_RETURN(const Decimal average, Divide(both, Decimal::FromInt(2), rules::kAmountScale));
    pb::TurnoverRow* turnover = response->add_rows();
    turnover->set_month(month);
    turnover->set_currency(owed.currency);
    SetAmount(owed.opening, owed.currency, turnover->mutable_opening());
    SetAmount(owed.closing, owed.currency, turnover->mutable_closing());
    SetAmount(average, owed.currency, turnover->mutable_average());
    SetAmount(owed.sales, owed.currency, turnover->mutable_credit_sales());
    ASSIGN_OR_RETURN(const std::string turnover_days,
                     rules::TurnoverDays(owed.opening, owed.closing, owed.sales, days));
    turnover->set_turnover_days(turnover_days);
    if (!turnover_days.empty() && wanted.target_days > 0) {
      ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(turnover_days, "turnover_days"));
      turnover->set_over_target(value > Decimal::FromInt(wanted.target_days));
    }
    const auto cap = wanted.caps.find(owed.currency);
    if (cap != wanted.caps.end()) turnover->set_over_cap(owed.closing > cap->second);
  }
  return absl::OkStatus();
}

absl::StatusOr<pb::GetTurnoverDaysResponse> TurnoverDays(const Context& context, rpc::Call& call,
                                                         const pb::GetTurnoverDaysRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(request.from_date(), "from_date"));
  ASSIGN_OR_RETURN(const absl::CivilDay last, ParseDate(request.to_date(), "to_date"));
  const bool too_long = request.monthly() && absl::CivilMonth(last) - absl::CivilMonth(first) >= kTrendMonthsMax;
  if (last < first || too_long) {
    return InvalidField(
        "to_date", "PERIOD_INVALID",
        too_long ? absl::StrCat("month by month is for ", kTrendMonthsMax, " months at most") : "is before from_date",
        {{"fromDate", request.from_date()}, {"toDate", request.to_date()}});
  }
  pb::GetTurnoverDaysResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    response.set_days(static_cast<int32_t>(last - first + 1));
    ASSIGN_OR_RETURN(const pb::CreditPolicy policy, CurrentPolicy(connection, context.runtime));
    ASSIGN_OR_RETURN(rules::Wanted wanted, rules::WantedOf(policy, request.region(), request.account()));
    response.set_target_days(wanted.target_days);
    // What the caller reaches is not all that the cap of a region or of the company is for.
    if (request.account().empty() && call.level() != auth::Level::kAll) wanted.caps.clear();
    std::vector<Value> params;
    std::string where = ScopeSql(context, call, &params);
    if (!request.account().empty()) {
      where += " AND t.account = ?";
      params.emplace_back(IdOf(request.account()));
    }
    if (!request.region().empty()) {
      where += " AND t.account IN (SELECT r.account FROM account_scopes r WHERE r.region = ?)";
      params.emplace_back(request.region());
    }
    for (absl::CivilDay from = first; from <= last;) {
      const absl::CivilDay end =
          request.monthly() ? std::min(last, absl::CivilDay(absl::CivilMonth(from) + 1) - 1) : last;
      ASSIGN_OR_RETURN(
          const std::vector<rules::Owed> figures,
          LoadOwed(connection, OwedBy::kAll, absl::FormatCivilTime(from), absl::FormatCivilTime(end), where, params));
      const std::string month = request.monthly() ? absl::FormatCivilTime(absl::CivilMonth(from)) : std::string();
      RETURN_IF_ERROR(AddTurnover(figures, wanted, end - from + 1, month, &response));
      from = end + 1;
    }
    return absl::OkStatus();
  }));
  return response;
}

constexpr char kStandings[] =
    "SELECT s.account, s.owner, s.legal_name, b.currency, b.ordered, b.paid, b.ordered - b.paid, b.owed, c.limit_type, "
    "c.credit_limit_amount, c.limit_type = 'AMOUNT' AND c.credit_limit_currency = b.currency AND b.ordered - b.paid > "
    "c.credit_limit_amount FROM (SELECT u.account AS account, u.currency AS currency, SUM(u.ordered) AS ordered, "
    "SUM(u.paid) AS paid, SUM(u.owed) AS owed FROM (SELECT t.account AS account, t.currency AS currency, "
    "t.total_amount "
    "- COALESCE(t.closed_total_amount, 0) AS ordered, 0 AS paid, 0 AS owed FROM orders t WHERE t.state <> 'CANCELLED' "
    "AND t.archive_time IS NULL";

absl::StatusOr<pb::SummarizeAccountsResponse> SummarizeAccounts(const Context& context, rpc::Call& call,
                                                                const pb::SummarizeAccountsRequest& request) {
  ASSIGN_OR_RETURN(const int page_size, PageSize(request.page_size()));
  const absl::Time now = context.runtime.clock().Now();
  const std::string binding = Binding(call, {request.over_limit_only() ? "over" : "all"});
  std::vector<Value> params;
  std::string sql = absl::StrCat(kStandings, ScopeSql(context, call, &params),
                                 " UNION ALL SELECT t.account, t.amount_currency, 0, t.amount_amount, 0 FROM receipts "
                                 "t WHERE t.state = 'MARKED'");
  absl::StrAppend(&sql, ScopeSql(context, call, &params),
                  " UNION ALL SELECT t.account, t.currency, 0, 0, t.open_amount FROM receivable_balances t WHERE "
                  "t.open_amount <> 0");
  absl::StrAppend(&sql, ScopeSql(context, call, &params),
                  ") u GROUP BY u.account, u.currency) b JOIN account_scopes s ON s.account = b.account LEFT JOIN "
                  "credit_accounts c ON c.account = b.account AND c.currency = b.currency WHERE TRUE");
  if (request.over_limit_only()) {
    absl::StrAppend(&sql,
                    " AND c.limit_type = 'AMOUNT' AND c.credit_limit_currency = b.currency AND b.ordered - "
                    "b.paid > c.credit_limit_amount");
  }
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> last,
                     context.runtime.page_tokens().Open(request.page_token(), binding, now));
    if (last.size() != 3) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    absl::StrAppend(&sql,
                    " AND (b.ordered - b.paid < ? OR (b.ordered - b.paid = ? AND (b.account > ? OR (b.account = "
                    "? AND b.currency > ?))))");
    params.insert(params.end(), {last[0], last[0], last[1], last[1], last[2]});
  }
  absl::StrAppend(&sql, " ORDER BY b.ordered - b.paid DESC, b.account, b.currency LIMIT ?");
  params.emplace_back(page_size + 1);
  pb::SummarizeAccountsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
    if (rows.size() > static_cast<size_t>(page_size)) {
      rows.resize(static_cast<size_t>(page_size));
      const mysql::Row& last = rows.back();
      response.set_next_page_token(
          context.runtime.page_tokens().Seal({Value(last[6].text()), last[0], last[3]}, binding, now));
    }
    for (const mysql::Row& row : rows) {
      const std::string& currency = row[3].text();
      pb::AccountStanding* standing = response.add_accounts();
      standing->set_account(absl::StrCat("accounts/", row[0].text()));
      if (!row[1].is_null()) standing->set_owner(absl::StrCat("employees/", row[1].text()));
      standing->set_legal_name(row[2].text());
      standing->set_currency(currency);
      google::type::Money* amounts[] = {standing->mutable_ordered(), standing->mutable_paid(),
                                        standing->mutable_balance(), standing->mutable_open()};
      for (size_t i = 0; i < 4; ++i) {
        ASSIGN_OR_RETURN(const Decimal amount, Decimal::Parse(row[4 + i].text(), "amount"));
        SetAmount(amount, currency, amounts[i]);
      }
      const auto* type = resource::FindEnumValue(pb::CreditLimitType_descriptor(), row[8].text());
      if (type != nullptr) standing->set_limit_type(static_cast<pb::CreditLimitType>(type->number()));
      if (!row[9].is_null()) {
        ASSIGN_OR_RETURN(const Decimal limit, Decimal::Parse(row[9].text(), "credit_limit"));
        SetAmount(limit, currency, standing->mutable_credit_limit());
      }
      standing->set_over_limit(row[10].integer() != 0);
    }
    return absl::OkStatus();
  }));
  return response;
}

void SetItemHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::ReceivableItem>([](UnitOfWork& work, pb::ReceivableItem* item) {
    item->set_kind(pb::RECEIVABLE_KIND_OPENING);
    item->set_state(pb::RECEIVABLE_STATE_OPEN);
    *item->mutable_open() = item->amount();
    return Validate(work, *item);
  });
  hooks.on_update =
      resource::OnUpdate<pb::ReceivableItem>([](UnitOfWork&, const pb::ReceivableItem& before, pb::ReceivableItem*) {
        return FailedPrecondition("RECEIVABLE_POSTED", before.name(), "a posted item is not changed by an import");
      });
  hooks.on_saved = resource::OnSaved<pb::ReceivableItem>(
      [context](UnitOfWork& work, const pb::ReceivableItem* before, const pb::ReceivableItem& after) -> absl::Status {
        if (before != nullptr || after.kind() != pb::RECEIVABLE_KIND_OPENING) return absl::OkStatus();
        ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, after.account()));
        RETURN_IF_ERROR(book.PostNewItem(after, "OPENING", after.item_date()));
        return book.Save();
      });
  context.runtime.SetHooks(pb::ReceivableItem::descriptor(), std::move(hooks));
}

}  // namespace

void RegisterReceivables(const Context& context, rpc::Registry* registry) {
  SetItemHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::ListAgeingRequest, pb::ListAgeingResponse>(
      Rpc("ListAgeing"),
      [context](rpc::Call& call, const pb::ListAgeingRequest& request) { return ListAgeing(context, call, request); });
  registry->Add<pb::GetTurnoverDaysRequest, pb::GetTurnoverDaysResponse>(
      Rpc("GetTurnoverDays"), [context](rpc::Call& call, const pb::GetTurnoverDaysRequest& request) {
        return TurnoverDays(context, call, request);
      });
  registry->Add<pb::SummarizeAccountsRequest, pb::SummarizeAccountsResponse>(
      Rpc("SummarizeAccounts"), [context](rpc::Call& call, const pb::SummarizeAccountsRequest& request) {
        return SummarizeAccounts(context, call, request);
      });
}

}  // namespace kam::contract

// Figures of contracts over time in kam.contract.v1.ContractService: their part of the reports P-01, P-02 and P-45.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = v1;

constexpr char kMethod[] = "kam.contract.v1.ContractService/ReportContracts";
constexpr char kOwedRight[] = "receivable.read";  // Who sees what customers owe.
constexpr size_t kRowsMax = 400;
constexpr size_t kYearLength = 4;
constexpr size_t kMonthLength = 7;

// 2026-01-05, 2026-01, 2026-Q1 or 2026.
std::string PeriodOf(const std::string& day, pb::ReportPeriod period) {
  switch (period) {
    case pb::REPORT_PERIOD_YEAR:
      return day.substr(0, kYearLength);
    case pb::REPORT_PERIOD_QUARTER: {
      const int month = (day[5] - '0') * 10 + (day[6] - '0');
      return absl::StrCat(day.substr(0, kYearLength), "-Q", (month + 2) / 3);
    }
    case pb::REPORT_PERIOD_MONTH:
      return day.substr(0, kMonthLength);
    default:
      return day;
  }
}

struct Figures {
  int signed_count = 0;
  Decimal signed_value;
  int amended = 0;
  Decimal amended_value;
  int ending = 0;
  Decimal called_off;
  Decimal invoiced;
  Decimal due;
  Decimal collected;
  Decimal overdue;
};
using Table = std::map<std::pair<std::string, std::string>, Figures>;  // By period and currency.

class Report {
 public:
  Report(const Context& context, const rpc::Call& call, const pb::ReportContractsRequest& request,
         mysql::Connection& connection)
      : request_(request), connection_(connection) {
    const resource::Type& type = *context.runtime.catalog().Find(pb::Contract::descriptor());
    scope_ = resource::ScopeCondition(type, call.principal, call.level());
    owed_scope_ = resource::ScopeCondition(type, call.principal, call.principal.LevelFor(kOwedRight));
    if (!request.account().empty()) Narrow("t.account = ?", IdOf(request.account()));
    if (!request.region().empty()) {
      Narrow("EXISTS (SELECT 1 FROM account_scopes s WHERE s.account = t.account AND s.region = ?)", request.region());
    }
    if (request.contract_kind() != pb::CONTRACT_KIND_UNSPECIFIED) {
      const std::string kind = pb::ContractKind_Name(request.contract_kind());
      Narrow("t.kind = ?", std::string(absl::StripPrefix(kind, "CONTRACT_KIND_")));
    }
  }

  // Counts the rows (day, currency, count, sum) of `sql`, whose contracts stand under the alias t. `owed`: only
  // contracts whose receivables the caller may see as well.
  absl::Status Add(absl::string_view select, absl::string_view day, absl::string_view where, absl::string_view group,
                   int Figures::*count, Decimal Figures::*value, bool owed = false) {
    std::string sql = absl::StrCat(select, " WHERE ", day, " >= ? AND ", day, " <= ? AND ", where);
    std::vector<mysql::Value> params = {mysql::Value(request_.from_date()), mysql::Value(request_.to_date())};
    for (const resource::SqlCondition* scope : {&scope_, &owed_scope_}) {
      if (scope->sql.empty() || (scope == &owed_scope_ && !owed)) continue;
      absl::StrAppend(&sql, " AND (", scope->sql, ")");
      params.insert(params.end(), scope->params.begin(), scope->params.end());
    }
    for (const auto& [condition, asked] : narrowed_) {
      absl::StrAppend(&sql, " AND ", condition);
      params.push_back(asked);
    }
    absl::StrAppend(&sql, " GROUP BY ", group);
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection_.Query(sql, mysql::Params(params)));
    for (const mysql::Row& row : rows) {
      Figures& figures = table_[{PeriodOf(row[0].text(), request_.period()), row[1].text()}];
      if (count != nullptr) figures.*count += static_cast<int>(row[2].integer());
      if (value == nullptr || row[3].is_null()) continue;
      ASSIGN_OR_RETURN(const Decimal sum, Decimal::Parse(row[3].text(), "sum"));
      ASSIGN_OR_RETURN(figures.*value, kam::Add(figures.*value, sum));
    }
    return absl::OkStatus();
  }

  const Table& table() const { return table_; }

 private:
  void Narrow(const char* condition, const std::string& value) {
    narrowed_.emplace_back(condition, mysql::Value(value));
  }

  const pb::ReportContractsRequest& request_;
  mysql::Connection& connection_;
  resource::SqlCondition scope_;
  resource::SqlCondition owed_scope_;
  std::vector<std::pair<const char*, mysql::Value>> narrowed_;
  Table table_;
};

absl::StatusOr<pb::ReportContractsResponse> Run(const Context& context, rpc::Call& call,
                                                const pb::ReportContractsRequest& request) {
  if (request.to_date() < request.from_date()) {
    return InvalidField("to_date", "PERIOD_INVALID", "is before from_date",
                        {{"value", request.to_date()}, {"limit", request.from_date()}});
  }
  const std::string today = context.Today(context.runtime.clock().Now());
  pb::ReportContractsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    Report report(context, call, request, connection);
    // The first version has the value that was signed; contracts of other systems have none and count with their total.
    RETURN_IF_ERROR(report.Add(
        "SELECT t.sign_date, t.currency, COUNT(t.id), SUM(COALESCE(v.total_amount, t.total_amount)) FROM contracts t "
        "LEFT JOIN contracts_versions v ON v.parent_id = t.id AND v.version_number = 1",
        "t.sign_date", "t.archive_time IS NULL", "t.sign_date, t.currency", &Figures::signed_count,
        &Figures::signed_value));
    RETURN_IF_ERROR(report.Add(
        "SELECT m.sign_date, t.currency, COUNT(m.id), SUM(m.delta_value_amount) FROM amendments m JOIN contracts t ON "
        "t.id = m.contract",
        "m.sign_date", "m.state = 'APPLIED'", "m.sign_date, t.currency", &Figures::amended, &Figures::amended_value));
    RETURN_IF_ERROR(report.Add("SELECT t.end_date, t.currency, COUNT(t.id), NULL FROM contracts t", "t.end_date",
                               "t.state IN ('ACTIVE', 'EXPIRING', 'SUSPENDED', 'CLOSED')", "t.end_date, t.currency",
                               &Figures::ending, nullptr));
    RETURN_IF_ERROR(report.Add(
        "SELECT d.order_date, t.currency, COUNT(d.order_id), ROUND(SUM((d.reserved + d.released + d.invoiced - "
        "d.returned) * l.amount_amount / l.quantity), 4) FROM contract_draws d JOIN contracts t ON t.id = d.contract "
        "JOIN orders_lines l ON l.parent_id = d.order_id AND l.line_number = d.order_line",
        "d.order_date", "d.quantity > 0", "d.order_date, t.currency", nullptr, &Figures::called_off));
    const std::string invoices = absl::StrCat(" FROM ", kInvoicesWithItems,
                                              " JOIN orders o ON o.id = i.order_id JOIN contracts t ON t.id = "
                                              "o.contract");
    const char* issued = "i.state IN ('ISSUED', 'PARTIALLY_PAID', 'PAID')";
    const auto money = [&](const std::string& sum, const char* day, const std::string& where, Decimal Figures::*value) {
      return report.Add(absl::StrCat("SELECT ", day, ", i.currency, COUNT(i.id), SUM(", sum, ")", invoices), day, where,
                        absl::StrCat(day, ", i.currency"), nullptr, value, /*owed=*/true);
    };
    const bool sees_owed = call.principal.Holds(kOwedRight);
    if (sees_owed) {
      RETURN_IF_ERROR(money("i.total_amount", "i.issue_date", issued, &Figures::invoiced));
      RETURN_IF_ERROR(money("i.total_amount", "i.due_date", issued, &Figures::due));
      RETURN_IF_ERROR(money("i.paid_amount", "i.due_date", issued, &Figures::collected));
      RETURN_IF_ERROR(money(absl::StrCat("i.total_amount - ", kNotOwedAnyMore), "i.due_date",
                            absl::StrCat(issued, " AND i.due_date < '", today, "'"), &Figures::overdue));
    }
    if (report.table().size() > kRowsMax) {
      return InvalidField("period", "REPORT_TOO_LONG", "gives too many rows; take a longer period or fewer days",
                          {{"rows", absl::StrCat(report.table().size())}, {"limit", absl::StrCat(kRowsMax)}});
    }
    response.Clear();
    for (const auto& [key, figures] : report.table()) {
      pb::ContractReportRow* row = response.add_rows();
      row->set_period(key.first);
      row->set_currency(key.second);
      row->set_signed_(figures.signed_count);
      rules::SetAmount(figures.signed_value, key.second, row->mutable_signed_value());
      row->set_amended(figures.amended);
      rules::SetAmount(figures.amended_value, key.second, row->mutable_amended_value());
      row->set_ending(figures.ending);
      rules::SetAmount(figures.called_off, key.second, row->mutable_called_off());
      if (!sees_owed) continue;
      rules::SetAmount(figures.invoiced, key.second, row->mutable_invoiced());
      rules::SetAmount(figures.due, key.second, row->mutable_due());
      rules::SetAmount(figures.collected, key.second, row->mutable_collected());
      rules::SetAmount(figures.overdue, key.second, row->mutable_overdue());
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterContractReports(const Context& context, rpc::Registry* registry) {
  registry->Add<pb::ReportContractsRequest, pb::ReportContractsResponse>(
      kMethod,
      [context](rpc::Call& call, const pb::ReportContractsRequest& request) { return Run(context, call, request); });
}

}  // namespace kam::contract

// kam.business.v1.ContractBusinessService: what goes on with accounts, for the other programs of the suite (A-06,
//
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/resource/row.h"
#include "common/resource/standard.h"
#include "common/service/dealings.h"
#include "common/service/open_business.h"
#include "common/status/status.h"
#include "common/time/months.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/sales.h"
#include "google/type/money.pb.h"
#include "kam/business/v1/business_service.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/invoice.pb.h"
#include "kam/receivable/v1/receipt.pb.h"
#include "kam/receivable/v1/receivable_item.pb.h"

namespace kam::contract {
namespace {

namespace pb = business::v1;
using mysql::Row;
using mysql::Value;

constexpr int kMonthsMax = 60;

std::string Rpc(absl::string_view method) { return absl::StrCat("kam.business.v1.ContractBusinessService/", method); }

// Open business of one account. An accepted quote is open until somebody has ordered or written a contract by it.
constexpr char kOpenSql[] =
    "SELECT 'CONTRACT' AS kind, 'contracts' AS collection, t.id AS id, t.number AS number, t.state AS state, "
    "t.total_amount AS amount, t.total_currency AS currency, t.drafter AS owner, t.end_date AS due, t.title AS "
    "title FROM contracts t WHERE t.account = ? AND t.state IN ('DRAFT', 'IN_REVIEW', 'RETURNED', 'APPROVED', "
    "'SIGNED', 'ACTIVE', 'SUSPENDED', 'EXPIRING') AND t.archive_time IS NULL "
    "UNION ALL SELECT 'ORDER', 'orders', t.id, t.number, t.state, t.total_amount - COALESCE(t.closed_total_amount, 0), "
    "t.total_currency, NULL, t.required_date, t.purchase_order_number FROM orders t WHERE t.account = ? AND t.state IN "
    "('ENTERED', 'REVIEWED', 'RELEASED', 'SHIPPED', 'DELIVERED', 'ON_HOLD', 'DISPUTED', 'RESOLVED') AND "
    "t.archive_time IS NULL "
    "UNION ALL SELECT 'QUOTE', 'quotes', t.id, t.number, t.state, t.total_gross_amount, t.total_gross_currency, "
    "t.seller, t.valid_until, t.title FROM quotes t WHERE t.account = ? AND t.archive_time IS NULL AND (t.state IN "
    "('DRAFT', 'PRICED', 'IN_APPROVAL', 'APPROVED', 'SENT') OR (t.state = 'ACCEPTED' AND NOT EXISTS (SELECT 1 FROM "
    "orders o WHERE o.quote = t.id AND o.state <> 'CANCELLED') AND NOT EXISTS (SELECT 1 FROM contracts c WHERE c.quote "
    "= t.id AND c.state <> 'CANCELLED'))) "
    "UNION ALL SELECT 'RECEIVABLE', 'receivableItems', t.id, t.number, t.state, t.open_amount, t.open_currency, NULL, "
    "t.due_date, t.source FROM receivable_items t WHERE t.account = ? AND t.state IN ('OPEN', 'PARTIALLY_PAID', "
    "'PROMISED', 'DISPUTED') AND t.archive_time IS NULL";

// Four kinds of business, each of the account.
service::OpenBusinessQuery OpenBusiness() {
  return {kOpenSql, [](const std::string& account) -> std::vector<Value> {
            return {account, account, account, account};
          }};
}

// Of invoices t, between two days.
constexpr char kIssued[] =
    "t.state IN ('ISSUED', 'PARTIALLY_PAID', 'PAID') AND t.archive_time IS NULL AND t.issue_date >= ? AND t.issue_date "
    "< ?";

// The figures of the accounts of one request, each by one grouped query.
class Figures {
 public:
  Figures(mysql::Connection& connection, const pb::BatchGetFiguresRequest& request, MonthSpan span, std::string today)
      : connection_(connection), span_(std::move(span)), today_(std::move(today)) {
    for (const std::string& account : request.accounts()) accounts_.emplace_back(IdOf(account));
    list_ = resource::Placeholders(accounts_.size());
  }

  absl::Status Collect() {
    const Value first(span_.first_day), after(span_.day_after);
    RETURN_IF_ERROR(Months(absl::StrCat("SELECT t.account, SUBSTRING(t.order_date, 1, 7), t.total_currency, "
                                        "COUNT(t.id), SUM(t.total_amount - COALESCE(t.closed_total_amount, 0)) FROM "
                                        "orders t WHERE t.state <> 'CANCELLED' AND t.archive_time IS NULL AND "
                                        "t.order_date >= ? AND t.order_date < ?",
                                        OfAccounts(), " GROUP BY 1, 2, 3"),
                           {first, after}, {&pb::ContractMonth::mutable_ordered}));
    RETURN_IF_ERROR(
        Months(absl::StrCat("SELECT t.account, SUBSTRING(t.issue_date, 1, 7), t.total_currency, 0, "
                            "SUM(t.total_amount), SUM(COALESCE(t.net_total_amount, t.total_amount)) FROM invoices t "
                            "WHERE ",
                            kIssued, OfAccounts(), " GROUP BY 1, 2, 3"),
               {first, after}, {&pb::ContractMonth::mutable_invoiced, &pb::ContractMonth::mutable_invoiced_net}));
    RETURN_IF_ERROR(Months(absl::StrCat("SELECT t.account, SUBSTRING(t.received_date, 1, 7), t.amount_currency, 0, "
                                        "SUM(t.amount_amount) FROM receipts t WHERE t.state = 'MARKED' AND "
                                        "t.archive_time IS NULL AND t.received_date >= ? AND t.received_date < ?",
                                        OfAccounts(), " GROUP BY 1, 2, 3"),
                           {first, after}, {&pb::ContractMonth::mutable_received}));
    // The purchase price of the day, or else that of the product.
    RETURN_IF_ERROR(
        Months(absl::StrCat("SELECT t.account, SUBSTRING(t.issue_date, 1, 7), l.net_currency, 0, SUM(l.net_amount), "
                            "ROUND(SUM(l.quantity * COALESCE(c.unit_price_amount, p.purchase_price_amount)), 4) FROM "
                            "invoices t JOIN invoices_lines l ON l.parent_id = t.id LEFT JOIN products p ON p.id = "
                            "l.product AND p.purchase_price_currency = l.net_currency LEFT JOIN purchase_prices c ON "
                            "c.product = l.product AND c.is_main = 1 AND c.state IN ('DECIDED', 'ENDED') AND "
                            "c.valid_from <= t.issue_date AND (c.valid_until IS NULL OR c.valid_until >= "
                            "t.issue_date) AND c.unit_price_currency = l.net_currency WHERE "
                            "COALESCE(c.unit_price_amount, p.purchase_price_amount) IS NOT NULL AND l.net_amount IS "
                            "NOT NULL AND ",
                            kIssued, OfAccounts(), " GROUP BY 1, 2, 3"),
               {first, after}, {&pb::ContractMonth::mutable_costed_net, &pb::ContractMonth::mutable_cost}));
    // Item by item: what was paid too late, or taken back, does not count, and takes from no other item.
    RETURN_IF_ERROR(Months(
        absl::StrCat("SELECT x.account, SUBSTRING(x.due_date, 1, 7), x.currency, 0, SUM(x.due), SUM(CASE WHEN x.paid "
                     "< 0 THEN 0 WHEN x.paid > x.due THEN x.due ELSE x.paid END) FROM (SELECT t.account, t.due_date, "
                     "t.currency, SUM(CASE WHEN t.kind = 'RECEIPT' THEN 0 ELSE t.amount END) AS due, SUM(CASE WHEN "
                     "t.kind = 'RECEIPT' AND (t.entry_date <= t.due_date OR t.amount > 0) THEN -t.amount ELSE 0 END) "
                     "AS paid FROM receivable_entries t WHERE t.due_date < ? AND t.due_date >= ? AND t.due_date < ?",
                     OfAccounts(), " GROUP BY t.account, t.due_date, t.currency, t.item) x GROUP BY 1, 2, 3"),
        {Value(today_), first, after}, {&pb::ContractMonth::mutable_due, &pb::ContractMonth::mutable_paid_on_time}));
    RETURN_IF_ERROR(Receivables());
    return LastOrders();
  }

  pb::BatchGetContractFiguresResponse Take() {
    pb::BatchGetContractFiguresResponse response;
    for (auto& [account, entry] : entries_) {
      entry.figures.set_account(absl::StrCat("accounts/", account));
      for (auto& [key, month] : entry.months) *entry.figures.add_months() = std::move(month);
      *response.add_accounts() = std::move(entry.figures);
    }
    return response;
  }

 private:
  struct Entry {
    pb::ContractFigures figures;
    std::map<std::pair<std::string, std::string>, pb::ContractMonth> months;  // By month and currency.
  };

  using Part = google::type::Money* (pb::ContractMonth::*)();

  std::string OfAccounts() const { return absl::StrCat(" AND t.account IN (", list_, ")"); }

  // Rows (account, month, currency, count of orders, a sum for each of `parts`); the accounts are the last parameters.
  absl::Status Months(const std::string& sql, std::vector<Value> params, const std::vector<Part>& parts) {
    params.insert(params.end(), accounts_.begin(), accounts_.end());
    return connection_.Scan(sql, mysql::Params(params), [&](const Row& row) -> absl::Status {
      const std::string& currency = row[2].text();
      pb::ContractMonth& month = MonthOf(row[0].text(), row[1].text(), currency);
      month.set_orders(month.orders() + row[3].integer());
      constexpr size_t kFirstSum = 4;
      for (size_t i = 0; i < parts.size(); ++i) {
        ASSIGN_OR_RETURN(const Decimal sum, Decimal::Parse(row[kFirstSum + i].text(), "sum"));
        rules::SetAmount(sum, currency, (month.*parts[i])());
      }
      return absl::OkStatus();
    });
  }

  pb::ContractMonth& MonthOf(const std::string& account, const std::string& month, const std::string& currency) {
    auto [it, fresh] = entries_[account].months.try_emplace({month, currency});
    if (fresh) {
      pb::ContractMonth& made = it->second;
      made.set_month(month);
      for (const Part part : {&pb::ContractMonth::mutable_ordered, &pb::ContractMonth::mutable_invoiced,
                              &pb::ContractMonth::mutable_received, &pb::ContractMonth::mutable_invoiced_net,
                              &pb::ContractMonth::mutable_costed_net, &pb::ContractMonth::mutable_cost,
                              &pb::ContractMonth::mutable_due, &pb::ContractMonth::mutable_paid_on_time}) {
        rules::SetAmount(Decimal(), currency, (made.*part)());
      }
    }
    return it->second;
  }

  absl::Status Receivables() {
    std::vector<Value> params = {today_};
    params.insert(params.end(), accounts_.begin(), accounts_.end());
    return connection_.Scan(
        absl::StrCat("SELECT t.account, t.currency, SUM(t.open_amount), SUM(CASE WHEN t.due_date < ? "
                     "THEN t.open_amount ELSE 0 END) FROM receivable_balances t WHERE t.open_amount "
                     "<> 0 AND t.account IN (",
                     list_, ") GROUP BY 1, 2 ORDER BY 1, 2"),
        mysql::Params(params), [&](const Row& row) -> absl::Status {
          pb::OpenAmount* amount = entries_[row[0].text()].figures.add_receivables();
          ASSIGN_OR_RETURN(const Decimal open, Decimal::Parse(row[2].text(), "open"));
          ASSIGN_OR_RETURN(const Decimal overdue, Decimal::Parse(row[3].text(), "overdue"));
          rules::SetAmount(open, row[1].text(), amount->mutable_open());
          rules::SetAmount(overdue, row[1].text(), amount->mutable_overdue());
          return absl::OkStatus();
        });
  }

  absl::Status LastOrders() {
    return connection_.Scan(
        absl::StrCat("SELECT t.account, MAX(t.order_date) FROM orders t WHERE t.state <> 'CANCELLED' "
                     "AND t.archive_time IS NULL AND t.account IN (",
                     list_, ") GROUP BY 1"),
        mysql::Params(accounts_), [&](const Row& row) -> absl::Status {
          entries_[row[0].text()].figures.set_last_order_date(row[1].text());
          return absl::OkStatus();
        });
  }

  mysql::Connection& connection_;
  const MonthSpan span_;
  const std::string today_;
  std::vector<Value> accounts_;
  std::string list_;
  std::map<std::string, Entry> entries_;  // By account id.
};

absl::StatusOr<pb::BatchGetContractFiguresResponse> GetFigures(const Context& context, rpc::Call& call,
                                                               const pb::BatchGetFiguresRequest& request) {
  ASSIGN_OR_RETURN(const MonthSpan span, ParseMonthSpan(request.from_month(), request.until_month(), kMonthsMax));
  const std::string today = context.Today(context.runtime.clock().Now());
  pb::BatchGetContractFiguresResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    Figures figures(connection, request, span, today);
    RETURN_IF_ERROR(figures.Collect());
    response = figures.Take();
    return absl::OkStatus();
  }));
  return response;
}

// by field names of the resources.
std::vector<service::DealingKind> DealingKinds() {
  return {{"CONTRACT", v1::Contract::descriptor(), "contract.read", "total", "start_date", "end_date", "title"},
          {"ORDER", order::v1::Order::descriptor(), "order.read", "total", "order_date", "required_date",
           "purchase_order_number"},
          {"RECEIVABLE", receivable::v1::ReceivableItem::descriptor(), "receivable.read", "open", "create_time",
           "due_date", "source"},
          {"INVOICE", receivable::v1::Invoice::descriptor(), "invoice.read", "total", "issue_date", "due_date"},
          {"RECEIPT", receivable::v1::Receipt::descriptor(), "receipt.read", "amount", "received_date"}};
}

}  // namespace

void RegisterAccountBusiness(const Context& context, rpc::Registry* registry) {
  registry->Add<pb::ListOpenBusinessRequest, pb::ListOpenBusinessResponse>(
      Rpc("ListOpenContractBusiness"),
      [context, query = OpenBusiness()](rpc::Call& call, const pb::ListOpenBusinessRequest& request) {
        return service::ListOpenBusiness(context.runtime, call, query, request);
      });
  registry->Add<pb::BatchGetFiguresRequest, pb::BatchGetContractFiguresResponse>(
      Rpc("BatchGetContractFigures"), [context](rpc::Call& call, const pb::BatchGetFiguresRequest& request) {
        return GetFigures(context, call, request);
      });
  registry->Add<pb::ListDealingsRequest, pb::ListDealingsResponse>(
      Rpc("ListContractDealings"),
      [context, kinds = DealingKinds()](rpc::Call& call, const pb::ListDealingsRequest& request) {
        return service::ListDealings(context.runtime, call, kinds, request);
      });
}

}  // namespace kam::contract

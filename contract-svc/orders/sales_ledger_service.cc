// kam.order.v1.SalesLedgerService: vouchers, months and exports (C-28). The reports are in sales_reports.cc.
#include <algorithm>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/csv/csv.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/orders/order_parts.h"
#include "contract-svc/orders/sales_ledger.h"
#include "contract-svc/orders/sales_reports.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/sales_ledger.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/sales_ledger_service.pb.h"
#include "openssl/evp.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using mysql::Value;
using resource::UnitOfWork;

constexpr char kService[] = "kam.order.v1.SalesLedgerService";
constexpr int kExportDefault = 1000;
constexpr int kExportMax = 5000;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::StatusOr<bool> IsClosed(mysql::Connection& connection, absl::string_view month) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   connection.Query("SELECT m.id FROM ledger_months m WHERE m.ledger_month = ?", {Value(month)}));
  return !rows.empty();
}

// A line of a month that is not closed: its row is locked, and closing locks every row of the month.
template <typename Request, typename Fn>
absl::StatusOr<pb::SalesLedgerEntry> ChangeLine(const Context& context, rpc::Call& call, const Request& request,
                                                Fn fn) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::SalesLedgerEntry>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::SalesLedgerEntry> {
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::SalesLedgerEntry>(request));
        ASSIGN_OR_RETURN(const bool closed, IsClosed(work.connection(), change.before.month()));
        if (closed) {
          return FailedPrecondition("LEDGER_MONTH_CLOSED", change.before.name(), "the month is closed",
                                    {{"month", change.before.month()}});
        }
        RETURN_IF_ERROR(fn(work, &change.after));
        return work.Save(std::move(change));
      });
}

// Lines of a month after `after` (an id), as they are archived.
absl::StatusOr<std::string> Lines(mysql::Connection& connection, absl::string_view month, std::string after,
                                  int64_t limit, std::string* last, int64_t* count) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query("SELECT e.id, e.number, e.entry_date, e.entry_kind, e.account, s.legal_name, o.number, "
                       "e.salesperson, e.source, COALESCE(e.revenue_currency, e.payment_currency), e.revenue_amount, "
                       "e.tax_amount, e.payment_amount, e.voucher FROM sales_ledger_entries e LEFT JOIN account_scopes "
                       "s ON s.account = e.account LEFT JOIN orders o ON o.id = e.order_id WHERE e.ledger_month = ? "
                       "AND e.id > ? ORDER BY e.id LIMIT ?",
                       {Value(month), Value(after), Value(limit)}));
  csv::WriterOptions options;
  options.crlf = false;
  ASSIGN_OR_RETURN(csv::Writer writer, csv::Writer::Create(options));
  std::string text;
  if (after.empty()) {
    const std::vector<std::string> header = {"number", "date",        "kind",   "account",  "legal_name",
                                             "order",  "salesperson", "source", "currency", "revenue",
                                             "tax",    "payment",     "voucher"};
    RETURN_IF_ERROR(writer.Write(absl::MakeConstSpan(header), &text));
  }
  *count = static_cast<int64_t>(rows.size());
  for (const mysql::Row& row : rows) {
    *last = row[0].text();
    std::vector<std::string> fields;
    for (size_t i = 1; i < row.size(); ++i) fields.push_back(row[i].text());
    for (const size_t amount : {size_t{9}, size_t{10}, size_t{11}}) {
      if (fields[amount].empty()) continue;
      ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(fields[amount], "amount"));
      fields[amount] = value.ToString();
    }
    RETURN_IF_ERROR(writer.Write(absl::MakeConstSpan(fields), &text));
  }
  return text;
}

// SHA-256 over the whole export of a month.
absl::StatusOr<std::string> HashOf(mysql::Connection& connection, absl::string_view month) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (hash == nullptr || EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) != 1) return Internal("no SHA-256");
  std::string last;
  for (;;) {
    int64_t count = 0;
    ASSIGN_OR_RETURN(const std::string text, Lines(connection, month, last, kExportMax, &last, &count));
    if (EVP_DigestUpdate(hash.get(), text.data(), text.size()) != 1) return Internal("SHA-256 failed");
    if (count < kExportMax) break;
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(hash.get(), digest, &size) != 1) return Internal("SHA-256 failed");
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

absl::StatusOr<rules::MonthFacts> FactsOf(const Context& context, UnitOfWork& work, const std::string& month) {
  rules::MonthFacts facts;
  facts.today = context.Today(work.now());
  // No line comes into the month any more, and every line of it stands still until it is closed.
  RETURN_IF_ERROR(StopRecording(work));
  RETURN_IF_ERROR(
      work.connection()
          .Query("SELECT e.id FROM sales_ledger_entries e WHERE e.ledger_month = ? ORDER BY e.id FOR UPDATE",
                 {Value(month)})
          .status());
  ASSIGN_OR_RETURN(std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT MIN(e.ledger_month) FROM sales_ledger_entries e WHERE "
                                           "e.ledger_month < ? AND NOT EXISTS (SELECT 1 FROM ledger_months m WHERE "
                                           "m.ledger_month = e.ledger_month)",
                                           {Value(month)}));
  facts.open_before = rows[0][0].text();
  ASSIGN_OR_RETURN(rows, work.connection().Query("SELECT COUNT(e.id) FROM sales_ledger_entries e WHERE e.ledger_month "
                                                 "= ? AND e.voucher IS NULL",
                                                 {Value(month)}));
  facts.without_voucher = rows[0][0].integer();
  return facts;
}

absl::StatusOr<pb::LedgerMonth> Close(const Context& context, rpc::Call& call,
                                      const pb::CloseLedgerMonthRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  RETURN_IF_ERROR(rules::CheckMonth(request.month(), "month"));
  const auto closed = [&] {
    return FailedPrecondition("LEDGER_MONTH_CLOSED", request.month(), "the month is closed already",
                              {{"month", request.month()}});
  };
  absl::StatusOr<pb::LedgerMonth> answer =
      context.runtime.Write<pb::LedgerMonth>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::LedgerMonth> {
        ASSIGN_OR_RETURN(const rules::MonthFacts facts, FactsOf(context, work, request.month()));
        ASSIGN_OR_RETURN(const bool is_closed, IsClosed(work.connection(), request.month()));
        if (is_closed) return closed();
        RETURN_IF_ERROR(rules::CheckClosable(request.month(), facts));
        pb::LedgerMonth month;
        month.set_month(request.month());
        month.set_archive_document(request.archive_document());
        month.set_closer(work.actor().subject);
        SetTime(work.now(), month.mutable_close_time());
        ASSIGN_OR_RETURN(
            const std::vector<mysql::Row> rows,
            work.connection().Query("SELECT COALESCE(e.revenue_currency, e.payment_currency), COUNT(e.id), "
                                    "COALESCE(SUM(e.revenue_amount), 0), COALESCE(SUM(e.payment_amount), 0) FROM "
                                    "sales_ledger_entries e WHERE e.ledger_month = ? GROUP BY 1 ORDER BY 1",
                                    {Value(request.month())}));
        for (const mysql::Row& row : rows) {
          pb::LedgerTotal* total = month.add_totals();
          total->set_currency(row[0].text());
          total->set_entries(row[1].integer());
          ASSIGN_OR_RETURN(const Decimal revenue, Decimal::Parse(row[2].text(), "revenue"));
          ASSIGN_OR_RETURN(const Decimal payment, Decimal::Parse(row[3].text(), "payment"));
          rules::SetAmount(revenue, row[0].text(), total->mutable_revenue());
          rules::SetAmount(payment, row[0].text(), total->mutable_payment());
        }
        ASSIGN_OR_RETURN(*month.mutable_content_sha256(), HashOf(work.connection(), request.month()));
        return work.Insert(std::move(month));
      });
  // Somebody else closed an empty month at the same time.
  if (absl::IsAlreadyExists(answer.status())) return closed();
  return answer;
}

absl::StatusOr<pb::ExportLedgerMonthResponse> Export(const Context& context, rpc::Call& call,
                                                     const pb::ExportLedgerMonthRequest& request) {
  RETURN_IF_ERROR(rules::CheckMonth(request.month(), "month"));
  const int64_t limit = request.page_size() <= 0 ? kExportDefault : std::min(request.page_size(), kExportMax);
  const absl::Time now = context.runtime.clock().Now();
  const std::string binding =
      absl::StrCat(call.method->full_name(), "\n", call.principal.subject, "\n", request.month());
  std::string after;
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> token,
                     context.runtime.page_tokens().Open(request.page_token(), binding, now));
    if (token.size() != 1) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    after = token[0].text();
  }
  pb::ExportLedgerMonthResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    int64_t count = 0;
    std::string last = after;
    ASSIGN_OR_RETURN(*response.mutable_csv(), Lines(connection, request.month(), after, limit, &last, &count));
    if (count == limit) response.set_next_page_token(context.runtime.page_tokens().Seal({Value(last)}, binding, now));
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     connection.Query("SELECT m.content_sha256 FROM ledger_months m WHERE m.ledger_month = ?",
                                      {Value(request.month())}));
    response.set_closed(!rows.empty());
    if (!rows.empty()) response.set_content_sha256(rows[0][0].text());
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterSalesLedger(const Context& context, rpc::Registry* registry) {
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::FileLedgerVoucherRequest, pb::SalesLedgerEntry>(
      Rpc("FileLedgerVoucher"), [context](rpc::Call& call, const pb::FileLedgerVoucherRequest& request) {
        return ChangeLine(context, call, request, [&](UnitOfWork& work, pb::SalesLedgerEntry* entry) {
          return rules::FileVoucher(request.voucher(), request.reason(), work.actor().subject, entry);
        });
      });
  registry->Add<pb::MarkLedgerEnteredRequest, pb::SalesLedgerEntry>(
      Rpc("MarkLedgerEntered"), [context](rpc::Call& call, const pb::MarkLedgerEnteredRequest& request) {
        return ChangeLine(context, call, request, [&](UnitOfWork& work, pb::SalesLedgerEntry* entry) {
          return rules::MarkEntered(request.system(), work.now(), entry);
        });
      });
  registry->Add<pb::TakeBackLedgerEnteredRequest, pb::SalesLedgerEntry>(
      Rpc("TakeBackLedgerEntered"), [context](rpc::Call& call, const pb::TakeBackLedgerEnteredRequest& request) {
        return ChangeLine(context, call, request, [&](UnitOfWork&, pb::SalesLedgerEntry* entry) -> absl::Status {
          RETURN_IF_ERROR(rules::CheckReason(request.reason()));
          return rules::TakeBackEntered(request.system(), entry);
        });
      });
  registry->Add<pb::CloseLedgerMonthRequest, pb::LedgerMonth>(
      Rpc("CloseLedgerMonth"),
      [context](rpc::Call& call, const pb::CloseLedgerMonthRequest& request) { return Close(context, call, request); });
  registry->Add<pb::ExportLedgerMonthRequest, pb::ExportLedgerMonthResponse>(
      Rpc("ExportLedgerMonth"), [context](rpc::Call& call, const pb::ExportLedgerMonthRequest& request) {
        return Export(context, call, request);
      });
  RegisterSalesReports(context, registry);
}

}  // namespace kam::contract

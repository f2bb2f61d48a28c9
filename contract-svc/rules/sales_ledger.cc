#include "contract-svc/rules/sales_ledger.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/amounts.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/invoice.pb.h"
#include "kam/receivable/v1/receipt.pb.h"

namespace kam::contract::rules {
namespace {

using order::v1::SalesLedgerEntry;
using receivable::v1::Invoice;
using receivable::v1::Receipt;

constexpr int kReportDaysMax = 366;
constexpr int kProductDaysMax = 31;
constexpr size_t kYearLength = 4;   // YYYY
constexpr size_t kMonthLength = 7;  // YYYY-MM
constexpr size_t kDayLength = 10;   // YYYY-MM-DD

absl::Status CheckDays(absl::string_view from_date, absl::string_view to_date, int days_max) {
  ASSIGN_OR_RETURN(const int64_t days, DaysBetween(from_date, to_date));
  if (days >= 0 && days < days_max) return absl::OkStatus();
  return InvalidField("to_date", "PERIOD_INVALID",
                      absl::StrCat("must be on from_date or at most ", days_max - 1, " days after"),
                      {{"fromDate", std::string(from_date)}, {"toDate", std::string(to_date)}});
}

bool IsEntered(order::v1::LedgerSystem system, const SalesLedgerEntry& entry) {
  return system == order::v1::LEDGER_SYSTEM_CRM       ? entry.has_crm_time()
         : system == order::v1::LEDGER_SYSTEM_FINANCE ? entry.has_finance_time()
                                                      : entry.has_dms_time();
}

SalesLedgerEntry Line(absl::string_view today, order::v1::LedgerEntryKind kind, const std::string& account,
                      const std::string& source) {
  SalesLedgerEntry entry;
  entry.set_entry_date(std::string(today));
  entry.set_month(std::string(today.substr(0, kMonthLength)));
  entry.set_kind(kind);
  entry.set_account(account);
  entry.set_source(source);
  return entry;
}

absl::Status Copy(const google::type::Money& from, bool negative, google::type::Money* to) {
  ASSIGN_OR_RETURN(const Decimal amount, AmountIn(from, from.currency_code(), "amount"));
  SetAmount(negative ? -amount : amount, from.currency_code(), to);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<SalesLedgerEntry>> EntryOf(const Invoice* before, const Invoice& after,
                                                        absl::string_view today) {
  using State = receivable::v1::InvoiceState;
  const State was = before == nullptr ? receivable::v1::INVOICE_STATE_UNSPECIFIED : before->state();
  const bool drafted = was == receivable::v1::INVOICE_STATE_UNSPECIFIED || was == receivable::v1::INVOICE_STATE_DRAFT;
  const bool cancelled = after.state() == receivable::v1::INVOICE_STATE_CANCELLED;
  const bool issued = drafted && after.state() != receivable::v1::INVOICE_STATE_DRAFT && !cancelled;
  const bool taken_back = !drafted && was != receivable::v1::INVOICE_STATE_CANCELLED && cancelled;
  if (!issued && !taken_back) return std::optional<SalesLedgerEntry>();
  SalesLedgerEntry entry =
      Line(today, issued ? order::v1::LEDGER_ENTRY_KIND_SALE : order::v1::LEDGER_ENTRY_KIND_SALE_CANCELLED,
           after.account(), after.name());
  entry.set_order(after.order());
  RETURN_IF_ERROR(Copy(after.total(), taken_back, entry.mutable_revenue()));
  RETURN_IF_ERROR(Copy(after.tax_total(), taken_back, entry.mutable_tax()));
  return std::optional<SalesLedgerEntry>(std::move(entry));
}

absl::StatusOr<std::optional<SalesLedgerEntry>> EntryOf(const Receipt* before, const Receipt& after,
                                                        absl::string_view today) {
  const auto was = before == nullptr ? receivable::v1::RECEIPT_STATE_UNSPECIFIED : before->state();
  // A credit note is no money.
  if (after.method() == receivable::v1::PAYMENT_METHOD_CREDIT_NOTE) return std::optional<SalesLedgerEntry>();
  const bool history = before == nullptr && after.history();
  const bool marked = !history && was != receivable::v1::RECEIPT_STATE_MARKED &&
                      was != receivable::v1::RECEIPT_STATE_REVERSED &&
                      after.state() == receivable::v1::RECEIPT_STATE_MARKED;
  const bool reversed =
      was == receivable::v1::RECEIPT_STATE_MARKED && after.state() == receivable::v1::RECEIPT_STATE_REVERSED;
  if (!marked && !reversed) return std::optional<SalesLedgerEntry>();
  SalesLedgerEntry entry =
      Line(today, marked ? order::v1::LEDGER_ENTRY_KIND_PAYMENT : order::v1::LEDGER_ENTRY_KIND_PAYMENT_REVERSED,
           after.account(), after.name());
  const Receipt& papers = reversed ? *before : after;
  if (papers.allocations_size() == 1 && absl::StartsWith(papers.allocations(0).target(), "orders/")) {
    entry.set_order(papers.allocations(0).target());
  }
  RETURN_IF_ERROR(Copy(after.amount(), reversed, entry.mutable_payment()));
  return std::optional<SalesLedgerEntry>(std::move(entry));
}

absl::Status MoveToOpenMonth(absl::string_view closed, SalesLedgerEntry* entry) {
  if (closed.empty() || absl::string_view(entry->month()) > closed) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(absl::StrCat(closed, "-01"), "month"));
  const std::string day = FormatDate(absl::CivilDay(absl::CivilMonth(first) + 1));
  entry->set_entry_date(day);
  entry->set_month(day.substr(0, kMonthLength));
  return absl::OkStatus();
}

absl::Status CheckMonth(absl::string_view month, absl::string_view field) {
  if (month.size() == kMonthLength && ParseDate(absl::StrCat(month, "-01")).ok()) return absl::OkStatus();
  return InvalidField(field, "MONTH_MALFORMED", "must be a month, YYYY-MM", {{"value", std::string(month)}});
}

absl::Status CheckClosable(absl::string_view month, const MonthFacts& facts) {
  RETURN_IF_ERROR(CheckMonth(month, "month"));
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(absl::StrCat(month, "-01"), "month"));
  ASSIGN_OR_RETURN(const absl::CivilDay today, ParseDate(facts.today, "today"));
  const absl::CivilDay from = absl::CivilDay(absl::CivilMonth(first) + 1);
  if (today < from) {
    return InvalidField("month", "LEDGER_MONTH_NOT_OVER",
                        absl::StrCat("may be closed from ", absl::FormatCivilTime(from), " on"),
                        {{"from", absl::FormatCivilTime(from)}, {"today", facts.today}});
  }
  if (!facts.open_before.empty()) {
    return FailedPrecondition("LEDGER_MONTH_SEQUENCE", month,
                              absl::StrCat(facts.open_before, " is not closed yet: months are closed in turn"),
                              {{"open", facts.open_before}});
  }
  if (facts.without_voucher > 0) {
    return FailedPrecondition("VOUCHER_MISSING", month,
                              absl::StrCat(facts.without_voucher, " lines have no original voucher"),
                              {{"lines", absl::StrCat(facts.without_voucher)}});
  }
  return absl::OkStatus();
}

absl::Status FileVoucher(absl::string_view voucher, absl::string_view reason, absl::string_view actor,
                         SalesLedgerEntry* entry) {
  if (!entry->voucher().empty() && absl::StripAsciiWhitespace(reason).empty()) {
    return FailedPrecondition("VOUCHER_FILED", entry->name(),
                              "the voucher of the line is filed; another place of it takes a reason",
                              {{"field", "reason"}, {"voucher", entry->voucher()}});
  }
  entry->set_voucher(std::string(voucher));
  entry->set_voucher_recorder(std::string(actor));
  return absl::OkStatus();
}

absl::Status TakeBackEntered(order::v1::LedgerSystem system, SalesLedgerEntry* entry) {
  if (!IsEntered(system, *entry)) {
    return FailedPrecondition("NOT_ENTERED", entry->name(), "the line was not entered there",
                              {{"system", order::v1::LedgerSystem_Name(system)}});
  }
  if (system == order::v1::LEDGER_SYSTEM_CRM) {
    entry->clear_crm_time();
  } else if (system == order::v1::LEDGER_SYSTEM_FINANCE) {
    entry->clear_finance_time();
  } else {
    entry->clear_dms_time();
  }
  return absl::OkStatus();
}

absl::Status MarkEntered(order::v1::LedgerSystem system, absl::Time now, SalesLedgerEntry* entry) {
  if (IsEntered(system, *entry)) {
    return FailedPrecondition("ENTERED_ALREADY", entry->name(), "the line was entered there already",
                              {{"system", order::v1::LedgerSystem_Name(system)}});
  }
  google::protobuf::Timestamp* stamp = system == order::v1::LEDGER_SYSTEM_CRM       ? entry->mutable_crm_time()
                                       : system == order::v1::LEDGER_SYSTEM_FINANCE ? entry->mutable_finance_time()
                                                                                    : entry->mutable_dms_time();
  stamp->set_seconds(absl::ToUnixSeconds(now));
  return absl::OkStatus();
}

size_t PeriodLength(order::v1::SalesPeriod by) {
  if (by == order::v1::SALES_PERIOD_YEAR) return kYearLength;
  return by == order::v1::SALES_PERIOD_MONTH ? kMonthLength : kDayLength;
}

absl::Status CheckReportPeriod(absl::string_view from_date, absl::string_view to_date) {
  return CheckDays(from_date, to_date, kReportDaysMax);
}

absl::Status CheckSalesPeriod(const order::v1::SummarizeSalesRequest& request) {
  const bool daily = PeriodLength(request.by()) == kDayLength;
  return CheckDays(request.from_date(), request.to_date(),
                   request.by_product() && daily ? kProductDaysMax : kReportDaysMax);
}

}  // namespace kam::contract::rules

// Rules of the sales ledger (C-28). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_SALES_LEDGER_H_
#define KAM_CONTRACT_SVC_RULES_SALES_LEDGER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kam/order/v1/sales_ledger_service.pb.h"

namespace kam::receivable::v1 {
class Invoice;
class Receipt;
}  // namespace kam::receivable::v1

namespace kam::contract::rules {

// What a change of an invoice writes: SALE when it is issued, SALE_CANCELLED when an issued one is cancelled, else
// nothing. `before` may be null.
absl::StatusOr<std::optional<order::v1::SalesLedgerEntry>> EntryOf(const receivable::v1::Invoice* before,
                                                                   const receivable::v1::Invoice& after,
                                                                   absl::string_view today);
// PAYMENT when money is marked, PAYMENT_REVERSED when it went back. What an import brings is not of today.
absl::StatusOr<std::optional<order::v1::SalesLedgerEntry>> EntryOf(const receivable::v1::Receipt* before,
                                                                   const receivable::v1::Receipt& after,
                                                                   absl::string_view today);

// A month that was closed takes no lines any more: what comes to it late stands on the first day after `closed`, the
// last month that was closed (YYYY-MM; empty: none).
absl::Status MoveToOpenMonth(absl::string_view closed, order::v1::SalesLedgerEntry* entry);

// MONTH_MALFORMED on `field`.
absl::Status CheckMonth(absl::string_view month, absl::string_view field);

// What is known of a month that somebody wants to close.
struct MonthFacts {
  std::string today;
  std::string open_before;      // The first earlier month that has lines and is not closed; empty: none.
  int64_t without_voucher = 0;  // Its lines that have no voucher.
};
// LEDGER_MONTH_NOT_OVER, LEDGER_MONTH_SEQUENCE, VOUCHER_MISSING.
absl::Status CheckClosable(absl::string_view month, const MonthFacts& facts);

// Where the original voucher of a line is kept. Another place than the one that stands there takes a reason, which the
// history keeps with the former one: VOUCHER_FILED.
absl::Status FileVoucher(absl::string_view voucher, absl::string_view reason, absl::string_view actor,
                         order::v1::SalesLedgerEntry* entry);

// It was not entered there after all. NOT_ENTERED.
absl::Status TakeBackEntered(order::v1::LedgerSystem system, order::v1::SalesLedgerEntry* entry);

// ENTERED_ALREADY.
absl::Status MarkEntered(order::v1::LedgerSystem system, absl::Time now, order::v1::SalesLedgerEntry* entry);

// Characters of an ISO date that name the period it falls in.
size_t PeriodLength(order::v1::SalesPeriod by);
// At most 366 days: PERIOD_INVALID.
absl::Status CheckReportPeriod(absl::string_view from_date, absl::string_view to_date);
// Of sales: at most 31 days of products by day.
absl::Status CheckSalesPeriod(const order::v1::SummarizeSalesRequest& request);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_SALES_LEDGER_H_

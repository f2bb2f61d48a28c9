// Rules of invoices, receipts and ageing (C-29, C-30, C-32). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_RECEIVABLE_H_
#define KAM_CONTRACT_SVC_RULES_RECEIVABLE_H_

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/money/decimal.h"

namespace kam::order::v1 {
class Order;
}  // namespace kam::order::v1
namespace kam::receivable::v1 {
class Invoice;
class Receipt;
}  // namespace kam::receivable::v1

namespace kam::contract::rules {

// ------------------------------------------------------------------------------------------------ ageing

inline constexpr int kAgeingBuckets = 5;  // Not due, three buckets, beyond.
using AgeingBounds = std::array<int, 3>;
inline constexpr AgeingBounds kAgeingBoundsDefault = {30, 60, 90};

// AGEING_BOUNDS_INVALID unless the last days grow and the first is at least 1.
absl::Status CheckBounds(const AgeingBounds& bounds);

// Place of an item that is `days_overdue` days past its due date: 0 not due (also on the due date itself), 1, 2, 3, or
// 4 beyond the last bound.
int AgeingBucket(int64_t days_overdue, const AgeingBounds& bounds);

// Average receivables / credit sales x days, two digits; none sold: nothing to divide by, empty.
absl::StatusOr<std::string> TurnoverDays(Decimal opening, Decimal closing, Decimal credit_sales, int64_t days);

// ------------------------------------------------------------------------------------------------ invoices

// Line number and quantity to invoice.
using InvoiceQuantities = std::vector<std::pair<int, Decimal>>;

// Everything delivered and not invoiced. NOTHING_TO_INVOICE.
absl::StatusOr<InvoiceQuantities> OpenForInvoice(const order::v1::Order& order);

// Writes lines and totals of an invoice over `quantities` of `order`. Amounts and taxes of all invoices of a line add
// up to those of the line exactly: each takes the rounded share of what was invoiced up to and with it, less what was
// invoiced before. QUANTITY_NOT_DELIVERED, ORDER_LINE_UNKNOWN, LINE_NUMBER_REPEATED.
absl::Status FillInvoice(const order::v1::Order& order, const InvoiceQuantities& quantities,
                         receivable::v1::Invoice* invoice);

// Adds (`sign` 1) an issued invoice to the invoiced quantities and amounts of the order, or takes it out (-1).
// QUANTITY_NOT_DELIVERED when more would be invoiced than delivered.
absl::Status CountInvoice(const receivable::v1::Invoice& invoice, int sign, order::v1::Order* order);

// Applies a payment to an issued invoice; sets paid and state. TARGET_NOT_OPEN, ALLOCATION_EXCEEDS_TARGET.
absl::Status PayInvoice(Decimal amount, absl::string_view field, receivable::v1::Invoice* invoice);

// Takes a payment back that did not come in after all.
absl::Status UnpayInvoice(Decimal amount, receivable::v1::Invoice* invoice);

// Confirms hand-over number `index` (from 1). HANDOVER_NOT_FOUND, HANDOVER_ACKNOWLEDGED, NOT_THE_RECEIVER.
absl::Status AcknowledgeHandover(int index, absl::string_view actor, absl::Time now, receivable::v1::Invoice* invoice);

// ------------------------------------------------------------------------------------------------ receipts

// A receipt written down now. CHEQUE_NUMBER_REQUIRED, ALLOCATIONS_EXCEED_RECEIPT, RECEIVED_DATE_INVALID,
// PAYMENT_METHOD_NOT_ALLOWED.
absl::Status RecordReceipt(absl::string_view actor, absl::string_view today, receivable::v1::Receipt* receipt);
// A payment of the past: marked, on account. ALLOCATIONS_NOT_IMPORTED. Whoever brings it has written it down.
absl::Status ImportReceipt(absl::string_view actor, receivable::v1::Receipt* receipt);
// SEPARATION_OF_DUTIES.
absl::Status ApproveCheque(absl::string_view actor, absl::Time now, receivable::v1::Receipt* receipt);
absl::Status MarkReceipt(absl::string_view actor, absl::Time now, receivable::v1::Receipt* receipt);
// Money that went back: nothing is allocated any more. Neither by who wrote it down nor by who marked it.
absl::Status ReverseReceipt(absl::string_view actor, absl::Time now, absl::string_view reason,
                            receivable::v1::Receipt* receipt);
// Who took the receipt back, and nothing of it is allocated any more.
void WriteReversal(absl::string_view actor, absl::Time now, absl::string_view reason, receivable::v1::Receipt* receipt);
// Counts `amount` as allocated. RECEIPT_EXHAUSTED.
absl::Status ConsumeReceipt(Decimal amount, absl::string_view field, receivable::v1::Receipt* receipt);

// REASON_REQUIRED on field "reason".
absl::Status CheckReason(absl::string_view reason);
// SEPARATION_OF_DUTIES when `actor` is `other`, who has done `what` before.
absl::Status CheckOtherPerson(absl::string_view subject, absl::string_view actor, absl::string_view other,
                              absl::string_view what);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_RECEIVABLE_H_

// What a customer is credited for goods that came back (C-09, C-24). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_RETURN_CREDIT_H_
#define KAM_CONTRACT_SVC_RULES_RETURN_CREDIT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace kam::receivable::v1 {
class Receipt;
}

namespace kam::contract::rules {

// A part of an order line: what was invoiced of it, or credited.
struct LinePart {
  Decimal quantity;
  Decimal net;
  Decimal tax;
};

// Of `open` pieces that came back and are not credited: as many as are invoiced and not credited, at what was invoiced
// for them. With the last piece all that was invoiced is credited, to the last cent.
absl::StatusOr<LinePart> CreditFor(Decimal open, const LinePart& invoiced, const LinePart& credited,
                                   absl::string_view currency);

// `quantity` of what was credited, or all of it when that is less.
absl::StatusOr<LinePart> ShareOfCredit(const LinePart& credited, Decimal quantity, absl::string_view currency);

// How much of `gross` the customer gets: what was written off of the order's invoices he never paid and does not owe,
// so it is not given to him again. `withheld`: so much of it was kept off earlier notes.
absl::StatusOr<Decimal> NoteAmount(Decimal gross, Decimal written_off, Decimal withheld);

// What is left of the line's invoices covers what was credited of them. INVOICE_RETURNS_CREDITED.
absl::Status CheckCreditCovered(absl::string_view invoice, int order_line, Decimal left, Decimal credited);

// What a credit note of returned goods says.
struct ReturnNote {
  std::string account;
  std::string source;    // The goods receipt that counted them.
  std::string recorder;  // Who counted them.
  std::string marker;    // Who wrote down that they came back, or invoiced them.
  std::string remark;
  std::string currency;
  Decimal gross;
};
// On account, to be allocated.
receivable::v1::Receipt CreditNoteOf(const ReturnNote& note, absl::string_view today);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_RETURN_CREDIT_H_

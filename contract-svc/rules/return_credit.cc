#include "contract-svc/rules/return_credit.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/receipt.pb.h"

namespace kam::contract::rules {

absl::StatusOr<LinePart> CreditFor(Decimal open, const LinePart& invoiced, const LinePart& credited,
                                   absl::string_view currency) {
  ASSIGN_OR_RETURN(const Currency parsed, Currency::Parse(currency, "currency"));
  LinePart part;
  ASSIGN_OR_RETURN(const Decimal creditable, Subtract(invoiced.quantity, credited.quantity));
  part.quantity = std::min(open, creditable);
  if (part.quantity.sign() <= 0) return LinePart();
  ASSIGN_OR_RETURN(const Decimal upto, Add(credited.quantity, part.quantity));
  const auto rest = [&](Decimal whole, Decimal before) -> absl::StatusOr<Decimal> {
    ASSIGN_OR_RETURN(const Decimal share, ShareOfLine(whole, upto, invoiced.quantity, parsed.minor_unit()));
    ASSIGN_OR_RETURN(const Decimal more, Subtract(share, before));
    return std::max(more, Decimal());
  };
  ASSIGN_OR_RETURN(part.net, rest(invoiced.net, credited.net));
  ASSIGN_OR_RETURN(part.tax, rest(invoiced.tax, credited.tax));
  return part;
}

absl::StatusOr<LinePart> ShareOfCredit(const LinePart& credited, Decimal quantity, absl::string_view currency) {
  ASSIGN_OR_RETURN(const Currency parsed, Currency::Parse(currency, "currency"));
  LinePart part;
  part.quantity = std::min(quantity, credited.quantity);
  if (part.quantity.sign() <= 0) return LinePart();
  ASSIGN_OR_RETURN(part.net, ShareOfLine(credited.net, part.quantity, credited.quantity, parsed.minor_unit()));
  ASSIGN_OR_RETURN(part.tax, ShareOfLine(credited.tax, part.quantity, credited.quantity, parsed.minor_unit()));
  return part;
}

absl::StatusOr<Decimal> NoteAmount(Decimal gross, Decimal written_off, Decimal withheld) {
  ASSIGN_OR_RETURN(const Decimal left, Subtract(written_off, withheld));
  return Subtract(gross, std::min(gross, std::max(left, Decimal())));
}

absl::Status CheckCreditCovered(absl::string_view invoice, int order_line, Decimal left, Decimal credited) {
  if (left >= credited) return absl::OkStatus();
  return FailedPrecondition(
      "INVOICE_RETURNS_CREDITED", invoice,
      absl::StrCat("line ", order_line, " of the order: ", credited.ToString(), " came back and were credited, only ",
                   left.ToString(), " would be invoiced; the credit note pays the invoice"),
      {{"line", absl::StrCat(order_line)}, {"credited", credited.ToString()}, {"invoiced", left.ToString()}});
}

receivable::v1::Receipt CreditNoteOf(const ReturnNote& note, absl::string_view today) {
  receivable::v1::Receipt receipt;
  receipt.set_account(note.account);
  SetAmount(note.gross, note.currency, receipt.mutable_amount());
  receipt.set_method(receivable::v1::PAYMENT_METHOD_CREDIT_NOTE);
  receipt.set_received_date(std::string(today));
  SetAmount(Decimal(), note.currency, receipt.mutable_allocated());
  *receipt.mutable_unapplied() = receipt.amount();
  receipt.set_state(receivable::v1::RECEIPT_STATE_MARKED);
  receipt.set_recorder(note.recorder);
  receipt.set_marker(note.marker);
  receipt.set_source(note.source);
  receipt.set_remark(note.remark);
  return receipt;
}

}  // namespace kam::contract::rules

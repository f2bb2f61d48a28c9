// Rules of orders (C-18, C-19, C-21). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_ORDER_H_
#define KAM_CONTRACT_SVC_RULES_ORDER_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/money/decimal.h"

namespace kam::order::v1 {
class Order;
class OrderLine;
class OrderProcedure;
}  // namespace kam::order::v1

namespace kam::contract::rules {

// What a contract or a quote lets a customer order of one product.
struct AgreedLine {
  std::string product;
  Decimal unit_price;
  Decimal quantity;  // Not ordered yet.
  std::string tax_rate;
  int line_number = 0;  // Of a contract: the first line of the chain.
  // Of a line whose amount is not its price times its quantity, because the price is what one comes to, rounded: what
  // `whole` of it cost, and how much was taken before.
  std::optional<Decimal> amount = {};
  Decimal whole = {};
  Decimal taken = {};
  bool gift = false;  // Given on top (gift.h): only lines that are gifts draw on it, and they on nothing else.
};

// Sets amount and whole of an agreed line that costs `amount` for `whole`, when they say more than the price does.
absl::Status SetAgreedAmount(Decimal amount, Decimal whole, absl::string_view currency, AgreedLine* line);
// What `quantity` of the line cost when `before` of it went before: the parts of a line add up to its amount.
absl::StatusOr<Decimal> AmountOfPart(const AgreedLine& line, Decimal before, Decimal quantity,
                                     absl::string_view currency);

struct AgreedTerms {
  std::string source;  // contracts/{id} or quotes/{id}
  std::string currency;
  bool credit = false;
  int terms_days = 0;
  std::vector<AgreedLine> lines;
  // Products that are agreed, but not on the day asked about, and why; beside the product: whether as a gift.
  std::map<std::pair<std::string, bool>, std::string> resting;
  // An order has something of it that is paid for.
  bool sold = false;
};

// Numbers the lines that have no number and works out amounts, taxes and totals. Every broken line is named at once:
// FIELD_REQUIRED, FIELD_OUT_OF_RANGE, FIELD_MALFORMED, CURRENCY_MISMATCH, LINE_NUMBER_REPEATED on
// order.lines[i].{field}. An order whose currency is not set takes that of its first line with a price. `agreed`:
// amounts that are set were taken by TakeAgreedPrices and stay.
absl::Status ComputeOrder(order::v1::Order* order, bool agreed = false);

// ORDER_DATES_CONTRADICT: shipped or required before ordered, delivered before shipped.
absl::Status CheckDates(const order::v1::Order& order);

// Takes prices and taxes from what was agreed where the order gives none, and refuses others: PRODUCT_NOT_AGREED,
// LINE_NOT_IN_FORCE, PRICE_NOT_AGREED, QUANTITY_NOT_AGREED, CURRENCY_MISMATCH. A product may stand on several agreed
// lines with the same price, or with several prices when the order names one of them. Sets the amount of lines that
// cost a part of an agreed amount, and of no others. Gifts go out with something that is sold, or after it:
// GIFT_WITHOUT_SALE.
absl::Status TakeAgreedPrices(const AgreedTerms& terms, order::v1::Order* order);

// The customer's own way of ordering: PURCHASE_ORDER_REQUIRED, PURCHASE_ORDER_MALFORMED, LEAD_TIME_TOO_SHORT,
// ORDERER_NOT_APPROVED, CHANNEL_NOT_AGREED, ORDER_BELOW_MINIMUM, ORDER_ABOVE_MAXIMUM.
absl::Status CheckProcedure(const order::v1::OrderProcedure& procedure, const order::v1::Order& order);

// PAPERS_MISSING naming those that the procedure asks for and nobody has filed.
absl::Status CheckPapers(const order::v1::OrderProcedure& procedure, const order::v1::Order& order);

// An imported order of the past: state ENTERED when none is given, nothing reserved, marked as history. Whoever brings
// it has entered it, so that somebody else reviews it. ORDER_STATE_NOT_IMPORTABLE: what was reviewed or released
// elsewhere has no issue note here; it comes as ENTERED.
absl::Status ImportOrder(absl::string_view actor, absl::string_view today, order::v1::Order* order);

// Quantity of a line less what was closed short: all that is ever delivered and invoiced of it.
absl::StatusOr<Decimal> WantedQuantity(const order::v1::OrderLine& line);
// Total less what was closed short: all that is ever paid.
absl::StatusOr<Decimal> PayableTotal(const order::v1::Order& order);

// Money in, then the goods go out (C-21): PAYMENT_MISSING with payable, received, missing and who may override.
// `paid_on_invoices`: money that invoices of the order have taken already.
absl::Status CheckPaymentGate(const order::v1::Order& order, Decimal paid_on_invoices);

// ORDER_DELIVERED when something of the order stays delivered or invoiced: it cannot be cancelled as a whole.
absl::Status CheckNothingDelivered(const order::v1::Order& order);

// Closes the rest of an order that is delivered in part. Returns the value, tax included, that will never be invoiced.
// NOTHING_DELIVERED (cancel it instead), NOTHING_OPEN.
absl::StatusOr<Decimal> CloseShort(absl::string_view reason, order::v1::Order* order);

// What may be changed of an order until it is released; its lines and its day never, because quantities, prices and
// quotas of that day are drawn already. ORDER_FROZEN.
absl::Status CheckChangeable(const order::v1::Order& before, const order::v1::Order& after);

// Nothing that the review looked at has changed; papers may have been added.
bool ReviewStillHolds(const order::v1::Order& before, const order::v1::Order& after);

// ENTERED again, also behind a hold, until somebody reviews it as it is now.
void TakeBackReview(order::v1::Order* order);

// The order was reviewed here and has its issue note. ORDER_NOT_REVIEWED.
absl::Status CheckReviewed(const order::v1::Order& order);

absl::Status ReviewOrder(absl::string_view actor, absl::Time now, order::v1::Order* order);

// SETTLED, and a payment went back: DELIVERED again.
void Unsettle(order::v1::Order* order);

// The money on which the order was released has gone: it is REVIEWED again (also behind a hold) until it is released
// anew. What has left already is on its way; the gate is asked again before the next piece leaves.
void TakeBackPaidRelease(absl::string_view why, order::v1::Order* order);

// All that was not closed short is delivered and invoiced.
absl::StatusOr<bool> FullyInvoiced(const order::v1::Order& order);

// Sum of what was invoiced of the order, tax included.
absl::StatusOr<Decimal> InvoicedTotal(const order::v1::Order& order);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_ORDER_H_

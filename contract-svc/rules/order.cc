#include "contract-svc/rules/order.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/money/money.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/gift.h"
#include "contract-svc/rules/receivable.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/order/v1/order_procedure.pb.h"
#include "re2/re2.h"

namespace kam::contract::rules {
namespace {

using order::v1::Order;
using order::v1::OrderLine;
using order::v1::OrderProcedure;

std::string LinePath(int index, absl::string_view field) { return absl::StrCat("order.lines[", index, "].", field); }

// Amount and tax of one line.
absl::Status ComputeLine(int index, const Currency& currency, bool agreed, OrderLine* line, Decimal* net,
                         Decimal* tax) {
  if (line->quantity().empty()) return InvalidField(LinePath(index, "quantity"), "FIELD_REQUIRED", "must be set");
  ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(line->quantity(), LinePath(index, "quantity")));
  if (quantity.sign() <= 0) {
    return InvalidField(LinePath(index, "quantity"), "FIELD_OUT_OF_RANGE", "must be greater than 0",
                        {{"value", line->quantity()}});
  }
  RETURN_IF_ERROR(TakeGiftPrice(absl::StrCat("order.lines[", index, "]"), currency.code(), line));
  if (!line->has_unit_price()) {
    return InvalidField(LinePath(index, "unit_price"), "FIELD_REQUIRED", "must be set");
  }
  ASSIGN_OR_RETURN(const Decimal price, AmountIn(line->unit_price(), currency.code(), LinePath(index, "unit_price")));
  if (price.sign() < 0) {
    return InvalidField(LinePath(index, "unit_price"), "FIELD_OUT_OF_RANGE", "must not be negative",
                        {{"value", price.ToString()}});
  }
  if (agreed && line->has_amount()) {
    ASSIGN_OR_RETURN(*net, AmountIn(line->amount(), currency.code(), LinePath(index, "amount")));
  } else {
    ASSIGN_OR_RETURN(*net, LineAmount(price, quantity, currency.code()));
  }
  ASSIGN_OR_RETURN(const Decimal rate, QuantityOf(line->tax_rate(), LinePath(index, "tax_rate")));
  ASSIGN_OR_RETURN(const Money tax_money, PercentOf(Money(*net, currency), rate));
  *tax = tax_money.amount();
  SetAmount(*net, currency.code(), line->mutable_amount());
  SetAmount(*tax, currency.code(), line->mutable_tax());
  return absl::OkStatus();
}

// One of the names the customer's procedure lists, when it lists any.
absl::Status CheckNamed(absl::string_view field, absl::string_view reason, absl::string_view what,
                        const std::string& value, const google::protobuf::RepeatedPtrField<std::string>& names) {
  if (names.empty() || std::find(names.begin(), names.end(), value) != names.end()) return absl::OkStatus();
  return InvalidField(field, reason,
                      absl::StrCat(value.empty() ? "nobody and nothing named" : value, " ", what,
                                   "; agreed: ", absl::StrJoin(names, ", ")),
                      {{"value", value}, {"agreed", absl::StrJoin(names, "; ")}});
}

// Least and greatest value of an order, in the currency they were agreed in.
absl::Status CheckBounds(const OrderProcedure& procedure, const Order& order) {
  ASSIGN_OR_RETURN(const Decimal total, AmountIn(order.total(), order.currency(), "total"));
  const auto refuse = [&](absl::string_view reason, absl::string_view what, Decimal limit) {
    return InvalidField("order.lines", reason,
                        absl::StrCat(AmountText(total, order.currency()), " is ", what, " ",
                                     AmountText(limit, order.currency()), ", agreed with this customer"),
                        {{"total", total.ToString()}, {"limit", limit.ToString()}, {"procedure", procedure.name()}});
  };
  if (procedure.minimum_total().currency_code() == order.currency()) {
    ASSIGN_OR_RETURN(const Decimal least, AmountIn(procedure.minimum_total(), order.currency(), "minimum_total"));
    if (total < least) return refuse("ORDER_BELOW_MINIMUM", "less than", least);
  }
  if (procedure.maximum_total().currency_code() == order.currency()) {
    ASSIGN_OR_RETURN(const Decimal most, AmountIn(procedure.maximum_total(), order.currency(), "maximum_total"));
    if (total > most) return refuse("ORDER_ABOVE_MAXIMUM", "more than", most);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SetAgreedAmount(Decimal amount, Decimal whole, absl::string_view currency, AgreedLine* line) {
  ASSIGN_OR_RETURN(const Decimal by_price, LineAmount(line->unit_price, whole, currency));
  if (by_price == amount || whole.is_zero()) return absl::OkStatus();
  line->amount = amount;
  line->whole = whole;
  return absl::OkStatus();
}

absl::StatusOr<Decimal> AmountOfPart(const AgreedLine& line, Decimal before, Decimal quantity,
                                     absl::string_view currency) {
  if (!line.amount.has_value()) return LineAmount(line.unit_price, quantity, currency);
  ASSIGN_OR_RETURN(const Currency parsed, Currency::Parse(currency, "currency"));
  ASSIGN_OR_RETURN(const Decimal after, Add(before, quantity));
  ASSIGN_OR_RETURN(const Decimal upto, ShareOfLine(*line.amount, after, line.whole, parsed.minor_unit()));
  ASSIGN_OR_RETURN(const Decimal earlier, ShareOfLine(*line.amount, before, line.whole, parsed.minor_unit()));
  return Subtract(upto, earlier);
}

absl::Status ComputeOrder(Order* order, bool agreed) {
  if (order->lines_size() == 0) return InvalidField("order.lines", "FIELD_REQUIRED", "must have at least one line");
  for (int i = 0; order->currency().empty() && i < order->lines_size(); ++i) {
    order->set_currency(order->lines(i).unit_price().currency_code());  // A gift need not name any.
  }
  ASSIGN_OR_RETURN(const Currency currency,
                   Currency::Parse(order->currency(), LinePath(0, "unit_price.currency_code")));
  FieldViolations violations;
  std::set<int> numbers;
  int last = 0;
  Decimal net_total, tax_total;
  for (int i = 0; i < order->lines_size(); ++i) {
    OrderLine* line = order->mutable_lines(i);
    if (line->line_number() == 0) line->set_line_number(last + 1);
    last = std::max(last, line->line_number());
    if (!numbers.insert(line->line_number()).second) {
      violations.Add(LinePath(i, "line_number"), "LINE_NUMBER_REPEATED",
                     absl::StrCat("number ", line->line_number(), " stands on another line"),
                     {{"line", absl::StrCat(line->line_number())}});
    }
    Decimal net, tax;
    const absl::Status status = ComputeLine(i, currency, agreed, line, &net, &tax);
    if (!status.ok()) {
      violations.AddAll("", status);
      continue;
    }
    ASSIGN_OR_RETURN(net_total, Add(net_total, net));
    ASSIGN_OR_RETURN(tax_total, Add(tax_total, tax));
  }
  RETURN_IF_ERROR(violations.status());
  ASSIGN_OR_RETURN(const Decimal total, Add(net_total, tax_total));
  SetAmount(tax_total, currency.code(), order->mutable_tax_total());
  SetAmount(total, currency.code(), order->mutable_total());
  return absl::OkStatus();
}

absl::Status CheckDates(const Order& order) {
  FieldViolations violations;
  const auto check = [&](const std::string& early, const char* early_name, const std::string& late,
                         const char* late_name) {
    if (early.empty() || late.empty() || early <= late) return;
    violations.Add(absl::StrCat("order.", late_name), "ORDER_DATES_CONTRADICT",
                   absl::StrCat(late, " is before the ", early_name, " ", early),
                   {{"date", late}, {"notBefore", early}});
  };
  for (const auto& [date, field] : {std::pair<const std::string&, const char*>{order.order_date(), "order_date"},
                                    {order.required_date(), "required_date"},
                                    {order.shipped_date(), "shipped_date"},
                                    {order.delivered_date(), "delivered_date"}}) {
    if (!date.empty()) violations.AddAll("", ParseDate(date, absl::StrCat("order.", field)).status());
  }
  RETURN_IF_ERROR(violations.status());
  check(order.order_date(), "order_date", order.required_date(), "required_date");
  check(order.order_date(), "order_date", order.shipped_date(), "shipped_date");
  check(order.shipped_date(), "shipped_date", order.delivered_date(), "delivered_date");
  return violations.status();
}

absl::Status TakeAgreedPrices(const AgreedTerms& terms, Order* order) {
  order->set_currency(terms.currency);
  if (OnlyGifts(order->lines()) && !terms.sold) {
    return FailedPrecondition("GIFT_WITHOUT_SALE", terms.source,
                              "nothing of it was ordered yet: gifts are ordered with something that is paid for, or "
                              "after it",
                              {{"field", LinePath(0, "gift")}});
  }
  std::vector<Decimal> left;
  for (const AgreedLine& agreed : terms.lines) left.push_back(agreed.quantity);
  for (int i = 0; i < order->lines_size(); ++i) {
    OrderLine* line = order->mutable_lines(i);
    ASSIGN_OR_RETURN(Decimal wanted, QuantityOf(line->quantity(), LinePath(i, "quantity")));
    const bool priced = line->has_unit_price();
    Decimal asked_price;
    if (priced) {
      ASSIGN_OR_RETURN(asked_price, AmountIn(line->unit_price(), terms.currency, LinePath(i, "unit_price")));
    }
    bool known = false, by_amount = false;
    std::vector<std::string> prices;
    Decimal available, amount;
    for (size_t j = 0; j < terms.lines.size(); ++j) {
      const AgreedLine& agreed = terms.lines[j];
      if (agreed.product != line->product() || agreed.gift != line->gift()) continue;
      known = true;
      prices.push_back(agreed.unit_price.ToString());
      if (line->has_unit_price()) {
        ASSIGN_OR_RETURN(asked_price, AmountIn(line->unit_price(), terms.currency, LinePath(i, "unit_price")));
        if (asked_price != agreed.unit_price) continue;
      } else {
        if (left[j].sign() <= 0) continue;
        SetAmount(agreed.unit_price, terms.currency, line->mutable_unit_price());
      }
      line->set_tax_rate(agreed.tax_rate);
      const Decimal taken = std::min(wanted, left[j]);
      ASSIGN_OR_RETURN(available, Add(available, left[j]));
      if (taken.sign() > 0) {
        ASSIGN_OR_RETURN(const Decimal ordered, Subtract(agreed.quantity, left[j]));
        ASSIGN_OR_RETURN(const Decimal before, Add(agreed.taken, ordered));
        ASSIGN_OR_RETURN(const Decimal part, AmountOfPart(agreed, before, taken, terms.currency));
        ASSIGN_OR_RETURN(amount, Add(amount, part));
        by_amount = by_amount || agreed.amount.has_value();
      }
      ASSIGN_OR_RETURN(left[j], Subtract(left[j], taken));
      ASSIGN_OR_RETURN(wanted, Subtract(wanted, taken));
    }
    line->clear_amount();
    if (by_amount) SetAmount(amount, terms.currency, line->mutable_amount());
    const auto resting = terms.resting.find({line->product(), line->gift()});
    if (!known && resting != terms.resting.end()) {
      return FailedPrecondition("LINE_NOT_IN_FORCE", terms.source,
                                absl::StrCat("the product may not be ordered on that day: ", resting->second),
                                {{"field", LinePath(i, "product")}, {"product", line->product()}});
    }
    if (!known) {
      return FailedPrecondition("PRODUCT_NOT_AGREED", terms.source,
                                absl::StrCat("line ", line->line_number(), ": the product is ",
                                             line->gift() ? "no gift of it" : "not part of it"),
                                {{"field", LinePath(i, "product")}, {"product", line->product()}});
    }
    if (priced && available.is_zero() &&
        std::find(prices.begin(), prices.end(), asked_price.ToString()) == prices.end()) {
      return FailedPrecondition(
          "PRICE_NOT_AGREED", terms.source,
          absl::StrCat("the price ", asked_price.ToString(), " was not agreed; agreed: ", absl::StrJoin(prices, ", ")),
          {{"field", LinePath(i, "unit_price")},
           {"price", asked_price.ToString()},
           {"agreed", absl::StrJoin(prices, " ")}});
    }
    if (wanted.sign() > 0) {
      return FailedPrecondition(
          "QUANTITY_NOT_AGREED", terms.source,
          absl::StrCat(line->quantity(), " ordered, ", available.ToString(), " of what was agreed are left"),
          {{"field", LinePath(i, "quantity")}, {"quantity", line->quantity()}, {"left", available.ToString()}});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckProcedure(const OrderProcedure& procedure, const Order& order) {
  const std::string& number = order.purchase_order_number();
  if (procedure.purchase_order_required() && number.empty()) {
    return InvalidField("order.purchase_order_number", "PURCHASE_ORDER_REQUIRED",
                        "this customer's orders carry his own order number", {{"procedure", procedure.name()}});
  }
  if (!number.empty() && !procedure.purchase_order_pattern().empty()) {
    const RE2 pattern(procedure.purchase_order_pattern(), RE2::Quiet);
    if (pattern.ok() && !RE2::FullMatch(number, pattern)) {
      return InvalidField("order.purchase_order_number", "PURCHASE_ORDER_MALFORMED",
                          absl::StrCat("this customer's numbers look like ", procedure.purchase_order_pattern()),
                          {{"pattern", procedure.purchase_order_pattern()}, {"procedure", procedure.name()}});
    }
  }
  if (procedure.minimum_lead_days() > 0 && !order.required_date().empty()) {
    ASSIGN_OR_RETURN(const int64_t days, DaysBetween(order.order_date(), order.required_date()));
    if (days < procedure.minimum_lead_days()) {
      return InvalidField(
          "order.required_date", "LEAD_TIME_TOO_SHORT",
          absl::StrCat("is ", days, " days after the order; agreed are at least ", procedure.minimum_lead_days()),
          {{"days", absl::StrCat(days)}, {"limit", absl::StrCat(procedure.minimum_lead_days())}});
    }
  }
  RETURN_IF_ERROR(CheckNamed("order.ordered_by", "ORDERER_NOT_APPROVED", "may not order for this customer",
                             order.ordered_by(), procedure.approved_orderers()));
  RETURN_IF_ERROR(CheckNamed("order.channel", "CHANNEL_NOT_AGREED", "is no channel agreed with this customer",
                             order.channel(), procedure.channels()));
  return CheckBounds(procedure, order);
}

absl::Status CheckPapers(const OrderProcedure& procedure, const Order& order) {
  std::vector<std::string> missing;
  for (const auto& paper : procedure.papers()) {
    const bool filed = std::any_of(order.papers().begin(), order.papers().end(),
                                   [&](const auto& have) { return have.title() == paper.title(); });
    if (!filed) missing.push_back(paper.title());
  }
  if (missing.empty()) return absl::OkStatus();
  return FailedPrecondition(
      "PAPERS_MISSING", order.name(),
      absl::StrCat("papers that this customer wants with every order are not filed: ", absl::StrJoin(missing, "; ")),
      {{"missing", absl::StrJoin(missing, "; ")}, {"procedure", procedure.name()}});
}

absl::Status ImportOrder(absl::string_view actor, absl::string_view today, Order* order) {
  if (order->order_date().empty()) order->set_order_date(std::string(today));
  RETURN_IF_ERROR(CheckDates(*order));
  RETURN_IF_ERROR(ComputeOrder(order));
  if (order->state() == order::v1::ORDER_STATE_REVIEWED || order->state() == order::v1::ORDER_STATE_RELEASED) {
    return InvalidField("order.state", "ORDER_STATE_NOT_IMPORTABLE",
                        "was reviewed elsewhere and has no issue note here: bring it as ENTERED and review it",
                        {{"value", order::v1::OrderState_Name(order->state())}});
  }
  if (order->state() == order::v1::ORDER_STATE_UNSPECIFIED) order->set_state(order::v1::ORDER_STATE_ENTERED);
  order->set_history(true);
  order->set_enterer(std::string(actor));
  return absl::OkStatus();
}

absl::StatusOr<Decimal> WantedQuantity(const OrderLine& line) {
  ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(line.quantity(), "quantity"));
  ASSIGN_OR_RETURN(const Decimal closed, QuantityOf(line.closed_quantity(), "closed_quantity"));
  return Subtract(quantity, closed);
}

absl::StatusOr<Decimal> PayableTotal(const Order& order) {
  ASSIGN_OR_RETURN(const Decimal total, AmountIn(order.total(), order.currency(), "total"));
  ASSIGN_OR_RETURN(const Decimal closed, AmountIn(order.closed_total(), order.currency(), "closed_total"));
  return Subtract(total, closed);
}

absl::Status CheckNothingDelivered(const Order& order) {
  for (const OrderLine& line : order.lines()) {
    ASSIGN_OR_RETURN(const Decimal delivered, QuantityOf(line.delivered_quantity(), "delivered_quantity"));
    ASSIGN_OR_RETURN(const Decimal invoiced, QuantityOf(line.invoiced_quantity(), "invoiced_quantity"));
    if (delivered.is_zero() && invoiced.is_zero()) continue;
    return FailedPrecondition("ORDER_DELIVERED", order.name(),
                              absl::StrCat("line ", line.line_number(), ": ", delivered.ToString(), " delivered, ",
                                           invoiced.ToString(), " invoiced; close the rest short instead"),
                              {{"line", absl::StrCat(line.line_number())},
                               {"delivered", delivered.ToString()},
                               {"invoiced", invoiced.ToString()}});
  }
  return absl::OkStatus();
}

absl::StatusOr<Decimal> CloseShort(absl::string_view reason, Order* order) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(order->currency(), "order.currency"));
  Order closed = *order;
  bool delivered_any = false, open_any = false;
  Decimal kept;  // What will be invoiced in all, as the invoices of the delivered quantities add up.
  for (OrderLine& line : *closed.mutable_lines()) {
    ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(line.quantity(), "quantity"));
    ASSIGN_OR_RETURN(const Decimal wanted, WantedQuantity(line));
    ASSIGN_OR_RETURN(const Decimal delivered, QuantityOf(line.delivered_quantity(), "delivered_quantity"));
    delivered_any = delivered_any || !delivered.is_zero();
    open_any = open_any || delivered < wanted;
    ASSIGN_OR_RETURN(const Decimal rest, Subtract(quantity, delivered));
    if (!rest.is_zero()) line.set_closed_quantity(rest.ToString());
    for (const google::type::Money* whole : {&line.amount(), &line.tax()}) {
      ASSIGN_OR_RETURN(const Decimal amount, AmountIn(*whole, order->currency(), "amount"));
      ASSIGN_OR_RETURN(const Decimal share, ShareOfLine(amount, delivered, quantity, currency.minor_unit()));
      ASSIGN_OR_RETURN(kept, Add(kept, share));
    }
  }
  if (!delivered_any) {
    return FailedPrecondition("NOTHING_DELIVERED", order->name(),
                              "nothing of the order was accepted: cancel it instead of closing it short");
  }
  if (!open_any) return FailedPrecondition("NOTHING_OPEN", order->name(), "everything was delivered");
  ASSIGN_OR_RETURN(const Decimal total, AmountIn(order->total(), order->currency(), "total"));
  ASSIGN_OR_RETURN(const Decimal before, AmountIn(order->closed_total(), order->currency(), "closed_total"));
  ASSIGN_OR_RETURN(const Decimal closed_total, Subtract(total, kept));
  SetAmount(closed_total, order->currency(), closed.mutable_closed_total());
  closed.set_close_reason(std::string(reason));
  *order = std::move(closed);
  return Subtract(closed_total, before);
}

absl::Status CheckPaymentGate(const Order& order, Decimal paid_on_invoices) {
  ASSIGN_OR_RETURN(const Decimal payable, PayableTotal(order));
  ASSIGN_OR_RETURN(const Decimal prepaid, AmountIn(order.prepaid(), order.currency(), "prepaid"));
  ASSIGN_OR_RETURN(const Decimal received, Add(prepaid, paid_on_invoices));
  if (received >= payable) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Decimal missing, Subtract(payable, received));
  return FailedPrecondition(
      "PAYMENT_MISSING", order.name(),
      absl::StrCat("money first, then the goods: ", AmountText(payable, order.currency()), " payable, ",
                   AmountText(received, order.currency()), " received, ", AmountText(missing, order.currency()),
                   " missing; holders of order.override_release may decide otherwise"),
      {{"payable", payable.ToString()},
       {"received", received.ToString()},
       {"missing", missing.ToString()},
       {"currency", order.currency()},
       {"overridableBy", "order.override_release"}});
}

absl::Status CheckChangeable(const Order& before, const Order& after) {
  order::v1::OrderState state = before.state();
  if (state == order::v1::ORDER_STATE_ON_HOLD) state = before.state_before();
  // An order of the past that was brought ON_HOLD goes back to ENTERED.
  if (state != order::v1::ORDER_STATE_UNSPECIFIED && state != order::v1::ORDER_STATE_ENTERED &&
      state != order::v1::ORDER_STATE_REVIEWED) {
    return FailedPrecondition(
        "ORDER_FROZEN", before.name(), "a released order is not changed",
        {{"state", order::v1::OrderState_Name(before.state())}, {"stateBefore", order::v1::OrderState_Name(state)}});
  }
  const auto frozen = [&](const std::string& field) {
    return FailedPrecondition("ORDER_FROZEN", before.name(),
                              "day and lines of an order are not changed; cancel it and enter another one",
                              {{"field", field}});
  };
  if (before.order_date() != after.order_date()) return frozen("order.order_date");
  if (before.lines_size() != after.lines_size()) return frozen("order.lines");
  for (int i = 0; i < before.lines_size(); ++i) {
    if (before.lines(i).SerializeAsString() != after.lines(i).SerializeAsString()) {
      return frozen(absl::StrCat("order.lines[", i, "]"));
    }
  }
  return absl::OkStatus();
}

bool ReviewStillHolds(const Order& before, const Order& after) {
  if (before.purchase_order_number() != after.purchase_order_number() || before.ordered_by() != after.ordered_by() ||
      before.channel() != after.channel() || before.required_date() != after.required_date()) {
    return false;
  }
  return std::all_of(before.papers().begin(), before.papers().end(), [&](const auto& filed) {
    return std::any_of(after.papers().begin(), after.papers().end(), [&](const auto& paper) {
      return paper.title() == filed.title() && paper.document() == filed.document();
    });
  });
}

void TakeBackReview(Order* order) {
  if (order->state() == order::v1::ORDER_STATE_ON_HOLD) {
    order->set_state_before(order::v1::ORDER_STATE_ENTERED);
  } else {
    order->set_state(order::v1::ORDER_STATE_ENTERED);
  }
  order->clear_reviewer();
  order->clear_review_time();
  order->clear_issue_note();
}

absl::Status CheckReviewed(const Order& order) {
  if (!order.issue_note().empty()) return absl::OkStatus();
  return FailedPrecondition("ORDER_NOT_REVIEWED", order.name(),
                            "goods go out on the issue note of a review; the order has none",
                            {{"state", order::v1::OrderState_Name(order.state())}});
}

absl::Status ReviewOrder(absl::string_view actor, absl::Time now, Order* order) {
  RETURN_IF_ERROR(CheckOtherPerson(order->name(), actor, order->enterer(), "entered the order"));
  order->set_reviewer(std::string(actor));
  const timespec spec = absl::ToTimespec(now);
  order->mutable_review_time()->set_seconds(spec.tv_sec);
  order->mutable_review_time()->set_nanos(static_cast<int32_t>(spec.tv_nsec));
  return absl::OkStatus();
}

void Unsettle(Order* order) {
  if (order->state() == order::v1::ORDER_STATE_SETTLED) order->set_state(order::v1::ORDER_STATE_DELIVERED);
}

void TakeBackPaidRelease(absl::string_view why, Order* order) {
  if (order->release_basis() != order::v1::RELEASE_BASIS_PAID) return;
  const bool held =
      order->state() == order::v1::ORDER_STATE_ON_HOLD && order->state_before() == order::v1::ORDER_STATE_RELEASED;
  if (order->state() != order::v1::ORDER_STATE_RELEASED && !held) return;
  if (held) {
    order->set_state_before(order::v1::ORDER_STATE_REVIEWED);
  } else {
    order->set_state(order::v1::ORDER_STATE_REVIEWED);
    order->set_state_reason(std::string(why));
  }
  order->clear_release_basis();
  order->clear_releaser();
  order->clear_release_time();
}

absl::StatusOr<bool> FullyInvoiced(const Order& order) {
  for (const OrderLine& line : order.lines()) {
    ASSIGN_OR_RETURN(const Decimal quantity, WantedQuantity(line));
    ASSIGN_OR_RETURN(const Decimal invoiced, QuantityOf(line.invoiced_quantity(), "invoiced_quantity"));
    if (quantity != invoiced) return false;
  }
  return true;
}

absl::StatusOr<Decimal> InvoicedTotal(const Order& order) {
  Decimal sum;
  for (const OrderLine& line : order.lines()) {
    ASSIGN_OR_RETURN(const Decimal net, AmountIn(line.invoiced(), order.currency(), "invoiced"));
    ASSIGN_OR_RETURN(const Decimal tax, AmountIn(line.invoiced_tax(), order.currency(), "invoiced_tax"));
    ASSIGN_OR_RETURN(sum, Add(sum, net));
    ASSIGN_OR_RETURN(sum, Add(sum, tax));
  }
  return sum;
}

}  // namespace kam::contract::rules

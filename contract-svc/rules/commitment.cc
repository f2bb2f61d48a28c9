#include "contract-svc/rules/commitment.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/contract_lines.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract::rules {
namespace {

using order::v1::Order;
using order::v1::OrderLine;

constexpr int kUnitScale = 6;

// Goods of the order may have left: it was released here, or it is history of another system in such a state.
bool IsReleased(const Order& order) {
  switch (order.state()) {
    case order::v1::ORDER_STATE_RELEASED:
    case order::v1::ORDER_STATE_SHIPPED:
    case order::v1::ORDER_STATE_DELIVERED:
    case order::v1::ORDER_STATE_SETTLED:
    case order::v1::ORDER_STATE_DISPUTED:
    case order::v1::ORDER_STATE_RESOLVED:
      return true;
    default:
      return order.release_basis() != order::v1::RELEASE_BASIS_UNSPECIFIED;
  }
}

absl::StatusOr<Decimal> ToUnit(const Commitment& commitment, Decimal quantity, Decimal unit_price) {
  if (!commitment.by_value) return quantity;
  return Multiply(quantity, unit_price, kUnitScale);
}

absl::StatusOr<Decimal> Difference(const Commitment& commitment, Decimal unit_price, Decimal before, Decimal after) {
  ASSIGN_OR_RETURN(const Decimal was, ToUnit(commitment, before, unit_price));
  ASSIGN_OR_RETURN(const Decimal is, ToUnit(commitment, after, unit_price));
  return Subtract(is, was);
}

absl::StatusOr<Decimal> Limit(const Commitment& commitment) {
  ASSIGN_OR_RETURN(const Decimal tolerance, MultiplyDivide(commitment.committed, commitment.tolerance_percent,
                                                           Decimal::FromInt(100), kUnitScale));
  return Add(commitment.committed, tolerance);
}

}  // namespace

absl::StatusOr<Decimal> PromisedBy(const v1::Contract& contract, const v1::ContractLine& line) {
  if (line.commitment_basis() == v1::COMMITMENT_BASIS_VALUE) {
    return AmountIn(line.amount(), contract.currency(), "amount");
  }
  return QuantityOf(line.quantity(), "quantity");
}

absl::StatusOr<Decimal> Drawn(const Commitment& commitment) {
  ASSIGN_OR_RETURN(Decimal sum, Add(commitment.reserved, commitment.released));
  ASSIGN_OR_RETURN(sum, Add(sum, commitment.invoiced));
  return Subtract(sum, commitment.returned);
}

absl::StatusOr<Decimal> Left(const Commitment& commitment) {
  ASSIGN_OR_RETURN(const Decimal limit, Limit(commitment));
  ASSIGN_OR_RETURN(const Decimal drawn, Drawn(commitment));
  return Subtract(limit, drawn);
}

absl::StatusOr<AgreedTerms> TermsOn(const v1::Contract& contract, const Commitments& commitments,
                                    absl::string_view day) {
  AgreedTerms terms;
  terms.source = contract.name();
  terms.currency = contract.currency();
  v1::ContractPayment payment = contract.payment();
  terms.terms_days = contract.terms_days();
  for (const v1::ContractVersion& version : contract.versions()) {
    if (absl::string_view(version.valid_from()) > day) continue;
    payment = version.payment();
    terms.terms_days = version.terms_days();
  }
  terms.credit = payment == v1::CONTRACT_PAYMENT_CREDIT;
  for (const v1::ContractLine& line : contract.lines()) {
    const auto ledger = commitments.find(line.line_number());
    if (line.gift() || ledger == commitments.end()) continue;
    ASSIGN_OR_RETURN(const Decimal drawn, Drawn(ledger->second));
    terms.sold = terms.sold || drawn.sign() > 0;
  }
  for (const int root : Roots(contract)) {
    const v1::ContractLine* line = LineOn(contract, root, day);
    if (line == nullptr) {
      for (const v1::ContractLine& any : contract.lines()) {
        if (any.line_number() != root) continue;
        const v1::ContractLine* last = LastOf(contract, root);
        terms.resting[{any.product(), any.gift()}] =
            last == nullptr ? "it was withdrawn"
                            : absl::StrCat("its line ", last->line_number(), " runs from ",
                                           PeriodOf(contract, *last).start, " to ", PeriodOf(contract, *last).end);
      }
      continue;
    }
    const auto found = commitments.find(root);
    if (found == commitments.end()) return Internal(absl::StrCat("no commitment for line ", root));
    AgreedLine agreed;
    agreed.product = line->product();
    agreed.line_number = root;
    agreed.gift = line->gift();
    ASSIGN_OR_RETURN(agreed.unit_price, AmountIn(line->unit_price(), contract.currency(), "unit_price"));
    Commitment commitment = found->second;
    // A change that was agreed for a later day does not let more be ordered before it.
    ASSIGN_OR_RETURN(const Decimal committed, PromisedBy(contract, *line));
    commitment.committed = std::min(commitment.committed, committed);
    ASSIGN_OR_RETURN(Decimal left, Left(commitment));
    if (commitment.by_value && agreed.unit_price.sign() > 0) {
      // Whole pieces of 0.000001 that the money pays for.
      ASSIGN_OR_RETURN(Decimal pieces, Divide(left, agreed.unit_price, kUnitScale));
      ASSIGN_OR_RETURN(const Decimal value, Multiply(pieces, agreed.unit_price, kUnitScale));
      if (value > left) {
        ASSIGN_OR_RETURN(pieces, Subtract(pieces, *Decimal::FromUnscaled(1000)));
      }
      left = pieces;
    }
    if (!commitment.by_value && line->has_amount()) {
      ASSIGN_OR_RETURN(const Decimal amount, AmountIn(line->amount(), contract.currency(), "amount"));
      ASSIGN_OR_RETURN(const Decimal whole, QuantityOf(line->quantity(), "quantity"));
      RETURN_IF_ERROR(SetAgreedAmount(amount, whole, contract.currency(), &agreed));
      ASSIGN_OR_RETURN(agreed.taken, Drawn(commitment));
    }
    agreed.quantity = std::max(left, Decimal());
    terms.lines.push_back(std::move(agreed));
  }
  return terms;
}

absl::StatusOr<std::vector<Draw>> ShareOut(const AgreedTerms& terms, const Order& order, bool history) {
  std::vector<Draw> draws;
  std::vector<Decimal> left;
  for (const AgreedLine& agreed : terms.lines) left.push_back(agreed.quantity);
  for (const OrderLine& line : order.lines()) {
    ASSIGN_OR_RETURN(const Decimal price, AmountIn(line.unit_price(), order.currency(), "unit_price"));
    ASSIGN_OR_RETURN(Decimal wanted, WantedQuantity(line));
    const auto take = [&](const AgreedLine& agreed, Decimal quantity) {
      for (Draw& draw : draws) {
        if (draw.order_line != line.line_number() || draw.line_number != agreed.line_number) continue;
        const absl::StatusOr<Decimal> sum = Add(draw.quantity, quantity);
        if (sum.ok()) draw.quantity = *sum;
        return;
      }
      Draw draw;
      draw.order_line = line.line_number();
      draw.line_number = agreed.line_number;
      draw.unit_price = price;
      draw.quantity = quantity;
      draws.push_back(draw);
    };
    for (size_t i = 0; i < terms.lines.size() && wanted.sign() > 0; ++i) {
      const AgreedLine& agreed = terms.lines[i];
      if (agreed.product != line.product() || agreed.gift != line.gift() || agreed.unit_price != price ||
          left[i].sign() <= 0) {
        continue;
      }
      const Decimal taken = std::min(wanted, left[i]);
      take(agreed, taken);
      ASSIGN_OR_RETURN(left[i], Subtract(left[i], taken));
      ASSIGN_OR_RETURN(wanted, Subtract(wanted, taken));
    }
    if (wanted.sign() <= 0) continue;
    const auto same = std::find_if(terms.lines.begin(), terms.lines.end(), [&](const AgreedLine& agreed) {
      return agreed.product == line.product() && agreed.gift == line.gift();
    });
    if (history) {
      if (same != terms.lines.end()) take(*same, wanted);
      continue;
    }
    return FailedPrecondition("COMMITMENT_EXCEEDED", terms.source,
                              absl::StrCat("line ", line.line_number(), ": ", wanted.ToString(),
                                           " more than is left of what was promised at ", price.ToString()),
                              {{"line", absl::StrCat(line.line_number())}, {"beyond", wanted.ToString()}});
  }
  return draws;
}

absl::Status PlaceDraws(const Order& order, std::vector<Draw>* draws) {
  const bool cancelled = order.state() == order::v1::ORDER_STATE_CANCELLED;
  for (const OrderLine& line : order.lines()) {
    ASSIGN_OR_RETURN(Decimal invoiced, QuantityOf(line.invoiced_quantity(), "invoiced_quantity"));
    ASSIGN_OR_RETURN(Decimal wanted, WantedQuantity(line));
    for (Draw& draw : *draws) {
      if (draw.order_line != line.line_number()) continue;
      const Decimal held = std::min(wanted, draw.quantity);
      ASSIGN_OR_RETURN(wanted, Subtract(wanted, held));
      draw.invoiced = cancelled ? Decimal() : std::min(invoiced, held);
      ASSIGN_OR_RETURN(invoiced, Subtract(invoiced, draw.invoiced));
      ASSIGN_OR_RETURN(const Decimal rest, Subtract(held, draw.invoiced));
      draw.reserved = cancelled || IsReleased(order) ? Decimal() : rest;
      draw.released = !cancelled && IsReleased(order) ? rest : Decimal();
    }
  }
  return absl::OkStatus();
}

bool DrawsMayDiffer(const Order& before, const Order& after) {
  const auto cancelled = [](const Order& order) { return order.state() == order::v1::ORDER_STATE_CANCELLED; };
  if (before.contract() != after.contract() || cancelled(before) != cancelled(after) ||
      IsReleased(before) != IsReleased(after) || before.lines_size() != after.lines_size()) {
    return true;
  }
  for (int i = 0; i < before.lines_size(); ++i) {
    if (before.lines(i).invoiced_quantity() != after.lines(i).invoiced_quantity() ||
        before.lines(i).closed_quantity() != after.lines(i).closed_quantity() ||
        before.lines(i).quantity() != after.lines(i).quantity()) {
      return true;
    }
  }
  return false;
}

absl::StatusOr<Movement> CountDraw(absl::string_view contract, const Draw& before, const Draw& after, bool history,
                                   Commitment* commitment) {
  const Decimal price = after.unit_price;
  Movement movement;
  ASSIGN_OR_RETURN(movement.reserved, Difference(*commitment, price, before.reserved, after.reserved));
  ASSIGN_OR_RETURN(movement.released, Difference(*commitment, price, before.released, after.released));
  ASSIGN_OR_RETURN(movement.invoiced, Difference(*commitment, price, before.invoiced, after.invoiced));
  ASSIGN_OR_RETURN(movement.returned, Difference(*commitment, price, before.returned, after.returned));
  ASSIGN_OR_RETURN(const Decimal drawn_before, Drawn(*commitment));
  Commitment counted = *commitment;
  ASSIGN_OR_RETURN(counted.reserved, Add(counted.reserved, movement.reserved));
  ASSIGN_OR_RETURN(counted.released, Add(counted.released, movement.released));
  ASSIGN_OR_RETURN(counted.invoiced, Add(counted.invoiced, movement.invoiced));
  ASSIGN_OR_RETURN(counted.returned, Add(counted.returned, movement.returned));
  for (const Decimal part : {counted.reserved, counted.released, counted.invoiced, counted.returned}) {
    if (part.sign() < 0) return Internal(absl::StrCat("line ", after.line_number, ": the ledger would be negative"));
  }
  ASSIGN_OR_RETURN(const Decimal drawn, Drawn(counted));
  ASSIGN_OR_RETURN(const Decimal limit, Limit(counted));
  if (!history && drawn > drawn_before && drawn > limit) {
    ASSIGN_OR_RETURN(const Decimal asked, Subtract(drawn, drawn_before));
    return FailedPrecondition(
        "COMMITMENT_EXCEEDED", contract,
        absl::StrCat("line ", after.line_number, ": ", drawn_before.ToString(), " of ", counted.committed.ToString(),
                     " are drawn and ", counted.tolerance_percent.ToString(), " % more allowed, ", asked.ToString(),
                     " asked; an amendment may change the quantity"),
        {{"line", absl::StrCat(after.line_number)},
         {"committed", counted.committed.ToString()},
         {"tolerancePercent", counted.tolerance_percent.ToString()},
         {"drawn", drawn_before.ToString()},
         {"asked", asked.ToString()}});
  }
  *commitment = counted;
  return movement;
}

absl::Status CheckReturnable(absl::string_view order, int order_line, Decimal returnable, Decimal quantity) {
  if (quantity <= returnable) return absl::OkStatus();
  return FailedPrecondition(
      "RETURN_EXCEEDS_DELIVERY", order,
      absl::StrCat("line ", order_line, ": ", returnable.ToString(), " were delivered and are not back, ",
                   quantity.ToString(), " said to have come back"),
      {{"line", absl::StrCat(order_line)}, {"returnable", returnable.ToString()}, {"quantity", quantity.ToString()}});
}

absl::Status TakeBack(absl::string_view order, int order_line, Decimal delivered, Decimal quantity,
                      std::vector<Draw>* draws) {
  Decimal returnable = delivered;
  bool known = false;
  for (const Draw& draw : *draws) {
    if (draw.order_line != order_line) continue;
    known = true;
    ASSIGN_OR_RETURN(returnable, Subtract(returnable, draw.returned));
  }
  if (!known) {
    return InvalidField("order_line_number", "ORDER_LINE_UNKNOWN",
                        absl::StrCat("line ", order_line, " of the order draws on no commitment of this contract"),
                        {{"line", absl::StrCat(order_line)}});
  }
  RETURN_IF_ERROR(CheckReturnable(order, order_line, returnable, quantity));
  for (Draw& draw : *draws) {
    if (draw.order_line != order_line) continue;
    ASSIGN_OR_RETURN(const Decimal out, Add(draw.released, draw.invoiced));
    ASSIGN_OR_RETURN(const Decimal left, Subtract(out, draw.returned));
    const Decimal taken = std::min(quantity, left);
    ASSIGN_OR_RETURN(draw.returned, Add(draw.returned, taken));
    ASSIGN_OR_RETURN(quantity, Subtract(quantity, taken));
  }
  return absl::OkStatus();
}

absl::Status UndoTakeBack(absl::string_view order, int order_line, Decimal quantity, std::vector<Draw>* draws) {
  for (auto draw = draws->rbegin(); draw != draws->rend(); ++draw) {
    if (draw->order_line != order_line) continue;
    const Decimal taken = std::min(quantity, draw->returned);
    ASSIGN_OR_RETURN(draw->returned, Subtract(draw->returned, taken));
    ASSIGN_OR_RETURN(quantity, Subtract(quantity, taken));
  }
  if (quantity.is_zero()) return absl::OkStatus();
  return Internal(absl::StrCat(quantity.ToString(), " of line ", order_line, " of ", order, " never came back"));
}

}  // namespace kam::contract::rules

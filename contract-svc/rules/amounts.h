// Amounts inside rules: exact decimals of one currency that the caller keeps beside them.
#ifndef KAM_CONTRACT_SVC_RULES_AMOUNTS_H_
#define KAM_CONTRACT_SVC_RULES_AMOUNTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace google::type {
class Money;
}  // namespace google::type

namespace kam::contract::rules {

// Amounts of resources have at most four digits after the dot (DECIMAL(19,4)).
inline constexpr int kAmountScale = 4;

// The amount of `money`, which must be in `currency`: CURRENCY_MISMATCH naming `field` and both currencies. Money that
// was never set is zero.
absl::StatusOr<Decimal> AmountIn(const google::type::Money& money, absl::string_view currency, absl::string_view field);

void SetAmount(Decimal amount, absl::string_view currency, google::type::Money* money);

// A quantity or percentage field; empty is zero.
absl::StatusOr<Decimal> QuantityOf(const std::string& text, absl::string_view field);

// "CNY 120.50": for messages.
std::string AmountText(Decimal amount, absl::string_view currency);

// Quantity x price, rounded half-up to the minor unit of the currency.
absl::StatusOr<Decimal> LineAmount(Decimal unit_price, Decimal quantity, absl::string_view currency);

// The share of `whole` that belongs to `part` of `quantity`, in minor units; the whole of it for the whole quantity.
// Shares up to growing parts add up to the whole to the last cent.
absl::StatusOr<Decimal> ShareOfLine(Decimal whole, Decimal part, Decimal quantity, int minor_unit);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_AMOUNTS_H_

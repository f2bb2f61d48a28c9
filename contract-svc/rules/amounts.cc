#include "contract-svc/rules/amounts.h"

#include "absl/strings/str_cat.h"
#include "common/money/money.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "google/type/money.pb.h"

namespace kam::contract::rules {

absl::StatusOr<Decimal> AmountIn(const google::type::Money& money, absl::string_view currency,
                                 absl::string_view field) {
  if (money.currency_code().empty() && money.units() == 0 && money.nanos() == 0) return Decimal();
  ASSIGN_OR_RETURN(const Money parsed, FromProto(money, field));
  if (parsed.currency().code() != currency) {
    return InvalidField(field, "CURRENCY_MISMATCH",
                        absl::StrCat("is in ", parsed.currency().code(), ", must be in ", currency),
                        {{"currency", money.currency_code()}, {"expected", std::string(currency)}});
  }
  return parsed.amount();
}

void SetAmount(Decimal amount, absl::string_view currency, google::type::Money* money) {
  const Decimal::Unscaled units = amount.unscaled() / Decimal::kUnit;
  money->set_units(static_cast<int64_t>(units));
  money->set_nanos(static_cast<int32_t>(amount.unscaled() - units * Decimal::kUnit));
  money->set_currency_code(std::string(currency));
}

absl::StatusOr<Decimal> QuantityOf(const std::string& text, absl::string_view field) {
  if (text.empty()) return Decimal();
  return Decimal::Parse(text, field);
}

std::string AmountText(Decimal amount, absl::string_view currency) {
  const absl::StatusOr<Currency> parsed = Currency::Parse(currency);
  return parsed.ok() ? Money(amount, *parsed).ToString() : amount.ToString();
}

absl::StatusOr<Decimal> LineAmount(Decimal unit_price, Decimal quantity, absl::string_view currency) {
  ASSIGN_OR_RETURN(const Currency parsed, Currency::Parse(currency, "currency"));
  ASSIGN_OR_RETURN(const Money amount, Multiply(Money(unit_price, parsed), quantity));
  return amount.amount();
}

absl::StatusOr<Decimal> ShareOfLine(Decimal whole, Decimal part, Decimal quantity, int minor_unit) {
  if (part == quantity) return whole;
  return MultiplyDivide(whole, part, quantity, minor_unit);
}

}  // namespace kam::contract::rules

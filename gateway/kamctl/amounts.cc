#include "gateway/kamctl/amounts.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::ctl {

absl::StatusOr<Decimal> AmountOf(const Json& money) {
  if (!money.is_object()) {
    if (money.is_null()) return Decimal();
    return Internal("an amount is not an object");
  }
  const int64_t units = CountOf(money, "units");
  const int64_t nanos = CountOf(money, "nanos");
  return Decimal::FromUnscaled(Decimal::Unscaled{units} * Decimal::kUnit + nanos);
}

std::string CurrencyOf(const Json& money) { return money.is_object() ? money.value("currencyCode", "") : ""; }

std::string TwoDigits(const Json& money) {
  const absl::StatusOr<Decimal> amount = AmountOf(money);
  return amount.ok() ? amount->ToFixed(2) : "?";
}

absl::StatusOr<Json> MoneyOf(absl::string_view amount, absl::string_view currency) {
  ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(amount, "amount"));
  Json money = {{"currencyCode", std::string(currency)},
                {"units", absl::StrCat(static_cast<int64_t>(value.unscaled() / Decimal::kUnit))}};
  if (const auto nanos = static_cast<int32_t>(value.unscaled() % Decimal::kUnit); nanos != 0) money["nanos"] = nanos;
  return money;
}

int64_t CountOf(const Json& object, const char* member) {
  if (!object.is_object() || !object.contains(member)) return 0;
  const Json& value = object[member];
  int64_t count = 0;
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_string() && absl::SimpleAtoi(value.get<std::string>(), &count)) return count;
  return 0;
}

}  // namespace kam::ctl

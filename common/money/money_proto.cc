#include "common/money/money_proto.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "google/type/money.pb.h"

namespace kam {

absl::StatusOr<Money> FromProto(const google::type::Money& proto, absl::string_view field) {
  constexpr int32_t kNanosMax = 999'999'999;
  if (proto.nanos() > kNanosMax || proto.nanos() < -kNanosMax) {
    return InvalidField(absl::StrCat(field, ".nanos"), "MONEY_MALFORMED",
                        absl::StrCat("nanos ", proto.nanos(), " are not within -999999999 to 999999999"),
                        {{"nanos", absl::StrCat(proto.nanos())}});
  }
  if ((proto.units() > 0 && proto.nanos() < 0) || (proto.units() < 0 && proto.nanos() > 0)) {
    return InvalidField(absl::StrCat(field, ".nanos"), "MONEY_MALFORMED",
                        absl::StrCat("units ", proto.units(), " and nanos ", proto.nanos(), " must have the same sign"),
                        {{"units", absl::StrCat(proto.units())}, {"nanos", absl::StrCat(proto.nanos())}});
  }
  ASSIGN_OR_RETURN(Currency currency, Currency::Parse(proto.currency_code(), absl::StrCat(field, ".currency_code")));
  absl::StatusOr<Decimal> amount = Decimal::FromUnscaled(proto.units() * Decimal::kUnit + proto.nanos());
  if (!amount.ok()) {
    return InvalidField(absl::StrCat(field, ".units"), "DECIMAL_OUT_OF_RANGE",
                        absl::StrCat("units ", proto.units(), " have more than 18 digits"),
                        {{"units", absl::StrCat(proto.units())}, {"integerDigitsMax", "18"}});
  }
  return Money(*amount, currency);
}

void ToProto(const Money& money, google::type::Money* proto) {
  // Division of integers cuts towards zero, so both parts carry the sign of the amount.
  proto->set_units(static_cast<int64_t>(money.amount().unscaled() / Decimal::kUnit));
  proto->set_nanos(static_cast<int32_t>(money.amount().unscaled() % Decimal::kUnit));
  proto->set_currency_code(std::string(money.currency().code()));
}

}  // namespace kam

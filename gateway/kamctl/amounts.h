// Amounts as the gateway writes them: {"currencyCode": "CNY", "units": "12", "nanos": 340000000}.
#ifndef KAM_GATEWAY_KAMCTL_AMOUNTS_H_
#define KAM_GATEWAY_KAMCTL_AMOUNTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"
#include "gateway/kamctl/http.h"

namespace kam::ctl {

// The amount of a money value; an absent or empty one is zero. INTERNAL when it is not a money value.
absl::StatusOr<Decimal> AmountOf(const Json& money);
// Currency of a money value; empty when it has none.
std::string CurrencyOf(const Json& money);
// Exactly two digits after the point; "0.00" for an absent value.
std::string TwoDigits(const Json& money);
// A money value to send. `amount` must be a decimal number with at most nine digits after the point.
absl::StatusOr<Json> MoneyOf(absl::string_view amount, absl::string_view currency);

// A whole number that JSON writes as text; zero when it is absent.
int64_t CountOf(const Json& object, const char* member);

}  // namespace kam::ctl

#endif  // KAM_GATEWAY_KAMCTL_AMOUNTS_H_

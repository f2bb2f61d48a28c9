// Money to and from google.type.Money (units + nanos).
#ifndef KAM_COMMON_MONEY_MONEY_PROTO_H_
#define KAM_COMMON_MONEY_MONEY_PROTO_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/money.h"

namespace google::type {
class Money;
}  // namespace google::type

namespace kam {

// MONEY_MALFORMED when nanos are beyond +-999,999,999 or units and nanos differ in sign, DECIMAL_OUT_OF_RANGE for
// more than 18 digits of units, CURRENCY_MALFORMED; the errors name `field`, for example "contract.amount".
absl::StatusOr<Money> FromProto(const google::type::Money& proto, absl::string_view field);
void ToProto(const Money& money, google::type::Money* proto);

}  // namespace kam

#endif  // KAM_COMMON_MONEY_MONEY_PROTO_H_

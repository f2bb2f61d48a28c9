// What happens to an open item besides payment: promises, disputes, write-offs (C-32). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_RECEIVABLE_ITEM_H_
#define KAM_CONTRACT_SVC_RULES_RECEIVABLE_ITEM_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace google::type {
class Money;
}
namespace kam::receivable::v1 {
class ReceivableItem;
}

namespace kam::contract::rules {

// Where an item stands by what it says: nothing open is PAID or, when something of it was given up, WRITTEN_OFF; then
// DISPUTED, PROMISED, PARTIALLY_PAID, OPEN. What is disputed or proposed is never more than what is open. A cancelled
// item stays as it is.
absl::Status PlaceItem(receivable::v1::ReceivableItem* item);

// A promise whose day has passed, and one that stands and is put off to a later day, is counted as broken.
// PROMISE_DATE_INVALID: in the past, or after `latest`.
absl::Status PromiseItem(absl::string_view today, absl::string_view latest, absl::string_view promised_date,
                         absl::string_view promiser, receivable::v1::ReceivableItem* item);
// The promised day has passed and something is open: the promise is gone and counted. False: nothing was broken.
absl::StatusOr<bool> BreakPromise(absl::string_view today, receivable::v1::ReceivableItem* item);

// REASON_REQUIRED, AMOUNT_EXCEEDS_OPEN.
absl::Status DisputeItem(const google::type::Money& amount, absl::string_view reason, absl::string_view actor,
                         receivable::v1::ReceivableItem* item);
// REASON_REQUIRED, RECEIVABLE_NOT_DISPUTED.
absl::Status SettleItemDispute(absl::string_view reason, receivable::v1::ReceivableItem* item);

// REASON_REQUIRED, AMOUNT_EXCEEDS_OPEN.
absl::Status ProposeWriteOff(const google::type::Money& amount, absl::string_view reason, absl::string_view actor,
                             receivable::v1::ReceivableItem* item);
// How much is given up; 0 when it is refused. SEPARATION_OF_DUTIES, WRITE_OFF_MISSING.
absl::StatusOr<Decimal> DecideWriteOff(bool approve, absl::string_view actor, receivable::v1::ReceivableItem* item);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_RECEIVABLE_ITEM_H_

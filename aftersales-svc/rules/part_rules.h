// Custody of returned parts (S-16): a ledger of movements in which nothing leaves a place that was not in it. Pure
// functions.
#ifndef KAM_AFTERSALES_SVC_RULES_PART_RULES_H_
#define KAM_AFTERSALES_SVC_RULES_PART_RULES_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/money/decimal.h"
#include "kam/claim/v1/claim_policy.pb.h"
#include "kam/claim/v1/returned_part.pb.h"
#include "kam/claim/v1/warranty_claim.pb.h"

namespace kam::aftersales::rules {

namespace wv1 = ::kam::claim::v1;

// How much lies where.
using Custody = std::map<wv1::CustodyPlace, Decimal>;
absl::StatusOr<Custody> CustodyOf(const wv1::ReturnedPart& part);

struct Movement {
  wv1::CustodyKind kind = wv1::CUSTODY_KIND_UNSPECIFIED;
  wv1::CustodyPlace from = wv1::CUSTODY_PLACE_UNSPECIFIED;
  wv1::CustodyPlace to = wv1::CUSTODY_PLACE_UNSPECIFIED;
  std::optional<std::string> quantity;  // All that is there when not given.
  std::string evidence, remark, actor;
};
// Adds the movement and brings state and `back` up to date. QUANTITY_NOT_THERE names the place, what is there (FOUND:
// what was lost there) and what was asked for; EVENTS_TOO_MANY.
absl::Status Move(const Movement& movement, wv1::ClaimDirection direction, absl::Time now, wv1::ReturnedPart* part);

// Asks for the part of a claim. PART_NOT_DUE_BACK, CLAIM_NOT_OPEN; PART_QUANTITY_EXCEEDED: `asked_before` is what was
// asked back of the item already.
absl::Status RequestPart(const wv1::WarrantyClaim& claim, Decimal asked_before, absl::string_view actor, absl::Time now,
                         wv1::ReturnedPart* part);
// CLAIM_NOT_REJECTED unless the claim, or its item, was refused; filing the claim changes nothing of that.
absl::Status CheckGiveBack(const wv1::WarrantyClaim& claim, const wv1::ReturnedPart& part);
// Looked at where it lies: with the manufacturer, otherwise in the store. QUANTITY_NOT_THERE.
absl::Status Inspect(absl::string_view condition, absl::string_view evidence, absl::string_view actor,
                     wv1::ClaimDirection direction, absl::Time now, wv1::ReturnedPart* part);
// PART_NOT_OUTSTANDING when all has come.
absl::Status Waive(absl::string_view reason, absl::string_view actor, absl::Time now, wv1::ReturnedPart* part);
// PART_FROZEN.
absl::Status CheckPartUpdate(const wv1::ReturnedPart& before);
// PART_SERIAL_SINGLE: a serial number names one piece.
absl::Status CheckSerial(const wv1::ReturnedPart& part);

// What came to and left a place in a time. opening + came - left = closing.
struct PlaceFlow {
  Decimal opening, came, left, closing;
};
// Adds all movements from one place to another: `before` the time, `within` it. By place.
absl::Status AddFlow(wv1::CustodyPlace from, wv1::CustodyPlace to, Decimal before, Decimal within,
                     std::map<int, PlaceFlow>* flows);

// A part that changed its state is on a new leg that is over at `due`; what was late stays on record as late. One that
// is lost, and found again, is still on the leg on which it was lost.
void StartLeg(wv1::PartState before, std::optional<absl::Time> due, absl::Time now, wv1::ReturnedPart* part);
// When the leg the part is on now must be over; none: no limit, or nothing is outstanding.
std::optional<absl::Time> LegDue(const wv1::ReturnedPart& part, wv1::ClaimDirection direction,
                                 const wv1::ClaimPolicy& policy, absl::Time now);

}  // namespace kam::aftersales::rules

#endif  // KAM_AFTERSALES_SVC_RULES_PART_RULES_H_

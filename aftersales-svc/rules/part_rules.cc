#include "aftersales-svc/rules/part_rules.h"

#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/claim_once.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/status/status.h"

namespace kam::aftersales::rules {
namespace {

constexpr int kEventsMax = 200;

Decimal At(const Custody& custody, wv1::CustodyPlace place) {
  const auto it = custody.find(place);
  return it == custody.end() ? Decimal() : it->second;
}

// How much of what is lost may turn up at `place`: what was lost there, in the store also what was lost on the way.
absl::StatusOr<Decimal> ToFind(const wv1::ReturnedPart& part, wv1::CustodyPlace place) {
  std::map<wv1::CustodyPlace, Decimal> lost;
  for (const wv1::CustodyEvent& event : part.events()) {
    if (event.kind() != wv1::CUSTODY_KIND_LOST && event.kind() != wv1::CUSTODY_KIND_FOUND) continue;
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(event.quantity(), "quantity"));
    if (event.kind() == wv1::CUSTODY_KIND_LOST) {
      ASSIGN_OR_RETURN(lost[event.place_from()], Add(lost[event.place_from()], quantity));
      continue;
    }
    ASSIGN_OR_RETURN(lost[event.place_to()], Subtract(lost[event.place_to()], quantity));
    if (event.place_to() != wv1::CUSTODY_PLACE_STORE || lost[wv1::CUSTODY_PLACE_STORE].sign() >= 0) continue;
    // More was found in the store than was lost there: the rest had been lost on the way.
    ASSIGN_OR_RETURN(lost[wv1::CUSTODY_PLACE_TRANSIT],
                     Add(lost[wv1::CUSTODY_PLACE_TRANSIT], lost[wv1::CUSTODY_PLACE_STORE]));
    lost[wv1::CUSTODY_PLACE_STORE] = Decimal();
  }
  if (place != wv1::CUSTODY_PLACE_STORE) return lost[place];
  return Add(lost[wv1::CUSTODY_PLACE_STORE], lost[wv1::CUSTODY_PLACE_TRANSIT]);
}

absl::Status NotThere(wv1::CustodyPlace place, Decimal there, Decimal asked) {
  const std::string name = wv1::CustodyPlace_Name(place).substr(sizeof("CUSTODY_PLACE_") - 1);
  return Error(absl::StatusCode::kFailedPrecondition, "QUANTITY_NOT_THERE",
               absl::StrCat(there.ToString(), " of the part lie at ", name, ", ", asked.ToString(), " were asked for"),
               {{"place", name}, {"there", there.ToString()}, {"asked", asked.ToString()}});
}

absl::Status AddEvent(const Movement& movement, std::optional<Decimal> quantity, absl::Time now,
                      wv1::ReturnedPart* part) {
  if (part->events_size() >= kEventsMax) {
    return Error(absl::StatusCode::kFailedPrecondition, "EVENTS_TOO_MANY",
                 absl::StrCat("the part has ", kEventsMax, " custody events, the most it may have"),
                 {{"limit", absl::StrCat(kEventsMax)}});
  }
  wv1::CustodyEvent* event = part->add_events();
  event->set_kind(movement.kind);
  *event->mutable_event_time() = ToTimestamp(now);
  event->set_place_from(movement.from);
  event->set_place_to(movement.to);
  if (quantity.has_value()) event->set_quantity(quantity->ToString());
  event->set_evidence(movement.evidence);
  event->set_actor(movement.actor);
  event->set_remark(movement.remark);
  return absl::OkStatus();
}

// What must have come for the claim: into our store when the customer claims, to the manufacturer when we do. What was
// moved on or scrapped after it had come stays come.
absl::StatusOr<Decimal> CameBack(const wv1::ReturnedPart& part, wv1::ClaimDirection direction) {
  const wv1::CustodyKind kind =
      direction == wv1::CLAIM_DIRECTION_MANUFACTURER ? wv1::CUSTODY_KIND_ARRIVED : wv1::CUSTODY_KIND_RECEIVED;
  Decimal sum;
  for (const wv1::CustodyEvent& event : part.events()) {
    if (event.kind() != kind) continue;
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(event.quantity(), "quantity"));
    ASSIGN_OR_RETURN(sum, Add(sum, quantity));
  }
  return sum;
}

bool WasInspected(const wv1::ReturnedPart& part) {
  // An inspection holds until more of the part arrives.
  for (int i = part.events_size() - 1; i >= 0; --i) {
    if (part.events(i).kind() == wv1::CUSTODY_KIND_INSPECTED) return true;
    if (part.events(i).kind() == wv1::CUSTODY_KIND_ARRIVED) return false;
  }
  return false;
}

absl::Status Update(wv1::ClaimDirection direction, wv1::ReturnedPart* part) {
  ASSIGN_OR_RETURN(const Custody custody, CustodyOf(*part));
  const auto some = [&custody](wv1::CustodyPlace place) { return !At(custody, place).is_zero(); };
  if (some(wv1::CUSTODY_PLACE_CUSTOMER)) {
    part->set_state(wv1::PART_STATE_REQUESTED);
  } else if (some(wv1::CUSTODY_PLACE_STORE)) {
    part->set_state(wv1::PART_STATE_IN_STORE);
  } else if (some(wv1::CUSTODY_PLACE_TRANSIT)) {
    part->set_state(wv1::PART_STATE_SHIPPED);
  } else if (some(wv1::CUSTODY_PLACE_NOWHERE)) {
    part->set_state(wv1::PART_STATE_LOST);
  } else if (some(wv1::CUSTODY_PLACE_MANUFACTURER)) {
    part->set_state(WasInspected(*part) ? wv1::PART_STATE_INSPECTED : wv1::PART_STATE_ARRIVED);
  } else if (some(wv1::CUSTODY_PLACE_GIVEN_BACK)) {
    part->set_state(wv1::PART_STATE_GIVEN_BACK);
  } else {
    part->set_state(wv1::PART_STATE_SCRAPPED);
  }
  ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(part->quantity(), "quantity"));
  ASSIGN_OR_RETURN(const Decimal came, CameBack(*part, direction));
  part->set_back(came >= quantity);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Custody> CustodyOf(const wv1::ReturnedPart& part) {
  Custody custody;
  for (const wv1::CustodyEvent& event : part.events()) {
    if (event.place_from() == event.place_to()) continue;
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(event.quantity(), "quantity"));
    if (event.place_from() != wv1::CUSTODY_PLACE_UNSPECIFIED) {
      ASSIGN_OR_RETURN(custody[event.place_from()], Subtract(custody[event.place_from()], quantity));
    }
    if (event.place_to() != wv1::CUSTODY_PLACE_UNSPECIFIED) {
      ASSIGN_OR_RETURN(custody[event.place_to()], Add(custody[event.place_to()], quantity));
    }
  }
  return custody;
}

absl::Status Move(const Movement& movement, wv1::ClaimDirection direction, absl::Time now, wv1::ReturnedPart* part) {
  ASSIGN_OR_RETURN(const Custody custody, CustodyOf(*part));
  Decimal there = At(custody, movement.from);
  if (movement.kind == wv1::CUSTODY_KIND_FOUND) {
    ASSIGN_OR_RETURN(there, ToFind(*part, movement.to));
  }
  Decimal quantity = there;
  if (movement.quantity.has_value()) {
    ASSIGN_OR_RETURN(quantity, Decimal::Parse(*movement.quantity, "quantity"));
  }
  if (quantity > there || quantity.sign() <= 0) return NotThere(movement.from, there, quantity);
  RETURN_IF_ERROR(AddEvent(movement, quantity, now, part));
  return Update(direction, part);
}

absl::Status CheckGiveBack(const wv1::WarrantyClaim& claim, const wv1::ReturnedPart& part) {
  if (IsItemRefused(claim, part.item())) return absl::OkStatus();
  return FailedPrecondition("CLAIM_NOT_REJECTED", claim.name(), "only the part of what was refused goes back",
                            {{"state", wv1::ClaimState_Name(claim.state())}});
}

absl::Status RequestPart(const wv1::WarrantyClaim& claim, Decimal asked_before, absl::string_view actor, absl::Time now,
                         wv1::ReturnedPart* part) {
  if (claim.state() == wv1::CLAIM_STATE_REJECTED || claim.state() == wv1::CLAIM_STATE_SETTLED ||
      claim.state() == wv1::CLAIM_STATE_ARCHIVED) {
    return FailedPrecondition("CLAIM_NOT_OPEN", claim.name(), "the claim has ended; no part is asked back for it",
                              {{"state", wv1::ClaimState_Name(claim.state())}});
  }
  if (part->item() < 1 || part->item() > claim.items_size() || !claim.items(part->item() - 1).part_due_back()) {
    return InvalidField("returned_part.item", "PART_NOT_DUE_BACK", "names no item of the claim whose part is due back",
                        {{"value", absl::StrCat(part->item())}});
  }
  ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(part->quantity(), "returned_part.quantity"));
  const std::string& due_text = claim.items(part->item() - 1).quantity();
  Decimal due = Decimal::FromInt(1);
  if (!due_text.empty()) {
    ASSIGN_OR_RETURN(due, Decimal::Parse(due_text, "quantity"));
  }
  ASSIGN_OR_RETURN(const Decimal asked, Add(asked_before, quantity));
  if (asked > due) {
    return InvalidField("returned_part.quantity", "PART_QUANTITY_EXCEEDED",
                        absl::StrCat(asked.ToString(), " would be asked back; the item has ", due.ToString()),
                        {{"value", asked.ToString()}, {"limit", due.ToString()}});
  }
  part->set_account(claim.account());
  if (part->part_number().empty()) part->set_part_number(claim.items(part->item() - 1).part_number());
  RETURN_IF_ERROR(AddEvent({wv1::CUSTODY_KIND_REQUESTED, wv1::CUSTODY_PLACE_UNSPECIFIED, wv1::CUSTODY_PLACE_CUSTOMER,
                            std::nullopt, "", "", std::string(actor)},
                           quantity, now, part));
  return Update(claim.direction(), part);
}

absl::Status Inspect(absl::string_view condition, absl::string_view evidence, absl::string_view actor,
                     wv1::ClaimDirection direction, absl::Time now, wv1::ReturnedPart* part) {
  ASSIGN_OR_RETURN(const Custody custody, CustodyOf(*part));
  wv1::CustodyPlace place = wv1::CUSTODY_PLACE_MANUFACTURER;
  if (At(custody, place).is_zero()) place = wv1::CUSTODY_PLACE_STORE;
  const Decimal there = At(custody, place);
  if (there.is_zero()) return NotThere(place, there, Decimal::FromInt(1));
  part->set_condition(std::string(condition));
  RETURN_IF_ERROR(AddEvent({wv1::CUSTODY_KIND_INSPECTED, place, place, std::nullopt, std::string(evidence),
                            std::string(condition), std::string(actor)},
                           there, now, part));
  return Update(direction, part);
}

absl::Status Waive(absl::string_view reason, absl::string_view actor, absl::Time now, wv1::ReturnedPart* part) {
  if (part->back() || part->waived()) {
    return FailedPrecondition("PART_NOT_OUTSTANDING", part->name(), "the part does not hold the claim back");
  }
  part->set_waived(true);
  return AddEvent({wv1::CUSTODY_KIND_WAIVED, wv1::CUSTODY_PLACE_UNSPECIFIED, wv1::CUSTODY_PLACE_UNSPECIFIED,
                   std::nullopt, "", std::string(reason), std::string(actor)},
                  std::nullopt, now, part);
}

absl::Status CheckSerial(const wv1::ReturnedPart& part) {
  if (part.serial().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(part.quantity(), "returned_part.quantity"));
  if (quantity == Decimal::FromInt(1)) return absl::OkStatus();
  return InvalidField("returned_part.serial", "PART_SERIAL_SINGLE",
                      absl::StrCat("names one piece; ", quantity.ToString(), " are asked back"),
                      {{"quantity", quantity.ToString()}});
}

absl::Status CheckPartUpdate(const wv1::ReturnedPart& before) {
  if (before.events_size() <= 1) return absl::OkStatus();
  return FailedPrecondition("PART_FROZEN", before.name(), "the tag of a part that has moved does not change any more");
}

absl::Status AddFlow(wv1::CustodyPlace from, wv1::CustodyPlace to, Decimal before, Decimal within,
                     std::map<int, PlaceFlow>* flows) {
  if (from == to) return absl::OkStatus();  // Looked at where it lies.
  ASSIGN_OR_RETURN(const Decimal moved, Add(before, within));
  if (from != wv1::CUSTODY_PLACE_UNSPECIFIED) {
    PlaceFlow& flow = (*flows)[from];
    ASSIGN_OR_RETURN(flow.opening, Subtract(flow.opening, before));
    ASSIGN_OR_RETURN(flow.left, Add(flow.left, within));
    ASSIGN_OR_RETURN(flow.closing, Subtract(flow.closing, moved));
  }
  if (to != wv1::CUSTODY_PLACE_UNSPECIFIED) {
    PlaceFlow& flow = (*flows)[to];
    ASSIGN_OR_RETURN(flow.opening, Add(flow.opening, before));
    ASSIGN_OR_RETURN(flow.came, Add(flow.came, within));
    ASSIGN_OR_RETURN(flow.closing, Add(flow.closing, moved));
  }
  return absl::OkStatus();
}

void StartLeg(wv1::PartState before, std::optional<absl::Time> due, absl::Time now, wv1::ReturnedPart* part) {
  if (part->has_due_time() && now > FromTimestamp(part->due_time())) part->set_late(true);
  if (part->state() == wv1::PART_STATE_LOST && !part->back() && !part->waived()) return;
  if (before == wv1::PART_STATE_LOST && part->has_due_time() && due.has_value()) return;
  part->set_overdue(false);
  part->clear_due_time();
  if (due.has_value()) *part->mutable_due_time() = ToTimestamp(*due);
}

std::optional<absl::Time> LegDue(const wv1::ReturnedPart& part, wv1::ClaimDirection direction,
                                 const wv1::ClaimPolicy& policy, absl::Time now) {
  if (part.back() || part.waived()) return std::nullopt;
  int days = 0;
  if (part.state() == wv1::PART_STATE_REQUESTED) {
    days = policy.receive_days();
  } else if (part.state() == wv1::PART_STATE_IN_STORE && direction == wv1::CLAIM_DIRECTION_MANUFACTURER) {
    days = policy.ship_days();
  } else if (part.state() == wv1::PART_STATE_SHIPPED) {
    days = policy.arrive_days();
  }
  if (days == 0) return std::nullopt;
  return ToMicros(now + absl::Hours(24) * days);
}

}  // namespace kam::aftersales::rules

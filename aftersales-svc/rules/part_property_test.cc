// The custody ledger under random sequences of movements: what was asked back is somewhere, at every moment (S-16).
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/part_rules.h"
#include "common/status/status.h"
#include "gtest/gtest.h"

namespace kam::aftersales::rules {
namespace {

constexpr auto kCustomer = wv1::CUSTODY_PLACE_CUSTOMER;
constexpr auto kStore = wv1::CUSTODY_PLACE_STORE;
constexpr auto kTransit = wv1::CUSTODY_PLACE_TRANSIT;
constexpr auto kManufacturer = wv1::CUSTODY_PLACE_MANUFACTURER;
constexpr auto kScrap = wv1::CUSTODY_PLACE_SCRAP;
constexpr auto kNowhere = wv1::CUSTODY_PLACE_NOWHERE;

struct Step {
  wv1::CustodyKind kind;
  wv1::CustodyPlace from;
  wv1::CustodyPlace to;
};

// Every movement a verb makes.
const std::vector<Step>& Steps() {
  static const auto* steps = new std::vector<Step>{
      {wv1::CUSTODY_KIND_RECEIVED, kCustomer, kStore},
      {wv1::CUSTODY_KIND_SHIPPED, kStore, kTransit},
      {wv1::CUSTODY_KIND_ARRIVED, kTransit, kManufacturer},
      {wv1::CUSTODY_KIND_SCRAPPED, kStore, kScrap},
      {wv1::CUSTODY_KIND_SCRAPPED, kManufacturer, kScrap},
      {wv1::CUSTODY_KIND_LOST, kCustomer, kNowhere},
      {wv1::CUSTODY_KIND_LOST, kStore, kNowhere},
      {wv1::CUSTODY_KIND_LOST, kTransit, kNowhere},
      {wv1::CUSTODY_KIND_GIVEN_BACK, kStore, wv1::CUSTODY_PLACE_GIVEN_BACK},
      {wv1::CUSTODY_KIND_FOUND, kNowhere, kCustomer},
      {wv1::CUSTODY_KIND_FOUND, kNowhere, kStore},
      {wv1::CUSTODY_KIND_FOUND, kNowhere, kTransit},
  };
  return *steps;
}

// In thousandths of a piece.
std::string Thousandths(int64_t count) {
  return absl::StrCat(count / 1000, ".", count % 1000 / 100, count % 100 / 10, count % 10);
}
int64_t Count(Decimal quantity) { return static_cast<int64_t>(quantity.unscaled() / (Decimal::kUnit / 1000)); }

// The ledger, kept in whole numbers.
struct Ledger {
  std::map<wv1::CustodyPlace, int64_t> at;
  std::map<wv1::CustodyPlace, int64_t> lost;  // By the place it went from.
  int64_t came_to_store = 0, came_to_manufacturer = 0;

  // What may be found again there: what was lost there, and in the store what was lost on the way.
  int64_t ToFind(wv1::CustodyPlace place) { return place == kStore ? lost[kStore] + lost[kTransit] : lost[place]; }
  int64_t There(const Step& step) { return step.from == kNowhere ? ToFind(step.to) : at[step.from]; }
  void Move(const Step& step, int64_t count) {
    at[step.from] -= count;
    at[step.to] += count;
    if (step.to == kNowhere) lost[step.from] += count;
    if (step.from == kNowhere) {
      const int64_t here = std::min(count, lost[step.to]);
      lost[step.to] -= here;
      if (step.to == kStore) lost[kTransit] -= count - here;
    }
    if (step.kind == wv1::CUSTODY_KIND_RECEIVED) came_to_store += count;
    if (step.kind == wv1::CUSTODY_KIND_ARRIVED) came_to_manufacturer += count;
  }
};

// S-16
TEST(PartPropertyTest, WhatWasAskedBackIsSomewhereAtEveryMoment) {
  rc::check([] {
    const auto direction = *rc::gen::element(wv1::CLAIM_DIRECTION_CUSTOMER, wv1::CLAIM_DIRECTION_MANUFACTURER);
    const int64_t whole = *rc::gen::inRange<int64_t>(1, 20000);
    wv1::WarrantyClaim claim;
    claim.set_direction(direction);
    claim.set_state(wv1::CLAIM_STATE_APPLIED);
    claim.add_items()->set_part_due_back(true);
    claim.mutable_items(0)->set_quantity(Thousandths(whole));
    wv1::ReturnedPart part;
    part.set_item(1);
    part.set_quantity(Thousandths(whole));
    RC_ASSERT(RequestPart(claim, Decimal(), "employees/1", absl::UnixEpoch(), &part).ok());
    Ledger ledger;
    ledger.at[kCustomer] = whole;
    const int steps = *rc::gen::inRange(0, 30);
    for (int i = 0; i < steps; ++i) {
      const Step step = *rc::gen::elementOf(Steps());
      Movement movement;
      movement.kind = step.kind;
      movement.from = step.from;
      movement.to = step.to;
      movement.actor = "employees/1";
      int64_t count = ledger.There(step);
      if (*rc::gen::arbitrary<bool>()) {
        count = *rc::gen::inRange<int64_t>(0, whole + 2);
        movement.quantity = Thousandths(count);
      }
      const std::string before = part.SerializeAsString();
      const absl::Status moved = Move(movement, direction, absl::UnixEpoch() + absl::Minutes(i), &part);
      const bool possible = count > 0 && count <= ledger.There(step);
      RC_ASSERT(moved.ok() == possible);
      if (!possible) {
        RC_ASSERT(Reason(moved) == "QUANTITY_NOT_THERE");
        RC_ASSERT(part.SerializeAsString() == before);
        continue;
      }
      ledger.Move(step, count);
      const auto custody = CustodyOf(part);
      RC_ASSERT(custody.ok());
      int64_t sum = 0;
      for (const auto& [place, quantity] : *custody) {
        RC_ASSERT(Count(quantity) == ledger.at[place]);
        RC_ASSERT(Count(quantity) >= 0);
        sum += Count(quantity);
      }
      RC_ASSERT(sum == whole);
      const int64_t came =
          direction == wv1::CLAIM_DIRECTION_MANUFACTURER ? ledger.came_to_manufacturer : ledger.came_to_store;
      RC_ASSERT(part.back() == (came >= whole));
      RC_ASSERT(came <= whole);
      RC_ASSERT((part.state() == wv1::PART_STATE_SCRAPPED) == (ledger.at[kScrap] == whole));
    }
  });
}

// S-16: the same part received, lost, found and received again does not come back twice.
TEST(PartPropertyTest, APartThatWasFoundCountsOnce) {
  wv1::WarrantyClaim claim;
  claim.set_direction(wv1::CLAIM_DIRECTION_CUSTOMER);
  claim.set_state(wv1::CLAIM_STATE_APPLIED);
  claim.add_items()->set_part_due_back(true);
  claim.mutable_items(0)->set_quantity("2");
  wv1::ReturnedPart part;
  part.set_item(1);
  part.set_quantity("2");
  ASSERT_TRUE(RequestPart(claim, Decimal(), "employees/1", absl::UnixEpoch(), &part).ok());
  const auto move = [&](wv1::CustodyKind kind, wv1::CustodyPlace from, wv1::CustodyPlace to, const char* quantity) {
    Movement movement{kind, from, to, std::nullopt, "", "", "employees/1"};
    if (quantity != nullptr) movement.quantity = quantity;
    return Move(movement, claim.direction(), absl::UnixEpoch(), &part);
  };
  ASSERT_TRUE(move(wv1::CUSTODY_KIND_RECEIVED, kCustomer, kStore, "1").ok());
  ASSERT_TRUE(move(wv1::CUSTODY_KIND_LOST, kStore, kNowhere, nullptr).ok());
  EXPECT_EQ(Reason(move(wv1::CUSTODY_KIND_FOUND, kNowhere, kCustomer, "1")), "QUANTITY_NOT_THERE")
      << "the customer did not lose it";
  ASSERT_TRUE(move(wv1::CUSTODY_KIND_FOUND, kNowhere, kStore, nullptr).ok());
  EXPECT_FALSE(part.back()) << "one of two";
  ASSERT_TRUE(move(wv1::CUSTODY_KIND_RECEIVED, kCustomer, kStore, nullptr).ok());
  EXPECT_TRUE(part.back());
}

}  // namespace
}  // namespace kam::aftersales::rules

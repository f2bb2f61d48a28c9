// Custody of returned parts through the service (S-16).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "aftersales-svc/testing/claims.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/claim/v1/claim_policy_service.pb.h"

namespace kam::aftersales::testing {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;
using ::testing::StartsWith;

class PartServiceTest : public ::testing::Test {
 protected:
  std::string ManufacturerClaim() {
    return AppraisedClaim(world_, NewClaim(world_.NewAccount(), wv1::CLAIM_DIRECTION_MANUFACTURER));
  }
  void SetDays(int receive, int ship, int arrive) {
    wv1::CreateClaimPolicyRequest request;
    wv1::ClaimPolicy* policy = request.mutable_claim_policy();
    policy->set_effective_date("2025-01-01");
    *policy->mutable_decision_threshold() = Cny("10000");
    policy->set_receive_days(receive);
    policy->set_ship_days(ship);
    policy->set_arrive_days(arrive);
    EXPECT_THAT(world_.Call<wv1::ClaimPolicy>("SVD", "kam.claim.v1.ClaimPolicyService/CreateClaimPolicy", request),
                IsOk());
  }
  wv1::ReturnedPart Get(const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    const auto part = world_.Call<wv1::ReturnedPart>("WH", absl::StrCat(kParts, "GetReturnedPart"), request);
    EXPECT_THAT(part, IsOk());
    return part.value_or(wv1::ReturnedPart());
  }

  World& world_ = World::Fresh();
};

// S-16
TEST_F(PartServiceTest, APartGoesFromTheCustomerToTheManufacturer) {
  const std::string claim = ManufacturerClaim();
  ASSERT_THAT(Decide(world_, claim, {"full", "full"}), IsOk());
  const auto part = RequestPart(world_, claim, 1, "2");
  ASSERT_THAT(part, IsOk());
  EXPECT_THAT(part->number(), StartsWith("RP2026-")) << "the tag";
  EXPECT_EQ(part->state(), wv1::PART_STATE_REQUESTED);
  EXPECT_EQ(part->part_number(), "B-77");
  const std::string& name = part->name();
  const auto received = Receive(world_, name);
  ASSERT_THAT(received, IsOk());
  EXPECT_EQ(received->state(), wv1::PART_STATE_IN_STORE);
  EXPECT_EQ(received->storage_place(), "shelf 4");
  EXPECT_FALSE(received->back()) << "the manufacturer must get it";
  ASSERT_THAT(Ship(world_, name), IsOk());
  EXPECT_THAT(Settle(world_, claim), HasReason("PART_MISSING"));
  const auto arrived = Arrive(world_, name);
  ASSERT_THAT(arrived, IsOk());
  EXPECT_EQ(arrived->state(), wv1::PART_STATE_ARRIVED);
  EXPECT_TRUE(arrived->back());
  EXPECT_EQ(GetClaim(world_, claim).state(), wv1::CLAIM_STATE_PART_RETURNED);
  wv1::InspectReturnedPartRequest inspect;
  inspect.set_name(name);
  inspect.set_condition("dry bearing");
  const auto inspected = world_.Call<wv1::ReturnedPart>("QI", absl::StrCat(kParts, "InspectReturnedPart"), inspect);
  ASSERT_THAT(inspected, IsOk());
  EXPECT_EQ(inspected->state(), wv1::PART_STATE_INSPECTED);
  wv1::ScrapReturnedPartRequest scrap;
  scrap.set_place(wv1::CUSTODY_PLACE_MANUFACTURER);
  scrap.set_reason("useless");
  const auto scrapped = Move(world_, "ScrapReturnedPart", name, "", scrap);
  ASSERT_THAT(scrapped, IsOk());
  EXPECT_EQ(scrapped->state(), wv1::PART_STATE_SCRAPPED);
  EXPECT_TRUE(scrapped->back());
  ASSERT_EQ(scrapped->events_size(), 6);
  EXPECT_EQ(scrapped->events(2).place_from(), wv1::CUSTODY_PLACE_STORE);
  EXPECT_EQ(scrapped->events(2).evidence(), "waybill 17");
  EXPECT_EQ(scrapped->events(2).actor(), world_.Name("CL"));
  ASSERT_THAT(Settle(world_, claim), IsOk());
}

// S-16: nothing leaves a place that was not in it; nothing arrives twice.
TEST_F(PartServiceTest, QuantitiesAreConserved) {
  const std::string claim = ManufacturerClaim();
  const std::string name = RequestPart(world_, claim, 1, "2")->name();
  const auto early = Ship(world_, name);
  EXPECT_THAT(early, HasReason("QUANTITY_NOT_THERE"));
  EXPECT_EQ(MetadataValue(early.status(), "place"), "STORE");
  ASSERT_THAT(Receive(world_, name, "1.5"), IsOk());
  EXPECT_THAT(Receive(world_, name, "0.6"), HasReason("QUANTITY_NOT_THERE"));
  EXPECT_THAT(Ship(world_, name, "1.501"), HasReason("QUANTITY_NOT_THERE"));
  ASSERT_THAT(Ship(world_, name, "1"), IsOk());
  ASSERT_THAT(Arrive(world_, name), IsOk());
  EXPECT_THAT(Arrive(world_, name), HasReason("QUANTITY_NOT_THERE")) << "cannot arrive twice";
  const wv1::ReturnedPart part = Get(name);
  EXPECT_EQ(part.state(), wv1::PART_STATE_REQUESTED) << "0.5 are still with the customer";
  EXPECT_FALSE(part.back());
}

// S-16
TEST_F(PartServiceTest, OnlyPartsOfTheClaimThatAreDueBackAreAskedFor) {
  const std::string claim = ManufacturerClaim();
  EXPECT_THAT(RequestPart(world_, claim, 2), HasReason("PART_NOT_DUE_BACK")) << "labour";
  EXPECT_THAT(RequestPart(world_, claim, 3), HasReason("PART_NOT_DUE_BACK"));
  ASSERT_THAT(RequestPart(world_, claim, 1, "1.5"), IsOk());
  const auto more = RequestPart(world_, claim, 1, "0.501");
  EXPECT_THAT(more, HasReason("PART_QUANTITY_EXCEEDED"));
  EXPECT_EQ(MetadataValue(more.status(), "limit"), "2");
  ASSERT_THAT(RequestPart(world_, claim, 1, "0.5"), IsOk());
  ASSERT_THAT(Decide(world_, claim, {"none", "none"}), IsOk());
  EXPECT_THAT(RequestPart(world_, claim, 1), HasReason("CLAIM_NOT_OPEN"));
}

// S-15, S-16: a lost part holds the claim back until the service manager waives it.
TEST_F(PartServiceTest, ALostPartBlocksUntilItIsWaived) {
  const std::string claim = ManufacturerClaim();
  ASSERT_THAT(Decide(world_, claim, {"full", "full"}), IsOk());
  const std::string name = RequestPart(world_, claim, 1, "2")->name();
  ASSERT_THAT(Receive(world_, name), IsOk());
  EXPECT_THAT(Lose(world_, name, wv1::CUSTODY_PLACE_MANUFACTURER), HasReason("FIELD_VALUE_UNKNOWN"));
  const auto lost = Lose(world_, name, wv1::CUSTODY_PLACE_STORE);
  ASSERT_THAT(lost, IsOk());
  EXPECT_EQ(lost->state(), wv1::PART_STATE_LOST);
  EXPECT_THAT(Settle(world_, claim), HasReason("PART_MISSING"));
  EXPECT_THAT(Waive(world_, name, "CL"), HasReason("PERMISSION_DENIED"));
  ASSERT_THAT(Waive(world_, name), IsOk());
  EXPECT_THAT(Waive(world_, name), HasReason("PART_NOT_OUTSTANDING"));
  EXPECT_EQ(GetClaim(world_, claim).state(), wv1::CLAIM_STATE_PART_RETURNED);
  EXPECT_THAT(Settle(world_, claim), IsOk());
}

// S-16: a lost part that turns up goes on from where it was.
TEST_F(PartServiceTest, ALostPartIsFoundWhereItWasLost) {
  const std::string claim = ManufacturerClaim();
  ASSERT_THAT(Decide(world_, claim, {"full", "full"}), IsOk());
  const std::string name = RequestPart(world_, claim, 1, "2")->name();
  ASSERT_THAT(Receive(world_, name), IsOk());
  ASSERT_THAT(Ship(world_, name), IsOk());
  ASSERT_THAT(Lose(world_, name, wv1::CUSTODY_PLACE_TRANSIT), IsOk());
  const auto find = [&](wv1::CustodyPlace place, const std::string& quantity = "") {
    wv1::RecordReturnedPartFoundRequest request;
    request.set_place(place);
    request.set_reason("the carrier found the box");
    return Move(world_, "RecordReturnedPartFound", name, quantity, request);
  };
  EXPECT_THAT(find(wv1::CUSTODY_PLACE_MANUFACTURER), HasReason("FIELD_VALUE_UNKNOWN"));
  EXPECT_THAT(find(wv1::CUSTODY_PLACE_CUSTOMER), HasReason("QUANTITY_NOT_THERE")) << "it was not lost there";
  ASSERT_THAT(find(wv1::CUSTODY_PLACE_STORE, "0.5"), IsOk()) << "brought back to us";
  const auto found = find(wv1::CUSTODY_PLACE_TRANSIT);
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->state(), wv1::PART_STATE_IN_STORE);
  EXPECT_THAT(find(wv1::CUSTODY_PLACE_TRANSIT), HasReason("QUANTITY_NOT_THERE"));
  ASSERT_THAT(Ship(world_, name), IsOk());
  const auto arrived = Arrive(world_, name);
  ASSERT_THAT(arrived, IsOk());
  EXPECT_TRUE(arrived->back());
  EXPECT_EQ(GetClaim(world_, claim).state(), wv1::CLAIM_STATE_PART_RETURNED);
}

// S-16, P-16: what came in and went out in a week, and what lies where, add up; everybody sees what is in reach.
TEST_F(PartServiceTest, TheSummaryOfComingsAndGoingsAddsUp) {
  const std::string mine = RequestPart(world_, ManufacturerClaim(), 1, "2")->name();
  const std::string foreign =
      RequestPart(world_, AppraisedClaim(world_, NewClaim(world_.NewAccount("KAX@2"))), 1, "1")->name();
  ASSERT_THAT(Receive(world_, mine, "1.5"), IsOk());
  ASSERT_THAT(Receive(world_, foreign), IsOk());
  world_.SetTime("2026-01-12 09:00");
  ASSERT_THAT(Receive(world_, mine, "0.5"), IsOk());
  ASSERT_THAT(Ship(world_, mine, "1.2"), IsOk());
  ASSERT_THAT(Lose(world_, mine, wv1::CUSTODY_PLACE_STORE, "0.3"), IsOk());
  wv1::SummarizeReturnedPartsRequest request;
  request.mutable_from_time()->set_seconds(absl::ToUnixSeconds(World::At("2026-01-12 00:00")));
  request.mutable_until_time()->set_seconds(absl::ToUnixSeconds(World::At("2026-01-19 00:00")));
  const auto rows = [&](const std::string& who) {
    const auto answer =
        world_.Call<wv1::SummarizeReturnedPartsResponse>(who, absl::StrCat(kParts, "SummarizeReturnedParts"), request);
    EXPECT_THAT(answer, IsOk());
    std::vector<std::string> shown;
    if (!answer.ok()) return shown;
    for (const wv1::CustodySummary& row : answer->rows()) {
      shown.push_back(absl::StrCat(wv1::CustodyPlace_Name(row.place()).substr(sizeof("CUSTODY_PLACE_") - 1), " ",
                                   row.opening(), " +", row.came(), " -", row.left(), " = ", row.closing()));
    }
    return shown;
  };
  EXPECT_THAT(rows("CL"), ::testing::ElementsAre("CUSTOMER 0.5 +0 -0.5 = 0", "STORE 2.5 +0.5 -1.5 = 1.5",
                                                 "TRANSIT 0 +1.2 -0 = 1.2", "NOWHERE 0 +0.3 -0 = 0.3"));
  EXPECT_THAT(rows("KAM@2"), ::testing::ElementsAre("CUSTOMER 0 +0 -0 = 0", "STORE 1 +0 -0 = 1"));
  request.set_direction(wv1::CLAIM_DIRECTION_CUSTOMER);
  EXPECT_THAT(rows("WH"), ::testing::ElementsAre("CUSTOMER 0 +0 -0 = 0", "STORE 1 +0 -0 = 1"));
  *request.mutable_until_time() = request.from_time();
  EXPECT_THAT(
      world_.Call<wv1::SummarizeReturnedPartsResponse>("CL", absl::StrCat(kParts, "SummarizeReturnedParts"), request),
      HasReason("PERIOD_INVALID"));
}

// S-16: one piece with a serial number is due back for one open claim.
TEST_F(PartServiceTest, ASerialNumberIsOnePieceInOnePlace) {
  const auto request_part = [&](const std::string& claim, const std::string& quantity) {
    wv1::CreateReturnedPartRequest request;
    wv1::ReturnedPart* part = request.mutable_returned_part();
    part->set_claim(claim);
    part->set_item(1);
    part->set_description("old bearing");
    part->set_quantity(quantity);
    part->set_serial("S-77");
    return world_.Call<wv1::ReturnedPart>("CL", absl::StrCat(kParts, "CreateReturnedPart"), request);
  };
  const std::string claim = ManufacturerClaim();
  EXPECT_THAT(request_part(claim, "2"), HasReason("PART_SERIAL_SINGLE"));
  ASSERT_THAT(request_part(claim, "1"), IsOk());
  EXPECT_THAT(request_part(claim, "1"), HasReason("PART_SERIAL_IN_USE"));
  EXPECT_THAT(request_part(ManufacturerClaim(), "1"), HasReason("PART_SERIAL_IN_USE"));
  EXPECT_THAT(request_part(AppraisedClaim(world_, NewClaim(world_.NewAccount())), "1"), IsOk())
      << "the customer's claim follows the same piece on its own leg";
  ASSERT_THAT(Decide(world_, claim, {"none", "none"}), IsOk());
  EXPECT_THAT(request_part(ManufacturerClaim(), "1"), IsOk()) << "the first claim is over";
}

// S-16: each leg has its own deadline.
TEST_F(PartServiceTest, ALateLegIsMarkedAndTheNextOneBegins) {
  SetDays(/*receive=*/7, /*ship=*/3, /*arrive=*/10);
  const std::string claim = ManufacturerClaim();
  const auto part = RequestPart(world_, claim, 1, "2");
  ASSERT_THAT(part, IsOk());
  EXPECT_EQ(World::Show(part->due_time()), "2026-01-12 09:00");
  world_.SetTime("2026-01-12 09:00");
  EXPECT_EQ(world_.RunDue(), 0);
  world_.SetTime("2026-01-12 09:01");
  EXPECT_EQ(world_.RunDue(), 1);
  EXPECT_TRUE(Get(part->name()).overdue());
  const auto received = Receive(world_, part->name());
  ASSERT_THAT(received, IsOk());
  EXPECT_FALSE(received->overdue());
  EXPECT_EQ(World::Show(received->due_time()), "2026-01-15 09:01");
  ASSERT_THAT(Ship(world_, part->name()), IsOk());
  EXPECT_EQ(World::Show(Get(part->name()).due_time()), "2026-01-22 09:01");
  ASSERT_THAT(Arrive(world_, part->name()), IsOk());
  EXPECT_FALSE(Get(part->name()).has_due_time());
  world_.SetTime("2026-03-01 09:00");
  EXPECT_EQ(world_.RunDue(), 0);
}

// S-16: the old part of a refused claim is the customer's.
TEST_F(PartServiceTest, ThePartOfARefusedClaimGoesBackToTheCustomer) {
  const std::string claim = AppraisedClaim(world_, NewClaim(world_.NewAccount()));
  const std::string name = RequestPart(world_, claim, 1, "2")->name();
  ASSERT_THAT(Receive(world_, name), IsOk());
  const auto give_back = [&] {
    return Move<wv1::GiveBackReturnedPartRequest>(world_, "GiveBackReturnedPart", name, "");
  };
  EXPECT_THAT(give_back(), HasReason("CLAIM_NOT_REJECTED"));
  ASSERT_THAT(Decide(world_, claim, {"none", "none"}), IsOk());
  const auto given = give_back();
  ASSERT_THAT(given, IsOk());
  EXPECT_EQ(given->state(), wv1::PART_STATE_GIVEN_BACK);
  EXPECT_THAT(give_back(), HasReason("QUANTITY_NOT_THERE"));
  EXPECT_THAT(Receive(world_, name), HasReason("QUANTITY_NOT_THERE")) << "it does not come twice";
}

// S-16: filing a refused claim does not keep the customer's part here, and a refused item is refused by itself.
TEST_F(PartServiceTest, WhatWasRefusedGoesBackWheneverItIsAskedFor) {
  const auto received = [&](const std::string& claim) {
    const std::string name = RequestPart(world_, claim, 1, "2")->name();
    EXPECT_THAT(Receive(world_, name), IsOk());
    return name;
  };
  const auto give_back = [&](const std::string& name) {
    return Move<wv1::GiveBackReturnedPartRequest>(world_, "GiveBackReturnedPart", name, "");
  };
  const std::string filed = AppraisedClaim(world_, NewClaim(world_.NewAccount()));
  const std::string first = received(filed);
  ASSERT_THAT(Decide(world_, filed, {"none", "none"}), IsOk());
  ASSERT_THAT(Do<wv1::FileWarrantyClaimRequest>(world_, "CL", "FileWarrantyClaim", filed), IsOk());
  EXPECT_THAT(give_back(first), IsOk());
  const std::string partly = AppraisedClaim(world_, NewClaim(world_.NewAccount()));
  const std::string second = received(partly);
  ASSERT_THAT(Decide(world_, partly, {"none", "full"}), IsOk());
  EXPECT_THAT(give_back(second), IsOk());
  const std::string granted = AppraisedClaim(world_, NewClaim(world_.NewAccount()));
  const std::string third = received(granted);
  ASSERT_THAT(Decide(world_, granted, {"full", "none"}), IsOk());
  EXPECT_THAT(give_back(third), HasReason("CLAIM_NOT_REJECTED"));
}

// S-16: to lose a part and find it again gives nobody more time, and what came late stays late.
TEST_F(PartServiceTest, ALostPartKeepsItsDeadline) {
  SetDays(/*receive=*/7, /*ship=*/3, /*arrive=*/10);
  const std::string name = RequestPart(world_, ManufacturerClaim(), 1, "2")->name();
  world_.SetTime("2026-01-12 09:01");
  EXPECT_EQ(world_.RunDue(), 1);
  ASSERT_THAT(Lose(world_, name, wv1::CUSTODY_PLACE_CUSTOMER), IsOk());
  EXPECT_TRUE(Get(name).overdue());
  wv1::RecordReturnedPartFoundRequest found;
  found.set_place(wv1::CUSTODY_PLACE_CUSTOMER);
  found.set_reason("it was in the van");
  const auto again = Move(world_, "RecordReturnedPartFound", name, "", found);
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(again->overdue());
  EXPECT_EQ(World::Show(again->due_time()), "2026-01-12 09:00");
  const auto received = Receive(world_, name);
  ASSERT_THAT(received, IsOk());
  EXPECT_FALSE(received->overdue()) << "the next leg is not";
  EXPECT_TRUE(received->late());
}

// S-16: of two parts asked for at the same time under one serial number the later one does not come.
TEST_F(PartServiceTest, OnePieceComesForOneClaim) {
  const std::string first = RequestPart(world_, ManufacturerClaim(), 1, "1")->name();
  const std::string second = RequestPart(world_, ManufacturerClaim(), 1, "1")->name();
  world_.harness().db().Execute("UPDATE returned_parts SET serial = 'S-88'");  // Neither saw the other.
  EXPECT_THAT(Receive(world_, second), HasReason("PART_SERIAL_IN_USE"));
  EXPECT_THAT(Receive(world_, first), IsOk());
}

// S-16: nobody waits for the part of a refused claim.
TEST_F(PartServiceTest, ThePartOfARefusedClaimIsNotLate) {
  SetDays(/*receive=*/7, /*ship=*/3, /*arrive=*/10);
  const std::string claim = ManufacturerClaim();
  const std::string name = RequestPart(world_, claim, 1, "2")->name();
  ASSERT_THAT(Decide(world_, claim, {"none", "none"}), IsOk());
  world_.SetTime("2026-01-12 09:01");
  EXPECT_EQ(world_.RunDue(), 1);
  EXPECT_FALSE(Get(name).overdue());
  EXPECT_FALSE(Get(name).has_due_time());
}

// S-16
TEST_F(PartServiceTest, ATagIsWrittenOnceThePartHasMoved) {
  const std::string name = RequestPart(world_, ManufacturerClaim(), 1, "1")->name();
  wv1::UpdateReturnedPartRequest request;
  request.mutable_returned_part()->set_name(name);
  request.mutable_returned_part()->set_serial("S-1");
  const auto update = [&] {
    return world_.Call<wv1::ReturnedPart>("CL", absl::StrCat(kParts, "UpdateReturnedPart"), request);
  };
  ASSERT_THAT(update(), IsOk());
  ASSERT_THAT(Receive(world_, name), IsOk());
  request.mutable_returned_part()->set_serial("S-2");
  EXPECT_THAT(update(), HasReason("PART_FROZEN"));
}

// S-16: the same part shipped by several people at the same time.
TEST_F(PartServiceTest, OneOfSeveralShipmentsLeaves) {
  const std::string name = RequestPart(world_, ManufacturerClaim(), 1, "1")->name();
  ASSERT_THAT(Receive(world_, name), IsOk());
  const auth::Principal clerk = world_.As("CL");
  std::atomic<int> won = 0, refused = 0;
  std::vector<std::thread> threads;
  constexpr int kThreads = 5;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      wv1::ShipReturnedPartRequest request;
      request.set_name(name);
      request.set_evidence("waybill");
      const auto answer =
          world_.harness().Call<wv1::ReturnedPart>(clerk, absl::StrCat(kParts, "ShipReturnedPart"), request);
      if (answer.ok()) ++won;
      if (Reason(answer.status()) == "QUANTITY_NOT_THERE") ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, kThreads - 1);
}

// S-16: settling while the last part arrives: settled only when it was there.
TEST_F(PartServiceTest, SettlingAndArrivingAtTheSameTimeNeverSettlesWithoutThePart) {
  for (int round = 0; round < 5; ++round) {
    const std::string claim = ManufacturerClaim();
    ASSERT_THAT(Decide(world_, claim, {"full", "full"}), IsOk());
    const std::string name = RequestPart(world_, claim, 1, "2")->name();
    ASSERT_THAT(Receive(world_, name), IsOk());
    ASSERT_THAT(Ship(world_, name), IsOk());
    const auth::Principal clerk = world_.As("CL"), accountant = world_.As("ACC");
    absl::Status arrived, settled;
    std::thread arrive([&] {
      wv1::RecordReturnedPartArrivalRequest request;
      request.set_name(name);
      request.set_evidence("receipt");
      arrived = world_.harness()
                    .Call<wv1::ReturnedPart>(clerk, absl::StrCat(kParts, "RecordReturnedPartArrival"), request)
                    .status();
    });
    std::thread settle([&] {
      wv1::SettleWarrantyClaimRequest request;
      request.set_name(claim);
      request.set_payer("manufacturer");
      settled = world_.harness()
                    .Call<wv1::WarrantyClaim>(accountant, absl::StrCat(kClaims, "SettleWarrantyClaim"), request)
                    .status();
    });
    arrive.join();
    settle.join();
    EXPECT_THAT(arrived, IsOk());
    const wv1::ClaimState state = GetClaim(world_, claim).state();
    if (settled.ok()) {
      EXPECT_EQ(state, wv1::CLAIM_STATE_SETTLED);
    } else {
      EXPECT_THAT(settled, HasReason("PART_MISSING"));
      EXPECT_EQ(state, wv1::CLAIM_STATE_PART_RETURNED);
    }
  }
}

}  // namespace
}  // namespace kam::aftersales::testing

#include "aftersales-svc/testing/claims.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/strings/str_cat.h"
#include "kam/api/standard.pb.h"

namespace kam::aftersales::testing {
namespace {

wv1::ClaimItemRuling RulingOf(const std::string& text) {
  wv1::ClaimItemRuling ruling;
  if (text == "full") {
    ruling.set_decision(wv1::CLAIM_ITEM_DECISION_APPROVED);
  } else if (text == "none") {
    ruling.set_decision(wv1::CLAIM_ITEM_DECISION_REJECTED);
  } else if (text[0] == '+') {
    ruling.set_decision(wv1::CLAIM_ITEM_DECISION_APPROVED);
    *ruling.mutable_approved() = Cny(text.substr(1));
  } else {
    ruling.set_decision(wv1::CLAIM_ITEM_DECISION_PARTLY_APPROVED);
    *ruling.mutable_approved() = Cny(text);
  }
  return ruling;
}

}  // namespace

wv1::WarrantyClaim NewClaim(const std::string& account, wv1::ClaimDirection direction) {
  wv1::WarrantyClaim claim;
  claim.set_direction(direction);
  claim.set_account(account);
  claim.set_product("Truck axle A3");
  // Another car each time: the same failure is claimed once.
  static std::atomic<int> cars = 0;
  claim.set_serial(absl::StrCat("LSV-", ++cars));
  claim.set_purchase_date("2025-06-01");
  claim.set_failure_date("2026-01-02");
  claim.set_warranty_end("2026-06-01");
  claim.set_fault("bearing seized");
  wv1::ClaimItem* part = claim.add_items();
  part->set_kind(wv1::CLAIM_ITEM_KIND_MATERIAL);
  part->set_description("bearing");
  part->set_part_number("B-77");
  part->set_quantity("2");
  part->set_part_due_back(true);
  *part->mutable_claimed() = Cny("6000");
  wv1::ClaimItem* labour = claim.add_items();
  labour->set_kind(wv1::CLAIM_ITEM_KIND_LABOUR);
  labour->set_description("replacement");
  *labour->mutable_claimed() = Cny("1500.50");
  return claim;
}

absl::StatusOr<wv1::WarrantyClaim> Create(World& world, const wv1::WarrantyClaim& claim, const std::string& who) {
  wv1::CreateWarrantyClaimRequest request;
  *request.mutable_warranty_claim() = claim;
  return world.Call<wv1::WarrantyClaim>(who, absl::StrCat(kClaims, "CreateWarrantyClaim"), request);
}

absl::StatusOr<wv1::WarrantyClaim> AppraiseFirst(World& world, const std::string& name, wv1::AppraisalVerdict verdict,
                                                 const std::string& who) {
  wv1::AppraiseWarrantyClaimFirstRequest request;
  request.set_verdict(verdict);
  request.set_finding("no grease in the bearing");
  request.set_policy_clause("3.2");
  request.set_cause("assembly");
  return Do(world, who, "AppraiseWarrantyClaimFirst", name, request);
}

absl::StatusOr<wv1::WarrantyClaim> AppraiseSecond(World& world, const std::string& name, wv1::AppraisalVerdict verdict,
                                                  const std::string& who) {
  wv1::AppraiseWarrantyClaimSecondRequest request;
  request.set_verdict(verdict);
  request.set_finding("seal intact, no grease");
  request.set_policy_clause("3.2");
  if (verdict != wv1::APPRAISAL_VERDICT_COVERED) request.set_correction("the seal was cut open");
  return Do(world, who, "AppraiseWarrantyClaimSecond", name, request);
}

absl::StatusOr<wv1::WarrantyClaim> GiveOpinion(World& world, const std::string& name, wv1::AppraisalVerdict verdict,
                                               const std::string& who) {
  wv1::RecordWarrantyClaimOpinionRequest request;
  request.set_verdict(verdict);
  request.set_method("microscope");
  request.set_opinion("never greased");
  request.set_file_number("T-2026-9");
  return Do(world, who, "RecordWarrantyClaimOpinion", name, request);
}

absl::StatusOr<wv1::WarrantyClaim> Decide(World& world, const std::string& name,
                                          const std::vector<std::string>& rulings, bool goodwill,
                                          const std::string& who) {
  wv1::DecideWarrantyClaimRequest request;
  request.set_etag(GetClaim(world, name).etag());
  for (const std::string& text : rulings) *request.add_items() = RulingOf(text);
  request.set_goodwill(goodwill);
  request.set_reason("by the policy");
  return Do(world, who, "DecideWarrantyClaim", name, request);
}

absl::StatusOr<wv1::WarrantyClaim> DecideParts(World& world, const std::string& name,
                                               const std::vector<std::string>& rulings) {
  wv1::DecidePartsClaimRequest request;
  request.set_etag(GetClaim(world, name).etag());
  for (const std::string& text : rulings) *request.add_items() = RulingOf(text);
  request.set_reason("by the policy");
  return Do(world, "PTM", "DecidePartsClaim", name, request);
}

absl::StatusOr<wv1::WarrantyClaim> Settle(World& world, const std::string& name, const std::string& amount,
                                          const std::string& who) {
  wv1::SettleWarrantyClaimRequest request;
  if (!amount.empty()) *request.mutable_amount() = Cny(amount);
  request.set_payer("we");
  return Do(world, who, "SettleWarrantyClaim", name, request);
}

std::string AppraisedClaim(World& world, const wv1::WarrantyClaim& claim) {
  const auto created = Create(world, claim);
  EXPECT_TRUE(created.ok()) << created.status();
  if (!created.ok()) return "";
  const auto first = AppraiseFirst(world, created->name());
  EXPECT_TRUE(first.ok()) << first.status();
  const auto second = AppraiseSecond(world, created->name());
  EXPECT_TRUE(second.ok()) << second.status();
  return created->name();
}

wv1::WarrantyClaim GetClaim(World& world, const std::string& name) {
  kam::api::GetRequest request;
  request.set_name(name);
  const auto found = world.Call<wv1::WarrantyClaim>("CL", absl::StrCat(kClaims, "GetWarrantyClaim"), request);
  EXPECT_TRUE(found.ok()) << found.status();
  return found.value_or(wv1::WarrantyClaim());
}

absl::StatusOr<wv1::ReturnedPart> RequestPart(World& world, const std::string& claim, int item,
                                              const std::string& quantity) {
  wv1::CreateReturnedPartRequest request;
  wv1::ReturnedPart* part = request.mutable_returned_part();
  part->set_claim(claim);
  part->set_item(item);
  part->set_description("old bearing");
  part->set_quantity(quantity);
  return world.Call<wv1::ReturnedPart>("CL", absl::StrCat(kParts, "CreateReturnedPart"), request);
}

absl::StatusOr<wv1::ReturnedPart> Receive(World& world, const std::string& name, const std::string& quantity) {
  wv1::ReceiveReturnedPartRequest request;
  request.set_storage_place("shelf 4");
  return Move(world, "ReceiveReturnedPart", name, quantity, request);
}

absl::StatusOr<wv1::ReturnedPart> Ship(World& world, const std::string& name, const std::string& quantity) {
  return Move<wv1::ShipReturnedPartRequest>(world, "ShipReturnedPart", name, quantity);
}

absl::StatusOr<wv1::ReturnedPart> Arrive(World& world, const std::string& name, const std::string& quantity) {
  return Move<wv1::RecordReturnedPartArrivalRequest>(world, "RecordReturnedPartArrival", name, quantity);
}

absl::StatusOr<wv1::ReturnedPart> Lose(World& world, const std::string& name, wv1::CustodyPlace place,
                                       const std::string& quantity) {
  wv1::RecordReturnedPartLossRequest request;
  request.set_place(place);
  request.set_reason("not found at the count");
  return Move(world, "RecordReturnedPartLoss", name, quantity, request);
}

absl::StatusOr<wv1::ReturnedPart> Waive(World& world, const std::string& name, const std::string& who) {
  wv1::WaiveReturnedPartRequest request;
  request.set_name(name);
  request.set_reason("the carrier paid for it");
  return world.Call<wv1::ReturnedPart>(who, absl::StrCat(kParts, "WaiveReturnedPart"), request);
}

}  // namespace kam::aftersales::testing

// Ways around the rules of claims, each of them shut (S-10 to S-16, R-17).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/testing/claim_fixture.h"
#include "aftersales-svc/testing/claims.h"
#include "aftersales-svc/testing/complaints.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"

namespace kam::aftersales::testing {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;
using ::kam::testing::NamesField;

constexpr auto kCovered = wv1::APPRAISAL_VERDICT_COVERED;
constexpr auto kNotCovered = wv1::APPRAISAL_VERDICT_NOT_COVERED;
constexpr auto kDoubtful = wv1::APPRAISAL_VERDICT_DOUBTFUL;

class ClaimGuardTest : public ClaimTest {};

// S-14, R-17: whoever entered a claim does not decide on it, and whoever decided does not pay.
TEST_F(ClaimGuardTest, EnteringDecidingAndPayingAreThreePersons) {
  const auth::Principal boss = With("SA SVM PTM CL");
  wv1::CreateWarrantyClaimRequest create;
  *create.mutable_warranty_claim() = PartClaim(world_.NewAccount());
  const auto mine =
      world_.harness().Call<wv1::WarrantyClaim>(boss, absl::StrCat(kClaims, "CreateWarrantyClaim"), create);
  ASSERT_THAT(mine, IsOk());
  ASSERT_THAT(AppraiseFirst(world_, mine->name()), IsOk());
  ASSERT_THAT(AppraiseSecond(world_, mine->name()), IsOk());
  EXPECT_THAT(As(boss, "DecideWarrantyClaim", mine->name(), Grant(mine->name())), HasReason("SEPARATION_OF_DUTIES"));
  wv1::DecidePartsClaimRequest parts;
  parts.add_items()->set_decision(wv1::CLAIM_ITEM_DECISION_APPROVED);
  parts.set_reason("by the policy");
  parts.set_etag(GetClaim(world_, mine->name()).etag());
  EXPECT_THAT(As(boss, "DecidePartsClaim", mine->name(), parts), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Decide(world_, mine->name(), {"full"}), IsOk()) << "somebody else may";

  const std::string other = AppraisedClaim(world_, PartClaim(world_.NewAccount()));
  ASSERT_THAT(As(boss, "DecideWarrantyClaim", other, Grant(other)), IsOk());
  wv1::SettleWarrantyClaimRequest settle;
  settle.set_payer("we");
  EXPECT_THAT(As(boss, "SettleWarrantyClaim", other, settle), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Settle(world_, other, "", "CL"), HasReason("SEPARATION_OF_DUTIES")) << "he appraised it";
  EXPECT_THAT(Settle(world_, other, "", "ACC"), IsOk());
}

// S-14: a decision is about what was read.
TEST_F(ClaimGuardTest, NobodyDecidesOnAnOpinionHeHasNotRead) {
  const std::string name = AppraisedClaim(world_, PartClaim(world_.NewAccount()));
  wv1::DecideWarrantyClaimRequest decision = Grant(name);
  const std::string read = decision.etag();
  decision.clear_etag();
  EXPECT_THAT(As(world_.As("SVM"), "DecideWarrantyClaim", name, decision), NamesField("etag"));
  decision.set_etag(read);
  ASSERT_THAT(GiveOpinion(world_, name, kCovered), IsOk());
  EXPECT_THAT(As(world_.As("SVM"), "DecideWarrantyClaim", name, decision), HasReason("ETAG_MISMATCH"));
  EXPECT_THAT(As(world_.As("SVM"), "DecideWarrantyClaim", name, Grant(name)), IsOk());
}

// S-12, S-13: an expert who has said what it is does not appraise it as well.
TEST_F(ClaimGuardTest, TheExpertDoesNotAppraise) {
  const auth::Principal both = With("TM CL");
  const std::string name = Create(world_, PartClaim(world_.NewAccount()))->name();
  ASSERT_THAT(AppraiseFirst(world_, name, kDoubtful), IsOk());
  wv1::RecordWarrantyClaimOpinionRequest opinion;
  opinion.set_verdict(kCovered);
  opinion.set_method("microscope");
  opinion.set_opinion("never greased");
  opinion.set_file_number("T-2026-9");
  ASSERT_THAT(As(both, "RecordWarrantyClaimOpinion", name, opinion), IsOk());
  wv1::AppraiseWarrantyClaimSecondRequest second;
  second.set_verdict(kDoubtful);
  second.set_finding("x");
  EXPECT_THAT(As(both, "AppraiseWarrantyClaimSecond", name, second), HasReason("SEPARATION_OF_DUTIES"));
}

// S-13: several experts; none of them appraises or decides.
TEST_F(ClaimGuardTest, EveryExpertOfAnOpinionIsNamed) {
  const std::string name = Create(world_, PartClaim(world_.NewAccount()))->name();
  ASSERT_THAT(AppraiseFirst(world_, name, kDoubtful), IsOk());
  wv1::RecordWarrantyClaimOpinionRequest opinion;
  opinion.set_verdict(kCovered);
  opinion.set_method("microscope");
  opinion.set_opinion("never greased");
  opinion.set_file_number("T-2026-9");
  opinion.add_experts(world_.Name("SA"));
  EXPECT_THAT(As(world_.As("TM"), "RecordWarrantyClaimOpinion", name, opinion), HasReason("SEPARATION_OF_DUTIES"))
      << "the first appraiser is no expert of his own";
  opinion.set_experts(0, world_.Name("CL"));
  opinion.add_experts(world_.Name("SVM"));
  const auto given = As(world_.As("TM"), "RecordWarrantyClaimOpinion", name, opinion);
  ASSERT_THAT(given, IsOk());
  EXPECT_EQ(given->experts_size(), 2);
  EXPECT_THAT(AppraiseSecond(world_, name, kDoubtful), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(AppraiseSecond(world_, name, kDoubtful, "CL#other"), IsOk());
  EXPECT_THAT(Decide(world_, name, {"full"}), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Decide(world_, name, {"full"}, false, "SVM#other"), IsOk());
}

// S-14, S-15: the class of the customer is kept with the decision, and nothing that a settlement left open is filed.
TEST_F(ClaimGuardTest, WhatASettlementLeftOpenIsFollowed) {
  const std::string account = world_.NewAccount("KAX", "A");
  const std::string name = AppraisedClaim(world_, PartClaim(account));
  const auto decided = Decide(world_, name, {"full"});
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->customer_tier(), "A");
  wv1::SettleWarrantyClaimRequest settle;
  settle.set_payer("we");
  settle.set_open_issue("the bank returned the transfer");
  ASSERT_THAT(As(world_.As("ACC"), "SettleWarrantyClaim", name, settle), IsOk());
  EXPECT_THAT(As(world_.As("CL"), "FileWarrantyClaim", name, wv1::FileWarrantyClaimRequest()),
              HasReason("SETTLEMENT_ISSUE_OPEN"));
  wv1::FollowUpWarrantyClaimRequest follow;
  follow.set_reason("sent again");
  const std::string note = absl::StrCat("receipts/", world_.harness().NewId());
  follow.set_credit_note(note);
  EXPECT_THAT(As(world_.As("SVM"), "FollowUpWarrantyClaim", name, follow), HasReason("PERMISSION_DENIED"));
  world_.AddThere(note, account, "6000");
  const auto solved = As(world_.As("ACC"), "FollowUpWarrantyClaim", name, follow);
  ASSERT_THAT(solved, IsOk());
  EXPECT_EQ(solved->settlement().credit_note(), note);
  EXPECT_EQ(solved->settlement().open_issue(), "");
  follow.set_credit_note(absl::StrCat("receipts/", world_.harness().NewId()));
  world_.AddThere(follow.credit_note(), account, "6000");
  EXPECT_THAT(As(world_.As("ACC"), "FollowUpWarrantyClaim", name, follow), HasReason("CREDIT_NOTE_GIVEN"));
  EXPECT_THAT(As(world_.As("CL"), "FileWarrantyClaim", name, wv1::FileWarrantyClaimRequest()), IsOk());
}

// S-15: the voucher of a settlement is there, is the customer's, and is over what was settled.
TEST_F(ClaimGuardTest, TheVoucherOfASettlementIsOfTheCustomerAndTheAmount) {
  const std::string account = world_.NewAccount("KAX");
  const std::string name = AppraisedClaim(world_, PartClaim(account));
  ASSERT_THAT(Decide(world_, name, {"full"}), IsOk());
  wv1::SettleWarrantyClaimRequest settle;
  settle.set_payer("we");
  const auto with = [&](const std::string& note) {
    settle.set_credit_note(note);
    return As(world_.As("ACC"), "SettleWarrantyClaim", name, settle);
  };
  const std::string note = absl::StrCat("receipts/", world_.harness().NewId());
  EXPECT_THAT(with(note), HasReason("CREDIT_NOTE_INVALID")) << "there is none";
  EXPECT_THAT(with(absl::StrCat("orders/", world_.harness().NewId())), HasReason("CREDIT_NOTE_INVALID"));
  world_.AddThere(note, world_.NewAccount("KAX"), "6000");
  EXPECT_THAT(with(note), HasReason("CREDIT_NOTE_INVALID")) << "another customer's";
  world_.AddThere(note, account, "5999.99");
  EXPECT_THAT(with(note), HasReason("CREDIT_NOTE_INVALID")) << "another amount";
  world_.SetContractSide(/*answers=*/false);
  EXPECT_THAT(with(note), HasReason("CONTRACT_SVC_UNAVAILABLE"));
  world_.SetContractSide(/*answers=*/true);
  EXPECT_EQ(GetClaim(world_, name).state(), wv1::CLAIM_STATE_APPROVED);
  world_.AddThere(note, account, "6000", /*stands=*/false);
  EXPECT_THAT(with(note), HasReason("CREDIT_NOTE_INVALID")) << "it was reversed";
  const std::string item = absl::StrCat("receivableItems/", world_.harness().NewId());
  world_.AddThere(item, account, "6000");
  EXPECT_THAT(with(item), HasReason("CREDIT_NOTE_INVALID")) << "the customer owes it";
  world_.AddThere(item, account, "-6000", /*stands=*/false);
  EXPECT_THAT(with(item), HasReason("CREDIT_NOTE_INVALID")) << "it was cancelled";
  EXPECT_EQ(GetClaim(world_, name).state(), wv1::CLAIM_STATE_APPROVED);
  world_.AddThere(note, account, "6000");
  EXPECT_THAT(with(note), IsOk());
}

// S-15: one voucher settles one claim.
TEST_F(ClaimGuardTest, AVoucherSettlesOneClaim) {
  const std::string account = world_.NewAccount("KAX");
  const std::string note = absl::StrCat("receipts/", world_.harness().NewId());
  const std::string item = absl::StrCat("receivableItems/", world_.harness().NewId());
  world_.AddThere(note, account, "6000");
  world_.AddThere(item, account, "-6000");
  std::vector<std::string> claims;
  for (int i = 0; i < 3; ++i) {
    wv1::WarrantyClaim claim = PartClaim(account);
    claim.set_serial(absl::StrCat("SN", world_.harness().NewId()));
    claims.push_back(AppraisedClaim(world_, claim));
    ASSERT_THAT(Decide(world_, claims.back(), {"full"}), IsOk());
  }
  const auto settle = [&](const std::string& name, const std::string& voucher, const std::string& issue) {
    wv1::SettleWarrantyClaimRequest request;
    request.set_payer("we");
    request.set_credit_note(voucher);
    request.set_open_issue(issue);
    return As(world_.As("ACC"), "SettleWarrantyClaim", name, request);
  };
  const auto follow = [&](const std::string& name, const std::string& voucher) {
    wv1::FollowUpWarrantyClaimRequest request;
    request.set_reason("posted");
    request.set_credit_note(voucher);
    return As(world_.As("ACC"), "FollowUpWarrantyClaim", name, request);
  };
  EXPECT_THAT(settle(claims[0], note, "to be filed"), IsOk());
  EXPECT_THAT(settle(claims[1], note, ""), HasReason("CREDIT_NOTE_USED"));
  EXPECT_EQ(GetClaim(world_, claims[1]).state(), wv1::CLAIM_STATE_APPROVED);
  EXPECT_THAT(settle(claims[1], item, ""), IsOk()) << "what we owe him";
  ASSERT_THAT(settle(claims[2], "", "posted later"), IsOk());
  EXPECT_THAT(follow(claims[2], note), HasReason("CREDIT_NOTE_USED"));
  EXPECT_THAT(follow(claims[0], note), IsOk()) << "its own";
}

// S-10
TEST_F(ClaimGuardTest, TheComplaintIsOneOfTheSameAccount) {
  const std::string account = world_.NewAccount();
  wv1::WarrantyClaim claim = PartClaim(account);
  claim.set_complaint(MustCreate(world_, world_.NewAccount()).name());
  const auto foreign = Create(world_, claim);
  EXPECT_THAT(foreign, HasReason("CLAIM_COMPLAINT_INVALID"));
  EXPECT_THAT(foreign, NamesField("warranty_claim.complaint"));
  claim.set_complaint(MustCreate(world_, account).name());
  EXPECT_THAT(Create(world_, claim), IsOk());
  claim = PartClaim(account);
  claim.mutable_items(0)->set_quantity("0");
  EXPECT_THAT(Create(world_, claim), NamesField("warranty_claim.items[0].quantity")) << "no part due back of nothing";
}

// S-12, S-15: the same part of the same car is paid once for a failure.
TEST_F(ClaimGuardTest, AFailureIsClaimedOnce) {
  const wv1::WarrantyClaim claim = PartClaim(world_.NewAccount());
  const auto first = Create(world_, claim);
  ASSERT_THAT(first, IsOk());
  const auto second = Create(world_, claim);
  EXPECT_THAT(second, HasReason("CLAIM_EXISTS"));
  EXPECT_EQ(MetadataValue(second.status(), "partNumber"), "B-77");
  EXPECT_THAT(std::string(second.status().message()), ::testing::Not(::testing::HasSubstr(first->number())))
      << "it may be out of the caller's reach";
  wv1::WarrantyClaim recovery = claim;
  recovery.set_direction(wv1::CLAIM_DIRECTION_MANUFACTURER);
  EXPECT_THAT(Create(world_, recovery), IsOk()) << "from the manufacturer we claim it too";
  wv1::WarrantyClaim later = claim;
  later.set_failure_date("2026-01-03");
  EXPECT_THAT(Create(world_, later), IsOk()) << "another failure";

  // Entered at the same time, neither saw the other: the later one is refused when it is decided on.
  const std::string twin = AppraisedClaim(world_, PartClaim(world_.NewAccount()));
  world_.harness().db().Execute(
      absl::StrCat("UPDATE warranty_claims SET serial = '", claim.serial(), "' WHERE id = '", twin.substr(15), "'"));
  EXPECT_THAT(Decide(world_, twin, {"full"}), HasReason("CLAIM_EXISTS"));
  ASSERT_THAT(AppraiseFirst(world_, first->name()), IsOk());
  ASSERT_THAT(AppraiseSecond(world_, first->name()), IsOk());
  EXPECT_THAT(Decide(world_, first->name(), {"full"}), IsOk());
  EXPECT_THAT(Decide(world_, twin, {"none"}), IsOk()) << "it can be refused";
}

// S-12, S-14: an older claim is not turned into the twin of one that was paid.
TEST_F(ClaimGuardTest, AnOlderClaimDoesNotBecomeTheTwinOfAPaidOne) {
  const std::string older = Create(world_, PartClaim(world_.NewAccount()))->name();
  const wv1::WarrantyClaim paid = PartClaim(world_.NewAccount());
  const std::string newer = AppraisedClaim(world_, paid);
  ASSERT_THAT(Decide(world_, newer, {"full"}), IsOk());
  ASSERT_THAT(Settle(world_, newer, "", "ACC"), IsOk());
  wv1::UpdateWarrantyClaimRequest update;
  update.mutable_warranty_claim()->set_name(older);
  update.mutable_warranty_claim()->set_serial(paid.serial());
  EXPECT_THAT(world_.Call<wv1::WarrantyClaim>("CL", absl::StrCat(kClaims, "UpdateWarrantyClaim"), update),
              HasReason("CLAIM_EXISTS"));

  // What the other system paid meanwhile counts as well, whenever it comes.
  const wv1::WarrantyClaim open = PartClaim(world_.NewAccount());
  const std::string name = AppraisedClaim(world_, open);
  wv1::WarrantyClaim past = open;
  past.set_state(wv1::CLAIM_STATE_SETTLED);
  *past.mutable_items(0)->mutable_approved() = Cny("6000");
  *past.mutable_settlement()->mutable_amount() = Cny("6000");
  ASSERT_EQ(Import(past).outcome(), kam::api::UPSERT_OUTCOME_CREATED);
  EXPECT_THAT(Decide(world_, name, {"full"}), HasReason("CLAIM_EXISTS"));
  EXPECT_THAT(Decide(world_, name, {"none"}), IsOk());
}

// S-12, S-14: a part has its number, however it is written, and the work of a repair is paid once as well.
TEST_F(ClaimGuardTest, NothingIsClaimedTwiceUnderAnotherName) {
  const wv1::WarrantyClaim whole = NewClaim(world_.NewAccount());  // A part and the work.
  ASSERT_THAT(Create(world_, whole), IsOk());
  wv1::WarrantyClaim again = whole;
  again.mutable_items()->RemoveLast();
  again.mutable_items(0)->set_part_number("b 77");
  EXPECT_THAT(Create(world_, again), HasReason("CLAIM_EXISTS"));
  again.mutable_items(0)->clear_part_number();
  const auto unnamed = Create(world_, again);
  EXPECT_THAT(unnamed, HasReason("FIELD_REQUIRED"));
  EXPECT_THAT(unnamed, NamesField("warranty_claim.items[0].part_number"));
  wv1::WarrantyClaim work = whole;
  work.mutable_items()->DeleteSubrange(0, 1);
  EXPECT_THAT(Create(world_, work), HasReason("CLAIM_EXISTS"));
  work.mutable_items(0)->set_description("taking it out and putting it in");
  EXPECT_THAT(Create(world_, work), HasReason("CLAIM_EXISTS")) << "work of the same repair";
  again.mutable_items(0)->set_part_number("C-12");
  again.mutable_items(0)->set_description("seal");
  EXPECT_THAT(Create(world_, again), IsOk()) << "another part of it";
}

// S-14: filing a refused claim changes nothing of the refusal: with new evidence the failure is claimed again.
TEST_F(ClaimGuardTest, ARefusedClaimBlocksNothingOnceItIsFiled) {
  const wv1::WarrantyClaim claim = PartClaim(world_.NewAccount());
  const std::string refused = AppraisedClaim(world_, claim);
  ASSERT_THAT(Decide(world_, refused, {"none"}), IsOk());
  ASSERT_THAT(As(world_.As("CL"), "FileWarrantyClaim", refused, wv1::FileWarrantyClaimRequest()), IsOk());
  const std::string again = AppraisedClaim(world_, claim);
  EXPECT_THAT(Decide(world_, again, {"full"}), IsOk());
}

// S-14, R-17: an amount does not get below the threshold by being split.
TEST_F(ClaimGuardTest, ClaimsOfOneFailureCountTogetherForTheThreshold) {
  wv1::WarrantyClaim claim = PartClaim(world_.NewAccount());  // 6000.
  const std::string first = AppraisedClaim(world_, claim);
  claim.mutable_items(0)->set_part_number("C-12");
  claim.mutable_items(0)->set_description("seal");
  const std::string second = AppraisedClaim(world_, claim);
  const auto split = DecideParts(world_, first, {"full"});
  EXPECT_THAT(split, HasReason("AMOUNT_NEEDS_SERVICE_MANAGER"));
  EXPECT_EQ(MetadataValue(split.status(), "value"), "CNY 12000.00");
  ASSERT_THAT(Decide(world_, second, {"none"}), IsOk());
  EXPECT_THAT(DecideParts(world_, first, {"full"}), IsOk()) << "what was refused does not count";
}

// G25: whatever is sent twice, by the same person or by two, the complaint is credited once.
TEST_F(ClaimGuardTest, G25AComplaintThatIsActedOnTwiceIsCreditedOnce) {
  const std::string account = world_.NewAccount();
  wv1::WarrantyClaim claim = PartClaim(account);
  claim.set_complaint(MustCreate(world_, account).name());
  const std::string name = AppraisedClaim(world_, claim);
  EXPECT_THAT(Create(world_, claim, "SA"), HasReason("CLAIM_EXISTS")) << "the action is entered again";
  ASSERT_THAT(Decide(world_, name, {"full"}), IsOk());
  wv1::SettleWarrantyClaimRequest settle;
  settle.set_payer("we");
  settle.set_request_id("0b1f6a0e-52a4-4f0e-8f0c-8f1f6d3c2a11");
  const auto first = As(world_.As("ACC"), "SettleWarrantyClaim", name, settle);
  ASSERT_THAT(first, IsOk());
  const auto again = As(world_.As("ACC"), "SettleWarrantyClaim", name, settle);
  ASSERT_THAT(again, IsOk()) << "the answer was lost on its way";
  EXPECT_EQ(again->etag(), first->etag());
  settle.clear_request_id();
  EXPECT_THAT(As(world_.As("CL"), "SettleWarrantyClaim", name, settle), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_EQ(world_.harness()
                .db()
                .Get("SELECT COUNT(*) FROM changes WHERE collection = 'warrantyClaims' AND method LIKE "
                     "'%/SettleWarrantyClaim'")
                .integer(),
            1)
      << "what the books follow holds one settlement";
}

// S-13: a second opinion does not make the first one go away.
TEST_F(ClaimGuardTest, AnEarlierExpertStaysOnRecord) {
  const std::string name = AppraisedClaim(world_, PartClaim(world_.NewAccount()));
  ASSERT_THAT(GiveOpinion(world_, name, kNotCovered, "TM"), IsOk());
  const auto second = GiveOpinion(world_, name, kCovered, "TM#2");
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->opinion().expert(), world_.Name("TM#2"));
  ASSERT_EQ(second->experts_size(), 1);
  EXPECT_EQ(second->experts(0), world_.Name("TM"));
}

}  // namespace
}  // namespace kam::aftersales::testing

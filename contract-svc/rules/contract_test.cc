#include "contract-svc/rules/contract.h"

#include <functional>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/review.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/contract_service.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using v1::Contract;

constexpr char kToday[] = "2026-01-05";

Contract Complete() {
  Contract contract;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(name: "contracts/c" title: "t" currency: "CNY" drafter: "employees/d" start_date: "2026-01-01"
         end_date: "2026-12-31"
         parties { role: "seller" legal_name: "A" } parties { role: "buyer" legal_name: "B" }
         lines { product: "p" quantity: "10" unit_price { currency_code: "CNY" units: 5 } }
         clauses { kind: CLAUSE_KIND_DELIVERY body: "d" } clauses { kind: CLAUSE_KIND_PAYMENT body: "p" }
         clauses { kind: CLAUSE_KIND_WARRANTY body: "w" } clauses { kind: CLAUSE_KIND_BREACH body: "b" })",
      &contract));
  EXPECT_THAT(ComputeContract(&contract), IsOk());
  return contract;
}

Contract InReview(bool important = false) {
  Contract contract = Complete();
  contract.set_important(important);
  EXPECT_THAT(Submit("employees/s", kToday, "2026-01-10", "hash", &contract), IsOk());
  contract.set_state(v1::CONTRACT_STATE_IN_REVIEW);
  return contract;
}

// C-11: a cent below the figure the drafter decides, from it on the figure does; an amount that cannot be compared is
// guided.
TEST(ContractTest, FromAFigureOnAContractIsImportantWhateverItsDrafterSays) {
  const std::map<std::string, Decimal> from = {{"CNY", Decimal::FromInt(1000)}};
  google::type::Money total;
  total.set_currency_code("CNY");
  total.set_units(999);
  total.set_nanos(990000000);
  EXPECT_FALSE(IsImportant(from, total));
  total.set_units(1000);
  total.set_nanos(0);
  EXPECT_TRUE(IsImportant(from, total));
  total.set_units(1);
  EXPECT_FALSE(IsImportant(from, total));
  total.set_currency_code("JPY");
  EXPECT_TRUE(IsImportant(from, total));
}

// C-10
TEST(ContractTest, SubmissionNeedsEverySideClauseAndNoOpenPoint) {
  Contract contract = Complete();
  contract.add_open_points()->set_title("price of spare parts");
  const absl::Status open = Submit("employees/s", kToday, "2026-01-10", "h", &contract);
  EXPECT_THAT(open, HasReason("OPEN_POINTS_LEFT"));
  EXPECT_EQ(MetadataValue(open, "open"), "price of spare parts");
  contract.mutable_open_points(0)->set_resolved(true);
  EXPECT_THAT(Submit("employees/s", kToday, "2026-01-10", "h", &contract), IsOk());
  EXPECT_THAT(Submit("employees/s", kToday, "2026-01-04", "h", &contract), HasReason("DEADLINE_PAST"));
  Contract no_warranty = Complete();
  no_warranty.mutable_clauses(2)->set_kind(v1::CLAUSE_KIND_OTHER);
  EXPECT_THAT(Submit("employees/s", kToday, "2026-01-10", "h", &no_warranty), HasReason("CLAUSE_MISSING"));
  Contract one_side = Complete();
  one_side.mutable_parties()->RemoveLast();
  EXPECT_THAT(Submit("employees/s", kToday, "2026-01-10", "h", &one_side), HasReason("PARTIES_MISSING"));
  Contract credit = Complete();
  credit.set_payment(v1::CONTRACT_PAYMENT_CREDIT);
  EXPECT_THAT(Submit("employees/s", kToday, "2026-01-10", "h", &credit), HasReason("TERMS_REQUIRED"));
}

// C-11: all four opinions, the last one approves; one person gives one.
TEST(ContractTest, ApprovedByAllDepartmentsAndNotBeforeThat) {
  Contract contract = InReview();
  ASSERT_EQ(contract.steps_size(), 4);
  const absl::Time now = absl::UnixEpoch();
  int given = 0;
  for (const v1::ReviewStepKind step : {v1::REVIEW_STEP_KIND_LEGAL, v1::REVIEW_STEP_KIND_SALES,
                                        v1::REVIEW_STEP_KIND_FINANCE, v1::REVIEW_STEP_KIND_PRODUCT}) {
    EXPECT_EQ(contract.state(), v1::CONTRACT_STATE_IN_REVIEW);
    const std::string reviewer = absl::StrCat("employees/r", ++given);
    ASSERT_THAT(Review(reviewer, step, true, "", now, &contract), IsOk());
    if (given < 4) {
      EXPECT_THAT(Review(absl::StrCat("employees/x", given), step, true, "", now, &contract),
                  HasReason("REVIEW_STEP_DECIDED"));
    }
  }
  EXPECT_EQ(contract.state(), v1::CONTRACT_STATE_APPROVED);
  EXPECT_EQ(contract.approved_sha256(), "hash");
}

// C-11
TEST(ContractTest, DrafterAndSubmitterNeverReviewAndNobodyTwice) {
  Contract contract = InReview();
  const absl::Time now = absl::UnixEpoch();
  for (const char* self : {"employees/d", "employees/s"}) {
    EXPECT_THAT(Review(self, v1::REVIEW_STEP_KIND_SALES, true, "", now, &contract), HasReason("SEPARATION_OF_DUTIES"));
  }
  ASSERT_THAT(Review("employees/r", v1::REVIEW_STEP_KIND_SALES, true, "", now, &contract), IsOk());
  EXPECT_THAT(Review("employees/r", v1::REVIEW_STEP_KIND_LEGAL, true, "", now, &contract),
              HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Review("employees/q", v1::REVIEW_STEP_KIND_GUIDANCE, true, "", now, &contract),
              HasReason("REVIEW_STEP_UNKNOWN"));
  EXPECT_THAT(Review("employees/q", v1::REVIEW_STEP_KIND_LEGAL, false, " ", now, &contract),
              HasReason("OPINION_REQUIRED"));
  ASSERT_THAT(Review("employees/q", v1::REVIEW_STEP_KIND_LEGAL, false, "breach clause", now, &contract), IsOk());
  EXPECT_EQ(contract.state(), v1::CONTRACT_STATE_RETURNED);
  EXPECT_EQ(InReview(/*important=*/true).steps_size(), 5);
}

TEST(ContractTest, EveryStepHasAPermissionOfItsOwn) {
  std::set<std::string> permissions;
  for (int step = 1; step <= v1::ReviewStepKind_MAX; ++step) {
    const std::string permission = ReviewPermission(static_cast<v1::ReviewStepKind>(step));
    EXPECT_FALSE(permission.empty());
    EXPECT_TRUE(permissions.insert(permission).second) << permission;
  }
  EXPECT_TRUE(ReviewPermission(v1::REVIEW_STEP_KIND_UNSPECIFIED).empty());
}

TEST(ContractTest, OverdueOpinionsAreMarkedTheDayAfterTheDeadline) {
  Contract contract = InReview();
  EXPECT_FALSE(MarkOverdue("2026-01-10", contract.mutable_steps()));
  ASSERT_THAT(Review("employees/r", v1::REVIEW_STEP_KIND_SALES, true, "", absl::UnixEpoch(), &contract), IsOk());
  EXPECT_TRUE(MarkOverdue("2026-01-11", contract.mutable_steps()));
  EXPECT_FALSE(contract.steps(0).overdue());
  EXPECT_TRUE(contract.steps(1).overdue());
}

// C-12: the text covers every word both sides agree on, and nothing can pose as something else.
TEST(ContractTest, TextChangesWithEveryAgreedField) {
  const Contract base = Complete();
  std::set<std::string> texts = {ContractText(base)};
  const auto differs = [&](const std::function<void(Contract*)>& change) {
    Contract changed = base;
    change(&changed);
    return texts.insert(ContractText(changed)).second;
  };
  EXPECT_TRUE(differs([](Contract* c) { c->set_title("u"); }));
  EXPECT_TRUE(differs([](Contract* c) { c->set_end_date("2027-12-31"); }));
  EXPECT_TRUE(differs([](Contract* c) { c->set_payment(v1::CONTRACT_PAYMENT_CREDIT); }));
  EXPECT_TRUE(differs([](Contract* c) { c->set_terms_days(30); }));
  EXPECT_TRUE(differs([](Contract* c) { c->mutable_lines(0)->set_quantity("11"); }));
  EXPECT_TRUE(differs([](Contract* c) { c->mutable_lines(0)->mutable_unit_price()->set_nanos(1); }));
  EXPECT_TRUE(differs([](Contract* c) { c->mutable_lines(0)->set_gift(true); }));
  EXPECT_TRUE(differs([](Contract* c) { c->mutable_parties(0)->set_legal_name("A\nparty: x"); }));
  EXPECT_TRUE(differs([](Contract* c) { c->mutable_parties(0)->set_legal_name("A | x"); }));
  EXPECT_TRUE(differs([](Contract* c) { c->mutable_parties(0)->set_representative("x"); }));
  EXPECT_TRUE(differs([](Contract* c) { c->mutable_clauses(0)->set_body("d\nclause: p"); }));
  EXPECT_TRUE(differs([](Contract* c) { c->add_attachments()->set_title("annex"); }));
  // Not part of what is agreed.
  EXPECT_FALSE(differs([](Contract* c) { c->set_state_reason("x"); }));
  EXPECT_FALSE(differs([](Contract* c) { c->mutable_lines(0)->set_quantity("10.00"); }));
}

// C-12: a signed contract shows its words also before it begins and after it is over.
TEST(ContractTest, SignedTextIsShownWhateverTheDay) {
  Contract contract = Complete();
  EXPECT_TRUE(TextDay(contract, kToday).empty()) << "a draft is as it is written";
  contract.add_versions()->set_valid_from("2026-01-01");
  for (const char* day : {"2025-11-01", kToday, "2027-03-01"}) {
    EXPECT_EQ(ContractText(ContractOn(contract, TextDay(contract, day))), ContractText(ContractOn(contract, kToday)))
        << day;
    EXPECT_EQ(ContractOn(contract, TextDay(contract, day)).lines_size(), 1) << day;
  }
}

// C-12
TEST(ContractTest, OnlyTheApprovedTextIsSigned) {
  Contract contract = InReview();
  contract.set_approved_sha256("hash");
  v1::SignContractRequest request;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(presented_sha256: "hash" signatories { party: "seller" person: "x" } signatories { party: "buyer" person: "y" }
         signing_checks { title: "prices" correct: true } seal: "s" scan_document: "d")",
      &request));
  EXPECT_THAT(Sign(request, {"PRICES"}, "employees/k", "", kToday, "other", &contract),
              HasReason("SIGNED_TEXT_DIFFERS"));
  request.set_presented_sha256("other");
  EXPECT_THAT(Sign(request, {"PRICES"}, "employees/k", "", kToday, "hash", &contract),
              HasReason("SIGNED_TEXT_DIFFERS"));
  request.set_presented_sha256("hash");
  EXPECT_THAT(Sign(request, {"PRICES"}, "employees/k", "", kToday, "hash", &contract),
              HasReason("SIGNING_CHECK_MISSING"))
      << "a check with a title of his own is not the one that is asked for";
  request.mutable_signing_checks(0)->set_kind(v1::SIGNING_CHECK_KIND_PRICES);
  EXPECT_THAT(Sign(request, {"PARTIES", "PRICES"}, "employees/k", "", kToday, "hash", &contract),
              HasReason("SIGNING_CHECK_MISSING"));
  request.set_sign_date("2026-01-06");
  EXPECT_THAT(Sign(request, {"PRICES"}, "employees/k", "", kToday, "hash", &contract), HasReason("SIGN_DATE_INVALID"));
  request.set_sign_date("2026-01-02");
  const absl::Status early = Sign(request, {"PRICES"}, "employees/k", "2026-01-03", kToday, "hash", &contract);
  EXPECT_THAT(early, HasReason("SIGN_DATE_INVALID")) << "it was not approved yet";
  EXPECT_EQ(MetadataValue(early, "earliest"), "2026-01-03");
  request.clear_sign_date();
  request.mutable_signing_checks(0)->set_correct(false);
  EXPECT_THAT(Sign(request, {"PRICES"}, "employees/k", "", kToday, "hash", &contract),
              HasReason("SIGNING_CHECK_FAILED"));
  request.mutable_signing_checks(0)->set_correct(true);
  request.mutable_signatories()->RemoveLast();
  EXPECT_THAT(Sign(request, {"PRICES"}, "employees/k", "", kToday, "hash", &contract), HasReason("SIGNATORY_MISSING"));
  request.add_signatories()->set_party("buyer");
  ASSERT_THAT(Sign(request, {"PRICES"}, "employees/k", "", kToday, "hash", &contract), IsOk());
  EXPECT_EQ(contract.sign_date(), kToday);
}

// C-12: what was typed is corrected, what was agreed is not; another scan has another hash.
TEST(ContractTest, ASignatureIsCorrectedUntilItIsFiled) {
  Contract contract = InReview();
  const auto correct = [&](const std::string& fields, bool filed = false) {
    v1::CorrectContractSignatureRequest request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(fields, &request)) << fields;
    return CorrectSignature(request, filed, "2026-01-03", kToday, &contract);
  };
  EXPECT_THAT(correct("seal: 's'"), HasReason("CONTRACT_NOT_SIGNED"));
  contract.set_signer("employees/k");
  contract.set_seal("old");
  contract.set_scan_document("old");
  contract.set_scan_sha256("hash");
  contract.set_sign_date(kToday);
  EXPECT_THAT(correct("seal: 's'", /*filed=*/true), HasReason("CONTRACT_FILED"));
  EXPECT_THAT(correct(""), HasReason("FIELD_REQUIRED"));
  EXPECT_THAT(correct("sign_date: '2026-01-02'"), HasReason("SIGN_DATE_INVALID"));
  ASSERT_THAT(correct("sign_date: '2026-01-03' seal: 's'"), IsOk());
  EXPECT_EQ(contract.sign_date(), "2026-01-03");
  EXPECT_EQ(contract.seal(), "s");
  EXPECT_EQ(contract.scan_document(), "old");
  EXPECT_EQ(contract.scan_sha256(), "hash");
  ASSERT_THAT(correct("scan_document: 'new'"), IsOk());
  EXPECT_EQ(contract.scan_sha256(), "");
  ASSERT_THAT(correct("scan_sha256: 'other'"), IsOk());
  EXPECT_EQ(contract.scan_sha256(), "other");
}

// C-15: a draft that was cancelled was never signed, whatever number its state has.
TEST(ContractTest, OnlySomeStatesComeAfterASignature) {
  for (int i = v1::ContractState_MIN; i <= v1::ContractState_MAX; ++i) {
    Contract contract;
    contract.set_state(static_cast<v1::ContractState>(i));
    const bool over = i >= v1::CONTRACT_STATE_SIGNED && i <= v1::CONTRACT_STATE_CLOSED;
    EXPECT_EQ(WasSigned(contract), over) << i;
    contract.set_sign_date("2026-01-01");
    EXPECT_TRUE(WasSigned(contract));
  }
}

// C-10: prices of lines equal those of an approved quote.
TEST(ContractTest, LinesHaveThePricesOfTheQuote) {
  AgreedTerms quote;
  quote.source = "quotes/q";
  quote.currency = "CNY";
  quote.lines = {{"p", Decimal::FromInt(5), Decimal::FromInt(10), ""}};
  Contract contract = Complete();
  EXPECT_THAT(CheckQuotePrices(quote, contract), IsOk());
  contract.mutable_lines(0)->set_quantity("10.5");
  EXPECT_THAT(CheckQuotePrices(quote, contract), HasReason("QUANTITY_NOT_AGREED"));
  contract = Complete();
  contract.mutable_lines(0)->mutable_unit_price()->set_units(4);
  EXPECT_THAT(CheckQuotePrices(quote, contract), HasReason("PRICE_NOT_AGREED"));
  contract = Complete();
  contract.mutable_lines(0)->set_product("z");
  EXPECT_THAT(CheckQuotePrices(quote, contract), HasReason("PRODUCT_NOT_AGREED"));
}

// C-10, C-05: a line costs what the quote says it costs, though its price of one is rounded.
TEST(ContractTest, LinesCostWhatTheQuoteSays) {
  AgreedTerms quote;
  quote.currency = "CNY";
  quote.lines = {{"p", Decimal::FromInt(5), Decimal::FromInt(10), ""}};
  ASSERT_THAT(SetAgreedAmount(*Decimal::Parse("49.97"), Decimal::FromInt(10), "CNY", &quote.lines[0]), IsOk());
  Contract contract = Complete();
  ASSERT_THAT(ComputeContract(&contract), IsOk());
  ASSERT_THAT(CheckQuotePrices(quote, contract), IsOk());
  ASSERT_THAT(TakeQuoteAmounts(quote, &contract), IsOk());
  const Decimal quantity = *Decimal::Parse(contract.lines(0).quantity());
  const Decimal expected = *MultiplyDivide(*Decimal::Parse("49.97"), quantity, Decimal::FromInt(10), 2);
  EXPECT_EQ(*AmountIn(contract.lines(0).amount(), "CNY", "x"), expected);
  EXPECT_EQ(*AmountIn(contract.total(), "CNY", "x"), expected);
}

// C-13, C-18, C-19: over all states, what may be ordered and what may go out.
TEST(ContractTest, StatesThatTakeOrdersAndLetThemGo) {
  Contract contract = Complete();
  for (int i = v1::ContractState_MIN; i <= v1::ContractState_MAX; ++i) {
    const auto state = static_cast<v1::ContractState>(i);
    contract.set_state(state);
    const bool in_force = state == v1::CONTRACT_STATE_SIGNED || state == v1::CONTRACT_STATE_ACTIVE ||
                          state == v1::CONTRACT_STATE_EXPIRING;
    EXPECT_EQ(CheckOrderable(kToday, contract).ok(), in_force) << v1::ContractState_Name(state);
    EXPECT_EQ(CheckReleasable(contract).ok(), in_force || state == v1::CONTRACT_STATE_CLOSED)
        << v1::ContractState_Name(state);
  }
  contract.set_state(v1::CONTRACT_STATE_ACTIVE);
  EXPECT_THAT(CheckOrderable("2027-01-01", contract), HasReason("CONTRACT_ENDED"));
  EXPECT_THAT(CheckReleasable(contract), IsOk()) << "ordered in time";
}

TEST(ContractTest, InForceFromFirstToLastDay) {
  const Contract contract = Complete();
  EXPECT_THAT(CheckInForce("2025-12-31", contract), HasReason("CONTRACT_NOT_STARTED"));
  EXPECT_THAT(CheckInForce("2026-01-01", contract), IsOk());
  EXPECT_THAT(CheckInForce("2026-12-31", contract), IsOk());
  EXPECT_THAT(CheckInForce("2027-01-01", contract), HasReason("CONTRACT_ENDED"));
}

// C-04, C-10: a gift of the quote is a line of the contract without a price; no more of it than was approved, and never
// alone.
TEST(ContractTest, GiftsAreThoseOfTheQuote) {
  AgreedTerms quote;
  quote.source = "quotes/q";
  quote.currency = "CNY";
  quote.lines = {{"p", Decimal::FromInt(5), Decimal::FromInt(10), ""}, {"g", Decimal(), Decimal::FromInt(2), ""}};
  quote.lines[1].gift = true;
  Contract contract = Complete();
  v1::ContractLine* gift = contract.add_lines();
  gift->set_product("g");
  gift->set_quantity("2");
  gift->set_gift(true);
  ASSERT_THAT(ComputeContract(&contract), IsOk());
  EXPECT_THAT(ContractText(contract), ::testing::HasSubstr("line gift: 2"));
  EXPECT_THAT(CheckQuotePrices(quote, contract), IsOk());
  ASSERT_THAT(TakeQuoteAmounts(quote, &contract), IsOk());
  EXPECT_EQ(*AmountIn(contract.total(), "CNY", "x"), Decimal::FromInt(50)) << "the gift adds nothing";
  Contract more = contract;
  more.mutable_lines(1)->set_quantity("3");
  EXPECT_THAT(CheckQuotePrices(quote, more), HasReason("QUANTITY_NOT_AGREED"));
  Contract bought = contract;
  bought.mutable_lines(1)->set_gift(false);
  EXPECT_THAT(CheckQuotePrices(quote, bought), HasReason("PRODUCT_NOT_AGREED")) << "given, but not sold";
  Contract given = contract;
  given.mutable_lines(0)->set_gift(true);
  EXPECT_THAT(CheckQuotePrices(quote, given), HasReason("PRODUCT_NOT_AGREED")) << "sold, but not given";
  EXPECT_THAT(ComputeContract(&given), HasReason("FIELDS_EXCLUSIVE")) << "a gift with a price";
  Contract tolerant = contract;
  tolerant.mutable_lines(1)->set_tolerance_percent("10");
  EXPECT_THAT(ComputeContract(&tolerant), HasReason("FIELDS_EXCLUSIVE"));
  tolerant.mutable_lines(1)->clear_tolerance_percent();
  tolerant.mutable_lines(1)->set_commitment_basis(v1::COMMITMENT_BASIS_VALUE);
  EXPECT_THAT(ComputeContract(&tolerant), HasReason("FIELDS_EXCLUSIVE"));
  Contract alone = contract;
  alone.mutable_lines()->DeleteSubrange(0, 1);
  EXPECT_THAT(Submit("employees/s", kToday, "2026-01-10", "h", &alone), HasReason("LINES_MISSING"));
}

}  // namespace
}  // namespace kam::contract::rules

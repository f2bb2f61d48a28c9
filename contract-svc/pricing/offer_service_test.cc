// Policies, purchase prices and price suggestions over the real database and gRPC (C-01, C-04, C-06, C-08).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/offer_fixture.h"
#include "kam/api/standard.pb.h"
#include "kam/pricing/v1/price_suggestion_service.pb.h"
#include "kam/pricing/v1/purchase_price_service.pb.h"
#include "kam/pricing/v1/supplier_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;

// C-06: draft, forecast by finance, approved by the company, published, read, commented, revised, withdrawn.
TEST_F(OfferTest, APolicyLivesFromDraftToWithdrawal) {
  const pb::Product product = world_.NewProduct("100");
  pb::SalesPolicy policy = NewPolicy();
  pb::SalesPolicyDiscount* discount = policy.add_discounts();
  discount->set_product_line(product.product_line());
  discount->set_percent("2");
  const auto draft = Create(policy);
  ASSERT_THAT(draft, IsOk());
  EXPECT_THAT(Submit(*draft), HasReason("FORECAST_REQUIRED"));
  EXPECT_THAT(Call<pb::SalesPolicy>(world_.kapm, absl::StrCat(kPolicies, "ForecastSalesPolicy"),
                                    About<pb::ForecastSalesPolicyRequest>(*draft)),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const pb::SalesPolicy approved = ApprovedDraft(*draft);
  EXPECT_EQ(approved.state(), pb::SALES_POLICY_STATE_APPROVED);
  EXPECT_FALSE(approved.has_profit_impact()) << "only those who may know margins see it";
  EXPECT_EQ(Line(world_.kax, product).published_price().units(), 100) << "approved is not published";
  const auto published = Publish(approved);
  ASSERT_THAT(published, IsOk());
  const pb::QuoteLine line = Line(world_.kax, product);
  EXPECT_EQ(line.list_price().units(), 100);
  EXPECT_EQ(line.policy_price().units(), 98) << "the policy step of the price";
  EXPECT_EQ(line.verdict(), pb::AUTHORITY_VERDICT_WITHIN) << "it is the price, no concession of the seller";

  // Read once, however often it is said; opinions grow.
  auto read = About<pb::AcknowledgeSalesPolicyRequest>(*published);
  read.clear_etag();
  for (int i = 0; i < 2; ++i) {
    const auto acknowledged =
        Call<pb::SalesPolicy>(world_.kax, absl::StrCat(kPolicies, "AcknowledgeSalesPolicy"), read);
    ASSERT_THAT(acknowledged, IsOk());
    ASSERT_EQ(acknowledged->readings_size(), 1);
    EXPECT_EQ(acknowledged->readings(0).reader(), world_.kax.subject);
  }
  pb::CommentSalesPolicyRequest comment;
  comment.set_name(published->name());
  comment.set_opinion("competitors give three");
  EXPECT_EQ(Call<pb::SalesPolicy>(world_.kax, absl::StrCat(kPolicies, "CommentSalesPolicy"), comment)->opinions_size(),
            1);

  // What became of it is said once, by those who make policies, not by its author.
  comment.set_opinion("and services");
  EXPECT_EQ(Call<pb::SalesPolicy>(world_.kapm, absl::StrCat(kPolicies, "CommentSalesPolicy"), comment)->opinions_size(),
            2);
  pb::AnswerSalesPolicyOpinionRequest answer;
  answer.set_name(published->name());
  answer.set_answer("three from April on");
  const auto say = [&](const auth::Principal& as, int number) {
    answer.set_opinion_number(number);
    return Call<pb::SalesPolicy>(as, absl::StrCat(kPolicies, "AnswerSalesPolicyOpinion"), answer);
  };
  EXPECT_THAT(say(world_.sm, 1), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(say(world_.kapm, 3), HasReason("OPINION_UNKNOWN"));
  EXPECT_THAT(say(world_.kapm, 2), HasReason("SEPARATION_OF_DUTIES"));
  const auto answered = say(world_.kapm, 1);
  ASSERT_THAT(answered, IsOk());
  EXPECT_EQ(answered->opinions(0).answer(), "three from April on");
  EXPECT_EQ(answered->opinions(0).answerer(), world_.kapm.subject);
  EXPECT_EQ(answered->opinions(0).opinion(), "competitors give three");
  EXPECT_THAT(say(world_.kapm, 1), HasReason("OPINION_ANSWERED"));
  EXPECT_THAT(say(world_.NewPerson("MD"), 2), IsOk());

  // The next revision takes over tomorrow; until then today's holds.
  pb::ReviseSalesPolicyRequest revise;
  revise.set_name(published->name());
  revise.set_valid_from(world_.Today(1));
  const auto next = Call<pb::SalesPolicy>(world_.kapm, absl::StrCat(kPolicies, "ReviseSalesPolicy"), revise);
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->revision(), 2);
  ASSERT_THAT(Publish(ApprovedDraft(*next)), IsOk());
  EXPECT_EQ(Get(published->name())->state(), pb::SALES_POLICY_STATE_REVISED);
  EXPECT_EQ(Line(world_.kax, product).policy_price().units(), 98);
  pb::WithdrawSalesPolicyRequest withdraw;
  withdraw.set_name(next->name());
  withdraw.set_reason("the manufacturer ended it");
  const auto withdrawn = Call<pb::SalesPolicy>(world_.kapm, absl::StrCat(kPolicies, "WithdrawSalesPolicy"), withdraw);
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->state(), pb::SALES_POLICY_STATE_WITHDRAWN);
  EXPECT_EQ(withdrawn->held_until(), world_.Today(-1));
}

// C-06: all pairs of state and verb over gRPC.
TEST_F(OfferTest, PolicyVerbsAreRefusedInOtherStates) {
  const std::map<std::string, std::set<std::string>> allowed = {
      {"DRAFT", {"ForecastSalesPolicy", "SubmitSalesPolicy", "WithdrawSalesPolicy"}},
      {"IN_APPROVAL", {}},
      {"APPROVED", {"PublishSalesPolicy", "WithdrawSalesPolicy"}},
      {"PUBLISHED",
       {"ReviseSalesPolicy", "WithdrawSalesPolicy", "AcknowledgeSalesPolicy", "CommentSalesPolicy",
        "AnswerSalesPolicyOpinion"}},
      {"REVISED", {"AnswerSalesPolicyOpinion"}},
      {"WITHDRAWN", {"AnswerSalesPolicyOpinion"}}};
  for (const auto& [state, verbs] : allowed) {
    const auto draft = Create(NewPolicy());
    ASSERT_THAT(draft, IsOk());
    world_.harness().db().Execute(
        absl::StrCat("UPDATE sales_policies SET state = '", state, "' WHERE id = '", draft->name().substr(14), "'"));
    const auto expect = [&, &verbs = verbs, &state = state](const std::string& verb, const auth::Principal& as,
                                                            const google::protobuf::Message& request) {
      if (verbs.count(verb) != 0) return;
      EXPECT_THAT(Call<pb::SalesPolicy>(as, absl::StrCat(kPolicies, verb), request), HasReason("STATE_NOT_ALLOWED"))
          << state << " " << verb;
    };
    auto forecast = About<pb::ForecastSalesPolicyRequest>(*draft);
    *forecast.mutable_profit_impact() = Cny("1");
    forecast.set_profit_basis("x");
    expect("ForecastSalesPolicy", fd_, forecast);
    expect("SubmitSalesPolicy", world_.kapm, About<pb::SubmitSalesPolicyRequest>(*draft));
    expect("PublishSalesPolicy", world_.kapm, About<pb::PublishSalesPolicyRequest>(*draft));
    auto revise = About<pb::ReviseSalesPolicyRequest>(*draft);
    revise.set_valid_from(world_.Today(1));
    expect("ReviseSalesPolicy", world_.kapm, revise);
    auto withdraw = About<pb::WithdrawSalesPolicyRequest>(*draft);
    withdraw.set_reason("x");
    expect("WithdrawSalesPolicy", world_.kapm, withdraw);
    expect("AcknowledgeSalesPolicy", world_.kax, About<pb::AcknowledgeSalesPolicyRequest>(*draft));
    auto comment = About<pb::CommentSalesPolicyRequest>(*draft);
    comment.set_opinion("x");
    expect("CommentSalesPolicy", world_.kax, comment);
    auto answer = About<pb::AnswerSalesPolicyOpinionRequest>(*draft);
    answer.set_opinion_number(1);
    answer.set_answer("x");
    expect("AnswerSalesPolicyOpinion", world_.kapm, answer);
    pb::UpdateSalesPolicyRequest update;
    update.mutable_sales_policy()->set_name(draft->name());
    update.mutable_sales_policy()->set_title("other");
    update.mutable_update_mask()->add_paths("title");
    if (state != "DRAFT") {
      EXPECT_THAT(Call<pb::SalesPolicy>(world_.kapm, absl::StrCat(kPolicies, "UpdateSalesPolicy"), update),
                  HasReason("SALES_POLICY_NOT_DRAFT"));
    }
  }
}

// C-06: a draft that comes to nothing is given up; it has held on no day.
TEST_F(OfferTest, ADraftOfAPolicyIsGivenUp) {
  const auto draft = Create(NewPolicy());
  ASSERT_THAT(draft, IsOk());
  auto withdraw = About<pb::WithdrawSalesPolicyRequest>(*draft);
  EXPECT_THAT(Call<pb::SalesPolicy>(world_.kapm, absl::StrCat(kPolicies, "WithdrawSalesPolicy"), withdraw),
              NamesField("reason"));
  withdraw.set_reason("the campaign is off");
  const auto gone = Call<pb::SalesPolicy>(world_.kapm, absl::StrCat(kPolicies, "WithdrawSalesPolicy"), withdraw);
  ASSERT_THAT(gone, IsOk());
  EXPECT_EQ(gone->state(), pb::SALES_POLICY_STATE_WITHDRAWN);
  EXPECT_EQ(gone->held_until(), "");
}

// C-06, G2: two policies that give a discount for one key on the same days are not both published.
TEST_F(OfferTest, OverlappingPoliciesAreRefusedNamingBoth) {
  const pb::Product product = world_.NewProduct("100");
  pb::SalesPolicy policy = NewPolicy();
  policy.add_discounts()->set_product(product.name());
  policy.mutable_discounts(0)->set_percent("2");
  ASSERT_THAT(Publish(Approved(policy)), IsOk());
  pb::SalesPolicy other = policy;
  other.set_code("Q" + world_.harness().NewId());
  const auto refused = Publish(Approved(other));
  EXPECT_THAT(refused, HasReason("PRICE_OVERLAP"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr(policy.code()));
  EXPECT_THAT(refused, NamesField("sales_policy.discounts[0]"));
  pb::SalesPolicy both = NewPolicy();
  both.add_discounts()->set_product(product.name());
  both.mutable_discounts(0)->set_product_line("x");
  both.mutable_discounts(0)->set_percent("2");
  EXPECT_THAT(Create(both), HasReason("ENTRY_KEY_INVALID"));
}

// C-04, C-06: in the name of a published policy the consultant gives what it allows.
TEST_F(OfferTest, AConsultantGivesWhatAPolicyAllows) {
  const pb::Product product = world_.NewProduct("100");
  pb::SalesPolicy policy = NewPolicy();
  policy.set_max_discount_percent("3");
  const auto published = Publish(Approved(policy));
  ASSERT_THAT(published, IsOk());
  EXPECT_EQ(Line(world_.kax, product, "", "3").verdict(), pb::AUTHORITY_VERDICT_NEEDS_APPROVAL);
  EXPECT_EQ(Line(world_.kax, product, published->name(), "3").verdict(), pb::AUTHORITY_VERDICT_WITHIN);
  EXPECT_EQ(Line(world_.kax, product, published->name(), "3.1").verdict(), pb::AUTHORITY_VERDICT_NEEDS_APPROVAL);
  pb::Quote quote;
  quote.set_account(world_.NewAccount(world_.kax));
  quote.set_currency("CNY");
  PricingWorld::AddLine(product, "1", "1", &quote);
  quote.mutable_lines(0)->set_policy(Approved(NewPolicy()).name());
  EXPECT_THAT(world_.Price(world_.kax, world_.Create(world_.kax, quote)->name()), HasReason("POLICY_NOT_IN_FORCE"));
}

// C-08, R-07: proposed by purchasing, decided by the manager of the department, never by the proposer; the main price
// is the cost of margins from its day on.
TEST_F(OfferTest, PurchasePricesAreProposedDecidedAndUsed) {
  const pb::Product product = world_.NewProduct("100", "", "80");
  pb::CreateSupplierRequest create;
  create.mutable_supplier()->set_code("S" + world_.harness().NewId());
  create.mutable_supplier()->set_display_name("Works");
  const auto supplier = Call<pb::Supplier>(world_.gam, "kam.pricing.v1.SupplierService/CreateSupplier", create);
  ASSERT_THAT(supplier, IsOk());
  const auto propose = [&](const std::string& amount, const std::string& from, const auth::Principal& as) {
    pb::CreatePurchasePriceRequest request;
    pb::PurchasePrice* price = request.mutable_purchase_price();
    price->set_supplier(supplier->name());
    price->set_product(product.name());
    *price->mutable_unit_price() = Cny(amount);
    price->set_valid_from(from);
    price->set_main(true);
    return Call<pb::PurchasePrice>(as, absl::StrCat(kPurchases, "CreatePurchasePrice"), request);
  };
  const auto decide = [&](const pb::PurchasePrice& price) {
    return Call<pb::PurchasePrice>(world_.gam, absl::StrCat(kPurchases, "DecidePurchasePrice"),
                                   About<pb::DecidePurchasePriceRequest>(price));
  };
  const auto margin = [&] { return Line(world_.gam, product).margin_percent(); };
  EXPECT_EQ(margin(), "20");
  const auto proposed = propose("60", world_.Today(), fd_);
  ASSERT_THAT(proposed, IsOk());
  EXPECT_EQ(proposed->state(), pb::PURCHASE_PRICE_STATE_PROPOSED);
  EXPECT_EQ(margin(), "20") << "proposed is not decided";
  EXPECT_THAT(Call<pb::PurchasePrice>(fd_, absl::StrCat(kPurchases, "DecidePurchasePrice"),
                                      About<pb::DecidePurchasePriceRequest>(*proposed)),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto own = propose("61", world_.Today(), world_.gam);
  ASSERT_THAT(own, IsOk());
  EXPECT_THAT(decide(*own), HasReason("PROPOSER_MAY_NOT_DECIDE"));
  const auto decided = decide(*proposed);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->decider(), world_.gam.subject);
  EXPECT_EQ(margin(), "40");
  EXPECT_THAT(decide(*decided), HasReason("STATE_NOT_ALLOWED"));
  // Whoever writes at a proposal has proposed it.
  const auto rewritten = propose("70", world_.Today(5), fd_);
  pb::UpdatePurchasePriceRequest rewrite;
  *rewrite.mutable_purchase_price() = *rewritten;
  *rewrite.mutable_purchase_price()->mutable_unit_price() = Cny("1");
  rewrite.mutable_update_mask()->add_paths("unit_price");
  const auto mine = Call<pb::PurchasePrice>(world_.gam, absl::StrCat(kPurchases, "UpdatePurchasePrice"), rewrite);
  ASSERT_THAT(mine, IsOk());
  EXPECT_THAT(decide(*mine), HasReason("SEPARATION_OF_DUTIES"));
  const auto rival = propose("55", world_.Today(1), fd_);
  EXPECT_THAT(decide(*rival), HasReason("PURCHASE_PRICE_OVERLAP"));
  auto end = About<pb::EndPurchasePriceRequest>(*decided);
  end.set_reason("new supplier");
  end.set_valid_until(world_.Today(-2));
  EXPECT_THAT(Call<pb::PurchasePrice>(world_.gam, absl::StrCat(kPurchases, "EndPurchasePrice"), end),
              NamesField("valid_until"));
  end.set_valid_until(world_.Today());
  ASSERT_THAT(Call<pb::PurchasePrice>(world_.gam, absl::StrCat(kPurchases, "EndPurchasePrice"), end), IsOk());
  EXPECT_THAT(decide(*rival), IsOk()) << "from tomorrow on";
  EXPECT_EQ(margin(), "40") << "today's is still today's";
  // One decided by mistake that has held on no day that is over gives its place to the right one from its first day on.
  const auto rules_tomorrow = Call<pb::PurchasePrice>(world_.gam, absl::StrCat(kPurchases, "GetPurchasePrice"), [&] {
    kam::api::GetRequest get;
    get.set_name(rival->name());
    return get;
  }());
  ASSERT_THAT(rules_tomorrow, IsOk());
  auto mistake = About<pb::EndPurchasePriceRequest>(*rules_tomorrow);
  mistake.set_reason("a digit too few");
  mistake.set_valid_until(world_.Today(-1));
  EXPECT_THAT(Call<pb::PurchasePrice>(world_.gam, absl::StrCat(kPurchases, "EndPurchasePrice"), mistake),
              NamesField("valid_until"))
      << "more than the day before its first";
  mistake.set_valid_until(world_.Today());
  const auto ended = Call<pb::PurchasePrice>(world_.gam, absl::StrCat(kPurchases, "EndPurchasePrice"), mistake);
  ASSERT_THAT(ended, IsOk());
  EXPECT_EQ(ended->state(), pb::PURCHASE_PRICE_STATE_ENDED);
  EXPECT_THAT(decide(*propose("50", world_.Today(1), fd_)), IsOk()) << "of the same day as the mistake";
  EXPECT_EQ(margin(), "40") << "neither is that of today";
  pb::UpdatePurchasePriceRequest update;
  update.mutable_purchase_price()->set_name(decided->name());
  update.mutable_purchase_price()->set_justification("x");
  update.mutable_update_mask()->add_paths("justification");
  EXPECT_THAT(Call<pb::PurchasePrice>(world_.gam, absl::StrCat(kPurchases, "UpdatePurchasePrice"), update),
              HasReason("PURCHASE_PRICE_NOT_PROPOSED"));
  auto reject = About<pb::RejectPurchasePriceRequest>(*own);
  reject.set_reason("above the market");
  EXPECT_EQ(Call<pb::PurchasePrice>(world_.gam, absl::StrCat(kPurchases, "RejectPurchasePrice"), reject)->state(),
            pb::PURCHASE_PRICE_STATE_REJECTED);
  // Shown to those whom the rights name.
  kam::api::ListRequest list;
  EXPECT_THAT(Call<pb::ListPurchasePricesResponse>(world_.kam, absl::StrCat(kPurchases, "ListPurchasePrices"), list),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Call<pb::ListSuppliersResponse>(world_.kax, "kam.pricing.v1.SupplierService/ListSuppliers", list),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

// C-01: feedback on prices of products and parts is answered by those who plan prices, never by its author.
TEST_F(OfferTest, FeedbackOnPricesIsAnsweredByThoseWhoPlanThem) {
  const std::string service = "kam.pricing.v1.PriceSuggestionService/";
  const auto suggest = [&](const auth::Principal& as) {
    pb::CreatePriceSuggestionRequest request;
    request.mutable_price_suggestion()->set_product(world_.NewProduct("100").name());
    *request.mutable_price_suggestion()->mutable_suggested_price() = Cny("92");
    request.mutable_price_suggestion()->set_reason("competitor asks 93");
    return Call<pb::PriceSuggestion>(as, service + "CreatePriceSuggestion", request);
  };
  const auto answer = [&](const auth::Principal& as, const pb::PriceSuggestion& suggestion, bool taken) {
    auto request = About<pb::AnswerPriceSuggestionRequest>(suggestion);
    request.set_taken(taken);
    request.set_answer("see next book");
    return Call<pb::PriceSuggestion>(as, service + "AnswerPriceSuggestion", request);
  };
  const auto first = suggest(world_.kax), second = suggest(world_.kapm);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->state(), pb::PRICE_SUGGESTION_STATE_OPEN);
  kam::api::GetRequest get;
  get.set_name(first->name());
  EXPECT_THAT(Call<pb::PriceSuggestion>(world_.NewPerson("KAX"), service + "GetPriceSuggestion", get),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(answer(world_.kax, *first, true), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(answer(world_.kapm, *second, true), HasReason("SEPARATION_OF_DUTIES"));
  const auto taken = answer(world_.kapm, *first, true), declined = answer(world_.gam, *second, false);
  ASSERT_THAT(taken, IsOk());
  ASSERT_THAT(declined, IsOk());
  EXPECT_EQ(taken->state(), pb::PRICE_SUGGESTION_STATE_TAKEN);
  EXPECT_EQ(declined->state(), pb::PRICE_SUGGESTION_STATE_DECLINED);
  EXPECT_EQ(Call<pb::PriceSuggestion>(world_.kax, service + "GetPriceSuggestion", get)->answer(), "see next book");
  for (const pb::PriceSuggestion& answered : {*taken, *declined}) {
    EXPECT_THAT(answer(world_.gam, answered, true), HasReason("STATE_NOT_ALLOWED"));
  }
  pb::UpdatePriceSuggestionRequest update;
  *update.mutable_price_suggestion() = *taken;
  update.mutable_price_suggestion()->set_reason("another");
  update.mutable_update_mask()->add_paths("reason");
  EXPECT_THAT(Call<pb::PriceSuggestion>(world_.kax, service + "UpdatePriceSuggestion", update),
              HasReason("PRICE_SUGGESTION_ANSWERED"));
}

}  // namespace
}  // namespace kam::contract

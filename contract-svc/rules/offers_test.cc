#include "contract-svc/rules/offers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "common/money/money_proto.h"
#include "common/resource/type.h"
#include "common/testing/matchers.h"
#include "google/protobuf/descriptor.h"
#include "kam/api/method.pb.h"

namespace kam::contract::rules {
namespace {

namespace pb = kam::pricing::v1;
using kam::testing::HasReason;
using kam::testing::IsOk;
using ::testing::ElementsAre;

Decimal Dec(absl::string_view text) { return Decimal::Parse(text).value(); }
Money Cny(absl::string_view amount) { return Money::Parse(amount, "CNY").value(); }
google::type::Money Proto(absl::string_view amount) {
  google::type::Money money;
  ToProto(Cny(amount), &money);
  return money;
}

// C-06: the transitions that the RPCs declare are those of the rules, over all pairs of state and verb.
TEST(PolicyStates, RpcsDeclareTheTableOfTheRules) {
  const std::map<std::string, PolicyVerb> verbs = {
      {"ForecastSalesPolicy", PolicyVerb::kForecast}, {"SubmitSalesPolicy", PolicyVerb::kSubmit},
      {"PublishSalesPolicy", PolicyVerb::kPublish},   {"ReviseSalesPolicy", PolicyVerb::kRevise},
      {"WithdrawSalesPolicy", PolicyVerb::kWithdraw}, {"AcknowledgeSalesPolicy", PolicyVerb::kRead},
      {"CommentSalesPolicy", PolicyVerb::kRead},      {"AnswerSalesPolicyOpinion", PolicyVerb::kAnswer}};
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("kam.pricing.v1.SalesPolicyService");
  ASSERT_NE(service, nullptr);
  size_t seen = 0;
  for (int i = 0; i < service->method_count(); ++i) {
    const kam::api::Method& method = service->method(i)->options().GetExtension(kam::api::method);
    if (method.standard() != kam::api::STANDARD_UNSPECIFIED) continue;
    const auto verb = verbs.find(service->method(i)->name());
    ASSERT_NE(verb, verbs.end()) << service->method(i)->name();
    ++seen;
    const std::set<std::string> from(method.transition().from().begin(), method.transition().from().end());
    const auto* states = pb::SalesPolicyState_descriptor();
    for (int s = 1; s < states->value_count(); ++s) {
      EXPECT_EQ(Possible(static_cast<pb::SalesPolicyState>(states->value(s)->number()), verb->second),
                from.count(resource::ShortEnumName(states->value(s))) == 1)
          << verb->first << " " << states->value(s)->name();
    }
  }
  EXPECT_EQ(seen, verbs.size());
  for (int s = 0; s <= pb::SalesPolicyState_MAX; ++s) {
    const auto state = static_cast<pb::SalesPolicyState>(s);
    EXPECT_EQ(Possible(state, PolicyVerb::kEdit), state == pb::SALES_POLICY_STATE_DRAFT);
    EXPECT_EQ(Possible(state, PolicyVerb::kApprove), state == pb::SALES_POLICY_STATE_IN_APPROVAL);
    EXPECT_EQ(Possible(state, PolicyVerb::kTurnDown), state == pb::SALES_POLICY_STATE_IN_APPROVAL);
  }
}

pb::SalesPolicy Published() {
  pb::SalesPolicy policy;
  policy.set_name("salesPolicies/s");
  policy.set_state(pb::SALES_POLICY_STATE_PUBLISHED);
  policy.mutable_publish_time()->set_seconds(1);
  policy.set_valid_from("2026-01-01");
  policy.set_valid_until("2026-06-30");
  policy.set_max_discount_percent("5");
  policy.set_max_gift_percent("2");
  return policy;
}

// C-06
TEST(Policy, IsInForceInItsDaysWhilePublishedAndAfterAWithdrawalInTheDaysBefore) {
  pb::SalesPolicy policy = Published();
  EXPECT_TRUE(InForce(policy, "2026-06-30"));
  EXPECT_FALSE(InForce(policy, "2026-07-01"));
  policy.set_state(pb::SALES_POLICY_STATE_WITHDRAWN);
  policy.set_held_until("2026-03-01");
  EXPECT_TRUE(InForce(policy, "2026-03-01"));
  EXPECT_FALSE(InForce(policy, "2026-03-02"));
  policy.clear_publish_time();
  EXPECT_FALSE(InForce(policy, "2026-02-01")) << "it was never published";
  for (const auto state : {pb::SALES_POLICY_STATE_DRAFT, pb::SALES_POLICY_STATE_IN_APPROVAL,
                           pb::SALES_POLICY_STATE_APPROVED, pb::SALES_POLICY_STATE_REVISED}) {
    policy.set_state(state);
    EXPECT_FALSE(InForce(policy, "2026-02-01")) << state;
  }
}

Document Of(absl::string_view net) {
  PricedLine line;
  line.product = "products/p";
  line.product_line = "Sedan";
  line.quantity = Dec("1");
  line.published_price = Cny("100");
  line.net_price = line.amount = Cny(net);
  line.concession_percent = PercentBelow(Dec("100"), Dec(net)).value();
  Document document;
  document.tier = "A";
  document.currency = line.amount->currency();
  document.amount = line.amount;
  document.gift_value = Cny("0");
  document.lines.push_back(line);
  return document;
}

// C-04, C-06: in the name of a policy the consultant gives what it allows, and no more; the floor holds all the same.
TEST(Policy, AllowsEverybodyWhatItSays) {
  Grant grant;
  grant.role = "KAX";
  grant.level = 1;
  grant.valid.from = "2020-01-01";
  Grant manager = grant;
  manager.role = "SM";
  manager.level = 2;
  manager.max_discount_percent = Dec("50");
  manager.max_gift_percent = Dec("50");
  manager.below_floor_allowed = true;
  const auto verdict = [&](absl::string_view net, const pb::SalesPolicy& policy, absl::string_view gift,
                           bool named = true) {
    Document document = Of(net);
    pb::Quote quote;
    quote.add_lines()->set_product("products/p");
    PricedLine given;
    given.amount = Cny(gift);
    document.gift_value = Cny(gift);
    document.lines[0].floor_price = Cny("80");
    quote.add_gifts()->set_product("products/g");
    if (named) {
      quote.mutable_lines(0)->set_policy(policy.name());
      quote.mutable_gifts(0)->set_policy(policy.name());
    }
    EXPECT_THAT(Allow({policy}, quote, {given}, &document), IsOk());
    return Decide(document, {"employees/e", {"KAX"}}, std::vector<Grant>{grant, manager}, "2026-02-01")->verdict;
  };
  pb::SalesPolicy policy = Published();
  EXPECT_EQ(verdict("95", policy, "0"), Verdict::kWithin);
  EXPECT_EQ(verdict("94.99", policy, "0"), Verdict::kNeedsApproval);
  EXPECT_EQ(verdict("95", policy, "0", /*named=*/false), Verdict::kNeedsApproval);
  EXPECT_EQ(verdict("100", policy, "2"), Verdict::kWithin);
  EXPECT_EQ(verdict("100", policy, "2.01"), Verdict::kNeedsApproval);
  policy.set_max_discount_percent("30");
  EXPECT_EQ(verdict("79", policy, "0"), Verdict::kNeedsApproval) << "below the floor";
  policy.add_discounts()->set_product_line("Truck");
  EXPECT_EQ(verdict("90", policy, "0"), Verdict::kNeedsApproval) << "the policy is for other products";
  EXPECT_EQ(verdict("100", policy, "2"), Verdict::kNeedsApproval) << "and gives nothing on top of these";
  policy.add_discounts()->set_product("products/p");
  EXPECT_EQ(verdict("90", policy, "0"), Verdict::kWithin);
  EXPECT_EQ(verdict("100", policy, "2"), Verdict::kWithin);
  policy.mutable_discounts(1)->set_tier(pb::CUSTOMER_TIER_STRATEGIC);
  EXPECT_EQ(verdict("100", policy, "0.01"), Verdict::kNeedsApproval) << "the policy is for other customers";
}

// C-04, C-06, R-08: gifts go with what the policy is for; a document of which it covers a part has its percentage of
// that part.
TEST(Policy, GivesGiftsWithWhatItIsForOnly) {
  pb::SalesPolicy policy = Published();
  policy.add_discounts()->set_product_line("Sedan");
  Document document = Of("100");
  document.lines.push_back(document.lines[0]);
  document.lines[1].product_line = "Truck";
  document.lines[1].net_price = document.lines[1].amount = Cny("900");
  document.amount = Cny("1000");
  pb::Quote quote;
  quote.add_lines()->set_product("products/p");
  quote.add_lines()->set_product("products/t");
  for (int i = 0; i < 2; ++i) quote.add_gifts()->set_policy(policy.name());
  PricedLine first, second;
  first.amount = Cny("1.50");
  second.amount = Cny("0.75");
  ASSERT_THAT(Allow({policy}, quote, {first, second}, &document), IsOk());
  EXPECT_EQ(document.policy_gift_value->amount(), Dec("2")) << "two percent of 100; the rest is asked for";
  policy.add_discounts()->set_product_line("Truck");
  ASSERT_THAT(Allow({policy}, quote, {first, second}, &document), IsOk());
  EXPECT_EQ(document.policy_gift_value->amount(), Dec("2.25"));
}

// C-06: a policy says whom and what it is for; what is given in its name is within it for nobody and nothing else.
TEST(Policy, IsForThoseAndForWhatItSays) {
  pb::SalesPolicy policy = Published();
  const auto covered = [&](const std::function<void(pb::Quote*, PricedLine*, std::string*)>& change) {
    Document document = Of("100");
    pb::Quote quote;
    quote.set_priced_segment("BANK");
    quote.set_priced_region("East");
    quote.add_lines()->set_policy(policy.name());
    change(&quote, &document.lines[0], &document.tier);
    EXPECT_THAT(Allow({policy}, quote, {}, &document), IsOk());
    return document.lines[0].policy_discount_percent.has_value();
  };
  const auto as_it_is = [](pb::Quote*, PricedLine*, std::string*) {};
  EXPECT_TRUE(covered(as_it_is)) << "for all";
  pb::SalesPolicyScope* scope = policy.add_scopes();
  scope->set_product_line("Sedan");
  scope->set_segment("BANK");
  scope->set_region("East");
  scope->set_tier(pb::CUSTOMER_TIER_A);
  EXPECT_TRUE(covered(as_it_is));
  EXPECT_FALSE(covered([](pb::Quote*, PricedLine* line, std::string*) { line->product_line = "Truck"; }));
  EXPECT_FALSE(covered([](pb::Quote* quote, PricedLine*, std::string*) { quote->set_priced_segment("OEM"); }));
  EXPECT_FALSE(covered([](pb::Quote* quote, PricedLine*, std::string*) { quote->set_priced_region("West"); }));
  EXPECT_FALSE(covered([](pb::Quote*, PricedLine*, std::string* tier) { *tier = "B"; }));
  policy.add_scopes()->set_product("products/p");
  EXPECT_TRUE(covered([](pb::Quote*, PricedLine*, std::string* tier) { *tier = "B"; })) << "one of them fits";
  policy.clear_scopes();
  policy.add_discounts()->set_minimum_quantity("10");
  EXPECT_FALSE(covered(as_it_is)) << "a discount from ten pieces on says nothing of one";
  EXPECT_TRUE(covered([](pb::Quote*, PricedLine* line, std::string*) { line->quantity = Dec("10"); }));
  policy.add_scopes();
  EXPECT_THAT(CheckPolicy(policy), HasReason("FIELD_REQUIRED"));
  policy.mutable_scopes(0)->set_product("products/p");
  EXPECT_THAT(CheckPolicy(policy), IsOk());
  policy.mutable_scopes(0)->set_product_line("Sedan");
  EXPECT_THAT(CheckPolicy(policy), HasReason("ENTRY_KEY_INVALID"));
}

pb::PackageOffer Offer() {
  pb::PackageOffer offer;
  offer.set_name("packageOffers/o");
  offer.set_account("accounts/a");
  offer.set_currency("CNY");
  offer.set_state(pb::PACKAGE_OFFER_STATE_AGREED);
  offer.set_valid_from("2026-01-01");
  for (const auto& [product, quantity, list] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"products/van", "1", "200"}, {"products/care", "2", "50"}}) {
    pb::PackageItem* item = offer.add_items();
    item->set_product(product);
    item->set_quantity(quantity);
    *item->mutable_list_price() = Proto(list);
  }
  for (const auto& [from, price] : std::vector<std::pair<std::string, std::string>>{{"1", "280"}, {"5", "250.01"}}) {
    pb::PackageStep* step = offer.add_steps();
    step->set_from_packages(from);
    *step->mutable_price() = Proto(price);
  }
  return offer;
}

// C-07: the price of a package is shared over its parts in proportion to the list, by quantity steps.
TEST(Package, ItsPriceIsSharedOverItsParts) {
  const auto scales = PartPrices(Offer());
  ASSERT_THAT(scales, IsOk());
  ASSERT_EQ(scales->size(), 2u);
  EXPECT_EQ((*scales)[0].scale[0].from, Dec("1"));
  EXPECT_EQ((*scales)[0].scale[0].value, Dec("186.67"));
  EXPECT_EQ((*scales)[1].scale[0].from, Dec("2"));
  EXPECT_EQ((*scales)[1].scale[0].value, Dec("46.665")) << "93.33 for two";
  EXPECT_EQ((*scales)[0].scale[1].from, Dec("5"));
  EXPECT_EQ((*scales)[1].scale[1].from, Dec("10"));
  for (size_t step = 0; step < 2; ++step) {
    const Decimal sum = *Add((*scales)[0].scale[step].value, *Multiply((*scales)[1].scale[step].value, Dec("2")));
    EXPECT_EQ(sum, step == 0 ? Dec("280") : Dec("250.01"));
  }
}

// C-07: discount and margin of every step; never above the list.
TEST(Package, DiscountsAndMarginsAreWorkedOutAndTheListIsTheLimit) {
  Product van, care;
  van.name = "products/van";
  van.list_price = Cny("200");
  van.purchase_price = Cny("150");
  care.name = "products/care";
  care.list_price = Cny("50");
  care.purchase_price = Cny("20");
  pb::PackageOffer offer = Offer();
  ASSERT_THAT(WorkOut(ProductTable({van, care}), &offer), IsOk());
  EXPECT_EQ(offer.steps(0).discount_percent(), "6.6667");
  EXPECT_EQ(offer.steps(0).margin_percent(), "32.1429") << "90 of 280";
  care.purchase_price.reset();
  ASSERT_THAT(WorkOut(ProductTable({van, care}), &offer), IsOk());
  EXPECT_EQ(offer.steps(0).margin_percent(), "") << "a cost is not known";
  *offer.mutable_steps(0)->mutable_price() = Proto("300.01");
  EXPECT_THAT(WorkOut(ProductTable({van, care}), &offer), HasReason("PACKAGE_ABOVE_LIST"));
  EXPECT_THAT(WorkOut(ProductTable({van}), &offer), HasReason("PRODUCT_NOT_SOLD"));
}

// C-07: bad input is named by field.
TEST(Package, InputIsCheckedByField) {
  pb::PackageOffer offer = Offer();
  EXPECT_THAT(CheckOffer(offer), IsOk());
  offer.mutable_steps(0)->set_from_packages("2");
  EXPECT_THAT(ViolatedFields(CheckOffer(offer)), ElementsAre("package_offer.steps[0].from_packages"));
  offer = Offer();
  offer.mutable_steps(1)->set_from_packages("1");
  EXPECT_THAT(ViolatedFields(CheckOffer(offer)), ElementsAre("package_offer.steps[1].from_packages"));
  offer = Offer();
  offer.mutable_items(1)->set_product("products/van");
  EXPECT_THAT(ViolatedFields(CheckOffer(offer)), ElementsAre("package_offer.items[1].product"));
  offer = Offer();
  offer.mutable_steps(0)->mutable_price()->set_currency_code("USD");
  offer.set_valid_until("2025-01-01");
  EXPECT_THAT(ViolatedFields(CheckOffer(offer)),
              ElementsAre("package_offer.valid_until", "package_offer.steps[0].price"));
}

// C-07: a part is not sold at the package's price without the rest.
TEST(Package, IsSoldAsAWhole) {
  const auto check = [](const std::vector<std::pair<std::string, std::string>>& lines) {
    pb::Quote quote;
    for (const auto& [product, quantity] : lines) {
      pb::QuoteLine* line = quote.add_lines();
      line->set_product(product);
      line->set_quantity(quantity);
      line->set_package("packageOffers/o");
    }
    quote.add_lines()->set_product("products/other");
    return CheckComplete(Offer(), quote);
  };
  EXPECT_THAT(check({{"products/van", "3"}, {"products/care", "6"}}), IsOk());
  EXPECT_THAT(check({{"products/van", "3"}, {"products/care", "2"}, {"products/care", "4"}}), IsOk());
  EXPECT_THAT(check({{"products/van", "3"}}), HasReason("PACKAGE_INCOMPLETE"));
  EXPECT_THAT(check({{"products/van", "3"}, {"products/care", "4"}}), HasReason("PACKAGE_INCOMPLETE"));
  EXPECT_THAT(check({{"products/van", "1.5"}, {"products/care", "3"}}), HasReason("PACKAGE_INCOMPLETE"));
  EXPECT_THAT(check({{"products/van", "1"}, {"products/care", "2"}, {"products/x", "1"}}),
              HasReason("PACKAGE_INCOMPLETE"));
}

TEST(Package, IsOfferedToItsCustomerInItsDaysOnceAgreed) {
  pb::Quote quote;
  quote.set_account("accounts/a");
  quote.set_currency("CNY");
  quote.set_as_of("2026-02-01");
  pb::PackageOffer offer = Offer();
  EXPECT_TRUE(Offered(offer, quote));
  for (int s = 0; s <= pb::PackageOfferState_MAX; ++s) {
    offer.set_state(static_cast<pb::PackageOfferState>(s));
    EXPECT_EQ(Offered(offer, quote), offer.state() == pb::PACKAGE_OFFER_STATE_AGREED) << s;
  }
  offer = Offer();
  quote.set_account("accounts/b");
  EXPECT_FALSE(Offered(offer, quote));
  quote.set_account("accounts/a");
  quote.set_as_of("2025-12-31");
  EXPECT_FALSE(Offered(offer, quote));
}

}  // namespace
}  // namespace kam::contract::rules

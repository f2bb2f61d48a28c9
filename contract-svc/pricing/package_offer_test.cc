// Packages over the real database and gRPC (C-02, C-03, C-07), and all pairs of state and verb.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/offer_fixture.h"
#include "kam/api/standard.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/pricing/v1/authority_grant_service.pb.h"
#include "kam/pricing/v1/price_probe_service.pb.h"
#include "kam/pricing/v1/product_service.pb.h"
#include "kam/pricing/v1/purchase_price_service.pb.h"
#include "kam/pricing/v1/supplier_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using ::testing::ElementsAre;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;

// C-07: written by the seller, agreed with the sales manager, then quoted as a whole and at its steps.
TEST_F(OfferTest, APackageIsAgreedBeforeItIsOfferedAndSoldAsAWhole) {
  const pb::Product van = world_.NewProduct("200", "", "150"), care = world_.NewProduct("50", "", "20");
  const std::string account = world_.NewAccount(world_.kax);
  const auto draft = Create(world_.kax, NewOffer(account, van, care));
  ASSERT_THAT(draft, IsOk());
  const auto quote_of = [&](const std::string& vans, const std::string& cares) {
    pb::Quote quote;
    quote.set_account(account);
    quote.set_currency("CNY");
    PricingWorld::AddLine(van, vans, "", &quote);
    PricingWorld::AddLine(care, cares, "", &quote);
    for (pb::QuoteLine& line : *quote.mutable_lines()) line.set_package(draft->name());
    const auto created = world_.Create(world_.kax, quote);
    EXPECT_THAT(created, IsOk());
    return world_.Price(world_.kax, created.value_or(pb::Quote()).name());
  };
  EXPECT_THAT(quote_of("1", "2"), HasReason("PACKAGE_NOT_OFFERED"));
  const auto submitted = Submit(world_.kax, *draft);
  ASSERT_THAT(submitted, IsOk());
  EXPECT_EQ(submitted->steps(0).discount_percent(), "10");
  EXPECT_EQ(submitted->steps(0).margin_percent(), "") << "the consultant does not see margins";
  EXPECT_EQ(GetOffer(world_.gm, draft->name())->steps(0).margin_percent(), "29.6296") << "80 of 270";
  EXPECT_THAT(Submit(world_.kax, *submitted), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_THAT(world_.Approve(world_.kam, submitted->approval()), HasReason("NOT_THE_DECIDER"));
  ASSERT_THAT(world_.Approve(world_.sm, submitted->approval()), IsOk());
  EXPECT_THAT(quote_of("1", "2"), HasReason("PACKAGE_NOT_OFFERED"))
      << "twenty percent take more than the sales manager";
  ASSERT_THAT(world_.Approve(world_.sd, submitted->approval()), IsOk());
  const auto agreed = GetOffer(world_.kax, draft->name());
  EXPECT_EQ(agreed->state(), pb::PACKAGE_OFFER_STATE_AGREED);

  const auto priced = quote_of("1", "2");
  ASSERT_THAT(priced, IsOk());
  EXPECT_EQ(priced->quote().state(), pb::QUOTE_STATE_APPROVED) << "agreed already";
  EXPECT_EQ(priced->quote().total_amount().units(), 270);
  EXPECT_EQ(quote_of("5", "10")->quote().total_amount().units(), 1200) << "five at 240";
  EXPECT_THAT(quote_of("5", "9"), HasReason("PACKAGE_INCOMPLETE"));

  pb::UpdatePackageOfferRequest update;
  update.mutable_package_offer()->set_name(draft->name());
  update.mutable_package_offer()->set_title("other");
  update.mutable_update_mask()->add_paths("title");
  EXPECT_THAT(Call<pb::PackageOffer>(world_.kax, absl::StrCat(kPackages, "UpdatePackageOffer"), update),
              HasReason("PACKAGE_OFFER_NOT_DRAFT"));
  auto withdraw = About<pb::WithdrawPackageOfferRequest>(*agreed);
  withdraw.set_reason("season over");
  ASSERT_THAT(Call<pb::PackageOffer>(world_.kax, absl::StrCat(kPackages, "WithdrawPackageOffer"), withdraw), IsOk());
  EXPECT_THAT(quote_of("1", "2"), HasReason("PACKAGE_NOT_OFFERED"));
}

// C-05, C-07: the parts of a package are ordered together: the share of the van in the price of the package is no price
// of a van alone.
TEST_F(OfferTest, PackagesAreOrderedAsAWhole) {
  const pb::Product van = world_.NewProduct("200"), care = world_.NewProduct("50");
  const std::string account = world_.NewAccount(world_.kax);
  const auto submitted =
      Submit(world_.kax, Create(world_.kax, NewOffer(account, van, care)).value_or(pb::PackageOffer()));
  ASSERT_THAT(submitted, IsOk());
  ASSERT_THAT(world_.Approve(world_.sm, submitted->approval()), IsOk());
  ASSERT_THAT(world_.Approve(world_.sd, submitted->approval()), IsOk());
  pb::Quote quote;
  quote.set_account(account);
  quote.set_currency("CNY");
  PricingWorld::AddLine(van, "5", "", &quote);
  PricingWorld::AddLine(care, "10", "", &quote);
  for (pb::QuoteLine& line : *quote.mutable_lines()) line.set_package(submitted->name());
  const auto created = world_.Create(world_.kax, quote);
  ASSERT_THAT(created, IsOk());
  ASSERT_THAT(world_.Price(world_.kax, created->name()), IsOk());
  const auto sent = world_.Send(world_.kax, created->name());
  ASSERT_THAT(sent, IsOk());
  pb::AcceptQuoteRequest accept = About<pb::AcceptQuoteRequest>(*sent);
  accept.set_content_hash(sent->approved_content_hash());
  ASSERT_THAT(Call<pb::Quote>(world_.kax, "kam.pricing.v1.QuoteService/AcceptQuote", accept), IsOk());
  const auto enter = [&](const std::string& vans, const std::string& cares) {
    order::v1::CreateOrderRequest request;
    request.mutable_order()->set_account(account);
    request.mutable_order()->set_quote(created->name());
    for (const auto& [product, quantity] : {std::pair{van.name(), vans}, {care.name(), cares}}) {
      if (quantity.empty()) continue;
      order::v1::OrderLine* line = request.mutable_order()->add_lines();
      line->set_product(product);
      line->set_quantity(quantity);
    }
    return Call<order::v1::Order>(world_.kax, "kam.order.v1.OrderService/CreateOrder", request);
  };
  EXPECT_THAT(enter("1", ""), HasReason("PACKAGE_INCOMPLETE"));
  EXPECT_THAT(enter("", "2"), HasReason("PACKAGE_INCOMPLETE"));
  EXPECT_THAT(enter("2", "2"), HasReason("PACKAGE_INCOMPLETE"));
  const auto one = enter("1", "2");
  ASSERT_THAT(one, IsOk());
  EXPECT_EQ(one->total().units(), 271) << "240 and 13 % of tax, one of five";
  EXPECT_THAT(enter("5", "10"), HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_THAT(enter("4", "8"), IsOk());
}

// C-02, C-03, C-07: a package below the floor of a part that those agreed to who may go so far is quoted as it is, and
// nothing is given away on top of it.
TEST_F(OfferTest, AnAgreedPackageBelowAFloorIsQuotedAsItWasAgreed) {
  const pb::Product van = world_.NewProduct("200", "195"), care = world_.NewProduct("50");
  const std::string account = world_.NewAccount(world_.kax);
  pb::PackageOffer offer = NewOffer(account, van, care);
  offer.mutable_steps()->RemoveLast();
  *offer.mutable_steps(0)->mutable_price() = Cny("288");  // The van at 192.
  const auto submitted = Submit(world_.kax, Create(world_.kax, offer).value_or(pb::PackageOffer()));
  ASSERT_THAT(submitted, IsOk());
  ASSERT_THAT(world_.Approve(world_.sm, submitted->approval()), IsOk());
  ASSERT_THAT(world_.Approve(world_.gam, submitted->approval()), IsOk());
  const auto priced_by = [&](const auth::Principal& seller, const std::string& special) {
    pb::Quote quote;
    quote.set_account(account);
    quote.set_currency("CNY");
    if (!special.empty()) {
      quote.set_special_offer_percent(special);
      quote.set_special_offer_reason("competitor");
    }
    PricingWorld::AddLine(van, "1", "", &quote);
    PricingWorld::AddLine(care, "2", "", &quote);
    for (pb::QuoteLine& line : *quote.mutable_lines()) line.set_package(submitted->name());
    const auto created = world_.Create(seller, quote);
    EXPECT_THAT(created, IsOk());
    return world_.Price(seller, created.value_or(pb::Quote()).name());
  };
  const auto priced = priced_by(world_.kax, "");
  ASSERT_THAT(priced, IsOk());
  EXPECT_EQ(priced->quote().lines(0).net_price().units(), 192);
  EXPECT_EQ(priced->quote().state(), pb::QUOTE_STATE_APPROVED);
  // No hand changes a package, also that of one whose discount goes so far.
  const auto beyond = priced_by(world_.gam, "1");
  ASSERT_THAT(beyond, IsOk());
  EXPECT_EQ(beyond->quote().lines(0).verdict(), pb::AUTHORITY_VERDICT_NEVER);
}

// C-07: a rejection gives it back.
TEST_F(OfferTest, ARejectedPackageIsADraftAgain) {
  const std::string account = world_.NewAccount(world_.kax);
  const auto draft = Create(world_.kax, NewOffer(account, world_.NewProduct("200"), world_.NewProduct("50")));
  ASSERT_THAT(draft, IsOk());
  const auto submitted = Submit(world_.kax, *draft);
  ASSERT_THAT(submitted, IsOk());
  ASSERT_THAT(world_.Reject(world_.sm, submitted->approval(), "too cheap"), IsOk());
  EXPECT_EQ(GetOffer(world_.kax, draft->name())->state(), pb::PACKAGE_OFFER_STATE_DRAFT);
  // Whoever writes at it does not agree to it.
  pb::UpdatePackageOfferRequest update;
  *update.mutable_package_offer() = *GetOffer(world_.sm, draft->name());
  update.mutable_package_offer()->set_need("cheaper still");
  update.mutable_update_mask()->add_paths("need");
  const auto changed = Call<pb::PackageOffer>(world_.sm, absl::StrCat(kPackages, "UpdatePackageOffer"), update);
  ASSERT_THAT(changed, IsOk());
  const auto again = Submit(world_.kax, *changed);
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT(world_.Approve(world_.sm, again->approval()), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(world_.Approve(world_.sd, again->approval()), HasReason("NOT_THE_DECIDER"))
      << "the director does not agree in the place of a sales manager";
  EXPECT_THAT(world_.Approve(world_.NewPerson("SM"), again->approval()), IsOk());
  EXPECT_THAT(world_.Approve(world_.sd, again->approval()), IsOk()) << "the authority for twenty percent";
  EXPECT_EQ(GetOffer(world_.kax, draft->name())->state(), pb::PACKAGE_OFFER_STATE_AGREED);
  EXPECT_THAT(GetOffer(world_.NewPerson("KAX"), draft->name()), StatusIs(absl::StatusCode::kNotFound));
}

// C-03, C-04, C-07: the sales manager agrees to a package, and beside him the lowest level whose authority its
// concessions take; nobody below it does, and whoever puts it forward within his own needs the sales manager only.
TEST_F(OfferTest, APackageTakesTheAuthorityForItsConcessions) {
  const auto offer_at = [&](const auth::Principal& as, const std::string& price, const std::string& floor) {
    pb::PackageOffer offer =
        NewOffer(world_.NewAccount(world_.kax), world_.NewProduct("200", floor), world_.NewProduct("50"));
    offer.mutable_steps()->RemoveLast();
    *offer.mutable_steps(0)->mutable_price() = Cny(price);
    const auto draft = Create(as, offer);
    EXPECT_THAT(draft, IsOk());
    const auto submitted = Submit(as, draft.value_or(pb::PackageOffer()));
    EXPECT_THAT(submitted, IsOk());
    return submitted.value_or(pb::PackageOffer());
  };
  const auto asked = [&](const pb::PackageOffer& offer) {
    std::vector<std::string> steps;
    const auto request = world_.GetApproval(world_.gm, offer.approval());
    EXPECT_THAT(request, IsOk());
    for (const auto& step : request->steps()) steps.push_back(absl::StrCat(step.level(), " ", step.roles()));
    return steps;
  };
  // 4 %, 60 %, and 4 % below the floor of the van.
  EXPECT_THAT(asked(offer_at(world_.kax, "288", "")), ElementsAre("0 SM"));
  const pb::PackageOffer cheap = offer_at(world_.kax, "120", "");
  EXPECT_THAT(asked(cheap), ElementsAre("0 SM", "6 GM"));
  EXPECT_THAT(asked(offer_at(world_.kax, "288", "195")), ElementsAre("0 SM", "4 GAM"));
  EXPECT_THAT(asked(offer_at(world_.gam, "270", "")), ElementsAre("0 SM")) << "his own authority goes so far";

  EXPECT_THAT(world_.Approve(world_.NewPerson("SM", /*other_department=*/true), cheap.approval()),
              StatusIs(absl::StatusCode::kNotFound))
      << "the sales manager of the customer's department";
  ASSERT_THAT(world_.Approve(world_.sm, cheap.approval()), IsOk());
  for (const auth::Principal* beyond : {&world_.sd, &world_.gam}) {
    EXPECT_THAT(world_.Approve(*beyond, cheap.approval()), HasReason("NOT_THE_DECIDER"));
  }
  EXPECT_EQ(GetOffer(world_.kax, cheap.name())->state(), pb::PACKAGE_OFFER_STATE_IN_APPROVAL);
  ASSERT_THAT(world_.Approve(world_.gm, cheap.approval()), IsOk());
  EXPECT_EQ(GetOffer(world_.kax, cheap.name())->state(), pb::PACKAGE_OFFER_STATE_AGREED);
}

// C-03, C-07: the authority is that of the day of the decision.
TEST_F(OfferTest, APackageIsAgreedByThoseWhoHaveTheAuthorityThatDay) {
  const pb::Product van = world_.NewProduct("200"), care = world_.NewProduct("50");
  const auth::Principal expert = world_.NewPerson("KAM");
  std::vector<pb::AuthorityGrant> grants;
  for (const pb::Product* product : {&van, &care}) {
    grants.push_back(world_.Grant(expert, *product, "30"));
  }
  pb::PackageOffer offer = NewOffer(world_.NewAccount(world_.kax), van, care);
  offer.mutable_steps()->RemoveLast();
  *offer.mutable_steps(0)->mutable_price() = Cny("225");  // 25 %
  const auto submitted = Submit(world_.kax, Create(world_.kax, offer).value_or(pb::PackageOffer()));
  ASSERT_THAT(submitted, IsOk());
  ASSERT_THAT(world_.Approve(world_.sm, submitted->approval()), IsOk());
  ASSERT_THAT(world_.Revoke(world_.gm, grants[0]), IsOk());
  EXPECT_THAT(world_.Approve(expert, submitted->approval()), HasReason("AUTHORITY_CHANGED"));
  EXPECT_THAT(world_.Reject(expert, submitted->approval(), "no longer mine"), IsOk());
}

// C-02, C-03, C-07: what came to exceed the authority after it was submitted, and nobody was asked about, is not
// agreed.
TEST_F(OfferTest, APackageIsNotAgreedByTheGridOfTheDayItWasSubmitted) {
  const auto submitted_by = [&](const auth::Principal& as, const pb::Product& van, const pb::Product& care,
                                const std::string& price) {
    pb::PackageOffer offer = NewOffer(world_.NewAccount(world_.kax), van, care);
    offer.mutable_steps()->RemoveLast();
    *offer.mutable_steps(0)->mutable_price() = Cny(price);
    const auto submitted = Submit(as, Create(as, offer).value_or(pb::PackageOffer()));
    EXPECT_THAT(submitted, IsOk());
    const auto request = world_.GetApproval(world_.gm, submitted.value_or(pb::PackageOffer()).approval());
    EXPECT_EQ(request.value_or(approval::v1::ApprovalRequest()).steps_size(), 1) << "within authority";
    return submitted.value_or(pb::PackageOffer());
  };
  // The floor of a part is raised.
  const pb::Product van = world_.NewProduct("200", "100"), care = world_.NewProduct("50");
  const pb::PackageOffer offer = submitted_by(world_.kax, van, care, "288");
  pb::UpdateProductRequest raise;
  raise.mutable_product()->set_name(van.name());
  *raise.mutable_product()->mutable_floor_price() = Cny("195");
  raise.mutable_update_mask()->add_paths("floor_price");
  ASSERT_THAT(Call<pb::Product>(world_.gam, "kam.pricing.v1.ProductService/UpdateProduct", raise), IsOk());
  EXPECT_THAT(world_.Approve(world_.sm, offer.approval()), HasReason("AUTHORITY_CHANGED"));
  EXPECT_EQ(GetOffer(world_.kax, offer.name())->state(), pb::PACKAGE_OFFER_STATE_IN_APPROVAL);
  ASSERT_THAT(world_.Reject(world_.sm, offer.approval(), "ask again"), IsOk());
  EXPECT_EQ(GetOffer(world_.kax, offer.name())->state(), pb::PACKAGE_OFFER_STATE_DRAFT);

  // What the seller may allow himself counts as long as he may: by name, and by his role.
  const auth::Principal expert = world_.NewPerson("KAM"), lead = world_.NewPerson("GAM");
  const pb::Product bus = world_.NewProduct("200"), check = world_.NewProduct("50");
  std::vector<pb::AuthorityGrant> grants;
  for (const pb::Product* product : {&bus, &check}) grants.push_back(world_.Grant(expert, *product, "30"));
  const pb::PackageOffer own = submitted_by(expert, bus, check, "225");
  const pb::PackageOffer kept = submitted_by(expert, bus, check, "225");
  const pb::PackageOffer by_role = submitted_by(lead, bus, check, "270");
  const pb::PackageOffer left = submitted_by(lead, bus, check, "270");
  EXPECT_THAT(world_.Approve(world_.sm, kept.approval()), IsOk());
  EXPECT_THAT(world_.Approve(world_.sm, by_role.approval()), IsOk());
  EXPECT_EQ(GetOffer(world_.kax, by_role.name())->state(), pb::PACKAGE_OFFER_STATE_AGREED);
  ASSERT_THAT(world_.Revoke(world_.gm, grants[0]), IsOk());
  EXPECT_THAT(world_.Approve(world_.sm, own.approval()), HasReason("AUTHORITY_CHANGED"));
  world_.SetRoles(lead, {});
  EXPECT_THAT(world_.Approve(world_.sm, left.approval()), HasReason("AUTHORITY_CHANGED"));
}

// C-03, R-06: nobody gives more than he holds on the day it begins to hold.
TEST_F(OfferTest, AuthorityIsConfirmedWhileTheGiverHoldsIt) {
  const std::string grants = "kam.pricing.v1.AuthorityGrantService/";
  const pb::Product product = world_.NewProduct("100");
  const auto propose = [&](const auth::Principal& giver, const std::string& discount) {
    pb::CreateAuthorityGrantRequest request;
    pb::AuthorityGrant* grant = request.mutable_authority_grant();
    grant->set_role("KAM");
    grant->set_product_line(product.product_line());
    grant->set_level(3);
    grant->set_discount_base(pb::DISCOUNT_BASE_PUBLISHED_PRICE);
    grant->set_max_discount_percent(discount);
    grant->set_valid_from(world_.Today());
    grant->set_reason("campaign");
    const auto proposed = Call<pb::AuthorityGrant>(giver, grants + "CreateAuthorityGrant", request);
    EXPECT_THAT(proposed, IsOk());
    return proposed.value_or(pb::AuthorityGrant());
  };
  const auto confirm = [&](const pb::AuthorityGrant& grant) {
    return Call<pb::AuthorityGrant>(world_.gm, grants + "ConfirmAuthorityGrant",
                                    About<pb::ConfirmAuthorityGrantRequest>(grant));
  };
  // What was given to him by name.
  const auth::Principal lead = world_.NewPerson("GAM");
  const pb::AuthorityGrant own = world_.Grant(lead, product, "40");
  const pb::AuthorityGrant wide = propose(lead, "35"), other = propose(lead, "30");
  EXPECT_THAT(confirm(wide), IsOk());
  ASSERT_THAT(world_.Revoke(world_.gm, own), IsOk());
  EXPECT_THAT(confirm(other), HasReason("GRANT_EXCEEDS_OWN"));
  // What he held by his role.
  const auth::Principal director = world_.NewPerson("SD");
  const pb::AuthorityGrant kept = propose(director, "12"), moved = propose(director, "11"),
                           left = propose(director, "10");
  EXPECT_THAT(confirm(kept), IsOk());
  world_.SetRoles(director, {"KAM"});
  EXPECT_THAT(confirm(moved), HasReason("SELF_GRANT"));
  world_.SetRoles(director, {});
  EXPECT_THAT(confirm(left), HasReason("GRANT_EXCEEDS_OWN"));
}

// C-03, C-07, C-08: all pairs of state and verb of packages, purchase prices and grants.
TEST_F(OfferTest, EveryPairOfStateAndVerb) {
  using States = std::set<std::string>;
  const auto try_all = [&](const std::string& table, const std::string& name,
                           const google::protobuf::EnumDescriptor* all, const std::string& verb, const States& from,
                           const auto& call) {
    for (int i = 1; i < all->value_count(); ++i) {
      const std::string state = resource::ShortEnumName(all->value(i));
      world_.harness().db().Execute(
          absl::StrCat("UPDATE ", table, " SET state = '", state, "' WHERE id = '", IdOf(name), "'"));
      const absl::Status status = call();
      EXPECT_EQ(Reason(status) == "STATE_NOT_ALLOWED" || Reason(status) == "PACKAGE_OFFER_NOT_DRAFT" ||
                    Reason(status) == "PURCHASE_PRICE_NOT_PROPOSED",
                from.count(state) == 0)
          << state << " " << verb << ": " << status;
    }
  };
  const std::string account = world_.NewAccount(world_.kax);
  const pb::Product van = world_.NewProduct("200"), care = world_.NewProduct("50");
  const auto offer = [&] { return Create(world_.kax, NewOffer(account, van, care)).value_or(pb::PackageOffer()); };
  const auto* package_states = pb::PackageOfferState_descriptor();
  // A verb that goes through is not tried again: each has its own row.
  {
    const std::string name = offer().name();
    try_all("package_offers", name, package_states, "SubmitPackageOffer", {"DRAFT"},
            [&] { return Submit(world_.kax, GetOffer(world_.kax, name).value_or(pb::PackageOffer())).status(); });
  }
  {
    const std::string name = offer().name();
    try_all("package_offers", name, package_states, "WithdrawPackageOffer", {"DRAFT", "AGREED"}, [&] {
      auto request = About<pb::WithdrawPackageOfferRequest>(*GetOffer(world_.kax, name));
      request.set_reason("season over");
      return Call<pb::PackageOffer>(world_.kax, absl::StrCat(kPackages, "WithdrawPackageOffer"), request).status();
    });
    try_all("package_offers", name, package_states, "UpdatePackageOffer", {"DRAFT"}, [&] {
      pb::UpdatePackageOfferRequest request;
      request.mutable_package_offer()->set_name(name);
      request.mutable_package_offer()->set_title("other");
      request.mutable_update_mask()->add_paths("title");
      return Call<pb::PackageOffer>(world_.kax, absl::StrCat(kPackages, "UpdatePackageOffer"), request).status();
    });
  }
  pb::CreateSupplierRequest create;
  create.mutable_supplier()->set_code("S" + world_.harness().NewId());
  create.mutable_supplier()->set_display_name("Works");
  const auto supplier = Call<pb::Supplier>(world_.gam, "kam.pricing.v1.SupplierService/CreateSupplier", create);
  ASSERT_THAT(supplier, IsOk());
  const auto price = [&] {
    pb::CreatePurchasePriceRequest request;
    request.mutable_purchase_price()->set_supplier(supplier->name());
    request.mutable_purchase_price()->set_product(world_.NewProduct("100").name());
    *request.mutable_purchase_price()->mutable_unit_price() = Cny("60");
    request.mutable_purchase_price()->set_valid_from(world_.Today());
    return Call<pb::PurchasePrice>(fd_, absl::StrCat(kPurchases, "CreatePurchasePrice"), request)
        .value_or(pb::PurchasePrice());
  };
  const auto* price_states = pb::PurchasePriceState_descriptor();
  const auto purchase = [&](const std::string& verb, const States& from, auto request) {
    request.set_name(price().name());
    try_all("purchase_prices", request.name(), price_states, verb, from, [&] {
      kam::api::GetRequest get;
      get.set_name(request.name());
      const auto read = Call<pb::PurchasePrice>(world_.gam, absl::StrCat(kPurchases, "GetPurchasePrice"), get);
      EXPECT_THAT(read, IsOk());
      request.set_etag(read.value_or(pb::PurchasePrice()).etag());
      return Call<pb::PurchasePrice>(world_.gam, absl::StrCat(kPurchases, verb), request).status();
    });
  };
  purchase("DecidePurchasePrice", {"PROPOSED"}, pb::DecidePurchasePriceRequest());
  pb::RejectPurchasePriceRequest reject;
  reject.set_reason("above the market");
  purchase("RejectPurchasePrice", {"PROPOSED"}, reject);
  pb::EndPurchasePriceRequest end;
  end.set_reason("new supplier");
  end.set_valid_until(world_.Today());
  purchase("EndPurchasePrice", {"DECIDED"}, end);

  const auto* grant_states = pb::AuthorityGrantState_descriptor();
  const std::string grants = "kam.pricing.v1.AuthorityGrantService/";
  const pb::AuthorityGrant given = world_.Grant(world_.NewPerson("KAM"), van, "9");
  try_all("authority_grants", given.name(), grant_states, "ConfirmAuthorityGrant", {"PROPOSED"}, [&] {
    kam::api::GetRequest get;
    get.set_name(given.name());
    auto request = About<pb::ConfirmAuthorityGrantRequest>(
        Call<pb::AuthorityGrant>(world_.gm, grants + "GetAuthorityGrant", get).value_or(pb::AuthorityGrant()));
    return Call<pb::AuthorityGrant>(world_.sd, grants + "ConfirmAuthorityGrant", request).status();
  });
  try_all("authority_grants", given.name(), grant_states, "RevokeAuthorityGrant", {"PROPOSED", "ACTIVE"},
          [&] { return world_.Revoke(world_.gm, given); });
}

// C-02, C-07: a package is not dearer than its parts one by one.
TEST_F(OfferTest, APackageIsNoOverQuotation) {
  const pb::Product van = world_.NewProduct("200"), care = world_.NewProduct("50");
  pb::SalesPolicy policy = NewPolicy();
  policy.add_discounts()->set_product(van.name());
  policy.mutable_discounts(0)->set_percent("20");
  ASSERT_THAT(Publish(Approved(policy)), IsOk());
  pb::PackageOffer offer = NewOffer(world_.NewAccount(world_.kax), van, care);
  offer.mutable_steps()->RemoveLast();
  *offer.mutable_steps(0)->mutable_price() = Cny("261");
  const auto refused = Submit(world_.kax, Create(world_.kax, offer).value_or(pb::PackageOffer()));
  EXPECT_THAT(refused, HasReason("PACKAGE_ABOVE_PARTS"));
  EXPECT_THAT(refused, NamesField("package_offer.steps[0].price"));
}

// C-02, C-03, C-07: to whom a package goes tells of the floor: it is counted as a quote's question is, and limited.
TEST_F(OfferTest, PackagesPutForwardAreProbesOfTheirParts) {
  const auth::Principal seller = world_.NewPerson("KAX");
  const std::string account = world_.NewAccount(seller);
  const pb::Product van = world_.NewProduct("200", "195"), care = world_.NewProduct("50");
  const auto put_forward = [&](int price) {
    pb::PackageOffer offer = NewOffer(account, van, care);
    offer.mutable_steps()->RemoveLast();
    *offer.mutable_steps(0)->mutable_price() = Cny(absl::StrCat(price));
    return Submit(seller, Create(seller, offer).value_or(pb::PackageOffer()));
  };
  const auto found = [&] {
    kam::api::ListRequest list;
    list.set_filter(absl::StrCat("product = \"", van.name(), "\""));
    const auto page =
        Call<pb::ListPriceProbesResponse>(world_.gam, "kam.pricing.v1.PriceProbeService/ListPriceProbes", list);
    EXPECT_THAT(page, IsOk());
    return page.value_or(pb::ListPriceProbesResponse()).price_probes();
  };
  const int limit = Policy().price_probes_max;
  for (int i = 0; i < limit; ++i) {
    const auto submitted = put_forward(290 + i);
    ASSERT_THAT(submitted, IsOk());
    const auto probes = found();
    ASSERT_EQ(probes.size(), i + 1);
    if (i > 0) continue;
    EXPECT_EQ(probes[0].package_offer(), submitted->name());
    EXPECT_EQ(probes[0].quote(), "");
    EXPECT_TRUE(probes[0].refused()) << "the floor sends it higher";
  }
  EXPECT_THAT(put_forward(290 + limit), HasReason("PRICE_PROBE_LIMIT"));
  EXPECT_EQ(found().size(), limit);
}

}  // namespace
}  // namespace kam::contract

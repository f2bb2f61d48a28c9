// Policies, packages and purchase prices, for tests.
#ifndef KAM_CONTRACT_SVC_TESTING_OFFER_FIXTURE_H_
#define KAM_CONTRACT_SVC_TESTING_OFFER_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/pricing_world.h"
#include "kam/api/standard.pb.h"
#include "kam/pricing/v1/package_offer_service.pb.h"
#include "kam/pricing/v1/sales_policy_service.pb.h"

namespace kam::contract {

inline constexpr char kPolicies[] = "kam.pricing.v1.SalesPolicyService/";
inline constexpr char kPackages[] = "kam.pricing.v1.PackageOfferService/";
inline constexpr char kPurchases[] = "kam.pricing.v1.PurchasePriceService/";

class OfferTest : public ::testing::Test {
 protected:
  OfferTest() : fd_(world_.NewPerson("FD")) {}
  template <typename Response>
  absl::StatusOr<Response> Call(const auth::Principal& as, const std::string& method,
                                const google::protobuf::Message& request) {
    return world_.harness().Call<Response>(as, method, request);
  }
  // A request with name and etag.
  template <typename Request, typename Resource>
  static Request About(const Resource& resource) {
    Request request;
    request.set_name(resource.name());
    request.set_etag(resource.etag());
    return request;
  }

  pricing::v1::SalesPolicy NewPolicy() {
    pricing::v1::SalesPolicy policy;
    policy.set_code("P" + world_.harness().NewId());
    policy.set_kind(pricing::v1::SALES_POLICY_KIND_PROMOTION);
    policy.set_title("Spring");
    policy.set_policy_scope("Fleet customers");
    policy.set_rules("Two percent off");
    policy.set_valid_from(world_.Today());
    return policy;
  }
  absl::StatusOr<pricing::v1::SalesPolicy> Create(const pricing::v1::SalesPolicy& policy) {
    pricing::v1::CreateSalesPolicyRequest request;
    *request.mutable_sales_policy() = policy;
    return Call<pricing::v1::SalesPolicy>(world_.kapm, absl::StrCat(kPolicies, "CreateSalesPolicy"), request);
  }
  absl::StatusOr<pricing::v1::SalesPolicy> Get(const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return Call<pricing::v1::SalesPolicy>(world_.kapm, absl::StrCat(kPolicies, "GetSalesPolicy"), request);
  }
  absl::StatusOr<pricing::v1::SalesPolicy> Forecast(const pricing::v1::SalesPolicy& policy) {
    auto request = About<pricing::v1::ForecastSalesPolicyRequest>(policy);
    *request.mutable_profit_impact() = Cny("-12000");
    request.set_profit_basis("600 vans, 2 %");
    return Call<pricing::v1::SalesPolicy>(fd_, absl::StrCat(kPolicies, "ForecastSalesPolicy"), request);
  }
  absl::StatusOr<pricing::v1::SalesPolicy> Submit(const pricing::v1::SalesPolicy& policy) {
    return Call<pricing::v1::SalesPolicy>(world_.kapm, absl::StrCat(kPolicies, "SubmitSalesPolicy"),
                                          About<pricing::v1::SubmitSalesPolicyRequest>(policy));
  }
  // Forecast, approved by the company, not yet published.
  pricing::v1::SalesPolicy Approved(const pricing::v1::SalesPolicy& policy) {
    const auto draft = Create(policy);
    EXPECT_THAT(draft, testing::IsOk());
    return ApprovedDraft(draft.value_or(pricing::v1::SalesPolicy()));
  }
  pricing::v1::SalesPolicy ApprovedDraft(const pricing::v1::SalesPolicy& draft) {
    const auto forecast = Forecast(draft);
    EXPECT_THAT(forecast, testing::IsOk());
    const auto submitted = Submit(forecast.value_or(pricing::v1::SalesPolicy()));
    EXPECT_THAT(submitted, testing::IsOk());
    EXPECT_THAT(world_.Approve(world_.gm, submitted.value_or(pricing::v1::SalesPolicy()).approval()), testing::IsOk());
    return Get(draft.name()).value_or(pricing::v1::SalesPolicy());
  }
  absl::StatusOr<pricing::v1::SalesPolicy> Publish(const pricing::v1::SalesPolicy& policy) {
    return Call<pricing::v1::SalesPolicy>(world_.kapm, absl::StrCat(kPolicies, "PublishSalesPolicy"),
                                          About<pricing::v1::PublishSalesPolicyRequest>(policy));
  }
  pricing::v1::QuoteLine Line(const auth::Principal& seller, const pricing::v1::Product& product,
                              const std::string& policy = {}, const std::string& discount = {}) {
    pricing::v1::Quote quote;
    quote.set_account(world_.NewAccount(world_.kax));
    quote.set_currency("CNY");
    PricingWorld::AddLine(product, "1", discount, &quote);
    quote.mutable_lines(0)->set_policy(policy);
    const auto draft = world_.Create(seller, quote);
    EXPECT_THAT(draft, testing::IsOk());
    const auto priced = world_.Price(seller, draft.value_or(pricing::v1::Quote()).name());
    EXPECT_THAT(priced, testing::IsOk());
    return priced.ok() ? priced->quote().lines(0) : pricing::v1::QuoteLine();
  }

  pricing::v1::PackageOffer NewOffer(const std::string& account, const pricing::v1::Product& van,
                                     const pricing::v1::Product& care) {
    pricing::v1::PackageOffer offer;
    offer.set_title("Van with care");
    offer.set_account(account);
    offer.set_currency("CNY");
    offer.set_valid_from(world_.Today());
    for (const auto& [product, quantity, kind] :
         std::vector<std::tuple<std::string, std::string, pricing::v1::PackageItemKind>>{
             {van.name(), "1", pricing::v1::PACKAGE_ITEM_KIND_GOODS},
             {care.name(), "2", pricing::v1::PACKAGE_ITEM_KIND_SERVICE}}) {
      pricing::v1::PackageItem* item = offer.add_items();
      item->set_product(product);
      item->set_quantity(quantity);
      item->set_kind(kind);
    }
    for (const auto& [from, price] : std::vector<std::pair<std::string, std::string>>{{"1", "270"}, {"5", "240"}}) {
      pricing::v1::PackageStep* step = offer.add_steps();
      step->set_from_packages(from);
      *step->mutable_price() = Cny(price);
    }
    return offer;
  }
  absl::StatusOr<pricing::v1::PackageOffer> Create(const auth::Principal& as, const pricing::v1::PackageOffer& offer) {
    pricing::v1::CreatePackageOfferRequest request;
    *request.mutable_package_offer() = offer;
    return Call<pricing::v1::PackageOffer>(as, absl::StrCat(kPackages, "CreatePackageOffer"), request);
  }
  absl::StatusOr<pricing::v1::PackageOffer> Submit(const auth::Principal& as, const pricing::v1::PackageOffer& offer) {
    auto request = About<pricing::v1::SubmitPackageOfferRequest>(offer);
    request.set_reason("bulk buyer");
    return Call<pricing::v1::PackageOffer>(as, absl::StrCat(kPackages, "SubmitPackageOffer"), request);
  }
  absl::StatusOr<pricing::v1::PackageOffer> GetOffer(const auth::Principal& as, const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return Call<pricing::v1::PackageOffer>(as, absl::StrCat(kPackages, "GetPackageOffer"), request);
  }

  PricingWorld& world_ = PricingWorld::Get();
  const auth::Principal fd_;
};

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_TESTING_OFFER_FIXTURE_H_

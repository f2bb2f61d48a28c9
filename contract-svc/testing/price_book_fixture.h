// Price books over the real database and gRPC, for tests.
#ifndef KAM_CONTRACT_SVC_TESTING_PRICE_BOOK_FIXTURE_H_
#define KAM_CONTRACT_SVC_TESTING_PRICE_BOOK_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/pricing_world.h"
#include "kam/api/standard.pb.h"
#include "kam/pricing/v1/price_book_service.pb.h"

namespace kam::contract {

inline constexpr char kBooks[] = "kam.pricing.v1.PriceBookService/";

class PriceBookTest : public ::testing::Test {
 protected:
  template <typename Response>
  absl::StatusOr<Response> Call(const auth::Principal& as, const std::string& method,
                                const google::protobuf::Message& request) {
    return world_.harness().Call<Response>(as, absl::StrCat(kBooks, method), request);
  }
  pricing::v1::PriceBook Draft() {
    pricing::v1::PriceBook book;
    book.set_code("B" + world_.harness().NewId());
    book.set_display_name("Conditions");
    book.set_effective_from("2020-01-01");
    return book;
  }
  static void AddType(const std::string& code, pricing::v1::PriceLevel level, pricing::v1::PriceCalculation calculation,
                      const std::vector<std::string>& accesses, pricing::v1::PriceBook* book) {
    pricing::v1::PriceConditionType* type = book->add_condition_types();
    type->set_code(code);
    type->set_level(level);
    type->set_calculation(calculation);
    for (const std::string& keys : accesses) {
      pricing::v1::PriceAccess* access = book->add_accesses();
      access->set_condition_type(code);
      access->set_sequence(book->accesses_size());
      access->set_keys(keys);
    }
  }
  static pricing::v1::PriceCondition* AddCondition(const std::string& type, const std::string& percent,
                                                   pricing::v1::PriceBook* book) {
    pricing::v1::PriceCondition* condition = book->add_conditions();
    condition->set_number(book->conditions_size());
    condition->set_condition_type(type);
    condition->set_valid_from("2020-01-01");
    condition->set_percent(percent);
    return condition;
  }
  // Types of several tests hold at the same time: each has its own.
  std::string NewTypeCode() { return absl::AsciiStrToUpper("K" + world_.harness().NewId().substr(12)); }
  // Percent off a product of its own line, by its own type, at the contract level.
  pricing::v1::PriceBook PercentOff(const pricing::v1::Product& product, const std::string& percent) {
    pricing::v1::PriceBook book = Draft();
    const std::string code = NewTypeCode();
    AddType(code, pricing::v1::PRICE_LEVEL_CONTRACT, pricing::v1::PRICE_CALCULATION_PERCENT_OFF,
            {"PRODUCT", "PRODUCT_LINE"}, &book);
    AddCondition(code, percent, &book)->set_product(product.name());
    return book;
  }
  absl::StatusOr<pricing::v1::PriceBook> Create(const pricing::v1::PriceBook& book) {
    pricing::v1::CreatePriceBookRequest request;
    *request.mutable_price_book() = book;
    return Call<pricing::v1::PriceBook>(world_.kapm, "CreatePriceBook", request);
  }
  absl::StatusOr<pricing::v1::PriceBook> Check(const std::string& name) {
    pricing::v1::CheckPriceBookRequest request;
    request.set_name(name);
    return Call<pricing::v1::PriceBook>(world_.kapm, "CheckPriceBook", request);
  }
  absl::StatusOr<pricing::v1::PriceBook> Submit(const std::string& name, const std::string& etag) {
    pricing::v1::SubmitPriceBookRequest request;
    request.set_name(name);
    request.set_etag(etag);
    return Call<pricing::v1::PriceBook>(world_.kapm, "SubmitPriceBook", request);
  }
  absl::StatusOr<pricing::v1::PriceBook> Get(const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return Call<pricing::v1::PriceBook>(world_.gam, "GetPriceBook", request);
  }
  pricing::v1::PriceBook Released(const pricing::v1::PriceBook& book) {
    const auto draft = Create(book);
    EXPECT_THAT(draft, testing::IsOk());
    const auto submitted = Submit(draft->name(), draft->etag());
    EXPECT_THAT(submitted, testing::IsOk());
    EXPECT_THAT(world_.Approve(world_.gam, submitted->approval()), testing::IsOk());
    return Get(draft->name()).value_or(pricing::v1::PriceBook());
  }
  pricing::v1::PriceQuoteResponse Price(const pricing::v1::Product& product, const std::string& quantity) {
    pricing::v1::Quote quote;
    quote.set_account(world_.NewAccount(world_.kax));
    quote.set_currency("CNY");
    PricingWorld::AddLine(product, quantity, "", &quote);
    const auto draft = world_.Create(world_.kax, quote);
    EXPECT_THAT(draft, testing::IsOk());
    const auto priced = world_.Price(world_.kax, draft->name());
    EXPECT_THAT(priced, testing::IsOk());
    return priced.value_or(pricing::v1::PriceQuoteResponse());
  }

  PricingWorld& world_ = PricingWorld::Get();
};

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_TESTING_PRICE_BOOK_FIXTURE_H_

// Products and price books before those who maintain and release them, for tests.
#ifndef KAM_CONTRACT_SVC_TESTING_PRICING_FIXTURE_H_
#define KAM_CONTRACT_SVC_TESTING_PRICING_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "contract-svc/testing/pricing_world.h"
#include "kam/api/standard.pb.h"
#include "kam/pricing/v1/price_book_service.pb.h"
#include "kam/pricing/v1/product_service.pb.h"

namespace kam::contract {

inline constexpr char kProducts[] = "kam.pricing.v1.ProductService/";
inline constexpr char kBooks[] = "kam.pricing.v1.PriceBookService/";

class PricingTest : public ::testing::Test {
 protected:
  template <typename Response>
  absl::StatusOr<Response> Call(const auth::Principal& as, const std::string& method,
                                const google::protobuf::Message& request) {
    return world_.harness().Call<Response>(as, method, request);
  }
  absl::StatusOr<pricing::v1::PriceBook> CreateBook(const pricing::v1::PriceBook& book) {
    pricing::v1::CreatePriceBookRequest request;
    *request.mutable_price_book() = book;
    return Call<pricing::v1::PriceBook>(world_.kapm, absl::StrCat(kBooks, "CreatePriceBook"), request);
  }
  pricing::v1::PriceBook Book(const pricing::v1::Product& product, const std::string& price) {
    pricing::v1::PriceBook book;
    book.set_code("B" + world_.harness().NewId());
    book.set_display_name("Prices");
    book.set_effective_from("2020-01-01");
    AddEntry(product, price, &book);
    return book;
  }
  static pricing::v1::PriceBookEntry* AddEntry(const pricing::v1::Product& product, const std::string& price,
                                               pricing::v1::PriceBook* book) {
    pricing::v1::PriceBookEntry* entry = book->add_entries();
    entry->set_product(product.name());
    entry->set_valid_from("2020-01-01");
    *entry->mutable_unit_price() = Cny(price);
    return entry;
  }
  absl::StatusOr<pricing::v1::PriceBook> SubmitBook(const auth::Principal& as, const std::string& name) {
    pricing::v1::SubmitPriceBookRequest request;
    request.set_name(name);
    const auto current = GetBook(name);
    request.set_etag(current.ok() ? current->etag() : "v1");
    return Call<pricing::v1::PriceBook>(as, absl::StrCat(kBooks, "SubmitPriceBook"), request);
  }
  absl::StatusOr<pricing::v1::PriceBook> GetBook(const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return Call<pricing::v1::PriceBook>(world_.gam, absl::StrCat(kBooks, "GetPriceBook"), request);
  }
  // Submits a draft and has it released.
  absl::Status Release(const std::string& name) {
    const auto submitted = SubmitBook(world_.kapm, name);
    if (!submitted.ok()) return submitted.status();
    return world_.Approve(world_.gam, submitted->approval()).status();
  }

  PricingWorld& world_ = PricingWorld::Get();
};

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_TESTING_PRICING_FIXTURE_H_

// Products over the real database and gRPC: who maintains them and who decides their prices (C-01, R-06, R-07, R-09).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/pricing_fixture.h"
#include "kam/api/standard.pb.h"
#include "kam/pricing/v1/product_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::NamesField;
using ::testing::Not;
using testing::StatusIs;

class ProductTest : public PricingTest {};

// R.2
TEST_F(ProductTest, FloorAndPurchasePriceAreHiddenFromTheConsultant) {
  const pb::Product product = world_.NewProduct("100", "90", "60");
  kam::api::GetRequest get;
  get.set_name(product.name());
  const std::string method = absl::StrCat(kProducts, "GetProduct");
  const auto sees = [&](const auth::Principal& reader) {
    const auto read = Call<pb::Product>(reader, method, get);
    EXPECT_THAT(read, IsOk());
    return std::make_pair(read->has_floor_price(), read->has_purchase_price());
  };
  EXPECT_EQ(sees(world_.kax), std::make_pair(false, false));
  EXPECT_EQ(sees(world_.kam), std::make_pair(true, false));
  EXPECT_EQ(sees(world_.sd), std::make_pair(true, false));
  EXPECT_EQ(sees(world_.gam), std::make_pair(true, true));
  EXPECT_EQ(sees(world_.gm), std::make_pair(true, true));

  kam::api::ListRequest list;
  list.set_filter(absl::StrCat("code = \"", product.code(), "\""));
  const auto page = Call<pb::ListProductsResponse>(world_.kax, absl::StrCat(kProducts, "ListProducts"), list);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->products_size(), 1);
  EXPECT_FALSE(page->products(0).has_floor_price());
  for (const char* filter : {"floor_price.units > 1", "purchase_price.units > 1", "floor_price > 1"}) {
    list.set_filter(filter);
    EXPECT_THAT(Call<pb::ListProductsResponse>(world_.kax, absl::StrCat(kProducts, "ListProducts"), list),
                HasReason("FILTER_FIELD_UNKNOWN"))
        << filter;
  }
  kam::api::HistoryRequest history;
  history.set_name(product.name());
  const auto entries =
      Call<kam::api::HistoryResponse>(world_.kax, absl::StrCat(kProducts, "GetProductHistory"), history);
  ASSERT_THAT(entries, IsOk());
  EXPECT_THAT(entries->DebugString(), HasSubstr("\\\"100\\\""));
  EXPECT_THAT(entries->DebugString(), Not(HasSubstr("\\\"90\\\"")));
  EXPECT_THAT(entries->DebugString(), Not(HasSubstr("\\\"60\\\"")));
}

// maintaining a product is one thing, deciding its prices another.
TEST_F(ProductTest, PricesAreDecidedByThoseWhoMay) {
  const pb::Product product = world_.NewProduct("100", "90", "60");
  const auto update = [&](const auth::Principal& as, const std::string& field) {
    pb::UpdateProductRequest request;
    pb::Product* changed = request.mutable_product();
    changed->set_name(product.name());
    changed->set_display_name("renamed");
    *changed->mutable_list_price() = Cny("101");
    *changed->mutable_floor_price() = Cny("91");
    *changed->mutable_purchase_price() = Cny("61");
    request.mutable_update_mask()->add_paths(field);
    return Call<pb::Product>(as, absl::StrCat(kProducts, "UpdateProduct"), request);
  };
  EXPECT_THAT(update(world_.kax, "display_name"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(update(world_.kapm, "display_name"), IsOk());
  EXPECT_THAT(update(world_.kapm, "list_price"), HasReason("PRICE_DECISION_NOT_PERMITTED"));
  EXPECT_THAT(update(world_.kapm, "floor_price"), HasReason("PRICE_DECISION_NOT_PERMITTED"));
  EXPECT_THAT(update(world_.sd, "floor_price"), IsOk());
  EXPECT_THAT(update(world_.sd, "list_price"), HasReason("PRICE_DECISION_NOT_PERMITTED"));
  EXPECT_THAT(update(world_.sd, "purchase_price"), HasReason("FIELD_NOT_PERMITTED"));
  EXPECT_THAT(update(world_.gam, "list_price"), IsOk());
  EXPECT_THAT(update(world_.gam, "purchase_price"), IsOk());
}

// C-01, R-06: those who maintain products make one without a price; who decides selling prices sets it, and until then
// it is not sold.
TEST_F(ProductTest, AProductIsMadeBeforeItsPriceIsDecided) {
  const auth::Principal md = world_.NewPerson("MD");
  pb::CreateProductRequest request;
  pb::Product* product = request.mutable_product();
  product->set_code(world_.harness().NewId());
  product->set_display_name("Van");
  product->set_product_line("Line " + product->code());
  product->set_unit("台");
  product->set_currency("CNY");
  *product->mutable_list_price() = Cny("100");
  const std::string create = absl::StrCat(kProducts, "CreateProduct");
  for (const auth::Principal& maintainer : {md, world_.kapm, world_.sd}) {
    EXPECT_THAT(Call<pb::Product>(maintainer, create, request), HasReason("PRICE_DECISION_NOT_PERMITTED"));
  }
  product->clear_list_price();
  const auto made = Call<pb::Product>(md, create, request);
  ASSERT_THAT(made, IsOk());
  EXPECT_FALSE(made->has_list_price());

  const auto update = [&](const auth::Principal& as, const std::string& field, const std::string& amount) {
    pb::UpdateProductRequest change;
    change.mutable_product()->set_name(made->name());
    if (!amount.empty()) {
      *change.mutable_product()->mutable_list_price() = Cny(amount);
      *change.mutable_product()->mutable_floor_price() = Cny(amount);
    }
    change.mutable_update_mask()->add_paths(field);
    return Call<pb::Product>(as, absl::StrCat(kProducts, "UpdateProduct"), change);
  };
  const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), *made);
  EXPECT_THAT(world_.Price(world_.kax, draft.name()), HasReason("PRICE_NOT_FOUND"));
  EXPECT_THAT(update(md, "list_price", "100"), HasReason("PRICE_DECISION_NOT_PERMITTED"));
  // A floor may be decided first; the list price is then not below it.
  ASSERT_THAT(update(world_.sd, "floor_price", "90"), IsOk());
  EXPECT_THAT(update(world_.gam, "list_price", "80"), NamesField("product.floor_price"));
  ASSERT_THAT(update(world_.gam, "list_price", "100"), IsOk());
  const auto priced = world_.Price(world_.kax, draft.name());
  ASSERT_THAT(priced, IsOk());
  EXPECT_EQ(priced->quote().lines(0).published_price().units(), 100);
  EXPECT_THAT(update(md, "list_price", ""), HasReason("PRICE_DECISION_NOT_PERMITTED")) << "nor takes it away";
}

TEST_F(ProductTest, ProductInputIsChecked) {
  pb::CreateProductRequest request;
  pb::Product* product = request.mutable_product();
  product->set_code(world_.harness().NewId());
  product->set_display_name("Van");
  product->set_product_line("Vans");
  product->set_unit("台");
  product->set_currency("CNY");
  *product->mutable_list_price() = Cny("100");
  *product->mutable_floor_price() = Cny("100.0001");
  product->mutable_purchase_price()->set_currency_code("USD");
  product->set_valid_from("2026-02-01");
  product->set_valid_until("2026-01-31");
  const auto refused = Call<pb::Product>(world_.gam, absl::StrCat(kProducts, "CreateProduct"), request);
  EXPECT_THAT(refused, NamesField("product.floor_price"));
  EXPECT_THAT(refused, NamesField("product.purchase_price"));
  EXPECT_THAT(refused, NamesField("product.valid_until"));
  EXPECT_THAT(std::string(refused.status().message()), Not(HasSubstr("100.0001")));
  *product->mutable_floor_price() = Cny("100");
  product->clear_purchase_price();
  product->set_valid_until("2026-02-01");
  ASSERT_THAT(Call<pb::Product>(world_.gam, absl::StrCat(kProducts, "CreateProduct"), request), IsOk());
  EXPECT_THAT(Call<pb::Product>(world_.gam, absl::StrCat(kProducts, "CreateProduct"), request),
              HasReason("FIELD_NOT_UNIQUE"));
}

TEST_F(ProductTest, ProductsAreImportedByExternalId) {
  pb::BatchUpsertProductsRequest request;
  pb::Product* product = request.add_products();
  product->set_code(world_.harness().NewId());
  product->add_external_ids()->set_system("sap-ecc");
  product->mutable_external_ids(0)->set_id(product->code());
  product->set_display_name("Imported");
  product->set_product_line("Vans");
  product->set_unit("台");
  product->set_currency("CNY");
  *product->mutable_list_price() = Cny("100");
  *product->mutable_purchase_price() = Cny("60");
  const std::string method = absl::StrCat(kProducts, "BatchUpsertProducts");
  const auth::Principal erp = world_.NewPerson("ERP");
  auto result = Call<kam::api::BatchUpsertResponse>(erp, method, request);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << result->DebugString();
  result = Call<kam::api::BatchUpsertResponse>(erp, method, request);
  EXPECT_EQ(result->results(0).outcome(), kam::api::UPSERT_OUTCOME_UNCHANGED);
  // An import sets prices that nobody decides: people do not import, whatever they may decide.
  for (const auth::Principal& person : {world_.kax, world_.gam, world_.NewPerson("SD")}) {
    EXPECT_THAT(Call<kam::api::BatchUpsertResponse>(person, method, request),
                StatusIs(absl::StatusCode::kPermissionDenied));
  }
}

}  // namespace
}  // namespace kam::contract

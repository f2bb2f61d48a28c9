// Products, price books and the authority grid over the real database and gRPC (C-01 to C-03).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/pricing_world.h"
#include "kam/api/field.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/pricing/v1/authority_grant_service.pb.h"
#include "kam/pricing/v1/price_book_service.pb.h"
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

constexpr char kProducts[] = "kam.pricing.v1.ProductService/";
constexpr char kBooks[] = "kam.pricing.v1.PriceBookService/";
constexpr char kGrants[] = "kam.pricing.v1.AuthorityGrantService/";

class PricingTest : public ::testing::Test {
 protected:
  template <typename Response>
  absl::StatusOr<Response> Call(const auth::Principal& as, const std::string& method,
                                const google::protobuf::Message& request) {
    return world_.harness().Call<Response>(as, method, request);
  }
  absl::StatusOr<pb::PriceBook> CreateBook(const pb::PriceBook& book) {
    pb::CreatePriceBookRequest request;
    *request.mutable_price_book() = book;
    return Call<pb::PriceBook>(world_.kapm, absl::StrCat(kBooks, "CreatePriceBook"), request);
  }
  pb::PriceBook Book(const pb::Product& product, const std::string& price) {
    pb::PriceBook book;
    book.set_code("B" + world_.harness().NewId());
    book.set_display_name("Prices");
    book.set_effective_from("2020-01-01");
    AddEntry(product, price, &book);
    return book;
  }
  static pb::PriceBookEntry* AddEntry(const pb::Product& product, const std::string& price, pb::PriceBook* book) {
    pb::PriceBookEntry* entry = book->add_entries();
    entry->set_product(product.name());
    entry->set_valid_from("2020-01-01");
    *entry->mutable_unit_price() = Cny(price);
    return entry;
  }
  absl::StatusOr<pb::PriceBook> SubmitBook(const auth::Principal& as, const std::string& name) {
    pb::SubmitPriceBookRequest request;
    request.set_name(name);
    const auto current = GetBook(name);
    request.set_etag(current.ok() ? current->etag() : "v1");
    return Call<pb::PriceBook>(as, absl::StrCat(kBooks, "SubmitPriceBook"), request);
  }
  absl::StatusOr<pb::PriceBook> GetBook(const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return Call<pb::PriceBook>(world_.gam, absl::StrCat(kBooks, "GetPriceBook"), request);
  }
  // Submits a draft and has it released.
  absl::Status Release(const std::string& name) {
    const auto submitted = SubmitBook(world_.kapm, name);
    if (!submitted.ok()) return submitted.status();
    return world_.Approve(world_.gam, submitted->approval()).status();
  }
  pb::CreateAuthorityGrantRequest Grant(const std::string& product_line, const std::string& role, int level,
                                        const std::string& discount) {
    pb::CreateAuthorityGrantRequest request;
    pb::AuthorityGrant* grant = request.mutable_authority_grant();
    grant->set_role(role);
    grant->set_product_line(product_line);
    grant->set_level(level);
    grant->set_discount_base(pb::DISCOUNT_BASE_PUBLISHED_PRICE);
    grant->set_max_discount_percent(discount);
    grant->set_min_margin_percent("0");
    grant->set_valid_from(world_.Today());
    grant->set_reason("campaign");
    return request;
  }

  PricingWorld& world_ = PricingWorld::Get();
};

// R.2
TEST_F(PricingTest, FloorAndPurchasePriceAreHiddenFromTheConsultant) {
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
TEST_F(PricingTest, PricesAreDecidedByThoseWhoMay) {
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
TEST_F(PricingTest, AProductIsMadeBeforeItsPriceIsDecided) {
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

TEST_F(PricingTest, ProductInputIsChecked) {
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

TEST_F(PricingTest, ProductsAreImportedByExternalId) {
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

// C-01: publishing refuses two prices for one key, naming both.
TEST_F(PricingTest, OverlappingPricesAreNotPublished) {
  const pb::Product product = world_.NewProduct("100");
  pb::PriceBook book = Book(product, "95");
  AddEntry(product, "94", &book);
  const auto draft = CreateBook(book);
  ASSERT_THAT(draft, IsOk()) << "a draft may be anything";
  const auto refused = SubmitBook(world_.kapm, draft->name());
  EXPECT_THAT(refused, HasReason("PRICE_OVERLAP"));
  EXPECT_THAT(refused, NamesField("price_book.entries[1]"));
  EXPECT_EQ(MetadataValue(refused.status(), "other"), "price_book.entries[0]");

  // Also with a book that is out already; the decision is refused with it.
  pb::PriceBook first = Book(product, "95"), second = Book(product, "94");
  const auto first_draft = CreateBook(first), second_draft = CreateBook(second);
  const auto second_submitted = SubmitBook(world_.kapm, second_draft->name());
  ASSERT_THAT(second_submitted, IsOk());
  ASSERT_THAT(Release(first_draft->name()), IsOk());
  const auto decision = world_.Approve(world_.gam, second_submitted->approval());
  EXPECT_THAT(decision, HasReason("PRICE_OVERLAP"));
  EXPECT_THAT(std::string(decision.status().message()), HasSubstr(first.code()));
  EXPECT_EQ(world_.GetApproval(world_.gam, second_submitted->approval())->state(), approval::v1::APPROVAL_STATE_PENDING)
      << "the decision was not made";
  EXPECT_EQ(GetBook(second_draft->name())->state(), pb::PRICE_BOOK_STATE_IN_APPROVAL);
}

TEST_F(PricingTest, FloorAboveThePriceIsNotPublished) {
  const pb::Product product = world_.NewProduct("100");
  pb::PriceBook book = Book(product, "95");
  *book.mutable_entries(0)->mutable_floor_price() = Cny("96");
  pb::CreatePriceBookRequest request;
  *request.mutable_price_book() = book;
  // The table refuses it too, so even a draft cannot hold it.
  EXPECT_THAT(Call<pb::PriceBook>(world_.gam, absl::StrCat(kBooks, "CreatePriceBook"), request),
              HasReason("FLOOR_ABOVE_PRICE"));
}

// decided by somebody else than who submitted it.
TEST_F(PricingTest, ReleaseIsDecidedBySomebodyElse) {
  const pb::Product product = world_.NewProduct("100");
  const auto draft = CreateBook(Book(product, "95"));
  ASSERT_THAT(draft, IsOk());
  const auto submitted = SubmitBook(world_.gam, draft->name());
  ASSERT_THAT(submitted, IsOk());
  EXPECT_EQ(submitted->state(), pb::PRICE_BOOK_STATE_IN_APPROVAL);
  EXPECT_THAT(world_.Approve(world_.gam, submitted->approval()), StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(world_.Approve(world_.gm, submitted->approval()), IsOk());
  const auto released = GetBook(draft->name());
  EXPECT_EQ(released->state(), pb::PRICE_BOOK_STATE_RELEASED);
  EXPECT_TRUE(released->has_release_time());

  pb::UpdatePriceBookRequest update;
  update.mutable_price_book()->set_name(draft->name());
  update.mutable_price_book()->set_display_name("other");
  update.mutable_update_mask()->add_paths("display_name");
  EXPECT_THAT(Call<pb::PriceBook>(world_.gam, absl::StrCat(kBooks, "UpdatePriceBook"), update),
              HasReason("PRICE_BOOK_NOT_DRAFT"));
}

TEST_F(PricingTest, RejectedReleaseIsADraftAgain) {
  const auto draft = CreateBook(Book(world_.NewProduct("100"), "95"));
  const auto submitted = SubmitBook(world_.kapm, draft->name());
  ASSERT_THAT(submitted, IsOk());
  ASSERT_THAT(world_.Reject(world_.gam, submitted->approval(), "too early"), IsOk());
  EXPECT_EQ(GetBook(draft->name())->state(), pb::PRICE_BOOK_STATE_DRAFT);
}

// G6: what is dated before the new revision keeps the price of the old one.
TEST_F(PricingTest, G6OrderDatedLastMonthHasLastMonthsPrice) {
  const pb::Product product = world_.NewProduct("100");
  const auto first = CreateBook(Book(product, "95"));
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(Release(first->name()), IsOk());
  pb::RevisePriceBookRequest revise;
  revise.set_name(first->name());
  revise.set_effective_from(world_.Today());
  const auto second = Call<pb::PriceBook>(world_.kapm, absl::StrCat(kBooks, "RevisePriceBook"), revise);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->revision(), 2);
  pb::UpdatePriceBookRequest update;
  *update.mutable_price_book() = *second;
  *update.mutable_price_book()->mutable_entries(0)->mutable_unit_price() = Cny("105");
  update.mutable_update_mask()->add_paths("entries");
  // Entries hold floor prices: whoever writes them may see those.
  ASSERT_THAT(Call<pb::PriceBook>(world_.gam, absl::StrCat(kBooks, "UpdatePriceBook"), update), IsOk());
  const auto submitted = SubmitBook(world_.kapm, second->name());
  ASSERT_THAT(submitted, IsOk());
  ASSERT_THAT(world_.Approve(world_.NewPerson("GM"), submitted->approval()), IsOk());
  EXPECT_EQ(GetBook(first->name())->state(), pb::PRICE_BOOK_STATE_SUPERSEDED);
  EXPECT_EQ(GetBook(first->name())->effective_until(), world_.Today(-1));

  for (const auto& [as_of, price] : std::vector<std::pair<std::string, int>>{
           {world_.Today(-31), 95}, {world_.Today(-1), 95}, {world_.Today(), 105}}) {
    pb::Quote quote;
    quote.set_account(world_.NewAccount(world_.kax));
    quote.set_currency("CNY");
    quote.set_as_of(as_of);
    PricingWorld::AddLine(product, "1", "", &quote);
    const auto draft = world_.Create(world_.kax, quote);
    ASSERT_THAT(draft, IsOk());
    const auto priced = world_.Price(world_.kax, draft->name());
    ASSERT_THAT(priced, IsOk());
    EXPECT_EQ(priced->quote().lines(0).published_price().units(), price) << as_of;
    // Reckoned, but not sold: prices older than a week give no approval, of one's own or of others (C-02, C-03).
    const bool current = as_of != world_.Today(-31);
    EXPECT_EQ(priced->quote().state(), current ? pb::QUOTE_STATE_APPROVED : pb::QUOTE_STATE_PRICED) << as_of;
    if (!current) {
      pb::SubmitQuoteRequest submit;
      submit.set_name(draft->name());
      submit.set_etag(world_.EtagOf(draft->name()));
      submit.set_reason("at the prices of last month");
      EXPECT_THAT(Call<pb::Quote>(world_.kax, "kam.pricing.v1.QuoteService/SubmitQuote", submit),
                  HasReason("PRICE_DAY_NOT_CURRENT"));
    }
  }
}

// The price of the customer, and nothing of other customers in the explanation.
TEST_F(PricingTest, CustomersHaveTheirOwnPricesAndDoNotSeeThoseOfOthers) {
  const pb::Product product = world_.NewProduct("100");
  const std::string account = world_.NewAccount(world_.kax), other = world_.NewAccount(world_.kax);
  pb::PriceBook book = Book(product, "95");
  AddEntry(product, "93", &book)->set_account(account);
  AddEntry(product, "91", &book)->set_account(other);
  AddEntry(product, "94", &book)->set_tier(pb::CUSTOMER_TIER_A);
  AddEntry(product, "1", &book)->set_tier(pb::CUSTOMER_TIER_B);
  AddEntry(product, "90", &book)->set_minimum_quantity("10");
  const auto draft = CreateBook(book);
  ASSERT_THAT(draft, IsOk());
  ASSERT_THAT(Release(draft->name()), IsOk());
  const auto price = [&](const std::string& customer) {
    return world_.Price(world_.kax, world_.NewQuote(world_.kax, customer, product).name());
  };
  const auto priced = price(account);
  ASSERT_THAT(priced, IsOk());
  EXPECT_EQ(priced->quote().lines(0).published_price().units(), 93);
  // That of another class is not looked at either: its key is not that of the customer.
  EXPECT_EQ(priced->explanations(0).candidates_size(), 4);
  for (const pb::PriceCandidate& candidate : priced->explanations(0).candidates()) {
    EXPECT_NE(candidate.unit_price().units(), 91);
  }
  EXPECT_EQ(price(world_.NewAccount(world_.kax))->quote().lines(0).published_price().units(), 94);
}

// C-03
TEST_F(PricingTest, NobodyGrantsMoreThanHeHoldsNorToHimself) {
  const pb::Product product = world_.NewProduct("100", "", "60");
  const std::string method = absl::StrCat(kGrants, "CreateAuthorityGrant");
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.kam, method, Grant(product.product_line(), "KAX", 1, "1")),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto exceeds = Call<pb::AuthorityGrant>(world_.sd, method, Grant(product.product_line(), "KAM", 3, "20.5"));
  EXPECT_THAT(exceeds, HasReason("GRANT_EXCEEDS_OWN"));
  EXPECT_EQ(MetadataValue(exceeds.status(), "exceeds"), "max_discount_percent");
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.sd, method, Grant(product.product_line(), "SD", 5, "1")),
              HasReason("SELF_GRANT"));
  auto both = Grant(product.product_line(), "KAM", 3, "1");
  both.mutable_authority_grant()->set_employee(world_.kam.subject);
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.sd, method, both), HasReason("GRANTEE_INVALID"));
  auto valued = Grant(product.product_line(), "KAM", 3, "1");
  *valued.mutable_authority_grant()->mutable_max_line_value() = Cny("1000");
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.sd, method, valued), HasReason("CURRENCY_REQUIRED"));

  // What is given counts when another has confirmed it, what is taken back no longer.
  const std::string quote = world_.NewQuote(world_.kam, world_.NewAccount(world_.kax), product, "12").name();
  EXPECT_EQ(world_.Price(world_.kam, quote)->quote().required_level(), 4);
  const auto granted = Call<pb::AuthorityGrant>(world_.sd, method, Grant(product.product_line(), "KAM", 3, "12"));
  ASSERT_THAT(granted, IsOk());
  EXPECT_EQ(granted->grantor(), world_.sd.subject);
  EXPECT_EQ(granted->state(), pb::AUTHORITY_GRANT_STATE_PROPOSED);
  EXPECT_EQ(world_.Price(world_.kam, quote)->quote().required_level(), 4) << "one person does not give authority";
  pb::ConfirmAuthorityGrantRequest confirm;
  confirm.set_name(granted->name());
  const auto confirmed = [&](const auth::Principal& as) {
    return Call<pb::AuthorityGrant>(as, absl::StrCat(kGrants, "ConfirmAuthorityGrant"), confirm);
  };
  EXPECT_THAT(confirmed(world_.gm), NamesField("etag")) << "he has to have read it";
  confirm.set_etag(granted->etag());
  EXPECT_THAT(confirmed(world_.sd), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(confirmed(world_.kam), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto second = confirmed(world_.gam);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->confirmer(), world_.gam.subject);
  pb::PriceQuoteRequest only;
  only.set_name(quote);
  only.set_validate_only(true);
  const auto now = Call<pb::PriceQuoteResponse>(world_.kam, "kam.pricing.v1.QuoteService/PriceQuote", only);
  ASSERT_THAT(now, IsOk());
  EXPECT_EQ(now->quote().verdict(), pb::AUTHORITY_VERDICT_WITHIN);
  ASSERT_THAT(world_.Revoke(world_.sd, *granted), IsOk());
  EXPECT_EQ(world_.Price(world_.kam, quote)->quote().required_level(), 4);
}

// R-07, R.2: with the smallest margin of a grant the answers to prices would tell the purchase price.
TEST_F(PricingTest, SmallestMarginsAreForThoseWhoGiveAuthority) {
  const pb::Product product = world_.NewProduct("100", "", "60");
  auto bound = Grant(product.product_line(), "KAM", 3, "10");
  bound.mutable_authority_grant()->set_min_margin_percent("12.5");
  const auto given = Call<pb::AuthorityGrant>(world_.sd, absl::StrCat(kGrants, "CreateAuthorityGrant"), bound);
  ASSERT_THAT(given, IsOk());
  EXPECT_EQ(given->min_margin_percent(), "12.5");
  kam::api::GetRequest get;
  get.set_name(given->name());
  for (const auto& [reader, seen] :
       {std::pair(world_.kax, ""), std::pair(world_.kam, ""), std::pair(world_.gm, "12.5")}) {
    const auto grant = Call<pb::AuthorityGrant>(reader, absl::StrCat(kGrants, "GetAuthorityGrant"), get);
    ASSERT_THAT(grant, IsOk());
    EXPECT_EQ(grant->min_margin_percent(), seen);
  }
  kam::api::ListRequest list;
  list.set_filter("min_margin_percent = \"12.5\"");
  EXPECT_THAT(Call<pb::ListAuthorityGrantsResponse>(world_.kax, absl::StrCat(kGrants, "ListAuthorityGrants"), list),
              HasReason("FILTER_FIELD_UNKNOWN"));
}

// C-03, R-06: a grant to the own role, or of days before the own grant, is taken back like any other.
TEST_F(PricingTest, WhatWasGivenCanBeTakenBack) {
  const pb::Product product = world_.NewProduct("100");
  const auto revoke = [&](const auth::Principal& as, const std::string& name) {
    pb::RevokeAuthorityGrantRequest request;
    request.set_name(name);
    request.set_reason("given in error");
    return Call<pb::AuthorityGrant>(as, absl::StrCat(kGrants, "RevokeAuthorityGrant"), request);
  };
  const auto of_gam = world_.Give(world_.sd, Grant(product.product_line(), "GAM", 4, "14").authority_grant());
  ASSERT_THAT(of_gam, IsOk());
  EXPECT_THAT(revoke(world_.gam, of_gam->name()), IsOk()) << "the authority of his own role";
  // It is not confirmed by those it is for; what nobody has confirmed is taken back too.
  const auto proposed = Call<pb::AuthorityGrant>(world_.sd, absl::StrCat(kGrants, "CreateAuthorityGrant"),
                                                 Grant(product.product_line(), "GAM", 4, "14"));
  ASSERT_THAT(proposed, IsOk());
  pb::ConfirmAuthorityGrantRequest confirm;
  confirm.set_name(proposed->name());
  confirm.set_etag(proposed->etag());
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.gam, absl::StrCat(kGrants, "ConfirmAuthorityGrant"), confirm),
              HasReason("SELF_GRANT"));
  EXPECT_THAT(revoke(world_.sd, proposed->name()), IsOk());
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.gm, absl::StrCat(kGrants, "ConfirmAuthorityGrant"), confirm),
              Not(IsOk()));
  const auto wide = world_.Give(world_.sd, Grant(product.product_line(), "KAM", 5, "20").authority_grant());
  ASSERT_THAT(wide, IsOk());
  EXPECT_THAT(revoke(world_.gam, wide->name()), HasReason("GRANT_EXCEEDS_OWN"));
  auth::Principal moved = world_.harness().PrincipalFor("GAM", world_.sd.employee, world_.sd.department);
  EXPECT_THAT(revoke(moved, wide->name()), IsOk()) << "he gave it, in another post";
}

// A question to a person, not to a role.
TEST_F(PricingTest, PersonalGrantIsAskedOfThePerson) {
  const pb::Product product = world_.NewProduct("100", "", "60");
  const auth::Principal expert = world_.NewPerson("BDS");
  auto request = Grant(product.product_line(), "", 1, "10");
  request.mutable_authority_grant()->set_employee(expert.subject);
  ASSERT_THAT(world_.Give(world_.sd, request.authority_grant()), IsOk());
  const std::string account = world_.NewAccount(world_.kax);
  const std::string quote = world_.NewQuote(world_.kax, account, product, "10").name();
  ASSERT_THAT(world_.Price(world_.kax, quote), IsOk());
  const auto asked = world_.Submit(world_.kax, quote);
  ASSERT_THAT(asked, IsOk());
  auth::Principal reaching = expert;
  reaching.team = {world_.kax.employee};
  EXPECT_THAT(world_.Approve(world_.sm, asked->approval()), HasReason("NOT_THE_DECIDER"));
  EXPECT_THAT(world_.Approve(reaching, asked->approval()), IsOk());
}

// G-02: the rights name every permission of these services, and none that is for programs only.
TEST_F(PricingTest, EveryPermissionIsListedInTheRights) {
  std::ifstream file("account-svc/rights/pricing.csv");
  std::set<std::string> listed;
  for (std::string line; std::getline(file, line);) listed.insert(line.substr(0, line.find(',')));
  ASSERT_GT(listed.size(), 10u);
  for (const auto& [name, entry] : world_.harness().registry().entries()) {
    if (name.rfind("kam.pricing.", 0) != 0 && name.rfind("kam.approval.", 0) != 0) continue;
    EXPECT_EQ(listed.count(entry.rules->permission()), entry.rules->internal() ? 0u : 1u) << name;
  }
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* message : {"kam.pricing.v1.Product", "kam.pricing.v1.PriceBookEntry", "kam.pricing.v1.Quote",
                              "kam.pricing.v1.QuoteLine", "kam.pricing.v1.QuoteGift", "kam.approval.v1.TestedValue"}) {
    const auto* descriptor = pool->FindMessageTypeByName(message);
    ASSERT_NE(descriptor, nullptr) << message;
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const std::string& sensitive = descriptor->field(i)->options().GetExtension(kam::api::field).sensitive();
      EXPECT_TRUE(sensitive.empty() || listed.count(sensitive) == 1) << descriptor->field(i)->full_name();
    }
  }
}

}  // namespace
}  // namespace kam::contract

// What sellers learn of limits they may not know, over the real database and gRPC (C-02, C-03, ADR 0008).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/pricing_world.h"
#include "kam/api/standard.pb.h"
#include "kam/pricing/v1/authority_grant_service.pb.h"
#include "kam/pricing/v1/price_book_service.pb.h"
#include "kam/pricing/v1/price_probe_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;

constexpr char kQuotes[] = "kam.pricing.v1.QuoteService/";

class PriceProbeTest : public ::testing::Test {
 protected:
  PricingWorld& world_ = PricingWorld::Get();
};

// C-02, C-03: whoever may not know the floor does not find it out by trying prices.
TEST_F(PriceProbeTest, AnswersDoNotDependOnTheFloorThatTheSellerMayNotKnow) {
  const std::string account = world_.NewAccount(world_.kax);
  const auto answer = [&](const pb::Product& product, int discount) {
    const pb::Quote draft = world_.NewQuote(world_.kax, account, product, absl::StrCat(discount));
    const auto priced = world_.Price(world_.kax, draft.name());
    EXPECT_THAT(priced, IsOk());
    const pb::Quote& quote = priced->quote();
    return absl::StrCat(pb::QuoteState_Name(quote.state()), " ", quote.verdict(), " ", quote.required_level(), " ",
                        quote.deciders(), " ", quote.exceeded(), " ", quote.lines(0).verdict(), " ",
                        quote.lines(0).required_level(), " ", quote.lines(0).deciders(), " ", quote.lines(0).exceeded(),
                        " ", quote.lines(0).headroom_percent());
  };
  const pb::Product low = world_.NewProduct("100", "10", "5"), high = world_.NewProduct("100", "100", "99");
  for (const int discount : {0, 1, 4, 6, 9, 14}) EXPECT_EQ(answer(low, discount), answer(high, discount)) << discount;
}

// C-02, C-03: what still tells something is counted, limited and a finding for those who decide prices.
TEST_F(PriceProbeTest, ProbesOfConfidentialLimitsAreCountedAndLimited) {
  const auth::Principal seller = world_.NewPerson("KAX");
  const std::string account = world_.NewAccount(seller);
  const pb::Product product = world_.NewProduct("100", "", "75");
  pb::AuthorityGrant grant;
  grant.set_employee(seller.subject);
  grant.set_product_line(product.product_line());
  grant.set_level(1);
  grant.set_discount_base(pb::DISCOUNT_BASE_PUBLISHED_PRICE);
  grant.set_max_discount_percent("10");
  grant.set_min_margin_percent("20");
  grant.set_valid_from(world_.Today());
  grant.set_reason("campaign");
  ASSERT_THAT(world_.Give(world_.gam, grant), IsOk());
  const auto price = [&](const std::string& discount, bool validate_only = false) {
    const pb::Quote draft = world_.NewQuote(seller, account, product, discount);
    pb::PriceQuoteRequest request;
    request.set_name(draft.name());
    request.set_validate_only(validate_only);
    const auto priced =
        world_.harness().Call<pb::PriceQuoteResponse>(seller, absl::StrCat(kQuotes, "PriceQuote"), request);
    EXPECT_THAT(priced, IsOk());
    return priced.value_or(pb::PriceQuoteResponse()).quote();
  };
  const auto found = [&](const std::string& filter) {
    kam::api::ListRequest list;
    list.set_filter(absl::StrCat("product = \"", product.name(), "\"", filter));
    const auto page = world_.harness().Call<pb::ListPriceProbesResponse>(
        world_.gam, "kam.pricing.v1.PriceProbeService/ListPriceProbes", list);
    EXPECT_THAT(page, IsOk());
    return page.value_or(pb::ListPriceProbesResponse()).price_probes_size();
  };
  // A try-out is answered by the public authority alone, below the margin too.
  EXPECT_EQ(price("9", /*validate_only=*/true).verdict(), pb::AUTHORITY_VERDICT_WITHIN);
  EXPECT_EQ(found(""), 0);
  // 94 leaves 20.2 %, 93 leaves 19.4 %.
  EXPECT_EQ(price("6").state(), pb::QUOTE_STATE_APPROVED);
  const pb::Quote below = price("7");
  EXPECT_EQ(below.state(), pb::QUOTE_STATE_PRICED);
  EXPECT_EQ(below.lines(0).exceeded(), "CONFIDENTIAL");
  EXPECT_EQ(below.lines(0).required_level(), 3) << "the next level above his that may give 7 %";
  EXPECT_EQ(price("6").state(), pb::QUOTE_STATE_APPROVED) << "the same price is the same probe";
  EXPECT_EQ(found(""), 2);
  EXPECT_EQ(found(" AND refused = true"), 1);
  EXPECT_EQ(found(" AND suspicious = true"), 0);
  for (const char* discount : {"6.5", "6.2", "6.3", "6.25"}) price(discount);
  EXPECT_EQ(found(""), 6);
  EXPECT_EQ(found(" AND suspicious = true"), 4);
  // From now on the limits do not answer: even a price that would do needs somebody else.
  const pb::Quote beyond = price("1");
  EXPECT_EQ(beyond.lines(0).exceeded(), "CONFIDENTIAL");
  EXPECT_THAT(world_.Submit(seller, beyond.name()), HasReason("PRICE_PROBE_LIMIT"));
  EXPECT_EQ(found(""), 6);
  kam::api::ListRequest list;
  EXPECT_THAT(world_.harness().Call<pb::ListPriceProbesResponse>(
                  seller, "kam.pricing.v1.PriceProbeService/ListPriceProbes", list),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

// C-02, C-03, C-04: the margin of a quote with gifts tells of the cost of everything in it: every content counts, for
// every product, whatever is given away.
TEST_F(PriceProbeTest, EveryContentOfAQuoteWithGiftsIsAProbeOfItsProducts) {
  const auth::Principal seller = world_.NewPerson("KAX");
  const std::string account = world_.NewAccount(seller);
  const pb::Product van = world_.NewProduct("100", "", "79");
  const pb::Product gifts[] = {world_.NewProduct("1", "", "1"), world_.NewProduct("1", "", "1")};
  for (const std::string& line : {van.product_line(), std::string()}) {
    pb::AuthorityGrant grant;
    grant.set_employee(seller.subject);
    grant.set_product_line(line);
    grant.set_level(1);
    grant.set_discount_base(pb::DISCOUNT_BASE_PUBLISHED_PRICE);
    grant.set_max_discount_percent("0");
    grant.set_max_gift_percent("5");
    grant.set_min_margin_percent("20");
    grant.set_valid_from(world_.Today());
    grant.set_reason("campaign");
    ASSERT_THAT(world_.Give(world_.gam, grant), IsOk());
  }
  const auto price = [&](int quantity, const pb::Product& gift) {
    pb::Quote quote;
    quote.set_account(account);
    quote.set_currency("CNY");
    PricingWorld::AddLine(van, absl::StrCat(quantity), "", &quote);
    quote.add_gifts()->set_product(gift.name());
    quote.mutable_gifts(0)->set_quantity("1");
    quote.mutable_gifts(0)->set_reason("welcome");
    const auto draft = world_.Create(seller, quote);
    EXPECT_THAT(draft, IsOk());
    const auto priced = world_.Price(seller, draft->name());
    EXPECT_THAT(priced, IsOk());
    return priced.value_or(pb::PriceQuoteResponse()).quote();
  };
  const auto probes_of = [&](const pb::Product& product) {
    return world_.harness()
        .db()
        .Get("SELECT COUNT(*) FROM price_probes WHERE product = '" + product.name().substr(9) + "'")
        .integer();
  };
  // 21 % less one of a hundred times the quantity: 20 % with one van, more with two.
  EXPECT_EQ(price(1, gifts[0]).state(), pb::QUOTE_STATE_APPROVED);
  EXPECT_EQ(price(1, gifts[0]).state(), pb::QUOTE_STATE_APPROVED) << "the same content is the same probe";
  EXPECT_EQ(probes_of(van), 1);
  for (int quantity = 2; quantity <= 4; ++quantity) price(quantity, gifts[0]);
  price(2, gifts[1]);
  price(3, gifts[1]);
  EXPECT_EQ(probes_of(van), 6) << "the gifts differ, the van does not";
  EXPECT_EQ(probes_of(gifts[0]), 4);
  EXPECT_EQ(price(5, gifts[1]).state(), pb::QUOTE_STATE_PRICED) << "within the margin, but not answered any more";
  EXPECT_EQ(probes_of(van), 6);
}

// C-02, C-03: a submission that is refused because nothing need be asked tells as much as an approval.
TEST_F(PriceProbeTest, ARefusedSubmissionCountsToo) {
  const auth::Principal seller = world_.NewPerson("KAX");
  const pb::Product product = world_.NewProduct("100", "95");
  const pb::Quote draft = world_.NewQuote(seller, world_.NewAccount(seller), product, "4");
  ASSERT_THAT(world_.Price(seller, draft.name()), IsOk());
  pb::AuthorityGrant grant;
  grant.set_employee(seller.subject);
  grant.set_product_line(product.product_line());
  grant.set_level(1);
  grant.set_discount_base(pb::DISCOUNT_BASE_PUBLISHED_PRICE);
  grant.set_max_discount_percent("10");
  grant.set_valid_from(world_.Today());
  grant.set_reason("campaign");
  ASSERT_THAT(world_.Give(world_.gam, grant), IsOk());
  EXPECT_THAT(world_.Submit(seller, draft.name()), HasReason("AUTHORITY_CHANGED"));
  EXPECT_EQ(world_.harness()
                .db()
                .Get("SELECT COUNT(*) FROM price_probes WHERE product = '" + product.name().substr(9) + "'")
                .integer(),
            1);
}

// C-02, C-03: where the published price is spread over the quantity, the quantity is a way of trying prices.
TEST_F(PriceProbeTest, QuantitiesThatMoveThePublishedPriceAreProbesToo) {
  const auth::Principal seller = world_.NewPerson("KAX");
  const std::string account = world_.NewAccount(seller);
  // 20 off the line: 80 for one, 90 for two, 93.3333 for three.
  const auto product_with_floor = [&](const std::string& floor) {
    const pb::Product product = world_.NewProduct("100", floor);
    pb::PriceBook book;
    book.set_code("B" + world_.harness().NewId());
    book.set_display_name("Spread");
    book.set_effective_from(world_.Today());
    const std::string code = absl::AsciiStrToUpper("K" + world_.harness().NewId().substr(12));
    pb::PriceConditionType* type = book.add_condition_types();
    type->set_code(code);
    type->set_level(pb::PRICE_LEVEL_CONTRACT);
    type->set_calculation(pb::PRICE_CALCULATION_FIXED_OFF);
    pb::PriceAccess* access = book.add_accesses();
    access->set_condition_type(code);
    access->set_sequence(1);
    access->set_keys("PRODUCT");
    pb::PriceCondition* condition = book.add_conditions();
    condition->set_number(1);
    condition->set_condition_type(code);
    condition->set_product(product.name());
    condition->set_valid_from(world_.Today());
    *condition->mutable_amount() = Cny("20");
    pb::CreatePriceBookRequest create;
    *create.mutable_price_book() = book;
    const std::string books = "kam.pricing.v1.PriceBookService/";
    const auto draft = world_.harness().Call<pb::PriceBook>(world_.kapm, books + "CreatePriceBook", create);
    EXPECT_THAT(draft, IsOk());
    pb::SubmitPriceBookRequest submit;
    submit.set_name(draft->name());
    submit.set_etag(draft->etag());
    const auto submitted = world_.harness().Call<pb::PriceBook>(world_.kapm, books + "SubmitPriceBook", submit);
    EXPECT_THAT(submitted, IsOk());
    EXPECT_THAT(world_.Approve(world_.gam, submitted->approval()), IsOk());
    return product;
  };
  const auto state = [&](const pb::Product& product, int quantity) {
    pb::Quote quote;
    quote.set_account(account);
    quote.set_currency("CNY");
    PricingWorld::AddLine(product, absl::StrCat(quantity), "", &quote);
    const auto draft = world_.Create(seller, quote);
    EXPECT_THAT(draft, IsOk());
    const auto priced = world_.Price(seller, draft->name());
    EXPECT_THAT(priced, IsOk());
    return priced.value_or(pb::PriceQuoteResponse()).quote().state();
  };
  const pb::Product low = product_with_floor("70"), high = product_with_floor("95");
  EXPECT_EQ(state(high, 1), pb::QUOTE_STATE_PRICED);
  EXPECT_EQ(state(high, 10), pb::QUOTE_STATE_APPROVED);
  for (int quantity = 1; quantity <= 6; ++quantity) EXPECT_EQ(state(low, quantity), pb::QUOTE_STATE_APPROVED);
  for (int quantity = 2; quantity <= 5; ++quantity) state(high, quantity);
  for (int quantity = 11; quantity <= 14; ++quantity) {
    EXPECT_EQ(state(low, quantity), state(high, quantity)) << "after six answers it no longer depends on the floor";
  }
  EXPECT_EQ(state(low, 6), pb::QUOTE_STATE_APPROVED) << "what was answered is answered again";
  EXPECT_EQ(world_.harness()
                .db()
                .Get("SELECT COUNT(*) FROM price_probes WHERE product = '" + high.name().substr(9) + "'")
                .integer(),
            6);
}

}  // namespace
}  // namespace kam::contract

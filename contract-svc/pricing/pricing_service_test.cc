// Price books over the real database and gRPC: checked, released, revised (C-01, G-02).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/pricing_fixture.h"
#include "kam/api/field.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/pricing/v1/price_book_service.pb.h"
#include "kam/pricing/v1/product_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;

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

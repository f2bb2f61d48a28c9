#include "contract-svc/rules/quote.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "common/resource/type.h"
#include "common/status/status.h"
#include "kam/api/method.pb.h"
#include "kam/pricing/v1/quote_service.pb.h"

namespace kam::contract::rules {
namespace {

namespace pb = kam::pricing::v1;

pb::Quote NewQuote() {
  pb::Quote quote;
  quote.set_name("quotes/00000000000000000000000001");
  quote.set_account("accounts/00000000000000000000000001");
  quote.set_currency("CNY");
  quote.set_as_of("2026-01-05");
  quote.set_valid_until("2026-02-04");
  pb::QuoteLine* line = quote.add_lines();
  line->set_product("products/00000000000000000000000001");
  line->set_quantity("2");
  for (google::type::Money* money :
       {line->mutable_published_price(), line->mutable_net_price(), line->mutable_amount(), line->mutable_tax_amount(),
        line->mutable_floor_price(), quote.mutable_total_amount(), quote.mutable_total_tax(),
        quote.mutable_total_gross()}) {
    money->set_currency_code("CNY");
    money->set_units(10);
  }
  return quote;
}

using Names = std::set<std::string>;

// C-05: the whole table, all pairs of state and verb.
TEST(QuoteStates, EveryPairOfStateAndVerb) {
  const std::map<QuoteVerb, Names> table = {
      {QuoteVerb::kEdit, {"DRAFT", "PRICED", "APPROVED"}},
      {QuoteVerb::kApprove, {"IN_APPROVAL"}},
      {QuoteVerb::kTurnDown, {"IN_APPROVAL"}},
      {QuoteVerb::kExpire, {"APPROVED", "SENT"}},
  };
  ASSERT_EQ(table.size(), std::size(kQuoteVerbs));
  const auto* states = pb::QuoteState_descriptor();
  for (const QuoteVerb verb : kQuoteVerbs) {
    for (int i = 1; i < states->value_count(); ++i) {
      pb::Quote quote = NewQuote();
      quote.set_state(static_cast<pb::QuoteState>(states->value(i)->number()));
      const std::string state = resource::ShortEnumName(states->value(i));
      EXPECT_EQ(CheckVerb(quote, verb).ok(), table.at(verb).count(state) == 1)
          << state << " verb " << static_cast<int>(verb);
    }
  }
}

// C-05: the RPCs declare the rest of the table; over gRPC it is tried in quote_life_test.cc.
TEST(QuoteStates, RpcsDeclareTheTable) {
  const std::map<std::string, Names> table = {
      {"PriceQuote", {"DRAFT", "PRICED"}},
      {"SubmitQuote", {"PRICED"}},
      {"SendQuote", {"APPROVED"}},
      {"AcceptQuote", {"SENT"}},
      {"RejectQuote", {"SENT"}},
      {"CancelQuote", {"DRAFT", "PRICED", "APPROVED"}},
      {"ExpireQuote", {"APPROVED", "SENT"}},
      {"ReviseQuote", {"APPROVED", "SENT", "REJECTED", "EXPIRED"}},
      {"RecordNegotiationRound", {"DRAFT", "PRICED", "IN_APPROVAL", "APPROVED", "SENT"}},
  };
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("kam.pricing.v1.QuoteService");
  ASSERT_NE(service, nullptr);
  std::map<std::string, Names> declared;
  for (int i = 0; i < service->method_count(); ++i) {
    const kam::api::Method& rules = service->method(i)->options().GetExtension(kam::api::method);
    if (rules.standard() != kam::api::STANDARD_UNSPECIFIED) continue;
    const auto level = service->method(i)->options().idempotency_level();
    if (level == google::protobuf::MethodOptions::NO_SIDE_EFFECTS) continue;  // It reads.
    declared[service->method(i)->name()] = {rules.transition().from().begin(), rules.transition().from().end()};
  }
  EXPECT_EQ(declared, table);
}

TEST(ContentHash, ChangesWithEverythingThatTheCustomerSees) {
  const std::string hash = ContentHash(NewQuote());
  EXPECT_EQ(hash.size(), 64u);
  std::vector<void (*)(pb::Quote&)> changes = {
      [](pb::Quote& q) { q.set_account("accounts/00000000000000000000000002"); },
      [](pb::Quote& q) { q.set_valid_until("2026-02-05"); },
      [](pb::Quote& q) { q.set_as_of("2026-01-04"); },
      [](pb::Quote& q) { q.set_delivery_terms("ex works"); },
      [](pb::Quote& q) { q.set_payment_terms("ex works"); },
      [](pb::Quote& q) { q.mutable_lines(0)->set_quantity("3"); },
      [](pb::Quote& q) { q.mutable_lines(0)->mutable_net_price()->set_nanos(1'000'000); },
      [](pb::Quote& q) { q.mutable_lines(0)->mutable_tax_amount()->set_units(11); },
      [](pb::Quote& q) { *q.add_lines() = q.lines(0); },
      [](pb::Quote& q) { q.add_gifts()->set_quantity("1"); },
      [](pb::Quote& q) { q.mutable_total_gross()->set_units(11); },
  };
  std::set<std::string> hashes = {hash};
  for (const auto change : changes) {
    pb::Quote quote = NewQuote();
    change(quote);
    hashes.insert(ContentHash(quote));
  }
  EXPECT_EQ(hashes.size(), changes.size() + 1);
}

TEST(ContentHash, DoesNotDependOnConfidentialValuesNorOnHowNumbersAreWritten) {
  pb::Quote quote = NewQuote();
  quote.mutable_lines(0)->mutable_floor_price()->set_units(9);
  quote.mutable_lines(0)->set_margin_percent("1");
  quote.mutable_lines(0)->set_quantity("2.0000");
  quote.set_state(pb::QUOTE_STATE_SENT);
  EXPECT_EQ(ContentHash(quote), ContentHash(NewQuote()));
}

TEST(ApprovedContent, OnlyTheApprovedOne) {
  pb::Quote quote = NewQuote();
  EXPECT_EQ(Reason(CheckApprovedContent(quote)), "CONTENT_CHANGED") << "nothing was approved";
  quote.set_approved_content_hash(ContentHash(quote));
  EXPECT_TRUE(CheckApprovedContent(quote).ok());
  quote.mutable_lines(0)->mutable_net_price()->set_units(9);
  EXPECT_EQ(Reason(CheckApprovedContent(quote)), "CONTENT_CHANGED");
}

TEST(Validity, LastDayIncluded) {
  EXPECT_TRUE(CheckValid(NewQuote(), "2026-02-04").ok());
  EXPECT_EQ(Reason(CheckValid(NewQuote(), "2026-02-05")), "QUOTE_EXPIRED");
}

TEST(Input, OneKindOfConcessionInTheCurrencyOfTheQuoteAndDatesInOrder) {
  pb::Quote quote = NewQuote();
  EXPECT_TRUE(CheckInput(quote).ok());
  quote.mutable_lines(0)->set_discount_percent("5");
  quote.mutable_lines(0)->mutable_manual_unit_price()->set_currency_code("USD");
  quote.set_valid_until("2026-01-04");
  EXPECT_THAT(ViolatedFields(CheckInput(quote)),
              ::testing::ElementsAre("quote.valid_until", "quote.lines[0]", "quote.lines[0].manual_unit_price"));
}

TEST(NextRevision, IsADraftOfTheSameOffer) {
  pb::Quote first = NewQuote();
  first.set_revision(1);
  first.set_state(pb::QUOTE_STATE_SENT);
  first.set_number("QT2026-000001");
  first.set_approved_content_hash("abc");
  first.mutable_lines(0)->set_discount_percent("5");
  const pb::Quote second = NextRevision(first);
  EXPECT_EQ(second.state(), pb::QUOTE_STATE_DRAFT);
  EXPECT_EQ(second.root(), first.name());
  EXPECT_EQ(second.predecessor(), first.name());
  EXPECT_EQ(second.revision(), 2);
  EXPECT_EQ(second.lines(0).discount_percent(), "5");
  EXPECT_FALSE(second.lines(0).has_net_price());
  EXPECT_FALSE(second.lines(0).has_floor_price());
  EXPECT_EQ(second.approved_content_hash(), "");
  EXPECT_EQ(second.name() + second.number(), "");
  pb::Quote stored = second;
  stored.set_name("quotes/00000000000000000000000002");
  EXPECT_EQ(NextRevision(stored).root(), first.name());
}

// C-01, C-03, C-05: a price is not held for as long as the seller likes, neither before nor after the acceptance.
TEST(QuoteValidity, EndsAndOrderTimesAreBounded) {
  const pb::Quote quote = NewQuote();
  EXPECT_TRUE(CheckValidity(quote, "2026-02-04").ok());
  EXPECT_EQ(Reason(CheckValidity(quote, "2026-02-03")), "VALIDITY_TOO_LONG");
  EXPECT_TRUE(CheckOrderTime(quote, "2026-08-03", "2026-08-03").ok());
  EXPECT_EQ(Reason(CheckOrderTime(quote, "2026-08-03", "2026-08-04")), "QUOTE_ORDER_TIME_OVER");
}

}  // namespace
}  // namespace kam::contract::rules

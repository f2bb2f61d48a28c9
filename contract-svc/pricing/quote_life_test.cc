// Quotes over the real database and gRPC: who sees them, versions, revisions, rounds, orders, expiry (C-05, G-03,
// G-05).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/quote_fixture.h"
#include "kam/api/standard.pb.h"
#include "kam/approval/v1/approval_service.pb.h"
#include "kam/order/v1/order_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
namespace ab = kam::approval::v1;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;

TEST_F(QuoteTest, OnlyVerifiedAndActiveAccountsAreQuoted) {
  const pb::Product product = world_.NewProduct("100");
  for (const auto& [state, quotable] : std::vector<std::pair<std::string, bool>>{{"DRAFT", false},
                                                                                 {"SUBMITTED", false},
                                                                                 {"VERIFIED", true},
                                                                                 {"ACTIVE", true},
                                                                                 {"DORMANT", false},
                                                                                 {"LOST", false},
                                                                                 {"CLOSED", false}}) {
    pb::Quote quote;
    quote.set_account(world_.NewAccount(world_.kax, state));
    quote.set_currency("CNY");
    PricingWorld::AddLine(product, "1", "", &quote);
    const auto created = world_.Create(world_.kax, quote);
    if (quotable) {
      EXPECT_THAT(created, IsOk()) << state;
    } else {
      EXPECT_THAT(created, HasReason("ACCOUNT_NOT_QUOTABLE")) << state;
    }
  }
  pb::Quote unknown;
  unknown.set_account("accounts/" + world_.harness().NewId());
  unknown.set_currency("CNY");
  PricingWorld::AddLine(product, "1", "", &unknown);
  EXPECT_THAT(world_.Create(world_.kax, unknown), HasReason("REFERENCE_NOT_FOUND"));

  const std::string account = world_.NewAccount(world_.kax);
  const pb::Quote draft = world_.NewQuote(world_.kax, account, product);
  world_.harness().db().Execute("UPDATE account_scopes SET state = 'LOST' WHERE account = '" + account.substr(9) + "'");
  EXPECT_THAT(world_.Price(world_.kax, draft.name()), HasReason("ACCOUNT_NOT_QUOTABLE"));
}

// G-03
TEST_F(QuoteTest, QuotesAreAsVisibleAsTheirAccount) {
  const pb::Quote quote = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), world_.NewProduct("100"));
  EXPECT_THAT(world_.GetQuote(world_.kam, quote.name()), IsOk());
  EXPECT_THAT(world_.GetQuote(world_.NewPerson("KAX"), quote.name()), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(world_.GetQuote(world_.NewPerson("KAM", true), quote.name()), StatusIs(absl::StatusCode::kNotFound));
  pb::Quote foreign;
  foreign.set_account(quote.account());
  foreign.set_currency("CNY");
  PricingWorld::AddLine(world_.NewProduct("1"), "1", "", &foreign);
  EXPECT_THAT(world_.Create(world_.NewPerson("KAX"), foreign), HasReason("OUT_OF_SCOPE"));
}

TEST_F(QuoteTest, RepeatedRequestIsDoneOnce) {
  const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), world_.NewProduct("100"), "4");
  ASSERT_THAT(world_.Price(world_.kax, draft.name()), IsOk());
  pb::SubmitQuoteRequest request;
  request.set_name(draft.name());
  request.set_etag(world_.EtagOf(draft.name()));
  request.set_reason("competitor");
  request.set_request_id("5b0f2d7c-0d3e-4c8e-9a7f-3f6f3f1c2a01");
  const std::string method = absl::StrCat(kQuotes, "SubmitQuote");
  const auto first = world_.harness().Call<pb::Quote>(world_.kax, method, request);
  ASSERT_THAT(first, IsOk());
  const auto second = world_.harness().Call<pb::Quote>(world_.kax, method, request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_EQ(world_.harness()
                .db()
                .Get("SELECT COUNT(*) FROM approval_requests WHERE subject = '" + draft.name() + "'")
                .integer(),
            1);
  request.set_reason("another");
  EXPECT_THAT(world_.harness().Call<pb::Quote>(world_.kax, method, request), HasReason("REQUEST_ID_REUSED"));
}

TEST_F(QuoteTest, StaleEtagIsRefused) {
  const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), world_.NewProduct("100"));
  pb::PriceQuoteRequest request;
  request.set_name(draft.name());
  request.set_etag(draft.etag());
  const std::string method = absl::StrCat(kQuotes, "PriceQuote");
  request.set_validate_only(true);
  ASSERT_THAT(world_.harness().Call<pb::PriceQuoteResponse>(world_.kax, method, request), IsOk());
  EXPECT_EQ(world_.GetQuote(world_.kax, draft.name())->etag(), draft.etag()) << "worked out only";
  request.set_validate_only(false);
  ASSERT_THAT(world_.harness().Call<pb::PriceQuoteResponse>(world_.kax, method, request), IsOk());
  EXPECT_THAT(world_.harness().Call<pb::PriceQuoteResponse>(world_.kax, method, request), HasReason("ETAG_MISMATCH"));
}

// G30, C-04: the approval of the quote is enough for the order of that content; another price is not ordered at all.
TEST_F(QuoteTest, G30TheApprovalOfTheQuoteIsEnoughForTheOrder) {
  const pb::Quote approved = Approved("4");
  const auto sent = world_.Send(world_.kax, approved.name());
  ASSERT_THAT(sent, IsOk());
  pb::AcceptQuoteRequest accept;
  accept.set_name(approved.name());
  accept.set_etag(sent->etag());
  accept.set_content_hash(approved.approved_content_hash());
  ASSERT_THAT(world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "AcceptQuote"), accept), IsOk());
  order::v1::CreateOrderRequest enter;
  enter.mutable_order()->set_account(approved.account());
  enter.mutable_order()->set_quote(approved.name());
  order::v1::OrderLine* line = enter.mutable_order()->add_lines();
  line->set_product(approved.lines(0).product());
  line->set_quantity("1");
  *line->mutable_unit_price() = Cny("95");
  const std::string method = "kam.order.v1.OrderService/CreateOrder";
  EXPECT_THAT(world_.harness().Call<order::v1::Order>(world_.kax, method, enter), HasReason("PRICE_NOT_AGREED"));
  line->clear_unit_price();
  const auto ordered = world_.harness().Call<order::v1::Order>(world_.kax, method, enter);
  ASSERT_THAT(ordered, IsOk());
  EXPECT_EQ(ordered->lines(0).unit_price().units(), 96);
  EXPECT_EQ(world_.harness()
                .db()
                .Get("SELECT COUNT(*) FROM approval_requests WHERE subject IN ('" + approved.name() + "', '" +
                     ordered->name() + "')")
                .integer(),
            1);
}

// C-05, G-05: a decision is about the version its maker has seen.
TEST_F(QuoteTest, DecisionsNameTheVersionTheyAreAbout) {
  const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), world_.NewProduct("100"), "4");
  ASSERT_THAT(world_.Price(world_.kax, draft.name()), IsOk());
  pb::SubmitQuoteRequest submit;
  submit.set_name(draft.name());
  submit.set_reason("competitor");
  const auto try_submit = [&] {
    return world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "SubmitQuote"), submit);
  };
  EXPECT_THAT(try_submit(), NamesField("etag"));
  submit.set_etag(draft.etag());
  EXPECT_THAT(try_submit(), HasReason("ETAG_MISMATCH"));
  pb::SendQuoteRequest send;
  send.set_name(draft.name());
  EXPECT_THAT(world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "SendQuote"), send),
              NamesField("etag"));
  pb::AcceptQuoteRequest accept;
  accept.set_name(draft.name());
  accept.set_content_hash("0000");
  EXPECT_THAT(world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "AcceptQuote"), accept),
              NamesField("etag"));
}

// C-05: all pairs of state and verb.
TEST_F(QuoteTest, EveryPairOfStateAndVerbIsAsTheMethodSays) {
  const std::map<std::string, std::set<std::string>> allowed = {
      {"PriceQuote", {"DRAFT", "PRICED"}},
      {"SubmitQuote", {"PRICED"}},
      {"SendQuote", {"APPROVED"}},
      {"AcceptQuote", {"SENT"}},
      {"RejectQuote", {"SENT"}},
      {"CancelQuote", {"DRAFT", "PRICED", "APPROVED"}},
      {"ReviseQuote", {"APPROVED", "SENT", "REJECTED", "EXPIRED"}},
      {"RecordNegotiationRound", {"DRAFT", "PRICED", "IN_APPROVAL", "APPROVED", "SENT"}},
      {"UpdateQuote", {"DRAFT", "PRICED", "APPROVED"}},
  };
  const std::string account = world_.NewAccount(world_.kax);
  const pb::Product product = world_.NewProduct("100");
  for (const char* state : {"DRAFT", "PRICED", "IN_APPROVAL", "APPROVED", "SENT", "ACCEPTED", "REJECTED", "EXPIRED",
                            "SUPERSEDED", "CANCELLED"}) {
    for (const auto& [verb, states] : allowed) {
      const pb::Quote quote = world_.NewQuote(world_.kax, account, product);
      world_.harness().db().Execute(
          absl::StrCat("UPDATE quotes SET state = '", state, "' WHERE id = '", quote.name().substr(7), "'"));
      const auto call = [&, &method = verb](auto request) {
        request.set_name(quote.name());
        request.set_etag(world_.EtagOf(quote.name()));
        using Response = std::conditional_t<std::is_same_v<decltype(request), pb::PriceQuoteRequest>,
                                            pb::PriceQuoteResponse, pb::Quote>;
        return world_.harness().Call<Response>(world_.kax, absl::StrCat(kQuotes, method), request).status();
      };
      absl::Status status;
      if (verb == "PriceQuote") {
        status = call(pb::PriceQuoteRequest());
      } else if (verb == "SubmitQuote") {
        pb::SubmitQuoteRequest request;
        request.set_reason("x");
        status = call(request);
      } else if (verb == "SendQuote") {
        status = call(pb::SendQuoteRequest());
      } else if (verb == "AcceptQuote") {
        pb::AcceptQuoteRequest request;
        request.set_content_hash("0000");
        status = call(request);
      } else if (verb == "RejectQuote") {
        pb::RejectQuoteRequest request;
        request.set_reason("x");
        status = call(request);
      } else if (verb == "CancelQuote") {
        pb::CancelQuoteRequest request;
        request.set_reason("x");
        status = call(request);
      } else if (verb == "ReviseQuote") {
        pb::ReviseQuoteRequest request;
        request.set_reason("x");
        status = call(request);
      } else if (verb == "RecordNegotiationRound") {
        pb::RecordNegotiationRoundRequest request;
        request.mutable_round()->set_party(pb::PARTY_US);
        request.mutable_round()->set_subject("price");
        request.mutable_round()->set_concession("none");
        status = call(request);
      } else {
        status = world_.SetDiscount(world_.kax, quote.name(), 0, "1").status();
      }
      const std::string reason = Reason(status);
      EXPECT_EQ(reason == "STATE_NOT_ALLOWED" || reason == "QUOTE_NOT_EDITABLE", states.count(state) == 0)
          << state << " " << verb << ": " << status;
    }
  }
}

// C-05: a quote that comes to nothing before the customer has it is given up, by those who write it and for a reason;
// nothing waits for it any more, and it is neither sent nor revised.
TEST_F(QuoteTest, AQuoteThatComesToNothingIsGivenUp) {
  const pb::Product product = world_.NewProduct("100");
  const pb::Quote quote = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), product);
  ASSERT_THAT(world_.Price(world_.kax, quote.name()), IsOk());
  const auto due = [&] {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(*) FROM due_items WHERE resource = '", quote.name(), "'"))
        .integer();
  };
  EXPECT_EQ(due(), 1) << "approved by own authority, it would expire";
  pb::CancelQuoteRequest request;
  request.set_name(quote.name());
  const std::string method = absl::StrCat(kQuotes, "CancelQuote");
  EXPECT_THAT(world_.harness().Call<pb::Quote>(world_.kax, method, request), NamesField("reason"));
  request.set_reason("another customer was meant");
  EXPECT_THAT(world_.harness().Call<pb::Quote>(world_.NewPerson("KAX"), method, request),
              StatusIs(absl::StatusCode::kNotFound));
  const auto cancelled = world_.harness().Call<pb::Quote>(world_.kax, method, request);
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_EQ(cancelled->state(), pb::QUOTE_STATE_CANCELLED);
  EXPECT_EQ(cancelled->close_reason(), "another customer was meant");
  EXPECT_TRUE(cancelled->has_close_time());
  EXPECT_EQ(due(), 0);
  EXPECT_THAT(world_.Send(world_.kax, quote.name()), HasReason("STATE_NOT_ALLOWED"));
}

TEST_F(QuoteTest, NegotiationRoundsOnlyGrow) {
  const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), world_.NewProduct("100"));
  pb::RecordNegotiationRoundRequest request;
  request.set_name(draft.name());
  request.mutable_round()->set_party(pb::PARTY_CUSTOMER);
  request.mutable_round()->set_subject("delivery");
  request.mutable_round()->set_concession("takes it two weeks later");
  const std::string method = absl::StrCat(kQuotes, "RecordNegotiationRound");
  ASSERT_THAT(world_.harness().Call<pb::Quote>(world_.kax, method, request), IsOk());
  request.mutable_round()->set_party(pb::PARTY_US);
  const auto quote = world_.harness().Call<pb::Quote>(world_.kax, method, request);
  ASSERT_THAT(quote, IsOk());
  ASSERT_EQ(quote->rounds_size(), 2);
  EXPECT_EQ(quote->rounds(0).party(), pb::PARTY_CUSTOMER);
  EXPECT_EQ(quote->rounds(1).recorder(), world_.kax.subject);
  request.mutable_round()->clear_concession();
  EXPECT_THAT(world_.harness().Call<pb::Quote>(world_.kax, method, request), HasReason("FIELD_REQUIRED"));
}

TEST_F(QuoteTest, ParallelRevisionsHaveExactlyOneWinner) {
  const pb::Quote approved = Approved("4");
  ASSERT_THAT(world_.Send(world_.kax, approved.name()), IsOk());
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      pb::ReviseQuoteRequest revise;
      revise.set_name(approved.name());
      won += world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "ReviseQuote"), revise).ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

// Validity and deadlines end by themselves.
TEST_F(QuoteTest, QuotesAndApprovalsExpireOnTime) {
  const pb::Quote asked = Asked("4");
  const pb::Quote approved = Approved("4");
  ASSERT_THAT(world_.Send(world_.kax, approved.name()), IsOk());
  world_.harness().clock().Advance(absl::Hours(72) - absl::Seconds(10));
  world_.RunDue();
  EXPECT_EQ(world_.GetQuote(world_.kax, asked.name())->state(), pb::QUOTE_STATE_IN_APPROVAL);
  EXPECT_THAT(world_.Approve(world_.kam, asked.approval()), HasReason("NOT_THE_DECIDER"));
  // The sales manager did not decide in time: the level above is asked, then it is over.
  world_.harness().clock().Advance(absl::Seconds(20));
  world_.RunDue();
  const auto escalated = world_.GetApproval(world_.kax, asked.approval());
  ASSERT_THAT(escalated, IsOk());
  EXPECT_EQ(escalated->state(), ab::APPROVAL_STATE_PENDING);
  EXPECT_EQ(escalated->steps(0).roles(), "SM KAM");
  EXPECT_TRUE(escalated->steps(0).has_escalate_time());
  world_.harness().clock().Advance(absl::Hours(72));
  world_.RunDue();
  EXPECT_EQ(world_.GetApproval(world_.kax, asked.approval())->state(), ab::APPROVAL_STATE_EXPIRED);
  EXPECT_EQ(world_.GetQuote(world_.kax, asked.name())->state(), pb::QUOTE_STATE_DRAFT);

  while (world_.Today() != approved.valid_until()) world_.harness().clock().Advance(absl::Hours(12));
  world_.RunDue();
  EXPECT_EQ(world_.GetQuote(world_.kax, approved.name())->state(), pb::QUOTE_STATE_SENT) << "its last day";
  world_.harness().clock().Advance(absl::Hours(24));
  pb::AcceptQuoteRequest accept;
  accept.set_name(approved.name());
  accept.set_etag(world_.EtagOf(approved.name()));
  accept.set_content_hash(approved.approved_content_hash());
  EXPECT_THAT(world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "AcceptQuote"), accept),
              HasReason("QUOTE_EXPIRED"));
  world_.RunDue();
  EXPECT_EQ(world_.GetQuote(world_.kax, approved.name())->state(), pb::QUOTE_STATE_EXPIRED);
}

// C-01, C-03, C-05: nobody sets the end of an offer as far away as he likes, and an acceptance does not hold for ever.
TEST_F(QuoteTest, APriceIsNotHeldForAsLongAsTheSellerLikes) {
  pb::Quote quote;
  quote.set_account(world_.NewAccount(world_.kax));
  quote.set_currency("CNY");
  PricingWorld::AddLine(world_.NewProduct("100"), "10", "", &quote);
  quote.set_valid_until(world_.Today(91));
  EXPECT_THAT(world_.Create(world_.kax, quote), HasReason("VALIDITY_TOO_LONG"));
  quote.set_valid_until(world_.Today(90));
  const auto draft = world_.Create(world_.kax, quote);
  ASSERT_THAT(draft, IsOk());
  pb::UpdateQuoteRequest longer;
  longer.mutable_quote()->set_name(draft->name());
  longer.mutable_quote()->set_valid_until(world_.Today(400));
  longer.mutable_update_mask()->add_paths("valid_until");
  EXPECT_THAT(world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "UpdateQuote"), longer),
              HasReason("VALIDITY_TOO_LONG"));
  ASSERT_THAT(world_.Price(world_.kax, draft->name()), IsOk());
  const auto sent = world_.Send(world_.kax, draft->name());
  ASSERT_THAT(sent, IsOk());
  pb::AcceptQuoteRequest accept;
  accept.set_name(draft->name());
  accept.set_etag(sent->etag());
  accept.set_content_hash(sent->approved_content_hash());
  ASSERT_THAT(world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "AcceptQuote"), accept), IsOk());
  const auto order = [&] {
    order::v1::CreateOrderRequest enter;
    enter.mutable_order()->set_account(quote.account());
    enter.mutable_order()->set_quote(draft->name());
    order::v1::OrderLine* line = enter.mutable_order()->add_lines();
    line->set_product(quote.lines(0).product());
    line->set_quantity("1");
    return world_.harness().Call<order::v1::Order>(world_.kax, "kam.order.v1.OrderService/CreateOrder", enter);
  };
  world_.harness().clock().Advance(absl::Hours(24 * 180));
  EXPECT_THAT(order(), IsOk());
  world_.harness().clock().Advance(absl::Hours(24));
  EXPECT_THAT(order(), HasReason("QUOTE_ORDER_TIME_OVER"));
}

// C-04, R-06: anything more is consented to by the sales manager, not by the supervisor of business development, who
// asks like his people.
TEST_F(QuoteTest, ASupervisorOfBusinessDevelopmentConsentsToNothing) {
  const pb::Product product = world_.NewProduct("100");
  const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), product, "2");
  EXPECT_EQ(world_.Price(world_.kax, draft.name())->quote().lines(0).deciders(), "SM");
  const auto asked = world_.Submit(world_.kax, draft.name());
  ASSERT_THAT(asked, IsOk());
  EXPECT_EQ(world_.GetApproval(world_.sm, asked->approval())->steps(0).roles(), "SM");
  pb::Quote gift;
  gift.set_currency("CNY");
  PricingWorld::AddLine(product, "1000", "", &gift);
  pb::QuoteGift* given = gift.add_gifts();
  given->set_product(product.name());
  given->set_quantity("1");
  given->set_reason("opening");
  const auth::Principal supervisor = world_.NewPerson("BDS");
  gift.set_account(world_.NewAccount(supervisor));
  const auto own = world_.Create(supervisor, gift);
  ASSERT_THAT(own, IsOk());
  const auto priced = world_.Price(supervisor, own->name());
  ASSERT_THAT(priced, IsOk());
  EXPECT_EQ(priced->quote().exceeded(), "GIFT") << "a tenth of a percent";
  EXPECT_EQ(priced->quote().deciders(), "SM");
}

}  // namespace
}  // namespace kam::contract

// An answer once given is the same for ever, whatever is committed while it is given (C-01, C-05).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/contracts/adoption.h"
#include "contract-svc/testing/price_book_fixture.h"
#include "kam/pricing/v1/product_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using testing::IsOk;

class PriceKnowledgeTest : public PriceBookTest {
 protected:
  // A quote about one product, priced.
  absl::StatusOr<pb::PriceQuoteResponse> Quote(const auth::Principal& seller, const std::string& account,
                                               const pb::Product& product) {
    const pb::Quote draft = world_.NewQuote(seller, account, product);
    return world_.Price(seller, draft.name());
  }
  absl::StatusOr<pb::ExplainQuoteResponse> Explain(const auth::Principal& seller, const std::string& quote) {
    pb::ExplainQuoteRequest request;
    request.set_name(quote);
    return world_.harness().Call<pb::ExplainQuoteResponse>(seller, "kam.pricing.v1.QuoteService/ExplainQuote", request);
  }
  absl::StatusOr<pb::Product> SetListPrice(const pb::Product& product, const std::string& price) {
    pb::UpdateProductRequest request;
    *request.mutable_product() = product;
    request.mutable_product()->clear_etag();
    *request.mutable_product()->mutable_list_price() = Cny(price);
    request.mutable_update_mask()->add_paths("list_price");
    return world_.harness().Call<pb::Product>(world_.gam, "kam.pricing.v1.ProductService/UpdateProduct", request);
  }
  // Holds the rows of `sql` while `change` begins and waits for them in a statement like `at`, and `pricing` begins a
  // second later; lets go of them when `pricing` has ended or waits to store its lines.
  void Between(const std::string& sql, const std::string& at, const std::function<void()>& change,
               const std::function<void()>& pricing) {
    std::vector<std::thread> threads;
    std::atomic<bool> priced = false;
    const absl::Time deadline = absl::Now() + absl::Seconds(60);
    const absl::Status status = world_.harness().runtime().database().RunInTransaction(
        deadline, [&](mysql::Connection& connection) -> absl::Status {
          if (!threads.empty()) return absl::InternalError("run twice");
          const auto wait_for = [&](const std::string& statement, const std::atomic<bool>* or_done) -> absl::Status {
            while (or_done == nullptr || !*or_done) {
              ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                               connection.Query("SELECT COUNT(p.id) FROM information_schema.processlist p WHERE p.info "
                                                "LIKE ? AND p.db = DATABASE() AND p.id <> CONNECTION_ID()",
                                                {statement}));
              if (rows[0][0].integer() > 0) break;
              if (absl::Now() > deadline) return absl::DeadlineExceededError("it never came to: " + statement);
            }
            return absl::OkStatus();
          };
          RETURN_IF_ERROR(connection.Query(sql).status());
          threads.emplace_back(change);
          RETURN_IF_ERROR(wait_for(at, nullptr));
          world_.harness().clock().Advance(absl::Seconds(1));
          threads.emplace_back([&] {
            pricing();
            priced = true;
          });
          return wait_for("INSERT INTO quotes_lines%", &priced);
        });
    EXPECT_THAT(status, IsOk());
    for (std::thread& thread : threads) thread.join();
  }
  // The answer of a quote that was priced in between is the same when it is asked again, and the next one is `then`.
  void ExpectKept(const pb::PriceQuoteResponse& priced, const pb::Product& product, int64_t then) {
    ASSERT_EQ(priced.quote().lines(0).net_price().units(), 100);
    const auto asked_again = Explain(world_.kax, priced.quote().name());
    ASSERT_THAT(asked_again, IsOk());
    EXPECT_EQ(asked_again->price_hash(), priced.price_hash()) << asked_again->trace();
    EXPECT_EQ(Quote(world_.kax, priced.quote().account(), product)->quote().lines(0).net_price().units(), then);
  }
};

// C-01, C-05: a product saved by a call that began before a quote was priced, and committed after, is no part of its
// answer.
TEST_F(PriceKnowledgeTest, AProductSavedMeanwhileIsNotKnownToTheQuote) {
  const pb::Product product = world_.NewProduct("100");
  const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), product);
  pb::PriceQuoteResponse priced;
  Between(
      absl::StrCat("SELECT id FROM products WHERE id = '", IdOf(product.name()), "' FOR UPDATE"),
      "%FROM products t%FOR UPDATE%", [&] { EXPECT_THAT(SetListPrice(product, "200"), IsOk()); },
      [&] { priced = world_.Price(world_.kax, draft.name()).value_or(pb::PriceQuoteResponse()); });
  ExpectKept(priced, product, 200);
}

// C-01, C-05: the same of a release.
TEST_F(PriceKnowledgeTest, ABookReleasedMeanwhileIsNotKnownToTheQuote) {
  const pb::Product product = world_.NewProduct("100");
  const pb::Quote quote = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), product);
  const auto draft = Create(PercentOff(product, "10"));
  ASSERT_THAT(draft, IsOk());
  const auto submitted = Submit(draft->name(), draft->etag());
  ASSERT_THAT(submitted, IsOk());
  pb::PriceQuoteResponse priced;
  Between(
      "SELECT version FROM price_catalog_state WHERE id = 1 FOR UPDATE", "%FROM price_catalog_state s%FOR UPDATE%",
      [&] { EXPECT_THAT(world_.Approve(world_.gam, submitted->approval()), IsOk()); },
      [&] { priced = world_.Price(world_.kax, quote.name()).value_or(pb::PriceQuoteResponse()); });
  ExpectKept(priced, product, 90);
}

// C-01, C-05: releases and product saves beside quoting; every answer is asked again at the end.
TEST_F(PriceKnowledgeTest, EveryAnswerOfATurbulentTimeIsTheSameAgain) {
  const pb::Product product = world_.NewProduct("1000");
  constexpr int kQuotes = 12, kSaves = 20, kReleases = 4;
  std::vector<std::string> approvals;
  for (int i = 0; i < kReleases; ++i) {
    pb::PriceBook book = PercentOff(product, absl::StrCat(i + 1));
    book.set_effective_from(world_.Today());  // Days that are over keep their prices.
    const auto draft = Create(book);
    ASSERT_THAT(draft, IsOk());
    const auto submitted = Submit(draft->name(), draft->etag());
    ASSERT_THAT(submitted, IsOk());
    approvals.push_back(submitted->approval());
  }
  std::mutex mutex;
  std::map<std::string, std::string> hashes;  // Quote -> hash. Under mutex.
  std::vector<std::thread> threads;
  for (int seller = 0; seller < 3; ++seller) {
    threads.emplace_back([&] {
      const std::string account = world_.NewAccount(world_.kax);
      for (int i = 0; i < kQuotes; ++i) {
        const auto priced = Quote(world_.kax, account, product);
        EXPECT_THAT(priced, IsOk());
        if (!priced.ok()) return;
        const std::lock_guard<std::mutex> lock(mutex);
        hashes[priced->quote().name()] = priced->price_hash();
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < kSaves; ++i) {
      world_.harness().clock().Advance(absl::Milliseconds(1));
      EXPECT_THAT(SetListPrice(product, absl::StrCat(1001 + i)), IsOk());
    }
  });
  threads.emplace_back([&] {
    for (const std::string& approval : approvals) EXPECT_THAT(world_.Approve(world_.gam, approval), IsOk());
  });
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(hashes.size(), 3u * kQuotes);
  for (const auto& [quote, hash] : hashes) {
    const auto asked_again = Explain(world_.kax, quote);
    ASSERT_THAT(asked_again, IsOk());
    EXPECT_EQ(asked_again->price_hash(), hash) << asked_again->trace();
  }
}

// C-01: what a program of the release before has saved and released counts once it was adopted, and not before; the
// answers of the time before stay.
TEST_F(PriceKnowledgeTest, WhatAnEarlierProgramReleasedIsAdopted) {
  const pb::Product product = world_.NewProduct("100");
  const std::string account = world_.NewAccount(world_.kax);
  const pb::PriceQuoteResponse before = *Quote(world_.kax, account, product);
  const auto draft = Create(PercentOff(product, "10"));
  ASSERT_THAT(draft, IsOk());
  testing::TempDatabase& db = world_.harness().db();
  db.Execute(
      absl::StrCat("UPDATE products SET list_price_amount = 300, version = version + 1, update_time = "
                   "'2020-01-01' WHERE id = '",
                   IdOf(product.name()), "'"));
  db.Execute(
      absl::StrCat("INSERT INTO product_versions (product, version, known_from, product_line, unit, currency, "
                   "list_price) SELECT id, version, update_time, product_line, unit, currency, list_price_amount "
                   "FROM products WHERE id = '",
                   IdOf(product.name()), "'"));
  db.Execute(absl::StrCat("UPDATE price_books SET state = 'RELEASED', release_time = '2020-01-01' WHERE id = '",
                          IdOf(draft->name()), "'"));
  db.Execute("UPDATE price_catalog_state SET version = version + 1 WHERE id = 1");
  EXPECT_EQ(Quote(world_.kax, account, product)->price_hash(), before.price_hash());
  for (int round = 0; round < 2; ++round) {
    ASSERT_THAT(ScheduleAdoption(world_.harness().runtime()), IsOk());
    world_.RunDue();
    const auto now = Quote(world_.kax, account, product);
    ASSERT_THAT(now, IsOk());
    EXPECT_EQ(now->quote().lines(0).net_price().units(), 270);
    EXPECT_EQ(Explain(world_.kax, now->quote().name())->price_hash(), now->price_hash());
  }
  EXPECT_EQ(Explain(world_.kax, before.quote().name())->price_hash(), before.price_hash());
  EXPECT_EQ(db.Get("SELECT COUNT(*) FROM due_items WHERE kind = 'adoption.look'").integer(), 1)
      << "due again, and nobody keeps when it was";
}

// C-01: an error in a book of a coming day is put right for that day: the next revision takes all its days. What was
// answered in between is explained as it was.
TEST_F(PriceKnowledgeTest, ABookOfAComingDayIsReplacedFromItsFirstDayOn) {
  const pb::Product product = world_.NewProduct("100");
  pb::PriceBook book = PercentOff(product, "90");
  book.set_effective_from(world_.Today(1));
  for (pb::PriceCondition& condition : *book.mutable_conditions()) condition.set_valid_from(world_.Today(1));
  const pb::PriceBook wrong = Released(book);
  const auto tomorrow = [&] {
    pb::Quote quote;
    quote.set_account(world_.NewAccount(world_.kax));
    quote.set_currency("CNY");
    quote.set_as_of(world_.Today(1));
    PricingWorld::AddLine(product, "1", "", &quote);
    const auto draft = world_.Create(world_.kax, quote);
    EXPECT_THAT(draft, IsOk());
    return world_.Price(world_.kax, draft.value_or(pb::Quote()).name());
  };
  const auto before = tomorrow();
  ASSERT_THAT(before, IsOk());
  EXPECT_EQ(before->quote().lines(0).published_price().units(), 10);
  pb::RevisePriceBookRequest revise;
  revise.set_name(wrong.name());
  revise.set_effective_from(world_.Today(1));
  const auto next = Call<pb::PriceBook>(world_.kapm, "RevisePriceBook", revise);
  ASSERT_THAT(next, IsOk());
  pb::UpdatePriceBookRequest update;
  *update.mutable_price_book() = *next;
  update.mutable_price_book()->mutable_conditions(0)->set_percent("9");
  update.mutable_update_mask()->add_paths("conditions");
  const auto right = Call<pb::PriceBook>(world_.kapm, "UpdatePriceBook", update);
  ASSERT_THAT(right, IsOk());
  world_.harness().clock().Advance(absl::Seconds(1));
  const auto submitted = Submit(right->name(), right->etag());
  ASSERT_THAT(submitted, IsOk());
  ASSERT_THAT(world_.Approve(world_.gam, submitted->approval()), IsOk());
  const auto replaced = Get(wrong.name());
  EXPECT_EQ(replaced->state(), pb::PRICE_BOOK_STATE_SUPERSEDED);
  EXPECT_EQ(replaced->effective_until(), world_.Today()) << "the day before its first: it holds on no day";
  EXPECT_EQ(tomorrow()->quote().lines(0).published_price().units(), 91);
  EXPECT_EQ(Price(product, "1").quote().lines(0).published_price().units(), 100) << "today is as it was";
  const auto explained = Explain(world_.kax, before->quote().name());
  ASSERT_THAT(explained, IsOk());
  EXPECT_EQ(explained->price_hash(), before->price_hash());
}

}  // namespace
}  // namespace kam::contract

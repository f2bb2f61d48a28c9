// Quotes and approvals over the real database and gRPC (C-02 to C-05, G-05).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/approval/engine.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/quote_fixture.h"
#include "kam/api/standard.pb.h"
#include "kam/approval/v1/approval_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
namespace ab = kam::approval::v1;
using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;

// C-05, R-06: the consultant's journey at the published price needs nobody.
TEST_F(QuoteTest, PublishedPriceIsApprovedByOwnAuthoritySentAndAccepted) {
  const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), world_.NewProduct("99.99"));
  EXPECT_THAT(draft.number(), HasSubstr("QT"));
  EXPECT_EQ(draft.state(), pb::QUOTE_STATE_DRAFT);
  EXPECT_EQ(draft.valid_until(), world_.Today(30));
  const auto priced = world_.Price(world_.kax, draft.name());
  ASSERT_THAT(priced, IsOk());
  const pb::Quote& quote = priced->quote();
  EXPECT_EQ(quote.state(), pb::QUOTE_STATE_APPROVED);
  EXPECT_EQ(quote.approval_basis(), pb::APPROVAL_BASIS_OWN_AUTHORITY);
  EXPECT_EQ(quote.approver(), world_.kax.subject);
  EXPECT_EQ(quote.total_amount().units(), 99);
  EXPECT_EQ(quote.total_tax().units(), 13) << "12.9987 half up";
  EXPECT_EQ(quote.total_gross().units(), 112);
  ASSERT_EQ(priced->explanations_size(), 1);
  EXPECT_EQ(priced->explanations(0).steps(0).kind(), pb::PriceStep::KIND_LIST_PRICE);

  ASSERT_THAT(world_.Send(world_.kax, draft.name()), IsOk());
  pb::AcceptQuoteRequest accept;
  accept.set_name(draft.name());
  accept.set_etag(world_.EtagOf(draft.name()));
  accept.set_content_hash("0000");
  accept.set_customer_reference("PO-7");
  EXPECT_THAT(world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "AcceptQuote"), accept),
              HasReason("CONTENT_CHANGED"));
  accept.set_content_hash(quote.approved_content_hash());
  const auto accepted = world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "AcceptQuote"), accept);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->state(), pb::QUOTE_STATE_ACCEPTED);
  EXPECT_EQ(accepted->customer_reference(), "PO-7");
  EXPECT_THAT(world_.SetDiscount(world_.kax, draft.name(), 0, "1"), HasReason("QUOTE_NOT_EDITABLE"));
}

// C-03, C-04: more than the published price needs the sales manager, and only him.
TEST_F(QuoteTest, DiscountGoesToExactlyTheLevelTheGridNames) {
  const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), world_.NewProduct("100"), "4");
  const auto priced = world_.Price(world_.kax, draft.name());
  ASSERT_THAT(priced, IsOk());
  EXPECT_EQ(priced->quote().state(), pb::QUOTE_STATE_PRICED);
  EXPECT_EQ(priced->quote().verdict(), pb::AUTHORITY_VERDICT_NEEDS_APPROVAL);
  EXPECT_EQ(priced->quote().required_level(), 2);
  EXPECT_EQ(priced->quote().lines(0).deciders(), "SM");
  EXPECT_EQ(priced->quote().lines(0).exceeded(), "DISCOUNT");
  EXPECT_EQ(priced->quote().lines(0).headroom_percent(), "-4");
  EXPECT_THAT(world_.Send(world_.kax, draft.name()), HasReason("STATE_NOT_ALLOWED"));

  const auto asked = world_.Submit(world_.kax, draft.name());
  ASSERT_THAT(asked, IsOk());
  EXPECT_EQ(asked->state(), pb::QUOTE_STATE_IN_APPROVAL);
  EXPECT_THAT(world_.SetDiscount(world_.kax, draft.name(), 0, "1"), HasReason("QUOTE_NOT_EDITABLE"));
  const auto approval = world_.GetApproval(world_.sm, asked->approval());
  ASSERT_THAT(approval, IsOk());
  EXPECT_EQ(approval->steps_size(), 1);
  EXPECT_EQ(approval->subject(), draft.name());
  EXPECT_EQ(approval->content_hash(), asked->content_hash());
  EXPECT_EQ(approval->tested_values(0).value(), "4");
  EXPECT_EQ(approval->tested_values(0).allowed(), "0");
  // The wrong persons: a higher role, another department, one without the right.
  EXPECT_THAT(world_.Approve(world_.kam, asked->approval()), HasReason("NOT_THE_DECIDER"));
  EXPECT_THAT(world_.Approve(world_.NewPerson("SM", true), asked->approval()), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(world_.Approve(world_.kax, asked->approval()), StatusIs(absl::StatusCode::kPermissionDenied));

  ASSERT_THAT(world_.Approve(world_.sm, asked->approval()), IsOk());
  const auto approved = world_.GetQuote(world_.kax, draft.name());
  EXPECT_EQ(approved->state(), pb::QUOTE_STATE_APPROVED);
  EXPECT_EQ(approved->approval_basis(), pb::APPROVAL_BASIS_APPROVAL_REQUEST);
  EXPECT_EQ(approved->approver(), world_.sm.subject);
  EXPECT_THAT(world_.Send(world_.kax, draft.name()), IsOk());
}

TEST_F(QuoteTest, LinesOfSeveralLevelsMakeOneStepEach) {
  pb::Quote quote;
  quote.set_account(world_.NewAccount(world_.kax));
  quote.set_currency("CNY");
  PricingWorld::AddLine(world_.NewProduct("100"), "1", "12", &quote);
  PricingWorld::AddLine(world_.NewProduct("100"), "1", "7", &quote);
  PricingWorld::AddLine(world_.NewProduct("100"), "1", "", &quote);
  const auto draft = world_.Create(world_.kax, quote);
  ASSERT_THAT(draft, IsOk());
  ASSERT_THAT(world_.Price(world_.kax, draft->name()), IsOk());
  const auto asked = world_.Submit(world_.kax, draft->name());
  ASSERT_THAT(asked, IsOk());
  const auto approval = world_.GetApproval(world_.gm, asked->approval());
  ASSERT_THAT(approval, IsOk());
  ASSERT_EQ(approval->steps_size(), 2);
  EXPECT_EQ(approval->steps(0).roles(), "KAM");
  EXPECT_EQ(approval->steps(1).roles(), "GAM");
  EXPECT_THAT(world_.Approve(world_.gam, asked->approval()), HasReason("NOT_THE_DECIDER")) << "not his turn";
  ASSERT_THAT(world_.Approve(world_.kam, asked->approval()), IsOk());
  EXPECT_EQ(world_.GetQuote(world_.kax, draft->name())->state(), pb::QUOTE_STATE_IN_APPROVAL);
  ASSERT_THAT(world_.Approve(world_.gam, asked->approval()), IsOk());
  EXPECT_EQ(world_.GetQuote(world_.kax, draft->name())->state(), pb::QUOTE_STATE_APPROVED);
}

// G5: below the floor; within, needs level N, nobody. The price stays what was asked.
TEST_F(QuoteTest, G5BelowTheFloor) {
  const pb::Product product = world_.NewProduct("100", "98");
  const auto price = [&](const auth::Principal& seller, const std::string& discount) {
    const pb::Quote draft = world_.NewQuote(seller, world_.NewAccount(world_.kax), product, discount);
    return world_.Price(seller, draft.name());
  };
  const auto within = price(world_.gam, "3");
  ASSERT_THAT(within, IsOk());
  EXPECT_EQ(within->quote().state(), pb::QUOTE_STATE_APPROVED);
  EXPECT_EQ(within->quote().lines(0).net_price().units(), 97);
  const auto needs = price(world_.kam, "3");
  ASSERT_THAT(needs, IsOk());
  EXPECT_EQ(needs->quote().required_level(), 4);
  EXPECT_EQ(needs->quote().lines(0).exceeded(), "FLOOR");
  EXPECT_EQ(needs->quote().lines(0).net_price().units(), 97) << "never raised";

  // Nobody: above the published price.
  pb::Quote quote;
  quote.set_account(world_.NewAccount(world_.kax));
  quote.set_currency("CNY");
  PricingWorld::AddLine(product, "1", "", &quote);
  *quote.mutable_lines(0)->mutable_manual_unit_price() = Cny("101");
  const auto draft = world_.Create(world_.kax, quote);
  ASSERT_THAT(draft, IsOk());
  const auto never = world_.Price(world_.kax, draft->name());
  ASSERT_THAT(never, IsOk());
  EXPECT_EQ(never->quote().verdict(), pb::AUTHORITY_VERDICT_NEVER);
  EXPECT_EQ(never->quote().lines(0).exceeded(), "ABOVE_PUBLISHED_PRICE");
  EXPECT_EQ(never->quote().lines(0).net_price().units(), 101);
  EXPECT_THAT(world_.Submit(world_.kax, draft->name()), HasReason("AUTHORITY_NEVER"));
}

// G-05: an edit after the approval cannot be sent.
TEST_F(QuoteTest, EditAfterApprovalIsADraftAgain) {
  const pb::Quote approved = Approved("4");
  const auto edited = world_.SetDiscount(world_.kax, approved.name(), 0, "5");
  ASSERT_THAT(edited, IsOk());
  EXPECT_EQ(edited->state(), pb::QUOTE_STATE_DRAFT);
  EXPECT_EQ(edited->approved_content_hash(), "");
  EXPECT_FALSE(edited->lines(0).has_net_price());
  EXPECT_THAT(world_.Send(world_.kax, approved.name()), HasReason("STATE_NOT_ALLOWED"));
}

TEST_F(QuoteTest, EditThatChangesNothingKeepsTheApproval) {
  const pb::Quote approved = Approved("4");
  const auto same = world_.SetDiscount(world_.kax, approved.name(), 0, approved.lines(0).discount_percent());
  ASSERT_THAT(same, IsOk());
  EXPECT_EQ(same->etag(), approved.etag());
  EXPECT_EQ(same->state(), pb::QUOTE_STATE_APPROVED);
}

TEST_F(QuoteTest, ContentChangedBehindTheServiceIsNotSent) {
  const pb::Quote approved = Approved("4");
  world_.harness().db().Execute(absl::StrCat("UPDATE quotes_lines SET net_price_amount = 50 WHERE parent_id = '",
                                             approved.name().substr(7), "'"));
  EXPECT_THAT(world_.Send(world_.kax, approved.name()), HasReason("CONTENT_CHANGED"));
}

// G30: approval granted for two lines, then one line's discount is lowered, then raised.
TEST_F(QuoteTest, G30OnlyWhatGotWorseIsAskedAgain) {
  pb::Quote quote;
  quote.set_account(world_.NewAccount(world_.kax));
  quote.set_currency("CNY");
  PricingWorld::AddLine(world_.NewProduct("100"), "1", "7", &quote);
  PricingWorld::AddLine(world_.NewProduct("100"), "1", "12", &quote);
  const std::string name = world_.Create(world_.kax, quote)->name();
  ASSERT_THAT(world_.Price(world_.kax, name), IsOk());
  const auto asked = world_.Submit(world_.kax, name);
  ASSERT_THAT(asked, IsOk());
  ASSERT_THAT(world_.Approve(world_.kam, asked->approval()), IsOk());
  ASSERT_THAT(world_.Approve(world_.gam, asked->approval()), IsOk());

  // Lowered: nobody is asked.
  ASSERT_THAT(world_.SetDiscount(world_.kax, name, 1, "11"), IsOk());
  ASSERT_THAT(world_.Price(world_.kax, name), IsOk());
  const auto lowered = world_.Submit(world_.kax, name);
  ASSERT_THAT(lowered, IsOk());
  EXPECT_EQ(lowered->state(), pb::QUOTE_STATE_APPROVED);
  EXPECT_EQ(lowered->approval_basis(), pb::APPROVAL_BASIS_EARLIER_APPROVAL);
  EXPECT_EQ(lowered->approver(), world_.gam.subject);
  ASSERT_THAT(world_.Send(world_.kax, name), IsOk());

  // The customer wants more: a new revision, one line raised. Only that approver is asked.
  pb::ReviseQuoteRequest revise;
  revise.set_name(name);
  const auto revision = world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "ReviseQuote"), revise);
  ASSERT_THAT(revision, IsOk());
  EXPECT_EQ(revision->revision(), 2);
  EXPECT_EQ(world_.GetQuote(world_.kax, name)->state(), pb::QUOTE_STATE_SUPERSEDED);
  ASSERT_THAT(world_.SetDiscount(world_.kax, revision->name(), 1, "13"), IsOk());
  ASSERT_THAT(world_.Price(world_.kax, revision->name()), IsOk());
  const auto raised = world_.Submit(world_.kax, revision->name());
  ASSERT_THAT(raised, IsOk());
  EXPECT_EQ(raised->state(), pb::QUOTE_STATE_IN_APPROVAL);
  const auto approval = world_.GetApproval(world_.gam, raised->approval());
  ASSERT_THAT(approval, IsOk());
  EXPECT_EQ(approval->steps(0).state(), ab::APPROVAL_STEP_STATE_CARRIED);
  EXPECT_EQ(approval->steps(0).decider(), world_.kam.subject);
  EXPECT_THAT(approval->pending_roles(), ElementsAre("GAM"));
  ASSERT_THAT(world_.Approve(world_.gam, raised->approval()), IsOk());
  EXPECT_EQ(world_.GetQuote(world_.kax, revision->name())->state(), pb::QUOTE_STATE_APPROVED);
}

// G30, C-04: what was allowed for one piece paid in advance is not allowed for a thousand, nor on credit.
TEST_F(QuoteTest, G30MoreOfItOrOtherTermsAreAskedAgain) {
  pb::Quote quote;
  quote.set_account(world_.NewAccount(world_.kax));
  quote.set_currency("CNY");
  quote.set_payment_terms("in advance");
  PricingWorld::AddLine(world_.NewProduct("100", "99"), "10", "12", &quote);
  const std::string name = world_.Create(world_.kax, quote)->name();
  ASSERT_THAT(world_.Price(world_.kax, name), IsOk());
  const auto asked = world_.Submit(world_.kax, name);
  ASSERT_THAT(asked, IsOk());
  ASSERT_THAT(world_.Approve(world_.gam, asked->approval()), IsOk());
  const auto again = [&](const std::string& quantity, const std::string& terms) {
    pb::UpdateQuoteRequest update;
    *update.mutable_quote() = *world_.GetQuote(world_.kax, name);
    update.mutable_quote()->clear_etag();
    update.mutable_quote()->mutable_lines(0)->set_quantity(quantity);
    update.mutable_quote()->set_payment_terms(terms);
    update.mutable_update_mask()->add_paths("lines");
    update.mutable_update_mask()->add_paths("payment_terms");
    EXPECT_THAT(world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "UpdateQuote"), update), IsOk());
    EXPECT_THAT(world_.Price(world_.kax, name), IsOk());
    const auto submitted = world_.Submit(world_.kax, name);
    EXPECT_THAT(submitted, IsOk());
    if (submitted.ok() && submitted->state() == pb::QUOTE_STATE_IN_APPROVAL) {
      EXPECT_THAT(world_.Reject(world_.gam, submitted->approval(), "not so much"), IsOk());
    }
    return submitted.value_or(pb::Quote()).state();
  };
  EXPECT_EQ(again("9", "in advance"), pb::QUOTE_STATE_APPROVED) << "less of the same";
  EXPECT_EQ(again("10000", "in advance"), pb::QUOTE_STATE_IN_APPROVAL);
  EXPECT_EQ(again("9", "360 days"), pb::QUOTE_STATE_IN_APPROVAL);
  EXPECT_EQ(again("9", "in advance"), pb::QUOTE_STATE_APPROVED) << "the refusals took nothing away";
  // After the time it is carried over it is asked anew.
  world_.harness().clock().Advance(absl::Hours(24 * 31));
  world_.RunDue();
  pb::ReviseQuoteRequest revise;
  revise.set_name(name);
  const auto revision = world_.harness().Call<pb::Quote>(world_.kax, absl::StrCat(kQuotes, "ReviseQuote"), revise);
  ASSERT_THAT(revision, IsOk());
  ASSERT_THAT(world_.Price(world_.kax, revision->name()), IsOk());
  const auto late = world_.Submit(world_.kax, revision->name());
  ASSERT_THAT(late, IsOk());
  EXPECT_EQ(late->state(), pb::QUOTE_STATE_IN_APPROVAL);
}

// R.2: floor, purchase price and margin never reach the consultant, on no way.
TEST_F(QuoteTest, ConfidentialValuesAreHiddenFromTheConsultant) {
  const pb::Product product = world_.NewProduct("100", "98", "60");
  const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), product, "4");
  const auto priced = world_.Price(world_.kax, draft.name());
  ASSERT_THAT(priced, IsOk());
  const auto asked = world_.Submit(world_.kax, draft.name());
  ASSERT_THAT(asked, IsOk());
  const auto expect_hidden = [](const pb::Quote& quote) {
    EXPECT_FALSE(quote.lines(0).has_floor_price());
    EXPECT_FALSE(quote.lines(0).has_unit_cost());
    EXPECT_EQ(quote.lines(0).margin_percent(), "");
    EXPECT_FALSE(quote.has_margin());
    EXPECT_EQ(quote.margin_percent(), "");
    EXPECT_FALSE(quote.has_gift_cost());
    EXPECT_TRUE(quote.lines(0).has_net_price());
  };
  expect_hidden(priced->quote());
  expect_hidden(*world_.GetQuote(world_.kax, draft.name()));
  kam::api::ListRequest list;
  list.set_filter(absl::StrCat("account = \"", draft.account(), "\""));
  const auto page =
      world_.harness().Call<pb::ListQuotesResponse>(world_.kax, absl::StrCat(kQuotes, "ListQuotes"), list);
  ASSERT_THAT(page, IsOk());
  ASSERT_EQ(page->quotes_size(), 1);
  expect_hidden(page->quotes(0));
  for (const char* filter : {"margin_percent < 50", "margin.units < 50"}) {
    list.set_filter(filter);
    EXPECT_THAT(world_.harness().Call<pb::ListQuotesResponse>(world_.kax, absl::StrCat(kQuotes, "ListQuotes"), list),
                HasReason("FILTER_FIELD_UNKNOWN"))
        << filter;
  }
  list.clear_filter();
  list.set_order_by("margin_percent");
  EXPECT_THAT(world_.harness().Call<pb::ListQuotesResponse>(world_.kax, absl::StrCat(kQuotes, "ListQuotes"), list),
              StatusIs(absl::StatusCode::kInvalidArgument));
  kam::api::HistoryRequest history;
  history.set_name(draft.name());
  const auto entries =
      world_.harness().Call<kam::api::HistoryResponse>(world_.kax, absl::StrCat(kQuotes, "GetQuoteHistory"), history);
  ASSERT_THAT(entries, IsOk());
  for (const char* secret : {"floorPrice", "unitCost", "marginPercent", "\"36", "\"98"}) {
    EXPECT_THAT(entries->DebugString(), Not(HasSubstr(secret)));
  }
  EXPECT_THAT(entries->DebugString(), HasSubstr("QUOTE_STATE_IN_APPROVAL"));

  // The approval hides how far below the floor it is; those who may know see it.
  const auto hidden = world_.GetApproval(world_.kax, asked->approval());
  ASSERT_THAT(hidden, IsOk());
  bool floor_asked = false;
  for (const ab::TestedValue& tested : hidden->tested_values()) {
    floor_asked = floor_asked || tested.reason() == "FLOOR";
    EXPECT_EQ(tested.confidential_value(), "");
  }
  EXPECT_TRUE(floor_asked);

  const auto seen = world_.GetQuote(world_.gam, draft.name());
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->lines(0).floor_price().units(), 98);
  EXPECT_EQ(seen->lines(0).unit_cost().units(), 60);
  EXPECT_EQ(seen->margin().units(), 36);
  EXPECT_EQ(seen->margin_percent(), "37.5");
  const auto kam_sees = world_.GetQuote(world_.kam, draft.name());
  EXPECT_TRUE(kam_sees->lines(0).has_floor_price());
  EXPECT_FALSE(kam_sees->lines(0).has_unit_cost());
  EXPECT_FALSE(kam_sees->has_margin());
}

// C-04: a gift costs margin and needs authority of its own.
TEST_F(QuoteTest, GiftLowersTheMarginAndNeedsTheSalesManager) {
  const pb::Product product = world_.NewProduct("100", "", "60");
  const pb::Product gift = world_.NewProduct("10", "", "4");
  pb::Quote quote;
  quote.set_account(world_.NewAccount(world_.kax));
  quote.set_currency("CNY");
  PricingWorld::AddLine(product, "10", "", &quote);
  pb::QuoteGift* given = quote.add_gifts();
  given->set_product(gift.name());
  given->set_quantity("2");
  given->set_reason("opening of the branch");
  const auto draft = world_.Create(world_.kax, quote);
  ASSERT_THAT(draft, IsOk());
  const auto priced = world_.Price(world_.kax, draft->name());
  ASSERT_THAT(priced, IsOk());
  EXPECT_EQ(priced->quote().state(), pb::QUOTE_STATE_PRICED);
  EXPECT_EQ(priced->quote().exceeded(), "GIFT");
  EXPECT_EQ(priced->quote().deciders(), "SM") << "2 % of the amount: beyond BDS, within SM";
  EXPECT_EQ(priced->quote().gift_value().units(), 20);
  const auto seen = world_.GetQuote(world_.gam, draft->name());
  EXPECT_EQ(seen->margin().units(), 1000 - 600 - 8);
  EXPECT_EQ(seen->gift_cost().units(), 8);
  ASSERT_THAT(world_.Submit(world_.kax, draft->name()), IsOk());
}

}  // namespace
}  // namespace kam::contract

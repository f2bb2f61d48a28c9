// Price books with conditions over the real database and gRPC: proved, released, found, asked again (C-01, C-02).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/id/digest.h"
#include "common/money/money_proto.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/price_book_fixture.h"
#include "kam/api/standard.pb.h"
#include "kam/approval/v1/approval_delegation_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/pricing/v1/price_book_service.pb.h"
#include "kam/pricing/v1/product_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::NamesField;

// C-01: what was agreed with a group is for every customer below its head; a segment is a key and a requirement.
TEST_F(PriceBookTest, GroupAndSegmentOfTheCustomerFindHisPrice) {
  const pb::Product product = world_.NewProduct("100");
  const std::string head = world_.NewAccount(world_.gam), middle = world_.NewAccount(world_.gam);
  const auto place = [&](const std::string& account, const std::string& parent, const std::string& segment) {
    world_.harness().db().Execute(absl::StrCat("UPDATE account_scopes SET parent = '", parent.substr(9),
                                               "', segment = '", segment, "' WHERE account = '", account.substr(9),
                                               "'"));
  };
  place(middle, head, "ENTERPRISE");
  pb::PriceBook book = Draft();
  const std::string group = NewTypeCode(), segment = NewTypeCode();
  AddType(group, pb::PRICE_LEVEL_CONTRACT, pb::PRICE_CALCULATION_PERCENT_OFF, {"GROUP PRODUCT"}, &book);
  AddType(segment, pb::PRICE_LEVEL_VOLUME, pb::PRICE_CALCULATION_PERCENT_OFF, {"SEGMENT PRODUCT", "PRODUCT"}, &book);
  pb::PriceCondition* of_group = AddCondition(group, "10", &book);
  of_group->set_product(product.name());
  of_group->set_account_group(head);
  pb::PriceCondition* of_segment = AddCondition(segment, "20", &book);
  of_segment->set_product(product.name());
  of_segment->set_segment("BANK");
  pb::PriceCondition* required = AddCondition(segment, "50", &book);
  required->set_product(product.name());
  required->set_requirement("segment = OEM");
  ASSERT_EQ(Released(book).state(), pb::PRICE_BOOK_STATE_RELEASED);

  const auto published = [&](const std::string& parent, const std::string& of) {
    const std::string account = world_.NewAccount(world_.kax);
    if (!parent.empty()) place(account, parent, of);
    const auto draft = world_.Create(world_.kax, [&] {
      pb::Quote quote;
      quote.set_account(account);
      quote.set_currency("CNY");
      PricingWorld::AddLine(product, "1", "", &quote);
      return quote;
    }());
    EXPECT_THAT(draft, IsOk());
    const auto priced = world_.Price(world_.kax, draft->name());
    EXPECT_THAT(priced, IsOk());
    if (!parent.empty()) {
      EXPECT_EQ(priced->quote().priced_segment(), of);
      EXPECT_EQ(priced->quote().priced_groups(0), parent);
      EXPECT_EQ(priced->quote().priced_groups(priced->quote().priced_groups_size() - 1), head);
    }
    return priced.ok() ? priced->quote().lines(0).published_price().units() : -1;
  };
  EXPECT_EQ(published("", ""), 100);
  EXPECT_EQ(published(head, "ENTERPRISE"), 90);
  EXPECT_EQ(published(middle, "ENTERPRISE"), 90) << "two below the head of the group";
  EXPECT_EQ(published(middle, "BANK"), 72);
  EXPECT_EQ(published(middle, "OEM"), 45);
}

// C-01: draft, checked, in approval, released; an edit makes a draft of what was checked.
TEST_F(PriceBookTest, ABookIsCheckedApprovedAndReleased) {
  const pb::Product product = world_.NewProduct("100");
  const auto draft = Create(PercentOff(product, "10"));
  ASSERT_THAT(draft, IsOk());
  EXPECT_EQ(draft->state(), pb::PRICE_BOOK_STATE_DRAFT);
  const auto checked = Check(draft->name());
  ASSERT_THAT(checked, IsOk());
  EXPECT_EQ(checked->state(), pb::PRICE_BOOK_STATE_CHECKED);
  EXPECT_TRUE(checked->has_check_time());
  pb::UpdatePriceBookRequest update;
  *update.mutable_price_book() = *checked;
  update.mutable_price_book()->mutable_conditions(0)->set_percent("12");
  update.mutable_update_mask()->add_paths("conditions");
  const auto edited = Call<pb::PriceBook>(world_.kapm, "UpdatePriceBook", update);
  ASSERT_THAT(edited, IsOk());
  EXPECT_EQ(edited->state(), pb::PRICE_BOOK_STATE_DRAFT);
  EXPECT_FALSE(edited->has_check_time());
  const auto again = Check(draft->name());
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT(Submit(draft->name(), checked->etag()), HasReason("ETAG_MISMATCH")) << "another content was read";
  EXPECT_THAT(Submit(draft->name(), ""), NamesField("etag"));
  const auto submitted = Submit(draft->name(), again->etag());
  ASSERT_THAT(submitted, IsOk());
  EXPECT_EQ(Price(product, "1").quote().lines(0).published_price().units(), 100) << "not yet";
  ASSERT_THAT(world_.Approve(world_.gam, submitted->approval()), IsOk());
  const pb::PriceQuoteResponse priced = Price(product, "2");
  const pb::QuoteLine& line = priced.quote().lines(0);
  EXPECT_EQ(line.policy_price().units(), 100);
  EXPECT_EQ(line.contract_price().units(), 88);
  EXPECT_EQ(line.volume_price().units(), 88);
  EXPECT_EQ(line.published_price().units(), 88);
  EXPECT_EQ(line.net_price().units(), 88);
  EXPECT_EQ(priced.price_hash().size(), 64u);
  EXPECT_THAT(priced.explanations(0).DebugString(), HasSubstr("conditions[0]"));
}

// C-01: marketing drafts the price list and changes its draft; it does not release it.
TEST_F(PriceBookTest, MarketingDraftsThePriceListAndTheDepartmentReleasesIt) {
  const auth::Principal md = world_.NewPerson("MD");
  const pb::Product product = world_.NewProduct("100");
  pb::PriceBook book = Draft();
  pb::PriceBookEntry* entry = book.add_entries();
  entry->set_product(product.name());
  entry->set_valid_from("2020-01-01");
  *entry->mutable_unit_price() = Cny("95");
  pb::CreatePriceBookRequest create;
  *create.mutable_price_book() = book;
  const auto draft = Call<pb::PriceBook>(md, "CreatePriceBook", create);
  ASSERT_THAT(draft, IsOk());
  pb::UpdatePriceBookRequest update;
  *update.mutable_price_book() = *draft;
  *update.mutable_price_book()->mutable_entries(0)->mutable_unit_price() = Cny("96");
  *update.mutable_price_book()->mutable_entries(0)->mutable_floor_price() = Cny("90");
  update.mutable_update_mask()->add_paths("entries");
  const auto changed = Call<pb::PriceBook>(md, "UpdatePriceBook", update);
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->entries(0).floor_price().units(), 90) << "whoever writes floors sees them";
  pb::SubmitPriceBookRequest submit;
  submit.set_name(draft->name());
  submit.set_etag(changed->etag());
  const auto submitted = Call<pb::PriceBook>(md, "SubmitPriceBook", submit);
  ASSERT_THAT(submitted, IsOk());
  EXPECT_THAT(world_.Approve(world_.NewPerson("MD"), submitted->approval()), HasReason("NOT_THE_DECIDER"));
  ASSERT_THAT(world_.Approve(world_.gam, submitted->approval()), IsOk());
  EXPECT_EQ(Get(draft->name())->state(), pb::PRICE_BOOK_STATE_RELEASED);
  EXPECT_EQ(Price(product, "1").quote().lines(0).published_price().units(), 96);
}

// C-01: whoever wrote at a price book does not release it, whoever submitted it.
TEST_F(PriceBookTest, AnAuthorDoesNotRelease) {
  const pb::Product product = world_.NewProduct("100");
  const auto draft = Create(PercentOff(product, "10"));
  ASSERT_THAT(draft, IsOk());
  pb::UpdatePriceBookRequest update;
  *update.mutable_price_book() = *draft;
  update.mutable_price_book()->mutable_conditions(0)->set_percent("60");
  update.mutable_update_mask()->add_paths("conditions");
  const auto edited = Call<pb::PriceBook>(world_.gam, "UpdatePriceBook", update);
  ASSERT_THAT(edited, IsOk());
  const auto submitted = Submit(draft->name(), edited->etag());
  ASSERT_THAT(submitted, IsOk());
  EXPECT_THAT(world_.Approve(world_.gam, submitted->approval()), HasReason("SEPARATION_OF_DUTIES"));
  // Nor through somebody who takes his place.
  const auth::Principal deputy = world_.NewPerson("LEG");
  kam::approval::v1::CreateApprovalDelegationRequest lend;
  lend.mutable_approval_delegation()->set_delegate(deputy.subject);
  lend.mutable_approval_delegation()->add_roles("GAM");
  const int64_t now = absl::ToUnixSeconds(world_.harness().clock().Now());
  lend.mutable_approval_delegation()->mutable_start_time()->set_seconds(now - 60);
  lend.mutable_approval_delegation()->mutable_end_time()->set_seconds(now + 3600);
  lend.mutable_approval_delegation()->set_reason("holiday");
  ASSERT_THAT(world_.harness().Call<kam::approval::v1::ApprovalDelegation>(
                  world_.gam, "kam.approval.v1.ApprovalDelegationService/CreateApprovalDelegation", lend),
              IsOk());
  EXPECT_THAT(world_.Approve(deputy, submitted->approval()), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_EQ(Get(draft->name())->state(), pb::PRICE_BOOK_STATE_IN_APPROVAL);
  EXPECT_THAT(world_.Approve(world_.NewPerson("GM"), submitted->approval()), IsOk());
  EXPECT_EQ(Get(draft->name())->state(), pb::PRICE_BOOK_STATE_RELEASED);
}

// C-02, R-09: floor prices are not worked out from digests by those who know everything else.
TEST_F(PriceBookTest, DigestsDoNotTellFloorPrices) {
  pb::PriceBook book = Draft();
  pb::PriceBookEntry* entry = book.add_entries();
  entry->set_product(world_.NewProduct("100").name());
  *entry->mutable_unit_price() = Cny("90");
  *entry->mutable_floor_price() = Cny("81");
  entry->set_valid_from("2026-01-01");
  const auto draft = Create(book);
  ASSERT_THAT(draft, IsOk());
  const auto submitted = Submit(draft->name(), draft->etag());
  ASSERT_THAT(submitted, IsOk());
  // What a consultant could work out with every floor price he tries.
  const std::string plain =
      Sha256Hex(absl::StrCat(submitted->code(), "\n", submitted->revision(), "\n", submitted->effective_from(), "\n",
                             absl::BytesToHexString(submitted->entries(0).SerializeAsString()), "\n"));
  EXPECT_FALSE(submitted->content_hash().empty());
  EXPECT_NE(submitted->content_hash(), plain);
  EXPECT_EQ(world_.GetApproval(world_.gm, submitted->approval())->content_hash(), submitted->content_hash());
  // C-02: floors are set by those who may change the floor of a product, not by everybody who decides on prices.
  EXPECT_THAT(world_.Approve(world_.gm, submitted->approval()), HasReason("NOT_THE_DECIDER"));
  EXPECT_THAT(world_.Approve(world_.sd, submitted->approval()), IsOk());
  kam::api::GetRequest get;
  get.set_name(draft->name());
  const auto seen = Call<pb::PriceBook>(world_.kax, "GetPriceBook", get);
  ASSERT_THAT(seen, IsOk());
  EXPECT_TRUE(seen->content_hash().empty());
  EXPECT_TRUE(seen->content_salt().empty());
  EXPECT_FALSE(seen->entries(0).has_floor_price());
}

// C-02: a revision without the floors of the one before it is decided by those who decide on floors, too.
TEST_F(PriceBookTest, FloorsAreNotTakenAwayWithoutThoseWhoSetThem) {
  pb::PriceBook book = Draft();
  pb::PriceBookEntry* entry = book.add_entries();
  entry->set_product(world_.NewProduct("100").name());
  *entry->mutable_unit_price() = Cny("95");
  *entry->mutable_floor_price() = Cny("90");
  entry->set_valid_from("2026-01-01");
  const pb::PriceBook first = Released(book);
  ASSERT_EQ(first.state(), pb::PRICE_BOOK_STATE_RELEASED);
  pb::RevisePriceBookRequest revise;
  revise.set_name(first.name());
  revise.set_etag(first.etag());
  revise.set_effective_from(world_.Today(1));
  const auto next = Call<pb::PriceBook>(world_.kapm, "RevisePriceBook", revise);
  ASSERT_THAT(next, IsOk());
  pb::UpdatePriceBookRequest update;
  *update.mutable_price_book() = *next;
  *update.mutable_price_book()->mutable_entries() = first.entries();
  update.mutable_price_book()->mutable_entries(0)->clear_floor_price();
  update.mutable_update_mask()->add_paths("entries");
  // Whoever does not see floors does not drop them unawares: GAM does it, SD decides.
  const auto bare = Call<pb::PriceBook>(world_.gam, "UpdatePriceBook", update);
  ASSERT_THAT(bare, IsOk());
  ASSERT_FALSE(bare->entries(0).has_floor_price());
  const auto submitted = Submit(next->name(), bare->etag());
  ASSERT_THAT(submitted, IsOk());
  EXPECT_THAT(world_.Approve(world_.gm, submitted->approval()), HasReason("NOT_THE_DECIDER"));
  EXPECT_THAT(world_.Approve(world_.sd, submitted->approval()), IsOk());
  EXPECT_EQ(Get(next->name())->state(), pb::PRICE_BOOK_STATE_RELEASED);
}

// C-01: all pairs of state and verb.
TEST_F(PriceBookTest, EveryPairOfStateAndVerbIsAsTheMethodSays) {
  const pb::Product product = world_.NewProduct("100");
  const std::vector<std::pair<std::string, std::set<std::string>>> allowed = {
      {"DRAFT", {"update", "check", "submit", "discard"}},
      {"CHECKED", {"update", "check", "submit", "discard"}},
      {"DISCARDED", {}},
      {"IN_APPROVAL", {}},
      {"RELEASED", {"revise"}},
      {"SUPERSEDED", {"revise"}},
  };
  for (const auto& [state, verbs] : allowed) {
    for (const char* verb : {"update", "check", "submit", "revise", "discard"}) {
      const auto draft = Create(PercentOff(product, "1"));
      ASSERT_THAT(draft, IsOk());
      // By hand: what the verbs say of a row that is there already. The catalogue is not told.
      world_.harness().db().Execute(
          absl::StrCat("UPDATE price_books SET state = '", state, "' WHERE id = '", draft->name().substr(11), "'"));
      absl::Status status;
      if (std::string(verb) == "update") {
        pb::UpdatePriceBookRequest request;
        request.mutable_price_book()->set_name(draft->name());
        request.mutable_price_book()->set_display_name("other");
        request.mutable_update_mask()->add_paths("display_name");
        status = Call<pb::PriceBook>(world_.kapm, "UpdatePriceBook", request).status();
      } else if (std::string(verb) == "check") {
        status = Check(draft->name()).status();
      } else if (std::string(verb) == "submit") {
        status = Submit(draft->name(), draft->etag()).status();
      } else if (std::string(verb) == "discard") {
        pb::DiscardPriceBookRequest request;
        request.set_name(draft->name());
        request.set_reason("the campaign is off");
        status = Call<pb::PriceBook>(world_.kapm, "DiscardPriceBook", request).status();
      } else {
        pb::RevisePriceBookRequest request;
        request.set_name(draft->name());
        request.set_effective_from(world_.Today(1));
        status = Call<pb::PriceBook>(world_.kapm, "RevisePriceBook", request).status();
      }
      if (verbs.count(verb) != 0) {
        EXPECT_THAT(status, IsOk()) << state << " " << verb;
      } else {
        EXPECT_THAT(status, HasReason(std::string(verb) == "update" ? "PRICE_BOOK_NOT_DRAFT" : "STATE_NOT_ALLOWED"))
            << state << " " << verb;
      }
      world_.harness().db().Execute(absl::StrCat("UPDATE price_books SET state = 'DRAFT' WHERE id = '",
                                                 draft->name().substr(11), "' AND state <> 'IN_APPROVAL'"));
    }
  }
}

// G2, G3, G4 and what else is proved, by name.
TEST_F(PriceBookTest, WhatDoesNotHoldTogetherIsRefusedBeforeRelease) {
  const pb::Product product = world_.NewProduct("100");
  const auto refused = [&](const pb::PriceBook& book, const std::string& reason, const std::string& field) {
    const auto draft = Create(book);
    ASSERT_THAT(draft, IsOk());
    const auto checked = Check(draft->name());
    EXPECT_THAT(checked, HasReason(reason));
    EXPECT_THAT(checked, NamesField(field));
    EXPECT_EQ(Get(draft->name())->state(), pb::PRICE_BOOK_STATE_DRAFT);
  };
  pb::PriceBook twice = PercentOff(product, "10");
  *twice.add_conditions() = twice.conditions(0);
  twice.mutable_conditions(1)->set_number(2);
  refused(twice, "PRICE_OVERLAP", "price_book.conditions[1]");
  twice.mutable_conditions(1)->set_number(1);
  refused(twice, "CONDITION_NUMBER_REPEATED", "price_book.conditions[1].number");
  pb::PriceBook requirement = PercentOff(product, "10");
  requirement.mutable_conditions(0)->set_requirement("colour = red");
  refused(requirement, "REQUIREMENT_INVALID", "price_book.conditions[0].requirement");
  pb::PriceBook both = PercentOff(product, "10");
  *both.mutable_conditions(0)->mutable_amount() = Cny("1");
  refused(both, "SCALE_INVALID", "price_book.conditions[0]");
  pb::PriceBook stray = PercentOff(product, "10");
  stray.add_scale_lines()->set_condition(7);
  stray.mutable_scale_lines(0)->set_value("1");
  refused(stray, "CONDITION_UNKNOWN", "price_book.scale_lines[0].condition");
  pb::PriceBook keys = PercentOff(product, "10");
  keys.mutable_accesses(0)->set_keys("COLOUR");
  refused(keys, "KEYS_INVALID", "price_book.accesses[0].keys");
  pb::PriceBook unreachable = PercentOff(product, "10");
  pb::PriceCondition* line = AddCondition(unreachable.condition_types(0).code(), "20", &unreachable);
  line->set_product_line(product.product_line());
  line->set_priority(9);
  refused(unreachable, "PRICE_ROW_UNREACHABLE", "price_book.conditions[0]");

  // G3: B is based on A and released; then A cannot be based on B.
  pb::PriceBook a = Draft();
  a.set_base_only(true);
  pb::PriceBookEntry* entry = a.add_entries();
  entry->set_product(product.name());
  entry->set_valid_from("2020-01-01");
  *entry->mutable_unit_price() = Cny("90");
  const pb::PriceBook released_a = Released(a);
  ASSERT_EQ(released_a.state(), pb::PRICE_BOOK_STATE_RELEASED);
  pb::PriceBook b = Draft();
  b.set_base_only(true);
  const std::string code = NewTypeCode();
  AddType(code, pb::PRICE_LEVEL_POLICY, pb::PRICE_CALCULATION_BASED_ON, {"PRODUCT"}, &b);
  AddCondition(code, "5", &b)->set_product(product.name());
  b.mutable_conditions(0)->set_base_code(a.code());
  ASSERT_EQ(Released(b).state(), pb::PRICE_BOOK_STATE_RELEASED);
  pb::PriceBook circle = Draft();
  circle.set_code(a.code());
  circle.set_base_only(true);
  circle.set_effective_from(world_.Today(1));
  AddType(code, pb::PRICE_LEVEL_POLICY, pb::PRICE_CALCULATION_BASED_ON, {"PRODUCT"}, &circle);
  AddCondition(code, "5", &circle)->set_product(product.name());
  circle.mutable_conditions(0)->set_base_code(b.code());
  refused(circle, "PRICE_BOOK_CYCLE", "price_book");
}

// G6, C-01: a new code changes no price of a day that is over either.
TEST_F(PriceBookTest, G6ANewCodeChangesNoPriceOfADayThatIsOver) {
  const pb::Product product = world_.NewProduct("100");
  ASSERT_EQ(Released(PercentOff(product, "10")).state(), pb::PRICE_BOOK_STATE_RELEASED);
  pb::PriceBook other = PercentOff(product, "20");
  const auto draft = Create(other);
  ASSERT_THAT(draft, IsOk());
  const auto refused = Check(draft->name());
  EXPECT_THAT(refused, HasReason("EFFECTIVE_DATE_INVALID"));
  EXPECT_THAT(refused, NamesField("price_book.effective_from"));
  other.set_code("B" + world_.harness().NewId());
  other.set_effective_from(world_.Today());
  EXPECT_EQ(Released(other).state(), pb::PRICE_BOOK_STATE_RELEASED) << "from today on";
}

// C-01: a decision that began earlier and got its turn later sees what was released meanwhile.
TEST_F(PriceBookTest, AReleaseOfALaterInstantCountsAgainstABook) {
  const pb::Product product = world_.NewProduct("100");
  const auto one_price = [&](const char* price) {
    pb::PriceBook book = Draft();
    pb::PriceBookEntry* entry = book.add_entries();
    entry->set_product(product.name());
    entry->set_valid_from("2020-01-01");
    *entry->mutable_unit_price() = Cny(price);
    return book;
  };
  const absl::Time began = world_.harness().clock().Now();
  world_.harness().clock().Advance(absl::Minutes(1));
  ASSERT_EQ(Released(one_price("90")).state(), pb::PRICE_BOOK_STATE_RELEASED);
  world_.harness().clock().Set(began);
  const auto late = Create(one_price("80"));
  ASSERT_THAT(late, IsOk());
  EXPECT_THAT(Check(late->name()), HasReason("PRICE_OVERLAP"));
}

// C-01, C-05, C-18: an amount off a line is in the amount of the quote, and in that of the orders which take it in
// parts.
TEST_F(PriceBookTest, OrdersTakeTheirPartOfTheAmountOfALine) {
  const pb::Product product = world_.NewProduct("1");
  pb::PriceBook book = Draft();
  const std::string code = NewTypeCode();
  AddType(code, pb::PRICE_LEVEL_CONTRACT, pb::PRICE_CALCULATION_FIXED_OFF, {"PRODUCT"}, &book);
  pb::PriceCondition* condition = AddCondition(code, "", &book);
  condition->clear_percent();
  condition->set_product(product.name());
  *condition->mutable_amount() = Cny("0.04");
  ASSERT_EQ(Released(book).state(), pb::PRICE_BOOK_STATE_RELEASED);
  const pb::Quote priced = Price(product, "1000").quote();
  EXPECT_EQ(priced.lines(0).amount().SerializeAsString(), Cny("999.96").SerializeAsString());
  EXPECT_EQ(priced.lines(0).net_price().SerializeAsString(), Cny("1").SerializeAsString());
  ASSERT_EQ(priced.state(), pb::QUOTE_STATE_APPROVED);
  const auto sent = world_.Send(world_.kax, priced.name());
  ASSERT_THAT(sent, IsOk());
  pb::AcceptQuoteRequest accept;
  accept.set_name(priced.name());
  accept.set_etag(sent->etag());
  accept.set_content_hash(priced.approved_content_hash());
  ASSERT_THAT(world_.harness().Call<pb::Quote>(world_.kax, "kam.pricing.v1.QuoteService/AcceptQuote", accept), IsOk());
  Money sum = Money::Zero(Currency::Parse("CNY").value());
  for (const char* quantity : {"333", "333", "334"}) {
    order::v1::CreateOrderRequest enter;
    enter.mutable_order()->set_account(priced.account());
    enter.mutable_order()->set_quote(priced.name());
    enter.mutable_order()->add_lines()->set_product(product.name());
    enter.mutable_order()->mutable_lines(0)->set_quantity(quantity);
    const auto ordered =
        world_.harness().Call<order::v1::Order>(world_.kax, "kam.order.v1.OrderService/CreateOrder", enter);
    ASSERT_THAT(ordered, IsOk());
    sum = Add(sum, FromProto(ordered->lines(0).amount(), "amount").value()).value();
  }
  EXPECT_EQ(sum.ToString(), "CNY 999.96");
}

// C-01: scales, priorities and bases over the database, as the rules work them out.
TEST_F(PriceBookTest, ScalesAndBasesComeFromTheDatabaseAsTheyWereWritten) {
  const pb::Product product = world_.NewProduct("100");
  pb::PriceBook book = Draft();
  const std::string code = NewTypeCode();
  AddType(code, pb::PRICE_LEVEL_VOLUME, pb::PRICE_CALCULATION_PERCENT_OFF, {"PRODUCT"}, &book);
  book.mutable_condition_types(0)->set_scale_kind(pb::PRICE_SCALE_KIND_GRADUATED);
  pb::PriceCondition* condition = AddCondition(code, "", &book);
  condition->set_product(product.name());
  condition->clear_percent();
  for (const auto& [from, value] : std::vector<std::pair<std::string, std::string>>{{"10", "10"}, {"0", "0"}}) {
    pb::PriceScaleLine* step = book.add_scale_lines();
    step->set_condition(1);
    step->set_from(from);
    step->set_value(value);
  }
  ASSERT_EQ(Released(book).state(), pb::PRICE_BOOK_STATE_RELEASED);
  EXPECT_EQ(Price(product, "10").quote().lines(0).published_price().units(), 100);
  EXPECT_EQ(Price(product, "20").quote().lines(0).published_price().units(), 95) << "ten at 0 %, ten at 10 %";
}

// C-01, C-05, G6: asked again after everything has changed, the answer is the same to the last byte.
TEST_F(PriceBookTest, AQuoteIsExplainedWithTheKnowledgeOfItsDay) {
  const pb::Product product = world_.NewProduct("100");
  const pb::PriceBook first = Released(PercentOff(product, "10"));
  const pb::PriceQuoteResponse priced = Price(product, "3");
  ASSERT_EQ(priced.quote().lines(0).net_price().units(), 90);
  const auto explain = [&] {
    pb::ExplainQuoteRequest request;
    request.set_name(priced.quote().name());
    return world_.harness().Call<pb::ExplainQuoteResponse>(world_.kax, "kam.pricing.v1.QuoteService/ExplainQuote",
                                                           request);
  };
  const auto before = explain();
  ASSERT_THAT(before, IsOk());
  EXPECT_EQ(before->price_hash(), priced.price_hash());
  EXPECT_EQ(before->explanations(0).SerializeAsString(), priced.explanations(0).SerializeAsString());
  EXPECT_THAT(before->trace(), HasSubstr("CONTRACT_PRICE 90"));

  // The next revision holds from today on, and the list price rises.
  world_.harness().clock().Advance(absl::Seconds(1));
  pb::RevisePriceBookRequest revise;
  revise.set_name(first.name());
  revise.set_effective_from(world_.Today());
  const auto next = Call<pb::PriceBook>(world_.kapm, "RevisePriceBook", revise);
  ASSERT_THAT(next, IsOk());
  pb::UpdatePriceBookRequest update;
  *update.mutable_price_book() = *next;
  update.mutable_price_book()->mutable_conditions(0)->set_percent("50");
  update.mutable_update_mask()->add_paths("conditions");
  const auto changed = Call<pb::PriceBook>(world_.kapm, "UpdatePriceBook", update);
  ASSERT_THAT(changed, IsOk());
  const auto submitted = Submit(next->name(), changed->etag());
  ASSERT_THAT(submitted, IsOk());
  ASSERT_THAT(world_.Approve(world_.gam, submitted->approval()), IsOk());
  pb::UpdateProductRequest dearer;
  *dearer.mutable_product() = product;
  *dearer.mutable_product()->mutable_list_price() = Cny("200");
  dearer.mutable_update_mask()->add_paths("list_price");
  ASSERT_THAT(world_.harness().Call<pb::Product>(world_.gam, "kam.pricing.v1.ProductService/UpdateProduct", dearer),
              IsOk());

  EXPECT_EQ(Price(product, "3").quote().lines(0).net_price().units(), 100) << "half of 200";
  const auto after = explain();
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(after->SerializeAsString(), before->SerializeAsString());
  const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), product);
  pb::ExplainQuoteRequest unpriced;
  unpriced.set_name(draft.name());
  EXPECT_THAT(
      world_.harness().Call<pb::ExplainQuoteResponse>(world_.kax, "kam.pricing.v1.QuoteService/ExplainQuote", unpriced),
      HasReason("QUOTE_NOT_PRICED"));
}

// C-02, C-04: limits of changes by hand hold for everybody; a special offer says why.
TEST_F(PriceBookTest, ManualLimitsHoldForEverybody) {
  const pb::Product product = world_.NewProduct("100");
  pb::PriceBook book = Draft();
  pb::PriceCondition* condition = AddCondition("PRICE", "", &book);
  condition->clear_percent();
  condition->set_product(product.name());
  *condition->mutable_amount() = Cny("90");
  *condition->mutable_manual_lower() = Cny("85");
  ASSERT_EQ(Released(book).state(), pb::PRICE_BOOK_STATE_RELEASED);
  pb::Quote quote;
  quote.set_account(world_.NewAccount(world_.kax));
  quote.set_currency("CNY");
  PricingWorld::AddLine(product, "1", "6", &quote);
  const auto fine = world_.Price(world_.gam, world_.Create(world_.gam, quote)->name());
  ASSERT_THAT(fine, IsOk());
  EXPECT_EQ(fine->quote().lines(0).exceeded(), "MANUAL_LIMIT") << "84.6 is below 85";
  EXPECT_EQ(fine->quote().verdict(), pb::AUTHORITY_VERDICT_NEVER);
  quote.mutable_lines(0)->set_discount_percent("5");
  EXPECT_EQ(world_.Price(world_.gam, world_.Create(world_.gam, quote)->name())->quote().state(),
            pb::QUOTE_STATE_APPROVED);
  quote.set_special_offer_percent("1");
  EXPECT_THAT(world_.Create(world_.gam, quote), NamesField("quote.special_offer_reason"));
  quote.set_special_offer_reason("anniversary");
  EXPECT_EQ(world_.Price(world_.gam, world_.Create(world_.gam, quote)->name())->quote().lines(0).exceeded(),
            "MANUAL_LIMIT")
      << "84.645 is below 85";
}

}  // namespace
}  // namespace kam::contract

// Usage, dormancy and churn, channel partners, over real gRPC and a real database.
#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/account_usage_service.pb.h"
#include "kam/account/v1/channel_partner_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/business/v1/business_service.pb.h"
#include "kam/pricing/v1/product.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::Account;
using v1::AccountUsage;
using v1::ChannelIncident;
using v1::ChannelPartner;
using v1::ChannelStockCount;
using v1::ResalePriceCheck;

std::string Accounts(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountService/", verb); }
std::string Usage(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountUsageService/", verb); }
std::string Channel(absl::string_view verb) { return absl::StrCat("kam.account.v1.ChannelPartnerService/", verb); }

class UsageTest : public ::testing::Test {
 protected:
  UsageTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        manager_(world_.AddEmployee("KAM", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        kam_(world_.As(manager_, "KAM")) {}

  absl::StatusOr<AccountUsage> Use(const std::string& account, const std::string& month, const std::string& quantity) {
    v1::CreateAccountUsageRequest request;
    AccountUsage& usage = *request.mutable_account_usage();
    usage.set_account(account);
    usage.set_business("专线");
    usage.set_month(month);
    usage.set_quantity(quantity);
    usage.set_source("业务系统");
    return world_.Call<AccountUsage>(kam_, Usage("CreateAccountUsage"), request);
  }
  // An active account of the manager.
  Account Active() {
    const Account draft = world_.AddAccount(kam_);
    world_.AddContact(kam_, draft.name());
    v1::SubmitAccountRequest submit;
    submit.set_name(draft.name());
    const auto submitted = world_.Call<Account>(kam_, Accounts("SubmitAccount"), submit);
    EXPECT_THAT(submitted, IsOk());
    v1::VerifyAccountRequest verify;
    verify.set_name(draft.name());
    verify.set_etag(submitted->etag());
    verify.set_evidence("营业执照");
    EXPECT_THAT(world_.Call<Account>(gam_, Accounts("VerifyAccount"), verify), IsOk());
    world_.Assign(gam_, draft.name(), manager_.name());
    v1::ActivateAccountRequest activate;
    activate.set_name(draft.name());
    const auto active = world_.Call<Account>(gam_, Accounts("ActivateAccount"), activate);
    EXPECT_THAT(active, IsOk());
    return *active;
  }
  // Everything in the history of the account happened `days` earlier.
  void MoveSpans(const std::string& account, int days) {
    world_.harness().db().Execute(absl::StrCat(
        "UPDATE account_state_spans SET since_time = DATE_SUB(since_time, INTERVAL ", days,
        " DAY), until_time = DATE_SUB(until_time, INTERVAL ", days, " DAY) WHERE account = '", IdOf(account), "'"));
  }
  ChannelPartner Approved() {
    v1::CreateChannelPartnerRequest request;
    ChannelPartner& partner = *request.mutable_channel_partner();
    partner.set_display_name(absl::StrCat("经销商", world_.harness().NewId()));
    partner.set_kind(v1::CHANNEL_PARTNER_KIND_DEALER);
    partner.set_region("华东");
    partner.set_agreement_number("XY-2026-1");
    partner.set_choice_reason("覆盖苏南");
    const auto made = world_.Call<ChannelPartner>(kam_, Channel("CreateChannelPartner"), request);
    EXPECT_THAT(made, IsOk());
    v1::ApproveChannelPartnerRequest approve;
    approve.set_name(made->name());
    const auto approved = world_.Call<ChannelPartner>(gam_, Channel("ApproveChannelPartner"), approve);
    EXPECT_THAT(approved, IsOk());
    return *approved;
  }
  absl::StatusOr<ResalePriceCheck> CheckPrice(const std::string& partner, int observed,
                                              const std::string& product_name = {}) {
    v1::CreateResalePriceCheckRequest request;
    ResalePriceCheck& check = *request.mutable_resale_price_check();
    check.set_partner(partner);
    check.set_product("机油");
    check.set_product_name(product_name);
    check.set_check_date(world_.today());
    check.mutable_observed_price()->set_units(observed);
    check.mutable_observed_price()->set_currency_code("CNY");
    check.mutable_published_price()->set_units(100);
    check.mutable_published_price()->set_currency_code("CNY");
    check.set_published_source("2026 年价目表");
    return world_.Call<ResalePriceCheck>(kam_, Channel("CreateResalePriceCheck"), request);
  }
  absl::StatusOr<ChannelStockCount> Count(const std::string& partner, const std::string& day,
                                          const std::string& quantity, const std::string& received) {
    v1::CreateChannelStockCountRequest request;
    ChannelStockCount& count = *request.mutable_channel_stock_count();
    count.set_partner(partner);
    count.set_product("机油");
    count.set_count_date(day);
    count.set_quantity(quantity);
    count.set_received(received);
    count.set_unit("桶");
    return world_.Call<ChannelStockCount>(kam_, Channel("CreateChannelStockCount"), request);
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, manager_;
  auth::Principal gam_, kam_;
};

// the series month by month with its changes, gaps as nothing.
TEST_F(UsageTest, TheSeriesShowsGapsAndChanges) {
  const Account account = world_.AddAccount(kam_);
  ASSERT_THAT(Use(account.name(), "2024-12", "50"), IsOk());
  ASSERT_THAT(Use(account.name(), "2025-10", "100"), IsOk());
  ASSERT_THAT(Use(account.name(), "2025-12", "75"), IsOk());
  EXPECT_THAT(Use(account.name(), "2025-12", "75"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Use(account.name(), "2026-02", "1"), HasReason("MONTH_IN_FUTURE"));
  v1::AnalyzeAccountUsageRequest request;
  request.set_name(account.name());
  request.set_from_month("2025-10");
  request.set_to_month("2025-12");
  const auto analysis = world_.Call<v1::AnalyzeAccountUsageResponse>(kam_, Usage("AnalyzeAccountUsage"), request);
  ASSERT_THAT(analysis, IsOk());
  ASSERT_EQ(analysis->points_size(), 3);
  EXPECT_EQ(analysis->points(0).change_percent(), "");
  EXPECT_EQ(analysis->points(1).quantity(), "0");
  EXPECT_EQ(analysis->points(1).change_percent(), "-100");
  EXPECT_EQ(analysis->points(2).change_percent(), "");
  EXPECT_EQ(analysis->points(2).year_change_percent(), "50");
  EXPECT_EQ(analysis->dormancy(), v1::DORMANCY_CLASS_LIVELY);
  request.set_from_month("2020-01");
  EXPECT_THAT(world_.Call<v1::AnalyzeAccountUsageResponse>(kam_, Usage("AnalyzeAccountUsage"), request),
              HasReason("PERIOD_INVALID"));
}

// who has been quiet for how long, by what happened last.
TEST_F(UsageTest, InactiveAccountsAreListedByTheirLastActivity) {
  const Account account = Active();
  const auto list = [&](v1::DormancyClass least) {
    v1::ListInactiveAccountsRequest request;
    request.set_dormancy(least);
    request.set_page_size(200);
    const auto answer = world_.Call<v1::ListInactiveAccountsResponse>(gam_, Usage("ListInactiveAccounts"), request);
    EXPECT_THAT(answer, IsOk());
    return answer.value_or(v1::ListInactiveAccountsResponse());
  };
  EXPECT_EQ(list(v1::DORMANCY_CLASS_QUIET).accounts_size(), 0);
  world_.harness().db().Execute(
      absl::StrCat("UPDATE accounts SET opening_date = '2024-01-01' WHERE id = '", IdOf(account.name()), "'"));
  ASSERT_EQ(list(v1::DORMANCY_CLASS_LOST).accounts_size(), 1);
  EXPECT_EQ(list(v1::DORMANCY_CLASS_LOST).accounts(0).last_activity(), v1::ACTIVITY_KIND_OPENING);
  ASSERT_THAT(Use(account.name(), "2025-09", "3"), IsOk());
  EXPECT_EQ(list(v1::DORMANCY_CLASS_LOST).accounts_size(), 0);
  const auto sleeping = list(v1::DORMANCY_CLASS_SLEEPING);
  ASSERT_EQ(sleeping.accounts_size(), 1);
  EXPECT_EQ(sleeping.accounts(0).last_activity(), v1::ACTIVITY_KIND_PURCHASE);
  EXPECT_EQ(sleeping.accounts(0).last_activity_date(), "2025-09-30");
  EXPECT_EQ(sleeping.accounts(0).idle_days(), 97);
  // cut by region, and by owner and segment.
  const auto cut = [&](const std::string& region, const std::string& owner, v1::Segment segment) {
    v1::ListInactiveAccountsRequest request;
    request.set_region(region);
    request.set_owner(owner);
    request.set_segment(segment);
    const auto answer = world_.Call<v1::ListInactiveAccountsResponse>(gam_, Usage("ListInactiveAccounts"), request);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? answer->accounts_size() : -1;
  };
  EXPECT_EQ(cut("华东", manager_.name(), v1::SEGMENT_ENTERPRISE), 1);
  EXPECT_EQ(cut("华南", "", v1::SEGMENT_UNSPECIFIED), 0);
  EXPECT_EQ(cut("", head_.name(), v1::SEGMENT_UNSPECIFIED), 0);
  EXPECT_EQ(cut("", "", v1::SEGMENT_OUTREACH), 0);
}

// an order in contract-svc is activity; while it is away, the list says that it does not know; a page looks at a
// few accounts and goes on.
TEST_F(UsageTest, OrdersAreActivityAndPagesAreBounded) {
  std::vector<std::string> accounts;
  for (int i = 0; i <= TestPolicy().inactive_rows_max; ++i) {
    accounts.push_back(Active().name());
    world_.harness().db().Execute(
        absl::StrCat("UPDATE accounts SET opening_date = '2024-01-01' WHERE id = '", IdOf(accounts.back()), "'"));
  }
  const auto list = [&](const std::string& token) {
    v1::ListInactiveAccountsRequest request;
    request.set_page_size(200);
    request.set_page_token(token);
    const auto answer = world_.Call<v1::ListInactiveAccountsResponse>(gam_, Usage("ListInactiveAccounts"), request);
    EXPECT_THAT(answer, IsOk());
    return answer.value_or(v1::ListInactiveAccountsResponse());
  };
  const auto first = list("");
  EXPECT_EQ(first.accounts_size(), TestPolicy().inactive_rows_max);
  ASSERT_NE(first.next_page_token(), "");
  EXPECT_FALSE(first.orders_unknown());
  const auto rest = list(first.next_page_token());
  EXPECT_EQ(rest.accounts_size(), 1);
  EXPECT_EQ(rest.next_page_token(), "");

  world_.contract_svc = [&](absl::string_view, const google::protobuf::Message& request,
                            google::protobuf::Message* response) {
    for (const std::string& asked : static_cast<const business::v1::BatchGetFiguresRequest&>(request).accounts()) {
      if (asked != accounts[0] && asked != accounts[1]) continue;
      auto* figures = static_cast<business::v1::BatchGetContractFiguresResponse*>(response)->add_accounts();
      figures->set_account(asked);
      figures->set_last_order_date(asked == accounts[0] ? "2026-01-04" : "2025-08-01");
    }
    return absl::OkStatus();
  };
  const auto ordered = list("");
  EXPECT_EQ(ordered.accounts_size(), TestPolicy().inactive_rows_max - 1) << "one has just ordered";
  EXPECT_EQ(ordered.accounts(0).account(), accounts[1]);
  EXPECT_EQ(ordered.accounts(0).last_activity(), v1::ACTIVITY_KIND_ORDER);
  EXPECT_EQ(ordered.accounts(0).last_activity_date(), "2025-08-01");
  v1::AnalyzeAccountUsageRequest analyze;
  analyze.set_name(accounts[0]);
  analyze.set_from_month("2025-12");
  analyze.set_to_month("2025-12");
  const auto analysis = world_.Call<v1::AnalyzeAccountUsageResponse>(gam_, Usage("AnalyzeAccountUsage"), analyze);
  ASSERT_THAT(analysis, IsOk());
  EXPECT_EQ(analysis->last_activity(), v1::ACTIVITY_KIND_ORDER);
  EXPECT_EQ(analysis->dormancy(), v1::DORMANCY_CLASS_LIVELY);

  world_.contract_svc = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
    return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  };
  EXPECT_TRUE(list("").orders_unknown());
  EXPECT_EQ(list("").accounts_size(), TestPolicy().inactive_rows_max);
  EXPECT_TRUE(
      world_.Call<v1::AnalyzeAccountUsageResponse>(gam_, Usage("AnalyzeAccountUsage"), analyze)->orders_unknown());
  world_.contract_svc = world_.aftersales_svc;
}

// churn rate = lost in the period / active at its start.
TEST_F(UsageTest, ChurnIsLostOfThoseActiveAtTheStart) {
  const Account stays = Active();
  const Account leaves = Active();
  const Account comes = Active();
  MoveSpans(stays.name(), 40);
  MoveSpans(leaves.name(), 40);
  v1::MarkAccountLostRequest lost;
  lost.set_name(leaves.name());
  lost.set_reason("价格过高转向对手");
  lost.set_churn_reason(v1::CHURN_REASON_PRICE);
  lost.set_lost_to("对手公司");
  const auto marked = world_.Call<Account>(gam_, Accounts("MarkAccountLost"), lost);
  ASSERT_THAT(marked, IsOk());
  EXPECT_EQ(marked->churn_reason(), v1::CHURN_REASON_PRICE);
  EXPECT_EQ(marked->lost_to(), "对手公司");
  const auto report = [&](v1::ChurnBy by) {
    v1::ReportChurnRequest request;
    request.set_from_date("2026-01-01");
    request.set_to_date("2026-01-31");
    request.set_by(by);
    const auto answer = world_.Call<v1::ReportChurnResponse>(gam_, Usage("ReportChurn"), request);
    EXPECT_THAT(answer, IsOk());
    return answer.value_or(v1::ReportChurnResponse());
  };
  const auto all = report(v1::CHURN_BY_ALL);
  ASSERT_EQ(all.rows_size(), 1);
  EXPECT_EQ(all.rows(0).active_at_start(), 2);
  EXPECT_EQ(all.rows(0).lost(), 1);
  EXPECT_EQ(all.rows(0).churn_rate(), "50");
  const auto by_owner = report(v1::CHURN_BY_OWNER);
  ASSERT_EQ(by_owner.rows_size(), 1);
  EXPECT_EQ(by_owner.rows(0).key(), manager_.name());
  const auto by_reason = report(v1::CHURN_BY_REASON);
  ASSERT_EQ(by_reason.rows_size(), 1);
  EXPECT_EQ(by_reason.rows(0).key(), "PRICE");
  EXPECT_EQ(by_reason.rows(0).churn_rate(), "50");
  // Neither a new owner nor a return changes what is said of a time that is over.
  v1::TransferOwnerRequest transfer;
  transfer.set_name(leaves.name());
  transfer.set_successor(world_.AddEmployee("KAX", department_.name()).name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, Accounts("TransferOwner"), transfer), IsOk());
  EXPECT_EQ(report(v1::CHURN_BY_OWNER).rows(0).key(), manager_.name());
  EXPECT_EQ(report(v1::CHURN_BY_OWNER).rows(0).lost(), 1);
  // Won back: no longer lost, and the reason is gone.
  v1::ActivateAccountRequest activate;
  activate.set_name(leaves.name());
  const auto back = world_.Call<Account>(gam_, Accounts("ActivateAccount"), activate);
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->churn_reason(), v1::CHURN_REASON_UNSPECIFIED);
  EXPECT_EQ(report(v1::CHURN_BY_ALL).rows(0).lost(), 0);
  world_.harness().db().Execute(absl::StrCat(
      "UPDATE account_state_spans SET since_time = '2026-02-01 00:00:00' WHERE until_time IS NULL AND account = '",
      IdOf(leaves.name()), "'"));
  world_.harness().db().Execute(absl::StrCat(
      "UPDATE account_state_spans SET until_time = '2026-02-01 00:00:00' WHERE state = 'LOST' AND account = '",
      IdOf(leaves.name()), "'"));
  ASSERT_EQ(report(v1::CHURN_BY_REASON).rows_size(), 1);
  EXPECT_EQ(report(v1::CHURN_BY_REASON).rows(0).key(), "PRICE") << "it was lost in January, for this";
  EXPECT_EQ(report(v1::CHURN_BY_REASON).rows(0).lost(), 1);
}

// an account handed on is as quiet as it was: a new owner is no activity of the customer.
TEST_F(UsageTest, ATransferIsNoActivity) {
  const Account account = Active();
  v1::CreateOpportunityRequest create;
  create.mutable_opportunity()->set_account(account.name());
  create.mutable_opportunity()->set_display_name("十辆车");
  ASSERT_THAT(world_.Call<v1::Opportunity>(kam_, "kam.account.v1.OpportunityService/CreateOpportunity", create),
              IsOk());
  const std::string where = absl::StrCat(" WHERE account = '", IdOf(account.name()), "'");
  world_.harness().db().Execute(
      absl::StrCat("UPDATE opportunities SET create_time = '2025-08-01 00:00:00', stage_since = '2025-08-01 00:00:00', "
                   "update_time = '2025-08-01 00:00:00'",
                   where));
  world_.harness().db().Execute(
      absl::StrCat("UPDATE accounts SET opening_date = '2025-01-01' WHERE id = '", IdOf(account.name()), "'"));
  world_.harness().db().Execute(absl::StrCat("UPDATE contacts SET last_contact_date = NULL", where));
  const auto idle = [&] {
    v1::ListInactiveAccountsRequest request;
    request.set_page_size(200);
    const auto list = world_.Call<v1::ListInactiveAccountsResponse>(gam_, Usage("ListInactiveAccounts"), request);
    EXPECT_THAT(list, IsOk());
    if (list.ok()) {
      for (const v1::InactiveAccount& row : list->accounts()) {
        if (row.account() == account.name()) return row.idle_days();
      }
    }
    return -1;
  };
  const int before = idle();
  EXPECT_EQ(before, 157);
  v1::TransferOwnerRequest transfer;
  transfer.set_name(account.name());
  transfer.set_successor(world_.AddEmployee("KAX", department_.name()).name());
  transfer.set_reason("调整");
  ASSERT_THAT(world_.Call<Account>(gam_, Accounts("TransferOwner"), transfer), IsOk());
  EXPECT_EQ(idle(), before);
}

// chosen with the superior: what he has approved is what stands, and he does not become its manager afterwards.
TEST_F(UsageTest, AnApprovedPartnerThatChangesIsApprovedAnew) {
  const ChannelPartner partner = Approved();
  v1::UpdateChannelPartnerRequest update;
  update.mutable_channel_partner()->set_name(partner.name());
  update.mutable_channel_partner()->set_phone("025-88886666");
  const auto small = world_.Call<ChannelPartner>(kam_, Channel("UpdateChannelPartner"), update);
  ASSERT_THAT(small, IsOk());
  EXPECT_EQ(small->state(), v1::CHANNEL_PARTNER_STATE_APPROVED);
  update.mutable_channel_partner()->clear_phone();
  update.mutable_channel_partner()->set_agreement_number("XY-2026-2");
  const auto other = world_.Call<ChannelPartner>(kam_, Channel("UpdateChannelPartner"), update);
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(other->state(), v1::CHANNEL_PARTNER_STATE_PROPOSED);
  EXPECT_EQ(other->approver(), "");
  v1::ApproveChannelPartnerRequest approve;
  approve.set_name(partner.name());
  ASSERT_THAT(world_.Call<ChannelPartner>(gam_, Channel("ApproveChannelPartner"), approve), IsOk());
  update.mutable_channel_partner()->clear_agreement_number();
  update.mutable_channel_partner()->set_manager(head_.name());
  const auto his = world_.Call<ChannelPartner>(gam_, Channel("UpdateChannelPartner"), update);
  ASSERT_THAT(his, IsOk());
  EXPECT_EQ(his->state(), v1::CHANNEL_PARTNER_STATE_PROPOSED);
  EXPECT_THAT(world_.Call<ChannelPartner>(gam_, Channel("ApproveChannelPartner"), approve),
              HasReason("SEPARATION_OF_DUTIES"));
}

// the price of a product of ours is compared with the price list, not with what the checker says; without
// contract-svc it is not compared at all.
TEST_F(UsageTest, ThePublishedPriceIsThatOfThePriceList) {
  const std::string partner = Approved().name();
  const std::string product = absl::StrCat("products/", world_.harness().NewId());
  int published = 90;
  world_.contract_svc = [&](absl::string_view method, const google::protobuf::Message&,
                            google::protobuf::Message* response) {
    EXPECT_EQ(method, "kam.pricing.v1.ProductService/GetProduct");
    auto* listed = static_cast<pricing::v1::Product*>(response);
    if (published == 0) return absl::OkStatus();  // No list price is decided yet.
    listed->mutable_list_price()->set_currency_code("CNY");
    listed->mutable_list_price()->set_units(published);
    return absl::OkStatus();
  };
  EXPECT_THAT(CheckPrice(partner, 100, product), HasReason("PUBLISHED_PRICE_WRONG"));
  published = 0;
  EXPECT_THAT(CheckPrice(partner, 100, product), HasReason("PUBLISHED_PRICE_WRONG"));
  published = 100;
  const auto checked = CheckPrice(partner, 100, product);
  ASSERT_THAT(checked, IsOk());
  EXPECT_TRUE(checked->price_verified());
  EXPECT_FALSE(checked->violation());
  world_.contract_svc = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
    return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  };
  EXPECT_THAT(CheckPrice(partner, 100, product), HasReason("CONTRACT_SVC_UNAVAILABLE"));
  const auto typed = CheckPrice(partner, 100);
  ASSERT_THAT(typed, IsOk());
  EXPECT_FALSE(typed->price_verified());
  world_.contract_svc = world_.aftersales_svc;
}

// a slip of the pen does not stand in the way of the true count, nor in the figures.
TEST_F(UsageTest, AWrongCountIsTakenBackAndCountedAgain) {
  const ChannelPartner partner = Approved();
  const auto first = Count(partner.name(), "2025-12-01", "500", "");
  ASSERT_THAT(first, IsOk());
  const auto slip = Count(partner.name(), "2026-01-01", "100", "600");
  ASSERT_THAT(slip, IsOk());
  EXPECT_EQ(slip->sold(), "1000");
  EXPECT_THAT(Count(partner.name(), "2026-01-01", "1000", "600"), HasReason("COUNT_NOT_LATER"));
  const auto take_back = [&](const auth::Principal& who, const std::string& count) {
    v1::VoidChannelStockCountRequest request;
    request.set_name(count);
    request.set_reason("少写一个零");
    return world_.Call<ChannelStockCount>(who, Channel("VoidChannelStockCount"), request);
  };
  EXPECT_THAT(take_back(kam_, first->name()), HasReason("COUNT_NOT_LAST"));
  const auth::Principal stranger = world_.As(world_.AddEmployee("KAM", world_.AddDepartment().name()), "KAM");
  EXPECT_THAT(take_back(stranger, slip->name()), StatusIs(absl::StatusCode::kNotFound));
  const auto voided = take_back(kam_, slip->name());
  ASSERT_THAT(voided, IsOk());
  EXPECT_TRUE(voided->voided());
  EXPECT_EQ(voided->void_reason(), "少写一个零");
  EXPECT_EQ(voided->voider(), manager_.name());
  EXPECT_THAT(take_back(kam_, slip->name()), HasReason("COUNT_VOIDED"));
  const auto count = Count(partner.name(), "2026-01-01", "1000", "600");
  ASSERT_THAT(count, IsOk()) << "on the same day";
  EXPECT_EQ(count->previous_quantity(), "500");
  EXPECT_EQ(count->sold(), "100");

  v1::ReportChannelPartnersRequest request;
  request.set_from_date("2026-01-01");
  request.set_to_date("2026-01-31");
  request.set_region("华东");
  request.set_page_size(200);
  const auto find = [&]() -> std::optional<v1::ChannelPartnerFigures> {
    const auto report = world_.Call<v1::ReportChannelPartnersResponse>(gam_, Channel("ReportChannelPartners"), request);
    EXPECT_THAT(report, IsOk());
    for (const auto& figures : report->partners()) {
      if (figures.partner() == partner.name()) return figures;
    }
    return std::nullopt;
  };
  const auto figures = find();
  ASSERT_TRUE(figures.has_value());
  EXPECT_EQ(figures->stock_counts(), 1);
  EXPECT_EQ(figures->sold(), "100");
  request.set_region("华南");
  EXPECT_FALSE(find().has_value());
}

// chosen with the superior, inspected; a price violation opens an incident that ends with a written report.
TEST_F(UsageTest, AViolationAtADealerOpensAnIncident) {
  v1::CreateChannelPartnerRequest outlet;
  outlet.mutable_channel_partner()->set_display_name("网点");
  outlet.mutable_channel_partner()->set_kind(v1::CHANNEL_PARTNER_KIND_OUTLET);
  outlet.mutable_channel_partner()->set_region("华东");
  outlet.mutable_channel_partner()->set_choice_reason("补盲");
  EXPECT_THAT(world_.Call<ChannelPartner>(kam_, Channel("CreateChannelPartner"), outlet), HasReason("PARENT_INVALID"));
  const ChannelPartner partner = Approved();
  EXPECT_EQ(partner.approver(), head_.name());
  outlet.mutable_channel_partner()->set_parent(partner.name());
  const auto below = world_.Call<ChannelPartner>(kam_, Channel("CreateChannelPartner"), outlet);
  ASSERT_THAT(below, IsOk());
  EXPECT_THAT(CheckPrice(below->name(), 100), HasReason("PARTNER_NOT_APPROVED"));

  const auto fine = CheckPrice(partner.name(), 100);
  ASSERT_THAT(fine, IsOk());
  EXPECT_FALSE(fine->violation());
  const auto cheap = CheckPrice(partner.name(), 80);
  ASSERT_THAT(cheap, IsOk());
  EXPECT_TRUE(cheap->violation());
  EXPECT_EQ(cheap->deviation_percent(), "-20");
  ASSERT_NE(cheap->incident(), "");
  v1::EndChannelPartnerRequest end;
  end.set_name(partner.name());
  end.set_reason("违规");
  EXPECT_THAT(world_.Call<ChannelPartner>(gam_, Channel("EndChannelPartner"), end), HasReason("INCIDENTS_OPEN"));
  v1::AnswerChannelIncidentRequest answer;
  answer.set_name(cheap->incident());
  answer.set_measures("责令恢复价格");
  ASSERT_THAT(world_.Call<ChannelIncident>(kam_, Channel("AnswerChannelIncident"), answer), IsOk());
  v1::CloseChannelIncidentRequest close;
  close.set_name(cheap->incident());
  close.set_report("价格已恢复");
  EXPECT_THAT(world_.Call<ChannelIncident>(kam_, Channel("CloseChannelIncident"), close),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(world_.Call<ChannelIncident>(gam_, Channel("CloseChannelIncident"), close), IsOk());
  // What is open at an outlet below keeps the dealer, too.
  world_.harness().db().Execute(absl::StrCat("UPDATE channel_incidents SET state = 'OPEN', partner = '",
                                             IdOf(below->name()), "' WHERE id = '", IdOf(cheap->incident()), "'"));
  EXPECT_THAT(world_.Call<ChannelPartner>(gam_, Channel("EndChannelPartner"), end), HasReason("INCIDENTS_OPEN"));
  world_.harness().db().Execute(
      absl::StrCat("UPDATE channel_incidents SET state = 'CLOSED' WHERE id = '", IdOf(cheap->incident()), "'"));

  v1::CreateChannelEvaluationRequest score;
  score.mutable_channel_evaluation()->set_partner(partner.name());
  score.mutable_channel_evaluation()->set_evaluation_date(world_.today());
  score.mutable_channel_evaluation()->set_network_score(4);
  score.mutable_channel_evaluation()->set_delivery_score(3);
  score.mutable_channel_evaluation()->set_storage_score(5);
  score.mutable_channel_evaluation()->set_sales_score(4);
  score.mutable_channel_evaluation()->set_comment("配送偏慢");
  EXPECT_THAT(world_.Call<v1::ChannelEvaluation>(kam_, Channel("CreateChannelEvaluation"), score),
              HasReason("SEPARATION_OF_DUTIES"))
      << "whoever looks after a partner is no judge of him";
  ASSERT_THAT(world_.Call<v1::ChannelEvaluation>(gam_, Channel("CreateChannelEvaluation"), score), IsOk());
  ASSERT_THAT(Count(partner.name(), "2025-12-29", "40", ""), IsOk());
  const auto counted = Count(partner.name(), "2026-01-05", "25", "10");
  ASSERT_THAT(counted, IsOk());
  EXPECT_EQ(counted->sold(), "25");
  EXPECT_THAT(Count(partner.name(), "2026-01-05", "25", ""), HasReason("COUNT_NOT_LATER"));

  v1::ReportChannelPartnersRequest request;
  request.set_from_date("2026-01-01");
  request.set_to_date("2026-01-31");
  request.set_page_size(1);
  int found = 0;
  for (;;) {
    const auto page = world_.Call<v1::ReportChannelPartnersResponse>(kam_, Channel("ReportChannelPartners"), request);
    ASSERT_THAT(page, IsOk());
    for (const v1::ChannelPartnerFigures& row : page->partners()) {
      if (row.partner() != partner.name()) continue;
      ++found;
      EXPECT_EQ(row.average_score(), "4");
      EXPECT_EQ(row.price_checks(), 2);
      EXPECT_EQ(row.violations(), 1);
      EXPECT_EQ(row.open_incidents(), 0);
      EXPECT_EQ(row.stock_counts(), 1);
      EXPECT_EQ(row.sold(), "25");
    }
    if (page->next_page_token().empty()) break;
    request.set_page_token(page->next_page_token());
  }
  EXPECT_EQ(found, 1);
  EXPECT_THAT(world_.Call<ChannelPartner>(gam_, Channel("EndChannelPartner"), end), IsOk());
}

}  // namespace
}  // namespace kam::account

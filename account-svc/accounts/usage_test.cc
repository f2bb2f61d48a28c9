// Usage, dormancy and churn, over real gRPC and a real database.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/account_usage_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::Account;
using v1::AccountUsage;

std::string Accounts(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountService/", verb); }
std::string Usage(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountUsageService/", verb); }

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

}  // namespace
}  // namespace kam::account

// Accounts that are claimed, renewed and lost, for several test files.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_CLAIM_FIXTURE_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_CLAIM_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_ownership_service.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/account/v1/ownership_notice_service.pb.h"
#include "kam/account/v1/tender_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::account {

inline std::string Method(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountService/", verb); }

class ClaimTest : public ::testing::Test {
 protected:
  ClaimTest()
      : world_(World::Get()),
        start_(world_.harness().clock().Now()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")) {}
  ~ClaimTest() override {
    world_.harness().clock().Set(start_);
    world_.contract_svc = world_.aftersales_svc;
  }

  // An admitted account that nobody owns, and nobody has reported lately.
  std::string FreeAccount() {
    const std::string account = world_.AddAccount(gam_).name();
    world_.harness().db().Execute(absl::StrCat("DELETE FROM account_ownerships WHERE account = '", IdOf(account), "'"));
    world_.harness().db().Execute(
        absl::StrCat("UPDATE accounts SET state = 'VERIFIED' WHERE id = '", IdOf(account), "'"));
    return account;
  }
  absl::StatusOr<v1::Account> Claim(const auth::Principal& who, const std::string& account) {
    v1::ClaimAccountRequest request;
    request.set_name(account);
    request.set_reason("初次拜访");
    request.set_evidence("拜访记录");
    return world_.Call<v1::Account>(who, Method("ClaimAccount"), request);
  }
  absl::StatusOr<v1::Account> Release(const auth::Principal& who, const std::string& account) {
    v1::ReleaseOwnerRequest request;
    request.set_name(account);
    request.set_reason("不再跟进");
    return world_.Call<v1::Account>(who, Method("ReleaseOwner"), request);
  }
  absl::StatusOr<v1::Account> Transfer(const std::string& account, const std::string& successor) {
    v1::TransferOwnerRequest request;
    request.set_name(account);
    request.set_successor(successor);
    request.set_reason("调整");
    return world_.Call<v1::Account>(gam_, Method("TransferOwner"), request);
  }
  absl::StatusOr<v1::Account> Renew(const auth::Principal& who, const std::string& account,
                                    const std::string& follow_up) {
    v1::RenewOwnershipRequest request;
    request.set_name(account);
    request.set_follow_up(follow_up);
    return world_.Call<v1::Account>(who, Method("RenewOwnership"), request);
  }
  std::string OpenOpportunity(const auth::Principal& who, const std::string& account) {
    v1::CreateOpportunityRequest create;
    create.mutable_opportunity()->set_account(account);
    create.mutable_opportunity()->set_display_name("十辆车");
    const auto made = world_.Call<v1::Opportunity>(who, "kam.account.v1.OpportunityService/CreateOpportunity", create);
    EXPECT_THAT(made, testing::IsOk());
    return made.ok() ? made->name() : "";
  }
  // A deal that goes through all stages at once.
  std::string WinOpportunity(const auth::Principal& who, const std::string& account) {
    const std::string name = OpenOpportunity(who, account);
    const std::string service = "kam.account.v1.OpportunityService/";
    v1::UpdateOpportunityRequest update;
    update.mutable_opportunity()->set_name(name);
    update.mutable_opportunity()->mutable_amount()->set_currency_code("CNY");
    update.mutable_opportunity()->mutable_amount()->set_units(100);
    EXPECT_THAT(world_.Call<v1::Opportunity>(who, service + "UpdateOpportunity", update), testing::IsOk());
    for (const v1::OpportunityStage stage :
         {v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, v1::OPPORTUNITY_STAGE_PRODUCT_INTRODUCTION,
          v1::OPPORTUNITY_STAGE_NEGOTIATION, v1::OPPORTUNITY_STAGE_SIGNING}) {
      v1::AdvanceStageRequest advance;
      advance.set_name(name);
      advance.set_stage(stage);
      EXPECT_THAT(world_.Call<v1::Opportunity>(who, service + "AdvanceStage", advance), testing::IsOk());
    }
    v1::WinOpportunityRequest win;
    win.set_name(name);
    win.set_reason("签约");
    EXPECT_THAT(world_.Call<v1::Opportunity>(who, service + "WinOpportunity", win), testing::IsOk());
    return name;
  }
  // Who owned the account, worked it or had it kept for him.
  std::vector<v1::AccountOwnership> Rows(const std::string& account) { return List(account, "kind != REPORTED"); }
  std::vector<v1::AccountOwnership> Reports(const std::string& account) { return List(account, "kind = REPORTED"); }
  std::vector<v1::AccountOwnership> List(const std::string& account, const std::string& which) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account, "\" AND ", which));
    const auto list = world_.Call<v1::ListAccountOwnershipsResponse>(
        gam_, "kam.account.v1.AccountOwnershipService/ListAccountOwnerships", request);
    EXPECT_THAT(list, testing::IsOk());
    if (!list.ok()) return {};
    return {list->account_ownerships().begin(), list->account_ownerships().end()};
  }
  // Kinds of the notices of one person about an account, in their order.
  std::string Notices(const auth::Principal& who, const std::string& account) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account, "\""));
    const auto list = world_.Call<v1::ListOwnershipNoticesResponse>(
        who, "kam.account.v1.OwnershipNoticeService/ListOwnershipNotices", request);
    EXPECT_THAT(list, testing::IsOk());
    std::vector<std::string> kinds;
    if (list.ok()) {
      for (const auto& notice : list->ownership_notices()) {
        kinds.push_back(v1::OwnershipNoticeKind_Name(notice.kind()).substr(sizeof("OWNERSHIP_NOTICE_KIND_") - 1));
      }
    }
    return absl::StrJoin(kinds, " ");
  }
  void GoTo(int day) {
    world_.harness().clock().Set(start_ + absl::Hours(24) * day);
    world_.RunDue();
  }
  void LastOrderIs(const std::string& day) {
    world_.contract_svc = [day](absl::string_view, const google::protobuf::Message& request,
                                google::protobuf::Message* response) {
      const auto& asked = static_cast<const business::v1::BatchGetFiguresRequest&>(request);
      auto* figures = static_cast<business::v1::BatchGetContractFiguresResponse*>(response)->add_accounts();
      figures->set_account(asked.accounts(0));
      figures->set_last_order_date(day);
      return absl::OkStatus();
    };
  }

  World& world_;
  const absl::Time start_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_, other_;
  auth::Principal gam_, kax_, kax2_;
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_CLAIM_FIXTURE_H_

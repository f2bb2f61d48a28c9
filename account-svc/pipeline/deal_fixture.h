// People of a sales department and helpers of the tests of deals and important matters.
#ifndef KAM_ACCOUNT_SVC_PIPELINE_DEAL_FIXTURE_H_
#define KAM_ACCOUNT_SVC_PIPELINE_DEAL_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/account_fixture.h"
#include "account-svc/testing/etag.h"
#include "common/testing/matchers.h"
#include "common/time/date.h"
#include "kam/account/v1/important_matter_service.pb.h"
#include "kam/account/v1/opportunity_report_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/account/v1/sales_process_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;
using v1::ImportantMatter;
using v1::Opportunity;
using v1::OpportunityReport;
using v1::SalesProcess;

class DealTest : public ::testing::Test {
 protected:
  DealTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        director_(world_.AddEmployee("SD", department_.name())),
        head_(world_.AddEmployee("GAM", department_.name(), {director_.name()})),
        supervisor_(world_.AddEmployee("BDS", department_.name(), {head_.name()})),
        seller_(world_.AddEmployee("KAX", department_.name(), {supervisor_.name()})),
        sd_(world_.As(director_, "SD")),
        gam_(world_.As(head_, "GAM")),
        bds_(world_.As(supervisor_, "BDS", {IdOf(seller_.name())})),
        kax_(world_.As(seller_, "KAX")) {}

  FakeClock& clock() { return world_.harness().clock(); }
  absl::TimeZone zone() { return world_.harness().runtime().zone(); }
  std::string today() { return TodayText(clock().Now(), zone()); }
  std::string day(int days) { return *AddDays(today(), days); }

  absl::StatusOr<Opportunity> Create(const std::string& account, int64_t units = 0, const std::string& expected = {}) {
    v1::CreateOpportunityRequest request;
    request.mutable_opportunity()->set_account(account);
    request.mutable_opportunity()->set_display_name("年度采购");
    request.mutable_opportunity()->set_expected_date(expected);
    if (units != 0) {
      request.mutable_opportunity()->mutable_amount()->set_currency_code("CNY");
      request.mutable_opportunity()->mutable_amount()->set_units(units);
    }
    return world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/CreateOpportunity", request);
  }
  absl::StatusOr<Opportunity> Advance(const std::string& name, v1::OpportunityStage stage,
                                      const std::string& reason = {}) {
    v1::AdvanceStageRequest request;
    request.set_name(name);
    request.set_stage(stage);
    request.set_reason(reason);
    return world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/AdvanceStage", request);
  }
  absl::StatusOr<Opportunity> Update(const Opportunity& patch) {
    v1::UpdateOpportunityRequest request;
    *request.mutable_opportunity() = patch;
    return world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/UpdateOpportunity", request);
  }
  absl::StatusOr<Opportunity> Lose(const std::string& name) {
    v1::LoseOpportunityRequest request;
    request.set_name(name);
    request.set_reason("价格");
    request.set_reason_code(v1::CLOSE_REASON_CODE_PRICE);
    return world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/LoseOpportunity", request);
  }
  absl::StatusOr<Opportunity> Archive(const std::string& name) {
    kam::api::ArchiveRequest request;
    request.set_name(name);
    return world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/ArchiveOpportunity", request);
  }
  absl::StatusOr<v1::ReportPipelineResponse> Pipeline(const auth::Principal& who, const std::string& as_of = {}) {
    v1::ReportPipelineRequest request;
    request.set_as_of_date(as_of);
    request.set_owner(seller_.name());
    return world_.Call<v1::ReportPipelineResponse>(who, "kam.account.v1.OpportunityReportService/ReportPipeline",
                                                   request);
  }
  template <typename Request>
  absl::StatusOr<ImportantMatter> Matter(const auth::Principal& who, absl::string_view verb, const std::string& name,
                                         Request request) {
    request.set_name(name);
    return world_.Call<ImportantMatter>(who, absl::StrCat("kam.account.v1.ImportantMatterService/", verb), request);
  }
  absl::StatusOr<ImportantMatter> Report(const auth::Principal& who, const std::string& account,
                                         const std::string& superior, const std::string& opportunity = {}) {
    v1::CreateImportantMatterRequest request;
    request.mutable_important_matter()->set_account(account);
    request.mutable_important_matter()->set_opportunity(opportunity);
    request.mutable_important_matter()->set_reason("年度大单");
    request.mutable_important_matter()->set_superior(superior);
    return world_.Call<ImportantMatter>(who, "kam.account.v1.ImportantMatterService/CreateImportantMatter", request);
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee director_, head_, supervisor_, seller_;
  auth::Principal sd_, gam_, bds_, kax_;
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PIPELINE_DEAL_FIXTURE_H_

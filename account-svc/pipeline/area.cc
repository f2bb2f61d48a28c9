#include "account-svc/area.h"

#include "account-svc/pipeline/pipeline.h"
#include "kam/account/v1/account_plan.pb.h"
#include "kam/account/v1/cross_sell.pb.h"
#include "kam/account/v1/customer_need.pb.h"
#include "kam/account/v1/follow_up_sheet.pb.h"
#include "kam/account/v1/important_matter.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/manufacturer_submission.pb.h"
#include "kam/account/v1/opportunity.pb.h"
#include "kam/account/v1/opportunity_report.pb.h"
#include "kam/account/v1/product_initiative.pb.h"
#include "kam/account/v1/referral.pb.h"
#include "kam/account/v1/sales_process.pb.h"
#include "kam/account/v1/solution.pb.h"
#include "kam/account/v1/tender.pb.h"
#include "kam/account/v1/test_drive.pb.h"
#include "kam/account/v1/traffic_count.pb.h"
#include "kam/account/v1/working_calendar.pb.h"

namespace kam::account {
namespace {

constexpr absl::string_view kServices[] = {
    "kam.account.v1.AccountPlanService",
    "kam.account.v1.CrossSellService",
    "kam.account.v1.CustomerNeedService",
    "kam.account.v1.FollowUpSheetService",
    "kam.account.v1.ImportantMatterService",
    "kam.account.v1.LeadService",
    "kam.account.v1.ManufacturerSubmissionService",
    "kam.account.v1.OpportunityReportService",
    "kam.account.v1.OpportunityService",
    "kam.account.v1.ProductInitiativeService",
    "kam.account.v1.ReferralService",
    "kam.account.v1.SalesProcessService",
    "kam.account.v1.SolutionService",
    "kam.account.v1.TenderService",
    "kam.account.v1.TestDriveService",
    "kam.account.v1.TrafficCountService",
    "kam.account.v1.WorkingCalendarService",
};

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<v1::AccountPlan>();
  catalog->Add<v1::ContractDraftRequest>();
  catalog->Add<v1::CrossSellOffer>();
  catalog->Add<v1::CrossSellTarget>();
  catalog->Add<v1::CustomerNeed>();
  catalog->Add<v1::DemoVehicle>();
  catalog->Add<v1::FollowUpSheet>();
  catalog->Add<v1::ImportantMatter>();
  catalog->Add<v1::Lead>();
  catalog->Add<v1::ManufacturerSubmission>();
  catalog->Add<v1::MonthlyDemand>();
  catalog->Add<v1::Opportunity>();
  catalog->Add<v1::OpportunityReport>();
  catalog->Add<v1::ProductInitiative>();
  catalog->Add<v1::Referral>();
  catalog->Add<v1::SalesProcess>();
  catalog->Add<v1::Solution>();
  catalog->Add<v1::Tender>();
  catalog->Add<v1::TestDrive>();
  catalog->Add<v1::TestDriveRoute>();
  catalog->Add<v1::TrafficCount>();
  catalog->Add<v1::WorkingCalendar>();
}

void RegisterHandlers(const Context& context, rpc::Registry* registry) {
  RegisterWorkingCalendars(context, registry);
  RegisterLeads(context, registry);
  RegisterTraffic(context, registry);
  RegisterFollowUpSheets(context, registry);
  RegisterReferrals(context, registry);
  RegisterCrossSell(context, registry);
  RegisterOpportunities(context, registry);
  RegisterOpportunityReports(context, registry);
  RegisterImportantMatters(context, registry);
  RegisterSolutions(context, registry);
  RegisterTestDrives(context, registry);
  RegisterInitiatives(context, registry);
  RegisterCustomerNeeds(context, registry);
  RegisterAccountPlans(context, registry);
  RegisterSubmissions(context, registry);
  RegisterTenders(context, registry);
}

}  // namespace

const Area& PipelineArea() {
  static constexpr Area kArea = {kServices, FillCatalog, RegisterHandlers};
  return kArea;
}

}  // namespace kam::account

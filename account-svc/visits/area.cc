#include "account-svc/area.h"

#include "account-svc/visits/communications.h"
#include "account-svc/visits/reports.h"
#include "account-svc/visits/visit_service.h"
#include "kam/account/v1/communication_record.pb.h"
#include "kam/account/v1/customer_opinion.pb.h"
#include "kam/account/v1/customer_training.pb.h"
#include "kam/account/v1/document_delivery.pb.h"
#include "kam/account/v1/recording.pb.h"
#include "kam/account/v1/recording_access.pb.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/account/v1/visit_plan.pb.h"
#include "kam/account/v1/visit_problem.pb.h"
#include "kam/account/v1/visit_report.pb.h"
#include "kam/account/v1/weekly_report.pb.h"

namespace kam::account {
namespace {

constexpr absl::string_view kServices[] = {
    "kam.account.v1.CommunicationRecordService", "kam.account.v1.CustomerOpinionService",
    "kam.account.v1.VisitPlanService",           "kam.account.v1.VisitProblemService",
    "kam.account.v1.VisitReportService",         "kam.account.v1.VisitService",
    "kam.account.v1.WeeklyReportService",
};

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<v1::VisitPlan>();
  catalog->Add<v1::Visit>();
  catalog->Add<v1::VisitProblem>();
  catalog->Add<v1::VisitReport>();
  catalog->Add<v1::CustomerOpinion>();
  catalog->Add<v1::CommunicationRecord>();
  catalog->Add<v1::Recording>();
  catalog->Add<v1::RecordingAccess>();
  catalog->Add<v1::WeeklyReport>();
  catalog->Add<v1::CustomerTraining>();
  catalog->Add<v1::DocumentDelivery>();
}

void RegisterHandlers(const Context& context, rpc::Registry* registry) {
  RegisterVisitPlans(context, registry);
  RegisterVisits(context, registry);
  RegisterVisitFrequency(context, registry);
  RegisterVisitProblems(context, registry);
  RegisterVisitReports(context, registry);
  RegisterCustomerOpinions(context, registry);
  RegisterCommunications(context, registry);
  RegisterRecordings(context, registry);
  RegisterWeeklyReports(context, registry);
  RegisterCustomerTrainings(context, registry);
}

}  // namespace

const Area& VisitsArea() {
  static constexpr Area kArea = {kServices, FillCatalog, RegisterHandlers};
  return kArea;
}

}  // namespace kam::account

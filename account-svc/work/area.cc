#include "account-svc/area.h"

#include "account-svc/work/work_service.h"
#include "kam/organization/v1/coordination.pb.h"
#include "kam/organization/v1/duty_roster.pb.h"
#include "kam/organization/v1/gift_report.pb.h"
#include "kam/organization/v1/improvement_item.pb.h"
#include "kam/organization/v1/meeting.pb.h"
#include "kam/organization/v1/notification.pb.h"
#include "kam/organization/v1/policy_document.pb.h"
#include "kam/organization/v1/shared_resource.pb.h"
#include "kam/organization/v1/task.pb.h"
#include "kam/organization/v1/training.pb.h"
#include "kam/organization/v1/work_report.pb.h"

namespace kam::account {
namespace {

constexpr absl::string_view kServices[] = {
    "kam.organization.v1.CoordinationService",   "kam.organization.v1.DutyRosterService",
    "kam.organization.v1.GiftReportService",     "kam.organization.v1.ImprovementService",
    "kam.organization.v1.MeetingService",        "kam.organization.v1.NotificationService",
    "kam.organization.v1.PolicyDocumentService", "kam.organization.v1.SharedResourceService",
    "kam.organization.v1.TaskService",           "kam.organization.v1.TrainingService",
    "kam.organization.v1.WorkReportService",
};

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<organization::v1::Task>();
  catalog->Add<organization::v1::SharedResource>();
  catalog->Add<organization::v1::ResourceBooking>();
  catalog->Add<organization::v1::ImprovementItem>();
  catalog->Add<organization::v1::CoordinationRequest>();
  catalog->Add<organization::v1::WorkingGroup>();
  catalog->Add<organization::v1::WorkReport>();
  catalog->Add<organization::v1::Meeting>();
  catalog->Add<organization::v1::Notification>();
  catalog->Add<organization::v1::NotificationPreference>();
  catalog->Add<organization::v1::PolicyDocument>();
  catalog->Add<organization::v1::PolicyReceipt>();
  catalog->Add<organization::v1::PolicyCheck>();
  catalog->Add<organization::v1::TrainingSession>();
  catalog->Add<organization::v1::DutyRoster>();
  catalog->Add<organization::v1::GiftReport>();
}

void RegisterHandlers(const Context& context, rpc::Registry* registry) {
  RegisterTasks(context, registry);
  RegisterSharedResources(context, registry);
  RegisterImprovement(context, registry);
  RegisterCoordination(context, registry);
  RegisterWorkReports(context, registry);
  RegisterMeetings(context, registry);
  RegisterNoticeIntake(context, registry);
  RegisterPolicyDocuments(context, registry);
  RegisterTraining(context, registry);
  RegisterNotifications(context, registry);
  RegisterDuties(context, registry);
}

}  // namespace

const Area& WorkArea() {
  static constexpr Area kArea = {kServices, FillCatalog, RegisterHandlers};
  return kArea;
}

}  // namespace kam::account

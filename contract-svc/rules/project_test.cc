#include "contract-svc/rules/project.h"

#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::NamesField;
namespace pb = order::v1;

pb::DeliveryProject Plan() {
  pb::DeliveryProject project;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "state: DELIVERY_PROJECT_STATE_RUNNING start_date: '2026-01-01' due_date: '2026-03-31' customer_goal: 'fleet' "
      "own_goal: 'reference' milestones { title: 'first' due_date: '2026-01-31' weight: 40 } milestones { title: "
      "'last' "
      "due_date: '2026-03-31' weight: 60 } risks { title: 'strike' }",
      &project));
  return project;
}

// C-26
TEST(ProjectTest, StartsWithTheGoalsOfBothSidesAndAWholePlan) {
  pb::DeliveryProject project = Plan();
  EXPECT_THAT(CheckStart(project), IsOk());
  project.mutable_milestones(0)->set_weight(39);
  const absl::Status status = CheckStart(project);
  EXPECT_THAT(status, HasReason("MILESTONE_WEIGHTS"));
  EXPECT_EQ(MetadataValue(status, "sum"), "99");
  project = Plan();
  project.clear_own_goal();
  EXPECT_THAT(CheckStart(project), HasReason("PROJECT_GOALS_MISSING"));
  project = Plan();
  project.set_due_date("2026-03-30");
  EXPECT_THAT(CheckProjectDates(project), NamesField("delivery_project.milestones[1].due_date"));
  project.set_due_date("2025-12-31");
  EXPECT_THAT(CheckProjectDates(project), NamesField("delivery_project.due_date"));
}

// C-26: progress follows from what was reached.
TEST(ProjectTest, ProgressIsTheWeightOfWhatWasReached) {
  pb::DeliveryProject project = Plan();
  const auto reach = [&](int number, const char* day) {
    return ReachMilestone(number, day, "scan", "2026-02-01", &project);
  };
  EXPECT_THAT(reach(3, "2026-01-20"), HasReason("MILESTONE_UNKNOWN"));
  EXPECT_THAT(reach(1, "2026-02-02"), HasReason("FIELD_OUT_OF_RANGE"));
  EXPECT_THAT(reach(1, "2025-12-31"), HasReason("FIELD_OUT_OF_RANGE"));
  ASSERT_THAT(reach(1, "2026-01-20"), IsOk());
  EXPECT_EQ(project.progress_percent(), 40);
  EXPECT_THAT(reach(1, "2026-01-21"), HasReason("MILESTONE_REACHED"));
  const absl::Status open = CheckComplete(project);
  EXPECT_THAT(open, HasReason("PROJECT_INCOMPLETE"));
  EXPECT_EQ(MetadataValue(open, "open"), "last; strike");
  ASSERT_THAT(reach(2, "2026-02-01"), IsOk());
  project.mutable_risks(0)->set_closed(true);
  EXPECT_THAT(CheckComplete(project), IsOk());
  EXPECT_EQ(project.progress_percent(), 100);
}

// C-26: a running plan changes by an approved request, which moves what is still open.
TEST(ProjectTest, ChangesMoveWhatIsOpen) {
  pb::DeliveryProject project = Plan();
  project.mutable_milestones(0)->set_done_date("2026-01-20");
  pb::DeliveryProject other = project;
  other.set_due_date("2026-04-30");
  EXPECT_THAT(CheckProjectUpdate(project, other), HasReason("PROJECT_FROZEN"));
  other = project;
  other.mutable_risks(0)->set_closed(true);
  EXPECT_THAT(CheckProjectUpdate(project, other), IsOk());
  pb::ProjectChange change;
  change.set_shift_days(30);
  ASSERT_THAT(ApplyChange(change, &project), IsOk());
  EXPECT_EQ(project.due_date(), "2026-04-30");
  EXPECT_EQ(project.milestones(0).due_date(), "2026-01-31");
  EXPECT_EQ(project.milestones(1).due_date(), "2026-04-30");
  change.set_shift_days(-200);
  EXPECT_THAT(ApplyChange(change, &project), HasReason("PROJECT_DATES_CONTRADICT"));
}

// C-26
TEST(ProjectTest, ReportsCarryTheProgressOfTheirDay) {
  pb::DeliveryProject project = Plan();
  project.set_progress_percent(40);
  pb::ProjectReport report;
  report.set_kind(pb::PROJECT_REPORT_KIND_CUSTOMER_REPORT);
  EXPECT_THAT(FillReport(project, &report), HasReason("RECIPIENT_REQUIRED"));
  report.set_recipient("Mr Wu");
  ASSERT_THAT(FillReport(project, &report), IsOk());
  EXPECT_EQ(report.progress_percent(), 40);
  EXPECT_EQ(report.open_risks(), 1);
  project.set_state(pb::DELIVERY_PROJECT_STATE_PLANNED);
  EXPECT_THAT(FillReport(project, &report), HasReason("PROJECT_NOT_RUNNING"));
}

}  // namespace
}  // namespace kam::contract::rules

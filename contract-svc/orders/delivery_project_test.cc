// Delivery projects over real gRPC and MariaDB: C-26.
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/delivery_project_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
namespace pb = order::v1;

constexpr char kProjects[] = "kam.order.v1.DeliveryProjectService/";

class DeliveryProjectTest : public SalesTest {
 protected:
  void SetUp() override {
    SalesTest::SetUp();
    pm_ = harness().PrincipalFor("PM", harness().NewId());
    const std::string manager = harness().NewId();
    harness().AddEmployeeScope(manager, "", "");
    project_ =
        Do<pb::DeliveryProject, pb::CreateDeliveryProjectRequest>(
            pm_, absl::StrCat(kProjects, "CreateDeliveryProject"),
            absl::StrCat("delivery_project { account: '", account_, "' title: 'Fleet' manager: 'employees/", manager,
                         "' customer_goal: 'fleet' own_goal: 'reference' start_date: '2026-01-01' due_date: "
                         "'2026-03-31' milestones { title: 'first' due_date: '2026-01-31' weight: 40 } "
                         "milestones { title: 'last' due_date: '2026-03-31' weight: 60 } }"))
            .name();
  }
  template <typename Request>
  absl::StatusOr<pb::DeliveryProject> Verb(const auth::Principal& who, const std::string& method,
                                           const std::string& more = {}) {
    return Call<pb::DeliveryProject, Request>(who, absl::StrCat(kProjects, method),
                                              absl::StrCat("name: '", project_, "' ", more));
  }
  absl::StatusOr<pb::ProjectChange> Ask(const auth::Principal& who, int days) {
    return Call<pb::ProjectChange, pb::CreateProjectChangeRequest>(
        who, absl::StrCat(kProjects, "CreateProjectChange"),
        absl::StrCat("project_change { project: '", project_,
                     "' description: 'later' cause: 'site not ready' "
                     "shift_days: ",
                     days, " requested_by_customer: true }"));
  }
  absl::StatusOr<pb::ProjectChange> Decide(const auth::Principal& who, const std::string& change,
                                           const std::string& more) {
    return Call<pb::ProjectChange, pb::DecideProjectChangeRequest>(who, absl::StrCat(kProjects, "DecideProjectChange"),
                                                                   absl::StrCat("name: '", change, "' ", more));
  }
  pb::DeliveryProject Get() {
    return Do<pb::DeliveryProject, kam::api::GetRequest>(pm_, absl::StrCat(kProjects, "GetDeliveryProject"),
                                                         absl::StrCat("name: '", project_, "'"));
  }

  auth::Principal pm_;
  std::string project_;
};

// C-26: changes are decided by a second person and applied once.
TEST_F(DeliveryProjectTest, AChangeIsDecidedByASecondPersonAndAppliedOnce) {
  EXPECT_THAT(Ask(pm_, 10), HasReason("PROJECT_NOT_RUNNING"));
  ASSERT_THAT(Verb<pb::StartDeliveryProjectRequest>(pm_, "StartDeliveryProject"), IsOk());
  EXPECT_THAT((Call<pb::DeliveryProject, pb::UpdateDeliveryProjectRequest>(
                  pm_, absl::StrCat(kProjects, "UpdateDeliveryProject"),
                  absl::StrCat("delivery_project { name: '", project_, "' due_date: '2026-05-31' }"))),
              HasReason("PROJECT_FROZEN"));
  const absl::StatusOr<pb::ProjectChange> change = Ask(pm_, 10);
  ASSERT_THAT(change, IsOk());
  EXPECT_THAT(Decide(pm_, change->name(), "approve: true"), StatusIs(absl::StatusCode::kPermissionDenied));
  auth::Principal both = pm_;
  both.grants["project.decide"] = auth::Level::kAll;
  EXPECT_THAT(Decide(both, change->name(), "approve: true"), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Decide(kam_, change->name(), ""), HasReason("REASON_REQUIRED"));
  std::atomic<int> applied = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto answer = Decide(kam_, change->name(), "approve: true");
      if (answer.ok()) {
        ++applied;
      } else {
        EXPECT_THAT(answer, HasReason("STATE_NOT_ALLOWED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(applied, 1);
  EXPECT_EQ(Get().due_date(), "2026-04-10");
  EXPECT_EQ(Get().milestones(0).due_date(), "2026-02-10");
}

// C-26: an inspection counts from its own day; the contract is one with the customer.
TEST_F(DeliveryProjectTest, InspectionsCountFromTheirDay) {
  Do<pb::DeliveryProject, pb::UpdateDeliveryProjectRequest>(
      pm_, absl::StrCat(kProjects, "UpdateDeliveryProject"),
      absl::StrCat("delivery_project { name: '", project_, "' inspection_days: 2 }"));
  const auto with = [&](const std::string& contract) {
    return Call<pb::DeliveryProject, pb::UpdateDeliveryProjectRequest>(
        pm_, absl::StrCat(kProjects, "UpdateDeliveryProject"),
        absl::StrCat("delivery_project { name: '", project_, "' contract: '", contract, "' }"));
  };
  EXPECT_THAT(with(NewContract(NewAccount(), /*credit=*/false)), HasReason("REFERENCE_NOT_FOUND"));
  EXPECT_THAT(with(NewContract(account_, /*credit=*/false)), IsOk());
  ASSERT_THAT(Verb<pb::StartDeliveryProjectRequest>(pm_, "StartDeliveryProject"), IsOk());
  const auto inspect = [&](const std::string& day) {
    return Call<pb::ProjectReport, pb::CreateProjectReportRequest>(
        pm_, absl::StrCat(kProjects, "CreateProjectReport"),
        absl::StrCat("project_report { project: '", project_,
                     "' kind: PROJECT_REPORT_KIND_INSPECTION findings: 'fine' report_date: '", day, "' }"));
  };
  EXPECT_THAT(inspect("2025-12-31"), HasReason("FIELD_OUT_OF_RANGE"));
  ASSERT_THAT(inspect("2026-01-01"), IsOk());
  EXPECT_TRUE(Get().inspection_overdue()) << "that of the first was due again on the third";
  ASSERT_THAT(inspect("2026-01-05"), IsOk());
  EXPECT_FALSE(Get().inspection_overdue());
  ASSERT_THAT(inspect("2026-01-02"), IsOk());
  EXPECT_EQ(Get().inspected_date(), "2026-01-05") << "written down late";
}

// C-26: progress, inspection every month, reports to the customer, end.
TEST_F(DeliveryProjectTest, ProgressInspectionAndEnd) {
  ASSERT_THAT(Verb<pb::StartDeliveryProjectRequest>(pm_, "StartDeliveryProject"), IsOk());
  const auto report = [&](const std::string& kind, const std::string& more = {}) {
    return Call<pb::ProjectReport, pb::CreateProjectReportRequest>(
        pm_, absl::StrCat(kProjects, "CreateProjectReport"),
        absl::StrCat("project_report { project: '", project_, "' kind: PROJECT_REPORT_KIND_", kind,
                     " findings: 'two of five are built' ", more, " }"));
  };
  ASSERT_THAT(Verb<pb::ReachMilestoneRequest>(pm_, "ReachMilestone", "milestone: 1 document: 'scan/1'"), IsOk());
  EXPECT_EQ(Get().progress_percent(), 40);
  EXPECT_THAT(report("CUSTOMER_REPORT"), HasReason("RECIPIENT_REQUIRED"));
  const auto told = report("CUSTOMER_REPORT", "recipient: 'Mr Wu'");
  ASSERT_THAT(told, IsOk());
  EXPECT_EQ(told->progress_percent(), 40);
  const absl::Time due = harness().clock().Now() + absl::Hours(24 * 31);
  ASSERT_THAT(scheduler().RunDue(due - absl::Seconds(1), absl::InfiniteFuture()), IsOk());
  EXPECT_FALSE(Get().inspection_overdue());
  ASSERT_THAT(scheduler().RunDue(due, absl::InfiniteFuture()), IsOk());
  EXPECT_TRUE(Get().inspection_overdue());
  ASSERT_THAT(report("INSPECTION"), IsOk());
  EXPECT_FALSE(Get().inspection_overdue());
  EXPECT_EQ(Get().inspected_date(), "2026-01-05");
  EXPECT_THAT(Verb<pb::CompleteDeliveryProjectRequest>(pm_, "CompleteDeliveryProject"),
              HasReason("PROJECT_INCOMPLETE"));
  ASSERT_THAT(Verb<pb::ReachMilestoneRequest>(pm_, "ReachMilestone", "milestone: 2 document: 'scan/2'"), IsOk());
  const auto completed = Verb<pb::CompleteDeliveryProjectRequest>(pm_, "CompleteDeliveryProject");
  ASSERT_THAT(completed, IsOk());
  EXPECT_EQ(completed->progress_percent(), 100);
  EXPECT_THAT(report("INSPECTION"), HasReason("PROJECT_NOT_RUNNING"));
  EXPECT_THAT((Call<pb::DeliveryProject, kam::api::GetRequest>(
                  other_kax_, absl::StrCat(kProjects, "GetDeliveryProject"), absl::StrCat("name: '", project_, "'"))),
              StatusIs(absl::StatusCode::kNotFound));
}

// C-26: a change may put other milestones in the place of the open ones; what was marked by mistake is taken back; a
// project does not keep a manager who has left.
TEST_F(DeliveryProjectTest, ARunningPlanIsManaged) {
  ASSERT_THAT(Verb<pb::StartDeliveryProjectRequest>(pm_, "StartDeliveryProject"), IsOk());
  ASSERT_THAT(Verb<pb::ReachMilestoneRequest>(pm_, "ReachMilestone", "milestone: 1 document: 'scan/1'"), IsOk());
  const auto ask = [&](const std::string& milestones) {
    return Call<pb::ProjectChange, pb::CreateProjectChangeRequest>(
        pm_, absl::StrCat(kProjects, "CreateProjectChange"),
        absl::StrCat("project_change { project: '", project_,
                     "' description: 'training' cause: 'asked for' shift_days: 30 ", milestones, " }"));
  };
  const std::string training = "milestones { title: 'training' due_date: '2026-02-20' weight: 25 } ";
  EXPECT_THAT(ask(training), HasReason("MILESTONE_WEIGHTS"));
  EXPECT_THAT(ask(training + "milestones { title: 'last' due_date: '2026-05-01' weight: 35 }"),
              HasReason("PROJECT_DATES_CONTRADICT"));
  const auto change = ask(training + "milestones { title: 'last' due_date: '2026-04-30' weight: 35 }");
  ASSERT_THAT(change, IsOk());

  // Meanwhile the first one turns out not to be reached: what was asked for does not fit any more.
  EXPECT_THAT(Verb<pb::TakeBackMilestoneRequest>(pm_, "TakeBackMilestone", "milestone: 1 reason: 'not yet'"),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Verb<pb::TakeBackMilestoneRequest>(kam_, "TakeBackMilestone", "milestone: 1"),
              HasReason("REASON_REQUIRED"));
  EXPECT_THAT(Verb<pb::TakeBackMilestoneRequest>(kam_, "TakeBackMilestone", "milestone: 2 reason: 'not yet'"),
              HasReason("MILESTONE_NOT_REACHED"));
  const auto open = Verb<pb::TakeBackMilestoneRequest>(kam_, "TakeBackMilestone", "milestone: 1 reason: 'not yet'");
  ASSERT_THAT(open, IsOk());
  EXPECT_EQ(open->progress_percent(), 0);
  EXPECT_EQ(open->milestones(0).done_date(), "");
  EXPECT_THAT(Decide(kam_, change->name(), "approve: true"), HasReason("MILESTONE_WEIGHTS"));
  ASSERT_THAT(Verb<pb::ReachMilestoneRequest>(pm_, "ReachMilestone", "milestone: 1 document: 'scan/2'"), IsOk());
  ASSERT_THAT(Decide(kam_, change->name(), "approve: true"), IsOk());
  const pb::DeliveryProject project = Get();
  EXPECT_EQ(project.due_date(), "2026-04-30");
  ASSERT_EQ(project.milestones_size(), 3);
  EXPECT_EQ(project.milestones(0).document(), "scan/2") << "what was reached stays";
  EXPECT_EQ(project.milestones(1).title(), "training");
  EXPECT_EQ(project.milestones(2).weight(), 35);
  EXPECT_EQ(project.progress_percent(), 40);

  const std::string successor = harness().NewId();
  harness().AddEmployeeScope(successor, "", "");
  const auto update = [&](const std::string& fields) {
    return Call<pb::DeliveryProject, pb::UpdateDeliveryProjectRequest>(
        pm_, absl::StrCat(kProjects, "UpdateDeliveryProject"),
        absl::StrCat("delivery_project { name: '", project_, "' ", fields, " }"));
  };
  EXPECT_THAT(update("title: 'Another'"), HasReason("PROJECT_FROZEN"));
  ASSERT_THAT(update(absl::StrCat("manager: 'employees/", successor, "'")), IsOk());
  EXPECT_EQ(Get().manager(), absl::StrCat("employees/", successor));
}

}  // namespace
}  // namespace kam::contract::testing

// Whom a notice reaches (G-22): those who decide, who stands in for them, and nobody else; over real gRPC and a real
// database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/inbox_fixture.h"
#include "common/testing/matchers.h"
#include "kam/organization/v1/improvement_item_service.pb.h"
#include "kam/organization/v1/leave_request_service.pb.h"
#include "kam/organization/v1/post_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

class NoticeAudienceTest : public InboxTest {};

// G-22, G-06, G-05: what waits for somebody on leave is told to whoever stands in for him and may decide it.
TEST_F(NoticeAudienceTest, WhoStandsInLearnsOfWhatWaits) {
  const pb::Employee deputy = world_.AddEmployee("KAM", department_.name());
  const auto as_deputy = world_.As(deputy, "KAM");
  const std::string service = "kam.organization.v1.LeaveRequestService/";
  const auto ask = [&](const auth::Principal& who, const char* day, const std::string& stands_in) {
    pb::CreateLeaveRequestRequest request;
    request.mutable_leave_request()->set_kind(pb::LEAVE_KIND_PERSONAL);
    request.mutable_leave_request()->set_start_date(day);
    request.mutable_leave_request()->set_end_date(day);
    request.mutable_leave_request()->set_reason("办理证件");
    request.mutable_leave_request()->set_deputy(stands_in);
    return world_.Call<pb::LeaveRequest>(who, service + "CreateLeaveRequest", request);
  };
  const auto waits = [&](const auth::Principal& who, const std::string& subject) {
    int found = 0;
    for (const pb::Notification& notice : Inbox(who)) {
      found += notice.subject() == subject && notice.kind() == pb::NOTIFICATION_KIND_APPROVAL ? 1 : 0;
    }
    return found;
  };
  const auto before = ask(as_anna_, "2026-01-07", "");
  ASSERT_THAT(before, IsOk());
  EXPECT_EQ(waits(as_boss_, before->name()), 1);
  EXPECT_EQ(waits(as_deputy, before->name()), 0);
  const auto away = ask(as_boss_, "2026-01-05", deputy.name());
  ASSERT_THAT(away, IsOk());
  pb::ApproveLeaveRequest approve;
  approve.set_name(away->name());
  approve.set_etag(away->etag());
  ASSERT_THAT(world_.Call<pb::LeaveRequest>(world_.As(world_.AddEmployee(""), "HR"), service + "ApproveLeave", approve),
              IsOk());
  const auto asked = ask(as_anna_, "2026-01-09", "");
  ASSERT_THAT(asked, IsOk());
  EXPECT_EQ(waits(as_boss_, asked->name()), 1);
  EXPECT_EQ(waits(as_deputy, asked->name()), 1);
}

// G-22, G-23: a suggestion reaches those who answer it; on its day they are reminded, and when it is over the general
// manager learns it.
TEST_F(NoticeAudienceTest, ASuggestionReachesThoseWhoAnswerIt) {
  const pb::Employee control = world_.AddEmployee("CRMD"), manager = world_.AddEmployee("");
  world_.harness().db().Execute(
      absl::StrCat("INSERT INTO employees_roles (parent_id, position, role, since_date, state) VALUES ('",
                   IdOf(manager.name()), "', 0, 'GM', '2025-01-01', 'GRANTED')"));
  const auto as_control = world_.As(control, "CRMD"), as_manager = world_.As(manager, "GM");
  const auto suggest = [&](const char* title) {
    pb::CreateImprovementItemRequest create;
    create.mutable_improvement_item()->set_kind(pb::IMPROVEMENT_KIND_SUGGESTION);
    create.mutable_improvement_item()->set_title(title);
    create.mutable_improvement_item()->set_description("每台车交付前由两人检查");
    return world_.Call<pb::ImprovementItem>(as_anna_, "kam.organization.v1.ImprovementService/CreateImprovementItem",
                                            create);
  };
  const auto kinds = [&](const auth::Principal& who, const std::string& subject) {
    std::vector<pb::NotificationKind> found;
    for (const pb::Notification& notice : Inbox(who)) {
      if (notice.subject() == subject) found.push_back(notice.kind());
    }
    return found;
  };
  const auto item = suggest("交车前检查表"), declined = suggest("延长午休");
  ASSERT_THAT(item, IsOk());
  ASSERT_THAT(declined, IsOk());
  EXPECT_THAT(kinds(as_control, item->name()), ::testing::ElementsAre(pb::NOTIFICATION_KIND_APPROVAL));
  pb::DeclineImprovementRequest decline;
  decline.set_name(declined->name());
  decline.set_answer("与营业时间冲突");
  ASSERT_THAT(world_.Call<pb::ImprovementItem>(as_control, "kam.organization.v1.ImprovementService/DeclineImprovement",
                                               decline),
              IsOk());
  RunAt("2026-01-12 09:00");
  EXPECT_THAT(kinds(as_control, item->name()),
              ::testing::ElementsAre(pb::NOTIFICATION_KIND_APPROVAL, pb::NOTIFICATION_KIND_DUE));
  EXPECT_THAT(kinds(as_manager, item->name()), IsEmpty());
  RunAt("2026-01-13 09:00");
  EXPECT_THAT(kinds(as_manager, item->name()), ::testing::ElementsAre(pb::NOTIFICATION_KIND_ESCALATION));
  RunAt("2026-01-14 09:00");
  EXPECT_THAT(kinds(as_manager, item->name()), SizeIs(1)) << "once";
  EXPECT_THAT(kinds(as_manager, declined->name()), IsEmpty()) << "it was answered";
}

// G-22, R-21: a post that is proposed goes to whoever decides it: the manager of the department, or where there is none
// the general manager; not to whoever heads it.
TEST_F(NoticeAudienceTest, APostGoesToWhoeverDecidesIt) {
  const pb::Employee head = world_.AddEmployee("GAM", department_.name()), manager = world_.AddEmployee("");
  world_.harness().db().Execute(
      absl::StrCat("INSERT INTO employees_roles (parent_id, position, role, since_date, state) VALUES ('",
                   IdOf(manager.name()), "', 0, 'GM', '2025-01-01', 'GRANTED')"));
  const auto propose = [&](const auth::Principal& who, const std::string& department, const char* code) {
    pb::CreatePostRequest request;
    request.mutable_post()->set_code(absl::StrCat(code, IdOf(department)));
    request.mutable_post()->set_title("客户开发专员");
    request.mutable_post()->set_department(department);
    request.mutable_post()->set_role("BD");
    request.mutable_post()->set_duties("开发集团客户");
    return world_.Call<pb::Post>(who, "kam.organization.v1.PostService/CreatePost", request);
  };
  const auto told = [&](const auth::Principal& who, const std::string& subject) {
    int found = 0;
    for (const pb::Notification& notice : Inbox(who)) found += notice.subject() == subject ? 1 : 0;
    return found;
  };
  const auto as_lead = world_.As(world_.AddEmployee("BDS", department_.name()), "BDS");
  const auto post = propose(as_lead, department_.name(), "N");
  ASSERT_THAT(post, IsOk());
  EXPECT_EQ(told(world_.As(head, "GAM"), post->name()), 1);
  EXPECT_EQ(told(world_.As(manager, "GM"), post->name()), 0);
  const pb::Department other = world_.AddDepartment();
  const pb::Employee leader = world_.AddEmployee("SVM", other.name());
  pb::UpdateDepartmentRequest update;
  update.mutable_department()->set_name(other.name());
  update.mutable_department()->set_head(leader.name());
  update.mutable_update_mask()->add_paths("head");
  ASSERT_THAT(
      world_.Call<pb::Department>(world_.hr(), "kam.organization.v1.DepartmentService/UpdateDepartment", update),
      IsOk());
  const auto elsewhere = propose(world_.As(world_.AddEmployee(""), "HR"), other.name(), "N");
  ASSERT_THAT(elsewhere, IsOk());
  EXPECT_EQ(told(world_.As(leader, "SVM"), elsewhere->name()), 0);
  EXPECT_EQ(told(world_.As(manager, "GM"), elsewhere->name()), 1);
}

}  // namespace
}  // namespace kam::account

// Inboxes, reminders and what people want to be told (G-22), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/inbox_fixture.h"
#include "account-svc/testing/states.h"
#include "common/testing/matchers.h"
#include "kam/organization/v1/coordination_service.pb.h"
#include "kam/organization/v1/leave_request_service.pb.h"
#include "kam/organization/v1/meeting_service.pb.h"
#include "kam/organization/v1/notification_service.pb.h"
#include "kam/organization/v1/personnel_act_service.pb.h"
#include "kam/organization/v1/policy_document_service.pb.h"
#include "kam/organization/v1/task_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using testing::HasReason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;

constexpr char kService[] = "kam.organization.v1.NotificationService/";

class NotificationTest : public InboxTest {
 protected:
  absl::StatusOr<pb::Task> Give(const char* due = "2026-01-07") {
    pb::CreateTaskRequest request;
    request.mutable_task()->set_title("整理客户档案");
    request.mutable_task()->set_assignee(anna_.name());
    request.mutable_task()->set_due_date(due);
    return world_.Call<pb::Task>(as_boss_, "kam.organization.v1.TaskService/CreateTask", request);
  }
  absl::StatusOr<pb::Notification> Read(const auth::Principal& who, const std::string& name) {
    pb::MarkNotificationReadRequest request;
    request.set_name(name);
    return world_.Call<pb::Notification>(who, absl::StrCat(kService, "MarkNotificationRead"), request);
  }
  absl::StatusOr<pb::NotificationPreference> Mute(const auth::Principal& who, pb::NotificationKind kind) {
    pb::CreateNotificationPreferenceRequest request;
    request.mutable_notification_preference()->set_kind(kind);
    request.mutable_notification_preference()->set_muted(true);
    return world_.Call<pb::NotificationPreference>(who, absl::StrCat(kService, "CreateNotificationPreference"),
                                                   request);
  }
};

// G-22, G-08: who is given work is told, and nobody else reads it; on the last day and after it he is reminded, and
// whoever gave it as well.
TEST_F(NotificationTest, WorkIsToldAndRemindedOf) {
  const auto task = Give();
  ASSERT_THAT(task, IsOk());
  EXPECT_THAT(Inbox(as_boss_), IsEmpty()) << "nobody is told what he did himself";
  const auto inbox = Inbox(as_anna_);
  ASSERT_THAT(inbox, SizeIs(1));
  EXPECT_EQ(inbox[0].kind(), pb::NOTIFICATION_KIND_TASK);
  EXPECT_EQ(inbox[0].subject(), task->name());
  EXPECT_THAT(inbox[0].title(), HasSubstr("整理客户档案"));
  EXPECT_THAT(Read(as_boss_, inbox[0].name()), StatusIs(absl::StatusCode::kNotFound));
  const auto count = [&] {
    return world_
        .Call<pb::UnreadNotifications>(as_anna_, absl::StrCat(kService, "CountUnreadNotifications"),
                                       pb::CountUnreadNotificationsRequest())
        ->total();
  };
  EXPECT_EQ(count(), 1);
  const auto read = Read(as_anna_, inbox[0].name());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->state(), pb::NOTIFICATION_STATE_READ);
  EXPECT_EQ(count(), 0);

  RunAt("2026-01-07 08:59");
  EXPECT_THAT(Inbox(as_anna_), SizeIs(1));
  RunAt("2026-01-07 09:00");
  RunAt("2026-01-07 18:00");
  ASSERT_THAT(Inbox(as_anna_), SizeIs(2));
  EXPECT_EQ(Inbox(as_anna_)[1].kind(), pb::NOTIFICATION_KIND_DUE);
  EXPECT_EQ(Inbox(as_anna_)[1].due_date(), "2026-01-07");
  EXPECT_THAT(Inbox(as_boss_), IsEmpty());
  RunAt("2026-01-08 09:00");
  EXPECT_THAT(Inbox(as_anna_), SizeIs(3));
  ASSERT_THAT(Inbox(as_boss_), SizeIs(1));
  EXPECT_EQ(Inbox(as_boss_)[0].kind(), pb::NOTIFICATION_KIND_DUE);
  RunAt("2026-01-12 09:00");
  EXPECT_THAT(Inbox(as_anna_), SizeIs(3)) << "once";
}

// G-22: what is done is not reminded of; whoever gave it is told that it waits for him.
TEST_F(NotificationTest, WhatIsDoneIsNotRemindedOf) {
  const auto task = Give();
  ASSERT_THAT(task, IsOk());
  pb::CompleteTaskRequest done;
  done.set_name(task->name());
  done.set_result("整理完毕");
  ASSERT_THAT(world_.Call<pb::Task>(as_anna_, "kam.organization.v1.TaskService/CompleteTask", done), IsOk());
  ASSERT_THAT(Inbox(as_boss_), SizeIs(1));
  EXPECT_EQ(Inbox(as_boss_)[0].kind(), pb::NOTIFICATION_KIND_APPROVAL);
  RunAt("2026-01-09 09:00");
  EXPECT_THAT(Inbox(as_anna_), SizeIs(1));
}

// G-22: everybody says for himself, and only for himself, what he wants to be told.
TEST_F(NotificationTest, WhoDoesNotWantToBeToldIsNot) {
  const auto muted = Mute(as_anna_, pb::NOTIFICATION_KIND_TASK);
  ASSERT_THAT(muted, IsOk());
  EXPECT_EQ(muted->employee(), anna_.name());
  EXPECT_THAT(Mute(as_anna_, pb::NOTIFICATION_KIND_TASK), HasReason("FIELD_NOT_UNIQUE"));
  ASSERT_THAT(Give(), IsOk());
  EXPECT_THAT(Inbox(as_anna_), IsEmpty());
  pb::UpdateNotificationPreferenceRequest update;
  update.mutable_notification_preference()->set_name(muted->name());
  update.mutable_update_mask()->add_paths("muted");
  const std::string method = absl::StrCat(kService, "UpdateNotificationPreference");
  EXPECT_THAT(world_.Call<pb::NotificationPreference>(as_boss_, method, update), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(world_.Call<pb::NotificationPreference>(as_anna_, method, update), IsOk());
  ASSERT_THAT(Give(), IsOk());
  EXPECT_THAT(Inbox(as_anna_), SizeIs(1));
}

// G-22: a notice says by which channel it came, and a preference is of a kind and a channel, the inbox unless it says
// so.
TEST_F(NotificationTest, ANoticeComesByAChannel) {
  ASSERT_THAT(Give(), IsOk());
  ASSERT_THAT(Inbox(as_anna_), SizeIs(1));
  EXPECT_EQ(Inbox(as_anna_)[0].channel(), pb::NOTIFICATION_CHANNEL_INBOX);
  const auto muted = Mute(as_anna_, pb::NOTIFICATION_KIND_TASK);
  ASSERT_THAT(muted, IsOk());
  EXPECT_EQ(muted->channel(), pb::NOTIFICATION_CHANNEL_INBOX);
  pb::CreateNotificationPreferenceRequest again;
  again.mutable_notification_preference()->set_kind(pb::NOTIFICATION_KIND_TASK);
  again.mutable_notification_preference()->set_channel(pb::NOTIFICATION_CHANNEL_INBOX);
  EXPECT_THAT(
      world_.Call<pb::NotificationPreference>(as_anna_, absl::StrCat(kService, "CreateNotificationPreference"), again),
      HasReason("FIELD_NOT_UNIQUE"));
  ASSERT_THAT(Give(), IsOk());
  EXPECT_THAT(Inbox(as_anna_), SizeIs(1)) << "muted in the inbox";
}

// G-22, G-06: whoever decides on leave is told of the request, whoever asked of the decision.
TEST_F(NotificationTest, LeaveIsToldToBothSides) {
  pb::CreateLeaveRequestRequest request;
  pb::LeaveRequest& leave = *request.mutable_leave_request();
  leave.set_kind(pb::LEAVE_KIND_PERSONAL);
  leave.set_start_date("2026-01-06");
  leave.set_end_date("2026-01-06");
  leave.set_reason("办理证件");
  const auto asked =
      world_.Call<pb::LeaveRequest>(as_anna_, "kam.organization.v1.LeaveRequestService/CreateLeaveRequest", request);
  ASSERT_THAT(asked, IsOk());
  ASSERT_THAT(Inbox(as_boss_), SizeIs(1));
  EXPECT_EQ(Inbox(as_boss_)[0].kind(), pb::NOTIFICATION_KIND_APPROVAL);
  EXPECT_EQ(Inbox(as_boss_)[0].subject(), asked->name());
  pb::ApproveLeaveRequest approve;
  approve.set_name(asked->name());
  approve.set_etag(asked->etag());
  ASSERT_THAT(world_.Call<pb::LeaveRequest>(as_boss_, "kam.organization.v1.LeaveRequestService/ApproveLeave", approve),
              IsOk());
  ASSERT_THAT(Inbox(as_anna_), SizeIs(1));
  EXPECT_EQ(Inbox(as_anna_)[0].kind(), pb::NOTIFICATION_KIND_DECISION);
}

// G-22, G-06, R-05: a request goes to the nearest superior who may decide, past a supervisor who may not; a long one to
// the next level, or, where nobody above may, to the personnel department.
TEST_F(NotificationTest, LeaveGoesToWhoeverMayDecideIt) {
  const pb::Employee head = world_.AddEmployee("GAM", department_.name());
  const pb::Employee lead = world_.AddEmployee("BDS", department_.name(), {head.name()});
  const pb::Employee developer = world_.AddEmployee("BD", department_.name(), {lead.name()});
  const pb::Employee alone = world_.AddEmployee("BD", department_.name(), {lead.name()});
  const auto as_head = world_.As(head, "GAM"), as_lead = world_.As(lead, "BDS");
  const auto ask = [&](const pb::Employee& who, const char* first, const char* last) {
    pb::CreateLeaveRequestRequest request;
    pb::LeaveRequest& leave = *request.mutable_leave_request();
    leave.set_kind(pb::LEAVE_KIND_PERSONAL);
    leave.set_start_date(first);
    leave.set_end_date(last);
    leave.set_reason("办理证件");
    return world_.Call<pb::LeaveRequest>(world_.As(who, "BD"),
                                         "kam.organization.v1.LeaveRequestService/CreateLeaveRequest", request);
  };
  ASSERT_THAT(ask(developer, "2026-01-06", "2026-01-06"), IsOk());
  EXPECT_THAT(Inbox(as_lead), IsEmpty());
  ASSERT_THAT(Inbox(as_head), SizeIs(1));
  EXPECT_EQ(Inbox(as_head)[0].kind(), pb::NOTIFICATION_KIND_APPROVAL);
  ASSERT_THAT(ask(alone, "2026-01-06", "2026-01-09"), IsOk());
  EXPECT_THAT(Inbox(as_head), SizeIs(2));
  // Nobody above the head: the personnel department.
  const pb::Employee clerk = world_.AddEmployee("");
  world_.harness().db().Execute(
      absl::StrCat("INSERT INTO employees_roles (parent_id, position, role, since_date, state) VALUES ('",
                   IdOf(clerk.name()), "', 0, 'HR', '2025-01-01', 'GRANTED')"));
  ASSERT_THAT(ask(head, "2026-01-06", "2026-01-09"), IsOk());
  EXPECT_THAT(Inbox(world_.As(clerk, "HR")), SizeIs(1));
}

// G-22, G-07, R-01: the department manager learns of what he may veto, also of somebody to be taken on, and of nothing
// else as if he could.
TEST_F(NotificationTest, TheDepartmentManagerLearnsOfWhatHeMayVeto) {
  const pb::Employee head = world_.AddEmployee("GAM", department_.name());
  const pb::Employee manager = world_.AddEmployee("KAM", department_.name(), {head.name()});
  const pb::Employee seller = world_.AddEmployee("KAX", department_.name(), {manager.name()});
  const auto as_head = world_.As(head, "GAM"), as_manager = world_.As(manager, "KAM", {IdOf(seller.name())});
  const std::string method = "kam.organization.v1.PersonnelActService/CreatePersonnelAct";
  pb::CreatePersonnelActRequest hire;
  pb::PersonnelAct& act = *hire.mutable_personnel_act();
  act.set_kind(pb::PERSONNEL_ACT_KIND_HIRE);
  act.set_candidate_name("孙新");
  act.set_candidate_login(absl::StrCat("sun.xin.", IdOf(department_.name())));
  act.set_role("KAX");
  act.set_department(department_.name());
  act.set_superior(manager.name());
  act.set_effective_date("2026-02-02");
  act.set_reason("新增区域");
  ASSERT_THAT(world_.Call<pb::PersonnelAct>(as_manager, method, hire), IsOk());
  ASSERT_THAT(Inbox(as_head), SizeIs(1));
  EXPECT_THAT(Inbox(as_head)[0].title(), HasSubstr("veto"));
  pb::CreatePersonnelActRequest reward;
  reward.mutable_personnel_act()->set_kind(pb::PERSONNEL_ACT_KIND_REWARD);
  reward.mutable_personnel_act()->set_employee(seller.name());
  reward.mutable_personnel_act()->set_effective_date("2026-02-02");
  reward.mutable_personnel_act()->set_reason("业绩突出");
  ASSERT_THAT(world_.Call<pb::PersonnelAct>(as_manager, method, reward), IsOk());
  EXPECT_THAT(Inbox(as_head), SizeIs(1)) << "the general manager decides";
}

// G-22, G-13: a policy reaches everybody it binds on its first day, once, and nobody else.
TEST_F(NotificationTest, APolicyReachesThoseItBindsOnItsDay) {
  const pb::Employee author = world_.AddEmployee("KAM", department_.name(), {boss_.name()});
  const pb::Employee stranger = world_.AddEmployee("KAX", world_.AddDepartment().name());
  pb::CreatePolicyDocumentRequest create;
  pb::PolicyDocument& draft = *create.mutable_policy_document();
  draft.set_title("报价流程");
  draft.set_kind(pb::POLICY_DOCUMENT_KIND_PROCEDURE);
  draft.set_content("第一步");
  draft.set_department(department_.name());
  draft.set_effective_date("2026-01-07");
  draft.set_read_by_date("2026-01-09");
  const std::string service = "kam.organization.v1.PolicyDocumentService/";
  const auto as_author = world_.As(author, "KAM");
  const auto document = world_.Call<pb::PolicyDocument>(as_author, service + "CreatePolicyDocument", create);
  ASSERT_THAT(document, IsOk());
  pb::SubmitPolicyDocumentRequest submit;
  submit.set_name(document->name());
  const auto submitted = world_.Call<pb::PolicyDocument>(as_author, service + "SubmitPolicyDocument", submit);
  ASSERT_THAT(submitted, IsOk());
  pb::ApprovePolicyDocumentRequest approve;
  approve.set_name(document->name());
  approve.set_etag(submitted->etag());
  ASSERT_THAT(world_.Call<pb::PolicyDocument>(as_boss_, service + "ApprovePolicyDocument", approve), IsOk());
  RunAt("2026-01-06 12:00");
  EXPECT_THAT(Inbox(as_anna_), IsEmpty());
  RunAt("2026-01-07 09:00");
  RunAt("2026-01-07 12:00");
  ASSERT_THAT(Inbox(as_anna_), SizeIs(1));
  EXPECT_EQ(Inbox(as_anna_)[0].kind(), pb::NOTIFICATION_KIND_POLICY);
  ASSERT_THAT(Inbox(as_boss_), SizeIs(2)) << "to be approved, in force";
  EXPECT_EQ(Inbox(as_boss_)[0].kind(), pb::NOTIFICATION_KIND_APPROVAL);
  // On the last day for it those are reminded who have not read it.
  pb::AcknowledgePolicyDocumentRequest receipt;
  receipt.set_name(document->name());
  ASSERT_THAT(world_.Call<pb::PolicyReceipt>(as_boss_, service + "AcknowledgePolicyDocument", receipt), IsOk());
  // Who has not read it is seen by those above, of their people.
  pb::ListPolicyNonReadersRequest unread;
  unread.set_document(document->name());
  const auto not_read = [&](const auth::Principal& who) {
    const auto list = world_.Call<pb::ListPolicyNonReadersResponse>(who, service + "ListPolicyNonReaders", unread);
    EXPECT_THAT(list, IsOk());
    return list.value_or(pb::ListPolicyNonReadersResponse());
  };
  const auto by_boss = not_read(world_.As(boss_, "KAM", {IdOf(anna_.name()), IdOf(author.name())}));
  EXPECT_EQ(by_boss.bound(), 3);
  EXPECT_FALSE(by_boss.overdue());
  ASSERT_THAT(by_boss.people(), SizeIs(2));
  EXPECT_THAT(not_read(world_.As(stranger, "KAX")).people(), IsEmpty()) << "it does not bind him";
  RunAt("2026-01-09 09:00");
  EXPECT_THAT(Inbox(as_anna_), SizeIs(2));
  EXPECT_THAT(Inbox(as_boss_), SizeIs(2));
  EXPECT_THAT(Inbox(world_.As(stranger, "KAX")), IsEmpty());
}

// G-22, G-06: a leave that is over and was not returned from is reminded of until it is.
TEST_F(NotificationTest, LeaveNeverReturnedFromIsRemindedOf) {
  pb::CreateLeaveRequestRequest request;
  pb::LeaveRequest& leave = *request.mutable_leave_request();
  leave.set_kind(pb::LEAVE_KIND_PERSONAL);
  leave.set_start_date("2026-01-06");
  leave.set_end_date("2026-01-06");
  leave.set_reason("办理证件");
  const std::string service = "kam.organization.v1.LeaveRequestService/";
  const auto asked = world_.Call<pb::LeaveRequest>(as_anna_, service + "CreateLeaveRequest", request);
  ASSERT_THAT(asked, IsOk());
  pb::ApproveLeaveRequest approve;
  approve.set_name(asked->name());
  approve.set_etag(asked->etag());
  ASSERT_THAT(world_.Call<pb::LeaveRequest>(as_boss_, service + "ApproveLeave", approve), IsOk());
  RunAt("2026-01-06 18:00");
  EXPECT_THAT(Inbox(as_anna_), SizeIs(1)) << "granted";
  RunAt("2026-01-07 09:00");
  ASSERT_THAT(Inbox(as_anna_), SizeIs(2));
  EXPECT_EQ(Inbox(as_anna_)[1].kind(), pb::NOTIFICATION_KIND_DUE);
  EXPECT_THAT(Inbox(as_boss_), SizeIs(2)) << "asked, not returned";
  RunAt("2026-01-08 09:00");
  EXPECT_THAT(Inbox(as_anna_), SizeIs(3));
  pb::ReturnFromLeaveRequest back;
  back.set_name(asked->name());
  ASSERT_THAT(world_.Call<pb::LeaveRequest>(as_anna_, service + "ReturnFromLeave", back), IsOk());
  RunAt("2026-01-12 09:00");
  EXPECT_THAT(Inbox(as_anna_), SizeIs(3));
}

// G-22, G-12: a request to another department reaches its head, the answer whoever asked.
TEST_F(NotificationTest, ARequestReachesTheHeadOfTheDepartment) {
  pb::Department finance = world_.AddDepartment();
  const pb::Employee head = world_.AddEmployee("FD", finance.name());
  pb::UpdateDepartmentRequest place;
  place.mutable_department()->set_name(finance.name());
  place.mutable_department()->set_head(head.name());
  place.mutable_update_mask()->add_paths("head");
  ASSERT_THAT(world_.Call<pb::Department>(world_.hr(), "kam.organization.v1.DepartmentService/UpdateDepartment", place),
              IsOk());
  pb::CreateCoordinationRequestRequest create;
  pb::CoordinationRequest& request = *create.mutable_coordination_request();
  request.set_subject("开票信息");
  request.set_need("确认开票抬头");
  request.set_to_department(finance.name());
  const std::string service = "kam.organization.v1.CoordinationService/";
  const auto asked = world_.Call<pb::CoordinationRequest>(as_anna_, service + "CreateCoordinationRequest", create);
  ASSERT_THAT(asked, IsOk());
  const auto as_head = world_.As(head, "FD");
  ASSERT_THAT(Inbox(as_head), SizeIs(1));
  EXPECT_EQ(Inbox(as_head)[0].kind(), pb::NOTIFICATION_KIND_COORDINATION);
  EXPECT_THAT(Inbox(as_head)[0].title(), ::testing::Not(HasSubstr("抬头")));
  pb::AnswerCoordinationRequestRequest answer;
  answer.set_name(asked->name());
  answer.set_answer("已确认");
  ASSERT_THAT(world_.Call<pb::CoordinationRequest>(as_head, service + "AnswerCoordinationRequest", answer), IsOk());
  ASSERT_THAT(Inbox(as_anna_), SizeIs(1));
  EXPECT_EQ(Inbox(as_anna_)[0].subject(), asked->name());
}

// G-22, G-11: whoever calls a meeting sees who has read it, and nobody else does.
TEST_F(NotificationTest, WhoCallsAMeetingSeesWhoHasReadIt) {
  pb::CreateMeetingRequest create;
  pb::Meeting& meeting = *create.mutable_meeting();
  meeting.set_title("周例会");
  meeting.set_kind(pb::MEETING_KIND_WEEKLY);
  meeting.set_place("会议室");
  *meeting.mutable_start_time() = ToTimestamp(before_ + absl::Hours(24));
  *meeting.mutable_end_time() = ToTimestamp(before_ + absl::Hours(25));
  meeting.add_attendees()->set_employee(anna_.name());
  const auto called = world_.Call<pb::Meeting>(as_boss_, "kam.organization.v1.MeetingService/CreateMeeting", create);
  ASSERT_THAT(called, IsOk());
  pb::ListNotificationReceiptsRequest request;
  request.set_subject(called->name());
  const auto receipts = [&](const auth::Principal& who) {
    const auto list = world_.Call<pb::ListNotificationReceiptsResponse>(
        who, absl::StrCat(kService, "ListNotificationReceipts"), request);
    EXPECT_THAT(list, IsOk());
    return list.value_or(pb::ListNotificationReceiptsResponse());
  };
  ASSERT_THAT(receipts(as_boss_).receipts(), SizeIs(1));
  EXPECT_EQ(receipts(as_boss_).receipts(0).recipient(), anna_.name());
  EXPECT_FALSE(receipts(as_boss_).receipts(0).has_read_time());
  EXPECT_THAT(receipts(as_anna_).receipts(), IsEmpty());
  ASSERT_THAT(Read(as_anna_, Inbox(as_anna_)[0].name()), IsOk());
  EXPECT_TRUE(receipts(as_boss_).receipts(0).has_read_time());
}

// G-22
TEST_F(NotificationTest, EverythingIsReadAtOnceByKind) {
  ASSERT_THAT(Give(), IsOk());
  ASSERT_THAT(Give("2026-01-08"), IsOk());
  pb::MarkAllNotificationsReadRequest request;
  const std::string method = absl::StrCat(kService, "MarkAllNotificationsRead");
  request.set_kind(pb::NOTIFICATION_KIND_POLICY);
  auto marked = world_.Call<pb::MarkAllNotificationsReadResponse>(as_anna_, method, request);
  ASSERT_THAT(marked, IsOk());
  EXPECT_EQ(marked->marked(), 0);
  request.set_kind(pb::NOTIFICATION_KIND_TASK);
  marked = world_.Call<pb::MarkAllNotificationsReadResponse>(as_anna_, method, request);
  ASSERT_THAT(marked, IsOk());
  EXPECT_EQ(marked->marked(), 2);
  EXPECT_FALSE(marked->more());
}

// G-22: what was escalated to somebody he cannot shut out.
TEST_F(NotificationTest, AnEscalationIsNotMuted) {
  EXPECT_THAT(Mute(as_boss_, pb::NOTIFICATION_KIND_ESCALATION), HasReason("NOTIFICATION_NOT_MUTABLE"));
}

// G-22, G-08: what was open before there were reminders gets them, once.
TEST_F(NotificationTest, WhatWasOpenBeforeIsRemindedOfToo) {
  const auto task = Give();
  const auto closed = Give("2026-01-08");
  ASSERT_THAT(task, IsOk());
  ASSERT_THAT(closed, IsOk());
  auto& db = world_.harness().db();
  db.Execute(absl::StrCat("UPDATE tasks SET state = 'CANCELLED' WHERE id = '", IdOf(closed->name()), "'"));
  for (const auto& one : {*task, *closed}) {
    db.Execute(absl::StrCat("DELETE FROM due_items WHERE resource = '", one.name(), "'"));
  }
  const auto timers = [&](const std::string& name) {
    return db.Get(absl::StrCat("SELECT COUNT(*) FROM due_items WHERE resource = '", name, "'")).integer();
  };
  const auto adopt = [&] {
    db.Execute(absl::StrCat("INSERT INTO due_items (due_id, kind, resource, due_time, not_before) VALUES ('",
                            world_.harness().NewId(),
                            "', 'timers.adopt', 'notifications', '2026-01-01', "
                            "'2026-01-01')"));
    RunAt("2026-01-06 12:00");
  };
  adopt();
  EXPECT_EQ(timers(task->name()), 1);
  EXPECT_EQ(timers(closed->name()), 0);
  const size_t before = Inbox(as_anna_).size();
  RunAt("2026-01-07 09:00");
  ASSERT_THAT(Inbox(as_anna_), SizeIs(before + 1));
  EXPECT_EQ(Inbox(as_anna_).back().kind(), pb::NOTIFICATION_KIND_DUE);
  RunAt("2026-01-08 09:00");
  const int64_t all = timers(task->name());
  adopt();
  EXPECT_EQ(timers(task->name()), all) << "a second run adds none";
}

// G-22: what was read is dropped after the days of the policy, what was not later.
TEST_F(NotificationTest, OldOnesAreDropped) {
  ASSERT_THAT(Give(), IsOk());
  ASSERT_THAT(Give("2026-01-08"), IsOk());
  ASSERT_THAT(Read(as_anna_, Inbox(as_anna_)[0].name()), IsOk());
  const std::string kept = Inbox(as_anna_)[1].name();
  const auto stored = [&] {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT GROUP_CONCAT(id) FROM notifications WHERE recipient = '", IdOf(anna_.name()),
                          "' AND kind = 'TASK'"))
        .text();
  };
  const std::string both = stored();
  ASSERT_THAT(both, HasSubstr(","));
  world_.harness().db().Execute("UPDATE due_items SET not_before = '2026-01-01' WHERE kind = 'notification.purge'");
  RunAt("2026-04-04 12:00");
  EXPECT_EQ(stored(), both) << "read 89 days ago";
  RunAt("2026-04-07 12:00");
  EXPECT_EQ(stored(), IdOf(kept));
  RunAt("2027-01-07 12:00");
  EXPECT_EQ(stored(), "");
  // The trail keeps them and says that their time is over.
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM changes WHERE FIND_IN_SET(resource_id, '", both,
                                  "') > 0 AND kind = 'DELETED'"))
                .integer(),
            2);
}

// G-22
TEST_F(NotificationTest, EveryPairOfStateAndVerb) {
  ASSERT_THAT(Give(), IsOk());
  const std::string name = Inbox(as_anna_)[0].name();
  ExpectPairs(world_, "notifications", name, pb::NotificationState_descriptor(),
              {{"MarkNotificationRead", {"UNREAD"}, [&] { return Read(as_anna_, name).status(); }}});
}

}  // namespace
}  // namespace kam::account

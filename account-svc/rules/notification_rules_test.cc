#include "account-svc/rules/notification_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using testing::HasReason;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

constexpr char kSecret[] = "SECRET";

// A resource whose every text is a secret but those that a title may show, and whose people have names.
template <typename T>
T Filled(int state) {
  static const std::set<std::string> shown = {"number",       "title",        "due_date",     "start_date",
                                              "end_date",     "period_start", "display_name", "effective_date",
                                              "read_by_date", "permission",   "role",         "sheet_date"};
  T message;
  message.set_name("things/1");
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < T::descriptor()->field_count(); ++i) {
    const google::protobuf::FieldDescriptor* field = T::descriptor()->field(i);
    if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING && field->name() != "name") {
      const std::string text = shown.count(field->name()) > 0 ? "2026-01-05" : absl::StrCat(kSecret, field->name());
      if (field->is_repeated()) {
        reflection->AddString(&message, field, text);
      } else {
        reflection->SetString(&message, field, text);
      }
    } else if (field->name() == "state") {
      reflection->SetEnumValue(&message, field, state);
    }
  }
  return message;
}

// Every pair of states of T: no title tells a secret, everybody told is somebody named in the resource, and some are.
template <typename T>
void ExpectNoSecretTold() {
  const google::protobuf::EnumDescriptor* states = T::descriptor()->FindFieldByName("state")->enum_type();
  int told = 0;
  const auto check = [&](const std::vector<Notice>& notices) {
    for (const Notice& notice : notices) {
      ++told;
      EXPECT_FALSE(absl::StrContains(notice.title, kSecret)) << T::descriptor()->name() << ": " << notice.title;
      EXPECT_NE(notice.kind, pb::NOTIFICATION_KIND_UNSPECIFIED);
      EXPECT_TRUE(notice.audience == Audience::kHolders || !notice.whom.empty()) << notice.title;
    }
  };
  for (int after = 1; after < states->value_count(); ++after) {
    const T now = Filled<T>(states->value(after)->number());
    check(NoticesOf(static_cast<const T*>(nullptr), now));
    for (int before = 1; before < states->value_count(); ++before) {
      const T was = Filled<T>(states->value(before)->number());
      check(NoticesOf(&was, now));
      if (before == after) {
        EXPECT_THAT(NoticesOf(&was, now), IsEmpty()) << "nothing has happened to " << T::descriptor()->name();
      }
    }
  }
  EXPECT_GT(told, 0) << T::descriptor()->name();
}

// A-03, G-22: whoever verifies files is asked, whoever has handed one in learns what became of it.
TEST(Notices, OfAFileThatIsVerified) {
  v1::Account draft;
  draft.set_name("accounts/1");
  draft.set_state(v1::ACCOUNT_STATE_DRAFT);
  v1::Account submitted = draft;
  submitted.set_state(v1::ACCOUNT_STATE_SUBMITTED);
  submitted.mutable_verification()->set_submitter("employees/1");
  const std::vector<Notice> asked = NoticesOf(&draft, submitted);
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_EQ(asked[0].audience, Audience::kAbleAbove);
  EXPECT_EQ(asked[0].whom, "employees/1");
  EXPECT_EQ(asked[0].permission, "account.verify");
  EXPECT_THAT(NoticesOf(&submitted, submitted), IsEmpty());
  for (const v1::AccountState state : {v1::ACCOUNT_STATE_DRAFT, v1::ACCOUNT_STATE_VERIFIED}) {
    v1::Account decided = submitted;
    decided.set_state(state);
    const std::vector<Notice> told = NoticesOf(&submitted, decided);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told[0].audience, Audience::kPerson);
    EXPECT_EQ(told[0].whom, "employees/1");
  }
  EXPECT_THAT(NoticesOf(static_cast<const v1::Account*>(nullptr), draft), IsEmpty());
}

// G-22: a notice names its subject and tells nothing of it; nobody is told when nothing happens.
TEST(Notices, TellNoSecret) {
  ExpectNoSecretTold<pb::Task>();
  ExpectNoSecretTold<pb::LeaveRequest>();
  ExpectNoSecretTold<pb::InstructionRequest>();
  ExpectNoSecretTold<pb::PersonnelAct>();
  ExpectNoSecretTold<pb::AssessmentSheet>();
  ExpectNoSecretTold<pb::Post>();
  ExpectNoSecretTold<pb::RoleGrant>();
  ExpectNoSecretTold<pb::CoordinationRequest>();
  ExpectNoSecretTold<pb::WorkReport>();
  ExpectNoSecretTold<pb::Meeting>();
  ExpectNoSecretTold<pb::TrainingSession>();
  ExpectNoSecretTold<pb::PolicyDocument>();
  ExpectNoSecretTold<pb::ImprovementItem>();
  ExpectNoSecretTold<pb::ResourceBooking>();
  ExpectNoSecretTold<v1::AccountProposal>();
  ExpectNoSecretTold<v1::AccountFileCheck>();
  ExpectNoSecretTold<v1::DocumentGrant>();
  ExpectNoSecretTold<v1::InformationRequest>();
  ExpectNoSecretTold<v1::AccountReminder>();
  ExpectNoSecretTold<v1::AccountHandover>();
  ExpectNoSecretTold<v1::AccountMerge>();
  ExpectNoSecretTold<v1::WorkDispute>();
  ExpectNoSecretTold<v1::Visit>();
  ExpectNoSecretTold<v1::VisitPlan>();
  ExpectNoSecretTold<v1::Campaign>();
  ExpectNoSecretTold<v1::VisitReport>();
  ExpectNoSecretTold<v1::WeeklyReport>();
  ExpectNoSecretTold<v1::PromotionNotice>();
  ExpectNoSecretTold<v1::VisitProblem>();
  ExpectNoSecretTold<v1::CustomerOpinion>();
  ExpectNoSecretTold<v1::CustomerNeed>();
  ExpectNoSecretTold<v1::ImportantMatter>();
  ExpectNoSecretTold<v1::Lead>();
  ExpectNoSecretTold<v1::FollowUpSheet>();
  ExpectNoSecretTold<v1::Opportunity>();
  ExpectNoSecretTold<v1::AccountPlan>();
  ExpectNoSecretTold<v1::ManufacturerSubmission>();
  ExpectNoSecretTold<v1::Solution>();
  ExpectNoSecretTold<v1::ProductInitiative>();
}

// G-22, A-07: the loss of an account is told to its owner, once.
TEST(Notices, TellOfAnAccountThatIsLost) {
  v1::OwnershipNotice lost;
  lost.set_name("ownershipNotices/1");
  lost.set_employee("employees/a");
  lost.set_account("accounts/1");
  lost.set_kind(v1::OWNERSHIP_NOTICE_KIND_RELEASE_AHEAD);
  const auto notices = NoticesOf(nullptr, lost);
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_EQ(notices[0].whom, "employees/a");
  EXPECT_EQ(notices[0].subject, "accounts/1");
  EXPECT_EQ(notices[0].kind, pb::NOTIFICATION_KIND_OWNERSHIP);
  EXPECT_THAT(NoticesOf(&lost, lost), IsEmpty());
}

// G-22, G-07: a proposal goes to whoever decides it, and the department manager learns what he may veto.
TEST(Notices, GoToWhoeverDecides) {
  pb::PersonnelAct act;
  act.set_employee("employees/a");
  act.set_proposer("employees/p");
  act.set_kind(pb::PERSONNEL_ACT_KIND_DISMISS);
  act.set_state(pb::PERSONNEL_ACT_STATE_PROPOSED);
  auto notices = NoticesOf(nullptr, act);
  ASSERT_THAT(notices, SizeIs(2));
  EXPECT_EQ(notices[0].audience, Audience::kHolders);
  EXPECT_EQ(notices[0].role, "GM");
  EXPECT_EQ(notices[1].audience, Audience::kHoldersOver);
  EXPECT_EQ(notices[1].role, "GAM");
  EXPECT_EQ(notices[1].whom, "employees/a");
  EXPECT_TRUE(absl::StrContains(notices[1].title, "veto"));
  act.set_team_leader(true);
  notices = NoticesOf(nullptr, act);
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_EQ(notices[0].role, "GAM");
  // Of a reward he decides for his direct staff, and vetoes nothing.
  act.set_team_leader(false);
  act.set_kind(pb::PERSONNEL_ACT_KIND_REWARD);
  notices = NoticesOf(nullptr, act);
  ASSERT_THAT(notices, SizeIs(2));
  EXPECT_EQ(notices[1].audience, Audience::kDirectHolders);
  EXPECT_FALSE(absl::StrContains(notices[1].title, "veto"));
  // Whoever is taken on has no line yet: his department counts.
  pb::PersonnelAct hire;
  hire.set_kind(pb::PERSONNEL_ACT_KIND_HIRE);
  hire.set_superior("employees/s");
  hire.set_department("departments/d");
  hire.set_state(pb::PERSONNEL_ACT_STATE_PROPOSED);
  notices = NoticesOf(nullptr, hire);
  ASSERT_THAT(notices, SizeIs(2));
  EXPECT_EQ(notices[1].audience, Audience::kHoldersOver);
  EXPECT_EQ(notices[1].whom, "departments/d");
  pb::LeaveRequest leave;
  leave.set_employee("employees/a");
  leave.set_state(pb::LEAVE_STATE_SUBMITTED);
  leave.set_level(pb::LEAVE_LEVEL_MANAGER);
  EXPECT_EQ(NoticesOf(nullptr, leave)[0].audience, Audience::kAbleAbove);
  EXPECT_EQ(NoticesOf(nullptr, leave)[0].permission, "leave.approve");
  EXPECT_EQ(NoticesOf(nullptr, leave)[0].from_level, 1);
  leave.set_level(pb::LEAVE_LEVEL_NEXT_SUPERIOR);
  EXPECT_EQ(NoticesOf(nullptr, leave)[0].permission, "leave.approve.long");
  EXPECT_EQ(NoticesOf(nullptr, leave)[0].from_level, 2);
}

// G-22, G-02, R-01: a role that was proposed is told to whoever may confirm it: the deputy of the general manager
// confirms those only that administer rights.
TEST(Notices, OfARoleGoToWhoeverConfirmsIt) {
  const auto told = [](const char* role) {
    pb::Employee employee;
    employee.set_name("employees/a");
    pb::RoleAssignment* row = employee.add_roles();
    row->set_role(role);
    row->set_since("2026-01-01");
    row->set_state(pb::ROLE_STATE_PROPOSED);
    std::vector<std::string> roles;
    for (const Notice& notice : NoticesOf(static_cast<const pb::Employee*>(nullptr), employee)) {
      EXPECT_EQ(notice.audience, Audience::kHolders);
      roles.push_back(notice.role);
    }
    return roles;
  };
  EXPECT_EQ(told("KAX"), std::vector<std::string>({"GM"}));
  EXPECT_EQ(told("HR"), std::vector<std::string>({"GM", "DGM"}));
}

// G-22, G-07, R-01: the manager of the department learns of a role that he may veto, and again in the department that
// the person comes to; those who proposed and confirmed it learn that it was taken out, not that it got other days.
TEST(Notices, OfARoleThatMayBeVetoed) {
  const Policy policy;
  const std::string today = "2026-01-05";
  const auto with = [](const char* role, const char* since, pb::RoleState state) {
    pb::Employee employee;
    employee.set_name("employees/a");
    employee.set_department("departments/d");
    pb::RoleAssignment* row = employee.add_roles();
    row->set_role(role);
    row->set_since(since);
    row->set_state(state);
    row->set_proposer("employees/p");
    if (state == pb::ROLE_STATE_GRANTED) row->set_confirmer("employees/c");
    return employee;
  };
  const pb::Employee* none = nullptr;
  const pb::Employee proposed = with("KAX", "2026-01-05", pb::ROLE_STATE_PROPOSED);
  const auto told = RoleNoticesOf(policy, today, none, proposed);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].audience, Audience::kHoldersOver);
  EXPECT_EQ(told[0].role, "GAM");
  EXPECT_EQ(told[0].whom, "employees/a");
  EXPECT_THAT(RoleNoticesOf(policy, today, &proposed, proposed), IsEmpty());
  pb::Employee moved = proposed;
  moved.set_department("departments/e");
  EXPECT_THAT(RoleNoticesOf(policy, today, &proposed, moved), SizeIs(1));
  EXPECT_THAT(RoleNoticesOf(policy, today, none, with("BDS", "2026-01-05", pb::ROLE_STATE_PROPOSED)), IsEmpty());
  EXPECT_THAT(RoleNoticesOf(policy, today, none, with("KAX", "2026-01-05", pb::ROLE_STATE_GRANTED)), IsEmpty());
  const pb::Employee to_come = with("KAX", "2026-03-02", pb::ROLE_STATE_GRANTED);
  EXPECT_THAT(RoleNoticesOf(policy, today, none, to_come), SizeIs(1));
  EXPECT_THAT(RoleNoticesOf(policy, today, none, with("HR", "2026-03-02", pb::ROLE_STATE_GRANTED)), IsEmpty());

  pb::Employee without = to_come;
  without.clear_roles();
  const auto ended = RoleNoticesOf(policy, today, &to_come, without);
  ASSERT_THAT(ended, SizeIs(2));
  EXPECT_EQ(ended[0].whom, "employees/p");
  EXPECT_EQ(ended[1].whom, "employees/c");
  EXPECT_THAT(RoleNoticesOf(policy, today, &proposed, without), SizeIs(1));
  const auto other_days = RoleNoticesOf(policy, today, &proposed, to_come);
  ASSERT_THAT(other_days, SizeIs(1));
  EXPECT_EQ(other_days[0].audience, Audience::kHoldersOver);
}

// G-22
TEST(Notices, WhatWasEscalatedIsNotMuted) {
  pb::NotificationPreference preference;
  preference.set_kind(pb::NOTIFICATION_KIND_ESCALATION);
  EXPECT_THAT(CheckPreference(preference), IsOk());
  preference.set_muted(true);
  EXPECT_THAT(CheckPreference(preference), HasReason("NOTIFICATION_NOT_MUTABLE"));
  preference.set_kind(pb::NOTIFICATION_KIND_TASK);
  EXPECT_THAT(CheckPreference(preference), IsOk());
}

// G-22, G-08: a task is reminded of when the work of its last day begins, and once more when it is over.
TEST(Reminders, ComeOnTheLastDayAndAfterIt) {
  const Policy policy;
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &zone));
  pb::Task task;
  task.set_assignee("employees/a");
  task.set_assigner("employees/b");
  task.set_due_date("2026-01-07");
  task.set_state(pb::TASK_STATE_OPEN);
  ASSERT_THAT(TimersOf(task, policy, zone), SizeIs(1));
  EXPECT_EQ(TimersOf(task, policy, zone)[0].time, absl::FromCivil(absl::CivilHour(2026, 1, 7, 9), zone));
  EXPECT_THAT(Remind(task, "2026-01-07", policy), SizeIs(1));
  EXPECT_EQ(RemindAgainAfter(task, "2026-01-07", policy), 1);
  EXPECT_THAT(Remind(task, "2026-01-08", policy), SizeIs(2)) << "also whoever gave it";
  EXPECT_EQ(RemindAgainAfter(task, "2026-01-08", policy), 0);
  task.set_state(pb::TASK_STATE_DONE);
  EXPECT_EQ(TimersOf(task, policy, zone)[0].time, std::nullopt);
  EXPECT_THAT(Remind(task, "2026-01-08", policy), IsEmpty());
}

// G-22, G-06: a return from leave is not asked for for ever: at last the personnel department is told.
TEST(Reminders, OfAReturnEndWithThePersonnelDepartment) {
  Policy policy;
  policy.leave_return_reminder_days = 2;
  policy.leave_return_reminders = 3;
  pb::LeaveRequest leave;
  leave.set_employee("employees/a");
  leave.set_end_date("2026-01-05");
  leave.set_state(pb::LEAVE_STATE_APPROVED);
  for (const char* day : {"2026-01-06", "2026-01-08", "2026-01-10"}) {
    EXPECT_THAT(Remind(leave, day, policy), SizeIs(2)) << day;
    EXPECT_EQ(RemindAgainAfter(leave, day, policy), 2) << day;
  }
  const auto last = Remind(leave, "2026-01-12", policy);
  ASSERT_THAT(last, SizeIs(3));
  EXPECT_EQ(last[2].kind, pb::NOTIFICATION_KIND_ESCALATION);
  EXPECT_EQ(last[2].role, "HR");
  EXPECT_EQ(RemindAgainAfter(leave, "2026-01-12", policy), 0);
}

// G-22, G-12: the time for the answer of a department is over the moment after it.
TEST(Reminders, OfARequestComeWhenItsTimeIsOver) {
  const Policy policy;
  pb::CoordinationRequest request;
  const absl::Time due = absl::FromUnixSeconds(1'767'600'000);
  *request.mutable_answer_due_time() = ToTimestamp(due);
  request.set_state(pb::COORDINATION_STATE_OPEN);
  EXPECT_EQ(TimersOf(request, policy, absl::UTCTimeZone())[0].time, due + absl::Microseconds(1));
  request.set_state(pb::COORDINATION_STATE_ANSWERED);
  EXPECT_EQ(TimersOf(request, policy, absl::UTCTimeZone())[0].time, std::nullopt);
}

// G-22, G-12: when a request is taken back, those of whom it was asked need not answer any more, and whoever asked
// knows.
TEST(Notices, TellThatARequestIsNoMore) {
  pb::CoordinationRequest open;
  open.set_requester("employees/r");
  open.set_to_department("departments/f");
  open.set_handler("employees/h");
  open.set_state(pb::COORDINATION_STATE_OPEN);
  pb::CoordinationRequest withdrawn = open;
  withdrawn.set_state(pb::COORDINATION_STATE_WITHDRAWN);
  std::set<std::string> told;
  for (const Notice& notice : NoticesOf(&open, withdrawn)) told.insert(notice.whom);
  EXPECT_THAT(told, ::testing::ElementsAre("departments/f", "employees/h", "employees/r"));
  pb::CoordinationRequest answered = open, closed = open;
  answered.set_state(pb::COORDINATION_STATE_ANSWERED);
  closed.set_state(pb::COORDINATION_STATE_CLOSED);
  const auto notices = NoticesOf(&answered, closed);
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_EQ(notices[0].whom, "employees/r");
}

// G-22, G-05: the superior does not count on what is not wanted any more, and whoever asked knows of it.
TEST(Notices, TellThatAnInstructionIsNotWanted) {
  pb::InstructionRequest approved;
  approved.set_requester("employees/r");
  approved.set_superior("employees/s");
  approved.set_state(pb::INSTRUCTION_STATE_APPROVED);
  pb::InstructionRequest withdrawn = approved;
  withdrawn.set_state(pb::INSTRUCTION_STATE_WITHDRAWN);
  const auto notices = NoticesOf(&approved, withdrawn);
  ASSERT_THAT(notices, SizeIs(2));
  EXPECT_EQ(notices[0].whom, "employees/s");
  EXPECT_EQ(notices[1].whom, "employees/r");
}

// G-22, A-19: whoever is given a lead is told, and nobody of his own.
TEST(Notices, TellTheNewOwnerOfALead) {
  v1::Lead lead;
  lead.set_creator("employees/r");
  lead.set_owner("employees/r");
  EXPECT_THAT(NoticesOf(nullptr, lead), IsEmpty());
  v1::Lead moved = lead;
  moved.set_owner("employees/s");
  for (const auto& notices : {NoticesOf(nullptr, moved), NoticesOf(&lead, moved)}) {
    ASSERT_THAT(notices, SizeIs(1));
    EXPECT_EQ(notices[0].whom, "employees/s");
  }
}

// G-22, A-19: a customer whom nobody has by the end of the day is told to the superior who may give him to somebody.
TEST(Notices, TellOfALeadWithoutASalesperson) {
  v1::Lead lead;
  lead.set_creator("employees/r");
  lead.set_owner("employees/r");
  v1::Lead late = lead;
  late.set_escalated_to("employees/h");
  ASSERT_THAT(NoticesOf(&lead, late), SizeIs(1));
  EXPECT_EQ(NoticesOf(&lead, late)[0].whom, "employees/h");
  EXPECT_EQ(NoticesOf(&lead, late)[0].kind, pb::NOTIFICATION_KIND_ESCALATION);
}

// G-22, A-18, A-24, A-25, A-28, A-35: whoever alone can go on is told, and whoever asked is told what came of it.
TEST(Notices, TellWhoeverAloneCanGoOn) {
  v1::Campaign draft;
  draft.set_planner("employees/p");
  draft.set_budget_owner("employees/b");
  draft.set_state(v1::CAMPAIGN_STATE_DRAFT);
  v1::Campaign asked = draft, budgeted = draft, off = draft;
  asked.set_state(v1::CAMPAIGN_STATE_BUDGET_REQUESTED);
  budgeted.set_state(v1::CAMPAIGN_STATE_BUDGETED);
  off.set_state(v1::CAMPAIGN_STATE_CANCELLED);
  ASSERT_THAT(NoticesOf(&draft, asked), SizeIs(1));
  EXPECT_EQ(NoticesOf(&draft, asked)[0].whom, "employees/b");
  for (const v1::Campaign& decided : {draft, budgeted}) {
    ASSERT_THAT(NoticesOf(&asked, decided), SizeIs(1));
    EXPECT_EQ(NoticesOf(&asked, decided)[0].whom, "employees/p");
  }
  EXPECT_THAT(NoticesOf(&draft, off), IsEmpty());

  v1::VisitPlan plan;
  plan.set_owner("employees/o");
  plan.set_sales_manager("employees/m");
  plan.set_state(v1::VISIT_PLAN_STATE_DRAFT);
  v1::VisitPlan signed_plan = plan;
  *signed_plan.mutable_owner_sign_time() = ToTimestamp(absl::FromUnixSeconds(1'767'571'200));
  ASSERT_THAT(NoticesOf(&plan, signed_plan), SizeIs(1));
  EXPECT_EQ(NoticesOf(&plan, signed_plan)[0].whom, "employees/m");
  v1::VisitPlan submitted = signed_plan, approved = signed_plan;
  *submitted.mutable_manager_sign_time() = signed_plan.owner_sign_time();
  submitted.set_state(v1::VISIT_PLAN_STATE_SUBMITTED);
  approved.set_state(v1::VISIT_PLAN_STATE_APPROVED);
  EXPECT_THAT(NoticesOf(&signed_plan, signed_plan), IsEmpty());
  ASSERT_THAT(NoticesOf(&signed_plan, submitted), SizeIs(1));
  EXPECT_EQ(NoticesOf(&signed_plan, submitted)[0].permission, "visit_plan.approve");
  for (const v1::VisitPlan& decided : {plan, approved}) {
    ASSERT_THAT(NoticesOf(&submitted, decided), SizeIs(1));
    EXPECT_EQ(NoticesOf(&submitted, decided)[0].whom, "employees/o");
  }

  v1::ManufacturerSubmission submission;
  submission.set_owner("employees/o");
  submission.set_state(v1::MANUFACTURER_SUBMISSION_STATE_PREPARED);
  ASSERT_THAT(NoticesOf(nullptr, submission), SizeIs(1));
  EXPECT_EQ(NoticesOf(nullptr, submission)[0].permission, "manufacturer_submission.review");
  v1::Solution solution;
  solution.set_state(v1::SOLUTION_STATE_REQUESTED);
  ASSERT_THAT(NoticesOf(nullptr, solution), SizeIs(1));
  EXPECT_EQ(NoticesOf(nullptr, solution)[0].role, "PSS");
  v1::Tender noted;
  noted.set_owner("employees/o");
  noted.set_state(v1::TENDER_STATE_NOTED);
  v1::Tender preparing = noted;
  preparing.set_state(v1::TENDER_STATE_PREPARING);
  ASSERT_THAT(NoticesOf(&noted, preparing), SizeIs(1));
  EXPECT_EQ(NoticesOf(&noted, preparing)[0].permission, "tender.approve");
}

// G-22, A-22: a deal that stands still, and one that is open again, is told to its owner.
TEST(Notices, TellOfADealThatStandsStill) {
  v1::Opportunity before;
  before.set_owner("employees/a");
  before.set_state(v1::OPPORTUNITY_STATE_OPEN);
  v1::Opportunity after = before;
  after.set_stalled(true);
  ASSERT_THAT(NoticesOf(&before, after), SizeIs(1));
  EXPECT_EQ(NoticesOf(&before, after)[0].kind, pb::NOTIFICATION_KIND_DUE);
  EXPECT_THAT(NoticesOf(&after, after), IsEmpty());
  before.set_state(v1::OPPORTUNITY_STATE_LOST);
  after.set_stalled(false);
  ASSERT_THAT(NoticesOf(&before, after), SizeIs(1));
  EXPECT_EQ(NoticesOf(&before, after)[0].kind, pb::NOTIFICATION_KIND_DECISION);
}

// G-22, A-14: each action of a running plan is reminded of on its day, to whoever answers for it, until it is done.
TEST(Reminders, OfTheActionsOfAnAccountPlan) {
  const Policy policy;
  const absl::TimeZone zone = absl::UTCTimeZone();
  v1::AccountPlan plan;
  plan.set_state(v1::ACCOUNT_PLAN_STATE_RUNNING);
  for (const auto& [due, who] : {std::pair("2026-02-10", "employees/b"), std::pair("2026-02-02", "employees/a")}) {
    v1::PlanAction& action = *plan.add_actions();
    action.set_due_date(due);
    action.set_responsible(who);
  }
  ASSERT_THAT(TimersOf(plan, policy, zone), SizeIs(1));
  EXPECT_EQ(TimersOf(plan, policy, zone)[0].time, WorkBegins("2026-02-02", policy, zone));
  ASSERT_THAT(Remind(plan, "2026-02-02", policy), SizeIs(1));
  EXPECT_EQ(Remind(plan, "2026-02-02", policy)[0].whom, "employees/a");
  EXPECT_EQ(RemindAgainAfter(plan, "2026-02-02", policy), 8);
  EXPECT_EQ(RemindAgainAfter(plan, "2026-02-10", policy), 0);
  EXPECT_THAT(Remind(plan, "2026-02-10", policy), SizeIs(2)) << "what was not done is still due";
  plan.mutable_actions(1)->set_done_date("2026-02-02");
  EXPECT_EQ(TimersOf(plan, policy, zone)[0].time, WorkBegins("2026-02-10", policy, zone));
  EXPECT_THAT(Remind(plan, "2026-02-10", policy), SizeIs(1));
  plan.set_state(v1::ACCOUNT_PLAN_STATE_CANCELLED);
  EXPECT_FALSE(TimersOf(plan, policy, zone)[0].time.has_value());
  EXPECT_THAT(Remind(plan, "2026-02-10", policy), IsEmpty());
}

// G-22, G-24, R-27: a car that is asked for, also once more after a change, is told to whoever dispatches.
TEST(Notices, WhoeverDispatchesLearnsThatACarIsAskedFor) {
  pb::ResourceBooking booking;
  booking.set_number("RB-1");
  booking.set_user("employees/a");
  booking.set_state(pb::RESOURCE_BOOKING_STATE_CONFIRMED);
  EXPECT_THAT(NoticesOf(static_cast<const pb::ResourceBooking*>(nullptr), booking), IsEmpty())
      << "a room waits for nobody";
  pb::ResourceBooking asked = booking;
  asked.set_state(pb::RESOURCE_BOOKING_STATE_REQUESTED);
  const pb::ResourceBooking* const befores[] = {nullptr, &booking};
  for (const pb::ResourceBooking* before : befores) {
    const std::vector<Notice> notices = NoticesOf(before, asked);
    ASSERT_THAT(notices, SizeIs(1));
    EXPECT_EQ(notices[0].audience, Audience::kAbleAbove);
    EXPECT_EQ(notices[0].whom, "employees/a");
    EXPECT_EQ(notices[0].permission, "resource_booking.dispatch");
    EXPECT_EQ(notices[0].role, "KAM");
    EXPECT_EQ(notices[0].kind, pb::NOTIFICATION_KIND_APPROVAL);
  }
  EXPECT_THAT(NoticesOf(&asked, asked), IsEmpty());
}

}  // namespace
}  // namespace kam::account::rules

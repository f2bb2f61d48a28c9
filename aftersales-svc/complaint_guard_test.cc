// Ways around the rules of complaints, each of them shut, and states that had no way out (S-02 to S-06, R-18).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/testing/complaints.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/complaint/v1/business_calendar_service.pb.h"
#include "kam/complaint/v1/clock_policy_service.pb.h"
#include "kam/complaint/v1/complaint_service.pb.h"

namespace kam::aftersales::testing {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;
using ::kam::testing::NamesField;

constexpr cv1::ComplaintClass kOrdinary = cv1::COMPLAINT_CLASS_ORDINARY;
constexpr cv1::ComplaintClass kMajor = cv1::COMPLAINT_CLASS_MAJOR;
constexpr cv1::ClockKind kSolution = cv1::CLOCK_KIND_SOLUTION;
constexpr int kHour = 60;

class ComplaintGuardTest : public ::testing::Test {
 protected:
  std::string Executed(const std::string& handler) {
    const std::string name = MustCreate(world_, world_.NewAccount()).name();
    EXPECT_THAT(Accept(world_, name), IsOk());
    BringToAgreed(world_, name, handler);
    EXPECT_THAT(Execute(world_, name, handler), IsOk());
    return name;
  }
  absl::StatusOr<cv1::Complaint> SetSeverity(const std::string& name, cv1::Severity severity) {
    cv1::UpdateComplaintRequest request;
    request.mutable_complaint()->set_name(name);
    request.mutable_complaint()->set_severity(severity);
    return world_.Call<cv1::Complaint>("CSR", absl::StrCat(kComplaints, "UpdateComplaint"), request);
  }
  absl::StatusOr<cv1::Complaint> Import(const cv1::Complaint& complaint) {
    cv1::BatchUpsertComplaintsRequest request;
    *request.add_complaints() = complaint;
    kam::api::ExternalId* id = request.mutable_complaints(0)->add_external_ids();
    id->set_system("crm");
    id->set_id("4711");
    const auto answer =
        world_.Call<kam::api::BatchUpsertResponse>("ERP", absl::StrCat(kComplaints, "BatchUpsertComplaints"), request);
    EXPECT_THAT(answer, IsOk());
    if (!answer.ok()) return answer.status();
    EXPECT_EQ(answer->results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << answer->results(0).status().message();
    return Get(world_, answer->results(0).name());
  }

  World& world_ = World::Fresh();
};

// S-02: the order and the contract that a complaint is about are there, and are the account's.
TEST_F(ComplaintGuardTest, OrderAndContractAreOfTheAccountThatComplains) {
  const std::string account = world_.NewAccount(), other = world_.NewAccount();
  const std::string order = absl::StrCat("orders/", world_.harness().NewId());
  const std::string contract = absl::StrCat("contracts/", world_.harness().NewId());
  const auto about = [&](const std::string& of_order, const std::string& of_contract) {
    cv1::Complaint complaint = NewComplaint(account);
    complaint.set_order(of_order);
    complaint.set_contract(of_contract);
    return Create(world_, "CSR", complaint);
  };
  EXPECT_THAT(about(order, ""), NamesField("complaint.order")) << "there is none";
  world_.AddThere(order, other);
  EXPECT_THAT(about(order, ""), HasReason("COMPLAINT_REFERENCE_INVALID")) << "another account's";
  world_.AddThere(order, account);
  world_.AddThere(contract, account);
  EXPECT_THAT(about(contract, ""), NamesField("complaint.order")) << "a contract is no order";
  const auto made = about(order, contract);
  ASSERT_THAT(made, IsOk());

  cv1::UpdateComplaintRequest update;
  update.mutable_complaint()->set_name(made->name());
  update.mutable_complaint()->set_contract(absl::StrCat("contracts/", world_.harness().NewId()));
  update.mutable_update_mask()->add_paths("contract");
  const auto change = [&] {
    return world_.Call<cv1::Complaint>("CSR", absl::StrCat(kComplaints, "UpdateComplaint"), update);
  };
  world_.AddThere(update.complaint().contract(), other);
  EXPECT_THAT(change(), NamesField("complaint.contract"));
  world_.SetContractSide(/*answers=*/false);
  EXPECT_THAT(change(), HasReason("CONTRACT_SVC_UNAVAILABLE"));
  EXPECT_THAT(about("", ""), IsOk()) << "what names nothing there goes on";
}

// S-05: clocks that stand still for a suspicion go on with its end, whoever wrote what.
TEST_F(ComplaintGuardTest, ASuspicionIsNoReasonToPause) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  cv1::PauseComplaintClocksRequest pause;
  pause.set_reason("suspected malicious");
  EXPECT_THAT(Do(world_, "CSM", "PauseComplaintClocks", name, pause), HasReason("SUSPICION_IS_A_STATE"));
}

// S-04: what was taken down and shown stays, whoever writes.
TEST_F(ComplaintGuardTest, TheWordsOfTheCustomerStay) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  cv1::UpdateComplaintRequest update;
  update.mutable_complaint()->set_name(name);
  update.mutable_complaint()->set_description("all is well");
  update.mutable_update_mask()->add_paths("description");
  EXPECT_THAT(world_.Call<cv1::Complaint>("CSM", absl::StrCat(kComplaints, "UpdateComplaint"), update),
              HasReason("COMPLAINT_RECORD_KEPT"));
}

// S-06: what was told before a reopening is not the result of the second round.
TEST_F(ComplaintGuardTest, AReplyOfAnEarlierRoundDoesNotCount) {
  const std::string name = Executed("CSR#handler");
  ASSERT_THAT(Reply(world_, name), IsOk());
  world_.SetTime("2026-01-05 10:00");
  ASSERT_THAT(Confirm(world_, name, /*satisfied=*/false, 1), IsOk());
  BringToAgreed(world_, name, "CSR#handler");
  ASSERT_THAT(Execute(world_, name, "CSR#handler"), IsOk());
  world_.SetTime("2026-01-05 11:00");
  EXPECT_THAT(Confirm(world_, name, true, 5), HasReason("REPLY_REQUIRED"));
  cv1::ReplyToComplaintRequest old;
  old.set_channel(cv1::CONTACT_CHANNEL_PHONE);
  old.set_content("told before it was reopened");
  old.mutable_reply_time()->set_seconds(absl::ToUnixSeconds(World::At("2026-01-05 09:30")));
  ASSERT_THAT(Do(world_, "CSM", "ReplyToComplaint", name, old), IsOk());
  EXPECT_THAT(Confirm(world_, name, true, 5), HasReason("REPLY_REQUIRED"));
  ASSERT_THAT(Reply(world_, name), IsOk());
  EXPECT_THAT(Confirm(world_, name, true, 5), IsOk());
}

// S-06: nobody who worked on the complaint calls the customer back about it.
TEST_F(ComplaintGuardTest, HelpersAndTheInvestigatorDoNotConfirm) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  BringToAgreed(world_, name, "CSR#first");  // Investigates and proposes.
  cv1::DeclineComplaintSolutionRequest decline;
  decline.set_reason("the customer cannot wait that long after all");
  const auto declined = Do(world_, "CSR#first", "DeclineComplaintSolution", name, decline);
  ASSERT_THAT(declined, IsOk()) << "an agreement can be taken back until the solution is carried out";
  EXPECT_EQ(declined->agreed_by(), "");
  ASSERT_THAT(Assign(world_, name, "CSR#second", {"CSR#helper"}), IsOk());
  cv1::ProposeComplaintSolutionRequest proposal;
  proposal.set_solution("replace it tomorrow");
  ASSERT_THAT(Do(world_, "CSR#second", "ProposeComplaintSolution", name, proposal), IsOk());
  cv1::AgreeComplaintSolutionRequest agreement;
  agreement.set_agreed_by("Ms Wang");
  ASSERT_THAT(Do(world_, "CSR#second", "AgreeComplaintSolution", name, agreement), IsOk());
  ASSERT_THAT(Execute(world_, name, "CSR#second"), IsOk());
  ASSERT_THAT(Reply(world_, name), IsOk());
  for (const char* who : {"CSR#first", "CSR#second", "CSR#helper"}) {
    EXPECT_THAT(Confirm(world_, name, true, 5, who), HasReason("SEPARATION_OF_DUTIES")) << who;
  }
  EXPECT_THAT(Confirm(world_, name, true, 5, "CSR#third"), IsOk());
}

// S-03, R-18: those who may not work on a major complaint do not end it either.
TEST_F(ComplaintGuardTest, AMajorComplaintIsEndedByThoseWhoMayHandleIt) {
  const std::string account = world_.NewAccount("KAX");
  const std::string original = MustCreate(world_, account).name();
  const std::string name = MustCreate(world_, account).name();
  ASSERT_THAT(Classify(world_, name, kMajor), IsOk());
  ASSERT_THAT(Accept(world_, name), IsOk());
  ASSERT_THAT(Reply(world_, name), IsOk());
  cv1::RejectComplaintRequest reject;
  reject.set_reason("not ours");
  EXPECT_THAT(Do(world_, "KAM", "RejectComplaint", name, reject), HasReason("MAJOR_COMPLAINT_NOT_ALLOWED"));
  EXPECT_THAT(MarkDuplicate(world_, name, original, "KAM"), HasReason("MAJOR_COMPLAINT_NOT_ALLOWED"));
  BringToAgreed(world_, name, "CSM#handler");
  ASSERT_THAT(Execute(world_, name, "CSM#handler"), IsOk());
  ASSERT_THAT(Confirm(world_, name, true, 4), IsOk());
  EXPECT_THAT(Close(world_, name, "KAM"), HasReason("MAJOR_COMPLAINT_NOT_ALLOWED"));
  EXPECT_THAT(Close(world_, name, "SVM"), IsOk());
}

// S-02: a complaint taken for a duplicate by mistake is not lost; its clock goes on with what was left.
TEST_F(ComplaintGuardTest, ADuplicateByMistakeIsTakenUpAgain) {
  AddOfficeCalendar(world_);
  AddClockPolicy(world_, kOrdinary, kSolution, 8 * kHour);
  const std::string account = world_.NewAccount();
  const std::string original = MustCreate(world_, account).name();
  const std::string name = MustCreate(world_, account).name();
  world_.SetTime("2026-01-05 10:00");
  ASSERT_THAT(Pause(world_, name), IsOk());
  world_.SetTime("2026-01-05 11:00");
  const auto marked = MarkDuplicate(world_, name, original);
  ASSERT_THAT(marked, IsOk());
  EXPECT_EQ(ClockOf(world_, name, kSolution).state(), cv1::CLOCK_STATE_CANCELLED) << "the original is measured";
  world_.SetTime("2026-01-05 13:00");
  const auto reopened = Reopen(world_, name);
  ASSERT_THAT(reopened, IsOk());
  EXPECT_EQ(reopened->state(), cv1::COMPLAINT_STATE_REOPENED);
  EXPECT_EQ(reopened->duplicate_of(), "");
  EXPECT_EQ(ClockOf(world_, name, kSolution).state(), cv1::CLOCK_STATE_RUNNING);
  EXPECT_EQ(World::Show(ClockOf(world_, name, kSolution).due_time()), "2026-01-06 12:00")
      << "one hour paused, two as a duplicate";
}

// S-02: the longest reason, with clocks that stand still for it; pauses of people stay.
TEST_F(ComplaintGuardTest, ALongSuspicionStopsTheClocksAndLeavesPausesAlone) {
  AddOfficeCalendar(world_);
  AddClockPolicy(world_, kOrdinary, kSolution, 8 * kHour);
  AddClockPolicy(world_, kOrdinary, cv1::CLOCK_KIND_REPLY, 8 * kHour);
  const std::string name = MustCreate(world_, world_.NewAccount("KAX")).name();
  cv1::PauseComplaintClocksRequest pause;
  pause.set_kind(cv1::CLOCK_KIND_REPLY);
  pause.set_reason("the customer is away");
  ASSERT_THAT(Do(world_, "CSM", "PauseComplaintClocks", name, pause), IsOk());
  cv1::SuspectComplaintRequest suspect;
  suspect.set_reason(std::string(1000, 'x'));
  ASSERT_THAT(Do(world_, "KAM", "SuspectComplaint", name, suspect), IsOk());
  EXPECT_EQ(ClockOf(world_, name, kSolution).state(), cv1::CLOCK_STATE_PAUSED);
  cv1::ClearComplaintSuspicionRequest clear;
  clear.set_reason("unfounded");
  ASSERT_THAT(Do(world_, "KAM", "ClearComplaintSuspicion", name, clear), IsOk());
  EXPECT_EQ(ClockOf(world_, name, kSolution).state(), cv1::CLOCK_STATE_RUNNING);
  EXPECT_EQ(ClockOf(world_, name, cv1::CLOCK_KIND_REPLY).state(), cv1::CLOCK_STATE_PAUSED);
  EXPECT_EQ(Get(world_, name).close_reason(), "") << "nothing of the doubt stays on the complaint";
}

// S-02: where an imported suspicion began nobody knows.
TEST_F(ComplaintGuardTest, AnImportedSuspicionCanBeCleared) {
  cv1::Complaint past = NewComplaint(world_.NewAccount("KAX"));
  past.set_state(cv1::COMPLAINT_STATE_SUSPECTED_MALICIOUS);
  const auto imported = Import(past);
  ASSERT_THAT(imported, IsOk());
  EXPECT_EQ(imported->state(), cv1::COMPLAINT_STATE_SUSPECTED_MALICIOUS);
  cv1::ClearComplaintSuspicionRequest clear;
  clear.set_reason("unfounded");
  const auto cleared = Do(world_, "CSM", "ClearComplaintSuspicion", imported->name(), clear);
  ASSERT_THAT(cleared, IsOk());
  EXPECT_EQ(cleared->state(), cv1::COMPLAINT_STATE_RECEIVED);
}

// S-03: a complaint that turns out to be graver gets the class, and the limits, of what it is.
TEST_F(ComplaintGuardTest, WhatBecomesGraverIsClassedAnew) {
  AddOfficeCalendar(world_);
  AddClockPolicy(world_, kOrdinary, kSolution, 16 * kHour);
  AddClockPolicy(world_, kMajor, kSolution, 4 * kHour);
  AddMajorRule(world_);
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  const auto graver = SetSeverity(name, cv1::SEVERITY_CRITICAL);
  ASSERT_THAT(graver, IsOk());
  EXPECT_EQ(graver->complaint_class(), kMajor);
  EXPECT_NE(graver->class_rule(), "");
  EXPECT_EQ(World::Show(ClockOf(world_, name, kSolution).due_time()), "2026-01-05 13:00");
  // Writing it down as slight gives nobody more time, and no right to work on it.
  const auto slight = SetSeverity(name, cv1::SEVERITY_LOW);
  ASSERT_THAT(slight, IsOk());
  EXPECT_EQ(slight->complaint_class(), kMajor);
  ASSERT_THAT(Classify(world_, name, kOrdinary), IsOk());
  const auto decided = SetSeverity(name, cv1::SEVERITY_CRITICAL);
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->complaint_class(), kOrdinary) << "a person has decided on the class";
}

// S-03, S-05: a limit that the class brings after a reopening counts from there, not from a receipt of long ago.
TEST_F(ComplaintGuardTest, ALimitThatComesAfterAReopeningStartsThen) {
  AddOfficeCalendar(world_);
  AddClockPolicy(world_, kMajor, kSolution, 4 * kHour);
  const std::string name = Executed("CSR#handler");
  ASSERT_THAT(Reply(world_, name), IsOk());
  ASSERT_THAT(Confirm(world_, name, true, 5), IsOk());
  ASSERT_THAT(Close(world_, name), IsOk());
  world_.SetTime("2026-03-02 10:00");
  ASSERT_THAT(Reopen(world_, name), IsOk());
  ASSERT_THAT(Classify(world_, name, kMajor), IsOk());
  const cv1::ComplaintClock clock = ClockOf(world_, name, kSolution);
  EXPECT_EQ(clock.state(), cv1::CLOCK_STATE_RUNNING);
  EXPECT_EQ(World::Show(clock.due_time()), "2026-03-02 14:00");
}

// G-02: what an import may write, it may write without a second person, so people do not hold the right.
TEST_F(ComplaintGuardTest, OnlyTheErpImports) {
  for (const char* permission : {"complaint.import", "claim.import"}) {
    EXPECT_TRUE(world_.As("ERP").Holds(permission)) << permission;
    for (const char* role : {"GM", "DGM", "SD", "SVD", "CRMD", "SVM", "CSM", "CSR", "CL", "SA", "KAM", "KAPM", "ACC"}) {
      EXPECT_FALSE(world_.As(role).Holds(permission)) << role << " " << permission;
    }
  }
}

// S-05: a rung that was passed over while a person held the level is not climbed once it is lowered; a later one is.
TEST_F(ComplaintGuardTest, AfterALoweringOnlyTheRungsToComeAreClimbed) {
  AddOfficeCalendar(world_);
  AddClockPolicy(world_, kOrdinary, kSolution, 8 * kHour);
  ASSERT_THAT(AddRung(world_, 1, cv1::ESCALATION_BASIS_START, 60, "SVM"), IsOk());
  ASSERT_THAT(AddRung(world_, 2, cv1::ESCALATION_BASIS_START, 300, "SVD"), IsOk());
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  cv1::EscalateComplaintRequest up;
  up.set_level(3);
  up.set_role("GM");
  up.set_reason("the press calls");
  ASSERT_THAT(Do(world_, "CSM", "EscalateComplaint", name, up), IsOk());
  world_.SetTime("2026-01-05 11:00");
  EXPECT_EQ(world_.RunDue(), 0);
  cv1::DeescalateComplaintRequest down;
  down.set_reason("calm again");
  ASSERT_THAT(Do(world_, "CSM", "DeescalateComplaint", name, down), IsOk());
  world_.SetTime("2026-01-05 13:59");
  EXPECT_EQ(world_.RunDue(), 0);
  EXPECT_EQ(Get(world_, name).escalation_level(), 0);
  world_.SetTime("2026-01-05 14:00");
  EXPECT_EQ(world_.RunDue(), 1);
  const cv1::Complaint complaint = Get(world_, name);
  EXPECT_EQ(complaint.escalation_level(), 2);
  EXPECT_EQ(complaint.escalations().rbegin()->role(), "SVD");
}

// S-05: who was late says why, and only then.
TEST_F(ComplaintGuardTest, WhoeverWorksOnALateComplaintSaysWhyItIsLate) {
  AddOfficeCalendar(world_);
  AddClockPolicy(world_, kOrdinary, kSolution, 8 * kHour);
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  ASSERT_THAT(Assign(world_, name, "CSR#handler"), IsOk());
  cv1::ExplainOverdueComplaintRequest request;
  request.set_explanation("the part came a week late");
  EXPECT_THAT(Do(world_, "CSR#handler", "ExplainOverdueComplaint", name, request), HasReason("COMPLAINT_NOT_OVERDUE"));
  world_.SetTime("2026-01-12 09:00");
  world_.RunDue();
  EXPECT_THAT(Do(world_, "CSR#stranger", "ExplainOverdueComplaint", name, request), HasReason("NOT_HANDLER"));
  const auto explained = Do(world_, "CSR#handler", "ExplainOverdueComplaint", name, request);
  ASSERT_THAT(explained, IsOk());
  EXPECT_EQ(explained->overdue_reason(), "SOLUTION ran past its due time");
  EXPECT_EQ(explained->overdue_explanation(), "the part came a week late");
}

// S-05: whoever is watched does not switch the watch off.
TEST_F(ComplaintGuardTest, TheHandlerDoesNotLowerTheLevel) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  ASSERT_THAT(Assign(world_, name, "CSR#handler", {"CSR#helper"}), IsOk());
  cv1::EscalateComplaintRequest up;
  up.set_level(2);
  up.set_role("SVM");
  up.set_reason("I cannot solve it");
  ASSERT_THAT(Do(world_, "CSR#handler", "EscalateComplaint", name, up), IsOk());
  cv1::DeescalateComplaintRequest down;
  down.set_reason("I can after all");
  EXPECT_THAT(Do(world_, "CSR#handler", "DeescalateComplaint", name, down), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Do(world_, "CSR#helper", "DeescalateComplaint", name, down), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Do(world_, "CSM", "DeescalateComplaint", name, down), IsOk());
}

// S-05: of many rungs of a level that are added at once one is there.
TEST_F(ComplaintGuardTest, ALevelHasOneRungHoweverManyAreAddedAtOnce) {
  world_.As("CSM");  // Made once, before the threads.
  std::atomic<int> added = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const auto rung = AddRung(world_, 1, cv1::ESCALATION_BASIS_START, 60, "SVM");
      if (rung.ok()) {
        ++added;
      } else {
        EXPECT_EQ(rung.status().code(), absl::StatusCode::kAlreadyExists) << rung.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(added, 1);
}

// S-05: one rung for a level, one limit for a class and kind, and a calendar for as long as a limit counts by it.
TEST_F(ComplaintGuardTest, PoliciesStayOfOnePiece) {
  const std::string calendar = AddOfficeCalendar(world_);
  AddClockPolicy(world_, kOrdinary, kSolution, 8 * kHour);
  ASSERT_THAT(AddRung(world_, 1, cv1::ESCALATION_BASIS_START, 60, "SVM"), IsOk());
  EXPECT_THAT(AddRung(world_, 1, cv1::ESCALATION_BASIS_BREACH, 0, "SVD"), HasReason("ESCALATION_RULE_EXISTS"));
  kam::api::ArchiveRequest archive;
  archive.set_name(calendar);
  const auto put_away = [&] {
    return world_.Call<cv1::BusinessCalendar>("CSM", "kam.complaint.v1.BusinessCalendarService/ArchiveBusinessCalendar",
                                              archive);
  };
  EXPECT_THAT(put_away(), HasReason("CALENDAR_IN_USE"));
  AddOfficeCalendar(world_);
  EXPECT_THAT(put_away(), IsOk()) << "the second version is there";

  const auto policies = world_.Call<cv1::ListClockPoliciesResponse>(
      "CSM", "kam.complaint.v1.ClockPolicyService/ListClockPolicies", kam::api::ListRequest());
  ASSERT_THAT(policies, IsOk());
  archive.set_name(policies->clock_policies(0).name());
  ASSERT_THAT(world_.Call<cv1::ClockPolicy>("CSM", "kam.complaint.v1.ClockPolicyService/ArchiveClockPolicy", archive),
              IsOk());
  AddClockPolicy(world_, kOrdinary, kSolution, 4 * kHour);
  kam::api::RestoreRequest restore;
  restore.set_name(archive.name());
  EXPECT_THAT(world_.Call<cv1::ClockPolicy>("CSM", "kam.complaint.v1.ClockPolicyService/RestoreClockPolicy", restore),
              HasReason("CLOCK_POLICY_EXISTS"));
}

// S-05: a limit longer than its calendar is open would let nobody register a complaint.
TEST_F(ComplaintGuardTest, ALimitFitsIntoItsCalendar) {
  cv1::CreateBusinessCalendarRequest market;
  market.mutable_business_calendar()->set_code("market");
  market.mutable_business_calendar()->set_time_zone("Asia/Shanghai");
  cv1::CalendarWindow* window = market.mutable_business_calendar()->add_windows();
  window->set_weekday(cv1::WEEKDAY_MONDAY);
  window->set_from_minute(9 * kHour);
  window->set_to_minute(10 * kHour);
  ASSERT_THAT(world_.Call<cv1::BusinessCalendar>(
                  "CSM", "kam.complaint.v1.BusinessCalendarService/CreateBusinessCalendar", market),
              IsOk());
  cv1::CreateClockPolicyRequest request;
  request.mutable_clock_policy()->set_complaint_class(kOrdinary);
  request.mutable_clock_policy()->set_kind(kSolution);
  request.mutable_clock_policy()->set_calendar_code("market");
  request.mutable_clock_policy()->set_allotment_minutes(1'000'000);
  const auto create = [&] {
    return world_.Call<cv1::ClockPolicy>("CSM", "kam.complaint.v1.ClockPolicyService/CreateClockPolicy", request);
  };
  EXPECT_THAT(create(), HasReason("CALENDAR_EXHAUSTED"));
  request.mutable_clock_policy()->set_allotment_minutes(2 * kHour);
  EXPECT_THAT(create(), IsOk());
}

}  // namespace
}  // namespace kam::aftersales::testing

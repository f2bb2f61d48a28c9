// Complaints through the service (S-02, S-03, S-04, S-06, R-18, R.2).
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
#include "kam/complaint/v1/complaint_class_rule_service.pb.h"
#include "kam/complaint/v1/complaint_service.pb.h"

namespace kam::aftersales::testing {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;
using ::kam::testing::NamesField;
using ::testing::StartsWith;

class ComplaintServiceTest : public ::testing::Test {
 protected:
  std::string AddClassRule(const cv1::ComplaintClassRule& rule) {
    cv1::CreateComplaintClassRuleRequest request;
    *request.mutable_complaint_class_rule() = rule;
    const auto created = world_.Call<cv1::ComplaintClassRule>(
        "CSM", "kam.complaint.v1.ComplaintClassRuleService/CreateComplaintClassRule", request);
    EXPECT_THAT(created, IsOk());
    return created.ok() ? created->name() : "";
  }
  std::string MajorComplaint() {
    AddMajorRule(world_);
    cv1::Complaint complaint = NewComplaint(world_.NewAccount());
    complaint.set_severity(cv1::SEVERITY_CRITICAL);
    const auto created = Create(world_, "CSR", complaint);
    EXPECT_THAT(created, IsOk());
    return created.ok() ? created->name() : "";
  }
  absl::StatusOr<cv1::Complaint> Start(const std::string& name, const std::string& who) {
    return Do<cv1::StartComplaintInvestigationRequest>(world_, who, "StartComplaintInvestigation", name);
  }

  World& world_ = World::Fresh();
};

// S-02, S-04, S-06
TEST_F(ComplaintServiceTest, AComplaintGoesFromTheFirstWordToTheConfirmation) {
  const cv1::Complaint created = MustCreate(world_, world_.NewAccount());
  EXPECT_THAT(created.number(), StartsWith("CP2026-"));
  EXPECT_EQ(created.state(), cv1::COMPLAINT_STATE_RECEIVED);
  EXPECT_EQ(created.complaint_class(), cv1::COMPLAINT_CLASS_ORDINARY);
  EXPECT_EQ(World::Show(created.receive_time()), "2026-01-05 09:00");
  const std::string& name = created.name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  BringToAgreed(world_, name, "CSR#handler");
  const auto executed = Execute(world_, name, "CSR#handler");
  ASSERT_THAT(executed, IsOk());
  EXPECT_EQ(executed->investigation().cause(), "bearing without grease");
  EXPECT_EQ(executed->investigation().investigator(), world_.Name("CSR#handler"));
  EXPECT_EQ(Show(executed->investigation().cost()), "CNY 3200.50");
  EXPECT_EQ(executed->agreed_by(), "Ms Wang");
  ASSERT_THAT(Reply(world_, name), IsOk());
  const auto confirmed = Confirm(world_, name, /*satisfied=*/true, 5);
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_EQ(confirmed->state(), cv1::COMPLAINT_STATE_CONFIRMED);
  EXPECT_EQ(confirmed->confirmation().score(), 5);
  const auto closed = Close(world_, name);
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), cv1::COMPLAINT_STATE_CLOSED);
  EXPECT_EQ(World::Show(closed->close_time()), "2026-01-05 09:00");
  // S-04: every step stays on record.
  kam::api::HistoryRequest history;
  history.set_name(name);
  const auto entries =
      world_.Call<kam::api::HistoryResponse>("CSM", absl::StrCat(kComplaints, "GetComplaintHistory"), history);
  ASSERT_THAT(entries, IsOk());
  EXPECT_EQ(entries->entries_size(), 11);
}

// S-06
TEST_F(ComplaintServiceTest, NothingIsClosedWithoutReplyAndConfirmation) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  cv1::RejectComplaintRequest reject;
  reject.set_reason("not our product");
  EXPECT_THAT(Do(world_, "CSM", "RejectComplaint", name, reject), HasReason("REPLY_REQUIRED"));
  BringToAgreed(world_, name, "CSR#handler");
  ASSERT_THAT(Execute(world_, name, "CSR#handler"), IsOk());
  EXPECT_THAT(Confirm(world_, name, true, 5), HasReason("REPLY_REQUIRED"));
  EXPECT_THAT(Close(world_, name), HasReason("STATE_NOT_ALLOWED"));
  ASSERT_THAT(Reply(world_, name), IsOk());
  EXPECT_THAT(Confirm(world_, name, true, 0), HasReason("FIELD_REQUIRED"));
  EXPECT_THAT(Confirm(world_, name, true, 6), HasReason("FIELD_OUT_OF_RANGE"));
  EXPECT_THAT(Confirm(world_, name, true, 5, "CSR#handler"), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Confirm(world_, name, true, 4), IsOk());
  ASSERT_THAT(Close(world_, name), IsOk());
}

// S-06: unsatisfied reopens, and the round begins again.
TEST_F(ComplaintServiceTest, AnUnsatisfiedCustomerReopensTheComplaint) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  BringToAgreed(world_, name, "CSR#handler");
  ASSERT_THAT(Execute(world_, name, "CSR#handler"), IsOk());
  ASSERT_THAT(Reply(world_, name), IsOk());
  const auto reopened = Confirm(world_, name, /*satisfied=*/false, 2);
  ASSERT_THAT(reopened, IsOk());
  EXPECT_EQ(reopened->state(), cv1::COMPLAINT_STATE_REOPENED);
  EXPECT_EQ(reopened->reopen_count(), 1);
  EXPECT_EQ(World::Show(reopened->reopen_time()), "2026-01-05 09:00");
  world_.SetTime("2026-01-05 10:00");
  BringToAgreed(world_, name, "CSR#handler");
  ASSERT_THAT(Execute(world_, name, "CSR#handler"), IsOk());
  ASSERT_THAT(Reply(world_, name), IsOk());
  ASSERT_THAT(Confirm(world_, name, true, 4), IsOk());
  ASSERT_THAT(Close(world_, name), IsOk());
  cv1::ReopenComplaintRequest again;
  again.set_reason("the noise is back");
  const auto twice = Do(world_, "CSM", "ReopenComplaint", name, again);
  ASSERT_THAT(twice, IsOk());
  EXPECT_EQ(twice->reopen_count(), 2);
  EXPECT_FALSE(twice->has_close_time());
}

// S-03: class rules are data.
TEST_F(ComplaintServiceTest, TheHighestRuleThatFitsGivesTheClass) {
  cv1::ComplaintClassRule rule;
  rule.set_priority(20);
  rule.set_category(cv1::COMPLAINT_CATEGORY_ATTITUDE);
  rule.set_complaint_class(cv1::COMPLAINT_CLASS_ORDINARY);
  AddClassRule(rule);
  rule.Clear();
  rule.set_priority(10);
  rule.set_tier("STRATEGIC");
  rule.set_complaint_class(cv1::COMPLAINT_CLASS_MAJOR);
  const std::string by_tier = AddClassRule(rule);
  rule.Clear();
  rule.set_priority(5);
  *rule.mutable_amount_min() = Cny("100000");
  rule.set_complaint_class(cv1::COMPLAINT_CLASS_MAJOR);
  const std::string by_amount = AddClassRule(rule);
  const std::string strategic = world_.NewAccount("KAX", "STRATEGIC");
  const auto major = Create(world_, "CSR", NewComplaint(strategic));
  ASSERT_THAT(major, IsOk());
  EXPECT_EQ(major->complaint_class(), cv1::COMPLAINT_CLASS_MAJOR);
  EXPECT_EQ(major->class_rule(), by_tier);
  cv1::Complaint rude = NewComplaint(strategic);
  rude.set_category(cv1::COMPLAINT_CATEGORY_ATTITUDE);
  EXPECT_EQ(Create(world_, "CSR", rude)->complaint_class(), cv1::COMPLAINT_CLASS_ORDINARY);
  cv1::Complaint costly = NewComplaint(world_.NewAccount());
  *costly.mutable_amount() = Cny("99999.99");
  EXPECT_EQ(Create(world_, "CSR", costly)->complaint_class(), cv1::COMPLAINT_CLASS_ORDINARY);
  *costly.mutable_amount() = Cny("100000");
  EXPECT_EQ(Create(world_, "CSR", costly)->class_rule(), by_amount);
}

// S-03, R-18: major complaints only by directors, customer-service manager and service manager.
TEST_F(ComplaintServiceTest, OnlyThoseWhoMayHandleMajorComplaintsWorkOnOne) {
  const std::string name = MajorComplaint();
  ASSERT_THAT(Accept(world_, name), IsOk());
  ASSERT_THAT(Assign(world_, name, "CSR#handler", {"SVM"}), IsOk());
  EXPECT_THAT(Start(name, "CSR#handler"), HasReason("MAJOR_COMPLAINT_NOT_ALLOWED"));
  EXPECT_THAT(Start(name, "CSR#stranger"), HasReason("NOT_HANDLER"));
  EXPECT_THAT(Start(name, "SVM"), IsOk());
  cv1::InvolveManufacturerRequest request;
  request.set_reason("batch fault");
  EXPECT_THAT(Do(world_, "CSR", "InvolveManufacturer", name, request), HasReason("PERMISSION_DENIED"));
  const auto involved = Do(world_, "SVD", "InvolveManufacturer", name, request);
  ASSERT_THAT(involved, IsOk());
  EXPECT_TRUE(involved->manufacturer_involved());
  for (const char* who : {"SD", "SVD", "CRMD", "CSM", "SVM"}) {
    EXPECT_TRUE(world_.As(who).Holds("complaint.handle_major")) << who;
  }
  for (const char* who : {"CSR", "KAM", "SA", "ASP", "AS", "KAX"}) {
    EXPECT_FALSE(world_.As(who).Holds("complaint.handle_major")) << who;
  }
}

// S-03
TEST_F(ComplaintServiceTest, OrdinaryComplaintsAreNotForTheManufacturer) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  cv1::InvolveManufacturerRequest request;
  request.set_reason("to be sure");
  EXPECT_THAT(Do(world_, "CSM", "InvolveManufacturer", name, request), HasReason("COMPLAINT_NOT_MAJOR"));
}

// S-04
TEST_F(ComplaintServiceTest, NoSolutionWithoutCauseAndResponsibleParty) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  ASSERT_THAT(Assign(world_, name, "CSR#handler"), IsOk());
  ASSERT_THAT(Start(name, "CSR#handler"), IsOk());
  cv1::ProposeComplaintSolutionRequest request;
  request.set_solution("replace it");
  EXPECT_THAT(Do(world_, "CSR#handler", "ProposeComplaintSolution", name, request),
              HasReason("INVESTIGATION_REQUIRED"));
  EXPECT_THAT(Assign(world_, name, "ASP", {"ASP"}), HasReason("HANDLER_REPEATED"));
}

// S-02: suspected malicious, and back.
TEST_F(ComplaintServiceTest, AnUnfoundedSuspicionGoesBackToWhereTheComplaintStood) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  ASSERT_THAT(Assign(world_, name, "CSR#handler"), IsOk());
  cv1::SuspectComplaintRequest suspect;
  suspect.set_reason("the same photo as last year");
  const auto suspected = Do(world_, "KAM", "SuspectComplaint", name, suspect);
  ASSERT_THAT(suspected, IsOk());
  EXPECT_EQ(suspected->state(), cv1::COMPLAINT_STATE_SUSPECTED_MALICIOUS);
  EXPECT_THAT(Start(name, "CSR#handler"), HasReason("STATE_NOT_ALLOWED"));
  cv1::ClearComplaintSuspicionRequest clear;
  clear.set_reason("two different trucks");
  const auto cleared = Do(world_, "KAM", "ClearComplaintSuspicion", name, clear);
  ASSERT_THAT(cleared, IsOk());
  EXPECT_EQ(cleared->state(), cv1::COMPLAINT_STATE_ASSIGNED);
}

// S-02
TEST_F(ComplaintServiceTest, ADuplicateNamesAnotherComplaintOfTheSameAccount) {
  const std::string account = world_.NewAccount();
  const std::string original = MustCreate(world_, account).name();
  const std::string second = MustCreate(world_, account).name();
  const std::string foreign = MustCreate(world_, world_.NewAccount()).name();
  cv1::MarkComplaintDuplicateRequest request;
  for (const std::string& wrong : {second, foreign}) {
    request.set_duplicate_of(wrong);
    EXPECT_THAT(Do(world_, "CSM", "MarkComplaintDuplicate", second, request), HasReason("DUPLICATE_INVALID"));
  }
  request.set_duplicate_of(original);
  const auto marked = Do(world_, "CSM", "MarkComplaintDuplicate", second, request);
  ASSERT_THAT(marked, IsOk());
  EXPECT_EQ(marked->state(), cv1::COMPLAINT_STATE_DUPLICATE);
  request.set_duplicate_of(second);
  EXPECT_THAT(Do(world_, "CSM", "MarkComplaintDuplicate", original, request), HasReason("DUPLICATE_INVALID"));
}

// S-02
TEST_F(ComplaintServiceTest, WhatCannotBeIsRefusedWithTheField) {
  cv1::Complaint complaint = NewComplaint(world_.NewAccount());
  complaint.clear_description();
  complaint.clear_category();
  const auto empty = Create(world_, "CSR", complaint);
  EXPECT_THAT(empty, NamesField("complaint.description"));
  EXPECT_THAT(empty, NamesField("complaint.category"));
  complaint = NewComplaint(world_.NewAccount());
  complaint.mutable_receive_time()->set_seconds(absl::ToUnixSeconds(World::At("2026-01-05 09:06")));
  EXPECT_THAT(Create(world_, "CSR", complaint), HasReason("TIME_IN_FUTURE"));
  complaint = NewComplaint(absl::StrCat("accounts/", world_.harness().NewId()));
  EXPECT_THAT(Create(world_, "CSR", complaint), HasReason("REFERENCE_NOT_FOUND"));
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  cv1::ReplyToComplaintRequest reply;
  reply.set_channel(cv1::CONTACT_CHANNEL_PHONE);
  reply.set_content("we look into it");
  reply.mutable_reply_time()->set_seconds(absl::ToUnixSeconds(World::At("2026-01-05 08:00")));
  EXPECT_THAT(Do(world_, "CSM", "ReplyToComplaint", name, reply), HasReason("REPLY_BEFORE_RECEIPT"));
}

// S-04: what has ended does not change.
TEST_F(ComplaintServiceTest, AnEndedComplaintDoesNotChange) {
  const std::string account = world_.NewAccount();
  const std::string original = MustCreate(world_, account).name();
  const std::string name = MustCreate(world_, account).name();
  cv1::UpdateComplaintRequest request;
  request.mutable_complaint()->set_name(name);
  request.mutable_complaint()->set_demand("a new axle");
  ASSERT_THAT(world_.Call<cv1::Complaint>("CSM", absl::StrCat(kComplaints, "UpdateComplaint"), request), IsOk());
  cv1::MarkComplaintDuplicateRequest duplicate;
  duplicate.set_duplicate_of(original);
  ASSERT_THAT(Do(world_, "CSM", "MarkComplaintDuplicate", name, duplicate), IsOk());
  request.mutable_complaint()->set_demand("two new axles");
  EXPECT_THAT(world_.Call<cv1::Complaint>("CSM", absl::StrCat(kComplaints, "UpdateComplaint"), request),
              HasReason("COMPLAINT_ENDED"));
}

// R.2: own accounts, department, region, all; and nobody else.
TEST_F(ComplaintServiceTest, EverybodySeesTheComplaintsInReach) {
  const std::string mine = world_.NewAccount("KAX"), other = world_.NewAccount("KAX@2");
  MustCreate(world_, mine);
  const std::string foreign = MustCreate(world_, other).name();
  const auto count = [&](const std::string& who) {
    const auto answer = world_.Call<cv1::ListComplaintsResponse>(who, absl::StrCat(kComplaints, "ListComplaints"),
                                                                 kam::api::ListRequest());
    return answer.ok() ? answer->complaints_size() : -1;
  };
  EXPECT_EQ(count("KAX"), 1);
  EXPECT_EQ(count("KAM"), 1);
  EXPECT_EQ(count("KAM@2"), 1);
  EXPECT_EQ(count("KAM@3"), 0);
  EXPECT_EQ(count("CSM"), 2);
  EXPECT_EQ(count("GM"), 2);
  EXPECT_EQ(count("SD"), 2);
  EXPECT_EQ(count("SAD"), -1) << "order office: no";
  kam::api::GetRequest get;
  get.set_name(foreign);
  EXPECT_EQ(world_.Call<cv1::Complaint>("KAX", absl::StrCat(kComplaints, "GetComplaint"), get).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Accept(world_, foreign, "KAM").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Create(world_, "KAX", NewComplaint(other)), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(Create(world_, "KAX", NewComplaint(mine)), IsOk()) << "any front role records";
  EXPECT_THAT(Accept(world_, foreign, "KAX"), HasReason("PERMISSION_DENIED"));
}

// S-02: two people accept at the same time.
TEST_F(ComplaintServiceTest, OneOfSeveralAcceptancesWins) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  constexpr int kPeople = 6;
  std::vector<auth::Principal> people;
  for (int i = 0; i < kPeople; ++i) people.push_back(world_.As(absl::StrCat("CSR#", i)));
  std::atomic<int> won = 0, refused = 0;
  std::vector<std::thread> threads;
  for (const auth::Principal& person : people) {
    threads.emplace_back([&, person] {
      cv1::AcceptComplaintRequest request;
      request.set_name(name);
      const auto answer =
          world_.harness().Call<cv1::Complaint>(person, absl::StrCat(kComplaints, "AcceptComplaint"), request);
      if (answer.ok()) ++won;
      if (Reason(answer.status()) == "STATE_NOT_ALLOWED") ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, kPeople - 1);
}

// G31: the same call again has one effect and the same answer.
TEST_F(ComplaintServiceTest, ARepeatedCallRepliesOnce) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  cv1::ReplyToComplaintRequest request;
  request.set_channel(cv1::CONTACT_CHANNEL_PHONE);
  request.set_content("we look into it");
  request.set_request_id("5f0f4a52-6c40-4d5a-9a53-0d1d3a1e7b11");
  const auto first = Do(world_, "CSM", "ReplyToComplaint", name, request);
  const auto second = Do(world_, "CSM", "ReplyToComplaint", name, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->etag(), first->etag());
  EXPECT_EQ(Get(world_, name).replies_size(), 1);
}

// S-04: history of another system comes in as it was, without clocks.
TEST_F(ComplaintServiceTest, AnImportKeepsStateAndClassOfThePast) {
  cv1::BatchUpsertComplaintsRequest request;
  cv1::Complaint* row = request.add_complaints();
  *row = NewComplaint(world_.NewAccount());
  row->mutable_receive_time()->set_seconds(absl::ToUnixSeconds(World::At("2024-03-01 10:00")));
  row->set_state(cv1::COMPLAINT_STATE_CLOSED);
  row->set_complaint_class(cv1::COMPLAINT_CLASS_MAJOR);
  row->add_external_ids()->set_system("crm");
  row->mutable_external_ids(0)->set_id("4711");
  for (const auto outcome : {kam::api::UPSERT_OUTCOME_CREATED, kam::api::UPSERT_OUTCOME_UNCHANGED}) {
    const auto answer =
        world_.Call<kam::api::BatchUpsertResponse>("ERP", absl::StrCat(kComplaints, "BatchUpsertComplaints"), request);
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->results(0).outcome(), outcome) << answer->results(0).status().message();
    if (outcome != kam::api::UPSERT_OUTCOME_CREATED) continue;
    const cv1::Complaint stored = Get(world_, answer->results(0).name());
    EXPECT_EQ(stored.state(), cv1::COMPLAINT_STATE_CLOSED);
    EXPECT_EQ(stored.complaint_class(), cv1::COMPLAINT_CLASS_MAJOR);
  }
}

}  // namespace
}  // namespace kam::aftersales::testing

// Whoever works on a complaint does not judge it, stop its clocks or make it vanish (S-02 to S-06, R-18).
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
#include "kam/complaint/v1/complaint_service.pb.h"

namespace kam::aftersales::testing {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;

constexpr cv1::ComplaintClass kOrdinary = cv1::COMPLAINT_CLASS_ORDINARY;
constexpr cv1::ComplaintClass kMajor = cv1::COMPLAINT_CLASS_MAJOR;
constexpr cv1::ClockKind kSolution = cv1::CLOCK_KIND_SOLUTION;
constexpr int kHour = 60;

class ComplaintDutiesTest : public ::testing::Test {
 protected:
  World& world_ = World::Fresh();
};

// S-04, S-05: a complaint is not made to vanish in one that nobody works on any more, nor by whoever is to solve it.
TEST_F(ComplaintDutiesTest, ADuplicateIsOfAnOpenComplaintAndNotSoCalledByItsHandler) {
  const std::string account = world_.NewAccount("KAX");
  const std::string original = MustCreate(world_, account).name();
  const std::string name = MustCreate(world_, account).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  ASSERT_THAT(Assign(world_, name, "KAM", {"CSM#helper"}), IsOk());
  EXPECT_THAT(MarkDuplicate(world_, name, original, "KAM"), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(MarkDuplicate(world_, name, original, "CSM#helper"), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Reply(world_, original), IsOk());
  cv1::RejectComplaintRequest reject;
  reject.set_reason("not ours");
  ASSERT_THAT(Do(world_, "CSM", "RejectComplaint", original, reject), IsOk());
  EXPECT_THAT(MarkDuplicate(world_, name, original), HasReason("DUPLICATE_INVALID"))
      << "nobody would answer either of them";
  ASSERT_THAT(Reopen(world_, original), IsOk());
  EXPECT_THAT(MarkDuplicate(world_, name, original), IsOk());
}

// S-02, S-05: two complaints called duplicates of one another at the same time are not both gone.
TEST_F(ComplaintDutiesTest, OneOfTwoComplaintsStays) {
  const std::string account = world_.NewAccount();
  const std::string names[] = {MustCreate(world_, account).name(), MustCreate(world_, account).name()};
  const auth::Principal csm = world_.As("CSM");
  std::atomic<int> marked = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      cv1::MarkComplaintDuplicateRequest request;
      request.set_name(names[i]);
      request.set_duplicate_of(names[1 - i]);
      const auto answer =
          world_.harness().Call<cv1::Complaint>(csm, absl::StrCat(kComplaints, "MarkComplaintDuplicate"), request);
      if (answer.ok()) ++marked;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(marked, 1);
}

// S-05, R-18: whoever is measured by a clock does not stop it.
TEST_F(ComplaintDutiesTest, TheHandlerDoesNotStopTheClocks) {
  AddOfficeCalendar(world_);
  AddClockPolicy(world_, kOrdinary, kSolution, 8 * kHour);
  AddClockPolicy(world_, kMajor, kSolution, 4 * kHour);
  const std::string name = MustCreate(world_, world_.NewAccount("KAX")).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  ASSERT_THAT(Assign(world_, name, "KAM"), IsOk());
  EXPECT_THAT(Pause(world_, name, "KAM"), HasReason("SEPARATION_OF_DUTIES"));
  cv1::SuspectComplaintRequest suspect;
  suspect.set_reason("he is always shouting");
  EXPECT_THAT(Do(world_, "KAM", "SuspectComplaint", name, suspect), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_EQ(ClockOf(world_, name, kSolution).state(), cv1::CLOCK_STATE_RUNNING);
  ASSERT_THAT(Classify(world_, name, kMajor), IsOk());
  EXPECT_THAT(Pause(world_, name, "ASS"), HasReason("MAJOR_COMPLAINT_NOT_ALLOWED"));
  EXPECT_THAT(Do(world_, "ASS", "SuspectComplaint", name, suspect), HasReason("MAJOR_COMPLAINT_NOT_ALLOWED"));
  ASSERT_THAT(Pause(world_, name), IsOk());
  EXPECT_THAT(Resume(world_, name, "ASS"), HasReason("MAJOR_COMPLAINT_NOT_ALLOWED"));
  EXPECT_THAT(Resume(world_, name), IsOk());
}

// S-06: that we have got it is no result.
TEST_F(ComplaintDutiesTest, AnAcknowledgementIsNoResult) {
  AddOfficeCalendar(world_);
  AddClockPolicy(world_, kOrdinary, cv1::CLOCK_KIND_REPLY, 8 * kHour);
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Reply(world_, name), IsOk());
  EXPECT_EQ(ClockOf(world_, name, cv1::CLOCK_KIND_REPLY).state(), cv1::CLOCK_STATE_RUNNING);
  world_.SetTime("2026-01-05 10:00");
  ASSERT_THAT(Accept(world_, name), IsOk());
  BringToAgreed(world_, name, "CSR#handler");
  ASSERT_THAT(Execute(world_, name, "CSR#handler"), IsOk());
  EXPECT_THAT(Confirm(world_, name, true, 5), HasReason("REPLY_REQUIRED"));
  world_.SetTime("2026-01-05 11:00");
  ASSERT_THAT(Reply(world_, name), IsOk());
  EXPECT_EQ(ClockOf(world_, name, cv1::CLOCK_KIND_REPLY).state(), cv1::CLOCK_STATE_SATISFIED);
  world_.SetTime("2026-01-05 12:00");
  ASSERT_THAT(Confirm(world_, name, false, 1), IsOk());
  EXPECT_EQ(ClockOf(world_, name, cv1::CLOCK_KIND_REPLY).state(), cv1::CLOCK_STATE_RUNNING);
  ASSERT_THAT(Reply(world_, name), IsOk());
  EXPECT_EQ(ClockOf(world_, name, cv1::CLOCK_KIND_REPLY).state(), cv1::CLOCK_STATE_RUNNING)
      << "the first round's result is not that of the second";
}

// S-06: whoever agreed on the solution and carried it out does not ask the customer how he liked it.
TEST_F(ComplaintDutiesTest, WhoeverCarriedTheSolutionOutDoesNotConfirm) {
  const std::string name = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  BringToAgreed(world_, name, "CSR#first");
  ASSERT_THAT(Execute(world_, name, "CSM"), IsOk());  // May assign, so he may work on it as well.
  ASSERT_THAT(Reply(world_, name), IsOk());
  EXPECT_THAT(Confirm(world_, name, true, 5, "CSM"), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Pause(world_, name, "CSM"), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Confirm(world_, name, true, 5, "CSR#other"), IsOk());
}

// S-03, S-06, R-18: who speaks for us.
TEST_F(ComplaintDutiesTest, OnlyThoseWhoWorkOnAComplaintAnswerIt) {
  const std::string name = MustCreate(world_, world_.NewAccount("KAX")).name();
  EXPECT_THAT(Reply(world_, name, "KAX"), HasReason("NOT_HANDLER"));
  EXPECT_THAT(Reply(world_, name, "SA"), HasReason("NOT_HANDLER"));
  ASSERT_THAT(Reply(world_, name, "ASP"), IsOk()) << "calls customers back";
  ASSERT_THAT(Accept(world_, name), IsOk());
  ASSERT_THAT(Assign(world_, name, "CSR#handler", {"KAX"}), IsOk());
  ASSERT_THAT(Reply(world_, name, "KAX"), IsOk());
  ASSERT_THAT(Classify(world_, name, kMajor), IsOk());
  for (const char* who : {"KAX", "ASP", "CSR#handler"}) {
    EXPECT_THAT(Reply(world_, name, who), HasReason("MAJOR_COMPLAINT_NOT_ALLOWED")) << who;
  }
  EXPECT_THAT(Assign(world_, name, "SVM", {}, "KAM"), HasReason("MAJOR_COMPLAINT_NOT_ALLOWED"));
  ASSERT_THAT(Assign(world_, name, "SVM"), IsOk());
  EXPECT_THAT(Reply(world_, name, "SVM"), IsOk());
}

// S-04, S-05, S-06: nobody refuses, or makes slighter, what he is to solve; a doubt that was right makes nobody late.
TEST_F(ComplaintDutiesTest, TheHandlerNeitherRefusesNorMakesSlighter) {
  AddOfficeCalendar(world_);
  AddClockPolicy(world_, kOrdinary, kSolution, 8 * kHour);
  AddClockPolicy(world_, kOrdinary, cv1::CLOCK_KIND_REPLY, 8 * kHour);
  const std::string name = MustCreate(world_, world_.NewAccount("KAX")).name();
  ASSERT_THAT(Accept(world_, name), IsOk());
  ASSERT_THAT(Assign(world_, name, "KAM"), IsOk());
  ASSERT_THAT(Reply(world_, name, "KAM"), IsOk());
  cv1::RejectComplaintRequest reject;
  reject.set_reason("the same photo as last year");
  EXPECT_THAT(Do(world_, "KAM", "RejectComplaint", name, reject), HasReason("SEPARATION_OF_DUTIES"));
  cv1::SuspectComplaintRequest suspect;
  suspect.set_reason(reject.reason());
  ASSERT_THAT(Do(world_, "ASS", "SuspectComplaint", name, suspect), IsOk());
  world_.SetTime("2026-01-06 16:00");
  const auto rejected = Do(world_, "ASS", "RejectComplaint", name, reject);
  ASSERT_THAT(rejected, IsOk());
  EXPECT_EQ(rejected->sla_verdict(), cv1::SLA_VERDICT_MET) << "the refusal was told in time";
  EXPECT_EQ(ClockOf(world_, name, kSolution).state(), cv1::CLOCK_STATE_CANCELLED);

  const std::string major = MustCreate(world_, world_.NewAccount()).name();
  ASSERT_THAT(Classify(world_, major, kMajor), IsOk());
  ASSERT_THAT(Accept(world_, major), IsOk());
  ASSERT_THAT(Assign(world_, major, "CSM", {}, "SVM"), IsOk());
  EXPECT_THAT(Classify(world_, major, kOrdinary), HasReason("SEPARATION_OF_DUTIES"));
}

// S-05: what is open has its limits, wherever it was taken down; what is over has none.
TEST_F(ComplaintDutiesTest, AnImportedComplaintHasTheClocksOfWhatIsStillToBeDone) {
  AddOfficeCalendar(world_);
  for (const auto kind : {cv1::CLOCK_KIND_FIRST_RESPONSE, kSolution, cv1::CLOCK_KIND_REPLY}) {
    AddClockPolicy(world_, kOrdinary, kind, 8 * kHour);
  }
  const auto clocks = [&](const std::string& name) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(*) FROM complaint_clocks WHERE complaint = '", name.substr(11), "'"))
        .integer();
  };
  const std::string account = world_.NewAccount("KAX");
  const auto upsert = [&](const char* key, cv1::ComplaintState state) {
    cv1::BatchUpsertComplaintsRequest request;
    *request.add_complaints() = NewComplaint(account);
    request.mutable_complaints(0)->mutable_receive_time()->set_seconds(
        absl::ToUnixSeconds(World::At("2026-01-05 09:00")));
    request.mutable_complaints(0)->set_state(state);
    kam::api::ExternalId* id = request.mutable_complaints(0)->add_external_ids();
    id->set_system("crm");
    id->set_id(key);
    const auto answer =
        world_.Call<kam::api::BatchUpsertResponse>("ERP", absl::StrCat(kComplaints, "BatchUpsertComplaints"), request);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? answer->results(0).name() : "";
  };
  EXPECT_EQ(clocks(upsert("over", cv1::COMPLAINT_STATE_CLOSED)), 0);
  EXPECT_EQ(clocks(upsert("going on", cv1::COMPLAINT_STATE_INVESTIGATING)), 2) << "it was answered";
  const std::string name = upsert("new", cv1::COMPLAINT_STATE_RECEIVED);
  EXPECT_EQ(clocks(name), 3);
  EXPECT_EQ(Get(world_, name).sla_verdict(), cv1::SLA_VERDICT_PENDING);
  world_.SetTime("2026-01-05 10:00");
  upsert("new", cv1::COMPLAINT_STATE_ASSIGNED);
  EXPECT_EQ(ClockOf(world_, name, cv1::CLOCK_KIND_FIRST_RESPONSE).state(), cv1::CLOCK_STATE_SATISFIED);
  EXPECT_EQ(ClockOf(world_, name, kSolution).state(), cv1::CLOCK_STATE_RUNNING);
  upsert("new", cv1::COMPLAINT_STATE_CLOSED);
  EXPECT_EQ(ClockOf(world_, name, kSolution).state(), cv1::CLOCK_STATE_CANCELLED);
  const std::string doubted = upsert("doubted", cv1::COMPLAINT_STATE_SUSPECTED_MALICIOUS);
  EXPECT_EQ(clocks(doubted), 0);
  cv1::ClearComplaintSuspicionRequest clear;
  clear.set_reason("unfounded");
  ASSERT_THAT(Do(world_, "CSM", "ClearComplaintSuspicion", doubted, clear), IsOk());
  EXPECT_EQ(clocks(doubted), 3);
}

}  // namespace
}  // namespace kam::aftersales::testing

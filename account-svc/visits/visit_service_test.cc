// Visits: planned, made, reported; no overlap; contacts kept current.
#include <atomic>
#include <thread>

#include "account-svc/testing/visits_fixture.h"

namespace kam::account {
namespace {

class VisitTest : public VisitsFixture {};

// the whole way of a visit.
TEST_F(VisitTest, AVisitIsPlannedApprovedMadeAndReported) {
  const v1::Account account = world_.AddAccount(kax_);
  v1::Visit idea = MakeVisit(account.name(), absl::ZeroDuration(), absl::Hours(2));
  idea.clear_planned_start();
  idea.clear_planned_end();
  const auto proposed = CreateVisit(kax_, idea);
  ASSERT_THAT(proposed, IsOk());
  EXPECT_EQ(proposed->state(), v1::VISIT_STATE_PROPOSED);
  EXPECT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *proposed),
              HasReason("VISIT_WINDOW_REQUIRED"));
  v1::PlanVisitRequest plan;
  *plan.mutable_planned_start() = ToTimestamp(now_ - absl::Hours(2));
  *plan.mutable_planned_end() = ToTimestamp(now_ + absl::Hours(1));
  const auto planned = Do<v1::Visit>(kax_, "VisitService/PlanVisit", plan, proposed->name());
  ASSERT_THAT(planned, IsOk());
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *planned),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), planned->name()),
              NamesField("etag"));
  EXPECT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *proposed),
              HasReason("ETAG_MISMATCH"));
  const auto approved = Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *planned);
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->approver(), head_.name());
  v1::UpdateVisitRequest update;
  update.mutable_visit()->set_name(proposed->name());
  update.mutable_visit()->set_visitor(other_.name());
  update.mutable_update_mask()->add_paths("visitor");
  EXPECT_THAT(Call<v1::Visit>(kax_, "VisitService/UpdateVisit", update), HasReason("VISIT_FROZEN"));
  v1::CheckInVisitRequest check_in;
  *check_in.mutable_check_in_time() = ToTimestamp(now_ - absl::Hours(1));
  ASSERT_THAT(Do<v1::Visit>(kax_, "VisitService/CheckInVisit", check_in, proposed->name()), IsOk());
  v1::CompleteVisitRequest complete;
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/CompleteVisit", complete, proposed->name()),
              HasReason("REPORT_REQUIRED"));
  complete.set_report("客户需要新车型资料");
  *complete.mutable_check_out_time() = ToTimestamp(now_ - absl::Hours(2));
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/CompleteVisit", complete, proposed->name()),
              HasReason("CHECK_OUT_BEFORE_CHECK_IN"));
  complete.clear_check_out_time();
  const auto done = Do<v1::Visit>(kax_, "VisitService/CompleteVisit", complete, proposed->name());
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), v1::VISIT_STATE_DONE);
  v1::CommentVisitRequest comment;
  comment.set_comment("跟进报价");
  EXPECT_THAT(Do<v1::Visit>(gam_, "VisitService/CommentVisit", comment, proposed->name()), IsOk());
}

// nobody approves a visit of his own, also not with the right.
TEST_F(VisitTest, TheHeadDoesNotApproveHisOwnVisit) {
  const v1::Account account = world_.AddAccount(gam_);
  const auto visit = CreateVisit(gam_, MakeVisit(account.name(), absl::Hours(1), absl::Hours(2)));
  ASSERT_THAT(visit, IsOk());
  EXPECT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *visit),
              HasReason("SEPARATION_OF_DUTIES"));
}

// a colleague does not decide on the visit of another, nor on what somebody above him does, nor does
// whoever goes along.
TEST_F(VisitTest, OnlyASuperiorApprovesAndComments) {
  const v1::Account account = world_.AddAccount(gam_);
  const organization::v1::Employee peer = world_.AddEmployee("KAM", department_.name(), {head_.name()});
  const auth::Principal kam = world_.As(peer, "KAM");
  const auto of_head = CreateVisit(gam_, MakeVisit(account.name(), -absl::Hours(1), absl::Hours(1)));
  ASSERT_THAT(of_head, IsOk());
  EXPECT_THAT(Do<v1::Visit>(kam, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *of_head),
              HasReason("NOT_THE_SUPERIOR"));
  world_.Assign(gam_, account.name(), seller_.name());
  v1::Visit with = MakeVisit(account.name(), absl::Hours(3), absl::Hours(4));
  with.set_visitor(seller_.name());
  with.add_companions(head_.name());
  const auto along = CreateVisit(kax_, with);
  ASSERT_THAT(along, IsOk());
  EXPECT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *along),
              HasReason("SEPARATION_OF_DUTIES"));
  MoveOn(absl::Hours(24));
  const auto made = MadeVisit(account.name());
  ASSERT_THAT(made, IsOk());
  v1::CommentVisitRequest comment;
  comment.set_comment("同意");
  EXPECT_THAT(Do<v1::Visit>(kam, "VisitService/CommentVisit", comment, made->name()), HasReason("NOT_THE_SUPERIOR"));
  EXPECT_THAT(Do<v1::Visit>(gam_, "VisitService/CommentVisit", comment, made->name()), IsOk());
}

// a visit is made at the time it was approved for, by those who are on it.
TEST_F(VisitTest, AVisitIsMadeAtItsTimeByThoseOnIt) {
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  const auto visit = CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(24 * 30), absl::Hours(24 * 30 + 2)));
  ASSERT_THAT(visit, IsOk());
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *visit), IsOk());
  v1::CheckInVisitRequest check_in;
  *check_in.mutable_check_in_time() = ToTimestamp(now_ - absl::Hours(24 * 360));
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/CheckInVisit", check_in, visit->name()),
              HasReason("CHECK_IN_OFF_PLAN"));
  const auth::Principal peer = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  EXPECT_THAT(Do<v1::Visit>(peer, "VisitService/CheckInVisit", v1::CheckInVisitRequest(), visit->name()),
              HasReason("NOT_ON_THE_VISIT"));
  v1::CancelVisitRequest cancel;
  cancel.set_reason("改期");
  EXPECT_THAT(Do<v1::Visit>(peer, "VisitService/CancelVisit", cancel, visit->name()), HasReason("NOT_ON_THE_VISIT"));
}

// what is over was made or missed: it is neither called off nor moved by the visitor.
TEST_F(VisitTest, AVisitThatIsOverIsNotCalledOff) {
  MoveOn(absl::Hours(24));
  const v1::Account account = world_.AddAccount(kax_);
  const auto planned = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(2), -absl::Hours(1)));
  ASSERT_THAT(planned, IsOk());
  v1::UpdateVisitRequest move;
  move.mutable_visit()->set_name(planned->name());
  *move.mutable_visit()->mutable_planned_start() = ToTimestamp(now_ + absl::Hours(1));
  *move.mutable_visit()->mutable_planned_end() = ToTimestamp(now_ + absl::Hours(2));
  EXPECT_THAT(Call<v1::Visit>(kax_, "VisitService/UpdateVisit", move), HasReason("VISIT_OVER"));
  v1::CancelVisitRequest cancel;
  cancel.set_reason("改期");
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/CancelVisit", cancel, planned->name()), HasReason("VISIT_OVER"));
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *planned), IsOk());
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/CancelVisit", cancel, planned->name()), HasReason("VISIT_OVER"));
  EXPECT_THAT(Do<v1::Visit>(gam_, "VisitService/CancelVisit", cancel, planned->name()), HasReason("VISIT_OVER"))
      << "what was agreed counts as missed, whoever would like it not to";
  const auto never = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(4), -absl::Hours(3)));
  ASSERT_THAT(never, IsOk());
  EXPECT_THAT(Do<v1::Visit>(gam_, "VisitService/CancelVisit", cancel, never->name()), IsOk())
      << "it was never approved";
}

// what counts in the completion rate is not put away.
TEST_F(VisitTest, AMissedVisitStaysInTheReport) {
  MoveOn(absl::Hours(24));
  const v1::Account account = world_.AddAccount(kax_);
  const auto visit = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(2), -absl::Hours(1)));
  ASSERT_THAT(visit, IsOk());
  const auto archive = [&] {
    return Do<v1::Visit>(kax_, "VisitService/ArchiveVisit", kam::api::ArchiveRequest(), visit->name());
  };
  EXPECT_THAT(archive(), HasReason("RECORD_KEPT")) << "planned, and over";
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *visit), IsOk());
  EXPECT_THAT(archive(), HasReason("RECORD_KEPT"));
  v1::MarkVisitMissedRequest missed;
  missed.set_reason("客户出差");
  ASSERT_THAT(Do<v1::Visit>(kax_, "VisitService/MarkVisitMissed", missed, visit->name()), IsOk());
  EXPECT_THAT(archive(), HasReason("RECORD_KEPT"));
  v1::ReportVisitCompletionRequest report;
  report.set_from_date(Day());
  report.set_until_date(Day());
  const auto rate = Call<v1::ReportVisitCompletionResponse>(kax_, "VisitService/ReportVisitCompletion", report);
  ASSERT_THAT(rate, IsOk());
  EXPECT_EQ(rate->total().missed(), 1);
}

TEST_F(VisitTest, AVisitIsMissedAfterItsEndAndCancelledBefore) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto future = CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(1), absl::Hours(2)));
  const auto past = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(2), -absl::Hours(1)));
  ASSERT_THAT(future, IsOk());
  ASSERT_THAT(past, IsOk());
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *future), IsOk());
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *past), IsOk());
  v1::MarkVisitMissedRequest missed;
  missed.set_reason("客户出差");
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/MarkVisitMissed", missed, future->name()), HasReason("VISIT_NOT_OVER"));
  EXPECT_EQ(Do<v1::Visit>(kax_, "VisitService/MarkVisitMissed", missed, past->name())->state(), v1::VISIT_STATE_MISSED);
  v1::CancelVisitRequest cancel;
  cancel.set_reason("改期");
  EXPECT_EQ(Do<v1::Visit>(kax_, "VisitService/CancelVisit", cancel, future->name())->close_reason(), "改期");
}

// no overlap per person, for companions once it is approved; touching is no overlap; a cancelled visit takes no
// time.
TEST_F(VisitTest, NobodyIsOnTwoVisitsAtATime) {
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  const auto first = CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(1), absl::Hours(3)));
  ASSERT_THAT(first, IsOk());
  const auto refused = CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(2), absl::Hours(4)));
  EXPECT_THAT(refused, HasReason("VISIT_OVERLAP"));
  EXPECT_NE(MetadataValue(refused.status(), "from"), "") << "one of his own";
  v1::Visit along = MakeVisit(account.name(), absl::Hours(2), absl::Hours(4));
  along.set_visitor(other_.name());
  along.add_companions(seller_.name());
  const auto with = CreateVisit(gam_, along);
  ASSERT_THAT(with, IsOk()) << "an idea of somebody else takes nobody's time";
  EXPECT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *with),
              HasReason("VISIT_OVERLAP"));
  *along.mutable_planned_start() = ToTimestamp(now_ + absl::Hours(3));
  const auto later = CreateVisit(gam_, along);
  ASSERT_THAT(later, IsOk());
  EXPECT_THAT(CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(3), absl::Minutes(210))), IsOk())
      << "not approved yet";
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *first), IsOk());
  v1::CancelVisitRequest cancel;
  cancel.set_reason("改期");
  ASSERT_THAT(Do<v1::Visit>(kax_, "VisitService/CancelVisit", cancel, first->name()), IsOk());
  EXPECT_THAT(CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(2), absl::Hours(3))), IsOk());
}

// what is planned for others takes their time when it was approved, and tells nobody where they are.
TEST_F(VisitTest, NobodyFillsTheCalendarOfAnother) {
  const v1::Account account = world_.AddAccount(kax_), elsewhere = world_.AddAccount(kax2_);
  v1::Visit visit = MakeVisit(account.name(), absl::Hours(10), absl::Hours(60));
  visit.add_companions(other_.name());
  const auto planned = CreateVisit(kax_, visit);
  ASSERT_THAT(planned, IsOk());
  EXPECT_EQ(planned->planner(), seller_.name());
  const auto own = CreateVisit(kax2_, MakeVisit(elsewhere.name(), absl::Hours(11), absl::Hours(12)));
  ASSERT_THAT(own, IsOk()) << "he was not asked";
  v1::Visit foreign = MakeVisit(account.name(), absl::Hours(100), absl::Hours(101));
  foreign.set_visitor(other_.name());
  ASSERT_THAT(CreateVisit(kax_, foreign), IsOk());
  EXPECT_THAT(CreateVisit(kax2_, MakeVisit(elsewhere.name(), absl::Hours(100), absl::Hours(101))), IsOk());
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *own), IsOk());
  const auto taken = Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *planned);
  EXPECT_THAT(taken, HasReason("VISIT_OVERLAP"));
  // Of a visit that he may not see, nobody learns when it is.
  v1::Visit unseen = MakeVisit(elsewhere.name(), absl::Hours(200), absl::Hours(201));
  unseen.add_companions(seller_.name());
  const auto agreed = CreateVisit(kax2_, unseen);
  ASSERT_THAT(agreed, IsOk());
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *agreed), IsOk());
  const auto refused = CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(200), absl::Hours(202)));
  EXPECT_THAT(refused, HasReason("VISIT_OVERLAP"));
  EXPECT_EQ(MetadataValue(refused.status(), "from"), "");
}

TEST_F(VisitTest, OfManyOverlappingPlansAtATimeOneWins) {
  const v1::Account account = world_.AddAccount(kax_);
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto result = CreateVisit(
          kax_, MakeVisit(account.name(), absl::Hours(10) + absl::Minutes(i), absl::Hours(12) + absl::Minutes(i)));
      if (result.ok()) {
        ++won;
      } else {
        EXPECT_THAT(result, HasReason("VISIT_OVERLAP"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

// nobody visits the account of a colleague.
TEST_F(VisitTest, AVisitToAForeignAccountIsRefused) {
  const v1::Account account = world_.AddAccount(kax_);
  EXPECT_THAT(CreateVisit(kax2_, MakeVisit(account.name(), absl::Hours(1), absl::Hours(2))), HasReason("OUT_OF_SCOPE"));
}

// several visits with the same companion approved at the same time: the companion is on one of them.
TEST_F(VisitTest, ACompanionIsOnOneOfManyVisitsApprovedAtATime) {
  const v1::Account account = world_.AddAccount(gam_);
  std::vector<v1::Visit> visits;
  for (int i = 0; i < 8; ++i) {
    v1::Visit visit = MakeVisit(account.name(), absl::Hours(30), absl::Hours(32));
    visit.set_visitor(world_.AddEmployee("KAX", department_.name(), {head_.name()}).name());
    visit.add_companions(other_.name());
    const auto planned = CreateVisit(gam_, visit);
    ASSERT_THAT(planned, IsOk());
    visits.push_back(*planned);
  }
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (const v1::Visit& visit : visits) {
    threads.emplace_back([&, visit] {
      const auto result = Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), visit);
      if (result.ok()) {
        ++won;
      } else {
        EXPECT_THAT(result, HasReason("VISIT_OVERLAP"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

// a visit that comes back from the archive overlaps as little as a new one.
TEST_F(VisitTest, ARestoredVisitDoesNotOverlap) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto first = CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(40), absl::Hours(42)));
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(Do<v1::Visit>(kax_, "VisitService/ArchiveVisit", kam::api::ArchiveRequest(), first->name()), IsOk());
  const auto second = CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(41), absl::Hours(43)));
  ASSERT_THAT(second, IsOk());
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/RestoreVisit", kam::api::RestoreRequest(), first->name()),
              HasReason("VISIT_OVERLAP"));
  v1::CancelVisitRequest cancel;
  cancel.set_reason("改期");
  ASSERT_THAT(Do<v1::Visit>(kax_, "VisitService/CancelVisit", cancel, second->name()), IsOk());
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/RestoreVisit", kam::api::RestoreRequest(), first->name()), IsOk());
}

// who was met was spoken to; contacts of another customer were not.
TEST_F(VisitTest, AVisitKeepsTheDateOfTheLastContact) {
  const v1::Account account = world_.AddAccount(kax_), foreign = world_.AddAccount(gam_);
  const std::string met = AddContact(account.name()), stranger = AddContact(foreign.name());
  v1::Visit visit = MakeVisit(account.name(), absl::Hours(50), absl::Hours(51));
  visit.add_contacts_met(met);
  visit.add_contacts_met(stranger);
  const auto refused = CreateVisit(kax_, visit);
  EXPECT_THAT(refused, HasReason("CONTACT_OTHER_ACCOUNT"));
  EXPECT_THAT(refused, NamesField("visit.contacts_met[1]"));
  EXPECT_EQ(LastContact(met), "");
  ASSERT_THAT(MadeVisit(account.name(), met), IsOk());
  EXPECT_EQ(LastContact(met), Day());
  EXPECT_EQ(LastContact(stranger), "");
  // A later date stays.
  world_.harness().db().Execute(
      absl::StrCat("UPDATE contacts SET last_contact_date = '2030-01-01' WHERE id = '", IdOf(met), "'"));
  MoveOn(absl::Hours(2));
  ASSERT_THAT(MadeVisit(account.name(), met), IsOk());
  EXPECT_EQ(LastContact(met), "2030-01-01");
}

// what is to be done has somebody who does it, and a date.
TEST_F(VisitTest, AFollowUpHasSomebodyAndADate) {
  const v1::Account account = world_.AddAccount(kax_);
  MoveOn(absl::Hours(4));
  const auto visit = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(1), absl::Hours(1)));
  ASSERT_THAT(visit, IsOk());
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *visit), IsOk());
  v1::CheckInVisitRequest check_in;
  *check_in.mutable_check_in_time() = ToTimestamp(now_ - absl::Minutes(30));
  ASSERT_THAT(Do<v1::Visit>(kax_, "VisitService/CheckInVisit", check_in, visit->name()), IsOk());
  v1::CompleteVisitRequest complete;
  complete.set_report("见面");
  complete.add_follow_ups()->set_action("报价");
  const auto nobody = Do<v1::Visit>(kax_, "VisitService/CompleteVisit", complete, visit->name());
  EXPECT_THAT(nobody, HasReason("FOLLOW_UP_INCOMPLETE"));
  EXPECT_THAT(nobody, NamesField("visit.follow_ups[0].responsible"));
  complete.mutable_follow_ups(0)->set_responsible(seller_.name());
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/CompleteVisit", complete, visit->name()),
              NamesField("visit.follow_ups[0].due_date"));
  complete.mutable_follow_ups(0)->set_due_date(Day(3));
  const auto done = Do<v1::Visit>(kax_, "VisitService/CompleteVisit", complete, visit->name());
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->follow_ups(0).due_date(), Day(3));
  // It is listed until it is done.
  MoveOn(absl::Hours(24 * 5));
  const auto open = [&](const auth::Principal& who) {
    const auto list =
        Call<v1::ListOpenFollowUpsResponse>(who, "VisitService/ListOpenFollowUps", v1::ListOpenFollowUpsRequest());
    EXPECT_THAT(list, IsOk());
    return list.value_or(v1::ListOpenFollowUpsResponse());
  };
  ASSERT_EQ(open(kax_).rows_size(), 1);
  EXPECT_EQ(open(kax_).rows(0).days_overdue(), 2);
  EXPECT_EQ(open(kax_).rows(0).responsible(), seller_.name());
  EXPECT_EQ(open(kax2_).rows_size(), 0);
  v1::UpdateVisitRequest update;
  update.mutable_visit()->set_name(visit->name());
  *update.mutable_visit()->mutable_follow_ups() = done->follow_ups();
  update.mutable_visit()->mutable_follow_ups(0)->set_done(true);
  ASSERT_THAT(Call<v1::Visit>(kax_, "VisitService/UpdateVisit", update), IsOk());
  EXPECT_EQ(open(kax_).rows_size(), 0);
}

}  // namespace
}  // namespace kam::account

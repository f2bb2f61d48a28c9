// Plans of visits: two sign, a third approves; plan against actual; proposals by frequency (A-28, A-29, P-51).
#include <thread>

#include "account-svc/testing/etag.h"
#include "account-svc/testing/visits_fixture.h"
#include "common/time/date.h"
#include "kam/account/v1/visit_plan_service.pb.h"

namespace kam::account {
namespace {

using v1::VisitPlan;

class VisitPlanTest : public VisitsFixture {
 protected:
  absl::StatusOr<VisitPlan> CreatePlan(const std::vector<std::string>& accounts, int visits,
                                       v1::VisitPlanPeriod kind = v1::VISIT_PLAN_PERIOD_MONTH) {
    v1::CreateVisitPlanRequest request;
    VisitPlan& plan = *request.mutable_visit_plan();
    plan.set_display_name("走访计划");
    plan.set_period_kind(kind);
    plan.set_start_date(kind == v1::VISIT_PLAN_PERIOD_MONTH ? Day().substr(0, 8) + "01" : Day().substr(0, 5) + "01-01");
    plan.set_sales_manager(manager_.name());
    for (const std::string& account : accounts) {
      v1::VisitPlanItem& item = *plan.add_items();
      item.set_account(account);
      item.set_visitor(seller_.name());
      item.set_purpose("维护");
      item.set_visits(visits);
      item.set_companions(other_.name());
      item.set_trip_destination("无锡");
    }
    return Call<VisitPlan>(kax_, "VisitPlanService/CreateVisitPlan", request);
  }
  absl::StatusOr<VisitPlan> Sign(const auth::Principal& who, const VisitPlan& plan) {
    return Do<VisitPlan>(who, "VisitPlanService/SignVisitPlan", v1::SignVisitPlanRequest(), plan);
  }
  absl::StatusOr<VisitPlan> Submit(const std::string& name) {
    return Do<VisitPlan>(kax_, "VisitPlanService/SubmitVisitPlan", v1::SubmitVisitPlanRequest(), name);
  }
  absl::StatusOr<VisitPlan> Approve(const auth::Principal& who, const std::string& name) {
    v1::ApproveVisitPlanRequest request;
    request.set_etag(EtagOf(world_, name));
    return Do<VisitPlan>(who, "VisitPlanService/ApproveVisitPlan", request, name);
  }
  // A plan that both have signed, handed in.
  absl::StatusOr<VisitPlan> SubmittedPlan(const std::vector<std::string>& accounts, int visits) {
    const auto plan = CreatePlan(accounts, visits);
    if (!plan.ok()) return plan;
    const auto once = Sign(kax_, *plan);
    if (!once.ok()) return once;
    if (const auto twice = Sign(sm_, *once); !twice.ok()) return twice;
    return Submit(plan->name());
  }
  absl::StatusOr<v1::ProposeDueVisitsResponse> Propose(const auth::Principal& who, const std::string& until = {}) {
    v1::ProposeDueVisitsRequest request;
    request.set_until_date(until);
    return Call<v1::ProposeDueVisitsResponse>(who, "VisitService/ProposeDueVisits", request);
  }
  int OpenVisits(const std::string& account) {
    return static_cast<int>(world_.harness()
                                .db()
                                .Get(absl::StrCat("SELECT COUNT(*) FROM visits WHERE account = '", IdOf(account),
                                                  "' AND state = 'PROPOSED' AND origin = 'FREQUENCY'"))
                                .integer());
  }
};

// A-28, P-51: what the seller and the only sales manager have signed, the sales director approves.
TEST_F(VisitPlanTest, TheSalesDirectorApproves) {
  const auto plan = SubmittedPlan({world_.AddAccount(kax_).name()}, 2);
  ASSERT_THAT(plan, IsOk());
  const organization::v1::Employee director = world_.AddEmployee("SD");
  const auto approved = Approve(world_.As(director, "SD"), plan->name());
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->approver(), director.name());
}

// a visit of an approved plan is made without an approval of its own, whoever gave it its time.
TEST_F(VisitPlanTest, AVisitOfAnApprovedPlanIsMade) {
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  const auto plan = SubmittedPlan({account.name()}, 2);
  ASSERT_THAT(plan, IsOk());
  ASSERT_THAT(Approve(gam_, plan->name()), IsOk());
  v1::Visit visit = MakeVisit(account.name(), absl::ZeroDuration(), absl::Minutes(1));
  visit.set_visitor(seller_.name());
  visit.set_visit_plan(plan->name());
  const auto planned = CreateVisit(gam_, visit);
  ASSERT_THAT(planned, IsOk());
  ASSERT_EQ(planned->planner(), head_.name());
  const auto begun = Do<v1::Visit>(kax_, "VisitService/CheckInVisit", v1::CheckInVisitRequest(), planned->name());
  ASSERT_THAT(begun, IsOk());
  EXPECT_EQ(begun->approver(), "");
  v1::UndoCheckInRequest undo;
  undo.set_reason("未到");
  ASSERT_THAT(Do<v1::Visit>(kax_, "VisitService/UndoCheckIn", undo, planned->name()), IsOk());
  // Once the plan is closed, it no longer speaks for the visit.
  ASSERT_THAT(Do<VisitPlan>(kax_, "VisitPlanService/CloseVisitPlan", v1::CloseVisitPlanRequest(), plan->name()),
              IsOk());
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/CheckInVisit", v1::CheckInVisitRequest(), planned->name()),
              HasReason("VISIT_NOT_APPROVED"));
}

// owner and sales manager sign the same content, a third person approves.
TEST_F(VisitPlanTest, APlanIsSignedByTwoAndApprovedByAThird) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto plan = CreatePlan({account.name()}, 2);
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(Submit(plan->name()), HasReason("SIGNATURE_MISSING"));
  EXPECT_THAT(Sign(gam_, *plan), HasReason("NOT_A_SIGNER"));
  EXPECT_THAT(Do<VisitPlan>(kax_, "VisitPlanService/SignVisitPlan", v1::SignVisitPlanRequest(), plan->name()),
              NamesField("etag"));
  const auto once = Sign(kax_, *plan);
  ASSERT_THAT(once, IsOk());
  EXPECT_THAT(Sign(kax_, *once), HasReason("ALREADY_SIGNED"));
  EXPECT_THAT(Sign(sm_, *plan), HasReason("ETAG_MISMATCH")) << "what was read is not what is there";
  const auto twice = Sign(sm_, *once);
  ASSERT_THAT(twice, IsOk());
  // Another content: both signatures are gone.
  v1::UpdateVisitPlanRequest update;
  update.mutable_visit_plan()->set_name(plan->name());
  *update.mutable_visit_plan()->mutable_items() = twice->items();
  update.mutable_visit_plan()->mutable_items(0)->set_visits(3);
  const auto changed = Call<VisitPlan>(kax_, "VisitPlanService/UpdateVisitPlan", update);
  ASSERT_THAT(changed, IsOk());
  EXPECT_FALSE(changed->has_owner_sign_time());
  EXPECT_FALSE(changed->has_manager_sign_time());
  EXPECT_THAT(Submit(plan->name()), HasReason("SIGNATURE_MISSING"));
  const auto again = Sign(kax_, *changed);
  ASSERT_THAT(again, IsOk());
  ASSERT_THAT(Sign(sm_, *again), IsOk());
  ASSERT_THAT(Submit(plan->name()), IsOk());
  EXPECT_THAT(Call<VisitPlan>(kax_, "VisitPlanService/UpdateVisitPlan", update), HasReason("PLAN_NOT_DRAFT"));
  EXPECT_THAT(Approve(kax_, plan->name()), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Approve(sm_, plan->name()), HasReason("SEPARATION_OF_DUTIES")) << "he has signed it";
  EXPECT_THAT(Do<VisitPlan>(gam_, "VisitPlanService/ApproveVisitPlan", v1::ApproveVisitPlanRequest(), plan->name()),
              NamesField("etag"));
  const auto approved = Approve(gam_, plan->name());
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->approver(), head_.name());
  EXPECT_THAT(Do<VisitPlan>(kax_, "VisitPlanService/ArchiveVisitPlan", kam::api::ArchiveRequest(), plan->name()),
              HasReason("RECORD_KEPT"));
}

//
TEST_F(VisitPlanTest, APlanNamesASalesManagerWhoIsOneAndAnotherPerson) {
  v1::CreateVisitPlanRequest request;
  VisitPlan& plan = *request.mutable_visit_plan();
  plan.set_display_name("走访");
  plan.set_period_kind(v1::VISIT_PLAN_PERIOD_MONTH);
  plan.set_start_date("2026-02-02");
  const std::string method = "VisitPlanService/CreateVisitPlan";
  EXPECT_THAT(Call<VisitPlan>(kax_, method, request), HasReason("PERIOD_START_INVALID"));
  plan.set_start_date("2026-02-01");
  plan.set_sales_manager(other_.name());
  EXPECT_THAT(Call<VisitPlan>(kax_, method, request), HasReason("NOT_A_SALES_MANAGER"));
  plan.set_sales_manager(seller_.name());
  EXPECT_THAT(Call<VisitPlan>(kax_, method, request), HasReason("SIGNER_IS_OWNER"));
  plan.clear_sales_manager();
  const auto made = Call<VisitPlan>(kax_, method, request);
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(Sign(kax_, *made), HasReason("PLAN_EMPTY"));
  EXPECT_THAT(Submit(made->name()), HasReason("PLAN_EMPTY"));
}

// the tier asks for so many visits; fewer take a reason.
TEST_F(VisitPlanTest, TheTierAsksForVisits) {
  const v1::Account account = ActiveAccount(kax_, "A");
  auto plan = CreatePlan({account.name()}, 2, v1::VISIT_PLAN_PERIOD_YEAR);
  ASSERT_THAT(plan, IsOk());
  ASSERT_THAT(plan = Sign(kax_, *plan), IsOk());
  ASSERT_THAT(plan = Sign(sm_, *plan), IsOk());
  const auto refused = Submit(plan->name());
  EXPECT_THAT(refused, HasReason("VISIT_FREQUENCY_TOO_LOW"));
  EXPECT_EQ(MetadataValue(refused.status(), "limit"), "6") << "365 days, one visit in 60";
  v1::UpdateVisitPlanRequest update;
  update.mutable_visit_plan()->set_name(plan->name());
  *update.mutable_visit_plan()->mutable_items() = plan->items();
  update.mutable_visit_plan()->mutable_items(0)->set_deviation_reason("客户停产半年");
  ASSERT_THAT(plan = Call<VisitPlan>(kax_, "VisitPlanService/UpdateVisitPlan", update), IsOk());
  ASSERT_THAT(plan = Sign(kax_, *plan), IsOk());
  ASSERT_THAT(plan = Sign(sm_, *plan), IsOk());
  const auto submitted = Submit(plan->name());
  ASSERT_THAT(submitted, IsOk());
  EXPECT_EQ(submitted->items(0).visits_by_tier(), 6);
  v1::ReturnVisitPlanRequest back;
  back.set_reason("补充同行人");
  const auto returned = Do<VisitPlan>(gam_, "VisitPlanService/ReturnVisitPlan", back, plan->name());
  ASSERT_THAT(returned, IsOk());
  EXPECT_FALSE(returned->has_owner_sign_time()) << "what comes back is signed again";
}

// an account that is due and not in the plan is left out for a reason.
TEST_F(VisitPlanTest, APlanLeavesNobodyOutUnsaid) {
  const v1::Account planned = ActiveAccount(kax_, "STRATEGIC"), forgotten = ActiveAccount(kax_, "STRATEGIC");
  auto plan = CreatePlan({planned.name()}, 1);
  ASSERT_THAT(plan, IsOk());
  ASSERT_THAT(plan = Sign(kax_, *plan), IsOk());
  ASSERT_THAT(plan = Sign(sm_, *plan), IsOk());
  const auto refused = Submit(plan->name());
  EXPECT_THAT(refused, HasReason("VISIT_ACCOUNTS_LEFT_OUT"));
  EXPECT_EQ(MetadataValue(refused.status(), "accounts"), forgotten.name());
  v1::UpdateVisitPlanRequest update;
  update.mutable_visit_plan()->set_name(plan->name());
  update.mutable_visit_plan()->set_left_out_reason("客户停产");
  ASSERT_THAT(plan = Call<VisitPlan>(kax_, "VisitPlanService/UpdateVisitPlan", update), IsOk());
  EXPECT_FALSE(plan->has_manager_sign_time()) << "the reason is signed too";
  ASSERT_THAT(plan = Sign(kax_, *plan), IsOk());
  ASSERT_THAT(plan = Sign(sm_, *plan), IsOk());
  const auto submitted = Submit(plan->name());
  ASSERT_THAT(submitted, IsOk());
  EXPECT_EQ(submitted->accounts_left_out(), 1);
}

// plan against actual, and the report of the period (P-51).
TEST_F(VisitPlanTest, AVisitBelongsToAnApprovedPlanAndCounts) {
  const v1::Account account = world_.AddAccount(kax_), elsewhere = world_.AddAccount(kax_);
  const auto plan = SubmittedPlan({account.name()}, 2);
  ASSERT_THAT(plan, IsOk());
  v1::Visit visit = MakeVisit(account.name(), -absl::Hours(1), absl::Hours(1));
  visit.set_visit_plan(plan->name());
  EXPECT_THAT(CreateVisit(kax_, visit), HasReason("VISIT_PLAN_NOT_APPROVED"));
  ASSERT_THAT(Approve(gam_, plan->name()), IsOk());
  visit.set_account(elsewhere.name());
  EXPECT_THAT(CreateVisit(kax_, visit), HasReason("VISIT_NOT_IN_PLAN"));
  v1::Visit later = MakeVisit(account.name(), absl::Hours(24 * 40), absl::Hours(24 * 40 + 1));
  later.set_visit_plan(plan->name());
  EXPECT_THAT(CreateVisit(kax_, later), HasReason("VISIT_NOT_IN_PLAN")) << "another month";
  v1::Visit by_another = MakeVisit(account.name(), absl::Hours(2), absl::Hours(3));
  by_another.set_visit_plan(plan->name());
  by_another.set_visitor(other_.name());
  EXPECT_THAT(CreateVisit(kax_, by_another), HasReason("VISIT_NOT_IN_PLAN")) << "not his item";
  ASSERT_THAT(MadeVisit(account.name()), IsOk()) << "on no plan";
  visit.set_account(account.name());
  *visit.mutable_planned_start() = ToTimestamp(now_ + absl::Hours(5));
  *visit.mutable_planned_end() = ToTimestamp(now_ + absl::Hours(6));
  const auto planned = CreateVisit(kax_, visit);
  ASSERT_THAT(planned, IsOk());
  world_.harness().db().Execute(absl::StrCat(
      "UPDATE visits SET state = 'DONE', check_in_time = planned_start WHERE id = '", IdOf(planned->name()), "'"));
  const auto progress = Do<v1::VisitPlanProgress>(gam_, "VisitPlanService/GetVisitPlanProgress",
                                                  v1::GetVisitPlanProgressRequest(), plan->name());
  ASSERT_THAT(progress, IsOk());
  EXPECT_EQ(progress->planned(), 2);
  EXPECT_EQ(progress->done(), 1);
  EXPECT_EQ(progress->unplanned(), 1);
  EXPECT_EQ(progress->completion_percent(), "50.00");
  EXPECT_EQ(progress->done_unapproved(), 1);
  v1::ReportVisitPlansRequest report;
  report.set_period_kind(v1::VISIT_PLAN_PERIOD_MONTH);
  report.set_start_date(plan->start_date());
  const auto rows = Call<v1::ReportVisitPlansResponse>(gam_, "VisitPlanService/ReportVisitPlans", report);
  ASSERT_THAT(rows, IsOk());
  ASSERT_EQ(rows->rows_size(), 1);
  EXPECT_EQ(rows->rows(0).accounts(), 1);
  EXPECT_EQ(rows->rows(0).progress().done(), 1);
  EXPECT_EQ(rows->rows(0).visit_plan().sales_manager(), manager_.name());
  const auto foreign = Call<v1::ReportVisitPlansResponse>(kax2_, "VisitPlanService/ReportVisitPlans", report);
  ASSERT_THAT(foreign, IsOk());
  EXPECT_EQ(foreign->rows_size(), 0);
}

// A-28, P-51: many visits of one account do not stand in for those of another.
TEST_F(VisitPlanTest, EveryAccountOfThePlanCountsForItself) {
  const v1::Account account = world_.AddAccount(kax_), other = world_.AddAccount(kax_);
  const auto plan = SubmittedPlan({account.name(), other.name()}, 1);
  ASSERT_THAT(plan, IsOk());
  ASSERT_THAT(Approve(gam_, plan->name()), IsOk());
  for (const int hour : {5, 7}) {
    v1::Visit visit = MakeVisit(account.name(), absl::Hours(hour), absl::Hours(hour + 1));
    visit.set_visit_plan(plan->name());
    const auto planned = CreateVisit(kax_, visit);
    ASSERT_THAT(planned, IsOk());
    world_.harness().db().Execute(absl::StrCat(
        "UPDATE visits SET state = 'DONE', check_in_time = planned_start WHERE id = '", IdOf(planned->name()), "'"));
  }
  const auto progress = Do<v1::VisitPlanProgress>(gam_, "VisitPlanService/GetVisitPlanProgress",
                                                  v1::GetVisitPlanProgressRequest(), plan->name());
  ASSERT_THAT(progress, IsOk());
  EXPECT_EQ(progress->planned(), 2);
  EXPECT_EQ(progress->done(), 1);
  EXPECT_EQ(progress->unplanned(), 1);
  EXPECT_EQ(progress->done_unapproved(), 2);
  EXPECT_EQ(progress->completion_percent(), "50.00");
}

// the interval of the tier proposes a visit, once; A-29: what is overdue is listed.
TEST_F(VisitPlanTest, TheFrequencyProposesOneVisit) {
  const v1::Account seldom = ActiveAccount(kax_, "C"), often = ActiveAccount(kax_, "STRATEGIC");
  const auto nothing = Propose(kax_);
  ASSERT_THAT(nothing, IsOk());
  EXPECT_EQ(nothing->visits_size(), 0);
  MoveOn(absl::Hours(24 * 20));
  const auto due = Propose(kax_);  // Due in ten days, the policy looks fourteen ahead.
  ASSERT_THAT(due, IsOk());
  ASSERT_EQ(due->visits_size(), 1);
  kam::api::GetRequest get;
  get.set_name(due->visits(0));
  const auto visit = Call<v1::Visit>(kax_, "VisitService/GetVisit", get);
  ASSERT_THAT(visit, IsOk());
  EXPECT_EQ(visit->account(), often.name());
  EXPECT_EQ(visit->visitor(), seller_.name());
  EXPECT_EQ(visit->due_date(), Day(10));
  EXPECT_EQ(visit->state(), v1::VISIT_STATE_PROPOSED);
  const auto again = Propose(kax_);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->visits_size(), 0);
  const auto overdue = [&](const auth::Principal& who) {
    return Call<v1::ListOverdueAccountsResponse>(who, "VisitService/ListOverdueAccounts",
                                                 v1::ListOverdueAccountsRequest());
  };
  EXPECT_EQ(overdue(kax_)->rows_size(), 0);
  MoveOn(absl::Hours(24 * 11));
  const auto late = overdue(kax_);
  ASSERT_THAT(late, IsOk());
  ASSERT_EQ(late->rows_size(), 1);
  EXPECT_EQ(late->rows(0).account(), often.name());
  EXPECT_EQ(late->rows(0).days_overdue(), 1);
  EXPECT_EQ(late->rows(0).interval_days(), 30);
  EXPECT_EQ(overdue(kax2_)->rows_size(), 0) << "the accounts of a colleague";
  // A visit begins the interval anew, and takes the account from the list.
  ASSERT_THAT(MadeVisit(often.name()), IsOk());
  EXPECT_EQ(overdue(kax_)->rows_size(), 0);
  EXPECT_EQ(OpenVisits(seldom.name()), 0);
}

// many who propose at the same time, and the job of every day, make one visit.
TEST_F(VisitPlanTest, ManyProposalsAtATimeMakeOneVisit) {
  const v1::Account account = ActiveAccount(kax_, "STRATEGIC");
  MoveOn(absl::Hours(24 * 40));
  world_.harness().db().Execute(
      "UPDATE due_items SET due_time = '2026-01-01', not_before = '2026-01-01' WHERE kind = 'visit.propose' AND "
      "done_time IS NULL");
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      if (i == 0) {
        world_.RunDue();
      } else {
        EXPECT_THAT(Propose(i % 2 == 0 ? kax_ : gam_), IsOk());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(OpenVisits(account.name()), 1);
  // The job has put itself down for the next day.
  EXPECT_EQ(world_.harness()
                .db()
                .Get("SELECT COUNT(*) FROM due_items WHERE kind = 'visit.propose' AND done_time IS NULL")
                .integer(),
            1);
}

//
TEST_F(VisitPlanTest, TheCompletionRateCountsWhatIsOver) {
  const v1::Account account = world_.AddAccount(kax_);
  MoveOn(absl::Hours(24));
  ASSERT_THAT(MadeVisit(account.name()), IsOk());
  const auto missed = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(4), -absl::Hours(3)));
  ASSERT_THAT(missed, IsOk());
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *missed), IsOk());
  v1::MarkVisitMissedRequest mark;
  mark.set_reason("客户出差");
  ASSERT_THAT(Do<v1::Visit>(kax_, "VisitService/MarkVisitMissed", mark, missed->name()), IsOk());
  ASSERT_THAT(CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(6), -absl::Hours(5))), IsOk());
  ASSERT_THAT(CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(1), absl::Hours(2))), IsOk());
  v1::ReportVisitCompletionRequest request;
  request.set_from_date(Day(-1));
  request.set_until_date(Day(-2));
  const std::string method = "VisitService/ReportVisitCompletion";
  EXPECT_THAT(Call<v1::ReportVisitCompletionResponse>(kax_, method, request), HasReason("PERIOD_INVALID"));
  request.set_until_date(Day(1));
  const auto report = Call<v1::ReportVisitCompletionResponse>(kax_, method, request);
  ASSERT_THAT(report, IsOk());
  ASSERT_EQ(report->rows_size(), 1);
  EXPECT_EQ(report->rows(0).visitor(), seller_.name());
  EXPECT_EQ(report->rows(0).done(), 1);
  EXPECT_EQ(report->rows(0).missed(), 1);
  EXPECT_EQ(report->rows(0).overdue(), 1);
  EXPECT_EQ(report->rows(0).open(), 1);
  EXPECT_EQ(report->total().completion_percent(), "33.33");
}

}  // namespace
}  // namespace kam::account

// Every state of plans and visits with every verb: open exactly where these tables say so.
#include "account-svc/testing/visits_fixture.h"
#include "common/testing/states.h"
#include "kam/account/v1/visit_plan_service.pb.h"

namespace kam::account {
namespace {

using testing::StateMachine;

class VisitStates : public VisitsFixture {
 protected:
  int Try(const StateMachine& machine) {
    return testing::TryEveryVerbInEveryState(world_.harness(), testing::Almighty(world_.harness(), gam_), machine);
  }
};

//
TEST_F(VisitStates, EveryVerbOfAPlanIsOpenInExactlyItsStates) {
  v1::CreateVisitPlanRequest request;
  v1::VisitPlan& plan = *request.mutable_visit_plan();
  plan.set_display_name("走访");
  plan.set_period_kind(v1::VISIT_PLAN_PERIOD_MONTH);
  plan.set_start_date("2026-02-01");
  plan.set_sales_manager(manager_.name());
  v1::VisitPlanItem& item = *plan.add_items();
  item.set_account(world_.AddAccount(kax_).name());
  item.set_visitor(seller_.name());
  item.set_purpose("维护");
  item.set_visits(1);
  const auto made = Call<v1::VisitPlan>(kax_, "VisitPlanService/CreateVisitPlan", request);
  ASSERT_THAT(made, IsOk());
  StateMachine machine;
  machine.service = "kam.account.v1.VisitPlanService";
  machine.table = "visit_plans";
  machine.states = v1::VisitPlanState_descriptor();
  machine.verbs = {{"SignVisitPlan", {{"DRAFT"}, ""}},
                   {"SubmitVisitPlan", {{"DRAFT"}, "SUBMITTED"}},
                   {"ReturnVisitPlan", {{"SUBMITTED"}, "DRAFT"}},
                   {"ApproveVisitPlan", {{"SUBMITTED"}, "APPROVED"}},
                   {"CloseVisitPlan", {{"APPROVED"}, "CLOSED"}}};
  machine.name = made->name();
  machine.columns = "owner_sign_time = '2026-01-05', manager_sign_time = '2026-01-05'";
  EXPECT_EQ(Try(machine), 4);
}

//
TEST_F(VisitStates, EveryVerbOfAVisitIsOpenInExactlyItsStates) {
  MoveOn(absl::Hours(24));
  const auto made = CreateVisit(kax_, MakeVisit(world_.AddAccount(kax_).name(), -absl::Hours(3), -absl::Hours(2)));
  ASSERT_THAT(made, IsOk());
  StateMachine machine;
  machine.service = "kam.account.v1.VisitService";
  machine.table = "visits";
  machine.states = v1::VisitState_descriptor();
  machine.verbs = {{"PlanVisit", {{"PROPOSED"}, "PLANNED"}},
                   {"ApproveVisit", {{"PROPOSED", "PLANNED"}, "APPROVED"}},
                   {"CheckInVisit", {{"PLANNED", "APPROVED"}, "CHECKED_IN"}},
                   {"UndoCheckIn", {{"CHECKED_IN"}, ""}},
                   {"CompleteVisit", {{"CHECKED_IN"}, "DONE"}},
                   {"MarkVisitMissed", {{"PLANNED", "APPROVED"}, "MISSED"}},
                   {"CancelVisit", {{"PROPOSED", "PLANNED", "APPROVED"}, "CANCELLED"}},
                   {"CommentVisit", {{"DONE"}, ""}},
                   {"CorrectVisitReport", {{"DONE"}, ""}}};
  machine.name = made->name();
  machine.columns = "check_in_time = planned_start, check_out_time = NULL, comment = NULL, planner = visitor";
  machine.fill = [&](const std::string& verb, google::protobuf::Message* message) {
    // Planned, made without an approval and called off before its end, missed after it.
    const bool before_end = verb == "CancelVisit" || verb == "PlanVisit" || verb == "CheckInVisit";
    world_.harness().db().Execute(absl::StrCat("UPDATE visits SET planned_end = planned_start + INTERVAL ",
                                               before_end ? 10 : 1, " HOUR WHERE id = '", IdOf(made->name()), "'"));
    if (verb == "PlanVisit") {
      auto& plan = static_cast<v1::PlanVisitRequest&>(*message);
      *plan.mutable_planned_start() = made->planned_start();
      // A time that is over is not planned any more.
      *plan.mutable_planned_end() = ToTimestamp(world_.harness().clock().Now() + absl::Hours(1));
    } else if (verb == "CompleteVisit") {
      static_cast<v1::CompleteVisitRequest&>(*message).set_report("见面");
    }
  };
  EXPECT_EQ(Try(machine), 11);
}

}  // namespace
}  // namespace kam::account

// What contract-svc knows of an account, in its evaluation and in the goals of its plan, over real gRPC
// and a real database.
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_evaluation_service.pb.h"
#include "kam/account/v1/account_market_service.pb.h"
#include "kam/account/v1/account_plan_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::account {
namespace {

using business::v1::ContractMonth;
using testing::HasReason;
using testing::IsOk;
using v1::AccountEvaluation;
using v1::AccountPlan;

std::string Evaluations(absl::string_view verb) {
  return absl::StrCat("kam.account.v1.AccountEvaluationService/", verb);
}
std::string Plans(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountPlanService/", verb); }

class TradeTest : public ::testing::Test {
 protected:
  TradeTest()
      : world_(World::Get()),
        start_(world_.harness().clock().Now()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        manager_(world_.AddEmployee("KAM", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        kam_(world_.As(manager_, "KAM")),
        analyst_(world_.As(world_.AddEmployee("DA"), "DA")),
        account_(world_.AddAccount(kam_)) {}
  ~TradeTest() override {
    world_.contract_svc = world_.aftersales_svc;
    world_.harness().clock().Set(start_);
    // The other tests go by the model of their own.
    world_.harness().db().Execute("UPDATE tier_models SET state = 'DRAFT' WHERE from_date = '2026-01-04'");
  }

  // contract-svc answers with these months.
  void TradeIs(const std::vector<ContractMonth>& months) {
    world_.contract_svc = [this, months](absl::string_view method, const google::protobuf::Message& request,
                                         google::protobuf::Message* response) {
      if (!absl::EndsWith(method, "BatchGetContractFigures")) return absl::OkStatus();
      asked_ = static_cast<const business::v1::BatchGetFiguresRequest&>(request);
      auto* figures = static_cast<business::v1::BatchGetContractFiguresResponse*>(response)->add_accounts();
      figures->set_account(asked_.accounts(0));
      figures->mutable_months()->Assign(months.begin(), months.end());
      return absl::OkStatus();
    };
  }
  void ContractServiceIsAway() {
    world_.contract_svc = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
      return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
    };
  }
  static ContractMonth Month(const std::string& month, int net, int cost, int due, int on_time) {
    ContractMonth made;
    made.set_month(month);
    const auto set = [](int amount, google::type::Money* money) {
      money->set_currency_code("CNY");
      money->set_units(amount);
    };
    set(net + 1, made.mutable_ordered());
    set(net + 2, made.mutable_invoiced());
    set(net + 3, made.mutable_received());
    set(net, made.mutable_invoiced_net());
    set(net, made.mutable_costed_net());
    set(cost, made.mutable_cost());
    set(due, made.mutable_due());
    set(on_time, made.mutable_paid_on_time());
    return made;
  }
  // A released model of revenue, margin, growth and payment, a quarter each, with points from 10 and 50 on.
  void ReleaseModel() {
    v1::CreateTierModelRequest create;
    v1::TierModel& model = *create.mutable_tier_model();
    model.set_display_name("按合同数据");
    model.set_from_date("2026-01-04");
    model.set_currency("CNY");
    for (const v1::TierCriterion criterion : {v1::TIER_CRITERION_REVENUE, v1::TIER_CRITERION_MARGIN,
                                              v1::TIER_CRITERION_GROWTH, v1::TIER_CRITERION_PAYMENT}) {
      v1::TierWeight* weight = model.add_weights();
      weight->set_criterion(criterion);
      weight->set_weight("25");
      for (const auto& [at_least, points] : {std::pair("10", "50"), std::pair("50", "100")}) {
        v1::TierBand* band = model.add_bands();
        band->set_criterion(criterion);
        band->set_at_least(at_least);
        band->set_points(points);
      }
    }
    model.set_strategic_from("90");
    model.set_a_from("60");
    model.set_b_from("30");
    const auto made = world_.Call<v1::TierModel>(analyst_, Evaluations("CreateTierModel"), create);
    ASSERT_THAT(made, IsOk());
    v1::ReleaseTierModelRequest release;
    release.set_name(made->name());
    ASSERT_THAT(world_.Call<v1::TierModel>(gam_, Evaluations("ReleaseTierModel"), release), IsOk());
  }
  absl::StatusOr<AccountEvaluation> Compute(const auth::Principal& who) {
    v1::ComputeAccountEvaluationRequest request;
    request.set_account(account_.name());
    request.set_as_of("2026-01-05");
    return world_.Call<AccountEvaluation>(who, Evaluations("ComputeAccountEvaluation"), request);
  }
  int64_t Rows(const std::string& table) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(*) FROM ", table, " WHERE account = '", IdOf(account_.name()), "'"))
        .integer();
  }
  template <typename T, typename Request>
  absl::StatusOr<T> Do(const auth::Principal& who, const std::string& method, const T& about, Request request = {}) {
    request.set_name(about.name());
    request.set_etag(about.etag());
    return world_.Call<T>(who, method, request);
  }

  World& world_;
  const absl::Time start_;
  organization::v1::Department department_;
  organization::v1::Employee head_, manager_;
  auth::Principal gam_, kam_, analyst_;
  v1::Account account_;
  business::v1::BatchGetFiguresRequest asked_;
};

// revenue, margin, growth and payment come from contract-svc; three people stand behind a tier, and whoever may
// not know the margin sees its points only.
TEST_F(TradeTest, ATierIsWorkedOutFromWhatContractServiceKnows) {
  ReleaseModel();
  TradeIs({Month("2024-12", 50, 0, 0, 0), Month("2025-01", 30, 24, 10, 4), Month("2025-12", 30, 24, 10, 5)});
  const auto computed = Compute(analyst_);
  ASSERT_THAT(computed, IsOk());
  EXPECT_EQ(asked_.accounts(0), account_.name());
  EXPECT_EQ(asked_.from_month(), "2024-01");
  EXPECT_EQ(asked_.until_month(), "2025-12");
  EXPECT_EQ(computed->revenue().units(), 60);
  EXPECT_EQ(computed->margin_percent(), "20");
  EXPECT_EQ(computed->growth_percent(), "20");
  EXPECT_EQ(computed->on_time_percent(), "45");
  EXPECT_EQ(computed->total(), "62.5") << "25 and three times 12.5";
  EXPECT_EQ(computed->computed_tier(), v1::TIER_A);
  EXPECT_EQ(computed->figures_origin(), v1::FIGURES_ORIGIN_CONTRACTS);

  kam::api::GetRequest get;
  get.set_name(computed->name());
  const auto seen = world_.Call<AccountEvaluation>(kam_, Evaluations("GetAccountEvaluation"), get);
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->margin_percent(), "");
  EXPECT_EQ(seen->scores(1).value(), "");
  EXPECT_EQ(seen->scores(1).points(), "50");
  EXPECT_EQ(world_.Call<AccountEvaluation>(gam_, Evaluations("GetAccountEvaluation"), get)->margin_percent(), "20");

  EXPECT_THAT(Compute(kam_), testing::StatusIs(absl::StatusCode::kPermissionDenied));
}

// while contract-svc is away nothing is worked out and nothing is stored; a customer without trade has no margin.
TEST_F(TradeTest, NothingIsStoredWhileContractServiceIsAway) {
  ReleaseModel();
  ContractServiceIsAway();
  EXPECT_THAT(Compute(analyst_), HasReason("CONTRACT_SVC_UNAVAILABLE"));
  EXPECT_EQ(Rows("account_evaluations"), 0);
  TradeIs({});
  EXPECT_THAT(Compute(analyst_), HasReason("EVALUATION_INPUT_MISSING"));
  EXPECT_EQ(Rows("account_evaluations"), 0);
}

// goals about what was ordered, invoiced and received, and about our share of what the customer needs.
TEST_F(TradeTest, GoalsCountWhatContractServiceKnowsAndTheShare) {
  v1::CreateSupplyShareRequest share;
  share.mutable_supply_share()->set_account(account_.name());
  share.mutable_supply_share()->set_product("机油");
  share.mutable_supply_share()->set_period(v1::SHARE_PERIOD_MONTH);
  share.mutable_supply_share()->set_period_start("2025-12-01");
  share.mutable_supply_share()->set_unit("升");
  share.mutable_supply_share()->set_total_demand("200");
  share.mutable_supply_share()->set_our_volume("50");
  share.mutable_supply_share()->set_source("客户采购部");
  ASSERT_THAT(world_.Call<v1::SupplyShare>(kam_, "kam.account.v1.AccountMarketService/CreateSupplyShare", share),
              IsOk());

  v1::CreateAccountPlanRequest create;
  AccountPlan& plan = *create.mutable_account_plan();
  plan.set_account(account_.name());
  plan.set_display_name("年度计划");
  plan.set_aim("扩大供货份额");
  plan.set_from_date("2025-11-01");
  plan.set_to_date("2026-10-30");
  const auto goal = [&](v1::PlanMetric metric, const std::string& target) {
    v1::PlanGoal* made = plan.add_goals();
    made->set_metric(metric);
    made->set_target(target);
    if (metric != v1::PLAN_METRIC_SUPPLY_SHARE) made->set_currency("CNY");
    return made;
  };
  goal(v1::PLAN_METRIC_ORDERED_AMOUNT, "202");
  goal(v1::PLAN_METRIC_INVOICED_AMOUNT, "404");
  goal(v1::PLAN_METRIC_RECEIVED_AMOUNT, "103")->set_from_date("2025-12-01");
  goal(v1::PLAN_METRIC_SUPPLY_SHARE, "50");
  EXPECT_THAT(world_.Call<AccountPlan>(kam_, Plans("CreateAccountPlan"), create), HasReason("GOAL_MONTHS"));
  plan.set_to_date("2026-10-31");
  EXPECT_THAT(world_.Call<AccountPlan>(kam_, Plans("CreateAccountPlan"), create), HasReason("GOAL_PRODUCT"));
  plan.mutable_goals(3)->set_product("机油");
  plan.add_actions()->set_title("高层互访");
  plan.mutable_actions(0)->set_responsible(manager_.name());
  plan.mutable_actions(0)->set_due_date("2026-01-31");
  auto made = world_.Call<AccountPlan>(kam_, Plans("CreateAccountPlan"), create);
  ASSERT_THAT(made, IsOk());
  made = Do<AccountPlan, v1::ApproveAccountPlanRequest>(gam_, Plans("ApproveAccountPlan"), *made);
  ASSERT_THAT(made, IsOk());
  made = Do<AccountPlan, v1::StartAccountPlanRequest>(kam_, Plans("StartAccountPlan"), *made);
  ASSERT_THAT(made, IsOk());

  ContractServiceIsAway();
  v1::MeasureAccountPlanRequest measure;
  measure.set_name(made->name());
  EXPECT_THAT(world_.Call<v1::MeasureAccountPlanResponse>(kam_, Plans("MeasureAccountPlan"), measure),
              HasReason("CONTRACT_SVC_UNAVAILABLE"));
  v1::ReviewAccountPlanRequest review;
  review.set_conclusion("按计划");
  EXPECT_THAT((Do<AccountPlan, v1::ReviewAccountPlanRequest>(gam_, Plans("ReviewAccountPlan"), *made, review)),
              HasReason("CONTRACT_SVC_UNAVAILABLE"));

  TradeIs({Month("2025-11", 100, 0, 0, 0), Month("2025-12", 100, 0, 0, 0)});
  const auto progress = world_.Call<v1::MeasureAccountPlanResponse>(kam_, Plans("MeasureAccountPlan"), measure);
  ASSERT_THAT(progress, IsOk());
  EXPECT_EQ(asked_.from_month(), "2025-11");
  EXPECT_EQ(asked_.until_month(), "2026-10");
  EXPECT_EQ(progress->goals(0).actual(), "202");
  EXPECT_EQ(progress->goals(1).actual(), "204");
  EXPECT_EQ(progress->goals(2).actual(), "103");
  EXPECT_EQ(progress->goals(3).actual(), "25");
  EXPECT_EQ(progress->goals(3).percent(), "50");
  // The plan is looked back on when it is over.
  world_.harness().clock().Set(start_ + absl::Hours(24) * 300);
  const auto reviewed = Do<AccountPlan, v1::ReviewAccountPlanRequest>(gam_, Plans("ReviewAccountPlan"), *made, review);
  ASSERT_THAT(reviewed, IsOk());
  EXPECT_EQ(reviewed->goals(0).actual(), "202");
}

}  // namespace
}  // namespace kam::account

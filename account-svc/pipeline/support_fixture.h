// People and helpers of the tests of needs, plans, submissions, solutions, test drives and new products.
#ifndef KAM_ACCOUNT_SVC_PIPELINE_SUPPORT_FIXTURE_H_
#define KAM_ACCOUNT_SVC_PIPELINE_SUPPORT_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "account-svc/testing/account_fixture.h"
#include "account-svc/testing/etag.h"
#include "account-svc/testing/grants.h"
#include "common/time/date.h"
#include "kam/account/v1/account_plan_service.pb.h"
#include "kam/account/v1/customer_need_service.pb.h"
#include "kam/account/v1/manufacturer_submission_service.pb.h"
#include "kam/account/v1/solution_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {

class SupportTest : public ::testing::Test {
 protected:
  SupportTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        products_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        manager_(world_.AddEmployee("KAM", department_.name(), {head_.name()})),
        seller_(world_.AddEmployee("KAX", department_.name(), {manager_.name()})),
        chief_(world_.AddEmployee("PSS", products_.name())),
        engineer_(world_.AddEmployee("PS", products_.name(), {chief_.name()})),
        gam_(world_.As(head_, "GAM SM")),
        kam_(world_.As(manager_, "KAM")),
        kax_(world_.As(seller_, "KAX")),
        pss_(world_.As(chief_, "PSS")),
        ps_(world_.As(engineer_, "PS")) {
    for (const char* role : {"KAM", "GAM", "PSS", "PS"}) GrantRole(world_, role, "customer_need.answer");
    for (const char* role : {"KAM", "GAM"}) GrantRole(world_, role, "customer_need.read");
    // Morning of the next Monday: no test sees the days of another.
    const absl::CivilDay monday = absl::NextWeekday(Today(clock().Now(), zone()), absl::Weekday::monday);
    clock().Set(absl::FromCivil(monday, zone()) + absl::Hours(10));
  }

  FakeClock& clock() { return world_.harness().clock(); }
  absl::TimeZone zone() { return world_.harness().runtime().zone(); }
  std::string today() { return TodayText(clock().Now(), zone()); }
  std::string day(int days) { return *AddDays(today(), days); }
  template <typename T>
  absl::StatusOr<T> Get(absl::string_view method, const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return world_.Call<T>(gam_, absl::StrCat("kam.account.v1.", method), request);
  }
  // Calls a verb on `name`, as somebody who has just read it.
  template <typename T, typename Request>
  absl::StatusOr<T> Do(const auth::Principal& who, absl::string_view method, const std::string& name, Request request) {
    request.set_name(name);
    if (request.etag().empty()) request.set_etag(EtagOf(world_, name));
    return world_.Call<T>(who, absl::StrCat("kam.account.v1.", method), request);
  }

  absl::StatusOr<v1::CustomerNeed> Record(const std::string& account, v1::CustomerNeedKind kind,
                                          const std::string& department = {}) {
    v1::CreateCustomerNeedRequest request;
    request.mutable_customer_need()->set_account(account);
    request.mutable_customer_need()->set_kind(kind);
    request.mutable_customer_need()->set_description("需要冷藏车");
    request.mutable_customer_need()->set_department(department);
    return world_.Call<v1::CustomerNeed>(kax_, "kam.account.v1.CustomerNeedService/CreateCustomerNeed", request);
  }

  // A plan of the account with a goal, visits, and an action of the manager on the tenth day.
  v1::AccountPlan Plan(const std::string& account, const std::string& from, const std::string& to) {
    v1::AccountPlan plan;
    plan.set_account(account);
    plan.set_display_name("维护计划");
    plan.set_aim("提高双方供应链竞争能力");
    plan.set_from_date(from);
    plan.set_to_date(to);
    plan.add_goals()->set_metric(v1::PLAN_METRIC_VISITS);
    plan.mutable_goals(0)->set_target("2");
    v1::PlanAction& action = *plan.add_actions();
    action.set_title("高层互访");
    action.set_responsible(manager_.name());
    action.set_due_date(day(10));
    return plan;
  }
  absl::StatusOr<v1::AccountPlan> DrawUp(const v1::AccountPlan& plan) {
    v1::CreateAccountPlanRequest create;
    *create.mutable_account_plan() = plan;
    return world_.Call<v1::AccountPlan>(kam_, "kam.account.v1.AccountPlanService/CreateAccountPlan", create);
  }
  // Due today.
  absl::StatusOr<v1::ManufacturerSubmission> PrepareSubmission(v1::SubmissionKind kind) {
    v1::CreateManufacturerSubmissionRequest create;
    v1::ManufacturerSubmission& submission = *create.mutable_manufacturer_submission();
    submission.set_manufacturer("一汽-大众");
    submission.set_kind(kind);
    submission.set_display_name("客户资料");
    submission.set_content("某公司需求十辆");
    submission.set_due_date(today());
    return world_.Call<v1::ManufacturerSubmission>(
        kax_, "kam.account.v1.ManufacturerSubmissionService/CreateManufacturerSubmission", create);
  }
  absl::StatusOr<v1::Solution> RequestSolution(const std::string& account, const std::string& need) {
    v1::CreateSolutionRequest create;
    create.mutable_solution()->set_account(account);
    create.mutable_solution()->set_display_name("车队管理方案");
    create.mutable_solution()->set_requirement("二十辆车的维护");
    create.mutable_solution()->set_need(need);
    return world_.Call<v1::Solution>(kax_, "kam.account.v1.SolutionService/CreateSolution", create);
  }

  // How often the person was told something about the resource.
  int64_t Told(const organization::v1::Employee& person, const std::string& subject) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(id) FROM notifications WHERE recipient = '", IdOf(person.name()),
                          "' AND subject = '", subject, "'"))
        .integer();
  }

  World& world_;
  organization::v1::Department department_, products_;
  organization::v1::Employee head_, manager_, seller_, chief_, engineer_;
  auth::Principal gam_, kam_, kax_, pss_, ps_;
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PIPELINE_SUPPORT_FIXTURE_H_

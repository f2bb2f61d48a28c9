#include "account-svc/testing/account_fixture.h"

#include <gtest/gtest.h>

#include <memory>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "account-svc/account_svc.h"
#include "account-svc/context.h"
#include "account-svc/rules/keys.h"
#include "kam/account/v1/account_evaluation_service.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/contact_service.pb.h"
#include "kam/organization/v1/department_service.pb.h"
#include "kam/organization/v1/employee_service.pb.h"

namespace kam::account {
namespace {

std::unique_ptr<World>& Holder() {
  static std::unique_ptr<World> world;
  return world;
}

// Drops the schema before the program ends.
class DropWorld : public ::testing::Environment {
 public:
  void TearDown() override { World::Drop(); }
};
const ::testing::Environment* const kDropWorld = ::testing::AddGlobalTestEnvironment(new DropWorld);

}  // namespace

Policy TestPolicy() {
  Policy policy;
  policy.holdings_max = 3;
  policy.team_max = 5;
  policy.claims_per_day_max = 2;
  policy.open_reports_max = 300;
  policy.inactive_rows_max = 2;
  policy.take_over_rows_max = 600;
  policy.snapshot_part_rows = 20;
  policy.snapshot_page_rows = 7;
  return policy;
}

World::World() : policy_(TestPolicy()) {
  harness_ = std::make_unique<testing::Harness>(
      "account-svc/schema", FillCatalog, [this](resource::Runtime& runtime, rpc::Registry* registry) {
        scheduler_ = std::make_unique<schedule::Scheduler>(runtime, "account-svc");
        RegisterAll(runtime, policy_, registry, scheduler_.get(),
                    {[this](absl::string_view method, const google::protobuf::Message& request,
                            google::protobuf::Message* response,
                            absl::Time) { return contract_svc(method, request, response); },
                     [this](absl::string_view method, const google::protobuf::Message& request,
                            google::protobuf::Message* response,
                            absl::Time) { return aftersales_svc(method, request, response); }});
      });
  // Tests that go on for months put the job down themselves.
  harness_->db().Execute("DELETE FROM due_items WHERE kind = 'account_snapshot.due'");
  hr_ = harness_->PrincipalFor("HR GM", harness_->NewId());
}

World& World::Get() {
  if (Holder() == nullptr) Holder() = std::make_unique<World>();
  return *Holder();
}

int64_t World::RunDue() {
  const auto done = scheduler_->RunDue(harness_->clock().Now(), absl::Now() + absl::Seconds(30));
  EXPECT_TRUE(done.ok()) << done.status();
  return done.value_or(-1);
}

void World::Drop() { Holder().reset(); }

organization::v1::Department World::AddDepartment(const std::string& parent) {
  organization::v1::CreateDepartmentRequest request;
  request.mutable_department()->set_display_name(absl::StrCat("部门", ++last_));
  request.mutable_department()->set_parent(parent);
  const auto made =
      Call<organization::v1::Department>(hr_, "kam.organization.v1.DepartmentService/CreateDepartment", request);
  EXPECT_TRUE(made.ok()) << made.status();
  return made.value_or(organization::v1::Department());
}

organization::v1::Employee World::AddEmployee(const std::string& role, const std::string& department,
                                              const std::vector<std::string>& superiors, const std::string& region) {
  organization::v1::CreateEmployeeRequest request;
  organization::v1::Employee& employee = *request.mutable_employee();
  const int n = ++last_;
  employee.set_display_name(absl::StrCat("员工", n));
  employee.set_login(absl::StrCat("user", n));
  employee.set_department(department);
  employee.set_region(region);
  for (const std::string& superior : superiors) {
    employee.add_superiors()->set_superior(superior);
    employee.mutable_superiors(employee.superiors_size() - 1)->set_since("2025-01-01");
  }
  if (!role.empty()) {
    employee.add_roles()->set_role(role);
    employee.mutable_roles(0)->set_since("2025-01-01");
  }
  const auto made =
      Call<organization::v1::Employee>(hr_, "kam.organization.v1.EmployeeService/CreateEmployee", request);
  EXPECT_TRUE(made.ok()) << made.status();
  return made.value_or(organization::v1::Employee());
}

auth::Principal World::As(const organization::v1::Employee& employee, absl::string_view role,
                          const std::vector<std::string>& team, const std::vector<std::string>& regions) {
  std::string path;
  if (!employee.department().empty()) {
    path = harness_->db()
               .Get(absl::StrCat("SELECT department_path FROM employee_scopes WHERE employee = '",
                                 IdOf(employee.name()), "'"))
               .text();
  }
  return harness_->PrincipalFor(role, IdOf(employee.name()), path, team, regions);
}

v1::Account World::CompleteDraft() {
  const int n = ++last_;
  v1::Account account;
  account.set_legal_name(absl::StrCat("测试客户", n, "有限公司"));
  account.set_registration_number(CreditCode(n));
  account.set_segment(v1::SEGMENT_ENTERPRISE);
  account.set_industry("汽车");
  account.set_region("华东");
  account.mutable_address()->set_country("CN");
  account.mutable_address()->set_city("上海");
  account.mutable_address()->set_street("南京路1号");
  account.set_phone(absl::StrFormat("021-5%07d", n));
  account.set_products_used("保养");
  account.set_source(v1::CHANNEL_VISIT);
  return account;
}

absl::StatusOr<v1::Account> World::CreateAccount(const auth::Principal& creator, const v1::Account& account) {
  v1::CreateAccountRequest request;
  *request.mutable_account() = account;
  return Call<v1::Account>(creator, "kam.account.v1.AccountService/CreateAccount", request);
}

v1::Account World::AddAccount(const auth::Principal& creator) {
  // A test may have anybody's file: whether he opens one is tried with CreateAccount.
  auth::Principal maker = creator;
  maker.grants.try_emplace("account.create", creator.LevelFor("account.write"));
  const auto made = CreateAccount(maker, CompleteDraft());
  EXPECT_TRUE(made.ok()) << made.status();
  return made.value_or(v1::Account());
}

void World::AddContact(const auth::Principal& creator, const std::string& account) {
  v1::CreateContactRequest request;
  request.mutable_contact()->set_account(account);
  request.mutable_contact()->set_display_name("王先生");
  request.mutable_contact()->set_mobile("13900000000");
  request.mutable_contact()->set_key_person(true);
  const auto made = Call<v1::Contact>(creator, "kam.account.v1.ContactService/CreateContact", request);
  EXPECT_TRUE(made.ok()) << made.status();
}

v1::Account World::Assign(const auth::Principal& actor, const std::string& account, const std::string& employee) {
  v1::AssignOwnerRequest request;
  request.set_name(account);
  request.set_employee(employee);
  request.set_reason("分派");
  const auto assigned = Call<v1::Account>(actor, "kam.account.v1.AccountService/AssignOwner", request);
  EXPECT_TRUE(assigned.ok()) << assigned.status();
  return assigned.value_or(v1::Account());
}

v1::AccountEvaluation World::ProposeTier(const auth::Principal& proposer, const std::string& account, v1::Tier tier,
                                         const std::string& as_of) {
  constexpr char kService[] = "kam.account.v1.AccountEvaluationService/";
  const auth::Principal analyst = As(AddEmployee("DA"), "DA");
  if (!has_tier_model_) {
    v1::CreateTierModelRequest create;
    v1::TierModel& model = *create.mutable_tier_model();
    model.set_display_name("2025 年评级");
    model.set_from_date("2025-01-01");
    model.set_currency("CNY");
    model.add_weights()->set_criterion(v1::TIER_CRITERION_POTENTIAL);
    model.mutable_weights(0)->set_weight("100");
    model.add_bands()->set_criterion(v1::TIER_CRITERION_POTENTIAL);
    model.mutable_bands(0)->set_at_least("0");
    model.mutable_bands(0)->set_points("50");
    model.set_strategic_from("90");
    model.set_a_from("60");
    model.set_b_from("30");
    const auto made = Call<v1::TierModel>(analyst, absl::StrCat(kService, "CreateTierModel"), create);
    EXPECT_TRUE(made.ok()) << made.status();
    v1::ReleaseTierModelRequest release;
    release.set_name(made.value_or(v1::TierModel()).name());
    const auto released =
        Call<v1::TierModel>(As(AddEmployee("GAM"), "GAM"), absl::StrCat(kService, "ReleaseTierModel"), release);
    EXPECT_TRUE(released.ok()) << released.status();
    has_tier_model_ = true;
  }
  v1::CreateAccountEvaluationRequest compute;
  v1::AccountEvaluation& evaluation = *compute.mutable_account_evaluation();
  evaluation.set_account(account);
  evaluation.set_as_of(as_of);
  evaluation.mutable_revenue()->set_units(60);
  evaluation.mutable_revenue()->set_currency_code("CNY");
  evaluation.set_potential_score("55");
  evaluation.set_source("销售台账");
  const auto computed =
      Call<v1::AccountEvaluation>(analyst, absl::StrCat(kService, "CreateAccountEvaluation"), compute);
  EXPECT_TRUE(computed.ok()) << computed.status();
  v1::ProposeAccountTierRequest propose;
  propose.set_name(computed.value_or(v1::AccountEvaluation()).name());
  propose.set_tier(tier);
  propose.set_reason("年度评估");
  const auto proposed = Call<v1::AccountEvaluation>(proposer, absl::StrCat(kService, "ProposeAccountTier"), propose);
  EXPECT_TRUE(proposed.ok()) << proposed.status();
  return proposed.value_or(v1::AccountEvaluation());
}

std::string CreditCode(int n) {
  const std::string stem = absl::StrFormat("9131%013d", n);
  for (const char check : absl::string_view("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
    const std::string code = absl::StrCat(stem, std::string(1, check));
    if (rules::CheckRegistrationNumber(code, "CN").ok()) return code;
  }
  ADD_FAILURE() << "no check character fits";
  return stem;
}

std::string RequestId() {
  absl::BitGen random;
  const auto part = [&](uint64_t limit) { return absl::Uniform<uint64_t>(random, 0, limit); };
  return absl::StrFormat("%08x-%04x-4%03x-8%03x-%012x", part(1ULL << 32), part(1 << 16), part(1 << 12), part(1 << 12),
                         part(1ULL << 48));
}

}  // namespace kam::account

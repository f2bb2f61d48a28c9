// People, departments and the directory (G-01, G-03), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "account-svc/bootstrap.h"
#include "account-svc/context.h"
#include "account-svc/people/organization_fixture.h"
#include "account-svc/rights_loader.h"
#include "account-svc/testing/account_fixture.h"
#include "common/mysql/migrate.h"
#include "common/testing/mariadb.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/department_service.pb.h"
#include "kam/organization/v1/directory_service.pb.h"
#include "kam/organization/v1/employee_scope_service.pb.h"
#include "kam/organization/v1/employee_service.pb.h"
#include "kam/organization/v1/role_grant_service.pb.h"

namespace kam::account {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::StatusIs;
using ::testing::UnorderedElementsAre;

// G-01: paths follow a move, for everybody below.
TEST_F(OrganizationTest, PathsFollowAMove) {
  const Department top = world_.AddDepartment();
  const Department middle = world_.AddDepartment(top.name());
  const Department leaf = world_.AddDepartment(middle.name());
  EXPECT_EQ(top.parent_path(), "/");
  EXPECT_EQ(leaf.parent_path(), absl::StrCat("/", IdOf(top.name()), "/", IdOf(middle.name()), "/"));
  const Employee person = world_.AddEmployee("KAX", leaf.name());
  EXPECT_EQ(ScopePath(person), absl::StrCat(leaf.parent_path(), IdOf(leaf.name()), "/"));
  const Department other = world_.AddDepartment();
  ASSERT_THAT(Move(middle.name(), other.name()), IsOk());
  EXPECT_EQ(ScopePath(person),
            absl::StrCat("/", IdOf(other.name()), "/", IdOf(middle.name()), "/", IdOf(leaf.name()), "/"));
  kam::api::GetRequest get;
  get.set_name(leaf.name());
  EXPECT_EQ(world_.Call<Department>(hr_, "kam.organization.v1.DepartmentService/GetDepartment", get)->parent_path(),
            absl::StrCat("/", IdOf(other.name()), "/", IdOf(middle.name()), "/"));
}

TEST_F(OrganizationTest, ADepartmentIsNeverBelowItself) {
  const Department top = world_.AddDepartment();
  const Department leaf = world_.AddDepartment(world_.AddDepartment(top.name()).name());
  EXPECT_THAT(Move(top.name(), leaf.name()), HasReason("DEPARTMENT_CYCLE"));
  EXPECT_THAT(Move(top.name(), top.name()), HasReason("DEPARTMENT_CYCLE"));
}

TEST_F(OrganizationTest, TheTreeHasALimitedDepth) {
  std::string parent;
  for (int level = 0; level < 9; ++level) parent = world_.AddDepartment(parent).name();
  pb::CreateDepartmentRequest request;
  request.mutable_department()->set_display_name("太深");
  request.mutable_department()->set_parent(parent);
  EXPECT_THAT(world_.Call<Department>(hr_, "kam.organization.v1.DepartmentService/CreateDepartment", request),
              HasReason("DEPARTMENT_TOO_DEEP"));
}

// Two moves at a time cannot close a circle between them.
TEST_F(OrganizationTest, OfTwoMovesThatWouldCloseACircleOneIsRefused) {
  for (int round = 0; round < 5; ++round) {
    const Department a = world_.AddDepartment(), b = world_.AddDepartment();
    const Department below_a = world_.AddDepartment(a.name()), below_b = world_.AddDepartment(b.name());
    absl::Status first, second;
    std::thread one([&] { first = Move(a.name(), below_b.name()).status(); });
    std::thread two([&] { second = Move(b.name(), below_a.name()).status(); });
    one.join();
    two.join();
    EXPECT_NE(first.ok(), second.ok()) << first << "\n" << second;
  }
}

// G-01
TEST_F(OrganizationTest, ReportingLinesNeverFormACircle) {
  const Employee boss = world_.AddEmployee("GAM");
  const Employee middle = world_.AddEmployee("BDS", "", {boss.name()});
  const Employee worker = world_.AddEmployee("BD", "", {middle.name()});
  const auto refused = SetSuperior(boss, worker.name());
  EXPECT_THAT(refused, HasReason("REPORTING_CYCLE"));
  EXPECT_THAT(refused.status().message(),
              HasSubstr(absl::StrCat(boss.display_name(), " -> ", worker.display_name(), " -> ", middle.display_name(),
                                     " -> ", boss.display_name())));
  EXPECT_THAT(SetSuperior(boss, boss.name()), HasReason("REPORTING_CYCLE"));
  // A line that has ended closes no circle afterwards; before, it did.
  Employee free = middle;
  free.mutable_superiors(0)->set_until("2026-01-04");
  ASSERT_THAT(Update(hr_, free, {"superiors"}), IsOk());
  EXPECT_THAT(SetSuperior(boss, worker.name()), HasReason("REPORTING_CYCLE"));
  EXPECT_THAT(SetSuperior(boss, worker.name(), "2026-01-05"), IsOk());
}

// Two changes at a time cannot close a circle between them, over people in between.
TEST_F(OrganizationTest, OfTwoLinesThatWouldCloseACircleOneIsRefused) {
  for (int round = 0; round < 5; ++round) {
    const Employee a = world_.AddEmployee("KAM"), b = world_.AddEmployee("KAM");
    const Employee below_a = world_.AddEmployee("KAX", "", {a.name()});
    const Employee below_b = world_.AddEmployee("KAX", "", {b.name()});
    absl::Status first, second;
    std::thread one([&] { first = SetSuperior(a, below_b.name()).status(); });
    std::thread two([&] { second = SetSuperior(b, below_a.name()).status(); });
    one.join();
    two.join();
    EXPECT_NE(first.ok(), second.ok()) << first << "\n" << second;
    EXPECT_THAT(first.ok() ? second : first, HasReason("REPORTING_CYCLE"));
  }
}

TEST_F(OrganizationTest, ALoginIsUniqueAndARoleKnown) {
  Employee first = world_.AddEmployee("KAX");
  pb::CreateEmployeeRequest request;
  request.mutable_employee()->set_display_name("重名");
  request.mutable_employee()->set_login(first.login());
  EXPECT_THAT(world_.Call<Employee>(hr_, "kam.organization.v1.EmployeeService/CreateEmployee", request),
              HasReason("FIELD_NOT_UNIQUE"));
  request.mutable_employee()->set_login(first.login() + "x");
  request.mutable_employee()->add_roles()->set_role("BOSS");
  request.mutable_employee()->mutable_roles(0)->set_since("2026-01-01");
  EXPECT_THAT(world_.Call<Employee>(hr_, "kam.organization.v1.EmployeeService/CreateEmployee", request),
              HasReason("ROLE_UNKNOWN"));
}

// G-01, R-21: the department manager sets the structure of his department, the general manager that of the company.
TEST_F(OrganizationTest, TheStructureOfADepartmentIsSetByItsManager) {
  const Department own = world_.AddDepartment(), other = world_.AddDepartment();
  const Department inside = world_.AddDepartment(own.name());
  const Employee head = world_.AddEmployee("BDS", inside.name());
  const auth::Principal manager = world_.As(world_.AddEmployee("GAM", own.name()), "GAM");
  const std::string service = "kam.organization.v1.DepartmentService/";
  const auto set_head = [&](const auth::Principal& who, const Department& department) {
    pb::UpdateDepartmentRequest request;
    request.mutable_department()->set_name(department.name());
    request.mutable_department()->set_head(head.name());
    request.mutable_update_mask()->add_paths("head");
    return world_.Call<Department>(who, service + "UpdateDepartment", request);
  };
  const auto create = [&](const auth::Principal& who, const std::string& parent) {
    pb::CreateDepartmentRequest request;
    request.mutable_department()->set_display_name("新设小组");
    request.mutable_department()->set_parent(parent);
    return world_.Call<Department>(who, service + "CreateDepartment", request);
  };
  EXPECT_THAT(set_head(manager, inside), IsOk());
  const auto refused = set_head(manager, other);
  EXPECT_THAT(refused, HasReason("OUT_OF_SCOPE"));
  EXPECT_EQ(MetadataValue(refused.status(), "rule"), "R-21");
  EXPECT_THAT(create(manager, inside.name()), IsOk());
  EXPECT_THAT(create(manager, own.name()), IsOk());
  EXPECT_THAT(create(manager, other.name()), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(create(manager, ""), HasReason("OUT_OF_SCOPE")) << "beside the others";
  kam::api::ArchiveRequest archive;
  archive.set_name(other.name());
  EXPECT_THAT(world_.Call<Department>(manager, service + "ArchiveDepartment", archive), HasReason("OUT_OF_SCOPE"));
  kam::api::RestoreRequest restore;
  restore.set_name(other.name());
  ASSERT_THAT(world_.Call<Department>(admin_, service + "ArchiveDepartment", archive), IsOk());
  EXPECT_THAT(world_.Call<Department>(manager, service + "RestoreDepartment", restore), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(world_.Call<Department>(admin_, service + "RestoreDepartment", restore), IsOk());
  for (const auth::Principal& who : {hr_, admin_}) {
    EXPECT_THAT(set_head(who, other), IsOk());
    EXPECT_THAT(create(who, ""), IsOk());
  }
}

// G-01, G-03, R-21: nothing moves into the department of whoever moves it, nor out of it by its manager; whose right
// was widened to all departments does not widen his own with it.
TEST_F(OrganizationTest, NobodyWidensHisOwnDepartment) {
  const Department own = world_.AddDepartment(), other = world_.AddDepartment();
  const Department inside = world_.AddDepartment(own.name()), beside = world_.AddDepartment(own.name());
  auth::Principal manager = world_.As(world_.AddEmployee("GAM", own.name()), "GAM");
  const auto move = [&](const std::string& department, const std::string& parent) {
    pb::UpdateDepartmentRequest request;
    request.mutable_department()->set_name(department);
    request.mutable_department()->set_parent(parent);
    return world_.Call<Department>(manager, "kam.organization.v1.DepartmentService/UpdateDepartment", request);
  };
  EXPECT_THAT(move(beside.name(), inside.name()), IsOk());
  EXPECT_THAT(move(inside.name(), other.name()), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(move(other.name(), own.name()), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(move(own.name(), other.name()), HasReason("OUT_OF_SCOPE"));
  manager.grants["department.write"] = auth::Level::kAll;
  EXPECT_THAT(move(other.name(), own.name()), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(move(other.name(), inside.name()), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(move(inside.name(), other.name()), IsOk());
}

// The first people of an installation: those who run it name them, once.
TEST(BootstrapTest, MakesTheFirstPeopleOfAnEmptyInstallation) {
  testing::TempDatabase db;
  auto migrations = mysql::ReadMigrations("common/resource/schema");
  ASSERT_THAT(migrations, IsOk());
  const auto own = mysql::ReadMigrations("account-svc/schema");
  ASSERT_THAT(own, IsOk());
  migrations->insert(migrations->end(), own->begin(), own->end());
  ASSERT_THAT(mysql::Migrate(db.database(), *migrations, "test"), IsOk());
  const SystemClock clock;
  auto people = ParseFirstPeople("zhou:GM:erp:7, shen:DGM");
  ASSERT_THAT(people, IsOk());
  people->push_back(Integrator("integrator"));
  ASSERT_THAT(Bootstrap(db.database(), clock, absl::UTCTimeZone(), *people), IsOk());
  EXPECT_EQ(db.Get("SELECT COUNT(*) FROM employees").integer(), 3);
  EXPECT_EQ(db.Get("SELECT GROUP_CONCAT(CONCAT(e.login, '=', r.role, ' ', r.state) ORDER BY e.login) FROM employees e "
                   "JOIN employees_roles r ON r.parent_id = e.id")
                .text(),
            "integrator=ERP GRANTED,shen=DGM GRANTED,zhou=GM GRANTED");
  EXPECT_EQ(db.Get("SELECT e.login FROM external_ids x JOIN employees e ON e.id = x.resource_id").text(), "zhou");
  ASSERT_THAT(Bootstrap(db.database(), clock, absl::UTCTimeZone(), {{"late", "GM", "", ""}}), IsOk());
  EXPECT_EQ(db.Get("SELECT COUNT(*) FROM employees").integer(), 3);
  for (const char* text : {"zhou", "zhou:BOSS", "zhou:GM:erp", ":GM", "zhou:GM::7", "zhou:GM:erp:7:8"}) {
    EXPECT_THAT(ParseFirstPeople(text), HasReason("BOOTSTRAP_INVALID")) << text;
  }
  EXPECT_THAT(*ParseFirstPeople(""), IsEmpty());
}

// G-02, G-03: roles of today, the widest level of each permission, an administrator's rows before delivered ones.
TEST_F(OrganizationTest, APrincipalHasTheRolesOfTodayAndTheirWidestRights) {
  LoadDelivered();
  const Department department = world_.AddDepartment();
  Employee person = world_.AddEmployee("KAX", department.name(), {}, "华东");
  auto* past = person.add_roles();
  past->set_role("GM");
  past->set_since("2024-01-01");
  past->set_until("2026-01-04");
  auto* next = person.add_roles();
  next->set_role("GAM");
  next->set_since("2026-01-06");
  ASSERT_THAT(Update(hr_, person, {"roles"}), IsOk());
  const auto today = Resolve(person.login());
  ASSERT_THAT(today, IsOk());
  EXPECT_EQ(today->employee(), person.name());
  EXPECT_EQ(today->display_name(), person.display_name());
  EXPECT_THAT(today->roles(), ElementsAre("KAX"));
  EXPECT_THAT(today->regions(), ElementsAre("华东"));
  EXPECT_EQ(today->department_path(), absl::StrCat("/", IdOf(department.name()), "/"));
  std::map<std::string, std::string> grants = Grants(*today);
  EXPECT_EQ(grants["account.read"], "own");
  EXPECT_EQ(grants.count("account.verify"), 0u);
  EXPECT_THAT(today->team(), IsEmpty());

  world_.harness().clock().Advance(absl::Hours(24));
  const auto tomorrow = Resolve(person.login());
  world_.harness().clock().Advance(-absl::Hours(24));
  ASSERT_THAT(tomorrow, IsOk());
  EXPECT_THAT(tomorrow->roles(), ElementsAre("GAM", "KAX"));
  grants = Grants(*tomorrow);
  EXPECT_EQ(grants["account.read"], "department");
  EXPECT_EQ(grants["account.verify"], "department");
}

// G-05, G-06: whoever stands in for a superior on granted leave reaches his team meanwhile, and no longer.
TEST_F(OrganizationTest, WhoStandsInReachesTheTeam) {
  LoadDelivered();
  const Employee head = world_.AddEmployee("GAM");
  const Employee manager = world_.AddEmployee("KAM", "", {head.name()});
  const Employee deputy = world_.AddEmployee("KAM", "", {head.name()});
  const Employee seller = world_.AddEmployee("KAX", "", {manager.name()});
  const auto leave = [&](const char* state, const char* first, const char* last) {
    world_.harness().db().Execute(absl::StrCat(
        "INSERT INTO leave_requests (id, version, create_time, update_time, creator, updater, employee, deputy, state, "
        "start_date, end_date) VALUES ('",
        world_.harness().NewId(), "', 1, '2026-01-01', '2026-01-01', 'x', 'x', '", IdOf(manager.name()), "', '",
        IdOf(deputy.name()), "', '", state, "', '", first, "', '", last, "')"));
  };
  const auto team = [&] { return Resolve(deputy.login())->team(); };
  leave("SUBMITTED", "2026-01-05", "2026-01-06");
  leave("APPROVED", "2026-01-06", "2026-01-07");
  EXPECT_THAT(team(), ::testing::IsEmpty());
  leave("APPROVED", "2026-01-05", "2026-01-05");
  EXPECT_THAT(team(), ::testing::ElementsAre(IdOf(seller.name())));
}

// G-03, G-06: whoever stands in for the head of more people than fit with his own still gets in, with his own.
TEST_F(OrganizationTest, WhoStandsInForTheHeadOfManyIsNotLockedOut) {
  LoadDelivered();
  const Employee away = world_.AddEmployee("KAM");
  const Employee deputy = world_.AddEmployee("KAM");
  std::vector<std::string> own;
  for (int i = 0; i < 4; ++i) {  // The test policy takes five.
    world_.AddEmployee("KAX", "", {away.name()});
    own.push_back(IdOf(world_.AddEmployee("KAX", "", {deputy.name()}).name()));
  }
  world_.harness().db().Execute(absl::StrCat(
      "INSERT INTO leave_requests (id, version, create_time, update_time, creator, updater, employee, deputy, state, "
      "start_date, end_date) VALUES ('",
      world_.harness().NewId(), "', 1, '2026-01-01', '2026-01-01', 'x', 'x', '", IdOf(away.name()), "', '",
      IdOf(deputy.name()), "', 'APPROVED', '2026-01-05', '2026-01-05')"));
  const auto principal = Resolve(deputy.login());
  ASSERT_THAT(principal, IsOk());
  EXPECT_THAT(principal->team(), ::testing::UnorderedElementsAreArray(own));
}

// G-01, G-03: the team is the subtree of reporting lines in force today, across two superiors.
TEST_F(OrganizationTest, TheTeamIsTheReportingSubtreeOfToday) {
  LoadDelivered();
  const Employee head = world_.AddEmployee("BDS");
  const Employee direct = world_.AddEmployee("BD", "", {head.name()});
  const Employee indirect = world_.AddEmployee("BD", "", {direct.name(), head.name()});
  // Who has left is reached for a year, so that somebody finishes what he left behind; those below him in any case.
  Employee gone = world_.AddEmployee("BD", "", {head.name()});
  const Employee below = world_.AddEmployee("BD", "", {gone.name()});
  gone.set_leave_date("2026-01-04");
  ASSERT_THAT(Update(hr_, gone, {"leave_date"}), IsOk());
  Employee long_gone = world_.AddEmployee("BD", "", {head.name()});
  long_gone.set_leave_date("2025-01-04");
  ASSERT_THAT(Update(hr_, long_gone, {"leave_date"}), IsOk());
  const auto principal = Resolve(head.login());
  ASSERT_THAT(principal, IsOk());
  EXPECT_THAT(principal->team(),
              UnorderedElementsAre(IdOf(direct.name()), IdOf(indirect.name()), IdOf(gone.name()), IdOf(below.name())));
  // Five are the limit of the test policy.
  world_.AddEmployee("BD", "", {head.name()});
  ASSERT_THAT(Resolve(head.login()), IsOk());
  world_.AddEmployee("BD", "", {head.name()});
  const auto large = Resolve(head.login());
  EXPECT_THAT(large, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(large, HasReason("TEAM_TOO_LARGE"));
}

// G-01: who has left may not log in any more and has no roles.
TEST_F(OrganizationTest, WhoHasLeftIsUnknown) {
  Employee person = world_.AddEmployee("KAX");
  EXPECT_THAT(Resolve(person.login()), IsOk());
  EXPECT_THAT(Resolve("nobody"), HasReason("EMPLOYEE_UNKNOWN"));
  person.set_leave_date("2026-01-04");
  const auto left = Update(hr_, person, {"leave_date"});
  ASSERT_THAT(left, IsOk());
  EXPECT_EQ(left->roles(0).until(), "2026-01-04");
  EXPECT_THAT(Resolve(person.login()), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Resolve(person.login()), HasReason("EMPLOYEE_UNKNOWN"));
}

TEST_F(OrganizationTest, ThePeopleOfADayAreAskedByProgramsOnly) {
  pb::ResolvePrincipalRequest request;
  request.set_login("user1");
  EXPECT_THAT(world_.Call<pb::ResolvedPrincipal>(hr_, "kam.organization.v1.DirectoryService/ResolvePrincipal", request),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const Department department = world_.AddDepartment();
  const Employee person = world_.AddEmployee("KAX", department.name(), {}, "华南");
  pb::BatchGetEmployeeScopesRequest scopes;
  scopes.add_names(person.name());
  scopes.add_names(NameOf("employees", world_.harness().NewId()));
  const auto answer = world_.Call<pb::BatchGetEmployeeScopesResponse>(
      testing::Harness::Program("contract-svc", {"employee.scope.resolve"}),
      "kam.organization.v1.EmployeeScopeService/BatchGetEmployeeScopes", scopes);
  ASSERT_THAT(answer, IsOk());
  ASSERT_EQ(answer->scopes_size(), 1);
  EXPECT_EQ(answer->scopes(0).department_path(), absl::StrCat("/", IdOf(department.name()), "/"));
  EXPECT_EQ(answer->scopes(0).region(), "华南");
  EXPECT_EQ(answer->scopes(0).version(), 1);
}

// G-05: what somebody holds today, for authority that was lent.
TEST_F(OrganizationTest, TheRolesOfTodayAreThoseOfPeopleInService) {
  LoadDelivered();
  const Employee person = world_.AddEmployee("KAX");
  Employee gone = world_.AddEmployee("KAX");
  gone.set_leave_date("2026-01-04");
  ASSERT_THAT(Update(hr_, gone, {"leave_date"}), IsOk());
  Employee changed = world_.AddEmployee("KAX");
  changed.mutable_roles(0)->set_until("2026-01-04");
  changed.add_roles()->set_role("HR");
  changed.mutable_roles(1)->set_since("2026-01-01");
  ASSERT_THAT(Update(world_.As(world_.AddEmployee(""), "GM"), changed, {"roles"}), IsOk());
  pb::BatchGetEmployeeRolesRequest request;
  for (const std::string& name : {person.name(), gone.name(), changed.name()}) request.add_names(name);
  const auto answer = world_.Call<pb::BatchGetEmployeeRolesResponse>(
      testing::Harness::Program("contract-svc", {"employee.scope.resolve"}),
      "kam.organization.v1.EmployeeScopeService/BatchGetEmployeeRoles", request);
  ASSERT_THAT(answer, IsOk());
  std::map<std::string, std::vector<std::string>> held;
  for (const pb::EmployeeRoles& roles : answer->employees()) {
    held[roles.employee()].assign(roles.roles().begin(), roles.roles().end());
  }
  EXPECT_EQ(held, (std::map<std::string, std::vector<std::string>>{{person.name(), {"KAX"}}, {changed.name(), {}}}))
      << "a proposed role is not held";
}

// G-01: an import brings people and their reporting lines in one run.
TEST_F(OrganizationTest, AnImportBringsPeopleWithTheirLines) {
  const auth::Principal erp = world_.As(world_.AddEmployee(""), "ERP");
  pb::BatchUpsertEmployeesRequest request;
  const std::string key = world_.harness().NewId();
  Employee& boss = *request.add_employees();
  boss.set_display_name("老板");
  boss.set_login("boss" + key);
  boss.add_external_ids()->set_system("hr");
  boss.mutable_external_ids(0)->set_id("b" + key);
  auto result = world_.Call<kam::api::BatchUpsertResponse>(
      erp, "kam.organization.v1.EmployeeService/BatchUpsertEmployees", request);
  ASSERT_THAT(result, IsOk());
  ASSERT_EQ(result->results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << result->DebugString();
  Employee& worker = *request.add_employees();
  worker.set_display_name("员工");
  worker.set_login("worker" + key);
  worker.add_external_ids()->set_system("hr");
  worker.mutable_external_ids(0)->set_id("w" + key);
  worker.add_superiors()->set_superior(result->results(0).name());
  worker.mutable_superiors(0)->set_since("2025-01-01");
  result = world_.Call<kam::api::BatchUpsertResponse>(erp, "kam.organization.v1.EmployeeService/BatchUpsertEmployees",
                                                      request);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->results(0).outcome(), kam::api::UPSERT_OUTCOME_UNCHANGED);
  EXPECT_EQ(result->results(1).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << result->DebugString();
}

// G-02: the rights that are delivered can be read and name every permission that a method of the service asks for.
TEST(Rights, EveryPermissionOfTheServiceIsListed) {
  const auto rights = ReadRights("account-svc/rights");
  ASSERT_THAT(rights, IsOk());
  std::set<std::string> granted;
  for (const Right& right : rights->rows) granted.insert(right.permission);
  for (const auto& [name, entry] : World::Get().harness().registry().entries()) {
    if (entry.rules->internal()) {
      EXPECT_EQ(granted.count(entry.rules->permission()), 0u) << name << " is for programs only";
    } else {
      EXPECT_EQ(granted.count(entry.rules->permission()), 1u) << name << " asks for " << entry.rules->permission();
    }
  }
  for (const auto& type : World::Get().harness().runtime().catalog().types()) {
    for (int i = 0; i < type->descriptor()->field_count(); ++i) {
      const auto* field = type->descriptor()->field(i);
      const std::string& sensitive = field->options().GetExtension(kam::api::field).sensitive();
      EXPECT_TRUE(sensitive.empty() || granted.count(sensitive) == 1) << field->full_name();
    }
  }
}

TEST(Rights, AnErrorNamesFileLineAndColumn) {
  const auto at = [](absl::string_view text) {
    const absl::Status status = ParseRights("x.csv", text).status();
    EXPECT_THAT(status, HasReason("RIGHTS_INVALID"));
    return absl::StrCat(MetadataValue(status, "file"), ":", MetadataValue(status, "line"), ":",
                        MetadataValue(status, "column"));
  };
  const std::string header = "permission,level,roles\n";
  EXPECT_EQ(at("permission,levels,roles\n"), "x.csv:1:12");
  EXPECT_EQ(at(header + "a.read,own,KAM\na.write,some,KAM\n"), "x.csv:3:9");
  EXPECT_EQ(at(header + "a.read,none,KAM\n"), "x.csv:2:8");
  EXPECT_EQ(at(header + "a.read,own,KAM  BOSS\n"), "x.csv:2:17");
  EXPECT_EQ(at(header + "a.read,own,\"KAM BOSS\"\n"), "x.csv:2:17");
  EXPECT_EQ(at(header + "read,own,KAM\n"), "x.csv:2:1");
  EXPECT_EQ(at(header + "a.read,own,KAM\na.read,all,GM KAM\n"), "x.csv:3:15");
  EXPECT_EQ(at(header + "a.read,own\n"), "x.csv:2:1");
  EXPECT_EQ(at(header + "a.read,own,\"KAM\n"), "x.csv:2:12");
  EXPECT_THAT(ReadRights("/nowhere"), HasReason("RIGHTS_MISSING"));
  const auto rows = ParseRights("x.csv", header + "a.read,own,KAM GAM\na.read,all,GM\na.ask,all,\n");
  ASSERT_THAT(rows, IsOk());
  EXPECT_EQ(rows->size(), 3u);
}

}  // namespace
}  // namespace kam::account

// Roles and rights: who gives them, and that it takes two (G-02), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "account-svc/people/organization_fixture.h"
#include "account-svc/rights_loader.h"
#include "account-svc/testing/account_fixture.h"
#include "account-svc/testing/states.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/employee_service.pb.h"
#include "kam/organization/v1/leave_request_service.pb.h"
#include "kam/organization/v1/role_grant_service.pb.h"

namespace kam::account {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;
using testing::StatusIs;

class RoleGrantTest : public OrganizationTest {};

// G-02
TEST_F(RoleGrantTest, NobodyChangesTheRolesOfHimself) {
  Employee person = world_.AddEmployee("HR");
  auto* role = person.add_roles();
  role->set_role("GM");
  role->set_since("2026-01-01");
  EXPECT_THAT(Update(world_.As(person, "HR"), person, {"roles"}), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Update(hr_, person, {"roles"}), IsOk());
}

// G-02, R-01: two people make an administrator of rights, and until then the role gives nothing.
TEST_F(RoleGrantTest, APrivilegedRoleTakesASecondPerson) {
  LoadDelivered();
  const auth::Principal clerk = world_.As(world_.AddEmployee(""), "HR");
  const auth::Principal manager = world_.As(world_.AddEmployee(""), "GM");
  Employee person = world_.AddEmployee("KAX");
  auto* role = person.add_roles();
  role->set_role("HR");
  role->set_since("2026-01-01");
  const auto proposed = Update(clerk, person, {"roles"});
  ASSERT_THAT(proposed, IsOk());
  EXPECT_EQ(proposed->roles(1).state(), pb::ROLE_STATE_PROPOSED);
  EXPECT_EQ(proposed->roles(1).proposer(), clerk.subject);
  EXPECT_THAT(Resolve(person.login())->roles(), ElementsAre("KAX"));
  EXPECT_EQ(Grants(*Resolve(person.login())).count("employee.write"), 0u);

  pb::ConfirmEmployeeRoleRequest confirm;
  confirm.set_name(person.name());
  confirm.set_role("HR");
  const auto ask = [&](const auth::Principal& who) {
    return world_.Call<Employee>(who, "kam.organization.v1.EmployeeService/ConfirmEmployeeRole", confirm);
  };
  EXPECT_THAT(ask(manager), HasReason("FIELD_REQUIRED")) << "what is confirmed is what was read";
  confirm.set_etag(person.etag());
  EXPECT_THAT(ask(manager), HasReason("ETAG_MISMATCH"));
  confirm.set_etag(proposed->etag());
  EXPECT_THAT(ask(clerk), StatusIs(absl::StatusCode::kPermissionDenied));
  auth::Principal both = clerk;
  both.grants["employee.role.confirm"] = auth::Level::kAll;
  EXPECT_THAT(ask(both), HasReason("SEPARATION_OF_DUTIES"));
  const auto confirmed = ask(manager);
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_EQ(confirmed->roles(1).state(), pb::ROLE_STATE_GRANTED);
  EXPECT_THAT(Resolve(person.login())->roles(), ElementsAre("HR", "KAX"));
  EXPECT_EQ(Grants(*Resolve(person.login()))["employee.write"], "all");
  // Nobody gets the role by taking over the login, and nobody leaves it behind in the archive.
  Employee renamed = *confirmed;
  renamed.set_login("somebody-else");
  EXPECT_THAT(Update(manager, renamed, {"login"}), HasReason("PRIVILEGED_ROLE"));
  kam::api::ArchiveRequest archive;
  archive.set_name(person.name());
  EXPECT_THAT(world_.Call<Employee>(clerk, "kam.organization.v1.EmployeeService/ArchiveEmployee", archive),
              HasReason("PRIVILEGED_ROLE"));
}

// G-02, G-21: the key of an import is no key to everything.
TEST_F(RoleGrantTest, AnImportGivesOrdinaryRolesOnly) {
  LoadDelivered();
  const auth::Principal erp = world_.As(world_.AddEmployee(""), "ERP");
  const auto import = [&](const std::string& login, const std::string& role, const std::string& key) {
    pb::BatchUpsertEmployeesRequest request;
    Employee& row = *request.add_employees();
    row.set_display_name("导入");
    row.set_login(login);
    row.add_external_ids()->set_system("erp");
    row.mutable_external_ids(0)->set_id(key);
    row.add_roles()->set_role(role);
    row.mutable_roles(0)->set_since("2025-01-01");
    const auto answer = world_.Call<kam::api::BatchUpsertResponse>(
        erp, "kam.organization.v1.EmployeeService/BatchUpsertEmployees", request);
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? answer->results(0) : kam::api::UpsertResult();
  };
  const auto reason = [](const kam::api::UpsertResult& result) {
    return Reason(FromRpcStatusBytes(absl::StatusCode::kUnknown, "", result.status().SerializeAsString()));
  };
  const std::string key = world_.harness().NewId();
  for (const char* role : {"GM", "DGM", "HR", "ERP"}) {
    EXPECT_EQ(reason(import("x" + key, role, key)), "PRIVILEGED_ROLE") << role;
  }
  const auto seller = import("x" + key, "KAX", key);
  ASSERT_EQ(seller.outcome(), kam::api::UPSERT_OUTCOME_CREATED) << seller.DebugString();
  EXPECT_EQ(reason(import("x" + key, "GM", key)), "PRIVILEGED_ROLE");
  EXPECT_EQ(import("x" + key, "KAX", key).outcome(), kam::api::UPSERT_OUTCOME_UNCHANGED);
  EXPECT_THAT(Resolve("x" + key)->roles(), ElementsAre("KAX"));
  // A company narrows what its import may give by a row of its own.
  ASSERT_THAT(Grant(hr_, "ERP", "employee.role.assign.FD", pb::GRANT_LEVEL_NONE), IsOk());
  auth::Principal narrow = erp;
  narrow.grants.erase("employee.role.assign.FD");
  pb::CreateEmployeeRequest create;
  create.mutable_employee()->set_display_name("财务");
  create.mutable_employee()->set_login("fd" + key);
  create.mutable_employee()->add_roles()->set_role("FD");
  create.mutable_employee()->mutable_roles(0)->set_since("2025-01-01");
  narrow.grants["employee.write"] = auth::Level::kAll;
  EXPECT_THAT(world_.Call<Employee>(narrow, "kam.organization.v1.EmployeeService/CreateEmployee", create),
              HasReason("ROLE_NOT_ASSIGNABLE"));
}

// G-02: administrators are not made by a grant either.
TEST_F(RoleGrantTest, RightsThatAdministerRightsAreNotGrantedOnline) {
  LoadDelivered();
  for (const char* permission :
       {"role_grant.write", "role_grant.approve", "employee.write", "employee.import", "employee.role.confirm"}) {
    EXPECT_THAT(Grant(hr_, "KAX", permission, pb::GRANT_LEVEL_OWN), HasReason("PRIVILEGED_RIGHT")) << permission;
  }
  // Taking one away is free.
  const auto taken = Grant(hr_, "ERP", "employee.import", pb::GRANT_LEVEL_NONE);
  ASSERT_THAT(taken, IsOk());
  pb::UpdateRoleGrantRequest update;
  update.mutable_role_grant()->set_name(taken->name());
  const auto set = [&](pb::GrantLevel level) {
    update.mutable_role_grant()->set_level(level);
    return world_.Call<pb::RoleGrant>(hr_, "kam.organization.v1.RoleGrantService/UpdateRoleGrant", update);
  };
  EXPECT_THAT(set(pb::GRANT_LEVEL_TEAM), HasReason("PRIVILEGED_RIGHT"));
  // Back to what is delivered is asked for like any right.
  const auto back = set(pb::GRANT_LEVEL_ALL);
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->state(), pb::GRANT_STATE_PROPOSED);
  kam::api::ArchiveRequest archive;
  archive.set_name(taken->name());
  EXPECT_THAT(world_.Call<pb::RoleGrant>(hr_, "kam.organization.v1.RoleGrantService/ArchiveRoleGrant", archive),
              IsOk());
}

// G-02, R-01: whoever takes the rights of a role away for an hour does not make an administrator alone meanwhile.
TEST_F(RoleGrantTest, ARoleStaysPrivilegedWhateverIsTakenAwayMeanwhile) {
  LoadDelivered();
  const auth::Principal manager = world_.As(world_.AddEmployee(""), "GM");
  std::vector<std::string> taken;
  for (const char* permission : {"role_grant.write", "employee.write", "employee.import", "employee.role.confirm"}) {
    const auto none = Grant(manager, "HR", permission, pb::GRANT_LEVEL_NONE);
    ASSERT_THAT(none, IsOk()) << permission;
    taken.push_back(none->name());
  }
  Employee person = world_.AddEmployee("KAX");
  auto* role = person.add_roles();
  role->set_role("HR");
  role->set_since("2026-01-01");
  const auto proposed = Update(manager, person, {"roles"});
  ASSERT_THAT(proposed, IsOk());
  EXPECT_EQ(proposed->roles(1).state(), pb::ROLE_STATE_PROPOSED);
  for (const std::string& name : taken) {
    kam::api::ArchiveRequest archive;
    archive.set_name(name);
    ASSERT_THAT(world_.Call<pb::RoleGrant>(manager, "kam.organization.v1.RoleGrantService/ArchiveRoleGrant", archive),
                IsOk());
  }
  EXPECT_THAT(Resolve(person.login())->roles(), ElementsAre("KAX"));
}

TEST_F(RoleGrantTest, AnAdministratorReplacesADeliveredRight) {
  LoadDelivered();
  const Employee person = world_.AddEmployee("QI");
  EXPECT_EQ(Grants(*Resolve(person.login()))["employee.read"], "all");
  const pb::RoleGrant none = GrantApproved("QI", "employee.read", pb::GRANT_LEVEL_NONE);
  EXPECT_EQ(none.origin(), pb::GRANT_ORIGIN_ADMIN);
  GrantApproved("QI", "account.read", pb::GRANT_LEVEL_REGION);
  auto grants = Grants(*Resolve(person.login()));
  EXPECT_EQ(grants.count("employee.read"), 0u);
  EXPECT_EQ(grants["account.read"], "region");
  // A new delivery leaves the rows of administrators alone.
  Rights rights;
  rights.rows = {{"employee.read", "QI", "all"}, {"visit.read", "QI", "own"}};
  rights.sha256 = std::string(64, 'a');
  ASSERT_TRUE(*LoadRights(world_.harness().db().database(), world_.harness().clock(), rights));
  EXPECT_FALSE(*LoadRights(world_.harness().db().database(), world_.harness().clock(), rights));
  grants = Grants(*Resolve(person.login()));
  EXPECT_EQ(grants.count("employee.read"), 0u);
  EXPECT_EQ(grants["account.read"], "region");
  EXPECT_EQ(grants["visit.read"], "own");
  LoadDelivered();
  // What is delivered does not come back by one person either.
  kam::api::ArchiveRequest archive;
  archive.set_name(none.name());
  const auto put_away = [&] {
    return world_.Call<pb::RoleGrant>(admin_, "kam.organization.v1.RoleGrantService/ArchiveRoleGrant", archive);
  };
  EXPECT_THAT(put_away(), HasReason("GRANT_COUNTS"));
  pb::UpdateRoleGrantRequest back;
  back.mutable_role_grant()->set_name(none.name());
  back.mutable_role_grant()->set_level(pb::GRANT_LEVEL_ALL);
  const auto all = world_.Call<pb::RoleGrant>(admin_, "kam.organization.v1.RoleGrantService/UpdateRoleGrant", back);
  ASSERT_THAT(all, IsOk());
  EXPECT_THAT(put_away(), HasReason("GRANT_COUNTS"));
  ASSERT_THAT(Approve(world_.As(world_.AddEmployee("GAM"), "GAM"), *all), IsOk());
  ASSERT_THAT(put_away(), IsOk());
  EXPECT_EQ(Grants(*Resolve(person.login()))["employee.read"], "all");
}

// G-02: what one administrator sets counts when another has approved it; a change leaves what counted until then, and
// what was put away is approved again.
TEST_F(RoleGrantTest, ARightTakesTwo) {
  LoadDelivered();
  const Employee person = world_.AddEmployee("CRC");
  const auto level = [&](const char* permission) { return Grants(*Resolve(person.login()))[permission]; };
  const std::string before = level("account.read");
  const auto proposed = Grant(admin_, "CRC", "account.read", pb::GRANT_LEVEL_OWN);
  ASSERT_THAT(proposed, IsOk());
  EXPECT_EQ(proposed->state(), pb::GRANT_STATE_PROPOSED);
  ASSERT_NE(before, "own");
  EXPECT_EQ(level("account.read"), before);
  EXPECT_THAT(Approve(admin_, *proposed), HasReason("SEPARATION_OF_DUTIES"));
  const auth::Principal second = world_.As(world_.AddEmployee("GAM"), "GAM");
  pb::RoleGrant unread = *proposed;
  unread.clear_etag();
  EXPECT_THAT(Approve(second, unread), HasReason("FIELD_REQUIRED"));
  const auto own_role = Grant(admin_, "GAM", "account.read", pb::GRANT_LEVEL_ALL);
  ASSERT_THAT(own_role, IsOk());
  EXPECT_THAT(Approve(second, *own_role), HasReason("SEPARATION_OF_DUTIES")) << "it is his own role";
  const auto by_hr = Grant(hr_, "CRC", "visit.read", pb::GRANT_LEVEL_OWN);
  ASSERT_THAT(by_hr, IsOk());
  EXPECT_THAT(Approve(second, *by_hr), HasReason("SEPARATION_OF_DUTIES")) << "who set it has entered who approves";
  const auto approved = Approve(second, *proposed);
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(level("account.read"), "own");

  pb::UpdateRoleGrantRequest update;
  *update.mutable_role_grant() = *approved;
  update.mutable_role_grant()->set_level(pb::GRANT_LEVEL_ALL);
  update.mutable_update_mask()->add_paths("level");
  const std::string service = "kam.organization.v1.RoleGrantService/";
  auto changed = world_.Call<pb::RoleGrant>(admin_, service + "UpdateRoleGrant", update);
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->level(), pb::GRANT_LEVEL_OWN);
  EXPECT_EQ(changed->proposed_level(), pb::GRANT_LEVEL_ALL);
  EXPECT_EQ(level("account.read"), "own");
  pb::RejectRoleGrantRequest reject;
  reject.set_name(changed->name());
  reject.set_etag(changed->etag());
  reject.set_reason("超出岗位所需");
  changed = world_.Call<pb::RoleGrant>(second, service + "RejectRoleGrant", reject);
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->state(), pb::GRANT_STATE_APPROVED) << "what counted before goes on";
  EXPECT_EQ(level("account.read"), "own");

  // What was asked for is taken back: nobody approves it any more.
  const auto set = [&](const std::string& to) {
    pb::GrantLevel value = pb::GRANT_LEVEL_NONE;
    if (!to.empty()) pb::GrantLevel_Parse(absl::StrCat("GRANT_LEVEL_", absl::AsciiStrToUpper(to)), &value);
    update.mutable_role_grant()->set_level(value);
    update.mutable_role_grant()->clear_etag();
    return world_.Call<pb::RoleGrant>(admin_, service + "UpdateRoleGrant", update);
  };
  ASSERT_THAT(set("team"), IsOk());
  changed = set("own");
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->state(), pb::GRANT_STATE_APPROVED);
  EXPECT_EQ(changed->proposed_level(), pb::GRANT_LEVEL_UNSPECIFIED);

  // What is delivered comes back by two people, too.
  kam::api::ArchiveRequest archive;
  archive.set_name(changed->name());
  const auto put_away = [&] { return world_.Call<pb::RoleGrant>(admin_, service + "ArchiveRoleGrant", archive); };
  EXPECT_THAT(put_away(), HasReason("GRANT_COUNTS"));
  changed = set(before);
  ASSERT_THAT(changed, IsOk());
  ASSERT_THAT(Approve(second, *changed), IsOk());
  ASSERT_THAT(put_away(), IsOk());
  EXPECT_EQ(level("account.read"), before);
  kam::api::RestoreRequest restore;
  restore.set_name(changed->name());
  const auto restored = world_.Call<pb::RoleGrant>(admin_, service + "RestoreRoleGrant", restore);
  ASSERT_THAT(restored, IsOk());
  EXPECT_EQ(level("account.read"), before) << "not approved again yet";
  EXPECT_EQ(restored->state(), pb::GRANT_STATE_PROPOSED) << "the answer is the right as it stands";
  EXPECT_FALSE(restored->has_approve_time());
  EXPECT_THAT(Approve(second, *restored), IsOk()) << "its etag is the one of the row";
}

// G-02, R-01: whom the one who set the right has given his post alone does not approve it; a role that another proposed
// took two.
TEST_F(RoleGrantTest, WhoeverWasAppointedByTheWriterAloneDoesNotApprove) {
  LoadDelivered();
  const auto grant = Grant(admin_, "CRC", "test_drive.read", pb::GRANT_LEVEL_OWN);
  ASSERT_THAT(grant, IsOk());
  const Employee other = world_.AddEmployee("GM");
  const auto appointed = [&](const std::string& proposer) {
    const Employee manager = world_.AddEmployee("GAM");
    world_.harness().db().Execute(absl::StrCat(
        "INSERT INTO personnel_acts (id, version, create_time, update_time, creator, updater, kind, employee, role, "
        "state, effective_date, proposer, decider) VALUES ('",
        world_.harness().NewId(), "', 1, '2026-01-01', '2026-01-01', 'x', 'x', 'APPOINT', '", IdOf(manager.name()),
        "', 'GAM', 'IN_EFFECT', '2026-01-02', '", IdOf(proposer), "', '", IdOf(admin_.subject), "')"));
    return world_.As(manager, "GAM");
  };
  const auto refused = Approve(appointed(admin_.subject), *grant);
  EXPECT_THAT(refused, HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_EQ(MetadataValue(refused.status(), "rule"), "appointed");
  EXPECT_THAT(Approve(appointed(other.name()), *grant), IsOk()) << "proposed by another, decided by him";
}

TEST_F(RoleGrantTest, DeliveredRightsAreReadOnlyAndNobodyWidensARoleOfHis) {
  LoadDelivered();
  kam::api::ListRequest list;
  list.set_filter("permission = \"account.read\" AND role = \"KAX\" AND origin = SEED");
  const auto seeds =
      world_.Call<pb::ListRoleGrantsResponse>(admin_, "kam.organization.v1.RoleGrantService/ListRoleGrants", list);
  ASSERT_THAT(seeds, IsOk());
  ASSERT_EQ(seeds->role_grants_size(), 1);
  pb::UpdateRoleGrantRequest update;
  update.mutable_role_grant()->set_name(seeds->role_grants(0).name());
  update.mutable_role_grant()->set_level(pb::GRANT_LEVEL_ALL);
  EXPECT_THAT(world_.Call<pb::RoleGrant>(admin_, "kam.organization.v1.RoleGrantService/UpdateRoleGrant", update),
              HasReason("SEED_GRANT_READ_ONLY"));
  EXPECT_THAT(Grant(admin_, "GM", "account.write", pb::GRANT_LEVEL_ALL), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Grant(admin_, "BOSS", "account.write", pb::GRANT_LEVEL_ALL), HasReason("ROLE_UNKNOWN"));
}

// G-02, G-06, F-01: an administrator sets how long a leave the account manager decides; it takes two, and what is set
// counts where leave is decided.
TEST_F(RoleGrantTest, AFigureOfARightTakesTwo) {
  LoadDelivered();
  const Employee head = world_.AddEmployee("GAM");
  const Employee manager = world_.AddEmployee("KAM", "", {head.name()});
  const auto as_manager = [&](const Employee& seller) { return world_.As(manager, "KAM", {IdOf(seller.name())}); };
  const std::string service = "kam.organization.v1.LeaveRequestService/";
  // Asks for two days, or less, and lets the account manager approve them.
  std::string last_day = "2026-01-07";
  pb::LeaveRequest last;
  const auto decided = [&]() -> absl::Status {
    const Employee seller = world_.AddEmployee("KAX", "", {manager.name()});
    pb::CreateLeaveRequestRequest request;
    pb::LeaveRequest& leave = *request.mutable_leave_request();
    leave.set_kind(pb::LEAVE_KIND_PERSONAL);
    leave.set_start_date("2026-01-06");
    leave.set_end_date(last_day);
    leave.set_reason("办理证件");
    const auto asked = world_.Call<pb::LeaveRequest>(world_.As(seller, "KAX"), service + "CreateLeaveRequest", request);
    EXPECT_THAT(asked, IsOk());
    last = *asked;
    pb::ApproveLeaveRequest approve;
    approve.set_name(asked->name());
    approve.set_etag(asked->etag());
    return world_.Call<pb::LeaveRequest>(as_manager(seller), service + "ApproveLeave", approve).status();
  };
  EXPECT_THAT(decided(), HasReason("LEAVE_NEEDS_NEXT_LEVEL"));
  const auto set = [&](const char* role, const char* permission, pb::GrantLevel level, const char* limit) {
    pb::CreateRoleGrantRequest request;
    request.mutable_role_grant()->set_role(role);
    request.mutable_role_grant()->set_permission(permission);
    request.mutable_role_grant()->set_level(level);
    request.mutable_role_grant()->set_limit_value(limit);
    return world_.Call<pb::RoleGrant>(admin_, "kam.organization.v1.RoleGrantService/CreateRoleGrant", request);
  };
  EXPECT_THAT(set("KAM", "account.read", pb::GRANT_LEVEL_TEAM, "2"), HasReason("LIMIT_NOT_FOR_PERMISSION"));
  EXPECT_THAT(set("KAM", "leave.approve", pb::GRANT_LEVEL_TEAM, "0.3"), HasReason("LIMIT_INVALID"));
  const auto proposed = set("KAM", "leave.approve", pb::GRANT_LEVEL_TEAM, "2");
  ASSERT_THAT(proposed, IsOk());
  EXPECT_EQ(proposed->proposed_limit_value(), "2");
  EXPECT_THAT(decided(), HasReason("LEAVE_NEEDS_NEXT_LEVEL")) << "not approved yet";
  const auth::Principal second = world_.As(world_.AddEmployee("GAM"), "GAM");
  const auto approved = Approve(second, *proposed);
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->limit_value(), "2");
  EXPECT_THAT(decided(), IsOk());
  EXPECT_EQ(last.level(), pb::LEAVE_LEVEL_MANAGER) << "it waits for whoever may decide";

  // A lower figure counts as soon as two want it; what is rejected leaves the other.
  pb::UpdateRoleGrantRequest update;
  update.mutable_role_grant()->set_name(proposed->name());
  update.mutable_role_grant()->set_limit_value("1.5");
  update.mutable_update_mask()->add_paths("limit_value");
  const std::string method = "kam.organization.v1.RoleGrantService/UpdateRoleGrant";
  const auto lower = world_.Call<pb::RoleGrant>(admin_, method, update);
  ASSERT_THAT(lower, IsOk());
  EXPECT_EQ(lower->state(), pb::GRANT_STATE_PROPOSED);
  EXPECT_THAT(decided(), IsOk());
  pb::RejectRoleGrantRequest reject;
  reject.set_name(lower->name());
  reject.set_etag(lower->etag());
  reject.set_reason("两天合适");
  ASSERT_THAT(world_.Call<pb::RoleGrant>(second, "kam.organization.v1.RoleGrantService/RejectRoleGrant", reject),
              IsOk());
  EXPECT_THAT(decided(), IsOk());
  // A figure goes on waiting while the level is changed.
  update.mutable_role_grant()->set_limit_value("0.5");
  ASSERT_THAT(world_.Call<pb::RoleGrant>(admin_, method, update), IsOk());
  pb::UpdateRoleGrantRequest level;
  level.mutable_role_grant()->set_name(proposed->name());
  level.mutable_role_grant()->set_level(pb::GRANT_LEVEL_DEPARTMENT);
  level.mutable_update_mask()->add_paths("level");
  const auto both = world_.Call<pb::RoleGrant>(admin_, method, level);
  ASSERT_THAT(both, IsOk());
  EXPECT_EQ(both->proposed_limit_value(), "0.5");
  EXPECT_EQ(both->proposed_level(), pb::GRANT_LEVEL_DEPARTMENT);
  // With half a day a whole one is asked of the level above, which is told of it; who stands in has no more.
  ASSERT_THAT(Approve(second, *both), IsOk());
  last_day = "2026-01-06";
  EXPECT_THAT(decided(), HasReason("LEAVE_NEEDS_NEXT_LEVEL"));
  EXPECT_EQ(last.level(), pb::LEAVE_LEVEL_NEXT_SUPERIOR);
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM notifications WHERE recipient = '", IdOf(head.name()),
                                  "' AND subject = '", last.name(), "'"))
                .integer(),
            1);
  const Employee deputy = world_.AddEmployee("SM");
  world_.harness().db().Execute(absl::StrCat(
      "INSERT INTO leave_requests (id, version, create_time, update_time, creator, updater, employee, deputy, state, "
      "kind, start_date, end_date) VALUES ('",
      world_.harness().NewId(), "', 1, '2026-01-01', '2026-01-01', 'x', 'x', '", IdOf(manager.name()), "', '",
      IdOf(deputy.name()), "', 'APPROVED', 'PERSONAL', '2026-01-01', '2099-12-31')"));
  pb::ApproveLeaveRequest instead;
  instead.set_name(last.name());
  instead.set_etag(last.etag());
  auto as_deputy = world_.As(deputy, "SM");
  as_deputy.grants["leave.approve"] = auth::Level::kAll;
  EXPECT_THAT(world_.Call<pb::LeaveRequest>(as_deputy, service + "ApproveLeave", instead),
              HasReason("LEAVE_NEEDS_NEXT_LEVEL"));
  last_day = "2026-01-07";
  level.mutable_role_grant()->set_level(pb::GRANT_LEVEL_TEAM);
  const auto back = world_.Call<pb::RoleGrant>(admin_, method, level);
  ASSERT_THAT(back, IsOk());
  ASSERT_THAT(Approve(second, *back), IsOk());
  // Back to what is delivered: no figure, by two; then the row may go.
  kam::api::ArchiveRequest archive;
  archive.set_name(proposed->name());
  const auto put_away = [&] {
    return world_.Call<pb::RoleGrant>(admin_, "kam.organization.v1.RoleGrantService/ArchiveRoleGrant", archive);
  };
  const auto counts = put_away();
  EXPECT_THAT(counts, HasReason("GRANT_COUNTS"));
  EXPECT_THAT(std::string(counts.status().message()), ::testing::HasSubstr("clear limit_value"));
  update.mutable_role_grant()->clear_limit_value();
  const auto none = world_.Call<pb::RoleGrant>(admin_, method, update);
  ASSERT_THAT(none, IsOk());
  ASSERT_THAT(Approve(second, *none), IsOk());
  EXPECT_THAT(decided(), HasReason("LEAVE_NEEDS_NEXT_LEVEL"));
  EXPECT_THAT(put_away(), IsOk());
}

// G-02
TEST_F(RoleGrantTest, EveryPairOfStateAndVerb) {
  const auto proposed = Grant(admin_, "FEE", "visit.read", pb::GRANT_LEVEL_OWN);
  ASSERT_THAT(proposed, IsOk());
  const auth::Principal second = world_.As(world_.AddEmployee("GAM"), "GAM");
  const std::string service = "kam.organization.v1.RoleGrantService/";
  const auto now = [&] {
    kam::api::GetRequest get;
    get.set_name(proposed->name());
    return *world_.Call<pb::RoleGrant>(admin_, service + "GetRoleGrant", get);
  };
  const auto reject = [&] {
    pb::RejectRoleGrantRequest request;
    request.set_name(proposed->name());
    request.set_etag(now().etag());
    request.set_reason("x");
    return world_.Call<pb::RoleGrant>(second, service + "RejectRoleGrant", request).status();
  };
  ExpectPairs(world_, "role_grants", proposed->name(), pb::GrantState_descriptor(),
              {{"ApproveRoleGrant", {"PROPOSED"}, [&] { return Approve(second, now()).status(); }},
               {"RejectRoleGrant", {"PROPOSED"}, reject}});
}

}  // namespace
}  // namespace kam::account

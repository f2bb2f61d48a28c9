#include "account-svc/rules/role_rules.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/dated_rows.h"
#include "common/status/status.h"
#include "kam/organization/v1/employee.pb.h"

namespace kam::account::rules {
namespace {

using organization::v1::Employee;
using organization::v1::ROLE_STATE_GRANTED;
using organization::v1::ROLE_STATE_PROPOSED;
using organization::v1::RoleAssignment;

bool IsPrivileged(const Appointer& appointer, const RoleAssignment& row) {
  return appointer.privileged.count(row.role()) > 0;
}

// The stored row that gives all that `row` does: the same one, perhaps shortened. Null: `row` gives something new.
const RoleAssignment* StoredRow(const Employee* before, const RoleAssignment& row, const std::string& today) {
  if (before == nullptr) return nullptr;
  for (const RoleAssignment& stored : before->roles()) {
    if (stored.role() == row.role() && Covers(stored, row, today)) return &stored;
  }
  return nullptr;
}

absl::Status NotAssignable(absl::string_view field, const std::string& role) {
  const std::string permission = AssignPermission(role);
  return Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ASSIGNABLE",
               absl::StrCat(field, ": giving somebody the role ", role, " takes the permission ", permission),
               {{"field", std::string(field)}, {"role", role}, {"permission", permission}});
}

absl::Status Privileged(absl::string_view field, const std::string& role, absl::string_view what) {
  return Error(absl::StatusCode::kPermissionDenied, "PRIVILEGED_ROLE",
               absl::StrCat(field, ": the role ", role, " administers rights: ", what),
               {{"field", std::string(field)}, {"role", role}, {"permission", std::string(kConfirmPermission)}});
}

// An import leaves the rows of privileged roles as they are; it may name those the person holds.
absl::Status KeepPrivileged(const Appointer& appointer, const Employee* before, Employee* after) {
  std::set<std::string> held;
  std::vector<RoleAssignment> kept;
  if (before != nullptr) {
    for (const RoleAssignment& row : before->roles()) {
      if (!IsPrivileged(appointer, row)) continue;
      kept.push_back(row);
      if (row.state() != ROLE_STATE_PROPOSED && !IsOver(row, appointer.today)) held.insert(row.role());
    }
  }
  auto* rows = after->mutable_roles();
  for (int i = 0; i < rows->size();) {
    const RoleAssignment& row = rows->Get(i);
    if (!IsPrivileged(appointer, row)) {
      ++i;
      continue;
    }
    if (held.count(row.role()) == 0 && !IsOver(row, appointer.today)) {
      return Privileged(absl::StrCat("employee.roles[", i, "].role"), row.role(),
                        "no import gives it; a person proposes it and another confirms it");
    }
    rows->DeleteSubrange(i, 1);
  }
  for (RoleAssignment& row : kept) *rows->Add() = std::move(row);
  return absl::OkStatus();
}

}  // namespace

std::string AssignPermission(absl::string_view role) { return absl::StrCat("employee.role.assign.", role); }

absl::Status CheckNotPrivileged(const Appointer& appointer, const Employee& employee, absl::string_view field,
                                absl::string_view what) {
  for (const RoleAssignment& row : employee.roles()) {
    if (!IsOver(row, appointer.today) && IsPrivileged(appointer, row)) return Privileged(field, row.role(), what);
  }
  return absl::OkStatus();
}

absl::Status Appoint(const Appointer& appointer, const Employee* before, Employee* after) {
  // The roles of whoever has the login go to whoever gets it.
  if (before != nullptr && before->login() != after->login()) {
    constexpr absl::string_view kLogin = "employee.login";
    RETURN_IF_ERROR(CheckNotPrivileged(appointer, *before, kLogin, "end it before the login changes"));
    for (const RoleAssignment& row : before->roles()) {
      if (!IsOver(row, appointer.today) && !appointer.assigns(row.role())) return NotAssignable(kLogin, row.role());
    }
  }
  if (appointer.importing) RETURN_IF_ERROR(KeepPrivileged(appointer, before, after));
  for (int i = 0; i < after->roles_size(); ++i) {
    RoleAssignment& row = *after->mutable_roles(i);
    if (const RoleAssignment* stored = StoredRow(before, row, appointer.today)) {
      row.set_state(stored->state());
      row.set_proposer(stored->proposer());
      row.set_confirmer(stored->confirmer());
      continue;
    }
    row.clear_confirmer();
    row.set_proposer(appointer.name.rfind("employees/", 0) == 0 ? appointer.name : std::string());
    row.set_state(ROLE_STATE_GRANTED);
    if (IsOver(row, appointer.today)) continue;
    if (!appointer.assigns(row.role())) return NotAssignable(absl::StrCat("employee.roles[", i, "].role"), row.role());
    const bool counts = appointer.importing || appointer.decides;  // What an import brings was decided elsewhere.
    if (!counts || IsPrivileged(appointer, row)) row.set_state(ROLE_STATE_PROPOSED);
  }
  return absl::OkStatus();
}

absl::Status Confirm(const Appointer& appointer, absl::string_view role, Employee* employee) {
  for (RoleAssignment& row : *employee->mutable_roles()) {
    if (row.role() != role || row.state() != ROLE_STATE_PROPOSED || IsOver(row, appointer.today)) continue;
    if (!appointer.assigns(role)) return NotAssignable("role", row.role());
    const bool self = appointer.name == employee->name();
    if (self || appointer.name == row.proposer()) {
      return Error(
          absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
          absl::StrCat(self ? "nobody confirms a role of himself" : "whoever has proposed a role does not confirm it",
                       "; somebody else with ", kConfirmPermission, " may"),
          {{"rule", self ? "self" : "proposer"}, {"permission", std::string(kConfirmPermission)}});
    }
    row.set_state(ROLE_STATE_GRANTED);
    row.set_confirmer(appointer.name);
    return absl::OkStatus();
  }
  return FailedPrecondition("ROLE_NOT_PROPOSED", employee->name(),
                            absl::StrCat("no role ", role, " waits for confirmation"), {{"role", std::string(role)}});
}

absl::Status Restore(const Appointer& appointer, const Employee& employee) {
  RETURN_IF_ERROR(CheckNotPrivileged(appointer, employee, "employee.roles", "nobody leaves the archive with it"));
  for (int i = 0; i < employee.roles_size(); ++i) {
    const RoleAssignment& row = employee.roles(i);
    if (IsOver(row, appointer.today) || appointer.assigns(row.role())) continue;
    return NotAssignable(absl::StrCat("employee.roles[", i, "].role"), row.role());
  }
  return absl::OkStatus();
}

}  // namespace kam::account::rules

#include "account-svc/rules/personnel_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/dated_rows.h"
#include "account-svc/rules/organization_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/role_rules.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using pb::Employee;
using pb::PersonnelAct;
using pb::PersonnelActKind;

constexpr absl::string_view kGeneralManager = "GM";
constexpr absl::string_view kDepartmentManager = "GAM";
constexpr absl::string_view kAccountManager = "KAM";

bool IsSupervisor(absl::string_view role) { return role == "BDS" || role == "PSS" || role == "ASS"; }

// Taking on, giving or taking a post, dismissing: 聘任、解聘.
bool IsAppointment(PersonnelActKind kind) {
  return kind == pb::PERSONNEL_ACT_KIND_HIRE || kind == pb::PERSONNEL_ACT_KIND_APPOINT ||
         kind == pb::PERSONNEL_ACT_KIND_REMOVE || kind == pb::PERSONNEL_ACT_KIND_DISMISS;
}

// Reward and punishment: 奖罚.
bool IsPay(PersonnelActKind kind) {
  return kind == pb::PERSONNEL_ACT_KIND_REWARD || kind == pb::PERSONNEL_ACT_KIND_PUNISH;
}

template <typename May>
bool Reaches(const ActPerson& person, May may) {
  return std::any_of(person.roles.begin(), person.roles.end(), [&](const std::string& role) {
    switch (may(role)) {
      case ActReach::kDirect:
        return person.direct;
      case ActReach::kBelow:
        return person.below;
      case ActReach::kDepartment:
        return person.in_department;
      case ActReach::kAll:
        return true;
      default:
        return false;
    }
  });
}

// Roles for which `may` is true for somebody.
template <typename May>
std::string RolesThatMay(May may) {
  std::vector<std::string> roles;
  for (const absl::string_view role : RoleCodes()) {
    if (may(role) != ActReach::kNone) roles.emplace_back(role);
  }
  return absl::StrJoin(roles, " ");
}

absl::Status Denied(absl::string_view reason, absl::string_view what, const PersonnelAct& act,
                    const std::string& allowed) {
  return Error(absl::StatusCode::kPermissionDenied, reason, what,
               {{"rule", "R-01"}, {"kind", pb::PersonnelActKind_Name(act.kind())}, {"allowed", allowed}});
}

absl::Status NotConcerned(const ActPerson& person, const PersonnelAct& act) {
  if (act.employee().empty() || act.employee() != person.name) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
               "nobody decides about himself; the general manager does", {{"rule", "self"}});
}

// Fields that an act of some kind needs (true) or would ignore (absent).
bool Needs(PersonnelActKind kind, absl::string_view field) {
  if (field == "employee") return kind != pb::PERSONNEL_ACT_KIND_HIRE;
  if (field == "candidate_name" || field == "candidate_login") return kind == pb::PERSONNEL_ACT_KIND_HIRE;
  if (field == "department" || field == "superior") return kind == pb::PERSONNEL_ACT_KIND_HIRE;
  if (field == "role") {
    return kind == pb::PERSONNEL_ACT_KIND_HIRE || kind == pb::PERSONNEL_ACT_KIND_APPOINT ||
           kind == pb::PERSONNEL_ACT_KIND_REMOVE;
  }
  return false;
}

bool Takes(PersonnelActKind kind, absl::string_view field) {
  if (Needs(kind, field)) return true;
  if (field == "department" || field == "superior" || field == "job_title") {
    return kind == pb::PERSONNEL_ACT_KIND_HIRE || kind == pb::PERSONNEL_ACT_KIND_APPOINT ||
           kind == pb::PERSONNEL_ACT_KIND_TRANSFER;
  }
  if (field == "amount") return IsPay(kind);
  return false;
}

absl::Status ActRequired(absl::string_view field, PersonnelActKind kind, absl::string_view what) {
  const std::string allowed = RolesThatMay([&](absl::string_view role) { return MayDecide(role, kind, false); });
  return Error(absl::StatusCode::kPermissionDenied, "PERSONNEL_ACT_REQUIRED",
               absl::StrCat(field, ": ", what,
                            " is proposed and decided as a personnel act, which takes effect on its "
                            "day by itself; decides: ",
                            allowed),
               {{"field", std::string(field)},
                {"rule", "R-01"},
                {"kind", pb::PersonnelActKind_Name(kind)},
                {"allowed", allowed}});
}

// What no act carries: whoever decides on posts enters it himself.
absl::Status EntersWhoDecides(absl::string_view field, PersonnelActKind kind, absl::string_view what) {
  const std::string allowed = RolesThatMay([&](absl::string_view role) {
    return MayDecide(role, kind, false) == ActReach::kAll ? ActReach::kAll : ActReach::kNone;
  });
  return Error(absl::StatusCode::kPermissionDenied, "PERSONNEL_ACT_REQUIRED",
               absl::StrCat(field, ": ", what, " is entered by those who decide on posts: ", allowed),
               {{"field", std::string(field)},
                {"rule", "R-01"},
                {"kind", pb::PersonnelActKind_Name(kind)},
                {"allowed", allowed}});
}

// A post that counts and is not over.
bool HasPost(const Employee& employee, const std::string& today) {
  return std::any_of(employee.roles().begin(), employee.roles().end(), [&](const pb::RoleAssignment& row) {
    return row.state() != pb::ROLE_STATE_PROPOSED && !IsOver(row, today);
  });
}

// Another first day that is still to come shuts out whoever works here, or whose post counts, until then.
bool ShutsOut(const Employee& before, const Employee& after, const std::string& today) {
  if (after.hire_date() <= std::max(before.hire_date(), today)) return false;
  const bool works_here = !before.hire_date().empty() && before.hire_date() <= today;
  return works_here || HasPost(before, today);
}

// Who leads his work in a field, and whoever answers for his region, have their rights over him and what is his.
absl::Status CheckReach(const Employee& before, const Employee& after, const std::string& today) {
  if (!HasPost(before, today)) return absl::OkStatus();
  for (const pb::ReportingLine& line : after.superiors()) {
    if (line.kind() != pb::LINE_KIND_FUNCTIONAL || IsOver(line, today)) continue;
    const bool had =
        std::any_of(before.superiors().begin(), before.superiors().end(), [&](const pb::ReportingLine& other) {
          return other.superior() == line.superior() && Covers(other, line, today);
        });
    if (!had) {
      return EntersWhoDecides("employee.superiors", pb::PERSONNEL_ACT_KIND_TRANSFER,
                              "a further superior in a field of somebody with a post");
    }
  }
  if (!before.region().empty() && before.region() != after.region()) {
    return EntersWhoDecides("employee.region", pb::PERSONNEL_ACT_KIND_TRANSFER,
                            "another region of somebody with a post");
  }
  const std::set<std::string> regions(before.regions().begin(), before.regions().end());
  for (const std::string& region : after.regions()) {
    if (regions.count(region) > 0) continue;
    return EntersWhoDecides("employee.regions", pb::PERSONNEL_ACT_KIND_TRANSFER,
                            absl::StrCat("the further region ", region, " of somebody with a post"));
  }
  return absl::OkStatus();
}

// The row counts in `after` on every day from today on that it counted before.
bool IsKept(const pb::RoleAssignment& row, const Employee& after, const std::string& today) {
  return std::any_of(after.roles().begin(), after.roles().end(), [&](const pb::RoleAssignment& other) {
    return other.role() == row.role() && other.state() != pb::ROLE_STATE_PROPOSED && Covers(other, row, today);
  });
}

// Of the person himself or of his age, not of anybody's decision.
bool LeavesByHimself(const Employee& employee) {
  return employee.leave_reason() == pb::EMPLOYEE_LEAVE_REASON_RESIGNED ||
         employee.leave_reason() == pb::EMPLOYEE_LEAVE_REASON_RETIRED;
}

// Another direct superior than the lines of before have; a first one is free.
bool MovesLine(const Employee& before, const Employee& after, const std::string& today) {
  const auto counts = [&](const pb::ReportingLine& line) {
    return line.kind() != pb::LINE_KIND_FUNCTIONAL && !IsOver(line, today);
  };
  const auto covered = [&](const pb::ReportingLine& line, const Employee& by) {
    return std::any_of(by.superiors().begin(), by.superiors().end(), [&](const pb::ReportingLine& other) {
      return counts(other) && other.superior() == line.superior() && Covers(other, line, today);
    });
  };
  bool had = false;
  for (const pb::ReportingLine& line : before.superiors()) {
    if (!counts(line)) continue;
    had = true;
    if (!covered(line, after)) return true;
  }
  return had && std::any_of(after.superiors().begin(), after.superiors().end(),
                            [&](const pb::ReportingLine& line) { return counts(line) && !covered(line, before); });
}

// The disciplinary line goes to `superior` from `day` on.
void ChangeSuperior(const std::string& superior, const std::string& day, Employee* employee) {
  const std::string before = AddDays(day, -1).value_or(day);
  for (int i = 0; i < employee->superiors_size();) {
    pb::ReportingLine& line = *employee->mutable_superiors(i);
    if (line.kind() == pb::LINE_KIND_FUNCTIONAL || (!line.until().empty() && line.until() < day)) {
      ++i;
    } else if (line.since() >= day) {
      employee->mutable_superiors()->DeleteSubrange(i, 1);
    } else {
      line.set_until(before);
      ++i;
    }
  }
  pb::ReportingLine* line = employee->add_superiors();
  line->set_superior(superior);
  line->set_since(day);
  line->set_kind(pb::LINE_KIND_DISCIPLINARY);
}

void GiveRole(const PersonnelAct& act, Employee* employee) {
  for (pb::RoleAssignment& row : *employee->mutable_roles()) {
    if (row.role() != act.role() || (!row.until().empty() && row.until() < act.effective_date())) continue;
    if (row.since() > act.effective_date()) row.set_since(act.effective_date());
    row.clear_until();
    if (row.state() != pb::ROLE_STATE_PROPOSED) return;
    row.set_state(pb::ROLE_STATE_GRANTED);  // The decision on the act is the confirmation.
    row.set_proposer(act.proposer());
    row.set_confirmer(act.decider());
    return;
  }
  pb::RoleAssignment* row = employee->add_roles();
  row->set_role(act.role());
  row->set_since(act.effective_date());
  row->set_state(pb::ROLE_STATE_GRANTED);
  row->set_proposer(act.proposer());
  row->set_confirmer(act.decider());
}

void TakeRole(const PersonnelAct& act, Employee* employee) {
  const std::string before = AddDays(act.effective_date(), -1).value_or(act.effective_date());
  for (int i = 0; i < employee->roles_size();) {
    pb::RoleAssignment& row = *employee->mutable_roles(i);
    const bool runs = row.until().empty() || row.until() >= act.effective_date();
    if (row.role() == act.role() && runs && row.since() >= act.effective_date()) {
      employee->mutable_roles()->DeleteSubrange(i, 1);
      continue;
    }
    if (row.role() == act.role() && runs) row.set_until(before);
    ++i;
  }
}

}  // namespace

ActReach MayPropose(absl::string_view role, PersonnelActKind kind) {
  if (role == kGeneralManager) return ActReach::kAll;
  if (role == kDepartmentManager) return ActReach::kDepartment;
  if (role == kAccountManager) return IsPay(kind) ? ActReach::kBelow : ActReach::kDirect;
  if (!IsSupervisor(role)) return ActReach::kNone;
  return kind == pb::PERSONNEL_ACT_KIND_HIRE || kind == pb::PERSONNEL_ACT_KIND_TRANSFER ? ActReach::kNone
                                                                                        : ActReach::kDirect;
}

ActReach MayDecide(absl::string_view role, PersonnelActKind kind, bool team_leader) {
  if (role == kGeneralManager) return ActReach::kAll;
  if (role != kDepartmentManager) return ActReach::kNone;
  if (IsAppointment(kind)) return team_leader ? ActReach::kDepartment : ActReach::kNone;
  return ActReach::kDirect;
}

ActReach MayVeto(absl::string_view role, PersonnelActKind kind, bool team_leader) {
  return role == kDepartmentManager && IsAppointment(kind) && !team_leader ? ActReach::kDepartment : ActReach::kNone;
}

bool ConcernsLeader(const Policy& policy, const PersonnelAct& act, const std::vector<std::string>& held) {
  const auto leads = [&](const std::string& role) {
    return std::find(policy.team_leader_roles.begin(), policy.team_leader_roles.end(), role) !=
           policy.team_leader_roles.end();
  };
  // What counts is the post that is given or taken: a team leader who becomes something else is not a team leader then.
  if (!act.role().empty()) return leads(act.role());
  // Whoever also has another post is not a team leader only: otherwise giving somebody the post of one would put his
  // dismissal into the same hands.
  return !held.empty() && std::all_of(held.begin(), held.end(), leads);
}

absl::Status CheckAct(const PersonnelAct& act, const std::set<std::string>& privileged, const std::string& today) {
  FieldViolations violations;
  const std::pair<absl::string_view, bool> fields[] = {{"employee", !act.employee().empty()},
                                                       {"candidate_name", !act.candidate_name().empty()},
                                                       {"candidate_login", !act.candidate_login().empty()},
                                                       {"role", !act.role().empty()},
                                                       {"department", !act.department().empty()},
                                                       {"superior", !act.superior().empty()},
                                                       {"job_title", !act.job_title().empty()},
                                                       {"amount", act.has_amount()}};
  const std::string kind = pb::PersonnelActKind_Name(act.kind());
  for (const auto& [field, set] : fields) {
    const std::string path = absl::StrCat("personnel_act.", field);
    if (!set && Needs(act.kind(), field)) {
      violations.Add(path, "FIELD_REQUIRED", absl::StrCat("must be set for ", kind), {{"kind", kind}});
    } else if (set && !Takes(act.kind(), field)) {
      violations.Add(path, "FIELD_NOT_FOR_KIND", absl::StrCat("says nothing in ", kind), {{"kind", kind}});
    }
  }
  if (act.kind() == pb::PERSONNEL_ACT_KIND_TRANSFER && act.department().empty() && act.superior().empty()) {
    violations.Add("personnel_act.department", "FIELD_REQUIRED", "a transfer names a department or a superior");
  }
  if (!act.role().empty() && !IsRole(act.role())) {
    violations.Add("personnel_act.role", "ROLE_UNKNOWN", absl::StrCat(act.role(), " is not a role"),
                   {{"role", act.role()}});
  } else if (privileged.count(act.role()) > 0) {
    violations.Add("personnel_act.role", "PRIVILEGED_ROLE",
                   absl::StrCat(act.role(), " administers rights: it is proposed and confirmed on the person"),
                   {{"role", act.role()}});
  }
  if (act.effective_date() < today) {
    violations.Add("personnel_act.effective_date", "EFFECTIVE_DATE_PAST",
                   absl::StrCat("is ", act.effective_date(), "; today is ", today),
                   {{"value", act.effective_date()}, {"limit", today}});
  }
  return violations.status();
}

absl::Status CheckPropose(const ActPerson& person, const PersonnelAct& act) {
  RETURN_IF_ERROR(NotConcerned(person, act));
  const auto may = [&](absl::string_view role) { return MayPropose(role, act.kind()); };
  if (Reaches(person, may)) return absl::OkStatus();
  return Denied("PROPOSAL_NOT_ALLOWED", "the caller has no right to propose this for this person", act,
                RolesThatMay(may));
}

absl::Status CheckDecide(const ActPerson& person, const PersonnelAct& act) {
  RETURN_IF_ERROR(NotConcerned(person, act));
  const auto may = [&](absl::string_view role) { return MayDecide(role, act.kind(), act.team_leader()); };
  if (Reaches(person, may)) return absl::OkStatus();
  return Denied("NOT_THE_DECIDER", "the caller does not decide this for this person", act, RolesThatMay(may));
}

absl::Status CheckVeto(const ActPerson& person, const PersonnelAct& act) {
  RETURN_IF_ERROR(NotConcerned(person, act));
  const auto may = [&](absl::string_view role) { return MayVeto(role, act.kind(), act.team_leader()); };
  if (Reaches(person, may)) return absl::OkStatus();
  return Denied("VETO_NOT_ALLOWED", "a veto is for hiring, appointment and dismissal of members of the own department",
                act, RolesThatMay(may));
}

void Decide(absl::string_view actor, absl::string_view opinion, absl::Time now, PersonnelAct* act) {
  act->set_decider(std::string(actor));
  act->set_opinion(std::string(opinion));
  *act->mutable_decide_time() = ToTimestamp(now);
}

absl::Status MoveEffect(const std::string& day, const std::string& today, PersonnelAct* act) {
  if (day.empty()) return absl::OkStatus();
  const std::string& earliest = std::max(act->effective_date(), today);
  if (day < earliest) {
    return InvalidField("effective_date", "EFFECTIVE_DATE_PAST",
                        absl::StrCat("is ", day, "; proposed for ", act->effective_date(), ", today is ", today),
                        {{"value", day}, {"limit", earliest}});
  }
  act->set_effective_date(day);
  return absl::OkStatus();
}

bool MayStillVeto(const pb::RoleAssignment& row, const std::set<std::string>& privileged, const std::string& today) {
  if (IsOver(row, today)) return false;
  if (row.state() == pb::ROLE_STATE_PROPOSED) return true;
  return row.since() > today && !row.proposer().empty() && privileged.count(row.role()) == 0;
}

absl::Status CheckRoleVeto(const Policy& policy, const ActPerson& person, const std::string& employee,
                           const std::string& role) {
  PersonnelAct act;
  act.set_kind(pb::PERSONNEL_ACT_KIND_APPOINT);
  act.set_employee(employee);
  act.set_role(role);
  act.set_team_leader(ConcernsLeader(policy, act, {}));
  return CheckVeto(person, act);
}

absl::Status VetoRole(const std::string& role, const std::set<std::string>& privileged, const std::string& today,
                      Employee* employee) {
  const int before = employee->roles_size();
  auto* rows = employee->mutable_roles();
  rows->erase(std::remove_if(rows->begin(), rows->end(),
                             [&](const pb::RoleAssignment& row) {
                               return row.role() == role && MayStillVeto(row, privileged, today);
                             }),
              rows->end());
  if (employee->roles_size() < before) return absl::OkStatus();
  return FailedPrecondition("ROLE_NOT_PROPOSED", employee->name(),
                            absl::StrCat("no role ", role, " waits for confirmation or is still to begin"),
                            {{"role", role}});
}

bool DecidesOnPosts(const std::vector<std::string>& roles) {
  return std::any_of(roles.begin(), roles.end(), [](const std::string& role) {
    return MayDecide(role, pb::PERSONNEL_ACT_KIND_APPOINT, /*team_leader=*/false) == ActReach::kAll;
  });
}

absl::Status CheckWithoutAct(const Employee& before, const Employee& after, const std::set<std::string>& privileged,
                             const std::string& today) {
  if (before.leave_date() != after.leave_date()) {
    const bool taken_back = after.leave_date().empty() && LeavesByHimself(before);
    if (!taken_back && !(LeavesByHimself(after) && before.leave_reason() != pb::EMPLOYEE_LEAVE_REASON_DISMISSED)) {
      return ActRequired("employee.leave_date", pb::PERSONNEL_ACT_KIND_DISMISS,
                         "a dismissal (anything but a resignation or retirement in leave_reason)");
    }
  }
  if (before.leave_reason() != after.leave_reason() && (before.leave_reason() == pb::EMPLOYEE_LEAVE_REASON_DISMISSED ||
                                                        after.leave_reason() == pb::EMPLOYEE_LEAVE_REASON_DISMISSED)) {
    return ActRequired("employee.leave_reason", pb::PERSONNEL_ACT_KIND_DISMISS, "a dismissal");
  }
  if (ShutsOut(before, after, today)) {
    return EntersWhoDecides("employee.hire_date", pb::PERSONNEL_ACT_KIND_HIRE,
                            absl::StrCat("a first day to come, ", after.hire_date(), ", of somebody who is here"));
  }
  if (!before.department().empty() && before.department() != after.department()) {
    return ActRequired("employee.department", pb::PERSONNEL_ACT_KIND_TRANSFER, "a transfer");
  }
  if (MovesLine(before, after, today)) {
    return ActRequired("employee.superiors", pb::PERSONNEL_ACT_KIND_TRANSFER, "a transfer to another superior");
  }
  RETURN_IF_ERROR(CheckReach(before, after, today));
  Employee stays = before;  // What is left of the posts of whoever leaves on the new day.
  stays.set_leave_date(after.leave_date());
  EndAtLeave(&stays);
  for (const pb::RoleAssignment& row : stays.roles()) {
    if (IsOver(row, today) || row.state() == pb::ROLE_STATE_PROPOSED || privileged.count(row.role()) > 0) continue;
    if (!IsKept(row, after, today)) {
      return ActRequired("employee.roles", pb::PERSONNEL_ACT_KIND_REMOVE,
                         absl::StrCat("the end of the post ", row.role(), " (more days are a row of their own)"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKeepsPrivileged(const Employee& before, const Employee& after,
                                  const std::set<std::string>& privileged, const std::string& today) {
  for (const pb::RoleAssignment& row : before.roles()) {
    if (IsOver(row, today) || row.state() == pb::ROLE_STATE_PROPOSED || privileged.count(row.role()) == 0) continue;
    if (IsKept(row, after, today)) continue;
    const std::string field = before.leave_date() == after.leave_date() ? "employee.roles" : "employee.leave_date";
    return Error(absl::StatusCode::kPermissionDenied, "PRIVILEGED_ROLE",
                 absl::StrCat(field, ": the role ", row.role(), " administers rights: whoever ends it holds ",
                              kConfirmPermission),
                 {{"field", field}, {"role", row.role()}, {"permission", std::string(kConfirmPermission)}});
  }
  return absl::OkStatus();
}

absl::Status CheckFileWithoutAct(const Employee& employee, PersonnelActKind kind, const std::string& today) {
  for (const pb::RoleAssignment& row : employee.roles()) {
    if (IsOver(row, today) || row.state() == pb::ROLE_STATE_PROPOSED) continue;
    return ActRequired("employee.roles", kind,
                       absl::StrCat(kind == pb::PERSONNEL_ACT_KIND_DISMISS ? "the end" : "the return",
                                    " of somebody with the post ", row.role()));
  }
  return absl::OkStatus();
}

void AddOpinion(absl::string_view actor, absl::string_view opinion, absl::Time now, PersonnelAct* act) {
  pb::PersonnelOpinion* entry = act->add_opinions();
  entry->set_employee(std::string(actor));
  entry->set_opinion(std::string(opinion));
  *entry->mutable_opinion_time() = ToTimestamp(now);
}

absl::Status ApplyAct(const PersonnelAct& act, Employee* employee) {
  const std::string& day = act.effective_date();
  if (!employee->leave_date().empty() && employee->leave_date() < day) {
    return FailedPrecondition("EMPLOYEE_LEFT", employee->name(),
                              absl::StrCat(employee->display_name(), " left on ", employee->leave_date()),
                              {{"leaveDate", employee->leave_date()}});
  }
  switch (act.kind()) {
    case pb::PERSONNEL_ACT_KIND_HIRE:
      employee->set_display_name(act.candidate_name());
      employee->set_login(act.candidate_login());
      employee->set_hire_date(day);
      break;
    case pb::PERSONNEL_ACT_KIND_REMOVE:
      TakeRole(act, employee);
      return absl::OkStatus();
    case pb::PERSONNEL_ACT_KIND_DISMISS:
      employee->set_leave_date(day);
      employee->set_leave_reason(pb::EMPLOYEE_LEAVE_REASON_DISMISSED);
      EndAtLeave(employee);
      return absl::OkStatus();
    case pb::PERSONNEL_ACT_KIND_APPOINT:
    case pb::PERSONNEL_ACT_KIND_TRANSFER:
      break;
    default:  // Reward and punishment are on record.
      return absl::OkStatus();
  }
  if (!act.role().empty()) GiveRole(act, employee);
  if (!act.department().empty()) employee->set_department(act.department());
  if (!act.superior().empty()) ChangeSuperior(act.superior(), day, employee);
  if (!act.job_title().empty()) employee->set_job_title(act.job_title());
  return absl::OkStatus();
}

}  // namespace kam::account::rules

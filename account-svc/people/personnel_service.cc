// kam.organization.v1.PersonnelActService (G-07, R-01).
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/people/line.h"
#include "account-svc/people/organization_service.h"
#include "account-svc/people/people.h"
#include "account-svc/rules/organization_rules.h"
#include "account-svc/rules/personnel_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/verb.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/personnel_act_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using pb::Employee;
using pb::PersonnelAct;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.organization.v1.PersonnelActService";
constexpr char kDueEffect[] = "personnel_act.effect";
constexpr int kOwnMax = 200;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// The caller, as he stands to the person concerned today.
absl::StatusOr<rules::ActPerson> PersonOf(const Context& context, UnitOfWork& work, const PersonnelAct& act) {
  rules::ActPerson person;
  ASSIGN_OR_RETURN(person.name, Person(work));
  person.roles = work.actor().roles;
  std::string department = act.department();
  if (act.kind() == pb::PERSONNEL_ACT_KIND_HIRE) {
    person.direct = act.superior() == person.name;
  } else {
    ASSIGN_OR_RETURN(const Line line, LineAbove(work.connection(), IdOf(act.employee()), context.Today(work.now())));
    const int distance = line.DistanceOf(work.actor().employee);
    person.direct = distance == 1;
    person.below = distance > 0;
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     work.connection().Query("SELECT department FROM employees WHERE id = ?", {IdOf(act.employee())}));
    department = rows.empty() ? std::string() : NameOf("departments", rows[0][0].text());
  }
  ASSIGN_OR_RETURN(const std::string path, PathOfDepartment(work, department));
  const std::string& own = work.actor().department;
  person.in_department = !own.empty() && absl::StartsWith(path, own);
  return person;
}

// Whoever is taken on needs a login of his own.
absl::Status CheckLoginFree(UnitOfWork& work, const PersonnelAct& act) {
  if (act.candidate_login().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT id FROM employees WHERE login = ?", {act.candidate_login()}));
  if (rows.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, "FIELD_NOT_UNIQUE", "somebody has this login already",
               {{"field", "personnel_act.candidate_login"}, {"value", act.candidate_login()}});
}

absl::Status Propose(const Context& context, UnitOfWork& work, PersonnelAct* act) {
  RETURN_IF_ERROR(Validate(work, *act));
  ASSIGN_OR_RETURN(*act->mutable_proposer(), Person(work));
  ASSIGN_OR_RETURN(const std::set<std::string> privileged, PrivilegedRoles(context, work.connection()));
  const std::string today = context.Today(work.now());
  RETURN_IF_ERROR(rules::CheckAct(*act, privileged, today));
  RETURN_IF_ERROR(CheckLoginFree(work, *act));
  std::vector<std::string> held;
  if (!act->employee().empty()) {
    const absl::StatusOr<Employee> employee = work.Load<Employee>(act->employee());
    if (absl::IsNotFound(employee.status())) return absl::OkStatus();  // The reference check names it.
    RETURN_IF_ERROR(employee.status());
    held = rules::RolesOn(*employee, today);
    Employee tried = *employee;
    RETURN_IF_ERROR(rules::ApplyAct(*act, &tried));
  }
  act->set_team_leader(rules::ConcernsLeader(context.policy, *act, held));
  act->set_state(pb::PERSONNEL_ACT_STATE_PROPOSED);
  ASSIGN_OR_RETURN(const rules::ActPerson person, PersonOf(context, work, *act));
  return rules::CheckPropose(person, *act);
}

// The person as the act leaves him; nothing is written yet.
absl::StatusOr<Change<Employee>> EffectOf(UnitOfWork& work, const PersonnelAct& act) {
  Change<Employee> employee;
  if (act.kind() == pb::PERSONNEL_ACT_KIND_HIRE) {
    RETURN_IF_ERROR(CheckLoginFree(work, act));
  } else {
    ASSIGN_OR_RETURN(employee.before, work.Load<Employee>(act.employee()));
    if (employee.before.has_archive_time()) {
      return FailedPrecondition("RESOURCE_ARCHIVED", act.employee(), "the file of the person is in the archive");
    }
    employee.after = employee.before;
  }
  RETURN_IF_ERROR(rules::ApplyAct(act, &employee.after));
  RETURN_IF_ERROR(rules::CheckEmployee(employee.after));
  if (act.kind() != pb::PERSONNEL_ACT_KIND_HIRE) RETURN_IF_ERROR(CheckReporting(work, employee.after));
  return employee;
}

absl::StatusOr<PersonnelAct> Store(UnitOfWork& work, Change<Employee> employee, Change<PersonnelAct> change) {
  PersonnelAct& act = change.after;
  if (act.kind() == pb::PERSONNEL_ACT_KIND_HIRE) {
    ASSIGN_OR_RETURN(const Employee hired, work.Insert(employee.after));
    act.set_hired(hired.name());
  } else {
    RETURN_IF_ERROR(work.Save(std::move(employee)).status());
  }
  act.set_state(pb::PERSONNEL_ACT_STATE_IN_EFFECT);
  *act.mutable_effect_time() = ToTimestamp(work.now());
  act.clear_failure();
  return work.Save(std::move(change));
}

// Puts a decided act into effect, in the transaction of the decision.
absl::StatusOr<PersonnelAct> PutIntoEffect(UnitOfWork& work, Change<PersonnelAct> change) {
  ASSIGN_OR_RETURN(Change<Employee> employee, EffectOf(work, change.after));
  return Store(work, std::move(employee), std::move(change));
}

// On its day. What is in the way then, a login taken meanwhile or somebody who has left, does not go away by itself:
// the act waits for whoever has decided it.
absl::Status RunEffect(UnitOfWork& work, const schedule::DueItem& item) {
  Change<PersonnelAct> change;
  ASSIGN_OR_RETURN(change.before, work.Load<PersonnelAct>(item.resource));
  if (change.before.state() != pb::PERSONNEL_ACT_STATE_DECIDED) return absl::OkStatus();
  change.after = change.before;
  absl::StatusOr<Change<Employee>> employee = EffectOf(work, change.after);
  if (employee.ok()) return Store(work, *std::move(employee), std::move(change)).status();
  switch (employee.status().code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
      break;
    default:
      return employee.status();
  }
  constexpr size_t kFailureMax = 300;  // Bytes, of whatever text.
  change.after.set_state(pb::PERSONNEL_ACT_STATE_FAILED);
  change.after.set_failure(absl::StrCat(Reason(employee.status()), ": ", employee.status().message()));
  if (change.after.failure().size() > kFailureMax) change.after.set_failure(Reason(employee.status()));
  return work.Save(std::move(change)).status();
}

// Whether a team leader is concerned, as things are now: roles may have changed since the proposal.
absl::Status SetTeamLeader(const Context& context, UnitOfWork& work, PersonnelAct* act) {
  std::vector<std::string> held;
  if (!act->employee().empty()) {
    ASSIGN_OR_RETURN(const Employee employee, work.Load<Employee>(act->employee()));
    held = rules::RolesOn(employee, context.Today(work.now()));
  }
  act->set_team_leader(rules::ConcernsLeader(context.policy, *act, held));
  return absl::OkStatus();
}

absl::StatusOr<PersonnelAct> Decide(const Context& context, UnitOfWork& work,
                                    const pb::DecidePersonnelActRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<PersonnelAct>(request));
  RETURN_IF_ERROR(resource::CheckRead(request.etag()));
  RETURN_IF_ERROR(SetTeamLeader(context, work, &change.after));
  ASSIGN_OR_RETURN(const rules::ActPerson person, PersonOf(context, work, change.after));
  RETURN_IF_ERROR(rules::CheckDecide(person, change.after));
  ASSIGN_OR_RETURN(const std::set<std::string> privileged, PrivilegedRoles(context, work.connection()));
  const std::string today = context.Today(work.now());
  RETURN_IF_ERROR(rules::MoveEffect(request.effective_date(), today, &change.after));
  RETURN_IF_ERROR(rules::CheckAct(change.after, privileged, today));
  RETURN_IF_ERROR(CheckLoginFree(work, change.before));
  rules::Decide(person.name, request.opinion(), work.now(), &change.after);
  if (change.after.effective_date() <= today) return PutIntoEffect(work, std::move(change));
  change.after.set_state(pb::PERSONNEL_ACT_STATE_DECIDED);
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(change.after.effective_date()));
  RETURN_IF_ERROR(schedule::Schedule(work, kDueEffect, change.before.name(), absl::FromCivil(day, context.zone)));
  return work.Save(std::move(change));
}

absl::StatusOr<PersonnelAct> Retry(const Context& context, UnitOfWork& work,
                                   const pb::RetryPersonnelActRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<PersonnelAct>(request));
  RETURN_IF_ERROR(SetTeamLeader(context, work, &change.after));
  ASSIGN_OR_RETURN(const rules::ActPerson person, PersonOf(context, work, change.after));
  RETURN_IF_ERROR(rules::CheckDecide(person, change.after));
  return PutIntoEffect(work, std::move(change));
}

// Reject, revoke, veto: the act ends, by the one whom `check` lets.
template <typename Request, typename Check>
absl::StatusOr<PersonnelAct> End(const Context& context, UnitOfWork& work, const Request& request, Check check) {
  ASSIGN_OR_RETURN(auto change, work.Begin<PersonnelAct>(request));
  RETURN_IF_ERROR(SetTeamLeader(context, work, &change.after));
  ASSIGN_OR_RETURN(const rules::ActPerson person, PersonOf(context, work, change.after));
  RETURN_IF_ERROR(check(person, change.after));
  rules::Decide(person.name, request.opinion(), work.now(), &change.after);
  RETURN_IF_ERROR(schedule::Cancel(work, kDueEffect, change.before.name()));
  return work.Save(std::move(change));
}

// Roles of members of the caller's department that were given without an act and may still be vetoed.
absl::Status AddVetoableRoles(const Context& context, mysql::Connection& connection, const auth::Principal& principal,
                              pb::ListVetoablePersonnelActsResponse* response) {
  const std::string today = context.Today(context.runtime.clock().Now());
  rules::ActPerson person;
  person.name = NameOf("employees", principal.employee);
  person.roles = principal.roles;
  person.in_department = true;  // As the query has it.
  ASSIGN_OR_RETURN(const std::set<std::string> privileged, PrivilegedRoles(context, connection));
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query(
          "SELECT e.id, e.display_name, e.version, r.role, r.since_date, r.until_date, r.state, r.proposer FROM "
          "employees_roles r JOIN employees e ON e.id = r.parent_id JOIN employee_scopes s ON s.employee = e.id WHERE "
          "s.department_path LIKE ? AND e.id <> ? AND e.archive_time IS NULL AND (r.state = 'PROPOSED' OR r.since_date "
          "> ?) AND (r.until_date IS NULL OR r.until_date >= ?) ORDER BY r.since_date, e.id, r.position",
          {absl::StrCat(principal.department, "%"), principal.employee, today, today}));
  for (const mysql::Row& row : rows) {
    pb::VetoableRole role;
    role.set_employee(NameOf("employees", row[0].text()));
    role.set_display_name(row[1].text());
    role.set_etag(resource::MakeEtag(row[2].integer()));
    role.set_role(row[3].text());
    role.set_since(row[4].text());
    role.set_until(row[5].text());
    role.set_state(row[6].text() == "PROPOSED" ? pb::ROLE_STATE_PROPOSED : pb::ROLE_STATE_GRANTED);
    role.set_proposer(row[7].text());
    pb::RoleAssignment assignment;
    assignment.set_role(role.role());
    assignment.set_since(role.since());
    assignment.set_until(role.until());
    assignment.set_state(role.state());
    assignment.set_proposer(role.proposer());
    if (!rules::MayStillVeto(assignment, privileged, today)) continue;
    if (!rules::CheckRoleVeto(context.policy, person, role.employee(), role.role()).ok()) continue;
    *response->add_roles() = std::move(role);
    if (response->roles_size() == kOwnMax) break;
  }
  return absl::OkStatus();
}

// What the caller may still veto: also what others have proposed about his department, whom he would not see otherwise.
absl::StatusOr<pb::ListVetoablePersonnelActsResponse> ListVetoable(const Context& context, rpc::Call& call) {
  pb::ListVetoablePersonnelActsResponse response;
  const std::string& own = call.principal.department;
  if (own.empty()) return response;
  const resource::Type& type = *context.runtime.catalog().Find(PersonnelAct::descriptor());
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<resource::Record> records,
        context.runtime.store().Select(
            connection, type,
            {{"t.state IN ('PROPOSED', 'DECIDED') AND t.kind IN ('HIRE', 'APPOINT', 'REMOVE', 'DISMISS') AND "
              "COALESCE(t.employee, '') <> ? AND (EXISTS (SELECT 1 FROM employee_scopes s WHERE s.employee = "
              "t.employee "
              "AND s.department_path LIKE ?) OR (t.kind = 'HIRE' AND EXISTS (SELECT 1 FROM departments d WHERE d.id = "
              "t.department AND CONCAT(d.parent_path, d.id, '/') LIKE ?)))",
              {call.principal.employee, absl::StrCat(own, "%"), absl::StrCat(own, "%")}}},
            "ORDER BY t.id DESC", kOwnMax));
    for (const resource::Record& record : records) {
      const PersonnelAct& act = static_cast<const PersonnelAct&>(*record.message);
      if (!act.team_leader()) *response.add_personnel_acts() = act;
    }
    return AddVetoableRoles(context, connection, call.principal, &response);
  }));
  return response;
}

absl::StatusOr<PersonnelAct> Withdraw(UnitOfWork& work, const pb::WithdrawPersonnelActRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<PersonnelAct>(request));
  if (change.before.proposer() != work.actor().subject) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_REQUESTER", "only the one who proposed takes it back",
                 {{"proposer", change.before.proposer()}});
  }
  change.after.set_opinion(request.reason());
  return work.Save(std::move(change));
}

absl::StatusOr<PersonnelAct> Opine(UnitOfWork& work, const pb::AddPersonnelOpinionRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<PersonnelAct>(request));
  // Of anything but recruiting those who take part learn nothing: it may be about themselves.
  if (change.before.kind() != pb::PERSONNEL_ACT_KIND_HIRE) return NotFound(request.name());
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  rules::AddOpinion(actor, request.opinion(), work.now(), &change.after);
  return work.Save(std::move(change));
}

absl::StatusOr<pb::ListOwnPersonnelActsResponse> ListOwn(const Context& context, rpc::Call& call) {
  pb::ListOwnPersonnelActsResponse response;
  const resource::Type& type = *context.runtime.catalog().Find(PersonnelAct::descriptor());
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<resource::Record> records,
        context.runtime.store().Select(connection, type,
                                       {{"(t.employee = ? OR t.hired = ?) AND t.state IN ('DECIDED', 'IN_EFFECT')",
                                         {call.principal.employee, call.principal.employee}}},
                                       "ORDER BY t.decide_time DESC, t.id DESC", kOwnMax));
    for (const resource::Record& record : records) {
      const PersonnelAct& act = static_cast<const PersonnelAct&>(*record.message);
      pb::OwnPersonnelAct* own = response.add_acts();
      own->set_number(act.number());
      own->set_kind(act.kind());
      own->set_state(act.state());
      own->set_effective_date(act.effective_date());
      own->set_reason(act.reason());
      own->set_role(act.role());
      own->set_department(act.department());
      own->set_superior(act.superior());
      own->set_job_title(act.job_title());
      if (act.has_amount()) *own->mutable_amount() = act.amount();
      own->set_decider(act.decider());
      *own->mutable_decide_time() = act.decide_time();
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterPersonnelActs(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<PersonnelAct>(
      [context](UnitOfWork& work, PersonnelAct* act) { return Propose(context, work, act); });
  context.runtime.SetHooks(PersonnelAct::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddWrite<PersonnelAct, pb::DecidePersonnelActRequest>(
      context, Rpc("DecidePersonnelAct"), registry,
      [context](UnitOfWork& work, const pb::DecidePersonnelActRequest& request) {
        return Decide(context, work, request);
      });
  AddWrite<PersonnelAct, pb::RejectPersonnelActRequest>(
      context, Rpc("RejectPersonnelAct"), registry,
      [context](UnitOfWork& work, const pb::RejectPersonnelActRequest& request) {
        return End(context, work, request, rules::CheckDecide);
      });
  AddWrite<PersonnelAct, pb::RevokePersonnelActRequest>(
      context, Rpc("RevokePersonnelAct"), registry,
      [context](UnitOfWork& work, const pb::RevokePersonnelActRequest& request) {
        return End(context, work, request, rules::CheckDecide);
      });
  AddWrite<PersonnelAct, pb::RetryPersonnelActRequest>(
      context, Rpc("RetryPersonnelAct"), registry,
      [context](UnitOfWork& work, const pb::RetryPersonnelActRequest& request) {
        return Retry(context, work, request);
      });
  AddWrite<PersonnelAct, pb::VetoPersonnelActRequest>(
      context, Rpc("VetoPersonnelAct"), registry,
      [context](UnitOfWork& work, const pb::VetoPersonnelActRequest& request) {
        return End(context, work, request, rules::CheckVeto);
      });
  AddWrite<PersonnelAct, pb::WithdrawPersonnelActRequest>(context, Rpc("WithdrawPersonnelAct"), registry, Withdraw);
  AddWrite<PersonnelAct, pb::AddPersonnelOpinionRequest>(context, Rpc("AddPersonnelOpinion"), registry, Opine);
  registry->Add<pb::ListVetoablePersonnelActsRequest, pb::ListVetoablePersonnelActsResponse>(
      Rpc("ListVetoablePersonnelActs"),
      [context](rpc::Call& call, const pb::ListVetoablePersonnelActsRequest&) { return ListVetoable(context, call); });
  registry->Add<pb::ListOwnPersonnelActsRequest, pb::ListOwnPersonnelActsResponse>(
      Rpc("ListOwnPersonnelActs"),
      [context](rpc::Call& call, const pb::ListOwnPersonnelActsRequest&) { return ListOwn(context, call); });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(kDueEffect, Rpc("DecidePersonnelAct"), RunEffect);
}

}  // namespace kam::account

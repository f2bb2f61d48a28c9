// kam.organization.v1.RoleGrantService (G-02, G-03).
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/people/organization_service.h"
#include "account-svc/rules/organization_rules.h"
#include "account-svc/rules/right_rules.h"
#include "account-svc/verb.h"
#include "account-svc/writers.h"
#include "common/resource/authors.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/organization/v1/role_grant_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using pb::RoleGrant;
using resource::UnitOfWork;

constexpr char kService[] = "kam.organization.v1.RoleGrantService";
constexpr absl::string_view kApprove = "role_grant.approve";

absl::Status NotSeed(const RoleGrant& grant) {
  if (grant.origin() != organization::v1::GRANT_ORIGIN_SEED) return absl::OkStatus();
  return FailedPrecondition("SEED_GRANT_READ_ONLY", grant.name(),
                            "a delivered grant is not changed: create one of your own, which replaces it");
}

absl::Status NotOwnRole(const UnitOfWork& work, const RoleGrant& grant) {
  const std::vector<std::string>& roles = work.actor().roles;
  if (std::find(roles.begin(), roles.end(), grant.role()) == roles.end()) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
               "nobody changes the rights of a role he holds", {{"rule", "self"}, {"role", grant.role()}});
}

// The level of the delivered right that the row replaces; NONE when nothing is delivered.
absl::StatusOr<pb::GrantLevel> DeliveredLevel(UnitOfWork& work, const RoleGrant& grant) {
  ASSIGN_OR_RETURN(
      const std::vector<RoleGrant> delivered,
      work.Find<RoleGrant>({"t.origin = 'SEED' AND t.archive_time IS NULL AND t.role = ? AND t.permission = ?",
                            {mysql::Value(grant.role()), mysql::Value(grant.permission())}},
                           "", 1));
  return delivered.empty() ? pb::GRANT_LEVEL_NONE : delivered[0].level();
}

// Who administers rights is settled with the delivered rights, by those who run the suite: whoever could grant it here
// would make people administrators whom nobody has confirmed.
absl::Status NotPrivileged(const Context& context, UnitOfWork& work, const RoleGrant& grant) {
  const std::vector<std::string>& privileged = context.policy.privileged_permissions;
  if (grant.level() == organization::v1::GRANT_LEVEL_NONE ||
      (grant.permission() != kApprove &&
       std::find(privileged.begin(), privileged.end(), grant.permission()) == privileged.end())) {
    return absl::OkStatus();
  }
  // Back to what is delivered takes two, as every right does, and makes nobody what he was not meant to be.
  ASSIGN_OR_RETURN(const pb::GrantLevel delivered, DeliveredLevel(work, grant));
  if (grant.level() == delivered) return absl::OkStatus();
  return Error(
      absl::StatusCode::kPermissionDenied, "PRIVILEGED_RIGHT",
      absl::StrCat(grant.permission(),
                   " administers rights: it is granted in the delivered rights only, and may only be taken away "
                   "here"),
      {{"field", "role_grant.permission"}, {"permission", grant.permission()}});
}

absl::Status CreateGrant(const Context& context, UnitOfWork& work, RoleGrant* grant) {
  grant->set_origin(organization::v1::GRANT_ORIGIN_ADMIN);
  rules::Describe(grant);
  RETURN_IF_ERROR(Validate(work, *grant));
  if (!rules::IsRole(grant->role())) {
    return InvalidField("role_grant.role", "ROLE_UNKNOWN", absl::StrCat(grant->role(), " is not a role"),
                        {{"role", grant->role()}});
  }
  RETURN_IF_ERROR(rules::CheckLimit(*grant));
  RETURN_IF_ERROR(NotPrivileged(context, work, *grant));
  RETURN_IF_ERROR(NotOwnRole(work, *grant));
  rules::ProposeGrant(nullptr, grant);
  return absl::OkStatus();
}

absl::Status UpdateGrant(const Context& context, UnitOfWork& work, const RoleGrant& before, RoleGrant* after) {
  RETURN_IF_ERROR(NotSeed(before));
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CheckLimit(*after));
  RETURN_IF_ERROR(NotPrivileged(context, work, *after));
  RETURN_IF_ERROR(NotOwnRole(work, *after));
  rules::ProposeGrant(&before, after);
  return absl::OkStatus();
}

// Whether `writer` alone has given the caller a post by a personnel act: proposed and decided it. It may have taken
// effect later, by itself, so the act says so and not the history of the person.
absl::StatusOr<bool> AppointedByActOf(UnitOfWork& work, const std::string& writer) {
  const std::string caller = IdOf(work.actor().subject), by = IdOf(writer);
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT 1 FROM personnel_acts WHERE (employee = ? OR hired = ?) AND kind IN "
                                           "('HIRE', 'APPOINT') AND state = 'IN_EFFECT' AND proposer = ? AND decider = "
                                           "? LIMIT 1",
                                           {caller, caller, by, by}));
  return !rows.empty();
}

// Whoever sets a right does not choose who approves it either: he has not entered or changed the approver, nor given
// him a post by an act of his own. A role that another has proposed and he has confirmed took two.
absl::Status NotAppointedBy(UnitOfWork& work, const std::string& writer) {
  const std::string people = "kam.organization.v1.EmployeeService/";
  ASSIGN_OR_RETURN(bool appointed, resource::Changed(work, writer, work.actor().subject,
                                                     {people + "CreateEmployee", people + "UpdateEmployee",
                                                      people + "BatchUpsertEmployees", people + "RestoreEmployee"}));
  if (!appointed) {
    ASSIGN_OR_RETURN(appointed, AppointedByActOf(work, writer));
  }
  if (!appointed) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
               absl::StrCat("the right was set by ", writer, ", who alone has entered, changed or appointed you: ",
                            "somebody whom he has not appointed decides"),
               {{"rule", "appointed"}, {"writer", writer}});
}

// Whoever decides on a right has not set it, and does not hold the role (ADR 0010: administering rights takes two).
absl::Status CheckDecides(const Context& context, UnitOfWork& work, const std::string& etag, const RoleGrant& grant) {
  RETURN_IF_ERROR(resource::CheckRead(etag));
  RETURN_IF_ERROR(CheckNotWriter(work, kService, grant.name(), "decide on the right"));
  RETURN_IF_ERROR(NotAppointedBy(work, grant.creator()));
  RETURN_IF_ERROR(NotAppointedBy(work, grant.updater()));
  RETURN_IF_ERROR(NotOwnRole(work, grant));
  RoleGrant proposed = grant;
  proposed.set_level(grant.proposed_level());
  return NotPrivileged(context, work, proposed);
}

// Without the row what is delivered counts again: that takes two as well, so the row says so first.
absl::Status CheckPutAway(UnitOfWork& work, const RoleGrant& grant) {
  if (!grant.has_approve_time()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pb::GrantLevel delivered, DeliveredLevel(work, grant));
  if (grant.level() == delivered && grant.limit_value().empty()) return absl::OkStatus();
  const std::string level(pb::GrantLevel_Name(delivered));
  return FailedPrecondition("GRANT_COUNTS", grant.name(),
                            absl::StrCat("the row counts and differs from the delivered right: ",
                                         grant.level() == delivered ? "" : absl::StrCat("set it to ", level, ", "),
                                         grant.limit_value().empty() ? "" : "clear limit_value, ",
                                         "have that approved, then it may be put away"),
                            {{"level", std::string(pb::GrantLevel_Name(grant.level()))}, {"delivered", level}});
}

}  // namespace

void RegisterRoleGrants(const Context& context, rpc::Registry* registry) {
  resource::Hooks grants;
  grants.on_create = resource::OnCreate<RoleGrant>(
      [context](UnitOfWork& work, RoleGrant* grant) { return CreateGrant(context, work, grant); });
  grants.on_update =
      resource::OnUpdate<RoleGrant>([context](UnitOfWork& work, const RoleGrant& before, RoleGrant* after) {
        return UpdateGrant(context, work, before, after);
      });
  grants.on_archive = [](UnitOfWork& work, const google::protobuf::Message& before) -> absl::Status {
    const auto& grant = static_cast<const RoleGrant&>(before);
    RETURN_IF_ERROR(NotSeed(grant));
    RETURN_IF_ERROR(NotOwnRole(work, grant));
    return CheckPutAway(work, grant);
  };
  grants.on_restore = [context](UnitOfWork& work, const google::protobuf::Message& before) -> absl::Status {
    RETURN_IF_ERROR(NotPrivileged(context, work, static_cast<const RoleGrant&>(before)));
    return NotOwnRole(work, static_cast<const RoleGrant&>(before));
  };
  grants.on_saved = resource::OnSaved<RoleGrant>([](UnitOfWork& work, const RoleGrant* before, const RoleGrant& after) {
    const bool restored = before != nullptr && before->has_archive_time() && !after.has_archive_time();
    if (!restored || !after.has_approve_time()) return absl::OkStatus();
    // What was put away is a right that two decide on again.
    resource::Change<RoleGrant> change{after, after};
    rules::WithdrawApproval(&change.after);
    return work.Save(std::move(change)).status();
  });
  context.runtime.SetHooks(RoleGrant::descriptor(), std::move(grants));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<RoleGrant, pb::ApproveRoleGrantRequest>(
      context, absl::StrCat(kService, "/ApproveRoleGrant"), registry,
      [context](UnitOfWork& work, const pb::ApproveRoleGrantRequest& request, RoleGrant* grant) -> absl::Status {
        RETURN_IF_ERROR(CheckDecides(context, work, request.etag(), *grant));
        ASSIGN_OR_RETURN(const std::string approver, Person(work));
        rules::ApproveGrant(approver, work.now(), grant);
        return absl::OkStatus();
      });
  AddVerb<RoleGrant, pb::RejectRoleGrantRequest>(
      context, absl::StrCat(kService, "/RejectRoleGrant"), registry,
      [context](UnitOfWork& work, const pb::RejectRoleGrantRequest& request, RoleGrant* grant) -> absl::Status {
        RETURN_IF_ERROR(CheckDecides(context, work, request.etag(), *grant));
        ASSIGN_OR_RETURN(const std::string approver, Person(work));
        rules::RejectGrant(approver, request.reason(), grant);
        return absl::OkStatus();
      });
}

}  // namespace kam::account

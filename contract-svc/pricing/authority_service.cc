// The authority grid (C-03).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/pricing/pricing_data.h"
#include "contract-svc/pricing/pricing_service.h"
#include "kam/pricing/v1/authority_grant.pb.h"
#include "kam/pricing/v1/authority_grant_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using resource::UnitOfWork;

constexpr char kService[] = "kam.pricing.v1.AuthorityGrantService";

absl::Status CheckGrant(const pb::AuthorityGrant& grant) {
  FieldViolations violations;
  if (grant.role().empty() == grant.employee().empty()) {
    violations.Add("authority_grant.role", "GRANTEE_INVALID", "give it to a role or to an employee, one of them");
  }
  const auto check_value = [&](bool has, const google::type::Money& money, const char* field) {
    const std::string path = absl::StrCat("authority_grant.", field);
    if (!has) return;
    if (grant.currency().empty()) {
      violations.Add("authority_grant.currency", "CURRENCY_REQUIRED", absl::StrCat(path, " needs a currency"));
    } else if (money.currency_code() != grant.currency()) {
      violations.Add(path, "CURRENCY_MISMATCH",
                     absl::StrCat("is in ", money.currency_code(), "; the grant is for ", grant.currency()),
                     {{"currency", grant.currency()}});
    }
  };
  check_value(grant.has_max_line_value(), grant.max_line_value(), "max_line_value");
  check_value(grant.has_max_document_value(), grant.max_document_value(), "max_document_value");
  if (!grant.valid_until().empty() && grant.valid_until() < grant.valid_from()) {
    violations.Add("authority_grant.valid_until", "PERIOD_INVALID",
                   absl::StrCat("is ", grant.valid_until(), ", before ", grant.valid_from()),
                   {{"value", grant.valid_until()}, {"limit", grant.valid_from()}});
  }
  return violations.status();
}

// Nobody gives more than he holds.
absl::Status CheckGiven(UnitOfWork& work, const Context& context, const pb::AuthorityGrant& grant) {
  ASSIGN_OR_RETURN(const std::string person, Person(work));
  ASSIGN_OR_RETURN(const rules::Grant asked, ToRules(grant));
  ASSIGN_OR_RETURN(const std::vector<rules::Grant> grants, LoadGrants(work));
  return rules::CheckGrantable(asked, {person, work.actor().roles}, grants, context.Today(work.now()));
}

// The one who gives it, with the roles of now: asked before the transaction.
absl::StatusOr<rules::Actor> GiverNow(const Context& context, const approval::RolesOf& roles_of, const rpc::Call& call,
                                      const std::string& name) {
  const absl::StatusOr<pb::AuthorityGrant> grant = context.runtime.Get<pb::AuthorityGrant>(call, name);
  if (absl::IsNotFound(grant.status())) return rules::Actor();  // Refused with the verb.
  RETURN_IF_ERROR(grant.status());
  rules::Actor giver{grant->grantor(), {}};
  if (!roles_of || giver.employee.empty()) return giver;
  ASSIGN_OR_RETURN(approval::HeldRoles held, roles_of({giver.employee}, call.deadline));
  giver.roles = std::move(held[giver.employee]);
  return giver;
}

// Nor does he take back more, unless he gave it.
absl::Status CheckTaken(UnitOfWork& work, const Context& context, const pb::AuthorityGrant& grant) {
  ASSIGN_OR_RETURN(const std::string person, Person(work));
  ASSIGN_OR_RETURN(const rules::Grant given, ToRules(grant));
  ASSIGN_OR_RETURN(const std::vector<rules::Grant> grants, LoadGrants(work));
  return rules::CheckRevocable(given, grant.grantor(), {person, work.actor().roles}, grants, context.Today(work.now()));
}

}  // namespace

void RegisterAuthority(const Context& context, approval::RolesOf roles_of, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = [context](const rpc::Call& call,
                            const std::vector<const google::protobuf::Message*>& resources) -> absl::Status {
    RETURN_IF_ERROR(context.directory.EnsureCaller(call));
    std::vector<std::string> employees;
    for (const auto* message : resources) {
      const auto& grant = static_cast<const pb::AuthorityGrant&>(*message);
      if (!grant.employee().empty()) employees.push_back(grant.employee());
    }
    return context.directory.EnsureEmployees(employees, call.deadline);
  };
  hooks.on_create =
      resource::OnCreate<pb::AuthorityGrant>([context](UnitOfWork& work, pb::AuthorityGrant* created) -> absl::Status {
        created->set_state(pb::AUTHORITY_GRANT_STATE_PROPOSED);
        created->set_grantor(work.actor().subject);
        RETURN_IF_ERROR(Validate(work, *created));
        RETURN_IF_ERROR(CheckGrant(*created));
        return CheckGiven(work, context, *created);
      });
  context.runtime.SetHooks(pb::AuthorityGrant::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::ConfirmAuthorityGrantRequest, pb::AuthorityGrant>(
      absl::StrCat(kService, "/ConfirmAuthorityGrant"),
      [context, roles_of = std::move(roles_of)](
          rpc::Call& call, const pb::ConfirmAuthorityGrantRequest& request) -> absl::StatusOr<pb::AuthorityGrant> {
        RETURN_IF_ERROR(CheckRead(request.etag()));
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        ASSIGN_OR_RETURN(const rules::Actor giver, GiverNow(context, roles_of, call, request.name()));
        return context.runtime.Write<pb::AuthorityGrant>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::AuthorityGrant> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::AuthorityGrant>(request));
              ASSIGN_OR_RETURN(const std::string person, Person(work));
              ASSIGN_OR_RETURN(const rules::Grant given, ToRules(change.before));
              RETURN_IF_ERROR(rules::CheckConfirmable(given, change.before.grantor(), {person, work.actor().roles}));
              // It begins to hold today: what he held when he gave it may be over.
              ASSIGN_OR_RETURN(const std::vector<rules::Grant> grants, LoadGrants(work));
              RETURN_IF_ERROR(rules::CheckGrantable(given, giver, grants, context.Today(work.now())));
              change.after.set_confirmer(person);
              SetTime(work.now(), change.after.mutable_confirm_time());
              return work.Save(std::move(change));
            });
      });
  registry->Add<pb::RevokeAuthorityGrantRequest, pb::AuthorityGrant>(
      absl::StrCat(kService, "/RevokeAuthorityGrant"),
      [context](rpc::Call& call, const pb::RevokeAuthorityGrantRequest& request) -> absl::StatusOr<pb::AuthorityGrant> {
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        return context.runtime.Write<pb::AuthorityGrant>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::AuthorityGrant> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::AuthorityGrant>(request));
              RETURN_IF_ERROR(CheckTaken(work, context, change.before));
              SetTime(work.now(), change.after.mutable_revoke_time());
              return work.Save(std::move(change));
            });
      });
}

}  // namespace kam::contract

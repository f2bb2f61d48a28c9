// ExternalRelationService: organisations outside, what is said to them, and by which authority.
#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/rules/contact_rules.h"
#include "account-svc/rules/external_rules.h"
#include "account-svc/verb.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/external_relation_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::ExternalExchange;
using v1::ExternalOrganization;
using v1::RepresentationAuthority;

constexpr char kService[] = "kam.account.v1.ExternalRelationService";
constexpr int kAuthoritiesMax = 1000;  // Towards one kind of organisation.

absl::Status CreateOrganization(UnitOfWork& work, ExternalOrganization* organization) {
  if (organization->responsible().empty()) {
    ASSIGN_OR_RETURN(*organization->mutable_responsible(), Person(work));
  }
  organization->set_state(v1::EXTERNAL_STATE_ACTIVE);
  RETURN_IF_ERROR(Validate(work, *organization));
  return rules::CheckOrganization(*organization, work.actor().Holds("external.media"));
}

absl::Status UpdateOrganization(UnitOfWork& work, const ExternalOrganization& before, ExternalOrganization* after) {
  if (after->responsible().empty()) after->set_responsible(before.responsible());
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CheckRelationKept(before));
  RETURN_IF_ERROR(rules::CheckMedia(before, work.actor().Holds("external.media")));
  return rules::CheckOrganization(*after, work.actor().Holds("external.media"));
}

absl::Status CreateExchange(const Context& context, UnitOfWork& work, ExternalExchange* exchange) {
  ASSIGN_OR_RETURN(*exchange->mutable_representative(), Person(work));
  RETURN_IF_ERROR(Validate(work, *exchange));
  resource::Change<ExternalOrganization> change;
  ASSIGN_OR_RETURN(change.before,
                   work.Load<ExternalOrganization>(exchange->organization(), work.actor().LevelFor("external.read")));
  RETURN_IF_ERROR(rules::CheckRelationKept(change.before));
  const auto kind = resource::ShortEnumName(v1::ExternalKind_descriptor()->FindValueByNumber(change.before.kind()));
  ASSIGN_OR_RETURN(const std::vector<RepresentationAuthority> authorities,
                   work.Find<RepresentationAuthority>({"t.external_kind = ? AND t.archive_time IS NULL", {kind}},
                                                      "ORDER BY t.id", kAuthoritiesMax));
  RETURN_IF_ERROR(
      rules::CheckExchange(rules::FurthestAuthority(authorities, exchange->representative(), work.actor().roles,
                                                    change.before.kind(), exchange->exchange_date()),
                           context.Today(work.now()), exchange));
  change.after = change.before;
  change.after.set_last_exchange_date(rules::LaterDay(change.before.last_exchange_date(), exchange->exchange_date()));
  return work.Save(std::move(change)).status();
}

// The last day of an organisation is that of what is left.
absl::Status VoidExchange(UnitOfWork& work, const v1::VoidExternalExchangeRequest& request,
                          ExternalExchange* exchange) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  resource::Change<ExternalOrganization> change;
  ASSIGN_OR_RETURN(change.before, work.Load<ExternalOrganization>(exchange->organization()));
  RETURN_IF_ERROR(rules::CheckMedia(change.before, work.actor().Holds("external.media")));
  RETURN_IF_ERROR(rules::VoidExchange(actor, request.reason(), work.now(), exchange));
  if (change.before.last_exchange_date() != exchange->exchange_date()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<ExternalExchange> left,
                   work.Find<ExternalExchange>({"t.organization = ? AND t.voided = 0 AND t.id <> ?",
                                                {IdOf(exchange->organization()), IdOf(exchange->name())}},
                                               "ORDER BY t.exchange_date DESC", 1));
  change.after = change.before;
  change.after.set_last_exchange_date(left.empty() ? "" : left[0].exchange_date());
  return work.Save(std::move(change)).status();
}

}  // namespace

void RegisterExternalRelations(const Context& context, rpc::Registry* registry) {
  resource::Hooks organizations;
  organizations.on_create = resource::OnCreate<ExternalOrganization>(CreateOrganization);
  organizations.on_update = resource::OnUpdate<ExternalOrganization>(UpdateOrganization);
  context.runtime.SetHooks(ExternalOrganization::descriptor(), std::move(organizations));
  resource::Hooks exchanges;
  exchanges.on_create = resource::OnCreate<ExternalExchange>(
      [context](UnitOfWork& work, ExternalExchange* exchange) { return CreateExchange(context, work, exchange); });
  context.runtime.SetHooks(ExternalExchange::descriptor(), std::move(exchanges));
  resource::Hooks authorities;
  const auto check = [](UnitOfWork& work, const RepresentationAuthority* before,
                        const RepresentationAuthority& authority) -> absl::Status {
    RETURN_IF_ERROR(Validate(work, authority));
    RETURN_IF_ERROR(rules::CheckGrantor(work.actor().subject, work.actor().roles, before, authority));
    return rules::CheckAuthority(authority);
  };
  authorities.on_create = resource::OnCreate<RepresentationAuthority>(
      [check](UnitOfWork& work, RepresentationAuthority* authority) { return check(work, nullptr, *authority); });
  authorities.on_update = resource::OnUpdate<RepresentationAuthority>(
      [check](UnitOfWork& work, const RepresentationAuthority& before, RepresentationAuthority* authority) {
        return check(work, &before, *authority);
      });
  context.runtime.SetHooks(RepresentationAuthority::descriptor(), std::move(authorities));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<ExternalOrganization, v1::EndExternalOrganizationRequest>(
      context, absl::StrCat(kService, "/EndExternalOrganization"), registry,
      [](UnitOfWork& work, const v1::EndExternalOrganizationRequest& request,
         resource::Change<ExternalOrganization>* change) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckMedia(change->before, work.actor().Holds("external.media")));
        change->after.set_end_reason(request.reason());
        return absl::OkStatus();
      });
  AddVerb<ExternalOrganization, v1::ReopenExternalOrganizationRequest>(
      context, absl::StrCat(kService, "/ReopenExternalOrganization"), registry,
      [](UnitOfWork& work, const v1::ReopenExternalOrganizationRequest&,
         resource::Change<ExternalOrganization>* change) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckMedia(change->before, work.actor().Holds("external.media")));
        change->after.clear_end_reason();
        return absl::OkStatus();
      });
  AddVerb<ExternalExchange, v1::VoidExternalExchangeRequest>(context, absl::StrCat(kService, "/VoidExternalExchange"),
                                                             registry, VoidExchange);
}

}  // namespace kam::account

#include "account-svc/rules/external_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/external_relation.pb.h"

namespace kam::account::rules {

using v1::ExternalExchange;
using v1::ExternalOrganization;
using v1::RepresentationAuthority;

absl::Status CheckMedia(const ExternalOrganization& organization, bool for_media) {
  if (organization.kind() != v1::EXTERNAL_KIND_MEDIA || for_media) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "MEDIA_NOT_AUTHORIZED",
               "the media are looked after by the marketing director", {{"permission", "external.media"}});
}

absl::Status CheckOrganization(const ExternalOrganization& organization, bool for_media) {
  RETURN_IF_ERROR(CheckMedia(organization, for_media));
  if (organization.kind() != v1::EXTERNAL_KIND_ALLIANCE || !organization.cooperation_plan().empty()) {
    return absl::OkStatus();
  }
  return InvalidField("external_organization.cooperation_plan", "COOPERATION_PLAN_REQUIRED",
                      "a partner of another trade has a plan of what is done together");
}

absl::Status CheckRelationKept(const ExternalOrganization& organization) {
  if (organization.state() != v1::EXTERNAL_STATE_ENDED) return absl::OkStatus();
  return FailedPrecondition("RELATION_ENDED", organization.name(), "the relation was ended");
}

absl::Status CheckAuthority(const RepresentationAuthority& authority) {
  if (authority.role().empty() == authority.employee().empty()) {
    return InvalidField("representation_authority.role", "HOLDER_REQUIRED",
                        "a role or an employee must be named, and not both");
  }
  if (!authority.to_date().empty() && authority.to_date() < authority.from_date()) {
    return InvalidField("representation_authority.to_date", "PERIOD_INVALID", "must not be before the first day",
                        {{"from", authority.from_date()}, {"to", authority.to_date()}});
  }
  return absl::OkStatus();
}

absl::Status CheckGrantor(absl::string_view actor, const std::vector<std::string>& roles,
                          const RepresentationAuthority* before, const RepresentationAuthority& authority) {
  const bool own = authority.role().empty() ? authority.employee() == actor
                                            : std::find(roles.begin(), roles.end(), authority.role()) != roles.end();
  if (own) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "nobody gives himself authority to speak for the company; another holder of representation.write may",
                 {{"rule", "holder"}, {"permission", "representation.write"}});
  }
  if (before == nullptr || (authority.level() <= before->level() && authority.from_date() >= before->from_date())) {
    return absl::OkStatus();
  }
  return FailedPrecondition("AUTHORITY_RAISED", authority.name(),
                            "more authority, or an earlier first day, is given by another entry from its day on",
                            {{"level", v1::RepresentationLevel_Name(before->level())}, {"from", before->from_date()}});
}

const RepresentationAuthority* FurthestAuthority(const std::vector<RepresentationAuthority>& authorities,
                                                 absl::string_view employee, const std::vector<std::string>& roles,
                                                 v1::ExternalKind kind, absl::string_view day) {
  const RepresentationAuthority* furthest = nullptr;
  for (const RepresentationAuthority& authority : authorities) {
    if (authority.kind() != kind || day < authority.from_date()) continue;
    if (!authority.to_date().empty() && day > authority.to_date()) continue;
    const bool holds = authority.role().empty()
                           ? authority.employee() == employee
                           : std::find(roles.begin(), roles.end(), authority.role()) != roles.end();
    if (holds && (furthest == nullptr || authority.level() > furthest->level())) furthest = &authority;
  }
  return furthest;
}

absl::Status CheckExchange(const RepresentationAuthority* authority, absl::string_view today,
                           ExternalExchange* exchange) {
  if (exchange->exchange_date() > today) {
    return InvalidField("external_exchange.exchange_date", "DATE_IN_FUTURE", "must not be after today",
                        {{"today", std::string(today)}});
  }
  const bool binds = exchange->level() == v1::REPRESENTATION_LEVEL_COMMITMENT;
  if (binds && exchange->commitment().empty()) {
    return InvalidField("external_exchange.commitment", "COMMITMENT_REQUIRED",
                        "what the company is bound to must be said");
  }
  if (!binds && !exchange->commitment().empty()) {
    return InvalidField("external_exchange.commitment", "COMMITMENT_NOT_ALLOWED",
                        "only an exchange of level COMMITMENT binds the company");
  }
  const v1::RepresentationLevel held = authority == nullptr ? v1::REPRESENTATION_LEVEL_UNSPECIFIED : authority->level();
  if (exchange->level() > held) {
    const std::string wanted = v1::RepresentationLevel_Name(exchange->level());
    const std::string has = authority == nullptr ? "none" : v1::RepresentationLevel_Name(held);
    return Error(absl::StatusCode::kPermissionDenied, "REPRESENTATION_NOT_AUTHORIZED",
                 absl::StrCat("speaking for the company to this kind of organisation takes the authority ", wanted,
                              "; the caller has ", has, "; a holder of representation.write can give it"),
                 {{"wanted", wanted}, {"limit", has}, {"permission", "representation.write"}});
  }
  exchange->set_authority(authority->name());
  return absl::OkStatus();
}

absl::Status VoidExchange(absl::string_view actor, absl::string_view reason, absl::Time now,
                          ExternalExchange* exchange) {
  if (exchange->voided()) {
    return FailedPrecondition("EXCHANGE_VOIDED", exchange->name(), "it was taken back before");
  }
  if (exchange->level() == v1::REPRESENTATION_LEVEL_COMMITMENT && exchange->representative() == actor) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "whoever has bound the company does not take that back; somebody else with external.write may",
                 {{"rule", "representative"}, {"permission", "external.write"}});
  }
  exchange->set_voided(true);
  exchange->set_void_reason(std::string(reason));
  exchange->set_voider(std::string(actor));
  *exchange->mutable_void_time() = ToTimestamp(now);
  return absl::OkStatus();
}

}  // namespace kam::account::rules

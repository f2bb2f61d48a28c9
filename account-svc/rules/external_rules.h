// Rules of external relations: who may speak for the company, and how far. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_EXTERNAL_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_EXTERNAL_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kam::account::v1 {
class ExternalExchange;
class ExternalOrganization;
class RepresentationAuthority;
enum ExternalKind : int;
}  // namespace kam::account::v1

namespace kam::account::rules {

// MEDIA_NOT_AUTHORIZED: what one of the media was told, is called or is done with is for who looks after them
// (`for_media`).
absl::Status CheckMedia(const v1::ExternalOrganization& organization, bool for_media);
// COOPERATION_PLAN_REQUIRED of a partner of another trade; MEDIA_NOT_AUTHORIZED unless who looks after the media
// (`for_media`) writes about one of them.
absl::Status CheckOrganization(const v1::ExternalOrganization& organization, bool for_media);
// RELATION_ENDED: a relation that was ended does not change.
absl::Status CheckRelationKept(const v1::ExternalOrganization& organization);

// HOLDER_REQUIRED unless a role or an employee is named and not both; PERIOD_INVALID.
absl::Status CheckAuthority(const v1::RepresentationAuthority& authority);

// Nobody gives himself, or a role of his, authority or more of it: SEPARATION_OF_DUTIES. `before` null: a new one. What
// is given does not grow towards the past, where exchanges were judged by it: AUTHORITY_RAISED when the level rises or
// the first day moves forward.
absl::Status CheckGrantor(absl::string_view actor, const std::vector<std::string>& roles,
                          const v1::RepresentationAuthority* before, const v1::RepresentationAuthority& authority);

// The one among `authorities` that goes furthest towards `kind` on `day`, for an employee with these roles; null: none.
const v1::RepresentationAuthority* FurthestAuthority(const std::vector<v1::RepresentationAuthority>& authorities,
                                                     absl::string_view employee, const std::vector<std::string>& roles,
                                                     v1::ExternalKind kind, absl::string_view day);

// DATE_IN_FUTURE, COMMITMENT_REQUIRED, COMMITMENT_NOT_ALLOWED, REPRESENTATION_NOT_AUTHORIZED naming how far `authority`
// (null: none) goes. Records it.
absl::Status CheckExchange(const v1::RepresentationAuthority* authority, absl::string_view today,
                           v1::ExternalExchange* exchange);

// Takes an exchange back. EXCHANGE_VOIDED; SEPARATION_OF_DUTIES: what binds the company is not taken back by who has
// bound it.
absl::Status VoidExchange(absl::string_view actor, absl::string_view reason, absl::Time now,
                          v1::ExternalExchange* exchange);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_EXTERNAL_RULES_H_

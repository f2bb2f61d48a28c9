// Who may let goods go that are neither paid nor covered by credit, and how much of one customer (C-21). Pure
// functions.
#ifndef KAM_CONTRACT_SVC_RULES_RELEASE_AUTHORITY_H_
#define KAM_CONTRACT_SVC_RULES_RELEASE_AUTHORITY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace kam::order::v1 {
class ReleaseAuthority;
}

namespace kam::contract::rules {

using ReleaseAuthorities = std::vector<order::v1::ReleaseAuthority>;

// Somebody, by name and by the roles he holds.
struct Decider {
  std::string employee;  // employees/{id}
  std::vector<std::string> roles;
};

// What would be out to one customer without money and without credit.
struct Uncovered {
  std::string subject;  // The order asked about.
  Decimal amount;       // Of it and of what went out so before and is not paid yet.
  std::string currency;
};

// A grantee, one of them; a bound has its currency; it ends after it begins. GRANTEE_INVALID, CURRENCY_REQUIRED,
// CURRENCY_MISMATCH, PERIOD_INVALID.
absl::Status CheckReleaseAuthority(const order::v1::ReleaseAuthority& authority);

// Nobody gives more than he holds, nor anything to himself. SELF_GRANT, GRANT_EXCEEDS_OWN.
absl::Status CheckReleaseGrantable(const order::v1::ReleaseAuthority& given, const Decider& grantor,
                                   const ReleaseAuthorities& held, absl::string_view today);

// Who gave it takes it back, and whoever holds as much today, whatever its dates. Authority of his own role or person
// he may give up. GRANT_EXCEEDS_OWN.
absl::Status CheckReleaseRevocable(const order::v1::ReleaseAuthority& given, const Decider& decider,
                                   const ReleaseAuthorities& held, absl::string_view today);

// RELEASE_BEYOND_AUTHORITY with amount, limit and who may.
absl::Status CheckMayRelease(const Uncovered& uncovered, const Decider& decider, const ReleaseAuthorities& held,
                             absl::string_view today);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_RELEASE_AUTHORITY_H_

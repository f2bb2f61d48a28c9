#include "contract-svc/rules/release_authority.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/grantee.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/release_authority.pb.h"

namespace kam::contract::rules {
namespace {

using order::v1::ReleaseAuthority;

bool IsOf(const ReleaseAuthority& authority, const Decider& decider) {
  return IsGrantee(authority.employee(), authority.role(), decider);
}

bool Holds(const ReleaseAuthority& authority, absl::string_view today) {
  return authority.state() == order::v1::RELEASE_AUTHORITY_STATE_ACTIVE && authority.valid_from() <= today &&
         (authority.valid_until().empty() || authority.valid_until() >= today);
}

// The bound of an authority over a currency; not set: any amount.
absl::StatusOr<std::optional<Decimal>> Bound(const ReleaseAuthority& authority) {
  if (!authority.has_max_amount()) return std::optional<Decimal>();
  ASSIGN_OR_RETURN(const Decimal bound, AmountIn(authority.max_amount(), authority.currency(), "max_amount"));
  return std::optional<Decimal>(bound);
}

// What `given` goes beyond in `own`, by field.
absl::StatusOr<std::vector<std::string>> Lacks(const ReleaseAuthority& given, const ReleaseAuthority& own) {
  std::vector<std::string> lacks;
  if (!own.currency().empty() && own.currency() != given.currency()) lacks.push_back("currency");
  ASSIGN_OR_RETURN(const std::optional<Decimal> limit, Bound(own));
  ASSIGN_OR_RETURN(const std::optional<Decimal> asked, Bound(given));
  if (limit.has_value() && (!asked.has_value() || *limit < *asked)) lacks.push_back("max_amount");
  if (given.valid_from() < own.valid_from()) lacks.push_back("valid_from");
  if (!own.valid_until().empty() && (given.valid_until().empty() || given.valid_until() > own.valid_until())) {
    lacks.push_back("valid_until");
  }
  return lacks;
}

// Some authority of the decider that holds today lacks nothing; otherwise GRANT_EXCEEDS_OWN by the nearest one.
absl::Status CheckCovered(const ReleaseAuthority& given, const Decider& decider, const ReleaseAuthorities& held,
                          absl::string_view today) {
  return CheckCoveredByOwn(
      held, [&](const ReleaseAuthority& own) { return Holds(own, today) && IsOf(own, decider); },
      [&](const ReleaseAuthority& own) { return Lacks(given, own); });
}

}  // namespace

absl::Status CheckReleaseAuthority(const ReleaseAuthority& authority) {
  FieldViolations violations;
  if (authority.role().empty() == authority.employee().empty()) {
    violations.Add("release_authority.role", "GRANTEE_INVALID", "give it to a role or to an employee, one of them");
  }
  if (authority.has_max_amount() && authority.currency().empty()) {
    violations.Add("release_authority.currency", "CURRENCY_REQUIRED", "an amount is one in a currency");
  } else if (authority.has_max_amount()) {
    violations.AddAll("",
                      AmountIn(authority.max_amount(), authority.currency(), "release_authority.max_amount").status());
  }
  if (!authority.valid_until().empty() && authority.valid_until() < authority.valid_from()) {
    violations.Add("release_authority.valid_until", "PERIOD_INVALID",
                   absl::StrCat("is ", authority.valid_until(), ", before ", authority.valid_from()),
                   {{"value", authority.valid_until()}, {"limit", authority.valid_from()}});
  }
  return violations.status();
}

absl::Status CheckReleaseGrantable(const ReleaseAuthority& given, const Decider& grantor,
                                   const ReleaseAuthorities& held, absl::string_view today) {
  RETURN_IF_ERROR(CheckNotGrantee(given.employee(), given.role(), grantor));
  return CheckCovered(given, grantor, held, today);
}

absl::Status CheckReleaseRevocable(const ReleaseAuthority& given, const Decider& decider,
                                   const ReleaseAuthorities& held, absl::string_view today) {
  if (!given.grantor().empty() && given.grantor() == decider.employee) return absl::OkStatus();
  ReleaseAuthority now = given;
  now.set_valid_from(std::string(today));
  now.set_valid_until(std::string(today));
  return CheckCovered(now, decider, held, today);
}

absl::Status CheckMayRelease(const Uncovered& uncovered, const Decider& decider, const ReleaseAuthorities& held,
                             absl::string_view today) {
  Decimal own;
  std::vector<std::string> who;
  for (const ReleaseAuthority& authority : held) {
    if (!Holds(authority, today)) continue;
    if (!authority.currency().empty() && authority.currency() != uncovered.currency) continue;
    ASSIGN_OR_RETURN(const std::optional<Decimal> bound, Bound(authority));
    const bool enough = !bound.has_value() || uncovered.amount <= *bound;
    if (IsOf(authority, decider)) {
      if (enough) return absl::OkStatus();
      own = std::max(own, *bound);
    } else if (enough) {
      who.push_back(authority.employee().empty() ? authority.role() : authority.employee());
    }
  }
  const std::string may = who.empty() ? "nobody" : absl::StrJoin(who, ", ");
  return Error(absl::StatusCode::kPermissionDenied, "RELEASE_BEYOND_AUTHORITY",
               absl::StrCat(AmountText(uncovered.amount, uncovered.currency),
                            " would be out to the customer without money or credit; your authority is up to ",
                            AmountText(own, uncovered.currency), ", enough is that of ", may),
               {{"order", uncovered.subject},
                {"amount", uncovered.amount.ToString()},
                {"currency", uncovered.currency},
                {"limit", own.ToString()},
                {"allowed", may}});
}

}  // namespace kam::contract::rules

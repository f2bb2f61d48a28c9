// Rules of ownership: who may be given an account or take it, for how long it is protected, when it is lost.
// Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_OWNERSHIP_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_OWNERSHIP_RULES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "kam/account/v1/account_ownership.pb.h"

namespace kam::account::rules {

// What is known of somebody who is to be given an account.
struct Candidate {
  std::string name;        // employees/{id}
  std::string leave_date;  // Last working day; empty: none.
  int holdings = 0;        // Accounts owned now.
  bool archived = false;
  bool may_own = true;  // Holds a role of Policy::owner_roles.
};

// EMPLOYEE_LEFT; only when `as_owner`, OWNER_ROLE_REQUIRED and HOLDING_CAP_REACHED.
absl::Status CheckCandidate(const Candidate& candidate, bool as_owner, absl::string_view today, const Policy& policy);

// SEPARATION_OF_DUTIES: nobody moves a colleague's account to himself alone; both sides of a hand-over sign that.
absl::Status CheckTransfer(absl::string_view actor, absl::string_view successor);

// End of the protection of an account given away `now`. `days` 0: those of the policy. PROTECTION_TOO_LONG.
absl::StatusOr<absl::Time> ProtectedUntil(int days, absl::Time now, const Policy& policy);

// ACCOUNT_PROTECTED when somebody else holds a protection that runs on: the metadata says until when, not for whom.
absl::Status CheckProtection(absl::string_view account, absl::string_view employee, absl::string_view protected_for,
                             std::optional<absl::Time> protected_until, absl::Time now);

// Whether a row of this kind keeps an account for somebody who does not own it: a protection or a report.
bool IsProtection(v1::OwnershipKind kind);

// The end of what somebody has by reporting a firm whose file was made at `reported`.
absl::Time ReportEnd(absl::Time reported, const Policy& policy);
// REPORT_CAP_REACHED: nobody keeps more firms from his colleagues than he can work.
absl::Status CheckReportCap(absl::string_view employee, int open_reports, int limit);

// When an account may be claimed at the earliest: now, when no protection runs.
absl::Time ClaimableAfter(std::optional<absl::Time> protected_until, absl::Time now);

// The end of the protection of an owner who came at `since`. One whose protection nobody set, as in another system, is
// protected for the days of the policy.
absl::Time ProtectionEnd(absl::Time since, std::optional<absl::Time> protected_until, const Policy& policy);

// What is known of an account that somebody wants to claim.
struct ClaimFacts {
  std::string account;
  std::string asker;
  std::string owner;                          // Empty: nobody owns it.
  std::string protected_for;                  // Owner, or who has reported the firm; empty: nobody.
  std::optional<absl::Time> protected_until;  // Of that person.
  std::optional<absl::Time> last_deal;        // Last order, or opportunity won.
  std::optional<absl::Time> asker_lost;       // When the asker gave it up or lost it last.
};

// When somebody other than its reporter or holder may claim an account at the earliest; `now` when he may now.
absl::Time ClaimableAfter(const ClaimFacts& facts, absl::Time now, const Policy& policy);

// Whether there was a deal so short ago that the owner does business with the account.
bool InBusiness(std::optional<absl::Time> last_deal, absl::Time now, const Policy& policy);

// OWNERSHIP_EXISTS, ACCOUNT_PROTECTED, ACCOUNT_IN_BUSINESS, RECLAIM_TOO_SOON. Nothing tells whose the account is.
absl::Status CheckClaim(const ClaimFacts& facts, absl::Time now, const Policy& policy);
// CLAIM_CAP_REACHED.
absl::Status CheckClaimCap(absl::string_view employee, int claims_today, const Policy& policy);

// What is known of an ownership that its owner wants to renew.
struct RenewalFacts {
  std::string account;
  std::string owner, asker;
  int renewals = 0;
  absl::Time since;                          // Begin, or last renewal.
  std::string follow_up;                     // Name of what proves that he followed up.
  std::optional<absl::Time> follow_up_time;  // Null: it is no follow-up of this account.
};
// The new end of the protection. OWNERSHIP_NOT_YOURS, RENEWAL_CAP_REACHED, FOLLOW_UP_UNKNOWN, FOLLOW_UP_NOT_NEW.
absl::StatusOr<absl::Time> Renew(const RenewalFacts& facts, absl::Time now, const Policy& policy);

// OWNERSHIP_NOT_YOURS unless `asker` holds the seat, or is the owner, or `superior`.
absl::Status CheckRelease(absl::string_view account, absl::string_view asker, bool superior, absl::string_view owner,
                          absl::string_view holder);

// What is known of an owner when it is worked out whether he loses the account.
struct HoldingFacts {
  absl::Time since;
  absl::Time protected_until;                // ProtectionEnd.
  std::optional<absl::Time> last_follow_up;  // Visit, contact, renewal, work on an opportunity.
  std::optional<absl::Time> last_deal;
};
struct Release {
  absl::Time due;
  v1::ReleaseCause cause = {};
};
// When and why he loses it unless something happens before; null: never.
std::optional<Release> NextRelease(const HoldingFacts& facts, absl::Time now, const Policy& policy);

// When the owner is next reminded of a loss at `due`; null: no more.
std::optional<absl::Time> NextReminder(absl::Time due, absl::Time now, const Policy& policy);

// When the account is lost once the owner was reminded `now` of a loss at `due`: not before the time between the last
// reminder and the loss has passed.
absl::Time ReleaseAfterReminder(absl::Time due, absl::Time now, const Policy& policy);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_OWNERSHIP_RULES_H_

#include "account-svc/rules/ownership_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/duties.h"
#include "common/status/status.h"

namespace kam::account::rules {
namespace {

absl::Duration Days(int days) {
  constexpr int kHoursOfDay = 24;
  return absl::Hours(kHoursOfDay) * days;
}

std::string Show(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

}  // namespace

absl::Status CheckCandidate(const Candidate& candidate, bool as_owner, absl::string_view today, const Policy& policy) {
  // Dates in ISO form compare as text.
  if (!candidate.leave_date.empty() && candidate.leave_date < today) {
    return FailedPrecondition("EMPLOYEE_LEFT", candidate.name,
                              absl::StrCat("the employee has left on ", candidate.leave_date),
                              {{"leaveDate", candidate.leave_date}});
  }
  if (candidate.archived) {
    return FailedPrecondition("EMPLOYEE_LEFT", candidate.name, "the employee's file is in the archive");
  }
  if (as_owner && !candidate.may_own) {
    const std::string roles = absl::StrJoin(policy.owner_roles, " ");
    return FailedPrecondition("OWNER_ROLE_REQUIRED", candidate.name,
                              absl::StrCat("accounts are owned by people of the roles ", roles), {{"roles", roles}});
  }
  if (as_owner && candidate.holdings >= policy.holdings_max) {
    return FailedPrecondition(
        "HOLDING_CAP_REACHED", candidate.name,
        absl::StrCat("the employee owns ", candidate.holdings, " accounts; the limit is ", policy.holdings_max),
        {{"holdings", absl::StrCat(candidate.holdings)}, {"limit", absl::StrCat(policy.holdings_max)}});
  }
  return absl::OkStatus();
}

absl::Status CheckTransfer(absl::string_view actor, absl::string_view successor) {
  return CheckOther(
      actor, successor, "successor",
      "nobody moves a colleague's account to himself: start a hand-over, which both sides sign, or have a "
      "superior of both transfer it");
}

absl::StatusOr<absl::Time> ProtectedUntil(int days, absl::Time now, const Policy& policy) {
  if (days > policy.protection_days_max) {
    return InvalidField("protection_days", "PROTECTION_TOO_LONG",
                        absl::StrCat("is ", days, "; at most ", policy.protection_days_max, " days are allowed"),
                        {{"value", absl::StrCat(days)}, {"limit", absl::StrCat(policy.protection_days_max)}});
  }
  return now + Days(days > 0 ? days : policy.protection_days);
}

absl::Status CheckProtection(absl::string_view account, absl::string_view employee, absl::string_view protected_for,
                             std::optional<absl::Time> protected_until, absl::Time now) {
  if (!protected_until.has_value() || *protected_until <= now || protected_for == employee) return absl::OkStatus();
  const std::string until = Show(*protected_until);
  return FailedPrecondition("ACCOUNT_PROTECTED", account,
                            absl::StrCat("the account is protected for somebody else until ", until),
                            {{"claimableAfter", until}});
}

bool IsProtection(v1::OwnershipKind kind) {
  return kind == v1::OWNERSHIP_KIND_PROTECTED || kind == v1::OWNERSHIP_KIND_REPORTED;
}

absl::Time ReportEnd(absl::Time reported, const Policy& policy) {
  return reported + Days(policy.draft_protection_days);
}

absl::Status CheckReportCap(absl::string_view employee, int open_reports, int limit) {
  if (open_reports < limit) return absl::OkStatus();
  return FailedPrecondition(
      "REPORT_CAP_REACHED", employee,
      absl::StrCat("has reported ", open_reports, " firms that nobody has claimed yet; the limit is ", limit,
                   ". Claim or release some of them, or have a superior release them"),
      {{"reports", absl::StrCat(open_reports)}, {"limit", absl::StrCat(limit)}, {"permission", "account.release"}});
}

absl::Time ClaimableAfter(std::optional<absl::Time> protected_until, absl::Time now) {
  return std::max(now, protected_until.value_or(now));
}

absl::Time ProtectionEnd(absl::Time since, std::optional<absl::Time> protected_until, const Policy& policy) {
  return protected_until.value_or(since + Days(policy.protection_days));
}

bool InBusiness(std::optional<absl::Time> last_deal, absl::Time now, const Policy& policy) {
  return last_deal.has_value() && (policy.deal_days == 0 || *last_deal + Days(policy.deal_days) > now);
}

absl::Time ClaimableAfter(const ClaimFacts& facts, absl::Time now, const Policy& policy) {
  absl::Time after = std::max(now, facts.protected_until.value_or(now));
  if (!facts.owner.empty() && policy.deal_days > 0 && InBusiness(facts.last_deal, now, policy)) {
    after = std::max(after, *facts.last_deal + Days(policy.deal_days));
  }
  return after;
}

absl::Status CheckClaim(const ClaimFacts& facts, absl::Time now, const Policy& policy) {
  if (facts.owner == facts.asker) {
    return FailedPrecondition("OWNERSHIP_EXISTS", facts.account, "the account is yours already");
  }
  if (facts.asker_lost.has_value() && *facts.asker_lost + Days(policy.reclaim_days) > now) {
    const std::string after = Show(*facts.asker_lost + Days(policy.reclaim_days));
    return FailedPrecondition("RECLAIM_TOO_SOON", facts.account,
                              absl::StrCat("you gave the account up, or lost it; you may claim it again after ", after),
                              {{"claimableAfter", after}, {"limit", absl::StrCat(policy.reclaim_days)}});
  }
  if (facts.protected_for == facts.asker) return absl::OkStatus();
  if (!facts.owner.empty() && InBusiness(facts.last_deal, now, policy)) {
    return FailedPrecondition("ACCOUNT_IN_BUSINESS", facts.account,
                              "somebody does business with the account; a superior may transfer it");
  }
  const absl::Time after = ClaimableAfter(facts, now, policy);
  if (after <= now) return absl::OkStatus();
  return FailedPrecondition("ACCOUNT_PROTECTED", facts.account,
                            absl::StrCat("the account is protected for somebody else until ", Show(after)),
                            {{"claimableAfter", Show(after)}});
}

absl::Status CheckClaimCap(absl::string_view employee, int claims_today, const Policy& policy) {
  if (claims_today < policy.claims_per_day_max) return absl::OkStatus();
  return FailedPrecondition(
      "CLAIM_CAP_REACHED", employee,
      absl::StrCat("claimed ", claims_today, " accounts today; the limit is ", policy.claims_per_day_max,
                   ". A superior may assign more"),
      {{"claims", absl::StrCat(claims_today)}, {"limit", absl::StrCat(policy.claims_per_day_max)}});
}

absl::StatusOr<absl::Time> Renew(const RenewalFacts& facts, absl::Time now, const Policy& policy) {
  if (facts.owner != facts.asker) {
    return FailedPrecondition("OWNERSHIP_NOT_YOURS", facts.account, "only the owner renews his protection");
  }
  if (facts.renewals >= policy.renewals_max) {
    return FailedPrecondition(
        "RENEWAL_CAP_REACHED", facts.account,
        absl::StrCat("was renewed ", facts.renewals, " times; the limit is ", policy.renewals_max),
        {{"renewals", absl::StrCat(facts.renewals)}, {"limit", absl::StrCat(policy.renewals_max)}});
  }
  if (!facts.follow_up_time.has_value()) {
    return InvalidField(
        "follow_up", "FOLLOW_UP_UNKNOWN",
        absl::StrCat(facts.follow_up, " is no completed visit, followed lead or opportunity of this account"),
        {{"value", facts.follow_up}});
  }
  if (*facts.follow_up_time <= facts.since) {
    return FailedPrecondition("FOLLOW_UP_NOT_NEW", facts.account,
                              absl::StrCat("the follow-up is of ", Show(*facts.follow_up_time), "; it must be after ",
                                           Show(facts.since), ", the begin or the last renewal"),
                              {{"followUpTime", Show(*facts.follow_up_time)}, {"after", Show(facts.since)}});
  }
  return ProtectedUntil(0, now, policy);
}

absl::Status CheckRelease(absl::string_view account, absl::string_view asker, bool superior, absl::string_view owner,
                          absl::string_view holder) {
  if (superior || asker == owner || asker == holder) return absl::OkStatus();
  return FailedPrecondition("OWNERSHIP_NOT_YOURS", account,
                            "only its holder, the owner or a superior ends an ownership");
}

std::optional<Release> NextRelease(const HoldingFacts& facts, absl::Time now, const Policy& policy) {
  std::optional<Release> next;
  const auto consider = [&next](absl::Time due, v1::ReleaseCause cause) {
    if (!next.has_value() || due < next->due) next = Release{due, cause};
  };
  if (policy.deal_days > 0) {
    consider(std::max(facts.since, facts.last_deal.value_or(facts.since)) + Days(policy.deal_days),
             v1::RELEASE_CAUSE_NO_DEAL);
  }
  if (InBusiness(facts.last_deal, now, policy)) return next;
  if (policy.owner_follow_up_days > 0) {
    consider(std::max(facts.since, facts.last_follow_up.value_or(facts.since)) + Days(policy.owner_follow_up_days),
             v1::RELEASE_CAUSE_NO_FOLLOW_UP);
  }
  if (policy.protection_grace_days > 0) {
    consider(facts.protected_until + Days(policy.protection_grace_days), v1::RELEASE_CAUSE_PROTECTION_OVER);
  }
  return next;
}

std::optional<absl::Time> NextReminder(absl::Time due, absl::Time now, const Policy& policy) {
  for (const int days : policy.release_reminder_days) {
    if (due - Days(days) > now) return due - Days(days);
  }
  return std::nullopt;
}

absl::Time ReleaseAfterReminder(absl::Time due, absl::Time now, const Policy& policy) {
  if (policy.release_reminder_days.empty()) return std::max(due, now);
  return std::max(due, now + Days(policy.release_reminder_days.back()));
}

}  // namespace kam::account::rules

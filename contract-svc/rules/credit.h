// Rules of credit (C-34): which limit holds, whether an order fits, and how its use moves from held to committed to
// open and away. Pure functions over exact amounts of one currency.
#ifndef KAM_CONTRACT_SVC_RULES_CREDIT_H_
#define KAM_CONTRACT_SVC_RULES_CREDIT_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace kam::receivable::v1 {
class CreditAccount;
}

namespace kam::contract::rules {

// Tri-state, and not decided (golden case G7): kNone and an amount of 0 are no credit, kUnlimited is no limit check,
// kNotSet takes what the policy says and is no credit when that says nothing either.
enum class LimitType { kNotSet, kNone, kAmount, kUnlimited };

struct CreditLimit {
  LimitType type = LimitType::kNotSet;
  Decimal amount;           // With kAmount.
  std::string expiry_date;  // Last day, "YYYY-MM-DD"; empty: no end.
  bool blocked = false;
  std::string block_reason;
};

inline constexpr int kReservationHoursDefault = 14 * 24;

// Figures of the company's credit policy.
struct CreditRules {
  LimitType unset_type = LimitType::kNone;
  Decimal unset_amount;
  std::string unset_currency;  // Of unset_amount: an account in another currency has no credit by it.
  int reservation_hours = kReservationHoursDefault;
  int overdue_block_days = 0;  // 0: not checked.
};

// What is used of a limit. Every part is never negative.
struct CreditUse {
  Decimal held;       // Orders entered.
  Decimal committed;  // Released, not invoiced.
  Decimal open;       // Invoiced, not paid.

  absl::StatusOr<Decimal> Exposure() const;
  bool operator==(const CreditUse&) const = default;
};

enum class CreditPart { kHeld, kCommitted, kOpen };

// Adds to (or, negative, takes from) one part. INTERNAL when the part would become negative: the books are wrong.
absl::Status MoveCredit(CreditPart part, Decimal amount, CreditUse* use);

// The limit of an account in `currency` after the policy has spoken for one that is not set. Never kNotSet; an amount
// of 0, and one that the policy names in another currency, is kNone.
CreditLimit EffectiveLimit(const CreditLimit& agreed, const CreditRules& rules, absl::string_view currency);

// Limit less exposure; none with kUnlimited.
absl::StatusOr<std::optional<Decimal>> Headroom(const CreditLimit& effective, const CreditUse& use);

struct CreditQuestion {
  std::string subject;  // Resource name, for errors.
  std::string currency;
  std::string today;         // "YYYY-MM-DD"
  int64_t overdue_days = 0;  // Age of the oldest open item past its due date.
  Decimal amount;            // Asked for on top of `use`; 0 when it is part of `use` already.
};

// May the amount be sold on credit? FAILED_PRECONDITION CREDIT_BLOCKED, CREDIT_NONE, CREDIT_EXPIRED, CREDIT_OVERDUE or
// CREDIT_LIMIT_EXCEEDED. The same at every checkpoint (golden case G10). Errors carry limit, exposure, headroom, amount
// and overridableBy, the permission of those who may decide otherwise.
absl::Status CheckCredit(const CreditLimit& agreed, const CreditUse& use, const CreditRules& rules,
                         const CreditQuestion& question);

// A limit that was decided here is not changed by what another system says of it: CREDIT_NOT_HISTORY naming the field.
absl::Status CheckLimitKept(const receivable::v1::CreditAccount& before, const receivable::v1::CreditAccount& after);

// A limit somebody asks for: CREDIT_PROPOSAL_INVALID naming the field.
absl::Status CheckProposal(const CreditLimit& asked, bool has_amount, absl::string_view today);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_CREDIT_H_

#include "contract-svc/rules/credit.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/credit_account.pb.h"

namespace kam::contract::rules {
namespace {

constexpr char kOverride[] = "credit.override";

}  // namespace

absl::StatusOr<Decimal> CreditUse::Exposure() const {
  ASSIGN_OR_RETURN(const Decimal both, Add(held, committed));
  return Add(both, open);
}

absl::Status MoveCredit(CreditPart part, Decimal amount, CreditUse* use) {
  Decimal& value = part == CreditPart::kHeld ? use->held : part == CreditPart::kCommitted ? use->committed : use->open;
  ASSIGN_OR_RETURN(const Decimal moved, Add(value, amount));
  if (moved.sign() < 0) {
    return Internal(absl::StrCat("credit part ", static_cast<int>(part), " would become ", moved.ToString()));
  }
  value = moved;
  return absl::OkStatus();
}

CreditLimit EffectiveLimit(const CreditLimit& agreed, const CreditRules& rules, absl::string_view currency) {
  CreditLimit effective = agreed;
  if (effective.type == LimitType::kNotSet) {
    effective.type = rules.unset_type == LimitType::kNotSet ? LimitType::kNone : rules.unset_type;
    effective.amount = rules.unset_amount;
    if (effective.type == LimitType::kAmount && rules.unset_currency != currency) effective.type = LimitType::kNone;
  }
  if (effective.type == LimitType::kAmount && effective.amount.sign() <= 0) effective.type = LimitType::kNone;
  if (effective.type != LimitType::kAmount) effective.amount = Decimal();
  return effective;
}

absl::StatusOr<std::optional<Decimal>> Headroom(const CreditLimit& effective, const CreditUse& use) {
  if (effective.type == LimitType::kUnlimited) return std::optional<Decimal>();
  ASSIGN_OR_RETURN(const Decimal exposure, use.Exposure());
  ASSIGN_OR_RETURN(const Decimal headroom, Subtract(effective.amount, exposure));
  return std::optional<Decimal>(headroom);
}

absl::Status CheckCredit(const CreditLimit& agreed, const CreditUse& use, const CreditRules& rules,
                         const CreditQuestion& question) {
  const CreditLimit limit = EffectiveLimit(agreed, rules, question.currency);
  ASSIGN_OR_RETURN(const Decimal exposure, use.Exposure());
  ASSIGN_OR_RETURN(const std::optional<Decimal> headroom, Headroom(limit, use));
  Metadata metadata = {{"amount", question.amount.ToString()},
                       {"exposure", exposure.ToString()},
                       {"limit", limit.type == LimitType::kUnlimited ? "UNLIMITED" : limit.amount.ToString()},
                       {"currency", question.currency},
                       {"overridableBy", kOverride}};
  if (headroom.has_value()) metadata.emplace_back("headroom", headroom->ToString());
  const auto refuse = [&](absl::string_view reason, const std::string& what) {
    return FailedPrecondition(reason, question.subject,
                              absl::StrCat(what, "; holders of ", kOverride, " may decide otherwise"), metadata);
  };
  if (limit.blocked) return refuse("CREDIT_BLOCKED", "the credit of the account is blocked");
  if (limit.type == LimitType::kNone) return refuse("CREDIT_NONE", "the account has no credit");
  if (!limit.expiry_date.empty() && limit.expiry_date < question.today) {
    metadata.emplace_back("expiryDate", limit.expiry_date);
    return refuse("CREDIT_EXPIRED", absl::StrCat("the credit ended on ", limit.expiry_date));
  }
  if (rules.overdue_block_days > 0 && question.overdue_days > rules.overdue_block_days) {
    metadata.emplace_back("overdueDays", absl::StrCat(question.overdue_days));
    metadata.emplace_back("overdueLimit", absl::StrCat(rules.overdue_block_days));
    return refuse("CREDIT_OVERDUE", absl::StrCat("an item is ", question.overdue_days, " days overdue; at most ",
                                                 rules.overdue_block_days, " are allowed"));
  }
  if (headroom.has_value() && question.amount > *headroom) {
    return refuse("CREDIT_LIMIT_EXCEEDED",
                  absl::StrCat(AmountText(question.amount, question.currency), " on top of ",
                               AmountText(exposure, question.currency), " is more than the limit of ",
                               AmountText(limit.amount, question.currency), ": ",
                               AmountText(*headroom, question.currency), " is left"));
  }
  return absl::OkStatus();
}

absl::Status CheckLimitKept(const receivable::v1::CreditAccount& before, const receivable::v1::CreditAccount& after) {
  const auto differs = [](const google::type::Money& one, const google::type::Money& other) {
    return one.SerializeAsString() != other.SerializeAsString();
  };
  const char* field = before.limit_type() != after.limit_type()              ? "limit_type"
                      : differs(before.credit_limit(), after.credit_limit()) ? "credit_limit"
                      : before.expiry_date() != after.expiry_date()          ? "expiry_date"
                      : before.terms_days() != after.terms_days()            ? "terms_days"
                                                                             : nullptr;
  if (field == nullptr) return absl::OkStatus();
  return FailedPrecondition("CREDIT_NOT_HISTORY", before.name(),
                            "the limit was decided here; another one is proposed and decided",
                            {{"field", absl::StrCat("credit_account.", field)}});
}

absl::Status CheckProposal(const CreditLimit& asked, bool has_amount, absl::string_view today) {
  const auto invalid = [](absl::string_view field, absl::string_view what) {
    return InvalidField(field, "CREDIT_PROPOSAL_INVALID", what);
  };
  if (asked.type == LimitType::kNotSet) return invalid("limit_type", "must be set");
  if (asked.type == LimitType::kAmount && !has_amount) return invalid("credit_limit", "must be set with AMOUNT");
  if (asked.type != LimitType::kAmount && has_amount) return invalid("credit_limit", "may be set with AMOUNT only");
  if (!asked.expiry_date.empty() && asked.expiry_date < today) {
    return invalid("expiry_date", "must not be in the past");
  }
  return absl::OkStatus();
}

}  // namespace kam::contract::rules

#include "account-svc/rules/right_rules.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/decimal.h"
#include "common/status/status.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;

// What of a noun is in another family than the rest of it is named with its verb.
const std::vector<absl::string_view>& PersonnelNouns() {
  // people and their posts, their rights, assessment, work and disputes, leave and training.
  static const auto* const nouns = new std::vector<absl::string_view>{
      "assessment",    "assessment_template", "attendance", "department",      "directory",  "employee",    "kpi",
      "leave",         "personnel_act",       "post",       "post_assignment", "role_grant", "task.assign", "training",
      "training_file", "work_dispute"};
  return *nouns;
}

const std::vector<absl::string_view>& FinanceNouns() {
  // prices and who may lower them, budgets, commission, money in and out, credit.
  static const auto* const nouns = new std::vector<absl::string_view>{"authority_grant",
                                                                      "campaign.budget",
                                                                      "commission_share",
                                                                      "credit",
                                                                      "credit_policy",
                                                                      "financing",
                                                                      "funds",
                                                                      "invoice",
                                                                      "price",
                                                                      "price_book",
                                                                      "price_probe",
                                                                      "price_simulation",
                                                                      "price_suggestion",
                                                                      "purchase_price",
                                                                      "rebate",
                                                                      "receipt",
                                                                      "receivable",
                                                                      "receivable_alarm",
                                                                      "release_authority",
                                                                      "service_fee"};
  return *nouns;
}

// Verbs, by mode; what is not here is DO. A word may have more behind it: "review_legal", "decide_parts".
const std::vector<std::pair<absl::string_view, pb::RightMode>>& Verbs() {
  static const auto* const verbs = new std::vector<std::pair<absl::string_view, pb::RightMode>>{
      {"read", pb::RIGHT_MODE_KNOW},        {"resolve", pb::RIGHT_MODE_KNOW},     {"summarize", pb::RIGHT_MODE_KNOW},
      {"report", pb::RIGHT_MODE_KNOW},      {"track", pb::RIGHT_MODE_KNOW},       {"export", pb::RIGHT_MODE_KNOW},
      {"veto", pb::RIGHT_MODE_VETO},        {"propose", pb::RIGHT_MODE_PROPOSE},  {"opine", pb::RIGHT_MODE_PROPOSE},
      {"submit", pb::RIGHT_MODE_PROPOSE},   {"file", pb::RIGHT_MODE_PROPOSE},     {"draft", pb::RIGHT_MODE_DRAFT},
      {"review", pb::RIGHT_MODE_REVIEW},    {"coscore", pb::RIGHT_MODE_REVIEW},   {"inspect", pb::RIGHT_MODE_REVIEW},
      {"supervise", pb::RIGHT_MODE_REVIEW}, {"approve", pb::RIGHT_MODE_APPROVE},  {"verify", pb::RIGHT_MODE_APPROVE},
      {"confirm", pb::RIGHT_MODE_APPROVE},  {"accept", pb::RIGHT_MODE_APPROVE},   {"release", pb::RIGHT_MODE_APPROVE},
      {"publish", pb::RIGHT_MODE_APPROVE},  {"decide", pb::RIGHT_MODE_DECIDE},    {"score", pb::RIGHT_MODE_DECIDE},
      {"assign", pb::RIGHT_MODE_DECIDE},    {"override", pb::RIGHT_MODE_DECIDE},  {"appraise", pb::RIGHT_MODE_DECIDE},
      {"arbitrate", pb::RIGHT_MODE_DECIDE}, {"establish", pb::RIGHT_MODE_DECIDE}, {"dispatch", pb::RIGHT_MODE_DECIDE}};
  return *verbs;
}

constexpr absl::string_view kLeaveApprove = "leave.approve";

bool SameLimit(const pb::RoleGrant& a, const pb::RoleGrant& b) {
  if (a.limit_value().empty() || b.limit_value().empty()) return a.limit_value() == b.limit_value();
  const auto left = Decimal::Parse(a.limit_value()), right = Decimal::Parse(b.limit_value());
  return left.ok() && right.ok() && *left == *right;
}

}  // namespace

pb::RightFamily FamilyOf(absl::string_view permission) {
  for (const pb::RightFamily family : {pb::RIGHT_FAMILY_PERSONNEL, pb::RIGHT_FAMILY_FINANCE}) {
    for (const absl::string_view noun : NounsOf(family)) {
      if (IsOfNoun(permission, noun)) return family;
    }
  }
  return pb::RIGHT_FAMILY_BUSINESS;
}

std::vector<absl::string_view> NounsOf(pb::RightFamily family) {
  switch (family) {
    case pb::RIGHT_FAMILY_PERSONNEL:
      return PersonnelNouns();
    case pb::RIGHT_FAMILY_FINANCE:
      return FinanceNouns();
    default:
      return {};
  }
}

bool IsOfNoun(absl::string_view permission, absl::string_view noun) {
  return permission == noun || absl::StartsWith(permission, absl::StrCat(noun, "."));
}

pb::RightMode ModeOf(absl::string_view permission) {
  // The first word after the noun that says a mode: "leave.approve.long", "employee.role.assign.KAM".
  std::vector<absl::string_view> words = absl::StrSplit(permission, '.');
  for (size_t i = 1; i < words.size(); ++i) {
    for (const auto& [verb, mode] : Verbs()) {
      if (words[i] == verb || absl::StartsWith(words[i], std::string(verb) + "_")) return mode;
    }
  }
  return pb::RIGHT_MODE_DO;
}

absl::string_view LimitOf(absl::string_view permission) {
  static constexpr std::pair<absl::string_view, absl::string_view> kLimits[] = {
      {"leave.approve", "F-01"},
      {"leave.approve.long", "superior of the direct superior"},
      {"assessment.score", "direct staff of the period"},
      {"personnel_act.propose", "R-01"},
      {"personnel_act.decide", "R-01"},
      {"personnel_act.veto", "R-01"},
      {"approval.decide", "authority grants"},
      {"authority_grant.lend", "what the lender holds"},
  };
  for (const auto& [of, limit] : kLimits) {
    if (of == permission) return limit;
  }
  return "";
}

void Describe(pb::RoleGrant* grant) {
  grant->set_family(FamilyOf(grant->permission()));
  grant->set_mode(ModeOf(grant->permission()));
  grant->set_limit(std::string(LimitOf(grant->permission())));
}

absl::Status CheckLimit(const pb::RoleGrant& grant) {
  if (grant.limit_value().empty()) return absl::OkStatus();
  constexpr absl::string_view kField = "role_grant.limit_value";
  if (grant.permission() != kLeaveApprove) {
    return InvalidField(kField, "LIMIT_NOT_FOR_PERMISSION",
                        absl::StrCat(grant.permission(), " has no figure; ", kLeaveApprove, " has"),
                        {{"permission", grant.permission()}, {"allowed", std::string(kLeaveApprove)}});
  }
  ASSIGN_OR_RETURN(const Decimal days, Decimal::Parse(grant.limit_value(), kField));
  ASSIGN_OR_RETURN(const Decimal halves, Add(days, days));
  ASSIGN_OR_RETURN(const Decimal whole, halves.Round(0));
  if (days.sign() > 0 && halves == whole) return absl::OkStatus();
  return InvalidField(kField, "LIMIT_INVALID", "is a number of working days in halves, above zero",
                      {{"value", grant.limit_value()}});
}

void ProposeGrant(const pb::RoleGrant* before, pb::RoleGrant* after) {
  const bool counts = before != nullptr && before->has_approve_time();
  if (counts && before->level() == after->level() && SameLimit(*before, *after)) {
    // What was asked for is taken back: what counts goes on counting.
    after->set_proposed_level(pb::GRANT_LEVEL_UNSPECIFIED);
    after->clear_proposed_limit_value();
    after->set_state(pb::GRANT_STATE_APPROVED);
    return;
  }
  // Of what waits, the one goes on waiting when the other is changed.
  const bool waits = counts && before->state() == pb::GRANT_STATE_PROPOSED;
  const bool same_level = waits && before->level() == after->level();
  const bool same_limit = waits && SameLimit(*before, *after);
  after->set_proposed_level(same_level ? before->proposed_level() : after->level());
  after->set_proposed_limit_value(same_limit ? before->proposed_limit_value() : after->limit_value());
  if (counts) {
    after->set_level(before->level());
    after->set_limit_value(before->limit_value());
  }
  after->set_state(pb::GRANT_STATE_PROPOSED);
  after->clear_reject_reason();
}

void ApproveGrant(const std::string& approver, absl::Time now, pb::RoleGrant* grant) {
  grant->set_level(grant->proposed_level());
  grant->set_limit_value(grant->proposed_limit_value());
  grant->set_proposed_level(pb::GRANT_LEVEL_UNSPECIFIED);
  grant->clear_proposed_limit_value();
  grant->set_state(pb::GRANT_STATE_APPROVED);
  grant->set_approver(approver);
  *grant->mutable_approve_time() = ToTimestamp(now);
}

void RejectGrant(const std::string& approver, const std::string& reason, pb::RoleGrant* grant) {
  grant->set_proposed_level(pb::GRANT_LEVEL_UNSPECIFIED);
  grant->clear_proposed_limit_value();
  // A change that was rejected leaves what counted before.
  grant->set_state(grant->has_approve_time() ? pb::GRANT_STATE_APPROVED : pb::GRANT_STATE_REJECTED);
  grant->set_approver(approver);
  grant->set_reject_reason(reason);
}

void WithdrawApproval(pb::RoleGrant* grant) {
  grant->set_proposed_level(grant->level());
  grant->set_proposed_limit_value(grant->limit_value());
  grant->set_state(pb::GRANT_STATE_PROPOSED);
  grant->clear_approver();
  grant->clear_approve_time();
}

}  // namespace kam::account::rules

#include "account-svc/rules/classification_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_classification.pb.h"

namespace kam::account::rules {
namespace {

using v1::Account;
using v1::AccountProposal;

constexpr char kPermission[] = "account.classify";

// The first field of the classification that differs; empty: none.
std::string Differing(const Account& a, const Account& b) {
  if (a.segment() != b.segment()) return "segment";
  if (a.vip() != b.vip()) return "vip";
  if (a.excluded() != b.excluded()) return "excluded";
  if (a.region() != b.region()) return "region";
  if (a.industry() != b.industry()) return "industry";
  if (a.parent() != b.parent()) return "parent";
  return {};
}

}  // namespace

absl::Status CheckClassification(const Account& before, const Account& after, bool may_classify) {
  if (may_classify) return absl::OkStatus();
  const bool free = before.state() == v1::ACCOUNT_STATE_DRAFT || before.state() == v1::ACCOUNT_STATE_SUBMITTED ||
                    before.state() == v1::ACCOUNT_STATE_UNSPECIFIED;
  std::string field = free ? "" : Differing(before, after);
  if (before.vip() != after.vip()) field = "vip";
  if (before.excluded() != after.excluded()) field = "excluded";
  if (field.empty()) return absl::OkStatus();
  return FailedPrecondition("CLASSIFICATION_FROZEN", before.name(),
                            absl::StrCat(field, free ? "" : " of a verified account", " is set by a holder of ",
                                         kPermission, "; it can be proposed with CreateAccountProposal"),
                            {{"field", absl::StrCat("account.", field)}, {"permission", kPermission}});
}

absl::Status CheckProposal(const AccountProposal& proposal, const Account& account) {
  Account proposed = account;
  ApplyProposal(proposal, &proposed);
  if (!Differing(account, proposed).empty()) return absl::OkStatus();
  return InvalidField("account_proposal", "PROPOSAL_EMPTY", "it proposes nothing that the account is not already");
}

void ApplyProposal(const AccountProposal& proposal, Account* account) {
  if (proposal.segment() != v1::SEGMENT_UNSPECIFIED) account->set_segment(proposal.segment());
  if (proposal.vip() != v1::PROPOSED_FLAG_UNSPECIFIED) account->set_vip(proposal.vip() == v1::PROPOSED_FLAG_SET);
  if (proposal.excluded() != v1::PROPOSED_FLAG_UNSPECIFIED) {
    account->set_excluded(proposal.excluded() == v1::PROPOSED_FLAG_SET);
  }
  if (!proposal.region().empty()) account->set_region(proposal.region());
  if (!proposal.industry().empty()) account->set_industry(proposal.industry());
  if (!proposal.parent().empty()) account->set_parent(proposal.parent());
}

absl::Status Decide(absl::string_view actor, absl::string_view reason, absl::Time now, AccountProposal* proposal) {
  if (proposal->proposer() == actor) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "whoever proposes does not decide; somebody else with account.classify may",
                 {{"rule", "proposer"}, {"permission", kPermission}});
  }
  proposal->set_decider(std::string(actor));
  *proposal->mutable_decide_time() = ToTimestamp(now);
  proposal->set_decision_reason(std::string(reason));
  return absl::OkStatus();
}

absl::Status Withdraw(absl::string_view actor, absl::Time now, AccountProposal* proposal) {
  if (proposal->proposer() != actor) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_PROPOSER", "only who made a proposal takes it back",
                 {{"proposer", proposal->proposer()}});
  }
  *proposal->mutable_decide_time() = ToTimestamp(now);
  return absl::OkStatus();
}

}  // namespace kam::account::rules

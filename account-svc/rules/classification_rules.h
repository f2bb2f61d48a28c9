// Rules of the classification of accounts. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_CLASSIFICATION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_CLASSIFICATION_RULES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kam::account::v1 {
class Account;
class AccountProposal;
}  // namespace kam::account::v1

namespace kam::account::rules {

// CLASSIFICATION_FROZEN: VIP and exclusion, and from VERIFIED on also segment, region, industry and parent, are set by
// holders of account.classify; everybody else proposes.
absl::Status CheckClassification(const v1::Account& before, const v1::Account& after, bool may_classify);

// PROPOSAL_EMPTY: it proposes something that the account is not already.
absl::Status CheckProposal(const v1::AccountProposal& proposal, const v1::Account& account);
// What the account is once the proposal is carried out.
void ApplyProposal(const v1::AccountProposal& proposal, v1::Account* account);
// SEPARATION_OF_DUTIES when the proposer decides.
absl::Status Decide(absl::string_view actor, absl::string_view reason, absl::Time now, v1::AccountProposal* proposal);
// NOT_THE_PROPOSER.
absl::Status Withdraw(absl::string_view actor, absl::Time now, v1::AccountProposal* proposal);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_CLASSIFICATION_RULES_H_

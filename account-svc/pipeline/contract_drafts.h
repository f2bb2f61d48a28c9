// What a win asks for: the draft of a contract.
#ifndef KAM_ACCOUNT_SVC_PIPELINE_CONTRACT_DRAFTS_H_
#define KAM_ACCOUNT_SVC_PIPELINE_CONTRACT_DRAFTS_H_

#include <string>

#include "absl/status/status.h"
#include "common/resource/runtime.h"
#include "google/type/money.pb.h"

namespace kam::account {

// What was won: names of the account, of the tender or opportunity, of the deal it belongs to (may be empty), of who
// won it, and of the quote (may be empty).
struct Win {
  std::string account;
  std::string source;
  std::string opportunity;
  std::string owner;
  std::string quote;
  google::type::Money amount;  // Without a currency: not known.
};

// Asks for a contract draft in the transaction of the win; whoever drafts contracts reads it in the change feed. A deal
// for which one was asked already, by itself or by its tender, asks for no other.
absl::Status RequestContractDraft(resource::UnitOfWork& work, const Win& win);

// A deal that was won by mistake wants no draft: what was asked for it is declined with the reason. CONTRACT_DRAFTED
// when there is one, DEAL_OF_WON_TENDER when its tender was won.
absl::Status TakeBackContractDraft(resource::UnitOfWork& work, const std::string& opportunity,
                                   const std::string& reason);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PIPELINE_CONTRACT_DRAFTS_H_

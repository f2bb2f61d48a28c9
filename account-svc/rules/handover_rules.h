// Rules of hand-overs: who signs what, and what stands in the list. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_HANDOVER_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_HANDOVER_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "kam/account/v1/account_handover.pb.h"

namespace kam::account::rules {

struct Signer {
  std::string name;       // employees/{id}
  bool superior = false;  // Reaches the hand-over because of his position.
  bool giver_has_left = false;
  bool receiver_has_left = false;
};

// Puts how much else is open, of one kind and currency, under the list. `amount` null: it has none.
absl::Status AddFurther(const std::string& kind, int64_t count, const google::type::Money* amount,
                        v1::AccountHandover* handover);
// Leaves the `max` items that are due first in the list, and puts what the others come to under it.
absl::Status KeepMostUrgent(size_t max, v1::AccountHandover* handover);

// Puts the signature of `signer` under an open hand-over. HANDOVER_LIST_INCOMPLETE, HANDOVER_LIST_OLD when the list of
// an account that has not moved yet is older than the policy allows, HANDOVER_NOT_PARTY, HANDOVER_SIGNED,
// SEPARATION_OF_DUTIES for a superior who has signed for the other side.
absl::Status Sign(const Signer& signer, absl::Time now, const Policy& policy, v1::AccountHandover* handover);

// A new list wipes the signatures: HANDOVER_NOT_PARTY unless giver, receiver or superior, as for a co-owner.
absl::Status CheckRefresh(const Signer& signer, const v1::AccountHandover& handover);
// The same; and HANDOVER_TRANSFERRED once the account has moved: what is left of the hand-over then is that both sign.
absl::Status CheckCancel(const Signer& signer, const v1::AccountHandover& handover);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_HANDOVER_RULES_H_

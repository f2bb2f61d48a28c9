// Rules of opinions of customers. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_OPINION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_OPINION_RULES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class CustomerOpinion;
}  // namespace kam::account::v1

namespace kam::account::rules {

// DATE_IN_FUTURE.
absl::Status CheckOpinionDate(absl::string_view date, absl::string_view today);
// OPINION_ROUTED: what was passed on stays as it was written down.
absl::Status CheckOpinionUpdate(const v1::CustomerOpinion& before);
// SEPARATION_OF_DUTIES when `handler`, who is to answer, brought the opinion himself or passes it on (`actor`).
absl::Status CheckOpinionHandler(absl::string_view actor, absl::string_view handler,
                                 const v1::CustomerOpinion& opinion);
// SEPARATION_OF_DUTIES: whoever is asked to answer an opinion, or it was put to, does not take it back, nor does who
// recorded it once it was passed on.
absl::Status CheckOpinionWithdrawal(absl::string_view actor, const v1::CustomerOpinion& opinion);
// OPINION_DUPLICATE_INVALID unless `other` is another opinion of the same account that was not taken back itself.
absl::Status CheckDuplicateOpinion(const v1::CustomerOpinion& opinion, const v1::CustomerOpinion& other);
// The customer was told at `at`: TIME_IN_FUTURE; INFORMED_BEFORE_ANSWER when that was before there was an answer.
absl::Status Inform(absl::string_view actor, absl::Time at, absl::Time now, const Policy& policy,
                    v1::CustomerOpinion* opinion);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_OPINION_RULES_H_

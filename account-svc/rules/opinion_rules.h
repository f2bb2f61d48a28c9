// Rules of opinions of customers. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_OPINION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_OPINION_RULES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class CustomerOpinion;
class VisitProblem;
}  // namespace kam::account::v1

namespace kam::account::rules {

// DATE_IN_FUTURE.
absl::Status CheckOpinionDate(absl::string_view date, absl::string_view today);
// OPINION_ROUTED: what was passed on stays as it was written down.
absl::Status CheckOpinionUpdate(const v1::CustomerOpinion& before);
// SEPARATION_OF_DUTIES when `handler`, who is to answer, brought the opinion himself or passes it on (`actor`).
absl::Status CheckOpinionHandler(absl::string_view actor, absl::string_view handler,
                                 const v1::CustomerOpinion& opinion);
// Until it is to be passed on, who recorded an opinion takes it back; afterwards, and once it was passed on, somebody
// above him (`superior`): NOT_THE_SUPERIOR, and SEPARATION_OF_DUTIES for who recorded it, is asked to answer it, or it
// was put to.
absl::Status CheckOpinionWithdrawal(absl::string_view actor, bool superior, absl::Time now,
                                    const v1::CustomerOpinion& opinion);
// OPINION_HAS_DUPLICATES: others were taken back because it says what they said; `duplicate`, one of them, may be
// empty.
absl::Status CheckNoDuplicate(absl::string_view duplicate, const v1::CustomerOpinion& opinion);
// NOT_THE_SUPERIOR unless `actor` raised the problem or is above who did (`superior`).
absl::Status CheckProblemWithdrawal(absl::string_view actor, bool superior, const v1::VisitProblem& problem);
// OPINION_DUPLICATE_INVALID unless `other` is another opinion of the same account that was not taken back itself.
absl::Status CheckDuplicateOpinion(const v1::CustomerOpinion& opinion, const v1::CustomerOpinion& other);
// The customer was told at `at`: TIME_IN_FUTURE; INFORMED_BEFORE_ANSWER when that was before there was an answer.
absl::Status Inform(absl::string_view actor, absl::Time at, absl::Time now, const Policy& policy,
                    v1::CustomerOpinion* opinion);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_OPINION_RULES_H_

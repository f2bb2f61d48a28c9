// The engine that works out the tier of an account from its value and potential. Value in, value out.
#ifndef KAM_ACCOUNT_SVC_RULES_TIERING_H_
#define KAM_ACCOUNT_SVC_RULES_TIERING_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class Account;
class AccountEvaluation;
class TierModel;
enum Tier : int;
}  // namespace kam::account::v1

namespace kam::account::rules {

// A model that can be used: CRITERION_REPEATED, TIER_WEIGHTS_INVALID unless they add up to 100, BANDS_INVALID unless
// every criterion that counts has bands, each beginning higher than the one before it and bringing no fewer points,
// CUT_OFFS_INVALID unless strategic is above A and A above B.
absl::Status CheckModel(const v1::TierModel& model);
// MODEL_RELEASED: a model that is in use does not change.
absl::Status CheckModelUpdate(const v1::TierModel& before);
// SEPARATION_OF_DUTIES when `actor` made or changed the model.
absl::Status Release(absl::string_view actor, absl::Time now, v1::TierModel* model);

// Points, total and tier by `model`, which passed CheckModel: of every criterion that counts, the points of the highest
// band that its value reaches x weight / 100, rounded half up to four digits. EVALUATION_INPUT_MISSING naming the
// field, CURRENCY_MISMATCH.
absl::Status Evaluate(const v1::TierModel& model, v1::AccountEvaluation* evaluation);

// OVERRIDE_REASON_REQUIRED when `tier` is another than the one worked out. Not set: the one worked out.
// SEPARATION_OF_DUTIES when `actor` had it worked out.
absl::Status ProposeTier(absl::string_view actor, v1::Tier tier, absl::string_view reason,
                         v1::AccountEvaluation* evaluation);
// SEPARATION_OF_DUTIES when `actor` proposed, or had it worked out.
absl::Status DecideTier(absl::string_view actor, absl::string_view reason, absl::Time now,
                        v1::AccountEvaluation* evaluation);
// EVALUATION_SUPERSEDED when an evaluation of a later day than this one's, `confirmed_as_of`, gave the account its
// tier.
absl::Status CheckNotSuperseded(const v1::AccountEvaluation& evaluation, absl::string_view confirmed_as_of);
// The day on which the tier is looked at again: `asked`, or the interval of the policy after `today`. DATE_IN_PAST.
absl::StatusOr<std::string> ReviewDate(const std::string& asked, const std::string& today, const Policy& policy);
// A tier is given to a verified account whose identity stands: ACCOUNT_NOT_VERIFIED, ACCOUNT_CLOSED,
// REVERIFICATION_REQUIRED.
absl::Status CheckTierCanBeGiven(const v1::Account& account);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_TIERING_H_

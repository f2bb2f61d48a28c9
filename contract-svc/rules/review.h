// Opinions of departments on a text and the signing of exactly the approved words (C-11, C-12): the same for contracts
// and for their amendments. Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_REVIEW_H_
#define KAM_CONTRACT_SVC_RULES_REVIEW_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace kam::contract::v1 {
class ContractParty;
class ReviewStep;
class Signatory;
class SigningCheck;
enum ReviewStepKind : int;
}  // namespace kam::contract::v1

namespace kam::contract::rules {

using ReviewSteps = google::protobuf::RepeatedPtrField<v1::ReviewStep>;

// What is looked at, and by whose hands it came.
struct Reviewed {
  std::string subject;
  std::string drafter;
  std::string submitter;
};

enum class ReviewOutcome { kOpen, kApproved, kReturned };

// Who says no says why. OPINION_REQUIRED.
absl::Status CheckOpinion(absl::string_view opinion);

// DEADLINE_PAST.
absl::Status CheckDeadline(absl::string_view today, absl::string_view deadline);

// Puts the opinions that were given behind those of earlier submissions; the oldest fall off in the end.
void KeepOpinions(const ReviewSteps& steps, ReviewSteps* former);

// Asks sales, product, finance and legal, and for what is important also for guidance. Earlier opinions are gone.
void AskOpinions(bool important, absl::string_view deadline, ReviewSteps* steps);

// Permission that the reviewer of a step must hold, "contract.review_legal".
std::string ReviewPermission(v1::ReviewStepKind step);

// One opinion. The last yes approves, one no returns. REVIEW_STEP_UNKNOWN, REVIEW_STEP_DECIDED, SEPARATION_OF_DUTIES,
// OPINION_REQUIRED.
absl::StatusOr<ReviewOutcome> GiveOpinion(const Reviewed& reviewed, absl::string_view actor, v1::ReviewStepKind step,
                                          bool approve, absl::string_view opinion, absl::Time now, ReviewSteps* steps);

// Marks the steps whose deadline has passed; true when there are any.
bool MarkOverdue(absl::string_view today, ReviewSteps* steps);

// What was put before the signatories, what is stored and what was approved must be the same words.
// SIGNED_TEXT_DIFFERS.
absl::Status CheckSignedText(absl::string_view subject, absl::string_view presented, absl::string_view stored,
                             absl::string_view approved);
// SIGNATORY_MISSING naming the party that nobody signed for.
absl::Status CheckSignatories(const google::protobuf::RepeatedPtrField<v1::ContractParty>& parties,
                              const google::protobuf::RepeatedPtrField<v1::Signatory>& signatories);
// What was checked with the customer is all correct, and every kind in `asked` (PRICES, ...) was checked.
// SIGNING_CHECK_MISSING naming those left out, SIGNING_CHECK_FAILED.
absl::Status CheckSigning(absl::string_view subject, const std::vector<std::string>& asked,
                          const google::protobuf::RepeatedPtrField<v1::SigningCheck>& checks);
// When the last opinion was given; absl::InfinitePast() when none was.
absl::Time LastOpinion(const ReviewSteps& steps);
// The day of signature; empty: today. What is signed was approved before: not before `earliest`, and not in the future;
// empty: any day of the past. SIGN_DATE_INVALID.
absl::StatusOr<std::string> SignDate(absl::string_view asked, absl::string_view earliest, absl::string_view today);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_REVIEW_H_

// Rules of warranty claims (S-10 to S-15, R-17). Pure functions; amounts are exact.
#ifndef KAM_AFTERSALES_SVC_RULES_CLAIM_RULES_H_
#define KAM_AFTERSALES_SVC_RULES_CLAIM_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/type/money.pb.h"
#include "kam/claim/v1/claim_policy.pb.h"
#include "kam/claim/v1/returned_part.pb.h"
#include "kam/claim/v1/warranty_claim.pb.h"
#include "kam/claim/v1/warranty_claim_service.pb.h"

namespace kam::aftersales::rules {

namespace wv1 = ::kam::claim::v1;

// Dates, currency, totals and coverage of a claim that nobody has appraised. Coverage is judged on the failure date.
// CLAIM_DATES_INVALID, CURRENCY_MISMATCH.
absl::Status CheckClaim(absl::CivilDay today, wv1::WarrantyClaim* claim);
// CLAIM_APPRAISED.
absl::Status CheckClaimUpdate(const wv1::WarrantyClaim& before);

struct Finding {
  wv1::AppraisalVerdict verdict = wv1::APPRAISAL_VERDICT_UNSPECIFIED;
  std::string finding, cause, policy_clause, correction;
};
// FIELD_REQUIRED of policy_clause: what is found covered is covered by a clause of the warranty (S-11).
absl::Status AppraiseFirst(const Finding& finding, absl::string_view appraiser, absl::Time now,
                           wv1::WarrantyClaim* claim);
// SEPARATION_OF_DUTIES, CORRECTION_REQUIRED, FIELD_REQUIRED as above. A disagreement is kept and makes the claim
// doubtful.
absl::Status AppraiseSecond(const Finding& finding, absl::string_view appraiser, absl::Time now,
                            wv1::WarrantyClaim* claim);
// SEPARATION_OF_DUTIES, VERDICT_NOT_FINAL; FIELD_REQUIRED of file_number for a doubtful claim.
absl::Status GiveOpinion(const wv1::RecordWarrantyClaimOpinionRequest& opinion, absl::string_view expert,
                         absl::Time now, wv1::WarrantyClaim* claim);

struct Decision {
  std::vector<wv1::ClaimItemRuling> rulings;  // One for each item.
  bool goodwill = false;
  std::string reason;
  std::string decider;
  std::string customer_tier;  // Of the account now; empty: none.
};
// APPROVED, PARTLY_APPROVED or REJECTED. DECISION_INCOMPLETE, APPROVED_ABOVE_CLAIMED, CURRENCY_MISMATCH,
// OPINION_REQUIRED, NOT_COVERED, RULING_INCONSISTENT, SEPARATION_OF_DUTIES.
absl::Status Decide(const Decision& decision, absl::Time now, wv1::WarrantyClaim* claim);
// What the parts manager may decide: PARTS_ONLY, AMOUNT_NEEDS_SERVICE_MANAGER when what is claimed of the failure, with
// `others` of it (rules/claim_once.h), is at or above the threshold or in another currency,
// CUSTOMER_NEEDS_SERVICE_MANAGER.
absl::Status CheckPartsAuthority(const wv1::WarrantyClaim& claim, const std::vector<wv1::WarrantyClaim>& others,
                                 absl::string_view tier, const wv1::ClaimPolicy& policy);

// PART_MISSING naming the items, from 1, whose parts due back have not all come.
absl::Status CheckPartsBack(const wv1::WarrantyClaim& claim, const std::vector<wv1::ReturnedPart>& parts);
bool AllPartsBack(const wv1::WarrantyClaim& claim, const std::vector<wv1::ReturnedPart>& parts);
// `amount` null: what was approved. SEPARATION_OF_DUTIES, PART_MISSING, SETTLED_ABOVE_APPROVED, CURRENCY_MISMATCH.
absl::Status Settle(const google::type::Money* amount, const std::vector<wv1::ReturnedPart>& parts,
                    absl::string_view settler, absl::Time now, wv1::WarrantyClaim* claim);

// After the settlement: another issue or none, a credit note that came later. CREDIT_NOTE_GIVEN.
absl::Status FollowUp(absl::string_view credit_note, absl::string_view open_issue, wv1::WarrantyClaim* claim);
// SETTLEMENT_ISSUE_OPEN.
absl::Status CheckFile(const wv1::WarrantyClaim& claim);

// accepted / submitted in percent with two digits; empty when nothing was submitted (F-06).
std::string Accuracy(int64_t accepted, int64_t submitted);

}  // namespace kam::aftersales::rules

#endif  // KAM_AFTERSALES_SVC_RULES_CLAIM_RULES_H_

// Rules of yearly targets and monthly reviews of satisfaction (S-33, S-34). Pure functions.
#ifndef KAM_AFTERSALES_SVC_RULES_SATISFACTION_RULES_H_
#define KAM_AFTERSALES_SVC_RULES_SATISFACTION_RULES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kam/satisfaction/v1/satisfaction_review.pb.h"
#include "kam/satisfaction/v1/satisfaction_target.pb.h"
#include "kam/satisfaction/v1/survey_response_service.pb.h"

namespace kam::aftersales::rules {

namespace sv1 = ::kam::satisfaction::v1;

// SATISFACTION_TARGET_AGREED.
absl::Status CheckTargetUpdate(const sv1::SatisfactionTarget& before);
// AGREED. SEPARATION_OF_DUTIES when `actor` proposed it, or wrote it last.
absl::Status AgreeTarget(absl::string_view actor, absl::Time now, sv1::SatisfactionTarget* target);

// MONTH_NOT_OVER.
absl::Status CheckMonthOver(absl::CivilMonth month, absl::CivilDay today);
// OPEN with the figures of the month, measured by `target` (null: none). A figure without answers misses nothing.
absl::Status OpenReview(const sv1::MonthlySatisfaction& figures, const sv1::SatisfactionTarget* target,
                        sv1::SatisfactionReview* review);
// Measures the review, whose figures are there, by `target`.
absl::Status MeasureBy(const sv1::SatisfactionTarget& target, sv1::SatisfactionReview* review);
// VERIFIED. MEASURE_REQUIRED below the target; SEPARATION_OF_DUTIES when `actor` opened it, set the measure or is to
// carry it out.
absl::Status Verify(absl::string_view actor, absl::Time now, sv1::SatisfactionReview* review);
// MEASURE_REQUIRED.
absl::Status RecordEffect(absl::string_view effect, sv1::SatisfactionReview* review);

}  // namespace kam::aftersales::rules

#endif  // KAM_AFTERSALES_SVC_RULES_SATISFACTION_RULES_H_

// Indicators, assessment templates and assessment sheets (G-15, G-16, R-02). Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_ASSESSMENT_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_ASSESSMENT_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "kam/organization/v1/assessment_sheet.pb.h"
#include "kam/organization/v1/assessment_sheet_service.pb.h"
#include "kam/organization/v1/assessment_template.pb.h"
#include "kam/organization/v1/kpi_definition.pb.h"

namespace kam::organization::v1 {
class Employee;
}  // namespace kam::organization::v1

namespace kam::account::rules {

// ---- Indicators and templates

// KPI_METHOD_INVALID: a qualitative indicator is judged.
absl::Status CheckKpi(const organization::v1::KpiDefinition& kpi);

// Copies what an indicator says into the item.
void FillItem(const organization::v1::KpiDefinition& kpi, organization::v1::AssessmentItem* item);
// KPI_REPEATED, ROLE_UNKNOWN.
absl::Status CheckTemplate(const organization::v1::AssessmentTemplate& assessment);
// What a template is before anybody is assessed by it: WEIGHTS_NOT_100, BONUS_BANDS_INVALID, KPI_TARGET_MISSING.
absl::Status CheckTemplateComplete(const organization::v1::AssessmentTemplate& assessment);
// CheckTemplateComplete, and SEPARATION_OF_DUTIES for the maker, the submitter and who changed it last.
absl::Status ApproveTemplate(absl::string_view actor, bool has_written, absl::Time now,
                             organization::v1::AssessmentTemplate* assessment);
// The next version, as a draft without a name.
organization::v1::AssessmentTemplate Revise(const organization::v1::AssessmentTemplate& assessment);

// ---- Sheets

// Last day of a period. PERIOD_START_INVALID unless `start` begins one.
absl::StatusOr<std::string> PeriodEnd(organization::v1::AssessmentPeriod period, const std::string& start);

// Those who assessed a person on the last day of the period: names.
struct Scorers {
  std::vector<std::string> direct;  // Direct superiors of the disciplinary line.
  std::vector<std::string> beside;  // Superiors of the field, who take part.
};

// SEPARATION_OF_DUTIES for the person; NOT_THE_DIRECT_SUPERIOR, naming who is.
absl::Status CheckScorer(absl::string_view actor, const Scorers& scorers,
                         const organization::v1::AssessmentSheet& sheet);

// Lines, period and first state. TEMPLATE_NOT_APPROVED, TEMPLATE_NOT_FOR_ROLE, PERIOD_START_INVALID, NOT_IN_SERVICE.
absl::Status OpenSheet(const organization::v1::AssessmentTemplate& assessment,
                       const organization::v1::Employee& employee, organization::v1::AssessmentSheet* sheet);
// Whether the template takes this period from its months.
bool IsAggregated(const organization::v1::AssessmentTemplate& assessment, organization::v1::AssessmentPeriod period);
// First days of the months of the period in which the person was in service.
absl::StatusOr<std::vector<std::string>> MonthsOf(const organization::v1::AssessmentSheet& sheet,
                                                  const organization::v1::Employee& employee);
// Scores of an opened sheet from its months, signed by both. ASSESSMENT_MONTHS_MISSING naming them.
absl::Status Aggregate(const organization::v1::AssessmentTemplate& assessment, const std::vector<std::string>& expected,
                       const std::vector<organization::v1::AssessmentSheet>& months,
                       organization::v1::AssessmentSheet* sheet);

// KPI_NOT_ON_SHEET, KPI_TARGET_MISSING for a target that is not above zero, ASSESSMENT_AGGREGATED, TARGET_FIXED once a
// result is known or the period is over, and for a target that is set some days after the begin of the period: whoever
// leads the person sees the result come before anybody records it. TARGET_REASON_REQUIRED for another target than the
// approved one.
absl::Status SetTargets(const organization::v1::SetAssessmentTargetsRequest& request, const Policy& policy,
                        const std::string& today, organization::v1::AssessmentSheet* sheet);
// Also SEPARATION_OF_DUTIES for the own sheet; SATISFACTION_NOT_VERIFIED when `verifies_satisfaction` is false.
absl::Status RecordActuals(const organization::v1::RecordAssessmentActualsRequest& request, absl::string_view actor,
                           bool verifies_satisfaction, organization::v1::AssessmentSheet* sheet);
// NOT_A_CO_SCORER unless the caller takes part by his post or leads the person in a field.
absl::Status CheckCoScorer(absl::string_view actor, bool by_post, const Scorers& scorers);
// Once a person: the last word counts. SEPARATION_OF_DUTIES for the person and the direct superior.
absl::Status CoScore(absl::string_view actor, const Scorers& scorers, const std::string& score,
                     const std::string& opinion, absl::Time now, organization::v1::AssessmentSheet* sheet);
// Scores of every line, total, factor. SEPARATION_OF_DUTIES for a value that the scorer has recorded himself (G-20),
// PERIOD_NOT_OVER, ASSESSMENT_INCOMPLETE, KPI_NOT_ON_SHEET, SCORE_OUT_OF_RANGE, ASSESSMENT_AGGREGATED, CO_SCORE_MISSING
// when those who take part have a share, none has given a score, and the request does not say why.
absl::Status Score(const organization::v1::ScoreAssessmentRequest& request,
                   const organization::v1::AssessmentTemplate& assessment, absl::string_view actor,
                   const std::string& today, organization::v1::AssessmentSheet* sheet);

// What both sign.
std::string SignedText(const organization::v1::AssessmentSheet& sheet);
// With title and signatures; names of people as they are called.
std::string SheetText(const organization::v1::AssessmentSheet& sheet, const std::string& employee,
                      const std::string& scorer);
// NOT_THE_SCORER, CONTENT_CHANGED.
absl::Status HandOver(absl::string_view actor, const std::string& sha256, absl::Time now,
                      organization::v1::AssessmentSheet* sheet);
// By the scorer or, when he has left, whoever leads the person now: NOT_THE_DIRECT_SUPERIOR.
absl::Status Reopen(absl::string_view actor, const Scorers& scorers, const std::string& reason,
                    organization::v1::AssessmentSheet* sheet);
// NOT_THE_PERSON, CONTENT_CHANGED, OPINION_REQUIRED.
absl::Status Sign(const organization::v1::SignAssessmentRequest& request, absl::string_view actor, absl::Time now,
                  organization::v1::AssessmentSheet* sheet);
// SEPARATION_OF_DUTIES for the person and the scorer. What the person has not signed is taken over with the reason, as
// one with an objection: UNSIGNED_REASON_REQUIRED.
absl::Status Consolidate(absl::string_view actor, const std::string& unsigned_reason, absl::Time now,
                         organization::v1::AssessmentSheet* sheet);

// Opened again after both have signed: the signatures and what was taken over go. `used_in`: a sheet that counts this
// one among its months; empty: none. SEPARATION_OF_DUTIES for the person and the scorer, ASSESSMENT_IN_USE.
absl::Status Correct(absl::string_view actor, const std::string& reason, const std::string& used_in,
                     organization::v1::AssessmentSheet* sheet);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_ASSESSMENT_RULES_H_

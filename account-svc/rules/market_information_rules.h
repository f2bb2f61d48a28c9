// Rules of market information, surveys and competitors. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_MARKET_INFORMATION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_MARKET_INFORMATION_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "google/protobuf/repeated_field.h"
#include "kam/account/v1/market_record.pb.h"

namespace kam::account::v1 {
class CompetitorRecord;
class EvaluateMarketSurveyRequest;
class MarketSurvey;
}  // namespace kam::account::v1

namespace kam::account::rules {

using Figures = google::protobuf::RepeatedPtrField<v1::MarketFigure>;

// FIGURE_OUT_OF_RANGE on `field` [i].value: shares and points are 0 to 100, pieces whole and not negative.
absl::Status CheckFigures(const Figures& figures, absl::string_view field);

// DATE_IN_FUTURE, FIGURE_OUT_OF_RANGE; EVIDENCE_REQUIRED for what is said to be confirmed without a document.
absl::Status CheckMarketRecord(const v1::MarketRecord& record, absl::string_view today);
// RECORD_NOT_CURRENT.
absl::Status CheckMarketRecordUpdate(const v1::MarketRecord& before);
// What was confirmed is what was written then: when something else is said, it is confirmed no more. True when that is
// so.
bool DropStaleConfirmation(const v1::MarketRecord& before, v1::MarketRecord* after);
// Last day on which information of this category counts that is known to be right on `day`.
absl::StatusOr<std::string> ValidUntil(absl::string_view day, v1::MarketCategory category, const Policy& policy);
// `newer` takes the place of `record`: SUPERSEDED_BY_ITSELF, RECORD_NOT_CURRENT, CATEGORY_DIFFERS.
absl::Status Supersede(const v1::MarketRecord& newer, v1::MarketRecord* record);

// PERIOD_INVALID.
absl::Status CheckSurvey(const v1::MarketSurvey& survey);
// SURVEY_NOT_PLANNED.
absl::Status CheckSurveyUpdate(const v1::MarketSurvey& before);
// PERIOD_NOT_BEGUN before its first day.
absl::Status StartSurvey(absl::string_view today, const v1::MarketSurvey& survey);
// PERIOD_NOT_OVER before its last day; FIGURES_MISSING without answers, or naming each planned figure that is not
// there; FIGURE_OUT_OF_RANGE.
absl::Status EvaluateSurvey(absl::string_view actor, absl::string_view today, absl::Time now,
                            const v1::EvaluateMarketSurveyRequest& request, v1::MarketSurvey* survey);
// What is shared of an evaluated survey.
v1::MarketRecord RecordOf(const v1::MarketSurvey& survey, const v1::EvaluateMarketSurveyRequest& request,
                          absl::string_view today);

// PRICE_REQUIRED, PERIOD_INVALID, EVIDENCE_REQUIRED, DATE_IN_FUTURE.
absl::Status CheckCompetitorRecord(const v1::CompetitorRecord& record, absl::string_view today);
// CONTRIBUTION_OF_ANOTHER: who brought it corrects it, or somebody above him (`superior`); when he has left (`left`),
// whoever reaches more than his own.
absl::Status CheckCompetitorRecordUpdate(const v1::CompetitorRecord& before, absl::string_view actor, bool superior,
                                         bool left);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_MARKET_INFORMATION_RULES_H_

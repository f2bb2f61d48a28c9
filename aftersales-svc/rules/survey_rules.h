// Rules of questionnaires, responses and scores (S-33, S-34). Pure functions.
#ifndef KAM_AFTERSALES_SVC_RULES_SURVEY_RULES_H_
#define KAM_AFTERSALES_SVC_RULES_SURVEY_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/money/decimal.h"
#include "kam/satisfaction/v1/follow_up.pb.h"
#include "kam/satisfaction/v1/questionnaire.pb.h"
#include "kam/satisfaction/v1/survey_invitation.pb.h"
#include "kam/satisfaction/v1/survey_invitation_service.pb.h"
#include "kam/satisfaction/v1/survey_response.pb.h"

namespace kam::aftersales::rules {

namespace sv1 = ::kam::satisfaction::v1;

// How the figures are worked out; shown with every figure, changed with every change of a formula.
inline constexpr char kMetricVersion[] = "csat-1-5/nps-0-10/v1";

// QUESTION_REPEATED, QUESTION_SCALE_INVALID (an NPS question is asked on 0 to 10), FOLLOW_UP_DAYS_REQUIRED.
absl::Status CheckQuestionnaire(const sv1::Questionnaire& questionnaire);
// QUESTIONNAIRE_RELEASED.
absl::Status CheckQuestionnaireUpdate(const sv1::Questionnaire& before);
// QUESTIONNAIRE_NOT_RELEASED, EXPIRY_IN_PAST, EXPIRY_TOO_LATE when it would be open for longer than `open_max`.
absl::Status Invite(const sv1::Questionnaire& questionnaire, absl::Time now, absl::Duration open_max,
                    sv1::SurveyInvitation* invitation);

// `value` on [scale_min, scale_max] as satisfaction on 1 to 5, three digits (G29).
absl::StatusOr<Decimal> Normalise(int value, int scale_min, int scale_max);

// Scores are a basis of pay (S-34): answers are entered neither by `owner` of the account, who is measured by them, nor
// by whoever invited the customer and has the token. SEPARATION_OF_DUTIES.
absl::Status CheckEnterer(const sv1::SurveyInvitation& invitation, absl::string_view owner, absl::string_view actor);
// SURVEY_ANSWERED, SURVEY_EXPIRED.
absl::Status CheckAnswerable(const sv1::SurveyInvitation& invitation, absl::Time now);
// The response to the answers given. QUESTION_UNKNOWN, QUESTION_REPEATED, ANSWER_OFF_SCALE, ANSWER_REQUIRED.
absl::StatusOr<sv1::SurveyResponse> Score(const sv1::SurveyInvitation& invitation,
                                          const sv1::Questionnaire& questionnaire,
                                          const sv1::SubmitSurveyResponseRequest& request, absl::Time now);

// The follow-up of a low response.
sv1::FollowUp FollowUpOf(const sv1::SurveyResponse& response, const sv1::Questionnaire& questionnaire,
                         absl::string_view owner, absl::Time now);

// Mean of a sum, two digits; empty when there is nothing.
std::string Mean(Decimal sum, int64_t count);
// Promoters less detractors in percent, one digit; empty when there is nothing.
std::string Nps(int64_t promoters, int64_t detractors, int64_t answers);
// `now` less `before`, two digits; empty when one is missing.
std::string Trend(absl::string_view now, absl::string_view before);

}  // namespace kam::aftersales::rules

#endif  // KAM_AFTERSALES_SVC_RULES_SURVEY_RULES_H_

#include "aftersales-svc/rules/survey_rules.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/proto_time.h"
#include "aftersales-svc/rules/refusal.h"
#include "common/status/status.h"

namespace kam::aftersales::rules {
namespace {

constexpr int kNpsMin = 0;
constexpr int kNpsMax = 10;
constexpr int kCsatMin = 1;
constexpr int kCsatSpan = 4;  // From 1 to 5.
constexpr int kCsatScale = 3;

absl::Status CheckScale(const sv1::Question& question, const std::string& path) {
  const auto invalid = [&](absl::string_view field, absl::string_view what) {
    return InvalidField(absl::StrCat(path, ".", field), "QUESTION_SCALE_INVALID", what);
  };
  switch (question.kind()) {
    case sv1::QUESTION_KIND_CSAT:
      if (question.scale_max() <= question.scale_min()) return invalid("scale_max", "must be above scale_min");
      return absl::OkStatus();
    case sv1::QUESTION_KIND_NPS:
      if (question.scale_min() != kNpsMin || question.scale_max() != kNpsMax) {
        return invalid("scale_max", "willingness to recommend is asked on a scale from 0 to 10");
      }
      return absl::OkStatus();
    default:
      if (question.scale_min() != 0 || question.scale_max() != 0) return invalid("scale_max", "words have no scale");
      return absl::OkStatus();
  }
}

absl::Status CheckValue(const sv1::Question& question, const sv1::SurveyAnswer& answer, const std::string& path) {
  if (question.kind() == sv1::QUESTION_KIND_TEXT) {
    if (answer.value() == 0 && !answer.words().empty()) return absl::OkStatus();
    return InvalidField(absl::StrCat(path, ".words"), "ANSWER_REQUIRED", "the question is answered in words");
  }
  if (answer.value() >= question.scale_min() && answer.value() <= question.scale_max()) return absl::OkStatus();
  return InvalidField(
      absl::StrCat(path, ".value"), "ANSWER_OFF_SCALE",
      absl::StrCat("is ", answer.value(), "; the scale goes from ", question.scale_min(), " to ", question.scale_max()),
      {{"value", absl::StrCat(answer.value())},
       {"minimum", absl::StrCat(question.scale_min())},
       {"maximum", absl::StrCat(question.scale_max())}});
}

}  // namespace

absl::Status CheckQuestionnaire(const sv1::Questionnaire& questionnaire) {
  std::set<std::string> codes;
  for (int i = 0; i < questionnaire.questions_size(); ++i) {
    const sv1::Question& question = questionnaire.questions(i);
    const std::string path = absl::StrCat("questionnaire.questions[", i, "]");
    if (!codes.insert(question.code()).second) {
      return InvalidField(absl::StrCat(path, ".code"), "QUESTION_REPEATED",
                          absl::StrCat("another question is ", question.code()), {{"code", question.code()}});
    }
    RETURN_IF_ERROR(CheckScale(question, path));
  }
  const bool follows = !questionnaire.low_score_threshold().empty() || questionnaire.low_recommendation() > 0;
  if (follows && questionnaire.follow_up_days() < 1) {
    return InvalidField("questionnaire.follow_up_days", "FOLLOW_UP_DAYS_REQUIRED",
                        "a low score needs a time in which something is done about it");
  }
  return absl::OkStatus();
}

absl::Status CheckQuestionnaireUpdate(const sv1::Questionnaire& before) {
  if (before.state() == sv1::QUESTIONNAIRE_STATE_DRAFT) return absl::OkStatus();
  return FailedPrecondition("QUESTIONNAIRE_RELEASED", before.name(),
                            "a released questionnaire never changes; create the next version",
                            {{"state", sv1::QuestionnaireState_Name(before.state())}});
}

absl::Status Invite(const sv1::Questionnaire& questionnaire, absl::Time now, absl::Duration open_max,
                    sv1::SurveyInvitation* invitation) {
  if (questionnaire.state() != sv1::QUESTIONNAIRE_STATE_RELEASED) {
    return FailedPrecondition("QUESTIONNAIRE_NOT_RELEASED", questionnaire.name(),
                              "only a released questionnaire is sent out",
                              {{"state", sv1::QuestionnaireState_Name(questionnaire.state())}});
  }
  const absl::Time expire = FromTimestamp(invitation->expire_time());
  if (expire <= now) {
    return InvalidField("invitation.expire_time", "EXPIRY_IN_PAST",
                        absl::StrCat("is ", ShowTime(expire), ", in the past"));
  }
  if (expire > now + open_max) {
    return InvalidField("invitation.expire_time", "EXPIRY_TOO_LATE",
                        absl::StrCat("is ", ShowTime(expire), "; the latest is ", ShowTime(now + open_max)),
                        {{"value", ShowTime(expire)}, {"limit", ShowTime(now + open_max)}});
  }
  invitation->set_state(sv1::INVITATION_STATE_INVITED);
  return absl::OkStatus();
}

absl::Status CheckEnterer(const sv1::SurveyInvitation& invitation, absl::string_view owner, absl::string_view actor) {
  if (owner == actor) return SeparationOfDuties("owns the account", "enter the answers of its people");
  if (invitation.creator() == actor) return SeparationOfDuties("invited the customer", "enter the answers");
  return absl::OkStatus();
}

absl::StatusOr<Decimal> Normalise(int value, int scale_min, int scale_max) {
  ASSIGN_OR_RETURN(const Decimal above, MultiplyDivide(Decimal::FromInt(value - scale_min), Decimal::FromInt(kCsatSpan),
                                                       Decimal::FromInt(scale_max - scale_min), kCsatScale));
  return Add(Decimal::FromInt(kCsatMin), above);
}

absl::Status CheckAnswerable(const sv1::SurveyInvitation& invitation, absl::Time now) {
  if (invitation.state() == sv1::INVITATION_STATE_SUBMITTED) {
    return FailedPrecondition("SURVEY_ANSWERED", invitation.name(), "the survey was answered with this token before");
  }
  if (invitation.state() == sv1::INVITATION_STATE_EXPIRED || FromTimestamp(invitation.expire_time()) <= now) {
    return FailedPrecondition("SURVEY_EXPIRED", invitation.name(), "the time to answer the survey is over",
                              {{"expireTime", ShowTime(FromTimestamp(invitation.expire_time()))}});
  }
  return absl::OkStatus();
}

absl::StatusOr<sv1::SurveyResponse> Score(const sv1::SurveyInvitation& invitation,
                                          const sv1::Questionnaire& questionnaire,
                                          const sv1::SubmitSurveyResponseRequest& request, absl::Time now) {
  std::map<std::string, const sv1::Question*> questions;
  for (const sv1::Question& question : questionnaire.questions()) questions.emplace(question.code(), &question);
  std::set<std::string> answered;
  sv1::SurveyResponse response;
  Decimal sum;
  for (int i = 0; i < request.answers_size(); ++i) {
    const sv1::SurveyAnswer& given = request.answers(i);
    const std::string path = absl::StrCat("answers[", i, "]");
    const auto question = questions.find(given.question());
    if (question == questions.end()) {
      return InvalidField(absl::StrCat(path, ".question"), "QUESTION_UNKNOWN",
                          absl::StrCat(given.question(), " is no question of this survey"));
    }
    if (!answered.insert(given.question()).second) {
      return InvalidField(absl::StrCat(path, ".question"), "QUESTION_REPEATED",
                          absl::StrCat(given.question(), " is answered already"));
    }
    RETURN_IF_ERROR(CheckValue(*question->second, given, path));
    sv1::SurveyAnswer* answer = response.add_answers();
    answer->set_question(given.question());
    answer->set_value(given.value());
    answer->set_words(given.words());
    if (question->second->kind() == sv1::QUESTION_KIND_NPS && questionnaire.low_recommendation() > 0 &&
        given.value() <= questionnaire.low_recommendation()) {
      response.set_low(true);
    }
    if (question->second->kind() != sv1::QUESTION_KIND_CSAT) continue;
    ASSIGN_OR_RETURN(const Decimal normalised,
                     Normalise(given.value(), question->second->scale_min(), question->second->scale_max()));
    answer->set_normalised(normalised.ToString());
    ASSIGN_OR_RETURN(sum, Add(sum, normalised));
    response.set_csat_answers(response.csat_answers() + 1);
  }
  for (const sv1::Question& question : questionnaire.questions()) {
    if (question.mandatory() && answered.count(question.code()) == 0) {
      return InvalidField("answers", "ANSWER_REQUIRED", absl::StrCat("question ", question.code(), " must be answered"),
                          {{"question", question.code()}});
    }
  }
  response.set_invitation(invitation.name());
  response.set_account(invitation.account());
  response.set_questionnaire(questionnaire.name());
  *response.mutable_submit_time() = ToTimestamp(now);
  if (response.csat_answers() > 0) {
    ASSIGN_OR_RETURN(const Decimal csat, Divide(sum, Decimal::FromInt(response.csat_answers()), kCsatScale));
    response.set_csat(csat.ToString());
    if (!questionnaire.low_score_threshold().empty()) {
      ASSIGN_OR_RETURN(const Decimal threshold, Decimal::Parse(questionnaire.low_score_threshold(), "threshold"));
      if (csat < threshold) response.set_low(true);
    }
  }
  return response;
}

sv1::FollowUp FollowUpOf(const sv1::SurveyResponse& response, const sv1::Questionnaire& questionnaire,
                         absl::string_view owner, absl::Time now) {
  sv1::FollowUp follow_up;
  follow_up.set_account(response.account());
  follow_up.set_response(response.name());
  follow_up.set_owner(std::string(owner));
  follow_up.set_score(response.csat());
  follow_up.set_threshold(questionnaire.low_score_threshold());
  *follow_up.mutable_due_time() = ToTimestamp(now + absl::Hours(24) * questionnaire.follow_up_days());
  follow_up.set_state(sv1::FOLLOW_UP_STATE_OPEN);
  return follow_up;
}

std::string Mean(Decimal sum, int64_t count) {
  const auto divisor = Decimal::FromInt64(count);
  if (count == 0 || !divisor.ok()) return {};
  const auto mean = Divide(sum, *divisor, 2);
  return mean.ok() ? mean->ToFixed(2) : std::string();
}

std::string Nps(int64_t promoters, int64_t detractors, int64_t answers) {
  const auto lead = Decimal::FromInt64(promoters - detractors), of = Decimal::FromInt64(answers);
  if (answers == 0 || !lead.ok() || !of.ok()) return {};
  const auto percent = MultiplyDivide(*lead, Decimal::FromInt(100), *of, 1);
  return percent.ok() ? percent->ToFixed(1) : std::string();
}

std::string Trend(absl::string_view now, absl::string_view before) {
  if (now.empty() || before.empty()) return {};
  const auto a = Decimal::Parse(now), b = Decimal::Parse(before);
  if (!a.ok() || !b.ok()) return {};
  const auto difference = Subtract(*a, *b);
  return difference.ok() ? difference->ToFixed(2) : std::string();
}

}  // namespace kam::aftersales::rules

#include "aftersales-svc/testing/surveys.h"

#include <gtest/gtest.h>

#include "absl/time/time.h"
#include "kam/satisfaction/v1/questionnaire_service.pb.h"
#include "kam/satisfaction/v1/survey_invitation_service.pb.h"

namespace kam::aftersales::testing {

namespace sv1 = ::kam::satisfaction::v1;

std::string ReleasedSurvey(World& world, const std::string& code, const std::string& subject) {
  sv1::CreateQuestionnaireRequest request;
  sv1::Questionnaire* questionnaire = request.mutable_questionnaire();
  questionnaire->set_code(code);
  questionnaire->set_title("How was it?");
  questionnaire->set_subject(subject);
  const auto add = [&](const char* question_code, sv1::QuestionKind kind, int worst, int best) {
    sv1::Question* question = questionnaire->add_questions();
    question->set_code(question_code);
    question->set_wording(question_code);
    question->set_kind(kind);
    question->set_scale_min(worst);
    question->set_scale_max(best);
  };
  add("overall", sv1::QUESTION_KIND_CSAT, 1, 5);
  add("recommend", sv1::QUESTION_KIND_NPS, 0, 10);
  const auto created =
      world.Call<sv1::Questionnaire>("CSM", "kam.satisfaction.v1.QuestionnaireService/CreateQuestionnaire", request);
  EXPECT_TRUE(created.ok()) << created.status();
  if (!created.ok()) return "";
  sv1::ReleaseQuestionnaireRequest release;
  release.set_name(created->name());
  const auto released =
      world.Call<sv1::Questionnaire>("CSM", "kam.satisfaction.v1.QuestionnaireService/ReleaseQuestionnaire", release);
  EXPECT_TRUE(released.ok()) << released.status();
  return created->name();
}

void Answer(World& world, const std::string& questionnaire, const std::string& account, int overall, int recommend) {
  sv1::InviteToSurveyRequest invite;
  invite.mutable_invitation()->set_account(account);
  invite.mutable_invitation()->set_questionnaire(questionnaire);
  invite.mutable_invitation()->mutable_expire_time()->set_seconds(
      absl::ToUnixSeconds(world.harness().clock().Now() + absl::Hours(24)));
  const auto invited = world.Call<sv1::InviteToSurveyResponse>(
      "CSR", "kam.satisfaction.v1.SurveyInvitationService/InviteToSurvey", invite);
  EXPECT_TRUE(invited.ok()) << invited.status();
  if (!invited.ok()) return;
  sv1::SubmitSurveyResponseRequest submit;
  submit.set_token(invited->token());
  submit.add_answers()->set_question("overall");
  submit.mutable_answers(0)->set_value(overall);
  if (recommend >= 0) {
    submit.add_answers()->set_question("recommend");
    submit.mutable_answers(1)->set_value(recommend);
  }
  const auto response = world.Call<sv1::SurveyResponse>(
      "CSR#caller", "kam.satisfaction.v1.SurveyInvitationService/SubmitSurveyResponse", submit);
  EXPECT_TRUE(response.ok()) << response.status();
}

}  // namespace kam::aftersales::testing

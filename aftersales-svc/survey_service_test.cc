// Surveys, follow-ups and monthly satisfaction through the service (S-33, S-34, F-15).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/testing/world.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/satisfaction/v1/follow_up_service.pb.h"
#include "kam/satisfaction/v1/questionnaire_service.pb.h"
#include "kam/satisfaction/v1/survey_invitation_service.pb.h"
#include "kam/satisfaction/v1/survey_response_service.pb.h"

namespace kam::aftersales::testing {
namespace {

namespace sv1 = ::kam::satisfaction::v1;
using ::kam::testing::HasReason;
using ::kam::testing::IsOk;
using ::kam::testing::NamesField;

constexpr char kQuestionnaires[] = "kam.satisfaction.v1.QuestionnaireService/";
constexpr char kInvite[] = "kam.satisfaction.v1.SurveyInvitationService/InviteToSurvey";
constexpr char kSubmit[] = "kam.satisfaction.v1.SurveyInvitationService/SubmitSurveyResponse";
constexpr char kFollowUps[] = "kam.satisfaction.v1.FollowUpService/";

class SurveyServiceTest : public ::testing::Test {
 protected:
  // Satisfaction on 1-7 and on 1-10, recommendation, words; below 3 is low.
  static sv1::Questionnaire NewQuestionnaire() {
    sv1::Questionnaire questionnaire;
    questionnaire.set_code("service");
    questionnaire.set_title("How was our service?");
    questionnaire.set_low_score_threshold("3");
    questionnaire.set_follow_up_days(5);
    const auto add = [&](const char* code, sv1::QuestionKind kind, int min, int max, bool mandatory) {
      sv1::Question* question = questionnaire.add_questions();
      question->set_code(code);
      question->set_wording(code);
      question->set_kind(kind);
      question->set_scale_min(min);
      question->set_scale_max(max);
      question->set_mandatory(mandatory);
    };
    add("speed", sv1::QUESTION_KIND_CSAT, 1, 7, true);
    add("quality", sv1::QUESTION_KIND_CSAT, 1, 10, false);
    add("recommend", sv1::QUESTION_KIND_NPS, 0, 10, false);
    add("words", sv1::QUESTION_KIND_TEXT, 0, 0, false);
    return questionnaire;
  }
  absl::StatusOr<sv1::Questionnaire> CreateQuestionnaire(const sv1::Questionnaire& questionnaire) {
    sv1::CreateQuestionnaireRequest request;
    *request.mutable_questionnaire() = questionnaire;
    return world_.Call<sv1::Questionnaire>("CSM", absl::StrCat(kQuestionnaires, "CreateQuestionnaire"), request);
  }
  absl::StatusOr<sv1::Questionnaire> Release(const std::string& name) {
    sv1::ReleaseQuestionnaireRequest request;
    request.set_name(name);
    return world_.Call<sv1::Questionnaire>("CSM", absl::StrCat(kQuestionnaires, "ReleaseQuestionnaire"), request);
  }
  std::string Released() {
    const auto created = CreateQuestionnaire(NewQuestionnaire());
    EXPECT_THAT(created, IsOk());
    EXPECT_THAT(Release(created->name()), IsOk());
    return created->name();
  }
  absl::StatusOr<sv1::InviteToSurveyResponse> Invite(const std::string& questionnaire, const std::string& account,
                                                     const std::string& who = "CSR") {
    sv1::InviteToSurveyRequest request;
    request.mutable_invitation()->set_account(account);
    request.mutable_invitation()->set_questionnaire(questionnaire);
    request.mutable_invitation()->mutable_expire_time()->set_seconds(
        absl::ToUnixSeconds(world_.harness().clock().Now() + absl::Hours(24 * 14)));
    return world_.Call<sv1::InviteToSurveyResponse>(who, kInvite, request);
  }
  static sv1::SubmitSurveyResponseRequest Answers(const std::string& token, int speed, int quality = 0,
                                                  int recommend = -1) {
    sv1::SubmitSurveyResponseRequest request;
    request.set_token(token);
    const auto add = [&](const char* question, int value) {
      request.add_answers()->set_question(question);
      request.mutable_answers()->rbegin()->set_value(value);
    };
    add("speed", speed);
    if (quality > 0) add("quality", quality);
    if (recommend >= 0) add("recommend", recommend);
    return request;
  }
  absl::StatusOr<sv1::SurveyResponse> Submit(const sv1::SubmitSurveyResponseRequest& request) {
    return world_.Call<sv1::SurveyResponse>("CSR#caller", kSubmit, request);  // Not who invited.
  }
  sv1::SurveyResponse Answered(const std::string& questionnaire, const std::string& account, int speed, int quality,
                               int recommend) {
    const auto invited = Invite(questionnaire, account);
    EXPECT_THAT(invited, IsOk());
    const auto response = Submit(Answers(invited->token(), speed, quality, recommend));
    EXPECT_THAT(response, IsOk());
    return response.value_or(sv1::SurveyResponse());
  }
  sv1::ListFollowUpsResponse FollowUps(const std::string& who) {
    const auto list = world_.Call<sv1::ListFollowUpsResponse>(who, absl::StrCat(kFollowUps, "ListFollowUps"),
                                                              kam::api::ListRequest());
    EXPECT_THAT(list, IsOk());
    return list.value_or(sv1::ListFollowUpsResponse());
  }

  World& world_ = World::Fresh();
};

// S-33: a survey that asks for the recommendation only opens follow-ups as well.
TEST_F(SurveyServiceTest, ALowRecommendationOpensAFollowUp) {
  sv1::Questionnaire asks = NewQuestionnaire();
  asks.clear_low_score_threshold();
  asks.set_low_recommendation(6);
  asks.set_follow_up_days(0);
  EXPECT_THAT(CreateQuestionnaire(asks), HasReason("FOLLOW_UP_DAYS_REQUIRED"));
  asks.set_follow_up_days(3);
  const std::string survey = CreateQuestionnaire(asks)->name();
  ASSERT_THAT(Release(survey), IsOk());
  const std::string account = world_.NewAccount("KAX");
  EXPECT_FALSE(Answered(survey, account, 1, 1, 7).low());
  EXPECT_TRUE(Answered(survey, account, 7, 10, 6).low());
  EXPECT_EQ(FollowUps("KAX").follow_ups_size(), 1);
}

// S-33, S-34: whoever is measured by a score neither may enter it nor enters it.
TEST_F(SurveyServiceTest, TheOwnerOfTheAccountDoesNotAnswer) {
  const std::string account = world_.NewAccount("CSR#seller");
  const auto invited = Invite(Released(), account);
  ASSERT_THAT(invited, IsOk());
  const auto request = Answers(invited->token(), 7);
  EXPECT_THAT(world_.Call<sv1::SurveyResponse>("CSR#seller", kSubmit, request), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(world_.Call<sv1::SurveyResponse>("KAX", kSubmit, request), HasReason("PERMISSION_DENIED"));
  EXPECT_THAT(world_.Call<sv1::SurveyResponse>("CSR", kSubmit, request), HasReason("SEPARATION_OF_DUTIES"))
      << "whoever invited has the token";
  EXPECT_THAT(world_.Call<sv1::SurveyResponse>("CSR#caller", kSubmit, request), IsOk());
}

// S-33: a person is asked once a month by a questionnaire, and not for ever.
TEST_F(SurveyServiceTest, APersonIsAskedOnceAMonth) {
  const std::string account = world_.NewAccount(), questionnaire = Released();
  sv1::InviteToSurveyRequest request;
  request.mutable_invitation()->set_account(account);
  request.mutable_invitation()->set_questionnaire(questionnaire);
  request.mutable_invitation()->set_contact("Ms Wang");
  const auto invite = [&](const std::string& expire) {
    request.mutable_invitation()->mutable_expire_time()->set_seconds(absl::ToUnixSeconds(World::At(expire)));
    return world_.Call<sv1::InviteToSurveyResponse>("CSR", kInvite, request);
  };
  const auto late = invite("2026-07-05 09:01");
  EXPECT_THAT(late, HasReason("EXPIRY_TOO_LATE"));
  EXPECT_THAT(late, NamesField("invitation.expire_time"));
  ASSERT_THAT(invite("2026-01-20 09:00"), IsOk());
  EXPECT_THAT(invite("2026-01-20 09:00"), HasReason("SURVEY_INVITED"));
  request.mutable_invitation()->set_contact("Mr Li");
  EXPECT_THAT(invite("2026-01-20 09:00"), IsOk());
  request.mutable_invitation()->set_contact("Ms Wang");
  world_.SetTime("2026-02-01 00:00");
  EXPECT_THAT(invite("2026-02-20 09:00"), IsOk());
}

// S-33, G29
TEST_F(SurveyServiceTest, G29AnswersOnBothScalesAreNormalisedToOneToFive) {
  const sv1::SurveyResponse response = Answered(Released(), world_.NewAccount(), /*speed=*/4, /*quality=*/10, 9);
  ASSERT_EQ(response.answers_size(), 3);
  EXPECT_EQ(response.answers(0).normalised(), "3") << "4 of 1-7";
  EXPECT_EQ(response.answers(1).normalised(), "5") << "10 of 1-10";
  EXPECT_EQ(response.answers(2).normalised(), "") << "NPS is no satisfaction";
  EXPECT_EQ(response.csat(), "4");
  EXPECT_EQ(response.csat_answers(), 2);
  EXPECT_FALSE(response.low());
}

// S-33: one token, one response; also at the same time.
TEST_F(SurveyServiceTest, OneOfSeveralResponsesToATokenIsTaken) {
  const auto invited = Invite(Released(), world_.NewAccount());
  ASSERT_THAT(invited, IsOk());
  constexpr int kThreads = 6;
  std::atomic<int> won = 0, refused = 0;
  std::vector<std::thread> threads;
  const auth::Principal csr = world_.As("CSR#caller");
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const auto answer = world_.harness().Call<sv1::SurveyResponse>(csr, kSubmit, Answers(invited->token(), 1 + i));
      if (answer.ok()) ++won;
      if (Reason(answer.status()) == "SURVEY_ANSWERED") ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, kThreads - 1);
  EXPECT_EQ(world_.harness().db().Get("SELECT COUNT(*) FROM survey_responses").integer(), 1);
}

// S-33: the token is told once and not kept.
TEST_F(SurveyServiceTest, TheTokenIsNeitherStoredNorShownAgain) {
  const auto invited = Invite(Released(), world_.NewAccount());
  ASSERT_THAT(invited, IsOk());
  EXPECT_GE(invited->token().size(), 27u);
  for (const char* sql : {"SELECT COUNT(*) FROM changes WHERE fields LIKE '%$%'",
                          "SELECT COUNT(*) FROM survey_tokens WHERE token_digest LIKE '%$%'"}) {
    std::string filled = sql;
    filled.replace(filled.find('$'), 1, invited->token());
    EXPECT_EQ(world_.harness().db().Get(filled).integer(), 0) << filled;
  }
  EXPECT_THAT(Submit(Answers("nonsense", 4)), HasReason("SURVEY_TOKEN_UNKNOWN"));
}

// S-33
TEST_F(SurveyServiceTest, AnswersThatCannotBeAreRefused) {
  const auto invited = Invite(Released(), world_.NewAccount());
  ASSERT_THAT(invited, IsOk());
  const auto off = Submit(Answers(invited->token(), 8));
  EXPECT_THAT(off, HasReason("ANSWER_OFF_SCALE"));
  EXPECT_THAT(off, NamesField("answers[0].value"));
  auto request = Answers(invited->token(), 4);
  request.mutable_answers(0)->set_question("quality");
  EXPECT_THAT(Submit(request), HasReason("ANSWER_REQUIRED"));
  request.mutable_answers(0)->set_question("price");
  EXPECT_THAT(Submit(request), HasReason("QUESTION_UNKNOWN"));
  request = Answers(invited->token(), 4);
  *request.add_answers() = request.answers(0);
  EXPECT_THAT(Submit(request), HasReason("QUESTION_REPEATED"));
  EXPECT_THAT(Submit(Answers(invited->token(), 4)), IsOk()) << "what was refused used up nothing";
}

// S-33
TEST_F(SurveyServiceTest, AnInvitationExpires) {
  const auto invited = Invite(Released(), world_.NewAccount());
  ASSERT_THAT(invited, IsOk());
  world_.SetTime("2026-01-19 09:00");
  EXPECT_THAT(Submit(Answers(invited->token(), 4)), HasReason("SURVEY_EXPIRED"));
  EXPECT_EQ(world_.RunDue(), 1);
  kam::api::GetRequest request;
  request.set_name(invited->invitation().name());
  const auto invitation = world_.Call<sv1::SurveyInvitation>(
      "CSR", "kam.satisfaction.v1.SurveyInvitationService/GetSurveyInvitation", request);
  ASSERT_THAT(invitation, IsOk());
  EXPECT_EQ(invitation->state(), sv1::INVITATION_STATE_EXPIRED);
}

// S-33
TEST_F(SurveyServiceTest, AReleasedQuestionnaireNeverChanges) {
  const auto draft = CreateQuestionnaire(NewQuestionnaire());
  ASSERT_THAT(draft, IsOk());
  EXPECT_THAT(Invite(draft->name(), world_.NewAccount()), HasReason("QUESTIONNAIRE_NOT_RELEASED"));
  ASSERT_THAT(Release(draft->name()), IsOk());
  sv1::UpdateQuestionnaireRequest update;
  update.mutable_questionnaire()->set_name(draft->name());
  update.mutable_questionnaire()->set_low_score_threshold("2");
  EXPECT_THAT(world_.Call<sv1::Questionnaire>("CSM", absl::StrCat(kQuestionnaires, "UpdateQuestionnaire"), update),
              HasReason("QUESTIONNAIRE_RELEASED"));
  EXPECT_EQ(CreateQuestionnaire(NewQuestionnaire())->questionnaire_version(), 2);
  sv1::Questionnaire wrong = NewQuestionnaire();
  wrong.mutable_questions(2)->set_scale_max(5);
  EXPECT_THAT(CreateQuestionnaire(wrong), HasReason("QUESTION_SCALE_INVALID"));
  wrong = NewQuestionnaire();
  wrong.mutable_questions(1)->set_code("speed");
  EXPECT_THAT(CreateQuestionnaire(wrong), HasReason("QUESTION_REPEATED"));
  wrong = NewQuestionnaire();
  wrong.clear_follow_up_days();
  EXPECT_THAT(CreateQuestionnaire(wrong), HasReason("FOLLOW_UP_DAYS_REQUIRED"));
}

// S-34: a low score opens a follow-up of the owner of the account, in the same transaction.
TEST_F(SurveyServiceTest, ALowScoreOpensAFollowUpOfTheAccountOwner) {
  const std::string questionnaire = Released();
  Answered(questionnaire, world_.NewAccount("KAX"), /*speed=*/4, /*quality=*/0, -1);
  EXPECT_EQ(FollowUps("GM").follow_ups_size(), 0) << "3 is not below 3";
  const sv1::SurveyResponse low = Answered(questionnaire, world_.NewAccount("KAX"), /*speed=*/3, 0, 2);
  EXPECT_TRUE(low.low());
  const auto mine = FollowUps("KAX");
  ASSERT_EQ(mine.follow_ups_size(), 1);
  const sv1::FollowUp& opened = mine.follow_ups(0);
  EXPECT_EQ(opened.owner(), world_.Name("KAX"));
  EXPECT_EQ(opened.response(), low.name());
  EXPECT_EQ(opened.score(), "2.333");
  EXPECT_EQ(opened.threshold(), "3");
  EXPECT_EQ(World::Show(opened.due_time()), "2026-01-10 09:00");
  EXPECT_EQ(FollowUps("KAX#other").follow_ups_size(), 0);

  sv1::CompleteFollowUpRequest complete;
  complete.set_name(opened.name());
  complete.set_effect("called, content");
  EXPECT_THAT(world_.Call<sv1::FollowUp>("KAX", absl::StrCat(kFollowUps, "CompleteFollowUp"), complete),
              HasReason("STATE_NOT_ALLOWED"))
      << "a measure first";
  sv1::SetFollowUpMeasureRequest measure;
  measure.set_name(opened.name());
  measure.set_cause("long wait");
  measure.set_measure("own service slot");
  const auto set = world_.Call<sv1::FollowUp>("KAX", absl::StrCat(kFollowUps, "SetFollowUpMeasure"), measure);
  ASSERT_THAT(set, IsOk());
  EXPECT_EQ(set->state(), sv1::FOLLOW_UP_STATE_MEASURE_SET);
  EXPECT_EQ(set->measure_owner(), world_.Name("KAX"));
  world_.SetTime("2026-01-10 09:01");
  world_.RunDue();
  EXPECT_TRUE(FollowUps("KAX").follow_ups(0).overdue());
  const auto done = world_.Call<sv1::FollowUp>("KAX", absl::StrCat(kFollowUps, "CompleteFollowUp"), complete);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), sv1::FOLLOW_UP_STATE_DONE);
  EXPECT_TRUE(done->overdue()) << "late stays late";
}

// S-34
TEST_F(SurveyServiceTest, AFollowUpDoneInTimeIsNeverOverdue) {
  Answered(Released(), world_.NewAccount("KAX"), 1, 0, -1);
  const std::string name = FollowUps("KAX").follow_ups(0).name();
  sv1::SetFollowUpMeasureRequest measure;
  measure.set_name(name);
  measure.set_cause("long wait");
  measure.set_measure("own service slot");
  ASSERT_THAT(world_.Call<sv1::FollowUp>("KAX", absl::StrCat(kFollowUps, "SetFollowUpMeasure"), measure), IsOk());
  sv1::CompleteFollowUpRequest complete;
  complete.set_name(name);
  complete.set_effect("content");
  ASSERT_THAT(world_.Call<sv1::FollowUp>("KAX", absl::StrCat(kFollowUps, "CompleteFollowUp"), complete), IsOk());
  world_.SetTime("2026-02-10 09:00");
  EXPECT_EQ(world_.RunDue(), 0);
  EXPECT_FALSE(FollowUps("KAX").follow_ups(0).overdue());
}

// S-34, F-15
TEST_F(SurveyServiceTest, MonthlySatisfactionShowsSampleScoreAndTrend) {
  const std::string questionnaire = Released(), account = world_.NewAccount("KAX"), other = world_.NewAccount("KAX@2");
  world_.SetTime("2025-12-31 23:59");
  Answered(questionnaire, account, /*speed=*/7, 0, 10);  // 5, in December.
  world_.SetTime("2026-01-01 00:00");
  Answered(questionnaire, account, /*speed=*/4, /*quality=*/10, 9);  // 3 and 5.
  Answered(questionnaire, account, /*speed=*/1, 0, 6);               // 1, low.
  Answered(questionnaire, account, /*speed=*/7, 0, 8);               // 5.
  EXPECT_THAT(Invite(questionnaire, account), IsOk());               // Not answered.
  Answered(questionnaire, other, 7, 0, -1);
  sv1::ListMonthlySatisfactionRequest request;
  request.set_month("2026-01");
  const auto read = [&](const std::string& who) {
    return world_.Call<sv1::ListMonthlySatisfactionResponse>(
        who, "kam.satisfaction.v1.SurveyResponseService/ListMonthlySatisfaction", request);
  };
  const auto mine = read("KAX");
  ASSERT_THAT(mine, IsOk());
  ASSERT_EQ(mine->rows_size(), 1);
  const sv1::MonthlySatisfaction& row = mine->rows(0);
  EXPECT_EQ(row.account(), account);
  EXPECT_EQ(row.invitations(), 4);
  EXPECT_EQ(row.responses(), 3);
  EXPECT_EQ(row.csat(), "3.50");
  EXPECT_EQ(row.csat_answers(), 4);
  EXPECT_EQ(row.nps(), "0.0") << "one promoter, one detractor, one passive";
  EXPECT_EQ(row.nps_answers(), 3);
  EXPECT_EQ(row.csat_before(), "5.00");
  EXPECT_EQ(row.trend(), "-1.50");
  EXPECT_EQ(row.follow_ups_open(), 1);
  EXPECT_EQ(row.metric_version(), "csat-1-5/nps-0-10/v1");
  // Pages of one account each join to the whole list.
  request.set_page_size(1);
  std::vector<std::string> accounts;
  do {
    const auto page = read("GM");
    ASSERT_THAT(page, IsOk());
    ASSERT_EQ(page->rows_size(), 1);
    accounts.push_back(page->rows(0).account());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(accounts, ::testing::UnorderedElementsAre(account, other));
  request.clear_page_token();
  request.set_month("2026-02");
  EXPECT_EQ(read("GM")->rows_size(), 0);
  request.set_month("2026-13");
  EXPECT_THAT(read("GM"), NamesField("month"));
}

// R.2
TEST_F(SurveyServiceTest, InvitationsReachOwnAccountsOnly) {
  const std::string questionnaire = Released();
  EXPECT_THAT(Invite(questionnaire, world_.NewAccount("KAX@2"), "KAX"), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(Invite(questionnaire, world_.NewAccount("KAX"), "KAX"), IsOk());
  EXPECT_THAT(Invite(questionnaire, world_.NewAccount("KAX"), "SAD"), HasReason("PERMISSION_DENIED"));
  EXPECT_EQ(world_.harness().db().Get("SELECT COUNT(*) FROM survey_invitations").integer(), 1)
      << "what was refused left nothing behind";
}

}  // namespace
}  // namespace kam::aftersales::testing

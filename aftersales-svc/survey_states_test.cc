// Every state of questionnaires and follow-ups with every verb (S-33, S-34): open exactly where these tables say so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/env.h"
#include "aftersales-svc/testing/states.h"
#include "common/testing/matchers.h"
#include "kam/satisfaction/v1/follow_up.pb.h"
#include "kam/satisfaction/v1/questionnaire_service.pb.h"

namespace kam::aftersales::testing {
namespace {

namespace sv1 = ::kam::satisfaction::v1;
using ::kam::testing::IsOk;

std::string NewQuestionnaire(World& world) {
  sv1::CreateQuestionnaireRequest request;
  request.mutable_questionnaire()->set_code("service");
  request.mutable_questionnaire()->set_title("How was our service?");
  sv1::Question* question = request.mutable_questionnaire()->add_questions();
  question->set_code("speed");
  question->set_wording("Were we fast?");
  question->set_kind(sv1::QUESTION_KIND_CSAT);
  question->set_scale_max(5);
  const auto created =
      world.Call<sv1::Questionnaire>("CSM", "kam.satisfaction.v1.QuestionnaireService/CreateQuestionnaire", request);
  EXPECT_THAT(created, IsOk());
  return created.ok() ? created->name() : "";
}

// S-33
TEST(SurveyStatesTest, EveryVerbOfAQuestionnaireIsOpenInExactlyItsStates) {
  World& world = World::Fresh();
  StateMachine machine;
  machine.service = "kam.satisfaction.v1.QuestionnaireService";
  machine.table = "questionnaires";
  machine.states = sv1::QuestionnaireState_descriptor();
  machine.verbs = {{"ReleaseQuestionnaire", {{"DRAFT"}, "RELEASED"}},
                   {"RetireQuestionnaire", {{"RELEASED"}, "RETIRED"}}};
  machine.name = NewQuestionnaire(world);
  machine.columns = "archive_time = NULL";
  EXPECT_EQ(TryEveryVerbInEveryState(world, machine), 2);
}

// S-34
TEST(SurveyStatesTest, EveryVerbOfAFollowUpIsOpenInExactlyItsStates) {
  World& world = World::Fresh();
  const std::string account = world.NewAccount(), questionnaire = NewQuestionnaire(world);
  const auto insert = [&](const std::string& table, const std::string& columns, const std::string& values) {
    const std::string id = world.harness().NewId();
    world.harness().db().Execute(absl::StrCat(
        "INSERT INTO ", table, " (id, version, create_time, update_time, creator, updater, account, ", columns,
        ") VALUES ('", id, "', 1, '2026-01-05', '2026-01-05', 'x', 'x', '", IdOf(account), "', ", values, ")"));
    return id;
  };
  const std::string of = absl::StrCat("'", IdOf(questionnaire), "'");
  const std::string invitation =
      insert("survey_invitations", "questionnaire, expire_time, state", of + ", '2026-02-05', 'SUBMITTED'");
  const std::string response = insert("survey_responses", "questionnaire, invitation, submit_time",
                                      absl::StrCat(of, ", '", invitation, "', '2026-01-05'"));
  const std::string follow_up =
      insert("follow_ups", "response, due_time, state, owner",
             absl::StrCat("'", response, "', '2026-01-09', 'OPEN', '", IdOf(world.Name("KAX")), "'"));
  StateMachine machine;
  machine.service = "kam.satisfaction.v1.FollowUpService";
  machine.table = "follow_ups";
  machine.states = sv1::FollowUpState_descriptor();
  machine.verbs = {{"SetFollowUpMeasure", {{"OPEN", "MEASURE_SET"}, "MEASURE_SET"}},
                   {"CompleteFollowUp", {{"MEASURE_SET"}, "DONE"}}};
  machine.name = absl::StrCat("followUps/", follow_up);
  machine.columns = "done_time = NULL";
  EXPECT_EQ(TryEveryVerbInEveryState(world, machine), 2 + 1);
}

}  // namespace
}  // namespace kam::aftersales::testing

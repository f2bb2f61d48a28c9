// Yearly targets and monthly reviews of satisfaction through the service (S-33, S-34, P-23).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/testing/states.h"
#include "aftersales-svc/testing/surveys.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/satisfaction/v1/satisfaction_review_service.pb.h"
#include "kam/satisfaction/v1/satisfaction_target_service.pb.h"

namespace kam::aftersales::testing {
namespace {

namespace sv1 = ::kam::satisfaction::v1;
using ::kam::testing::HasReason;
using ::kam::testing::IsOk;
using ::kam::testing::NamesField;

constexpr char kTargets[] = "kam.satisfaction.v1.SatisfactionTargetService/";
constexpr char kReviews[] = "kam.satisfaction.v1.SatisfactionReviewService/";

class SatisfactionServiceTest : public ::testing::Test {
 protected:
  absl::StatusOr<sv1::SatisfactionTarget> Propose(const std::string& csat, const std::string& nps = "",
                                                  const std::string& subject = "", const std::string& who = "CSM") {
    sv1::CreateSatisfactionTargetRequest request;
    request.mutable_satisfaction_target()->set_year(2026);
    request.mutable_satisfaction_target()->set_csat(csat);
    request.mutable_satisfaction_target()->set_nps(nps);
    request.mutable_satisfaction_target()->set_subject(subject);
    return world_.Call<sv1::SatisfactionTarget>(who, absl::StrCat(kTargets, "CreateSatisfactionTarget"), request);
  }
  absl::StatusOr<sv1::SatisfactionTarget> Agree(const sv1::SatisfactionTarget& target,
                                                const std::string& who = "CRMD") {
    sv1::AgreeSatisfactionTargetRequest request;
    request.set_name(target.name());
    request.set_etag(target.etag());
    return world_.Call<sv1::SatisfactionTarget>(who, absl::StrCat(kTargets, "AgreeSatisfactionTarget"), request);
  }
  absl::StatusOr<sv1::SatisfactionReview> Open(const std::string& account, const std::string& month,
                                               const std::string& subject = "", const std::string& who = "KAM") {
    sv1::CreateSatisfactionReviewRequest request;
    request.mutable_satisfaction_review()->set_account(account);
    request.mutable_satisfaction_review()->set_month(month);
    request.mutable_satisfaction_review()->set_subject(subject);
    return world_.Call<sv1::SatisfactionReview>(who, absl::StrCat(kReviews, "CreateSatisfactionReview"), request);
  }
  template <typename Request>
  absl::StatusOr<sv1::SatisfactionReview> Do(const std::string& who, const std::string& verb, const std::string& name,
                                             Request request = {}) {
    request.set_name(name);
    return world_.Call<sv1::SatisfactionReview>(who, absl::StrCat(kReviews, verb), request);
  }
  absl::StatusOr<sv1::SatisfactionReview> SetMeasure(const std::string& name, const std::string& who = "KAM") {
    sv1::SetSatisfactionMeasureRequest request;
    request.set_cause("the workshop was full");
    request.set_measure("a second shift");
    request.set_measure_owner(world_.Name("SVM"));
    return Do(who, "SetSatisfactionMeasure", name, request);
  }
  absl::StatusOr<sv1::SatisfactionReview> Verify(const sv1::SatisfactionReview& review,
                                                 const std::string& who = "CRMD") {
    sv1::VerifySatisfactionReviewRequest request;
    request.set_etag(review.etag());
    return Do(who, "VerifySatisfactionReview", review.name(), request);
  }
  sv1::GetSatisfactionScoreResponse Score(const std::string& who = "AD", const std::string& subject = "") {
    sv1::GetSatisfactionScoreRequest request;
    request.set_month("2026-01");
    request.set_subject(subject);
    const auto score =
        world_.Call<sv1::GetSatisfactionScoreResponse>(who, absl::StrCat(kReviews, "GetSatisfactionScore"), request);
    EXPECT_THAT(score, IsOk());
    return score.value_or(sv1::GetSatisfactionScoreResponse());
  }

  World& world_ = World::Fresh();
};

// S-33: of many that are proposed at once one is the target of the year.
TEST_F(SatisfactionServiceTest, AYearHasOneTargetHoweverManyAreProposedAtOnce) {
  world_.As("CSM");  // Made once, before the threads.
  std::atomic<int> proposed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const auto target = Propose("4.2");
      if (target.ok()) {
        ++proposed;
      } else {
        EXPECT_EQ(target.status().code(), absl::StatusCode::kAlreadyExists) << target.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(proposed, 1);
}

// S-33: set together: customer service proposes, the customer-relationship director agrees.
TEST_F(SatisfactionServiceTest, ATargetIsProposedByOneAndAgreedByAnother) {
  const auto own = Propose("4.2", "", "", "CRMD");
  ASSERT_THAT(own, IsOk());
  EXPECT_THAT(Agree(*own), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Propose("4.3"), HasReason("SATISFACTION_TARGET_EXISTS"));
  EXPECT_THAT(Propose("5.1", "", "service"), NamesField("satisfaction_target.csat"));
  const auto target = Propose("4.3", "20", "service");
  ASSERT_THAT(target, IsOk()) << "another subject";
  EXPECT_THAT(Agree(*target, "CSM"), HasReason("PERMISSION_DENIED"));
  sv1::UpdateSatisfactionTargetRequest update;
  update.mutable_satisfaction_target()->set_name(target->name());
  update.mutable_satisfaction_target()->set_csat("4.1");
  const auto changed = [&] {
    return world_.Call<sv1::SatisfactionTarget>("CSM", absl::StrCat(kTargets, "UpdateSatisfactionTarget"), update);
  };
  ASSERT_THAT(changed(), IsOk());
  EXPECT_THAT(Agree(*target), HasReason("ETAG_MISMATCH")) << "not what was read";
  update.mutable_satisfaction_target()->set_csat("4.4");
  const auto now = changed();
  ASSERT_THAT(now, IsOk());
  sv1::SatisfactionTarget unread = *now;
  unread.clear_etag();
  EXPECT_THAT(Agree(unread), NamesField("etag"));
  ASSERT_THAT(Agree(*now), IsOk());
  EXPECT_THAT(changed(), HasReason("SATISFACTION_TARGET_AGREED"));
}

// S-33, S-34: figures are a basis of pay: whoever wrote the last ones is not the one who agrees to them.
TEST_F(SatisfactionServiceTest, NobodyAgreesToHisOwnLastFigures) {
  const auto target = Propose("4.5");
  ASSERT_THAT(target, IsOk());
  sv1::UpdateSatisfactionTargetRequest update;
  update.mutable_satisfaction_target()->set_name(target->name());
  update.mutable_satisfaction_target()->set_csat("3");
  const auto lowered =
      world_.Call<sv1::SatisfactionTarget>("CRMD", absl::StrCat(kTargets, "UpdateSatisfactionTarget"), update);
  ASSERT_THAT(lowered, IsOk());
  EXPECT_THAT(Agree(*lowered), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Agree(*lowered, "CRMD#other"), IsOk());
}

// S-34: under the target a measure is mandatory; figures are those of the month, counted and frozen.
TEST_F(SatisfactionServiceTest, AMonthBelowItsTargetNeedsAMeasureBeforeItIsChecked) {
  const std::string survey = ReleasedSurvey(world_, "service", "service");
  const std::string account = world_.NewAccount("KAX");
  const auto target = Propose("3.5");
  ASSERT_THAT(target, IsOk());
  ASSERT_THAT(Agree(*target), IsOk());
  Answer(world_, survey, account, 4, 10);
  Answer(world_, survey, account, 2, 3);
  EXPECT_THAT(Open(account, "2026-01"), HasReason("MONTH_NOT_OVER"));
  world_.SetTime("2026-01-31 23:59");
  EXPECT_THAT(Open(account, "2026-01"), HasReason("MONTH_NOT_OVER"));
  world_.SetTime("2026-02-01 00:00");
  const auto review = Open(account, "2026-01");
  ASSERT_THAT(review, IsOk());
  EXPECT_EQ(review->csat(), "3");
  EXPECT_EQ(review->csat_answers(), 2);
  EXPECT_EQ(review->nps(), "0");
  EXPECT_EQ(review->target(), target->name());
  EXPECT_TRUE(review->below_target());
  EXPECT_THAT(Open(account, "2026-01"), HasReason("SATISFACTION_REVIEW_EXISTS"));
  Answer(world_, survey, account, 1);
  EXPECT_THAT(Verify(*review), HasReason("MEASURE_REQUIRED"));
  const auto measured = SetMeasure(review->name());
  ASSERT_THAT(measured, IsOk());
  EXPECT_EQ(measured->measure_author(), world_.Name("KAM"));
  EXPECT_EQ(measured->csat(), "3") << "February does not change January";
  EXPECT_THAT(Verify(*review), HasReason("ETAG_MISMATCH"));
  const auto checked = Verify(*measured);
  ASSERT_THAT(checked, IsOk());
  EXPECT_EQ(checked->verifier(), world_.Name("CRMD"));
  EXPECT_THAT(SetMeasure(review->name()), HasReason("STATE_NOT_ALLOWED")) << "what was checked stays";
  sv1::RecordSatisfactionEffectRequest effect;
  effect.set_effect("waiting time halved");
  ASSERT_THAT(Do("KAM", "RecordSatisfactionEffect", review->name(), effect), IsOk());
  EXPECT_THAT(Do<sv1::SendSatisfactionReviewRequest>("KAM", "SendSatisfactionReview", review->name()),
              HasReason("PERMISSION_DENIED"));
  const auto sent = Do<sv1::SendSatisfactionReviewRequest>("CRMD", "SendSatisfactionReview", review->name());
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(World::Show(sent->send_time()), "2026-02-01 00:00");
}

// S-34: a review that was opened before the target was agreed is measured by it when it is checked.
TEST_F(SatisfactionServiceTest, AnEarlyReviewIsMeasuredByTheTargetAsWell) {
  const std::string account = world_.NewAccount("KAX");
  Answer(world_, ReleasedSurvey(world_, "service", "service"), account, 2);
  world_.SetTime("2026-02-01 09:00");
  const auto review = Open(account, "2026-01");
  ASSERT_THAT(review, IsOk());
  EXPECT_EQ(review->target(), "");
  const auto target = Propose("4.5");
  ASSERT_THAT(target, IsOk());
  ASSERT_THAT(Agree(*target), IsOk());
  EXPECT_THAT(Verify(*review), HasReason("MEASURE_REQUIRED"));
  const auto measured = SetMeasure(review->name());
  ASSERT_THAT(measured, IsOk());
  const auto checked = Verify(*measured);
  ASSERT_THAT(checked, IsOk());
  EXPECT_EQ(checked->target(), target->name());
  EXPECT_TRUE(checked->below_target());
}

// S-34: scores are a basis of pay: whoever wrote the review, or is to act, does not check it.
TEST_F(SatisfactionServiceTest, NobodyChecksHisOwnReview) {
  const std::string account = world_.NewAccount("KAX");
  world_.SetTime("2026-02-01 09:00");
  const auth::Principal both = world_.harness().PrincipalFor("CSM CRMD", world_.As("CSM#both").employee);
  sv1::CreateSatisfactionReviewRequest create;
  create.mutable_satisfaction_review()->set_account(account);
  create.mutable_satisfaction_review()->set_month("2026-01");
  const auto review =
      world_.harness().Call<sv1::SatisfactionReview>(both, absl::StrCat(kReviews, "CreateSatisfactionReview"), create);
  ASSERT_THAT(review, IsOk());
  EXPECT_EQ(review->csat(), "") << "nobody answered";
  EXPECT_FALSE(review->below_target());
  sv1::VerifySatisfactionReviewRequest verify;
  verify.set_name(review->name());
  verify.set_etag(review->etag());
  EXPECT_THAT(
      world_.harness().Call<sv1::SatisfactionReview>(both, absl::StrCat(kReviews, "VerifySatisfactionReview"), verify),
      HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Verify(*review), IsOk());
}

// S-34, P-23: the administration gets the score of what was checked, exact over all answers, and no accounts.
TEST_F(SatisfactionServiceTest, TheScoreIsThatOfTheCheckedReviews) {
  const std::string service = ReleasedSurvey(world_, "service", "service");
  const std::string sales = ReleasedSurvey(world_, "sales", "sales");
  const std::string first = world_.NewAccount("KAX"), second = world_.NewAccount("KAX"),
                    third = world_.NewAccount("KAX");
  for (const int overall : {5, 5, 4}) Answer(world_, service, first, overall);
  Answer(world_, sales, first, 1);
  Answer(world_, service, second, 2);
  Answer(world_, service, third, 1);
  world_.SetTime("2026-02-02 09:00");
  ASSERT_THAT(Verify(*Open(first, "2026-01")), IsOk());
  ASSERT_THAT(Verify(*Open(second, "2026-01")), IsOk());
  ASSERT_THAT(Open(third, "2026-01"), IsOk());
  const sv1::GetSatisfactionScoreResponse score = Score();
  EXPECT_EQ(score.csat(), "3.40") << "(5 + 5 + 4 + 1 + 2) / 5, not the mean of two means";
  EXPECT_EQ(score.csat_answers(), 5);
  EXPECT_EQ(score.accounts(), 2);
  EXPECT_EQ(score.unchecked(), 1);
  ASSERT_THAT(Verify(*Open(first, "2026-01", "service")), IsOk());
  EXPECT_EQ(Score("HR", "service").csat(), "4.67");
  EXPECT_EQ(Score("AD", "sales").csat(), "");
  EXPECT_FALSE(world_.As("AD").Holds("satisfaction_review.read"));
}

// S-34: two people open the review of the same month.
TEST_F(SatisfactionServiceTest, OneOfSeveralReviewsOfAMonthIsOpened) {
  const std::string account = world_.NewAccount("KAX");
  world_.SetTime("2026-02-01 09:00");
  constexpr int kPeople = 5;
  const auth::Principal manager = world_.As("KAM");
  std::atomic<int> won = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kPeople; ++i) {
    threads.emplace_back([&] {
      sv1::CreateSatisfactionReviewRequest request;
      request.mutable_satisfaction_review()->set_account(account);
      request.mutable_satisfaction_review()->set_month("2026-01");
      const auto answer = world_.harness().Call<sv1::SatisfactionReview>(
          manager, absl::StrCat(kReviews, "CreateSatisfactionReview"), request);
      if (answer.ok()) ++won;
      if (Reason(answer.status()) == "SATISFACTION_REVIEW_EXISTS") ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, kPeople - 1);
}

// S-34, R.2
TEST_F(SatisfactionServiceTest, EverybodySeesTheReviewsInReach) {
  world_.SetTime("2026-02-01 09:00");
  ASSERT_THAT(Open(world_.NewAccount("KAX"), "2026-01"), IsOk());
  const std::string foreign = world_.NewAccount("KAX@2");
  EXPECT_THAT(Open(foreign, "2026-01"), HasReason("OUT_OF_SCOPE"));
  ASSERT_THAT(Open(foreign, "2026-01", "", "KAM@2"), IsOk());
  const auto count = [&](const std::string& who) {
    const auto list = world_.Call<sv1::ListSatisfactionReviewsResponse>(
        who, absl::StrCat(kReviews, "ListSatisfactionReviews"), kam::api::ListRequest());
    return list.ok() ? list->satisfaction_reviews_size() : -1;
  };
  EXPECT_EQ(count("KAX"), 1);
  EXPECT_EQ(count("KAM"), 1);
  EXPECT_EQ(count("CRMD"), 2);
  EXPECT_EQ(count("AD"), -1);
}

// S-33, S-34
TEST_F(SatisfactionServiceTest, EveryVerbIsOpenInExactlyItsStates) {
  StateMachine target;
  target.service = "kam.satisfaction.v1.SatisfactionTargetService";
  target.table = "satisfaction_targets";
  target.states = sv1::SatisfactionTargetState_descriptor();
  target.verbs = {{"AgreeSatisfactionTarget", {{"DRAFT"}, "AGREED"}}};
  target.name = Propose("4")->name();
  target.columns = "agreed_by = NULL";
  EXPECT_EQ(TryEveryVerbInEveryState(world_, target), 1);

  world_.SetTime("2026-02-01 09:00");
  StateMachine review;
  review.service = "kam.satisfaction.v1.SatisfactionReviewService";
  review.table = "satisfaction_reviews";
  review.states = sv1::SatisfactionReviewState_descriptor();
  review.verbs = {{"SetSatisfactionMeasure", {{"OPEN", "MEASURE_SET"}, "MEASURE_SET"}},
                  {"RecordSatisfactionEffect", {{"MEASURE_SET", "VERIFIED", "SENT"}, ""}},
                  {"VerifySatisfactionReview", {{"OPEN", "MEASURE_SET"}, "VERIFIED"}},
                  {"SendSatisfactionReview", {{"VERIFIED"}, "SENT"}}};
  review.name = Open(world_.NewAccount("KAX"), "2026-01")->name();
  review.columns = "measure = 'x', measure_author = NULL, measure_owner = NULL, verifier = NULL";
  review.references = {{"employees", world_.Name("SVM")}};
  EXPECT_EQ(TryEveryVerbInEveryState(world_, review), 2 + 2 + 1);
}

}  // namespace
}  // namespace kam::aftersales::testing

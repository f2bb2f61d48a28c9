#include "account-svc/rules/training_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/organization/v1/training.pb.h"
#include "kam/organization/v1/training_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;
namespace pb = organization::v1;

pb::TrainingSession ATraining() {
  pb::TrainingSession training;
  training.set_trainer("employees/trainer");
  training.set_start_date("2026-01-05");
  training.set_pass_mark("60");
  training.add_attendees()->set_employee("employees/a");
  training.add_attendees()->set_employee("employees/b");
  training.set_state(pb::TRAINING_STATE_PLANNED);
  return training;
}

pb::HoldTrainingRequest Results(const std::string& score_of_b) {
  pb::HoldTrainingRequest request;
  request.add_results()->set_employee("employees/a");
  pb::TrainingResult* b = request.add_results();
  b->set_employee("employees/b");
  b->set_attended(true);
  b->set_score(score_of_b);
  return request;
}

// G-14
TEST(Training, HasOneTrainerAndEverybodyOnce) {
  pb::TrainingSession training = ATraining();
  EXPECT_THAT(CheckTraining(training), IsOk());
  training.set_external_trainer("厂家");
  EXPECT_THAT(CheckTraining(training), HasReason("TRAINER_REQUIRED"));
  training.clear_trainer();
  EXPECT_THAT(CheckTraining(training), IsOk());
  training.clear_external_trainer();
  EXPECT_THAT(CheckTraining(training), HasReason("TRAINER_REQUIRED"));
  training = ATraining();
  training.add_attendees()->set_employee("employees/a");
  EXPECT_THAT(CheckTraining(training), HasReason("ATTENDEE_REPEATED"));
  EXPECT_THAT(CheckTrainingUpdate(training), IsOk());
  training.set_state(pb::TRAINING_STATE_HELD);
  EXPECT_THAT(CheckTrainingUpdate(training), HasReason("TRAINING_FROZEN"));
}

// G-14: whoever comes is examined, and the mark decides.
TEST(Training, IsPassedByTheMark) {
  pb::TrainingSession training = ATraining();
  EXPECT_THAT(HoldTraining(Results("60").results(), "employees/x", "2026-01-04", &training),
              HasReason("TRAINING_NOT_BEGUN"));
  EXPECT_THAT(HoldTraining(Results("").results(), "employees/x", "2026-01-05", &training), HasReason("SCORE_REQUIRED"));
  ASSERT_THAT(HoldTraining(Results("60.00").results(), "employees/x", "2026-01-05", &training), IsOk());
  EXPECT_EQ(training.attended(), 1);
  EXPECT_EQ(training.passed(), 1);
  EXPECT_FALSE(training.attendees(0).passed());
  ASSERT_THAT(HoldTraining(Results("59.99").results(), "employees/x", "2026-01-05", &training), IsOk());
  EXPECT_EQ(training.passed(), 0);
  training.clear_pass_mark();
  ASSERT_THAT(HoldTraining(Results("").results(), "employees/x", "2026-01-05", &training), IsOk());
  EXPECT_EQ(training.passed(), 1);
  pb::HoldTrainingRequest request = Results("60");
  request.add_results()->set_employee("employees/c");
  EXPECT_THAT(HoldTraining(request.results(), "employees/x", "2026-01-05", &training),
              HasReason("ATTENDANCE_INCOMPLETE"));
  request.mutable_results()->RemoveLast();
  request.mutable_results()->RemoveLast();
  EXPECT_THAT(HoldTraining(request.results(), "employees/x", "2026-01-05", &training),
              HasReason("ATTENDANCE_INCOMPLETE"));
}

// G-14, P-52
TEST(Training, IsJudgedBySomebodyElse) {
  pb::TrainingSession training = ATraining();
  const absl::Time now = absl::FromUnixSeconds(1'767'571'200);
  EXPECT_THAT(EvaluateTraining("employees/trainer", 4, "好", now, &training), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(EvaluateTraining("employees/hr", 0, "好", now, &training), HasReason("FIELD_OUT_OF_RANGE"));
  ASSERT_THAT(EvaluateTraining("employees/hr", 4, "好", now, &training), IsOk());
  EXPECT_EQ(training.rating(), 4);
}

}  // namespace
}  // namespace kam::account::rules

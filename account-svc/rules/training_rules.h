// Rules of training (G-14). Pure.
#ifndef KAM_ACCOUNT_SVC_RULES_TRAINING_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_TRAINING_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/money/decimal.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "kam/organization/v1/training.pb.h"

namespace kam::organization::v1 {
class TrainingReport;
class TrainingResult;
}  // namespace kam::organization::v1

namespace kam::account::rules {

// TRAINER_REQUIRED, ATTENDEE_REPEATED.
absl::Status CheckTraining(const organization::v1::TrainingSession& training);
// TRAINING_FROZEN once it was held or called off.
absl::Status CheckTrainingUpdate(const organization::v1::TrainingSession& before);
// Who records what came of it: the trainer, or whoever plans training. NOT_THE_TRAINER.
absl::Status CheckHolds(absl::string_view actor, bool plans_training,
                        const organization::v1::TrainingSession& training);
// Who came, what he scored, whether he passed: TRAINING_NOT_BEGUN, ATTENDANCE_INCOMPLETE, SCORE_REQUIRED.
absl::Status HoldTraining(const google::protobuf::RepeatedPtrField<organization::v1::TrainingResult>& results,
                          absl::string_view actor, const std::string& today,
                          organization::v1::TrainingSession* training);
absl::Status EvaluateTraining(const std::string& actor, int rating, const std::string& effect, absl::Time now,
                              organization::v1::TrainingSession* training);

// Somebody on the list of a training that was not called off.
struct TrainingRow {
  std::string session, title;
  organization::v1::TrainingKind kind = organization::v1::TRAINING_KIND_UNSPECIFIED;
  organization::v1::TrainingState state = organization::v1::TRAINING_STATE_UNSPECIFIED;
  std::string start_date;
  Decimal hours;
  int rating = 0;  // 0: not judged.
  std::string employee;
  bool attended = false, passed = false;
};
// The report of a period (P-52): by course and in all. `staff`: people in service in it. A session is in the rows once
// for everybody called to it, one row after the other.
absl::StatusOr<organization::v1::TrainingReport> SumUpTraining(const std::vector<TrainingRow>& rows, int staff,
                                                               const std::string& today);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_TRAINING_RULES_H_

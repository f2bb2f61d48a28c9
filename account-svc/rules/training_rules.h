// Rules of training (G-14). Pure.
#ifndef KAM_ACCOUNT_SVC_RULES_TRAINING_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_TRAINING_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace kam::organization::v1 {
class TrainingResult;
class TrainingSession;
}  // namespace kam::organization::v1

namespace kam::account::rules {

// TRAINER_REQUIRED, ATTENDEE_REPEATED.
absl::Status CheckTraining(const organization::v1::TrainingSession& training);
// TRAINING_FROZEN once it was held or called off.
absl::Status CheckTrainingUpdate(const organization::v1::TrainingSession& before);
// Who came, what he scored, whether he passed: TRAINING_NOT_BEGUN, ATTENDANCE_INCOMPLETE, SCORE_REQUIRED.
absl::Status HoldTraining(const google::protobuf::RepeatedPtrField<organization::v1::TrainingResult>& results,
                          absl::string_view actor, const std::string& today,
                          organization::v1::TrainingSession* training);
absl::Status EvaluateTraining(const std::string& actor, int rating, const std::string& effect, absl::Time now,
                              organization::v1::TrainingSession* training);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_TRAINING_RULES_H_

// Instants in messages.
#ifndef KAM_CONTRACT_SVC_RULES_TIME_H_
#define KAM_CONTRACT_SVC_RULES_TIME_H_

#include "absl/time/time.h"

namespace google::protobuf {
class Timestamp;
}

namespace kam::contract::rules {

// Whole microseconds, as the database keeps them.
void SetTime(absl::Time time, google::protobuf::Timestamp* stamp);
absl::Time TimeOf(const google::protobuf::Timestamp& stamp);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_TIME_H_

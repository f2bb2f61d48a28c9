// State machines over all pairs of state and verb, through the service.
#ifndef KAM_ACCOUNT_SVC_TESTING_STATES_H_
#define KAM_ACCOUNT_SVC_TESTING_STATES_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "account-svc/testing/account_fixture.h"
#include "google/protobuf/descriptor.h"

namespace kam::account {

struct Verb {
  std::string rpc;             // For messages.
  std::set<std::string> from;  // States without the prefix of the enum.
  std::function<absl::Status()> call;
};

// Puts the row into each state of `states` and tries each verb: STATE_NOT_ALLOWED exactly where the verb does not
// start. What else an allowed verb says does not matter.
void ExpectPairs(World& world, const std::string& table, const std::string& name,
                 const google::protobuf::EnumDescriptor* states, const std::vector<Verb>& verbs);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_TESTING_STATES_H_

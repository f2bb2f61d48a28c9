// Every state of a resource of this service with every verb (common/testing/states.h), in a world.
#ifndef KAM_AFTERSALES_SVC_TESTING_STATES_H_
#define KAM_AFTERSALES_SVC_TESTING_STATES_H_

#include "aftersales-svc/testing/world.h"
#include "common/testing/states.h"

namespace kam::aftersales::testing {

using ::kam::testing::StateMachine;
using ::kam::testing::Verb;

inline int TryEveryVerbInEveryState(World& world, const StateMachine& machine) {
  return ::kam::testing::TryEveryVerbInEveryState(world.harness(), world.Almighty(), machine);
}

}  // namespace kam::aftersales::testing

#endif  // KAM_AFTERSALES_SVC_TESTING_STATES_H_

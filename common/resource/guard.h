// The guards around every handler of a service.
#ifndef KAM_COMMON_RESOURCE_GUARD_H_
#define KAM_COMMON_RESOURCE_GUARD_H_

#include "common/resource/runtime.h"
#include "common/rpc/call.h"

namespace kam::resource {

// Puts the guards around every handler: the request is validated by its field rules before, sensitive fields the caller
// may not see are cleared from the answer after. Call once, when all handlers are registered. `runtime` outlives them.
void GuardHandlers(const Runtime& runtime, rpc::Registry* registry);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_GUARD_H_

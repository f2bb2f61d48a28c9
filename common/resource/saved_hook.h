// What more is done after every write of a type, besides what the service that keeps the type does.
#ifndef KAM_COMMON_RESOURCE_SAVED_HOOK_H_
#define KAM_COMMON_RESOURCE_SAVED_HOOK_H_

#include <utility>

#include "absl/status/status.h"
#include "common/resource/runtime.h"

namespace kam::resource {

// At start-up, when the hooks of T are set: adds `more(work, before, after)` to what follows a write of T, in its
// transaction. `before` is null for a new resource.
template <typename T, typename More>
void AddSaved(Runtime& runtime, More more) {
  Hooks hooks = runtime.HooksOf(T::descriptor());
  hooks.on_saved = [saved = std::move(hooks.on_saved), more = std::move(more)](
                       UnitOfWork& work, const google::protobuf::Message* before,
                       const google::protobuf::Message& after) -> absl::Status {
    if (saved) RETURN_IF_ERROR(saved(work, before, after));
    return more(work, static_cast<const T*>(before), static_cast<const T&>(after));
  };
  runtime.SetHooks(T::descriptor(), std::move(hooks));
}

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_SAVED_HOOK_H_

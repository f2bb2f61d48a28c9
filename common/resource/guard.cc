#include "common/resource/guard.h"

#include <utility>

#include "common/resource/sensitive.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "google/protobuf/message.h"

namespace kam::resource {

using google::protobuf::Message;

void GuardHandlers(const Runtime& runtime, rpc::Registry* registry) {
  registry->WrapAll([&runtime](rpc::Handler handler) -> rpc::Handler {
    return [&runtime, handler = std::move(handler)](rpc::Call& call, const Message& request,
                                                    Message* response) -> absl::Status {
      RETURN_IF_ERROR(ValidateRequest(request));
      RETURN_IF_ERROR(handler(call, request, response));
      return HideSensitive(runtime.database(), runtime.catalog(), call.principal, call.deadline, response);
    };
  });
}

}  // namespace kam::resource

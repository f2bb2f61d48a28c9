#include "common/service/peer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status.h"

namespace kam::service {

absl::Status Peer::Ask(absl::string_view method, const google::protobuf::Message& request,
                       google::protobuf::Message* response, absl::Time deadline) {
  rpc::CallOptions options;
  options.deadline = std::min(deadline, absl::Now() + kTimeout);
  ASSIGN_OR_RETURN(options.bearer, issuer_.MintForSelf(absl::Now()));
  const absl::Status status = client_.Call(method, request, response, options);
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
    return RetryLater(absl::StatusCode::kUnavailable, unavailable_,
                      absl::StrCat(program_, " does not answer; nothing was changed"), absl::Seconds(1));
  }
  return status;
}

Ask AskOf(Peer* peer) {
  if (peer == nullptr) return nullptr;
  return [peer](absl::string_view method, const google::protobuf::Message& request, google::protobuf::Message* response,
                absl::Time deadline) { return peer->Ask(method, request, response, deadline); };
}

}  // namespace kam::service

// The door: from the Authorization header of a caller to a session that may call a method. Shared by the HTTP and the
// native gRPC edge.
#ifndef KAM_GATEWAY_ACCESS_H_
#define KAM_GATEWAY_ACCESS_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/client.h"
#include "gateway/identity.h"
#include "gateway/targets.h"

namespace kam::gateway {

// Longest time a call may take, whatever the caller asks for.
inline constexpr absl::Duration kCallTimeoutMax = absl::Seconds(30);

// Thread-safe. Both parts outlive it.
class Access {
 public:
  Access(OutsideAuthenticator* authenticator, Sessions* sessions)
      : authenticator_(authenticator), sessions_(sessions) {}

  using Callback = std::function<void(absl::StatusOr<SessionPtr>)>;
  // Called once: inline when everything is cached, otherwise on another thread; must not block. Besides the errors of
  // the two parts PERMISSION_DENIED PERMISSION_DENIED when the caller does not hold the permission of the method.
  void Admit(const std::string* authorization, const std::string& traceparent, const Target& target, Callback callback);

 private:
  OutsideAuthenticator* const authenticator_;
  Sessions* const sessions_;
};

// All that goes to a backend besides the request: nothing a caller sent gets there unless it is made here.
rpc::RawMetadata BackendMetadata(const Session& session, const std::string& traceparent);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_ACCESS_H_

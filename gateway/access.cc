#include "gateway/access.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"
#include "kam/api/method.pb.h"

namespace kam::gateway {

void Access::Admit(const std::string* authorization, const std::string& traceparent, const Target& target,
                   Callback callback) {
  authenticator_->Authenticate(
      authorization, [this, traceparent, &target, callback = std::move(callback)](absl::StatusOr<std::string> login) {
        if (!login.ok()) return callback(std::move(login).status());
        sessions_->Resolve(*login, traceparent, [&target, callback](absl::StatusOr<SessionPtr> session) {
          if (!session.ok()) return callback(std::move(session).status());
          const std::string& permission = target.rules->permission();
          if (!(*session)->principal.Holds(permission)) {
            return callback(Error(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                                  absl::StrCat("needs permission ", permission), {{"permission", permission}}));
          }
          callback(std::move(session));
        });
      });
}

rpc::RawMetadata BackendMetadata(const Session& session, const std::string& traceparent) {
  return {{"authorization", absl::StrCat("Bearer ", session.token)},
          {"traceparent", rpc::ChildTraceparent(traceparent)}};
}

}  // namespace kam::gateway

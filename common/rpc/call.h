// One RPC in flight, as a handler sees it, and the table of handlers of a program.
#ifndef KAM_COMMON_RPC_CALL_H_
#define KAM_COMMON_RPC_CALL_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/auth/principal.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "kam/api/method.pb.h"

namespace kam::rpc {

// What the edge knows of a call once identity and permission were checked. Handlers may run on any executor thread;
// one call is on one thread at a time.
struct Call {
  Call() : Call(std::make_shared<const auth::Principal>()) {}
  explicit Call(std::shared_ptr<const auth::Principal> who) : caller(std::move(who)), principal(*caller) {}

  const google::protobuf::MethodDescriptor* method = nullptr;
  const kam::api::Method* rules = nullptr;  // Options of `method`.
  // Shared with the cache of verified tokens: teams and grants may be large.
  std::shared_ptr<const auth::Principal> caller;
  const auth::Principal& principal;  // *caller
  absl::Time deadline = absl::InfiniteFuture();
  // W3C trace context of the caller, passed on to every further call.
  std::string traceparent;
  // Set once the caller has hung up; null outside a server. Long work may ask and stop early.
  const std::atomic<bool>* cancelled = nullptr;
  bool is_cancelled() const { return cancelled != nullptr && cancelled->load(std::memory_order_relaxed); }
  // Level at which the caller holds the permission of this method.
  auth::Level level() const { return principal.LevelFor(rules->permission()); }
};

// Answers one call. Blocking is fine: handlers run on the server's own executor, not on gRPC threads.
using Handler =
    std::function<absl::Status(Call&, const google::protobuf::Message& request, google::protobuf::Message* response)>;

// Full method names ("kam.account.v1.AccountService/GetAccount") to handlers. Filled at start-up, then read only.
class Registry {
 public:
  // Dies when the method is not in the descriptor pool, is registered twice or streams.
  void Add(absl::string_view full_method, Handler handler);

  // Typed form: registry.Add<pb::VerifyAccountRequest, pb::Account>("kam....AccountService/VerifyAccount",
  //   [&](Call& call, const pb::VerifyAccountRequest& request) -> absl::StatusOr<pb::Account> {...});
  template <typename Request, typename Response, typename Fn>
  void Add(absl::string_view full_method, Fn fn) {
    Add(full_method, Handler([fn = std::move(fn)](Call& call, const google::protobuf::Message& request,
                                                  google::protobuf::Message* response) -> absl::Status {
          absl::StatusOr<Response> answer = fn(call, static_cast<const Request&>(request));
          if (!answer.ok()) return std::move(answer).status();
          static_cast<Response*>(response)->Swap(&*answer);
          return absl::OkStatus();
        }));
  }

  struct Entry {
    const google::protobuf::MethodDescriptor* method = nullptr;
    const kam::api::Method* rules = nullptr;
    Handler handler;
  };
  const Entry* Find(absl::string_view full_method) const;
  const std::map<std::string, Entry, std::less<>>& entries() const { return entries_; }

  // Fails when a method of a service whose (kam.api.backend) is `backend` has no handler, a handler's method has no
  // permission, or a handler belongs to another backend: a program refuses to start then. The generated pool cannot
  // be listed, so the services looked at are those in the files of the methods registered and those named (full
  // names, "kam.account.v1.AccountService").
  absl::Status CheckComplete(absl::string_view backend, absl::Span<const absl::string_view> service_names = {}) const;

  // Puts `wrap` around every handler registered so far: for what must hold of all of them.
  void WrapAll(const std::function<Handler(Handler)>& wrap) {
    for (auto& [name, entry] : entries_) entry.handler = wrap(std::move(entry.handler));
  }

 private:
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_CALL_H_

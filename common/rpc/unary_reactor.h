// One call from its headers to its end. Internal to common/rpc; see server.h.
#ifndef KAM_COMMON_RPC_UNARY_REACTOR_H_
#define KAM_COMMON_RPC_UNARY_REACTOR_H_

#include <grpcpp/generic/async_generic_service.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"
#include "common/rpc/server_core.h"

namespace kam::rpc {

// Lives until gRPC calls OnDone, which it does only after Finish: every path below ends in End() once.
// Headers and body are handled on gRPC threads, which never wait; Run() is on an executor thread.
class UnaryReactor final : public grpc::ServerGenericBidiReactor {
 public:
  UnaryReactor(ServerCore* core, grpc::GenericCallbackServerContext* context, absl::string_view method)
      : core_(core), context_(context), method_(method), target_(core->Find(method)) {
    const bool room = core_->Enter();
    core_->metrics().Started(target_.metrics);
    if (absl::Status status = Admit(room); !status.ok()) {
      End(status);
    } else {
      StartRead(&request_);
    }
  }

  // As if the caller had gone away. From any thread, until OnDone.
  void Cancel() { context_->TryCancel(); }

 private:
  void OnReadDone(bool ok) override;
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override;

  // All that can be refused before the body is read; `room`: the call is one of no more than calls_max.
  absl::Status Admit(bool room);
  absl::Status Authenticate();
  // Gives the call, with its body, to the executor.
  absl::Status Enqueue();
  void Run();
  // Reads the request, runs the handler, writes the answer into response_.
  absl::Status Handle();
  // Answers. Nothing may follow: this object may be gone.
  void End(const absl::Status& status);
  // Metrics and the log line.
  void Record(const absl::Status& status, const std::string& correlation_id);

  ServerCore* const core_;
  grpc::GenericCallbackServerContext* const context_;
  const std::string method_;
  const ServerCore::Target& target_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point queued_at_{};
  absl::Duration queued_ = absl::ZeroDuration();
  std::string traceparent_;
  std::optional<Call> call_;  // Once the caller is known.
  std::atomic<bool> cancelled_ = false;
  bool watched_ = false;
  grpc::ByteBuffer request_, response_;
  int64_t request_bytes_ = 0, response_bytes_ = 0;
};

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_UNARY_REACTOR_H_

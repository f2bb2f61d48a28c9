// The gateway with all its parts, over real sockets, in front of a real gRPC server that plays account-svc. For tests.
#ifndef KAM_GATEWAY_TESTING_EDGE_WORLD_H_
#define KAM_GATEWAY_TESTING_EDGE_WORLD_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/dev_issuer.h"
#include "common/auth/internal_token.h"
#include "common/auth/principal.h"
#include "common/rpc/call.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/time/clock.h"
#include "gateway/access.h"
#include "gateway/gateway.h"
#include "gateway/http/raw_client.h"
#include "gateway/http/server.h"
#include "gateway/identity.h"
#include "gateway/native.h"
#include "gateway/targets.h"
#include "kam/testing/v1/transcode_test.pb.h"

namespace prometheus {
class Registry;
}

namespace kam::gateway {

// A clock that stands until it is moved.
class TestClock : public Clock {
 public:
  absl::Time Now() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return now_;
  }
  void Advance(absl::Duration by) {
    const std::lock_guard<std::mutex> lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_ = absl::Now();
};

struct WorldOptions {
  bool backend = true;
  std::string openapi_json = "{\"openapi\":\"3.1.0\"}";
  Sessions::Options sessions;
  http::ServerOptions http;
  NativeOptions native;
};

class EdgeWorld {
 public:
  explicit EdgeWorld(WorldOptions options = {});
  ~EdgeWorld();

  // What the backend saw and answers.
  struct Seen {
    auth::Principal principal;
    std::string traceparent;
    absl::Duration time_left;
  };
  std::vector<Seen> seen();
  std::vector<rpc::RawMetadata> sent_metadata();
  int resolved() const { return resolved_; }
  // Answers of GetClient wait until Open() when the gate is closed.
  void CloseGate();
  void OpenGate();
  void WaitForCalls(size_t count);
  // The answer to GetClient when it is not OK.
  void set_failure(absl::Status status);
  void set_grants(std::map<std::string, std::string> grants);
  testing::v1::CreateClientRequest created();
  void StopBackend();

  std::string Token(absl::string_view login = "anna");
  std::string TokenAt(absl::string_view login, absl::Time now);
  uint16_t port() const { return http_->port(); }
  int native_port() const { return native_->port(); }
  Access& access() { return *access_; }
  const Targets& targets() { return *targets_; }
  TestClock& clock() { return clock_; }
  std::string metrics();
  std::string jwks_file() const;

  // One request on a connection of its own. `headers`: whole lines.
  http::RawResponse Ask(absl::string_view method, absl::string_view target, absl::string_view headers = "",
                        absl::string_view body = "");
  // The same with a good token.
  http::RawResponse AskAs(absl::string_view login, absl::string_view method, absl::string_view target,
                          absl::string_view headers = "", absl::string_view body = "");

 private:
  void AddHandlers();

  std::string directory_;
  TestClock clock_;
  std::shared_ptr<prometheus::Registry> metrics_;
  std::unique_ptr<auth::DevIssuer> identity_provider_;
  std::unique_ptr<auth::InternalIssuer> issuer_;
  std::unique_ptr<auth::InternalAuthenticator> backend_authenticator_;
  rpc::Registry handlers_;
  std::unique_ptr<rpc::Server> backend_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Seen> seen_;
  std::vector<rpc::RawMetadata> sent_metadata_;
  std::atomic<int> resolved_ = 0;
  bool gate_open_ = true;
  absl::Status failure_;
  std::map<std::string, std::string> grants_;
  testing::v1::CreateClientRequest created_;

  std::unique_ptr<OutsideAuthenticator> authenticator_;
  std::unique_ptr<Sessions> sessions_;
  Backends backends_;
  std::unique_ptr<Targets> targets_;
  std::unique_ptr<Access> access_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<NativeServer> native_;
  std::unique_ptr<http::HttpServer> http_;
};

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_TESTING_EDGE_WORLD_H_

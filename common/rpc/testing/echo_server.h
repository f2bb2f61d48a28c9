// A server of EchoService on a free port with a client beside it, for tests.
#ifndef KAM_COMMON_RPC_TESTING_ECHO_SERVER_H_
#define KAM_COMMON_RPC_TESTING_ECHO_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/echo.pb.h"

namespace kam::rpc::testing {

inline constexpr char kEcho[] = "kam.rpc.testing.EchoService/Echo";
inline constexpr char kEchoBulk[] = "kam.rpc.testing.EchoService/EchoBulk";
inline constexpr char kHealthCheck[] = "grpc.health.v1.Health/Check";

// Tokens: "good" may use echo, "weak" may nothing, "expired" ran out, any other is not valid.
class TestAuthenticator : public auth::Authenticator {
 public:
  absl::StatusOr<auth::Principal> Authenticate(absl::string_view bearer, absl::Time now) override;
};

class EchoServer {
 public:
  using Behaviour = std::function<absl::StatusOr<EchoResponse>(Call&, const EchoRequest&)>;

  // Both methods do `behaviour`; the default one gives the text back.
  explicit EchoServer(ServerOptions options = {}, Behaviour behaviour = nullptr);

  Server& server() { return *server_; }
  Client& client() { return *client_; }
  std::unique_ptr<Client> NewClient(ClientOptions options = {}) const;
  std::string Metrics() const;  // Prometheus text.

  absl::StatusOr<std::string> Echo(const std::string& text, CallOptions options = {.bearer = "good"},
                                   const char* method = kEcho);
  // Waits for the answer of CallRaw.
  RawAnswer Raw(const char* method, std::string payload, const RawMetadata& metadata,
                absl::Duration timeout = absl::Seconds(30));

 private:
  TestAuthenticator authenticator_;
  Registry registry_;
  std::shared_ptr<prometheus::Registry> metrics_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Client> client_;
};

// The error of a raw answer.
absl::Status ToStatus(const RawAnswer& answer);

}  // namespace kam::rpc::testing

#endif  // KAM_COMMON_RPC_TESTING_ECHO_SERVER_H_

// A small program of the suite, run by program_test as a process of its own.
#include <unistd.h>

#include <fstream>
#include <string>

#include "absl/flags/flag.h"
#include "common/log/log.h"
#include "common/rpc/testing/echo.pb.h"
#include "common/server/program.h"
#include "common/status/status.h"

ABSL_FLAG(std::string, gate_file, "", "Ready once this file exists; empty: ready at once.");

namespace {

class AnyoneAuthenticator : public kam::auth::Authenticator {
 public:
  absl::StatusOr<kam::auth::Principal> Authenticate(absl::string_view, absl::Time) override {
    kam::auth::Principal principal;
    principal.subject = "programs/test";
    principal.grants["echo.use"] = kam::auth::Level::kAll;
    return principal;
  }
};

using kam::rpc::testing::EchoRequest;
using kam::rpc::testing::EchoResponse;

// Reads the FIFO that the request names, so that the test decides when the call ends.
absl::StatusOr<EchoResponse> Echo(kam::rpc::Call&, const EchoRequest& request) {
  EchoResponse response;
  response.set_text(request.text());
  if (!request.data().empty()) {
    kam::log::Info("handler waits");
    std::ifstream fifo(request.data());
    std::string word;
    fifo >> word;
    response.set_text(word);
  }
  return response;
}

}  // namespace

int main(int argc, char** argv) {
  kam::server::Program program("testee", argc, argv);
  const std::string gate = absl::GetFlag(FLAGS_gate_file);
  program.AddCheck("gate", [&gate]() -> absl::Status {
    if (gate.empty() || access(gate.c_str(), F_OK) == 0) return absl::OkStatus();
    return kam::Error(absl::StatusCode::kUnavailable, "GATE_CLOSED", "the gate file is missing");
  });
  kam::rpc::Registry registry;
  registry.Add<EchoRequest, EchoResponse>("kam.rpc.testing.EchoService/Echo", Echo);
  AnyoneAuthenticator authenticator;
  program.OnStop([] { kam::log::Info("stop hook"); });
  program.Serve(registry, authenticator);
  return program.Run();
}

// kamctl clock: moves the sandbox clock of the services. Not through the gateway, which does not route it on purpose:
// it is a call of one program to another, made with the key of the gateway.
#ifndef KAM_GATEWAY_KAMCTL_SANDBOX_H_
#define KAM_GATEWAY_KAMCTL_SANDBOX_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kam::auth {
class InternalIssuer;
}
namespace kam::rpc {
class Client;
}

namespace kam::ctl {

class SandboxClock {
 public:
  // `services`: "account-svc=127.0.0.1:50051", ... . `program_key_file`: private key of the gateway.
  // SERVICE_INVALID names what is wrong.
  static absl::StatusOr<std::unique_ptr<SandboxClock>> Create(const std::vector<std::string>& services,
                                                              const std::string& program_key_file);
  ~SandboxClock();

  // Sets every service to `time`, one after the other; what falls due on the way is done. The clock only goes forward:
  // services that are ahead of `time` already stay, and the others follow them. Returns the time they have then.
  absl::StatusOr<absl::Time> MoveTo(absl::Time time);

 private:
  struct Service {
    std::string method;  // Full name of its RPC.
    std::unique_ptr<rpc::Client> client;
  };
  SandboxClock(std::unique_ptr<auth::InternalIssuer> issuer, std::vector<Service> services);
  absl::StatusOr<absl::Time> Advance(const Service& service, absl::Time time);

  const std::unique_ptr<auth::InternalIssuer> issuer_;
  const std::vector<Service> services_;
};

}  // namespace kam::ctl

#endif  // KAM_GATEWAY_KAMCTL_SANDBOX_H_

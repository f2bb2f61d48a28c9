// What the gateway can call: every method of the linked services, and the program that serves it.
#ifndef KAM_GATEWAY_TARGETS_H_
#define KAM_GATEWAY_TARGETS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/client.h"

namespace google::protobuf {
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace kam::api {
class Method;
}

namespace kam::gateway {

// One method that callers from outside may reach.
struct Target {
  const google::protobuf::MethodDescriptor* method = nullptr;
  const kam::api::Method* rules = nullptr;
  // "kam.account.v1.AccountService/GetAccount"
  std::string full_name;
  std::string backend;
  // It changes nothing: HTTP serves it with GET.
  bool reads = false;
  rpc::Client* client = nullptr;
};

// Programs by name ("account-svc") with the connection to each.
using Backends = std::map<std::string, std::unique_ptr<rpc::Client>, std::less<>>;

// Immutable, thread-safe.
class Targets {
 public:
  // Every service of the generated descriptor pool whose (kam.api.backend) is a key of `backends`, which outlive this.
  // Methods marked internal are left out. INTERNAL when a method declares no permission or streams: the gateway
  // refuses to start then.
  static absl::StatusOr<Targets> FromPool(const Backends& backends);

  // Null: unknown, or not for callers from outside.
  const Target* Find(absl::string_view full_name) const;
  // Services with at least one target, by name.
  const std::vector<const google::protobuf::ServiceDescriptor*>& services() const { return services_; }
  size_t size() const { return targets_.size(); }

 private:
  std::vector<const google::protobuf::ServiceDescriptor*> services_;
  absl::flat_hash_map<std::string, std::unique_ptr<Target>> targets_;
};

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_TARGETS_H_

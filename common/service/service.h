// What the services have in common, from flags to shutdown. A main.cc says only what is its own:
//
//   int main(int argc, char** argv) {
//     kam::service::Parts parts;
//     parts.name = "contract-svc";
//     parts.schema_directory = "contract-svc/schema";
//     ...
//     return kam::service::Main(parts, argc, argv);
//   }
//
// Flags besides those of common/server/program.h: --mysql_socket, --mysql_host, --mysql_port, --mysql_user,
// --mysql_password_file, --mysql_ca_file, --mysql_plain, --mysql_schema, --mysql_pool_size, --migrate,
// --source_directory, --internal_jwks_file,
// --internal_key_file, --page_token_key_file, --account_svc, --contract_svc, --aftersales_svc, --time_zone,
// --sandbox_clock, --sandbox_clock_interval, --audit, --audit_anchors, --audit_head_interval.
//
// With --migrate the program brings its schema up to date (as the migrator user), loads its reference data and ends.
// With --audit it verifies the audit trail of its schema, prints what is wrong and ends: status 1 when something is, 2
// when it could not look. Without either, it refuses to start on a schema that is older than its migrations or does not
// fit its descriptors.
#ifndef KAM_COMMON_SERVICE_SERVICE_H_
#define KAM_COMMON_SERVICE_SERVICE_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/auth/internal_token.h"
#include "common/resource/runtime.h"
#include "common/rpc/call.h"
#include "common/rpc/client.h"
#include "common/schedule/schedule.h"
#include "common/time/clock.h"

namespace kam::service {

class Peer;
class ScopeReplica;

// What the registration of a service may use. Lives as long as the program serves.
struct Context {
  resource::Runtime& runtime;
  rpc::Registry& registry;
  schedule::Scheduler& scheduler;
  // Of services that keep replicas of account-svc's scopes; null in account-svc itself.
  ScopeReplica* scopes = nullptr;
  Peer* account_svc = nullptr;
  // Of services that ask about business; null when no address is set.
  Peer* contract_svc = nullptr;
  Peer* aftersales_svc = nullptr;
};

struct Parts {
  std::string name;              // "contract-svc"
  std::string schema_directory;  // "contract-svc/schema", below --source_directory.
  // Full names of the RPC services this program must serve completely.
  std::vector<std::string> rpc_services;
  std::string feed_method;   // "kam.event.v1.ContractFeedService/ListContractChanges"
  std::string clock_method;  // "kam.sandbox.v1.ContractClockService/AdvanceContractClock"
  // True for services that keep account_scopes and employee_scopes as replicas fed by account-svc.
  bool replicates_scopes = false;
  // True for account-svc, which asks the others what business there is with an account (--contract_svc,
  // --aftersales_svc), and for aftersales-svc, which asks contract-svc whose an order is.
  bool asks_about_business = false;
  std::function<void(resource::Catalog*)> fill_catalog;
  std::function<absl::Status(const Context&)> register_handlers;
  // After the migrations, with the migrator's rights; `source` is --source_directory, `zone` --time_zone. May be empty.
  std::function<absl::Status(mysql::Database&, const std::string& source, absl::TimeZone zone)> load_reference_data;
  // Permissions of the suite's other programs at this service.
  std::map<std::string, std::vector<std::string>> program_permissions;
};

// Runs the program; the exit status for main().
int Main(const Parts& parts, int argc, char** argv);

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_SERVICE_H_

// contract-svc: prices and price authority, quotes, contracts, orders, deliveries and receivables.
#include <string>
#include <vector>

#include "common/service/peer.h"
#include "common/service/scope_replica.h"
#include "common/service/service.h"
#include "common/status/status.h"
#include "contract-svc/contract_svc.h"
#include "contract-svc/contracts/adoption.h"
#include "contract-svc/policy.h"

int main(int argc, char** argv) {
  static const kam::contract::Policy policy;
  kam::service::Parts parts;
  parts.name = "contract-svc";
  parts.schema_directory = "contract-svc/schema";
  for (const absl::string_view name : kam::contract::ServiceNames()) parts.rpc_services.emplace_back(name);
  parts.feed_method = "kam.event.v1.ContractFeedService/ListContractChanges";
  parts.clock_method = "kam.sandbox.v1.ContractClockService/AdvanceContractClock";
  parts.replicates_scopes = true;
  parts.fill_catalog = kam::contract::FillCatalog;
  parts.register_handlers = [](const kam::service::Context& context) -> absl::Status {
    RETURN_IF_ERROR(policy.Validate());
    kam::service::ScopeReplica* scopes = context.scopes;
    kam::contract::Directory directory;
    directory.ensure_accounts = [scopes](const std::vector<std::string>& names, absl::Time deadline) {
      return scopes->EnsureAccounts(names, deadline);
    };
    directory.ensure_employees = [scopes](const std::vector<std::string>& names, absl::Time deadline) {
      return scopes->EnsureEmployees(names, deadline);
    };
    const kam::approval::RolesOf roles_of = [scopes](const std::vector<std::string>& names, absl::Time deadline) {
      return scopes->RolesOf(names, deadline);
    };
    kam::contract::RegisterAll(context.runtime, policy, directory, roles_of, &context.registry, &context.scheduler,
                               kam::service::AskOf(context.account_svc));
    return kam::contract::ScheduleAdoption(context.runtime);
  };
  parts.program_permissions = {
      {"gateway", {"sandbox.clock"}},
      {"account-svc", {"contract.read", "contract_business.resolve", "product.read", "quote.read"}},
      {"aftersales-svc", {"order.read", "contract.read", "receipt.read", "receivable.read"}}};
  return kam::service::Main(parts, argc, argv);
}

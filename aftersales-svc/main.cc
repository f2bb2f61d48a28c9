// aftersales-svc: complaints with their clocks, warranty claims and returned parts, satisfaction.
#include <string>
#include <vector>

#include "aftersales-svc/aftersales_svc.h"
#include "common/service/peer.h"
#include "common/service/scope_replica.h"
#include "common/service/service.h"
#include "common/status/status.h"

int main(int argc, char** argv) {
  static const kam::aftersales::Policy policy;
  kam::service::Parts parts;
  parts.name = "aftersales-svc";
  parts.schema_directory = "aftersales-svc/schema";
  parts.rpc_services = kam::aftersales::RpcServices();
  parts.feed_method = "kam.event.v1.AftersalesFeedService/ListAftersalesChanges";
  parts.clock_method = "kam.sandbox.v1.AftersalesClockService/AdvanceAftersalesClock";
  parts.replicates_scopes = true;
  parts.asks_about_business = true;
  parts.fill_catalog = kam::aftersales::FillCatalog;
  parts.register_handlers = [](const kam::service::Context& context) -> absl::Status {
    kam::service::ScopeReplica* scopes = context.scopes;
    const kam::aftersales::EnsureScopes ensure = [scopes](const std::vector<std::string>& accounts,
                                                          const std::vector<std::string>& employees,
                                                          absl::Time deadline) -> absl::Status {
      RETURN_IF_ERROR(scopes->EnsureAccounts(accounts, deadline));
      return scopes->EnsureEmployees(employees, deadline);
    };
    kam::aftersales::RegisterAll(context.runtime, &context.scheduler, ensure, policy, &context.registry,
                                 kam::aftersales::ContractSide(kam::service::AskOf(context.contract_svc)),
                                 kam::service::AskOf(context.account_svc));
    return absl::OkStatus();
  };
  parts.program_permissions = {{"gateway", {"sandbox.clock"}}, {"account-svc", {"aftersales_business.resolve"}}};
  return kam::service::Main(parts, argc, argv);
}

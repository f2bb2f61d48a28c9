// account-svc: key accounts, ownership, visits, opportunities, organisation and rights.
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/time/clock.h"
#include "account-svc/account_svc.h"
#include "account-svc/bootstrap.h"
#include "account-svc/policy.h"
#include "account-svc/rights_loader.h"
#include "common/service/peer.h"
#include "common/service/service.h"
#include "common/status/status.h"

ABSL_FLAG(std::string, bootstrap_login, "",
          "With --migrate, in a schema without employees: login of the person made to bring the others in.");
ABSL_FLAG(std::string, bootstrap_administrators, "",
          "With --migrate, in a schema without employees: first people with roles that no import gives, "
          "LOGIN:ROLE or LOGIN:ROLE:SYSTEM:ID (identity in the system that an import comes from), comma separated.");

namespace {

absl::Status LoadReferenceData(kam::mysql::Database& database, const std::string& source, absl::TimeZone zone) {
  const kam::SystemClock clock;
  ASSIGN_OR_RETURN(const kam::account::Rights rights, kam::account::ReadRights(source + "/account-svc/rights"));
  RETURN_IF_ERROR(kam::account::LoadRights(database, clock, rights).status());
  ASSIGN_OR_RETURN(std::vector<kam::account::FirstPerson> people,
                   kam::account::ParseFirstPeople(absl::GetFlag(FLAGS_bootstrap_administrators)));
  if (const std::string login = absl::GetFlag(FLAGS_bootstrap_login); !login.empty()) {
    people.push_back(kam::account::Integrator(login));
  }
  return kam::account::Bootstrap(database, clock, zone, people);
}

}  // namespace

int main(int argc, char** argv) {
  static const kam::account::Policy policy;
  kam::service::Parts parts;
  parts.name = "account-svc";
  parts.schema_directory = "account-svc/schema";
  for (const absl::string_view name : kam::account::ServiceNames()) parts.rpc_services.emplace_back(name);
  parts.feed_method = "kam.event.v1.AccountFeedService/ListAccountChanges";
  parts.clock_method = "kam.sandbox.v1.AccountClockService/AdvanceAccountClock";
  parts.asks_about_business = true;
  parts.fill_catalog = kam::account::FillCatalog;
  parts.register_handlers = [](const kam::service::Context& context) -> absl::Status {
    RETURN_IF_ERROR(policy.Validate());
    kam::account::RegisterAll(context.runtime, policy, &context.registry, &context.scheduler,
                              {kam::service::AskOf(context.contract_svc), kam::service::AskOf(context.aftersales_svc)});
    return absl::OkStatus();
  };
  parts.load_reference_data = LoadReferenceData;
  const std::vector<std::string> replica = {"account.scope.resolve", "employee.scope.resolve", "change.read",
                                            "account.read",          "employee.read",          "department.read",
                                            "notification.deliver"};
  // Commissions are settled by contract-svc.
  std::vector<std::string> contract = replica;
  contract.emplace_back("commission_share.read");
  parts.program_permissions = {
      {"gateway", {"directory.resolve", "sandbox.clock"}}, {"contract-svc", contract}, {"aftersales-svc", replica}};
  return kam::service::Main(parts, argc, argv);
}

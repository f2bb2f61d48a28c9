// The pipeline over RPC: leads, follow-up cards, opportunities, tenders, solutions and what belongs to them (A-13,
//
#ifndef KAM_ACCOUNT_SVC_PIPELINE_PIPELINE_H_
#define KAM_ACCOUNT_SVC_PIPELINE_PIPELINE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "account-svc/context.h"
#include "account-svc/verb.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"

namespace kam::account {

// Handlers and hooks, one file each.
void RegisterWorkingCalendars(const Context& context, rpc::Registry* registry);
void RegisterLeads(const Context& context, rpc::Registry* registry);
void RegisterTraffic(const Context& context, rpc::Registry* registry);
void RegisterFollowUpSheets(const Context& context, rpc::Registry* registry);
void RegisterReferrals(const Context& context, rpc::Registry* registry);
void RegisterCrossSell(const Context& context, rpc::Registry* registry);
void RegisterOpportunities(const Context& context, rpc::Registry* registry);
void RegisterOpportunityReports(const Context& context, rpc::Registry* registry);
void RegisterImportantMatters(const Context& context, rpc::Registry* registry);
void RegisterSolutions(const Context& context, rpc::Registry* registry);
void RegisterTestDrives(const Context& context, rpc::Registry* registry);
void RegisterInitiatives(const Context& context, rpc::Registry* registry);
void RegisterCustomerNeeds(const Context& context, rpc::Registry* registry);
void RegisterAccountPlans(const Context& context, rpc::Registry* registry);
void RegisterSubmissions(const Context& context, rpc::Registry* registry);
void RegisterTenders(const Context& context, rpc::Registry* registry);

// Registers a report: a read of `run(call, request, connection)` in a session of its own.
template <typename Request, typename Response, typename Run>
void AddReport(const Context& context, absl::string_view method, rpc::Registry* registry, Run run) {
  registry->Add<Request, Response>(
      method, [context, run](rpc::Call& call, const Request& request) -> absl::StatusOr<Response> {
        Response response;
        RETURN_IF_ERROR(
            context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
              ASSIGN_OR_RETURN(response, run(call, request, connection));
              return absl::OkStatus();
            }));
        return response;
      });
}

// What is done when an item of `kind` is due; nothing where nothing is run.
void OnDue(const Context& context, absl::string_view kind, absl::string_view method,
           schedule::Scheduler::Handler handler);

// The person who works a record: `owner`, or the caller when it is empty.
absl::Status SetOwner(resource::UnitOfWork& work, std::string* owner);

// Who works a record of `account` that is taken up again: `owner`, or who owns the account now when he owned it before
// and does not any more, or has left.
absl::StatusOr<std::string> HeirOf(const Context& context, resource::UnitOfWork& work, const std::string& account,
                                   const std::string& owner);

// `opportunity` (may be empty) is one of `account` within the caller's reach by opportunity.read: OUT_OF_SCOPE,
// OPPORTUNITY_OF_ANOTHER_ACCOUNT on `field`.
absl::Status CheckOpportunityOf(resource::UnitOfWork& work, const std::string& account, const std::string& opportunity,
                                absl::string_view field);

// Days of a report: PERIOD_INVALID when the last is before the first or the period is too long.
absl::Status CheckPeriod(const std::string& from_date, const std::string& to_date);
// The instants at which the first day begins and the last ends in the business's time zone.
absl::StatusOr<std::pair<absl::Time, absl::Time>> Instants(const Context& context, const std::string& from_date,
                                                           const std::string& to_date);

// Rows of `select` ("SELECT ... FROM {table} t WHERE ...") that the caller's right to the method reaches, with `group`
// behind. `params` are those of `select`.
absl::StatusOr<std::vector<mysql::Row>> QueryWithinReach(const Context& context, const rpc::Call& call,
                                                         const google::protobuf::Descriptor* type,
                                                         mysql::Connection& connection, absl::string_view select,
                                                         std::vector<mysql::Value> params, absl::string_view group);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PIPELINE_PIPELINE_H_

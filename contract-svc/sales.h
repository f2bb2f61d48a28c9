// kam.contract.v1, kam.order.v1, kam.receivable.v1: contracts, orders, deliveries, credit, invoices, receipts.
#ifndef KAM_CONTRACT_SVC_SALES_H_
#define KAM_CONTRACT_SVC_SALES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/resource/type.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/review.h"

namespace kam::contract::v1 {
enum ReviewStepKind : int;
}

namespace kam::contract {

void FillSalesCatalog(resource::Catalog* catalog);
void RegisterContracts(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);
void RegisterAmendments(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);
void RegisterCommitments(const Context& context, rpc::Registry* registry);
void RegisterRenewals(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);
void RegisterContractReports(const Context& context, rpc::Registry* registry);
void RegisterRebates(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);
void RegisterObligations(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);
void RegisterDisputes(const Context& context, rpc::Registry* registry);
void RegisterArchive(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);
void RegisterAgreements(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);
void RegisterBlankForms(const Context& context, rpc::Registry* registry);
void RegisterOrders(const Context& context, rpc::Registry* registry);
void RegisterOrderReturns(const Context& context, rpc::Registry* registry);
void RegisterDeliveries(const Context& context, rpc::Registry* registry);
void RegisterShipments(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);
void RegisterStock(const Context& context, rpc::Registry* registry);
void RegisterCredit(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);
void RegisterCreditPolicies(const Context& context, rpc::Registry* registry);
void RegisterInvoices(const Context& context, rpc::Registry* registry);
void RegisterReceipts(const Context& context, rpc::Registry* registry);
void RegisterHandovers(const Context& context, rpc::Registry* registry);
void RegisterReceivables(const Context& context, rpc::Registry* registry);
void RegisterReceivableItems(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);
// kam.business.v1: what the other programs ask about accounts.
void RegisterAccountBusiness(const Context& context, rpc::Registry* registry);

// The day of the last opinion; empty: none was asked for here.
std::string ApprovedOn(const Context& context, const rules::ReviewSteps& steps);

// The caller holds the permission of this opinion. REVIEW_STEP_NOT_YOURS.
absl::Status CheckReviewer(const rpc::Call& call, v1::ReviewStepKind step);
absl::Status AnnualSignerRequired(absl::string_view permission);

// Makes sure that every account and employee that `messages` refer to, and the caller, are known here. Before a
// transaction.
absl::Status EnsureNamesOf(const Directory& directory, const rpc::Call& call,
                           const std::vector<const google::protobuf::Message*>& messages);
// The same as Hooks::prepare.
std::function<absl::Status(const rpc::Call&, const std::vector<const google::protobuf::Message*>&)> PrepareNames(
    const Context& context);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_SALES_H_

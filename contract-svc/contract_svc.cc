#include "contract-svc/contract_svc.h"

#include <memory>
#include <utility>

#include "common/approval/engine.h"
#include "common/approval/notices.h"
#include "contract-svc/contracts/adoption.h"
#include "contract-svc/orders/order_parts.h"
#include "contract-svc/pricing/price_catalog.h"
#include "contract-svc/pricing/price_visibility.h"
#include "contract-svc/pricing/pricing_service.h"
#include "contract-svc/receivables/receivable_alarms.h"
#include "contract-svc/rules/notices.h"
#include "contract-svc/sales.h"

namespace kam::contract {
namespace {

// Has every change of T told as rules/notices.h says.
template <typename T>
void Tell(resource::Runtime& runtime) {
  service::TellSaved<T>(runtime,
                        [](resource::UnitOfWork&, const T* before,
                           const T& after) -> absl::StatusOr<organization::v1::DeliverNoticesRequest> {
                          return rules::NoticesOf(before, after);
                        });
}

}  // namespace

absl::Span<const absl::string_view> ServiceNames() {
  static constexpr absl::string_view kNames[] = {"kam.approval.v1.ApprovalDelegationService",
                                                 "kam.approval.v1.ApprovalService",
                                                 "kam.business.v1.ContractBusinessService",
                                                 "kam.pricing.v1.AuthorityGrantService",
                                                 "kam.pricing.v1.PriceBookService",
                                                 "kam.pricing.v1.PriceProbeService",
                                                 "kam.pricing.v1.ProductService",
                                                 "kam.pricing.v1.PackageOfferService",
                                                 "kam.pricing.v1.PriceSimulationService",
                                                 "kam.pricing.v1.PriceSuggestionService",
                                                 "kam.pricing.v1.PurchasePriceService",
                                                 "kam.pricing.v1.QuoteService",
                                                 "kam.pricing.v1.SalesPolicyService",
                                                 "kam.pricing.v1.SupplierService",
                                                 "kam.contract.v1.AgreementService",
                                                 "kam.contract.v1.AmendmentService",
                                                 "kam.contract.v1.ArchiveService",
                                                 "kam.contract.v1.BlankFormService",
                                                 "kam.contract.v1.ContractService",
                                                 "kam.contract.v1.DisputeService",
                                                 "kam.contract.v1.ObligationService",
                                                 "kam.contract.v1.RebateService",
                                                 "kam.order.v1.OrderService",
                                                 "kam.order.v1.ReleaseAuthorityService",
                                                 "kam.order.v1.DeliveryService",
                                                 "kam.order.v1.ShipmentService",
                                                 "kam.order.v1.StockService",
                                                 "kam.order.v1.SupplyService",
                                                 "kam.order.v1.DeliveryProjectService",
                                                 "kam.order.v1.AddOnServiceService",
                                                 "kam.order.v1.SalesLedgerService",
                                                 "kam.receivable.v1.CreditService",
                                                 "kam.receivable.v1.InvoiceService",
                                                 "kam.receivable.v1.ReceiptService",
                                                 "kam.receivable.v1.ReceivableService"};
  return kNames;
}

void FillCatalog(resource::Catalog* catalog) {
  approval::FillCatalog(catalog);
  FillPricingCatalog(catalog);
  FillSalesCatalog(catalog);
  FillOrderPartsCatalog(catalog);
}

void RegisterAll(resource::Runtime& runtime, const Policy& policy, Directory directory, approval::RolesOf roles_of,
                 rpc::Registry* registry, schedule::Scheduler* scheduler, service::AskAccountSvc ask_account_svc) {
  approval::Policy approval_policy;
  approval_policy.decide_within = policy.approval_decide_within;
  approval_policy.delegation_max = policy.delegation_max;
  approval_policy.carry_within = policy.approval_carry_within;
  const auto approvals = std::make_shared<approval::Engine>(approval_policy);
  const Context context{
      runtime, policy, runtime.zone(), std::move(directory), approvals, std::make_shared<PriceCatalog>()};
  approval::RegisterApproval(runtime, approvals, {context.directory.ensure_employees, roles_of}, registry, scheduler);
  RegisterProducts(context, registry);
  RegisterPriceBooks(context, registry);
  RegisterPurchasing(context, registry);
  RegisterPriceSimulations(context, registry);
  RegisterPriceSuggestions(context, registry);
  RegisterSalesPolicies(context, registry);
  RegisterPackageOffers(context, registry);
  RegisterAuthority(context, std::move(roles_of), registry);
  RegisterQuotes(context, registry, scheduler);
  RegisterContracts(context, registry, scheduler);
  RegisterAmendments(context, registry, scheduler);
  RegisterCommitments(context, registry);
  RegisterRenewals(context, registry, scheduler);
  RegisterContractReports(context, registry);
  RegisterRebates(context, registry, scheduler);
  RegisterObligations(context, registry, scheduler);
  RegisterDisputes(context, registry);
  RegisterArchive(context, registry, scheduler);
  RegisterAgreements(context, registry, scheduler);
  RegisterBlankForms(context, registry);
  RegisterOrders(context, registry);
  RegisterOrderReturns(context, registry);
  RegisterDeliveries(context, registry);
  RegisterShipments(context, registry, scheduler);
  RegisterStock(context, registry);
  RegisterReleaseAuthorities(context, registry);
  RegisterSupply(context, registry);
  RegisterDeliveryProjects(context, registry, scheduler);
  RegisterAddOns(context, registry);
  RegisterSalesLedger(context, registry);
  RegisterCredit(context, registry, scheduler);
  RegisterCreditPolicies(context, registry);
  RegisterInvoices(context, registry);
  RegisterReceipts(context, registry);
  RegisterHandovers(context, registry);
  RegisterReceivables(context, registry);
  RegisterReceivableItems(context, registry, scheduler);
  RegisterReceivableAlarms(context, registry, scheduler);
  RegisterAccountBusiness(context, registry);
  RegisterAdoption(context, scheduler);
  GuardCustomerPrices(context, registry);
  if (ask_account_svc == nullptr) return;
  // Last: it adds to the hooks of the types.
  service::RegisterNoticeSender(runtime, std::move(ask_account_svc), scheduler);
  approval::TellOfApprovals(runtime);
  Tell<pricing::v1::PriceBook>(runtime);
  Tell<pricing::v1::SalesPolicy>(runtime);
  Tell<v1::Contract>(runtime);
  Tell<receivable::v1::ReceivableAlarm>(runtime);
  Tell<receivable::v1::ReceivableItem>(runtime);
}

}  // namespace kam::contract

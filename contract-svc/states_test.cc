// Every state of every record of contract-svc with every verb.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resource/names.h"
#include "common/testing/matchers.h"
#include "common/testing/state_pairs.h"
#include "contract-svc/contract_svc.h"
#include "contract-svc/testing/sales_fixture.h"

namespace kam::contract::testing {
namespace {

using kam::testing::Machine;

// What the verbs of these records are meant to do: an option that says something else is a mistake in one of the two.
const std::map<std::string, Machine>& Tables() {
  static const auto* const kTables = new std::map<std::string, Machine>{
      // C-27
      {"addOnServices",
       {{"OrderAddOnService", "REQUESTED > ORDERED"},
        {"CompleteAddOnService", "ORDERED > DONE"},
        {"ReopenAddOnService", "DONE > ORDERED"},
        {"CancelAddOnService", "REQUESTED, ORDERED > CANCELLED"}}},
      // C-17
      {"agreements",
       {{"SignAgreement", "DRAFT > IN_FORCE"},
        {"CorrectAgreementSignature", "IN_FORCE, EXPIRING, EXPIRED, TERMINATED > ="},
        {"FileAgreement", "IN_FORCE, EXPIRING, EXPIRED, TERMINATED > ="},
        {"TerminateAgreement", "IN_FORCE, EXPIRING > TERMINATED"}}},
      // C-14
      {"amendments",
       {{"SubmitAmendment", "DRAFT, RETURNED > IN_REVIEW"},
        {"ReviewAmendment", "IN_REVIEW > ="},
        {"WithdrawAmendment", "IN_REVIEW, APPROVED > DRAFT"},
        {"ApplyAmendment", "APPROVED > APPLIED"},
        {"CorrectAmendmentSignature", "APPLIED > ="},
        {"FileAmendment", "APPLIED > ="},
        {"CancelAmendment", "DRAFT, RETURNED, IN_REVIEW, APPROVED > CANCELLED"}}},
      // C-15
      {"archiveBorrowings", {{"ReturnArchiveBorrowing", "OUT, OVERDUE > RETURNED"}}},
      // C-03
      {"authorityGrants",
       {{"ConfirmAuthorityGrant", "PROPOSED > ACTIVE"}, {"RevokeAuthorityGrant", "ACTIVE, PROPOSED > REVOKED"}}},
      // C-17
      {"blankForms",
       {{"ReturnBlankForm", "ISSUED > IN_STOCK"},
        {"UseBlankForm", "ISSUED > USED"},
        {"VoidBlankForm", "IN_STOCK, ISSUED, USED > VOID"}}},
      // C-13
      {"contractDisputes",
       {{"TakeContractDispute", "OPEN > NEGOTIATING"},
        {"LitigateContractDispute", "NEGOTIATING > LITIGATING"},
        {"SettleContractDispute", "NEGOTIATING, LITIGATING > SETTLED"},
        {"WithdrawContractDispute", "OPEN > WITHDRAWN"}}},
      // C-09 - C-16
      {"contracts",
       {{"SubmitContract", "DRAFT, RETURNED > IN_REVIEW"},
        {"ReviewContract", "IN_REVIEW > ="},
        {"WithdrawContract", "IN_REVIEW, APPROVED > DRAFT"},
        {"CancelContract", "DRAFT, RETURNED > CANCELLED"},
        {"SignContract", "APPROVED > SIGNED"},
        {"CorrectContractSignature", "SIGNED, ACTIVE, SUSPENDED, EXPIRING, TERMINATED, CLOSED > ="},
        {"ActivateContract", "SIGNED, ACTIVE, EXPIRING > ="},
        {"SuspendContract", "ACTIVE, EXPIRING > SUSPENDED"},
        {"ResumeContract", "SUSPENDED > ACTIVE"},
        {"TerminateContract", "SIGNED, ACTIVE, SUSPENDED, EXPIRING > TERMINATED"},
        {"CloseContract", "ACTIVE, EXPIRING, SUSPENDED > CLOSED"},
        {"MeasureContractObligations", "ACTIVE, EXPIRING, SUSPENDED > ="},
        {"RenewContract", "ACTIVE, EXPIRING, SUSPENDED, CLOSED > ="},
        {"DeclineContractRenewal", "ACTIVE, EXPIRING, SUSPENDED, TERMINATED, CLOSED > ="}}},
      // C-34
      {"creditPolicies", {{"PublishCreditPolicy", "DRAFT > IN_FORCE"}}},
      // C-24
      {"damageReports", {{"AppraiseDamage", "REPORTED > APPRAISED"}}},
      // C-22
      {"deliveries",
       {{"ShipDelivery", "PLANNED > SHIPPED"},
        {"AcceptDelivery", "SHIPPED > ACCEPTED"},
        {"RefuseDelivery", "SHIPPED > REFUSED"},
        {"CancelDelivery", "PLANNED > CANCELLED"}}},
      // C-26
      {"deliveryProjects",
       {{"StartDeliveryProject", "PLANNED > RUNNING"},
        {"ReachMilestone", "RUNNING > ="},
        {"TakeBackMilestone", "RUNNING > ="},
        {"CompleteDeliveryProject", "RUNNING > COMPLETED"},
        {"CancelDeliveryProject", "PLANNED, RUNNING > CANCELLED"}}},
      // C-17
      {"financingDrawings", {{"RepayFinancingDrawing", "OUTSTANDING, OVERDUE > REPAID"}}},
      // C-24
      {"goodsReceipts", {{"CheckGoodsReceipt", "DRAFT > POSTED"}, {"CancelGoodsReceipt", "DRAFT > CANCELLED"}}},
      // C-29
      {"invoices",
       {{"IssueInvoice", "DRAFT > ="},
        {"CancelInvoice", "DRAFT, ISSUED > CANCELLED"},
        {"PassInvoice", "ISSUED, PARTIALLY_PAID, PAID > ="},
        {"AcknowledgeInvoice", "ISSUED, PARTIALLY_PAID, PAID > ="}}},
      // C-20
      {"manufacturerOrders",
       {{"SubmitManufacturerOrder", "DRAFT > SUBMITTED"},
        {"ConfirmManufacturerOrder", "SUBMITTED > CONFIRMED"},
        {"ShipManufacturerOrder", "CONFIRMED > SHIPPED"},
        {"CancelManufacturerOrder", "DRAFT, SUBMITTED, CONFIRMED, SHIPPED > CANCELLED"},
        {"CloseManufacturerOrderShort", "CONFIRMED, SHIPPED > RECEIVED"}}},
      // C-13
      {"obligations",
       {{"RecordFulfilment", "IN_FORCE, OVERDUE, DISPUTED > ="},
        {"TakeBackFulfilment", "IN_FORCE, OVERDUE, DISPUTED, COMPLETED > ="},
        {"TerminateObligation", "IN_FORCE, OVERDUE > TERMINATED"}}},
      // C-20
      {"orderingPlans",
       {{"SubmitOrderingPlan", "DRAFT > SUBMITTED"},
        {"ApproveOrderingPlan", "SUBMITTED > APPROVED"},
        {"ReturnOrderingPlan", "SUBMITTED > DRAFT"}}},
      // C-18, C-19, C-21
      {"orders",
       {{"ReviewOrder", "ENTERED > REVIEWED"},
        {"ChangeIssueNoteWarehouse", "REVIEWED, RELEASED, SHIPPED, RESOLVED > ="},
        {"ReleaseOrder", "REVIEWED > RELEASED"},
        {"OverrideReleaseOrder", "REVIEWED > RELEASED"},
        {"HoldOrder", "ENTERED, REVIEWED, RELEASED > ON_HOLD"},
        {"ResumeOrder", "ON_HOLD > ="},
        {"OverrideOrderCredit", "ON_HOLD > ="},
        {"CancelOrder", "ENTERED, REVIEWED, RELEASED, ON_HOLD, RESOLVED > CANCELLED"},
        {"CloseOrderShort", "SHIPPED, RESOLVED > DELIVERED"},
        {"ReopenOrder", "CANCELLED > ENTERED"},
        {"DisputeOrder", "SHIPPED, DELIVERED > DISPUTED"},
        {"ResolveOrder", "DISPUTED > RESOLVED"}}},
      // C-07
      {"packageOffers",
       {{"SubmitPackageOffer", "DRAFT > IN_APPROVAL"}, {"WithdrawPackageOffer", "DRAFT, AGREED > WITHDRAWN"}}},
      // C-01
      {"priceBooks",
       {{"CheckPriceBook", "DRAFT, CHECKED > CHECKED"},
        {"SubmitPriceBook", "DRAFT, CHECKED > IN_APPROVAL"},
        {"DiscardPriceBook", "DRAFT, CHECKED > DISCARDED"},
        {"RevisePriceBook", "RELEASED, SUPERSEDED > ="}}},
      // C-01
      {"priceSimulations", {{"ContinuePriceSimulation", "RUNNING > ="}}},
      // C-01
      {"priceSuggestions", {{"AnswerPriceSuggestion", "OPEN > ="}}},
      // C-26
      {"projectChanges", {{"DecideProjectChange", "PROPOSED > ="}}},
      // C-08
      {"purchasePrices",
       {{"DecidePurchasePrice", "PROPOSED > DECIDED"},
        {"RejectPurchasePrice", "PROPOSED > REJECTED"},
        {"EndPurchasePrice", "DECIDED > ENDED"}}},
      // C-05
      {"quotes",
       {{"PriceQuote", "DRAFT, PRICED > ="},
        {"SubmitQuote", "PRICED > ="},
        {"SendQuote", "APPROVED > SENT"},
        {"AcceptQuote", "SENT > ACCEPTED"},
        {"RejectQuote", "SENT > REJECTED"},
        {"CancelQuote", "DRAFT, PRICED, APPROVED > CANCELLED"},
        {"ReviseQuote", "APPROVED, SENT, REJECTED, EXPIRED > SUPERSEDED"},
        {"RecordNegotiationRound", "DRAFT, PRICED, IN_APPROVAL, APPROVED, SENT > ="},
        {"ExpireQuote", "APPROVED, SENT > EXPIRED"}}},
      // C-09
      {"rebateSettlements",
       {{"DecideRebateSettlement", "PROPOSED, APPROVED > ="}, {"PayRebateSettlement", "APPROVED > PAID"}}},
      // C-30
      {"receipts",
       {{"ApproveReceiptCheque", "AWAITING_APPROVAL > RECORDED"},
        {"MarkReceipt", "RECORDED > MARKED"},
        {"AllocateReceipt", "MARKED > ="},
        {"VoidReceipt", "RECORDED, AWAITING_APPROVAL > VOID"},
        {"ReverseReceipt", "MARKED > REVERSED"}}},
      // C-32
      {"receivableAlarms", {{"AcknowledgeReceivableAlarm", "OPEN, ACKNOWLEDGED > ACKNOWLEDGED"}}},
      // C-32
      {"receivableItems",
       {{"PromiseReceivable", "OPEN, PARTIALLY_PAID, PROMISED, DISPUTED > ="},
        {"DisputeReceivable", "OPEN, PARTIALLY_PAID, PROMISED, DISPUTED > ="},
        {"SettleReceivableDispute", "OPEN, PARTIALLY_PAID, PROMISED, DISPUTED > ="},
        {"ProposeReceivableWriteOff", "OPEN, PARTIALLY_PAID, PROMISED, DISPUTED > ="},
        {"DecideReceivableWriteOff", "OPEN, PARTIALLY_PAID, PROMISED, DISPUTED > ="}}},
      // C-21
      {"releaseAuthorities", {{"RevokeReleaseAuthority", "ACTIVE > REVOKED"}}},
      // C-06
      {"salesPolicies",
       {{"ForecastSalesPolicy", "DRAFT > ="},
        {"SubmitSalesPolicy", "DRAFT > IN_APPROVAL"},
        {"PublishSalesPolicy", "APPROVED > PUBLISHED"},
        {"ReviseSalesPolicy", "PUBLISHED > ="},
        {"WithdrawSalesPolicy", "DRAFT, APPROVED, PUBLISHED > WITHDRAWN"},
        {"AcknowledgeSalesPolicy", "PUBLISHED > ="},
        {"CommentSalesPolicy", "PUBLISHED > ="},
        {"AnswerSalesPolicyOpinion", "PUBLISHED, REVISED, WITHDRAWN > ="}}},
      // C-27
      {"serviceFees", {{"PublishServiceFee", "DRAFT > PUBLISHED"}, {"WithdrawServiceFee", "PUBLISHED > WITHDRAWN"}}},
      // C-23
      {"shipments",
       {{"DepartShipment", "PLANNED > IN_TRANSIT"},
        {"RecordShipmentLeg", "IN_TRANSIT > ="},
        {"ArriveShipment", "IN_TRANSIT > ARRIVED"},
        {"ReportShipmentException", "PLANNED, IN_TRANSIT, ARRIVED > ="},
        {"ResolveShipmentException", "PLANNED, IN_TRANSIT, ARRIVED > ="},
        {"CloseShipment", "ARRIVED > CLOSED"},
        {"CancelShipment", "PLANNED > CANCELLED"}}},
      // C-25
      {"stockTakes",
       {{"CountStockTake", "OPEN > COUNTED"},
        {"ApproveStockTake", "COUNTED > APPROVED"},
        {"RejectStockTake", "COUNTED > OPEN"},
        {"CancelStockTake", "OPEN > CANCELLED"}}},
      // G-05
      {"approvalDelegations", {{"RevokeApprovalDelegation", "ACTIVE > REVOKED"}}},
      {"approvalRequests",
       {{"Approve", "PENDING > ="},
        {"Reject", "PENDING > ="},
        {"Withdraw", "PENDING > ="},
        {"Expire", "PENDING > EXPIRED"}}},
  };
  return *kTables;
}

class AllStatesTest : public SalesTest {};

// G-02: every RPC of the service has a handler, and somebody holds its permission.
TEST_F(AllStatesTest, EveryRpcHasAHandlerAndSomebodyWhoMayCallIt) {
  EXPECT_THAT(harness().registry().CheckComplete("contract-svc", ServiceNames()), kam::testing::IsOk());
  const auth::Principal everybody = harness().PrincipalFor(
      "GM SD FD KAPM GAM KAM BDS KAX KAA PSS LEG ACC CSH CRC SAD SPO WH ASP SM ERP", harness().NewId());
  for (const auto& [method, entry] : harness().registry().entries()) {
    for (const char* service : {kContracts, kOrders, kDeliveries, kCredits, kInvoices, kReceipts, kReceivables}) {
      if (method.rfind(service, 0) != 0) continue;
      EXPECT_TRUE(everybody.Holds(entry.rules->permission())) << method;
    }
  }
}

// C-01, C-03, C-05 - C-09, C-11 - C-27, C-29, C-30, C-32, C-34, G-05
TEST_F(AllStatesTest, TheTablesSayWhatTheMethodsSay) { kam::testing::ExpectMachines(harness().registry(), Tables()); }

// C-01, C-03, C-05 - C-09, C-11 - C-27, C-29, C-30, C-32, C-34, G-05
TEST_F(AllStatesTest, EveryVerbIsRefusedInEveryOtherState) {
  // Permissions that depend on the request.
  std::vector<std::string> steps;
  for (const char* step : {"sales", "product", "finance", "legal"})
    steps.push_back(absl::StrCat("contract.review_", step));
  auth::Principal person = kam::testing::Harness::Program("test", steps);
  person.subject = gm_.subject;
  person.employee = gm_.employee;
  kam::testing::StatePairs pairs(harness(), person);
  pairs.Use(account_);
  pairs.Use(product_a_);
  pairs.Set("rebateSettlements", absl::StrCat("account = '", resource::IdOf(account_), "'"));
  pairs.Fill([](const std::string& verb, google::protobuf::Message* request) {
    if (verb != "PassInvoice") return;
    const auto* receiver = request->GetDescriptor()->FindFieldByName("receiver_name");
    request->GetReflection()->SetString(request, receiver, "吴经理");
  });
  // Approvals have steps, shipments a plan.
  pairs.MayFail({"Approve", "Reject", "ArriveShipment"});
  EXPECT_GT(pairs.TryAll(), 400);
}

}  // namespace
}  // namespace kam::contract::testing

// Every state and every verb of orders, deliveries, stock, supply and receivables: C-18 - C-30.
#include "contract-svc/contract_svc.h"
#include "contract-svc/testing/state_fixture.h"
#include "kam/order/v1/add_on_service_service.pb.h"
#include "kam/order/v1/delivery_project_service.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/order/v1/release_authority_service.pb.h"
#include "kam/order/v1/shipment_service.pb.h"
#include "kam/order/v1/stock_service.pb.h"
#include "kam/order/v1/supply_service.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"
#include "kam/receivable/v1/receipt_service.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::IsOk;
namespace opb = order::v1;
namespace rpb = receivable::v1;

// G-02: every RPC of the service has a handler, and somebody holds its permission.
TEST_F(StateTest, EveryRpcHasAHandlerAndSomebodyWhoMayCallIt) {
  EXPECT_THAT(harness().registry().CheckComplete("contract-svc", ServiceNames()), IsOk());
  const auth::Principal everybody = harness().PrincipalFor(
      "GM SD FD KAPM GAM KAM BDS KAX KAA PSS LEG ACC CSH CRC SAD SPO WH ASP SM ERP", harness().NewId());
  for (const auto& [method, entry] : harness().registry().entries()) {
    for (const char* service : {kContracts, kOrders, kDeliveries, kCredits, kInvoices, kReceipts, kReceivables}) {
      if (method.rfind(service, 0) != 0) continue;
      EXPECT_TRUE(everybody.Holds(entry.rules->permission())) << method;
    }
  }
}

// C-18, C-19, C-21
TEST_F(StateTest, OrderVerbs) {
  const std::string order = Enter(NewContract(account_, /*credit=*/false), "1")->name();
  CheckAllPairs(opb::OrderState_descriptor(), kOrders, "orders", order,
                {{"ReviewOrder", {"ENTERED"}},
                 {"ReleaseOrder", {"REVIEWED"}},
                 {"OverrideReleaseOrder", {"REVIEWED"}},
                 {"HoldOrder", {"ENTERED", "REVIEWED", "RELEASED"}},
                 {"ResumeOrder", {"ON_HOLD"}},
                 {"OverrideOrderCredit", {"ON_HOLD"}},
                 {"CancelOrder", {"ENTERED", "REVIEWED", "RELEASED", "ON_HOLD", "RESOLVED"}},
                 {"CloseOrderShort", {"SHIPPED", "RESOLVED"}},
                 {"ReopenOrder", {"CANCELLED"}},
                 {"DisputeOrder", {"SHIPPED", "DELIVERED"}},
                 {"ResolveOrder", {"DISPUTED"}}});
}

// C-30
TEST_F(StateTest, ReceiptVerbs) {
  const std::string receipt = Record(account_, "1", "").name();
  CheckAllPairs(rpb::ReceiptState_descriptor(), kReceipts, "receipts", receipt,
                {{"ApproveReceiptCheque", {"AWAITING_APPROVAL"}},
                 {"MarkReceipt", {"RECORDED"}},
                 {"AllocateReceipt", {"MARKED"}},
                 {"ReverseReceipt", {"MARKED"}},
                 {"VoidReceipt", {"RECORDED", "AWAITING_APPROVAL"}}});
}

// C-29
TEST_F(StateTest, InvoiceVerbs) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const std::string order = Enter(contract, "3")->name();
  Review(order);
  Release(order);
  Deliver(order, "3");
  const std::string invoice = Invoice(order).name();
  CheckAllPairs(rpb::InvoiceState_descriptor(), kInvoices, "invoices", invoice,
                {{"PassInvoice", {"ISSUED", "PARTIALLY_PAID", "PAID"}},
                 {"AcknowledgeInvoice", {"ISSUED", "PARTIALLY_PAID", "PAID"}},
                 {"IssueInvoice", {"DRAFT"}},
                 {"CancelInvoice", {"DRAFT", "ISSUED"}}});
}

// C-22
TEST_F(StateTest, DeliveryVerbs) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const std::string order = Enter(contract, "3")->name();
  Review(order);
  Release(order);
  const auto delivery = Do<opb::Delivery, opb::CreateDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
      absl::StrCat("delivery { order: '", order, "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                   kax_.subject, "' lines { line_number: 1 quantity: '3' } checklist { title: 'keys' } }"));
  CheckAllPairs(opb::DeliveryState_descriptor(), kDeliveries, "deliveries", delivery.name(),
                {{"ShipDelivery", {"PLANNED"}},
                 {"AcceptDelivery", {"SHIPPED"}},
                 {"RefuseDelivery", {"SHIPPED"}},
                 {"CancelDelivery", {"PLANNED"}}});
}

// C-23
TEST_F(StateTest, ShipmentVerbs) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const std::string order = Enter(contract, "3")->name();
  Review(order);
  Release(order);
  const auto delivery = Do<opb::Delivery, opb::CreateDeliveryRequest>(
      kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
      absl::StrCat("delivery { order: '", order, "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                   kax_.subject, "' lines { line_number: 1 quantity: '3' } checklist { title: 'keys' } }"));
  constexpr char kShipments[] = "kam.order.v1.ShipmentService/";
  const auto shipment = Do<opb::Shipment, opb::CreateShipmentRequest>(
      wh_, absl::StrCat(kShipments, "CreateShipment"),
      absl::StrCat("shipment { delivery: '", delivery.name(),
                   "' carrier: 'SF' eta { seconds: 1767800000 } legs { from_place: 'a' to_place: 'b' } }"));
  CheckAllPairs(opb::ShipmentState_descriptor(), kShipments, "shipments", shipment.name(),
                {{"DepartShipment", {"PLANNED"}},
                 {"RecordShipmentLeg", {"IN_TRANSIT"}},
                 {"ArriveShipment", {"IN_TRANSIT"}},
                 {"ReportShipmentException", {"PLANNED", "IN_TRANSIT", "ARRIVED"}},
                 {"ResolveShipmentException", {"PLANNED", "IN_TRANSIT", "ARRIVED"}},
                 {"CloseShipment", {"ARRIVED"}},
                 {"CancelShipment", {"PLANNED"}}});
}

// C-24, C-25
TEST_F(StateTest, StockVerbs) {
  constexpr char kStock[] = "kam.order.v1.StockService/";
  const auth::Principal spo = harness().PrincipalFor("SPO", harness().NewId());
  const auto site = Do<opb::StockSite, opb::CreateStockSiteRequest>(
      spo, absl::StrCat(kStock, "CreateStockSite"),
      absl::StrCat("stock_site { code: '", harness().NewId(), "' title: 'Store' kind: STOCK_SITE_KIND_WAREHOUSE }"));
  const auto announce = [&] {
    return Do<opb::GoodsReceipt, opb::CreateGoodsReceiptRequest>(
               wh_, absl::StrCat(kStock, "CreateGoodsReceipt"),
               absl::StrCat("goods_receipt { kind: GOODS_RECEIPT_KIND_PURCHASE site: '", site.name(),
                            "' sender: 'Carrier' lines { product: '", product_a_, "' expected_quantity: '5' } }"))
        .name();
  };
  Do<opb::GoodsReceipt, opb::CheckGoodsReceiptRequest>(
      wh_, absl::StrCat(kStock, "CheckGoodsReceipt"),
      absl::StrCat("name: '", announce(),
                   "' sender_signatory: 'Wu' check_document: 'scan' lines { line: 1 "
                   "received_quantity: '5' damaged_quantity: '2' }"));
  CheckAllPairs(opb::GoodsReceiptState_descriptor(), kStock, "goods_receipts", announce(),
                {{"CheckGoodsReceipt", {"DRAFT"}}, {"CancelGoodsReceipt", {"DRAFT"}}});
  const auto reports = Do<opb::ListDamageReportsResponse, kam::api::ListRequest>(
      spo, absl::StrCat(kStock, "ListDamageReports"), absl::StrCat("filter: \"site = '", site.name(), "'\""));
  ASSERT_EQ(reports.damage_reports_size(), 1);
  CheckAllPairs(opb::DamageReportState_descriptor(), kStock, "damage_reports", reports.damage_reports(0).name(),
                {{"AppraiseDamage", {"REPORTED"}}});
  const auto take = Do<opb::StockTake, opb::CreateStockTakeRequest>(
      wh_, absl::StrCat(kStock, "CreateStockTake"), absl::StrCat("stock_take { site: '", site.name(), "' }"));
  CheckAllPairs(opb::StockTakeState_descriptor(), kStock, "stock_takes", take.name(),
                {{"CountStockTake", {"OPEN"}},
                 {"ApproveStockTake", {"COUNTED"}},
                 {"RejectStockTake", {"COUNTED"}},
                 {"CancelStockTake", {"OPEN"}}});
}

// C-20
TEST_F(StateTest, SupplyVerbs) {
  constexpr char kSupply[] = "kam.order.v1.SupplyService/";
  const auth::Principal spo = harness().PrincipalFor("SPO GAM", harness().NewId());
  const auto plan = Do<opb::OrderingPlan, opb::CreateOrderingPlanRequest>(
      spo, absl::StrCat(kSupply, "CreateOrderingPlan"),
      absl::StrCat("ordering_plan { period: PLAN_PERIOD_DAY start_date: '2026-01-07' lines { product: '", product_a_,
                   "' sales_quantity: '1' } }"));
  CheckAllPairs(opb::OrderingPlanState_descriptor(), kSupply, "ordering_plans", plan.name(),
                {{"SubmitOrderingPlan", {"DRAFT"}},
                 {"ApproveOrderingPlan", {"SUBMITTED"}},
                 {"ReturnOrderingPlan", {"SUBMITTED"}}});
  const auto order = Do<opb::ManufacturerOrder, opb::CreateManufacturerOrderRequest>(
      spo, absl::StrCat(kSupply, "CreateManufacturerOrder"),
      absl::StrCat("manufacturer_order { manufacturer: 'Plant' currency: 'CNY' lines { product: '", product_a_,
                   "' quantity: '1' unit_price ", MoneyText("7"), " } }"));
  CheckAllPairs(opb::ManufacturerOrderState_descriptor(), kSupply, "manufacturer_orders", order.name(),
                {{"SubmitManufacturerOrder", {"DRAFT"}},
                 {"ConfirmManufacturerOrder", {"SUBMITTED"}},
                 {"ShipManufacturerOrder", {"CONFIRMED"}},
                 {"CloseManufacturerOrderShort", {"CONFIRMED", "SHIPPED"}},
                 {"CancelManufacturerOrder", {"DRAFT", "SUBMITTED", "CONFIRMED", "SHIPPED"}}});
}

// C-27
TEST_F(StateTest, AddOnVerbs) {
  constexpr char kAddOns[] = "kam.order.v1.AddOnServiceService/";
  const auto fee = Do<opb::ServiceFee, opb::CreateServiceFeeRequest>(
      kam_, absl::StrCat(kAddOns, "CreateServiceFee"),
      absl::StrCat("service_fee { kind: ADD_ON_KIND_OTHER title: '", harness().NewId(), "' fee ", MoneyText("1"),
                   " from_date: '2026-01-01' }"));
  Do<opb::ServiceFee, opb::PublishServiceFeeRequest>(fd_, absl::StrCat(kAddOns, "PublishServiceFee"),
                                                     absl::StrCat("name: '", fee.name(), "'"));
  const auto service = Do<opb::AddOnService, opb::CreateAddOnServiceRequest>(
      kax_, absl::StrCat(kAddOns, "CreateAddOnService"),
      absl::StrCat("add_on_service { order: '", Enter(NewContract(account_, /*credit=*/false), "1")->name(),
                   "' fee_standard: '", fee.name(), "' quantity: 1 handler: '", kax_.subject, "' }"));
  CheckAllPairs(opb::AddOnState_descriptor(), kAddOns, "add_on_services", service.name(),
                {{"OrderAddOnService", {"REQUESTED"}},
                 {"CompleteAddOnService", {"ORDERED"}},
                 {"CancelAddOnService", {"REQUESTED", "ORDERED"}}});
  CheckAllPairs(opb::ServiceFeeState_descriptor(), kAddOns, "service_fees", fee.name(),
                {{"PublishServiceFee", {"DRAFT"}}, {"WithdrawServiceFee", {"PUBLISHED"}}});
}

// C-26
TEST_F(StateTest, ProjectVerbs) {
  constexpr char kProjects[] = "kam.order.v1.DeliveryProjectService/";
  const auto project = Do<opb::DeliveryProject, opb::CreateDeliveryProjectRequest>(
      kam_, absl::StrCat(kProjects, "CreateDeliveryProject"),
      absl::StrCat("delivery_project { account: '", account_, "' title: 'Fleet' manager: '", kam_.subject,
                   "' customer_goal: 'fleet' own_goal: 'reference' start_date: '2026-01-01' due_date: '2026-03-31' "
                   "milestones { title: 'all' due_date: '2026-03-31' weight: 100 } }"));
  Do<opb::DeliveryProject, opb::StartDeliveryProjectRequest>(kam_, absl::StrCat(kProjects, "StartDeliveryProject"),
                                                             absl::StrCat("name: '", project.name(), "'"));
  const auto change = Do<opb::ProjectChange, opb::CreateProjectChangeRequest>(
      kam_, absl::StrCat(kProjects, "CreateProjectChange"),
      absl::StrCat("project_change { project: '", project.name(), "' description: 'later' cause: 'rain' }"));
  CheckAllPairs(opb::ProjectChangeState_descriptor(), kProjects, "project_changes", change.name(),
                {{"DecideProjectChange", {"PROPOSED"}}});
  CheckAllPairs(opb::DeliveryProjectState_descriptor(), kProjects, "delivery_projects", project.name(),
                {{"StartDeliveryProject", {"PLANNED"}},
                 {"ReachMilestone", {"RUNNING"}},
                 {"CompleteDeliveryProject", {"RUNNING"}},
                 {"CancelDeliveryProject", {"PLANNED", "RUNNING"}}});
}

// C-21
TEST_F(StateTest, ReleaseAuthorityVerbs) {
  constexpr char kAuthorities[] = "kam.order.v1.ReleaseAuthorityService/";
  const auto authority = Do<opb::ReleaseAuthority, opb::CreateReleaseAuthorityRequest>(
      gm_, absl::StrCat(kAuthorities, "CreateReleaseAuthority"),
      "release_authority { role: 'KAM' currency: 'CNY' max_amount { currency_code: 'CNY' units: 1 } valid_from: "
      "'2026-01-01' reason: 'trial' }");
  CheckAllPairs(opb::ReleaseAuthorityState_descriptor(), kAuthorities, "release_authorities", authority.name(),
                {{"RevokeReleaseAuthority", {"ACTIVE"}}});
}

// C-32
TEST_F(StateTest, ReceivableItemVerbs) {
  const auto answer = Do<kam::api::BatchUpsertResponse, rpb::BatchUpsertReceivableItemsRequest>(
      erp_, absl::StrCat(kReceivables, "BatchUpsertReceivableItems"),
      absl::StrCat("receivable_items { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '",
                   account_, "' amount ", MoneyText("10"), " item_date: '2026-01-01' due_date: '2026-02-01' }"));
  const std::set<std::string> open = {"OPEN", "PARTIALLY_PAID", "PROMISED", "DISPUTED"};
  CheckAllPairs(rpb::ReceivableState_descriptor(), kReceivables, "receivable_items", answer.results(0).name(),
                {{"PromiseReceivable", open},
                 {"DisputeReceivable", open},
                 {"SettleReceivableDispute", open},
                 {"ProposeReceivableWriteOff", open},
                 {"DecideReceivableWriteOff", open}});
}

// C-32, C-34
TEST_F(StateTest, CreditPolicyAndAlarmVerbs) {
  const auto policy = Do<rpb::CreditPolicy, rpb::CreateCreditPolicyRequest>(
      fd_, absl::StrCat(kCredits, "CreateCreditPolicy"), "credit_policy { title: 'Credit' }");
  CheckAllPairs(rpb::CreditPolicyState_descriptor(), kCredits, "credit_policies", policy.name(),
                {{"PublishCreditPolicy", {"DRAFT"}}});
  harness().db().Execute(
      absl::StrCat("UPDATE credit_policies SET state = 'REPLACED' WHERE id = '", IdOf(policy.name()), "'"));
  const std::string alarm = harness().NewId();
  harness().db().Execute(absl::StrCat(
      "INSERT INTO receivable_alarms (id, version, create_time, update_time, creator, updater, alarm_kind, "
      "region, currency, state) VALUES ('",
      alarm,
      "', 1, '2026-01-01', '2026-01-01', 'programs/test', 'programs/test', 'CAP', 'EAST', 'CNY', "
      "'OPEN')"));
  CheckAllPairs(rpb::ReceivableAlarmState_descriptor(), kReceivables, "receivable_alarms",
                absl::StrCat("receivableAlarms/", alarm), {{"AcknowledgeReceivableAlarm", {"OPEN", "ACKNOWLEDGED"}}});
}

}  // namespace
}  // namespace kam::contract::testing

// What an order may not do between its entry and the gate of the warehouse, over real gRPC and MariaDB: C-18, C-19,
// C-21, C-22, R-16.
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/delivery_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/order/v1/release_authority_service.pb.h"
#include "kam/order/v1/supply_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::NamesField;
using kam::testing::StatusIs;
using order::v1::Delivery;
using order::v1::Order;
namespace pb = order::v1;

class OrderGuardTest : public SalesTest {
 protected:
  void SetUp() override {
    SalesTest::SetUp();
    SetLimit(account_, "UNLIMITED", "");
    contract_ = NewContract(account_, /*credit=*/true);
  }
  template <typename Request>
  absl::StatusOr<Order> Verb(const auth::Principal& who, const std::string& method, const std::string& order,
                             const std::string& more = {}) {
    return Call<Order, Request>(who, absl::StrCat(kOrders, method), absl::StrCat("name: '", order, "' ", more));
  }
  absl::StatusOr<Order> Update(const std::string& order, const std::string& fields) {
    return Call<Order, pb::UpdateOrderRequest>(kax_, absl::StrCat(kOrders, "UpdateOrder"),
                                               absl::StrCat("order { name: '", order, "' ", fields, " }"));
  }
  absl::StatusOr<Order> TryReview(const auth::Principal& who, const std::string& order) {
    return Verb<pb::ReviewOrderRequest>(who, "ReviewOrder", order, "warehouse: 'W1' check_result: 'complete'");
  }
  void Procedure(const std::string& fields) {
    Do<pb::OrderProcedure, pb::CreateOrderProcedureRequest>(
        kax_, absl::StrCat(kOrders, "CreateOrderProcedure"),
        absl::StrCat("order_procedure { account: '", account_, "' ", fields, " }"));
  }
  Delivery Plan(const std::string& order, const std::string& quantity) {
    return Do<Delivery, pb::CreateDeliveryRequest>(
        kax_, absl::StrCat(kDeliveries, "CreateDelivery"),
        absl::StrCat("delivery { order: '", order, "' planned_date: '2026-01-06' place: 'Site' deliverer: '",
                     kax_.subject, "' lines { line_number: 1 quantity: '", quantity,
                     "' } checklist { title: 'keys' } checklist { title: 'training' } }"));
  }

  std::string contract_;
};

// C-18, C-20: prices, quantities and quotas are those of the day of the order; it is not moved to another one.
TEST_F(OrderGuardTest, AnOrderStaysOnItsDay) {
  const Order order = *Enter(contract_, "4");
  const absl::StatusOr<Order> moved = Update(order.name(), "order_date: '2026-02-02'");
  EXPECT_THAT(moved, HasReason("ORDER_FROZEN"));
  EXPECT_EQ(MetadataValue(moved.status(), "field"), "order.order_date");
  EXPECT_THAT(Enter(contract_, "1", "order_date: '2026-02-02'"), HasReason("ORDER_DATE_NOT_CURRENT"));
  const std::string quote = NewQuote(account_, "ACCEPTED");
  EXPECT_THAT(Enter(quote, "1", "order_date: '2026-02-02'"), HasReason("ORDER_DATE_NOT_CURRENT"));
  EXPECT_THAT(Enter(quote, "1", "order_date: '2025-06-01'"), HasReason("ORDER_DATE_NOT_CURRENT"));
  EXPECT_THAT(Enter(quote, "1", "order_date: '2026-01-04'"), IsOk());
}

// C-19: the issue note is about what was reviewed; papers may still be added.
TEST_F(OrderGuardTest, WhatWasReviewedIsReviewedAgainWhenItChanges) {
  const Order order = *Enter(contract_, "4", "purchase_order_number: 'PO-7'");
  const std::string note = Review(order.name()).issue_note();
  const absl::StatusOr<Order> filed = Update(order.name(), "papers { title: 'map' document: 'scan/8' }");
  ASSERT_THAT(filed, IsOk());
  EXPECT_EQ(filed->state(), pb::ORDER_STATE_REVIEWED);
  const absl::StatusOr<Order> changed = Update(order.name(), "purchase_order_number: 'PO-8'");
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->state(), pb::ORDER_STATE_ENTERED);
  EXPECT_EQ(changed->issue_note(), "");
  EXPECT_EQ(changed->reviewer(), "");
  EXPECT_TRUE((Do<pb::IssueNote, kam::api::GetRequest>(sad_, absl::StrCat(kOrders, "GetIssueNote"),
                                                       absl::StrCat("name: '", note, "'"))
                   .cancelled()));
  EXPECT_THAT(Verb<pb::ReleaseOrderRequest>(acc_, "ReleaseOrder", order.name()), HasReason("STATE_NOT_ALLOWED"));

  Review(order.name());
  ASSERT_THAT(Verb<pb::HoldOrderRequest>(sad_, "HoldOrder", order.name(), "reason: 'wait'"), IsOk());
  ASSERT_THAT(Update(order.name(), "required_date: '2026-03-01'"), IsOk());
  const absl::StatusOr<Order> resumed =
      Verb<pb::ResumeOrderRequest>(sad_, "ResumeOrder", order.name(), "reason: 'go on'");
  ASSERT_THAT(resumed, IsOk());
  EXPECT_EQ(resumed->state(), pb::ORDER_STATE_ENTERED) << "not REVIEWED: nobody has seen the new day";

  Review(order.name());
  Release(order.name());
  ASSERT_THAT(Verb<pb::HoldOrderRequest>(sad_, "HoldOrder", order.name(), "reason: 'wait'"), IsOk());
  EXPECT_THAT(Update(order.name(), "required_date: '2026-04-01'"), HasReason("ORDER_FROZEN"))
      << "a hold does not open what was released";
}

// C-22, R-09: whoever does not reach a delivery does not hold its order either: the answer comes while the order is
// locked by somebody else.
TEST_F(OrderGuardTest, AForeignDeliveryLocksNoOrder) {
  const Order order = *Enter(contract_, "4");
  Review(order.name());
  Release(order.name());
  const std::string delivery = Plan(order.name(), "4").name();
  const absl::Status held = harness().db().database().RunInTransaction(
      absl::Now() + absl::Seconds(60), [&](mysql::Connection& connection) -> absl::Status {
        RETURN_IF_ERROR(
            connection.Query("SELECT o.id FROM orders o WHERE o.id = ? FOR UPDATE", {mysql::Value(IdOf(order.name()))})
                .status());
        EXPECT_THAT((Call<Delivery, pb::UpdateDeliveryRequest>(
                        other_kax_, absl::StrCat(kDeliveries, "UpdateDelivery"),
                        absl::StrCat("delivery { name: '", delivery, "' place: 'elsewhere' }"))),
                    StatusIs(absl::StatusCode::kNotFound));
        auth::Principal stranger = other_kax_;
        stranger.grants["delivery.ship"] = auth::Level::kOwn;
        EXPECT_THAT((Call<Delivery, pb::ShipDeliveryRequest>(stranger, absl::StrCat(kDeliveries, "ShipDelivery"),
                                                             absl::StrCat("name: '", delivery, "'"))),
                    StatusIs(absl::StatusCode::kNotFound));
        return absl::OkStatus();
      });
  EXPECT_THAT(held, IsOk());
}

// C-19: nobody reviews what he has written himself, nor what he has changed.
TEST_F(OrderGuardTest, WhoChangedAnOrderDoesNotReviewIt) {
  const Order order = *Enter(contract_, "4");
  auth::Principal both = kam_;
  both.grants["order.review"] = auth::Level::kAll;
  ASSERT_THAT((Call<Order, pb::UpdateOrderRequest>(
                  both, absl::StrCat(kOrders, "UpdateOrder"),
                  absl::StrCat("order { name: '", order.name(), "' purchase_order_number: 'PO-9' }"))),
              IsOk());
  EXPECT_THAT(TryReview(both, order.name()), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(TryReview(sad_, order.name()), IsOk());
}

// C-18, G9: opened again it is a new order: the customer's procedure and the days hold for it too.
TEST_F(OrderGuardTest, AReopenedOrderFollowsTheProcedureOfToday) {
  const Order order = *Enter(contract_, "4", "channel: 'fax' required_date: '2026-01-20'");
  ASSERT_THAT(Verb<pb::CancelOrderRequest>(sad_, "CancelOrder", order.name(), "reason: 'no'"), IsOk());
  EXPECT_THAT(
      Verb<pb::ReopenOrderRequest>(sad_, "ReopenOrder", order.name(), "reason: 'yes' required_date: '2025-12-31'"),
      HasReason("ORDER_DATES_CONTRADICT"));
  Procedure("minimum_lead_days: 20 channels: 'fax' channels: 'portal'");
  const absl::StatusOr<Order> early = Verb<pb::ReopenOrderRequest>(sad_, "ReopenOrder", order.name(), "reason: 'yes'");
  EXPECT_THAT(early, HasReason("LEAD_TIME_TOO_SHORT"));
  EXPECT_THAT(early, NamesField("order.required_date"));
  const absl::StatusOr<Order> reopened =
      Verb<pb::ReopenOrderRequest>(sad_, "ReopenOrder", order.name(), "reason: 'yes' required_date: '2026-02-01'");
  ASSERT_THAT(reopened, IsOk());
  EXPECT_EQ(reopened->required_date(), "2026-02-01");
}

// C-18: the same paper of the customer is not ordered twice, by however many at once.
TEST_F(OrderGuardTest, ANumberOfTheCustomerStandsOnOneLivingOrder) {
  Procedure("purchase_order_once: true");
  std::atomic<int> entered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const absl::StatusOr<Order> answer = Enter(contract_, "1", "purchase_order_number: '4500-1'");
      if (answer.ok()) {
        ++entered;
      } else {
        EXPECT_THAT(answer, HasReason("PURCHASE_ORDER_REPEATED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(entered, 1);
  const Order other = *Enter(contract_, "1", "purchase_order_number: '4500-2'");
  EXPECT_THAT(Update(other.name(), "purchase_order_number: '4500-1'"), HasReason("PURCHASE_ORDER_REPEATED"));
  ASSERT_THAT(Verb<pb::CancelOrderRequest>(sad_, "CancelOrder", other.name(), "reason: 'no'"), IsOk());
  EXPECT_THAT(Enter(contract_, "1", "purchase_order_number: '4500-2'"), IsOk()) << "the other one is not living";
  EXPECT_THAT(Verb<pb::ReopenOrderRequest>(sad_, "ReopenOrder", other.name(), "reason: 'yes'"),
              HasReason("PURCHASE_ORDER_REPEATED"));
  EXPECT_THAT(Enter(contract_, "1"), IsOk()) << "without a number";
  EXPECT_THAT(Enter(contract_, "1"), IsOk());
}

// goods go out on an issue note that was made out here; what was reviewed elsewhere is reviewed again.
TEST_F(OrderGuardTest, NothingIsReleasedWithoutAnIssueNote) {
  const auto import = [&](const std::string& state) {
    return Do<kam::api::BatchUpsertResponse, pb::BatchUpsertOrdersRequest>(
               erp_, absl::StrCat(kOrders, "BatchUpsertOrders"),
               absl::StrCat("orders { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '",
                            account_, "' order_date: '2025-12-01' state: ORDER_STATE_", state, " lines { product: '",
                            product_a_, "' quantity: '1' unit_price ", MoneyText("10"), " } }"))
        .results(0);
  };
  for (const char* state : {"REVIEWED", "RELEASED"}) {
    EXPECT_THAT(import(state).status().DebugString(), ::testing::HasSubstr("ORDER_STATE_NOT_IMPORTABLE")) << state;
  }
  // Brought before that was refused.
  const std::string old = import("ENTERED").name();
  harness().db().Execute(absl::StrCat("UPDATE orders SET state = 'REVIEWED' WHERE id = '", IdOf(old), "'"));
  EXPECT_THAT(Verb<pb::ReleaseOrderRequest>(acc_, "ReleaseOrder", old), HasReason("ORDER_NOT_REVIEWED"));
  EXPECT_THAT(Verb<pb::OverrideReleaseOrderRequest>(gm_, "OverrideReleaseOrder", old, "reason: 'urgent'"),
              HasReason("ORDER_NOT_REVIEWED"));
}

// C-18, C-20: what another system brings open is sold at agreed prices only, within what is agreed, by the customer's
// own procedure and on credit; also after somebody here has touched it.
TEST_F(OrderGuardTest, AnImportedOrderIsReviewedByTheTermsOfANewOne) {
  const auto import = [&](const std::string& price, const std::string& quantity, const std::string& more) {
    return Do<kam::api::BatchUpsertResponse, pb::BatchUpsertOrdersRequest>(
               erp_, absl::StrCat(kOrders, "BatchUpsertOrders"),
               absl::StrCat("orders { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '",
                            account_, "' order_date: '2025-12-01' state: ORDER_STATE_ENTERED lines { product: '",
                            product_a_, "' quantity: '", quantity, "' unit_price ", MoneyText(price), " } ", more,
                            " }"))
        .results(0)
        .name();
  };
  const auto refused = [&](const std::string& order, const std::string& reason) {
    EXPECT_THAT(TryReview(sad_, order), HasReason(reason));
    EXPECT_THAT(Verb<pb::CancelOrderRequest>(sad_, "CancelOrder", order, "reason: 'no'"), IsOk());
  };
  const std::string free = import("0.01", "1", "");
  EXPECT_THAT(TryReview(sad_, free), HasReason("ORDER_BASIS_REQUIRED"));
  ASSERT_THAT(Verb<pb::HoldOrderRequest>(kam_, "HoldOrder", free, "reason: 'wait'"), IsOk());
  ASSERT_THAT(Verb<pb::ResumeOrderRequest>(kam_, "ResumeOrder", free, "reason: 'go on'"), IsOk());
  refused(free, "ORDER_BASIS_REQUIRED");

  SetLimit(account_, "AMOUNT", "9000");
  const std::string basis = absl::StrCat("contract: '", contract_, "'");
  refused(import("9.99", "1", basis), "PRICE_NOT_AGREED");
  refused(import("10", "1001", basis), "QUANTITY_NOT_AGREED");
  refused(import("10", "901", basis), "CREDIT_LIMIT_EXCEEDED");
  Procedure("purchase_order_required: true");
  refused(import("10", "4", basis), "PURCHASE_ORDER_REQUIRED");
  const std::string quote = NewQuote(account_, "ACCEPTED");
  const std::string by_quote = absl::StrCat("quote: '", quote, "' purchase_order_number: '76'");
  refused(import("9", "1", by_quote), "PRICE_NOT_AGREED");
  refused(import("10", "11", by_quote), "QUANTITY_NOT_AGREED");
  ASSERT_THAT(TryReview(sad_, import("10", "10", by_quote)), IsOk());
  EXPECT_THAT(Enter(quote, "1", "purchase_order_number: '78'"), HasReason("QUANTITY_NOT_AGREED")) << "it is sold";

  const std::string good = import("10", "5", basis + " purchase_order_number: '77'");
  const absl::StatusOr<Order> reviewed = TryReview(sad_, good);
  ASSERT_THAT(reviewed, IsOk());
  EXPECT_EQ(reviewed->state(), pb::ORDER_STATE_REVIEWED);
  EXPECT_EQ(reviewed->payment_mode(), pb::PAYMENT_MODE_CREDIT);
  EXPECT_EQ(reviewed->terms_days(), 30);
  EXPECT_EQ(Amount(Exposure(account_).held()), D("50")) << "on credit like any other";
  EXPECT_EQ(
      Sql(absl::StrCat("SELECT CAST(SUM(reserved) AS CHAR) FROM contract_draws WHERE order_id = '", IdOf(good), "'")),
      D("5"));
  EXPECT_THAT(Verb<pb::ReleaseOrderRequest>(acc_, "ReleaseOrder", good), IsOk());

  // C-20: the quota of its own day.
  const auto quota = Do<pb::Quota, pb::CreateQuotaRequest>(
      harness().PrincipalFor("SPO", harness().NewId()), "kam.order.v1.SupplyService/CreateQuota",
      absl::StrCat("quota { product: '", product_a_, "' account: '", account_,
                   "' quantity: '19' from_date: '2025-12-01' to_date: '2025-12-31' }"));
  const auto used = [&] {
    return Sql(absl::StrCat("SELECT CAST(used AS CHAR) FROM quotas WHERE id = '", IdOf(quota.name()), "'"));
  };
  refused(import("10", "5", basis + " purchase_order_number: '79'"), "QUOTA_EXCEEDED");
  EXPECT_EQ(used(), D("15")) << "the two that were reviewed";
  const std::string fits = import("10", "4", basis + " purchase_order_number: '80'");
  ASSERT_THAT(TryReview(sad_, fits), IsOk());
  EXPECT_EQ(used(), D("19"));
  ASSERT_THAT(Verb<pb::CancelOrderRequest>(sad_, "CancelOrder", fits, "reason: 'no'"), IsOk());
  EXPECT_EQ(used(), D("15"));
}

// C-21, C-34: who lets goods go without money or credit has a bound for every customer, and it is not passed by several
// orders.
TEST_F(OrderGuardTest, TheGateIsOverriddenWithinAuthorityOnly) {
  constexpr char kAuthorities[] = "kam.order.v1.ReleaseAuthorityService/";
  contract_ = NewContract(account_, /*credit=*/false);
  const std::string id = harness().NewId();
  harness().AddEmployeeScope(id, "", "");
  auth::Principal lead = harness().PrincipalFor("SM", id);
  lead.grants["order.override_release"] = auth::Level::kAll;
  lead.grants["credit.override"] = auth::Level::kAll;
  const auto give = [&](const auth::Principal& who, const std::string& text) {
    return Call<pb::ReleaseAuthority, pb::CreateReleaseAuthorityRequest>(
        who, absl::StrCat(kAuthorities, "CreateReleaseAuthority"),
        absl::StrCat("release_authority { valid_from: '2026-01-01' reason: 'season' ", text, " }"));
  };
  const auto entered = [&](const std::string& quantity) {
    const std::string order = Enter(contract_, quantity)->name();
    Review(order);
    return order;
  };
  const auto override_by = [&](const auth::Principal& who, const std::string& order) {
    return Verb<pb::OverrideReleaseOrderRequest>(who, "OverrideReleaseOrder", order, "reason: 'line down'");
  };
  const std::string first = entered("4");
  const absl::StatusOr<Order> none = override_by(lead, first);
  EXPECT_THAT(none, HasReason("RELEASE_BEYOND_AUTHORITY"));
  EXPECT_EQ(MetadataValue(none.status(), "limit"), "0");
  EXPECT_THAT(MetadataValue(none.status(), "allowed"), ::testing::HasSubstr("GM"));

  auth::Principal finance = fd_;
  finance.grants["release_authority.write"] = auth::Level::kAll;
  EXPECT_THAT(give(finance, "role: 'SM' currency: 'CNY'"), HasReason("GRANT_EXCEEDS_OWN")) << "without a bound";
  EXPECT_THAT(give(finance, "role: 'SM' currency: 'USD' max_amount { currency_code: 'USD' units: 1 }"),
              HasReason("GRANT_EXCEEDS_OWN"));
  EXPECT_THAT(give(finance, "role: 'FD' currency: 'CNY' max_amount { currency_code: 'CNY' units: 1 }"),
              HasReason("SELF_GRANT"));
  EXPECT_THAT(give(gm_, "role: 'SM' max_amount { currency_code: 'CNY' units: 1 }"), HasReason("CURRENCY_REQUIRED"));
  EXPECT_THAT(give(gm_, "currency: 'CNY'"), HasReason("GRANTEE_INVALID"));
  const absl::StatusOr<pb::ReleaseAuthority> given = give(
      finance,
      absl::StrCat("employee: 'employees/", id, "' currency: 'CNY' max_amount { currency_code: 'CNY' units: 50 }"));
  ASSERT_THAT(given, IsOk());

  ASSERT_THAT(override_by(lead, first), IsOk());
  const std::string second = entered("2");
  const absl::StatusOr<Order> beyond = override_by(lead, second);
  EXPECT_THAT(beyond, HasReason("RELEASE_BEYOND_AUTHORITY")) << "40 are out already";
  EXPECT_EQ(MetadataValue(beyond.status(), "amount"), "60");
  EXPECT_EQ(MetadataValue(beyond.status(), "limit"), "50");
  Pay(account_, "10", first);
  EXPECT_THAT(override_by(lead, second), IsOk());

  // The same authority decides where credit holds an order up.
  SetLimit(account_, "NONE", "");
  const Order held = *Enter(NewContract(account_, /*credit=*/true), "1", "", "hold_without_credit: true");
  ASSERT_EQ(held.state(), pb::ORDER_STATE_ON_HOLD);
  EXPECT_THAT(Verb<pb::OverrideOrderCreditRequest>(lead, "OverrideOrderCredit", held.name(), "reason: 'line down'"),
              HasReason("RELEASE_BEYOND_AUTHORITY"));
  EXPECT_THAT(Verb<pb::OverrideOrderCreditRequest>(fd_, "OverrideOrderCredit", held.name(), "reason: 'line down'"),
              IsOk());

  Do<pb::ReleaseAuthority, pb::RevokeReleaseAuthorityRequest>(
      gm_, absl::StrCat(kAuthorities, "RevokeReleaseAuthority"),
      absl::StrCat("name: '", given->name(), "' reason: 'season over'"));
  EXPECT_EQ(MetadataValue(override_by(lead, entered("1")).status(), "limit"), "0");
  contract_ = NewContract(account_, /*credit=*/false, "USD");
  const std::string abroad = entered("1");
  EXPECT_THAT(override_by(fd_, abroad), HasReason("RELEASE_BEYOND_AUTHORITY")) << "another currency";
  EXPECT_THAT(override_by(gm_, abroad), IsOk());
}

// C-21, C-32: what was given up of an order that went out on somebody's word is not charged to him for ever.
TEST_F(OrderGuardTest, AWriteOffFreesTheReleaseAuthority) {
  contract_ = NewContract(account_, /*credit=*/false);
  const std::string id = harness().NewId();
  harness().AddEmployeeScope(id, "", "");
  auth::Principal lead = harness().PrincipalFor("SM", id);
  lead.grants["order.override_release"] = auth::Level::kAll;
  Do<pb::ReleaseAuthority, pb::CreateReleaseAuthorityRequest>(
      gm_, "kam.order.v1.ReleaseAuthorityService/CreateReleaseAuthority",
      absl::StrCat("release_authority { valid_from: '2026-01-01' reason: 'season' employee: 'employees/", id,
                   "' currency: 'CNY' max_amount ", MoneyText("50"), " }"));
  const auto override_release = [&](const std::string& order) {
    return Verb<pb::OverrideReleaseOrderRequest>(lead, "OverrideReleaseOrder", order, "reason: 'line down'");
  };
  const std::string first = Enter(contract_, "4")->name(), second = Enter(contract_, "2")->name();
  Review(first);
  Review(second);
  ASSERT_THAT(override_release(first), IsOk());
  Deliver(first, "3");
  const std::string invoice = Invoice(first).name();
  WriteOff(invoice, "9.99");
  const absl::StatusOr<Order> beyond = override_release(second);
  EXPECT_THAT(beyond, HasReason("RELEASE_BEYOND_AUTHORITY"));
  EXPECT_EQ(MetadataValue(beyond.status(), "amount"), "50.01");
  WriteOff(invoice, "0.01");
  EXPECT_THAT(override_release(second), IsOk());
}

// C-14, C-22: what was released before its contract was suspended waits all the same.
TEST_F(OrderGuardTest, GoodsOfASuspendedContractDoNotLeave) {
  const Order order = *Enter(contract_, "4");
  Review(order.name());
  Release(order.name());
  const Delivery delivery = Plan(order.name(), "4");
  const auto ship = [&] {
    return Call<Delivery, pb::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                                   absl::StrCat("name: '", delivery.name(), "'"));
  };
  harness().db().Execute(absl::StrCat("UPDATE contracts SET state = 'SUSPENDED' WHERE id = '", IdOf(contract_), "'"));
  EXPECT_THAT(ship(), HasReason("CONTRACT_NOT_IN_FORCE"));
  harness().db().Execute(absl::StrCat("UPDATE contracts SET state = 'ACTIVE' WHERE id = '", IdOf(contract_), "'"));
  EXPECT_THAT(ship(), IsOk());
}

// C-22: the steps that were planned are signed for, not a list of the deliverer's own.
TEST_F(OrderGuardTest, NoStepOfTheHandOverIsLeftOutAtTheSignature) {
  const Order order = *Enter(contract_, "4");
  Review(order.name());
  Release(order.name());
  const Delivery delivery = Plan(order.name(), "4");
  Do<Delivery, pb::ShipDeliveryRequest>(wh_, absl::StrCat(kDeliveries, "ShipDelivery"),
                                        absl::StrCat("name: '", delivery.name(), "'"));
  const auto accept = [&](const std::string& checklist) {
    return Call<Delivery, pb::AcceptDeliveryRequest>(
        kax_, absl::StrCat(kDeliveries, "AcceptDelivery"),
        absl::StrCat("name: '", delivery.name(), "' signatory: 'Wang' signature_document: 'scan/1' ", checklist));
  };
  const absl::StatusOr<Delivery> shorter = accept("checklist { title: 'keys' done: true }");
  EXPECT_THAT(shorter, HasReason("CHECKLIST_STEP_MISSING"));
  EXPECT_EQ(MetadataValue(shorter.status(), "missing"), "training");
  EXPECT_THAT(accept("checklist { title: 'keys' done: true } checklist { title: 'training' }"),
              HasReason("CHECKLIST_INCOMPLETE"));
  EXPECT_THAT(accept("checklist { title: 'keys' done: true } checklist { title: 'training' done: true }"), IsOk());
}

}  // namespace
}  // namespace kam::contract::testing

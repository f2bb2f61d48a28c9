// Rebates, obligations, disputes and renewal over real gRPC and MariaDB. C-09, C-13, C-16; golden cases G19, G31.
#include <functional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/contract/v1/dispute_service.pb.h"
#include "kam/contract/v1/obligation_service.pb.h"
#include "kam/contract/v1/rebate_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using v1::Contract;
using v1::ContractDispute;
using v1::Obligation;
using v1::RebateSettlement;

constexpr char kRebates[] = "kam.contract.v1.RebateService/";
constexpr char kObligations[] = "kam.contract.v1.ObligationService/";
constexpr char kDisputes[] = "kam.contract.v1.DisputeService/";

class PerformanceTest : public SalesTest {
 protected:
  void SetUp() override {
    SalesTest::SetUp();
    start_ = harness().clock().Now();
  }
  void TearDown() override { harness().clock().Set(start_); }

  void GoTo(int year, int month, int day) {
    const absl::Time time = absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
    harness().clock().Set(time);
    EXPECT_THAT(scheduler().RunDue(time, absl::InfiniteFuture()), IsOk());
  }
  Contract Get(const std::string& name) {
    return Do<Contract, kam::api::GetRequest>(kam_, absl::StrCat(kContracts, "GetContract"),
                                              absl::StrCat("name: '", name, "'"));
  }
  // A year at 10 with 2 % from 5 000 and 4 % from 10 000, in force.
  std::string NewFramework() {
    const auto answer = Do<kam::api::BatchUpsertResponse, v1::BatchUpsertContractsRequest>(
        erp_, absl::StrCat(kContracts, "BatchUpsertContracts"),
        absl::StrCat("contracts { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '", account_,
                     "' title: 'Framework' kind: CONTRACT_KIND_ANNUAL currency: 'CNY' state: CONTRACT_STATE_ACTIVE "
                     "start_date: '2026-01-01' end_date: '2026-12-31' payment: CONTRACT_PAYMENT_CREDIT terms_days: 30 "
                     "rebate_tiers { from_volume: '5000' percent: '2' } rebate_tiers { from_volume: '10000' percent: "
                     "'4' } lines { product: '",
                     product_a_, "' quantity: '10000' unit_price ", MoneyText("10"), " } }"));
    EXPECT_EQ(answer.results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << answer.DebugString();
    return answer.results(0).name();
  }
  // Orders, delivers and invoices so many pieces at 10.
  void Sell(const std::string& contract, const std::string& quantity) { Invoice(CallOff(contract, quantity)); }
  // Orders and delivers them only.
  std::string CallOff(const std::string& contract, const std::string& quantity) {
    const absl::StatusOr<order::v1::Order> order = Enter(contract, quantity);
    EXPECT_THAT(order, IsOk());
    if (!order.ok()) return "";
    SalesTest::Review(order->name());
    Release(order->name());
    harness().db().Execute(absl::StrCat("UPDATE orders_lines SET delivered_quantity = quantity WHERE parent_id = '",
                                        IdOf(order->name()), "'"));
    return order->name();
  }
  // Every order of the contract ends so.
  void EndOrders(const std::string& contract, const std::string& state) {
    harness().db().Execute(absl::StrCat("UPDATE orders SET state = '", state, "' WHERE contract = '", IdOf(contract),
                                        "' AND state <> 'SETTLED'"));
  }
  // How many accruals there are, and their sum.
  void ExpectAccruals(const std::string& contract, const std::string& count, const std::string& sum) {
    const std::string where =
        absl::StrCat(" FROM rebate_settlements WHERE contract = '", IdOf(contract), "' AND kind = 'ACCRUAL'");
    EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR)", where)), D(count));
    EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COALESCE(SUM(amount_amount), 0) AS CHAR)", where)), D(sum));
  }
  absl::StatusOr<RebateSettlement> Propose(const std::string& contract, const std::string& kind,
                                           const std::string& until) {
    return Call<RebateSettlement, v1::CreateRebateSettlementRequest>(
        kam_, absl::StrCat(kRebates, "CreateRebateSettlement"),
        absl::StrCat("rebate_settlement { contract: '", contract, "' kind: REBATE_SETTLEMENT_KIND_", kind,
                     " until_date: '", until, "' }"));
  }
  absl::StatusOr<RebateSettlement> Decide(const auth::Principal& who, const RebateSettlement& settlement,
                                          bool approve = true) {
    return Call<RebateSettlement, v1::DecideRebateSettlementRequest>(
        who, absl::StrCat(kRebates, "DecideRebateSettlement"),
        absl::StrCat("name: '", settlement.name(), "' etag: '", settlement.etag(),
                     "' approve: ", approve ? "true" : "false", " opinion: 'seen'"));
  }

  absl::Time start_;
};

// G19: October 3 000 gives nothing, until November 7 000 gives 140, until the end 27 000 gives 1 080, of which 940 are
// left to pay. Invoices are the business volume; a second person approves, a third pays.
TEST_F(PerformanceTest, RebateOfAYearIsSettledTwice) {
  const std::string contract = NewFramework();
  SetLimit(account_, "UNLIMITED", "");
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2026, 10, 10), absl::UTCTimeZone()));
  Sell(contract, "300");
  EXPECT_THAT(Propose(contract, "PARTIAL", "2026-10-10"), HasReason("NOTHING_TO_SETTLE"));
  const auto standing = Do<v1::RebateStanding, v1::GetRebateStandingRequest>(
      kax_, absl::StrCat(kRebates, "GetRebateStanding"), absl::StrCat("name: '", contract, "'"));
  EXPECT_EQ(Amount(standing.volume()), D("3000"));
  EXPECT_EQ(standing.next_percent(), "2");
  EXPECT_EQ(Amount(standing.missing_volume()), D("2000"));
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2026, 11, 10), absl::UTCTimeZone()));
  Sell(contract, "400");
  EXPECT_THAT(Propose(contract, "FINAL", "2026-11-10"), HasReason("REBATE_DATE_INVALID"));
  EXPECT_THAT(Propose(contract, "ACCRUAL", "2026-10-10"), HasReason("REBATE_ACCRUAL_SCHEDULED"));
  EXPECT_THAT(Propose(contract, "PARTIAL", "2026-11-11"), HasReason("REBATE_DATE_INVALID"));
  const absl::StatusOr<RebateSettlement> partial = Propose(contract, "PARTIAL", "2026-11-10");
  ASSERT_THAT(partial, IsOk());
  EXPECT_EQ(Amount(partial->amount()), D("140"));
  EXPECT_THAT(Propose(contract, "PARTIAL", "2026-11-10"), HasReason("REBATE_SETTLEMENT_OPEN"));
  EXPECT_THAT(Decide(kam_, *partial), StatusIs(absl::StatusCode::kPermissionDenied));
  auth::Principal both = kam_;
  both.grants["rebate.decide"] = auth::Level::kAll;
  EXPECT_THAT(Decide(both, *partial), HasReason("SEPARATION_OF_DUTIES"));
  const absl::StatusOr<RebateSettlement> approved = Decide(fd_, *partial);
  ASSERT_THAT(approved, IsOk());
  const auto pay = [&](const auth::Principal& who) {
    return Call<RebateSettlement, v1::PayRebateSettlementRequest>(
        who, absl::StrCat(kRebates, "PayRebateSettlement"),
        absl::StrCat("name: '", partial->name(), "' payment_reference: 'V-1'"));
  };
  both.grants["rebate.pay"] = auth::Level::kAll;
  EXPECT_THAT(pay(both), HasReason("SEPARATION_OF_DUTIES")) << "who proposed it does not pay it";
  auth::Principal decider = fd_;
  decider.grants["rebate.pay"] = auth::Level::kAll;
  EXPECT_THAT(pay(decider), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(pay(acc_), IsOk());
  EXPECT_THAT(pay(acc_), HasReason("STATE_NOT_ALLOWED"));
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2026, 12, 31), absl::UTCTimeZone()));
  Sell(contract, "2000");
  EXPECT_THAT(Propose(contract, "FINAL", "2026-12-31"), HasReason("ORDERS_OPEN"));
  EndOrders(contract, "SETTLED");
  const absl::StatusOr<RebateSettlement> last = Propose(contract, "FINAL", "2026-12-31");
  ASSERT_THAT(last, IsOk());
  EXPECT_EQ(Amount(last->volume()), D("27000"));
  EXPECT_EQ(Amount(last->entitled()), D("1080"));
  EXPECT_EQ(Amount(last->settled_before()), D("140"));
  EXPECT_EQ(Amount(last->amount()), D("940"));
  Sell(contract, "100");
  EXPECT_THAT(Decide(fd_, *last), HasReason("REBATE_CHANGED"));
  ASSERT_THAT(Decide(fd_, *last, /*approve=*/false), IsOk());
  EndOrders(contract, "SETTLED");
  const absl::StatusOr<RebateSettlement> again = Propose(contract, "FINAL", "2026-12-31");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(Amount(again->amount()), D("980"));
  ASSERT_THAT(Enter(contract, "1"), IsOk());
  EXPECT_THAT(Decide(fd_, *again), HasReason("ORDERS_OPEN"));
  EndOrders(contract, "CANCELLED");
  ASSERT_THAT(Decide(fd_, *again), IsOk());
  EXPECT_THAT(Propose(contract, "PARTIAL", "2026-12-31"), HasReason("REBATE_SETTLED"));
  EXPECT_THAT(Propose(NewContract(account_, false), "PARTIAL", "2026-12-31"), HasReason("REBATE_NOT_AGREED"));
}

// C-09, G19: what was approved is not paid when invoices it came from are cancelled meanwhile; it is refused and
// proposed again.
TEST_F(PerformanceTest, ARebateIsNotPaidOnInvoicesThatAreNoMore) {
  const std::string contract = NewFramework();
  SetLimit(account_, "UNLIMITED", "");
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2026, 11, 10), absl::UTCTimeZone()));
  Sell(contract, "600");
  const receivable::v1::Invoice second = Invoice(CallOff(contract, "300"));
  const absl::StatusOr<RebateSettlement> settlement = Propose(contract, "PARTIAL", "2026-11-10");
  ASSERT_THAT(settlement, IsOk());
  EXPECT_EQ(Amount(settlement->amount()), D("180"));
  const absl::StatusOr<RebateSettlement> approved = Decide(fd_, *settlement);
  ASSERT_THAT(approved, IsOk());
  EXPECT_THAT(Decide(fd_, *approved), HasReason("REBATE_APPROVED"));
  harness().db().Execute(
      absl::StrCat("UPDATE invoices SET state = 'CANCELLED' WHERE id = '", IdOf(second.name()), "'"));
  const auto pay = [&](const RebateSettlement& of) {
    return Call<RebateSettlement, v1::PayRebateSettlementRequest>(
        acc_, absl::StrCat(kRebates, "PayRebateSettlement"),
        absl::StrCat("name: '", of.name(), "' payment_reference: 'V-1'"));
  };
  const absl::StatusOr<RebateSettlement> refused = pay(*approved);
  EXPECT_THAT(refused, HasReason("REBATE_CHANGED"));
  EXPECT_EQ(MetadataValue(refused.status(), "current"), "120");
  const absl::StatusOr<RebateSettlement> rejected = Decide(fd_, *approved, /*approve=*/false);
  ASSERT_THAT(rejected, IsOk());
  EXPECT_EQ(rejected->state(), v1::REBATE_SETTLEMENT_STATE_REJECTED);
  EXPECT_THAT(pay(*rejected), HasReason("STATE_NOT_ALLOWED"));
  const absl::StatusOr<RebateSettlement> again = Propose(contract, "PARTIAL", "2026-11-10");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(Amount(again->amount()), D("120"));
  ASSERT_THAT(Decide(fd_, *again), IsOk());
  Sell(contract, "100");  // More than was approved: the rest comes with the next settlement.
  EXPECT_THAT(pay(*again), IsOk());
}

// C-09: the books are brought up to date at the end of every month, once, until the contract has ended.
TEST_F(PerformanceTest, RebateIsAccruedEveryMonth) {
  const std::string contract = NewFramework();
  SetLimit(account_, "UNLIMITED", "");
  Sell(contract, "700");
  GoTo(2026, 2, 1);
  GoTo(2026, 2, 2);
  const auto accruals = [&] {
    return Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) FROM rebate_settlements WHERE contract = '", IdOf(contract),
                            "' AND kind = 'ACCRUAL'"));
  };
  EXPECT_EQ(accruals(), D("1"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(SUM(amount_amount) AS CHAR) FROM rebate_settlements WHERE contract = '",
                             IdOf(contract), "'")),
            D("140"));
  GoTo(2026, 3, 1);
  EXPECT_EQ(accruals(), D("1")) << "nothing new in February";
  Sell(contract, "500");
  GoTo(2027, 2, 1);
  EXPECT_EQ(accruals(), D("2"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(SUM(amount_amount) AS CHAR) FROM rebate_settlements WHERE contract = '",
                             IdOf(contract), "'")),
            D("480"));
}

// C-09: what was called off in time and invoiced after the last day belongs to the final rebate, and to the books.
TEST_F(PerformanceTest, RebateTakesWhatIsInvoicedAfterTheEnd) {
  const std::string contract = NewFramework();
  SetLimit(account_, "UNLIMITED", "");
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2026, 12, 30), absl::UTCTimeZone()));
  const std::string order = CallOff(contract, "700");
  GoTo(2027, 1, 10);
  ExpectAccruals(contract, "0", "0");
  EXPECT_THAT(Propose(contract, "FINAL", "2027-01-10"), HasReason("ORDERS_OPEN"));
  Invoice(order);
  EndOrders(contract, "SETTLED");
  EXPECT_THAT(Propose(contract, "FINAL", "2026-12-31"), HasReason("REBATE_DATE_INVALID"));
  const absl::StatusOr<RebateSettlement> last = Propose(contract, "FINAL", "2027-01-10");
  ASSERT_THAT(last, IsOk());
  EXPECT_EQ(Amount(last->amount()), D("140"));
  GoTo(2027, 2, 1);
  ExpectAccruals(contract, "1", "140");
  ASSERT_THAT(Decide(fd_, *last), IsOk());
  GoTo(2027, 3, 1);
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(due_id) AS CHAR) FROM due_items WHERE kind = 'rebate.accrue' AND "
                             "resource = '",
                             contract, "' AND done_time IS NULL")),
            D("0"))
      << "finished";
}

// C-09: no settlement, no moved and no missing last day keeps the month from the books.
TEST_F(PerformanceTest, RebateIsAccruedWhateverCameFirst) {
  const std::string contract = NewFramework();
  SetLimit(account_, "UNLIMITED", "");
  Sell(contract, "700");
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2026, 2, 15), absl::UTCTimeZone()));
  const absl::StatusOr<RebateSettlement> partial = Propose(contract, "PARTIAL", "2026-02-15");
  ASSERT_THAT(partial, IsOk());
  ASSERT_THAT(Decide(fd_, *partial), IsOk());
  GoTo(2026, 2, 16);
  ExpectAccruals(contract, "1", "140");
  Sell(contract, "300");
  harness().db().Execute(
      absl::StrCat("UPDATE contracts SET end_date = '2026-02-10' WHERE id = '", IdOf(contract), "'"));
  GoTo(2026, 3, 1);
  ExpectAccruals(contract, "2", "400");
  harness().db().Execute(absl::StrCat("UPDATE contracts SET end_date = NULL WHERE id = '", IdOf(contract), "'"));
  Sell(contract, "100");
  GoTo(2026, 4, 1);
  ExpectAccruals(contract, "3", "440");
}

// C-13: overdue once, disputed before the legal department, goes on after the settlement, ends with the contract.
TEST_F(PerformanceTest, ObligationFromDueDayToDisputeAndEnd) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const auto create = [&](const std::string& due) {
    return Do<Obligation, v1::CreateObligationRequest>(
        kax_, absl::StrCat(kObligations, "CreateObligation"),
        absl::StrCat("obligation { contract: '", contract,
                     "' kind: OBLIGATION_KIND_PAYMENT title: 'First instalment' "
                     "due_date: '",
                     due, "' target_amount ", MoneyText("500"), " }"));
  };
  const auto read = [&](const std::string& name) {
    return Do<Obligation, kam::api::GetRequest>(kax_, absl::StrCat(kObligations, "GetObligation"),
                                                absl::StrCat("name: '", name, "'"));
  };
  const std::string name = create("2026-01-20").name();
  const std::string later = create("2026-06-30").name();
  GoTo(2026, 1, 21);
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_OVERDUE);
  EXPECT_EQ(read(name).overdue_date(), "2026-01-21");
  const std::string etag = read(name).etag();
  GoTo(2026, 1, 25);
  EXPECT_EQ(read(name).etag(), etag) << "overdue is said once";
  EXPECT_EQ(read(later).state(), v1::OBLIGATION_STATE_IN_FORCE);
  const auto change = [&](const auth::Principal& who, const std::string& of, const std::string& fields) {
    return Call<Obligation, v1::UpdateObligationRequest>(who, absl::StrCat(kObligations, "UpdateObligation"),
                                                         absl::StrCat("obligation { name: '", of, "' ", fields, " }"));
  };
  // Who is measured by it does not put off the day that has passed, nor ask for less; before the day he plans.
  EXPECT_THAT(change(kax_, name, "due_date: '2027-01-20'"), HasReason("SUPERVISION_REQUIRED"));
  EXPECT_THAT(change(kax_, name, absl::StrCat("target_amount ", MoneyText("1"))), HasReason("SUPERVISION_REQUIRED"));
  EXPECT_THAT(change(kax_, name, "title: 'Instalment 1'"), IsOk());
  EXPECT_THAT(change(kax_, later, "due_date: '2026-06-29'"), IsOk());
  const absl::StatusOr<Obligation> put_off = change(kam_, name, "due_date: '2026-01-26'");
  ASSERT_THAT(put_off, IsOk());
  EXPECT_EQ(put_off->state(), v1::OBLIGATION_STATE_IN_FORCE);
  ASSERT_THAT(change(kam_, name, "due_date: '2026-01-20'"), IsOk());
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_OVERDUE);
  const auto raise = [&] {
    return Call<ContractDispute, v1::CreateContractDisputeRequest>(
        kam_, absl::StrCat(kDisputes, "CreateContractDispute"),
        absl::StrCat("contract_dispute { contract: '", contract, "' obligation: '", name,
                     "' title: 'Instalment withheld' statement: 'The customer says...' claimed_amount ",
                     MoneyText("500"), " }"));
  };
  const absl::StatusOr<ContractDispute> dispute = raise();
  ASSERT_THAT(dispute, IsOk());
  EXPECT_THAT(raise(), HasReason("DISPUTE_OPEN"));
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_DISPUTED);
  EXPECT_EQ(read(name).dispute(), dispute->name());
  const auto settle = [&](const auth::Principal& who) {
    return Call<ContractDispute, v1::SettleContractDisputeRequest>(
        who, absl::StrCat(kDisputes, "SettleContractDispute"),
        absl::StrCat("name: '", dispute->name(), "' resolution: 'pays 400' settled_amount ", MoneyText("400")));
  };
  EXPECT_THAT(settle(leg_), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_THAT((Call<ContractDispute, v1::TakeContractDisputeRequest>(
                  kam_, absl::StrCat(kDisputes, "TakeContractDispute"), absl::StrCat("name: '", dispute->name(), "'"))),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT((Call<ContractDispute, v1::TakeContractDisputeRequest>(
                  leg_, absl::StrCat(kDisputes, "TakeContractDispute"), absl::StrCat("name: '", dispute->name(), "'"))),
              IsOk());
  const absl::StatusOr<ContractDispute> settled = settle(leg_);
  ASSERT_THAT(settled, IsOk());
  EXPECT_EQ(settled->handler(), leg_.subject);
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_OVERDUE);
  const auto pay = [&](const std::string& amount, const std::string& id) {
    return Call<Obligation, v1::RecordFulfilmentRequest>(
        kax_, absl::StrCat(kObligations, "RecordFulfilment"),
        absl::StrCat("name: '", name, "' amount ", MoneyText(amount), " note: 'R-1' ", id));
  };
  // G31
  const std::string id = "request_id: '0190f3f4-7a1b-7c3d-9e4f-5a6b7c8d9e11'";
  ASSERT_THAT(pay("300", id), IsOk());
  ASSERT_THAT(pay("300", id), IsOk());
  EXPECT_EQ(read(name).deviation(), "-200");
  ASSERT_THAT(pay("200", ""), IsOk());
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_COMPLETED);
  EXPECT_EQ(read(name).days_late(), 5);
  Do<Contract, v1::ActivateContractRequest>(kam_, absl::StrCat(kContracts, "ActivateContract"),
                                            absl::StrCat("name: '", contract, "'"));
  EXPECT_THAT((Call<Contract, v1::CloseContractRequest>(kam_, absl::StrCat(kContracts, "CloseContract"),
                                                        absl::StrCat("name: '", contract, "'"))),
              HasReason("OBLIGATIONS_OPEN"));
  Do<Contract, v1::TerminateContractRequest>(kapm_, absl::StrCat(kContracts, "TerminateContract"),
                                             absl::StrCat("name: '", contract, "' reason: 'insolvency'"));
  EXPECT_EQ(read(later).state(), v1::OBLIGATION_STATE_TERMINATED);
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_COMPLETED);
}

// C-13: the termination of a contract ends all that was to be done, and what is disputed as soon as the dispute is
// over.
TEST_F(PerformanceTest, NothingOutlivesATerminatedContract) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  Do<Contract, v1::ActivateContractRequest>(kam_, absl::StrCat(kContracts, "ActivateContract"),
                                            absl::StrCat("name: '", contract, "'"));
  const auto create = [&] {
    return Do<Obligation, v1::CreateObligationRequest>(
               kax_, absl::StrCat(kObligations, "CreateObligation"),
               absl::StrCat("obligation { contract: '", contract,
                            "' kind: OBLIGATION_KIND_DELIVERY title: 'Spares' due_date: '2026-06-30' "
                            "target_quantity: '5' }"))
        .name();
  };
  const std::string disputed = create();
  const std::string many = create();
  // More than are ended at a time.
  harness().db().Execute(absl::StrCat(
      "INSERT INTO obligations (id, version, create_time, update_time, creator, updater, contract, account, kind, "
      "title, "
      "due_date, target_quantity, fulfilled_quantity, deviation, state) SELECT CONCAT(SUBSTRING(o.id, 1, 22), "
      "LPAD(n.n, "
      "4, '0')), 1, o.create_time, o.update_time, o.creator, o.updater, o.contract, o.account, o.kind, o.title, "
      "o.due_date, o.target_quantity, o.fulfilled_quantity, o.deviation, o.state FROM obligations o JOIN (SELECT a.d + "
      "10 * b.d + 100 * c.d AS n FROM (SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION "
      "SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) a, (SELECT 0 AS d UNION SELECT 1 UNION "
      "SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT "
      "9) b, (SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 "
      "UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) c) n WHERE o.id = '",
      IdOf(many), "'"));
  const std::string dispute =
      Do<ContractDispute, v1::CreateContractDisputeRequest>(
          kam_, absl::StrCat(kDisputes, "CreateContractDispute"),
          absl::StrCat("contract_dispute { contract: '", contract, "' obligation: '", disputed,
                       "' title: 'Not delivered' statement: 'They say...' claimed_amount ", MoneyText("50"), " }"))
          .name();
  Do<Contract, v1::TerminateContractRequest>(kapm_, absl::StrCat(kContracts, "TerminateContract"),
                                             absl::StrCat("name: '", contract, "' reason: 'insolvency'"));
  const std::string of_contract = absl::StrCat("FROM obligations WHERE contract = '", IdOf(contract), "' AND ");
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) ", of_contract, "term IS NOT NULL AND state = 'OPEN'")),
            D("0"));
  const std::string states = absl::StrCat(of_contract, "term IS NULL AND state ");
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) ", states, "= 'TERMINATED'")), D("1001"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) ", states, "= 'DISPUTED'")), D("1"));
  Do<ContractDispute, v1::WithdrawContractDisputeRequest>(
      kam_, absl::StrCat(kDisputes, "WithdrawContractDispute"),
      absl::StrCat("name: '", dispute, "' reason: 'no use any more'"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) ", states, "= 'TERMINATED'")), D("1002"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) ", states,
                             "= 'TERMINATED' AND state_reason = "
                             "'insolvency'")),
            D("1002"));
}

// C-13: a change of an obligation waits for the contract before it takes the obligation, as the termination does.
TEST_F(PerformanceTest, ContractIsLockedBeforeItsObligation) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const std::string name = Do<Obligation, v1::CreateObligationRequest>(
                               kax_, absl::StrCat(kObligations, "CreateObligation"),
                               absl::StrCat("obligation { contract: '", contract,
                                            "' kind: OBLIGATION_KIND_DELIVERY title: 'Spares' due_date: '2026-06-30' "
                                            "target_quantity: '5' }"))
                               .name();
  const std::string dispute =
      Do<ContractDispute, v1::CreateContractDisputeRequest>(kam_, absl::StrCat(kDisputes, "CreateContractDispute"),
                                                            absl::StrCat("contract_dispute { contract: '", contract,
                                                                         "' title: 'Late' statement: 'They say...' "
                                                                         "claimed_amount ",
                                                                         MoneyText("50"), " }"))
          .name();
  const auto expect_waits = [&](const std::string& row, const std::function<void()>& write) {
    std::thread writer;
    absl::Status row_free = absl::UnknownError("not asked");  // Kept: a lock that is refused runs a transaction again.
    const auto deadline = absl::Now() + absl::Seconds(60);
    EXPECT_THAT(harness().runtime().database().RunInTransaction(
                    deadline,
                    [&](mysql::Connection& connection) -> absl::Status {
                      if (writer.joinable()) return absl::OkStatus();
                      RETURN_IF_ERROR(connection
                                          .Query("SELECT c.id FROM contracts c WHERE c.id = ? FOR UPDATE",
                                                 {mysql::Value(IdOf(contract))})
                                          .status());
                      writer = std::thread(write);
                      // Until it asks for the contract, which is ours.
                      for (;;) {
                        ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                                         connection.Query("SELECT COUNT(p.id) FROM information_schema.processlist p "
                                                          "WHERE p.info LIKE '%FROM contracts t%FOR UPDATE%' AND p.id "
                                                          "<> CONNECTION_ID()"));
                        if (rows[0][0].integer() > 0) break;
                        if (absl::Now() > deadline) return absl::DeadlineExceededError("it never asked");
                      }
                      row_free = connection.Query(absl::StrCat(row, " FOR UPDATE NOWAIT")).status();
                      return absl::OkStatus();
                    }),
                IsOk());
    EXPECT_THAT(row_free, IsOk()) << row;
    if (writer.joinable()) writer.join();
  };
  expect_waits(absl::StrCat("SELECT b.id FROM obligations b WHERE b.id = '", IdOf(name), "'"), [&] {
    Do<Obligation, v1::UpdateObligationRequest>(kax_, absl::StrCat(kObligations, "UpdateObligation"),
                                                absl::StrCat("obligation { name: '", name, "' title: 'Parts' }"));
  });
  expect_waits(absl::StrCat("SELECT d.id FROM contract_disputes d WHERE d.id = '", IdOf(dispute), "'"), [&] {
    Do<ContractDispute, v1::WithdrawContractDisputeRequest>(kam_, absl::StrCat(kDisputes, "WithdrawContractDispute"),
                                                            absl::StrCat("name: '", dispute, "' reason: 'sorted out'"));
  });
}

// C-16: the reminder comes in time, the successor is a draft of its own, reasons and lists are kept.
TEST_F(PerformanceTest, RenewalFromReminderToLists) {
  const std::string renewed = NewFramework();
  const std::string declined = NewFramework();
  const std::string lapsed = NewFramework();
  GoTo(2026, 10, 31);
  EXPECT_EQ(Get(renewed).renewal_status(), v1::RENEWAL_STATUS_UNSPECIFIED);
  GoTo(2026, 11, 2);
  EXPECT_EQ(Get(renewed).state(), v1::CONTRACT_STATE_EXPIRING);
  EXPECT_EQ(Get(renewed).renewal_status(), v1::RENEWAL_STATUS_DUE);
  const absl::StatusOr<Contract> next = Call<Contract, v1::RenewContractRequest>(
      kam_, absl::StrCat(kContracts, "RenewContract"), absl::StrCat("name: '", renewed, "'"));
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->state(), v1::CONTRACT_STATE_DRAFT);
  EXPECT_EQ(next->predecessor(), renewed);
  EXPECT_EQ(next->start_date(), "2027-01-01");
  EXPECT_EQ(next->drafter(), kam_.subject);
  EXPECT_EQ(Get(renewed).successor(), next->name());
  EXPECT_THAT((Call<Contract, v1::RenewContractRequest>(kam_, absl::StrCat(kContracts, "RenewContract"),
                                                        absl::StrCat("name: '", renewed, "'"))),
              HasReason("RENEWAL_DECIDED"));
  const auto decline = [&](const std::string& name) {
    return Call<Contract, v1::DeclineContractRenewalRequest>(
        kam_, absl::StrCat(kContracts, "DeclineContractRenewal"),
        absl::StrCat("name: '", name, "' non_renewal_reason: NON_RENEWAL_REASON_PRICE"));
  };
  ASSERT_THAT(decline(declined), IsOk());
  // Declined after all, and renewed after all: with the draft that there is.
  ASSERT_THAT(decline(renewed), IsOk());
  const absl::StatusOr<Contract> again = Call<Contract, v1::RenewContractRequest>(
      kam_, absl::StrCat(kContracts, "RenewContract"), absl::StrCat("name: '", renewed, "'"));
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->name(), next->name());
  EXPECT_EQ(Get(renewed).renewal_status(), v1::RENEWAL_STATUS_RENEWING);
  const std::string unsigned_one = NewFramework();
  Do<Contract, v1::RenewContractRequest>(kam_, absl::StrCat(kContracts, "RenewContract"),
                                         absl::StrCat("name: '", unsigned_one, "'"));
  const auto list = [&] {
    return Do<v1::ReportContractRenewalsResponse, v1::ReportContractRenewalsRequest>(
        kax_, absl::StrCat(kContracts, "ReportContractRenewals"),
        "from_date: '2026-12-01' to_date: '2026-12-31' page_size: 200");
  };
  const auto has = [](const auto& rows, const std::string& name) {
    for (const auto& row : rows) {
      if (row.contract() == name) return true;
    }
    return false;
  };
  EXPECT_FALSE(has(list().renewed(), unsigned_one)) << "a draft is no renewal";
  EXPECT_TRUE(has(list().open(), unsigned_one));
  harness().db().Execute(
      absl::StrCat("UPDATE contracts SET renewal_status = 'RENEWED' WHERE id = '", IdOf(renewed), "'"));
  GoTo(2027, 1, 1);
  EXPECT_EQ(Get(unsigned_one).renewal_status(), v1::RENEWAL_STATUS_LAPSED) << "nobody signed its successor";
  EXPECT_EQ(Get(lapsed).renewal_status(), v1::RENEWAL_STATUS_LAPSED);
  EXPECT_EQ(Get(declined).renewal_status(), v1::RENEWAL_STATUS_NOT_RENEWED);
  const auto report = list();
  EXPECT_TRUE(has(report.renewed(), renewed));
  EXPECT_TRUE(has(report.not_renewed(), declined));
  EXPECT_TRUE(has(report.not_renewed(), lapsed));
  EXPECT_TRUE(has(report.not_renewed(), unsigned_one));
  EXPECT_FALSE(has(report.open(), renewed));
  // Page by page it is the same list.
  const auto whole = list();
  const int rows = whole.renewed_size() + whole.not_renewed_size() + whole.suspended_size() + whole.open_size();
  int paged = 0;
  std::string token;
  do {
    const auto page = Do<v1::ReportContractRenewalsResponse, v1::ReportContractRenewalsRequest>(
        kax_, absl::StrCat(kContracts, "ReportContractRenewals"),
        absl::StrCat("from_date: '2026-12-01' to_date: '2026-12-31' page_size: 1 page_token: '", token, "'"));
    const int found = page.renewed_size() + page.not_renewed_size() + page.suspended_size() + page.open_size();
    EXPECT_LE(found, 1);
    paged += found;
    token = page.next_page_token();
  } while (!token.empty() && paged <= rows);
  EXPECT_GT(rows, 1);
  EXPECT_EQ(paged, rows);
  const auto foreign = Do<v1::ReportContractRenewalsResponse, v1::ReportContractRenewalsRequest>(
      other_kax_, absl::StrCat(kContracts, "ReportContractRenewals"), "from_date: '2026-12-01' to_date: '2026-12-31'");
  EXPECT_FALSE(has(foreign.renewed(), renewed)) << "another owner's";
}

}  // namespace
}  // namespace kam::contract::testing

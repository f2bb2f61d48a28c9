// Annual agreements over a year, for tests of rebates, obligations, disputes and renewal.
#ifndef KAM_CONTRACT_SVC_TESTING_PERFORMANCE_FIXTURE_H_
#define KAM_CONTRACT_SVC_TESTING_PERFORMANCE_FIXTURE_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/contract/v1/rebate_service.pb.h"

namespace kam::contract::testing {

inline constexpr char kRebates[] = "kam.contract.v1.RebateService/";
inline constexpr char kObligations[] = "kam.contract.v1.ObligationService/";
inline constexpr char kDisputes[] = "kam.contract.v1.DisputeService/";

class PerformanceTest : public SalesTest {
 protected:
  using Contract = v1::Contract;
  using RebateSettlement = v1::RebateSettlement;

  void SetUp() override {
    SalesTest::SetUp();
    start_ = harness().clock().Now();
  }
  void TearDown() override { harness().clock().Set(start_); }

  void GoTo(int year, int month, int day) {
    const absl::Time time = absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
    harness().clock().Set(time);
    EXPECT_THAT(scheduler().RunDue(time, absl::InfiniteFuture()), kam::testing::IsOk());
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
    EXPECT_THAT(order, kam::testing::IsOk());
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

}  // namespace kam::contract::testing

#endif  // KAM_CONTRACT_SVC_TESTING_PERFORMANCE_FIXTURE_H_

// Contracts and orders that a program of an earlier release wrote: adopted, once, to the same books (C-09, C-16).
#include "contract-svc/contracts/adoption.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "kam/contract/v1/contract_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::IsOk;
using v1::Contract;

class AdoptionTest : public SalesTest {
 protected:
  void SetUp() override {
    SalesTest::SetUp();
    start_ = harness().clock().Now();
  }
  void TearDown() override { harness().clock().Set(start_); }

  std::string NewFramework() {
    const auto answer = Do<kam::api::BatchUpsertResponse, v1::BatchUpsertContractsRequest>(
        erp_, absl::StrCat(kContracts, "BatchUpsertContracts"),
        absl::StrCat("contracts { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '", account_,
                     "' title: 'Framework' kind: CONTRACT_KIND_ANNUAL currency: 'CNY' state: CONTRACT_STATE_ACTIVE "
                     "start_date: '2026-01-01' end_date: '2026-12-31' payment: CONTRACT_PAYMENT_CREDIT terms_days: 30 "
                     "rebate_tiers { from_volume: '5000' percent: '2' } lines { product: '",
                     product_a_, "' quantity: '10000' unit_price ", MoneyText("10"), " } }"));
    EXPECT_EQ(answer.results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << answer.DebugString();
    return answer.results(0).name();
  }
  void Adopt() {
    ASSERT_THAT(ScheduleAdoption(harness().runtime()), IsOk());
    ASSERT_THAT(scheduler().RunDue(harness().clock().Now(), absl::InfiniteFuture()), IsOk());
  }
  // As the earlier program has left it: without books and items.
  void Forget(const std::string& contract) {
    const std::string id = IdOf(contract);
    for (const char* table : {"contract_draws", "contract_commitment_entries", "contract_commitments"}) {
      harness().db().Execute(absl::StrCat("DELETE FROM ", table, " WHERE contract = '", id, "'"));
    }
    harness().db().Execute(absl::StrCat("DELETE FROM due_items WHERE resource = '", contract, "'"));
  }
  std::string Books(const std::string& contract) {
    std::string text;
    for (const char* column : {"committed", "reserved", "released", "invoiced", "returned"}) {
      absl::StrAppend(&text, column, " ",
                      Sql(absl::StrCat("SELECT CAST(", column, " AS CHAR) FROM contract_commitments WHERE contract = '",
                                       IdOf(contract), "'"))
                          .ToString(),
                      "; ");
    }
    return text;
  }
  Decimal Items(const std::string& contract, const std::string& kind) {
    return Sql(absl::StrCat("SELECT CAST(COUNT(due_id) AS CHAR) FROM due_items WHERE resource = '", contract,
                            "' AND kind = '", kind, "'"));
  }

  absl::Time start_;
};

// C-09, C-16: ledger, month-end and end of a contract come back as they would have been; a second look changes nothing.
TEST_F(AdoptionTest, ContractsOfAnEarlierProgramAreAdopted) {
  SetLimit(account_, "UNLIMITED", "");
  const std::string contract = NewFramework();
  const std::string entered = Enter(contract, "10")->name(), released = Enter(contract, "20")->name();
  Review(released);
  Release(released);
  harness().db().Execute(
      absl::StrCat("UPDATE orders_lines SET delivered_quantity = quantity WHERE parent_id = '", IdOf(released), "'"));
  Invoice(released);
  const std::string before = Books(contract);
  ASSERT_EQ(before, "committed 10000; reserved 10; released 0; invoiced 20; returned 0; ");
  Forget(contract);
  for (int round = 0; round < 2; ++round) {
    Adopt();
    EXPECT_EQ(Books(contract), before);
    EXPECT_EQ(Items(contract, "contract.ended"), D("1"));
    EXPECT_EQ(Items(contract, "rebate.accrue"), D("1"));
    EXPECT_EQ(Items(contract, "adoption.contract"), D("1")) << "looked at once";
  }
  // The earlier program cancels an order and knows nothing of its draws.
  harness().db().Execute(absl::StrCat("UPDATE orders SET state = 'CANCELLED' WHERE id = '", IdOf(entered), "'"));
  Adopt();
  EXPECT_EQ(Books(contract), "committed 10000; reserved 0; released 0; invoiced 20; returned 0; ");
  // What is due runs: the contract lapses after its last day.
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2027, 1, 2), absl::UTCTimeZone()));
  Adopt();
  const auto ended = Do<Contract, kam::api::GetRequest>(kam_, absl::StrCat(kContracts, "GetContract"),
                                                        absl::StrCat("name: '", contract, "'"));
  EXPECT_EQ(ended.renewal_status(), v1::RENEWAL_STATUS_LAPSED);
}

// C-18, C-32: an order of which the rest was written off by an earlier program is settled, one that is still owed is
// not.
TEST_F(AdoptionTest, OrdersThatWereWrittenOffAreSettled) {
  SetLimit(account_, "UNLIMITED", "");
  const std::string contract = NewFramework();
  const auto delivered = [&] {
    const std::string order = Enter(contract, "10")->name();
    Review(order);
    Release(order);
    Deliver(order, "10");
    return order;
  };
  const std::string all = delivered(), part = delivered();
  const std::string invoice = Invoice(all).name();
  Pay(account_, "60", invoice);
  WriteOff(invoice, "40");
  WriteOff(Invoice(part).name(), "40");
  ASSERT_EQ(GetOrder(all).state(), order::v1::ORDER_STATE_SETTLED);
  // As the earlier program has left it.
  harness().db().Execute(absl::StrCat("UPDATE orders SET state = 'DELIVERED' WHERE id = '", IdOf(all), "'"));
  for (int round = 0; round < 2; ++round) {
    Adopt();
    EXPECT_EQ(GetOrder(all).state(), order::v1::ORDER_STATE_SETTLED);
    EXPECT_EQ(GetOrder(part).state(), order::v1::ORDER_STATE_DELIVERED);
    EXPECT_EQ(Items(part, "adoption.settle"), D("1")) << "looked at once";
  }
}

// C-13, C-16: one that was signed with an earlier program comes into force as well.
TEST_F(AdoptionTest, ASignedContractOfAnEarlierProgramComesIntoForce) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  harness().db().Execute(absl::StrCat("DELETE FROM due_items WHERE resource = '", contract, "'"));
  for (int round = 0; round < 2; ++round) {
    Adopt();
    EXPECT_EQ(Items(contract, "contract.starting"), D("1"));
    const auto started = Do<Contract, kam::api::GetRequest>(kam_, absl::StrCat(kContracts, "GetContract"),
                                                            absl::StrCat("name: '", contract, "'"));
    EXPECT_EQ(started.state(), v1::CONTRACT_STATE_ACTIVE);
  }
  // Its obligations are measured every day.
  harness().db().Execute(
      absl::StrCat("DELETE FROM due_items WHERE resource = '", contract, "' AND kind = 'contract.measure'"));
  Adopt();
  EXPECT_EQ(Items(contract, "contract.measure"), D("1"));
}

}  // namespace
}  // namespace kam::contract::testing

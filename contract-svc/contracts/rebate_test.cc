// Rebates over real gRPC and MariaDB: C-09; golden case G19.
#include <functional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/performance_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/contract/v1/rebate_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using v1::Contract;
using v1::RebateSettlement;

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

// C-09: a part that is refused after the final settlement has counted it as settled is not lost to the customer.
TEST_F(PerformanceTest, APartThatIsRefusedAfterTheEndIsPaid) {
  const std::string contract = NewFramework();
  SetLimit(account_, "UNLIMITED", "");
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2026, 11, 10), absl::UTCTimeZone()));
  Sell(contract, "700");
  const auto settle = [&](const std::string& kind, const std::string& until) {
    const absl::StatusOr<RebateSettlement> proposed = Propose(contract, kind, until);
    EXPECT_THAT(proposed, IsOk());
    const absl::StatusOr<RebateSettlement> approved = Decide(fd_, *proposed);
    EXPECT_THAT(approved, IsOk());
    return *approved;
  };
  const auto pay = [&](const RebateSettlement& of) {
    EXPECT_THAT((Call<RebateSettlement, v1::PayRebateSettlementRequest>(
                    acc_, absl::StrCat(kRebates, "PayRebateSettlement"),
                    absl::StrCat("name: '", of.name(), "' payment_reference: 'V-1'"))),
                IsOk());
  };
  const RebateSettlement part = settle("PARTIAL", "2026-11-10");
  EXPECT_EQ(Amount(part.amount()), D("140"));
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2026, 12, 31), absl::UTCTimeZone()));
  Sell(contract, "100");
  EndOrders(contract, "SETTLED");
  const RebateSettlement last = settle("FINAL", "2026-12-31");
  EXPECT_EQ(Amount(last.amount()), D("20"));
  pay(last);
  EXPECT_THAT(Propose(contract, "FINAL", "2026-12-31"), HasReason("REBATE_SETTLED"));
  ASSERT_THAT(Decide(fd_, part, /*approve=*/false), IsOk());
  const RebateSettlement rest = settle("FINAL", "2026-12-31");
  EXPECT_EQ(Amount(rest.amount()), D("140"));
  pay(rest);
  EXPECT_THAT(Propose(contract, "FINAL", "2026-12-31"), HasReason("REBATE_SETTLED"));
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

}  // namespace
}  // namespace kam::contract::testing

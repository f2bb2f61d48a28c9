// Figures of contracts over real gRPC and MariaDB: C-09.
#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::IsOk;

class ContractReportTest : public SalesTest {
 protected:
  void SetUp() override {
    SalesTest::SetUp();
    start_ = harness().clock().Now();
  }
  void TearDown() override { harness().clock().Set(start_); }

  absl::Time start_;
};

// C-09: the figures of contracts for P-01, P-02 and P-45, within the caller's scope.
TEST_F(ContractReportTest, FiguresOfContractsByPeriod) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  harness().db().Execute(
      absl::StrCat("UPDATE contracts SET sign_date = '2024-05-06' WHERE id = '", IdOf(contract), "'"));
  ASSERT_THAT(Enter(contract, "3"), IsOk());
  const auto report = [&](const auth::Principal& who, const std::string& from, const std::string& to,
                          const std::string& period) {
    return Do<v1::ReportContractsResponse, v1::ReportContractsRequest>(
        who, absl::StrCat(kContracts, "ReportContracts"),
        absl::StrCat("from_date: '", from, "' to_date: '", to, "' period: REPORT_PERIOD_", period));
  };
  const auto quarter = report(kax_, "2024-01-01", "2024-12-31", "QUARTER");
  ASSERT_EQ(quarter.rows_size(), 1);
  EXPECT_EQ(quarter.rows(0).period(), "2024-Q2");
  EXPECT_EQ(quarter.rows(0).signed_(), 1);
  EXPECT_EQ(Amount(quarter.rows(0).signed_value()), D("17500"));
  EXPECT_EQ(report(kax_, "2024-01-01", "2024-12-31", "DAY").rows(0).period(), "2024-05-06");
  EXPECT_EQ(report(other_kax_, "2024-01-01", "2024-12-31", "YEAR").rows_size(), 0);
  const auto today = report(gm_, "2026-01-05", "2026-01-05", "DAY");
  ASSERT_EQ(today.rows_size(), 1);
  EXPECT_GE(Amount(today.rows(0).called_off()), D("30"));
}

// C-09: money collected on time, by customer, region and kind: paid, paid in part, and what has become overdue.
TEST_F(ContractReportTest, MoneyOfContractsByRegion) {
  const auto customer = [&](const std::string& region) {
    const std::string id = harness().NewId();
    harness().AddAccountScope(id, IdOf(kax_.subject), IdOf(kax_.subject), region, "Customer");
    account_ = absl::StrCat("accounts/", id);
    SetLimit(account_, "UNLIMITED", "");
    const std::string order = Enter(NewContract(account_, /*credit=*/true), "10")->name();
    SalesTest::Review(order);
    Release(order);
    Deliver(order, "10");
    return Invoice(order);
  };
  const receivable::v1::Invoice paid = customer("NORTH");
  Pay(account_, "100", paid.name());
  const std::string north = account_;
  const receivable::v1::Invoice open = customer("SOUTH");
  Pay(account_, "30", open.name());
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2026, 3, 1), absl::UTCTimeZone()));
  const auto report = [&](const std::string& more) {
    const auto answer = Do<v1::ReportContractsResponse, v1::ReportContractsRequest>(
        gm_, absl::StrCat(kContracts, "ReportContracts"),
        absl::StrCat("from_date: '2026-01-01' to_date: '2026-03-31' period: REPORT_PERIOD_YEAR ", more));
    EXPECT_EQ(answer.rows_size(), 1) << more << answer.DebugString();
    return answer.rows_size() == 1 ? answer.rows(0) : v1::ContractReportRow();
  };
  const v1::ContractReportRow in_time = report("region: 'NORTH'");
  EXPECT_EQ(Amount(in_time.invoiced()), D("100"));
  EXPECT_EQ(Amount(in_time.due()), D("100"));
  EXPECT_EQ(Amount(in_time.collected()), D("100"));
  EXPECT_EQ(Amount(in_time.overdue()), D("0"));
  EXPECT_EQ(Amount(in_time.called_off()), D("100"));
  const v1::ContractReportRow late = report("region: 'SOUTH'");
  EXPECT_EQ(Amount(late.due()), D("100"));
  EXPECT_EQ(Amount(late.collected()), D("30"));
  EXPECT_EQ(Amount(late.overdue()), D("70"));
  EXPECT_EQ(Amount(report(absl::StrCat("account: '", north, "' contract_kind: CONTRACT_KIND_SALES")).collected()),
            D("100"));
  const auto none = Do<v1::ReportContractsResponse, v1::ReportContractsRequest>(
      gm_, absl::StrCat(kContracts, "ReportContracts"),
      absl::StrCat("from_date: '2026-01-01' to_date: '2026-03-31' account: '", north,
                   "' contract_kind: CONTRACT_KIND_ANNUAL"));
  EXPECT_EQ(none.rows_size(), 0);

  // What customers owe is for those who may see receivables, as far as they may.
  const auto of_south = [&](const auth::Principal& who) {
    const auto answer = Do<v1::ReportContractsResponse, v1::ReportContractsRequest>(
        who, absl::StrCat(kContracts, "ReportContracts"),
        absl::StrCat("from_date: '2026-01-01' to_date: '2026-03-31' period: REPORT_PERIOD_YEAR account: '", account_,
                     "'"));
    EXPECT_EQ(answer.rows_size(), 1) << answer.DebugString();
    return answer.rows_size() == 1 ? answer.rows(0) : v1::ContractReportRow();
  };
  EXPECT_EQ(Amount(of_south(kax_).overdue()), D("70")) << "his customer";
  EXPECT_EQ(Amount(of_south(acc_).overdue()), D("70"));
  const v1::ContractReportRow blind = of_south(sad_);
  EXPECT_EQ(Amount(blind.called_off()), D("100"));
  EXPECT_FALSE(blind.has_invoiced() || blind.has_due() || blind.has_collected() || blind.has_overdue());
  auth::Principal own = sad_;
  own.grants["receivable.read"] = auth::Level::kOwn;
  const v1::ContractReportRow not_his = of_south(own);
  EXPECT_EQ(Amount(not_his.called_off()), D("100"));
  EXPECT_TRUE(not_his.has_overdue());
  EXPECT_EQ(Amount(not_his.overdue()), D("0")) << "no customer of his";
}

}  // namespace
}  // namespace kam::contract::testing

// What becomes of a contract: a draft that is given up, signature and start, the end of its time, over real gRPC and
// MariaDB: C-10, C-12, C-13, C-15, C-16, C-18, C-19.
#include <functional>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/contract_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/archive_service.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/order/v1/order_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using v1::Contract;
namespace opb = order::v1;

// C-12, C-13, C-16: a signed contract that nobody puts in force comes into force after its first day, with all that
// follows; whoever says so later is answered as it stands.
TEST_F(ContractServiceTest, ASignedContractComesIntoForceByItself) {
  const absl::Time start = harness().clock().Now();
  const std::string name = Draft(NewQuote(account_, "APPROVED"));
  Do<Contract, v1::UpdateContractRequest>(
      kax_, absl::StrCat(kContracts, "UpdateContract"),
      absl::StrCat("contract { name: '", name, "' start_date: '2026-02-01' } update_mask { paths: 'start_date' }"));
  Settle(name);
  ASSERT_THAT(Submit(name), IsOk());
  ReviewAll(name);
  ASSERT_THAT(Sign(name, Text(name).content_sha256()), IsOk());
  EXPECT_THAT(Verb<v1::ActivateContractRequest>(kam_, "ActivateContract", name), HasReason("CONTRACT_NOT_STARTED"));
  const auto get = [&] {
    return Do<Contract, kam::api::GetRequest>(kam_, absl::StrCat(kContracts, "GetContract"),
                                              absl::StrCat("name: '", name, "'"));
  };
  const auto go_to = [&](int month, int day) {
    const absl::Time time = absl::FromCivil(absl::CivilDay(2026, month, day), absl::UTCTimeZone());
    harness().clock().Set(time);
    EXPECT_THAT(scheduler().RunDue(time, absl::InfiniteFuture()), IsOk());
  };
  const auto obligations = [&] {
    return Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) FROM obligations WHERE contract = '", IdOf(name), "'"));
  };
  const auto ending = [&] {
    const auto report = Do<v1::ReportContractRenewalsResponse, v1::ReportContractRenewalsRequest>(
        kax_, absl::StrCat(kContracts, "ReportContractRenewals"),
        "from_date: '2026-12-31' to_date: '2026-12-31' page_size: 200");
    int rows = 0;
    for (const auto& row : report.open()) rows += row.contract() == name ? 1 : 0;
    return rows;
  };
  EXPECT_EQ(ending(), 1) << "it will end though it has not begun";
  go_to(2, 1);
  EXPECT_EQ(get().state(), v1::CONTRACT_STATE_SIGNED) << "the day is not over";
  EXPECT_EQ(obligations(), D("0"));
  go_to(2, 2);
  EXPECT_EQ(get().state(), v1::CONTRACT_STATE_ACTIVE);
  EXPECT_EQ(obligations(), D("2")) << "the line and the renewal";
  const std::string etag = get().etag();
  const absl::StatusOr<Contract> late = Verb<v1::ActivateContractRequest>(kam_, "ActivateContract", name);
  ASSERT_THAT(late, IsOk());
  EXPECT_EQ(late->etag(), etag);
  go_to(11, 2);
  EXPECT_EQ(get().state(), v1::CONTRACT_STATE_EXPIRING);
  const absl::StatusOr<Contract> later = Verb<v1::ActivateContractRequest>(kam_, "ActivateContract", name);
  ASSERT_THAT(later, IsOk());
  EXPECT_EQ(later->state(), v1::CONTRACT_STATE_EXPIRING);
  harness().clock().Set(start);
}

// C-13, C-16, C-18: what time has done to a contract of the other system stays done when it is brought again; one whose
// last day is past can still be closed.
TEST_F(ContractServiceTest, AnImportDoesNotTakeBackWhatTimeHasDone) {
  const std::string id = harness().NewId();
  const auto import = [&](const std::string& title) {
    return Do<kam::api::BatchUpsertResponse, v1::BatchUpsertContractsRequest>(
               erp_, absl::StrCat(kContracts, "BatchUpsertContracts"),
               absl::StrCat("contracts { external_ids { system: 'erp' id: '", id, "' } account: '", account_,
                            "' title: '", title,
                            "' currency: 'CNY' state: CONTRACT_STATE_SIGNED start_date: '2025-01-01' end_date: "
                            "'2025-12-31' lines { product: '",
                            product_a_, "' quantity: '1' unit_price ", MoneyText("1"), " } }"))
        .results(0);
  };
  const std::string name = import("first").name();
  ASSERT_THAT(scheduler().RunDue(harness().clock().Now(), absl::InfiniteFuture()), IsOk());
  const auto get = [&] {
    return Do<Contract, kam::api::GetRequest>(kam_, absl::StrCat(kContracts, "GetContract"),
                                              absl::StrCat("name: '", name, "'"));
  };
  EXPECT_EQ(get().state(), v1::CONTRACT_STATE_EXPIRING);
  EXPECT_EQ(get().renewal_status(), v1::RENEWAL_STATUS_LAPSED);
  EXPECT_EQ(import("first").outcome(), kam::api::UPSERT_OUTCOME_UNCHANGED);
  EXPECT_EQ(import("second").outcome(), kam::api::UPSERT_OUTCOME_UPDATED);
  EXPECT_EQ(get().state(), v1::CONTRACT_STATE_EXPIRING);
  EXPECT_EQ(get().title(), "second");
  EXPECT_THAT(Verb<v1::CloseContractRequest>(kam_, "CloseContract", name), HasReason("OBLIGATIONS_OPEN"));
}

// C-12: not signed before it was approved; what was typed at the signature is corrected for a reason until it is filed.
TEST_F(ContractServiceTest, WhatWasTypedAtTheSignatureIsCorrected) {
  const std::string name = Draft(NewQuote(account_, "APPROVED"));
  Settle(name);
  ASSERT_THAT(Submit(name), IsOk());
  ReviewAll(name);
  const std::string checks = Check("PARTIES") + Check("LINES") + Check("PRICES") + Check("DELIVERY") + Check("PAYMENT");
  const std::string sha256 = Text(name).content_sha256();
  EXPECT_THAT(Sign(name, sha256, checks + "sign_date: '2026-01-04'"), HasReason("SIGN_DATE_INVALID"));
  const auto correct = [&](const auth::Principal& who, const std::string& fields) {
    return Call<Contract, v1::CorrectContractSignatureRequest>(
        who, absl::StrCat(kContracts, "CorrectContractSignature"), absl::StrCat("name: '", name, "' ", fields));
  };
  EXPECT_THAT(correct(kam_, "seal: 'right' reason: 'typed wrong'"), HasReason("STATE_NOT_ALLOWED"));
  ASSERT_THAT(Sign(name, sha256), IsOk());
  EXPECT_THAT(correct(kax_, "seal: 'right' reason: 'typed wrong'"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(correct(kam_, "seal: 'right'"), HasReason("REASON_REQUIRED"));
  const absl::StatusOr<Contract> corrected =
      correct(kam_, absl::StrCat("seal: 'right' scan_document: 'scan/2' scan_sha256: '", std::string(64, 'e'),
                                 "' reason: 'typed wrong'"));
  ASSERT_THAT(corrected, IsOk());
  EXPECT_EQ(corrected->seal(), "right");
  EXPECT_EQ(corrected->scan_document(), "scan/2");
  EXPECT_EQ(corrected->state(), v1::CONTRACT_STATE_SIGNED);
  EXPECT_EQ(Text(name).content_sha256(), sha256) << "the words are what was signed";
  // C-15: the archive holds the very scan.
  const auto file = [&](char digit) {
    return Call<v1::ContractArchive, v1::CreateContractArchiveRequest>(
        kax_, "kam.contract.v1.ArchiveService/CreateContractArchive",
        absl::StrCat("contract_archive { contract: '", name,
                     "' place: 'Room 3' documents { title: 'contract' content_sha256: '", std::string(64, digit),
                     "' } }"));
  };
  const absl::StatusOr<v1::ContractArchive> other = file('a');
  EXPECT_THAT(other, HasReason("ARCHIVE_SCAN_MISSING"));
  EXPECT_EQ(MetadataValue(other.status(), "expected"), std::string(64, 'e'));
  ASSERT_THAT(file('e'), IsOk());
  EXPECT_THAT(correct(kam_, "seal: 'other' reason: 'again'"), HasReason("CONTRACT_FILED"));
}

// C-10: a draft that comes to nothing is ended, and kept; nobody goes on with it.
TEST_F(ContractServiceTest, ADraftThatComesToNothingIsCancelled) {
  const std::string quote = NewQuote(account_, "ACCEPTED");
  const std::string name = Draft(quote);
  EXPECT_THAT((Call<Contract, v1::CancelContractRequest>(kax_, absl::StrCat(kContracts, "CancelContract"),
                                                         absl::StrCat("name: '", name, "'"))),
              HasReason("REASON_REQUIRED"));
  Settle(name);
  ASSERT_THAT(Submit(name), IsOk());
  EXPECT_THAT(Verb<v1::CancelContractRequest>(kax_, "CancelContract", name), HasReason("STATE_NOT_ALLOWED"));
  ASSERT_THAT(Review(leg_, name, "LEGAL", /*approve=*/false), IsOk());
  EXPECT_THAT(Verb<v1::CancelContractRequest>(other_kax_, "CancelContract", name),
              StatusIs(absl::StatusCode::kNotFound));
  const absl::StatusOr<Contract> cancelled = Verb<v1::CancelContractRequest>(kax_, "CancelContract", name);
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_EQ(cancelled->state(), v1::CONTRACT_STATE_CANCELLED);
  EXPECT_EQ(cancelled->state_reason(), "because");
  EXPECT_THAT(Submit(name), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_THAT((Call<Contract, v1::UpdateContractRequest>(
                  kax_, absl::StrCat(kContracts, "UpdateContract"),
                  absl::StrCat("contract { name: '", name, "' title: 'x' } update_mask { paths: 'title' }"))),
              HasReason("CONTRACT_FROZEN"));
  EXPECT_THAT(
      (Call<v1::ContractArchive, v1::CreateContractArchiveRequest>(
          kax_, "kam.contract.v1.ArchiveService/CreateContractArchive",
          absl::StrCat("contract_archive { contract: '", name,
                       "' place: 'here' documents { title: 'x' content_sha256: '", std::string(64, 'a'), "' } }"))),
      HasReason("CONTRACT_NOT_SIGNED"));
  EXPECT_THAT(Enter(quote, "10"), IsOk()) << "the offer is free again";
}

// C-13: a contract in force turns EXPIRING in time.
TEST_F(ContractServiceTest, ContractTurnsExpiring) {
  const std::string name = NewContract(account_, /*credit=*/false);
  Do<Contract, v1::ActivateContractRequest>(kam_, absl::StrCat(kContracts, "ActivateContract"),
                                            absl::StrCat("name: '", name, "'"));
  const absl::Time start = harness().clock().Now();
  const absl::Time near = absl::FromCivil(absl::CivilDay(2027, 11, 2), absl::UTCTimeZone());
  harness().clock().Set(near);
  EXPECT_THAT(scheduler().RunDue(near, absl::InfiniteFuture()), IsOk());
  harness().clock().Set(start);
  const auto contract = Do<Contract, kam::api::GetRequest>(kam_, absl::StrCat(kContracts, "GetContract"),
                                                           absl::StrCat("name: '", name, "'"));
  EXPECT_EQ(contract.state(), v1::CONTRACT_STATE_EXPIRING);
}

// C-09, C-16: a contract that comes in as EXPIRING has a rebate to accrue and an end to be noticed.
TEST_F(ContractServiceTest, ContractImportedAsExpiringIsAccruedAndLapses) {
  const absl::Time start = harness().clock().Now();
  const auto answer = Do<kam::api::BatchUpsertResponse, v1::BatchUpsertContractsRequest>(
      erp_, absl::StrCat(kContracts, "BatchUpsertContracts"),
      absl::StrCat("contracts { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '", account_,
                   "' title: 'Framework' currency: 'CNY' state: CONTRACT_STATE_EXPIRING start_date: '2025-02-01' "
                   "end_date: '2026-01-31' payment: CONTRACT_PAYMENT_CREDIT terms_days: 30 rebate_tiers { from_volume: "
                   "'5000' percent: '2' } lines { product: '",
                   product_a_, "' quantity: '10000' unit_price ", MoneyText("10"), " } }"));
  const std::string name = answer.results(0).name();
  SetLimit(account_, "UNLIMITED", "");
  const absl::StatusOr<opb::Order> order = Enter(name, "700");
  ASSERT_THAT(order, IsOk());
  SalesTest::Review(order->name());
  Release(order->name());
  harness().db().Execute(absl::StrCat("UPDATE orders_lines SET delivered_quantity = quantity WHERE parent_id = '",
                                      IdOf(order->name()), "'"));
  Invoice(order->name());
  const absl::Time after_end = absl::FromCivil(absl::CivilDay(2026, 2, 2), absl::UTCTimeZone());
  harness().clock().Set(after_end);
  EXPECT_THAT(scheduler().RunDue(after_end, absl::InfiniteFuture()), IsOk());
  harness().clock().Set(start);
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(SUM(amount_amount) AS CHAR) FROM rebate_settlements WHERE contract = '",
                             IdOf(name), "' AND kind = 'ACCRUAL'")),
            D("140"));
  const auto contract = Do<Contract, kam::api::GetRequest>(kam_, absl::StrCat(kContracts, "GetContract"),
                                                           absl::StrCat("name: '", name, "'"));
  EXPECT_EQ(contract.renewal_status(), v1::RENEWAL_STATUS_LAPSED);
}

// C-13, C-19: nothing is ordered from a contract that was suspended or terminated, and what was ordered before does not
// go out, not by an override either.
TEST_F(ContractServiceTest, SuspendedAndTerminatedContractsReleaseNothing) {
  const std::string name = NewContract(account_, /*credit=*/false);
  const auto release = [&](const std::string& order) {
    return Call<opb::Order, opb::ReleaseOrderRequest>(acc_, absl::StrCat(kOrders, "ReleaseOrder"),
                                                      absl::StrCat("name: '", order, "'"));
  };
  const auto override_release = [&](const std::string& order) {
    return Call<opb::Order, opb::OverrideReleaseOrderRequest>(gm_, absl::StrCat(kOrders, "OverrideReleaseOrder"),
                                                              absl::StrCat("name: '", order, "' reason: 'because'"));
  };
  EXPECT_THAT(Verb<v1::ActivateContractRequest>(kam_, "ActivateContract", name), IsOk());
  const std::string first = Enter(name, "1")->name();
  const std::string second = Enter(name, "1")->name();
  SalesTest::Review(first);
  SalesTest::Review(second);
  EXPECT_THAT(Verb<v1::SuspendContractRequest>(kam_, "SuspendContract", name), IsOk());
  EXPECT_THAT(Enter(name, "1"), HasReason("CONTRACT_NOT_IN_FORCE"));
  EXPECT_THAT(release(first), HasReason("CONTRACT_NOT_IN_FORCE"));
  EXPECT_THAT(override_release(first), HasReason("CONTRACT_NOT_IN_FORCE"));
  EXPECT_THAT(Verb<v1::ResumeContractRequest>(kam_, "ResumeContract", name), IsOk());
  EXPECT_THAT(release(first), HasReason("PAYMENT_MISSING")) << "only money is asked for now";
  EXPECT_THAT(override_release(first), IsOk());
  EXPECT_THAT(Verb<v1::TerminateContractRequest>(kapm_, "TerminateContract", name), IsOk());
  EXPECT_THAT(override_release(second), HasReason("CONTRACT_NOT_IN_FORCE"));
  EXPECT_EQ(GetOrder(second).state(), opb::ORDER_STATE_REVIEWED);
}

}  // namespace
}  // namespace kam::contract::testing

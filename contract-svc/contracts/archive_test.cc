// Archive, other agreements and numbered forms over real gRPC and MariaDB. C-15, C-17.
#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/id/digest.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/text.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/agreement_service.pb.h"
#include "kam/contract/v1/amendment_service.pb.h"
#include "kam/contract/v1/archive_service.pb.h"
#include "kam/contract/v1/blank_form_service.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/contract/v1/dispute_service.pb.h"
#include "kam/contract/v1/obligation_service.pb.h"
#include "kam/contract/v1/rebate_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::NamesField;
using kam::testing::StatusIs;
using v1::Agreement;
using v1::ArchiveBorrowing;
using v1::BlankForm;
using v1::Contract;
using v1::ContractArchive;
using v1::FinancingDrawing;

constexpr char kArchives[] = "kam.contract.v1.ArchiveService/";
constexpr char kAgreements[] = "kam.contract.v1.AgreementService/";
constexpr char kForms[] = "kam.contract.v1.BlankFormService/";

class ArchiveTest : public SalesTest {
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
  absl::StatusOr<ContractArchive> File(const std::string& contract) {
    return Call<ContractArchive, v1::CreateContractArchiveRequest>(
        kax_, absl::StrCat(kArchives, "CreateContractArchive"),
        absl::StrCat("contract_archive { contract: '", contract,
                     "' place: 'Room 3, shelf 2' documents { title: "
                     "'contract' content_sha256: '",
                     std::string(64, 'a'), "' } documents { title: 'annex' content_sha256: '", std::string(64, 'b'),
                     "' } }"));
  }
  absl::StatusOr<ArchiveBorrowing> Lend(const auth::Principal& who, const std::string& archive) {
    return Call<ArchiveBorrowing, v1::CreateArchiveBorrowingRequest>(
        who, absl::StrCat(kArchives, "CreateArchiveBorrowing"),
        absl::StrCat("archive_borrowing { archive: '", archive, "' borrower: '", leg_.subject,
                     "' purpose: 'claim' due_date: '2026-01-12' }"));
  }
  ArchiveBorrowing GetBorrowing(const std::string& name) {
    return Do<ArchiveBorrowing, kam::api::GetRequest>(kax_, absl::StrCat(kArchives, "GetArchiveBorrowing"),
                                                      absl::StrCat("name: '", name, "'"));
  }
  // The central archive, and the general administrator.
  auth::Principal csm() { return harness().PrincipalFor("CSM", IdOf(kam_.subject), kam_.department); }
  auth::Principal gad() { return harness().PrincipalFor("GAD", IdOf(kam_.subject), kam_.department); }

  absl::Time start_;
};

// C-15: filed once, copied with its checksum, lent to one at a time, back or overdue.
TEST_F(ArchiveTest, FileIsCopiedAndLentToOneAtATime) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const absl::StatusOr<ContractArchive> archive = File(contract);
  ASSERT_THAT(archive, IsOk());
  EXPECT_EQ(archive->filing_month(), "2026-01");
  EXPECT_EQ(archive->number().substr(0, 2), "AR");
  EXPECT_THAT(File(contract), HasReason("FIELD_NOT_UNIQUE"));
  const auto back_up = [&](const std::string& checksum) {
    return Call<ContractArchive, v1::BackUpContractArchiveRequest>(
        csm(), absl::StrCat(kArchives, "BackUpContractArchive"),
        absl::StrCat("name: '", archive->name(), "' place: 'vault' checksum: '", checksum, "'"));
  };
  EXPECT_THAT(back_up(std::string(64, 'c')), HasReason("CHECKSUM_DIFFERS"));
  const absl::StatusOr<ContractArchive> copied =
      back_up(Sha256Hex(absl::StrCat(std::string(64, 'a'), "\n", std::string(64, 'b'), "\n")));
  ASSERT_THAT(copied, IsOk());
  EXPECT_EQ(copied->backups(0).documents(), 2);
  const auto change = [&](const std::string& fields, const std::string& paths) {
    return Call<ContractArchive, v1::UpdateContractArchiveRequest>(
        kax_, absl::StrCat(kArchives, "UpdateContractArchive"),
        absl::StrCat("contract_archive { name: '", archive->name(), "' ", fields, " } update_mask { paths: '", paths,
                     "' }"));
  };
  EXPECT_THAT(
      change(absl::StrCat("documents { title: 'contract' content_sha256: '", std::string(64, 'f'), "' }"), "documents"),
      HasReason("ARCHIVE_DOCUMENT_FROZEN"));
  EXPECT_THAT(change("place: 'Room 3, shelf 4'", "place"), IsOk());
  // Six at once: one gets it.
  std::atomic<int> lent = 0;
  std::vector<std::thread> threads;
  const auth::Principal lender = csm();
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const absl::StatusOr<ArchiveBorrowing> borrowing = Lend(lender, archive->name());
      if (borrowing.ok()) {
        ++lent;
      } else {
        EXPECT_THAT(borrowing, HasReason("ARCHIVE_LENT"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(lent, 1);
  const auto read = [&] {
    return Do<ContractArchive, kam::api::GetRequest>(kax_, absl::StrCat(kArchives, "GetContractArchive"),
                                                     absl::StrCat("name: '", archive->name(), "'"));
  };
  const std::string borrowing = read().borrowing();
  GoTo(2026, 1, 12);
  EXPECT_EQ(GetBorrowing(borrowing).state(), v1::ARCHIVE_BORROWING_STATE_OUT);
  GoTo(2026, 1, 13);
  EXPECT_EQ(GetBorrowing(borrowing).state(), v1::ARCHIVE_BORROWING_STATE_OVERDUE);
  const auto bring_back = [&](const auth::Principal& who) {
    return Call<ArchiveBorrowing, v1::ReturnArchiveBorrowingRequest>(
        who, absl::StrCat(kArchives, "ReturnArchiveBorrowing"),
        absl::StrCat("name: '", borrowing, "' return_remark: 'complete'"));
  };
  EXPECT_THAT(bring_back(leg_), StatusIs(absl::StatusCode::kPermissionDenied));
  const absl::StatusOr<ArchiveBorrowing> returned = bring_back(csm());
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->return_date(), "2026-01-13");
  EXPECT_TRUE(read().borrowing().empty());
  EXPECT_THAT(bring_back(csm()), HasReason("STATE_NOT_ALLOWED"));
  // Enquiry right: another owner does not see it.
  EXPECT_THAT((Call<ContractArchive, kam::api::GetRequest>(other_kax_, absl::StrCat(kArchives, "GetContractArchive"),
                                                           absl::StrCat("name: '", archive->name(), "'"))),
              StatusIs(absl::StatusCode::kNotFound));
}

// C-09, C-13, C-14, C-15, R-10: the rules of a new record look at the contract that it is about. Of a contract of
// another department they tell nothing: the answer is that of a contract that is not there.
TEST_F(ArchiveTest, NothingIsLearntOfAForeignContract) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const absl::StatusOr<ContractArchive> archive = File(contract);
  ASSERT_THAT(archive, IsOk());
  ASSERT_THAT(Lend(csm(), archive->name()), IsOk());
  const std::string obligation_of_it =
      Do<v1::Obligation, v1::CreateObligationRequest>(
          kax_, "kam.contract.v1.ObligationService/CreateObligation",
          absl::StrCat(
              "obligation { contract: '", contract,
              "' kind: OBLIGATION_KIND_DELIVERY title: 'Spares' due_date: '2026-06-30' target_quantity: '5' }"))
          .name();
  const std::string id = harness().NewId();
  const std::string department = absl::StrCat("/", harness().NewId(), "/");
  harness().AddEmployeeScope(id, department, "");
  auth::Principal stranger = harness().PrincipalFor("KAX KAM CSM", id, department);
  for (auto& [permission, level] : stranger.grants) level = std::min(level, auth::Level::kDepartment);
  const std::string own_account_id = harness().NewId();
  harness().AddAccountScope(own_account_id, id, id, "", "Own");
  const std::string own = NewContract(absl::StrCat("accounts/", own_account_id), /*credit=*/false);

  const auto rebate = [&](const std::string& name) {
    return Call<v1::RebateSettlement, v1::CreateRebateSettlementRequest>(
               stranger, "kam.contract.v1.RebateService/CreateRebateSettlement",
               absl::StrCat("rebate_settlement { contract: '", name,
                            "' kind: REBATE_SETTLEMENT_KIND_PARTIAL until_date: '2026-01-05' }"))
        .status();
  };
  const auto obligation = [&](const std::string& name) {
    return Call<v1::Obligation, v1::CreateObligationRequest>(
               stranger, "kam.contract.v1.ObligationService/CreateObligation",
               absl::StrCat("obligation { contract: '", name,
                            "' kind: OBLIGATION_KIND_PAYMENT title: 'x' due_date: '2020-01-05' target_amount ",
                            MoneyText("1", "JPY"), " }"))
        .status();
  };
  const auto dispute = [&](const std::string& name, const std::string& about) {
    return Call<v1::ContractDispute, v1::CreateContractDisputeRequest>(
               stranger, "kam.contract.v1.DisputeService/CreateContractDispute",
               absl::StrCat("contract_dispute { contract: '", name, "' obligation: '", about,
                            "' title: 'x' statement: 'y' claimed_amount ", MoneyText("1"), " }"))
        .status();
  };
  const auto amendment = [&](const std::string& name) {
    return Call<v1::Amendment, v1::CreateAmendmentRequest>(
               stranger, "kam.contract.v1.AmendmentService/CreateAmendment",
               absl::StrCat("amendment { contract: '", name,
                            "' title: 'x' change_reason: 'y' effective_date: '2026-02-01' actions { kind: "
                            "AMENDMENT_ACTION_KIND_CHANGE_PRICE line_number: 1 unit_price ",
                            MoneyText("1", "JPY"), " } }"))
        .status();
  };
  const auto filing = [&](const std::string& name) {
    return Call<ContractArchive, v1::CreateContractArchiveRequest>(
               stranger, absl::StrCat(kArchives, "CreateContractArchive"),
               absl::StrCat("contract_archive { contract: '", name, "' place: 'here' documents { title: 'x' ",
                            "content_sha256: '", std::string(64, 'a'), "' } }"))
        .status();
  };
  const auto expect_nothing = [](const absl::Status& foreign, const absl::Status& missing) {
    EXPECT_THAT(foreign, HasReason("REFERENCE_NOT_FOUND")) << foreign;
    EXPECT_THAT(missing, HasReason("REFERENCE_NOT_FOUND")) << missing;
    EXPECT_EQ(MetadataValue(foreign, "field"), MetadataValue(missing, "field"));
  };
  const std::string none = absl::StrCat("contracts/", harness().NewId());
  expect_nothing(rebate(contract), rebate(none));
  expect_nothing(obligation(contract), obligation(none));
  expect_nothing(dispute(contract, ""), dispute(none, ""));
  expect_nothing(dispute(own, obligation_of_it), dispute(own, absl::StrCat("obligations/", harness().NewId())));
  expect_nothing(amendment(contract), amendment(none));
  expect_nothing(filing(contract), filing(none));
  expect_nothing(Lend(stranger, archive->name()).status(),
                 Lend(stranger, absl::StrCat("contractArchives/", harness().NewId())).status());
  // His own he may see, and is told what is wrong.
  EXPECT_THAT(rebate(own), HasReason("REBATE_NOT_AGREED"));
}

// C-15: the monthly list names what was signed and is not filed; a draft is not filed.
TEST_F(ArchiveTest, MonthlyFilingListAndDrafts) {
  const std::string filed = NewContract(account_, /*credit=*/false);
  const std::string open = NewContract(account_, /*credit=*/false);
  for (const std::string& name : {filed, open}) {
    harness().db().Execute(absl::StrCat("UPDATE contracts SET sign_date = '2025-11-20' WHERE id = '", IdOf(name), "'"));
  }
  ASSERT_THAT(File(filed), IsOk());
  const auto list = Do<v1::ListFilingsDueResponse, v1::ListFilingsDueRequest>(
      kax_, absl::StrCat(kArchives, "ListFilingsDue"), "month: '2025-11'");
  EXPECT_EQ(list.rows_size(), 2);
  EXPECT_EQ(list.missing(), 1);
  const auto first = Do<v1::ListFilingsDueResponse, v1::ListFilingsDueRequest>(
      kax_, absl::StrCat(kArchives, "ListFilingsDue"), "month: '2025-11' page_size: 1");
  ASSERT_EQ(first.rows_size(), 1);
  EXPECT_EQ(first.missing(), 1) << "of the whole month";
  const auto second = Do<v1::ListFilingsDueResponse, v1::ListFilingsDueRequest>(
      kax_, absl::StrCat(kArchives, "ListFilingsDue"),
      absl::StrCat("month: '2025-11' page_size: 1 page_token: '", first.next_page_token(), "'"));
  ASSERT_EQ(second.rows_size(), 1);
  EXPECT_NE(second.rows(0).contract(), first.rows(0).contract());
  EXPECT_EQ(second.next_page_token(), "");
  // What was left in the months before, in one list.
  const auto left = Do<v1::ListFilingsDueResponse, v1::ListFilingsDueRequest>(
      kax_, absl::StrCat(kArchives, "ListFilingsDue"), "month: '2025-12' from_month: '2025-10' missing_only: true");
  ASSERT_EQ(left.rows_size(), 1);
  EXPECT_EQ(left.rows(0).contract(), open);
  EXPECT_EQ(left.missing(), 1);
  EXPECT_THAT((Call<v1::ListFilingsDueResponse, v1::ListFilingsDueRequest>(
                  kax_, absl::StrCat(kArchives, "ListFilingsDue"), "month: '2025-11' from_month: '2025-12'")),
              HasReason("PERIOD_INVALID"));
  const auto december = Do<v1::ListFilingsDueResponse, v1::ListFilingsDueRequest>(
      kax_, absl::StrCat(kArchives, "ListFilingsDue"), "month: '2025-12'");
  EXPECT_EQ(december.rows_size(), 0);
  harness().db().Execute(
      absl::StrCat("UPDATE contracts SET state = 'DRAFT', sign_date = NULL WHERE id = '", IdOf(open), "'"));
  EXPECT_THAT(File(open), HasReason("CONTRACT_NOT_SIGNED"));
}

// C-17: an agreement of any kind is reviewed by another than its drafter, who signs what he has read.
TEST_F(ArchiveTest, AgreementsAreSignedByASecondPerson) {
  for (const char* kind : {"CHANNEL_AGENCY", "BANK_MORTGAGE", "INSURANCE_BROKERAGE", "ALLIANCE"}) {
    SCOPED_TRACE(kind);
    const auto agreement = Do<Agreement, v1::CreateAgreementRequest>(
        kapm_, absl::StrCat(kAgreements, "CreateAgreement"),
        absl::StrCat("agreement { kind: AGREEMENT_KIND_", kind, " title: 't' counterparty: 'c' keeper: '",
                     kapm_.subject, "' start_date: '2026-01-01' end_date: '2026-12-31' }"));
    const auto sign = [&](const auth::Principal& who) {
      return Call<Agreement, v1::SignAgreementRequest>(
          who, absl::StrCat(kAgreements, "SignAgreement"),
          absl::StrCat("name: '", agreement.name(), "' etag: '", agreement.etag(), "' document: 'scan/1'"));
    };
    EXPECT_THAT(sign(kapm_), HasReason("SEPARATION_OF_DUTIES"));
    EXPECT_THAT(sign(fd_), IsOk());
  }
}

// C-17: what was typed at the signature of an agreement is corrected, for a reason, until the original is filed.
TEST_F(ArchiveTest, AnAgreementIsCorrectedUntilItIsFiled) {
  const auto draft = Do<Agreement, v1::CreateAgreementRequest>(
      kapm_, absl::StrCat(kAgreements, "CreateAgreement"),
      absl::StrCat("agreement { kind: AGREEMENT_KIND_ALLIANCE title: 't' counterparty: 'c' keeper: '", kapm_.subject,
                   "' start_date: '2026-01-01' end_date: '2026-12-31' }"));
  const auto correct = [&](const auth::Principal& who, const std::string& fields) {
    return Call<Agreement, v1::CorrectAgreementSignatureRequest>(who,
                                                                 absl::StrCat(kAgreements, "CorrectAgreementSignature"),
                                                                 absl::StrCat("name: '", draft.name(), "' ", fields));
  };
  const auto file = [&](const auth::Principal& who, const std::string& place, const std::string& more) {
    return Call<Agreement, v1::FileAgreementRequest>(
        who, absl::StrCat(kAgreements, "FileAgreement"),
        absl::StrCat("name: '", draft.name(), "' filing_place: '", place, "' ", more));
  };
  const std::string scan = absl::StrCat("scan_sha256: '", std::string(64, 'a'), "' ");
  EXPECT_THAT(file(kapm_, "Room 3", scan), HasReason("STATE_NOT_ALLOWED")) << "it is not signed";
  Do<Agreement, v1::SignAgreementRequest>(
      fd_, absl::StrCat(kAgreements, "SignAgreement"),
      absl::StrCat("name: '", draft.name(), "' etag: '", draft.etag(), "' document: 'scan/1' sign_date: '2026-01-02'"));
  EXPECT_THAT(correct(acc_, "document: 'scan/2' reason: 'typed wrong'"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(correct(kapm_, "document: 'scan/2' reason: 'typed wrong'"), HasReason("SEPARATION_OF_DUTIES"))
      << "he drafted it";
  EXPECT_THAT(correct(fd_, "document: 'scan/2'"), HasReason("REASON_REQUIRED"));
  EXPECT_THAT(correct(fd_, "reason: 'typed wrong'"), HasReason("FIELD_REQUIRED"));
  EXPECT_THAT(correct(fd_, "sign_date: '2099-01-01' reason: 'typed wrong'"), HasReason("SIGN_DATE_INVALID"));
  const auto corrected = correct(fd_, "sign_date: '2026-01-03' reason: 'typed wrong'");
  ASSERT_THAT(corrected, IsOk());
  EXPECT_EQ(corrected->sign_date(), "2026-01-03");
  EXPECT_EQ(corrected->document(), "scan/1");
  EXPECT_EQ(correct(fd_, "document: 'scan/2' reason: 'typed wrong'")->document(), "scan/2");
  const auto filed = file(kapm_, "Room 3", scan);
  ASSERT_THAT(filed, IsOk());
  EXPECT_EQ(filed->filing_place(), "Room 3");
  EXPECT_EQ(filed->scan_sha256(), std::string(64, 'a'));
  EXPECT_EQ(filed->filer(), kapm_.subject);
  EXPECT_EQ(filed->filing_date(), "2026-01-05");
  EXPECT_THAT(correct(fd_, "document: 'scan/3' reason: 'typed wrong'"), HasReason("AGREEMENT_FILED"));
  // The room was wrong, and so was the scan: put right by another, and both are in the history.
  const std::string other_scan = absl::StrCat("scan_sha256: '", std::string(64, 'b'), "' ");
  EXPECT_THAT(file(kapm_, "Room 4", other_scan + "reason: 'typed wrong'"), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(file(fd_, "Room 4", other_scan), HasReason("REASON_REQUIRED"));
  const auto moved = file(fd_, "Room 4", other_scan + "reason: 'typed wrong'");
  ASSERT_THAT(moved, IsOk());
  EXPECT_THAT(file(kapm_, "Room 5", scan + "reason: 'typed wrong'"), HasReason("SEPARATION_OF_DUTIES"))
      << "he drafted it";
  EXPECT_EQ(moved->filing_place(), "Room 4");
  EXPECT_EQ(moved->scan_sha256(), std::string(64, 'b'));
  EXPECT_EQ(moved->filer(), fd_.subject);
  const std::string history =
      Do<kam::api::HistoryResponse, kam::api::HistoryRequest>(fd_, absl::StrCat(kAgreements, "GetAgreementHistory"),
                                                              absl::StrCat("name: '", draft.name(), "'"))
          .DebugString();
  EXPECT_THAT(history, ::testing::HasSubstr("Room 3"));
  EXPECT_THAT(history, ::testing::HasSubstr(std::string(64, 'a')));
}

// C-17: money of a tripartite agreement, its alert and its end.
TEST_F(ArchiveTest, TripartiteAgreementFromDraftToEnd) {
  const auto agreement = Do<Agreement, v1::CreateAgreementRequest>(
      fd_, absl::StrCat(kAgreements, "CreateAgreement"),
      absl::StrCat("agreement { kind: AGREEMENT_KIND_TRIPARTITE_FINANCING title: 'Van financing' counterparty: 'Bank' "
                   "keeper: '",
                   fd_.subject,
                   "' start_date: '2026-01-01' end_date: '2026-12-31' currency: 'CNY' purposes: 'vans' "
                   "financing_limit ",
                   MoneyText("100"), " alert_days: 30 }"));
  const auto read = [&] {
    return Do<Agreement, kam::api::GetRequest>(fd_, absl::StrCat(kAgreements, "GetAgreement"),
                                               absl::StrCat("name: '", agreement.name(), "'"));
  };
  const auto draw = [&](const std::string& amount, const std::string& purpose) {
    return Call<FinancingDrawing, v1::CreateFinancingDrawingRequest>(
        fd_, absl::StrCat(kAgreements, "CreateFinancingDrawing"),
        absl::StrCat("financing_drawing { agreement: '", agreement.name(), "' amount ", MoneyText(amount),
                     " purpose: '", purpose, "' document: 'PO-1' due_date: '2026-02-01' }"));
  };
  EXPECT_THAT((Call<FinancingDrawing, v1::CreateFinancingDrawingRequest>(
                  acc_, absl::StrCat(kAgreements, "CreateFinancingDrawing"),
                  absl::StrCat("financing_drawing { agreement: '", agreement.name(), "' amount ", MoneyText("10"),
                               " purpose: 'vans' document: 'PO-1' due_date: '2026-02-01' }"))),
              StatusIs(absl::StatusCode::kPermissionDenied))
      << "who keeps the accounts repays, and does not draw";
  EXPECT_THAT(draw("10", "vans"), HasReason("AGREEMENT_NOT_IN_FORCE"));
  const auto sign = [&](const auth::Principal& who) {
    return Call<Agreement, v1::SignAgreementRequest>(
        who, absl::StrCat(kAgreements, "SignAgreement"),
        absl::StrCat("name: '", agreement.name(), "' etag: '", read().etag(), "' document: 'scan/1'"));
  };
  const absl::StatusOr<Agreement> unread =
      Call<Agreement, v1::SignAgreementRequest>(kapm_, absl::StrCat(kAgreements, "SignAgreement"),
                                                absl::StrCat("name: '", agreement.name(), "' document: 'scan/1'"));
  EXPECT_THAT(unread, HasReason("FIELD_REQUIRED"));
  EXPECT_THAT(unread, NamesField("etag"));
  EXPECT_THAT(sign(fd_), HasReason("SEPARATION_OF_DUTIES")) << "he drafted it";
  Do<Agreement, v1::UpdateAgreementRequest>(
      kapm_, absl::StrCat(kAgreements, "UpdateAgreement"),
      absl::StrCat("agreement { name: '", agreement.name(), "' title: 'Financing of vans' }"));
  EXPECT_THAT(sign(kapm_), HasReason("SEPARATION_OF_DUTIES")) << "he changed it";
  auth::Principal signer = gm_;
  signer.grants["agreement.sign"] = auth::Level::kAll;
  ASSERT_THAT(sign(signer), IsOk());
  auth::Principal stranger = other_kax_;
  stranger.grants["financing.draw"] = auth::Level::kOwn;
  EXPECT_THAT((Call<FinancingDrawing, v1::CreateFinancingDrawingRequest>(
                  stranger, absl::StrCat(kAgreements, "CreateFinancingDrawing"),
                  absl::StrCat("financing_drawing { agreement: '", agreement.name(), "' amount ", MoneyText("1000"),
                               " purpose: 'vans' document: 'PO-1' due_date: '2026-02-01' }"))),
              HasReason("REFERENCE_NOT_FOUND"))
      << "and not how much is left";
  EXPECT_THAT((Call<Agreement, v1::UpdateAgreementRequest>(fd_, absl::StrCat(kAgreements, "UpdateAgreement"),
                                                           absl::StrCat("agreement { name: '", agreement.name(),
                                                                        "' purposes: 'rent' } update_mask { paths: "
                                                                        "'purposes' }"))),
              HasReason("AGREEMENT_FROZEN"));
  EXPECT_THAT(draw("10", "rent"), HasReason("PURPOSE_NOT_AGREED"));
  // Ten at once for 20 each on a limit of 100: five.
  std::atomic<int> drawn = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 10; ++i) {
    threads.emplace_back([&] {
      const absl::StatusOr<FinancingDrawing> one = draw("20", "vans");
      if (one.ok()) {
        ++drawn;
      } else {
        EXPECT_THAT(one, HasReason("FINANCING_LIMIT_EXCEEDED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(drawn, 5);
  EXPECT_EQ(Amount(read().outstanding()), D("100"));
  EXPECT_THAT(
      (Call<Agreement, v1::TerminateAgreementRequest>(fd_, absl::StrCat(kAgreements, "TerminateAgreement"),
                                                      absl::StrCat("name: '", agreement.name(), "' reason: 'x'"))),
      HasReason("DRAWINGS_OUTSTANDING"));
  // Seven days before the day of repayment, not after it.
  const auto soon = [&] {
    return Do<v1::ListFinancingDrawingsResponse, kam::api::ListRequest>(
               fd_, absl::StrCat(kAgreements, "ListFinancingDrawings"),
               absl::StrCat("filter: \"agreement = '", agreement.name(), "' AND due_soon = true\""))
        .financing_drawings_size();
  };
  GoTo(2026, 1, 25);
  EXPECT_EQ(soon(), 0);
  GoTo(2026, 1, 26);
  EXPECT_EQ(soon(), 5);
  // Who keeps it is no word of it: he hands it over with what is not repaid, and is told of its end when he wants.
  const auto hand_over = Do<Agreement, v1::UpdateAgreementRequest>(
      fd_, absl::StrCat(kAgreements, "UpdateAgreement"),
      absl::StrCat("agreement { name: '", agreement.name(), "' keeper: '", kapm_.subject,
                   "' alert_days: 40 } update_mask { paths: 'keeper' paths: 'alert_days' }"));
  EXPECT_EQ(hand_over.keeper(), kapm_.subject);
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) FROM financing_drawings WHERE agreement = '",
                             IdOf(agreement.name()), "' AND keeper = '", IdOf(kapm_.subject), "'")),
            D("5"));
  GoTo(2026, 2, 2);
  EXPECT_EQ(soon(), 0) << "they are overdue";
  const auto list = Do<v1::ListFinancingDrawingsResponse, kam::api::ListRequest>(
      fd_, absl::StrCat(kAgreements, "ListFinancingDrawings"),
      absl::StrCat("filter: \"agreement = '", agreement.name(), "' AND state = OVERDUE\""));
  ASSERT_EQ(list.financing_drawings_size(), 5);
  for (const FinancingDrawing& drawing : list.financing_drawings()) {
    Do<FinancingDrawing, v1::RepayFinancingDrawingRequest>(
        acc_, absl::StrCat(kAgreements, "RepayFinancingDrawing"),
        absl::StrCat("name: '", drawing.name(), "' repay_reference: 'V-2'"));
  }
  EXPECT_EQ(Amount(read().outstanding()), D("0"));
  GoTo(2026, 11, 21);
  EXPECT_EQ(read().state(), v1::AGREEMENT_STATE_IN_FORCE);
  GoTo(2026, 11, 22);
  EXPECT_EQ(read().state(), v1::AGREEMENT_STATE_EXPIRING) << "40 days before the end now";
  GoTo(2027, 1, 1);
  EXPECT_EQ(read().state(), v1::AGREEMENT_STATE_EXPIRED);
}

// C-17: no number twice, no gap unexplained; used by the one it was issued to.
TEST_F(ArchiveTest, NumberedFormsFromReceiptToUse) {
  const auto receive = [&](int first, int last, const std::string& more = {}) {
    return Call<v1::BlankFormsMoved, v1::ReceiveBlankFormsRequest>(
        gad(), absl::StrCat(kForms, "ReceiveBlankForms"),
        absl::StrCat("form_type: 'SALES' first_number: ", first, " last_number: ", last, " ", more));
  };
  ASSERT_THAT(receive(101, 110), IsOk());
  EXPECT_THAT(receive(110, 112), HasReason("FORM_NUMBER_TAKEN"));
  EXPECT_THAT(receive(113, 114), HasReason("FORM_GAP_UNEXPLAINED"));
  ASSERT_THAT(receive(113, 114, "gap_reason: 'misprinted'"), IsOk());
  const auto issue_to = [&](const auth::Principal& who, int first, int last) {
    return Call<v1::BlankFormsMoved, v1::IssueBlankFormsRequest>(
        gad(), absl::StrCat(kForms, "IssueBlankForms"),
        absl::StrCat("form_type: 'SALES' first_number: ", first, " last_number: ", last, " holder: '", who.subject,
                     "'"));
  };
  const auto issue = [&](int first, int last) { return issue_to(kax_, first, last); };
  EXPECT_THAT(issue(110, 112), HasReason("FORM_UNKNOWN"));
  ASSERT_THAT(issue(101, 103), IsOk());
  EXPECT_THAT(issue(103, 104), HasReason("FORM_NOT_IN_STOCK"));
  const auto form = [&](int number) {
    const auto list = Do<v1::ListBlankFormsResponse, kam::api::ListRequest>(
        kax_, absl::StrCat(kForms, "ListBlankForms"), absl::StrCat("filter: 'form_number = ", number, "'"));
    EXPECT_EQ(list.blank_forms_size(), 1);
    return list.blank_forms(0).name();
  };
  const std::string contract = NewContract(account_, /*credit=*/false);
  const auto use = [&](const auth::Principal& who, int number) {
    return Call<BlankForm, v1::UseBlankFormRequest>(
        who, absl::StrCat(kForms, "UseBlankForm"),
        absl::StrCat("name: '", form(number), "' contract: '", contract, "'"));
  };
  EXPECT_THAT(use(other_kax_, 101), HasReason("NOT_THE_HOLDER"));
  ASSERT_THAT(use(kax_, 101), IsOk());
  EXPECT_THAT(use(kax_, 101), HasReason("STATE_NOT_ALLOWED"));
  ASSERT_THAT(issue_to(other_kax_, 104, 104), IsOk());
  EXPECT_THAT(use(other_kax_, 104), HasReason("REFERENCE_NOT_FOUND")) << "the contract of another";
  const auto spoil = [&](int number, const std::string& reason) {
    return Call<BlankForm, v1::VoidBlankFormRequest>(gad(), absl::StrCat(kForms, "VoidBlankForm"),
                                                     absl::StrCat("name: '", form(number), "' reason: '", reason, "'"));
  };
  EXPECT_THAT(spoil(102, ""), HasReason("REASON_REQUIRED"));
  ASSERT_THAT(spoil(102, "coffee"), IsOk());
  ASSERT_THAT(spoil(101, "written for another contract"), IsOk()) << "used by mistake";
  for (const int number : {103, 104}) {
    Do<BlankForm, v1::ReturnBlankFormRequest>(gad(), absl::StrCat(kForms, "ReturnBlankForm"),
                                              absl::StrCat("name: '", form(number), "'"));
  }
  const auto check = Do<v1::CheckBlankFormsResponse, v1::CheckBlankFormsRequest>(
      kax_, absl::StrCat(kForms, "CheckBlankForms"), "form_type: 'SALES'");
  EXPECT_EQ(check.in_stock(), 10);
  EXPECT_EQ(check.used(), 0);
  EXPECT_EQ(check.voided(), 2);
  ASSERT_EQ(check.gaps_size(), 1);
  EXPECT_EQ(check.gaps(0).first_number(), 111);
  EXPECT_EQ(check.gaps(0).last_number(), 112);
  EXPECT_EQ(check.gaps(0).gap_reason(), "misprinted");
}

// C-17: a register with ever so many holes is answered in a bounded answer that says so.
TEST_F(ArchiveTest, TheCheckOfFormsNamesAThousandGapsAtMost) {
  std::string rows;
  for (int i = 0; i < 1002; ++i) {
    absl::StrAppend(&rows, rows.empty() ? "" : ", ", "('", harness().NewId(),
                    "', 1, '2026-01-01', '2026-01-01', 'programs/test', 'programs/test', 'HOLES', ", 1 + 2 * i,
                    ", 'IN_STOCK')");
  }
  harness().db().Execute(
      absl::StrCat("INSERT INTO blank_forms (id, version, create_time, update_time, creator, updater, form_type, "
                   "form_number, state) VALUES ",
                   rows));
  const auto check = Do<v1::CheckBlankFormsResponse, v1::CheckBlankFormsRequest>(
      kax_, absl::StrCat(kForms, "CheckBlankForms"), "form_type: 'HOLES'");
  EXPECT_EQ(check.in_stock(), 1002);
  EXPECT_EQ(check.gaps_size(), 1000);
  EXPECT_EQ(check.more_gaps(), 1);
}

}  // namespace
}  // namespace kam::contract::testing

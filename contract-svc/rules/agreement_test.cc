// Other agreements, their money, numbered forms and the archive as pure rules (C-15, C-17).
#include "contract-svc/rules/agreement.h"

#include "absl/strings/str_cat.h"
#include "common/id/digest.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/rules/text.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "gtest/gtest.h"
#include "kam/contract/v1/agreement.pb.h"
#include "kam/contract/v1/amendment_service.pb.h"
#include "kam/contract/v1/archive.pb.h"
#include "kam/contract/v1/contract.pb.h"

namespace kam::contract::rules {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using v1::Agreement;
using v1::FinancingDrawing;

Agreement Tripartite() {
  Agreement agreement;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "name: 'agreements/a' kind: AGREEMENT_KIND_TRIPARTITE_FINANCING state: AGREEMENT_STATE_IN_FORCE start_date: "
      "'2026-01-01' end_date: '2026-12-31' currency: 'CNY' purposes: 'purchase of vans' purposes: 'purchase of parts' "
      "financing_limit { currency_code: 'CNY' units: 100 }",
      &agreement));
  return agreement;
}

FinancingDrawing Drawing(int amount, const std::string& purpose = "purchase of vans",
                         const std::string& due = "2026-06-30") {
  FinancingDrawing drawing;
  drawing.mutable_amount()->set_currency_code("CNY");
  drawing.mutable_amount()->set_units(amount);
  drawing.set_purpose(purpose);
  drawing.set_due_date(due);
  return drawing;
}

// C-17: money for its purpose only, within the limit, and not while earlier money is overdue.
TEST(AgreementTest, MoneyIsDrawnForItsPurposeWithinTheLimit) {
  Agreement agreement = Tripartite();
  EXPECT_THAT(DrawMoney("2026-03-01", 0, Drawing(10, "rent"), &agreement), HasReason("PURPOSE_NOT_AGREED"));
  EXPECT_THAT(DrawMoney("2026-03-01", 0, Drawing(101), &agreement), HasReason("FINANCING_LIMIT_EXCEEDED"));
  ASSERT_THAT(DrawMoney("2026-03-01", 0, Drawing(60), &agreement), IsOk());
  const absl::Status beyond = DrawMoney("2026-03-01", 0, Drawing(41), &agreement);
  EXPECT_THAT(beyond, HasReason("FINANCING_LIMIT_EXCEEDED"));
  EXPECT_EQ(MetadataValue(beyond, "outstanding"), "60");
  ASSERT_THAT(DrawMoney("2026-03-01", 0, Drawing(40, "purchase of parts"), &agreement), IsOk());
  ASSERT_THAT(RepayMoney(Drawing(60), &agreement), IsOk());
  EXPECT_EQ(agreement.outstanding().units(), 40);
  EXPECT_THAT(DrawMoney("2026-03-01", 1, Drawing(10), &agreement), HasReason("DRAWINGS_OVERDUE"));
  EXPECT_THAT(DrawMoney("2026-03-01", 0, Drawing(10, "purchase of vans", "2027-01-01"), &agreement),
              HasReason("DUE_DATE_INVALID"));
  EXPECT_THAT(DrawMoney("2026-03-01", 0, Drawing(10, "purchase of vans", "2026-02-28"), &agreement),
              HasReason("DUE_DATE_INVALID"));
}

// C-17: over all states and around the days of the agreement.
TEST(AgreementTest, MoneyIsDrawnWhileTheAgreementIsInForce) {
  for (int i = v1::AgreementState_MIN; i <= v1::AgreementState_MAX; ++i) {
    Agreement agreement = Tripartite();
    agreement.set_state(static_cast<v1::AgreementState>(i));
    const bool in_force = i == v1::AGREEMENT_STATE_IN_FORCE || i == v1::AGREEMENT_STATE_EXPIRING;
    EXPECT_EQ(DrawMoney("2026-03-01", 0, Drawing(1), &agreement).ok(), in_force) << i;
  }
  Agreement agreement = Tripartite();
  EXPECT_THAT(DrawMoney("2025-12-31", 0, Drawing(1), &agreement), HasReason("AGREEMENT_NOT_IN_FORCE"));
  EXPECT_THAT(DrawMoney("2027-01-01", 0, Drawing(1), &agreement), HasReason("AGREEMENT_NOT_IN_FORCE"));
  Agreement alliance = Tripartite();
  alliance.clear_purposes();
  EXPECT_THAT(DrawMoney("2026-03-01", 0, Drawing(1), &alliance), HasReason("PURPOSE_NOT_AGREED"));
}

// C-17
TEST(AgreementTest, TripartiteAgreementsSayWhatTheirMoneyIsFor) {
  EXPECT_THAT(CheckAgreement(Tripartite()), IsOk());
  Agreement bare = Tripartite();
  bare.clear_purposes();
  bare.clear_financing_limit();
  const absl::Status status = CheckAgreement(bare);
  EXPECT_THAT(status, HasReason("PURPOSE_REQUIRED"));
  EXPECT_THAT(ViolatedFields(status), ::testing::ElementsAre("agreement.purposes", "agreement.financing_limit"));
  bare.set_kind(v1::AGREEMENT_KIND_ALLIANCE);
  EXPECT_THAT(CheckAgreement(bare), IsOk());
  bare.set_end_date("2025-01-01");
  EXPECT_THAT(CheckAgreement(bare), HasReason("CONTRACT_DATES_CONTRADICT"));
}

// C-17: no gap unexplained.
TEST(BlankFormTest, NumbersFollowOnOrSomebodySaysWhyNot) {
  EXPECT_THAT(CheckFormGap(std::nullopt, 501, ""), IsOk()) << "the first delivery begins anywhere";
  EXPECT_THAT(CheckFormGap(600, 601, ""), IsOk());
  EXPECT_THAT(CheckFormGap(600, 550, ""), IsOk()) << "missing ones that come later";
  const absl::Status gap = CheckFormGap(600, 602, " ");
  EXPECT_THAT(gap, HasReason("FORM_GAP_UNEXPLAINED"));
  EXPECT_EQ(MetadataValue(gap, "first"), "601");
  EXPECT_THAT(CheckFormGap(600, 602, "misprint"), IsOk());
  EXPECT_THAT(CheckFormRange(5, 4), HasReason("FORM_RANGE_INVALID"));
  EXPECT_THAT(CheckFormRange(1, kFormsMax), IsOk());
  EXPECT_THAT(CheckFormRange(1, kFormsMax + 1), HasReason("FORM_RANGE_INVALID"));
}

// C-15: one borrower at a time; a copy is what the archive holds, in its order.
TEST(ArchiveTest, OneBorrowerAtATimeAndChecksumOverTheDocuments) {
  v1::ContractArchive archive;
  archive.add_documents()->set_content_sha256("aa");
  archive.add_documents()->set_content_sha256("bb");
  EXPECT_EQ(ChecksumOf(archive), Sha256Hex("aa\nbb\n"));
  v1::ArchiveBorrowing borrowing;
  borrowing.set_due_date("2026-01-05");
  EXPECT_THAT(CheckLending("2026-01-05", "employees/l", archive, borrowing), IsOk());
  EXPECT_THAT(CheckLending("2026-01-06", "employees/l", archive, borrowing), HasReason("DUE_DATE_INVALID"));
  archive.set_borrowing("archiveBorrowings/b");
  EXPECT_THAT(CheckLending("2026-01-05", "employees/l", archive, borrowing), HasReason("ARCHIVE_LENT"));
  borrowing.set_borrower("employees/l");
  archive.clear_borrowing();
  EXPECT_THAT(CheckLending("2026-01-05", "employees/l", archive, borrowing), HasReason("SEPARATION_OF_DUTIES"));
}

// C-15: a filed paper is neither exchanged nor taken out, nor put in another place; others are added after it.
TEST(ArchiveTest, WhatIsFiledStays) {
  v1::ContractArchive before;
  for (const char* title : {"contract", "annex"}) {
    v1::ArchiveDocument* document = before.add_documents();
    document->set_title(title);
    document->set_content_sha256(title);
  }
  v1::ContractArchive after = before;
  EXPECT_THAT(CheckDocumentsKept(before, after), IsOk());
  after.set_place("vault");
  after.add_documents()->set_title("letter");
  EXPECT_THAT(CheckDocumentsKept(before, after), IsOk());
  after.mutable_documents(1)->set_content_sha256("other");
  const absl::Status exchanged = CheckDocumentsKept(before, after);
  EXPECT_THAT(exchanged, HasReason("ARCHIVE_DOCUMENT_FROZEN"));
  EXPECT_EQ(MetadataValue(exchanged, "field"), "contract_archive.documents[1]");
  after = before;
  after.mutable_documents()->RemoveLast();
  EXPECT_THAT(CheckDocumentsKept(before, after), HasReason("ARCHIVE_DOCUMENT_FROZEN"));
  after = before;
  after.mutable_documents()->SwapElements(0, 1);
  EXPECT_THAT(CheckDocumentsKept(before, after), HasReason("ARCHIVE_DOCUMENT_FROZEN"));
}

// C-14, C-15: an amendment goes into the file of its contract as long as that takes documents; one that came with the
// contract is there already.
TEST(ArchiveTest, AnAmendmentIsFiledAsLongAsThereIsRoom) {
  constexpr int kLimit = 500;
  v1::ContractArchive archive;
  archive.set_name("contractArchives/a");
  for (int i = 0; i + 1 < kLimit; ++i) archive.add_documents()->set_content_sha256(absl::StrCat("hash ", i));
  v1::FileAmendmentRequest request;
  request.set_content_sha256("last");
  v1::Amendment amendment;
  ASSERT_THAT(FileAmendment(request, /*signed_text=*/false, &amendment, &archive), IsOk());
  EXPECT_EQ(archive.documents_size(), kLimit);
  v1::Amendment further;
  request.set_content_sha256("one more");
  const absl::Status full = FileAmendment(request, /*signed_text=*/false, &further, &archive);
  EXPECT_THAT(full, HasReason("ARCHIVE_FULL"));
  EXPECT_EQ(MetadataValue(full, "limit"), absl::StrCat(kLimit));
  EXPECT_TRUE(further.archive().empty());
  request.set_content_sha256("hash 7");
  EXPECT_THAT(FileAmendment(request, /*signed_text=*/false, &further, &archive), IsOk());
}

// C-12, C-15: the scan that was given at the signature, otherwise the approved text where the company asks for it.
TEST(ArchiveTest, TheVeryScanIsFiled) {
  v1::Contract contract;
  contract.set_approved_sha256("text");
  v1::ContractArchive archive;
  archive.add_documents()->set_content_sha256("other");
  EXPECT_THAT(CheckScanFiled(contract, /*signed_text=*/false, archive), IsOk());
  EXPECT_THAT(CheckScanFiled(contract, /*signed_text=*/true, archive), HasReason("ARCHIVE_SCAN_MISSING"));
  archive.add_documents()->set_content_sha256("text");
  EXPECT_THAT(CheckScanFiled(contract, /*signed_text=*/true, archive), IsOk());
  contract.set_scan_sha256("scan");
  const absl::Status missing = CheckScanFiled(contract, /*signed_text=*/false, archive);
  EXPECT_THAT(missing, HasReason("ARCHIVE_SCAN_MISSING"));
  EXPECT_EQ(MetadataValue(missing, "expected"), "scan");
  archive.add_documents()->set_content_sha256("scan");
  EXPECT_THAT(CheckScanFiled(contract, /*signed_text=*/true, archive), IsOk());
  EXPECT_THAT(CheckScanFiled(v1::Contract(), /*signed_text=*/true, v1::ContractArchive()), IsOk())
      << "brought by an import: nothing was approved here";
}

}  // namespace
}  // namespace kam::contract::rules

#include "contract-svc/rules/agreement.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/id/digest.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/review.h"
#include "contract-svc/rules/text.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/api/field.pb.h"
#include "kam/contract/v1/agreement_service.pb.h"
#include "kam/contract/v1/amendment_service.pb.h"
#include "kam/contract/v1/archive.pb.h"
#include "kam/contract/v1/contract.pb.h"

namespace kam::contract::rules {

using v1::Agreement;
using v1::FinancingDrawing;

namespace {

// Of a signed contract or amendment, the hash that the archive must hold; empty: any.
template <typename Signed>
std::string ExpectedHash(const Signed& paper, bool signed_text) {
  if (!paper.scan_sha256().empty()) return paper.scan_sha256();
  return signed_text ? paper.approved_sha256() : std::string();
}

absl::Status ScanMissing(absl::string_view subject, bool by_scan, absl::string_view field,
                         const std::string& expected) {
  return FailedPrecondition("ARCHIVE_SCAN_MISSING", subject,
                            by_scan ? "none of the documents is the scan that was given at the signature"
                                    : "none of the documents is the text that was approved and signed",
                            {{"field", std::string(field)}, {"expected", expected}});
}

absl::Status AgreementFiled(const Agreement& agreement) {
  return FailedPrecondition("AGREEMENT_FILED", agreement.name(), "the signed original is filed",
                            {{"filingPlace", agreement.filing_place()}, {"filingDate", agreement.filing_date()}});
}

}  // namespace

absl::Status CorrectSignature(const v1::CorrectAgreementSignatureRequest& request, absl::string_view today,
                              Agreement* agreement) {
  if (!agreement->filing_place().empty()) return AgreementFiled(*agreement);
  if (request.document().empty() && request.sign_date().empty()) {
    return InvalidField("document", "FIELD_REQUIRED", "must be given, or sign_date: what is to be corrected");
  }
  if (!request.sign_date().empty()) {
    ASSIGN_OR_RETURN(const std::string date, SignDate(request.sign_date(), /*earliest=*/"", today));
    agreement->set_sign_date(date);
  }
  if (!request.document().empty()) agreement->set_document(request.document());
  return absl::OkStatus();
}

absl::Status FileAgreement(const v1::FileAgreementRequest& request, absl::string_view filer, absl::string_view today,
                           Agreement* agreement) {
  if (!agreement->filing_place().empty()) {
    RETURN_IF_ERROR(CheckOtherPerson(agreement->name(), filer, agreement->filer(), "filed it"));
    RETURN_IF_ERROR(CheckReason(request.reason()));
  }
  agreement->set_filing_place(request.filing_place());
  agreement->set_scan_sha256(request.scan_sha256());
  agreement->set_filer(std::string(filer));
  agreement->set_filing_date(std::string(today));
  return absl::OkStatus();
}

absl::Status CheckAgreement(const Agreement& agreement) {
  FieldViolations violations;
  if (agreement.end_date() < agreement.start_date()) {
    violations.Add("agreement.end_date", "CONTRACT_DATES_CONTRADICT", "is before start_date",
                   {{"startDate", agreement.start_date()}, {"endDate", agreement.end_date()}});
  }
  if (agreement.kind() == v1::AGREEMENT_KIND_TRIPARTITE_FINANCING) {
    const auto need = [&](bool present, absl::string_view field) {
      if (present) return;
      violations.Add(absl::StrCat("agreement.", field), "PURPOSE_REQUIRED",
                     "must be set: the money of a tripartite agreement is for its purpose only");
    };
    need(agreement.purposes_size() > 0, "purposes");
    need(agreement.has_financing_limit(), "financing_limit");
    need(!agreement.currency().empty(), "currency");
  }
  violations.AddAll("",
                    AmountIn(agreement.financing_limit(), agreement.currency(), "agreement.financing_limit").status());
  return violations.status();
}

absl::Status DrawMoney(absl::string_view today, int64_t overdue_drawings, const FinancingDrawing& drawing,
                       Agreement* agreement) {
  const std::string state = v1::AgreementState_Name(agreement->state());
  if (agreement->state() != v1::AGREEMENT_STATE_IN_FORCE && agreement->state() != v1::AGREEMENT_STATE_EXPIRING) {
    return FailedPrecondition("AGREEMENT_NOT_IN_FORCE", agreement->name(), "money is drawn under a signed agreement",
                              {{"state", state}});
  }
  if (today < agreement->start_date() || today > agreement->end_date()) {
    return FailedPrecondition("AGREEMENT_NOT_IN_FORCE", agreement->name(),
                              absl::StrCat("it runs from ", agreement->start_date(), " to ", agreement->end_date()),
                              {{"state", state}, {"today", std::string(today)}});
  }
  if (overdue_drawings > 0) {
    return FailedPrecondition("DRAWINGS_OVERDUE", agreement->name(),
                              absl::StrCat(overdue_drawings, " drawings have to be repaid first"),
                              {{"overdue", absl::StrCat(overdue_drawings)}});
  }
  const auto& purposes = agreement->purposes();
  if (std::find(purposes.begin(), purposes.end(), drawing.purpose()) == purposes.end()) {
    const std::string agreed = absl::StrJoin(purposes, "; ");
    return FailedPrecondition(
        "PURPOSE_NOT_AGREED", agreement->name(),
        absl::StrCat("the money may be used for ", agreed.empty() ? "nothing" : agreed, ", not for ",
                     drawing.purpose()),
        {{"field", "financing_drawing.purpose"}, {"purpose", drawing.purpose()}, {"agreed", agreed}});
  }
  if (absl::string_view(drawing.due_date()) < today || drawing.due_date() > agreement->end_date()) {
    return InvalidField("financing_drawing.due_date", "DUE_DATE_INVALID",
                        absl::StrCat("must be from today to ", agreement->end_date(), ", the end of the agreement"),
                        {{"value", drawing.due_date()}, {"limit", agreement->end_date()}});
  }
  const std::string& currency = agreement->currency();
  ASSIGN_OR_RETURN(const Decimal amount, AmountIn(drawing.amount(), currency, "financing_drawing.amount"));
  ASSIGN_OR_RETURN(const Decimal outstanding, AmountIn(agreement->outstanding(), currency, "outstanding"));
  ASSIGN_OR_RETURN(const Decimal limit, AmountIn(agreement->financing_limit(), currency, "financing_limit"));
  ASSIGN_OR_RETURN(const Decimal after, Add(outstanding, amount));
  if (after > limit) {
    return FailedPrecondition("FINANCING_LIMIT_EXCEEDED", agreement->name(),
                              absl::StrCat(AmountText(outstanding, currency), " of ", AmountText(limit, currency),
                                           " are drawn, ", AmountText(amount, currency), " asked"),
                              {{"field", "financing_drawing.amount"},
                               {"outstanding", outstanding.ToString()},
                               {"limit", limit.ToString()},
                               {"asked", amount.ToString()}});
  }
  SetAmount(after, currency, agreement->mutable_outstanding());
  return absl::OkStatus();
}

absl::Status RepayMoney(const FinancingDrawing& drawing, Agreement* agreement) {
  const std::string& currency = agreement->currency();
  ASSIGN_OR_RETURN(const Decimal amount, AmountIn(drawing.amount(), currency, "amount"));
  ASSIGN_OR_RETURN(const Decimal outstanding, AmountIn(agreement->outstanding(), currency, "outstanding"));
  ASSIGN_OR_RETURN(const Decimal after, Subtract(outstanding, amount));
  if (after.sign() < 0) return Internal("more repaid than was drawn");
  SetAmount(after, currency, agreement->mutable_outstanding());
  return absl::OkStatus();
}

absl::Status CheckFormRange(int64_t first, int64_t last) {
  if (last >= first && last - first < kFormsMax) return absl::OkStatus();
  return InvalidField(
      "last_number", "FORM_RANGE_INVALID", absl::StrCat("must be from first_number to ", kFormsMax, " forms after it"),
      {{"first", absl::StrCat(first)}, {"last", absl::StrCat(last)}, {"limit", absl::StrCat(kFormsMax)}});
}

absl::Status CheckFormGap(std::optional<int64_t> last_known, int64_t first, absl::string_view gap_reason) {
  if (!last_known.has_value() || first <= *last_known + 1) return absl::OkStatus();
  if (!absl::StripAsciiWhitespace(gap_reason).empty()) return absl::OkStatus();
  return InvalidField("gap_reason", "FORM_GAP_UNEXPLAINED",
                      absl::StrCat("must say why the numbers ", *last_known + 1, " to ", first - 1, " did not come in"),
                      {{"first", absl::StrCat(*last_known + 1)}, {"last", absl::StrCat(first - 1)}});
}

std::string ChecksumOf(const v1::ContractArchive& archive) {
  std::string text;
  for (const auto& document : archive.documents()) absl::StrAppend(&text, document.content_sha256(), "\n");
  return Sha256Hex(text);
}

absl::Status CheckScanFiled(const v1::Contract& contract, bool signed_text, const v1::ContractArchive& archive) {
  const std::string expected = ExpectedHash(contract, signed_text);
  if (expected.empty()) return absl::OkStatus();
  for (const auto& document : archive.documents()) {
    if (document.content_sha256() == expected) return absl::OkStatus();
  }
  return ScanMissing(contract.name(), !contract.scan_sha256().empty(), "contract_archive.documents", expected);
}

absl::Status FileAmendment(const v1::FileAmendmentRequest& request, bool signed_text, v1::Amendment* amendment,
                           v1::ContractArchive* archive) {
  if (!amendment->archive().empty()) {
    return FailedPrecondition("CONTRACT_FILED", amendment->name(), "the signed amendment is in the archive already",
                              {{"archive", amendment->archive()}});
  }
  const std::string expected = ExpectedHash(*amendment, signed_text);
  if (!expected.empty() && expected != request.content_sha256()) {
    return ScanMissing(amendment->name(), !amendment->scan_sha256().empty(), "content_sha256", expected);
  }
  const auto& filed = archive->documents();
  const bool came_with_contract = std::any_of(filed.begin(), filed.end(), [&](const v1::ArchiveDocument& document) {
    return document.content_sha256() == request.content_sha256();
  });
  if (came_with_contract) {
    amendment->set_archive(archive->name());
    return absl::OkStatus();
  }
  const google::protobuf::FieldDescriptor* documents =
      v1::ContractArchive::descriptor()->FindFieldByNumber(v1::ContractArchive::kDocumentsFieldNumber);
  const int limit = documents->options().GetExtension(kam::api::field).max_items();
  if (archive->documents_size() >= limit) {
    return FailedPrecondition("ARCHIVE_FULL", archive->name(),
                              absl::StrCat("it holds ", archive->documents_size(), " documents, as many as it takes"),
                              {{"documents", absl::StrCat(archive->documents_size())}, {"limit", absl::StrCat(limit)}});
  }
  amendment->set_archive(archive->name());
  v1::ArchiveDocument* document = archive->add_documents();
  document->set_title(amendment->title());
  document->set_content_sha256(request.content_sha256());
  document->set_place(request.place());
  return absl::OkStatus();
}

absl::Status CheckDocumentsKept(const v1::ContractArchive& before, const v1::ContractArchive& after) {
  for (int i = 0; i < before.documents_size(); ++i) {
    const v1::ArchiveDocument& filed = before.documents(i);
    if (i < after.documents_size() && after.documents(i).SerializeAsString() == filed.SerializeAsString()) continue;
    return FailedPrecondition(
        "ARCHIVE_DOCUMENT_FROZEN", before.name(),
        absl::StrCat("\"", filed.title(), "\" is filed and stays as it is; what belongs to it is added after it"),
        {{"field", absl::StrCat("contract_archive.documents[", i, "]")}, {"value", filed.content_sha256()}});
  }
  return absl::OkStatus();
}

absl::Status CheckLending(absl::string_view today, absl::string_view lender, const v1::ContractArchive& archive,
                          const v1::ArchiveBorrowing& borrowing) {
  RETURN_IF_ERROR(CheckOtherPerson(archive.name(), lender, borrowing.borrower(), "borrows it"));
  if (!archive.borrowing().empty()) {
    return FailedPrecondition("ARCHIVE_LENT", archive.name(), "the file is with somebody else; it has to be back first",
                              {{"borrowing", archive.borrowing()}});
  }
  if (absl::string_view(borrowing.due_date()) >= today) return absl::OkStatus();
  return InvalidField("archive_borrowing.due_date", "DUE_DATE_INVALID", "must not be in the past",
                      {{"value", borrowing.due_date()}, {"today", std::string(today)}});
}

}  // namespace kam::contract::rules

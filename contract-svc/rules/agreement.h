// Other agreements, money drawn under them, numbered blank forms (C-17), the archive (C-15). Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_AGREEMENT_H_
#define KAM_CONTRACT_SVC_RULES_AGREEMENT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kam::contract::v1 {
class Agreement;
class Amendment;
class ArchiveBorrowing;
class Contract;
class ContractArchive;
class CorrectAgreementSignatureRequest;
class FileAgreementRequest;
class FileAmendmentRequest;
class FinancingDrawing;
}  // namespace kam::contract::v1

namespace kam::contract::rules {

// CONTRACT_DATES_CONTRADICT, PURPOSE_REQUIRED (a tripartite agreement says what its money is for, how much of it there
// is and in which currency), CURRENCY_MISMATCH.
absl::Status CheckAgreement(const v1::Agreement& agreement);

// What was typed at the signature is corrected, until the original is filed. AGREEMENT_FILED, FIELD_REQUIRED,
// SIGN_DATE_INVALID.
absl::Status CorrectSignature(const v1::CorrectAgreementSignatureRequest& request, absl::string_view today,
                              v1::Agreement* agreement);
// The signed original is put away by `filer`. Place and hash of one that is filed are put right by somebody else, for a
// reason. SEPARATION_OF_DUTIES, REASON_REQUIRED.
absl::Status FileAgreement(const v1::FileAgreementRequest& request, absl::string_view filer, absl::string_view today,
                           v1::Agreement* agreement);

// Money is drawn for its purpose only, within the limit, to be repaid before the agreement ends, and not while an
// earlier drawing is overdue. Counts it in `agreement`. AGREEMENT_NOT_IN_FORCE, PURPOSE_NOT_AGREED, CURRENCY_MISMATCH,
// FINANCING_LIMIT_EXCEEDED, DUE_DATE_INVALID, DRAWINGS_OVERDUE.
absl::Status DrawMoney(absl::string_view today, int64_t overdue_drawings, const v1::FinancingDrawing& drawing,
                       v1::Agreement* agreement);
absl::Status RepayMoney(const v1::FinancingDrawing& drawing, v1::Agreement* agreement);

// Forms are moved at most this many at a time: one transaction.
inline constexpr int64_t kFormsMax = 500;
// FORM_RANGE_INVALID.
absl::Status CheckFormRange(int64_t first, int64_t last);
// Forms that come in follow on the last number, or somebody says why not. `last_known`: none before the first delivery.
// FORM_GAP_UNEXPLAINED.
absl::Status CheckFormGap(std::optional<int64_t> last_known, int64_t first, absl::string_view gap_reason);

// SHA-256 over the checksums of the documents in their order.
std::string ChecksumOf(const v1::ContractArchive& archive);
// A file goes out, by the hand of `lender`: ARCHIVE_LENT naming the borrowing, DUE_DATE_INVALID, and
// SEPARATION_OF_DUTIES for one who lends it to himself.
absl::Status CheckLending(absl::string_view today, absl::string_view lender, const v1::ContractArchive& archive,
                          const v1::ArchiveBorrowing& borrowing);
// The archive holds the very file that was given as the scanned original; without one, when `signed_text`, the text
// that was approved. ARCHIVE_SCAN_MISSING.
absl::Status CheckScanFiled(const v1::Contract& contract, bool signed_text, const v1::ContractArchive& archive);
// The signed amendment goes into the file of its contract, as a document after those that are there: the scan that was
// given at the signature, or, without one, when `signed_text`, the text that was approved. CONTRACT_FILED,
// ARCHIVE_SCAN_MISSING, ARCHIVE_FULL.
absl::Status FileAmendment(const v1::FileAmendmentRequest& request, bool signed_text, v1::Amendment* amendment,
                           v1::ContractArchive* archive);
// What is filed stays: documents may be added after those that are there. ARCHIVE_DOCUMENT_FROZEN.
absl::Status CheckDocumentsKept(const v1::ContractArchive& before, const v1::ContractArchive& after);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_AGREEMENT_H_

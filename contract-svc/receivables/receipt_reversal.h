// Money that was marked as received and went back: a bounced cheque, a transfer called back (C-30, C-34).
#ifndef KAM_CONTRACT_SVC_RECEIVABLES_RECEIPT_REVERSAL_H_
#define KAM_CONTRACT_SVC_RECEIVABLES_RECEIPT_REVERSAL_H_

#include <string>

#include "absl/status/status.h"
#include "common/resource/runtime.h"
#include "contract-svc/receivables/credit_book.h"
#include "kam/receivable/v1/receipt.pb.h"

namespace kam::contract {

// Undoes the allocations of a marked receipt in the books: invoices and open items are open again, prepayments are
// gone, orders that went out because they were paid wait for their release. REASON_REQUIRED, SEPARATION_OF_DUTIES.
absl::Status ReverseReceipt(resource::UnitOfWork& work, CreditBook& book, const std::string& reason,
                            resource::Change<receivable::v1::Receipt>* change);

// What the credit note comes from was a mistake; whoever calls has asked who says so. Takes it back the same way.
absl::Status ReverseCreditNote(resource::UnitOfWork& work, CreditBook& book, const std::string& reason,
                               const std::string& note);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_RECEIVABLES_RECEIPT_REVERSAL_H_

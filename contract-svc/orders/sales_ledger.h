// The sales ledger, written in the transaction of the business itself (C-28).
#ifndef KAM_CONTRACT_SVC_ORDERS_SALES_LEDGER_H_
#define KAM_CONTRACT_SVC_ORDERS_SALES_LEDGER_H_

#include "absl/status/status.h"
#include "contract-svc/context.h"
#include "kam/receivable/v1/invoice.pb.h"
#include "kam/receivable/v1/receipt.pb.h"

namespace kam::contract {

// After every write of an invoice or a receipt; `before` is null for a new one.
absl::Status RecordInvoice(const Context& context, resource::UnitOfWork& work, const receivable::v1::Invoice* before,
                           const receivable::v1::Invoice& after);
absl::Status RecordReceipt(const Context& context, resource::UnitOfWork& work, const receivable::v1::Receipt* before,
                           const receivable::v1::Receipt& after);

// Until the transaction ends nobody writes a line; what was being written is there. Whoever closes a month begins so.
absl::Status StopRecording(resource::UnitOfWork& work);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_SALES_LEDGER_H_

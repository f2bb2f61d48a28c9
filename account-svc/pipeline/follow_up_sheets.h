// What is written on the cards of a day after their sheet was signed.
#ifndef KAM_ACCOUNT_SVC_PIPELINE_FOLLOW_UP_SHEETS_H_
#define KAM_ACCOUNT_SVC_PIPELINE_FOLLOW_UP_SHEETS_H_

#include "absl/status/status.h"
#include "account-svc/context.h"
#include "kam/account/v1/lead.pb.h"

namespace kam::account {

// `entry` has just been written: the signed sheet of its day and writer has it too, and is before the sales manager
// again. Nothing where there is no such sheet. Locks the sheet, after the lead.
absl::Status ReopenSignedSheet(const Context& context, resource::UnitOfWork& work, const v1::LeadFollowUp& entry);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PIPELINE_FOLLOW_UP_SHEETS_H_

// What people are told about (G-22).
#ifndef KAM_ACCOUNT_SVC_WORK_NOTIFICATION_H_
#define KAM_ACCOUNT_SVC_WORK_NOTIFICATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "account-svc/context.h"
#include "account-svc/rules/notification_rules.h"

namespace kam::account {

// Puts the notices into the inboxes of those whom they go to, in the transaction of what they are about; `subject`
// where a notice names none. Left out are the caller himself, who is not in service, and who has muted the kind. What
// is to be decided by somebody on leave is told to whoever stands in for him as well.
absl::Status Deliver(const Context& context, resource::UnitOfWork& work, const std::vector<rules::Notice>& notices,
                     const std::string& subject);

// Tells everybody in service in the department or below it (empty: in the company) once, some at a time: false when
// there are more. `unread_of`: only those who have no receipt of this policy; empty: everybody.
absl::StatusOr<bool> DeliverToDepartment(const Context& context, resource::UnitOfWork& work,
                                         const std::string& department, const rules::Notice& notice,
                                         const std::string& unread_of);

// Has every change that concerns somebody told to him, and every day that comes near reminded of. Called when the hooks
// of all types are set: it adds to them.
void FeedNotifications(const Context& context);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_WORK_NOTIFICATION_H_

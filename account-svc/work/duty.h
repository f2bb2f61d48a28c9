// Rotas of the reception desk (G-10, F-12).
#ifndef KAM_ACCOUNT_SVC_WORK_DUTY_H_
#define KAM_ACCOUNT_SVC_WORK_DUTY_H_

#include "absl/status/status.h"
#include "account-svc/context.h"
#include "kam/organization/v1/employee.pb.h"
#include "kam/organization/v1/leave_request.pb.h"

namespace kam::account {

// Whoever made a rota that the person is on during the leave learns that somebody will be missing, also when he is the
// one who grants it.
absl::Status TellRosters(const Context& context, resource::UnitOfWork& work,
                         const organization::v1::LeaveRequest& leave);
// The same of somebody who leaves, of the rotas after his last day; `before`: null for a new person.
absl::Status TellRostersOfLeaver(const Context& context, resource::UnitOfWork& work,
                                 const organization::v1::Employee* before, const organization::v1::Employee& after);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_WORK_DUTY_H_

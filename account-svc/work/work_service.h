// The work of people (G-08, G-10 to G-14, G-22 to G-24).
#ifndef KAM_ACCOUNT_SVC_WORK_WORK_SERVICE_H_
#define KAM_ACCOUNT_SVC_WORK_WORK_SERVICE_H_

#include "account-svc/context.h"
#include "common/rpc/call.h"

namespace kam::account {

void RegisterTasks(const Context& context, rpc::Registry* registry);
void RegisterSharedResources(const Context& context, rpc::Registry* registry);
void RegisterImprovement(const Context& context, rpc::Registry* registry);
void RegisterCoordination(const Context& context, rpc::Registry* registry);
void RegisterWorkReports(const Context& context, rpc::Registry* registry);
void RegisterMeetings(const Context& context, rpc::Registry* registry);
void RegisterNotifications(const Context& context, rpc::Registry* registry);
// Of what other services bring for the inboxes.
void RegisterNoticeIntake(const Context& context, rpc::Registry* registry);
void RegisterPolicyDocuments(const Context& context, rpc::Registry* registry);
void RegisterTraining(const Context& context, rpc::Registry* registry);
void RegisterDuties(const Context& context, rpc::Registry* registry);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_WORK_WORK_SERVICE_H_

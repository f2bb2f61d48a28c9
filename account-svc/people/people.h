// Handlers of what people ask for, and of what is decided and said about them (G-06, G-07, G-15, G-16).
#ifndef KAM_ACCOUNT_SVC_PEOPLE_PEOPLE_H_
#define KAM_ACCOUNT_SVC_PEOPLE_PEOPLE_H_

#include "account-svc/context.h"
#include "common/rpc/call.h"

namespace kam::account {

// LeaveRequestService.
void RegisterLeave(const Context& context, rpc::Registry* registry);

// KpiDefinitionService, AssessmentTemplateService, AssessmentSheetService.
void RegisterAssessment(const Context& context, rpc::Registry* registry);

// InstructionRequestService.
void RegisterInstructions(const Context& context, rpc::Registry* registry);

// PostService, PostAssignmentService.
void RegisterPosts(const Context& context, rpc::Registry* registry);

// PersonnelActService, and the days on which acts take effect.
void RegisterPersonnelActs(const Context& context, rpc::Registry* registry);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PEOPLE_PEOPLE_H_

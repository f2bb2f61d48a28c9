// The gate before important matters (G-05, R-24): verbs that may be one ask here before they save.
#ifndef KAM_ACCOUNT_SVC_PEOPLE_INSTRUCTED_H_
#define KAM_ACCOUNT_SVC_PEOPLE_INSTRUCTED_H_

#include "absl/status/status.h"
#include "account-svc/context.h"
#include "account-svc/rules/instruction_rules.h"

namespace kam::account {

// OK for what is routine, for programs, and for whoever decides on such matters himself. Otherwise uses up, in the
// transaction of the verb, the instruction that was given to the caller for it: INSTRUCTION_REQUIRED without one. What
// it is done to is locked already; asked last, when nothing else refuses. The verb is one of rules::AskingVerbs().
absl::Status CheckInstructed(const Context& context, resource::UnitOfWork& work, const rules::Matter& matter);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PEOPLE_INSTRUCTED_H_

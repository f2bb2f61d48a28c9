// What was heard on a visit goes where it is followed up: the registers of needs and of opinions.
#ifndef KAM_ACCOUNT_SVC_VISITS_REGISTERS_H_
#define KAM_ACCOUNT_SVC_VISITS_REGISTERS_H_

#include "absl/status/status.h"
#include "account-svc/context.h"

namespace kam::account::v1 {
class CustomerOpinion;
class Visit;
}  // namespace kam::account::v1

namespace kam::account {

// Puts the needs and suggestions of a visit that is over into their registers and links them; what is linked already
// is there, and a closed file takes nothing more.
absl::Status FillRegisters(const Context& context, resource::UnitOfWork& work, v1::Visit* visit);

// `opinion` waits from now on for somebody to pass it on.
absl::Status AwaitRouting(const Context& context, resource::UnitOfWork& work, v1::CustomerOpinion* opinion);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VISITS_REGISTERS_H_

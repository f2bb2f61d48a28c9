// Takes over what a program of an earlier release leaves half done while both run over one schema: it writes products
// and price books, contracts and orders, but not the price knowledge, commitments and due items that it does not know.
#ifndef KAM_CONTRACT_SVC_CONTRACTS_ADOPTION_H_
#define KAM_CONTRACT_SVC_CONTRACTS_ADOPTION_H_

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"
#include "contract-svc/context.h"

namespace kam::contract {

// Handles the due items of adoption: a look over everything, which is due again afterwards, and one for every contract
// and order that lacks something. Each may run any number of times.
void RegisterAdoption(const Context& context, schedule::Scheduler* scheduler);

// Makes the look due now: at every start of a program.
absl::Status ScheduleAdoption(resource::Runtime& runtime);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_CONTRACTS_ADOPTION_H_

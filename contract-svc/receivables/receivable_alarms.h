// Alarms about receivables, reckoned every day while a credit policy holds (C-32).
#ifndef KAM_CONTRACT_SVC_RECEIVABLES_RECEIVABLE_ALARMS_H_
#define KAM_CONTRACT_SVC_RECEIVABLES_RECEIVABLE_ALARMS_H_

#include <string>

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"
#include "contract-svc/context.h"

namespace kam::contract {

inline constexpr char kDueReceivableCheck[] = "receivable.check";

// The receivables are looked at when the day is over, by this policy as long as it holds.
absl::Status ScheduleReceivableCheck(const Context& context, resource::UnitOfWork& work, const std::string& policy);

void RegisterReceivableAlarms(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_RECEIVABLES_RECEIVABLE_ALARMS_H_

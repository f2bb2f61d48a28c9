// What contracts, obligations and disputes do to one another inside a transaction (C-13). Lock order: contract,
// obligation, dispute; contract, rebate settlement.
#ifndef KAM_CONTRACT_SVC_CONTRACTS_PERFORMANCE_H_
#define KAM_CONTRACT_SVC_CONTRACTS_PERFORMANCE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"

namespace kam::contract::v1 {
class Contract;
class Obligation;
}  // namespace kam::contract::v1

namespace kam::contract {

// Locks the contract of a row (obligation, dispute, rebate settlement), which never changes it, before the row itself
// is locked. A row that is not there, or not for the caller, is none of its business.
absl::Status LockContractOf(resource::UnitOfWork& work, const google::protobuf::Descriptor* type,
                            absl::string_view name);

// OBLIGATION_OVER.
absl::Status ObligationOver(const v1::Obligation& obligation);

// A contract that ends before its time ends what was still to be done; what is disputed stays with the legal
// department and ends with its dispute.
absl::Status TerminateObligations(resource::UnitOfWork& work, const std::string& contract, const std::string& reason);

// OBLIGATIONS_OPEN.
absl::Status CheckObligationsOver(resource::UnitOfWork& work, const std::string& contract);

// Orders of the contract that may still be delivered, invoiced or paid.
absl::StatusOr<int64_t> CountOpenOrders(mysql::Connection& connection, const std::string& contract);

// A contract in force with a rebate scale is accrued at the end of every month.
absl::Status ScheduleAccrual(const Context& context, resource::UnitOfWork& work, const v1::Contract& contract);

// A signed contract is put in force after its first day, at once when that is past, also when its last day is past: it
// was ordered from, and is carried out and closed as others are. One without a first day waits for somebody.
absl::Status ScheduleStart(const Context& context, resource::UnitOfWork& work, const v1::Contract& contract);

// At its last day a contract about which nobody has said anything is LAPSED.
absl::Status ScheduleEnded(const Context& context, resource::UnitOfWork& work, const v1::Contract& contract);

// After a successor was signed: the contract it renews is RENEWED.
absl::Status MarkRenewed(const Context& context, resource::UnitOfWork& work, const v1::Contract& successor);

// A drawing under a financing agreement is brought up some days before it is to be repaid.
absl::Status ScheduleDrawingAlert(const Context& context, resource::UnitOfWork& work, const std::string& drawing,
                                  const std::string& due_date);

// After the draft of a successor was cancelled: the contract that it was to renew is to be decided on again.
absl::Status GiveUpSuccessor(const Context& context, resource::UnitOfWork& work, const v1::Contract& successor);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_CONTRACTS_PERFORMANCE_H_

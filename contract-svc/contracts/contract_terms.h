// Obligations that follow from the terms of a contract (C-13). Locked after the contract.
#ifndef KAM_CONTRACT_SVC_CONTRACTS_CONTRACT_TERMS_H_
#define KAM_CONTRACT_SVC_CONTRACTS_CONTRACT_TERMS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "common/schedule/schedule.h"
#include "contract-svc/context.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/obligation.pb.h"

namespace kam::contract {

// The end of a day on which the obligations of a contract are measured.
inline constexpr char kDueMeasure[] = "contract.measure";

// A contract has come into force, or was amended: its obligations are those of its terms; others stay as they are. From
// now on they are measured every day.
absl::Status FollowTerms(const Context& context, resource::UnitOfWork& work, const v1::Contract& contract);

// Looks into the books how far an obligation of a term is fulfilled on `date`.
absl::Status MeasureObligation(const Context& context, resource::UnitOfWork& work, const v1::Contract& contract,
                               const std::string& date, v1::Obligation* obligation);
// The same for all of a contract that were not ended, on `date`; empty: today. What the books have taken back is taken
// back in them as well. Returns those that follow a term, as they stand then.
absl::StatusOr<std::vector<v1::Obligation>> MeasureObligations(const Context& context, resource::UnitOfWork& work,
                                                               const v1::Contract& contract, std::string date = {});
// At the end of today; of a later day when `after` is in it.
absl::Status ScheduleMeasure(const Context& context, resource::UnitOfWork& work, const std::string& contract,
                             absl::Time after = absl::InfinitePast());
// What is due then.
absl::Status MeasureDay(const Context& context, resource::UnitOfWork& work, const schedule::DueItem& item);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_CONTRACTS_CONTRACT_TERMS_H_

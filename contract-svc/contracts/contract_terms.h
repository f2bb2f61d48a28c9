// Obligations that follow from the terms of a contract (C-13). Locked after the contract.
#ifndef KAM_CONTRACT_SVC_CONTRACTS_CONTRACT_TERMS_H_
#define KAM_CONTRACT_SVC_CONTRACTS_CONTRACT_TERMS_H_

#include "absl/status/status.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/obligation.pb.h"

namespace kam::contract {

// A contract has come into force, or was amended: its obligations are those of its terms; others stay as they are.
absl::Status FollowTerms(const Context& context, resource::UnitOfWork& work, const v1::Contract& contract);

// Looks into the books how far an obligation of a term is fulfilled on `date`.
absl::Status MeasureObligation(const Context& context, resource::UnitOfWork& work, const v1::Contract& contract,
                               const std::string& date, v1::Obligation* obligation);
// The same for all open ones of a contract, today.
absl::Status MeasureObligations(const Context& context, resource::UnitOfWork& work, const v1::Contract& contract);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_CONTRACTS_CONTRACT_TERMS_H_

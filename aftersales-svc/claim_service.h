// kam.claim.v1: warranty claims, returned parts, their figures (S-10 to S-16).
#ifndef KAM_AFTERSALES_SVC_CLAIM_SERVICE_H_
#define KAM_AFTERSALES_SVC_CLAIM_SERVICE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "aftersales-svc/env.h"
#include "kam/claim/v1/claim_policy.pb.h"
#include "kam/claim/v1/returned_part.pb.h"

namespace kam::aftersales {

void RegisterClaims(const Env& env);
void RegisterReturnedParts(const Env& env);

// The figures that apply now: the newest ClaimPolicy whose first day has come, or those of `policy`.
absl::StatusOr<kam::claim::v1::ClaimPolicy> ClaimPolicyNow(resource::UnitOfWork& work, const Policy& policy);
// All parts of a claim. The claim must be locked before.
absl::StatusOr<std::vector<kam::claim::v1::ReturnedPart>> PartsOf(resource::UnitOfWork& work, const std::string& claim);

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_CLAIM_SERVICE_H_

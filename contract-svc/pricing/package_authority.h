// What the authority grid says of a package before it is agreed (C-02, C-03, C-07): its price is published once it is,
// so that nobody is asked about it again.
#ifndef KAM_CONTRACT_SVC_PRICING_PACKAGE_AUTHORITY_H_
#define KAM_CONTRACT_SVC_PRICING_PACKAGE_AUTHORITY_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/approval/rules.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/authority.h"
#include "kam/approval/v1/approval_request.pb.h"
#include "kam/pricing/v1/package_offer.pb.h"

namespace kam::contract {

// What is asked beside the consent of those who agree to packages: everything that not every one of them may allow, and
// the actor, who puts it forward, may not either. Stores price probes. AUTHORITY_NEVER naming the part,
// PACKAGE_ABOVE_PARTS, PRICE_PROBE_LIMIT, the errors of rules::Price.
absl::StatusOr<rules::DocumentDecision> JudgePackage(resource::UnitOfWork& work, const Context& context,
                                                     const pricing::v1::PackageOffer& offer);

// Adds the steps of those who may allow it, after the steps there are.
void AddPackageSteps(const pricing::v1::PackageOffer& offer, const rules::DocumentDecision& decision,
                     approval::v1::ApprovalRequest* filing);

// The one who is about to approve such a step may allow what it asks, by the prices and the grid of now:
// AUTHORITY_CHANGED.
absl::Status CheckPackageSuffices(resource::UnitOfWork& work, const Context& context,
                                  const pricing::v1::PackageOffer& offer, const approval::v1::ApprovalRequest& request,
                                  const approval::v1::ApprovalStep& step, const approval::Substitution& as);

// At the last approval: by the prices and the grid of now every part is within what all of those who agree to packages,
// or `requester`, may allow, or some step has asked about it: AUTHORITY_CHANGED.
absl::Status CheckPackageAsked(resource::UnitOfWork& work, const Context& context,
                               const pricing::v1::PackageOffer& offer, const approval::v1::ApprovalRequest& request,
                               const rules::Actor& requester);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_PACKAGE_AUTHORITY_H_

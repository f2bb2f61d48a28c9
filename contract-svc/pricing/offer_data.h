// Published policies and agreed packages as revisions of prices: they are found like price books (C-06, C-07).
#ifndef KAM_CONTRACT_SVC_PRICING_OFFER_DATA_H_
#define KAM_CONTRACT_SVC_PRICING_OFFER_DATA_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/price.h"
#include "contract-svc/rules/price_model.h"
#include "kam/pricing/v1/package_offer.pb.h"
#include "kam/pricing/v1/quote.pb.h"
#include "kam/pricing/v1/sales_policy.pb.h"

namespace kam::contract {

// The discounts of a policy: percentages of the type POLICY.
absl::StatusOr<rules::BookRevision> ToRules(const pricing::v1::SalesPolicy& policy);
// The prices of the parts of a package, by quantity: prices of the type PACKAGE.
absl::StatusOr<rules::BookRevision> ToRules(const pricing::v1::PackageOffer& offer);

// The policies that lines and gifts of a quote are given in the name of. FAILED_PRECONDITION POLICY_NOT_IN_FORCE naming
// the line or gift.
absl::StatusOr<std::vector<pricing::v1::SalesPolicy>> LoadPoliciesOf(resource::UnitOfWork& work,
                                                                     const pricing::v1::Quote& quote);

// Lines that name a package are that package: PACKAGE_NOT_OFFERED, PACKAGE_INCOMPLETE naming the line or package.
absl::Status CheckPackagesOf(resource::UnitOfWork& work, const pricing::v1::Quote& quote);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_OFFER_DATA_H_

// Rows of kam.pricing.v1 as the rules want them.
#ifndef KAM_CONTRACT_SVC_PRICING_DATA_H_
#define KAM_CONTRACT_SVC_PRICING_DATA_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "contract-svc/rules/authority.h"
#include "contract-svc/rules/price.h"
#include "contract-svc/rules/price_book.h"
#include "kam/pricing/v1/authority_grant.pb.h"
#include "kam/pricing/v1/price_book.pb.h"
#include "kam/pricing/v1/product.pb.h"

namespace kam::contract {

absl::StatusOr<rules::Product> ToRules(const pricing::v1::Product& product);
absl::StatusOr<rules::Grant> ToRules(const pricing::v1::AuthorityGrant& grant);
// Entries of one revision; labels are "{label}.entries[i]".
absl::StatusOr<std::vector<rules::LabelledRecord>> ToRules(const pricing::v1::PriceBook& book,
                                                           const std::string& label);

// What is needed to price these products for an account on a day: the products, and the entries of every revision that
// holds on the day, those of other customers left out. A fixed number of statements for any number of products.
absl::StatusOr<rules::PriceIndex> LoadPrices(resource::UnitOfWork& work, const std::vector<std::string>& products,
                                             const std::string& account, const std::string& as_of);

// Entries for products that `book` has in revisions of other codes that hold when it does.
absl::StatusOr<std::vector<rules::LabelledRecord>> LoadReleasedRivals(resource::UnitOfWork& work,
                                                                      const pricing::v1::PriceBook& book);

// Grants that are active.
absl::StatusOr<std::vector<rules::Grant>> LoadGrants(resource::UnitOfWork& work);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_DATA_H_

// Rows of kam.pricing.v1 as the rules want them.
#ifndef KAM_CONTRACT_SVC_PRICING_PRICING_DATA_H_
#define KAM_CONTRACT_SVC_PRICING_PRICING_DATA_H_

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "contract-svc/pricing/price_catalog.h"
#include "contract-svc/rules/authority.h"
#include "contract-svc/rules/price.h"
#include "contract-svc/rules/price_book.h"
#include "kam/pricing/v1/authority_grant.pb.h"
#include "kam/pricing/v1/price_book.pb.h"
#include "kam/pricing/v1/product.pb.h"

namespace kam::contract {

// Of two prices as they are stored; `Less` of two in one currency.
bool Same(const google::type::Money& a, const google::type::Money& b);
bool Less(const google::type::Money& a, const google::type::Money& b);

absl::StatusOr<rules::Grant> ToRules(const pricing::v1::AuthorityGrant& grant);
// A revision of a price book with its entries and conditions. INVALID_ARGUMENT naming what does not fit together, as
// price_book.{field}: SCALE_INVALID, CONDITION_UNKNOWN, CONDITION_NUMBER_REPEATED, KEYS_INVALID, CURRENCY_MISMATCH.
absl::StatusOr<rules::BookRevision> ToRules(const pricing::v1::PriceBook& book);

// Where released revisions come from: price books, published policies, agreed packages.
struct RevisionSource {
  std::string collection;
  std::string table;
  std::string known_sql;      // Condition over alias t: it was released.
  std::string withdrawn_sql;  // The same: and was withdrawn afterwards; empty: never is.
  // Everything of it but the moments it is known from and withdrawn.
  std::function<absl::StatusOr<rules::BookRevision>(resource::UnitOfWork& work, const std::string& id)> load;
};
const std::vector<RevisionSource>& RevisionSources();

// Products as they were known at a moment (PriceCatalog::Knowledge), with the purchase price that is decided for the
// day, if one is: costs are part of no answer that is asked again. A fixed number of statements for any number of
// products.
absl::StatusOr<rules::ProductTable> LoadProducts(resource::UnitOfWork& work, const std::vector<std::string>& products,
                                                 const std::string& as_of, absl::Time known_at);
// Every product line there is.
absl::StatusOr<std::set<std::string>> LoadProductLines(resource::UnitOfWork& work);

// Proves a revision beside everything that is released: see rules::ProveBook and, for the field `first_day`,
// rules::CheckPast.
absl::Status ProveRelease(resource::UnitOfWork& work, const PriceCatalog::Knowledge& knowledge,
                          const rules::BookRevision& proposed, const std::string& today, absl::string_view prefix,
                          absl::string_view first_day);

// Writes down a product as it is known from the commit of the transaction on. Called after every write of one.
absl::Status RememberProduct(resource::UnitOfWork& work, const std::string& id);
// The same for products that a program of an earlier release has written. True when there may be more.
absl::StatusOr<bool> AdoptProducts(resource::UnitOfWork& work);

// Grants that are active.
absl::StatusOr<std::vector<rules::Grant>> LoadGrants(resource::UnitOfWork& work);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_PRICING_DATA_H_

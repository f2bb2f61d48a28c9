// The released price books of this replica, compiled: one immutable index, swapped as a whole when a release was
// committed, by whichever replica. Pricing reads one row and then memory only.
//
// What prices depend on (books, policies, packages, products) is known from a moment on, and that moment is given by
// the row price_catalog_state, never by the clock of the call: whoever changes something takes the row's lock, is given
// a moment later than all before, and holds the lock until he commits. Pricing reads the row and prices at the moment
// that stands in it: everything known by then is committed, and whatever is committed later is known later. So an
// answer asked again is the same for ever (docs/adr/0014).
#ifndef KAM_CONTRACT_SVC_PRICING_PRICE_CATALOG_H_
#define KAM_CONTRACT_SVC_PRICING_PRICE_CATALOG_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/resource/runtime.h"
#include "contract-svc/rules/price_index.h"
#include "contract-svc/rules/price_model.h"

namespace kam::contract {

class PriceCatalog {
 public:
  struct Knowledge {
    std::shared_ptr<const rules::PriceIndex> index;
    absl::Time known_at;  // Everything known by then is committed. To be read before products are.
  };
  // Everything released as the transaction of `work` sees it. Thread-safe.
  absl::StatusOr<Knowledge> Current(resource::UnitOfWork& work);

  // Taken before a release is proved: releases come one after the other.
  static absl::Status Lock(resource::UnitOfWork& work);
  // From the commit of the transaction on a revision (priceBooks/, salesPolicies/, packageOffers/) is known, or known
  // to be withdrawn: every replica reads again.
  static absl::Status Enter(resource::UnitOfWork& work, absl::string_view name);
  static absl::Status Withdraw(resource::UnitOfWork& work, absl::string_view name);
  // The next moment, into price_catalog_state.known_time: for whoever writes it down himself, in the same transaction.
  static absl::Status Tick(resource::UnitOfWork& work);

  // Enters and withdraws what a program of an earlier release has released or withdrawn without doing so. True when
  // there may be more.
  static absl::StatusOr<bool> Adopt(resource::UnitOfWork& work);

 private:
  absl::StatusOr<std::shared_ptr<const rules::PriceIndex>> Load(resource::UnitOfWork& work);

  std::mutex mutex_;
  int64_t version_ = -1;  // Under mutex_, as are the next two.
  std::shared_ptr<const rules::PriceIndex> index_;
  std::map<std::string, std::shared_ptr<const rules::BookRevision>> revisions_;  // By name, etag and moments.
};

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_PRICE_CATALOG_H_

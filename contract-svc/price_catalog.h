// The released price books of this replica, compiled: one immutable index, swapped as a whole when a release was
// committed, by whichever replica. Pricing reads one row (the version) and then memory only.
#ifndef KAM_CONTRACT_SVC_PRICE_CATALOG_H_
#define KAM_CONTRACT_SVC_PRICE_CATALOG_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "contract-svc/rules/price_index.h"
#include "contract-svc/rules/price_model.h"

namespace kam::contract {

class PriceCatalog {
 public:
  // Everything released as the transaction of `work` sees it. A release that is committed later is not in it, one that
  // was committed before is. Thread-safe.
  absl::StatusOr<std::shared_ptr<const rules::PriceIndex>> Current(resource::UnitOfWork& work);

  // Taken before a release is proved: releases come one after the other.
  static absl::Status Lock(resource::UnitOfWork& work);
  // Called in the transaction that releases or withdraws something: when it is committed, every replica reads again.
  static absl::Status Changed(resource::UnitOfWork& work);

 private:
  absl::StatusOr<std::shared_ptr<const rules::PriceIndex>> Load(resource::UnitOfWork& work);

  std::mutex mutex_;
  int64_t version_ = -1;  // Under mutex_, as are the next two.
  std::shared_ptr<const rules::PriceIndex> index_;
  std::map<std::string, std::shared_ptr<const rules::BookRevision>> revisions_;  // By name and etag; never changed.
};

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICE_CATALOG_H_

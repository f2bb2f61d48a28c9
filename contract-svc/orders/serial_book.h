// Numbered pieces: each is promised to, or with, one customer at a time (C-22).
#ifndef KAM_CONTRACT_SVC_ORDERS_SERIAL_BOOK_H_
#define KAM_CONTRACT_SVC_ORDERS_SERIAL_BOOK_H_

#include "absl/status/status.h"
#include "common/resource/runtime.h"
#include "kam/order/v1/delivery.pb.h"

namespace kam::contract {

// After a delivery was stored: holds the numbers of a living or accepted delivery, frees those it no longer has.
// SERIAL_IN_USE when another delivery holds one.
absl::Status HoldSerials(resource::UnitOfWork& work, const order::v1::Delivery* before,
                         const order::v1::Delivery& after);

// After the goods have left: pieces that were taken out of stock by their number are the ones delivered, and none is
// delivered that is still in stock. SERIAL_NOT_ISSUED.
absl::Status CheckSerialsSent(resource::UnitOfWork& work, const order::v1::Delivery& before,
                              const order::v1::Delivery& after);

// Before goods leave without being taken out of stock: none of the numbered pieces is in stock. SERIAL_NOT_ISSUED.
absl::Status CheckSerialsNotInStock(resource::UnitOfWork& work, const order::v1::Delivery& delivery);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_SERIAL_BOOK_H_

// What people are told of prices, policies, contracts and receivables (G-22): pure functions over their messages.
#ifndef KAM_CONTRACT_SVC_RULES_NOTICES_H_
#define KAM_CONTRACT_SVC_RULES_NOTICES_H_

#include "kam/contract/v1/contract.pb.h"
#include "kam/organization/v1/notification_service.pb.h"
#include "kam/pricing/v1/price_book.pb.h"
#include "kam/pricing/v1/sales_policy.pb.h"
#include "kam/receivable/v1/receivable_alarm.pb.h"
#include "kam/receivable/v1/receivable_item.pb.h"

namespace kam::contract::rules {

// A resource was made (`before` null) or changed.

// Everybody who may read the kind learns of a price book that is released, and of a policy that is published or
// withdrawn (C-06: shared on the day).
organization::v1::DeliverNoticesRequest NoticesOf(const pricing::v1::PriceBook* before,
                                                  const pricing::v1::PriceBook& after);
organization::v1::DeliverNoticesRequest NoticesOf(const pricing::v1::SalesPolicy* before,
                                                  const pricing::v1::SalesPolicy& after);

// Those of the account and whoever drafted it, when its renewal is to be decided and when it has ended without a word
// (C-16).
organization::v1::DeliverNoticesRequest NoticesOf(const v1::Contract* before, const v1::Contract& after);

// Those who may acknowledge it, when it is raised (C-34).
organization::v1::DeliverNoticesRequest NoticesOf(const receivable::v1::ReceivableAlarm* before,
                                                  const receivable::v1::ReceivableAlarm& after);

// Those of the account, and those who dun (C-33), when the customer has not kept a promise to pay.
organization::v1::DeliverNoticesRequest NoticesOf(const receivable::v1::ReceivableItem* before,
                                                  const receivable::v1::ReceivableItem& after);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_NOTICES_H_

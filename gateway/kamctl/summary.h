// kamctl summary: the figures of an installation, as the services know them.
#ifndef KAM_GATEWAY_KAMCTL_SUMMARY_H_
#define KAM_GATEWAY_KAMCTL_SUMMARY_H_

#include <string>

#include "absl/status/statusor.h"
#include "gateway/kamctl/http.h"

namespace kam::ctl {

// Asks the services through the gateway:
//   accounts, employees, products, orders, payments   how many; logins of programs (role ERP) are not counted as people
//   currency                                          of every amount below
//   order_value, order_value_by_state                 all orders; by the state's name without its prefix
//   payment_value                                     receipts that count
//   accounts_without_manager                          how many accounts have no owner
//   accounts_over_limit                               [{external_id, open_amount, limit}], greatest first: orders that
//                                                     are not cancelled less payments, above the credit limit
//   top_managers                                      [{external_id, value}], the three owners of the accounts with the
//                                                     greatest value of orders that are not cancelled
// Amounts are texts with two digits. What is named by external id has its first one, or its number or name where it
// has none. `currency`: which one, where orders are in several; otherwise SUMMARY_CURRENCY_NEEDED names them.
absl::StatusOr<Json> Summarize(Gateway& gateway, const std::string& currency);

}  // namespace kam::ctl

#endif  // KAM_GATEWAY_KAMCTL_SUMMARY_H_

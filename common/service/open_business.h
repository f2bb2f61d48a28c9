// Lists what is still open with accounts in this service: the service's part of the hand-over of an account and
// of its view. What was done with an account is in dealings.h.
#ifndef KAM_COMMON_SERVICE_OPEN_BUSINESS_H_
#define KAM_COMMON_SERVICE_OPEN_BUSINESS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/mysql/mysql.h"
#include "common/resource/runtime.h"
#include "common/rpc/call.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::service {

// A SELECT of the open items of one account with the columns kind, collection, id, number, state, amount, currency,
// owner (id of an employee), due (a DATE or a DATETIME) and title, by these names.
struct OpenBusinessQuery {
  std::string sql;
  // What its placeholders stand for, of the account with this id.
  std::function<std::vector<mysql::Value>(const std::string& account_id)> params;
};

// Of each account asked for at most request.items_max() items (200 when it is 0, never more than 1,000), the soonest
// due first taken; one with more is among truncated_accounts, with the counts and amounts of all of its items.
absl::StatusOr<business::v1::ListOpenBusinessResponse> ListOpenBusiness(
    const resource::Runtime& runtime, const rpc::Call& call, const OpenBusinessQuery& query,
    const business::v1::ListOpenBusinessRequest& request);

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_OPEN_BUSINESS_H_

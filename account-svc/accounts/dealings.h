// What the other services keep of an account: their parts of the view and of the archive of back-ups.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_DEALINGS_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_DEALINGS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "account-svc/context.h"
#include "common/rpc/call.h"
#include "kam/account/v1/account_snapshot_service.pb.h"
#include "kam/account/v1/account_view_service.pb.h"

namespace kam::account {

// Whether the caller sees the account with `permission`.
absl::StatusOr<bool> ReachesWith(const Context& context, const rpc::Call& call, mysql::Connection& connection,
                                 const std::string& account_id, const std::string& permission);

// Adds the parts of the other services to the view of `view->account()`, each as far as the caller's rights there
// reach. A service that does not answer within two seconds makes its parts UNAVAILABLE. Not inside a transaction.
absl::Status AddDealings(const Context& context, const rpc::Call& call, v1::AccountView* view);

// Collection -> its rows as lines of JSON by name, of the contracts, orders, invoices and payments of an account.
using DealingLines = std::map<std::string, std::map<std::string, std::string>>;
// UNAVAILABLE CONTRACT_SVC_UNAVAILABLE: a back-up without them would be none. FAILED_PRECONDITION SNAPSHOT_TOO_LARGE.
absl::StatusOr<DealingLines> ReadDealingLines(const Context& context, absl::Time deadline, const std::string& account);
// Such an account is more than one snapshot takes.
absl::Status SnapshotTooLarge(const Context& context, absl::string_view collection);

// Permission that reads the rows of a collection of another service; empty: not one of them.
std::string DealingPermission(absl::string_view collection);

// How the lines of one collection differ; `then` is as stored, one line a row.
absl::Status CompareDealingLines(const std::string& collection, const std::string& then,
                                 const std::map<std::string, std::string>& now,
                                 std::vector<v1::SnapshotDifference>* differences);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_DEALINGS_H_

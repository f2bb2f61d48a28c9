// What falls due for the owner of an account: reminders, and the loss of the account.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_OWNERSHIP_TIMER_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_OWNERSHIP_TIMER_H_

#include <optional>
#include <string>

#include "account-svc/context.h"
#include "kam/account/v1/account_ownership.pb.h"
#include "kam/account/v1/ownership_notice.pb.h"

namespace kam::account {

// Works out when the owner loses the account, or a protection ends, and notes it in `row`, which the caller stores.
// `last_order`: if known.
absl::Status PlanRelease(const Context& context, resource::UnitOfWork& work, std::optional<absl::Time> last_order,
                         v1::AccountOwnership* row);
// Sets what is due for a stored row: the loss, and the next reminder before it.
absl::Status ScheduleRelease(const Context& context, resource::UnitOfWork& work, const v1::AccountOwnership& row);
// Nothing is due for it any more.
absl::Status CancelRelease(resource::UnitOfWork& work, const std::string& ownership);

// The begin of a query for the last time somebody who works a deal changed it; "o" is the deal, further conditions
// follow. What programs and other people write is no follow-up of its owner.
inline constexpr char kDealWork[] =
    "SELECT MAX(c.change_time) FROM opportunities o JOIN accounts a ON a.id = o.account JOIN changes c ON "
    "c.resource_id "
    "= o.id WHERE o.archive_time IS NULL AND (c.actor = CONCAT('employees/', o.owner) OR c.actor = "
    "CONCAT('employees/', a.owner)) AND ";
// The last deal of an account that this service knows of: an opportunity won whose contract somebody else than its
// owner has drafted, or that came from another system. Null: none.
absl::StatusOr<std::optional<absl::Time>> LastWin(mysql::Connection& connection, const std::string& account);
// The last order of an account, asked of contract-svc: before a transaction. Null: none. CONTRACT_SVC_UNAVAILABLE.
absl::StatusOr<std::optional<absl::Time>> LastOrder(const Context& context, const std::string& account,
                                                    absl::Time deadline);

// Tells the owner of `row` by a notice, whose event is on the feed.
absl::Status Notify(resource::UnitOfWork& work, const v1::AccountOwnership& row, v1::OwnershipNoticeKind kind,
                    v1::ReleaseCause cause, absl::Time due);

// Handlers of what is due, and OwnershipNoticeService.
void RegisterOwnershipTimer(const Context& context, rpc::Registry* registry);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_OWNERSHIP_TIMER_H_

// Taking back-ups of accounts: by hand, and by the job that takes those that are due.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_SNAPSHOTS_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_SNAPSHOTS_H_

#include <string>

#include "account-svc/accounts/dealings.h"
#include "account-svc/context.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_snapshot.pb.h"

namespace kam::account {

// Keeps everything of the account, which is locked, and its dealings in contract-svc. `taker`: empty for the job.
// SNAPSHOT_TOO_LARGE.
absl::StatusOr<v1::AccountSnapshot> TakeSnapshot(const Context& context, resource::UnitOfWork& work,
                                                 const v1::Account& account, const std::string& taker,
                                                 const DealingLines& dealings);

// The job: looks every night for accounts whose back-up is older than Policy::snapshot_days, some at a time, takes
// theirs one by one, and tells those who answer for the archive what could not be taken.
void RegisterSnapshotJob(const Context& context);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_SNAPSHOTS_H_

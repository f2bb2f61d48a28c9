// Accounts, contacts and ownership over RPC.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_ACCOUNT_SERVICE_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_ACCOUNT_SERVICE_H_

#include "account-svc/context.h"

namespace kam::account::v1 {
class Account;
enum AccountReminderKind : int;
}  // namespace kam::account::v1

namespace kam::account {

// Hooks and handlers of AccountService, AccountOwnershipService, ContactService and AccountScopeService.
void RegisterAccounts(const Context& context, rpc::Registry* registry);
void RegisterOwnership(const Context& context, rpc::Registry* registry);
void RegisterContacts(const Context& context, rpc::Registry* registry);
void RegisterClaims(const Context& context, rpc::Registry* registry);
void RegisterDisputes(const Context& context, rpc::Registry* registry);
void RegisterClosing(const Context& context, rpc::Registry* registry);
void RegisterDuplicateChecks(const Context& context, rpc::Registry* registry);
void RegisterDuplicateScans(const Context& context, rpc::Registry* registry);

// Hooks and handlers of the services around the file, one each.
void RegisterClassification(const Context& context, rpc::Registry* registry);
void RegisterAccountFiles(const Context& context, rpc::Registry* registry);
void RegisterAccountMarket(const Context& context, rpc::Registry* registry);
void RegisterEvaluations(const Context& context, rpc::Registry* registry);
void RegisterExternalRelations(const Context& context, rpc::Registry* registry);
void RegisterDocuments(const Context& context, rpc::Registry* registry);
void RegisterUsage(const Context& context, rpc::Registry* registry);
void RegisterChannels(const Context& context, rpc::Registry* registry);
void RegisterSnapshots(const Context& context, rpc::Registry* registry);
void RegisterViews(const Context& context, rpc::Registry* registry);
void RegisterReminders(const Context& context, rpc::Registry* registry);

// What falls due by itself when an account stands elsewhere or its tier is to be reviewed.
absl::Status ScheduleReminders(const Context& context, resource::UnitOfWork& work, const v1::Account* before,
                               const v1::Account& after);

// Tells the owner of an account (empty: nobody owns it) of something to do, unless that is open already; and takes it
// back when nothing is to be done any more.
absl::Status Remind(const Context& context, resource::UnitOfWork& work, const std::string& account,
                    const std::string& owner, v1::AccountReminderKind kind);
absl::Status DropReminders(resource::UnitOfWork& work, const std::string& account, v1::AccountReminderKind kind);

// Gives what is open to be done about an account to whoever owns it.
absl::Status RemindersFollowOwner(resource::UnitOfWork& work, const v1::Account& account);

// Keeps account_state_spans, where each account stood when.
absl::Status SaveStateSpan(resource::UnitOfWork& work, const v1::Account* before, const v1::Account& after);

// A group of accounts is a tree: ACCOUNT_CYCLE. The accounts above are locked, so that two moves at a time cannot close
// a circle.
absl::Status CheckGroup(resource::UnitOfWork& work, const v1::Account& account);

// Completes a new account and refuses it when the firm has a file: also for drafts made from leads. `method`: full name
// of the RPC.
absl::Status PrepareNewAccount(const Context& context, resource::UnitOfWork& work, absl::string_view method,
                               v1::Account* account);

// Makes the ownership rows follow an owner that an import has set.
absl::Status FollowImportedOwner(const Context& context, resource::UnitOfWork& work, const v1::Account& account);

// Ends every ownership of an account that is closed.
absl::Status EndOwnerships(resource::UnitOfWork& work, const std::string& account, const std::string& reason);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_ACCOUNT_SERVICE_H_

// CloseAccount and ReopenAccount: the end of a file, and a mistake about it taken back.
#include <map>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/duplicates.h"
#include "account-svc/accounts/merges.h"
#include "account-svc/accounts/ownership_rows.h"
#include "account-svc/peers.h"
#include "account-svc/people/instructed.h"
#include "account-svc/rules/account_rules.h"
#include "account-svc/verb.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/account_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using resource::UnitOfWork;
using v1::Account;

constexpr char kClose[] = "kam.account.v1.AccountService/CloseAccount";
constexpr char kReopen[] = "kam.account.v1.AccountService/ReopenAccount";

// What binds us to a customer or him to us. Quotes run out, and surveys and what follows of them need no owner.
bool Binds(const std::string& kind) {
  static const auto* const kKinds =
      new std::set<std::string>{"COMPLAINT", "CONTRACT", "ORDER", "RECEIVABLE", "WARRANTY_CLAIM"};
  return kKinds->count(kind) > 0;
}

absl::Status AddBinding(const absl::StatusOr<business::v1::ListOpenBusinessResponse>& answer,
                        std::map<std::string, int64_t>* open) {
  RETURN_IF_ERROR(answer.status());
  // Of an account with more than fits into the list all is counted.
  for (const business::v1::OpenBusinessCount& count : answer->counts()) {
    if (Binds(count.kind())) (*open)[count.kind()] += count.count();
  }
  if (answer->counts_size() > 0) return absl::OkStatus();
  for (const business::v1::OpenBusiness& item : answer->items()) {
    if (Binds(item.kind())) ++(*open)[item.kind()];
  }
  return absl::OkStatus();
}

absl::StatusOr<Account> Close(const Context& context, rpc::Call& call, const v1::CloseAccountRequest& request) {
  std::map<std::string, int64_t> elsewhere;
  RETURN_IF_ERROR(AddBinding(context.peers->ContractBusiness({request.name()}, call.deadline), &elsewhere));
  RETURN_IF_ERROR(AddBinding(context.peers->AftersalesBusiness({request.name()}, call.deadline), &elsewhere));
  return context.runtime.Write<Account>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<Account> {
    ASSIGN_OR_RETURN(auto change, work.Begin<Account>(request));
    Account& account = change.after;
    std::map<std::string, int64_t> open = elsewhere;
    ASSIGN_OR_RETURN(const std::vector<Row> handovers,
                     work.connection().Query("SELECT COUNT(id) FROM account_handovers WHERE account = ? AND state = "
                                             "'OPEN'",
                                             {IdOf(account.name())}));
    if (handovers[0][0].integer() > 0) open["HANDOVER"] = handovers[0][0].integer();
    RETURN_IF_ERROR(rules::CheckNothingOpen(account, open));
    RETURN_IF_ERROR(CheckInstructed(context, work, {kClose, account.name(), account.tier(), std::nullopt}));
    RETURN_IF_ERROR(EndOwnerships(work, account.name(), request.reason()));
    account.clear_owner();
    account.clear_co_owners();
    account.clear_protected_until();
    RETURN_IF_ERROR(rules::Leave(request.reason(), &account));
    return work.Save(std::move(change));
  });
}

// Who closed the file last; empty: it came closed from another system.
absl::StatusOr<std::string> CloserOf(UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT actor FROM changes WHERE resource_id = ? AND method = ? ORDER BY "
                                           "version DESC LIMIT 1",
                                           {IdOf(account), kClose}));
  return rows.empty() ? std::string() : rows[0][0].text();
}

absl::Status Reopen(const Context& context, UnitOfWork& work, Account* account) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const std::string into, MergedInto(work.connection(), IdOf(account->name())));
  if (!into.empty()) {
    const std::string whole = NameOf("accounts", into);
    return FailedPrecondition("ACCOUNT_MERGED", account->name(),
                              absl::StrCat("the file is part of ", whole, ": the merge is undone instead"),
                              {{"account", whole}, {"permission", "account_merge.decide"}});
  }
  ASSIGN_OR_RETURN(const std::string closer, CloserOf(work, account->name()));
  RETURN_IF_ERROR(rules::Reopen(actor, closer, account));
  return RefuseDuplicate(work, KeysOf(*account, context.policy), IdOf(account->name()), kReopen, context.policy);
}

}  // namespace

void RegisterClosing(const Context& context, rpc::Registry* registry) {
  registry->Add<v1::CloseAccountRequest, Account>(
      kClose,
      [context](rpc::Call& call, const v1::CloseAccountRequest& request) { return Close(context, call, request); });
  AddVerb<Account, v1::ReopenAccountRequest>(
      context, kReopen, registry, [context](UnitOfWork& work, const v1::ReopenAccountRequest&, Account* account) {
        return Reopen(context, work, account);
      });
}

}  // namespace kam::account

// Hand-overs of accounts with the list of open business, signed by both sides. Lock order: hand-over, account,
// employee_scopes, ownership rows.
#include "account-svc/accounts/handover_service.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/ownership_rows.h"
#include "account-svc/rules/handover_rules.h"
#include "account-svc/rules/ownership_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account_handover_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::Change;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountHandover;
using v1::AccountOwnership;

constexpr size_t kItemsMax = 1000;  // Of AccountHandover.items.
constexpr size_t kTitleMax = 200;
constexpr int kAccountsAtOnce = 100;  // Hand-overs of a leaver started in one transaction.
constexpr int kToSignMax = 200;
constexpr char kOverdue[] = "account_handover.overdue";
constexpr char kService[] = "kam.account.v1.AccountHandoverService/";

std::string Shortened(std::string text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  text.resize(bytes);
  return text;
}

// What is not over in this service.
absl::Status AddOwnItems(const Context& context, UnitOfWork& work, AccountHandover* handover) {
  const std::string id = IdOf(handover->account());
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query(
          "SELECT b.kind, b.collection, b.id, b.number, b.state, b.due_time, b.title FROM ("
          "SELECT 'OPPORTUNITY' AS kind, 'opportunities' AS collection, t.id AS id, t.number AS number, t.state AS "
          "state, CAST(t.expected_date AS DATETIME(6)) AS due_time, t.display_name AS title FROM opportunities t WHERE "
          "t.account = ? AND t.state = 'OPEN' AND t.archive_time IS NULL "
          "UNION ALL SELECT 'VISIT', 'visits', t.id, t.number, t.state, t.planned_start, NULL FROM visits t WHERE "
          "t.account = ? AND t.state IN ('PROPOSED', 'PLANNED', 'APPROVED', 'CHECKED_IN') AND t.archive_time IS NULL "
          "UNION ALL SELECT 'LEAD', 'leads', t.id, t.number, t.state, NULL, t.company_name FROM leads t WHERE "
          "t.account "
          "= ? AND t.state IN ('NEW', 'QUALIFIED') AND t.archive_time IS NULL) b ORDER BY b.kind, b.id LIMIT 1001",
          {id, id, id}));
  for (const Row& row : rows) {
    v1::HandoverItem* item = handover->add_items();
    item->set_kind(row[0].text());
    item->set_resource(NameOf(row[1].text(), row[2].text()));
    item->set_item_number(row[3].text());
    item->set_item_state(row[4].text());
    if (!row[5].is_null()) item->set_due_date(context.Today(row[5].time()));
    item->set_title(Shortened(row[6].text(), kTitleMax));
  }
  return absl::OkStatus();
}

// Writes the list of the hand-over. HAND_OVER_TOO_LARGE when not all of it fits.
absl::Status WriteList(const Context& context, UnitOfWork& work, const OpenBusiness& business,
                       AccountHandover* handover) {
  handover->clear_items();
  handover->clear_unanswered();
  RETURN_IF_ERROR(AddOwnItems(context, work, handover));
  for (const business::v1::OpenBusiness& open : business.items) {
    if (open.account() != handover->account()) continue;
    v1::HandoverItem* item = handover->add_items();
    item->set_kind(open.kind());
    item->set_resource(open.name());
    item->set_item_number(open.number());
    item->set_item_state(open.state());
    if (open.has_amount()) *item->mutable_amount() = open.amount();
    item->set_due_date(open.due_date());
    item->set_title(Shortened(open.title(), kTitleMax));
  }
  for (const std::string& service : business.unanswered) handover->add_unanswered(service);
  *handover->mutable_list_time() = ToTimestamp(work.now());
  const bool cut =
      std::find(business.truncated.begin(), business.truncated.end(), handover->account()) != business.truncated.end();
  if (static_cast<size_t>(handover->items_size()) <= kItemsMax && !cut) return absl::OkStatus();
  return FailedPrecondition("HAND_OVER_TOO_LARGE", handover->account(),
                            absl::StrCat("more than ", kItemsMax, " open items; settle some first"),
                            {{"limit", absl::StrCat(kItemsMax)}});
}

absl::Status RefuseOpen(UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(const std::vector<Row> open,
                   work.connection().Query("SELECT id FROM account_handovers WHERE account = ? AND state = 'OPEN' AND "
                                           "transferred = 0",
                                           {IdOf(account)}));
  if (open.empty()) return absl::OkStatus();
  const std::string name = NameOf("accountHandovers", open[0][0].text());
  return FailedPrecondition("HANDOVER_OPEN", account, absl::StrCat(name, " is open already"), {{"handover", name}});
}

absl::StatusOr<AccountHandover> Insert(const Context& context, UnitOfWork& work, AccountHandover handover) {
  handover.set_state(v1::HANDOVER_STATE_OPEN);
  constexpr int kHoursOfDay = 24;
  const absl::Time sign_by = work.now() + absl::Hours(kHoursOfDay) * context.policy.handover_sign_days;
  *handover.mutable_sign_by() = ToTimestamp(sign_by);
  ASSIGN_OR_RETURN(handover, work.Insert(std::move(handover)));
  RETURN_IF_ERROR(schedule::Schedule(work, kOverdue, handover.name(), sign_by));
  return handover;
}

absl::StatusOr<AccountHandover> Start(const Context& context, UnitOfWork& work, const std::string& account_name,
                                      const std::string& receiver, const std::string& reason,
                                      const OpenBusiness& business) {
  ASSIGN_OR_RETURN(const Account account, work.Load<Account>(account_name, work.level()));
  if (account.owner().empty()) {
    return FailedPrecondition("OWNER_MISSING", account.name(), "nobody owns the account: assign or claim it");
  }
  if (account.owner() == receiver) {
    return FailedPrecondition("OWNER_UNCHANGED", account.name(), "the receiver is the owner already");
  }
  RETURN_IF_ERROR(RefuseOpen(work, account.name()));
  RETURN_IF_ERROR(CheckCandidate(context, work, receiver, "receiver", /*as_owner=*/true));
  AccountHandover handover;
  handover.set_account(account.name());
  handover.set_giver(account.owner());
  handover.set_receiver(receiver);
  handover.set_reason(reason);
  RETURN_IF_ERROR(WriteList(context, work, business, &handover));
  return Insert(context, work, std::move(handover));
}

absl::StatusOr<std::vector<std::string>> AccountsOf(const Context& context, const std::string& employee,
                                                    absl::Time deadline) {
  std::vector<std::string> accounts;
  RETURN_IF_ERROR(context.runtime.database().Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    accounts.clear();
    ASSIGN_OR_RETURN(
        const std::vector<Row> rows,
        connection.Query("SELECT a.id FROM accounts a WHERE a.owner = ? AND a.archive_time IS NULL AND NOT "
                         "EXISTS (SELECT 1 FROM account_handovers h WHERE h.account = a.id AND h.state = "
                         "'OPEN' AND h.transferred = 0) ORDER BY a.id LIMIT ?",
                         {IdOf(employee), kAccountsAtOnce + 1}));
    for (const Row& row : rows) accounts.push_back(NameOf("accounts", row[0].text()));
    return absl::OkStatus();
  }));
  return accounts;
}

absl::StatusOr<std::string> LeaveDateOf(UnitOfWork& work, const std::string& employee) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT leave_date FROM employees WHERE id = ?", {IdOf(employee)}));
  return rows.empty() ? std::string() : rows[0][0].text();
}

// With the second signature the account is the receiver's.
absl::Status Complete(const Context& context, UnitOfWork& work, AccountHandover* handover) {
  handover->set_state(v1::HANDOVER_STATE_COMPLETED);
  RETURN_IF_ERROR(schedule::Cancel(work, kOverdue, handover->name()));
  if (handover->transferred()) return absl::OkStatus();
  Change<Account> change;
  ASSIGN_OR_RETURN(change.before, work.Load<Account>(handover->account()));
  change.after = change.before;
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, handover->account()));
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  if (owner == nullptr || owner->employee() != handover->giver()) {
    return FailedPrecondition("HANDOVER_OWNER_CHANGED", handover->name(),
                              "the account is not the giver's any more; cancel the hand-over");
  }
  RETURN_IF_ERROR(CheckCandidate(context, work, handover->receiver(), "name", /*as_owner=*/true));
  ASSIGN_OR_RETURN(const absl::Time until, rules::ProtectedUntil(0, work.now(), context.policy));
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, handover->account(), handover->receiver()));
  RETURN_IF_ERROR(MoveOwner(context, work, active, *owner, v1::OWNERSHIP_STATE_TRANSFERRED,
                            {handover->account(), handover->receiver(), v1::OWNERSHIP_KIND_OWNER,
                             v1::OWNERSHIP_ORIGIN_TRANSFERRED, at, until, handover->reason(), handover->name()},
                            &change.after));
  handover->set_transferred(true);
  return work.Save(std::move(change)).status();
}

absl::StatusOr<AccountHandover> Sign(const Context& context, UnitOfWork& work,
                                     const v1::SignAccountHandoverRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<AccountHandover>(request));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const std::string leave_date, LeaveDateOf(work, change.before.giver()));
  const bool superior = work.CheckReach(*work.runtime().catalog().Find(AccountHandover::descriptor()), change.before,
                                        work.actor().LevelFor("account_handover.leaver"))
                            .ok();
  const rules::Signer signer{actor, superior, !leave_date.empty() && leave_date < context.Today(work.now())};
  RETURN_IF_ERROR(rules::Sign(signer, work.now(), context.policy, &change.after));
  if (change.after.has_giver_sign_time() && change.after.has_receiver_sign_time()) {
    RETURN_IF_ERROR(Complete(context, work, &change.after));
  }
  return work.Save(std::move(change));
}

// The caller as one who changes a hand-over without signing it.
rules::Signer Editor(const UnitOfWork& work) {
  return {work.actor().subject, work.level() != auth::Level::kOwn, false};
}

absl::StatusOr<std::string> AccountOfHandover(const Context& context, const std::string& name, absl::Time deadline) {
  std::string account;
  RETURN_IF_ERROR(context.runtime.database().Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query("SELECT account FROM account_handovers WHERE id = ?", {IdOf(name)}));
    account = rows.empty() ? std::string() : NameOf("accounts", rows[0][0].text());
    return absl::OkStatus();
  }));
  return account;
}

absl::StatusOr<v1::ListHandoversToSignResponse> ToSign(const Context& context, rpc::Call& call) {
  const resource::Type& type = *context.runtime.catalog().Find(AccountHandover::descriptor());
  v1::ListHandoversToSignResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    const Value me(call.principal.employee);
    const resource::SqlCondition mine{
        "t.state = 'OPEN' AND ((t.giver = ? AND t.giver_sign_time IS NULL) OR (t.receiver = ? AND t.receiver_sign_time "
        "IS "
        "NULL))",
        {me, me}};
    ASSIGN_OR_RETURN(std::vector<resource::Record> records,
                     context.runtime.store().Select(connection, type, {mine}, "ORDER BY t.id", kToSignMax));
    for (resource::Record& record : records) {
      response.add_account_handovers()->Swap(static_cast<AccountHandover*>(record.message.get()));
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<AccountHandover> Refresh(const Context& context, rpc::Call& call,
                                        const v1::RefreshAccountHandoverRequest& request) {
  ASSIGN_OR_RETURN(const std::string account, AccountOfHandover(context, request.name(), call.deadline));
  OpenBusiness business;
  if (!account.empty()) {
    ASSIGN_OR_RETURN(business, context.peers->AllBusiness({account}, call.deadline));
  }
  return context.runtime.Write<AccountHandover>(call, request,
                                                [&](UnitOfWork& work) -> absl::StatusOr<AccountHandover> {
                                                  ASSIGN_OR_RETURN(auto change, work.Begin<AccountHandover>(request));
                                                  RETURN_IF_ERROR(rules::CheckRefresh(Editor(work), change.before));
                                                  RETURN_IF_ERROR(WriteList(context, work, business, &change.after));
                                                  change.after.clear_giver_signer();
                                                  change.after.clear_giver_sign_time();
                                                  change.after.clear_receiver_sign_time();
                                                  return work.Save(std::move(change));
                                                });
}

absl::StatusOr<v1::StartLeaverHandoversResponse> StartAll(const Context& context, rpc::Call& call,
                                                          const v1::StartLeaverHandoversRequest& request) {
  ASSIGN_OR_RETURN(std::vector<std::string> accounts, AccountsOf(context, request.giver(), call.deadline));
  const bool more = accounts.size() > static_cast<size_t>(kAccountsAtOnce);
  if (more) accounts.pop_back();
  ASSIGN_OR_RETURN(const OpenBusiness business, context.peers->AllBusiness(accounts, call.deadline));
  return context.runtime.Write<v1::StartLeaverHandoversResponse>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<v1::StartLeaverHandoversResponse> {
        v1::StartLeaverHandoversResponse response;
        response.set_more(more);
        for (const std::string& account : accounts) {
          ASSIGN_OR_RETURN(*response.add_account_handovers(),
                           Start(context, work, account, request.receiver(), request.reason(), business));
        }
        return response;
      });
}

}  // namespace

absl::Status OpenHandoverAfter(const Context& context, UnitOfWork& work, const std::string& account,
                               const std::string& giver, const std::string& receiver, const std::string& reason,
                               const OpenBusiness& business) {
  AccountHandover handover;
  handover.set_account(account);
  handover.set_giver(giver);
  handover.set_receiver(receiver);
  handover.set_reason(reason);
  handover.set_transferred(true);
  RETURN_IF_ERROR(WriteList(context, work, business, &handover));
  return Insert(context, work, std::move(handover)).status();
}

void RegisterHandovers(const Context& context, rpc::Registry* registry) {
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.AccountHandoverService", registry);
  registry->Add<v1::StartAccountHandoverRequest, AccountHandover>(
      absl::StrCat(kService, "StartAccountHandover"),
      [context](rpc::Call& call, const v1::StartAccountHandoverRequest& request) -> absl::StatusOr<AccountHandover> {
        ASSIGN_OR_RETURN(const OpenBusiness business, context.peers->AllBusiness({request.account()}, call.deadline));
        return context.runtime.Write<AccountHandover>(call, request, [&](UnitOfWork& work) {
          return Start(context, work, request.account(), request.receiver(), request.reason(), business);
        });
      });
  registry->Add<v1::StartLeaverHandoversRequest, v1::StartLeaverHandoversResponse>(
      absl::StrCat(kService, "StartLeaverHandovers"),
      [context](rpc::Call& call, const v1::StartLeaverHandoversRequest& request) {
        return StartAll(context, call, request);
      });
  registry->Add<v1::ListHandoversToSignRequest, v1::ListHandoversToSignResponse>(
      absl::StrCat(kService, "ListHandoversToSign"),
      [context](rpc::Call& call, const v1::ListHandoversToSignRequest&) { return ToSign(context, call); });
  registry->Add<v1::RefreshAccountHandoverRequest, AccountHandover>(
      absl::StrCat(kService, "RefreshAccountHandover"),
      [context](rpc::Call& call, const v1::RefreshAccountHandoverRequest& request) {
        return Refresh(context, call, request);
      });
  registry->Add<v1::SignAccountHandoverRequest, AccountHandover>(
      absl::StrCat(kService, "SignAccountHandover"),
      [context](rpc::Call& call, const v1::SignAccountHandoverRequest& request) {
        return context.runtime.Write<AccountHandover>(call, request,
                                                      [&](UnitOfWork& work) { return Sign(context, work, request); });
      });
  registry->Add<v1::CancelAccountHandoverRequest, AccountHandover>(
      absl::StrCat(kService, "CancelAccountHandover"),
      [context](rpc::Call& call, const v1::CancelAccountHandoverRequest& request) {
        return context.runtime.Write<AccountHandover>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<AccountHandover> {
              ASSIGN_OR_RETURN(auto change, work.Begin<AccountHandover>(request));
              RETURN_IF_ERROR(rules::CheckCancel(Editor(work), change.before));
              RETURN_IF_ERROR(schedule::Cancel(work, kOverdue, change.before.name()));
              return work.Save(std::move(change));
            });
      });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(kOverdue, absl::StrCat(kService, "SignAccountHandover"),
                            [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                              Change<AccountHandover> change;
                              ASSIGN_OR_RETURN(change.before, work.Load<AccountHandover>(item.resource));
                              if (change.before.state() != v1::HANDOVER_STATE_OPEN) return absl::OkStatus();
                              change.after = change.before;
                              change.after.set_overdue(true);
                              return work.Save(std::move(change)).status();
                            });
}

}  // namespace kam::account

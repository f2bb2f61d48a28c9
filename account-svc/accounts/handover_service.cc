// Hand-overs of accounts with the list of open business, signed by both sides. Lock order: hand-over, account,
// employee_scopes, ownership rows.
#include "account-svc/accounts/handover_service.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/ownership_rows.h"
#include "account-svc/accounts/report_page.h"
#include "account-svc/people/instructed.h"
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
constexpr int kAccountsAtOnce = 100;  // Hand-overs of a leaver started in one transaction,
constexpr int kItemsAtOnce = 5000;    // and about how long their lists are together.
constexpr int kToSignMax = 200;
constexpr char kOverdue[] = "account_handover.overdue";
constexpr char kService[] = "kam.account.v1.AccountHandoverService/";
constexpr char kStart[] = "StartAccountHandover";
constexpr char kStartLeaver[] = "StartLeaverHandovers";

std::string Shortened(std::string text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  text.resize(bytes);
  return text;
}

// Open business of an account in this service.
constexpr char kOpenSql[] =
    "SELECT 'OPPORTUNITY' AS kind, 'opportunities' AS collection, t.id AS id, t.number AS number, t.state AS state, "
    "CAST(t.expected_date AS DATETIME(6)) AS due_time, t.display_name AS title FROM opportunities t WHERE t.account = "
    "? "
    "AND t.state = 'OPEN' AND t.archive_time IS NULL "
    "UNION ALL SELECT 'VISIT', 'visits', t.id, t.number, t.state, t.planned_start, NULL FROM visits t WHERE t.account "
    "= "
    "? AND t.state IN ('PROPOSED', 'PLANNED', 'APPROVED', 'CHECKED_IN') AND t.archive_time IS NULL "
    "UNION ALL SELECT 'LEAD', 'leads', t.id, t.number, t.state, NULL, t.company_name FROM leads t WHERE t.account = ? "
    "AND t.state IN ('NEW', 'QUALIFIED') AND t.archive_time IS NULL";

// What is not over in this service: what is due first, and of the rest how much there is.
absl::Status AddOwnItems(const Context& context, UnitOfWork& work, AccountHandover* handover) {
  const std::string id = IdOf(handover->account());
  ASSIGN_OR_RETURN(std::vector<Row> rows,
                   work.connection().Query(
                       absl::StrCat("SELECT b.kind, b.collection, b.id, b.number, b.state, b.due_time, b.title FROM (",
                                    kOpenSql, ") b ORDER BY b.due_time IS NULL, b.due_time, b.kind, b.id LIMIT ?"),
                       {id, id, id, static_cast<int>(kItemsMax)}));
  if (rows.size() == kItemsMax) {
    ASSIGN_OR_RETURN(const std::vector<Row> counts,
                     work.connection().Query(absl::StrCat("SELECT b.kind, COUNT(b.id) FROM (", kOpenSql,
                                                          ") b GROUP BY b.kind ORDER BY b.kind"),
                                             {id, id, id}));
    for (const Row& count : counts) {
      const auto listed =
          std::count_if(rows.begin(), rows.end(), [&](const Row& row) { return row[0].text() == count[0].text(); });
      if (count[1].integer() <= listed) continue;
      RETURN_IF_ERROR(rules::AddFurther(count[0].text(), count[1].integer() - listed, nullptr, handover));
    }
  }
  std::sort(rows.begin(), rows.end(), [](const Row& one, const Row& other) {
    return std::pair(one[0].text(), one[2].text()) < std::pair(other[0].text(), other[2].text());
  });
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

// Writes the list of the hand-over: as many lines as fit, and what else there is.
absl::Status WriteList(const Context& context, UnitOfWork& work, const OpenBusiness& business,
                       AccountHandover* handover) {
  handover->clear_items();
  handover->clear_further_items();
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
  for (const business::v1::OpenBusinessCount& open : business.further) {
    if (open.account() != handover->account()) continue;
    RETURN_IF_ERROR(
        rules::AddFurther(open.kind(), open.count(), open.has_amount() ? &open.amount() : nullptr, handover));
  }
  RETURN_IF_ERROR(rules::KeepMostUrgent(kItemsMax, handover));
  for (const std::string& service : business.unanswered) handover->add_unanswered(service);
  *handover->mutable_list_time() = ToTimestamp(work.now());
  return absl::OkStatus();
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

// The account that is to be handed over by `method`, locked. NOT_FOUND, OWNER_MISSING, OWNER_UNCHANGED, HANDOVER_OPEN,
// INSTRUCTION_REQUIRED.
absl::StatusOr<Account> AccountToHandOver(const Context& context, UnitOfWork& work, const char* method,
                                          const std::string& name, const std::string& receiver) {
  ASSIGN_OR_RETURN(Account account, work.Load<Account>(name, work.level()));
  if (account.owner().empty()) {
    return FailedPrecondition("OWNER_MISSING", account.name(), "nobody owns the account: assign or claim it");
  }
  if (account.owner() == receiver) {
    return FailedPrecondition("OWNER_UNCHANGED", account.name(), "the receiver is the owner already");
  }
  RETURN_IF_ERROR(RefuseOpen(work, account.name()));
  RETURN_IF_ERROR(CheckInstructed(
      context, work, {absl::StrCat(kService, method), account.name(), account.tier(), std::nullopt, receiver}));
  return account;
}

absl::StatusOr<AccountHandover> Start(const Context& context, UnitOfWork& work, const Account& account,
                                      const std::string& receiver, const std::string& reason,
                                      const OpenBusiness& business) {
  RETURN_IF_ERROR(CheckCandidate(context, work, receiver, "receiver", /*as_owner=*/true));
  AccountHandover handover;
  handover.set_account(account.name());
  handover.set_giver(account.owner());
  handover.set_receiver(receiver);
  handover.set_reason(reason);
  handover.set_tier(account.tier());
  RETURN_IF_ERROR(WriteList(context, work, business, &handover));
  return Insert(context, work, std::move(handover));
}

// What somebody has to hand over: which of it the caller reaches, and how many accounts are left to others.
struct Holdings {
  std::vector<std::string> accounts;
  int beyond_reach = 0;
};

absl::StatusOr<Holdings> HoldingsOf(const Context& context, const rpc::Call& call, const std::string& employee,
                                    const std::string& after) {
  constexpr char kHis[] =
      "FROM accounts t WHERE t.owner = ? AND t.archive_time IS NULL AND NOT EXISTS (SELECT 1 FROM account_handovers h "
      "WHERE h.account = t.id AND h.state = 'OPEN' AND h.transferred = 0)";
  std::vector<Value> scope_params;
  const std::string scope = ScopeSql(context, call.principal, call.level(), Account::descriptor(), &scope_params);
  std::vector<Value> all = {Value(IdOf(employee))};
  all.insert(all.end(), scope_params.begin(), scope_params.end());
  std::vector<Value> page = all;
  page.insert(page.end(), {Value(after.empty() ? after : IdOf(after)), Value(kAccountsAtOnce + 1)});
  Holdings holdings;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    holdings = Holdings();
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query(absl::StrCat("SELECT t.id ", kHis, scope, " AND t.id > ? ORDER BY t.id LIMIT ?"),
                                      mysql::Params(page)));
    for (const Row& row : rows) holdings.accounts.push_back(NameOf("accounts", row[0].text()));
    if (scope.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<Row> his,
                     connection.Query(absl::StrCat("SELECT COUNT(t.id) ", kHis), {Value(IdOf(employee))}));
    ASSIGN_OR_RETURN(const std::vector<Row> reached,
                     connection.Query(absl::StrCat("SELECT COUNT(t.id) ", kHis, scope), mysql::Params(all)));
    holdings.beyond_reach = static_cast<int>(his[0][0].integer() - reached[0][0].integer());
    return absl::OkStatus();
  }));
  return holdings;
}

absl::StatusOr<bool> HasLeft(const Context& context, UnitOfWork& work, const std::string& employee) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT leave_date FROM employees WHERE id = ?", {IdOf(employee)}));
  return !rows.empty() && !rows[0][0].is_null() && rows[0][0].text() < context.Today(work.now());
}

// With the second signature the account is the receiver's.
absl::Status Complete(const Context& context, UnitOfWork& work, AccountHandover* handover) {
  handover->set_state(v1::HANDOVER_STATE_COMPLETED);
  RETURN_IF_ERROR(schedule::Cancel(work, kOverdue, handover->name()));
  if (handover->transferred()) return absl::OkStatus();
  Change<Account> change;
  ASSIGN_OR_RETURN(change.before, work.Load<Account>(handover->account()));
  change.after = change.before;
  // The customer may have become more important while it was open: what was asked at the start was asked for less.
  const rules::Matter begun{absl::StrCat(kService, "StartAccountHandover"), handover->account(), handover->tier(),
                            std::nullopt};
  RETURN_IF_ERROR(rules::CheckStillRoutine(begun, change.before.tier(), context.policy));
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
  ASSIGN_OR_RETURN(const bool giver_has_left, HasLeft(context, work, change.before.giver()));
  ASSIGN_OR_RETURN(const bool receiver_has_left, HasLeft(context, work, change.before.receiver()));
  const bool superior = work.CheckReach(*work.runtime().catalog().Find(AccountHandover::descriptor()), change.before,
                                        work.actor().LevelFor("account_handover.leaver"))
                            .ok();
  const rules::Signer signer{actor, superior, giver_has_left, receiver_has_left};
  RETURN_IF_ERROR(rules::Sign(signer, work.now(), context.policy, &change.after));
  if (change.after.has_giver_sign_time() && change.after.has_receiver_sign_time()) {
    RETURN_IF_ERROR(Complete(context, work, &change.after));
  }
  return work.Save(std::move(change));
}

// The caller as one who changes a hand-over without signing it.
rules::Signer Editor(const UnitOfWork& work) {
  return {work.actor().subject, work.level() != auth::Level::kOwn, false, false};
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
                                                  change.after.clear_receiver_signer();
                                                  change.after.clear_receiver_sign_time();
                                                  return work.Save(std::move(change));
                                                });
}

// What is wrong with one account of many, and no trouble of the whole call.
bool IsRefusal(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsFailedPrecondition(status) || absl::IsPermissionDenied(status);
}

absl::StatusOr<v1::StartLeaverHandoversResponse> StartAll(const Context& context, rpc::Call& call,
                                                          const v1::StartLeaverHandoversRequest& request) {
  // Of accounts beyond his reach the caller learns how many there are, and no more.
  ASSIGN_OR_RETURN(const Holdings holdings, HoldingsOf(context, call, request.giver(), request.after()));
  std::vector<std::string> accounts = holdings.accounts;
  const bool more = accounts.size() > static_cast<size_t>(kAccountsAtOnce);
  if (more) accounts.pop_back();
  ASSIGN_OR_RETURN(const OpenBusiness business, context.peers->AllBusiness(accounts, call.deadline));
  return context.runtime.Write<v1::StartLeaverHandoversResponse>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<v1::StartLeaverHandoversResponse> {
        v1::StartLeaverHandoversResponse response;
        response.set_more(more);
        response.set_beyond_reach(holdings.beyond_reach);
        int listed = 0;
        for (const std::string& name : accounts) {
          if (listed >= kItemsAtOnce) {
            response.set_more(true);
            break;
          }
          response.set_last_account(name);
          const absl::StatusOr<Account> account =
              AccountToHandOver(context, work, kStartLeaver, name, request.receiver());
          if (!account.ok()) {
            if (!IsRefusal(account.status())) return account.status();
            v1::HandoverRefusal* refused = response.add_refused();
            refused->set_account(name);
            refused->mutable_status()->ParseFromString(ToRpcStatusBytes(account.status()));
            continue;
          }
          ASSIGN_OR_RETURN(AccountHandover started,
                           Start(context, work, *account, request.receiver(), request.reason(), business));
          listed += started.items_size();
          *response.add_account_handovers() = std::move(started);
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
      absl::StrCat(kService, kStart),
      [context](rpc::Call& call, const v1::StartAccountHandoverRequest& request) -> absl::StatusOr<AccountHandover> {
        ASSIGN_OR_RETURN(const OpenBusiness business, context.peers->AllBusiness({request.account()}, call.deadline));
        return context.runtime.Write<AccountHandover>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<AccountHandover> {
              ASSIGN_OR_RETURN(const Account account,
                               AccountToHandOver(context, work, kStart, request.account(), request.receiver()));
              return Start(context, work, account, request.receiver(), request.reason(), business);
            });
      });
  registry->Add<v1::StartLeaverHandoversRequest, v1::StartLeaverHandoversResponse>(
      absl::StrCat(kService, kStartLeaver), [context](rpc::Call& call, const v1::StartLeaverHandoversRequest& request) {
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

// kam.receivable.v1.CreditService (C-34).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/orders/order_close.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/credit_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = receivable::v1;
using resource::Change;
using resource::UnitOfWork;
using rules::AmountIn;
using rules::SetAmount;

constexpr char kService[] = "kam.receivable.v1.CreditService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status CheckImportedLimit(pb::CreditAccount* account) {
  if (account->limit_type() == pb::CREDIT_LIMIT_TYPE_UNSPECIFIED && account->has_credit_limit()) {
    account->set_limit_type(pb::CREDIT_LIMIT_TYPE_AMOUNT);
  }
  if (account->has_credit_limit()) {
    RETURN_IF_ERROR(AmountIn(account->credit_limit(), account->currency(), "credit_account.credit_limit").status());
  } else if (account->limit_type() == pb::CREDIT_LIMIT_TYPE_AMOUNT) {
    return InvalidField("credit_account.credit_limit", "FIELD_REQUIRED", "must be set with AMOUNT");
  }
  return absl::OkStatus();
}

// Whether finance has decided about the limit: from then on it belongs here.
absl::StatusOr<bool> DecidedHere(UnitOfWork& work, const pb::CreditAccount& account) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT 1 FROM changes WHERE resource_id = ? AND method = ? LIMIT 1",
                                           {IdOf(account.name()), Rpc("DecideCreditLimit")}));
  return !rows.empty();
}

void SetHooks(const Context& context) {
  resource::Hooks accounts;
  accounts.prepare = PrepareNames(context);
  accounts.on_create = resource::OnCreate<pb::CreditAccount>([](UnitOfWork&, pb::CreditAccount* account) {
    for (google::type::Money* part : {account->mutable_held(), account->mutable_committed(), account->mutable_open()}) {
      SetAmount(Decimal(), account->currency(), part);
    }
    return CheckImportedLimit(account);
  });
  accounts.on_update = resource::OnUpdate<pb::CreditAccount>(
      [](UnitOfWork& work, const pb::CreditAccount& before, pb::CreditAccount* after) -> absl::Status {
        RETURN_IF_ERROR(CheckImportedLimit(after));
        ASSIGN_OR_RETURN(const bool decided, DecidedHere(work, before));
        return decided ? rules::CheckLimitKept(before, *after) : absl::OkStatus();
      });
  context.runtime.SetHooks(pb::CreditAccount::descriptor(), std::move(accounts));
}

absl::StatusOr<pb::CreditAccount> Propose(const Context& context, rpc::Call& call,
                                          const pb::ProposeCreditLimitRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  RETURN_IF_ERROR(rules::CheckReason(request.reason()));
  return context.runtime.Write<pb::CreditAccount>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::CreditAccount> {
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::CreditAccount>(request));
        pb::CreditAccount asked;
        asked.set_limit_type(request.limit_type());
        rules::CreditLimit limit = LimitOf(asked);
        limit.expiry_date = request.expiry_date();
        RETURN_IF_ERROR(rules::CheckProposal(limit, request.has_credit_limit(), context.Today(work.now())));
        const std::string& currency = !request.currency().empty()  ? request.currency()
                                      : request.has_credit_limit() ? request.credit_limit().currency_code()
                                                                   : change.before.currency();
        RETURN_IF_ERROR(AmountIn(request.credit_limit(), currency, "credit_limit").status());
        pb::CreditProposal* proposal = change.after.mutable_proposal();
        proposal->Clear();
        proposal->set_limit_type(request.limit_type());
        if (request.has_credit_limit()) *proposal->mutable_credit_limit() = request.credit_limit();
        proposal->set_currency(currency);
        proposal->set_expiry_date(request.expiry_date());
        proposal->set_terms_days(request.terms_days());
        proposal->set_proposer(work.actor().subject);
        proposal->set_reason(request.reason());
        SetTime(work.now(), proposal->mutable_propose_time());
        return work.Save(std::move(change));
      });
}

// The limit is in `currency` from now on: what counts against it is what is used in that currency.
absl::Status MoveToCurrency(mysql::Connection& connection, const std::string& currency, pb::CreditAccount* account) {
  if (currency == account->currency()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto uses, CountUse(connection, account->account()));
  const rules::CreditUse& use = uses[currency];
  account->set_currency(currency);
  SetAmount(use.held, currency, account->mutable_held());
  SetAmount(use.committed, currency, account->mutable_committed());
  SetAmount(use.open, currency, account->mutable_open());
  return absl::OkStatus();
}

absl::StatusOr<pb::CreditAccount> Decide(const Context& context, rpc::Call& call,
                                         const pb::DecideCreditLimitRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  if (!request.approve()) RETURN_IF_ERROR(rules::CheckReason(request.reason()));
  if (request.etag().empty()) {
    return InvalidField("etag", "FIELD_REQUIRED", "must be set: what is decided is the proposal the caller has read");
  }
  return context.runtime.Write<pb::CreditAccount>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::CreditAccount> {
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::CreditAccount>(request));
        const pb::CreditProposal& proposal = change.before.proposal();
        if (proposal.limit_type() == pb::CREDIT_LIMIT_TYPE_UNSPECIFIED) {
          return FailedPrecondition("CREDIT_PROPOSAL_MISSING", change.before.name(), "nothing is proposed");
        }
        RETURN_IF_ERROR(rules::CheckOtherPerson(change.before.name(), work.actor().subject, proposal.proposer(),
                                                "proposed the limit"));
        if (request.approve()) {
          change.after.set_limit_type(proposal.limit_type());
          change.after.clear_credit_limit();
          if (proposal.has_credit_limit()) *change.after.mutable_credit_limit() = proposal.credit_limit();
          change.after.set_expiry_date(proposal.expiry_date());
          change.after.set_terms_days(proposal.terms_days());
          if (!proposal.currency().empty()) {
            RETURN_IF_ERROR(MoveToCurrency(work.connection(), proposal.currency(), &change.after));
          }
        }
        change.after.clear_proposal();
        return work.Save(std::move(change));
      });
}

template <typename Request>
absl::StatusOr<pb::CreditAccount> SetBlocked(const Context& context, rpc::Call& call, const Request& request,
                                             bool blocked) {
  RETURN_IF_ERROR(rules::CheckReason(request.reason()));
  return context.runtime.Write<pb::CreditAccount>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::CreditAccount> {
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::CreditAccount>(request));
        if (change.before.blocked() == blocked) {
          return FailedPrecondition(blocked ? "CREDIT_BLOCKED_ALREADY" : "CREDIT_NOT_BLOCKED", change.before.name(),
                                    blocked ? "the credit is blocked already" : "the credit is not blocked");
        }
        change.after.set_blocked(blocked);
        change.after.set_block_reason(blocked ? request.reason() : "");
        return work.Save(std::move(change));
      });
}

// A reservation that was not released in time falls; its order waits until somebody reserves again.
absl::Status Expire(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  const std::string& name = item.resource;
  ASSIGN_OR_RETURN(const std::string account,
                   ReferenceOfRow(work, pb::CreditReservation::descriptor(), "account", name));
  ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, account));
  ASSIGN_OR_RETURN(const pb::CreditReservation seen, work.Load<pb::CreditReservation>(name));
  if (seen.state() != pb::CREDIT_RESERVATION_STATE_HELD) return absl::OkStatus();
  ASSIGN_OR_RETURN(order::v1::Order order, work.Load<order::v1::Order>(seen.order()));
  RETURN_IF_ERROR(book.Release(seen.order(), pb::CREDIT_RESERVATION_STATE_EXPIRED, "not released in time"));
  RETURN_IF_ERROR(book.Save());
  Change<order::v1::Order> change{order, order};
  if (order.state() != order::v1::ORDER_STATE_ON_HOLD) {
    change.after.set_state_before(order.state());
    change.after.set_state(order::v1::ORDER_STATE_ON_HOLD);
    change.after.set_state_reason("the credit reservation has expired");
  }
  change.after.set_credit_hold(true);
  RETURN_IF_ERROR(schedule::Schedule(work, kDueCreditHold, order.name(), item.due_time + book.waiting_time()));
  return work.Save(std::move(change)).status();
}

// Nobody found credit for it: what it takes of quotas and of its contract or quote is free for others again.
absl::Status GiveUp(const Context& context, UnitOfWork& work, const std::string& name) {
  ASSIGN_OR_RETURN(const std::string account, ReferenceOfRow(work, order::v1::Order::descriptor(), "account", name));
  ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, account));
  ASSIGN_OR_RETURN(const order::v1::Order order, work.Load<order::v1::Order>(name));
  if (order.state() != order::v1::ORDER_STATE_ON_HOLD || !order.credit_hold()) return absl::OkStatus();
  Change<order::v1::Order> change{order, order};
  const absl::Status cancelled = CancelOrder(work, book, "no credit was found for it in time", &change);
  // Gifts were ordered on it: it stays on hold until somebody has decided about those, and is looked at again.
  if (Reason(cancelled) == "GIFT_WITHOUT_SALE") {
    return schedule::Schedule(work, kDueCreditHold, name, work.now() + book.waiting_time());
  }
  RETURN_IF_ERROR(cancelled);
  change.after.set_state(order::v1::ORDER_STATE_CANCELLED);
  RETURN_IF_ERROR(book.Save());
  return work.Save(std::move(change)).status();
}

// What is reserved, owed and on account in every currency.
absl::Status AddCurrencies(mysql::Connection& connection, const std::string& id, const std::string& today,
                           pb::Exposure* exposure) {
  ASSIGN_OR_RETURN(auto uses, CountUse(connection, id));
  std::map<std::string, Decimal> overdue, unapplied;
  ASSIGN_OR_RETURN(std::vector<mysql::Row> rows,
                   connection.Query("SELECT b.currency, SUM(b.open_amount) FROM receivable_balances b WHERE b.account "
                                    "= ? AND b.due_date < ? GROUP BY b.currency",
                                    {id, today}));
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(overdue[row[0].text()], Decimal::Parse(row[1].text(), "overdue"));
  }
  ASSIGN_OR_RETURN(rows, connection.Query("SELECT r.unapplied_currency, SUM(r.unapplied_amount) FROM receipts r WHERE "
                                          "r.account = ? AND r.state = 'MARKED' GROUP BY r.unapplied_currency",
                                          {id}));
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(unapplied[row[0].text()], Decimal::Parse(row[1].text(), "unapplied"));
    uses[row[0].text()];
  }
  uses[exposure->currency()];
  for (const auto& [currency, use] : uses) {
    ASSIGN_OR_RETURN(const Decimal total, use.Exposure());
    if (total.is_zero() && unapplied[currency].is_zero() && currency != exposure->currency()) continue;
    pb::CurrencyExposure* entry = exposure->add_currencies();
    entry->set_currency(currency);
    SetAmount(use.held, currency, entry->mutable_held());
    SetAmount(use.committed, currency, entry->mutable_committed());
    SetAmount(use.open, currency, entry->mutable_open());
    SetAmount(total, currency, entry->mutable_exposure());
    SetAmount(overdue[currency], currency, entry->mutable_overdue());
    SetAmount(unapplied[currency], currency, entry->mutable_unapplied());
  }
  SetAmount(overdue[exposure->currency()], exposure->currency(), exposure->mutable_overdue());
  SetAmount(unapplied[exposure->currency()], exposure->currency(), exposure->mutable_unapplied());
  return absl::OkStatus();
}

absl::StatusOr<pb::Exposure> Exposure(const Context& context, rpc::Call& call, const pb::GetExposureRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureAccounts({request.account()}, call.deadline));
  const resource::Type& type = *context.runtime.catalog().Find(pb::CreditAccount::descriptor());
  const std::string id = IdOf(request.account());
  const std::string today = context.Today(context.runtime.clock().Now());
  pb::Exposure exposure;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    exposure.Clear();
    const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
    std::vector<mysql::Value> params = {mysql::Value(id)};
    params.insert(params.end(), scope.params.begin(), scope.params.end());
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> reachable,
                     connection.Query(absl::StrCat("SELECT t.account FROM account_scopes t WHERE t.account = ?",
                                                   scope.sql.empty() ? "" : absl::StrCat(" AND (", scope.sql, ")")),
                                      mysql::Params(params)));
    if (reachable.empty()) return NotFound(request.account());
    ASSIGN_OR_RETURN(std::vector<resource::Record> found,
                     context.runtime.store().Select(connection, type, {{"t.account = ?", {mysql::Value(id)}}}, "", 1));
    ASSIGN_OR_RETURN(const pb::CreditPolicy policy, CurrentPolicy(connection, context.runtime));
    pb::CreditAccount account;
    if (!found.empty()) account = static_cast<const pb::CreditAccount&>(*found[0].message);
    if (account.currency().empty()) {
      account.set_currency(request.currency().empty() ? context.policy.home_currency : request.currency());
    }
    const std::string& currency = account.currency();
    ASSIGN_OR_RETURN(const rules::CreditUse use, UseOf(account));
    rules::CreditLimit limit = rules::EffectiveLimit(LimitOf(account), RulesOf(policy), currency);
    if (!limit.expiry_date.empty() && limit.expiry_date < today) limit.type = rules::LimitType::kNone;
    if (limit.type == rules::LimitType::kNone) limit.amount = Decimal();
    ASSIGN_OR_RETURN(const Decimal total, use.Exposure());
    ASSIGN_OR_RETURN(const std::optional<Decimal> headroom, rules::Headroom(limit, use));
    exposure.set_account(request.account());
    exposure.set_currency(currency);
    exposure.set_limit_type(limit.type == rules::LimitType::kUnlimited ? pb::CREDIT_LIMIT_TYPE_UNLIMITED
                            : limit.type == rules::LimitType::kAmount  ? pb::CREDIT_LIMIT_TYPE_AMOUNT
                                                                       : pb::CREDIT_LIMIT_TYPE_NONE);
    if (limit.type != rules::LimitType::kUnlimited) {
      SetAmount(limit.amount, currency, exposure.mutable_credit_limit());
      SetAmount(*headroom, currency, exposure.mutable_headroom());
    }
    SetAmount(use.held, currency, exposure.mutable_held());
    SetAmount(use.committed, currency, exposure.mutable_committed());
    SetAmount(use.open, currency, exposure.mutable_open());
    SetAmount(total, currency, exposure.mutable_exposure());
    exposure.set_blocked(limit.blocked);
    exposure.set_block_reason(limit.block_reason);
    ASSIGN_OR_RETURN(const int64_t oldest, OldestOverdueDays(connection, request.account(), today));
    exposure.set_oldest_overdue_days(static_cast<int32_t>(oldest));
    RETURN_IF_ERROR(AddCurrencies(connection, id, today, &exposure));
    return absl::OkStatus();
  }));
  return exposure;
}

}  // namespace

void RegisterCredit(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  SetHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::ProposeCreditLimitRequest, pb::CreditAccount>(
      Rpc("ProposeCreditLimit"), [context](rpc::Call& call, const pb::ProposeCreditLimitRequest& request) {
        return Propose(context, call, request);
      });
  registry->Add<pb::DecideCreditLimitRequest, pb::CreditAccount>(
      Rpc("DecideCreditLimit"), [context](rpc::Call& call, const pb::DecideCreditLimitRequest& request) {
        return Decide(context, call, request);
      });
  registry->Add<pb::BlockCreditRequest, pb::CreditAccount>(
      Rpc("BlockCredit"), [context](rpc::Call& call, const pb::BlockCreditRequest& request) {
        return SetBlocked(context, call, request, true);
      });
  registry->Add<pb::UnblockCreditRequest, pb::CreditAccount>(
      Rpc("UnblockCredit"), [context](rpc::Call& call, const pb::UnblockCreditRequest& request) {
        return SetBlocked(context, call, request, false);
      });
  registry->Add<pb::GetExposureRequest, pb::Exposure>(
      Rpc("GetExposure"),
      [context](rpc::Call& call, const pb::GetExposureRequest& request) { return Exposure(context, call, request); });
  scheduler->Handle(kDueReservation, "kam.order.v1.OrderService/HoldOrder",
                    [context](UnitOfWork& work, const schedule::DueItem& item) { return Expire(context, work, item); });
  scheduler->Handle(
      kDueCreditHold, "kam.order.v1.OrderService/CancelOrder",
      [context](UnitOfWork& work, const schedule::DueItem& item) { return GiveUp(context, work, item.resource); });
}

}  // namespace kam::contract

// kam.contract.v1.RebateService (C-09).
#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/contracts/performance.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/rebate.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/review.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/rebate_service.pb.h"
#include "kam/receivable/v1/receipt.pb.h"

namespace kam::contract {
namespace {

namespace pb = v1;
using resource::Change;
using resource::UnitOfWork;
using rules::SetAmount;

constexpr char kService[] = "kam.contract.v1.RebateService";
constexpr char kDueAccrual[] = "rebate.accrue";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// Sum over the products of the rebate of `sql`, which asks for contract, currency, first and last day, and whose
// products stand under the alias l.
absl::StatusOr<Decimal> SumOf(mysql::Connection& connection, std::string sql, const pb::Contract& contract,
                              absl::string_view from, absl::string_view until) {
  std::vector<mysql::Value> params = {mysql::Value(IdOf(contract.name())), mysql::Value(contract.currency()),
                                      mysql::Value(from), mysql::Value(until)};
  for (int i = 0; i < contract.rebate_products_size(); ++i) {
    absl::StrAppend(&sql, i == 0 ? " AND l.product IN (" : ", ", "?");
    params.emplace_back(IdOf(contract.rebate_products(i)));
  }
  if (contract.rebate_products_size() > 0) sql += ")";
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
  return Decimal::Parse(rows[0][0].text(), "volume");
}

// Net of the contract's invoices from one day to another, less what was credited in these days for goods that came
// back.
absl::StatusOr<Decimal> Volume(mysql::Connection& connection, const pb::Contract& contract, absl::string_view from,
                               absl::string_view until) {
  ASSIGN_OR_RETURN(
      const Decimal invoiced,
      SumOf(connection,
            "SELECT COALESCE(SUM(l.net_amount), 0) FROM orders o JOIN invoices i ON i.order_id = o.id JOIN "
            "invoices_lines l ON l.parent_id = i.id WHERE o.contract = ? AND i.state IN ('ISSUED', 'PARTIALLY_PAID', "
            "'PAID') AND i.currency = ? AND i.issue_date >= ? AND i.issue_date <= ?",
            contract, from, until));
  ASSIGN_OR_RETURN(
      const Decimal returned,
      SumOf(connection,
            "SELECT COALESCE(SUM(l.net_amount), 0) FROM contract_return_credits l WHERE l.contract = ? AND "
            "l.currency = ? AND l.credit_date >= ? AND l.credit_date <= ?",
            contract, from, until));
  return Subtract(invoiced, returned);
}

// What was invoiced until `until`, by the scale that held.
absl::StatusOr<std::vector<rules::RebatePart>> Parts(mysql::Connection& connection, const pb::Contract& contract,
                                                     const std::string& until) {
  std::vector<rules::RebatePart> parts;
  const std::vector<std::string> days = rules::ScaleDays(contract);
  for (size_t i = 0; i < days.size() && (i == 0 || days[i] <= until); ++i) {
    rules::RebatePart part;
    std::string last = until;
    if (i + 1 < days.size()) {
      ASSIGN_OR_RETURN(const std::string before_next, AddDays(days[i + 1], -1));
      last = std::min(last, before_next);
    }
    ASSIGN_OR_RETURN(part.scale, rules::ScaleOn(contract, days[i]));
    ASSIGN_OR_RETURN(part.volume, Volume(connection, contract, days[i], last));
    parts.push_back(std::move(part));
  }
  return parts;
}

struct Reckoning {
  rules::Rebate rebate;
  rules::RebateHistory history;
};

// `without`: a settlement that is left out of what was settled before; empty: none.
absl::StatusOr<Reckoning> Reckon(mysql::Connection& connection, const pb::Contract& contract, absl::string_view until,
                                 absl::string_view without = {}) {
  Reckoning reckoning;
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query("SELECT r.kind, r.state, r.amount_amount, r.until_date, r.settled_before_amount FROM "
                       "rebate_settlements r WHERE r.contract = ? AND r.id <> ? ORDER BY r.id",
                       {mysql::Value(IdOf(contract.name())), mysql::Value(IdOf(without))}));
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(const Decimal amount, Decimal::Parse(row[2].text(), "amount"));
    std::optional<Decimal> settled_before;
    if (!row[4].is_null()) {
      ASSIGN_OR_RETURN(settled_before, Decimal::Parse(row[4].text(), "settled_before"));
    }
    RETURN_IF_ERROR(rules::CountSettlement(row[0].text(), row[1].text(), amount, settled_before, row[3].text(),
                                           &reckoning.history));
  }
  ASSIGN_OR_RETURN(reckoning.history.open_orders, CountOpenOrders(connection, contract.name()));
  ASSIGN_OR_RETURN(const std::vector<rules::RebatePart> parts, Parts(connection, contract, std::string(until)));
  ASSIGN_OR_RETURN(reckoning.rebate, rules::ReckonRebate(parts, reckoning.history.accrued, reckoning.history.settled,
                                                         contract.currency()));
  return reckoning;
}

void Fill(const Reckoning& reckoning, const std::string& currency, pb::RebateSettlement* settlement) {
  SetAmount(reckoning.rebate.volume, currency, settlement->mutable_volume());
  settlement->set_percent(reckoning.rebate.percent.ToString());
  SetAmount(reckoning.rebate.entitled, currency, settlement->mutable_entitled());
  SetAmount(reckoning.history.accrued, currency, settlement->mutable_accrued_before());
  SetAmount(reckoning.history.settled, currency, settlement->mutable_settled_before());
  const bool accrual = settlement->kind() == pb::REBATE_SETTLEMENT_KIND_ACCRUAL;
  SetAmount(accrual ? reckoning.rebate.accrue : reckoning.rebate.payable, currency, settlement->mutable_amount());
}

// A new settlement; the contract's row is locked, so there is one at a time.
absl::Status Propose(const Context& context, UnitOfWork& work, pb::RebateSettlement* settlement) {
  RETURN_IF_ERROR(Validate(work, *settlement));
  absl::StatusOr<pb::Contract> contract = work.Load<pb::Contract>(settlement->contract());
  if (absl::IsNotFound(contract.status())) {
    return InvalidField("rebate_settlement.contract", "REFERENCE_NOT_FOUND", "does not exist",
                        {{"reference", settlement->contract()}});
  }
  RETURN_IF_ERROR(contract.status());
  settlement->set_account(contract->account());
  settlement->set_proposer(work.actor().subject);
  ASSIGN_OR_RETURN(const Reckoning reckoning, Reckon(work.connection(), *contract, settlement->until_date()));
  Fill(reckoning, contract->currency(), settlement);
  settlement->set_state(settlement->kind() == pb::REBATE_SETTLEMENT_KIND_ACCRUAL
                            ? pb::REBATE_SETTLEMENT_STATE_BOOKED
                            : pb::REBATE_SETTLEMENT_STATE_PROPOSED);
  return rules::CheckSettlement(context.Today(work.now()), *contract, reckoning.history, *settlement);
}

absl::StatusOr<pb::RebateSettlement> Decide(const Context& context, rpc::Call& call,
                                            const pb::DecideRebateSettlementRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::RebateSettlement>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::RebateSettlement> {
        RETURN_IF_ERROR(LockContractOf(work, pb::RebateSettlement::descriptor(), request.name()));
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::RebateSettlement>(request));
        RETURN_IF_ERROR(CheckRead(request.etag()));
        pb::RebateSettlement& settlement = change.after;
        RETURN_IF_ERROR(
            rules::CheckOtherPerson(settlement.name(), work.actor().subject, settlement.proposer(), "proposed it"));
        if (!request.approve()) RETURN_IF_ERROR(rules::CheckOpinion(request.opinion()));
        if (request.approve()) {
          RETURN_IF_ERROR(rules::CheckUndecided(change.before));
          ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(settlement.contract()));
          ASSIGN_OR_RETURN(const Reckoning now, Reckon(work.connection(), contract, settlement.until_date()));
          RETURN_IF_ERROR(rules::CheckUnchanged(now.rebate, now.history, settlement));
        }
        settlement.set_state(request.approve() ? pb::REBATE_SETTLEMENT_STATE_APPROVED
                                               : pb::REBATE_SETTLEMENT_STATE_REJECTED);
        settlement.set_decider(work.actor().subject);
        settlement.set_opinion(request.opinion());
        SetTime(work.now(), settlement.mutable_decide_time());
        return work.Save(std::move(change));
      });
}

// What is paid stands to the credit of the customer, once, to be allocated to what he owes; what is claimed back is
// owed.
absl::Status PostCreditNote(const Context& context, UnitOfWork& work, CreditBook& book,
                            pb::RebateSettlement* settlement) {
  const std::string today = context.Today(work.now());
  const std::string& currency = settlement->amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal amount, rules::AmountIn(settlement->amount(), currency, "amount"));
  if (amount.is_zero()) return absl::OkStatus();
  if (amount.sign() > 0) {
    receivable::v1::Receipt note = rules::CreditNoteOf(*settlement, work.actor().subject, today);
    SetTime(work.now(), note.mutable_mark_time());
    ASSIGN_OR_RETURN(note, work.Insert(std::move(note)));
    settlement->set_credit_note(note.name());
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(settlement->contract()));
  receivable::v1::ReceivableItem item;
  item.set_kind(receivable::v1::RECEIVABLE_KIND_REBATE_CLAIM);
  item.set_source(settlement->name());
  SetAmount(-amount, currency, item.mutable_amount());
  item.set_item_date(today);
  ASSIGN_OR_RETURN(const std::string due, AddDays(today, contract.terms_days()));
  item.set_due_date(due);
  RETURN_IF_ERROR(book.AddItem(std::move(item), "OPENING", today));
  ASSIGN_OR_RETURN(const receivable::v1::ReceivableItem posted, book.FindItem(settlement->name()));
  settlement->set_credit_note(posted.name());
  return absl::OkStatus();
}

absl::StatusOr<pb::RebateSettlement> Pay(const Context& context, rpc::Call& call,
                                         const pb::PayRebateSettlementRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::RebateSettlement>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::RebateSettlement> {
        ASSIGN_OR_RETURN(const std::string account,
                         ReferenceOfRow(work, pb::RebateSettlement::descriptor(), "account", request.name()));
        ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, account));
        RETURN_IF_ERROR(LockContractOf(work, pb::RebateSettlement::descriptor(), request.name()));
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::RebateSettlement>(request));
        RETURN_IF_ERROR(rules::CheckPayer(work.actor().subject, change.before));
        // Invoices may have been cancelled since it was approved.
        ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(change.before.contract()));
        ASSIGN_OR_RETURN(const Reckoning now,
                         Reckon(work.connection(), contract, change.before.until_date(), change.before.name()));
        RETURN_IF_ERROR(rules::CheckPayable(now.rebate, change.before));
        RETURN_IF_ERROR(PostCreditNote(context, work, book, &change.after));
        RETURN_IF_ERROR(book.Save());
        change.after.set_payment_reference(request.payment_reference());
        change.after.set_payer(work.actor().subject);
        SetTime(work.now(), change.after.mutable_pay_time());
        return work.Save(std::move(change));
      });
}

absl::StatusOr<pb::RebateStanding> Standing(const Context& context, rpc::Call& call,
                                            const pb::GetRebateStandingRequest& request) {
  ASSIGN_OR_RETURN(const pb::Contract contract, context.runtime.Get<pb::Contract>(call, request.name()));
  if (contract.rebate_tiers_size() == 0) return rules::RebateNotAgreed(contract.name());
  pb::RebateStanding standing;
  standing.set_contract(contract.name());
  standing.set_until_date(request.until_date().empty() ? context.Today(context.runtime.clock().Now())
                                                       : request.until_date());
  Reckoning reckoning;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(reckoning, Reckon(connection, contract, standing.until_date()));
    return absl::OkStatus();
  }));
  SetAmount(reckoning.rebate.volume, contract.currency(), standing.mutable_volume());
  standing.set_percent(reckoning.rebate.percent.ToString());
  SetAmount(reckoning.rebate.entitled, contract.currency(), standing.mutable_entitled());
  SetAmount(reckoning.history.accrued, contract.currency(), standing.mutable_accrued());
  SetAmount(reckoning.history.settled, contract.currency(), standing.mutable_settled());
  ASSIGN_OR_RETURN(const std::vector<rules::RebateStep> scale, rules::ScaleOn(contract, standing.until_date()));
  for (const rules::RebateStep& step : scale) {
    if (step.from_volume <= reckoning.rebate.volume) continue;
    ASSIGN_OR_RETURN(const Decimal missing, Subtract(step.from_volume, reckoning.rebate.volume));
    standing.set_next_percent(step.percent.ToString());
    SetAmount(missing, contract.currency(), standing.mutable_missing_volume());
    break;
  }
  return standing;
}

// Last day of the month that `day` lies in.
absl::StatusOr<std::string> MonthEnd(absl::string_view day) {
  ASSIGN_OR_RETURN(const absl::CivilDay civil, ParseDate(day));
  return FormatDate(absl::CivilDay(absl::CivilMonth(civil) + 1) - 1);
}

// At the end of a month what is owed so far goes into the books; every month, also after the last day, as long as
// something may still be invoiced: until the final settlement is approved or the contract is closed.
absl::Status Accrue(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  const std::string month_end = context.Today(item.due_time - absl::Seconds(1));
  pb::RebateSettlement accrual;
  accrual.set_contract(item.resource);
  accrual.set_kind(pb::REBATE_SETTLEMENT_KIND_ACCRUAL);
  accrual.set_until_date(month_end);
  const absl::Status status = Propose(context, work, &accrual);
  if (status.ok()) RETURN_IF_ERROR(work.Insert(std::move(accrual)).status());
  // Nothing new this month, or settled to the end already.
  if (!status.ok() && !absl::IsFailedPrecondition(status)) return status;
  ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(item.resource));
  if (contract.state() == pb::CONTRACT_STATE_CLOSED || Reason(status) == "REBATE_SETTLED") return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string next_day, AddDays(month_end, 1));
  ASSIGN_OR_RETURN(const std::string next, MonthEnd(next_day));
  ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(next));
  return schedule::Schedule(work, kDueAccrual, contract.name(), due);
}

}  // namespace

absl::StatusOr<int64_t> CountOpenOrders(mysql::Connection& connection, const std::string& contract) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   connection.Query("SELECT COUNT(o.id) FROM orders o WHERE o.contract = ? AND o.state NOT IN "
                                    "('SETTLED', 'CANCELLED')",
                                    {mysql::Value(IdOf(contract))}));
  return rows[0][0].integer();
}

absl::Status ScheduleAccrual(const Context& context, UnitOfWork& work, const pb::Contract& contract) {
  if (contract.rebate_tiers_size() == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string end, MonthEnd(context.Today(work.now())));
  ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(end));
  return schedule::Schedule(work, kDueAccrual, contract.name(), due);
}

void RegisterRebates(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::RebateSettlement>(
      [context](UnitOfWork& work, pb::RebateSettlement* settlement) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckProposed(*settlement));
        return Propose(context, work, settlement);
      });
  context.runtime.SetHooks(pb::RebateSettlement::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::GetRebateStandingRequest, pb::RebateStanding>(
      Rpc("GetRebateStanding"), [context](rpc::Call& call, const pb::GetRebateStandingRequest& request) {
        return Standing(context, call, request);
      });
  registry->Add<pb::DecideRebateSettlementRequest, pb::RebateSettlement>(
      Rpc("DecideRebateSettlement"), [context](rpc::Call& call, const pb::DecideRebateSettlementRequest& request) {
        return Decide(context, call, request);
      });
  registry->Add<pb::PayRebateSettlementRequest, pb::RebateSettlement>(
      Rpc("PayRebateSettlement"), [context](rpc::Call& call, const pb::PayRebateSettlementRequest& request) {
        return Pay(context, call, request);
      });
  scheduler->Handle(kDueAccrual, Rpc("CreateRebateSettlement"),
                    [context](UnitOfWork& work, const schedule::DueItem& item) { return Accrue(context, work, item); });
}

}  // namespace kam::contract

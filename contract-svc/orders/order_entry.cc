#include "contract-svc/orders/order_entry.h"

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/resource/validate.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "contract-svc/contracts/commitment_book.h"
#include "contract-svc/orders/issue_note.h"
#include "contract-svc/orders/quota_book.h"
#include "contract-svc/orders/terms.h"
#include "contract-svc/pricing/quote_ledger.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/contract.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/pricing/v1/quote.pb.h"
#include "re2/re2.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using resource::Change;
using resource::UnitOfWork;
using rules::AmountIn;
using rules::SetAmount;

std::string Rpc(absl::string_view method) { return absl::StrCat("kam.order.v1.OrderService/", method); }

// The customer's own number stands on one living order, when his procedure says so. Whoever looks has locked the
// procedure, so of two orders with one number the second finds the first.
absl::Status CheckPurchaseOrderOnce(UnitOfWork& work, const pb::OrderProcedure& procedure, const pb::Order& order) {
  if (!procedure.purchase_order_once() || order.purchase_order_number().empty()) return absl::OkStatus();
  RETURN_IF_ERROR(work.Load<pb::OrderProcedure>(procedure.name()).status());
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT o.number FROM orders o WHERE o.account = ? AND "
                                           "o.purchase_order_number = ? AND o.id <> ? AND o.state <> 'CANCELLED' AND "
                                           "o.archive_time IS NULL LIMIT 1",
                                           {IdOf(order.account()), order.purchase_order_number(), IdOf(order.name())}));
  if (rows.empty()) return absl::OkStatus();
  return InvalidField(
      "order.purchase_order_number", "PURCHASE_ORDER_REPEATED",
      absl::StrCat("order ", rows[0][0].text(), " carries this number already"),
      {{"value", order.purchase_order_number()}, {"order", rows[0][0].text()}, {"procedure", procedure.name()}});
}

absl::Status CheckOwnProcedure(UnitOfWork& work, const pb::Order& order) {
  ASSIGN_OR_RETURN(const pb::OrderProcedure procedure, ProcedureOf(work, order));
  RETURN_IF_ERROR(rules::CheckProcedure(procedure, order));
  return CheckPurchaseOrderOnce(work, procedure, order);
}

// Contract or quote and customer are there. ORDER_BASIS_REQUIRED, REFERENCE_NOT_FOUND.
absl::Status CheckBasis(UnitOfWork& work, const pb::Order& order) {
  const bool contract = !order.contract().empty();
  const std::string field = contract ? "order.contract" : "order.quote";
  if (contract != order.quote().empty()) {
    return InvalidField(field, "ORDER_BASIS_REQUIRED",
                        "an order refers to a signed contract or to an accepted quote, to one of them");
  }
  const std::string& basis = contract ? order.contract() : order.quote();
  const absl::StatusOr<std::string> owner =
      ReferenceOfRow(work, contract ? v1::Contract::descriptor() : pricing::v1::Quote::descriptor(), "account", basis);
  if (absl::IsNotFound(owner.status())) {
    return InvalidField(field, "REFERENCE_NOT_FOUND", "does not exist", {{"reference", basis}});
  }
  RETURN_IF_ERROR(owner.status());
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> known,
                   work.connection().Query("SELECT 1 FROM account_scopes s WHERE s.account = ?",
                                           {mysql::Value(IdOf(order.account()))}));
  if (known.empty()) {
    return InvalidField("order.account", "REFERENCE_NOT_FOUND", "does not exist", {{"reference", order.account()}});
  }
  return absl::OkStatus();
}

// Prices, payment and terms from what was agreed. `brought`: an order of another system follows the terms of its own
// day, however long ago that is.
absl::Status TakeTerms(const Context& context, UnitOfWork& work, pb::Order* order, bool brought = false) {
  if (order->contract().empty() == order->quote().empty()) {
    return InvalidField(order->contract().empty() ? "order.contract" : "order.quote", "ORDER_BASIS_REQUIRED",
                        "an order refers to a signed contract or to an accepted quote, to one of them");
  }
  // What is agreed is agreed for the present: neither contract nor quota is asked about a day of the caller's choice.
  const std::string today = context.Today(work.now());
  if (!brought || order->order_date() > today) {
    RETURN_IF_ERROR(rules::CheckOrderDay(order->order_date(), today, context.policy.price_day_age_max_days));
  }
  const absl::StatusOr<rules::AgreedTerms> terms =
      order->contract().empty()
          ? QuoteTerms(context, work, order->quote(), order->account(), /*for_order=*/true)
          : ContractTerms(context, work, order->contract(), order->account(), order->order_date());
  RETURN_IF_ERROR(terms.status());
  RETURN_IF_ERROR(rules::TakeAgreedPrices(*terms, order));
  order->set_payment_mode(terms->credit ? pb::PAYMENT_MODE_CREDIT : pb::PAYMENT_MODE_PREPAYMENT);
  order->set_terms_days(terms->credit ? terms->terms_days : 0);
  return rules::ComputeOrder(order, /*agreed=*/true);
}

// Orders stay in the statistics of whoever owned the account when they came in, also when it is handed over later.
absl::Status RecordSalesperson(UnitOfWork& work, const pb::Order* before, const pb::Order& after) {
  const bool again =
      before != nullptr && before->state() == pb::ORDER_STATE_CANCELLED && after.state() != pb::ORDER_STATE_CANCELLED;
  if (before != nullptr && !again) return absl::OkStatus();
  return work.connection()
      .Execute(
          "UPDATE orders SET salesperson = (SELECT s.owner FROM account_scopes s WHERE s.account = "
          "orders.account) WHERE id = ?",
          {IdOf(after.name())})
      .status();
}

// An order that was not released yet. What it says of money, quantities and its day stays: they are drawn already.
absl::Status ChangeEntered(UnitOfWork& work, const pb::Order& before, pb::Order* after) {
  RETURN_IF_ERROR(rules::CheckChangeable(before, *after));
  after->set_history(false);
  RETURN_IF_ERROR(rules::CheckDates(*after));
  RETURN_IF_ERROR(CheckOwnProcedure(work, *after));
  // What was reviewed is no more: it is reviewed again, and its issue note is void.
  if (before.issue_note().empty() || rules::ReviewStillHolds(before, *after)) return absl::OkStatus();
  RETURN_IF_ERROR(CancelIssueNote(work, before));
  rules::TakeBackReview(after);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<pb::OrderProcedure> ProcedureOf(UnitOfWork& work, const pb::Order& order) {
  ASSIGN_OR_RETURN(std::vector<pb::OrderProcedure> found,
                   work.Find<pb::OrderProcedure>(
                       {"t.account = ? AND t.archive_time IS NULL", {mysql::Value(IdOf(order.account()))}}, "", 1));
  return found.empty() ? pb::OrderProcedure() : std::move(found[0]);
}

absl::Status ReserveAgain(CreditBook& book, const pb::Order& order, bool overridden) {
  if (order.payment_mode() != pb::PAYMENT_MODE_CREDIT) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto reservation, book.Find(order.name()));
  if (reservation.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Decimal total, AmountIn(order.total(), order.currency(), "total"));
  return book.Reserve(order.name(), order.currency(), total, overridden);
}

absl::StatusOr<pb::Order> EnterOrder(const Context& context, rpc::Call& call, const pb::CreateOrderRequest& request) {
  RETURN_IF_ERROR(EnsureNamesOf(context.directory, call, {&request.order()}));
  const resource::Type& type = *context.runtime.catalog().Find(pb::Order::descriptor());
  return context.runtime.Write<pb::Order>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Order> {
    pb::Order order = request.order();
    resource::ClearOutputOnly(&order, /*import=*/false);
    if (order.account().empty()) return InvalidField("order.account", "FIELD_REQUIRED", "must be set");
    if (order.order_date().empty()) order.set_order_date(context.Today(work.now()));
    // Nothing of another customer is looked at before the caller is known to reach this one.
    RETURN_IF_ERROR(CheckBasis(work, order));
    ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, order.account()));
    RETURN_IF_ERROR(work.CheckReach(*context.runtime.catalog().Find(receivable::v1::CreditAccount::descriptor()),
                                    book.account(), call.level()));
    RETURN_IF_ERROR(rules::CheckDates(order));
    RETURN_IF_ERROR(TakeTerms(context, work, &order));
    RETURN_IF_ERROR(CheckOwnProcedure(work, order));
    order.set_state(pb::ORDER_STATE_ENTERED);
    order.set_enterer(work.actor().subject);
    SetAmount(Decimal(), order.currency(), order.mutable_prepaid());
    ASSIGN_OR_RETURN(const Decimal total, AmountIn(order.total(), order.currency(), "total"));
    bool reserve = order.payment_mode() == pb::PAYMENT_MODE_CREDIT;
    if (reserve) {
      const absl::Status credit = book.Check(order.account(), order.currency(), total);
      if (!credit.ok() && !(request.hold_without_credit() && absl::IsFailedPrecondition(credit))) return credit;
      if (!credit.ok()) {
        reserve = false;
        order.set_state(pb::ORDER_STATE_ON_HOLD);
        order.set_state_before(pb::ORDER_STATE_ENTERED);
        order.set_credit_hold(true);
        order.set_state_reason(Reason(credit));
      }
    }
    ASSIGN_OR_RETURN(order, work.Insert(std::move(order)));
    RETURN_IF_ERROR(work.CheckReach(type, order, call.level()));
    if (reserve) RETURN_IF_ERROR(book.Reserve(order.name(), order.currency(), total, /*overridden=*/false));
    if (order.credit_hold()) {
      RETURN_IF_ERROR(schedule::Schedule(work, kDueCreditHold, order.name(), work.now() + book.waiting_time()));
    }
    RETURN_IF_ERROR(TakeQuotas(work, order));
    RETURN_IF_ERROR(book.Save());
    return order;
  });
}

absl::StatusOr<bool> TermsTaken(UnitOfWork& work, const std::string& order) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT 1 FROM changes WHERE resource_id = ? AND method IN (?, ?, ?) LIMIT 1",
                              {IdOf(order), Rpc("CreateOrder"), Rpc("ReviewOrder"), Rpc("ReopenOrder")}));
  return !rows.empty();
}

absl::Status LockBasis(UnitOfWork& work, const std::string& order) {
  ASSIGN_OR_RETURN(const std::string contract, ReferenceOfRow(work, pb::Order::descriptor(), "contract", order));
  if (!contract.empty()) return work.Load<v1::Contract>(contract).status();
  ASSIGN_OR_RETURN(const std::string quote, ReferenceOfRow(work, pb::Order::descriptor(), "quote", order));
  return quote.empty() ? absl::OkStatus() : work.Load<pricing::v1::Quote>(quote).status();
}

absl::Status TakeTermsOfImported(const Context& context, UnitOfWork& work, CreditBook& book, pb::Order* order) {
  // The import counted it whatever was left; now it is asked whether it fits, as if it came new.
  RETURN_IF_ERROR(Undraw(work, *order));
  RETURN_IF_ERROR(ForgetOrder(work, *order));
  RETURN_IF_ERROR(TakeTerms(context, work, order, /*brought=*/true));
  RETURN_IF_ERROR(CheckOwnProcedure(work, *order));
  RETURN_IF_ERROR(DrawForOrder(work, nullptr, *order));
  RETURN_IF_ERROR(ReserveAgain(book, *order, /*overridden=*/false));
  RETURN_IF_ERROR(TakeQuotas(work, *order));
  return PostOrder(work, nullptr, *order);
}

absl::Status ReopenOrder(const Context& context, UnitOfWork& work, CreditBook& book,
                         const pb::ReopenOrderRequest& request, Change<pb::Order>* change) {
  pb::Order& order = change->after;
  order.set_order_date(context.Today(work.now()));
  if (!request.required_date().empty()) order.set_required_date(request.required_date());
  order.clear_shipped_date();
  order.clear_delivered_date();
  RETURN_IF_ERROR(rules::CheckDates(order));
  RETURN_IF_ERROR(TakeTerms(context, work, &order));
  RETURN_IF_ERROR(CheckOwnProcedure(work, order));
  order.clear_state_reason();
  order.clear_reviewer();
  order.clear_review_time();
  order.clear_issue_note();
  order.clear_release_basis();
  order.clear_releaser();
  order.clear_release_time();
  order.clear_release_reason();
  order.clear_closed_total();
  order.clear_close_reason();
  for (pb::OrderLine& line : *order.mutable_lines()) line.clear_closed_quantity();
  order.set_enterer(work.actor().subject);
  RETURN_IF_ERROR(TakeQuotas(work, order));
  return ReserveAgain(book, order, /*overridden=*/false);
}

void SetOrderHooks(const Context& context) {
  resource::Hooks orders;
  orders.prepare = PrepareNames(context);
  orders.on_create = resource::OnCreate<pb::Order>([context](UnitOfWork& work, pb::Order* order) {
    return rules::ImportOrder(work.actor().subject, context.Today(work.now()), order);
  });
  orders.on_update = resource::OnUpdate<pb::Order>(
      [context](UnitOfWork& work, const pb::Order& before, pb::Order* after) -> absl::Status {
        if (work.importing()) {
          if (!before.history()) {
            return FailedPrecondition("ORDER_NOT_HISTORY", before.name(),
                                      "the order has been worked on here; the import does not change it any more");
          }
          RETURN_IF_ERROR(rules::ImportOrder(work.actor().subject, context.Today(work.now()), after));
          // The same row again, by whomever, says nothing new.
          const std::string importer = after->enterer();
          after->set_enterer(before.enterer());
          if (IsChanged(work, before, *after)) after->set_enterer(importer);
          return absl::OkStatus();
        }
        return ChangeEntered(work, before, after);
      });
  // What an order draws of its quote, or on the commitments of its contract, follows its state, whoever changes it.
  orders.on_saved = resource::OnSaved<pb::Order>(
      [](UnitOfWork& work, const pb::Order* before, const pb::Order& after) -> absl::Status {
        RETURN_IF_ERROR(RecordSalesperson(work, before, after));
        RETURN_IF_ERROR(DrawForOrder(work, before, after));
        return PostOrder(work, before, after);
      });
  context.runtime.SetHooks(pb::Order::descriptor(), std::move(orders));

  resource::Hooks procedures;
  procedures.prepare = PrepareNames(context);
  const auto check = [](const pb::OrderProcedure& procedure) -> absl::Status {
    const RE2 pattern(procedure.purchase_order_pattern(), RE2::Quiet);
    if (pattern.ok()) return absl::OkStatus();
    return InvalidField("order_procedure.purchase_order_pattern", "PATTERN_INVALID",
                        absl::StrCat("is no RE2 pattern: ", pattern.error()));
  };
  procedures.on_create = resource::OnCreate<pb::OrderProcedure>(
      [check](UnitOfWork&, pb::OrderProcedure* procedure) { return check(*procedure); });
  procedures.on_update = resource::OnUpdate<pb::OrderProcedure>(
      [check](UnitOfWork&, const pb::OrderProcedure&, pb::OrderProcedure* after) { return check(*after); });
  context.runtime.SetHooks(pb::OrderProcedure::descriptor(), std::move(procedures));
}

}  // namespace kam::contract

// kam.order.v1.OrderService (C-18, C-19, C-21, C-34).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/commitment_book.h"
#include "contract-svc/credit_book.h"
#include "contract-svc/order_book.h"
#include "contract-svc/order_close.h"
#include "contract-svc/quota_book.h"
#include "contract-svc/quote_ledger.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "contract-svc/terms.h"
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

constexpr char kService[] = "kam.order.v1.OrderService";
constexpr int kOwnersDefault = 20;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// How the customer orders; a procedure that asks for nothing when none is known.
absl::StatusOr<pb::OrderProcedure> ProcedureOf(UnitOfWork& work, const pb::Order& order) {
  ASSIGN_OR_RETURN(std::vector<pb::OrderProcedure> found,
                   work.Find<pb::OrderProcedure>(
                       {"t.account = ? AND t.archive_time IS NULL", {mysql::Value(IdOf(order.account()))}}, "", 1));
  return found.empty() ? pb::OrderProcedure() : std::move(found[0]);
}

absl::Status CheckOwnProcedure(UnitOfWork& work, const pb::Order& order) {
  ASSIGN_OR_RETURN(const pb::OrderProcedure procedure, ProcedureOf(work, order));
  return rules::CheckProcedure(procedure, order);
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
      AccountOfRow(work, contract ? v1::Contract::descriptor() : pricing::v1::Quote::descriptor(), basis);
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

// Prices, payment and terms from what was agreed.
absl::Status TakeTerms(const Context& context, UnitOfWork& work, pb::Order* order) {
  if (order->contract().empty() == order->quote().empty()) {
    return InvalidField(order->contract().empty() ? "order.contract" : "order.quote", "ORDER_BASIS_REQUIRED",
                        "an order refers to a signed contract or to an accepted quote, to one of them");
  }
  const absl::StatusOr<rules::AgreedTerms> terms =
      order->contract().empty()
          ? QuoteTerms(work, order->quote(), order->account(), /*for_order=*/true)
          : ContractTerms(context, work, order->contract(), order->account(), order->order_date());
  RETURN_IF_ERROR(terms.status());
  RETURN_IF_ERROR(rules::TakeAgreedPrices(*terms, order));
  order->set_payment_mode(terms->credit ? pb::PAYMENT_MODE_CREDIT : pb::PAYMENT_MODE_PREPAYMENT);
  order->set_terms_days(terms->credit ? terms->terms_days : 0);
  return rules::ComputeOrder(order);
}

absl::StatusOr<pb::Order> Enter(const Context& context, rpc::Call& call, const pb::CreateOrderRequest& request) {
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
    RETURN_IF_ERROR(TakeQuotas(work, order));
    RETURN_IF_ERROR(book.Save());
    return order;
  });
}

// An order's verb that touches credit: locks the customer's credit account, then the order.
// `releases`: the goods may leave afterwards, so the contract is looked at, and locked, before the order.
template <typename Request, typename Fn>
absl::StatusOr<pb::Order> WithCredit(const Context& context, rpc::Call& call, const Request& request, Fn fn,
                                     bool releases = false) {
  RETURN_IF_ERROR(EnsureNamesOf(context.directory, call, {}));
  return context.runtime.Write<pb::Order>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Order> {
    ASSIGN_OR_RETURN(const std::string account, AccountOfRow(work, pb::Order::descriptor(), request.name()));
    ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, account));
    if (releases) RETURN_IF_ERROR(CheckContractOfOrder(work, request.name()));
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Order>(request));
    change.after.set_history(false);
    RETURN_IF_ERROR(fn(work, book, &change));
    ASSIGN_OR_RETURN(pb::Order saved, work.Save(std::move(change)));
    RETURN_IF_ERROR(book.Save());
    return saved;
  });
}

absl::StatusOr<pb::Order> Review(const Context& context, rpc::Call& call, const pb::ReviewOrderRequest& request) {
  return context.runtime.Write<pb::Order>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Order> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Order>(request));
    RETURN_IF_ERROR(rules::ReviewOrder(work.actor().subject, work.now(), &change.after));
    ASSIGN_OR_RETURN(const pb::OrderProcedure procedure, ProcedureOf(work, change.before));
    RETURN_IF_ERROR(rules::CheckPapers(procedure, change.before));
    change.after.set_history(false);
    pb::IssueNote note;
    note.set_account(change.before.account());
    note.set_order(change.before.name());
    note.set_warehouse(request.warehouse());
    note.set_issuer(work.actor().subject);
    note.set_check_result(request.check_result());
    for (const pb::OrderLine& line : change.before.lines()) {
      pb::IssueNoteLine* issued = note.add_lines();
      issued->set_line_number(line.line_number());
      issued->set_product(line.product());
      issued->set_quantity(line.quantity());
    }
    ASSIGN_OR_RETURN(note, work.Insert(std::move(note)));
    change.after.set_issue_note(note.name());
    return work.Save(std::move(change));
  });
}

void RecordRelease(const UnitOfWork& work, pb::ReleaseBasis basis, pb::Order* order) {
  order->set_release_basis(basis);
  order->set_releaser(work.actor().subject);
  SetTime(work.now(), order->mutable_release_time());
}

absl::Status Release(UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) {
  const pb::Order& order = change->before;
  if (order.payment_mode() != pb::PAYMENT_MODE_CREDIT) {
    RETURN_IF_ERROR(CheckPaid(work, order));
    RecordRelease(work, pb::RELEASE_BASIS_PAID, &change->after);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const auto reservation, book.Find(order.name()));
  if (!reservation.has_value()) {
    return FailedPrecondition("CREDIT_RESERVATION_MISSING", order.name(),
                              "no credit is reserved for the order; holders of order.override_release may decide "
                              "otherwise",
                              {{"overridableBy", "order.override_release"}});
  }
  // What is reserved is part of the exposure already: asked is only whether the credit still stands.
  if (!reservation->overridden()) RETURN_IF_ERROR(book.Check(order.name(), order.currency(), Decimal()));
  RETURN_IF_ERROR(book.Commit(order.name(), /*overridden=*/false).status());
  RecordRelease(work, pb::RELEASE_BASIS_CREDIT, &change->after);
  return absl::OkStatus();
}

absl::Status OverrideRelease(UnitOfWork& work, CreditBook& book, const std::string& reason, Change<pb::Order>* change) {
  const pb::Order& order = change->before;
  RETURN_IF_ERROR(rules::CheckReason(reason));
  RETURN_IF_ERROR(rules::CheckOtherPerson(order.name(), work.actor().subject, order.enterer(), "entered the order"));
  RETURN_IF_ERROR(rules::CheckOtherPerson(order.name(), work.actor().subject, order.reviewer(), "reviewed the order"));
  ASSIGN_OR_RETURN(bool committed, book.Commit(order.name(), /*overridden=*/true));
  if (!committed) {
    // Goods leave without money: the exposure says so, whatever the limit.
    ASSIGN_OR_RETURN(const Decimal total, AmountIn(order.total(), order.currency(), "total"));
    RETURN_IF_ERROR(book.Reserve(order.name(), order.currency(), total, /*overridden=*/true));
    RETURN_IF_ERROR(book.Commit(order.name(), /*overridden=*/true).status());
  }
  RecordRelease(work, pb::RELEASE_BASIS_OVERRIDE, &change->after);
  change->after.set_release_reason(reason);
  return absl::OkStatus();
}

// Leaves ON_HOLD.
void GoOn(Change<pb::Order>* change) {
  const pb::OrderState back = change->before.state_before();
  change->after.set_state(back == pb::ORDER_STATE_UNSPECIFIED ? pb::ORDER_STATE_ENTERED : back);
  change->after.clear_state_before();
  change->after.clear_state_reason();
  change->after.set_credit_hold(false);
}

absl::Status ReserveAgain(CreditBook& book, const pb::Order& order, bool overridden) {
  if (order.payment_mode() != pb::PAYMENT_MODE_CREDIT) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto reservation, book.Find(order.name()));
  if (reservation.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Decimal total, AmountIn(order.total(), order.currency(), "total"));
  return book.Reserve(order.name(), order.currency(), total, overridden);
}

// From the start: prices, terms and credit are looked at as for a new order (golden case G9).
absl::Status Reopen(const Context& context, UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) {
  pb::Order& order = change->after;
  order.set_order_date(context.Today(work.now()));
  RETURN_IF_ERROR(TakeTerms(context, work, &order));
  order.clear_state_reason();
  order.clear_reviewer();
  order.clear_review_time();
  order.clear_issue_note();
  order.clear_release_basis();
  order.clear_releaser();
  order.clear_release_time();
  order.clear_release_reason();
  order.clear_shipped_date();
  order.clear_closed_total();
  order.clear_close_reason();
  for (pb::OrderLine& line : *order.mutable_lines()) line.clear_closed_quantity();
  order.set_enterer(work.actor().subject);
  RETURN_IF_ERROR(TakeQuotas(work, order));
  return ReserveAgain(book, order, /*overridden=*/false);
}

// Verbs that touch nothing but the order itself.
template <typename Request, typename Fn>
absl::StatusOr<pb::Order> Alone(const Context& context, rpc::Call& call, const Request& request, Fn fn) {
  return context.runtime.Write<pb::Order>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Order> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Order>(request));
    RETURN_IF_ERROR(rules::CheckReason(request.reason()));
    change.after.set_history(false);
    change.after.set_state_reason(request.reason());
    RETURN_IF_ERROR(fn(work, &change));
    return work.Save(std::move(change));
  });
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
        if (before.state() != pb::ORDER_STATE_ENTERED && before.state() != pb::ORDER_STATE_REVIEWED &&
            before.state() != pb::ORDER_STATE_ON_HOLD) {
          return FailedPrecondition("ORDER_FROZEN", before.name(), "a released order is not changed",
                                    {{"state", pb::OrderState_Name(before.state())}});
        }
        if (before.lines_size() != after->lines_size()) {
          return FailedPrecondition("ORDER_FROZEN", before.name(), "the lines of an order are not changed");
        }
        for (int i = 0; i < before.lines_size(); ++i) {
          if (before.lines(i).SerializeAsString() != after->lines(i).SerializeAsString()) {
            return FailedPrecondition("ORDER_FROZEN", before.name(),
                                      "the lines of an order are not changed; cancel it and enter another one",
                                      {{"field", absl::StrCat("order.lines[", i, "]")}});
          }
        }
        after->set_history(false);
        RETURN_IF_ERROR(rules::CheckDates(*after));
        if (before.order_date() != after->order_date()) {
          // Another day, perhaps another quota.
          RETURN_IF_ERROR(FreeQuotas(work, before));
          RETURN_IF_ERROR(TakeQuotas(work, *after));
        }
        return CheckOwnProcedure(work, *after);
      });
  // What an order draws of its quote, or on the commitments of its contract, follows its state, whoever changes it.
  orders.on_saved = resource::OnSaved<pb::Order>(
      [](UnitOfWork& work, const pb::Order* before, const pb::Order& after) -> absl::Status {
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

absl::StatusOr<pb::SummarizeOrdersResponse> Summarize(const Context& context, rpc::Call& call,
                                                      const pb::SummarizeOrdersRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(pb::Order::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  std::string where = " WHERE t.archive_time IS NULL";
  std::vector<mysql::Value> params;
  const auto add = [&](const std::string& sql, const std::vector<mysql::Value>& values) {
    absl::StrAppend(&where, " AND (", sql, ")");
    params.insert(params.end(), values.begin(), values.end());
  };
  if (!scope.sql.empty()) add(scope.sql, scope.params);
  if (!request.from_date().empty()) add("t.order_date >= ?", {mysql::Value(request.from_date())});
  if (!request.to_date().empty()) add("t.order_date <= ?", {mysql::Value(request.to_date())});
  pb::SummarizeOrdersResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(std::vector<mysql::Row> rows,
                     connection.Query(absl::StrCat("SELECT t.state, t.currency, COUNT(t.id), SUM(t.total_amount - "
                                                   "COALESCE(t.closed_total_amount, 0)) FROM orders t",
                                                   where, " GROUP BY t.state, t.currency ORDER BY t.state, t.currency"),
                                      mysql::Params(params)));
    for (const mysql::Row& row : rows) {
      pb::OrderStateTotal* total = response.add_states();
      const auto* value = resource::FindEnumValue(pb::OrderState_descriptor(), row[0].text());
      if (value != nullptr) total->set_state(static_cast<pb::OrderState>(value->number()));
      total->set_currency(row[1].text());
      total->set_count(row[2].integer());
      ASSIGN_OR_RETURN(const Decimal sum, Decimal::Parse(row[3].text(), "total"));
      SetAmount(sum, row[1].text(), total->mutable_total());
    }
    std::vector<mysql::Value> with_limit = params;
    with_limit.emplace_back(request.owners_max() > 0 ? request.owners_max() : kOwnersDefault);
    ASSIGN_OR_RETURN(
        rows,
        connection.Query(absl::StrCat("SELECT o.owner, t.currency, COUNT(t.id), SUM(t.total_amount - "
                                      "COALESCE(t.closed_total_amount, 0)) FROM orders t "
                                      "LEFT JOIN account_scopes o ON o.account = t.account",
                                      where,
                                      " AND t.state <> 'CANCELLED' GROUP BY o.owner, t.currency ORDER BY "
                                      "SUM(t.total_amount - COALESCE(t.closed_total_amount, 0)) DESC, o.owner LIMIT ?"),
                         mysql::Params(with_limit)));
    for (const mysql::Row& row : rows) {
      pb::OwnerTotal* total = response.add_owners();
      if (!row[0].is_null()) total->set_owner(absl::StrCat("employees/", row[0].text()));
      total->set_currency(row[1].text());
      total->set_count(row[2].integer());
      ASSIGN_OR_RETURN(const Decimal sum, Decimal::Parse(row[3].text(), "total"));
      SetAmount(sum, row[1].text(), total->mutable_total());
    }
    ASSIGN_OR_RETURN(rows, connection.Query(absl::StrCat("SELECT COUNT(l.position) FROM orders t JOIN orders_lines l "
                                                         "ON l.parent_id = t.id",
                                                         where),
                                            mysql::Params(params)));
    response.set_lines(rows[0][0].integer());
    return absl::OkStatus();
  }));
  return response;
}

// Adds a handler of one verb; `fn` is called with the call and the request.
template <typename Request, typename Fn>
void AddVerb(rpc::Registry* registry, absl::string_view method, Fn fn) {
  registry->Add<Request, pb::Order>(
      Rpc(method),
      [fn](rpc::Call& call, const Request& request) -> absl::StatusOr<pb::Order> { return fn(call, request); });
}

}  // namespace

void RegisterOrders(const Context& context, rpc::Registry* registry) {
  SetOrderHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<pb::CreateOrderRequest>(registry, "CreateOrder",
                                  [context](auto& call, const auto& request) { return Enter(context, call, request); });
  AddVerb<pb::ReviewOrderRequest>(
      registry, "ReviewOrder", [context](auto& call, const auto& request) { return Review(context, call, request); });
  AddVerb<pb::ReleaseOrderRequest>(registry, "ReleaseOrder", [context](auto& call, const auto& request) {
    return WithCredit(
        context, call, request,
        [](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) { return Release(work, book, change); },
        /*releases=*/true);
  });
  AddVerb<pb::OverrideReleaseOrderRequest>(registry, "OverrideReleaseOrder",
                                           [context](auto& call, const auto& request) {
                                             return WithCredit(
                                                 context, call, request,
                                                 [&](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) {
                                                   return OverrideRelease(work, book, request.reason(), change);
                                                 },
                                                 /*releases=*/true);
                                           });
  AddVerb<pb::HoldOrderRequest>(registry, "HoldOrder", [context](auto& call, const auto& request) {
    return Alone(context, call, request, [](UnitOfWork&, Change<pb::Order>* change) {
      change->after.set_state_before(change->before.state());
      return absl::OkStatus();
    });
  });
  AddVerb<pb::ResumeOrderRequest>(registry, "ResumeOrder", [context](auto& call, const auto& request) {
    return WithCredit(context, call, request, [](UnitOfWork&, CreditBook& book, Change<pb::Order>* change) {
      GoOn(change);
      return ReserveAgain(book, change->before, /*overridden=*/false);
    });
  });
  AddVerb<pb::OverrideOrderCreditRequest>(registry, "OverrideOrderCredit", [context](auto& call, const auto& request) {
    return WithCredit(
        context, call, request, [&](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) -> absl::Status {
          const pb::Order& order = change->before;
          RETURN_IF_ERROR(rules::CheckReason(request.reason()));
          if (!order.credit_hold()) {
            return FailedPrecondition("NOT_A_CREDIT_HOLD", order.name(), "the order is not on hold for credit");
          }
          RETURN_IF_ERROR(
              rules::CheckOtherPerson(order.name(), work.actor().subject, order.enterer(), "entered the order"));
          GoOn(change);
          return ReserveAgain(book, order, /*overridden=*/true);
        });
  });
  AddVerb<pb::CancelOrderRequest>(registry, "CancelOrder", [context](auto& call, const auto& request) {
    return WithCredit(context, call, request, [&](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) {
      return CancelOrder(work, book, request.reason(), change);
    });
  });
  AddVerb<pb::CloseOrderShortRequest>(registry, "CloseOrderShort", [context](auto& call, const auto& request) {
    return WithCredit(context, call, request, [&](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) {
      return CloseOrderShort(work, book, request.reason(), change);
    });
  });
  AddVerb<pb::ReopenOrderRequest>(registry, "ReopenOrder", [context](auto& call, const auto& request) {
    return WithCredit(context, call, request, [&](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) {
      return Reopen(context, work, book, change);
    });
  });
  AddVerb<pb::DisputeOrderRequest>(registry, "DisputeOrder", [context](auto& call, const auto& request) {
    return Alone(context, call, request, [](UnitOfWork&, Change<pb::Order>*) { return absl::OkStatus(); });
  });
  AddVerb<pb::ResolveOrderRequest>(registry, "ResolveOrder", [context](auto& call, const auto& request) {
    return Alone(context, call, request,
                 [](UnitOfWork& work, Change<pb::Order>* change) { return SettleIfPaid(work, &change->after); });
  });
  registry->Add<pb::SummarizeOrdersRequest, pb::SummarizeOrdersResponse>(
      Rpc("SummarizeOrders"), [context](rpc::Call& call, const pb::SummarizeOrdersRequest& request) {
        return Summarize(context, call, request);
      });
}

}  // namespace kam::contract

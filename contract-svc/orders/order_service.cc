// kam.order.v1.OrderService (C-18, C-19, C-21, C-34).
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/authors.h"
#include "contract-svc/orders/gift_sale.h"
#include "contract-svc/orders/issue_note.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/orders/order_close.h"
#include "contract-svc/orders/order_entry.h"
#include "contract-svc/orders/release_authority.h"
#include "contract-svc/orders/terms.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order_service.pb.h"

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

// An order's verb that touches credit: locks the customer's credit account, then the order.
// `releases`: the goods may leave afterwards, so the contract is looked at, and locked, before the order.
template <typename Request, typename Fn>
absl::StatusOr<pb::Order> WithCredit(const Context& context, rpc::Call& call, const Request& request, Fn fn,
                                     bool releases = false) {
  RETURN_IF_ERROR(EnsureNamesOf(context.directory, call, {}));
  return context.runtime.Write<pb::Order>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Order> {
    ASSIGN_OR_RETURN(const std::string account,
                     ReferenceOfRow(work, pb::Order::descriptor(), "account", request.name()));
    ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, account));
    if (releases) RETURN_IF_ERROR(CheckContractOfOrder(work, request.name()));
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Order>(request));
    change.after.set_history(false);
    if (releases) RETURN_IF_ERROR(CheckGiftMayLeave(work, change.before));
    RETURN_IF_ERROR(fn(work, book, &change));
    ASSIGN_OR_RETURN(pb::Order saved, work.Save(std::move(change)));
    RETURN_IF_ERROR(book.Save());
    return saved;
  });
}

absl::StatusOr<pb::Order> Review(const Context& context, rpc::Call& call, const pb::ReviewOrderRequest& request) {
  RETURN_IF_ERROR(EnsureNamesOf(context.directory, call, {}));
  return context.runtime.Write<pb::Order>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Order> {
    ASSIGN_OR_RETURN(const bool priced, TermsTaken(work, request.name()));
    std::optional<CreditBook> book;
    if (!priced) {
      ASSIGN_OR_RETURN(const std::string account,
                       ReferenceOfRow(work, pb::Order::descriptor(), "account", request.name()));
      ASSIGN_OR_RETURN(CreditBook opened, CreditBook::Open(context, work, account));
      book.emplace(std::move(opened));
      RETURN_IF_ERROR(LockBasis(work, request.name()));
    }
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Order>(request));
    RETURN_IF_ERROR(rules::ReviewOrder(work.actor().subject, work.now(), &change.after));
    RETURN_IF_ERROR(CheckNotAuthor(work, change.before.name(), Rpc("UpdateOrder")));
    ASSIGN_OR_RETURN(const pb::OrderProcedure procedure, ProcedureOf(work, change.before));
    RETURN_IF_ERROR(rules::CheckPapers(procedure, change.before));
    change.after.set_history(false);
    if (book.has_value()) {
      RETURN_IF_ERROR(TakeTermsOfImported(context, work, *book, &change.after));
      RETURN_IF_ERROR(book->Save());
    }
    ASSIGN_OR_RETURN(
        const pb::IssueNote note,
        MakeOutIssueNote(work, change.before, {request.warehouse(), request.outside_stock()}, request.check_result()));
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
  RETURN_IF_ERROR(rules::CheckReviewed(order));
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

absl::Status OverrideRelease(const Context& context, UnitOfWork& work, CreditBook& book, const std::string& reason,
                             Change<pb::Order>* change) {
  const pb::Order& order = change->before;
  RETURN_IF_ERROR(rules::CheckReason(reason));
  RETURN_IF_ERROR(rules::CheckReviewed(order));
  RETURN_IF_ERROR(rules::CheckOtherPerson(order.name(), work.actor().subject, order.enterer(), "entered the order"));
  RETURN_IF_ERROR(rules::CheckOtherPerson(order.name(), work.actor().subject, order.reviewer(), "reviewed the order"));
  RETURN_IF_ERROR(CheckReleaseAuthority(context, work, order));
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

}  // namespace

void RegisterOrders(const Context& context, rpc::Registry* registry) {
  SetOrderHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::CreateOrderRequest, pb::Order>(
      Rpc("CreateOrder"), [context](auto& call, const auto& request) { return EnterOrder(context, call, request); });
  registry->Add<pb::ReviewOrderRequest, pb::Order>(
      Rpc("ReviewOrder"), [context](auto& call, const auto& request) { return Review(context, call, request); });
  AddPersonVerb<pb::Order, pb::ChangeIssueNoteWarehouseRequest>(
      context, Rpc("ChangeIssueNoteWarehouse"), registry,
      [](UnitOfWork& work, const auto& request, Change<pb::Order>* change) {
        return ChangeWarehouse(work, request, change);
      });
  registry->Add<pb::ReleaseOrderRequest, pb::Order>(Rpc("ReleaseOrder"), [context](auto& call, const auto& request) {
    return WithCredit(
        context, call, request,
        [](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) { return Release(work, book, change); },
        /*releases=*/true);
  });
  registry->Add<pb::OverrideReleaseOrderRequest, pb::Order>(
      Rpc("OverrideReleaseOrder"), [context](auto& call, const auto& request) {
        return WithCredit(
            context, call, request,
            [&](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) {
              return OverrideRelease(context, work, book, request.reason(), change);
            },
            /*releases=*/true);
      });
  registry->Add<pb::HoldOrderRequest, pb::Order>(Rpc("HoldOrder"), [context](auto& call, const auto& request) {
    return Alone(context, call, request, [](UnitOfWork&, Change<pb::Order>* change) {
      change->after.set_state_before(change->before.state());
      return absl::OkStatus();
    });
  });
  registry->Add<pb::ResumeOrderRequest, pb::Order>(Rpc("ResumeOrder"), [context](auto& call, const auto& request) {
    return WithCredit(context, call, request, [](UnitOfWork&, CreditBook& book, Change<pb::Order>* change) {
      GoOn(change);
      return ReserveAgain(book, change->before, /*overridden=*/false);
    });
  });
  registry->Add<pb::OverrideOrderCreditRequest, pb::Order>(
      Rpc("OverrideOrderCredit"), [context](auto& call, const auto& request) {
        return WithCredit(
            context, call, request, [&](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) -> absl::Status {
              const pb::Order& order = change->before;
              RETURN_IF_ERROR(rules::CheckReason(request.reason()));
              if (!order.credit_hold()) {
                return FailedPrecondition("NOT_A_CREDIT_HOLD", order.name(), "the order is not on hold for credit");
              }
              RETURN_IF_ERROR(
                  rules::CheckOtherPerson(order.name(), work.actor().subject, order.enterer(), "entered the order"));
              RETURN_IF_ERROR(CheckReleaseAuthority(context, work, order));
              GoOn(change);
              return ReserveAgain(book, order, /*overridden=*/true);
            });
      });
  registry->Add<pb::CancelOrderRequest, pb::Order>(Rpc("CancelOrder"), [context](auto& call, const auto& request) {
    return WithCredit(context, call, request, [&](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) {
      return CancelOrder(work, book, request.reason(), change);
    });
  });
  registry->Add<pb::CloseOrderShortRequest, pb::Order>(
      Rpc("CloseOrderShort"), [context](auto& call, const auto& request) {
        return WithCredit(context, call, request, [&](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) {
          return CloseOrderShort(work, book, request.reason(), change);
        });
      });
  registry->Add<pb::ReopenOrderRequest, pb::Order>(Rpc("ReopenOrder"), [context](auto& call, const auto& request) {
    return WithCredit(context, call, request, [&](UnitOfWork& work, CreditBook& book, Change<pb::Order>* change) {
      return ReopenOrder(context, work, book, request, change);
    });
  });
  registry->Add<pb::DisputeOrderRequest, pb::Order>(Rpc("DisputeOrder"), [context](auto& call, const auto& request) {
    return Alone(context, call, request, [](UnitOfWork&, Change<pb::Order>*) { return absl::OkStatus(); });
  });
  registry->Add<pb::ResolveOrderRequest, pb::Order>(Rpc("ResolveOrder"), [context](auto& call, const auto& request) {
    return Alone(context, call, request,
                 [](UnitOfWork& work, Change<pb::Order>* change) { return SettleIfPaid(work, &change->after); });
  });
  registry->Add<pb::SummarizeOrdersRequest, pb::SummarizeOrdersResponse>(
      Rpc("SummarizeOrders"), [context](rpc::Call& call, const pb::SummarizeOrdersRequest& request) {
        return Summarize(context, call, request);
      });
}

}  // namespace kam::contract

// Goods of orders that came back: part of kam.order.v1.OrderService (C-24, C-09).
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/contracts/return_book.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/order/v1/order_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using mysql::Value;
using resource::UnitOfWork;

constexpr int kReturnsMax = 500;

std::string Rpc(absl::string_view method) { return absl::StrCat("kam.order.v1.OrderService/", method); }

// Of one line, or, with `line` 0, of all.
absl::StatusOr<pb::OrderReturns> Describe(mysql::Connection& connection, const pb::Order& order, int line) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query("SELECT r.order_line, r.product, r.quantity, r.goods_receipt, r.reason, r.actor, r.entry_time, "
                       "t.entry_id, t.reason, (SELECT COALESCE(SUM(n.amount_amount), 0) FROM contract_return_credits c "
                       "JOIN receipts n ON n.id = c.credit_note WHERE c.contract_return = r.entry_id AND n.state <> "
                       "'REVERSED'), COALESCE(r.credit_open, r.quantity) FROM contract_returns r LEFT JOIN "
                       "contract_returns t ON t.takes_back = r.entry_id WHERE r.order_id = ? AND r.takes_back IS NULL "
                       "AND (? = 0 OR r.order_line = ?) ORDER BY r.entry_id DESC LIMIT ?",
                       {Value(IdOf(order.name())), line, line, kReturnsMax}));
  pb::OrderReturns answer;
  answer.set_order(order.name());
  for (const mysql::Row& row : rows) {
    pb::OrderReturn* out = answer.add_returns();
    out->set_order_line_number(static_cast<int>(row[0].integer()));
    out->set_product(absl::StrCat("products/", row[1].text()));
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(row[2].text(), "quantity"));
    out->set_quantity(quantity.ToString());
    out->set_goods_receipt(absl::StrCat("goodsReceipts/", row[3].text()));
    out->set_reason(row[4].text());
    out->set_recorder(row[5].text());
    SetTime(row[6].time(), out->mutable_record_time());
    out->set_taken_back(!row[7].is_null());
    out->set_take_back_reason(row[8].text());
    ASSIGN_OR_RETURN(const Decimal credited, Decimal::Parse(row[9].text(), "credited"));
    rules::SetAmount(credited, order.currency(), out->mutable_credited());
    ASSIGN_OR_RETURN(const Decimal open, Decimal::Parse(row[10].text(), "credit_open"));
    out->set_uncredited_quantity(open.ToString());
  }
  return answer;
}

// Locks the credit account, the contract that the order is of, and the order; then `fn` writes.
template <typename Request, typename Fn>
absl::StatusOr<pb::OrderReturns> ChangeReturns(const Context& context, rpc::Call& call, const Request& request, Fn fn) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::OrderReturns>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::OrderReturns> {
        ASSIGN_OR_RETURN(const std::string account,
                         ReferenceOfRow(work, pb::Order::descriptor(), "account", request.name()));
        ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, account));
        ASSIGN_OR_RETURN(const std::string contract,
                         ReferenceOfRow(work, pb::Order::descriptor(), "contract", request.name()));
        if (!contract.empty()) RETURN_IF_ERROR(work.Load<v1::Contract>(contract).status());
        ASSIGN_OR_RETURN(const auto change, work.Begin<pb::Order>(request));
        RETURN_IF_ERROR(fn(work, book,
                           ReturnedGoods{change.before.name(), request.order_line_number(), request.goods_receipt(),
                                         change.before.contract()}));
        return Describe(work.connection(), change.before, request.order_line_number());
      });
}

}  // namespace

void RegisterOrderReturns(const Context& context, rpc::Registry* registry) {
  registry->Add<pb::RecordOrderReturnRequest, pb::OrderReturns>(
      Rpc("RecordOrderReturn"), [context](rpc::Call& call, const pb::RecordOrderReturnRequest& request) {
        return ChangeReturns(context, call, request,
                             [&](UnitOfWork& work, CreditBook& book, const ReturnedGoods& goods) -> absl::Status {
                               ASSIGN_OR_RETURN(const bool drawn, DrawsOnCommitment(work, goods));
                               return RecordReturn(context, work, book, goods, drawn, request.quantity(),
                                                   request.reason());
                             });
      });
  registry->Add<pb::TakeBackOrderReturnRequest, pb::OrderReturns>(
      Rpc("TakeBackOrderReturn"), [context](rpc::Call& call, const pb::TakeBackOrderReturnRequest& request) {
        return ChangeReturns(context, call, request,
                             [&](UnitOfWork& work, CreditBook& book, const ReturnedGoods& goods) {
                               return TakeBackReturn(context, work, book, goods, request.reason());
                             });
      });
  registry->Add<pb::GetOrderReturnsRequest, pb::OrderReturns>(
      Rpc("GetOrderReturns"),
      [context](rpc::Call& call, const pb::GetOrderReturnsRequest& request) -> absl::StatusOr<pb::OrderReturns> {
        ASSIGN_OR_RETURN(const pb::Order order, context.runtime.Get<pb::Order>(call, request.name()));
        pb::OrderReturns answer;
        RETURN_IF_ERROR(
            context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
              ASSIGN_OR_RETURN(answer, Describe(connection, order, /*line=*/0));
              return absl::OkStatus();
            }));
        return answer;
      });
}

}  // namespace kam::contract

#include "contract-svc/contracts/return_book.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/contracts/commitment_book.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/stock.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/stock.pb.h"

namespace kam::contract {
namespace {

using mysql::Value;
using resource::UnitOfWork;

// The pieces are on a goods receipt of the store that has counted for no other return; from now on they are used.
absl::Status UseGoodsReceipt(UnitOfWork& work, const ReturnedGoods& goods, bool opened, Decimal quantity,
                             const std::string& reason) {
  if (goods.goods_receipt.empty()) {
    return InvalidField("goods_receipt", "FIELD_REQUIRED", "must name the paper on which the store has counted them");
  }
  absl::StatusOr<order::v1::GoodsReceipt> receipt = work.Load<order::v1::GoodsReceipt>(goods.goods_receipt);
  if (absl::IsNotFound(receipt.status())) {
    return InvalidField("goods_receipt", "REFERENCE_NOT_FOUND", "does not exist", {{"reference", goods.goods_receipt}});
  }
  RETURN_IF_ERROR(receipt.status());
  // It becomes money of the customer: not by the word of one.
  RETURN_IF_ERROR(
      rules::CheckOtherPerson(receipt->name(), work.actor().subject, receipt->receiver(), "counted the goods"));
  mysql::Connection& connection = work.connection();
  ASSIGN_OR_RETURN(std::vector<mysql::Row> rows,
                   connection.Query("SELECT d.order_id FROM deliveries d WHERE d.id = ?", {IdOf(receipt->delivery())}));
  const std::string delivered = rows.empty() ? "" : absl::StrCat("orders/", rows[0][0].text());
  ASSIGN_OR_RETURN(rows, connection.Query("SELECT l.product FROM orders_lines l WHERE l.parent_id = ? AND "
                                          "l.line_number = ?",
                                          {IdOf(goods.order), goods.order_line}));
  const std::string product = rows.empty() ? "" : rows[0][0].text();
  ASSIGN_OR_RETURN(rows, connection.Query("SELECT COALESCE(SUM(r.quantity), 0) FROM contract_returns r WHERE "
                                          "r.goods_receipt = ? AND r.product = ?",
                                          {IdOf(receipt->name()), product}));
  ASSIGN_OR_RETURN(const Decimal used, Decimal::Parse(rows[0][0].text(), "quantity"));
  RETURN_IF_ERROR(
      rules::CheckReturned(*receipt, delivered, goods.order, absl::StrCat("products/", product), used, quantity));
  ASSIGN_OR_RETURN(const std::string id, work.NewId());
  return connection
      .Execute(
          "INSERT INTO contract_returns (entry_id, goods_receipt, product, contract, order_id, order_line, quantity, "
          "credit_open, opened, reason, entry_time, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          {id, IdOf(receipt->name()), product, ContractValue(goods), IdOf(goods.order), goods.order_line,
           quantity.ToString(), quantity.ToString(), opened, reason, work.now(), work.actor().subject})
      .status();
}

// Before it is written down: so much of the line is with the customer.
absl::Status CheckWithCustomer(UnitOfWork& work, const ReturnedGoods& goods, Decimal quantity) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT COALESCE(l.delivered_quantity, 0), (SELECT COALESCE(SUM(r.quantity), 0) FROM "
                              "contract_returns r WHERE r.order_id = l.parent_id AND r.order_line = l.line_number) "
                              "FROM orders_lines l WHERE l.parent_id = ? AND l.line_number = ?",
                              {Value(IdOf(goods.order)), goods.order_line}));
  if (rows.empty()) {
    return InvalidField("order_line_number", "ORDER_LINE_UNKNOWN", "the order has no such line",
                        {{"line", absl::StrCat(goods.order_line)}});
  }
  ASSIGN_OR_RETURN(const Decimal delivered, Decimal::Parse(rows[0][0].text(), "delivered_quantity"));
  ASSIGN_OR_RETURN(const Decimal back, Decimal::Parse(rows[0][1].text(), "quantity"));
  ASSIGN_OR_RETURN(const Decimal returnable, Subtract(delivered, back));
  return rules::CheckReturnable(goods.order, goods.order_line, returnable, quantity);
}

}  // namespace

absl::StatusOr<bool> DrawsOnCommitment(UnitOfWork& work, const ReturnedGoods& goods) {
  if (goods.contract.empty()) return false;
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT d.order_line FROM contract_draws d WHERE d.order_id = ? AND "
                                           "d.contract = ? AND d.order_line = ? LIMIT 1",
                                           {Value(IdOf(goods.order)), Value(IdOf(goods.contract)), goods.order_line}));
  return !rows.empty();
}

absl::Status RecordReturn(const Context& context, UnitOfWork& work, CreditBook& book, const ReturnedGoods& goods,
                          bool drawn, const std::string& quantity, const std::string& reason) {
  RETURN_IF_ERROR(rules::CheckReason(reason));
  ASSIGN_OR_RETURN(const Decimal back, Decimal::Parse(quantity, "quantity"));
  if (!drawn) RETURN_IF_ERROR(CheckWithCustomer(work, goods, back));
  RETURN_IF_ERROR(UseGoodsReceipt(work, goods, drawn, back, reason));
  if (drawn) RETURN_IF_ERROR(PostReturn(work, goods.contract, goods.order, goods.order_line, back));
  RETURN_IF_ERROR(CreditReturns(context, work, goods.order));
  return book.Save();
}

absl::Status TakeBackReturn(const Context& context, UnitOfWork& work, CreditBook& book, const ReturnedGoods& goods,
                            const std::string& reason) {
  RETURN_IF_ERROR(rules::CheckReason(reason));
  ASSIGN_OR_RETURN(const Decimal opened, UndoReturns(work, book, goods, reason));
  if (!opened.is_zero()) {
    RETURN_IF_ERROR(UndoReturn(work, goods.contract, goods.order, goods.order_line, opened));
  }
  // What else came back of the line may be credited instead.
  RETURN_IF_ERROR(CreditReturns(context, work, goods.order));
  return book.Save();
}

}  // namespace kam::contract

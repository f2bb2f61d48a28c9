#include "contract-svc/orders/issue_note.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "contract-svc/orders/serial_book.h"
#include "contract-svc/orders/stock_book.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/stock.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/order_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using resource::Change;
using resource::UnitOfWork;

// The site whose code the warehouse is; empty: none that is in use.
absl::StatusOr<std::string> SiteOf(UnitOfWork& work, const std::string& warehouse) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT s.id FROM stock_sites s WHERE s.code = ? AND s.archive_time IS NULL",
                                           {mysql::Value(warehouse)}));
  return rows.empty() ? std::string() : absl::StrCat("stockSites/", rows[0][0].text());
}

// `warehouse` is no site: none of the goods that it hands out is in stock, free to leave, in a store of ours.
template <typename Lines>
absl::Status CheckNotInStock(UnitOfWork& work, const std::string& order, const std::string& warehouse,
                             const Lines& lines) {
  std::vector<mysql::Value> products;
  for (const auto& line : lines) products.emplace_back(IdOf(line.product()));
  const std::vector<std::string> marks(products.size(), "?");
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(absl::StrCat("SELECT i.product, s.code FROM stock_items i JOIN stock_sites s ON s.id = "
                                           "i.site WHERE i.quantity > 0 AND i.stock_status = 'AVAILABLE' AND "
                                           "s.archive_time IS NULL AND s.site_kind = 'WAREHOUSE' AND i.product IN (",
                                           absl::StrJoin(marks, ", "), ") ORDER BY i.product, s.code LIMIT 1"),
                              mysql::Params(products)));
  if (rows.empty()) return absl::OkStatus();
  return rules::CheckWarehouse(order, warehouse, absl::StrCat("products/", rows[0][0].text()), rows[0][1].text());
}

// What of every line is on its way or was on it until the customer said how much of it he takes.
absl::StatusOr<std::map<int, Decimal>> UnderWay(UnitOfWork& work, const pb::Order& order) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT l.line_number, SUM(l.quantity) FROM deliveries d JOIN "
                                           "deliveries_lines l ON l.parent_id = d.id WHERE d.order_id = ? AND d.state "
                                           "= 'SHIPPED' GROUP BY l.line_number",
                                           {mysql::Value(IdOf(order.name()))}));
  std::map<int, Decimal> quantities;
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(quantities[static_cast<int>(row[0].integer())], Decimal::Parse(row[1].text(), "quantity"));
  }
  return quantities;
}

}  // namespace

absl::StatusOr<pb::IssueNote> MakeOutIssueNote(UnitOfWork& work, const pb::Order& order, const IssuePlace& place,
                                               const std::string& check_result, const std::string& replaces) {
  pb::IssueNote note;
  note.set_account(order.account());
  note.set_order(order.name());
  note.set_warehouse(place.warehouse);
  note.set_outside_stock(place.outside_stock);
  note.set_issuer(work.actor().subject);
  note.set_check_result(check_result);
  note.set_replaces(replaces);
  ASSIGN_OR_RETURN(const auto under_way, UnderWay(work, order));
  for (const pb::OrderLine& line : order.lines()) {
    ASSIGN_OR_RETURN(Decimal rest, rules::WantedQuantity(line));
    ASSIGN_OR_RETURN(const Decimal delivered, rules::QuantityOf(line.delivered_quantity(), "delivered_quantity"));
    ASSIGN_OR_RETURN(rest, Subtract(rest, delivered));
    const auto sent = under_way.find(line.line_number());
    if (sent != under_way.end()) {
      ASSIGN_OR_RETURN(rest, Subtract(rest, sent->second));
    }
    if (rest.sign() <= 0) continue;
    pb::IssueNoteLine* issued = note.add_lines();
    issued->set_line_number(line.line_number());
    issued->set_product(line.product());
    issued->set_quantity(rest.ToString());
  }
  if (note.lines().empty()) {
    return FailedPrecondition("NOTHING_OPEN", order.name(), "everything of the order has left");
  }
  ASSIGN_OR_RETURN(const std::string site, SiteOf(work, place.warehouse));
  if (!site.empty() && place.outside_stock) {
    return InvalidField("outside_stock", "FIELDS_EXCLUSIVE",
                        "the warehouse is a stock site: its goods are of the stock",
                        {{"warehouse", place.warehouse}, {"site", site}});
  }
  if (site.empty() && !place.outside_stock) {
    RETURN_IF_ERROR(CheckNotInStock(work, order.name(), place.warehouse, note.lines()));
  }
  note.set_site(site);
  return work.Insert(std::move(note));
}

absl::Status CancelIssueNote(UnitOfWork& work, const pb::Order& order) {
  if (order.issue_note().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pb::IssueNote note, work.Load<pb::IssueNote>(order.issue_note()));
  Change<pb::IssueNote> change{note, note};
  change.after.set_cancelled(true);
  return work.Save(std::move(change)).status();
}

absl::Status ChangeWarehouse(UnitOfWork& work, const pb::ChangeIssueNoteWarehouseRequest& request,
                             Change<pb::Order>* change) {
  const pb::Order& order = change->before;
  RETURN_IF_ERROR(rules::CheckReason(request.reason()));
  RETURN_IF_ERROR(rules::CheckOtherPerson(order.name(), work.actor().subject, order.enterer(), "entered the order"));
  RETURN_IF_ERROR(rules::CheckReviewed(order));
  ASSIGN_OR_RETURN(const pb::IssueNote former, work.Load<pb::IssueNote>(order.issue_note()));
  RETURN_IF_ERROR(CancelIssueNote(work, order));
  ASSIGN_OR_RETURN(const pb::IssueNote note,
                   MakeOutIssueNote(work, order, {request.warehouse(), request.outside_stock()}, former.check_result(),
                                    former.replaces().empty() ? former.name() : former.replaces()));
  change->after.set_issue_note(note.name());
  return absl::OkStatus();
}

absl::Status IssueDelivery(const Context& context, UnitOfWork& work, const std::string& issue_note,
                           const pb::Delivery& delivery) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT n.warehouse, n.outside_stock FROM issue_notes n WHERE n.id = ?",
                                           {mysql::Value(IdOf(issue_note))}));
  if (rows.empty()) return absl::OkStatus();
  if (rows[0][1].integer() != 0) return CheckSerialsNotInStock(work, delivery);
  const std::string warehouse = rows[0][0].text();
  // By its code: a site that was set up after the note was made out keeps its goods as well.
  ASSIGN_OR_RETURN(const std::string site, SiteOf(work, warehouse));
  if (site.empty()) {
    RETURN_IF_ERROR(CheckNotInStock(work, delivery.order(), warehouse, delivery.lines()));
    return CheckSerialsNotInStock(work, delivery);
  }
  ASSIGN_OR_RETURN(StockBook book, StockBook::Open(context, work, site, delivery.name()));
  for (const auto& line : delivery.lines()) {
    bool numbered = false;
    for (const auto& serial : delivery.serials()) {
      if (serial.line_number() != line.line_number()) continue;
      numbered = true;
      RETURN_IF_ERROR(book.TakeSerial(line.product(), serial.serial_number(), pb::STOCK_ENTRY_KIND_ISSUE));
    }
    if (numbered) continue;
    ASSIGN_OR_RETURN(const Decimal quantity, rules::QuantityOf(line.quantity(), "quantity"));
    RETURN_IF_ERROR(book.Take(line.product(), quantity, pb::STOCK_ENTRY_KIND_ISSUE));
  }
  return absl::OkStatus();
}

}  // namespace kam::contract

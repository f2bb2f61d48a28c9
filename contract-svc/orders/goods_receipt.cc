// Goods receipts and damage reports of kam.order.v1.StockService (C-24).
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/orders/stock_book.h"
#include "contract-svc/orders/stock_papers.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/delivery.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/stock.h"
#include "contract-svc/rules/supply.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/delivery.pb.h"
#include "kam/order/v1/stock_service.pb.h"
#include "kam/order/v1/supply.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using resource::Change;
using resource::UnitOfWork;

std::string Rpc(absl::string_view method) { return absl::StrCat("kam.order.v1.StockService/", method); }

// Numbered pieces that a customer sends back were delivered to him, and are with him no more.
absl::Status TakeSerialsBack(UnitOfWork& work, const pb::Delivery& delivery, const pb::GoodsReceipt& receipt) {
  std::set<std::string> numbered, counted;
  for (const pb::DeliverySerial& serial : delivery.serials()) {
    for (const pb::DeliveryLine& line : delivery.lines()) {
      if (line.line_number() == serial.line_number()) numbered.insert(line.product());
    }
  }
  for (const pb::GoodsReceiptSerial& serial : receipt.serials()) counted.insert(serial.product());
  for (const pb::GoodsReceiptLine& line : receipt.lines()) {
    ASSIGN_OR_RETURN(const Decimal received, rules::QuantityOf(line.received_quantity(), "received_quantity"));
    if (received.is_zero() || numbered.count(line.product()) == 0 || counted.count(line.product()) > 0) continue;
    return InvalidField("serials", "SERIALS_INCOMPLETE", "what was delivered by its numbers comes back by its numbers",
                        {{"product", line.product()}});
  }
  for (const pb::GoodsReceiptSerial& serial : receipt.serials()) {
    ASSIGN_OR_RETURN(const int64_t found,
                     work.connection().Execute(
                         "DELETE FROM delivered_serials WHERE product = ? AND serial_number = ? AND delivery = ?",
                         {IdOf(serial.product()), serial.serial_number(), IdOf(receipt.delivery())}));
    if (found > 0) continue;
    return FailedPrecondition("SERIAL_NOT_DELIVERED", receipt.name(),
                              absl::StrCat("the piece ", serial.serial_number(), " is not one of this delivery"),
                              {{"serialNumber", serial.serial_number()}, {"product", serial.product()}});
  }
  return absl::OkStatus();
}

// What the customer did not take of the delivery, or has accepted of it, and what of it has come back, by product.
absl::Status CheckReturn(UnitOfWork& work, const pb::GoodsReceipt& receipt) {
  if (receipt.delivery().empty()) return absl::OkStatus();
  const bool accepted = receipt.kind() == pb::GOODS_RECEIPT_KIND_CUSTOMER_RETURN;
  ASSIGN_OR_RETURN(const pb::Delivery delivery, work.Load<pb::Delivery>(receipt.delivery()));
  ASSIGN_OR_RETURN(const rules::LineQuantities returnable,
                   accepted ? rules::AcceptedOf(delivery) : rules::LostOf(delivery));
  std::map<std::string, Decimal> by_product, returned;
  for (const pb::DeliveryLine& line : delivery.lines()) {
    const auto found = returnable.find(line.line_number());
    if (found == returnable.end()) continue;
    Decimal& sum = by_product[line.product()];
    ASSIGN_OR_RETURN(sum, Add(sum, found->second));
  }
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT l.product, SUM(l.received_quantity) FROM goods_receipts g JOIN "
                              "goods_receipts_lines l ON l.parent_id = g.id WHERE g.delivery = ? AND g.state = "
                              "'POSTED' AND g.receipt_kind = ? GROUP BY l.product",
                              {IdOf(receipt.delivery()), accepted ? "CUSTOMER_RETURN" : "RETURN"}));
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(returned[absl::StrCat("products/", row[0].text())], Decimal::Parse(row[1].text(), "quantity"));
  }
  RETURN_IF_ERROR(rules::CheckReturn(by_product, returned, receipt));
  return accepted ? TakeSerialsBack(work, delivery, receipt) : absl::OkStatus();
}

// What came is counted at the order it was ordered by.
absl::Status CountAtManufacturer(UnitOfWork& work, const pb::GoodsReceipt& receipt) {
  if (receipt.manufacturer_order().empty()) return absl::OkStatus();
  std::map<std::string, Decimal> received;
  for (const pb::GoodsReceiptLine& line : receipt.lines()) {
    ASSIGN_OR_RETURN(received[line.product()], rules::QuantityOf(line.received_quantity(), "received_quantity"));
  }
  ASSIGN_OR_RETURN(const pb::ManufacturerOrder order, work.Load<pb::ManufacturerOrder>(receipt.manufacturer_order()));
  Change<pb::ManufacturerOrder> change{order, order};
  RETURN_IF_ERROR(rules::CountReceived(received, &change.after));
  return work.Save(std::move(change)).status();
}

// Damaged goods wait in quarantine, with a report for the service department.
absl::Status BringDamaged(UnitOfWork& work, StockBook& book, const std::string& product, const std::string& serial,
                          Decimal quantity, const std::string& where) {
  if (quantity.is_zero()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pb::StockItem item,
                   book.Bring({product, serial, pb::STOCK_STATUS_QUARANTINED, quantity}, pb::STOCK_ENTRY_KIND_RECEIPT));
  pb::DamageReport report;
  report.set_item(item.name());
  report.set_site(item.site());
  report.set_product(product);
  report.set_serial_number(serial);
  report.set_quantity(quantity.ToString());
  report.set_description(absl::StrCat("found damaged at the goods receipt ", where));
  report.set_reporter(work.actor().subject);
  report.set_state(pb::DAMAGE_REPORT_STATE_REPORTED);
  return work.Insert(std::move(report)).status();
}

absl::Status BringAll(UnitOfWork& work, StockBook& book, const pb::GoodsReceipt& receipt) {
  for (const pb::GoodsReceiptLine& line : receipt.lines()) {
    bool numbered = false;
    for (const pb::GoodsReceiptSerial& serial : receipt.serials()) {
      if (serial.product() != line.product()) continue;
      numbered = true;
      if (serial.damaged()) {
        RETURN_IF_ERROR(
            BringDamaged(work, book, line.product(), serial.serial_number(), Decimal::FromInt(1), receipt.number()));
      } else {
        RETURN_IF_ERROR(
            book.Bring({line.product(), serial.serial_number(), pb::STOCK_STATUS_AVAILABLE, Decimal::FromInt(1)},
                       pb::STOCK_ENTRY_KIND_RECEIPT)
                .status());
      }
    }
    if (numbered) continue;
    ASSIGN_OR_RETURN(const Decimal received, rules::QuantityOf(line.received_quantity(), "received_quantity"));
    ASSIGN_OR_RETURN(const Decimal damaged, rules::QuantityOf(line.damaged_quantity(), "damaged_quantity"));
    ASSIGN_OR_RETURN(const Decimal whole, Subtract(received, damaged));
    if (!whole.is_zero()) {
      RETURN_IF_ERROR(
          book.Bring({line.product(), "", pb::STOCK_STATUS_AVAILABLE, whole}, pb::STOCK_ENTRY_KIND_RECEIPT).status());
    }
    RETURN_IF_ERROR(BringDamaged(work, book, line.product(), "", damaged, receipt.number()));
  }
  return absl::OkStatus();
}

absl::StatusOr<pb::GoodsReceipt> CheckIn(const Context& context, rpc::Call& call,
                                         const pb::CheckGoodsReceiptRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::GoodsReceipt>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::GoodsReceipt> {
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::GoodsReceipt>(request));
        pb::GoodsReceipt& receipt = change.after;
        RETURN_IF_ERROR(rules::CountReceipt(request, &receipt));
        RETURN_IF_ERROR(CheckReturn(work, receipt));
        receipt.set_receiver(work.actor().subject);
        receipt.set_sender_signatory(request.sender_signatory());
        receipt.set_check_document(request.check_document());
        receipt.set_received_date(context.Today(work.now()));
        RETURN_IF_ERROR(CountAtManufacturer(work, receipt));
        ASSIGN_OR_RETURN(StockBook book, StockBook::Open(context, work, receipt.site(), receipt.name()));
        RETURN_IF_ERROR(BringAll(work, book, receipt));
        return work.Save(std::move(change));
      });
}

// Of goods in stock: they go into quarantine, and the report names the part that does.
absl::Status Report(const Context& context, UnitOfWork& work, pb::DamageReport* report) {
  RETURN_IF_ERROR(Validate(work, *report));
  const auto missing = [&] {
    return InvalidField("damage_report.item", "REFERENCE_NOT_FOUND", "does not exist", {{"reference", report->item()}});
  };
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT i.site FROM stock_items i WHERE i.id = ?", {mysql::Value(IdOf(report->item()))}));
  if (rows.empty()) return missing();
  ASSIGN_OR_RETURN(StockBook book,
                   StockBook::Open(context, work, absl::StrCat("stockSites/", rows[0][0].text()), report->item()));
  ASSIGN_OR_RETURN(const pb::StockItem item, work.Load<pb::StockItem>(report->item()));
  RETURN_IF_ERROR(rules::CheckReportable(item));
  ASSIGN_OR_RETURN(const Decimal quantity, rules::QuantityOf(report->quantity(), "damage_report.quantity"));
  ASSIGN_OR_RETURN(const pb::StockItem held, book.Convert(item, quantity, pb::STOCK_STATUS_QUARANTINED));
  report->set_item(held.name());
  report->set_site(held.site());
  report->set_product(held.product());
  report->set_serial_number(held.serial_number());
  report->set_reporter(work.actor().subject);
  report->set_state(pb::DAMAGE_REPORT_STATE_REPORTED);
  return absl::OkStatus();
}

absl::Status Follow(StockBook& book, const pb::StockItem& item, Decimal quantity, pb::DamageVerdict verdict) {
  switch (verdict) {
    case pb::DAMAGE_VERDICT_SELLABLE:
      return book.Convert(item, quantity, pb::STOCK_STATUS_AVAILABLE).status();
    case pb::DAMAGE_VERDICT_REPAIR:
      return book.Convert(item, quantity, pb::STOCK_STATUS_DAMAGED).status();
    case pb::DAMAGE_VERDICT_RETURN_TO_SUPPLIER:
      return book.TakeFrom(item, quantity, pb::STOCK_ENTRY_KIND_RETURN_OUT);
    default:
      return book.TakeFrom(item, quantity, pb::STOCK_ENTRY_KIND_SCRAP);
  }
}

absl::StatusOr<pb::DamageReport> Appraise(const Context& context, rpc::Call& call,
                                          const pb::AppraiseDamageRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::DamageReport>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::DamageReport> {
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::DamageReport>(request));
        pb::DamageReport& report = change.after;
        RETURN_IF_ERROR(
            rules::CheckOtherPerson(report.name(), work.actor().subject, report.reporter(), "reported the damage"));
        report.set_appraiser(work.actor().subject);
        SetTime(work.now(), report.mutable_appraise_time());
        report.set_cause(request.cause());
        report.set_verdict(request.verdict());
        report.set_opinion(request.opinion());
        if (request.has_claim_amount()) *report.mutable_claim_amount() = request.claim_amount();
        ASSIGN_OR_RETURN(StockBook book, StockBook::Open(context, work, report.site(), report.name()));
        ASSIGN_OR_RETURN(const pb::StockItem item, work.Load<pb::StockItem>(report.item()));
        ASSIGN_OR_RETURN(const Decimal quantity, rules::QuantityLeft(item, report));
        report.set_followed_quantity(quantity.ToString());
        if (!quantity.is_zero()) RETURN_IF_ERROR(Follow(book, item, quantity, request.verdict()));
        return work.Save(std::move(change));
      });
}

void SetHooks(const Context& context) {
  resource::Hooks receipts;
  receipts.prepare = PrepareNames(context);
  receipts.on_create =
      resource::OnCreate<pb::GoodsReceipt>([](UnitOfWork& work, pb::GoodsReceipt* receipt) -> absl::Status {
        RETURN_IF_ERROR(Validate(work, *receipt));
        receipt->set_state(pb::GOODS_RECEIPT_STATE_DRAFT);
        return rules::CheckAnnouncement(*receipt);
      });
  receipts.on_update = resource::OnUpdate<pb::GoodsReceipt>(
      [](UnitOfWork&, const pb::GoodsReceipt& before, pb::GoodsReceipt* after) -> absl::Status {
        if (before.state() != pb::GOODS_RECEIPT_STATE_DRAFT) {
          return FailedPrecondition("GOODS_RECEIPT_POSTED", before.name(), "what was counted and signed is not changed",
                                    {{"state", pb::GoodsReceiptState_Name(before.state())}});
        }
        return rules::CheckAnnouncement(*after);
      });
  context.runtime.SetHooks(pb::GoodsReceipt::descriptor(), std::move(receipts));

  resource::Hooks reports;
  reports.prepare = PrepareNames(context);
  reports.on_create = resource::OnCreate<pb::DamageReport>(
      [context](UnitOfWork& work, pb::DamageReport* report) { return Report(context, work, report); });
  context.runtime.SetHooks(pb::DamageReport::descriptor(), std::move(reports));
}

}  // namespace

void RegisterGoodsReceipts(const Context& context, rpc::Registry* registry) {
  SetHooks(context);
  registry->Add<pb::CheckGoodsReceiptRequest, pb::GoodsReceipt>(
      Rpc("CheckGoodsReceipt"), [context](rpc::Call& call, const pb::CheckGoodsReceiptRequest& request) {
        return CheckIn(context, call, request);
      });
  registry->Add<pb::CancelGoodsReceiptRequest, pb::GoodsReceipt>(
      Rpc("CancelGoodsReceipt"),
      [context](rpc::Call& call, const pb::CancelGoodsReceiptRequest& request) -> absl::StatusOr<pb::GoodsReceipt> {
        return context.runtime.Write<pb::GoodsReceipt>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::GoodsReceipt> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::GoodsReceipt>(request));
              RETURN_IF_ERROR(rules::CheckReason(request.reason()));
              return work.Save(std::move(change));
            });
      });
  registry->Add<pb::AppraiseDamageRequest, pb::DamageReport>(
      Rpc("AppraiseDamage"), [context](rpc::Call& call, const pb::AppraiseDamageRequest& request) {
        return Appraise(context, call, request);
      });
}

}  // namespace kam::contract

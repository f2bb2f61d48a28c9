// Stock transfers of kam.order.v1.StockService (C-24, C-25).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/orders/stock_book.h"
#include "contract-svc/orders/stock_papers.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/stock.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/stock_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using resource::UnitOfWork;

struct Sites {
  StockBook from, to;
};

// Both sites, locked by their names: of two transfers between the same two one waits for the other.
absl::StatusOr<Sites> OpenBoth(const Context& context, UnitOfWork& work, const std::string& from, const std::string& to,
                               const std::string& source) {
  const auto& [first, second] = std::minmax(from, to);
  ASSIGN_OR_RETURN(StockBook one, StockBook::Open(context, work, first, source));
  absl::StatusOr<StockBook> other = StockBook::Open(context, work, second, source);
  RETURN_IF_ERROR(other.status());
  if (first == from) return Sites{std::move(one), *std::move(other)};
  return Sites{*std::move(other), std::move(one)};
}

absl::Status Missing(const std::string& field, const std::string& name) {
  return InvalidField(absl::StrCat("stock_transfer.", field), "REFERENCE_NOT_FOUND", "does not exist",
                      {{"reference", name}});
}

absl::Status Record(const Context& context, UnitOfWork& work, pb::StockTransfer* transfer) {
  RETURN_IF_ERROR(Validate(work, *transfer));
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT i.site FROM stock_items i WHERE i.id = ?",
                                           {mysql::Value(IdOf(transfer->item()))}));
  if (rows.empty()) return Missing("item", transfer->item());
  transfer->set_from_site(absl::StrCat("stockSites/", rows[0][0].text()));
  const absl::StatusOr<Sites> sites =
      OpenBoth(context, work, transfer->from_site(), transfer->to_site(), transfer->item());
  if (absl::IsNotFound(sites.status())) return Missing("to_site", transfer->to_site());
  RETURN_IF_ERROR(sites.status());
  RETURN_IF_ERROR(rules::CheckTransfer(sites->from.site(), sites->to.site()));
  ASSIGN_OR_RETURN(const pb::StockItem item, work.Load<pb::StockItem>(transfer->item()));
  if (item.site() != transfer->from_site()) {
    return FailedPrecondition("SERIAL_NOT_IN_STOCK", item.name(),
                              absl::StrCat("the piece ", item.serial_number(), " has gone to another site meanwhile"),
                              {{"serialNumber", item.serial_number()}, {"product", item.product()}});
  }
  RETURN_IF_ERROR(rules::CheckReportable(item));
  transfer->set_product(item.product());
  transfer->set_serial_number(item.serial_number());
  transfer->set_transfer_date(context.Today(work.now()));
  transfer->set_recorder(work.actor().subject);
  return absl::OkStatus();
}

// Once the transfer has its name, which both postings bear.
absl::Status Move(const Context& context, UnitOfWork& work, const pb::StockTransfer& transfer) {
  ASSIGN_OR_RETURN(Sites sites, OpenBoth(context, work, transfer.from_site(), transfer.to_site(), transfer.name()));
  ASSIGN_OR_RETURN(const pb::StockItem item, work.Load<pb::StockItem>(transfer.item()));
  ASSIGN_OR_RETURN(const Decimal quantity, rules::QuantityOf(transfer.quantity(), "stock_transfer.quantity"));
  RETURN_IF_ERROR(sites.from.TakeFrom(item, quantity, pb::STOCK_ENTRY_KIND_TRANSFER_OUT));
  return sites.to
      .Bring({item.product(), item.serial_number(), item.status(), quantity, item.received_date()},
             pb::STOCK_ENTRY_KIND_TRANSFER_IN)
      .status();
}

}  // namespace

void RegisterStockTransfers(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::StockTransfer>(
      [context](UnitOfWork& work, pb::StockTransfer* transfer) { return Record(context, work, transfer); });
  hooks.on_saved = resource::OnSaved<pb::StockTransfer>(
      [context](UnitOfWork& work, const pb::StockTransfer* before, const pb::StockTransfer& after) {
        return before == nullptr ? Move(context, work, after) : absl::OkStatus();
      });
  context.runtime.SetHooks(pb::StockTransfer::descriptor(), std::move(hooks));
}

}  // namespace kam::contract

// Stock-takes of kam.order.v1.StockService (C-25).
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/orders/stock_book.h"
#include "contract-svc/orders/stock_papers.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/stock.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/stock_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using resource::UnitOfWork;

std::string Rpc(absl::string_view method) { return absl::StrCat("kam.order.v1.StockService/", method); }

absl::Status Start(const Context& context, UnitOfWork& work, pb::StockTake* take) {
  RETURN_IF_ERROR(Validate(work, *take));
  absl::StatusOr<StockBook> book = StockBook::Open(context, work, take->site(), take->name());
  if (absl::IsNotFound(book.status())) {
    return InvalidField("stock_take.site", "REFERENCE_NOT_FOUND", "does not exist", {{"reference", take->site()}});
  }
  RETURN_IF_ERROR(book.status());
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT s.number FROM stock_takes s WHERE s.site = ? AND s.state IN "
                                           "('OPEN', 'COUNTED') LIMIT 1",
                                           {mysql::Value(IdOf(take->site()))}));
  if (!rows.empty()) {
    return FailedPrecondition("STOCK_TAKE_OPEN", take->site(), "the site is being counted already",
                              {{"stockTake", rows[0][0].text()}});
  }
  take->set_state(pb::STOCK_TAKE_STATE_OPEN);
  take->set_take_date(context.Today(work.now()));
  ASSIGN_OR_RETURN(const std::vector<rules::BookLine> books, book->Books());
  return rules::StartStockTake(books, take);
}

absl::Status Count(const Context& context, UnitOfWork& work, const pb::CountStockTakeRequest& request,
                   pb::StockTake* take) {
  ASSIGN_OR_RETURN(StockBook book, StockBook::Open(context, work, take->site(), take->name()));
  ASSIGN_OR_RETURN(const std::vector<rules::BookLine> books, book.Books());
  take->set_take_date(context.Today(work.now()));
  take->set_counter(work.actor().subject);
  take->clear_reject_reason();
  return rules::CountStock(books, request, take);
}

// The differences go into the ledger, once: the verb leaves COUNTED.
absl::Status Approve(const Context& context, UnitOfWork& work, pb::StockTake* take) {
  RETURN_IF_ERROR(rules::CheckOtherPerson(take->name(), work.actor().subject, take->counter(), "counted the stock"));
  take->set_approver(work.actor().subject);
  SetTime(work.now(), take->mutable_approve_time());
  ASSIGN_OR_RETURN(StockBook book, StockBook::Open(context, work, take->site(), take->name()));
  constexpr pb::StockEntryKind kAdjustment = pb::STOCK_ENTRY_KIND_ADJUSTMENT;
  for (const pb::StockTakeLine& line : take->lines()) {
    ASSIGN_OR_RETURN(const Decimal difference, rules::QuantityOf(line.difference(), "difference"));
    if (difference.sign() > 0) {
      RETURN_IF_ERROR(
          book.Bring({line.product(), line.serial_number(), pb::STOCK_STATUS_AVAILABLE, difference}, kAdjustment)
              .status());
    } else if (difference.sign() < 0 && line.serial_number().empty()) {
      RETURN_IF_ERROR(book.Take(line.product(), -difference, kAdjustment, /*any_status=*/true));
    } else if (difference.sign() < 0) {
      RETURN_IF_ERROR(book.TakeSerial(line.product(), line.serial_number(), kAdjustment, /*any_status=*/true));
    }
  }
  return absl::OkStatus();
}

}  // namespace

void RegisterStockTakes(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::StockTake>(
      [context](UnitOfWork& work, pb::StockTake* take) { return Start(context, work, take); });
  context.runtime.SetHooks(pb::StockTake::descriptor(), std::move(hooks));
  AddPersonVerb<pb::StockTake, pb::CountStockTakeRequest>(
      context, Rpc("CountStockTake"), registry, [context](UnitOfWork& work, const auto& request, pb::StockTake* take) {
        return Count(context, work, request, take);
      });
  AddPersonVerb<pb::StockTake, pb::ApproveStockTakeRequest>(
      context, Rpc("ApproveStockTake"), registry,
      [context](UnitOfWork& work, const auto&, pb::StockTake* take) { return Approve(context, work, take); });
  AddPersonVerb<pb::StockTake, pb::RejectStockTakeRequest>(context, Rpc("RejectStockTake"), registry,
                                                           [](UnitOfWork&, const auto& request, pb::StockTake* take) {
                                                             take->set_reject_reason(request.reason());
                                                             return rules::CheckReason(request.reason());
                                                           });
  AddPersonVerb<pb::StockTake, pb::CancelStockTakeRequest>(
      context, Rpc("CancelStockTake"), registry,
      [](UnitOfWork&, const auto& request, pb::StockTake*) { return rules::CheckReason(request.reason()); });
}

}  // namespace kam::contract

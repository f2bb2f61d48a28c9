// What happens to an open item of kam.receivable.v1.ReceivableService besides payment: promises, disputes, write-offs
// (C-32). Lock order: credit account, item.
#include "absl/strings/str_cat.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/receivable_item.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = receivable::v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kDuePromise[] = "receivable.promise";

std::string Rpc(absl::string_view method) { return absl::StrCat("kam.receivable.v1.ReceivableService/", method); }

absl::StatusOr<pb::ReceivableItem> DecideWriteOff(const Context& context, rpc::Call& call,
                                                  const pb::DecideReceivableWriteOffRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::ReceivableItem>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ReceivableItem> {
        ASSIGN_OR_RETURN(const std::string account,
                         ReferenceOfRow(work, pb::ReceivableItem::descriptor(), "account", request.name()));
        ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, account));
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::ReceivableItem>(request));
        RETURN_IF_ERROR(CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const Decimal amount,
                         rules::DecideWriteOff(request.approve(), work.actor().subject, &change.after));
        ASSIGN_OR_RETURN(pb::ReceivableItem saved, work.Save(std::move(change)));
        RETURN_IF_ERROR(book.WriteOff(saved, amount));
        RETURN_IF_ERROR(book.Save());
        return saved;
      });
}

}  // namespace

void RegisterReceivableItems(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  AddPersonVerb<pb::ReceivableItem, pb::PromiseReceivableRequest>(
      context, Rpc("PromiseReceivable"), registry,
      [context](UnitOfWork& work, const pb::PromiseReceivableRequest& request,
                pb::ReceivableItem* item) -> absl::Status {
        RETURN_IF_ERROR(
            rules::PromiseItem(context.Today(work.now()), request.promised_date(), request.promiser(), item));
        ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(request.promised_date()));
        return schedule::Schedule(work, kDuePromise, item->name(), due);
      });
  AddPersonVerb<pb::ReceivableItem, pb::DisputeReceivableRequest>(
      context, Rpc("DisputeReceivable"), registry,
      [](UnitOfWork& work, const pb::DisputeReceivableRequest& request, pb::ReceivableItem* item) {
        return rules::DisputeItem(request.amount(), request.reason(), work.actor().subject, item);
      });
  AddPersonVerb<pb::ReceivableItem, pb::SettleReceivableDisputeRequest>(
      context, Rpc("SettleReceivableDispute"), registry,
      [](UnitOfWork&, const pb::SettleReceivableDisputeRequest& request, pb::ReceivableItem* item) {
        return rules::SettleItemDispute(request.reason(), item);
      });
  AddPersonVerb<pb::ReceivableItem, pb::ProposeReceivableWriteOffRequest>(
      context, Rpc("ProposeReceivableWriteOff"), registry,
      [](UnitOfWork& work, const pb::ProposeReceivableWriteOffRequest& request, pb::ReceivableItem* item) {
        return rules::ProposeWriteOff(request.amount(), request.reason(), work.actor().subject, item);
      });
  registry->Add<pb::DecideReceivableWriteOffRequest, pb::ReceivableItem>(
      Rpc("DecideReceivableWriteOff"), [context](rpc::Call& call, const pb::DecideReceivableWriteOffRequest& request) {
        return DecideWriteOff(context, call, request);
      });
  scheduler->Handle(kDuePromise, Rpc("PromiseReceivable"),
                    [context](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                      ASSIGN_OR_RETURN(const pb::ReceivableItem loaded, work.Load<pb::ReceivableItem>(item.resource));
                      Change<pb::ReceivableItem> change{loaded, loaded};
                      ASSIGN_OR_RETURN(const bool broken,
                                       rules::BreakPromise(context.Today(work.now()), &change.after));
                      return broken ? work.Save(std::move(change)).status() : absl::OkStatus();
                    });
}

}  // namespace kam::contract

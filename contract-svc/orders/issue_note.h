// Issue notes: where the goods of an order come from, and what leaves the stock when they go (C-19, C-24, C-25).
#ifndef KAM_CONTRACT_SVC_ORDERS_ISSUE_NOTE_H_
#define KAM_CONTRACT_SVC_ORDERS_ISSUE_NOTE_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "kam/order/v1/delivery.pb.h"
#include "kam/order/v1/issue_note.pb.h"
#include "kam/order/v1/order.pb.h"

namespace kam::order::v1 {
class ChangeIssueNoteWarehouseRequest;
}

namespace kam::contract {

// Who hands the goods out.
struct IssuePlace {
  std::string warehouse;
  bool outside_stock = false;  // The goods are not of the stock that is kept here.
};

// A note for what of the order has not left yet; `replaces`: IssueNote.replaces. WAREHOUSE_UNKNOWN, FIELDS_EXCLUSIVE,
// NOTHING_OPEN.
absl::StatusOr<order::v1::IssueNote> MakeOutIssueNote(resource::UnitOfWork& work, const order::v1::Order& order,
                                                      const IssuePlace& place, const std::string& check_result,
                                                      const std::string& replaces = {});

// The issue note of the order is void, if it has one.
absl::Status CancelIssueNote(resource::UnitOfWork& work, const order::v1::Order& order);

// Another warehouse hands out the rest: the note is void, another one is made out. Review and release stay, with what
// the review found.
absl::Status ChangeWarehouse(resource::UnitOfWork& work, const order::v1::ChangeIssueNoteWarehouseRequest& request,
                             resource::Change<order::v1::Order>* change);

// The goods of a delivery leave the stock of the site whose code is the warehouse of its note; from a warehouse whose
// stock is not kept here they go without, when no site has them in stock; a numbered piece that is in stock never does.
// STOCK_SHORT, SERIAL_NOT_IN_STOCK, SERIAL_NOT_ISSUED, WAREHOUSE_UNKNOWN.
absl::Status IssueDelivery(const Context& context, resource::UnitOfWork& work, const std::string& issue_note,
                           const order::v1::Delivery& delivery);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_ORDERS_ISSUE_NOTE_H_

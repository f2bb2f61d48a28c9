#include "aftersales-svc/contract_side.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "kam/api/standard.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/receipt.pb.h"
#include "kam/receivable/v1/receivable_item.pb.h"

namespace kam::aftersales {
namespace {

constexpr char kGetOrder[] = "kam.order.v1.OrderService/GetOrder";
constexpr char kGetContract[] = "kam.contract.v1.ContractService/GetContract";
constexpr char kGetReceivableItem[] = "kam.receivable.v1.ReceivableService/GetReceivableItem";
constexpr char kGetReceipt[] = "kam.receivable.v1.ReceiptService/GetReceipt";

// The resource `name` of `collection`; `field` is refused with `reason` when it is none.
template <typename Resource>
absl::StatusOr<Resource> Find(const ContractSide::Ask& ask, const char* method, absl::string_view collection,
                              const std::string& name, absl::string_view field, absl::string_view reason,
                              absl::Time deadline) {
  const auto unknown = [&] {
    return InvalidField(field, reason, absl::StrCat(name, " is not in ", collection), {{"value", name}});
  };
  if (!absl::StartsWith(name, absl::StrCat(collection, "/"))) return unknown();
  kam::api::GetRequest request;
  request.set_name(name);
  Resource resource;
  const absl::Status status = ask(method, request, &resource, deadline);
  if (absl::IsNotFound(status) || absl::IsInvalidArgument(status)) return unknown();
  RETURN_IF_ERROR(status);
  return resource;
}

template <typename Resource>
absl::Status CheckOf(const ContractSide::Ask& ask, const char* method, absl::string_view collection,
                     const std::string& name, const std::string& account, absl::string_view field,
                     absl::Time deadline) {
  if (name.empty()) return absl::OkStatus();
  constexpr char kReason[] = "COMPLAINT_REFERENCE_INVALID";
  ASSIGN_OR_RETURN(const Resource found, Find<Resource>(ask, method, collection, name, field, kReason, deadline));
  if (found.account() == account) return absl::OkStatus();
  return InvalidField(field, kReason, absl::StrCat(name, " is of another account"), {{"value", name}});
}

}  // namespace

absl::Status ContractSide::CheckComplaint(const complaint::v1::Complaint& complaint, const std::string& account,
                                          absl::Time deadline) const {
  if (!connected()) return absl::OkStatus();
  RETURN_IF_ERROR(
      CheckOf<order::v1::Order>(ask_, kGetOrder, "orders", complaint.order(), account, "complaint.order", deadline));
  return CheckOf<contract::v1::Contract>(ask_, kGetContract, "contracts", complaint.contract(), account,
                                         "complaint.contract", deadline);
}

absl::Status ContractSide::CheckCreditNote(const std::string& name, const std::string& account,
                                           const google::type::Money& amount, claim::v1::ClaimDirection direction,
                                           absl::Time deadline) const {
  if (!connected() || name.empty()) return absl::OkStatus();
  constexpr char kField[] = "credit_note", kReason[] = "CREDIT_NOTE_INVALID";
  const auto refuse = [&](absl::string_view why) {
    return InvalidField(kField, kReason, absl::StrCat(name, " ", why), {{"value", name}});
  };
  std::string owner;
  google::type::Money over;
  const bool is_item = absl::StartsWith(name, "receivableItems/");
  if (is_item) {
    ASSIGN_OR_RETURN(const receivable::v1::ReceivableItem item,
                     Find<receivable::v1::ReceivableItem>(ask_, kGetReceivableItem, "receivableItems", name, kField,
                                                          kReason, deadline));
    if (item.state() == receivable::v1::RECEIVABLE_STATE_CANCELLED ||
        item.state() == receivable::v1::RECEIVABLE_STATE_WRITTEN_OFF) {
      return refuse("is cancelled or written off");
    }
    owner = item.account();
    over = item.amount();
  } else {
    ASSIGN_OR_RETURN(const receivable::v1::Receipt note,
                     Find<receivable::v1::Receipt>(ask_, kGetReceipt, "receipts", name, kField, kReason, deadline));
    if (note.method() != receivable::v1::PAYMENT_METHOD_CREDIT_NOTE) return refuse("is no credit note");
    if (note.state() != receivable::v1::RECEIPT_STATE_MARKED) return refuse("does not count");
    owner = note.account();
    over = note.amount();
  }
  if (owner != account) return refuse("is of another account");
  ASSIGN_OR_RETURN(const Money posted, FromProto(over, kField));
  ASSIGN_OR_RETURN(const Money settled, FromProto(amount, "amount"));
  // What we owe the customer stands as a negative receivable; a positive one is a bill that he has to pay.
  if (is_item && direction == claim::v1::CLAIM_DIRECTION_CUSTOMER && posted.amount().sign() >= 0) {
    return refuse("is owed by the customer");
  }
  if (posted.currency() == settled.currency() &&
      (posted.amount() == settled.amount() || posted.amount() == -settled.amount())) {
    return absl::OkStatus();
  }
  return refuse(absl::StrCat("is over ", posted.ToString(), "; ", settled.ToString(), " was settled"));
}

}  // namespace kam::aftersales

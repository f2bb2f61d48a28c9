#include "contract-svc/sales.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/review.h"
#include "kam/api/field.pb.h"
#include "kam/contract/v1/agreement.pb.h"
#include "kam/contract/v1/amendment.pb.h"
#include "kam/contract/v1/archive.pb.h"
#include "kam/contract/v1/blank_form.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/dispute.pb.h"
#include "kam/contract/v1/obligation.pb.h"
#include "kam/contract/v1/rebate.pb.h"
#include "kam/order/v1/checklist_template.pb.h"
#include "kam/order/v1/delivery.pb.h"
#include "kam/order/v1/goods_receipt.pb.h"
#include "kam/order/v1/issue_note.pb.h"
#include "kam/order/v1/long_stock_target.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/order/v1/order_procedure.pb.h"
#include "kam/order/v1/shipment.pb.h"
#include "kam/order/v1/stock.pb.h"
#include "kam/order/v1/stock_take.pb.h"
#include "kam/order/v1/stock_transfer.pb.h"
#include "kam/receivable/v1/credit_account.pb.h"
#include "kam/receivable/v1/credit_policy.pb.h"
#include "kam/receivable/v1/credit_reservation.pb.h"
#include "kam/receivable/v1/invoice.pb.h"
#include "kam/receivable/v1/receipt.pb.h"
#include "kam/receivable/v1/receivable_alarm.pb.h"
#include "kam/receivable/v1/receivable_item.pb.h"

namespace kam::contract {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Names of `collection` that `message` refers to, at any depth.
void Collect(const Message& message, std::vector<std::string>* accounts, std::vector<std::string>* employees) {
  std::vector<const FieldDescriptor*> fields;
  const auto* reflection = message.GetReflection();
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_map()) {
      for (int i = 0; i < size; ++i) {
        Collect(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                     : reflection->GetMessage(message, field),
                accounts, employees);
      }
      continue;
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    const std::string& target = field->options().GetExtension(kam::api::field).reference();
    std::vector<std::string>* names = target == "accounts" ? accounts : target == "employees" ? employees : nullptr;
    if (names == nullptr) continue;
    for (int i = 0; i < size; ++i) {
      names->push_back(field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                            : reflection->GetString(message, field));
    }
  }
}

}  // namespace

void FillSalesCatalog(resource::Catalog* catalog) {
  catalog->Add<v1::Contract>();
  catalog->Add<v1::Amendment>();
  catalog->Add<v1::RebateSettlement>();
  catalog->Add<v1::Obligation>();
  catalog->Add<v1::ContractDispute>();
  catalog->Add<v1::ContractArchive>();
  catalog->Add<v1::ArchiveBorrowing>();
  catalog->Add<v1::Agreement>();
  catalog->Add<v1::FinancingDrawing>();
  catalog->Add<v1::BlankForm>();
  catalog->Add<order::v1::Order>();
  catalog->Add<order::v1::OrderProcedure>();
  catalog->Add<order::v1::IssueNote>();
  catalog->Add<order::v1::Delivery>();
  catalog->Add<order::v1::ChecklistTemplate>();
  catalog->Add<order::v1::Shipment>();
  catalog->Add<order::v1::StockSite>();
  catalog->Add<order::v1::StockItem>();
  catalog->Add<order::v1::StockEntry>();
  catalog->Add<order::v1::GoodsReceipt>();
  catalog->Add<order::v1::DamageReport>();
  catalog->Add<order::v1::StockTake>();
  catalog->Add<order::v1::StockTransfer>();
  catalog->Add<order::v1::LongStockTarget>();
  catalog->Add<receivable::v1::CreditAccount>();
  catalog->Add<receivable::v1::CreditReservation>();
  catalog->Add<receivable::v1::CreditPolicy>();
  catalog->Add<receivable::v1::ReceivableItem>();
  catalog->Add<receivable::v1::ReceivableAlarm>();
  catalog->Add<receivable::v1::Invoice>();
  catalog->Add<receivable::v1::Receipt>();
}

std::string ApprovedOn(const Context& context, const rules::ReviewSteps& steps) {
  const absl::Time last = rules::LastOpinion(steps);
  return last == absl::InfinitePast() ? std::string() : context.Today(last);
}

absl::Status CheckReviewer(const rpc::Call& call, v1::ReviewStepKind step) {
  const std::string permission = rules::ReviewPermission(step);
  if (permission.empty() || call.principal.Holds(permission)) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "REVIEW_STEP_NOT_YOURS",
               absl::StrCat("this opinion is given by holders of ", permission),
               {{"permission", permission}, {"step", v1::ReviewStepKind_Name(step)}});
}

absl::Status AnnualSignerRequired(absl::string_view permission) {
  return Error(absl::StatusCode::kPermissionDenied, "ANNUAL_SIGNER_REQUIRED",
               absl::StrCat("annual agreements are signed by holders of ", permission),
               {{"permission", std::string(permission)}});
}

absl::Status EnsureNamesOf(const Directory& directory, const rpc::Call& call,
                           const std::vector<const Message*>& messages) {
  std::vector<std::string> accounts, employees;
  for (const Message* message : messages) Collect(*message, &accounts, &employees);
  if (!call.principal.is_program()) employees.push_back(call.principal.subject);
  RETURN_IF_ERROR(directory.EnsureAccounts(accounts, call.deadline));
  return directory.EnsureEmployees(employees, call.deadline);
}

std::function<absl::Status(const rpc::Call&, const std::vector<const Message*>&)> PrepareNames(const Context& context) {
  return [directory = context.directory](const rpc::Call& call, const std::vector<const Message*>& messages) {
    return EnsureNamesOf(directory, call, messages);
  };
}

}  // namespace kam::contract

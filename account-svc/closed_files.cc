#include "account-svc/closed_files.h"

#include <utility>

#include "common/status/status.h"
#include "google/protobuf/message.h"
#include "kam/account/v1/customer_document.pb.h"

namespace kam::account {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using resource::Hooks;
using resource::UnitOfWork;

// What is kept of a customer, and read, after his file is closed.
bool OutlivesFile(const resource::Type& type) {
  return type.descriptor() == v1::CustomerDocument::descriptor() ||
         type.descriptor() == v1::DocumentGrant::descriptor();
}

absl::Status CheckOpen(UnitOfWork& work, const std::string& account) {
  if (account.empty() || work.importing()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT state, archive_time FROM accounts WHERE id = ?", {IdOf(account)}));
  if (rows.empty()) return absl::OkStatus();  // The reference check names it.
  if (rows[0][0].text() == "CLOSED") {
    return FailedPrecondition("ACCOUNT_CLOSED", account, "the account is closed");
  }
  if (!rows[0][1].is_null()) {
    return FailedPrecondition("RESOURCE_ARCHIVED", account, "the account is in the archive: restore it first");
  }
  return absl::OkStatus();
}

}  // namespace

void KeepClosedFiles(const Context& context) {
  for (const auto& type : context.runtime.catalog().types()) {
    const FieldDescriptor* field = type->descriptor()->FindFieldByName(type->rules().scope().account());
    if (field == nullptr || field->name() == "name" || OutlivesFile(*type)) continue;
    Hooks hooks = context.runtime.HooksOf(type->descriptor());
    const auto account_of = [field](const Message& resource) {
      return resource.GetReflection()->GetString(resource, field);
    };
    hooks.on_create = [account_of, then = std::move(hooks.on_create)](UnitOfWork& work,
                                                                      Message* created) -> absl::Status {
      RETURN_IF_ERROR(CheckOpen(work, account_of(*created)));
      return then == nullptr ? absl::OkStatus() : then(work, created);
    };
    hooks.on_update = [account_of, then = std::move(hooks.on_update)](UnitOfWork& work, const Message& before,
                                                                      Message* after) -> absl::Status {
      RETURN_IF_ERROR(CheckOpen(work, account_of(before)));
      return then == nullptr ? absl::OkStatus() : then(work, before, after);
    };
    context.runtime.SetHooks(type->descriptor(), std::move(hooks));
  }
}

}  // namespace kam::account

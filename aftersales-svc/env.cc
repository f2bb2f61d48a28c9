#include "aftersales-svc/env.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/proto_time.h"
#include "kam/api/field.pb.h"

namespace kam::aftersales {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void Collect(const Message& message, absl::string_view collection, std::vector<std::string>* names) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      for (int i = 0; i < size; ++i) {
        Collect(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                     : reflection->GetMessage(message, field),
                collection, names);
      }
    } else if (field->type() == FieldDescriptor::TYPE_STRING &&
               field->options().GetExtension(kam::api::field).reference() == collection) {
      for (int i = 0; i < size; ++i) {
        names->push_back(field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                              : reflection->GetString(message, field));
      }
    }
  }
}

}  // namespace

std::vector<std::string> ReferencesIn(const Message& message, absl::string_view collection) {
  std::vector<std::string> names;
  Collect(message, collection, &names);
  return names;
}

absl::Status EnsureNamed(const Env& env, const rpc::Call& call, const std::vector<const Message*>& messages) {
  std::vector<std::string> accounts, employees;
  for (const Message* message : messages) {
    Collect(*message, "accounts", &accounts);
    Collect(*message, "employees", &employees);
  }
  if (!call.principal.employee.empty()) employees.push_back(call.principal.subject);
  return env.ensure_scopes ? env.ensure_scopes(accounts, employees, call.deadline) : absl::OkStatus();
}

std::function<absl::Status(const rpc::Call&, const std::vector<const Message*>&)> EnsureHook(const Env& env) {
  return [env](const rpc::Call& call, const std::vector<const Message*>& resources) {
    return EnsureNamed(env, call, resources);
  };
}

absl::StatusOr<std::string> ActingEmployee(const resource::UnitOfWork& work) {
  if (absl::StartsWith(work.actor().subject, "employees/")) return work.actor().subject;
  return Error(absl::StatusCode::kPermissionDenied, "EMPLOYEE_REQUIRED",
               "only a person of the company does this; the caller is a program");
}

absl::StatusOr<std::string> TierOf(resource::UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT tier FROM account_scopes WHERE account = ?", {IdOf(account)}));
  return rows.empty() ? std::string() : rows[0][0].text();
}

absl::Status CheckPeriod(absl::Time from, absl::Time until) {
  if (from < until) return absl::OkStatus();
  return InvalidField("until_time", "PERIOD_INVALID",
                      absl::StrCat("is ", ShowTime(until), ", which is not after ", ShowTime(from)));
}

}  // namespace kam::aftersales

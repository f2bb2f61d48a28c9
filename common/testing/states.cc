#include "common/testing/states.h"

#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/resource/names.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "kam/api/field.pb.h"
#include "kam/api/method.pb.h"

namespace kam::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Something valid in every field that must be set.
void FillRequired(const StateMachine& machine, Message* message) {
  const auto* reflection = message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->field(i);
    const kam::api::Field& rules = field->options().GetExtension(kam::api::field);
    if (!rules.required() || field->name() == "name") continue;
    const auto reference = machine.references.find(rules.reference());
    if (field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING) {
      if (reference != machine.references.end()) reflection->AddString(message, field, reference->second);
    } else if (field->is_repeated() && field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;  // Numbers are left to `fill`.
    } else if (field->is_repeated()) {
      FillRequired(machine, reflection->AddMessage(message, field));
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      reflection->SetString(message, field, reference == machine.references.end() ? "SVM" : reference->second);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      reflection->SetEnum(message, field, field->enum_type()->value(field->enum_type()->value_count() - 1));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      reflection->SetInt32(message, field, 1);
    }
  }
}

void SetText(const char* field, const std::string& text, Message* message) {
  message->GetReflection()->SetString(message, message->GetDescriptor()->FindFieldByName(field), text);
}

}  // namespace

auth::Principal Almighty(const Harness& harness, auth::Principal person) {
  for (const auto& [name, entry] : harness.registry().entries()) {
    person.grants[entry.rules->permission()] = auth::Level::kAll;
  }
  return person;
}

int TryEveryVerbInEveryState(Harness& harness, const auth::Principal& almighty, const StateMachine& machine) {
  const std::string id = resource::IdOf(machine.name);
  const std::string collection = machine.name.substr(0, machine.name.find('/'));
  const auto state_now = [&] {
    return harness.db().Get(absl::StrCat("SELECT state FROM ", machine.table, " WHERE id = '", id, "'")).text();
  };
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(machine.service);
  std::set<std::string> seen;
  int changes = 0;
  for (int m = 0; m < service->method_count(); ++m) {
    const auto* method = service->method(m);
    const kam::api::Method& rules = method->options().GetExtension(kam::api::method);
    if (rules.standard() != kam::api::STANDARD_UNSPECIFIED ||
        method->input_type()->FindFieldByName("name") == nullptr ||
        (!rules.collection().empty() && rules.collection() != collection) ||
        method->options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS) {
      continue;
    }
    const auto verb = machine.verbs.find(method->name());
    if (verb == machine.verbs.end()) {
      ADD_FAILURE() << method->name() << " is not in the table";
      continue;
    }
    seen.insert(method->name());
    for (int s = 1; s < machine.states->value_count(); ++s) {
      const std::string state = resource::ShortEnumName(machine.states->value(s));
      harness.db().Execute(absl::StrCat("UPDATE ", machine.table, " SET state = '", state, "', ", machine.columns,
                                        " WHERE id = '", id, "'"));
      std::unique_ptr<Message> request(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
      FillRequired(machine, request.get());
      SetText("name", machine.name, request.get());
      const int64_t version =
          harness.db().Get(absl::StrCat("SELECT version FROM ", machine.table, " WHERE id = '", id, "'")).integer();
      SetText("etag", absl::StrCat("v", version), request.get());
      if (machine.fill != nullptr) machine.fill(method->name(), request.get());
      std::unique_ptr<Message> answer(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->output_type())->New());
      const absl::Status status =
          harness.CallMessage(almighty, absl::StrCat(machine.service, "/", method->name()), *request, answer.get());
      const bool allowed = verb->second.from.count(state) > 0;
      EXPECT_EQ(Reason(status) != "STATE_NOT_ALLOWED", allowed) << method->name() << " in " << state << ": " << status;
      const std::string after = state_now();
      if (!status.ok()) {
        EXPECT_EQ(after, state) << method->name() << ": a refusal changes nothing";
      } else if (!verb->second.to.empty()) {
        EXPECT_EQ(after, verb->second.to) << method->name() << " from " << state;
        ++changes;
      }
    }
  }
  EXPECT_EQ(seen.size(), machine.verbs.size());
  return changes;
}

}  // namespace kam::testing

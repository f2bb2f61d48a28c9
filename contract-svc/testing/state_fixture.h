// Every state and every verb of a resource: refused in every state but those allowed.
#ifndef KAM_CONTRACT_SVC_TESTING_STATE_FIXTURE_H_
#define KAM_CONTRACT_SVC_TESTING_STATE_FIXTURE_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resource/type.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"

namespace kam::contract::testing {

class StateTest : public SalesTest {
 protected:
  struct Verb {
    std::string method;
    std::set<std::string> from;
  };

  void CheckAllPairs(const google::protobuf::EnumDescriptor* states, const std::string& service,
                     const std::string& table, const std::string& name, const std::vector<Verb>& verbs,
                     const std::set<std::string>& of_other_tables = {}) {
    // Every permission there is: what is looked at here is the state alone.
    std::vector<std::string> permissions;
    for (const auto& [method, entry] : harness().registry().entries()) permissions.push_back(entry.rules->permission());
    for (const char* step : {"sales", "product", "finance", "legal"}) {
      permissions.push_back(absl::StrCat("contract.review_", step));
    }
    auth::Principal all = kam::testing::Harness::Program("test", permissions);
    all.subject = gm_.subject;
    all.employee = gm_.employee;
    std::set<std::string> covered;
    for (const Verb& verb : verbs) {
      const auto* entry = harness().registry().Find(service + verb.method);
      ASSERT_NE(entry, nullptr) << verb.method;
      covered.insert(service + verb.method);
      for (int i = 1; i < states->value_count(); ++i) {
        const std::string state = resource::ShortEnumName(states->value(i));
        harness().db().Execute(
            absl::StrCat("UPDATE ", table, " SET state = '", state, "' WHERE id = '", IdOf(name), "'"));
        const auto* prototype =
            google::protobuf::MessageFactory::generated_factory()->GetPrototype(entry->method->input_type());
        std::unique_ptr<google::protobuf::Message> request(prototype->New());
        Fill(request.get(), name);
        std::unique_ptr<google::protobuf::Message> response(
            google::protobuf::MessageFactory::generated_factory()->GetPrototype(entry->method->output_type())->New());
        const absl::Status status = harness().CallMessage(all, service + verb.method, *request, response.get());
        EXPECT_EQ(Reason(status) != "STATE_NOT_ALLOWED", verb.from.count(state) > 0)
            << verb.method << " in " << state << ": " << status;
        EXPECT_NE(status.code(), absl::StatusCode::kInternal) << verb.method << " in " << state << ": " << status;
      }
    }
    // No verb of the resource is forgotten.
    const std::string collection = name.substr(0, name.find('/'));
    for (const auto& [method, entry] : harness().registry().entries()) {
      if (method.rfind(service, 0) != 0 || entry.rules->transition().from_size() == 0) continue;
      if (of_other_tables.count(method.substr(service.size())) > 0) continue;
      if (entry.rules->collection() != collection) continue;
      EXPECT_EQ(covered.count(method), 1u) << method;
    }
  }

  // A name of the collection; that of the resource itself where any will do.
  static std::string NameFor(const std::string& collection, const std::string& name) {
    return collection == "*" ? name : absl::StrCat(collection, "/", IdOf(name));
  }

  // A request that only the state can refuse at the edge: every required field says something.
  void Fill(google::protobuf::Message* request, const std::string& name) {
    const auto* reflection = request->GetReflection();
    const auto* descriptor = request->GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto* field = descriptor->field(i);
      const kam::api::Field& rules = field->options().GetExtension(kam::api::field);
      if (field->name() == "name") {
        reflection->SetString(request, field, name);
      } else if (field->name() == "reason" || field->name() == "receiver_name") {
        reflection->SetString(request, field, "because");
      } else if (!rules.required() && rules.minimum().empty()) {
        continue;
      } else if (field->is_repeated()) {
        Fill(reflection->AddMessage(request, field), name);
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
        reflection->SetString(request, field,
                              rules.format() == kam::api::FORMAT_DATE ? "2026-02-01"
                              : !rules.pattern().empty()              ? std::string(64, 'a')
                              : !rules.reference().empty()            ? NameFor(rules.reference(), name)
                                                                      : "1");
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_ENUM) {
        reflection->SetEnumValue(request, field, 1);
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_INT32) {
        reflection->SetInt32(request, field, 1);
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
        google::protobuf::TextFormat::ParseFromString("currency_code: 'CNY' units: 1",
                                                      reflection->MutableMessage(request, field));
      }
    }
  }
};

}  // namespace kam::contract::testing

#endif  // KAM_CONTRACT_SVC_TESTING_STATE_FIXTURE_H_

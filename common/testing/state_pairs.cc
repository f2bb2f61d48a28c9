#include "common/testing/state_pairs.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/resource/names.h"
#include "common/status/status.h"
#include "common/testing/states.h"
#include "google/protobuf/text_format.h"
#include "kam/api/field.pb.h"
#include "kam/api/method.pb.h"

namespace kam::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using resource::Kind;

constexpr absl::Duration kSqlTimeout = absl::Seconds(20);
constexpr char kDay[] = "2026-01-05";  // On which a harness begins.
constexpr char kDigestPattern[] = "{64}";

const kam::api::Method& Rules(const MethodDescriptor& method) {
  return method.options().GetExtension(kam::api::method);
}

// Verbs of a program by collection.
std::map<std::string, std::vector<const MethodDescriptor*>> Verbs(const rpc::Registry& registry) {
  std::map<std::string, std::vector<const MethodDescriptor*>> verbs;
  for (const auto& [name, entry] : registry.entries()) {
    if (entry.rules->transition().from().empty()) continue;
    verbs[entry.rules->collection()].push_back(entry.method);
  }
  return verbs;
}

std::unique_ptr<Message> New(const google::protobuf::Descriptor* descriptor) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
}

void SetText(const char* field, const std::string& text, Message* message) {
  const FieldDescriptor* descriptor = message->GetDescriptor()->FindFieldByName(field);
  if (descriptor != nullptr) message->GetReflection()->SetString(message, descriptor, text);
}

}  // namespace

std::map<std::string, Machine> Machines(const rpc::Registry& registry) {
  std::map<std::string, Machine> machines;
  for (const auto& [collection, methods] : Verbs(registry)) {
    for (const MethodDescriptor* method : methods) {
      const kam::api::Transition& transition = Rules(*method).transition();
      machines[collection][method->name()] =
          absl::StrCat(absl::StrJoin(transition.from(), ", "), " > ", transition.to().empty() ? "=" : transition.to());
    }
  }
  return machines;
}

void ExpectMachines(const rpc::Registry& registry, const std::map<std::string, Machine>& tables) {
  const std::map<std::string, Machine> declared = Machines(registry);
  for (const auto& [collection, machine] : declared) {
    const auto table = tables.find(collection);
    ASSERT_NE(table, tables.end()) << collection << " has no table of its verbs: " << ::testing::PrintToString(machine);
    EXPECT_EQ(machine, table->second) << collection;
  }
  EXPECT_EQ(declared.size(), tables.size());
}

StatePairs::StatePairs(Harness& harness, auth::Principal person)
    : harness_(harness), almighty_(Almighty(harness, std::move(person))) {
  Use(almighty_.subject);
}

void StatePairs::Use(const std::string& name) { names_[name.substr(0, name.find('/'))] = name; }

void StatePairs::ExecuteUnchecked(const std::string& sql, const std::vector<mysql::Value>& values) {
  const absl::Status status =
      harness_.db().database().Run(absl::Now() + kSqlTimeout, [&](mysql::Connection& connection) -> absl::Status {
        RETURN_IF_ERROR(connection.Execute("SET SESSION check_constraint_checks = 0, foreign_key_checks = 0").status());
        const absl::Status done = connection.Execute(sql, mysql::Params(values)).status();
        RETURN_IF_ERROR(connection.Execute("SET SESSION check_constraint_checks = 1, foreign_key_checks = 1").status());
        return done;
      });
  EXPECT_TRUE(status.ok()) << sql << ": " << status;
}

std::vector<StatePairs::Column> StatePairs::NeededColumns(const std::string& table) {
  std::vector<Column> needed;
  const absl::Status status =
      harness_.db().database().Run(absl::Now() + kSqlTimeout, [&](mysql::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(
            const std::vector<mysql::Row> rows,
            connection.Query("SELECT c.column_name, c.data_type FROM "
                             "information_schema.columns c WHERE c.table_schema = DATABASE() AND c.table_name = ? AND "
                             "c.is_nullable = 'NO' AND c.extra NOT LIKE '%GENERATED%'",
                             {mysql::Value(table)}));
        for (const mysql::Row& row : rows) needed.push_back({row[0].text(), row[1].text()});
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  return needed;
}

std::string StatePairs::IdIn(const std::string& collection) {
  std::string& name = names_[collection];
  if (name.empty()) {
    const resource::Type* type = harness_.runtime().catalog().FindCollection(collection);
    // Of another service a name is all that is kept here; of this one, the name that ends a circle of references.
    name = absl::StrCat(collection, "/", harness_.NewId());
    if (type != nullptr) name = AddRow(*type);
  }
  return resource::IdOf(names_[collection]);
}

std::string StatePairs::AddRow(const resource::Type& type) {
  const std::string id = harness_.NewId();
  const absl::Time now = harness_.clock().Now();
  std::map<std::string, mysql::Value> known = {{"id", mysql::Value(id)},
                                               {"version", mysql::Value(1)},
                                               {"create_time", mysql::Value(now)},
                                               {"update_time", mysql::Value(now)},
                                               {"creator", mysql::Value("employees/nobody")},
                                               {"updater", mysql::Value("employees/nobody")}};
  const std::vector<Column> needed = NeededColumns(type.table());
  std::set<std::string> names;
  for (const Column& column : needed) names.insert(column.name);
  const std::function<void(const resource::Field&)> add = [&](const resource::Field& field) {
    for (const resource::Field& part : field.fields) add(part);
    if (field.kind == Kind::kMoney) {
      known.emplace(field.column + "_amount", mysql::Value("1"));
      known.emplace(field.column + "_currency", mysql::Value("CNY"));
    }
    if (names.count(field.column) == 0) return;
    switch (field.kind) {
      case Kind::kEnum:
        known.emplace(field.column,
                      mysql::Value(resource::ShortEnumName(field.descriptor->enum_type()->FindValueByNumber(1))));
        break;
      case Kind::kReference:
        known.emplace(field.column, mysql::Value(IdIn(field.rules->reference())));
        break;
      case Kind::kName:
        known.emplace(field.column, mysql::Value(almighty_.subject));
        break;
      case Kind::kTimestamp:
        // Later from column to column: an end comes after its begin.
        known.emplace(field.column, mysql::Value(now + absl::Seconds(static_cast<int64_t>(known.size()))));
        break;
      default:
        break;  // By the type of the column.
    }
  };
  for (const resource::Field& field : type.fields()) add(field);

  std::vector<std::string> columns;
  std::vector<mysql::Value> values;
  for (const Column& column : needed) {
    columns.push_back(column.name);
    if (const auto value = known.find(column.name); value != known.end()) {
      values.push_back(value->second);
    } else if (column.type == "date") {
      values.emplace_back(kDay);
    } else if (column.type == "datetime") {
      values.emplace_back(now);
    } else if (absl::StrContains(column.type, "int")) {
      values.emplace_back(1);
    } else if (column.type == "decimal") {
      values.emplace_back("1");
    } else {
      values.emplace_back("x");
    }
  }
  const std::vector<std::string> marks(columns.size(), "?");
  ExecuteUnchecked(absl::StrCat("INSERT INTO ", type.table(), " (", absl::StrJoin(columns, ", "), ") VALUES (",
                                absl::StrJoin(marks, ", "), ")"),
                   values);
  return absl::StrCat(type.collection(), "/", id);
}

void StatePairs::FillRequired(Message* message) {
  const auto* reflection = message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->field(i);
    const kam::api::Field& rules = field->options().GetExtension(kam::api::field);
    if ((!rules.required() && rules.minimum().empty()) || field->name() == "name") continue;
    const std::string& collection = rules.reference() == "*" ? "employees" : rules.reference();
    const std::string text = !collection.empty()                       ? absl::StrCat(collection, "/", IdIn(collection))
                             : rules.format() == kam::api::FORMAT_DATE ? kDay
                             : rules.format() == kam::api::FORMAT_DECIMAL         ? "1"
                             : rules.format() == kam::api::FORMAT_CURRENCY        ? "CNY"
                             : absl::StrContains(rules.pattern(), kDigestPattern) ? std::string(64, 'a')
                             : !rules.pattern().empty()                           ? "contracts/1"
                                                                                  : "x";
    if (field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING) {
      reflection->AddString(message, field, text);
    } else if (field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      FillRequired(reflection->AddMessage(message, field));
    } else if (field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      reflection->AddInt32(message, field, 1);
    } else if (field->is_repeated()) {
      continue;  // What is left is for Fill().
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      reflection->SetString(message, field, text);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      reflection->SetEnumValue(message, field, 1);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      reflection->SetInt32(message, field, 1);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      reflection->SetInt64(message, field, 1);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Message* part = reflection->MutableMessage(message, field);
      if (field->message_type()->full_name() == "google.type.Money") {
        google::protobuf::TextFormat::ParseFromString("currency_code: 'CNY' units: 1", part);
      } else {
        FillRequired(part);
      }
    }
  }
}

void StatePairs::Try(const resource::Type& type, const MethodDescriptor& method) {
  const kam::api::Transition& transition = Rules(method).transition();
  const std::set<std::string> from(transition.from().begin(), transition.from().end());
  const auto* states = type.FindField("state")->descriptor->enum_type();
  const std::string id = IdIn(type.collection());
  const std::string where = absl::StrCat(" WHERE id = '", id, "'");
  const auto columns = columns_.find(type.collection());
  for (int s = 1; s < states->value_count(); ++s) {
    const std::string state = resource::ShortEnumName(states->value(s));
    SCOPED_TRACE(absl::StrCat(method.name(), " in ", state));
    ExecuteUnchecked(absl::StrCat("UPDATE ", type.table(), " SET state = '", state, "'",
                                  columns == columns_.end() ? "" : absl::StrCat(", ", columns->second), where),
                     {});
    const std::unique_ptr<Message> request = New(method.input_type());
    FillRequired(request.get());
    SetText("name", names_[type.collection()], request.get());
    SetText("etag",
            absl::StrCat("v", harness_.db().Get(absl::StrCat("SELECT version FROM ", type.table(), where)).integer()),
            request.get());
    if (fill_ != nullptr) fill_(method.name(), request.get());
    const std::unique_ptr<Message> answer = New(method.output_type());
    const absl::Status status = harness_.CallMessage(
        almighty_, absl::StrCat(method.service()->full_name(), "/", method.name()), *request, answer.get());
    EXPECT_EQ(Reason(status) != "STATE_NOT_ALLOWED", from.count(state) > 0) << status;
    if (may_fail_.count(method.name()) == 0) {
      EXPECT_NE(status.code(), absl::StatusCode::kInternal) << status;
    }
    const std::string after = harness_.db().Get(absl::StrCat("SELECT state FROM ", type.table(), where)).text();
    if (!status.ok()) {
      EXPECT_EQ(after, state) << "a refusal changes nothing: " << status;
    } else if (!transition.to().empty()) {
      EXPECT_EQ(after, transition.to());
    }
    ++pairs_;
  }
}

int StatePairs::TryAll(const std::set<std::string>& left_out) {
  for (const auto& [collection, methods] : Verbs(harness_.registry())) {
    if (left_out.count(collection) > 0) continue;
    const resource::Type* type = harness_.runtime().catalog().FindCollection(collection);
    if (type == nullptr || type->FindField("state") == nullptr) {
      ADD_FAILURE() << collection << " is no resource with states";
      continue;
    }
    for (const MethodDescriptor* method : methods) Try(*type, *method);
  }
  return pairs_;
}

}  // namespace kam::testing

#include "common/resource/store.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/resource/names.h"
#include "common/resource/scope.h"
#include "common/status/status.h"
#include "kam/api/standard.pb.h"

namespace kam::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using mysql::Value;

using ById = std::map<std::string, Message*, std::less<>>;

std::vector<std::string> IdsOf(const ById& by_id) {
  std::vector<std::string> ids;
  ids.reserve(by_id.size());
  for (const auto& [id, message] : by_id) ids.push_back(id);
  return ids;
}

// Reads the rows of one child. `select_prefix`: of its plan.
absl::Status ReadChild(mysql::Connection& connection, const Child& child, const std::string& select_prefix,
                       const ById& by_id) {
  std::vector<Value> params;
  const std::string sql = absl::StrCat(select_prefix, InList(IdsOf(by_id), &params), ") ORDER BY parent_id, position");
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
  for (const mysql::Row& row : rows) {
    const auto parent = by_id.find(row[0].text());
    if (parent == by_id.end()) return Internal("child row without its parent");
    Message* message = parent->second;
    if (child.is_message) {
      size_t at = 1;
      RETURN_IF_ERROR(
          ReadFields(child.fields, row, &at, message->GetReflection()->AddMessage(message, child.descriptor)));
    } else {
      RETURN_IF_ERROR(ReadElement(child.fields[0], row[1], message));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadExternalIds(mysql::Connection& connection, const Type& type, const ById& by_id) {
  std::vector<Value> params;
  const std::string list = InList(IdsOf(by_id), &params);
  params.emplace_back(type.collection());
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   connection.Query(absl::StrCat("SELECT resource_id, system_name, external_id FROM external_ids WHERE "
                                                 "resource_id IN (",
                                                 list, ") AND collection = ? ORDER BY resource_id, system_name"),
                                    mysql::Params(params)));
  for (const mysql::Row& row : rows) {
    Message* message = by_id.find(row[0].text())->second;
    auto* external =
        static_cast<kam::api::ExternalId*>(message->GetReflection()->AddMessage(message, type.system("external_ids")));
    external->set_system(row[1].text());
    external->set_id(row[2].text());
  }
  return absl::OkStatus();
}

// `select` of a plan with one more column a child, then one for external ids: whether it has rows. Most have none, and
// a look into an index costs less than a statement. Not for rows that are locked: what the columns say may be older
// than the lock.
std::string WithPresence(const Type& type, const std::string& select) {
  const std::string from = absl::StrCat(" FROM ", type.table(), " t");
  std::string sql = select.substr(0, select.size() - from.size());
  for (const Child& child : type.children()) {
    absl::StrAppend(&sql, ", EXISTS (SELECT 1 FROM ", child.table, " c WHERE c.parent_id = t.id)");
  }
  if (type.has_external_ids()) {
    absl::StrAppend(&sql, ", EXISTS (SELECT 1 FROM external_ids x WHERE x.resource_id = t.id AND x.collection = '",
                    type.collection(), "')");
  }
  sql.append(from);
  return sql;
}

absl::Status TranslateDuplicate(const Type& type, const absl::Status& status) {
  std::string key;
  if (!mysql::IsDuplicateKey(status, &key)) return status;
  // Unique keys are named {table}_{column}.
  absl::string_view column = key;
  const std::string prefix = absl::StrCat(type.table(), "_");
  if (absl::StartsWith(column, prefix)) column.remove_prefix(prefix.size());
  const std::string field = absl::StrCat(type.singular(), ".", column);
  return Error(absl::StatusCode::kAlreadyExists, "FIELD_NOT_UNIQUE",
               absl::StrCat(field, ": another ", type.singular(), " has this value already"), {{"field", field}});
}

}  // namespace

Store::Store(const Catalog& catalog) : catalog_(catalog) {
  for (const std::unique_ptr<Type>& type : catalog.types()) {
    Plan plan;
    std::vector<std::string> columns = ColumnsOf(type->fields());
    std::vector<std::string> selected = {"t.id",      "t.version", "t.create_time",  "t.update_time",
                                         "t.creator", "t.updater", "t.archive_time", "t.number"};
    for (const std::string& column : columns) selected.push_back("t." + column);
    plan.select = absl::StrCat("SELECT ", absl::StrJoin(selected, ", "), " FROM ", type->table(), " t");
    std::string separator = columns.empty() ? "" : ", ";
    plan.insert =
        absl::StrCat("INSERT INTO ", type->table(), " (", kSystemColumnList, separator, absl::StrJoin(columns, ", "),
                     ") VALUES (", Placeholders(kSystemColumns + columns.size()), ")");
    plan.update =
        absl::StrCat("UPDATE ", type->table(), " SET version = ?, update_time = ?, updater = ?, archive_time = ?");
    for (const std::string& column : columns) absl::StrAppend(&plan.update, ", ", column, " = ?");
    absl::StrAppend(&plan.update, " WHERE id = ? AND version = ?");
    for (const Child& child : type->children()) {
      const std::vector<std::string> inner = ColumnsOf(child.fields);
      ChildPlan child_plan;
      child_plan.columns = inner.size();
      child_plan.select_prefix = absl::StrCat("SELECT parent_id, ", absl::StrJoin(inner, ", "), " FROM ", child.table,
                                              " WHERE parent_id IN (");
      child_plan.insert_prefix =
          absl::StrCat("INSERT INTO ", child.table, " (parent_id, position, ", absl::StrJoin(inner, ", "), ") VALUES ");
      child_plan.insert_row = absl::StrCat("(", Placeholders(2 + inner.size()), ")");
      child_plan.remove = absl::StrCat("DELETE FROM ", child.table, " WHERE parent_id = ?");
      plan.children.push_back(std::move(child_plan));
    }
    plans_.emplace(type.get(), std::move(plan));
  }
}

const Store::Plan& Store::PlanOf(const Type& type) const { return plans_.at(&type); }

absl::StatusOr<std::vector<Record>> Store::Select(mysql::Connection& connection, const Type& type,
                                                  const std::vector<SqlCondition>& where, const std::string& order_sql,
                                                  int limit, bool lock) const {
  std::vector<Value> params;
  std::string sql = absl::StrCat(PlanOf(type).select, WhereSql(where, &params));
  if (!order_sql.empty()) absl::StrAppend(&sql, " ", order_sql);
  absl::StrAppend(&sql, " LIMIT ", limit, lock ? " FOR UPDATE" : "");
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
  std::vector<Record> records;
  records.reserve(rows.size());
  std::map<std::string, Message*, std::less<>> by_id;
  for (const mysql::Row& row : rows) {
    Record record;
    record.message = type.New();
    ASSIGN_OR_RETURN(record.system, ReadRow(type, row, record.message.get()));
    by_id.emplace(record.system.id, record.message.get());
    records.push_back(std::move(record));
  }
  RETURN_IF_ERROR(ReadChildren(connection, type, by_id));
  return records;
}

absl::StatusOr<SystemValues> Store::ReadRow(const Type& type, const mysql::Row& row, Message* message) {
  SystemValues system = ReadSystem(row);
  size_t at = kSystemColumns;
  RETURN_IF_ERROR(ReadFields(type.fields(), row, &at, message));
  SetSystem(type, system, message);
  return system;
}

absl::Status Store::ReadChildren(mysql::Connection& connection, const Type& type,
                                 const std::map<std::string, Message*, std::less<>>& by_id) const {
  if (by_id.empty()) return absl::OkStatus();
  for (size_t c = 0; c < type.children().size(); ++c) {
    RETURN_IF_ERROR(ReadChild(connection, type.children()[c], PlanOf(type).children[c].select_prefix, by_id));
  }
  return type.has_external_ids() ? ReadExternalIds(connection, type, by_id) : absl::OkStatus();
}

absl::StatusOr<Record> Store::Load(mysql::Connection& connection, const Type& type, const std::string& id,
                                   const SqlCondition& scope, bool lock) const {
  ASSIGN_OR_RETURN(std::vector<Record> records,
                   Select(connection, type, {SqlCondition{"t.id = ?", {Value(id)}}, scope}, "", 1, lock));
  if (records.empty()) return NotFound(absl::StrCat(type.collection(), "/", id));
  return std::move(records[0]);
}

absl::Status Store::Read(mysql::Connection& connection, const Type& type, const std::string& id,
                         const SqlCondition& scope, Message* message) const {
  std::vector<Value> params;
  const Plan& plan = PlanOf(type);
  const std::string sql =
      absl::StrCat(WithPresence(type, plan.select), WhereSql({{"t.id = ?", {Value(id)}}, scope}, &params));
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
  if (rows.empty()) return NotFound(absl::StrCat(type.collection(), "/", id));
  RETURN_IF_ERROR(ReadRow(type, rows[0], message).status());
  const size_t children = type.children().size();
  const mysql::Params present = mysql::Params(rows[0]).last(children + (type.has_external_ids() ? 1 : 0));
  const ById by_id = {{id, message}};
  for (size_t c = 0; c < children; ++c) {
    if (present[c].integer() == 0) continue;
    RETURN_IF_ERROR(ReadChild(connection, type.children()[c], plan.children[c].select_prefix, by_id));
  }
  if (!type.has_external_ids() || present[children].integer() == 0) return absl::OkStatus();
  return ReadExternalIds(connection, type, by_id);
}

absl::StatusOr<int64_t> Store::Count(mysql::Connection& connection, const Type& type,
                                     const std::vector<SqlCondition>& where) const {
  std::vector<Value> params;
  const std::string sql = absl::StrCat("SELECT COUNT(t.id) FROM ", type.table(), " t", WhereSql(where, &params));
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
  return rows[0][0].integer();
}

absl::Status Store::Insert(mysql::Connection& connection, const Type& type, const SystemValues& system,
                           const Message& message) const {
  std::vector<Value> params = {
      system.id, system.version, system.create_time, system.update_time, system.creator, system.updater,
      Value(),   Value()};
  if (system.archive_time.has_value()) params[6] = Value(*system.archive_time);
  if (!system.number.empty()) params[7] = Value(system.number);
  AppendValues(type.fields(), message, &params);
  const auto inserted = connection.Execute(PlanOf(type).insert, mysql::Params(params));
  if (!inserted.ok()) return TranslateDuplicate(type, inserted.status());
  for (size_t c = 0; c < type.children().size(); ++c) {
    RETURN_IF_ERROR(InsertChildren(connection, type, c, system.id, message));
  }
  return InsertExternalIds(connection, type, system.id, message);
}

absl::Status Store::InsertChildren(mysql::Connection& connection, const Type& type, size_t c, const std::string& id,
                                   const Message& message) const {
  constexpr int kRowsAtOnce = 50;
  const Child& child = type.children()[c];
  const ChildPlan& plan = PlanOf(type).children[c];
  const auto* reflection = message.GetReflection();
  const int size = reflection->FieldSize(message, child.descriptor);
  for (int begin = 0; begin < size; begin += kRowsAtOnce) {
    std::string sql = plan.insert_prefix;
    std::vector<Value> params;
    for (int i = begin; i < std::min(size, begin + kRowsAtOnce); ++i) {
      absl::StrAppend(&sql, i == begin ? "" : ", ", plan.insert_row);
      params.emplace_back(id);
      params.emplace_back(i + 1);
      if (child.is_message) {
        AppendValues(child.fields, reflection->GetRepeatedMessage(message, child.descriptor, i), &params);
      } else {
        params.push_back(ElementValue(child.fields[0], message, i));
      }
    }
    const auto inserted = connection.Execute(sql, mysql::Params(params));
    if (!inserted.ok()) return TranslateDuplicate(type, inserted.status());
  }
  return absl::OkStatus();
}

absl::Status Store::InsertExternalIds(mysql::Connection& connection, const Type& type, const std::string& id,
                                      const Message& message) const {
  if (!type.has_external_ids()) return absl::OkStatus();
  const FieldDescriptor* field = type.system("external_ids");
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
    const auto& external =
        static_cast<const kam::api::ExternalId&>(message.GetReflection()->GetRepeatedMessage(message, field, i));
    const auto inserted = connection.Execute(
        "INSERT INTO external_ids (collection, system_name, external_id, resource_id) VALUES (?, ?, ?, ?)",
        {type.collection(), external.system(), external.id(), id});
    if (!inserted.ok() && mysql::IsDuplicateKey(inserted.status())) {
      return Error(absl::StatusCode::kAlreadyExists, "EXTERNAL_ID_TAKEN",
                   absl::StrCat("another ", type.singular(), " has the id ", external.id(), " in ", external.system()),
                   {{"system", external.system()}, {"id", external.id()}});
    }
    RETURN_IF_ERROR(inserted.status());
  }
  return absl::OkStatus();
}

absl::Status Store::Update(mysql::Connection& connection, const Type& type, const SystemValues& system,
                           const Message& before, const Message& after) const {
  std::vector<Value> params = {system.version, system.update_time, system.updater,
                               system.archive_time.has_value() ? Value(*system.archive_time) : Value()};
  AppendValues(type.fields(), after, &params);
  params.emplace_back(system.id);
  params.emplace_back(system.version - 1);
  const auto updated = connection.Execute(PlanOf(type).update, mysql::Params(params));
  if (!updated.ok()) return TranslateDuplicate(type, updated.status());
  if (*updated != 1) {
    return Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                 absl::StrCat(type.collection(), "/", system.id, " was changed by someone else"),
                 {{"resource", absl::StrCat(type.collection(), "/", system.id)}});
  }
  for (size_t c = 0; c < type.children().size(); ++c) {
    if (SameField(before, after, type.children()[c].descriptor)) continue;
    RETURN_IF_ERROR(connection.Execute(PlanOf(type).children[c].remove, {system.id}).status());
    RETURN_IF_ERROR(InsertChildren(connection, type, c, system.id, after));
  }
  if (type.has_external_ids() && !SameField(before, after, type.system("external_ids"))) {
    RETURN_IF_ERROR(connection
                        .Execute("DELETE FROM external_ids WHERE resource_id = ? AND collection = ?",
                                 {system.id, type.collection()})
                        .status());
    RETURN_IF_ERROR(InsertExternalIds(connection, type, system.id, after));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Store::FindExternal(mysql::Connection& connection, const Type& type,
                                                const std::string& system, const std::string& external_id) const {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query(
          "SELECT resource_id FROM external_ids WHERE collection = ? AND system_name = ? AND external_id = ?",
          {type.collection(), system, external_id}));
  return rows.empty() ? std::string() : rows[0][0].text();
}

absl::Status Store::CheckSchema(mysql::Connection& connection) const {
  std::map<std::string, std::set<std::string>> tables;
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   connection.Query("SELECT table_name, column_name FROM information_schema.columns WHERE "
                                    "table_schema = DATABASE()"));
  for (const mysql::Row& row : rows) tables[row[0].text()].insert(row[1].text());
  std::vector<std::string> differences;
  const auto compare = [&](const std::string& table, const std::vector<std::string>& expected, const Type& type) {
    if (tables.count(table) == 0) {
      differences.push_back(absl::StrCat("table ", table, " of ", type.descriptor()->full_name(), " is missing"));
      return;
    }
    const std::set<std::string>& actual = tables[table];
    for (const std::string& column : expected) {
      if (actual.count(column) == 0) differences.push_back(absl::StrCat("column ", table, ".", column, " is missing"));
    }
  };
  for (const std::unique_ptr<Type>& type : catalog_.types()) {
    std::vector<std::string> expected = ColumnsOf(type->fields());
    for (const char* system :
         {"id", "version", "create_time", "update_time", "creator", "updater", "archive_time", "number"}) {
      expected.emplace_back(system);
    }
    compare(type->table(), expected, *type);
    for (const Child& child : type->children()) {
      expected = ColumnsOf(child.fields);
      expected.insert(expected.end(), {"parent_id", "position"});
      compare(child.table, expected, *type);
    }
  }
  if (differences.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "SCHEMA_MISMATCH",
               absl::StrCat("the schema does not fit this program: ", absl::StrJoin(differences, "; ")));
}

}  // namespace kam::resource

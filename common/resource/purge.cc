#include "common/resource/purge.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "common/resource/names.h"
#include "common/status/status.h"

namespace kam::resource {
namespace {

using mysql::Params;
using mysql::Row;
using mysql::Value;

// Rows of one statement.
constexpr size_t kRowsAtOnce = 500;

absl::Status WriteChanges(UnitOfWork& work, const Type& type, const std::string& method, absl::Span<const Row> rows,
                          const std::string& reason) {
  std::vector<Value> values;
  for (const Row& row : rows) {
    ASSIGN_OR_RETURN(std::string change_id, work.NewId());
    for (Value& value : std::vector<Value>{std::move(change_id), work.now(), work.actor().subject, method, kDeleted,
                                           type.collection(), row[0].text(), row[1].integer() + 1, reason}) {
      values.push_back(std::move(value));
    }
  }
  const std::vector<std::string> tuples(rows.size(), "(?, ?, ?, ?, ?, ?, ?, ?, ?, '[]')");
  return work.connection()
      .Execute(absl::StrCat("INSERT INTO changes (change_id, change_time, actor, method, kind, collection, "
                            "resource_id, version, reason, fields) VALUES ",
                            absl::StrJoin(tuples, ", ")),
               Params(values))
      .status();
}

}  // namespace

absl::StatusOr<int64_t> Purge(UnitOfWork& work, const Type& type, const google::protobuf::MethodDescriptor& method,
                              const SqlCondition& where, int64_t limit, const std::string& reason) {
  std::vector<Value> params = where.params;
  params.emplace_back(limit);
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query(absl::StrCat("SELECT id, version FROM ", type.table(), " WHERE ", where.sql,
                                                        " ORDER BY id LIMIT ? FOR UPDATE"),
                                           Params(params)));
  const std::string name = absl::StrCat(method.service()->full_name(), "/", method.name());
  for (size_t begin = 0; begin < rows.size(); begin += kRowsAtOnce) {
    const absl::Span<const Row> some = absl::MakeConstSpan(rows).subspan(begin, kRowsAtOnce);
    RETURN_IF_ERROR(WriteChanges(work, type, name, some, reason));
    std::vector<Value> ids;
    for (const Row& row : some) ids.emplace_back(row[0].text());
    const std::string in = absl::StrCat(" IN (", Placeholders(ids.size()), ")");
    for (const Child& child : type.children()) {
      RETURN_IF_ERROR(work.connection()
                          .Execute(absl::StrCat("DELETE FROM ", child.table, " WHERE parent_id", in), Params(ids))
                          .status());
    }
    RETURN_IF_ERROR(
        work.connection().Execute(absl::StrCat("DELETE FROM ", type.table(), " WHERE id", in), Params(ids)).status());
  }
  return static_cast<int64_t>(rows.size());
}

}  // namespace kam::resource

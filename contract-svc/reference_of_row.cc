#include "contract-svc/reference_of_row.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resource/store.h"
#include "common/status/status.h"

namespace kam::contract {

absl::StatusOr<std::string> ReferenceOfRow(resource::UnitOfWork& work, const google::protobuf::Descriptor* descriptor,
                                           absl::string_view field, absl::string_view name) {
  const resource::Type& type = *work.runtime().catalog().Find(descriptor);
  const resource::Field& reference = *type.FindField(field);
  ASSIGN_OR_RETURN(const std::string id, resource::IdFromName(type, name, "name"));
  const resource::SqlCondition reached = resource::ScopeCondition(type, work.actor(), work.level());
  std::vector<mysql::Value> params = {mysql::Value(id)};
  params.insert(params.end(), reached.params.begin(), reached.params.end());
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(absl::StrCat("SELECT t.", reference.column, " FROM ", type.table(), " t WHERE t.id = ?",
                                           reached.sql.empty() ? "" : absl::StrCat(" AND (", reached.sql, ")")),
                              mysql::Params(params)));
  if (rows.empty()) return NotFound(name);
  if (rows[0][0].is_null()) return std::string();
  return absl::StrCat(reference.rules->reference(), "/", rows[0][0].text());
}

}  // namespace kam::contract

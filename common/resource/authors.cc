#include "common/resource/authors.h"

#include "absl/strings/str_cat.h"
#include "common/resource/names.h"
#include "common/status/status.h"

namespace kam::resource {

absl::StatusOr<bool> Changed(UnitOfWork& work, absl::string_view subject, absl::string_view name,
                             const std::vector<std::string>& methods) {
  std::string any = "1 = 0";
  std::vector<mysql::Value> params = {mysql::Value(IdOf(name)), mysql::Value(std::string(subject))};
  for (const std::string& method : methods) {
    any += " OR method LIKE ?";
    params.emplace_back(method);
  }
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(
          absl::StrCat("SELECT 1 FROM changes WHERE resource_id = ? AND actor = ? AND (", any, ") LIMIT 1"),
          mysql::Params(params)));
  return !rows.empty();
}

absl::StatusOr<bool> CallerChanged(UnitOfWork& work, absl::string_view name, const std::vector<std::string>& methods) {
  return Changed(work, work.actor().subject, name, methods);
}

}  // namespace kam::resource

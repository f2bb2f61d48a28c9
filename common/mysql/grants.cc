#include "common/mysql/grants.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/status/status.h"

namespace kam::mysql {
namespace {

// Names are put into statements, where they cannot be parameters.
bool IsPlain(absl::string_view name, absl::string_view also) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || also.find(c) != absl::string_view::npos;
  });
}

// Whoever could write it could hold migrations up.
constexpr absl::string_view kLease = "schema_migration_lease";

absl::string_view RightsOf(absl::string_view table) {
  if (table == "changes") return "SELECT, INSERT, UPDATE (sequence, chain_link)";
  if (table == "schema_migrations" || table == kLease) return "SELECT";
  return "SELECT, INSERT, UPDATE, DELETE";
}

}  // namespace

absl::Status GrantTables(Database& database, absl::string_view schema, absl::string_view user) {
  const std::pair<absl::string_view, absl::string_view> grantee = absl::StrSplit(user, absl::MaxSplits('@', 1));
  if (!IsPlain(grantee.first, "-") || !IsPlain(grantee.second, "-.%:/") || !IsPlain(schema, "-")) {
    return InvalidField("grant_to", "GRANT_USER_INVALID", "must be USER@HOST, as in kam_account@%",
                        {{"value", std::string(user)}});
  }
  return database.Run(absl::InfiniteFuture(), [&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Row> tables,
                     connection.Query("SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND "
                                      "table_type = 'BASE TABLE' ORDER BY table_name",
                                      {std::string(schema)}));
    const std::string service = absl::StrCat("'", grantee.first, "'@'", grantee.second, "'");
    for (const Row& table : tables) {
      const std::string& name = table[0].text();
      if (!IsPlain(name, "")) return Internal(absl::StrCat("the name of table ", name, " is not plain"));
      const std::string on = absl::StrCat(" ON `", schema, "`.`", name, "`");
      RETURN_IF_ERROR(connection.Execute(absl::StrCat("GRANT ", RightsOf(name), on, " TO ", service)).status());
      if (name != kLease) continue;
      // Earlier releases gave them.
      RETURN_IF_ERROR(
          connection.Execute(absl::StrCat("REVOKE INSERT, UPDATE, DELETE", on, " FROM ", service)).status());
    }
    return absl::OkStatus();
  });
}

}  // namespace kam::mysql

#include "common/resource/testing/widget_tables.h"

#include <fstream>
#include <sstream>

#include "common/mysql/migrate.h"
#include "common/status/status.h"

namespace kam::testing {
namespace {

constexpr char kFile[] = "common/resource/testing/widget.sql";
constexpr absl::Duration kTimeout = absl::Seconds(60);

}  // namespace

absl::Status CreateWidgetTables(mysql::Database& database) {
  std::ifstream file(kFile);
  if (!file) return Internal("common/resource/testing/widget.sql cannot be read: tests run in the source root");
  std::stringstream text;
  text << file.rdbuf();
  return database.Run(absl::Now() + kTimeout, [&text](mysql::Connection& connection) {
    for (const std::string& statement : mysql::SplitStatements(text.str())) {
      RETURN_IF_ERROR(connection.Execute(statement).status());
    }
    return absl::OkStatus();
  });
}

}  // namespace kam::testing

// Applies the numbered SQL files of a service to its schema: NNNN_name.sql, forward only, each once.
#ifndef KAM_COMMON_MYSQL_MIGRATE_H_
#define KAM_COMMON_MYSQL_MIGRATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/mysql/mysql.h"

namespace kam::mysql {

struct Migration {
  int number = 0;
  std::string name;  // File name without the folder.
  std::string sql;
};

// Reads every NNNN_*.sql of `directory`, in order, from the lowest number on (the folders of a service begin at 0101).
// Refuses gaps and double numbers.
absl::StatusOr<std::vector<Migration>> ReadMigrations(absl::string_view directory);

// Splits a file into statements at ';' outside quotes and comments.
std::vector<std::string> SplitStatements(absl::string_view sql);

// Applies what is missing, one file at a time, under a lease row (table schema_migration_lease), and records number,
// name, SHA-256 and statements done in table schema_migrations, so that a run broken off half-way goes on where it
// stopped. Refuses when an applied file was changed since. Returns the numbers applied now.
absl::StatusOr<std::vector<int>> Migrate(Database& database, const std::vector<Migration>& migrations,
                                         absl::string_view holder);

// FAILED_PRECONDITION SCHEMA_TOO_OLD naming the first of `migrations` that was not applied. A newer schema is fine.
absl::Status CheckApplied(Database& database, const std::vector<Migration>& migrations);

}  // namespace kam::mysql

#endif  // KAM_COMMON_MYSQL_MIGRATE_H_

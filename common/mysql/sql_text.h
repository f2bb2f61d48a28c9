// The little of SQL's grammar this library must know: where quotes and comments end.
#ifndef KAM_COMMON_MYSQL_SQL_TEXT_H_
#define KAM_COMMON_MYSQL_SQL_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/mysql/mysql.h"

namespace kam::mysql {

// End of the quoted text or comment that starts at `at`; `at` itself when none starts there.
size_t SkipQuoted(absl::string_view sql, size_t at);
size_t SkipComment(absl::string_view sql, size_t at);

// Upper-case word number `index` (from 0) outside comments, for example "SELECT". Empty when there is none.
std::string Word(absl::string_view sql, size_t index);

// How a statement stands to transactions.
enum class StatementKind {
  kData,        // SELECT, INSERT, UPDATE, DELETE ...
  kDefinition,  // DDL and the like: commits implicitly.
  kControl,     // START TRANSACTION, COMMIT, ROLLBACK, SET autocommit: the pool's own business.
};
StatementKind Classify(absl::string_view sql);

// True for INSERT, UPDATE, DELETE, REPLACE and WITH: may share a transaction with other statements.
bool IsDataChange(absl::string_view sql);

// `sql` with every `?` outside quotes and comments replaced by a literal. Text becomes a hexadecimal literal, so that
// no byte of a value is ever read as SQL.
absl::StatusOr<std::string> WithLiterals(absl::string_view sql, Params params);

// DATETIME(6) text in UTC. Microseconds; finer parts are cut off towards the past. Years 1 to 9999, else an error.
absl::StatusOr<std::string> FormatDateTime(absl::Time time);
// Reads YYYY-MM-DD HH:MM:SS with up to six fraction digits.
absl::StatusOr<absl::Time> ParseDateTime(absl::string_view text);

}  // namespace kam::mysql

#endif  // KAM_COMMON_MYSQL_SQL_TEXT_H_

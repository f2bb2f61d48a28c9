#include "common/mysql/error.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/mysql/mysql.h"
#include "common/status/status.h"

namespace kam::mysql {
namespace {

constexpr char kDuplicateKeyReason[] = "DUPLICATE_KEY";

enum class Kind {
  kInternal,
  kStatementFault,  // Wrong statement: the server's text names tables and columns, never values.
  kDuplicateKey,
  kConflict,
  kTimeout,
  kLost,
  kUnavailable,  // The session stays usable.
  kBusy,
  kConstraint,
};

Kind KindOf(int number) {
  switch (number) {
    case 1062:  // Duplicate entry.
    case 1586:  // The same, key named in the text.
      return Kind::kDuplicateKey;
    case 1020:  // Record has changed since last read (MariaDB with snapshot isolation).
    case 1180:  // Error during COMMIT (Galera, Group Replication).
    case 1205:  // Lock wait timeout.
    case 1213:  // Deadlock.
    case 3572:  // NOWAIT on a locked row (MySQL; MariaDB says 1205).
    case 8022:  // TiDB: COMMIT failed, may be retried.
    case 9007:  // TiDB: write conflict.
      return Kind::kConflict;
    case 1969:  // MariaDB max_statement_time.
    case 3024:  // MySQL max_execution_time.
      return Kind::kTimeout;
    case 1047:  // Unknown command; Galera: the node is not part of the primary component.
    case 1053:  // Server shutdown in progress.
    case 1077:  // Normal shutdown.
    case 1079:  // Shutdown complete.
    case 1158:  // Network read error.
    case 1159:  // Network read timeout.
    case 1160:  // Network write error.
    case 1161:  // Network write timeout.
    case 1290:  // The server is read-only: the writer has moved; a new session may find it.
    case 1836:  // Read-only mode (MySQL).
    case 1927:  // Connection was killed.
    case 2002:  // Cannot connect through the socket.
    case 2003:  // Cannot connect.
    case 2005:  // Unknown host.
    case 2006:  // Server has gone away.
    case 2012:  // Error in server handshake.
    case 2013:  // Lost connection.
    case 2014:  // Commands out of sync: the protocol state is unknown.
    case 2026:  // TLS error.
    case 2027:  // Malformed packet.
    case 2055:  // Lost connection, with a system error.
    case 4031:  // Disconnected because of inactivity (MySQL).
      return Kind::kLost;
    case 1044:  // Access denied to the schema.
    case 1045:  // Access denied.
    case 1049:  // Unknown schema.
    case 1317:  // Statement killed by an operator.
    case 1021:  // Disk full.
    case 1114:  // Table full.
    case 1129:  // Host blocked.
    case 1130:  // Host not allowed.
    case 1698:  // Access denied, socket authentication.
      return Kind::kUnavailable;
    case 1040:  // Too many connections.
    case 1203:  // Too many connections of this user.
    case 1226:  // User limit.
    case 1461:  // Too many prepared statements.
      return Kind::kBusy;
    case 1048:  // Column cannot be null.
    case 1216:  // Foreign key, child.
    case 1217:  // Foreign key, parent.
    case 1264:  // Out of range.
    case 1265:  // Data truncated.
    case 1292:  // Wrong value for a type.
    case 1300:  // Not valid in the character set.
    case 1364:  // No default value.
    case 1365:  // Division by zero.
    case 1366:  // Wrong text or number for a column.
    case 1406:  // Data too long.
    case 1451:  // Foreign key, parent.
    case 1452:  // Foreign key, child.
    case 1690:  // Result out of range.
    case 3819:  // CHECK (MySQL).
    case 4025:  // CHECK (MariaDB).
      return Kind::kConstraint;
    case 1046:  // No schema chosen.
    case 1050:  // Table exists.
    case 1051:  // Unknown table.
    case 1052:  // Ambiguous column.
    case 1054:  // Unknown column.
    case 1060:  // Duplicate column.
    case 1061:  // Duplicate key name.
    case 1064:  // Syntax.
    case 1067:  // Invalid default.
    case 1068:  // Multiple primary keys.
    case 1071:  // Key too long.
    case 1072:  // Key column missing.
    case 1091:  // Cannot drop what is not there.
    case 1103:  // Wrong table name.
    case 1136:  // Column count differs from value count.
    case 1142:  // Command denied on a table.
    case 1143:  // Command denied on a column.
    case 1146:  // No such table.
    case 1227:  // Privilege missing.
    case 1305:  // No such function.
    case 1005:  // Cannot create table.
    case 1215:  // Cannot add foreign key.
    case 1826:  // Duplicate foreign key name.
    case 1901:  // Expression not allowed.
      return Kind::kStatementFault;
    default:
      return Kind::kInternal;
  }
}

// The text between the last `open` and the next `close` after it.
std::string LastBetween(absl::string_view text, absl::string_view open, char close) {
  const size_t at = text.rfind(open);
  if (at == absl::string_view::npos) return "";
  absl::string_view rest = text.substr(at + open.size());
  const size_t end = rest.find(close);
  return end == absl::string_view::npos ? "" : std::string(rest.substr(0, end));
}

// MySQL 8 writes "table.key", MariaDB "key".
std::string KeyName(absl::string_view text) {
  std::string key = LastBetween(text, "for key '", '\'');
  const size_t dot = key.rfind('.');
  return dot == std::string::npos ? key : key.substr(dot + 1);
}

// Name of the constraint or column a message is about; empty when it names none.
std::pair<std::string, std::string> Subject(int number, absl::string_view text) {
  switch (number) {
    case 1451:
    case 1452:
    case 4025:
      return {"constraint", LastBetween(text, "CONSTRAINT `", '`')};
    case 3819:
      return {"constraint", LastBetween(text, "constraint '", '\'')};
    case 1048:
      return {"column", LastBetween(text, "Column '", '\'')};
    case 1364:
      return {"column", LastBetween(text, "Field '", '\'')};
    case 1264:
    case 1265:
    case 1406:
      return {"column", LastBetween(text, "for column '", '\'')};
    default:
      return {"", ""};
  }
}

}  // namespace

bool IsConflict(int number) { return KindOf(number) == Kind::kConflict; }

bool IsLost(int number) { return KindOf(number) == Kind::kLost; }

absl::Status DatabaseUnavailable(int number) {
  return RetryLater(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", "the database cannot be used now",
                    absl::Milliseconds(kRetryAfterUnavailableMs), {{"errno", absl::StrCat(number)}});
}

absl::Status DatabaseBusy(absl::string_view message) {
  return RetryLater(absl::StatusCode::kResourceExhausted, "DATABASE_BUSY", message,
                    absl::Milliseconds(kRetryAfterBusyMs));
}

absl::Status DeadlinePassed() {
  return Error(absl::StatusCode::kDeadlineExceeded, "STATEMENT_TIMEOUT", "the deadline passed before the statement");
}

absl::Status CommitOutcomeUnknown(absl::string_view number) {
  return RetryLater(absl::StatusCode::kUnavailable, "COMMIT_OUTCOME_UNKNOWN",
                    "the database did not answer the commit: repeat with the same request id",
                    absl::Milliseconds(kRetryAfterUnavailableMs), {{"errno", std::string(number)}});
}

absl::Status ToStatus(int number, absl::string_view text) {
  const std::string errno_text = absl::StrCat(number);
  switch (KindOf(number)) {
    case Kind::kDuplicateKey: {
      const std::string key = KeyName(text);
      return Error(absl::StatusCode::kAlreadyExists, kDuplicateKeyReason,
                   absl::StrCat("a row with this ", key, " exists"), {{"key", key}, {"errno", errno_text}});
    }
    case Kind::kConflict:
      return Error(absl::StatusCode::kAborted, "TRANSACTION_CONFLICT", "another transaction was in the way",
                   {{"errno", errno_text}});
    case Kind::kTimeout:
      return Error(absl::StatusCode::kDeadlineExceeded, "STATEMENT_TIMEOUT", "the statement took too long",
                   {{"errno", errno_text}});
    case Kind::kLost:
    case Kind::kUnavailable:
      return DatabaseUnavailable(number);
    case Kind::kBusy:
      return RetryLater(absl::StatusCode::kResourceExhausted, "DATABASE_BUSY", "the database has reached a limit",
                        absl::Milliseconds(kRetryAfterBusyMs), {{"errno", errno_text}});
    case Kind::kConstraint: {
      const auto [kind, name] = Subject(number, text);
      Metadata metadata = {{"errno", errno_text}};
      if (!name.empty()) metadata.emplace_back(kind, name);
      return Error(absl::StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATED",
                   name.empty() ? "a value breaks a rule of the table"
                                : absl::StrCat("a value breaks the rule of ", kind, " ", name),
                   metadata);
    }
    case Kind::kStatementFault:
      return Error(absl::StatusCode::kInternal, "INTERNAL", absl::StrCat("database error ", number, ": ", text),
                   {{"errno", errno_text}});
    case Kind::kInternal:
      break;
  }
  return Error(absl::StatusCode::kInternal, "INTERNAL", absl::StrCat("database error ", number),
               {{"errno", errno_text}});
}

bool IsDuplicateKey(const absl::Status& status, std::string* key) {
  if (status.code() != absl::StatusCode::kAlreadyExists || Reason(status) != kDuplicateKeyReason) return false;
  if (key != nullptr) *key = MetadataValue(status, "key");
  return true;
}

}  // namespace kam::mysql

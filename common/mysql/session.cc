#include "common/mysql/session.h"

#include <cppconn/connection.h>
#include <cppconn/datatype.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/parameter_metadata.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>
#include <mysql_driver.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <list>
#include <mutex>
#include <new>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/mysql/error.h"
#include "common/mysql/sql_text.h"
#include "common/status/status.h"

namespace kam::mysql {
namespace {

constexpr size_t kPasswordBytesMax = 4096;
// Longer statements are made for one use (inserts of many rows) and would crowd out the others.
constexpr size_t kStatementBytesKeptMax = 32 * 1024;
// A kept statement holds its last result; one that large is let go instead.
constexpr size_t kResultBytesKeptMax = 1024 * 1024;
// A lock wait ends in this part of the statement timeout, so that it is seen as a conflict, which is retried.
constexpr int kLockWaitPartOfStatementTimeout = 2;

constexpr char kSqlMode[] =
    "STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE";

constexpr int kErrorNotInPreparedProtocol = 1295;
constexpr int kErrorNeedsReprepare = 1615;
constexpr int kErrorUnknownStatementHandle = 1243;
constexpr int kErrorTooManyStatements = 1461;

// get_driver_instance() is not thread-safe.
sql::Driver* Driver() {
  static std::once_flag once;
  static sql::Driver* driver = nullptr;
  std::call_once(once, [] { driver = get_driver_instance(); });
  return driver;
}

// The client library wants to know every thread that uses it.
struct ThreadGuard {
  ThreadGuard() { Driver()->threadInit(); }
  ~ThreadGuard() { Driver()->threadEnd(); }
  ThreadGuard(const ThreadGuard&) = delete;
  ThreadGuard& operator=(const ThreadGuard&) = delete;
};
void EnterThread() { thread_local ThreadGuard guard; }

int WholeSeconds(absl::Duration duration) {
  const int64_t seconds = absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1)));
  return static_cast<int>(std::clamp<int64_t>(seconds, 1, std::numeric_limits<int>::max() / 1000));
}

absl::StatusOr<std::string> ReadPassword(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::string password(kPasswordBytesMax, '\0');
  file.read(password.data(), static_cast<std::streamsize>(password.size()));
  if (file.bad() || (file.fail() && !file.eof())) {
    return Error(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE", "the database password file cannot be read",
                 {{"path", path}});
  }
  password.resize(static_cast<size_t>(file.gcount()));
  return std::string(absl::StripTrailingAsciiWhitespace(password));
}

enum class CellKind { kInteger, kUnsigned, kDouble, kTime, kText };

CellKind KindOf(sql::ResultSetMetaData& metadata, unsigned column) {
  switch (metadata.getColumnType(column)) {
    case sql::DataType::BIT:
    case sql::DataType::TINYINT:
    case sql::DataType::SMALLINT:
    case sql::DataType::MEDIUMINT:
    case sql::DataType::INTEGER:
    case sql::DataType::YEAR:
      return CellKind::kInteger;
    case sql::DataType::BIGINT:
      return metadata.isSigned(column) ? CellKind::kInteger : CellKind::kUnsigned;
    case sql::DataType::REAL:
    case sql::DataType::DOUBLE:
      return CellKind::kDouble;
    case sql::DataType::TIMESTAMP:
      return CellKind::kTime;
    default:
      return CellKind::kText;
  }
}

std::vector<CellKind> KindsOf(sql::ResultSet& result) {
  sql::ResultSetMetaData& metadata = *result.getMetaData();
  std::vector<CellKind> kinds(metadata.getColumnCount());
  for (unsigned i = 0; i < kinds.size(); ++i) kinds[i] = KindOf(metadata, i + 1);
  return kinds;
}

absl::Status ReadRow(sql::ResultSet& result, const std::vector<CellKind>& kinds, Row* row) {
  row->clear();
  row->reserve(kinds.size());
  for (unsigned i = 0; i < kinds.size(); ++i) {
    const unsigned column = i + 1;
    if (result.isNull(column)) {
      row->emplace_back();
      continue;
    }
    switch (kinds[i]) {
      case CellKind::kInteger:
        row->emplace_back(result.getInt64(column));
        break;
      case CellKind::kUnsigned: {
        const uint64_t value = result.getUInt64(column);
        if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
          return Internal(absl::StrCat("column ", column, " holds an integer above 2^63-1"));
        }
        row->emplace_back(static_cast<int64_t>(value));
        break;
      }
      case CellKind::kDouble:
        row->emplace_back(absl::StrFormat("%.17g", static_cast<double>(result.getDouble(column))));
        break;
      case CellKind::kTime: {
        ASSIGN_OR_RETURN(const absl::Time time, ParseDateTime(result.getString(column).asStdString()));
        row->emplace_back(time);
        break;
      }
      case CellKind::kText:
        row->emplace_back(result.getString(column).asStdString());
        break;
    }
  }
  return absl::OkStatus();
}

size_t TextBytes(const Row& row) {
  size_t bytes = 0;
  for (const Value& value : row) bytes += value.text().size();
  return bytes;
}

// The limit on a statement's time. MariaDB: seconds, every statement. MySQL and its kin: milliseconds, SELECT only.
std::string StatementTimeoutSql(absl::string_view version, absl::Duration timeout) {
  if (absl::StrContains(version, "MariaDB")) {
    return absl::StrFormat("SET SESSION max_statement_time = %.3f", absl::ToDoubleSeconds(timeout));
  }
  return absl::StrCat("SET SESSION max_execution_time = ", absl::ToInt64Milliseconds(timeout));
}

}  // namespace

struct Session::Impl {
  struct Kept {
    std::string sql;
    std::unique_ptr<sql::PreparedStatement> statement;
    unsigned parameters = 0;
    bool has_rows = false;
    StatementKind kind = StatementKind::kData;
  };
  using Statements = std::list<Kept>;

  // Declared before the statements, so that they are closed first.
  std::unique_ptr<sql::Connection> connection;
  std::unique_ptr<sql::Statement> plain;
  Statements statements;  // Most recently used first.
  absl::flat_hash_map<absl::string_view, Statements::iterator> by_sql;
  Statements once;  // The statement in use when it is not to be kept.
  size_t kept_max = 0;

  absl::Time deadline = absl::InfiniteFuture();
  bool in_transaction = false;
  bool scanning = false;
  int broken_errno = 0;
  absl::Status conflict;

  // Runs `call`, which may throw and returns a status, and turns what it throws into a status.
  template <typename Call>
  absl::Status Guarded(Call&& call, bool keep_text = true) {
    try {
      EnterThread();
      return call();
    } catch (const sql::SQLException& e) {
      return Failed(e.getErrorCode(), keep_text ? e.what() : "");
    } catch (const std::bad_alloc&) {
      // The state of the protocol is unknown after this.
      return Failed(kClientOutOfMemory, "");
    } catch (const std::exception&) {
      return Failed(kClientUnknown, "");
    }
  }
  static constexpr int kClientUnknown = 2000;
  static constexpr int kClientOutOfMemory = 2008;

  absl::Status Failed(int number, absl::string_view text) {
    if (IsLost(number) || number == kClientUnknown || number == kClientOutOfMemory) broken_errno = number;
    absl::Status status = ToStatus(number, text);
    if (IsConflict(number) && conflict.ok()) conflict = status;
    return status;
  }

  absl::Status MayStart() const {
    if (broken_errno != 0) return DatabaseUnavailable(broken_errno);
    if (scanning) return Internal("a statement inside the callback of Scan on the same session");
    if (absl::Now() >= deadline) return DeadlinePassed();
    return absl::OkStatus();
  }

  absl::Status MayRun(StatementKind kind) const {
    if (kind == StatementKind::kControl) {
      return Internal("transactions are begun and ended by Database::RunInTransaction, not by statements");
    }
    if (kind == StatementKind::kDefinition && in_transaction) {
      return Internal("a statement that commits implicitly was refused inside a transaction");
    }
    return absl::OkStatus();
  }

  void Forget(absl::string_view sql) {
    const auto found = by_sql.find(sql);
    if (found == by_sql.end()) return;
    const Statements::iterator kept = found->second;
    by_sql.erase(found);
    statements.erase(kept);
  }

  Kept Prepare(absl::string_view sql, StatementKind kind) {
    Kept kept;
    kept.sql = std::string(sql);
    kept.kind = kind;
    try {
      kept.statement.reset(connection->prepareStatement(kept.sql));
    } catch (const sql::SQLException& e) {
      if (e.getErrorCode() != kErrorTooManyStatements || statements.empty()) throw;
      // The server's own limit: give back what this session holds and try once more.
      by_sql.clear();
      statements.clear();
      kept.statement.reset(connection->prepareStatement(kept.sql));
    }
    kept.parameters = kept.statement->getParameterMetaData()->getParameterCount();
    kept.has_rows = kept.statement->getMetaData()->getColumnCount() > 0;
    return kept;
  }

  // The prepared statement of `sql`. Throws what the connector throws.
  Kept* Prepared(absl::string_view sql, absl::Status* refused) {
    if (const auto found = by_sql.find(sql); found != by_sql.end()) {
      statements.splice(statements.begin(), statements, found->second);
      *refused = MayRun(statements.front().kind);
      return &statements.front();
    }
    const StatementKind kind = Classify(sql);
    *refused = MayRun(kind);
    if (!refused->ok()) return nullptr;
    Kept kept = Prepare(sql, kind);
    if (kept_max == 0 || sql.size() > kStatementBytesKeptMax || kind != StatementKind::kData) {
      once.clear();
      once.push_front(std::move(kept));
      return &once.front();
    }
    while (statements.size() >= kept_max) {
      by_sql.erase(statements.back().sql);
      statements.pop_back();
    }
    statements.push_front(std::move(kept));
    by_sql.emplace(statements.front().sql, statements.begin());
    return &statements.front();
  }

  static absl::Status Bind(Kept& kept, Params params) {
    if (params.size() != kept.parameters) {
      return Internal(
          absl::StrCat("the statement has ", kept.parameters, " parameters, ", params.size(), " were given"));
    }
    for (unsigned i = 0; i < params.size(); ++i) {
      const auto& value = params[i].variant();
      sql::PreparedStatement& statement = *kept.statement;
      if (const auto* integer = std::get_if<int64_t>(&value)) {
        statement.setInt64(i + 1, *integer);
      } else if (const auto* text = std::get_if<std::string>(&value)) {
        statement.setString(i + 1, *text);  // Above 256 KB the connector sends it in pieces.
      } else if (const auto* time = std::get_if<absl::Time>(&value)) {
        ASSIGN_OR_RETURN(const std::string formatted, FormatDateTime(*time));
        statement.setString(i + 1, formatted);
      } else {
        statement.setNull(i + 1, sql::DataType::SQLNULL);
      }
    }
    return absl::OkStatus();
  }

  // Prepares, binds and calls `run`. A statement the server has forgotten or wants prepared anew gets that once.
  template <typename Run>
  absl::Status WithStatement(absl::string_view sql, Params params, Run&& run) {
    const auto once_through = [&]() -> absl::Status {
      absl::Status refused;
      Kept* kept = Prepared(sql, &refused);
      RETURN_IF_ERROR(refused);
      RETURN_IF_ERROR(Bind(*kept, params));
      return run(*kept);
    };
    const auto drop_once = absl::MakeCleanup([this] { once.clear(); });
    try {
      return once_through();
    } catch (const sql::SQLException& e) {
      if (e.getErrorCode() != kErrorNeedsReprepare && e.getErrorCode() != kErrorUnknownStatementHandle) throw;
      Forget(sql);
    }
    return once_through();
  }

  absl::Status Control(const char* sql) {
    return Guarded([&] {
      plain->execute(sql);
      return absl::OkStatus();
    });
  }

  absl::Status SetUp(const Options& options) {
    return Guarded([&]() -> absl::Status {
      plain.reset(connection->createStatement());
      const std::unique_ptr<sql::ResultSet> result(plain->executeQuery("SELECT VERSION()"));
      if (!result->next()) return Internal("the server did not tell its version");
      const std::string version = result->getString(1).asStdString();
      plain->execute(absl::StrCat(
          "SET NAMES utf8mb4, time_zone = '+00:00', sql_mode = '", kSqlMode, "', innodb_lock_wait_timeout = ",
          std::max(1, WholeSeconds(options.statement_timeout) / kLockWaitPartOfStatementTimeout)));
      plain->execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
      plain->execute(StatementTimeoutSql(version, options.statement_timeout));
      return absl::OkStatus();
    });
  }
};

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Session::~Session() {
  try {
    EnterThread();
    impl_.reset();
  } catch (...) {  // NOLINT(bugprone-empty-catch): closing may write to a dead connection.
  }
}

absl::StatusOr<std::unique_ptr<Session>> Session::Connect(const Options& options, const TlsOptions& tls,
                                                          absl::Duration timeout) {
  ASSIGN_OR_RETURN(const std::string password, ReadPassword(options.password_file));
  auto impl = std::make_unique<Impl>();
  impl->kept_max = static_cast<size_t>(std::max(0, options.statements_kept_max));
  RETURN_IF_ERROR(impl->Guarded([&]() -> absl::Status {
    const auto text = [](const std::string& value) { return sql::ConnectPropertyVal(sql::SQLString(value)); };
    sql::ConnectOptionsMap map;
    map["hostName"] = text(options.socket.empty() ? absl::StrCat("tcp://", options.host, ":", options.port)
                                                  : absl::StrCat("unix://", options.socket));
    map["userName"] = text(options.user);
    map["password"] = text(password);
    map["schema"] = text(options.schema);
    map["OPT_CHARSET_NAME"] = text("utf8mb4");
    map["OPT_CONNECT_TIMEOUT"] = WholeSeconds(timeout);
    map["OPT_READ_TIMEOUT"] = WholeSeconds(options.read_timeout);
    map["OPT_WRITE_TIMEOUT"] = WholeSeconds(options.read_timeout);
    if (options.socket.empty() && !tls.ca_file.empty()) {
      // The first alone takes a certificate of any name, and plain text from a server without TLS; so does sslEnforce.
      map["sslCA"] = text(tls.ca_file);
      map["sslVerify"] = true;
    }
    impl->connection.reset(Driver()->connect(map));
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(impl->SetUp(options));
  return std::unique_ptr<Session>(new Session(std::move(impl)));
}

absl::StatusOr<std::vector<Row>> Session::Query(absl::string_view sql, Params params) {
  RETURN_IF_ERROR(impl_->MayStart());
  std::vector<Row> rows;
  size_t bytes = 0;
  const absl::Status status = impl_->Guarded([&] {
    return impl_->WithStatement(sql, params, [&](Impl::Kept& kept) -> absl::Status {
      if (!kept.has_rows) return Internal("Query was given a statement without a result");
      const std::unique_ptr<sql::ResultSet> result(kept.statement->executeQuery());
      const std::vector<CellKind> kinds = KindsOf(*result);
      rows.reserve(result->rowsCount());
      while (result->next()) {
        rows.emplace_back();
        RETURN_IF_ERROR(ReadRow(*result, kinds, &rows.back()));
        bytes += TextBytes(rows.back()) + kinds.size() * sizeof(int64_t);
      }
      return absl::OkStatus();
    });
  });
  RETURN_IF_ERROR(status);
  if (bytes > kResultBytesKeptMax) impl_->Forget(sql);
  return rows;
}

absl::Status Session::Scan(absl::string_view sql, Params params, absl::FunctionRef<absl::Status(const Row&)> each) {
  RETURN_IF_ERROR(impl_->MayStart());
  RETURN_IF_ERROR(impl_->MayRun(Classify(sql)));
  // The connector can only stream results of the text protocol; a prepared statement would hold all of it in memory.
  ASSIGN_OR_RETURN(const std::string text, WithLiterals(sql, params));
  absl::Status outcome;
  const auto done = absl::MakeCleanup([this] { impl_->scanning = false; });
  const absl::Status status = impl_->Guarded(
      [&]() -> absl::Status {
        const std::unique_ptr<sql::Statement> statement(impl_->connection->createStatement());
        statement->setResultSetType(sql::ResultSet::TYPE_FORWARD_ONLY);
        if (!statement->execute(text)) return Internal("Scan was given a statement without a result");
        const std::unique_ptr<sql::ResultSet> result(statement->getResultSet());
        const std::vector<CellKind> kinds = KindsOf(*result);
        impl_->scanning = true;
        Row row;
        while (outcome.ok() && result->next()) {
          RETURN_IF_ERROR(ReadRow(*result, kinds, &row));
          outcome = each(row);
        }
        return absl::OkStatus();
      },
      /*keep_text=*/false);
  RETURN_IF_ERROR(status);
  return outcome;
}

absl::StatusOr<int64_t> Session::Execute(absl::string_view sql, Params params) {
  RETURN_IF_ERROR(impl_->MayStart());
  int64_t changed = 0;
  RETURN_IF_ERROR(impl_->Guarded([&]() -> absl::Status {
    try {
      return impl_->WithStatement(sql, params, [&](Impl::Kept& kept) -> absl::Status {
        if (kept.has_rows) return Internal("Execute was given a statement with a result");
        changed = kept.statement->executeUpdate();
        return absl::OkStatus();
      });
    } catch (const sql::SQLException& e) {
      if (e.getErrorCode() != kErrorNotInPreparedProtocol || !params.empty()) throw;
    }
    // A few administrative statements cannot be prepared.
    changed = impl_->plain->executeUpdate(std::string(sql));
    return absl::OkStatus();
  }));
  return changed;
}

void Session::SetDeadline(absl::Time deadline) { impl_->deadline = deadline; }

absl::Status Session::Begin() {
  impl_->conflict = absl::OkStatus();
  RETURN_IF_ERROR(impl_->MayStart());
  RETURN_IF_ERROR(impl_->Control("START TRANSACTION"));
  impl_->in_transaction = true;
  return absl::OkStatus();
}

absl::Status Session::Commit() {
  RETURN_IF_ERROR(impl_->Control("COMMIT"));
  impl_->in_transaction = false;
  return absl::OkStatus();
}

absl::Status Session::Rollback() {
  if (impl_->broken_errno != 0) return DatabaseUnavailable(impl_->broken_errno);
  const absl::Status status = impl_->Control("ROLLBACK");
  if (status.ok()) {
    impl_->in_transaction = false;
  } else if (impl_->broken_errno == 0) {
    impl_->broken_errno = Impl::kClientUnknown;  // Whatever it holds now, nobody else shall have it.
  }
  return status;
}

bool Session::Ping() {
  try {
    EnterThread();
    return impl_->broken_errno == 0 && impl_->connection->isValid();
  } catch (...) {
    return false;
  }
}

bool Session::in_transaction() const { return impl_->in_transaction; }
bool Session::broken() const { return impl_->broken_errno != 0; }
int Session::broken_errno() const { return impl_->broken_errno; }
const absl::Status& Session::conflict() const { return impl_->conflict; }

}  // namespace kam::mysql

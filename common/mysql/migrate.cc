#include "common/mysql/migrate.h"

#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <mutex>
#include <set>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/mysql/sql_text.h"
#include "common/status/status.h"

namespace kam::mysql {
namespace {

constexpr size_t kNumberDigits = 4;
constexpr size_t kFileBytesMax = 4 * 1024 * 1024;
constexpr size_t kHolderLengthMax = 100;
// The lease is renewed by a thread of its own while a long statement runs; it outlives three lost renewals.
constexpr absl::Duration kLeaseTime = absl::Seconds(60);
constexpr absl::Duration kLeaseRenewEvery = absl::Seconds(15);
constexpr absl::Duration kLeaseWaitMax = absl::Minutes(10);
constexpr absl::Duration kLeasePollEvery = absl::Milliseconds(100);

// What a repeated DDL statement says when it was done already.
constexpr const char* kAlreadyDoneErrnos[] = {"1050", "1051", "1060", "1061", "1091", "1826"};

constexpr char kCreateMigrations[] = R"(CREATE TABLE IF NOT EXISTS schema_migrations (
  number INT NOT NULL,
  name VARCHAR(200) NOT NULL,
  sha256 CHAR(64) NOT NULL,
  statements_done INT NOT NULL,
  statement_begun INT NOT NULL,
  finished BOOLEAN NOT NULL,
  applied_time DATETIME(6) NOT NULL,
  PRIMARY KEY (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin)";

constexpr char kCreateLease[] = R"(CREATE TABLE IF NOT EXISTS schema_migration_lease (
  id INT NOT NULL,
  holder VARCHAR(200) NOT NULL,
  expires DATETIME(6) NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin)";

absl::Status Refused(absl::string_view reason, absl::string_view message, const Metadata& metadata) {
  return Error(absl::StatusCode::kFailedPrecondition, reason, message, metadata);
}

// The server bounds every statement of a migration, not the caller's deadline.
absl::Status Run(Database& database, absl::FunctionRef<absl::Status(Connection&)> work) {
  return database.Run(absl::InfiniteFuture(), work);
}

absl::StatusOr<int64_t> Execute(Database& database, absl::string_view sql, std::initializer_list<Value> params) {
  int64_t changed = 0;
  RETURN_IF_ERROR(Run(database, [&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(changed, connection.Execute(sql, params));
    return absl::OkStatus();
  }));
  return changed;
}

absl::StatusOr<std::vector<Row>> Query(Database& database, absl::string_view sql, std::initializer_list<Value> params) {
  std::vector<Row> rows;
  RETURN_IF_ERROR(Run(database, [&](Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(rows, connection.Query(sql, params));
    return absl::OkStatus();
  }));
  return rows;
}

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    ok_ = context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
  }
  void Add(absl::string_view text) { ok_ = ok_ && EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1; }
  absl::StatusOr<std::string> Hex() {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned length = 0;
    if (!ok_ || EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), &length) != 1) {
      return Internal("SHA-256 failed");
    }
    return absl::BytesToHexString(absl::string_view(digest).substr(0, length));
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
  bool ok_ = false;
};

absl::StatusOr<std::string> DigestOfFile(absl::string_view sql) {
  Sha256 digest;
  digest.Add(sql);
  return digest.Hex();
}

// Of the first `count` statements: what a file broken off half-way may not change.
absl::StatusOr<std::string> DigestOfStatements(const std::vector<std::string>& statements, size_t count) {
  Sha256 digest;
  for (size_t i = 0; i < count; ++i) {
    digest.Add(statements[i]);
    digest.Add(absl::string_view("\0", 1));
  }
  return digest.Hex();
}

// One row of schema_migration_lease, held from Acquire to the destructor.
class MigrationLease {
 public:
  MigrationLease(Database& database, absl::string_view holder) : database_(database) {
    absl::BitGen random;
    token_ = absl::StrCat(holder.substr(0, kHolderLengthMax), "/", absl::Hex(absl::Uniform<uint64_t>(random)));
  }
  MigrationLease(const MigrationLease&) = delete;
  MigrationLease& operator=(const MigrationLease&) = delete;

  ~MigrationLease() {
    if (renewer_.joinable()) {
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        stop_ = true;
      }
      stopped_.notify_one();
      renewer_.join();
      // When this fails the lease expires by itself.
      kam::mysql::Execute(database_, "UPDATE schema_migration_lease SET holder = '' WHERE id = 1 AND holder = ?",
                          {token_})
          .IgnoreError();
    }
  }

  // Waits for another holder to finish or to expire.
  absl::Status Acquire() {
    RETURN_IF_ERROR(kam::mysql::Execute(database_,
                                        "INSERT IGNORE INTO schema_migration_lease (id, holder, expires) "
                                        "VALUES (1, '', '2000-01-01 00:00:00')",
                                        {})
                        .status());
    const absl::Time limit = absl::Now() + kLeaseWaitMax;
    for (;;) {
      const absl::StatusOr<int64_t> taken = kam::mysql::Execute(
          database_,
          "UPDATE schema_migration_lease SET holder = ?, expires = UTC_TIMESTAMP(6) + INTERVAL ? SECOND "
          "WHERE id = 1 AND (holder = '' OR expires < UTC_TIMESTAMP(6))",
          {token_, absl::ToInt64Seconds(kLeaseTime)});
      if (taken.ok() && *taken == 1) break;
      if (!taken.ok() && taken.status().code() != absl::StatusCode::kAborted) return taken.status();
      if (absl::Now() > limit) {
        return Refused("MIGRATION_LEASE_HELD", "another runner holds the migration lease",
                       {{"waitedSeconds", absl::StrCat(absl::ToInt64Seconds(kLeaseWaitMax))}});
      }
      absl::SleepFor(kLeasePollEvery);
    }
    renewer_ = std::thread([this] {
      std::unique_lock<std::mutex> lock(mutex_);
      while (!stopped_.wait_for(lock, absl::ToChronoNanoseconds(kLeaseRenewEvery), [this] { return stop_; })) {
        lock.unlock();
        Renew().IgnoreError();  // Whether the lease still holds is asked before every statement.
        lock.lock();
      }
    });
    return absl::OkStatus();
  }

  // OK while the lease is held; makes it last from now on.
  absl::Status Renew() {
    ASSIGN_OR_RETURN(
        const int64_t held,
        kam::mysql::Execute(database_,
                            "UPDATE schema_migration_lease SET expires = UTC_TIMESTAMP(6) + INTERVAL ? SECOND "
                            "WHERE id = 1 AND holder = ?",
                            {absl::ToInt64Seconds(kLeaseTime), token_}));
    if (held == 1) return absl::OkStatus();
    return Refused("MIGRATION_LEASE_LOST", "another runner has taken the migration lease over", {});
  }

 private:
  Database& database_;
  std::string token_;
  std::thread renewer_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;  // Guarded by mutex_.
};

struct Progress {
  bool known = false;  // The file has a row.
  std::string name;
  std::string sha256;  // Of the file when finished, of the statements done before that.
  size_t done = 0;
  size_t begun = 0;  // Number from 1 of a DDL statement whose end was not recorded; 0 when there is none.
  bool finished = false;
};

absl::StatusOr<Progress> ReadProgress(Database& database, int number) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   Query(database,
                         "SELECT name, sha256, statements_done, statement_begun, finished FROM schema_migrations "
                         "WHERE number = ?",
                         {number}));
  Progress progress;
  if (rows.empty()) return progress;
  const Row& row = rows[0];
  progress.known = true;
  progress.name = row[0].text();
  progress.sha256 = row[1].text();
  progress.done = static_cast<size_t>(row[2].integer());
  progress.begun = static_cast<size_t>(row[3].integer());
  progress.finished = row[4].integer() != 0;
  return progress;
}

bool IsAlreadyDone(const absl::Status& status) {
  const std::string number = MetadataValue(status, "errno");
  return std::find(std::begin(kAlreadyDoneErrnos), std::end(kAlreadyDoneErrnos), number) !=
         std::end(kAlreadyDoneErrnos);
}

absl::Status RecordDone(Connection& connection, int number, size_t done, const std::string& sha256) {
  return connection
      .Execute(
          "UPDATE schema_migrations SET statements_done = ?, statement_begun = 0, sha256 = ?, "
          "applied_time = UTC_TIMESTAMP(6) WHERE number = ?",
          {static_cast<int64_t>(done), sha256, number})
      .status();
}

// Runs statement `index` of a file and records that it is done. `fate_unknown`: an earlier run began it, and nobody
// knows whether the server finished it.
absl::Status ApplyStatement(Database& database, int number, const std::vector<std::string>& statements, size_t index,
                            bool fate_unknown) {
  const std::string& sql = statements[index];
  ASSIGN_OR_RETURN(const std::string sha256, DigestOfStatements(statements, index + 1));
  if (IsDataChange(sql)) {
    return database.RunInTransaction(absl::InfiniteFuture(), [&](Connection& connection) -> absl::Status {
      RETURN_IF_ERROR(connection.Execute(sql).status());
      return RecordDone(connection, number, index + 1, sha256);
    });
  }
  RETURN_IF_ERROR(Execute(database, "UPDATE schema_migrations SET statement_begun = ? WHERE number = ?",
                          {static_cast<int64_t>(index + 1), number})
                      .status());
  absl::Status status = Execute(database, sql, {}).status();
  if (fate_unknown && IsAlreadyDone(status)) status = absl::OkStatus();
  if (!status.ok()) {
    // The server's refusal is an answer: the statement was not done. Without an answer its fate stays unknown.
    if (status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kFailedPrecondition) {
      Execute(database, "UPDATE schema_migrations SET statement_begun = 0 WHERE number = ?", {number}).IgnoreError();
    }
    return status;
  }
  return Run(database, [&](Connection& connection) { return RecordDone(connection, number, index + 1, sha256); });
}

// True when the file was applied now, false when it had been.
absl::StatusOr<bool> ApplyFile(Database& database, MigrationLease& lease, const Migration& migration) {
  const std::string number = absl::StrCat(migration.number);
  const std::vector<std::string> statements = SplitStatements(migration.sql);
  ASSIGN_OR_RETURN(const std::string file_sha256, DigestOfFile(migration.sql));
  ASSIGN_OR_RETURN(const Progress progress, ReadProgress(database, migration.number));
  if (progress.known) {
    std::string expected = file_sha256;
    if (!progress.finished && progress.done <= statements.size()) {
      ASSIGN_OR_RETURN(expected, DigestOfStatements(statements, progress.done));
    }
    if (progress.name != migration.name || progress.sha256 != expected) {
      return Refused("MIGRATION_CHANGED",
                     absl::StrCat("migration ", migration.name, " was changed after it was applied"),
                     {{"number", number}, {"name", migration.name}, {"appliedName", progress.name}});
    }
    if (progress.finished) return false;
  } else {
    ASSIGN_OR_RETURN(const std::string nothing, DigestOfStatements(statements, 0));
    RETURN_IF_ERROR(Execute(database,
                            "INSERT INTO schema_migrations (number, name, sha256, statements_done, statement_begun, "
                            "finished, applied_time) VALUES (?, ?, ?, 0, 0, FALSE, UTC_TIMESTAMP(6))",
                            {migration.number, migration.name, nothing})
                        .status());
  }
  for (size_t i = progress.done; i < statements.size(); ++i) {
    RETURN_IF_ERROR(lease.Renew());
    absl::Status status = ApplyStatement(database, migration.number, statements, i, progress.begun == i + 1);
    if (!status.ok()) {
      absl::Status named(status.code(),
                         absl::StrCat("migration ", migration.name, ", statement ", i + 1, ": ", status.message()));
      status.ForEachPayload(
          [&](absl::string_view type, const absl::Cord& payload) { named.SetPayload(type, payload); });
      return named;
    }
  }
  RETURN_IF_ERROR(Execute(database,
                          "UPDATE schema_migrations SET sha256 = ?, finished = TRUE, applied_time = UTC_TIMESTAMP(6) "
                          "WHERE number = ?",
                          {file_sha256, migration.number})
                      .status());
  return true;
}

}  // namespace

absl::StatusOr<std::vector<Migration>> ReadMigrations(absl::string_view directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::directory_iterator entries(std::string(directory), error);
  if (error) {
    return Refused("MIGRATIONS_INVALID", absl::StrCat("cannot read the folder ", directory, ": ", error.message()), {});
  }
  std::vector<Migration> migrations;
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path& path = entries->path();
    const std::string name = path.filename().string();
    if (path.extension() != ".sql" || !absl::ascii_isdigit(static_cast<unsigned char>(name[0]))) continue;
    Migration migration;
    migration.name = name;
    const absl::string_view digits = absl::string_view(name).substr(0, kNumberDigits);
    const bool named = name.size() > kNumberDigits && name[kNumberDigits] == '_' &&
                       std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
                       absl::SimpleAtoi(digits, &migration.number);
    if (!named) {
      return Refused("MIGRATIONS_INVALID", absl::StrCat(name, " is not named NNNN_name.sql"), {{"name", name}});
    }
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    migration.sql = text.str();
    if (!file) return Refused("MIGRATIONS_INVALID", absl::StrCat("cannot read ", name), {{"name", name}});
    if (migration.sql.size() > kFileBytesMax) {
      return Refused("MIGRATIONS_INVALID", absl::StrCat(name, " is larger than ", kFileBytesMax, " bytes"),
                     {{"name", name}, {"limit", absl::StrCat(kFileBytesMax)}});
    }
    migrations.push_back(std::move(migration));
  }
  if (error) {
    return Refused("MIGRATIONS_INVALID", absl::StrCat("cannot read the folder ", directory, ": ", error.message()), {});
  }
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return a.name < b.name; });
  for (size_t i = 0; i < migrations.size(); ++i) {
    const int expected = migrations.front().number + static_cast<int>(i);
    if (migrations[i].number == expected) continue;
    const bool twice = migrations[i].number < expected;
    return Refused("MIGRATIONS_INVALID",
                   absl::StrCat(migrations[i].name, twice ? " uses a number again" : " leaves out a number"),
                   {{"name", migrations[i].name}, {"expected", absl::StrCat(expected)}});
  }
  return migrations;
}

std::vector<std::string> SplitStatements(absl::string_view sql) {
  std::vector<std::string> statements;
  size_t start = 0;
  bool empty = true;  // Nothing but space and comments so far.
  const auto finish = [&](size_t end) {
    if (!empty) statements.emplace_back(absl::StripAsciiWhitespace(sql.substr(start, end - start)));
    start = end + 1;
    empty = true;
  };
  for (size_t i = 0; i < sql.size();) {
    if (const size_t comment = SkipComment(sql, i); comment != i) {
      // What MySQL runs although it looks like a comment.
      if (sql.substr(i, 3) == "/*!" || sql.substr(i, 4) == "/*M!") empty = false;
      i = comment;
      continue;
    }
    if (const size_t quoted = SkipQuoted(sql, i); quoted != i) {
      empty = false;
      i = quoted;
      continue;
    }
    if (sql[i] == ';') {
      finish(i);
    } else if (!absl::ascii_isspace(static_cast<unsigned char>(sql[i]))) {
      empty = false;
    }
    ++i;
  }
  finish(sql.size());
  return statements;
}

absl::StatusOr<std::vector<int>> Migrate(Database& database, const std::vector<Migration>& migrations,
                                         absl::string_view holder) {
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].number <= (i == 0 ? 0 : migrations[i - 1].number)) {
      return Refused("MIGRATIONS_INVALID", absl::StrCat(migrations[i].name, " is out of order"),
                     {{"name", migrations[i].name}});
    }
  }
  RETURN_IF_ERROR(Execute(database, kCreateMigrations, {}).status());
  RETURN_IF_ERROR(Execute(database, kCreateLease, {}).status());
  MigrationLease lease(database, holder);
  RETURN_IF_ERROR(lease.Acquire());
  std::vector<int> applied;
  for (const Migration& migration : migrations) {
    ASSIGN_OR_RETURN(const bool now, ApplyFile(database, lease, migration));
    if (now) applied.push_back(migration.number);
  }
  return applied;
}

absl::Status CheckApplied(Database& database, const std::vector<Migration>& migrations) {
  const absl::StatusOr<std::vector<Row>> rows =
      Query(database, "SELECT number FROM schema_migrations WHERE finished", {});
  constexpr char kErrorNoSuchTable[] = "1146";
  if (!rows.ok() && MetadataValue(rows.status(), "errno") != kErrorNoSuchTable) return rows.status();
  std::set<int64_t> applied;
  if (rows.ok()) {
    for (const Row& row : *rows) applied.insert(row[0].integer());
  }
  for (const Migration& migration : migrations) {
    if (applied.count(migration.number) > 0) continue;
    return Error(absl::StatusCode::kFailedPrecondition, "SCHEMA_TOO_OLD",
                 absl::StrCat("the schema lacks ", migration.name, ": run this program with --migrate first"),
                 {{"migration", migration.name}});
  }
  return absl::OkStatus();
}

}  // namespace kam::mysql

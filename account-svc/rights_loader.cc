#include "account-svc/rights_loader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "account-svc/rules/organization_rules.h"
#include "account-svc/rules/right_rules.h"
#include "common/auth/grants.h"
#include "common/auth/principal.h"
#include "common/csv/csv.h"
#include "common/id/digest.h"
#include "common/id/id.h"
#include "common/resource/type.h"
#include "common/status/status.h"

namespace kam::account {
namespace {

using mysql::Value;

constexpr char kActor[] = "programs/account-svc";
constexpr size_t kRowsAtOnce = 100;

absl::Status Invalid(absl::string_view file, int64_t line, int64_t column, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "RIGHTS_INVALID",
               absl::StrCat(file, ":", line, ":", column, ": ", what),
               {{"file", std::string(file)}, {"line", absl::StrCat(line)}, {"column", absl::StrCat(column)}});
}

// The name of a value without the prefix of its enum, as columns hold it.
template <typename Enum>
std::string Short(Enum value) {
  const auto* type = google::protobuf::GetEnumDescriptor<Enum>();
  return resource::ShortEnumName(type->FindValueByNumber(value));
}

}  // namespace

absl::StatusOr<std::vector<Right>> ParseRights(absl::string_view file, absl::string_view text) {
  static constexpr absl::string_view kHeader[] = {"permission", "level", "roles"};
  constexpr size_t kColumns = 3;
  std::vector<Right> rights;
  std::set<std::pair<std::string, std::string>> seen;
  const auto each = [&](const csv::Record& record) -> absl::Status {
    if (record.fields.size() != kColumns) {
      return Invalid(file, record.line, 1, "the columns are permission, level, roles");
    }
    if (record.number == 1) {
      for (size_t i = 0; i < kColumns; ++i) {
        if (record.fields[i].text == kHeader[i]) continue;
        return Invalid(file, record.fields[i].line, record.fields[i].column,
                       absl::StrCat("the header of this column is ", kHeader[i]));
      }
      return absl::OkStatus();
    }
    const csv::Field& permission = record.fields[0];
    const csv::Field& level = record.fields[1];
    const csv::Field& roles = record.fields[2];
    if (!auth::IsPermission(permission.text)) {
      return Invalid(file, permission.line, permission.column, "a permission has the form noun.verb");
    }
    auth::Level parsed = auth::Level::kNone;
    if (!auth::ParseLevel(level.text, &parsed) || parsed == auth::Level::kNone) {
      return Invalid(file, level.line, level.column,
                     absl::StrCat("level \"", level.text, "\" is none of own, team, department, region, all"));
    }
    int64_t column = roles.column + (roles.quoted ? 1 : 0);
    for (const absl::string_view role : absl::StrSplit(roles.text, ' ')) {
      const int64_t at = column;
      column += static_cast<int64_t>(role.size()) + 1;
      if (role.empty()) continue;
      if (!rules::IsRole(role)) return Invalid(file, roles.line, at, absl::StrCat("role \"", role, "\" is unknown"));
      if (!seen.emplace(permission.text, role).second) {
        return Invalid(file, roles.line, at, absl::StrCat(role, " has ", permission.text, " already"));
      }
      rights.push_back({std::string(permission.text), std::string(role), std::string(level.text)});
    }
    return absl::OkStatus();  // Without roles: only programs of the suite hold it.
  };
  ASSIGN_OR_RETURN(csv::Reader reader, csv::Reader::Create({.equal_columns = false}));
  absl::Status status = reader.Feed(text, each);
  if (status.ok()) status = reader.Finish(each);
  if (status.ok() || Reason(status) == "RIGHTS_INVALID") {
    RETURN_IF_ERROR(status);
    return rights;
  }
  return Error(absl::StatusCode::kInvalidArgument, "RIGHTS_INVALID", absl::StrCat(file, ": ", status.message()),
               {{"file", std::string(file)},
                {"line", MetadataValue(status, "line")},
                {"column", MetadataValue(status, "column")}});
}

absl::StatusOr<Rights> ReadRights(const std::string& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".csv") files.push_back(it->path());
  }
  if (files.empty()) {
    return Error(absl::StatusCode::kNotFound, "RIGHTS_MISSING", absl::StrCat("no *.csv in ", directory),
                 {{"directory", directory}});
  }
  std::sort(files.begin(), files.end());
  Rights rights;
  std::string all;
  std::set<std::pair<std::string, std::string>> seen;
  for (const std::filesystem::path& path : files) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    const std::string file = path.filename().string();
    ASSIGN_OR_RETURN(const std::vector<Right> rows, ParseRights(file, content.str()));
    for (const Right& row : rows) {
      if (!seen.emplace(row.permission, row.role).second) {
        return Error(absl::StatusCode::kInvalidArgument, "RIGHTS_INVALID",
                     absl::StrCat(file, ": ", row.role, " has ", row.permission, " in another file already"),
                     {{"file", file}});
      }
      rights.rows.push_back(row);
      // What is made of the rows counts: what is filed elsewhere than before is loaded again.
      absl::StrAppend(&all, Short(rules::FamilyOf(row.permission)), " ", Short(rules::ModeOf(row.permission)), " ",
                      rules::LimitOf(row.permission), "\n");
    }
    absl::StrAppend(&all, file, "\n", content.str(), "\n");
  }
  rights.sha256 = Sha256Hex(all);
  return rights;
}

absl::StatusOr<bool> LoadRights(mysql::Database& database, const Clock& clock, const Rights& rights) {
  constexpr absl::Duration kTimeout = absl::Seconds(30);
  bool loaded = false;
  IdGenerator ids(&clock);
  const absl::Time now = clock.Now();
  RETURN_IF_ERROR(database.RunInTransaction(absl::Now() + kTimeout, [&](mysql::Connection& connection) -> absl::Status {
    loaded = false;
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> seed,
                     connection.Query("SELECT sha256 FROM rights_seed WHERE id = 1 FOR UPDATE"));
    if (seed.empty()) return Internal("table rights_seed has lost its row");
    if (seed[0][0].text() == rights.sha256) return absl::OkStatus();
    RETURN_IF_ERROR(connection.Execute("DELETE FROM role_grants WHERE origin = 'SEED'").status());
    for (size_t begin = 0; begin < rights.rows.size(); begin += kRowsAtOnce) {
      std::string sql =
          "INSERT INTO role_grants (id, version, create_time, update_time, creator, updater, permission, role, "
          "level, origin, family, mode, limit_text) VALUES ";
      std::vector<Value> params;
      for (size_t i = begin; i < std::min(rights.rows.size(), begin + kRowsAtOnce); ++i) {
        const Right& right = rights.rows[i];
        ASSIGN_OR_RETURN(const std::string id, ids.NewId());
        const absl::string_view limit = rules::LimitOf(right.permission);
        absl::StrAppend(&sql, i == begin ? "" : ", ", "(?, 1, ?, ?, ?, ?, ?, ?, ?, 'SEED', ?, ?, ?)");
        params.insert(params.end(),
                      {Value(id), Value(now), Value(now), Value(kActor), Value(kActor), Value(right.permission),
                       Value(right.role), Value(absl::AsciiStrToUpper(right.level)),
                       Value(Short(rules::FamilyOf(right.permission))), Value(Short(rules::ModeOf(right.permission))),
                       limit.empty() ? Value() : Value(std::string(limit))});
      }
      RETURN_IF_ERROR(connection.Execute(sql, mysql::Params(params)).status());
    }
    loaded = true;
    return connection
        .Execute("UPDATE rights_seed SET sha256 = ?, load_time = ?, grants = ? WHERE id = 1",
                 {rights.sha256, now, static_cast<int64_t>(rights.rows.size())})
        .status();
  }));
  return loaded;
}

}  // namespace kam::account

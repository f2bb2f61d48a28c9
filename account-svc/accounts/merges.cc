#include "account-svc/accounts/merges.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kam::account {
namespace {

using mysql::Row;

constexpr size_t kMergesMax = 50;  // One into the other; a bound against a circle in the data.
constexpr size_t kAskedAtOnce = 200;

}  // namespace

absl::StatusOr<std::string> MergedInto(mysql::Connection& connection, const std::string& account) {
  std::string at = account;
  for (size_t i = 0; i < kMergesMax; ++i) {
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query("SELECT account FROM account_merges WHERE merged = ?", {at}));
    if (rows.empty()) break;
    at = rows[0][0].text();
  }
  return at == account ? std::string() : at;
}

absl::StatusOr<std::map<std::string, std::vector<std::string>>> PartsOfAccounts(
    mysql::Connection& connection, const std::vector<std::string>& accounts) {
  // Level by level: what became part of the accounts themselves, then what had become part of that. Of each file found,
  // the accounts that it counts for.
  std::map<std::string, std::set<std::string>> wholes;
  for (const std::string& account : accounts) wholes[account].insert(account);
  std::vector<std::string> level(accounts);
  for (size_t depth = 0; !level.empty() && depth < kMergesMax; ++depth) {
    std::set<std::string> next;
    for (size_t begin = 0; begin < level.size(); begin += kAskedAtOnce) {
      const size_t end = std::min(level.size(), begin + kAskedAtOnce);
      const std::vector<mysql::Value> params(level.begin() + static_cast<ptrdiff_t>(begin),
                                             level.begin() + static_cast<ptrdiff_t>(end));
      ASSIGN_OR_RETURN(const std::vector<Row> rows,
                       connection.Query(absl::StrCat("SELECT account, duplicate FROM account_merges WHERE state = "
                                                     "'MERGED' AND account IN (",
                                                     resource::Placeholders(params.size()), ")"),
                                        mysql::Params(params)));
      for (const Row& row : rows) {
        const std::set<std::string> above = wholes[row[0].text()];
        std::set<std::string>& of = wholes[row[1].text()];
        const size_t known = of.size();
        of.insert(above.begin(), above.end());
        if (of.size() > known) next.insert(row[1].text());
      }
    }
    level.assign(next.begin(), next.end());
  }
  std::map<std::string, std::vector<std::string>> parts;
  for (const auto& [file, of] : wholes) {
    for (const std::string& whole : of) {
      if (whole != file) parts[whole].push_back(file);
    }
  }
  return parts;
}

absl::StatusOr<std::vector<std::string>> PartsOfAccount(mysql::Connection& connection, const std::string& account) {
  ASSIGN_OR_RETURN(auto parts, PartsOfAccounts(connection, {account}));
  return std::move(parts[account]);
}

absl::StatusOr<std::map<std::string, std::vector<std::string>>> PartsByName(const resource::Runtime& runtime,
                                                                            const std::vector<std::string>& accounts,
                                                                            absl::Time deadline) {
  std::vector<std::string> ids;
  for (const std::string& account : accounts) ids.push_back(IdOf(account));
  std::map<std::string, std::vector<std::string>> names;
  RETURN_IF_ERROR(runtime.database().Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    names.clear();
    ASSIGN_OR_RETURN(const auto parts, PartsOfAccounts(connection, ids));
    for (const auto& [whole, files] : parts) {
      for (const std::string& file : files) names[NameOf("accounts", whole)].push_back(NameOf("accounts", file));
    }
    return absl::OkStatus();
  }));
  return names;
}

}  // namespace kam::account

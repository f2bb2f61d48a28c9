#include "account-svc/accounts/merges.h"

#include <algorithm>

namespace kam::account {
namespace {

using mysql::Row;

constexpr size_t kMergesMax = 50;  // One into the other; a bound against a circle in the data.

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

absl::StatusOr<std::vector<std::string>> PartsOfAccount(mysql::Connection& connection, const std::string& account) {
  std::vector<std::string> parts = {account};
  for (size_t i = 0; i < parts.size() && parts.size() < kMergesMax; ++i) {
    ASSIGN_OR_RETURN(
        const std::vector<Row> rows,
        connection.Query(
            "SELECT duplicate FROM account_merges WHERE account = ? AND state = 'MERGED' ORDER BY duplicate",
            {parts[i]}));
    for (const Row& row : rows) {
      if (std::find(parts.begin(), parts.end(), row[0].text()) == parts.end()) parts.push_back(row[0].text());
    }
  }
  parts.erase(parts.begin());
  return parts;
}

}  // namespace kam::account

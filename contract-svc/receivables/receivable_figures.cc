#include "contract-svc/receivables/receivable_figures.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::contract {

using mysql::Value;

absl::StatusOr<std::vector<rules::Owed>> LoadOwed(mysql::Connection& connection, OwedBy by, const std::string& from,
                                                  const std::string& to, const std::string& where,
                                                  const std::vector<Value>& params) {
  const char* key = by == OwedBy::kRegion ? "COALESCE(s.region, '')" : by == OwedBy::kAccount ? "t.account" : "''";
  const char* join = by == OwedBy::kRegion ? " JOIN account_scopes s ON s.account = t.account" : "";
  std::vector<Value> values = params;
  values.insert(values.end(), {Value(to), Value(to), Value(from)});
  values.insert(values.end(), params.begin(), params.end());
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query(
          absl::StrCat("SELECT u.subject, u.currency, SUM(u.opening), SUM(u.closing), SUM(u.sales) FROM (SELECT ", key,
                       " AS subject, t.currency AS currency, t.open_amount AS opening, t.open_amount AS closing, 0 AS "
                       "sales FROM receivable_balances t",
                       join, " WHERE t.open_amount <> 0", where, " UNION ALL SELECT ", key,
                       ", t.currency, -t.amount, CASE WHEN t.entry_date > ? THEN -t.amount ELSE 0 END, CASE WHEN "
                       "t.entry_date <= ? AND t.kind IN ('INVOICE', 'CANCEL') THEN t.amount ELSE 0 END FROM "
                       "receivable_entries t",
                       join, " WHERE t.entry_date >= ?", where,
                       ") u GROUP BY u.subject, u.currency ORDER BY u.subject, u.currency"),
          mysql::Params(values)));
  std::vector<rules::Owed> owed;
  for (const mysql::Row& row : rows) {
    rules::Owed one;
    if (by == OwedBy::kRegion) one.region = row[0].text();
    if (by == OwedBy::kAccount) one.account = absl::StrCat("accounts/", row[0].text());
    one.currency = row[1].text();
    ASSIGN_OR_RETURN(one.opening, Decimal::Parse(row[2].text(), "opening"));
    ASSIGN_OR_RETURN(one.closing, Decimal::Parse(row[3].text(), "closing"));
    ASSIGN_OR_RETURN(one.sales, Decimal::Parse(row[4].text(), "sales"));
    owed.push_back(std::move(one));
  }
  return owed;
}

}  // namespace kam::contract

#include "account-svc/accounts/claimable.h"

#include <vector>

#include "account-svc/accounts/ownership_timer.h"
#include "account-svc/context.h"
#include "common/status/status.h"

namespace kam::account {

using mysql::Row;

absl::StatusOr<rules::ClaimFacts> ClaimFactsOf(mysql::Connection& connection, const std::string& account,
                                               const Policy& policy) {
  rules::ClaimFacts facts;
  facts.account = NameOf("accounts", account);
  // An owner comes before a protection, and that before a report.
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query("SELECT kind, employee, since_time, protected_until FROM account_ownerships WHERE account = ? "
                       "AND state = 'ACTIVE' AND kind IN ('OWNER', 'PROTECTED', 'REPORTED') ORDER BY kind LIMIT 1",
                       {account}));
  if (rows.empty()) return facts;
  const Row& row = rows[0];
  facts.protected_for = NameOf("employees", row[1].text());
  if (!row[3].is_null()) facts.protected_until = row[3].time();
  if (row[0].text() == "OWNER") {
    facts.owner = facts.protected_for;
    facts.protected_until = rules::ProtectionEnd(row[2].time(), facts.protected_until, policy);
    ASSIGN_OR_RETURN(facts.last_deal, LastWin(connection, facts.account));
  }
  return facts;
}

absl::StatusOr<absl::Time> ClaimableAfter(mysql::Connection& connection, const std::string& account, absl::Time now,
                                          const Policy& policy) {
  ASSIGN_OR_RETURN(const rules::ClaimFacts facts, ClaimFactsOf(connection, account, policy));
  return rules::ClaimableAfter(facts, now, policy);
}

}  // namespace kam::account

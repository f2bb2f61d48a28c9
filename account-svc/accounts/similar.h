// Files of firms with similar names, in SQL: candidates by their blocks, verified by rules/firm_match.h.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_SIMILAR_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_SIMILAR_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "account-svc/context.h"
#include "account-svc/rules/firm_match.h"
#include "account-svc/rules/keys.h"

namespace kam::account {

struct Similar {
  std::string account;  // Id.
  rules::FirmMatch match;
};

// The names by which a firm is known: those of the two that are given.
std::vector<std::string> NamesOf(const std::string& legal_name, const std::string& short_name);

// Files other than `except` (an id) that score at least `score_min` against the firm, best first, at most `limit`. Of
// the names of both sides those count that are most alike.
absl::StatusOr<std::vector<Similar>> FindSimilar(mysql::Connection& connection, const std::vector<std::string>& names,
                                                 const rules::FirmKeys& keys, const std::string& except, int score_min,
                                                 size_t limit);

// Makes account_match_blocks say what `account` (an id) is found by; nothing for a closed one (no names).
absl::Status SaveBlocks(mysql::Connection& connection, const std::string& account,
                        const std::vector<std::string>& names);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_SIMILAR_H_

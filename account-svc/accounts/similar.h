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

// Files other than `except` (an id) that score at least `score_min` against the firm, best first, at most `limit`.
absl::StatusOr<std::vector<Similar>> FindSimilar(mysql::Connection& connection, const std::string& legal_name,
                                                 const rules::FirmKeys& keys, const std::string& except, int score_min,
                                                 size_t limit);

// Makes account_match_blocks say what `account` (an id) is found by; nothing for a closed one (`legal_name` empty).
absl::Status SaveBlocks(mysql::Connection& connection, const std::string& account, const std::string& legal_name);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_SIMILAR_H_

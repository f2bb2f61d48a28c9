// The keys of firms in SQL: whether a firm has a file, whoever asks.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_DUPLICATES_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_DUPLICATES_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "account-svc/context.h"
#include "account-svc/rules/keys.h"
#include "common/rpc/call.h"

namespace kam::account::v1 {
class Account;
}  // namespace kam::account::v1

namespace kam::account {

struct Duplicate {
  std::string account;  // Id.
};

rules::FirmKeys KeysOf(const v1::Account& account, const Policy& policy);

// The account, other than `except` (an id), that is the same firm. Name, telephone and domain say nothing where both
// firms have registration numbers and these differ.
absl::StatusOr<std::optional<Duplicate>> FindDuplicate(mysql::Connection& connection, const rules::FirmKeys& keys,
                                                       const std::string& except);

// ALREADY_EXISTS ACCOUNT_EXISTS with claimableAfter, or with the account where the caller reaches it. Writers of the
// same keys come one after the other from here to the end of the transaction. A refusal is an answer about a firm: who
// got it through `method` is logged, although the transaction is rolled back.
absl::Status RefuseDuplicate(resource::UnitOfWork& work, const rules::FirmKeys& keys, const std::string& except,
                             absl::string_view method, const Policy& policy);

// Makes account_keys say what `account` is known by; nothing for a closed account. `before` null: a new account.
absl::Status SaveKeys(resource::UnitOfWork& work, const v1::Account* before, const v1::Account& account,
                      const Policy& policy);

// Whether `reader` sees the account with account.read.
absl::StatusOr<bool> Reaches(mysql::Connection& connection, const resource::Runtime& runtime,
                             const auth::Principal& reader, const std::string& account);

// Who asked for which keys, and what came of it.
struct Check {
  std::string actor;   // employees/{id}
  std::string method;  // Full name of the RPC.
  rules::FirmKeys keys;
  std::string result;   // NONE, EXISTS, EXISTS_YOURS
  std::string account;  // Id of the one found; may be empty.
  int score = 0;        // Of a file that is only similar, 1 to 100; 0: it is the same firm, or none.
};
absl::Status LogCheck(mysql::Connection& connection, const std::string& id, absl::Time now, const Check& check);
// The same in a session of its own: the answer is given although the transaction is rolled back, as after a refusal or
// with validate_only.
absl::Status LogCheckForGood(resource::UnitOfWork& work, const Check& check);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_DUPLICATES_H_

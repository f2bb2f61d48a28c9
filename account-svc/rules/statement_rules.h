// Rules of what is said outside (G-04). Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_STATEMENT_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_STATEMENT_RULES_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class Disclosure;
class PublicStatement;
}  // namespace kam::account::v1

namespace kam::account::rules {

// PERIOD_INVALID.
absl::Status CheckStatement(const v1::PublicStatement& statement);
// STATEMENT_NOT_DRAFT.
absl::Status CheckStatementUpdate(const v1::PublicStatement& before);
// `next` replaces `before`: PREDECESSOR_NOT_APPROVED, TOPIC_DIFFERS (topic and account stay). Counts the version.
absl::Status NextVersion(const v1::PublicStatement& before, v1::PublicStatement* next);
// SEPARATION_OF_DUTIES for the author, PERIOD_INVALID when it would be over already.
absl::Status ApproveStatement(absl::string_view actor, absl::Time now, absl::string_view today,
                              v1::PublicStatement* statement);
// TOPIC_TAKEN when one of `others`, approved for the same topic and account, is said on a day of `statement` too; the
// one it replaces does not count.
absl::Status CheckTopicFree(const v1::PublicStatement& statement, const std::vector<v1::PublicStatement>& others);
// What becomes of the one that `next` replaces: said until the day before, retired when that is over.
absl::StatusOr<v1::PublicStatement> Replaced(const v1::PublicStatement& before, const v1::PublicStatement& next,
                                             absl::string_view today);
// Approved, and `day` lies between its first and last day.
bool InForce(const v1::PublicStatement& statement, absl::string_view day);

// What is said outside is approved and meant for outside: RECIPIENT_REQUIRED, TIME_IN_FUTURE, STATEMENT_NOT_IN_FORCE on
// `day`, CLASSIFICATION_FORBIDS_DISCLOSURE, STATEMENT_OF_OTHER_ACCOUNT. Fills version and classification.
absl::Status CheckDisclosure(const v1::PublicStatement& statement, absl::string_view day, absl::Time now,
                             const Policy& policy, v1::Disclosure* disclosure);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_STATEMENT_RULES_H_

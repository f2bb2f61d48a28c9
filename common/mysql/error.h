// Error numbers of MySQL and MariaDB, and the one table that turns them into statuses.
#ifndef KAM_COMMON_MYSQL_ERROR_H_
#define KAM_COMMON_MYSQL_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kam::mysql {

// Told to callers who are asked to come back.
inline constexpr int kRetryAfterBusyMs = 100;
inline constexpr int kRetryAfterUnavailableMs = 1000;

// The transaction lost against another one and may be run again.
bool IsConflict(int number);
// The session cannot be used any more.
bool IsLost(int number);

// The status of a server or client error. `text` is the server's own message. Only names of keys, constraints and
// columns are taken from it, and the whole text for errors of the statement itself (unknown table, syntax): the other
// texts contain values of rows. The ErrorInfo has the metadata "errno".
absl::Status ToStatus(int number, absl::string_view text);

absl::Status DatabaseUnavailable(int number);
absl::Status DatabaseBusy(absl::string_view message);
absl::Status DeadlinePassed();
absl::Status CommitOutcomeUnknown(absl::string_view number);

}  // namespace kam::mysql

#endif  // KAM_COMMON_MYSQL_ERROR_H_

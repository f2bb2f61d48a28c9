// Moves what names one account so that it names another: every resource of the catalogue, whatever its kind.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_REPOINT_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_REPOINT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "kam/account/v1/account_merge.pb.h"

namespace kam::account {

struct Moved {
  std::vector<v1::MergeMove> moves;
  std::vector<std::string> kept;  // The other account has the like: a unique key would be hurt.
};

// Saves every resource that names `from`, with its history and event, so that it names `to`. Left out are what is about
// a file rather than a firm (ownership and its notices, checks, proposals, evaluations, back-ups, hand-overs,
// disputes, merges) and what is archived. Locks the rows. MERGE_TOO_LARGE above `rows_max`.
absl::StatusOr<Moved> Repoint(resource::UnitOfWork& work, const std::string& from, const std::string& to, int rows_max);

// Puts `from` back where `move` has put `to`. Empty: done; otherwise why it cannot be.
absl::StatusOr<std::string> PutBack(resource::UnitOfWork& work, const v1::MergeMove& move, const std::string& from,
                                    const std::string& to);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_REPOINT_H_

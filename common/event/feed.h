// The change feed of a schema: numbering after the commit, and reading with a cursor.
#ifndef KAM_COMMON_EVENT_FEED_H_
#define KAM_COMMON_EVENT_FEED_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/mysql/mysql.h"
#include "common/resource/runtime.h"
#include "common/rpc/call.h"

namespace kam::event {

inline constexpr int kPageSizeDefault = 100;
inline constexpr int kPageSizeMax = 1000;
inline constexpr int kNumberedAtOnceMax = 500;

// Gives the next sequence numbers to committed changes that have none, in commit order of every resource, and links
// them to the chain of the audit trail (audit.h); changes that were numbered without a link are linked first, some at a
// time. The row of table change_sequence is locked meanwhile, so any number of processes may call it. Returns how many
// changes were numbered or linked. (Auto-increment order is not commit order: a reader with a cursor would miss late
// committers.)
absl::StatusOr<int> NumberChanges(mysql::Database& database, absl::Time deadline);

// Registers the feed RPC `full_method` (messages of kam/event/v1/feed.proto). A change is shown when the caller holds
// the permission of the resource's Get method in `registry` and the row is in reach.
void RegisterFeed(resource::Runtime& runtime, absl::string_view full_method, rpc::Registry* registry);

}  // namespace kam::event

#endif  // KAM_COMMON_EVENT_FEED_H_

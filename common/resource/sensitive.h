// Rights to sensitive fields, row by row (G-03): the level of a right says in which rows it shows a field, as the level
// of the right to read says which rows there are. A type whose rows belong to nobody has no rows below the level all.
#ifndef KAM_COMMON_RESOURCE_SENSITIVE_H_
#define KAM_COMMON_RESOURCE_SENSITIVE_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"
#include "common/mysql/mysql.h"
#include "common/resource/store.h"
#include "common/resource/type.h"
#include "google/protobuf/message.h"

namespace kam::resource {

// The permissions that sensitive fields of `type` need, at any depth, each once.
const std::vector<std::string>& SensitivePermissions(const Type& type);

// Whether `reader` has `permission` in every row that is read at `rows`.
bool CoversRows(const Type& type, const auth::Principal& reader, absl::string_view permission, auth::Level rows);

// Those of `ids` in which `reader` has `permission`.
absl::StatusOr<std::set<std::string>> RowsWith(mysql::Connection& connection, const Type& type,
                                               const auth::Principal& reader, absl::string_view permission,
                                               const std::vector<std::string>& ids);

// `reader` without the rights to sensitive fields of `type` that do not cover every row read at `rows`; nothing when
// all do. A filter, an order or a search compiled for it cannot ask about a value that stays hidden.
std::optional<auth::Principal> WithRightsToAllRows(const Type& type, const auth::Principal& reader, auth::Level rows);

// PERMISSION_DENIED FIELD_NOT_PERMITTED unless `writer` has each of `permissions` in the row `resource`, which was
// found at `rows`.
absl::Status CheckSensitiveRow(mysql::Connection& connection, const Type& type, const auth::Principal& writer,
                               const std::set<std::string>& permissions, auth::Level rows,
                               const google::protobuf::Message& resource);

// Clears every sensitive field that `reader` may not see, at any depth: the last step of every answer. A field belongs
// to the nearest resource around it; outside of stored resources only rights over all rows show it. Asks the database
// only when a right is narrower than all.
absl::Status HideSensitive(mysql::Database& database, const Catalog& catalog, const auth::Principal& reader,
                           absl::Time deadline, google::protobuf::Message* message);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_SENSITIVE_H_

// The left side of a restriction: which column, of which table, a field of a filter stands for. Internal to
// common/resource; see filter.h.
#ifndef KAM_COMMON_RESOURCE_FILTER_TARGET_H_
#define KAM_COMMON_RESOURCE_FILTER_TARGET_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/auth/principal.h"
#include "common/mysql/mysql.h"
#include "common/resource/type.h"
#include "google/protobuf/descriptor.h"

namespace kam::resource {

struct FilterTarget {
  std::string column;  // With its alias.
  Kind kind = Kind::kText;
  bool nullable = true;
  bool currency = false;           // The currency of a money field.
  bool element = false;            // An element of a repeated scalar: ':' is equality, not "contains".
  bool whole_child = false;        // A repeated field as such: presence only.
  bool external_ids = false;       // external_ids as such.
  const Field* message = nullptr;  // A flattened message as such: presence only.
  const google::protobuf::EnumDescriptor* enumeration = nullptr;
  std::string collection;  // kReference.
  // Opens "EXISTS (SELECT 1 FROM ... WHERE ..."; empty for columns of the resource itself.
  std::string exists;
  std::vector<mysql::Value> exists_params;
};

// Finds what `path` ("address.city", "lines.product", "external_ids.id") stands for in `type`. False: there is no such
// field, it is not filterable, or `reader` may not see it, which a filter does not tell apart.
bool ResolveTarget(const Type& type, const auth::Principal& reader, absl::string_view path, FilterTarget* target);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_FILTER_TARGET_H_

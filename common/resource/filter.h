// List arguments: filter (AIP-160), order_by, page tokens. Text in, SQL with parameters out.
#ifndef KAM_COMMON_RESOURCE_FILTER_H_
#define KAM_COMMON_RESOURCE_FILTER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"
#include "common/mysql/mysql.h"
#include "common/resource/type.h"

namespace kam::resource {

inline constexpr size_t kFilterBytesMax = 4096;
inline constexpr int kFilterNodesMax = 64;
inline constexpr int kFilterDepthMax = 16;
inline constexpr int kOrderFieldsMax = 4;

// A condition in SQL over the table alias `t`, with its parameters.
struct SqlCondition {
  std::string sql;  // Empty: no condition.
  std::vector<mysql::Value> params;
};

// Compiles an AIP-160 filter. OR binds tighter than AND; NOT and '-'; comparators = != < <= > >= : ; '*' wildcards in
// strings compared with = ; fields on the left only. Fields must be filterable and, when sensitive, permitted to
// `reader` (otherwise they count as unknown). System fields create_time, update_time, archive_time, creator, updater,
// number and external_ids ("external_ids.id = ...", "external_ids:...") are filterable too; so are fields of children
// marked filterable ("lines.product = ..." means: some line). A date compared with a moment is the whole day in `zone`:
// = within it, < before it begins, <= before it ends, > after it has ended, >= after it has begun. Errors:
// INVALID_ARGUMENT on field "filter" with reason FILTER_MALFORMED, FILTER_FIELD_UNKNOWN, FILTER_VALUE_INVALID,
// FILTER_TOO_COMPLEX; metadata position (1-based byte).
absl::StatusOr<SqlCondition> CompileFilter(const Type& type, absl::string_view filter, const auth::Principal& reader,
                                           absl::TimeZone zone);

// Compiles a search term: its text at the start of any searchable field (LIKE 'term%', wildcards escaped).
absl::StatusOr<SqlCondition> CompileSearch(const Type& type, absl::string_view search, const auth::Principal& reader);

// One sort key. The last one is always the id.
struct SortKey {
  std::string column;  // Over alias t, for example "t.legal_name".
  bool descending = false;
  bool nullable = true;
  Kind kind = Kind::kText;
};

// Compiles order_by, "a, b desc"; the id is appended in the direction of the last key. Default (empty): create order
// (id). Reasons ORDER_BY_MALFORMED, ORDER_BY_FIELD_UNKNOWN.
absl::StatusOr<std::vector<SortKey>> CompileOrder(const Type& type, absl::string_view order_by,
                                                  const auth::Principal& reader);
// "ORDER BY t.a ASC, t.id ASC".
std::string OrderSql(const std::vector<SortKey>& keys);
// The rows after `last` (values of the keys in the last row of the page before); NULL sorts first, as in MySQL.
SqlCondition AfterKeys(const std::vector<SortKey>& keys, const std::vector<mysql::Value>& last);

// Seals and opens page tokens: AES-256-GCM, bound to everything else in the request and to the caller. A token
// carries no right. Reasons PAGE_TOKEN_INVALID (forged, damaged, other arguments, other caller), PAGE_TOKEN_EXPIRED.
class PageTokens {
 public:
  static constexpr absl::Duration kLifetime = absl::Hours(24);
  // `key`: 32 bytes, the same in every replica.
  explicit PageTokens(std::string key);
  // `binding`: anything that must not change between pages (method, filter, order, scope, subject).
  std::string Seal(const std::vector<mysql::Value>& last, absl::string_view binding, absl::Time now) const;
  absl::StatusOr<std::vector<mysql::Value>> Open(absl::string_view token, absl::string_view binding,
                                                 absl::Time now) const;

 private:
  std::string key_;
};

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_FILTER_H_

// Row scope in SQL (G-03): which rows a reader reaches. ScopeCondition (store.h) suits jobs that read a whole set; what
// is here suits one page of a list, whose work shall follow the page and not the number of rows there are.
#ifndef KAM_COMMON_RESOURCE_SCOPE_H_
#define KAM_COMMON_RESOURCE_SCOPE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/auth/principal.h"
#include "common/mysql/mysql.h"
#include "common/resource/filter.h"
#include "common/resource/type.h"

namespace kam::resource {

// Placeholders for `ids` and, in `params`, the ids padded by repeating the last one, so that few statements are
// prepared.
std::string InList(const std::vector<std::string>& ids, std::vector<mysql::Value>* params);

// " WHERE (...) AND (...)" of the conditions that there are; empty when there is none.
std::string WhereSql(const std::vector<SqlCondition>& where, std::vector<mysql::Value>* params);

// Up to so many accounts are gathered and sorted; of more, those of a page are met soon on a walk in the order of the
// list. A page of fifty out of a million costs the same both ways when about so many are reached.
inline constexpr int kGatheredMax = 7000;

struct PageScope {
  SqlCondition reached;   // The very rows of ScopeCondition.
  bool gathered = false;  // They are few: RowsOfPage keeps the sorting of them narrow.
  // Whose seats they are reached by, padded as by InList; empty: not by seats alone. For the usual filters and orders
  // RowsOfPage then reads what these people own along one index, and looks up only what they reach otherwise.
  std::string people_list;
  std::vector<mysql::Value> people;
};

// The rows of `type` (alias t) that `reader` reaches at `level`, in the form that suits one page.
absl::StatusOr<PageScope> ScopeOfPage(mysql::Connection& connection, const Type& type, const auth::Principal& reader,
                                      auth::Level level, int gathered_max = kGatheredMax);

// The first `limit` rows of a gathered `scope` where all conditions of `asked` hold, in the order of `keys`, found by
// their ids: whole rows are read of the page only.
SqlCondition RowsOfPage(const Type& type, const PageScope& scope, const std::vector<SqlCondition>& asked,
                        const std::vector<SortKey>& keys, int limit);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_SCOPE_H_

// Rights as data (G-02): CSV files with columns permission, level, roles become the delivered rows of role_grants.
#ifndef KAM_ACCOUNT_SVC_RIGHTS_LOADER_H_
#define KAM_ACCOUNT_SVC_RIGHTS_LOADER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/mysql/mysql.h"
#include "common/time/clock.h"

namespace kam::account {

struct Right {
  std::string permission;
  std::string role;
  std::string level;  // own, team, department, region, all
};

struct Rights {
  std::vector<Right> rows;
  std::string sha256;  // Of the names and contents of all files, in hexadecimal.
};

// One file. INVALID_ARGUMENT RIGHTS_INVALID with file, line and column (a character of the line, from 1) for an unknown
// role, level or header, a permission of the wrong form, a role named twice for one permission.
absl::StatusOr<std::vector<Right>> ParseRights(absl::string_view file, absl::string_view text);

// Every *.csv of `directory`, in the order of their names. NOT_FOUND RIGHTS_MISSING when there is none.
absl::StatusOr<Rights> ReadRights(const std::string& directory);

// Replaces the delivered rows (origin SEED) in one transaction when the content is another than the one loaded last;
// rows of administrators stay. Returns whether anything was loaded. Safe in several processes at a time.
absl::StatusOr<bool> LoadRights(mysql::Database& database, const Clock& clock, const Rights& rights);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_RIGHTS_LOADER_H_

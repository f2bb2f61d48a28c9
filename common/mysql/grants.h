// The rights of the user a service works with, table by table, given after the migrations.
#ifndef KAM_COMMON_MYSQL_GRANTS_H_
#define KAM_COMMON_MYSQL_GRANTS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/mysql/mysql.h"

namespace kam::mysql {

// Gives `user` ("kam_account@%") every table of `schema`: what stands in the audit trail can be added to, not changed,
// and the record of migrations is read only. Only ever gives, so that pods at work lose nothing meanwhile; doing it
// again changes nothing. The caller needs the grant option on the schema. GRANT_USER_INVALID.
absl::Status GrantTables(Database& database, absl::string_view schema, absl::string_view user);

}  // namespace kam::mysql

#endif  // KAM_COMMON_MYSQL_GRANTS_H_

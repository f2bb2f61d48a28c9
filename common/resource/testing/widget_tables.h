// The tables of kam.testing.v1.Widget in a test's own schema.
#ifndef KAM_COMMON_RESOURCE_TESTING_WIDGET_TABLES_H_
#define KAM_COMMON_RESOURCE_TESTING_WIDGET_TABLES_H_

#include "absl/status/status.h"
#include "common/mysql/mysql.h"

namespace kam::testing {

// Runs common/resource/testing/widget.sql. The tables of the runtime (common/resource/schema) are not made here.
absl::Status CreateWidgetTables(mysql::Database& database);

}  // namespace kam::testing

#endif  // KAM_COMMON_RESOURCE_TESTING_WIDGET_TABLES_H_

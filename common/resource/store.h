// SQL of resources: one place that reads and writes the tables behind the messages. No rules, no rights.
#ifndef KAM_COMMON_RESOURCE_STORE_H_
#define KAM_COMMON_RESOURCE_STORE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/auth/principal.h"
#include "common/mysql/mysql.h"
#include "common/resource/filter.h"
#include "common/resource/row.h"
#include "common/resource/type.h"

namespace kam::resource {

// A stored resource: the message with all its system fields, and their plain values.
struct Record {
  std::unique_ptr<google::protobuf::Message> message;
  SystemValues system;
};

// The rows of `type` (alias t) that `reader` reaches at `level` (G-03).
SqlCondition ScopeCondition(const Type& type, const auth::Principal& reader, auth::Level level);

class Store {
 public:
  explicit Store(const Catalog& catalog);

  // At most `limit` rows where all conditions hold, in `order_sql` ("ORDER BY ..." or empty).
  absl::StatusOr<std::vector<Record>> Select(mysql::Connection& connection, const Type& type,
                                             const std::vector<SqlCondition>& where, const std::string& order_sql,
                                             int limit, bool lock = false) const;
  // One row; NOT_FOUND when there is none.
  absl::StatusOr<Record> Load(mysql::Connection& connection, const Type& type, const std::string& id,
                              const SqlCondition& scope, bool lock) const;
  // The same without a lock, into an empty message of the type.
  absl::Status Read(mysql::Connection& connection, const Type& type, const std::string& id, const SqlCondition& scope,
                    google::protobuf::Message* message) const;
  absl::StatusOr<int64_t> Count(mysql::Connection& connection, const Type& type,
                                const std::vector<SqlCondition>& where) const;

  // Writes a new row with its children and external ids. ALREADY_EXISTS FIELD_NOT_UNIQUE or EXTERNAL_ID_TAKEN.
  absl::Status Insert(mysql::Connection& connection, const Type& type, const SystemValues& system,
                      const google::protobuf::Message& message) const;
  // Writes `after` over the row whose version is `system.version - 1`; ABORTED ETAG_MISMATCH when it has moved on.
  absl::Status Update(mysql::Connection& connection, const Type& type, const SystemValues& system,
                      const google::protobuf::Message& before, const google::protobuf::Message& after) const;

  // Id of the resource with that identity in another system; empty when there is none.
  absl::StatusOr<std::string> FindExternal(mysql::Connection& connection, const Type& type, const std::string& system,
                                           const std::string& external_id) const;

  // Compares every table and column with the descriptors. FAILED_PRECONDITION SCHEMA_MISMATCH naming all differences.
  absl::Status CheckSchema(mysql::Connection& connection) const;

 private:
  struct ChildPlan {
    std::string select_prefix;  // "SELECT parent_id, a, b FROM x WHERE parent_id IN ("
    std::string insert_prefix;  // "INSERT INTO x (parent_id, position, a, b) VALUES "
    std::string insert_row;     // "(?, ?, ?, ?)"
    std::string remove;
    size_t columns = 0;
  };
  struct Plan {
    std::string select;  // "SELECT t.id, ... FROM table t"
    std::string insert;
    std::string update;
    std::vector<ChildPlan> children;
  };

  const Plan& PlanOf(const Type& type) const;
  static absl::StatusOr<SystemValues> ReadRow(const Type& type, const mysql::Row& row,
                                              google::protobuf::Message* message);
  absl::Status ReadChildren(mysql::Connection& connection, const Type& type,
                            const std::map<std::string, google::protobuf::Message*, std::less<>>& by_id) const;
  absl::Status InsertChildren(mysql::Connection& connection, const Type& type, size_t child, const std::string& id,
                              const google::protobuf::Message& message) const;
  absl::Status InsertExternalIds(mysql::Connection& connection, const Type& type, const std::string& id,
                                 const google::protobuf::Message& message) const;

  const Catalog& catalog_;
  std::map<const Type*, Plan> plans_;
};

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_STORE_H_

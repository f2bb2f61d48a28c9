// The audit trail of a schema, as its operator meets it: heads in the log, verification on demand.
#ifndef KAM_COMMON_SERVICE_AUDIT_COMMAND_H_
#define KAM_COMMON_SERVICE_AUDIT_COMMAND_H_

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/event/audit.h"
#include "common/mysql/mysql.h"
#include "common/resource/type.h"

namespace kam::service {

// Writes the head of the trail to the log when it has moved on. A log that is kept elsewhere is what nobody with rights
// in the database can take back.
class AuditHeadPublisher {
 public:
  AuditHeadPublisher(mysql::Database& database, std::string schema) : database_(database), schema_(std::move(schema)) {}
  absl::Status Publish();

 private:
  mysql::Database& database_;
  const std::string schema_;
  int64_t published_ = -1;
};

// The heads of `schema` among the lines of `text`: those of AuditHeadPublisher in a log, and of VerifyAuditTrail. Other
// lines are passed over.
std::vector<event::AuditAnchor> ReadAnchors(absl::string_view text, absl::string_view schema);

// Verifies the trail and writes one JSON object a line: what is wrong, then the head, good as an anchor for the next
// time. `anchors_file`: see ReadAnchors; may be empty. Returns whether nothing is wrong.
absl::StatusOr<bool> VerifyAuditTrail(mysql::Database& database, const resource::Catalog& catalog,
                                      const std::string& schema, const std::string& anchors_file, std::ostream& out);

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_AUDIT_COMMAND_H_

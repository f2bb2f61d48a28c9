// The audit trail as a chain (G-20): each numbered row of `changes` has a link, SHA-256 over the link before it, its
// number and its content. Whoever changes a row, takes one out, puts one in or moves one breaks the chain; whoever
// rewrites the chain to its end, or cuts its end off, contradicts the heads that were published outside the database.
#ifndef KAM_COMMON_EVENT_AUDIT_H_
#define KAM_COMMON_EVENT_AUDIT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/mysql/mysql.h"
#include "common/resource/type.h"

namespace kam::event {

// The columns of `changes` that a link vouches for, besides `sequence`, in this order.
inline constexpr char kAuditColumns[] =
    "change_id, change_time, actor, method, kind, collection, resource_id, version, reason, traceparent, fields";
inline constexpr size_t kAuditColumnCount = 11;

// The link of change number `sequence` with `content` (the values of kAuditColumns) after `previous`, which is empty
// for the first.
std::string AuditLink(absl::string_view previous, int64_t sequence, mysql::Params content);

// Link of a change: what the chain said at a time. Published, it vouches for everything up to its number.
struct AuditAnchor {
  int64_t sequence = 0;
  std::string link;
};

// The last link so far; sequence 0: no change has one.
absl::StatusOr<AuditAnchor> AuditHead(mysql::Database& database, absl::Time deadline);

enum class AuditFault {
  kChanged,    // Content, number or link is not what was written.
  kMissing,    // A number between the first and the last has no row.
  kTruncated,  // The end is gone.
  kInserted,   // A row that nobody wrote through the service.
  kRewritten,  // Not the chain that was published.
};
absl::string_view AuditFaultName(AuditFault fault);  // "CHANGED", ...

struct AuditFinding {
  AuditFault fault = AuditFault::kChanged;
  int64_t sequence = 0;  // Of the row, or the first that is missing; 0: the row has none.
  std::string change;    // change_id; empty when the row is gone.
  std::string resource;  // "accounts/{id}"; empty when the row is gone.
  int64_t version = 0;   // Of the resource.
  std::string text;      // What is wrong, in a sentence.
};

struct AuditReport {
  static constexpr size_t kFindingsMax = 1000;  // Of one kind of fault.
  AuditAnchor head;
  int64_t rows = 0;                    // Looked at.
  int64_t faults = 0;                  // All that were found.
  std::vector<AuditFinding> findings;  // The first of each kind.
};

// Walks the whole chain in batches, while the service may go on writing: links, gaps, head, `anchors`; whether every
// change is of a resource of `catalog` that is there or was deleted later, one a version; and whether every resource
// has the change that made it what it is. Reads only.
absl::StatusOr<AuditReport> VerifyAudit(mysql::Database& database, const resource::Catalog& catalog,
                                        const std::vector<AuditAnchor>& anchors);

}  // namespace kam::event

#endif  // KAM_COMMON_EVENT_AUDIT_H_

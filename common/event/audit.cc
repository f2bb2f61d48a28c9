#include "common/event/audit.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/id/digest.h"
#include "common/resource/names.h"
#include "common/resource/purge.h"
#include "common/status/status.h"

namespace kam::event {
namespace {

using mysql::Params;
using mysql::Row;
using mysql::Value;

constexpr int kRowsAtOnce = 500;
constexpr absl::Duration kBatchTimeout = absl::Seconds(30);
// Places of kAuditColumns.
constexpr size_t kChange = 0, kCollection = 5, kResource = 6, kVersion = 7;

// Text that says exactly one value.
void AppendCanonical(const Value& value, std::string* out) {
  struct Writer {
    std::string* out;
    void operator()(mysql::Null) const { out->append("-"); }
    void operator()(int64_t number) const { absl::StrAppend(out, "i", number); }
    void operator()(const std::string& text) const { absl::StrAppend(out, "t", text.size(), ":", text); }
    void operator()(absl::Time time) const { absl::StrAppend(out, "d", absl::ToUnixMicros(time)); }
  };
  std::visit(Writer{out}, value.variant());
  out->push_back('\n');
}

class Verifier {
 public:
  Verifier(mysql::Database& database, const resource::Catalog& catalog, const std::vector<AuditAnchor>& anchors)
      : database_(database), catalog_(catalog) {
    for (const AuditAnchor& anchor : anchors) {
      if (anchor.sequence > 0) anchors_[anchor.sequence].insert(anchor.link);
    }
  }

  absl::StatusOr<AuditReport> Verify() {
    ASSIGN_OR_RETURN(report_.head, AuditHead(database_, absl::Now() + kBatchTimeout));
    for (int64_t after = 0; after < report_.head.sequence;) {
      int64_t last = 0;
      RETURN_IF_ERROR(Batch([&](mysql::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(last, Walk(connection, after));
        if (last == 0) return absl::OkStatus();
        RETURN_IF_ERROR(CheckVersions(connection, after, last));
        return CheckResourcesOf(connection);
      }));
      if (last == 0) break;
      after = last;
    }
    CheckEnd();
    RETURN_IF_ERROR(Batch([&](mysql::Connection& connection) { return CheckOutside(connection); }));
    for (const std::unique_ptr<resource::Type>& type : catalog_.types()) RETURN_IF_ERROR(CheckStored(*type));
    return std::move(report_);
  }

 private:
  absl::Status Batch(absl::FunctionRef<absl::Status(mysql::Connection&)> work) {
    return database_.Run(absl::Now() + kBatchTimeout, work);
  }

  // A thousand findings of one kind must not hide one of another.
  void Add(AuditFinding finding) {
    ++report_.faults;
    if (++kept_[finding.fault] <= AuditReport::kFindingsMax) report_.findings.push_back(std::move(finding));
  }

  // `content`: kAuditColumns.
  void AddRow(AuditFault fault, int64_t sequence, Params content, std::string text) {
    Add({fault, sequence, content[kChange].text(),
         absl::StrCat(content[kCollection].text(), "/", content[kResource].text()), content[kVersion].integer(),
         std::move(text)});
  }

  void AddMissing(AuditFault fault, int64_t first, int64_t last) {
    Add({fault, first, "", "", 0,
         first == last ? absl::StrCat("change ", first, " is gone")
                       : absl::StrCat("changes ", first, " to ", last, " are gone")});
  }

  // The links of the next rows. Returns the number of the last one; 0 when there are none.
  absl::StatusOr<int64_t> Walk(mysql::Connection& connection, int64_t after) {
    ASSIGN_OR_RETURN(rows_, connection.Query(absl::StrCat("SELECT ", kAuditColumns,
                                                          ", sequence, chain_link FROM changes WHERE sequence > ? AND "
                                                          "sequence <= ? ORDER BY sequence LIMIT ?"),
                                             {after, report_.head.sequence, kRowsAtOnce}));
    for (const Row& row : rows_) {
      ++report_.rows;
      const Params content(row.data(), kAuditColumnCount);
      const int64_t sequence = row[kAuditColumnCount].integer();
      const Value& link = row[kAuditColumnCount + 1];
      if (sequence > expected_) {
        AddMissing(AuditFault::kMissing, expected_, sequence - 1);
        proved_ = false;  // What this row was linked to is not known.
      }
      if (link.is_null()) {
        AddRow(AuditFault::kInserted, sequence, content, "has a number but no link: it was not written by the service");
      } else if (proved_ && AuditLink(previous_, sequence, content) != link.text()) {
        AddRow(AuditFault::kChanged, sequence, content, "its content and the link before it do not give its link");
      }
      if (const auto anchor = anchors_.find(sequence); anchor != anchors_.end()) {
        for (const std::string& published : anchor->second) {
          if (published == link.text()) continue;
          AddRow(AuditFault::kRewritten, sequence, content,
                 "the link published for it was another: the trail up to here is not the one that was written");
        }
      }
      previous_ = link.text();
      proved_ = !link.is_null();
      expected_ = sequence + 1;
    }
    return rows_.empty() ? 0 : expected_ - 1;
  }

  void CheckEnd() {
    const AuditAnchor& head = report_.head;
    if (expected_ <= head.sequence) {
      AddMissing(AuditFault::kTruncated, expected_, head.sequence);
    } else if (head.sequence > 0 && proved_ && previous_ != head.link) {
      Add({AuditFault::kRewritten, head.sequence, "", "", 0, "the last link is not the one that the sequencer noted"});
    }
    if (anchors_.empty() || anchors_.rbegin()->first <= head.sequence) return;
    AddMissing(AuditFault::kTruncated, head.sequence + 1, anchors_.rbegin()->first);
  }

  // One change a version, and none left out. Rows that came with the schema have no change of version 1.
  absl::Status CheckVersions(mysql::Connection& connection, int64_t after, int64_t last) {
    const std::string select = absl::StrCat("SELECT ", kAuditColumns,
                                            ", sequence FROM changes c WHERE c.sequence > ? AND c.sequence <= ? AND ");
    const std::string other = "(SELECT 1 FROM changes d WHERE d.resource_id = c.resource_id AND d.version = ";
    ASSIGN_OR_RETURN(const std::vector<Row> doubles,
                     connection.Query(absl::StrCat(select, "EXISTS ", other, "c.version AND d.sequence < c.sequence)"),
                                      {after, last}));
    for (const Row& row : doubles) {
      AddRow(AuditFault::kInserted, row[kAuditColumnCount].integer(), row,
             absl::StrCat("is a second change of version ", row[kVersion].integer()));
    }
    ASSIGN_OR_RETURN(const std::vector<Row> orphans,
                     connection.Query(absl::StrCat(select, "c.version > 2 AND NOT EXISTS ", other, "c.version - 1)"),
                                      {after, last}));
    for (const Row& row : orphans) {
      AddRow(AuditFault::kMissing, row[kAuditColumnCount].integer(), row,
             absl::StrCat("the change of version ", row[kVersion].integer() - 1, " before it is gone"));
    }
    return absl::OkStatus();
  }

  // The changes of the last batch are of resources that are there, and not newer than those; or of such as were
  // deleted, and not newer than that.
  absl::Status CheckResourcesOf(mysql::Connection& connection) {
    std::map<const resource::Type*, std::map<std::string, std::vector<const Row*>>> by_type;
    for (const Row& row : rows_) {
      const resource::Type* type = catalog_.FindCollection(row[kCollection].text());
      if (type != nullptr) by_type[type][row[kResource].text()].push_back(&row);
    }
    for (const auto& [type, changes] : by_type) {
      std::vector<Value> ids;
      ids.reserve(changes.size());
      for (const auto& [id, rows] : changes) ids.emplace_back(id);
      ASSIGN_OR_RETURN(const std::vector<Row> found,
                       connection.Query(absl::StrCat("SELECT id, version FROM ", type->table(), " WHERE id IN (",
                                                     resource::Placeholders(ids.size()), ")"),
                                        Params(ids)));
      std::map<std::string, int64_t> versions;
      for (const Row& row : found) versions[row[0].text()] = row[1].integer();
      if (versions.size() < changes.size()) RETURN_IF_ERROR(AddDeleted(connection, ids, &versions));
      for (const auto& [id, rows] : changes) {
        const auto version = versions.find(id);
        for (const Row* row : rows) {
          if (version != versions.end() && (*row)[kVersion].integer() <= version->second) continue;
          AddRow(AuditFault::kInserted, (*row)[kAuditColumnCount].integer(), *row,
                 version == versions.end() ? std::string("is of a resource that is not there")
                                           : absl::StrCat("is of version ", (*row)[kVersion].integer(),
                                                          ", but the resource is at ", version->second));
        }
      }
    }
    return absl::OkStatus();
  }

  // The last versions of those of `ids` that have none yet and whose deletion the trail tells of.
  static absl::Status AddDeleted(mysql::Connection& connection, const std::vector<Value>& ids,
                                 std::map<std::string, int64_t>* versions) {
    std::vector<Value> params = ids;
    params.emplace_back(resource::kDeleted);
    ASSIGN_OR_RETURN(const std::vector<Row> deleted,
                     connection.Query(absl::StrCat("SELECT resource_id, version FROM changes WHERE resource_id IN (",
                                                   resource::Placeholders(ids.size()), ") AND kind = ?"),
                                      Params(params)));
    for (const Row& row : deleted) versions->emplace(row[0].text(), row[1].integer());
    return absl::OkStatus();
  }

  // Numbers that the sequencer never gave.
  absl::Status CheckOutside(mysql::Connection& connection) {
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query(absl::StrCat("SELECT ", kAuditColumns,
                                                   ", sequence FROM changes, change_sequence s WHERE s.id = 1 AND "
                                                   "(sequence >= s.next_sequence OR sequence < 1) ORDER BY sequence "
                                                   "LIMIT ?"),
                                      {kRowsAtOnce}));
    for (const Row& row : rows) {
      AddRow(AuditFault::kInserted, row[kAuditColumnCount].integer(), row,
             "has a number that the sequencer never gave");
    }
    return absl::OkStatus();
  }

  // Resources whose present version no change tells of.
  absl::Status CheckStored(const resource::Type& type) {
    const std::string sql = absl::StrCat(
        "SELECT t.id, t.version, EXISTS (SELECT 1 FROM changes c WHERE c.resource_id = t.id AND c.version = t.version) "
        "FROM ",
        type.table(), " t WHERE t.id > ? ORDER BY t.id LIMIT ?");
    for (std::string after;;) {
      std::vector<Row> rows;
      RETURN_IF_ERROR(Batch([&](mysql::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(rows, connection.Query(sql, {after, kRowsAtOnce}));
        return absl::OkStatus();
      }));
      for (const Row& row : rows) {
        // What came with the schema is at version 1 and was written by nobody.
        if (row[1].integer() == 1 || row[2].integer() != 0) continue;
        Add({AuditFault::kMissing, 0, "", absl::StrCat(type.collection(), "/", row[0].text()), row[1].integer(),
             absl::StrCat("the resource is at version ", row[1].integer(), ", of which no change tells")});
      }
      if (rows.size() < static_cast<size_t>(kRowsAtOnce)) break;
      after = rows.back()[0].text();
    }
    return absl::OkStatus();
  }

  mysql::Database& database_;
  const resource::Catalog& catalog_;
  std::map<int64_t, std::set<std::string>> anchors_;  // Links by number.
  AuditReport report_;
  std::map<AuditFault, size_t> kept_;
  // The walk.
  int64_t expected_ = 1;
  std::string previous_;
  bool proved_ = true;  // `previous_` is the link of number expected_ - 1.
  std::vector<Row> rows_;
};

}  // namespace

std::string AuditLink(absl::string_view previous, int64_t sequence, Params content) {
  std::string text = absl::StrCat("kam-audit-1\n", previous, "\n", sequence, "\n");
  for (const Value& value : content) AppendCanonical(value, &text);
  return Sha256Hex(text);
}

absl::string_view AuditFaultName(AuditFault fault) {
  switch (fault) {
    case AuditFault::kChanged:
      return "CHANGED";
    case AuditFault::kMissing:
      return "MISSING";
    case AuditFault::kTruncated:
      return "TRUNCATED";
    case AuditFault::kInserted:
      return "INSERTED";
    case AuditFault::kRewritten:
      return "REWRITTEN";
  }
  return "";
}

absl::StatusOr<AuditAnchor> AuditHead(mysql::Database& database, absl::Time deadline) {
  AuditAnchor head;
  RETURN_IF_ERROR(database.Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query("SELECT chained_sequence, chain_link FROM change_sequence WHERE id = 1"));
    if (rows.empty()) return Internal("change_sequence has no row");
    head = {rows[0][0].integer(), rows[0][1].text()};
    return absl::OkStatus();
  }));
  return head;
}

absl::StatusOr<AuditReport> VerifyAudit(mysql::Database& database, const resource::Catalog& catalog,
                                        const std::vector<AuditAnchor>& anchors) {
  return Verifier(database, catalog, anchors).Verify();
}

}  // namespace kam::event

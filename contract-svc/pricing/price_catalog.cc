#include "contract-svc/pricing/price_catalog.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/context.h"
#include "contract-svc/pricing/pricing_data.h"

namespace kam::contract {
namespace {

constexpr char kReadState[] = "SELECT s.version, s.known_time FROM price_catalog_state s WHERE s.id = 1";
constexpr char kKnown[] = "KNOWN";
constexpr char kWithdrawn[] = "WITHDRAWN";
constexpr int kAdoptedAtOnceMax = 500;

absl::Status Note(resource::UnitOfWork& work, absl::string_view collection, absl::string_view id,
                  absl::string_view kind) {
  RETURN_IF_ERROR(PriceCatalog::Tick(work));
  RETURN_IF_ERROR(
      work.connection().Execute("UPDATE price_catalog_state SET version = version + 1 WHERE id = 1").status());
  return work.connection()
      .Execute(
          "INSERT INTO price_catalog_entries (collection, id, kind, known_from) SELECT ?, ?, ?, s.known_time FROM "
          "price_catalog_state s WHERE s.id = 1",
          {collection, id, kind})
      .status();
}

absl::string_view CollectionOf(absl::string_view name) { return name.substr(0, name.find('/')); }

// Notes what `sql` selects: rows of a collection that have no entry of the kind.
absl::StatusOr<bool> NoteMissing(resource::UnitOfWork& work, const RevisionSource& source, const std::string& condition,
                                 absl::string_view kind) {
  if (condition.empty()) return false;
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(absl::StrCat("SELECT t.id FROM ", source.table, " t WHERE ", condition,
                                           " AND NOT EXISTS (SELECT 1 FROM price_catalog_entries e WHERE e.collection "
                                           "= ? AND e.id = t.id AND e.kind = ?) ORDER BY t.id LIMIT ?"),
                              {source.collection, kind, kAdoptedAtOnceMax}));
  for (const mysql::Row& row : rows) RETURN_IF_ERROR(Note(work, source.collection, row[0].text(), kind));
  return rows.size() == kAdoptedAtOnceMax;
}

}  // namespace

absl::StatusOr<PriceCatalog::Knowledge> PriceCatalog::Current(resource::UnitOfWork& work) {
  // The state first: what is committed between the two reads is loaded now and once more later, and is not known yet.
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, work.connection().Query(kReadState));
  if (rows.empty()) return Internal("price_catalog_state has no row");
  const int64_t version = rows[0][0].integer();
  const absl::Time known_at = rows[0][1].time();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (version != version_) {
    ASSIGN_OR_RETURN(index_, Load(work));
    version_ = version;
  }
  return Knowledge{index_, known_at};
}

absl::Status PriceCatalog::Lock(resource::UnitOfWork& work) {
  return work.connection().Query(absl::StrCat(kReadState, " FOR UPDATE")).status();
}

absl::Status PriceCatalog::Enter(resource::UnitOfWork& work, absl::string_view name) {
  return Note(work, CollectionOf(name), IdOf(name), kKnown);
}

absl::Status PriceCatalog::Withdraw(resource::UnitOfWork& work, absl::string_view name) {
  return Note(work, CollectionOf(name), IdOf(name), kWithdrawn);
}

absl::Status PriceCatalog::Tick(resource::UnitOfWork& work) {
  // Clocks of replicas differ, and calls wait for one another: the moment is that of the call only while it is later
  // than the last one.
  return work.connection()
      .Execute(
          "UPDATE price_catalog_state SET known_time = CASE WHEN known_time < ? THEN ? ELSE known_time + INTERVAL 1 "
          "MICROSECOND END WHERE id = 1",
          {work.now(), work.now()})
      .status();
}

absl::StatusOr<bool> PriceCatalog::Adopt(resource::UnitOfWork& work) {
  bool more = false;
  for (const RevisionSource& source : RevisionSources()) {
    for (const auto& [condition, kind] :
         {std::make_pair(source.known_sql, kKnown), std::make_pair(source.withdrawn_sql, kWithdrawn)}) {
      ASSIGN_OR_RETURN(const bool of_source, NoteMissing(work, source, condition, kind));
      more = more || of_source;
    }
  }
  return more;
}

absl::StatusOr<std::shared_ptr<const rules::PriceIndex>> PriceCatalog::Load(resource::UnitOfWork& work) {
  std::map<std::string, std::shared_ptr<const rules::BookRevision>> found;
  std::vector<std::shared_ptr<const rules::BookRevision>> all;
  for (const RevisionSource& source : RevisionSources()) {
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        work.connection().Query(
            absl::StrCat("SELECT t.id, t.version, k.known_from, w.known_from FROM ", source.table,
                         " t JOIN price_catalog_entries k ON k.collection = ? AND k.id = t.id AND k.kind = ? LEFT JOIN "
                         "price_catalog_entries w ON w.collection = ? AND w.id = t.id AND w.kind = ? ORDER BY t.id"),
            {source.collection, kKnown, source.collection, kWithdrawn}));
    for (const mysql::Row& row : rows) {
      const absl::Time known = row[2].time();
      const absl::Time withdrawn = row[3].is_null() ? absl::InfiniteFuture() : row[3].time();
      const std::string key =
          absl::StrCat(source.collection, "/", row[0].text(), "@", row[1].integer(), "@", absl::ToUnixMicros(known),
                       row[3].is_null() ? "" : absl::StrCat("-", absl::ToUnixMicros(withdrawn)));
      std::shared_ptr<const rules::BookRevision>& revision = found[key];
      if (const auto kept = revisions_.find(key); kept != revisions_.end()) {
        revision = kept->second;
      } else {
        ASSIGN_OR_RETURN(rules::BookRevision loaded, source.load(work, row[0].text()));
        loaded.released = known;
        loaded.withdrawn = withdrawn;
        revision = std::make_shared<const rules::BookRevision>(std::move(loaded));
      }
      all.push_back(revision);
    }
  }
  revisions_ = std::move(found);
  return rules::PriceIndex::Build(std::move(all));
}

}  // namespace kam::contract

#include "contract-svc/price_catalog.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/context.h"
#include "contract-svc/pricing_data.h"

namespace kam::contract {
namespace {

constexpr char kReadVersion[] = "SELECT s.version FROM price_catalog_state s WHERE s.id = 1";

absl::StatusOr<int64_t> ReadVersion(resource::UnitOfWork& work) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, work.connection().Query(kReadVersion));
  if (rows.empty()) return Internal("price_catalog_state has no row");
  return rows[0][0].integer();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const rules::PriceIndex>> PriceCatalog::Current(resource::UnitOfWork& work) {
  // The version first: what is committed between the two reads is loaded now and once more later.
  ASSIGN_OR_RETURN(const int64_t version, ReadVersion(work));
  const std::lock_guard<std::mutex> lock(mutex_);
  if (version == version_) return index_;
  ASSIGN_OR_RETURN(index_, Load(work));
  version_ = version;
  return index_;
}

absl::Status PriceCatalog::Lock(resource::UnitOfWork& work) {
  return work.connection().Query(absl::StrCat(kReadVersion, " FOR UPDATE")).status();
}

absl::Status PriceCatalog::Changed(resource::UnitOfWork& work) {
  return work.connection().Execute("UPDATE price_catalog_state SET version = version + 1 WHERE id = 1").status();
}

absl::StatusOr<std::shared_ptr<const rules::PriceIndex>> PriceCatalog::Load(resource::UnitOfWork& work) {
  std::map<std::string, std::shared_ptr<const rules::BookRevision>> found;
  std::vector<std::shared_ptr<const rules::BookRevision>> all;
  for (const RevisionSource& source : RevisionSources()) {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, work.connection().Query(source.keys_sql));
    for (const mysql::Row& row : rows) {
      const std::string key = absl::StrCat(source.collection, "/", row[0].text(), "@", row[1].text());
      const auto known = revisions_.find(key);
      std::shared_ptr<const rules::BookRevision> revision;
      if (known != revisions_.end()) {
        revision = known->second;
      } else {
        ASSIGN_OR_RETURN(revision, source.load(work, row[0].text()));
      }
      found.emplace(key, revision);
      all.push_back(std::move(revision));
    }
  }
  revisions_ = std::move(found);
  return rules::PriceIndex::Build(std::move(all));
}

}  // namespace kam::contract

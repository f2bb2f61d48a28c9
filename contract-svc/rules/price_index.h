// Released price books compiled for look-up: immutable, shared by all threads, built off to the side and swapped in as
// a whole. Finding the records of a line is a hash look-up for each access of each type; nothing is scanned.
#ifndef KAM_CONTRACT_SVC_RULES_PRICE_INDEX_H_
#define KAM_CONTRACT_SVC_RULES_PRICE_INDEX_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "contract-svc/rules/price_model.h"
#include "contract-svc/rules/requirement.h"

namespace kam::contract::rules {

// yyyymmdd; `otherwise` for an empty text.
int32_t DayNumber(absl::string_view day, int32_t otherwise);

class PriceIndex {
 public:
  // Texts of keys as numbers; 0: in no record.
  using Id = uint32_t;
  static constexpr uint32_t kNone = UINT32_MAX;

  // A record, ready for judging: everything that is read for every candidate, so that the record itself, which is much
  // larger, is read only when something of it is needed. Those of one key stand together, in the order of preference.
  struct Entry {
    uint32_t revision = 0;
    uint32_t record = 0;  // In the revision.
    uint16_t type = 0;
    uint16_t access = 0;
    int32_t priority = 0;
    int32_t from_day = 0, until_day = 0;
    Id currency = 0, unit = 0;  // 0: any.
    uint32_t base_code = kNone;
    int32_t requirement = -1;  // Position in requirements(); -1: none.
    uint32_t steps_begin = 0;  // Of its scale, see steps().
    uint32_t steps_size = 0;
    int32_t number = 0;               // Of the record.
    bool limits = false;              // The record has a floor or bounds of changes by hand.
    bool wholes = false;              // The record has a price for so many at once.
    uint32_t private_digest = kNone;  // Of a record for one customer or group.
    ScaleStep first;                  // Of its scale.
  };
  struct Type {
    ConditionType definition;
    std::vector<uint32_t> revisions;  // With records of the type; rising.
  };
  struct Code {
    std::string text;
    std::vector<uint32_t> revisions;  // By first day; those with one first day by their release.
  };

  // The order of `revisions` does not matter. A record whose type or requirement cannot be used stays in the index as
  // one that makes the pricing fail: see broken().
  static std::shared_ptr<const PriceIndex> Build(std::vector<std::shared_ptr<const BookRevision>> revisions);

  Id IdOf(absl::string_view text) const;
  // Types in the order of the procedure.
  absl::Span<const Type> types() const { return types_; }
  absl::Span<const Code> codes() const { return codes_; }
  const BookRevision& revision(uint32_t position) const { return *revisions_[position]; }
  std::shared_ptr<const BookRevision> shared_revision(uint32_t position) const { return revisions_[position]; }
  size_t revisions() const { return revisions_.size(); }
  // SHA-256 of everything that the prices of a revision depend on.
  const std::string& digest(uint32_t revision) const { return digests_[revision]; }
  // The same without the records that are for one customer or group: what others are told does not depend on them. Of
  // such a record its own.
  const std::string& public_digest(uint32_t revision) const { return public_digests_[revision]; }
  const std::string& private_digest(const Entry& entry) const { return private_digests_[entry.private_digest]; }
  const PriceRecord& record(const Entry& entry) const { return revisions_[entry.revision]->records[entry.record]; }
  // The scale of an entry.
  absl::Span<const ScaleStep> steps(const Entry& entry) const {
    return absl::MakeConstSpan(steps_).subspan(entry.steps_begin, entry.steps_size);
  }
  // Whether some record is for one unit only.
  bool knows_units() const { return knows_units_; }
  uint32_t code_of(uint32_t revision) const { return code_of_[revision]; }
  const Entry& entry(uint32_t position) const { return entries_[position]; }
  size_t size() const { return entries_.size(); }
  // Has the entry brought near; it will be read soon.
  void Prefetch(uint32_t position) const { __builtin_prefetch(&entries_[position]); }
  const absl::StatusOr<Requirement>& requirement(int32_t position) const {
    return requirements_[static_cast<size_t>(position)];
  }

  // Positions [first, second) of the entries of a key: ids in the order of KeyField, only those of the access.
  std::pair<uint32_t, uint32_t> Find(uint16_t type, uint16_t access, const std::array<Id, kKeyFieldsMax>& ids) const;

  // Whether `a` is preferred to `b`, two entries of one type: priority, then the access that is searched first, then
  // the larger first step, then the later first day. What is left only makes the order total.
  bool Preferred(const Entry& a, const Entry& b) const;

  // For each revision, whether it holds on the day as far as was known at the time.
  std::vector<uint8_t> Holding(absl::string_view as_of, absl::Time known_at) const;

 private:
  struct Key {
    uint16_t type;
    uint16_t access;
    std::array<Id, kKeyFieldsMax> ids;
    bool operator==(const Key&) const = default;
    template <typename H>
    friend H AbslHashValue(H h, const Key& key) {
      return H::combine(std::move(h), key.type, key.access, key.ids);
    }
  };

  PriceIndex() = default;
  Id Intern(absl::string_view text);

  std::vector<std::shared_ptr<const BookRevision>> revisions_;  // By code and number.
  std::vector<std::string> digests_, public_digests_, private_digests_;
  std::vector<uint32_t> code_of_;
  std::vector<Code> codes_;
  std::vector<Type> types_;
  std::vector<Entry> entries_;
  std::vector<ScaleStep> steps_;
  bool knows_units_ = false;
  std::vector<absl::StatusOr<Requirement>> requirements_;
  absl::flat_hash_map<std::string, Id> ids_;
  absl::flat_hash_map<Key, std::pair<uint32_t, uint32_t>> keys_;
};

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_PRICE_INDEX_H_

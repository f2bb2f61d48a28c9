#include "contract-svc/rules/price_index.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/id/digest.h"
#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

// Fields one after the other, each with its length before it, so that no two contents have the same text.
void Put(absl::string_view field, std::string* text) { absl::StrAppend(text, field.size(), ":", field, ","); }
void Put(const std::optional<Decimal>& field, std::string* text) {
  Put(field.has_value() ? field->ToString() : "-", text);
}

void Put(const PriceRecord& record, std::string* text) {
  Put(absl::StrCat(record.number, " ", record.priority), text);
  for (const absl::string_view field :
       {absl::string_view(record.type), absl::string_view(record.valid.from), absl::string_view(record.valid.until),
        absl::string_view(record.currency), absl::string_view(record.unit), absl::string_view(record.base_code),
        absl::string_view(record.requirement)}) {
    Put(field, text);
  }
  for (const std::string& value : record.key.value) Put(value, text);
  for (const ScaleStep& step : record.scale) {
    Put(step.from, text);
    Put(step.value, text);
  }
  Put(record.manual_lower, text);
  Put(record.manual_upper, text);
}

// 32 bytes.
std::string Sha256(const std::string& text) { return absl::HexStringToBytes(Sha256Hex(text)); }

// For one customer or group: what others are told must not depend on it.
bool IsPrivate(const PriceRecord& record) {
  return !record.key.value[kAccount].empty() || !record.key.value[kGroup].empty();
}

// SHA-256 of everything that the prices of a revision depend on, 32 bytes.
std::string DigestOf(const BookRevision& revision, bool with_private) {
  std::string text;
  // Not the last day: a later revision sets it. The floor is confidential: a digest of few unknowns tells it. (What is
  // approved is bound to the floors too, by the salted digest of PriceBookService.)
  for (const absl::string_view field : {absl::string_view(revision.name), absl::string_view(revision.code),
                                        absl::string_view(revision.effective.from)}) {
    Put(field, &text);
  }
  for (const ConditionType& type : revision.types) Put(DefinitionText(type), &text);
  for (const PriceRecord& record : revision.records) {
    if (with_private || !IsPrivate(record)) Put(record, &text);
  }
  return Sha256(text);
}

}  // namespace

int32_t DayNumber(absl::string_view day, int32_t otherwise) {
  if (day.size() != 10) return otherwise;
  int32_t number = 0;
  for (const char c : day) {
    if (c >= '0' && c <= '9') number = number * 10 + (c - '0');
  }
  return number;
}

PriceIndex::Id PriceIndex::Intern(absl::string_view text) {
  if (text.empty()) return 0;
  return ids_.emplace(std::string(text), static_cast<Id>(ids_.size() + 1)).first->second;
}

PriceIndex::Id PriceIndex::IdOf(absl::string_view text) const {
  const auto it = ids_.find(text);
  return it == ids_.end() ? 0 : it->second;
}

std::shared_ptr<const PriceIndex> PriceIndex::Build(std::vector<std::shared_ptr<const BookRevision>> revisions) {
  std::shared_ptr<PriceIndex> index(new PriceIndex);
  std::sort(revisions.begin(), revisions.end(), [](const auto& a, const auto& b) {
    return std::tie(a->code, a->revision, a->name) < std::tie(b->code, b->revision, b->name);
  });
  index->revisions_ = std::move(revisions);

  // Types by level, sequence and code. Two that are defined otherwise are two types, of revisions that never meet
  // (price_book.h).
  std::map<std::tuple<PriceLevel, int, std::string, std::string>, Type> types;
  std::map<std::pair<uint32_t, std::string>, std::string> definitions;  // Revision and code -> text.
  const auto define = [&](uint32_t revision, const ConditionType& type) {
    const std::string text = DefinitionText(type);
    types[{type.level, type.sequence, type.code, text}].definition = type;
    definitions.emplace(std::make_pair(revision, type.code), text);
  };
  for (uint32_t r = 0; r < index->revisions_.size(); ++r) {
    const BookRevision& revision = *index->revisions_[r];
    for (const ConditionType& type : BuiltInTypes()) define(r, type);
    for (const ConditionType& type : revision.types) define(r, type);
    if (index->codes_.empty() || index->codes_.back().text != revision.code) {
      index->codes_.push_back({revision.code, {}});
    }
    index->codes_.back().revisions.push_back(r);
    index->code_of_.push_back(static_cast<uint32_t>(index->codes_.size() - 1));
    index->digests_.push_back(DigestOf(revision, /*with_private=*/true));
    index->public_digests_.push_back(DigestOf(revision, /*with_private=*/false));
  }
  for (Code& code : index->codes_) {
    std::stable_sort(code.revisions.begin(), code.revisions.end(), [&](uint32_t a, uint32_t b) {
      // Of two with one first day the one that was released later takes all days of the other.
      const BookRevision &first = index->revision(a), &second = index->revision(b);
      return std::tie(first.effective.from, first.released) < std::tie(second.effective.from, second.released);
    });
  }
  std::map<std::pair<std::string, std::string>, uint16_t> positions;  // Code and text -> position.
  for (auto& [key, type] : types) {
    positions.emplace(std::make_pair(std::get<2>(key), std::get<3>(key)), static_cast<uint16_t>(index->types_.size()));
    index->types_.push_back(std::move(type));
  }

  struct Keyed {
    Key key;
    Entry entry;
  };
  std::vector<Keyed> keyed;
  std::map<std::string, uint32_t> codes;
  for (uint32_t c = 0; c < index->codes_.size(); ++c) codes[index->codes_[c].text] = c;
  const auto broken = [&index](const BookRevision& revision, const PriceRecord& record, absl::string_view why) {
    index->requirements_.push_back(Error(absl::StatusCode::kFailedPrecondition, "REQUIREMENT_FAILED",
                                         absl::StrCat(revision.name, " ", record.label, ": ", why),
                                         {{"record", record.label}}));
    return static_cast<int32_t>(index->requirements_.size() - 1);
  };
  for (uint32_t r = 0; r < index->revisions_.size(); ++r) {
    const BookRevision& revision = *index->revisions_[r];
    for (uint32_t i = 0; i < revision.records.size(); ++i) {
      const PriceRecord& record = revision.records[i];
      const auto definition = definitions.find({r, record.type});
      if (definition == definitions.end() || record.scale.empty()) continue;  // Never published: price_book.h.
      Keyed one;
      Entry& entry = one.entry;
      entry.revision = r;
      entry.record = i;
      entry.type = positions[{record.type, definition->second}];
      const ConditionType& type = index->types_[entry.type].definition;
      const KeySet set = record.key.set();
      const auto access = std::find(type.accesses.begin(), type.accesses.end(), set);
      if (access == type.accesses.end()) continue;
      entry.access = static_cast<uint16_t>(access - type.accesses.begin());
      entry.priority = record.priority;
      const Period valid = Intersect(record.valid, {revision.effective.from, revision.effective.until});
      entry.from_day = DayNumber(valid.from, 0);
      entry.until_day = DayNumber(valid.until, std::numeric_limits<int32_t>::max());
      entry.currency = index->Intern(record.currency);
      entry.unit = index->Intern(record.unit);
      entry.number = record.number;
      entry.first = record.scale.front();
      entry.steps_size = static_cast<uint32_t>(record.scale.size());
      entry.limits = record.floor.has_value() || record.manual_lower.has_value() || record.manual_upper.has_value();
      entry.wholes = !record.wholes.empty();
      if (IsPrivate(record)) {
        std::string text;
        Put(record, &text);
        entry.private_digest = static_cast<uint32_t>(index->private_digests_.size());
        index->private_digests_.push_back(Sha256(text));
      }
      index->knows_units_ = index->knows_units_ || !record.unit.empty();
      if (!record.base_code.empty()) {
        const auto base = codes.find(record.base_code);
        if (base == codes.end()) {
          entry.requirement = broken(revision, record, absl::StrCat("there is no price book ", record.base_code));
        } else {
          entry.base_code = base->second;
        }
      }
      if (!record.requirement.empty() && entry.requirement < 0) {
        absl::StatusOr<Requirement> requirement = Requirement::Compile(record.requirement, record.label);
        if (requirement.ok()) {
          index->requirements_.push_back(std::move(requirement));
          entry.requirement = static_cast<int32_t>(index->requirements_.size() - 1);
        } else {
          entry.requirement = broken(revision, record, requirement.status().message());
        }
      }
      one.key = {entry.type, entry.access, {}};
      size_t at = 0;
      for (int field = 0; field < kKeyFields; ++field) {
        if (set & KeyBit(static_cast<KeyField>(field))) one.key.ids[at++] = index->Intern(record.key.value[field]);
      }
      std::vector<uint32_t>& with = index->types_[entry.type].revisions;
      if (with.empty() || with.back() != r) with.push_back(r);
      keyed.push_back(std::move(one));
    }
  }
  std::sort(keyed.begin(), keyed.end(), [&index](const Keyed& a, const Keyed& b) {
    const auto a_key = std::tie(a.key.type, a.key.access, a.key.ids);
    const auto b_key = std::tie(b.key.type, b.key.access, b.key.ids);
    return a_key != b_key ? a_key < b_key : index->Preferred(a.entry, b.entry);
  });
  index->entries_.reserve(keyed.size());
  index->keys_.reserve(keyed.size());
  for (uint32_t i = 0; i < keyed.size(); ++i) {
    Entry& entry = index->entries_.emplace_back(keyed[i].entry);
    entry.steps_begin = static_cast<uint32_t>(index->steps_.size());
    const std::vector<ScaleStep>& scale = index->record(entry).scale;
    index->steps_.insert(index->steps_.end(), scale.begin(), scale.end());
    const auto [it, fresh] = index->keys_.try_emplace(keyed[i].key, i, i + 1);
    if (!fresh) it->second.second = i + 1;
  }
  return index;
}

bool PriceIndex::Preferred(const Entry& a, const Entry& b) const {
  if (a.priority != b.priority) return a.priority > b.priority;
  if (a.access != b.access) return a.access < b.access;
  if (a.first.from != b.first.from) return b.first.from < a.first.from;
  if (a.from_day != b.from_day) return a.from_day > b.from_day;
  if (a.revision != b.revision) return a.revision < b.revision;
  return a.number < b.number;
}

std::pair<uint32_t, uint32_t> PriceIndex::Find(uint16_t type, uint16_t access,
                                               const std::array<Id, kKeyFieldsMax>& ids) const {
  const auto it = keys_.find(Key{type, access, ids});
  return it == keys_.end() ? std::make_pair(0u, 0u) : it->second;
}

std::vector<uint8_t> PriceIndex::Holding(absl::string_view as_of, absl::Time known_at) const {
  std::vector<uint8_t> holding(revisions_.size(), 0);
  for (const Code& code : codes_) {
    // The last one that is known and has begun.
    for (auto it = code.revisions.rbegin(); it != code.revisions.rend(); ++it) {
      const BookRevision& candidate = *revisions_[*it];
      if (candidate.released > known_at || candidate.effective.from > as_of) continue;
      Period effective = candidate.effective;
      if (candidate.withdrawn <= known_at) effective = Intersect(effective, {"", candidate.withdrawn_until});
      holding[*it] = effective.Contains(as_of) ? 1 : 0;
      break;
    }
  }
  return holding;
}

}  // namespace kam::contract::rules

#include "contract-svc/rules/price_book.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/requirement.h"

namespace kam::contract::rules {
namespace {

std::string Text(const Period& period) {
  return absl::StrCat(period.from, " to ", period.until.empty() ? "no end" : period.until);
}

// A record beside others: of the proposed book or of a rival.
struct Row {
  const PriceRecord* record = nullptr;
  const ConditionType* type = nullptr;
  std::string label;  // How people find it.
  Period valid;       // Within its book.
  bool proposed = false;
  size_t access = 0;
  const Decimal& first_step() const { return record->scale.front().from; }
};

class Proof {
 public:
  Proof(const BookRevision& proposed, const std::vector<Rival>& rivals, const ProofFacts& facts,
        absl::string_view prefix)
      : proposed_(proposed), rivals_(rivals), facts_(facts), prefix_(prefix) {}

  absl::Status Run() {
    for (const ConditionType& type : BuiltInTypes()) types_.emplace(type.code, type);
    CheckTypes();
    for (const PriceRecord& record : proposed_.records) CheckRecord(record);
    CheckCycle();
    CollectRows();
    CheckOverlaps();
    CheckReachable();
    return violations_.status();
  }

 private:
  std::string Label(const PriceRecord& record) const { return absl::StrCat(prefix_, ".", record.label); }
  void Refuse(const PriceRecord& record, absl::string_view field, absl::string_view reason, absl::string_view message,
              Metadata metadata = {}) {
    violations_.Add(field.empty() ? Label(record) : absl::StrCat(Label(record), ".", field), reason, message,
                    std::move(metadata));
  }

  void CheckTypes();
  void CheckRecord(const PriceRecord& record);
  void CheckScale(const PriceRecord& record, const ConditionType& type);
  void CheckMoney(const PriceRecord& record, const ConditionType& type);
  void CheckKey(const PriceRecord& record, const ConditionType& type);
  void CheckCycle();
  void CollectRows();
  void AddRows(const BookRevision& revision, const Period& effective, bool proposed);
  void CheckOverlaps();
  void CheckReachable();

  const BookRevision& proposed_;
  const std::vector<Rival>& rivals_;
  const ProofFacts& facts_;
  const std::string prefix_;
  FieldViolations violations_;
  std::map<std::string, ConditionType> types_;
  std::set<const PriceRecord*> unusable_;  // Refused already; not looked at any further.
  std::vector<Row> rows_;
};

void Proof::CheckTypes() {
  std::map<std::string, PriceLevel> groups;
  std::set<std::string> own;
  for (size_t i = 0; i < proposed_.types.size(); ++i) {
    const ConditionType& type = proposed_.types[i];
    const std::string path = absl::StrCat(prefix_, ".condition_types[", i, "]");
    if (!own.insert(type.code).second) {
      violations_.Add(path + ".code", "CONDITION_TYPE_REPEATED", absl::StrCat(type.code, " is defined twice"),
                      {{"type", type.code}});
    }
    if (type.accesses.empty()) {
      violations_.Add(path, "ACCESS_REQUIRED", absl::StrCat(type.code, " has no access: nothing is ever found for it"),
                      {{"type", type.code}});
    }
    std::set<KeySet> seen;
    for (const KeySet keys : type.accesses) {
      if (seen.insert(keys).second) continue;
      violations_.Add(path, "ACCESS_REPEATED", absl::StrCat(type.code, " searches ", KeySetText(keys), " twice"),
                      {{"type", type.code}, {"keys", KeySetText(keys)}});
    }
    if (!type.exclusion_group.empty()) {
      const auto [group, fresh] = groups.emplace(type.exclusion_group, type.level);
      if (!fresh && group->second != type.level) {
        violations_.Add(path + ".exclusion_group", "EXCLUSION_GROUP_INVALID",
                        absl::StrCat("types of the group ", type.exclusion_group, " stand at different levels"),
                        {{"group", type.exclusion_group}});
      }
    }
    const auto conflict = [&](const ConditionType& other, const std::string& where) {
      if (other.code != type.code || DefinitionText(other) == DefinitionText(type)) return;
      violations_.Add(path, "CONDITION_TYPE_CONFLICT",
                      absl::StrCat(type.code, " is defined otherwise by ", where, ": one code is one type"),
                      {{"type", type.code}, {"other", where}});
    };
    for (const ConditionType& built_in : BuiltInTypes()) conflict(built_in, "the suite");
    for (const Rival& rival : rivals_) {
      for (const ConditionType& other : rival.revision->types) {
        conflict(other, absl::StrCat(rival.revision->code, "/", rival.revision->revision));
      }
    }
    types_[type.code] = type;
  }
}

void Proof::CheckRecord(const PriceRecord& record) {
  const auto found = types_.find(record.type);
  if (found == types_.end()) {
    Refuse(record, "condition_type", "CONDITION_TYPE_UNKNOWN", absl::StrCat("the book defines no type ", record.type),
           {{"type", record.type}});
    unusable_.insert(&record);
    return;
  }
  const ConditionType& type = found->second;
  CheckScale(record, type);
  if (unusable_.count(&record) != 0) return;
  CheckMoney(record, type);
  CheckKey(record, type);
  if (!record.requirement.empty()) {
    const absl::StatusOr<Requirement> compiled =
        Requirement::Compile(record.requirement, absl::StrCat(Label(record), ".requirement"));
    if (!compiled.ok()) violations_.AddAll("", compiled.status());
  }
  if (type.calculation != Calculation::kBasedOn && !record.base_code.empty()) {
    Refuse(record, "base_code", "BASE_NOT_APPLICABLE", absl::StrCat(type.code, " is not calculated from another book"));
  }
  if (type.calculation == Calculation::kBasedOn && !record.base_code.empty() && record.base_code != proposed_.code &&
      std::none_of(rivals_.begin(), rivals_.end(),
                   [&record](const Rival& rival) { return rival.revision->code == record.base_code; })) {
    Refuse(record, "base_code", "BASE_BOOK_UNKNOWN",
           absl::StrCat("there is no released price book ", record.base_code, " in the days of this one"),
           {{"code", record.base_code}});
  }
  const Period valid = Intersect(record.valid, proposed_.effective);
  if (valid.empty()) {
    Refuse(record, "valid_from", "PRICE_ROW_UNREACHABLE",
           absl::StrCat("holds ", Text(record.valid), "; the book holds ", Text(proposed_.effective)),
           {{"validFrom", record.valid.from}, {"effectiveFrom", proposed_.effective.from}});
    unusable_.insert(&record);
    return;
  }
  const std::string& product_name = record.key.value[kProduct];
  const Product* product = product_name.empty() ? nullptr : facts_.products.Find(product_name);
  if (product != nullptr && (product->archived || Intersect(valid, product->sold).empty())) {
    Refuse(record, "product", "PRICE_ROW_UNREACHABLE", absl::StrCat(product_name, " is not sold on any day of the row"),
           {{"product", product_name}});
    unusable_.insert(&record);
  }
}

void Proof::CheckScale(const PriceRecord& record, const ConditionType& type) {
  const auto refuse = [&](absl::string_view message) {
    Refuse(record, "", "SCALE_INVALID", message);
    unusable_.insert(&record);
  };
  if (record.scale.empty()) return refuse("has no value");
  for (size_t i = 0; i < record.scale.size(); ++i) {
    const ScaleStep& step = record.scale[i];
    if (step.from.sign() < 0) return refuse("a step of the scale begins below nothing");
    if (i > 0 && step.from <= record.scale[i - 1].from) {
      return refuse(absl::StrCat("two steps of the scale begin at ", step.from.ToString(), ", or they fall"));
    }
    // A surcharge or a price above that of its base is written as a negative discount only for kBasedOn.
    if (step.value.sign() < 0 && type.calculation != Calculation::kBasedOn) return refuse("a value is below nothing");
    if (IsPercent(type.calculation) && type.calculation != Calculation::kPercentOn &&
        Decimal::FromInt(100) < step.value) {
      return refuse(absl::StrCat("takes off ", step.value.ToString(), " %, more than everything"));
    }
  }
  if (type.scale_kind == ScaleKind::kGraduated && !record.scale.front().from.is_zero()) {
    return refuse("a graduated scale begins at 0, or its first part would have no value");
  }
}

void Proof::CheckMoney(const PriceRecord& record, const ConditionType& type) {
  if (IsPercent(type.calculation) && !record.currency.empty() && type.calculation != Calculation::kBasedOn) {
    Refuse(record, "currency", "CURRENCY_NOT_APPLICABLE", "a percentage has no currency",
           {{"currency", record.currency}});
  }
  if (!IsPercent(type.calculation) && record.currency.empty()) {
    Refuse(record, "currency", "CURRENCY_REQUIRED", "an amount has a currency");
    unusable_.insert(&record);
    return;
  }
  if (!IsPrice(type.calculation) && record.floor.has_value()) {
    Refuse(record, "floor_price", "FLOOR_NOT_APPLICABLE", "a floor stands beside a price, not beside a discount");
    return;
  }
  if (record.manual_lower.has_value() && record.manual_upper.has_value() &&
      *record.manual_upper < *record.manual_lower) {
    Refuse(record, "manual_lower", "MANUAL_LIMIT_INVALID", "the lower limit is above the upper one",
           {{"lower", record.manual_lower->ToString()}, {"upper", record.manual_upper->ToString()}});
  }
  if (type.calculation != Calculation::kUnitPrice) return;
  const auto lowest = std::min_element(record.scale.begin(), record.scale.end(),
                                       [](const ScaleStep& a, const ScaleStep& b) { return a.value < b.value; });
  // The floor itself is confidential.
  if (record.floor.has_value() && lowest->value < *record.floor) {
    Refuse(record, "floor_price", "FLOOR_ABOVE_PRICE", "the floor price is above the price",
           {{"price", absl::StrCat(record.currency, " ", lowest->value.ToString())}});
  }
  const std::string& product_name = record.key.value[kProduct];
  const Product* product = product_name.empty() ? nullptr : facts_.products.Find(product_name);
  if (record.floor.has_value() && product != nullptr && product->list_price.has_value() &&
      product->list_price->currency().code() == record.currency && product->list_price->amount() < *record.floor) {
    Refuse(record, "floor_price", "FLOOR_ABOVE_LIST", "the floor price is above the list price of the product",
           {{"listPrice", product->list_price->ToString()}});
  }
  for (const auto& [limit, field, above] : {std::make_tuple(record.manual_lower, "manual_lower", true),
                                            std::make_tuple(record.manual_upper, "manual_upper", false)}) {
    if (!limit.has_value()) continue;
    if (above ? lowest->value < *limit : *limit < lowest->value) {
      Refuse(record, field, "MANUAL_LIMIT_INVALID",
             absl::StrCat("the price ", lowest->value.ToString(), " itself is outside ", limit->ToString()),
             {{"price", lowest->value.ToString()}, {"limit", limit->ToString()}});
    }
  }
}

void Proof::CheckKey(const PriceRecord& record, const ConditionType& type) {
  const KeySet keys = record.key.set();
  if (std::find(type.accesses.begin(), type.accesses.end(), keys) == type.accesses.end()) {
    const std::string accesses = absl::StrJoin(
        type.accesses, ", ", [](std::string* out, KeySet access) { absl::StrAppend(out, KeySetText(access)); });
    Refuse(record, "", "KEY_UNKNOWN",
           absl::StrCat("is for ", KeySetText(keys), ", which ", type.code, " never searches; it searches ", accesses),
           {{"keys", KeySetText(keys)}, {"accesses", accesses}});
    unusable_.insert(&record);
  }
  const std::string& product_name = record.key.value[kProduct];
  const Product* product = product_name.empty() ? nullptr : facts_.products.Find(product_name);
  if (!product_name.empty() && product == nullptr) {
    Refuse(record, "product", "KEY_UNKNOWN", absl::StrCat("there is no product ", product_name),
           {{"product", product_name}});
  }
  if (product != nullptr && !record.unit.empty() && record.unit != product->unit) {
    Refuse(record, "unit", "UNIT_MISMATCH",
           absl::StrCat("is ", record.unit, "; the product is sold by ", product->unit), {{"unit", product->unit}});
    unusable_.insert(&record);
  }
  const std::string& line = record.key.value[kProductLine];
  if (!line.empty() && facts_.product_lines.count(line) == 0) {
    Refuse(record, "product_line", "KEY_UNKNOWN", absl::StrCat("there is no product of the line ", line),
           {{"productLine", line}});
  }
}

// Books and what they are based on, from the proposed one on (G3).
void Proof::CheckCycle() {
  std::map<std::string, std::set<std::string>> based_on;
  const auto collect = [&based_on](const BookRevision& revision) {
    for (const PriceRecord& record : revision.records) {
      if (!record.base_code.empty()) based_on[revision.code].insert(record.base_code);
    }
  };
  collect(proposed_);
  for (const Rival& rival : rivals_) collect(*rival.revision);
  std::vector<std::string> path;
  std::set<std::string> done;
  // Depth first; true when the proposed book is met again.
  const std::function<bool(const std::string&)> meets = [&](const std::string& code) {
    for (const std::string& base : based_on[code]) {
      if (base == proposed_.code) return true;
      if (!done.insert(base).second) continue;
      path.push_back(base);
      if (meets(base)) return true;
      path.pop_back();
    }
    return false;
  };
  if (!meets(proposed_.code)) return;
  path.insert(path.begin(), proposed_.code);
  path.push_back(proposed_.code);
  const std::string circle = absl::StrJoin(path, " -> ");
  violations_.Add(prefix_, "PRICE_BOOK_CYCLE", absl::StrCat("is based on itself: ", circle), {{"circle", circle}});
}

void Proof::AddRows(const BookRevision& revision, const Period& effective, bool proposed) {
  for (const PriceRecord& record : revision.records) {
    if (unusable_.count(&record) != 0 || record.scale.empty()) continue;
    const ConditionType* type = nullptr;
    for (const ConditionType& candidate : revision.types) {
      if (candidate.code == record.type) type = &candidate;
    }
    if (type == nullptr) {
      for (const ConditionType& candidate : BuiltInTypes()) {
        if (candidate.code == record.type) type = &candidate;
      }
    }
    if (type == nullptr) continue;
    const auto access = std::find(type->accesses.begin(), type->accesses.end(), record.key.set());
    if (access == type->accesses.end()) continue;
    Row row;
    row.record = &record;
    row.type = type;
    row.label = proposed ? Label(record) : absl::StrCat(revision.code, "/", revision.revision, ".", record.label);
    row.valid = Intersect(record.valid, effective);
    row.proposed = proposed;
    row.access = static_cast<size_t>(access - type->accesses.begin());
    if (!row.valid.empty()) rows_.push_back(std::move(row));
  }
}

void Proof::CollectRows() {
  AddRows(proposed_, proposed_.effective, /*proposed=*/true);
  if (proposed_.base_only) return;  // Searched by itself.
  for (const Rival& rival : rivals_) {
    if (!rival.revision->base_only && rival.revision->code != proposed_.code) {
      AddRows(*rival.revision, rival.effective, /*proposed=*/false);
    }
  }
}

auto KeyOf(const Row& row) {
  const PriceRecord& record = *row.record;
  std::string key;
  for (const std::string& value : record.key.value) absl::StrAppend(&key, value.size(), ":", value, ",");
  return std::make_tuple(record.type, std::move(key), record.currency, record.unit, record.priority, row.first_step());
}

// G2. Within a key, by first day: a record overlaps some earlier one exactly when it overlaps the one that lasts
// longest.
void Proof::CheckOverlaps() {
  using Key = decltype(KeyOf(std::declval<const Row&>()));
  std::vector<std::pair<Key, const Row*>> sorted;
  sorted.reserve(rows_.size());
  for (const Row& row : rows_) sorted.emplace_back(KeyOf(row), &row);
  // At equal days the proposed ones come last: they are the ones to name.
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second->valid.from, a.second->proposed) <
           std::tie(b.first, b.second->valid.from, b.second->proposed);
  });
  size_t longest = 0;
  for (size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i].first != sorted[longest].first) {
      longest = i;
      continue;
    }
    const Row &before = *sorted[longest].second, &row = *sorted[i].second;
    if (Overlap(before.valid, row.valid) && (row.proposed || before.proposed)) {
      const Row &named = row.proposed ? row : before, &other = row.proposed ? before : row;
      violations_.Add(named.label, "PRICE_OVERLAP",
                      absl::StrCat("and ", other.label, " both hold for one key on the same days: ", Text(named.valid),
                                   " and ", Text(other.valid), "; end one, or give one a higher priority"),
                      {{"other", other.label}, {"type", named.record->type}});
    }
    if (!before.valid.until.empty() && (row.valid.until.empty() || before.valid.until < row.valid.until)) longest = i;
  }
}

// A record is never chosen when another one, found for every line for which it is found, always goes before it.
void Proof::CheckReachable() {
  std::map<std::pair<std::string, std::string>, std::vector<const Row*>> by_key;  // Type; key values.
  const auto key_text = [](const KeyValues& key, KeySet keys) {
    std::string text = absl::StrCat(keys, "|");
    for (int field = 0; field < kKeyFields; ++field) {
      const bool part = (keys & KeyBit(static_cast<KeyField>(field))) != 0;
      const std::string& value = key.value[field];
      if (part) absl::StrAppend(&text, value.size(), ":", value, ",");
    }
    return text;
  };
  for (const Row& row : rows_) {
    by_key[{row.record->type, key_text(row.record->key, row.record->key.set())}].push_back(&row);
  }
  for (const Row& row : rows_) {
    if (!row.proposed) continue;
    const Row* before = nullptr;
    // A product says its line too.
    KeyValues key = row.record->key;
    if (const Product* product = facts_.products.Find(key.value[kProduct]); product != nullptr) {
      key.value[kProductLine] = product->product_line;
    }
    for (const KeySet access : row.type->accesses) {
      if ((access & key.set()) != access) continue;  // Not found for every line of the row.
      const auto found = by_key.find({row.record->type, key_text(key, access)});
      if (found == by_key.end()) continue;
      for (const Row* other : found->second) {
        const PriceRecord& record = *other->record;
        const bool preferred = record.priority != row.record->priority ? record.priority > row.record->priority
                                                                       : other->access < row.access;
        if (other == &row || !preferred || !record.requirement.empty() || record.currency != row.record->currency ||
            !(record.unit.empty() || record.unit == row.record->unit) || row.first_step() < other->first_step() ||
            record.type != row.record->type || !record.base_code.empty() || !Covers(other->valid, row.valid)) {
          continue;
        }
        before = other;
      }
    }
    if (before == nullptr) continue;
    violations_.Add(row.label, "PRICE_ROW_UNREACHABLE",
                    absl::StrCat("is never chosen: ", before->label, " (", KeySetText(before->record->key.set()),
                                 ", priority ", before->record->priority, ") always goes before it"),
                    {{"other", before->label}});
  }
}

}  // namespace

absl::StatusOr<std::vector<Rival>> RivalsOf(const PriceIndex& released, absl::string_view code, absl::string_view from,
                                            absl::Time known_at) {
  std::vector<Rival> rivals;
  for (const PriceIndex::Code& other : released.codes()) {
    if (other.text == code) continue;
    std::string next_from;
    for (auto it = other.revisions.rbegin(); it != other.revisions.rend(); ++it) {
      std::shared_ptr<const BookRevision> revision = released.shared_revision(*it);
      if (revision->released > known_at) continue;
      Period effective = revision->effective;
      if (revision->withdrawn <= known_at) effective = Intersect(effective, {"", revision->withdrawn_until});
      if (!next_from.empty()) {
        ASSIGN_OR_RETURN(std::string last, AddDays(next_from, -1));
        effective = Intersect(effective, {"", std::move(last)});
      }
      next_from = revision->effective.from;
      if (!effective.empty() && Overlap(effective, {std::string(from), ""})) {
        rivals.push_back({std::move(revision), std::move(effective)});
      }
    }
  }
  return rivals;
}

absl::Status ProveBook(const BookRevision& proposed, const std::vector<Rival>& rivals, const ProofFacts& facts,
                       absl::string_view prefix) {
  return Proof(proposed, rivals, facts, prefix).Run();
}

absl::Status CheckEffective(absl::string_view effective_from, absl::string_view previous_from, absl::string_view today,
                            absl::string_view field) {
  if (previous_from.empty()) return absl::OkStatus();
  const bool takes_all = effective_from == previous_from && previous_from > today;
  if (effective_from <= previous_from && !takes_all) {
    return InvalidField(field, "EFFECTIVE_DATE_INVALID",
                        absl::StrCat("is ", effective_from, "; the revision before begins on ", previous_from,
                                     previous_from > today ? " and is replaced from that day on" : ""),
                        {{"value", std::string(effective_from)}, {"limit", std::string(previous_from)}});
  }
  if (effective_from < today) {
    return InvalidField(
        field, "EFFECTIVE_DATE_INVALID",
        absl::StrCat("is ", effective_from, "; prices of days before today, ", today, ", are not changed"),
        {{"value", std::string(effective_from)}, {"limit", std::string(today)}});
  }
  return absl::OkStatus();
}

}  // namespace kam::contract::rules

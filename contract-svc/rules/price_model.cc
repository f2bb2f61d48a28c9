#include "contract-svc/rules/price_model.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

constexpr absl::string_view kKeyNames[kKeyFields] = {"ACCOUNT", "GROUP",   "TIER",         "SEGMENT",
                                                     "REGION",  "PRODUCT", "PRODUCT_LINE", "PACKAGE"};
constexpr char kAll[] = "ALL";

std::vector<ConditionType> MakeBuiltIn() {
  constexpr KeySet kAccountKey = KeyBit(kAccount), kTierKey = KeyBit(kTier), kProductKey = KeyBit(kProduct),
                   kLineKey = KeyBit(kProductLine), kPackageKey = KeyBit(kPackage);
  ConditionType price;
  price.code = kTypePrice;
  price.accesses = {kAccountKey | kProductKey, kTierKey | kProductKey, kProductKey};
  ConditionType policy;
  policy.code = kTypePolicy;
  policy.sequence = 500;
  policy.calculation = Calculation::kPercentOff;
  policy.accesses = {kTierKey | kProductKey, kProductKey, kTierKey | kLineKey, kLineKey, kTierKey, 0};
  ConditionType package;
  package.code = kTypePackage;
  package.level = PriceLevel::kVolume;
  package.sequence = 900;
  package.manual_allowed = false;
  package.accesses = {kPackageKey | kProductKey};
  return {price, policy, package};
}

}  // namespace

bool Period::Contains(absl::string_view day) const {
  return (from.empty() || from <= day) && (until.empty() || until >= day);
}

bool Overlap(const Period& a, const Period& b) {
  return (a.until.empty() || b.from <= a.until) && (b.until.empty() || a.from <= b.until);
}

Period Intersect(const Period& a, const Period& b) {
  Period both;
  both.from = std::max(a.from, b.from);
  both.until = a.until.empty() ? b.until : b.until.empty() ? a.until : std::min(a.until, b.until);
  return both;
}

bool Covers(const Period& outer, const Period& inner) {
  return (outer.from.empty() || outer.from <= inner.from) &&
         (outer.until.empty() || (!inner.until.empty() && inner.until <= outer.until));
}

std::string KeySetText(KeySet keys) {
  std::vector<absl::string_view> words;
  for (int field = 0; field < kKeyFields; ++field) {
    if (keys & KeyBit(static_cast<KeyField>(field))) words.push_back(kKeyNames[field]);
  }
  return words.empty() ? kAll : absl::StrJoin(words, " ");
}

absl::StatusOr<KeySet> ParseKeySet(absl::string_view text, absl::string_view field) {
  KeySet keys = 0;
  int count = 0;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (word == kAll && text == kAll) return keys;
    const auto* name = std::find(std::begin(kKeyNames), std::end(kKeyNames), word);
    if (name == std::end(kKeyNames)) {
      return InvalidField(std::string(field), "KEYS_INVALID",
                          absl::StrCat("\"", word, "\" is no key; keys are ", absl::StrJoin(kKeyNames, ", "), ", ALL"),
                          {{"key", std::string(word)}});
    }
    const KeySet bit = KeyBit(static_cast<KeyField>(name - std::begin(kKeyNames)));
    if (keys & bit) {
      return InvalidField(std::string(field), "KEYS_INVALID", absl::StrCat("names ", word, " twice"),
                          {{"key", std::string(word)}});
    }
    keys = static_cast<KeySet>(keys | bit);
    ++count;
  }
  if (count == 0 || count > kKeyFieldsMax) {
    return InvalidField(std::string(field), "KEYS_INVALID",
                        absl::StrCat("names ", count, " keys; an access has 1 to ", kKeyFieldsMax, ", or ALL"),
                        {{"limit", absl::StrCat(kKeyFieldsMax)}});
  }
  return keys;
}

KeySet KeyValues::set() const {
  KeySet keys = 0;
  for (int field = 0; field < kKeyFields; ++field) {
    if (!value[field].empty()) keys = static_cast<KeySet>(keys | KeyBit(static_cast<KeyField>(field)));
  }
  return keys;
}

bool IsPrice(Calculation calculation) {
  return calculation == Calculation::kUnitPrice || calculation == Calculation::kBasedOn;
}

bool IsPercent(Calculation calculation) {
  return calculation == Calculation::kBasedOn || calculation == Calculation::kPercentOff ||
         calculation == Calculation::kPercentOn;
}

std::string DefinitionText(const ConditionType& type) {
  std::string text =
      absl::StrCat(type.code, "|", static_cast<int>(type.level), "|", type.sequence, "|",
                   static_cast<int>(type.calculation), "|", static_cast<int>(type.scale_base), "|",
                   static_cast<int>(type.scale_kind), "|", type.exclusion_group, "|", type.manual_allowed ? "M" : "-");
  for (const KeySet keys : type.accesses) absl::StrAppend(&text, "|", KeySetText(keys));
  return text;
}

const std::vector<ConditionType>& BuiltInTypes() {
  static const std::vector<ConditionType>* const types = new std::vector<ConditionType>(MakeBuiltIn());
  return *types;
}

}  // namespace kam::contract::rules

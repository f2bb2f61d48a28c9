#include "contract-svc/rules/price_book.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

auto KeyOf(const PriceRecord& record) {
  return std::make_tuple(absl::string_view(record.product), absl::string_view(record.account),
                         absl::string_view(record.tier), record.unit_price->currency().code(), record.minimum_quantity);
}

std::string Text(const Period& period) {
  return absl::StrCat(period.from, " to ", period.until.empty() ? "no end" : period.until);
}

}  // namespace

absl::Status CheckPublishable(std::vector<LabelledRecord> records) {
  FieldViolations violations;
  for (LabelledRecord& labelled : records) {
    PriceRecord& record = labelled.record;
    record.valid = Intersect(record.valid, record.effective);
    if (record.floor_price.has_value() && record.unit_price->amount() < record.floor_price->amount()) {
      // The floor itself is confidential.
      violations.Add(labelled.label + ".floor_price", "FLOOR_ABOVE_PRICE", "the floor price is above the price",
                     {{"price", record.unit_price->ToString()}});
    }
  }
  // A record whose own period and that of its book have no day in common holds never.
  records.erase(std::remove_if(records.begin(), records.end(),
                               [](const LabelledRecord& labelled) {
                                 const Period& valid = labelled.record.valid;
                                 return !valid.until.empty() && valid.until < valid.from;
                               }),
                records.end());
  std::stable_sort(records.begin(), records.end(), [](const LabelledRecord& a, const LabelledRecord& b) {
    const auto a_key = KeyOf(a.record), b_key = KeyOf(b.record);
    return a_key != b_key ? a_key < b_key : a.record.valid.from < b.record.valid.from;
  });
  // Within a key, by first day: a record overlaps some earlier one exactly when it overlaps the one that lasts longest.
  size_t longest = 0;
  for (size_t i = 1; i < records.size(); ++i) {
    const PriceRecord& record = records[i].record;
    if (KeyOf(record) != KeyOf(records[longest].record)) {
      longest = i;
      continue;
    }
    const Period& before = records[longest].record.valid;
    if (Overlap(before, record.valid)) {
      violations.Add(records[i].label, "PRICE_OVERLAP",
                     absl::StrCat("and ", records[longest].label, " are both the price of ", record.product,
                                  " on the same days: ", Text(record.valid), " and ", Text(before)),
                     {{"other", records[longest].label}, {"product", record.product}});
    }
    if (!before.until.empty() && (record.valid.until.empty() || before.until < record.valid.until)) longest = i;
  }
  return violations.status();
}

absl::Status CheckEffective(absl::string_view effective_from, absl::string_view previous_from,
                            absl::string_view today) {
  if (previous_from.empty()) return absl::OkStatus();
  if (effective_from <= previous_from) {
    return InvalidField("price_book.effective_from", "EFFECTIVE_DATE_INVALID",
                        absl::StrCat("is ", effective_from, "; the revision before begins on ", previous_from),
                        {{"value", std::string(effective_from)}, {"limit", std::string(previous_from)}});
  }
  if (effective_from < today) {
    return InvalidField(
        "price_book.effective_from", "EFFECTIVE_DATE_INVALID",
        absl::StrCat("is ", effective_from, "; prices of days before today, ", today, ", are not changed"),
        {{"value", std::string(effective_from)}, {"limit", std::string(today)}});
  }
  return absl::OkStatus();
}

}  // namespace kam::contract::rules

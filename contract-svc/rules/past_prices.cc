#include "contract-svc/rules/past_prices.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::contract::rules {
namespace {

struct Past {
  const BookRevision* book;
  const PriceRecord* record;
  Period days;
};

// Whether a line can have both keys. A product says its line of products too.
bool OneLine(const KeyValues& a, const KeyValues& b, const ProductTable& products) {
  for (int field = 0; field < kKeyFields; ++field) {
    if (!a.value[field].empty() && !b.value[field].empty() && a.value[field] != b.value[field]) return false;
  }
  const auto apart = [&products](const KeyValues& with_product, const KeyValues& with_line) {
    if (with_product.value[kProduct].empty() || with_line.value[kProductLine].empty()) return false;
    const Product* product = products.Find(with_product.value[kProduct]);
    return product != nullptr && product->product_line != with_line.value[kProductLine];
  };
  return !apart(a, b) && !apart(b, a);
}

bool IsAboutEverything(const PriceRecord& record) {
  return record.key.value[kProduct].empty() && record.key.value[kProductLine].empty();
}

}  // namespace

absl::Status CheckPast(const BookRevision& proposed, const std::vector<Rival>& rivals, const ProductTable& products,
                       absl::string_view today, absl::string_view field) {
  // Nobody is sold anything by a book that only serves others.
  if (proposed.base_only || proposed.effective.from >= today) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string yesterday, AddDays(today, -1));
  const Period over = {"", yesterday};
  // By product; "": for any.
  std::map<std::string, std::vector<Past>> released;
  for (const Rival& rival : rivals) {
    if (rival.revision->base_only) continue;
    for (const PriceRecord& record : rival.revision->records) {
      if (!record.key.value[kPackage].empty()) continue;  // A package keeps its own price.
      const Period days = Intersect(Intersect(rival.effective, record.valid), over);
      if (!days.empty()) released[record.key.value[kProduct]].push_back({rival.revision.get(), &record, days});
    }
  }
  for (const PriceRecord& record : proposed.records) {
    const Period days = Intersect(Intersect(proposed.effective, record.valid), over);
    if (days.empty()) continue;
    const std::string& product = record.key.value[kProduct];
    for (const auto& [of, rows] : released) {
      if (!product.empty() && !of.empty() && of != product) continue;
      for (const Past& other : rows) {
        // A discount on everything is no price of this product.
        if (IsAboutEverything(*other.record) && !IsAboutEverything(record)) continue;
        if (!Overlap(days, other.days) || !OneLine(record.key, other.record->key, products)) continue;
        const std::string given = absl::StrCat(other.book->code, "/", other.book->revision, ".", other.record->label);
        return InvalidField(field, "EFFECTIVE_DATE_INVALID",
                            absl::StrCat("is ", proposed.effective.from, "; ", record.label, " would change prices of ",
                                         given, " before today, ", today, ": days that are over keep theirs"),
                            {{"value", proposed.effective.from}, {"limit", std::string(today)}, {"other", given}});
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace kam::contract::rules

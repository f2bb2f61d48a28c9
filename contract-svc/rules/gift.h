// What an offer gives on top (C-04): a line of an order or a contract that has no price. As much of it is given as the
// approved quote says, once: it is drawn of the quote and of the contract like any line, beside what is paid for.
#ifndef KAM_CONTRACT_SVC_RULES_GIFT_H_
#define KAM_CONTRACT_SVC_RULES_GIFT_H_

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"

namespace kam::contract::rules {

// A gift that says nothing of its price costs nothing; one that says it costs something is none: FIELDS_EXCLUSIVE on
// {path}.unit_price. `line`: an OrderLine or a ContractLine.
template <typename Line>
absl::Status TakeGiftPrice(absl::string_view path, absl::string_view currency, Line* line) {
  if (!line->gift()) return absl::OkStatus();
  const std::string field = absl::StrCat(path, ".unit_price");
  ASSIGN_OR_RETURN(const Decimal price, AmountIn(line->unit_price(), currency, field));
  if (!price.is_zero()) {
    return InvalidField(field, "FIELDS_EXCLUSIVE", "a gift has no price: give the one or say the other",
                        {{"value", price.ToString()}});
  }
  SetAmount(price, currency, line->mutable_unit_price());
  return absl::OkStatus();
}

// There are lines, and nothing but gifts among them.
template <typename Lines>
bool OnlyGifts(const Lines& lines) {
  return !lines.empty() && std::all_of(lines.begin(), lines.end(), [](const auto& line) { return line.gift(); });
}

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_GIFT_H_

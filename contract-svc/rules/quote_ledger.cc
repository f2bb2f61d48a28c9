#include "contract-svc/rules/quote_ledger.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

using Pools = std::map<std::pair<std::string, Decimal>, Decimal>;

absl::Status AddAll(const std::vector<QuoteDraw>& draws, bool negative, Pools* pools) {
  for (const QuoteDraw& draw : draws) {
    Decimal& sum = (*pools)[{draw.product, draw.unit_price}];
    ASSIGN_OR_RETURN(sum, Add(sum, negative ? -draw.quantity : draw.quantity));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<QuoteDraw>> DrawsToPost(const std::vector<QuoteDraw>& drawn,
                                                   const std::vector<QuoteDraw>& wanted) {
  Pools pools;
  RETURN_IF_ERROR(AddAll(wanted, /*negative=*/false, &pools));
  RETURN_IF_ERROR(AddAll(drawn, /*negative=*/true, &pools));
  std::vector<QuoteDraw> entries;
  for (const auto& [key, difference] : pools) {
    if (!difference.is_zero()) entries.push_back({key.first, key.second, difference});
  }
  return entries;
}

absl::Status TakeOff(const std::vector<QuoteDraw>& drawn, AgreedTerms* terms) {
  Pools pools;
  RETURN_IF_ERROR(AddAll(drawn, /*negative=*/false, &pools));
  for (AgreedLine& line : terms->lines) {
    const auto pool = pools.find({line.product, line.unit_price});
    if (pool == pools.end() || pool->second.sign() <= 0) continue;
    const Decimal taken = std::min(pool->second, line.quantity);
    ASSIGN_OR_RETURN(line.quantity, Subtract(line.quantity, taken));
    ASSIGN_OR_RETURN(line.taken, Add(line.taken, taken));
    ASSIGN_OR_RETURN(pool->second, Subtract(pool->second, taken));
  }
  return absl::OkStatus();
}

absl::Status CheckUndrawn(const std::string& quote, const std::vector<QuoteDraw>& drawn) {
  for (const QuoteDraw& draw : drawn) {
    if (draw.quantity.sign() <= 0) continue;
    return FailedPrecondition("QUOTE_DRAWN", quote,
                              absl::StrCat("contracts or orders have taken ", draw.quantity.ToString(), " of ",
                                           draw.product, " from the quote; take them back, or make another quote"),
                              {{"product", draw.product}, {"quantity", draw.quantity.ToString()}});
  }
  return absl::OkStatus();
}

}  // namespace kam::contract::rules

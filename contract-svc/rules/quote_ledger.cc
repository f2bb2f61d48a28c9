#include "contract-svc/rules/quote_ledger.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

// By product, gift or not, and price.
using Pools = std::map<std::tuple<std::string, bool, Decimal>, Decimal>;

absl::Status AddAll(const std::vector<QuoteDraw>& draws, bool negative, Pools* pools) {
  for (const QuoteDraw& draw : draws) {
    Decimal& sum = (*pools)[{draw.product, draw.gift, draw.unit_price}];
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
    const auto& [product, gift, price] = key;
    if (!difference.is_zero()) entries.push_back({product, price, difference, gift});
  }
  return entries;
}

absl::Status TakeOff(const std::vector<QuoteDraw>& drawn, AgreedTerms* terms) {
  Pools pools;
  RETURN_IF_ERROR(AddAll(drawn, /*negative=*/false, &pools));
  for (AgreedLine& line : terms->lines) {
    const auto pool = pools.find({line.product, line.gift, line.unit_price});
    if (pool == pools.end() || pool->second.sign() <= 0) continue;
    const Decimal taken = std::min(pool->second, line.quantity);
    ASSIGN_OR_RETURN(line.quantity, Subtract(line.quantity, taken));
    ASSIGN_OR_RETURN(line.taken, Add(line.taken, taken));
    ASSIGN_OR_RETURN(pool->second, Subtract(pool->second, taken));
  }
  return absl::OkStatus();
}

absl::Status CheckWholePackages(const std::string& quote, const std::string& package,
                                const std::vector<PackagePart>& parts) {
  Decimal least;  // So many packages are taken at least, and at most.
  std::optional<Decimal> most;
  std::vector<std::string> taken;
  for (const PackagePart& part : parts) {
    ASSIGN_OR_RETURN(const Decimal beyond, Subtract(part.taken, part.outside));
    ASSIGN_OR_RETURN(Decimal low, Divide(std::max(beyond, Decimal()), part.of_one, 0));
    ASSIGN_OR_RETURN(const Decimal of_low, Multiply(low, part.of_one));
    if (of_low < beyond) {
      ASSIGN_OR_RETURN(low, Add(low, Decimal::FromInt(1)));
    }
    const Decimal within = std::min(part.taken, part.inside);
    ASSIGN_OR_RETURN(Decimal high, Divide(within, part.of_one, 0));
    ASSIGN_OR_RETURN(const Decimal of_high, Multiply(high, part.of_one));
    if (within < of_high) {
      ASSIGN_OR_RETURN(high, Subtract(high, Decimal::FromInt(1)));
    }
    least = std::max(least, low);
    most = most.has_value() ? std::min(*most, high) : high;
    taken.push_back(absl::StrCat(part.taken.ToString(), " of ", part.product, " (", part.of_one.ToString(), " each)"));
  }
  if (!most.has_value() || least <= *most) return absl::OkStatus();
  return FailedPrecondition(
      "PACKAGE_INCOMPLETE", quote,
      absl::StrCat(package, " is sold as a whole: ", absl::StrJoin(taken, ", "), " are no whole packages"),
      {{"package", package}});
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

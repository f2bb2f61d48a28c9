// Which prices of an amendment are new, and how much may be called off at them.
#include <algorithm>
#include <set>

#include "common/status/status.h"
#include "contract-svc/rules/amendment.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/contract_lines.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/amendment.pb.h"
#include "kam/contract/v1/contract.pb.h"

namespace kam::contract::rules {
namespace {

using v1::Amendment;
using v1::Contract;
using v1::ContractLine;

constexpr int kPieceScale = 6;

// The line that held before the amendment and that `line` goes on with; null when there was none.
const ContractLine* Continued(const Contract& after, const std::set<int>& known, const ContractLine& line) {
  int number = line.predecessor();
  while (number != 0) {
    const auto found = std::find_if(after.lines().begin(), after.lines().end(),
                                    [&](const ContractLine& other) { return other.line_number() == number; });
    if (found == after.lines().end()) return nullptr;
    if (known.count(number) > 0) return &*found;
    number = found->predecessor();
  }
  return nullptr;
}

// What may still be called off of a line at its price, its tolerance counted; never less than nothing.
absl::StatusOr<Decimal> OpenPieces(const ContractLine& line, Decimal price, Decimal drawn) {
  ASSIGN_OR_RETURN(Decimal open, QuantityOf(line.quantity(), "quantity"));
  if (!line.tolerance_percent().empty()) {
    ASSIGN_OR_RETURN(const Decimal tolerance, QuantityOf(line.tolerance_percent(), "tolerance_percent"));
    ASSIGN_OR_RETURN(const Decimal percent, Add(Decimal::FromInt(100), tolerance));
    ASSIGN_OR_RETURN(open, MultiplyDivide(open, percent, Decimal::FromInt(100), kPieceScale));
  }
  if (line.commitment_basis() == v1::COMMITMENT_BASIS_VALUE && price.sign() > 0) {
    ASSIGN_OR_RETURN(drawn, Divide(drawn, price, kPieceScale));
  }
  ASSIGN_OR_RETURN(open, Subtract(open, drawn));
  return std::max(open, Decimal());
}

}  // namespace

absl::StatusOr<Contract> PricedAnew(const Amendment& amendment, const FactsByRoot& facts, const Contract& before,
                                    const Contract& after) {
  Contract priced = after;
  priced.clear_lines();
  std::set<int> known;
  for (const ContractLine& line : before.lines()) known.insert(line.line_number());
  for (const int root : Roots(after)) {
    const std::vector<int> chain = ChainOf(after, root);
    std::set<Decimal> asked;
    for (auto index = chain.rbegin(); index != chain.rend(); ++index) {
      const ContractLine& line = after.lines(*index);
      if (known.count(line.line_number()) > 0 || line.amendment() != amendment.name()) continue;
      ASSIGN_OR_RETURN(const Decimal price, AmountIn(line.unit_price(), after.currency(), "unit_price"));
      const ContractLine* continued = Continued(after, known, line);
      if (continued != nullptr) {
        ASSIGN_OR_RETURN(const Decimal was, AmountIn(continued->unit_price(), after.currency(), "unit_price"));
        if (was == price) continue;
      }
      // What is open can be called off once, at the last of the prices; each of them must be offered.
      Decimal open;
      if (asked.empty()) {
        const auto found = facts.find(root);
        ASSIGN_OR_RETURN(open, OpenPieces(line, price, found == facts.end() ? Decimal() : found->second.drawn));
      }
      if (!asked.insert(price).second) continue;
      ContractLine* wanted = priced.add_lines();
      *wanted = line;
      wanted->set_quantity(open.ToString());
    }
  }
  return priced;
}

}  // namespace kam::contract::rules

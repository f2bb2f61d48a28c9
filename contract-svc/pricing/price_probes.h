// Counts the prices that tell a seller something about limits he may not know: table price_probes (C-02, C-03).
#ifndef KAM_CONTRACT_SVC_PRICING_PRICE_PROBES_H_
#define KAM_CONTRACT_SVC_PRICING_PRICE_PROBES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/money/money.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "kam/pricing/v1/price_probe.pb.h"
#include "kam/pricing/v1/quote.pb.h"

namespace kam::contract {

struct Probe {
  int part = 0;  // rules::Telling
  std::string product;
  Money value;
  bool refused = false;
  std::string content = {};  // Of the quote, when it is about the whole of it.
};

// Products, quantities and prices of lines and gifts: what the margin of the whole depends on. SHA-256, in hexadecimal.
std::string ProbedContent(const pricing::v1::Quote& quote);

// Writes down the probes of the actor that are new today, and names the parts that are beyond what a day allows: those
// are not written down and must not be answered by the confidential limits. One query whatever their number.
absl::StatusOr<std::vector<int>> CountProbes(resource::UnitOfWork& work, const Context& context,
                                             const pricing::v1::Quote& quote, pricing::v1::PriceProbeKind kind,
                                             const std::vector<Probe>& probes);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_PRICE_PROBES_H_

// Counts the prices that tell a seller something about limits he may not know: table price_probes (C-02, C-03).
#ifndef KAM_CONTRACT_SVC_PRICING_PRICE_PROBES_H_
#define KAM_CONTRACT_SVC_PRICING_PRICE_PROBES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/money/money.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/discretion.h"
#include "kam/pricing/v1/price_probe.pb.h"
#include "kam/pricing/v1/quote.pb.h"

namespace kam::contract {

// Which confidential limits the actor may know.
rules::Sight SightOf(const resource::UnitOfWork& work);

struct Probe {
  int part = 0;  // rules::Telling
  std::string product;
  Money value;
  bool refused = false;
  std::string content = {};  // Of the quote, when it is about the whole of it.
};

// Products, quantities and prices of lines and gifts: what the margin of the whole depends on. SHA-256, in hexadecimal.
std::string ProbedContent(const pricing::v1::Quote& quote);

// Where it was tried: one of quote and package.
struct ProbedIn {
  std::string quote;
  std::string package_offer;
  std::string account;
};

// Writes down the probes of the actor that are new today, and names the parts that are beyond what a day allows: those
// are not written down and must not be answered by the confidential limits. One query whatever their number.
absl::StatusOr<std::vector<int>> CountProbes(resource::UnitOfWork& work, const Context& context, const ProbedIn& in,
                                             pricing::v1::PriceProbeKind kind, const std::vector<Probe>& probes);

// FAILED_PRECONDITION PRICE_PROBE_LIMIT: `field` of `subject` is beyond what a day allows.
absl::Status BeyondProbes(const Context& context, const std::string& subject, const std::string& field);

// After a refusal that says what the grid holds: it has rolled back what was counted, so `count` counts again in a
// transaction of its own. Beyond the limit the refusal is not told.
absl::Status CountRefusal(const Context& context, const rpc::Call& call, const std::string& reason,
                          const absl::Status& refusal,
                          const std::function<absl::Status(resource::UnitOfWork& work)>& count);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_PRICE_PROBES_H_

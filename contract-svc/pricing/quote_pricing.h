// Prices and authority of a quote, worked out together (C-02 to C-05).
#ifndef KAM_CONTRACT_SVC_PRICING_QUOTE_PRICING_H_
#define KAM_CONTRACT_SVC_PRICING_QUOTE_PRICING_H_

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/authority.h"
#include "kam/pricing/v1/quote.pb.h"
#include "kam/pricing/v1/quote_service.pb.h"

namespace kam::contract {

struct PricedQuote {
  pricing::v1::PriceQuoteResponse answer;  // The quote as PRICED, and how its prices were found.
  rules::DocumentDecision truth;           // For the actor of the work, by all limits.
  rules::DocumentDecision told;            // What the actor may know of it, and what the answer says (discretion.h).
};

// What the answer is for. A try-out (validate_only) is not stored, so nothing of it could be counted: whoever may not
// know floor and margin is answered without them.
enum class Asking { kTryOut, kPrice, kSubmit };

// Works out prices, totals, margin, content hash and authority of `quote`; stores nothing but price probes.
// ACCOUNT_NOT_QUOTABLE, QUOTE_EXPIRED, the errors of rules::Price, and for kSubmit PRICE_PROBE_LIMIT.
absl::StatusOr<PricedQuote> PriceQuote(resource::UnitOfWork& work, const Context& context,
                                       const pricing::v1::Quote& quote, Asking asking);

// What the grid of now says to `actor` of a priced quote, by the prices it has: nothing is told to anybody.
absl::StatusOr<rules::DocumentDecision> DecideAgain(resource::UnitOfWork& work, const Context& context,
                                                    const pricing::v1::Quote& quote, const rules::Actor& actor);

// How the prices of a priced quote were found, worked out again: QUOTE_NOT_PRICED.
absl::StatusOr<pricing::v1::ExplainQuoteResponse> ExplainQuote(resource::UnitOfWork& work, const Context& context,
                                                               const pricing::v1::Quote& quote);

// FAILED_PRECONDITION ACCOUNT_NOT_QUOTABLE unless the account is VERIFIED or ACTIVE.
absl::Status CheckQuotable(const AccountFacts& facts, const std::string& account);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_QUOTE_PRICING_H_

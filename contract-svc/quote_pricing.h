// Prices and authority of a quote, worked out together (C-02 to C-05).
#ifndef KAM_CONTRACT_SVC_QUOTE_PRICING_H_
#define KAM_CONTRACT_SVC_QUOTE_PRICING_H_

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/authority.h"
#include "kam/approval/v1/approval_request.pb.h"
#include "kam/pricing/v1/quote.pb.h"
#include "kam/pricing/v1/quote_service.pb.h"

namespace kam::contract {

struct PricedQuote {
  pricing::v1::PriceQuoteResponse answer;  // The quote as PRICED, and how its prices were found.
  rules::DocumentDecision decision;        // For the actor of the work.
};

// Works out prices, totals, margin, content hash and authority of `quote`; stores nothing. ACCOUNT_NOT_QUOTABLE,
// QUOTE_EXPIRED, and the errors of rules::Price.
absl::StatusOr<PricedQuote> PriceQuote(resource::UnitOfWork& work, const Context& context,
                                       const pricing::v1::Quote& quote);

// FAILED_PRECONDITION ACCOUNT_NOT_QUOTABLE unless the account is VERIFIED or ACTIVE.
absl::Status CheckQuotable(const AccountFacts& facts, const std::string& account);

// Steps and tested values of the request that puts the question to exactly those whom the decision names: one step for
// each level and circle of deciders, the lowest level first.
void AddQuestions(const pricing::v1::Quote& quote, const rules::DocumentDecision& decision,
                  approval::v1::ApprovalRequest* filing);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_QUOTE_PRICING_H_

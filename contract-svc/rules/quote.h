// Quotes: states, content, validity (C-05). Pure functions over kam.pricing.v1.Quote.
#ifndef KAM_CONTRACT_SVC_RULES_QUOTE_H_
#define KAM_CONTRACT_SVC_RULES_QUOTE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "kam/pricing/v1/quote.pb.h"

namespace kam::contract::rules {

// What happens to a quote beside the verbs whose RPCs say from which states they go.
enum class QuoteVerb {
  kEdit,
  kApprove,   // The approval was given.
  kTurnDown,  // The approval was rejected, withdrawn or has expired.
  kExpire,    // Its last day is over.
};
inline constexpr QuoteVerb kQuoteVerbs[] = {QuoteVerb::kEdit, QuoteVerb::kApprove, QuoteVerb::kTurnDown,
                                            QuoteVerb::kExpire};

// Whether the verb is possible in a state. FAILED_PRECONDITION QUOTE_NOT_EDITABLE or STATE_NOT_ALLOWED.
absl::Status CheckVerb(const pricing::v1::Quote& quote, QuoteVerb verb);

// Input of a draft: dates in order (PERIOD_INVALID), one kind of concession a line (DISCOUNT_AMBIGUOUS), manual prices
// in the currency of the quote (CURRENCY_MISMATCH).
absl::Status CheckInput(const pricing::v1::Quote& quote);

// The last day of validity is not after `last`: VALIDITY_TOO_LONG.
absl::Status CheckValidity(const pricing::v1::Quote& quote, const std::string& last);

// Forgets everything that was worked out or decided: the quote is a draft again. Lines of an input may carry output
// fields; they fall away here too.
void BackToDraft(pricing::v1::Quote* quote);

// The next revision: the same offer as a draft. `before` is the one it replaces.
pricing::v1::Quote NextRevision(const pricing::v1::Quote& before);

// SHA-256, in hexadecimal, of the canonical text of customer, currency, dates, terms, priced lines, gifts and totals.
// Confidential values are not part of it: a hash of few unknowns tells them.
std::string ContentHash(const pricing::v1::Quote& quote);

// The content is what was approved: FAILED_PRECONDITION CONTENT_CHANGED.
absl::Status CheckApprovedContent(const pricing::v1::Quote& quote);
// The last day of validity is not over: FAILED_PRECONDITION QUOTE_EXPIRED.
absl::Status CheckValid(const pricing::v1::Quote& quote, absl::string_view today);

// An accepted quote gives the prices of contracts and orders until `last`: FAILED_PRECONDITION QUOTE_ORDER_TIME_OVER.
absl::Status CheckOrderTime(const pricing::v1::Quote& quote, const std::string& last, const std::string& today);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_QUOTE_H_

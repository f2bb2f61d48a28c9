// What those are asked who may allow a quote (C-03, C-04, G-05).
#ifndef KAM_CONTRACT_SVC_PRICING_QUOTE_QUESTIONS_H_
#define KAM_CONTRACT_SVC_PRICING_QUOTE_QUESTIONS_H_

#include "absl/status/status.h"
#include "contract-svc/rules/authority.h"
#include "kam/approval/v1/approval_request.pb.h"
#include "kam/pricing/v1/quote.pb.h"

namespace kam::contract {

// Steps and tested values of the request that puts the question to exactly those whom the decision names: one step for
// each level and circle of deciders, the lowest level first.
//
// Besides the rules that are broken a step tests how much of it there is (QUANTITY of a line, GIFT_VALUE of the
// document) and the terms: a decision about one piece paid in advance says nothing about a thousand on credit, so it is
// not carried over to them (G30). The terms are an item that is named after their digest: other terms, another item.
void AddQuestions(const pricing::v1::Quote& quote, const rules::DocumentDecision& decision,
                  approval::v1::ApprovalRequest* filing);

// Whether every question of the step is within `own`, the decision of the grid of now for the one who is about to
// approve it: AUTHORITY_CHANGED naming the line that is not.
absl::Status CheckSuffices(const pricing::v1::Quote& quote, const rules::DocumentDecision& own,
                           const approval::v1::ApprovalRequest& request, const approval::v1::ApprovalStep& step);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_QUOTE_QUESTIONS_H_

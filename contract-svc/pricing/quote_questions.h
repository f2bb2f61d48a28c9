// What those are asked who may allow a quote or a package (C-03, C-04, C-07, G-05).
#ifndef KAM_CONTRACT_SVC_PRICING_QUOTE_QUESTIONS_H_
#define KAM_CONTRACT_SVC_PRICING_QUOTE_QUESTIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "contract-svc/rules/authority.h"
#include "kam/approval/v1/approval_request.pb.h"
#include "kam/pricing/v1/quote.pb.h"

namespace kam::contract {

// The document as a whole, as an item.
inline constexpr char kWholeItem[] = "document";

// A part of what is priced, with what the grid says of it.
struct Question {
  std::string item;   // "lines/{product}/1"; kWholeItem.
  std::string field;  // "quote.lines[0]"
  const rules::Decision* decision = nullptr;
  std::string size_rule = {};  // What says how much of it there is; empty: nothing.
  std::string size = {};
};

// Every line of the quote and the whole. Besides the rules that are broken a step tests how much of it there is
// (QUANTITY of a line, GIFT_VALUE of the document): a decision about one piece says nothing about a thousand, so it is
// not carried over to them (G30). Points into `decision`.
std::vector<Question> QuestionsOf(const pricing::v1::Quote& quote, const rules::DocumentDecision& decision);

// The terms as an item that is named after their digest: other terms, another item. What was decided about payment in
// advance is not carried over to credit.
std::string TermsItem(const pricing::v1::Quote& quote);

// Adds steps and tested values that put the questions to exactly those whom their decisions name: one step for each
// level and circle of deciders, the lowest level first. Every step tests the terms too; empty: there are none.
void AddSteps(const std::vector<Question>& questions, const std::string& terms, approval::v1::ApprovalRequest* filing);

// Whether that step of the request, 0: any, has put the question.
bool WasAsked(const Question& question, const approval::v1::ApprovalRequest& request, int step = 0);

// Whether everything the step asks is within `own`, what the grid of now says to the one who is about to approve it:
// AUTHORITY_CHANGED naming the part of `subject` that is not.
absl::Status CheckSuffices(const std::string& subject, const std::vector<Question>& own,
                           const approval::v1::ApprovalRequest& request, const approval::v1::ApprovalStep& step);

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_PRICING_QUOTE_QUESTIONS_H_

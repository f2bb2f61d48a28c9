#include "contract-svc/pricing/quote_questions.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/approval/rules.h"
#include "common/id/digest.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "contract-svc/context.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
namespace ab = kam::approval::v1;

constexpr char kQuantity[] = "QUANTITY";
constexpr char kRuleGiftValue[] = "GIFT_VALUE";
constexpr char kTerms[] = "TERMS";

// Names of the lines as items of questions: "lines/{product}/{how many lines of the product came before, from 1}".
std::vector<std::string> LineItems(const pb::Quote& quote) {
  std::map<std::string, int> occurrences;
  std::vector<std::string> items;
  for (const pb::QuoteLine& line : quote.lines()) {
    const std::string product = IdOf(line.product());
    items.push_back(absl::StrCat("lines/", product, "/", ++occurrences[product]));
  }
  return items;
}

ab::TestedValue* AddTested(const ab::ApprovalStep& step, const std::string& item, const std::string& reason,
                           ab::ApprovalRequest* filing) {
  ab::TestedValue* tested = filing->add_tested_values();
  tested->set_step_number(step.number());
  tested->set_item(item);
  tested->set_reason(reason);
  tested->set_direction(ab::WORSE_DIRECTION_HIGHER);
  return tested;
}

void AddStep(const std::vector<const Question*>& questions, const std::string& terms, ab::ApprovalRequest* filing) {
  const rules::Decision& first = *questions.front()->decision;
  ab::ApprovalStep* step = filing->add_steps();
  step->set_number(filing->steps_size());
  step->set_level(first.level);
  step->set_roles(approval::StepNames(first.roles));
  step->set_employees(approval::StepNames(first.employees));
  // When nobody decides in time: the level above that suffices for every question of the step.
  const rules::Decision& highest =
      *(*std::max_element(questions.begin(), questions.end(), [](const Question* a, const Question* b) {
         return a->decision->next_level < b->decision->next_level;
       }))->decision;
  if (std::all_of(questions.begin(), questions.end(), [](const Question* q) { return q->decision->next_level > 0; })) {
    step->set_escalation_level(highest.next_level);
    step->set_escalation_roles(approval::StepNames(highest.next_roles));
    step->set_escalation_employees(approval::StepNames(highest.next_employees));
  }
  for (const Question* question : questions) {
    for (const rules::Exceeded& exceeded : question->decision->exceeded) {
      ab::TestedValue* tested =
          AddTested(*step, absl::StrCat(question->item, "/", exceeded.rule), exceeded.rule, filing);
      if (exceeded.confidential) {
        tested->set_confidential_value(exceeded.value.ToString());
      } else {
        tested->set_value(exceeded.value.ToString());
        if (exceeded.limit.has_value()) tested->set_allowed(exceeded.limit->ToString());
      }
      if (exceeded.lower_is_worse) tested->set_direction(ab::WORSE_DIRECTION_LOWER);
    }
    if (!question->size_rule.empty()) {
      AddTested(*step, absl::StrCat(question->item, "/", question->size_rule), question->size_rule, filing)
          ->set_value(question->size);
    }
  }
  if (!terms.empty()) AddTested(*step, terms, kTerms, filing)->set_value("0");
}

}  // namespace

std::vector<Question> QuestionsOf(const pb::Quote& quote, const rules::DocumentDecision& decision) {
  std::vector<Question> questions;
  const std::vector<std::string> items = LineItems(quote);
  for (size_t i = 0; i < items.size() && i < decision.lines.size(); ++i) {
    questions.push_back({items[i], absl::StrCat("quote.lines[", i, "]"), &decision.lines[i], kQuantity,
                         quote.lines(static_cast<int>(i)).quantity()});
  }
  Question whole{kWholeItem, "quote", &decision.document};
  if (const auto gifts = FromProto(quote.gift_value(), "quote.gift_value"); gifts.ok() && gifts->amount().sign() > 0) {
    whole.size_rule = kRuleGiftValue;
    whole.size = gifts->amount().ToString();
  }
  questions.push_back(std::move(whole));
  return questions;
}

std::string TermsItem(const pb::Quote& quote) {
  std::string text;
  for (const std::string* terms : {&quote.cooperation_terms(), &quote.delivery_terms(), &quote.payment_terms()}) {
    absl::StrAppend(&text, terms->size(), ":", *terms, ",");
  }
  // Sixteen digits tell terms of one offer apart, and leave room in the name of an item.
  return absl::StrCat(kWholeItem, "/", kTerms, "/", Sha256Hex(text).substr(0, 16));
}

void AddSteps(const std::vector<Question>& questions, const std::string& terms, ab::ApprovalRequest* filing) {
  using Circle = std::tuple<int, std::string, std::string>;  // Level, roles, employees.
  std::map<Circle, std::vector<const Question*>> circles;
  for (const Question& question : questions) {
    const rules::Decision& asked = *question.decision;
    if (asked.verdict != rules::Verdict::kNeedsApproval) continue;
    circles[{asked.level, absl::StrJoin(asked.roles, " "), absl::StrJoin(asked.employees, " ")}].push_back(&question);
  }
  for (const auto& [circle, asked] : circles) AddStep(asked, terms, filing);
}

bool WasAsked(const Question& question, const ab::ApprovalRequest& request, int step) {
  return std::any_of(request.tested_values().begin(), request.tested_values().end(), [&](const ab::TestedValue& value) {
    return (step == 0 || value.step_number() == step) && value.reason() != kTerms &&
           absl::StartsWith(value.item(), absl::StrCat(question.item, "/"));
  });
}

absl::Status CheckSuffices(const std::string& subject, const std::vector<Question>& own,
                           const ab::ApprovalRequest& request, const ab::ApprovalStep& step) {
  for (const Question& question : own) {
    if (question.decision->verdict == rules::Verdict::kWithin || !WasAsked(question, request, step.number())) continue;
    const std::string& who = step.on_behalf_of().empty() ? step.decider() : step.on_behalf_of();
    return FailedPrecondition("AUTHORITY_CHANGED", subject,
                              absl::StrCat(question.field, ": the authority of ", who,
                                           " does not suffice any more; turn it down, and it is asked of others"),
                              {{"field", question.field}, {"decider", who}, {"step", absl::StrCat(step.number())}});
  }
  return absl::OkStatus();
}

}  // namespace kam::contract

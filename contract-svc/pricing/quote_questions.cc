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

constexpr char kDocument[] = "document";
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

// Sixteen digits tell terms of one offer apart, and leave room in the name of an item.
std::string TermsItem(const pb::Quote& quote) {
  std::string text;
  for (const std::string* terms : {&quote.cooperation_terms(), &quote.delivery_terms(), &quote.payment_terms()}) {
    absl::StrAppend(&text, terms->size(), ":", *terms, ",");
  }
  return absl::StrCat(kDocument, "/", kTerms, "/", Sha256Hex(text).substr(0, 16));
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

struct Question {
  std::string item;
  const rules::Decision* decision;
  std::string size_rule;  // What says how much of it there is; empty: nothing.
  std::string size;
};

void AddStep(const std::vector<Question>& questions, const pb::Quote& quote, ab::ApprovalRequest* filing) {
  const rules::Decision& first = *questions.front().decision;
  ab::ApprovalStep* step = filing->add_steps();
  step->set_number(filing->steps_size());
  step->set_level(first.level);
  step->set_roles(approval::StepNames(first.roles));
  step->set_employees(approval::StepNames(first.employees));
  // When nobody decides in time: the level above that suffices for every question of the step.
  const auto highest = std::max_element(questions.begin(), questions.end(), [](const Question& a, const Question& b) {
    return a.decision->next_level < b.decision->next_level;
  });
  if (std::all_of(questions.begin(), questions.end(), [](const Question& q) { return q.decision->next_level > 0; })) {
    step->set_escalation_level(highest->decision->next_level);
    step->set_escalation_roles(approval::StepNames(highest->decision->next_roles));
    step->set_escalation_employees(approval::StepNames(highest->decision->next_employees));
  }
  for (const Question& question : questions) {
    for (const rules::Exceeded& exceeded : question.decision->exceeded) {
      ab::TestedValue* tested =
          AddTested(*step, absl::StrCat(question.item, "/", exceeded.rule), exceeded.rule, filing);
      if (exceeded.confidential) {
        tested->set_confidential_value(exceeded.value.ToString());
      } else {
        tested->set_value(exceeded.value.ToString());
        if (exceeded.limit.has_value()) tested->set_allowed(exceeded.limit->ToString());
      }
      if (exceeded.lower_is_worse) tested->set_direction(ab::WORSE_DIRECTION_LOWER);
    }
    if (!question.size_rule.empty()) {
      AddTested(*step, absl::StrCat(question.item, "/", question.size_rule), question.size_rule, filing)
          ->set_value(question.size);
    }
  }
  AddTested(*step, TermsItem(quote), kTerms, filing)->set_value("0");
}

}  // namespace

void AddQuestions(const pb::Quote& quote, const rules::DocumentDecision& decision, ab::ApprovalRequest* filing) {
  using Circle = std::tuple<int, std::string, std::string>;  // Level, roles, employees.
  std::map<Circle, std::vector<Question>> circles;
  const auto ask = [&circles](Question question) {
    const rules::Decision& asked = *question.decision;
    if (asked.verdict != rules::Verdict::kNeedsApproval) return;
    circles[{asked.level, absl::StrJoin(asked.roles, " "), absl::StrJoin(asked.employees, " ")}].push_back(
        std::move(question));
  };
  const std::vector<std::string> items = LineItems(quote);
  for (size_t i = 0; i < items.size(); ++i) {
    ask({items[i], &decision.lines[i], kQuantity, quote.lines(static_cast<int>(i)).quantity()});
  }
  Question whole{kDocument, &decision.document, "", ""};
  if (const auto gifts = FromProto(quote.gift_value(), "quote.gift_value"); gifts.ok() && gifts->amount().sign() > 0) {
    whole.size_rule = kRuleGiftValue;
    whole.size = gifts->amount().ToString();
  }
  ask(std::move(whole));
  for (const auto& [circle, questions] : circles) AddStep(questions, quote, filing);
}

absl::Status CheckSuffices(const pb::Quote& quote, const rules::DocumentDecision& own,
                           const ab::ApprovalRequest& request, const ab::ApprovalStep& step) {
  const std::vector<std::string> items = LineItems(quote);
  const auto asked = [&](const std::string& item) {
    return std::any_of(request.tested_values().begin(), request.tested_values().end(),
                       [&](const ab::TestedValue& value) {
                         return value.step_number() == step.number() && value.reason() != kTerms &&
                                absl::StartsWith(value.item(), absl::StrCat(item, "/"));
                       });
  };
  const auto refuse = [&](const std::string& field) {
    const std::string& who = step.on_behalf_of().empty() ? step.decider() : step.on_behalf_of();
    return FailedPrecondition("AUTHORITY_CHANGED", quote.name(),
                              absl::StrCat(field, ": the authority of ", who,
                                           " does not suffice any more; turn it down, and it is asked of others"),
                              {{"field", field}, {"decider", who}, {"step", absl::StrCat(step.number())}});
  };
  for (size_t i = 0; i < items.size() && i < own.lines.size(); ++i) {
    if (own.lines[i].verdict != rules::Verdict::kWithin && asked(items[i])) {
      return refuse(absl::StrCat("quote.lines[", i, "]"));
    }
  }
  if (own.document.verdict != rules::Verdict::kWithin && asked(kDocument)) return refuse("quote");
  return absl::OkStatus();
}

}  // namespace kam::contract

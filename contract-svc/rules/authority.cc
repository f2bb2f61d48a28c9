#include "contract-svc/rules/authority.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "common/status/status.h"
#include "contract-svc/rules/grantee.h"

namespace kam::contract::rules {
namespace {

const Decimal kHundred = Decimal::FromInt(100);

// The price a discount of `line` is measured from by `grant`: without a list price, the published one.
Decimal BasePrice(const Grant& grant, const PricedLine& line) {
  if (grant.base == Base::kListPrice && line.list_price.has_value()) return line.list_price->amount();
  return line.published_price->amount();
}

// The limit of changes by hand that the net price is beyond; not set: none. A price that nobody changed has no limit.
std::optional<Decimal> BrokenManualLimit(const PricedLine& line) {
  const Decimal net = line.net_price->amount();
  if (net == line.published_price->amount()) return std::nullopt;
  if (line.manual_lower.has_value() && net < line.manual_lower->amount()) return line.manual_lower->amount();
  if (line.manual_upper.has_value() && line.manual_upper->amount() < net) return line.manual_upper->amount();
  return std::nullopt;
}

// Rules that `grant` does not let `line` pass; empty: it allows the line.
absl::StatusOr<std::vector<Exceeded>> TestLine(const Grant& grant, const PricedLine& line) {
  std::vector<Exceeded> exceeded;
  const Decimal net = line.net_price->amount();
  const Decimal base = BasePrice(grant, line);
  // Compared by price, not by percentage: the lowest price allowed is rounded as the net price was.
  ASSIGN_OR_RETURN(const Decimal left, Subtract(kHundred, grant.max_discount_percent));
  ASSIGN_OR_RETURN(const Decimal lowest, MultiplyDivide(base, left, kHundred, kUnitPriceScale));
  // What a policy allows is allowed to everybody who may sell at all.
  Decimal by_policy = line.published_price->amount();
  if (line.policy_discount_percent.has_value()) {
    ASSIGN_OR_RETURN(const Decimal rest, Subtract(kHundred, *line.policy_discount_percent));
    ASSIGN_OR_RETURN(by_policy, MultiplyDivide(by_policy, rest, kHundred, kUnitPriceScale));
  }
  if (net < lowest && net < by_policy) {
    ASSIGN_OR_RETURN(const Decimal percent, PercentBelow(base, net));
    exceeded.push_back({kRuleDiscount, percent, grant.max_discount_percent});
  }
  if (line.floor_price.has_value() && net < line.floor_price->amount() && !grant.below_floor_allowed) {
    ASSIGN_OR_RETURN(const Decimal percent, PercentBelow(line.floor_price->amount(), net));
    exceeded.push_back({kRuleFloor, percent, std::nullopt, /*confidential=*/true});
  }
  if (line.floor_unknown && net < line.published_price->amount() && !grant.below_floor_allowed) {
    exceeded.push_back({kRuleFloorUnknown, line.concession_percent, std::nullopt});
  }
  if (grant.min_margin_percent.has_value()) {
    if (!line.margin_percent.has_value()) {
      // A line that is given away has no margin to speak of, like one whose cost is not known.
      exceeded.push_back({kRuleMarginUnknown, line.concession_percent, std::nullopt});
    } else if (*line.margin_percent < *grant.min_margin_percent) {
      exceeded.push_back({kRuleMargin, *line.margin_percent, grant.min_margin_percent, /*confidential=*/true,
                          /*lower_is_worse=*/true});
    }
  }
  if (grant.max_line_value.has_value() && *grant.max_line_value < line.amount->amount()) {
    exceeded.push_back({kRuleLineValue, line.amount->amount(), grant.max_line_value});
  }
  return exceeded;
}

absl::StatusOr<std::vector<Exceeded>> TestDocument(const Grant& grant, const Document& document) {
  std::vector<Exceeded> exceeded;
  const Decimal amount = document.amount->amount();
  if (grant.max_document_value.has_value() && *grant.max_document_value < amount) {
    exceeded.push_back({kRuleDocumentValue, amount, grant.max_document_value});
  }
  const Decimal gifts = document.gift_value->amount();
  if (gifts.sign() > 0) {
    ASSIGN_OR_RETURN(const Decimal allowed, MultiplyDivide(amount, grant.max_gift_percent, kHundred));
    Decimal beyond_policy = gifts;
    if (document.policy_gift_value.has_value()) {
      ASSIGN_OR_RETURN(beyond_policy, Subtract(gifts, document.policy_gift_value->amount()));
    }
    if (allowed < beyond_policy) {
      Decimal percent = kHundred;
      if (!amount.is_zero()) {
        ASSIGN_OR_RETURN(percent, MultiplyDivide(beyond_policy, kHundred, amount, kPercentScale));
      }
      exceeded.push_back({kRuleGift, percent, grant.max_gift_percent});
    }
    // The margin of the lines is tested with the lines; gifts lower that of the whole.
    if (grant.min_margin_percent.has_value()) {
      if (!document.margin_percent.has_value()) {
        exceeded.push_back({kRuleMarginUnknown, gifts, std::nullopt});
      } else if (*document.margin_percent < *grant.min_margin_percent) {
        exceeded.push_back({kRuleMargin, *document.margin_percent, grant.min_margin_percent, /*confidential=*/true,
                            /*lower_is_worse=*/true});
      }
    }
  }
  return exceeded;
}

// Who has a level.
struct Holders {
  std::set<std::string> roles;
  std::set<std::string> employees;
};

using Test = std::function<absl::StatusOr<std::vector<Exceeded>>(const Grant&)>;

// `grants`: those that concern the thing tested. `size`: how much is asked for, for those who have no authority at all.
absl::StatusOr<Decision> Judge(const std::vector<const Grant*>& grants, const Actor& actor, Decimal size,
                               const Test& test) {
  Decision decision;
  bool within = false, has_own = false;
  std::map<int, Holders> sufficient;  // By level.
  for (const Grant* grant : grants) {
    ASSIGN_OR_RETURN(std::vector<Exceeded> exceeded, test(*grant));
    if (IsOf(*grant, actor)) {
      // The best own grant is the one that leaves the fewest rules broken.
      if (!has_own || exceeded.size() < decision.exceeded.size()) decision.exceeded = exceeded;
      has_own = true;
      within = within || exceeded.empty();
    }
    if (!exceeded.empty()) continue;
    Holders& holders = sufficient[grant->level];
    (grant->employee.empty() ? holders.roles : holders.employees)
        .insert(grant->employee.empty() ? grant->role : grant->employee);
  }
  if (within) {
    decision.exceeded.clear();
    return decision;
  }
  if (!has_own) decision.exceeded.push_back({kRuleNoGrant, size, std::nullopt});
  if (sufficient.empty()) {
    decision.verdict = Verdict::kNever;
    return decision;
  }
  decision.verdict = Verdict::kNeedsApproval;
  const auto lowest = sufficient.begin();
  decision.level = lowest->first;
  decision.roles.assign(lowest->second.roles.begin(), lowest->second.roles.end());
  decision.employees.assign(lowest->second.employees.begin(), lowest->second.employees.end());
  if (const auto next = std::next(lowest); next != sufficient.end()) {
    decision.next_level = next->first;
    decision.next_roles.assign(next->second.roles.begin(), next->second.roles.end());
    decision.next_employees.assign(next->second.employees.begin(), next->second.employees.end());
  }
  return decision;
}

bool Concerns(const Grant& grant, const Document& document, absl::string_view today) {
  return grant.active && grant.valid.Contains(today) && (grant.tier.empty() || grant.tier == document.tier) &&
         (grant.currency.empty() || grant.currency == document.currency->code());
}

Verdict Worse(Verdict a, Verdict b) { return std::max(a, b); }

// True when `wide` is no limit or at least as wide as `narrow`.
bool AtMost(const std::optional<Decimal>& narrow, const std::optional<Decimal>& wide) {
  return !wide.has_value() || (narrow.has_value() && *narrow <= *wide);
}

// In which respects `given` goes beyond `own`.
std::vector<std::string> Lacks(const Grant& given, const Grant& own) {
  std::vector<std::string> lacks;
  const auto check = [&lacks](bool fine, const char* what) {
    if (!fine) lacks.emplace_back(what);
  };
  check(own.tier.empty() || own.tier == given.tier, "tier");
  check(own.product_line.empty() || own.product_line == given.product_line, "product_line");
  check(own.currency.empty() || own.currency == given.currency, "currency");
  check(given.level <= own.level, "level");
  // A discount off one price says nothing about the other, unless it is the whole price.
  check(own.base == given.base || own.max_discount_percent == kHundred, "discount_base");
  check(given.max_discount_percent <= own.max_discount_percent, "max_discount_percent");
  check(!own.min_margin_percent.has_value() ||
            (given.min_margin_percent.has_value() && *given.min_margin_percent >= *own.min_margin_percent),
        "min_margin_percent");
  check(AtMost(given.max_line_value, own.max_line_value), "max_line_value");
  check(AtMost(given.max_document_value, own.max_document_value), "max_document_value");
  check(given.max_gift_percent <= own.max_gift_percent, "max_gift_percent");
  check(own.below_floor_allowed || !given.below_floor_allowed, "below_floor_allowed");
  check(own.valid.from <= given.valid.from, "valid_from");
  check(own.valid.until.empty() || (!given.valid.until.empty() && given.valid.until <= own.valid.until), "valid_until");
  return lacks;
}

// Some grant of the actor that holds today lacks nothing; otherwise GRANT_EXCEEDS_OWN by the nearest one.
absl::Status CheckCovered(const Grant& grant, const Actor& actor, absl::Span<const Grant> grants,
                          absl::string_view today) {
  return CheckCoveredByOwn(
      grants, [&](const Grant& own) { return own.active && own.valid.Contains(today) && IsOf(own, actor); },
      [&](const Grant& own) -> absl::StatusOr<std::vector<std::string>> { return Lacks(grant, own); });
}

}  // namespace

bool IsOf(const Grant& grant, const Actor& actor) { return IsGrantee(grant.employee, grant.role, actor); }

absl::StatusOr<DocumentDecision> Decide(const Document& document, const Actor& actor, absl::Span<const Grant> grants,
                                        absl::string_view today) {
  std::vector<const Grant*> concerned;
  for (const Grant& grant : grants) {
    if (Concerns(grant, document, today)) concerned.push_back(&grant);
  }
  DocumentDecision whole;
  for (const PricedLine& line : document.lines) {
    std::vector<const Grant*> for_line;
    for (const Grant* grant : concerned) {
      if (grant->product_line.empty() || grant->product_line == line.product_line) for_line.push_back(grant);
    }
    ASSIGN_OR_RETURN(Decision decision, Judge(for_line, actor, line.concession_percent,
                                              [&line](const Grant& grant) { return TestLine(grant, line); }));
    if (line.published_price->amount() < line.net_price->amount()) {
      decision = Decision();
      decision.verdict = Verdict::kNever;
      decision.exceeded.push_back({kRuleAbovePublished, -line.concession_percent, Decimal()});
    } else if (const std::optional<Decimal> limit = BrokenManualLimit(line); limit.has_value()) {
      decision = Decision();
      decision.verdict = Verdict::kNever;
      decision.exceeded.push_back({kRuleManualLimit, line.net_price->amount(), limit});
    }
    for (const Grant* grant : for_line) {
      if (!IsOf(*grant, actor)) continue;
      ASSIGN_OR_RETURN(const Decimal given, PercentBelow(BasePrice(*grant, line), line.net_price->amount()));
      ASSIGN_OR_RETURN(const Decimal room, Subtract(grant->max_discount_percent, given));
      if (!decision.headroom_percent.has_value() || *decision.headroom_percent < room) decision.headroom_percent = room;
    }
    whole.verdict = Worse(whole.verdict, decision.verdict);
    whole.level = std::max(whole.level, decision.level);
    whole.lines.push_back(std::move(decision));
  }
  // Authority over one line of products says nothing about documents with others.
  concerned.erase(std::remove_if(concerned.begin(), concerned.end(),
                                 [&document](const Grant* grant) {
                                   return !grant->product_line.empty() &&
                                          std::any_of(document.lines.begin(), document.lines.end(),
                                                      [grant](const PricedLine& line) {
                                                        return line.product_line != grant->product_line;
                                                      });
                                 }),
                  concerned.end());
  ASSIGN_OR_RETURN(whole.document, Judge(concerned, actor, document.amount->amount(),
                                         [&document](const Grant& grant) { return TestDocument(grant, document); }));
  whole.verdict = Worse(whole.verdict, whole.document.verdict);
  whole.level = std::max(whole.level, whole.document.level);
  if (whole.verdict == Verdict::kNever) whole.level = 0;
  return whole;
}

absl::Status CheckConfirmable(const Grant& grant, const std::string& grantor, const Actor& actor) {
  if (grantor == actor.employee) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "whoever gives authority does not confirm it", {{"person", grantor}});
  }
  return CheckNotGrantee(grant.employee, grant.role, actor);
}

absl::Status CheckGrantable(const Grant& grant, const Actor& grantor, absl::Span<const Grant> grants,
                            absl::string_view today) {
  RETURN_IF_ERROR(CheckNotGrantee(grant.employee, grant.role, grantor));
  return CheckCovered(grant, grantor, grants, today);
}

absl::Status CheckRevocable(const Grant& grant, const std::string& grantor, const Actor& actor,
                            absl::Span<const Grant> grants, absl::string_view today) {
  if (!grantor.empty() && grantor == actor.employee) return absl::OkStatus();
  Grant now = grant;
  now.valid = {std::string(today), std::string(today)};
  return CheckCovered(now, actor, grants, today);
}

}  // namespace kam::contract::rules

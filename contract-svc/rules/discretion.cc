#include "contract-svc/rules/discretion.h"

#include <algorithm>

#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

// Levels above every one of the actor's own.
std::vector<Grant> Above(const Actor& actor, absl::Span<const Grant> grants) {
  int own = 0;
  for (const Grant& grant : grants) {
    if (grant.active && IsOf(grant, actor)) own = std::max(own, grant.level);
  }
  std::vector<Grant> above;
  for (const Grant& grant : grants) {
    if (grant.level > own) above.push_back(grant);
  }
  return above;
}

Decision NextLevel(Decision of_higher, const Decision& public_part) {
  of_higher.verdict = Verdict::kNeedsApproval;
  of_higher.exceeded = {{kRuleConfidential, Decimal(), std::nullopt}};
  of_higher.headroom_percent = public_part.headroom_percent;
  return of_higher;
}

}  // namespace

Document PublicPart(Document document, Sight sight) {
  for (PricedLine& line : document.lines) {
    if (sight.floor) continue;
    line.floor_price.reset();
    line.floor_unknown = false;
  }
  return document;
}

std::vector<Grant> PublicPart(absl::Span<const Grant> grants, Sight sight) {
  std::vector<Grant> open(grants.begin(), grants.end());
  for (Grant& grant : open) {
    if (!sight.margin) grant.min_margin_percent.reset();
  }
  return open;
}

std::vector<int> Telling(const Document& document, const DocumentDecision& public_part, absl::Span<const Grant> grants,
                         Sight sight, bool submitted) {
  const bool margins = !sight.margin && std::any_of(grants.begin(), grants.end(), [](const Grant& grant) {
    return grant.active && grant.min_margin_percent.has_value();
  });
  const auto asked = [submitted](const Decision& decision) {
    return submitted || decision.verdict == Verdict::kWithin;
  };
  std::vector<int> telling;
  for (size_t i = 0; i < document.lines.size(); ++i) {
    const PricedLine& line = document.lines[i];
    const bool bears = margins || (!sight.floor && line.floor_price.has_value());
    // Of a price that moves with the quantity the seller chooses the price when he chooses the quantity.
    const bool chosen = line.moves_with_quantity || line.net_price->amount() < line.published_price->amount();
    if (bears && chosen && asked(public_part.lines[i])) {
      telling.push_back(static_cast<int>(i));
    }
  }
  // The margin of the whole is tested when something is given away (authority.h).
  if (margins && document.gift_value->amount().sign() > 0 && asked(public_part.document)) {
    telling.push_back(kWholeDocument);
  }
  return telling;
}

absl::StatusOr<DocumentDecision> Told(const Document& document, const DocumentDecision& truth,
                                      const DocumentDecision& public_part, const std::vector<int>& refused,
                                      const Actor& actor, absl::Span<const Grant> public_grants,
                                      absl::string_view today) {
  const auto hidden = [&refused](int part, const Decision& real, const Decision& open) {
    if (open.verdict != Verdict::kWithin) return false;
    return real.verdict != Verdict::kWithin || std::find(refused.begin(), refused.end(), part) != refused.end();
  };
  ASSIGN_OR_RETURN(const DocumentDecision higher, Decide(document, Actor(), Above(actor, public_grants), today));
  DocumentDecision told;
  const auto tell = [&](int part, const Decision& real, const Decision& open, const Decision& of_higher) {
    const Decision decision = hidden(part, real, open) ? NextLevel(of_higher, open) : open;
    told.verdict = std::max(told.verdict, decision.verdict);
    told.level = std::max(told.level, decision.level);
    return decision;
  };
  for (size_t i = 0; i < truth.lines.size(); ++i) {
    told.lines.push_back(tell(static_cast<int>(i), truth.lines[i], public_part.lines[i], higher.lines[i]));
  }
  told.document = tell(kWholeDocument, truth.document, public_part.document, higher.document);
  if (told.verdict == Verdict::kNever) told.level = 0;
  return told;
}

}  // namespace kam::contract::rules

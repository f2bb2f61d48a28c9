#include "contract-svc/rules/offers.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/money/money_proto.h"
#include "common/resource/type.h"
#include "common/resource/validate.h"
#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

namespace pb = kam::pricing::v1;

const Decimal kHundred = Decimal::FromInt(100);

absl::Status CheckPeriod(const std::string& from, const std::string& until, absl::string_view field) {
  if (until.empty() || from <= until) return absl::OkStatus();
  return InvalidField(field, "PERIOD_INVALID", absl::StrCat("is ", until, ", before ", from),
                      {{"value", until}, {"limit", from}});
}

// Whether a part of a policy with product, product_line and tier fits a line for a customer of `tier`.
template <typename Part>
bool Fits(const Part& part, const PricedLine& line, absl::string_view tier) {
  if (!part.product().empty() && part.product() != line.product) return false;
  if (!part.product_line().empty() && part.product_line() != line.product_line) return false;
  const std::string of = resource::ShortEnumName(pb::CustomerTier_descriptor()->FindValueByNumber(part.tier()));
  return of.empty() || of == tier;
}

bool IsFrom(const pb::SalesPolicyDiscount& discount, Decimal quantity) {
  const absl::StatusOr<Decimal> least = Decimal::Parse(discount.minimum_quantity());
  return !least.ok() || *least <= quantity;  // Without one it is for any quantity.
}

// Whether the policy is for such a line of the quote: what its scopes say, or its discounts when it has no scopes.
bool Covers(const pb::SalesPolicy& policy, const pb::Quote& quote, const PricedLine& line, absl::string_view tier) {
  if (policy.scopes_size() > 0) {
    return std::any_of(policy.scopes().begin(), policy.scopes().end(), [&](const pb::SalesPolicyScope& scope) {
      return Fits(scope, line, tier) && (scope.segment().empty() || scope.segment() == quote.priced_segment()) &&
             (scope.region().empty() || scope.region() == quote.priced_region());
    });
  }
  if (policy.discounts_size() == 0) return true;
  return std::any_of(policy.discounts().begin(), policy.discounts().end(),
                     [&](const pb::SalesPolicyDiscount& discount) {
                       return Fits(discount, line, tier) && IsFrom(discount, line.quantity);
                     });
}

absl::Status Incomplete(const pb::PackageOffer& offer, const pb::Quote& quote, absl::string_view why) {
  return FailedPrecondition("PACKAGE_INCOMPLETE", quote.name(),
                            absl::StrCat(offer.name(), " is sold as a whole: ", why), {{"package", offer.name()}});
}

}  // namespace

bool Possible(pb::SalesPolicyState state, PolicyVerb verb) {
  switch (verb) {
    case PolicyVerb::kEdit:
    case PolicyVerb::kForecast:
    case PolicyVerb::kSubmit:
      return state == pb::SALES_POLICY_STATE_DRAFT;
    case PolicyVerb::kApprove:
    case PolicyVerb::kTurnDown:
      return state == pb::SALES_POLICY_STATE_IN_APPROVAL;
    case PolicyVerb::kPublish:
      return state == pb::SALES_POLICY_STATE_APPROVED;
    case PolicyVerb::kRevise:
    case PolicyVerb::kRead:
      return state == pb::SALES_POLICY_STATE_PUBLISHED;
    case PolicyVerb::kWithdraw:
      return state == pb::SALES_POLICY_STATE_DRAFT || state == pb::SALES_POLICY_STATE_APPROVED ||
             state == pb::SALES_POLICY_STATE_PUBLISHED;
    case PolicyVerb::kAnswer:
      return state == pb::SALES_POLICY_STATE_PUBLISHED || state == pb::SALES_POLICY_STATE_REVISED ||
             state == pb::SALES_POLICY_STATE_WITHDRAWN;
  }
  return false;
}

absl::Status CheckPolicy(const pb::SalesPolicy& policy) {
  FieldViolations violations;
  violations.AddAll("", CheckPeriod(policy.valid_from(), policy.valid_until(), "sales_policy.valid_until"));
  for (int i = 0; i < policy.discounts_size(); ++i) {
    if (policy.discounts(i).product().empty() || policy.discounts(i).product_line().empty()) continue;
    violations.Add(absl::StrCat("sales_policy.discounts[", i, "]"), "ENTRY_KEY_INVALID",
                   "is for one product and for a line of products; choose one");
  }
  for (int i = 0; i < policy.scopes_size(); ++i) {
    const pb::SalesPolicyScope& scope = policy.scopes(i);
    const std::string path = absl::StrCat("sales_policy.scopes[", i, "]");
    if (!scope.product().empty() && !scope.product_line().empty()) {
      violations.Add(path, "ENTRY_KEY_INVALID", "is for one product and for a line of products; choose one");
    } else if (scope.ByteSizeLong() == 0) {
      violations.Add(path, "FIELD_REQUIRED", "says whom or what the policy is for; without scopes it is for all");
    }
  }
  return violations.status();
}

std::string PolicyText(const pb::SalesPolicy& policy) {
  pb::SalesPolicy content = policy;
  resource::ClearOutputOnly(&content, /*import=*/false);
  content.clear_name();
  content.clear_etag();
  content.set_revision(policy.revision());
  return content.SerializeAsString();
}

bool InForce(const pb::SalesPolicy& policy, absl::string_view day) {
  Period days = {policy.valid_from(), policy.valid_until()};
  if (policy.state() == pb::SALES_POLICY_STATE_WITHDRAWN && policy.has_publish_time()) {
    days = Intersect(days, {"", policy.held_until()});
  } else if (policy.state() != pb::SALES_POLICY_STATE_PUBLISHED) {
    return false;
  }
  return days.Contains(day);
}

absl::Status Allow(const std::vector<pb::SalesPolicy>& policies, const pb::Quote& quote,
                   const std::vector<PricedLine>& gifts, Document* document) {
  Money covered = Money::Zero(*document->currency);
  for (const pb::SalesPolicy& policy : policies) {
    for (int i = 0; i < quote.lines_size() && !policy.max_discount_percent().empty(); ++i) {
      PricedLine& line = document->lines[static_cast<size_t>(i)];
      if (quote.lines(i).policy() != policy.name() || !Covers(policy, quote, line, document->tier)) continue;
      ASSIGN_OR_RETURN(line.policy_discount_percent, Decimal::Parse(policy.max_discount_percent()));
    }
    if (policy.max_gift_percent().empty()) continue;
    // Gifts go with what the policy is for: of the rest of the document it gives nothing away.
    Money base = Money::Zero(*document->currency);
    for (const PricedLine& line : document->lines) {
      if (!Covers(policy, quote, line, document->tier)) continue;
      ASSIGN_OR_RETURN(base, Add(base, *line.amount));
    }
    Money given = Money::Zero(*document->currency);
    for (int i = 0; i < quote.gifts_size(); ++i) {
      if (quote.gifts(i).policy() != policy.name()) continue;
      ASSIGN_OR_RETURN(given, Add(given, *gifts[static_cast<size_t>(i)].amount));
    }
    ASSIGN_OR_RETURN(const Decimal percent, Decimal::Parse(policy.max_gift_percent()));
    ASSIGN_OR_RETURN(const Money allowed, PercentOf(base, percent));
    ASSIGN_OR_RETURN(covered, Add(covered, given.amount() < allowed.amount() ? given : allowed));
  }
  document->policy_gift_value = covered;
  return absl::OkStatus();
}

absl::Status CheckOffer(const pb::PackageOffer& offer) {
  FieldViolations violations;
  violations.AddAll("", CheckPeriod(offer.valid_from(), offer.valid_until(), "package_offer.valid_until"));
  std::set<std::string> products;
  for (int i = 0; i < offer.items_size(); ++i) {
    if (products.insert(offer.items(i).product()).second) continue;
    violations.Add(absl::StrCat("package_offer.items[", i, "].product"), "PRODUCT_REPEATED",
                   "stands twice; give its quantity once", {{"product", offer.items(i).product()}});
  }
  Decimal before;
  for (int i = 0; i < offer.steps_size(); ++i) {
    const std::string path = absl::StrCat("package_offer.steps[", i, "]");
    if (offer.steps(i).price().currency_code() != offer.currency()) {
      violations.Add(
          path + ".price", "CURRENCY_MISMATCH",
          absl::StrCat("is in ", offer.steps(i).price().currency_code(), "; the offer is in ", offer.currency()),
          {{"currency", offer.currency()}});
    }
    const absl::StatusOr<Decimal> from = Decimal::Parse(offer.steps(i).from_packages());
    if (!from.ok()) continue;  // Refused by the field's own rule.
    if (i == 0 ? *from != Decimal::FromInt(1) : *from <= before) {
      violations.Add(path + ".from_packages", "STEPS_INVALID",
                     i == 0 ? "the first step is from 1 package on" : "steps rise",
                     {{"value", offer.steps(i).from_packages()}});
    }
    before = *from;
  }
  return violations.status();
}

std::string OfferText(const pb::PackageOffer& offer) {
  pb::PackageOffer content = offer;
  for (pb::PackageItem& item : *content.mutable_items()) resource::ClearOutputOnly(&item, /*import=*/false);
  for (pb::PackageStep& step : *content.mutable_steps()) resource::ClearOutputOnly(&step, /*import=*/false);
  content.clear_name();
  content.clear_etag();
  resource::ClearOutputOnly(&content, /*import=*/false);
  return content.SerializeAsString();
}

absl::Status WorkOut(const ProductTable& products, pb::PackageOffer* offer) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(offer->currency(), "package_offer.currency"));
  Money list = Money::Zero(currency);
  std::optional<Money> cost = Money::Zero(currency);
  for (int i = 0; i < offer->items_size(); ++i) {
    pb::PackageItem* item = offer->mutable_items(i);
    const std::string path = absl::StrCat("package_offer.items[", i, "]");
    const Product* product = products.Find(item->product());
    if (product == nullptr || product->archived) {
      return InvalidField(path + ".product", "PRODUCT_NOT_SOLD", absl::StrCat(item->product(), " is not sold"),
                          {{"product", item->product()}});
    }
    if (!product->list_price.has_value() || product->list_price->currency() != currency) {
      return InvalidField(path + ".product", "PRICE_NOT_FOUND",
                          absl::StrCat(item->product(), " has no list price in ", offer->currency()),
                          {{"product", item->product()}, {"currency", offer->currency()}});
    }
    ToProto(*product->list_price, item->mutable_list_price());
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(item->quantity(), path + ".quantity"));
    ASSIGN_OR_RETURN(const Money of_item, Multiply(*product->list_price, quantity));
    ASSIGN_OR_RETURN(list, Add(list, of_item));
    if (!product->purchase_price.has_value() || product->purchase_price->currency() != currency) {
      cost.reset();
    } else if (cost.has_value()) {
      ASSIGN_OR_RETURN(const Money cost_of_item, Multiply(*product->purchase_price, quantity));
      ASSIGN_OR_RETURN(cost, Add(*cost, cost_of_item));
    }
  }
  for (int i = 0; i < offer->steps_size(); ++i) {
    pb::PackageStep* step = offer->mutable_steps(i);
    const std::string path = absl::StrCat("package_offer.steps[", i, "].price");
    ASSIGN_OR_RETURN(const Money price, FromProto(step->price(), path));
    if (list.amount() < price.amount()) {
      return InvalidField(path, "PACKAGE_ABOVE_LIST",
                          absl::StrCat("is ", price.ToString(), "; the parts cost ", list.ToString(), " by the list"),
                          {{"price", price.ToString()}, {"limit", list.ToString()}});
    }
    ASSIGN_OR_RETURN(const Decimal discount, PercentBelow(list.amount(), price.amount()));
    step->set_discount_percent(discount.ToString());
    step->clear_margin_percent();
    if (cost.has_value() && !price.amount().is_zero()) {
      ASSIGN_OR_RETURN(const Decimal margin, PercentBelow(price.amount(), cost->amount()));
      step->set_margin_percent(margin.ToString());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PartPrice>> PartPrices(const pb::PackageOffer& offer) {
  std::vector<Decimal> quantities, weights;
  for (int i = 0; i < offer.items_size(); ++i) {
    const pb::PackageItem& item = offer.items(i);
    const std::string path = absl::StrCat("package_offer.items[", i, "]");
    ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(item.quantity(), path + ".quantity"));
    ASSIGN_OR_RETURN(const Money list, FromProto(item.list_price(), path + ".list_price"));
    ASSIGN_OR_RETURN(const Decimal weight, Multiply(list.amount(), quantity));
    quantities.push_back(quantity);
    weights.push_back(weight);
  }
  // Parts that cost nothing by the list share equally when all do.
  if (std::all_of(weights.begin(), weights.end(), [](const Decimal& weight) { return weight.is_zero(); })) {
    std::fill(weights.begin(), weights.end(), Decimal::FromInt(1));
  }
  std::vector<PartPrice> prices(quantities.size());
  for (size_t i = 0; i < prices.size(); ++i) prices[i].per = quantities[i];
  for (int s = 0; s < offer.steps_size(); ++s) {
    const std::string path = absl::StrCat("package_offer.steps[", s, "]");
    ASSIGN_OR_RETURN(const Decimal packages, Decimal::Parse(offer.steps(s).from_packages(), path + ".from_packages"));
    ASSIGN_OR_RETURN(const Money price, FromProto(offer.steps(s).price(), path + ".price"));
    ASSIGN_OR_RETURN(const std::vector<Money> parts, Allocate(price, weights));
    for (size_t i = 0; i < parts.size(); ++i) {
      ScaleStep step;
      ASSIGN_OR_RETURN(step.from, Multiply(packages, quantities[i]));
      ASSIGN_OR_RETURN(step.value, Divide(parts[i].amount(), quantities[i], kUnitPriceScale));
      prices[i].scale.push_back(step);
      prices[i].wholes.push_back(parts[i].amount());
    }
  }
  return prices;
}

absl::StatusOr<std::vector<LineRequest>> StepLines(const pb::PackageOffer& offer, int step) {
  ASSIGN_OR_RETURN(const Decimal packages,
                   Decimal::Parse(offer.steps(step).from_packages(), absl::StrCat("package_offer.steps[", step, "]")));
  std::vector<LineRequest> lines;
  for (int i = 0; i < offer.items_size(); ++i) {
    ASSIGN_OR_RETURN(const Decimal of_one,
                     Decimal::Parse(offer.items(i).quantity(), absl::StrCat("package_offer.items[", i, "].quantity")));
    LineRequest line;
    line.product = offer.items(i).product();
    ASSIGN_OR_RETURN(line.quantity, Multiply(packages, of_one));
    lines.push_back(std::move(line));
  }
  return lines;
}

absl::StatusOr<Document> StepDocument(const pb::PackageOffer& offer, int step, std::vector<PricedLine> outside,
                                      absl::string_view tier) {
  const std::string path = absl::StrCat("package_offer.steps[", step, "]");
  const size_t s = static_cast<size_t>(step);
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(offer.currency(), "package_offer.currency"));
  ASSIGN_OR_RETURN(const Decimal packages, Decimal::Parse(offer.steps(step).from_packages(), path + ".from_packages"));
  ASSIGN_OR_RETURN(const Money price, FromProto(offer.steps(step).price(), path + ".price"));
  ASSIGN_OR_RETURN(const std::vector<PartPrice> parts, PartPrices(offer));
  Document document;
  document.tier = std::string(tier);
  document.currency = currency;
  ASSIGN_OR_RETURN(document.amount, Multiply(price, packages));
  document.gift_value = Money::Zero(currency);
  Money one_by_one = Money::Zero(currency);
  for (size_t i = 0; i < outside.size(); ++i) {
    PricedLine& line = outside[i];
    ASSIGN_OR_RETURN(one_by_one, Add(one_by_one, *line.amount));
    line.net_price = Money(parts[i].scale[s].value, currency);
    ASSIGN_OR_RETURN(line.amount, Multiply(Money(parts[i].wholes[s], currency), packages));
    if (line.published_price->amount() < line.net_price->amount()) line.published_price = line.net_price;
    line.manual_price = line.net_price;
    line.manual_lower.reset();
    line.manual_upper.reset();
    ASSIGN_OR_RETURN(line.concession_percent, PercentBelow(line.published_price->amount(), line.net_price->amount()));
    line.margin_percent.reset();
    if (line.unit_cost.has_value() && !line.net_price->amount().is_zero()) {
      ASSIGN_OR_RETURN(line.margin_percent, PercentBelow(line.net_price->amount(), line.unit_cost->amount()));
    }
  }
  if (one_by_one.amount() < document.amount->amount()) {
    return InvalidField(path + ".price", "PACKAGE_ABOVE_PARTS",
                        absl::StrCat(packages.ToString(), " cost ", document.amount->ToString(), "; the customer pays ",
                                     one_by_one.ToString(), " for the parts one by one"),
                        {{"price", document.amount->ToString()}, {"limit", one_by_one.ToString()}});
  }
  document.lines = std::move(outside);
  return document;
}

DocumentDecision MostAsked(const std::vector<DocumentDecision>& decisions, const DocumentDecision* own) {
  const auto asks_more = [](const Decision& a, const Decision& b) {
    return a.verdict != b.verdict ? a.verdict > b.verdict : a.level > b.level;
  };
  DocumentDecision most = decisions.front();
  for (const DocumentDecision& other : decisions) {
    for (size_t i = 0; i < most.lines.size(); ++i) {
      if (asks_more(other.lines[i], most.lines[i])) most.lines[i] = other.lines[i];
    }
    if (asks_more(other.document, most.document)) most.document = other.document;
  }
  most.verdict = Verdict::kWithin;
  most.level = 0;
  const auto settle = [&most](const Decision* mine, Decision* decision) {
    if (mine != nullptr && mine->verdict == Verdict::kWithin) *decision = *mine;
    most.verdict = std::max(most.verdict, decision->verdict);
    most.level = std::max(most.level, decision->level);
  };
  for (size_t i = 0; i < most.lines.size(); ++i) settle(own == nullptr ? nullptr : &own->lines[i], &most.lines[i]);
  settle(own == nullptr ? nullptr : &own->document, &most.document);
  if (most.verdict == Verdict::kNever) most.level = 0;
  return most;
}

bool Offered(const pb::PackageOffer& offer, const pb::Quote& quote) {
  return offer.state() == pb::PACKAGE_OFFER_STATE_AGREED && offer.account() == quote.account() &&
         offer.currency() == quote.currency() &&
         Period{offer.valid_from(), offer.valid_until()}.Contains(quote.as_of());
}

absl::Status CheckComplete(const pb::PackageOffer& offer, const pb::Quote& quote) {
  std::map<std::string, Decimal> quoted;
  for (int i = 0; i < quote.lines_size(); ++i) {
    const pb::QuoteLine& line = quote.lines(i);
    if (line.package() != offer.name()) continue;
    ASSIGN_OR_RETURN(const Decimal quantity,
                     Decimal::Parse(line.quantity(), absl::StrCat("quote.lines[", i, "].quantity")));
    Decimal& sum = quoted[line.product()];
    ASSIGN_OR_RETURN(sum, Add(sum, quantity));
  }
  std::optional<Decimal> packages;
  for (const pb::PackageItem& item : offer.items()) {
    const auto found = quoted.find(item.product());
    if (found == quoted.end()) return Incomplete(offer, quote, absl::StrCat(item.product(), " is missing"));
    ASSIGN_OR_RETURN(const Decimal of_one, Decimal::Parse(item.quantity(), "quantity"));
    ASSIGN_OR_RETURN(const Decimal count, Divide(found->second, of_one));
    if (count.scale() > 0) {
      return Incomplete(offer, quote,
                        absl::StrCat(found->second.ToString(), " of ", item.product(), " are no whole packages of ",
                                     of_one.ToString()));
    }
    if (packages.has_value() && *packages != count) {
      return Incomplete(
          offer, quote,
          absl::StrCat(item.product(), " makes ", count.ToString(), " packages, others ", packages->ToString()));
    }
    packages = count;
    quoted.erase(found);
  }
  if (quoted.empty()) return absl::OkStatus();
  return Incomplete(offer, quote, absl::StrCat(quoted.begin()->first, " is not part of it"));
}

}  // namespace kam::contract::rules

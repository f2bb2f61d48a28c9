#include "contract-svc/pricing/quote_pricing.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "contract-svc/pricing/offer_data.h"
#include "contract-svc/pricing/price_catalog.h"
#include "contract-svc/pricing/price_probes.h"
#include "contract-svc/pricing/pricing_data.h"
#include "contract-svc/pricing/quote_explanation.h"
#include "contract-svc/rules/discretion.h"
#include "contract-svc/rules/offers.h"
#include "contract-svc/rules/quote.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;

const Decimal kHundred = Decimal::FromInt(100);
// Percentages are stored with five digits before the dot; what is beyond is beyond any limit too.
const Decimal kPercentMax = Decimal::FromInt(99'999);

std::string PercentText(Decimal percent) { return std::clamp(percent, -kPercentMax, kPercentMax).ToString(); }

void Put(const std::optional<Money>& money, google::type::Money* out) { ToProto(*money, out); }

absl::StatusOr<std::vector<rules::LineRequest>> LineRequests(const pb::Quote& quote) {
  std::vector<rules::LineRequest> lines;
  for (int i = 0; i < quote.lines_size(); ++i) {
    const pb::QuoteLine& line = quote.lines(i);
    const std::string path = absl::StrCat("quote.lines[", i, "]");
    rules::LineRequest request;
    request.product = line.product();
    request.package = line.package();
    ASSIGN_OR_RETURN(request.quantity, Decimal::Parse(line.quantity(), path + ".quantity"));
    if (!line.discount_percent().empty()) {
      ASSIGN_OR_RETURN(request.discount_percent, Decimal::Parse(line.discount_percent(), path + ".discount_percent"));
    }
    if (line.has_manual_unit_price()) {
      ASSIGN_OR_RETURN(request.manual_unit_price, FromProto(line.manual_unit_price(), path + ".manual_unit_price"));
    }
    lines.push_back(std::move(request));
  }
  return lines;
}

// The question that the quote asks, of the customer as he was and with the knowledge of the moment it is priced at.
absl::StatusOr<rules::PriceRequest> RequestOf(const pb::Quote& quote, const Currency& currency) {
  rules::PriceRequest request;
  request.account = quote.account();
  request.groups.assign(quote.priced_groups().begin(), quote.priced_groups().end());
  request.tier = quote.priced_tier();
  request.segment = quote.priced_segment();
  request.region = quote.priced_region();
  request.currency = currency;
  request.as_of = quote.as_of();
  request.known_at = TimeOf(quote.has_price_known_time() ? quote.price_known_time() : quote.price_time());
  if (!quote.has_price_known_time()) request.arithmetic = rules::Arithmetic::kByUnit;
  if (!quote.special_offer_percent().empty()) {
    ASSIGN_OR_RETURN(request.special_offer_percent,
                     Decimal::Parse(quote.special_offer_percent(), "quote.special_offer_percent"));
  }
  ASSIGN_OR_RETURN(request.lines, LineRequests(quote));
  return request;
}

// What the gifts would sell for: the same question, without anything given away.
absl::StatusOr<rules::PriceRequest> GiftRequestOf(rules::PriceRequest request, const pb::Quote& quote) {
  request.special_offer_percent = Decimal();
  request.lines.clear();
  for (int i = 0; i < quote.gifts_size(); ++i) {
    rules::LineRequest line;
    line.product = quote.gifts(i).product();
    ASSIGN_OR_RETURN(line.quantity,
                     Decimal::Parse(quote.gifts(i).quantity(), absl::StrCat("quote.gifts[", i, "].quantity")));
    request.lines.push_back(std::move(line));
  }
  return request;
}

std::vector<std::string> ProductsOf(const pb::Quote& quote) {
  std::vector<std::string> products;
  for (const pb::QuoteLine& line : quote.lines()) products.push_back(line.product());
  for (const pb::QuoteGift& gift : quote.gifts()) products.push_back(gift.product());
  return products;
}

pb::AuthorityVerdict VerdictOf(rules::Verdict verdict) {
  switch (verdict) {
    case rules::Verdict::kWithin:
      return pb::AUTHORITY_VERDICT_WITHIN;
    case rules::Verdict::kNeedsApproval:
      return pb::AUTHORITY_VERDICT_NEEDS_APPROVAL;
    case rules::Verdict::kNever:
      return pb::AUTHORITY_VERDICT_NEVER;
  }
  return pb::AUTHORITY_VERDICT_UNSPECIFIED;
}

std::string Deciders(const rules::Decision& decision) {
  std::vector<std::string> names = decision.roles;
  names.insert(names.end(), decision.employees.begin(), decision.employees.end());
  constexpr size_t kShownMax = 12;  // The field has room for so many names of employees.
  if (names.size() > kShownMax) names.resize(kShownMax);
  return absl::StrJoin(names, " ");
}

std::string Rules(const rules::Decision& decision) {
  return absl::StrJoin(decision.exceeded, " ",
                       [](std::string* out, const rules::Exceeded& exceeded) { absl::StrAppend(out, exceeded.rule); });
}

void PutLine(const rules::PricedLine& priced, pb::QuoteLine* line) {
  if (priced.list_price.has_value()) Put(priced.list_price, line->mutable_list_price());
  if (priced.policy_price.has_value()) Put(priced.policy_price, line->mutable_policy_price());
  if (priced.contract_price.has_value()) Put(priced.contract_price, line->mutable_contract_price());
  if (priced.volume_price.has_value()) Put(priced.volume_price, line->mutable_volume_price());
  Put(priced.published_price, line->mutable_published_price());
  Put(priced.manual_price, line->mutable_manual_price());
  // A package sets prices too; the line names it itself.
  if (absl::StartsWith(priced.price_book, "priceBooks/")) line->set_price_book(priced.price_book);
  Put(priced.net_price, line->mutable_net_price());
  Put(priced.amount, line->mutable_amount());
  Put(priced.tax_amount, line->mutable_tax_amount());
  line->set_concession_percent(PercentText(priced.concession_percent));
  if (priced.floor_price.has_value()) Put(priced.floor_price, line->mutable_floor_price());
  if (priced.unit_cost.has_value()) Put(priced.unit_cost, line->mutable_unit_cost());
  if (priced.margin_percent.has_value()) line->set_margin_percent(PercentText(*priced.margin_percent));
}

void PutDecision(const rules::Decision& decision, pb::QuoteLine* line) {
  line->set_verdict(VerdictOf(decision.verdict));
  line->set_required_level(decision.level);
  line->set_deciders(Deciders(decision));
  line->set_exceeded(Rules(decision));
  if (decision.headroom_percent.has_value()) line->set_headroom_percent(PercentText(*decision.headroom_percent));
}

struct Totals {
  Money amount, tax, gift_value, gift_cost;
  std::optional<Money> margin;  // Not set: a purchase price is not known.
  std::optional<Decimal> margin_percent;
};

absl::StatusOr<Totals> Sum(const Currency& currency, const std::vector<rules::PricedLine>& lines,
                           const std::vector<rules::PricedLine>& gifts, pb::Quote* quote) {
  const Money zero = Money::Zero(currency);
  Totals totals{zero, zero, zero, zero, zero, std::nullopt};
  for (const rules::PricedLine& line : lines) {
    ASSIGN_OR_RETURN(totals.amount, Add(totals.amount, *line.amount));
    ASSIGN_OR_RETURN(totals.tax, Add(totals.tax, *line.tax_amount));
    if (!line.unit_cost.has_value()) {
      totals.margin.reset();
    } else if (totals.margin.has_value()) {
      ASSIGN_OR_RETURN(const Money cost, Multiply(*line.unit_cost, line.quantity));
      ASSIGN_OR_RETURN(const Money gain, Subtract(*line.amount, cost));
      ASSIGN_OR_RETURN(totals.margin, Add(*totals.margin, gain));
    }
  }
  for (size_t i = 0; i < gifts.size(); ++i) {
    // What a gift costs; what it would sell for where the cost is not known.
    ASSIGN_OR_RETURN(
        const Money cost,
        Multiply(gifts[i].unit_cost.has_value() ? *gifts[i].unit_cost : *gifts[i].published_price, gifts[i].quantity));
    ASSIGN_OR_RETURN(totals.gift_value, Add(totals.gift_value, *gifts[i].amount));
    ASSIGN_OR_RETURN(totals.gift_cost, Add(totals.gift_cost, cost));
    Put(gifts[i].amount, quote->mutable_gifts(static_cast<int>(i))->mutable_value());
    ToProto(cost, quote->mutable_gifts(static_cast<int>(i))->mutable_cost());
  }
  if (totals.margin.has_value()) {
    ASSIGN_OR_RETURN(totals.margin, Subtract(*totals.margin, totals.gift_cost));
    if (!totals.amount.amount().is_zero()) {
      ASSIGN_OR_RETURN(totals.margin_percent,
                       MultiplyDivide(totals.margin->amount(), kHundred, totals.amount.amount(), rules::kPercentScale));
    }
  }
  return totals;
}

absl::Status PutTotals(const Totals& totals, pb::Quote* quote) {
  ToProto(totals.amount, quote->mutable_total_amount());
  ToProto(totals.tax, quote->mutable_total_tax());
  ASSIGN_OR_RETURN(const Money gross, Add(totals.amount, totals.tax));
  ToProto(gross, quote->mutable_total_gross());
  ToProto(totals.gift_value, quote->mutable_gift_value());
  ToProto(totals.gift_cost, quote->mutable_gift_cost());
  if (totals.margin.has_value()) ToProto(*totals.margin, quote->mutable_margin());
  if (totals.margin_percent.has_value()) quote->set_margin_percent(PercentText(*totals.margin_percent));
  return absl::OkStatus();
}

// What the actor may know of the decision; counts what tells him something all the same.
absl::StatusOr<rules::DocumentDecision> Tell(resource::UnitOfWork& work, const Context& context, const pb::Quote& quote,
                                             const rules::Document& document, const rules::DocumentDecision& truth,
                                             const rules::Actor& actor, const std::vector<rules::Grant>& grants,
                                             const std::string& today, Asking asking) {
  const rules::Sight sight = SightOf(work);
  if (sight.all()) return truth;
  const rules::Document open_document = rules::PublicPart(document, sight);
  const std::vector<rules::Grant> open_grants = rules::PublicPart(grants, sight);
  ASSIGN_OR_RETURN(const rules::DocumentDecision open, rules::Decide(open_document, actor, open_grants, today));
  if (asking == Asking::kTryOut) return open;
  const bool submitted = asking == Asking::kSubmit;
  std::vector<Probe> probes;
  for (const int part : rules::Telling(document, open, grants, sight, submitted)) {
    const bool whole = part == rules::kWholeDocument;
    const size_t line = static_cast<size_t>(part);
    const rules::Decision& real = whole ? truth.document : truth.lines[line];
    const rules::Decision& shown = whole ? open.document : open.lines[line];
    const bool refused = real.verdict != shown.verdict || real.level != shown.level;
    if (!whole) {
      probes.push_back({part, document.lines[line].product, *document.lines[line].net_price, refused});
      continue;
    }
    // The margin of the whole tells something of the cost of everything in it.
    const std::string content = ProbedContent(quote);
    const std::vector<std::string> names = ProductsOf(quote);
    for (const std::string& product : std::set<std::string>(names.begin(), names.end())) {
      probes.push_back({part, product, *document.gift_value, refused, content});
    }
  }
  ASSIGN_OR_RETURN(const std::vector<int> beyond,
                   CountProbes(work, context, {quote.name(), "", quote.account()},
                               submitted ? pb::PRICE_PROBE_KIND_SUBMITTED : pb::PRICE_PROBE_KIND_PRICED, probes));
  if (submitted && !beyond.empty()) {
    return BeyondProbes(
        context, quote.name(),
        beyond[0] == rules::kWholeDocument ? "quote.gifts" : absl::StrCat("quote.lines[", beyond[0], "]"));
  }
  return rules::Told(open_document, truth, open, beyond, actor, open_grants, today);
}

// Prices of a quote, and what it asks of the authority grid.
struct Worked {
  rules::PricedDocument prices;  // Its lines are those of the document.
  rules::Document document;
  Totals totals;
};

// By the day, the moment of knowledge and the customer that `quote` was priced for; values of gifts are put into it.
absl::StatusOr<Worked> WorkOut(resource::UnitOfWork& work, const PriceCatalog::Knowledge& knowledge, pb::Quote* quote) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(quote->currency(), "quote.currency"));
  ASSIGN_OR_RETURN(const rules::PriceRequest request, RequestOf(*quote, currency));
  ASSIGN_OR_RETURN(const std::vector<pb::SalesPolicy> policies, LoadPoliciesOf(work, *quote));
  ASSIGN_OR_RETURN(const rules::ProductTable products,
                   LoadProducts(work, ProductsOf(*quote), request.as_of, request.known_at));
  ASSIGN_OR_RETURN(rules::PricedDocument prices, rules::Price(request, products, knowledge.index, "quote.lines"));
  ASSIGN_OR_RETURN(const rules::PriceRequest gift_request, GiftRequestOf(request, *quote));
  ASSIGN_OR_RETURN(const rules::PricedDocument gifts,
                   rules::Price(gift_request, products, knowledge.index, "quote.gifts"));
  ASSIGN_OR_RETURN(const Totals totals, Sum(currency, prices.lines, gifts.lines, quote));
  rules::Document document;
  document.tier = quote->priced_tier();
  document.currency = currency;
  document.lines = prices.lines;
  document.amount = totals.amount;
  document.gift_value = totals.gift_value;
  document.margin_percent = totals.margin_percent;
  RETURN_IF_ERROR(rules::Allow(policies, *quote, gifts.lines, &document));
  return Worked{std::move(prices), std::move(document), totals};
}

}  // namespace

absl::Status CheckQuotable(const AccountFacts& facts, const std::string& account) {
  if (facts.state == "VERIFIED" || facts.state == "ACTIVE") return absl::OkStatus();
  return FailedPrecondition("ACCOUNT_NOT_QUOTABLE", account,
                            absl::StrCat("the account is ", facts.state, "; only VERIFIED and ACTIVE ones are quoted"),
                            {{"state", facts.state}, {"allowed", "VERIFIED, ACTIVE"}});
}

absl::StatusOr<PricedQuote> PriceQuote(resource::UnitOfWork& work, const Context& context, const pb::Quote& quote,
                                       Asking asking) {
  ASSIGN_OR_RETURN(const AccountFacts facts, LoadAccountFacts(work, quote.account()));
  RETURN_IF_ERROR(CheckQuotable(facts, quote.account()));
  const std::string today = context.Today(work.now());
  RETURN_IF_ERROR(rules::CheckValid(quote, today));

  PricedQuote priced;
  pb::Quote* out = priced.answer.mutable_quote();
  *out = quote;
  rules::BackToDraft(out);

  ASSIGN_OR_RETURN(const PriceCatalog::Knowledge knowledge, context.prices->Current(work));
  SetTime(work.now(), out->mutable_price_time());
  SetTime(knowledge.known_at, out->mutable_price_known_time());  // Asked again by ExplainQuote.
  out->set_priced_tier(facts.tier);
  out->set_priced_region(facts.region);
  out->set_priced_segment(facts.segment);
  for (const std::string& group : facts.groups) out->add_priced_groups(group);
  RETURN_IF_ERROR(CheckPackagesOf(work, quote));
  ASSIGN_OR_RETURN(const Worked worked, WorkOut(work, knowledge, out));
  RETURN_IF_ERROR(PutTotals(worked.totals, out));
  for (size_t i = 0; i < worked.document.lines.size(); ++i) {
    PutLine(worked.document.lines[i], out->mutable_lines(static_cast<int>(i)));
  }
  for (pb::LineExplanation& explanation : Explain(worked.prices)) {
    *priced.answer.add_explanations() = std::move(explanation);
  }
  out->set_price_hash(worked.prices.hash);
  priced.answer.set_price_hash(worked.prices.hash);

  ASSIGN_OR_RETURN(const std::vector<rules::Grant> grants, LoadGrants(work));
  const rules::Document& document = worked.document;
  const rules::Actor actor{work.actor().subject, work.actor().roles};
  ASSIGN_OR_RETURN(priced.truth, rules::Decide(document, actor, grants, today));
  ASSIGN_OR_RETURN(priced.told, Tell(work, context, *out, document, priced.truth, actor, grants, today, asking));
  for (size_t i = 0; i < priced.told.lines.size(); ++i) {
    PutDecision(priced.told.lines[i], out->mutable_lines(static_cast<int>(i)));
  }
  out->set_verdict(VerdictOf(priced.told.verdict));
  out->set_required_level(priced.told.level);
  out->set_deciders(Deciders(priced.told.document));
  out->set_exceeded(Rules(priced.told.document));
  out->set_content_hash(rules::ContentHash(*out));
  out->set_state(pb::QUOTE_STATE_PRICED);
  out->set_pricer(work.actor().subject);
  return priced;
}

absl::StatusOr<rules::DocumentDecision> DecideAgain(resource::UnitOfWork& work, const Context& context,
                                                    const pb::Quote& quote, const rules::Actor& actor) {
  ASSIGN_OR_RETURN(const PriceCatalog::Knowledge knowledge, context.prices->Current(work));
  pb::Quote copy = quote;
  ASSIGN_OR_RETURN(const Worked worked, WorkOut(work, knowledge, &copy));
  ASSIGN_OR_RETURN(const std::vector<rules::Grant> grants, LoadGrants(work));
  return rules::Decide(worked.document, actor, grants, context.Today(work.now()));
}

absl::StatusOr<pb::ExplainQuoteResponse> ExplainQuote(resource::UnitOfWork& work, const Context& context,
                                                      const pb::Quote& quote) {
  if (!quote.has_price_time() || quote.price_hash().empty()) {
    return FailedPrecondition("QUOTE_NOT_PRICED", quote.name(), "the quote has no prices that could be explained",
                              {{"state", pb::QuoteState_Name(quote.state())}});
  }
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(quote.currency(), "quote.currency"));
  ASSIGN_OR_RETURN(const rules::PriceRequest request, RequestOf(quote, currency));
  ASSIGN_OR_RETURN(const PriceCatalog::Knowledge knowledge, context.prices->Current(work));
  ASSIGN_OR_RETURN(const rules::ProductTable products,
                   LoadProducts(work, ProductsOf(quote), request.as_of, request.known_at));
  ASSIGN_OR_RETURN(const rules::PricedDocument priced, rules::Price(request, products, knowledge.index, "quote.lines"));
  pb::ExplainQuoteResponse response;
  for (pb::LineExplanation& explanation : Explain(priced)) *response.add_explanations() = std::move(explanation);
  response.set_price_hash(priced.hash);
  response.set_trace(rules::TraceText(request, priced));
  return response;
}

}  // namespace kam::contract

#include "contract-svc/pricing/quote_explanation.h"

#include <utility>

#include "common/money/money_proto.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;

pb::PriceStep::Kind KindOf(rules::StepKind kind) {
  switch (kind) {
    case rules::StepKind::kListPrice:
      return pb::PriceStep::KIND_LIST_PRICE;
    case rules::StepKind::kCondition:
      return pb::PriceStep::KIND_CONDITION;
    case rules::StepKind::kPolicyPrice:
      return pb::PriceStep::KIND_POLICY_PRICE;
    case rules::StepKind::kContractPrice:
      return pb::PriceStep::KIND_CONTRACT_PRICE;
    case rules::StepKind::kVolumePrice:
      return pb::PriceStep::KIND_VOLUME_PRICE;
    case rules::StepKind::kPublishedPrice:
      return pb::PriceStep::KIND_PUBLISHED_PRICE;
    case rules::StepKind::kDiscount:
      return pb::PriceStep::KIND_DISCOUNT;
    case rules::StepKind::kManualPrice:
      return pb::PriceStep::KIND_MANUAL_PRICE;
    case rules::StepKind::kSpecialOffer:
      return pb::PriceStep::KIND_SPECIAL_OFFER;
    case rules::StepKind::kNetPrice:
      return pb::PriceStep::KIND_NET_PRICE;
    case rules::StepKind::kAmount:
      return pb::PriceStep::KIND_AMOUNT;
    case rules::StepKind::kTax:
      return pb::PriceStep::KIND_TAX;
  }
  return pb::PriceStep::KIND_UNSPECIFIED;
}

pb::PriceCandidate::Outcome OutcomeOf(rules::Outcome outcome) {
  switch (outcome) {
    case rules::Outcome::kAccepted:
      return pb::PriceCandidate::OUTCOME_ACCEPTED;
    case rules::Outcome::kOutsidePeriod:
      return pb::PriceCandidate::OUTCOME_OUTSIDE_PERIOD;
    case rules::Outcome::kOtherCurrency:
      return pb::PriceCandidate::OUTCOME_OTHER_CURRENCY;
    case rules::Outcome::kOtherUnit:
      return pb::PriceCandidate::OUTCOME_OTHER_UNIT;
    case rules::Outcome::kQuantityTooSmall:
      return pb::PriceCandidate::OUTCOME_QUANTITY_TOO_SMALL;
    case rules::Outcome::kRequirementNotMet:
      return pb::PriceCandidate::OUTCOME_REQUIREMENT_NOT_MET;
    case rules::Outcome::kBaseMissing:
      return pb::PriceCandidate::OUTCOME_BASE_MISSING;
    case rules::Outcome::kNoPriceYet:
      return pb::PriceCandidate::OUTCOME_NO_PRICE_YET;
    case rules::Outcome::kLessPreferred:
      return pb::PriceCandidate::OUTCOME_LESS_SPECIFIC;
    case rules::Outcome::kExcluded:
      return pb::PriceCandidate::OUTCOME_EXCLUDED;
  }
  return pb::PriceCandidate::OUTCOME_UNSPECIFIED;
}

void ExplainStep(const rules::Step& step, const rules::PricedLine& line, const rules::PricedDocument& priced,
                 pb::PriceStep* out) {
  out->set_kind(KindOf(step.kind));
  ToProto(Money(step.value, line.published_price->currency()), out->mutable_amount());
  if (step.kind == rules::StepKind::kListPrice) out->set_source(line.product);
  if (step.kind == rules::StepKind::kPublishedPrice) {
    out->set_source(line.price_book.empty() ? line.product : line.price_book);
  }
  if (!step.argument.is_zero()) out->set_source(step.argument.ToString());
  if (step.entry == rules::PriceIndex::kNone) return;
  out->set_condition(rules::ConditionText(*priced.index, step.entry));
  out->set_source(priced.index->revision(priced.index->entry(step.entry).revision).name);
}

void ExplainCandidate(const rules::Candidate& candidate, const rules::PricedDocument& priced, pb::PriceCandidate* out) {
  const rules::PriceIndex::Entry& entry = priced.index->entry(candidate.entry);
  const rules::PriceRecord& record = priced.index->record(entry);
  out->set_price_book(priced.index->revision(entry.revision).name);
  out->set_entry(record.number);
  out->set_condition_type(record.type);
  out->set_condition(rules::ConditionText(*priced.index, candidate.entry));
  out->set_outcome(OutcomeOf(candidate.outcome));
  const Decimal value = record.scale.front().value;
  const absl::StatusOr<Currency> currency = Currency::Parse(record.currency);
  if (currency.ok()) {
    ToProto(Money(value, *currency), out->mutable_unit_price());
  } else {
    out->set_percent(value.ToString());
  }
}

}  // namespace

std::vector<pb::LineExplanation> Explain(const rules::PricedDocument& priced) {
  std::vector<pb::LineExplanation> explanations;
  for (const rules::PricedLine& line : priced.lines) {
    pb::LineExplanation explanation;
    explanation.set_line(static_cast<int>(explanations.size()));
    explanation.set_product(line.product);
    for (const rules::Step& step : priced.StepsOf(line)) ExplainStep(step, line, priced, explanation.add_steps());
    for (const rules::Candidate& candidate : priced.CandidatesOf(line)) {
      ExplainCandidate(candidate, priced, explanation.add_candidates());
    }
    explanations.push_back(std::move(explanation));
  }
  return explanations;
}

}  // namespace kam::contract

// The worked price as text.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "contract-svc/rules/price.h"

namespace kam::contract::rules {

std::string ConditionText(const PriceIndex& index, uint32_t position) {
  const PriceIndex::Entry& entry = index.entry(position);
  const PriceRecord& record = index.record(entry);
  const BookRevision& revision = index.revision(entry.revision);
  return absl::StrCat(revision.code, "/", revision.revision, " ", record.label, " ", record.type, " ",
                      KeySetText(record.key.set()),
                      record.priority == 0 ? "" : absl::StrCat(" priority ", record.priority));
}

absl::string_view NameOf(StepKind kind) {
  switch (kind) {
    case StepKind::kListPrice:
      return "LIST_PRICE";
    case StepKind::kCondition:
      return "CONDITION";
    case StepKind::kPolicyPrice:
      return "POLICY_PRICE";
    case StepKind::kContractPrice:
      return "CONTRACT_PRICE";
    case StepKind::kVolumePrice:
      return "VOLUME_PRICE";
    case StepKind::kPublishedPrice:
      return "PUBLISHED_PRICE";
    case StepKind::kDiscount:
      return "DISCOUNT";
    case StepKind::kManualPrice:
      return "MANUAL_PRICE";
    case StepKind::kSpecialOffer:
      return "SPECIAL_OFFER";
    case StepKind::kNetPrice:
      return "NET_PRICE";
    case StepKind::kAmount:
      return "AMOUNT";
    case StepKind::kTax:
      return "TAX";
  }
  return "";
}

absl::string_view NameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAccepted:
      return "ACCEPTED";
    case Outcome::kOutsidePeriod:
      return "OUTSIDE_PERIOD";
    case Outcome::kOtherCurrency:
      return "OTHER_CURRENCY";
    case Outcome::kOtherUnit:
      return "OTHER_UNIT";
    case Outcome::kQuantityTooSmall:
      return "QUANTITY_TOO_SMALL";
    case Outcome::kRequirementNotMet:
      return "REQUIREMENT_NOT_MET";
    case Outcome::kBaseMissing:
      return "BASE_MISSING";
    case Outcome::kNoPriceYet:
      return "NO_PRICE_YET";
    case Outcome::kLessPreferred:
      return "LESS_PREFERRED";
    case Outcome::kExcluded:
      return "EXCLUDED";
  }
  return "";
}

std::string TraceText(const PriceRequest& request, const PricedDocument& priced) {
  std::string text = absl::StrCat(
      "account ", request.account, request.tier.empty() ? "" : absl::StrCat(", tier ", request.tier),
      request.segment.empty() ? "" : absl::StrCat(", segment ", request.segment),
      request.region.empty() ? "" : absl::StrCat(", region ", request.region),
      request.groups.empty() ? "" : absl::StrCat(", group ", absl::StrJoin(request.groups, " ")), "\nas of ",
      request.as_of, ", known at ", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", request.known_at, absl::UTCTimeZone()),
      ", in ", request.currency->code(), "\n");
  for (size_t i = 0; i < priced.lines.size(); ++i) {
    const PricedLine& line = priced.lines[i];
    absl::StrAppend(&text, "line ", i, ": ", line.quantity.ToString(), " x ", line.product, "\n");
    for (const Step& step : priced.StepsOf(line)) {
      absl::StrAppend(&text, "  ", NameOf(step.kind), " ", step.value.ToString());
      if (!step.argument.is_zero()) absl::StrAppend(&text, " (", step.argument.ToString(), ")");
      if (step.entry != PriceIndex::kNone) absl::StrAppend(&text, " by ", ConditionText(*priced.index, step.entry));
      absl::StrAppend(&text, "\n");
    }
    for (const Candidate& candidate : priced.CandidatesOf(line)) {
      if (candidate.outcome == Outcome::kAccepted) continue;
      absl::StrAppend(&text, "  not ", ConditionText(*priced.index, candidate.entry), ": ", NameOf(candidate.outcome),
                      "\n");
    }
  }
  absl::StrAppend(&text, "sha256 ", priced.hash, "\n");
  return text;
}

}  // namespace kam::contract::rules

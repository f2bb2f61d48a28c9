#include "aftersales-svc/rules/claim_rules.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "aftersales-svc/rules/claim_once.h"
#include "aftersales-svc/rules/proto_time.h"
#include "aftersales-svc/rules/refusal.h"
#include "common/money/decimal.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::aftersales::rules {
namespace {

absl::Status DatesInvalid(absl::string_view field, absl::string_view what, const std::string& value) {
  return InvalidField(absl::StrCat("warranty_claim.", field), "CLAIM_DATES_INVALID", what, {{"value", value}});
}

absl::StatusOr<Money> SumOfClaimed(const wv1::WarrantyClaim& claim) {
  std::optional<Money> sum;
  for (int i = 0; i < claim.items_size(); ++i) {
    const std::string path = absl::StrCat("warranty_claim.items[", i, "].claimed");
    ASSIGN_OR_RETURN(const Money claimed, FromProto(claim.items(i).claimed(), path));
    if (!sum.has_value()) {
      sum = claimed;
    } else if (claimed.currency() != sum->currency()) {
      return InvalidField(
          path, "CURRENCY_MISMATCH", "all items of a claim are in one currency",
          {{"value", std::string(claimed.currency().code())}, {"expected", std::string(sum->currency().code())}});
    } else {
      ASSIGN_OR_RETURN(sum, Add(*sum, claimed));
    }
  }
  if (!sum.has_value()) return InvalidField("warranty_claim.items", "FIELD_REQUIRED", "must be set");
  return *sum;
}

wv1::Coverage CoverageOf(const wv1::WarrantyClaim& claim) {
  if (claim.warranty_end().empty()) return wv1::COVERAGE_UNKNOWN;
  // ISO dates compare as text.
  return claim.failure_date() <= claim.warranty_end() ? wv1::COVERAGE_IN_WARRANTY : wv1::COVERAGE_OUT_OF_WARRANTY;
}

wv1::ClaimAppraisal ToAppraisal(const Finding& finding, absl::string_view appraiser, absl::Time now) {
  wv1::ClaimAppraisal appraisal;
  appraisal.set_appraiser(std::string(appraiser));
  *appraisal.mutable_appraise_time() = ToTimestamp(now);
  appraisal.set_verdict(finding.verdict);
  appraisal.set_finding(finding.finding);
  appraisal.set_cause(finding.cause);
  appraisal.set_policy_clause(finding.policy_clause);
  return appraisal;
}

// What the appraisals come to: the opinion overrules them.
wv1::AppraisalVerdict FinalVerdict(const wv1::WarrantyClaim& claim) {
  return claim.has_opinion() ? claim.opinion().verdict() : claim.second_appraisal().verdict();
}

bool GaveOpinion(absl::string_view employee, const wv1::WarrantyClaim& claim) {
  const auto& experts = claim.experts();
  return claim.opinion().expert() == employee || std::find(experts.begin(), experts.end(), employee) != experts.end();
}

absl::Status CheckClause(const Finding& finding) {
  if (finding.verdict != wv1::APPRAISAL_VERDICT_COVERED || !finding.policy_clause.empty()) return absl::OkStatus();
  return InvalidField("policy_clause", "FIELD_REQUIRED", "must name the clause of the warranty that covers it");
}

// The amount a ruling grants of an item.
absl::StatusOr<Money> Granted(const wv1::ClaimItemRuling& ruling, const Money& claimed, bool goodwill,
                              const std::string& path) {
  const Money nothing = Money::Zero(claimed.currency());
  Money granted = ruling.decision() == wv1::CLAIM_ITEM_DECISION_APPROVED ? claimed : nothing;
  if (ruling.has_approved()) {
    ASSIGN_OR_RETURN(granted, FromProto(ruling.approved(), path));
  }
  const auto inconsistent = [&](absl::string_view what) {
    return InvalidField(path, "RULING_INCONSISTENT", what, {{"value", granted.ToString()}});
  };
  if (granted.currency() != claimed.currency()) {
    return InvalidField(
        path, "CURRENCY_MISMATCH", "must be in the currency of the claim",
        {{"value", std::string(granted.currency().code())}, {"expected", std::string(claimed.currency().code())}});
  }
  const Decimal amount = granted.amount(), limit = claimed.amount();
  if (amount > limit && !goodwill) {
    return InvalidField(path, "APPROVED_ABOVE_CLAIMED",
                        absl::StrCat("is ", granted.ToString(), "; ", claimed.ToString(),
                                     " was claimed, and more is granted out of goodwill only"),
                        {{"value", granted.ToString()}, {"limit", claimed.ToString()}});
  }
  switch (ruling.decision()) {
    case wv1::CLAIM_ITEM_DECISION_REJECTED:
      if (!amount.is_zero()) return inconsistent("a refused item is granted nothing");
      break;
    case wv1::CLAIM_ITEM_DECISION_PARTLY_APPROVED:
      if (amount.is_zero() || amount >= limit) return inconsistent("an item granted in part gets a part of its amount");
      break;
    default:
      if (amount < limit) return inconsistent("an item granted in full gets its amount");
      break;
  }
  return granted;
}

absl::StatusOr<Decimal> QuantityOf(const std::string& text) {
  return text.empty() ? absl::StatusOr<Decimal>(Decimal::FromInt(1)) : Decimal::Parse(text, "quantity");
}

std::vector<int> ItemsMissing(const wv1::WarrantyClaim& claim, const std::vector<wv1::ReturnedPart>& parts) {
  std::vector<int> missing;
  for (int i = 0; i < claim.items_size(); ++i) {
    const wv1::ClaimItem& item = claim.items(i);
    if (!item.part_due_back() || item.decision() == wv1::CLAIM_ITEM_DECISION_REJECTED) continue;
    Decimal back;
    for (const wv1::ReturnedPart& part : parts) {
      if (part.item() != i + 1 || (!part.back() && !part.waived())) continue;
      const auto quantity = QuantityOf(part.quantity());
      if (!quantity.ok()) continue;
      const auto sum = Add(back, *quantity);
      if (sum.ok()) back = *sum;
    }
    const auto due = QuantityOf(item.quantity());
    if (!due.ok() || back < *due) missing.push_back(i + 1);
  }
  return missing;
}

}  // namespace

absl::Status CheckClaim(absl::CivilDay today, wv1::WarrantyClaim* claim) {
  if (claim->failure_date() < claim->purchase_date()) {
    return DatesInvalid("failure_date", "is before the purchase", claim->failure_date());
  }
  if (claim->failure_date() > FormatDate(today)) {
    return DatesInvalid("failure_date", "lies in the future", claim->failure_date());
  }
  if (!claim->warranty_end().empty() && claim->warranty_end() < claim->purchase_date()) {
    return DatesInvalid("warranty_end", "is before the purchase", claim->warranty_end());
  }
  ASSIGN_OR_RETURN(const Money sum, SumOfClaimed(*claim));
  ToProto(sum, claim->mutable_claimed_total());
  claim->set_coverage(CoverageOf(*claim));
  return absl::OkStatus();
}

absl::Status CheckClaimUpdate(const wv1::WarrantyClaim& before) {
  if (before.state() == wv1::CLAIM_STATE_APPLIED) return absl::OkStatus();
  return FailedPrecondition("CLAIM_APPRAISED", before.name(), "a claim that was appraised does not change any more",
                            {{"state", wv1::ClaimState_Name(before.state())}});
}

absl::Status AppraiseFirst(const Finding& finding, absl::string_view appraiser, absl::Time now,
                           wv1::WarrantyClaim* claim) {
  RETURN_IF_ERROR(CheckClause(finding));
  *claim->mutable_first_appraisal() = ToAppraisal(finding, appraiser, now);
  claim->set_doubtful(finding.verdict == wv1::APPRAISAL_VERDICT_DOUBTFUL);
  return absl::OkStatus();
}

absl::Status AppraiseSecond(const Finding& finding, absl::string_view appraiser, absl::Time now,
                            wv1::WarrantyClaim* claim) {
  if (claim->first_appraisal().appraiser() == appraiser) {
    return SeparationOfDuties("appraised the claim first", "appraise it again");
  }
  if (GaveOpinion(appraiser, *claim)) {
    return SeparationOfDuties("gave the technical opinion", "appraise the claim");
  }
  RETURN_IF_ERROR(CheckClause(finding));
  const bool agrees = finding.verdict == claim->first_appraisal().verdict();
  if (!agrees && finding.correction.empty()) {
    return InvalidField("correction", "CORRECTION_REQUIRED", "must say what the first appraisal got wrong");
  }
  wv1::ClaimAppraisal appraisal = ToAppraisal(finding, appraiser, now);
  appraisal.set_agrees(agrees);
  appraisal.set_correction(finding.correction);
  *claim->mutable_second_appraisal() = appraisal;
  claim->set_doubtful(claim->doubtful() || !agrees || finding.verdict == wv1::APPRAISAL_VERDICT_DOUBTFUL);
  return absl::OkStatus();
}

absl::Status FollowUp(absl::string_view credit_note, absl::string_view open_issue, wv1::WarrantyClaim* claim) {
  wv1::ClaimSettlement* settlement = claim->mutable_settlement();
  if (!credit_note.empty()) {
    if (!settlement->credit_note().empty() && settlement->credit_note() != credit_note) {
      return FailedPrecondition("CREDIT_NOTE_GIVEN", claim->name(), "the settlement has its credit note already",
                                {{"creditNote", settlement->credit_note()}});
    }
    settlement->set_credit_note(std::string(credit_note));
  }
  settlement->set_open_issue(std::string(open_issue));
  return absl::OkStatus();
}

absl::Status CheckFile(const wv1::WarrantyClaim& claim) {
  if (claim.settlement().open_issue().empty()) return absl::OkStatus();
  return FailedPrecondition("SETTLEMENT_ISSUE_OPEN", claim.name(),
                            "the settlement left something to follow: say what became of it first",
                            {{"openIssue", claim.settlement().open_issue()}});
}

absl::Status GiveOpinion(const wv1::RecordWarrantyClaimOpinionRequest& given, absl::string_view expert, absl::Time now,
                         wv1::WarrantyClaim* claim) {
  std::vector<std::string> experts(given.experts().begin(), given.experts().end());
  experts.emplace_back(expert);
  for (const std::string& each : experts) {
    if (claim->first_appraisal().appraiser() == each || claim->second_appraisal().appraiser() == each) {
      return SeparationOfDuties("appraised the claim", "give the technical opinion on it");
    }
  }
  if (given.verdict() == wv1::APPRAISAL_VERDICT_DOUBTFUL) {
    return InvalidField("verdict", "VERDICT_NOT_FINAL", "an opinion says covered or not covered");
  }
  if (claim->doubtful() && given.file_number().empty()) {
    return InvalidField("file_number", "FIELD_REQUIRED", "a doubtful appraisal is placed on record under a number");
  }
  // Whoever gave an earlier opinion stays on record as an expert.
  std::vector<std::string> named(given.experts().begin(), given.experts().end());
  std::vector<std::string> earlier(claim->experts().begin(), claim->experts().end());
  if (claim->has_opinion()) earlier.push_back(claim->opinion().expert());
  for (const std::string& each : earlier) {
    if (each != expert && std::find(named.begin(), named.end(), each) == named.end()) named.push_back(each);
  }
  wv1::TechnicalOpinion* opinion = claim->mutable_opinion();
  opinion->set_expert(std::string(expert));
  *opinion->mutable_opinion_time() = ToTimestamp(now);
  opinion->set_verdict(given.verdict());
  opinion->set_method(given.method());
  opinion->set_opinion(given.opinion());
  opinion->set_file_number(given.file_number());
  claim->mutable_experts()->Assign(named.begin(), named.end());
  return absl::OkStatus();
}

absl::Status Decide(const Decision& decision, absl::Time now, wv1::WarrantyClaim* claim) {
  if (claim->first_appraisal().appraiser() == decision.decider ||
      claim->second_appraisal().appraiser() == decision.decider || GaveOpinion(decision.decider, *claim)) {
    return SeparationOfDuties("appraised the claim", "decide on it");
  }
  if (claim->creator() == decision.decider) return SeparationOfDuties("entered the claim", "decide on it");
  if (static_cast<int>(decision.rulings.size()) != claim->items_size()) {
    return InvalidField("items", "DECISION_INCOMPLETE",
                        absl::StrCat("has ", decision.rulings.size(), " rulings; the claim has ", claim->items_size(),
                                     " items, and each needs one"),
                        {{"expected", absl::StrCat(claim->items_size())}});
  }
  if (claim->doubtful() && !claim->has_opinion()) {
    return FailedPrecondition(
        "OPINION_REQUIRED", claim->name(),
        "the appraisals are doubtful or disagree: the technical department must give its opinion");
  }
  ASSIGN_OR_RETURN(const Money total_claimed, FromProto(claim->claimed_total(), "warranty_claim.claimed_total"));
  Money total = Money::Zero(total_claimed.currency());
  bool all = true, none = true;
  for (int i = 0; i < claim->items_size(); ++i) {
    const wv1::ClaimItemRuling& ruling = decision.rulings[static_cast<size_t>(i)];
    const std::string path = absl::StrCat("items[", i, "].approved");
    ASSIGN_OR_RETURN(const Money claimed, FromProto(claim->items(i).claimed(), path));
    ASSIGN_OR_RETURN(const Money granted, Granted(ruling, claimed, decision.goodwill, path));
    ASSIGN_OR_RETURN(total, Add(total, granted));
    wv1::ClaimItem* item = claim->mutable_items(i);
    item->set_decision(ruling.decision());
    item->set_decision_reason(ruling.decision_reason());
    ToProto(granted, item->mutable_approved());
    all = all && ruling.decision() == wv1::CLAIM_ITEM_DECISION_APPROVED;
    none = none && ruling.decision() == wv1::CLAIM_ITEM_DECISION_REJECTED;
  }
  if (!none && !decision.goodwill) {
    const bool covered =
        claim->coverage() == wv1::COVERAGE_IN_WARRANTY && FinalVerdict(*claim) == wv1::APPRAISAL_VERDICT_COVERED;
    if (!covered) {
      return FailedPrecondition("NOT_COVERED", claim->name(),
                                "the failure is not covered: only the service manager may grant something, as goodwill",
                                {{"coverage", wv1::Coverage_Name(claim->coverage())},
                                 {"verdict", wv1::AppraisalVerdict_Name(FinalVerdict(*claim))}});
    }
  }
  claim->set_state(none  ? wv1::CLAIM_STATE_REJECTED
                   : all ? wv1::CLAIM_STATE_APPROVED
                         : wv1::CLAIM_STATE_PARTLY_APPROVED);
  ToProto(total, claim->mutable_approved_total());
  claim->set_goodwill(decision.goodwill);
  claim->set_decider(decision.decider);
  claim->set_decide_reason(decision.reason);
  claim->set_customer_tier(decision.customer_tier);
  *claim->mutable_decide_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckPartsAuthority(const wv1::WarrantyClaim& claim, const std::vector<wv1::WarrantyClaim>& others,
                                 absl::string_view tier, const wv1::ClaimPolicy& policy) {
  const auto refuse = [](absl::string_view reason, absl::string_view what, const Metadata& metadata) {
    return Error(absl::StatusCode::kPermissionDenied, reason, absl::StrCat(what, ": the service manager decides"),
                 metadata);
  };
  for (const wv1::ClaimItem& item : claim.items()) {
    if (item.kind() != wv1::CLAIM_ITEM_KIND_MATERIAL) {
      return refuse("PARTS_ONLY", "the claim is not of parts only", {{"kind", wv1::ClaimItemKind_Name(item.kind())}});
    }
  }
  ASSIGN_OR_RETURN(const Money threshold, FromProto(policy.decision_threshold(), "claim_policy.decision_threshold"));
  const auto claimed = ClaimedOfFailure(claim, others);
  if (!claimed.ok() && Reason(claimed.status()) != "CURRENCY_MISMATCH") return claimed.status();
  if (!claimed.ok() || claimed->currency() != threshold.currency() || claimed->amount() >= threshold.amount()) {
    const std::string value = claimed.ok() ? claimed->ToString() : "in several currencies";
    return refuse("AMOUNT_NEEDS_SERVICE_MANAGER",
                  absl::StrCat("what is claimed of the failure, ", value, ", is not below ", threshold.ToString()),
                  {{"value", value}, {"limit", threshold.ToString()}});
  }
  const auto& tiers = policy.important_tiers();
  if (!tier.empty() && std::find(tiers.begin(), tiers.end(), tier) != tiers.end()) {
    return refuse("CUSTOMER_NEEDS_SERVICE_MANAGER", "the customer is an important one", {{"tier", std::string(tier)}});
  }
  return absl::OkStatus();
}

bool AllPartsBack(const wv1::WarrantyClaim& claim, const std::vector<wv1::ReturnedPart>& parts) {
  return ItemsMissing(claim, parts).empty();
}

absl::Status CheckPartsBack(const wv1::WarrantyClaim& claim, const std::vector<wv1::ReturnedPart>& parts) {
  const std::vector<int> missing = ItemsMissing(claim, parts);
  if (missing.empty()) return absl::OkStatus();
  const std::string items = absl::StrJoin(missing, ", ");
  return FailedPrecondition("PART_MISSING", claim.name(),
                            absl::StrCat("parts due back have not come, of items ", items), {{"items", items}});
}

absl::Status Settle(const google::type::Money* amount, const std::vector<wv1::ReturnedPart>& parts,
                    absl::string_view settler, absl::Time now, wv1::WarrantyClaim* claim) {
  if (claim->decider() == settler) return SeparationOfDuties("decided on the claim", "settle it");
  if (claim->first_appraisal().appraiser() == settler || claim->second_appraisal().appraiser() == settler) {
    return SeparationOfDuties("appraised the claim", "settle it");
  }
  RETURN_IF_ERROR(CheckPartsBack(*claim, parts));
  ASSIGN_OR_RETURN(const Money approved, FromProto(claim->approved_total(), "warranty_claim.approved_total"));
  ASSIGN_OR_RETURN(const Money claimed, FromProto(claim->claimed_total(), "warranty_claim.claimed_total"));
  Money settled = approved;
  if (amount != nullptr) {
    ASSIGN_OR_RETURN(settled, FromProto(*amount, "amount"));
  }
  if (settled.currency() != approved.currency()) {
    return InvalidField(
        "amount", "CURRENCY_MISMATCH", "must be in the currency of the claim",
        {{"value", std::string(settled.currency().code())}, {"expected", std::string(approved.currency().code())}});
  }
  if (settled.amount() > approved.amount()) {
    return InvalidField("amount", "SETTLED_ABOVE_APPROVED",
                        absl::StrCat("is ", settled.ToString(), "; ", approved.ToString(), " was approved"),
                        {{"value", settled.ToString()}, {"limit", approved.ToString()}});
  }
  ASSIGN_OR_RETURN(const Money difference, Subtract(claimed, settled));
  wv1::ClaimSettlement* settlement = claim->mutable_settlement();
  ToProto(settled, settlement->mutable_amount());
  ToProto(difference, settlement->mutable_difference());
  settlement->set_settler(std::string(settler));
  *settlement->mutable_settle_time() = ToTimestamp(now);
  return absl::OkStatus();
}

std::string Accuracy(int64_t accepted, int64_t submitted) {
  if (submitted == 0) return {};
  const auto hundred = Decimal::FromInt(100);
  const auto a = Decimal::FromInt64(accepted), s = Decimal::FromInt64(submitted);
  if (!a.ok() || !s.ok()) return {};
  const auto percent = MultiplyDivide(*a, hundred, *s, 2);
  return percent.ok() ? percent->ToFixed(2) : std::string();
}

}  // namespace kam::aftersales::rules

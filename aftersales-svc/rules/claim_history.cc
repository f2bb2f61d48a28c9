#include "aftersales-svc/rules/claim_history.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "google/protobuf/util/message_differencer.h"

namespace kam::aftersales::rules {
namespace {

namespace pb = ::kam::claim::v1;

std::string Path(absl::string_view field) { return absl::StrCat("warranty_claim.", field); }

absl::Status Invalid(absl::string_view field, const pb::WarrantyClaim& claim, absl::string_view why) {
  return InvalidField(Path(field), "CLAIM_HISTORY_INVALID", why, {{"state", pb::ClaimState_Name(claim.state())}});
}

bool WasGranted(pb::ClaimState state) {
  return state == pb::CLAIM_STATE_APPROVED || state == pb::CLAIM_STATE_PARTLY_APPROVED ||
         state == pb::CLAIM_STATE_PART_RETURNED || state == pb::CLAIM_STATE_SETTLED;
}

bool WasAppraised(const pb::ClaimAppraisal& appraisal) {
  return !appraisal.appraiser().empty() && appraisal.verdict() != pb::APPRAISAL_VERDICT_UNSPECIFIED;
}

absl::Status CheckTime(absl::string_view field, const google::protobuf::Timestamp& stamp, absl::Time now,
                       const Policy& policy) {
  const absl::Time at = FromTimestamp(stamp);
  if (at <= now + policy.clock_tolerance) return absl::OkStatus();
  return InvalidField(Path(field), "TIME_IN_FUTURE",
                      absl::StrCat("is ", ShowTime(at), "; it is ", ShowTime(now), " now"),
                      {{"value", ShowTime(at)}, {"now", ShowTime(now)}});
}

absl::StatusOr<Money> InCurrency(const google::type::Money& proto, const Money& like, absl::string_view field) {
  ASSIGN_OR_RETURN(const Money money, FromProto(proto, Path(field)));
  if (money.currency() == like.currency()) return money;
  return InvalidField(
      Path(field), "CURRENCY_MISMATCH", "must be in the currency of the claim",
      {{"value", std::string(money.currency().code())}, {"expected", std::string(like.currency().code())}});
}

absl::Status NotAbove(absl::string_view field, absl::string_view reason, const Money& value, const Money& limit,
                      absl::string_view what) {
  if (value.amount() <= limit.amount()) return absl::OkStatus();
  return InvalidField(Path(field), reason, absl::StrCat("is ", value.ToString(), "; ", limit.ToString(), " was ", what),
                      {{"value", value.ToString()}, {"limit", limit.ToString()}});
}

absl::Status CheckAppraisals(absl::Time now, const Policy& policy, pb::WarrantyClaim* claim) {
  const bool first = WasAppraised(claim->first_appraisal()), second = WasAppraised(claim->second_appraisal());
  if (!first &&
      (claim->state() == pb::CLAIM_STATE_FIRST_APPRAISED || claim->state() == pb::CLAIM_STATE_SECOND_APPRAISED)) {
    return Invalid("first_appraisal", *claim, "must say who appraised the claim and what came of it");
  }
  if (!second && claim->state() == pb::CLAIM_STATE_SECOND_APPRAISED) {
    return Invalid("second_appraisal", *claim, "must say who appraised the claim and what came of it");
  }
  if (first && second && claim->first_appraisal().appraiser() == claim->second_appraisal().appraiser()) {
    return Invalid("second_appraisal.appraiser", *claim, "must be another person than the first appraiser");
  }
  RETURN_IF_ERROR(CheckTime("first_appraisal.appraise_time", claim->first_appraisal().appraise_time(), now, policy));
  RETURN_IF_ERROR(CheckTime("second_appraisal.appraise_time", claim->second_appraisal().appraise_time(), now, policy));
  const auto doubtful = [](const pb::ClaimAppraisal& appraisal) {
    return appraisal.verdict() == pb::APPRAISAL_VERDICT_DOUBTFUL;
  };
  bool agrees = true;
  if (first && second) {
    agrees = claim->first_appraisal().verdict() == claim->second_appraisal().verdict();
    claim->mutable_second_appraisal()->set_agrees(agrees);
  }
  claim->set_doubtful(doubtful(claim->first_appraisal()) || doubtful(claim->second_appraisal()) || !agrees);
  return absl::OkStatus();
}

// What is still to be paid here rests on persons, as if it had been decided here.
absl::Status CheckDecided(const pb::WarrantyClaim& claim) {
  const auto& experts = claim.experts();
  if (!WasAppraised(claim.first_appraisal())) {
    return Invalid("first_appraisal", claim, "must say who appraised the claim and what came of it");
  }
  if (!WasAppraised(claim.second_appraisal())) {
    return Invalid("second_appraisal", claim, "must say who appraised the claim and what came of it");
  }
  const std::string& decider = claim.decider();
  if (decider.empty()) return Invalid("decider", claim, "must say who decided on the claim");
  if (decider == claim.first_appraisal().appraiser() || decider == claim.second_appraisal().appraiser() ||
      decider == claim.opinion().expert() || std::find(experts.begin(), experts.end(), decider) != experts.end()) {
    return Invalid("decider", claim, "must be another person than those who appraised the claim");
  }
  if (!claim.has_decide_time()) return Invalid("decide_time", claim, "must say when the claim was decided on");
  return absl::OkStatus();
}

// The sum over items, when each of them says what it was granted.
absl::StatusOr<std::optional<Money>> SumOfApproved(const pb::WarrantyClaim& claim, const Money& claimed) {
  Money sum = Money::Zero(claimed.currency());
  for (int i = 0; i < claim.items_size(); ++i) {
    if (!claim.items(i).has_approved()) return std::nullopt;
    ASSIGN_OR_RETURN(const Money approved,
                     InCurrency(claim.items(i).approved(), claimed, absl::StrCat("items[", i, "].approved")));
    ASSIGN_OR_RETURN(sum, Add(sum, approved));
  }
  return sum;
}

}  // namespace

absl::Status CheckHistory(absl::Time now, const Policy& policy, pb::WarrantyClaim* claim) {
  RETURN_IF_ERROR(CheckAppraisals(now, policy, claim));
  RETURN_IF_ERROR(CheckTime("decide_time", claim->decide_time(), now, policy));
  RETURN_IF_ERROR(CheckTime("settlement.settle_time", claim->settlement().settle_time(), now, policy));
  ASSIGN_OR_RETURN(const Money claimed, FromProto(claim->claimed_total(), Path("claimed_total")));
  ASSIGN_OR_RETURN(const std::optional<Money> sum, SumOfApproved(*claim, claimed));
  if (sum.has_value()) ToProto(*sum, claim->mutable_approved_total());
  if (!claim->has_approved_total()) {
    if (WasGranted(claim->state())) return Invalid("approved_total", *claim, "must say what was granted");
    if (claim->settlement().has_amount()) return Invalid("approved_total", *claim, "must say what was granted");
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Money approved, InCurrency(claim->approved_total(), claimed, "approved_total"));
  const bool may_be_granted = WasGranted(claim->state()) || claim->state() == pb::CLAIM_STATE_ARCHIVED;
  if (!may_be_granted && !approved.amount().is_zero()) {
    return Invalid("approved_total", *claim, "must be nothing: the claim was not granted");
  }
  if (!claim->goodwill()) {
    RETURN_IF_ERROR(NotAbove("approved_total", "APPROVED_ABOVE_CLAIMED", approved, claimed, "claimed"));
  }
  if (!claim->settlement().has_amount()) {
    if (claim->state() == pb::CLAIM_STATE_SETTLED) {
      return Invalid("settlement.amount", *claim, "must say what was paid");
    }
    return WasGranted(claim->state()) ? CheckDecided(*claim) : absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Money settled, InCurrency(claim->settlement().amount(), claimed, "settlement.amount"));
  RETURN_IF_ERROR(NotAbove("settlement.amount", "SETTLED_ABOVE_APPROVED", settled, approved, "approved"));
  ASSIGN_OR_RETURN(const Money difference, Subtract(claimed, settled));
  ToProto(difference, claim->mutable_settlement()->mutable_difference());
  const bool to_pay = WasGranted(claim->state()) && claim->state() != pb::CLAIM_STATE_SETTLED;
  return to_pay ? CheckDecided(*claim) : absl::OkStatus();
}

void KeepRulings(const pb::WarrantyClaim& before, pb::WarrantyClaim* after) {
  if (before.items_size() != after->items_size()) return;
  for (int i = 0; i < after->items_size(); ++i) {
    pb::ClaimItem* item = after->mutable_items(i);
    if (item->decision() != pb::CLAIM_ITEM_DECISION_UNSPECIFIED || item->has_approved()) continue;
    pb::ClaimItem known = before.items(i);
    known.clear_decision();
    known.clear_decision_reason();
    known.clear_approved();
    if (google::protobuf::util::MessageDifferencer::Equals(known, *item)) *item = before.items(i);
  }
}

absl::Status CheckStillHistory(const pb::WarrantyClaim& before, const pb::WarrantyClaim& after) {
  if (google::protobuf::util::MessageDifferencer::Equals(before, after)) return absl::OkStatus();
  return FailedPrecondition("CLAIM_NOT_HISTORY", before.name(),
                            "the claim has been worked on here; the import does not change it any more",
                            {{"state", pb::ClaimState_Name(before.state())}});
}

}  // namespace kam::aftersales::rules

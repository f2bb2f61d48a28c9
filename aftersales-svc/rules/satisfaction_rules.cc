#include "aftersales-svc/rules/satisfaction_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/proto_time.h"
#include "aftersales-svc/rules/refusal.h"
#include "common/money/decimal.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::aftersales::rules {
namespace {

// A figure as it is read back from its column: "3", not "3.00".
absl::StatusOr<std::string> Canonical(const std::string& figure) {
  if (figure.empty()) return figure;
  ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(figure, "figure"));
  return value.ToString();
}

// Is a figure there, and below its limit?
absl::StatusOr<bool> Below(const std::string& figure, const std::string& limit) {
  if (figure.empty() || limit.empty()) return false;
  ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(figure, "figure"));
  ASSIGN_OR_RETURN(const Decimal least, Decimal::Parse(limit, "limit"));
  return value < least;
}

absl::Status MeasureRequired(const sv1::SatisfactionReview& review) {
  return FailedPrecondition("MEASURE_REQUIRED", review.name(), "cause and measure must be written down first",
                            {{"csat", review.csat()}, {"target", review.target()}});
}

}  // namespace

absl::Status CheckTargetUpdate(const sv1::SatisfactionTarget& before) {
  if (before.state() == sv1::SATISFACTION_TARGET_STATE_DRAFT) return absl::OkStatus();
  return FailedPrecondition("SATISFACTION_TARGET_AGREED", before.name(),
                            "a target that was agreed never changes; archive it and propose another one");
}

absl::Status AgreeTarget(absl::string_view actor, absl::Time now, sv1::SatisfactionTarget* target) {
  // The last figures are those of the updater: whoever proposed first has not seen them.
  if (target->creator() == actor || target->updater() == actor) {
    return SeparationOfDuties("proposed the target", "agree to it");
  }
  target->set_agreed_by(std::string(actor));
  *target->mutable_agree_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckMonthOver(absl::CivilMonth month, absl::CivilDay today) {
  if (absl::CivilMonth(today) > month) return absl::OkStatus();
  return InvalidField("satisfaction_review.month", "MONTH_NOT_OVER",
                      absl::StrCat("is not over yet; today is ", FormatDate(today)), {{"today", FormatDate(today)}});
}

absl::Status OpenReview(const sv1::MonthlySatisfaction& figures, const sv1::SatisfactionTarget* target,
                        sv1::SatisfactionReview* review) {
  review->set_state(sv1::SATISFACTION_REVIEW_STATE_OPEN);
  review->set_responses(static_cast<int32_t>(figures.responses()));
  ASSIGN_OR_RETURN(*review->mutable_csat(), Canonical(figures.csat()));
  review->set_csat_answers(static_cast<int32_t>(figures.csat_answers()));
  ASSIGN_OR_RETURN(*review->mutable_nps(), Canonical(figures.nps()));
  review->set_nps_answers(static_cast<int32_t>(figures.nps_answers()));
  ASSIGN_OR_RETURN(*review->mutable_trend(), Canonical(figures.trend()));
  review->set_metric_version(figures.metric_version());
  return target == nullptr ? absl::OkStatus() : MeasureBy(*target, review);
}

absl::Status MeasureBy(const sv1::SatisfactionTarget& target, sv1::SatisfactionReview* review) {
  review->set_target(target.name());
  ASSIGN_OR_RETURN(const bool csat_below, Below(review->csat(), target.csat()));
  ASSIGN_OR_RETURN(const bool nps_below, Below(review->nps(), target.nps()));
  review->set_below_target(csat_below || nps_below);
  return absl::OkStatus();
}

absl::Status Verify(absl::string_view actor, absl::Time now, sv1::SatisfactionReview* review) {
  if (review->below_target() && review->measure().empty()) return MeasureRequired(*review);
  if (review->creator() == actor || review->measure_author() == actor || review->measure_owner() == actor) {
    return SeparationOfDuties("wrote the review", "check it");
  }
  review->set_verifier(std::string(actor));
  *review->mutable_verify_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status RecordEffect(absl::string_view effect, sv1::SatisfactionReview* review) {
  if (review->measure().empty()) return MeasureRequired(*review);
  review->set_effect(std::string(effect));
  return absl::OkStatus();
}

}  // namespace kam::aftersales::rules

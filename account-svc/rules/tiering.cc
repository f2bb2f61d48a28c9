#include "account-svc/rules/tiering.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/account_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/decimal.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_evaluation.pb.h"

namespace kam::account::rules {
namespace {

using v1::AccountEvaluation;
using v1::TierCriterion;
using v1::TierModel;

constexpr int kHundred = 100;
constexpr int kDigits = 4;

struct Band {
  Decimal at_least;
  Decimal points;
};

absl::StatusOr<std::vector<Band>> BandsOf(const TierModel& model, TierCriterion criterion) {
  std::vector<Band> bands;
  for (const v1::TierBand& band : model.bands()) {
    if (band.criterion() != criterion) continue;
    ASSIGN_OR_RETURN(const Decimal at_least, Decimal::Parse(band.at_least(), "at_least"));
    ASSIGN_OR_RETURN(const Decimal points, Decimal::Parse(band.points(), "points"));
    bands.push_back({at_least, points});
  }
  return bands;
}

absl::Status CheckBands(const TierModel& model, TierCriterion criterion) {
  ASSIGN_OR_RETURN(const std::vector<Band> bands, BandsOf(model, criterion));
  const std::string name = v1::TierCriterion_Name(criterion);
  const auto invalid = [&](absl::string_view what) {
    return InvalidField("tier_model.bands", "BANDS_INVALID", absl::StrCat(name, ": ", what), {{"criterion", name}});
  };
  if (bands.empty()) return invalid("it counts, but has no band");
  for (size_t i = 1; i < bands.size(); ++i) {
    if (bands[i].at_least <= bands[i - 1].at_least) return invalid("each band begins higher than the one before it");
    if (bands[i].points < bands[i - 1].points) return invalid("a higher value never has fewer points");
  }
  return absl::OkStatus();
}

// What an evaluation says of a criterion, and the field it stands in.
struct Input {
  std::string field;
  std::optional<std::string> value;
};

absl::StatusOr<Input> InputOf(const TierModel& model, const AccountEvaluation& evaluation, TierCriterion criterion) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::nullopt : std::optional<std::string>(value);
  };
  switch (criterion) {
    case v1::TIER_CRITERION_REVENUE: {
      if (!evaluation.has_revenue()) return Input{"revenue", std::nullopt};
      ASSIGN_OR_RETURN(const Money revenue, FromProto(evaluation.revenue(), "account_evaluation.revenue"));
      if (revenue.currency().code() != model.currency()) {
        return InvalidField("account_evaluation.revenue", "CURRENCY_MISMATCH",
                            absl::StrCat("the model of the day reckons in ", model.currency()),
                            {{"currency", std::string(revenue.currency().code())}, {"expected", model.currency()}});
      }
      return Input{"revenue", revenue.amount().ToString()};
    }
    case v1::TIER_CRITERION_MARGIN:
      return Input{"margin_percent", text(evaluation.margin_percent())};
    case v1::TIER_CRITERION_GROWTH:
      return Input{"growth_percent", text(evaluation.growth_percent())};
    case v1::TIER_CRITERION_PAYMENT:
      return Input{"on_time_percent", text(evaluation.on_time_percent())};
    default:
      return Input{"potential_score", text(evaluation.potential_score())};
  }
}

absl::StatusOr<v1::Tier> TierOf(const TierModel& model, Decimal total) {
  ASSIGN_OR_RETURN(const Decimal strategic, Decimal::Parse(model.strategic_from(), "strategic_from"));
  ASSIGN_OR_RETURN(const Decimal a, Decimal::Parse(model.a_from(), "a_from"));
  ASSIGN_OR_RETURN(const Decimal b, Decimal::Parse(model.b_from(), "b_from"));
  if (total >= strategic) return v1::TIER_STRATEGIC;
  if (total >= a) return v1::TIER_A;
  return total >= b ? v1::TIER_B : v1::TIER_C;
}

absl::Status NotBy(absl::string_view rule, absl::string_view message, absl::string_view permission) {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES", message,
               {{"rule", std::string(rule)}, {"permission", std::string(permission)}});
}

absl::Status NotComputer(absl::string_view actor, const AccountEvaluation& evaluation) {
  if (evaluation.creator() != actor) return absl::OkStatus();
  return NotBy("computer", "whoever had the tier worked out neither proposes nor confirms it",
               "account_evaluation.propose");
}

}  // namespace

absl::Status CheckModel(const TierModel& model) {
  std::map<TierCriterion, Decimal> weights;
  Decimal sum;
  for (int i = 0; i < model.weights_size(); ++i) {
    const v1::TierWeight& weight = model.weights(i);
    ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(weight.weight(), "weight"));
    if (!weights.emplace(weight.criterion(), value).second) {
      return InvalidField(absl::StrCat("tier_model.weights[", i, "].criterion"), "CRITERION_REPEATED",
                          absl::StrCat(v1::TierCriterion_Name(weight.criterion()), " was named before"));
    }
    ASSIGN_OR_RETURN(sum, Add(sum, value));
  }
  if (sum != Decimal::FromInt(kHundred)) {
    return InvalidField("tier_model.weights", "TIER_WEIGHTS_INVALID",
                        absl::StrCat("add up to ", sum.ToString(), "; must be ", kHundred),
                        {{"value", sum.ToString()}, {"limit", absl::StrCat(kHundred)}});
  }
  for (const auto& [criterion, weight] : weights) {
    if (!weight.is_zero()) RETURN_IF_ERROR(CheckBands(model, criterion));
  }
  for (int i = 0; i < model.bands_size(); ++i) {
    const auto weight = weights.find(model.bands(i).criterion());
    if (weight != weights.end() && !weight->second.is_zero()) continue;
    return InvalidField(absl::StrCat("tier_model.bands[", i, "].criterion"), "BANDS_INVALID",
                        absl::StrCat(v1::TierCriterion_Name(model.bands(i).criterion()), " has a band and no weight"));
  }
  ASSIGN_OR_RETURN(const Decimal strategic, Decimal::Parse(model.strategic_from(), "strategic_from"));
  ASSIGN_OR_RETURN(const Decimal a, Decimal::Parse(model.a_from(), "a_from"));
  ASSIGN_OR_RETURN(const Decimal b, Decimal::Parse(model.b_from(), "b_from"));
  if (strategic > a && a > b) return absl::OkStatus();
  return InvalidField("tier_model.strategic_from", "CUT_OFFS_INVALID", "strategic must be above A, and A above B");
}

absl::Status CheckModelUpdate(const TierModel& before) {
  if (before.state() == v1::TIER_MODEL_STATE_DRAFT) return absl::OkStatus();
  return FailedPrecondition("MODEL_RELEASED", before.name(),
                            "a released model does not change; write another one with a later first day");
}

absl::Status Release(absl::string_view actor, absl::Time now, TierModel* model) {
  if (model->creator() == actor || model->updater() == actor) {
    return NotBy("author", "whoever wrote a model does not release it; somebody else with tier_model.release may",
                 "tier_model.release");
  }
  model->set_releaser(std::string(actor));
  *model->mutable_release_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status Evaluate(const TierModel& model, AccountEvaluation* evaluation) {
  evaluation->clear_scores();
  Decimal total;
  for (const v1::TierWeight& counted : model.weights()) {
    ASSIGN_OR_RETURN(const Decimal weight, Decimal::Parse(counted.weight(), "weight"));
    if (weight.is_zero()) continue;
    ASSIGN_OR_RETURN(const Input input, InputOf(model, *evaluation, counted.criterion()));
    if (!input.value.has_value()) {
      return InvalidField(absl::StrCat("account_evaluation.", input.field), "EVALUATION_INPUT_MISSING",
                          absl::StrCat("the model of the day counts it with ", weight.ToString(), " %"),
                          {{"weight", weight.ToString()}});
    }
    ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(*input.value, input.field));
    ASSIGN_OR_RETURN(const std::vector<Band> bands, BandsOf(model, counted.criterion()));
    Decimal points;
    for (const Band& band : bands) {
      if (value >= band.at_least) points = band.points;
    }
    ASSIGN_OR_RETURN(const Decimal weighted, MultiplyDivide(points, weight, Decimal::FromInt(kHundred), kDigits));
    ASSIGN_OR_RETURN(total, Add(total, weighted));
    v1::EvaluationScore* score = evaluation->add_scores();
    score->set_criterion(counted.criterion());
    // Whoever may not know the margin sees its points only.
    if (counted.criterion() != v1::TIER_CRITERION_MARGIN) score->set_value(value.ToString());
    score->set_points(points.ToString());
    score->set_weight(weight.ToString());
    score->set_weighted(weighted.ToString());
  }
  evaluation->set_model(model.name());
  evaluation->set_total(total.ToString());
  ASSIGN_OR_RETURN(const v1::Tier tier, TierOf(model, total));
  evaluation->set_computed_tier(tier);
  evaluation->set_state(v1::EVALUATION_STATE_COMPUTED);
  return absl::OkStatus();
}

absl::Status ProposeTier(absl::string_view actor, v1::Tier tier, absl::string_view reason,
                         AccountEvaluation* evaluation) {
  RETURN_IF_ERROR(NotComputer(actor, *evaluation));
  if (tier == v1::TIER_UNSPECIFIED) tier = evaluation->computed_tier();
  if (tier != evaluation->computed_tier() && reason.empty()) {
    return InvalidField("reason", "OVERRIDE_REASON_REQUIRED",
                        absl::StrCat("another tier than ", v1::Tier_Name(evaluation->computed_tier()),
                                     ", which was worked out, takes a reason"),
                        {{"computed", v1::Tier_Name(evaluation->computed_tier())}});
  }
  evaluation->set_proposed_tier(tier);
  evaluation->set_proposer(std::string(actor));
  evaluation->clear_override_reason();
  if (tier != evaluation->computed_tier()) evaluation->set_override_reason(std::string(reason));
  return absl::OkStatus();
}

absl::Status DecideTier(absl::string_view actor, absl::string_view reason, absl::Time now,
                        AccountEvaluation* evaluation) {
  RETURN_IF_ERROR(NotComputer(actor, *evaluation));
  if (evaluation->proposer() == actor) {
    return NotBy("proposer", "whoever proposes a tier does not confirm it; somebody else with account.tier.confirm may",
                 "account.tier.confirm");
  }
  evaluation->set_decider(std::string(actor));
  *evaluation->mutable_decide_time() = ToTimestamp(now);
  evaluation->set_decision_reason(std::string(reason));
  return absl::OkStatus();
}

absl::Status CheckNotSuperseded(const AccountEvaluation& evaluation, absl::string_view confirmed_as_of) {
  if (confirmed_as_of <= evaluation.as_of()) return absl::OkStatus();
  return FailedPrecondition("EVALUATION_SUPERSEDED", evaluation.name(),
                            absl::StrCat("is of ", evaluation.as_of(), "; the tier was given by one of ",
                                         confirmed_as_of, ", and an older one does not replace it"),
                            {{"asOf", evaluation.as_of()}, {"confirmed", std::string(confirmed_as_of)}});
}

absl::StatusOr<std::string> ReviewDate(const std::string& asked, const std::string& today, const Policy& policy) {
  if (asked.empty()) return AddMonths(today, policy.tier_review_months);
  if (asked >= today) return asked;
  return InvalidField("review_date", "DATE_IN_PAST", absl::StrCat("is ", asked, "; today is ", today),
                      {{"value", asked}, {"limit", today}});
}

absl::Status CheckTierCanBeGiven(const v1::Account& account) {
  if (account.state() == v1::ACCOUNT_STATE_CLOSED) {
    return FailedPrecondition("ACCOUNT_CLOSED", account.name(), "the file is closed and cannot be changed");
  }
  if (account.state() == v1::ACCOUNT_STATE_DRAFT || account.state() == v1::ACCOUNT_STATE_SUBMITTED) {
    return FailedPrecondition("ACCOUNT_NOT_VERIFIED", account.name(), "the source of the customer is not verified",
                              {{"permission", "account.verify"}});
  }
  return CheckIdentityStands(account);
}

}  // namespace kam::account::rules

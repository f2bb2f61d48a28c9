#include "account-svc/rules/initiative_rules.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/decimal.h"
#include "common/status/status.h"
#include "kam/account/v1/product_initiative.pb.h"
#include "kam/account/v1/product_initiative_service.pb.h"

namespace kam::account::rules {
namespace {

// `place` of `count`, from 1.
absl::Status CheckPlace(absl::string_view field, absl::string_view reason, int place, int count) {
  if (place >= 1 && place <= count) return absl::OkStatus();
  return InvalidField(field, reason, absl::StrCat("must be 1 to ", count),
                      {{"value", absl::StrCat(place)}, {"limit", absl::StrCat(count)}});
}

}  // namespace

absl::Status CheckInitiativeUpdate(const v1::ProductInitiative& before, v1::ProductInitiative* after) {
  if (before.state() == v1::PRODUCT_INITIATIVE_STATE_EVALUATED ||
      before.state() == v1::PRODUCT_INITIATIVE_STATE_REJECTED ||
      before.state() == v1::PRODUCT_INITIATIVE_STATE_STOPPED ||
      before.state() == v1::PRODUCT_INITIATIVE_STATE_WITHDRAWN) {
    return FailedPrecondition("INITIATIVE_OVER", before.name(), "it is over and does not change",
                              {{"state", v1::ProductInitiativeState_Name(before.state())}});
  }
  if (before.state() == v1::PRODUCT_INITIATIVE_STATE_PROPOSED) return absl::OkStatus();
  const auto frozen = [&before](absl::string_view field, absl::string_view what) {
    return FailedPrecondition("MEASURES_FROZEN", before.name(),
                              absl::StrCat(field, ": ", what, "; somebody else approves another proposal"),
                              {{"field", absl::StrCat("product_initiative.", field)},
                               {"state", v1::ProductInitiativeState_Name(before.state())}});
  };
  if (before.product() != after->product()) return frozen("product", "was approved and does not change");
  if (before.proposal() != after->proposal()) return frozen("proposal", "was approved and does not change");
  const bool same_effects = before.effects_size() == after->effects_size() &&
                            std::equal(before.effects().begin(), before.effects().end(), after->effects().begin(),
                                       [](const v1::InitiativeEffect& a, const v1::InitiativeEffect& b) {
                                         return a.measure() == b.measure() && a.target() == b.target();
                                       });
  // What was still missing when it was approved is added before it is tried.
  const bool missing = before.state() == v1::PRODUCT_INITIATIVE_STATE_APPROVED && before.effects().empty();
  if (!same_effects && !missing) return frozen("effects", "what a product is to bring does not change");
  if (before.state() != v1::PRODUCT_INITIATIVE_STATE_APPROVED) {
    const auto& targets = after->target_accounts();
    for (const std::string& account : before.target_accounts()) {
      if (std::find(targets.begin(), targets.end(), account) != targets.end()) continue;
      return frozen("target_accounts", absl::StrCat(account, " is tried already and stays"));
    }
  }
  // The day on which a milestone was reached is not the caller's to write, and stays with it.
  for (int i = 0; i < before.milestones_size(); ++i) {
    const v1::InitiativeMilestone& reached = before.milestones(i);
    if (reached.done_date().empty()) continue;
    if (i >= after->milestones_size() || after->milestones(i).title() != reached.title() ||
        after->milestones(i).due_date() != reached.due_date()) {
      return FailedPrecondition("MILESTONE_REACHED", before.name(),
                                absl::StrCat(reached.title(), " was reached on ", reached.done_date(), " and stays"),
                                {{"milestone", reached.title()}, {"day", reached.done_date()}});
    }
    after->mutable_milestones(i)->set_done_date(reached.done_date());
  }
  return absl::OkStatus();
}

absl::Status CheckTrial(const v1::ProductInitiative& initiative) {
  std::vector<std::string> missing;
  if (initiative.target_accounts().empty()) missing.push_back("target_accounts");
  if (initiative.milestones().empty()) missing.push_back("milestones");
  if (initiative.effects().empty()) missing.push_back("effects");
  if (missing.empty()) return absl::OkStatus();
  const std::string list = absl::StrJoin(missing, ", ");
  return FailedPrecondition("INITIATIVE_INCOMPLETE", initiative.name(),
                            absl::StrCat("before it is tried it needs ", list), {{"missing", list}});
}

absl::Status AddSample(const v1::RecordProductSampleRequest& request, const std::string& today,
                       v1::ProductInitiative* initiative) {
  const auto& targets = initiative->target_accounts();
  if (std::find(targets.begin(), targets.end(), request.account()) == targets.end()) {
    return InvalidField("account", "ACCOUNT_NOT_TARGETED", "is not one of the accounts the product is for",
                        {{"value", request.account()}});
  }
  const std::string day = request.sample_date().empty() ? today : request.sample_date();
  RETURN_IF_ERROR(CheckNotLater(day, today, "sample_date"));
  v1::InitiativeSample* sample = initiative->add_samples();
  sample->set_account(request.account());
  sample->set_sample_date(day);
  sample->set_description(request.description());
  sample->set_result(request.result());
  sample->set_successful(request.successful());
  return absl::OkStatus();
}

absl::Status VoidSample(const v1::VoidProductSampleRequest& request, absl::Time now,
                        v1::ProductInitiative* initiative) {
  RETURN_IF_ERROR(CheckPlace("sample", "SAMPLE_UNKNOWN", request.sample(), initiative->samples_size()));
  v1::InitiativeSample& sample = *initiative->mutable_samples(request.sample() - 1);
  if (!sample.void_reason().empty()) {
    return FailedPrecondition("SAMPLE_VOID", initiative->name(), "the trial does not count already",
                              {{"sample", absl::StrCat(request.sample())}});
  }
  sample.set_void_reason(request.reason());
  *sample.mutable_void_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status ReopenMilestone(const v1::ReopenInitiativeMilestoneRequest& request, v1::ProductInitiative* initiative) {
  RETURN_IF_ERROR(CheckPlace("milestone", "MILESTONE_UNKNOWN", request.milestone(), initiative->milestones_size()));
  v1::InitiativeMilestone& milestone = *initiative->mutable_milestones(request.milestone() - 1);
  if (milestone.done_date().empty()) {
    return FailedPrecondition("MILESTONE_NOT_REACHED", initiative->name(), "it was not reached",
                              {{"milestone", milestone.title()}});
  }
  milestone.clear_done_date();
  return absl::OkStatus();
}

absl::Status CheckWithdrawal(absl::string_view actor, const v1::ProductInitiative& initiative) {
  if (actor == initiative.proposer()) return absl::OkStatus();
  return Denied("PROPOSER_REQUIRED", absl::StrCat("the proposal is taken back by ", initiative.proposer()),
                initiative.proposer());
}

absl::Status ReachMilestone(const v1::ReachInitiativeMilestoneRequest& request, const std::string& today,
                            v1::ProductInitiative* initiative) {
  RETURN_IF_ERROR(CheckPlace("milestone", "MILESTONE_UNKNOWN", request.milestone(), initiative->milestones_size()));
  v1::InitiativeMilestone& milestone = *initiative->mutable_milestones(request.milestone() - 1);
  if (!milestone.done_date().empty()) {
    return FailedPrecondition("MILESTONE_REACHED", initiative->name(),
                              absl::StrCat("it was reached on ", milestone.done_date()),
                              {{"milestone", milestone.title()}, {"day", milestone.done_date()}});
  }
  const std::string day = request.done_date().empty() ? today : request.done_date();
  RETURN_IF_ERROR(CheckNotLater(day, today, "done_date"));
  milestone.set_done_date(day);
  return absl::OkStatus();
}

absl::Status CheckRollOut(const v1::ProductInitiative& initiative) {
  const auto& samples = initiative.samples();
  if (std::any_of(samples.begin(), samples.end(),
                  [](const v1::InitiativeSample& at) { return at.successful() && at.void_reason().empty(); })) {
    return absl::OkStatus();
  }
  return FailedPrecondition("TRIAL_WITHOUT_SUCCESS", initiative.name(),
                            absl::StrCat("of ", samples.size(), " trials none succeeded"),
                            {{"trials", absl::StrCat(samples.size())}});
}

absl::Status EvaluateEffect(const v1::EvaluateProductInitiativeRequest& request, v1::ProductInitiative* initiative) {
  constexpr int kPercentScale = 2;
  std::map<std::string, std::string> actual;
  for (const v1::EffectFigure& figure : request.figures()) actual[figure.measure()] = figure.actual();
  std::vector<std::string> missing;
  Decimal sum;
  int counted = 0;
  for (v1::InitiativeEffect& effect : *initiative->mutable_effects()) {
    const auto at = actual.find(effect.measure());
    if (at == actual.end()) {
      missing.push_back(effect.measure());
      continue;
    }
    effect.set_actual(at->second);
    ASSIGN_OR_RETURN(const Decimal reached, Decimal::Parse(at->second, "figures"));
    ASSIGN_OR_RETURN(const Decimal target, Decimal::Parse(effect.target(), "product_initiative.effects"));
    if (target.is_zero()) continue;
    ASSIGN_OR_RETURN(const Decimal percent, MultiplyDivide(reached, Decimal::FromInt(100), target));
    ASSIGN_OR_RETURN(sum, Add(sum, percent));
    ++counted;
  }
  if (!missing.empty() || actual.size() != static_cast<size_t>(initiative->effects_size())) {
    const std::string list = absl::StrJoin(missing, ", ");
    return InvalidField("figures", "FIGURES_MISSING",
                        absl::StrCat("must have one figure for each measure of the initiative and no other",
                                     list.empty() ? "" : "; missing: ", list),
                        {{"missing", list}});
  }
  if (counted > 0) {
    ASSIGN_OR_RETURN(const Decimal mean, Divide(sum, Decimal::FromInt(counted), kPercentScale));
    initiative->set_effect_percent(mean.ToString());
  }
  initiative->set_conclusion(request.conclusion());
  return absl::OkStatus();
}

absl::Status StopInitiative(const v1::StopProductInitiativeRequest& request, absl::string_view actor, absl::Time now,
                            v1::ProductInitiative* initiative) {
  RETURN_IF_ERROR(CheckOther(actor, initiative->owner(), "responsible",
                             "a product is given up by another than who answers for its effect"));
  initiative->set_stop_reason(request.reason());
  initiative->set_stopper(std::string(actor));
  *initiative->mutable_stop_time() = ToTimestamp(now);
  initiative->set_conclusion(request.conclusion());
  return absl::OkStatus();
}

}  // namespace kam::account::rules

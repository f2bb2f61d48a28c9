#include "account-svc/rules/visit_plan_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/account/v1/visit_plan.pb.h"

namespace kam::account::rules {
namespace {

bool IsYear(const v1::VisitPlan& plan) { return plan.period_kind() == v1::VISIT_PLAN_PERIOD_YEAR; }

absl::Status PlanEmpty(const v1::VisitPlan& plan) {
  return FailedPrecondition("PLAN_EMPTY", plan.name(), "the plan has no items");
}

// The plan without what signing, handing in and storing add to it.
std::string Content(v1::VisitPlan plan) {
  plan.clear_etag();
  plan.clear_update_time();
  plan.clear_updater();
  plan.clear_owner_sign_time();
  plan.clear_manager_sign_time();
  plan.clear_return_reason();
  plan.clear_state();
  plan.clear_accounts_left_out();
  for (v1::VisitPlanItem& item : *plan.mutable_items()) item.clear_visits_by_tier();
  return plan.SerializeAsString();
}

// Whoever is due in the period and not planned is left out for a reason.
absl::Status CheckLeftOut(const std::map<std::string, int64_t>& planned, const std::map<std::string, v1::Tier>& others,
                          const Policy& policy, v1::VisitPlan* plan) {
  constexpr size_t kNamed = 20;
  std::vector<std::string> left_out;
  for (const auto& [account, tier] : others) {
    if (planned.count(account) > 0) continue;
    ASSIGN_OR_RETURN(const int64_t wanted, VisitsWanted(*plan, tier, policy));
    if (wanted > 0) left_out.push_back(account);
  }
  plan->set_accounts_left_out(static_cast<int32_t>(left_out.size()));
  if (left_out.empty() || !absl::StripAsciiWhitespace(plan->left_out_reason()).empty()) return absl::OkStatus();
  const size_t named = std::min(left_out.size(), kNamed);
  const std::string list = absl::StrJoin(left_out.begin(), left_out.begin() + static_cast<std::ptrdiff_t>(named), ", ");
  return InvalidField("visit_plan.left_out_reason", "VISIT_ACCOUNTS_LEFT_OUT",
                      absl::StrCat("says why ", left_out.size(), " accounts that are due are not visited: ", list),
                      {{"accounts", list}, {"value", absl::StrCat(left_out.size())}});
}

}  // namespace

int VisitIntervalDays(v1::Tier tier, const Policy& policy) {
  const auto at = static_cast<size_t>(tier);
  return policy.visit_interval_days[at < policy.visit_interval_days.size() ? at : 0];
}

absl::StatusOr<std::string> VisitDueDate(absl::string_view last, v1::Tier tier, const Policy& policy) {
  return AddDays(last, VisitIntervalDays(tier, policy));
}

absl::StatusOr<int64_t> VisitsWanted(const v1::VisitPlan& plan, v1::Tier tier, const Policy& policy) {
  constexpr int kDaysOfMonth = 31;
  ASSIGN_OR_RETURN(const std::string end, PlanEnd(plan));
  ASSIGN_OR_RETURN(const int64_t length, DaysBetween(plan.start_date(), end));
  const int interval = VisitIntervalDays(tier, policy);
  const int64_t wanted = (length + 1) / interval;
  return wanted == 0 && interval <= kDaysOfMonth ? 1 : wanted;
}

absl::Status CheckInPlan(const v1::Visit& visit, const v1::VisitPlan& plan, absl::TimeZone zone) {
  const auto& items = plan.items();
  const bool listed = std::any_of(items.begin(), items.end(), [&](const v1::VisitPlanItem& item) {
    return item.account() == visit.account() && item.visitor() == visit.visitor();
  });
  const auto outside = [&](const std::string& what) {
    return InvalidField("visit.visit_plan", "VISIT_NOT_IN_PLAN", what,
                        {{"visitPlan", plan.name()}, {"account", visit.account()}, {"visitor", visit.visitor()}});
  };
  if (!listed) return outside(absl::StrCat("does not have ", visit.account(), " with this visitor"));
  if (plan.state() != v1::VISIT_PLAN_STATE_APPROVED) {
    const std::string state =
        absl::StrCat(absl::StripPrefix(v1::VisitPlanState_Name(plan.state()), "VISIT_PLAN_STATE_"));
    return FailedPrecondition("VISIT_PLAN_NOT_APPROVED", plan.name(),
                              absl::StrCat("the plan is ", state, "; visits belong to an approved one"),
                              {{"state", state}});
  }
  if (!visit.has_planned_start()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string end, PlanEnd(plan));
  const std::string day = TodayText(FromTimestamp(visit.planned_start()), zone);
  if (day >= plan.start_date() && day <= end) return absl::OkStatus();
  return outside(absl::StrCat("is for ", plan.start_date(), " to ", end, ", not for ", day));
}

absl::StatusOr<std::string> PlanEnd(const v1::VisitPlan& plan) {
  constexpr int kMonthsOfYear = 12;
  ASSIGN_OR_RETURN(const std::string next, AddMonths(plan.start_date(), IsYear(plan) ? kMonthsOfYear : 1));
  return AddDays(next, -1);
}

std::vector<std::string> CompanionsOf(const v1::VisitPlanItem& item) {
  return absl::StrSplit(item.companions(), ' ', absl::SkipEmpty());
}

absl::Status CheckPlan(const v1::VisitPlan& plan) {
  if (!absl::EndsWith(plan.start_date(), IsYear(plan) ? "-01-01" : "-01")) {
    return InvalidField("visit_plan.start_date", "PERIOD_START_INVALID",
                        absl::StrCat("is ", plan.start_date(), "; the period begins on the first day of a ",
                                     IsYear(plan) ? "year" : "month"));
  }
  if (!plan.sales_manager().empty() && plan.sales_manager() == plan.owner()) {
    return InvalidField("visit_plan.sales_manager", "SIGNER_IS_OWNER",
                        "is the owner of the plan; it is drawn up together with another person",
                        {{"employee", plan.owner()}});
  }
  ASSIGN_OR_RETURN(const std::string end, PlanEnd(plan));
  for (int i = 0; i < plan.items_size(); ++i) {
    const std::string& day = plan.items(i).planned_date();
    if (!day.empty() && (day < plan.start_date() || day > end)) {
      return InvalidField(absl::StrCat("visit_plan.items[", i, "].planned_date"), "DATE_OUT_OF_PERIOD",
                          absl::StrCat("is not from ", plan.start_date(), " to ", end),
                          {{"value", day}, {"from", plan.start_date()}, {"until", end}});
    }
    std::set<std::string> seen = {plan.items(i).visitor()};
    for (const std::string& companion : CompanionsOf(plan.items(i))) {
      if (seen.insert(companion).second) continue;
      return InvalidField(absl::StrCat("visit_plan.items[", i, "].companions"), "COMPANION_REPEATED",
                          absl::StrCat(companion, " goes already"), {{"employee", companion}});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPlanUpdate(const v1::VisitPlan& before) {
  if (before.state() == v1::VISIT_PLAN_STATE_DRAFT) return absl::OkStatus();
  return FailedPrecondition(
      "PLAN_NOT_DRAFT", before.name(),
      absl::StrCat("the plan is ", v1::VisitPlanState_Name(before.state()), "; it changes as a draft only"));
}

absl::Status CheckPlanArchive(const v1::VisitPlan& before) {
  if (before.state() == v1::VISIT_PLAN_STATE_DRAFT || before.has_archive_time()) return absl::OkStatus();
  return RecordKept(before.name(), v1::VisitPlanState_Name(before.state()), "it is returned, or closed");
}

void DropStaleSignatures(const v1::VisitPlan& before, v1::VisitPlan* after) {
  if (Content(before) == Content(*after)) return;
  after->clear_owner_sign_time();
  after->clear_manager_sign_time();
}

absl::Status Sign(absl::string_view actor, absl::Time now, v1::VisitPlan* plan) {
  if (plan->items_size() == 0) return PlanEmpty(*plan);
  const bool owner = actor == plan->owner();
  if (!owner && actor != plan->sales_manager()) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_A_SIGNER",
                 absl::StrCat("the plan is signed by its owner ", plan->owner(), " and by ",
                              plan->sales_manager().empty() ? "a sales manager whom it does not name yet"
                                                            : plan->sales_manager()),
                 {{"owner", plan->owner()}, {"salesManager", plan->sales_manager()}});
  }
  if (owner ? plan->has_owner_sign_time() : plan->has_manager_sign_time()) {
    return FailedPrecondition("ALREADY_SIGNED", plan->name(), "the caller has signed this content already");
  }
  *(owner ? plan->mutable_owner_sign_time() : plan->mutable_manager_sign_time()) = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status SubmitPlan(const std::map<std::string, v1::Tier>& tiers, const std::map<std::string, v1::Tier>& others,
                        const Policy& policy, v1::VisitPlan* plan) {
  if (plan->items_size() == 0) return PlanEmpty(*plan);
  if (plan->sales_manager().empty()) {
    return InvalidField("visit_plan.sales_manager", "SALES_MANAGER_REQUIRED",
                        "a plan of visits is drawn up together with a sales manager");
  }
  if (!plan->has_owner_sign_time() || !plan->has_manager_sign_time()) {
    const std::string who = plan->has_owner_sign_time() ? plan->sales_manager() : plan->owner();
    return FailedPrecondition("SIGNATURE_MISSING", plan->name(),
                              absl::StrCat("both sign what is handed in; ", who, " has not"), {{"employee", who}});
  }
  std::map<std::string, int64_t> planned;
  std::map<std::string, bool> explained;
  for (const v1::VisitPlanItem& item : plan->items()) {
    planned[item.account()] += item.visits();
    explained[item.account()] |= !absl::StripAsciiWhitespace(item.deviation_reason()).empty();
  }
  for (int i = 0; i < plan->items_size(); ++i) {
    v1::VisitPlanItem& item = *plan->mutable_items(i);
    const auto tier = tiers.find(item.account());
    ASSIGN_OR_RETURN(const int64_t wanted,
                     VisitsWanted(*plan, tier == tiers.end() ? v1::TIER_UNSPECIFIED : tier->second, policy));
    item.set_visits_by_tier(static_cast<int32_t>(wanted));
    if (planned[item.account()] >= wanted || explained[item.account()]) continue;
    return InvalidField(absl::StrCat("visit_plan.items[", i, "].visits"), "VISIT_FREQUENCY_TOO_LOW",
                        absl::StrCat(planned[item.account()], " visits are planned; the tier of ", item.account(),
                                     " asks for ", wanted, ": plan them, or give a deviation_reason"),
                        {{"value", absl::StrCat(planned[item.account()])},
                         {"limit", absl::StrCat(wanted)},
                         {"account", item.account()}});
  }
  return CheckLeftOut(planned, others, policy, plan);
}

absl::Status ApprovePlan(absl::string_view actor, absl::Time now, v1::VisitPlan* plan) {
  if (actor == plan->owner()) return SeparationOfDuties("owner", "approve the plan");
  if (actor == plan->creator()) return SeparationOfDuties("creator", "approve the plan");
  if (actor == plan->sales_manager()) return SeparationOfDuties("sales manager who signed it", "approve the plan");
  plan->set_approver(std::string(actor));
  *plan->mutable_approve_time() = ToTimestamp(now);
  plan->clear_return_reason();
  return absl::OkStatus();
}

}  // namespace kam::account::rules

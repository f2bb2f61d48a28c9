#include "account-svc/policy.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "account-svc/rules/account_rules.h"
#include "account-svc/rules/instruction_rules.h"
#include "account-svc/rules/sales_rules.h"
#include "common/status/status.h"
#include "common/time/calendar.h"

namespace kam::account {

absl::Status Policy::Validate() const {
  constexpr int kDaysMax = 3660;
  constexpr int kHoursMax = 24;  // Of a day.
  constexpr int kPercentMax = 100;
  constexpr int kMonthsMax = 120;
  constexpr int kProposalsMax = 1000;
  constexpr int kTeamMax = 1000;  // Of ResolvedPrincipal.team.
  FieldViolations violations;
  const auto range = [&](absl::string_view field, int value, int low, int high) {
    if (value >= low && value <= high) return;
    violations.Add(absl::StrCat("policy.", field), "FIELD_OUT_OF_RANGE",
                   absl::StrCat("is ", value, "; must be ", low, " to ", high), {{"value", absl::StrCat(value)}});
  };
  range("protection_days_max", protection_days_max, 0, kDaysMax);
  range("protection_days", protection_days, 0, protection_days_max);
  range("holdings_max", holdings_max, 1, 1'000'000);
  range("claims_per_day_max", claims_per_day_max, 1, 1'000'000);
  range("reclaim_days", reclaim_days, 0, kDaysMax);
  range("draft_protection_days", draft_protection_days, 0, kDaysMax);
  range("open_reports_max", open_reports_max, 1, 1'000'000);
  range("renewals_max", renewals_max, 0, kDaysMax);
  range("owner_follow_up_days", owner_follow_up_days, 0, kDaysMax);
  range("deal_days", deal_days, 0, kDaysMax);
  range("protection_grace_days", protection_grace_days, 0, kDaysMax);
  range("handover_list_days", handover_list_days, 1, kDaysMax);
  range("handover_sign_days", handover_sign_days, 1, kDaysMax);
  range("take_over_rows_max", take_over_rows_max, 1, 100'000);
  range("duplicate_score_min", duplicate_score_min, 1, kPercentMax);
  range("dispute_decide_days", dispute_decide_days, 1, kDaysMax);
  for (size_t i = 0; i < release_reminder_days.size(); ++i) {
    range(absl::StrCat("release_reminder_days[", i, "]"), release_reminder_days[i], 1,
          i == 0 ? kDaysMax : release_reminder_days[i - 1] - 1);
  }
  range("tier_review_months", tier_review_months, 1, kMonthsMax);
  range("team_max", team_max, 1, kTeamMax);
  range("team_left_days", team_left_days, 0, kDaysMax);
  for (int i = 0; i < kTiers; ++i) {
    range(absl::StrCat("file_fresh_days[", i, "]"), file_fresh_days[static_cast<size_t>(i)], 1, kDaysMax);
  }
  range("filing_days", filing_days, 0, kDaysMax);
  range("share_tolerance_hundredths", share_tolerance_hundredths, 0, 100 * kPercentMax);
  range("snapshot_days", snapshot_days, 0, kDaysMax);
  range("snapshot_bytes_max", snapshot_bytes_max, 1 << 20, 1 << 30);
  range("snapshot_part_bytes", snapshot_part_bytes, 1 << 10, 12 << 20);
  range("snapshot_part_rows", snapshot_part_rows, 1, 1'000'000);
  range("snapshot_page_rows", snapshot_page_rows, 1, 10'000);
  range("merge_undo_days", merge_undo_days, 0, kDaysMax);
  range("merge_rows_max", merge_rows_max, 1, 100'000);
  range("merge_sweep_minutes", merge_sweep_minutes, 1, 1'440);
  range("merge_sweep_hours", merge_sweep_hours, 1, 24 * 366);
  range("dormant_call_days", dormant_call_days, 0, kDaysMax);
  range("lost_call_days", lost_call_days, 0, kDaysMax);
  range("document_bytes_max", document_bytes_max, 1, 4 << 20);
  range("document_filer_days", document_filer_days, 0, kDaysMax);
  range("document_grant_days_max", document_grant_days_max, 1, kDaysMax);
  for (int i = 0; i < kDocumentKinds; ++i) {
    range(absl::StrCat("document_retention_years[", i, "]"), document_retention_years[static_cast<size_t>(i)], 0, 100);
  }
  for (int i = 0; i < 3; ++i) {
    const auto at = static_cast<size_t>(i);
    range(absl::StrCat("dormancy_days[", i, "]"), dormancy_days[at], i == 0 ? 1 : dormancy_days[at - 1], kDaysMax);
  }
  range("inactive_rows_max", inactive_rows_max, 1, 1'000'000);
  range("resale_tolerance_hundredths", resale_tolerance_hundredths, 0, 100 * kPercentMax);
  range("improvement_answer_days", improvement_answer_days, 1, kDaysMax);
  range("work_hours_max", work_hours_max, 1, kHoursMax);
  range("work_report_grace_days", work_report_grace_days, 0, kDaysMax);
  range("onboarding_days", onboarding_days, 1, kDaysMax);
  range("onboarding_watch_days", onboarding_watch_days, onboarding_days, kDaysMax);
  range("notification_read_days", notification_read_days, 1, notification_days);
  range("notification_days", notification_days, 1, kDaysMax);
  range("assessment_target_days", assessment_target_days, 0, kDaysMax);
  range("leave_return_reminder_days", leave_return_reminder_days, 1, kDaysMax);
  range("leave_return_reminders", leave_return_reminders, 1, kDaysMax);
  range("reception_min", reception_min, 1, kDaysMax);
  range("leave_short_half_days", leave_short_half_days, 1, kDaysMax);
  range("establishment_of_specialists", establishment_of_specialists, 1, kTeamMax);
  range("establishment_of_posts", establishment_of_posts, 1, kTeamMax);
  range("leave_days_max", leave_days_max, 1, kDaysMax);
  range("leave_sick_backdating_days", leave_sick_backdating_days, 0, kDaysMax);
  for (int i = 0; i < kStages; ++i) {
    const auto at = static_cast<size_t>(i);
    range(absl::StrCat("stage_days[", i, "]"), stage_days[at], 0, kDaysMax);
    range(absl::StrCat("stage_probability[", i, "]"), stage_probability[at], i == 0 ? 0 : stage_probability[at - 1],
          kPercentMax);
  }
  const auto fields = [&](absl::string_view name, const std::vector<std::string>& paths, auto known) {
    for (size_t i = 0; i < paths.size(); ++i) {
      if (known(paths[i])) continue;
      violations.Add(absl::StrCat("policy.", name, "[", i, "]"), "FIELD_VALUE_UNKNOWN",
                     absl::StrCat(paths[i], " is not a field that can be asked for"));
    }
  };
  range("work_to_minute", work_to_minute, 1, kMinutesPerDay);
  range("work_from_minute", work_from_minute, 0, work_to_minute - 1);
  range("calling_to_minute", calling_to_minute, 1, kMinutesPerDay);
  range("calling_from_minute", calling_from_minute, 0, calling_to_minute - 1);
  range("card_hand_in_minute", card_hand_in_minute, 0, kMinutesPerDay);
  range("lead_assign_minute", lead_assign_minute, 0, kMinutesPerDay - 1);
  range("follow_up_quota", follow_up_quota, 0, 1000);
  range("referral_points_max", referral_points_max, 1, 1'000'000);
  constexpr int kMonthsOfYear = 12;
  range("referral_report_months", referral_report_months, 0, kMonthsOfYear);
  if (referral_report_months > 0 && kMonthsOfYear % referral_report_months != 0) {
    violations.Add("policy.referral_report_months", "FIELD_OUT_OF_RANGE",
                   "must be a part of the twelve months of a year", {{"value", absl::StrCat(referral_report_months)}});
  }
  range("opportunity_reopen_days", opportunity_reopen_days, 0, kDaysMax);
  range("cross_sell_reopen_days", cross_sell_reopen_days, 0, kDaysMax);
  range("demand_correction_days", demand_correction_days, 0, kDaysMax);
  for (size_t i = 0; i < follow_up_days.size(); ++i) {
    range(absl::StrCat("follow_up_days[", i, "]"), follow_up_days[i], i == 0 ? 1 : follow_up_days[i - 1], kDaysMax);
  }
  if (sales_process.empty()) violations.Add("policy.sales_process", "FIELD_REQUIRED", "must be set");
  range("success_case_score", success_case_score, 1, kPercentMax);
  const auto longer = [&](absl::string_view field, absl::Duration value) {
    if (value > absl::ZeroDuration()) return;
    violations.Add(absl::StrCat("policy.", field), "FIELD_OUT_OF_RANGE", "must be longer than nothing");
  };
  range("demand_due_day", demand_due_day, 1, 28);
  range("test_drive_age_min", test_drive_age_min, 0, 100);
  if (solution_roles.empty()) violations.Add("policy.solution_roles", "FIELD_REQUIRED", "must name a role");
  if (owner_roles.empty()) violations.Add("policy.owner_roles", "FIELD_REQUIRED", "must name a role");
  if (product_roles.empty()) violations.Add("policy.product_roles", "FIELD_REQUIRED", "must name a role");
  longer("matter_response", matter_response);
  longer("need_route", need_route);
  longer("need_answer", need_answer);
  longer("test_drive_max", test_drive_max);
  longer("tender_reminder", tender_reminder);
  longer("peer_patience", peer_patience);
  if (test_drive_early < absl::ZeroDuration()) {
    violations.Add("policy.test_drive_early", "FIELD_OUT_OF_RANGE", "must not be negative");
  }
  if (std::find(workdays.begin(), workdays.end(), true) == workdays.end()) {
    violations.Add("policy.workdays", "FIELD_REQUIRED", "must have a working day");
  }
  fields("complete_fields", complete_fields, rules::IsChecklistField);
  fields("identity_fields", identity_fields, rules::IsAccountField);
  fields("visitor_form_fields", visitor_form_fields, rules::IsLeadField);
  if (privileged_permissions.empty()) {
    violations.Add("policy.privileged_permissions", "FIELD_REQUIRED", "must name the rights that administer rights");
  }
  if (default_country.size() != 2 || !absl::ascii_isupper(static_cast<unsigned char>(default_country[0])) ||
      !absl::ascii_isupper(static_cast<unsigned char>(default_country[1]))) {
    violations.Add("policy.default_country", "FIELD_MALFORMED", "must be two capital letters, like CN");
  }
  for (int i = 0; i < kTiers; ++i) {
    range(absl::StrCat("visit_interval_days[", i, "]"), visit_interval_days[static_cast<size_t>(i)], 1, kDaysMax);
  }
  range("visit_proposal_horizon_days", visit_proposal_horizon_days, 0, kDaysMax);
  range("visit_proposals_max", visit_proposals_max, 1, kProposalsMax);
  const auto set = [&](absl::string_view field, bool empty, absl::string_view what) {
    if (empty) violations.Add(absl::StrCat("policy.", field), "FIELD_REQUIRED", what);
  };
  constexpr int kDueDayMax = 28;
  range("visit_report_due_day", visit_report_due_day, 1, kDueDayMax);
  if (weekly_report_due == absl::Weekday::monday) {
    violations.Add("policy.weekly_report_due", "FIELD_OUT_OF_RANGE",
                   "must be Tuesday to Sunday: the week begins on Monday");
  }
  range("recorder_copy_days", recorder_copy_days, 0, kDueDayMax);
  for (int i = 0; i < kMarketCategories; ++i) {
    range(absl::StrCat("market_valid_days[", i, "]"), market_valid_days[static_cast<size_t>(i)], 1, kDaysMax);
  }
  for (int i = 0; i < kUsages; ++i) {
    range(absl::StrCat("training_months[", i, "]"), training_months[static_cast<size_t>(i)], 1, kMonthsMax);
  }
  const auto positive = [&](absl::string_view field, absl::Duration value) {
    if (value > absl::ZeroDuration()) return;
    violations.Add(absl::StrCat("policy.", field), "FIELD_OUT_OF_RANGE", "must be longer than nothing");
  };
  positive("communication_correction_time", communication_correction_time);
  positive("problem_answer_time", problem_answer_time);
  positive("opinion_answer_time", opinion_answer_time);
  positive("opinion_route", opinion_route);
  positive("opinion_tell", opinion_tell);
  positive("escalation_interval", escalation_interval);
  set("visit_proposal_purpose", visit_proposal_purpose.empty(), "must say what a due visit is for");
  set("joint_plan_roles", joint_plan_roles.empty(), "must name those who draw up plans of visits with the sellers");
  for (const auto& [field, value] :
       {std::pair("visit_late", visit_late), std::pair("visit_correction_time", visit_correction_time),
        std::pair("lead_backdating", lead_backdating), std::pair("lead_correction", lead_correction),
        std::pair("visit_backdating", visit_backdating), std::pair("tender_record_late", tender_record_late)}) {
    if (value >= absl::ZeroDuration()) continue;
    violations.Add(absl::StrCat("policy.", field), "FIELD_OUT_OF_RANGE", "must not be less than nothing");
  }
  if (visit_max <= absl::ZeroDuration()) {
    violations.Add("policy.visit_max", "FIELD_OUT_OF_RANGE", "must be longer than nothing");
  }
  for (const auto& [field, value] :
       {std::pair("booking_max", booking_max), std::pair("coordination_answer", coordination_answer)}) {
    if (value > absl::ZeroDuration()) continue;
    violations.Add(absl::StrCat("policy.", field), "FIELD_OUT_OF_RANGE", "must be longer than nothing");
  }
  range("instruction_valid_days", instruction_valid_days, 1, kDaysMax);
  rules::CheckImportantVerbs(important_verbs, &violations);
  if (clock_tolerance < absl::ZeroDuration()) {
    violations.Add("policy.clock_tolerance", "FIELD_OUT_OF_RANGE", "must not be negative");
  }
  return violations.status();
}

}  // namespace kam::account

// Reports of a period that are handed in and read by a superior (A-29, P-13, P-21). T has the fields author, state,
// due_time, hand_in_time, late, content_hash, return_reason, reviewer, review_time, comment.
#ifndef KAM_ACCOUNT_SVC_RULES_REPORT_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_REPORT_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/period_report.pb.h"

namespace kam::account::rules {

// The days of a report and its times.
struct ReportPeriod {
  absl::CivilDay first, last;
  absl::Time from, until;  // Begin of the first day, end of the last.
  absl::Time earliest;     // It is not handed in before.
  absl::Time due;          // In time is before.
};

// A month by its first day: PERIOD_START_INVALID on `field`. Due at the end of the policy's day of the month after.
absl::StatusOr<ReportPeriod> MonthOf(const std::string& month, absl::string_view field, const Policy& policy,
                                     absl::TimeZone zone);
// A week by its Monday: PERIOD_START_INVALID on `field`. Due at the end of the policy's weekday; handed in from the day
// before.
absl::StatusOr<ReportPeriod> WeekOf(const std::string& week, absl::string_view field, const Policy& policy,
                                    absl::TimeZone zone);

// PERIOD_NOT_BEGUN.
absl::Status CheckBegun(const ReportPeriod& period, absl::string_view field, absl::Time now);

absl::Status ReportFrozen(const std::string& name, v1::PeriodReportState state);
absl::Status ReportOfAnother(const std::string& author);
absl::Status PeriodNotOver(const std::string& name, absl::Time earliest);
absl::Status NotTheSuperior(const std::string& author);

// REPORT_FROZEN once it is handed in.
template <typename T>
absl::Status CheckReportUpdate(const T& before) {
  return before.state() == v1::PERIOD_REPORT_STATE_DRAFT ? absl::OkStatus()
                                                         : ReportFrozen(before.name(), before.state());
}

// REPORT_OF_ANOTHER, PERIOD_NOT_OVER. What is late is taken all the same, and says so.
template <typename T>
absl::Status HandIn(absl::string_view actor, const ReportPeriod& period, absl::Time now, T* report) {
  if (actor != report->author()) return ReportOfAnother(report->author());
  if (now < period.earliest) return PeriodNotOver(report->name(), period.earliest);
  if (report->has_hand_in_time()) return absl::OkStatus();  // Handed in again after it was given back.
  *report->mutable_hand_in_time() = ToTimestamp(now);
  report->set_late(now >= period.due);
  return absl::OkStatus();
}

// It is written again; that it was late stays. SEPARATION_OF_DUTIES, NOT_THE_SUPERIOR.
template <typename T>
absl::Status Return(absl::string_view actor, bool is_superior, const std::string& reason, T* report) {
  if (actor == report->author()) return SeparationOfDuties("author", "give the report back");
  if (!is_superior) return NotTheSuperior(report->author());
  report->set_return_reason(reason);
  report->clear_content_hash();
  return absl::OkStatus();
}

// SEPARATION_OF_DUTIES for the author, NOT_THE_SUPERIOR for somebody the author does not report to.
template <typename T>
absl::Status Review(absl::string_view actor, bool is_superior, const std::string& comment, absl::Time now, T* report) {
  if (actor == report->author()) return SeparationOfDuties("author", "review the report");
  if (!is_superior) return NotTheSuperior(report->author());
  report->set_reviewer(std::string(actor));
  report->set_comment(comment);
  *report->mutable_review_time() = ToTimestamp(now);
  return absl::OkStatus();
}

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_REPORT_RULES_H_

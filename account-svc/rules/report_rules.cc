#include "account-svc/rules/report_rules.h"

#include "common/time/date.h"

namespace kam::account::rules {
namespace {

constexpr int kDaysOfWeek = 7;

std::string Text(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

}  // namespace

absl::StatusOr<ReportPeriod> MonthOf(const std::string& month, absl::string_view field, const Policy& policy,
                                     absl::TimeZone zone) {
  ReportPeriod period;
  ASSIGN_OR_RETURN(period.first, ParseDate(month, field));
  if (period.first.day() != 1) {
    return InvalidField(field, "PERIOD_START_INVALID", absl::StrCat("is ", month, "; must be the first of a month"));
  }
  const absl::CivilDay next(absl::CivilMonth(period.first) + 1);
  period.last = next - 1;
  period.from = absl::FromCivil(period.first, zone);
  period.until = absl::FromCivil(next, zone);
  period.earliest = absl::FromCivil(period.last, zone);
  period.due = absl::FromCivil(next + policy.visit_report_due_day, zone);
  return period;
}

absl::StatusOr<ReportPeriod> WeekOf(const std::string& week, absl::string_view field, const Policy& policy,
                                    absl::TimeZone zone) {
  ReportPeriod period;
  ASSIGN_OR_RETURN(period.first, ParseDate(week, field));
  if (absl::GetWeekday(period.first) != absl::Weekday::monday) {
    return InvalidField(field, "PERIOD_START_INVALID", absl::StrCat("is ", week, "; must be a Monday"));
  }
  period.last = period.first + (kDaysOfWeek - 1);
  period.from = absl::FromCivil(period.first, zone);
  period.until = absl::FromCivil(period.last + 1, zone);
  const absl::CivilDay due = period.first + static_cast<int>(policy.weekly_report_due);
  period.earliest = absl::FromCivil(due - 1, zone);
  period.due = absl::FromCivil(due + 1, zone);
  return period;
}

absl::Status CheckBegun(const ReportPeriod& period, absl::string_view field, absl::Time now) {
  if (now >= period.from) return absl::OkStatus();
  return InvalidField(field, "PERIOD_NOT_BEGUN",
                      absl::StrCat("is ", FormatDate(period.first), "; this period has not begun"));
}

absl::Status ReportFrozen(const std::string& name, v1::PeriodReportState state) {
  return FailedPrecondition(
      "REPORT_FROZEN", name,
      absl::StrCat("the report is ", v1::PeriodReportState_Name(state), "; it changes as a draft only"),
      {{"state", v1::PeriodReportState_Name(state)}});
}

absl::Status ReportOfAnother(const std::string& author) {
  return Error(absl::StatusCode::kPermissionDenied, "REPORT_OF_ANOTHER",
               absl::StrCat("this report is handed in by ", author), {{"author", author}});
}

absl::Status PeriodNotOver(const std::string& name, absl::Time earliest) {
  return FailedPrecondition("PERIOD_NOT_OVER", name,
                            absl::StrCat("the report is handed in from ", Text(earliest), " on"),
                            {{"earliest", Text(earliest)}});
}

absl::Status NotTheSuperior(const std::string& author) {
  return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_SUPERIOR",
               absl::StrCat("a report is read by somebody to whom its author ", author, " reports"),
               {{"author", author}});
}

}  // namespace kam::account::rules

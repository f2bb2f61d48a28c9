#include "account-svc/working_time.h"

#include <iterator>

#include "account-svc/rules/calendar_rules.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/working_calendar.pb.h"

namespace kam::account {

absl::StatusOr<WorkingTime> WorkingTime::Load(const Context& context, mysql::Connection& connection) {
  constexpr int kVersionsMax = 1000;
  WorkingTime time;
  time.zone_ = context.zone;
  ASSIGN_OR_RETURN(BusinessCalendar week, rules::WeekOf(context.policy, context.zone.name()));
  time.versions_.emplace(absl::CivilDay::min(), std::move(week));
  const resource::Type& type = *context.runtime.catalog().Find(v1::WorkingCalendar::descriptor());
  ASSIGN_OR_RETURN(const std::vector<resource::Record> records,
                   context.runtime.store().Select(connection, type, {{"t.archive_time IS NULL", {}}},
                                                  "ORDER BY t.from_date", kVersionsMax));
  for (const resource::Record& record : records) {
    const auto& stored = static_cast<const v1::WorkingCalendar&>(*record.message);
    ASSIGN_OR_RETURN(const absl::CivilDay from, ParseDate(stored.from_date(), "working_calendar.from_date"));
    ASSIGN_OR_RETURN(BusinessCalendar calendar, rules::ToCalendar(stored, context.zone.name()));
    time.versions_.emplace(from, std::move(calendar));
  }
  return time;
}

const BusinessCalendar& WorkingTime::On(absl::CivilDay day) const {
  return std::prev(versions_.upper_bound(day))->second;
}

absl::StatusOr<absl::Time> WorkingTime::After(absl::Time start, absl::Duration working_time) const {
  // A version counts until the next one begins: what is left over then passes by that one.
  while (true) {
    const auto next = versions_.upper_bound(Today(start, zone_));
    const BusinessCalendar& calendar = std::prev(next)->second;
    const absl::StatusOr<absl::Time> due = calendar.AddBusiness(start, working_time);
    if (next == versions_.end()) return due;
    const absl::Time change = absl::FromCivil(next->first, zone_);
    if (due.ok() && *due <= change) return due;
    ASSIGN_OR_RETURN(const absl::Duration passed, calendar.BusinessBetween(start, change));
    working_time -= passed;
    start = change;
  }
}

}  // namespace kam::account

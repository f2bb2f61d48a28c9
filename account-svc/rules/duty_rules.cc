#include "account-svc/rules/duty_rules.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/organization/v1/duty_roster.pb.h"
#include "kam/organization/v1/gift_report.pb.h"

namespace kam::account::rules {
namespace pb = organization::v1;

absl::Status CheckRoster(const Policy& policy, const pb::DutyRoster& roster) {
  constexpr absl::Duration kShiftMax = absl::Hours(24);
  const absl::Duration length = FromTimestamp(roster.end_time()) - FromTimestamp(roster.start_time());
  if (length <= absl::ZeroDuration() || length > kShiftMax) {
    return InvalidField(
        "duty_roster.end_time", "ROSTER_WINDOW_INVALID",
        absl::StrCat("must be after the begin, and at most ", absl::FormatDuration(kShiftMax), " after it"),
        {{"value", absl::FormatDuration(length)}, {"limit", absl::FormatDuration(kShiftMax)}});
  }
  std::set<std::string> people;
  for (int i = 0; i < roster.people_size(); ++i) {
    const std::string& employee = roster.people(i).employee();
    if (people.insert(employee).second) continue;
    return InvalidField(absl::StrCat("duty_roster.people[", i, "]"), "MEMBER_REPEATED",
                        absl::StrCat(employee, " is on the shift already"), {{"employee", employee}});
  }
  if (static_cast<int>(people.size()) >= policy.reception_min) return absl::OkStatus();
  return InvalidField(
      "duty_roster.people", "ROSTER_TOO_SMALL",
      absl::StrCat("are ", people.size(), "; at least ", policy.reception_min, " are at the reception desk"),
      {{"rule", "F-12"}, {"value", absl::StrCat(people.size())}, {"limit", absl::StrCat(policy.reception_min)}});
}

absl::Status CheckNobodyAway(const std::vector<pb::LeaveRequest>& leaves, const pb::DutyRoster& roster) {
  const absl::Time start = FromTimestamp(roster.start_time()), end = FromTimestamp(roster.end_time());
  for (int i = 0; i < roster.people_size(); ++i) {
    const std::string& employee = roster.people(i).employee();
    for (const pb::LeaveRequest& leave : leaves) {
      if (leave.employee() != employee || FromTimestamp(leave.away_start_time()) >= end ||
          FromTimestamp(leave.away_end_time()) <= start) {
        continue;
      }
      return InvalidField(absl::StrCat("duty_roster.people[", i, "]"), "ON_LEAVE",
                          absl::StrCat(employee, " is on leave from ", leave.start_date(), " to ", leave.end_date()),
                          {{"employee", employee}, {"leave", leave.name()}});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckGift(const pb::GiftReport& report, const std::string& today) {
  if (report.offer_date() > today) {
    return InvalidField("gift_report.offer_date", "DATE_IN_FUTURE", absl::StrCat("today is ", today),
                        {{"value", report.offer_date()}, {"today", today}});
  }
  if (report.value().units() >= 0 && report.value().nanos() >= 0) return absl::OkStatus();
  return InvalidField("gift_report.value", "AMOUNT_NEGATIVE", "must not be below zero");
}

}  // namespace kam::account::rules

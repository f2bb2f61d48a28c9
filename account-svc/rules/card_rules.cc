#include "account-svc/rules/card_rules.h"

#include "absl/strings/str_cat.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/follow_up_sheet.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/lead_service.pb.h"

namespace kam::account::rules {
namespace {

constexpr int kFollowUpsMax = 500;   // As (kam.api.field).max_items of Lead.follow_ups.
constexpr int kMissedDaysMax = 366;  // Counted at a time.
constexpr int kMinutesPerHour = 60;

absl::Status CheckNextDate(absl::string_view text, absl::CivilDay today, absl::CivilDay latest,
                           v1::IntentionLevel level) {
  ASSIGN_OR_RETURN(const absl::CivilDay next, ParseDate(text, "next_date"));
  if (next < today) {
    return InvalidField("next_date", "DATE_IN_PAST", absl::StrCat("is before today, ", FormatDate(today)),
                        {{"value", FormatDate(next)}, {"limit", FormatDate(today)}});
  }
  if (next > latest) {
    const std::string name = v1::IntentionLevel_Name(level);
    return InvalidField("next_date", "FOLLOW_UP_TOO_LATE",
                        absl::StrCat("a prospect at ", name, " is followed up by ", FormatDate(latest)),
                        {{"value", FormatDate(next)}, {"limit", FormatDate(latest)}, {"level", name}});
  }
  return absl::OkStatus();
}

}  // namespace

absl::CivilDay LatestFollowUp(v1::IntentionLevel level, absl::CivilDay today, const Policy& policy,
                              IsWorkday is_workday) {
  static_assert(v1::INTENTION_LEVEL_H == 1 && v1::INTENTION_LEVEL_N == kIntentionLevels);
  // Without a level the prospect waits as long as one of the last.
  const int at = level == v1::INTENTION_LEVEL_UNSPECIFIED ? kIntentionLevels : static_cast<int>(level);
  return WorkdayFrom(today + policy.follow_up_days[static_cast<size_t>(at) - 1], is_workday);
}

bool InCallingWindow(absl::Time now, absl::TimeZone zone, const Policy& policy) {
  const absl::CivilMinute wall = absl::ToCivilMinute(now, zone);
  const int minute = wall.hour() * kMinutesPerHour + wall.minute();
  return minute >= policy.calling_from_minute && minute < policy.calling_to_minute;
}

absl::Status AddFollowUp(const v1::AddLeadFollowUpRequest& request, absl::string_view actor, const CardTime& time,
                         const Policy& policy, v1::Lead* lead) {
  if (lead->follow_ups_size() >= kFollowUpsMax) {
    return FailedPrecondition(
        "FOLLOW_UPS_FULL", lead->name(),
        absl::StrCat("the card has ", lead->follow_ups_size(), " entries; the limit is ", kFollowUpsMax),
        {{"limit", absl::StrCat(kFollowUpsMax)}});
  }
  if (request.corrects() > lead->follow_ups_size()) {
    return InvalidField(
        "corrects", "ENTRY_UNKNOWN", absl::StrCat("the card has ", lead->follow_ups_size(), " entries"),
        {{"value", absl::StrCat(request.corrects())}, {"limit", absl::StrCat(lead->follow_ups_size())}});
  }
  const absl::CivilDay today = Today(time.now, time.zone);
  const v1::IntentionLevel level = request.intention_level() == v1::INTENTION_LEVEL_UNSPECIFIED
                                       ? lead->intention_level()
                                       : request.intention_level();
  const absl::CivilDay latest = LatestFollowUp(level, today, policy, time.is_workday);
  if (!request.next_date().empty()) RETURN_IF_ERROR(CheckNextDate(request.next_date(), today, latest, level));
  int late = 0;
  bool keeps_date = false;
  if (!lead->next_follow_up_date().empty()) {
    ASSIGN_OR_RETURN(const absl::CivilDay due, ParseDate(lead->next_follow_up_date(), "lead.next_follow_up_date"));
    // Nobody was spoken to by a correction: what is overdue stays so.
    keeps_date = request.corrects() > 0 && due < today;
    late = keeps_date ? 0 : WorkdaysBetween(due, today, time.is_workday, kMissedDaysMax);
  }
  v1::LeadFollowUp* entry = lead->add_follow_ups();
  *entry->mutable_contact_time() = ToTimestamp(time.now);
  entry->set_employee(std::string(actor));
  entry->set_channel(request.channel());
  entry->set_result(request.result());
  entry->set_intention_level(level);
  entry->set_next_date(request.next_date().empty() ? FormatDate(latest) : request.next_date());
  entry->set_days_late(late);
  entry->set_in_calling_window(InCallingWindow(time.now, time.zone, policy));
  entry->set_corrects(request.corrects());
  lead->set_intention_level(level);
  if (!keeps_date) lead->set_next_follow_up_date(entry->next_date());
  lead->set_missed_days(lead->missed_days() + late);
  if (!lead->has_card_open_time()) *lead->mutable_card_open_time() = ToTimestamp(time.now);
  return absl::OkStatus();
}

absl::Time HandInTime(absl::CivilDay day, absl::TimeZone zone, const Policy& policy) {
  return absl::FromCivil(absl::CivilMinute(day) + policy.card_hand_in_minute, zone);
}

void HandIn(absl::CivilDay day, bool first, const CardTime& time, const Policy& policy, v1::FollowUpSheet* sheet) {
  sheet->set_prospects(sheet->lines_size());
  sheet->set_quota(time.is_workday(day) ? policy.follow_up_quota : 0);
  sheet->set_quota_met(sheet->prospects() >= sheet->quota());
  *sheet->mutable_hand_in_time() = ToTimestamp(time.now);
  if (first) sheet->set_late(time.now > HandInTime(day, time.zone, policy));
}

void Unsign(v1::FollowUpSheet* sheet) {
  sheet->set_state(v1::FOLLOW_UP_SHEET_STATE_HANDED_IN);
  sheet->clear_signer();
  sheet->clear_sign_time();
  sheet->clear_comment();
}

absl::Status CheckSigner(absl::string_view actor, const v1::FollowUpSheet& sheet) {
  return CheckOther(actor, sheet.owner(), "writer", "nobody checks cards that he wrote himself");
}

}  // namespace kam::account::rules

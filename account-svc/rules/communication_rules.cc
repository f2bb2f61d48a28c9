#include "account-svc/rules/communication_rules.h"

#include "absl/strings/str_cat.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/communication_record.pb.h"
#include "kam/account/v1/recording.pb.h"
#include "kam/account/v1/recording_access.pb.h"

namespace kam::account::rules {

absl::Status CheckCommunication(const v1::CommunicationRecord& record, absl::Time now, const Policy& policy) {
  if (record.account().empty() && record.lead().empty() && record.caller().empty()) {
    return InvalidField("communication_record.account", "COMMUNICATION_PARTNER_REQUIRED",
                        "an account, a lead or the name of the caller is needed");
  }
  if (record.account().empty() && record.contacts_size() > 0) {
    return InvalidField("communication_record.account", "COMMUNICATION_PARTNER_REQUIRED",
                        "contacts belong to an account, which is needed then");
  }
  const absl::Time start = FromTimestamp(record.start_time());
  RETURN_IF_ERROR(NotInFuture("communication_record.start_time", start, now, policy));
  if (!record.has_end_time()) return absl::OkStatus();
  const absl::Time end = FromTimestamp(record.end_time());
  if (end < start) {
    return InvalidField("communication_record.end_time", "PERIOD_INVALID", "must not be before the begin");
  }
  return NotInFuture("communication_record.end_time", end, now, policy);
}

absl::Status CheckCommunicationUpdate(const v1::CommunicationRecord& before, absl::string_view actor, absl::Time now,
                                      const Policy& policy) {
  const auto settled = [&](absl::string_view why) {
    return FailedPrecondition(
        "COMMUNICATION_SETTLED", before.name(), why,
        {{"employee", before.employee()}, {"limit", absl::FormatDuration(policy.communication_correction_time)}});
  };
  if (actor != before.employee() && actor != before.creator()) {
    return settled(absl::StrCat("a record of a communication is corrected by ", before.employee(), " only"));
  }
  if (now <= FromTimestamp(before.create_time()) + policy.communication_correction_time) return absl::OkStatus();
  return settled(absl::StrCat("a record of a communication is corrected within ",
                              absl::FormatDuration(policy.communication_correction_time), " only"));
}

absl::Status CheckLink(absl::string_view actor, bool superior, const v1::Recording& recording) {
  if (actor == recording.employee()) {
    if (recording.listenings() == 0) return absl::OkStatus();
    return SeparationOfDuties("person who recorded", "link a recording that was listened to");
  }
  if (superior) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_SUPERIOR",
               absl::StrCat("a recording is linked by ", recording.employee(), ", or by somebody to whom he reports"),
               {{"employee", recording.employee()}});
}

absl::Status CheckRecorded(const v1::Recording& recording, const v1::CommunicationRecord& communication) {
  if (communication.employee() == recording.employee()) return absl::OkStatus();
  return InvalidField("communication_record", "COMMUNICATION_OF_ANOTHER",
                      absl::StrCat("is one of ", communication.employee(), "; ", recording.employee(), " recorded"),
                      {{"value", communication.name()}, {"employee", recording.employee()}});
}

absl::Status RecordFinding(absl::string_view actor, const std::string& finding, int score,
                           v1::RecordingAccess* access) {
  if (actor != access->listener()) {
    return Error(absl::StatusCode::kPermissionDenied, "LISTENING_OF_ANOTHER",
                 absl::StrCat("only ", access->listener(), ", who listened, says what was found"),
                 {{"listener", access->listener()}});
  }
  if (!access->finding().empty()) {
    return FailedPrecondition("FINDING_RECORDED", access->name(), "what was found is on record and stays");
  }
  access->set_finding(finding);
  access->set_score(score);
  return absl::OkStatus();
}

std::vector<MissingDay> MissingDays(const std::vector<Carrier>& carriers, const std::vector<absl::CivilDay>& days,
                                    const std::map<std::pair<std::string, absl::CivilDay>, Copy>& copies) {
  std::vector<MissingDay> missing;
  for (const Carrier& carrier : carriers) {
    for (const absl::CivilDay day : days) {
      if (day < carrier.first || day > carrier.last) continue;
      const auto copy = copies.find({carrier.employee, day});
      if (copy != copies.end() && copy->second == Copy::kInTime) continue;
      missing.push_back({carrier.employee, day, copy != copies.end()});
    }
  }
  return missing;
}

}  // namespace kam::account::rules

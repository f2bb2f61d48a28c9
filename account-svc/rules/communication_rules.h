// Rules of the communication log and of recordings. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_COMMUNICATION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_COMMUNICATION_RULES_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class CommunicationRecord;
class Recording;
class RecordingAccess;
}  // namespace kam::account::v1

namespace kam::account::rules {

// COMMUNICATION_PARTNER_REQUIRED without account, lead and caller, or with contacts of no account; TIME_IN_FUTURE;
// PERIOD_INVALID when the end is before the begin.
absl::Status CheckCommunication(const v1::CommunicationRecord& record, absl::Time now, const Policy& policy);
// COMMUNICATION_SETTLED: corrected only by whom it belongs to or who made it, and only for the policy's time.
absl::Status CheckCommunicationUpdate(const v1::CommunicationRecord& before, absl::string_view actor, absl::Time now,
                                      const Policy& policy);

// A recording is linked by who recorded it, until somebody has listened to it, or by somebody above him (`superior`):
// SEPARATION_OF_DUTIES, NOT_THE_SUPERIOR.
absl::Status CheckLink(absl::string_view actor, bool superior, const v1::Recording& recording);
// COMMUNICATION_OF_ANOTHER: a recording is one of a communication of who recorded it.
absl::Status CheckRecorded(const v1::Recording& recording, const v1::CommunicationRecord& communication);
// LISTENING_OF_ANOTHER, FINDING_RECORDED.
absl::Status RecordFinding(absl::string_view actor, const std::string& finding, int score, v1::RecordingAccess* access);

// Somebody who carries a recorder, and the days between which he does.
struct Carrier {
  std::string employee;
  absl::CivilDay first, last;
};
enum class Copy { kInTime, kLate };
struct MissingDay {
  std::string employee;
  absl::CivilDay day;
  bool late = false;
};
// Of the working `days`, those on which a carrier copied nothing, or only late; by carrier, then by day.
std::vector<MissingDay> MissingDays(const std::vector<Carrier>& carriers, const std::vector<absl::CivilDay>& days,
                                    const std::map<std::pair<std::string, absl::CivilDay>, Copy>& copies);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_COMMUNICATION_RULES_H_

// Complaints, calendars and limits for tests.
#ifndef KAM_AFTERSALES_SVC_TESTING_COMPLAINTS_H_
#define KAM_AFTERSALES_SVC_TESTING_COMPLAINTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "aftersales-svc/testing/world.h"
#include "kam/complaint/v1/complaint.pb.h"
#include "kam/complaint/v1/complaint_class.pb.h"
#include "kam/complaint/v1/complaint_clock.pb.h"
#include "kam/complaint/v1/escalation_rule.pb.h"

namespace kam::aftersales::testing {

namespace cv1 = ::kam::complaint::v1;

inline constexpr char kComplaints[] = "kam.complaint.v1.ComplaintService/";

// Calendar "office": Monday to Friday from 09:00 to 17:00 in Shanghai. Returns its name.
std::string AddOfficeCalendar(World& world);
// A limit of a class in business minutes.
void AddClockPolicy(World& world, cv1::ComplaintClass complaint_class, cv1::ClockKind kind, int minutes,
                    int pause_max_minutes = 0);
// A rung of the ladder of ordinary complaints, on the SOLUTION clock.
absl::StatusOr<cv1::EscalationRule> AddRung(World& world, int level, cv1::EscalationBasis basis, int minutes,
                                            const std::string& role);
// A rule by which critical complaints are major.
void AddMajorRule(World& world);
cv1::Complaint NewComplaint(const std::string& account);
absl::StatusOr<cv1::Complaint> Create(World& world, const std::string& who, const cv1::Complaint& complaint);
cv1::Complaint MustCreate(World& world, const std::string& account);

// Calls the verb with only name and reason set, and what `fill` adds.
template <typename Request>
absl::StatusOr<cv1::Complaint> Do(World& world, const std::string& who, const std::string& verb,
                                  const std::string& name, Request request = {}) {
  request.set_name(name);
  return world.Call<cv1::Complaint>(who, std::string(kComplaints) + verb, request);
}

absl::StatusOr<cv1::Complaint> Accept(World& world, const std::string& name, const std::string& who = "CSM");
absl::StatusOr<cv1::Complaint> Assign(World& world, const std::string& name, const std::string& handler,
                                      const std::vector<std::string>& helpers = {}, const std::string& who = "CSM");
absl::StatusOr<cv1::Complaint> Reply(World& world, const std::string& name, const std::string& who = "CSM");
absl::StatusOr<cv1::Complaint> Confirm(World& world, const std::string& name, bool satisfied, int score,
                                       const std::string& who = "CSR");
absl::StatusOr<cv1::Complaint> Pause(World& world, const std::string& name, const std::string& who = "CSM");
absl::StatusOr<cv1::Complaint> Resume(World& world, const std::string& name, const std::string& who = "CSM");
absl::StatusOr<cv1::Complaint> Close(World& world, const std::string& name, const std::string& who = "CSM");
absl::StatusOr<cv1::Complaint> Reopen(World& world, const std::string& name);
absl::StatusOr<cv1::Complaint> MarkDuplicate(World& world, const std::string& name, const std::string& of,
                                             const std::string& who = "CSM");
absl::StatusOr<cv1::Complaint> Classify(World& world, const std::string& name, cv1::ComplaintClass complaint_class);
// From ACCEPTED to the state before the one in which the solution is carried out.
void BringToAgreed(World& world, const std::string& name, const std::string& handler);
absl::StatusOr<cv1::Complaint> Execute(World& world, const std::string& name, const std::string& who);
cv1::Complaint Get(World& world, const std::string& name);

// The clock of a kind; fails the test when there is none.
cv1::ComplaintClock ClockOf(World& world, const std::string& complaint, cv1::ClockKind kind);

}  // namespace kam::aftersales::testing

#endif  // KAM_AFTERSALES_SVC_TESTING_COMPLAINTS_H_

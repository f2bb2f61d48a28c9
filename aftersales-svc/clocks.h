// Clocks of a complaint in the transaction that changes the complaint (S-05).
#ifndef KAM_AFTERSALES_SVC_CLOCKS_H_
#define KAM_AFTERSALES_SVC_CLOCKS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "aftersales-svc/rules/clock_rules.h"
#include "common/resource/runtime.h"
#include "common/schedule/schedule.h"

namespace kam::aftersales {

inline constexpr char kBreachDue[] = "complaint.clock.breach";
inline constexpr char kStaleDue[] = "complaint.clock.stale";
inline constexpr char kEscalateDue[] = "complaint.clock.escalate";

// All clocks of one complaint, locked. Changes are collected and written by Save, which also sets or removes what
// falls due and carries breaches over to the complaint. The complaint itself must be locked before.
class Clocks {
 public:
  static absl::StatusOr<Clocks> Load(resource::UnitOfWork& work, const std::string& complaint);

  // Adds the event to every clock for which it makes sense now: pauses what runs, resumes what is paused, satisfies
  // what runs or is paused, reopens what is satisfied or closed, closes what is neither closed nor cancelled, cancels
  // likewise. Empty `kinds`: all kinds. Returns how many clocks changed.
  absl::StatusOr<int> Apply(kam::complaint::v1::ClockEventKind event, const std::set<int>& kinds,
                            absl::string_view reason);
  // Resumes those that were paused for `reason`.
  absl::Status ResumePausedFor(absl::string_view reason);
  // Limits of another class: clocks that go on get the new allotment, kinds the class does not have are cancelled,
  // kinds it has for the first time start at the receipt of the complaint, or when it was taken up again.
  absl::Status ChangeClass(const kam::complaint::v1::Complaint& complaint);
  void SetHandler(const std::string& handler);
  bool empty() const { return entries_.empty(); }

  // Writes what changed; marks `complaint` overdue when a clock is breached for the first time and sets its verdict.
  absl::Status Save(kam::complaint::v1::Complaint* complaint);

 private:
  struct Entry {
    kam::complaint::v1::ComplaintClock before;
    kam::complaint::v1::ComplaintClock after;
    BusinessCalendar calendar;
    bool is_new = false;
  };
  explicit Clocks(resource::UnitOfWork& work) : work_(&work) {}
  absl::Status Add(Entry* entry, kam::complaint::v1::ClockEventKind event, absl::string_view reason,
                   int allotment_minutes = 0);

  resource::UnitOfWork* work_;
  std::vector<Entry> entries_;
};

// Does the class have time limits for what the complaint has not reached? Then a new one's verdict is pending.
absl::StatusOr<bool> HasClockPolicies(resource::UnitOfWork& work, const kam::complaint::v1::Complaint& complaint);
// Starts the clocks of a new complaint at its receipt, or when it was taken up again, for what it has not reached.
absl::Status StartClocks(resource::UnitOfWork& work, const kam::complaint::v1::Complaint& complaint);

// Due items of clocks.
void HandleClockDues(schedule::Scheduler* scheduler);

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_CLOCKS_H_

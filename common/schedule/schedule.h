// Things that fall due: reminders, expiries, escalations. A due item is written in the transaction of the change that
// causes it, and run by the scheduler in one transaction that also marks it done: exactly once, however many
// processes run and whenever one is killed.
#ifndef KAM_COMMON_SCHEDULE_SCHEDULE_H_
#define KAM_COMMON_SCHEDULE_SCHEDULE_H_

#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"
#include "common/resource/runtime.h"

namespace kam::schedule {

// One due item of a resource. There is at most one open item of a kind for a resource.
struct DueItem {
  std::string due_id;
  std::string kind;      // For example "visit.missed".
  std::string resource;  // Name of the resource.
  absl::Time due_time;
  int attempts = 0;
  std::string prepared;  // What Prepare has learned.
};

// Sets, moves or (Cancel) removes the open due item of (kind, resource), in the caller's transaction.
absl::Status Schedule(resource::UnitOfWork& work, absl::string_view kind, absl::string_view resource, absl::Time due);
absl::Status Cancel(resource::UnitOfWork& work, absl::string_view kind, absl::string_view resource);

// Runs what is due. Thread-safe; any number of processes may run one over the same schema.
class Scheduler {
 public:
  // What to do when an item of a kind is due: inside a transaction of its own; work.now() is the clock's time, which
  // may be later than item.due_time. OK marks the item done. An error rolls back; the item is tried again, after
  // pauses that grow to an hour, until it succeeds or is cancelled: nothing that is due is ever dropped.
  using Handler = std::function<absl::Status(resource::UnitOfWork& work, const DueItem& item)>;

  // `program`: name of the actor, "contract-svc".
  Scheduler(resource::Runtime& runtime, std::string program);

  // Look-ups in other services for an item, before its transaction. An error puts the item off as one of the handler
  // does. Processes that run at the same time prepare for different items; when one dies in between, another prepares
  // for its item after a minute.
  using Prepare = std::function<absl::StatusOr<std::string>(const DueItem& item, absl::Time deadline)>;

  // At start-up. `method_name`: a linked RPC whose name stands in the history as the cause, for example
  // "kam.complaint.v1.ComplaintService/EscalateComplaint" (full name with a dot or a slash).
  void Handle(absl::string_view kind, absl::string_view method_name, Handler handler, Prepare prepare = nullptr);

  // Runs every item due at or before `until`, earliest first; returns how many were done. A failing item is put off.
  absl::StatusOr<int64_t> RunDue(absl::Time until, absl::Time deadline);

 private:
  struct Entry {
    const google::protobuf::MethodDescriptor* method = nullptr;
    Handler handler;
    Prepare prepare;
  };
  static absl::StatusOr<std::string> Prepared(const Entry& entry, const DueItem& item);
  absl::StatusOr<bool> Claim(const DueItem& item, absl::Time seen, absl::Time until);
  absl::StatusOr<bool> RunOne(absl::Time until, bool* found);
  absl::Status PutOff(const DueItem& item, absl::Time now, const absl::Status& why);

  resource::Runtime& runtime_;
  auth::Principal actor_;
  std::map<std::string, Entry, std::less<>> handlers_;
};

}  // namespace kam::schedule

#endif  // KAM_COMMON_SCHEDULE_SCHEDULE_H_

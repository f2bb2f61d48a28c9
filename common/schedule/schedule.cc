#include "common/schedule/schedule.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/schedule/untried.h"
#include "common/status/status.h"

namespace kam::schedule {
namespace {

constexpr absl::Duration kPauseFirst = absl::Seconds(10);
constexpr absl::Duration kPauseMax = absl::Hours(1);
constexpr absl::Duration kPrepareTimeout = absl::Seconds(10);
// An item that is prepared for is left alone by other processes so long, and is theirs when the one that has it dies:
// longer than the look-ups and the transaction under its row lock take, so that nobody waits for that lock.
constexpr absl::Duration kClaim = absl::Seconds(60);

std::string OpenKey(absl::string_view kind, absl::string_view resource) { return absl::StrCat(kind, "|", resource); }

DueItem ReadItem(const mysql::Row& row) {
  DueItem item;
  item.due_id = row[0].text();
  item.kind = row[1].text();
  item.resource = row[2].text();
  item.due_time = row[3].time();
  item.attempts = static_cast<int>(row[4].integer());
  return item;
}

}  // namespace

absl::Status Schedule(resource::UnitOfWork& work, absl::string_view kind, absl::string_view resource, absl::Time due) {
  ASSIGN_OR_RETURN(const std::string id, work.NewId());
  return work.connection()
      .Execute(
          "INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before) VALUES (?, ?, ?, ?, ?, ?) ON "
          "DUPLICATE KEY UPDATE due_time = VALUES(due_time), not_before = VALUES(not_before), attempts = 0",
          {id, kind, resource, OpenKey(kind, resource), due, due})
      .status();
}

absl::Status Cancel(resource::UnitOfWork& work, absl::string_view kind, absl::string_view resource) {
  return work.connection().Execute("DELETE FROM due_items WHERE open_key = ?", {OpenKey(kind, resource)}).status();
}

Scheduler::Scheduler(resource::Runtime& runtime, std::string program) : runtime_(runtime) {
  actor_.subject = "programs/" + std::move(program);
}

void Scheduler::Handle(absl::string_view kind, absl::string_view method_name, Handler handler, Prepare prepare) {
  const std::string dotted = absl::StrReplaceAll(method_name, {{"/", "."}});
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(dotted);
  if (method == nullptr ||
      !handlers_.emplace(std::string(kind), Entry{method, std::move(handler), std::move(prepare)}).second) {
    std::fprintf(stderr, "scheduler: %s is not linked, or its kind is handled twice\n", dotted.c_str());
    std::abort();
  }
}

absl::StatusOr<int64_t> Scheduler::RunDue(absl::Time until, absl::Time deadline) {
  int64_t done = 0;
  for (bool found = true; found && absl::Now() < deadline;) {
    ASSIGN_OR_RETURN(const bool ran, RunOne(until, &found));
    done += ran ? 1 : 0;
  }
  return done;
}

absl::StatusOr<std::string> Scheduler::Prepared(const Entry& entry, const DueItem& item) {
  return entry.prepare == nullptr ? std::string() : entry.prepare(item, absl::Now() + kPrepareTimeout);
}

// True when nobody else has taken or moved the item since it was read: it is this process's until `until`.
absl::StatusOr<bool> Scheduler::Claim(const DueItem& item, absl::Time seen, absl::Time until) {
  bool claimed = false;
  RETURN_IF_ERROR(
      runtime_.database().Run(absl::Now() + absl::Seconds(5), [&](mysql::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(
            const int64_t changed,
            connection.Execute("UPDATE due_items SET not_before = ? WHERE due_id = ? AND done_time IS NULL "
                               "AND not_before = ? AND due_time = ?",
                               {until, item.due_id, seen, item.due_time}));
        claimed = changed > 0;
        return absl::OkStatus();
      }));
  return claimed;
}

// One item: run and marked done in the same transaction, under its row lock. What has look-ups in other services is
// claimed before them, so that processes that run at the same time take different items.
absl::StatusOr<bool> Scheduler::RunOne(absl::Time until, bool* found) {
  DueItem item;
  absl::Time not_before;
  *found = false;
  RETURN_IF_ERROR(
      runtime_.database().Run(absl::Now() + absl::Seconds(5), [&](mysql::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                         connection.Query("SELECT due_id, kind, resource, due_time, attempts, not_before FROM "
                                          "due_items WHERE done_time IS NULL AND not_before <= ? ORDER BY not_before, "
                                          "due_id LIMIT 1",
                                          {until}));
        if (rows.empty()) return absl::OkStatus();
        *found = true;
        item = ReadItem(rows[0]);
        not_before = rows[0][5].time();
        return absl::OkStatus();
      }));
  if (!*found) return false;
  const auto handler = handlers_.find(item.kind);
  std::optional<absl::Time> mine;
  if (handler != handlers_.end() && handler->second.prepare != nullptr) {
    // In the precision of the table.
    mine = absl::FromUnixMicros(absl::ToUnixMicros(std::max(until, runtime_.clock().Now()) + kClaim));
    ASSIGN_OR_RETURN(const bool claimed, Claim(item, not_before, *mine));
    if (!claimed) return false;
  }
  absl::Status status = absl::OkStatus();
  bool ran = false;
  if (handler == handlers_.end()) {
    status = Internal(absl::StrCat("no handler for due items of kind ", item.kind));
  } else if (const auto prepared = Prepared(handler->second, item); !prepared.ok()) {
    status = prepared.status();
  } else {
    item.prepared = *prepared;
    status = runtime_.WriteAs(
        actor_, handler->second.method, absl::StrCat("due: ", item.kind),
        [&](resource::UnitOfWork& work) -> absl::Status {
          ran = false;
          ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                           work.connection().Query("SELECT due_id, kind, resource, due_time, attempts, not_before FROM "
                                                   "due_items WHERE due_id = ? AND done_time IS NULL FOR UPDATE",
                                                   {item.due_id}));
          if (rows.empty()) return absl::OkStatus();  // Another process was first, or it was cancelled.
          const absl::Time now_from = rows[0][5].time();
          // It moved, or what this process had claimed is another's by now.
          if (mine.has_value() ? now_from != *mine : now_from > until) return absl::OkStatus();
          ran = true;
          // Closed before the handler runs, so that it may schedule the next item of its kind.
          RETURN_IF_ERROR(work.connection()
                              .Execute("UPDATE due_items SET done_time = ?, open_key = NULL WHERE "
                                       "due_id = ?",
                                       {work.now(), item.due_id})
                              .status());
          DueItem claimed = ReadItem(rows[0]);
          claimed.prepared = item.prepared;
          return handler->second.handler(work, claimed);
        });
  }
  if (status.ok()) return ran;
  RETURN_IF_ERROR(PutOff(item, std::max(until, runtime_.clock().Now()), status));
  return false;
}

absl::Status Scheduler::PutOff(const DueItem& item, absl::Time now, const absl::Status& why) {
  const std::optional<absl::Duration> untried = PauseOfUntried(why);
  if (!untried.has_value()) {
    log::Log(
        log::Level::kError, "due item failed",
        {{"kind", item.kind}, {"resource", item.resource}, {"reason", Reason(why)}, {"attempts", item.attempts + 1}});
  }
  const int attempts = item.attempts + (untried.has_value() ? 0 : 1);
  const absl::Duration pause = untried.value_or(std::min(kPauseMax, kPauseFirst * (1 << std::min(item.attempts, 10))));
  return runtime_.database().Run(absl::Now() + absl::Seconds(5), [&](mysql::Connection& connection) -> absl::Status {
    return connection
        .Execute(
            "UPDATE due_items SET attempts = ?, not_before = ?, last_reason = ? WHERE due_id = ? AND "
            "done_time IS NULL AND attempts = ? AND due_time = ?",  // Not when it was moved meanwhile.
            {attempts, now + pause, Reason(why), item.due_id, item.attempts, item.due_time})
        .status();
  });
}

}  // namespace kam::schedule

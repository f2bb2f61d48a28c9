// The job that takes back-ups of accounts when they are due. The schedule runs every item in one process at a
// time, in a transaction that also closes it: a job that is interrupted goes on where it was.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/snapshots.h"
#include "account-svc/rules/snapshot_rules.h"
#include "account-svc/work/notification.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::account {
namespace {

namespace pb = business::v1;
using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Account;

// Seeded by a migration; its resource is the account up to which the base was looked through.
constexpr char kLook[] = "account_snapshot.due";
constexpr char kFromTheStart[] = "accounts/-";
constexpr char kTake[] = "account_snapshot.take";
constexpr char kCause[] = "kam.account.v1.AccountSnapshotService/TakeAccountSnapshot";
constexpr int kAtOnce = 50;  // Accounts that one item looks at.
// Between two portions, so that what else is due comes in between.
constexpr absl::Duration kPause = absl::Minutes(1);
constexpr char kWithoutBackUp[] =
    "NOT EXISTS (SELECT 1 FROM account_snapshots s WHERE s.account = t.id AND s.take_time > ?)";
constexpr char kInBase[] = "t.archive_time IS NULL AND t.state IN ('VERIFIED', 'ACTIVE', 'DORMANT')";

// Back-ups taken until then are too old.
absl::Time OldUntil(const Context& context, absl::Time now) {
  return now - absl::Hours(24) * context.policy.snapshot_days;
}

// What was due the night before and has failed since is told to those who answer for the archive.
absl::Status ReportFailures(const Context& context, UnitOfWork& work) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT d.last_reason, COUNT(d.due_id) FROM due_items d WHERE d.done_time IS "
                              "NULL AND d.kind = ? AND d.last_reason IS NOT NULL GROUP BY d.last_reason "
                              "ORDER BY d.last_reason",
                              {kTake}));
  std::vector<std::pair<std::string, int64_t>> failures;
  failures.reserve(rows.size());
  for (const Row& row : rows) failures.emplace_back(row[0].text(), row[1].integer());
  return Deliver(context, work, rules::NoticesOfFailedSnapshots(failures, context.Today(work.now())),
                 "accountSnapshots");
}

absl::Status Look(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  const absl::CivilDay tomorrow = absl::ToCivilDay(work.now(), context.zone) + 1;
  const absl::Time next_night = absl::FromCivil(tomorrow, context.zone);
  const auto again = [&](const std::string& from, absl::Time at) { return schedule::Schedule(work, kLook, from, at); };
  if (context.policy.snapshot_days == 0) return again(kFromTheStart, next_night);
  if (item.resource == kFromTheStart) RETURN_IF_ERROR(ReportFailures(context, work));
  const std::string after = item.resource == kFromTheStart ? std::string() : IdOf(item.resource);
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query(absl::StrCat("SELECT t.id, CASE WHEN ", kWithoutBackUp,
                                                        " THEN 1 ELSE 0 END FROM accounts t WHERE t.id > ? AND ",
                                                        kInBase, " ORDER BY t.id LIMIT ?"),
                                           {Value(OldUntil(context, work.now())), Value(after), Value(kAtOnce)}));
  bool some = false;
  for (const Row& row : rows) {
    if (row[1].integer() == 0) continue;
    // One that is tried again keeps its pause.
    const std::string account = NameOf("accounts", row[0].text());
    ASSIGN_OR_RETURN(const std::vector<Row> open, work.connection().Query("SELECT 1 FROM due_items WHERE open_key = ?",
                                                                          {absl::StrCat(kTake, "|", account)}));
    if (!open.empty()) continue;
    some = true;
    RETURN_IF_ERROR(schedule::Schedule(work, kTake, account, work.now()));
  }
  if (rows.size() < static_cast<size_t>(kAtOnce)) return again(kFromTheStart, next_night);
  return again(NameOf("accounts", rows.back()[0].text()), some ? work.now() + kPause : work.now());
}

// Whether the account still wants a back-up: it may have been closed, or been taken by hand, since it was looked for.
absl::StatusOr<bool> IsDue(const Context& context, mysql::Connection& connection, const std::string& account,
                           absl::Time now) {
  if (context.policy.snapshot_days == 0) return false;
  ASSIGN_OR_RETURN(
      const std::vector<Row> due,
      connection.Query(absl::StrCat("SELECT 1 FROM accounts t WHERE t.id = ? AND ", kInBase, " AND ", kWithoutBackUp),
                       {Value(IdOf(account)), Value(OldUntil(context, now))}));
  return !due.empty();
}

// The dealings are read before the transaction: contract-svc may be away. Nothing for an account that wants no back-up
// any more: what cannot be read of it is not tried for ever.
absl::StatusOr<std::string> ReadDealings(const Context& context, const schedule::DueItem& item, absl::Time deadline) {
  bool due = false;
  RETURN_IF_ERROR(context.runtime.database().Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(due, IsDue(context, connection, item.resource, context.runtime.clock().Now()));
    return absl::OkStatus();
  }));
  if (!due) return std::string();
  ASSIGN_OR_RETURN(const DealingLines dealings, ReadDealingLines(context, deadline, item.resource));
  pb::ListDealingsResponse kept;
  for (const auto& [collection, lines] : dealings) {
    pb::DealingPart* part = kept.add_parts();
    part->set_kind(collection);
    for (const auto& [name, line] : lines) {
      pb::Dealing* dealing = part->add_dealings();
      dealing->set_name(name);
      dealing->set_content(line);
    }
  }
  return kept.SerializeAsString();
}

absl::Status Take(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const Account account, work.Load<Account>(item.resource));
  ASSIGN_OR_RETURN(const bool due, IsDue(context, work.connection(), account.name(), work.now()));
  // One that has come to want a back-up since its dealings were passed over is found again the next night.
  if (!due || item.prepared.empty()) return absl::OkStatus();
  pb::ListDealingsResponse kept;
  if (!kept.ParseFromString(item.prepared)) return Internal("the dealings of an account cannot be read back");
  DealingLines dealings;
  for (const pb::DealingPart& part : kept.parts()) {
    std::map<std::string, std::string>& lines = dealings[part.kind()];
    for (const pb::Dealing& dealing : part.dealings()) lines.emplace(dealing.name(), dealing.content());
  }
  return TakeSnapshot(context, work, account, "", dealings).status();
}

}  // namespace

void RegisterSnapshotJob(const Context& context) {
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(
      kLook, kCause, [context](UnitOfWork& work, const schedule::DueItem& item) { return Look(context, work, item); });
  context.scheduler->Handle(
      kTake, kCause, [context](UnitOfWork& work, const schedule::DueItem& item) { return Take(context, work, item); },
      [context](const schedule::DueItem& item, absl::Time deadline) { return ReadDealings(context, item, deadline); });
}

}  // namespace kam::account

// Scans of all files for firms that have more than one, in steps run by the schedule.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/similar.h"
#include "account-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "kam/account/v1/duplicate_scan_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using resource::Change;
using resource::UnitOfWork;
using v1::DuplicatePair;
using v1::DuplicateScan;

constexpr int kFilesAStep = 200;
constexpr size_t kPairsAFile = 20;
constexpr char kStep[] = "duplicate_scan.step";
constexpr char kFill[] = "match_blocks.fill";
constexpr char kFillShortNames[] = "match_blocks.short_names";
constexpr char kStart[] = "kam.account.v1.DuplicateScanService/StartDuplicateScan";

absl::StatusOr<DuplicateScan> Start(const Context& context, UnitOfWork& work,
                                    const v1::StartDuplicateScanRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<DuplicateScan> running,
                   work.Find<DuplicateScan>({"t.state = 'RUNNING'", {}}, "ORDER BY t.id", 1, /*lock=*/true));
  if (!running.empty()) {
    return FailedPrecondition("SCAN_RUNNING", running[0].name(), "a scan is under way", {{"scan", running[0].name()}});
  }
  DuplicateScan scan;
  scan.set_state(v1::DUPLICATE_SCAN_STATE_RUNNING);
  scan.set_score_min(request.score_min() == 0 ? context.policy.duplicate_score_min : request.score_min());
  ASSIGN_OR_RETURN(scan, work.Insert(std::move(scan)));
  RETURN_IF_ERROR(schedule::Schedule(work, kStep, scan.name(), work.now()));
  return scan;
}

// The pair is kept once, however often it is found, and whatever was decided about it.
absl::StatusOr<bool> KeepPair(UnitOfWork& work, const std::string& a, const Similar& similar, const std::string& scan) {
  DuplicatePair pair;
  pair.set_account(NameOf("accounts", std::min(a, similar.account)));
  pair.set_other(NameOf("accounts", std::max(a, similar.account)));
  ASSIGN_OR_RETURN(const std::vector<Row> known,
                   work.connection().Query("SELECT 1 FROM duplicate_pairs WHERE account = ? AND other = ?",
                                           {IdOf(pair.account()), IdOf(pair.other())}));
  if (!known.empty()) return false;
  pair.set_score(similar.match.score);
  pair.set_match_reason(std::string(rules::MatchReasonName(similar.match.reason)));
  pair.set_state(v1::DUPLICATE_PAIR_STATE_OPEN);
  pair.set_scan(scan);
  RETURN_IF_ERROR(work.Insert(std::move(pair)).status());
  return true;
}

absl::StatusOr<rules::FirmKeys> KeysInIndex(mysql::Connection& connection, const std::string& account) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query("SELECT kind, key_value FROM account_keys WHERE account = ?", {account}));
  rules::FirmKeys keys;
  for (const Row& row : rows) {
    if (row[0].text() == "REGISTRATION") keys.registration = row[1].text();
    if (row[0].text() == "PHONE") keys.phone = row[1].text();
    if (row[0].text() == "DOMAIN") keys.domain = row[1].text();
  }
  return keys;
}

absl::Status Step(UnitOfWork& work, const schedule::DueItem& item) {
  Change<DuplicateScan> change;
  ASSIGN_OR_RETURN(change.before, work.Load<DuplicateScan>(item.resource));
  change.after = change.before;
  DuplicateScan& scan = change.after;
  if (scan.state() != v1::DUPLICATE_SCAN_STATE_RUNNING) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const std::vector<Row> files,
      work.connection().Query(absl::StrCat("SELECT id, legal_name, short_name FROM accounts WHERE id > ? AND state <> "
                                           "'CLOSED' AND archive_time IS NULL ORDER BY id LIMIT ",
                                           kFilesAStep),
                              {scan.cursor()}));
  for (const Row& file : files) {
    ASSIGN_OR_RETURN(const rules::FirmKeys keys, KeysInIndex(work.connection(), file[0].text()));
    ASSIGN_OR_RETURN(const std::vector<Similar> found,
                     FindSimilar(work.connection(), NamesOf(file[1].text(), file[2].text()), keys, file[0].text(),
                                 scan.score_min(), kPairsAFile));
    for (const Similar& similar : found) {
      ASSIGN_OR_RETURN(const bool fresh, KeepPair(work, file[0].text(), similar, scan.name()));
      if (fresh) scan.set_pairs_found(scan.pairs_found() + 1);
    }
    scan.set_accounts_seen(scan.accounts_seen() + 1);
    scan.set_cursor(file[0].text());
  }
  if (files.size() < kFilesAStep) {
    scan.set_state(v1::DUPLICATE_SCAN_STATE_DONE);
    *scan.mutable_finish_time() = ToTimestamp(work.now());
  } else {
    RETURN_IF_ERROR(schedule::Schedule(work, kStep, scan.name(), work.now()));
  }
  return work.Save(std::move(change)).status();
}

// Files from before there were blocks get theirs. They are locked: nobody gives one another name meanwhile.
absl::Status Fill(UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> files,
      work.connection().Query(absl::StrCat(
          "SELECT a.id, a.legal_name, a.short_name FROM accounts a WHERE a.state <> 'CLOSED' AND NOT EXISTS (SELECT 1 "
          "FROM account_match_blocks b WHERE b.account = a.id) ORDER BY a.id LIMIT ",
          kFilesAStep, " FOR UPDATE")));
  for (const Row& file : files) {
    RETURN_IF_ERROR(SaveBlocks(work.connection(), file[0].text(), NamesOf(file[1].text(), file[2].text())));
  }
  if (files.size() < kFilesAStep) return absl::OkStatus();
  return schedule::Schedule(work, kFill, item.resource, work.now());
}

// Files from before short names had blocks get theirs; `item` is of the last file of the step before.
absl::Status FillShortNames(UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const std::vector<Row> files,
                   work.connection().Query(absl::StrCat("SELECT id, legal_name, short_name FROM accounts WHERE id > ? "
                                                        "AND short_name IS NOT NULL AND state <> 'CLOSED' ORDER BY id "
                                                        "LIMIT ",
                                                        kFilesAStep, " FOR UPDATE"),
                                           {IdOf(item.resource)}));
  for (const Row& file : files) {
    RETURN_IF_ERROR(SaveBlocks(work.connection(), file[0].text(), NamesOf(file[1].text(), file[2].text())));
  }
  if (files.size() < kFilesAStep) return absl::OkStatus();
  return schedule::Schedule(work, kFillShortNames, NameOf("accounts", files.back()[0].text()), work.now());
}

}  // namespace

void RegisterDuplicateScans(const Context& context, rpc::Registry* registry) {
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.DuplicateScanService", registry);
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.DuplicatePairService", registry);
  registry->Add<v1::StartDuplicateScanRequest, DuplicateScan>(
      kStart, [context](rpc::Call& call, const v1::StartDuplicateScanRequest& request) {
        return context.runtime.Write<DuplicateScan>(call, request,
                                                    [&](UnitOfWork& work) { return Start(context, work, request); });
      });
  registry->Add<v1::DecideDuplicatePairRequest, DuplicatePair>(
      "kam.account.v1.DuplicatePairService/DecideDuplicatePair",
      [context](rpc::Call& call, const v1::DecideDuplicatePairRequest& request) {
        return context.runtime.Write<DuplicatePair>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<DuplicatePair> {
              ASSIGN_OR_RETURN(auto change, work.Begin<DuplicatePair>(request));
              ASSIGN_OR_RETURN(const std::string decider, Person(work));
              change.after.set_state(request.same() ? v1::DUPLICATE_PAIR_STATE_SAME
                                                    : v1::DUPLICATE_PAIR_STATE_DISTINCT);
              change.after.set_decider(decider);
              *change.after.mutable_decide_time() = ToTimestamp(work.now());
              change.after.set_remark(request.remark());
              return work.Save(std::move(change));
            });
      });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(kStep, kStart, Step);
  context.scheduler->Handle(kFill, kStart, Fill);
  context.scheduler->Handle(kFillShortNames, kStart, FillShortNames);
}

}  // namespace kam::account

// AccountMergeService: two files of one firm become one, and two again. Lock order: merge, accounts by id,
// employee_scopes of those who get seats back, ownership rows, whatever names the duplicate.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/merges.h"
#include "account-svc/accounts/ownership_rows.h"
#include "account-svc/accounts/repoint.h"
#include "account-svc/accounts/reported_firms.h"
#include "account-svc/people/instructed.h"
#include "account-svc/rules/merge_rules.h"
#include "account-svc/rules/ownership_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "kam/account/v1/account_handover.pb.h"
#include "kam/account/v1/account_merge_service.pb.h"
#include "kam/account/v1/work_dispute.pb.h"
#include "kam/api/field.pb.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using resource::Change;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountMerge;
using v1::AccountOwnership;

constexpr char kService[] = "kam.account.v1.AccountMergeService/";
constexpr char kSweep[] = "account_merge.sweep";
constexpr int kGroupDepthMax = 20;

struct Both {
  Account account;
  Account duplicate;
};

// Locks both accounts, in the order of their ids, so that two merges the other way round do not wait for each other.
absl::StatusOr<Both> LoadBoth(UnitOfWork& work, const AccountMerge& merge, auth::Level level) {
  Both both;
  if (merge.account() <= merge.duplicate()) {
    ASSIGN_OR_RETURN(both.account, work.Load<Account>(merge.account(), level));
    ASSIGN_OR_RETURN(both.duplicate, work.Load<Account>(merge.duplicate(), level));
  } else {
    ASSIGN_OR_RETURN(both.duplicate, work.Load<Account>(merge.duplicate(), level));
    ASSIGN_OR_RETURN(both.account, work.Load<Account>(merge.account(), level));
  }
  return both;
}

absl::Status Propose(UnitOfWork& work, AccountMerge* merge) {
  ASSIGN_OR_RETURN(*merge->mutable_proposer(), Person(work));
  merge->set_state(v1::ACCOUNT_MERGE_STATE_PROPOSED);
  RETURN_IF_ERROR(Validate(work, *merge));
  ASSIGN_OR_RETURN(const Both both, LoadBoth(work, *merge, work.level()));
  RETURN_IF_ERROR(rules::CheckMergeable(both.account, both.duplicate));
  ASSIGN_OR_RETURN(const std::vector<AccountMerge> open,
                   work.Find<AccountMerge>({"t.duplicate = ? AND t.state = 'PROPOSED'", {IdOf(merge->duplicate())}},
                                           "ORDER BY t.id", 1));
  if (open.empty()) return absl::OkStatus();
  return FailedPrecondition("MERGE_PROPOSED", merge->duplicate(),
                            absl::StrCat(open[0].name(), " proposes to merge this account already"),
                            {{"merge", open[0].name()}});
}

// The account that stays must not be below the duplicate: it would come to be above itself.
absl::Status CheckAbove(UnitOfWork& work, const Both& both) {
  std::string at = IdOf(both.account.parent());
  for (int depth = 0; !at.empty() && depth <= kGroupDepthMax; ++depth) {
    if (at == IdOf(both.duplicate.name())) {
      return FailedPrecondition("MERGE_ABOVE", both.account.name(),
                                "the duplicate is above the account in its group: merge it the other way round",
                                {{"duplicate", both.duplicate.name()}});
    }
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     work.connection().Query("SELECT parent FROM accounts WHERE id = ?", {at}));
    at = rows.empty() ? std::string() : rows[0][0].text();
  }
  return absl::OkStatus();
}

absl::Status Blocked(const Both& both, const std::string& resource) {
  return FailedPrecondition("MERGE_BLOCKED", both.duplicate.name(),
                            absl::StrCat(resource, " is open: it must be over first"), {{"resource", resource}});
}

// What several people are in the middle of ends first.
absl::Status CheckNothingOpen(UnitOfWork& work, const Both& both) {
  const resource::SqlCondition open = {"t.account = ? AND t.state = 'OPEN' AND t.archive_time IS NULL",
                                       {IdOf(both.duplicate.name())}};
  ASSIGN_OR_RETURN(const std::vector<v1::AccountHandover> handovers,
                   work.Find<v1::AccountHandover>(open, "ORDER BY t.id", 1));
  if (!handovers.empty()) return Blocked(both, handovers[0].name());
  ASSIGN_OR_RETURN(const std::vector<v1::WorkDispute> disputes, work.Find<v1::WorkDispute>(open, "ORDER BY t.id", 1));
  return disputes.empty() ? absl::OkStatus() : Blocked(both, disputes[0].name());
}

// As many files may be part of one account as the other services are asked about in one question; both sides may be of
// several files already.
absl::Status CheckParts(UnitOfWork& work, const Both& both) {
  static const int kPartsMax =
      static_cast<int>(business::v1::ListDealingsRequest::descriptor()
                           ->FindFieldByNumber(business::v1::ListDealingsRequest::kPartsFieldNumber)
                           ->options()
                           .GetExtension(kam::api::field)
                           .max_items());
  int parts = 0;
  for (const Account* one : {&both.account, &both.duplicate}) {
    ASSIGN_OR_RETURN(const std::vector<std::string> of, PartsOfAccount(work.connection(), IdOf(one->name())));
    parts += static_cast<int>(of.size());
  }
  return rules::CheckParts(parts, kPartsMax, both.account);
}

// A customer is not taken from its owner, or lowered, by a merge without the instruction that its transfer, closing or
// lowering would want. What is asked for is this merge: it names both files.
absl::Status CheckInstructedMerge(const Context& context, UnitOfWork& work, const AccountMerge& merge,
                                  const Both& both) {
  if (!rules::MergeTakes(both.account, both.duplicate)) return absl::OkStatus();
  return CheckInstructed(
      context, work,
      {absl::StrCat(kService, "ApproveAccountMerge"), merge.name(), both.duplicate.tier(), std::nullopt});
}

void Remember(const std::vector<AccountOwnership>& active, AccountMerge* merge) {
  for (const AccountOwnership& row : active) {
    v1::MergeSeat* seat = merge->add_seats();
    seat->set_employee(row.employee());
    seat->set_kind(row.kind());
    seat->set_origin(row.origin());
    if (row.has_protected_until()) *seat->mutable_protected_until() = row.protected_until();
  }
}

// Who has reported the duplicate has reported the account, unless that is somebody's already, or admitted and the
// reporter could not claim it. What the row rests on is the merge: an undo finds it by that.
absl::Status CarryReport(const Context& context, UnitOfWork& work, const std::vector<AccountOwnership>& of_duplicate,
                         const Account& account, const AccountMerge& merge, const std::string& why) {
  const AccountOwnership* report = FindKind(of_duplicate, v1::OWNERSHIP_KIND_REPORTED);
  if (report == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, merge.account()));
  for (const AccountOwnership& row : active) {
    if (row.kind() != v1::OWNERSHIP_KIND_CO_OWNER) return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const bool keeps, KeepsFile(context, work, account.state(), report->employee()));
  if (!keeps) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, merge.account(), ""));
  ASSIGN_OR_RETURN(const AccountOwnership carried,
                   InsertRow(context, work,
                             {merge.account(), report->employee(), v1::OWNERSHIP_KIND_REPORTED, report->origin(), at,
                              ProtectionOf(*report), why, merge.name()}));
  Change<AccountOwnership> ended;
  ASSIGN_OR_RETURN(ended.before, work.Load<AccountOwnership>(report->name()));
  ended.after = ended.before;
  ended.after.set_successor(carried.name());
  return work.Save(std::move(ended)).status();
}

// The account was never reported after all.
absl::Status TakeReportBack(UnitOfWork& work, const AccountMerge& merge) {
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, merge.account()));
  const AccountOwnership* report = FindKind(active, v1::OWNERSHIP_KIND_REPORTED);
  if (report == nullptr || report->evidence() != merge.name()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, merge.account(), ""));
  return EndRow(work, *report, v1::OWNERSHIP_STATE_RELEASED, at, absl::StrCat("merge undone: ", merge.number()));
}

absl::Status Move(const Context& context, UnitOfWork& work, AccountMerge* merge) {
  ASSIGN_OR_RETURN(const Moved moved,
                   Repoint(work, merge->duplicate(), merge->account(), context.policy.merge_rows_max));
  for (const v1::MergeMove& move : moved.moves) *merge->add_moves() = move;
  std::set<std::string> kept(merge->kept().begin(), merge->kept().end());
  for (const std::string& name : moved.kept) {
    if (kept.insert(name).second) merge->add_kept(name);
  }
  ASSIGN_OR_RETURN(const Account account, work.Load<Account>(merge->account()));
  return RemindersFollowOwner(work, account);
}

absl::StatusOr<AccountMerge> Approve(const Context& context, UnitOfWork& work,
                                     const v1::ApproveAccountMergeRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<AccountMerge>(request));
  AccountMerge& merge = change.after;
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(rules::CheckMergeDecider(merge, actor));
  ASSIGN_OR_RETURN(const Both both, LoadBoth(work, merge, work.level()));
  RETURN_IF_ERROR(rules::CheckMergeable(both.account, both.duplicate));
  RETURN_IF_ERROR(CheckAbove(work, both));
  RETURN_IF_ERROR(CheckNothingOpen(work, both));
  RETURN_IF_ERROR(CheckParts(work, both));
  RETURN_IF_ERROR(CheckInstructedMerge(context, work, merge, both));
  rules::Merge(actor, request.decision(), work.now(), context.policy.merge_undo_days, both.duplicate, &merge);
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, merge.duplicate()));
  Remember(active, &merge);
  const std::string why = absl::StrCat("merged into ", merge.account(), " (", merge.number(), ")");
  RETURN_IF_ERROR(EndOwnerships(work, merge.duplicate(), why));
  RETURN_IF_ERROR(CarryReport(context, work, active, both.account, merge, why));
  RETURN_IF_ERROR(Move(context, work, &merge));
  // From here on the pointer holds: what follows the closed file reads it.
  ASSIGN_OR_RETURN(const AccountMerge merged, work.Save(std::move(change)));
  // Read again: what was moved may have touched its file.
  Change<Account> closing;
  ASSIGN_OR_RETURN(closing.before, work.Load<Account>(merged.duplicate()));
  closing.after = closing.before;
  closing.after.set_state(v1::ACCOUNT_STATE_CLOSED);
  closing.after.set_state_reason(why);
  closing.after.clear_owner();
  closing.after.clear_co_owners();
  closing.after.clear_protected_until();
  RETURN_IF_ERROR(work.Save(std::move(closing)).status());
  // Whoever wrote at the same time without a lock on the account is followed up.
  RETURN_IF_ERROR(
      schedule::Schedule(work, kSweep, merged.name(), work.now() + absl::Minutes(context.policy.merge_sweep_minutes)));
  return merged;
}

absl::StatusOr<AccountMerge> Reject(UnitOfWork& work, const v1::RejectAccountMergeRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<AccountMerge>(request));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(rules::CheckMergeDecider(change.before, actor));
  change.after.set_decider(actor);
  *change.after.mutable_decide_time() = ToTimestamp(work.now());
  change.after.set_decision(request.decision());
  return work.Save(std::move(change));
}

// Gives a seat back to whoever had it, from now on. What only keeps a firm for somebody is over when he has left, or
// when he could not claim the file that comes back: it does not keep the files together.
absl::Status GiveBack(const Context& context, UnitOfWork& work, const v1::MergeSeat& seat, const std::string& reason,
                      Account* account) {
  const bool owner = seat.kind() == v1::OWNERSHIP_KIND_OWNER;
  NewRow row;
  row.account = account->name();
  row.employee = seat.employee();
  row.kind = seat.kind();
  row.origin = seat.origin();
  row.reason = reason;
  if (seat.has_protected_until()) row.protected_until = FromTimestamp(seat.protected_until());
  if (rules::IsProtection(seat.kind()) && row.protected_until.value_or(work.now()) <= work.now()) {
    return absl::OkStatus();  // The protection is over by itself.
  }
  const absl::Status candidate = CheckCandidate(context, work, seat.employee(), "name", owner);
  if (rules::IsProtection(seat.kind()) && absl::IsFailedPrecondition(candidate)) return absl::OkStatus();
  RETURN_IF_ERROR(candidate);
  if (seat.kind() == v1::OWNERSHIP_KIND_REPORTED) {
    ASSIGN_OR_RETURN(const bool keeps, KeepsFile(context, work, account->state(), seat.employee()));
    if (!keeps) return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(row.since, EffectiveTime(work, account->name(), owner ? seat.employee() : ""));
  RETURN_IF_ERROR(InsertRow(context, work, row).status());
  if (owner) {
    account->set_owner(seat.employee());
    if (seat.has_protected_until()) *account->mutable_protected_until() = seat.protected_until();
  } else if (seat.kind() == v1::OWNERSHIP_KIND_CO_OWNER) {
    account->add_co_owners(seat.employee());
  }
  return absl::OkStatus();
}

absl::StatusOr<AccountMerge> Undo(const Context& context, UnitOfWork& work,
                                  const v1::UndoAccountMergeRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<AccountMerge>(request));
  AccountMerge& merge = change.after;
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const Both both, LoadBoth(work, merge, auth::Level::kAll));
  RETURN_IF_ERROR(rules::CheckUndo(merge, both.account, both.duplicate, work.now()));
  for (const v1::MergeMove& move : merge.moves()) {
    ASSIGN_OR_RETURN(const std::string why, PutBack(work, move, merge.duplicate(), merge.account()));
    if (!why.empty()) return rules::UndoBlocked(merge, move.resource(), why);
  }
  merge.set_undoer(actor);
  *merge.mutable_undo_time() = ToTimestamp(work.now());
  merge.set_undo_reason(request.reason());
  RETURN_IF_ERROR(TakeReportBack(work, merge));
  ASSIGN_OR_RETURN(const AccountMerge undone, work.Save(std::move(change)));
  Change<Account> opening;
  ASSIGN_OR_RETURN(opening.before, work.Load<Account>(undone.duplicate()));
  opening.after = opening.before;
  opening.after.set_state(undone.duplicate_state());
  opening.after.set_state_reason(undone.duplicate_state_reason());
  for (const v1::MergeSeat& seat : undone.seats()) {
    RETURN_IF_ERROR(GiveBack(context, work, seat, absl::StrCat("merge undone: ", undone.number()), &opening.after));
  }
  RETURN_IF_ERROR(work.Save(std::move(opening)).status());
  RETURN_IF_ERROR(schedule::Cancel(work, kSweep, undone.name()));
  return undone;
}

// Moves what was written to the duplicate while the merge took place, or by mistake since.
absl::Status Sweep(const Context& context, UnitOfWork& work, const std::string& name) {
  Change<AccountMerge> change;
  ASSIGN_OR_RETURN(change.before, work.Load<AccountMerge>(name));
  change.after = change.before;
  if (change.before.state() != v1::ACCOUNT_MERGE_STATE_MERGED) return absl::OkStatus();
  RETURN_IF_ERROR(LoadBoth(work, change.before, auth::Level::kAll).status());
  RETURN_IF_ERROR(Move(context, work, &change.after));
  const absl::Time next = work.now() + absl::Hours(context.policy.merge_sweep_hours);
  if (next <= FromTimestamp(change.after.undo_until())) {
    RETURN_IF_ERROR(schedule::Schedule(work, kSweep, name, next));
  }
  return work.Save(std::move(change)).status();
}

template <typename Request, typename Fn>
void Add(const Context& context, absl::string_view verb, rpc::Registry* registry, Fn fn) {
  registry->Add<Request, AccountMerge>(
      absl::StrCat(kService, verb), [context, fn](rpc::Call& call, const Request& request) {
        return context.runtime.Write<AccountMerge>(call, request, [&](UnitOfWork& work) { return fn(work, request); });
      });
}

}  // namespace

void RegisterMerges(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<AccountMerge>(Propose);
  context.runtime.SetHooks(AccountMerge::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.AccountMergeService", registry);
  Add<v1::ApproveAccountMergeRequest>(context, "ApproveAccountMerge", registry,
                                      [context](UnitOfWork& work, const v1::ApproveAccountMergeRequest& request) {
                                        return Approve(context, work, request);
                                      });
  Add<v1::RejectAccountMergeRequest>(context, "RejectAccountMerge", registry, Reject);
  Add<v1::UndoAccountMergeRequest>(
      context, "UndoAccountMerge", registry,
      [context](UnitOfWork& work, const v1::UndoAccountMergeRequest& request) { return Undo(context, work, request); });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(
      kSweep, absl::StrCat(kService, "ApproveAccountMerge"),
      [context](UnitOfWork& work, const schedule::DueItem& item) { return Sweep(context, work, item.resource); });
}

}  // namespace kam::account

// Disputes between colleagues (G-09, A-07, R-04). Lock order: dispute, account, ownership rows; dispute, task.
#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/ownership_rows.h"
#include "account-svc/rules/dispute_rules.h"
#include "account-svc/rules/ownership_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "kam/account/v1/commission_share.pb.h"
#include "kam/account/v1/work_dispute_service.pb.h"
#include "kam/organization/v1/task.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::Change;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountOwnership;
using v1::WorkDispute;

constexpr int kLevelsMax = 30;
constexpr int kAgainstMeMax = 200;
constexpr char kOverdue[] = "work_dispute.overdue";
constexpr char kService[] = "kam.account.v1.WorkDisputeService/";

// The lines in force today of `employees` and everybody above them.
absl::StatusOr<rules::ReportingLines> LinesAbove(const Context& context, UnitOfWork& work,
                                                 std::vector<std::string> employees) {
  const std::string today = context.Today(work.now());
  rules::ReportingLines lines;
  for (int level = 0; !employees.empty() && level < kLevelsMax; ++level) {
    std::vector<Value> params;
    for (const std::string& employee : employees) {
      lines[employee];
      params.emplace_back(IdOf(employee));
    }
    const size_t count = params.size();
    params.insert(params.end(), {Value(today), Value(today)});
    ASSIGN_OR_RETURN(
        const std::vector<Row> rows,
        work.connection().Query(absl::StrCat("SELECT parent_id, superior FROM employees_superiors WHERE parent_id IN (",
                                             resource::Placeholders(count),
                                             ") AND since_date <= ? AND (until_date IS NULL OR until_date >= ?)"),
                                mysql::Params(params)));
    employees.clear();
    for (const Row& row : rows) {
      const std::string superior = NameOf("employees", row[1].text());
      lines[NameOf("employees", row[0].text())].push_back(superior);
      if (lines.count(superior) == 0) employees.push_back(superior);
    }
    std::sort(employees.begin(), employees.end());
    employees.erase(std::unique(employees.begin(), employees.end()), employees.end());
  }
  return lines;
}

// About what is not the ownership itself an opener names an account that he sees, or that he has worked: OUT_OF_SCOPE.
// Whether the respondent has a seat there is asked only where the opener sees the seats: any answer would name them.
absl::Status CheckRespondent(UnitOfWork& work, const Account& account, const std::vector<AccountOwnership>& active,
                             const WorkDispute& dispute) {
  const auto invalid = [](absl::string_view message) {
    return InvalidField("respondent", "DISPUTE_RESPONDENT_INVALID", message);
  };
  if (dispute.respondent().empty()) return invalid("must be set: against whom the dispute goes");
  if (dispute.account().empty()) return absl::OkStatus();
  const absl::Status reaches = work.CheckReach(*work.runtime().catalog().Find(Account::descriptor()), account,
                                               work.actor().LevelFor("account.read"));
  if (!reaches.ok()) {
    ASSIGN_OR_RETURN(const std::vector<Row> held,
                     work.connection().Query("SELECT 1 FROM account_ownerships WHERE account = ? AND employee = ? AND "
                                             "kind IN ('OWNER', 'CO_OWNER', 'REPORTED') LIMIT 1",
                                             {IdOf(account.name()), IdOf(dispute.opener())}));
    return held.empty() ? reaches : absl::OkStatus();
  }
  if (dispute.subject() != v1::DISPUTE_SUBJECT_COMMISSION) return absl::OkStatus();
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  const bool seated = (owner != nullptr && owner->employee() == dispute.respondent()) ||
                      FindKind(active, v1::OWNERSHIP_KIND_CO_OWNER, dispute.respondent()) != nullptr;
  return seated ? absl::OkStatus() : invalid("must be the owner or a co-owner of the account");
}

// Against whom it goes, and which ownership it is about.
absl::Status FindRespondent(UnitOfWork& work, const Account& account, const std::vector<AccountOwnership>& active,
                            WorkDispute* dispute) {
  if (dispute->subject() == v1::DISPUTE_SUBJECT_OWNERSHIP) {
    const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
    // Nobody owns it, but somebody has reported it, or it is kept for him.
    if (owner == nullptr) owner = FindKind(active, v1::OWNERSHIP_KIND_PROTECTED);
    if (owner == nullptr) owner = FindKind(active, v1::OWNERSHIP_KIND_REPORTED);
    if (owner == nullptr) {
      return FailedPrecondition("OWNER_MISSING", dispute->account(), "nobody owns the account: claim it");
    }
    dispute->set_respondent(owner->employee());
    dispute->set_ownership(owner->name());
  } else {
    RETURN_IF_ERROR(CheckRespondent(work, account, active, *dispute));
  }
  if (dispute->respondent() != dispute->opener()) return absl::OkStatus();
  return FailedPrecondition("DISPUTE_WITH_ONESELF", dispute->opener(), "there is nobody to disagree with");
}

// One open dispute of two people about one thing, whichever of them opened it. What was decided about an ownership
// holds as long as that ownership, or the one that the decision began.
absl::Status CheckNotDecided(UnitOfWork& work, const std::vector<AccountOwnership>& active,
                             const WorkDispute& dispute) {
  const auto* subject = v1::DisputeSubject_descriptor()->FindValueByNumber(dispute.subject());
  const Value opener(IdOf(dispute.opener())), respondent(IdOf(dispute.respondent()));
  std::vector<Value> params = {resource::ShortEnumName(subject), opener, respondent, respondent, opener};
  if (!dispute.account().empty()) params.emplace_back(IdOf(dispute.account()));
  ASSIGN_OR_RETURN(
      const std::vector<WorkDispute> known,
      work.Find<WorkDispute>(
          {absl::StrCat("t.subject = ? AND ((t.opener = ? AND t.respondent = ?) OR (t.opener = ? AND t.respondent = "
                        "?)) AND t.state IN ('OPEN', 'DECIDED') AND t.account ",
                        dispute.account().empty() ? "IS NULL" : "= ?"),
           params},
          "ORDER BY t.id DESC", 200));
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  const std::string about = dispute.account().empty() ? dispute.opener() : dispute.account();
  for (const WorkDispute& other : known) {
    if (other.subject_name() != dispute.subject_name()) continue;
    if (other.state() == v1::WORK_DISPUTE_STATE_OPEN) {
      return FailedPrecondition("DISPUTE_OPEN", about, absl::StrCat(other.name(), " is open already"),
                                {{"dispute", other.name()}});
    }
    const bool began_this =
        owner != nullptr && owner->origin() == v1::OWNERSHIP_ORIGIN_DECIDED && owner->evidence() == other.name();
    if (dispute.subject() == v1::DISPUTE_SUBJECT_OWNERSHIP && other.ownership() != dispute.ownership() && !began_this) {
      continue;
    }
    return FailedPrecondition("DISPUTE_DECIDED", about,
                              absl::StrCat(other.name(), " has decided this; the decision binds both"),
                              {{"dispute", other.name()}});
  }
  return absl::OkStatus();
}

absl::StatusOr<WorkDispute> Open(const Context& context, UnitOfWork& work, const v1::OpenWorkDisputeRequest& request) {
  WorkDispute dispute = request.work_dispute();
  ASSIGN_OR_RETURN(const std::string opener, Person(work));
  dispute.set_opener(opener);
  dispute.set_respondent(request.respondent());
  dispute.set_state(v1::WORK_DISPUTE_STATE_OPEN);
  dispute.set_subject_name(std::string(absl::StripAsciiWhitespace(dispute.subject_name())));
  RETURN_IF_ERROR(rules::CheckSubject(dispute));
  Account account;
  std::vector<AccountOwnership> active;
  if (!dispute.account().empty()) {
    ASSIGN_OR_RETURN(account, work.Load<Account>(dispute.account()));
    if (account.state() == v1::ACCOUNT_STATE_CLOSED) {
      return FailedPrecondition("ACCOUNT_CLOSED", account.name(), "the account is closed");
    }
    ASSIGN_OR_RETURN(active, ActiveRows(work, account.name()));
  }
  RETURN_IF_ERROR(FindRespondent(work, account, active, &dispute));
  RETURN_IF_ERROR(CheckNotDecided(work, active, dispute));
  ASSIGN_OR_RETURN(const rules::ReportingLines lines, LinesAbove(context, work, {opener, dispute.respondent()}));
  const std::vector<std::string> arbiters = rules::NearestCommonSuperiors(lines, opener, dispute.respondent());
  if (arbiters.empty()) {
    return FailedPrecondition("NO_COMMON_SUPERIOR", opener,
                              "the parties have no common superior by reporting line who could decide");
  }
  for (const std::string& arbiter : arbiters) dispute.add_arbiters(arbiter);
  constexpr int kHoursOfDay = 24;
  const absl::Time decide_by = work.now() + absl::Hours(kHoursOfDay) * context.policy.dispute_decide_days;
  *dispute.mutable_decide_by() = ToTimestamp(decide_by);
  ASSIGN_OR_RETURN(WorkDispute opened, work.Insert(std::move(dispute)));
  RETURN_IF_ERROR(schedule::Schedule(work, kOverdue, opened.name(), decide_by));
  return opened;
}

absl::Status NotParty(const WorkDispute& dispute, absl::string_view who) {
  return Error(absl::StatusCode::kPermissionDenied, "DISPUTE_NOT_PARTY",
               absl::StrCat(dispute.name(), ": only ", who, " can do this"), {{"resource", dispute.name()}});
}

// The task that the dispute names is the opener's from here on; one that is only told in words moves by the decision.
absl::Status MoveTask(UnitOfWork& work, const WorkDispute& dispute) {
  if (!absl::StartsWith(dispute.subject_name(), "tasks/")) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<organization::v1::Task> tasks,
                   work.Find<organization::v1::Task>({"t.id = ?", {IdOf(dispute.subject_name())}}, "", 1,
                                                     /*lock=*/true));
  if (tasks.empty() || tasks[0].assignee() != dispute.respondent() ||
      (tasks[0].state() != organization::v1::TASK_STATE_OPEN &&
       tasks[0].state() != organization::v1::TASK_STATE_IN_PROGRESS)) {
    return FailedPrecondition("DISPUTE_TASK_CHANGED", dispute.name(),
                              absl::StrCat(dispute.subject_name(), " is no open task of the respondent"),
                              {{"task", dispute.subject_name()}});
  }
  Change<organization::v1::Task> change{tasks[0], tasks[0]};
  change.after.set_assignee(dispute.opener());
  change.after.set_assigner(dispute.arbiter());
  return work.Save(std::move(change)).status();
}

// Tells whoever settles commissions what each party gets. A commission that stays is all the respondent's.
absl::Status ShareCommission(UnitOfWork& work, const WorkDispute& dispute) {
  constexpr int kWhole = 100;
  const auto insert = [&](const std::string& employee, const std::string& other, int percent) {
    v1::CommissionShare share;
    share.set_employee(employee);
    share.set_other(other);
    share.set_account(dispute.account());
    share.set_subject_name(dispute.subject_name());
    share.set_percent(percent);
    share.set_dispute(dispute.name());
    *share.mutable_decide_time() = dispute.decide_time();
    return work.Insert(std::move(share)).status();
  };
  RETURN_IF_ERROR(insert(dispute.opener(), dispute.respondent(), dispute.opener_share()));
  return insert(dispute.respondent(), dispute.opener(), kWhole - dispute.opener_share());
}

// What the respondent has of an account that is disputed: the row that the dispute was opened about, or the ownership
// that he has made of a report or protection since. Null: that is over by now, and the account is nobody's.
// DISPUTE_OWNER_CHANGED: the account has come to somebody else meanwhile.
absl::StatusOr<const AccountOwnership*> Held(UnitOfWork& work, const WorkDispute& dispute, const Account& account,
                                             const std::vector<AccountOwnership>& active) {
  for (const AccountOwnership& row : active) {
    if (row.name() == dispute.ownership()) return &row;
  }
  ASSIGN_OR_RETURN(const AccountOwnership disputed, work.Load<AccountOwnership>(dispute.ownership()));
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  const bool kept = rules::IsProtection(disputed.kind());
  if (kept && owner != nullptr && owner->employee() == dispute.respondent()) return owner;
  const bool free = std::all_of(active.begin(), active.end(),
                                [](const AccountOwnership& row) { return row.kind() == v1::OWNERSHIP_KIND_CO_OWNER; });
  const bool open = account.state() != v1::ACCOUNT_STATE_CLOSED && !account.has_archive_time();
  if (kept && free && open) return nullptr;
  return FailedPrecondition("DISPUTE_OWNER_CHANGED", dispute.name(),
                            "the account has changed hands since the dispute was opened");
}

// What the decision does to the account, the commission or the task.
absl::Status Apply(const Context& context, UnitOfWork& work, const WorkDispute& dispute) {
  if (dispute.effect() == v1::DISPUTE_EFFECT_TASK_MOVES) return MoveTask(work, dispute);
  if (dispute.subject() == v1::DISPUTE_SUBJECT_COMMISSION) return ShareCommission(work, dispute);
  if (dispute.effect() != v1::DISPUTE_EFFECT_OWNERSHIP_MOVES && dispute.effect() != v1::DISPUTE_EFFECT_CO_OWNERSHIP) {
    return absl::OkStatus();
  }
  Change<Account> change;
  ASSIGN_OR_RETURN(change.before, work.Load<Account>(dispute.account()));
  change.after = change.before;
  Account& account = change.after;
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  ASSIGN_OR_RETURN(const AccountOwnership* held, Held(work, dispute, account, active));
  const bool moves = dispute.effect() == v1::DISPUTE_EFFECT_OWNERSHIP_MOVES;
  if (held == nullptr && !moves) {
    return FailedPrecondition("DISPUTE_OWNER_CHANGED", dispute.name(),
                              "nobody has the account any more with whom it could be worked: it moves or stays");
  }
  RETURN_IF_ERROR(CheckCandidate(context, work, dispute.opener(), "name", moves));
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, account.name(), moves ? dispute.opener() : ""));
  NewRow row = {account.name(),
                dispute.opener(),
                v1::OWNERSHIP_KIND_CO_OWNER,
                v1::OWNERSHIP_ORIGIN_DECIDED,
                at,
                std::nullopt,
                absl::StrCat("decided: ", dispute.number()),
                dispute.name()};
  if (!moves) {
    if (FindKind(active, v1::OWNERSHIP_KIND_CO_OWNER, dispute.opener()) != nullptr) return absl::OkStatus();
    RETURN_IF_ERROR(InsertRow(context, work, row).status());
    account.add_co_owners(dispute.opener());
  } else {
    row.kind = v1::OWNERSHIP_KIND_OWNER;
    ASSIGN_OR_RETURN(row.protected_until, rules::ProtectedUntil(0, work.now(), context.policy));
    if (held != nullptr && held->kind() == v1::OWNERSHIP_KIND_OWNER) {
      RETURN_IF_ERROR(MoveOwner(context, work, active, *held, v1::OWNERSHIP_STATE_TRANSFERRED, row, &account));
    } else {
      ASSIGN_OR_RETURN(const AccountOwnership begun, InsertRow(context, work, row));
      RETURN_IF_ERROR(BecomeOwner(context, work, active, begun, &account));
    }
  }
  return work.Save(std::move(change)).status();
}

absl::StatusOr<WorkDispute> Decide(const Context& context, UnitOfWork& work,
                                   const v1::DecideWorkDisputeRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<WorkDispute>(request));
  WorkDispute& dispute = change.after;
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const rules::ReportingLines lines,
                   LinesAbove(context, work, {dispute.opener(), dispute.respondent()}));
  RETURN_IF_ERROR(rules::CheckArbiter(dispute, lines, actor));
  RETURN_IF_ERROR(rules::CheckEffect(dispute, request.effect(), request.opener_share()));
  dispute.set_arbiter(actor);
  *dispute.mutable_decide_time() = ToTimestamp(work.now());
  dispute.set_effect(request.effect());
  dispute.set_opener_share(request.opener_share());
  dispute.set_decision(request.decision());
  RETURN_IF_ERROR(Apply(context, work, dispute));
  RETURN_IF_ERROR(schedule::Cancel(work, kOverdue, dispute.name()));
  return work.Save(std::move(change));
}

// The disputes in which the caller is the other side, newest first: he reads what is alleged and what was decided,
// whether or not he still sees the account.
absl::StatusOr<v1::ListWorkDisputesAgainstMeResponse> AgainstMe(const Context& context, rpc::Call& call) {
  const resource::Type& type = *context.runtime.catalog().Find(WorkDispute::descriptor());
  v1::ListWorkDisputesAgainstMeResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    const resource::SqlCondition against_me{"t.respondent = ?", {Value(call.principal.employee)}};
    ASSIGN_OR_RETURN(
        std::vector<resource::Record> records,
        context.runtime.store().Select(connection, type, {against_me}, "ORDER BY t.id DESC", kAgainstMeMax));
    for (resource::Record& record : records) {
      response.add_work_disputes()->Swap(static_cast<WorkDispute*>(record.message.get()));
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterDisputes(const Context& context, rpc::Registry* registry) {
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.WorkDisputeService", registry);
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.CommissionShareService", registry);
  registry->Add<v1::OpenWorkDisputeRequest, WorkDispute>(
      absl::StrCat(kService, "OpenWorkDispute"), [context](rpc::Call& call, const v1::OpenWorkDisputeRequest& request) {
        return context.runtime.Write<WorkDispute>(call, request,
                                                  [&](UnitOfWork& work) { return Open(context, work, request); });
      });
  registry->Add<v1::ListWorkDisputesAgainstMeRequest, v1::ListWorkDisputesAgainstMeResponse>(
      absl::StrCat(kService, "ListWorkDisputesAgainstMe"),
      [context](rpc::Call& call, const v1::ListWorkDisputesAgainstMeRequest&) { return AgainstMe(context, call); });
  registry->Add<v1::AnswerWorkDisputeRequest, WorkDispute>(
      absl::StrCat(kService, "AnswerWorkDispute"),
      [context](rpc::Call& call, const v1::AnswerWorkDisputeRequest& request) {
        return context.runtime.Write<WorkDispute>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<WorkDispute> {
          ASSIGN_OR_RETURN(auto change, work.Begin<WorkDispute>(request));
          ASSIGN_OR_RETURN(const std::string actor, Person(work));
          if (change.before.respondent() != actor) return NotParty(change.before, "the other side");
          change.after.set_answer(request.answer());
          *change.after.mutable_answer_time() = ToTimestamp(work.now());
          return work.Save(std::move(change));
        });
      });
  registry->Add<v1::WithdrawWorkDisputeRequest, WorkDispute>(
      absl::StrCat(kService, "WithdrawWorkDispute"),
      [context](rpc::Call& call, const v1::WithdrawWorkDisputeRequest& request) {
        return context.runtime.Write<WorkDispute>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<WorkDispute> {
          ASSIGN_OR_RETURN(auto change, work.Begin<WorkDispute>(request));
          ASSIGN_OR_RETURN(const std::string actor, Person(work));
          if (change.before.opener() != actor) return NotParty(change.before, "whoever opened it");
          RETURN_IF_ERROR(schedule::Cancel(work, kOverdue, change.before.name()));
          return work.Save(std::move(change));
        });
      });
  registry->Add<v1::DecideWorkDisputeRequest, WorkDispute>(
      absl::StrCat(kService, "DecideWorkDispute"),
      [context](rpc::Call& call, const v1::DecideWorkDisputeRequest& request) {
        return context.runtime.Write<WorkDispute>(call, request,
                                                  [&](UnitOfWork& work) { return Decide(context, work, request); });
      });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(kOverdue, absl::StrCat(kService, "DecideWorkDispute"),
                            [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                              Change<WorkDispute> change;
                              ASSIGN_OR_RETURN(change.before, work.Load<WorkDispute>(item.resource));
                              if (change.before.state() != v1::WORK_DISPUTE_STATE_OPEN) return absl::OkStatus();
                              change.after = change.before;
                              change.after.set_overdue(true);
                              return work.Save(std::move(change)).status();
                            });
}

}  // namespace kam::account

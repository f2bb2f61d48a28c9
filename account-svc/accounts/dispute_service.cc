// Disputes between colleagues (G-09, A-07, R-04). Lock order: dispute, account, ownership rows.
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/ownership_rows.h"
#include "account-svc/rules/dispute_rules.h"
#include "account-svc/rules/ownership_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "kam/account/v1/work_dispute_service.pb.h"

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

// Against whom it goes, and which ownership it is about.
absl::Status FindRespondent(const std::vector<AccountOwnership>& active, WorkDispute* dispute) {
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  if (dispute->subject() == v1::DISPUTE_SUBJECT_OWNERSHIP) {
    if (owner == nullptr) {
      return FailedPrecondition("OWNER_MISSING", dispute->account(), "nobody owns the account: claim it");
    }
    dispute->set_respondent(owner->employee());
    dispute->set_ownership(owner->name());
  } else {
    const bool seated = (owner != nullptr && owner->employee() == dispute->respondent()) ||
                        FindKind(active, v1::OWNERSHIP_KIND_CO_OWNER, dispute->respondent()) != nullptr;
    if (dispute->respondent().empty() || !seated) {
      return InvalidField("respondent", "DISPUTE_RESPONDENT_INVALID", "must be the owner or a co-owner of the account");
    }
  }
  if (dispute->respondent() != dispute->opener()) return absl::OkStatus();
  return FailedPrecondition("DISPUTE_WITH_ONESELF", dispute->account(), "there is nobody to disagree with");
}

// One open dispute of two people about one thing; what was decided about an ownership holds as long as that ownership.
absl::Status CheckNotDecided(UnitOfWork& work, const WorkDispute& dispute) {
  const auto* subject = v1::DisputeSubject_descriptor()->FindValueByNumber(dispute.subject());
  ASSIGN_OR_RETURN(
      const std::vector<WorkDispute> known,
      work.Find<WorkDispute>(
          {"t.account = ? AND t.subject = ? AND t.opener = ? AND t.respondent = ? AND t.state IN ('OPEN', 'DECIDED')",
           {IdOf(dispute.account()), resource::ShortEnumName(subject), IdOf(dispute.opener()),
            IdOf(dispute.respondent())}},
          "ORDER BY t.id DESC", 200));
  for (const WorkDispute& other : known) {
    if (other.subject_name() != dispute.subject_name()) continue;
    if (other.state() == v1::WORK_DISPUTE_STATE_OPEN) {
      return FailedPrecondition("DISPUTE_OPEN", dispute.account(), absl::StrCat(other.name(), " is open already"),
                                {{"dispute", other.name()}});
    }
    if (dispute.subject() == v1::DISPUTE_SUBJECT_OWNERSHIP && other.ownership() != dispute.ownership()) continue;
    return FailedPrecondition("DISPUTE_DECIDED", dispute.account(),
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
  ASSIGN_OR_RETURN(const Account account, work.Load<Account>(dispute.account()));
  if (account.state() == v1::ACCOUNT_STATE_CLOSED) {
    return FailedPrecondition("ACCOUNT_CLOSED", account.name(), "the account is closed");
  }
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  RETURN_IF_ERROR(FindRespondent(active, &dispute));
  RETURN_IF_ERROR(CheckNotDecided(work, dispute));
  ASSIGN_OR_RETURN(const rules::ReportingLines lines, LinesAbove(context, work, {opener, dispute.respondent()}));
  const std::vector<std::string> arbiters = rules::NearestCommonSuperiors(lines, opener, dispute.respondent());
  if (arbiters.empty()) {
    return FailedPrecondition("NO_COMMON_SUPERIOR", account.name(),
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

// What the decision does to the account.
absl::Status Apply(const Context& context, UnitOfWork& work, const WorkDispute& dispute) {
  if (dispute.effect() != v1::DISPUTE_EFFECT_OWNERSHIP_MOVES && dispute.effect() != v1::DISPUTE_EFFECT_CO_OWNERSHIP) {
    return absl::OkStatus();
  }
  Change<Account> change;
  ASSIGN_OR_RETURN(change.before, work.Load<Account>(dispute.account()));
  change.after = change.before;
  Account& account = change.after;
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  if (owner == nullptr || owner->name() != dispute.ownership()) {
    return FailedPrecondition("DISPUTE_OWNER_CHANGED", dispute.name(),
                              "the account has changed hands since the dispute was opened");
  }
  const bool moves = dispute.effect() == v1::DISPUTE_EFFECT_OWNERSHIP_MOVES;
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
    RETURN_IF_ERROR(MoveOwner(context, work, active, *owner, v1::OWNERSHIP_STATE_TRANSFERRED, row, &account));
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

}  // namespace

void RegisterDisputes(const Context& context, rpc::Registry* registry) {
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.WorkDisputeService", registry);
  registry->Add<v1::OpenWorkDisputeRequest, WorkDispute>(
      absl::StrCat(kService, "OpenWorkDispute"), [context](rpc::Call& call, const v1::OpenWorkDisputeRequest& request) {
        return context.runtime.Write<WorkDispute>(call, request,
                                                  [&](UnitOfWork& work) { return Open(context, work, request); });
      });
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

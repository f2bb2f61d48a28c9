// kam.contract.v1.ContractService (C-10, C-11, C-12).
#include "absl/strings/str_cat.h"
#include "common/id/digest.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/authors.h"
#include "contract-svc/contracts/commitment_book.h"
#include "contract-svc/contracts/contract_terms.h"
#include "contract-svc/contracts/performance.h"
#include "contract-svc/orders/terms.h"
#include "contract-svc/pricing/quote_ledger.h"
#include "contract-svc/rules/contract.h"
#include "contract-svc/rules/performance.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/review.h"
#include "contract-svc/rules/text.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.contract.v1.ContractService";
constexpr char kDueReview[] = "contract.review_overdue";
constexpr char kDueEnd[] = "contract.expiring";
constexpr char kDueStart[] = "contract.starting";
constexpr char kAnnualSign[] = "contract.sign_annual";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

std::string HashOf(const pb::Contract& contract) { return Sha256Hex(rules::ContractText(contract)); }

bool Editable(const pb::Contract& contract) {
  return contract.state() == pb::CONTRACT_STATE_DRAFT || contract.state() == pb::CONTRACT_STATE_RETURNED;
}

// Whether anything but an import and the passing of time has changed the contract: from then on it belongs here.
absl::StatusOr<bool> WorkedOnHere(UnitOfWork& work, const pb::Contract& contract) {
  if (contract.versions_size() > 0 || contract.steps_size() > 0 || !contract.approved_sha256().empty()) return true;
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT 1 FROM changes WHERE resource_id = ? AND method NOT LIKE ? AND "
                                           "actor NOT LIKE ? LIMIT 1",
                                           {IdOf(contract.name()), "%/BatchUpsert%", "programs/%"}));
  return !rows.empty();
}

// The day on which the contract becomes EXPIRING.
absl::Status ScheduleEnd(const Context& context, UnitOfWork& work, const pb::Contract& contract) {
  if (contract.end_date().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string day, rules::ReminderDay(contract, context.policy.renewal_lead_days));
  ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(day));
  return schedule::Schedule(work, kDueEnd, contract.name(), due);
}

// A signed contract comes into force after its first day at the latest, whether or not somebody says so.
absl::Status WatchStart(const Context& context, UnitOfWork& work, const pb::Contract* before,
                        const pb::Contract& after) {
  const bool was = before != nullptr && before->state() == pb::CONTRACT_STATE_SIGNED;
  const bool is = after.state() == pb::CONTRACT_STATE_SIGNED;
  if (was && !is) return schedule::Cancel(work, kDueStart, after.name());
  if (!is || (was && before->start_date() == after.start_date())) return absl::OkStatus();
  return ScheduleStart(context, work, after);
}

absl::Status Start(UnitOfWork& work, const std::string& name) {
  ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(name));
  if (contract.state() != pb::CONTRACT_STATE_SIGNED) return absl::OkStatus();
  Change<pb::Contract> change{contract, contract};
  change.after.set_state(pb::CONTRACT_STATE_ACTIVE);
  return work.Save(std::move(change)).status();
}

// A contract has one successor: a draft that is given up leaves the place to another one.
absl::Status GiveUp(const Context& context, UnitOfWork& work, const pb::CancelContractRequest& request,
                    Change<pb::Contract>* change) {
  RETURN_IF_ERROR(rules::CheckReason(request.reason()));
  change->after.set_state_reason(request.reason());
  change->after.clear_predecessor();
  return GiveUpSuccessor(context, work, change->before);
}

void SetContractHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::Contract>([](UnitOfWork& work, pb::Contract* contract) -> absl::Status {
    RETURN_IF_ERROR(rules::ComputeContract(contract));
    if (!work.actor().is_program()) contract->set_drafter(work.actor().subject);
    if (!work.importing() || contract->state() == pb::CONTRACT_STATE_UNSPECIFIED) {
      contract->set_state(pb::CONTRACT_STATE_DRAFT);
    }
    return absl::OkStatus();
  });
  hooks.on_update = resource::OnUpdate<pb::Contract>(
      [](UnitOfWork& work, const pb::Contract& before, pb::Contract* after) -> absl::Status {
        if (!work.importing() && !Editable(before)) {
          return FailedPrecondition("CONTRACT_FROZEN", before.name(),
                                    "the words of a contract are frozen from submission on; withdraw it first",
                                    {{"state", pb::ContractState_Name(before.state())}});
        }
        RETURN_IF_ERROR(rules::ComputeContract(after));
        // The other system does not know that its day has come since.
        if (after->state() == pb::CONTRACT_STATE_SIGNED && rules::IsRunning(before)) after->set_state(before.state());
        if (!work.importing() || after->SerializeAsString() == before.SerializeAsString()) return absl::OkStatus();
        ASSIGN_OR_RETURN(const bool worked_on, WorkedOnHere(work, before));
        if (!worked_on) return absl::OkStatus();
        return FailedPrecondition("CONTRACT_NOT_HISTORY", before.name(),
                                  "the contract has been worked on here; the import does not change it any more");
      });
  // What a contract draws of its quote; and a contract in force turns EXPIRING in time, however it came into force.
  hooks.on_saved = resource::OnSaved<pb::Contract>(
      [context](UnitOfWork& work, const pb::Contract* before, const pb::Contract& after) -> absl::Status {
        RETURN_IF_ERROR(DrawForContract(work, before, after));
        const bool was_active = before != nullptr && before->state() == pb::CONTRACT_STATE_ACTIVE;
        const bool active = after.state() == pb::CONTRACT_STATE_ACTIVE;
        RETURN_IF_ERROR(PostContract(work, after));
        RETURN_IF_ERROR(WatchStart(context, work, before, after));
        const bool moved = before != nullptr && before->end_date() != after.end_date();
        // History may come in as EXPIRING or SUSPENDED: it has an end and a rebate as well.
        const bool running = rules::IsRunning(after);
        const bool starts = running && (before == nullptr || !rules::IsRunning(*before));
        if (starts) RETURN_IF_ERROR(ScheduleAccrual(context, work, after));
        if (starts || (running && moved)) RETURN_IF_ERROR(ScheduleEnded(context, work, after));
        // What an import brings was begun elsewhere.
        const bool amended = before != nullptr && before->versions_size() != after.versions_size();
        if (!work.importing() && running && (starts || amended)) {
          RETURN_IF_ERROR(FollowTerms(context, work, after));
        }
        const bool rebate_new = before != nullptr && before->rebate_tiers_size() == 0 && after.rebate_tiers_size() > 0;
        if (running && !starts && rebate_new) RETURN_IF_ERROR(ScheduleAccrual(context, work, after));
        if (active && (!was_active || moved)) return ScheduleEnd(context, work, after);
        if (was_active && !active) return schedule::Cancel(work, kDueEnd, after.name());
        return absl::OkStatus();
      });
  context.runtime.SetHooks(pb::Contract::descriptor(), std::move(hooks));
}

absl::StatusOr<pb::Contract> Submit(const Context& context, rpc::Call& call, const pb::SubmitContractRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::Contract>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Contract> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Contract>(request));
    const pb::Contract& contract = change.before;
    if (contract.quote().empty()) {
      return FailedPrecondition("QUOTE_REQUIRED", contract.name(),
                                "the prices of a contract are those of an approved quote: name it in quote");
    }
    ASSIGN_OR_RETURN(const rules::AgreedTerms terms,
                     QuoteTerms(context, work, contract.quote(), contract.account(), /*for_order=*/false));
    RETURN_IF_ERROR(rules::CheckQuotePrices(terms, contract));
    RETURN_IF_ERROR(rules::TakeQuoteAmounts(terms, &change.after));
    if (rules::IsImportant(context.policy.important_contract_from, change.after.total())) {
      change.after.set_important(true);
    }
    RETURN_IF_ERROR(rules::Submit(work.actor().subject, context.Today(work.now()), request.review_deadline(),
                                  HashOf(change.after), &change.after));
    RETURN_IF_ERROR(CheckRegion(work, contract));
    ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(request.review_deadline()));
    RETURN_IF_ERROR(schedule::Schedule(work, kDueReview, contract.name(), due));
    return work.Save(std::move(change));
  });
}

absl::StatusOr<pb::Contract> Review(const Context& context, rpc::Call& call, const pb::ReviewContractRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  RETURN_IF_ERROR(CheckReviewer(call, request.step()));
  return context.runtime.Write<pb::Contract>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Contract> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Contract>(request));
    RETURN_IF_ERROR(CheckRead(request.etag()));
    RETURN_IF_ERROR(CheckNotAuthor(work, change.before.name(), Rpc("UpdateContract")));
    RETURN_IF_ERROR(rules::Review(work.actor().subject, request.step(), request.approve(), request.opinion(),
                                  work.now(), &change.after));
    if (change.after.state() != pb::CONTRACT_STATE_IN_REVIEW) {
      RETURN_IF_ERROR(schedule::Cancel(work, kDueReview, change.before.name()));
    }
    return work.Save(std::move(change));
  });
}

absl::StatusOr<pb::Contract> Sign(const Context& context, rpc::Call& call, const pb::SignContractRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::Contract>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Contract> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Contract>(request));
    if (change.before.kind() == pb::CONTRACT_KIND_ANNUAL && !call.principal.Holds(kAnnualSign)) {
      return AnnualSignerRequired(kAnnualSign);
    }
    RETURN_IF_ERROR(rules::Sign(request, context.policy.signing_checks, work.actor().subject,
                                ApprovedOn(context, change.before.steps()), context.Today(work.now()),
                                HashOf(change.before), &change.after));
    RETURN_IF_ERROR(MarkRenewed(context, work, change.before));
    return work.Save(std::move(change));
  });
}

}  // namespace

absl::Status ScheduleStart(const Context& context, UnitOfWork& work, const pb::Contract& contract) {
  if (contract.start_date().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(contract.start_date()));
  return schedule::Schedule(work, kDueStart, contract.name(), due);
}

void RegisterContracts(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  SetContractHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::GetContractTextRequest, pb::ContractText>(
      Rpc("GetContractText"),
      [context](rpc::Call& call, const pb::GetContractTextRequest& request) -> absl::StatusOr<pb::ContractText> {
        ASSIGN_OR_RETURN(const pb::Contract contract, context.runtime.Get<pb::Contract>(call, request.name()));
        pb::ContractText text;
        std::string day = request.as_of_date();
        if (day.empty()) day = rules::TextDay(contract, context.Today(context.runtime.clock().Now()));
        text.set_contract_text(rules::ContractText(day.empty() ? contract : rules::ContractOn(contract, day)));
        text.set_content_sha256(Sha256Hex(text.contract_text()));
        return text;
      });
  registry->Add<pb::SubmitContractRequest, pb::Contract>(
      Rpc("SubmitContract"),
      [context](rpc::Call& call, const pb::SubmitContractRequest& request) { return Submit(context, call, request); });
  registry->Add<pb::ReviewContractRequest, pb::Contract>(
      Rpc("ReviewContract"),
      [context](rpc::Call& call, const pb::ReviewContractRequest& request) { return Review(context, call, request); });
  registry->Add<pb::SignContractRequest, pb::Contract>(
      Rpc("SignContract"),
      [context](rpc::Call& call, const pb::SignContractRequest& request) { return Sign(context, call, request); });
  AddVerb<pb::Contract, pb::WithdrawContractRequest>(
      context, Rpc("WithdrawContract"), registry,
      [](UnitOfWork& work, const pb::WithdrawContractRequest&, Change<pb::Contract>* change) {
        change->after.clear_approved_sha256();
        change->after.clear_content_sha256();
        return schedule::Cancel(work, kDueReview, change->before.name());
      });
  AddVerb<pb::Contract, pb::CancelContractRequest>(
      context, Rpc("CancelContract"), registry,
      [context](UnitOfWork& work, const pb::CancelContractRequest& request, Change<pb::Contract>* change) {
        return GiveUp(context, work, request, change);
      });
  AddVerb<pb::Contract, pb::CorrectContractSignatureRequest>(
      context, Rpc("CorrectContractSignature"), registry,
      [context](UnitOfWork& work, const rpc::Call& call, const pb::CorrectContractSignatureRequest& request,
                Change<pb::Contract>* change) -> absl::Status {
        if (change->before.kind() == pb::CONTRACT_KIND_ANNUAL && !call.principal.Holds(kAnnualSign)) {
          return AnnualSignerRequired(kAnnualSign);
        }
        RETURN_IF_ERROR(rules::CheckReason(request.reason()));
        ASSIGN_OR_RETURN(const std::vector<mysql::Row> filed,
                         work.connection().Query("SELECT a.id FROM contract_archives a WHERE a.contract = ?",
                                                 {mysql::Value(IdOf(change->before.name()))}));
        return rules::CorrectSignature(request, !filed.empty(), ApprovedOn(context, change->before.steps()),
                                       context.Today(work.now()), &change->after);
      });
  AddVerb<pb::Contract, pb::ActivateContractRequest>(
      context, Rpc("ActivateContract"), registry,
      [context](UnitOfWork& work, const pb::ActivateContractRequest&, Change<pb::Contract>* change) -> absl::Status {
        if (change->before.state() != pb::CONTRACT_STATE_SIGNED) return absl::OkStatus();  // Its day has come.
        change->after.set_state(pb::CONTRACT_STATE_ACTIVE);
        return rules::CheckInForce(context.Today(work.now()), change->before);
      });
  AddVerb<pb::Contract, pb::ResumeContractRequest>(
      context, Rpc("ResumeContract"), registry,
      [context](UnitOfWork& work, const pb::ResumeContractRequest&, Change<pb::Contract>* change) {
        change->after.clear_state_reason();
        return rules::CheckInForce(context.Today(work.now()), change->before);
      });
  AddVerb<pb::Contract, pb::CloseContractRequest>(
      context, Rpc("CloseContract"), registry,
      [context](UnitOfWork& work, const pb::CloseContractRequest&, Change<pb::Contract>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const int64_t open, CountOpenOrders(work.connection(), change->before.name()));
        RETURN_IF_ERROR(rules::CheckOrdersOver(change->before.name(), open));
        RETURN_IF_ERROR(MeasureObligations(context, work, change->before).status());
        return CheckObligationsOver(work, change->before.name());
      });
  AddVerb<pb::Contract, pb::SuspendContractRequest>(
      context, Rpc("SuspendContract"), registry,
      [](UnitOfWork&, const pb::SuspendContractRequest& request, Change<pb::Contract>* change) {
        change->after.set_state_reason(request.reason());
        return rules::CheckReason(request.reason());
      });
  AddVerb<pb::Contract, pb::TerminateContractRequest>(
      context, Rpc("TerminateContract"), registry,
      [](UnitOfWork& work, const pb::TerminateContractRequest& request, Change<pb::Contract>* change) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckReason(request.reason()));
        change->after.set_state_reason(request.reason());
        return TerminateObligations(work, change->before.name(), request.reason());
      });

  scheduler->Handle(kDueReview, Rpc("SubmitContract"),
                    [context](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                      ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(item.resource));
                      if (contract.state() != pb::CONTRACT_STATE_IN_REVIEW) return absl::OkStatus();
                      Change<pb::Contract> change{contract, contract};
                      if (!rules::MarkOverdue(context.Today(work.now()), change.after.mutable_steps()))
                        return absl::OkStatus();
                      return work.Save(std::move(change)).status();
                    });
  scheduler->Handle(kDueStart, Rpc("ActivateContract"),
                    [](UnitOfWork& work, const schedule::DueItem& item) { return Start(work, item.resource); });
  scheduler->Handle(kDueEnd, Rpc("ActivateContract"),
                    [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                      ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(item.resource));
                      if (contract.state() != pb::CONTRACT_STATE_ACTIVE) return absl::OkStatus();
                      Change<pb::Contract> change{contract, contract};
                      change.after.set_state(pb::CONTRACT_STATE_EXPIRING);
                      if (contract.renewal_status() == pb::RENEWAL_STATUS_UNSPECIFIED) {
                        change.after.set_renewal_status(pb::RENEWAL_STATUS_DUE);
                      }
                      return work.Save(std::move(change)).status();
                    });
}

}  // namespace kam::contract

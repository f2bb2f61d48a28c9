// kam.contract.v1.DisputeService (C-13).
#include <functional>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/contracts/performance.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/performance.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/dispute_service.pb.h"
#include "kam/contract/v1/obligation.pb.h"

namespace kam::contract {
namespace {

namespace pb = v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.contract.v1.DisputeService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status Raise(UnitOfWork& work, pb::ContractDispute* dispute) {
  RETURN_IF_ERROR(Validate(work, *dispute));
  const absl::StatusOr<pb::Contract> contract = work.Load<pb::Contract>(dispute->contract());
  if (absl::IsNotFound(contract.status())) {
    return InvalidField("contract_dispute.contract", "REFERENCE_NOT_FOUND", "does not exist",
                        {{"reference", dispute->contract()}});
  }
  RETURN_IF_ERROR(contract.status());
  RETURN_IF_ERROR(
      rules::AmountIn(dispute->claimed_amount(), contract->currency(), "contract_dispute.claimed_amount").status());
  dispute->set_account(contract->account());
  dispute->set_raiser(work.actor().subject);
  dispute->set_state(pb::CONTRACT_DISPUTE_STATE_OPEN);
  if (dispute->obligation().empty()) return absl::OkStatus();
  const absl::StatusOr<pb::Obligation> obligation = work.Load<pb::Obligation>(dispute->obligation());
  if (absl::IsNotFound(obligation.status())) {
    return InvalidField("contract_dispute.obligation", "REFERENCE_NOT_FOUND", "does not exist",
                        {{"reference", dispute->obligation()}});
  }
  RETURN_IF_ERROR(obligation.status());
  if (obligation->contract() != dispute->contract()) {
    return InvalidField("contract_dispute.obligation", "OBLIGATION_OF_OTHER_CONTRACT", "belongs to another contract",
                        {{"contract", obligation->contract()}});
  }
  if (obligation->state() == pb::OBLIGATION_STATE_DISPUTED) {
    return FailedPrecondition("DISPUTE_OPEN", obligation->name(), "there is a dispute about it already",
                              {{"dispute", obligation->dispute()}});
  }
  if (obligation->state() != pb::OBLIGATION_STATE_IN_FORCE && obligation->state() != pb::OBLIGATION_STATE_OVERDUE) {
    return ObligationOver(*obligation);
  }
  return absl::OkStatus();
}

// The obligation rests while it is disputed, and refers to the dispute.
absl::Status Rest(UnitOfWork& work, const pb::ContractDispute& dispute) {
  if (dispute.obligation().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pb::Obligation obligation, work.Load<pb::Obligation>(dispute.obligation()));
  Change<pb::Obligation> change{obligation, obligation};
  change.after.set_state(pb::OBLIGATION_STATE_DISPUTED);
  change.after.set_dispute(dispute.name());
  return work.Save(std::move(change)).status();
}

absl::Status GoOn(const Context& context, UnitOfWork& work, const pb::ContractDispute& dispute, bool terminate,
                  const std::string& reason) {
  if (dispute.obligation().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pb::Obligation obligation, work.Load<pb::Obligation>(dispute.obligation()));
  if (obligation.state() != pb::OBLIGATION_STATE_DISPUTED) return absl::OkStatus();  // Fulfilled meanwhile.
  Change<pb::Obligation> change{obligation, obligation};
  if (terminate) {
    change.after.set_state(pb::OBLIGATION_STATE_TERMINATED);
    change.after.set_state_reason(reason);
  } else {
    ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(dispute.contract()));
    RETURN_IF_ERROR(rules::GoOnAfterDispute(contract, context.Today(work.now()), &change.after));
  }
  return work.Save(std::move(change)).status();
}

// The contract and the obligation of a dispute are locked before it.
absl::Status LockBefore(UnitOfWork& work, absl::string_view dispute) {
  RETURN_IF_ERROR(LockContractOf(work, pb::ContractDispute::descriptor(), dispute));
  ASSIGN_OR_RETURN(const std::string obligation,
                   ReferenceOfRow(work, pb::ContractDispute::descriptor(), "obligation", dispute));
  return obligation.empty() ? absl::OkStatus() : work.Load<pb::Obligation>(obligation).status();
}

}  // namespace

void RegisterDisputes(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::ContractDispute>(Raise);
  hooks.on_saved = resource::OnSaved<pb::ContractDispute>(
      [](UnitOfWork& work, const pb::ContractDispute* before, const pb::ContractDispute& after) {
        return before == nullptr ? Rest(work, after) : absl::OkStatus();
      });
  context.runtime.SetHooks(pb::ContractDispute::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  const auto lock = [](UnitOfWork& work, const auto& request) { return LockBefore(work, request.name()); };
  AddPersonVerb<pb::ContractDispute, pb::TakeContractDisputeRequest>(
      context, Rpc("TakeContractDispute"), registry, lock,
      [](UnitOfWork& work, const pb::TakeContractDisputeRequest&, Change<pb::ContractDispute>* change) {
        change->after.set_handler(work.actor().subject);
        return absl::OkStatus();
      });
  AddPersonVerb<pb::ContractDispute, pb::LitigateContractDisputeRequest>(
      context, Rpc("LitigateContractDispute"), registry, lock,
      [](UnitOfWork&, const pb::LitigateContractDisputeRequest& request, Change<pb::ContractDispute>* change) {
        change->after.set_state_reason(request.reason());
        return rules::CheckReason(request.reason());
      });
  AddPersonVerb<pb::ContractDispute, pb::SettleContractDisputeRequest>(
      context, Rpc("SettleContractDispute"), registry, lock,
      [context](UnitOfWork& work, const pb::SettleContractDisputeRequest& request,
                Change<pb::ContractDispute>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                         work.connection().Query("SELECT c.currency FROM contracts c WHERE c.id = ?",
                                                 {mysql::Value(IdOf(change->before.contract()))}));
        if (rows.empty()) return NotFound(change->before.contract());
        RETURN_IF_ERROR(rules::AmountIn(request.settled_amount(), rows[0][0].text(), "settled_amount").status());
        change->after.set_resolution(request.resolution());
        if (request.has_settled_amount()) *change->after.mutable_settled_amount() = request.settled_amount();
        change->after.set_settled_date(context.Today(work.now()));
        return GoOn(context, work, change->before, request.terminate_obligation(), "by settlement of the dispute");
      });
  AddPersonVerb<pb::ContractDispute, pb::WithdrawContractDisputeRequest>(
      context, Rpc("WithdrawContractDispute"), registry, lock,
      [context](UnitOfWork& work, const pb::WithdrawContractDisputeRequest& request,
                Change<pb::ContractDispute>* change) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckReason(request.reason()));
        change->after.set_state_reason(request.reason());
        return GoOn(context, work, change->before, /*terminate=*/false, "");
      });
}

}  // namespace kam::contract

// kam.contract.v1.ObligationService (C-13).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/contracts/contract_terms.h"
#include "contract-svc/contracts/performance.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/performance.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/obligation_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.contract.v1.ObligationService";
constexpr char kDueOverdue[] = "obligation.overdue";
constexpr int kObligationsPage = 500;  // Ended at a time.

constexpr char kSupervise[] = "obligation.supervise";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status Complete(const Context& context, UnitOfWork& work, pb::Obligation* obligation) {
  RETURN_IF_ERROR(Validate(work, *obligation));
  const absl::StatusOr<pb::Contract> contract = work.Load<pb::Contract>(obligation->contract());
  if (absl::IsNotFound(contract.status())) {
    return InvalidField("obligation.contract", "REFERENCE_NOT_FOUND", "does not exist",
                        {{"reference", obligation->contract()}});
  }
  RETURN_IF_ERROR(contract.status());
  return rules::CompleteObligation(*contract, context.Today(work.now()), obligation);
}

void SetHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::Obligation>(
      [context](UnitOfWork& work, pb::Obligation* obligation) { return Complete(context, work, obligation); });
  hooks.lock_first = [](UnitOfWork& work, const std::string& name) {
    return LockContractOf(work, pb::Obligation::descriptor(), name);
  };
  hooks.on_update = resource::OnUpdate<pb::Obligation>(
      [context](UnitOfWork& work, const pb::Obligation& before, pb::Obligation* after) -> absl::Status {
        if (before.state() != pb::OBLIGATION_STATE_IN_FORCE && before.state() != pb::OBLIGATION_STATE_OVERDUE) {
          return ObligationOver(before);
        }
        RETURN_IF_ERROR(rules::CheckFollowsTerm(before, *after));
        // Who is measured by a day that has passed does not put it off by himself.
        if (rules::MovesPassedDay(context.Today(work.now()), before, *after)) {
          if (!work.actor().Holds(kSupervise)) return rules::SupervisionRequired(before.name(), kSupervise);
          RETURN_IF_ERROR(work.CheckReach(*work.runtime().catalog().Find(pb::Obligation::descriptor()), before,
                                          work.actor().LevelFor(kSupervise)));
        }
        return Complete(context, work, after);
      });
  // Its day is watched as long as it is to be fulfilled, whoever changed it.
  hooks.on_saved = resource::OnSaved<pb::Obligation>(
      [context](UnitOfWork& work, const pb::Obligation* before, const pb::Obligation& after) -> absl::Status {
        const bool was = before != nullptr && before->state() == pb::OBLIGATION_STATE_IN_FORCE;
        const bool is = after.state() == pb::OBLIGATION_STATE_IN_FORCE;
        if (was && !is) return schedule::Cancel(work, kDueOverdue, after.name());
        if (!is || (was && before->due_date() == after.due_date())) return absl::OkStatus();
        ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(after.due_date()));
        return schedule::Schedule(work, kDueOverdue, after.name(), due);
      });
  context.runtime.SetHooks(pb::Obligation::descriptor(), std::move(hooks));
}

}  // namespace

absl::Status LockContractOf(UnitOfWork& work, const google::protobuf::Descriptor* type, absl::string_view name) {
  const absl::StatusOr<std::string> contract = ReferenceOfRow(work, type, "contract", name);
  if (absl::IsNotFound(contract.status())) return absl::OkStatus();
  RETURN_IF_ERROR(contract.status());
  return work.Load<pb::Contract>(*contract).status();
}

absl::Status ObligationOver(const pb::Obligation& obligation) {
  return FailedPrecondition("OBLIGATION_OVER", obligation.name(),
                            "it is fulfilled, ended or before the legal department",
                            {{"state", pb::ObligationState_Name(obligation.state())}});
}

absl::Status TerminateObligations(UnitOfWork& work, const std::string& contract, const std::string& reason) {
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<pb::Obligation> open,
                     work.Find<pb::Obligation>(
                         {"t.contract = ? AND t.state IN ('IN_FORCE', 'OVERDUE')", {mysql::Value(IdOf(contract))}},
                         "ORDER BY t.id", kObligationsPage, /*lock=*/true));
    if (open.empty()) return absl::OkStatus();
    for (const pb::Obligation& obligation : open) {
      Change<pb::Obligation> change{obligation, obligation};
      change.after.set_state(pb::OBLIGATION_STATE_TERMINATED);
      change.after.set_state_reason(reason);
      RETURN_IF_ERROR(work.Save(std::move(change)).status());
    }
  }
}

absl::Status CheckObligationsOver(UnitOfWork& work, const std::string& contract) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT COUNT(b.id) FROM obligations b WHERE b.contract = ? AND b.state IN "
                                           "('IN_FORCE', 'OVERDUE', 'DISPUTED')",
                                           {mysql::Value(IdOf(contract))}));
  if (rows[0][0].integer() == 0) return absl::OkStatus();
  return FailedPrecondition("OBLIGATIONS_OPEN", contract,
                            absl::StrCat(rows[0][0].integer(), " obligations of the contract are not fulfilled"),
                            {{"obligations", absl::StrCat(rows[0][0].integer())}});
}

void RegisterObligations(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  SetHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::RecordFulfilmentRequest, pb::Obligation>(
      Rpc("RecordFulfilment"),
      [context](rpc::Call& call, const pb::RecordFulfilmentRequest& request) -> absl::StatusOr<pb::Obligation> {
        return context.runtime.Write<pb::Obligation>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Obligation> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::Obligation>(request));
              RETURN_IF_ERROR(rules::CheckByHand(change.before));
              RETURN_IF_ERROR(rules::Fulfil(request, work.actor().subject, context.Today(work.now()), &change.after));
              return work.Save(std::move(change));
            });
      });
  AddVerb<pb::Obligation, pb::TakeBackFulfilmentRequest>(
      context, Rpc("TakeBackFulfilment"), registry,
      [](UnitOfWork& work, const pb::TakeBackFulfilmentRequest& request) {
        return LockContractOf(work, pb::Obligation::descriptor(), request.name());
      },
      [context](UnitOfWork& work, const pb::TakeBackFulfilmentRequest& request,
                Change<pb::Obligation>* change) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckReason(request.reason()));
        ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(change->before.contract()));
        return rules::TakeBackFulfilment(request, contract, work.actor().subject, context.Today(work.now()),
                                         &change->after);
      });
  registry->Add<pb::MeasureContractObligationsRequest, pb::MeasureContractObligationsResponse>(
      Rpc("MeasureContractObligations"),
      [context](rpc::Call& call, const pb::MeasureContractObligationsRequest& request)
          -> absl::StatusOr<pb::MeasureContractObligationsResponse> {
        return context.runtime.Write<pb::MeasureContractObligationsResponse>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::MeasureContractObligationsResponse> {
              ASSIGN_OR_RETURN(const auto change, work.Begin<pb::Contract>(request));
              ASSIGN_OR_RETURN(std::vector<pb::Obligation> measured, MeasureObligations(context, work, change.before));
              pb::MeasureContractObligationsResponse response;
              for (pb::Obligation& obligation : measured) *response.add_obligations() = std::move(obligation);
              return response;
            });
      });
  registry->Add<pb::TerminateObligationRequest, pb::Obligation>(
      Rpc("TerminateObligation"),
      [context](rpc::Call& call, const pb::TerminateObligationRequest& request) -> absl::StatusOr<pb::Obligation> {
        return context.runtime.Write<pb::Obligation>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Obligation> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::Obligation>(request));
              RETURN_IF_ERROR(rules::CheckReason(request.reason()));
              change.after.set_state_reason(request.reason());
              return work.Save(std::move(change));
            });
      });
  scheduler->Handle(
      kDueMeasure, Rpc("MeasureContractObligations"),
      [context](UnitOfWork& work, const schedule::DueItem& item) { return MeasureDay(context, work, item); });
  scheduler->Handle(
      kDueOverdue, Rpc("CreateObligation"), [context](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
        RETURN_IF_ERROR(LockContractOf(work, pb::Obligation::descriptor(), item.resource));
        ASSIGN_OR_RETURN(const pb::Obligation obligation, work.Load<pb::Obligation>(item.resource));
        if (obligation.state() != pb::OBLIGATION_STATE_IN_FORCE) return absl::OkStatus();
        Change<pb::Obligation> change{obligation, obligation};
        if (obligation.term().empty()) {
          RETURN_IF_ERROR(rules::PlaceObligation(context.Today(work.now()), &change.after));
        } else {
          ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(obligation.contract()));
          RETURN_IF_ERROR(MeasureObligation(context, work, contract, obligation.due_date(), &change.after));
        }
        return work.Save(std::move(change)).status();
      });
}

}  // namespace kam::contract

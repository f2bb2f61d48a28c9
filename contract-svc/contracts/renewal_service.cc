// Renewal of contracts in kam.contract.v1.ContractService (C-16).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/contracts/contract_terms.h"
#include "contract-svc/contracts/performance.h"
#include "contract-svc/rules/contract.h"
#include "contract-svc/rules/performance.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.contract.v1.ContractService";
constexpr char kDueEnded[] = "contract.ended";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// What is to be done about the renewal is done, or not any more.
absl::StatusOr<pb::Contract> SaveDecided(const Context& context, UnitOfWork& work, Change<pb::Contract> change) {
  ASSIGN_OR_RETURN(pb::Contract contract, work.Save(std::move(change)));
  if (rules::IsRunning(contract)) RETURN_IF_ERROR(MeasureObligations(context, work, contract).status());
  return contract;
}

absl::StatusOr<pb::Contract> Renew(const Context& context, rpc::Call& call, const pb::RenewContractRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::Contract>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Contract> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Contract>(request));
    // A contract has one successor; it is read only, since its signature locks it before the contract it renews.
    ASSIGN_OR_RETURN(
        std::vector<pb::Contract> drafted,
        work.Find<pb::Contract>({"t.predecessor = ?", {mysql::Value(IdOf(change.before.name()))}}, "ORDER BY t.id", 1));
    pb::Contract next;
    if (drafted.empty()) {
      ASSIGN_OR_RETURN(next, rules::DraftSuccessor(request, change.before));
      next.set_drafter(work.actor().subject);
      ASSIGN_OR_RETURN(next, work.Insert(std::move(next)));
    } else {
      RETURN_IF_ERROR(rules::TakeUpSuccessor(request, change.before, drafted[0]));
      next = std::move(drafted[0]);
    }
    change.after.set_renewal_status(pb::RENEWAL_STATUS_RENEWING);
    change.after.clear_non_renewal_reason();
    change.after.clear_non_renewal_remark();
    change.after.set_successor(next.name());
    RETURN_IF_ERROR(SaveDecided(context, work, std::move(change)).status());
    return next;
  });
}

absl::StatusOr<pb::Contract> Decline(const Context& context, rpc::Call& call,
                                     const pb::DeclineContractRenewalRequest& request) {
  return context.runtime.Write<pb::Contract>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Contract> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Contract>(request));
    RETURN_IF_ERROR(rules::DeclineRenewal(request, &change.after));
    return SaveDecided(context, work, std::move(change));
  });
}

absl::StatusOr<pb::ReportContractRenewalsResponse> Report(const Context& context, rpc::Call& call,
                                                          const pb::ReportContractRenewalsRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(pb::Contract::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  const resource::SqlCondition period = {
      "t.end_date >= ? AND t.end_date <= ? AND t.state IN ('SIGNED', 'ACTIVE', 'EXPIRING', 'SUSPENDED', 'TERMINATED', "
      "'CLOSED')",
      {mysql::Value(request.from_date()), mysql::Value(request.to_date())}};
  if (request.page_size() < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  const int page_size =
      request.page_size() == 0 ? resource::kPageSizeDefault : std::min(request.page_size(), resource::kPageSizeMax);
  const absl::Time now = context.runtime.clock().Now();
  const std::string binding = absl::StrCat(call.method->full_name(), "\n", call.principal.subject, "\n",
                                           request.from_date(), "\n", request.to_date());
  resource::SqlCondition after;
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<mysql::Value> last,
                     context.runtime.page_tokens().Open(request.page_token(), binding, now));
    if (last.size() != 2) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    after = {"t.end_date > ? OR (t.end_date = ? AND t.id > ?)", {last[0], last[0], last[1]}};
  }
  pb::ReportContractRenewalsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(std::vector<resource::Record> found,
                     context.runtime.store().Select(connection, type, {scope, period, after},
                                                    "ORDER BY t.end_date, t.id", page_size + 1));
    if (found.size() > static_cast<size_t>(page_size)) {
      found.resize(static_cast<size_t>(page_size));
      const auto& last = static_cast<const pb::Contract&>(*found.back().message);
      response.set_next_page_token(context.runtime.page_tokens().Seal(
          {mysql::Value(last.end_date()), mysql::Value(IdOf(last.name()))}, binding, now));
    }
    for (const resource::Record& record : found) {
      const auto& contract = static_cast<const pb::Contract&>(*record.message);
      pb::RenewalRow* row = nullptr;
      if (contract.renewal_status() == pb::RENEWAL_STATUS_RENEWED) {
        row = response.add_renewed();
      } else if (contract.state() == pb::CONTRACT_STATE_SUSPENDED) {
        row = response.add_suspended();
      } else if (contract.renewal_status() == pb::RENEWAL_STATUS_NOT_RENEWED ||
                 contract.renewal_status() == pb::RENEWAL_STATUS_LAPSED) {
        row = response.add_not_renewed();
      } else {
        row = response.add_open();  // Also one whose successor nobody has signed yet.
      }
      row->set_contract(contract.name());
      row->set_number(contract.number());
      row->set_account(contract.account());
      row->set_title(contract.title());
      row->set_end_date(contract.end_date());
      row->set_state(contract.state());
      row->set_renewal_status(contract.renewal_status());
      row->set_non_renewal_reason(contract.non_renewal_reason());
      row->set_successor(contract.successor());
      *row->mutable_total() = contract.total();
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

absl::Status MarkRenewed(const Context& context, UnitOfWork& work, const pb::Contract& successor) {
  if (successor.predecessor().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(successor.predecessor()));
  Change<pb::Contract> change{contract, contract};
  change.after.set_renewal_status(pb::RENEWAL_STATUS_RENEWED);
  change.after.set_successor(successor.name());
  change.after.clear_non_renewal_reason();
  change.after.clear_non_renewal_remark();
  return SaveDecided(context, work, std::move(change)).status();
}

absl::Status GiveUpSuccessor(const Context& context, UnitOfWork& work, const pb::Contract& successor) {
  if (successor.predecessor().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(successor.predecessor()));
  Change<pb::Contract> change{contract, contract};
  rules::GiveUpSuccessor(successor.name(), context.Today(work.now()), &change.after);
  return SaveDecided(context, work, std::move(change)).status();
}

absl::Status ScheduleEnded(const Context& context, UnitOfWork& work, const pb::Contract& contract) {
  if (contract.end_date().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(contract.end_date()));
  return schedule::Schedule(work, kDueEnded, contract.name(), due);
}

void RegisterRenewals(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  registry->Add<pb::RenewContractRequest, pb::Contract>(
      Rpc("RenewContract"),
      [context](rpc::Call& call, const pb::RenewContractRequest& request) { return Renew(context, call, request); });
  registry->Add<pb::DeclineContractRenewalRequest, pb::Contract>(
      Rpc("DeclineContractRenewal"), [context](rpc::Call& call, const pb::DeclineContractRenewalRequest& request) {
        return Decline(context, call, request);
      });
  registry->Add<pb::ReportContractRenewalsRequest, pb::ReportContractRenewalsResponse>(
      Rpc("ReportContractRenewals"), [context](rpc::Call& call, const pb::ReportContractRenewalsRequest& request) {
        return Report(context, call, request);
      });
  // Nobody has said what becomes of it, or signed its successor: the list of the not renewed shows it as LAPSED until
  // somebody does.
  scheduler->Handle(kDueEnded, Rpc("RenewContract"),
                    [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                      ASSIGN_OR_RETURN(const pb::Contract contract, work.Load<pb::Contract>(item.resource));
                      if (!rules::IsRunning(contract)) return absl::OkStatus();
                      if (contract.renewal_status() != pb::RENEWAL_STATUS_DUE &&
                          contract.renewal_status() != pb::RENEWAL_STATUS_RENEWING &&
                          contract.renewal_status() != pb::RENEWAL_STATUS_UNSPECIFIED) {
                        return absl::OkStatus();
                      }
                      Change<pb::Contract> change{contract, contract};
                      change.after.set_renewal_status(pb::RENEWAL_STATUS_LAPSED);
                      return work.Save(std::move(change)).status();
                    });
}

}  // namespace kam::contract

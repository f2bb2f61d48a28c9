// The commitment ledger of kam.contract.v1.ContractService (C-09, P-45).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/contracts/commitment_book.h"
#include "contract-svc/contracts/return_book.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/contract_lines.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/amendment.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract {
namespace {

namespace pb = v1;
using resource::UnitOfWork;

constexpr char kService[] = "kam.contract.v1.ContractService";
constexpr int kEntriesDefault = 100;
constexpr int kEntriesMax = 500;
constexpr int kProgressScale = 2;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

void FillLine(const pb::Contract& contract, int root, const pb::ContractLine& line, const std::string& day,
              pb::CommitmentLine* out) {
  const rules::Period period = rules::PeriodOf(contract, line);
  out->set_line_number(line.line_number());
  out->set_start_date(period.start);
  out->set_end_date(period.end);
  *out->mutable_unit_price() = line.unit_price();
  out->set_state(rules::LineStateOn(contract, line, day));
  for (const auto action : {pb::AMENDMENT_ACTION_KIND_CHANGE_PRICE, pb::AMENDMENT_ACTION_KIND_CHANGE_QUANTITY,
                            pb::AMENDMENT_ACTION_KIND_CHANGE_END_DATE, pb::AMENDMENT_ACTION_KIND_STOP_LINE,
                            pb::AMENDMENT_ACTION_KIND_SUSPEND_LINE, pb::AMENDMENT_ACTION_KIND_RESUME_LINE}) {
    if (!rules::LineActionAllowed(contract, root, action, day)) continue;
    out->add_allowed_actions(pb::AmendmentActionKind_Name(action).substr(sizeof("AMENDMENT_ACTION_KIND_") - 1));
  }
}

absl::StatusOr<pb::ContractCommitment> Describe(mysql::Connection& connection, const pb::Contract& contract,
                                                const std::string& day) {
  ASSIGN_OR_RETURN(const rules::Commitments commitments, LoadCommitments(connection, contract.name(), /*lock=*/false));
  pb::ContractCommitment answer;
  answer.set_as_of_date(day);
  for (const auto& [root, commitment] : commitments) {
    pb::LineCommitment* out = answer.add_commitments();
    out->set_line_number(root);
    out->set_basis(commitment.by_value ? pb::COMMITMENT_BASIS_VALUE : pb::COMMITMENT_BASIS_QUANTITY);
    out->set_currency(contract.currency());
    out->set_committed(commitment.committed.ToString());
    out->set_tolerance_percent(commitment.tolerance_percent.ToString());
    out->set_reserved(commitment.reserved.ToString());
    out->set_released(commitment.released.ToString());
    out->set_invoiced(commitment.invoiced.ToString());
    out->set_returned(commitment.returned.ToString());
    ASSIGN_OR_RETURN(const Decimal drawn, rules::Drawn(commitment));
    ASSIGN_OR_RETURN(const Decimal left, rules::Left(commitment));
    out->set_drawn(drawn.ToString());
    out->set_remaining(std::max(left, Decimal()).ToString());
    if (commitment.committed.sign() > 0) {
      ASSIGN_OR_RETURN(const Decimal progress,
                       MultiplyDivide(drawn, Decimal::FromInt(100), commitment.committed, kProgressScale));
      out->set_progress_percent(progress.ToString());
    }
    for (const pb::ContractLine& line : contract.lines()) {
      if (line.line_number() != root) continue;
      out->set_product(line.product());
      out->set_gift(line.gift());
    }
    for (const int index : rules::ChainOf(contract, root)) {
      FillLine(contract, root, contract.lines(index), day, out->add_lines());
    }
  }
  return answer;
}

absl::StatusOr<pb::ListCommitmentEntriesResponse> Entries(const Context& context, rpc::Call& call,
                                                          const pb::ListCommitmentEntriesRequest& request) {
  ASSIGN_OR_RETURN(const pb::Contract contract, context.runtime.Get<pb::Contract>(call, request.name()));
  const int size = std::min(request.page_size() > 0 ? request.page_size() : kEntriesDefault, kEntriesMax);
  pb::ListCommitmentEntriesResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(
            "SELECT e.entry_number, e.kind, e.amount, e.order_id, e.order_line, e.entry_time, e.actor FROM "
            "contract_commitment_entries e WHERE e.contract = ? AND e.line_number = ? AND e.entry_number "
            "> ? ORDER BY e.entry_number LIMIT ?",
            {mysql::Value(IdOf(contract.name())), request.line_number(), request.after_entry(), size}));
    for (const mysql::Row& row : rows) {
      pb::CommitmentEntry* entry = response.add_entries();
      entry->set_line_number(request.line_number());
      entry->set_entry_number(row[0].integer());
      entry->set_kind(row[1].text());
      ASSIGN_OR_RETURN(const Decimal amount, Decimal::Parse(row[2].text(), "amount"));
      entry->set_amount(amount.ToString());
      if (!row[3].is_null()) entry->set_order(absl::StrCat("orders/", row[3].text()));
      entry->set_order_line_number(static_cast<int>(row[4].integer()));
      SetTime(row[5].time(), entry->mutable_entry_time());
      entry->set_actor(row[6].text());
    }
    if (response.entries_size() == size) response.set_next_entry(response.entries(size - 1).entry_number());
    return absl::OkStatus();
  }));
  return response;
}

// A return of goods that were called off: `fn` writes it down or takes it back.
template <typename Request, typename Fn>
absl::StatusOr<pb::ContractCommitment> ChangeReturns(const Context& context, rpc::Call& call, const Request& request,
                                                     Fn fn) {
  return context.runtime.Write<pb::ContractCommitment>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ContractCommitment> {
        ASSIGN_OR_RETURN(const std::string account,
                         ReferenceOfRow(work, pb::Contract::descriptor(), "account", request.name()));
        ASSIGN_OR_RETURN(CreditBook book, CreditBook::Open(context, work, account));
        ASSIGN_OR_RETURN(const auto change, work.Begin<pb::Contract>(request));
        RETURN_IF_ERROR(fn(work, book,
                           ReturnedGoods{request.order(), request.order_line_number(), request.goods_receipt(),
                                         change.before.name()}));
        return Describe(work.connection(), change.before, context.Today(work.now()));
      });
}

}  // namespace

void RegisterCommitments(const Context& context, rpc::Registry* registry) {
  registry->Add<pb::GetContractCommitmentRequest, pb::ContractCommitment>(
      Rpc("GetContractCommitment"),
      [context](rpc::Call& call,
                const pb::GetContractCommitmentRequest& request) -> absl::StatusOr<pb::ContractCommitment> {
        ASSIGN_OR_RETURN(const pb::Contract contract, context.runtime.Get<pb::Contract>(call, request.name()));
        const std::string day =
            request.as_of_date().empty() ? context.Today(context.runtime.clock().Now()) : request.as_of_date();
        pb::ContractCommitment answer;
        RETURN_IF_ERROR(
            context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
              ASSIGN_OR_RETURN(answer, Describe(connection, contract, day));
              return absl::OkStatus();
            }));
        return answer;
      });
  registry->Add<pb::ListCommitmentEntriesRequest, pb::ListCommitmentEntriesResponse>(
      Rpc("ListCommitmentEntries"), [context](rpc::Call& call, const pb::ListCommitmentEntriesRequest& request) {
        return Entries(context, call, request);
      });
  registry->Add<pb::RecordCommitmentReturnRequest, pb::ContractCommitment>(
      Rpc("RecordCommitmentReturn"), [context](rpc::Call& call, const pb::RecordCommitmentReturnRequest& request) {
        return ChangeReturns(
            context, call, request, [&](UnitOfWork& work, CreditBook& book, const ReturnedGoods& goods) {
              return RecordReturn(context, work, book, goods, /*drawn=*/true, request.quantity(), request.reason());
            });
      });
  registry->Add<pb::TakeBackCommitmentReturnRequest, pb::ContractCommitment>(
      Rpc("TakeBackCommitmentReturn"), [context](rpc::Call& call, const pb::TakeBackCommitmentReturnRequest& request) {
        return ChangeReturns(context, call, request,
                             [&](UnitOfWork& work, CreditBook& book, const ReturnedGoods& goods) {
                               return TakeBackReturn(context, work, book, goods, request.reason());
                             });
      });
}

}  // namespace kam::contract

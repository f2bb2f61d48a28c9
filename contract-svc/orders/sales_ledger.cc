#include "contract-svc/orders/sales_ledger.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/sales_ledger.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"

namespace kam::contract {
namespace {

// Lines of different customers are written side by side; all go through one of a few gates, which whoever closes a
// month locks one after the other.
constexpr int kGates = 16;

absl::Status PassGate(resource::UnitOfWork& work, const std::string& account) {
  const int gate = static_cast<int>(IdOf(account).back()) % kGates;
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT g.gate FROM ledger_gates g WHERE g.gate = ? FOR UPDATE", {gate}));
  return rows.empty() ? Internal(absl::StrCat("the ledger has no gate ", gate)) : absl::OkStatus();
}

template <typename Paper>
absl::Status Record(const Context& context, resource::UnitOfWork& work, const Paper* before, const Paper& after) {
  ASSIGN_OR_RETURN(std::optional<order::v1::SalesLedgerEntry> entry,
                   rules::EntryOf(before, after, context.Today(work.now())));
  if (!entry.has_value()) return absl::OkStatus();
  // Before the months are looked at: from here on none is closed.
  RETURN_IF_ERROR(PassGate(work, after.account()));
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> closed,
                   work.connection().Query("SELECT MAX(m.ledger_month) FROM ledger_months m"));
  RETURN_IF_ERROR(rules::MoveToOpenMonth(closed[0][0].text(), &*entry));
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT s.owner FROM account_scopes s WHERE s.account = ?",
                                           {mysql::Value(IdOf(after.account()))}));
  if (!rows.empty() && !rows[0][0].is_null()) {
    entry->set_salesperson(absl::StrCat("employees/", rows[0][0].text()));
  }
  return work.Insert(*std::move(entry)).status();
}

}  // namespace

absl::Status RecordInvoice(const Context& context, resource::UnitOfWork& work, const receivable::v1::Invoice* before,
                           const receivable::v1::Invoice& after) {
  return Record(context, work, before, after);
}

absl::Status RecordReceipt(const Context& context, resource::UnitOfWork& work, const receivable::v1::Receipt* before,
                           const receivable::v1::Receipt& after) {
  return Record(context, work, before, after);
}

absl::Status StopRecording(resource::UnitOfWork& work) {
  return work.connection().Query("SELECT g.gate FROM ledger_gates g ORDER BY g.gate FOR UPDATE").status();
}

}  // namespace kam::contract

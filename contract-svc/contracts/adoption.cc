#include "contract-svc/contracts/adoption.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/contracts/commitment_book.h"
#include "contract-svc/contracts/contract_terms.h"
#include "contract-svc/contracts/performance.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/orders/order_entry.h"
#include "contract-svc/pricing/price_catalog.h"
#include "contract-svc/pricing/pricing_data.h"
#include "contract-svc/pricing/quote_ledger.h"
#include "contract-svc/receivables/receivable_alarms.h"
#include "contract-svc/rules/contract.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract {
namespace {

using resource::UnitOfWork;

constexpr char kDueLook[] = "adoption.look";
constexpr char kDueContract[] = "adoption.contract";
constexpr char kDueOrder[] = "adoption.order";
constexpr char kDueSettle[] = "adoption.settle";
constexpr char kWhole[] = "schema/contract-svc";  // What the look is of.
constexpr int kFoundAtOnceMax = 500;

// Contracts that commit something without an entry in the ledger, run without the items of their end, rebate and
// obligations, or are signed without that of their first day.
constexpr char kContracts[] =
    "SELECT c.id FROM contracts c WHERE (c.state IN ('SIGNED', 'ACTIVE', 'SUSPENDED', 'EXPIRING', 'TERMINATED', "
    "'CLOSED') AND EXISTS (SELECT 1 FROM contracts_lines l WHERE l.parent_id = c.id) AND NOT EXISTS (SELECT 1 FROM "
    "contract_commitments m WHERE m.contract = c.id)) OR (c.state IN ('ACTIVE', 'EXPIRING', 'SUSPENDED') AND "
    "((c.end_date IS NOT NULL AND NOT EXISTS (SELECT 1 FROM due_items d WHERE d.resource = CONCAT('contracts/', c.id) "
    "AND d.kind = 'contract.ended')) OR (EXISTS (SELECT 1 FROM contracts_rebate_tiers t WHERE t.parent_id = c.id) AND "
    "NOT EXISTS (SELECT 1 FROM due_items d WHERE d.resource = CONCAT('contracts/', c.id) AND d.kind = "
    "'rebate.accrue')))) OR (c.state = 'SIGNED' AND c.start_date IS NOT NULL AND NOT EXISTS (SELECT 1 FROM due_items d "
    "WHERE d.resource = CONCAT('contracts/', c.id) AND d.kind = 'contract.starting')) OR (c.state IN ('ACTIVE', "
    "'EXPIRING', 'SUSPENDED') AND EXISTS (SELECT 1 FROM obligations b WHERE b.contract = c.id AND b.term IS NOT NULL) "
    "AND NOT EXISTS (SELECT 1 FROM due_items d WHERE d.resource = CONCAT('contracts/', c.id) AND d.kind = "
    "'contract.measure')) ORDER BY c.id LIMIT ?";

// Orders that hold goods of a contract or quote and have drawn nothing. Some draw nothing for good (history of products
// that were never agreed): each is looked at once.
constexpr char kOrders[] =
    "SELECT o.id FROM orders o WHERE o.state <> 'CANCELLED' AND ((o.contract IS NOT NULL AND EXISTS (SELECT 1 FROM "
    "contracts c WHERE c.id = o.contract AND c.state IN ('SIGNED', 'ACTIVE', 'SUSPENDED', 'EXPIRING', 'TERMINATED', "
    "'CLOSED')) AND NOT EXISTS (SELECT 1 FROM contract_draws w WHERE w.order_id = o.id)) OR (o.quote IS NOT NULL AND "
    "NOT "
    "EXISTS (SELECT 1 FROM quote_draws q WHERE q.holder = CONCAT('orders/', o.id)))) AND NOT EXISTS (SELECT 1 FROM "
    "due_items d WHERE d.resource = CONCAT('orders/', o.id) AND d.kind = 'adoption.order') ORDER BY o.id LIMIT ?";

// Orders whose draws say another state than they have: an earlier program moved them on.
constexpr char kMovedOrders[] =
    "SELECT o.id FROM orders o JOIN (SELECT w.order_id, SUM(w.reserved) AS reserved, SUM(w.released) AS released, "
    "SUM(w.invoiced) AS invoiced, SUM(w.quantity) AS quantity FROM contract_draws w GROUP BY w.order_id) s ON "
    "s.order_id "
    "= o.id WHERE (o.state = 'CANCELLED' AND s.reserved + s.released + s.invoiced > 0) OR (o.state IN ('RELEASED', "
    "'SHIPPED', 'DELIVERED', 'SETTLED') AND s.reserved > 0) OR (o.state IN ('ENTERED', 'REVIEWED') AND o.release_basis "
    "IS NULL AND s.released > 0) OR (o.state <> 'CANCELLED' AND s.invoiced < (SELECT SUM(l.invoiced_quantity) FROM "
    "orders_lines l WHERE l.parent_id = o.id) AND s.invoiced < s.quantity) ORDER BY o.id LIMIT ?";

// Orders of which something was written off before that counted as settled. Some stay open for good: each is looked at
// once, what is written off later settles its order at once.
constexpr char kWrittenOffOrders[] =
    "SELECT o.id FROM orders o WHERE o.state IN ('DELIVERED', 'RESOLVED') AND EXISTS (SELECT 1 FROM invoices i JOIN "
    "receivable_items r ON r.source = CONCAT('invoices/', i.id) WHERE i.order_id = o.id AND r.written_off_amount > 0) "
    "AND NOT EXISTS (SELECT 1 FROM due_items d WHERE d.resource = CONCAT('orders/', o.id) AND d.kind = "
    "'adoption.settle') ORDER BY o.id LIMIT ?";

// A credit policy that came into force without its daily check: by a migration, not by a person (C-32).
constexpr char kUncheckedPolicies[] =
    "SELECT p.id FROM credit_policies p WHERE p.state = 'IN_FORCE' AND p.archive_time IS NULL AND NOT EXISTS (SELECT 1 "
    "FROM due_items d WHERE d.resource = CONCAT('creditPolicies/', p.id) AND d.kind = 'receivable.check' AND "
    "d.done_time IS NULL)";

// A drawing that was made before drawings were brought up in time (C-17).
constexpr char kUnwatchedDrawings[] =
    "SELECT f.id, f.due_date FROM financing_drawings f WHERE f.state = 'OUTSTANDING' AND NOT EXISTS (SELECT 1 FROM "
    "due_items d WHERE d.resource = CONCAT('financingDrawings/', f.id) AND d.kind = 'financing_drawing.due_soon') "
    "ORDER "
    "BY f.id LIMIT ?";

// Makes an item of `kind` due for everything that `sql` finds; how many.
absl::StatusOr<size_t> Find(UnitOfWork& work, const char* sql, const char* kind, absl::string_view collection) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, work.connection().Query(sql, {kFoundAtOnceMax}));
  for (const mysql::Row& row : rows) {
    RETURN_IF_ERROR(schedule::Schedule(work, kind, absl::StrCat(collection, "/", row[0].text()), work.now()));
  }
  return rows.size();
}

absl::Status AdoptPolicies(const Context& context, UnitOfWork& work) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, work.connection().Query(kUncheckedPolicies, {}));
  for (const mysql::Row& row : rows) {
    RETURN_IF_ERROR(ScheduleReceivableCheck(context, work, absl::StrCat("creditPolicies/", row[0].text())));
  }
  return absl::OkStatus();
}

absl::Status AdoptDrawings(const Context& context, UnitOfWork& work) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, work.connection().Query(kUnwatchedDrawings, {kFoundAtOnceMax}));
  for (const mysql::Row& row : rows) {
    RETURN_IF_ERROR(
        ScheduleDrawingAlert(context, work, absl::StrCat("financingDrawings/", row[0].text()), row[1].text()));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Count(UnitOfWork& work, const char* sql, const std::string& key) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, work.connection().Query(sql, {key}));
  return rows[0][0].integer();
}

// A program of the earlier release may run still when something is found: the next look is soon then.
absl::Status Look(const Context& context, UnitOfWork& work) {
  // Products before the state of the catalogue: that is the order of their locks.
  ASSIGN_OR_RETURN(const bool products, AdoptProducts(work));
  ASSIGN_OR_RETURN(const bool releases, PriceCatalog::Adopt(work));
  size_t found = (products ? 1 : 0) + (releases ? 1 : 0);
  ASSIGN_OR_RETURN(const size_t contracts, Find(work, kContracts, kDueContract, "contracts"));
  ASSIGN_OR_RETURN(const size_t orders, Find(work, kOrders, kDueOrder, "orders"));
  ASSIGN_OR_RETURN(const size_t moved, Find(work, kMovedOrders, kDueOrder, "orders"));
  ASSIGN_OR_RETURN(const size_t written_off, Find(work, kWrittenOffOrders, kDueSettle, "orders"));
  found += contracts + orders + moved + written_off;
  RETURN_IF_ERROR(AdoptPolicies(context, work));
  RETURN_IF_ERROR(AdoptDrawings(context, work));
  // Nobody asks when it was looked last.
  RETURN_IF_ERROR(work.connection()
                      .Execute("DELETE FROM due_items WHERE resource = ? AND kind = ? AND done_time IS NOT NULL",
                               {kWhole, kDueLook})
                      .status());
  const absl::Duration pause = found > 0 ? context.policy.adoption_interval_busy : context.policy.adoption_interval;
  return schedule::Schedule(work, kDueLook, kWhole, work.now() + pause);
}

absl::Status AdoptContract(const Context& context, UnitOfWork& work, const std::string& name) {
  ASSIGN_OR_RETURN(const v1::Contract contract, work.Load<v1::Contract>(name));
  RETURN_IF_ERROR(PostContract(work, contract));
  if (contract.state() == v1::CONTRACT_STATE_SIGNED) return ScheduleStart(context, work, contract);
  if (!rules::IsRunning(contract)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t ends, Count(work,
                                             "SELECT COUNT(d.due_id) FROM due_items d WHERE d.kind = "
                                             "'contract.ended' AND d.resource = ?",
                                             name));
  if (ends == 0) RETURN_IF_ERROR(ScheduleEnded(context, work, contract));
  ASSIGN_OR_RETURN(const int64_t accruals, Count(work,
                                                 "SELECT COUNT(d.due_id) FROM due_items d WHERE d.kind = "
                                                 "'rebate.accrue' AND d.resource = ?",
                                                 name));
  if (accruals == 0) RETURN_IF_ERROR(ScheduleAccrual(context, work, contract));
  ASSIGN_OR_RETURN(const int64_t terms, Count(work,
                                              "SELECT COUNT(b.id) FROM obligations b WHERE b.term IS NOT NULL AND "
                                              "b.contract = ?",
                                              IdOf(name)));
  ASSIGN_OR_RETURN(const int64_t measured, Count(work,
                                                 "SELECT COUNT(d.due_id) FROM due_items d WHERE d.kind = "
                                                 "'contract.measure' AND d.resource = ?",
                                                 name));
  return terms > 0 && measured == 0 ? ScheduleMeasure(context, work, name) : absl::OkStatus();
}

absl::Status AdoptOrder(UnitOfWork& work, const std::string& name) {
  // The contract first: that is the order of the locks, and it may have no books of its own yet.
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT o.contract FROM orders o WHERE o.id = ? AND o.contract IS NOT NULL",
                                           {IdOf(name)}));
  if (!rows.empty()) {
    ASSIGN_OR_RETURN(const v1::Contract contract,
                     work.Load<v1::Contract>(absl::StrCat("contracts/", rows[0][0].text())));
    RETURN_IF_ERROR(PostContract(work, contract));
  }
  ASSIGN_OR_RETURN(const order::v1::Order order, work.Load<order::v1::Order>(name));
  ASSIGN_OR_RETURN(const int64_t drawn,
                   Count(work, "SELECT COUNT(q.entry) FROM quote_draws q WHERE q.holder = ?", order.name()));
  if (drawn == 0) RETURN_IF_ERROR(DrawForOrder(work, nullptr, order));
  return CountOrder(work, order);
}

absl::Status SettleOrder(UnitOfWork& work, const std::string& name) {
  RETURN_IF_ERROR(LockBasis(work, name));
  ASSIGN_OR_RETURN(const order::v1::Order order, work.Load<order::v1::Order>(name));
  resource::Change<order::v1::Order> change{order, order};
  RETURN_IF_ERROR(SettleIfPaid(work, &change.after));
  return work.Save(std::move(change)).status();
}

}  // namespace

void RegisterAdoption(const Context& context, schedule::Scheduler* scheduler) {
  scheduler->Handle(kDueLook, "kam.contract.v1.ContractService/ActivateContract",
                    [context](UnitOfWork& work, const schedule::DueItem&) { return Look(context, work); });
  scheduler->Handle(kDueContract, "kam.contract.v1.ContractService/ActivateContract",
                    [context](UnitOfWork& work, const schedule::DueItem& item) {
                      return AdoptContract(context, work, item.resource);
                    });
  scheduler->Handle(kDueOrder, "kam.order.v1.OrderService/CreateOrder",
                    [](UnitOfWork& work, const schedule::DueItem& item) { return AdoptOrder(work, item.resource); });
  scheduler->Handle(kDueSettle, "kam.receivable.v1.ReceivableService/DecideReceivableWriteOff",
                    [](UnitOfWork& work, const schedule::DueItem& item) { return SettleOrder(work, item.resource); });
}

absl::Status ScheduleAdoption(resource::Runtime& runtime) {
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      "kam.contract.v1.ContractService.ActivateContract");
  auth::Principal actor;
  actor.subject = "programs/contract-svc";
  return runtime.WriteAs(actor, method, "start",
                         [](UnitOfWork& work) { return schedule::Schedule(work, kDueLook, kWhole, work.now()); });
}

}  // namespace kam::contract

// What orders of the past would cost under a proposed price book, in batches that can be gone on with (C-01, ADR 0012).
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/money/money_proto.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/pricing/price_catalog.h"
#include "contract-svc/pricing/pricing_data.h"
#include "contract-svc/pricing/pricing_service.h"
#include "contract-svc/rules/price.h"
#include "kam/pricing/v1/price_book.pb.h"
#include "kam/pricing/v1/price_simulation.pb.h"
#include "kam/pricing/v1/price_simulation_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using resource::UnitOfWork;

constexpr char kService[] = "kam.pricing.v1.PriceSimulationService";
constexpr size_t kOrdersInStatement = 100;

struct OrderLine {
  std::string product;
  Decimal quantity;
  Money amount;
};
struct PastOrder {
  std::string id;
  std::string account;
  std::vector<OrderLine> lines;
};

absl::StatusOr<std::vector<PastOrder>> LoadOrders(UnitOfWork& work, const pb::PriceSimulation& simulation, int limit) {
  std::string sql =
      "SELECT o.id, o.account FROM orders o WHERE o.id > ? AND o.order_date >= ? AND o.order_date <= ? AND o.currency "
      "= ? "
      "AND o.state <> 'CANCELLED'";
  std::vector<mysql::Value> params = {simulation.cursor(), simulation.from_date(), simulation.until_date(),
                                      simulation.currency()};
  if (!simulation.account().empty()) {
    sql += " AND o.account = ?";
    params.emplace_back(IdOf(simulation.account()));
  }
  sql += " ORDER BY o.id LIMIT ?";
  params.emplace_back(limit);
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, work.connection().Query(sql, mysql::Params(params)));
  std::vector<PastOrder> orders;
  std::map<std::string, size_t> positions;
  for (const mysql::Row& row : rows) {
    positions.emplace(row[0].text(), orders.size());
    orders.push_back({row[0].text(), absl::StrCat("accounts/", row[1].text()), {}});
  }
  std::string lines_sql =
      "SELECT l.parent_id, l.product, l.quantity, l.amount_amount, l.unit_price_currency FROM orders_lines l WHERE "
      "l.amount_amount IS NOT NULL AND l.gift = 0 AND l.parent_id IN (?";
  for (size_t i = 1; i < kOrdersInStatement; ++i) lines_sql += ",?";
  lines_sql += ") ORDER BY l.parent_id, l.position";
  for (size_t begin = 0; begin < orders.size(); begin += kOrdersInStatement) {
    params.clear();
    for (size_t i = 0; i < kOrdersInStatement; ++i) {
      params.emplace_back(orders[std::min(begin + i, orders.size() - 1)].id);
    }
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> lines, work.connection().Query(lines_sql, mysql::Params(params)));
    for (const mysql::Row& row : lines) {
      ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(row[2].text(), "quantity"));
      ASSIGN_OR_RETURN(const Money amount, Money::Parse(row[3].text(), row[4].text()));
      orders[positions[row[0].text()]].lines.push_back({absl::StrCat("products/", row[1].text()), quantity, amount});
    }
  }
  return orders;
}

// What is released, with the proposed book in the place of the revisions of its code.
std::shared_ptr<const rules::PriceIndex> WithProposed(const rules::PriceIndex& released, rules::BookRevision proposed) {
  proposed.released = absl::InfinitePast();
  std::vector<std::shared_ptr<const rules::BookRevision>> revisions;
  for (uint32_t r = 0; r < released.revisions(); ++r) {
    if (released.revision(r).code != proposed.code) revisions.push_back(released.shared_revision(r));
  }
  revisions.push_back(std::make_shared<const rules::BookRevision>(std::move(proposed)));
  return rules::PriceIndex::Build(std::move(revisions));
}

// Adds `more` to a total, which is zero when it was never set.
absl::Status AddTo(const Money& more, google::type::Money* total) {
  if (total->currency_code().empty()) {
    ToProto(more, total);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Money before, FromProto(*total, "total"));
  ASSIGN_OR_RETURN(const Money sum, Add(before, more));
  ToProto(sum, total);
  return absl::OkStatus();
}

template <typename Totals>
absl::Status AddAll(const Money& ordered, const Money& released, const Money& proposed, Totals* totals) {
  RETURN_IF_ERROR(AddTo(ordered, totals->mutable_ordered()));
  RETURN_IF_ERROR(AddTo(released, totals->mutable_released()));
  return AddTo(proposed, totals->mutable_proposed());
}

// Adds orders to the totals of a simulation.
class Batch {
 public:
  Batch(const rules::ProductTable& products, std::shared_ptr<const rules::PriceIndex> released,
        std::shared_ptr<const rules::PriceIndex> proposed, pb::PriceSimulation* simulation)
      : products_(products), released_(std::move(released)), proposed_(std::move(proposed)), simulation_(simulation) {
    for (int i = 0; i < simulation->accounts_size(); ++i) accounts_.emplace(simulation->accounts(i).account(), i);
    for (int i = 0; i < simulation->products_size(); ++i) product_rows_.emplace(simulation->products(i).product(), i);
  }

  // `request`: of the customer, on the day of the simulation, without lines.
  absl::Status Take(const PastOrder& order, rules::PriceRequest request) {
    bool any = false;
    for (const OrderLine& line : order.lines) {
      rules::LineRequest asked;
      asked.product = line.product;
      asked.quantity = line.quantity;
      request.lines = {asked};
      const auto released = rules::Price(request, products_, released_, "lines");
      const auto proposed = rules::Price(request, products_, proposed_, "lines");
      for (const absl::Status& status : {released.status(), proposed.status()}) {
        if (!status.ok() && !absl::IsInvalidArgument(status)) return status;
      }
      if (!released.ok() || !proposed.ok()) {
        simulation_->set_lines_unpriced(simulation_->lines_unpriced() + 1);
        continue;
      }
      any = true;
      simulation_->set_lines(simulation_->lines() + 1);
      const Money &by_released = *released->lines[0].amount, &by_proposed = *proposed->lines[0].amount;
      RETURN_IF_ERROR(AddAll(line.amount, by_released, by_proposed, simulation_));
      RETURN_IF_ERROR(AddAll(line.amount, by_released, by_proposed, AccountRow(order.account)));
      pb::PriceSimulationProduct* row = ProductRow(line.product);
      RETURN_IF_ERROR(AddAll(line.amount, by_released, by_proposed, row));
      Decimal quantity;
      if (!row->quantity().empty()) {
        ASSIGN_OR_RETURN(quantity, Decimal::Parse(row->quantity(), "quantity"));
      }
      ASSIGN_OR_RETURN(quantity, Add(quantity, line.quantity));
      row->set_quantity(quantity.ToString());
    }
    if (any) {
      pb::PriceSimulationAccount* row = AccountRow(order.account);
      row->set_orders(row->orders() + 1);
    }
    simulation_->set_orders(simulation_->orders() + 1);
    simulation_->set_cursor(order.id);
    return absl::OkStatus();
  }

 private:
  pb::PriceSimulationAccount* AccountRow(const std::string& account) {
    const auto [it, fresh] = accounts_.emplace(account, simulation_->accounts_size());
    if (fresh) simulation_->add_accounts()->set_account(account);
    return simulation_->mutable_accounts(it->second);
  }
  pb::PriceSimulationProduct* ProductRow(const std::string& product) {
    const auto [it, fresh] = product_rows_.emplace(product, simulation_->products_size());
    if (fresh) simulation_->add_products()->set_product(product);
    return simulation_->mutable_products(it->second);
  }

  const rules::ProductTable& products_;
  const std::shared_ptr<const rules::PriceIndex> released_, proposed_;
  pb::PriceSimulation* const simulation_;
  std::map<std::string, int> accounts_, product_rows_;
};

absl::StatusOr<pb::PriceSimulation> Continue(UnitOfWork& work, const Context& context,
                                             const pb::ContinuePriceSimulationRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::PriceSimulation>(request));
  pb::PriceSimulation& simulation = change.after;
  ASSIGN_OR_RETURN(const std::vector<pb::PriceBook> books,
                   work.Find<pb::PriceBook>({"t.id = ?", {mysql::Value(IdOf(simulation.price_book()))}}, "", 1));
  if (books.empty() || books[0].etag() != simulation.price_book_etag()) {
    return FailedPrecondition("PRICE_BOOK_CHANGED", simulation.name(),
                              "the price book has changed since the simulation began; make another simulation",
                              {{"priceBook", simulation.price_book()}, {"etag", simulation.price_book_etag()}});
  }
  ASSIGN_OR_RETURN(rules::BookRevision proposed, ToRules(books[0]));
  ASSIGN_OR_RETURN(const PriceCatalog::Knowledge knowledge, context.prices->Current(work));
  const int limit = request.max_orders() > 0 ? request.max_orders() : context.policy.simulation_batch_orders;
  ASSIGN_OR_RETURN(const std::vector<PastOrder> orders, LoadOrders(work, simulation, limit));
  std::vector<std::string> names;
  for (const PastOrder& order : orders) {
    for (const OrderLine& line : order.lines) names.push_back(line.product);
  }
  const std::string day = books[0].effective_from();
  ASSIGN_OR_RETURN(const rules::ProductTable products, LoadProducts(work, names, day, knowledge.known_at));
  Batch batch(products, knowledge.index, WithProposed(*knowledge.index, std::move(proposed)), &simulation);
  std::map<std::string, AccountFacts> facts;
  for (const PastOrder& order : orders) {
    if (facts.find(order.account) == facts.end()) {
      ASSIGN_OR_RETURN(facts[order.account], LoadAccountFacts(work, order.account));
    }
    rules::PriceRequest priced;
    priced.account = order.account;
    priced.tier = facts[order.account].tier;
    priced.region = facts[order.account].region;
    priced.segment = facts[order.account].segment;
    priced.groups = facts[order.account].groups;
    ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(simulation.currency(), "currency"));
    priced.currency = currency;
    priced.as_of = day;
    priced.known_at = knowledge.known_at;
    RETURN_IF_ERROR(batch.Take(order, std::move(priced)));
  }
  if (static_cast<int>(orders.size()) < limit) simulation.set_state(pb::PRICE_SIMULATION_STATE_DONE);
  return work.Save(std::move(change));
}

absl::Status OnCreate(UnitOfWork& work, pb::PriceSimulation* created) {
  RETURN_IF_ERROR(Validate(work, *created));
  if (created->until_date() < created->from_date()) {
    return InvalidField("price_simulation.until_date", "PERIOD_INVALID",
                        absl::StrCat("is ", created->until_date(), ", before ", created->from_date()),
                        {{"value", created->until_date()}, {"limit", created->from_date()}});
  }
  created->set_state(pb::PRICE_SIMULATION_STATE_RUNNING);
  ASSIGN_OR_RETURN(const std::vector<pb::PriceBook> books,
                   work.Find<pb::PriceBook>({"t.id = ?", {mysql::Value(IdOf(created->price_book()))}}, "", 1));
  if (books.empty()) return absl::OkStatus();  // Found missing by the check of references.
  if (books[0].state() == pb::PRICE_BOOK_STATE_RELEASED || books[0].state() == pb::PRICE_BOOK_STATE_SUPERSEDED) {
    return FailedPrecondition("PRICE_BOOK_RELEASED", created->price_book(),
                              "what would be is asked of a book that is proposed, not of one that was released",
                              {{"state", pb::PriceBookState_Name(books[0].state())}});
  }
  created->set_price_book_etag(books[0].etag());
  return absl::OkStatus();
}

}  // namespace

void RegisterPriceSimulations(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = [context](const rpc::Call& call,
                            const std::vector<const google::protobuf::Message*>& resources) -> absl::Status {
    std::vector<std::string> accounts;
    for (const auto* message : resources) {
      const auto& simulation = static_cast<const pb::PriceSimulation&>(*message);
      if (!simulation.account().empty()) accounts.push_back(simulation.account());
    }
    return context.directory.EnsureAccounts(accounts, call.deadline);
  };
  hooks.on_create = resource::OnCreate<pb::PriceSimulation>(OnCreate);
  context.runtime.SetHooks(pb::PriceSimulation::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::ContinuePriceSimulationRequest, pb::PriceSimulation>(
      absl::StrCat(kService, "/ContinuePriceSimulation"),
      [context](rpc::Call& call, const pb::ContinuePriceSimulationRequest& request) {
        return context.runtime.Write<pb::PriceSimulation>(
            call, request, [&](UnitOfWork& work) { return Continue(work, context, request); });
      });
}

}  // namespace kam::contract

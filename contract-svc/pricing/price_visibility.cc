#include "contract-svc/pricing/price_visibility.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resource/filter_parser.h"
#include "common/status/status.h"
#include "kam/api/standard.pb.h"
#include "kam/pricing/v1/price_book_service.pb.h"
#include "kam/pricing/v1/price_simulation_service.pb.h"
#include "kam/pricing/v1/quote.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using google::protobuf::Message;
using google::protobuf::RepeatedPtrField;

constexpr char kBooks[] = "kam.pricing.v1.PriceBookService";
constexpr char kSimulations[] = "kam.pricing.v1.PriceSimulationService";
constexpr char kWrites[] = "price_book.write";
// Whoever reads the quotes of a customer knows his prices.
constexpr char kReads[] = "quote.read";
constexpr size_t kIdsAtOnce = 256;

bool SeesAll(const auth::Principal& caller) {
  return caller.Holds(kWrites) || caller.LevelFor(kReads) == auth::Level::kAll;
}

using Names = std::set<std::string>;

// Accounts and groups that an answer names, and those of them that the caller reaches.
struct Customers {
  Names accounts;
  Names groups;
};

void Collect(const pb::PriceBook& book, Customers* named) {
  for (const pb::PriceBookEntry& entry : book.entries()) {
    if (!entry.account().empty()) named->accounts.insert(entry.account());
  }
  for (const pb::PriceCondition& condition : book.conditions()) {
    if (!condition.account().empty()) named->accounts.insert(condition.account());
    if (!condition.account_group().empty()) named->groups.insert(condition.account_group());
  }
}

void Collect(const pb::PriceSimulation& simulation, Customers* named) {
  if (!simulation.account().empty()) named->accounts.insert(simulation.account());
  for (const pb::PriceSimulationAccount& row : simulation.accounts()) named->accounts.insert(row.account());
}

// Those of `names` whose column `column` of account_scopes is in a row that the caller reaches.
absl::Status Find(const Context& context, const rpc::Call& call, mysql::Connection& connection, const Names& names,
                  absl::string_view column, Names* found) {
  const resource::SqlCondition scope = resource::ScopeCondition(
      *context.runtime.catalog().Find(pb::Quote::descriptor()), call.principal, call.principal.LevelFor(kReads));
  const std::vector<std::string> all(names.begin(), names.end());
  for (size_t begin = 0; begin < all.size(); begin += kIdsAtOnce) {
    std::vector<mysql::Value> params;
    for (size_t i = begin; i < std::min(all.size(), begin + kIdsAtOnce); ++i) params.emplace_back(IdOf(all[i]));
    const std::string marks = resource::Placeholders(params.size());
    params.insert(params.end(), scope.params.begin(), scope.params.end());
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     connection.Query(absl::StrCat("SELECT DISTINCT t.", column, " FROM account_scopes t WHERE t.",
                                                   column, " IN (", marks, ") AND (", scope.sql, ")"),
                                      mysql::Params(params)));
    for (const mysql::Row& row : rows) found->insert(absl::StrCat("accounts/", row[0].text()));
  }
  return absl::OkStatus();
}

// A group is reached by whoever reaches its head or an account right below it.
absl::StatusOr<Customers> Reached(const Context& context, const rpc::Call& call, const Customers& named) {
  Customers reached;
  if (named.accounts.empty() && named.groups.empty()) return reached;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    reached = Customers();
    RETURN_IF_ERROR(Find(context, call, connection, named.accounts, "account", &reached.accounts));
    RETURN_IF_ERROR(Find(context, call, connection, named.groups, "account", &reached.groups));
    return Find(context, call, connection, named.groups, "parent", &reached.groups);
  }));
  return reached;
}

// Removes what `hidden` says; true when anything was.
template <typename T, typename Fn>
bool RemoveIf(RepeatedPtrField<T>* rows, Fn hidden) {
  const auto end = std::remove_if(rows->begin(), rows->end(), hidden);
  const bool any = end != rows->end();
  rows->erase(end, rows->end());
  return any;
}

void Hide(const Customers& reached, pb::PriceBook* book) {
  const auto foreign = [](const Names& names, const std::string& name) {
    return !name.empty() && names.count(name) == 0;
  };
  bool any = RemoveIf(book->mutable_entries(),
                      [&](const pb::PriceBookEntry& entry) { return foreign(reached.accounts, entry.account()); });
  std::set<int> gone;
  any = RemoveIf(book->mutable_conditions(),
                 [&](const pb::PriceCondition& condition) {
                   const bool hidden = foreign(reached.accounts, condition.account()) ||
                                       foreign(reached.groups, condition.account_group());
                   if (hidden) gone.insert(condition.number());
                   return hidden;
                 }) ||
        any;
  RemoveIf(book->mutable_scale_lines(),
           [&](const pb::PriceScaleLine& line) { return gone.count(line.condition()) != 0; });
  // A hash of few unknowns tells them.
  if (any) {
    book->clear_content_hash();
    book->clear_content_salt();
  }
}

void Hide(const Customers& reached, pb::PriceSimulation* simulation) {
  RemoveIf(simulation->mutable_accounts(),
           [&](const pb::PriceSimulationAccount& row) { return reached.accounts.count(row.account()) == 0; });
  if (simulation->account().empty() || reached.accounts.count(simulation->account()) != 0) return;
  // All of it is about one customer.
  simulation->clear_products();
  simulation->clear_ordered();
  simulation->clear_released();
  simulation->clear_proposed();
}

template <typename T>
absl::Status HideIn(const Context& context, const rpc::Call& call, const std::vector<T*>& resources) {
  Customers named;
  for (const T* one : resources) Collect(*one, &named);
  ASSIGN_OR_RETURN(const Customers reached, Reached(context, call, named));
  for (T* one : resources) Hide(reached, one);
  return absl::OkStatus();
}

// What stands in rows is not told of the past either.
void HideHistory(kam::api::HistoryResponse* history) {
  static const Names* const kRows = new Names{"entries", "conditions", "scale_lines", "content_hash", "content_salt"};
  for (kam::api::HistoryEntry& entry : *history->mutable_entries()) {
    for (kam::api::FieldChange& change : *entry.mutable_changes()) {
      if (kRows->count(change.field()) == 0) continue;
      change.clear_before();
      change.clear_after();
    }
  }
}

absl::Status CheckFilter(const resource::FilterNode& node) {
  for (const resource::FilterNode& operand : node.operands) RETURN_IF_ERROR(CheckFilter(operand));
  static const Names* const kCustomers =
      new Names{"entries.account", "conditions.account", "conditions.account_group", "accounts.account"};
  if (node.type != resource::FilterNode::Type::kRestriction || kCustomers->count(node.path) == 0) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kPermissionDenied, "FIELD_NOT_PERMITTED",
               absl::StrCat("finding prices by ", node.path, " takes the permission ", kReads, " over all customers"),
               {{"field", node.path}, {"permission", kReads}});
}

absl::Status CheckRequest(const Message& request) {
  if (request.GetDescriptor() != kam::api::ListRequest::descriptor()) return absl::OkStatus();
  // What cannot be parsed is refused by the list itself.
  const auto parsed = resource::ParseFilter(static_cast<const kam::api::ListRequest&>(request).filter());
  return parsed.ok() && parsed->has_value() ? CheckFilter(**parsed) : absl::OkStatus();
}

template <typename T>
std::vector<T*> Pointers(RepeatedPtrField<T>* list) {
  std::vector<T*> pointers;
  for (T& one : *list) pointers.push_back(&one);
  return pointers;
}

absl::Status HideInAnswer(const Context& context, const rpc::Call& call, Message* response) {
  const google::protobuf::Descriptor* type = response->GetDescriptor();
  if (type == pb::PriceBook::descriptor()) {
    return HideIn<pb::PriceBook>(context, call, {static_cast<pb::PriceBook*>(response)});
  }
  if (type == pb::ListPriceBooksResponse::descriptor()) {
    return HideIn(context, call, Pointers(static_cast<pb::ListPriceBooksResponse*>(response)->mutable_price_books()));
  }
  if (type == pb::PriceSimulation::descriptor()) {
    return HideIn<pb::PriceSimulation>(context, call, {static_cast<pb::PriceSimulation*>(response)});
  }
  if (type == pb::ListPriceSimulationsResponse::descriptor()) {
    return HideIn(context, call,
                  Pointers(static_cast<pb::ListPriceSimulationsResponse*>(response)->mutable_price_simulations()));
  }
  if (type == kam::api::HistoryResponse::descriptor()) {
    HideHistory(static_cast<kam::api::HistoryResponse*>(response));
    return absl::OkStatus();
  }
  // Fails closed: a new answer of these services says here what of it is for whom.
  return Internal(absl::StrCat(type->full_name(), " may name customers and is not looked through"));
}

}  // namespace

void GuardCustomerPrices(const Context& context, rpc::Registry* registry) {
  registry->WrapAll([context](rpc::Handler handler) -> rpc::Handler {
    return [context, handler = std::move(handler)](rpc::Call& call, const Message& request,
                                                   Message* response) -> absl::Status {
      const std::string& service = call.method->service()->full_name();
      if ((service != kBooks && service != kSimulations) || SeesAll(call.principal)) {
        return handler(call, request, response);
      }
      RETURN_IF_ERROR(CheckRequest(request));
      RETURN_IF_ERROR(handler(call, request, response));
      return HideInAnswer(context, call, response);
    };
  });
}

}  // namespace kam::contract

#include "gateway/kamctl/summary.h"

#include <map>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"

namespace kam::ctl {
namespace {

constexpr int kTopManagers = 3;
// Owners of all currencies stand in one list, so that the best in one may come after many of another: all are asked
// for.
constexpr int kOwnersMax = 1000;
constexpr size_t kNamesInBatch = 100;

absl::StatusOr<int64_t> Count(Gateway& gateway, const std::string& collection, const std::string& filter) {
  ASSIGN_OR_RETURN(const Json page,
                   gateway.Get(absl::StrCat("/v1/", collection, "?pageSize=1&showTotal=true",
                                            filter.empty() ? "" : absl::StrCat("&filter=", UrlEncode(filter)))));
  return CountOf(page, "totalSize");
}

std::string LabelOf(const Json& resource) {
  if (const Json ids = ItemsOf(resource, "externalIds"); !ids.empty()) return TextOf(ids[0], "id");
  const std::string number = TextOf(resource, "number");
  return number.empty() ? TextOf(resource, "name") : number;
}

// External ids by resource name.
absl::StatusOr<std::map<std::string, std::string>> Labels(Gateway& gateway, const std::string& collection,
                                                          const std::vector<std::string>& names) {
  std::map<std::string, std::string> labels;
  for (size_t begin = 0; begin < names.size(); begin += kNamesInBatch) {
    std::vector<std::string> arguments;
    for (size_t i = begin; i < std::min(names.size(), begin + kNamesInBatch); ++i) {
      arguments.push_back(absl::StrCat("names=", UrlEncode(names[i])));
    }
    ASSIGN_OR_RETURN(const Json answer,
                     gateway.Get(absl::StrCat("/v1/", collection, ":batchGet?", absl::StrJoin(arguments, "&"))));
    for (const Json& resource : ItemsOf(answer, collection)) {
      labels[TextOf(resource, "name")] = LabelOf(resource);
    }
  }
  return labels;
}

// The one currency of the figures.
absl::StatusOr<std::string> Choose(const std::set<std::string>& currencies, const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  if (currencies.size() > 1) {
    const std::string list = absl::StrJoin(currencies, ", ");
    return Error(absl::StatusCode::kFailedPrecondition, "SUMMARY_CURRENCY_NEEDED",
                 absl::StrCat("orders and payments are in ", list, ": name one"), {{"currencies", list}});
  }
  return currencies.empty() ? "" : *currencies.begin();
}

// Sum of the totals in one currency; `counted` gets how many documents they are made of.
absl::StatusOr<Decimal> Total(const Json& totals, const std::string& currency, int64_t* counted) {
  Decimal sum;
  for (const Json& total : totals) {
    if (TextOf(total, "currency") != currency) continue;
    ASSIGN_OR_RETURN(const Decimal amount, AmountOf(MemberOf(total, "total")));
    ASSIGN_OR_RETURN(sum, Add(sum, amount));
    *counted += CountOf(total, "count");
  }
  return sum;
}

absl::StatusOr<Json> OverLimit(Gateway& gateway, const std::string& currency) {
  ASSIGN_OR_RETURN(const Json accounts,
                   gateway.ListAll("/v1/receivables:summarizeAccounts?overLimitOnly=true", "accounts"));
  std::vector<std::string> names;
  for (const Json& account : accounts) {
    if (TextOf(account, "currency") == currency) names.push_back(TextOf(account, "account"));
  }
  ASSIGN_OR_RETURN(auto labels, Labels(gateway, "accounts", names));
  Json list = Json::array();
  for (const Json& account : accounts) {
    if (TextOf(account, "currency") != currency) continue;
    list.push_back({{"external_id", labels[TextOf(account, "account")]},
                    {"open_amount", TwoDigits(MemberOf(account, "balance"))},
                    {"limit", TwoDigits(MemberOf(account, "creditLimit"))}});
  }
  return list;
}

absl::StatusOr<Json> TopManagers(Gateway& gateway, const Json& owners, const std::string& currency) {
  std::vector<std::string> names;
  Json list = Json::array();
  for (const Json& owner : owners) {
    if (TextOf(owner, "currency") != currency || TextOf(owner, "owner").empty()) continue;
    if (names.size() == kTopManagers) break;
    names.push_back(TextOf(owner, "owner"));
    list.push_back({{"external_id", names.back()}, {"value", TwoDigits(MemberOf(owner, "total"))}});
  }
  ASSIGN_OR_RETURN(auto labels, Labels(gateway, "employees", names));
  for (Json& manager : list) manager["external_id"] = labels[manager["external_id"].get<std::string>()];
  return list;
}

}  // namespace

absl::StatusOr<Json> Summarize(Gateway& gateway, const std::string& wanted) {
  ASSIGN_OR_RETURN(const Json orders, gateway.Get(absl::StrCat("/v1/orders:summarize?ownersMax=", kOwnersMax)));
  ASSIGN_OR_RETURN(const Json receipts, gateway.Get("/v1/receipts:summarize"));
  const Json states = ItemsOf(orders, "states");
  const Json totals = ItemsOf(receipts, "totals");
  std::set<std::string> currencies;
  for (const Json& total : states) currencies.insert(TextOf(total, "currency"));
  for (const Json& total : totals) currencies.insert(TextOf(total, "currency"));
  ASSIGN_OR_RETURN(const std::string currency, Choose(currencies, wanted));

  Json summary = Json::object();
  ASSIGN_OR_RETURN(const int64_t accounts, Count(gateway, "accounts", ""));
  ASSIGN_OR_RETURN(const int64_t employees, Count(gateway, "employees", "NOT roles.role = \"ERP\""));
  ASSIGN_OR_RETURN(const int64_t products, Count(gateway, "products", ""));
  summary["accounts"] = accounts;
  summary["employees"] = employees;
  summary["products"] = products;
  int64_t order_count = 0;
  ASSIGN_OR_RETURN(const Decimal order_value, Total(states, currency, &order_count));
  summary["orders"] = order_count;
  summary["currency"] = currency;
  summary["order_value"] = order_value.ToFixed(2);
  summary["order_value_by_state"] = Json::object();
  for (const Json& state : states) {
    if (TextOf(state, "currency") != currency) continue;
    const std::string name = TextOf(state, "state");
    summary["order_value_by_state"][std::string(absl::StripPrefix(name, "ORDER_STATE_"))] =
        TwoDigits(MemberOf(state, "total"));
  }
  int64_t payment_count = 0;
  ASSIGN_OR_RETURN(const Decimal payment_value, Total(totals, currency, &payment_count));
  summary["payments"] = payment_count;
  summary["payment_value"] = payment_value.ToFixed(2);
  ASSIGN_OR_RETURN(const int64_t without_manager, Count(gateway, "accounts", "NOT owner:*"));
  summary["accounts_without_manager"] = without_manager;
  ASSIGN_OR_RETURN(summary["accounts_over_limit"], OverLimit(gateway, currency));
  ASSIGN_OR_RETURN(summary["top_managers"], TopManagers(gateway, ItemsOf(orders, "owners"), currency));
  return summary;
}

}  // namespace kam::ctl

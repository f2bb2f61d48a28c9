#include "account-svc/peers.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "common/money/money.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "kam/api/standard.pb.h"

namespace kam::account {
namespace {

namespace pb = business::v1;

// What the services take at once, and of open business what fits into one answer.
constexpr size_t kBusinessAtOnce = 25;
constexpr int kItemsMax = 1000;
constexpr size_t kFiguresAtOnce = 500;

constexpr char kContractService[] = "kam.business.v1.ContractBusinessService/";
constexpr char kAftersalesService[] = "kam.business.v1.AftersalesBusinessService/";

absl::Status NoContractService() {
  return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE",
                    "contract-svc is not connected (--contract_svc)", absl::Seconds(1));
}

absl::Status NoAftersalesService() {
  return RetryLater(absl::StatusCode::kUnavailable, "AFTERSALES_SVC_UNAVAILABLE",
                    "aftersales-svc is not connected (--aftersales_svc)", absl::Seconds(1));
}

// Asks in portions; `take` gets every answer.
template <typename Request, typename Response, typename Fill, typename Take>
absl::Status AskAll(const Peers::Ask& ask, const std::string& method, const std::vector<std::string>& accounts,
                    size_t at_once, absl::Time deadline, Fill fill, Take take) {
  for (size_t begin = 0; begin < accounts.size(); begin += at_once) {
    Request request;
    fill(&request);
    for (size_t i = begin; i < std::min(accounts.size(), begin + at_once); ++i) request.add_accounts(accounts[i]);
    Response response;
    RETURN_IF_ERROR(ask(method, request, &response, deadline));
    take(std::move(response));
  }
  return absl::OkStatus();
}

absl::StatusOr<pb::ListOpenBusinessResponse> AskBusiness(const Peers::Ask& ask, const std::string& method,
                                                         const std::vector<std::string>& accounts,
                                                         absl::Time deadline) {
  pb::ListOpenBusinessResponse all;
  RETURN_IF_ERROR((AskAll<pb::ListOpenBusinessRequest, pb::ListOpenBusinessResponse>(
      ask, method, accounts, kBusinessAtOnce, deadline,
      [](pb::ListOpenBusinessRequest* request) { request->set_items_max(kItemsMax); },
      [&](pb::ListOpenBusinessResponse part) { all.MergeFrom(part); })));
  return all;
}

template <typename Response, typename Figures>
absl::StatusOr<std::vector<Figures>> FiguresOf(const Peers::Ask& ask, const std::string& method,
                                               const std::vector<std::string>& accounts, const std::string& from_month,
                                               const std::string& until_month, absl::Time deadline) {
  std::vector<Figures> all;
  RETURN_IF_ERROR((AskAll<pb::BatchGetFiguresRequest, Response>(
      ask, method, accounts, kFiguresAtOnce, deadline,
      [&](pb::BatchGetFiguresRequest* request) {
        request->set_from_month(from_month);
        request->set_until_month(until_month);
      },
      [&](Response part) {
        std::move(part.mutable_accounts()->begin(), part.mutable_accounts()->end(), std::back_inserter(all));
      })));
  return all;
}

// The accounts that each file counts for: itself, where it was asked about, and those that it is part of.
std::map<std::string, std::vector<std::string>> WholesOf(const std::vector<std::string>& accounts,
                                                         const Peers::Parts& parts) {
  std::map<std::string, std::vector<std::string>> wholes;
  for (const std::string& account : std::set<std::string>(accounts.begin(), accounts.end())) {
    wholes[account].push_back(account);
    const auto of_account = parts.find(account);
    if (of_account == parts.end()) continue;
    for (const std::string& part : of_account->second) wholes[part].push_back(account);
  }
  return wholes;
}

std::vector<std::string> NamesOf(const std::map<std::string, std::vector<std::string>>& wholes) {
  std::vector<std::string> names;
  for (const auto& [name, of] : wholes) names.push_back(name);
  return names;
}

// Adds what is open of one kind and currency to what is counted already.
absl::Status AddCount(const pb::OpenBusinessCount& more, pb::ListOpenBusinessResponse* all) {
  for (pb::OpenBusinessCount& known : *all->mutable_counts()) {
    if (known.account() != more.account() || known.kind() != more.kind() ||
        known.amount().currency_code() != more.amount().currency_code()) {
      continue;
    }
    known.set_count(known.count() + more.count());
    if (!more.has_amount()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Money one, FromProto(known.amount(), "amount"));
    ASSIGN_OR_RETURN(const Money other, FromProto(more.amount(), "amount"));
    ASSIGN_OR_RETURN(const Money sum, Add(one, other));
    ToProto(sum, known.mutable_amount());
    return absl::OkStatus();
  }
  *all->add_counts() = more;
  return absl::OkStatus();
}

// Counts what is listed of `account`: all that is open there.
absl::Status CountListed(const pb::ListOpenBusinessResponse& answer, const std::string& account,
                         const std::string& whole, pb::ListOpenBusinessResponse* all) {
  for (const pb::OpenBusiness& item : answer.items()) {
    if (item.account() != account) continue;
    pb::OpenBusinessCount one;
    one.set_account(whole);
    one.set_kind(item.kind());
    one.set_count(1);
    if (item.has_amount()) *one.mutable_amount() = item.amount();
    RETURN_IF_ERROR(AddCount(one, all));
  }
  return absl::OkStatus();
}

// Counts all that is open of `whole`, where the answer leaves something out of one of its files; of a service that does
// not count what it leaves out, nothing.
absl::Status CountWhole(const pb::ListOpenBusinessResponse& answer, const std::string& whole,
                        const std::vector<std::string>& files, pb::ListOpenBusinessResponse* all) {
  const std::set<std::string> left_out(answer.truncated_accounts().begin(), answer.truncated_accounts().end());
  std::set<std::string> counted;
  for (const pb::OpenBusinessCount& count : answer.counts()) counted.insert(count.account());
  bool any = false;
  for (const std::string& file : files) {
    if (left_out.count(file) == 0) continue;
    any = true;
    if (counted.count(file) == 0) return absl::OkStatus();
  }
  if (!any) return absl::OkStatus();
  for (const std::string& file : files) {
    if (counted.count(file) == 0) RETURN_IF_ERROR(CountListed(answer, file, whole, all));
    for (pb::OpenBusinessCount count : answer.counts()) {
      if (count.account() != file) continue;
      count.set_account(whole);
      RETURN_IF_ERROR(AddCount(count, all));
    }
  }
  return absl::OkStatus();
}

// What was answered about files, as that of the accounts that they are part of.
absl::StatusOr<pb::ListOpenBusinessResponse> OfWholes(const pb::ListOpenBusinessResponse& answer,
                                                      const std::map<std::string, std::vector<std::string>>& wholes) {
  pb::ListOpenBusinessResponse all;
  std::map<std::string, std::vector<std::string>> files;
  for (const auto& [file, of] : wholes) {
    for (const std::string& whole : of) files[whole].push_back(file);
  }
  const auto of = [&](const std::string& file) {
    const auto found = wholes.find(file);
    return found == wholes.end() ? std::vector<std::string>() : found->second;
  };
  for (const pb::OpenBusiness& item : answer.items()) {
    for (const std::string& whole : of(item.account())) {
      *all.add_items() = item;
      all.mutable_items()->rbegin()->set_account(whole);
    }
  }
  std::stable_sort(all.mutable_items()->begin(), all.mutable_items()->end(),
                   [](const pb::OpenBusiness& one, const pb::OpenBusiness& other) {
                     return std::tie(one.account(), one.kind(), one.name()) <
                            std::tie(other.account(), other.kind(), other.name());
                   });
  std::set<std::string> truncated;
  for (const std::string& file : answer.truncated_accounts()) {
    for (const std::string& whole : of(file)) truncated.insert(whole);
  }
  for (const std::string& whole : truncated) all.add_truncated_accounts(whole);
  for (const auto& [whole, of_whole] : files) RETURN_IF_ERROR(CountWhole(answer, whole, of_whole, &all));
  return all;
}

// The same of figures; `join` adds what one file has to what its whole has already.
template <typename Figures, typename Join>
std::vector<Figures> FiguresOfWholes(const std::vector<Figures>& answer,
                                     const std::map<std::string, std::vector<std::string>>& wholes, Join join) {
  std::map<std::string, Figures> all;
  for (const Figures& figures : answer) {
    const auto found = wholes.find(figures.account());
    if (found == wholes.end()) continue;
    for (const std::string& whole : found->second) {
      Figures& of_whole = all[whole];
      of_whole.set_account(whole);
      of_whole.mutable_months()->MergeFrom(figures.months());
      join(figures, &of_whole);
    }
  }
  std::vector<Figures> list;
  for (auto& [whole, figures] : all) list.push_back(std::move(figures));
  return list;
}

// One resource of contract-svc.
template <typename T>
absl::StatusOr<T> GetOf(const Peers::Ask& contract, absl::string_view method, const std::string& name,
                        absl::Time deadline) {
  if (contract == nullptr) return NoContractService();
  kam::api::GetRequest request;
  request.set_name(name);
  T found;
  RETURN_IF_ERROR(contract(method, request, &found, deadline));
  return found;
}

// Of what a service counts, what it does not list: never less than none, as something may end between list and count.
absl::Status AddFurther(const pb::ListOpenBusinessResponse& answer, std::vector<pb::OpenBusinessCount>* further) {
  for (const pb::OpenBusinessCount& open : answer.counts()) {
    pb::OpenBusinessCount left = open;
    for (const pb::OpenBusiness& item : answer.items()) {
      if (item.account() != open.account() || item.kind() != open.kind() ||
          item.amount().currency_code() != open.amount().currency_code()) {
        continue;
      }
      left.set_count(left.count() - 1);
      if (!open.has_amount()) continue;
      ASSIGN_OR_RETURN(const Money sum, FromProto(left.amount(), "amount"));
      ASSIGN_OR_RETURN(const Money listed, FromProto(item.amount(), "amount"));
      ASSIGN_OR_RETURN(const Money rest, Subtract(sum, listed));
      ToProto(rest, left.mutable_amount());
    }
    if (left.count() > 0) further->push_back(std::move(left));
  }
  return absl::OkStatus();
}

// Whether the answer says how much it leaves out: a service of an earlier version does not.
bool IsCounted(const pb::ListOpenBusinessResponse& answer) {
  return std::all_of(
      answer.truncated_accounts().begin(), answer.truncated_accounts().end(), [&](const std::string& account) {
        return std::any_of(answer.counts().begin(), answer.counts().end(),
                           [&](const pb::OpenBusinessCount& count) { return count.account() == account; });
      });
}

// Puts the answer of a service into `all`; one that is away, or leaves something out, is named.
absl::Status Take(const char* service, absl::StatusOr<pb::ListOpenBusinessResponse> answer, OpenBusiness* all) {
  if (absl::IsUnavailable(answer.status())) {
    all->unanswered.emplace_back(service);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(answer.status());
  if (!IsCounted(*answer)) all->unanswered.emplace_back(service);
  RETURN_IF_ERROR(AddFurther(*answer, &all->further));
  std::move(answer->mutable_items()->begin(), answer->mutable_items()->end(), std::back_inserter(all->items));
  return absl::OkStatus();
}

}  // namespace

absl::Time Patience(const Context& context, absl::Time deadline) {
  return std::min(deadline, absl::Now() + context.policy.peer_patience);
}

absl::StatusOr<Peers::Parts> Peers::PartsOf(const std::vector<std::string>& accounts, absl::Time deadline) const {
  if (parts_ == nullptr || accounts.empty()) return Parts();
  return parts_(accounts, deadline);
}

absl::StatusOr<pb::ListOpenBusinessResponse> Peers::Business(const Ask& ask, const std::string& method,
                                                             const std::vector<std::string>& accounts,
                                                             absl::Time deadline) const {
  ASSIGN_OR_RETURN(const Parts parts, PartsOf(accounts, deadline));
  if (parts.empty()) return AskBusiness(ask, method, accounts, deadline);
  const auto wholes = WholesOf(accounts, parts);
  ASSIGN_OR_RETURN(const pb::ListOpenBusinessResponse answer, AskBusiness(ask, method, NamesOf(wholes), deadline));
  return OfWholes(answer, wholes);
}

absl::StatusOr<pb::ListDealingsResponse> Peers::Dealings(const Ask& ask, const std::string& method,
                                                         const pb::ListDealingsRequest& request,
                                                         absl::Time deadline) const {
  pb::ListDealingsRequest whole = request;
  ASSIGN_OR_RETURN(const Parts parts, PartsOf({request.account()}, deadline));
  for (const auto& [account, files] : parts) {
    for (const std::string& file : files) whole.add_parts(file);
  }
  pb::ListDealingsResponse response;
  RETURN_IF_ERROR(ask(method, whole, &response, deadline));
  return response;
}

absl::StatusOr<pb::ListOpenBusinessResponse> Peers::ContractBusiness(const std::vector<std::string>& accounts,
                                                                     absl::Time deadline) const {
  if (contract_ == nullptr) return NoContractService();
  return Business(contract_, absl::StrCat(kContractService, "ListOpenContractBusiness"), accounts, deadline);
}

absl::StatusOr<std::vector<pb::ContractFigures>> Peers::ContractFigures(const std::vector<std::string>& accounts,
                                                                        const std::string& from_month,
                                                                        const std::string& until_month,
                                                                        absl::Time deadline) const {
  if (contract_ == nullptr) return NoContractService();
  ASSIGN_OR_RETURN(const Parts parts, PartsOf(accounts, deadline));
  const auto wholes = WholesOf(accounts, parts);
  ASSIGN_OR_RETURN(const std::vector<pb::ContractFigures> figures,
                   (FiguresOf<pb::BatchGetContractFiguresResponse, pb::ContractFigures>(
                       contract_, absl::StrCat(kContractService, "BatchGetContractFigures"), NamesOf(wholes),
                       from_month, until_month, deadline)));
  return FiguresOfWholes(figures, wholes, [](const pb::ContractFigures& file, pb::ContractFigures* whole) {
    whole->mutable_receivables()->MergeFrom(file.receivables());
    whole->set_last_order_date(std::max(whole->last_order_date(), file.last_order_date()));
  });
}

absl::StatusOr<pb::ListOpenBusinessResponse> Peers::AftersalesBusiness(const std::vector<std::string>& accounts,
                                                                       absl::Time deadline) const {
  if (aftersales_ == nullptr) return NoAftersalesService();
  return Business(aftersales_, absl::StrCat(kAftersalesService, "ListOpenAftersalesBusiness"), accounts, deadline);
}

absl::StatusOr<std::vector<pb::AftersalesFigures>> Peers::AftersalesFigures(const std::vector<std::string>& accounts,
                                                                            const std::string& from_month,
                                                                            const std::string& until_month,
                                                                            absl::Time deadline) const {
  if (aftersales_ == nullptr) return NoAftersalesService();
  ASSIGN_OR_RETURN(const Parts parts, PartsOf(accounts, deadline));
  const auto wholes = WholesOf(accounts, parts);
  ASSIGN_OR_RETURN(const std::vector<pb::AftersalesFigures> figures,
                   (FiguresOf<pb::BatchGetAftersalesFiguresResponse, pb::AftersalesFigures>(
                       aftersales_, absl::StrCat(kAftersalesService, "BatchGetAftersalesFigures"), NamesOf(wholes),
                       from_month, until_month, deadline)));
  return FiguresOfWholes(figures, wholes, [](const pb::AftersalesFigures&, pb::AftersalesFigures*) {});
}

absl::StatusOr<pb::ListDealingsResponse> Peers::ContractDealings(const pb::ListDealingsRequest& request,
                                                                 absl::Time deadline) const {
  if (contract_ == nullptr) return NoContractService();
  return Dealings(contract_, absl::StrCat(kContractService, "ListContractDealings"), request, deadline);
}

absl::StatusOr<pb::ListDealingsResponse> Peers::AftersalesDealings(const pb::ListDealingsRequest& request,
                                                                   absl::Time deadline) const {
  if (aftersales_ == nullptr) return NoAftersalesService();
  return Dealings(aftersales_, absl::StrCat(kAftersalesService, "ListAftersalesDealings"), request, deadline);
}

absl::StatusOr<OpenBusiness> Peers::AllBusiness(const std::vector<std::string>& accounts, absl::Time deadline) const {
  OpenBusiness all;
  RETURN_IF_ERROR(Take("contract-svc", ContractBusiness(accounts, deadline), &all));
  RETURN_IF_ERROR(Take("aftersales-svc", AftersalesBusiness(accounts, deadline), &all));
  return all;
}

absl::StatusOr<pricing::v1::Quote> Peers::Quote(const std::string& name, absl::Time deadline) const {
  return GetOf<pricing::v1::Quote>(contract_, "kam.pricing.v1.QuoteService/GetQuote", name, deadline);
}

absl::StatusOr<contract::v1::Contract> Peers::Contract(const std::string& name, absl::Time deadline) const {
  return GetOf<contract::v1::Contract>(contract_, "kam.contract.v1.ContractService/GetContract", name, deadline);
}

absl::StatusOr<pricing::v1::Product> Peers::Product(const std::string& name, absl::Time deadline) const {
  return GetOf<pricing::v1::Product>(contract_, "kam.pricing.v1.ProductService/GetProduct", name, deadline);
}

}  // namespace kam::account

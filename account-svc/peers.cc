#include "account-svc/peers.h"

#include <algorithm>
#include <iterator>
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

absl::StatusOr<pb::ListOpenBusinessResponse> Business(const Peers::Ask& ask, const std::string& method,
                                                      const std::vector<std::string>& accounts, absl::Time deadline) {
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
  return FiguresOf<pb::BatchGetContractFiguresResponse, pb::ContractFigures>(
      contract_, absl::StrCat(kContractService, "BatchGetContractFigures"), accounts, from_month, until_month,
      deadline);
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
  return FiguresOf<pb::BatchGetAftersalesFiguresResponse, pb::AftersalesFigures>(
      aftersales_, absl::StrCat(kAftersalesService, "BatchGetAftersalesFigures"), accounts, from_month, until_month,
      deadline);
}

absl::StatusOr<pb::ListDealingsResponse> Peers::ContractDealings(const pb::ListDealingsRequest& request,
                                                                 absl::Time deadline) const {
  if (contract_ == nullptr) return NoContractService();
  pb::ListDealingsResponse response;
  RETURN_IF_ERROR(contract_(absl::StrCat(kContractService, "ListContractDealings"), request, &response, deadline));
  return response;
}

absl::StatusOr<pb::ListDealingsResponse> Peers::AftersalesDealings(const pb::ListDealingsRequest& request,
                                                                   absl::Time deadline) const {
  if (aftersales_ == nullptr) return NoAftersalesService();
  pb::ListDealingsResponse response;
  RETURN_IF_ERROR(
      aftersales_(absl::StrCat(kAftersalesService, "ListAftersalesDealings"), request, &response, deadline));
  return response;
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

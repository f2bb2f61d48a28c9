// What account-svc asks the other services about accounts. They may be away: whoever
// asks decides whether it can do without the answer, and says so.
#ifndef KAM_ACCOUNT_SVC_PEERS_H_
#define KAM_ACCOUNT_SVC_PEERS_H_

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kam/business/v1/business_service.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/pricing/v1/product.pb.h"
#include "kam/pricing/v1/quote.pb.h"

namespace kam::account {

// Open business of accounts in both services.
struct OpenBusiness {
  std::vector<business::v1::OpenBusiness> items;  // By service, account, kind and name.
  std::vector<std::string> unanswered;            // Services that did not answer: "contract-svc", "aftersales-svc".
  std::vector<business::v1::OpenBusinessCount> further;  // What is open besides, where that is more than is listed.
};

struct Context;

// How long a view or a list waits for one other service: whoever looks at it would rather see the rest.
absl::Time Patience(const Context& context, absl::Time deadline);

// What the other services keep stays under the file that it was kept under when that becomes part of another one
// . Whoever asks about an account is told of its parts as well, as if it were under the account itself; whoever
// asks about the file that was closed is told of that alone.
class Peers {
 public:
  // One RPC of one service, at latest at `deadline`; see service::Peer::Ask.
  using Ask = std::function<absl::Status(absl::string_view method, const google::protobuf::Message& request,
                                         google::protobuf::Message* response, absl::Time deadline)>;

  // An empty Ask stands for a service that is never there.
  Peers() = default;
  Peers(Ask contract, Ask aftersales) : contract_(std::move(contract)), aftersales_(std::move(aftersales)) {}

  // Names of the accounts that are part of each of `accounts`, through any number of merges.
  using Parts = std::map<std::string, std::vector<std::string>>;
  using AskParts = std::function<absl::StatusOr<Parts>(const std::vector<std::string>& accounts, absl::Time deadline)>;
  // Without it every account stands for itself.
  void FollowMerges(AskParts parts) { parts_ = std::move(parts); }

  // Before a transaction, never inside. UNAVAILABLE CONTRACT_SVC_UNAVAILABLE.
  absl::StatusOr<business::v1::ListOpenBusinessResponse> ContractBusiness(const std::vector<std::string>& accounts,
                                                                          absl::Time deadline) const;
  // Figures of any number of accounts from `from_month` to `until_month` ("2026-01"), at most 60 months. Of an account
  // with parts the months of each file follow one another, and the last order is that of any of them.
  absl::StatusOr<std::vector<business::v1::ContractFigures>> ContractFigures(const std::vector<std::string>& accounts,
                                                                             const std::string& from_month,
                                                                             const std::string& until_month,
                                                                             absl::Time deadline) const;
  // The same of aftersales-svc. UNAVAILABLE AFTERSALES_SVC_UNAVAILABLE.
  absl::StatusOr<business::v1::ListOpenBusinessResponse> AftersalesBusiness(const std::vector<std::string>& accounts,
                                                                            absl::Time deadline) const;
  absl::StatusOr<std::vector<business::v1::AftersalesFigures>> AftersalesFigures(
      const std::vector<std::string>& accounts, const std::string& from_month, const std::string& until_month,
      absl::Time deadline) const;

  // Dealings with an account in either service, as far as the reader in the request may see them; UNAVAILABLE as above.
  // The parts of the account are put into the request here.
  absl::StatusOr<business::v1::ListDealingsResponse> ContractDealings(const business::v1::ListDealingsRequest& request,
                                                                      absl::Time deadline) const;
  absl::StatusOr<business::v1::ListDealingsResponse> AftersalesDealings(
      const business::v1::ListDealingsRequest& request, absl::Time deadline) const;

  // A quote of contract-svc; NOT_FOUND.
  absl::StatusOr<pricing::v1::Quote> Quote(const std::string& name, absl::Time deadline) const;

  // A contract of contract-svc; NOT_FOUND.
  absl::StatusOr<contract::v1::Contract> Contract(const std::string& name, absl::Time deadline) const;

  // A product of contract-svc; NOT_FOUND.
  absl::StatusOr<pricing::v1::Product> Product(const std::string& name, absl::Time deadline) const;

  // Both; a service that is away is named in `unanswered` instead of failing the whole.
  absl::StatusOr<OpenBusiness> AllBusiness(const std::vector<std::string>& accounts, absl::Time deadline) const;

 private:
  absl::StatusOr<Parts> PartsOf(const std::vector<std::string>& accounts, absl::Time deadline) const;
  absl::StatusOr<business::v1::ListOpenBusinessResponse> Business(const Ask& ask, const std::string& method,
                                                                  const std::vector<std::string>& accounts,
                                                                  absl::Time deadline) const;
  absl::StatusOr<business::v1::ListDealingsResponse> Dealings(const Ask& ask, const std::string& method,
                                                              const business::v1::ListDealingsRequest& request,
                                                              absl::Time deadline) const;

  Ask contract_, aftersales_;
  AskParts parts_;
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PEERS_H_

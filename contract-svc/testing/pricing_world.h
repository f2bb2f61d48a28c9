// The contract service under test, with a department of people, customers and short ways to make prices and quotes.
#ifndef KAM_CONTRACT_SVC_TESTING_PRICING_WORLD_H_
#define KAM_CONTRACT_SVC_TESTING_PRICING_WORLD_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "common/schedule/schedule.h"
#include "common/service/notice_sender.h"
#include "common/testing/harness.h"
#include "contract-svc/policy.h"
#include "kam/approval/v1/approval_request.pb.h"
#include "kam/pricing/v1/authority_grant.pb.h"
#include "kam/pricing/v1/price_book.pb.h"
#include "kam/pricing/v1/product.pb.h"
#include "kam/pricing/v1/quote.pb.h"
#include "kam/pricing/v1/quote_service.pb.h"

namespace kam::contract {

google::type::Money Cny(absl::string_view amount);

class PricingWorld {
 public:
  // `ask_account_svc`: see RegisterAll; null: nobody is told anything.
  explicit PricingWorld(service::AskAccountSvc ask_account_svc = nullptr);
  // One for all tests of a program: tests make their own products and customers.
  static PricingWorld& Get();

  testing::Harness& harness() { return *harness_; }
  // Day of the clock in the zone of the policy, moved by `days`.
  std::string Today(int days = 0) const;
  // Runs everything that is due now.
  void RunDue();

  // A person of the department (or of another one) with the rights of `roles`.
  auth::Principal NewPerson(const std::string& roles, bool other_department = false);
  // What account-svc says of the roles of a person from now on; without roles: not in service any more.
  void SetRoles(const auth::Principal& person, const std::vector<std::string>& roles);
  // accounts/{id} of a customer of tier A that `owner` owns.
  std::string NewAccount(const auth::Principal& owner, const std::string& state = "ACTIVE");
  // A product of a line of its own at `list`, sold from always on. Empty texts: no such price.
  pricing::v1::Product NewProduct(const std::string& list, const std::string& floor = {},
                                  const std::string& purchase = {});
  // A draft about one unit of a product, at a discount in percent (empty: none).
  pricing::v1::Quote NewQuote(const auth::Principal& seller, const std::string& account,
                              const pricing::v1::Product& product, const std::string& discount = {});
  static void AddLine(const pricing::v1::Product& product, const std::string& quantity, const std::string& discount,
                      pricing::v1::Quote* quote);
  absl::StatusOr<pricing::v1::Quote> Create(const auth::Principal& seller, const pricing::v1::Quote& quote);
  absl::StatusOr<pricing::v1::PriceQuoteResponse> Price(const auth::Principal& seller, const std::string& quote);
  absl::StatusOr<pricing::v1::Quote> Submit(const auth::Principal& seller, const std::string& quote);
  absl::StatusOr<pricing::v1::Quote> Send(const auth::Principal& seller, const std::string& quote);
  // The version of a quote now: decisions name the one they are about.
  std::string EtagOf(const std::string& quote);
  absl::StatusOr<pricing::v1::Quote> GetQuote(const auth::Principal& reader, const std::string& quote);
  // Changes the discount of line `line`.
  absl::StatusOr<pricing::v1::Quote> SetDiscount(const auth::Principal& seller, const std::string& quote, int line,
                                                 const std::string& discount);
  // Authority given by `giver` and confirmed by another.
  absl::StatusOr<pricing::v1::AuthorityGrant> Give(const auth::Principal& giver,
                                                   const pricing::v1::AuthorityGrant& grant);
  // Of a person over the line of a product, of level 3, given by the general manager; and taken back.
  pricing::v1::AuthorityGrant Grant(const auth::Principal& person, const pricing::v1::Product& product,
                                    const std::string& discount);
  absl::Status Revoke(const auth::Principal& as, const pricing::v1::AuthorityGrant& grant);
  absl::StatusOr<approval::v1::ApprovalRequest> GetApproval(const auth::Principal& reader, const std::string& name);
  absl::StatusOr<approval::v1::ApprovalRequest> Approve(const auth::Principal& decider, const std::string& name);
  absl::StatusOr<approval::v1::ApprovalRequest> Reject(const auth::Principal& decider, const std::string& name,
                                                       const std::string& opinion);

  // Of the department.
  auth::Principal kax, sm, kam, gam, sd, gm, kapm;

 private:
  const Policy policy_;
  std::unique_ptr<schedule::Scheduler> scheduler_;
  std::unique_ptr<testing::Harness> harness_;
  std::string department_, other_department_;
  std::mutex roles_mutex_;
  std::map<std::string, std::vector<std::string>> roles_;  // Under roles_mutex_.
};

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_TESTING_PRICING_WORLD_H_

// The account service in a harness, with people and accounts to test with. One for a test program: tests use data of
// their own in it.
#ifndef KAM_ACCOUNT_SVC_TESTING_ACCOUNT_FIXTURE_H_
#define KAM_ACCOUNT_SVC_TESTING_ACCOUNT_FIXTURE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "account-svc/policy.h"
#include "common/schedule/schedule.h"
#include "common/testing/harness.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_evaluation.pb.h"
#include "kam/account/v1/opportunity.pb.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/organization/v1/department.pb.h"
#include "kam/organization/v1/employee.pb.h"

namespace kam::account {

// A policy with small figures, so that limits are reached.
Policy TestPolicy();

class World {
 public:
  World();

  // The one of this program; lives until its end.
  static World& Get();
  static void Drop();

  testing::Harness& harness() { return *harness_; }
  // What the other services answer; they know of no business unless a test sets something else.
  using Answer = std::function<absl::Status(absl::string_view method, const google::protobuf::Message& request,
                                            google::protobuf::Message* response)>;
  Answer contract_svc = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
    return absl::OkStatus();
  };
  Answer aftersales_svc = contract_svc;

  // Runs everything that is due at the time of the harness; how many items were done.
  int64_t RunDue();
  template <typename Response>
  absl::StatusOr<Response> Call(const auth::Principal& principal, absl::string_view method,
                                const google::protobuf::Message& request) {
    return harness_->Call<Response>(principal, method, request);
  }

  // Fails the test when the service refuses.
  organization::v1::Department AddDepartment(const std::string& parent = {});
  organization::v1::Employee AddEmployee(const std::string& role, const std::string& department = {},
                                         const std::vector<std::string>& superiors = {},
                                         const std::string& region = {});
  // The person with the rights of `role`.
  auth::Principal As(const organization::v1::Employee& employee, absl::string_view role,
                     const std::vector<std::string>& team = {}, const std::vector<std::string>& regions = {});
  absl::StatusOr<v1::Account> CreateAccount(const auth::Principal& creator, const v1::Account& account);
  // An account made by `creator`, whether or not his role opens files; a complete file except for a contact.
  v1::Account AddAccount(const auth::Principal& creator);
  void AddContact(const auth::Principal& creator, const std::string& account);
  v1::Account Assign(const auth::Principal& actor, const std::string& account, const std::string& employee);
  // Has an evaluation of the account worked out by an analyst, and `proposer` propose `tier`.
  v1::AccountEvaluation ProposeTier(const auth::Principal& proposer, const std::string& account, v1::Tier tier,
                                    const std::string& as_of = "2026-01-05");
  // A draft with every field of the checklist and a name and a number of its own.
  v1::Account CompleteDraft();

  auth::Principal hr() { return hr_; }
  const std::string& today() const { return today_; }

 private:
  Policy policy_;
  std::unique_ptr<schedule::Scheduler> scheduler_;
  std::unique_ptr<testing::Harness> harness_;
  auth::Principal hr_;
  std::string today_ = "2026-01-05";
  bool has_tier_model_ = false;
  std::atomic<int> last_ = 0;
};

// A valid unified social credit code that ends a series of `n`.
std::string CreditCode(int n);

// A canonical random request id.
std::string RequestId();

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_TESTING_ACCOUNT_FIXTURE_H_

// Files approval requests, takes decisions and puts them into effect on their subjects, all in one transaction (G-05).
#ifndef KAM_COMMON_APPROVAL_ENGINE_H_
#define KAM_COMMON_APPROVAL_ENGINE_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/approval/rules.h"
#include "common/resource/runtime.h"
#include "common/rpc/call.h"
#include "common/schedule/schedule.h"
#include "kam/approval/v1/approval_request.pb.h"

namespace kam::approval {

// Roles by employees/{id}; who is not in service is not in it.
using HeldRoles = std::map<std::string, std::vector<std::string>>;

// What people hold now, asked before a transaction.
using RolesOf = std::function<absl::StatusOr<HeldRoles>(const std::vector<std::string>& names, absl::Time deadline)>;

// What is asked about people, before a transaction.
struct People {
  // Makes sure that they are known here before they are referred to. May be empty.
  std::function<absl::Status(const std::vector<std::string>& names, absl::Time deadline)> ensure;
  RolesOf roles_of;  // Empty: no delegation counts.
};

struct Policy {
  absl::Duration decide_within = absl::Hours(72);  // Then a step goes to the level above, once; or the request expires.
  absl::Duration delegation_max = absl::Hours(24 * 90);  // Longest window of a delegation.
  absl::Duration carry_within = absl::Hours(24 * 30);    // Age up to which a decision is carried over.
  int delegations_to_one_max = 50;  // Delegations to one person that are not over; every one of them counts.
};

inline constexpr char kDueExpiry[] = "approval.expiry";

class Engine {
 public:
  // Puts the outcome into effect on the subject, in the transaction of the decision. `request` is APPROVED, REJECTED,
  // WITHDRAWN or EXPIRED. An error rolls everything back: the decision was not made.
  using Callback = std::function<absl::Status(resource::UnitOfWork& work, const v1::ApprovalRequest& request)>;

  // Whether the one who is about to approve the step still may: asked at every approval, in its transaction. `as` is
  // who decides, or the one in whose place he does, with the roles that count; `requester`: whoever asked, with the
  // roles that he holds now, none unless the check asks for them. An error refuses the approval.
  using Check =
      std::function<absl::Status(resource::UnitOfWork& work, const v1::ApprovalRequest& request,
                                 const v1::ApprovalStep& step, const Substitution& as, const Substitution& requester)>;

  explicit Engine(Policy policy) : policy_(policy) {}

  // At start-up: who is told about subjects of a collection, for example "quotes".
  void OnOutcome(absl::string_view collection, Callback callback);

  // At start-up: who judges deciders about subjects of a collection; without one the names of the steps suffice.
  // `asks_requester`: what the requester holds is part of the question, and looked up before every approval.
  void OnApproval(absl::string_view collection, Check check, bool asks_requester = false);
  bool AsksRequester(absl::string_view subject) const;

  // What a subject brings: purpose, requester, subject, subject_label, account, reason, content_hash, steps,
  // tested_values. Steps answered by the last approved request about `subject` or `predecessor` are carried over.
  // The result is PENDING, or APPROVED when everything was carried; the callback is not called then: the caller sees
  // it. FAILED_PRECONDITION APPROVAL_ALREADY_PENDING when a request about the subject is open.
  absl::StatusOr<v1::ApprovalRequest> File(resource::UnitOfWork& work, v1::ApprovalRequest request,
                                           const std::string& predecessor = {}) const;

  // Who has lent authority to the caller, for a window that is open now; before the transaction of the decision.
  static absl::StatusOr<std::vector<std::string>> DelegatorsTo(resource::Runtime& runtime, const rpc::Call& call);

  // Work's actor with delegations in force. A delegation lends what the delegator holds at the decision, as `held`
  // says, and nothing once he is not in service.
  absl::StatusOr<Decider> DeciderOf(resource::UnitOfWork& work, const HeldRoles& held) const;

  // After the rule has approved the step that waited in `before`: asks the check of the subject.
  absl::Status CheckApproval(resource::UnitOfWork& work, const v1::ApprovalRequest& before, const Decider& decider,
                             const HeldRoles& held, const v1::ApprovalRequest& after) const;

  // Stores a decided request, and when it ended ends its due item and calls the subject's callback.
  absl::StatusOr<v1::ApprovalRequest> Finish(resource::UnitOfWork& work,
                                             resource::Change<v1::ApprovalRequest> change) const;

  // The deadline is over: the step that waits goes to the level above, or the request expires.
  absl::StatusOr<v1::ApprovalRequest> TimeOver(resource::UnitOfWork& work,
                                               resource::Change<v1::ApprovalRequest> change) const;

  const Policy& policy() const { return policy_; }

 private:
  absl::StatusOr<std::vector<v1::ApprovalRequest>> LastApproved(resource::UnitOfWork& work,
                                                                const std::string& subject) const;

  const Policy policy_;
  std::map<std::string, Callback, std::less<>> callbacks_;
  std::map<std::string, Check, std::less<>> checks_;
  std::set<std::string, std::less<>> requester_asked_;  // Collections.
};

// For the catalog of a service that has approvals.
void FillCatalog(resource::Catalog* catalog);

// kam.approval.v1.ApprovalService and ApprovalDelegationService, and the expiry of requests.
void RegisterApproval(resource::Runtime& runtime, std::shared_ptr<const Engine> engine, People people,
                      rpc::Registry* registry, schedule::Scheduler* scheduler);

}  // namespace kam::approval

#endif  // KAM_COMMON_APPROVAL_ENGINE_H_

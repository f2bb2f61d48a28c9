// The approval engine's rules (G-05): pure functions over kam.approval.v1.ApprovalRequest.
#ifndef KAM_COMMON_APPROVAL_RULES_H_
#define KAM_COMMON_APPROVAL_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kam/approval/v1/approval_request.pb.h"

namespace kam::approval {

// A delegation in force now, to the one who decides: the delegator's place may be taken.
struct Substitution {
  std::string delegator;           // employees/{id}
  std::vector<std::string> roles;  // Lent.
};

// What a delegation of `roles` lends while the delegator holds `held`. The delegator is left to the caller.
Substitution Lent(const std::vector<std::string>& roles, const std::vector<std::string>& held);

struct Decider {
  std::string employee;  // employees/{id}
  std::vector<std::string> roles;
  std::vector<Substitution> substitutions;
};

// Roles, or persons, that a step or an escalation names.
inline constexpr size_t kStepNamesMax = 20;
// Names as a step keeps them, separated by spaces: as many as it holds, the first ones.
std::string StepNames(const std::vector<std::string>& names);

// Checks a new request and makes its first step wait: step numbers exactly 1..n (STEPS_INVALID), somebody named in each
// (STEP_WITHOUT_DECIDER), tested values of existing steps, as decimal numbers (TESTED_VALUE_INVALID), a requester, a
// subject, a content hash. Steps that are CARRIED need nobody; when all are, the request is APPROVED at once.
absl::Status Open(absl::Time now, approval::v1::ApprovalRequest* request);

// Decides the step that waits. STATE_NOT_ALLOWED when nothing waits; REQUESTER_MAY_NOT_DECIDE when the decider asked
// himself or decides in the place of the one who asked; ALREADY_DECIDED when the decider would answer a second step by
// lent authority; NOT_THE_DECIDER naming who is; CONTENT_CHANGED when
// `content_hash` is given and is not that of the request; OPINION_REQUIRED to reject without an opinion.
absl::Status Approve(const Decider& decider, const std::string& content_hash, const std::string& opinion,
                     absl::Time now, approval::v1::ApprovalRequest* request);
absl::Status Reject(const Decider& decider, const std::string& content_hash, const std::string& opinion, absl::Time now,
                    approval::v1::ApprovalRequest* request);

// Only the requester: NOT_THE_REQUESTER.
absl::Status Withdraw(const std::string& employee, absl::Time now, approval::v1::ApprovalRequest* request);
// Not before the deadline: APPROVAL_NOT_DUE.
absl::Status Expire(absl::Time now, approval::v1::ApprovalRequest* request);

// Puts the step that waits to the level above when the deadline is over and the step names one: from then on those
// decide it, those who were asked before too, until `new_deadline`; the level of the decision is that of the decider.
// False when there is nothing to escalate to: the request expires then. A step is escalated once.
bool Escalate(absl::Time now, absl::Time new_deadline, approval::v1::ApprovalRequest* request);

// Steps of `request` that `earlier`, an approved request about the same subject or its predecessor, answers already
// become CARRIED (G30): every value the step tests was approved there, at the same level or above, not before
// `not_before`, and has not got worse since. A step that tests nothing is never carried. Returns the number of steps
// carried.
int CarryOver(const approval::v1::ApprovalRequest& earlier, absl::Time not_before,
              approval::v1::ApprovalRequest* request);

}  // namespace kam::approval

#endif  // KAM_COMMON_APPROVAL_RULES_H_

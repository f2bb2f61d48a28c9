// Rules of leads and opportunities. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_SALES_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_SALES_RULES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class Account;
class AddLeadFollowUpRequest;
class Lead;
class Opportunity;
enum OpportunityStage : int;
}  // namespace kam::account::v1

namespace kam::account::rules {

// The mandatory items of the visitor form that depend on each other: PHONE_REQUIRED.
absl::Status CheckLead(const v1::Lead& lead);
// LEAD_CLOSED: a lead that was converted or discarded does not change.
absl::Status CheckLeadUpdate(const v1::Lead& before);
// LEAD_INCOMPLETE without intention level and next follow-up.
absl::Status Qualify(const v1::Lead& lead);
// Adds an entry to the follow-up card; level and next date of the lead follow it. FOLLOW_UPS_FULL.
absl::Status AddFollowUp(const v1::AddLeadFollowUpRequest& request, absl::string_view actor, absl::Time now,
                         v1::Lead* lead);
// Fills what the draft of an account does not say from the lead.
void AccountFromLead(const v1::Lead& lead, v1::Account* account);

// Probability of the stage by the policy.
int StageProbability(v1::OpportunityStage stage, const Policy& policy);
// Goes to `stage` and takes its probability. Forward one step, over the test drive, or back with a reason:
// STAGE_UNCHANGED, STAGE_SKIPPED, REASON_REQUIRED.
absl::Status Advance(v1::OpportunityStage stage, absl::string_view reason, const Policy& policy,
                     v1::Opportunity* opportunity);
// STAGE_NOT_SIGNING: signing is the last step of the standard process.
absl::Status Win(absl::string_view reason, absl::Time now, v1::Opportunity* opportunity);
absl::Status Lose(absl::string_view reason, absl::string_view competitor, absl::Time now, v1::Opportunity* opportunity);
// OPPORTUNITY_CLOSED: what is won or lost does not change.
absl::Status CheckOpportunityUpdate(const v1::Opportunity& before);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_SALES_RULES_H_

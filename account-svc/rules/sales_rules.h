// Rules of leads. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_SALES_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_SALES_RULES_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class Account;
class ConvertLeadRequest;
class Lead;
}  // namespace kam::account::v1

namespace kam::account::rules {

// Whether `path` is a field of Lead that a caller sets.
bool IsLeadField(absl::string_view path);
// The visitor form: LEAD_FORM_INCOMPLETE naming every blank field of the policy, PHONE_REQUIRED, PHONE_REFUSED.
absl::Status CheckLead(const v1::Lead& lead, const Policy& policy);
// When the customer came: TIME_IN_FUTURE, DATE_TOO_EARLY for more than the policy's lead_backdating before the lead was
// written down (`created`), ARRIVAL_FIXED when it is moved (`moved`) after lead_correction: rates are counted by it.
absl::Status CheckArrival(const v1::Lead& lead, bool moved, absl::Time created, absl::Time now, const Policy& policy);
// LEAD_CLOSED: a lead that was converted or discarded does not change.
absl::Status CheckLeadUpdate(const v1::Lead& before);
// CARD_ENTRY_REQUIRED: intention level and next date of an open card are changed by an entry, which counts what was
// missed.
absl::Status CheckCardUpdate(const v1::Lead& before, const v1::Lead& after);
// RECORD_KEPT unless nothing was done about it yet: new, without entries on its card and not overdue on `today`.
absl::Status CheckLeadArchive(const v1::Lead& before, const std::string& today);
// LEAD_INCOMPLETE without intention level and next follow-up.
absl::Status Qualify(const v1::Lead& lead);
// The salesperson who gets a lead: OWNER_UNCHANGED, ASSIGNEE_WITHOUT_RIGHT when he may not qualify it (`able`): it
// would wait for somebody who cannot go on with it.
absl::Status CheckAssignee(const v1::Lead& lead, const std::string& owner, bool able, absl::string_view permission);
// By when a customer written down at `now` has a salesperson: the minute of the policy of that day, or of the next
// working day.
absl::Time AssignmentDue(absl::Time now, absl::TimeZone zone, absl::FunctionRef<bool(absl::CivilDay)> is_workday,
                         const Policy& policy);
// FIELDS_EXCLUSIVE with the draft of an account beside the one it is to join, REFERRER_IS_CUSTOMER: nobody recommends
// himself.
absl::Status CheckJoin(const v1::ConvertLeadRequest& request, const v1::Lead& lead);
// PERMISSION_DENIED for who may not create accounts: he does not get one through a lead either.
absl::Status CheckMayOpenAccount(bool may_create);
// Fills what the draft of an account does not say from the lead.
void AccountFromLead(const v1::Lead& lead, v1::Account* account);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_SALES_RULES_H_

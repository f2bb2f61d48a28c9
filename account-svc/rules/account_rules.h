// Rules of account files: states, completeness, separation of duties. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_ACCOUNT_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_ACCOUNT_RULES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace kam::account::v1 {
class Account;
class AccountStanding;
enum AccountState : int;
}  // namespace kam::account::v1

namespace kam::account::rules {

// What can happen to an account file.
enum class AccountVerb { kSubmit, kReturn, kVerify, kReverify, kActivate, kMarkDormant, kMarkLost, kClose, kReopen };
inline constexpr AccountVerb kAccountVerbs[] = {
    AccountVerb::kSubmit,   AccountVerb::kReturn,   AccountVerb::kVerify,
    AccountVerb::kReverify, AccountVerb::kActivate, AccountVerb::kMarkDormant,
    AccountVerb::kMarkLost, AccountVerb::kClose,    AccountVerb::kReopen};

// Name of the RPC, for example "SubmitAccount".
absl::string_view RpcOf(AccountVerb verb);

// State after `verb` in `state`; ACCOUNT_STATE_UNSPECIFIED when it is not allowed. The method options of AccountService
// say the same; a test compares all pairs.
v1::AccountState Next(v1::AccountState state, AccountVerb verb);

// Whether `path` can stand in a completeness checklist: a single field of Account by path, or "contacts".
bool IsChecklistField(absl::string_view path);
// Whether it is a single field of Account, by path.
bool IsAccountField(absl::string_view path);

// Those of `required` that the account does not have. `contacts`: contacts on file.
std::vector<std::string> MissingFields(const v1::Account& account, int contacts,
                                       absl::Span<const std::string> required);

// ACCOUNT_INCOMPLETE naming every missing field, RETURNED_FIELDS_UNCHANGED naming what the file was given back for and
// still lacks; records the submitter.
absl::Status Submit(const std::vector<std::string>& missing, absl::string_view actor, absl::Time now,
                    v1::Account* account);
// SEPARATION_OF_DUTIES when `actor` has made or submitted the file, or changed its identity since.
absl::Status Verify(absl::string_view actor, absl::string_view evidence, absl::Time now, v1::Account* account);
// The same for an identity that was changed after it was verified: SEPARATION_OF_DUTIES when `actor` is one of those
// who did; NOTHING_TO_VERIFY when nobody has.
absl::Status Reverify(absl::string_view actor, absl::string_view evidence, absl::Time now, v1::Account* account);
// Compares the `identity` fields with `before` and notes who has changed which. From VERIFIED on the identity then
// counts as CHANGED until it is verified again. REVERIFICATION_REQUIRED when too many people have changed it.
absl::Status NoteIdentityChange(absl::Span<const std::string> identity, const v1::Account& before,
                                absl::string_view actor, absl::Time now, v1::Account* after);
// Records why the file goes back, and the list of what it lacks: FIELD_VALUE_UNKNOWN.
absl::Status Return(absl::string_view reason, absl::Span<const std::string> missing, v1::Account* account);
// Takes what has been changed off the list of what the file was given back for.
void NoteSupplied(const v1::Account& before, v1::Account* after);
// The same for one path, for example "contacts".
void NoteSupplied(absl::string_view path, v1::Account* account);
// OWNER_REQUIRED, CONTACT_REQUIRED, KEY_PERSON_REQUIRED, REVERIFICATION_REQUIRED.
absl::Status Activate(int contacts, int key_persons, v1::Account* account);
// REVERIFICATION_REQUIRED while the identity waits to be verified again.
absl::Status CheckIdentityStands(const v1::Account& account);
// What stands in the way of quotations, visit plans and credit reviews.
void FillStanding(const v1::Account& account, v1::AccountStanding* standing);
// ACCOUNT_INCOMPLETE naming every missing field.
absl::Status CheckComplete(const v1::Account& account, const std::vector<std::string>& missing);
// Records why the account sleeps, is lost or closed.
absl::Status Leave(absl::string_view reason, v1::Account* account);

// OPEN_BUSINESS naming what is not over: kinds and how many of each.
absl::Status CheckNothingOpen(const v1::Account& account, const std::map<std::string, int64_t>& open);
// Takes the closing back: SEPARATION_OF_DUTIES when `actor` is `closer`. A file that was never verified is a draft.
absl::Status Reopen(absl::string_view actor, absl::string_view closer, v1::Account* account);

// A change of fields: ACCOUNT_CLOSED; IDENTITY_FROZEN when name, number or country of a file that was verified change
// and the caller may not verify.
absl::Status CheckUpdate(const v1::Account& before, const v1::Account& after, bool may_verify);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_ACCOUNT_RULES_H_

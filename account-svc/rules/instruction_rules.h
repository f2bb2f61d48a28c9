// Matters put before a superior (G-05, R-23, R-24). Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_INSTRUCTION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_INSTRUCTION_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "account-svc/policy.h"
#include "common/money/money.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"
#include "kam/organization/v1/instruction_request.pb.h"

namespace kam::account::rules {

// How the one before whom a matter is put stands to whoever asks.
struct Addressee {
  bool above = false;            // On his disciplinary or functional line.
  bool direct = false;           // His direct superior.
  bool general_manager = false;  // Holds the role GM.
  bool past_the_line = false;    // Whoever asks may report past the line.
};

// NOT_A_SUPERIOR; SEPARATION_OF_DUTIES for a matter put before oneself.
absl::Status CheckAddressee(const Addressee& addressee, const organization::v1::InstructionRequest& request);

// NOT_THE_DECIDER naming before whom it is; SEPARATION_OF_DUTIES for whoever asks; REPORT_ONLY to decide a report,
// INSTRUCTION_WANTED to only note what wants an instruction.
// `in_place_of`: the superior whom the actor stands in for, otherwise the actor.
absl::Status CheckDecides(absl::string_view actor, absl::string_view in_place_of, bool notes,
                          const organization::v1::InstructionRequest& request);

// A report past the direct superior is read by the one it is put before and those above him, not by those between
// everything else by those above whoever asks.
void SetHolder(const Addressee& addressee, organization::v1::InstructionRequest* request);

// Ends the step of the one before whom it is.
void EndStep(absl::string_view opinion, absl::Time now, organization::v1::InstructionRequest* request);
// Passes it on: SEPARATION_OF_DUTIES back to whoever asks.
absl::Status Forward(absl::string_view opinion, absl::string_view superior, absl::Time now,
                     organization::v1::InstructionRequest* request);

// ---- Important matters: what is asked before it is done.

// What is about to be done.
struct Matter {
  std::string verb;                       // RPC, "kam.account.v1.AccountService/CloseAccount".
  std::string resource;                   // Name of what it is done to.
  v1::Tier tier = v1::TIER_UNSPECIFIED;   // Of the customer whom it takes something from.
  std::optional<Money> amount;            // Money that is at stake.
  std::string receiver = {};              // Who gets the customer; empty: nobody in particular.
  v1::Tier gives = v1::TIER_UNSPECIFIED;  // Tier that the customer gets; none: it keeps its own.
};

// The RPCs that ask before they do (people/instructed.h): none else can be important.
absl::Span<const absl::string_view> AskingVerbs();

// Rows of the policy that cannot be: verbs that do not ask or come twice, unknown tiers and amounts, nobody who
// decides.
void CheckImportantVerbs(const std::vector<ImportantVerb>& verbs, FieldViolations* violations);

// The row of the policy for a verb; null: it is never important.
const ImportantVerb* ImportantOf(absl::string_view verb, const Policy& policy);

// Whether the matter is below everything that would make it important.
bool IsRoutine(const Matter& matter, const ImportantVerb& important);

// Whether somebody with these roles does it unasked.
bool Decides(const ImportantVerb& important, const std::vector<std::string>& roles);

// A request for the instruction to use a verb: FIELD_VALUE_UNKNOWN for one that is never important, or for a tier that
// is none, FIELD_REQUIRED without what it is done to, and without who gets the customer, or which tier it gets, where
// the verb gives one: that is part of what is decided; FIELD_NOT_FOR_KIND for one where it gives none. REPORT_ONLY for
// a report.
absl::Status CheckVerb(const organization::v1::InstructionRequest& request, const Policy& policy);

// Instructs: INSTRUCTION_BEYOND_ROLE naming the roles for a verb that the superior, who `decides` or not, may not have
// used; it is passed on to somebody above. The approval of a verb counts for the days of the policy.
absl::Status Instruct(const ImportantVerb* important, bool decides, absl::Time now, const Policy& policy,
                      organization::v1::InstructionRequest* request);

// INSTRUCTION_FOR_VERB: the verb itself marks it executed.
absl::Status CheckExecutedByHand(const organization::v1::InstructionRequest& request);

// The instruction by which the matter may be done now: one of those `approved` for whoever does it, this verb and this
// resource, for this receiver and this tier, whose days are not over and whose amount is enough. INSTRUCTION_REQUIRED
// naming verb, limit and who decides, and what is wrong with those there are.
absl::StatusOr<const organization::v1::InstructionRequest*> FindUsable(
    const Matter& matter, const ImportantVerb& important,
    absl::Span<const organization::v1::InstructionRequest> approved, absl::Time now);

// It is used up by its verb.
void MarkExecuted(absl::Time now, organization::v1::InstructionRequest* request);

// What was routine when it was begun has not become important by `tier`, that of the customer now.
// INSTRUCTION_REQUIRED: it is given up and begun anew.
absl::Status CheckStillRoutine(const Matter& begun, v1::Tier tier, const Policy& policy);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_INSTRUCTION_RULES_H_

// Matters put before a superior (G-05, R-23, R-24). Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_INSTRUCTION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_INSTRUCTION_RULES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
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

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_INSTRUCTION_RULES_H_

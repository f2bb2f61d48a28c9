#include "account-svc/people/instructed.h"

#include <utility>
#include <vector>

#include "common/status/status.h"

namespace kam::account {

using organization::v1::InstructionRequest;

absl::Status CheckInstructed(const Context& context, resource::UnitOfWork& work, const rules::Matter& matter) {
  constexpr int kApprovedMax = 50;  // Of one person for one verb on one resource, not used yet.
  const ImportantVerb* important = rules::ImportantOf(matter.verb, context.policy);
  if (important == nullptr || work.actor().is_program() || rules::IsRoutine(matter, *important) ||
      rules::Decides(*important, work.actor().roles)) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(
      const std::vector<InstructionRequest> approved,
      work.Find<InstructionRequest>(
          {"t.requester = ? AND t.related = ? AND t.verb = ? AND t.state = 'APPROVED' AND t.archive_time IS NULL",
           {IdOf(work.actor().subject), matter.resource, matter.verb}},
          "ORDER BY t.id DESC", kApprovedMax, /*lock=*/true));
  ASSIGN_OR_RETURN(const InstructionRequest* usable, rules::FindUsable(matter, *important, approved, work.now()));
  resource::Change<InstructionRequest> change{*usable, *usable};
  rules::MarkExecuted(work.now(), &change.after);
  return work.Save(std::move(change)).status();
}

}  // namespace kam::account

#include "account-svc/rules/instruction_rules.h"

#include <string>

#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using pb::InstructionRequest;

absl::Status NotSelf() {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
               "whoever asks does not decide, and nothing is put before oneself; a superior may",
               {{"rule", "requester"}});
}

}  // namespace

absl::Status CheckAddressee(const Addressee& addressee, const InstructionRequest& request) {
  if (request.superior() == request.requester()) return NotSelf();
  if (addressee.above) return absl::OkStatus();
  const bool report = request.kind() == pb::INSTRUCTION_KIND_REPORT;
  if (report && addressee.general_manager && addressee.past_the_line) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "NOT_A_SUPERIOR",
               "a matter is put before somebody above on the reporting line; account managers may report to the "
               "general manager past it",
               {{"field", "instruction_request.superior"}, {"rule", "R-23"}, {"superior", request.superior()}});
}

absl::Status CheckDecides(absl::string_view actor, absl::string_view in_place_of, bool notes,
                          const InstructionRequest& request) {
  if (actor == request.requester()) return NotSelf();
  if (in_place_of != request.superior()) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_DECIDER", "the matter is before somebody else",
                 {{"allowed", request.superior()}});
  }
  const bool report = request.kind() == pb::INSTRUCTION_KIND_REPORT;
  if (report && !notes) {
    return FailedPrecondition("REPORT_ONLY", request.name(), "a report is noted; there is nothing to decide");
  }
  if (!report && notes) {
    return FailedPrecondition("INSTRUCTION_WANTED", request.name(), "the matter wants an instruction");
  }
  return absl::OkStatus();
}

void SetHolder(const Addressee& addressee, InstructionRequest* request) {
  const bool past = request->kind() == pb::INSTRUCTION_KIND_REPORT && !addressee.direct;
  request->set_holder(past ? request->superior() : request->requester());
}

void EndStep(absl::string_view opinion, absl::Time now, InstructionRequest* request) {
  if (request->steps_size() == 0) request->add_steps()->set_superior(request->superior());
  pb::InstructionStep* step = request->mutable_steps(request->steps_size() - 1);
  step->set_opinion(std::string(opinion));
  *step->mutable_step_time() = ToTimestamp(now);
}

absl::Status Forward(absl::string_view opinion, absl::string_view superior, absl::Time now,
                     InstructionRequest* request) {
  if (superior == request->requester()) return NotSelf();
  EndStep(opinion, now, request);
  request->add_steps()->set_superior(std::string(superior));
  request->set_superior(std::string(superior));
  return absl::OkStatus();
}

}  // namespace kam::account::rules

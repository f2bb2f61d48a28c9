#include "contract-svc/authors.h"

#include "common/resource/authors.h"
#include "common/status/status.h"
#include "contract-svc/rules/receivable.h"

namespace kam::contract {
namespace {

absl::Status CheckPerson(resource::UnitOfWork& work, const std::string& subject, const std::string& update,
                         const std::string& person) {
  ASSIGN_OR_RETURN(const bool wrote, resource::Changed(work, person, subject, {update}));
  return rules::CheckOtherPerson(subject, person, wrote ? person : "", "wrote it or changed its words");
}

}  // namespace

absl::Status CheckNotAuthor(resource::UnitOfWork& work, const std::string& subject, const std::string& update) {
  return CheckPerson(work, subject, update, work.actor().subject);
}

absl::Status CheckNoAuthorApproved(resource::UnitOfWork& work, const approval::v1::ApprovalRequest& request,
                                   const std::vector<std::string>& updates) {
  for (const approval::v1::ApprovalStep& step : request.steps()) {
    for (const std::string* person : {&step.decider(), &step.on_behalf_of()}) {
      if (person->empty()) continue;
      for (const std::string& update : updates) {
        RETURN_IF_ERROR(CheckPerson(work, request.subject(), update, *person));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace kam::contract

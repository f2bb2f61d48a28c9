#include "contract-svc/authors.h"

#include "common/status/status.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/receivable.h"

namespace kam::contract {
namespace {

absl::Status CheckPerson(resource::UnitOfWork& work, const std::string& subject, const std::string& update,
                         const std::string& person) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT 1 FROM changes WHERE resource_id = ? AND method = ? AND actor = ? LIMIT 1",
                              {IdOf(subject), update, person}));
  return rules::CheckOtherPerson(subject, person, rows.empty() ? "" : person, "changed its words");
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

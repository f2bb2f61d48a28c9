#include "contract-svc/authors.h"

#include "common/status/status.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/receivable.h"

namespace kam::contract {

absl::Status CheckNotAuthor(resource::UnitOfWork& work, const std::string& subject, const std::string& update) {
  const std::string& actor = work.actor().subject;
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT 1 FROM changes WHERE resource_id = ? AND method = ? AND actor = ? LIMIT 1",
                              {IdOf(subject), update, actor}));
  return rules::CheckOtherPerson(subject, actor, rows.empty() ? "" : actor, "changed its words");
}

}  // namespace kam::contract

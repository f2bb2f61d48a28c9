#include "account-svc/visits/answer_clock.h"

#include "absl/strings/str_cat.h"
#include "account-svc/staff.h"
#include "account-svc/working_time.h"

namespace kam::account {

absl::StatusOr<absl::Time> WorkingTimeAfter(const Context& context, resource::UnitOfWork& work, absl::Time from,
                                            absl::Duration length) {
  ASSIGN_OR_RETURN(const WorkingTime time, WorkingTime::Load(context, work.connection()));
  return time.After(from, length);
}

absl::Status CheckHandler(resource::UnitOfWork& work, const std::string& department, const std::string& handler,
                          absl::string_view field) {
  ASSIGN_OR_RETURN(const bool works_there, WorksIn(work.connection(), handler, department));
  if (works_there) return absl::OkStatus();
  return InvalidField(field, "HANDLER_NOT_IN_DEPARTMENT", absl::StrCat(handler, " does not work in ", department),
                      {{"employee", handler}, {"department", department}});
}

absl::StatusOr<std::string> NextAbove(const Context& context, resource::UnitOfWork& work, const std::string& last,
                                      const std::string& department) {
  ASSIGN_OR_RETURN(const std::vector<std::string> superiors,
                   SuperiorsOf(work.connection(), last, context.Today(work.now())));
  if (!superiors.empty()) return superiors[0];
  if (department.empty()) return std::string();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT head FROM departments WHERE id = ?", {IdOf(department)}));
  if (rows.empty() || rows[0][0].is_null() || rows[0][0].text() == IdOf(last)) return std::string();
  return NameOf("employees", rows[0][0].text());
}

}  // namespace kam::account

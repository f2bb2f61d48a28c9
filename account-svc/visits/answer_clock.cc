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

absl::Status CheckHandler(const Context& context, resource::UnitOfWork& work, const std::string& department,
                          const std::string& handler, absl::string_view permission, absl::string_view field) {
  ASSIGN_OR_RETURN(const bool works_there, WorksIn(work.connection(), handler, department));
  if (!works_there) {
    return InvalidField(field, "HANDLER_NOT_IN_DEPARTMENT", absl::StrCat(handler, " does not work in ", department),
                        {{"employee", handler}, {"department", department}});
  }
  ASSIGN_OR_RETURN(const bool able, HoldsRight(work.connection(), handler, permission, context.Today(work.now())));
  if (able) return absl::OkStatus();
  return InvalidField(field, "HANDLER_WITHOUT_RIGHT",
                      absl::StrCat(handler, " may not answer; name somebody who holds ", permission),
                      {{"employee", handler}, {"permission", std::string(permission)}});
}

absl::StatusOr<std::string> NextAbove(const Context& context, resource::UnitOfWork& work, const std::string& last,
                                      const Waiting& waiting) {
  const std::string today = context.Today(work.now());
  ASSIGN_OR_RETURN(std::string above, AbleAbove(work.connection(), last, waiting.permission, today));
  if (!above.empty() || waiting.department.empty()) return above;
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT head FROM departments WHERE id = ?", {IdOf(waiting.department)}));
  if (rows.empty() || rows[0][0].is_null() || rows[0][0].text() == IdOf(last)) return std::string();
  const std::string head = NameOf("employees", rows[0][0].text());
  ASSIGN_OR_RETURN(const bool able, HoldsRight(work.connection(), head, waiting.permission, today));
  return able ? head : std::string();
}

}  // namespace kam::account

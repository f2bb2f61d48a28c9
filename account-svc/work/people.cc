#include "account-svc/work/people.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::account {

absl::StatusOr<bool> IsAbove(resource::UnitOfWork& work, const std::string& superior, const std::string& person,
                             const std::string& day) {
  return IsAbove(work.connection(), superior, person, day);
}

absl::Status CheckStillHere(resource::UnitOfWork& work, const std::string& person, const std::string& day,
                            absl::string_view field) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT leave_date FROM employees WHERE id = ? AND (archive_time IS NOT NULL "
                              "OR leave_date < ?)",
                              {IdOf(person), day}));
  if (rows.empty()) return absl::OkStatus();
  return FailedPrecondition("EMPLOYEE_LEFT", person, absl::StrCat(field, ": ", person, " does not work here any more"),
                            {{"field", std::string(field)}, {"leaveDate", rows[0][0].text()}});
}

absl::StatusOr<std::string> DepartmentOf(resource::UnitOfWork& work, const std::string& person) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT department FROM employees WHERE id = ?", {IdOf(person)}));
  return rows.empty() || rows[0][0].is_null() ? std::string() : NameOf("departments", rows[0][0].text());
}

}  // namespace kam::account

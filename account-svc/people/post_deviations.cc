// Roles and reporting lines beside those of the posts (G-01).
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/people/organization_chart.h"
#include "account-svc/rules/post_rules.h"
#include "common/auth/grants.h"
#include "common/status/status.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;

constexpr int kDeviationsMax = 1000;

using Lists = std::map<std::string, std::vector<std::string>>;

// Rows of two ids or texts, by the first.
absl::StatusOr<Lists> ListsOf(mysql::Connection& connection, const std::string& sql, const std::string& day) {
  Lists lists;
  ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, {day, day}));
  for (const Row& row : rows) lists[row[0].text()].push_back(row[1].text());
  return lists;
}

std::string LinesOf(const char* kind) {
  return absl::StrCat(
      "SELECT parent_id, superior FROM employees_superiors WHERE since_date <= ? AND (until_date IS NULL "
      "OR until_date >= ?) AND ",
      kind, " ORDER BY parent_id, position");
}

}  // namespace

absl::StatusOr<pb::ListPostDeviationsResponse> PostDeviations(const Context& context, rpc::Call& call,
                                                              const pb::ListPostDeviationsRequest& request) {
  const std::string day = context.Today(context.runtime.clock().Now());
  const auth::Reach reach = auth::ReachOf(call.principal, call.level());
  pb::ListPostDeviationsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        Lists roles,
        ListsOf(connection,
                "SELECT parent_id, role FROM employees_roles WHERE since_date <= ? AND (until_date IS NULL "
                "OR until_date >= ?) AND (state IS NULL OR state = 'GRANTED') ORDER BY parent_id, position",
                day));
    ASSIGN_OR_RETURN(Lists superiors, ListsOf(connection, LinesOf("(kind IS NULL OR kind = 'DISCIPLINARY')"), day));
    ASSIGN_OR_RETURN(Lists in_field, ListsOf(connection, LinesOf("kind = 'FUNCTIONAL'"), day));
    ASSIGN_OR_RETURN(Lists holders, ListsOf(connection,
                                            "SELECT post, employee FROM post_assignments WHERE since_date <= ? AND "
                                            "(until_date IS NULL OR until_date >= ?) ORDER BY post, employee",
                                            day));
    std::string sql =
        "SELECT a.employee, a.post, p.role, p.superior_post, p.functional_superior_post, s.department_path, e.region "
        "FROM post_assignments a JOIN posts p ON p.id = a.post JOIN employees e ON e.id = a.employee LEFT JOIN "
        "employee_scopes s ON s.employee = e.id LEFT JOIN departments d ON d.id = p.department WHERE a.since_date <= ? "
        "AND (a.until_date IS NULL OR a.until_date >= ?) AND e.archive_time IS NULL AND (e.leave_date IS NULL OR "
        "e.leave_date >= ?)";
    std::vector<mysql::Value> params = {day, day, day};
    if (!request.department().empty()) {
      absl::StrAppend(&sql, " AND CONCAT(d.parent_path, d.id, '/') LIKE ?");
      params.emplace_back(absl::StrCat("%/", resource::IdOf(request.department()), "/%"));
    }
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query(absl::StrCat(sql, " ORDER BY a.employee, a.post"), mysql::Params(params)));
    for (const Row& row : rows) {
      if (!reach.Covers(row[0].text(), row[5].text(), row[6].text())) continue;
      rules::OnPost on_post;
      on_post.employee = row[0].text();
      on_post.post = row[1].text();
      on_post.role = row[2].text();
      on_post.roles = roles[on_post.employee];
      on_post.superiors = superiors[on_post.employee];
      on_post.in_field = in_field[on_post.employee];
      if (!row[3].is_null()) on_post.wanted = holders[row[3].text()];
      if (!row[4].is_null()) on_post.wanted_in_field = holders[row[4].text()];
      for (pb::PostDeviation& deviation : rules::DeviationsOf(on_post)) {
        if (response.deviations_size() == kDeviationsMax) return absl::OkStatus();
        *response.add_deviations() = std::move(deviation);
      }
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace kam::account

// Reporting lines as they stand on a day, read from the database (G-01).
#ifndef KAM_ACCOUNT_SVC_PEOPLE_LINE_H_
#define KAM_ACCOUNT_SVC_PEOPLE_LINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/mysql/mysql.h"

namespace kam::account {

// The disciplinary line of a person: levels[0] are the direct superiors, levels[1] theirs. Ids, each once, at the
// nearest level. Who is not in service on the day is left out, and those above move down in that place.
struct Line {
  std::vector<std::vector<std::string>> levels;

  // 1 for a direct superior, 2 for the next; 0 when `employee` is not above.
  int DistanceOf(const std::string& employee) const;
};

// INTERNAL when the line is longer than any company is.
absl::StatusOr<Line> LineAbove(mysql::Connection& connection, const std::string& employee, const std::string& day);

// Direct superiors on the day of the other kind: those who lead the work in a field (业务上级). Ids.
absl::StatusOr<std::vector<std::string>> FunctionalSuperiors(mysql::Connection& connection, const std::string& employee,
                                                             const std::string& day);

// Whether `superior` is above `person`, directly or not, in the lines of the day of either kind: who leads somebody's
// work in a field gives him tasks and reads his reports as well. So is whoever stands in for somebody above
// (StandsInFor). What is the direct superior's alone, and pay and personnel, goes by LineAbove. Names.
absl::StatusOr<bool> IsAbove(mysql::Connection& connection, const std::string& superior, const std::string& person,
                             const std::string& day);

// Those for whom `deputy` stands in on the day, because they are on leave that was granted with him as the deputy
// (G-05, G-06): he decides in their place where he holds the right himself. Ids.
absl::StatusOr<std::vector<std::string>> StandsInFor(mysql::Connection& connection, const std::string& deputy,
                                                     const std::string& day);

// Those who stand in for one of `people` on the day in this way. Ids, each once.
absl::StatusOr<std::vector<std::string>> DeputiesOf(mysql::Connection& connection,
                                                    const std::vector<std::string>& people, const std::string& day);

// Those of `people` who are in service on the day.
absl::StatusOr<std::vector<std::string>> InService(mysql::Connection& connection,
                                                   const std::vector<std::string>& people, const std::string& day);

// Whether `person` is not in service any more and `superior` was above him: what he left behind is for those. Names.
absl::StatusOr<bool> IsAboveLeaver(mysql::Connection& connection, const std::string& superior,
                                   const std::string& person, const std::string& day);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PEOPLE_LINE_H_

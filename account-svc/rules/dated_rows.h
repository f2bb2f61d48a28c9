// Rows that hold from a day to a day, as roles and reporting lines do.
#ifndef KAM_ACCOUNT_SVC_RULES_DATED_ROWS_H_
#define KAM_ACCOUNT_SVC_RULES_DATED_ROWS_H_

#include <algorithm>
#include <string>

namespace kam::account::rules {

// Dates are ISO text; an empty end is open, and the last day counts.
template <typename Row>
bool IsOver(const Row& row, const std::string& today) {
  return !row.until().empty() && row.until() < today;
}

// Whether from today on every day of `inner` is one of `outer`.
template <typename Row>
bool Covers(const Row& outer, const Row& inner, const std::string& today) {
  if (outer.since() > std::max(inner.since(), today)) return false;
  return outer.until().empty() || (!inner.until().empty() && inner.until() <= outer.until());
}

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_DATED_ROWS_H_

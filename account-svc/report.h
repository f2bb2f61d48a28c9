// What reports over several rows have in common: their period, their row scope, sums as numbers.
#ifndef KAM_ACCOUNT_SVC_REPORT_H_
#define KAM_ACCOUNT_SVC_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mysql/mysql.h"
#include "common/resource/store.h"

namespace kam::account {

// Days from `first` to `last`, both included, and the instants at which they begin and end.
struct Period {
  std::string first, last;
  absl::Time from, until;
};

// The period of a request with from_date and until_date. PERIOD_INVALID, DATE_MALFORMED.
absl::StatusOr<Period> ParsePeriod(const std::string& from_date, const std::string& until_date, absl::TimeZone zone);

// Adds " AND (condition)" with its parameters, unless it is empty.
void AddCondition(const resource::SqlCondition& condition, std::string* sql, std::vector<mysql::Value>* params);

// A count or a sum of integers, which comes as an integer or as a decimal number; NULL is 0.
int32_t WholeOf(const mysql::Value& cell);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_REPORT_H_

#include "account-svc/report.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "common/time/date.h"

namespace kam::account {

absl::StatusOr<Period> ParsePeriod(const std::string& from_date, const std::string& until_date, absl::TimeZone zone) {
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(from_date, "from_date"));
  ASSIGN_OR_RETURN(const absl::CivilDay last, ParseDate(until_date, "until_date"));
  if (last < first) {
    return InvalidField("until_date", "PERIOD_INVALID", absl::StrCat("is ", until_date, ", before ", from_date));
  }
  return Period{from_date, until_date, absl::FromCivil(first, zone), absl::FromCivil(last + 1, zone)};
}

void AddCondition(const resource::SqlCondition& condition, std::string* sql, std::vector<mysql::Value>* params) {
  if (condition.sql.empty()) return;
  absl::StrAppend(sql, " AND (", condition.sql, ")");
  params->insert(params->end(), condition.params.begin(), condition.params.end());
}

int32_t WholeOf(const mysql::Value& cell) {
  if (cell.text().empty()) return static_cast<int32_t>(cell.integer());
  const std::pair<std::string, std::string> parts = absl::StrSplit(cell.text(), absl::MaxSplits('.', 1));
  int32_t whole = 0;
  return absl::SimpleAtoi(parts.first, &whole) ? whole : 0;
}

}  // namespace kam::account

// Satisfaction of accounts in a month, counted from the answers (S-34).
#ifndef KAM_AFTERSALES_SVC_MONTHLY_SATISFACTION_H_
#define KAM_AFTERSALES_SVC_MONTHLY_SATISFACTION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/money/decimal.h"
#include "common/mysql/mysql.h"
#include "kam/satisfaction/v1/survey_response_service.pb.h"

namespace kam::aftersales {

// "2026-03"; FIELD_MALFORMED on `field`.
absl::StatusOr<absl::CivilMonth> ParseMonth(const std::string& text, const char* field);

// The figures of one account (an id). `subject`: only surveys about it; empty: all.
absl::StatusOr<kam::satisfaction::v1::MonthlySatisfaction> FiguresOf(mysql::Connection& connection,
                                                                     const std::string& account, absl::CivilMonth month,
                                                                     const std::string& subject, absl::TimeZone zone);

// Normalised answers of several accounts together.
struct CsatSum {
  Decimal sum;
  int64_t answers = 0;
};
absl::StatusOr<CsatSum> CsatOf(mysql::Connection& connection, const std::vector<std::string>& accounts,
                               absl::CivilMonth month, const std::string& subject, absl::TimeZone zone);

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_MONTHLY_SATISFACTION_H_

// What the services of periodic reports have in common: one a person and period, review, who owes one.
#ifndef KAM_ACCOUNT_SVC_VISITS_PERIOD_REPORT_H_
#define KAM_ACCOUNT_SVC_VISITS_PERIOD_REPORT_H_

#include <string>
#include <vector>

#include "account-svc/context.h"
#include "account-svc/rules/report_rules.h"
#include "common/id/digest.h"
#include "common/resource/type.h"
#include "common/rpc/call.h"
#include "google/protobuf/repeated_field.h"
#include "kam/account/v1/missing_report.pb.h"

namespace kam::account {

// REPORT_EXISTS when the author has one of the period; locks the author first, so that two that begin at a time come
// one after the other. `column`: that of the period.
absl::Status CheckFirstOfPeriod(resource::UnitOfWork& work, const resource::Type& type, const std::string& column,
                                const std::string& author, const std::string& day);

// SHA-256 of what was handed in, hexadecimal: the report as it is stored, without its version, its state and what the
// review adds, so that whoever reads it later can work it out again.
template <typename T>
std::string ReportHash(T report) {
  report.clear_etag();
  report.clear_update_time();
  report.clear_updater();
  report.clear_state();
  report.clear_content_hash();
  report.clear_reviewer();
  report.clear_review_time();
  report.clear_comment();
  report.clear_return_reason();
  return Sha256Hex(report.SerializeAsString());
}

// Whether the author of a report reports to the caller today.
absl::StatusOr<bool> IsSuperiorOf(const Context& context, resource::UnitOfWork& work, const std::string& author);

// SELECT of the ids, as `author`, of those in service from the first day to the last who hold one of `roles`, which is
// not empty, at some time of it; adds its parameters.
std::string HoldersSql(const std::string& first, const std::string& last, const std::vector<std::string>& roles,
                       std::vector<mysql::Value>* params);

// Holders of `roles` during the period within the caller's reach who have not handed a report in.
absl::Status ListMissing(const Context& context, const rpc::Call& call, const resource::Type& type,
                         const std::string& column, const rules::ReportPeriod& period,
                         const std::vector<std::string>& roles,
                         google::protobuf::RepeatedPtrField<v1::MissingReport>* rows);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VISITS_PERIOD_REPORT_H_

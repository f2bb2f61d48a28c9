// What became of the referrals of a period, all salespeople together.
#ifndef KAM_ACCOUNT_SVC_PIPELINE_REFERRAL_FIGURES_H_
#define KAM_ACCOUNT_SVC_PIPELINE_REFERRAL_FIGURES_H_

#include <string>

#include "absl/status/statusor.h"
#include "account-svc/context.h"
#include "account-svc/rules/submission_rules.h"
#include "common/mysql/mysql.h"

namespace kam::account {

// Counted at the day the lead came, as ReportReferrals counts them.
absl::StatusOr<rules::ReferralFigures> CountReferrals(const Context& context, mysql::Connection& connection,
                                                      const std::string& from_date, const std::string& to_date);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PIPELINE_REFERRAL_FIGURES_H_

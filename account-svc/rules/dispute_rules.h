// Rules of disputes between colleagues (G-09, R-04): who may decide one, and what a decision may do. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_DISPUTE_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_DISPUTE_RULES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "kam/account/v1/work_dispute.pb.h"

namespace kam::account::rules {

// Who reports to whom today: an employee and his superiors (one as a rule, two are possible), for everybody above the
// parties.
using ReportingLines = std::map<std::string, std::vector<std::string>>;

// Everybody who is above both parties and is neither of them, sorted.
std::vector<std::string> CommonSuperiors(const ReportingLines& lines, const std::string& a, const std::string& b);
// Of them those with no other common superior below them: the ones who decide.
std::vector<std::string> NearestCommonSuperiors(const ReportingLines& lines, const std::string& a,
                                                const std::string& b);

// NOT_COMMON_SUPERIOR unless `actor` is one of the nearest common superiors as the lines are now or, when the dispute
// is overdue, any common superior.
absl::Status CheckArbiter(const v1::WorkDispute& dispute, const ReportingLines& lines, const std::string& actor);

// FIELD_REQUIRED unless an account is named, or the dispute is about a task: that need not concern a customer.
absl::Status CheckSubject(const v1::WorkDispute& dispute);

// DISPUTE_EFFECT_INVALID unless the effect fits the subject; a share comes with COMMISSION_SPLIT only.
absl::Status CheckEffect(const v1::WorkDispute& dispute, v1::DisputeEffect effect, int opener_share);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_DISPUTE_RULES_H_

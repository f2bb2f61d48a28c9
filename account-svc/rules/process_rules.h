// Rules of the sales process and of opportunities in it. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_PROCESS_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_PROCESS_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "kam/account/v1/opportunity.pb.h"

namespace kam::account::v1 {
class OpportunityReport;
class SalesProcess;
}  // namespace kam::account::v1

namespace kam::account::rules {

struct ProcessStage {
  v1::OpportunityStage stage = v1::OPPORTUNITY_STAGE_UNSPECIFIED;
  int probability = 0;
  int days_max = 0;  // 0: no limit.
  bool optional = false;
  std::vector<std::string> facts;  // Fields that must be set before it is left forwards.
};

// Stages in order; at least two.
using Process = std::vector<ProcessStage>;

// The process of the policy, for a company that has released none.
Process StandardProcess(const Policy& policy);
Process ToProcess(const v1::SalesProcess& stored);
// PROCESS_INVALID by field: two stages at least, none twice, chances that do not fall, neither the first nor the last
// optional, facts that are fields a person sets.
absl::Status CheckProcess(const v1::SalesProcess& stored);

// The deal enters the first stage.
void Enter(const Process& process, absl::Time now, v1::Opportunity* opportunity);
// Goes to `stage` and takes its probability: one stage on, over optional ones, or back with a reason. STAGE_UNKNOWN,
// STAGE_UNCHANGED, STAGE_SKIPPED, REASON_REQUIRED, FACTS_MISSING.
absl::Status Advance(v1::OpportunityStage stage, absl::string_view reason, const Process& process, absl::Time now,
                     v1::Opportunity* opportunity);
// STAGE_NOT_SIGNING before the last stage, FACTS_MISSING.
absl::Status Win(absl::string_view reason, v1::CloseReasonCode code, const Process& process, absl::Time now,
                 v1::Opportunity* opportunity);
absl::Status Lose(absl::string_view reason, v1::CloseReasonCode code, absl::string_view competitor, absl::Time now,
                  v1::Opportunity* opportunity);
// A deal that was won or lost by mistake is open at its stage again. SEPARATION_OF_DUTIES for its owner,
// REOPEN_TOO_LATE after the days of the policy.
absl::Status Reopen(absl::string_view actor, const std::string& reason, const Process& process, absl::Time now,
                    const Policy& policy, v1::Opportunity* opportunity);
// OPPORTUNITY_CLOSED: what is won or lost does not change.
// RECORD_KEPT unless nothing was done with the deal yet: open, at the stage it began with (`moved`: it was at another).
absl::Status CheckOpportunityArchive(const v1::Opportunity& before, bool moved);
absl::Status CheckOpportunityUpdate(const v1::Opportunity& before);

// Remembers the date first expected, and by how much it has moved later.
absl::Status TrackSlip(const std::string& date_before, v1::Opportunity* after);
// When an open deal stands still; nothing without a limit.
std::optional<absl::Time> StallTime(const v1::Opportunity& opportunity, const Process& process, absl::TimeZone zone);

// SEPARATION_OF_DUTIES for the author; NOT_THE_HEAD unless `actor` is one of `heads`, who lead a department of the
// author and have the right to audit: where nobody does, whoever has the right audits.
absl::Status AuditReport(const std::string& actor, const std::vector<std::string>& heads, const std::string& finding,
                         absl::Time now, v1::OpportunityReport* report);
// What the hash of a report is taken over.
std::string ReportContent(const v1::OpportunityReport& report);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_PROCESS_RULES_H_

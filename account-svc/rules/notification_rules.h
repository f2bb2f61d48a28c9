// Who is told what, and what is reminded of when (G-22). Pure functions: a change in, notices and times out.
#ifndef KAM_ACCOUNT_SVC_RULES_NOTIFICATION_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_NOTIFICATION_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_classification.pb.h"
#include "kam/account/v1/account_file.pb.h"
#include "kam/account/v1/account_handover.pb.h"
#include "kam/account/v1/account_merge.pb.h"
#include "kam/account/v1/account_plan.pb.h"
#include "kam/account/v1/account_reminder.pb.h"
#include "kam/account/v1/campaign.pb.h"
#include "kam/account/v1/customer_document.pb.h"
#include "kam/account/v1/customer_need.pb.h"
#include "kam/account/v1/customer_opinion.pb.h"
#include "kam/account/v1/follow_up_sheet.pb.h"
#include "kam/account/v1/important_matter.pb.h"
#include "kam/account/v1/information_request.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/manufacturer_submission.pb.h"
#include "kam/account/v1/opportunity.pb.h"
#include "kam/account/v1/ownership_notice.pb.h"
#include "kam/account/v1/product_initiative.pb.h"
#include "kam/account/v1/promotion_notice.pb.h"
#include "kam/account/v1/solution.pb.h"
#include "kam/account/v1/tender.pb.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/account/v1/visit_plan.pb.h"
#include "kam/account/v1/visit_problem.pb.h"
#include "kam/account/v1/visit_report.pb.h"
#include "kam/account/v1/weekly_report.pb.h"
#include "kam/account/v1/work_dispute.pb.h"
#include "kam/organization/v1/assessment_sheet.pb.h"
#include "kam/organization/v1/coordination.pb.h"
#include "kam/organization/v1/duty_roster.pb.h"
#include "kam/organization/v1/employee.pb.h"
#include "kam/organization/v1/improvement_item.pb.h"
#include "kam/organization/v1/instruction_request.pb.h"
#include "kam/organization/v1/leave_request.pb.h"
#include "kam/organization/v1/meeting.pb.h"
#include "kam/organization/v1/notification.pb.h"
#include "kam/organization/v1/personnel_act.pb.h"
#include "kam/organization/v1/policy_document.pb.h"
#include "kam/organization/v1/post.pb.h"
#include "kam/organization/v1/role_grant.pb.h"
#include "kam/organization/v1/shared_resource.pb.h"
#include "kam/organization/v1/task.pb.h"
#include "kam/organization/v1/training.pb.h"
#include "kam/organization/v1/work_report.pb.h"

namespace kam::account::rules {

// Whom a notice goes to; the service looks up who that is on the day.
enum class Audience {
  kPerson,         // `whom` himself.
  kSuperiors,      // The direct superiors of `whom`.
  kHead,           // The head of the department `whom`, or of the first one above it that has a head.
  kHolders,        // Everybody who holds `role`.
  kHoldersOver,    // Who holds `role` and works in the department `whom`, or in that of the person `whom`, or above it;
                   // not the person himself. Nobody: everybody who holds `otherwise`.
  kDirectHolders,  // The direct superiors of `whom` who hold `role`.
  kAbleAbove,  // Of those above `whom`, those of the nearest level with somebody who holds `permission`; nobody there:
               // everybody who holds `role`.
  kAbleAboveOwner,  // The same above the owner of the account `whom`, or above its maker where nobody owns it.
};

struct Notice {
  Audience audience = Audience::kPerson;
  std::string whom;
  organization::v1::NotificationKind kind = organization::v1::NOTIFICATION_KIND_UNSPECIFIED;
  std::string title;     // Numbers, titles and dates; no value that anybody might not see.
  std::string due_date;  // ISO; empty: none.
  std::string role;
  std::string subject;  // Name of what it is about; empty: the resource that has changed.
  std::string permission = {};
  int from_level = 1;  // Of kAbleAbove: the nearest that is asked; where the line ends before it, its last.
  std::string otherwise = {};
  bool also_actor = false;  // Told to whoever does it himself as well: it follows from what he does, unseen by him.
};

// What people are told when a resource is made (`before` null) or changed.
std::vector<Notice> NoticesOf(const organization::v1::Task* before, const organization::v1::Task& after);
std::vector<Notice> NoticesOf(const organization::v1::LeaveRequest* before,
                              const organization::v1::LeaveRequest& after);
std::vector<Notice> NoticesOf(const organization::v1::InstructionRequest* before,
                              const organization::v1::InstructionRequest& after);
std::vector<Notice> NoticesOf(const organization::v1::PersonnelAct* before,
                              const organization::v1::PersonnelAct& after);
std::vector<Notice> NoticesOf(const organization::v1::AssessmentSheet* before,
                              const organization::v1::AssessmentSheet& after);
std::vector<Notice> NoticesOf(const organization::v1::RoleGrant* before, const organization::v1::RoleGrant& after);
std::vector<Notice> NoticesOf(const organization::v1::Employee* before, const organization::v1::Employee& after);
// What the department manager may veto of the roles of a person, and that one was ended.
std::vector<Notice> RoleNoticesOf(const Policy& policy, const std::string& today,
                                  const organization::v1::Employee* before, const organization::v1::Employee& after);
std::vector<Notice> NoticesOf(const organization::v1::Post* before, const organization::v1::Post& after);
std::vector<Notice> NoticesOf(const organization::v1::CoordinationRequest* before,
                              const organization::v1::CoordinationRequest& after);
std::vector<Notice> NoticesOf(const organization::v1::WorkReport* before, const organization::v1::WorkReport& after);
std::vector<Notice> NoticesOf(const organization::v1::Meeting* before, const organization::v1::Meeting& after);
std::vector<Notice> NoticesOf(const organization::v1::TrainingSession* before,
                              const organization::v1::TrainingSession& after);
std::vector<Notice> NoticesOf(const organization::v1::PolicyDocument* before,
                              const organization::v1::PolicyDocument& after);
std::vector<Notice> NoticesOf(const organization::v1::ImprovementItem* before,
                              const organization::v1::ImprovementItem& after);
std::vector<Notice> NoticesOf(const organization::v1::ResourceBooking* before,
                              const organization::v1::ResourceBooking& after);
std::vector<Notice> NoticesOf(const organization::v1::DutyRoster* before, const organization::v1::DutyRoster& after);
std::vector<Notice> NoticesOf(const v1::Account* before, const v1::Account& after);
std::vector<Notice> NoticesOf(const v1::AccountProposal* before, const v1::AccountProposal& after);
std::vector<Notice> NoticesOf(const v1::AccountFileCheck* before, const v1::AccountFileCheck& after);
std::vector<Notice> NoticesOf(const v1::DocumentGrant* before, const v1::DocumentGrant& after);
std::vector<Notice> NoticesOf(const v1::InformationRequest* before, const v1::InformationRequest& after);
std::vector<Notice> NoticesOf(const v1::OwnershipNotice* before, const v1::OwnershipNotice& after);
std::vector<Notice> NoticesOf(const v1::AccountReminder* before, const v1::AccountReminder& after);
std::vector<Notice> NoticesOf(const v1::AccountHandover* before, const v1::AccountHandover& after);
std::vector<Notice> NoticesOf(const v1::AccountMerge* before, const v1::AccountMerge& after);
std::vector<Notice> NoticesOf(const v1::WorkDispute* before, const v1::WorkDispute& after);
std::vector<Notice> NoticesOf(const v1::Visit* before, const v1::Visit& after);
std::vector<Notice> NoticesOf(const v1::VisitPlan* before, const v1::VisitPlan& after);
std::vector<Notice> NoticesOf(const v1::Campaign* before, const v1::Campaign& after);
std::vector<Notice> NoticesOf(const v1::VisitReport* before, const v1::VisitReport& after);
std::vector<Notice> NoticesOf(const v1::WeeklyReport* before, const v1::WeeklyReport& after);
std::vector<Notice> NoticesOf(const v1::VisitProblem* before, const v1::VisitProblem& after);
std::vector<Notice> NoticesOf(const v1::CustomerOpinion* before, const v1::CustomerOpinion& after);
std::vector<Notice> NoticesOf(const v1::CustomerNeed* before, const v1::CustomerNeed& after);
std::vector<Notice> NoticesOf(const v1::ImportantMatter* before, const v1::ImportantMatter& after);
std::vector<Notice> NoticesOf(const v1::Tender* before, const v1::Tender& after);
std::vector<Notice> NoticesOf(const v1::Lead* before, const v1::Lead& after);
std::vector<Notice> NoticesOf(const v1::FollowUpSheet* before, const v1::FollowUpSheet& after);
std::vector<Notice> NoticesOf(const v1::Opportunity* before, const v1::Opportunity& after);
std::vector<Notice> NoticesOf(const v1::AccountPlan* before, const v1::AccountPlan& after);
std::vector<Notice> NoticesOf(const v1::ManufacturerSubmission* before, const v1::ManufacturerSubmission& after);
std::vector<Notice> NoticesOf(const v1::Solution* before, const v1::Solution& after);
std::vector<Notice> NoticesOf(const v1::ProductInitiative* before, const v1::ProductInitiative& after);
std::vector<Notice> NoticesOf(const v1::PromotionNotice* before, const v1::PromotionNotice& after);

// NOTIFICATION_NOT_MUTABLE: what was escalated reaches the recipient whatever he wants.
absl::Status CheckPreference(const organization::v1::NotificationPreference& preference);

// When something is done about a resource if nothing else happens to it; none: never.
struct Timer {
  const char* kind;  // Of the due item.
  std::optional<absl::Time> time;
};

inline constexpr char kTaskDue[] = "task.due";
inline constexpr char kImprovementDue[] = "improvement.due";
inline constexpr char kLeaveReturn[] = "leave.return";
inline constexpr char kInstructionDue[] = "instruction.due";
inline constexpr char kCoordinationAnswer[] = "coordination.answer";
inline constexpr char kPlanActionDue[] = "account_plan.action_due";
inline constexpr char kFileCheckDue[] = "account_file_check.due";
inline constexpr char kPolicyPublish[] = "policy_document.publish";
inline constexpr char kPolicyReadBy[] = "policy_document.read_by";

// The first moment of the working time of an ISO day.
absl::Time WorkBegins(const std::string& day, const Policy& policy, absl::TimeZone zone);

// The reminders of a resource as it is.
std::vector<Timer> TimersOf(const organization::v1::Task& task, const Policy& policy, absl::TimeZone zone);
std::vector<Timer> TimersOf(const organization::v1::ImprovementItem& item, const Policy& policy, absl::TimeZone zone);
std::vector<Timer> TimersOf(const organization::v1::LeaveRequest& leave, const Policy& policy, absl::TimeZone zone);
std::vector<Timer> TimersOf(const organization::v1::InstructionRequest& request, const Policy& policy,
                            absl::TimeZone zone);
std::vector<Timer> TimersOf(const organization::v1::CoordinationRequest& request, const Policy& policy,
                            absl::TimeZone zone);
std::vector<Timer> TimersOf(const organization::v1::PolicyDocument& document, const Policy& policy,
                            absl::TimeZone zone);
std::vector<Timer> TimersOf(const v1::AccountFileCheck& check, const Policy& policy, absl::TimeZone zone);
std::vector<Timer> TimersOf(const v1::AccountPlan& plan, const Policy& policy, absl::TimeZone zone);

// What a reminder says, on the day or after it; none when there is nothing to remind of any more.
std::vector<Notice> Remind(const organization::v1::Task& task, const std::string& today, const Policy& policy);
std::vector<Notice> Remind(const organization::v1::ImprovementItem& item, const std::string& today,
                           const Policy& policy);
std::vector<Notice> Remind(const organization::v1::LeaveRequest& leave, const std::string& today, const Policy& policy);
std::vector<Notice> Remind(const organization::v1::InstructionRequest& request, const std::string& today,
                           const Policy& policy);
std::vector<Notice> Remind(const v1::AccountFileCheck& check, const std::string& today, const Policy& policy);
std::vector<Notice> Remind(const v1::AccountPlan& plan, const std::string& today, const Policy& policy);

// Days after `today` at which it is reminded of again as long as nothing happens; 0: no more. Once on the day and once
// when it is over; of a return from leave until it is reported, or the reminders of the policy are used up and the
// personnel department was told.
int RemindAgainAfter(const organization::v1::Task& task, const std::string& today, const Policy& policy);
int RemindAgainAfter(const organization::v1::ImprovementItem& item, const std::string& today, const Policy& policy);
int RemindAgainAfter(const organization::v1::LeaveRequest& leave, const std::string& today, const Policy& policy);
int RemindAgainAfter(const organization::v1::InstructionRequest& request, const std::string& today,
                     const Policy& policy);
int RemindAgainAfter(const v1::AccountFileCheck& check, const std::string& today, const Policy& policy);
// Of an account plan: on the day on which the next action is due.
int RemindAgainAfter(const v1::AccountPlan& plan, const std::string& today, const Policy& policy);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_NOTIFICATION_RULES_H_

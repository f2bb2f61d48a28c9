// Personnel acts (G-07, R-01). Pure functions.
//
// Who proposes, who decides and who may veto, as R-01 gives it:
//   KAM                proposes everything for direct staff, reward and punishment for everybody below in the line.
//   BDS, PSS, ASS      propose reward, punishment, appointment, removal and dismissal of direct staff (nominate and
//                      eliminate); take part in recruiting with an opinion.
//   GAM                proposes everything for the department; decides appointment, removal, hiring and dismissal of
//                      team leaders, and transfer, reward and punishment of direct staff; vetoes hiring, appointment,
//                      removal and dismissal of all others of the department.
//   GM                 proposes and decides everything.
#ifndef KAM_ACCOUNT_SVC_RULES_PERSONNEL_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_PERSONNEL_RULES_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "kam/organization/v1/employee.pb.h"
#include "kam/organization/v1/personnel_act.pb.h"

namespace kam::account::rules {

// How far rights to personnel acts go, by role.
enum class ActReach {
  kNone,
  kDirect,      // Direct staff.
  kBelow,       // Direct staff and those below them.
  kDepartment,  // Everybody of the department and below.
  kAll,
};

// Whoever acts, as he stands to the person concerned.
struct ActPerson {
  std::string name;  // employees/{id}
  std::vector<std::string> roles;
  bool direct = false;         // The person concerned reports to him, or will.
  bool in_department = false;  // The person concerned is, or comes to, his department or below.
  bool below = false;          // The person concerned is below him in the line, directly or not.
};

// May `role` propose, decide, veto an act of this kind, and for whom?
ActReach MayPropose(absl::string_view role, organization::v1::PersonnelActKind kind);
ActReach MayDecide(absl::string_view role, organization::v1::PersonnelActKind kind, bool team_leader);
ActReach MayVeto(absl::string_view role, organization::v1::PersonnelActKind kind, bool team_leader);

// Whether the act gives, takes or concerns the post of a team leader (Policy::team_leader_roles). `held`: roles of the
// person concerned now; with any other among them he is none.
bool ConcernsLeader(const Policy& policy, const organization::v1::PersonnelAct& act,
                    const std::vector<std::string>& held);

// What the kind needs is there and nothing else that it would ignore: FIELD_REQUIRED, FIELD_NOT_FOR_KIND, ROLE_UNKNOWN,
// PRIVILEGED_ROLE, EFFECTIVE_DATE_PAST. `privileged`: roles that administer rights.
absl::Status CheckAct(const organization::v1::PersonnelAct& act, const std::set<std::string>& privileged,
                      const std::string& today);

// PROPOSAL_NOT_ALLOWED.
absl::Status CheckPropose(const ActPerson& person, const organization::v1::PersonnelAct& act);
// SEPARATION_OF_DUTIES for the person concerned; NOT_THE_DECIDER naming who decides.
absl::Status CheckDecide(const ActPerson& person, const organization::v1::PersonnelAct& act);
// SEPARATION_OF_DUTIES for the person concerned; VETO_NOT_ALLOWED.
absl::Status CheckVeto(const ActPerson& person, const organization::v1::PersonnelAct& act);
void Decide(absl::string_view actor, absl::string_view opinion, absl::Time now, organization::v1::PersonnelAct* act);

// The day that the decider names instead of the proposed one; empty: that one. EFFECTIVE_DATE_PAST before it or
// `today`.
absl::Status MoveEffect(const std::string& day, const std::string& today, organization::v1::PersonnelAct* act);

// A role that is given without an act (role_rules.h) is an appointment like that of an act, and vetoed like it: while
// it waits, and when it was decided for a day to come. Not by way of a veto ends a granted role of `privileged`, which
// takes those who confirm such roles, nor what an import brought.
bool MayStillVeto(const organization::v1::RoleAssignment& row, const std::set<std::string>& privileged,
                  const std::string& today);
// SEPARATION_OF_DUTIES for the own role, VETO_NOT_ALLOWED: as of an act that appoints `employee` to `role`.
absl::Status CheckRoleVeto(const Policy& policy, const ActPerson& person, const std::string& employee,
                           const std::string& role);
// Takes out every row of `role` that may still be vetoed: ROLE_NOT_PROPOSED when there is none.
absl::Status VetoRole(const std::string& role, const std::set<std::string>& privileged, const std::string& today,
                      organization::v1::Employee* employee);

// Whether somebody with these roles decides on every post: what he changes on a person needs no act.
bool DecidesOnPosts(const std::vector<std::string>& roles);
// What a change of a person by anybody else would do without the act that R-01 asks for: PERSONNEL_ACT_REQUIRED naming
// field, kind and who decides. Free are a first department and superior, a resignation, and what is only proposed; of
// privileged roles, which no act gives or takes, the rows that end (CheckKeepsPrivileged). Of whoever works here or has
// a post, a first day to come, a further superior in a field and other regions are entered by those who decide on
// posts.
absl::Status CheckWithoutAct(const organization::v1::Employee& before, const organization::v1::Employee& after,
                             const std::set<std::string>& privileged, const std::string& today);
// PRIVILEGED_ROLE when a role that administers rights would end, by its row or with a last day: that takes
// employee.role.confirm, so that nobody alone leaves the company without those who confirm.
absl::Status CheckKeepsPrivileged(const organization::v1::Employee& before, const organization::v1::Employee& after,
                                  const std::set<std::string>& privileged, const std::string& today);
// The same for putting the file of a person away, which takes every post, and for bringing it back, which gives them.
absl::Status CheckFileWithoutAct(const organization::v1::Employee& employee, organization::v1::PersonnelActKind kind,
                                 const std::string& today);

void AddOpinion(absl::string_view actor, absl::string_view opinion, absl::Time now,
                organization::v1::PersonnelAct* act);

// What a decided act does to the person on its day: roles, lines, department, post, last day. An act of hiring fills a
// new person. Reward and punishment change nothing. EMPLOYEE_LEFT when he has left before that day.
absl::Status ApplyAct(const organization::v1::PersonnelAct& act, organization::v1::Employee* employee);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_PERSONNEL_RULES_H_

// Posts and those who are on them (G-01, R-21, F-25). Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_POST_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_POST_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"
#include "kam/organization/v1/employee.pb.h"
#include "kam/organization/v1/post.pb.h"
#include "kam/organization/v1/post_assignment.pb.h"
#include "kam/organization/v1/post_service.pb.h"

namespace kam::account::rules {

// ROLE_UNKNOWN; an establishment that was not given becomes the figure of the policy (F-25).
absl::Status CompletePost(const Policy& policy, organization::v1::Post* post);

// POST_OVER for a rejected or abolished one; POST_NOT_YOURS for a proposed one of somebody else, or an established one,
// when the caller does not decide the structure.
absl::Status CheckPostUpdate(absl::string_view actor, bool decides, const organization::v1::Post& before);

void DecidePost(absl::string_view actor, absl::string_view opinion, absl::Time now, organization::v1::Post* post);

// From a day to a day; `until` empty: open.
struct Stay {
  std::string since, until;
};
// Most people at a time within [since, until].
int MostAtATime(const std::vector<Stay>& stays, const std::string& since, const std::string& until);

// The assignment, with the person it puts on the post: POST_NOT_ESTABLISHED, NOT_IN_SERVICE, DATES_REVERSED.
absl::Status CheckAssignment(const organization::v1::Post& post, const organization::v1::Employee& employee,
                             const organization::v1::PostAssignment& assignment);

// ESTABLISHMENT_EXCEEDED when the post would have more people than it is for, and nobody who decides the structure says
// why. `others` are on the post beside those who act for somebody. Flags the assignment.
absl::Status CheckEstablishment(const organization::v1::Post& post, const std::vector<Stay>& others, bool decides,
                                organization::v1::PostAssignment* assignment);

// Somebody on a post, and what is his today. Ids and role codes.
struct OnPost {
  std::string employee, post, role;            // The role of the post; empty: none.
  std::vector<std::string> roles;              // Of the person.
  std::vector<std::string> superiors, wanted;  // Direct ones; holders of the post above.
  std::vector<std::string> in_field, wanted_in_field;
};
// What differs; nothing is wanted of a post above that nobody holds.
std::vector<organization::v1::PostDeviation> DeviationsOf(const OnPost& on_post);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_POST_RULES_H_

#include "account-svc/rules/post_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/organization_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using pb::Post;
using pb::PostAssignment;

bool StartsInTime(const std::string& since, const std::string& until) { return until.empty() || since <= until; }

}  // namespace

absl::Status CompletePost(const Policy& policy, Post* post) {
  if (!post->role().empty() && !IsRole(post->role())) {
    return InvalidField("post.role", "ROLE_UNKNOWN", absl::StrCat(post->role(), " is not a role"),
                        {{"role", post->role()}});
  }
  if (post->establishment() != 0) return absl::OkStatus();
  const std::vector<std::string>& specialists = policy.specialist_roles;
  const bool specialist = std::find(specialists.begin(), specialists.end(), post->role()) != specialists.end();
  post->set_establishment(specialist ? policy.establishment_of_specialists : policy.establishment_of_posts);
  return absl::OkStatus();
}

absl::Status CheckPostUpdate(absl::string_view actor, bool decides, const Post& before) {
  const bool proposed = before.state() == pb::POST_STATE_PROPOSED;
  if (!proposed && before.state() != pb::POST_STATE_ESTABLISHED) {
    return FailedPrecondition("POST_OVER", before.name(), "a rejected or abolished post does not change any more",
                              {{"state", pb::PostState_Name(before.state())}});
  }
  if (decides || (proposed && actor == before.creator())) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "POST_NOT_YOURS",
               proposed ? "only the one who proposed it, or those who decide, change a proposal"
                        : "an established post is changed by those who decide the structure",
               {{"rule", "R-21"}, {"permission", "post.decide"}});
}

void DecidePost(absl::string_view actor, absl::string_view opinion, absl::Time now, Post* post) {
  post->set_decider(std::string(actor));
  post->set_opinion(std::string(opinion));
  *post->mutable_decide_time() = ToTimestamp(now);
}

int MostAtATime(const std::vector<Stay>& stays, const std::string& since, const std::string& until) {
  // The number only grows on a first day.
  std::vector<std::string> days = {since};
  for (const Stay& stay : stays) {
    if (stay.since > since && StartsInTime(stay.since, until)) days.push_back(stay.since);
  }
  int most = 0;
  for (const std::string& day : days) {
    most = std::max(most, static_cast<int>(std::count_if(stays.begin(), stays.end(), [&](const Stay& stay) {
                      return HoldsOn(stay.since, stay.until, day);
                    })));
  }
  return most;
}

absl::Status CheckAssignment(const Post& post, const pb::Employee& employee, const PostAssignment& assignment) {
  if (!StartsInTime(assignment.since(), assignment.until())) {
    return InvalidField("post_assignment.until", "DATES_REVERSED",
                        absl::StrCat("is ", assignment.until(), ", before the first day ", assignment.since()));
  }
  const bool in_time = assignment.since() >= post.since_date() && StartsInTime(assignment.since(), post.until_date());
  if (post.state() != pb::POST_STATE_ESTABLISHED || !in_time) {
    return FailedPrecondition("POST_NOT_ESTABLISHED", post.name(),
                              absl::StrCat(post.title(), " is not part of the structure on ", assignment.since()),
                              {{"state", pb::PostState_Name(post.state())}, {"since", post.since_date()}});
  }
  const bool hired = employee.hire_date().empty() || assignment.since() >= employee.hire_date();
  if (hired && StartsInTime(assignment.since(), employee.leave_date())) return absl::OkStatus();
  return InvalidField("post_assignment.since", "NOT_IN_SERVICE",
                      absl::StrCat("is ", assignment.since(), ", when the person is not in service"),
                      {{"hireDate", employee.hire_date()}, {"leaveDate", employee.leave_date()}});
}

absl::Status CheckEstablishment(const Post& post, const std::vector<Stay>& others, bool decides,
                                PostAssignment* assignment) {
  assignment->set_over_establishment(false);
  if (assignment->kind() == pb::POST_ASSIGNMENT_KIND_ACTING) return absl::OkStatus();
  const int with = MostAtATime(others, assignment->since(), assignment->until()) + 1;
  if (with <= post.establishment()) return absl::OkStatus();
  if (!assignment->over_reason().empty() && decides) {
    assignment->set_over_establishment(true);
    return absl::OkStatus();
  }
  return FailedPrecondition("ESTABLISHMENT_EXCEEDED", post.name(),
                            absl::StrCat(post.title(), " would have ", with, " people; it is for ",
                                         post.establishment(), ". Those who decide the structure may say why"),
                            {{"rule", "F-25"},
                             {"value", absl::StrCat(with)},
                             {"limit", absl::StrCat(post.establishment())},
                             {"permission", "post.decide"}});
}

std::vector<organization::v1::PostDeviation> DeviationsOf(const OnPost& on_post) {
  std::vector<organization::v1::PostDeviation> found;
  const auto add = [&](organization::v1::PostDeviationKind kind, absl::string_view collection,
                       const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
    const bool none = std::none_of(expected.begin(), expected.end(), [&](const std::string& one) {
      return std::find(actual.begin(), actual.end(), one) != actual.end();
    });
    if (expected.empty() || !none) return;
    organization::v1::PostDeviation& deviation = found.emplace_back();
    deviation.set_employee(absl::StrCat("employees/", on_post.employee));
    deviation.set_post(absl::StrCat("posts/", on_post.post));
    deviation.set_kind(kind);
    for (const std::string& one : expected) deviation.add_expected(absl::StrCat(collection, one));
    for (const std::string& one : actual) deviation.add_actual(absl::StrCat(collection, one));
  };
  const std::vector<std::string> role =
      on_post.role.empty() ? std::vector<std::string>() : std::vector<std::string>{on_post.role};
  add(organization::v1::POST_DEVIATION_KIND_ROLE_MISSING, "", role, on_post.roles);
  add(organization::v1::POST_DEVIATION_KIND_SUPERIOR_DIFFERS, "employees/", on_post.wanted, on_post.superiors);
  add(organization::v1::POST_DEVIATION_KIND_FIELD_SUPERIOR_DIFFERS, "employees/", on_post.wanted_in_field,
      on_post.in_field);
  return found;
}

}  // namespace kam::account::rules

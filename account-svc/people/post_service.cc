// kam.organization.v1.PostService and PostAssignmentService (G-01, R-21, F-25).
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/people/organization_chart.h"
#include "account-svc/people/organization_service.h"
#include "account-svc/people/people.h"
#include "account-svc/rules/post_rules.h"
#include "account-svc/verb.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/organization/v1/post_assignment_service.pb.h"
#include "kam/organization/v1/post_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using mysql::Value;
using pb::Post;
using pb::PostAssignment;
using resource::UnitOfWork;

constexpr char kPosts[] = "kam.organization.v1.PostService";
constexpr char kAssignments[] = "kam.organization.v1.PostAssignmentService";
constexpr char kDecide[] = "post.decide";
constexpr char kPersonnel[] = "HR";
constexpr char kForever[] = "9999-12-31";
constexpr int kPostsAboveMax = 64;

// Whoever decides the structure of a department: the caller's right must reach it.
absl::StatusOr<bool> DecidesFor(UnitOfWork& work, const std::string& department) {
  ASSIGN_OR_RETURN(const std::string path, PathOfDepartment(work, department));
  return ReachesDepartment(work, kDecide, path);
}

absl::Status CheckDecides(UnitOfWork& work, const Post& post) {
  ASSIGN_OR_RETURN(const bool decides, DecidesFor(work, post.department()));
  if (decides) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "OUT_OF_SCOPE",
               "the structure of this department is decided by somebody else",
               {{"rule", "R-21"}, {"department", post.department()}, {"permission", kDecide}});
}

// Who takes part in setting up a structure takes part in that of his own department and those below it; the
// personnel department and whoever decides in that of all.
absl::Status CheckProposes(UnitOfWork& work, const Post& post) {
  const std::vector<std::string>& roles = work.actor().roles;
  if (std::find(roles.begin(), roles.end(), kPersonnel) != roles.end()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool decides, DecidesFor(work, post.department()));
  if (decides) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string path, PathOfDepartment(work, post.department()));
  if (path.empty()) return absl::OkStatus();  // The reference check names it.
  if (!work.actor().department.empty() && absl::StartsWith(path, work.actor().department)) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "OUT_OF_SCOPE",
               "posts are proposed for the own department and those below it",
               {{"rule", "R-21"}, {"department", post.department()}});
}

// No post is above itself. The posts above are locked one by one: of two changes that would close a circle one waits
// for the other, or is run again.
absl::Status CheckPostLine(UnitOfWork& work, const Post& post) {
  std::vector<std::string> next = {post.superior_post(), post.functional_superior_post()};
  std::vector<std::string> seen;
  while (!next.empty()) {
    const std::string name = next.back();
    next.pop_back();
    if (name.empty() || std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
    if (name == post.name()) {
      return FailedPrecondition("POST_CYCLE", post.name(), absl::StrCat(post.title(), " would report to itself"),
                                {{"superior", post.superior_post()}});
    }
    seen.push_back(name);
    if (seen.size() > kPostsAboveMax) return Internal("a line of posts has no end");
    ASSIGN_OR_RETURN(
        const std::vector<Row> rows,
        work.connection().Query("SELECT superior_post, functional_superior_post FROM posts WHERE id = ? FOR UPDATE",
                                {IdOf(name)}));
    for (const Row& row : rows) {
      next.push_back(NameOf("posts", row[0].text()));
      next.push_back(NameOf("posts", row[1].text()));
    }
  }
  return absl::OkStatus();
}

// Who is on the post beside those who act for somebody; nobody longer than he is in service.
absl::StatusOr<std::vector<rules::Stay>> StaysOn(UnitOfWork& work, const std::string& post) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT a.since_date, a.until_date, e.leave_date FROM post_assignments a JOIN "
                              "employees e ON e.id = a.employee WHERE a.post = ? AND a.kind <> 'ACTING'",
                              {IdOf(post)}));
  std::vector<rules::Stay> stays;
  for (const Row& row : rows) {
    std::string until = row[1].text();
    if (!row[2].is_null() && (until.empty() || row[2].text() < until)) until = row[2].text();
    if (until.empty() || row[0].text() <= until) stays.push_back({row[0].text(), until});
  }
  return stays;
}

absl::Status CreatePost(const Context& context, UnitOfWork& work, Post* post) {
  RETURN_IF_ERROR(Validate(work, *post));
  RETURN_IF_ERROR(CheckProposes(work, *post));
  post->set_state(pb::POST_STATE_PROPOSED);
  RETURN_IF_ERROR(rules::CompletePost(context.policy, post));
  return CheckPostLine(work, *post);
}

absl::Status UpdatePost(const Context& context, UnitOfWork& work, const Post& before, Post* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CompletePost(context.policy, after));
  // A post that moves is decided by those who decide on both sides.
  ASSIGN_OR_RETURN(bool decides, DecidesFor(work, before.department()));
  if (decides && before.department() != after->department()) {
    ASSIGN_OR_RETURN(decides, DecidesFor(work, after->department()));
  }
  RETURN_IF_ERROR(rules::CheckPostUpdate(work.actor().subject, decides, before));
  if (before.department() != after->department()) RETURN_IF_ERROR(CheckProposes(work, *after));
  if (before.superior_post() != after->superior_post() ||
      before.functional_superior_post() != after->functional_superior_post()) {
    RETURN_IF_ERROR(CheckPostLine(work, *after));
  }
  if (after->establishment() >= before.establishment()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<rules::Stay> stays, StaysOn(work, before.name()));
  const int staff = rules::MostAtATime(stays, context.Today(work.now()), "");
  if (staff <= after->establishment()) return absl::OkStatus();
  return FailedPrecondition("ESTABLISHMENT_EXCEEDED", before.name(),
                            absl::StrCat(staff, " people are on the post; it cannot be for ", after->establishment()),
                            {{"rule", "F-25"},
                             {"field", "post.establishment"},
                             {"value", absl::StrCat(staff)},
                             {"limit", absl::StrCat(after->establishment())}});
}

absl::StatusOr<Post> Abolish(const Context& context, UnitOfWork& work, const pb::AbolishPostRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Post>(request));
  RETURN_IF_ERROR(CheckDecides(work, change.before));
  const std::string last = request.date().empty() ? context.Today(work.now()) : request.date();
  if (last < change.before.since_date()) {
    return InvalidField("date", "DATES_REVERSED", absl::StrCat("is before the first day ", change.before.since_date()));
  }
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT a.id FROM post_assignments a JOIN employees e ON e.id = a.employee "
                                           "WHERE a.post = ? AND COALESCE(a.until_date, ?) > ? AND "
                                           "COALESCE(e.leave_date, ?) > ? LIMIT 1",
                                           {IdOf(request.name()), kForever, last, kForever, last}));
  if (!rows.empty()) {
    return FailedPrecondition("POST_OCCUPIED", change.before.name(),
                              absl::StrCat("somebody is on the post after ", last),
                              {{"assignment", NameOf("postAssignments", rows[0][0].text())}});
  }
  change.after.set_until_date(last);
  rules::DecidePost(work.actor().subject, request.opinion(), work.now(), &change.after);
  return work.Save(std::move(change));
}

absl::StatusOr<Post> Establish(const Context& context, UnitOfWork& work, const pb::EstablishPostRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Post>(request));
  RETURN_IF_ERROR(CheckDecides(work, change.before));
  change.after.set_since_date(request.date().empty() ? context.Today(work.now()) : request.date());
  rules::DecidePost(work.actor().subject, request.opinion(), work.now(), &change.after);
  return work.Save(std::move(change));
}

absl::StatusOr<Post> RejectPost(UnitOfWork& work, const pb::RejectPostRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Post>(request));
  RETURN_IF_ERROR(CheckDecides(work, change.before));
  rules::DecidePost(work.actor().subject, request.opinion(), work.now(), &change.after);
  return work.Save(std::move(change));
}

// ---- Assignments

absl::Status CheckPrimary(UnitOfWork& work, const PostAssignment& assignment) {
  if (assignment.kind() != pb::POST_ASSIGNMENT_KIND_PRIMARY) return absl::OkStatus();
  const std::string until = assignment.until().empty() ? kForever : assignment.until();
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT id FROM post_assignments WHERE employee = ? AND kind = 'PRIMARY' AND "
                              "since_date <= ? AND COALESCE(until_date, ?) >= ? LIMIT 1",
                              {IdOf(assignment.employee()), until, kForever, assignment.since()}));
  if (rows.empty()) return absl::OkStatus();
  const std::string other = NameOf("postAssignments", rows[0][0].text());
  return FailedPrecondition("PRIMARY_POST_EXISTS", other, "the person has a post of his own at that time already",
                            {{"assignment", other}});
}

// The personnel department fills every post, whoever decides the structure those of his department.
absl::Status CheckFills(UnitOfWork& work, const Post& post) {
  const std::vector<std::string>& roles = work.actor().roles;
  if (std::find(roles.begin(), roles.end(), kPersonnel) != roles.end()) return absl::OkStatus();
  return CheckDecides(work, post);
}

absl::Status Assign(UnitOfWork& work, PostAssignment* assignment) {
  RETURN_IF_ERROR(Validate(work, *assignment));
  // Both rows stay locked: two at a time do not pass the establishment, or make two posts of a person's own.
  const absl::StatusOr<pb::Employee> employee = work.Load<pb::Employee>(assignment->employee());
  const absl::StatusOr<Post> post = work.Load<Post>(assignment->post());
  // The reference check names what is missing.
  if (absl::IsNotFound(employee.status()) || absl::IsNotFound(post.status())) return absl::OkStatus();
  RETURN_IF_ERROR(employee.status());
  RETURN_IF_ERROR(post.status());
  RETURN_IF_ERROR(CheckFills(work, *post));
  RETURN_IF_ERROR(rules::CheckAssignment(*post, *employee, *assignment));
  RETURN_IF_ERROR(CheckPrimary(work, *assignment));
  ASSIGN_OR_RETURN(const std::vector<rules::Stay> stays, StaysOn(work, post->name()));
  ASSIGN_OR_RETURN(const bool decides, DecidesFor(work, post->department()));
  return rules::CheckEstablishment(*post, stays, decides, assignment);
}

absl::StatusOr<PostAssignment> EndAssignment(UnitOfWork& work, const pb::EndPostAssignmentRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<PostAssignment>(request));
  const PostAssignment& before = change.before;
  ASSIGN_OR_RETURN(const Post post, work.Load<Post>(before.post()));
  RETURN_IF_ERROR(CheckFills(work, post));
  if (request.until() < before.since()) {
    return InvalidField("until", "DATES_REVERSED", absl::StrCat("is before the first day ", before.since()));
  }
  if (!before.until().empty() && before.until() <= request.until()) {
    return FailedPrecondition("ASSIGNMENT_OVER", before.name(), absl::StrCat("it ends on ", before.until(), " already"),
                              {{"until", before.until()}});
  }
  change.after.set_until(request.until());
  change.after.set_end_reason(request.reason());
  return work.Save(std::move(change));
}

}  // namespace

void RegisterPosts(const Context& context, rpc::Registry* registry) {
  resource::Hooks posts;
  posts.on_create =
      resource::OnCreate<Post>([context](UnitOfWork& work, Post* post) { return CreatePost(context, work, post); });
  posts.on_update = resource::OnUpdate<Post>([context](UnitOfWork& work, const Post& before, Post* after) {
    return UpdatePost(context, work, before, after);
  });
  context.runtime.SetHooks(Post::descriptor(), std::move(posts));
  resource::Hooks assignments;
  assignments.on_create = resource::OnCreate<PostAssignment>(Assign);
  context.runtime.SetHooks(PostAssignment::descriptor(), std::move(assignments));
  resource::RegisterStandardMethods(context.runtime, kPosts, registry);
  resource::RegisterStandardMethods(context.runtime, kAssignments, registry);
  const std::string service = absl::StrCat(kPosts, "/");
  AddWrite<Post, pb::EstablishPostRequest>(context, service + "EstablishPost", registry,
                                           [context](UnitOfWork& work, const pb::EstablishPostRequest& request) {
                                             return Establish(context, work, request);
                                           });
  AddWrite<Post, pb::RejectPostRequest>(context, service + "RejectPost", registry, RejectPost);
  AddWrite<Post, pb::AbolishPostRequest>(
      context, service + "AbolishPost", registry,
      [context](UnitOfWork& work, const pb::AbolishPostRequest& request) { return Abolish(context, work, request); });
  AddWrite<PostAssignment, pb::EndPostAssignmentRequest>(context, absl::StrCat(kAssignments, "/EndPostAssignment"),
                                                         registry, EndAssignment);
  registry->Add<pb::GetOrganizationRequest, pb::Organization>(
      service + "GetOrganization", [context](rpc::Call& call, const pb::GetOrganizationRequest& request) {
        return OrganizationOn(context, call, request);
      });
  registry->Add<pb::ListPostDeviationsRequest, pb::ListPostDeviationsResponse>(
      service + "ListPostDeviations", [context](rpc::Call& call, const pb::ListPostDeviationsRequest& request) {
        return PostDeviations(context, call, request);
      });
}

}  // namespace kam::account

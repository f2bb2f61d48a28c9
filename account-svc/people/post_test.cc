// Posts, establishment and the organisation as of a day (G-01, R-21, F-25), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "account-svc/testing/states.h"
#include "common/testing/matchers.h"
#include "kam/organization/v1/department_service.pb.h"
#include "kam/organization/v1/employee_service.pb.h"
#include "kam/organization/v1/post_assignment_service.pb.h"
#include "kam/organization/v1/post_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using pb::Employee;
using pb::Post;
using pb::PostAssignment;
using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;

class PostTest : public ::testing::Test {
 protected:
  PostTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        lead_(world_.AddEmployee("BDS", department_.name(), {head_.name()})),
        as_gm_(world_.As(world_.AddEmployee("GM"), "GM")),
        as_head_(world_.As(head_, "GAM")),
        as_lead_(world_.As(lead_, "BDS")) {}

  template <typename T, typename Request>
  absl::StatusOr<T> Call(const auth::Principal& who, const char* service, const char* method, const Request& request) {
    return world_.Call<T>(who, absl::StrCat("kam.organization.v1.", service, "/", method), request);
  }
  absl::StatusOr<Post> Propose(const auth::Principal& who, const std::string& department, int establishment = 0,
                               const std::string& superior = {}) {
    static std::atomic<int> last = 0;
    pb::CreatePostRequest request;
    Post& post = *request.mutable_post();
    post.set_code(absl::StrCat("P", ++last));
    post.set_title("客户开发专员");
    post.set_department(department);
    post.set_role("BD");
    post.set_duties("开发集团客户");
    post.set_establishment(establishment);
    post.set_superior_post(superior);
    return Call<Post>(who, "PostService", "CreatePost", request);
  }
  absl::StatusOr<Post> Establish(const auth::Principal& who, const Post& post, const char* day = "2025-01-01") {
    pb::EstablishPostRequest request;
    request.set_name(post.name());
    request.set_date(day);
    return Call<Post>(who, "PostService", "EstablishPost", request);
  }
  Post Established(int establishment = 0, const std::string& superior = {}) {
    const auto post =
        Establish(as_head_, Propose(as_lead_, department_.name(), establishment, superior).value_or(Post()));
    EXPECT_THAT(post, IsOk());
    return post.value_or(Post());
  }
  absl::StatusOr<PostAssignment> Assign(const auth::Principal& who, const Post& post, const Employee& employee,
                                        const char* since, const std::string& over_reason = {},
                                        pb::PostAssignmentKind kind = pb::POST_ASSIGNMENT_KIND_PRIMARY) {
    pb::CreatePostAssignmentRequest request;
    PostAssignment& assignment = *request.mutable_post_assignment();
    assignment.set_post(post.name());
    assignment.set_employee(employee.name());
    assignment.set_since(since);
    assignment.set_kind(kind);
    assignment.set_over_reason(over_reason);
    return Call<PostAssignment>(who, "PostAssignmentService", "CreatePostAssignment", request);
  }
  pb::Organization On(const char* day) {
    pb::GetOrganizationRequest request;
    request.set_date(day);
    request.set_department(department_.name());
    const auto chart = Call<pb::Organization>(as_lead_, "PostService", "GetOrganization", request);
    EXPECT_THAT(chart, IsOk());
    return chart.value_or(pb::Organization());
  }

  World& world_;
  const pb::Department department_;
  const Employee head_, lead_;
  const auth::Principal as_gm_, as_head_, as_lead_;
};

// G-01: whoever is on a post without its role or its line is told to whoever maintains the people, within reach.
TEST_F(PostTest, WhoDiffersFromHisPostIsTold) {
  const Post above = Established(1), post = Established(1, above.name());
  const Employee chief = world_.AddEmployee("BD", department_.name());
  const Employee seller = world_.AddEmployee("KAX", department_.name(), {lead_.name()});
  ASSERT_THAT(Assign(world_.hr(), above, chief, "2026-01-01"), IsOk());
  ASSERT_THAT(Assign(world_.hr(), post, seller, "2026-01-01"), IsOk());
  pb::ListPostDeviationsRequest request;
  request.set_department(department_.name());
  const auto list = Call<pb::ListPostDeviationsResponse>(as_head_, "PostService", "ListPostDeviations", request);
  ASSERT_THAT(list, IsOk());
  ASSERT_EQ(list->deviations_size(), 2);
  EXPECT_EQ(list->deviations(0).employee(), seller.name());
  EXPECT_EQ(list->deviations(0).kind(), pb::POST_DEVIATION_KIND_ROLE_MISSING);
  EXPECT_EQ(list->deviations(1).kind(), pb::POST_DEVIATION_KIND_SUPERIOR_DIFFERS);
  EXPECT_EQ(list->deviations(1).expected(0), chief.name());
  EXPECT_EQ(list->deviations(1).actual(0), lead_.name());
  const auth::Principal elsewhere = world_.As(world_.AddEmployee("GAM", world_.AddDepartment().name()), "GAM");
  const auto none = Call<pb::ListPostDeviationsResponse>(elsewhere, "PostService", "ListPostDeviations", request);
  ASSERT_THAT(none, IsOk());
  EXPECT_EQ(none->deviations_size(), 0);
}

// supervisors take part in the structure of their own department.
TEST_F(PostTest, PostsAreProposedForTheOwnDepartment) {
  const pb::Department other = world_.AddDepartment(), below = world_.AddDepartment(department_.name());
  EXPECT_THAT(Propose(as_lead_, other.name()), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(Propose(as_head_, other.name()), HasReason("OUT_OF_SCOPE"));
  const auto proposed = Propose(as_lead_, below.name());
  ASSERT_THAT(proposed, IsOk());
  // Nor by moving what was proposed.
  pb::UpdatePostRequest update;
  update.mutable_post()->set_name(proposed->name());
  update.mutable_post()->set_department(other.name());
  update.mutable_update_mask()->add_paths("department");
  EXPECT_THAT(Call<Post>(as_lead_, "PostService", "UpdatePost", update), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(Propose(as_gm_, other.name()), IsOk());
  EXPECT_THAT(Propose(world_.hr(), other.name()), IsOk());
}

// G-01, R-21: supervisors propose, the department manager decides for the own department, the general manager for all.
TEST_F(PostTest, TheStructureIsProposedAndDecided) {
  const auto proposed = Propose(as_lead_, department_.name());
  ASSERT_THAT(proposed, IsOk());
  EXPECT_EQ(proposed->state(), pb::POST_STATE_PROPOSED);
  EXPECT_EQ(proposed->establishment(), 3);
  EXPECT_THAT(Establish(as_lead_, *proposed), HasReason("PERMISSION_DENIED"));
  const Employee stranger = world_.AddEmployee("GAM", world_.AddDepartment().name());
  EXPECT_THAT(Establish(world_.As(stranger, "GAM"), *proposed), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(Assign(world_.hr(), *proposed, lead_, "2026-01-05"), HasReason("POST_NOT_ESTABLISHED"));
  EXPECT_THAT(Establish(as_head_, *proposed), IsOk());
  const auto other = Propose(as_lead_, department_.name());
  ASSERT_THAT(other, IsOk());
  EXPECT_THAT(Establish(as_gm_, *other), IsOk());
  pb::UpdatePostRequest update;
  update.mutable_post()->set_name(proposed->name());
  update.mutable_post()->set_establishment(5);
  update.mutable_update_mask()->add_paths("establishment");
  EXPECT_THAT(Call<Post>(as_lead_, "PostService", "UpdatePost", update), HasReason("POST_NOT_YOURS"));
  EXPECT_THAT(Call<Post>(as_head_, "PostService", "UpdatePost", update), IsOk());
}

// G-01, F-25: of many assignments at a time to one place one is taken.
TEST_F(PostTest, TheEstablishmentHoldsUnderParallelAssignments) {
  const Post post = Established(/*establishment=*/2);
  constexpr int kThreads = 8;
  std::vector<Employee> people;
  for (int i = 0; i < kThreads; ++i) people.push_back(world_.AddEmployee("BD", department_.name()));
  std::atomic<int> taken = 0, refused = 0;
  std::vector<std::thread> threads;
  for (const Employee& person : people) {
    threads.emplace_back([&, person] {
      const auto assignment = Assign(world_.hr(), post, person, "2026-01-05");
      if (assignment.ok()) ++taken;
      if (Reason(assignment.status()) == "ESTABLISHMENT_EXCEEDED") ++refused;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 2);
  EXPECT_EQ(refused, kThreads - 2);
  pb::UpdatePostRequest update;
  update.mutable_post()->set_name(post.name());
  update.mutable_post()->set_establishment(1);
  update.mutable_update_mask()->add_paths("establishment");
  EXPECT_THAT(Call<Post>(as_head_, "PostService", "UpdatePost", update), HasReason("ESTABLISHMENT_EXCEEDED"));
  pb::AbolishPostRequest abolish;
  abolish.set_name(post.name());
  abolish.set_opinion("合并岗位");
  EXPECT_THAT(Call<Post>(as_head_, "PostService", "AbolishPost", abolish), HasReason("POST_OCCUPIED"));
}

// G-01: one post of one's own at a time; beyond the establishment only with a reason, by those who decide.
TEST_F(PostTest, OnePostOfOnesOwnAndMoreOnlyWithAReason) {
  const Post post = Established(/*establishment=*/1);
  const Post second = Established(/*establishment=*/1);
  const Employee person = world_.AddEmployee("BD", department_.name());
  const Employee next = world_.AddEmployee("BD", department_.name());
  const auto first = Assign(world_.hr(), post, person, "2026-01-05");
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Assign(world_.hr(), second, person, "2026-02-01"), HasReason("PRIMARY_POST_EXISTS"));
  EXPECT_THAT(Assign(world_.hr(), second, person, "2026-02-01", "", pb::POST_ASSIGNMENT_KIND_CONCURRENT), IsOk());
  const auto as_hr = world_.As(world_.AddEmployee("HR"), "HR");
  EXPECT_THAT(Assign(as_hr, post, next, "2026-01-05", "交接"), HasReason("ESTABLISHMENT_EXCEEDED"));
  const auto over = Assign(as_head_, post, next, "2026-01-05", "交接");
  ASSERT_THAT(over, IsOk());
  EXPECT_TRUE(over->over_establishment());
  pb::EndPostAssignmentRequest end;
  end.set_name(first->name());
  end.set_until("2026-01-31");
  end.set_reason("调任");
  ASSERT_THAT(Call<PostAssignment>(world_.hr(), "PostAssignmentService", "EndPostAssignment", end), IsOk());
  EXPECT_THAT(Call<PostAssignment>(world_.hr(), "PostAssignmentService", "EndPostAssignment", end),
              HasReason("ASSIGNMENT_OVER"));
  const Post third = Established(/*establishment=*/1);
  EXPECT_THAT(Assign(world_.hr(), third, person, "2026-02-01"), IsOk());
}

// G-01: posts report to posts, never in a circle, also when two changes come at a time.
TEST_F(PostTest, PostsAreNeverInACircle) {
  const Post a = Established(), b = Established(0, a.name());
  const auto move = [&](const Post& post, const Post& superior) {
    pb::UpdatePostRequest update;
    update.mutable_post()->set_name(post.name());
    update.mutable_post()->set_superior_post(superior.name());
    update.mutable_update_mask()->add_paths("superior_post");
    return Call<Post>(as_head_, "PostService", "UpdatePost", update);
  };
  EXPECT_THAT(move(a, b), HasReason("POST_CYCLE"));
  EXPECT_THAT(move(a, a), HasReason("POST_CYCLE"));
  const Post c = Established(), d = Established();
  std::atomic<int> moved = 0;
  std::thread one([&] { moved += move(c, d).ok() ? 1 : 0; });
  std::thread two([&] { moved += move(d, c).ok() ? 1 : 0; });
  one.join();
  two.join();
  EXPECT_EQ(moved, 1);
}

// a department manager fills and clears the posts of his own department.
TEST_F(PostTest, AManagerFillsThePostsOfHisDepartment) {
  const Post post = Established();
  const pb::Department other = world_.AddDepartment();
  const auto as_other = world_.As(world_.AddEmployee("GAM", other.name()), "GAM");
  const Employee person = world_.AddEmployee("BD", department_.name());
  EXPECT_THAT(Assign(as_other, post, person, "2026-01-05"), HasReason("OUT_OF_SCOPE"));
  const auto assigned = Assign(as_head_, post, person, "2026-01-05");
  ASSERT_THAT(assigned, IsOk());
  pb::EndPostAssignmentRequest end;
  end.set_name(assigned->name());
  end.set_until("2026-01-31");
  end.set_reason("调岗");
  EXPECT_THAT(Call<PostAssignment>(as_other, "PostAssignmentService", "EndPostAssignment", end),
              HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(Call<PostAssignment>(as_head_, "PostAssignmentService", "EndPostAssignment", end), IsOk());
}

// G-01: the organisation is what it was on the day, with two superiors where there are two.
TEST_F(PostTest, TheOrganisationIsAsOfAnyDay) {
  const Post superior = Established(/*establishment=*/1);
  const Post post = Established(/*establishment=*/2, superior.name());
  const Employee field = world_.AddEmployee("SVM", department_.name());
  const Employee clerk = world_.AddEmployee("CL", department_.name(), {head_.name()});
  pb::UpdateEmployeeRequest lines;
  lines.mutable_employee()->set_name(clerk.name());
  const auto add = [&](const std::string& who, const char* since, pb::LineKind kind) {
    pb::ReportingLine* line = lines.mutable_employee()->add_superiors();
    line->set_superior(who);
    line->set_since(since);
    line->set_kind(kind);
    return line;
  };
  add(head_.name(), "2025-01-01", pb::LINE_KIND_DISCIPLINARY)->set_until("2026-01-31");
  add(lead_.name(), "2026-02-01", pb::LINE_KIND_DISCIPLINARY);
  add(field.name(), "2025-06-01", pb::LINE_KIND_FUNCTIONAL);
  lines.mutable_update_mask()->add_paths("superiors");
  ASSERT_THAT(Call<Employee>(world_.hr(), "EmployeeService", "UpdateEmployee", lines), IsOk());
  ASSERT_THAT(Assign(world_.hr(), post, clerk, "2026-01-15"), IsOk());

  const auto person = [&](const char* day) {
    const pb::Organization chart = On(day);
    for (const pb::OrganizationPerson& candidate : chart.people()) {
      if (candidate.employee() == clerk.name()) return candidate;
    }
    return pb::OrganizationPerson();
  };
  EXPECT_THAT(person("2025-03-01").superiors(), ::testing::ElementsAre(head_.name()));
  EXPECT_THAT(person("2025-03-01").functional_superiors(), ::testing::IsEmpty());
  EXPECT_THAT(person("2026-01-31").functional_superiors(), ::testing::ElementsAre(field.name()));
  EXPECT_THAT(person("2026-02-01").superiors(), ::testing::ElementsAre(lead_.name()));

  const auto find = [&](const char* day) {
    const pb::Organization chart = On(day);
    for (const pb::OrganizationPost& candidate : chart.posts()) {
      if (candidate.post() == post.name()) return candidate;
    }
    return pb::OrganizationPost();
  };
  EXPECT_EQ(find("2026-01-04").post(), "");  // The department was made on the fifth.
  EXPECT_EQ(find("2026-01-14").vacancies(), 2);
  EXPECT_EQ(find("2026-01-14").superior_post(), superior.name());
  EXPECT_EQ(find("2026-01-15").vacancies(), 1);
  EXPECT_EQ(find("2026-01-15").holders(0).employee(), clerk.name());
  ASSERT_EQ(On("2026-01-15").departments_size(), 1);
  EXPECT_EQ(On("2026-01-15").departments(0).staff(), 1);
}

// G-01
TEST_F(PostTest, EveryPairOfStateAndVerb) {
  const auto post = Propose(as_lead_, department_.name());
  ASSERT_THAT(post, IsOk());
  const auto call = [&](const char* method, auto request) {
    request.set_name(post->name());
    request.set_opinion("x");
    return Call<Post>(as_head_, "PostService", method, request).status();
  };
  ExpectPairs(world_, "posts", post->name(), pb::PostState_descriptor(),
              {{"EstablishPost", {"PROPOSED"}, [&] { return call("EstablishPost", pb::EstablishPostRequest()); }},
               {"RejectPost", {"PROPOSED"}, [&] { return call("RejectPost", pb::RejectPostRequest()); }},
               {"AbolishPost", {"ESTABLISHED"}, [&] { return call("AbolishPost", pb::AbolishPostRequest()); }}});
}

}  // namespace
}  // namespace kam::account

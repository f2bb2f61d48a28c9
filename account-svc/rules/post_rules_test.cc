#include "account-svc/rules/post_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "account-svc/rules/organization_rules.h"
#include "common/testing/matchers.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using ::testing::ElementsAre;
using testing::HasReason;
using ::testing::IsEmpty;
using testing::IsOk;

// G-01, F-25: three for a specialist post, one for any other, when nobody says otherwise.
TEST(CompletePost, TakesTheEstablishmentOfThePolicy) {
  pb::Post post;
  post.set_role("KAX");
  ASSERT_THAT(CompletePost(Policy(), &post), IsOk());
  EXPECT_EQ(post.establishment(), 3);
  pb::Post lead;
  lead.set_role("BDS");
  ASSERT_THAT(CompletePost(Policy(), &lead), IsOk());
  EXPECT_EQ(lead.establishment(), 1);
  lead.set_establishment(2);
  ASSERT_THAT(CompletePost(Policy(), &lead), IsOk());
  EXPECT_EQ(lead.establishment(), 2);
  lead.set_role("BOSS");
  EXPECT_THAT(CompletePost(Policy(), &lead), HasReason("ROLE_UNKNOWN"));
}

// G-01: a post is no right: what differs from it is told, and nothing is wanted of a post above that nobody holds.
TEST(DeviationsOf, TellWhatThePostWantsOtherwise) {
  OnPost on_post{"anna", "p1", "KAX", {"KAX", "BD"}, {"boss"}, {"boss", "head"}, {}, {}};
  EXPECT_THAT(DeviationsOf(on_post), IsEmpty());
  on_post.roles = {"BD"};
  on_post.superiors = {"other"};
  on_post.wanted_in_field = {"lead"};
  const auto found = DeviationsOf(on_post);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].kind(), pb::POST_DEVIATION_KIND_ROLE_MISSING);
  EXPECT_THAT(found[0].expected(), ElementsAre("KAX"));
  EXPECT_THAT(found[0].actual(), ElementsAre("BD"));
  EXPECT_EQ(found[1].kind(), pb::POST_DEVIATION_KIND_SUPERIOR_DIFFERS);
  EXPECT_THAT(found[1].expected(), ElementsAre("employees/boss", "employees/head"));
  EXPECT_EQ(found[2].kind(), pb::POST_DEVIATION_KIND_FIELD_SUPERIOR_DIFFERS);
  EXPECT_EQ(found[2].employee(), "employees/anna");
  on_post.wanted.clear();
  on_post.wanted_in_field.clear();
  on_post.role.clear();
  EXPECT_THAT(DeviationsOf(on_post), IsEmpty());
}

// G-01, F-25: what counts is the most at a time, not the number of those who ever are on it.
TEST(MostAtATime, CountsThoseWhoMeet) {
  const std::vector<Stay> stays = {
      {"2026-01-01", "2026-03-31"}, {"2026-04-01", ""}, {"2026-03-15", "2026-04-15"}, {"2025-01-01", "2025-12-31"}};
  EXPECT_EQ(MostAtATime(stays, "2026-01-01", ""), 2);
  EXPECT_EQ(MostAtATime(stays, "2026-01-01", "2026-03-14"), 1);
  EXPECT_EQ(MostAtATime(stays, "2026-05-01", ""), 1);
  EXPECT_EQ(MostAtATime(stays, "2024-01-01", "2024-12-31"), 0);
  EXPECT_EQ(MostAtATime(stays, "2025-12-31", "2026-01-01"), 1);
  EXPECT_EQ(MostAtATime({}, "2026-01-01", ""), 0);
}

// G-01, F-25: beyond the establishment only with a reason of those who decide the structure, and flagged.
TEST(CheckEstablishment, RefusesOrFlagsWhatGoesBeyond) {
  pb::Post post;
  post.set_name("posts/1");
  post.set_establishment(1);
  pb::PostAssignment assignment;
  assignment.set_kind(pb::POST_ASSIGNMENT_KIND_PRIMARY);
  assignment.set_since("2026-02-01");
  const std::vector<Stay> others = {{"2026-01-01", "2026-02-28"}};
  const absl::Status refused = CheckEstablishment(post, others, true, &assignment);
  EXPECT_THAT(refused, HasReason("ESTABLISHMENT_EXCEEDED"));
  EXPECT_EQ(MetadataValue(refused, "value"), "2");
  EXPECT_EQ(MetadataValue(refused, "limit"), "1");
  assignment.set_over_reason("交接一个月");
  EXPECT_THAT(CheckEstablishment(post, others, false, &assignment), HasReason("ESTABLISHMENT_EXCEEDED"));
  EXPECT_THAT(CheckEstablishment(post, others, true, &assignment), IsOk());
  EXPECT_TRUE(assignment.over_establishment());
  assignment.set_since("2026-03-01");
  EXPECT_THAT(CheckEstablishment(post, others, false, &assignment), IsOk());
  EXPECT_FALSE(assignment.over_establishment());
  assignment.set_since("2026-02-01");
  assignment.set_kind(pb::POST_ASSIGNMENT_KIND_ACTING);
  EXPECT_THAT(CheckEstablishment(post, others, false, &assignment), IsOk());
}

// G-01
TEST(CheckAssignment, NeedsAnEstablishedPostAndAPersonInService) {
  pb::Post post;
  post.set_state(pb::POST_STATE_ESTABLISHED);
  post.set_since_date("2026-01-01");
  post.set_until_date("2026-12-31");
  pb::Employee person;
  person.set_hire_date("2026-02-01");
  person.set_leave_date("2026-06-30");
  pb::PostAssignment assignment;
  const auto check = [&](const char* since, const char* until) {
    assignment.set_since(since);
    assignment.set_until(until);
    return CheckAssignment(post, person, assignment);
  };
  EXPECT_THAT(check("2026-02-01", ""), IsOk());
  EXPECT_THAT(check("2026-01-31", ""), HasReason("NOT_IN_SERVICE"));
  EXPECT_THAT(check("2026-07-01", ""), HasReason("NOT_IN_SERVICE"));
  EXPECT_THAT(check("2025-12-31", ""), HasReason("POST_NOT_ESTABLISHED"));
  EXPECT_THAT(check("2027-01-01", ""), HasReason("POST_NOT_ESTABLISHED"));
  EXPECT_THAT(check("2026-03-01", "2026-02-28"), HasReason("DATES_REVERSED"));
  post.set_state(pb::POST_STATE_PROPOSED);
  EXPECT_THAT(check("2026-02-01", ""), HasReason("POST_NOT_ESTABLISHED"));
}

// G-01, R-21: taking part is proposing; an established post is changed by those who decide.
TEST(CheckPostUpdate, IsForTheProposerUntilItIsDecided) {
  pb::Post post;
  post.set_creator("employees/A");
  post.set_state(pb::POST_STATE_PROPOSED);
  EXPECT_THAT(CheckPostUpdate("employees/A", false, post), IsOk());
  EXPECT_THAT(CheckPostUpdate("employees/B", false, post), HasReason("POST_NOT_YOURS"));
  EXPECT_THAT(CheckPostUpdate("employees/B", true, post), IsOk());
  post.set_state(pb::POST_STATE_ESTABLISHED);
  EXPECT_THAT(CheckPostUpdate("employees/A", false, post), HasReason("POST_NOT_YOURS"));
  EXPECT_THAT(CheckPostUpdate("employees/A", true, post), IsOk());
  post.set_state(pb::POST_STATE_ABOLISHED);
  EXPECT_THAT(CheckPostUpdate("employees/A", true, post), HasReason("POST_OVER"));
}

// G-01: a circle is one only on a day on which all its lines run, whether that day is past, present or to come.
TEST(FindReportingCircle, LooksAtEveryDay) {
  const auto find = [](const std::vector<DatedLine>& lines) { return FindReportingCircle("A", lines); };
  EXPECT_THAT(find({{"A", "B", "2026-01-01", ""}, {"B", "C", "2026-01-01", ""}}).people, IsEmpty());
  // One after the other: B leads A until June, A leads B from July on.
  EXPECT_THAT(find({{"A", "B", "2026-01-01", "2026-06-30"}, {"B", "A", "2026-07-01", ""}}).people, IsEmpty());
  const ReportingCircle day = find({{"A", "B", "2026-01-01", "2026-07-01"}, {"B", "A", "2026-07-01", ""}});
  EXPECT_THAT(day.people, ElementsAre("A", "B", "A"));
  EXPECT_EQ(day.day, "2026-07-01");
  const ReportingCircle later = find({{"A", "B", "2026-01-01", ""},
                                      {"A", "F", "2026-01-01", ""},
                                      {"B", "C", "2027-01-01", ""},
                                      {"C", "A", "2026-06-01", "2027-01-01"}});
  EXPECT_THAT(later.people, ElementsAre("A", "B", "C", "A"));
  EXPECT_EQ(later.day, "2027-01-01");
  EXPECT_THAT(find({{"A", "B", "2020-01-01", "2020-12-31"}, {"B", "A", "2020-12-31", "2021-01-31"}}).people,
              ElementsAre("A", "B", "A"));  // In the past.
  EXPECT_THAT(find({{"A", "B", "2026-01-01", ""}, {"B", "C", "2026-01-01", ""}, {"C", "B", "2026-01-01", ""}}).people,
              IsEmpty());  // Not through A.
}

}  // namespace
}  // namespace kam::account::rules

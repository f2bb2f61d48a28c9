// Training and training files (G-14, P-52), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/testing/account_fixture.h"
#include "common/resource/names.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/training_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using resource::IdOf;
using testing::HasReason;
using testing::IsOk;
using ::testing::SizeIs;

constexpr char kService[] = "kam.organization.v1.TrainingService/";

class TrainingTest : public ::testing::Test {
 protected:
  TrainingTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        hr_(world_.AddEmployee("HR", department_.name())),
        trainer_(world_.AddEmployee("KAM", department_.name())),
        anna_(world_.AddEmployee("KAX", department_.name())),
        bert_(world_.AddEmployee("KAX", department_.name())),
        as_hr_(world_.As(hr_, "HR")),
        as_anna_(world_.As(anna_, "KAX")) {}

  template <typename T, typename Request>
  absl::StatusOr<T> Do(const auth::Principal& who, const std::string& method, const std::string& name,
                       Request request) {
    request.set_name(name);
    return world_.Call<T>(who, absl::StrCat(kService, method), request);
  }
  absl::StatusOr<pb::GetTrainingFileResponse> FileOf(const auth::Principal& who, const std::string& employee) {
    pb::GetTrainingFileRequest request;
    request.set_employee(employee);
    return world_.Call<pb::GetTrainingFileResponse>(who, absl::StrCat(kService, "GetTrainingFile"), request);
  }
  // Is `employee` among those who have not learnt first?
  bool IsUntrained(const std::string& employee) {
    const auto listed = world_.Call<pb::ListUntrainedStaffResponse>(
        as_hr_, absl::StrCat(kService, "ListUntrainedStaff"), pb::ListUntrainedStaffRequest());
    EXPECT_THAT(listed, IsOk());
    for (const pb::UntrainedEmployee& one : listed->employees()) {
      if (one.employee() != employee) continue;
      EXPECT_EQ(one.hire_date(), "2025-12-20");
      EXPECT_EQ(one.due_date(), "2026-01-03");
      EXPECT_TRUE(one.overdue());
      return true;
    }
    return false;
  }

  World& world_;
  const pb::Department department_;
  const pb::Employee hr_, trainer_, anna_, bert_;
  const auth::Principal as_hr_, as_anna_;
};

// G-14, P-52
TEST_F(TrainingTest, ATrainingIsHeldExaminedJudgedAndInTheFile) {
  for (const pb::Employee* person : {&anna_, &bert_}) {
    world_.harness().db().Execute(
        absl::StrCat("UPDATE employees SET hire_date = '2025-12-20' WHERE id = '", IdOf(person->name()), "'"));
  }
  EXPECT_TRUE(IsUntrained(anna_.name()));
  pb::CreateTrainingSessionRequest create;
  pb::TrainingSession& session = *create.mutable_training_session();
  session.set_title("新员工入职培训");
  session.set_kind(pb::TRAINING_KIND_ONBOARDING);
  session.set_start_date("2026-01-05");
  session.set_hours("6.5");
  session.set_trainer(trainer_.name());
  session.set_pass_mark("60");
  session.add_materials("入职手册");
  session.add_attendees()->set_employee(anna_.name());
  session.add_attendees()->set_employee(bert_.name());
  const auto planned =
      world_.Call<pb::TrainingSession>(as_hr_, absl::StrCat(kService, "CreateTrainingSession"), create);
  ASSERT_THAT(planned, IsOk());
  pb::HoldTrainingRequest hold;
  pb::TrainingResult* result = hold.add_results();
  result->set_employee(anna_.name());
  result->set_attended(true);
  result->set_score("88");
  EXPECT_THAT(Do<pb::TrainingSession>(as_hr_, "HoldTraining", planned->name(), hold),
              HasReason("ATTENDANCE_INCOMPLETE"));
  hold.add_results()->set_employee(bert_.name());
  // G-20: nobody records his own mark.
  EXPECT_THAT(Do<pb::TrainingSession>(world_.As(anna_, "HR"), "HoldTraining", planned->name(), hold),
              HasReason("SEPARATION_OF_DUTIES"));
  const auto held = Do<pb::TrainingSession>(as_hr_, "HoldTraining", planned->name(), hold);
  ASSERT_THAT(held, IsOk());
  EXPECT_EQ(held->attended(), 1);
  EXPECT_EQ(held->passed(), 1);
  pb::EvaluateTrainingRequest evaluate;
  evaluate.set_rating(4);
  evaluate.set_effect("接待流程更规范");
  EXPECT_THAT(Do<pb::TrainingSession>(world_.As(trainer_, "KAM HR"), "EvaluateTraining", planned->name(), evaluate),
              HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Do<pb::TrainingSession>(as_hr_, "EvaluateTraining", planned->name(), evaluate), IsOk());

  EXPECT_FALSE(IsUntrained(anna_.name()));
  EXPECT_TRUE(IsUntrained(bert_.name()));
  const auto file = FileOf(as_anna_, anna_.name());
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(file->entries(), SizeIs(1));
  EXPECT_EQ(file->entries(0).score(), "88");
  EXPECT_TRUE(file->entries(0).passed());
  EXPECT_EQ(file->entries(0).rating(), 4);
  EXPECT_EQ(file->hours(), "6.5");
  EXPECT_EQ(FileOf(as_hr_, bert_.name())->hours(), "0");
  // The marks of others are not in the plan that everybody reads, neither shown nor asked for.
  kam::api::GetRequest get;
  get.set_name(planned->name());
  const auto seen = world_.Call<pb::TrainingSession>(as_anna_, absl::StrCat(kService, "GetTrainingSession"), get);
  ASSERT_THAT(seen, IsOk());
  EXPECT_EQ(seen->attendees(0).score(), "");
  EXPECT_FALSE(seen->attendees(0).passed());
  EXPECT_TRUE(seen->attendees(0).attended());
  const auto by_hr = world_.Call<pb::TrainingSession>(as_hr_, absl::StrCat(kService, "GetTrainingSession"), get);
  ASSERT_THAT(by_hr, IsOk());
  EXPECT_EQ(by_hr->attendees(0).score(), "88");
  kam::api::ListRequest list;
  list.set_filter("attendees.passed = true");
  EXPECT_THAT(
      world_.Call<pb::ListTrainingSessionsResponse>(as_hr_, absl::StrCat(kService, "ListTrainingSessions"), list),
      IsOk());
  EXPECT_FALSE(
      world_.Call<pb::ListTrainingSessionsResponse>(as_anna_, absl::StrCat(kService, "ListTrainingSessions"), list)
          .ok());
  // A file is personal.
  EXPECT_THAT(FileOf(as_anna_, bert_.name()), HasReason("OUT_OF_SCOPE"));
}

// G-14, P-52: what was trained in a year, by course and in all, of those within reach.
TEST_F(TrainingTest, TheReportOfAYearCountsPlanAttendanceAndEffect) {
  const std::string title = absl::StrCat("产品课程", IdOf(department_.name()));
  const auto plan = [&](const std::string& course, const char* day, const char* hours) {
    pb::CreateTrainingSessionRequest create;
    pb::TrainingSession& session = *create.mutable_training_session();
    session.set_title(course);
    session.set_kind(pb::TRAINING_KIND_PRODUCT);
    session.set_start_date(day);
    session.set_hours(hours);
    session.set_trainer(trainer_.name());
    session.set_pass_mark("60");
    session.add_attendees()->set_employee(anna_.name());
    session.add_attendees()->set_employee(bert_.name());
    const auto planned =
        world_.Call<pb::TrainingSession>(as_hr_, absl::StrCat(kService, "CreateTrainingSession"), create);
    EXPECT_THAT(planned, IsOk());
    return planned.ok() ? planned->name() : std::string();
  };
  const auto hold = [&](const std::string& name, const char* anna, const char* bert) {
    pb::HoldTrainingRequest request;
    for (const auto& [person, score] : {std::pair(&anna_, anna), std::pair(&bert_, bert)}) {
      pb::TrainingResult* result = request.add_results();
      result->set_employee(person->name());
      result->set_attended(score != nullptr);
      if (score != nullptr) result->set_score(score);
    }
    ASSERT_THAT(Do<pb::TrainingSession>(as_hr_, "HoldTraining", name, request), IsOk());
  };
  const std::string first = plan(title, "2026-01-02", "2.5");
  hold(first, "88", "40");
  // A mark that was mistyped is corrected with a reason, until the effect is judged.
  pb::HoldTrainingRequest mistyped;
  for (const auto& [person, score] : {std::pair(&anna_, "88"), std::pair(&bert_, "4")}) {
    pb::TrainingResult* result = mistyped.add_results();
    result->set_employee(person->name());
    result->set_attended(true);
    result->set_score(score);
  }
  EXPECT_THAT(Do<pb::TrainingSession>(as_hr_, "HoldTraining", first, mistyped), HasReason("REASON_REQUIRED"));
  mistyped.set_reason("成绩录入错误");
  mistyped.mutable_results(1)->set_score("41");
  const auto corrected = Do<pb::TrainingSession>(as_hr_, "HoldTraining", first, mistyped);
  ASSERT_THAT(corrected, IsOk());
  EXPECT_EQ(corrected->attendees(1).score(), "41");
  EXPECT_EQ(corrected->passed(), 1);
  const std::string second = plan(title, "2026-01-03", "4");
  hold(second, "70", nullptr);
  pb::EvaluateTrainingRequest evaluate;
  evaluate.set_rating(4);
  evaluate.set_effect("报价更准");
  ASSERT_THAT(Do<pb::TrainingSession>(as_hr_, "EvaluateTraining", first, evaluate), IsOk());
  plan(title, "2026-01-04", "8");                      // Its day is over.
  plan(absl::StrCat(title, "二"), "2026-06-01", "8");  // It is to come.
  pb::CancelTrainingRequest cancel;
  cancel.set_reason("讲师请假");
  ASSERT_THAT(Do<pb::TrainingSession>(as_hr_, "CancelTraining", plan(title, "2026-02-01", "8"), cancel), IsOk());

  pb::ReportTrainingRequest request;
  request.set_start_date("2026-01-01");
  request.set_end_date("2026-12-31");
  request.set_department(department_.name());
  const auto report = [&](const auth::Principal& who) {
    return world_.Call<pb::TrainingReport>(who, absl::StrCat(kService, "ReportTraining"), request);
  };
  const auto all = report(as_hr_);
  ASSERT_THAT(all, IsOk());
  ASSERT_THAT(all->courses(), SizeIs(2));
  const pb::TrainingReportRow& course = all->courses(0);
  EXPECT_EQ(course.title(), title);
  EXPECT_EQ(course.held(), 2);
  EXPECT_EQ(course.planned(), 1);
  EXPECT_EQ(course.overdue(), 1);
  EXPECT_EQ(course.evaluated(), 1);
  EXPECT_EQ(course.rating(), "4");
  EXPECT_EQ(course.called(), 4);
  EXPECT_EQ(course.attended(), 3);
  EXPECT_EQ(course.passed(), 2);
  EXPECT_EQ(course.hours(), "9");  // 2.5 of both and 4 of one.
  EXPECT_EQ(all->courses(1).planned(), 1);
  EXPECT_EQ(all->courses(1).overdue(), 0);
  EXPECT_EQ(all->total().planned(), 2);
  EXPECT_EQ(all->total().held(), 2);
  EXPECT_EQ(all->staff(), 4);
  EXPECT_EQ(all->trained(), 2);
  EXPECT_EQ(all->trained_percent(), "50");
  // Of whoever leads only his people, of everybody else only he himself.
  const auto team = report(world_.As(trainer_, "KAM", {IdOf(bert_.name())}));
  ASSERT_THAT(team, IsOk());
  EXPECT_EQ(team->total().attended(), 1);
  EXPECT_EQ(team->total().passed(), 0);
  EXPECT_EQ(team->staff(), 2);
  EXPECT_EQ(report(as_anna_)->total().passed(), 2);
  request.set_kind(pb::TRAINING_KIND_SKILL);
  EXPECT_EQ(report(as_hr_)->total().held(), 0);
  request.set_end_date("2027-01-02");
  EXPECT_THAT(report(as_hr_), HasReason("PERIOD_INVALID"));
}

// G-14, P-52: a trainer who plans no training records what came of his own, and of no other.
TEST_F(TrainingTest, TheTrainerRecordsWhatHeTaught) {
  const pb::Employee teacher = world_.AddEmployee("PSS", department_.name());
  pb::CreateTrainingSessionRequest create;
  pb::TrainingSession& session = *create.mutable_training_session();
  session.set_title("充电产品");
  session.set_kind(pb::TRAINING_KIND_PRODUCT);
  session.set_start_date("2026-01-05");
  session.set_hours("2");
  session.set_trainer(teacher.name());
  session.add_attendees()->set_employee(anna_.name());
  const auto planned =
      world_.Call<pb::TrainingSession>(as_hr_, absl::StrCat(kService, "CreateTrainingSession"), create);
  ASSERT_THAT(planned, IsOk());
  pb::HoldTrainingRequest hold;
  hold.add_results()->set_employee(anna_.name());
  hold.mutable_results(0)->set_attended(true);
  const auto other = Do<pb::TrainingSession>(world_.As(world_.AddEmployee("PSS", department_.name()), "PSS"),
                                             "HoldTraining", planned->name(), hold);
  EXPECT_THAT(other, HasReason("NOT_THE_TRAINER"));
  EXPECT_EQ(MetadataValue(other.status(), "permission"), "training.write");
  const auto held = Do<pb::TrainingSession>(world_.As(teacher, "PSS"), "HoldTraining", planned->name(), hold);
  ASSERT_THAT(held, IsOk());
  EXPECT_EQ(held->attended(), 1);
}

}  // namespace
}  // namespace kam::account

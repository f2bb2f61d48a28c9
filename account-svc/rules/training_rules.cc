#include "account-svc/rules/training_rules.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/decimal.h"
#include "common/status/status.h"
#include "kam/organization/v1/training.pb.h"
#include "kam/organization/v1/training_service.pb.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;

absl::Status Incomplete(absl::string_view text, const std::string& employee) {
  return InvalidField("results", "ATTENDANCE_INCOMPLETE", text, {{"employee", employee}});
}

}  // namespace

absl::Status CheckTraining(const pb::TrainingSession& training) {
  if (training.trainer().empty() == training.external_trainer().empty()) {
    return InvalidField("training_session.trainer", "TRAINER_REQUIRED",
                        "one of trainer and external_trainer must be given");
  }
  std::set<std::string> called;
  for (int i = 0; i < training.attendees_size(); ++i) {
    const std::string& employee = training.attendees(i).employee();
    if (called.insert(employee).second) continue;
    return InvalidField(absl::StrCat("training_session.attendees[", i, "]"), "ATTENDEE_REPEATED",
                        absl::StrCat(employee, " is on the list already"), {{"employee", employee}});
  }
  return absl::OkStatus();
}

absl::Status CheckTrainingUpdate(const pb::TrainingSession& before) {
  if (before.state() == pb::TRAINING_STATE_PLANNED) return absl::OkStatus();
  const std::string state = pb::TrainingState_Name(before.state());
  return FailedPrecondition("TRAINING_FROZEN", before.name(), absl::StrCat("the training is ", state),
                            {{"state", state}});
}

absl::Status CheckHolds(absl::string_view actor, bool plans_training, const pb::TrainingSession& training) {
  if (plans_training || actor == training.trainer()) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_TRAINER",
               "what came of a training is recorded by its trainer or by those who plan training",
               {{"rule", "G-14"}, {"trainer", training.trainer()}, {"permission", "training.write"}});
}

absl::Status HoldTraining(const google::protobuf::RepeatedPtrField<pb::TrainingResult>& results,
                          absl::string_view actor, const std::string& today, pb::TrainingSession* training) {
  if (today < training->start_date()) {
    return FailedPrecondition("TRAINING_NOT_BEGUN", training->name(),
                              absl::StrCat("it begins on ", training->start_date()),
                              {{"startDate", training->start_date()}});
  }
  std::map<std::string, const pb::TrainingResult*> of;
  for (const pb::TrainingResult& result : results) of[result.employee()] = &result;
  const bool exam = !training->pass_mark().empty();
  Decimal mark;
  if (exam) {
    ASSIGN_OR_RETURN(mark, Decimal::Parse(training->pass_mark()));
  }
  int attended = 0, passed = 0;
  for (pb::TrainingAttendee& attendee : *training->mutable_attendees()) {
    const auto found = of.find(attendee.employee());
    if (found == of.end()) {
      return Incomplete(absl::StrCat("must say whether ", attendee.employee(), " came"), attendee.employee());
    }
    const pb::TrainingResult& result = *found->second;
    of.erase(found);
    attendee.set_attended(result.attended());
    attendee.set_passed(result.attended() && !exam);
    attendee.clear_score();
    if (exam && result.attended()) {
      if (result.score().empty()) {
        return InvalidField("results", "SCORE_REQUIRED",
                            absl::StrCat(attendee.employee(), " came, and there is an exam"),
                            {{"employee", attendee.employee()}});
      }
      if (attendee.employee() == actor) {
        return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                     "nobody records the mark of his own exam; somebody else with training.write does",
                     {{"rule", "self"}, {"permission", "training.write"}});
      }
      ASSIGN_OR_RETURN(const Decimal score, Decimal::Parse(result.score()));
      attendee.set_score(score.ToString());
      attendee.set_passed(score >= mark);
    }
    attended += attendee.attended() ? 1 : 0;
    passed += attendee.passed() ? 1 : 0;
  }
  if (!of.empty()) return Incomplete(absl::StrCat(of.begin()->first, " is not on the list"), of.begin()->first);
  training->set_attended(attended);
  training->set_passed(passed);
  return absl::OkStatus();
}

absl::Status EvaluateTraining(const std::string& actor, int rating, const std::string& effect, absl::Time now,
                              pb::TrainingSession* training) {
  constexpr int kRatingMax = 5;
  if (actor == training->trainer()) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "nobody judges the effect of his teaching",
                 {{"allowed", absl::StrCat("anybody with the right but ", training->trainer())}});
  }
  if (rating < 1 || rating > kRatingMax) {
    return InvalidField("rating", "FIELD_OUT_OF_RANGE", absl::StrCat("must be 1 to ", kRatingMax),
                        {{"value", absl::StrCat(rating)}});
  }
  training->set_rating(rating);
  training->set_effect(effect);
  training->set_evaluator(actor);
  *training->mutable_evaluate_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::StatusOr<pb::TrainingReport> SumUpTraining(const std::vector<TrainingRow>& rows, int staff,
                                                 const std::string& today) {
  struct Sum {
    pb::TrainingReportRow row;
    Decimal hours;
    int ratings = 0, rated = 0;
  };
  std::map<std::pair<std::string, int>, Sum> courses;
  Sum total;
  std::set<std::string> trained;
  for (size_t i = 0; i < rows.size(); ++i) {
    const TrainingRow& row = rows[i];
    const bool first = i == 0 || rows[i - 1].session != row.session;
    const bool held = row.state == pb::TRAINING_STATE_HELD || row.state == pb::TRAINING_STATE_EVALUATED;
    Sum& course = courses[{row.title, row.kind}];
    course.row.set_title(row.title);
    course.row.set_kind(row.kind);
    for (Sum* sum : {&course, &total}) {
      pb::TrainingReportRow& out = sum->row;
      if (first && !held) out.set_planned(out.planned() + 1);
      if (first && !held && row.start_date < today) out.set_overdue(out.overdue() + 1);
      if (first && held) out.set_held(out.held() + 1);
      if (first && row.state == pb::TRAINING_STATE_EVALUATED) {
        sum->ratings += row.rating;
        ++sum->rated;
      }
      if (!held) continue;
      out.set_called(out.called() + 1);
      if (!row.attended) continue;
      out.set_attended(out.attended() + 1);
      out.set_passed(out.passed() + (row.passed ? 1 : 0));
      ASSIGN_OR_RETURN(sum->hours, Add(sum->hours, row.hours));
    }
    if (held && row.attended) trained.insert(row.employee);
  }
  const auto finish = [](Sum sum, pb::TrainingReportRow* out) -> absl::Status {
    sum.row.set_hours(sum.hours.ToString());
    sum.row.set_evaluated(sum.rated);
    if (sum.rated > 0) {
      ASSIGN_OR_RETURN(const Decimal mean, Divide(Decimal::FromInt(sum.ratings), Decimal::FromInt(sum.rated), 2));
      sum.row.set_rating(mean.ToString());
    }
    *out = std::move(sum.row);
    return absl::OkStatus();
  };
  pb::TrainingReport report;
  for (auto& [key, sum] : courses) RETURN_IF_ERROR(finish(std::move(sum), report.add_courses()));
  RETURN_IF_ERROR(finish(std::move(total), report.mutable_total()));
  report.set_staff(staff);
  report.set_trained(static_cast<int32_t>(trained.size()));
  if (staff > 0) {
    constexpr int kPercent = 100;
    ASSIGN_OR_RETURN(const Decimal rate,
                     Divide(Decimal::FromInt(report.trained() * kPercent), Decimal::FromInt(staff), 2));
    report.set_trained_percent(rate.ToString());
  }
  return report;
}

}  // namespace kam::account::rules

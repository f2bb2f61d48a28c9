// Yearly targets and monthly reviews of satisfaction (S-33, S-34).
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/monthly_satisfaction.h"
#include "aftersales-svc/rules/proto_time.h"
#include "aftersales-svc/rules/satisfaction_rules.h"
#include "aftersales-svc/rules/survey_rules.h"
#include "aftersales-svc/survey_service.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/satisfaction/v1/satisfaction_review_service.pb.h"
#include "kam/satisfaction/v1/satisfaction_target_service.pb.h"

namespace kam::aftersales {
namespace {

namespace pb = ::kam::satisfaction::v1;
using mysql::Value;
using resource::SqlCondition;
using resource::UnitOfWork;

constexpr char kTargets[] = "kam.satisfaction.v1.SatisfactionTargetService";
constexpr char kReviews[] = "kam.satisfaction.v1.SatisfactionReviewService";

// Rows about a subject; empty: about all surveys together.
SqlCondition OfSubject(SqlCondition where, const std::string& subject) {
  where.sql += subject.empty() ? " AND t.subject IS NULL" : " AND t.subject = ?";
  if (!subject.empty()) where.params.emplace_back(subject);
  return where;
}

absl::Status OnCreateTarget(UnitOfWork& work, pb::SatisfactionTarget* created) {
  created->set_state(pb::SATISFACTION_TARGET_STATE_DRAFT);
  ASSIGN_OR_RETURN(
      const auto found,
      work.Find<pb::SatisfactionTarget>(
          OfSubject({"t.target_year = ? AND t.archive_time IS NULL", {Value(created->year())}}, created->subject()), "",
          1));
  if (found.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, "SATISFACTION_TARGET_EXISTS",
               "the year has a target already; change or archive it", {{"target", found[0].name()}});
}

void RegisterTargets(const Env& env) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::SatisfactionTarget>(OnCreateTarget);
  hooks.on_update = resource::OnUpdate<pb::SatisfactionTarget>(
      [](UnitOfWork&, const pb::SatisfactionTarget& before, pb::SatisfactionTarget*) {
        return rules::CheckTargetUpdate(before);
      });
  env.runtime->SetHooks(pb::SatisfactionTarget::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(*env.runtime, kTargets, env.registry);
  AddVerb<pb::AgreeSatisfactionTargetRequest, pb::SatisfactionTarget>(
      env, absl::StrCat(kTargets, "/AgreeSatisfactionTarget"),
      [](UnitOfWork& work, const rpc::Call&, const pb::AgreeSatisfactionTargetRequest& request,
         resource::Change<pb::SatisfactionTarget>* change) -> absl::Status {
        RETURN_IF_ERROR(CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const std::string employee, ActingEmployee(work));
        return rules::AgreeTarget(employee, work.now(), &change->after);
      });
}

absl::StatusOr<std::vector<pb::SatisfactionTarget>> AgreedTarget(UnitOfWork& work, absl::CivilMonth month,
                                                                 const std::string& subject) {
  return work.Find<pb::SatisfactionTarget>(
      OfSubject({"t.target_year = ? AND t.state = 'AGREED' AND t.archive_time IS NULL",
                 {Value(static_cast<int64_t>(month.year()))}},
                subject),
      "ORDER BY t.id DESC", 1);
}

absl::Status OnCreateReview(UnitOfWork& work, pb::SatisfactionReview* created) {
  const absl::TimeZone zone = work.runtime().zone();
  ASSIGN_OR_RETURN(const absl::CivilMonth month, ParseMonth(created->month(), "satisfaction_review.month"));
  RETURN_IF_ERROR(rules::CheckMonthOver(month, Today(work.now(), zone)));
  // The lock on the account lets one of several reviews of the same month through.
  const std::string account = IdOf(created->account());
  RETURN_IF_ERROR(
      work.connection().Query("SELECT 1 FROM account_scopes WHERE account = ? FOR UPDATE", {account}).status());
  ASSIGN_OR_RETURN(const auto found,
                   work.Find<pb::SatisfactionReview>(
                       OfSubject({"t.account = ? AND t.review_month = ?", {Value(account), Value(created->month())}},
                                 created->subject()),
                       "", 1));
  if (!found.empty()) {
    return Error(absl::StatusCode::kAlreadyExists, "SATISFACTION_REVIEW_EXISTS",
                 absl::StrCat("the account has a review of ", created->month(), " already"),
                 {{"review", found[0].name()}});
  }
  ASSIGN_OR_RETURN(const pb::MonthlySatisfaction figures,
                   FiguresOf(work.connection(), account, month, created->subject(), zone));
  ASSIGN_OR_RETURN(const auto target, AgreedTarget(work, month, created->subject()));
  return rules::OpenReview(figures, target.empty() ? nullptr : &target[0], created);
}

using ReviewChange = resource::Change<pb::SatisfactionReview>;

void RegisterReviews(const Env& env) {
  resource::Hooks hooks;
  hooks.prepare = EnsureHook(env);
  hooks.on_create = resource::OnCreate<pb::SatisfactionReview>(OnCreateReview);
  env.runtime->SetHooks(pb::SatisfactionReview::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(*env.runtime, kReviews, env.registry);
  AddVerb<pb::SetSatisfactionMeasureRequest, pb::SatisfactionReview>(
      env, absl::StrCat(kReviews, "/SetSatisfactionMeasure"),
      [](UnitOfWork& work, const rpc::Call&, const pb::SetSatisfactionMeasureRequest& request,
         ReviewChange* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string employee, ActingEmployee(work));
        change->after.set_cause(request.cause());
        change->after.set_measure(request.measure());
        change->after.set_measure_owner(request.measure_owner());
        change->after.set_measure_author(employee);
        return absl::OkStatus();
      });
  AddVerb<pb::RecordSatisfactionEffectRequest, pb::SatisfactionReview>(
      env, absl::StrCat(kReviews, "/RecordSatisfactionEffect"),
      [](UnitOfWork&, const rpc::Call&, const pb::RecordSatisfactionEffectRequest& request, ReviewChange* change) {
        return rules::RecordEffect(request.effect(), &change->after);
      });
  AddVerb<pb::VerifySatisfactionReviewRequest, pb::SatisfactionReview>(
      env, absl::StrCat(kReviews, "/VerifySatisfactionReview"),
      [](UnitOfWork& work, const rpc::Call&, const pb::VerifySatisfactionReviewRequest& request,
         ReviewChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const std::string employee, ActingEmployee(work));
        if (change->before.target().empty()) {
          // Opened before the year's target was agreed: that spares nobody the measure.
          ASSIGN_OR_RETURN(const absl::CivilMonth month, ParseMonth(change->before.month(), "month"));
          ASSIGN_OR_RETURN(const auto target, AgreedTarget(work, month, change->before.subject()));
          if (!target.empty()) RETURN_IF_ERROR(rules::MeasureBy(target[0], &change->after));
        }
        return rules::Verify(employee, work.now(), &change->after);
      });
  AddVerb<pb::SendSatisfactionReviewRequest, pb::SatisfactionReview>(
      env, absl::StrCat(kReviews, "/SendSatisfactionReview"),
      [](UnitOfWork& work, const rpc::Call&, const pb::SendSatisfactionReviewRequest&, ReviewChange* change) {
        *change->after.mutable_send_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
}

// Recounted from the answers: means of means would not be exact.
absl::StatusOr<pb::GetSatisfactionScoreResponse> GetScore(const Env& env, rpc::Call& call,
                                                          const pb::GetSatisfactionScoreRequest& request) {
  const absl::TimeZone zone = env.runtime->zone();
  ASSIGN_OR_RETURN(const absl::CivilMonth month, ParseMonth(request.month(), "month"));
  const resource::Type& type = *env.runtime->catalog().Find(pb::SatisfactionReview::descriptor());
  SqlCondition where = OfSubject({"t.review_month = ?", {Value(request.month())}}, request.subject());
  const SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  if (!scope.sql.empty()) {
    absl::StrAppend(&where.sql, " AND (", scope.sql, ")");
    where.params.insert(where.params.end(), scope.params.begin(), scope.params.end());
  }
  pb::GetSatisfactionScoreResponse response;
  RETURN_IF_ERROR(env.runtime->database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    std::vector<std::string> accounts;
    RETURN_IF_ERROR(connection.Scan(
        absl::StrCat("SELECT t.account, t.state, t.below_target FROM satisfaction_reviews t WHERE ", where.sql),
        mysql::Params(where.params), [&](const mysql::Row& row) -> absl::Status {
          if (row[1].text() != "VERIFIED" && row[1].text() != "SENT") {
            response.set_unchecked(response.unchecked() + 1);
            return absl::OkStatus();
          }
          accounts.push_back(row[0].text());
          response.set_below_target(response.below_target() + row[2].integer());
          return absl::OkStatus();
        }));
    response.set_accounts(static_cast<int64_t>(accounts.size()));
    ASSIGN_OR_RETURN(const CsatSum sum, CsatOf(connection, accounts, month, request.subject(), zone));
    response.set_csat(rules::Mean(sum.sum, sum.answers));
    response.set_csat_answers(sum.answers);
    return absl::OkStatus();
  }));
  response.set_metric_version(rules::kMetricVersion);
  return response;
}

}  // namespace

void RegisterSatisfactionReviews(const Env& env) {
  RegisterTargets(env);
  RegisterReviews(env);
  env.registry->Add<pb::GetSatisfactionScoreRequest, pb::GetSatisfactionScoreResponse>(
      absl::StrCat(kReviews, "/GetSatisfactionScore"),
      [env](rpc::Call& call, const pb::GetSatisfactionScoreRequest& request) { return GetScore(env, call, request); });
}

}  // namespace kam::aftersales

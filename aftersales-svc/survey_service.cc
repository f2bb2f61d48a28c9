#include "aftersales-svc/survey_service.h"

#include <array>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/proto_time.h"
#include "aftersales-svc/rules/survey_rules.h"
#include "common/id/digest.h"
#include "common/id/id.h"
#include "common/resource/standard.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/satisfaction/v1/follow_up_service.pb.h"
#include "kam/satisfaction/v1/questionnaire_service.pb.h"
#include "kam/satisfaction/v1/survey_invitation_service.pb.h"

namespace kam::aftersales {
namespace {

namespace pb = ::kam::satisfaction::v1;
using mysql::Value;
using resource::UnitOfWork;

constexpr char kExpireDue[] = "survey.invitation.expire";
constexpr char kOverdueDue[] = "survey.follow_up.overdue";
constexpr char kInvite[] = "kam.satisfaction.v1.SurveyInvitationService/InviteToSurvey";
constexpr char kSubmit[] = "kam.satisfaction.v1.SurveyInvitationService/SubmitSurveyResponse";
constexpr char kSetMeasure[] = "kam.satisfaction.v1.FollowUpService/SetFollowUpMeasure";
constexpr char kComplete[] = "kam.satisfaction.v1.FollowUpService/CompleteFollowUp";
constexpr char kQuestionnaires[] = "kam.satisfaction.v1.QuestionnaireService";
constexpr size_t kTokenBytes = 20;
// Late only after the due time.
constexpr absl::Duration kJustAfter = absl::Microseconds(1);

absl::StatusOr<std::string> NewToken() {
  std::array<unsigned char, kTokenBytes> bytes;
  RETURN_IF_ERROR(SystemRandom(absl::MakeSpan(bytes)));
  return absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

void RegisterQuestionnaires(const Env& env) {
  resource::Hooks hooks;
  hooks.on_create =
      resource::OnCreate<pb::Questionnaire>([](UnitOfWork& work, pb::Questionnaire* created) -> absl::Status {
        ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                         work.connection().Query("SELECT MAX(questionnaire_version) FROM questionnaires WHERE code = ?",
                                                 {created->code()}));
        created->set_questionnaire_version(rows[0][0].is_null() ? 1 : static_cast<int32_t>(rows[0][0].integer()) + 1);
        created->set_state(pb::QUESTIONNAIRE_STATE_DRAFT);
        return rules::CheckQuestionnaire(*created);
      });
  hooks.on_update = resource::OnUpdate<pb::Questionnaire>(
      [](UnitOfWork&, const pb::Questionnaire& before, pb::Questionnaire* after) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckQuestionnaireUpdate(before));
        return rules::CheckQuestionnaire(*after);
      });
  env.runtime->SetHooks(pb::Questionnaire::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(*env.runtime, kQuestionnaires, env.registry);
  const auto nothing_more = [](UnitOfWork&, const rpc::Call&, const auto&, resource::Change<pb::Questionnaire>*) {
    return absl::OkStatus();
  };
  AddVerb<pb::ReleaseQuestionnaireRequest, pb::Questionnaire>(
      env, absl::StrCat(kQuestionnaires, "/ReleaseQuestionnaire"), nothing_more);
  AddVerb<pb::RetireQuestionnaireRequest, pb::Questionnaire>(env, absl::StrCat(kQuestionnaires, "/RetireQuestionnaire"),
                                                             nothing_more);
}

// A person is asked once a month by a questionnaire; more answers of the same one would weigh more.
absl::Status CheckAskedOnce(UnitOfWork& work, const pb::SurveyInvitation& given) {
  if (given.contact().empty()) return absl::OkStatus();
  const absl::TimeZone zone = work.runtime().zone();
  const absl::Time month = absl::FromCivil(absl::CivilMonth(Today(work.now(), zone)), zone);
  // The lock on the account lets one of several invitations at the same time through.
  RETURN_IF_ERROR(work.connection()
                      .Query("SELECT 1 FROM account_scopes WHERE account = ? FOR UPDATE", {IdOf(given.account())})
                      .status());
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT 1 FROM survey_invitations WHERE account = ? AND create_time >= ? AND "
                              "questionnaire = ? AND contact = ? AND state IN ('INVITED', 'SUBMITTED') "
                              "LIMIT 1",
                              {IdOf(given.account()), month, IdOf(given.questionnaire()), given.contact()}));
  if (rows.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, "SURVEY_INVITED",
               absl::StrCat(given.contact(), " was asked already this month"), {{"contact", given.contact()}});
}

absl::StatusOr<pb::InviteToSurveyResponse> Invite(UnitOfWork& work, const rpc::Call& call, const Policy& policy,
                                                  const pb::SurveyInvitation& given) {
  ASSIGN_OR_RETURN(const auto questionnaire,
                   work.Find<pb::Questionnaire>({"t.id = ?", {Value(IdOf(given.questionnaire()))}}, "", 1));
  if (questionnaire.empty()) return NotFound(given.questionnaire());
  pb::SurveyInvitation invitation = given;
  resource::ClearOutputOnly(&invitation, /*import=*/false);
  RETURN_IF_ERROR(rules::Invite(questionnaire[0], work.now(), policy.survey_open_max, &invitation));
  RETURN_IF_ERROR(CheckAskedOnce(work, invitation));
  pb::InviteToSurveyResponse response;
  ASSIGN_OR_RETURN(*response.mutable_invitation(), work.Insert(std::move(invitation)));
  RETURN_IF_ERROR(work.CheckReach(*work.runtime().catalog().Find(pb::SurveyInvitation::descriptor()),
                                  response.invitation(), call.level()));
  ASSIGN_OR_RETURN(*response.mutable_token(), NewToken());
  RETURN_IF_ERROR(work.connection()
                      .Execute("INSERT INTO survey_tokens (token_digest, invitation) VALUES (?, ?)",
                               {Sha256Hex(response.token()), IdOf(response.invitation().name())})
                      .status());
  RETURN_IF_ERROR(schedule::Schedule(work, kExpireDue, response.invitation().name(),
                                     FromTimestamp(response.invitation().expire_time())));
  return response;
}

// The owner of the account, or whoever registered it.
absl::StatusOr<std::string> OwnerOf(UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT COALESCE(owner, creator) FROM account_scopes WHERE account = ?",
                                           {IdOf(account)}));
  if (rows.empty() || rows[0][0].is_null()) return std::string();
  return absl::StrCat("employees/", rows[0][0].text());
}

absl::StatusOr<pb::SurveyResponse> Submit(UnitOfWork& work, const pb::SubmitSurveyResponseRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT invitation FROM survey_tokens WHERE token_digest = ?",
                                           {Sha256Hex(request.token())}));
  if (rows.empty()) return InvalidField("token", "SURVEY_TOKEN_UNKNOWN", "is no token of a survey");
  // The lock on the invitation lets one of several answers with the same token through.
  ASSIGN_OR_RETURN(const auto invitation,
                   work.Load<pb::SurveyInvitation>(absl::StrCat("surveyInvitations/", rows[0][0].text())));
  RETURN_IF_ERROR(rules::CheckAnswerable(invitation, work.now()));
  ASSIGN_OR_RETURN(const std::string measured, OwnerOf(work, invitation.account()));
  RETURN_IF_ERROR(rules::CheckEnterer(invitation, measured, work.actor().subject));
  ASSIGN_OR_RETURN(const auto questionnaire,
                   work.Find<pb::Questionnaire>({"t.id = ?", {Value(IdOf(invitation.questionnaire()))}}, "", 1));
  if (questionnaire.empty()) return Internal("questionnaire of an invitation has gone");
  ASSIGN_OR_RETURN(pb::SurveyResponse response, rules::Score(invitation, questionnaire[0], request, work.now()));
  ASSIGN_OR_RETURN(response, work.Insert(std::move(response)));
  resource::Change<pb::SurveyInvitation> change{invitation, invitation};
  change.after.set_state(pb::INVITATION_STATE_SUBMITTED);
  *change.after.mutable_submit_time() = ToTimestamp(work.now());
  RETURN_IF_ERROR(work.Save(std::move(change)).status());
  RETURN_IF_ERROR(schedule::Cancel(work, kExpireDue, invitation.name()));
  if (response.low()) {
    ASSIGN_OR_RETURN(const pb::FollowUp follow_up,
                     work.Insert(rules::FollowUpOf(response, questionnaire[0], measured, work.now())));
    RETURN_IF_ERROR(
        schedule::Schedule(work, kOverdueDue, follow_up.name(), FromTimestamp(follow_up.due_time()) + kJustAfter));
  }
  return response;
}

void RegisterInvitations(const Env& env) {
  resource::RegisterStandardMethods(*env.runtime, "kam.satisfaction.v1.SurveyInvitationService", env.registry);
  env.registry->Add<pb::InviteToSurveyRequest, pb::InviteToSurveyResponse>(
      kInvite,
      [env](rpc::Call& call, const pb::InviteToSurveyRequest& request) -> absl::StatusOr<pb::InviteToSurveyResponse> {
        RETURN_IF_ERROR(EnsureNamed(env, call, {&request}));
        return env.runtime->Write<pb::InviteToSurveyResponse>(
            call, request, [&](UnitOfWork& work) { return Invite(work, call, env.policy, request.invitation()); });
      });
  env.registry->Add<pb::SubmitSurveyResponseRequest, pb::SurveyResponse>(
      kSubmit, [env](rpc::Call& call, const pb::SubmitSurveyResponseRequest& request) {
        return env.runtime->Write<pb::SurveyResponse>(call, request,
                                                      [&](UnitOfWork& work) { return Submit(work, request); });
      });
  env.scheduler->Handle(kExpireDue, kInvite, [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
    ASSIGN_OR_RETURN(const auto invitation, work.Load<pb::SurveyInvitation>(item.resource));
    if (invitation.state() != pb::INVITATION_STATE_INVITED) return absl::OkStatus();
    resource::Change<pb::SurveyInvitation> change{invitation, invitation};
    change.after.set_state(pb::INVITATION_STATE_EXPIRED);
    return work.Save(std::move(change)).status();
  });
}

void RegisterFollowUps(const Env& env) {
  resource::RegisterStandardMethods(*env.runtime, "kam.satisfaction.v1.FollowUpService", env.registry);
  AddVerb<pb::SetFollowUpMeasureRequest, pb::FollowUp>(
      env, kSetMeasure,
      [](UnitOfWork& work, const rpc::Call&, const pb::SetFollowUpMeasureRequest& request,
         resource::Change<pb::FollowUp>* change) -> absl::Status {
        change->after.set_cause(request.cause());
        change->after.set_measure(request.measure());
        change->after.set_measure_owner(request.measure_owner().empty() ? change->before.owner()
                                                                        : request.measure_owner());
        *change->after.mutable_measure_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
  AddVerb<pb::CompleteFollowUpRequest, pb::FollowUp>(
      env, kComplete,
      [](UnitOfWork& work, const rpc::Call&, const pb::CompleteFollowUpRequest& request,
         resource::Change<pb::FollowUp>* change) -> absl::Status {
        change->after.set_effect(request.effect());
        *change->after.mutable_done_time() = ToTimestamp(work.now());
        // Done late stays late, also when the scheduler has not come to it yet.
        if (work.now() > FromTimestamp(change->before.due_time())) change->after.set_overdue(true);
        return schedule::Cancel(work, kOverdueDue, change->before.name());
      });
  env.scheduler->Handle(kOverdueDue, kSetMeasure, [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
    ASSIGN_OR_RETURN(const auto follow_up, work.Load<pb::FollowUp>(item.resource));
    if (follow_up.state() == pb::FOLLOW_UP_STATE_DONE) return absl::OkStatus();
    resource::Change<pb::FollowUp> change{follow_up, follow_up};
    change.after.set_overdue(true);
    return work.Save(std::move(change)).status();
  });
}

}  // namespace

void RegisterSurveys(const Env& env) {
  RegisterQuestionnaires(env);
  RegisterInvitations(env);
  RegisterFollowUps(env);
}

}  // namespace kam::aftersales

#include "aftersales-svc/aftersales_svc.h"

#include <utility>

#include "aftersales-svc/account_cases.h"
#include "aftersales-svc/claim_service.h"
#include "aftersales-svc/complaint_service.h"
#include "aftersales-svc/notices.h"
#include "aftersales-svc/survey_service.h"
#include "kam/claim/v1/claim_policy.pb.h"
#include "kam/claim/v1/returned_part.pb.h"
#include "kam/claim/v1/warranty_claim.pb.h"
#include "kam/complaint/v1/business_calendar.pb.h"
#include "kam/complaint/v1/clock_policy.pb.h"
#include "kam/complaint/v1/complaint.pb.h"
#include "kam/complaint/v1/complaint_class_rule.pb.h"
#include "kam/complaint/v1/complaint_clock.pb.h"
#include "kam/complaint/v1/escalation_rule.pb.h"
#include "kam/satisfaction/v1/follow_up.pb.h"
#include "kam/satisfaction/v1/questionnaire.pb.h"
#include "kam/satisfaction/v1/satisfaction_review.pb.h"
#include "kam/satisfaction/v1/satisfaction_target.pb.h"
#include "kam/satisfaction/v1/survey_invitation.pb.h"
#include "kam/satisfaction/v1/survey_response.pb.h"

namespace kam::aftersales {

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<complaint::v1::ComplaintClassRule>();
  catalog->Add<complaint::v1::BusinessCalendar>();
  catalog->Add<complaint::v1::ClockPolicy>();
  catalog->Add<complaint::v1::EscalationRule>();
  catalog->Add<complaint::v1::Complaint>();
  catalog->Add<complaint::v1::ComplaintClock>();
  catalog->Add<claim::v1::ClaimPolicy>();
  catalog->Add<claim::v1::WarrantyClaim>();
  catalog->Add<claim::v1::ReturnedPart>();
  catalog->Add<satisfaction::v1::Questionnaire>();
  catalog->Add<satisfaction::v1::SurveyInvitation>();
  catalog->Add<satisfaction::v1::SurveyResponse>();
  catalog->Add<satisfaction::v1::FollowUp>();
  catalog->Add<satisfaction::v1::SatisfactionTarget>();
  catalog->Add<satisfaction::v1::SatisfactionReview>();
}

std::vector<std::string> RpcServices() {
  return {"kam.complaint.v1.ComplaintService",
          "kam.complaint.v1.ComplaintClassRuleService",
          "kam.complaint.v1.BusinessCalendarService",
          "kam.complaint.v1.ClockPolicyService",
          "kam.complaint.v1.EscalationRuleService",
          "kam.complaint.v1.ComplaintClockService",
          "kam.claim.v1.WarrantyClaimService",
          "kam.claim.v1.ReturnedPartService",
          "kam.claim.v1.ClaimPolicyService",
          "kam.satisfaction.v1.QuestionnaireService",
          "kam.satisfaction.v1.SurveyInvitationService",
          "kam.satisfaction.v1.SurveyResponseService",
          "kam.satisfaction.v1.FollowUpService",
          "kam.satisfaction.v1.SatisfactionTargetService",
          "kam.satisfaction.v1.SatisfactionReviewService",
          "kam.business.v1.AftersalesBusinessService"};
}

void RegisterAll(resource::Runtime& runtime, schedule::Scheduler* scheduler, const EnsureScopes& ensure_scopes,
                 const Policy& policy, rpc::Registry* registry, const ContractSide& contract_side,
                 service::AskAccountSvc ask_account_svc) {
  const Env env{&runtime, registry, scheduler, ensure_scopes, policy, contract_side};
  RegisterComplaints(env);
  RegisterComplaintPolicies(env);
  RegisterClaims(env);
  RegisterReturnedParts(env);
  RegisterSurveys(env);
  RegisterMonthlySatisfaction(env);
  RegisterSatisfactionReviews(env);
  RegisterAccountCases(env);
  if (ask_account_svc == nullptr) return;
  // Last: it adds to the hooks of the types.
  service::RegisterNoticeSender(runtime, std::move(ask_account_svc), scheduler);
  TellPeople(runtime);
}

}  // namespace kam::aftersales

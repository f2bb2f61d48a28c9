// Every state of every record of account-svc with every verb.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "account-svc/testing/account_fixture.h"
#include "common/testing/state_pairs.h"

namespace kam::account {
namespace {

using testing::Machine;

// What the verbs of these records are meant to do: an option that says something else is a mistake in one of the two.
const std::map<std::string, Machine>& Tables() {
  static const auto* const kTables = new std::map<std::string, Machine>{
      // G-09
      {"accounts",
       {{"SubmitAccount", "DRAFT > SUBMITTED"},
        {"ReturnAccount", "SUBMITTED > DRAFT"},
        {"VerifyAccount", "SUBMITTED > VERIFIED"},
        {"ReverifyAccount", "VERIFIED, ACTIVE, DORMANT, LOST > ="},
        {"ConfirmAccountFile", "VERIFIED, ACTIVE, DORMANT, LOST > ="},
        {"ActivateAccount", "VERIFIED, DORMANT, LOST > ACTIVE"},
        {"MarkAccountDormant", "ACTIVE > DORMANT"},
        {"MarkAccountLost", "ACTIVE, DORMANT > LOST"},
        {"CloseAccount", "DRAFT, SUBMITTED, VERIFIED, ACTIVE, DORMANT, LOST > CLOSED"},
        {"ReopenAccount", "CLOSED > VERIFIED"},
        {"ConfirmAccountTier", "SUBMITTED, VERIFIED, ACTIVE, DORMANT, LOST > ="},
        {"AssignOwner", "DRAFT, SUBMITTED, VERIFIED, ACTIVE, DORMANT, LOST > ="},
        {"ReleaseOwner", "DRAFT, SUBMITTED, VERIFIED, ACTIVE, DORMANT, LOST > ="},
        {"TransferOwner", "DRAFT, SUBMITTED, VERIFIED, ACTIVE, DORMANT, LOST > ="},
        {"ClaimAccount", "DRAFT, SUBMITTED, VERIFIED, ACTIVE, DORMANT, LOST > ="},
        {"RenewOwnership", "DRAFT, SUBMITTED, VERIFIED, ACTIVE, DORMANT, LOST > ="}}},
      //
      {"accountProposals",
       {{"AcceptAccountProposal", "OPEN > ACCEPTED"},
        {"RejectAccountProposal", "OPEN > REJECTED"},
        {"WithdrawAccountProposal", "OPEN > WITHDRAWN"}}},
      //
      {"accountFileChecks",
       {{"ResolveAccountFileCheck", "OPEN > RESOLVED"}, {"VoidAccountFileCheck", "OPEN, RESOLVED > VOID"}}},
      //
      {"accountReminders", {{"CompleteAccountReminder", "OPEN > DONE"}}},
      //
      {"tierModels", {{"ReleaseTierModel", "DRAFT > RELEASED"}}},
      {"accountEvaluations",
       {{"ProposeAccountTier", "COMPUTED > PROPOSED"},
        {"ConfirmAccountEvaluation", "PROPOSED > CONFIRMED"},
        {"RejectAccountEvaluation", "PROPOSED > REJECTED"}}},
      // A-07, G-09
      {"accountHandovers",
       {{"RefreshAccountHandover", "OPEN > ="},
        {"SignAccountHandover", "OPEN > ="},
        {"CancelAccountHandover", "OPEN > CANCELLED"}}},
      {"accountMerges",
       {{"ApproveAccountMerge", "PROPOSED > MERGED"},
        {"RejectAccountMerge", "PROPOSED > REJECTED"},
        {"UndoAccountMerge", "MERGED > UNDONE"}}},
      {"duplicatePairs", {{"DecideDuplicatePair", "OPEN, SAME, DISTINCT > ="}}},
      {"workDisputes",
       {{"AnswerWorkDispute", "OPEN > ="},
        {"WithdrawWorkDispute", "OPEN > WITHDRAWN"},
        {"DecideWorkDispute", "OPEN > DECIDED"}}},
      //
      {"customerDocuments",
       {{"DeclassifyCustomerDocument", "FILED > ="},
        {"RefileCustomerDocument", "FILED > ="},
        {"CorrectCustomerDocument", "FILED > ="},
        {"DestroyCustomerDocument", "FILED > DESTROYED"}}},
      {"documentGrants",
       {{"GrantDocumentAccess", "REQUESTED > GRANTED"},
        {"RefuseDocumentAccess", "REQUESTED > REFUSED"},
        {"RevokeDocumentAccess", "GRANTED > REVOKED"}}},
      //
      {"informationRequests",
       {{"AnswerInformationRequest", "REQUESTED > ANSWERED"},
        {"RefuseInformationRequest", "REQUESTED > REFUSED"},
        {"WithdrawInformationRequest", "REQUESTED > WITHDRAWN"}}},
      //
      {"channelPartners",
       {{"ApproveChannelPartner", "PROPOSED > APPROVED"},
        {"EndChannelPartner", "PROPOSED, APPROVED > ENDED"},
        {"ReopenChannelPartner", "ENDED > PROPOSED"}}},
      {"channelIncidents",
       {{"AnswerChannelIncident", "OPEN > ANSWERED"}, {"CloseChannelIncident", "ANSWERED > CLOSED"}}},
      //
      {"externalOrganizations",
       {{"EndExternalOrganization", "ACTIVE > ENDED"}, {"ReopenExternalOrganization", "ENDED > ACTIVE"}}},
      //
      {"visitProblems",
       {{"AnswerVisitProblem", "OPEN > ANSWERED"},
        {"ReopenVisitProblem", "ANSWERED > OPEN"},
        {"CloseVisitProblem", "ANSWERED > CLOSED"},
        {"PassProblemAsOpinion", "OPEN, ANSWERED > CLOSED"},
        {"WithdrawVisitProblem", "OPEN > WITHDRAWN"}}},
      {"visitReports",
       {{"HandInVisitReport", "DRAFT > HANDED_IN"},
        {"ReviewVisitReport", "HANDED_IN > REVIEWED"},
        {"ReturnVisitReport", "HANDED_IN > DRAFT"}}},
      // G-22
      {"notifications", {{"MarkNotificationRead", "UNREAD > READ"}}},
      // G-02
      {"roleGrants", {{"ApproveRoleGrant", "PROPOSED > APPROVED"}, {"RejectRoleGrant", "PROPOSED > ="}}},
      //
      {"leads",
       {{"QualifyLead", "NEW > QUALIFIED"},
        {"DiscardLead", "NEW, QUALIFIED > DISCARDED"},
        {"ReopenLead", "DISCARDED > NEW"},
        {"AssignLead", "NEW, QUALIFIED > ="},
        {"AddLeadFollowUp", "NEW, QUALIFIED > ="},
        {"ConvertLead", "QUALIFIED > CONVERTED"}}},
      //
      {"followUpSheets",
       {{"ResubmitFollowUpSheet", "RETURNED, HANDED_IN > HANDED_IN"},
        {"SignFollowUpSheet", "HANDED_IN > SIGNED"},
        {"ReturnFollowUpSheet", "HANDED_IN > RETURNED"}}},
      //
      {"referrals", {{"RewardReferral", "SUCCEEDED > REWARDED"}, {"ReverseReferralReward", "REWARDED > SUCCEEDED"}}},
      {"crossSellOffers",
       {{"SellCrossSellOffer", "OFFERED > SOLD"},
        {"DeclineCrossSellOffer", "OFFERED > DECLINED"},
        {"ReopenCrossSellOffer", "SOLD, DECLINED > OFFERED"},
        {"WithdrawCrossSellOffer", "OFFERED > WITHDRAWN"}}},
      //
      {"opportunities",
       {{"AdvanceStage", "OPEN > ="},
        {"WinOpportunity", "OPEN > WON"},
        {"LoseOpportunity", "OPEN > LOST"},
        {"ReopenOpportunity", "WON, LOST > OPEN"}}},
      {"salesProcesses", {{"ReleaseSalesProcess", "DRAFT > RELEASED"}, {"RetireSalesProcess", "RELEASED > RETIRED"}}},
      {"opportunityReports",
       {{"AuditOpportunityReport", "SUBMITTED > AUDITED"}, {"ReturnOpportunityReport", "SUBMITTED > RETURNED"}}},
      //
      {"customerNeeds",
       {{"RouteCustomerNeed", "RECORDED, ROUTED > ROUTED"},
        {"AnalyseCustomerNeed", "RECORDED, ROUTED > ="},
        {"AnswerCustomerNeed", "ROUTED > ANSWERED"},
        {"ReturnNeedAnswer", "ANSWERED > ROUTED"},
        {"WithdrawCustomerNeed", "RECORDED, ROUTED > WITHDRAWN"},
        {"TellCustomer", "ANSWERED > TOLD"}}},
      //
      {"accountPlans",
       {{"ApproveAccountPlan", "DRAFT > APPROVED"},
        {"StartAccountPlan", "APPROVED > RUNNING"},
        {"CompletePlanAction", "RUNNING > ="},
        {"ReopenPlanAction", "RUNNING > ="},
        {"CompleteJointProject", "RUNNING > ="},
        {"ReopenJointProject", "RUNNING > ="},
        {"ReturnAccountPlan", "DRAFT > ="},
        {"CancelAccountPlan", "DRAFT, APPROVED, RUNNING > CANCELLED"},
        {"EndAccountPlan", "APPROVED, RUNNING > REVIEWED"},
        {"ReviewAccountPlan", "RUNNING > REVIEWED"}}},
      //
      {"manufacturerSubmissions",
       {{"ReviewManufacturerSubmission", "PREPARED > REVIEWED"},
        {"SubmitManufacturerSubmission", "REVIEWED > SUBMITTED"},
        {"AcceptManufacturerSubmission", "SUBMITTED > ACCEPTED"},
        {"ReturnManufacturerSubmission", "SUBMITTED > RETURNED"},
        {"ReviseManufacturerSubmission", "REVIEWED, RETURNED > PREPARED"},
        {"WithdrawManufacturerSubmission", "PREPARED, REVIEWED, RETURNED > WITHDRAWN"}}},
      //
      {"tenders",
       {{"PrepareTender", "NOTED > PREPARING"},
        {"PayBidBond", "PREPARING, APPROVED, SUBMITTED, OPENED > ="},
        {"RecordBidBondReturn", "PREPARING, APPROVED, SUBMITTED, OPENED, WON, LOST, ABANDONED, CALLED_OFF > ="},
        {"ApproveTender", "PREPARING > APPROVED"},
        {"ReviseTender", "APPROVED, SUBMITTED > PREPARING"},
        {"SubmitTender", "APPROVED > SUBMITTED"},
        {"OpenTender", "SUBMITTED > OPENED"},
        {"WinTender", "OPENED > WON"},
        {"LoseTender", "OPENED > LOST"},
        {"ReopenTender", "WON, LOST > OPENED"},
        {"ResumeTender", "PREPARING, APPROVED, ABANDONED, CALLED_OFF > ="},
        {"AbandonTender", "NOTED, PREPARING, APPROVED > ABANDONED"},
        {"CallOffTender", "NOTED, PREPARING, APPROVED, SUBMITTED, OPENED > CALLED_OFF"}}},
      {"contractDraftRequests",
       {{"RecordContractDraft", "REQUESTED > DRAFTED"}, {"DeclineContractDraft", "REQUESTED, DRAFTED > DECLINED"}}},
      //
      {"solutions",
       {{"AssignSolution", "REQUESTED, ASSIGNED > ASSIGNED"},
        {"DraftSolution", "ASSIGNED, DRAFTED, REJECTED > DRAFTED"},
        {"ReviewSolution", "DRAFTED > REVIEWED"},
        {"ReturnSolution", "DRAFTED, REVIEWED > ASSIGNED"},
        {"PresentSolution", "REVIEWED > PRESENTED"},
        {"AcceptSolution", "PRESENTED > ACCEPTED"},
        {"RejectSolution", "PRESENTED > REJECTED"},
        {"WithdrawSolution", "REQUESTED, ASSIGNED, DRAFTED, REVIEWED, PRESENTED > WITHDRAWN"},
        {"EvaluateSolution", "ACCEPTED > ="},
        {"MarkSuccessCase", "ACCEPTED > ="}}},
      //
      {"testDrives",
       {{"StartTestDrive", "BOOKED > DRIVING"},
        {"FinishTestDrive", "DRIVING > DONE"},
        {"StopTestDrive", "DRIVING > STOPPED"},
        {"CancelTestDrive", "BOOKED > CANCELLED"}}},
      //
      {"productInitiatives",
       {{"ApproveProductInitiative", "PROPOSED > APPROVED"},
        {"RejectProductInitiative", "PROPOSED > REJECTED"},
        {"StartProductTrial", "APPROVED > TRIAL"},
        {"RecordProductSample", "TRIAL > ="},
        {"VoidProductSample", "TRIAL > ="},
        {"ReachInitiativeMilestone", "APPROVED, TRIAL, ROLLED_OUT > ="},
        {"ReopenInitiativeMilestone", "APPROVED, TRIAL, ROLLED_OUT > ="},
        {"WithdrawProductInitiative", "PROPOSED > WITHDRAWN"},
        {"RollOutProduct", "TRIAL > ROLLED_OUT"},
        {"EvaluateProductInitiative", "ROLLED_OUT > EVALUATED"},
        {"StopProductInitiative", "APPROVED, TRIAL, ROLLED_OUT > STOPPED"}}},
      //
      {"importantMatters",
       {{"BriefImportantMatter", "REPORTED, RESPONDED, DISCUSSED, APPROVED > ="},
        {"RespondToImportantMatter", "REPORTED > RESPONDED"},
        {"DiscussImportantMatter", "RESPONDED > DISCUSSED"},
        {"ApproveImportantMatter", "DISCUSSED > APPROVED"},
        {"ReturnImportantMatter", "DISCUSSED > RESPONDED"},
        {"WithdrawImportantMatter", "REPORTED > CLOSED"},
        {"CloseImportantMatter", "RESPONDED, APPROVED > CLOSED"}}},
      // G-15, G-16
      {"assessmentSheets",
       {{"SetAssessmentTargets", "OPEN > ="},
        {"RecordAssessmentActuals", "OPEN, SCORED > OPEN"},
        {"CoScoreAssessment", "OPEN, SCORED > OPEN"},
        {"ScoreAssessment", "OPEN, SCORED > SCORED"},
        {"HandOverAssessment", "SCORED > HANDED_OVER"},
        {"ReopenAssessment", "HANDED_OVER > OPEN"},
        {"SignAssessment", "HANDED_OVER > SIGNED"},
        {"ConsolidateAssessment", "SIGNED, HANDED_OVER > CONSOLIDATED"},
        {"CorrectAssessment", "SIGNED, CONSOLIDATED > OPEN"},
        {"VoidAssessment", "OPEN, SCORED > VOID"}}},
      // G-15
      {"assessmentTemplates",
       {{"SubmitAssessmentTemplate", "DRAFT > SUBMITTED"},
        {"ReturnAssessmentTemplate", "SUBMITTED > DRAFT"},
        {"ApproveAssessmentTemplate", "SUBMITTED > APPROVED"},
        {"ReviseAssessmentTemplate", "APPROVED > ="}}},
      //
      {"campaignInvitations",
       {{"RecordInvitationAnswer", "INVITED, ACCEPTED, DECLINED > ="},
        {"RecordAttendance", "INVITED, ACCEPTED, DECLINED > ATTENDED"},
        {"UndoAttendance", "ATTENDED > ="},
        {"WithdrawInvitation", "INVITED, ACCEPTED, DECLINED > WITHDRAWN"},
        {"LinkCampaignLead", "ATTENDED > ="}}},
      //
      {"campaigns",
       {{"RequestCampaignBudget", "DRAFT > BUDGET_REQUESTED"},
        {"ApproveCampaignBudget", "BUDGET_REQUESTED > BUDGETED"},
        {"RejectCampaignBudget", "BUDGET_REQUESTED > DRAFT"},
        {"WithdrawCampaignBudget", "BUDGET_REQUESTED > DRAFT"},
        {"OpenInvitations", "BUDGETED > INVITING"},
        {"StartCampaign", "INVITING > RUNNING"},
        {"AddCampaignCost", "BUDGETED, INVITING, RUNNING, CANCELLED > ="},
        {"VoidCampaignCost", "BUDGETED, INVITING, RUNNING, CANCELLED > ="},
        {"EvaluateCampaign", "RUNNING > EVALUATED"},
        {"ReopenCampaignEvaluation", "EVALUATED > RUNNING"},
        {"MoveCampaign", "BUDGETED, INVITING, RUNNING > ="},
        {"CancelCampaign", "DRAFT, BUDGET_REQUESTED, BUDGETED, INVITING, RUNNING > CANCELLED"},
        {"RegisterWalkIn", "RUNNING > ="},
        {"PassCampaignInformation", "BUDGETED, INVITING, RUNNING > ="}}},
      // G-12
      {"coordinationRequests",
       {{"AssignCoordinationRequest", "OPEN > OPEN"},
        {"AnswerCoordinationRequest", "OPEN > ANSWERED"},
        {"CloseCoordinationRequest", "ANSWERED > CLOSED"},
        {"ReopenCoordinationRequest", "ANSWERED > OPEN"},
        {"WithdrawCoordinationRequest", "OPEN > WITHDRAWN"},
        {"EscalateCoordinationRequest", "OPEN > OPEN"}}},
      //
      {"customerOpinions",
       {{"RouteCustomerOpinion", "RECORDED, ROUTED > ROUTED"},
        {"AnswerCustomerOpinion", "ROUTED > ANSWERED"},
        {"ReturnOpinionAnswer", "ANSWERED > ROUTED"},
        {"InformCustomer", "ANSWERED > INFORMED"},
        {"WithdrawCustomerOpinion", "RECORDED, ROUTED > WITHDRAWN"},
        {"CloseCustomerOpinion", "INFORMED > CLOSED"}}},
      //
      {"customerTrainings",
       {{"HoldCustomerTraining", "PLANNED > HELD"},
        {"EvaluateCustomerTraining", "HELD > EVALUATED"},
        {"SendTrainingDocument", "PLANNED, HELD, EVALUATED > ="},
        {"CancelCustomerTraining", "PLANNED > CANCELLED"}}},
      {"documentDeliveries",
       {{"ConfirmDocumentDelivery", "SENT > CONFIRMED"}, {"VoidDocumentDelivery", "SENT, CONFIRMED > VOID"}}},
      // G-23
      {"improvementItems",
       {{"PlanImprovement", "SUBMITTED > PLANNED"},
        {"ReassignImprovement", "PLANNED > ="},
        {"DeclineImprovement", "SUBMITTED, PLANNED > DECLINED"},
        {"CompleteImprovement", "PLANNED > DONE"},
        {"CheckImprovement", "DONE > ="}}},
      // G-05, R-24
      {"instructionRequests",
       {{"ApproveInstruction", "SUBMITTED > APPROVED"},
        {"RefuseInstruction", "SUBMITTED > REFUSED"},
        {"ForwardInstruction", "SUBMITTED > ="},
        {"NoteReport", "SUBMITTED > NOTED"},
        {"WithdrawInstruction", "SUBMITTED, APPROVED > WITHDRAWN"},
        {"ExecuteInstruction", "APPROVED > EXECUTED"}}},
      // G-06
      {"leaveRequests",
       {{"ApproveLeave", "SUBMITTED > APPROVED"},
        {"RejectLeave", "SUBMITTED > REJECTED"},
        {"WithdrawLeave", "SUBMITTED > WITHDRAWN"},
        {"CancelLeave", "APPROVED > CANCELLED"},
        {"ReturnFromLeave", "APPROVED > RETURNED"},
        {"CorrectLeaveReturn", "RETURNED > ="}}},
      //
      {"marketRecords",
       {{"ConfirmMarketRecord", "CURRENT > ="},
        {"SupersedeMarketRecord", "CURRENT > SUPERSEDED"},
        {"WithdrawMarketRecord", "CURRENT > WITHDRAWN"}}},
      //
      {"marketSurveys",
       {{"StartMarketSurvey", "PLANNED > RUNNING"},
        {"EvaluateMarketSurvey", "RUNNING > EVALUATED"},
        {"CancelMarketSurvey", "PLANNED, RUNNING > CANCELLED"}}},
      // G-11
      {"meetings",
       {{"HoldMeeting", "PLANNED, HELD > HELD"},
        {"PublishMinutes", "HELD, MINUTED > MINUTED"},
        {"CancelMeeting", "PLANNED > CANCELLED"}}},
      // G-07
      {"personnelActs",
       {{"DecidePersonnelAct", "PROPOSED > ="},
        {"RejectPersonnelAct", "PROPOSED > REJECTED"},
        {"VetoPersonnelAct", "PROPOSED, DECIDED > VETOED"},
        {"WithdrawPersonnelAct", "PROPOSED > WITHDRAWN"},
        {"RevokePersonnelAct", "DECIDED, FAILED > REVOKED"},
        {"RetryPersonnelAct", "FAILED > IN_EFFECT"},
        {"AddPersonnelOpinion", "PROPOSED > ="}}},
      // G-13
      {"policyDocuments",
       {{"SubmitPolicyDocument", "DRAFT > SUBMITTED"},
        {"ApprovePolicyDocument", "SUBMITTED > APPROVED"},
        {"ReturnPolicyDocument", "SUBMITTED > DRAFT"},
        {"DiscardPolicyDocument", "DRAFT, SUBMITTED > WITHDRAWN"},
        {"WithdrawPolicyDocument", "APPROVED > WITHDRAWN"}}},
      // G-01
      {"posts",
       {{"EstablishPost", "PROPOSED > ESTABLISHED"},
        {"RejectPost", "PROPOSED > REJECTED"},
        {"AbolishPost", "ESTABLISHED > ABOLISHED"}}},
      //
      {"promotionNotices", {{"ReceivePromotionNotice", "SENT > RECEIVED"}}},
      //
      {"publicStatements",
       {{"SubmitPublicStatement", "DRAFT > SUBMITTED"},
        {"ReturnPublicStatement", "SUBMITTED > DRAFT"},
        {"ApprovePublicStatement", "SUBMITTED > APPROVED"},
        {"DiscardPublicStatement", "DRAFT, SUBMITTED > DISCARDED"},
        {"RetirePublicStatement", "APPROVED > RETIRED"}}},
      // G-24
      {"resourceBookings",
       {{"DispatchBooking", "REQUESTED > CONFIRMED"},
        {"RefuseBooking", "REQUESTED > REFUSED"},
        {"HandOutBooking", "CONFIRMED > HANDED_OUT"},
        {"ReturnBooking", "HANDED_OUT > RETURNED"},
        {"CancelBooking", "REQUESTED, CONFIRMED > CANCELLED"}}},
      // G-08
      {"tasks",
       {{"StartTask", "OPEN > IN_PROGRESS"},
        {"CompleteTask", "OPEN, IN_PROGRESS > DONE"},
        {"AcceptTask", "DONE > ACCEPTED"},
        {"ReturnTask", "DONE > IN_PROGRESS"},
        {"TransferTask", "OPEN, IN_PROGRESS > OPEN"},
        {"CancelTask", "OPEN, IN_PROGRESS, DONE > CANCELLED"}}},
      // G-14
      {"trainingSessions",
       {{"HoldTraining", "PLANNED, HELD > HELD"},
        {"EvaluateTraining", "HELD > EVALUATED"},
        {"CancelTraining", "PLANNED > CANCELLED"}}},
      //
      {"visitPlans",
       {{"SubmitVisitPlan", "DRAFT > SUBMITTED"},
        {"ReturnVisitPlan", "SUBMITTED > DRAFT"},
        {"ApproveVisitPlan", "SUBMITTED > APPROVED"},
        {"CloseVisitPlan", "APPROVED > CLOSED"},
        {"SignVisitPlan", "DRAFT > ="}}},
      //
      {"visits",
       {{"PlanVisit", "PROPOSED > PLANNED"},
        {"ApproveVisit", "PROPOSED, PLANNED > APPROVED"},
        {"CheckInVisit", "PLANNED, APPROVED > CHECKED_IN"},
        {"UndoCheckIn", "CHECKED_IN > ="},
        {"CorrectVisitReport", "DONE > ="},
        {"CompleteVisit", "CHECKED_IN > DONE"},
        {"MarkVisitMissed", "PLANNED, APPROVED > MISSED"},
        {"CancelVisit", "PROPOSED, PLANNED, APPROVED > CANCELLED"},
        {"CommentVisit", "DONE > ="}}},
      //
      {"weeklyReports",
       {{"HandInWeeklyReport", "DRAFT > HANDED_IN"},
        {"ReviewWeeklyReport", "HANDED_IN > REVIEWED"},
        {"ReturnWeeklyReport", "HANDED_IN > DRAFT"}}},
      // G-10
      {"workReports",
       {{"SubmitWorkReport", "DRAFT > SUBMITTED"},
        {"ReviewWorkReport", "SUBMITTED > REVIEWED"},
        {"ReturnWorkReport", "SUBMITTED > DRAFT"}}},
  };
  return *kTables;
}

// A-01 - A-04, A-06 - A-08, A-10, A-13 - A-35, G-01, G-02, G-05 - G-16, G-22 - G-24
TEST(AllStatesTest, TheTablesSayWhatTheMethodsSay) {
  testing::ExpectMachines(World::Get().harness().registry(), Tables());
}

// A-01 - A-04, A-06 - A-08, A-10, A-13 - A-35, G-01, G-02, G-05 - G-16, G-22 - G-24
TEST(AllStatesTest, EveryVerbIsRefusedInEveryOtherState) {
  World& world = World::Get();
  const organization::v1::Employee person = world.AddEmployee("SM");
  testing::StatePairs pairs(world.harness(), world.As(person, "SM"));
  pairs.Use(world.AddDepartment().name());
  pairs.Use(world.AddAccount(world.As(person, "SM GAM")).name());
  pairs.Fill([](const std::string& verb, google::protobuf::Message* request) {
    if (verb != "RenewOwnership") return;
    const auto* follow_up = request->GetDescriptor()->FindFieldByName("follow_up");
    request->GetReflection()->SetString(request, follow_up, "visits/1");
  });
  EXPECT_GT(pairs.TryAll(), 700);
}

}  // namespace
}  // namespace kam::account

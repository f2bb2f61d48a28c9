// The verbs of the records of the pipeline: open in exactly the states that these tables name. That they are refused in
// every other state is tried by account-svc/states_test.cc.
#include <gtest/gtest.h>

#include <map>

#include "account-svc/testing/account_fixture.h"
#include "common/testing/state_pairs.h"

namespace kam::account {
namespace {

using testing::Machine;

const std::map<std::string, Machine>& Machines() {
  static const auto* const kMachines = new std::map<std::string, Machine>{
      //
      {"leads",
       {{"QualifyLead", "NEW > QUALIFIED"},
        {"DiscardLead", "NEW, QUALIFIED > DISCARDED"},
        {"AddLeadFollowUp", "NEW, QUALIFIED > ="},
        {"ConvertLead", "QUALIFIED > CONVERTED"}}},
      //
      {"followUpSheets",
       {{"ResubmitFollowUpSheet", "RETURNED, HANDED_IN > HANDED_IN"},
        {"SignFollowUpSheet", "HANDED_IN > SIGNED"},
        {"ReturnFollowUpSheet", "HANDED_IN > RETURNED"}}},
      //
      {"referrals", {{"RewardReferral", "SUCCEEDED > REWARDED"}}},
      {"crossSellOffers", {{"SellCrossSellOffer", "OFFERED > SOLD"}, {"DeclineCrossSellOffer", "OFFERED > DECLINED"}}},
      //
      {"opportunities",
       {{"AdvanceStage", "OPEN > ="}, {"WinOpportunity", "OPEN > WON"}, {"LoseOpportunity", "OPEN > LOST"}}},
      {"salesProcesses", {{"ReleaseSalesProcess", "DRAFT > RELEASED"}, {"RetireSalesProcess", "RELEASED > RETIRED"}}},
      {"opportunityReports",
       {{"AuditOpportunityReport", "SUBMITTED > AUDITED"}, {"ReturnOpportunityReport", "SUBMITTED > RETURNED"}}},
      //
      {"customerNeeds",
       {{"RouteCustomerNeed", "RECORDED, ROUTED > ROUTED"},
        {"AnalyseCustomerNeed", "RECORDED, ROUTED > ="},
        {"AnswerCustomerNeed", "ROUTED > ANSWERED"},
        {"TellCustomer", "ANSWERED > TOLD"}}},
      //
      {"accountPlans",
       {{"ApproveAccountPlan", "DRAFT > APPROVED"},
        {"StartAccountPlan", "APPROVED > RUNNING"},
        {"CompletePlanAction", "RUNNING > ="},
        {"ReviewAccountPlan", "RUNNING > REVIEWED"}}},
      //
      {"manufacturerSubmissions",
       {{"ReviewManufacturerSubmission", "PREPARED > REVIEWED"},
        {"SubmitManufacturerSubmission", "REVIEWED > SUBMITTED"},
        {"AcceptManufacturerSubmission", "SUBMITTED > ACCEPTED"},
        {"ReturnManufacturerSubmission", "SUBMITTED > RETURNED"},
        {"ReviseManufacturerSubmission", "REVIEWED, RETURNED > PREPARED"}}},
      //
      {"tenders",
       {{"PrepareTender", "NOTED > PREPARING"},
        {"PayBidBond", "PREPARING, APPROVED > ="},
        {"ApproveTender", "PREPARING > APPROVED"},
        {"ReviseTender", "APPROVED > PREPARING"},
        {"SubmitTender", "APPROVED > SUBMITTED"},
        {"OpenTender", "SUBMITTED > OPENED"},
        {"WinTender", "OPENED > WON"},
        {"LoseTender", "OPENED > LOST"},
        {"AbandonTender", "NOTED, PREPARING, APPROVED > ABANDONED"}}},
      {"contractDraftRequests",
       {{"RecordContractDraft", "REQUESTED > DRAFTED"}, {"DeclineContractDraft", "REQUESTED > DECLINED"}}},
      //
      {"solutions",
       {{"AssignSolution", "REQUESTED, ASSIGNED > ASSIGNED"},
        {"DraftSolution", "ASSIGNED, DRAFTED, REJECTED > DRAFTED"},
        {"ReviewSolution", "DRAFTED > REVIEWED"},
        {"ReturnSolution", "DRAFTED > ASSIGNED"},
        {"PresentSolution", "REVIEWED > PRESENTED"},
        {"AcceptSolution", "PRESENTED > ACCEPTED"},
        {"RejectSolution", "PRESENTED > REJECTED"},
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
        {"ReachInitiativeMilestone", "APPROVED, TRIAL, ROLLED_OUT > ="},
        {"RollOutProduct", "TRIAL > ROLLED_OUT"},
        {"EvaluateProductInitiative", "ROLLED_OUT > EVALUATED"}}},
      //
      {"importantMatters",
       {{"BriefImportantMatter", "REPORTED, RESPONDED, DISCUSSED, APPROVED > ="},
        {"RespondToImportantMatter", "REPORTED > RESPONDED"},
        {"DiscussImportantMatter", "RESPONDED > DISCUSSED"},
        {"ApproveImportantMatter", "DISCUSSED > APPROVED"},
        {"ReturnImportantMatter", "DISCUSSED > RESPONDED"},
        {"WithdrawImportantMatter", "REPORTED > CLOSED"},
        {"CloseImportantMatter", "RESPONDED, APPROVED > CLOSED"}}},
  };
  return *kMachines;
}

// A-18 - A-27
TEST(PipelineStatesTest, TheTablesSayWhatTheMethodsSay) {
  std::map<std::string, Machine> declared = testing::Machines(World::Get().harness().registry());
  for (const auto& [collection, machine] : Machines()) EXPECT_EQ(declared[collection], machine) << collection;
}

}  // namespace
}  // namespace kam::account

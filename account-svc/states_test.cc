// Every state of every record of account-svc with every verb.
#include <gtest/gtest.h>

#include <map>
#include <set>

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
      {"accountFileChecks", {{"ResolveAccountFileCheck", "OPEN > RESOLVED"}}},
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
       {{"DeclassifyCustomerDocument", "FILED > ="}, {"DestroyCustomerDocument", "FILED > DESTROYED"}}},
      {"documentGrants",
       {{"GrantDocumentAccess", "REQUESTED > GRANTED"},
        {"RefuseDocumentAccess", "REQUESTED > REFUSED"},
        {"RevokeDocumentAccess", "GRANTED > REVOKED"}}},
      //
      {"informationRequests",
       {{"AnswerInformationRequest", "REQUESTED > ANSWERED"}, {"RefuseInformationRequest", "REQUESTED > REFUSED"}}},
      //
      {"channelPartners",
       {{"ApproveChannelPartner", "PROPOSED > APPROVED"}, {"EndChannelPartner", "PROPOSED, APPROVED > ENDED"}}},
      {"channelIncidents",
       {{"AnswerChannelIncident", "OPEN > ANSWERED"}, {"CloseChannelIncident", "ANSWERED > CLOSED"}}},
      //
      {"externalOrganizations", {{"EndExternalOrganization", "ACTIVE > ENDED"}}},
      //
      {"visitProblems",
       {{"AnswerVisitProblem", "OPEN > ANSWERED"},
        {"ReopenVisitProblem", "ANSWERED > OPEN"},
        {"CloseVisitProblem", "ANSWERED > CLOSED"}}},
      {"visitReports", {{"HandInVisitReport", "DRAFT > HANDED_IN"}, {"ReviewVisitReport", "HANDED_IN > REVIEWED"}}},
      // G-22
      {"notifications", {{"MarkNotificationRead", "UNREAD > READ"}}},
      // G-02
      {"roleGrants", {{"ApproveRoleGrant", "PROPOSED > APPROVED"}, {"RejectRoleGrant", "PROPOSED > ="}}},
  };
  return *kTables;
}

// The tables of these stand in the tests of their areas.
const std::set<std::string>& TablesElsewhere() {
  static const auto* const kElsewhere = new std::set<std::string>{
      // pipeline/states_test.cc
      "accountPlans", "contractDraftRequests", "crossSellOffers", "customerNeeds", "followUpSheets", "importantMatters",
      "leads", "manufacturerSubmissions", "opportunities", "opportunityReports", "productInitiatives", "referrals",
      "salesProcesses", "solutions", "tenders", "testDrives",
      // visits/ and market/
      "campaignInvitations", "campaigns", "customerOpinions", "customerTrainings", "marketRecords", "marketSurveys",
      "promotionNotices", "publicStatements", "visitPlans", "visits", "weeklyReports",
      // people/ and work/
      "assessmentSheets", "assessmentTemplates", "coordinationRequests", "improvementItems", "instructionRequests",
      "leaveRequests", "meetings", "personnelActs", "policyDocuments", "posts", "resourceBookings", "tasks",
      "trainingSessions", "workReports"};
  return *kElsewhere;
}

// A-01 - A-04, A-06 - A-08, A-10, A-15 - A-17, A-29, G-02, G-09, G-22
TEST(AllStatesTest, TheTablesSayWhatTheMethodsSay) {
  std::map<std::string, Machine> declared = testing::Machines(World::Get().harness().registry());
  for (const auto& [collection, machine] : Tables()) EXPECT_EQ(declared[collection], machine) << collection;
  for (const auto& [collection, machine] : declared) {
    EXPECT_EQ(Tables().count(collection) + TablesElsewhere().count(collection), 1u)
        << collection << " has no table of its verbs: " << ::testing::PrintToString(machine);
  }
}

// A-01 - A-04, A-06 - A-08, A-10, A-13 - A-29, G-09
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

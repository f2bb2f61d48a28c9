// Every state of a complaint with every verb (S-02): open exactly where this table says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "aftersales-svc/testing/complaints.h"
#include "aftersales-svc/testing/states.h"
#include "common/testing/matchers.h"

namespace kam::aftersales::testing {
namespace {

using ::kam::testing::IsOk;

const std::map<std::string, Verb>& Verbs() {
  static const auto* verbs = new std::map<std::string, Verb>{
      {"AcceptComplaint", {{"RECEIVED"}, "ACCEPTED"}},
      {"ClassifyComplaint",
       {{"RECEIVED", "ACCEPTED", "ASSIGNED", "INVESTIGATING", "PROPOSED", "AGREED", "REOPENED"}, ""}},
      {"AssignComplaint", {{"ACCEPTED", "ASSIGNED", "INVESTIGATING", "PROPOSED", "REOPENED"}, ""}},
      {"InvolveManufacturer",
       {{"ACCEPTED", "ASSIGNED", "INVESTIGATING", "PROPOSED", "AGREED", "EXECUTED", "REOPENED"}, ""}},
      {"StartComplaintInvestigation", {{"ASSIGNED"}, "INVESTIGATING"}},
      {"RecordComplaintInvestigation", {{"INVESTIGATING"}, ""}},
      {"ProposeComplaintSolution", {{"INVESTIGATING"}, "PROPOSED"}},
      {"AgreeComplaintSolution", {{"PROPOSED"}, "AGREED"}},
      {"DeclineComplaintSolution", {{"PROPOSED", "AGREED"}, "INVESTIGATING"}},
      {"ExecuteComplaintSolution", {{"AGREED"}, "EXECUTED"}},
      {"ReplyToComplaint",
       {{"RECEIVED", "ACCEPTED", "ASSIGNED", "INVESTIGATING", "PROPOSED", "AGREED", "EXECUTED", "CONFIRMED", "REOPENED",
         "SUSPECTED_MALICIOUS"},
        ""}},
      {"ConfirmComplaint", {{"EXECUTED"}, "REOPENED"}},  // The request filled below says "not satisfied".
      {"CloseComplaint", {{"CONFIRMED"}, "CLOSED"}},
      {"RejectComplaint",
       {{"RECEIVED", "ACCEPTED", "ASSIGNED", "INVESTIGATING", "PROPOSED", "REOPENED", "SUSPECTED_MALICIOUS"},
        "REJECTED"}},
      {"ReopenComplaint", {{"CLOSED", "REJECTED", "CONFIRMED", "DUPLICATE"}, "REOPENED"}},
      {"MarkComplaintDuplicate", {{"RECEIVED", "ACCEPTED", "ASSIGNED", "INVESTIGATING", "REOPENED"}, "DUPLICATE"}},
      {"SuspectComplaint",
       {{"RECEIVED", "ACCEPTED", "ASSIGNED", "INVESTIGATING", "PROPOSED", "AGREED", "EXECUTED", "REOPENED"},
        "SUSPECTED_MALICIOUS"}},
      {"ClearComplaintSuspicion", {{"SUSPECTED_MALICIOUS"}, "AGREED"}},
      {"PauseComplaintClocks",
       {{"RECEIVED", "ACCEPTED", "ASSIGNED", "INVESTIGATING", "PROPOSED", "AGREED", "EXECUTED", "CONFIRMED",
         "REOPENED"},
        ""}},
      {"ResumeComplaintClocks",
       {{"RECEIVED", "ACCEPTED", "ASSIGNED", "INVESTIGATING", "PROPOSED", "AGREED", "EXECUTED", "CONFIRMED",
         "REOPENED"},
        ""}},
      {"ExplainOverdueComplaint",
       {{"RECEIVED", "ACCEPTED", "ASSIGNED", "INVESTIGATING", "PROPOSED", "AGREED", "EXECUTED", "CONFIRMED", "CLOSED",
         "REJECTED", "REOPENED", "SUSPECTED_MALICIOUS", "DUPLICATE"},
        ""}},
      {"EscalateComplaint",
       {{"RECEIVED", "ACCEPTED", "ASSIGNED", "INVESTIGATING", "PROPOSED", "AGREED", "EXECUTED", "CONFIRMED",
         "REOPENED"},
        ""}},
      {"DeescalateComplaint",
       {{"RECEIVED", "ACCEPTED", "ASSIGNED", "INVESTIGATING", "PROPOSED", "AGREED", "EXECUTED", "CONFIRMED",
         "REOPENED"},
        ""}},
  };
  return *verbs;
}

// S-02
TEST(ComplaintStatesTest, EveryVerbIsOpenInExactlyItsStates) {
  World& world = World::Fresh();
  const std::string account = world.NewAccount();
  StateMachine machine;
  machine.service = "kam.complaint.v1.ComplaintService";
  machine.table = "complaints";
  machine.states = cv1::ComplaintState_descriptor();
  machine.verbs = Verbs();
  machine.references = {{"employees", world.Name("CSR")}, {"complaints", MustCreate(world, account).name()}};
  machine.name = MustCreate(world, account).name();
  // With a reply, an investigation and a confirmation every rule beside the state is met.
  ASSERT_THAT(Reply(world, machine.name), IsOk());
  machine.columns =
      "state_before_suspicion = 'AGREED', investigation_cause = 'x', investigation_responsible_party = 'OURSELVES', "
      "investigation_investigator = NULL, confirmation_satisfied = 1, complaint_class = 'ORDINARY', escalation_level = "
      "0, duplicate_of = NULL, reopen_time = NULL";
  // Nobody has worked on it: whoever did may not end it, and here one person does everything.
  machine.fill = [&](const std::string&, google::protobuf::Message*) {
    world.harness().db().Execute("DELETE FROM changes WHERE collection = 'complaints'");
  };
  EXPECT_EQ(TryEveryVerbInEveryState(world, machine), 1 + 1 + 1 + 1 + 2 + 1 + 1 + 1 + 7 + 4 + 5 + 8 + 1)
      << "every change of state took place";
}

}  // namespace
}  // namespace kam::aftersales::testing

// Every state of a complaint with every verb (S-02): open exactly where this table says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/env.h"
#include "aftersales-svc/testing/complaints.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "kam/api/field.pb.h"
#include "kam/complaint/v1/complaint_service.pb.h"

namespace kam::aftersales::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct Verb {
  std::set<std::string> from;
  std::string to;  // Empty: the state stays, or a rule decides.
};

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

// Something valid in every field that must be set.
void FillRequired(World& world, const std::string& original, Message* request) {
  const auto* reflection = request->GetReflection();
  for (int i = 0; i < request->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = request->GetDescriptor()->field(i);
    const kam::api::Field& rules = field->options().GetExtension(kam::api::field);
    if (!rules.required() || field->is_repeated() || field->name() == "name") continue;
    if (rules.reference() == "employees") {
      reflection->SetString(request, field, world.Name("CSR"));
    } else if (rules.reference() == "complaints") {
      reflection->SetString(request, field, original);
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      reflection->SetString(request, field, "SVM");
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      reflection->SetEnum(request, field, field->enum_type()->value(field->enum_type()->value_count() - 1));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      reflection->SetInt32(request, field, 1);
    }
  }
}

// S-02
TEST(ComplaintStatesTest, EveryVerbIsOpenInExactlyItsStates) {
  World& world = World::Fresh();
  const auth::Principal almighty = world.Almighty();
  const std::string account = world.NewAccount();
  const std::string original = MustCreate(world, account).name();
  const std::string name = MustCreate(world, account).name();
  const std::string id = name.substr(name.find('/') + 1);
  // With a reply, an investigation and a confirmation every rule beside the state is met.
  ASSERT_TRUE(Reply(world, name).ok());
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("kam.complaint.v1.ComplaintService");
  std::set<std::string> seen;
  int open = 0;
  for (int m = 0; m < service->method_count(); ++m) {
    const auto* method = service->method(m);
    const auto verb = Verbs().find(method->name());
    if (method->options().GetExtension(kam::api::method).standard() != kam::api::STANDARD_UNSPECIFIED) continue;
    ASSERT_NE(verb, Verbs().end()) << method->name() << " is not in the table";
    seen.insert(method->name());
    const auto* states = cv1::ComplaintState_descriptor();
    for (int s = 1; s < states->value_count(); ++s) {
      const std::string state = resource::ShortEnumName(states->value(s));
      world.harness().db().Execute(absl::StrCat(
          "UPDATE complaints SET state = '", state,
          "', state_before_suspicion = 'AGREED', investigation_cause = 'x', investigation_responsible_party = "
          "'OURSELVES', confirmation_satisfied = 1, complaint_class = 'ORDINARY', escalation_level = 0, duplicate_of = "
          "NULL, reopen_time = NULL, investigation_investigator = NULL WHERE id = '",
          id, "'"));
      std::unique_ptr<Message> request(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
      FillRequired(world, original, request.get());
      request->GetReflection()->SetString(request.get(), method->input_type()->FindFieldByName("name"), name);
      cv1::Complaint answer;
      const absl::Status status =
          world.harness().CallMessage(almighty, absl::StrCat(kComplaints, method->name()), *request, &answer);
      const bool allowed = verb->second.from.count(state) > 0;
      EXPECT_EQ(Reason(status) != "STATE_NOT_ALLOWED", allowed) << method->name() << " in " << state << ": " << status;
      const std::string after = resource::ShortEnumName(states->FindValueByNumber(Get(world, name).state()));
      if (!status.ok()) {
        EXPECT_EQ(after, state) << method->name() << ": a refusal changes nothing";
      } else if (!verb->second.to.empty()) {
        EXPECT_EQ(after, verb->second.to) << method->name() << " from " << state;
        ++open;
      }
    }
  }
  EXPECT_EQ(seen.size(), Verbs().size());
  EXPECT_EQ(open, 1 + 1 + 1 + 1 + 2 + 1 + 1 + 1 + 7 + 4 + 5 + 8 + 1) << "every change of state took place";
}

}  // namespace
}  // namespace kam::aftersales::testing

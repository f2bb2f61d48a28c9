// Every state of every record of the pipeline with every verb: open exactly where these tables say so.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "account-svc/area.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "google/protobuf/descriptor.h"
#include "kam/api/field.pb.h"
#include "kam/api/method.pb.h"

namespace kam::account {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using resource::Kind;

// Verb: states it starts from > state it leads to ("=": it stays, or a rule decides).
using Machine = std::map<std::string, std::string>;

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

const kam::api::Method& Rules(const MethodDescriptor& method) {
  return method.options().GetExtension(kam::api::method);
}

class StatesTest : public ::testing::Test {
 protected:
  StatesTest() : world_(World::Get()), person_(world_.AddEmployee("SM")) {
    almighty_ = world_.As(person_, "SM");
    for (const auto& [name, entry] : world_.harness().registry().entries()) {
      almighty_.grants[entry.rules->permission()] = auth::Level::kAll;
    }
  }

  // Verbs of the pipeline by collection.
  static std::map<std::string, std::vector<const MethodDescriptor*>> Verbs() {
    std::map<std::string, std::vector<const MethodDescriptor*>> verbs;
    for (const absl::string_view name : PipelineArea().services) {
      const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(name));
      for (int i = 0; i < service->method_count(); ++i) {
        const MethodDescriptor* method = service->method(i);
        if (Rules(*method).transition().from().empty()) continue;
        verbs[Rules(*method).collection()].push_back(method);
      }
    }
    return verbs;
  }

  // Columns of a table that must not be NULL.
  std::set<std::string> NeededColumns(const std::string& table) {
    std::set<std::string> needed;
    const absl::Status status = world_.harness().db().database().Run(
        absl::Now() + absl::Seconds(10), [&](mysql::Connection& connection) -> absl::Status {
          ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                           connection.Query("SELECT c.column_name FROM information_schema.columns c WHERE "
                                            "c.table_schema = DATABASE() AND c.table_name = ? AND c.is_nullable = 'NO'",
                                            {mysql::Value(table)}));
          for (const mysql::Row& row : rows) needed.insert(row[0].text());
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return needed;
  }

  // Id of something of the collection.
  std::string IdIn(const std::string& collection) {
    if (collection == "employees") return IdOf(person_.name());
    std::string& id = ids_[collection];
    if (!id.empty()) return id;
    const std::string made = collection == "departments" ? world_.AddDepartment().name()
                             : collection == "accounts"
                                 ? world_.AddAccount(world_.As(person_, "SM GAM")).name()
                                 : AddRow(*world_.harness().runtime().catalog().FindCollection(collection));
    ids_[collection] = IdOf(made);
    return ids_[collection];
  }

  // A row with something in every column that must not be NULL; the name of the resource.
  std::string AddRow(const resource::Type& type) {
    const std::string id = world_.harness().NewId();
    std::vector<std::string> columns = {"id", "version", "create_time", "update_time", "creator", "updater"};
    const absl::Time now = world_.harness().clock().Now();
    std::vector<mysql::Value> values = {mysql::Value(id),
                                        mysql::Value(1),
                                        mysql::Value(now),
                                        mysql::Value(now),
                                        mysql::Value("employees/nobody"),
                                        mysql::Value("employees/nobody")};
    const std::set<std::string> needed = NeededColumns(type.table());
    const auto add = [&](const std::string& column, const mysql::Value& value) {
      if (needed.count(column) == 0) return;
      columns.push_back(column);
      values.push_back(value);
    };
    for (const resource::Field& field : type.fields()) {
      switch (field.kind) {
        case Kind::kEnum:
          add(field.column, mysql::Value(resource::ShortEnumName(field.descriptor->enum_type()->FindValueByNumber(1))));
          break;
        case Kind::kReference:
          if (needed.count(field.column) > 0) add(field.column, mysql::Value(IdIn(field.rules->reference())));
          break;
        case Kind::kName:
          add(field.column, mysql::Value(person_.name()));
          break;
        case Kind::kDate:
          add(field.column, mysql::Value("2026-01-05"));
          break;
        case Kind::kTimestamp:
          // Later from column to column: an end comes after its begin.
          add(field.column, mysql::Value(now + absl::Seconds(static_cast<int64_t>(columns.size()))));
          break;
        case Kind::kDecimal:
          add(field.column, mysql::Value("1"));
          break;
        case Kind::kInteger:
        case Kind::kBool:
          add(field.column, mysql::Value(1));
          break;
        case Kind::kMoney:
          add(absl::StrCat(field.column, "_amount"), mysql::Value("1"));
          add(absl::StrCat(field.column, "_currency"), mysql::Value("CNY"));
          break;
        default:
          add(field.column, mysql::Value("x"));
      }
    }
    const std::vector<std::string> marks(columns.size(), "?");
    const absl::Status status =
        world_.harness().db().database().Run(absl::Now() + absl::Seconds(10), [&](mysql::Connection& connection) {
          return connection
              .Execute(absl::StrCat("INSERT INTO ", type.table(), " (", absl::StrJoin(columns, ", "), ") VALUES (",
                                    absl::StrJoin(marks, ", "), ")"),
                       mysql::Params(values))
              .status();
        });
    EXPECT_TRUE(status.ok()) << type.table() << ": " << status;
    return absl::StrCat(type.collection(), "/", id);
  }

  // Something valid in every field that must be set.
  void Fill(Message* message) {
    const auto* reflection = message->GetReflection();
    for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = message->GetDescriptor()->field(i);
      const kam::api::Field& rules = field->options().GetExtension(kam::api::field);
      if (!rules.required() || field->name() == "name") continue;
      const std::string& collection = rules.reference();
      const std::string text = !collection.empty()                          ? NameOf(collection, IdIn(collection))
                               : rules.format() == kam::api::FORMAT_DATE    ? "2026-01-05"
                               : rules.format() == kam::api::FORMAT_DECIMAL ? "1"
                               : !rules.pattern().empty()                   ? "contracts/1"
                                                                            : "x";
      if (field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING) {
        reflection->AddString(message, field, text);
      } else if (field->is_repeated()) {
        Fill(reflection->AddMessage(message, field));
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        reflection->SetString(message, field, text);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        reflection->SetEnumValue(message, field, 1);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
        reflection->SetInt32(message, field, 1);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
        reflection->SetInt64(message, field, 1);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        reflection->MutableMessage(message, field);
      }
    }
  }

  World& world_;
  organization::v1::Employee person_;
  auth::Principal almighty_;
  std::map<std::string, std::string> ids_;  // By collection.
};

// A-18 - A-27
TEST_F(StatesTest, TheTablesSayWhatTheMethodsSay) {
  std::map<std::string, Machine> declared;
  for (const auto& [collection, methods] : Verbs()) {
    for (const MethodDescriptor* method : methods) {
      const kam::api::Transition& transition = Rules(*method).transition();
      declared[collection][method->name()] =
          absl::StrCat(absl::StrJoin(transition.from(), ", "), " > ", transition.to().empty() ? "=" : transition.to());
    }
  }
  for (const auto& [collection, machine] : declared) {
    const auto at = Machines().find(collection);
    if (at == Machines().end()) {
      ADD_FAILURE() << collection << " has no table";
      continue;
    }
    EXPECT_EQ(machine, at->second) << collection;
  }
  EXPECT_EQ(declared.size(), Machines().size());
}

// A-18 - A-27
TEST_F(StatesTest, EveryVerbIsRefusedInEveryOtherState) {
  int pairs = 0;
  for (const auto& [collection, methods] : Verbs()) {
    const resource::Type* type = world_.harness().runtime().catalog().FindCollection(collection);
    ASSERT_NE(type, nullptr) << collection;
    const std::string name = AddRow(*type);
    const auto* states = type->FindField("state")->descriptor->enum_type();
    for (const MethodDescriptor* method : methods) {
      const kam::api::Transition& transition = Rules(*method).transition();
      const std::set<std::string> from(transition.from().begin(), transition.from().end());
      for (int s = 1; s < states->value_count(); ++s) {
        const std::string state = resource::ShortEnumName(states->value(s));
        SCOPED_TRACE(absl::StrCat(method->name(), " in ", state));
        auto& db = world_.harness().db();
        db.Execute(absl::StrCat("UPDATE ", type->table(), " SET state = '", state, "' WHERE id = '", IdOf(name), "'"));
        std::unique_ptr<Message> request(
            google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->input_type())->New());
        Fill(request.get());
        request->GetReflection()->SetString(request.get(), method->input_type()->FindFieldByName("name"), name);
        std::unique_ptr<Message> answer(
            google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->output_type())->New());
        const absl::Status status = world_.harness().CallMessage(
            almighty_, absl::StrCat(method->service()->full_name(), "/", method->name()), *request, answer.get());
        EXPECT_EQ(Reason(status) != "STATE_NOT_ALLOWED", from.count(state) > 0) << status;
        EXPECT_NE(status.code(), absl::StatusCode::kInternal) << status;
        const std::string after =
            db.Get(absl::StrCat("SELECT state FROM ", type->table(), " WHERE id = '", IdOf(name), "'")).text();
        EXPECT_EQ(after, status.ok() && !transition.to().empty() ? transition.to() : state) << status;
        ++pairs;
      }
    }
  }
  EXPECT_GT(pairs, 60);
}

}  // namespace
}  // namespace kam::account

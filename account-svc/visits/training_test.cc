// Training of customers: material, attendance, feedback, the next session by usage.
#include "account-svc/testing/visits_fixture.h"
#include "common/testing/states.h"
#include "kam/account/v1/customer_training_service.pb.h"

namespace kam::account {
namespace {

using v1::CustomerTraining;

class TrainingTest : public VisitsFixture {
 protected:
  TrainingTest()
      : trainer_(world_.AddEmployee("PS", department_.name())),
        ps_(world_.As(trainer_, "PS")),
        stranger_(world_.As(world_.AddEmployee("PS", world_.AddDepartment().name()), "PS")) {}

  CustomerTraining Session(const std::string& account, const std::string& contact) const {
    CustomerTraining training;
    training.set_account(account);
    training.set_product("城市物流车");
    training.set_topic("使用与保养");
    *training.mutable_planned_start() = ToTimestamp(now_ - absl::Hours(2));
    *training.mutable_planned_end() = ToTimestamp(now_ - absl::Hours(1));
    training.set_usage(v1::PRODUCT_USAGE_NORMAL);
    v1::TrainingMaterial& material = *training.add_materials();
    material.set_title("使用手册");
    material.set_version("3.1");
    material.set_reference("dms://manual");
    training.add_attendees()->set_contact(contact);
    training.add_attendees()->set_attendee("司机甲");
    return training;
  }
  absl::StatusOr<CustomerTraining> Create(const auth::Principal& who, const CustomerTraining& training) {
    v1::CreateCustomerTrainingRequest request;
    *request.mutable_customer_training() = training;
    return Call<CustomerTraining>(who, "CustomerTrainingService/CreateCustomerTraining", request);
  }
  absl::StatusOr<CustomerTraining> Hold(const std::string& name, const std::vector<int>& attended) {
    v1::HoldCustomerTrainingRequest request;
    for (const int number : attended) request.add_attended(number);
    return Do<CustomerTraining>(ps_, "CustomerTrainingService/HoldCustomerTraining", request, name);
  }
  absl::StatusOr<CustomerTraining> Evaluate(const std::string& name, const std::vector<std::pair<int, int>>& scores,
                                            v1::ProductUsage usage = v1::PRODUCT_USAGE_UNSPECIFIED) {
    v1::EvaluateCustomerTrainingRequest request;
    request.set_summary("掌握良好");
    request.set_usage(usage);
    for (const auto& [attendee, score] : scores) {
      request.add_feedback()->set_attendee(attendee);
      request.mutable_feedback(request.feedback_size() - 1)->set_score(score);
    }
    return Do<CustomerTraining>(ps_, "CustomerTrainingService/EvaluateCustomerTraining", request, name);
  }
  int Due(const auth::Principal& who) {
    const auto due = Call<v1::ListDueCustomerTrainingsResponse>(who, "CustomerTrainingService/ListDueCustomerTrainings",
                                                                v1::ListDueCustomerTrainingsRequest());
    EXPECT_THAT(due, IsOk());
    return due.ok() ? due->rows_size() : -1;
  }

  organization::v1::Employee trainer_;
  auth::Principal ps_, stranger_;
};

//
TEST_F(TrainingTest, ASessionHasMaterialAttendanceAndFeedback) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string contact = AddContact(account.name()), stranger = AddContact(world_.AddAccount(kax_).name());
  CustomerTraining session = Session(account.name(), stranger);
  EXPECT_THAT(Create(ps_, session), HasReason("CONTACT_OTHER_ACCOUNT"));
  session = Session(account.name(), contact);
  session.add_attendees();
  EXPECT_THAT(Create(ps_, session), HasReason("ATTENDEE_REQUIRED"));
  session = Session(account.name(), contact);
  *session.mutable_planned_end() = session.planned_start();
  EXPECT_THAT(Create(ps_, session), HasReason("PERIOD_INVALID"));
  EXPECT_THAT(Create(stranger_, Session(account.name(), contact)), HasReason("OUT_OF_SCOPE"));
  session = Session(account.name(), contact);
  session.mutable_materials(0)->clear_version();
  EXPECT_THAT(Create(ps_, session), NamesField("customer_training.materials[0].version"));
  session.clear_materials();
  const auto bare = Create(ps_, session);
  ASSERT_THAT(bare, IsOk());
  EXPECT_THAT(Hold(bare->name(), {1}), HasReason("MATERIAL_REQUIRED"));
  const auto training = Create(ps_, Session(account.name(), contact));
  ASSERT_THAT(training, IsOk());
  EXPECT_THAT(Hold(training->name(), {}), NamesField("attended"));
  EXPECT_THAT(Hold(training->name(), {3}), HasReason("ATTENDEE_UNKNOWN"));
  ASSERT_THAT(Hold(training->name(), {1}), IsOk());
  EXPECT_EQ(LastContact(contact), Day());
  EXPECT_THAT(Evaluate(training->name(), {}), HasReason("FEEDBACK_REQUIRED"));
  EXPECT_THAT(Evaluate(training->name(), {{2, 5}}), HasReason("ATTENDEE_UNKNOWN")) << "he was not there";
  v1::SendTrainingDocumentRequest send;
  send.set_title("保养表");
  send.set_version("2026-1");
  send.set_contact(stranger);
  send.set_mode(v1::VISIT_MODE_LETTER);
  const std::string method = "CustomerTrainingService/SendTrainingDocument";
  EXPECT_THAT(Do<CustomerTraining>(ps_, method, send, training->name()), HasReason("CONTACT_OTHER_ACCOUNT"));
  send.set_contact(contact);
  const auto sent = Do<CustomerTraining>(ps_, method, send, training->name());
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->documents(0).version(), "2026-1");
  EXPECT_EQ(sent->documents(0).sender(), trainer_.name());
  const auto evaluated = Evaluate(training->name(), {{1, 4}});
  ASSERT_THAT(evaluated, IsOk());
  EXPECT_EQ(evaluated->average_score(), "4.00");
  v1::UpdateCustomerTrainingRequest update;
  update.mutable_customer_training()->set_name(training->name());
  update.mutable_customer_training()->set_topic("其他");
  EXPECT_THAT(Call<CustomerTraining>(ps_, "CustomerTrainingService/UpdateCustomerTraining", update),
              HasReason("TRAINING_NOT_PLANNED"));
}

// who has an older version of a document than was given out last is listed, to whoever reaches him.
TEST_F(TrainingTest, CustomersWithAnOldVersionAreListed) {
  const v1::Account one = world_.AddAccount(kax_), two = world_.AddAccount(kax_);
  const std::string title = absl::StrCat("保养表", world_.harness().NewId());
  const auto send = [&](const v1::Account& account, const std::string& version) {
    const std::string contact = AddContact(account.name());
    const auto training = Create(ps_, Session(account.name(), contact));
    EXPECT_THAT(training, IsOk());
    v1::SendTrainingDocumentRequest request;
    request.set_title(title);
    request.set_version(version);
    request.set_contact(contact);
    request.set_mode(v1::VISIT_MODE_LETTER);
    EXPECT_THAT(Do<CustomerTraining>(ps_, "CustomerTrainingService/SendTrainingDocument", request, training->name()),
                IsOk());
    MoveOn(absl::Hours(24));
  };
  const auto outdated = [&](const auth::Principal& who) {
    v1::ListOutdatedDocumentsRequest request;
    request.set_title(title);
    const auto list =
        Call<v1::ListOutdatedDocumentsResponse>(who, "CustomerTrainingService/ListOutdatedDocuments", request);
    EXPECT_THAT(list, IsOk());
    return list.value_or(v1::ListOutdatedDocumentsResponse());
  };
  send(one, "2026-1");
  EXPECT_EQ(outdated(kax_).rows_size(), 0);
  send(two, "2026-2");
  ASSERT_EQ(outdated(kax_).rows_size(), 1);
  EXPECT_EQ(outdated(kax_).rows(0).account(), one.name());
  EXPECT_EQ(outdated(kax_).rows(0).version(), "2026-1");
  EXPECT_EQ(outdated(kax_).rows(0).newest_version(), "2026-2");
  EXPECT_EQ(outdated(kax2_).rows_size(), 0) << "not his customers";
  send(one, "2026-2");
  EXPECT_EQ(outdated(kax_).rows_size(), 0);
}

// a manual, or information, is sent without a training; the receipt is put down, and what was wrong is taken
// back.
TEST_F(TrainingTest, DocumentsAreSentWithoutATraining) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string contact = AddContact(account.name()), driver = AddContact(account.name());
  const std::string stranger = AddContact(world_.AddAccount(kax_).name());
  const std::string service = "CustomerTrainingService/";
  const std::string title = absl::StrCat("车主手册", world_.harness().NewId());
  v1::CreateDocumentDeliveryRequest create;
  v1::DocumentDelivery& manual = *create.mutable_document_delivery();
  manual.set_account(account.name());
  manual.set_contact(stranger);
  manual.set_kind(v1::SENT_DOCUMENT_KIND_MANUAL);
  manual.set_title(title);
  manual.set_version("2");
  manual.set_mode(v1::VISIT_MODE_LETTER);
  const auto send = [&](const auth::Principal& who) {
    return Call<v1::DocumentDelivery>(who, service + "CreateDocumentDelivery", create);
  };
  EXPECT_THAT(send(ps_), HasReason("CONTACT_OTHER_ACCOUNT"));
  manual.set_contact(contact);
  EXPECT_THAT(send(stranger_), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(send(kax_), StatusIs(absl::StatusCode::kPermissionDenied));
  manual.set_sent_date(Day(1));
  EXPECT_THAT(send(ps_), NamesField("document_delivery.sent_date"));
  manual.clear_sent_date();
  const auto sent = send(ps_);
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->state(), v1::DOCUMENT_DELIVERY_STATE_SENT);
  EXPECT_EQ(sent->sent_date(), Day());
  EXPECT_EQ(sent->sender(), trainer_.name());
  const auto listed = [&](const std::string& state) {
    kam::api::ListRequest list;
    list.set_filter(absl::StrCat("title = \"", title, "\" AND state = ", state));
    const auto found = Call<v1::ListDocumentDeliveriesResponse>(kax_, service + "ListDocumentDeliveries", list);
    EXPECT_THAT(found, IsOk());
    return found.ok() ? found->document_deliveries_size() : -1;
  };
  EXPECT_EQ(listed("SENT"), 1) << "its receipt is missing";
  v1::ConfirmDocumentDeliveryRequest confirm;
  confirm.set_receipt("签收单扫描件");
  confirm.set_receiver(stranger);
  const std::string method = service + "ConfirmDocumentDelivery";
  EXPECT_THAT(Do<v1::DocumentDelivery>(ps_, method, confirm, sent->name()), HasReason("CONTACT_OTHER_ACCOUNT"));
  confirm.set_receiver(driver);
  confirm.set_receipt_date(Day(-1));
  EXPECT_THAT(Do<v1::DocumentDelivery>(ps_, method, confirm, sent->name()), NamesField("receipt_date"));
  confirm.clear_receipt_date();
  const auto confirmed = Do<v1::DocumentDelivery>(ps_, method, confirm, sent->name());
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_EQ(confirmed->receiver(), driver);
  EXPECT_EQ(confirmed->receipt_date(), Day());
  EXPECT_EQ(confirmed->confirmer(), trainer_.name());
  EXPECT_EQ(listed("SENT"), 0);
  EXPECT_EQ(listed("CONFIRMED"), 1);
  // Who has an older version is listed, whichever way either came; what was taken back counts no more.
  const v1::Account other = world_.AddAccount(kax_);
  manual.set_account(other.name());
  manual.set_contact(AddContact(other.name()));
  manual.set_version("1");
  manual.set_sent_date(Day(-1));
  const auto older = send(ps_);
  ASSERT_THAT(older, IsOk());
  v1::ListOutdatedDocumentsRequest outdated;
  outdated.set_title(title);
  const auto rows = [&] {
    return Call<v1::ListOutdatedDocumentsResponse>(kax_, service + "ListOutdatedDocuments", outdated)
        .value_or(v1::ListOutdatedDocumentsResponse());
  };
  ASSERT_EQ(rows().rows_size(), 1);
  EXPECT_EQ(rows().rows(0).account(), other.name());
  EXPECT_EQ(rows().rows(0).newest_version(), "2");
  v1::VoidDocumentDeliveryRequest take_back;
  take_back.set_reason("录错客户");
  ASSERT_THAT(Do<v1::DocumentDelivery>(ps_, service + "VoidDocumentDelivery", take_back, sent->name()), IsOk());
  EXPECT_EQ(rows().rows_size(), 0);
  EXPECT_EQ(listed("VOID"), 1);
}

// of what is sent on one day the later is the newer, in a training or without.
TEST_F(TrainingTest, TheLaterOfADayIsTheNewer) {
  const v1::Account account = world_.AddAccount(kax_), other = world_.AddAccount(kax_);
  const std::string contact = AddContact(account.name());
  const std::string title = absl::StrCat("车主手册", world_.harness().NewId());
  const auto training = Create(ps_, Session(account.name(), contact));
  ASSERT_THAT(training, IsOk());
  // To a morning: a day has both.
  const absl::TimeZone zone = world_.harness().runtime().zone();
  MoveOn(absl::FromCivil(absl::ToCivilDay(now_, zone) + 1, zone) + absl::Hours(10) - now_);
  v1::CreateDocumentDeliveryRequest create;
  v1::DocumentDelivery& manual = *create.mutable_document_delivery();
  manual.set_account(other.name());
  manual.set_contact(AddContact(other.name()));
  manual.set_kind(v1::SENT_DOCUMENT_KIND_MANUAL);
  manual.set_title(title);
  manual.set_version("V1");
  manual.set_mode(v1::VISIT_MODE_LETTER);
  ASSERT_THAT(Call<v1::DocumentDelivery>(ps_, "CustomerTrainingService/CreateDocumentDelivery", create), IsOk());
  MoveOn(absl::Hours(5));
  v1::SendTrainingDocumentRequest request;
  request.set_title(title);
  request.set_version("V2");
  request.set_contact(contact);
  request.set_mode(v1::VISIT_MODE_LETTER);
  ASSERT_THAT(Do<CustomerTraining>(ps_, "CustomerTrainingService/SendTrainingDocument", request, training->name()),
              IsOk());
  v1::ListOutdatedDocumentsRequest outdated;
  outdated.set_title(title);
  const auto list =
      Call<v1::ListOutdatedDocumentsResponse>(kax_, "CustomerTrainingService/ListOutdatedDocuments", outdated);
  ASSERT_THAT(list, IsOk());
  ASSERT_EQ(list->rows_size(), 1);
  EXPECT_EQ(list->rows(0).account(), other.name());
  EXPECT_EQ(list->rows(0).newest_version(), "V2");
}

//
TEST_F(TrainingTest, ADeliveryGoesThroughItsStates) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string contact = AddContact(account.name());
  v1::CreateDocumentDeliveryRequest create;
  create.mutable_document_delivery()->set_account(account.name());
  create.mutable_document_delivery()->set_contact(contact);
  create.mutable_document_delivery()->set_kind(v1::SENT_DOCUMENT_KIND_PRODUCT_INFORMATION);
  create.mutable_document_delivery()->set_title("配置表");
  create.mutable_document_delivery()->set_version("1");
  create.mutable_document_delivery()->set_mode(v1::VISIT_MODE_LETTER);
  const auto sent = Call<v1::DocumentDelivery>(ps_, "CustomerTrainingService/CreateDocumentDelivery", create);
  ASSERT_THAT(sent, IsOk());
  testing::StateMachine machine;
  machine.service = "kam.account.v1.CustomerTrainingService";
  machine.table = "document_deliveries";
  machine.states = v1::DocumentDeliveryState_descriptor();
  machine.verbs = {{"ConfirmDocumentDelivery", {{"SENT"}, "CONFIRMED"}},
                   {"VoidDocumentDelivery", {{"SENT", "CONFIRMED"}, "VOID"}}};
  machine.name = sent->name();
  machine.columns = "receipt = NULL";
  machine.references = {{"contacts", contact}};
  machine.fill = [](const std::string& verb, google::protobuf::Message* message) {
    if (verb == "ConfirmDocumentDelivery") {
      static_cast<v1::ConfirmDocumentDeliveryRequest&>(*message).clear_receipt_date();
    }
  };
  EXPECT_EQ(testing::TryEveryVerbInEveryState(world_.harness(), testing::Almighty(world_.harness(), gam_), machine), 3);
}

// who uses little is trained again soon; a session that is planned takes the customer from the list.
TEST_F(TrainingTest, TheNextSessionIsDueByUsage) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string contact = AddContact(account.name());
  const auto training = Create(ps_, Session(account.name(), contact));
  ASSERT_THAT(training, IsOk());
  ASSERT_THAT(Hold(training->name(), {1, 2}), IsOk());
  const auto evaluated = Evaluate(training->name(), {{1, 4}, {2, 5}}, v1::PRODUCT_USAGE_LOW);
  ASSERT_THAT(evaluated, IsOk());
  EXPECT_EQ(evaluated->average_score(), "4.50");
  EXPECT_EQ(evaluated->next_due_date(), *AddMonths(Day(), 3));
  EXPECT_EQ(Due(ps_), 0);
  MoveOn(absl::Hours(24 * 95));
  EXPECT_EQ(Due(ps_), 1);
  EXPECT_EQ(Due(kax_), 1) << "whose account it is sees it too";
  EXPECT_EQ(Due(stranger_), 0);
  ASSERT_THAT(Create(ps_, Session(account.name(), contact)), IsOk());
  EXPECT_EQ(Due(ps_), 0);
}

//
TEST_F(TrainingTest, EveryVerbIsOpenInExactlyItsStates) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string contact = AddContact(account.name());
  const auto training = Create(ps_, Session(account.name(), contact));
  ASSERT_THAT(training, IsOk());
  ASSERT_THAT(Hold(training->name(), {1}), IsOk());
  testing::StateMachine machine;
  machine.service = "kam.account.v1.CustomerTrainingService";
  machine.table = "customer_trainings";
  machine.states = v1::CustomerTrainingState_descriptor();
  machine.verbs = {{"HoldCustomerTraining", {{"PLANNED"}, "HELD"}},
                   {"EvaluateCustomerTraining", {{"HELD"}, "EVALUATED"}},
                   {"SendTrainingDocument", {{"PLANNED", "HELD", "EVALUATED"}, ""}},
                   {"CancelCustomerTraining", {{"PLANNED"}, "CANCELLED"}}};
  machine.name = training->name();
  machine.columns = "close_reason = NULL";
  machine.references = {{"contacts", contact}};
  machine.fill = [](const std::string& verb, google::protobuf::Message* message) {
    if (verb == "HoldCustomerTraining") {
      auto& hold = static_cast<v1::HoldCustomerTrainingRequest&>(*message);
      hold.clear_attended();
      hold.add_attended(1);
    } else if (verb == "EvaluateCustomerTraining") {
      auto& evaluate = static_cast<v1::EvaluateCustomerTrainingRequest&>(*message);
      evaluate.add_feedback()->set_attendee(1);
      evaluate.mutable_feedback(0)->set_score(5);
    }
  };
  EXPECT_EQ(testing::TryEveryVerbInEveryState(world_.harness(), testing::Almighty(world_.harness(), gam_), machine), 3);
}

// a training that is put down later has the day on which it was held, and those who came unexpected.
TEST_F(TrainingTest, ATrainingIsPutDownLaterWithWhoCame) {
  MoveOn(absl::Hours(24));
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  const std::string contact = AddContact(account.name()), unexpected = AddContact(account.name());
  const auto planned = Create(ps_, Session(account.name(), contact));
  ASSERT_THAT(planned, IsOk());
  const std::string held_on = TodayText(FromTimestamp(planned->planned_start()), world_.harness().runtime().zone());
  MoveOn(absl::Hours(72));
  v1::HoldCustomerTrainingRequest request;
  request.add_attended(2);
  v1::TrainingAttendee& came = *request.add_unexpected();
  const std::string method = "CustomerTrainingService/HoldCustomerTraining";
  EXPECT_THAT(Do<CustomerTraining>(ps_, method, request, planned->name()), NamesField("unexpected[0].attendee"));
  came.set_contact(unexpected);
  came.set_score(5);
  // One is planned, the other named twice.
  request.add_unexpected()->set_contact(contact);
  request.add_unexpected()->set_contact(unexpected);
  request.set_held_date(*AddDays(held_on, -1));
  EXPECT_THAT(Do<CustomerTraining>(ps_, method, request, planned->name()), HasReason("DATE_TOO_EARLY"));
  request.set_held_date(Day(1));
  EXPECT_THAT(Do<CustomerTraining>(ps_, method, request, planned->name()), HasReason("DATE_IN_FUTURE"));
  request.set_held_date(held_on);
  const auto held = Do<CustomerTraining>(ps_, method, request, planned->name());
  ASSERT_THAT(held, IsOk());
  EXPECT_EQ(held->held_date(), held_on);
  ASSERT_EQ(held->attendees_size(), 3);
  EXPECT_TRUE(held->attendees(0).attended()) << "each once";
  EXPECT_EQ(held->attendees(0).contact(), contact);
  EXPECT_TRUE(held->attendees(2).attended());
  EXPECT_EQ(held->attendees(2).score(), 0) << "what he thinks of it is asked later";
  EXPECT_EQ(LastContact(unexpected), held_on);
  const auto evaluated = Evaluate(planned->name(), {{3, 4}});
  ASSERT_THAT(evaluated, IsOk());
  EXPECT_EQ(evaluated->next_due_date(), *AddMonths(held_on, 6));
}

}  // namespace
}  // namespace kam::account

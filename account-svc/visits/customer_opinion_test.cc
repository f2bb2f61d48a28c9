// Opinions of customers: a closed loop that ends with the customer.
#include "account-svc/testing/grants.h"
#include "account-svc/testing/visits_fixture.h"
#include "common/testing/states.h"
#include "kam/account/v1/customer_opinion_service.pb.h"

namespace kam::account {
namespace {

using v1::CustomerOpinion;

class CustomerOpinionTest : public VisitsFixture {
 protected:
  CustomerOpinionTest()
      : plant_(world_.AddDepartment()),
        expert_(world_.AddEmployee("PS", plant_.name())),
        ps_(world_.As(expert_, "PS")) {
    for (const char* role : {"PS", "GAM"}) GrantRole(world_, role, "customer_opinion.answer");
    GrantRole(world_, "GAM", "customer_opinion.route");
    GrantRole(world_, "GAM", "customer_opinion.write");
  }

  absl::StatusOr<CustomerOpinion> Record(const std::string& account, const std::string& reference = "返利政策2026") {
    v1::CreateCustomerOpinionRequest request;
    CustomerOpinion& opinion = *request.mutable_customer_opinion();
    opinion.set_account(account);
    opinion.set_subject(v1::OPINION_SUBJECT_POLICY);
    opinion.set_subject_reference(reference);
    opinion.set_opinion("返利结算太慢");
    return Call<CustomerOpinion>(kax_, "CustomerOpinionService/CreateCustomerOpinion", request);
  }
  absl::StatusOr<CustomerOpinion> Route(const std::string& name) { return Route(name, expert_.name()); }
  absl::StatusOr<CustomerOpinion> Route(const std::string& name, const std::string& handler) {
    v1::RouteCustomerOpinionRequest request;
    request.set_department(plant_.name());
    request.set_handler(handler);
    return Do<CustomerOpinion>(kax_, "CustomerOpinionService/RouteCustomerOpinion", request, name);
  }
  absl::StatusOr<CustomerOpinion> Answer(const std::string& name, const std::string& change = {}) {
    v1::AnswerCustomerOpinionRequest request;
    request.set_answer("改为按月结算");
    request.set_change_made(change);
    return Do<CustomerOpinion>(ps_, "CustomerOpinionService/AnswerCustomerOpinion", request, name);
  }
  absl::StatusOr<CustomerOpinion> Close(const std::string& name) {
    return Do<CustomerOpinion>(kax_, "CustomerOpinionService/CloseCustomerOpinion", v1::CloseCustomerOpinionRequest(),
                               name);
  }

  int64_t Told(const std::string& person, const std::string& name) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(*) FROM notifications WHERE recipient = '", IdOf(person), "' AND subject = '",
                          name, "'"))
        .integer();
  }
  CustomerOpinion Read(const std::string& name) {
    kam::api::GetRequest get;
    get.set_name(name);
    return Call<CustomerOpinion>(kax_, "CustomerOpinionService/GetCustomerOpinion", get).value_or(CustomerOpinion());
  }

  organization::v1::Department plant_;
  organization::v1::Employee expert_;
  auth::Principal ps_;
};

// recorded, routed, answered, told, closed; not closed before the customer was told.
TEST_F(CustomerOpinionTest, AnOpinionIsClosedOnlyWhenTheCustomerWasTold) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string contact = AddContact(account.name()), stranger = AddContact(world_.AddAccount(kax_).name());
  const auto opinion = Record(account.name());
  ASSERT_THAT(opinion, IsOk());
  EXPECT_EQ(opinion->recorder(), seller_.name());
  EXPECT_EQ(opinion->opinion_date(), Day());
  EXPECT_THAT(Close(opinion->name()), HasReason("STATE_NOT_ALLOWED"));
  v1::RouteCustomerOpinionRequest elsewhere;
  elsewhere.set_department(plant_.name());
  elsewhere.set_handler(other_.name());
  EXPECT_THAT(Do<CustomerOpinion>(kax_, "CustomerOpinionService/RouteCustomerOpinion", elsewhere, opinion->name()),
              HasReason("HANDLER_NOT_IN_DEPARTMENT"));
  const auto routed = Route(opinion->name());
  ASSERT_THAT(routed, IsOk());
  EXPECT_GT(FromTimestamp(routed->due_time()), now_);
  v1::UpdateCustomerOpinionRequest update;
  update.mutable_customer_opinion()->set_name(opinion->name());
  update.mutable_customer_opinion()->set_opinion("其他");
  EXPECT_THAT(Call<CustomerOpinion>(kax_, "CustomerOpinionService/UpdateCustomerOpinion", update),
              HasReason("OPINION_ROUTED"));
  v1::AnswerCustomerOpinionRequest own;
  own.set_answer("我来答");
  EXPECT_THAT(Do<CustomerOpinion>(gam_, "CustomerOpinionService/AnswerCustomerOpinion", own, opinion->name()),
              HasReason("NOT_THE_HANDLER"));
  ASSERT_THAT(Answer(opinion->name(), "结算周期改为一个月"), IsOk());
  EXPECT_THAT(Close(opinion->name()), HasReason("STATE_NOT_ALLOWED")) << "the customer was not told";
  v1::InformCustomerRequest inform;
  inform.set_mode(v1::VISIT_MODE_PHONE);
  inform.set_contact(stranger);
  const std::string method = "CustomerOpinionService/InformCustomer";
  EXPECT_THAT(Do<CustomerOpinion>(kax_, method, inform, opinion->name()), HasReason("CONTACT_OTHER_ACCOUNT"));
  inform.set_contact(contact);
  *inform.mutable_inform_time() = ToTimestamp(now_ - absl::Hours(1));
  EXPECT_THAT(Do<CustomerOpinion>(kax_, method, inform, opinion->name()), HasReason("INFORMED_BEFORE_ANSWER"));
  *inform.mutable_inform_time() = ToTimestamp(now_ + absl::Hours(1));
  EXPECT_THAT(Do<CustomerOpinion>(kax_, method, inform, opinion->name()), HasReason("TIME_IN_FUTURE"));
  inform.clear_inform_time();
  const auto informed = Do<CustomerOpinion>(kax_, method, inform, opinion->name());
  ASSERT_THAT(informed, IsOk());
  EXPECT_EQ(informed->informer(), seller_.name());
  EXPECT_EQ(informed->informed_contact(), contact);
  EXPECT_EQ(LastContact(contact), Day());
  const auto closed = Close(opinion->name());
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), v1::OPINION_STATE_CLOSED);
  EXPECT_EQ(closed->change_made(), "结算周期改为一个月");
}

// the visit on which it was heard is one to that customer, within reach.
TEST_F(CustomerOpinionTest, TheVisitOfAnOpinionIsOneToTheCustomer) {
  const v1::Account account = world_.AddAccount(kax_), elsewhere = world_.AddAccount(kax_),
                    foreign = world_.AddAccount(kax2_);
  const auto visit = CreateVisit(kax_, MakeVisit(elsewhere.name(), absl::Hours(1), absl::Hours(2)));
  const auto unseen = CreateVisit(kax2_, MakeVisit(foreign.name(), absl::Hours(1), absl::Hours(2)));
  const auto right = CreateVisit(kax_, MakeVisit(account.name(), absl::Hours(3), absl::Hours(4)));
  ASSERT_THAT(visit, IsOk());
  ASSERT_THAT(unseen, IsOk());
  ASSERT_THAT(right, IsOk());
  v1::CreateCustomerOpinionRequest create;
  CustomerOpinion& opinion = *create.mutable_customer_opinion();
  opinion.set_account(account.name());
  opinion.set_subject(v1::OPINION_SUBJECT_PRODUCT);
  opinion.set_subject_reference("轻卡");
  opinion.set_opinion("油耗高");
  opinion.set_visit(visit->name());
  const std::string method = "CustomerOpinionService/CreateCustomerOpinion";
  EXPECT_THAT(Call<CustomerOpinion>(kax_, method, create), HasReason("VISIT_OF_ANOTHER_ACCOUNT"));
  opinion.set_visit(unseen->name());
  EXPECT_THAT(Call<CustomerOpinion>(kax_, method, create), HasReason("OUT_OF_SCOPE"));
  opinion.set_visit(right->name());
  EXPECT_THAT(Call<CustomerOpinion>(kax_, method, create), IsOk());
}

// nobody answers what he brought or passes on, nor closes what he answered.
TEST_F(CustomerOpinionTest, AnOpinionIsAnsweredBySomebodyElse) {
  const organization::v1::Employee manager = world_.AddEmployee("KAM", department_.name(), {head_.name()});
  const auth::Principal kam = world_.As(manager, "KAM");
  const v1::Account account = world_.AddAccount(kam);
  v1::CreateCustomerOpinionRequest create;
  create.mutable_customer_opinion()->set_account(account.name());
  create.mutable_customer_opinion()->set_subject(v1::OPINION_SUBJECT_PRODUCT);
  create.mutable_customer_opinion()->set_subject_reference("轻卡");
  create.mutable_customer_opinion()->set_opinion("油耗高");
  const auto opinion = Call<CustomerOpinion>(kam, "CustomerOpinionService/CreateCustomerOpinion", create);
  ASSERT_THAT(opinion, IsOk());
  v1::RouteCustomerOpinionRequest route;
  route.set_department(department_.name());
  route.set_handler(manager.name());
  const std::string method = "CustomerOpinionService/RouteCustomerOpinion";
  EXPECT_THAT(Do<CustomerOpinion>(kam, method, route, opinion->name()), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Do<CustomerOpinion>(gam_, method, route, opinion->name()), HasReason("SEPARATION_OF_DUTIES"))
      << "he brought it";
  route.set_handler(head_.name());
  EXPECT_THAT(Do<CustomerOpinion>(gam_, method, route, opinion->name()), HasReason("SEPARATION_OF_DUTIES"))
      << "he passes it on";
  ASSERT_THAT(Do<CustomerOpinion>(kam, method, route, opinion->name()), IsOk());
  v1::AnswerCustomerOpinionRequest answer;
  answer.set_answer("改进标定");
  ASSERT_THAT(Do<CustomerOpinion>(gam_, "CustomerOpinionService/AnswerCustomerOpinion", answer, opinion->name()),
              IsOk());
  v1::InformCustomerRequest inform;
  inform.set_mode(v1::VISIT_MODE_PHONE);
  inform.set_contact(AddContact(account.name()));
  ASSERT_THAT(Do<CustomerOpinion>(kam, "CustomerOpinionService/InformCustomer", inform, opinion->name()), IsOk());
  const std::string close = "CustomerOpinionService/CloseCustomerOpinion";
  EXPECT_THAT(Do<CustomerOpinion>(gam_, close, v1::CloseCustomerOpinionRequest(), opinion->name()),
              HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Do<CustomerOpinion>(kam, close, v1::CloseCustomerOpinionRequest(), opinion->name()), IsOk());
}

// an answer that cannot be given to the customer is due again; what is late stays late and goes up.
TEST_F(CustomerOpinionTest, AnAnswerThatIsNoneIsDueAgain) {
  const auto opinion = Record(world_.AddAccount(kax_).name());
  ASSERT_THAT(opinion, IsOk());
  ASSERT_THAT(Route(opinion->name()), IsOk());
  MoveOn(absl::Hours(24 * 10));
  world_.RunDue();
  const auto answered = Answer(opinion->name());
  ASSERT_THAT(answered, IsOk());
  EXPECT_TRUE(answered->overdue());
  v1::ReturnOpinionAnswerRequest back;
  back.set_reason("没有说明时间");
  const auto again = Do<CustomerOpinion>(kax_, "CustomerOpinionService/ReturnOpinionAnswer", back, opinion->name());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->state(), v1::OPINION_STATE_ROUTED);
  EXPECT_GT(FromTimestamp(again->due_time()), now_);
  EXPECT_TRUE(again->overdue()) << "that it was late once stays";
  EXPECT_EQ(again->escalation_level(), 0);
}

// whoever is to answer is told, may answer, and so may the next above him whom it is put to.
TEST_F(CustomerOpinionTest, TheHandlerIsToldAndMayAnswer) {
  const organization::v1::Employee leader = world_.AddEmployee("PS"),
                                   porter = world_.AddEmployee("WH", plant_.name(), {leader.name()}),
                                   second = world_.AddEmployee("PS", plant_.name(), {porter.name()});
  const auto opinion = Record(world_.AddAccount(kax_).name());
  ASSERT_THAT(opinion, IsOk());
  EXPECT_THAT(Route(opinion->name(), porter.name()), HasReason("HANDLER_WITHOUT_RIGHT"));
  ASSERT_THAT(Route(opinion->name()), IsOk());
  EXPECT_EQ(Told(expert_.name(), opinion->name()), 1);
  ASSERT_THAT(Route(opinion->name(), second.name()), IsOk());
  EXPECT_EQ(Told(second.name(), opinion->name()), 1);
  EXPECT_EQ(Told(expert_.name(), opinion->name()), 1);
  MoveOn(absl::Hours(24 * 7));
  world_.RunDue();
  EXPECT_EQ(Read(opinion->name()).escalated_to(), leader.name()) << "who may not answer is no help";
}

// in time are all three: passing it on, the answer, telling the customer.
TEST_F(CustomerOpinionTest, EveryStepOfAnOpinionIsDue) {
  const auto opinion = Record(world_.AddAccount(kax_).name());
  ASSERT_THAT(opinion, IsOk());
  const absl::Time route_by = FromTimestamp(opinion->due_time());
  ASSERT_GT(route_by, now_);
  MoveOn(route_by - now_);
  world_.RunDue();
  EXPECT_FALSE(Read(opinion->name()).overdue()) << "at the due time it is in time";
  MoveOn(absl::Minutes(1));
  world_.RunDue();
  const CustomerOpinion waiting = Read(opinion->name());
  EXPECT_TRUE(waiting.overdue());
  EXPECT_EQ(waiting.escalated_to(), head_.name());
  EXPECT_EQ(Told(head_.name(), opinion->name()), 1);
  const auto routed = Route(opinion->name());
  ASSERT_THAT(routed, IsOk());
  EXPECT_EQ(routed->escalated_to(), "");
  const auto answered = Answer(opinion->name());
  ASSERT_THAT(answered, IsOk());
  const absl::Time tell_by = FromTimestamp(answered->due_time());
  ASSERT_GT(tell_by, now_);
  MoveOn(tell_by - now_ + absl::Minutes(1));
  world_.RunDue();
  EXPECT_EQ(Read(opinion->name()).escalated_to(), head_.name()) << "the customer was not told";
  v1::InformCustomerRequest inform;
  inform.set_mode(v1::VISIT_MODE_PHONE);
  inform.set_contact(AddContact(opinion->account()));
  ASSERT_THAT(Do<CustomerOpinion>(kax_, "CustomerOpinionService/InformCustomer", inform, opinion->name()), IsOk());
  const int32_t level = Read(opinion->name()).escalation_level();
  MoveOn(absl::Hours(24 * 10));
  world_.RunDue();
  EXPECT_EQ(Read(opinion->name()).escalation_level(), level) << "nothing is due any more";
}

// by subject and policy; only what the reader reaches.
TEST_F(CustomerOpinionTest, OpinionsAreSummedUpBySubjectAndPolicy) {
  const v1::Account one = world_.AddAccount(kax_), two = world_.AddAccount(kax_);
  const std::string policy = absl::StrCat("政策", world_.harness().NewId());
  const auto first = Record(one.name(), policy);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(Record(two.name(), policy), IsOk());
  ASSERT_THAT(Record(two.name(), policy), IsOk());
  ASSERT_THAT(Route(first->name()), IsOk());
  ASSERT_THAT(Answer(first->name(), "已改"), IsOk());
  v1::SummarizeCustomerOpinionsRequest request;
  request.set_from_date(Day());
  request.set_until_date(Day());
  const std::string method = "CustomerOpinionService/SummarizeCustomerOpinions";
  const auto summary = Call<v1::SummarizeCustomerOpinionsResponse>(kax_, method, request);
  ASSERT_THAT(summary, IsOk());
  ASSERT_EQ(summary->rows_size(), 1);
  const v1::OpinionSummary& row = summary->rows(0);
  EXPECT_EQ(row.subject_reference(), policy);
  EXPECT_EQ(row.opinions(), 3);
  EXPECT_EQ(row.accounts(), 2);
  EXPECT_EQ(row.open(), 2);
  EXPECT_EQ(row.changed(), 1);
  EXPECT_EQ(row.informed(), 0);
  const auto foreign = Call<v1::SummarizeCustomerOpinionsResponse>(kax2_, method, request);
  ASSERT_THAT(foreign, IsOk());
  EXPECT_EQ(foreign->rows_size(), 0);
}

//
TEST_F(CustomerOpinionTest, EveryVerbIsOpenInExactlyItsStates) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto opinion = Record(account.name());
  ASSERT_THAT(opinion, IsOk());
  auth::Principal almighty = testing::Almighty(world_.harness(), gam_);
  testing::StateMachine machine;
  machine.service = "kam.account.v1.CustomerOpinionService";
  machine.table = "customer_opinions";
  machine.states = v1::OpinionState_descriptor();
  machine.verbs = {{"RouteCustomerOpinion", {{"RECORDED", "ROUTED"}, "ROUTED"}},
                   {"AnswerCustomerOpinion", {{"ROUTED"}, "ANSWERED"}},
                   {"ReturnOpinionAnswer", {{"ANSWERED"}, "ROUTED"}},
                   {"InformCustomer", {{"ANSWERED"}, "INFORMED"}},
                   {"CloseCustomerOpinion", {{"INFORMED"}, "CLOSED"}},
                   {"WithdrawCustomerOpinion", {{"RECORDED", "ROUTED"}, "WITHDRAWN"}}};
  machine.name = opinion->name();
  machine.columns =
      absl::StrCat("handler = '", IdOf(expert_.name()), "', department = '", IdOf(plant_.name()), "', escalated_to = '",
                   IdOf(head_.name()), "', answerer = NULL, answer_time = '2026-01-05', due_time = '2026-01-05'");
  machine.references = {
      {"departments", plant_.name()}, {"employees", expert_.name()}, {"contacts", AddContact(account.name())}};
  machine.fill = [](const std::string& verb, google::protobuf::Message* message) {
    if (verb == "WithdrawCustomerOpinion") {
      static_cast<v1::WithdrawCustomerOpinionRequest&>(*message).clear_duplicate_of();
    }
  };
  EXPECT_EQ(testing::TryEveryVerbInEveryState(world_.harness(), almighty, machine), 7)
      << "what was put to the caller he does not take back";
}

// what was written down twice is taken back: nobody answers it, it is late for nobody and counts nowhere.
TEST_F(CustomerOpinionTest, AnOpinionWrittenDownTwiceIsTakenBack) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string reference = absl::StrCat("返利政策", world_.harness().NewId());
  const auto first = Record(account.name(), reference), twice = Record(account.name(), reference),
             routed = Record(account.name(), reference);
  const auto foreign = Record(world_.AddAccount(kax_).name());
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(twice, IsOk());
  ASSERT_THAT(routed, IsOk());
  ASSERT_THAT(foreign, IsOk());
  v1::WithdrawCustomerOpinionRequest withdraw;
  const std::string method = "CustomerOpinionService/WithdrawCustomerOpinion";
  EXPECT_THAT(Do<CustomerOpinion>(kax_, method, withdraw, twice->name()), NamesField("reason"));
  withdraw.set_reason("重复");
  for (const std::string& other : {twice->name(), foreign->name()}) {
    withdraw.set_duplicate_of(other);
    EXPECT_THAT(Do<CustomerOpinion>(kax_, method, withdraw, twice->name()), HasReason("OPINION_DUPLICATE_INVALID"));
  }
  withdraw.set_duplicate_of(first->name());
  const auto withdrawn = Do<CustomerOpinion>(kax_, method, withdraw, twice->name());
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->state(), v1::OPINION_STATE_WITHDRAWN);
  EXPECT_EQ(withdrawn->duplicate_of(), first->name());
  EXPECT_EQ(withdrawn->withdraw_reason(), "重复");
  EXPECT_THAT(Route(twice->name()), HasReason("STATE_NOT_ALLOWED"));
  // Once it was passed on, neither who recorded it nor who is asked.
  ASSERT_THAT(Route(routed->name()), IsOk());
  EXPECT_THAT(Do<CustomerOpinion>(kax_, method, withdraw, routed->name()), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Do<CustomerOpinion>(world_.As(expert_, "PS KAPM"), method, withdraw, routed->name()),
              HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Do<CustomerOpinion>(world_.As(world_.AddEmployee("KAPM"), "KAPM"), method, withdraw, routed->name()),
              HasReason("NOT_THE_SUPERIOR"));
  const int64_t told = Told(expert_.name(), routed->name());
  ASSERT_THAT(Do<CustomerOpinion>(world_.As(head_, "GAM KAPM"), method, withdraw, routed->name()), IsOk());
  EXPECT_EQ(Told(expert_.name(), routed->name()), told + 1);
  MoveOn(absl::Hours(24 * 10));
  world_.RunDue();
  EXPECT_FALSE(Read(twice->name()).overdue());
  EXPECT_TRUE(Read(first->name()).overdue());
  v1::SummarizeCustomerOpinionsRequest request;
  request.set_from_date(Day(-11));
  request.set_until_date(Day());
  const auto summary =
      Call<v1::SummarizeCustomerOpinionsResponse>(kax_, "CustomerOpinionService/SummarizeCustomerOpinions", request);
  ASSERT_THAT(summary, IsOk());
  int counted = 0;
  for (const v1::OpinionSummary& row : summary->rows()) {
    if (row.subject_reference() == reference) counted += row.opinions();
  }
  EXPECT_EQ(counted, 1);
}

// an opinion is not made to vanish by the owner of the account, whom it may be about, nor by who is late with it;
// and what others were taken back for stays.
TEST_F(CustomerOpinionTest, AnOpinionIsTakenBackByWhoRecordedItInTimeOrSomebodyAbove) {
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  const organization::v1::Employee boss = world_.AddEmployee("SD", department_.name()),
                                   lead = world_.AddEmployee("KAM", department_.name(), {boss.name()});
  auth::Principal kam = world_.As(lead, "KAM"), above = world_.As(boss, "SD");
  kam.grants["customer_opinion.write"] = above.grants["customer_opinion.write"] = auth::Level::kAll;
  kam.grants["customer_opinion.read"] = above.grants["customer_opinion.read"] = auth::Level::kAll;
  const auto record = [&](const auth::Principal& who) {
    v1::CreateCustomerOpinionRequest request;
    request.mutable_customer_opinion()->set_account(account.name());
    request.mutable_customer_opinion()->set_subject(v1::OPINION_SUBJECT_SERVICE);
    request.mutable_customer_opinion()->set_subject_reference("客户经理");
    request.mutable_customer_opinion()->set_opinion("客户经理不回电话");
    return Call<CustomerOpinion>(who, "CustomerOpinionService/CreateCustomerOpinion", request);
  };
  const auto about_him = record(kam), same = record(kam), late = record(kax_);
  ASSERT_THAT(about_him, IsOk());
  ASSERT_THAT(same, IsOk());
  ASSERT_THAT(late, IsOk());
  v1::WithdrawCustomerOpinionRequest withdraw;
  withdraw.set_reason("误会");
  const std::string method = "CustomerOpinionService/WithdrawCustomerOpinion";
  EXPECT_THAT(Do<CustomerOpinion>(kax_, method, withdraw, about_him->name()), HasReason("NOT_THE_SUPERIOR"));
  withdraw.set_duplicate_of(about_him->name());
  ASSERT_THAT(Do<CustomerOpinion>(kam, method, withdraw, same->name()), IsOk());
  withdraw.clear_duplicate_of();
  const auto kept = Do<CustomerOpinion>(kam, method, withdraw, about_him->name());
  EXPECT_THAT(kept, HasReason("OPINION_HAS_DUPLICATES"));
  EXPECT_EQ(MetadataValue(kept.status(), "duplicate"), same->name());
  ASSERT_THAT(Route(about_him->name()), IsOk());
  EXPECT_THAT(Do<CustomerOpinion>(kax_, method, withdraw, about_him->name()), HasReason("NOT_THE_SUPERIOR"));
  MoveOn(absl::Hours(24 * 10));
  world_.RunDue();
  EXPECT_TRUE(Read(late->name()).overdue());
  EXPECT_THAT(Do<CustomerOpinion>(kax_, method, withdraw, late->name()), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Do<CustomerOpinion>(above, method, withdraw, late->name()), HasReason("NOT_THE_SUPERIOR"));
  EXPECT_THAT(Do<CustomerOpinion>(gam_, method, withdraw, late->name()), IsOk());
}

}  // namespace
}  // namespace kam::account

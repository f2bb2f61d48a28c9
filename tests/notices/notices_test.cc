// What happens in contract-svc and aftersales-svc reaches the inboxes of account-svc (G-22): the services as they run,
// each behind its own server over its own schema.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "account-svc/context.h"
#include "account-svc/rights_loader.h"
#include "account-svc/testing/account_fixture.h"
#include "aftersales-svc/aftersales_svc.h"
#include "common/service/notice_sender.h"
#include "common/service/rest.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/pricing_world.h"
#include "kam/api/standard.pb.h"
#include "kam/approval/v1/approval_delegation_service.pb.h"
#include "kam/complaint/v1/business_calendar_service.pb.h"
#include "kam/complaint/v1/clock_policy_service.pb.h"
#include "kam/complaint/v1/complaint_service.pb.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam {
namespace {

namespace og = organization::v1;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::SizeIs;

constexpr char kNotifications[] = "kam.organization.v1.NotificationService/";
// Longer than the first pause of a due item that has failed.
constexpr absl::Duration kPause = absl::Seconds(11);

// The way from another program to account-svc, as Peer has it.
class Way {
 public:
  Way(account::World& accounts, const std::string& program)
      : accounts_(accounts), program_(testing::Harness::Program(program, {"notification.deliver"})) {}

  service::AskAccountSvc Ask() {
    return [this](absl::string_view method, const google::protobuf::Message& request,
                  google::protobuf::Message* response, absl::Time) -> absl::Status {
      if (away) return Unavailable();
      if (hangs) {
        // As long as it takes to be counted as a long attempt.
        absl::Notification never;
        never.WaitForNotificationWithTimeout(service::Rest::kLongAttempt + absl::Milliseconds(100));
        return Unavailable();
      }
      RETURN_IF_ERROR(accounts_.harness().CallMessage(program_, method, request, response));
      ++arrived;
      return loses_answers ? Unavailable() : absl::OkStatus();
    };
  }

  std::atomic<bool> away = false;
  std::atomic<bool> hangs = false;
  std::atomic<bool> loses_answers = false;
  std::atomic<int> arrived = 0;

 private:
  static absl::Status Unavailable() {
    return RetryLater(absl::StatusCode::kUnavailable, "ACCOUNT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  }

  account::World& accounts_;
  const auth::Principal program_;
};

class NoticesTest : public ::testing::Test {
 protected:
  NoticesTest() : accounts_(account::World::Get()), department_(accounts_.AddDepartment()) {}
  void SetUp() override {
    const auto rights = account::ReadRights("account-svc/rights");
    ASSERT_THAT(rights, IsOk());
    ASSERT_THAT(account::LoadRights(accounts_.harness().db().database(), accounts_.harness().clock(), *rights), IsOk());
  }

  // A person of the department whom the other service knows as well.
  auth::Principal Person(const std::string& role, testing::Harness& other,
                         const std::vector<std::string>& superiors = {}) {
    const og::Employee employee = accounts_.AddEmployee(role, department_.name(), superiors);
    auth::Principal person = accounts_.As(employee, role);
    other.AddEmployeeScope(person.employee, person.department, "");
    return person;
  }
  std::vector<og::Notification> Inbox(const auth::Principal& who) {
    const auto page = accounts_.Call<og::ListNotificationsResponse>(
        who, absl::StrCat(kNotifications, "ListNotifications"), kam::api::ListRequest());
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) return {};
    return {page->notifications().begin(), page->notifications().end()};
  }
  void Mute(const auth::Principal& who, og::NotificationKind kind) {
    og::CreateNotificationPreferenceRequest request;
    request.mutable_notification_preference()->set_kind(kind);
    request.mutable_notification_preference()->set_muted(true);
    ASSERT_THAT(accounts_.Call<og::NotificationPreference>(
                    who, absl::StrCat(kNotifications, "CreateNotificationPreference"), request),
                IsOk());
  }
  static int64_t Waiting(testing::Harness& service) {
    return service.db().Get("SELECT COUNT(*) FROM outgoing_notices").integer();
  }

  account::World& accounts_;
  const og::Department department_;
};

class ApprovalNoticesTest : public NoticesTest {
 protected:
  // One contract-svc for all tests: each has people of its own.
  static void SetUpTestSuite() {
    shared_way_ = new Way(account::World::Get(), "contract-svc");
    shared_contracts_ = new contract::PricingWorld(shared_way_->Ask());
  }
  static void TearDownTestSuite() {
    delete shared_contracts_;
    delete shared_way_;
  }
  ApprovalNoticesTest()
      : way_(*shared_way_),
        contracts_(*shared_contracts_),
        seller_(Person("KAX", contracts_.harness())),
        manager_(Person("SM", contracts_.harness())) {
    way_.arrived = 0;
    contracts_.SetRoles(seller_, seller_.roles);
    contracts_.SetRoles(manager_, manager_.roles);
  }

  // A quote of the seller that the sales manager decides; the name of the request.
  std::string Submit() {
    const auto quote = contracts_.NewQuote(seller_, contracts_.NewAccount(seller_), contracts_.NewProduct("100"), "4");
    EXPECT_THAT(contracts_.Price(seller_, quote.name()), IsOk());
    const auto asked = contracts_.Submit(seller_, quote.name());
    EXPECT_TRUE(asked.ok()) << asked.status();
    return asked.ok() ? asked->approval() : "";
  }
  // Once more, when what has failed is tried again.
  void RunLater() {
    contracts_.harness().clock().Advance(kPause);
    contracts_.RunDue();
  }

  Way& way_;
  contract::PricingWorld& contracts_;
  const auth::Principal seller_, manager_;

 private:
  static Way* shared_way_;
  static contract::PricingWorld* shared_contracts_;
};

Way* ApprovalNoticesTest::shared_way_ = nullptr;
contract::PricingWorld* ApprovalNoticesTest::shared_contracts_ = nullptr;

// G-05, G-22: what waits for a decision is in the inbox of whoever may decide it, and of nobody else; whoever asked
// learns how it ended.
TEST_F(ApprovalNoticesTest, AnApprovalReachesTheDeciderAndItsOutcomeTheOneWhoAsked) {
  const og::Department elsewhere = accounts_.AddDepartment();
  const auth::Principal stranger = accounts_.As(accounts_.AddEmployee("SM", elsewhere.name()), "SM");
  const auth::Principal quiet = Person("SM", contracts_.harness());
  Mute(quiet, og::NOTIFICATION_KIND_APPROVAL);
  const std::string approval = Submit();
  contracts_.RunDue();
  const auto inbox = Inbox(manager_);
  ASSERT_THAT(inbox, SizeIs(1));
  EXPECT_EQ(inbox[0].kind(), og::NOTIFICATION_KIND_APPROVAL);
  EXPECT_EQ(inbox[0].subject(), approval);
  EXPECT_THAT(inbox[0].title(), HasSubstr("AP2026-"));
  EXPECT_EQ(inbox[0].due_date(), contracts_.Today(3));
  EXPECT_THAT(Inbox(stranger), IsEmpty());
  EXPECT_THAT(Inbox(quiet), IsEmpty()) << "he does not want to be told";
  EXPECT_THAT(Inbox(seller_), IsEmpty());

  ASSERT_THAT(contracts_.Approve(manager_, approval), IsOk());
  contracts_.RunDue();
  const auto outcome = Inbox(seller_);
  ASSERT_THAT(outcome, SizeIs(1));
  EXPECT_EQ(outcome[0].kind(), og::NOTIFICATION_KIND_DECISION);
  EXPECT_EQ(outcome[0].subject(), approval);
  EXPECT_THAT(Inbox(manager_), SizeIs(1));
  EXPECT_EQ(Waiting(contracts_.harness()), 0);
}

// G-22: while account-svc is away the request is filed all the same, and what is to be told waits; when it is back it
// comes, once.
TEST_F(ApprovalNoticesTest, WhileTheInboxesAreAwayItWaitsAndThenComesOnce) {
  way_.away = true;
  Submit();
  contracts_.RunDue();
  RunLater();
  EXPECT_EQ(way_.arrived, 0);
  EXPECT_EQ(Waiting(contracts_.harness()), 1);
  way_.away = false;
  contracts_.harness().clock().Advance(absl::Minutes(1));
  contracts_.RunDue();
  EXPECT_THAT(Inbox(manager_), SizeIs(1));
  EXPECT_EQ(Waiting(contracts_.harness()), 0);
  contracts_.harness().clock().Advance(absl::Hours(2));
  contracts_.RunDue();
  EXPECT_THAT(Inbox(manager_), SizeIs(1));
  EXPECT_EQ(way_.arrived, 1);
}

// G-22, G31: an answer that is lost on its way has it brought again, and told once.
TEST_F(ApprovalNoticesTest, WhatIsBroughtTwiceIsToldOnce) {
  way_.loses_answers = true;
  Submit();
  contracts_.RunDue();
  EXPECT_EQ(way_.arrived, 1);
  EXPECT_EQ(Waiting(contracts_.harness()), 1);
  way_.loses_answers = false;
  RunLater();
  EXPECT_EQ(way_.arrived, 2);
  EXPECT_EQ(Waiting(contracts_.harness()), 0);
  EXPECT_THAT(Inbox(manager_), SizeIs(1));
}

// G-22: programs that send at the same time share what is to be told.
TEST_F(ApprovalNoticesTest, TwoSendersBringDifferentNotices) {
  contracts_.RunDue();
  way_.arrived = 0;
  Submit();
  Submit();
  std::mutex mutex;
  std::condition_variable both;
  std::vector<std::string> asked;
  const service::AskAccountSvc meet = [&, ask = way_.Ask()](absl::string_view method,
                                                            const google::protobuf::Message& request,
                                                            google::protobuf::Message* response, absl::Time deadline) {
    {
      std::unique_lock<std::mutex> lock(mutex);
      asked.push_back(static_cast<const og::DeliverNoticesRequest&>(request).request_id());
      both.notify_all();
      EXPECT_TRUE(both.wait_for(lock, std::chrono::seconds(8), [&] { return asked.size() >= 2; }));
    }
    return ask(method, request, response, deadline);
  };
  std::vector<std::unique_ptr<schedule::Scheduler>> senders;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    senders.push_back(std::make_unique<schedule::Scheduler>(contracts_.harness().runtime(), "contract-svc"));
    service::RegisterNoticeSender(contracts_.harness().runtime(), meet, senders.back().get());
  }
  for (const auto& sender : senders) {
    threads.emplace_back([&, sender = sender.get()] {
      EXPECT_THAT(sender->RunDue(contracts_.harness().clock().Now(), absl::Now() + absl::Seconds(20)), IsOk());
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_THAT(asked, SizeIs(2));
  EXPECT_NE(asked[0], asked[1]) << "each has brought another";
  EXPECT_EQ(way_.arrived, 2);
  EXPECT_EQ(Waiting(contracts_.harness()), 0);
  EXPECT_THAT(Inbox(manager_), SizeIs(2));
}

// G-22: what a program had taken when it stopped is brought by another, and told once, also when the first goes on.
TEST_F(ApprovalNoticesTest, ASenderThatStopsIsFollowedByAnother) {
  contracts_.RunDue();
  way_.arrived = 0;
  Submit();
  const auto sender = [&](service::AskAccountSvc ask) {
    auto made = std::make_unique<schedule::Scheduler>(contracts_.harness().runtime(), "contract-svc");
    service::RegisterNoticeSender(contracts_.harness().runtime(), std::move(ask), made.get());
    return made;
  };
  const auto run = [&](schedule::Scheduler& which) {
    const auto done = which.RunDue(contracts_.harness().clock().Now(), absl::Now() + absl::Seconds(20));
    EXPECT_THAT(done, IsOk());
    return done.value_or(-1);
  };
  const auto second = sender(way_.Ask());
  const auto first = sender([&, ask = way_.Ask()](absl::string_view method, const google::protobuf::Message& request,
                                                  google::protobuf::Message* response, absl::Time deadline) {
    const absl::Status told = ask(method, request, response, deadline);
    EXPECT_EQ(run(*second), 0) << "the first has it";
    contracts_.harness().clock().Advance(absl::Seconds(61));
    EXPECT_EQ(run(*second), 1) << "nothing was heard of the first";
    return told;
  });
  EXPECT_EQ(run(*first), 0) << "it is no longer its own";
  EXPECT_EQ(way_.arrived, 2);
  EXPECT_EQ(Waiting(contracts_.harness()), 0);
  EXPECT_THAT(Inbox(manager_), SizeIs(1));
}

// G-22: while account-svc does not answer, what has not been tried is not counted as tried, and nothing is lost.
TEST_F(ApprovalNoticesTest, WhatRestsWasNotTried) {
  testing::TempDatabase& stored = contracts_.harness().db();
  const auto tried = [&] {
    return stored
        .Get("SELECT COUNT(*) FROM due_items WHERE kind = 'notice.send' AND done_time IS NULL AND attempts > 0")
        .integer();
  };
  Submit();
  Submit();
  way_.hangs = true;
  contracts_.RunDue();
  EXPECT_EQ(Waiting(contracts_.harness()), 2);
  EXPECT_EQ(tried(), 1) << "the second one waits until the rest is over";
  way_.hangs = false;
  for (const absl::Time limit = absl::Now() + absl::Seconds(30);
       Waiting(contracts_.harness()) > 0 && absl::Now() < limit;) {
    RunLater();
  }
  EXPECT_EQ(Waiting(contracts_.harness()), 0);
  EXPECT_EQ(way_.arrived, 2);
  EXPECT_THAT(Inbox(manager_), SizeIs(2));
}

// G-05, G-22: however many have lent their place, everybody is told.
TEST_F(ApprovalNoticesTest, ManyDelegationsKeepNobodyFromBeingTold) {
  testing::TempDatabase& stored = contracts_.harness().db();
  constexpr int kMany = 120;  // More than one DeliverNotices takes.
  for (int i = 0; i < kMany; ++i) {
    const std::string id = contracts_.harness().NewId();
    stored.Execute(absl::StrCat(
        "INSERT INTO approval_delegations (id, version, create_time, update_time, creator, updater, delegator, "
        "delegate, start_time, end_time, reason, state) VALUES ('",
        id, "', 1, '2025-01-01', '2025-01-01', 'test', 'test', '", contracts_.harness().NewId(), "', '",
        contracts_.harness().NewId(), "', '2025-01-01', '2027-01-01', 'holiday week', 'ACTIVE')"));
    stored.Execute(absl::StrCat("INSERT INTO approval_delegations_roles (parent_id, position, value) VALUES ('", id,
                                "', 0, 'SM')"));
  }
  Submit();
  EXPECT_EQ(Waiting(contracts_.harness()), 2) << "no more in one than may be told in one";
  contracts_.RunDue();
  EXPECT_THAT(Inbox(manager_), SizeIs(1));
  EXPECT_EQ(Waiting(contracts_.harness()), 0);
  stored.Execute("UPDATE approval_delegations SET state = 'REVOKED' WHERE reason = 'holiday week'");
}

// G-05, G-22: whoever is lent a place when something has been waiting for long is told so.
TEST_F(ApprovalNoticesTest, WhoIsLentAPlaceIsTold) {
  const auth::Principal deputy = Person("SM", contracts_.harness());
  contracts_.SetRoles(deputy, deputy.roles);
  approval::v1::CreateApprovalDelegationRequest request;
  approval::v1::ApprovalDelegation& delegation = *request.mutable_approval_delegation();
  delegation.set_delegate(deputy.subject);
  delegation.add_roles("SM");
  const int64_t now = absl::ToUnixSeconds(contracts_.harness().clock().Now());
  delegation.mutable_start_time()->set_seconds(now - 60);
  delegation.mutable_end_time()->set_seconds(now + 3600);
  delegation.set_reason("he leaves at noon");
  const auto lent = contracts_.harness().Call<approval::v1::ApprovalDelegation>(
      manager_, "kam.approval.v1.ApprovalDelegationService/CreateApprovalDelegation", request);
  ASSERT_THAT(lent, IsOk());
  contracts_.RunDue();
  const auto inbox = Inbox(deputy);
  ASSERT_THAT(inbox, SizeIs(1));
  EXPECT_EQ(inbox[0].subject(), lent->name());
  EXPECT_EQ(inbox[0].kind(), og::NOTIFICATION_KIND_APPROVAL);
  EXPECT_THAT(inbox[0].title(), HasSubstr("SM"));
  EXPECT_THAT(Inbox(manager_), IsEmpty());
}

namespace cv1 = complaint::v1;

class ComplaintNoticesTest : public NoticesTest {
 protected:
  ComplaintNoticesTest() : way_(accounts_, "aftersales-svc") {
    aftersales_ = std::make_unique<testing::Harness>(
        "aftersales-svc/schema", aftersales::FillCatalog, [this](resource::Runtime& runtime, rpc::Registry* registry) {
          scheduler_ = std::make_unique<schedule::Scheduler>(runtime, "aftersales-svc");
          aftersales::RegisterAll(runtime, scheduler_.get(), nullptr, aftersales::Policy(), registry, {}, way_.Ask());
        });
  }
  void RunDue() {
    EXPECT_THAT(scheduler_->RunDue(aftersales_->clock().Now(), absl::Now() + absl::Seconds(30)), IsOk());
  }
  template <typename Request>
  cv1::Complaint Do(const auth::Principal& who, absl::string_view verb, const Request& request) {
    const auto done =
        aftersales_->Call<cv1::Complaint>(who, absl::StrCat("kam.complaint.v1.ComplaintService/", verb), request);
    EXPECT_THAT(done, IsOk());
    return done.value_or(cv1::Complaint());
  }

  // An ordinary complaint is to be solved within an hour of the office.
  void LimitSolution(const auth::Principal& who) {
    cv1::CreateBusinessCalendarRequest create;
    cv1::BusinessCalendar& calendar = *create.mutable_business_calendar();
    calendar.set_code("office");
    calendar.set_time_zone("Asia/Shanghai");
    cv1::CalendarWindow& window = *calendar.add_windows();
    window.set_weekday(cv1::WEEKDAY_MONDAY);
    window.set_from_minute(9 * 60);
    window.set_to_minute(17 * 60);
    EXPECT_THAT(aftersales_->Call<cv1::BusinessCalendar>(
                    who, "kam.complaint.v1.BusinessCalendarService/CreateBusinessCalendar", create),
                IsOk());
    cv1::CreateClockPolicyRequest limit;
    cv1::ClockPolicy& policy = *limit.mutable_clock_policy();
    policy.set_complaint_class(cv1::COMPLAINT_CLASS_ORDINARY);
    policy.set_kind(cv1::CLOCK_KIND_SOLUTION);
    policy.set_allotment_minutes(60);
    policy.set_calendar_code("office");
    EXPECT_THAT(
        aftersales_->Call<cv1::ClockPolicy>(who, "kam.complaint.v1.ClockPolicyService/CreateClockPolicy", limit),
        IsOk());
  }

  Way way_;
  std::unique_ptr<schedule::Scheduler> scheduler_;
  std::unique_ptr<testing::Harness> aftersales_;
};

// S-02, S-03, S-05, G-22: also when its time is over.
TEST_F(ComplaintNoticesTest, AComplaintReachesItsHandlerAndThoseItIsEscalatedTo) {
  const auth::Principal desk = Person("CSM", *aftersales_), above = Person("ASS", *aftersales_);
  const auth::Principal handler = Person("AS", *aftersales_, {above.subject});
  LimitSolution(desk);
  const og::Department elsewhere = accounts_.AddDepartment();
  const auth::Principal stranger = accounts_.As(accounts_.AddEmployee("ASS", elsewhere.name()), "ASS");
  const std::string account = aftersales_->NewId();
  aftersales_->AddAccountScope(account, handler.employee, handler.employee, "", "Example Motors");

  cv1::CreateComplaintRequest create;
  cv1::Complaint& complaint = *create.mutable_complaint();
  complaint.set_account(absl::StrCat("accounts/", account));
  complaint.set_category(cv1::COMPLAINT_CATEGORY_PRODUCT);
  complaint.set_severity(cv1::SEVERITY_MEDIUM);
  complaint.set_description("The axle makes a noise.");
  complaint.set_channel(cv1::CONTACT_CHANNEL_PHONE);
  const std::string name = Do(desk, "CreateComplaint", create).name();
  cv1::AcceptComplaintRequest accept;
  accept.set_name(name);
  Do(desk, "AcceptComplaint", accept);
  cv1::AssignComplaintRequest assign;
  assign.set_name(name);
  assign.set_handler(handler.subject);
  Do(desk, "AssignComplaint", assign);
  RunDue();
  ASSERT_THAT(Inbox(handler), SizeIs(1));
  EXPECT_EQ(Inbox(handler)[0].subject(), name);
  EXPECT_EQ(Inbox(handler)[0].kind(), og::NOTIFICATION_KIND_TASK);
  EXPECT_THAT(Inbox(desk), IsEmpty());
  EXPECT_THAT(Inbox(above), IsEmpty());

  cv1::EscalateComplaintRequest escalate;
  escalate.set_name(name);
  escalate.set_level(1);
  escalate.set_role("ASS");
  escalate.set_reason("the customer threatens to leave");
  Do(desk, "EscalateComplaint", escalate);
  RunDue();
  ASSERT_THAT(Inbox(above), SizeIs(1));
  EXPECT_EQ(Inbox(above)[0].kind(), og::NOTIFICATION_KIND_ESCALATION);
  EXPECT_THAT(Inbox(above)[0].title(), ::testing::Not(HasSubstr("threatens")));
  EXPECT_THAT(Inbox(stranger), IsEmpty()) << "another department";
  EXPECT_THAT(Inbox(handler), SizeIs(2));

  // The hour is over: 10:00 in Shanghai.
  aftersales_->clock().Advance(absl::Hours(3));
  RunDue();  // The breach, which has what is to be told written down,
  RunDue();  // and brought.
  for (const auth::Principal& told : {handler, above}) {
    const auto inbox = Inbox(told);
    ASSERT_FALSE(inbox.empty());
    EXPECT_EQ(inbox.back().kind(), og::NOTIFICATION_KIND_DUE);
    EXPECT_EQ(inbox.back().subject(), name);
    EXPECT_EQ(inbox.back().due_date(), "2026-01-05");
  }
  EXPECT_THAT(Inbox(above), SizeIs(2));
  EXPECT_THAT(Inbox(handler), SizeIs(3));
  EXPECT_EQ(Waiting(*aftersales_), 0);
}

}  // namespace
}  // namespace kam

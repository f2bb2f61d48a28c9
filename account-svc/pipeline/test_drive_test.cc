// Test drives and new products, over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/pipeline/support_fixture.h"
#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/account/v1/product_initiative_service.pb.h"
#include "kam/account/v1/test_drive_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;
using v1::ProductInitiative;
using v1::TestDrive;

class DriveTest : public SupportTest {
 protected:
  // A car with a route to drive it on.
  void PrepareDrives() {
    v1::CreateDemoVehicleRequest vehicle;
    vehicle.mutable_demo_vehicle()->set_plate(absl::StrCat("沪A", world_.harness().NewId().substr(16)));
    vehicle.mutable_demo_vehicle()->set_model("商务车");
    vehicle.mutable_demo_vehicle()->add_licence_classes("C1");
    const auto car = world_.Call<v1::DemoVehicle>(gam_, "kam.account.v1.TestDriveService/CreateDemoVehicle", vehicle);
    ASSERT_THAT(car, IsOk());
    car_ = car->name();
    v1::CreateTestDriveRouteRequest route;
    route.mutable_test_drive_route()->set_display_name(absl::StrCat("路线", world_.harness().NewId()));
    route.mutable_test_drive_route()->set_description("展厅—高架—展厅");
    const auto made =
        world_.Call<v1::TestDriveRoute>(gam_, "kam.account.v1.TestDriveService/CreateTestDriveRoute", route);
    ASSERT_THAT(made, IsOk());
    route_ = made->name();
    v1::CreateLeadRequest lead;
    lead.mutable_lead()->set_display_name("王先生");
    lead.mutable_lead()->set_phone(world_.CompleteDraft().phone());
    lead.mutable_lead()->set_channel(v1::CHANNEL_SHOWROOM);
    lead.mutable_lead()->set_need("商务车");
    const auto came = world_.Call<v1::Lead>(kax_, "kam.account.v1.LeadService/CreateLead", lead);
    ASSERT_THAT(came, IsOk());
    lead_ = came->name();
  }
  TestDrive MakeDrive(absl::Duration start, absl::Duration end) {
    TestDrive drive;
    drive.set_lead(lead_);
    drive.set_customer_name("王先生");
    drive.set_licence_number("310101199001010011");
    drive.set_licence_class("C1");
    drive.set_licence_expiry(day(1));
    drive.set_vehicle(car_);
    drive.set_route(route_);
    *drive.mutable_planned_start() = ToTimestamp(clock().Now() + start);
    *drive.mutable_planned_end() = ToTimestamp(clock().Now() + end);
    return drive;
  }
  absl::StatusOr<TestDrive> Book(const auth::Principal& who, const TestDrive& drive) {
    v1::CreateTestDriveRequest request;
    *request.mutable_test_drive() = drive;
    return world_.Call<TestDrive>(who, "kam.account.v1.TestDriveService/CreateTestDrive", request);
  }

  std::string car_, route_, lead_;
};

// registered, licence valid, signed by both, accompanied; stopped on a deviation; the rate.
TEST_F(DriveTest, ATestDriveNeedsALicenceBothSignaturesAndCompany) {
  ASSERT_NO_FATAL_FAILURE(PrepareDrives());
  const std::string service = "TestDriveService/";
  TestDrive drive = MakeDrive(absl::Hours(1), absl::Hours(2));
  drive.clear_licence_number();
  EXPECT_THAT(Book(kax_, drive), NamesField("test_drive.licence_number"));
  drive = MakeDrive(absl::Hours(1), absl::Hours(2));
  drive.set_licence_expiry(day(-1));
  EXPECT_THAT(Book(kax_, drive), HasReason("LICENCE_INVALID"));
  drive.set_licence_expiry(day(1));
  drive.set_licence_class("E");
  EXPECT_THAT(Book(kax_, drive), HasReason("LICENCE_CLASS"));
  drive.set_licence_class("C1");
  drive.set_age(17);
  EXPECT_THAT(Book(kax_, drive), HasReason("AGE_TOO_LOW"));
  drive.set_age(18);
  drive.set_route("testDriveRoutes/00000000000000000000000009");
  EXPECT_THAT(Book(kax_, drive), HasReason("REFERENCE_NOT_FOUND"));
  drive.set_route(route_);
  const auto booked = Book(kax_, drive);
  ASSERT_THAT(booked, IsOk());
  EXPECT_EQ(booked->owner(), seller_.name());
  clock().Advance(absl::Hours(1));
  v1::StartTestDriveRequest start;
  start.set_licence_seen(true);
  start.set_customer_signature("dms://c");
  EXPECT_THAT(Do<TestDrive>(kax_, service + "StartTestDrive", booked->name(), start), NamesField("employee_signature"));
  start.set_employee_signature("dms://e");
  EXPECT_THAT(Do<TestDrive>(gam_, service + "StartTestDrive", booked->name(), start), HasReason("UNACCOMPANIED"));
  ASSERT_THAT(Do<TestDrive>(kax_, service + "StartTestDrive", booked->name(), start), IsOk());
  v1::StopTestDriveRequest stop;
  EXPECT_THAT(Do<TestDrive>(kax_, service + "StopTestDrive", booked->name(), stop), NamesField("reason"));
  stop.set_reason("偏离路线");
  EXPECT_EQ(Do<TestDrive>(kax_, service + "StopTestDrive", booked->name(), stop)->state(),
            v1::TEST_DRIVE_STATE_STOPPED);
  v1::FinishTestDriveRequest finish;
  finish.set_feedback("满意");
  EXPECT_THAT(Do<TestDrive>(kax_, service + "FinishTestDrive", booked->name(), finish), HasReason("STATE_NOT_ALLOWED"));
  v1::ReportTestDrivesRequest request;
  request.set_from_date(today());
  request.set_to_date(today());
  const auto report =
      world_.Call<v1::ReportTestDrivesResponse>(kax_, "kam.account.v1.TestDriveService/ReportTestDrives", request);
  ASSERT_THAT(report, IsOk());
  ASSERT_EQ(report->rows_size(), 1);
  EXPECT_THAT(report->rows(0), testing::EqualsProto(absl::StrCat("employee: '", seller_.name(),
                                                                 "' receptions: 1 test_drives: 1 customers: 1 "
                                                                 "stopped: 1 test_drive_percent: '100.00'")));
}

// car and salesperson are on one drive at a time; touching is no overlap, a cancelled drive takes no time.
TEST_F(DriveTest, ACarIsOnOneDriveAtATime) {
  ASSERT_NO_FATAL_FAILURE(PrepareDrives());
  const auto first = Book(kax_, MakeDrive(absl::Hours(1), absl::Hours(2)));
  ASSERT_THAT(first, IsOk());
  TestDrive other = MakeDrive(absl::Hours(1) + absl::Minutes(59), absl::Hours(3));
  other.set_owner(head_.name());
  EXPECT_THAT(Book(gam_, other), HasReason("VEHICLE_BOOKED"));
  const std::string car = car_;
  const std::string lead = lead_;
  ASSERT_NO_FATAL_FAILURE(PrepareDrives());
  EXPECT_THAT(Book(kax_, MakeDrive(absl::Minutes(90), absl::Hours(3))), HasReason("COMPANION_BOOKED"));
  car_ = car;
  lead_ = lead;
  ASSERT_THAT(Book(kax_, MakeDrive(absl::Hours(2), absl::Hours(3))), IsOk());
  v1::CancelTestDriveRequest cancel;
  cancel.set_reason("客户改期");
  ASSERT_THAT(Do<TestDrive>(kax_, "TestDriveService/CancelTestDrive", first->name(), cancel), IsOk());
  EXPECT_THAT(Book(kax_, MakeDrive(absl::Hours(1), absl::Hours(2))), IsOk());
}

// whoever goes along is beside one customer at a time, and drives in the time that was booked.
TEST_F(DriveTest, NobodyGoesAlongOnTwoDrivesAtATime) {
  ASSERT_NO_FATAL_FAILURE(PrepareDrives());
  EXPECT_THAT(Book(kax_, MakeDrive(-absl::Hours(2), -absl::Hours(1))), HasReason("TIME_IN_PAST"));
  const auto first = Book(kax_, MakeDrive(absl::Hours(1), absl::Hours(2)));
  ASSERT_THAT(first, IsOk());
  ASSERT_NO_FATAL_FAILURE(PrepareDrives());
  const auto second = Book(kax_, MakeDrive(absl::Hours(2), absl::Hours(3)));
  ASSERT_THAT(second, IsOk());
  v1::StartTestDriveRequest start;
  start.set_licence_seen(true);
  start.set_customer_signature("dms://c");
  start.set_employee_signature("dms://e");
  const std::string service = "TestDriveService/";
  clock().Advance(absl::Hours(1));
  ASSERT_THAT(Do<TestDrive>(kax_, service + "StartTestDrive", first->name(), start), IsOk());
  clock().Advance(absl::Hours(1));
  EXPECT_THAT(Do<TestDrive>(kax_, service + "StartTestDrive", second->name(), start), HasReason("COMPANION_BOOKED"));
  v1::FinishTestDriveRequest finish;
  finish.set_feedback("满意");
  EXPECT_THAT(Do<TestDrive>(gam_, service + "FinishTestDrive", first->name(), finish), HasReason("UNACCOMPANIED"))
      << "he was not beside the customer";
  ASSERT_THAT(Do<TestDrive>(kax_, service + "FinishTestDrive", first->name(), finish), IsOk());
  clock().Advance(absl::Hours(1));
  EXPECT_THAT(Do<TestDrive>(kax_, service + "StartTestDrive", second->name(), start), HasReason("TEST_DRIVE_OVER"));
}

TEST_F(DriveTest, OfManyBookingsOfACarAtATimeOneWins) {
  ASSERT_NO_FATAL_FAILURE(PrepareDrives());
  std::vector<auth::Principal> people;
  for (int i = 0; i < 8; ++i) people.push_back(world_.As(world_.AddEmployee("SM", department_.name()), "SM"));
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto result = Book(people[static_cast<size_t>(i)],
                               MakeDrive(absl::Hours(4) + absl::Minutes(i), absl::Hours(5) + absl::Minutes(i)));
      if (result.ok()) {
        ++won;
      } else {
        EXPECT_THAT(result, HasReason("VEHICLE_BOOKED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

// those who only propose carry nothing out; who answers for the effect does.
TEST_F(DriveTest, ANewProductIsProposedTriedRolledOutAndEvaluated) {
  const v1::Account account = world_.AddAccount(kam_);
  const organization::v1::Employee kapm_person = world_.AddEmployee("KAPM", department_.name());
  const auth::Principal kapm = world_.As(kapm_person, "KAPM");
  const auth::Principal sd = world_.As(world_.AddEmployee("SD", department_.name()), "SD");
  const std::string service = "ProductInitiativeService/";
  v1::CreateProductInitiativeRequest create;
  ProductInitiative& initiative = *create.mutable_product_initiative();
  initiative.set_product("新能源物流车");
  initiative.set_proposal("客户要求零排放");
  const auto made =
      world_.Call<ProductInitiative>(pss_, "kam.account.v1.ProductInitiativeService/CreateProductInitiative", create);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->proposer(), chief_.name());
  const auto rash =
      world_.Call<ProductInitiative>(pss_, "kam.account.v1.ProductInitiativeService/CreateProductInitiative", create);
  ASSERT_THAT(rash, IsOk());
  v1::WithdrawProductInitiativeRequest withdraw;
  withdraw.set_reason("重复提议");
  EXPECT_THAT(Do<ProductInitiative>(kapm, service + "WithdrawProductInitiative", rash->name(), withdraw),
              HasReason("PROPOSER_REQUIRED"));
  const auto withdrawn = Do<ProductInitiative>(pss_, service + "WithdrawProductInitiative", rash->name(), withdraw);
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->state(), v1::PRODUCT_INITIATIVE_STATE_WITHDRAWN);
  EXPECT_THAT(Do<ProductInitiative>(pss_, service + "StartProductTrial", made->name(), v1::StartProductTrialRequest()),
              StatusIs(absl::StatusCode::kPermissionDenied));
  v1::ApproveProductInitiativeRequest approve;
  approve.set_responsible(chief_.name());
  EXPECT_THAT(Do<ProductInitiative>(kapm, service + "ApproveProductInitiative", made->name(), approve),
              HasReason("RESPONSIBLE_INVALID"));
  approve.set_responsible(kapm_person.name());
  EXPECT_THAT(
      Do<ProductInitiative>(world_.As(chief_, "KAPM"), service + "ApproveProductInitiative", made->name(), approve),
      HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Do<ProductInitiative>(kapm, service + "ApproveProductInitiative", made->name(), approve),
              HasReason("SEPARATION_OF_DUTIES"))
      << "he would answer for it himself";
  const auto approved = Do<ProductInitiative>(sd, service + "ApproveProductInitiative", made->name(), approve);
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->owner(), kapm_person.name());
  EXPECT_THAT(Do<ProductInitiative>(kapm, service + "StartProductTrial", made->name(), v1::StartProductTrialRequest()),
              HasReason("INITIATIVE_INCOMPLETE"));
  v1::UpdateProductInitiativeRequest update;
  ProductInitiative& patch = *update.mutable_product_initiative();
  patch.set_name(made->name());
  patch.add_target_accounts(account.name());
  patch.add_milestones()->set_title("样车到位");
  patch.mutable_milestones(0)->set_due_date(day(10));
  patch.add_effects()->set_measure("销量");
  patch.mutable_effects(0)->set_target("40");
  ASSERT_THAT(
      world_.Call<ProductInitiative>(kapm, "kam.account.v1.ProductInitiativeService/UpdateProductInitiative", update),
      IsOk());
  ASSERT_THAT(Do<ProductInitiative>(kapm, service + "StartProductTrial", made->name(), v1::StartProductTrialRequest()),
              IsOk());
  v1::ReachInitiativeMilestoneRequest reach;
  reach.set_milestone(1);
  ASSERT_THAT(Do<ProductInitiative>(kapm, service + "ReachInitiativeMilestone", made->name(), reach), IsOk());
  EXPECT_THAT(Do<ProductInitiative>(kapm, service + "RollOutProduct", made->name(), v1::RollOutProductRequest()),
              HasReason("TRIAL_WITHOUT_SUCCESS"));
  v1::RecordProductSampleRequest sample;
  sample.set_account(account.name());
  sample.set_description("样车一周");
  sample.set_result("续航满足");
  sample.set_successful(true);
  ASSERT_THAT(Do<ProductInitiative>(kapm, service + "RecordProductSample", made->name(), sample), IsOk());
  // A success that was none opens nothing, and a milestone that was not reached is open.
  v1::VoidProductSampleRequest void_sample;
  void_sample.set_sample(1);
  EXPECT_THAT(Do<ProductInitiative>(kapm, service + "VoidProductSample", made->name(), void_sample),
              NamesField("reason"));
  void_sample.set_reason("点错");
  const auto voided = Do<ProductInitiative>(kapm, service + "VoidProductSample", made->name(), void_sample);
  ASSERT_THAT(voided, IsOk());
  EXPECT_EQ(voided->samples(0).void_reason(), "点错");
  EXPECT_THAT(Do<ProductInitiative>(kapm, service + "RollOutProduct", made->name(), v1::RollOutProductRequest()),
              HasReason("TRIAL_WITHOUT_SUCCESS"));
  v1::ReopenInitiativeMilestoneRequest reopen;
  reopen.set_milestone(1);
  reopen.set_reason("样车未到");
  const auto reopened = Do<ProductInitiative>(kapm, service + "ReopenInitiativeMilestone", made->name(), reopen);
  ASSERT_THAT(reopened, IsOk());
  EXPECT_EQ(reopened->milestones(0).done_date(), "");
  ASSERT_THAT(Do<ProductInitiative>(kapm, service + "RecordProductSample", made->name(), sample), IsOk());
  ASSERT_THAT(Do<ProductInitiative>(kapm, service + "RollOutProduct", made->name(), v1::RollOutProductRequest()),
              IsOk());
  v1::EvaluateProductInitiativeRequest evaluate;
  evaluate.set_conclusion("达标");
  evaluate.add_figures()->set_measure("销量");
  evaluate.mutable_figures(0)->set_actual("50");
  EXPECT_THAT(Do<ProductInitiative>(kam_, service + "EvaluateProductInitiative", made->name(), evaluate),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Do<ProductInitiative>(kapm, service + "EvaluateProductInitiative", made->name(), evaluate),
              HasReason("SEPARATION_OF_DUTIES"))
      << "he answers for the effect";
  EXPECT_EQ(Do<ProductInitiative>(sd, service + "EvaluateProductInitiative", made->name(), evaluate)->effect_percent(),
            "125");
}

// a product whose trials fail is given up by another than who answers for it; its proposer sees and is told
// what became of it.
TEST_F(DriveTest, ANewProductThatFailsIsGivenUp) {
  const v1::Account account = world_.AddAccount(kam_);
  const organization::v1::Employee responsible = world_.AddEmployee("KAPM", department_.name());
  const organization::v1::Employee supervisor = world_.AddEmployee("BDS", department_.name());
  const auth::Principal kapm = world_.As(responsible, "KAPM");
  const auth::Principal sd = world_.As(world_.AddEmployee("SD", department_.name()), "SD");
  const auth::Principal bds = world_.As(supervisor, "BDS");
  const std::string service = "ProductInitiativeService/";
  v1::CreateProductInitiativeRequest create;
  ProductInitiative& initiative = *create.mutable_product_initiative();
  initiative.set_product("新能源物流车");
  initiative.set_proposal("客户要求零排放");
  initiative.add_milestones()->set_title("样车到位");
  initiative.mutable_milestones(0)->set_due_date(day(10));
  initiative.add_effects()->set_measure("销量");
  initiative.mutable_effects(0)->set_target("40");
  const auto made =
      world_.Call<ProductInitiative>(bds, "kam.account.v1.ProductInitiativeService/CreateProductInitiative", create);
  ASSERT_THAT(made, IsOk());
  v1::StopProductInitiativeRequest stop;
  stop.set_reason("试用失败");
  EXPECT_THAT(Do<ProductInitiative>(sd, service + "StopProductInitiative", made->name(), stop),
              NamesField("conclusion"));
  stop.set_conclusion("续航不足");
  EXPECT_THAT(Do<ProductInitiative>(sd, service + "StopProductInitiative", made->name(), stop),
              HasReason("STATE_NOT_ALLOWED"))
      << "what is proposed only is rejected";
  v1::ApproveProductInitiativeRequest approve;
  approve.set_responsible(responsible.name());
  ASSERT_THAT(Do<ProductInitiative>(sd, service + "ApproveProductInitiative", made->name(), approve), IsOk());
  EXPECT_EQ(Told(responsible, made->name()), 1);
  v1::UpdateProductInitiativeRequest update;
  update.mutable_product_initiative()->set_name(made->name());
  update.mutable_product_initiative()->add_target_accounts(account.name());
  const std::string update_method = "kam.account.v1.ProductInitiativeService/UpdateProductInitiative";
  ASSERT_THAT(world_.Call<ProductInitiative>(kapm, update_method, update), IsOk());
  ASSERT_THAT(Do<ProductInitiative>(kapm, service + "StartProductTrial", made->name(), v1::StartProductTrialRequest()),
              IsOk());
  v1::RecordProductSampleRequest sample;
  sample.set_account(account.name());
  sample.set_description("样车一周");
  sample.set_result("续航不足");
  ASSERT_THAT(Do<ProductInitiative>(kapm, service + "RecordProductSample", made->name(), sample), IsOk());
  EXPECT_THAT(Do<ProductInitiative>(kapm, service + "StopProductInitiative", made->name(), stop),
              HasReason("SEPARATION_OF_DUTIES"));
  const auto stopped = Do<ProductInitiative>(sd, service + "StopProductInitiative", made->name(), stop);
  ASSERT_THAT(stopped, IsOk());
  EXPECT_EQ(stopped->state(), v1::PRODUCT_INITIATIVE_STATE_STOPPED);
  EXPECT_EQ(stopped->samples_size(), 1) << "what was tried stays on record";
  EXPECT_EQ(stopped->conclusion(), "续航不足");
  EXPECT_THAT(world_.Call<ProductInitiative>(kapm, update_method, update), HasReason("INITIATIVE_OVER"));
  EXPECT_EQ(Told(supervisor, made->name()), 2) << "taken up, given up";
  kam::api::GetRequest get;
  get.set_name(made->name());
  const auto seen =
      world_.Call<ProductInitiative>(bds, "kam.account.v1.ProductInitiativeService/GetProductInitiative", get);
  ASSERT_THAT(seen, IsOk()) << "somebody else answers for it, and he proposed it";
  EXPECT_EQ(seen->stop_reason(), "试用失败");
}

// whoever goes along is changed by a superior.
TEST_F(DriveTest, ATestDriveChangesHandsByASuperior) {
  ASSERT_NO_FATAL_FAILURE(PrepareDrives());
  const auto booked = Book(kax_, MakeDrive(absl::Hours(1), absl::Hours(2)));
  ASSERT_THAT(booked, IsOk());
  v1::UpdateTestDriveRequest update;
  update.mutable_test_drive()->set_name(booked->name());
  update.mutable_test_drive()->set_owner(manager_.name());
  const std::string method = "kam.account.v1.TestDriveService/UpdateTestDrive";
  EXPECT_THAT(world_.Call<TestDrive>(kax_, method, update), HasReason("OWNER_CHANGE_DENIED"));
  EXPECT_EQ(world_.Call<TestDrive>(gam_, method, update)->owner(), manager_.name());
}

// a car or a route that was withdrawn by mistake comes back.
TEST_F(DriveTest, ACarAndARouteComeBack) {
  PrepareDrives();
  const std::string service = "kam.account.v1.TestDriveService/";
  kam::api::ArchiveRequest archive;
  kam::api::RestoreRequest restore;
  archive.set_name(car_);
  restore.set_name(car_);
  ASSERT_THAT(world_.Call<v1::DemoVehicle>(gam_, service + "ArchiveDemoVehicle", archive), IsOk());
  EXPECT_THAT(world_.Call<v1::DemoVehicle>(kax_, service + "RestoreDemoVehicle", restore),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto car = world_.Call<v1::DemoVehicle>(gam_, service + "RestoreDemoVehicle", restore);
  ASSERT_THAT(car, IsOk());
  EXPECT_FALSE(car->has_archive_time());
  archive.set_name(route_);
  restore.set_name(route_);
  ASSERT_THAT(world_.Call<v1::TestDriveRoute>(gam_, service + "ArchiveTestDriveRoute", archive), IsOk());
  const auto route = world_.Call<v1::TestDriveRoute>(gam_, service + "RestoreTestDriveRoute", restore);
  ASSERT_THAT(route, IsOk());
  EXPECT_FALSE(route->has_archive_time());
}

}  // namespace
}  // namespace kam::account

#include "account-svc/rules/test_drive_rules.h"

#include <gtest/gtest.h>

#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/test_drive.pb.h"
#include "kam/account/v1/test_drive_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);  // Monday 2026-01-05T00:00Z.
const absl::TimeZone kZone = absl::UTCTimeZone();

class TestDriveRules : public ::testing::Test {
 protected:
  TestDriveRules() {
    vehicle_.add_licence_classes("C1");
    vehicle_.add_licence_classes("B1");
    drive_.set_lead("leads/l");
    drive_.set_owner("employees/a");
    drive_.set_licence_class("C1");
    drive_.set_licence_expiry("2026-01-05");
    *drive_.mutable_planned_start() = ToTimestamp(kNow + absl::Hours(9));
    *drive_.mutable_planned_end() = ToTimestamp(kNow + absl::Hours(10));
  }

  absl::Status Book() { return CheckBooking(drive_, vehicle_, route_, policy_, kZone); }

  const Policy policy_;
  v1::DemoVehicle vehicle_;
  v1::TestDriveRoute route_;
  v1::TestDrive drive_;
};

// a valid licence on the day, of a class that allows to drive the car.
TEST_F(TestDriveRules, NobodyDrivesWithoutAValidLicence) {
  EXPECT_THAT(Book(), IsOk());
  drive_.set_licence_expiry("2026-01-04");
  EXPECT_THAT(Book(), HasReason("LICENCE_INVALID"));
  drive_.set_licence_expiry("2026-01-05");
  drive_.set_licence_class("E");
  const absl::Status wrong = Book();
  EXPECT_THAT(wrong, HasReason("LICENCE_CLASS"));
  EXPECT_EQ(MetadataValue(wrong, "allowed"), "C1, B1");
}

TEST_F(TestDriveRules, ABookingHasACustomerAWindowAndAFixedRoute) {
  drive_.clear_lead();
  EXPECT_THAT(Book(), HasReason("CUSTOMER_REQUIRED"));
  drive_.set_account("accounts/a");
  EXPECT_THAT(Book(), IsOk());
  *drive_.mutable_planned_end() = drive_.planned_start();
  EXPECT_THAT(Book(), HasReason("TEST_DRIVE_WINDOW"));
  *drive_.mutable_planned_end() = ToTimestamp(kNow + absl::Hours(13) + absl::Seconds(1));
  EXPECT_THAT(Book(), HasReason("TEST_DRIVE_WINDOW"));
  *drive_.mutable_planned_end() = ToTimestamp(kNow + absl::Hours(13));
  EXPECT_THAT(Book(), IsOk());
  *route_.mutable_archive_time() = ToTimestamp(kNow);
  EXPECT_THAT(Book(), HasReason("ROUTE_WITHDRAWN"));
  *vehicle_.mutable_archive_time() = ToTimestamp(kNow);
  EXPECT_THAT(Book(), HasReason("VEHICLE_WITHDRAWN"));
}

// licence seen, the salesperson beside, not before its time.
TEST_F(TestDriveRules, ADriveBeginsAccompaniedWithTheLicenceSeen) {
  v1::StartTestDriveRequest request;
  const absl::Time at = kNow + absl::Hours(9);
  EXPECT_THAT(Start(request, "employees/b", vehicle_, route_, at, kZone, policy_, &drive_), HasReason("UNACCOMPANIED"));
  EXPECT_THAT(Start(request, "employees/a", vehicle_, route_, at, kZone, policy_, &drive_),
              HasReason("LICENCE_NOT_SEEN"));
  request.set_licence_seen(true);
  request.set_customer_signature("dms://1");
  request.set_employee_signature("dms://2");
  EXPECT_THAT(Start(request, "employees/a", vehicle_, route_, at + absl::Hours(24), kZone, policy_, &drive_),
              HasReason("LICENCE_INVALID"));
  EXPECT_THAT(Start(request, "employees/a", vehicle_, route_, at - absl::Minutes(31), kZone, policy_, &drive_),
              HasReason("TEST_DRIVE_EARLY"));
  EXPECT_FALSE(drive_.has_start_time());
  EXPECT_THAT(
      Start(request, "employees/a", vehicle_, route_, FromTimestamp(drive_.planned_end()), kZone, policy_, &drive_),
      HasReason("TEST_DRIVE_OVER"));
  v1::DemoVehicle withdrawn = vehicle_;
  *withdrawn.mutable_archive_time() = ToTimestamp(kNow);
  EXPECT_THAT(Start(request, "employees/a", withdrawn, route_, at, kZone, policy_, &drive_),
              HasReason("VEHICLE_WITHDRAWN"));
  ASSERT_THAT(Start(request, "employees/a", vehicle_, route_, at - absl::Minutes(30), kZone, policy_, &drive_), IsOk());
  EXPECT_EQ(drive_.customer_signature(), "dms://1");
  EXPECT_EQ(drive_.employee_signature(), "dms://2");
  EXPECT_TRUE(drive_.has_start_time());
}

TEST_F(TestDriveRules, OnlyABookingChanges) {
  for (int state = 1; state <= v1::TestDriveState_MAX; ++state) {
    drive_.set_state(static_cast<v1::TestDriveState>(state));
    EXPECT_EQ(CheckTestDriveUpdate(drive_).ok(), state == v1::TEST_DRIVE_STATE_BOOKED);
  }
}

}  // namespace
}  // namespace kam::account::rules

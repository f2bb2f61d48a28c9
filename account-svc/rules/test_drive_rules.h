// Rules of test drives. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_TEST_DRIVE_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_TEST_DRIVE_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class DemoVehicle;
class StartTestDriveRequest;
class TestDrive;
class TestDriveRoute;
}  // namespace kam::account::v1

namespace kam::account::rules {

// CUSTOMER_REQUIRED without prospect and customer, TEST_DRIVE_WINDOW, LICENCE_INVALID when it ends before the drive,
// LICENCE_CLASS, VEHICLE_WITHDRAWN, ROUTE_WITHDRAWN.
absl::Status CheckBooking(const v1::TestDrive& drive, const v1::DemoVehicle& vehicle, const v1::TestDriveRoute& route,
                          const Policy& policy, absl::TimeZone zone);
// TIME_IN_PAST: a drive is booked for a time that is not over.
absl::Status CheckAhead(const v1::TestDrive& drive, absl::Time now);
// TEST_DRIVE_BEGUN: a drive that began or was called off does not change.
absl::Status CheckTestDriveUpdate(const v1::TestDrive& before);
// UNACCOMPANIED for anybody but the salesperson who goes along, LICENCE_NOT_SEEN, LICENCE_INVALID, VEHICLE_WITHDRAWN,
// UNACCOMPANIED for anybody but whoever went along.
absl::Status CheckCompanion(absl::string_view actor, const v1::TestDrive& drive);
// ROUTE_WITHDRAWN, TEST_DRIVE_EARLY before the time of the policy, TEST_DRIVE_OVER after the time it was booked for.
absl::Status Start(const v1::StartTestDriveRequest& request, absl::string_view actor, const v1::DemoVehicle& vehicle,
                   const v1::TestDriveRoute& route, absl::Time now, absl::TimeZone zone, const Policy& policy,
                   v1::TestDrive* drive);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_TEST_DRIVE_RULES_H_

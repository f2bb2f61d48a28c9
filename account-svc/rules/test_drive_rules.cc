#include "account-svc/rules/test_drive_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/test_drive.pb.h"
#include "kam/account/v1/test_drive_service.pb.h"

namespace kam::account::rules {
namespace {

// No drive without a valid licence: it holds on the day of the drive.
absl::Status CheckLicence(const v1::TestDrive& drive, const std::string& day) {
  if (drive.licence_expiry() >= day) return absl::OkStatus();
  return InvalidField("test_drive.licence_expiry", "LICENCE_INVALID",
                      absl::StrCat("the licence ends before the drive, ", day),
                      {{"value", drive.licence_expiry()}, {"limit", day}});
}

absl::Status CheckVehicle(const v1::DemoVehicle& vehicle) {
  if (!vehicle.has_archive_time()) return absl::OkStatus();
  return InvalidField("test_drive.vehicle", "VEHICLE_WITHDRAWN", "is not driven any more", {{"value", vehicle.name()}});
}

absl::Status CheckRoute(const v1::TestDriveRoute& route) {
  if (!route.has_archive_time()) return absl::OkStatus();
  return InvalidField("test_drive.route", "ROUTE_WITHDRAWN", "is not driven any more", {{"value", route.name()}});
}

}  // namespace

absl::Status CheckBooking(const v1::TestDrive& drive, const v1::DemoVehicle& vehicle, const v1::TestDriveRoute& route,
                          const Policy& policy, absl::TimeZone zone) {
  if (drive.lead().empty() && drive.account().empty()) {
    return InvalidField("test_drive.lead", "CUSTOMER_REQUIRED", "must be set, or the account");
  }
  if (drive.age() != 0 && drive.age() < policy.test_drive_age_min) {
    const std::string limit = absl::StrCat(policy.test_drive_age_min);
    return InvalidField("test_drive.age", "AGE_TOO_LOW", absl::StrCat("is less than ", limit),
                        {{"value", absl::StrCat(drive.age())}, {"limit", limit}});
  }
  const absl::Time start = FromTimestamp(drive.planned_start());
  const absl::Time end = FromTimestamp(drive.planned_end());
  if (end <= start || end - start > policy.test_drive_max) {
    return InvalidField(
        "test_drive.planned_end", "TEST_DRIVE_WINDOW",
        absl::StrCat("must be after the begin, by ", absl::FormatDuration(policy.test_drive_max), " at most"),
        {{"limit", absl::FormatDuration(policy.test_drive_max)}});
  }
  RETURN_IF_ERROR(CheckLicence(drive, TodayText(end, zone)));
  const auto& classes = vehicle.licence_classes();
  if (std::find(classes.begin(), classes.end(), drive.licence_class()) == classes.end()) {
    const std::string allowed = absl::StrJoin(classes, ", ");
    return InvalidField("test_drive.licence_class", "LICENCE_CLASS",
                        absl::StrCat("does not allow to drive this car; ", allowed, " do"),
                        {{"value", drive.licence_class()}, {"allowed", allowed}});
  }
  RETURN_IF_ERROR(CheckVehicle(vehicle));
  return CheckRoute(route);
}

absl::Status CheckAhead(const v1::TestDrive& drive, absl::Time now) {
  if (FromTimestamp(drive.planned_end()) > now) return absl::OkStatus();
  return InvalidField("test_drive.planned_end", "TIME_IN_PAST", "is over already",
                      {{"limit", absl::FormatTime(absl::RFC3339_sec, now, absl::UTCTimeZone())}});
}

absl::Status CheckTestDriveUpdate(const v1::TestDrive& before) {
  if (before.state() == v1::TEST_DRIVE_STATE_BOOKED) return absl::OkStatus();
  return FailedPrecondition("TEST_DRIVE_BEGUN", before.name(), "it began or was called off and does not change",
                            {{"state", v1::TestDriveState_Name(before.state())}});
}

absl::Status CheckCompanion(absl::string_view actor, const v1::TestDrive& drive) {
  if (actor == drive.owner()) return absl::OkStatus();
  return Error(
      absl::StatusCode::kPermissionDenied, "UNACCOMPANIED",
      absl::StrCat("how the drive went says ", drive.owner(), ", who was beside the customer; others may stop it"),
      {{"companion", drive.owner()}});
}

absl::Status Start(const v1::StartTestDriveRequest& request, absl::string_view actor, const v1::DemoVehicle& vehicle,
                   const v1::TestDriveRoute& route, absl::Time now, absl::TimeZone zone, const Policy& policy,
                   v1::TestDrive* drive) {
  if (actor != drive->owner()) {
    return Error(absl::StatusCode::kPermissionDenied, "UNACCOMPANIED",
                 absl::StrCat("the drive begins with ", drive->owner(),
                              " beside the customer; change the booking to "
                              "go along instead"),
                 {{"companion", drive->owner()}});
  }
  if (!request.licence_seen()) {
    return InvalidField("licence_seen", "LICENCE_NOT_SEEN", "must be set: without a licence nobody drives");
  }
  RETURN_IF_ERROR(CheckLicence(*drive, TodayText(now, zone)));
  RETURN_IF_ERROR(CheckVehicle(vehicle));
  RETURN_IF_ERROR(CheckRoute(route));
  const absl::Time over = FromTimestamp(drive->planned_end());
  if (now >= over) {
    const std::string limit = absl::FormatTime(absl::RFC3339_sec, over, absl::UTCTimeZone());
    return FailedPrecondition("TEST_DRIVE_OVER", drive->name(),
                              absl::StrCat("the car was booked until ", limit, "; book it again"), {{"limit", limit}});
  }
  const absl::Time earliest = FromTimestamp(drive->planned_start()) - policy.test_drive_early;
  if (now < earliest) {
    const std::string limit = absl::FormatTime(absl::RFC3339_sec, earliest, absl::UTCTimeZone());
    return FailedPrecondition(
        "TEST_DRIVE_EARLY", drive->name(),
        absl::StrCat("the car is booked for later; the drive begins at ", limit, " at the earliest"),
        {{"limit", limit}});
  }
  drive->set_customer_signature(request.customer_signature());
  drive->set_employee_signature(request.employee_signature());
  *drive->mutable_start_time() = ToTimestamp(now);
  return absl::OkStatus();
}

}  // namespace kam::account::rules

// kam.account.v1.TestDriveService: test drives, their cars and routes.
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/pipeline/owner_change.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/test_drive_rules.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/test_drive_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::DemoVehicle;
using v1::TestDrive;
using v1::TestDriveRoute;

constexpr char kService[] = "kam.account.v1.TestDriveService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status Taken(absl::string_view reason, absl::string_view field, const TestDrive& other) {
  const auto text = [](const google::protobuf::Timestamp& stamp) {
    return absl::FormatTime(absl::RFC3339_sec, FromTimestamp(stamp), absl::UTCTimeZone());
  };
  return InvalidField(field, reason,
                      absl::StrCat("is taken from ", text(other.planned_start()), " to ", text(other.planned_end())),
                      {{"from", text(other.planned_start())}, {"until", text(other.planned_end())}});
}

// Car and salesperson are on one drive at a time. Both rows are locked first, so that bookings come one after another;
// the car before the person, as everywhere here.
absl::Status CheckFree(UnitOfWork& work, const TestDrive& drive) {
  RETURN_IF_ERROR(
      work.connection()
          .Query("SELECT employee FROM employee_scopes WHERE employee = ? FOR UPDATE", {IdOf(drive.owner())})
          .status());
  const std::string overlap = " AND t.state IN ('BOOKED', 'DRIVING') AND t.planned_start < ? AND t.planned_end > ?";
  const std::vector<Value> window = {Value(IdOf(drive.name())), Value(FromTimestamp(drive.planned_end())),
                                     Value(FromTimestamp(drive.planned_start()))};
  const auto find = [&](const std::string& column, const std::string& id) {
    std::vector<Value> params = {Value(id)};
    params.insert(params.end(), window.begin(), window.end());
    return work.Find<TestDrive>({absl::StrCat("t.", column, " = ? AND t.id <> ?", overlap), params},
                                "ORDER BY t.planned_start", 1);
  };
  ASSIGN_OR_RETURN(const std::vector<TestDrive> cars, find("vehicle", IdOf(drive.vehicle())));
  if (!cars.empty()) return Taken("VEHICLE_BOOKED", "test_drive.vehicle", cars[0]);
  ASSIGN_OR_RETURN(const std::vector<TestDrive> people, find("owner", IdOf(drive.owner())));
  if (!people.empty()) return Taken("COMPANION_BOOKED", "test_drive.owner", people[0]);
  return absl::OkStatus();
}

// A reference to something that is not there is named by the runtime.
template <typename T>
absl::StatusOr<std::vector<T>> LockOne(UnitOfWork& work, const std::string& name) {
  return work.Find<T>({"t.id = ?", {Value(IdOf(name))}}, "", 1, /*lock=*/true);
}

template <typename T>
absl::StatusOr<std::vector<T>> ReadOne(UnitOfWork& work, const std::string& name) {
  return work.Find<T>({"t.id = ?", {Value(IdOf(name))}}, "", 1);
}

absl::Status Check(const Context& context, UnitOfWork& work, const TestDrive& drive) {
  RETURN_IF_ERROR(Validate(work, drive));
  RETURN_IF_ERROR(rules::CheckAhead(drive, work.now()));
  ASSIGN_OR_RETURN(const std::vector<DemoVehicle> vehicles, LockOne<DemoVehicle>(work, drive.vehicle()));
  // Routes are few and shared by all: they are read, not locked.
  ASSIGN_OR_RETURN(const std::vector<TestDriveRoute> routes, ReadOne<TestDriveRoute>(work, drive.route()));
  if (vehicles.empty() || routes.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(rules::CheckBooking(drive, vehicles[0], routes[0], context.policy, context.zone));
  if (!drive.account().empty()) RETURN_IF_ERROR(CheckAccountUsable(work, drive.account()));
  if (!drive.account().empty()) {
    RETURN_IF_ERROR(CheckOpportunityOf(work, drive.account(), drive.opportunity(), "test_drive.opportunity"));
  }
  if (!drive.lead().empty()) {
    v1::Lead probe;
    probe.set_name(drive.lead());
    RETURN_IF_ERROR(work.CheckReach(*work.runtime().catalog().Find(v1::Lead::descriptor()), probe,
                                    work.actor().LevelFor("lead.read")));
  }
  return CheckFree(work, drive);
}

absl::Status StartDrive(const Context& context, UnitOfWork& work, const v1::StartTestDriveRequest& request,
                        TestDrive* drive) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const std::vector<DemoVehicle> vehicles, LockOne<DemoVehicle>(work, drive->vehicle()));
  ASSIGN_OR_RETURN(const std::vector<TestDriveRoute> routes, ReadOne<TestDriveRoute>(work, drive->route()));
  if (vehicles.empty() || routes.empty()) return Internal("the car or the route of a test drive is missing");
  RETURN_IF_ERROR(
      rules::Start(request, actor, vehicles[0], routes[0], work.now(), context.zone, context.policy, drive));
  RETURN_IF_ERROR(
      work.connection()
          .Query("SELECT employee FROM employee_scopes WHERE employee = ? FOR UPDATE", {IdOf(drive->owner())})
          .status());
  // The one before may have taken longer than it was booked for: of the car, or of whoever goes along.
  ASSIGN_OR_RETURN(
      const std::vector<TestDrive> driving,
      work.Find<TestDrive>({"(t.vehicle = ? OR t.owner = ?) AND t.state = 'DRIVING' AND t.id <> ?",
                            {Value(IdOf(drive->vehicle())), Value(IdOf(drive->owner())), Value(IdOf(drive->name()))}},
                           "ORDER BY t.id", 1));
  if (driving.empty()) return absl::OkStatus();
  return driving[0].vehicle() == drive->vehicle() ? Taken("VEHICLE_BOOKED", "test_drive.vehicle", driving[0])
                                                  : Taken("COMPANION_BOOKED", "test_drive.owner", driving[0]);
}

absl::StatusOr<v1::ReportTestDrivesResponse> Report(const Context& context, const rpc::Call& call,
                                                    const v1::ReportTestDrivesRequest& request,
                                                    mysql::Connection& connection) {
  ASSIGN_OR_RETURN(const auto instants, Instants(context, request.from_date(), request.to_date()));
  const Value from(instants.first), to(instants.second);
  std::map<std::string, v1::TestDriveRow> table;
  ASSIGN_OR_RETURN(
      const std::vector<Row> leads,
      QueryWithinReach(context, call, v1::Lead::descriptor(), connection,
                       "SELECT t.owner, COUNT(t.id), COUNT(CASE WHEN EXISTS (SELECT 1 FROM test_drives d WHERE d.lead "
                       "= t.id AND d.state IN ('DONE', 'STOPPED')) THEN 1 END) FROM leads t WHERE t.archive_time IS "
                       "NULL AND t.arrival_time >= ? AND t.arrival_time < ?",
                       {from, to}, "GROUP BY t.owner"));
  for (const Row& row : leads) {
    v1::TestDriveRow& out = table[row[0].text()];
    out.set_receptions(static_cast<int32_t>(row[1].integer()));
    out.set_customers(static_cast<int32_t>(row[2].integer()));
    out.set_test_drive_percent(rules::RateText(out.customers(), out.receptions()));
  }
  ASSIGN_OR_RETURN(const std::vector<Row> drives,
                   QueryWithinReach(context, call, TestDrive::descriptor(), connection,
                                    "SELECT t.owner, COUNT(t.id), COUNT(CASE WHEN t.state = 'STOPPED' THEN 1 END) FROM "
                                    "test_drives t WHERE t.state IN ('DRIVING', 'DONE', 'STOPPED') AND t.start_time "
                                    ">= ? AND t.start_time < ?",
                                    {from, to}, "GROUP BY t.owner"));
  for (const Row& row : drives) {
    v1::TestDriveRow& out = table[row[0].text()];
    out.set_test_drives(static_cast<int32_t>(row[1].integer()));
    out.set_stopped(static_cast<int32_t>(row[2].integer()));
  }
  v1::ReportTestDrivesResponse response;
  for (auto& [employee, row] : table) {
    row.set_employee(NameOf("employees", employee));
    response.add_rows()->Swap(&row);
  }
  return response;
}

}  // namespace

void RegisterTestDrives(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<TestDrive>([context](UnitOfWork& work, TestDrive* drive) -> absl::Status {
    RETURN_IF_ERROR(SetOwner(work, drive->mutable_owner()));
    drive->set_state(v1::TEST_DRIVE_STATE_BOOKED);
    return Check(context, work, *drive);
  });
  hooks.on_update = resource::OnUpdate<TestDrive>(
      [context](UnitOfWork& work, const TestDrive& before, TestDrive* after) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckTestDriveUpdate(before));
        RETURN_IF_ERROR(SetOwner(work, after->mutable_owner()));
        RETURN_IF_ERROR(CheckOwnerChange(work, before.owner(), after->owner(), "test_drive.owner"));
        return Check(context, work, *after);
      });
  context.runtime.SetHooks(TestDrive::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<TestDrive, v1::StartTestDriveRequest>(
      context, Rpc("StartTestDrive"), registry,
      [context](UnitOfWork& work, const v1::StartTestDriveRequest& request, TestDrive* drive) {
        return StartDrive(context, work, request, drive);
      });
  AddVerb<TestDrive, v1::FinishTestDriveRequest>(
      context, Rpc("FinishTestDrive"), registry,
      [](UnitOfWork& work, const v1::FinishTestDriveRequest& request, TestDrive* drive) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckCompanion(actor, *drive));
        *drive->mutable_end_time() = ToTimestamp(work.now());
        drive->set_feedback(request.feedback());
        return absl::OkStatus();
      });
  AddVerb<TestDrive, v1::StopTestDriveRequest>(
      context, Rpc("StopTestDrive"), registry,
      [](UnitOfWork& work, const v1::StopTestDriveRequest& request, TestDrive* drive) {
        *drive->mutable_end_time() = ToTimestamp(work.now());
        drive->set_close_reason(request.reason());
        return absl::OkStatus();
      });
  AddVerb<TestDrive, v1::CancelTestDriveRequest>(
      context, Rpc("CancelTestDrive"), registry,
      [](UnitOfWork&, const v1::CancelTestDriveRequest& request, TestDrive* drive) {
        drive->set_close_reason(request.reason());
        return absl::OkStatus();
      });
  AddReport<v1::ReportTestDrivesRequest, v1::ReportTestDrivesResponse>(
      context, Rpc("ReportTestDrives"), registry,
      [context](const rpc::Call& call, const v1::ReportTestDrivesRequest& request, mysql::Connection& connection) {
        return Report(context, call, request, connection);
      });
}

}  // namespace kam::account

// Shared resources and their bookings over RPC (G-24, R-27). Lock order: resource, then booking.
#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/work_rules.h"
#include "account-svc/verb.h"
#include "account-svc/work/people.h"
#include "account-svc/work/work_service.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/organization/v1/shared_resource_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using resource::UnitOfWork;

std::string Text(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

absl::Status Taken(const std::string& resource, const Row& booking) {
  const std::string name = NameOf("resourceBookings", booking[0].text());
  const std::string from = Text(booking[1].time()), until = Text(booking[2].time());
  return FailedPrecondition("RESOURCE_TAKEN", resource, absl::StrCat("is booked from ", from, " to ", until),
                            {{"booking", name}, {"from", from}, {"until", until}});
}

// The resource is locked, so that two bookings of it come one after the other.
absl::Status CheckFree(UnitOfWork& work, const pb::ResourceBooking& booking) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query(
          "SELECT t.id, t.start_time, t.end_time FROM resource_bookings t WHERE t.resource = ? AND t.id <> ? "
          "AND t.state IN ('REQUESTED', 'CONFIRMED', 'HANDED_OUT') AND t.start_time < ? AND t.end_time > ? "
          "ORDER BY t.start_time LIMIT 1",
          {IdOf(booking.resource()), IdOf(booking.name()), FromTimestamp(booking.end_time()),
           FromTimestamp(booking.start_time())}));
  return rows.empty() ? absl::OkStatus() : Taken(booking.resource(), rows[0]);
}

absl::Status CreateBooking(const Context& context, UnitOfWork& work, pb::ResourceBooking* booking) {
  if (booking->user().empty()) {
    ASSIGN_OR_RETURN(*booking->mutable_user(), Person(work));
  }
  RETURN_IF_ERROR(Validate(work, *booking));
  RETURN_IF_ERROR(rules::CheckBookingWindow(*booking, work.now(), context.policy));
  RETURN_IF_ERROR(CheckStillHere(work, booking->user(), context.Today(work.now()), "resource_booking.user"));
  if (!booking->account().empty()) RETURN_IF_ERROR(CheckAccountUsable(work, booking->account()));
  ASSIGN_OR_RETURN(const pb::SharedResource resource, work.Load<pb::SharedResource>(booking->resource()));
  RETURN_IF_ERROR(rules::CheckUsable(resource));
  rules::SetFirstState(resource, booking);
  return CheckFree(work, *booking);
}

absl::Status UpdateBooking(const Context& context, UnitOfWork& work, const pb::ResourceBooking& before,
                           pb::ResourceBooking* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  ASSIGN_OR_RETURN(const pb::SharedResource resource, work.Load<pb::SharedResource>(before.resource()));
  RETURN_IF_ERROR(rules::ChangeBooking(resource, before, after));
  RETURN_IF_ERROR(rules::CheckBookingWindow(*after, work.now(), context.policy));
  RETURN_IF_ERROR(rules::CheckUsable(resource));
  return CheckFree(work, *after);
}

// Locks the resource of a booking before the booking itself.
absl::Status LockResource(UnitOfWork& work, const std::string& booking) {
  return work.connection()
      .Query(
          "SELECT r.id FROM shared_resources r WHERE r.id = (SELECT b.resource FROM resource_bookings b WHERE b.id = "
          "?) "
          "FOR UPDATE",
          {IdOf(booking)})
      .status();
}

// Nobody takes along what the user before has not brought back.
absl::Status CheckIn(UnitOfWork& work, const pb::ResourceBooking& booking) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT t.id, t.user_employee FROM resource_bookings t WHERE t.resource = ? AND "
                              "t.state = 'HANDED_OUT' LIMIT 1",
                              {IdOf(booking.resource())}));
  if (rows.empty()) return absl::OkStatus();
  return FailedPrecondition(
      "RESOURCE_OUT", booking.resource(), "was handed out and has not come back",
      {{"booking", NameOf("resourceBookings", rows[0][0].text())}, {"user", NameOf("employees", rows[0][1].text())}});
}

// Whoever has it booked for now has it, not whoever has booked it for later.
absl::Status CheckTurn(UnitOfWork& work, const pb::ResourceBooking& booking) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT t.id, t.start_time, t.end_time FROM resource_bookings t WHERE t.resource = ? AND "
                              "t.id <> ? AND t.state = 'CONFIRMED' AND t.start_time <= ? AND t.end_time > ? LIMIT 1",
                              {IdOf(booking.resource()), IdOf(booking.name()), work.now(), work.now()}));
  return rows.empty() ? absl::OkStatus() : Taken(booking.resource(), rows[0]);
}

// A verb that changes booking and resource.
template <typename Request, typename Rule>
void AddHandling(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  registry->Add<Request, pb::ResourceBooking>(
      method, [context, rule](rpc::Call& call, const Request& request) -> absl::StatusOr<pb::ResourceBooking> {
        return context.runtime.Write<pb::ResourceBooking>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ResourceBooking> {
              RETURN_IF_ERROR(LockResource(work, request.name()));
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::ResourceBooking>(request));
              ASSIGN_OR_RETURN(const pb::SharedResource before,
                               work.Load<pb::SharedResource>(change.before.resource()));
              resource::Change<pb::SharedResource> of_resource{before, before};
              RETURN_IF_ERROR(rule(work, request, &of_resource.after, &change.after));
              RETURN_IF_ERROR(work.Save(std::move(of_resource)).status());
              return work.Save(std::move(change));
            });
      });
}

template <typename Request>
void AddDecision(const Context& context, absl::string_view method, rpc::Registry* registry,
                 void (*effect)(const Request&, pb::ResourceBooking*)) {
  AddVerb<pb::ResourceBooking, Request>(
      context, method, registry,
      [effect](UnitOfWork& work, const Request& request, pb::ResourceBooking* booking) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckDispatcher(actor, *booking));
        booking->set_dispatcher(actor);
        *booking->mutable_dispatch_time() = ToTimestamp(work.now());
        effect(request, booking);
        return absl::OkStatus();
      });
}

void RegisterBookings(const Context& context, const std::string& service, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::ResourceBooking>(
      [context](UnitOfWork& work, pb::ResourceBooking* booking) { return CreateBooking(context, work, booking); });
  hooks.lock_first = [](UnitOfWork& work, const std::string& name) { return LockResource(work, name); };
  hooks.on_update = resource::OnUpdate<pb::ResourceBooking>(
      [context](UnitOfWork& work, const pb::ResourceBooking& before, pb::ResourceBooking* after) {
        return UpdateBooking(context, work, before, after);
      });
  context.runtime.SetHooks(pb::ResourceBooking::descriptor(), std::move(hooks));
  AddDecision<pb::DispatchBookingRequest>(context, service + "/DispatchBooking", registry,
                                          [](const pb::DispatchBookingRequest&, pb::ResourceBooking*) {});
  AddDecision<pb::RefuseBookingRequest>(context, service + "/RefuseBooking", registry,
                                        [](const pb::RefuseBookingRequest& request, pb::ResourceBooking* booking) {
                                          booking->set_refuse_reason(request.reason());
                                        });
  AddHandling<pb::HandOutBookingRequest>(
      context, service + "/HandOutBooking", registry,
      [](UnitOfWork& work, const pb::HandOutBookingRequest& request, pb::SharedResource* resource,
         pb::ResourceBooking* booking) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckHandOutTime(work.now(), *booking));
        RETURN_IF_ERROR(CheckTurn(work, *booking));
        RETURN_IF_ERROR(CheckIn(work, *booking));
        return rules::HandOut(request.mileage_km(), work.now(), *resource, booking);
      });
  AddHandling<pb::ReturnBookingRequest>(context, service + "/ReturnBooking", registry,
                                        [](UnitOfWork& work, const pb::ReturnBookingRequest& request,
                                           pb::SharedResource* resource, pb::ResourceBooking* booking) {
                                          return rules::TakeBack(request.mileage_km(), request.note(), work.now(),
                                                                 resource, booking);
                                        });
  AddVerb<pb::ResourceBooking, pb::CancelBookingRequest>(
      context, service + "/CancelBooking", registry,
      [](UnitOfWork&, const pb::CancelBookingRequest&, pb::ResourceBooking*) { return absl::OkStatus(); });
}

absl::Status CreateResource(UnitOfWork& work, pb::SharedResource* resource) {
  if (resource->state() == pb::SHARED_RESOURCE_STATE_UNSPECIFIED) {
    resource->set_state(pb::SHARED_RESOURCE_STATE_AVAILABLE);
  }
  return Validate(work, *resource);
}

absl::Status UpdateResource(UnitOfWork& work, const pb::SharedResource& before, pb::SharedResource* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  ASSIGN_OR_RETURN(
      const std::vector<Row> out,
      work.connection().Query("SELECT 1 FROM resource_bookings WHERE resource = ? AND state = 'HANDED_OUT' LIMIT 1",
                              {IdOf(before.name())}));
  return rules::CheckMileage(before, *after, !out.empty());
}

absl::Status ArchiveResource(UnitOfWork& work, const google::protobuf::Message& before) {
  const auto& resource = static_cast<const pb::SharedResource&>(before);
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT t.id, t.start_time, t.end_time FROM resource_bookings t WHERE "
                              "t.resource = ? AND t.state IN ('REQUESTED', 'CONFIRMED', 'HANDED_OUT') ORDER "
                              "BY t.start_time LIMIT 1",
                              {IdOf(resource.name())}));
  return rows.empty() ? absl::OkStatus() : Taken(resource.name(), rows[0]);
}

}  // namespace

void RegisterSharedResources(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::SharedResource>(CreateResource);
  hooks.on_update = resource::OnUpdate<pb::SharedResource>(UpdateResource);
  hooks.on_archive = ArchiveResource;
  context.runtime.SetHooks(pb::SharedResource::descriptor(), std::move(hooks));
  const std::string service = "kam.organization.v1.SharedResourceService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  RegisterBookings(context, service, registry);
}

}  // namespace kam::account

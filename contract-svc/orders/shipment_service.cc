// kam.order.v1.ShipmentService (C-23).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/shipment.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "kam/order/v1/delivery.pb.h"
#include "kam/order/v1/shipment_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.order.v1.ShipmentService";
constexpr char kDueArrival[] = "shipment.late";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// Watches the expected time while the goods are not at their place.
absl::Status Watch(UnitOfWork& work, const pb::Shipment& shipment) {
  const bool open = shipment.state() == pb::SHIPMENT_STATE_PLANNED || shipment.state() == pb::SHIPMENT_STATE_IN_TRANSIT;
  return open && !shipment.late() ? schedule::Schedule(work, kDueArrival, shipment.name(), TimeOf(shipment.eta()))
                                  : schedule::Cancel(work, kDueArrival, shipment.name());
}

void SetHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::Shipment>([](UnitOfWork& work, pb::Shipment* shipment) -> absl::Status {
    // The delivery is locked first: one living shipment each.
    const absl::StatusOr<pb::Delivery> delivery = work.Load<pb::Delivery>(shipment->delivery(), work.level());
    if (absl::IsNotFound(delivery.status())) {
      return InvalidField("shipment.delivery", "REFERENCE_NOT_FOUND", "does not exist",
                          {{"reference", shipment->delivery()}});
    }
    RETURN_IF_ERROR(delivery.status());
    ASSIGN_OR_RETURN(
        const std::vector<pb::Shipment> living,
        work.Find<pb::Shipment>(
            {"t.delivery = ? AND t.state <> 'CANCELLED'", {mysql::Value(IdOf(shipment->delivery()))}}, "", 1));
    if (!living.empty()) {
      return FailedPrecondition("SHIPMENT_EXISTS", delivery->name(), "the delivery has a shipment already",
                                {{"shipment", living[0].name()}});
    }
    shipment->set_state(pb::SHIPMENT_STATE_PLANNED);
    return rules::LoadShipment(*delivery, shipment);
  });
  hooks.on_update = resource::OnUpdate<pb::Shipment>(
      [](UnitOfWork&, const pb::Shipment& before, pb::Shipment* after) -> absl::Status {
        if (before.state() != pb::SHIPMENT_STATE_PLANNED) {
          pb::Shipment rest = *after;
          rest.set_remark(before.remark());
          if (rest.SerializeAsString() != before.SerializeAsString()) {
            return FailedPrecondition("SHIPMENT_FROZEN", before.name(),
                                      "the goods have left: what happens to them is reported, not rewritten",
                                      {{"state", pb::ShipmentState_Name(before.state())}});
          }
        }
        return absl::OkStatus();
      });
  hooks.on_saved = resource::OnSaved<pb::Shipment>(
      [](UnitOfWork& work, const pb::Shipment* before, const pb::Shipment& after) -> absl::Status {
        const bool same = before != nullptr && before->state() == after.state() && before->late() == after.late() &&
                          TimeOf(before->eta()) == TimeOf(after.eta());
        return same ? absl::OkStatus() : Watch(work, after);
      });
  context.runtime.SetHooks(pb::Shipment::descriptor(), std::move(hooks));
}

// The delivery of a shipment is locked before it.
template <typename Request>
absl::Status LockDelivery(UnitOfWork& work, const Request& request) {
  ASSIGN_OR_RETURN(const std::string delivery,
                   ReferenceOfRow(work, pb::Shipment::descriptor(), "delivery", request.name()));
  return work.Load<pb::Delivery>(delivery).status();
}

absl::Status Depart(UnitOfWork& work, const pb::DepartShipmentRequest&, pb::Shipment* shipment) {
  ASSIGN_OR_RETURN(const pb::Delivery delivery, work.Load<pb::Delivery>(shipment->delivery()));
  if (delivery.state() != pb::DELIVERY_STATE_SHIPPED) {
    return FailedPrecondition("DELIVERY_NOT_SHIPPED", delivery.name(), "the warehouse has not handed the goods out",
                              {{"state", pb::DeliveryState_Name(delivery.state())}});
  }
  SetTime(work.now(), shipment->mutable_departed_time());
  return rules::RecordLeg(1, pb::LEG_EVENT_DEPARTED, work.now(), work.now(), shipment);
}

absl::Status Record(UnitOfWork& work, const pb::RecordShipmentLegRequest& request, pb::Shipment* shipment) {
  if (request.has_eta()) *shipment->mutable_eta() = request.eta();
  return rules::RecordLeg(request.leg(), request.event(), request.has_time() ? TimeOf(request.time()) : work.now(),
                          work.now(), shipment);
}

absl::Status Arrive(UnitOfWork& work, const pb::ArriveShipmentRequest& request, pb::Shipment* shipment) {
  const int last = shipment->legs_size();
  if (!shipment->legs(last - 1).has_arrived_time()) {
    RETURN_IF_ERROR(rules::RecordLeg(last, pb::LEG_EVENT_ARRIVED, work.now(), work.now(), shipment));
  }
  return rules::CountArrival(request, work.actor().subject, work.now(), shipment);
}

}  // namespace

void RegisterShipments(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  SetHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<pb::Shipment, pb::DepartShipmentRequest>(context, Rpc("DepartShipment"), registry,
                                                   LockDelivery<pb::DepartShipmentRequest>, Depart);
  AddVerb<pb::Shipment, pb::RecordShipmentLegRequest>(context, Rpc("RecordShipmentLeg"), registry,
                                                      LockDelivery<pb::RecordShipmentLegRequest>, Record);
  AddVerb<pb::Shipment, pb::ArriveShipmentRequest>(context, Rpc("ArriveShipment"), registry,
                                                   LockDelivery<pb::ArriveShipmentRequest>, Arrive);
  AddVerb<pb::Shipment, pb::ReportShipmentExceptionRequest>(
      context, Rpc("ReportShipmentException"), registry, LockDelivery<pb::ReportShipmentExceptionRequest>,
      [](UnitOfWork& work, const pb::ReportShipmentExceptionRequest& request, pb::Shipment* shipment) {
        return rules::AddException(request.kind(), request.line_number(), request.quantity(), request.description(),
                                   work.actor().subject, work.now(), shipment);
      });
  AddVerb<pb::Shipment, pb::ResolveShipmentExceptionRequest>(
      context, Rpc("ResolveShipmentException"), registry, LockDelivery<pb::ResolveShipmentExceptionRequest>,
      [](UnitOfWork& work, const pb::ResolveShipmentExceptionRequest& request, pb::Shipment* shipment) {
        return rules::ResolveException(request.exception(), request.resolution(), work.actor().subject, work.now(),
                                       shipment);
      });
  AddVerb<pb::Shipment, pb::CloseShipmentRequest>(
      context, Rpc("CloseShipment"), registry, LockDelivery<pb::CloseShipmentRequest>,
      [](UnitOfWork&, const pb::CloseShipmentRequest&, pb::Shipment* shipment) {
        return rules::CheckNothingOpen(*shipment);
      });
  AddVerb<pb::Shipment, pb::CancelShipmentRequest>(context, Rpc("CancelShipment"), registry,
                                                   LockDelivery<pb::CancelShipmentRequest>,
                                                   [](UnitOfWork&, const pb::CancelShipmentRequest& request,
                                                      pb::Shipment*) { return rules::CheckReason(request.reason()); });
  scheduler->Handle(
      kDueArrival, Rpc("ReportShipmentException"), [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
        ASSIGN_OR_RETURN(const pb::Shipment shipment, work.Load<pb::Shipment>(item.resource));
        Change<pb::Shipment> change{shipment, shipment};
        const bool open =
            shipment.state() == pb::SHIPMENT_STATE_PLANNED || shipment.state() == pb::SHIPMENT_STATE_IN_TRANSIT;
        if (open) rules::MarkLate(work.actor().subject, work.now(), &change.after);
        return work.Save(std::move(change)).status();
      });
}

}  // namespace kam::contract

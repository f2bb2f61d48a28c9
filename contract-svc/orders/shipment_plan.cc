#include "contract-svc/orders/shipment_plan.h"

#include <algorithm>
#include <vector>

#include "common/status/status.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/shipment.h"
#include "google/protobuf/timestamp.pb.h"
#include "kam/order/v1/shipment.pb.h"

namespace kam::contract {
namespace {

using order::v1::Delivery;
using order::v1::Shipment;
using resource::Change;

bool SameLines(const Delivery& before, const Delivery& after) {
  return std::equal(before.lines().begin(), before.lines().end(), after.lines().begin(), after.lines().end(),
                    [](const auto& one, const auto& other) {
                      return one.line_number() == other.line_number() && one.quantity() == other.quantity();
                    });
}

}  // namespace

absl::Status FollowDelivery(resource::UnitOfWork& work, const Delivery& before, const Delivery& after) {
  const bool cancelled = before.state() != after.state() && after.state() == order::v1::DELIVERY_STATE_CANCELLED;
  const bool planned = after.state() == order::v1::DELIVERY_STATE_PLANNED;
  if (!cancelled && (!planned || SameLines(before, after))) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<Shipment> found,
                   work.Find<Shipment>({"t.delivery = ? AND t.state = 'PLANNED'", {mysql::Value(IdOf(after.name()))}},
                                       "", 1, /*lock=*/true));
  if (found.empty()) return absl::OkStatus();
  Change<Shipment> change{found[0], found[0]};
  if (cancelled) {
    change.after.set_state(order::v1::SHIPMENT_STATE_CANCELLED);
  } else {
    RETURN_IF_ERROR(rules::LoadShipment(after, &change.after));
  }
  return work.Save(std::move(change)).status();
}

}  // namespace kam::contract

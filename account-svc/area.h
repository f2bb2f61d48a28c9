// One area of the account service: the services it answers, the resources it keeps, its handlers. Each folder has one.
#ifndef KAM_ACCOUNT_SVC_AREA_H_
#define KAM_ACCOUNT_SVC_AREA_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "account-svc/context.h"
#include "common/resource/type.h"
#include "common/rpc/call.h"

namespace kam::account {

struct Area {
  // Full names of its gRPC services.
  absl::Span<const absl::string_view> services;
  // Adds its resource types.
  void (*fill_catalog)(resource::Catalog* catalog);
  // Sets its hooks and adds its handlers.
  void (*register_handlers)(const Context& context, rpc::Registry* registry);
};

// Account files, contacts, ownership and duplicates.
const Area& AccountsArea();
// Claims, hand-overs, disputes and the search for duplicates (A-07, G-09).
const Area& OwnershipArea();
// Leads and opportunities.
const Area& PipelineArea();
// Visit plans and visits.
const Area& VisitsArea();
// Market information, competitors, campaigns.
const Area& MarketArea();
// Departments, people, rights and the directory (G-01 to G-03).
const Area& PeopleArea();
// Tasks, reports, meetings, coordination, policies, training, improvement, shared resources, inboxes (G-08, G-10 to
// G-14, G-22 to G-24).
const Area& WorkArea();

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_AREA_H_

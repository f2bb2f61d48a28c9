#include "account-svc/area.h"

#include "account-svc/visits/visit_service.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/account/v1/visit_plan.pb.h"

namespace kam::account {
namespace {

constexpr absl::string_view kServices[] = {
    "kam.account.v1.VisitPlanService",
    "kam.account.v1.VisitService",
};

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<v1::VisitPlan>();
  catalog->Add<v1::Visit>();
}

void RegisterHandlers(const Context& context, rpc::Registry* registry) { RegisterVisits(context, registry); }

}  // namespace

const Area& VisitsArea() {
  static constexpr Area kArea = {kServices, FillCatalog, RegisterHandlers};
  return kArea;
}

}  // namespace kam::account
